"""What is done in a window, without a window: only what it asks of one is kept."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.screen import acting
from sandbox.screen.chrome import Extra
from sandbox.screen.deeds import ACTS, Deeds
from sandbox.screen.places import DM, HOME, Look
from sandbox.screen.tour import Tour, TourStep
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands
from tests.sandbox.screen import gallery


@dataclass
class Quiet:
    """A window that only remembers what it was asked."""

    ran: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)

    def run(self, function: str, *arguments: object) -> None:
        """Remember the function."""
        self.ran.append((function, arguments))

    def refresh(self) -> None:
        """Show nothing."""

    def toast(self, words: str) -> None:
        """Remember the words."""
        self.toasts.append(words)


@pytest.fixture
def browser() -> Quiet:
    """A window that is not there."""
    return Quiet()


@pytest.fixture
def deeds(stage: Stage, browser: Quiet) -> Deeds:
    """What Ada does, in the shared channel."""
    extras = [Extra("Shout", lambda: "Done"), Extra("Whisper", lambda: None)]
    return Deeds(
        stage.ada, Look(stage.shared.id, stage="place"), browser, extras=extras
    )


def run(deed: Coroutine[Any, Any, None]) -> None:
    """Run a deed in a thread of its own: tests in browsers leave a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, deed).result()


def do(deeds: Deeds, act: str, **data: str) -> None:
    """Do one thing, to its end."""
    run(deeds.do({"act": act, "number": "1", **data}))


def say(deeds: Deeds, words: str, box: str = "") -> None:
    """Type and send."""
    box = box or deeds.look.place
    do(deeds, "say", say="thread" if "/" in box else "place", box=box, value=words)


def notes(deeds: Deeds) -> list[tuple[str, str]]:
    """What was noted, and where."""
    return [(note.words, note.pane) for note in deeds.look.notes]


def test_a_command_in_a_thread_is_refused_as_slack_does(
    deeds: Deeds, stage: Stage, browser: Quiet
) -> None:
    root = stage.ben.post(stage.shared, "root")
    do(deeds, "thread", thread=root.ts)

    say(deeds, "/errand now", deeds.look.box)

    assert notes(deeds) == [("/errand is not supported in threads. Sorry!", "thread")]
    assert browser.ran[-1] == ("restore", (deeds.look.box, "/errand now"))


def test_a_command_that_the_app_does_not_have_is_refused(deeds: Deeds) -> None:
    say(deeds, "/nothing")

    assert notes(deeds) == [("/nothing is not a valid command.", "place")]


def test_a_reply_goes_to_the_thread_in_which_it_was_typed(
    deeds: Deeds, stage: Stage
) -> None:
    root = stage.ben.post(stage.shared, "root")
    box = f"{stage.shared.id}/{root.ts}"
    deeds.look.go(stage.inner.id)

    say(deeds, "late but right", box)

    assert [each.text for each in stage.ben.thread(root)] == ["root", "late but right"]


def test_a_reply_to_what_was_deleted_is_refused_and_kept(
    deeds: Deeds, stage: Stage
) -> None:
    root = stage.ben.post(stage.shared, "root")
    box = f"{stage.shared.id}/{root.ts}"
    stage.ben.delete(root)

    say(deeds, "too late", box)

    assert notes(deeds) == [(acting.GONE, "place")]
    assert deeds.look.drafts[box] == "too late"


def test_words_to_the_app_alone_reach_it(
    deeds: Deeds, stage: Stage, slack: Sandbox, app: Errands
) -> None:
    say(deeds, "hello", DM)

    slack.until(lambda: app.bodies("message"))
    assert [each.text for each in stage.ada.dm()] == ["hello"]


def test_who_is_deactivated_can_do_nothing(
    deeds: Deeds, stage: Stage, slack: Sandbox
) -> None:
    slack.deactivate(stage.ada)

    say(deeds, "hello")

    assert "deactivated" in notes(deeds)[0][0]
    assert stage.ben.channel(stage.shared) == []


def card(app: Errands, stage: Stage) -> dict[str, str]:
    """Post a message with a button; what a browser tells when it is pressed."""
    row = {"type": "actions", "block_id": "row", "elements": [gallery.button("Go")]}
    told = app.client.chat_postMessage(channel=stage.shared.id, text="x", blocks=[row])
    key = f"{stage.shared.id}/{told['ts']}"
    return {"surface": "message", "key": key, "block": "row", "action": "go"}


def test_a_button_that_was_replaced_a_moment_ago_can_still_be_pressed(
    deeds: Deeds, stage: Stage, app: Errands, slack: Sandbox
) -> None:
    data = card(app, stage)
    deeds.remember()
    ts = data["key"].split("/")[1]
    app.client.chat_update(channel=stage.shared.id, ts=ts, text="over", blocks=[])

    do(deeds, "use", **data)

    [told] = slack.until(lambda: app.bodies("block_actions"))
    assert told["actions"][0]["action_id"] == "go"
    assert notes(deeds) == []


def test_a_button_that_never_was_there_cannot_be_pressed(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    data = card(app, stage)
    deeds.remember()

    do(deeds, "use", **{**data, "action": "other"})

    assert notes(deeds) == [("This is not there any more", "place")]


def test_a_button_of_a_deleted_message_is_told_to_be_gone(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    data = card(app, stage)
    deeds.remember()
    channel, ts = data["key"].split("/")
    app.client.chat_delete(channel=channel, ts=ts)

    do(deeds, "use", **data)

    assert notes(deeds) == [(acting.GONE, "place")]


def test_nobody_presses_buttons_in_a_channel_that_they_left(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    data = card(app, stage)
    deeds.remember()
    stage.shared.remove(stage.ada)

    do(deeds, "use", **data)

    assert notes(deeds) == [(acting.GONE, "place")]
    assert app.bodies("block_actions") == []


def test_a_letter_that_arrives_after_its_form_was_closed_is_no_trouble(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    modal = stage.ada.command("/errand now", stage.shared).modal
    assert modal
    modal.close()

    place = {"surface": "modal", "key": modal.view_id, "block": "question"}
    do(deeds, "enter", **place, action="q", value="late", quiet="true")

    assert notes(deeds) == []


def test_nobody_enters_anything_in_the_form_of_another(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    modal = stage.ben.command("/errand now", stage.shared).modal
    assert modal

    place = {"surface": "modal", "key": modal.view_id, "block": "question"}
    do(deeds, "enter", **place, action="q", value="mine", quiet="true")

    assert modal.value("Your question") is None


def test_submitting_comes_after_all_that_was_entered(
    deeds: Deeds, stage: Stage, app: Errands
) -> None:
    modal = stage.ada.command("/errand now", stage.shared).modal
    assert modal
    entry = {"surface": "modal", "key": modal.view_id, "block": "question"}
    entry |= {"act": "enter", "action": "q", "value": "milk", "quiet": "true"}

    async def both() -> None:
        await asyncio.gather(deeds.do(entry), deeds.do({"act": "submit"}))

    run(both())

    [sent] = app.bodies("view_submission")
    assert sent["view"]["state"]["values"]["question"]["q"]["value"] == "milk"


def test_looking_at_home_tells_the_app(
    deeds: Deeds, app: Errands, slack: Sandbox
) -> None:
    do(deeds, "place", place=HOME)

    slack.until(lambda: app.bodies("app_home_opened"))
    assert deeds.look.place == HOME


def test_the_address_follows_where_one_goes(
    deeds: Deeds, stage: Stage, browser: Quiet
) -> None:
    do(deeds, "place", place=stage.inner.id)
    do(deeds, "thread", thread="1.2")
    do(deeds, "back")
    do(deeds, "back")

    assert [arguments[0] for name, arguments in browser.ran if name == "address"] == [
        f"?at={stage.inner.id}",
        f"?at={stage.inner.id}&thread=1.2",
        f"?at={stage.inner.id}",
        "",
    ]


def test_the_host_is_heard_only_when_it_has_something_to_say(
    deeds: Deeds, browser: Quiet
) -> None:
    do(deeds, "extra", extra="0")
    do(deeds, "extra", extra="1")

    assert browser.toasts == ["Done"]


def test_a_note_goes_when_it_is_dismissed_even_twice(deeds: Deeds) -> None:
    say(deeds, "/nothing")

    do(deeds, "dismiss", note="0")
    do(deeds, "dismiss", note="0")

    assert notes(deeds) == []


def test_a_link_to_a_message_opens_its_thread(
    deeds: Deeds, stage: Stage, browser: Quiet
) -> None:
    root = stage.ben.post(stage.inner, "root")

    do(deeds, "visit", place=stage.inner.id, thread=root.ts)

    assert (deeds.look.place, deeds.look.thread) == (stage.inner.id, root.ts)
    assert browser.ran[-1] == ("address", (f"?at={stage.inner.id}&thread={root.ts}",))


def test_a_link_leads_nobody_into_a_channel_that_they_are_not_in(
    deeds: Deeds, stage: Stage
) -> None:
    stage.inner.remove(stage.ada)

    do(deeds, "visit", place=stage.inner.id, thread="1.2")

    assert deeds.look.place == stage.shared.id
    assert "not in the channel" in notes(deeds)[0][0]


def test_a_link_into_the_messages_with_the_app_leads_there(
    deeds: Deeds, app: Errands, stage: Stage
) -> None:
    told = app.client.chat_postMessage(channel=stage.ada.id, text="hello")

    do(deeds, "visit", place=str(told["channel"]), thread="")

    assert deeds.look.place == DM


def test_a_link_in_a_form_closes_the_form(
    deeds: Deeds, app: Errands, stage: Stage
) -> None:
    stage.ada.command("/errand now", stage.shared)

    do(deeds, "visit", place=stage.inner.id, thread="")

    assert stage.ada.modal is None


def test_a_message_from_long_ago_is_shown_when_one_jumps_to_it(
    deeds: Deeds, stage: Stage, browser: Quiet
) -> None:
    old = stage.ben.post(stage.shared, "old")
    for number in range(90):
        stage.ben.post(stage.shared, f"{number}")

    do(deeds, "jump", key=old.key)

    assert deeds.look.shown > 90
    assert browser.ran == [("jump", (old.key,))]


def test_ones_own_message_is_changed(deeds: Deeds, stage: Stage) -> None:
    mine = stage.ada.post(stage.shared, "milk")

    do(deeds, "edit", key=mine.key)
    assert deeds.look.editing == mine.key
    do(deeds, "save", key=mine.key, value=" bread for @Cleo Marsh ")

    [message] = stage.ben.channel(stage.shared)
    assert message.text == f"bread for <@{stage.cleo.id}>"
    assert message.edited
    assert deeds.look.editing == ""


def test_a_change_that_is_left_changes_nothing(deeds: Deeds, stage: Stage) -> None:
    mine = stage.ada.post(stage.shared, "milk")
    do(deeds, "edit", key=mine.key)

    do(deeds, "edit")
    do(deeds, "save", key=mine.key, value="  ")

    [message] = stage.ben.channel(stage.shared)
    assert (message.text, message.edited) == ("milk", False)
    assert deeds.look.editing == ""


def test_ones_own_message_is_deleted_once_that_was_asked(
    deeds: Deeds, stage: Stage
) -> None:
    mine = stage.ada.post(stage.shared, "too much")

    do(deeds, "delete", key=mine.key)
    assert deeds.asking
    do(deeds, "deny")
    assert len(stage.ben.channel(stage.shared)) == 1
    do(deeds, "delete", key=mine.key)
    do(deeds, "confirm")

    assert stage.ben.channel(stage.shared) == []


@pytest.mark.parametrize("act", ["save", "delete"])
def test_the_words_of_others_are_not_changed(
    deeds: Deeds, stage: Stage, act: str
) -> None:
    theirs = stage.ben.post(stage.shared, "mine")

    do(deeds, act, key=theirs.key, value="yours", confirmed="yes")

    assert [each.text for each in stage.ben.channel(stage.shared)] == ["mine"]
    assert notes(deeds) == [("Only its author can change a message", "place")]


def test_the_tour_is_hidden_folded_and_begun_again(
    stage: Stage, browser: Quiet
) -> None:
    done = ["ask"]
    step = TourStep("ask", "Ask.", stage.ada.id, DM, lambda: "ask" in done)
    tour = Tour([step], done.clear)
    deeds = Deeds(stage.ada, Look(DM), browser, tour=tour)
    tour.look()

    hidden = []
    for act in ("hide-tour", "show-tour"):
        do(deeds, act)
        hidden.append(tour.hidden)
    assert hidden == [True, False]
    do(deeds, "fold-tour")
    assert deeds.look.tour_open
    do(deeds, "restart-tour")
    assert tour.present == 0


def test_the_inspector_opens_filters_pauses_and_chooses(
    deeds: Deeds, app: Errands, browser: Quiet
) -> None:
    inspection = deeds.beside.inspection

    do(deeds, "inspect")
    do(deeds, "filter", value="auth.test")
    do(deeds, "choose-line", line=inspection.lines[0].key)
    do(deeds, "pause")

    assert (inspection.open, inspection.paused) == (True, True)
    assert {each.what for each in inspection.lines} == {"auth.test"}
    assert inspection.chosen == inspection.lines[0].key
    do(deeds, "choose-line", line=inspection.chosen)
    assert inspection.chosen == ""
    do(deeds, "inspect")
    kept = [words for name, (words,) in browser.ran if name == "keepInspecting"]
    assert kept == ["open", ""]


def test_each_act_of_the_page_is_known_here() -> None:
    assert {"use", "enter", "say", "submit", "close", "place", "thread"} <= set(ACTS)
