"""Where and by whom the items of a plan are done, which moves with responsibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions.item_clock import replan_items
from bot.planned_rows import PlannedRows, planned_rows
from bot.sheets import Sheet, make_sheets
from bot.undoing import MOVED
from care.item import WAITING
from care.knowledge.protocol import Seat
from care.people import SiteKind
from storage.item_records import Item
from storage.plans import PlanRow
from storage.unit import Reading, Unit


@dataclass(frozen=True)
class Places:
    """The sites of a case as they are now."""

    practice_id: str
    """Where somebody of a practice is responsible, or was last before the center."""
    center_id: str
    responsible_id: str
    """The site of the clinician who is responsible now."""

    def site_of(self, seat: Seat) -> str:
        """Return at which site something is done now."""
        match seat:
            case Seat.PRACTICE:
                return self.practice_id
            case Seat.CENTER:
                return self.center_id
            case Seat.RESPONSIBLE:
                return self.responsible_id

    def doer_at(self, site_id: str, row: PlanRow | None) -> str | None:
        """Return who was agreed on for a row at a site; None: whoever coordinates."""
        if row is None:
            return None
        at_center = site_id == self.center_id
        return row.center_doer_id if at_center else row.practice_doer_id


def places_of(reading: Reading, sheet: Sheet) -> Places:
    """Return the sites of a case; the practice is where it was handed last."""
    tenures = [sheet.people[one.clinician_id].site_id for one in sheet.tenures]
    kinds = {one: reading.people.site(one).kind for one in set(tenures)}
    practices = [one for one in tenures if kinds[one] is SiteKind.PRACTICE]
    return Places(
        practice_id=practices[-1] if practices else sheet.practice.id,
        center_id=sheet.center.id,
        responsible_id=sheet.responsible_site.id,
    )


def move_items(uow: Unit, case_id: str) -> list[Item]:
    """Bring the items of a case that are not over to where they are done now.

    Returns those that moved. The case's courses must be held. A doer who was named
    stays where the site does.
    """
    running = [one for one in uow.plans.of_cases([case_id]) if one.ended_at is None]
    rows = planned_rows(uow, running)
    there = [
        one for one in uow.items.of_cases([case_id], WAITING) if one.plan_id in rows
    ]
    there = uow.items.items_to_change([one.id for one in there])
    moved: list[tuple[Item, Item]] = []
    for plan in running:
        sheet = make_sheets(uow, [uow.cases.referral(plan.referral_id)])[0]
        places = places_of(uow, sheet)
        mine = [one for one in there if one.plan_id == plan.id]
        moved += [(_moved(one, places, rows[plan.id]), one) for one in mine]
    pairs = [(now, was) for now, was in moved if now.site_id != was.site_id]
    _keep_moved(uow, pairs)
    return [now for now, _ in pairs]


def _moved(one: Item, places: Places, rows: PlannedRows) -> Item:
    row = rows.pinned.get(one.row_id)
    site_id = places.site_of(row.seat) if row is not None else one.site_id
    doer_id = places.doer_at(site_id, rows.kept.get(one.row_id))
    return replace(
        one,
        site_id=site_id,
        doer_id=doer_id,
        changed_by=None,
        generation=one.generation + 1,
    )


def _keep_moved(uow: Unit, pairs: Sequence[tuple[Item, Item]]) -> None:
    if not pairs:
        return
    uow.items.keep_all(
        [(replace(now, changed_at=uow.now), was) for now, was in pairs],
        event=MOVED,
        at=uow.now,
    )
    replan_items(uow, [now for now, _ in pairs])
    first = pairs[0][0]
    codes = {"count": str(len(pairs)), "site": first.site_id}
    uow.audit(first.workspace_id, "items moved", first.plan_id, codes)
