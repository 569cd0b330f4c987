"""What time does with an item: it opens, its last day comes, it closes, it is held.

A day is a date at the center. Nothing here depends on being asked in time: whoever
asks late is told all that should have happened by now, in its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from care.item import Event, Standing, State, move
from care.people import Part

A_DAY = timedelta(days=1)
_BATON = frozenset({Part.BATON})


class Step(StrEnum):
    """What comes next of an item."""

    OPENS = "opens"
    LAST_DAY = "last day"
    """Its doer is told by a message of its own, if it is still to do."""
    CLOSES = "closes"
    LOOK_AGAIN = "look again"


@dataclass(frozen=True)
class Next:
    """What comes next, and on which day."""

    step: Step
    day: date


def next_step(
    one: Standing, *, last_morning: date, today: date, told: bool = False
) -> Next | None:
    """Return what comes next, or None where time does nothing any more.

    `last_morning` is the last working day of the site by the end of the window, and
    `today` the site's date. `told`: the last day was said, so that it is not again.
    """
    to_tell = not told and last_morning >= today
    match one.state:
        case State.UPCOMING if to_tell and last_morning < one.window.earliest:
            # The whole window lies on days off: it is said on the working day before.
            return Next(Step.LAST_DAY, last_morning)
        case State.UPCOMING:
            return Next(Step.OPENS, one.window.earliest)
        case State.OPEN if to_tell:
            return Next(Step.LAST_DAY, last_morning)
        case State.OPEN:
            return Next(Step.CLOSES, one.ends_on + A_DAY)
        case State.HELD if one.look_again_on is not None:
            return Next(Step.LOOK_AGAIN, one.look_again_on)
        case _:
            return None


def passed(one: Standing, today: date) -> list[tuple[Event, Standing]]:
    """Return what time has done with an item by `today`, each event with its result."""
    found: list[tuple[Event, Standing]] = []
    while (event := _due(one, today)) is not None:
        one = move(one, event, today=today, parts=_BATON)
        found.append((event, one))
    return found


def _due(one: Standing, today: date) -> Event | None:
    match one.state:
        case State.UPCOMING if today >= one.window.earliest:
            return Event.OPENS
        case State.OPEN if today > one.ends_on:
            return Event.CLOSES
        case State.HELD if one.look_again_on and today >= one.look_again_on:
            return Event.TAKE_UP
        case _:
            return None
