"""Says something to the one who pressed a button, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.listeners.opening import open_page
from bot.refusals import Refusal
from bot.views.forms import notice

log = structlog.get_logger()


def explained(listener: Callable[..., None]) -> Callable[..., None]:
    """Return the listener so that a refusal is said privately to who pressed."""

    def explain(
        ack: Ack, body: dict[str, Any], client: WebClient, context: BoltContext
    ) -> None:
        try:
            listener(ack=ack, body=body, client=client, context=context)
        except Refusal as refusal:
            say_privately(client, body, refusal.sentence)
            ack()

    return explain


def say_privately(
    client: WebClient,
    body: dict[str, Any],
    sentence: str,
    blocks: list[dict[str, Any]] | None = None,
) -> None:
    """Answer a click with a sentence that only the person sees.

    It carries nothing that must arrive: what must is a notice. Under a message it may
    be shown as blocks.
    """
    try:
        if body.get("channel"):
            _under_the_message(client, body, sentence, blocks)
        else:
            _in_a_page(client, body, sentence)
    except SlackApiError as error:
        log.info("private.not_said", error=error.response.get("error"))


def _under_the_message(
    client: WebClient,
    body: dict[str, Any],
    sentence: str,
    blocks: list[dict[str, Any]] | None,
) -> None:
    thread_ts = (body.get("container") or {}).get("thread_ts")
    client.chat_postEphemeral(
        channel=body["channel"]["id"],
        user=body["user"]["id"],
        text=sentence,
        blocks=blocks,
        thread_ts=thread_ts,
    )


def _in_a_page(client: WebClient, body: dict[str, Any], sentence: str) -> None:
    open_page(client, body, notice("Baton", sentence))
