"""Handoffs by their actions: who may, what is refused, and what is kept then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.actions.done import Done, perform
from bot.actions.drafting import my_draft
from bot.actions.handed import (
    drop_action,
    take_action,
    take_refused,
    tick_action,
    untick_action,
)
from bot.actions.handing import FORM, keep_page, offer_handoff
from bot.actions.handoff_moves import Written, move_handoff
from bot.actions.matching import MATCHED
from bot.actions.reading_back import Answer, ReadBack, read_back
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.actions.taking_over import take_over
from bot.handoff_fields import (
    CORRECTION,
    POINT,
    PROPOSAL,
    RECEIVER,
    SENTENCE,
    VISIT,
    WHOLE,
    WHY,
    action_fields,
    line_fields,
)
from bot.handoff_sheets import handoff_sheet_for, receivers_for, stand_ins_of
from bot.lookups import my_list
from bot.refusals import (
    BadFields,
    NoPart,
    NotForYou,
    NotMatched,
    Overtaken,
    Refusal,
)
from bot.sheets import sheet_for
from care.duty import Absence
from care.handoff import Event, Line, State
from care.handoff import How as Became
from care.ipass import CONTINGENCY, RETURN_FIELDS, SEVERITY, SUMMARY, Page
from care.matching import How
from care.people import Role
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.clock import TravellingClock
from storage.handoff_records import Handoff, HandoffAction
from storage.records import Referral, Way
from storage.tables import matching, notice
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, new_case, new_referral

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

MRN = "See MRN 12345678."
SAID = "Fever or new confusion; I call the center."


@dataclass(frozen=True)
class Ward:
    """One case, with everybody who could want to hand it over."""

    store: Store
    world: World
    referral: Referral
    numbers: count[int]

    def act(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action as a listener would."""
        key = f"test:{next(self.numbers)}"
        return perform(self.store, action, by=by, key=key, **words)

    def offer(
        self,
        by: Person | None = None,
        to: Person | None = None,
        values: Mapping[str, str] | None = None,
    ) -> str:
        """Offer the case, the oncologist to the first specialist unless asked."""
        to = to or self.world.first_specialist
        told = {
            **{one.code: "none" for one in RETURN_FIELDS},
            RECEIVER: to.clinician_id,
            SEVERITY: "Stable",
            SUMMARY: "Fit for CAR T.",
            CONTINGENCY: "none",
            action_fields(1)[0]: "none",
            MATCHED: How.BY_PHONE,
            **(values or {}),
        }
        by = by or self.world.oncologist
        done = self.act(offer_handoff, by, referral_id=self.referral.id, values=told)
        return done.subject

    def with_action(self) -> str:
        """Offer the case with one action of the center's coordinator."""
        what, who, when = action_fields(1)
        doer = self.world.center_coordinator.clinician_id
        return self.offer(values={what: "Check counts", who: doer, when: "2026-11-30"})

    def say_back(self, handoff_id: str, by: Person | None = None, **more: Any) -> Done:
        """Say a handoff back, taking on every line unless asked."""
        answers = {one.id: Answer(Line.ACCEPTED) for one in self.actions(handoff_id)}
        told: dict[str, Any] = {"answers": answers, "visit_booked": True}
        told |= {"matched": How.BY_PHONE} | more
        said = replace(ReadBack(SAID, "Stable"), **told)
        by = by or self.world.first_specialist
        return self.act(read_back, by, handoff_id=handoff_id, said=said)

    def move(self, handoff_id: str, by: Person, event: Event, **fields: str) -> Done:
        """Make another move."""
        written = Written(fields)
        return self.act(
            move_handoff, by, handoff_id=handoff_id, event=event, written=written
        )

    def handoff(self, handoff_id: str) -> Handoff:
        """Return a handoff as it stands."""
        with self.store.read() as reading:
            return reading.handoffs.handoff(handoff_id)

    def actions(self, handoff_id: str) -> list[HandoffAction]:
        """Return its actions."""
        with self.store.read() as reading:
            return reading.handoffs.actions(reading.handoffs.handoff(handoff_id))

    @property
    def responsible(self) -> str:
        """Who is responsible now."""
        with self.store.read() as reading:
            return reading.cases.case(self.referral.case_id).responsible_id


@pytest.fixture
def ward(store: Store, world: World) -> Ward:
    """Return a case of the oncologist's."""
    with store.act(OPERATOR) as uow:
        referral = new_referral(uow, world, new_case(uow, world))
    return Ward(store, world, referral, count())


def test_only_who_is_responsible_offers(ward: Ward) -> None:
    for name in ("practice_coordinator", "first_specialist", "center_coordinator"):
        with pytest.raises(NotForYou, match="Dr Chen is responsible"):
            ward.offer(getattr(ward.world, name))
    with pytest.raises(NoPart):
        ward.offer(ward.world.administrator)


def test_responsibility_is_offered_only_to_a_role_that_may_have_it(ward: Ward) -> None:
    for name in ("center_coordinator", "administrator", "oncologist"):
        with pytest.raises(BadFields) as caught:
            ward.offer(to=getattr(ward.world, name))
        assert list(caught.value.sentences) == [RECEIVER]


def test_who_may_receive_are_the_other_sides_first_and_then_ones_own(
    ward: Ward,
) -> None:
    with ward.store.act(OPERATOR) as uow:
        _add_oncologist(uow, ward)
    with ward.store.read() as reading:
        sheet = sheet_for(reading, ward.world.oncologist.member, ward.referral.id)
        names = [one.name for one in receivers_for(reading, sheet)]

    assert names == ["Dr Rivera", "Dr Osei", "Dr Yu"]


def test_a_colleague_at_ones_own_site_can_be_handed_the_case(ward: Ward) -> None:
    with ward.store.act(OPERATOR) as uow:
        colleague = _add_oncologist(uow, ward)

    handoff_id = ward.offer(to=colleague)
    ward.say_back(handoff_id, colleague)

    assert ward.handoff(handoff_id).direction == "within a site"
    assert ward.responsible == colleague.clinician_id


def test_a_second_offer_is_told_of_the_first_and_keeps_nothing(ward: Ward) -> None:
    ward.offer()

    with pytest.raises(Overtaken, match="open handoff to Dr Rivera already"):
        ward.offer(to=ward.world.second_specialist)


@pytest.mark.parametrize("code", [SEVERITY, SUMMARY, CONTINGENCY])
def test_a_part_that_is_blank_is_refused(ward: Ward, code: str) -> None:
    with pytest.raises(Refusal):
        ward.offer(values={code: "  "})


@pytest.mark.parametrize("code", [SUMMARY, CONTINGENCY])
def test_an_identifier_is_refused_page_by_page(ward: Ward, code: str) -> None:
    page = Page.PATIENT if code == SUMMARY else Page.ACTIONS
    values = {
        RECEIVER: ward.world.first_specialist.clinician_id,
        SEVERITY: "Stable",
        SUMMARY: "Fit",
        CONTINGENCY: "none",
        action_fields(1)[0]: "none",
        code: MRN,
    }

    with pytest.raises(BadFields) as caught:
        ward.act(
            keep_page,
            ward.world.oncologist,
            referral_id=ward.referral.id,
            page=page,
            values=values,
        )

    assert list(caught.value.sentences) == [code]
    with ward.store.read() as reading:
        case_id = ward.referral.case_id
        assert my_draft(reading, ward.world.oncologist, FORM, case_id) == {}


def test_an_action_with_an_identifier_is_refused(ward: Ward) -> None:
    what, who, when = action_fields(1)
    doer = ward.world.center_coordinator.clinician_id

    with pytest.raises(BadFields) as caught:
        ward.offer(values={what: MRN, who: doer, when: "2026-11-30"})

    assert list(caught.value.sentences) == [what]


@pytest.mark.parametrize(
    ("field", "said"),
    [("sentence", {"sentence": MRN}), ("severity", {"severity": MRN})],
)
def test_a_read_back_with_an_identifier_is_refused_and_moves_nothing(
    ward: Ward, field: str, said: dict[str, Any]
) -> None:
    handoff_id = ward.offer()

    with pytest.raises(BadFields) as caught:
        ward.say_back(handoff_id, **said)

    assert list(caught.value.sentences) == [field]
    assert ward.responsible == ward.world.oncologist.clinician_id


def test_a_read_back_answers_every_line_in_its_own_words(ward: Ward) -> None:
    handoff_id = ward.with_action()
    (line,) = ward.actions(handoff_id)
    choice, words = line_fields(line.id)

    for answers, at in (
        ({}, choice),
        ({line.id: Answer(Line.CHANGED, " ")}, words),
        ({line.id: Answer(Line.DONE)}, choice),
        ({line.id: Answer(Line.REFUSED, MRN)}, words),
    ):
        with pytest.raises(BadFields) as caught:
            ward.say_back(handoff_id, answers=answers)
        assert list(caught.value.sentences) == [at]
    with pytest.raises(BadFields) as caught:
        ward.say_back(handoff_id, sentence=" ")
    assert list(caught.value.sentences) == [SENTENCE]


@pytest.mark.parametrize(
    ("event", "whose", "fields"),
    [
        (Event.DECLINE, "first_specialist", {WHY: MRN, PROPOSAL: "Ask Dr Osei"}),
        (Event.DECLINE, "first_specialist", {WHY: "Away", PROPOSAL: " "}),
        (Event.PHONE, "first_specialist", {SENTENCE: MRN}),
        (Event.PHONE, "oncologist", {SENTENCE: ""}),
    ],
)
def test_words_of_a_move_are_needed_and_hold_no_identifier(
    ward: Ward, event: Event, whose: str, fields: dict[str, str]
) -> None:
    handoff_id = ward.offer()

    with pytest.raises(BadFields):
        ward.move(handoff_id, getattr(ward.world, whose), event, **fields)

    assert ward.handoff(handoff_id).state is State.OFFERED


def test_a_correction_names_a_point_that_there_is(ward: Ward) -> None:
    handoff_id = ward.offer()
    ward.say_back(handoff_id)
    correct = {CORRECTION: "Also new confusion."}

    with pytest.raises(BadFields) as caught:
        ward.move(handoff_id, ward.world.oncologist, Event.CORRECT, **correct)
    assert list(caught.value.sentences) == [POINT]
    ward.move(handoff_id, ward.world.oncologist, Event.CORRECT, **correct, point=WHOLE)
    assert ward.handoff(handoff_id).state is State.CORRECTED
    ward.say_back(handoff_id, severity="")
    assert ward.handoff(handoff_id).state is State.ACCEPTED


def test_a_return_by_phone_says_that_the_first_visit_is_booked(ward: Ward) -> None:
    ward.say_back(ward.offer())
    back = ward.offer(ward.world.first_specialist, ward.world.oncologist)
    said = {SENTENCE: SAID, MATCHED: How.BY_PHONE}

    with pytest.raises(BadFields) as caught:
        ward.move(back, ward.world.oncologist, Event.PHONE, **said)
    assert list(caught.value.sentences) == [VISIT]
    ward.move(back, ward.world.oncologist, Event.PHONE, **said, visit_booked="yes")
    ward.move(back, ward.world.first_specialist, Event.CONFIRM, matched=How.BY_PHONE)
    with ward.store.read() as reading:
        tenures = reading.responsibility.of([ward.referral.case_id])
    hows = [one.how for one in tenures[ward.referral.case_id]]
    assert hows == [Became.CREATED, Became.READ_BACK, Became.PHONE]


def test_the_time_of_a_call_is_kept_as_it_was_said(ward: Ward) -> None:
    handoff_id = ward.offer()

    ward.move(
        handoff_id,
        ward.world.first_specialist,
        Event.PHONE,
        sentence=SAID,
        minutes_ago="30",
    )

    kept = ward.handoff(handoff_id)
    assert kept.phoned_at is not None
    assert (T0 - kept.phoned_at).total_seconds() == 30 * 60
    assert kept.recorded_by == ward.world.first_specialist.clinician_id


def test_a_coordinator_takes_on_an_action_and_never_the_responsibility(
    ward: Ward,
) -> None:
    handoff_id = ward.with_action()
    (line,) = ward.actions(handoff_id)
    noor = ward.world.center_coordinator

    with pytest.raises(NotForYou):
        ward.say_back(handoff_id, noor)
    with pytest.raises(NotForYou):
        ward.act(take_over, noor, referral_id=ward.referral.id, why="Sepsis.")
    with pytest.raises(NotForYou, match="Only Noor Haddad"):
        ward.act(take_action, ward.world.first_specialist, action_id=line.id)
    ward.act(take_action, noor, action_id=line.id)
    with pytest.raises(Overtaken):
        ward.act(take_action, noor, action_id=line.id)
    ward.say_back(handoff_id, answers={})
    assert ward.responsible == ward.world.first_specialist.clinician_id


def test_an_action_is_ticked_by_its_doer_or_who_is_responsible_and_unticked(
    ward: Ward,
) -> None:
    handoff_id = ward.with_action()
    (line,) = ward.actions(handoff_id)
    with pytest.raises(Overtaken):
        ward.act(tick_action, ward.world.center_coordinator, action_id=line.id)
    ward.say_back(handoff_id)

    with pytest.raises(NotForYou):
        ward.act(tick_action, ward.world.second_specialist, action_id=line.id)
    ward.act(tick_action, ward.world.first_specialist, action_id=line.id)
    with pytest.raises(Overtaken):
        ward.act(tick_action, ward.world.center_coordinator, action_id=line.id)
    (done,) = ward.actions(handoff_id)
    assert (done.state, done.done_by) == (Line.DONE, "clinician-rivera")
    ward.act(untick_action, ward.world.center_coordinator, action_id=line.id)
    (again,) = ward.actions(handoff_id)
    assert (again.state, again.done_at) == (Line.ACCEPTED, None)
    with pytest.raises(Overtaken):
        ward.act(untick_action, ward.world.center_coordinator, action_id=line.id)


def test_nobody_without_a_part_sees_or_moves_a_handoff(ward: Ward) -> None:
    handoff_id = ward.with_action()
    sam = ward.world.administrator
    (line,) = ward.actions(handoff_id)

    attempts: tuple[Callable[[], Done], ...] = (
        lambda: ward.say_back(handoff_id, sam),
        lambda: ward.move(handoff_id, sam, Event.WITHDRAW),
        lambda: ward.act(take_over, sam, referral_id=ward.referral.id, why="Sepsis."),
        lambda: ward.act(tick_action, sam, action_id=line.id),
        lambda: ward.act(tick_action, sam, action_id="nobody's"),
        lambda: ward.move("nobody's", sam, Event.WITHDRAW),
    )
    for attempt in attempts:
        with pytest.raises(NoPart):
            attempt()
    with ward.store.read() as reading, pytest.raises(NoPart):
        handoff_sheet_for(reading, sam.member, handoff_id)


def test_a_takeover_needs_a_reason_and_somebody_else_to_take_over_from(
    ward: Ward,
) -> None:
    words = {"referral_id": ward.referral.id}

    for why in (" ", MRN):
        with pytest.raises(BadFields):
            ward.act(take_over, ward.world.first_specialist, **words, why=why)
    with pytest.raises(Overtaken, match="You are responsible"):
        ward.act(take_over, ward.world.oncologist, **words, why="Sepsis.")
    assert ward.responsible == ward.world.oncologist.clinician_id


def test_the_receiver_who_takes_over_owes_the_read_back_of_that_offer(
    ward: Ward,
) -> None:
    handoff_id = ward.with_action()

    done = ward.act(
        take_over,
        ward.world.first_specialist,
        referral_id=ward.referral.id,
        why="Sepsis.",
    )

    assert done.subject == handoff_id
    assert ward.handoff(handoff_id).state is State.TAKEN_OVER
    assert ward.responsible == ward.world.first_specialist.clinician_id
    ward.say_back(handoff_id)
    assert ward.handoff(handoff_id).state is State.ACCEPTED


def test_whoever_takes_over_unoffered_writes_down_what_is_known(ward: Ward) -> None:
    """Nobody has told them: what they know is kept as an offer's own words are."""
    me = ward.world.first_specialist
    words = {"referral_id": ward.referral.id, "why": "Sepsis."}
    handoff_id = ward.act(take_over, me, **words).subject

    with pytest.raises(BadFields) as blank:
        ward.say_back(handoff_id)
    with pytest.raises(BadFields) as identified:
        ward.say_back(handoff_id, known={SUMMARY: MRN, CONTINGENCY: "none"})
    before = ward.handoff(handoff_id).state
    known = {SUMMARY: "Septic, on the ward.", CONTINGENCY: "none"}
    ward.say_back(handoff_id, known=known)

    assert blank.value.sentences.keys() == {SUMMARY, CONTINGENCY}
    assert identified.value.sentences.keys() == {SUMMARY}
    assert before is State.TAKEN_OVER
    with ward.store.read() as reading:
        kept = reading.handoffs.words(ward.handoff(handoff_id))
    assert kept.fields == {SEVERITY: "Stable", **known}
    assert kept.reason == {WHY: "Sepsis."}


def refused_line(ward: Ward) -> HandoffAction:
    """Return the line of an accepted handoff that its receiver did not take on."""
    handoff_id = ward.with_action()
    (line,) = ward.actions(handoff_id)
    ward.say_back(handoff_id, answers={line.id: Answer(Line.REFUSED, "Not ours.")})
    (refused,) = ward.actions(handoff_id)
    assert refused.state is Line.REFUSED
    return refused


def waiting(ward: Ward, line: HandoffAction) -> list[str]:
    """Return when an action is brought up next."""
    with ward.store.read() as reading:
        planned = reading.reminders.of(line.id)
    return [f"{one.due_at:%a %H:%M}" for one in planned if one.state == "waiting"]


def brought_up(ward: Ward, line: HandoffAction) -> set[str]:
    """Handle what is due; return who was told of an action till now."""
    DueReminders(ward.store, HANDLERS, TellOfTrouble()).handle_all()
    query = select(notice.c.recipient_id, notice.c.payload).where(
        notice.c.view == "handoff action", notice.c.way == Way.POST
    )
    with ward.store.read() as reading:
        rows = reading.connection.execute(query).all()
    return {row.recipient_id for row in rows if row.payload.get("action") == line.id}


def test_what_is_not_taken_on_is_brought_up_to_whoever_asked_until_it_is_seen_to(
    ward: Ward, clock: TravellingClock
) -> None:
    line, world = refused_line(ward), ward.world
    next_morning = waiting(ward, line)

    clock.move(timedelta(days=1))
    first = brought_up(ward, line)
    # Thursday is a holiday.
    clock.move(timedelta(days=2))
    second = brought_up(ward, line)

    assert next_morning == ["Wed 14:00"]
    assert first == {world.oncologist.clinician_id}
    assert second == first | {world.practice_coordinator.clinician_id}
    assert len(waiting(ward, line)) == 1
    ward.act(drop_action, world.oncologist, action_id=line.id)
    assert waiting(ward, line) == []


def test_whoever_asked_does_what_was_not_taken_on_or_lets_it_be(ward: Ward) -> None:
    line, world = refused_line(ward), ward.world

    with pytest.raises(NotForYou, match="asked for that, and sees to it"):
        ward.act(take_refused, world.first_specialist, action_id=line.id)
    ward.act(take_refused, world.oncologist, action_id=line.id, seen=line.generation)
    with pytest.raises(Overtaken, match="somebody has seen to it"):
        ward.act(drop_action, world.practice_coordinator, action_id=line.id)

    (mine,) = ward.actions(line.handoff_id)
    assert (mine.doer_id, mine.state) == (world.oncologist.clinician_id, Line.ACCEPTED)
    assert waiting(ward, line) == ["Mon 14:00"]


def test_an_answer_to_what_was_changed_meanwhile_is_refused_kindly(ward: Ward) -> None:
    """The button of an older message is a yes to older words."""
    world, handoff_id = ward.world, ward.with_action()
    (line,) = ward.actions(handoff_id)
    ward.move(handoff_id, world.first_specialist, Event.PHONE, **{SENTENCE: SAID})
    seen = ward.handoff(handoff_id).generation
    ward.move(handoff_id, world.oncologist, Event.DISPUTE)
    ward.move(handoff_id, world.first_specialist, Event.PHONE, **{SENTENCE: SAID})

    stale = {"handoff_id": handoff_id, "event": Event.CONFIRM, "written": Written()}
    with pytest.raises(Overtaken, match="was changed after this"):
        ward.act(move_handoff, world.oncologist, **stale, seen=seen)
    older = {"action_id": line.id, "seen": line.generation - 1}
    with pytest.raises(Overtaken, match="was changed after this"):
        ward.act(take_action, world.center_coordinator, **older)

    assert ward.responsible == world.oncologist.clinician_id
    now = ward.handoff(handoff_id).generation
    ward.act(move_handoff, world.oncologist, **stale, seen=now)
    assert ward.responsible == world.first_specialist.clinician_id


def test_who_stands_in_is_the_cover_or_else_lead_and_coordinators(ward: Ward) -> None:
    rivera, osei = ward.world.first_specialist, ward.world.second_specialist
    noor = ward.world.center_coordinator.clinician_id
    today = T0.date()

    def stand_ins() -> frozenset[str]:
        with ward.store.read() as reading:
            who = reading.people.clinician(rivera.clinician_id)
            return stand_ins_of(reading, who)

    assert stand_ins() == frozenset()
    with ward.store.act(OPERATOR) as uow:
        covered = Absence(rivera.clinician_id, today, today, osei.clinician_id)
        uow.duty.add_absence("absence-1", covered)
        uow.audit(ward.world.workspace_id, "away", rivera.clinician_id)
    assert stand_ins() == {osei.clinician_id}
    with ward.store.act(OPERATOR) as uow:
        uow.duty.add_absence("absence-2", Absence(osei.clinician_id, today, today))
        uow.audit(ward.world.workspace_id, "away", osei.clinician_id)
    assert stand_ins() == {noor}
    with ward.store.act(OPERATOR) as uow:
        uow.people.retire("clinician", rivera.clinician_id)
        uow.audit(ward.world.workspace_id, "retired", rivera.clinician_id)
    assert stand_ins() == {noor}


def test_for_whoever_left_the_coordinator_offers_and_the_handoff_says_so(
    ward: Ward,
) -> None:
    with ward.store.act(OPERATOR) as uow:
        uow.people.retire("clinician", ward.world.oncologist.clinician_id)
        uow.audit(ward.world.workspace_id, "retired", "clinician-chen")

    handoff_id = ward.offer(ward.world.practice_coordinator)

    kept = ward.handoff(handoff_id)
    assert kept.on_behalf
    assert kept.sender_id == ward.world.oncologist.clinician_id
    ward.say_back(handoff_id)
    assert ward.responsible == ward.world.first_specialist.clinician_id


def test_somebody_on_whom_a_handoff_relies_has_open_work(ward: Ward) -> None:
    handoff_id = ward.with_action()

    def work(who: Person) -> list[str]:
        with ward.store.read() as reading:
            return reading.people.open_work(who.clinician_id)

    with ward.store.read() as reading:
        code = reading.cases.case(ward.referral.case_id).code
    assert work(ward.world.first_specialist) == [code]
    assert work(ward.world.center_coordinator) == []
    ward.say_back(handoff_id)
    assert work(ward.world.first_specialist) == [code]
    assert work(ward.world.center_coordinator) == [code]
    assert work(ward.world.second_specialist) == []


def test_my_list_holds_what_i_am_to_say_back_and_what_i_have_taken_on(
    ward: Ward,
) -> None:
    handoff_id = ward.with_action()

    def listed(who: Person) -> tuple[int, int]:
        with ward.store.read() as reading:
            mine = my_list(reading, who)
            return len(mine.handoffs), len(mine.to_do)

    assert listed(ward.world.first_specialist) == (1, 0)
    assert listed(ward.world.oncologist) == (0, 0)
    ward.say_back(handoff_id)
    assert listed(ward.world.first_specialist) == (0, 0)
    assert listed(ward.world.center_coordinator) == (0, 1)


def _add_oncologist(uow: Any, ward: Ward) -> Person:
    """Let a second oncologist work at the practice."""
    uow.people.put(
        "clinician",
        {
            "id": "clinician-yu",
            "site_id": ward.world.practice_id,
            "key": "yu",
            "name": "Dr Yu",
            "role": Role.ONCOLOGIST,
            "duty_order": None,
            "active": 1,
        },
    )
    uow.people.put(
        "identity",
        {
            "id": "identity-yu",
            "team_id": "T0LAKESIDE",
            "user_id": "U0YU",
            "clinician_id": "clinician-yu",
            "confirmed_by": "tests",
            "dm_channel": None,
        },
    )
    uow.audit(ward.world.workspace_id, "setup.applied", "clinician-yu")
    return Person(
        clinician_id="clinician-yu",
        site_id=ward.world.practice_id,
        role=Role.ONCOLOGIST,
        name="Dr Yu",
        team_id="T0LAKESIDE",
        user_id="U0YU",
    )


def _offer_back(ward: Ward) -> str:
    ward.say_back(ward.offer())
    return ward.offer(ward.world.first_specialist, ward.world.oncologist)


def test_a_return_is_accepted_only_when_both_sites_have_matched(ward: Ward) -> None:
    """Also where the center's record is missing, as before it was asked for."""
    back, world = _offer_back(ward), ward.world
    with ward.store.act(OPERATOR) as uow:
        uow.connection.execute(delete(matching).where(matching.c.subject == back))
        uow.audit(world.workspace_id, "taken away", back)

    with pytest.raises(NotMatched, match=r"University Center.*Done by phone"):
        ward.say_back(back, world.oncologist)
    assert ward.responsible == world.first_specialist.clinician_id
    said = {SENTENCE: SAID, MATCHED: How.BY_PHONE, VISIT: "yes"}
    ward.move(back, world.first_specialist, Event.PHONE, **said)
    ward.move(back, world.oncologist, Event.CONFIRM, matched=How.BY_RECORD)
    assert ward.responsible == world.oncologist.clinician_id


@pytest.mark.parametrize("how", ["", "not yet", "by pigeon"])
def test_how_a_return_was_matched_is_one_of_two(ward: Ward, how: str) -> None:
    back, world = _offer_back(ward), ward.world
    phoned = {SENTENCE: SAID, VISIT: "yes", MATCHED: how}

    with pytest.raises(BadFields) as said_back:
        ward.say_back(back, world.oncologist, matched=how)
    with pytest.raises(BadFields) as by_phone:
        ward.move(back, world.oncologist, Event.PHONE, **phoned)

    for caught in (said_back, by_phone):
        assert list(caught.value.sentences) == [MATCHED]
    assert ward.handoff(back).state is State.OFFERED


def test_a_page_of_a_return_that_says_no_how_is_not_offered(ward: Ward) -> None:
    ward.say_back(ward.offer())
    told = {MATCHED: ""}

    with pytest.raises(Overtaken, match="not kept any more"):
        ward.offer(ward.world.first_specialist, ward.world.oncologist, told)


def test_only_whose_move_it_is_records_a_match_with_it(ward: Ward) -> None:
    back, world = _offer_back(ward), ward.world

    for who in (world.center_coordinator, world.practice_coordinator):
        with pytest.raises(NotForYou):
            ward.say_back(back, who)
    with pytest.raises(NoPart):
        ward.say_back(back, world.administrator)

    with ward.store.read() as reading:
        (kept,) = reading.matching.of([back])
    assert kept.clinician_id == world.first_specialist.clinician_id


def test_nobody_is_asked_to_do_what_they_could_not_be_told_of(ward: Ward) -> None:
    """A colleague without a part sees neither the case nor the action."""
    with ward.store.act(OPERATOR) as uow:
        there = uow.people.clinician(ward.world.first_specialist.clinician_id)
        row = asdict(there) | {"id": "clinician-pharm", "key": "pharm", "active": 1}
        uow.people.put("clinician", row | {"role": Role.PHARMACIST, "duty_order": None})
        uow.audit(ward.world.workspace_id, "setup applied", there.id)
    what, who, when = action_fields(1)
    words = {what: "Check levels", who: "clinician-pharm", when: "2026-11-30"}

    with pytest.raises(BadFields) as refused:
        ward.offer(values=words)

    assert refused.value.sentences == {who: "Choose who does this."}
    receiver = ward.world.first_specialist.clinician_id
    handoff_id = ward.offer(values=words | {who: receiver})
    assert [one.doer_id for one in ward.actions(handoff_id)] == [receiver]
