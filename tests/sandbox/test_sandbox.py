"""The sandbox as a whole: waiting, acting together, hearing of changes, speed."""

import queue
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from slack_sdk import WebClient

from sandbox import NotOnScreen, Sandbox, Settings
from sandbox.things import Post, Thing
from tests.sandbox.conftest import MANIFEST, Stage
from tests.sandbox.errand import Errands, running


def test_waiting_ends_when_the_state_is_there(
    slack: Sandbox, stage: Stage, client: WebClient
) -> None:
    def post_soon() -> None:
        time.sleep(0.1)
        client.chat_postMessage(channel=stage.inner.id, text="Now")

    thread = threading.Thread(target=post_soon)
    thread.start()

    [message] = slack.until(lambda: stage.ada.channel(stage.inner))

    assert message.text == "Now"
    thread.join()


def test_waiting_in_vain_tells_what_everybody_sees(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    root = stage.ada.post(stage.inner, "First line")
    stage.ben.reply(root, "A reply")
    stage.ada.command("/errand help", stage.inner)
    stage.ada.command("/errand", stage.inner)
    slack._workspace.record.complain("a wrong answer")

    with pytest.raises(AssertionError) as caught:
        slack.until(lambda: False, timeout=0.1)

    told = str(caught.value)
    for part in (
        "it did not happen in 0.1 s",
        "== Dr Stone sees",
        "#inner",
        "Dr Stone: First line",
        "Ben Ito: A reply",
        "Errand (only you): Type /errand",
        "modal 'Ask' errors={}",
        "Your question",
        "a wrong answer",
    ):
        assert part in told


def test_what_is_not_on_the_screen_yet_is_waited_for(slack: Sandbox) -> None:
    tries: list[int] = []

    def look() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise NotOnScreen("not yet")
        return "there"

    assert slack.until(look) == "there"


def test_any_other_error_of_a_predicate_is_not_swallowed(slack: Sandbox) -> None:
    def look() -> str:
        raise LookupError("broken on purpose")

    with pytest.raises(LookupError):
        slack.until(look)


def test_acts_happen_together_and_answer_in_order(slack: Sandbox) -> None:
    meeting = threading.Barrier(2, timeout=5)

    def meet(name: str) -> str:
        meeting.wait()
        return name

    assert slack.together(lambda: meet("one"), lambda: meet("two")) == ["one", "two"]


def test_the_first_error_of_acts_together_is_raised_after_all_ended(
    slack: Sandbox,
) -> None:
    ended: list[str] = []

    def fail() -> None:
        raise LookupError("broken on purpose")

    def last() -> None:
        time.sleep(0.1)
        ended.append("last")

    with pytest.raises(LookupError):
        slack.together(fail, last)

    assert ended == ["last"]


def test_a_subscriber_hears_of_each_change_until_it_ends(
    slack: Sandbox, stage: Stage
) -> None:
    heard: queue.SimpleQueue[Thing] = queue.SimpleQueue()
    end = slack.subscribe(heard.put)

    stage.ada.post(stage.inner, "Heard")
    thing = heard.get(timeout=5)
    end()
    stage.ada.post(stage.inner, "Unheard")

    assert isinstance(thing, Post)
    assert thing.text == "Heard"
    time.sleep(0.1)
    assert heard.empty()


def test_a_subscriber_may_act_itself(slack: Sandbox, stage: Stage) -> None:
    def answer(thing: Thing) -> None:
        if isinstance(thing, Post) and thing.text == "Ping":
            stage.ben.post(stage.inner, "Pong")

    slack.subscribe(answer)
    stage.ada.post(stage.inner, "Ping")

    slack.until(lambda: stage.ada.channel(stage.inner)[-1].text == "Pong")


def test_several_sandboxes_live_side_by_side() -> None:
    with Sandbox(MANIFEST) as one, Sandbox(MANIFEST) as two:
        client = WebClient(one.bot_token, one.api_url, retry_handlers=[])
        client.chat_postMessage(channel=one.channel("inner").id, text="a")

        assert one.url != two.url
        assert one.bot_token != two.bot_token
        assert len(one.record.calls()) == 1
        assert two.record.calls() == []


def test_a_port_can_be_chosen() -> None:
    with Sandbox(MANIFEST) as first:
        port = int(first.url.rsplit(":", 1)[1])
    with Sandbox(MANIFEST, port=port) as again:
        assert again.url == first.url


def test_it_starts_within_a_second() -> None:
    started = time.monotonic()
    with Sandbox(MANIFEST):
        took = time.monotonic() - started

    assert took < 1


def test_a_call_takes_less_than_three_milliseconds_of_the_server() -> None:
    with Sandbox(MANIFEST, settings=Settings(rate_limits=False)) as slack:
        place = slack.channel("inner").id
        client = WebClient(slack.bot_token, slack.api_url, retry_handlers=[])
        for _ in range(50):
            client.chat_postMessage(channel=place, text="a")
            client.conversations_history(channel=place, limit=20)

        took = statistics.median(each.took for each in slack.record.calls())

    assert took < 0.003


def test_the_record_holds_every_call_without_its_token(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    client.chat_postMessage(channel=stage.inner.id, text="a")

    [call] = slack.record.calls("chat.postMessage")
    assert call.by == "bot"
    assert call.status == 200
    assert call.answer["ok"] is True
    assert call.arguments["text"] == "a"
    assert slack.bot_token not in str(call)


def test_many_people_act_at_once_and_nothing_is_lost(
    slack: Sandbox, stage: Stage
) -> None:
    with running(slack, connections=2) as app:
        people = [stage.ada, stage.ben, stage.ada, stage.ben]
        acts = [
            lambda number=number, person=person: [
                person.post(stage.inner, f"{number}-{turn}") for turn in range(10)
            ]
            for number, person in enumerate(people)
        ]

        slack.together(*acts)

        seen = [message.text for message in stage.ada.channel(stage.inner)]
        assert len(set(seen)) == 40
        stamps = [message.ts for message in stage.ada.channel(stage.inner)]
        assert stamps == sorted(set(stamps))
        slack.until(lambda: len(app.bodies("message")) >= 40)


def test_it_runs_alone_and_tells_what_an_app_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--manifest", str(MANIFEST)]
    store = ["--store", str(tmp_path / "world.sqlite")]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command + store, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        told = dict(re.findall(r"(\w+)=(\S+)", "".join(lines)))
        client = WebClient(
            told["SLACK_BOT_TOKEN"], told["SLACK_API_URL"], retry_handlers=[]
        )
        answer = client.auth_test()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0

    assert answer["ok"] is True
    assert told["SLACK_APP_TOKEN"].startswith("xapp-")
    assert told["SLACK_SIGNING_SECRET"]
