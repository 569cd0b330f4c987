"""Who is told of signatures: the signer before they are stale, others of what lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.actions.signature_clock import STALE_SOON, UNSIGNED, begin_looking
from bot.signing_rendering import NO_PART, SIGNED
from care.journey import Phase
from scheduler.ports import Message
from storage.clock import TravellingClock
from storage.unit import Store, Unit
from tests.bot.after_infusion import ROWS
from tests.bot.signing_store import Signing, signing
from tests.slack_contract import sent_problems
from tests.world import World

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
WEDNESDAY = date(2026, 11, 25)
ALL = tuple(one.id for one in ROWS)


def begin(at: Signing) -> None:
    """Let the center be looked at from now on."""
    at.one.write(lambda unit: begin_looking(unit, at.center))


@pytest.fixture
def at(store: Store, clock: TravellingClock, world: World) -> Signing:
    """Return a center that has signed nothing, for a patient with lymphodepletion."""
    found = signing(store, clock, world)
    begin(found)
    return found


def text(message: object) -> str:
    """Return all that a message says."""
    assert isinstance(message, Message)
    assert not sent_problems(
        "chat.postMessage", {"channel": "D1", "text": "x", "blocks": message.blocks}
    )
    return str(message.blocks)


def test_of_unsigned_rows_lead_and_both_coordinators_are_told_each_working_day(
    at: Signing,
) -> None:
    at.one.pass_to(WEDNESDAY)

    told = at.told(UNSIGNED)
    names = {one.recipient_id for one in told}
    assert names == {"clinician-lead", "clinician-noor", "clinician-amy"}
    said = text(at.says(told[0]))
    assert "0 of 12 rows signed; 12 are not scheduled" in said
    # Thursday is a holiday there, and on Saturday and Sunday nobody is at work.
    days = {}
    for day in (26, 27, 28, 29, 30):
        at.one.pass_to(date(2026, 11, day))
        days[day] = len(at.told(UNSIGNED)) // 3
    assert days[30] - days[27] == 1
    assert days[29] == days[28] == days[27]


def test_looked_at_twice_on_a_day_nobody_is_told_twice(at: Signing) -> None:
    at.one.pass_to(WEDNESDAY)
    begin(at)
    begin(at)
    at.one.pass_to(WEDNESDAY)

    assert len(at.told(UNSIGNED)) == 3
    with at.one.store.read() as reading:
        every = reading.reminders.of(f"{at.center.id}/signatures")
    assert [one.state for one in every].count("waiting") == 1


def test_when_all_is_signed_nobody_is_told_and_what_was_written_is_not_sent(
    at: Signing,
) -> None:
    at.one.pass_to(WEDNESDAY)
    at.sign(*ALL)

    assert at.says(at.told(UNSIGNED)[0]) == SIGNED
    before = len(at.told(UNSIGNED))
    at.one.pass_to(date(2026, 12, 2))
    assert len(at.told(UNSIGNED)) == before


def test_while_nobody_had_lymphodepletion_nobody_is_told(
    store: Store, clock: TravellingClock, world: World
) -> None:
    at = signing(store, clock, world)

    def not_yet(unit: Unit) -> None:
        course = unit.courses.course_to_change(at.one.course.id)
        unit.courses.keep(replace(course, phase=Phase.RELEASE))

    at.one.write(not_yet)
    begin(at)
    at.one.pass_to(date(2026, 12, 2))

    assert at.told(UNSIGNED) == []


def test_a_coordinator_who_left_is_not_told_after_all(at: Signing) -> None:
    at.one.pass_to(WEDNESDAY)
    noor = next(
        one for one in at.told(UNSIGNED) if one.recipient_id == "clinician-noor"
    )
    at.one.write(
        lambda unit: unit.people.put("clinician", {"id": "clinician-noor", "active": 0})
    )

    assert at.says(noor) == NO_PART


def test_the_signer_is_asked_once_two_weeks_before(at: Signing) -> None:
    at.sign(*ALL)
    signed_on = at.one.clock.now().date()

    at.one.pass_to(signed_on + timedelta(days=166))
    assert at.told(STALE_SOON) == []
    for days in (168, 170, 175, 185, 200):
        at.one.pass_to(signed_on + timedelta(days=days))

    (asked,) = at.told(STALE_SOON)
    assert asked.recipient_id == "clinician-rivera"
    said = text(at.says(asked))
    assert "You signed 12 rows" in said
    assert "Read and sign" in said


def test_signed_anew_it_asks_again_only_after_its_own_time(at: Signing) -> None:
    at.sign(*ALL)
    signed_on = at.one.clock.now().date()
    at.one.pass_to(signed_on + timedelta(days=170))
    at.sign(*ALL)

    assert at.says(at.told(STALE_SOON)[0]) == SIGNED
    at.one.pass_to(signed_on + timedelta(days=170 + 165))
    assert len(at.told(STALE_SOON)) == 1
    at.one.pass_to(signed_on + timedelta(days=170 + 172))
    assert len(at.told(STALE_SOON)) == 2


def test_of_a_signer_who_left_the_others_with_the_right_are_asked(
    at: Signing,
) -> None:
    at.sign(*ALL)
    at.one.write(
        lambda unit: unit.people.put(
            "clinician", {"id": "clinician-rivera", "active": 0}
        )
    )
    at.one.pass_to(at.one.clock.now().date() + timedelta(days=172))

    (asked,) = at.told(STALE_SOON)
    assert asked.recipient_id == "clinician-osei"
    assert "Dr Rivera signed 12 rows" in text(at.says(asked))
