"""After a backup was put back: what it has forgotten to have said is not said again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.actions.done import perform
from bot.actions.reminding import STUCK, TellOfTrouble
from bot.actions.restoring import NotRestored, mark_restored, read_instant
from scheduler.reminders import DueReminders
from storage.actors import Actor
from storage.clock import RealClock
from storage.records import Reminder
from storage.reminders import Due
from storage.unit import Store, Unit
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office, break_row, open_office
from tests.world import OPERATOR, World, a_notice

LATER = timedelta(hours=1)
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    """Return an office that goes by the real time, as Slack does."""
    with open_office(replace(store, clock=RealClock())) as opened:
        yield opened


def put_back(office: Office, since: datetime | None = None) -> int:
    """Say that a backup was put back; return how many notices are doubted."""
    with office.store.read() as reading:
        now = reading.now
    done = perform(
        office.store,
        mark_restored,
        by=OPERATOR,
        key=f"restored {now} {since}",
        since=since or now,
    )
    return int(done.subject)


def forget_sending(office: Office) -> None:
    """Put every notice back to where it stood before it was tried."""
    break_row(
        office.store,
        "UPDATE notice SET state = 'pending', attempts = 0, token = 0, sent_ts = NULL,"
        " channel_id = NULL, permalink = NULL, lease_until = NULL,"
        " lease_first_attempt_at = NULL, lease_retry_at = NULL WHERE way = 'post'",
    )
    break_row(office.store, "UPDATE identity SET dm_channel = NULL")


def test_what_was_said_since_the_backup_is_found_and_not_said_again(
    office: Office,
) -> None:
    """A card, what is said in its thread, and what people were told directly."""
    office.refer()
    office.post()
    before = datetime.now(UTC)
    office.run()
    said = {one.id: one.sent_ts for one in office.notices(state="sent")}
    calls = len(office.calls())
    forget_sending(office)

    doubted = put_back(office, before)
    office.run()

    again = {one.id: one.sent_ts for one in office.notices(state="sent")}
    assert doubted == calls > 3
    assert again == said
    assert len(office.calls()) == calls


def test_without_the_word_of_the_operator_it_would_all_be_said_twice(
    office: Office,
) -> None:
    office.refer()
    office.run()
    calls = len(office.calls())
    forget_sending(office)

    office.run()

    assert len(office.calls()) == 2 * calls


def test_what_was_not_said_before_the_machine_was_lost_is_said_now(
    office: Office,
) -> None:
    posted, told = office.post(), office.tell("rivera")

    doubted = put_back(office)
    office.run()

    assert doubted == 2
    assert [len(office.posts_of(one.id)) for one in (posted, told)] == [1, 1]


def test_whoever_holds_a_notice_at_that_moment_can_settle_it_no_more(
    office: Office,
) -> None:
    posted = office.post()
    [(held, _)] = office.delivery.claim(1)
    put_back(office)

    with office.store.deliver() as books:
        settled = books.notices.settle_failed(held, "late")

    assert not settled
    assert office.look(posted.id).state == "unknown"


@ON_SQLITE
def test_a_line_waits_while_its_thread_cannot_be_looked_for(office: Office) -> None:
    """Else it would be taken for one that was never begun, and said twice."""
    office.refer()
    office.run()
    calls = len(office.calls())
    forget_sending(office)
    put_back(office, datetime.now(UTC) - LATER)
    unreadable = office.slack.faults.refuse(
        "conversations.history", "fatal_error", channel=office.channel.id
    )

    office.run()

    assert unreadable.hits == 1
    assert len(office.calls()) == calls


@dataclass(frozen=True)
class Tell:
    """Handles a reminder by one message, as any handler that tells somebody."""

    world: World

    def __call__(self, *, uow: Unit, by: Actor, reminder: Reminder) -> str:
        """Tell the coordinator."""
        del by
        new = a_notice(
            self.world,
            reminder.id,
            view=STUCK,
            payload={"kind": "test"},
            conversation="@clinician-rivera",
            recipient_id="clinician-rivera",
        )
        uow.notices.write([new], at=uow.now)
        return "told"


def handle(office: Office) -> int:
    """Handle what is due."""
    handlers = {"tell": Tell(office.world)}
    return DueReminders(office.store, handlers, TellOfTrouble()).handle_all()


def plan(office: Office, subject: str, due_at: datetime) -> None:
    """Plan a reminder of a subject."""
    with office.store.act(OPERATOR) as uow:
        workspace = office.world.workspace_id
        uow.reminders.plan(workspace, subject, 1, [Due("tell", "step", due_at)])


def forget_handling(office: Office) -> None:
    """Put reminders back, and what they had led to away."""
    break_row(office.store, "DELETE FROM notice WHERE recipient_id IS NOT NULL")
    break_row(
        office.store,
        "UPDATE reminder SET state = 'waiting', outcome = NULL, settled_at = NULL",
    )


def test_a_reminder_that_fired_since_the_backup_tells_nobody_twice(
    office: Office,
) -> None:
    plan(office, "s", LONG_AGO)
    handle(office)
    office.run()
    said = len(office.people["rivera"].dm())
    forget_handling(office)

    put_back(office, datetime.now(UTC) - LATER)
    handled = handle(office)
    office.run()

    assert handled == 1
    assert said == 1
    assert len(office.people["rivera"].dm()) == 1


def test_what_comes_due_after_the_restore_is_said_without_a_look(
    office: Office,
) -> None:
    put_back(office)
    plan(office, "s", datetime.now(UTC))
    handle(office)

    states = {one.state for one in office.notices()}
    office.run()

    assert states == {"pending"}
    assert office.calls("conversations.history") == []


@ON_SQLITE
def test_it_is_in_the_audit_chain_with_who_said_so(office: Office) -> None:
    office.post()

    put_back(office, LONG_AGO)

    with office.store.read() as reading:
        [line] = reading.connection.execute(
            text("SELECT actor, codes FROM audit WHERE event = 'restored'")
        )
    assert line.actor == str(OPERATOR)
    assert LONG_AGO.isoformat() in str(line.codes)


@ON_SQLITE
def test_a_backup_of_the_future_is_refused(office: Office) -> None:
    with pytest.raises(NotRestored, match="in the future"):
        put_back(office, datetime(2200, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-24T03:00Z", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24 03:00-05:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_zone(typed: str, meant: datetime) -> None:
    assert read_instant(typed) == meant


@pytest.mark.parametrize("typed", ["yesterday", "2026-11-24T03:00", ""])
def test_an_instant_without_a_zone_is_none(typed: str) -> None:
    with pytest.raises(NotRestored, match="--since"):
        read_instant(typed)
