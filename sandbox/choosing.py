"""Finds what a person means: a button by its words, an option by its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sandbox import forms
from sandbox.errors import NotOnScreen
from sandbox.forms import Field
from sandbox.reading import Reader
from sandbox.things import Conversation, Json, User
from sandbox.world import World

PICKED_BY_CLICK = ("overflow", "static_select", "radio_buttons")


@dataclass(frozen=True)
class Control:
    """Something to click: a button, or one option of a menu. `around` is what stands
    in its block and in the one above, which tells equal buttons apart.
    """

    label: str
    block_id: str
    element: Json
    chosen: Json
    around: str


def controls(reader: Reader, blocks: list[Json]) -> list[Control]:
    """Everything to click in some blocks, from top to bottom."""
    found: list[Control] = []
    above = ""
    for block in blocks:
        here = reader.block(block)
        around = f"{above}\n{here}"
        found.extend(_controls_in(reader, block, around))
        above = above if block["type"] in ("actions", "divider") else here
    return found


def _controls_in(reader: Reader, block: Json, around: str) -> Iterator[Control]:
    elements = [block.get("accessory"), *block.get("elements", ())]
    if block["type"] not in ("actions", "section"):
        return
    for element in filter(None, elements):
        if element["type"] == "button":
            chosen = {"value": element["value"]} if "value" in element else {}
            label = reader.object(element["text"])
            yield Control(label, block["block_id"], element, chosen, around)
        elif element["type"] in PICKED_BY_CLICK:
            for option in forms.options(element):
                label = reader.object(option["text"])
                chosen = {"selected_option": option}
                yield Control(label, block["block_id"], element, chosen, around)


def find_control(found: Sequence[Control], label: str, *, near: str = "") -> Control:
    """The one with that label; `near` chooses by what stands around it. Raises
    NotOnScreen, with all labels that there are.
    """
    fitting = [each for each in found if each.label == label and near in each.around]
    if len(fitting) == 1:
        return fitting[0]
    seen = ", ".join(repr(each.label) for each in found) or "nothing"
    if fitting:
        raise NotOnScreen(f"{label!r} stands {len(fitting)} times; say near= what")
    close = f" near {near!r}" if near else ""
    raise NotOnScreen(f"There is no {label!r}{close} to click; there is: {seen}")


def find_field(found: Sequence[Field], label: str) -> Field:
    """The field with that label. Raises NotOnScreen, with all labels that there are."""
    for field in found:
        if field.label == label:
            return field
    seen = ", ".join(repr(field.label) for field in found) or "no field"
    raise NotOnScreen(f"There is no field {label!r}; there is: {seen}")


def value_for(world: World, field: Field, wanted: Any) -> Any:
    """What a person enters, as `state.values` has it. Raises NotOnScreen."""
    empty = forms.STATE[field.kind][2]
    if wanted is None:
        return empty
    if field.kind in forms.TEXTS:
        return str(wanted) or None
    if field.kind in PICKERS:
        return PICKERS[field.kind](wanted)
    if isinstance(empty, list):
        several = [wanted] if isinstance(wanted, str) else list(wanted)
        return [_one(world, field, each) for each in several]
    return _one(world, field, wanted)


def _one(world: World, field: Field, wanted: Any) -> Any:
    if field.kind.endswith("users_select"):
        return _user(world, wanted)
    if field.kind.endswith(("conversations_select", "channels_select")):
        return _conversation(world, wanted)
    return _option(field, wanted)


def _option(field: Field, wanted: Any) -> Json:
    if isinstance(wanted, dict):
        return wanted
    offered = forms.options(field.element)
    for option in offered:
        if option["text"]["text"] == wanted:
            return option
    seen = ", ".join(repr(option["text"]["text"]) for option in offered)
    raise NotOnScreen(f"{field.label!r} does not offer {wanted!r}; it offers: {seen}")


def _user(world: World, wanted: Any) -> str:
    wanted_id = getattr(wanted, "id", wanted)
    for user in world.all(User):
        if wanted_id in (user.id, user.shown, user.real_name):
            return user.id
    raise NotOnScreen(f"There is nobody called {wanted!r}")


def _conversation(world: World, wanted: Any) -> str:
    wanted_id = getattr(wanted, "id", wanted)
    for conversation in world.all(Conversation):
        if wanted_id in (conversation.id, conversation.name):
            return conversation.id
    raise NotOnScreen(f"There is no conversation {wanted!r}")


def _as_date(wanted: date | str) -> str:
    text = wanted.isoformat() if isinstance(wanted, date) else wanted
    return date.fromisoformat(text).isoformat()


def _as_time(wanted: time | str) -> str:
    moment = wanted if isinstance(wanted, time) else time.fromisoformat(wanted)
    return moment.strftime("%H:%M")


def _as_instant(wanted: datetime | int) -> int:
    return int(wanted.timestamp()) if isinstance(wanted, datetime) else wanted


PICKERS: dict[str, Any] = {
    "datepicker": _as_date,
    "timepicker": _as_time,
    "datetimepicker": _as_instant,
    "rich_text_input": lambda wanted: wanted,
}
