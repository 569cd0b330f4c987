"""What somebody records of a journey, and whether it is complete and sensible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.actions.guarding import refuse_identifiers, staff_names
from bot.refusals import BadFields
from bot.sheets import Sheet
from care.journey import CourseKind
from care.milestone import (
    AHEAD,
    LINES,
    REQUIRED,
    Ask,
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
    asks,
    join_lines,
)
from scheduler.calendars import local_day
from storage.unit import Unit

MOST_YEARS = 30
"""How far from today a day may lie, either way: farther is a slip of the hand."""

SENTENCES = {
    Ask.DAY: "Say on which day.",
    Ask.REASON: "Choose the reason.",
    Ask.PLACE: "Choose where.",
    Ask.CONTACT: "Choose who reached out.",
    Ask.FIRST_CALL: "Choose who is called first.",
    Ask.PRODUCT: "Choose the product.",
    Ask.MEANWHILE: "Say what not to give meanwhile, or “none”.",
    Ask.WHAT_HAPPENED: "Say what happened, in a few words.",
    Ask.WHAT_CHANGED: "Say what changed, or “nothing”.",
    Ask.WHO_DOES: "Say who does what now, or “nothing”.",
    Ask.THERAPY: "Choose which therapy.",
    Ask.SAME_PATIENT: "Compare the code with your own record, then confirm it.",
}
"""What is said where something that is needed was left out."""


@dataclass(frozen=True)
class Entry:
    """What somebody records: a step, how it stands, and what is asked for with it."""

    step: Step
    result: Result
    day: date | None = None
    until: date | None = None
    reason: Reason | None = None
    product: Product | None = None
    place: Place | None = None
    contact: Contact | None = None
    first_call: FirstCall | None = None
    therapy: CourseKind | None = None
    note: str = ""
    lines: Mapping[Ask, str] = field(default_factory=dict)
    """What was written where single lines are asked for instead of a note."""
    same_patient: bool = False

    def milestone(self, id_: str, day: date) -> Milestone:
        """Return it as the rules take it, without what was not asked for."""
        wanted = asks(self.step, self.result)
        return Milestone(
            id=id_,
            step=self.step,
            result=self.result,
            day=day,
            until=self.until if Ask.UNTIL in wanted else None,
            reason=self.reason if Ask.REASON in wanted else None,
            product=self.product if Ask.PRODUCT in wanted else None,
            place=self.place if Ask.PLACE in wanted else None,
            contact=self.contact if Ask.CONTACT in wanted else None,
            first_call=self.first_call if Ask.FIRST_CALL in wanted else None,
        )

    @property
    def written(self) -> Mapping[Ask, str]:
        """What was written, each text at what asked for it; others are left out."""
        wanted = asks(self.step, self.result)
        notes = [one for one in (Ask.MEANWHILE, Ask.NOTE) if one in wanted]
        texts = dict.fromkeys(notes, self.note.strip())
        lines = {one: self.lines.get(one, "").strip() for one in LINES if one in wanted}
        return texts | lines

    @property
    def kept_note(self) -> str | None:
        """What is sealed with the milestone, if anything was asked for and written."""
        texts = self.written
        lines = {one: text for one, text in texts.items() if one in LINES}
        note = join_lines(lines) if lines else "".join(texts.values())
        return note or None


def check_entry(uow: Unit, sheet: Sheet, entry: Entry) -> date:
    """Return the day of an entry that is complete and sensible, else refuse it.

    Raises `BadFields`, a sentence for each field.
    """
    wanted = [one for one in asks(entry.step, entry.result) if one in REQUIRED]
    given = _given(entry)
    missing = {one.value: SENTENCES[one] for one in wanted if not given[one]}
    if missing or entry.day is None:
        raise BadFields(missing)
    today = local_day(sheet.center, uow.now)
    _check_day(today, entry.day, ahead=entry.result in AHEAD)
    texts = {one.value: text for one, text in entry.written.items()}
    refuse_identifiers_of(uow, sheet, texts)
    return entry.day


def refuse_identifiers_of(uow: Unit, sheet: Sheet, texts: Mapping[str, str]) -> None:
    """Raise `BadFields` where a text about a case holds an identifier."""
    staff = staff_names(uow.people, sheet.practice.id, sheet.center.id)
    refuse_identifiers(texts, staff)


def _given(entry: Entry) -> Mapping[Ask, object]:
    return {
        Ask.DAY: entry.day,
        Ask.REASON: entry.reason,
        Ask.PLACE: entry.place,
        Ask.CONTACT: entry.contact,
        Ask.FIRST_CALL: entry.first_call,
        Ask.PRODUCT: entry.product,
        Ask.THERAPY: entry.therapy,
        Ask.SAME_PATIENT: entry.same_patient,
        **entry.written,
    }


def _check_day(today: date, day: date, *, ahead: bool) -> None:
    if ahead and day < today:
        raise BadFields({Ask.DAY: "What is planned lies ahead: choose a later day."})
    if not ahead and day > today:
        raise BadFields(
            {Ask.DAY: "What has happened lies behind: choose an earlier day."}
        )
    if abs((day - today).days) > MOST_YEARS * 366:
        raise BadFields({Ask.DAY: "That day lies too far away. Please look again."})
