"""What the guard found, and how a form tells a person about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_LONGEST_QUOTE = 24
_MOST_KINDS_NAMED = 3


class Kind(StrEnum):
    """The kinds of identifiers that the guard knows."""

    NAME = "name"
    RECORD_NUMBER = "record_number"
    BIRTH_DATE = "birth_date"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    STREET = "street"
    ZIP = "zip"
    SSN = "ssn"
    ACCOUNT_NUMBER = "account_number"
    URL = "url"
    AGE_OVER_89 = "age_over_89"
    DEVICE_SERIAL = "device_serial"


@dataclass(frozen=True)
class Finding:
    """One identifier: its kind, and where it stands in the text, `text[start:end]`."""

    kind: Kind
    start: int
    end: int


_NOUNS = {
    Kind.NAME: "a name",
    Kind.RECORD_NUMBER: "a record number",
    Kind.BIRTH_DATE: "a date of birth",
    Kind.DATE: "a date",
    Kind.PHONE: "a phone number",
    Kind.EMAIL: "an e-mail address",
    Kind.STREET: "a street address",
    Kind.ZIP: "a ZIP code",
    Kind.SSN: "a social security number",
    Kind.ACCOUNT_NUMBER: "an account or insurance number",
    Kind.URL: "a link",
    Kind.AGE_OVER_89: "an age over 89",
    Kind.DEVICE_SERIAL: "a lot or serial number",
}
# What says the same without pointing at anybody; kinds not listed are just left out.
_INSTEAD = {
    Kind.NAME: "“the patient”",
    Kind.BIRTH_DATE: "the age band",
    Kind.DATE: "the year or “5 years ago”",
    Kind.STREET: "how long the journey takes",
    Kind.ZIP: "how long the journey takes",
    Kind.AGE_OVER_89: "“80 and over”",
}


def explain(findings: Sequence[Finding], text: str | None = None) -> str:
    """Return what a form's field error says: what was found and what to write instead.

    Names up to three kinds. With the text, quotes the first finding, shortened, so the
    sentence is for the writer's eyes alone and never for a log. Empty for no findings.
    """
    if not findings:
        return ""
    kinds = list(dict.fromkeys(finding.kind for finding in findings))
    return f"This looks like {_list_kinds(kinds, findings[0], text)}. {_advise(kinds)}"


def _list_kinds(kinds: Sequence[Kind], first: Finding, text: str | None) -> str:
    quote = f" ({_quote(text[first.start : first.end])})" if text is not None else ""
    nouns = [_NOUNS[kind] for kind in kinds[:_MOST_KINDS_NAMED]]
    nouns[0] += quote
    if len(kinds) > _MOST_KINDS_NAMED:
        nouns.append(f"{len(kinds) - _MOST_KINDS_NAMED} more")
    return _join(nouns)


def _advise(kinds: Sequence[Kind]) -> str:
    instead = [_INSTEAD.get(kind) for kind in kinds[:_MOST_KINDS_NAMED]]
    better = list(dict.fromkeys(words for words in instead if words is not None))
    rest_stays_out = None in instead or len(kinds) > _MOST_KINDS_NAMED
    if not better:
        return "Leave it out." if len(kinds) == 1 else "Leave them out."
    advice = f"Write {_join(better)} instead"
    return f"{advice}, and leave the rest out." if rest_stays_out else f"{advice}."


def _quote(found: str) -> str:
    words = " ".join(found.split())
    if len(words) > _LONGEST_QUOTE:
        words = words[: _LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{words}”"


def _join(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
