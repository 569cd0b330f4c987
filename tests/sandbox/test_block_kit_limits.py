"""Texts and lists may reach Slack's limits and not pass them."""

from typing import Any

import pytest

from sandbox.block_kit import problems
from tests.sandbox.block_kit_parts import (
    Json,
    Surface,
    actions,
    asked,
    button,
    mrkdwn,
    named,
    option,
    options,
    plain,
    section,
    typed,
)

WORKFLOW: Json = {"trigger": {"url": "https://slack.example/shortcuts/1"}}


def _text_limits() -> list[tuple[str, int, Any, str]]:
    def in_select(**fields: Any) -> Json:
        return asked({"type": "static_select", **fields})

    return [
        ("section text", 3000, lambda t: section(text=mrkdwn(t)), "/text/text"),
        ("field", 2000, lambda t: section(fields=[plain(t)]), "/fields/0/text"),
        ("header", 150, lambda t: {"type": "header", "text": plain(t)}, "/text/text"),
        (
            "context",
            3000,
            lambda t: {"type": "context", "elements": [plain(t)]},
            "/elements/0/text",
        ),
        ("block id", 255, lambda t: section(block_id=t), "/block_id"),
        (
            "action id",
            255,
            lambda t: actions(button(action_id=t)),
            "/elements/0/action_id",
        ),
        (
            "button text",
            75,
            lambda t: actions(button(text=plain(t))),
            "/elements/0/text/text",
        ),
        (
            "workflow button text",
            75,
            lambda t: actions(
                {"type": "workflow_button", "text": plain(t), "workflow": WORKFLOW}
            ),
            "/elements/0/text/text",
        ),
        (
            "workflow button for screen readers",
            75,
            lambda t: actions(
                {
                    "type": "workflow_button",
                    "text": plain(),
                    "workflow": WORKFLOW,
                    "accessibility_label": t,
                }
            ),
            "/elements/0/accessibility_label",
        ),
        (
            "button value",
            2000,
            lambda t: actions(button(value=t)),
            "/elements/0/value",
        ),
        (
            "button for screen readers",
            75,
            lambda t: actions(button(accessibility_label=t)),
            "/elements/0/accessibility_label",
        ),
        (
            "confirmation title",
            100,
            lambda t: actions(button(confirm={"title": plain(t), "text": plain()})),
            "/elements/0/confirm/title/text",
        ),
        (
            "confirmation text",
            300,
            lambda t: actions(button(confirm={"text": mrkdwn(t)})),
            "/elements/0/confirm/text/text",
        ),
        (
            "confirmation yes",
            30,
            lambda t: actions(button(confirm={"text": plain(), "confirm": plain(t)})),
            "/elements/0/confirm/confirm/text",
        ),
        (
            "confirmation no",
            30,
            lambda t: actions(button(confirm={"text": plain(), "deny": plain(t)})),
            "/elements/0/confirm/deny/text",
        ),
        (
            "option text",
            75,
            lambda t: in_select(options=[option(text=plain(t))]),
            "/element/options/0/text/text",
        ),
        (
            "option value",
            150,
            lambda t: in_select(options=[{"text": plain(), "value": t}]),
            "/element/options/0/value",
        ),
        (
            "option description",
            75,
            lambda t: in_select(options=[option(description=plain(t))]),
            "/element/options/0/description/text",
        ),
        (
            "option group",
            75,
            lambda t: in_select(
                option_groups=[{"label": plain(t), "options": options(1)}]
            ),
            "/element/option_groups/0/label/text",
        ),
        (
            "placeholder",
            150,
            lambda t: asked(typed(placeholder=plain(t))),
            "/element/placeholder/text",
        ),
        ("label", 2000, lambda t: {**asked(typed()), "label": plain(t)}, "/label/text"),
        ("hint", 2000, lambda t: asked(typed(), hint=plain(t)), "/hint/text"),
        (
            "initial text",
            3000,
            lambda t: asked(typed(initial_value=t)),
            "/element/initial_value",
        ),
        (
            "alternative of an image",
            2000,
            lambda t: {
                "type": "image",
                "slack_file": {"id": "F0CURVE01"},
                "alt_text": t,
            },
            "/alt_text",
        ),
        (
            "title of an image",
            2000,
            lambda t: {
                "type": "image",
                "slack_file": {"id": "F0CURVE01"},
                "alt_text": "A curve",
                "title": plain(t),
            },
            "/title/text",
        ),
    ]


@pytest.mark.parametrize(("most", "build", "at"), **named(_text_limits()))
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(
    most: int, build: Any, at: str
) -> None:
    fits, too_long = build("é" * most), build("é" * (most + 1))

    found = problems([fits], surface="home"), problems([too_long], surface="home")

    assert found == ([], [f"/0{at}: must be less than {most + 1} characters"])


def _count_limits() -> list[tuple[str, int, Any, str]]:
    def choices(kind: str) -> Any:
        return lambda n: asked({"type": kind, "options": options(n)})

    return [
        ("fields", 10, lambda n: section(fields=[plain()] * n), "/fields"),
        (
            "context",
            10,
            lambda n: {"type": "context", "elements": [plain()] * n},
            "/elements",
        ),
        ("actions", 25, lambda n: actions(*[button()] * n), "/elements"),
        ("select", 100, choices("static_select"), "/element/options"),
        ("select of several", 100, choices("multi_static_select"), "/element/options"),
        ("checkboxes", 10, choices("checkboxes"), "/element/options"),
        ("radio buttons", 10, choices("radio_buttons"), "/element/options"),
        (
            "option groups",
            100,
            lambda n: asked(
                {
                    "type": "static_select",
                    "option_groups": [
                        {"label": plain(), "options": [option(str(number))]}
                        for number in range(n)
                    ],
                }
            ),
            "/element/option_groups",
        ),
        (
            "overflow",
            5,
            lambda n: actions({"type": "overflow", "options": options(n)}),
            "/elements/0/options",
        ),
    ]


@pytest.mark.parametrize(("most", "build", "at"), **named(_count_limits()))
def test_a_list_may_hold_one_to_its_limit_and_no_more(
    most: int, build: Any, at: str
) -> None:
    counts = (0, 1, most, most + 1)

    found = [problems([build(count)], surface="modal") for count in counts]

    assert found == [
        [f"/0{at}: must provide at least 1 items"],
        [],
        [],
        [f"/0{at}: no more than {most} items allowed"],
    ]


@pytest.mark.parametrize(
    ("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)]
)
def test_a_surface_holds_so_many_blocks(surface: Surface, most: int) -> None:
    fits = [{"type": "divider"}] * most
    too_many = [*fits, {"type": "divider"}]

    found = problems(fits, surface=surface), problems(too_many, surface=surface)

    assert found == ([], [f": no more than {most} items allowed"])
