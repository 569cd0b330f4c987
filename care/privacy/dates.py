"""Dates finer than a year, dates of birth, and ages over 89.

A fraction is no date: myeloma is full of "20/56" and "3/4". Two numbers are read as
month and day only where a word beside them says so, or where a zero stands before one.
Weekdays and "last month" pass, since a request is full of them too.
"""

import re
from collections.abc import Iterator

from care.privacy.finding import Finding, Kind
from care.privacy.text import Text

# Every pattern of the guard bounds its repetitions, so that no text, however hostile,
# makes it slow; and those that are searched for start with a single plain character
# class, which Python skips to quickly.
_Y = r"(?:19|20)\d\d"
_M = r"(?:0?[1-9]|1[0-2])"
_D = r"(?:[12]\d|3[01]|0?[1-9])"
_FEW_NUMBERS = re.compile(
    r"[0-9](?<![\w/.]\d)(?<!\w-\d)\d{0,3} ?[/.-] ?\d{1,4}(?: ?[/.-] ?\d{1,4})?(?![\d/])"
)
_FULL_DATE = re.compile(
    rf"{_Y}([/.-]){_M}\1{_D}|{_M}([/.-]){_D}\2{_Y}|{_D}([/.-]){_M}\3{_Y}"
)
_SHORT_DATE = re.compile(rf"{_M}([/-]){_D}\1\d\d|{_D}([/-]){_M}\2\d\d")
_DOTTED_DATE = re.compile(r"(?:[0-2]\d|3[01])\.(?:[0-2]\d|3[01])\.\d\d")
_MONTH_AND_YEAR = re.compile(rf"{_M}[/-]{_Y}|{_Y}[/-](?:0[1-9]|1[0-2])")
_FRACTION = re.compile(rf"{_M}/{_D}|{_D}/{_M}")
_ZERO_BEFORE = re.compile(r"0\d/\d\d?|\d\d?/0\d")
# The days of a cycle, as in "d 1/8/15" or "weeks 8-12-16".
_SERIES_BEFORE = re.compile(r"\b(?:d|days?|weeks?|wks?|weekly|wkly|months?)\s\Z")
_DAYS_OF_CYCLE = frozenset({"1/8/15", "1-8-15"})

_MONTHS = frozenset(
    {
        *("jan", "january", "feb", "february", "mar", "march", "apr", "april", "may"),
        *("jun", "june", "jul", "july", "aug", "august", "sep", "sept", "september"),
        *("oct", "october", "nov", "november", "dec", "december"),
    }
)
# These mean something else when they are not written as the name of a month: "may",
# "march", and "dec" for a decrease.
_ALSO_WORDS = frozenset({"may", "march", "mar", "dec", "sep"})
_MONTH = re.compile(r"[a-z]{3,9}\b")
_DAY = rf"{_D}(?:st|nd|rd|th)?(?!\w)(?![.,]\d)"
_YEAR = rf"{_Y}(?!\d)"
_UNLESS_COUNTED = (
    r"(?!\s?(?:%|mg|mcg|g\b|ml|cm|mm\b|x\b|dos|tab|pill|cycle|line|strength|lesion|"
    r"of\b|day|week|wk|month|year|yr|hour|hr|time|site|pts?\b|patient))"
)
_COUNTED = re.compile(_UNLESS_COUNTED.replace("(?!", "(?:", 1))
# When a therapy was given, as in "8/23-2/24".
_FRACTION_RANGE = re.compile(
    rf"[0-9](?<![\w/.]\d)\d?/{_D}\s?(?:-|to)\s?{_M}/{_D}(?![\w/]){_UNLESS_COUNTED}"
)
_AFTER_MONTH = re.compile(
    rf"[\s,./-]{{0,3}}(?:(?:of\s)?{_YEAR}|['\u2019]\d\d(?!\d)|"
    rf"(?:the\s)?{_DAY}{_UNLESS_COUNTED}"
    rf"(?:[\s,./-]{{1,3}}(?:{_YEAR}|['\u2019]?\d\d(?![\w%.])))?)"
)
_YEAR_AFTER = re.compile(rf"[\s,./-]{{0,3}}(?:{_DAY}[\s,./-]{{1,3}})?(?:of\s)?{_YEAR}")
_DAY_BEFORE = re.compile(
    rf"(?<![\w./]){_D}(?:st|nd|rd|th)?(?:\s?(?:of|-|/)\s?|\s{{1,2}})\Z"
)
_WORD_BEFORE_MONTH = re.compile(
    r"\b(?:in|last|this|next|since|until|till|early|mid|late|during|of|by|before|"
    r"after|from|to|through|between|and|end)[\s-]{1,2}\Z"
)
_GLUED_DATE = re.compile(
    r"[0-9](?<!\w\d)\d?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\d{2,4}\b"
)
_PART_OF_YEAR = re.compile(
    rf"(?:spring|summer|autumn|fall|winter|q[1-4])(?:\sof)?[\s/-]{{1,2}}{_YEAR}"
)
_BIRTH_BEFORE = re.compile(
    r"(?:\bdob|\bd\.o\.b\.?|\bborn|\bbirth\s?dates?|\bdate\sof\sbirth|\bbirthday)"
    r"(?:\s?(?:on|in|is|was|[:=(,-])){0,2}\s{0,2}\Z"
)
_DATE_WORD_BEFORE = re.compile(
    r"\b(?:on|since|dated?|until|till|seen|admitted|infused|starting|started|through|"
    r"discharged|d/c|as of|thru|visit|collected|drawn|labs|clinic|infusion|apheresis|"
    r"relapsed|diagnosed|dx|dob|born)[:,]?\s{1,2}\Z"
)
_DATE_WORD_AFTER = re.compile(
    r":?\s{1,2}(?:admission|visit|infusion|clinic|appointment|apheresis|discharge|"
    r"labs|note)\b"
)

_OVER_89 = r"(?:9\d|1[0-2]\d)"
_AGE = re.compile(
    rf"{_OVER_89}(?:[\s-]{{0,2}}(?:years?|yrs?|y)[\s./-]{{0,2}}(?:old|o)\b|"
    r"\s?yo\b|\s?(?<=9\d)[fm]\b(?!\s?(?:car|cells|iu)))"
)
_ANNOUNCED_AGE = re.compile(
    rf"aged?(?:\s?(?:is|of|:|=))?\s{{0,2}}{_OVER_89}\b(?!\s?(?:%|\+|or\b|and\b))|"
    # Who was born by 1935 is over 89 in every year in which Baton can run.
    r"(?:born(?:\sin)?|dob:?|birth:?)\s(?:18\d\d|19[0-2]\d|193[0-5])\b"
)
_NUMBER_GOES_ON = re.compile(r"[\w.,/~+^-]\Z|[<>=\u2264\u2265]\s?\Z")
_HEAT_BEFORE = re.compile(r"\b(?:temp\w{0,8}|fever|t|tmax)[\s:of]{0,4}\Z")


def find_dates(text: Text) -> Iterator[Finding]:
    """Yield dates finer than a year; one that a word calls a birth date is that."""
    for start, end in _date_places(text):
        born = _BIRTH_BEFORE.search(text.before(start))
        yield Finding(Kind.BIRTH_DATE if born else Kind.DATE, start, end)


def find_ages(text: Text) -> Iterator[Finding]:
    """Yield ages over 89, unless pooled as "90 or older"."""
    for match in text.match_at(("age", "aged", "born", "dob", "birth"), _ANNOUNCED_AGE):
        yield Finding(Kind.AGE_OVER_89, *match.span())
    for match in _AGE.finditer(text.lowered):
        before = text.before(match.start())
        if not _NUMBER_GOES_ON.search(before) and not _HEAT_BEFORE.search(before):
            yield Finding(Kind.AGE_OVER_89, *match.span())


def _date_places(text: Text) -> Iterator[tuple[int, int]]:
    for match in text.match_at(_MONTHS, _MONTH):
        place = _month_place(text, match)
        if place is not None:
            yield place
    for pattern in (_FRACTION_RANGE, _GLUED_DATE, _PART_OF_YEAR):
        for match in pattern.finditer(text.lowered):
            yield match.span()
    for match in _FEW_NUMBERS.finditer(text.lowered):
        if _is_numeric_date(text, match):
            yield match.span()


def _month_place(text: Text, month: re.Match[str]) -> tuple[int, int] | None:
    """Return the whole of a date around the name of its month, if it is one."""
    start, end = month.span()
    doubtful = month[0] in _ALSO_WORDS and not text.raw[start].isupper()
    after = (_YEAR_AFTER if doubtful else _AFTER_MONTH).match(text.lowered, end)
    before = text.before(start)
    day = _DAY_BEFORE.search(before)
    if day and (after or not doubtful):
        start -= len(before) - day.start()
    elif not after and (doubtful or not _WORD_BEFORE_MONTH.search(before)):
        return None
    return start, after.end() if after else end


def _is_numeric_date(text: Text, match: re.Match[str]) -> bool:
    numbers = match[0].replace(" ", "")
    if _FULL_DATE.fullmatch(numbers) or _MONTH_AND_YEAR.fullmatch(numbers):
        return True
    if _COUNTED.match(text.lowered, match.end()):
        return False
    if _FRACTION.fullmatch(numbers):
        return _is_month_and_day(text, match)
    if " " in match[0] or numbers in _DAYS_OF_CYCLE:
        return False
    if _SERIES_BEFORE.search(text.before(match.start())):
        return False
    return bool(_SHORT_DATE.fullmatch(numbers) or _DOTTED_DATE.fullmatch(numbers))


def _is_month_and_day(text: Text, match: re.Match[str]) -> bool:
    """Say whether a fraction is a date: by its zero, or by a word beside it."""
    return bool(
        _ZERO_BEFORE.fullmatch(match[0])
        or _DATE_WORD_BEFORE.search(text.before(match.start()))
        or _DATE_WORD_AFTER.match(text.lowered, match.end())
    )
