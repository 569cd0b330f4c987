"""What a browser says was entered, as the app will be told."""

import json
from typing import Any

import pytest

from sandbox import NotOnScreen, Sandbox
from sandbox.screen.entering import entered
from sandbox.things import User
from tests.sandbox.conftest import Stage
from tests.sandbox.screen import gallery

LISTED = gallery.options("One", "Two", "Three")


@pytest.fixture
def user(slack: Sandbox, stage: Stage) -> User:
    """Ada, in Chicago."""
    return stage.ada.account


def element(kind: str) -> dict[str, Any]:
    """An element with three options."""
    return {"type": kind, "action_id": "a", "options": LISTED}


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("plain_text_input", "words", "words"),
        ("plain_text_input", "", None),
        ("number_input", "12", "12"),
        ("datepicker", "2026-12-01", "2026-12-01"),
        ("datepicker", "", None),
        ("timepicker", "08:30:00", "08:30"),
        ("datetimepicker", "2026-07-01T09:15", 1782915300),  # summer time
        ("datetimepicker", "2026-12-01T09:15", 1796138100),  # winter time
        ("static_select", "1", LISTED[1]),
        ("static_select", "", None),
        ("users_select", "U1", "U1"),
        ("users_select", "", None),
        ("conversations_select", "C1", "C1"),
    ],
)
def test_one_value_is_kept_as_slack_keeps_it(
    user: User, kind: str, typed: str, value: object
) -> None:
    assert entered({"value": typed}, element(kind), user) == value


@pytest.mark.parametrize(
    ("kind", "chosen", "value"),
    [
        ("checkboxes", ["0", "2"], [LISTED[0], LISTED[2]]),
        ("checkboxes", [], []),
        ("multi_static_select", ["1"], [LISTED[1]]),
        ("multi_users_select", ["U1", "U2"], ["U1", "U2"]),
        ("multi_conversations_select", [], []),
        ("radio_buttons", ["2"], LISTED[2]),
        ("radio_buttons", [], None),
    ],
)
def test_several_values_are_kept_as_slack_keeps_them(
    user: User, kind: str, chosen: list[str], value: object
) -> None:
    assert entered({"values": json.dumps(chosen)}, element(kind), user) == value


@pytest.mark.parametrize("place", ["3", "-1", "x", "1.0"])
def test_an_option_that_is_not_there_is_refused(user: User, place: str) -> None:
    with pytest.raises(NotOnScreen):
        entered({"value": place}, element("static_select"), user)


def test_what_the_app_suggested_counts_before_the_elements_own(user: User) -> None:
    offered = gallery.options("Suggested")

    value = entered({"value": "0"}, element("external_select"), user, offered)

    assert value == offered[0]
