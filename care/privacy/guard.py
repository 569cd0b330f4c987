"""Runs the rules over a text and settles which of them names each place."""

from collections.abc import Collection, Iterator

from care.privacy.dates import find_ages, find_dates
from care.privacy.finding import Finding
from care.privacy.names import find_names
from care.privacy.numbers import (
    find_addresses,
    find_announced_numbers,
    find_bare_numbers,
    find_links,
    find_phones,
    find_public_references,
)
from care.privacy.text import Text, read_text


def find_identifiers(text: str, *, staff: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what in this text would point at one patient, in the order it stands.

    `staff` holds surnames of clinicians, who are no patients; so is whoever the text
    itself calls Dr or Prof. Findings do not overlap. A bare year, a length of time, a
    weekday and Baton's own case code are no identifiers. The work grows with the length
    of the text and with nothing else in it.
    """
    read = read_text(text)
    taken = bytearray(len(text))
    for start, end in find_public_references(read):
        _take(taken, start, end)
    findings = []
    for finding in _candidates(read, frozenset(name.lower() for name in staff)):
        if not any(taken[finding.start : finding.end]):
            _take(taken, finding.start, finding.end)
            findings.append(finding)
    return tuple(sorted(findings, key=lambda finding: finding.start))


def _candidates(text: Text, staff: frozenset[str]) -> Iterator[Finding]:
    """Yield what each rule finds; where two overlap, the rule that came first wins.

    A number that the text itself announces comes before one known by its shape alone:
    an "MRN" may well be written like a phone number.
    """
    yield from find_links(text)
    yield from find_announced_numbers(text)
    yield from find_dates(text)
    yield from find_phones(text)
    yield from find_addresses(text)
    yield from find_ages(text)
    yield from find_bare_numbers(text)
    yield from find_names(text, staff)


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\x01" * (end - start)
