"""Runs a bot until it is told to stop, and ends it in time whatever hangs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import structlog

from bot.app import Baton
from bot.watching import running
from scheduler.ticker import DRAIN_SECONDS

log = structlog.get_logger()

CUT_SHORT = 1
"""The exit code where something was still in flight."""


def run_until_told(
    baton: Baton, started: Callable[[], object], *, within: float = DRAIN_SECONDS
) -> None:
    """Run until SIGINT or SIGTERM, then finish what is in flight, and only that.

    A second signal ends it at once, and so does the time limit. What was being said
    then is looked for in Slack by whoever starts next.
    """
    told = threading.Event()

    def hear(*_: object) -> None:
        if told.is_set():
            end_at_once(baton)
        told.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, hear)
    limit = threading.Timer(within, end_at_once, args=(baton,))
    limit.daemon = True
    with running(baton):
        started()
        told.wait()
        limit.start()
    limit.cancel()


def end_at_once(baton: Baton) -> None:
    """End both processes now, without another word."""
    log.warning("baton.cut_short")
    baton.kill_sending()
    os._exit(CUT_SHORT)
