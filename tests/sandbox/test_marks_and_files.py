"""Pins, reactions and files."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from sandbox.things import File
from tests.sandbox.conftest import Stage


@pytest.fixture
def posted(client: WebClient, stage: Stage) -> dict[str, str]:
    """A message, in the arguments that name it."""
    ts = client.chat_postMessage(channel=stage.inner.id, text="Here")["ts"]
    return {"channel": stage.inner.id, "timestamp": ts}


def test_a_pin_is_put_listed_and_taken_away(
    client: WebClient, stage: Stage, posted: dict[str, str]
) -> None:
    client.pins_add(**posted)

    [item] = client.pins_list(channel=stage.inner.id)["items"]
    assert item["message"]["text"] == "Here"
    assert stage.ada.channel(stage.inner)[0].pinned

    client.pins_remove(**posted)

    assert client.pins_list(channel=stage.inner.id)["items"] == []
    assert not stage.ada.channel(stage.inner)[0].pinned


def test_one_message_is_pinned_once(client: WebClient, posted: dict[str, str]) -> None:
    client.pins_add(**posted)

    with pytest.raises(SlackApiError) as caught:
        client.pins_add(**posted)

    assert caught.value.response["error"] == "already_pinned"


def test_what_is_not_pinned_cannot_be_unpinned(
    client: WebClient, posted: dict[str, str]
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.pins_remove(**posted)

    assert caught.value.response["error"] == "no_pin"


def test_what_is_not_there_cannot_be_pinned(client: WebClient, stage: Stage) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.pins_add(channel=stage.inner.id, timestamp="1.000001")

    assert caught.value.response["error"] == "message_not_found"


def test_a_deleted_message_loses_its_pin(
    client: WebClient, stage: Stage, posted: dict[str, str]
) -> None:
    client.pins_add(**posted)

    client.chat_delete(channel=posted["channel"], ts=posted["timestamp"])

    assert client.pins_list(channel=stage.inner.id)["items"] == []


def test_a_channel_holds_a_hundred_pins(slack: Sandbox, stage: Stage) -> None:
    slack._workspace.limits.enabled = False
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    place: dict[str, Any] = {"channel": stage.inner.id}
    stamps = [
        client.chat_postMessage(text=str(number), **place)["ts"]
        for number in range(101)
    ]
    for ts in stamps[:100]:
        client.pins_add(timestamp=ts, **place)

    with pytest.raises(SlackApiError) as caught:
        client.pins_add(timestamp=stamps[100], **place)

    assert caught.value.response["error"] == "too_many_pins"


def test_a_reaction_is_put_once_and_seen(
    client: WebClient, stage: Stage, posted: dict[str, str], slack: Sandbox
) -> None:
    client.reactions_add(name="eyes", **posted)
    stage.ada.react(stage.ada.channel(stage.inner)[0], "eyes")

    [message] = stage.ben.channel(stage.inner)
    assert message.reactions == {"eyes": [slack.bot_user_id, stage.ada.id]}
    with pytest.raises(SlackApiError) as caught:
        client.reactions_add(name="eyes", **posted)
    assert caught.value.response["error"] == "already_reacted"


def test_a_file_is_uploaded_in_three_steps_and_shared(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    client.files_upload_v2(
        channel=stage.inner.id,
        content="Milk, bread",
        filename="list.txt",
        title="The list",
        initial_comment="See the list",
    )

    [file] = slack.world.all(File)
    [message] = stage.ada.channel(stage.inner)
    assert (file.name, file.title, file.size) == ("list.txt", "The list", 11)
    assert file.shared_in == (stage.inner.id,)
    assert message.text == "See the list"


def test_a_file_without_its_bytes_cannot_be_shared(
    client: WebClient, stage: Stage
) -> None:
    upload = client.files_getUploadURLExternal(filename="a.txt", length=1)

    with pytest.raises(SlackApiError) as caught:
        client.files_completeUploadExternal(
            files=[{"id": upload["file_id"], "title": "A"}], channel_id=stage.inner.id
        )

    assert caught.value.response["error"] == "file_not_found"
