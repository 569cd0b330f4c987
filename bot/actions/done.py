"""What an action did, small enough to be kept with the key of what came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.refusals import Stranger
from storage.actors import Actor, Person
from storage.unit import Store, Unit


def _still_there(uow: Unit, by: Person) -> Person:
    """Return the person as they are now: they may have been removed meanwhile."""
    person = uow.people.person(by.team_id, by.user_id)
    if person is None:
        raise Stranger
    return person


@dataclass(frozen=True)
class Done:
    """What was done and to what: codes and ids, never text."""

    what: str
    subject: str = ""


def perform(
    store: Store,
    action: Callable[..., Done],
    *,
    by: Actor,
    key: str,
    **words: Any,
) -> Done:
    """Run an action in one transaction, once for each `key`.

    What comes in again is given the answer of its first coming. A refusal is
    raised and stores nothing, so the same key may be tried again.
    """
    with store.act(by) as uow:
        if isinstance(by, Person):
            by = _still_there(uow, by)
        earlier = uow.inbound.claim(key, at=uow.now)
        if earlier is not None:
            return Done(**earlier)
        done = action(uow=uow, by=by, **words)
        uow.inbound.keep(key, asdict(done))
        return done
