"""The world survives a restart, in one file."""

from pathlib import Path

import pytest
from slack_sdk import WebClient

from sandbox import Sandbox
from sandbox.store import Store
from sandbox.things import Conversation, Meta, Post, Screen, Thing, User, View
from tests.sandbox.conftest import MANIFEST
from tests.sandbox.errand import card, form, running, text

HOME = {"type": "home", "blocks": [{"type": "section", "text": text("At home")}]}


def test_a_demo_goes_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    with Sandbox(MANIFEST, store=file) as slack:
        ada = slack.person("Ada Stone", display="Dr Stone", tz="Asia/Tokyo")
        place = slack.channel("inner", members=[ada])
        client = WebClient(slack.bot_token, slack.api_url)
        root = client.chat_postMessage(
            channel=place.id, text="Card", blocks=card("Milk")
        )
        ada.reply(ada.channel(place)[0], "Mine")
        ada.mark_read(place)
        client.pins_add(channel=place.id, timestamp=root["ts"])
        client.views_publish(user_id=ada.id, view=HOME)
        client.chat_postMessage(channel=ada.id, text="Direct")
        tokens = (slack.bot_token, slack.app_token, slack.signing_secret)
        before = slack.transcript()

    with Sandbox(MANIFEST, store=file) as slack:
        assert (slack.bot_token, slack.app_token, slack.signing_secret) == tokens
        assert slack.transcript() == before
        ada = slack.person("Ada Stone")
        assert ada.account.tz == "Asia/Tokyo"
        place = slack.channel("inner")
        assert ada.unread(place) == 0
        [message] = ada.channel(place)
        assert (message.pinned, message.replies) == (True, 1)
        assert message.buttons == ("Take it", "Decline", "Postpone")
        client = WebClient(tokens[0], slack.api_url)
        later = client.chat_postMessage(channel=place.id, text="Later")
        assert later["ts"] > root["ts"]
        assert ada.home is not None
        assert ada.home.text == "At home"


def test_an_open_form_survives_with_what_was_typed(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    with Sandbox(MANIFEST, store=file) as slack, running(slack):
        ada = slack.person("Ada")
        modal = ada.command("/errand").modal
        assert modal is not None
        modal.fill({"Your question": "Half a sent"})

    with Sandbox(MANIFEST, store=file) as slack:
        again = slack.person("Ada").modal
        assert again is not None
        assert again.value("Your question") == "Half a sent"


def test_what_only_one_person_saw_does_not_survive(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    with Sandbox(MANIFEST, store=file) as slack:
        ada = slack.person("Ada")
        place = slack.channel("inner", members=[ada])
        client = WebClient(slack.bot_token, slack.api_url)
        client.chat_postEphemeral(channel=place.id, user=ada.id, text="Psst")
        assert len(ada.private) == 1

    with Sandbox(MANIFEST, store=file) as slack:
        assert slack.person("Ada").private == []


def test_what_was_deleted_stays_deleted(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    with Sandbox(MANIFEST, store=file) as slack:
        ada = slack.person("Ada")
        place = slack.channel("inner", members=[ada])
        ada.delete(ada.post(place, "Oops"))

    with Sandbox(MANIFEST, store=file) as slack:
        assert slack.person("Ada").channel(slack.channel("inner")) == []


THINGS: list[Thing] = [
    Meta("T1", "U1", "A1", "xoxb", "xapp", "secret"),
    User("U1", "T1", "ada", "Ada", "", deleted=True, updated=5),
    Conversation("C1", "T1", "inner", 1, members=("U1", "U2"), shared_with=("T2",)),
    Post("C1", "1.000001", "U1", "a", blocks=card("Milk"), reactions={"eyes": ["U1"]}),
    View("V1", "U1", "T1", form(""), "h", "V1", values={"b": {"a": {"value": "x"}}}),
    Screen("U1", ("V1", "V2"), "V3"),
]


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_a_thing_comes_back_as_it_was(tmp_path: Path, thing: Thing) -> None:
    store = Store(tmp_path / "things.sqlite")
    store.save(thing)
    store.close()

    again = Store(tmp_path / "things.sqlite")

    assert list(again.load()) == [thing]
    again.close()


def test_a_thing_is_kept_once_in_its_last_form(tmp_path: Path) -> None:
    store = Store(tmp_path / "things.sqlite")
    store.save(Screen("U1", ("V1",)))
    store.save(Screen("U1", ()))

    assert list(store.load()) == [Screen("U1", ())]
    store.forget(Screen("U1"))
    assert list(store.load()) == []
    store.close()
