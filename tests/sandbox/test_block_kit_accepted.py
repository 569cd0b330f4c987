"""What Slack takes is taken: each element with all its fields, each bound reached."""

import json
from typing import Any

import pytest

from sandbox.block_kit import problems, view_problems
from sandbox.block_kit.blocks import IN_INPUT, IN_SECTION
from sandbox.block_kit.elements import ELEMENTS
from tests.sandbox.block_kit_parts import (
    Json,
    Surface,
    actions,
    asked,
    modal,
    mrkdwn,
    named,
    option,
    options,
    plain,
    rich,
    section,
    typed,
)

ACTION: Json = {"action_id": "chosen"}
CONFIRM: Json = {
    "confirm": {
        "title": plain("Sure?"),
        "text": mrkdwn("*Really*"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
        "style": "danger",
    }
}
CHOICE: Json = {**ACTION, **CONFIRM, "focus_on_load": True}
PICK: Json = {**CHOICE, "placeholder": plain("Pick")}
DISPATCH = ["on_enter_pressed", "on_character_entered"]
TYPE: Json = {
    **ACTION,
    "focus_on_load": True,
    "placeholder": plain("Type"),
    "dispatch_action_config": {"trigger_actions_on": DISPATCH},
}
FILTER: Json = {
    "include": ["im", "mpim", "private", "public"],
    "exclude_bot_users": True,
    "exclude_external_shared_channels": False,
}
CONVERSATION: Json = {"default_to_current_conversation": True, "filter": FILTER}
WORKFLOW: Json = {
    "trigger": {
        "url": "https://slack.example/shortcuts/1",
        "customizable_input_parameters": [{"name": "code", "value": "7K3Q9"}],
    }
}
ADDRESS = "https://center.example/curve.png"

FULL: dict[str, Json] = {
    "image": {"alt_text": "A curve", "image_url": ADDRESS},
    "button": {
        **ACTION,
        **CONFIRM,
        "text": plain("Go"),
        "value": "7",
        "url": "mailto:a@b.example",
        "style": "primary",
        "accessibility_label": "Go on",
    },
    "workflow_button": {
        **ACTION,
        **CONFIRM,
        "text": plain("Go"),
        "workflow": WORKFLOW,
        "style": "danger",
        "accessibility_label": "Go on",
    },
    "overflow": {**ACTION, **CONFIRM, "options": [option(url=ADDRESS), option("b")]},
    "radio_buttons": {
        **CHOICE,
        "options": [option(), option("b", text=mrkdwn("*b*"))],
        "initial_option": option("b", text=mrkdwn("*b*")),
    },
    "checkboxes": {**CHOICE, "options": options(2), "initial_options": options(2)},
    "static_select": {**PICK, "options": options(2), "initial_option": option("1")},
    "multi_static_select": {
        **PICK,
        "option_groups": [
            {"label": plain("A"), "options": options(2)},
            {"label": plain("B"), "options": [option("b")]},
        ],
        "initial_options": [option("b"), option("0")],
        "max_selected_items": 2,
    },
    "external_select": {**PICK, "min_query_length": 0, "initial_option": option()},
    "multi_external_select": {
        **PICK,
        "min_query_length": 3,
        "initial_options": [option()],
        "max_selected_items": 1,
    },
    "users_select": {**PICK, "initial_user": "U1"},
    "multi_users_select": {
        **PICK,
        "initial_users": ["U1", "U2"],
        "max_selected_items": 2,
    },
    "conversations_select": {
        **PICK,
        **CONVERSATION,
        "initial_conversation": "C1",
        "response_url_enabled": True,
    },
    "multi_conversations_select": {
        **PICK,
        **CONVERSATION,
        "initial_conversations": [],
        "max_selected_items": 1,
    },
    "channels_select": {**PICK, "initial_channel": "C1", "response_url_enabled": True},
    "multi_channels_select": {
        **PICK,
        "initial_channels": ["C1"],
        "max_selected_items": 1,
    },
    "datepicker": {**PICK, "initial_date": "2028-02-29"},
    "timepicker": {
        **PICK,
        "initial_time": "23:59",
        "timezone": "America/Chicago",
    },
    "datetimepicker": {**CHOICE, "initial_date_time": 9_999_999_999},
    "plain_text_input": {
        **TYPE,
        "initial_value": "",
        "multiline": True,
        "min_length": 3000,
        "max_length": 3000,
    },
    "number_input": {
        **TYPE,
        "is_decimal_allowed": False,
        "initial_value": "-2",
        "min_value": "-2",
        "max_value": "-2.0",
    },
    "email_text_input": {**TYPE, "initial_value": "a@b.example"},
    "url_text_input": {**TYPE, "initial_value": ADDRESS},
    "rich_text_input": {
        **TYPE,
        "initial_value": rich({"type": "text", "text": "x"}),
        "min_lines": 3,
        "max_lines": 3,
    },
    "file_input": {**ACTION, "filetypes": ["pdf"], "max_files": 10},
}

# Of these pairs Slack takes only one at a time.
EITHER = {
    "image": {"slack_file"},
    "static_select": {"option_groups"},
    "multi_static_select": {"options"},
}


def placed(element: Json) -> Json:
    """Put an element into a block that may hold it."""
    if element["type"] in IN_INPUT.records:
        return asked(element)
    if element["type"] in IN_SECTION.records:
        return section(accessory=element)
    return actions(element)


@pytest.mark.parametrize("kind", FULL)
def test_an_element_is_taken_with_all_its_fields(kind: str) -> None:
    block = placed({"type": kind, **FULL[kind]})

    assert problems([block], surface="modal") == []


def test_no_element_and_no_field_is_without_an_example() -> None:
    """A field that the tables lose, or gain untried, is noticed here."""
    written = {
        kind: {*record.must, *record.may} - EITHER.get(kind, set())
        for kind, record in ELEMENTS.records.items()
    }

    assert {kind: set(fields) for kind, fields in FULL.items()} == written


STYLE: Json = {
    "style": dict.fromkeys(("bold", "italic", "strike", "code", "underline"), True)
}
PARTS: list[Json] = [
    {"type": "text", "text": "x", **STYLE},
    {"type": "link", "url": ADDRESS, "text": "x", "unsafe": False, **STYLE},
    {"type": "user", "user_id": "U1", **STYLE},
    {"type": "usergroup", "usergroup_id": "S1", **STYLE},
    {"type": "team", "team_id": "T1", **STYLE},
    {"type": "channel", "channel_id": "C1", **STYLE},
    {"type": "broadcast", "range": "everyone", **STYLE},
    {"type": "color", "value": "#3366cc", **STYLE},
    {"type": "emoji", "name": "wave", "unicode": "1f44b", "url": ADDRESS, **STYLE},
    {
        "type": "date",
        "timestamp": 0,
        "format": "{date}",
        "fallback": "then",
        "url": ADDRESS,
        **STYLE,
    },
]
LINES: Json = {"type": "rich_text_section", "elements": PARTS}

ACCEPTED: list[tuple[str, list[Json]]] = [
    ("a text and its fields", [section(fields=[plain()] * 10, expand=False)]),
    ("fields alone", [{"type": "section", "fields": [mrkdwn()]}]),
    ("text as it is", [section(text={**mrkdwn(), "verbatim": True})]),
    ("a header", [{"type": "header", "text": plain(), "block_id": "h"}]),
    ("a divider", [{"type": "divider", "block_id": "d"}]),
    (
        "context of texts and images",
        [
            {
                "type": "context",
                "block_id": "c",
                "elements": [plain(), mrkdwn(), {"type": "image", **FULL["image"]}],
            }
        ],
    ),
    (
        "an image of Slack's own",
        [
            {
                "type": "image",
                "block_id": "i",
                "slack_file": {"url": ADDRESS},
                "alt_text": "A curve",
                "title": plain(),
            }
        ],
    ),
    (
        "an input with all its fields",
        [
            asked(
                typed(),
                block_id="q",
                hint=plain(),
                optional=True,
                dispatch_action=False,
            )
        ],
    ),
    (
        "rich text of every kind",
        [
            {
                "type": "rich_text",
                "block_id": "r",
                "elements": [
                    LINES,
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "elements": [LINES],
                        "indent": 0,
                        "offset": 2,
                        "border": 0,
                    },
                    {"type": "rich_text_quote", "elements": PARTS, "border": 1},
                    {
                        "type": "rich_text_preformatted",
                        "elements": PARTS[:2],
                        "border": 1,
                    },
                    {"type": "rich_text_section", "elements": []},
                ],
            }
        ],
    ),
]


@pytest.mark.parametrize(("blocks",), **named(ACCEPTED))
@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_right_block_is_taken_on_every_surface(
    blocks: list[Json], surface: Surface
) -> None:
    if surface == "modal":
        found = view_problems(modal(*blocks, submit=plain("Send")))
    else:
        found = problems(blocks, surface=surface)

    assert found == []


def test_markdown_may_fill_a_message_to_the_last_character() -> None:
    blocks: list[Json] = [
        {"type": "markdown", "text": "x" * 6000, "block_id": name} for name in "ab"
    ]

    assert problems(blocks, surface="message") == []


BOUNDS: list[tuple[str, Json]] = [
    ("the earliest instant", {"type": "datetimepicker", "initial_date_time": 10**9}),
    ("a shortest text of nothing", typed(min_length=0)),
    ("one letter at most", typed(max_length=1)),
    ("an address yet to come", {"type": "email_text_input", "initial_value": ""}),
    ("a link yet to come", {"type": "url_text_input", "initial_value": ""}),
    ("one line", {"type": "rich_text_input", "min_lines": 1, "max_lines": 1}),
    ("one file", {"type": "file_input", "max_files": 1}),
    (
        "a filter of people only",
        {"type": "conversations_select", "filter": {"exclude_bot_users": True}},
    ),
    (
        "a filter of one's own workspace",
        {
            "type": "conversations_select",
            "filter": {"exclude_external_shared_channels": True},
        },
    ),
]


@pytest.mark.parametrize(("element",), **named(BOUNDS))
def test_an_element_is_taken_at_its_bounds(element: Json) -> None:
    assert problems([asked(element)], surface="modal") == []


def at(time: str) -> Json:
    return asked({"type": "timepicker", "initial_time": time})


@pytest.mark.parametrize("time", ["00:00", "09:30", "19:59", "20:00", "23:59"])
def test_a_time_is_hours_and_minutes_of_a_day(time: str) -> None:
    assert problems([at(time)], surface="modal") == []


@pytest.mark.parametrize(
    "time", ["24:00", "30:00", "12:60", "9:30", "09:30:00", "09:30\n", "٠٩:٣٠"]
)
def test_what_is_no_time_of_a_day_is_refused(time: str) -> None:
    found = problems([at(time)], surface="modal")

    assert found == ["/0/element/initial_time: must be a time as HH:mm"]


def test_a_view_may_keep_nothing_for_itself() -> None:
    view = modal(section(), private_metadata="", callback_id="", external_id="")

    assert view_problems(view) == []


@pytest.mark.parametrize("more", [0, 1])
def test_a_view_may_weigh_250_kb_and_not_a_byte_more(more: int) -> None:
    view: Any = modal(*[section(text=plain("x" * 2730))] * 89, section())
    missing = 250_000 - len(json.dumps(view)) + more
    view["blocks"][-1] = section(text=mrkdwn("*Text*" + "x" * missing))

    found = view_problems(view)

    assert found == ([": view_too_large"] if more else [])
