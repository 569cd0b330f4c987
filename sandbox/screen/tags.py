"""Markup that cannot be broken out of: every text is escaped where it is put in."""

import html
from collections.abc import Iterable
from urllib.parse import urlsplit

VOID = frozenset({"br", "hr", "img", "input"})
LINKED = frozenset({"http", "https", "mailto", "tel"})


class Safe(str):
    """Markup that a page may show as it is. Only this module makes it."""

    __slots__ = ()


NOTHING = Safe("")
BREAK = Safe("<br>")


def escaped(content: object) -> Safe:
    """Markup unchanged; anything else as text."""
    if isinstance(content, Safe):
        return content
    return Safe(html.escape(str(content), quote=True))


def joined(parts: Iterable[object], between: object = NOTHING) -> Safe:
    """Parts one after another, escaped unless they are markup."""
    return Safe(str(escaped(between)).join(str(escaped(each)) for each in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Safe:
    """An element. An attribute that is None or False is left out, True stands bare;
    `class_` is `class`, and `data_key` is `data-key`.
    """
    opening = f"<{name}{''.join(map(_attribute, attributes.items()))}>"
    if name in VOID:
        return Safe(opening)
    return Safe(f"{opening}{joined(children)}</{name}>")


def lines(text: str) -> Safe:
    """Text with its line breaks kept."""
    return joined(text.split("\n"), BREAK)


def link(target: str, content: object, **attributes: object) -> Safe:
    """A link that opens beside the page, or only its content where the target is
    nothing that a click should follow.
    """
    if not is_followed(target):
        return escaped(content)
    fixed = {"href": target, "target": "_blank", "rel": "noopener noreferrer"}
    return tag("a", content, **fixed, **attributes)


def is_followed(target: str) -> bool:
    """Whether a link leads somewhere harmless, so not to a script."""
    try:
        return urlsplit(target).scheme.lower() in LINKED
    except ValueError:
        return False


def _attribute(pair: tuple[str, object]) -> str:
    name, value = pair[0].rstrip("_").replace("_", "-"), pair[1]
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escaped(value)}"'
