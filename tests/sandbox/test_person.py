"""A person reads and acts: channels, threads, their own words, what is unread."""

from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox import NotOnScreen, Refused, Sandbox
from tests.sandbox.conftest import MANIFEST, Stage
from tests.sandbox.errand import Errands, running
from tests.sandbox.test_people_api import scopes_without


def test_what_a_person_says_others_read(stage: Stage) -> None:
    said = stage.ada.post(stage.inner, "Good morning")

    [read] = stage.ben.channel(stage.inner)
    assert read.author == "Dr Stone"
    assert read.rendered == said.rendered == "Good morning"
    assert not read.by_bot


def test_a_channel_may_be_named_by_its_id(stage: Stage) -> None:
    stage.ada.post(stage.inner.id, "Good morning")

    assert len(stage.ben.channel(stage.inner.id)) == 1


def test_the_channels_of_a_person_are_those_they_are_in(stage: Stage) -> None:
    assert [each.name for each in stage.ada.channels] == ["lakeside-center", "inner"]
    assert [each.name for each in stage.cleo.channels] == ["lakeside-center"]


def test_a_name_after_an_at_sign_is_a_mention(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    said = stage.ada.post(stage.inner, "@Ben Ito, ask @Errand")

    [body] = slack.until(lambda: app.bodies("app_mention"))
    assert said.text == f"<@{stage.ben.id}>, ask <@{slack.bot_user_id}>"
    assert stage.ben.channel(stage.inner)[0].rendered == "@Ben Ito, ask @Errand"
    assert body["event"]["text"] == said.text
    assert body["event"]["user"] == stage.ada.id


def test_a_thread_is_read_from_its_root_or_from_a_reply(stage: Stage) -> None:
    root = stage.ada.post(stage.inner, "Root")
    reply = stage.ben.reply(root, "One")
    stage.ada.reply(reply, "Two")

    for start in (root, reply):
        texts = [each.text for each in stage.ben.thread(start)]
        assert texts == ["Root", "One", "Two"]
    assert [each.text for each in stage.ben.channel(stage.inner)] == ["Root"]


def test_a_broadcast_reply_is_in_the_channel_too(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    root = stage.ada.post(stage.inner, "Root")
    stage.ben.reply(root, "For all", broadcast=True)

    texts = [each.text for each in stage.ada.channel(stage.inner)]
    assert texts == ["Root", "For all"]
    slack.until(lambda: len(app.bodies("message")) == 2)
    event = app.bodies("message")[1]["event"]
    assert event["subtype"] == "thread_broadcast"
    assert event["root"]["text"] == "Root"


def test_a_reply_tells_the_app_its_thread(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    root = stage.ada.post(stage.inner, "Root")
    stage.ben.reply(root, "One")

    slack.until(lambda: len(app.bodies("message")) == 2)
    event = app.bodies("message")[1]["event"]
    assert event["thread_ts"] == root.ts
    assert event["parent_user_id"] == stage.ada.id
    assert event["client_msg_id"]
    assert event["blocks"][0]["type"] == "rich_text"


def test_a_person_changes_their_own_words(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    said = stage.ada.post(stage.inner, "Befor")

    changed = stage.ada.edit(said, "Before")

    assert (changed.text, changed.edited) == ("Before", True)
    slack.until(lambda: len(app.bodies("message")) == 2)
    event = app.bodies("message")[1]["event"]
    assert event["subtype"] == "message_changed"
    assert event["message"]["text"] == "Before"
    assert event["previous_message"]["text"] == "Befor"
    with pytest.raises(Refused, match="Only its author"):
        stage.ben.edit(said, "After")


def test_a_person_takes_their_own_words_back(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    said = stage.ada.post(stage.inner, "Oops")

    with pytest.raises(Refused, match="Only its author"):
        stage.ben.delete(said)
    stage.ada.delete(said)

    assert stage.ben.channel(stage.inner) == []
    slack.until(lambda: len(app.bodies("message")) == 2)
    event = app.bodies("message")[1]["event"]
    assert event["subtype"] == "message_deleted"
    assert event["deleted_ts"] == said.ts


def test_direct_messages_reach_the_app(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.post_dm("Hello")

    [body] = slack.until(lambda: app.bodies("message"))
    assert body["event"]["channel_type"] == "im"
    assert [each.text for each in stage.ada.dm()] == ["Hello"]
    assert stage.ben.dm() == []


def test_an_app_that_takes_no_direct_messages_gets_none() -> None:
    manifest = scopes_without()
    manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True
    with Sandbox(manifest) as slack:
        ada = slack.person("Ada")

        with pytest.raises(Refused, match="turned off"):
            ada.post_dm("Hello")


def test_an_archived_channel_takes_no_words(stage: Stage) -> None:
    stage.inner.archive()

    with pytest.raises(Refused, match="archived"):
        stage.ada.post(stage.inner, "Hello")


def test_what_others_said_is_unread_until_it_is_read(
    stage: Stage, client: WebClient
) -> None:
    stage.ada.post(stage.inner, "One")
    client.chat_postMessage(channel=stage.inner.id, text="Two")

    assert stage.ben.unread(stage.inner) == 2
    assert stage.ada.unread(stage.inner) == 1
    stage.ben.mark_read(stage.inner)
    assert stage.ben.unread(stage.inner) == 0
    stage.ada.post(stage.inner, "Three")
    assert stage.ben.unread(stage.inner) == 1


def test_an_empty_channel_can_be_marked_as_read(stage: Stage) -> None:
    stage.ada.mark_read(stage.inner)

    assert stage.ada.unread(stage.inner) == 0


def test_what_only_another_saw_is_not_read(stage: Stage, client: WebClient) -> None:
    client.chat_postEphemeral(
        channel=stage.inner.id, user=stage.ada.id, text="Only you"
    )

    assert stage.ada.unread(stage.inner) == 1
    assert stage.ben.unread(stage.inner) == 0
    assert stage.ben.channel(stage.inner) == []


def heard_of(manifest: dict[str, Any]) -> list[str]:
    """What an app with that manifest hears when something is said everywhere."""
    with Sandbox(manifest) as slack, running(slack) as app:
        ada = slack.person("Ada")
        ada.post(slack.channel("open", members=[ada]), "open @Errand")
        ada.post(slack.channel("closed", private=True, members=[ada]), "closed")
        ada.post_dm("last")
        slack.until(lambda: "last" in said_to(app))
        return said_to(app)


def said_to(app: Errands) -> list[str]:
    """The types and words of the messages that an app heard."""
    return sorted(
        each["event"]["text"].split(maxsplit=1)[0]
        for each in app.bodies("message") + app.bodies("app_mention")
    )


def test_all_that_an_app_subscribed_to_it_is_told() -> None:
    assert heard_of(scopes_without()) == ["closed", "last", "open", "open"]


def test_what_an_app_did_not_subscribe_to_it_is_not_told() -> None:
    manifest = scopes_without()
    manifest["settings"]["event_subscriptions"]["bot_events"] = ["message.im"]

    assert heard_of(manifest) == ["last"]


@pytest.mark.parametrize(
    ("scopes", "heard"),
    [
        (("channels:history",), ["closed", "last", "open"]),
        (("groups:history",), ["last", "open", "open"]),
        (("channels:history", "app_mentions:read"), ["closed", "last"]),
    ],
)
def test_what_an_app_may_not_read_it_is_not_told(
    scopes: tuple[str, ...], heard: list[str]
) -> None:
    assert heard_of(scopes_without(*scopes)) == heard


def test_an_app_without_interactivity_cannot_be_used() -> None:
    manifest = scopes_without()
    manifest["settings"]["interactivity"]["is_enabled"] = False
    with Sandbox(manifest) as slack:
        ada = slack.person("Ada")

        with pytest.raises(Refused, match="not configured to handle interactive"):
            ada.shortcut("Ask for something")


def test_somebody_who_is_not_there_reads_nothing(stage: Stage) -> None:
    with pytest.raises(NotOnScreen, match="Cleo Marsh is not in this conversation"):
        stage.cleo.channel(stage.inner)


def test_people_are_found_again_by_name_and_team() -> None:
    with Sandbox(MANIFEST) as slack:
        lakeside = slack.team("Lakeside")
        here, there = slack.person("Ada"), slack.person("Ada", team=lakeside)

        assert slack.person("Ada") == here != there
        assert slack.person("Ada", team=slack.team("Lakeside")) == there
        assert {each.id for each in slack.people} == {here.id, there.id}


TYPED = "Hold if ANC <0.5 & plt <50, then > 1; see <b> and @Ben Ito"


def test_what_a_person_typed_is_escaped_for_the_app_as_slack_does(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    said = stage.ada.post(stage.inner, TYPED)

    [body] = slack.until(lambda: app.bodies("message"))
    sent = (
        "Hold if ANC &lt;0.5 &amp; plt &lt;50, then &gt; 1; see &lt;b&gt; and"
        f" <@{stage.ben.id}>"
    )
    read_back = app.client.conversations_history(channel=stage.inner.id)
    assert body["event"]["text"] == sent
    assert read_back["messages"][0]["text"] == sent
    assert said.rendered == stage.ben.channel(stage.inner)[0].rendered == TYPED


def test_what_a_person_corrected_is_escaped_too(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    said = stage.ada.post(stage.inner, "5 mg")

    changed = stage.ada.edit(said, "<5 mg")

    slack.until(lambda: len(app.bodies("message")) == 2)
    assert app.bodies("message")[1]["event"]["message"]["text"] == "&lt;5 mg"
    assert changed.rendered == "<5 mg"


def test_what_the_app_posts_is_left_as_it_is(stage: Stage, app: Errands) -> None:
    app.client.chat_postMessage(channel=stage.inner.id, text="a &amp; b < c")

    read_back = app.client.conversations_history(channel=stage.inner.id)

    assert read_back["messages"][0]["text"] == "a &amp; b < c"
