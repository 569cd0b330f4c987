"""Keeps a part of the page as it should be, and touches only what changed in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from sandbox.screen.tags import Safe


@dataclass(frozen=True)
class Part:
    """A piece of the page by a key that is its own. It is drawn anew when `sign` is
    another; without one, when its markup is.
    """

    key: str
    markup: Safe
    sign: object = None

    @property
    def mark(self) -> object:
        """What decides whether it is drawn anew."""
        return self.markup if self.sign is None else self.sign


class Region:
    """One element of the page, with parts in it."""

    def __init__(self, element: ui.element) -> None:
        self.element = element
        self._shown: dict[str, tuple[object, ui.element]] = {}

    def show(self, parts: Sequence[Part]) -> None:
        """Show exactly these parts in this order. What did not change stays untouched,
        so that it keeps what is typed there, and the focus.
        """
        wanted = {part.key for part in parts}
        for key in [each for each in self._shown if each not in wanted]:
            self._shown.pop(key)[1].delete()
        for place, part in enumerate(parts):
            self._put(part, place)

    def _put(self, part: Part, place: int) -> None:
        mark, element = self._shown.get(part.key) or (None, self._new())
        if mark != part.mark:
            element.props["innerHTML"] = str(part.markup)
        self._shown[part.key] = (part.mark, element)
        if self.element.default_slot.children[place] is not element:
            element.move(self.element, place)

    def _new(self) -> ui.element:
        with self.element:
            return ui.element("div").classes("part")
