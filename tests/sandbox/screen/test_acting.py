"""Acts of a person in a window, on views and messages of every sort."""

from typing import Any

import pytest

from sandbox import NotOnScreen, Refused, Sandbox
from sandbox.screen import acting
from sandbox.screen.places import DM
from sandbox.seen import Modal
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, form
from tests.sandbox.screen import gallery

Data = dict[str, str]


def open_form(stage: Stage, app: Errands, *blocks: dict[str, Any]) -> Modal:
    """Ada's form with some blocks."""

    def open_it(ack: Any, body: Any, client: Any) -> None:
        view = form("", blocks=list(blocks))
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    app.behave["command"] = open_it
    modal = stage.ada.command("/errand", stage.shared).modal
    assert modal
    return modal


def at(modal: Modal, block: str, **more: str) -> Data:
    """What a browser says of an element in a form."""
    address = {"surface": "modal", "key": modal.view_id, "block": block, "action": "a"}
    return {**address, **more}


def test_several_suggestions_are_kept_in_order_and_each_once(
    stage: Stage, app: Errands
) -> None:
    block = gallery.input_block("Drugs", "multi_external_select", min_query_length=1)
    modal = open_form(stage, app, block)
    offered = gallery.options("One", "Two")
    place = at(modal, "multi_external_select")

    acting.pick(stage.ada, {**place, "option": "1"}, offered)
    acting.pick(stage.ada, {**place, "option": "0"}, offered)
    acting.pick(stage.ada, {**place, "option": "1"}, offered)
    assert modal.value("Drugs") == ["One", "Two"]

    acting.unpick(stage.ada, {**place, "option": "0"})
    assert modal.value("Drugs") == ["Two"]


def test_a_suggestion_that_was_never_made_cannot_be_taken(
    stage: Stage, app: Errands
) -> None:
    block = gallery.input_block("Drug", "external_select")
    modal = open_form(stage, app, block)

    with pytest.raises(NotOnScreen):
        acting.pick(stage.ada, at(modal, "external_select", option="4"), [])


def test_boxes_on_a_message_tell_all_that_is_checked(
    stage: Stage, app: Errands, slack: Sandbox
) -> None:
    listed = gallery.options("A", "B", "C")
    boxes = {"type": "checkboxes", "action_id": "a", "options": listed}
    blocks = [{"type": "actions", "block_id": "row", "elements": [boxes]}]
    posted = app.client.chat_postMessage(
        channel=stage.shared.id, text="x", blocks=blocks
    )
    key = f"{stage.shared.id}/{posted['ts']}"
    data = {"surface": "message", "key": key, "block": "row", "action": "a"}

    acting.enter(stage.cleo, blocks, {**data, "values": '["0", "2"]'})

    [told] = slack.until(lambda: app.bodies("block_actions"))
    chosen = told["actions"][0]["selected_options"]
    assert [each["value"] for each in chosen] == ["a", "c"]


def test_a_quiet_entry_is_kept_without_telling_the_app(
    stage: Stage, app: Errands
) -> None:
    block = gallery.input_block("Words", "plain_text_input")
    modal = open_form(stage, app, {**block, "dispatch_action": True})
    place = at(modal, "plain_text_input")

    acting.enter(stage.ada, modal.view.blocks, {**place, "value": "a", "quiet": "y"})
    assert modal.value("Words") == "a"
    assert app.bodies("block_actions") == []

    acting.enter(stage.ada, modal.view.blocks, {**place, "value": "ab"})
    assert app.bodies("block_actions")[-1]["actions"][0]["value"] == "ab"


def test_a_field_that_the_app_took_away_says_so(stage: Stage, app: Errands) -> None:
    modal = open_form(stage, app, gallery.input_block("Words", "plain_text_input"))
    seen = modal.view.blocks
    later = form("", blocks=[gallery.input_block("Page", "url_text_input")])
    app.client.views_update(view_id=modal.view_id, view=later)

    place = at(modal, "plain_text_input", value="late")
    with pytest.raises(NotOnScreen, match="field"):
        acting.enter(stage.ada, seen, place)


def test_submitting_what_was_closed_says_so(stage: Stage, app: Errands) -> None:
    modal = open_form(stage, app, gallery.input_block("Words", "plain_text_input"))
    modal.close()

    with pytest.raises(NotOnScreen, match="closed"):
        acting.submit(stage.ada)


def test_closing_what_was_closed_is_no_trouble(stage: Stage) -> None:
    acting.close(stage.ada, all_at_once=False)

    assert stage.ada.modal is None


def test_the_private_answer_of_one_cannot_be_used_by_another(
    stage: Stage, app: Errands
) -> None:
    row = {"type": "actions", "block_id": "row", "elements": [gallery.button("Go")]}
    app.behave["command"] = lambda ack, *_: ack(text="x", blocks=[row])
    reply = stage.ada.command("/errand", stage.shared)
    assert reply.message
    place = {"surface": "message", "key": reply.message.key, "block": "row"}
    data = {**place, "action": "go"}

    with pytest.raises(NotOnScreen):
        acting.use(stage.ben, reply.blocks, data)
    acting.use(stage.ada, reply.blocks, data)

    [told] = app.bodies("block_actions")
    assert told["container"]["is_ephemeral"]


def test_a_shortcut_on_a_message_names_it(stage: Stage, app: Errands) -> None:
    message = stage.ben.post(stage.shared, "We need milk")

    data = {"name": "Turn into an errand", "key": message.key}
    acting.use_shortcut(stage.ada, data)

    assert stage.ada.modal
    assert stage.ada.modal.value("Your question") == "We need milk"


def test_a_shortcut_is_refused_to_guests(stage: Stage, app: Errands) -> None:
    with pytest.raises(Refused):
        acting.use_shortcut(stage.cleo, {"name": "Ask for something"})


def test_a_command_typed_to_the_app_comes_from_the_messages_with_it(
    stage: Stage, app: Errands
) -> None:
    acting.say(stage.ada, DM, "", "/errand help")

    [told] = app.bodies("/errand")
    assert told["channel_name"] == "directmessage"


def test_a_thread_with_the_app_can_be_answered(stage: Stage, app: Errands) -> None:
    posted = app.client.chat_postMessage(channel=stage.ada.id, text="A question")

    acting.say(stage.ada, DM, str(posted["ts"]), "An answer")

    [question] = stage.ada.dm()
    assert [each.text for each in stage.ada.thread(question)][1:] == ["An answer"]
