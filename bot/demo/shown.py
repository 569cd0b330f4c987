"""The demo's switch: what Slack shows of a patient's time, days or named windows."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from bot.actions.done import perform
from bot.actions.showing import show_anew
from bot.app import Baton
from bot.demo.travel import Traveller
from care.patient_time import PhiMode
from storage.actors import Operator

LABEL = {
    PhiMode.DAYS: "Show what “none” hides",
    PhiMode.NONE: "Show days again",
}
"""The mode in use -> what pressing the switch does."""
SAID = {
    PhiMode.DAYS: "Cards and pages show days again, such as Day +29",
    PhiMode.NONE: "Cards and pages show named windows only, such as month-1",
}
NOT_AGREED = "`/baton setup` records no agreement to days, so named windows stay"
HINT = "BATON_PHI_MODE: what Slack shows of a patient's time"


class ShownMode:
    """The mode of a demo, days to begin with, kept in a file over restarts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        kept = file.read_text(encoding="utf-8") if file.exists() else PhiMode.DAYS
        self._mode = PhiMode(kept)

    def __call__(self) -> PhiMode:
        """Return what may be shown now."""
        return self._mode

    def flip(self) -> PhiMode:
        """Go from days to named windows or back; return what may be shown then."""
        with self._lock:
            days = self._mode is PhiMode.DAYS
            self._mode = PhiMode.NONE if days else PhiMode.DAYS
            self._file.write_text(self._mode, encoding="utf-8")
            return self._mode


@dataclass(frozen=True)
class Switch:
    """Shows named windows, or days again, on everything that stands."""

    baton: Baton
    mode: ShownMode
    traveller: Traveller

    def label(self) -> str:
        """Return what pressing it does."""
        return LABEL[self.mode()]

    def press(self) -> str:
        """Change what is shown, bring the cards up to date, and say what is seen."""
        mode = self.mode.flip()
        perform(
            self.baton.store,
            show_anew,
            by=Operator("demo"),
            key=f"demo:shown:{uuid.uuid4().hex}",
        )
        self.traveller.settle()
        with self.baton.store.read() as reading:
            in_use = reading.phi_mode
        return SAID[mode] if in_use is mode else NOT_AGREED
