"""Puts a sandbox on a screen, and takes it off."""

import threading
from collections.abc import Callable, Sequence

from sandbox.sandbox import Sandbox
from sandbox.screen.chrome import Extra
from sandbox.screen.serving import House
from sandbox.screen.tour import Tour, TourStep, begin_as_it_is

_lock = threading.Lock()
# NiceGUI has one application a process, which starts once; so there is one house, and
# it is built when the first sandbox moves in.
_houses: list[House] = []


def mount(
    slack: Sandbox,
    *,
    title: str = "Sandbox",
    extras: Sequence[Extra] = (),
    tour: Sequence[TourStep] = (),
    restart_tour: Callable[[], None] = begin_as_it_is,
    port: int = 0,
) -> str:
    """Show a sandbox in browsers on this machine; the address of its screen. All
    sandboxes of a process share one server, on the `port` of the first (0: any free).
    `restart_tour` is called when somebody begins the tour again.
    """
    with _lock:
        if not _houses:
            _houses.append(House(port))
        guide = Tour(tour, restart_tour) if tour else None
        return _houses[0].add(slack, title, extras, guide)


def dismount(slack: Sandbox) -> None:
    """Show it no longer; its open windows say so and stand still."""
    with _lock:
        for house in _houses:
            house.drop(slack)
