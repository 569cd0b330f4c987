"""What one window shows, drawn without a window."""

from pathlib import Path

import pytest
import yaml
from slack_sdk import WebClient

from sandbox import Sandbox
from sandbox.screen import scene
from sandbox.screen.chrome import Extra, unread_of
from sandbox.screen.faces import initials
from sandbox.screen.inspector import Inspection
from sandbox.screen.parts import Part
from sandbox.screen.places import DM, HOME, Look, Note, first_place, is_there
from sandbox.screen.tour import Tour, TourStep
from sandbox.things import User
from tests.sandbox.conftest import MANIFEST, Stage
from tests.sandbox.errand import Errands
from tests.sandbox.screen.test_tags import Parsed


def words(parts: list[Part]) -> str:
    """All that is read in a region."""
    return " ".join(Parsed(part.markup).words for part in parts)


def test_a_window_starts_in_the_first_channel(stage: Stage) -> None:
    assert first_place(stage.ada) == stage.shared.id


def test_somebody_in_no_channel_starts_with_the_app(slack: Sandbox) -> None:
    assert first_place(slack.person("Zed Lone")) == DM


def test_a_place_is_only_there_for_those_inside(stage: Stage) -> None:
    assert is_there(stage.ada, stage.inner.id)
    assert not is_there(stage.cleo, stage.inner.id)
    assert is_there(stage.cleo, DM)
    assert is_there(stage.ada, HOME)
    assert not is_there(stage.cleo, HOME)


def test_the_sidebar_has_what_the_person_is_in(stage: Stage) -> None:
    shown = words(scene.draw(stage.cleo, Look(stage.shared.id))["side"])

    assert "lakeside-center" in shown
    assert "private" in shown
    assert "shared" in shown
    assert "inner" not in shown
    assert "Home" not in shown


def test_messages_close_together_of_one_author_are_one_group(stage: Stage) -> None:
    stage.ben.post(stage.inner, "one")
    stage.ben.post(stage.inner, "two")
    stage.ada.post(stage.inner, "three")

    parts = scene.draw(stage.ada, Look(stage.inner.id))["list"]

    grouped = ["grouped" in part.markup for part in parts if "article" in part.markup]
    assert grouped == [False, True, False]


def test_a_day_is_named_once(stage: Stage) -> None:
    stage.ben.post(stage.inner, "one")
    stage.ada.post(stage.inner, "two")

    shown = words(scene.draw(stage.ada, Look(stage.inner.id))["list"])

    assert shown.count("Today") == 1


def test_what_did_not_change_has_the_same_mark(stage: Stage) -> None:
    first = stage.ben.post(stage.inner, "one")
    before = scene.draw(stage.ada, Look(stage.inner.id))

    stage.ben.reply(first, "more")
    after = scene.draw(stage.ada, Look(stage.inner.id))

    assert before["foot"][0].mark == after["foot"][0].mark
    assert before["list"][-1].mark != after["list"][-1].mark
    assert "1 reply" in after["list"][-1].markup


def test_entering_something_does_not_draw_its_field_anew(
    stage: Stage, app: Errands
) -> None:
    modal = stage.ada.command("/errand now", stage.shared).modal
    assert modal
    look = Look(stage.shared.id)
    before = scene.draw(stage.ada, look)["modal-body"]

    modal.fill({"Your question": "half"})
    after = scene.draw(stage.ada, look)["modal-body"]
    modal.fill({"Your question": None})
    modal.submit()
    refused = scene.draw(stage.ada, look)["modal-body"]

    assert [part.mark for part in before] == [part.mark for part in after]
    assert [a.mark == b.mark for a, b in zip(after, refused, strict=True)] == [
        False,
        True,
    ]


def test_the_words_of_the_view_submit_and_close_it(stage: Stage, app: Errands) -> None:
    stage.ada.shortcut("Ask for something")

    foot = scene.draw(stage.ada, Look(stage.shared.id))["modal-foot"]

    assert words(foot) == "NoSend"


def test_joining_and_leaving_are_one_quiet_line(stage: Stage, slack: Sandbox) -> None:
    stage.shared.add(slack.person("Zed New"))

    [_, line] = scene.draw(stage.ada, Look(stage.shared.id))["list"]

    assert "Zed New has joined the channel" in Parsed(line.markup).words
    assert "article" not in line.markup


def test_a_reaction_says_how_many(stage: Stage) -> None:
    message = stage.ben.post(stage.inner, "one")
    stage.ada.react(message, "eyes")

    shown = words(scene.draw(stage.ben, Look(stage.inner.id))["list"])

    assert ":eyes: 1" in shown


def test_a_reply_that_was_sent_to_the_channel_says_so(stage: Stage) -> None:
    message = stage.ben.post(stage.inner, "one")
    stage.ada.reply(message, "for all", broadcast=True)

    shown = words(scene.draw(stage.ben, Look(stage.inner.id))["list"])

    assert "Replied to a thread" in shown


def test_a_thread_whose_root_was_deleted_says_what_happened(stage: Stage) -> None:
    message = stage.ben.post(stage.inner, "one")
    look = Look(stage.inner.id, thread=message.ts)

    stage.ben.delete(message)

    shown = scene.draw(stage.ada, look)
    assert words(shown["thread-list"]) == "This message is gone."
    assert shown["thread-foot"] == []


def test_the_thread_of_a_deleted_root_with_replies_can_be_read(stage: Stage) -> None:
    message = stage.ben.post(stage.inner, "one")
    stage.ada.reply(message, "still here")
    stage.ben.delete(message)

    shown = scene.draw(stage.ada, Look(stage.inner.id, thread=message.ts))

    assert "This message was deleted." in words(shown["thread-list"])
    assert "still here" in words(shown["thread-list"])


def test_a_file_is_named_where_it_was_shared(stage: Stage, client: WebClient) -> None:
    client.files_upload_v2(channel=stage.inner.id, content="a,b", filename="list.csv")

    shown = words(scene.draw(stage.ada, Look(stage.inner.id))["list"])

    assert "list.csv" in shown


def test_an_app_that_takes_no_messages_has_nowhere_to_type(
    tmp_path: Path,
) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["features"]["app_home"]["messages_tab_enabled"] = False
    with Sandbox(manifest, store=tmp_path / "world") as slack:
        ada = slack.person("Ada Stone")

        foot = scene.draw(ada, Look(DM))["foot"]

    assert words(foot) == scene.NO_MESSAGES


def test_an_empty_channel_says_that_it_begins_here(stage: Stage) -> None:
    shown = words(scene.draw(stage.ada, Look(stage.inner.id))["list"])

    assert shown == "This is the very beginning of #inner."


def test_a_home_that_was_never_published_says_so(stage: Stage) -> None:
    shown = scene.draw(stage.ada, Look(HOME))

    assert words(shown["list"]) == "Nothing is published here yet."
    assert shown["foot"] == []


def test_a_note_stands_in_its_pane_until_one_goes_elsewhere(stage: Stage) -> None:
    look = Look(stage.shared.id)
    look.notes.append(Note("Not here", "place"))

    assert "Not here" in words(scene.draw(stage.ada, look)["place-notes"])
    assert scene.draw(stage.ada, look)["thread-notes"] == []
    look.go(DM)
    assert scene.draw(stage.ada, look)["place-notes"] == []


def test_people_are_told_apart_by_title_and_team(stage: Stage, slack: Sandbox) -> None:
    slack.deactivate(stage.ben)

    top = scene.draw_top(stage.ada, slack.people, base="/x", title="T")

    ada, ben, cleo = (Parsed(part.markup).words for part in top["people"])
    assert "Center" in ada
    assert "deactivated" in ben
    assert "guest" in cleo
    assert "Lakeside" in cleo
    assert 'href="/x/as/' in top["people"][0].markup


def test_extras_come_with_the_clock_of_the_workspace(stage: Stage) -> None:
    extras = [Extra("+1 hour", lambda: None, "Time <passes>")]

    clock, buttons = scene.draw_extras(stage.ada, extras)

    assert "America/Chicago" in clock.markup
    assert 'title="Time &lt;passes&gt;"' in buttons.markup
    assert scene.draw_extras(stage.ada, []) == []


def test_a_switch_says_what_pressing_it_does_now(stage: Stage) -> None:
    on = False
    extras = [Extra(lambda: "Turn off" if on else "Turn on", lambda: None)]
    _, before = scene.draw_extras(stage.ada, extras)

    on = True
    _, after = scene.draw_extras(stage.ada, extras)

    assert Parsed(before.markup).words == "Turn on"
    assert Parsed(after.markup).words == "Turn off"


def test_what_stands_only_in_threads_counts_as_unread_nowhere(stage: Stage) -> None:
    root = stage.ben.post(stage.inner, "root")
    stage.ben.reply(root, "only in the thread")
    stage.ben.reply(root, "for all", broadcast=True)

    shown = words(scene.draw(stage.ada, Look(stage.shared.id))["side"])

    assert "2 unread" in shown
    assert unread_of(stage.ada) == 2


def test_only_ones_own_messages_can_be_changed(stage: Stage) -> None:
    stage.ada.post(stage.inner, "mine")

    mine = words(scene.draw(stage.ada, Look(stage.inner.id))["list"])
    others = words(scene.draw(stage.ben, Look(stage.inner.id))["list"])

    assert "Edit" in mine
    assert "Delete" in mine
    assert "Delete" not in others


def test_a_message_being_changed_is_as_it_was_typed_and_not_drawn_anew(
    stage: Stage,
) -> None:
    mine = stage.ada.post(stage.inner, "Milk & bread for @Ben Ito")
    look = Look(stage.inner.id, editing=mine.key)

    before = scene.draw(stage.ada, look)["list"][-1]
    stage.ben.reply(mine, "more")
    after = scene.draw(stage.ada, look)["list"][-1]

    assert "Milk &amp; bread for @Ben Ito</textarea>" in before.markup
    assert before.mark == after.mark


def test_a_pinned_message_is_found_by_its_place_in_the_list(
    stage: Stage, client: WebClient
) -> None:
    told = client.chat_postMessage(channel=stage.inner.id, text="How to begin")
    client.pins_add(channel=stage.inner.id, timestamp=str(told["ts"]))

    [pins] = scene.draw(stage.ada, Look(stage.inner.id))["pins"]

    assert f'data-key="{stage.inner.id}/{told["ts"]}"' in pins.markup
    assert 'data-act="jump"' in pins.markup


def test_a_hidden_tour_can_be_brought_back(stage: Stage) -> None:
    tour = Tour([TourStep("ask", "Ask.", stage.ada.id, DM, lambda: False)])
    shown = words(scene.draw_tools(tour, Inspection()))
    tour.hidden = True

    assert "Show the tour" not in shown
    assert "Show the tour" in words(scene.draw_tools(tour, Inspection()))
    assert "Inspector" in words(scene.draw_tools(None, Inspection()))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mei Chen", "MC"), ("Ana de la Ruiz", "AR"), ("Cher", "C"), ("(x) Yi", "Y")],
)
def test_initials_are_those_of_the_first_and_the_last_name(
    name: str, letters: str
) -> None:
    user = User(id="U1", team="T1", handle="x", real_name=name, display="")

    assert initials(user) == letters


def test_a_window_counts_as_looking_only_at_what_is_in_sight() -> None:
    unknown, desk = Look("C1"), Look("C1", narrow=False)
    phone = Look("C1", narrow=True)

    assert not unknown.sees_place
    assert desk.sees_place
    assert not phone.sees_place
    phone.go("C2")
    assert phone.sees_place
