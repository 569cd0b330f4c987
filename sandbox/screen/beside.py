"""What is done beside the workspace: the host's buttons, the tour, the inspector."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from sandbox.person import Person
from sandbox.screen.chrome import Extra
from sandbox.screen.inspector import Inspection
from sandbox.screen.places import Look
from sandbox.screen.tour import Tour

Data = Mapping[str, str]


class Browser(Protocol):
    """What a deed may ask of its window."""

    def run(self, function: str, *arguments: object) -> None:
        """Call one of the page's own functions."""
        ...

    def refresh(self) -> None:
        """Show everything as it is now."""
        ...

    def toast(self, words: str) -> None:
        """Show some words for a moment."""
        ...


class Beside:
    """Carries out what is done in one window beside the workspace."""

    def __init__(
        self,
        me: Person,
        look: Look,
        browser: Browser,
        *,
        extras: Sequence[Extra] = (),
        tour: Tour | None = None,
    ) -> None:
        self.extras, self.tour = extras, tour
        self.inspection = Inspection()
        self._me, self._look, self._browser = me, look, browser

    async def use_extra(self, data: Data) -> None:
        """Press a button of the host's; what it returns is shown for a moment."""
        said = await asyncio.to_thread(self.extras[int(data["extra"])].act)
        if said:
            self._browser.toast(said)

    async def hide_tour(self, _: Data) -> None:
        """Put the tour away."""
        if self.tour:
            self.tour.hidden = True

    async def show_tour(self, _: Data) -> None:
        """Bring it back."""
        if self.tour:
            self.tour.hidden = False

    async def fold_tour(self, _: Data) -> None:
        """Open or close the tour where it is but a bar."""
        self._look.tour_open = not self._look.tour_open

    async def restart_tour(self, _: Data) -> None:
        """Begin the tour again."""
        if self.tour:
            await asyncio.to_thread(self.tour.start_again)
            await asyncio.to_thread(self.tour.look)

    async def inspect(self, data: Data) -> None:
        """Open the inspector, or close it; the next page of this window keeps it so."""
        wanted = data.get("wanted") or ("" if self.inspection.open else "open")
        self.inspection.open = bool(wanted)
        self.inspection.paused = False
        self._browser.run("keepInspecting", wanted)

    async def pause(self, _: Data) -> None:
        """Stand still, or go on."""
        self.inspection.paused = not self.inspection.paused

    async def filter(self, data: Data) -> None:
        """List only what has these words; a list that stands still is searched too."""
        self.inspection.words = data["value"]
        self.inspection.take(self._me)

    async def choose_line(self, data: Data) -> None:
        """Show all of one line, or no longer."""
        again = self.inspection.chosen == data["line"]
        self.inspection.chosen = "" if again else data["line"]
