"""Slack in memory, beneath the real client: what it takes in, and what it answers.

It stands where the client would open a socket, so the bot's own sender, and the
client's own handling of errors and repeats, are part of what is simulated.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message as Headers
from enum import StrEnum
from http.client import RemoteDisconnected
from io import BytesIO
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl
from urllib.request import Request

from bot.sender import EVENT_TYPE
from tests.proof.clockwork import Clockwork
from tests.proof.facts import Arrived, Called, Disturbed, History, Late, TurnedAway
from tests.proof.points import Doing, Point
from tests.proof.weather import Weather

HTTP = 10.0
"""Seconds after which the client gives up."""
AFTER_GIVING_UP = 5.0
"""Seconds after that in which a network in order may still deliver."""
SLOW = 8.0
"""Seconds that a call may take on its way and still be answered in time."""
PAGE = 2
"""Messages on a page of history, so that there is more than one."""
SAYS = {"chat.postMessage": "post", "chat.update": "update", "pins.add": "pin"}

Answer = dict[str, Any]


class Fault(StrEnum):
    """What can befall one call that says something."""

    NO_CONNECTION = "no connection"
    CUT_BEFORE = "cut before it arrived"
    SILENT_BEFORE = "no answer, and it did not arrive"
    BUSY = "429"
    BROKEN_BEFORE = "500, nothing done"
    CUT_AFTER = "cut after it arrived"
    SILENT_AFTER = "no answer, though it arrived"
    BROKEN_AFTER = "500, and it was done"
    UNSURE = "internal_error, and it was done"
    SLOW = "delivered just after it was given up"


FAULTS = tuple(Fault)
BEFORE = (
    Fault.NO_CONNECTION,
    Fault.CUT_BEFORE,
    Fault.SILENT_BEFORE,
    Fault.BUSY,
    Fault.BROKEN_BEFORE,
)


@dataclass(frozen=True)
class Posted:
    """A message that stands in a conversation."""

    ts: str
    thread: str | None
    id: str
    visible_at: float


@dataclass(eq=False)
class Slack:
    """One workspace: its conversations, and a network that may fail."""

    clock: Clockwork
    history: History
    weather: Weather
    care_now: Callable[[], float]
    disturb: Callable[[], None]
    """Called where a call fails that names no notice."""
    epoch: float = 1_795_532_400.0
    posted: dict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))
    _last_ts: float = 0.0

    def carry(self, url: str, request: Request) -> Answer:
        """Do what the client's socket does: send a request, return the answer."""
        method, words = url.rsplit("/", 1)[1], _words_of(request)
        if method in SAYS:
            return self._say(url, method, words)
        if method.startswith("conversations.") and method != "conversations.open":
            return self._read(url, words)
        return self._ask(url, method, words)

    # Saying

    def _say(self, url: str, method: str, words: Mapping[str, Any]) -> Answer:
        notice, conversation = self._notice_of(words), str(words["channel"])
        self.clock.reach(Point.BEFORE_POST)
        called_at, care_at = self.clock.now, self.care_now()
        self.history.note(Called(called_at, conversation, notice))

        def apply() -> str:
            self.history.note(
                Arrived(
                    self.clock.now,
                    notice,
                    conversation,
                    called_at,
                    care_at,
                    SAYS[method],
                    _shows(words),
                )
            )
            return self._take_in(method, words, notice)

        fault = self._fault(notice)
        if fault is None and self._refuses(method, notice):
            return _answer({"ok": False, "error": "is_archived"})
        if notice == "pin of nothing":
            return _answer({"ok": False, "error": "message_not_found"})
        if fault in BEFORE:
            return self._fail_before(url, fault)
        if fault is Fault.SLOW:
            return self._deliver_afterwards(notice, apply)
        ts = apply()
        self.clock.reach(Point.AFTER_POST)
        return self._fail_after(url, fault, ts)

    def _notice_of(self, words: Mapping[str, Any]) -> str:
        if "metadata" in words:
            return str(words["metadata"]["event_payload"]["id"])
        if "timestamp" not in words:
            return str(words["text"]).split()[0]
        # A pin says no id: it is known by the message that it pins.
        there = self.posted[str(words["channel"])]
        pinned = [one.id for one in there if one.ts == words["timestamp"]]
        return f"pin of {pinned[0] if pinned else 'nothing'}"

    def _fault(self, notice: str) -> Fault | None:
        self._travel()
        if self.clock.rng.random() >= self.weather.network:
            return None
        self.history.note(Disturbed(self.clock.now, notice))
        if self.clock.rng.random() < self.weather.sluggish:
            return Fault.SLOW
        if self.clock.rng.random() < self.weather.mute:
            return Fault.SILENT_AFTER
        return self.clock.rng.choice(FAULTS)

    def _refuses(self, method: str, notice: str) -> bool:
        refused = method == "chat.postMessage" and (
            self.clock.rng.random() < self.weather.refusals
        )
        if refused:
            self.history.note(TurnedAway(self.clock.now, notice))
        return refused

    def _fail_before(self, url: str, fault: Fault) -> Answer:
        if fault is Fault.NO_CONNECTION:
            raise URLError(ConnectionRefusedError(111, "refused"))
        if fault is Fault.CUT_BEFORE:
            raise RemoteDisconnected("closed")
        if fault is Fault.BUSY:
            wait = str(self.clock.rng.randrange(1, 30))
            raise _http_error(url, 429, {"Retry-After": wait})
        if fault is Fault.BROKEN_BEFORE:
            raise _http_error(url, 500)
        self._give_up()
        raise AssertionError("unreachable")

    def _fail_after(self, url: str, fault: Fault | None, ts: str) -> Answer:
        match fault:
            case Fault.CUT_AFTER:
                raise RemoteDisconnected("closed")
            case Fault.SILENT_AFTER:
                self._give_up()
            case Fault.BROKEN_AFTER:
                raise _http_error(url, 500)
            case Fault.UNSURE:
                return _answer({"ok": False, "error": "internal_error"})
        return _answer({"ok": True, "ts": ts})

    def _deliver_afterwards(self, notice: str, apply: Callable[[], str]) -> Answer:
        after = HTTP + self._upto(AFTER_GIVING_UP)
        if self.clock.rng.random() < self.weather.late:
            after += self.clock.rng.uniform(10.0, 90.0)
            self.history.note(Late(self.clock.now, notice))
        self.clock.after(after, lambda: _discard(apply()))
        self._give_up()
        raise AssertionError("unreachable")

    def _give_up(self) -> None:
        self.clock.pause(HTTP)
        raise TimeoutError("timed out")

    def _take_in(self, method: str, words: Mapping[str, Any], notice: str) -> str:
        if method != "chat.postMessage":
            return str(words.get("ts") or words.get("timestamp"))
        seen_after = self._upto(self.weather.slow_history)
        one = Posted(
            self._new_ts(), words.get("thread_ts"), notice, self.clock.now + seen_after
        )
        self.posted[str(words["channel"])].append(one)
        return one.ts

    def _travel(self) -> None:
        """Let a call come to Slack, within the client's timeout."""
        slow = self.clock.rng.random() < self.weather.slow
        self.clock.pause(self.clock.rng.uniform(0.01, SLOW if slow else 0.2))

    def _upto(self, most: float) -> float:
        """Draw a delay; as often as not the longest that is allowed."""
        rng = self.clock.rng
        return most if rng.random() < 0.5 else rng.uniform(0.0, most)

    def _new_ts(self) -> str:
        self._last_ts = max(self.epoch + self.clock.now, self._last_ts + 1e-5)
        return f"{self._last_ts:.6f}"

    # Reading

    def _read(self, url: str, words: Mapping[str, Any]) -> Answer:
        self.clock.reach(Point.BEFORE_LOOK)
        self._travel()
        if self.clock.rng.random() < self.weather.network / 3:
            raise _http_error(url, 500)
        thread, oldest = words.get("ts"), float(words["oldest"])
        found = [
            one
            for one in self.posted[str(words["channel"])]
            if one.visible_at <= self.clock.now
            and one.thread == thread
            and float(one.ts) >= oldest
        ]
        here = self.clock.here
        if here is not None and here.doing is Doing.LOOK:
            here.doing = Doing.CONCLUDE
        return _page(found, int(words.get("cursor") or 0))

    def _ask(self, url: str, method: str, words: Mapping[str, Any]) -> Answer:
        self._travel()
        if self.clock.rng.random() < self.weather.network / 2:
            self.disturb()
            raise _http_error(url, 500)
        if method == "conversations.open":
            return _answer({"ok": True, "channel": {"id": f"D{words['users']}"}})
        return _answer({"ok": True, "permalink": "https://slack.invalid/p"})


def _words_of(request: Request) -> dict[str, Any]:
    body = request.data or b""
    assert isinstance(body, bytes)
    if "json" in str(request.get_header("Content-type")):
        words: dict[str, Any] = json.loads(body)
        return words
    return dict(parse_qsl(body.decode()))


def _shows(words: Mapping[str, Any]) -> int:
    """Return what a message says of how new it is."""
    said = str(words.get("text", "")).split()
    return int(said[1]) if len(said) > 1 else 0


def _page(found: list[Posted], start: int) -> Answer:
    shown = [
        {
            "ts": one.ts,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": one.id}},
        }
        for one in found[start : start + PAGE]
    ]
    more = str(start + PAGE) if start + PAGE < len(found) else ""
    return _answer(
        {"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}}
    )


def _answer(body: Answer) -> Answer:
    return {"status": 200, "headers": {}, "body": json.dumps(body)}


def _http_error(
    url: str, status: int, headers: Mapping[str, str] | None = None
) -> HTTPError:
    told = Headers()
    for name, value in (headers or {}).items():
        told[name] = value
    return HTTPError(url, status, "trouble", told, BytesIO(b"{}"))


def _discard(_ts: str) -> None:
    """Nobody waits for the answer any more."""
