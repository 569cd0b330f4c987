"""Carries payloads to the app: envelopes over its sockets, with Slack's patience.

Events are sent again when nobody acks them. What a person does is not: they see that
it failed.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from sandbox.faults import Fault
from sandbox.things import Json
from sandbox.workspace import Workspace

TIMEOUT, DISPATCH = "operation_timeout", "dispatch_failed"
RETRY_REASONS = {TIMEOUT: "timeout", DISPATCH: "connection_failed"}


@dataclass(frozen=True)
class Envelope:
    """One payload on its way. `kind` is Socket Mode's `type`."""

    id: str
    kind: str
    payload: Json
    accepts_answer: bool = False
    attempt: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        """What faults call it, such as `events_api/message`."""
        inner = self.payload.get("event", self.payload)
        return f"{self.kind}/{inner.get('type') or inner.get('command')}"

    def as_json(self) -> Json:
        """What goes over the socket."""
        body: Json = {
            "envelope_id": self.id,
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.accepts_answer,
        }
        if self.kind == "events_api":
            body |= {"retry_attempt": self.attempt, "retry_reason": self.reason}
        return body


@dataclass(frozen=True)
class Answer:
    """What came back: the payload of the ack, or Slack's word for why none did, and
    whether an event may be sent again then.
    """

    payload: Json
    error: str = ""
    retry: bool = True


class Carrier(Protocol):
    """A way to the app: sockets, or its own URL."""

    async def carry(self, envelope: Envelope, *, other_than: str = "") -> Answer:
        """Send, and wait for the answer. Never raises."""


class Delivery:
    """Runs on the server's loop; its methods may be called from any thread."""

    def __init__(
        self,
        workspace: Workspace,
        carrier: Carrier,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._workspace = workspace
        self._carrier = carrier
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, payload: Json) -> None:
        """Send an event, and send it again while it is not acked."""
        envelope = Envelope(str(uuid4()), "events_api", payload)
        # The loop is gone when the sandbox closes under somebody who still acts.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._start, self._insist(envelope))

    def ask(self, kind: str, payload: Json) -> Answer:
        """Send what a person did, once, and wait. Not for the loop's own thread."""
        envelope = Envelope(str(uuid4()), kind, payload, accepts_answer=True)
        return asyncio.run_coroutine_threadsafe(
            self._send(envelope), self._loop
        ).result()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # The loop holds tasks weakly; without this set one could vanish half done.
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _insist(self, envelope: Envelope) -> None:
        answer = await self._send(envelope)
        for number, delay in enumerate(self._workspace.settings.retry_delays, start=1):
            if not (answer.error and answer.retry):
                return
            await asyncio.sleep(delay)
            reason = RETRY_REASONS.get(answer.error, answer.error)
            again = Envelope(
                str(uuid4()),
                envelope.kind,
                envelope.payload,
                attempt=number,
                reason=reason,
            )
            answer = await self._send(again)

    async def _send(self, envelope: Envelope) -> Answer:
        struck = self._workspace.faults.strike(envelope.name)
        if any(fault.effect == "lose" for fault in struck):
            await asyncio.sleep(self._workspace.settings.ack_seconds)
            return Answer({}, TIMEOUT)
        twins = [fault for fault in struck if fault.effect == "duplicate"]
        answers = await asyncio.gather(
            self._carrier.carry(envelope),
            *(self._send_again(envelope, fault) for fault in twins),
        )
        good = (each for each in answers if not each.error)
        return next(good, answers[0])

    async def _send_again(self, envelope: Envelope, fault: Fault) -> Answer:
        await asyncio.sleep(fault.seconds)
        return await self._carrier.carry(envelope, other_than=envelope.id)
