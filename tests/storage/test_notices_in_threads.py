"""Notices about other notices: updates, pins, and what stands in a thread."""

from __future__ import annotations

from storage.records import Way
from storage.unit import Store
from tests.storage.sending import (
    GAP,
    L0,
    LEASE,
    SECOND,
    claim,
    look,
    send,
    states,
    write,
)
from tests.world import World, a_notice


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
        newest = notices.roots_of(["r1"], "status_card").get("r1")
        several = notices.roots_of(["r1", "r2", "r3"], "status_card")

        assert notices.root_at(world.channel_id, "1.2") is None
        assert notices.root_at("C0OTHER", "1.1") is None
        assert notices.roots_of(["r1"], "another view") == {}
        assert notices.notice("nothing") is None
    assert at is not None
    assert at.id == first.id
    assert newest is not None
    assert newest.id == second.id
    assert {key: one.id for key, one in several.items()} == {
        "r1": second.id,
        "r2": other.id,
    }
