"""What went between Slack and the app, a line each, as an inspector lists it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from sandbox.record import Acked, ApiCall, Record, Sent
from sandbox.things import Json, User
from sandbox.world import World

MOST = 200
HIDDEN = "(hidden)"
SECRET_NAMES = frozenset({"token", "authorization", "signing_secret", "secret"})
SECRETS = re.compile(
    r"xox[a-z.]*-[\w-]+|xapp-[\w-]+|(?<=ticket=)[^&\s\"]+|(?<=/response/)[\w-]+"
)
OWNERS = {"bot": "bot token", "app": "app token", "nobody": "no token"}


@dataclass(frozen=True)
class Line:
    """One line. `at` is in seconds since 1970 as the workspace's clock counts, `took`
    in seconds, None while nothing came back.
    """

    key: str
    at: float
    way: Literal["to the app", "to Slack"]
    what: str
    who: str
    took: float | None
    outcome: str
    failed: bool
    entry: ApiCall | Sent
    ack: Acked | None = None

    @property
    def words(self) -> str:
        """What a filter looks at, in lower case."""
        return f"{self.way} {self.what} {self.who} {self.outcome}".lower()

    @property
    def body(self) -> str:
        """All of it as JSON; what would open doors is hidden."""
        return json.dumps(hide(self._told()), indent=2, ensure_ascii=False)

    def _told(self) -> Json:
        if isinstance(self.entry, ApiCall):
            return {"arguments": self.entry.arguments, "answer": self.entry.answer}
        answer = self.ack.payload if self.ack else None
        return {"payload": self.entry.payload, "answer": answer}


def list_lines(record: Record, world: World, words: str = "") -> list[Line]:
    """The newest lines that hold all of these words, newest first, `MOST` at most."""
    wanted = words.lower().split()
    chosen = (
        line
        for line in _lines(record, world)
        if all(each in line.words for each in wanted)
    )
    return list(islice(chosen, MOST))


def mark_of(record: Record) -> object:
    """Something that is another whenever something went over the wire."""
    logs = (record.calls(), record.envelopes(), record.acks())
    return tuple((len(each), id(each[-1]) if each else 0) for each in logs)


def hide(told: Any) -> Any:
    """The same without tokens, tickets and secrets."""
    if isinstance(told, Mapping):
        return {
            name: HIDDEN if name in SECRET_NAMES and value else hide(value)
            for name, value in told.items()
        }
    if isinstance(told, list):
        return [hide(each) for each in told]
    return SECRETS.sub(HIDDEN, told) if isinstance(told, str) else told


def _lines(record: Record, world: World) -> Iterator[Line]:
    first_acks: dict[str, Acked] = {}
    for ack in record.acks():
        first_acks.setdefault(ack.envelope_id, ack)
    entries: list[ApiCall | Sent] = [*record.calls(), *record.envelopes()]
    entries.sort(key=lambda each: each.at, reverse=True)
    for entry in entries:
        if isinstance(entry, ApiCall):
            yield _call(entry)
        else:
            yield _sent(entry, first_acks.get(entry.envelope_id), world)


def _call(call: ApiCall) -> Line:
    error = str(call.answer.get("error", ""))
    good = bool(call.answer.get("ok"))
    return Line(
        key=f"call-{call.at}-{id(call)}",
        at=call.at,
        way="to Slack",
        what=call.method,
        who=OWNERS.get(call.by, call.by),
        took=call.took,
        outcome="ok" if good else error or f"no answer ({call.status})",
        failed=not good,
        entry=call,
    )


def _sent(sent: Sent, ack: Acked | None, world: World) -> Line:
    again = f", try {sent.attempt + 1} after {sent.reason}" if sent.attempt else ""
    return Line(
        key=f"sent-{sent.at}-{sent.envelope_id}-{sent.connection}",
        at=sent.at,
        way="to the app",
        what=_name(sent),
        who=_who(sent.payload, world),
        took=ack.at - sent.at if ack else None,
        outcome=_answered(ack) + again,
        failed=ack is None,
        entry=sent,
        ack=ack,
    )


def _name(sent: Sent) -> str:
    told = sent.payload
    event = told.get("event") or {}
    actions = told.get("actions") or [{}]
    view = told.get("view") or {}
    detail = (
        event.get("type")
        or actions[0].get("action_id")
        or told.get("command")
        or told.get("callback_id")
        or view.get("callback_id")
        or ""
    )
    return f"{told.get('type') or sent.kind} {detail}".strip()


def _who(payload: Json, world: World) -> str:
    event = payload.get("event") or {}
    user = payload.get("user") or payload.get("user_id") or event.get("user") or ""
    user_id = user.get("id", "") if isinstance(user, Mapping) else str(user)
    found = world.get(User, user_id)
    return found.shown if found else user_id


def _answered(ack: Acked | None) -> str:
    if ack is None:
        return "no ack yet"
    action = (ack.payload or {}).get("response_action")
    return f"acked, {action}" if action else "acked"
