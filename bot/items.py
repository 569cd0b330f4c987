"""Checks as they are opened: what one rests on, what became of it, what one may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.checks import Check, make_checks, rows_of
from bot.knowledge import Knowledge, Known, knowledge_of_row
from bot.planned_rows import planned_rows
from bot.refusals import NoPart
from bot.sheets import Sheet, make_sheets
from bot.undoing import last_change
from care.item import CLINICAL, PEOPLE, UNDO_WITHIN, Event, State, may
from care.knowledge.protocol import Kind, ProtocolRow, Topic
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.item_records import Change, Item
from storage.plans import Plan, PlanRow
from storage.records import Clinician
from storage.unit import Reading

ENDED = "ended"
"""What happens to the items of a row that somebody ends."""


@dataclass(frozen=True)
class ItemSheet:
    """One item with its row, plan and case, as whoever changes it needs it."""

    item: Item
    row: ProtocolRow
    plan: Plan
    sheet: Sheet

    @property
    def today(self) -> date:
        """The date at the center."""
        return local_day(self.sheet.center, self.sheet.now)

    @property
    def is_clinical(self) -> bool:
        """Whether only a clinician may judge that it is not needed."""
        return self.row.topic is not Topic.REGISTRY

    @property
    def runs(self) -> bool:
        """Whether it is to look again at a precaution that runs."""
        return self.row.kind is Kind.PRECAUTION


@dataclass(frozen=True)
class Past:
    """One change of an item, and who made it; None: Baton."""

    change: Change
    by: Clinician | None


@dataclass(frozen=True)
class CheckPage:
    """One check with all that its page says."""

    check: Check
    about: ItemSheet
    by: Person
    known: Knowledge
    row: Known
    goes: PlanRow
    """How its row goes in this plan: who does it, and whether it has ended."""
    past: Sequence[Past]
    """What became of it, newest first; what was taken back is left out."""
    can_undo: bool

    @property
    def version(self) -> int:
        """What a form about it says that it has shown."""
        return version_of([self.check.item])

    @property
    def sheet(self) -> Sheet:
        """The referral in whose thread the plan is told."""
        return self.about.sheet

    @property
    def may_decide(self) -> bool:
        """Whether the reader says if a series or precaution goes on or ends."""
        parts = self.sheet.parts_of(self.by.member)
        return self.by.role in CLINICAL and bool(PEOPLE & parts)

    @property
    def has_ended(self) -> bool:
        """Whether somebody has ended its row in this plan."""
        return self.goes.ended_at is not None

    def may(self, event: Event) -> bool:
        """Tell whether the reader may do this with it now."""
        return not self.sheet.has_died and may(
            event,
            self.check.item.state,
            self.sheet.parts_of(self.by.member),
            self.by.role,
            clinical=self.about.is_clinical,
        )


@dataclass(frozen=True)
class VisitPage:
    """Several checks of one patient, opened together."""

    checks: Sequence[Check]
    sheet: Sheet
    by: Person
    undoable: Sequence[str] = ()
    """Of these items the reader can take their last change back with a tap."""

    @property
    def version(self) -> int:
        """What a form about them says that it has shown."""
        return version_of([one.item for one in self.checks])


def item_sheets(reading: Reading, by: Person, items: Sequence[Item]) -> list[ItemSheet]:
    """Return some items with what they belong to. Raises `NoPart`."""
    kept = reading.plans.of_cases({one.case_id for one in items})
    plans = {one.id: one for one in kept}
    rows = rows_of(reading, kept)
    referrals = reading.cases.referrals({one.referral_id for one in kept})
    sheets = {one.referral.id: one for one in make_sheets(reading, referrals)}
    found = [
        ItemSheet(
            item=one,
            row=rows[one.plan_id][one.row_id],
            plan=plans[one.plan_id],
            sheet=sheets[plans[one.plan_id].referral_id],
        )
        for one in items
    ]
    if not found or not all(one.sheet.parts_of(by.member) for one in found):
        raise NoPart
    return found


def version_of(items: Sequence[Item]) -> int:
    """Return a number that rises with every change that people make of some items."""
    return sum(one.generation for one in items)


def can_undo(reading: Reading, by: Person, item: Item) -> bool:
    """Tell whether `by` can still take back the last change of an item with a tap."""
    last = last_change(reading, item)
    return (
        last is not None
        and last.change.by == by.clinician_id
        and last.change.event != ENDED
        and reading.now - last.change.at <= UNDO_WITHIN
    )


def check_page(reading: Reading, by: Person, item_id: str) -> CheckPage:
    """Return one check as its page says it. Raises `NoPart`."""
    (about,) = _sheets(reading, by, [item_id])
    (check,) = make_checks(reading, [about.item])
    protocol = reading.signing.protocol(about.plan.protocol_id)
    known, row = knowledge_of_row(reading, about.sheet.center, protocol, about.row)
    changes = [c for c in reading.items.changes(item_id) if c.undone_at is None]
    people = reading.people.clinicians({one.by for one in changes if one.by})
    return CheckPage(
        check=check,
        about=about,
        by=by,
        known=known,
        row=row,
        goes=planned_rows(reading, [about.plan])[about.plan.id].row(about.row.id),
        past=[Past(one, people.get(one.by or "")) for one in reversed(changes)],
        can_undo=can_undo(reading, by, about.item),
    )


def visit_page(reading: Reading, by: Person, item_ids: Sequence[str]) -> VisitPage:
    """Return several checks as they are opened together. Raises `NoPart`."""
    about = _sheets(reading, by, item_ids)
    checks = make_checks(reading, [one.item for one in about])
    mine = [o.item.id for o in about if can_undo(reading, by, o.item)]
    return VisitPage(checks, about[0].sheet, by, mine)


def said_of(
    reading: Reading, by: Person, item_ids: Sequence[str], *, what: str, done: str
) -> str:
    """Return in a sentence what a click did, and what it left and why.

    `done` are the ids of the items that it was done with, with spaces between them.
    """
    about = _sheets(reading, by, item_ids)
    did = set(done.split())
    names = ", ".join(one.row.name for one in about if one.item.id in did)
    left = [_left(reading, one) for one in about if one.item.id not in did]
    said = f"{about[0].sheet.case.code}: {names} {_PAST.get(what, what)}."
    return " ".join([said, *left])


_PAST = {
    "done": "recorded as done",
    "drawn": "recorded as drawn",
    "held": "put on hold",
    "not needed": "recorded as not needed",
    "taken up": "taken up again",
    "undone": "as before",
    "given": "given to somebody else",
    "ended": "ended",
}
_STANDS = {
    State.HELD: "has put it on hold",
    State.NOT_NEEDED: "has recorded it as not needed",
}


def _left(reading: Reading, about: ItemSheet) -> str:
    by = about.item.changed_by
    who = reading.people.clinician(by).name if by else "Baton"
    did = _STANDS.get(about.item.state, "has recorded it as done")
    return f"{about.row.name} was left as it is: {who} {did}."


def _sheets(
    reading: Reading, by: Person, item_ids: Sequence[str]
) -> Sequence[ItemSheet]:
    try:
        items = reading.items.items(item_ids)
    except NotFound as error:
        raise NoPart from error
    return item_sheets(reading, by, items)
