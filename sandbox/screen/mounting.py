"""Puts a sandbox on a screen, and takes it off."""

import threading
from collections.abc import Sequence

from sandbox.sandbox import Sandbox
from sandbox.screen.chrome import Extra
from sandbox.screen.serving import House

_lock = threading.Lock()
# NiceGUI has one application a process, which starts once; so there is one house, and
# it is built when the first sandbox moves in.
_houses: list[House] = []


def mount(
    slack: Sandbox,
    *,
    title: str = "Sandbox",
    extras: Sequence[Extra] = (),
    port: int = 0,
) -> str:
    """Show a sandbox in browsers on this machine; the address of its screen. All
    sandboxes of a process share one server, on the `port` of the first (0: any free).
    """
    with _lock:
        if not _houses:
            _houses.append(House(port))
        return _houses[0].add(slack, title, extras)


def dismount(slack: Sandbox) -> None:
    """Show it no longer; its open windows stand still."""
    with _lock:
        for house in _houses:
            house.drop(slack)
