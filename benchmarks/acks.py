"""Time from an envelope to its ack: command, click, submission, event.

Slack gives an app three seconds. Everything here is real but Slack itself, which is
the sandbox on the same machine: Bolt, Socket Mode, the database.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from benchmarks.places import KINDS, fresh_url, log_nothing
from benchmarks.tables import SPREAD, show, spread
from sandbox import Person
from sandbox.record import Record
from tests.beside import Beside, start_beside
from tests.bot.acting import ABOUT, ask, opened_form, pinned

# Submissions come last: each leaves a referral, and lists grow with them.
ACTS = {
    "command": "slash_commands",
    "click": "interactive/block_actions",
    "event": "events_api",
    "submission": "interactive/view_submission",
}

APART = 0.03
"""Seconds between two acts of one person."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Trial:
    """A Baton beside a sandbox, whose answers are timed."""

    beside: Beside
    count: int

    def times(self, act: str) -> list[float]:
        """Do one thing `count` times and return how long each ack took (seconds)."""
        record = self.beside.slack.record
        do = self._doer(act)
        record.clear()
        for number in range(self.count):
            do(number)
            time.sleep(APART)
        return self._acked(ACTS[act])

    def _acked(self, kind: str) -> list[float]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            taken = ack_times(self.beside.slack.record, kind)
            if len(taken) >= self.count:
                return taken[: self.count]
            time.sleep(0.1)
        raise TimeoutError(f"{kind}: {len(taken)} of {self.count} were acked")

    def _doer(self, act: str) -> Callable[[int], object]:
        cast, channel = self.beside.cast, self.beside.cast.lakeside
        if act == "command":
            return lambda _number: cast.chen.command("/baton list")
        if act == "click":
            message = pinned(cast.chen, channel)
            return lambda _number: cast.chen.click("My list", message)
        if act == "submission":
            return self._submit
        thread = ask(self.beside).card
        return lambda number: cast.chen.reply(thread, f"Note {number}.")

    def _submit(self, number: int) -> None:
        chen = self.beside.cast.chen
        chen.click("Ask a specialist", pinned(chen, self.beside.cast.lakeside))
        form = opened_form(self.beside, chen)
        form.fill(ABOUT | {"Your question": f"Which first, number {number}?"})
        form.submit()


def ack_times(record: Record, kind: str) -> list[float]:
    """Return how long the acks took to the envelopes of a kind, in their order."""
    acked = {one.envelope_id: one.at for one in record.acks()}
    envelope, _, payload = kind.partition("/")
    return [
        acked[one.envelope_id] - one.at
        for one in record.envelopes(envelope)
        if one.envelope_id in acked
        and (not payload or one.payload.get("type") == payload)
    ]


@contextmanager
def others_at_work(beside: Beside) -> Iterator[None]:
    """Let three others use Baton all the while, some sixty acts a second in all."""
    enough = threading.Event()
    cast = beside.cast

    def work(who: Person) -> None:
        while not enough.is_set():
            who.command("/baton list")
            time.sleep(APART)
            who.open_home()
            time.sleep(APART)

    threads = [
        threading.Thread(target=work, args=(who,))
        for who in (cast.rivera, cast.okafor, cast.brooks)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def measure(kind: str, count: int) -> list[list[str]]:
    """Return the rows of one database: each act, alone and under load."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, fresh_url(kind) as url:
        beside = start_beside(Path(folder), at=datetime.now(UTC), database_url=url)
        trial = Trial(beside, count)
        for act in ACTS:
            rows.append([f"{kind}, {act}", *spread(trial.times(act))])
            with others_at_work(beside):
                rows.append([f"{kind}, {act}, loaded", *spread(trial.times(act))])
        beside.slack.faults.clear()
        beside.stop()
    return rows


def main(count: int = 200) -> None:
    """Measure `count` acks of each kind and print them."""
    log_nothing()
    rows = [row for kind in KINDS for row in measure(kind, count)]
    show(f"Envelope to ack, {count} each", ["", *SPREAD], rows)


if __name__ == "__main__":
    typer.run(main)
