"""A due reminder is handled once, late rather than never; a stuck one stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.actions.moving import Words, move_referral
from bot.actions.reminding import HANDLERS, STUCK, TellOfTrouble
from care.referral import Event
from scheduler.ports import Handler
from scheduler.reminders import TOLD_AFTER, DueReminders
from storage.actors import Actor
from storage.clock import TravellingClock
from storage.database import Database
from storage.notices import NewNotice
from storage.records import Reminder, Way
from storage.reminders import Due
from storage.tables import reminder
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office, break_row
from tests.storage.together import together
from tests.world import OPERATOR, World

DAY = timedelta(days=1)


def note(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Handle a reminder by an audit line."""
    uow.audit(reminder.workspace_id, "noted", reminder.id, {"by": str(by)})
    return "noted"


def say_and_fail(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Write an audit line and a notice, then fail."""
    note(uow=uow, by=by, reminder=reminder)
    uow.notices.write([_a_line(reminder)], at=uow.now)
    raise KeyError(reminder.id)


def _a_line(reminder: Reminder) -> NewNotice:
    return NewNotice(
        id=f"line {reminder.id}"[:32],
        workspace_id=reminder.workspace_id,
        conversation="C0MYELOMA",
        way=Way.POST,
        view="line",
        subject=reminder.subject,
        payload={},
    )


def write_without_a_word(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Change something and audit nothing, which the commit refuses."""
    uow.people.retire("clinician", "clinician-osei")
    return "done"


def due_reminders(store: Store, **handlers: Handler) -> DueReminders:
    """Return what handles reminders, by the handler of each kind."""
    return DueReminders(store, handlers or {"note": note}, TellOfTrouble())


def plan(store: Store, world: World, subject: str, *due: Due) -> None:
    """Plan reminders for a subject."""
    with store.act(OPERATOR) as uow:
        uow.reminders.plan(world.workspace_id, subject, 1, due)


def reminders_of(store: Store, subject: str) -> list[Reminder]:
    """Return a subject's reminders."""
    with store.read() as reading:
        return reading.reminders.of(subject)


def audited(store: Store, event: str) -> list[str]:
    """Return what an event was audited for, oldest first."""
    with store.read() as reading:
        rows = reading.connection.execute(
            text("SELECT subject FROM audit WHERE event = :event ORDER BY seq"),
            {"event": event},
        )
        return list(rows.scalars())


def notices(store: Store, view: str) -> list[str]:
    """Return who is told in a view."""
    with store.read() as reading:
        rows = reading.connection.execute(
            text("SELECT recipient_id FROM notice WHERE view = :view ORDER BY seq"),
            {"view": view},
        )
        return list(rows.scalars())


def wait_is_over(store: Store) -> None:
    """Let every reminder that was put off be tried again now."""
    break_row(store, "UPDATE reminder SET lease_retry_at = NULL")


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """Return a second store on the same rows, as another process has it."""
    second = Database(store.database.url.render_as_string(hide_password=False))
    yield Store(second, store.keyring, store.clock)
    second.close()


def test_two_tickers_at_once_handle_each_due_reminder_once(
    store: Store, other: Store, world: World
) -> None:
    for number in range(40):
        plan(store, world, f"subject {number}", Due("note", "step", T0))

    counts = together(due_reminders(store).handle_all, due_reminders(other).handle_all)

    assert sum(counts) == 40
    done = audited(store, "noted")
    assert len(done) == len(set(done)) == 40


@pytest.mark.parametrize(
    ("due_at", "handled"),
    [
        (T0, 1),
        (T0 - timedelta(microseconds=1), 1),
        (T0 - 400 * DAY, 1),
        (T0 + timedelta(microseconds=1), 0),
    ],
    ids=["now", "just before", "missed for a year", "just after"],
)
def test_whatever_is_due_by_now_is_handled(
    store: Store, world: World, due_at: datetime, handled: int
) -> None:
    plan(store, world, "s", Due("note", "step", due_at))

    assert due_reminders(store).handle_all() == handled

    [one] = reminders_of(store, "s")
    assert (one.state, one.outcome) == (
        ("settled", "noted") if handled else ("waiting", None)
    )


def test_what_was_due_first_is_handled_first(store: Store, world: World) -> None:
    for days in (3, 1, 2):
        plan(store, world, f"{days}", Due("note", "step", T0 - days * DAY))

    due_reminders(store).handle_all()

    order = [reminders_of(store, f"{days}")[0].id for days in (3, 2, 1)]
    assert audited(store, "noted") == order


def test_a_reminder_that_always_fails_keeps_nobody_waiting(
    store: Store, world: World
) -> None:
    plan(store, world, "bad", Due("fail", "step", T0 - DAY))
    plan(store, world, "good", Due("note", "step", T0))

    settled = due_reminders(store, fail=say_and_fail, note=note).handle_all()

    assert settled == 1
    [bad], [good] = reminders_of(store, "bad"), reminders_of(store, "good")
    assert (bad.state, bad.attempts) == ("waiting", 1)
    assert good.state == "settled"


def test_what_a_failed_handler_did_is_undone(store: Store, world: World) -> None:
    """No notice and no audit line is left of it."""
    plan(store, world, "bad", Due("fail", "step", T0))

    due_reminders(store, fail=say_and_fail).handle_all()

    assert audited(store, "noted") == []
    assert notices(store, "line") == []


def test_what_the_commit_refuses_keeps_nobody_waiting(
    store: Store, world: World
) -> None:
    """A handler that changes something without an audit line fails at its end."""
    plan(store, world, "bad", Due("mute", "step", T0 - DAY))
    plan(store, world, "good", Due("note", "step", T0))

    settled = due_reminders(store, mute=write_without_a_word, note=note).handle_all()

    assert settled == 1
    assert [one.attempts for one in reminders_of(store, "bad")] == [1]
    with store.read() as reading:
        assert reading.people.clinician("clinician-osei").active


def test_a_stuck_reminder_is_told_once_and_tried_ever_more_seldom(
    store: Store, world: World
) -> None:
    plan(store, world, "bad", Due("fail", "step", T0))
    stuck = due_reminders(store, fail=say_and_fail)
    waits, told = [], []

    for _ in range(12):
        wait_is_over(store)
        before = datetime.now(UTC)
        stuck.handle_all()
        waits.append(round((_retry_at(store) - before).total_seconds(), -1))
        told.append(len(notices(store, STUCK)))

    assert told[: TOLD_AFTER + 1] == [0, 0, 1, 1]
    assert told[-1] == 1
    assert notices(store, STUCK) == ["clinician-sam"]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, *[3600] * 5]
    assert audited(store, "reminder stuck") == [reminders_of(store, "bad")[0].id]


def _retry_at(store: Store) -> datetime:
    with store.read() as reading:
        found: datetime = reading.connection.execute(
            reminder.select().with_only_columns(reminder.c.lease_retry_at)
        ).scalar_one()
    return found


def test_an_unknown_kind_is_parked_and_told_at_once(store: Store, world: World) -> None:
    """It may be of a newer version, so it is kept, and handled once it is known."""
    plan(store, world, "new", Due("from the future", "step", T0))

    assert due_reminders(store).handle_all() == 0

    [parked] = reminders_of(store, "new")
    assert (parked.state, parked.attempts) == ("waiting", 1)
    assert notices(store, STUCK) == ["clinician-sam"]
    wait_is_over(store)
    known: dict[str, Handler] = {"from the future": note}
    assert due_reminders(store, **known).handle_all() == 1
    assert reminders_of(store, "new")[0].state == "settled"


def test_what_is_put_off_waits_though_the_care_clock_travels(
    store: Store, world: World, clock: TravellingClock
) -> None:
    """A wait is of the lease clock, and the demo's clock does not shorten it."""
    plan(store, world, "bad", Due("fail", "step", T0))
    stuck = due_reminders(store, fail=say_and_fail)
    stuck.handle_all()

    clock.move(3650 * DAY)
    stuck.handle_all()

    assert [one.attempts for one in reminders_of(store, "bad")] == [1]


def test_a_travelled_care_clock_ends_no_lease(
    office: Office, clock: TravellingClock
) -> None:
    posted = office.post()
    [(held, safe_until)] = office.delivery.claim(1)

    clock.move(3650 * DAY)

    assert office.delivery.claim(9) == []
    assert office.reconciler.look_all() == 0
    office.delivery.deliver(held, safe_until)
    assert office.look(posted.id).state == "sent"
    assert len(office.posts_of(posted.id)) == 1


@pytest.fixture
def duties(office: Office) -> DueReminders:
    """Return Baton's own handlers on the office's store."""
    return DueReminders(office.store, HANDLERS, TellOfTrouble())


@pytest.mark.parametrize(
    ("downtime", "late"), [(DAY * 30, True), (DAY, False)], ids=["a month", "a day"]
)
def test_after_downtime_what_was_due_is_said_and_says_that_it_is_late(
    office: Office,
    duties: DueReminders,
    clock: TravellingClock,
    downtime: timedelta,
    late: bool,  # noqa: FBT001 - by keyword, from pytest
) -> None:
    """Advice waits two working days; half way is one day later to the minute."""
    referral = office.refer(named=office.world.first_specialist)
    office.run()
    clock.move(downtime)

    duties.handle_all()
    office.run()

    said = [one.rendered for one in office.people["rivera"].dm()[1:]]
    assert len(said) == (2 if late else 1)
    assert ["Late: was due" in one for one in said] == [late] * len(said)
    assert {one.state for one in office.notices(view="brought up")} == {"sent"}
    assert duties.handle_all() == 0
    assert referral


def test_doing_it_cancels_what_is_pending_in_the_same_transaction(
    office: Office, duties: DueReminders, clock: TravellingClock
) -> None:
    referral = office.refer(named=office.world.first_specialist)
    office.move(office.world.first_specialist, referral, Event.ANSWER, "Yes, now.")

    states = {one.generation: one.state for one in _all(office, referral)}
    clock.move(5 * DAY)
    duties.handle_all()
    office.run()

    assert states == {1: "cancelled", 2: "waiting"}
    assert office.notices(view="brought up") == []


def test_a_move_that_is_undone_leaves_what_is_pending(
    office: Office,
) -> None:
    """The cancelling is of the move's transaction, so it is undone with it."""
    referral = office.refer(named=office.world.first_specialist)

    def move_and_fail() -> None:
        with office.store.act(office.world.first_specialist) as uow:
            move_referral(
                uow=uow,
                by=office.world.first_specialist,
                referral_id=referral,
                event=Event.ANSWER,
                words=Words({"text": "Yes, now."}),
            )
            raise KeyError(referral)

    with pytest.raises(KeyError):
        move_and_fail()

    kept = _all(office, referral)
    assert {(one.generation, one.state) for one in kept} == {(1, "waiting")}


def _all(office: Office, subject: str) -> list[Reminder]:
    return reminders_of(office.store, subject)


@ON_SQLITE
def test_a_reminder_of_an_older_generation_says_nothing(
    office: Office, duties: DueReminders, clock: TravellingClock
) -> None:
    """Even one that was left waiting by accident."""
    referral = office.refer(named=office.world.first_specialist)
    office.move(office.world.first_specialist, referral, Event.TAKE)
    break_row(
        office.store, "UPDATE reminder SET state = 'waiting' WHERE generation = 1"
    )
    clock.move(5 * DAY)

    duties.handle_all()

    settled = [one for one in _all(office, referral) if one.state == "settled"]
    outcomes = {(one.generation, one.outcome) for one in settled}
    assert outcomes == {(1, "overtaken"), (2, "told")}


def test_two_that_meet_the_same_failing_reminder_tell_of_it_once(
    store: Store, other: Store, world: World
) -> None:
    plan(store, world, "new", Due("from the future", "step", T0))

    together(due_reminders(store).handle_all, due_reminders(other).handle_all)

    assert notices(store, STUCK) == ["clinician-sam"]
