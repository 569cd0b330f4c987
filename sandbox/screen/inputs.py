"""Elements that keep what is entered: fields, selects, boxes, dates."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import forms
from sandbox.screen.pen import Pen
from sandbox.screen.rich_words import words_of
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.things import Conversation, Json, User

Attributes = dict[str, object]
HTML_TYPES = {
    "email_text_input": "email",
    "url_text_input": "url",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
ON_EACH_CHARACTER = "on_character_entered"


def entry(pen: Pen, block_id: str, element: Json, *, label: str = "") -> Safe:
    """An element in which something is entered. `label` names it where no label
    element of the page does.
    """
    attributes: Attributes = {
        "id": pen.id(block_id, element),
        "data_enter": True,
        "data_focus": bool(element.get("focus_on_load")),
        "aria_label": label or None,
        **pen.address(block_id, element),
    }
    error = pen.errors.get(block_id)
    if error:
        attributes |= {
            "aria_invalid": "true",
            "aria_describedby": error_id(pen, block_id),
        }
    value = pen.value(block_id, element)
    return DRAWN[element["type"]](pen, element, value, attributes)


def error_id(pen: Pen, block_id: str) -> str:
    """The id of the sentence that says what is wrong with a field."""
    return pen.id(block_id, {"action_id": "error"})


def is_group(element: Json) -> bool:
    """Whether it is several boxes, which a legend names instead of a label."""
    kind = element["type"]
    return kind in ("radio_buttons", "checkboxes") or kind.startswith("multi_")


def dispatches(element: Json) -> str:
    """When a text field tells the app, if its block says that it does."""
    config = element.get("dispatch_action_config") or {}
    on = config.get("trigger_actions_on") or ["on_enter_pressed"]
    return "character" if ON_EACH_CHARACTER in on else "enter"


def _text(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    del pen
    prompt = (element.get("placeholder") or {}).get("text")
    attributes = {**attributes, "placeholder": prompt, "autocomplete": "off"}
    if element.get("multiline") or element["type"] == "rich_text_input":
        shown = words_of(value) if isinstance(value, dict) else value or ""
        return tag("textarea", shown, rows=4, **attributes)
    kind = HTML_TYPES.get(element["type"], "text")
    mode = "decimal" if element["type"] == "number_input" else None
    return tag("input", type=kind, inputmode=mode, value=value or "", **attributes)


def _picker(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    if element["type"] == "datetimepicker" and value is not None:
        local = datetime.fromtimestamp(value, ZoneInfo(pen.reader.user.tz))
        value = f"{local:%Y-%m-%dT%H:%M}"
    kind = HTML_TYPES[element["type"]]
    return tag("input", type=kind, value=value or "", **attributes)


def _select(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    del pen
    chosen = value["value"] if value else None
    places = {id(each): place for place, each in enumerate(forms.options(element))}

    def option(each: Json) -> Safe:
        on = each["value"] == chosen
        return tag("option", each["text"]["text"], value=places[id(each)], selected=on)

    groups = element.get("option_groups")
    if groups:
        listed = joined(
            tag(
                "optgroup", *map(option, group["options"]), label=group["label"]["text"]
            )
            for group in groups
        )
    else:
        listed = joined(map(option, element["options"]))
    return tag("select", _prompt(element), listed, **attributes)


def _prompt(element: Json) -> Safe:
    words = (element.get("placeholder") or {}).get("text") or "Select an option"
    return tag("option", words, value="")


def _select_id(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    listed = joined(
        tag("option", shown, value=id_, selected=id_ == value)
        for id_, shown in _named(pen, element)
    )
    return tag("select", _prompt(element), listed, **attributes)


def _select_ids(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    boxes = joined(
        _box("checkbox", attributes, id_, tag("span", shown), on=id_ in value)
        for id_, shown in _named(pen, element)
    )
    return _group(attributes, boxes, long=True)


def _named(pen: Pen, element: Json) -> Iterator[tuple[str, str]]:
    world, reader = pen.reader.world, pen.reader.user
    if element["type"].endswith("users_select"):
        for user in world.all(User):
            if not user.deleted and world.share_a_channel(reader, user):
                yield user.id, user.shown
        return
    for place in world.all(Conversation):
        if reader.id in place.members and not place.im_with:
            yield place.id, f"#{place.name}"


def _boxes(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    listed = [value] if isinstance(value, dict) else value or []
    on = {each["value"] for each in listed}
    boxes = joined(
        _box(kind, attributes, place, _option(pen, each), on=each["value"] in on)
        for place, each in enumerate(forms.options(element))
    )
    return _group(attributes, boxes, long=element["type"].startswith("multi_"))


def _option(pen: Pen, option: Json) -> Safe:
    words = tag("span", pen.reader.object(option["text"]))
    described = pen.reader.object(option.get("description"))
    return joined([words, tag("small", described) if described else NOTHING])


def _box(
    kind: str, attributes: Attributes, value: object, content: Safe, *, on: bool
) -> Safe:
    box = tag("input", type=kind, name=attributes["id"], value=value, checked=on)
    return tag("label", box, tag("span", content, class_="words"), class_="box")


def _group(attributes: Attributes, boxes: Safe, *, long: bool) -> Safe:
    role = "group" if attributes.get("aria_label") else None
    style = "boxes long" if long else "boxes"
    return tag("div", boxes, class_=style, role=role, **attributes)


def _suggested(pen: Pen, element: Json, value: Any, attributes: Attributes) -> Safe:
    del pen
    listed = [value] if isinstance(value, dict) else value or []
    address = {name: at for name, at in attributes.items() if name != "data_enter"}
    chosen = joined(_chosen(each, place, address) for place, each in enumerate(listed))
    least = element.get("min_query_length", 3)
    prompt = (element.get("placeholder") or {}).get("text") or "Type to search"
    field = tag(
        "input",
        type="search",
        placeholder=prompt,
        autocomplete="off",
        data_suggest=least,
        **address,
    )
    offers = tag("div", class_="offers", data_offers=True, aria_live="polite")
    return tag("div", chosen, field, offers, class_="suggesting")


def _chosen(option: Json, place: int, address: Attributes) -> Safe:
    words = option["text"]["text"]
    keys = {name: at for name, at in address.items() if name.startswith("data_")}
    return tag(
        "button",
        words,
        Safe(' <span aria-hidden="true">&times;</span>'),
        type="button",
        class_="picked",
        aria_label=f"Remove {words}",
        data_option=place,
        **{**keys, "data_act": "unpick", "data_focus": None},
    )


DRAWN: dict[str, Callable[[Pen, Json, Any, Attributes], Safe]] = {
    **dict.fromkeys((*forms.TEXTS, "rich_text_input"), _text),
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), _picker),
    **dict.fromkeys(("radio_buttons", "checkboxes", "multi_static_select"), _boxes),
    **dict.fromkeys(("external_select", "multi_external_select"), _suggested),
    **dict.fromkeys(
        ("multi_users_select", "multi_conversations_select", "multi_channels_select"),
        _select_ids,
    ),
    **dict.fromkeys(
        ("users_select", "conversations_select", "channels_select"), _select_id
    ),
    "static_select": _select,
}
