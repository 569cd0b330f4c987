"""What is due: whose it is, in which visits, what was missed first, in pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.due import LINES, OF_A_VISIT, DuePage, Span, due_page
from bot.sheets import make_sheets
from bot.views.due import due_modal
from care.people import Role
from storage.records import Life
from storage.unit import Store, Unit
from tests.patients import (
    NAMES,
    TODAY,
    Due,
    a_colleague,
    a_protocol,
    another_practice,
    at_home,
    held,
    is_open,
    missed,
    over,
    upcoming,
)
from tests.storage.together import watched
from tests.world import OPERATOR, World, add_workspace

DAY = timedelta(days=1)


@pytest.fixture
def unit(store: Store, world: World) -> Iterator[Unit]:
    """Yield a unit of work in which a test keeps its patients."""
    with store.act(OPERATOR) as begun:
        yield begun
        begun.audit(world.workspace_id, "filled", world.workspace_id)


def told(page: DuePage) -> list[tuple[str, list[str]]]:
    """Return the visits of a page: each patient's code with its checks by name."""
    return [
        (visit[0].case.code, [one.row.name for one in visit]) for visit in page.visits
    ]


def keep(unit: Unit, world: World, name: str, *due: Due, **changes: object) -> str:
    """Keep a patient with a code and these items; return the id of the case."""
    case = {"code": f"MM-{name}"} | dict(changes.pop("case", {}))  # type: ignore[call-overload] # a dict if given
    protocol = a_protocol(unit, world)
    return at_home(unit, world, protocol, due, case=case, **changes).case.id


def test_what_was_missed_comes_first_and_then_what_closes_first(
    unit: Unit, world: World
) -> None:
    keep(unit, world, "OPEN9", is_open(closes=9))
    keep(unit, world, "OPEN2", is_open(closes=2))
    keep(unit, world, "MISS1", missed(since=1))
    keep(unit, world, "MISS5", missed(since=5))

    page = due_page(unit, world.practice_coordinator)

    assert [code for code, _ in told(page)] == [
        "MM-MISS5",
        "MM-MISS1",
        "MM-OPEN2",
        "MM-OPEN9",
    ]
    assert (page.total, page.not_recorded) == (4, 2)


def test_what_can_be_done_on_one_day_is_one_visit(unit: Unit, world: World) -> None:
    apart = upcoming("response", opens=20)
    keep(unit, world, "VISIT", is_open("cbc", 3), is_open("igg", 6), apart)
    keep(unit, world, "OTHER", is_open("cbc", 3))

    page = due_page(unit, world.practice_coordinator, Span.MONTH)

    assert sorted(told(page)) == [
        ("MM-OTHER", ["CBC"]),
        ("MM-VISIT", ["CBC", "IgG"]),
        ("MM-VISIT", ["Response"]),
    ]


def test_all_that_was_missed_of_a_patient_is_one_visit(
    unit: Unit, world: World
) -> None:
    keep(unit, world, "BOTH0", missed("cbc", 1), missed("igg", 90), is_open("cd4"))

    page = due_page(unit, world.practice_coordinator)

    assert told(page) == [("MM-BOTH0", ["IgG", "CBC"]), ("MM-BOTH0", ["CD4"])]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span.TODAY, ["MM-OPEN0"]),
        (Span.WEEK, ["MM-OPEN0", "MM-DAY06"]),
        (Span.MONTH, ["MM-OPEN0", "MM-DAY06", "MM-DAY29"]),
    ],
)
def test_a_span_says_how_far_ahead_is_looked(
    unit: Unit, world: World, span: Span, expected: list[str]
) -> None:
    for days in (6, 29, 30):
        keep(unit, world, f"DAY{days:02}", upcoming(opens=days))
    keep(unit, world, "OPEN0", is_open())

    page = due_page(unit, world.practice_coordinator, span)

    assert [code for code, _ in told(page)] == expected


def test_nothing_is_due_that_is_over_or_held(unit: Unit, world: World) -> None:
    keep(unit, world, "DONE0", over(), held("igg"))

    assert due_page(unit, world.practice_coordinator, Span.MONTH).total == 0


@pytest.mark.parametrize("life", [Life.HOSPICE, Life.DIED])
def test_nothing_is_due_after_a_death_or_in_hospice(
    unit: Unit, world: World, life: Life
) -> None:
    case_id = keep(unit, world, "GONE0", missed(), is_open("igg"))
    unit.cases.change_life(case_id, life)

    assert due_page(unit, world.practice_coordinator).total == 0


def test_what_was_put_off_closes_later(unit: Unit, world: World) -> None:
    keep(unit, world, "LATER", is_open(closes=1, extended_to=TODAY + 9 * DAY))
    keep(unit, world, "FIRST", is_open(closes=5))

    page = due_page(unit, world.practice_coordinator)

    assert [code for code, _ in told(page)] == ["MM-FIRST", "MM-LATER"]


def test_a_clinician_sees_what_is_theirs_to_do(unit: Unit, world: World) -> None:
    chen = world.oncologist.clinician_id
    keep(unit, world, "CHEN0", is_open(doer_id=chen), is_open("igg"))

    mine = due_page(unit, world.oncologist)
    at_site = due_page(unit, world.practice_coordinator)

    assert told(mine) == [("MM-CHEN0", ["CBC"])]
    assert told(at_site) == [("MM-CHEN0", ["CBC", "IgG"])]
    assert (mine.whole_site, at_site.whole_site) == (False, True)


def test_of_another_site_nothing_is_due_here(unit: Unit, world: World) -> None:
    keep(unit, world, "THERE", is_open(), site_id=world.center_id)

    assert due_page(unit, world.practice_coordinator).total == 0
    assert due_page(unit, world.center_coordinator).total == 1


def test_without_a_coordinator_it_is_due_of_who_is_responsible_then_of_the_lead(
    unit: Unit, world: World
) -> None:
    unit.people.retire("clinician", world.practice_coordinator.clinician_id)
    at = world.practice_id
    lead = a_colleague(unit, at, "lead", Role.LEAD, "Dr Lead")
    other = a_colleague(unit, at, "patel", Role.ONCOLOGIST, "Dr Patel")
    center = {"responsible_id": world.first_specialist.clinician_id}
    keep(unit, world, "CHEN0", is_open())
    keep(
        unit,
        world,
        "ELSE0",
        is_open(),
        case=center,
        referral={"referrer_id": lead.clinician_id},
    )

    seen = {
        one.name: [code for code, _ in told(due_page(unit, one))]
        for one in (world.oncologist, lead, other)
    }

    assert seen == {"Dr Chen": ["MM-CHEN0"], "Dr Lead": ["MM-ELSE0"], "Dr Patel": []}


def test_what_names_somebody_who_left_is_the_responsible_clinician_s_to_do(
    unit: Unit, world: World
) -> None:
    gone = world.practice_coordinator.clinician_id
    unit.people.retire("clinician", gone)
    keep(unit, world, "CHEN0", is_open(doer_id=gone))

    page = due_page(unit, world.oncologist)

    assert told(page) == [("MM-CHEN0", ["CBC"])]
    assert page.visits[0][0].doer == unit.people.clinician(
        world.oncologist.clinician_id
    )


def test_who_has_no_part_in_a_case_is_told_nothing_of_it(
    unit: Unit, world: World
) -> None:
    """Even where an item names them: their part may have ended since."""
    other = a_colleague(unit, world.practice_id, "patel", Role.ONCOLOGIST, "Dr Patel")
    keep(unit, world, "CHEN0", is_open(doer_id=other.clinician_id))

    assert due_page(unit, other).total == 0


def test_whatever_is_due_of_anybody_is_of_a_case_in_which_they_have_a_part(
    store: Store, world: World
) -> None:
    add_workspace(store, "T0ELSEWHERE")
    with store.act(OPERATOR) as unit:
        there = another_practice(unit, world, "elsewhere", "T0ELSEWHERE")
        other = another_practice(unit, world, "riverbend")
        for number, place in enumerate((world, other, there)):
            who, here = place.oncologist.clinician_id, place.practice_id
            keep(unit, place, f"P{number}000", is_open(doer_id=who), site_id=here)
            keep(unit, place, f"C{number}000", is_open(), site_id=place.center_id)
        unit.audit("T0ELSEWHERE", "filled", "T0ELSEWHERE")

        everybody = [one for place in (world, other, there) for one in place.people]
        seen = {(one.name, one.site_id): due_page(unit, one) for one in everybody}
        found = [
            (one, visit[0].plan.referral_id)
            for one in everybody
            for visit in seen[one.name, one.site_id].visits
        ]
        for one, referral_id in found:
            sheet = make_sheets(unit, [unit.cases.referral(referral_id)])[0]
            assert sheet.parts_of(one.member)

    assert found
    lakeside = seen["Amy Brooks", world.practice_id]
    assert told(lakeside) == [("MM-P0000", ["CBC"])]


def test_many_visits_are_turned_over_page_by_page(unit: Unit, world: World) -> None:
    many = 2 * LINES // (OF_A_VISIT + 2)
    for number in range(many):
        keep(unit, world, f"N{number:04}", is_open("cbc"), is_open("igg"))
    by = world.practice_coordinator

    first = due_page(unit, by)
    every = [
        one for n in range(first.pages) for one in told(due_page(unit, by, number=n))
    ]

    assert first.pages == 2
    assert len(due_modal(first)["blocks"]) <= 100
    assert sorted(code for code, _ in every) == [f"MM-N{n:04}" for n in range(many)]
    assert told(due_page(unit, by, number=99)) == told(first)


def test_the_queries_are_as_many_for_many_visits_as_for_few(
    store: Store, world: World
) -> None:
    by = world.practice_coordinator

    def asked() -> int:
        with watched(store.database) as seen, store.read() as reading:
            due_modal(due_page(reading, by))
        return len(seen)

    with store.act(OPERATOR) as unit:
        keep(unit, world, "FIRST", *(is_open(row) for row in NAMES))
        unit.audit(world.workspace_id, "filled", "x")
    few = asked()
    with store.act(OPERATOR) as unit:
        for number in range(15):
            keep(unit, world, f"N{number:04}", *(is_open(row) for row in NAMES))
        unit.audit(world.workspace_id, "filled", "x")

    assert asked() == few


def test_a_page_says_what_was_not_recorded_and_when_nothing_is_due(
    unit: Unit, world: World
) -> None:
    empty = due_modal(due_page(unit, world.oncologist, Span.WEEK))
    keep(unit, world, "MISS1", missed())
    full = due_modal(due_page(unit, world.practice_coordinator))

    assert empty["blocks"][0]["text"]["text"] == (
        "*Yours* · Nothing is due in the next 7 days."
    )
    assert full["blocks"][0]["text"]["text"] == (
        "*Lakeside Oncology* · 1 visit · 1 not yet recorded"
    )
    assert "Not yet recorded" in str(full["blocks"][2])
