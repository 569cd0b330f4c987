"""Modals, and the dialog that asks back before something is done."""

from sandbox.reading import Reader
from sandbox.screen.blocks import draw_block
from sandbox.screen.parts import Part
from sandbox.screen.pen import Pen, Surface
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.seen import Modal
from sandbox.things import Json, View


def view_parts(reader: Reader, view: View, surface: Surface) -> list[Part]:
    """The blocks of a view. One is drawn anew when the app changed it or when something
    is wrong with it, never because somebody enters something.
    """
    pen = Pen(reader, surface, view.id, view.values, view.errors)
    return [_part(pen, block) for block in view.blocks]


def _part(pen: Pen, block: Json) -> Part:
    block_id = block["block_id"]
    sign = (block, pen.errors.get(block_id), _suggested(pen, block))
    return Part(f"{pen.key}/{block_id}", draw_block(pen, block), sign)


def _suggested(pen: Pen, block: Json) -> object:
    # What was chosen from suggestions stands as text beside the field, so that a
    # choice does change the block.
    element = block.get("element") or block.get("accessory") or {}
    if not str(element.get("type")).endswith("external_select"):
        return None
    return pen.value(block["block_id"], element)


def modal_head(modal: Modal, depth: int) -> Safe:
    """The title, with a way back where another modal lies below."""
    below = "Back" if depth > 1 else ""
    back = _button(below, "close") if below else NOTHING
    title = tag("h2", modal.title, id="modal-title", tabindex=-1)
    close = tag(
        "button",
        Safe('<span aria-hidden="true">&times;</span>'),
        type="button",
        class_="tool",
        aria_label="Close all" if depth > 1 else "Close",
        data_act="close-all",
    )
    return joined([back, title, close])


def modal_foot(modal: Modal) -> Safe:
    """What went wrong with it all, and the words that submit and close it."""
    body = modal.view.body
    trouble = modal.errors.get("")
    said = tag("p", trouble, class_="error", role="alert") if trouble else NOTHING
    submit = modal.submit_label
    words = (body.get("close") or {}).get("text") or ("Cancel" if submit else "Close")
    sender = _button(submit, "submit", "primary") if submit else NOTHING
    return joined([said, tag("div", _button(words, "close"), sender, class_="row")])


def confirm_dialog(confirm: Json) -> Safe:
    """The question that an app asks back."""
    danger = confirm.get("style") == "danger"
    buttons = [
        _button(confirm["deny"]["text"], "deny"),
        tag(
            "button",
            confirm["confirm"]["text"],
            type="button",
            class_="button danger" if danger else "button primary",
            data_act="confirm",
            data_first=True,
        ),
    ]
    return joined(
        [
            tag("h2", confirm["title"]["text"], id="confirm-title", tabindex=-1),
            tag("p", confirm["text"]["text"], class_="middle"),
            tag("div", *buttons, class_="row"),
        ]
    )


def _button(words: str, act: str, style: str = "") -> Safe:
    look = f"button {style}".strip()
    return tag("button", words, type="button", class_=look, data_act=act)
