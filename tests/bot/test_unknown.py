"""What nothing listens to any more is answered, and nothing private is logged."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import yaml
from slack_sdk import WebClient

from bot.demo import MANIFEST
from bot.listeners.failures import OUT_OF_DATE
from bot.logs import set_up_logs
from bot.settings import LogStyle
from tests.beside import Beside
from tests.bot.acting import ask, opened_form, press_pinned
from tests.bot.breaking import without_table
from tests.bot.conftest import Start

SECRET = "Quinacridone violet Thursday"
ANSWERED = "Heliotrope vermilion"


@pytest.fixture
def older(start: Start, new_sqlite: Callable[..., str]) -> Beside:
    """Return a Baton whose app in Slack has entries that it does not know."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["features"]["slash_commands"].append(
        {"command": "/gone", "description": "Of an older version"}
    )
    manifest["features"]["shortcuts"].append(
        {
            "name": "Gone",
            "type": "global",
            "callback_id": "gone",
            "description": "Of an older version",
        }
    )
    manifest["settings"]["event_subscriptions"]["bot_events"].append("reaction_added")
    manifest["oauth_config"]["scopes"]["bot"].append("reactions:read")
    return start(new_sqlite(), manifest=manifest)


def client(beside: Beside) -> WebClient:
    return WebClient(token=beside.slack.bot_token, base_url=beside.slack.api_url)


def test_a_button_of_an_older_version_is_answered(older: Beside) -> None:
    chen, lakeside = older.cast.chen, older.cast.lakeside
    button = {
        "type": "button",
        "action_id": "gone",
        "text": {"type": "plain_text", "text": "Gone"},
    }
    blocks = [{"type": "actions", "elements": [button]}]
    client(older).chat_postMessage(channel=lakeside.id, text="Old", blocks=blocks)

    chen.click("Gone", chen.channel(lakeside)[-1])

    assert "This is from an older version of Baton." in chen.private[-1].rendered


def test_a_form_of_an_older_version_is_answered_and_keeps_its_text(
    older: Beside,
) -> None:
    chen = older.cast.chen
    press_pinned(chen, older.cast.lakeside)
    form = opened_form(older, chen)
    form.fill({"Your question": SECRET})
    names = ("type", "title", "submit", "close", "blocks", "private_metadata")
    body = {name: form.view.body[name] for name in names}
    client(older).views_update(
        view_id=form.view.id, view=body | {"callback_id": "gone"}
    )

    form.submit()

    assert OUT_OF_DATE in form.errors.values()
    assert form.value("Your question") == SECRET


def test_a_command_of_an_older_version_is_answered(older: Beside) -> None:
    answer = older.cast.chen.command("/gone away")

    assert answer.text == OUT_OF_DATE


def test_a_shortcut_of_an_older_version_is_acknowledged(older: Beside) -> None:
    older.cast.chen.shortcut("Gone")

    assert older.cast.chen.modal is None
    assert older.slack.record.acks()


def test_an_event_that_nobody_asked_for_is_acknowledged(older: Beside) -> None:
    chen, lakeside = older.cast.chen, older.cast.lakeside

    chen.react(chen.channel(lakeside)[0], "eyes")
    record = older.slack.record

    def told() -> list[str]:
        return [one.payload["event"]["type"] for one in record.envelopes("events_api")]

    older.slack.until(lambda: "reaction_added" in told())
    older.slack.until(lambda: len(record.acks()) == len(record.envelopes()))

    assert told().count("reaction_added") == 1


@pytest.mark.parametrize("style", list(LogStyle))
def test_nothing_that_people_wrote_is_in_the_log(
    start: Start,
    new_sqlite: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    style: LogStyle,
) -> None:
    """Not when it works, not when it is refused, and not when it fails."""
    set_up_logs(style)
    beside = start(new_sqlite())
    cast = beside.cast

    thread = ask(beside, question=SECRET)
    thread.reply(cast.rivera, ANSWERED)
    cast.chen.command(f"/baton {SECRET}", cast.lakeside)
    with without_table(beside):
        cast.rivera.click("Answer", thread.card)
        beside.slack.until(lambda: cast.rivera.modal)
        press_pinned(cast.chen, cast.lakeside)
        cast.chen.command(f"/baton case {SECRET}", cast.lakeside)
    logged = capsys.readouterr().err

    assert "listener.failed" in logged
    for word in (*SECRET.split(), *ANSWERED.split()):
        assert word not in logged
    for token in (beside.slack.bot_token, beside.slack.app_token):
        assert token not in logged
    if style is LogStyle.JSON:
        assert all(json.loads(line)["event"] for line in logged.splitlines())
