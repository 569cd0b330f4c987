"""Where an upload's bytes arrive, and where a file's bytes are fetched."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.faults import Fault
from sandbox.pictures import sort_of
from sandbox.things import File
from sandbox.workspace import Workspace

TARGET = "upload"
"""How a fault names the arrival of bytes."""

BROKEN, LIMITED = 500, 429


class Uploads:
    """Takes and hands out files. `cut` resets the connection of a client."""

    def __init__(
        self, workspace: Workspace, *, cut: Callable[[tuple[str, int]], None]
    ) -> None:
        self._workspace = workspace
        self._cut = cut

    async def receive(self, request: Request) -> Response:
        """The second step of an upload: its bytes, as they are, at its own address."""
        content = await request.body()
        struck = self._workspace.faults.strike(TARGET)
        spoilt = await self._spoil(request, struck, "before")
        if spoilt:
            return spoilt
        answer = self._keep(request.path_params["file"], content)
        return await self._spoil(request, struck, "after") or answer

    async def serve(self, request: Request) -> Response:
        """A file's bytes. Slack asks who wants them; here everybody who can reach this
        is at this machine, where they can be anybody.
        """
        _, _, file_id = request.path_params["file"].partition("-")
        file = self._workspace.world.get(File, file_id)
        if file is None or file.content is None:
            return PlainTextResponse("no such file", status_code=404)
        sort = sort_of(file.bytes) or "application/octet-stream"
        headers = {
            "Content-Disposition": "inline" if sort_of(file.bytes) else "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(file.bytes, media_type=sort, headers=headers)

    def _keep(self, file_id: str, content: bytes) -> Response:
        world = self._workspace.world
        file = world.get(File, file_id)
        if file is None or file.title:
            return PlainTextResponse("no such upload", status_code=404)
        text = base64.b64encode(content).decode("ascii")
        world.put(replace(file, content=text, size=len(content)))
        return PlainTextResponse(f"OK - {len(content)}")

    async def _spoil(
        self, request: Request, struck: list[Fault], when: str
    ) -> Response | None:
        for fault in struck:
            if fault.when != when:
                continue
            if fault.effect == "slow":
                await asyncio.sleep(fault.seconds)
                continue
            if fault.effect == "cut" and request.client:
                self._cut((request.client.host, request.client.port))
            status = LIMITED if fault.effect == "limit" else BROKEN
            return PlainTextResponse("Internal Server Error", status_code=status)
        return None
