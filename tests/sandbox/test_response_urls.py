"""Answers through response URLs."""

import http.client
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from sandbox import Sandbox
from tests.sandbox.acting import (
    actions,
    answer_later,
    button,
    post_card,
)
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands


def test_a_private_message_can_be_changed_through_its_response_url(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    client.chat_postEphemeral(
        channel=stage.inner.id,
        user=stage.ada.id,
        text="Before",
        blocks=actions(button("Go", "go")),
    )
    statuses = answer_later(app, text="After", replace_original=True)

    stage.ada.click("Go", stage.ada.private[0])

    assert statuses == [200]
    assert [each.text for each in stage.ada.private] == ["After"]


def test_a_message_can_be_deleted_through_its_response_url(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go")))
    answer_later(app, delete_original=True)

    stage.ada.click("Go", stage.ada.channel(stage.inner)[0])

    assert stage.ada.channel(stage.inner) == []


def test_a_response_url_answers_the_one_who_acted_or_everybody(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    answer_later(app, text="Only you")
    stage.ada.click("Go", message)
    answer_later(app, text="All of you", response_type="in_channel")
    stage.ada.click("Go", message)

    assert [each.text for each in stage.ada.private] == ["Only you"]
    assert [each.text for each in stage.ben.channel(stage.inner)] == [
        "Card",
        "All of you",
    ]


def test_a_response_url_serves_five_times(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand help", stage.inner)
    url = app.bodies("/errand")[0]["response_url"]
    webhook = WebhookClient(url)

    statuses = [webhook.send(text=str(number)).status_code for number in range(6)]

    assert statuses == [200] * 5 + [404]
    assert "used_url" in webhook.send(text="again").body


def test_a_made_up_response_url_is_expired(slack: Sandbox) -> None:
    answer = WebhookClient(f"{slack.url}/response/made-up").send(text="a")

    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


def test_a_response_url_takes_json_alone(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand help", stage.inner)
    url = urlsplit(app.bodies("/errand")[0]["response_url"])
    connection = http.client.HTTPConnection(url.netloc)

    connection.request("POST", url.path, "text=a")
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (400, b"invalid_payload")
    connection.close()
