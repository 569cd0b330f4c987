"""What people do with items: who may, what is kept, and two at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.actions import items
from bot.actions.done import Done, perform
from bot.actions.item_doers import reassign
from bot.actions.item_telling import RESULT_LINE
from bot.actions.item_undo import undo
from bot.items import version_of
from bot.refusals import (
    BadFields,
    NoPart,
    NotForYou,
    NotThisWay,
    Overtaken,
    Refusal,
)
from care.item import State, Why
from care.knowledge.protocol import Hold
from care.people import Role
from storage.actors import Person
from storage.clock import TravellingClock
from storage.records import Life
from storage.unit import Store
from tests.bot.planning_store import Planned, planned
from tests.conftest import BOTH
from tests.storage.together import together
from tests.world import OPERATOR, World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
EACH = pytest.mark.parametrize("new_database", BOTH, indirect=True)
TODAY = date(2026, 11, 30)
LAST = date(2026, 12, 7)


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient whose month-1 checks are open, on Monday 30 November."""
    there = planned(store, clock, world)
    there.pass_to(TODAY)
    return there


@pytest.fixture
def amy(world: World) -> Person:
    """Return the coordinator of the practice."""
    return world.practice_coordinator


@pytest.fixture
def chen(world: World) -> Person:
    """Return the oncologist, who is responsible."""
    return world.oncologist


# --- done, drawn ---------------------------------------------------------------


@EACH
def test_what_is_done_is_done_and_nothing_more_is_planned_of_it(
    patient: Planned, amy: Person
) -> None:
    patient.do(amy, items.do, "cbc")

    done = patient.item()
    assert (done.state, done.done_on, done.done_by) == (
        State.DONE,
        TODAY,
        amy.clinician_id,
    )
    assert not patient.waiting()
    patient.pass_to(date(2027, 3, 1))
    assert patient.item() == done


@SQLITE
def test_what_was_missed_can_be_done_and_is_late(patient: Planned, amy: Person) -> None:
    patient.pass_to(date(2026, 12, 20))
    missed = patient.item().state

    patient.do(amy, items.do, "cbc")

    assert missed is State.MISSED
    assert patient.item().state is State.DONE_LATE
    assert patient.item().missed_on == date(2026, 12, 20)


@SQLITE
def test_what_was_done_in_time_and_recorded_late_was_done_in_time(
    patient: Planned, amy: Person
) -> None:
    patient.pass_to(date(2026, 12, 20))

    patient.do(amy, items.do, "cbc", done_on=date(2026, 12, 3))

    assert patient.item().state is State.DONE
    assert patient.item().missed_on is None


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(2026, 10, 1)])
@SQLITE
def test_nothing_is_done_tomorrow_or_before_day_0(
    patient: Planned, amy: Person, day: date
) -> None:
    with pytest.raises(BadFields) as refused:
        patient.do(amy, items.do, "cbc", done_on=day)

    assert set(refused.value.sentences) == {"day"}
    assert patient.item().state is State.OPEN


@SQLITE
def test_drawn_is_kept_and_the_item_waits_for_its_result(
    patient: Planned, amy: Person
) -> None:
    patient.do(amy, items.draw, "cbc", drawn_on=date(2026, 11, 28))

    drawn = patient.item()
    assert (drawn.state, drawn.drawn_on) == (State.OPEN, date(2026, 11, 28))
    assert len(patient.waiting()) == 1
    patient.pass_to(date(2026, 12, 8))
    assert patient.item().state is State.MISSED


# --- a visit -------------------------------------------------------------------


@EACH
def test_all_done_does_exactly_what_the_reader_saw(
    patient: Planned, amy: Person
) -> None:
    done = patient.do(amy, items.do, "cbc", "igg", "response")

    by_row = {one.row_id: one.state for one in patient.items() if one.number == 0}
    assert by_row["cbc"] is by_row["igg"] is by_row["response"] is State.DONE
    assert by_row["registry"] is State.OPEN
    assert len(done.subject.split()) == 3


@EACH
def test_of_a_visit_what_somebody_else_ended_is_named_and_the_rest_is_done(
    patient: Planned, amy: Person, chen: Person
) -> None:
    """IgG was said to be not needed, and the response waits: both stay so."""
    patient.do(chen, items.waive, "igg", why=Why.NOT_INDICATED)
    again = TODAY + timedelta(days=3)
    patient.do(chen, items.hold, "response", reason=Hold.ADMITTED, until=again)

    done = patient.do(amy, items.do, "cbc", "igg", "response")

    assert done.subject == patient.ids("cbc")
    assert patient.item("igg").state is State.NOT_NEEDED
    assert patient.item("response").state is State.HELD


@SQLITE
def test_a_visit_that_somebody_else_has_done_is_not_done_again(
    patient: Planned, amy: Person, chen: Person
) -> None:
    patient.do(chen, items.do, "cbc", "igg")

    with pytest.raises(Overtaken, match=r"CBC .* Dr Chen has recorded it as done"):
        patient.do(amy, items.do, "cbc", "igg")


@SQLITE
def test_a_visit_is_refused_whole_where_one_check_cannot_be_done_so(
    patient: Planned, amy: Person
) -> None:
    """A precaution that runs is looked at by itself; a value belongs to one check."""
    with pytest.raises(NotThisWay, match="PJP prophylaxis runs until"):
        patient.do(amy, items.do, "cbc", "pjp")
    with pytest.raises(BadFields):
        patient.do(amy, items.do, "cbc", "igg", value="ANC 0.8")

    assert patient.item().state is State.OPEN


# --- two at the same moment ----------------------------------------------------


@EACH
def test_of_two_who_say_done_at_the_same_moment_one_wins_and_the_other_is_told(
    patient: Planned, amy: Person, chen: Person
) -> None:
    def press(by: Person) -> Callable[[], Done | Refusal]:
        def act() -> Done | Refusal:
            try:
                return patient.do(by, items.do, "cbc")
            except Refusal as refusal:
                return refusal

        return act

    answers = together(press(amy), press(chen))

    won = [one for one in answers if isinstance(one, Done)]
    lost = [one for one in answers if isinstance(one, Overtaken)]
    assert (len(won), len(lost)) == (1, 1)
    assert "has recorded it as done" in lost[0].sentence
    assert [one.event for one in patient.changes()] == ["opens", "done"]


@EACH
def test_the_same_click_twice_is_once(patient: Planned, amy: Person) -> None:
    ids = [patient.ids()]

    first, second = (
        perform(patient.store, items.do, by=amy, key="click:1", item_ids=ids)
        for _ in range(2)
    )

    assert first == second
    assert len(patient.changes()) == 2


@SQLITE
def test_a_form_about_what_was_changed_since_is_refused(
    patient: Planned, amy: Person, chen: Person
) -> None:
    shown = version_of([patient.item()])
    until = TODAY + timedelta(days=2)
    patient.do(chen, items.put_off, "cbc", until=until)

    with pytest.raises(Overtaken, match="Dr Chen has changed it"):
        patient.do(amy, items.do, "cbc", seen=shown)

    assert patient.item().quiet_until == until


# --- who may -------------------------------------------------------------------


@SQLITE
def test_that_a_check_is_not_needed_is_for_a_clinician_to_say(
    patient: Planned, amy: Person, chen: Person
) -> None:
    with pytest.raises(NotForYou, match="for a clinician to say"):
        patient.do(amy, items.waive, "cbc", why=Why.NOT_INDICATED)
    patient.do(chen, items.waive, "cbc", why=Why.NOT_INDICATED)

    waived = patient.item()
    assert (waived.state, waived.why) == (State.NOT_NEEDED, Why.NOT_INDICATED)


@SQLITE
def test_a_report_is_no_clinical_check_so_a_coordinator_may_leave_it_out(
    patient: Planned, world: World
) -> None:
    noor = world.center_coordinator

    patient.do(noor, items.waive, "registry", why=Why.OTHER, text="Not in the study")

    assert patient.item("registry").state is State.NOT_NEEDED
    assert patient.item("registry").note == "Not in the study"


@SQLITE
def test_done_elsewhere_is_for_anybody_of_the_case_to_say(
    patient: Planned, amy: Person
) -> None:
    patient.do(amy, items.elsewhere, "cbc", text="At the hospital lab")

    assert patient.item().why is Why.DONE_ELSEWHERE


def _done(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.do, "cbc")


def _drawn(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.draw, "cbc")


def _held(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.hold, "cbc", reason=Hold.CD4, until=LAST)


def _waived(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.waive, "cbc", why=Why.NOT_INDICATED)


def _elsewhere(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.elsewhere, "cbc")


def _put_off(patient: Planned, by: Person) -> Done:
    return patient.do(by, items.put_off, "cbc", until=LAST)


def _given(patient: Planned, by: Person) -> Done:
    return patient.do(by, reassign, "cbc", doer_id=None)


EVERY = (_done, _drawn, _held, _waived, _elsewhere, _put_off, _given)


@pytest.mark.parametrize("act", EVERY)
@SQLITE
def test_who_has_no_part_in_the_case_does_nothing_and_learns_nothing(
    patient: Planned, world: World, act: Callable[[Planned, Person], Done]
) -> None:
    before = patient.item()

    with pytest.raises(NoPart):
        act(patient, world.administrator)

    assert patient.item() == before


@pytest.mark.parametrize("act", EVERY)
@SQLITE
def test_after_a_death_nothing_is_changed(
    patient: Planned, chen: Person, act: Callable[[Planned, Person], Done]
) -> None:
    with patient.store.act(OPERATOR) as unit:
        unit.cases.change_life(patient.plan.case_id, Life.DIED)
        unit.audit(patient.plan.workspace_id, "case life", patient.plan.case_id)
    before = patient.item()

    with pytest.raises(Overtaken, match="a death is recorded"):
        act(patient, chen)

    assert patient.item() == before


@SQLITE
def test_an_item_that_is_not_there_is_nobodys(patient: Planned, amy: Person) -> None:
    with pytest.raises(NoPart):
        perform(patient.store, items.do, by=amy, key="k", item_ids=["nothing"])


# --- held, put off, taken up, opened again -----------------------------------------


@pytest.mark.parametrize("reason", Hold)
@SQLITE
def test_every_hold_asks_when_to_look_again(
    patient: Planned, amy: Person, reason: Hold
) -> None:
    with pytest.raises(BadFields) as refused:
        patient.do(amy, items.hold, "cbc", reason=reason, until=None, text="Why")

    assert set(refused.value.sentences) == {"until"}


@SQLITE
def test_another_reason_is_said_in_words(patient: Planned, amy: Person) -> None:
    with pytest.raises(BadFields) as refused:
        patient.do(amy, items.hold, "cbc", reason=Hold.OTHER, until=LAST)
    patient.do(amy, items.hold, "cbc", reason=Hold.OTHER, until=LAST, text="A move")

    assert set(refused.value.sentences) == {"text"}
    held = patient.item()
    assert (held.state, held.hold, held.note) == (State.HELD, Hold.OTHER, "A move")
    assert held.look_again_on == LAST


@SQLITE
def test_what_is_held_is_taken_up_again_by_a_person_too(
    patient: Planned, amy: Person
) -> None:
    patient.do(
        amy, items.hold, "cbc", "igg", reason=Hold.PATIENT_DID_NOT_COME, until=LAST
    )

    patient.do(amy, items.take_up, "cbc", "igg")

    assert patient.item().state is patient.item("igg").state is State.OPEN
    assert patient.item().hold is None


@SQLITE
def test_within_its_window_a_check_is_put_off_with_a_tap(
    patient: Planned, amy: Person
) -> None:
    tomorrow = TODAY + timedelta(days=1)

    patient.do(amy, items.put_off, "cbc", until=tomorrow)

    put_off = patient.item()
    assert (put_off.state, put_off.quiet_until) == (State.OPEN, tomorrow)
    assert put_off.ends_on == LAST


@SQLITE
def test_beyond_its_window_that_takes_a_reason_and_it_stays_open(
    patient: Planned, amy: Person
) -> None:
    beyond = LAST + timedelta(days=7)

    with pytest.raises(BadFields) as refused:
        patient.do(amy, items.put_off, "cbc", until=beyond)
    patient.do(amy, items.put_off, "cbc", until=beyond, text="Away until then")
    patient.pass_to(LAST + timedelta(days=2))

    assert set(refused.value.sentences) == {"text"}
    assert patient.item().state is State.OPEN
    patient.pass_to(beyond + timedelta(days=1))
    assert patient.item().state is State.MISSED


@pytest.mark.parametrize(
    "day", [None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=400)]
)
@SQLITE
def test_nothing_is_put_off_or_held_to_a_day_that_is_none(
    patient: Planned, amy: Person, day: date | None
) -> None:
    with pytest.raises(BadFields):
        patient.do(amy, items.put_off, "cbc", until=day, text="Why")
    with pytest.raises(BadFields):
        patient.do(amy, items.hold, "cbc", reason=Hold.ADMITTED, until=day)


@SQLITE
def test_what_was_done_is_opened_again_with_a_reason(
    patient: Planned, amy: Person, chen: Person
) -> None:
    patient.do(amy, items.do, "cbc", value="ANC 0.8")

    with pytest.raises(BadFields):
        patient.do(chen, items.reopen, "cbc", text=" ")
    patient.do(chen, items.reopen, "cbc", text="It was another patient's")

    again = patient.item()
    assert (again.state, again.done_on, again.done_by) == (State.OPEN, None, None)
    assert (again.value, again.note) == (None, "It was another patient's")
    assert patient.changes()[-1].texts["value"] == "ANC 0.8"
    assert len(patient.waiting()) == 1


# --- values --------------------------------------------------------------------


@pytest.mark.parametrize("value", ["ANC 0.8, platelets 22", "IgG 120", "sCR", ""])
@SQLITE
def test_nothing_depends_on_a_value(patient: Planned, amy: Person, value: str) -> None:
    """Whatever it is: the same state, no notice, the same audit codes."""
    with patient.store.read() as reading:
        before = reading.notices.posts_of(patient.plan.referral_id, {RESULT_LINE})

    patient.do(amy, items.do, "cbc", value=value)

    done = patient.item()
    assert (done.state, done.value or "") == (State.DONE, value)
    with patient.store.read() as reading:
        after = reading.notices.posts_of(
            patient.plan.referral_id, {RESULT_LINE}, in_threads=True
        )
    assert after == before == []


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda p, by, text: p.do(by, items.do, "cbc", value=text), "value"),
        (lambda p, by, text: p.do(by, items.elsewhere, "cbc", text=text), "text"),
        (
            lambda p, by, text: p.do(
                by, items.hold, "cbc", reason=Hold.OTHER, until=LAST, text=text
            ),
            "text",
        ),
        (
            lambda p, by, text: p.do(by, items.put_off, "cbc", until=LAST, text=text),
            "text",
        ),
        (
            lambda p, by, text: p.do(by, items.waive, "cbc", why=Why.OTHER, text=text),
            "text",
        ),
    ],
)
@SQLITE
def test_an_identifier_of_a_patient_is_refused_in_every_text(
    patient: Planned, chen: Person, act: Callable[..., Done], field: str
) -> None:
    with pytest.raises(BadFields) as refused:
        act(patient, chen, "MRN 12345678, born 03/14/1957")

    assert set(refused.value.sentences) == {field}
    assert patient.item().state is State.OPEN


@SQLITE
def test_the_center_is_asked_by_a_line_that_says_no_value(
    patient: Planned, chen: Person
) -> None:
    patient.do(chen, items.do, "cbc", value="ANC 0.2")

    patient.do_one(chen, items.tell_center, "cbc")
    patient.do_one(chen, items.tell_center, "cbc")

    with patient.store.read() as reading:
        (line,) = reading.notices.posts_of(
            patient.plan.referral_id, {RESULT_LINE}, in_threads=True
        )
    assert line.payload == {"by": chen.clinician_id, "to": "clinician-osei"}


@SQLITE
def test_there_is_no_result_to_show_before_one_is_recorded(
    patient: Planned, chen: Person
) -> None:
    with pytest.raises(Overtaken):
        patient.do_one(chen, items.tell_center, "cbc")


# --- who does it ---------------------------------------------------------------


def a_nurse(patient: Planned, site_id: str) -> Person:
    """Add a nurse practitioner to a site, who has no part in the case yet."""
    person: dict[str, Any] = {
        "id": "clinician-lena",
        "site_id": site_id,
        "key": "lena",
        "name": "Lena Ortiz",
        "role": Role.ADVANCED_PRACTICE,
        "duty_order": None,
        "active": 1,
    }
    known = {
        "id": "identity-lena",
        "team_id": "T0LAKESIDE",
        "user_id": "U0LENA",
        "clinician_id": "clinician-lena",
        "confirmed_by": "tests",
        "dm_channel": None,
    }
    with patient.store.act(OPERATOR) as unit:
        unit.people.put("clinician", person)
        unit.people.put("identity", known)
        unit.audit(patient.plan.workspace_id, "setup.applied", "clinician-lena")
    with patient.store.read() as reading:
        found = reading.people.person("T0LAKESIDE", "U0LENA")
    assert found
    return found


@SQLITE
def test_whoever_is_named_for_a_check_has_a_part_in_the_case(
    patient: Planned, amy: Person, world: World
) -> None:
    lena = a_nurse(patient, world.practice_id)
    with pytest.raises(NoPart):
        patient.do(lena, items.do, "cbc")

    patient.do(amy, reassign, "cbc", doer_id=lena.clinician_id)
    patient.do(lena, items.do, "cbc")

    assert patient.item().done_by == lena.clinician_id
    assert patient.item("igg").doer_id is None


@EACH
def test_all_of_a_row_is_given_to_somebody_what_is_still_to_come_too(
    patient: Planned, amy: Person, world: World
) -> None:
    lena = a_nurse(patient, world.practice_id)
    patient.do(amy, items.do, "cbc")

    with pytest.raises(Overtaken):
        patient.do(amy, reassign, "cbc", doer_id=lena.clinician_id)
    later = perform(
        patient.store,
        reassign,
        by=amy,
        key="give",
        item_ids=[patient.ids("cbc", 1)],
        doer_id=lena.clinician_id,
        whole_row=True,
    )

    waiting = [one for one in patient.items() if one.row_id == "cbc"][1:]
    assert {one.doer_id for one in waiting} == {lena.clinician_id}
    assert len(later.subject.split()) == len(waiting)
    with patient.store.read() as reading:
        rows = reading.plans.rows_of([patient.plan.id])
    (row,) = [one for one in rows if one.row_id == "cbc"]
    assert (row.practice_doer_id, row.center_doer_id) == (lena.clinician_id, None)


@SQLITE
def test_a_check_is_given_to_nobody_of_another_site(
    patient: Planned, amy: Person, world: World
) -> None:
    with pytest.raises(BadFields, match="works at Lakeside Oncology"):
        patient.do(amy, reassign, "cbc", doer_id=world.first_specialist.clinician_id)


# --- undo ----------------------------------------------------------------------


@pytest.mark.parametrize("act", EVERY)
@EACH
def test_within_ten_minutes_my_last_change_is_taken_back_exactly(
    patient: Planned, chen: Person, act: Callable[[Planned, Person], Done]
) -> None:
    patient.do(chen, items.put_off, "cbc", until=TODAY + timedelta(days=1))
    before = patient.item()
    waited = [one.step for one in patient.waiting()]
    act(patient, chen)
    patient.clock.move(timedelta(minutes=10))

    patient.do(chen, undo, "cbc")

    after = patient.item()
    assert after.generation > before.generation
    unchanged = replace(
        after, changed_at=before.changed_at, generation=before.generation
    )
    assert unchanged == before
    assert [one.step for one in patient.waiting()] == waited
    assert patient.changes()[-1].undone_at is not None


@SQLITE
def test_undo_brings_back_note_and_value_too(patient: Planned, chen: Person) -> None:
    patient.do(chen, items.hold, "cbc", reason=Hold.OTHER, until=LAST, text="A move")
    patient.do(chen, items.do, "cbc", value="ANC 0.8")
    patient.do(chen, items.reopen, "cbc", text="Another patient's")

    patient.do(chen, undo, "cbc")
    done = patient.item()
    patient.do(chen, undo, "cbc")

    assert (done.state, done.value, done.note) == (State.DONE, "ANC 0.8", "A move")
    assert (patient.item().state, patient.item().value) == (State.HELD, None)
    assert patient.item().note == "A move"


@SQLITE
def test_after_ten_minutes_a_change_is_not_taken_back_with_a_tap(
    patient: Planned, amy: Person
) -> None:
    patient.do(amy, items.do, "cbc")
    patient.clock.move(timedelta(minutes=10, seconds=1))

    with pytest.raises(NotThisWay, match="Open it again, and say why"):
        patient.do(amy, undo, "cbc")

    assert patient.item().state is State.DONE


@SQLITE
def test_nobody_takes_back_what_somebody_else_did(
    patient: Planned, amy: Person, chen: Person
) -> None:
    patient.do(amy, items.do, "cbc", "igg")
    patient.do(chen, items.reopen, "igg", text="Not his")

    with pytest.raises(Overtaken):
        patient.do(chen, undo, "cbc")
    with pytest.raises(Overtaken):
        patient.do(amy, undo, "cbc", "igg")

    assert patient.item().state is State.DONE


@SQLITE
def test_a_whole_visit_is_taken_back_with_one_tap(
    patient: Planned, amy: Person
) -> None:
    done = patient.do(amy, items.do, "cbc", "igg", "response")

    perform(patient.store, undo, by=amy, key="undo", item_ids=done.subject.split())

    assert {patient.item(one).state for one in ("cbc", "igg", "response")} == {
        State.OPEN
    }
