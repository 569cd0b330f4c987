"""Case codes, and the one line that a status card says of a case."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cases import (
    AgeBand,
    CaseSummary,
    LenalidomideRefractory,
    as_dict,
    from_dict,
    new_case_code,
    not_recorded,
    one_line,
    parse_case_code,
)

random_bytes = st.binary(min_size=8, max_size=32)
summaries = st.builds(
    CaseSummary,
    age_band=st.none() | st.sampled_from(AgeBand),
    lines=st.none() | st.integers(0, 15),
    lenalidomide_refractory=st.sampled_from(LenalidomideRefractory),
    ecog=st.none() | st.integers(0, 4),
)


@given(random_bytes)
def test_a_new_code_is_mm_a_dash_and_five_unmistakable_symbols(raw: bytes) -> None:
    code = new_case_code(raw)

    prefix, dash, symbols = code[:2], code[2], code[3:]
    assert (prefix, dash, len(symbols)) == ("MM", "-", 5)
    assert not set(symbols) & set("AEILOU")
    assert symbols.isascii()
    assert symbols.isalnum()
    assert symbols == symbols.upper()


@given(random_bytes)
def test_a_new_code_always_holds_a_letter_so_no_number_can_be_mistaken_for_it(
    raw: bytes,
) -> None:
    assert new_case_code(raw)[4].isalpha()


@given(random_bytes)
def test_a_new_code_is_read_back_as_itself(raw: bytes) -> None:
    code = new_case_code(raw)

    assert parse_case_code(code) == code


@given(st.integers(0, 30**4 * 20 - 1), st.integers(0, 30**4 * 20 - 1))
def test_different_numbers_below_the_size_of_the_space_make_different_codes(
    first: int, second: int
) -> None:
    codes = {new_case_code(number.to_bytes(8, "big")) for number in (first, second)}

    assert len(codes) == len({first, second})


def test_every_symbol_can_stand_in_every_place_but_digits_in_the_second() -> None:
    step = 30**4 * 20 // 6000
    codes = [new_case_code((n * step + n).to_bytes(8, "big")) for n in range(12000)]

    seen = [{code[place] for code in codes} for place in range(3, 8)]

    assert [len(symbols) for symbols in seen] == [30, 20, 30, 30, 30]


@pytest.mark.parametrize("raw", [b"", b"1234567"])
def test_too_few_random_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="at least 8 random bytes"):
        new_case_code(raw)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("MM-7K3Q9", "MM-7K3Q9"),
        ("mm-7k3q9", "MM-7K3Q9"),
        ("  MM-7K3Q9\n", "MM-7K3Q9"),
        ("MM7K3Q9", "MM-7K3Q9"),
        ("mm 7k3q9", "MM-7K3Q9"),
        ("MM - 7K3Q9", "MM-7K3Q9"),
        ("MM\u20137K3Q9", "MM-7K3Q9"),
        ("MM\u20147K3Q9", "MM-7K3Q9"),
        ("MM\u22127K3Q9", "MM-7K3Q9"),
        ("MM-OKILo", "MM-0K110"),
    ],
)
def test_what_people_type_is_read_as_the_code_they_meant(
    typed: str, meant: str
) -> None:
    assert parse_case_code(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "MM-",
        "7K3Q9",
        "MM-7K3Q",
        "MM-7K3Q99",
        "MM-7K3U9",
        "MM-7A3Q9",
        "MM-7K3E9",
        "MM-12345",
        "MM-1O345",
        "MN-7K3Q9",
        "XMM-7K3Q9",
        "MM-7K3Q9 and MM-8K3Q9",
        "MM-7\u00df3Q9",
        "MM-7K\u0663Q9",
        "month",
    ],
)
def test_text_that_no_code_could_be_is_no_code(typed: str) -> None:
    assert parse_case_code(typed) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_parsing_gives_a_code_or_none(typed: str) -> None:
    parsed = parse_case_code(typed)

    assert parsed is None or parse_case_code(parsed) == parsed


def test_the_full_line_reads_as_the_card_shows_it() -> None:
    summary = CaseSummary(
        age_band=AgeBand.FROM_60,
        lines=2,
        lenalidomide_refractory=LenalidomideRefractory.YES,
        ecog=1,
    )

    line = one_line(summary)

    assert line == "60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"
    assert not_recorded(summary) == ()


@pytest.mark.parametrize(
    ("lines", "read"),
    [(0, "0 prior lines"), (1, "1 prior line"), (15, "15 prior lines")],
)
def test_prior_lines_are_counted_in_plain_english(lines: int, read: str) -> None:
    assert one_line(CaseSummary(lines=lines)) == read


def test_ecog_zero_is_recorded_and_not_taken_for_absent() -> None:
    summary = CaseSummary(ecog=0)

    assert one_line(summary) == "ECOG 0"
    assert "ECOG" not in not_recorded(summary)


def test_unknown_refractoriness_is_never_read_as_no() -> None:
    unknown = CaseSummary(lines=1)
    known = CaseSummary(lines=1, lenalidomide_refractory=LenalidomideRefractory.NO)

    assert one_line(unknown) == "1 prior line"
    assert one_line(known) == "1 prior line · not lenalidomide-refractory"
    assert "lenalidomide-refractory or not" in not_recorded(unknown)
    assert "lenalidomide-refractory or not" not in not_recorded(known)


def test_a_case_of_which_nothing_is_recorded_has_an_empty_line_and_four_gaps() -> None:
    summary = CaseSummary()

    assert one_line(summary) == ""
    assert not_recorded(summary) == (
        "age band",
        "prior lines",
        "lenalidomide-refractory or not",
        "ECOG",
    )


@given(summaries)
def test_every_part_is_either_on_the_line_or_named_as_not_recorded(
    summary: CaseSummary,
) -> None:
    shown = [part for part in one_line(summary).split(" · ") if part]

    assert len(shown) + len(not_recorded(summary)) == 4


def test_the_last_age_band_is_open_since_ages_over_89_identify() -> None:
    bands = [band.value for band in AgeBand]

    assert bands == ["18-39", "40-49", "50-59", "60-69", "70-79", "80 and over"]


@pytest.mark.parametrize("lines", [-1, 16])
def test_a_number_of_lines_that_cannot_be_is_refused_by_name(lines: int) -> None:
    with pytest.raises(ValueError, match=r"^lines: must be from 0 to 15"):
        CaseSummary(lines=lines)


@pytest.mark.parametrize("ecog", [-1, 5])
def test_an_ecog_that_cannot_be_is_refused_by_name(ecog: int) -> None:
    with pytest.raises(ValueError, match=r"^ecog: must be from 0 to 4"):
        CaseSummary(ecog=ecog)


@given(summaries)
def test_a_summary_survives_being_written_as_plain_values(summary: CaseSummary) -> None:
    written = json.dumps(as_dict(summary))

    assert from_dict(json.loads(written)) == summary


@given(summaries)
def test_plain_values_are_plain(summary: CaseSummary) -> None:
    plain = get_args(str | int | None)

    assert {type(value) for value in as_dict(summary).values()} <= set(plain)


def test_a_field_that_is_absent_is_not_recorded() -> None:
    assert from_dict({}) == CaseSummary()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age_band", "61"),
        ("age_band", 60),
        ("age_band", ["60-69"]),
        ("lines", "2"),
        ("lines", 2.0),
        ("lines", True),
        ("lines", 99),
        ("lenalidomide_refractory", "perhaps"),
        ("lenalidomide_refractory", False),
        ("ecog", "1"),
        ("ecog", -1),
        ("initials", "JS"),
    ],
)
def test_a_value_that_cannot_stand_is_refused_naming_its_field(
    field: str, value: object
) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: "):
        from_dict({field: value})


def test_a_refusal_never_repeats_text_that_somebody_wrote() -> None:
    with pytest.raises(ValueError, match=r"^age_band: ") as refusal:
        from_dict({"age_band": "John Smith"})

    assert "John" not in str(refusal.value)
