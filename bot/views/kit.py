"""Blocks of Slack, made so that its limits hold whatever is put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from textwrap import wrap
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]

PHONE = re.compile(r"\+?[0-9][0-9 ().\-]{2,}")
SECTION = 3000
PIECE = 590
"""Characters of a quoted line; escaping makes each five at the most."""
HEADER = 150
BUTTON = 75
OPTION = 75
TITLE = 24
LABEL = 2000
CONTEXT_ELEMENTS = 10
ENTRIES = 5


def escape(text: str) -> str:
    """Return what somebody wrote so that Slack shows it and obeys none of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, most: int) -> str:
    """Return `text`, cut at a word with an ellipsis if it is longer than `most`."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return cut.rsplit(" ", 1)[0].rstrip() + "…" if " " in cut else cut + "…"


def quote(text: str, most: int = 600) -> str:
    """Return the beginning of what somebody wrote as a quotation."""
    lines = escape_within(text, most).splitlines()
    return "\n".join(f"> {line}" for line in lines)


def quotes(text: str, before: str = "") -> list[Block]:
    """Return all of what somebody wrote as quotations, in as many parts as it needs."""
    parts: list[str] = [before] if before else []
    fresh = not before
    for line in _short_lines(text):
        if fresh or len(parts[-1]) + len(line) + 1 > SECTION:
            parts.append(line)
        else:
            parts[-1] += f"\n{line}"
        fresh = False
    return [section(part) for part in parts]


def _short_lines(text: str) -> list[str]:
    """Return the lines of a quotation, escaped, none longer than a section."""
    lines = [
        piece
        for line in text.splitlines()
        for piece in (wrap(line, PIECE, drop_whitespace=False) or [""])
    ]
    return [f"> {escape(piece)}" for piece in lines]


def escape_within(text: str, most: int) -> str:
    """Return what somebody wrote, escaped and cut so that no entity is cut apart."""
    kept = shorten(text, most)
    while len(escape(kept)) > most:
        kept = shorten(kept, max(1, len(kept) * 9 // 10))
    return escape(kept)


def phone(number: str) -> str:
    """Return a number that a tap calls; anything but a plain number as text."""
    shown = escape(number)
    if not PHONE.fullmatch(number.strip()):
        return shown
    dialed = "".join(one for one in number if one in "+0123456789")
    return f"<tel:{dialed}|{shown}>"


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Return escaped lines, none longer than a section, in as few sections as hold."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) + 1 <= SECTION:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [section(part) for part in parts]


def moment(at: datetime, style: str = "{date_short_pretty} at {time}") -> str:
    """Return an instant in each reader's own zone, with a fallback in UTC."""
    fallback = at.strftime("%a %d %b %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{style}|{fallback}>"


def plain(text: str, most: int = SECTION) -> Element:
    """Make plain text."""
    return {"type": "plain_text", "text": shorten(text, most), "emoji": False}


def markdown(text: str, most: int = SECTION) -> Element:
    """Make text with Slack's own markup; what people wrote is escaped before."""
    return {"type": "mrkdwn", "text": shorten(text, most), "verbatim": True}


def header(text: str) -> Block:
    """Make a heading."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str, *, accessory: Element | None = None) -> Block:
    """Make a paragraph, perhaps with a button beside it."""
    block: Block = {"type": "section", "text": markdown(text)}
    return block | ({"accessory": accessory} if accessory else {})


def context(*texts: str) -> Block:
    """Make a line of small print."""
    elements = [markdown(text) for text in texts[:CONTEXT_ELEMENTS]]
    return {"type": "context", "elements": elements}


def divider() -> Block:
    """Make a line."""
    return {"type": "divider"}


def actions(elements: Sequence[Element], *, block_id: str | None = None) -> Block:
    """Make a row of buttons and menus."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return block | ({"block_id": block_id} if block_id else {})


def button(
    label: str,
    action_id: str,
    *,
    value: str | None = None,
    url: str | None = None,
    primary: bool = False,
    confirm: Element | None = None,
) -> Element:
    """Make a button: its label is a verb."""
    made: Element = {
        "type": "button",
        "text": plain(label, BUTTON),
        "action_id": action_id,
    }
    more = {"value": value, "url": url, "confirm": confirm}
    made |= {name: given for name, given in more.items() if given is not None}
    return made | ({"style": "primary"} if primary else {})


def overflow(action_id: str, entries: Sequence[tuple[str, str]]) -> Element:
    """Make the menu behind "...", of at most five (label, value) entries."""
    options = [option(label, value) for label, value in entries[:ENTRIES]]
    return {"type": "overflow", "action_id": action_id, "options": options}


def confirm(title: str, text: str, yes: str, no: str = "Not now") -> Element:
    """Make the question that is asked once before what cannot be undone."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(label: str, value: str, *, description: str | None = None) -> Element:
    """Make one entry of a choice."""
    made: Element = {"text": plain(label, OPTION), "value": value}
    return made | ({"description": plain(description, OPTION)} if description else {})


def select(
    action_id: str,
    options: Sequence[Element],
    *,
    placeholder: str = "Choose",
    initial: str | None = None,
) -> Element:
    """Make a list to choose one entry from; `initial` is an option's value."""
    made: Element = {
        "type": "static_select",
        "action_id": action_id,
        "options": list(options[:100]),
        "placeholder": plain(placeholder, 150),
    }
    return made | _initial(options, initial)


def radio(
    action_id: str, options: Sequence[Element], *, initial: str | None = None
) -> Element:
    """Make a choice of a few entries that all stand there."""
    made: Element = {
        "type": "radio_buttons",
        "action_id": action_id,
        "options": list(options[:10]),
    }
    return made | _initial(options, initial)


def number_input(
    action_id: str, *, initial: int | None = None, least: int = 0, most: int = 9999
) -> Element:
    """Make a field for a whole number."""
    made: Element = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": False,
        "min_value": str(least),
        "max_value": str(most),
    }
    return made | ({} if initial is None else {"initial_value": str(initial)})


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    """Make a field for a date."""
    made: Element = {"type": "datepicker", "action_id": action_id}
    return made | ({"initial_date": initial.isoformat()} if initial else {})


def checkbox(action_id: str, text: str, *, ticked: bool = False) -> Element:
    """Make one box to tick; its value is "yes"."""
    options = [option(text, "yes")]
    made: Element = {"type": "checkboxes", "action_id": action_id, "options": options}
    return made | ({"initial_options": options} if ticked else {})


def text_input(
    action_id: str,
    *,
    initial: str | None = None,
    placeholder: str | None = None,
    most: int = 3000,
) -> Element:
    """Make a field for several lines of text."""
    made: Element = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": most,
    }
    if placeholder:
        made["placeholder"] = plain(placeholder, 150)
    return made | ({"initial_value": initial[:most]} if initial else {})


def line_input(
    action_id: str, *, initial: str | None = None, most: int = 300
) -> Element:
    """Make a field for one line of text."""
    made: Element = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": most,
    }
    return made | ({"initial_value": initial[:most]} if initial else {})


def field(
    label: str,
    block_id: str,
    element: Element,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """Make an input with its label."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": element,
        "optional": optional,
    }
    block |= {"dispatch_action": True} if dispatch else {}
    return block | ({"hint": plain(hint, LABEL)} if hint else {})


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    metadata: str = "",
    submit: str | None = None,
    close: str = "Close",
    external_id: str | None = None,
) -> dict[str, Any]:
    """Make a form, or a page to read where nothing is submitted."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "blocks": list(blocks[:100]),
        "private_metadata": metadata,
    }
    if submit:
        view["submit"] = plain(submit, TITLE)
    return view | ({"external_id": external_id} if external_id else {})


def _initial(options: Sequence[Element], value: str | None) -> Element:
    chosen = [one for one in options[:100] if one["value"] == value]
    return {"initial_option": chosen[0]} if chosen else {}
