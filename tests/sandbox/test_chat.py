"""`chat.*`: posting, changing, deleting, in Slack's words and with its errors."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import card, text


def refused(error: SlackApiError) -> str:
    """Slack's word for why."""
    return str(error.response["error"])


def test_a_posted_message_is_read_by_everybody_in_the_channel(
    client: WebClient, stage: Stage
) -> None:
    answer = client.chat_postMessage(channel=stage.shared.id, text="Good morning")

    for person in (stage.ada, stage.ben, stage.cleo):
        [message] = person.channel(stage.shared)
        assert message.text == "Good morning"
        assert message.author == "Errand"
        assert message.ts == answer["ts"]
        assert message.by_bot


def test_a_message_can_go_to_a_person_by_their_id(
    client: WebClient, stage: Stage
) -> None:
    answer = client.chat_postMessage(channel=stage.cleo.id, text="Just you")

    assert answer["channel"].startswith("D")
    assert [message.text for message in stage.cleo.dm()] == ["Just you"]
    assert stage.ada.dm() == []


def test_a_message_can_go_to_a_channel_by_its_name(
    client: WebClient, stage: Stage
) -> None:
    client.chat_postMessage(channel="#inner", text="By name")

    assert [message.text for message in stage.ada.channel(stage.inner)] == ["By name"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE00", "text": "a"}, "channel_not_found"),
        ({"channel": "inner-id"}, "no_text"),
        (
            {"channel": "inner-id", "text": "a", "thread_ts": "1.000001"},
            "thread_not_found",
        ),
        (
            {"channel": "inner-id", "text": "a", "metadata": "5"},
            "invalid_metadata_format",
        ),
        (
            {"channel": "inner-id", "text": "a", "metadata": '{"event_type": "x"}'},
            "invalid_metadata_schema",
        ),
        ({"channel": "inner-id", "text": "a", "blocks": "[{"}, "invalid_blocks_format"),
        (
            {"channel": "inner-id", "text": "a", "blocks": '{"type": "divider"}'},
            "invalid_blocks_format",
        ),
        (
            {"channel": "inner-id", "text": "a", "metadata": "{"},
            "invalid_metadata_format",
        ),
        ({"text": "a"}, "invalid_arguments"),
    ],
)
def test_a_post_is_refused_in_slacks_own_words(
    client: WebClient, stage: Stage, arguments: dict[str, Any], error: str
) -> None:
    if arguments.get("channel") == "inner-id":
        arguments = arguments | {"channel": stage.inner.id}

    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postMessage", params=arguments)

    assert refused(caught.value) == error


def test_metadata_that_are_too_large_are_refused(
    client: WebClient, stage: Stage
) -> None:
    metadata = {"event_type": "e", "event_payload": {"long": "x" * 70_000}}

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=stage.inner.id, text="a", metadata=metadata)

    assert refused(caught.value) == "metadata_too_large"


def test_bad_blocks_are_refused_with_a_pointer_to_what_is_wrong(
    client: WebClient, stage: Stage
) -> None:
    blocks = [{"type": "header", "text": text("x" * 151)}]

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=stage.inner.id, text="a", blocks=blocks)

    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    [said] = answer["response_metadata"]["messages"]
    assert said.startswith("[ERROR] ")
    assert said.endswith("[json-pointer:/blocks/0/text/text]")


def test_a_private_channel_without_the_bot_is_not_found(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    secret = slack.channel("secret", private=True, members=[stage.ada], bot=False)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=secret.id, text="a")

    assert refused(caught.value) == "channel_not_found"


def test_a_public_channel_without_the_bot_is_seen_but_not_written_to(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    other = slack.channel("other", members=[stage.ada], bot=False)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=other.id, text="a")

    assert refused(caught.value) == "not_in_channel"


def test_an_archived_channel_takes_no_message(client: WebClient, stage: Stage) -> None:
    stage.inner.archive()

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=stage.inner.id, text="a")

    assert refused(caught.value) == "is_archived"


def test_a_channel_that_was_unarchived_takes_messages_again(
    client: WebClient, stage: Stage
) -> None:
    stage.inner.archive()
    stage.inner.unarchive()

    assert client.chat_postMessage(channel=stage.inner.id, text="a")["ok"]


def test_a_long_text_is_cut_where_slack_cuts_it(
    client: WebClient, stage: Stage
) -> None:
    client.chat_postMessage(channel=stage.inner.id, text="x" * 50_000)

    [message] = stage.ada.channel(stage.inner)
    assert len(message.text) == 40_000


def test_a_reply_stands_in_the_thread_and_not_in_the_channel(
    client: WebClient, stage: Stage
) -> None:
    root = client.chat_postMessage(channel=stage.inner.id, text="Root")
    client.chat_postMessage(channel=stage.inner.id, text="Reply", thread_ts=root["ts"])

    [message] = stage.ada.channel(stage.inner)
    assert message.replies == 1
    assert [each.text for each in stage.ada.thread(message)] == ["Root", "Reply"]


def test_a_broadcast_reply_stands_in_both(client: WebClient, stage: Stage) -> None:
    root = client.chat_postMessage(channel=stage.inner.id, text="Root")
    client.chat_postMessage(
        channel=stage.inner.id,
        text="Reply",
        thread_ts=root["ts"],
        reply_broadcast=True,
    )

    texts = [message.text for message in stage.ada.channel(stage.inner)]
    assert texts == ["Root", "Reply"]


def test_a_reply_to_a_reply_stands_in_the_same_thread(
    client: WebClient, stage: Stage
) -> None:
    root = client.chat_postMessage(channel=stage.inner.id, text="Root")["ts"]
    first = client.chat_postMessage(channel=stage.inner.id, text="One", thread_ts=root)[
        "ts"
    ]

    second = client.chat_postMessage(
        channel=stage.inner.id, text="Two", thread_ts=first
    )

    assert second["message"]["thread_ts"] == root


def test_an_update_marks_the_message_as_edited(client: WebClient, stage: Stage) -> None:
    ts = client.chat_postMessage(channel=stage.inner.id, text="Before")["ts"]

    answer = client.chat_update(channel=stage.inner.id, ts=ts, text="After")

    assert answer["message"]["edited"]["user"]
    [message] = stage.ada.channel(stage.inner)
    assert (message.text, message.edited, message.ts) == ("After", True, ts)


def test_an_update_with_text_alone_takes_the_blocks_away(
    client: WebClient, stage: Stage
) -> None:
    posted = client.chat_postMessage(
        channel=stage.inner.id, text="Card", blocks=card("Milk")
    )

    client.chat_update(channel=stage.inner.id, ts=posted["ts"], text="Bare")

    [message] = stage.ada.channel(stage.inner)
    assert message.blocks == []
    assert message.rendered == "Bare"
    assert message.buttons == ()


def test_an_update_keeps_the_metadata_unless_new_ones_come(
    client: WebClient, stage: Stage
) -> None:
    place = stage.inner.id
    metadata = {"event_type": "e", "event_payload": {"id": "1"}}
    ts = client.chat_postMessage(channel=place, text="a", metadata=metadata)["ts"]

    kept = client.chat_update(channel=place, ts=ts, text="b")
    other = {"event_type": "e", "event_payload": {"id": "2"}}
    changed = client.chat_update(channel=place, ts=ts, text="c", metadata=other)

    assert kept["message"]["metadata"] == metadata
    assert changed["message"]["metadata"] == other


def test_an_update_of_more_than_4000_characters_is_too_long(
    client: WebClient, stage: Stage
) -> None:
    ts = client.chat_postMessage(channel=stage.inner.id, text="a")["ts"]

    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=stage.inner.id, ts=ts, text="x" * 4001)

    assert refused(caught.value) == "msg_too_long"


def test_nobody_elses_message_can_be_updated_or_deleted(
    client: WebClient, stage: Stage
) -> None:
    ts = stage.ada.post(stage.inner, "Mine").ts

    with pytest.raises(SlackApiError) as updating:
        client.chat_update(channel=stage.inner.id, ts=ts, text="Yours")
    with pytest.raises(SlackApiError) as deleting:
        client.chat_delete(channel=stage.inner.id, ts=ts)

    assert refused(updating.value) == "cant_update_message"
    assert refused(deleting.value) == "cant_delete_message"


def test_what_is_not_there_cannot_be_updated_deleted_or_linked(
    client: WebClient, stage: Stage
) -> None:
    place = {"channel": stage.inner.id}
    for method, arguments in (
        ("chat.update", place | {"ts": "1.000001", "text": "a"}),
        ("chat.delete", place | {"ts": "1.000001"}),
        ("chat.getPermalink", place | {"message_ts": "1.000001"}),
    ):
        with pytest.raises(SlackApiError) as caught:
            client.api_call(method, params=arguments)

        assert refused(caught.value) == "message_not_found"


def test_a_deleted_message_is_gone(client: WebClient, stage: Stage) -> None:
    ts = client.chat_postMessage(channel=stage.inner.id, text="a")["ts"]

    client.chat_delete(channel=stage.inner.id, ts=ts)

    assert stage.ada.channel(stage.inner) == []


def test_a_deleted_root_leaves_a_tombstone_over_its_replies(
    client: WebClient, stage: Stage
) -> None:
    ts = client.chat_postMessage(channel=stage.inner.id, text="Root")["ts"]
    client.chat_postMessage(channel=stage.inner.id, text="Reply", thread_ts=ts)

    client.chat_delete(channel=stage.inner.id, ts=ts)

    [message] = stage.ada.channel(stage.inner)
    assert message.text == "This message was deleted."
    assert [each.text for each in stage.ada.thread(message)][1:] == ["Reply"]


def test_an_ephemeral_message_is_seen_by_one_and_read_back_by_nobody(
    client: WebClient, stage: Stage
) -> None:
    answer = client.chat_postEphemeral(
        channel=stage.inner.id, user=stage.ada.id, text="Only you"
    )

    [message] = stage.ada.private
    assert message.private
    assert message.ts == answer["message_ts"]
    assert [each.text for each in stage.ada.channel(stage.inner)] == ["Only you"]
    assert stage.ben.channel(stage.inner) == []
    assert client.conversations_history(channel=stage.inner.id)["messages"] == []
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=stage.inner.id, ts=message.ts, text="b")
    assert refused(caught.value) == "message_not_found"


def test_an_ephemeral_message_needs_somebody_who_is_there(
    client: WebClient, stage: Stage
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postEphemeral(
            channel=stage.inner.id, user=stage.cleo.id, text="Only you"
        )

    assert refused(caught.value) == "user_not_in_channel"


def test_a_permalink_leads_into_the_thread(client: WebClient, stage: Stage) -> None:
    place = stage.inner.id
    root = client.chat_postMessage(channel=place, text="Root")["ts"]
    reply = client.chat_postMessage(channel=place, text="Reply", thread_ts=root)["ts"]

    link = client.chat_getPermalink(channel=place, message_ts=reply)["permalink"]

    assert f"/archives/{place}/p{reply.replace('.', '')}" in link
    assert f"thread_ts={root}" in link


def test_blocks_and_actions_without_ids_are_given_some(
    client: WebClient, stage: Stage
) -> None:
    button = {"type": "button", "text": text("Go")}
    blocks = [{"type": "actions", "elements": [button]}]

    posted = client.chat_postMessage(channel=stage.inner.id, text="a", blocks=blocks)

    [block] = posted["message"]["blocks"]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]
    assert block["elements"][0]["text"]["emoji"] is True
