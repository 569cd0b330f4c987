"""Names of patients and of those around them, as far as rules can tell.

A name is found behind a title (Mr, Ms), behind a word for a person (patient, wife), or
by a common given name. Whoever is called Dr or Prof, carries a degree or a role, or is
on the staff is a clinician; whatever goes on to "Hospital" or "et al" is no person.
"""

import re
from collections.abc import Iterator

from care.privacy.finding import Finding, Kind
from care.privacy.text import Text
from care.privacy.word_lists import given_names, not_names

# One word of a name as it is printed: Smith, O'Brien, McDonald, Smith-Jones, Núñez.
_UPPER = "A-ZÀ-ÖØ-Þ"
_SMALL = "a-zß-öø-ÿ"
_WORD = (
    rf"[{_UPPER}](?:['\u2019][{_UPPER}])?[{_SMALL}]{{1,20}}"
    rf"(?:[{_UPPER}][{_SMALL}]{{1,20}})?(?:-[{_UPPER}][{_SMALL}]{{1,20}})?(?!\w)"
)
_INITIAL = r"[A-Z](?:\.|(?![\w'\u2019/+%-]))"
_PRINTED_NAME = re.compile(
    rf"(?P<first>{_WORD}|{_INITIAL})"
    rf"(?:[ \t]{{1,2}}(?P<second>{_WORD}|{_INITIAL})"
    rf"(?:[ \t]{{1,2}}(?P<third>{_WORD}|{_INITIAL}))?)?"
)
_FULL_STOP_INITIAL = re.compile(r"[A-Z]\.")
_TYPED_NAME = re.compile(r"([a-z]{3,20})(?:\s([a-z'-]{2,20}))?(?!\w)")
_CAPITALS = re.compile(rf"[{_UPPER}]{{3,20}} ([{_UPPER}'-]{{3,20}})(?!\w)")
_DOTTED_INITIALS = re.compile(r"[A-Z]\.\s?(?:[A-Z]\.\s?)?[A-Z]\b\.?")
_PLAIN_INITIALS = re.compile(r"[A-Z]{2,3}\b")
# "62-year-old female, Zelda Quist, with ...": set between commas like a name.
_APPOSED = re.compile(rf"(?:{_WORD})\s{_WORD}(?=,|\s\()")
_INITIAL_APPOSED = re.compile(rf",\s(?P<name>{_WORD}\s[A-Z]\.)(?=,|\s\()")
_SURNAME_FIRST = re.compile(rf"{_WORD},\s({_WORD})")

_TITLE_WORDS = ("mr", "mrs", "ms", "miss", "mx", "mister")
# "MS" is multiple sclerosis, "MR" a minor response, and a dose is what one may miss.
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Mister|mr|mrs)\b\.?\s{1,2}")
_DIRECT_WORDS = (
    *("patient", "patients", "pt", "pts", "name", "named", "surname", "called"),
    *("case", "similar", "like", "initials"),
)
_PERSON_WORDS = (
    *("male", "female", "man", "woman", "boy", "girl", "lady", "gentleman", "veteran"),
    *("baby", "infant", "husband", "wife", "son", "daughter", "mother", "father"),
    *("brother", "sister", "spouse", "partner", "caregiver", "m", "f"),
)
_TO_NAME = re.compile(
    r"[a-z]{1,9}\b(?:(?<=\bpt)\.|\s(?:of|to)\b)?"
    r"(?:\s?(?:\bname|\bnamed|\bis|\bcalled|\bpatient|\bpt|[:=,(-])){0,3}\s{0,2}"
)

_NO_PATIENT_BEFORE = re.compile(
    r"\b(?:dr|drs|doctor|prof|professor|nurse|np|pa|rn|coordinator|pharmacist|"
    r"fellow|oncologist|specialist|attending|physician|provider|colleague|navigator|"
    r"st|saint|mt|mount|san|santa|fort|port|lake|new)\b\.?[\s,:]{1,2}\Z"
)
_NO_PATIENT_AFTER = re.compile(
    r",?\s{0,2}(?:MD|DO|NP|CNP|PA|PA-C|RN|BSN|APRN|PharmD|PhD|MBBS|DNP)\b|"
    r"(?:['\u2019]s)?(?:\s(?:[A-Z][\w&.'\u2019-]{0,20}|of|and|the|for)){0,3}\s"
    r"(?:Hospital|Clinic|Center|Centre|Institute|Cancer|Health|Healthcare|Medical|"
    r"University|Memorial|Research|Foundation|Pharma|School|College)\b|"
    r"[ \t]?[A-Z]{0,3},?\s{0,2}et al\b"
)
_PLACES = frozenset(
    {"henry ford", "sarah cannon", "fred hutch", "robert wood", "ann arbor"}
)

Place = tuple[int, int]


def find_names(text: Text, staff: frozenset[str]) -> Iterator[Finding]:
    """Yield names of patients; `staff` holds the lowered surnames of clinicians.

    A surname of the staff is a patient's where the text says "patient" before it.
    """
    for place in _names_behind_persons(text):
        if _is_patient(text, place):
            yield Finding(Kind.NAME, *place)
    rules = (_names_behind_titles, _names_by_given_name, _names_between_commas)
    for rule in rules:
        for place in rule(text):
            if _is_patient(text, place) and not _is_staff(text, place, staff):
                yield Finding(Kind.NAME, *place)


def _names_behind_persons(text: Text) -> Iterator[Place]:
    for person in text.match_at(_DIRECT_WORDS, _TO_NAME):
        if person[0].startswith("initials"):
            place = _initials(text.raw, person.end())
        else:
            place = _name_of_patient(text.raw, person.end())
        if place is not None:
            yield place
    for person in text.match_at(_PERSON_WORDS, _TO_NAME):
        at = person.end()
        place = _certain_name(text.raw, at)
        if place is None and _APPOSED.match(text.raw, at) and "," in person[0]:
            place = _printed_name(text.raw, at, fewest=2)
        if place is not None:
            yield place


def _names_behind_titles(text: Text) -> Iterator[Place]:
    for start in text.starts_of(_TITLE_WORDS):
        title = _TITLE.match(text.raw, start)
        if title is None:
            continue
        place = _printed_name(text.raw, title.end(), fewest=1)
        if place is None and title[0].islower():
            place = _typed_surname(text.raw, title.end())
        if place is not None:
            yield place


def _names_by_given_name(text: Text) -> Iterator[Place]:
    """Yield a given name and what follows it, a surname or an initial."""
    passed = 0
    for start in text.starts_of(given_names()):
        if start >= passed:
            place = _name_in_capitals(text.raw, start)
            place = place or _printed_name(text.raw, start, fewest=2)
            if place is not None:
                passed = place[1]
                yield place


def _names_between_commas(text: Text) -> Iterator[Place]:
    """Yield any word with an initial where a sentence sets it off: ", Zelda Q., "."""
    for match in _INITIAL_APPOSED.finditer(text.raw):
        place = _printed_name(text.raw, match.start("name"), fewest=2)
        if place is not None:
            yield place


def _name_of_patient(raw: str, at: int) -> Place | None:
    """Read a name where "patient" or "named" stands before it, so more boldly."""
    initials = _DOTTED_INITIALS.match(raw, at)
    if initials:
        return initials.span()
    surname_first = _SURNAME_FIRST.match(raw, at)
    if surname_first and surname_first[1].lower() in given_names():
        return surname_first.span()
    return (
        _certain_name(raw, at)
        or _printed_name(raw, at, fewest=2)
        or _typed_name(raw, at)
    )


def _certain_name(raw: str, at: int) -> Place | None:
    """Read a known given name, or any with an initial after it, such as "Zelda Q."."""
    printed = _PRINTED_NAME.match(raw, at)
    if printed is None:
        return None
    if printed["first"].lower() in given_names():
        return _printed_name(raw, at, fewest=1)
    if _FULL_STOP_INITIAL.fullmatch(printed["second"] or ""):
        return _printed_name(raw, at, fewest=2)
    return None


def _printed_name(raw: str, at: int, *, fewest: int) -> Place | None:
    """Read up to three words of a name, stopping before a word that is none."""
    printed = _PRINTED_NAME.match(raw, at)
    if printed is None:
        return None
    end, words = at, 0
    for part in ("first", "second", "third"):
        if printed[part] is None or printed[part].lower() in not_names():
            break
        end, words = printed.end(part), words + 1
    return (at, end) if words >= fewest else None


def _name_in_capitals(raw: str, at: int) -> Place | None:
    capitals = _CAPITALS.match(raw, at)
    if capitals is None or capitals[1].lower() in not_names():
        return None
    return capitals.span()


def _typed_name(raw: str, at: int) -> Place | None:
    """Read a name typed without capitals, if its first word is a given name."""
    typed = _TYPED_NAME.match(raw, at)
    if typed is None or typed[1] not in given_names():
        return None
    has_surname = typed[2] is not None and typed[2] not in not_names()
    return at, typed.end(2) if has_surname else typed.end(1)


def _typed_surname(raw: str, at: int) -> Place | None:
    typed = _TYPED_NAME.match(raw, at)
    return None if typed is None or typed[1] in not_names() else typed.span(1)


def _initials(raw: str, at: int) -> Place | None:
    initials = _DOTTED_INITIALS.match(raw, at) or _PLAIN_INITIALS.match(raw, at)
    return initials.span() if initials else None


def _is_patient(text: Text, place: Place) -> bool:
    start, end = place
    return not (
        _NO_PATIENT_BEFORE.search(text.before(start))
        or _NO_PATIENT_AFTER.match(text.raw, end)
        or " ".join(text.lowered[start:end].split()[:2]) in _PLACES
    )


def _is_staff(text: Text, place: Place, staff: frozenset[str]) -> bool:
    """Say whether the name is, or ends in, a surname of the staff."""
    name = text.lowered[place[0] : place[1]]
    return any(name == surname or name.endswith(f" {surname}") for surname in staff)
