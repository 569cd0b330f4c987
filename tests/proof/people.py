"""What people do in a history: they ask, plan, do, undo, and do it twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from storage.actors import Operator
from storage.notices import NewNotice
from storage.records import Way
from storage.reminders import Due
from storage.unit import Unit
from tests.proof.clockwork import Clockwork
from tests.proof.engine import (
    CHANNELS,
    KIND,
    WORKSPACE,
    Engine,
    a_post,
    name_of,
)
from tests.proof.facts import Closed, Planned
from tests.proof.points import Doing
from tests.proof.virtual import EPOCH, CareClock

BY = Operator("people")
SUBJECTS = ("subject-a", "subject-bb")
SOMEBODY = "clinician-chen"
DAY = 86_400.0

Act = Callable[[Unit], None]


@dataclass(eq=False)
class People:
    """A script drawn from the seed, played by a process that may be ended, too."""

    engine: Engine
    care: CareClock
    acts: int
    done: int = 0
    generations: dict[str, int] = field(default_factory=dict)
    roots: list[NewNotice] = field(default_factory=list)
    _again: tuple[str, Act] | None = None

    @property
    def clock(self) -> Clockwork:
        """Return what everybody runs on."""
        return self.engine.clock

    @property
    def rng(self) -> random.Random:
        """Return what everything is drawn from."""
        return self.engine.clock.rng

    def start(self) -> None:
        """Begin, or go on where the process was ended: Slack asks again."""
        self.clock.start("people", self._play)

    @property
    def is_over(self) -> bool:
        """Tell whether the script has been played."""
        return self.done >= self.acts

    def _play(self) -> None:
        here = self.clock.here
        assert here is not None
        here.doing = Doing.ACT
        while not self.is_over:
            key, act = self._again or (f"act {self.done}", self._draw())
            self._again = (key, act)
            if self._perform(key, act):
                self._again, self.done = None, self.done + 1
            self.clock.pause(self.rng.choice((0.0, 0.5, 5.0, 30.0)))

    def _perform(self, key: str, act: Act) -> bool:
        """Do one act once, however often it is asked for; False: try again."""
        try:
            for _ in range(self.rng.choice((1, 1, 2))):
                with self.engine.store.act(BY) as uow:
                    if uow.inbound.claim(key, at=uow.now) is None:
                        act(uow)
                        uow.inbound.keep(key, {"done": True})
        except OperationalError:
            self.engine.disturb()
            return False
        return True

    def _draw(self) -> Act:
        kinds = (
            self._post,
            self._tell,
            self._thread,
            self._change,
            self._plan,
            self._plan,
            self._do,
            self._travel,
        )
        return self.rng.choice(kinds)()

    # What they may do. Each draws first, so that a second try does the same.

    def _post(self) -> Act:
        many = self.rng.choice((1, 1, 3))
        news = [
            a_post(f"post {self.done} {n}", self.rng.choice(CHANNELS), "-")
            for n in range(many)
        ]
        return self._writing(news)

    def _tell(self) -> Act:
        to = f"@{SOMEBODY}"
        return self._writing(
            [a_post(f"tell {self.done}", to, "-", recipient_id=SOMEBODY)]
        )

    def _thread(self) -> Act:
        channel = self.rng.choice(CHANNELS)
        root = a_post(f"root {self.done}", channel, "-")
        reply = a_post(f"reply {self.done}", channel, "-", root_id=root.id)
        pin = a_post(f"pin {self.done}", channel, "-", root_id=root.id, way=Way.PIN)
        self.roots.append(root)
        return self._writing([root, reply, pin][: self.rng.choice((2, 3))])

    def _change(self) -> Act:
        if not self.roots:
            return self._thread()
        root = self.rng.choice(self.roots)
        name = f"change {self.done}"
        new = a_post(name, root.conversation, "-", root_id=root.id, way=Way.UPDATE)
        return self._writing([new])

    def _writing(self, news: list[NewNotice]) -> Act:
        def act(uow: Unit) -> None:
            for new in news:
                self.engine.writer.write(uow, new)

        return act

    def _plan(self) -> Act:
        """Plan a subject, or plan it anew: undone, moved, snoozed."""
        subject = self.rng.choice(SUBJECTS)
        generation = self._next(subject)
        waits = [self.rng.choice((-60.0, 0.0, 5.0, 60.0, DAY)) for _ in range(2)]
        steps = list(enumerate(waits[: self.rng.choice((1, 2))]))

        def act(uow: Unit) -> None:
            due = [
                Due(KIND, str(step), uow.now + timedelta(seconds=wait))
                for step, wait in steps
            ]
            uow.reminders.plan(WORKSPACE, subject, generation, due)
            self._keep(uow, subject, done=False)
            for one in due:
                self._note_planned(subject, generation, one)

        return act

    def _do(self) -> Act:
        subject = self.rng.choice(SUBJECTS)
        generation = self._next(subject)

        def act(uow: Unit) -> None:
            uow.reminders.plan(WORKSPACE, subject, generation, [])
            self._keep(uow, subject, done=True)
            self.engine.database.note(Closed(self.clock.now, subject, generation))

        return act

    def _travel(self) -> Act:
        seconds = self.rng.choice((60.0, DAY, 14 * DAY))

        def act(uow: Unit) -> None:
            del uow
            self.care.travelled += seconds

        return act

    def _next(self, subject: str) -> int:
        self.generations[subject] = self.generations.get(subject, 0) + 1
        return self.generations[subject]

    def _keep(self, uow: Unit, subject: str, *, done: bool) -> None:
        key = f"subject {subject}"
        uow.inbound.claim(key, at=uow.now)
        uow.inbound.keep(key, {"done": done})

    def _note_planned(self, subject: str, generation: int, due: Due) -> None:
        """Note a plan under a name of its own: the engine's key is on trial, too."""
        self.engine.database.note(
            Planned(
                self.clock.now,
                name_of(subject, generation, due.step),
                subject,
                generation,
                (due.due_at - EPOCH).total_seconds(),
            )
        )
