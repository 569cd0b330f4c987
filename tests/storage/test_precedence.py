"""What is urgent goes first, in the order of its conversation, and nothing starves."""

from __future__ import annotations

from alembic import command
from sqlalchemy import NullPool, create_engine, text

from storage.notices import NewNotice
from storage.precedence import OVERTAKEN_BY, Priority
from storage.unit import Store
from tests.storage.sending import L0, SECOND, claim, send, write
from tests.storage.test_verified import move_schema
from tests.storage.together import together
from tests.world import World, a_notice

BEFORE = "0015"
"""The revision before priorities."""
URGENT, ROUTINE, LATER = Priority.URGENT, Priority.ROUTINE, Priority.LATER


def waiting(
    world: World, name: str, priority: Priority, *, at: str | None = None
) -> NewNotice:
    """Return a notice of a priority, in a conversation of its own or in one named."""
    return a_notice(world, name, conversation=at or f"C-{name}", priority=priority)


def order_of(store: Store) -> list[str]:
    """Send everything one by one; return the subjects in their order."""
    said = []
    at = L0
    while taken := claim(store, most=1, at=at):
        [held] = taken
        send(store, held, f"1.{held.seq}")
        said.append(held.subject)
        at += SECOND
    return said


def move_on(store: Store, subject: str, by: int) -> None:
    """Have a notice written as if so many had been written before it."""
    engine = create_engine(store.database.url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE notice SET seq = seq + :by WHERE subject = :subject"),
            {"by": by, "subject": subject},
        )
    engine.dispose()


def test_of_several_conversations_the_urgent_one_goes_first_and_the_later_last(
    store: Store, world: World
) -> None:
    write(
        store,
        waiting(world, "digest", LATER),
        waiting(world, "line", ROUTINE),
        waiting(world, "concern", URGENT),
        waiting(world, "another line", ROUTINE),
    )

    assert order_of(store) == ["concern", "line", "another line", "digest"]


def test_within_a_conversation_the_order_of_writing_stays(
    store: Store, world: World
) -> None:
    write(
        store,
        waiting(world, "digest", LATER, at="C1"),
        waiting(world, "line", ROUTINE, at="C1"),
        waiting(world, "concern", URGENT, at="C1"),
    )

    assert order_of(store) == ["digest", "line", "concern"]


def test_what_is_urgent_takes_along_what_stands_before_it(
    store: Store, world: World
) -> None:
    write(
        store,
        waiting(world, "elsewhere", ROUTINE),
        waiting(world, "before it", LATER, at="C1"),
        waiting(world, "concern", URGENT, at="C1"),
    )

    assert order_of(store) == ["before it", "concern", "elsewhere"]


def test_a_routine_notice_is_overtaken_by_so_many_newer_ones_and_by_no_more(
    store: Store, world: World
) -> None:
    write(store, waiting(world, "routine", ROUTINE))
    write(store, waiting(world, "the last before it", URGENT))
    write(store, waiting(world, "the first behind it", URGENT))
    move_on(store, "the first behind it", OVERTAKEN_BY)
    move_on(store, "the last before it", OVERTAKEN_BY - 2)

    assert order_of(store) == ["the last before it", "routine", "the first behind it"]


def test_what_may_wait_longest_is_overtaken_by_twice_as_many(
    store: Store, world: World
) -> None:
    write(store, waiting(world, "digest", LATER))
    write(store, waiting(world, "before", URGENT), waiting(world, "behind", URGENT))
    move_on(store, "behind", 2 * OVERTAKEN_BY)
    move_on(store, "before", 2 * OVERTAKEN_BY - 2)

    assert order_of(store) == ["before", "digest", "behind"]


def test_of_two_that_claim_at_once_none_takes_a_routine_one_before_every_urgent(
    store: Store, world: World
) -> None:
    write(store, *(waiting(world, f"r{n}", ROUTINE) for n in range(20)))
    write(store, *(waiting(world, f"u{n}", URGENT) for n in range(4)))

    one, two = together(lambda: claim(store, most=2), lambda: claim(store, most=2))

    taken = [held.subject for held in one + two]
    assert sorted(taken) == ["u0", "u1", "u2", "u3"]


def test_what_waited_before_there_were_priorities_is_routine(
    store: Store, world: World
) -> None:
    write(store, waiting(world, "from before", LATER))
    move_schema(store.database, command.downgrade, BEFORE)
    move_schema(store.database, command.upgrade, "head")
    write(store, waiting(world, "line", ROUTINE), waiting(world, "concern", URGENT))

    assert order_of(store) == ["concern", "from before", "line"]
