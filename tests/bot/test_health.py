"""Health pages, numbers and the dead man's switch, over real HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.app import CannotRun
from bot.deadman import Deadman
from bot.metrics import Metrics
from bot.watching import Watch
from scheduler.auditor import Report
from storage.overdue import Settled
from tests.beside import Beside
from tests.bot.acting import ask

Answer = tuple[int, str]


def get(address: str, path: str) -> Answer:
    """Return status and body of a page."""
    connection = HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait_for(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def watching(beside: Beside, **settings: object) -> Iterator[Watch]:
    """Watch over a Baton beside a sandbox, on an address of its own."""
    changes = {"baton_health_address": "127.0.0.1:0", **settings}
    beside.baton.settings = beside.settings.model_copy(update=changes)
    watch = Watch(beside.baton, every=0.1)
    watch.start()
    try:
        yield watch
    finally:
        watch.leave()
        watch.close()


def address_of(watch: Watch) -> str:
    """Return where the pages are."""
    assert watch.server is not None
    return watch.server.address


def test_a_baton_that_works_is_alive_and_ready_and_its_pages_name_nobody(
    beside: Beside,
) -> None:
    thread = ask(beside)
    with watching(beside) as watch:
        where = address_of(watch)
        wait_for(lambda: get(where, "/readyz")[0] == 200)
        pages = [get(where, path) for path in ("/healthz", "/readyz", "/metrics")]
        unknown = get(where, "/cases")

    assert [status for status, _ in pages] == [200, 200, 200]
    assert unknown[0] == 404
    text = "".join(body for _, body in pages)
    assert 'baton_ack_seconds_count{kind="view_submission"} 1.0' in text
    assert "ok Slack: connected" in text
    secrets = [thread.code, "MM-", "Rivera", "Chen", beside.cast.chen.id]
    assert [one for one in secrets if one in text] == []


def test_a_tick_that_hangs_is_not_ready_though_its_thread_lives(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(beside) as watch:
        wait_for(lambda: get(address_of(watch), "/readyz")[0] == 200)
        old = datetime.now(UTC) - timedelta(minutes=2)
        hung = dict.fromkeys(("reminders", "delivery", "reconcile"), old)
        with monkeypatch.context() as broken:
            broken.setattr(beside.baton, "ticker", Hung(hung))
            ready = get(address_of(watch), "/readyz")
            alive = get(address_of(watch), "/healthz")

    assert ready[0] == 503
    assert "FAIL tick reminders: completed 120 s ago" in ready[1]
    assert alive == (200, "ok threads\n")


class Hung:
    """A ticker that completes nothing any more."""

    def __init__(self, completed: dict[str, datetime]) -> None:
        self.completed = completed


def test_a_database_that_is_away_is_not_ready_and_nobody_hears_that_all_is_well(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OSError("away")

    with watching(beside) as watch:
        wait_for(lambda: get(address_of(watch), "/readyz")[0] == 200)
        with monkeypatch.context() as broken:
            broken.setattr(beside.baton.store.database, "read", away)
            wait_for(lambda: get(address_of(watch), "/readyz")[0] == 503)
            told = get(address_of(watch), "/readyz")[1]

    assert "FAIL database: OSError" in told


def test_an_address_that_is_taken_is_one_clear_line(beside: Beside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = beside.settings.model_copy(update={"baton_health_address": address})
        beside.baton.settings = settings
        with pytest.raises(CannotRun, match=f"BATON_HEALTH_ADDRESS: {address}: "):
            Watch(beside.baton)


def test_numbers_of_what_ended_are_counted() -> None:
    metrics = Metrics()
    ended = (Settled("card", "sent", 2.0), Settled("card", "failed", None))

    metrics.audited(Report(0.0, depths={"notices pending": 7}, settled=ended))
    metrics.reminded("referral", timedelta(seconds=3))
    metrics.acked("made up by somebody", 0.01)

    text = metrics.text().decode()
    assert 'baton_notices_total{outcome="sent",view="card"} 1.0' in text
    assert 'baton_notices_total{outcome="failed",view="card"} 1.0' in text
    assert "baton_notice_lateness_seconds_sum 2.0" in text
    assert 'baton_queue_depth{state="notices pending"} 7.0' in text
    assert "baton_reminder_lateness_seconds_sum 3.0" in text
    assert 'baton_ack_seconds_count{kind="other"} 1.0' in text
    assert "made up" not in text


@contextmanager
def listening(seconds: float = 0) -> Iterator[tuple[str, list[str]]]:
    """Listen as a dead man's switch does; yield its URL and what came."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            time.sleep(seconds)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/ping/secret", came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_switch_hears_of_a_clean_look_and_of_no_other(beside: Beside) -> None:
    with (
        listening() as (url, came),
        watching(beside, baton_deadman_url=SecretStr(url)) as watch,
    ):
        wait_for(lambda: came)
        assert watch.deadman is not None
        watch.deadman._pinged_at = None
        watch.auditor.stop()
        del came[:]
        watch._hear(Report(0.0, failure="OSError"))
        time.sleep(0.2)

        assert came == []


def test_the_switch_is_told_once_a_minute_at_most() -> None:
    now = [0.0]
    with listening() as (url, came):
        deadman = Deadman(url, monotonic=lambda: now[0])
        deadman.start()
        deadman.all_is_well()
        deadman.all_is_well()
        wait_for(lambda: came)
        now[0] = 60.0
        deadman.all_is_well()
        wait_for(lambda: len(came) == 2)
        deadman.stop()

    assert came == ["/ping/secret"] * 2


def test_a_switch_that_does_not_answer_harms_nobody_and_its_address_is_not_logged() -> (
    None
):
    with listening(seconds=1) as (url, _), capture_logs() as logs:
        deadman = Deadman(url, timeout=0.1)
        deadman.start()
        deadman.all_is_well()
        wait_for(lambda: logs)
        deadman.stop()

    assert [one["event"] for one in logs] == ["deadman.not_reached"]
    assert "secret" not in str(logs)
