"""The packaged protocol says what its sources say; a row that cannot be is named."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from care.knowledge.protocol import (
    PROPOSED_WORDS,
    Condition,
    Ends,
    Kind,
    ProtocolRow,
    Seat,
    Topic,
)
from care.knowledge.protocols import newest_version, packaged_rows, versions
from care.knowledge.reading import (
    SOURCES,
    BadKnowledge,
    packaged_text,
    read_rows,
    read_sources,
)
from care.knowledge.statements import Mark
from tests.care.planned import BY_ID, ROWS, row

FILE = f"protocols/{newest_version()}.yaml"
KNOWN = read_sources(packaged_text(SOURCES))

SOURCED = {
    *("P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10"),
    *("P11", "P12", "P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20"),
    *("P21", "P22", "P23", "P24", "P26", "P27", "P28", "P29", "P30", "P31"),
    *("P32", "P33", "P34", "P35", "P36", "P37", "P38", "P41"),
}
"""The rows of the clinical content that were read in a source, by hand."""
REMEMBERED = {"P07b", "P25", "P32b", "P39", "P40"}
"""The rows that were only remembered: nobody may see them as sourced."""

POSITIONS = {
    "proximity": 3,
    "g-csf": 3,
    "antiviral-stop": 4,
    "pjp-stop": 3,
    "antibacterial": 2,
    "igg-frequency": 3,
    "ivig": 4,
    "cd4-frequency": 3,
    "pneumococcal-vaccine-start": 2,
    "dtap-vaccine-start": 2,
    "hbv-vaccine-start": 2,
    "registry-track": 2,
}
"""Where sources disagree, and how many positions they take."""


def refused(**told: Any) -> str:
    """Return what is said of a row that cannot be."""
    with pytest.raises(ValidationError) as caught:
        row(**told)
    return str(caught.value)


# What is packaged


def test_every_sourced_row_is_there_and_no_other() -> None:
    assert {one.ref for one in ROWS} == SOURCED


def test_nothing_that_was_only_remembered_is_there() -> None:
    assert not {one.ref for one in ROWS} & REMEMBERED
    assert {one.mark for one in ROWS} <= {Mark.SOURCE, Mark.SECONDARY}


@pytest.mark.parametrize(
    "remembered",
    ["914", "EBV", "HHV", "PCV", "MedWatch", "echo", "troponin", "return to work"],
)
def test_the_remembered_part_of_a_mixed_row_is_left_out(remembered: str) -> None:
    told = " ".join(f"{one.name} {one.statement} {one.thresholds}" for one in ROWS)

    assert remembered.lower() not in told.lower()


def test_the_zoster_vaccine_is_never_before_12_months() -> None:
    """That it is given at 6 months was only remembered."""
    window = BY_ID["zoster-vaccine"].window
    assert window is not None
    assert str(window.earliest) == "12 months"


def test_hlh_is_named_without_criteria_that_were_remembered() -> None:
    told = BY_ID["hlh"]

    assert "ferritin" not in f"{told.statement} {told.thresholds}"


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.id)
def test_each_row_cites_known_sources_with_a_date(one: ProtocolRow) -> None:
    assert one.sources
    for key in one.sources:
        assert KNOWN[key].citation
        assert KNOWN[key].date


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.id)
def test_no_row_is_signed_before_a_center_has_signed_it(one: ProtocolRow) -> None:
    assert one.checked_by is None
    assert one.last_checked == date(2026, 11, 23)


def test_positions_that_disagree_stand_side_by_side() -> None:
    assert Counter(one.choice for one in ROWS if one.choice) == POSITIONS


def test_positions_of_one_choice_are_about_the_same_thing() -> None:
    for choice in POSITIONS:
        rows = [one for one in ROWS if one.choice == choice]
        for said in (
            {one.ref for one in rows},
            {one.kind for one in rows},
            {one.topic for one in rows},
            {one.applies_when for one in rows},
            {one.products for one in rows},
        ):
            assert len(said) == 1
        assert len({one.statement for one in rows}) == len(rows)


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.id)
def test_who_does_it_is_a_proposal_but_where_the_source_says(one: ProtocolRow) -> None:
    assert ("who" in one.proposed) is (one.ref != "P41")


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.id)
def test_what_is_proposed_is_there(one: ProtocolRow) -> None:
    told = {
        "window": one.window is not None,
        "again": bool(one.again) or one.kind is Kind.AT_EACH_VISIT,
        "doses": one.doses is not None,
        "who": True,
        "ends": one.ends is not None,
        "check": one.kind is Kind.CHECK,
    }
    assert all(told[field] for field in one.proposed)


def test_nothing_that_is_packaged_is_a_centers_own() -> None:
    assert not any(one.own for one in ROWS)


def test_rows_of_lymphoid_and_cd19_sources_say_whom_they_are_about() -> None:
    for one in ROWS:
        if {"S77", "S83", "S38"} & set(one.sources):
            about = [one.population, *(KNOWN[key].population for key in one.sources)]
            assert any(about), one.id
    assert BY_ID["cbc"].population == "lymphoid malignancies"
    assert BY_ID["return-possible"].population == "CD19 CAR T"


def test_a_precaution_says_how_it_ends_or_that_no_source_says_so() -> None:
    ends = {one.id: one.ends for one in ROWS if one.kind is Kind.PRECAUTION}

    assert all(ends.values())
    antiviral = ends["antiviral-12-to-18-months"]
    assert antiviral is not None
    assert antiviral.how is Ends.ALL
    assert antiviral.parts == ("12 to 18 months", "CD4 above 200/µL")
    other = ends["antiviral-3-months"]
    assert other is not None
    assert other.how is Ends.ANY


def test_only_the_watch_for_new_malignancies_is_life_long() -> None:
    assert [one.id for one in ROWS if one.is_life_long] == ["new-malignancy"]


def test_rows_of_response_alone_end_with_a_relapse() -> None:
    assert {one.topic for one in ROWS if one.until_relapse} == {Topic.RESPONSE}
    assert all(one.until_relapse for one in ROWS if one.topic is Topic.RESPONSE)


def test_names_tell_the_rows_of_a_list_apart() -> None:
    assert len({one.name for one in ROWS}) == len(ROWS)


def test_topics_come_in_the_order_in_which_lists_show_them() -> None:
    order = [list(Topic).index(one.topic) for one in ROWS]

    assert order == sorted(order)


def test_versions_are_months_and_the_newest_is_last() -> None:
    assert versions() == tuple(sorted(versions()))
    assert newest_version() == versions()[-1]


def test_a_version_is_read_once() -> None:
    assert packaged_rows(newest_version()) is packaged_rows(newest_version())


# How a row is read


def test_one_site_for_all_four_or_each_with_its_own() -> None:
    each = {
        "orders": "center",
        "draws": "practice",
        "reviews": "practice",
        "acts": "center",
    }

    assert row(who="center").who.acts is Seat.CENTER
    assert row(who=each).seat is Seat.PRACTICE


def test_each_field_that_can_be_proposed_has_its_words() -> None:
    assert row(proposed=list(PROPOSED_WORDS)).proposed == tuple(PROPOSED_WORDS)
    used = {field for one in ROWS for field in one.proposed}
    assert used <= set(PROPOSED_WORDS)
    pattern = ProtocolRow.model_json_schema()["properties"]["proposed"]["items"]
    assert set(PROPOSED_WORDS) == set(pattern["pattern"][2:-2].split("|"))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"window": None}, "a check or precaution needs a window"),
        (
            {
                "kind": "running precaution",
                "window": None,
                "ends": {"how": "life-long"},
            },
            "a check or precaution needs a window",
        ),
        ({"kind": "standing", "also": ["90 days"]}, "only a check or precaution"),
        ({"again": [{"every": "30 days"}]}, "says how it ends"),
        ({"kind": "running precaution"}, "says how it ends"),
        ({"ends": {"how": "all of"}}, "parts belong to an end"),
        ({"ends": {"how": "life-long", "parts": ["a"]}}, "parts belong to an end"),
        (
            {"doses": {"count": 2, "apart": "2 months"}, "also": ["90 days"]},
            "doses are a series of their own",
        ),
        (
            {
                "again": [{"every": "30 days"}, {"every": "1 year"}],
                "ends": {"how": "life-long"},
            },
            "only the last stretch",
        ),
        ({"again": [{"every": "30 days", "early": "1 month"}]}, "so many days"),
        ({"also": ["2 weeks"]}, "so many days, months or years"),
        ({"proposed": ["statement"]}, "proposed"),
        ({"ref": "P1"}, "ref"),
        ({"mark": "M"}, "mark"),
        ({"score": 3}, "score"),
    ],
)
def test_a_row_that_cannot_be_says_why(told: dict[str, Any], said: str) -> None:
    assert said in refused(**told)


def days(earliest: str, target: str, latest: str) -> dict[str, str]:
    """Return a window as it is written."""
    return {"earliest": earliest, "target": target, "latest": latest}


@pytest.mark.parametrize(
    "window",
    [
        days("31 days", "30 days", "35 days"),
        days("25 days", "30 days", "29 days"),
        # February's month is shorter than 30 days, other months are longer.
        days("30 days", "1 month", "40 days"),
        days("25 days", "1 month", "30 days"),
        days("1 year", "365 days", "400 days"),
    ],
)
def test_a_window_that_could_be_inverted_is_refused(window: dict[str, str]) -> None:
    assert "must be in order" in refused(window=window)


@pytest.mark.parametrize(
    "told",
    [
        {"again": [{"every": "10 days", "until": "1 year"}]},
        {"again": [{"every": "0 days", "until": "1 year"}]},
        {"also": ["40 days"]},
        {"also": ["90 days", "60 days"]},
        {"doses": {"count": 3, "apart": "10 days"}},
        {"again": [{"every": "30 days", "until": "1 year", "late": "25 days"}]},
        {
            # A month can be 28 days, which is not more than 14 and 14.
            "window": days("14 days", "28 days", "42 days"),
            "again": [{"every": "1 month", "until": "1 year"}],
        },
        {
            # The first stretch's last window still stands open in the second.
            "again": [
                {"every": "60 days", "until": "1 year", "late": "40 days"},
                {"every": "50 days", "until": "2 years", "late": "1 day"},
            ],
            "window": days("15 days", "30 days", "31 days"),
        },
    ],
)
def test_a_series_that_could_overlap_is_refused(told: dict[str, Any]) -> None:
    assert "its windows would overlap" in refused(**told).replace("their", "its")


def test_a_series_that_only_just_does_not_overlap_is_read() -> None:
    one = row(again=[{"every": "11 days", "until": "1 year"}])

    assert str(one.again[0].every) == "11 days"


def test_what_is_wrong_is_named_by_file_row_and_field() -> None:
    told = yaml.safe_load(packaged_text(FILE))
    told[3]["window"]["latest"] = "soon"

    with pytest.raises(BadKnowledge) as caught:
        read_rows(ProtocolRow, yaml.safe_dump(told), KNOWN, file=FILE)

    assert str(caught.value) == (
        f"{FILE}: row 4 (proximity-3-weeks), window.latest: Value error,"
        " 'soon' must be so many days, months or years"
    )


def test_each_condition_is_said_in_words_of_its_own() -> None:
    assert len({str(one) for one in Condition}) == len(Condition)
