"""Boards: whose patients stand on one, in which order, and how it is narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.boards import A_PAGE, Board, board
from bot.views import kit
from bot.views.boards import board_modal, line
from bot.views.ids import Act
from bot.views.lists import MESSAGE, in_message
from care.journey import Phase
from care.milestone import Milestone, Product, Result, Step
from care.people import Role
from care.referral import State
from storage.actors import Person
from storage.boards import Place, Sought
from storage.records import Life
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.courses import recorded
from tests.patients import (
    TODAY,
    Patient,
    a_colleague,
    a_protocol,
    another_practice,
    asked_about,
    at_home,
    held,
    is_open,
    missed,
    on_the_way,
    over,
    upcoming,
)
from tests.storage.together import watched
from tests.world import OPERATOR, World, add_workspace

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def unit(store: Store, world: World) -> Iterator[Unit]:
    """Yield a unit of work in which a test keeps its patients."""
    with store.act(OPERATOR) as begun:
        yield begun
        begun.audit(world.workspace_id, "filled", world.workspace_id)


def codes(page: Board) -> list[str]:
    """Return the codes of a page's patients, in their order."""
    return [one.sheet.case.code for one in page.patients]


def lines(page: Board) -> list[str]:
    """Return the lines of a page."""
    return [line(one) for one in page.patients]


def code(name: str) -> dict[str, Any]:
    """Name a case so that a test can be read."""
    return {"case": {"code": f"MM-{name}"}}


def test_what_was_not_recorded_comes_first_and_then_what_is_next(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    at_home(unit, world, protocol, [upcoming(opens=30)], **code("AHEAD"))
    at_home(unit, world, protocol, [upcoming(opens=9)], **code("SOON0"))
    at_home(unit, world, protocol, [over()], **code("QUIET"))
    on_the_way(unit, world, Phase.SLOT, **code("MOVE0"))
    at_home(unit, world, protocol, [is_open(closes=6)], **code("OPEN6"))
    at_home(unit, world, protocol, [is_open(closes=2)], **code("OPEN2"))
    at_home(unit, world, protocol, [upcoming(), missed(since=2)], **code("MISS2"))
    at_home(unit, world, protocol, [missed(since=9), is_open()], **code("MISS9"))

    page = board(unit, world.practice_coordinator)

    order = ["MISS9", "MISS2", "OPEN2", "OPEN6", "MOVE0", "SOON0", "AHEAD", "QUIET"]
    assert codes(page) == [f"MM-{one}" for one in order]
    assert (page.total, page.not_recorded) == (8, 2)


def test_of_those_who_wait_for_a_move_the_longest_waiting_comes_first(
    unit: Unit, world: World
) -> None:
    on_the_way(unit, world, since=T0 - HOUR, **code("HOUR1"))
    asked_about(unit, world, round_started_at=T0 - 5 * HOUR, **code("HOUR5"))
    on_the_way(unit, world, since=T0 - 9 * HOUR, **code("HOUR9"))

    page = board(unit, world.center_coordinator)

    assert codes(page) == ["MM-HOUR9", "MM-HOUR5", "MM-HOUR1"]


def test_what_is_held_stands_by_the_day_on_which_somebody_looks_again(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    at_home(unit, world, protocol, [held(again=9)], **code("HELD9"))
    at_home(unit, world, protocol, [upcoming(opens=5)], **code("NEXT5"))
    at_home(unit, world, protocol, [held(again=3), upcoming(opens=5)], **code("HELD3"))

    page = board(unit, world.practice_coordinator)

    assert codes(page) == ["MM-HELD3", "MM-NEXT5", "MM-HELD9"]
    assert "Next: CBC, month-1, held (IVIG running)" in lines(page)[0]


def test_what_was_put_off_beyond_its_window_closes_later(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    later = is_open(closes=1, extended_to=TODAY + 9 * DAY)
    at_home(unit, world, protocol, [later], **code("LATER"))
    at_home(unit, world, protocol, [is_open(closes=4)], **code("FIRST"))

    assert codes(board(unit, world.practice_coordinator)) == ["MM-FIRST", "MM-LATER"]


def test_a_line_says_code_phase_what_is_next_and_with_whom(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    due = [missed("cbc"), missed("igg"), is_open("cd4")]
    at_home(unit, world, protocol, due, **code("CHECK"))
    on_the_way(unit, world, Phase.AUTHORIZATION, **code("AUTHZ"))
    asked_about(unit, world, **code("ASKED"))

    check, asked, authorization = lines(board(unit, world.center_coordinator))

    assert check == (
        "*MM-CHECK* · follow-up at home · *Not yet recorded*: CBC, IgG, month-1,"
        " with Amy Brooks (Lakeside Oncology)"
    )
    assert authorization.startswith(
        "*MM-AUTHZ* · Next: authorization to be submitted, with Noor Haddad"
        " (University Center), since <!date"
    )
    assert asked.startswith("*MM-ASKED* · Question to a specialist · Waiting for")


def test_more_checks_than_a_line_holds_are_counted(unit: Unit, world: World) -> None:
    protocol = a_protocol(unit, world)
    due = [is_open(row) for row in ("cbc", "igg", "cd4", "response")]
    at_home(unit, world, protocol, due)

    assert "(+1)" in lines(board(unit, world.practice_coordinator))[0]


def test_a_line_names_what_one_person_does_and_counts_what_others_do(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    theirs = is_open("cbc", site_id=world.center_id)
    at_home(unit, world, protocol, [theirs, is_open("igg", closes=9)])

    [shown] = lines(board(unit, world.practice_coordinator))

    assert "Now: CBC (+1), month-1, with Noor Haddad (University Center)" in shown


def test_a_patient_with_several_questions_stands_once_by_the_journey(
    unit: Unit, world: World
) -> None:
    there = on_the_way(unit, world)
    newer = replace(
        there.referral,
        id=unit.new_id(),
        state=State.REQUESTED,
        requested_at=T0 + HOUR,
    )
    unit.cases.add_referral(newer)

    page = board(unit, world.center_coordinator)

    assert [one.sheet.referral.id for one in page.patients] == [there.referral.id]


def test_a_patient_who_has_died_stands_on_no_board(unit: Unit, world: World) -> None:
    protocol = a_protocol(unit, world)
    there = at_home(unit, world, protocol, [missed()])
    unit.cases.change_life(there.case.id, Life.DIED)

    for one in world.people:
        assert board(unit, one).total == 0


def test_in_hospice_nothing_is_asked_and_the_patient_stands_last(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    there = at_home(unit, world, protocol, [missed()], **code("HOSPC"))
    at_home(unit, world, protocol, [over()], since=T0 + HOUR, **code("QUIET"))
    unit.cases.change_life(there.case.id, Life.HOSPICE)

    page = board(unit, world.practice_coordinator)

    assert codes(page) == ["MM-HOSPC", "MM-QUIET"]
    assert {one.place for one in page.patients} == {Place.QUIET}
    assert lines(page)[0] == "*MM-HOSPC* · hospice · Nothing is asked."
    assert page.not_recorded == 0


def test_what_has_ended_without_a_journey_stands_no_more(
    unit: Unit, world: World
) -> None:
    ended = {"ended_at": T0, "previous": State.ANSWERED, "waiting_on": None}
    asked_about(unit, world, state=State.CLOSED, **ended)
    on_the_way(unit, world, Phase.ENDED, referral={"state": State.CLOSED, **ended})

    assert board(unit, world.center_coordinator).total == 0


def test_after_its_evaluation_is_closed_a_journey_still_stands(
    unit: Unit, world: World
) -> None:
    ended = {"ended_at": T0, "previous": State.ANSWERED, "waiting_on": None}
    on_the_way(unit, world, referral={"state": State.CLOSED, **ended})

    assert board(unit, world.center_coordinator).total == 1


def test_a_coordinator_sees_the_site_and_a_clinician_their_own(
    unit: Unit, world: World
) -> None:
    other = a_colleague(
        unit, world.practice_id, "patel", Role.ONCOLOGIST, "Dr Patel"
    ).clinician_id
    on_the_way(unit, world, **code("CHEN0"))
    theirs: dict[str, Any] = {"referral": {"referrer_id": other, "taker_id": None}}
    on_the_way(
        unit, world, case={"code": "MM-PATEL", "responsible_id": other}, **theirs
    )

    seen = {one.name: sorted(codes(board(unit, one))) for one in world.people}

    both = ["MM-CHEN0", "MM-PATEL"]
    assert seen == {
        "Dr Chen": ["MM-CHEN0"],
        "Amy Brooks": both,
        "Dr Rivera": ["MM-CHEN0"],
        "Dr Osei": [],
        "Noor Haddad": both,
        "Sam Lindqvist": [],
    }


def test_a_lead_of_a_center_sees_the_whole_site(unit: Unit, world: World) -> None:
    lead = a_colleague(unit, world.center_id, "lead", Role.LEAD, "Dr Lead")
    on_the_way(unit, world)

    page = board(unit, lead)

    assert (page.total, page.whole_site) == (1, True)


def test_a_lead_of_a_practice_sees_their_own(unit: Unit, world: World) -> None:
    lead = a_colleague(unit, world.practice_id, "lead", Role.LEAD, "Dr Lead")
    on_the_way(unit, world, **code("THEIR"))
    on_the_way(
        unit, world, case={"code": "MM-MINE0", "responsible_id": lead.clinician_id}
    )

    assert codes(board(unit, lead)) == ["MM-MINE0"]


def test_who_is_no_specialist_any_more_sees_nothing_of_what_they_took(
    unit: Unit, world: World
) -> None:
    on_the_way(unit, world)
    former = replace(world.first_specialist, role=Role.PHARMACIST)

    assert board(unit, former).total == 0


def test_nobody_sees_patients_of_another_practice_or_workspace(
    unit: Unit, world: World
) -> None:
    protocol = a_protocol(unit, world)
    other = another_practice(unit, world, "riverbend")
    at_home(unit, world, protocol, [missed()], **code("LAKES"))
    at_home(unit, other, protocol, [missed()], **code("RIVER"))

    assert codes(board(unit, world.practice_coordinator)) == ["MM-LAKES"]
    assert codes(board(unit, other.practice_coordinator)) == ["MM-RIVER"]
    assert board(unit, world.center_coordinator).total == 2


def test_nobody_sees_patients_of_another_workspace(store: Store, world: World) -> None:
    add_workspace(store, "T0ELSEWHERE")
    with store.act(OPERATOR) as unit:
        there = another_practice(unit, world, "elsewhere", "T0ELSEWHERE")
        protocol = a_protocol(unit, world)
        at_home(unit, world, protocol, [missed()], **code("OURS0"))
        on_the_way(unit, there, **code("THEIR"))
        unit.audit("T0ELSEWHERE", "setup.applied", "T0ELSEWHERE")

        for one in world.people:
            assert "MM-THEIR" not in codes(board(unit, one)), one.name
        for one in (there.practice_coordinator, there.center_coordinator):
            assert codes(board(unit, one)) == ["MM-THEIR"]


def test_a_center_learns_nothing_of_a_plan_of_another_center(
    store: Store, world: World
) -> None:
    """Both were asked about the patient; the plan is of one of them alone."""
    add_workspace(store, "T0ELSEWHERE")
    with store.act(OPERATOR) as unit:
        there = another_practice(unit, world, "elsewhere", "T0ELSEWHERE")
        protocol = a_protocol(unit, world)
        ours = at_home(unit, world, protocol, [missed()])
        asked = replace(ours.referral, id=unit.new_id(), link_id=there.link_id)
        unit.cases.add_referral(asked)
        unit.audit("T0ELSEWHERE", "setup.applied", "T0ELSEWHERE")

        page = board(unit, there.center_coordinator)

    assert [one.place for one in page.patients] == [Place.MOVE]
    assert page.patients[0].checks == ()


def fill(unit: Unit, world: World, number: int) -> list[Patient]:
    """Keep patients of every kind, many of whom stand equal."""
    protocol = a_protocol(unit, world)
    kinds = ([missed()], [is_open()], [upcoming()], [over()])
    return [
        at_home(unit, world, protocol, kinds[n % 4])
        if n % 5
        else on_the_way(unit, world)
        for n in range(number)
    ]


def pages(unit: Unit, by: Person) -> list[list[str]]:
    """Return the codes of every page, turned one after the other."""
    told: list[list[str]] = []
    while True:
        page = board(unit, by, number=len(told))
        told.append(codes(page))
        if not page.has_next:
            return told


def test_each_patient_stands_on_one_page_and_it_is_the_same_each_time(
    unit: Unit, world: World
) -> None:
    there = fill(unit, world, 2 * A_PAGE + 7)

    first, again = (pages(unit, world.center_coordinator) for _ in range(2))

    assert first == again
    assert [len(one) for one in first] == [A_PAGE, A_PAGE, 7]
    every = [one for page in first for one in page]
    assert sorted(every) == sorted(one.case.code for one in there)


def test_a_page_that_is_gone_shows_the_first_one(unit: Unit, world: World) -> None:
    fill(unit, world, 3)

    page = board(unit, world.center_coordinator, number=4)

    assert (page.number, len(page.patients)) == (0, 3)


def test_the_queries_are_as_many_for_many_patients_as_for_few(
    store: Store, world: World
) -> None:
    with store.act(OPERATOR) as unit:
        fill(unit, world, A_PAGE)
    by = world.center_coordinator

    def asked() -> int:
        with watched(store.database) as seen, store.read() as reading:
            board_modal(board(reading, by))
        return len(seen)

    few = asked()
    with store.act(OPERATOR) as unit:
        fill(unit, world, 3 * A_PAGE)

    assert asked() == few


@pytest.mark.parametrize("named", ["site", "product", "phase", "nothing", "person"])
def test_a_board_is_narrowed(unit: Unit, world: World, named: str) -> None:
    other = another_practice(unit, world, "riverbend")
    protocol = a_protocol(unit, world)
    at_home(unit, other, protocol, product=Product.ABECMA, **code("RIVER"))
    on_the_way(unit, world, Phase.SLOT, **code("SLOT0"))
    asked_about(unit, world, **code("ASKED"))
    sought = {
        "site": (Sought(site_id=other.practice_id), ["MM-RIVER"]),
        "product": (Sought(product=Product.ABECMA), ["MM-RIVER"]),
        "phase": (Sought(phase=Phase.SLOT), ["MM-SLOT0"]),
        "nothing": (Sought(no_journey=True), ["MM-ASKED"]),
        "person": (
            Sought(person_id=world.oncologist.clinician_id),
            ["MM-ASKED", "MM-SLOT0"],
        ),
    }[named]

    page = board(unit, world.center_coordinator, sought[0])

    assert sorted(codes(page)) == sought[1]
    assert page.total == len(sought[1])


def test_before_infusion_a_product_is_known_from_what_was_recorded(
    unit: Unit, world: World
) -> None:
    there = on_the_way(unit, world, **code("SLOT0")).course
    assert there
    slot = Milestone("m1", Step.SLOT, Result.HAPPENED, TODAY, product=Product.CARVYKTI)
    unit.courses.record(recorded(there, slot, 1))
    on_the_way(unit, world)

    page = board(unit, world.center_coordinator, Sought(product=Product.CARVYKTI))

    assert codes(page) == ["MM-SLOT0"]


def test_to_be_narrowed_shows_nobody_more(unit: Unit, world: World) -> None:
    other = another_practice(unit, world, "riverbend")
    on_the_way(unit, other)

    found = board(unit, world.practice_coordinator, Sought(site_id=other.practice_id))

    assert found.total == 0


def test_a_list_that_is_longer_than_a_message_leads_to_the_whole_one() -> None:
    buttons = kit.actions([kit.button("Duty", Act.DUTY)], block_id="start")
    entries = [kit.section(f"Entry {number}") for number in range(60)]

    shown = in_message([*entries[:55], buttons, *entries[55:]])

    assert len(shown) == MESSAGE
    assert shown[-1] == buttons
    assert shown[-2]["elements"][0]["action_id"] == Act.MY_LIST
    assert in_message(entries[:50]) == entries[:50]
