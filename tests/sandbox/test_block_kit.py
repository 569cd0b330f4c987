"""What spans several blocks, what a surface shows, and what a view must be."""

import pytest

from sandbox.block_kit import problems, view_problems
from tests.sandbox.block_kit_parts import (
    Surface,
    actions,
    asked,
    button,
    modal,
    mrkdwn,
    named,
    plain,
    section,
    typed,
)


def test_markdown_stands_in_messages_only() -> None:
    block = {"type": "markdown", "text": "**x**"}
    surfaces: tuple[Surface, ...] = ("message", "modal", "home")

    found = [problems([block], surface=surface) for surface in surfaces]

    refused = ["/0/type: unsupported type: markdown"]
    assert found == [[], refused, refused]


def test_markdown_is_limited_over_the_whole_message() -> None:
    block = {"type": "markdown", "text": "x" * 7000}

    found = problems([block, block], surface="message")

    assert found == [
        "/1/text: markdown must be less than 12001 characters in one message"
    ]


def test_a_message_may_do_without_blocks_and_a_view_may_not() -> None:
    found = problems([], surface="message"), problems([], surface="home")

    assert found == ([], [": must provide at least 1 items"])


def test_blocks_that_are_no_list_are_refused() -> None:
    found = problems({"type": "divider"}, surface="message")

    assert found == [": must provide an array"]


def test_a_block_id_is_used_once() -> None:
    blocks = [section(block_id="a"), section(), section(block_id="a")]

    found = problems(blocks, surface="message")

    assert found == ['/2/block_id: `block_id` "a" already exists']


def test_an_action_id_is_used_once_in_a_block_and_freely_in_others() -> None:
    taken = button(action_id="take")
    blocks = [actions(taken, button(), taken), section(accessory=taken)]

    found = problems(blocks, surface="message")

    assert found == ['/0/elements/2/action_id: `action_id` "take" already exists']


def test_only_one_element_is_given_the_cursor() -> None:
    focused = asked(typed(focus_on_load=True))
    blocks = [focused, asked(typed(focus_on_load=False)), focused]

    found = problems(blocks, surface="modal")

    assert found == [
        "/2/element/focus_on_load: only one element may set `focus_on_load`"
    ]


def test_mrkdwn_is_welcome_in_radio_buttons_and_checkboxes() -> None:
    rich_option = {"text": mrkdwn(), "value": "a", "description": mrkdwn()}
    blocks = [
        actions({"type": kind, "options": [rich_option]})
        for kind in ("radio_buttons", "checkboxes")
    ]

    found = problems(blocks, surface="message")

    assert found == []


# --- views ----------------------------------------------------------------------

REFUSED_VIEWS: list[tuple[str, object, str]] = [
    ("no object", "modal", ": must provide an object"),
    ("no type", {"blocks": [section()]}, ": missing required field: type"),
    (
        "a workflow step",
        {"type": "workflow_step"},
        "/type: unsupported type: workflow_step",
    ),
    (
        "a modal without title",
        {"type": "modal", "blocks": [section()]},
        ": missing required field: title",
    ),
    (
        "a long title",
        modal(section(), title=plain("x" * 25)),
        "/title/text: must be less than 25 characters",
    ),
    (
        "a mrkdwn title",
        modal(section(), title=mrkdwn()),
        "/title/type: unsupported type: mrkdwn",
    ),
    (
        "a long word to submit",
        modal(section(), submit=plain("x" * 25)),
        "/submit/text: must be less than 25 characters",
    ),
    (
        "a long word to close",
        modal(section(), close=plain("x" * 25)),
        "/close/text: must be less than 25 characters",
    ),
    (
        "long private metadata",
        modal(section(), private_metadata="x" * 3001),
        "/private_metadata: must be less than 3001 characters",
    ),
    (
        "a long callback id",
        modal(section(), callback_id="x" * 256),
        "/callback_id: must be less than 256 characters",
    ),
    (
        "a long external id",
        modal(section(), external_id="x" * 256),
        "/external_id: must be less than 256 characters",
    ),
    ("no blocks", modal(), "/blocks: must provide at least 1 items"),
    (
        "too many blocks",
        modal(*[{"type": "divider"}] * 101),
        "/blocks: no more than 100 items allowed",
    ),
    (
        "an input that nobody can submit",
        modal(section(), asked(typed())),
        "/blocks/1/input: must define `submit` to use an `input` block in modals",
    ),
    (
        "a key that Slack itself adds",
        modal(section(), id="V1"),
        ": invalid additional property: id",
    ),
    (
        "a Home with a title",
        {"type": "home", "title": plain(), "blocks": [section()]},
        ": invalid additional property: title",
    ),
    (
        "the same block id twice",
        modal(section(block_id="a"), section(block_id="a")),
        '/blocks/1/block_id: `block_id` "a" already exists',
    ),
]


@pytest.mark.parametrize(("view", "says"), **named(REFUSED_VIEWS))
def test_a_wrong_view_is_refused_where_it_is_wrong(view: object, says: str) -> None:
    found = view_problems(view)

    assert found == [says]


def test_a_view_at_all_its_limits_is_taken() -> None:
    view = modal(
        *[{"type": "divider"}] * 99,
        asked(typed()),
        title=plain("x" * 24),
        submit=plain("x" * 24),
        close=plain("x" * 24),
        private_metadata="x" * 3000,
        callback_id="x" * 255,
        external_id="x" * 255,
        clear_on_close=True,
        notify_on_close=False,
    )

    assert view_problems(view) == []


def test_a_home_may_ask_without_a_submit() -> None:
    home = {"type": "home", "blocks": [asked(typed(), dispatch_action=True)]}

    assert view_problems(home) == []


def test_a_view_is_weighed_in_bytes() -> None:
    """Two bytes a letter: 90 sections of 1500 letters are 270 kB and too much."""
    views = [modal(*[section(text=plain(letter * 1500))] * 90) for letter in ("e", "é")]

    found = [view_problems(view) for view in views]

    assert found == [[], [": view_too_large"]]


def test_half_a_surrogate_pair_is_judged_and_does_not_break_the_judge() -> None:
    view = modal(section(text=plain("\ud83d")))

    assert view_problems(view) == []
