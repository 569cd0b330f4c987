"""Who may raise, acknowledge and withdraw a concern, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions.concern import (
    KIND,
    acknowledge,
    chain_at,
    end_by_death,
    go_on_after_all,
    raise_concern,
    tell_next,
    withdraw,
)
from bot.actions.concern_telling import TO_CENTER, TO_SENDER
from bot.actions.done import Done, perform
from bot.concerns import concern_page, emergency_sheet
from bot.refusals import NobodyOnDuty, NoPart, NotForYou, Overtaken
from bot.sheets import make_sheets
from care.concern import State
from care.duty import Absence
from care.people import Role
from storage.actors import Person, System
from storage.concerns import Concern
from storage.records import Life, Referral, Reminder
from storage.tables import audit
from storage.unit import Store
from tests.bot.concerning import TO_APHERESIS, TO_INFUSION, begin_course
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World, new_case, new_referral

TODAY = date(2026, 11, 24)
PHONE = "+1 555 0100"


@dataclass(frozen=True)
class Scene:
    """A case whose cells were collected, at a center that opted in."""

    store: Store
    world: World
    referral: Referral

    def do(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action of somebody's, as a click of its own."""
        key = f"{action.__name__}:{by.user_id}:{id(words)}"
        return perform(self.store, action, by=by, key=key, **words)

    def raised(self, by: Person | None = None) -> Concern:
        """Raise a concern and return it."""
        by = by or self.world.oncologist
        done = self.do(raise_concern, by, referral_id=self.referral.id)
        return self.concern(done.subject)

    def concern(self, concern_id: str) -> Concern:
        """Return a concern as it is kept."""
        with self.store.read() as reading:
            return reading.concerns.concern(concern_id)

    def waiting(self, concern: Concern) -> list[Reminder]:
        """Return the reminders of a concern that still wait."""
        with self.store.read() as reading:
            of = reading.reminders.of(concern.id)
        return [one for one in of if one.state == "waiting"]

    def told(self, view: str) -> list[str]:
        """Return who was told, one entry for each message."""
        with self.store.read() as reading:
            posts = reading.notices.posts_of(self.referral.id, {view})
        return [one.recipient_id or "" for one in posts]

    def change_center(self, **columns: Any) -> None:
        """Change the row of the center."""
        with self.store.act(OPERATOR) as uow:
            uow.people.put("site", {"id": self.world.center_id, **columns})
            uow.audit(self.world.workspace_id, "setup applied", self.world.center_id)


@pytest.fixture
def scene(store: Store, world: World) -> Scene:
    """Return a case from apheresis on, at a center that opted in."""
    with store.act(OPERATOR) as uow:
        case = new_case(uow, world)
        referral = new_referral(uow, world, case)
        begin_course(uow, case.id, TO_APHERESIS)
        uow.people.put("site", {"id": world.center_id, "concern_opt_in": 1})
        uow.audit(world.workspace_id, "setup applied", world.center_id)
    return Scene(store, world, referral)


def test_raising_plans_the_next_step_in_ten_minutes(scene: Scene) -> None:
    concern = scene.raised()

    [reminder] = scene.waiting(concern)
    assert (reminder.kind, reminder.step) == (KIND, "step 2")
    assert reminder.due_at == T0 + timedelta(minutes=10)
    assert concern.told == (scene.world.second_specialist.clinician_id,)


@pytest.mark.parametrize("whose", ["oncologist", "practice_coordinator"])
def test_everybody_of_the_practice_with_a_part_may_raise(
    scene: Scene, whose: str
) -> None:
    by: Person = getattr(scene.world, whose)

    assert scene.raised(by).raised_by == by.clinician_id


@pytest.mark.parametrize("whose", ["first_specialist", "center_coordinator"])
def test_nobody_of_the_center_may_raise(scene: Scene, whose: str) -> None:
    with pytest.raises(NotForYou):
        scene.raised(getattr(scene.world, whose))


def test_somebody_without_a_part_learns_nothing(scene: Scene) -> None:
    concern = scene.raised()
    by = scene.world.administrator

    with pytest.raises(NoPart):
        scene.do(raise_concern, by, referral_id=scene.referral.id)
    with pytest.raises(NoPart):
        scene.do(acknowledge, by, concern_id=concern.id)
    with pytest.raises(NoPart):
        scene.do(withdraw, by, concern_id="nobody")
    with scene.store.read() as reading, pytest.raises(NoPart):
        concern_page(reading, by, scene.referral.id)
    with scene.store.read() as reading, pytest.raises(NoPart):
        emergency_sheet(reading, by.member, scene.referral.id)


def test_a_center_that_did_not_opt_in_is_called(scene: Scene) -> None:
    scene.change_center(concern_opt_in=0)

    with pytest.raises(NotForYou, match="phone only") as refused:
        scene.raised()

    assert PHONE in refused.value.sentence
    assert scene.told(TO_CENTER) == []


def test_before_apheresis_the_refusal_gives_the_number(
    scene: Scene, world: World
) -> None:
    with scene.store.act(OPERATOR) as uow:
        case = new_case(uow, world)
        early = new_referral(uow, world, case)
        begin_course(uow, case.id, TO_APHERESIS[:2])

    with pytest.raises(NotForYou, match="cells have been collected") as refused:
        replace(scene, referral=early).raised()

    assert PHONE in refused.value.sentence


def test_an_apheresis_that_was_taken_back_counts_no_more(scene: Scene) -> None:
    by = scene.world.oncologist
    with scene.store.act(OPERATOR) as uow:
        [course] = uow.courses.of_cases([scene.referral.case_id])
        last = uow.courses.milestones([course.id])[-1]
        uow.courses.end(last, by=by.clinician_id, at=uow.now, why="a slip")
        uow.audit(course.workspace_id, "milestone corrected", course.id)

    with pytest.raises(NotForYou):
        scene.raised()


def test_nothing_is_raised_for_a_patient_who_died(scene: Scene) -> None:
    with scene.store.act(OPERATOR) as uow:
        uow.cases.change_life(scene.referral.case_id, Life.DIED)
        uow.audit(scene.referral.workspace_id, "patient died", scene.referral.case_id)

    with pytest.raises(NotForYou, match="any more"):
        scene.raised()


def test_what_somebody_acknowledged_while_a_death_was_recorded_stays_so(
    scene: Scene,
) -> None:
    concern = scene.raised()
    scene.do(acknowledge, scene.world.first_specialist, concern_id=concern.id)
    before = scene.concern(concern.id)

    with scene.store.act(OPERATOR) as uow:
        end_by_death(uow, uow.concerns.concern_to_move(concern.id))

    assert scene.concern(concern.id) == before
    assert before.state is State.ACKNOWLEDGED


def test_a_concern_that_a_death_ended_goes_on_where_it_stood(scene: Scene) -> None:
    """Nobody who was told already is told once more before the others were."""
    concern = scene.raised()
    with scene.store.act(OPERATOR) as uow:
        end_by_death(uow, uow.concerns.concern_to_move(concern.id))
    ended = scene.concern(concern.id)
    assert scene.waiting(concern) == []

    with scene.store.act(OPERATOR) as uow:
        found = uow.concerns.ended_at(concern.case_id, ended.withdrawn_at or T0)
        assert found == ended
        go_on_after_all(uow, ended)

    again = scene.concern(concern.id)
    assert (again.state, again.told, again.step) == (State.OPEN, concern.told, 1)
    [reminder] = scene.waiting(concern)
    assert (reminder.step, reminder.due_at) == ("step 2", T0)


def test_another_center_of_the_same_patient_is_not_meant(
    scene: Scene, world: World
) -> None:
    """Cells were collected over one link: the thread of another has no button."""
    with scene.store.act(OPERATOR) as uow:
        other = {"id": "site-mercy", "key": "mercy", "name": "Mercy Center"}
        told = _row(uow.people.site(world.center_id))
        uow.people.put("site", told | other)
        link = {"id": "link-mercy", "center_id": "site-mercy", "channel_id": "C0MERCY"}
        uow.people.put(
            "link",
            {
                "workspace_id": world.workspace_id,
                "practice_id": world.practice_id,
                "active": 1,
                **link,
            },
        )
        case = uow.cases.case(scene.referral.case_id)
        elsewhere = new_referral(uow, world, case, link_id="link-mercy")
        here, there = make_sheets(uow, [scene.referral, elsewhere])

    assert here.collected
    assert not there.collected


def _row(site: Any) -> dict[str, Any]:
    return {
        "workspace_id": site.workspace_id,
        "kind": site.kind,
        "phone_24h": site.phone_24h,
        "zone": site.zone,
        "opens": "08:00",
        "closes": "17:00",
        "days": list(site.days),
        "responsible_roles": [],
    }


def test_an_open_concern_is_not_raised_again(scene: Scene) -> None:
    scene.raised()

    with pytest.raises(Overtaken, match="already") as refused:
        scene.raised(scene.world.practice_coordinator)

    assert "Dr Chen" in refused.value.sentence
    assert PHONE in refused.value.sentence


@pytest.mark.parametrize(
    "whose", ["first_specialist", "second_specialist", "center_coordinator"]
)
def test_everybody_who_answers_at_the_center_may_acknowledge(
    scene: Scene, whose: str
) -> None:
    by: Person = getattr(scene.world, whose)
    concern = scene.raised()

    scene.do(acknowledge, by, concern_id=concern.id)

    ended = scene.concern(concern.id)
    assert ended.state is State.ACKNOWLEDGED
    assert ended.acknowledged_by == by.clinician_id
    assert scene.waiting(concern) == []


@pytest.mark.parametrize("whose", ["oncologist", "practice_coordinator"])
def test_nobody_of_the_practice_acknowledges(scene: Scene, whose: str) -> None:
    concern = scene.raised()

    with pytest.raises(NotForYou, match="Only the center"):
        scene.do(acknowledge, getattr(scene.world, whose), concern_id=concern.id)


@pytest.mark.parametrize("whose", ["practice_coordinator", "first_specialist"])
def test_nobody_but_the_sender_withdraws(scene: Scene, whose: str) -> None:
    concern = scene.raised()

    with pytest.raises(NotForYou, match="Only Dr Chen can withdraw it"):
        scene.do(withdraw, getattr(scene.world, whose), concern_id=concern.id)


def test_what_has_ended_says_how(scene: Scene) -> None:
    concern = scene.raised()
    rivera, osei = scene.world.first_specialist, scene.world.second_specialist
    scene.do(acknowledge, rivera, concern_id=concern.id)

    with pytest.raises(Overtaken, match="Dr Rivera was faster"):
        scene.do(acknowledge, osei, concern_id=concern.id)
    with pytest.raises(Overtaken, match="Dr Rivera was faster"):
        scene.do(withdraw, scene.world.oncologist, concern_id=concern.id)

    again = scene.raised()
    scene.do(withdraw, scene.world.oncologist, concern_id=again.id)
    with pytest.raises(Overtaken, match="Dr Chen has withdrawn"):
        scene.do(acknowledge, rivera, concern_id=again.id)


def test_of_many_who_acknowledge_at_once_one_wins(scene: Scene) -> None:
    concern, world = scene.raised(), scene.world
    people = (world.first_specialist, world.second_specialist, world.center_coordinator)

    def press(by: Person) -> str:
        try:
            return scene.do(acknowledge, by, concern_id=concern.id).what
        except Overtaken:
            return "overtaken"

    said = together(*[lambda by=by: press(by) for by in people])

    assert sorted(said) == ["acknowledged", "overtaken", "overtaken"]


def test_withdrawing_and_acknowledging_at_once_ends_it_once(scene: Scene) -> None:
    concern, world = scene.raised(), scene.world

    def attempt(action: Callable[..., Done], by: Person) -> str:
        try:
            return scene.do(action, by, concern_id=concern.id).what
        except Overtaken:
            return "overtaken"

    said = together(
        lambda: attempt(acknowledge, world.first_specialist),
        lambda: attempt(withdraw, world.oncologist),
    )

    assert said.count("overtaken") == 1
    assert scene.concern(concern.id).state in said


def test_one_step_handled_twice_is_told_once(scene: Scene, clock: Any) -> None:
    concern = scene.raised()
    [reminder] = scene.waiting(concern)
    clock.move(timedelta(minutes=10))

    outcomes = [handled(scene, reminder) for _ in range(2)]

    assert outcomes == ["told", "told already"]
    assert len(scene.told(TO_CENTER)) == 2
    assert len(scene.told(TO_SENDER)) == 2


def test_a_step_whose_concern_ended_says_nothing(scene: Scene) -> None:
    concern = scene.raised()
    [reminder] = scene.waiting(concern)
    scene.do(withdraw, scene.world.oncologist, concern_id=concern.id)

    assert handled(scene, reminder) == "ended meanwhile"
    assert len(scene.told(TO_CENTER)) == 1


def handled(scene: Scene, reminder: Reminder) -> str:
    """Handle a reminder in a transaction of its own."""
    with scene.store.act(System("tests")) as uow:
        outcome = tell_next(uow=uow, by=System("tests"), reminder=reminder)
        uow.audit(scene.world.workspace_id, "handled", reminder.id)
    return outcome


def chain(scene: Scene) -> list[tuple[str, ...]]:
    """Return the chain of today, by the keys of its people."""
    with scene.store.read() as reading:
        [sheet] = make_sheets(reading, [scene.referral])
        found = chain_at(reading, sheet)
    return [tuple(one.removeprefix("clinician-") for one in step) for step in found]


def put_away(scene: Scene, *keys: str) -> None:
    """Record that some people are away today."""
    with scene.store.act(OPERATOR) as uow:
        for key in keys:
            absence = Absence(f"clinician-{key}", TODAY, TODAY)
            uow.duty.add_absence(uow.new_id(), absence)
        uow.audit(scene.world.workspace_id, "away", "tests")


def test_the_chain_begins_with_who_was_asked_least_recently(scene: Scene) -> None:
    """Rivera was asked in the case at hand, so Osei has duty."""
    assert chain(scene) == [("osei",), ("rivera",), ("noor",)]


def test_whoever_is_away_is_left_out_of_the_chain(scene: Scene) -> None:
    put_away(scene, "osei", "noor")

    assert chain(scene) == [("rivera",)]


def test_where_all_are_away_everybody_is_told(scene: Scene) -> None:
    put_away(scene, "osei", "noor", "rivera")

    assert {one for step in chain(scene) for one in step} == {"rivera", "osei", "noor"}


def test_a_lead_without_duty_comes_before_the_coordinators(scene: Scene) -> None:
    with scene.store.act(OPERATOR) as uow:
        lead = {"id": "clinician-osei", "role": Role.LEAD, "duty_order": None}
        uow.people.put("clinician", lead)
        uow.audit(scene.world.workspace_id, "setup applied", "tests")

    assert chain(scene) == [("rivera",), ("osei",), ("noor",)]


def test_where_nobody_can_be_told_the_number_is_given(scene: Scene) -> None:
    with scene.store.act(OPERATOR) as uow:
        for key in ("rivera", "osei", "noor"):
            uow.people.put("clinician", {"id": f"clinician-{key}", "active": 0})
        uow.audit(scene.world.workspace_id, "setup applied", "tests")

    with pytest.raises(NobodyOnDuty) as refused:
        scene.raised()

    assert PHONE in refused.value.sentence


def test_when_everybody_left_meanwhile_the_sender_still_hears(
    scene: Scene, clock: Any
) -> None:
    concern = scene.raised()
    [reminder] = scene.waiting(concern)
    with scene.store.act(OPERATOR) as uow:
        for key in ("rivera", "osei", "noor"):
            uow.people.put("clinician", {"id": f"clinician-{key}", "active": 0})
        uow.audit(scene.world.workspace_id, "setup applied", "tests")
    clock.move(timedelta(minutes=10))

    assert handled(scene, reminder) == "told"

    assert scene.told(TO_SENDER) == [scene.world.oncologist.clinician_id] * 2
    assert len(scene.waiting(concern)) == 2


def test_the_sheet_knows_the_product_and_whether_it_was_given(
    scene: Scene, world: World
) -> None:
    with scene.store.act(OPERATOR) as uow:
        case = new_case(uow, world)
        given = new_referral(uow, world, case)
        begin_course(uow, case.id, TO_INFUSION)

    with scene.store.read() as reading:
        before = emergency_sheet(reading, world.oncologist.member, scene.referral.id)
        after = emergency_sheet(reading, world.oncologist.member, given.id)

    assert (before.product, before.infused) == ("Carvykti (cilta-cel)", False)
    assert (after.product, after.infused) == ("Carvykti (cilta-cel)", True)


def test_what_was_done_stands_in_the_audit_chain(scene: Scene) -> None:
    concern = scene.raised()
    scene.do(acknowledge, scene.world.first_specialist, concern_id=concern.id)

    with scene.store.read() as reading:
        query = select(audit.c.event).where(audit.c.subject == concern.id)
        events = reading.connection.execute(query.order_by(audit.c.seq)).scalars()
        assert list(events) == ["concern raised", "concern acknowledged"]
