"""Keeps one process at work that does the sending, and starts another where it ends.

The child is told what it needs in the first line that it reads. Each further byte
wakes it, and the end of the pipe tells it to end, also where this process dies. What
it says comes back a line each: `ready`, `refused WHY`, `completed CHORE`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()

READY, REFUSED, COMPLETED = "ready", "refused", "completed"
START_SECONDS = 60.0
"""How long the first child may take to be ready."""


class CannotSend(Exception):
    """The sending cannot be started; the message says why."""


@dataclass(frozen=True)
class Patience:
    """How long to wait before another child is started (seconds)."""

    first: float = 0.1
    longest: float = 30.0
    healthy: float = 60.0
    """A child that lived so long makes up for those before it."""

    def wait_after(self, ended: int) -> float:
        """Return the wait after so many children in a row that ended early."""
        return float(min(self.first * (1 << min(max(ended - 1, 0), 20)), self.longest))

    def count(self, ended: int, lived: float) -> int:
        """Return how many ended early in a row, with one more that lived so long."""
        return 1 if lived >= self.healthy else ended + 1


class SendingProcess:
    """A child that sends, and a thread that keeps one at work."""

    def __init__(
        self, module: str, told: str, *, patience: Patience | None = None
    ) -> None:
        self._command = [sys.executable, "-P", "-m", module]
        self._told = told
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._first = threading.Event()
        self._refusal: str | None = None
        self._thread = threading.Thread(
            target=self._keep_one, name="sending-process", daemon=True
        )
        self._completed: dict[str, datetime] = {}

    @property
    def completed(self) -> Mapping[str, datetime]:
        """When each of its chores last ran to its end, by the host's clock."""
        return dict(self._completed)

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        child = self._child
        return child.pid if child else None

    def start(self) -> None:
        """Start the first child. Raises `CannotSend` where it does not come up."""
        self._thread.start()
        if not self._first.wait(START_SECONDS):
            self.kill()
            raise CannotSend(f"the sending was not ready within {START_SECONDS:.0f} s")
        if self._refusal is not None:
            raise CannotSend(self._refusal)

    def wake(self) -> None:
        """Have it send what is pending now; a wake-up that is lost costs half a second.

        Nothing is waited for: where the pipe is full, it is awake.
        """
        with self._lock, suppress(OSError):
            if self._child and self._child.stdin and not self._child.stdin.closed:
                os.write(self._child.stdin.fileno(), b".")

    def stop(self, within: float) -> None:
        """Let the child finish what it is sending; kill it where that takes longer."""
        with self._lock:
            self._stopping.set()
            self._close_pipe()
        if not self._thread.is_alive():
            return
        self._thread.join(within)
        if self._thread.is_alive():
            log.warning("sending.killed", pid=self.pid, seconds=within)
            self.kill()
            self._thread.join()

    def kill(self) -> None:
        """End the child at once, and start no other."""
        self._stopping.set()
        child = self._child
        if child is not None:
            child.kill()

    def _keep_one(self) -> None:
        ended = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            ending = self._live_one()
            if self._stopping.is_set():
                return
            if not self._first.is_set():
                self._refusal = self._refusal or f"the sending ended ({ending})"
                self._first.set()
                return
            ended = self._patience.count(ended, time.monotonic() - began)
            self._stopping.wait(self._patience.wait_after(ended))

    def _live_one(self) -> str:
        """Start a child and follow it; return how it ended."""
        try:
            child = self._spawn()
        except OSError as error:
            # A machine without memory or process ids may have some a moment later.
            log.exception("sending.not_started")
            return type(error).__name__
        if child is None:
            return "stopped"
        ending = _named(self._follow(child))
        if not self._stopping.is_set():
            log.error("sending.ended", pid=child.pid, status=ending)
        return ending

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            child = subprocess.Popen(  # noqa: S603 - our own module, and no shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            self._child = child
            if child.stdin is not None:
                self._tell_first(child.stdin.fileno())
        return child

    def _tell_first(self, pipe: int) -> None:
        with suppress(OSError):  # where it has ended already, which is seen later
            os.write(pipe, self._told.encode() + b"\n")
        os.set_blocking(pipe, False)

    def _follow(self, child: subprocess.Popen[bytes]) -> int:
        """Hear what a child says until its end; return its status."""
        with child:
            for line in child.stdout or ():
                self._hear(line.decode(errors="replace").strip(), child.pid)
            status = child.wait()
            with self._lock:
                self._close_pipe()
        return status

    def _hear(self, line: str, pid: int) -> None:
        word, _, rest = line.partition(" ")
        if word == READY:
            log.info("sending.started", pid=pid)
            self._refusal = None
            self._first.set()
        elif word == COMPLETED:
            self._completed[rest] = datetime.now(UTC)
        elif word == REFUSED:
            self._refusal = rest
            log.error("sending.refused", reason=rest)

    def _close_pipe(self) -> None:
        if self._child and self._child.stdin:
            with suppress(OSError):
                self._child.stdin.close()


def _named(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"
