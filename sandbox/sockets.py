"""Socket Mode: the app's connections, and the envelopes and acks that cross them."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.delivery import DISPATCH, TIMEOUT, Answer, Envelope
from sandbox.record import Acked, Sent
from sandbox.things import Json
from sandbox.workspace import Workspace

CONNECTION_SECONDS = 14_400
CLOSE_AFTER = 1.0
MOST_CONNECTIONS = 10
Reason = Literal["warning", "refresh_requested"]


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app. One that is `leaving` gets no new envelopes."""

    id: str
    socket: WebSocket
    waiting: dict[str, list[asyncio.Future[Answer]]] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    leaving: bool = False


class Sockets:
    """Runs on the server's loop. Each envelope goes to one connection, in turn."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._turn = 0
        self.connections: list[Connection] = []

    def open_url(self) -> str:
        """A fresh address for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        host = urlsplit(self._workspace.url).netloc
        app = self._workspace.meta.app_id
        return f"ws://{host}/link/?ticket={ticket}&app_id={app}"

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection for as long as it lasts."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(code=4000)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self.connections) >= MOST_CONNECTIONS:
            refusal = {"type": "disconnect", "reason": "too_many_websockets"}
            await socket.send_text(json.dumps(refusal))
            await socket.close(code=1000)
            return
        connection = Connection(secrets.token_hex(4), socket)
        self.connections.append(connection)
        try:
            await self._talk(connection)
        finally:
            self._let_go(connection)

    async def carry(self, envelope: Envelope, *, other_than: str = "") -> Answer:
        """Send an envelope over one connection and wait for its ack. With
        `other_than` over another connection than carried that envelope before.
        """
        connection = self._choose(other_than)
        if connection is None:
            return Answer({}, DISPATCH)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.waiting.setdefault(envelope.id, []).append(answer)
        connection.carried.append(envelope.id)
        del connection.carried[:-100]
        self._note_sent(envelope, connection)
        return await self._exchange(connection, envelope, answer)

    async def disconnect(self, reason: Reason) -> None:
        """Tell every connection that it will end; with `refresh_requested` it does."""
        for connection in list(self.connections):
            body = {"type": "disconnect", "reason": reason}
            host = urlsplit(self._workspace.url).netloc
            await _send(connection, body | {"debug_info": {"host": host}})
            if reason == "refresh_requested":
                connection.leaving = True
                asyncio.get_running_loop().call_later(
                    CLOSE_AFTER, self._close_soon, connection
                )

    async def close(self) -> None:
        """End every connection with a close frame."""
        for connection in list(self.connections):
            await _close(connection)

    def _choose(self, other_than: str) -> Connection | None:
        open_ = [each for each in self.connections if not each.leaving]
        fresh = [each for each in open_ if other_than not in each.carried]
        candidates = fresh or open_
        if not candidates:
            return None
        self._turn += 1
        return candidates[self._turn % len(candidates)]

    async def _exchange(
        self,
        connection: Connection,
        envelope: Envelope,
        answer: asyncio.Future[Answer],
    ) -> Answer:
        try:
            await _send(connection, envelope.as_json())
            limit = self._workspace.settings.ack_seconds
            return await asyncio.wait_for(answer, limit)
        except TimeoutError:
            return Answer({}, TIMEOUT)
        finally:
            # The same envelope may wait here twice: each leaves for itself alone.
            waiting = connection.waiting[envelope.id]
            waiting.remove(answer)
            if not waiting:
                del connection.waiting[envelope.id]

    async def _talk(self, connection: Connection) -> None:
        await _send(connection, self._hello())
        self._workspace.world.announce()
        try:
            while True:
                self._receive(connection, await connection.socket.receive_text())
        except WebSocketDisconnect:
            return

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": urlsplit(self._workspace.url).netloc,
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._workspace.meta.app_id},
        }

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            body = json.loads(text)
            envelope_id = body["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._workspace.record.complain(f"not an acknowledgement: {text[:200]}")
            return
        payload = body.get("payload")
        now = self._workspace.settings.clock()
        acked = Acked(now, envelope_id, payload, connection.id)
        self._workspace.record.add(acked)
        for answer in connection.waiting.get(envelope_id, ()):
            if not answer.done():
                answer.set_result(Answer(payload or {}))
                break

    def _let_go(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for answers in connection.waiting.values():
            for answer in answers:
                if not answer.done():
                    answer.set_result(Answer({}, DISPATCH))
        self._workspace.world.announce()

    def _close_soon(self, connection: Connection) -> None:
        if connection in self.connections:
            asyncio.ensure_future(_close(connection))  # noqa: RUF006 - ends at once

    def _note_sent(self, envelope: Envelope, connection: Connection) -> None:
        self._workspace.record.add(
            Sent(
                at=self._workspace.settings.clock(),
                envelope_id=envelope.id,
                kind=envelope.kind,
                payload=envelope.payload,
                connection=connection.id,
                attempt=envelope.attempt,
                reason=envelope.reason,
            )
        )


async def _send(connection: Connection, body: Json) -> None:
    try:
        await connection.socket.send_text(json.dumps(body))
    except (RuntimeError, WebSocketDisconnect):
        # It ended under the message; whoever waits for an ack learns so from that.
        return


async def _close(connection: Connection) -> None:
    try:
        await connection.socket.close(code=1000)
    except RuntimeError:
        return
