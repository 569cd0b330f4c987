"""What Slack would refuse is refused, at its place and in Slack's words."""

import pytest

from sandbox.block_kit import problems
from tests.sandbox.block_kit_parts import (
    Json,
    actions,
    asked,
    button,
    mrkdwn,
    named,
    option,
    options,
    plain,
    rich,
    section,
    typed,
)

REFUSED: list[tuple[str, object, str]] = [
    ("no object", 3, "/0: must provide an object"),
    ("no type", {"text": plain()}, "/0: missing required field: type"),
    ("no such type", {"type": "banner"}, "/0/type: unsupported type: banner"),
    ("a type that is no text", {"type": ["a"]}, "/0/type: unsupported type: ['a']"),
    (
        "a key that Slack does not know",
        {"type": "divider", "color": "red"},
        "/0: invalid additional property: color",
    ),
    (
        "a section that says nothing",
        {"type": "section"},
        "/0/type: must define either `text` or `fields`",
    ),
    (
        "a null where an object belongs",
        section(accessory=None),
        "/0/accessory: must provide an object",
    ),
    (
        "empty text",
        {"type": "section", "text": mrkdwn("")},
        "/0/text/text: must be more than 0 characters",
    ),
    (
        "a number as text",
        {"type": "section", "text": {"type": "mrkdwn", "text": 7}},
        "/0/text/text: must provide a string",
    ),
    (
        "emoji in mrkdwn",
        {"type": "section", "text": {**mrkdwn(), "emoji": True}},
        "/0/text: invalid additional property: emoji",
    ),
    (
        "no fields",
        {"type": "section", "fields": []},
        "/0/fields: must provide at least 1 items",
    ),
    (
        "fields that are no list",
        {"type": "section", "fields": mrkdwn()},
        "/0/fields: must provide an array",
    ),
    ("a flag as text", section(expand="yes"), "/0/expand: must provide a boolean"),
    (
        "a mrkdwn header",
        {"type": "header", "text": mrkdwn()},
        "/0/text/type: unsupported type: mrkdwn",
    ),
    (
        "a text input beside a section",
        section(accessory=typed()),
        "/0/accessory/type: unsupported type: plain_text_input",
    ),
    (
        "a date and time beside a section",
        section(accessory={"type": "datetimepicker"}),
        "/0/accessory/type: unsupported type: datetimepicker",
    ),
    (
        "a button among context",
        {"type": "context", "elements": [mrkdwn(), button()]},
        "/0/elements/1/type: unsupported type: button",
    ),
    (
        "an image among actions",
        actions({"type": "image", "image_url": "https://a.example/b", "alt_text": "b"}),
        "/0/elements/0/type: unsupported type: image",
    ),
    ("no actions", actions(), "/0/elements: must provide at least 1 items"),
    (
        "a button in an input",
        asked(button()),
        "/0/element/type: unsupported type: button",
    ),
    (
        "an input without label",
        {"type": "input", "element": typed()},
        "/0: missing required field: label",
    ),
    (
        "a mrkdwn label",
        {"type": "input", "label": mrkdwn(), "element": typed()},
        "/0/label/type: unsupported type: mrkdwn",
    ),
    (
        "a mrkdwn placeholder",
        asked(typed(placeholder=mrkdwn())),
        "/0/element/placeholder/type: unsupported type: mrkdwn",
    ),
    (
        "a mrkdwn button",
        actions({"type": "button", "text": mrkdwn()}),
        "/0/elements/0/text/type: unsupported type: mrkdwn",
    ),
    (
        "a style of one's own",
        actions(button(style="default")),
        "/0/elements/0/style: must be a valid enum value",
    ),
    (
        "an address without scheme",
        actions(button(url="center.example")),
        "/0/elements/0/url: invalid url",
    ),
    (
        "a confirmation without text",
        actions(button(confirm={"title": plain("Sure?")})),
        "/0/elements/0/confirm: missing required field: text",
    ),
    (
        "a mrkdwn title of a confirmation",
        actions(button(confirm={"title": mrkdwn(), "text": mrkdwn()})),
        "/0/elements/0/confirm/title/type: unsupported type: mrkdwn",
    ),
    (
        "an image without its alternative",
        {"type": "image", "image_url": "https://a.example/b.png"},
        "/0: missing required field: alt_text",
    ),
    (
        "an image from nowhere",
        {"type": "image", "alt_text": "A curve"},
        "/0/type: must define either `image_url` or `slack_file`",
    ),
    (
        "an image from two places",
        {
            "type": "image",
            "alt_text": "A curve",
            "image_url": "https://a.example/b.png",
            "slack_file": {"id": "F0CURVE01"},
        },
        "/0/slack_file: must not be defined together with `image_url`",
    ),
    (
        "a Slack file that is not named",
        {"type": "image", "alt_text": "A curve", "slack_file": {}},
        "/0/slack_file: must define either `id` or `url`",
    ),
    (
        "empty markdown",
        {"type": "markdown", "text": ""},
        "/0/text: must be more than 0 characters",
    ),
]

REFUSED_CHOICES: list[tuple[str, Json, str]] = [
    (
        "a select without options",
        {"type": "static_select"},
        "/type: must define either `options` or `option_groups`",
    ),
    (
        "a select with options and groups",
        {
            "type": "static_select",
            "options": options(1),
            "option_groups": [{"label": plain(), "options": [option("other")]}],
        },
        "/option_groups: must not be defined together with `options`",
    ),
    (
        "a mrkdwn option in a select",
        {"type": "static_select", "options": [option(text=mrkdwn())]},
        "/options/0/text/type: unsupported type: mrkdwn",
    ),
    (
        "an option without value",
        {"type": "static_select", "options": [{"text": plain()}]},
        "/options/0: missing required field: value",
    ),
    (
        "a link in a select's option",
        {"type": "static_select", "options": [option(url="https://a.example")]},
        "/options/0: invalid additional property: url",
    ),
    (
        "the same value twice",
        {"type": "radio_buttons", "options": [option("a"), option("a")]},
        '/options/1/value: `value` "a" already exists',
    ),
    (
        "the same value in two groups",
        {
            "type": "static_select",
            "option_groups": [{"label": plain(), "options": options(1)}] * 2,
        },
        '/option_groups/1/options/0/value: `value` "0" already exists',
    ),
    (
        "an initial option that is no option",
        {
            "type": "static_select",
            "options": [option("a")],
            "initial_option": option("b"),
        },
        "/initial_option: must exactly match one of the options",
    ),
    (
        "an initial option with another text than its option",
        {
            "type": "radio_buttons",
            "options": [option("a")],
            "initial_option": {"text": mrkdwn("a"), "value": "a"},
        },
        "/initial_option: must exactly match one of the options",
    ),
    (
        "one of several initial options that is no option",
        {
            "type": "checkboxes",
            "options": options(2),
            "initial_options": [option("0"), option("2")],
        },
        "/initial_options/1: must exactly match one of the options",
    ),
    (
        "initial options that are none",
        {"type": "checkboxes", "options": options(2), "initial_options": []},
        "/initial_options: must provide at least 1 items",
    ),
    (
        "more initial options than may be chosen",
        {
            "type": "multi_static_select",
            "options": options(2),
            "initial_options": options(2),
            "max_selected_items": 1,
        },
        "/initial_options: no more than 1 items allowed",
    ),
    (
        "more initial people than may be chosen",
        {
            "type": "multi_users_select",
            "initial_users": ["U1", "U2"],
            "max_selected_items": 1,
        },
        "/initial_users: no more than 1 items allowed",
    ),
    (
        "nothing to be chosen",
        {"type": "multi_users_select", "max_selected_items": 0},
        "/max_selected_items: must be more than 0",
    ),
    (
        "a filter that filters nothing",
        {"type": "conversations_select", "filter": {}},
        (
            "/filter: must define either `include` or `exclude_bot_users` or "
            "`exclude_external_shared_channels`"
        ),
    ),
    (
        "a conversation of an unknown kind",
        {"type": "conversations_select", "filter": {"include": ["dm"]}},
        "/filter/include/0: must be a valid enum value",
    ),
    (
        "no such day",
        {"type": "datepicker", "initial_date": "2026-02-30"},
        "/initial_date: must be a date as YYYY-MM-DD",
    ),
    (
        "a day written in another way",
        {"type": "datepicker", "initial_date": "20260228"},
        "/initial_date: must be a date as YYYY-MM-DD",
    ),
    (
        "no such time",
        {"type": "timepicker", "initial_time": "24:00"},
        "/initial_time: must be a time as HH:mm",
    ),
    (
        "an instant in milliseconds",
        {"type": "datetimepicker", "initial_date_time": 1_700_000_000_000},
        "/initial_date_time: must be less than 10000000000",
    ),
    (
        "an instant that is true",
        {"type": "datetimepicker", "initial_date_time": True},
        "/initial_date_time: must provide an integer",
    ),
]

REFUSED_INPUTS: list[tuple[str, Json, str]] = [
    (
        "a longest text of nothing",
        typed(max_length=0),
        "/max_length: must be more than 0",
    ),
    (
        "a longest text beyond Slack's",
        typed(max_length=3001),
        "/max_length: must be less than 3001",
    ),
    (
        "a shortest text beyond Slack's",
        typed(min_length=3001),
        "/min_length: must be less than 3001",
    ),
    (
        "a shortest text above the longest",
        typed(min_length=9, max_length=8),
        "/min_length: must not be more than `max_length`",
    ),
    (
        "a dispatch at no known moment",
        typed(dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "/dispatch_action_config/trigger_actions_on/0: must be a valid enum value",
    ),
    (
        "more moments than there are",
        typed(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * 3}),
        "/dispatch_action_config/trigger_actions_on: no more than 2 items allowed",
    ),
    (
        "a number that does not say whether decimals are allowed",
        {"type": "number_input"},
        ": missing required field: is_decimal_allowed",
    ),
    (
        "a number that is no text",
        {"type": "number_input", "is_decimal_allowed": True, "min_value": 1},
        "/min_value: must provide a string",
    ),
    (
        "a number of words",
        {"type": "number_input", "is_decimal_allowed": True, "max_value": "ten"},
        "/max_value: must be a number",
    ),
    (
        "a fraction where none is allowed",
        {"type": "number_input", "is_decimal_allowed": False, "initial_value": "1.5"},
        "/initial_value: must be a whole number",
    ),
    (
        "a number above its bound",
        {
            "type": "number_input",
            "is_decimal_allowed": False,
            "initial_value": "11",
            "max_value": "10",
        },
        "/initial_value: must not be more than `max_value`",
    ),
    (
        "bounds the wrong way round, compared as numbers",
        {
            "type": "number_input",
            "is_decimal_allowed": False,
            "min_value": "10",
            "max_value": "9",
        },
        "/min_value: must not be more than `max_value`",
    ),
    (
        "rich text that starts as plain text",
        {"type": "rich_text_input", "initial_value": "hello"},
        "/initial_value: must provide an object",
    ),
    (
        "more files than Slack takes",
        {"type": "file_input", "max_files": 11},
        "/max_files: must be less than 11",
    ),
]

REFUSED_RICH_TEXT: list[tuple[str, Json, str]] = [
    (
        "an unknown part",
        rich({"type": "bold", "text": "x"}),
        "/0/elements/0/elements/0/type: unsupported type: bold",
    ),
    (
        "an unknown style",
        rich({"type": "text", "text": "x", "style": {"loud": True}}),
        "/0/elements/0/elements/0/style: invalid additional property: loud",
    ),
    (
        "empty text",
        rich({"type": "text", "text": ""}),
        "/0/elements/0/elements/0/text: must be more than 0 characters",
    ),
    (
        "a list in a style of its own",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "dash", "elements": []}],
        },
        "/0/elements/0/style: must be a valid enum value",
    ),
    (
        "a border that is true",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_quote", "elements": [], "border": True}],
        },
        "/0/elements/0/border: must be a valid enum value",
    ),
    (
        "a person in code",
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "user", "user_id": "U1"}],
                }
            ],
        },
        "/0/elements/0/elements/0/type: unsupported type: user",
    ),
]


@pytest.mark.parametrize(("block", "says"), **named(REFUSED + REFUSED_RICH_TEXT))
def test_a_wrong_block_is_refused_where_it_is_wrong(block: object, says: str) -> None:
    """One mistake gives one sentence, which names the place of the mistake."""
    found = problems([block], surface="message")

    assert found == [says]


@pytest.mark.parametrize(("element", "says"), **named(REFUSED_CHOICES))
@pytest.mark.parametrize("place", ["input", "actions"])
def test_a_wrong_choice_is_refused_in_any_block(
    element: Json, says: str, place: str
) -> None:
    """An element is judged alike wherever it stands."""
    block = asked(element) if place == "input" else actions(element)
    at = "/0/element" if place == "input" else "/0/elements/0"

    found = problems([block], surface="modal")

    assert found == [at + says]


@pytest.mark.parametrize(("element", "says"), **named(REFUSED_INPUTS))
def test_a_wrong_input_is_refused(element: Json, says: str) -> None:
    found = problems([asked(element)], surface="modal")

    assert found == ["/0/element" + says]


def test_every_mistake_is_told_and_not_only_the_first() -> None:
    block = actions(button(style="loud"), {"type": "button"})

    found = problems([block, {"type": "banner"}], surface="home")

    assert found == [
        "/0/elements/0/style: must be a valid enum value",
        "/0/elements/1: missing required field: text",
        "/1/type: unsupported type: banner",
    ]
