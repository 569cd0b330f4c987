"""What a listener needs: who acts, one action in one transaction, look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.actions.done import Done, perform
from bot.refusals import Stranger
from storage.actors import Actor, Person
from storage.unit import Reading, Store


def _nothing() -> None:
    return


@dataclass
class Desk:
    """The store with the ways in which listeners use it."""

    store: Store
    wake: Callable[[], None] = field(default=_nothing)
    """Called after an action, so that what it wrote goes out at once."""

    def who(self, team_id: str, user_id: str) -> Person:
        """Return the clinician behind a Slack identity. Raises `Stranger`."""
        with self.store.read() as reading:
            person = reading.people.person(team_id, user_id)
        if person is None:
            raise Stranger
        return person

    def perform(
        self, action: Callable[..., Done], *, by: Actor, key: str, **words: Any
    ) -> Done:
        """Run an action once for `key`, and send what it wrote."""
        done = perform(self.store, action, by=by, key=key, **words)
        self.wake()
        return done

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open what can be looked up."""
        with self.store.read() as reading:
            yield reading
