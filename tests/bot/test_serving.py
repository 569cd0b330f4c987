"""`baton serve`: signed HTTP, several at once, and nothing cut off at the end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_bolt.authorization import AuthorizeResult

from bot.demo import MANIFEST
from bot.doors import PATH, HttpDoor
from bot.metrics import Metrics, TimedApp
from bot.settings import Settings
from sandbox.http_mode import sign
from storage.sealing import new_key
from tests.bot.test_cli import Shell, refused

SECRET = "shhh"


class Served:
    """A Bolt app behind a door, whose only command takes its time."""

    def __init__(self, seconds: float) -> None:
        self.came = threading.Semaphore(0)
        self.metrics = Metrics()
        self.app = TimedApp(
            metrics=self.metrics,
            signing_secret=SECRET,
            authorize=lambda: AuthorizeResult(
                enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U1"
            ),
            process_before_response=True,
        )

        @self.app.command("/slow")
        def slow(ack: Callable[[str], None]) -> None:
            self.came.release()
            time.sleep(seconds)
            ack("done")

        settings = Settings.model_validate(
            {
                "slack_bot_token": "xoxb-1",
                "baton_keys": new_key("k1"),
                "baton_http_address": "127.0.0.1:0",
            }
        )
        self.door = HttpDoor(self.app, settings, concurrency=16)
        self.door.open()

    def command(
        self, *, secret: str = SECRET, age: float = 0, path: str = PATH
    ) -> tuple[int, str]:
        """Send the command as Slack does, and return status and body."""
        body = urlencode({"command": "/slow", "team_id": "T1", "user_id": "U2"})
        stamp = str(int(time.time() - age))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(secret, stamp, body),
        }
        connection = HTTPConnection(self.door.server.address, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def commands(self, count: int) -> tuple[list[threading.Thread], list[int]]:
        """Send some commands at once; return who waits, and where answers come."""
        came: list[int] = []
        waiting = [
            threading.Thread(target=lambda: came.append(self.command()[0]))
            for _ in range(count)
        ]
        for one in waiting:
            one.start()
        return waiting, came


@pytest.fixture
def served() -> Iterator[Served]:
    """Return an app that answers after a second."""
    opened = Served(1.0)
    yield opened
    opened.door.close()


def test_three_slow_listeners_at_once_take_as_long_as_one(served: Served) -> None:
    began = time.monotonic()

    waiting, came = served.commands(3)
    for one in waiting:
        one.join()

    assert came == [200, 200, 200]
    assert time.monotonic() - began < 1.5 + 0.5  # of a busy machine
    assert 'baton_ack_seconds_count{kind="command"} 3.0' in (
        served.metrics.text().decode()
    )


@pytest.mark.parametrize(
    ("secret", "age"), [("guessed", 0), (SECRET, 6 * 60)], ids=["wrong", "old"]
)
def test_what_is_not_signed_now_by_slack_reaches_nothing(
    served: Served, secret: str, age: float
) -> None:
    status, _ = served.command(secret=secret, age=age)

    assert status == 401
    assert not served.came.acquire(blocking=False)


def test_nothing_is_at_any_other_path(served: Served) -> None:
    assert served.command(path="/")[0] == 404


def test_closing_answers_what_came_in_and_takes_nothing_more(served: Served) -> None:
    waiting, came = served.commands(2)
    for _ in waiting:
        assert served.came.acquire(timeout=10)

    served.door.close()
    for one in waiting:
        one.join()

    assert came == [200, 200]
    assert not served.door.is_open()
    with pytest.raises(OSError, match="refused"):
        served.command()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Return a folder to run `baton` in, beside a sandbox."""
    opened = Shell(tmp_path, MANIFEST)
    yield opened
    opened.slack.close()


def test_serve_without_a_secret_is_one_clear_line(shell: Shell) -> None:
    ended = shell.run("serve")

    assert refused(ended).startswith("baton: SLACK_SIGNING_SECRET is not set")


def test_serve_answers_slack_without_an_app_token_until_it_is_told_to_stop(
    shell: Shell,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shell.env |= {
        "SLACK_SIGNING_SECRET": shell.slack.signing_secret,
        "BATON_HTTP_ADDRESS": f"127.0.0.1:{port}",
    }
    del shell.env["SLACK_APP_TOKEN"]
    shell.run("setup", shell.setup_file())
    running = subprocess.Popen(  # noqa: S603 - our own command, our own words
        shell.command("serve"),
        cwd=shell.folder,
        env=shell.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        status, said = _ask(shell, port)
        running.send_signal(signal.SIGTERM)
        told, logged = running.communicate(timeout=20)
    finally:
        running.kill()

    assert (status, running.returncode) == (200, 0)
    assert "Nothing waits on you." in json.dumps(said)
    assert "/slack/events" in told
    assert "baton.stopped" in logged


def _ask(shell: Shell, port: int) -> tuple[int, object]:
    chen = shell.cast.chen
    words = {
        "command": "/baton",
        "text": "",
        "team_id": chen.team,
        "user_id": chen.id,
        "trigger_id": "1.2",
        "response_url": "http://127.0.0.1:1/",
    }
    body, stamp = urlencode(words), str(int(time.time()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(shell.slack.signing_secret, stamp, body),
    }
    end = time.monotonic() + 20
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", PATH, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except ConnectionError:
            assert time.monotonic() < end, "it does not listen"
            time.sleep(0.1)
        finally:
            connection.close()
