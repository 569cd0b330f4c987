"""What people do, and what they see when the app answers, late or wrongly or not."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox import Failed, Modal, NotOnScreen, Refused, Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, card, form, running, text

SLOW = 0.8


def open_form(stage: Stage) -> Modal:
    """Ada's form, open."""
    modal = stage.ada.command("/errand", stage.shared).modal
    assert modal is not None
    return modal


def button(label: str, action_id: str, **more: Any) -> Json:
    """A button."""
    body = {"type": "button", "action_id": action_id, "text": text(label)}
    return body | more


def actions(*elements: Json) -> list[Json]:
    """Those elements in one row."""
    return [{"type": "actions", "block_id": "row", "elements": list(elements)}]


# Commands


def test_a_command_is_answered_to_the_one_who_typed_it(
    stage: Stage, app: Errands
) -> None:
    reply = stage.ada.command("/errand help", stage.shared)

    assert reply.text == reply.rendered == "Type /errand to ask for something"
    assert reply.blocks == []
    assert [each.text for each in stage.ada.private] == [reply.text]
    assert stage.ben.channel(stage.shared) == []


def test_a_command_carries_its_text_and_where_it_was_typed(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand   help ", stage.inner)
    stage.ada.command("/errand help")

    [body] = [each for each in app.bodies("/errand") if each["text"] == "help"][:1]
    assert body["channel_id"] == stage.inner.id
    assert body["channel_name"] == "inner"
    assert body["user_id"] == stage.ada.id
    assert body["team_id"] == slack.host.id
    assert app.bodies("/errand")[1]["channel_name"] == "directmessage"


def test_the_name_of_a_private_channel_is_not_told(stage: Stage, app: Errands) -> None:
    stage.ada.command("/errand help", stage.shared)

    assert app.bodies("/errand")[0]["channel_name"] == "privategroup"


def test_a_command_can_be_answered_to_everybody(stage: Stage, app: Errands) -> None:
    app.behave["command"] = lambda ack, *_: ack(
        text="To all", response_type="in_channel"
    )

    stage.ada.command("/errand", stage.shared)

    assert [each.text for each in stage.cleo.channel(stage.shared)] == ["To all"]
    assert stage.ada.private == []


def test_a_command_that_nobody_answers_in_time_fails_visibly(
    stage: Stage, app: Errands
) -> None:
    app.behave["command"] = lambda *_: time.sleep(SLOW)

    with pytest.raises(Failed) as caught:
        stage.ada.command("/errand", stage.shared)

    assert caught.value.text == '/errand failed with the error "operation_timeout"'
    assert [each.text for each in stage.ada.private] == [caught.value.text]


def test_a_command_without_a_running_app_fails_at_once(stage: Stage) -> None:
    started = time.monotonic()

    with pytest.raises(Failed, match="dispatch_failed"):
        stage.ada.command("/errand", stage.shared)

    assert time.monotonic() - started < SLOW


def test_a_command_whose_listener_raises_fails_visibly(
    stage: Stage, app: Errands
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("broken on purpose")

    app.behave["command"] = fail

    with pytest.raises(Failed, match="failed with the error"):
        stage.ada.command("/errand", stage.shared)


def test_a_badly_formed_answer_to_a_command_fails_and_is_recorded(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    bad = [{"type": "header", "text": text("x" * 151)}]
    app.behave["command"] = lambda ack, *_: ack(text="a", blocks=bad)

    with pytest.raises(Failed, match="invalid_command_response"):
        stage.ada.command("/errand", stage.shared)

    assert "/errand answered badly" in slack.record.problems()[0]


def test_a_command_that_the_manifest_lacks_is_no_command(
    stage: Stage, app: Errands
) -> None:
    with pytest.raises(Refused, match="/dance is not a valid command"):
        stage.ada.command("/dance", stage.shared)

    assert app.heard == []


# Triggers


def test_a_trigger_opens_one_view_and_no_second(stage: Stage, app: Errands) -> None:
    errors: list[str] = []

    def twice(ack: Any, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=form(""))
        try:
            client.views_open(trigger_id=body["trigger_id"], view=form(""))
        except SlackApiError as error:
            errors.append(error.response["error"])
        ack()

    app.behave["command"] = twice
    stage.ada.command("/errand", stage.shared)

    assert errors == ["exchanged_trigger_id"]


def test_a_made_up_trigger_opens_nothing(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id="1.2.3", view=form(""))

    assert caught.value.response["error"] == "invalid_trigger_id"


def test_a_bad_view_is_refused_with_pointers(stage: Stage, app: Errands) -> None:
    said: list[str] = []

    def bad(ack: Any, body: Json, client: WebClient) -> None:
        view = form("", title=text("x" * 25))
        try:
            client.views_open(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            said.append(error.response["error"])
            said.extend(error.response["response_metadata"]["messages"])
        ack()

    app.behave["command"] = bad
    stage.ada.command("/errand", stage.shared)

    assert said[0] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in said[1]
    assert stage.ada.modal is None


def test_a_view_of_a_quarter_megabyte_is_too_large(
    client: WebClient, stage: Stage
) -> None:
    sections = [{"type": "section", "text": text("x" * 2999)} for _ in range(90)]
    view = {"type": "home", "blocks": sections}

    with pytest.raises(SlackApiError) as caught:
        client.views_publish(user_id=stage.ada.id, view=view)

    assert caught.value.response["error"] == "view_too_large"


# Shortcuts


def test_a_global_shortcut_is_used_by_its_name(stage: Stage, app: Errands) -> None:
    stage.ada.shortcut("Ask for something")

    assert stage.ada.modal is not None
    [body] = app.bodies("shortcut")
    assert body["callback_id"] == "ask_shortcut"


def test_a_message_shortcut_carries_its_message(stage: Stage, app: Errands) -> None:
    said = stage.ben.post(stage.inner, "We need bread")

    stage.ada.shortcut("Turn into an errand", said)

    modal = stage.ada.modal
    assert modal is not None
    assert modal.value("Your question") == "We need bread"


def test_a_shortcut_that_is_not_there_is_answered_with_those_that_are(
    stage: Stage, app: Errands
) -> None:
    with pytest.raises(Refused, match="there are: Ask for something"):
        stage.ada.shortcut("Dance")


# Forms


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


# Clicks


def post_card(client: WebClient, stage: Stage, blocks: list[Json]) -> None:
    """A message with those blocks in the inner channel."""
    client.chat_postMessage(channel=stage.inner.id, text="Card", blocks=blocks)


def test_a_click_carries_the_button_the_message_and_the_place(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go", value="v1", style="danger")))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Go", message)

    [body] = app.bodies("block_actions")
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"]) == ("go", "row")
    assert (action["value"], action["style"]) == ("v1", "danger")
    assert action["action_ts"] > message.ts
    assert body["message"]["ts"] == message.ts
    assert body["channel"] == {"id": stage.inner.id, "name": "inner"}
    assert body["container"]["message_ts"] == message.ts


def test_a_question_before_a_click_is_answered_yes_unless_told_otherwise(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    confirm = {
        "title": text("Sure?"),
        "text": text("It is final"),
        "confirm": text("Yes"),
        "deny": text("No"),
    }
    post_card(client, stage, actions(button("Go", "go", confirm=confirm)))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Go", message, confirm=False)
    assert app.bodies("block_actions") == []
    stage.ada.click("Go", message)

    assert len(app.bodies("block_actions")) == 1


def test_an_option_of_a_menu_is_clicked_by_its_words(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.click("Postpone", message)

    [action] = app.bodies("block_actions")[0]["actions"]
    assert action["selected_option"]["value"] == "postpone"
    assert action["type"] == "overflow"


def test_what_was_chosen_in_a_message_travels_with_the_next_click(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    picker = {"type": "datepicker", "action_id": "day", "placeholder": text("Day")}
    post_card(client, stage, actions(picker, button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    stage.ada.choose("Day", "2026-03-01", message)
    stage.ada.click("Go", message)
    stage.ben.click("Go", message)

    chosen, clicked, other = app.bodies("block_actions")
    assert chosen["actions"][0]["selected_date"] == "2026-03-01"
    assert clicked["state"]["values"]["row"]["day"]["selected_date"] == "2026-03-01"
    assert other["state"]["values"]["row"]["day"]["selected_date"] is None


def test_a_click_that_nobody_answers_fails_visibly(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    app.behave["other"] = lambda *_: time.sleep(SLOW)
    post_card(client, stage, actions(button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    with pytest.raises(Failed, match="operation_timeout"):
        stage.ada.click("Go", message)


def test_a_button_that_is_not_there_is_answered_with_those_that_are(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)

    with pytest.raises(NotOnScreen, match="'Take it', 'Decline', 'Postpone'"):
        stage.ada.click("Drop it", message)


def test_a_button_that_was_replaced_a_moment_ago_can_still_be_clicked(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)
    stage.ada.click("Take it", message)

    stage.ben.click("Take it", message)

    assert [each["user"]["id"] for each in app.bodies("block_actions")] == [
        stage.ada.id,
        stage.ben.id,
    ]


def test_nothing_can_be_clicked_on_a_deleted_message(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, card("Milk"))
    [message] = stage.ada.channel(stage.inner)
    client.chat_delete(channel=message.channel, ts=message.ts)

    with pytest.raises(NotOnScreen, match="deleted"):
        stage.ada.click("Take it", message)


def test_two_people_can_click_at_the_same_moment(
    slack: Sandbox, stage: Stage, client: WebClient
) -> None:
    with running(slack, connections=2) as app:
        post_card(client, stage, card("Milk"))
        [message] = stage.ada.channel(stage.inner)

        slack.together(
            lambda: stage.ada.click("Take it", message),
            lambda: stage.ben.click("Take it", message),
        )

        clickers = {each["user"]["id"] for each in app.bodies("block_actions")}
        assert clickers == {stage.ada.id, stage.ben.id}


def test_a_click_on_a_private_message_carries_no_message(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    client.chat_postEphemeral(
        channel=stage.inner.id,
        user=stage.ada.id,
        text="a",
        blocks=actions(button("Go", "go")),
    )
    [message] = stage.ada.private

    stage.ada.click("Go", message)

    [body] = app.bodies("block_actions")
    assert "message" not in body
    assert body["container"]["is_ephemeral"] is True


# Response URLs


def answer_later(app: Errands, **answer: Any) -> list[int]:
    """Let the app answer clicks through the response URL; the statuses it gets."""
    statuses: list[int] = []

    def respond(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        sent = WebhookClient(body["response_url"]).send_dict(answer)
        statuses.append(sent.status_code)

    app.behave["other"] = respond
    return statuses


def test_a_private_message_can_be_changed_through_its_response_url(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    client.chat_postEphemeral(
        channel=stage.inner.id,
        user=stage.ada.id,
        text="Before",
        blocks=actions(button("Go", "go")),
    )
    statuses = answer_later(app, text="After", replace_original=True)

    stage.ada.click("Go", stage.ada.private[0])

    assert statuses == [200]
    assert [each.text for each in stage.ada.private] == ["After"]


def test_a_message_can_be_deleted_through_its_response_url(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go")))
    answer_later(app, delete_original=True)

    stage.ada.click("Go", stage.ada.channel(stage.inner)[0])

    assert stage.ada.channel(stage.inner) == []


def test_a_response_url_answers_the_one_who_acted_or_everybody(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    post_card(client, stage, actions(button("Go", "go")))
    [message] = stage.ada.channel(stage.inner)

    answer_later(app, text="Only you")
    stage.ada.click("Go", message)
    answer_later(app, text="All of you", response_type="in_channel")
    stage.ada.click("Go", message)

    assert [each.text for each in stage.ada.private] == ["Only you"]
    assert [each.text for each in stage.ben.channel(stage.inner)] == [
        "Card",
        "All of you",
    ]


def test_a_response_url_serves_five_times(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.command("/errand help", stage.inner)
    url = app.bodies("/errand")[0]["response_url"]
    webhook = WebhookClient(url)

    statuses = [webhook.send(text=str(number)).status_code for number in range(6)]

    assert statuses == [200] * 5 + [404]
    assert "used_url" in webhook.send(text="again").body


def test_a_made_up_response_url_is_expired(slack: Sandbox) -> None:
    answer = WebhookClient(f"{slack.url}/response/made-up").send(text="a")

    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


# The Home tab


def test_the_home_tab_is_published_when_somebody_looks(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.open_home()

    home = slack.until(lambda: stage.ada.home)
    assert home.buttons == ["Refresh"]
    stage.ada.home_click("Refresh")
    [body] = app.bodies("block_actions")
    assert body["view"]["type"] == "home"


def test_the_second_look_tells_what_is_shown_already(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    stage.ada.open_home()
    home = slack.until(lambda: stage.ada.home)
    stage.ada.open_home()

    slack.until(lambda: len(app.bodies("app_home_opened")) == 2)

    first, second = app.bodies("app_home_opened")
    assert "view" not in first["event"]
    assert second["event"]["view"]["id"] == home.view_id


def test_an_empty_home_tab_has_nothing_to_click(stage: Stage, app: Errands) -> None:
    with pytest.raises(NotOnScreen, match="empty"):
        stage.ada.home_click("Refresh")
