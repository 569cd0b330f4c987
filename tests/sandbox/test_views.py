"""`views.*`: hashes, ids from outside, what stays typed, triggers that expire."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Modal, Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, Json, form, text
from tests.sandbox.test_people_api import scopes_without

HOME: Json = {"type": "home", "blocks": [{"type": "section", "text": text("Hello")}]}


@pytest.fixture
def modal(stage: Stage, app: Errands) -> Modal:
    """Ada's form, open."""
    opened = stage.ada.command("/errand", stage.inner).modal
    assert opened is not None
    return opened


def refusal(call: Any) -> str:
    """Slack's word for why a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def test_an_update_keeps_what_the_person_typed_meanwhile(
    modal: Modal, client: WebClient
) -> None:
    modal.fill({"Your question": "Half a sent", "Urgency": "Today"})

    client.views_update(view_id=modal.view_id, view=form("", title=text("New")))

    assert modal.title == "New"
    assert modal.value("Your question") == "Half a sent"
    assert modal.value("Urgency") == "Today"


def test_an_update_with_other_ids_starts_the_input_anew(
    modal: Modal, client: WebClient
) -> None:
    modal.fill({"Your question": "Half a sent"})
    view = form("")
    view["blocks"][0]["block_id"] = "question-2"

    client.views_update(view_id=modal.view_id, view=view)

    assert modal.value("Your question") is None


def test_an_update_takes_errors_away(modal: Modal, client: WebClient) -> None:
    modal.submit()
    assert modal.errors

    client.views_update(view_id=modal.view_id, view=form(""))

    assert modal.errors == {}


def test_an_update_for_an_older_view_is_a_conflict(
    modal: Modal, client: WebClient
) -> None:
    old = modal.view.hash
    client.views_update(view_id=modal.view_id, view=form(""), hash=old)

    error = refusal(
        lambda: client.views_update(view_id=modal.view_id, view=form(""), hash=old)
    )

    assert error == "hash_conflict"
    assert modal.view.hash != old


def test_a_closed_view_is_not_found(modal: Modal, client: WebClient) -> None:
    modal.close()

    error = refusal(lambda: client.views_update(view_id=modal.view_id, view=form("")))

    assert error == "not_found"


def test_a_modal_does_not_become_a_home_tab(modal: Modal, client: WebClient) -> None:
    error = refusal(lambda: client.views_update(view_id=modal.view_id, view=HOME))

    assert error == "invalid_arguments"


def test_a_view_is_found_by_an_id_of_the_apps_own(
    modal: Modal, client: WebClient
) -> None:
    named = form("", external_id="mine")
    client.views_update(view_id=modal.view_id, view=named)

    client.views_update(external_id="mine", view=form("", title=text("Found")))

    assert modal.title == "Found"


def test_an_id_of_the_apps_own_is_given_once(
    modal: Modal, stage: Stage, client: WebClient
) -> None:
    named = form("", external_id="mine")
    client.views_update(view_id=modal.view_id, view=named)

    error = refusal(
        lambda: client.views_publish(
            user_id=stage.ada.id, view=HOME | {"external_id": "mine"}
        )
    )

    assert error == "duplicate_external_id"


def test_a_trigger_that_is_too_old_opens_nothing(
    stage: Stage, app: Errands, slack: Sandbox
) -> None:
    slack._workspace.triggers._seconds = 0.05
    errors: list[str] = []

    def dawdle(ack: Any, body: Json, client: WebClient) -> None:
        time.sleep(0.1)
        trigger_id = body["trigger_id"]
        errors.append(
            refusal(lambda: client.views_open(trigger_id=trigger_id, view=form("")))
        )
        ack()

    app.behave["command"] = dawdle

    stage.ada.command("/errand", stage.inner)

    assert errors == ["expired_trigger_id"]
    assert stage.ada.modal is None


def test_a_push_needs_a_modal_to_stand_on(stage: Stage, app: Errands) -> None:
    errors: list[str] = []

    def push(ack: Any, body: Json, client: WebClient) -> None:
        trigger_id = body["trigger_id"]
        errors.append(
            refusal(lambda: client.views_push(trigger_id=trigger_id, view=form("")))
        )
        ack()

    app.behave["command"] = push

    stage.ada.command("/errand", stage.inner)

    assert errors == ["not_found"]


def test_a_fourth_modal_is_one_too_many(
    modal: Modal, stage: Stage, app: Errands
) -> None:
    errors: list[str] = []

    def push(ack: Any, body: Json, client: WebClient) -> None:
        trigger_id = body["trigger_id"]
        try:
            client.views_push(trigger_id=trigger_id, view=form("") | {"blocks": row})
        except SlackApiError as error:
            errors.append(error.response["error"])
        ack()

    button = {"type": "button", "action_id": "deeper", "text": text("Deeper")}
    row = [{"type": "actions", "elements": [button]}]
    app.behave["submit"] = lambda ack, *_: ack(
        response_action="update", view=form("") | {"blocks": row}
    )
    app.behave["other"] = push
    modal.fill({"Your question": "Milk"})
    modal.submit()

    for _ in range(3):
        top = stage.ada.modal
        assert top is not None
        top.click("Deeper")

    assert errors == ["push_limit_reached"]
    assert len(stage.ada.modals) == 3


def test_a_home_tab_is_published_and_published_anew(
    stage: Stage, client: WebClient
) -> None:
    first = client.views_publish(user_id=stage.ada.id, view=HOME)["view"]
    other = {"type": "home", "blocks": [{"type": "section", "text": text("Anew")}]}
    second = client.views_publish(user_id=stage.ada.id, view=other, hash=first["hash"])[
        "view"
    ]

    assert second["id"] == first["id"]
    assert stage.ada.home is not None
    assert stage.ada.home.text == "Anew"
    error = refusal(
        lambda: client.views_publish(
            user_id=stage.ada.id, view=HOME, hash=first["hash"]
        )
    )
    assert error == "hash_conflict"
    assert stage.ben.home is None


def test_an_app_without_a_home_tab_publishes_none() -> None:
    manifest = scopes_without()
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    with Sandbox(manifest) as slack:
        ada = slack.person("Ada")
        client = WebClient(slack.bot_token, slack.api_url, retry_handlers=[])

        error = refusal(lambda: client.views_publish(user_id=ada.id, view=HOME))

    assert error == "not_enabled"


def test_a_view_that_is_no_object_is_refused(stage: Stage, client: WebClient) -> None:
    for view in ("5", "{", ""):
        error = refusal(
            lambda view=view: client.api_call(
                "views.publish", params={"user_id": stage.ada.id, "view": view}
            )
        )

        assert error == "invalid_arguments"


def test_opening_a_form_closes_no_home_tab(
    stage: Stage, app: Errands, client: WebClient
) -> None:
    client.views_publish(user_id=stage.ada.id, view=HOME)

    stage.ada.command("/errand", stage.inner)

    assert stage.ada.modal is not None
    assert stage.ada.home is not None
