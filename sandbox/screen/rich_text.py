"""Rich text as a page shows it: sections, lists, quotes, code."""

from collections.abc import Callable

from sandbox.reading import Reader
from sandbox.screen.mrkdwn import special
from sandbox.screen.tags import Safe, joined, lines, link, tag
from sandbox.things import Json

STYLES = {
    "bold": "strong",
    "italic": "em",
    "strike": "s",
    "code": "code",
    "underline": "u",
}


def rich_text(reader: Reader, block: Json) -> Safe:
    """A block of rich text."""
    return joined(_part(reader, each) for each in block["elements"])


def _part(reader: Reader, part: Json) -> Safe:
    draw = PARTS.get(part["type"], _section)
    return draw(reader, part)


def _section(reader: Reader, part: Json) -> Safe:
    return tag("p", _pieces(reader, part))


def _list(reader: Reader, part: Json) -> Safe:
    ordered = part["style"] == "ordered"
    items = joined(tag("li", _pieces(reader, each)) for each in part["elements"])
    first = part.get("offset", 0) + 1
    indent = f"indent-{min(int(part.get('indent', 0)), 8)}"
    start = first if ordered and first > 1 else None
    return tag("ol" if ordered else "ul", items, class_=indent, start=start)


def _quote(reader: Reader, part: Json) -> Safe:
    return tag("blockquote", _pieces(reader, part))


def _preformatted(reader: Reader, part: Json) -> Safe:
    return tag("pre", tag("code", *(reader.inline(each) for each in part["elements"])))


PARTS: dict[str, Callable[[Reader, Json], Safe]] = {
    "rich_text_list": _list,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
}


def _pieces(reader: Reader, part: Json) -> Safe:
    return joined(_piece(reader, each) for each in part.get("elements", []))


def _piece(reader: Reader, piece: Json) -> Safe:
    kind = piece["type"]
    if kind == "link":
        drawn = link(piece["url"], piece.get("text") or piece["url"])
    elif kind == "user":
        drawn = special(reader, f"@{piece['user_id']}")
    elif kind == "channel":
        drawn = special(reader, f"#{piece['channel_id']}")
    elif kind == "broadcast":
        drawn = special(reader, f"!{piece['range']}")
    elif kind == "date":
        drawn = tag("time", reader.inline(piece))
    else:
        drawn = lines(reader.inline(piece))
    for style, on in piece.get("style", {}).items():
        if on and style in STYLES:
            drawn = tag(STYLES[style], drawn)
    return drawn
