"""The ready list: its page, its line, its two forms, and a barrier as it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.preparing import ReadyPage
from bot.sheets import Sheet
from bot.views import kit
from bot.views.footing import footing
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from care.cases import one_line
from care.patient_time import PatientTime, PhiMode
from care.readiness import NAMED, Event, Item, Standing, State, events_for
from storage.readiness import ReadyItem
from storage.records import Clinician

TITLE = "Ready list"
BARRIERS_SHOWN = 2

_MENU: Mapping[Event, str] = {
    Event.BLOCK: "Barrier",
    Event.WAIVE: "Not needed",
    Event.UNDO: "Undo",
}


def ready_line(page: ReadyPage) -> str:
    """Return the list in one line: "Ready: 5 of 8 · barrier: lodging (Sam Brooks)"."""
    shown = page.barriers[:BARRIERS_SHOWN]
    told = [f"barrier: {_short(page, one)}" for one in shown]
    more = len(page.barriers) - len(shown)
    told += [f"{more} more"] if more else []
    return " · ".join([f"Ready: {page.ready} of {len(page.items)}", *told])


def ready_button(sheet: Sheet) -> kit.Element:
    """Return the button that shows the list."""
    value = Carried(referral=sheet.referral.id).dump()
    return kit.button(TITLE, Act.READY_LIST, value=value)


def ready_modal(page: ReadyPage) -> dict[str, Any]:
    """Return the list as a page: a line an item, one tap to say that it is done."""
    code, summary = page.sheet.case.code, one_line(page.sheet.case.summary)
    about = f"*{code}*\n{kit.escape(summary)}" if summary else f"*{code}*"
    blocks = [kit.section(about), kit.context(kit.escape(ready_line(page)))]
    for one in page.items:
        blocks += _entry(page, one)
    return kit.modal(TITLE, blocks, callback_id=Form.READING)


def barrier_form(
    data: FormData,
    page: ReadyPage,
    people: Sequence[Clinician],
    values: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """Return the form of a barrier: what, who, by which working day."""
    item = Item[data.item]
    options = [kit.option(one.name, one.id) for one in people]
    who = kit.select(VALUE, options, initial=values.get(Field.PERSON))
    day = kit.date_picker(VALUE, initial=_date(values.get(Field.DAY)) or today)
    return _form(
        page,
        data,
        [
            _note("What stands in the way", values),
            kit.field("Who sees to it", Field.PERSON, who),
            kit.field(
                "By which day", Field.DAY, day, hint="A working deadline of yours."
            ),
        ],
        callback_id=Form.READY_BARRIER,
        head=f"{NAMED[item]}: barrier",
    )


def not_needed_form(
    data: FormData, page: ReadyPage, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the form that says why an item is not needed."""
    return _form(
        page,
        data,
        [_note("Why it is not needed", values)],
        callback_id=Form.READY_NOT_NEEDED,
        head=f"{NAMED[Item[data.item]]}: not needed",
    )


def barrier_told(
    sheet: Sheet, item: ReadyItem, *, by: str, step: str, late: datetime | None
) -> list[kit.Block]:
    """Return a barrier as its person or a coordinator is told of it."""
    stands, code = item.standing, f"*{sheet.case.code}*"
    what, day = _lower(NAMED[stands.item]), _day(stands.day)
    told = {
        "told": f"{code}: {kit.escape(by)} asks you to see to {what} by {day}.",
        "person": f"{code}: {what} waits for you today.",
    }.get(step, f"{code}: {what} still stands before a barrier, due {day}.")
    value = Carried(sheet.referral.id, subject=item.course_id, item=stands.item.name)
    done = kit.button("Done", Act.READY_DONE, value=value.dump(), primary=True)
    return [
        kit.section(told),
        *([kit.section(kit.quote(item.note))] if item.note else []),
        *([kit.context(f"Late: was due {kit.moment(late)}")] if late else []),
        footing(sheet, done, ready_button(sheet)),
    ]


def barrier_over(sheet: Sheet, item: ReadyItem) -> list[kit.Block]:
    """Return the same message once the item has been changed."""
    what = _lower(NAMED[item.standing.item])
    words = {State.OPEN: "open again", State.BARRIER: "a barrier, changed since"}
    stands = words.get(item.standing.state, item.standing.state.value)
    return [
        kit.section(f"*{sheet.case.code}*: {what}: {stands}."),
        footing(sheet, ready_button(sheet)),
    ]


def _entry(page: ReadyPage, one: Standing) -> list[kit.Block]:
    text = _text(page, one)
    events = events_for(one.state, page.parts) if page.may_change else ()
    value = Carried(page.sheet.referral.id, subject=page.course.id, item=one.item.name)
    menu = [(_MENU[event], _of(value, event)) for event in _MENU if event in events]
    more = kit.overflow(Act.READY_MORE, menu) if menu else None
    if Event.DO not in events or more is None:
        return [kit.section(text, accessory=more)]
    done = kit.button("Done", Act.READY_DONE, value=value.dump())
    return [
        kit.section(text),
        kit.actions([done, more], block_id=f"ready-{one.item.name}"),
    ]


def _of(value: Carried, event: Event) -> str:
    return Carried(
        value.referral, event.name, subject=value.subject, item=value.item
    ).dump()


def _text(page: ReadyPage, one: Standing) -> str:
    named = NAMED[one.item]
    kept = page.kept.get(one.item)
    note = f"\n{kit.quote(kept.note, 400)}" if kept and kept.note else ""
    match one.state:
        case State.OPEN:
            return f"*{named}*"
        case State.BARRIER:
            who = _name(page, one.person_id)
            return f"*{named}*\nBarrier: {who}, by {_day(one.day)}{note}"
        case _:
            who = _name(page, kept.changed_by if kept else None)
            at = kit.moment(kept.changed_at, "{date_short_pretty}") if kept else ""
            return f"{named}\n{one.state.capitalize()} · {who} {at}{note}"


def _short(page: ReadyPage, one: Standing) -> str:
    today = page.sheet.time.today
    when = PatientTime(PhiMode.NONE, today).now(one.day or today)
    person = page.people.get(one.person_id or "")
    name = person.name if person else "somebody"
    return f"{one.item} ({name}, {when})"


def _name(page: ReadyPage, clinician_id: str | None) -> str:
    person = page.people.get(clinician_id or "")
    return kit.escape(person.name) if person else "Somebody"


def _form(
    page: ReadyPage,
    data: FormData,
    fields: Sequence[kit.Block],
    *,
    callback_id: Form,
    head: str,
) -> dict[str, Any]:
    return kit.modal(
        TITLE,
        [kit.section(f"*{page.sheet.case.code}*\n{head}"), *fields],
        callback_id=callback_id,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def _note(label: str, values: Mapping[str, str]) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(Field.NOTE), most=300)
    hint = "No names of patients or family, no dates, no record numbers."
    return kit.field(label, Field.NOTE, element, hint=hint)


def _day(day: date | None) -> str:
    return f"{day:%a} {day.day} {day:%b}" if day else "no day"


def _date(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
