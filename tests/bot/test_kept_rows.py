"""The rows of a version: read once a process, and each version by itself."""

from __future__ import annotations

import pytest

from bot.center_protocol import kept_rows, standing_protocol, the_protocol
from care.knowledge.protocols import digest_of, from_kept
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.planning_store import CBC, IGG, planned
from tests.world import World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@SQLITE
def test_rows_of_a_version_are_validated_once_however_often_it_is_read(
    store: Store, clock: TravellingClock, world: World
) -> None:
    planned(store, clock, world, rows=(CBC, IGG))

    with store.read() as reading:
        center = reading.people.site(world.center_id)
        once = standing_protocol(reading, center)
        again = standing_protocol(reading, center)

    assert once.protocol is not again.protocol
    for one, other in zip(once.rows, again.rows, strict=True):
        assert one.row is other.row


@SQLITE
def test_a_newer_version_is_read_as_it_reads(
    store: Store, clock: TravellingClock, world: World
) -> None:
    changed = CBC.model_copy(update={"statement": "CBC is checked every month"})
    before = planned(store, clock, world, rows=(CBC,))
    planned(store, clock, world, rows=(changed,))

    with store.read() as reading:
        center = reading.people.site(world.center_id)
        newest = kept_rows(the_protocol(reading, center))
        pinned = reading.signing.protocol(before.plan.protocol_id)
        old = kept_rows(pinned)

    assert newest.by_id["cbc"].statement == changed.statement
    assert newest.digests["cbc"] == digest_of(changed)
    assert old.rows == from_kept(pinned.rows)
    assert old.digests["cbc"] == digest_of(CBC) != newest.digests["cbc"]
