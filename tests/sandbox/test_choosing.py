"""Finding what a person means, and saying what there is when it is not there."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from sandbox import choosing, forms
from sandbox.errors import NotOnScreen
from sandbox.messages import complete
from sandbox.reading import Reader
from sandbox.things import Conversation, User
from sandbox.world import World
from tests.sandbox.errand import Json, text
from tests.sandbox.test_forms import A, B, question, view_of


@pytest.fixture
def world() -> World:
    """Two people and a channel."""
    made = World(clock=lambda: 0.0)
    made.put(User("U1", "T1", "ada", "Ada Stone", "Dr Stone"))
    made.put(User("U2", "T1", "ben", "Ben Ito", ""))
    made.put(Conversation("C1", "T1", "general", 0))
    return made


@pytest.fixture
def reader(world: World) -> Reader:
    """Ada."""
    return Reader(world, world.need(User, "U1"))


def row(name: str, *buttons: str) -> list[Json]:
    """A line, and buttons under it."""
    elements = [
        {"type": "button", "action_id": f"b{place}", "text": text(each), "value": name}
        for place, each in enumerate(buttons)
    ]
    said = {"type": "section", "text": text(name)}
    return complete([said, {"type": "actions", "elements": elements}])


def test_a_button_is_found_by_its_words(reader: Reader) -> None:
    found = choosing.controls(reader, row("Milk", "Take", "Leave"))

    control = choosing.find_control(found, "Leave")

    assert control.element["action_id"] == "b1"
    assert control.chosen == {"value": "Milk"}


def test_equal_buttons_are_told_apart_by_what_stands_near(reader: Reader) -> None:
    blocks = row("Milk", "Done") + row("Bread", "Done")
    found = choosing.controls(reader, blocks)

    assert choosing.find_control(found, "Done", near="Bread").chosen["value"] == "Bread"
    assert choosing.find_control(found, "Done", near="Milk").chosen["value"] == "Milk"
    with pytest.raises(NotOnScreen, match="stands 2 times"):
        choosing.find_control(found, "Done")


def test_the_second_row_of_buttons_under_one_line_belongs_to_it_too(
    reader: Reader,
) -> None:
    blocks = [*row("Milk", "Take"), *row("unused", "More")[1:]]
    found = choosing.controls(reader, blocks)

    assert choosing.find_control(found, "More", near="Milk").chosen["value"]


def test_a_button_beside_a_section_is_found_near_its_text(reader: Reader) -> None:
    button = {"type": "button", "action_id": "b", "text": text("Open")}
    sections = [
        {"type": "section", "text": text(name), "accessory": button}
        for name in ("Milk", "Bread")
    ]
    found = choosing.controls(reader, complete(sections))

    control = choosing.find_control(found[:1], "Open", near="Milk")

    assert control.chosen == {}


def test_each_option_of_a_menu_can_be_clicked(reader: Reader) -> None:
    menu = {"type": "overflow", "action_id": "m", "options": [A, B]}
    blocks = complete([{"type": "actions", "elements": [menu]}])

    found = choosing.controls(reader, blocks)

    assert [each.label for each in found] == ["Alpha", "Beta"]
    assert choosing.find_control(found, "Beta").chosen == {"selected_option": B}


def test_what_is_not_there_is_answered_with_what_is(reader: Reader) -> None:
    found = choosing.controls(reader, row("Milk", "Take", "Leave"))

    with pytest.raises(NotOnScreen, match="there is: 'Take', 'Leave'"):
        choosing.find_control(found, "Burn")
    with pytest.raises(NotOnScreen, match="near 'Bread'"):
        choosing.find_control(found, "Take", near="Bread")


def test_a_field_that_is_not_there_is_answered_with_those_that_are() -> None:
    view = view_of(question({"type": "plain_text_input"}))

    with pytest.raises(NotOnScreen, match="there is: 'Label'"):
        choosing.find_field(forms.fields(view.blocks), "Other")


ENTERED = [
    ({"type": "plain_text_input"}, "x", "x"),
    ({"type": "plain_text_input"}, "", None),
    ({"type": "plain_text_input"}, None, None),
    ({"type": "number_input", "is_decimal_allowed": False}, 5, "5"),
    ({"type": "datepicker"}, date(2026, 3, 1), "2026-03-01"),
    ({"type": "datepicker"}, "2026-03-01", "2026-03-01"),
    ({"type": "timepicker"}, time(9, 5), "09:05"),
    ({"type": "timepicker"}, "09:05", "09:05"),
    ({"type": "datetimepicker"}, datetime(2026, 3, 1, tzinfo=UTC), 1772323200),
    ({"type": "datetimepicker"}, 1772323200, 1772323200),
    ({"type": "static_select", "options": [A, B]}, "Beta", B),
    ({"type": "radio_buttons", "options": [A, B]}, "Alpha", A),
    ({"type": "static_select", "options": [A, B]}, None, None),
    ({"type": "multi_static_select", "options": [A, B]}, ["Alpha", "Beta"], [A, B]),
    ({"type": "checkboxes", "options": [A, B]}, "Beta", [B]),
    ({"type": "checkboxes", "options": [A, B]}, None, []),
    ({"type": "users_select"}, "Dr Stone", "U1"),
    ({"type": "users_select"}, "Ada Stone", "U1"),
    ({"type": "multi_users_select"}, ["Dr Stone", "Ben Ito"], ["U1", "U2"]),
    ({"type": "conversations_select"}, "general", "C1"),
    ({"type": "channels_select"}, "C1", "C1"),
]


@pytest.mark.parametrize(("element", "wanted", "value"), ENTERED)
def test_what_a_person_means_becomes_the_value_that_slack_keeps(
    world: World, element: Json, wanted: Any, value: Any
) -> None:
    [field] = forms.fields([question(element)])

    assert choosing.value_for(world, field, wanted) == value


NOT_OFFERED = [
    (
        {"type": "static_select", "options": [A, B]},
        "Gamma",
        "it offers: 'Alpha', 'Beta'",
    ),
    ({"type": "users_select"}, "Nobody", "nobody called 'Nobody'"),
    ({"type": "conversations_select"}, "nowhere", "no conversation 'nowhere'"),
]


@pytest.mark.parametrize(("element", "wanted", "said"), NOT_OFFERED)
def test_what_is_not_offered_is_answered_with_what_is(
    world: World, element: Json, wanted: str, said: str
) -> None:
    [field] = forms.fields([question(element)])

    with pytest.raises(NotOnScreen, match=said):
        choosing.value_for(world, field, wanted)


def test_somebody_can_be_chosen_by_who_they_are(world: World) -> None:
    [field] = forms.fields([question({"type": "users_select"})])

    assert choosing.value_for(world, field, world.need(User, "U2")) == "U2"
