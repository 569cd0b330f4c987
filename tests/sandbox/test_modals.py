"""Forms: filling, submitting, answers in time, late, wrong, or none."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from sandbox import Failed, Modal, NotOnScreen, Sandbox
from tests.sandbox.acting import SLOW, actions, button, open_form, post_card
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, form, option, text


def test_an_empty_required_field_is_refused_before_the_app_is_asked(
    stage: Stage, app: Errands
) -> None:
    modal = open_form(stage)

    after = modal.submit()

    assert after == modal
    assert modal.errors == {"Your question": "Please complete this required field."}
    assert app.bodies("view_submission") == []


def test_a_submission_carries_every_value_initial_ones_too(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})
    modal.submit()

    [body] = app.bodies("view_submission")
    values = body["view"]["state"]["values"]
    assert values["question"]["q"] == {"type": "plain_text_input", "value": "Milk"}
    assert values["urgency"]["u"]["selected_option"]["value"] == "this"
    assert body["user"]["team_id"] == body["team"]["id"] == slack.host.id


def test_errors_stand_until_the_next_submission(stage: Stage, app: Errands) -> None:
    modal = open_form(stage)
    modal.fill({"Your question": "a secret"})
    modal.submit()
    assert modal.errors

    modal.fill({"Your question": "Milk"})
    assert modal.errors
    modal.submit()

    assert stage.ada.modal is None


def test_a_submission_that_nobody_answers_leaves_the_form_and_its_text(
    stage: Stage, app: Errands
) -> None:
    app.behave["submit"] = lambda *_: time.sleep(SLOW)
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})

    with pytest.raises(Failed, match="trouble connecting"):
        modal.submit()

    assert stage.ada.modal == modal
    assert modal.value("Your question") == "Milk"
    assert "trouble connecting" in modal.errors[""]


def test_a_submission_can_be_answered_with_another_page_in_the_same_view(
    stage: Stage, app: Errands
) -> None:
    page = form("", title=text("Page 2"))
    app.behave["submit"] = lambda ack, *_: ack(response_action="update", view=page)
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})

    after = modal.submit()

    assert after == modal
    assert modal.title == "Page 2"
    assert modal.value("Your question") == "Milk"


def test_a_submission_can_be_answered_with_a_view_on_top(
    stage: Stage, app: Errands
) -> None:
    app.behave["submit"] = lambda ack, *_: ack(
        response_action="push", view=form("", title=text("On top"))
    )
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})

    top = modal.submit()

    assert top is not None
    assert top.title == "On top"
    assert [each.title for each in stage.ada.modals] == ["Ask", "On top"]
    assert top.view.previous == modal.view_id
    assert top.view.root == modal.view_id
    top.close()
    assert stage.ada.modal == modal


def test_a_submission_can_be_answered_by_closing_everything(
    stage: Stage, app: Errands
) -> None:
    app.behave["submit"] = lambda ack, *_: ack(
        response_action="push", view=form("", title=text("On top"))
    )
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})
    top = modal.submit()
    assert top is not None
    app.behave["submit"] = lambda ack, *_: ack(response_action="clear")
    top.fill({"Your question": "Bread"})

    top.submit()

    assert stage.ada.modals == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "wrong"}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
        {"response_action": "push", "view": {"type": "home", "blocks": []}},
        {"response_action": "dance"},
    ],
)
def test_a_badly_formed_answer_to_a_submission_is_trouble_and_recorded(
    slack: Sandbox, stage: Stage, app: Errands, answer: Json
) -> None:
    app.behave["submit"] = lambda ack, *_: ack(**answer)
    modal = open_form(stage)
    modal.fill({"Your question": "Milk"})

    with pytest.raises(Failed, match="trouble connecting"):
        modal.submit()

    assert stage.ada.modal == modal
    assert "bad answer to a submission" in slack.record.problems()[0]


def test_at_most_three_modals_stand_on_each_other(stage: Stage, app: Errands) -> None:
    app.behave["submit"] = lambda ack, *_: ack(response_action="push", view=form(""))
    top: Modal | None = open_form(stage)
    for _ in range(2):
        assert top is not None
        top.fill({"Your question": "Milk"})
        top = top.submit()
    assert top is not None
    top.fill({"Your question": "Milk"})

    with pytest.raises(Failed):
        top.submit()

    assert len(stage.ada.modals) == 3


def test_a_new_modal_takes_the_place_of_those_that_were_open(
    stage: Stage, app: Errands
) -> None:
    first = open_form(stage)

    second = open_form(stage)

    assert stage.ada.modals == [second]
    with pytest.raises(NotOnScreen, match="was closed"):
        first.fill({"Your question": "Milk"})


def test_closing_is_told_only_where_it_was_asked_for(
    stage: Stage, app: Errands
) -> None:
    open_form(stage).close()
    assert app.bodies("view_closed") == []
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(
            trigger_id=body["trigger_id"], view=form("", notify_on_close=True)
        ),
        ack(),
    )

    open_form(stage).close(all_at_once=True)

    [body] = app.bodies("view_closed")
    assert body["is_cleared"] is True
    assert stage.ada.modal is None


def test_a_label_that_is_not_there_is_answered_with_those_that_are(
    stage: Stage, app: Errands
) -> None:
    modal = open_form(stage)

    with pytest.raises(NotOnScreen, match="'Your question', 'Urgency'"):
        modal.fill({"Your answer": "Milk"})
    with pytest.raises(NotOnScreen, match="'Today', 'This week'"):
        modal.fill({"Urgency": "Never"})


def test_an_input_that_tells_of_each_change_tells_it(
    stage: Stage, app: Errands
) -> None:
    view = form("")
    view["blocks"][1]["dispatch_action"] = True
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    modal = open_form(stage)

    modal.fill({"Urgency": "Today"})

    [body] = app.bodies("block_actions")
    [action] = body["actions"]
    assert action["selected_option"]["value"] == "today"
    assert (
        body["view"]["state"]["values"]["urgency"]["u"]["selected_option"]
        == (action["selected_option"])
    )
    assert body["container"] == {"type": "view", "view_id": modal.view_id}


def test_options_that_the_app_suggests_can_be_chosen(
    stage: Stage, app: Errands
) -> None:
    view = form("")
    element = {"type": "external_select", "action_id": "suggest", "min_query_length": 1}
    view["blocks"][1]["element"] = element
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    modal = open_form(stage)

    assert modal.suggestions("Urgency", "round") == ["round one", "round two"]
    with pytest.raises(NotOnScreen, match="'x one', 'x two'"):
        modal.fill({"Urgency": "x"})


def test_a_button_in_a_modal_can_push_another(stage: Stage, app: Errands) -> None:
    view = form("")
    view["blocks"].extend(actions(button("More", "more")))
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    app.behave["other"] = lambda ack, body, client: (
        client.views_push(
            trigger_id=body["trigger_id"], view=form("", title=text("More"))
        ),
        ack(),
    )
    modal = open_form(stage)

    modal.click("More")

    assert [each.title for each in stage.ada.modals] == ["Ask", "More"]


def test_what_was_entered_is_read_back_in_words(stage: Stage, app: Errands) -> None:
    view = form("")
    offered = [option("One"), option("Two")]
    boxes = {"type": "checkboxes", "action_id": "c", "options": offered}
    block = {"type": "input", "block_id": "boxes", "label": text("Boxes")}
    view["blocks"].append(block | {"element": boxes, "optional": True})
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    modal = open_form(stage)

    modal.fill({"Boxes": ["Two", "One"], "Urgency": "Today"})

    assert modal.value("Boxes") == ["Two", "One"]
    assert modal.value("Urgency") == "Today"
    assert modal.value("Your question") is None


def test_several_suggested_options_can_be_chosen(stage: Stage, app: Errands) -> None:
    view = form("")
    element = {"type": "multi_external_select", "action_id": "suggest"}
    view["blocks"][1]["element"] = element | {"min_query_length": 1}
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    app.behave["suggest"] = lambda ack, body, _: ack(options=[option(body["value"])])
    modal = open_form(stage)

    modal.fill({"Urgency": ["Soon", "Later"]})

    assert modal.value("Urgency") == ["Soon", "Later"]
    client_update = form("")
    client_update["blocks"][1]["element"] = view["blocks"][1]["element"]
    WebClient(app.client.token, app.client.base_url).views_update(
        view_id=modal.view_id, view=client_update
    )
    assert modal.value("Urgency") == ["Soon", "Later"]


def test_a_question_before_a_click_in_a_modal_can_be_answered_no(
    stage: Stage, app: Errands
) -> None:
    confirm = {
        "title": text("Sure?"),
        "text": text("It is final"),
        "confirm": text("Yes"),
        "deny": text("No"),
    }
    view = form("")
    view["blocks"].extend(actions(button("Drop", "drop", confirm=confirm)))
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    modal = open_form(stage)

    modal.click("Drop", confirm=False)
    assert app.bodies("block_actions") == []
    modal.click("Drop")

    [action] = app.bodies("block_actions")[0]["actions"]
    assert action["confirm"]["title"]["text"] == "Sure?"


def test_a_click_in_a_thread_tells_the_thread(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    root = stage.ada.post(stage.inner, "Root")
    client.chat_postMessage(
        channel=stage.inner.id,
        text="Card",
        blocks=actions(button("Go", "go")),
        thread_ts=root.ts,
    )

    stage.ada.click("Go", stage.ada.thread(root)[1])

    [body] = app.bodies("block_actions")
    assert body["container"]["thread_ts"] == root.ts


def test_a_response_url_whose_message_is_gone_answers_so(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    statuses: list[int] = []

    def delete_twice(ack: Any, body: Json, _: WebClient) -> None:
        ack()
        webhook = WebhookClient(body["response_url"])
        changed = {"replace_original": True, "text": "b"}
        answers: list[Json] = [{"delete_original": True}] * 2 + [changed]
        statuses.extend(webhook.send_dict(each).status_code for each in answers)

    app.behave["other"] = delete_twice
    post_card(client, stage, actions(button("Go", "go")))

    stage.ada.click("Go", stage.ada.channel(stage.inner)[0])

    assert statuses == [200, 404, 404]


def test_a_view_without_a_submit_button_cannot_be_submitted(
    stage: Stage, app: Errands
) -> None:
    said = [{"type": "section", "text": text("Read this")}]
    view = {"type": "modal", "title": text("Note"), "blocks": said}
    app.behave["command"] = lambda ack, body, client: (
        client.views_open(trigger_id=body["trigger_id"], view=view),
        ack(),
    )
    modal = open_form(stage)

    assert modal.text == "Read this"
    with pytest.raises(NotOnScreen, match="nothing to submit"):
        modal.submit()
