"""The small parts: world, manifest, record, triggers, response URLs."""

from typing import Any

import pytest
import yaml

from sandbox.errors import ApiError
from sandbox.manifest import Manifest, Shortcut
from sandbox.record import Acked, ApiCall, Record, Sent
from sandbox.response_urls import REMEMBERED, ResponseUrls
from sandbox.things import Conversation, Post, Team, Thing, User
from sandbox.triggers import Triggers
from sandbox.world import World
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.test_limits import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that is set by hand."""
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """An empty world on that clock."""
    return World(clock)


# The world


def test_time_stamps_rise_even_when_the_clock_stands(world: World) -> None:
    stamps = [world.new_ts() for _ in range(3)]

    assert stamps == ["1000.000000", "1000.000001", "1000.000002"]


def test_time_stamps_never_fall_behind_what_was_loaded(
    world: World, clock: Clock
) -> None:
    world.put(Post("C1", "2000.000005", "U1", "from before"))

    assert world.new_ts() == "2000.000006"


def test_ids_look_like_slacks_and_differ(world: World) -> None:
    ids = {world.new_id("C") for _ in range(200)}

    assert len(ids) == 200
    assert all(len(each) == 11 and each.startswith("C0") for each in ids)


def test_a_changed_thing_takes_the_place_of_the_old_one(world: World) -> None:
    world.put(Team("T1", "Old", "old"))
    world.put(Team("T1", "New", "new"))

    assert world.all(Team) == [Team("T1", "New", "new")]
    assert world.get(Team, "T2") is None
    with pytest.raises(KeyError):
        world.need(Team, "T2")


def test_listeners_hear_of_each_change(world: World) -> None:
    heard: list[Thing] = []
    world.listeners.append(heard.append)
    team = Team("T1", "Team", "team")

    world.put(team)
    world.drop(team)

    assert heard == [team, team]
    assert world.version == 2


def test_a_thread_is_its_root_and_its_replies(world: World) -> None:
    root = Post("C1", "1.000001", "U1", "root")
    reply = Post("C1", "1.000003", "U1", "reply", thread_ts=root.ts)
    for post in (root, Post("C1", "1.000002", "U1", "other"), reply):
        world.put(post)

    assert world.thread("C1", root.ts) == [root, reply]
    world.drop(root)
    assert world.thread("C1", root.ts) == [reply]
    world.drop(reply)
    assert world.thread("C1", root.ts) == []


def test_direct_messages_are_no_shared_channel(world: World) -> None:
    bot = User("U1", "T1", "bot", "Bot", "", bot_id="B1")
    far = User("U2", "T2", "far", "Far", "")
    near = User("U3", "T1", "near", "Near", "")
    world.put(Conversation("D1", "T1", "", 0, members=("U1", "U2"), im_with="U2"))

    assert not world.share_a_channel(bot, far)
    assert world.share_a_channel(bot, near)
    world.put(Conversation("C1", "T1", "x", 0, members=("U1", "U2")))
    assert world.share_a_channel(bot, far)


# The manifest


def test_a_manifest_tells_what_an_app_may() -> None:
    manifest = Manifest.of(MANIFEST)

    assert (manifest.name, manifest.bot_name) == ("Errand", "Errand")
    assert "chat:write" in manifest.scopes
    assert "message.im" in manifest.events
    assert manifest.commands == {"/errand": "Ask for something"}
    assert manifest.interactive
    assert manifest.home
    assert manifest.accepts_messages
    assert manifest.shortcuts == (
        Shortcut("Ask for something", "ask_shortcut", "global"),
        Shortcut("Turn into an errand", "turn_shortcut", "message"),
    )


def test_a_bare_manifest_allows_nothing() -> None:
    manifest = Manifest.of(
        {
            "display_information": {"name": "Bare"},
            "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        }
    )

    assert manifest.bot_name == "Bare"
    assert not manifest.interactive
    assert not manifest.home
    assert not manifest.accepts_messages
    assert manifest.commands == {}
    assert manifest.events == frozenset()


def test_a_parsed_manifest_is_a_manifest() -> None:
    parsed = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))

    assert Manifest.of(parsed) == Manifest.of(MANIFEST)


def test_a_read_only_messages_tab_takes_no_messages() -> None:
    parsed: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    parsed["features"]["app_home"]["messages_tab_read_only_enabled"] = True

    assert not Manifest.of(parsed).accepts_messages


# The record


def call(number: int, method: str = "auth.test") -> ApiCall:
    """A call at that time."""
    return ApiCall(number, method, {}, 200, {"ok": True}, "bot", 0.001)


def test_the_record_keeps_the_last_entries_only() -> None:
    record = Record(cap=3)
    for number in range(5):
        record.add(call(number))

    assert [each.at for each in record.calls()] == [2, 3, 4]


def test_the_record_is_asked_by_method_and_kind() -> None:
    record = Record(cap=10)
    record.add(call(1))
    record.add(call(2, "team.info"))
    sent = Sent(3, "e1", "interactive", {}, "c1")
    record.add(sent)
    acked = Acked(4, "e1", None, "c1")
    record.add(acked)
    record.complain("wrong")

    assert [each.at for each in record.calls("team.info")] == [2]
    assert record.envelopes("interactive") == record.envelopes() == [sent]
    assert record.envelopes("events_api") == []
    assert record.acks() == [acked]
    assert record.problems() == ["wrong"]
    record.clear()
    assert (record.calls(), record.envelopes(), record.acks()) == ([], [], [])
    assert record.problems() == []


# Triggers


def spend(triggers: Triggers, trigger_id: str) -> str:
    """Slack's word for why a trigger is refused, or whose it was."""
    try:
        return triggers.spend(trigger_id).user
    except ApiError as error:
        return error.error


def test_a_trigger_serves_once(clock: Clock) -> None:
    triggers = Triggers(clock, 3)
    trigger_id = triggers.give("U1")

    assert spend(triggers, trigger_id) == "U1"
    assert spend(triggers, trigger_id) == "exchanged_trigger_id"


def test_a_trigger_lives_for_three_seconds(clock: Clock) -> None:
    triggers = Triggers(clock, 3)
    soon, late = triggers.give("U1"), triggers.give("U1")

    clock.now += 3
    assert spend(triggers, soon) == "U1"
    clock.now += 0.001
    assert spend(triggers, late) == "expired_trigger_id"


def test_a_forgotten_trigger_is_invalid(clock: Clock) -> None:
    triggers = Triggers(clock, 3)
    first = triggers.give("U1")
    for _ in range(REMEMBERED):
        triggers.give("U1")

    assert spend(triggers, first) == "invalid_trigger_id"


# Response URLs


def use(urls: ResponseUrls, ticket: str) -> str:
    """Slack's word for why a response URL is refused, or whose it was."""
    try:
        return urls.spend(ticket).user
    except ApiError as error:
        return error.error


def test_a_response_url_ends_after_its_uses(clock: Clock) -> None:
    urls = ResponseUrls(clock, seconds=1800, uses=2)
    ticket = urls.give(user="U1", channel="C1")

    assert [use(urls, ticket) for _ in range(3)] == ["U1", "U1", "used_url"]


def test_a_response_url_ends_after_its_time(clock: Clock) -> None:
    urls = ResponseUrls(clock, seconds=1800, uses=2)
    ticket = urls.give(user="U1", channel="C1")

    clock.now += 1801

    assert use(urls, ticket) == "expired_url"


def test_a_forgotten_response_url_is_expired(clock: Clock) -> None:
    urls = ResponseUrls(clock, seconds=1800, uses=2)
    first = urls.give(user="U1", channel="C1")
    for _ in range(REMEMBERED):
        urls.give(user="U1", channel="C1")

    assert use(urls, first) == "expired_url"
