"""What stands in a form, is entered there, and is missing."""

from typing import Any

import pytest

from sandbox import forms
from sandbox.forms import REQUIRED
from sandbox.messages import complete
from sandbox.things import View
from tests.sandbox.errand import Json, option, text

A, B = option("Alpha"), option("Beta")


def question(element: Json, **more: Any) -> Json:
    """An input block around an element."""
    block = {"type": "input", "block_id": "b", "label": text("Label")}
    return block | {"element": {"action_id": "a", **element}} | more


def view_of(*blocks: Json, values: forms.Values | None = None) -> View:
    """A modal with those blocks."""
    done = complete(list(blocks))
    return View(
        id="V1",
        user="U1",
        team="T1",
        body={"type": "modal", "blocks": done},
        hash="h",
        root="V1",
        values=values or forms.initial_values(done),
    )


EMPTY_STATES = [
    ({"type": "plain_text_input"}, {"value": None}),
    ({"type": "number_input", "is_decimal_allowed": False}, {"value": None}),
    ({"type": "email_text_input"}, {"value": None}),
    ({"type": "url_text_input"}, {"value": None}),
    ({"type": "static_select", "options": [A]}, {"selected_option": None}),
    ({"type": "radio_buttons", "options": [A]}, {"selected_option": None}),
    ({"type": "external_select"}, {"selected_option": None}),
    ({"type": "multi_static_select", "options": [A]}, {"selected_options": []}),
    ({"type": "checkboxes", "options": [A]}, {"selected_options": []}),
    ({"type": "users_select"}, {"selected_user": None}),
    ({"type": "multi_users_select"}, {"selected_users": []}),
    ({"type": "conversations_select"}, {"selected_conversation": None}),
    ({"type": "channels_select"}, {"selected_channel": None}),
    ({"type": "datepicker"}, {"selected_date": None}),
    ({"type": "timepicker"}, {"selected_time": None}),
    ({"type": "datetimepicker"}, {"selected_date_time": None}),
    ({"type": "rich_text_input"}, {"rich_text_value": None}),
]


@pytest.mark.parametrize(("element", "state"), EMPTY_STATES)
def test_an_untouched_input_is_there_and_empty(element: Json, state: Json) -> None:
    values = view_of(question(element)).values

    assert values == {"b": {"a": {"type": element["type"], **state}}}


INITIAL_STATES = [
    ({"type": "plain_text_input", "initial_value": "x"}, "x"),
    ({"type": "static_select", "options": [A, B], "initial_option": B}, B),
    ({"type": "checkboxes", "options": [A, B], "initial_options": [B]}, [B]),
    ({"type": "users_select", "initial_user": "U2"}, "U2"),
    ({"type": "datepicker", "initial_date": "2026-03-01"}, "2026-03-01"),
    ({"type": "timepicker", "initial_time": "09:30"}, "09:30"),
]


@pytest.mark.parametrize(("element", "value"), INITIAL_STATES)
def test_an_initial_value_counts_as_entered(element: Json, value: Any) -> None:
    view = view_of(question(element))

    [field] = forms.fields(view.blocks)
    assert field.value_in(view.values) == value


def test_what_keeps_a_value_outside_of_inputs_is_in_the_state_too() -> None:
    select = {"type": "static_select", "action_id": "s", "options": [A]}
    date = {"type": "datepicker", "action_id": "d", "placeholder": text("When")}
    button = {"type": "button", "action_id": "go", "text": text("Go")}
    section = {
        "type": "section",
        "block_id": "one",
        "text": text("Which"),
        "accessory": select,
    }
    actions = {"type": "actions", "block_id": "two", "elements": [date, button]}

    view = view_of(section, actions)

    assert view.values.keys() == {"one", "two"}
    assert view.values["two"].keys() == {"d"}
    labels = [(field.label, field.asks) for field in forms.fields(view.blocks)]
    assert labels == [("Which", False), ("When", False)]


def test_a_value_is_kept_while_block_id_action_id_and_type_stay() -> None:
    old = view_of(question({"type": "plain_text_input"}))
    [field] = forms.fields(old.blocks)
    old = view_of(*old.blocks, values=forms.enter(old, field, "typed"))
    changed = question({"type": "plain_text_input"}, label=text("New label"))

    assert forms.carry(old, complete([changed]))["b"]["a"]["value"] == "typed"


@pytest.mark.parametrize(
    "changed",
    [
        question({"type": "plain_text_input"}, block_id="other"),
        question({"type": "plain_text_input", "action_id": "other"}),
        question({"type": "email_text_input"}),
    ],
)
def test_a_value_is_lost_when_the_input_becomes_another(changed: Json) -> None:
    old = view_of(question({"type": "plain_text_input"}))
    [field] = forms.fields(old.blocks)
    old = view_of(*old.blocks, values=forms.enter(old, field, "typed"))

    [new_field] = forms.fields(complete([changed]))
    values = forms.carry(old, complete([changed]))

    assert new_field.value_in(values) is None


def test_a_chosen_option_is_lost_when_it_is_no_longer_offered() -> None:
    old = view_of(
        question({"type": "static_select", "options": [A, B], "initial_option": A})
    )
    less = complete([question({"type": "static_select", "options": [B]})])
    still = complete([question({"type": "static_select", "options": [A]})])

    assert forms.carry(old, less)["b"]["a"]["selected_option"] is None
    assert forms.carry(old, still)["b"]["a"]["selected_option"] == A


def test_options_in_groups_are_options() -> None:
    groups = [
        {"label": text("One"), "options": [A]},
        {"label": text("Two"), "options": [B]},
    ]

    assert forms.options({"type": "static_select", "option_groups": groups}) == [A, B]


WRONG: list[tuple[Json, Any, str]] = [
    ({"type": "plain_text_input"}, None, REQUIRED),
    ({"type": "plain_text_input"}, "", REQUIRED),
    ({"type": "checkboxes", "options": [A]}, [], REQUIRED),
    ({"type": "plain_text_input", "max_length": 3}, "four", "at most 3"),
    ({"type": "plain_text_input", "min_length": 5}, "four", "at least 5"),
    ({"type": "email_text_input"}, "nobody", "valid email"),
    ({"type": "url_text_input"}, "nowhere", "valid URL"),
    ({"type": "number_input", "is_decimal_allowed": True}, "many", "a number"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
    (
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "2"},
        "1",
        "at least 2",
    ),
    (
        {"type": "number_input", "is_decimal_allowed": False, "max_value": "2"},
        "3",
        "at most 2",
    ),
]


@pytest.mark.parametrize(("element", "value", "said"), WRONG)
def test_what_slack_refuses_by_itself_is_told_beside_the_field(
    element: Json, value: Any, said: str
) -> None:
    view = view_of(question(element))
    [field] = forms.fields(view.blocks)
    view = view_of(*view.blocks, values=forms.enter(view, field, value))

    assert said in forms.missing(view)["b"]


RIGHT = [
    ({"type": "plain_text_input", "max_length": 4, "min_length": 4}, "four"),
    ({"type": "email_text_input"}, "ada@example.org"),
    ({"type": "url_text_input"}, "https://example.org"),
    ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "1.5"),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, "2"),
    ({"type": "datepicker"}, "2026-03-01"),
]


@pytest.mark.parametrize(("element", "value"), RIGHT)
def test_what_is_right_is_not_refused(element: Json, value: Any) -> None:
    view = view_of(question(element))
    [field] = forms.fields(view.blocks)
    view = view_of(*view.blocks, values=forms.enter(view, field, value))

    assert forms.missing(view) == {}


def test_an_optional_input_may_stay_empty() -> None:
    view = view_of(question({"type": "plain_text_input"}, optional=True))

    assert forms.missing(view) == {}


def test_an_optional_input_that_is_filled_must_still_be_right() -> None:
    view = view_of(question({"type": "email_text_input"}, optional=True))
    [field] = forms.fields(view.blocks)
    view = view_of(*view.blocks, values=forms.enter(view, field, "nobody"))

    assert "valid email" in forms.missing(view)["b"]
