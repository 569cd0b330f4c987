"""Who is told of a request for bridging, and of what became of it."""

from __future__ import annotations

from bot.actions.telling import Telling
from bot.preparing import answerers
from bot.sheets import Sheet
from care.bridging import State
from storage.actors import Person
from storage.bridging import Bridging
from storage.unit import Unit

ASKED = "bridging asked"
"""The view of the message to whoever is to answer: it must not outlive that."""
TOLD = "bridging told"
LINE = "bridging line"


def tell_of_bridging(uow: Unit, by: Person, sheet: Sheet, request: Bridging) -> None:
    """Add a line to the thread, ask or tell those whom it concerns."""
    payload = {
        "by": by.clinician_id,
        "request": request.id,
        "generation": request.generation,
        "state": request.state.value,
    }
    telling = Telling(uow, sheet, uow.new_id(), payload)
    telling.refresh()
    if request.state not in {State.STARTED, State.STOPPED}:
        # Of start and last dose the journey's own line tells.
        telling.say(LINE)
    asks = request.state in {State.REQUESTED, State.COUNTERED}
    people = answerers(sheet)
    if request.state not in {State.REQUESTED, State.WITHDRAWN}:
        people = [uow.people.clinician(request.requested_by)]
    others = [one for one in people if one.id != by.clinician_id]
    telling.tell(others, ASKED if asks else TOLD)
