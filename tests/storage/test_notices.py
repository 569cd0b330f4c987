"""Notices: one a conversation at a time, settled only by who holds the token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from storage.notices import NewNotice, notice_id
from storage.records import Notice, Way
from storage.tables import notice
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, a_notice

SECOND = timedelta(seconds=1)
LEASE = 60 * SECOND
GAP = SECOND
L0 = datetime(2030, 1, 1, tzinfo=UTC)
"""Where the lease clock stands in these tests: far from the care clock."""


def write(store: Store, *new: NewNotice) -> None:
    """Write notices in an action of its own."""
    with store.act(OPERATOR) as unit:
        unit.notices.write(new, at=unit.now)


def claim(
    store: Store, *, most: int = 99, at: datetime = L0, owner: str = "me"
) -> list[Notice]:
    """Claim notices in a transaction of its own, in the order of their writing."""
    with store.deliver() as books:
        taken = books.notices.claim(
            most=most, owner=owner, now=at, lease=LEASE, gap=GAP
        )
    return sorted(taken, key=lambda one: one.seq)


def send(store: Store, held: Notice, ts: str) -> bool:
    """Settle a held notice as sent, and let its conversation go on."""
    with store.deliver() as books:
        done = books.notices.settle_sent(
            held, channel_id=held.conversation, ts=ts, permalink=None
        )
        books.notices.free_pace(held.conversation)
    return done


def look(store: Store, notice_id: str) -> Notice:
    """Return a notice that is there."""
    with store.read() as reading:
        found = reading.notices.notice(notice_id)
    assert found is not None
    return found


def states(store: Store, new: Sequence[NewNotice]) -> list[str]:
    """Return the states of notices, in their order."""
    return [look(store, one.id).state for one in new]


def test_what_is_written_waits_and_is_claimed(store: Store, world: World) -> None:
    new = a_notice(world, "r1", payload={"step": "limit"}, recipient_id=None)
    write(store, new)

    [held] = claim(store, owner="ticker-1")

    assert (held.id, held.conversation, held.view) == (
        new.id,
        world.channel_id,
        "status_card",
    )
    assert (held.state, held.token, held.attempts) == ("sending", 1, 1)
    assert held.lease_until == L0 + LEASE
    assert held.lease_first_attempt_at == L0
    assert held.written_at == T0
    assert held.payload == {"step": "limit"}


def test_one_that_is_written_already_stays_as_it_is(store: Store, world: World) -> None:
    new = a_notice(world, "r1")
    write(store, new)
    [held] = claim(store)
    send(store, held, "1.1")

    write(store, replace(new, payload={"step": "other"}))

    kept = look(store, new.id)
    assert (kept.state, kept.sent_ts, kept.payload) == ("sent", "1.1", {})
    assert claim(store, at=L0 + LEASE) == []


def test_one_conversation_has_one_notice_in_flight(store: Store, world: World) -> None:
    first, second = a_notice(world, "r1"), a_notice(world, "r2")
    elsewhere = a_notice(world, "r3", conversation="C0OTHER")
    write(store, first, second, elsewhere)

    taken = claim(store)

    assert [one.id for one in taken] == [first.id, elsewhere.id]
    assert claim(store, at=L0 + LEASE - SECOND) == []


def test_no_more_are_claimed_than_asked_for_and_the_oldest_come_first(
    store: Store, world: World
) -> None:
    new = [a_notice(world, f"r{n}", conversation=f"C{n}") for n in range(5)]
    write(store, *new)

    first, rest = claim(store, most=2), claim(store, most=99)

    assert [one.id for one in first] == [one.id for one in new[:2]]
    assert [one.id for one in rest] == [one.id for one in new[2:]]


def test_the_next_of_a_conversation_goes_after_its_pace(
    store: Store, world: World
) -> None:
    first, second = a_notice(world, "r1"), a_notice(world, "r2")
    write(store, first, second)
    [held] = claim(store)
    send(store, held, "1.1")

    assert claim(store, at=L0 + GAP - timedelta(microseconds=1)) == []
    assert [one.id for one in claim(store, at=L0 + GAP)] == [second.id]


def test_slack_can_ask_a_conversation_to_wait_longer(
    store: Store, world: World
) -> None:
    write(store, a_notice(world, "r1"), a_notice(world, "r2"))
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.give_back(held, not_before=L0 + 9 * SECOND, reason="ratelimited")
        books.notices.free_pace(held.conversation, next_at=L0 + 9 * SECOND)

    assert claim(store, at=L0 + 8 * SECOND) == []
    assert [one.id for one in claim(store, at=L0 + 9 * SECOND)] == [held.id]


def test_freeing_one_conversation_leaves_the_others_in_flight(
    store: Store, world: World
) -> None:
    new = [a_notice(world, f"r{n}", conversation=f"C{n % 2}") for n in range(4)]
    write(store, *new)
    first, _second = claim(store)

    send(store, first, "1.1")

    assert [one.id for one in claim(store, at=L0 + GAP)] == [new[2].id]


@pytest.mark.parametrize(
    ("settle", "state", "reason"),
    [
        ("settle_skipped", "skipped", "no part"),
        ("settle_failed", "failed", "channel_not_found"),
    ],
)
def test_what_is_skipped_or_failed_says_why_and_is_not_sent_again(
    store: Store, world: World, settle: str, state: str, reason: str
) -> None:
    new = a_notice(world, "r1")
    write(store, new)
    [held] = claim(store)

    with store.deliver() as books:
        assert getattr(books.notices, settle)(held, reason)
        books.notices.free_pace(held.conversation)

    kept = look(store, new.id)
    assert (kept.state, kept.reason, kept.sent_ts) == (state, reason, None)
    assert claim(store, at=L0 + 9 * LEASE) == []


def test_what_is_sent_keeps_where_it_stands(store: Store, world: World) -> None:
    new = a_notice(world, "r1")
    write(store, new)
    [held] = claim(store)

    with store.deliver() as books:
        done = books.notices.settle_sent(
            held, channel_id="C0MYELOMA", ts="1.1", permalink="https://x/p11"
        )

    kept = look(store, new.id)
    assert done
    assert (kept.state, kept.channel_id, kept.sent_ts, kept.permalink) == (
        "sent",
        "C0MYELOMA",
        "1.1",
        "https://x/p11",
    )


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


def test_what_is_settled_is_not_settled_again(store: Store, world: World) -> None:
    new = a_notice(world, "r1")
    write(store, new)
    [held] = claim(store)
    assert send(store, held, "1.1")

    with store.deliver() as books:
        assert not books.notices.settle_failed(held, "channel_not_found")

    assert look(store, new.id).state == "sent"


def test_what_is_given_back_is_sent_again_with_a_new_token(
    store: Store, world: World
) -> None:
    write(store, a_notice(world, "r1"))
    [held] = claim(store)

    with store.deliver() as books:
        assert books.notices.give_back(
            held, not_before=L0 + 5 * SECOND, reason="unreachable"
        )
        books.notices.free_pace(held.conversation)

    assert claim(store, at=L0 + 4 * SECOND) == []
    [again] = claim(store, at=L0 + 5 * SECOND)
    assert (again.id, again.token, again.attempts) == (held.id, 2, 2)
    assert again.lease_first_attempt_at == L0
    assert not send(store, held, "1.1")
    assert send(store, again, "1.2")


def test_a_claim_that_is_rolled_back_leaves_the_notice_to_others(
    store: Store, world: World
) -> None:
    new = a_notice(world, "r1")
    write(store, new)

    def claim_and_fail() -> None:
        with store.deliver() as books:
            books.notices.claim(most=9, owner="me", now=L0, lease=LEASE, gap=GAP)
            raise KeyError

    with pytest.raises(KeyError):
        claim_and_fail()

    assert [one.token for one in claim(store)] == [1]


def test_of_the_updates_of_one_message_only_the_newest_is_sent(
    store: Store, world: World
) -> None:
    card = a_notice(world, "r1")
    older, newer, other = (
        a_notice(world, f"r1/{n}", way=Way.UPDATE, root_id=root)
        for n, root in ((1, card.id), (2, card.id), (3, "another card"))
    )
    write(store, card)
    write(store, older, other)

    write(store, newer)

    assert states(store, [older, newer, other]) == ["skipped", "pending", "pending"]
    assert look(store, older.id).reason == "superseded"


def test_updates_that_are_written_together_leave_the_last(
    store: Store, world: World
) -> None:
    updates = [
        a_notice(world, f"r1/{n}", way=Way.UPDATE, root_id="card") for n in range(3)
    ]

    write(store, *updates)

    assert states(store, updates) == ["skipped", "skipped", "pending"]


def test_an_update_that_is_written_again_does_not_replace_a_newer_one(
    store: Store, world: World
) -> None:
    older, newer = (
        a_notice(world, f"r1/{n}", way=Way.UPDATE, root_id="card") for n in range(2)
    )
    write(store, older)
    write(store, newer)

    write(store, older)

    assert states(store, [older, newer]) == ["skipped", "pending"]


def test_posts_and_pins_are_not_superseded(store: Store, world: World) -> None:
    card = a_notice(world, "r1")
    pin = a_notice(world, "r1/pin", way=Way.PIN, root_id=card.id)
    thread = a_notice(world, "r1/post", root_id=card.id)
    write(store, card, pin, thread)

    write(store, a_notice(world, "r1/u", way=Way.UPDATE, root_id=card.id))

    assert states(store, [card, pin, thread]) == ["pending"] * 3


def test_an_update_written_while_an_older_one_is_being_sent_stays(
    store: Store, world: World
) -> None:
    older, newer = (
        a_notice(world, f"r1/{n}", way=Way.UPDATE, root_id="card") for n in range(2)
    )
    write(store, older)
    [held] = claim(store)

    write(store, newer)

    assert states(store, [older, newer]) == ["sending", "pending"]
    assert send(store, held, "1.1")
    assert [one.id for one in claim(store, at=L0 + GAP)] == [newer.id]


def test_what_stands_in_a_thread_waits_for_its_root(store: Store, world: World) -> None:
    root = a_notice(world, "r1")
    child = a_notice(world, "r1/1", root_id=root.id, conversation="C0OTHER")
    write(store, root, child)

    [held] = claim(store)
    assert held.id == root.id
    with store.deliver() as books:
        books.notices.settle_unknown(held, look_at=L0 + SECOND, reason="timed out")
    assert claim(store, at=L0 + LEASE) == []
    with store.deliver() as books:
        found = books.notices.claim_unknown(
            now=L0 + SECOND, quiet=SECOND, lease=LEASE, owner="me"
        )
    assert found is not None
    send(store, found, "1.1")

    assert [one.id for one in claim(store, at=L0 + LEASE)] == [child.id]


def test_a_root_that_failed_holds_up_nothing(store: Store, world: World) -> None:
    """What to do about it is decided when the child is rendered."""
    root = a_notice(world, "r1")
    child = a_notice(world, "r1/1", root_id=root.id)
    write(store, root, child)
    [held] = claim(store)
    with store.deliver() as books:
        books.notices.settle_failed(held, "is_archived")
        books.notices.free_pace(held.conversation)

    assert [one.id for one in claim(store, at=L0 + GAP)] == [child.id]


def test_a_child_that_waits_does_not_hold_up_its_conversation(
    store: Store, world: World
) -> None:
    root = a_notice(world, "r1", conversation="C0OTHER")
    child = a_notice(world, "r1/1", root_id=root.id)
    free = a_notice(world, "r2")
    write(store, root, child, free)

    assert {one.id for one in claim(store)} == {root.id, free.id}


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


def test_roots_are_found_by_subject_and_by_message(store: Store, world: World) -> None:
    first = a_notice(world, "r1")
    second = a_notice(world, "r1 again", subject="r1")
    other = a_notice(world, "r2", conversation="C0OTHER")
    change = a_notice(world, "u", subject="r1", way=Way.UPDATE, root_id=first.id)
    write(store, first, second, other, change)
    [held, _] = claim(store)
    send(store, held, "1.1")

    with store.read() as reading:
        notices = reading.notices
        at = notices.root_at(world.channel_id, "1.1")
        newest = notices.root_of("r1", "status_card")
        several = notices.roots_of(["r1", "r2", "r3"], "status_card")

        assert notices.root_at(world.channel_id, "1.2") is None
        assert notices.root_at("C0OTHER", "1.1") is None
        assert notices.root_of("r1", "another view") is None
        assert notices.notice("nothing") is None
    assert at is not None
    assert at.id == first.id
    assert newest is not None
    assert newest.id == second.id
    assert {key: one.id for key, one in several.items()} == {
        "r1": second.id,
        "r2": other.id,
    }


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


def test_writing_nothing_is_nothing(store: Store) -> None:
    write(store)

    assert claim(store) == []


def test_a_free_pace_lets_a_conversation_that_was_never_heard_of_be(
    store: Store, world: World
) -> None:
    with store.deliver() as books:
        books.notices.free_pace("C0NEVER")

    write(store, a_notice(world, "r1"))
    assert len(claim(store)) == 1


def test_a_post_cannot_be_sent_without_being_seen(store: Store, world: World) -> None:
    """The database itself refuses a sent post that has no place in Slack."""
    new = a_notice(world, "r1")
    write(store, new)

    with (
        pytest.raises(Exception, match="sent_is_seen"),
        store.deliver() as books,
    ):
        books.notices._connection.execute(
            update(notice).where(notice.c.id == new.id).values(state="sent")
        )

    assert look(store, new.id).state == "pending"


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.tuples(words, words, words), st.tuples(words, words, words))
def test_the_id_of_a_notice_is_that_of_its_occasion_view_and_recipient(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (notice_id(*one) == notice_id(*other)) == (one == other)
