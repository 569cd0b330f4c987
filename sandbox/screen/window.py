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
from sandbox.screen.inspector import draw_inspector
from sandbox.screen.parts import Part
from sandbox.screen.places import Look, conversation, first_place, is_there
from sandbox.screen.tags import tag
from sandbox.screen.tour import Tour
from sandbox.screen.tour_view import draw_tour

SOON = 0.04
TOAST_SECONDS = 6.0
TICK_SECONDS = 0.5
ENDED = "This sandbox is not shown any more. Nothing changes here."
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
        tour: Tour | None,
        base: str,
        title: str,
    ) -> None:
        self.me, self.look = me, look
        self._people = people
        self._base, self._title = base, title
        self._client: Client = ui.context.client
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.TimerHandle | None = None
        self._toasts: list[str] = []
        self._ended = False
        self._deeds = Deeds(me, look, self, extras=extras, tour=tour)
        archives = f"{me.stage.workspace.url}/archives/"
        self._frame = Frame(self._on_deed, archives=archives)
        self.refresh()
        self._loop.call_later(TICK_SECONDS, self._tick)

    def wake(self) -> None:
        """Something changed: show it in a moment, with whatever else changes now."""
        if self._soon is None and self._lives:
            self._soon = self._loop.call_later(SOON, self._refresh_soon)

    def refresh(self) -> None:
        """Show everything as it is now."""
        if not self._lives:
            return
        if not is_there(self.me, self.look.place):
            self.look.go(first_place(self.me))
        self._deeds.remember()
        self._frame.show(self._regions(), look=self.look, modal=self._top_id())
        self._mark_read()

    def end(self) -> None:
        """The sandbox is shown no longer: say so, and stand still."""
        if self._lives:
            self._ended = True
            self._frame.show(self._regions(), look=self.look, modal=self._top_id())

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
            **self._beside(),
            "ended": [Part("ended", tag("p", ENDED))] if self._ended else [],
            "confirm": question,
            "toasts": toasts,
        }

    @property
    def _lives(self) -> bool:
        return not (self._ended or self._client.is_deleted)

    def _beside(self) -> scene.Regions:
        beside = self._deeds.beside
        beside.inspection.look(self.me)
        extras = scene.draw_extras(self.me, beside.extras)
        tools = scene.draw_tools(beside.tour, beside.inspection)
        return {
            "extras": [*extras, *tools],
            "tour": draw_tour(self.me, self.look, beside.tour, self._base),
            **draw_inspector(self.me, beside.inspection),
        }

    def _tick(self) -> None:
        # The clock goes on and calls come in though nothing of the workspace changes.
        if self._lives:
            self._frame.show_some(self._beside())
            self._loop.call_later(TICK_SECONDS, self._tick)

    async def _on_deed(self, event: events.GenericEventArguments) -> None:
        data = {str(name): str(value) for name, value in event.args.items()}
        if self._ended:
            self.run("done", data["number"])
            return
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
