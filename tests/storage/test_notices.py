"""Notices: one a conversation at a time, settled only by who holds the token."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from storage.notices import notice_id
from storage.tables import notice
from storage.unit import Store
from tests.conftest import T0
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
