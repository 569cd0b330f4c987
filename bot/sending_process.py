"""The process that says things in Slack: `baton run` keeps one at work.

It is a process of its own so that the kernel may end it: whoever was stopped for
longer than a lease must not say what somebody else has said meanwhile, and the
timer that sees to it ends a whole process.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from io import FileIO

from bot.app import new_delivery, open_store_again, use_pinned_zones
from bot.logs import set_up_logs
from bot.sending_terms import Terms, read_terms
from scheduler.lease_timer import AlarmTaken, LeaseTimer, take_alarm
from scheduler.sending import Sending
from scheduler.supervising import COMPLETED, READY, REFUSED
from storage.errors import StorageError

TOLD, TELLS = 0, 1
"""The pipe from the keeper, and the one to it."""


def main() -> None:
    """Send until the pipe from the keeper ends, or SIGTERM comes; then finish."""
    # A Ctrl-C goes to both processes; the keeper's end of the pipe is what counts.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    os.set_blocking(TELLS, False)
    with FileIO(TOLD, closefd=False) as pipe:
        terms = read_terms(pipe.readline())
        set_up_logs(terms.settings.baton_log)
        try:
            send_until(told, terms, take_alarm(), pipe)
        except (AlarmTaken, StorageError) as error:
            tell(REFUSED, str(error))
            raise SystemExit(2) from error


def send_until(
    told: threading.Event, terms: Terms, timer: LeaseTimer, pipe: FileIO
) -> None:
    """Send until `told`, which the end of the pipe does too; then finish."""
    use_pinned_zones()
    store = open_store_again(terms.settings)
    delivery = new_delivery(terms.settings, store, terms.timings, timer)
    sending = Sending(delivery, terms.pulse, lambda chore: tell(COMPLETED, chore))
    sending.start()
    listener = threading.Thread(
        target=_listen, args=(pipe, sending, told), name="woken", daemon=True
    )
    listener.start()
    tell(READY)
    told.wait()
    sending.stop()
    store.database.close()


def tell(word: str, rest: str = "") -> None:
    """Tell the keeper something, unless it stands still or is gone."""
    line = f"{word} {' '.join(rest.split())}\n"
    with suppress(OSError):
        os.write(TELLS, line.encode())


def _listen(pipe: FileIO, sending: Sending, told: threading.Event) -> None:
    while pipe.read(4096):
        sending.wake()
    told.set()


if __name__ == "__main__":
    main()
