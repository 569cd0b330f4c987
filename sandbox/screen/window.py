"""A browser window as one person: shows the scene, tells what is done in it."""

import asyncio
import json
from collections.abc import Callable, Sequence

from nicegui import Client, events, ui

from sandbox.person import Person
from sandbox.screen import scene
from sandbox.screen.chrome import Extra
from sandbox.screen.deeds import Deeds
from sandbox.screen.dialog_view import confirm_dialog
from sandbox.screen.frame import Frame
from sandbox.screen.parts import Part
from sandbox.screen.places import Look, conversation, first_place, is_there
from sandbox.screen.tags import tag

SOON = 0.04
TOAST_SECONDS = 6.0
# These change nothing that is shown but the field in which one types.
UNSEEN = ("draft", "enter", "suggest")


class Window:
    """A window of one browser, made inside a page. It lives in the server's loop."""

    def __init__(
        self,
        me: Person,
        look: Look,
        *,
        people: Callable[[], Sequence[Person]],
        extras: Sequence[Extra],
        base: str,
        title: str,
    ) -> None:
        self.me, self.look = me, look
        self._people, self._extras = people, extras
        self._base, self._title = base, title
        self._client: Client = ui.context.client
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.TimerHandle | None = None
        self._toasts: list[str] = []
        self._deeds = Deeds(me, look, self, extras=extras)
        self._frame = Frame(self._on_deed)
        self.refresh()

    def wake(self) -> None:
        """Something changed: show it in a moment, with whatever else changes now."""
        if self._soon is None and not self._client.is_deleted:
            self._soon = self._loop.call_later(SOON, self._refresh_soon)

    def refresh(self) -> None:
        """Show everything as it is now."""
        if self._client.is_deleted:
            return
        if not is_there(self.me, self.look.place):
            self.look.go(first_place(self.me))
        self._deeds.remember()
        self._frame.show(self._regions(), look=self.look, modal=self._top_id())
        self._mark_read()

    def toast(self, words: str) -> None:
        """Show some words for a moment."""
        self._toasts.append(words)
        self._loop.call_later(TOAST_SECONDS, self._drop_toast)

    def run(self, function: str, *arguments: object) -> None:
        """Call one of the page's own functions."""
        if not self._client.is_deleted:
            listed = ", ".join(json.dumps(each) for each in arguments)
            self._client.run_javascript(f"sandboxHands.{function}({listed})")

    def _regions(self) -> scene.Regions:
        top = scene.draw_top(
            self.me, self._people(), base=self._base, title=self._title
        )
        asking = self._deeds.asking
        question = [Part("confirm", confirm_dialog(asking))] if asking else []
        toasts = [
            Part(f"{place} {words}", tag("p", words))
            for place, words in enumerate(self._toasts)
        ]
        return scene.draw(self.me, self.look) | {
            **top,
            "extras": scene.draw_extras(self.me, self._extras),
            "confirm": question,
            "toasts": toasts,
        }

    async def _on_deed(self, event: events.GenericEventArguments) -> None:
        data = {str(name): str(value) for name, value in event.args.items()}
        try:
            await self._deeds.do(data)
            if data["act"] not in UNSEEN or self.look.notes:
                self.refresh()
        finally:
            self.run("done", data["number"])

    def _refresh_soon(self) -> None:
        self._soon = None
        self.refresh()

    def _drop_toast(self) -> None:
        self._toasts.pop(0)
        self.refresh()

    def _top_id(self) -> str:
        modal = self.me.modal
        return modal.view_id if modal else ""

    def _mark_read(self) -> None:
        place = conversation(self.me, self.look.place)
        if place and self.look.sees_place and self.me.unread(place.id):
            self.me.mark_read(place.id)
