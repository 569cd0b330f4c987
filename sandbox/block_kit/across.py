"""What no block can tell by itself: ids that must differ, and rules of the whole."""

from collections.abc import Iterator
from typing import Any

from sandbox.block_kit.blocks import MARKDOWN_MOST
from sandbox.block_kit.rules import Fields, Path, Problem
from sandbox.block_kit.together import repeated


def problems_across(blocks: Any, at: Path) -> Iterator[Problem]:
    """Yield what is wrong between blocks, each of which is right by itself."""
    yield from _repeated_block_ids(blocks, at)
    yield from _repeated_action_ids(blocks, at)
    yield from _second_focus(blocks, at)
    yield from _too_much_markdown(blocks, at)


def problems_across_view(view: Any) -> Iterator[Problem]:
    """Yield what is wrong between the parts of a view that are each right."""
    yield from problems_across(view["blocks"], ("blocks",))
    if view["type"] == "modal" and "submit" not in view:
        yield from _inputs_without_submit(view["blocks"], ("blocks",))


def _elements(block: Fields) -> Iterator[tuple[Path, Fields]]:
    for name in ("accessory", "element"):
        if name in block:
            yield (name,), block[name]
    for number, element in enumerate(block.get("elements", ())):
        yield ("elements", number), element


def _repeated_block_ids(blocks: list[Fields], at: Path) -> Iterator[Problem]:
    found = (
        ((*at, number), block["block_id"])
        for number, block in enumerate(blocks)
        if "block_id" in block
    )
    yield from repeated("block_id", found)


def _repeated_action_ids(blocks: list[Fields], at: Path) -> Iterator[Problem]:
    for number, block in enumerate(blocks):
        found = (
            ((*at, number, *place), element["action_id"])
            for place, element in _elements(block)
            if "action_id" in element
        )
        yield from repeated("action_id", found)


def _second_focus(blocks: list[Fields], at: Path) -> Iterator[Problem]:
    focused = [
        (*at, number, *place, "focus_on_load")
        for number, block in enumerate(blocks)
        for place, element in _elements(block)
        if element.get("focus_on_load")
    ]
    for place in focused[1:]:
        yield Problem(place, "only one element may set `focus_on_load`")


def _too_much_markdown(blocks: list[Fields], at: Path) -> Iterator[Problem]:
    total = 0
    for number, block in enumerate(blocks):
        if block["type"] == "markdown":
            total += len(block["text"])
            if total > MARKDOWN_MOST:
                says = f"markdown must be less than {MARKDOWN_MOST + 1} characters"
                yield Problem((*at, number, "text"), f"{says} in one message")


def _inputs_without_submit(blocks: list[Fields], at: Path) -> Iterator[Problem]:
    for number, block in enumerate(blocks):
        if block["type"] == "input":
            # Slack's pointer ends with the word `input`, which is no key.
            says = "must define `submit` to use an `input` block in modals"
            yield Problem((*at, number, "input"), says)
