"""Elements that act at one click: buttons, and menus of things to do."""

from sandbox.screen.pen import Pen
from sandbox.screen.tags import Safe, is_followed, joined, tag
from sandbox.things import Json

DOTS = Safe('<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>')


def button(pen: Pen, block_id: str, element: Json) -> Safe:
    """A button; one with an address opens it beside the page, and acts too."""
    attributes = {
        "class_": f"button {element.get('style', '')}".strip(),
        "aria_label": element.get("accessibility_label"),
        "data_act": "use",
        **pen.address(block_id, element),
    }
    return _pressed(element["text"]["text"], element.get("url", ""), attributes)


def overflow(pen: Pen, block_id: str, element: Json) -> Safe:
    """The menu behind three dots."""
    address = {"data_act": "use", "role": "menuitem", **pen.address(block_id, element)}
    items = joined(
        _pressed(
            option["text"]["text"],
            option.get("url", ""),
            {"class_": "item", "data_option": place, **address},
        )
        for place, option in enumerate(element["options"])
    )
    return menu("More options", DOTS, items)


def menu(label: str, shown: object, items: object, **attributes: object) -> Safe:
    """A button that unfolds a menu."""
    summary = tag("summary", shown, aria_label=label, title=label, class_="button")
    unfolded = tag("div", items, role="menu", class_="items", aria_label=label)
    return tag("details", summary, unfolded, class_="menu", **attributes)


def workflow_button(pen: Pen, block_id: str, element: Json) -> Safe:
    """A button that starts a workflow, which a sandbox does not have."""
    del pen, block_id
    return tag("button", element["text"]["text"], class_="button", disabled=True)


def _pressed(words: str, url: str, attributes: dict[str, object]) -> Safe:
    if not is_followed(url):
        return tag("button", words, type="button", **attributes)
    place = {"href": url, "target": "_blank", "rel": "noopener noreferrer"}
    return tag("a", words, **place, **attributes)
