"""Records whether a link is verified: whether what is said there is found again."""

from __future__ import annotations

from bot.actions.done import Done
from storage.actors import Operator
from storage.records import Verified
from storage.unit import Unit


def record_probe(
    *, uow: Unit, by: Operator, link_id: str, channel_id: str, trouble: str | None
) -> Done:
    """Record what a probe of a link's channel has shown; `trouble` says why not.

    What is recorded holds for that channel alone: a link that is moved to another
    one is not verified there. Raises `NotFound`.
    """
    link = uow.people.link(link_id)
    verified = Verified.YES if trouble is None else Verified.NO
    row = {
        "id": link.id,
        "verified": verified.value,
        "verified_at": uow.now,
        "verified_channel": channel_id,
    }
    uow.people.put("link", row)
    codes = {"channel": channel_id, "verified": verified.value, "by": str(by)}
    if trouble is not None:
        codes["why"] = trouble
    uow.audit(link.workspace_id, "link probed", link.id, codes)
    return Done(verified.value, link.id)
