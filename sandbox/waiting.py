"""Waiting for a state, doing things at one moment, and hearing of each change."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.errors import NotOnScreen
from sandbox.things import Thing
from sandbox.world import World

R = TypeVar("R")
# A predicate may look at more than this world, so it is asked now and then anyway.
LOOK_AGAIN = 0.05


def wait_until(
    world: World,
    predicate: Callable[[], R | None],
    *,
    timeout: float,
    explain: Callable[[], str],
) -> R:
    """Wait until the predicate holds, and return what it returned. What is not on a
    screen yet (NotOnScreen) does not hold yet. Raises AssertionError, explained.
    """
    end = time.monotonic() + timeout
    while True:
        version = world.version
        with contextlib.suppress(NotOnScreen):
            found = predicate()
            if found:
                return found
        left = end - time.monotonic()
        if left <= 0:
            raise AssertionError(f"it did not happen in {timeout} s\n{explain()}")
        with world.changed:
            if world.version == version:
                world.changed.wait(min(left, LOOK_AGAIN))


def do_together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do things at the same moment, each in a thread of its own; what they returned,
    in order. Raises the first exception, after all have ended.
    """
    barrier = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)
    errors: list[Exception] = []

    def run(place: int) -> None:
        barrier.wait()
        try:
            outcomes[place] = acts[place]()
        except Exception as error:  # noqa: BLE001 - the edge of a thread; raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return outcomes


def subscribe(world: World, callback: Callable[[Thing], None]) -> Callable[[], None]:
    """Call back with each thing that changed, in a thread that serves only this.
    Returns what ends the subscription.
    """
    feed: queue.SimpleQueue[Thing | None] = queue.SimpleQueue()
    tell = feed.put

    def listen() -> None:
        while (thing := feed.get()) is not None:
            callback(thing)

    def end() -> None:
        with contextlib.suppress(ValueError):
            world.listeners.remove(tell)
        feed.put(None)

    threading.Thread(target=listen, name="sandbox feed", daemon=True).start()
    world.listeners.append(tell)
    return end
