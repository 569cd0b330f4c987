"""Blocks as Slack draws them."""

from collections.abc import Callable

from sandbox.screen import elements
from sandbox.screen.inputs import DRAWN, dispatches, entry, error_id, is_group
from sandbox.screen.mrkdwn import mrkdwn, text_object
from sandbox.screen.pen import Pen
from sandbox.screen.rich_text import rich_text
from sandbox.screen.tags import NOTHING, Safe, escaped, is_followed, joined, link, tag
from sandbox.things import Json

HEADINGS = ("h3", "h4", "h5", "h6")


def draw_blocks(pen: Pen, blocks: list[Json]) -> Safe:
    """Blocks from top to bottom."""
    return joined(draw_block(pen, block) for block in blocks)


def draw_block(pen: Pen, block: Json) -> Safe:
    """One block. A type that is not known here says so where it stands."""
    draw = BLOCKS.get(block["type"])
    if draw is None:
        return tag("p", f"A {block['type']} block is not drawn here", class_="unknown")
    return tag("div", draw(pen, block), class_=f"kit {block['type']}")


def draw_element(pen: Pen, block_id: str, element: Json, *, label: str = "") -> Safe:
    """Whatever may stand in a row or beside a section."""
    kind = element["type"]
    if kind in ("mrkdwn", "plain_text"):
        return tag("span", text_object(pen.reader, element))
    if kind == "image":
        return _picture(pen, element)
    if kind in ACTING:
        return ACTING[kind](pen, block_id, element)
    if kind in DRAWN:
        prompt = (element.get("placeholder") or {}).get("text", "")
        return entry(pen, block_id, element, label=prompt or label or kind)
    return tag("span", f"A {kind} is not drawn here", class_="unknown")


ACTING: dict[str, Callable[[Pen, str, Json], Safe]] = {
    "button": elements.button,
    "overflow": elements.overflow,
    "workflow_button": elements.workflow_button,
}


def _header(pen: Pen, block: Json) -> Safe:
    level = min(int(block.get("level", 1)), len(HEADINGS))
    return tag(HEADINGS[level - 1], text_object(pen.reader, block["text"]))


def _section(pen: Pen, block: Json) -> Safe:
    text = text_object(pen.reader, block.get("text"))
    read = [tag("div", text, class_="text")] if text else []
    fields = block.get("fields", [])
    if fields:
        drawn = (tag("div", text_object(pen.reader, each)) for each in fields)
        read.append(tag("div", *drawn, class_="fields"))
    beside = NOTHING
    if "accessory" in block:
        label = pen.reader.object(block.get("text"))
        accessory = draw_element(
            pen, block["block_id"], block["accessory"], label=label
        )
        beside = tag("div", accessory, class_="accessory")
    return joined([tag("div", *read, class_="words"), beside])


def _row(pen: Pen, block: Json) -> Safe:
    drawn = (draw_element(pen, block["block_id"], each) for each in block["elements"])
    return joined(drawn)


def _input(pen: Pen, block: Json) -> Safe:
    block_id, element = block["block_id"], block["element"]
    name = joined([block["label"]["text"], _optional(block)])
    if element["type"] not in DRAWN:
        return joined([name, draw_element(pen, block_id, element)])
    hint = (block.get("hint") or {}).get("text")
    after = [
        tag("p", hint, class_="hint") if hint else NOTHING,
        _error(pen, block_id),
    ]
    field = entry(pen, block_id, element)
    told = dispatches(element) if block.get("dispatch_action") else None
    if is_group(element):
        return tag("fieldset", tag("legend", name), field, *after, data_told=told)
    label = tag("label", name, for_=pen.id(block_id, element))
    return tag("div", label, field, *after, data_told=told)


def _optional(block: Json) -> Safe:
    return (
        tag("span", " (optional)", class_="optional")
        if block.get("optional")
        else NOTHING
    )


def _error(pen: Pen, block_id: str) -> Safe:
    error = pen.errors.get(block_id)
    if not error:
        return NOTHING
    return tag("p", error, class_="error", role="alert", id=error_id(pen, block_id))


def _image(pen: Pen, block: Json) -> Safe:
    title = text_object(pen.reader, block.get("title"))
    caption = tag("figcaption", title) if title else NOTHING
    return tag("figure", caption, _picture(pen, block))


def _picture(pen: Pen, picture: Json) -> Safe:
    own = picture.get("slack_file")
    url = pen.reader.address(own) if own else picture.get("image_url", "")
    words = picture["alt_text"]
    if not is_followed(url):
        return tag("span", words, class_="picture", role="img", aria_label=words)
    image = tag(
        "img",
        src=url,
        alt=words,
        title=words,
        loading="lazy",
        referrerpolicy="no-referrer",
    )
    # A click shows it as large as it is.
    return link(url, image, class_="whole") if own else image


def _table(pen: Pen, block: Json) -> Safe:
    rows = (
        tag("tr", *(tag("td", _cell(pen, c)) for c in row)) for row in block["rows"]
    )
    return tag("table", tag("tbody", *rows))


def _cell(pen: Pen, cell: Json) -> Safe:
    if cell["type"] == "rich_text":
        return rich_text(pen.reader, cell)
    return escaped(cell.get("text", ""))


BLOCKS: dict[str, Callable[[Pen, Json], Safe]] = {
    "header": _header,
    "section": _section,
    "context": _row,
    "actions": _row,
    "context_actions": _row,
    "input": _input,
    "image": _image,
    "table": _table,
    "divider": lambda _, __: tag("hr"),
    "rich_text": lambda pen, block: rich_text(pen.reader, block),
    "markdown": lambda pen, block: mrkdwn(pen.reader, block["text"]),
}
