"""The fixed parts of the page, into which regions are shown."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from sandbox.screen.parts import Part, Region
from sandbox.screen.places import HOME, Look


class Frame:
    """The page of one window, made once. `on_deed` hears what its person does; links
    that begin with `archives` lead to messages of this workspace.
    """

    def __init__(self, on_deed: Any, *, archives: str) -> None:
        self._regions: dict[str, Region] = {}
        self._root = ui.element("div").classes("sandbox")
        self._root.props["data-archives"] = archives
        self._root.on("deed", on_deed, js_handler="(event) => emit(event.detail)")
        with self._root:
            self._make_top()
            with ui.element("div").classes("columns"):
                self._make_region("side", "nav", "Channels and messages")
                self._make_place()
                self._make_thread()
                self._make_region("tour", "aside", "Tour")
            self._make_wire()
            self._modal = self._make_modal()
            self._asking = self._make_confirm()
            toasts = self._make_region("toasts", "div")
            toasts.props["role"] = "status"
            self._make_region("ended").props["role"] = "alert"

    def show_some(self, regions: Mapping[str, Sequence[Part]]) -> None:
        """Show some regions, and leave the others as they are."""
        for name, parts in regions.items():
            self._regions[name].show(parts)

    def show(
        self, regions: Mapping[str, Sequence[Part]], *, look: Look, modal: str
    ) -> None:
        """Show regions; the dialogs are open while they have something in them."""
        self.show_some(regions)
        self._set(self._root, "data-stage", look.stage)
        self._set(self._root, "data-thread", "open" if look.thread else "")
        self._set(self._root, "data-home", "open" if look.place == HOME else "")
        self._set(self._root, "data-tour", _state(regions["tour"]))
        self._set(self._root, "data-unfolded", "yes" if look.tour_open else "")
        self._set(self._root, "data-wire", _state(regions["wire-head"]))
        self._set(self._root, "data-ended", _state(regions["ended"]))
        self._set(self._modal, "data-open", modal)
        self._set(self._asking, "data-open", _state(regions["confirm"]))
        self._set(self._list, "data-scroll", look.place)
        self._set(self._replies, "data-scroll", look.thread)

    def _set(self, element: ui.element, name: str, value: str) -> None:
        if element.props.get(name) != value:
            element.props[name] = value

    def _make_region(self, name: str, kind: str = "div", label: str = "") -> ui.element:
        element = ui.element(kind).classes(name)
        if label:
            element.props["aria-label"] = label
        self._regions[name] = Region(element)
        return element

    def _make_top(self) -> None:
        with ui.element("header").classes("top"):
            self._make_region("title")
            self._make_region("people", "nav", "Who you are")
        self._make_region("extras", "div", "Beside the workspace")

    def _make_place(self) -> None:
        with ui.element("section").classes("place pane") as pane:
            pane.props["aria-label"] = "Conversation"
            self._make_region("head")
            self._make_region("pins")
            self._list = self._make_list("list", "Messages")
            self._make_region("place-notes")
            self._make_region("foot")

    def _make_thread(self) -> None:
        with ui.element("aside").classes("thread pane") as pane:
            pane.props["aria-label"] = "Thread"
            self._make_region("thread-head").classes("head")
            self._replies = self._make_list("thread-list", "Replies")
            self._make_region("thread-notes")
            self._make_region("thread-foot").classes("foot")

    def _make_wire(self) -> None:
        with ui.element("section").classes("wire") as wire:
            wire.props["aria-label"] = "Inspector"
            self._make_region("wire-head")
            with ui.element("div").classes("halves"):
                self._make_region("wire-list")
                self._make_region("wire-body")

    def _make_list(self, name: str, label: str) -> ui.element:
        with ui.element("div").classes("scroll") as scroll:
            scroll.props["tabindex"] = "0"
            scroll.props["role"] = "region"
            scroll.props["aria-label"] = label
            self._make_region(name).classes("lines")
        return scroll

    def _make_modal(self) -> ui.element:
        with self._dialog("modal", "modal-title", cancels="close") as dialog:
            self._make_region("modal-head").classes("bar")
            with ui.element("div").classes("middle"):
                self._make_region("modal-notes")
                self._make_region("modal-body").classes("blocks")
            self._make_region("modal-foot").classes("bar")
        return dialog

    def _make_confirm(self) -> ui.element:
        with self._dialog("asking", "confirm-title", cancels="deny") as dialog:
            self._make_region("confirm")
        return dialog

    @contextmanager
    def _dialog(self, name: str, title: str, *, cancels: str) -> Iterator[ui.element]:
        with ui.element("dialog").classes(name) as dialog:
            dialog.props["aria-labelledby"] = title
            dialog.props["data-cancels"] = cancels
            dialog.props["data-open"] = ""
            yield dialog


def _state(parts: Sequence[Part]) -> str:
    return "open" if parts else ""
