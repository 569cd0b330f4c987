"""The door of the Web API: tokens, scopes, rate limits, faults, and the record."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.record import ApiCall
from sandbox.things import Json
from sandbox.web_api import METHODS, Call, Method
from sandbox.web_api.call import read_arguments
from sandbox.workspace import Workspace

OK, CUT, LIMITED, BROKEN = 200, 0, 429, 500
PLACES = ("channel", "channel_id", "user", "user_id")


@dataclass
class Outcome:
    """How a call ends: an HTTP status, a body, and seconds to wait where limited."""

    status: int = OK
    body: Json = field(default_factory=dict)
    retry_after: int = 0


class Door:
    """Answers each call. `cut` resets the connection of a client."""

    def __init__(
        self, workspace: Workspace, *, cut: Callable[[tuple[str, int]], None]
    ) -> None:
        self._workspace = workspace
        self._cut = cut

    async def answer(self, request: Request) -> Response:
        """One call of the Web API."""
        started = self._workspace.settings.clock()
        method = request.path_params["method"]
        arguments = await _arguments(request)
        token = _token(request, arguments)
        outcome = await self._go_through(method, arguments, token)
        self._note(method, arguments, token, started, outcome)
        if outcome.status == CUT:
            client = request.client
            self._cut((client.host, client.port) if client else ("", 0))
        response = _response(outcome)
        response.headers["date"] = formatdate(started, usegmt=True)
        if self._owner(token) == "bot":
            granted = sorted(self._workspace.manifest.scopes)
            response.headers["x-oauth-scopes"] = ",".join(granted)
        return response

    async def _go_through(self, name: str, arguments: Json, token: str) -> Outcome:
        try:
            method = self._admit(name, token)
            call = Call(self._workspace, name, read_arguments(arguments))
            for scope in method.scopes:
                call.demand(scope)
        except ApiError as error:
            return Outcome(body=error.as_answer())
        channel = next((call.text(each) for each in PLACES if call.text(each)), "")
        struck = self._workspace.faults.strike(name, channel)
        stopped = await self._before(struck)
        if stopped:
            return stopped
        wait = self._workspace.limits.wait(name, tier=method.tier, channel=channel)
        if wait:
            return _limited(wait)
        return await self._after(struck, self._run(method, call))

    def _admit(self, name: str, token: str) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if not token:
            raise ApiError("not_authed")
        owner = self._owner(token)
        if owner == "nobody":
            raise ApiError("invalid_auth")
        if method.token not in ("any", owner):
            raise ApiError("not_allowed_token_type")
        return method

    def _owner(self, token: str) -> str:
        meta = self._workspace.meta
        return {meta.bot_token: "bot", meta.app_token: "app"}.get(token, "nobody")

    def _run(self, method: Method, call: Call) -> Outcome:
        try:
            with self._workspace.world.lock:
                return Outcome(body={"ok": True, **method.run(call)})
        except ApiError as error:
            return Outcome(body=error.as_answer())

    async def _before(self, struck: list[Fault]) -> Outcome | None:
        for fault in _at(struck, "before"):
            if fault.effect == "slow":
                await asyncio.sleep(fault.seconds)
            else:
                return _spoilt(fault)
        return None

    async def _after(self, struck: list[Fault], outcome: Outcome) -> Outcome:
        for fault in _at(struck, "after"):
            if fault.effect == "slow":
                await asyncio.sleep(fault.seconds)
            else:
                return _spoilt(fault)
        return outcome

    def _note(
        self, method: str, arguments: Json, token: str, at: float, outcome: Outcome
    ) -> None:
        self._workspace.record.add(
            ApiCall(
                at=at,
                method=method,
                arguments=arguments,
                status=outcome.status,
                answer=outcome.body,
                by=self._owner(token),
                took=self._workspace.settings.clock() - at,
            )
        )


def _at(struck: list[Fault], when: str) -> list[Fault]:
    """The faults of that moment, those that only delay first."""
    chosen = [fault for fault in struck if fault.when == when]
    return sorted(chosen, key=lambda fault: fault.effect != "slow")


def _spoilt(fault: Fault) -> Outcome:
    if fault.effect == "refuse":
        return Outcome(body={"ok": False, "error": fault.error})
    if fault.effect == "limit":
        return _limited(int(fault.seconds))
    return Outcome(status=CUT if fault.effect == "cut" else BROKEN)


def _limited(seconds: int) -> Outcome:
    return Outcome(LIMITED, {"ok": False, "error": "ratelimited"}, seconds)


def _response(outcome: Outcome) -> Response:
    if outcome.status in (BROKEN, CUT):
        return PlainTextResponse("Internal Server Error", status_code=BROKEN)
    headers = {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}
    return JSONResponse(outcome.body, status_code=outcome.status, headers=headers)


async def _arguments(request: Request) -> Json:
    """Arguments from the query, a form or JSON; never the token."""
    arguments: Json = dict(request.query_params)
    body = (await request.body()).decode("utf-8")
    if request.headers.get("content-type", "").startswith("application/json"):
        arguments |= _json_object(body)
    else:
        arguments |= dict(parse_qsl(body, keep_blank_values=True))
    return arguments


def _json_object(body: str) -> Json:
    try:
        parsed = json.loads(body or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _token(request: Request, arguments: Json) -> str:
    in_body = str(arguments.pop("token", ""))
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ").strip() or in_body
