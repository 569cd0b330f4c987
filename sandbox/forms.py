"""What stands in a form: initial values, what a person enters, what is missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.things import Json, View

REQUIRED = "Please complete this required field."
# For each input: the name of its value in `state.values`, where that value starts,
# and what it is when empty.
TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
STATE: dict[str, tuple[str, str, Any]] = {
    **dict.fromkeys(TEXTS, ("value", "initial_value", None)),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_conversations_select": (
        "selected_conversations",
        "initial_conversations",
        [],
    ),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://\S+")
Values = dict[str, dict[str, Json]]


@dataclass(frozen=True)
class Field:
    """One thing in a form that keeps what is entered. `asks` says that it is an input
    block of its own, `tells` that the app hears of each change at once.
    """

    label: str
    block_id: str
    element: Json
    asks: bool
    optional: bool
    tells: bool
    hint: str = ""

    @property
    def action_id(self) -> str:
        """The element's action id."""
        return str(self.element["action_id"])

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    def value_in(self, values: Values) -> Any:
        """What is entered, in the form in which `state.values` has it."""
        return values[self.block_id][self.action_id][STATE[self.kind][0]]


def fields(blocks: list[Json]) -> list[Field]:
    """Everything in the blocks that keeps what is entered, from top to bottom."""
    return [each for block in blocks for each in _fields_of(block)]


def _fields_of(block: Json) -> Iterator[Field]:
    if block["type"] == "input":
        yield Field(
            label=block["label"]["text"],
            block_id=block["block_id"],
            element=block["element"],
            asks=True,
            optional=block.get("optional", False),
            tells=block.get("dispatch_action", False),
            hint=(block.get("hint") or {}).get("text", ""),
        )
        return
    section = (block.get("text") or {}).get("text", "")
    for element in (block.get("accessory"), *_elements(block)):
        if element and element["type"] in STATE:
            prompt = (element.get("placeholder") or {}).get("text", "")
            label = section or prompt or element["action_id"]
            yield Field(label, block["block_id"], element, False, True, True)  # noqa: FBT003 - the fields' own order


def _elements(block: Json) -> list[Json]:
    return block.get("elements", []) if block["type"] == "actions" else []


def initial_values(blocks: list[Json]) -> Values:
    """The state before anybody enters anything."""
    values: Values = {}
    for each in fields(blocks):
        name, initial, empty = STATE[each.kind]
        start = each.element.get(initial, empty)
        element_state = {"type": each.kind, name: start}
        values.setdefault(each.block_id, {})[each.action_id] = element_state
    return values


def carry(view: View, blocks: list[Json]) -> Values:
    """The state after the blocks changed: what has the same block id, action id and
    type keeps its value, unless the option that it holds is gone.
    """
    values = initial_values(blocks)
    for each in fields(blocks):
        old = view.values.get(each.block_id, {}).get(each.action_id)
        if old and old["type"] == each.kind and _still_offered(each.element, old):
            values[each.block_id][each.action_id] = old
    return values


def _still_offered(element: Json, state: Json) -> bool:
    chosen = state.get("selected_options") or [state.get("selected_option")]
    if element["type"].endswith("external_select"):
        return True
    offered = {option["value"] for option in options(element)}
    return all(each is None or each["value"] in offered for each in chosen)


def options(element: Json) -> list[Json]:
    """The options of a select, of radio buttons, checkboxes or an overflow menu."""
    if "option_groups" in element:
        return [each for group in element["option_groups"] for each in group["options"]]
    listed: list[Json] = element.get("options", [])
    return listed


def enter(view: View, field: Field, value: Any) -> Values:
    """The state after a value was entered."""
    state = {"type": field.kind, STATE[field.kind][0]: value}
    block = {**view.values[field.block_id], field.action_id: state}
    return {**view.values, field.block_id: block}


def missing(view: View) -> dict[str, str]:
    """What Slack itself refuses before it asks the app: block ids with sentences."""
    found = (
        (each, complaint(each, each.value_in(view.values))) for each in asked(view)
    )
    return {each.block_id: sentence for each, sentence in found if sentence}


def asked(view: View) -> list[Field]:
    """The fields that stand in input blocks."""
    return [each for each in fields(view.blocks) if each.asks]


def complaint(field: Field, value: Any) -> str:
    """What is wrong with a value, or nothing."""
    if value in (None, "", []):
        return "" if field.optional else REQUIRED
    if field.kind == "number_input":
        return _number_complaint(field.element, value)
    if field.kind in TEXTS:
        return _text_complaint(field, value)
    return ""


def _text_complaint(field: Field, value: str) -> str:
    shortest = field.element.get("min_length", 0)
    longest = field.element.get("max_length")
    if len(value) < shortest:
        return f"Must be at least {shortest} characters long."
    if longest and len(value) > longest:
        return f"Must be at most {longest} characters long."
    if field.kind == "email_text_input" and not EMAIL.fullmatch(value):
        return "Enter a valid email address."
    if field.kind == "url_text_input" and not URL.fullmatch(value):
        return "Enter a valid URL."
    return ""


def _number_complaint(element: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Enter a whole number."
    lowest, highest = element.get("min_value"), element.get("max_value")
    if lowest is not None and number < float(lowest):
        return f"Enter a number of at least {lowest}."
    if highest is not None and number > float(highest):
        return f"Enter a number of at most {highest}."
    return ""
