"""What the tests of people's acts share."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from sandbox import Modal
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, text

SLOW = 1.3


def open_form(stage: Stage) -> Modal:
    """Ada's form, open."""
    modal = stage.ada.command("/errand", stage.shared).modal
    assert modal is not None
    return modal


def button(label: str, action_id: str, **more: Any) -> Json:
    """A button."""
    body = {"type": "button", "action_id": action_id, "text": text(label)}
    return body | more


def actions(*elements: Json) -> list[Json]:
    """Those elements in one row."""
    return [{"type": "actions", "block_id": "row", "elements": list(elements)}]


def post_card(client: WebClient, stage: Stage, blocks: list[Json]) -> None:
    """A message with those blocks in the inner channel."""
    client.chat_postMessage(channel=stage.inner.id, text="Card", blocks=blocks)


def answer_later(app: Errands, **answer: Any) -> list[int]:
    """Let the app answer clicks through the response URL; the statuses it gets."""
    statuses: list[int] = []

    def respond(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        sent = WebhookClient(body["response_url"]).send_dict(answer)
        statuses.append(sent.status_code)

    app.behave["other"] = respond
    return statuses
