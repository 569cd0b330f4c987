"""The real engine on virtual time: its SQL, its delivery, its sender, its reminders.

Only what touches the machine is replaced: the two clocks, the socket, and who runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from scheduler.delivery import Delivery, Timings
from scheduler.lease_timer import LeaseTimer
from scheduler.ports import Message, Unneeded
from scheduler.reconcile import Reconciler
from scheduler.reminders import DueReminders
from storage.actors import Actor
from storage.notices import NewNotice, notice_id
from storage.records import Notice, Reminder, Way
from storage.sealing import Keyring
from storage.tables import inbound
from storage.tables import notice as table
from storage.unit import Reading, Store, Unit
from tests.proof.clockwork import Clockwork
from tests.proof.facts import Disturbed, Handled, History, Written
from tests.proof.points import Doing
from tests.proof.sending import new_sender
from tests.proof.slack import Slack
from tests.proof.virtual import EPOCH, CareClock, VirtualDatabase

WORKSPACE = "T0UNIVERSITY"
OPERATORS = "C0OPERATORS"
KIND = "proof"
NAPS = (0.1, 1.0, 4.0, 12.0)
"""Seconds between two ticks of a process."""
LOOKS = 0.5
"""Of the ticks, this share looks for what is unknown."""
MOST = 3
"""Notices that a process claims at once."""
TIMINGS = Timings()


def occasion_of(occasion: str, to: str) -> str:
    """Return the id of what is said on an occasion in a conversation."""
    return notice_id(occasion, KIND, to)


@dataclass(frozen=True)
class Writer:
    """Writes notices, and notes that they were written."""

    database: VirtualDatabase

    def write(self, uow: Unit, new: NewNotice, **more: Any) -> None:
        """Write one notice in the transaction at hand."""
        uow.notices.write([new], at=uow.now)
        # A pin says no id in Slack, so it is known by what it pins.
        key = f"pin of {new.root_id}" if new.way is Way.PIN else new.id
        self.database.note(
            Written(
                self.database.clock.now,
                key,
                new.conversation,
                new.way.value,
                new.root_id,
                **more,
            )
        )


@dataclass(frozen=True)
class Telling:
    """Tells the operators of what did not go as it should."""

    writer: Writer

    def notice_failed(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Write a notice to the operators' channel."""
        del by
        self.writer.write(
            uow,
            a_post(f"failed {notice.id}", OPERATORS, notice.id),
            tells_of=notice.id,
        )

    def notice_doubled(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell nobody: the history is looked through for doubles."""

    def notice_unneeded(self, *, uow: Unit, by: Actor, notice: Notice) -> None:
        """Tell nobody else."""

    def reminder_stuck(self, *, uow: Unit, by: Actor, reminder: Reminder) -> None:
        """Tell nobody: here no handler fails."""


def a_post(occasion: str, conversation: str, subject: str, **more: Any) -> NewNotice:
    """Return a post about a subject."""
    return NewNotice(
        id=occasion_of(occasion, conversation),
        workspace_id=WORKSPACE,
        conversation=conversation,
        way=more.pop("way", Way.POST),
        view=KIND,
        subject=subject,
        payload={},
        **more,
    )


def show(*, reading: Reading, notice: Notice) -> Message | Unneeded:
    """Render a notice: nothing is said of what was done meanwhile."""
    query = select(inbound.c.answer).where(inbound.c.key == f"subject {notice.subject}")
    kept = reading.connection.execute(query).scalar_one_or_none()
    if kept is not None and kept["done"] and notice.way is Way.POST:
        return Unneeded("done")
    return Message(text=f"{notice.id} {_changes(reading, notice)}", blocks=[])


def _changes(reading: Reading, shown: Notice) -> int:
    """Return how many changes of a message are written at this moment."""
    if shown.way is not Way.UPDATE:
        return 0
    query = select(func.count()).where(
        table.c.root_id == shown.root_id, table.c.way == Way.UPDATE
    )
    return reading.connection.execute(query).scalar_one()


@dataclass(eq=False)
class Engine:
    """What the processes of one history run."""

    clock: Clockwork
    care: CareClock
    slack: Slack
    store: Store
    database: VirtualDatabase
    history: History
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.writer = Writer(self.database)
        self.sender = new_sender(self.slack)
        self._disturbed: set[str] = set()

    def disturb(self) -> None:
        """Note whose turn may come later now: what is in flight at this moment."""
        for one in self.database.in_flight():
            if one not in self._disturbed:
                self._disturbed.add(one)
                self.history.note(Disturbed(self.clock.now, one))

    def start_process(self) -> None:
        """Start a process that ticks as the bot's own do, until it is ended."""
        name = f"process-{next(self.numbers)}"
        started = self.clock.now - self.clock.rng.uniform(0, 1000)

        def monotonic() -> float:
            return self.clock.now - started

        delivery = Delivery(
            store=self.store,
            renderer=show,
            sender=self.sender,
            teller=Telling(self.writer),
            owner=name,
            timings=TIMINGS,
            monotonic=monotonic,
            timer=LeaseTimer(self._arm, monotonic),
        )
        self.clock.start(name, lambda: self._tick(delivery))

    def _arm(self, seconds: float) -> None:
        """Set what the kernel's timer is of the process that runs now."""
        here = self.clock.here
        assert here is not None
        here.timer = self.clock.now + seconds if seconds else None

    def is_idle(self) -> bool:
        """Tell whether nothing is due, pending or under way any more."""
        return not any(self.database.left())

    def _tick(self, delivery: Delivery) -> None:
        handlers = {KIND: self._handle}
        due = DueReminders(self.store, handlers, Telling(self.writer))
        looker = Reconciler(delivery)
        while True:
            # A poll that cannot find anything is left out: it changes nothing.
            if self.database.left().waiting:
                self._guarded(Doing.REMIND, due.handle_all)
            if self.database.left().pending:
                self._guarded(Doing.CLAIM, lambda: self._send(delivery))
            if self.database.left().in_flight and self.clock.rng.random() < LOOKS:
                self._guarded(Doing.LOOK, lambda: self._look(looker))
            self.clock.pause(self.clock.rng.choice(NAPS))

    def _guarded(self, doing: Doing, chore: Callable[[], object]) -> None:
        """Do a chore as the ticker does: a database that is away ends nothing."""
        here = self.clock.here
        assert here is not None
        here.doing = doing
        try:
            chore()
        except OperationalError:
            self.disturb()

    def _send(self, delivery: Delivery) -> None:
        here = self.clock.here
        assert here is not None
        here.hindered = False
        batch = delivery.claim(MOST)
        if here.hindered:
            self.disturb()
        for held, safe_until in batch:
            here.doing = Doing.DELIVER
            delivery.deliver(held, safe_until)

    def _look(self, looker: Reconciler) -> None:
        here = self.clock.here
        assert here is not None
        while looker.look_one():
            here.doing = Doing.LOOK

    def _handle(self, *, uow: Unit, by: Actor, reminder: Reminder) -> str:
        del by
        conversation = conversation_of(reminder.subject)
        new = a_post(f"reminder {reminder.id}", conversation, reminder.subject)
        due = (reminder.due_at - EPOCH).total_seconds()
        name = name_of(reminder.subject, reminder.generation, reminder.step)
        self.database.note(Handled(self.clock.now, name, self.care.seconds()))
        self.writer.write(uow, new, subject=reminder.subject, due=due)
        return "told"


CHANNELS: Sequence[str] = ("C0ONE", "C0TWO")


def conversation_of(subject: str) -> str:
    """Return where a subject is talked about."""
    return CHANNELS[len(subject) % len(CHANNELS)]


def name_of(subject: str, generation: int, step: str) -> str:
    """Return a reminder's name in a history: the engine's own key is on trial, too."""
    return f"{subject}/{generation}/{step}"


def new_store(database: VirtualDatabase, keyring: Keyring, care: CareClock) -> Store:
    """Return the real store on the virtual database."""
    return Store(database, keyring, care)
