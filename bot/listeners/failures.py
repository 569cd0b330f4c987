"""What becomes of whatever no listener answers, or a listener fails at.

Slack is answered in the way that keeps what a person did: an event is sent again,
a form stays open with its text, a command and a click get a private sentence.
"""

from __future__ import annotations

import json
import re
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltContext, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.listeners.incoming import CONTEXT, read_incoming
from bot.listeners.private import say_privately
from bot.refusals import Refusal

log = structlog.get_logger()

SORRY = "That did not work just now. Nothing was lost; please try again in a minute."
SORRY_FORM = "This could not be saved just now. Your text is still here: try again."
OUT_OF_DATE = (
    "This is from an older version of Baton. `/baton` shows what waits on you."
)
ANYTHING = re.compile(".*")


def register(app: App) -> None:
    """Answer what nothing else does; registered last."""
    app.error(answer_failure)
    app.action(ANYTHING)(_unknown_click)
    app.view(ANYTHING)(_unknown_form)
    app.view_closed(ANYTHING)(_ack_only)
    app.shortcut(ANYTHING)(_ack_only)
    app.command(ANYTHING)(_unknown_command)
    app.event(ANYTHING)(_ack_only)


def answer_failure(
    error: Exception, body: dict[str, Any], client: WebClient, context: BoltContext
) -> BoltResponse:
    """Answer Slack when a listener raised. Logs ids, never what was written."""
    came = context.get(CONTEXT) or read_incoming(body)
    log.error("listener.failed", came_in=came.key, kind=came.kind, exc_info=error)
    refusal = error.sentence if isinstance(error, Refusal) else None
    match came.kind:
        case "event":
            return BoltResponse(status=500, body="")
        case "command":
            return _json({"response_type": "ephemeral", "text": refusal or SORRY})
        case "view_submission":
            errors = _errors(body, refusal or SORRY_FORM)
            return _json({"response_action": "errors", "errors": errors})
        case "block_actions":
            _try_to_say(client, body, refusal or SORRY)
    return BoltResponse(status=200, body="")


def _errors(body: dict[str, Any], sentence: str) -> dict[str, str]:
    blocks = (body.get("view") or {}).get("blocks") or []
    inputs = [one["block_id"] for one in blocks if one.get("type") == "input"]
    return dict.fromkeys(inputs[:1], sentence)


def _try_to_say(client: WebClient, body: dict[str, Any], sentence: str) -> None:
    try:
        say_privately(client, body, sentence)
    except (SlackClientError, OSError) as error:
        log.info("private.not_said", error=type(error).__name__)


def _unknown_click(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    say_privately(client, body, OUT_OF_DATE)
    ack()


def _unknown_form(ack: Ack, body: dict[str, Any]) -> None:
    errors = _errors(body, OUT_OF_DATE)
    ack(response_action="errors", errors=errors) if errors else ack()


def _unknown_command(ack: Ack) -> None:
    ack(response_type="ephemeral", text=OUT_OF_DATE)


def _ack_only(ack: Ack) -> None:
    ack()


def _json(payload: dict[str, Any]) -> BoltResponse:
    return BoltResponse(
        status=200,
        body=json.dumps(payload),
        headers={"content-type": "application/json"},
    )
