"""A guided tour beside the workspace: what to do next, and what is done already."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


def nowhere() -> str:
    """No thread is to be opened."""
    return ""


def begin_as_it_is() -> None:
    """Nothing needs to be done before a tour begins again."""


@dataclass(frozen=True)
class TourStep:
    """One step: what to do, as whom (a person's id) and where (a channel's id, `dm` or
    `home`). `done` is asked after changes, in a thread; `thread` gives the time stamp
    of a thread to open there, or "".
    """

    title: str
    text: str
    be: str
    at: str
    done: Callable[[], bool]
    thread: Callable[[], str] = nowhere


class Tour:
    """How far somebody has come. What was ticked stays ticked until they start again.

    `restart` tells the host that the tour begins anew: what was done before then is no
    step of it any more. Safe for threads; `look` and `start_again` may take their time.
    """

    def __init__(
        self,
        steps: Sequence[TourStep],
        restart: Callable[[], None] = begin_as_it_is,
    ) -> None:
        self.steps = tuple(steps)
        self.hidden = False
        self.thread = ""
        self._restart = restart
        self._done: frozenset[int] = frozenset()
        self._lock = threading.Lock()

    @property
    def present(self) -> int | None:
        """The place of the first step that is not done; None after the last."""
        left = (n for n in range(len(self.steps)) if n not in self._done)
        return next(left, None)

    def is_done(self, place: int) -> bool:
        """Whether a step is ticked."""
        return place in self._done

    def look(self) -> bool:
        """Tick what was done meanwhile; returns whether that changed the tour."""
        with self._lock:
            before = (self._done, self.thread)
            found = {n for n, step in enumerate(self.steps) if self._was_done(n, step)}
            self._done = frozenset(found)
            self.thread = self._find_thread()
            return (self._done, self.thread) != before

    def start_again(self) -> None:
        """Take every tick away."""
        with self._lock:
            self._restart()
            self._done, self.thread = frozenset(), ""

    def _was_done(self, place: int, step: TourStep) -> bool:
        return place in self._done or _asked(step.done, otherwise=False)

    def _find_thread(self) -> str:
        present = self.present
        if present is None:
            return ""
        return _asked(self.steps[present].thread, otherwise="")


def _asked(question: Callable[[], T], *, otherwise: T) -> T:
    try:
        return question()
    except Exception:
        # The question is the host's own code, and the tour must not end the screen
        # because the host is being stopped or is wrong.
        log.exception("a step of the tour could not be looked at")
        return otherwise
