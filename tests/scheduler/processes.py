"""Bots in processes of their own, beside a sandbox and a database of this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scheduler.office import Office

ROOT = Path(__file__).parents[2]
TIMINGS = {
    "lease": 3.5,
    "http": 2.0,
    "margin": 0.5,
    "settle": 0.2,
    "gap": 0.0,
    "first_wait": 0.05,
}
"""Seconds. A call is held for two at the most: a test kills or stops it within them."""


@dataclass
class Bot:
    """One process that runs a bot."""

    process: subprocess.Popen[str]
    log: Path

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop_still(self) -> None:
        """Let it stand still, as a suspended machine does; return when it does."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def go_on(self) -> None:
        """Let it go on where it stood."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=20)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what it logged under a name."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        logged = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in logged if line.get("event") == name]


@dataclass
class Bots:
    """Starts bots for an office, and leaves none behind."""

    office: Office
    keys: str
    folder: Path
    started: list[Bot] = field(default_factory=list)

    def start(self, **extra: str) -> Bot:
        """Start a bot and wait until it runs."""
        log = self.folder / f"bot-{len(self.started)}.log"
        with log.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.scheduler.runner"],
                cwd=ROOT,
                env=self._environment() | extra,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        bot = Bot(process, log)
        self.started.append(bot)
        assert process.stdout
        assert process.stdout.readline() == "started\n", log.read_text(encoding="utf-8")
        return bot

    def end_all(self) -> None:
        """Kill whatever still runs."""
        for bot in self.started:
            bot.go_on() if bot.process.poll() is None else None
            bot.kill()
            if bot.process.stdout:
                bot.process.stdout.close()

    def _environment(self) -> dict[str, str]:
        slack, url = self.office.slack, self.office.store.database.url
        return {
            "PATH": os.environ["PATH"],
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "BATON_DATABASE_URL": url.render_as_string(hide_password=False),
            "BATON_KEYS": self.keys,
            "BATON_HEALTH_ADDRESS": "off",  # one address, and several of them at once
            "TIMINGS": json.dumps(TIMINGS),
            "BATON_LOG": "json",
        }


@contextmanager
def bots_of(office: Office, keys: str, folder: Path) -> Iterator[Bots]:
    """Yield what starts bots for an office; kill them all at the end."""
    bots = Bots(office, keys, folder)
    try:
        yield bots
    finally:
        bots.end_all()


def wait_for(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.01)
