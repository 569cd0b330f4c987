"""Several people do whatever comes to their minds: one is responsible at every step."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.actions.done import Done, perform
from bot.actions.handed import take_action, tick_action, untick_action
from bot.actions.handing import offer_handoff
from bot.actions.handoff_moves import Written, move_handoff
from bot.actions.matching import MATCHED
from bot.actions.reading_back import Answer, ReadBack, read_back
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.actions.taking_over import take_over
from bot.handoff_fields import (
    BOOKED,
    CORRECTION,
    POINT,
    PROPOSAL,
    RECEIVER,
    SENTENCE,
    VISIT,
    WHOLE,
    WHY,
    action_fields,
)
from bot.refusals import Refusal
from bot.sheets import make_sheets
from care.handoff import LASTING, OPEN, Event, Line
from care.handoff import How as Became
from care.ipass import CONTINGENCY, RETURN_FIELDS, SEVERITY, SUMMARY, Direction
from care.matching import How
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.audit import verify
from storage.clock import TravellingClock
from storage.handoff_records import Handoff
from storage.records import Referral
from storage.unit import Reading, Store
from tests.world import OPERATOR, World, new_case, new_referral

STEPS = 60
BY_HAND = (
    Event.DECLINE,
    Event.WITHDRAW,
    Event.PHONE,
    Event.CONFIRM,
    Event.DISPUTE,
    Event.CORRECT,
)


@dataclass
class Walk:
    """People who act on one case, by chance."""

    store: Store
    clock: TravellingClock
    world: World
    chance: random.Random
    referral: Referral
    done: list[str] = field(default_factory=list)

    @property
    def somebody(self) -> Person:
        """Anybody at either site."""
        return self.chance.choice(self.world.people)

    @property
    def likely(self) -> Person:
        """Mostly somebody whom the case concerns, since others can do little."""
        if self.chance.random() < 0.3:
            return self.somebody
        with self.store.read() as reading:
            ids = {reading.cases.case(self.referral.case_id).responsible_id}
        ids |= {self.last.sender_id, self.last.receiver_id} if self.last else set()
        return self.chance.choice(
            [one for one in self.world.people if one.clinician_id in ids]
        )

    def act(self, action: Callable[..., Done], **words: Any) -> None:
        """Let somebody try something; what is refused changes nothing."""
        by = self.likely
        key = f"walk:{self.chance.random()}"
        try:
            done = perform(self.store, action, by=by, key=key, **words)
        except Refusal:
            return
        self.done.append(done.what)

    def step(self) -> None:
        """Let something happen."""
        choices: list[Callable[[], None]] = [
            self.offer,
            self.say_back,
            self.move,
            self.move,
            self.emergency,
            self.tick,
            self.pass_time,
        ]
        weights = [6, 6, 3, 3, 1, 2, 2]
        self.chance.choices(choices, weights)[0]()

    def offer(self) -> None:
        """Somebody offers the case to somebody."""
        what, who, when = action_fields(1)
        values = {one.code: "none" for one in RETURN_FIELDS} | {
            RECEIVER: self.somebody.clinician_id,
            MATCHED: How.BY_PHONE,
            SEVERITY: "Stable",
            SUMMARY: "Fit for CAR T.",
            CONTINGENCY: "none",
            what: "Check counts",
            who: self.world.center_coordinator.clinician_id,
            when: (self.clock.now().date() + timedelta(days=5)).isoformat(),
        }
        self.act(offer_handoff, referral_id=self.referral.id, values=values)

    def say_back(self) -> None:
        """Somebody says the last handoff back, taking on every line."""
        one = self.last
        if one is None:
            return
        with self.store.read() as reading:
            lines = reading.handoffs.actions(one)
        answers = {line.id: Answer(Line.ACCEPTED) for line in lines}
        said = ReadBack(
            "Fever; I call the center.",
            "Stable",
            answers,
            visit_booked=True,
            matched=self.chance.choice((How.BY_PHONE, How.BY_RECORD, "")),
        )
        self.act(read_back, handoff_id=one.id, said=said)

    def move(self) -> None:
        """Somebody makes another move of the last handoff."""
        one = self.last
        if one is None:
            return
        written = Written(
            {
                WHY: "Away.",
                PROPOSAL: "Ask a colleague.",
                SENTENCE: "Fever.",
                VISIT: BOOKED,
                MATCHED: How.BY_RECORD,
                POINT: WHOLE,
                CORRECTION: "Also new confusion.",
            }
        )
        event = self.chance.choice(BY_HAND)
        self.act(move_handoff, handoff_id=one.id, event=event, written=written)

    def emergency(self) -> None:
        """Somebody takes over."""
        self.act(take_over, referral_id=self.referral.id, why="Sepsis.")

    def tick(self) -> None:
        """Somebody takes on an action, ticks one off, or takes that back."""
        one = self.last
        if one is None:
            return
        with self.store.read() as reading:
            lines = reading.handoffs.actions(one)
        if lines:
            action = self.chance.choice((take_action, tick_action, untick_action))
            self.act(action, action_id=self.chance.choice(lines).id)

    def pass_time(self) -> None:
        """Time passes, and what is due is brought up."""
        self.clock.move(timedelta(hours=self.chance.choice((1, 5, 24, 72))))
        DueReminders(self.store, HANDLERS, TellOfTrouble()).handle_all()

    @property
    def last(self) -> Handoff | None:
        """The handoff that was offered last."""
        with self.store.read() as reading:
            found = reading.handoffs.of([self.referral.case_id])
        here = found[self.referral.case_id]
        return here[-1] if here else None

    def check(self, reading: Reading) -> None:
        """What must always hold."""
        case_id = self.referral.case_id
        tenures = reading.responsibility.of([case_id])[case_id]
        handoffs = {one.id: one for one in reading.handoffs.of([case_id])[case_id]}
        case = reading.cases.case(case_id)
        assert [one.seq for one in tenures] == list(range(1, len(tenures) + 1))
        assert [one.until is None for one in tenures].count(True) == 1
        assert tenures[-1].clinician_id == case.responsible_id
        assert tenures[-1].since == case.responsible_since
        for before, after in pairwise(tenures):
            assert before.until == after.since
            assert before.clinician_id != after.clinician_id
        for one in tenures[1:]:
            assert one.handoff_id
            said_back = handoffs[one.handoff_id].state in LASTING
            assert said_back or one.how is Became.TAKEOVER
            self.check_matched(reading, handoffs[one.handoff_id], one.how)
        assert [one.state in OPEN for one in handoffs.values()].count(True) <= 1
        self.check_parts(reading)

    def check_matched(self, reading: Reading, one: Handoff, how: Became) -> None:
        """No return was accepted before both sites had recorded the same patient."""
        found = {match.site_id for match in reading.matching.of([one.id])}
        if one.direction is Direction.RETURN and how is not Became.TAKEOVER:
            assert found == {self.world.practice_id, self.world.center_id}
        elif one.direction is not Direction.RETURN:
            assert found == set()

    def check_parts(self, reading: Reading) -> None:
        """Whoever was responsible, or party to a handoff, still has a part."""
        sheet = make_sheets(reading, [reading.cases.referral(self.referral.id)])[0]
        known = {one.clinician_id: one for one in self.world.people}
        had = {one.clinician_id for one in sheet.tenures}
        had |= {
            id_ for one in sheet.handoffs for id_ in (one.sender_id, one.offered_by)
        }
        assert all(sheet.parts_of(known[id_].member) for id_ in had)


@pytest.mark.parametrize("seed", range(6))
def test_one_is_responsible_at_every_step_whatever_people_do(
    store: Store, world: World, clock: TravellingClock, seed: int
) -> None:
    with store.act(OPERATOR) as uow:
        case = new_case(uow, world)
        referral = new_referral(uow, world, case)
    walk = Walk(store, clock, world, random.Random(seed), referral)  # noqa: S311 - a walk that can be walked again, no secret

    for _ in range(STEPS):
        walk.step()
        with store.read() as reading:
            walk.check(reading)

    assert "offered" in walk.done
    with store.read() as reading:
        assert verify(reading.connection, world.workspace_id)
