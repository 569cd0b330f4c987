"""How a check and a visit read in a list, and what can be done there and then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.checks import Check, make_checks
from bot.views import item_lines
from bot.views.ids import Shown
from care.item import State
from care.knowledge.protocol import Hold
from care.patient_time import PhiMode
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.planning_store import Planned, planned
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
SHOWN = PhiMode.DAYS


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient whose month-1 checks are open."""
    there = planned(store, clock, world)
    there.pass_to(date(2026, 11, 30))
    return there


def checks_of(
    patient: Planned, rows: Collection[str], mode: PhiMode = SHOWN
) -> list[Check]:
    """Return the first checks of some rows, as a list shows them."""
    with patient.store.read() as reading:
        items = [reading.items.item(patient.ids(one)) for one in rows]
        made = make_checks(reading, items)
    return [replace(one, time=replace(one.time, mode=mode)) for one in made]


def labels(blocks: list[dict[str, Any]]) -> list[str]:
    """Return what the buttons of some blocks say."""
    rows = [one["elements"] for one in blocks if one["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row]


def entries(block: dict[str, Any]) -> list[str]:
    """Return what a line's menu says."""
    return [one["text"]["text"] for one in block["accessory"]["options"]]


def test_a_visit_names_its_checks_and_all_done_carries_exactly_these(
    patient: Planned,
) -> None:
    section, buttons = item_lines.visit_lines(
        checks_of(patient, ["cbc", "igg", "response"])
    )

    said = section["text"]["text"]
    assert "Month-1 visit: CBC, IgG, Response" in said
    assert "window closes Day +35" in said
    assert labels([buttons]) == ["All done", "All but …", "Each by itself"]
    carried = Shown.load(buttons["elements"][0]["value"]).items
    assert carried == tuple(patient.ids(one) for one in ("cbc", "igg", "response"))


def test_of_a_visit_only_what_was_missed_is_called_not_yet_recorded(
    patient: Planned,
) -> None:
    cbc, igg = checks_of(patient, ["cbc", "igg"])
    late = replace(cbc, item=replace(cbc.item, state=State.MISSED))

    some = item_lines.visit_text([late, igg], coded=False)
    whole = item_lines.visit_text([late, late])

    assert "not yet recorded: CBC · window closes Day +35" in some
    assert igg.case.code not in some
    assert whole.endswith("not yet recorded")


@pytest.mark.parametrize(
    ("row", "verb"), [("cbc", "Result reviewed"), ("response", "Done")]
)
def test_one_check_has_a_button_of_its_own_and_labs_end_with_their_review(
    patient: Planned, row: str, verb: str
) -> None:
    blocks = item_lines.visit_lines(checks_of(patient, [row]))

    assert labels(blocks) == [verb, "More"]


def test_a_running_precaution_is_never_just_done(patient: Planned) -> None:
    """It stands below the visit: *All done* does not carry it."""
    section, buttons, pjp = item_lines.visit_lines(
        checks_of(patient, ["cbc", "pjp", "igg"])
    )

    assert "PJP" not in section["text"]["text"]
    carried = Shown.load(buttons["elements"][0]["value"]).items
    assert patient.ids("pjp") not in carried
    assert entries(pjp)[0] == "Look at it"


def test_the_menu_puts_off_only_within_the_window(patient: Planned) -> None:
    """On Monday 30 November the window has a week left; on its last day nothing."""
    (monday,) = checks_of(patient, ["cbc"])
    last = replace(monday, time=replace(monday.time, today=date(2026, 12, 7)))

    assert entries(item_lines.check_line(monday)) == [
        "Result reviewed",
        "Remind me tomorrow",
        "Remind me next week",
        "Put on hold",
        "More",
    ]
    assert "Remind me tomorrow" not in entries(item_lines.check_line(last))
    assert "last day today" in item_lines.check_text(last)


@pytest.mark.parametrize(
    ("state", "said", "offered"),
    [
        (State.UPCOMING, "not open yet", ["Result reviewed", "Put on hold", "More"]),
        (State.MISSED, "not yet recorded", ["Result reviewed", "Put on hold", "More"]),
        (State.HELD, "held: patient admitted", ["Result reviewed", "More"]),
        (State.DONE, "done", ["More"]),
        (State.DONE_LATE, "done, after its window", ["More"]),
    ],
)
def test_a_line_says_how_a_check_stands_and_offers_what_can_be_done(
    patient: Planned, state: State, said: str, offered: list[str]
) -> None:
    (check,) = checks_of(patient, ["cbc"])
    item = replace(
        check.item, state=state, hold=Hold.ADMITTED, look_again_on=date(2026, 12, 7)
    )

    line = item_lines.check_line(replace(check, item=item))

    assert said in line["text"]["text"]
    assert entries(line) == offered


def test_where_only_named_windows_are_shown_no_day_and_no_date_is(
    patient: Planned,
) -> None:
    checks = checks_of(patient, ["cbc", "igg", "pjp"], PhiMode.NONE)

    blocks = item_lines.visit_lines(checks)

    said = " ".join(one["text"]["text"] for one in blocks if "text" in one)

    assert "Month-1 visit" in said
    assert "Day " not in said
    assert "2026" not in said
    assert "window closes next week" in said


def test_dates_are_said_where_that_was_agreed(patient: Planned) -> None:
    (check,) = checks_of(patient, ["cbc"], PhiMode.BAA)

    assert "27 Nov 2026 to 7 Dec 2026" in item_lines.check_text(check)


def test_the_reader_is_told_with_whom_it_is_where_that_is_not_them(
    patient: Planned,
) -> None:
    checks = checks_of(patient, ["cbc", "igg"])

    assert "with Amy Brooks" in item_lines.check_text(checks[0], doer=True)
    assert "with Amy Brooks" in item_lines.visit_text(checks, doer=True)
    assert "Amy" not in item_lines.visit_text(checks)


def test_every_value_of_a_line_fits_what_slack_takes(patient: Planned) -> None:
    """A menu's entry takes 150 characters, a button 2,000: 24 checks fit."""
    (check,) = checks_of(patient, ["cbc"])
    items = [replace(check.item, id=f"{n:032x}") for n in range(24)]
    many = [replace(check, item=one) for one in items]

    options = item_lines.check_line(check)["accessory"]["options"]
    section, buttons = item_lines.visit_lines(many)

    assert max(len(one["value"]) for one in options) <= 150
    assert max(len(one["value"]) for one in buttons["elements"]) <= 2000
    assert len(section["text"]["text"]) <= 3000
