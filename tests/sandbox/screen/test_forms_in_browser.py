"""Modals and what is entered in them, in browser windows."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from sandbox import Sandbox
from tests.sandbox.acting import SLOW
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, form, option, text
from tests.sandbox.screen import gallery
from tests.sandbox.screen.conftest import Desk, Open

pytestmark = pytest.mark.browser


def opens(app: Errands, view: dict[str, Any]) -> None:
    """Let the command open some view."""

    def open_it(ack: Any, body: Any, client: Any) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    app.behave["command"] = open_it


def at_form(stage: Stage, open_as: Open) -> Desk:
    """A window in which the form of the command is open."""
    desk = open_as(stage.ada, stage.shared.id)
    desk.say("/errand now")
    expect(desk.modal).to_be_visible()
    return desk


def state(app: Errands) -> dict[str, Any]:
    """What the app was told last that somebody had entered, by block."""
    values = app.bodies("view_submission")[-1]["view"]["state"]["values"]
    return {block: next(iter(inside.values())) for block, inside in values.items()}


TWO = {"initial_option": gallery.options("Two")[0]}
FILLING: list[tuple[str, Callable[[Locator], None], str, str, Any]] = [
    ("Words", lambda f: f.fill("two words"), "plain_text_input", "value", "two words"),
    ("Number", lambda f: f.fill("12"), "number_input", "value", "12"),
    ("Mail", lambda f: f.fill("a@b.co"), "email_text_input", "value", "a@b.co"),
    (
        "Page",
        lambda f: f.fill("https://b.co"),
        "url_text_input",
        "value",
        "https://b.co",
    ),
    (
        "Day",
        lambda f: f.fill("2026-12-01"),
        "datepicker",
        "selected_date",
        "2026-12-01",
    ),
    ("Time", lambda f: f.fill("08:30"), "timepicker", "selected_time", "08:30"),
    (
        "Moment",  # a quarter past nine in Chicago, in winter
        lambda f: f.fill("2026-12-01T09:15"),
        "datetimepicker",
        "selected_date_time",
        1796138100,
    ),
]


def test_everything_that_is_entered_reaches_the_app_as_slack_sends_it(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    opens(app, gallery.form())
    app.behave["submit"] = lambda ack, *_: ack()
    desk = at_form(stage, open_as)

    for label, fill, _, _, _ in FILLING:
        fill(desk.modal.get_by_label(label, exact=False).first)
    desk.modal.get_by_label("Story").fill("a line\nand another")
    desk.modal.get_by_label("One of").select_option("Two")
    desk.modal.get_by_role("group", name="Some of").get_by_label("Three").check()
    desk.modal.get_by_role("group", name="Some of").get_by_label("One").check()
    desk.modal.get_by_role("group", name="Radio").get_by_label("Two").check()
    desk.modal.get_by_role("group", name="Boxes").get_by_label("One").uncheck()
    desk.modal.get_by_role("group", name="Boxes").get_by_label("Three").check()
    desk.modal.get_by_label("Person").select_option("Ben Ito")
    desk.modal.get_by_role("group", name="People").get_by_label("Cleo Marsh").check()
    desk.modal.get_by_label("Channel").select_option("#inner")
    desk.modal.get_by_role("button", name="Send it").click()
    expect(desk.modal).to_have_count(0)

    sent = state(app)
    for _, _, block, name, value in FILLING:
        assert sent[block][name] == value
    assert "a line\nand another" in str(sent["rich_text_input"]).replace("\\n", "\n")
    assert sent["static_select"]["selected_option"]["value"] == "two"
    chosen = sent["multi_static_select"]["selected_options"]
    assert [each["value"] for each in chosen] == ["one", "three"]
    assert sent["radio_buttons"]["selected_option"]["value"] == "two"
    boxes = sent["checkboxes"]["selected_options"]
    assert [each["value"] for each in boxes] == ["three"]
    assert sent["users_select"]["selected_user"] == stage.ben.id
    assert sent["multi_users_select"]["selected_users"] == [stage.cleo.id]
    assert sent["conversations_select"]["selected_conversation"] == stage.inner.id


@pytest.mark.parametrize(("chosen", "focused"), [({}, "One"), (TWO, "Two")])
def test_of_radio_buttons_the_chosen_one_has_the_focus(
    stage: Stage,
    app: Errands,
    open_as: Open,
    chosen: dict[str, Any],
    focused: str,
) -> None:
    """A ring around another one looks as if that were chosen."""
    listed = gallery.options("One", "Two", "Three")
    radio = gallery.input_block("Radio", "radio_buttons", options=listed, **chosen)
    opens(app, gallery.form(blocks=[radio]))

    desk = at_form(stage, open_as)

    expect(desk.modal.get_by_label(focused)).to_be_focused()


def test_every_field_has_its_label_and_its_hint(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    opens(app, gallery.form())

    desk = at_form(stage, open_as)

    for label, *_ in FILLING:
        expect(desk.modal.get_by_label(label).first).to_be_visible()
    expect(desk.modal.get_by_text("No names, dates or record numbers")).to_be_visible()
    expect(desk.modal.get_by_role("button", name="Not now")).to_be_visible()


def test_what_slack_refuses_itself_stands_beside_the_field(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = at_form(stage, open_as)

    desk.modal.get_by_role("button", name="Send").click()

    wanted = desk.modal.get_by_text("Please complete this required field.")
    expect(wanted).to_be_visible()
    expect(desk.modal.get_by_label("Your question")).to_be_focused()
    assert app.bodies("view_submission") == []


def test_an_app_that_does_not_answer_leaves_the_form_and_its_words(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    app.behave["submit"] = lambda *_: time.sleep(SLOW)
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Your question").fill("Bring milk")
    desk.modal.get_by_role("button", name="Send").click()

    expect(desk.modal.get_by_role("alert")).to_contain_text("trouble connecting")
    expect(desk.modal.get_by_label("Your question")).to_have_value("Bring milk")


def test_a_view_that_changes_keeps_the_words_and_the_focus(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = at_form(stage, open_as)
    field = desk.modal.get_by_label("Your question")
    field.press_sequentially("half a sen")
    view = stage.ada.modal
    assert view

    changed = form(stage.shared.id, title=text("Ask again"))
    changed["blocks"].append({"type": "context", "elements": [text("Almost there")]})
    app.client.views_update(view_id=view.view_id, view=changed)

    expect(desk.modal.get_by_text("Almost there")).to_be_visible()
    expect(desk.modal.get_by_role("heading")).to_have_text("Ask again")
    expect(field).to_be_focused()
    field.press_sequentially("tence")
    expect(field).to_have_value("half a sentence")
    slack.until(lambda: view.value("Your question") == "half a sentence")


def test_a_loading_view_gives_its_place_to_the_form_and_the_focus_follows(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    loading = form("", blocks=[{"type": "section", "text": text("Fetching")}])
    del loading["submit"]
    opens(app, loading)
    desk = at_form(stage, open_as)
    expect(desk.modal.get_by_text("Fetching")).to_be_visible()
    expect(desk.modal.get_by_role("button", name="Close").last).to_be_visible()
    view = stage.ada.modal
    assert view

    app.client.views_update(view_id=view.view_id, view=form(stage.shared.id))

    expect(desk.modal.get_by_label("Your question")).to_be_focused()


def test_a_form_over_a_form_goes_back_to_the_one_below(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    second = form("", title=text("Second"))
    app.behave["submit"] = lambda ack, *_: ack(response_action="push", view=second)
    desk = at_form(stage, open_as)
    desk.modal.get_by_label("Your question").fill("first words")
    desk.modal.get_by_role("button", name="Send").click()
    expect(desk.modal.get_by_role("heading")).to_have_text("Second")

    desk.modal.get_by_role("button", name="Back").click()

    expect(desk.modal.get_by_role("heading")).to_have_text("Ask")
    expect(desk.modal.get_by_label("Your question")).to_have_value("first words")


def test_closing_a_stack_of_forms_at_once_closes_all(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    second = form("", title=text("Second"))
    app.behave["submit"] = lambda ack, *_: ack(response_action="push", view=second)
    desk = at_form(stage, open_as)
    desk.modal.get_by_label("Your question").fill("first words")
    desk.modal.get_by_role("button", name="Send").click()

    desk.modal.get_by_role("button", name="Close all").click()

    expect(desk.modal).to_have_count(0)
    assert stage.ada.modals == []


def test_a_form_that_the_app_closes_is_closed_in_the_browser(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = at_form(stage, open_as)
    modal = stage.ada.modal
    assert modal

    modal.close()

    expect(desk.modal).to_have_count(0)


def test_escape_closes_the_form_and_the_app_is_told(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    opens(app, form("", notify_on_close=True))
    desk = at_form(stage, open_as)

    desk.page.keyboard.press("Escape")

    expect(desk.modal).to_have_count(0)
    slack.until(lambda: app.bodies("view_closed"))
    assert stage.ada.modal is None


def test_the_focus_goes_into_the_form_and_comes_back(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = at_form(stage, open_as)
    expect(desk.modal.get_by_label("Your question")).to_be_focused()

    desk.page.keyboard.press("Escape")

    expect(desk.composer).to_be_focused()


def test_enter_in_a_line_of_a_form_submits_it(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = at_form(stage, open_as)
    field = desk.modal.get_by_label("Your question")

    field.fill("Bring milk")
    field.press("Enter")

    expect(desk.message("Bring milk")).to_be_visible()


def test_a_select_that_dispatches_acts_at_once(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    view = form("")
    view["blocks"][1]["dispatch_action"] = True
    opens(app, view)
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Urgency").select_option("Today")

    [told] = slack.until(lambda: app.bodies("block_actions"))
    assert told["actions"][0]["selected_option"]["value"] == "today"
    assert told["view"]["state"]["values"]["urgency"]["u"]["selected_option"]


def test_a_text_that_dispatches_tells_at_enter_and_not_at_each_letter(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    view = form("")
    view["blocks"][0]["dispatch_action"] = True
    opens(app, view)
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Your question").press_sequentially("milk", delay=90)
    desk.modal.get_by_label("Your question").press("Enter")

    [told] = slack.until(lambda: app.bodies("block_actions"))
    assert told["actions"][0]["value"] == "milk"
    expect(desk.modal).to_be_visible()


def test_a_text_that_tells_each_letter_tells_while_one_types(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    view = form("")
    view["blocks"][0]["dispatch_action"] = True
    on = {"trigger_actions_on": ["on_character_entered"]}
    view["blocks"][0]["element"]["dispatch_action_config"] = on
    opens(app, view)
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Your question").press_sequentially("milk")

    slack.until(lambda: app.bodies("block_actions"))
    assert app.bodies("block_actions")[-1]["actions"][0]["value"].startswith("m")


def test_what_the_app_suggests_can_be_chosen_and_taken_back(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    element = {"type": "external_select", "action_id": "suggest", "min_query_length": 2}
    block = {"type": "input", "block_id": "suggest", "label": text("Drug")}
    app.app.options("suggest")(app.on_suggest)
    opens(app, form("", blocks=[{**block, "element": element}]))
    app.behave["submit"] = lambda ack, *_: ack()
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Drug").press_sequentially("bel")
    desk.modal.get_by_role("button", name="bel two").click()
    expect(desk.modal.get_by_role("button", name="Remove bel two")).to_be_visible()
    desk.modal.get_by_role("button", name="Remove bel two").click()
    expect(desk.modal.get_by_role("button", name="Remove bel two")).to_have_count(0)
    desk.modal.get_by_label("Drug").press_sequentially("bel")
    desk.modal.get_by_role("button", name="bel one").click()
    expect(desk.modal.get_by_role("button", name="Remove bel one")).to_be_visible()
    desk.modal.get_by_role("button", name="Send").click()
    expect(desk.modal).to_have_count(0)

    assert state(app)["suggest"]["selected_option"]["text"]["text"] == "bel one"


def test_a_button_inside_a_form_acts_and_the_form_stays(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    view = form("")
    row = {"type": "actions", "elements": [gallery.button("Check it")]}
    opens(app, {**view, "blocks": [*view["blocks"], row]})
    desk = at_form(stage, open_as)

    desk.modal.get_by_role("button", name="Check it").click()

    [told] = slack.until(lambda: app.bodies("block_actions"))
    assert told["actions"][0]["value"] == "check_it"
    expect(desk.modal).to_be_visible()


def test_a_button_in_a_form_that_fails_says_so_inside_the_form(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    row = {"type": "actions", "elements": [gallery.button("Check it")]}
    opens(app, form("", blocks=[*form("")["blocks"], row]))
    app.behave["other"] = lambda *_: time.sleep(SLOW)
    desk = at_form(stage, open_as)

    desk.modal.get_by_role("button", name="Check it").click()

    expect(desk.modal.get_by_role("alert")).to_contain_text("trouble connecting")


def test_options_with_groups_are_shown_in_their_groups(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    groups = [
        {"label": text("Fruit"), "options": [option("Apple"), option("Pear")]},
        {"label": text("Bread"), "options": [option("Rye")]},
    ]
    element = {"type": "static_select", "action_id": "g", "option_groups": groups}
    block = {
        "type": "input",
        "block_id": "g",
        "label": text("Food"),
        "element": element,
    }
    opens(app, form("", blocks=[block]))
    app.behave["submit"] = lambda ack, *_: ack()
    desk = at_form(stage, open_as)

    desk.modal.get_by_label("Food").select_option("Rye")
    desk.modal.get_by_role("button", name="Send").click()
    expect(desk.modal).to_have_count(0)

    assert state(app)["g"]["selected_option"]["value"] == "rye"
