"""Who is told of a milestone: the thread, and those whom it concerns at once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions.telling import Telling
from bot.sheets import Sheet
from care.milestone import AHEAD, Result, Step
from care.people import Role
from storage.courses import Recorded
from storage.records import Clinician
from storage.unit import Unit

AT_ONCE = frozenset({Step.APHERESIS, Step.LYMPHODEPLETION, Step.INFUSION})
"""Steps of which the practice hears at once when they are moved."""
ALWAYS = frozenset(
    {
        Step.LYMPHODEPLETION,
        Step.INFUSION,
        Step.DISCHARGE,
        Step.ADMISSION,
        Step.LEFT_HOSPITAL,
        Step.SECOND_MALIGNANCY,
        Step.RELAPSE,
        Step.HOSPICE,
        Step.DEATH,
        Step.EXIT,
        Step.DECISION,
    }
)
"""Steps of which the other side hears by direct message whenever they are taken."""
TO_PRACTICE = frozenset(
    {Result.NOT_REACHED, Result.OUT_OF_SPECIFICATION, Result.FAILED}
)


def tell_of(
    uow: Unit,
    sheet: Sheet,
    one: Recorded | None,
    *,
    by: str,
    old: Recorded | None = None,
) -> None:
    """Bring the card up to date, add a line to the thread, tell those concerned.

    Without a milestone only the card changes. `old` is what was corrected.
    """
    payload = {
        "by": by,
        "milestone": one.milestone.id if one else "",
        "instead of": old.milestone.id if old else "",
    }
    telling = Telling(uow, sheet, uow.new_id(), payload)
    telling.change_card()
    telling.refresh()
    if one is None:
        return
    telling.say("milestone line")
    others = [who for who in _concerned(uow, sheet, one, by) if who.id != by]
    telling.tell(others, "milestone told")


def _concerned(uow: Unit, sheet: Sheet, one: Recorded, by: str) -> Sequence[Clinician]:
    told = one.milestone
    if told.step is Step.DEATH:
        return _everybody(uow, sheet)
    planned_home = told.step is Step.DISCHARGE
    taken = told.step in ALWAYS and (told.result not in AHEAD or planned_home)
    moved = told.step in AT_ONCE and told.result is Result.MOVED
    if not (taken or moved or told.result in TO_PRACTICE):
        return ()
    recorder = uow.people.clinicians([by]).get(by)
    if recorder is not None and recorder.site_id == sheet.practice.id:
        return _of_center(uow, sheet)
    return _of_practice(uow, sheet, with_coordinators=told.result in TO_PRACTICE)


def _of_practice(
    uow: Unit, sheet: Sheet, *, with_coordinators: bool
) -> list[Clinician]:
    asked = uow.people.staff(sheet.practice.id, Role.COORDINATOR)
    coordinators = asked if with_coordinators else []
    at_home = [
        one
        for one in (sheet.responsible, sheet.referrer)
        if one.site_id == sheet.practice.id
    ]
    return [*at_home, *coordinators]


def _of_center(uow: Unit, sheet: Sheet) -> list[Clinician]:
    taker = [sheet.taker] if sheet.taker else []
    return [*taker, *uow.people.staff(sheet.center.id, Role.COORDINATOR)]


def _everybody(uow: Unit, sheet: Sheet) -> list[Clinician]:
    """Return all who have had to do with a patient who died: one neutral line each."""
    practice = _of_practice(uow, sheet, with_coordinators=True)
    return [*practice, sheet.responsible, *_of_center(uow, sheet)]
