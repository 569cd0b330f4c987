"""`baton plan preview` prints a plan with its sources, and keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import app
from bot.plan_preview import Asked, PreviewRefused, preview, words_of
from bot.plan_preview_text import as_json, as_text
from care.knowledge.protocol import Condition
from care.knowledge.protocols import newest_version
from care.milestone import Product
from care.spans import Span
from tests.care.planned import BY_ID, DAY0S, ROWS

DAY0 = date(2026, 3, 1)
ASKED = ("--product", "carvykti", "--day0", "2026-03-01", "--zone", "America/Chicago")
PINNED_ZONES = (resources.files("tzdata") / "zones").read_text("utf-8").split()
"""The zones of the pinned package; a host may have more, such as `localtime`."""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the command, run in a folder and surroundings that have nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("BATON_DATABASE_URL", "BATON_KEYS", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def _run(*words: str) -> str:
        ended = CliRunner().invoke(app, ["plan", "preview", *words])
        assert list(tmp_path.iterdir()) == []
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    return _run


def item(told: dict[str, Any], row: str, number: int = 0) -> dict[str, Any]:
    """Return one window of what was told to a machine."""
    [found] = [
        one for one in told["items"] if (one["row"], one["number"]) == (row, number)
    ]
    return dict(found)


# What is printed


def test_it_says_that_nothing_is_signed_and_needs_no_database(run: Run) -> None:
    told = run(*ASKED)

    assert "Nothing here is signed by a center" in told
    assert "kept nowhere" in told
    assert "Carvykti (cilta-cel), Day 0 on Sun 2026-03-01" in told


def test_each_window_is_shown_with_its_dates_site_and_source(run: Run) -> None:
    told = run(*ASKED, "--holidays", "US-IL")

    [line] = [
        one
        for one in told.splitlines()
        if "CBC with differential" in one and "2026-03-31" in one
    ]
    assert line.split()[:5] == [
        "2026-03-26",
        "2026-03-31",
        "2026-04-05",
        "2026-03-26",
        # The last day is a Sunday, so it is said on Friday.
        "2026-04-03",
    ]
    assert line.endswith("CBC with differential (whoever is responsible) [S77 F]")


def test_every_row_is_shown_once_in_one_way(run: Run) -> None:
    told = json.loads(run(*ASKED, "--until", "15 years", "--json"))

    shown = [
        *{one["row"] for one in told["items"]},
        *told["standing"],
        *told["at_each_visit"],
        *told["not_applying"],
    ]
    assert sorted(shown) == sorted(BY_ID)
    assert sorted(told["rows"]) == sorted(BY_ID)


def test_every_source_that_is_cited_is_spelled_out(run: Run) -> None:
    told = run(*ASKED)

    for key in {key for one in ROWS for key in one.sources}:
        assert f"\n{key:<5} " in told


def test_what_was_read_in_a_secondary_source_says_so(run: Run) -> None:
    [line] = [one for one in run(*ASKED).splitlines() if "No driving" in one]

    assert line.endswith("[S22 F2, read in a secondary source]")


def test_lists_of_each_visit_and_standing_rows_are_shown(run: Run) -> None:
    told = run(*ASKED)

    assert told.index("At each visit\n- Neurological list") < told.index(
        "Standing: shown, never due\n- Daily monitoring"
    )
    assert "(CD19 CAR T or mixed). Otherwise contraindicated" in told.replace(
        "\n  ", " "
    )


def test_what_baton_proposes_is_said_apart_from_the_sources(run: Run) -> None:
    told = run(*ASKED)

    assert "Proposed by Baton, and in no source" in told
    assert "that it is checked at all: patient-distress, caregiver-distress" in told
    assert "who does it: 70 of 72 rows" in told


# Conditions, choices, products


def test_what_needs_a_condition_waits_for_it(run: Run) -> None:
    without = json.loads(run(*ASKED, "--json"))
    with_hbv = json.loads(run(*ASKED, "--condition", "hbv", "--json"))

    assert "hbv-prophylaxis" in without["not_applying"]
    assert item(with_hbv, "hbv-prophylaxis")["earliest"] == "2027-03-01"


def test_each_condition_can_be_named(run: Run) -> None:
    words = [w for one in words_of(Condition) for w in ("--condition", one)]

    assert json.loads(run(*ASKED, *words, "--json"))["not_applying"] == []


def test_where_sources_disagree_all_are_shown_or_the_chosen_one(run: Run) -> None:
    everything = json.loads(run(*ASKED, "--json"))
    chosen = json.loads(run(*ASKED, "--choose", "igg-monthly", "--json"))

    assert "igg-frequency" in everything["open_choices"]
    assert {"igg-monthly", "igg-4-weeks"} <= set(everything["rows"])
    assert "igg-frequency" not in chosen["open_choices"]
    assert "igg-4-weeks" not in chosen["rows"]
    assert "igg-monthly" in chosen["rows"]


def test_a_row_for_another_product_does_not_apply(run: Run) -> None:
    told = json.loads(run("--product", "abecma", *ASKED[2:], "--json"))

    assert "enterocolitis-consortium" in told["not_applying"]


# Days


def test_holidays_and_weekends_come_on_the_working_day_before() -> None:
    """Juneteenth 2026 is a Friday, so what opens on Sunday is said on Thursday."""
    asked = Asked(Product.CARVYKTI, date(2026, 5, 27), "America/Chicago", "US", "IL")
    rows = [BY_ID["cbc"]]

    [first, *_] = preview(asked, rows, protocol="").lines

    assert first.window.earliest == date(2026, 6, 21)
    assert first.told == date(2026, 6, 18)


def test_without_holidays_only_weekends_count() -> None:
    asked = Asked(Product.CARVYKTI, date(2026, 5, 27), "America/Chicago")

    [first, *_] = preview(asked, [BY_ID["cbc"]], protocol="").lines

    assert first.told == date(2026, 6, 19)


@settings(max_examples=60)
@given(DAY0S, st.sampled_from(PINNED_ZONES))
def test_in_every_zone_it_is_told_at_eight_of_its_own_clock(
    day0: date, zone: str
) -> None:
    asked = Asked(
        Product.CARVYKTI, day0, zone, "US", "IL", until=Span.parse("13 months")
    )

    for line in preview(asked, ROWS, protocol="").lines:
        assert line.told <= line.window.earliest
        assert line.last_told <= line.window.latest
        assert line.window.earliest - line.told <= timedelta(days=5)
        assert line.told.weekday() < 5
        local = line.told_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (line.told, time(8))


def test_the_same_words_give_the_same_plan(run: Run) -> None:
    assert run(*ASKED, "--json") == run(*ASKED, "--json")


def test_a_machine_reads_what_people_read() -> None:
    asked = Asked(Product.CARVYKTI, DAY0, "America/Chicago", "US", "IL")
    shown = preview(asked, ROWS, protocol=newest_version())

    told = json.loads(as_json(shown))
    text = "\n".join(as_text(shown))

    assert told["signed"] is told["kept"] is False
    assert len(told["items"]) == len(shown.lines)
    for one in told["items"]:
        dates = (one["earliest"], one["target"], one["latest"], one["told"])
        assert "  ".join(dates) in text
    assert item(told, "cbc")["told_at"] == "2026-03-26T08:00:00-05:00"


def test_a_centers_file_is_shown_in_the_place_of_the_packaged_rows(
    tmp_path: Path, run: Run
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}.yaml"
    elsewhere.write_text(
        json.dumps([BY_ID["cbc"].model_dump(mode="json")]), encoding="utf-8"
    )

    told = json.loads(run(*ASKED, "--protocol", str(elsewhere), "--json"))

    assert told["protocol"] == elsewhere.name
    assert list(told["rows"]) == ["cbc"]


# What cannot be


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--product", "carvyktii"), "must be one of carvykti, abecma, trial, other"),
        (("--day0", "1 March"), "--day0 1 March: must be a date such as 2026-03-01"),
        (("--zone", "Chicago"), "--zone: 'Chicago' is no IANA time zone"),
        (("--holidays", "XX"), "--holidays XX: no holidays are known"),
        (("--holidays", "US-QQ"), "--holidays US-QQ: no such region of US"),
        (("--condition", "flu"), "--condition flu: must be one of hbv, steroid"),
        (("--choose", "nothing"), "--choose nothing: no source disagrees"),
        (("--choose", "cbc"), "--choose cbc: no source disagrees"),
        (
            ("--choose", "igg-monthly", "--choose", "igg-4-weeks"),
            "igg-4-weeks was chosen already",
        ),
        (("--until", "soon"), "--until: 'soon' must be so many days"),
    ],
)
def test_what_cannot_be_names_the_option(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(PreviewRefused) as caught:
        run(*ASKED, *words)

    assert said in str(caught.value)
