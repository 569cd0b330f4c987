"""A patient moves to another practice: all that goes along, in one transaction."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bot.actions.handing import offer_handoff
from bot.actions.item_doers import reassign
from bot.actions.moving import move_referral
from bot.actions.plan_lost import lose_to_follow_up
from bot.actions.starting import my_cases
from bot.actions.taking_over import take_over
from bot.handed_plans import doer_field
from bot.handoff_fields import CORRECTION, POINT, PROPOSAL, SENTENCE, VISIT, WHOLE, WHY
from bot.handoff_sheets import doers_for
from bot.lookups import case_sheets
from bot.refusals import BadFields, NoPart, NotForYou, NotMatched, Overtaken, Refusal
from bot.transfers import practices_to_move_to
from care.handoff import OPEN, Event, State
from care.handoff import How as Became
from care.ipass import CONTINGENCY, SUMMARY, Direction
from care.item import WAITING
from care.item import State as ItemState
from care.knowledge.protocol import Hold, Topic
from care.matching import How
from care.milestone import Step
from care.people import PRACTICE_SIDE, Part
from care.referral import Event as ReferralMove
from care.referral import Outcome
from care.referral import State as ReferralState
from storage.audit import verify
from storage.clock import TravellingClock
from storage.records import Way
from storage.tables import matching, notice
from storage.unit import Store
from tests.bot.after_infusion import DAY, DAY0, Followed, followed
from tests.bot.moving_practice import (
    PRAIRIE,
    PRAIRIE_CHANNEL,
    PRAIRIE_HILLSIDE,
    PRAIRIE_LINK,
    SAID,
    Move,
    add_prairie,
    ask_hillside,
    link_hillside,
    told,
)
from tests.storage.together import together
from tests.world import OPERATOR, World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@pytest.fixture
def one(store: Store, clock: TravellingClock, world: World) -> Followed:
    """Return a patient at home after CAR T, with a plan that a practice follows."""
    found = followed(store, clock, world)
    found.infuse()
    return found


@pytest.fixture
def move(one: Followed) -> Move:
    """Return the same patient, who is to move to Prairie Cancer Care."""
    there = add_prairie(one.store, one.world)
    with one.store.read() as reading:
        referral = reading.cases.referral(one.course.referral_id)
    return Move(one.store, one.world, there, referral)


def test_until_it_is_said_back_nothing_but_the_offer_changes(move: Move) -> None:
    handoff_id = move.offer()

    (offered,) = move.handoffs
    assert (offered.id, offered.direction) == (handoff_id, Direction.TRANSFER)
    assert offered.state is State.OFFERED
    assert move.case.responsible_id == move.world.oncologist.clinician_id
    assert move.case.practice_id == move.world.practice_id
    assert move.old.moved_to is None
    assert move.old.parts_of(move.there.patel.member) == {Part.PARTY}
    assert move.old.parts_of(move.there.jo.member) == frozenset()


def test_with_the_read_back_the_case_goes_on_at_the_next_practice(
    one: Followed, move: Move
) -> None:
    at_center = {
        item.id for item in one.items() if item.site_id == move.world.center_id
    }

    move.go()

    new, old = move.new, move.old
    assert move.case.responsible_id == move.there.patel.clinician_id
    assert move.case.practice_id == PRAIRIE
    assert (new.practice.id, new.center.id) == (PRAIRIE, move.world.center_id)
    assert (new.referrer.id, new.moved_to) == (move.there.patel.clinician_id, None)
    assert new.referral.state is ReferralState.ACCEPTED
    assert old.referral.state is ReferralState.CLOSED
    assert old.referral.outcome == Outcome.MOVED
    assert old.moved_to == new.practice
    with move.store.read() as reading:
        course = reading.courses.course(one.course.id)
        tenures = reading.responsibility.of([move.case.id])[move.case.id]
        assert verify(reading.connection, move.world.workspace_id)
    assert (course.link_id, course.referral_id) == (PRAIRIE_LINK, new.referral.id)
    assert one.plan.referral_id == new.referral.id
    assert [one.how for one in tenures] == [Became.CREATED, Became.READ_BACK]
    assert tenures[0].until == tenures[1].since
    there = {item.id: item.site_id for item in one.items(*WAITING)}
    assert {there[id_] for id_ in at_center & there.keys()} == {move.world.center_id}
    assert {there[id_] for id_ in there.keys() - at_center} == {PRAIRIE}


@SQLITE
def test_the_people_of_the_old_practice_keep_what_they_were_and_no_more(
    one: Followed, move: Move
) -> None:
    chen, amy = move.world.oncologist, move.world.practice_coordinator
    cbc = one.item("cbc")
    one.act(reassign, amy, item_ids=[cbc.id], doer_id=amy.clinician_id, whole_row=True)
    assert Part.DOER in move.old.parts_of(amy.member)

    move.go()

    for sheet in (move.old, move.new):
        assert sheet.parts_of(chen.member) == {Part.FORMER, Part.PARTY}
        assert sheet.parts_of(amy.member) == frozenset()
    assert Part.RESPONSIBLE in move.new.parts_of(move.there.patel.member)
    assert Part.PRACTICE_COORDINATOR in move.new.parts_of(move.there.jo.member)
    with move.store.read() as reading:
        assert my_cases(reading, amy) == []
        assert [found.id for found in my_cases(reading, move.there.jo)] == [
            move.case.id
        ]
        with pytest.raises(NoPart):
            case_sheets(reading, amy, move.case.code)
    assert not move.old.parts_of(chen.member) & PRACTICE_SIDE


@SQLITE
def test_doers_of_the_old_practice_are_cleared_and_asked_for_anew(
    one: Followed, move: Move
) -> None:
    amy, jo = move.world.practice_coordinator, move.there.jo
    ids = [one.item(row).id for row in ("cbc", "igg")]
    one.act(reassign, amy, item_ids=ids, doer_id=amy.clinician_id, whole_row=True)
    handoff_id = move.offer()

    counts = {doer_field(Topic.COUNTS): move.there.patel.clinician_id}
    amys = {doer_field(Topic.COUNTS): amy.clinician_id}
    with pytest.raises(BadFields, match="somebody of your site"):
        move.say_back(handoff_id, doers=amys)
    move.say_back(handoff_id, doers=counts)

    assert one.item("cbc").doer_id == move.there.patel.clinician_id
    assert one.item("igg").doer_id == jo.clinician_id
    with move.store.read() as reading:
        named = {row.practice_doer_id for row in reading.plans.rows_of([one.plan.id])}
    assert amy.clinician_id not in named


@SQLITE
def test_by_phone_it_moves_when_it_is_confirmed_and_names_no_doer_of_the_past(
    one: Followed, move: Move
) -> None:
    amy, chen, patel = (
        move.world.practice_coordinator,
        move.world.oncologist,
        move.there.patel,
    )
    words = {"item_ids": [one.item("cbc").id], "doer_id": amy.clinician_id}
    one.act(reassign, amy, whole_row=True, **words)
    handoff_id = move.offer()
    said = {SENTENCE: SAID, VISIT: "yes", "matched": How.BY_PHONE}

    move.step(handoff_id, chen, Event.PHONE, **said)
    assert move.case.practice_id == move.world.practice_id
    move.step(handoff_id, patel, Event.CONFIRM, matched=How.BY_RECORD)

    assert move.case.practice_id == PRAIRIE
    assert move.case.responsible_id == patel.clinician_id
    assert (one.item("cbc").site_id, one.item("cbc").doer_id) == (PRAIRIE, None)


@SQLITE
def test_it_is_declined_withdrawn_and_corrected_as_any_other(move: Move) -> None:
    chen, patel = move.world.oncologist, move.there.patel
    first = move.offer()
    move.step(first, patel, Event.DECLINE, **{WHY: "Full.", PROPOSAL: "Ask later."})
    second = move.offer()
    move.step(second, chen, Event.WITHDRAW)
    third = move.offer()
    move.say_back(third)

    move.step(third, chen, Event.CORRECT, **{POINT: WHOLE, CORRECTION: "Also fever."})
    assert move.case.responsible_id == patel.clinician_id
    move.say_back(third)

    states = {found.id: found.state for found in move.handoffs}
    assert states == {
        first: State.DECLINED,
        second: State.WITHDRAWN,
        third: State.ACCEPTED,
    }
    assert len(move.old.tenures) == 2


@SQLITE
@pytest.mark.parametrize("ended", [Event.WITHDRAW, Event.DECLINE])
def test_a_practice_that_did_not_take_a_patient_reads_of_them_for_a_day(
    one: Followed, move: Move, ended: Event
) -> None:
    """Whoever chose a wrong one has not opened the case to it for life."""
    chen, patel = move.world.oncologist, move.there.patel
    by = chen if ended is Event.WITHDRAW else patel
    move.step(move.offer(), by, ended, **{WHY: "Not ours.", PROPOSAL: "Ask Hillside."})
    assert move.old.parts_of(patel.member) == {Part.PARTY}

    one.clock.stop_at(one.clock.now() + timedelta(days=1, minutes=1))

    assert move.old.parts_of(patel.member) == frozenset()
    assert Part.PARTY in move.old.parts_of(chen.member)
    move.go()
    assert Part.RESPONSIBLE in move.new.parts_of(patel.member)


@SQLITE
def test_only_who_hands_over_moves_a_patient(move: Move) -> None:
    for by in (move.world.practice_coordinator, move.world.first_specialist):
        with pytest.raises(NotForYou, match="is responsible"):
            move.offer(by)
    with pytest.raises(NoPart):
        move.offer(move.there.patel)
    with move.store.act(OPERATOR) as uow:
        uow.people.retire("clinician", move.world.oncologist.clinician_id)
        uow.audit(move.world.workspace_id, "retired", "clinician-chen")

    move.offer(move.world.practice_coordinator)

    assert move.handoffs[0].on_behalf


@SQLITE
def test_a_practice_without_a_link_to_the_center_is_refused_in_a_sentence(
    one: Followed,
) -> None:
    there = add_prairie(one.store, one.world, linked=False)
    with one.store.read() as reading:
        referral = reading.cases.referral(one.course.referral_id)
    move = Move(one.store, one.world, there, referral)

    for link_id in ("link-of-nobody", one.world.link_id):
        with pytest.raises(NotForYou):
            move.offer(link_id=link_id)
    with pytest.raises(BadFields, match="who is to be responsible"):
        move.act(
            offer_handoff,
            one.world.oncologist,
            referral_id=referral.id,
            values=told(there.patel),
        )

    assert move.handoffs == []
    with one.store.read() as reading:
        assert practices_to_move_to(reading, move.old) == []


@SQLITE
def test_a_link_that_ended_meanwhile_keeps_everything_where_it_was(move: Move) -> None:
    handoff_id = move.offer()
    with move.store.act(OPERATOR) as uow:
        uow.people.retire("link", PRAIRIE_LINK)
        uow.audit(move.world.workspace_id, "retired", PRAIRIE_LINK)

    with pytest.raises(NotForYou, match=r"Prairie Cancer Care has no link with"):
        move.say_back(handoff_id)

    assert move.case.practice_id == move.world.practice_id
    assert move.handoffs[0].state is State.OFFERED
    assert move.old.moved_to is None


@SQLITE
def test_a_center_that_the_next_practice_has_no_link_with_is_not_left_behind(
    one: Followed, move: Move
) -> None:
    """What was asked there could be answered by nobody, and would be asked for ever."""
    asked = ask_hillside(one.store, one.world, move.referral)

    with pytest.raises(NotForYou, match=r"has no link with Hillside Myeloma"):
        move.offer()

    with one.store.act(OPERATOR) as uow:
        withdrawn = replace(
            asked,
            state=ReferralState.WITHDRAWN,
            waiting_on=None,
            previous=asked.state,
            ended_at=uow.now,
        )
        uow.cases.keep_referral(withdrawn)
        uow.audit(one.world.workspace_id, "withdrawn", asked.id)
    move.go()
    assert move.case.practice_id == PRAIRIE


@SQLITE
def test_what_another_center_is_asked_goes_on_over_its_own_link(
    one: Followed, move: Move
) -> None:
    asked = ask_hillside(one.store, one.world, move.referral)
    link_hillside(one.store, one.world)

    move.go()

    with one.store.read() as reading:
        there = reading.cases.referrals_of(move.case.id)
    live = {one.link_id for one in there if one.state is ReferralState.ACCEPTED}
    assert live == {PRAIRIE_LINK, PRAIRIE_HILLSIDE}
    assert [one.state for one in there if one.id == asked.id] == [ReferralState.CLOSED]


@SQLITE
def test_while_the_center_is_responsible_the_patient_comes_back_first(
    one: Followed, move: Move
) -> None:
    words = {"referral_id": move.referral.id, "why": "Sepsis."}
    taken = one.act(take_over, move.world.first_specialist, **words)
    known = {SUMMARY: "Known.", CONTINGENCY: "none"}
    move.say_back(taken.subject, move.world.first_specialist, known=known)

    with pytest.raises(NotForYou, match=r"hand the patient back to .* first"):
        move.offer(move.world.first_specialist)


@SQLITE
@pytest.mark.parametrize("how", ["", "not yet"])
def test_both_practices_say_that_it_is_the_same_patient(move: Move, how: str) -> None:
    with pytest.raises(BadFields, match="code and patient"):
        move.offer(values={"matched": how})
    handoff_id = move.offer()
    with pytest.raises(BadFields, match="code and patient"):
        move.say_back(handoff_id, matched=how)
    with pytest.raises(BadFields, match="first visit"):
        move.say_back(handoff_id, visit_booked=False)
    with move.store.act(OPERATOR) as uow:
        uow.connection.execute(delete(matching).where(matching.c.subject == handoff_id))
        uow.audit(move.world.workspace_id, "taken away", handoff_id)

    with pytest.raises(NotMatched, match=r"Lakeside Oncology has not recorded"):
        move.say_back(handoff_id)


@SQLITE
def test_a_death_meanwhile_leaves_the_case_where_it_was(
    one: Followed, move: Move
) -> None:
    handoff_id = move.offer()
    one.record(Step.DEATH)

    with pytest.raises(Overtaken, match="has died"):
        move.say_back(handoff_id)

    assert move.case.practice_id == move.world.practice_id
    assert move.case.responsible_id == move.world.oncologist.clinician_id


@SQLITE
def test_what_waits_for_a_hospital_stay_moves_and_waits_on(
    one: Followed, move: Move
) -> None:
    handoff_id = move.offer()
    one.record(Step.ADMISSION)
    held = {item.id for item in one.items(ItemState.HELD)}
    assert held

    move.say_back(handoff_id)

    now = [item for item in one.items() if item.id in held]
    assert {item.hold for item in now} == {Hold.ADMITTED}
    assert PRAIRIE in {item.site_id for item in now}
    one.record(Step.LEFT_HOSPITAL)
    assert not one.items(ItemState.HELD)


@SQLITE
def test_nobody_looks_any_more_for_a_patient_who_has_come_to_another_practice(
    one: Followed, move: Move
) -> None:
    words = {"plan_id": one.plan.id, "why": "The phone is not answered."}
    one.act(lose_to_follow_up, move.world.practice_coordinator, **words)
    assert one.items(ItemState.HELD)

    move.go()

    with move.store.read() as reading:
        assert reading.courses.tasks(case_ids=[move.case.id]) == []
    assert not one.items(ItemState.HELD)


@SQLITE
def test_the_old_thread_gets_one_line_and_the_new_one_begins(move: Move) -> None:
    handoff_id = move.offer()
    with move.store.read() as reading:
        before = _said(reading.connection, move.referral.id)

    move.say_back(handoff_id)

    with move.store.read() as reading:
        after = _said(reading.connection, move.referral.id)
        new = _said(reading.connection, move.new.referral.id)
    assert after - before == {("handoff line", move.world.channel_id)}
    assert new == {("card", PRAIRIE_CHANNEL), ("handoff line", PRAIRIE_CHANNEL)}
    assert _told(move, move.new.referral.id) == {
        move.world.oncologist.clinician_id,
        move.world.center_coordinator.clinician_id,
        move.there.jo.clinician_id,
    }


@SQLITE
def test_reminders_of_the_old_practice_are_settled_and_planned_anew(
    one: Followed, move: Move
) -> None:
    cbc = one.item("cbc")
    with move.store.read() as reading:
        (was,) = [r for r in reading.reminders.of(cbc.id) if r.state == "waiting"]

    move.go()

    with move.store.read() as reading:
        (now,) = [r for r in reading.reminders.of(cbc.id) if r.state == "waiting"]
        of_old = reading.reminders.of(move.referral.id)
    assert now.generation > was.generation
    assert "waiting" not in {found.state for found in of_old}
    one.pass_to(DAY0 + 40 * DAY)
    assert one.item("cbc").state is ItemState.MISSED


@SQLITE
def test_from_the_old_thread_nothing_is_moved_any_more(move: Move) -> None:
    move.go()
    old, chen = move.referral.id, move.world.oncologist
    values, reopen = told(move.there.patel), ReferralMove.REOPEN

    for by in (chen, move.there.patel, move.world.first_specialist):
        with pytest.raises(Overtaken, match=r"has moved to Prairie Cancer Care"):
            move.act(move_referral, by, referral_id=old, event=reopen)
        with pytest.raises(Overtaken, match="has moved to"):
            move.act(take_over, by, referral_id=old, why="Sepsis.")
        with pytest.raises(Overtaken, match="has moved to"):
            move.act(offer_handoff, by, referral_id=old, values=values)
    assert move.old.moves_of(move.old.parts_of(chen.member)) == ()


@SQLITE
def test_nobody_is_asked_by_a_move_who_will_have_no_part_in_the_case(
    move: Move,
) -> None:
    with move.store.read() as reading:
        asked = doers_for(reading, move.old, move.there.patel.clinician_id)

    assert [found.name for found in asked] == [
        "Dr Chen",
        "Dr Rivera",
        "Dr Osei",
        "Noor Haddad",
        "Dr Patel",
    ]


@SQLITE
def test_the_patient_can_come_back(one: Followed, move: Move) -> None:
    """The first practice is then one like any other; its old thread stays ended."""
    move.go()
    new = move.new.referral
    back = replace(move, referral=new)
    values = told(move.world.oncologist)

    done = back.act(
        offer_handoff,
        move.there.patel,
        referral_id=new.id,
        values=values,
        link_id=move.world.link_id,
    )
    back.say_back(done.subject, move.world.oncologist)

    assert move.case.practice_id == move.world.practice_id
    assert {item.site_id for item in one.items(*WAITING)} == {
        move.world.practice_id,
        move.world.center_id,
    }
    with move.store.read() as reading:
        found = reading.cases.referrals_of(move.case.id)
        live = [r for r in found if r.state is ReferralState.ACCEPTED]
    assert len(found) == 3
    assert [r.link_id for r in live] == [move.world.link_id]


def test_of_two_at_the_same_moment_one_wins(move: Move) -> None:
    """Dr Patel accepts, Dr Chen withdraws, the center takes over: it is one of them."""
    handoff_id = move.offer()
    world = move.world

    def attempt(what: str) -> str:
        try:
            if what == "accepted":
                move.say_back(handoff_id)
            elif what == "withdrawn":
                move.step(handoff_id, world.oncologist, Event.WITHDRAW)
            else:
                words = {"referral_id": move.referral.id, "why": "Sepsis."}
                move.act(take_over, world.first_specialist, **words)
        except Refusal:
            return "refused"
        return what

    tried = ("accepted", "withdrawn", "taken over")
    came = together(*[lambda what=what: attempt(what) for what in tried])

    with move.store.read() as reading:
        tenures = reading.responsibility.of([move.case.id])[move.case.id]
    assert [found.until is None for found in tenures].count(True) == 1
    assert tenures[-1].clinician_id == move.case.responsible_id
    assert sum(found.state in OPEN for found in move.handoffs) <= 1
    assert ("accepted" in came) is (move.case.practice_id == PRAIRIE)
    assert ("accepted" in came) != ("withdrawn" in came) or "taken over" in came


def test_accepted_twice_at_once_is_one_move(move: Move) -> None:
    handoff_id = move.offer()

    def accept() -> None:
        with suppress(Overtaken):
            move.say_back(handoff_id)

    together(accept, accept, accept)

    with move.store.read() as reading:
        assert len(reading.cases.referrals_of(move.case.id)) == 2
        assert len(reading.responsibility.of([move.case.id])[move.case.id]) == 2


def _said(connection: object, referral_id: str) -> set[tuple[str, str]]:
    """Return what was posted in the thread of a referral, and where."""
    rows = connection.execute(  # type: ignore[attr-defined] # a connection
        select(notice.c.view, notice.c.conversation, notice.c.payload).where(
            notice.c.subject == referral_id,
            notice.c.way == Way.POST,
            notice.c.recipient_id.is_(None),
        )
    )
    return {
        (row.view, row.conversation)
        for row in rows
        if row.payload.get("move") != "offer"
    }


def _told(move: Move, referral_id: str) -> set[str]:
    """Return who was told of a referral by direct message."""
    with move.store.read() as reading:
        rows = reading.connection.execute(
            select(notice.c.recipient_id).where(
                notice.c.subject == referral_id,
                notice.c.way == Way.POST,
                notice.c.recipient_id.is_not(None),
            )
        )
        return set(rows.scalars())
