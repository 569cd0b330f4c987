"""What a case is called, and the few facts of it that a status card may show.

A case code is random: nothing of the patient goes into it, and the key from code to
patient stays in each site's own record. The summary holds bands and small numbers
that many patients share, never a value that points at one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_PREFIX = "MM-"
# Crockford's base 32 (no I, L, O, U), and no A or E either: without vowels, chance
# spells no words.
_DIGITS = "0123456789"
_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"
_SYMBOLS = _DIGITS + _LETTERS
# The second place is always a letter: a code of digits alone would look like a record
# number, to people and to the identifier guard.
_PLACES = (_SYMBOLS, _LETTERS, _SYMBOLS, _SYMBOLS, _SYMBOLS)
_CODE_SPACE = 30**4 * 20
_FEWEST_BYTES = 8
_MISREAD = str.maketrans("OIL", "011")
# A missing dash, a typed long dash and stray spaces are all forgiven.
_WRITTEN_CODE = re.compile(r"MM[\s\-\u2010-\u2015\u2212]{0,3}([0-9A-Z]{5})")

_MOST_LINES = 15
_WORST_ECOG = 4


def new_case_code(random_bytes: bytes) -> str:
    """Return the case code that these random bytes stand for, such as `MM-7K3Q9`.

    There are 16.2 million codes, all equally likely to within one in 10^12, so the
    caller draws again when a code is taken. Raises ValueError for fewer than eight
    bytes, from which codes would not be equally likely.
    """
    if len(random_bytes) < _FEWEST_BYTES:
        raise ValueError(f"A case code needs at least {_FEWEST_BYTES} random bytes.")
    number = int.from_bytes(random_bytes, "big") % _CODE_SPACE
    places = []
    for alphabet in _PLACES:
        number, place = divmod(number, len(alphabet))
        places.append(alphabet[place])
    return _PREFIX + "".join(places)


def parse_case_code(text: str) -> str | None:
    """Return the code that a person meant by this text, or None if it is no code.

    Forgives lower case, spaces around it, a missing or unusual dash, O for 0, and I
    or L for 1. Text that `new_case_code` could never have made gives None.
    """
    written = _WRITTEN_CODE.fullmatch(text.strip().upper())
    if written is None:
        return None
    code = written[1].translate(_MISREAD)
    made_here = all(
        symbol in alphabet for symbol, alphabet in zip(code, _PLACES, strict=True)
    )
    return _PREFIX + code if made_here else None


class AgeBand(StrEnum):
    """The patient's age, in bands; the last is open, since ages over 89 identify."""

    FROM_18 = "18-39"
    FROM_40 = "40-49"
    FROM_50 = "50-59"
    FROM_60 = "60-69"
    FROM_70 = "70-79"
    FROM_80 = "80 and over"


class LenalidomideRefractory(StrEnum):
    """Whether the myeloma is refractory to lenalidomide; unknown is never no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CaseSummary:
    """What is recorded of a case in one line; None and *unknown* mean not recorded.

    Raises ValueError, naming the field, for lines outside 0 to 15 or an ECOG
    performance status outside 0 to 4.
    """

    age_band: AgeBand | None = None
    lines: int | None = None
    lenalidomide_refractory: LenalidomideRefractory = LenalidomideRefractory.UNKNOWN
    ecog: int | None = None

    def __post_init__(self) -> None:
        _require_range("lines", self.lines, most=_MOST_LINES)
        _require_range("ecog", self.ecog, most=_WORST_ECOG)


def one_line(summary: CaseSummary) -> str:
    """Return the summary as the status card shows it; what is not recorded is absent.

    With nothing recorded the line is empty.
    """
    return " · ".join(part for part in _parts(summary).values() if part is not None)


def not_recorded(summary: CaseSummary) -> tuple[str, ...]:
    """Return the names of what is not recorded and would help, in the line's order."""
    return tuple(name for name, part in _parts(summary).items() if part is None)


def as_dict(summary: CaseSummary) -> dict[str, str | int | None]:
    """Return the summary as plain values, such that `from_dict` gives it back."""
    return {
        "age_band": summary.age_band.value if summary.age_band else None,
        "lines": summary.lines,
        "lenalidomide_refractory": summary.lenalidomide_refractory.value,
        "ecog": summary.ecog,
    }


def from_dict(values: Mapping[str, object]) -> CaseSummary:
    """Return the summary that these plain values describe.

    A field that is absent, or None, is not recorded. Raises ValueError, naming the
    field, for a value that cannot stand there and for a field that does not exist.
    """
    unknown = sorted(values.keys() - as_dict(CaseSummary()).keys())
    if unknown:
        raise ValueError(f"{unknown[0]}: a case summary has no such field.")
    return CaseSummary(
        age_band=_read_age_band(values.get("age_band")),
        lines=_read_number("lines", values.get("lines")),
        lenalidomide_refractory=_read_refractory(values.get("lenalidomide_refractory")),
        ecog=_read_number("ecog", values.get("ecog")),
    )


def _parts(summary: CaseSummary) -> dict[str, str | None]:
    """Map the name of each part to what the line says of it, None if not recorded."""
    return {
        "age band": summary.age_band.value if summary.age_band else None,
        "prior lines": _lines_part(summary.lines),
        "lenalidomide-refractory or not": {
            LenalidomideRefractory.YES: "lenalidomide-refractory",
            LenalidomideRefractory.NO: "not lenalidomide-refractory",
            LenalidomideRefractory.UNKNOWN: None,
        }[summary.lenalidomide_refractory],
        "ECOG": None if summary.ecog is None else f"ECOG {summary.ecog}",
    }


def _lines_part(lines: int | None) -> str | None:
    if lines is None:
        return None
    return "1 prior line" if lines == 1 else f"{lines} prior lines"


def _require_range(field: str, value: int | None, *, most: int) -> None:
    if value is not None and not 0 <= value <= most:
        raise ValueError(f"{field}: must be from 0 to {most}, not {value}.")


def _read_number(field: str, value: object) -> int | None:
    # True is an int to Python, and a tick is no number of lines.
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{field}: must be a whole number or absent.")


def _read_age_band(value: object) -> AgeBand | None:
    if value is None:
        return None
    if isinstance(value, str) and value in tuple(AgeBand):
        return AgeBand(value)
    raise ValueError(f"age_band: must be one of {', '.join(AgeBand)}.")


def _read_refractory(value: object) -> LenalidomideRefractory:
    if value is None:
        return LenalidomideRefractory.UNKNOWN
    if isinstance(value, str) and value in tuple(LenalidomideRefractory):
        return LenalidomideRefractory(value)
    choices = ", ".join(LenalidomideRefractory)
    raise ValueError(f"lenalidomide_refractory: must be one of {choices}.")
