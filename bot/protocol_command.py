"""`baton protocol use`: makes a center's file its protocol, from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.actions.done import perform
from bot.actions.protocol_changing import use_protocol
from bot.center_protocol import standing_protocol
from bot.refusals import BadFields, Refusal
from care.knowledge.protocol import ProtocolRow
from care.people import SiteKind
from storage.actors import Operator
from storage.records import Site
from storage.unit import Reading, Store


class NotUsed(Refusal):
    """The file was not used. Nothing was changed."""


def use_file(
    store: Store, by: Operator, rows: Sequence[ProtocolRow], center: str, *, key: str
) -> Iterator[str]:
    """Make rows the protocol of a center, named by its key. Raises `NotUsed`."""
    with store.read() as reading:
        site = _center(reading, center)
    try:
        done = perform(
            store, use_protocol, by=by, key=key, center_id=site.id, rows=rows
        )
    except BadFields as bad:
        said = "; ".join(f"{row}: {one}" for row, one in bad.sentences.items())
        raise NotUsed(f"nothing was changed: {said}") from bad
    with store.read() as reading:
        kept = reading.signing.protocol(done.subject)
        count = standing_protocol(reading, site, kept).count
    if done.what == "unchanged":
        yield f"{site.name}: the same as protocol {kept.number}; nothing was changed"
        return
    own = sum(bool(one["own"]) for one in kept.rows)
    yield f"{site.name}: protocol {kept.number}, {len(kept.rows)} rows, {own} its own"
    yield f"{count}. Running plans stay on the number that they began with."


def _center(reading: Reading, key: str) -> Site:
    centers = [
        site
        for workspace in reading.people.workspaces()
        for site in reading.people.sites(workspace.id)
        if site.kind is SiteKind.CENTER
    ]
    found = [one for one in centers if one.key == key]
    if len(found) != 1:
        known = ", ".join(sorted(one.key for one in centers)) or "none yet"
        raise NotUsed(f"no center has the key {key!r}; centers of the setup: {known}")
    return found[0]
