"""`conversations.*`: who is where, and what was said."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from tests.sandbox.conftest import Stage


def fill(client: WebClient, stage: Stage, count: int) -> list[str]:
    """Numbered messages, and their time stamps."""
    place = stage.inner.id
    return [
        client.chat_postMessage(channel=place, text=str(number))["ts"]
        for number in range(count)
    ]


def texts(answer: Any) -> list[str]:
    """What the messages of an answer say."""
    return [message["text"] for message in answer["messages"]]


def test_history_is_newest_first_and_comes_in_pages(
    client: WebClient, stage: Stage
) -> None:
    fill(client, stage, 5)

    pages = [
        texts(page)
        for page in client.conversations_history(channel=stage.inner.id, limit=2)
    ]

    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_history_says_whether_there_is_more(client: WebClient, stage: Stage) -> None:
    fill(client, stage, 3)

    first = client.conversations_history(channel=stage.inner.id, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    last = client.conversations_history(channel=stage.inner.id, limit=2, cursor=cursor)

    assert (first["has_more"], last["has_more"]) == (True, False)
    assert last["response_metadata"]["next_cursor"] == ""


def test_a_made_up_cursor_is_refused(client: WebClient, stage: Stage) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=stage.inner.id, cursor="made up")

    assert caught.value.response["error"] == "invalid_cursor"


def test_history_can_be_asked_for_a_window(client: WebClient, stage: Stage) -> None:
    stamps = fill(client, stage, 4)
    place: dict[str, Any] = {
        "channel": stage.inner.id,
        "oldest": stamps[1],
        "latest": stamps[2],
    }

    outside = client.conversations_history(**place)
    inside = client.conversations_history(**place, inclusive=True)

    assert texts(outside) == []
    assert texts(inside) == ["2", "1"]


def test_a_window_needs_time_stamps(client: WebClient, stage: Stage) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=stage.inner.id, oldest="yesterday")

    assert caught.value.response["error"] == "invalid_ts_oldest"


def test_one_message_can_be_looked_up_by_its_time_stamp(
    client: WebClient, stage: Stage
) -> None:
    stamps = fill(client, stage, 3)

    found = client.conversations_history(
        channel=stage.inner.id, latest=stamps[1], inclusive=True, limit=1
    )

    assert texts(found) == ["1"]


def test_replies_are_not_in_the_history_unless_they_were_broadcast(
    client: WebClient, stage: Stage
) -> None:
    [root] = fill(client, stage, 1)
    place: dict[str, Any] = {"channel": stage.inner.id, "thread_ts": root}
    client.chat_postMessage(text="quiet", **place)
    client.chat_postMessage(text="loud", reply_broadcast=True, **place)

    history = client.conversations_history(channel=stage.inner.id)
    replies = client.conversations_replies(channel=stage.inner.id, ts=root)

    assert texts(history) == ["loud", "0"]
    assert texts(replies) == ["0", "quiet", "loud"]
    assert history["messages"][1]["reply_count"] == 2


def test_replies_come_in_pages_from_the_oldest(client: WebClient, stage: Stage) -> None:
    [root] = fill(client, stage, 1)
    for number in range(3):
        client.chat_postMessage(
            channel=stage.inner.id, text=f"r{number}", thread_ts=root
        )

    pages = [
        texts(page)
        for page in client.conversations_replies(
            channel=stage.inner.id, ts=root, limit=3
        )
    ]

    assert pages == [["0", "r0", "r1"], ["r2"]]


def test_replies_of_a_reply_are_those_of_its_thread(
    client: WebClient, stage: Stage
) -> None:
    [root] = fill(client, stage, 1)
    reply = client.chat_postMessage(channel=stage.inner.id, text="r", thread_ts=root)[
        "ts"
    ]

    assert texts(client.conversations_replies(channel=stage.inner.id, ts=reply)) == [
        "0",
        "r",
    ]


def test_replies_of_nothing_are_not_found(client: WebClient, stage: Stage) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_replies(channel=stage.inner.id, ts="1.000001")

    assert caught.value.response["error"] == "thread_not_found"


def test_metadata_are_read_back_only_when_asked_for(
    client: WebClient, stage: Stage
) -> None:
    metadata = {"event_type": "errand", "event_payload": {"id": "e1"}}
    client.chat_postMessage(channel=stage.inner.id, text="a", metadata=metadata)

    bare = client.conversations_history(channel=stage.inner.id)
    full = client.conversations_history(
        channel=stage.inner.id, include_all_metadata=True
    )

    assert bare["messages"][0]["metadata"] == {"event_type": "errand"}
    assert full["messages"][0]["metadata"] == metadata


def test_history_needs_the_bot_to_be_there(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    other = slack.channel("other", members=[stage.ada], bot=False)

    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=other.id)

    assert caught.value.response["error"] == "not_in_channel"


def test_direct_messages_are_opened_once(client: WebClient, stage: Stage) -> None:
    first = client.conversations_open(users=stage.ada.id)["channel"]["id"]
    again = client.conversations_open(users=[stage.ada.id])["channel"]["id"]
    full = client.conversations_open(users=stage.ada.id, return_im=True)["channel"]

    assert first == again == full["id"]
    assert full["user"] == stage.ada.id
    assert full["is_im"] is True


def test_somebody_of_another_team_can_be_written_to_if_they_share_a_channel(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    far = slack.person("Far Away", team=slack.team("Lakeside"))

    assert client.conversations_open(users=stage.cleo.id)["ok"]
    with pytest.raises(SlackApiError) as caught:
        client.conversations_open(users=far.id)
    assert caught.value.response["error"] == "user_not_found"


def test_who_left_every_shared_channel_cannot_be_written_to_any_more(
    client: WebClient, stage: Stage
) -> None:
    client.conversations_open(users=stage.cleo.id)
    stage.shared.remove(stage.cleo)

    with pytest.raises(SlackApiError) as caught:
        client.conversations_open(users=stage.cleo.id)

    assert caught.value.response["error"] == "user_not_found"


def test_neither_a_bot_nor_a_closed_account_can_be_written_to(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.deactivate(stage.ben)

    for user, error in (
        (slack.bot_user_id, "cannot_dm_bot"),
        (stage.ben.id, "user_disabled"),
        ("U0NOBODY000", "user_not_found"),
    ):
        with pytest.raises(SlackApiError) as caught:
            client.conversations_open(users=user)

        assert caught.value.response["error"] == error


def test_direct_messages_are_opened_again_by_their_own_id(
    client: WebClient, stage: Stage
) -> None:
    place = client.conversations_open(users=stage.ada.id)["channel"]["id"]

    assert client.conversations_open(channel=place)["channel"]["id"] == place


def test_messages_to_several_people_at_once_are_not_offered(
    client: WebClient, stage: Stage
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_open(users=[stage.ada.id, stage.ben.id])

    assert caught.value.response["error"] == "method_not_supported_for_channel_type"


def test_a_renamed_channel_keeps_its_id(client: WebClient, stage: Stage) -> None:
    stage.inner.rename("outer")

    info = client.conversations_info(channel=stage.inner.id)["channel"]
    assert (info["id"], info["name"]) == (stage.inner.id, "outer")
    assert stage.inner.name == "outer"


def test_joining_twice_is_joining_once(stage: Stage) -> None:
    stage.inner.add(stage.ada)

    assert stage.ada.channel(stage.inner) == []
    assert stage.inner.posts == []


def test_info_tells_of_a_shared_private_channel(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    info = client.conversations_info(channel=stage.shared.id, include_num_members=True)[
        "channel"
    ]

    assert info["is_private"] is True
    assert info["is_ext_shared"] is True
    assert info["is_member"] is True
    assert info["num_members"] == 4
    assert info["shared_team_ids"] == [slack.host.id, stage.cleo.team]


def test_members_come_in_pages(client: WebClient, stage: Stage) -> None:
    pages = [
        page["members"]
        for page in client.conversations_members(channel=stage.shared.id, limit=3)
    ]

    assert [len(page) for page in pages] == [3, 1]
    assert {each for page in pages for each in page} == set(stage.shared.members)


def test_the_list_shows_public_channels_and_private_ones_with_the_bot(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.channel("secret", private=True, members=[stage.ada], bot=False)
    slack.channel("open", members=[stage.ada], bot=False)
    slack.channel("old").archive()

    def names(**arguments: Any) -> set[str]:
        listed = client.conversations_list(**arguments)["channels"]
        return {each["name"] for each in listed}

    assert names() == {"inner", "open", "old"}
    assert names(types="private_channel") == {"lakeside-center"}
    assert names(exclude_archived=True) == {"inner", "open"}


def test_the_bot_can_join_a_public_channel_and_only_that(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    other = slack.channel("other", members=[stage.ada], bot=False)

    joined = client.conversations_join(channel=other.id)
    again = client.conversations_join(channel=other.id)

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"
    assert [m.rendered for m in stage.ada.channel(other)] == [
        "@Errand has joined the channel"
    ]
    with pytest.raises(SlackApiError) as caught:
        client.conversations_join(channel=stage.shared.id)
    assert caught.value.response["error"] == "method_not_supported_for_channel_type"


def test_an_archived_channel_cannot_be_joined(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    other = slack.channel("other", members=[stage.ada], bot=False)
    other.archive()

    with pytest.raises(SlackApiError) as caught:
        client.conversations_join(channel=other.id)

    assert caught.value.response["error"] == "is_archived"
