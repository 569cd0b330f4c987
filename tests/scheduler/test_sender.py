"""What Slack's answers mean for a notice, and how it is found again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_sdk import WebClient

from bot.app import new_client
from bot.demo import settings_for
from bot.sender import (
    ALREADY_SO,
    EVENT_TYPE,
    PAGE,
    PASSING,
    REFUSALS,
    UNCLEAR,
    SlackSender,
    outcome_of,
)
from scheduler.ports import (
    Absent,
    Found,
    Message,
    NotSent,
    Outcome,
    Place,
    Refused,
    Sent,
    Slower,
    Unclear,
    Unreadable,
)
from storage.records import Identity
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office

HELLO = Message("Hello", [{"type": "divider"}])
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("error", sorted(REFUSALS))
def test_what_stays_is_refused_with_words_for_a_person(error: str) -> None:
    outcome = outcome_of({"ok": False, "error": error})

    assert isinstance(outcome, Refused)
    assert outcome.reason == REFUSALS[error]
    assert outcome.conversation_gone == (error == "channel_not_found")


@pytest.mark.parametrize("error", sorted(PASSING))
def test_what_passes_was_not_sent(error: str) -> None:
    assert outcome_of({"ok": False, "error": error}) == NotSent(error)


@pytest.mark.parametrize("error", sorted(UNCLEAR))
def test_what_slack_itself_is_unsure_of_is_unclear(error: str) -> None:
    assert outcome_of({"ok": False, "error": error}) == Unclear(error)


@pytest.mark.parametrize("error", sorted(ALREADY_SO))
def test_what_is_so_already_is_done(error: str) -> None:
    assert outcome_of({"ok": False, "error": error}) == Sent("")


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited"])
def test_a_limit_without_a_time_waits_a_second(error: str) -> None:
    assert outcome_of({"ok": False, "error": error}) == Slower(1.0)


def test_the_tables_of_errors_do_not_overlap() -> None:
    tables = [set(REFUSALS), set(PASSING), set(UNCLEAR), set(ALREADY_SO)]

    assert sum(map(len, tables)) == len(set().union(*tables))


@pytest.mark.parametrize("answer", [{}, {"ok": False}, {"ok": False, "error": ""}])
def test_an_answer_that_names_no_error_is_unclear(answer: dict[str, object]) -> None:
    assert isinstance(outcome_of(answer), Unclear)


def test_reasons_fit_the_column_that_keeps_them() -> None:
    longest = max(REFUSALS.values(), key=len)

    assert len(longest) <= 200
    told = outcome_of({"ok": False, "error": "x" * 80})
    assert isinstance(told, Refused)
    assert len(told.reason) <= 200


@contextmanager
def answering(status: int, body: str, **headers: str) -> Iterator[SlackSender]:
    """Serve one answer to every call, and yield a sender that calls there."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST  # noqa: N815 - as its base names it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base names it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/api/"
    yield SlackSender(
        WebClient(token="xoxb-1", base_url=url, timeout=5, retry_handlers=[])
    )
    server.shutdown()
    thread.join()
    server.server_close()


REFUSED = '{"ok": false, "error": "is_archived"}'
BROKEN = '{"ok": false, "error": "internal_error"}'
LIMITED = '{"ok": false, "error": "ratelimited"}'
PAGE_OF_A_PROXY = "<!DOCTYPE html><title>Sign in</title>" + "<p>to go on</p>" * 90

ANSWERS: dict[str, tuple[int, str, dict[str, str], Outcome]] = {
    "refused": (200, REFUSED, {}, Refused(REFUSALS["is_archived"])),
    "refused by 403": (403, REFUSED, {}, Refused(REFUSALS["is_archived"])),
    "unsure": (200, BROKEN, {}, Unclear("internal_error")),
    "unsure by 500": (500, BROKEN, {}, Unclear("internal_error")),
    "limited": (429, LIMITED, {"Retry_After": "7"}, Slower(7.0)),
    "limited, lower case": (429, LIMITED, {"retry_after": "7"}, Slower(7.0)),
    "limited to nothing": (429, LIMITED, {"Retry_After": "0"}, Slower(1.0)),
    "limited, no number": (429, LIMITED, {"Retry_After": "soon"}, Slower(1.0)),
    "limited by a page": (429, "slow down", {"Retry_After": "9"}, Slower(9.0)),
    "page": (200, PAGE_OF_A_PROXY, {}, Unclear("HTTP 200 without an answer")),
    "gone": (404, PAGE_OF_A_PROXY, {}, Unclear("HTTP 404 without an answer")),
    "broken": (500, "Internal Server Error", {}, Unclear("HTTP 500 without an answer")),
    "no gateway": (502, PAGE_OF_A_PROXY, {}, Unclear("HTTP 502 without an answer")),
    "nothing": (200, "", {}, Unclear("HTTP 200 without an answer")),
    "half of it": (200, '{"ok": tr', {}, Unclear("HTTP 200 without an answer")),
    "cut short": (200, '{"ok"', {"Content_Length": "99"}, Unclear("IncompleteRead")),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_over_http_means(case: str) -> None:
    """Whatever was not Slack's own answer leaves it open whether Slack has it."""
    status, body, headers, meaning = ANSWERS[case]

    with answering(status, body, **headers) as sender:
        outcome = sender.post(Place("C0MYELOMA"), HELLO, "f" * 32)

    assert outcome == meaning


@pytest.mark.parametrize("case", ["no gateway", "page", "unsure"])
def test_opening_a_conversation_is_repeated_rather_than_looked_for(case: str) -> None:
    status, body, headers, _ = ANSWERS[case]
    identity = Identity("i", "T0", "U0", "c", None)

    with answering(status, body, **headers) as sender:
        opened = sender.open_dm(identity)
        pinned = sender.pin(Place("C0MYELOMA", "1.1"))

    assert isinstance(opened, NotSent)
    assert isinstance(pinned, NotSent)


@pytest.mark.parametrize("case", ["refused", "limited", "page", "broken"])
def test_a_history_that_is_not_read_is_no_proof_of_absence(case: str) -> None:
    status, body, headers, _ = ANSWERS[case]

    with answering(status, body, **headers) as sender:
        sighting = sender.find(Place("C0MYELOMA"), "f" * 32, LONG_AGO)

    assert isinstance(sighting, Unreadable)


def test_a_client_that_repeats_by_itself_is_not_taken() -> None:
    with pytest.raises(ValueError, match="no retry handlers"):
        SlackSender(WebClient(token="xoxb-1"))


@ON_SQLITE
def test_the_bots_own_client_repeats_nothing(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a lost answer, Slack has been called once."""
    settings = settings_for(office.slack, tmp_path_factory.mktemp("settings"))
    client = new_client(settings, timeout=5)
    office.slack.faults.cut("chat.postMessage", when="after", times=None)

    outcome = SlackSender(client).post(Place(office.channel.id), HELLO, "f" * 32)

    assert client.retry_handlers == []
    assert outcome == Unclear("ConnectionResetError")
    assert len(office.calls()) == 1


@ON_SQLITE
def test_what_is_sent_carries_nothing_but_an_opaque_id(office: Office) -> None:
    """Everybody in the channel can read a message's metadata."""
    office.refer()
    office.run()

    carried = [call.arguments["metadata"] for call in office.calls()]

    assert carried
    for one in carried:
        opaque = re.search(r'"id":\s*"([0-9a-f]{32})"', _as_text(one))
        assert opaque
        rest = _as_text(one).replace(opaque[1], "")
        assert re.sub(r"\W", "", rest) == "event_type" + EVENT_TYPE + "event_payloadid"


def _as_text(value: object) -> str:
    return str(value).replace("'", '"')


@ON_SQLITE
def test_a_notice_is_found_on_the_last_page_of_a_channel(office: Office) -> None:
    """Two pages and a half of talk came after it."""
    posted = office.post()
    office.run()
    for number in range(2 * PAGE + PAGE // 2):
        office.people["chen"].post(office.channel, f"talk {number}")
    place, since = Place(office.channel.id), LONG_AGO

    found = _sender(office).find(place, posted.id, since)

    assert isinstance(found, Found)
    assert found.ts == office.look(posted.id).sent_ts
    assert found.permalink == office.look(posted.id).permalink
    assert len(office.calls("conversations.history")) == 3


@ON_SQLITE
def test_absent_is_said_only_after_the_last_page(office: Office) -> None:
    for number in range(PAGE + 1):
        office.people["chen"].post(office.channel, f"talk {number}")

    sighting = _sender(office).find(Place(office.channel.id), "f" * 32, LONG_AGO)

    assert isinstance(sighting, Absent)
    assert len(office.calls("conversations.history")) == 2


@ON_SQLITE
def test_a_line_is_found_at_the_end_of_a_long_thread(office: Office) -> None:
    client = office.new_client()
    root = str(client.chat_postMessage(channel=office.channel.id, text="root")["ts"])
    [message] = office.people["chen"].channel(office.channel)
    for number in range(PAGE + 10):
        office.people["chen"].reply(message, f"talk {number}")
    place = Place(office.channel.id, root)
    sender = _sender(office)
    posted = sender.post(place, HELLO, "e" * 32)

    found = sender.find(place, "e" * 32, LONG_AGO)

    assert isinstance(posted, Sent)
    assert isinstance(found, Found)
    assert found.ts == posted.ts


@ON_SQLITE
def test_what_was_said_before_is_not_read(office: Office) -> None:
    posted = office.post()
    office.run()

    after = datetime.now(UTC) + timedelta(seconds=1)
    sighting = _sender(office).find(Place(office.channel.id), posted.id, after)

    assert isinstance(sighting, Absent)


def _sender(office: Office) -> SlackSender:
    return SlackSender(office.new_client())
