"""The workspace's HTTP side: one small server in a thread, on this machine only."""

import asyncio
import json
import logging
import socket
import struct
import threading
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import answers
from sandbox.delivery import Delivery
from sandbox.door import Door
from sandbox.errors import ApiError
from sandbox.http_mode import RequestUrl
from sandbox.sockets import Reason, Sockets
from sandbox.uploads import Uploads
from sandbox.workspace import Workspace

START_SECONDS = 10
RESET = struct.pack("ii", 1, 0)
Transports = dict[tuple[str, int], asyncio.BaseTransport]


class _Uvicorn(uvicorn.Server):
    """Uvicorn, which stops at once when told to instead of at its next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told_to_stop = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.told_to_stop.wait()


class Server:
    """Serves the Web API, Socket Mode, response URLs and uploads of one workspace."""

    def __init__(
        self, workspace: Workspace, *, port: int = 0, request_url: str = ""
    ) -> None:
        self._workspace = workspace
        self._transports: Transports = {}
        self._listening = socket.create_server(("127.0.0.1", port))
        workspace.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.sockets = Sockets(workspace)
        workspace.open_socket_url = self.sockets.open_url
        self._carrier = (
            RequestUrl(workspace, request_url) if request_url else self.sockets
        )
        self._door = Door(workspace, cut=self._reset)
        self._uploads = Uploads(workspace, cut=self._reset)
        self._server = _Uvicorn(self._config())
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Serve. Returns when calls can come in."""
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError("the sandbox's server did not start")

    def stop(self) -> None:
        """End every connection and stop serving."""
        self._loop.call_soon_threadsafe(self._server.told_to_stop.set)
        self._thread.join()
        self._listening.close()

    def disconnect(self, reason: Reason) -> None:
        """Tell the app's sockets that they will end."""
        self._call(self.sockets.disconnect(reason))

    def drop(self, *, politely: bool) -> None:
        """End the app's sockets, with a close frame or with a reset."""
        if politely:
            self._call(self.sockets.close())
            return
        for connection in list(self.sockets.connections):
            client = connection.socket.client
            if client:
                self._loop.call_soon_threadsafe(self._reset, (client.host, client.port))

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._workspace.delivery = Delivery(self._workspace, self._carrier, self._loop)
        self._loop.call_soon(self._ready.set)
        await self._server.serve(sockets=[self._listening])

    def _config(self) -> uvicorn.Config:
        # Uvicorn takes its protocol as a class: this one remembers the transports, so
        # that a fault can reset a connection, which ASGI has no way to ask for.
        transports = self._transports

        class Remembering(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                self._peer = transport.get_extra_info("peername")
                transports[self._peer] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(self._peer, None)
                super().connection_lost(exc)

        return uvicorn.Config(
            self._app(),
            http=Remembering,
            ws="websockets-sansio",
            loop="asyncio",
            lifespan="off",
            log_level=logging.WARNING,
            access_log=False,
            date_header=False,  # the door tells the time by the sandbox's own clock
            timeout_graceful_shutdown=1,
            ws_max_size=2**24,
        )

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/{method}", self._door.answer, methods=["GET", "POST"]),
                Route("/response/{ticket}", self._respond, methods=["POST"]),
                Route("/upload/{file}", self._uploads.receive, methods=["POST", "PUT"]),
                Route("/files-pri/{file}/{name}", self._uploads.serve),
                WebSocketRoute("/link/", self.sockets.serve),
            ]
        )

    async def _respond(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        try:
            permit = self._workspace.response_urls.spend(request.path_params["ticket"])
            answers.respond(self._workspace, permit, body)
        except ApiError as error:
            return JSONResponse(error.as_answer(), status_code=404)
        return PlainTextResponse("ok")

    def _reset(self, client: tuple[str, int]) -> None:
        transport = self._transports.get(client)
        if transport is None:
            return
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()  # type: ignore[attr-defined]  # a socket's transport has it
