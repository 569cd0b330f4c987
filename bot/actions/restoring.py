"""An operator says that a backup was put back."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.actions.done import Done
from bot.refusals import Refusal
from storage.actors import Operator
from storage.unit import Unit


class NotRestored(Refusal):
    """The restore was not noted. Nothing was changed."""


def read_instant(text: str) -> datetime:
    """Return an instant as typed, in UTC. Raises `NotRestored`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotRestored(f"--since {text!r} is no date and time") from error
    if moment.tzinfo is None:
        raise NotRestored(f"--since {text!r} names no time zone; end it with Z for UTC")
    return moment.astimezone(UTC)


def mark_restored(*, uow: Unit, by: Operator, since: datetime) -> Done:
    """Have all that waits to be said, or was due since, looked for in Slack first.

    Raises `NotRestored`.
    """
    if since > uow.now:
        raise NotRestored("--since is in the future")
    workspaces = uow.people.workspaces()
    if not workspaces:
        raise NotRestored("nothing is set up in this database")
    doubted = 0
    for one in workspaces:
        count = uow.restorations.add(uow.new_id(), one.id, since, uow.now)
        codes = {"since": since.isoformat(), "notices": str(count), "by": str(by)}
        uow.audit(one.id, "restored", one.id, codes)
        doubted += count
    return Done("restored", str(doubted))
