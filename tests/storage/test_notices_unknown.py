"""What may or may not have reached Slack: looked for by one, settled by its holder."""

from __future__ import annotations

from datetime import datetime

import pytest

from storage.records import Notice
from storage.unit import Store
from tests.storage.sending import (
    GAP,
    L0,
    LEASE,
    SECOND,
    claim,
    look,
    send,
    write,
)
from tests.world import World, a_notice


@pytest.mark.parametrize(
    "settle", ["sent", "skipped", "failed", "back", "unknown"], ids=str
)
def test_a_settle_with_an_old_token_changes_nothing(
    store: Store, world: World, settle: str
) -> None:
    """A sender that slept past its lease wakes up and finds the notice taken."""
    new = a_notice(world, "r1")
    write(store, new)
    [sleeper] = claim(store, owner="sleeper")
    late = L0 + LEASE + 10 * SECOND
    with store.deliver() as books:
        taken = books.notices.claim_unknown(
            now=late, quiet=5 * SECOND, lease=LEASE, owner="awake"
        )
    assert taken is not None
    before = look(store, new.id)

    with store.deliver() as books:
        done = {
            "sent": lambda: books.notices.settle_sent(
                sleeper, channel_id="C", ts="9.9", permalink=None
            ),
            "skipped": lambda: books.notices.settle_skipped(sleeper, "late"),
            "failed": lambda: books.notices.settle_failed(sleeper, "late"),
            "back": lambda: books.notices.give_back(
                sleeper, not_before=late, reason="late"
            ),
            "unknown": lambda: books.notices.settle_unknown(
                sleeper, look_at=late, reason="late"
            ),
        }[settle]()

    assert done is False
    assert look(store, new.id) == before
    assert send(store, taken, "1.1") is True


def test_a_claim_whose_lease_is_over_is_unknown_after_a_quiet_time(
    store: Store, world: World
) -> None:
    new = a_notice(world, "r1")
    write(store, new)
    [held] = claim(store)
    quiet = 10 * SECOND

    def look_for(now: datetime) -> Notice | None:
        with store.deliver() as books:
            return books.notices.claim_unknown(
                now=now, quiet=quiet, lease=LEASE, owner="looker"
            )

    assert look_for(L0 + LEASE + quiet) is None
    found = look_for(L0 + LEASE + quiet + SECOND)

    assert found is not None
    assert (found.id, found.state, found.token) == (new.id, "unknown", held.token + 1)
    assert look_for(L0 + LEASE + quiet + 2 * SECOND) is None
    assert claim(store, at=L0 + 9 * LEASE) == []


def test_a_looker_that_dies_is_followed_by_another(store: Store, world: World) -> None:
    write(store, a_notice(world, "r1"))
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.settle_unknown(held, look_at=L0 + SECOND, reason="timed out")

    tokens = []
    for now in (L0, L0 + SECOND, L0 + LEASE, L0 + SECOND + LEASE):
        with store.deliver() as books:
            found = books.notices.claim_unknown(
                now=now, quiet=SECOND, lease=LEASE, owner="looker"
            )
        tokens.append(found and found.token)

    assert tokens == [None, 2, None, 3]


def test_what_was_not_found_in_slack_is_sent_again(store: Store, world: World) -> None:
    write(store, a_notice(world, "r1"))
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.settle_unknown(held, look_at=L0, reason="timed out")
        found = books.notices.claim_unknown(
            now=L0, quiet=SECOND, lease=LEASE, owner="me"
        )
        assert found is not None
        books.notices.give_back(found, not_before=L0, reason="not in Slack")
        books.notices.free_pace(held.conversation)

    [again] = claim(store, at=L0 + GAP)

    assert (again.id, again.token) == (held.id, 3)


def test_an_operator_sees_what_is_unsettled_and_what_is_in_trouble(
    store: Store, world: World
) -> None:
    new = [a_notice(world, f"r{n}", conversation=f"C{n}") for n in range(5)]
    write(store, *new)
    sent, failed, unknown, skipped = claim(store, most=4)
    with store.deliver() as books:
        books.notices.settle_failed(failed, "channel_not_found")
        books.notices.settle_unknown(unknown, look_at=L0, reason="timed out")
        books.notices.settle_skipped(skipped, "no part")
    send(store, sent, "1.1")

    with store.read() as reading:
        assert reading.notices.unsettled() == 2
        troubled = reading.notices.troubled()
        assert [one.id for one in troubled] == [unknown.id, failed.id]
        assert len(reading.notices.troubled(limit=1)) == 1
