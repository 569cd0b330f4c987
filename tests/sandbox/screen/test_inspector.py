"""The inspector: lines from the record, what they hide, how many there are."""

import json
from dataclasses import replace

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from sandbox.record import Acked, ApiCall, Record, Sent
from sandbox.screen.inspector import Inspection, draw_inspector
from sandbox.screen.wire import HIDDEN, MOST, hide, list_lines
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands
from tests.sandbox.screen.test_tags import Parsed

CALL = ApiCall(
    at=100.0,
    method="chat.postMessage",
    arguments={"channel": "C1", "text": "hi"},
    status=200,
    answer={"ok": True},
    by="bot",
    took=0.012,
)
SENT = Sent(101.0, "e1", "interactive", {"type": "block_actions"}, "c1")


@pytest.fixture
def record() -> Record:
    """A record of its own."""
    return Record(10_000)


def test_calls_and_envelopes_stand_newest_first(record: Record, slack: Sandbox) -> None:
    for entry in (CALL, SENT, replace(CALL, at=102.0, method="views.open")):
        record.add(entry)

    found = list_lines(record, slack.world)

    assert [each.what for each in found] == [
        "views.open",
        "block_actions",
        "chat.postMessage",
    ]
    assert [each.way for each in found] == ["to Slack", "to the app", "to Slack"]


def test_a_call_says_how_it_went_and_how_long_it_took(
    record: Record, slack: Sandbox
) -> None:
    refused = {"ok": False, "error": "channel_not_found"}
    record.add(CALL)
    record.add(replace(CALL, at=99.0, answer=refused))
    record.add(replace(CALL, at=98.0, answer={}, status=0))

    good, bad, cut = list_lines(record, slack.world)

    assert (good.outcome, good.took, good.failed) == ("ok", 0.012, False)
    assert (bad.outcome, bad.failed) == ("channel_not_found", True)
    assert (cut.outcome, cut.failed) == ("no answer (0)", True)


def test_an_envelope_says_how_long_its_ack_took(record: Record, slack: Sandbox) -> None:
    errors = {"response_action": "errors", "errors": {"q": "No"}}
    record.add(SENT)
    record.add(Acked(101.25, "e1", errors, "c1"))
    record.add(replace(SENT, envelope_id="e2", attempt=1, reason="timeout"))

    lines = {each.outcome: each for each in list_lines(record, slack.world)}

    assert lines["acked, errors"].took == 0.25
    assert lines["no ack yet, try 2 after timeout"].took is None


def test_a_person_is_named_with_what_they_did(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand help", stage.shared)

    found = list_lines(slack.record, slack.world, "slash_commands")

    assert (found[0].what, found[0].who) == ("slash_commands /errand", "Dr Stone")
    assert found[0].outcome == "acked"


@pytest.mark.parametrize(
    ("words", "count"),
    [("", 2), ("chat", 1), ("CHAT ok", 1), ("chat block", 0), ("to the app", 1)],
)
def test_a_filter_keeps_lines_with_all_its_words(
    record: Record, slack: Sandbox, words: str, count: int
) -> None:
    record.add(CALL)
    record.add(SENT)

    assert len(list_lines(record, slack.world, words)) == count


def test_there_are_never_more_lines_than_the_most(
    record: Record, slack: Sandbox
) -> None:
    for number in range(MOST + 50):
        record.add(replace(CALL, at=float(number)))

    found = list_lines(record, slack.world)

    assert len(found) == MOST
    assert found[0].at == MOST + 49


def test_no_token_is_ever_shown(slack: Sandbox, stage: Stage, app: Errands) -> None:
    """Neither in what is sent over sockets nor in what is answered."""
    stage.ada.command("/errand now", stage.shared)
    bad = WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    with pytest.raises(SlackApiError):
        bad.chat_postMessage(channel="C1", text=f"{slack.bot_token} {slack.app_token}")

    told = "\n".join(each.body for each in list_lines(slack.record, slack.world))

    assert "chat.postMessage" in {each.method for each in slack.record.calls()}
    assert HIDDEN in told
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in told
    assert "/response/" in told
    [command] = slack.record.envelopes("slash_commands")
    assert command.payload["response_url"] not in told


def test_secrets_are_hidden_wherever_they_stand() -> None:
    told = {
        "token": "abc",
        "url": "wss://x/link/?ticket=abc-1&app_id=A1",
        "list": ["xapp-1-abcd", {"note": "see xoxb-12-ab_c."}],
        "number": 7,
    }

    assert hide(told) == {
        "token": HIDDEN,
        "url": f"wss://x/link/?ticket={HIDDEN}&app_id=A1",
        "list": [HIDDEN, {"note": f"see {HIDDEN}."}],
        "number": 7,
    }


def test_all_of_a_line_is_json(record: Record, slack: Sandbox) -> None:
    record.add(CALL)

    [line] = list_lines(record, slack.world)

    assert json.loads(line.body) == {"arguments": CALL.arguments, "answer": CALL.answer}


def test_a_closed_inspector_draws_and_reads_nothing(stage: Stage) -> None:
    inspection = Inspection()

    inspection.look(stage.ada)

    assert inspection.lines == []
    assert not any(draw_inspector(stage.ada, inspection).values())


def test_an_open_one_takes_in_what_comes_until_it_is_paused(
    stage: Stage, client: WebClient
) -> None:
    inspection = Inspection(open=True)
    client.auth_test()
    inspection.look(stage.ada)
    inspection.paused = True
    client.auth_test()

    inspection.look(stage.ada)
    assert len(inspection.lines) == 1
    inspection.paused = False
    inspection.look(stage.ada)

    assert [each.what for each in inspection.lines] == ["auth.test", "auth.test"]


def test_the_chosen_line_is_shown_whole(stage: Stage, client: WebClient) -> None:
    client.auth_test()
    inspection = Inspection(open=True)
    inspection.look(stage.ada)
    assert draw_inspector(stage.ada, inspection)["wire-body"] == []

    inspection.chosen = inspection.lines[0].key

    [body] = draw_inspector(stage.ada, inspection)["wire-body"]
    assert "auth.test" in Parsed(body.markup).words
    assert "&quot;ok&quot;: true" in body.markup


def test_what_is_typed_in_the_filter_is_not_drawn_anew(stage: Stage) -> None:
    before = draw_inspector(stage.ada, Inspection(open=True))["wire-head"]
    after = draw_inspector(stage.ada, Inspection(open=True, words="x"))["wire-head"]

    marks = [(a.mark == b.mark) for a, b in zip(before, after, strict=True)]
    assert marks == [True, True, True]


def test_an_empty_list_says_why(stage: Stage) -> None:
    inspection = Inspection(open=True)
    nothing = draw_inspector(stage.ada, inspection)["wire-list"][0].markup
    inspection.words = "zzz"
    unfound = draw_inspector(stage.ada, inspection)["wire-list"][0].markup

    assert "Nothing went" in nothing
    assert "these words" in unfound
