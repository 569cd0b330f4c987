"""How a series or a precaution ends: a clinician confirms it, or lets it go on.

A value never ends anything. Every part of an end that has several is confirmed, or one
where one is enough; what goes on is looked at again on a day that somebody names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.actions.done import Done
from bot.actions.item_steps import (
    TEXT,
    check_texts,
    finish,
    hold_plans,
    items_to_move,
    keep,
    moved,
)
from bot.actions.plan_holds import follow_responsibility
from bot.actions.planning import grow
from bot.actions.refitting import refit
from bot.items import ENDED, ItemSheet
from bot.planned_rows import planned_rows
from bot.refusals import BadFields, NotForYou, NotThisWay, Overtaken
from care.item import CLINICAL, PEOPLE, WAITING, Event, State, Why
from care.knowledge.protocol import End, Ends
from care.plan import Window
from care.spans import Span
from care.spans import Unit as Counted
from storage.actors import Person
from storage.item_records import Item, item_id
from storage.plans import PlanRow
from storage.unit import Unit

PARTS, MONTHS = "parts", "months"
"""Fields in which something can be wrong."""
GOES_ON = "goes on"
CONFIRMED = "confirmed"
"""How a row ended: a clinician confirmed it."""
FIXED_FROM = 1000
"""Numbers of items whose window a person set; those of the plan itself are below."""
MOST_MONTHS = 36


@dataclass(frozen=True)
class Ending:
    """What a clinician confirms of an end."""

    parts: frozenset[int] = frozenset()
    """Which parts of the end, by their place in the row."""
    why: str = ""


def end_row(
    *, uow: Unit, by: Person, item_id: str, ending: Ending, seen: int | None = None
) -> Done:
    """End a series or precaution of one plan, from one of its items.

    What was still to come of it is not needed any more. Raises `NoPart`, `NotForYou`,
    `NotThisWay`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    about = _to_end(uow, by, item_id, seen)
    end = about.row.ends
    if end is None or end.how is Ends.LIFE_LONG:
        raise NotThisWay(_no_end(about))
    _check_confirmed(end, ending)
    check_texts(uow, about.sheet, {TEXT: ending.why})
    row = _row_of(uow, about)
    if row.ended_at is not None:
        raise Overtaken(f"That was not saved: {about.row.name} has ended already.")
    _keep_end(uow, by, about, row, _words(end, ending))
    changed = [_not_needed(uow, by, one) for one in _still_to_come(uow, about)]
    finish(uow, changed)
    return Done(ENDED, about.item.id)


def let_go_on(
    *,
    uow: Unit,
    by: Person,
    item_id: str,
    months: int | None,
    seen: int | None = None,
) -> Done:
    """Record that a precaution was looked at and goes on, to be looked at in months.

    The next look has a window of its own, which does not move with Day 0. Raises as
    `end_row` does.
    """
    about = _to_end(uow, by, item_id, seen)
    if not about.runs:
        raise NotThisWay(f"{about.row.name} goes on by its plan, until it is ended.")
    if months is None or not 1 <= months <= MOST_MONTHS:
        raise BadFields({MONTHS: f"Choose 1 to {MOST_MONTHS} months."})
    words, who = {"done_on": about.today}, by.clinician_id
    done = moved(uow, by, about, Event.DO, words=words, done_by=who)
    new = _next_look(uow, about, Span(months, Counted.MONTH))
    uow.items.add([new])
    uow.audit(new.workspace_id, "item made", new.id, {"after": done.id})
    finish(uow, [done, new])
    return Done(GOES_ON, about.item.id)


def go_on_after_all(*, uow: Unit, by: Person, item_id: str, why: str) -> Done:
    """Let a series or precaution go on that was ended, with a reason.

    What ended with it is as it was before, in the windows and at the sites of now.
    Raises as `end_row` does.
    """
    about = _to_end(uow, by, item_id, None)
    row = _row_of(uow, about)
    if row.ended_at is None or row.ended_how != CONFIRMED:
        raise Overtaken(f"That was not saved: {about.row.name} goes on already.")
    if not why.strip():
        raise BadFields({TEXT: "Say why, in a few words."})
    check_texts(uow, about.sheet, {TEXT: why})
    runs = PlanRow(
        row.id,
        row.plan_id,
        row.case_id,
        row.row_id,
        practice_doer_id=row.practice_doer_id,
        center_doer_id=row.center_doer_id,
        generation=row.generation + 1,
    )
    uow.plans.keep_rows([runs])
    restored = [
        found
        for one in _of_row(uow, about)
        if (found := _as_it_was(uow, by, one, why)) is not None
    ]
    uow.audit(about.plan.workspace_id, "row goes on", row.id, {"row": about.row.id})
    finish(uow, restored)
    refit(uow, about.plan)
    grow(uow, about.plan)
    follow_responsibility(uow, about.plan.case_id)
    return Done(GOES_ON, about.item.id)


def take_back_next(uow: Unit, by: Person, about: ItemSheet) -> None:
    """Leave out the next look that came with one that is taken back."""
    looks = [one for one in _of_row(uow, about) if one.number >= FIXED_FROM]
    later = [one for one in looks if one.number > about.item.number]
    untouched = [one for one in later if one.state in {State.UPCOMING, State.OPEN}]
    for one in untouched:
        gone = replace(one, state=State.NOT_NEEDED, why=Why.REPLACED)
        finish(uow, [keep(uow, by, one, gone, "taken back")])


def _to_end(uow: Unit, by: Person, id_: str, seen: int | None) -> ItemSheet:
    """Return an item of the row, its case held. Clinicians alone end a row."""
    hold_plans(uow, [id_])
    (about,) = items_to_move(uow, by, [id_], seen=seen)
    is_theirs = PEOPLE & about.sheet.parts_of(by.member)
    if by.role not in CLINICAL or not is_theirs:
        raise NotForYou(
            f"Whether {about.row.name} goes on or ends is for a clinician of this"
            " patient to say."
        )
    return about


def _check_confirmed(end: End, ending: Ending) -> None:
    known = frozenset(range(len(end.parts)))
    confirmed = ending.parts & known
    if end.how is Ends.ALL and confirmed != known:
        raise BadFields({PARTS: "It ends when each of these is confirmed."})
    if end.how is Ends.ANY and not confirmed:
        raise BadFields({PARTS: "Confirm at least one of these."})
    if end.how is Ends.REVIEW and not ending.why.strip():
        raise BadFields({TEXT: "The source names no end: say why it ends."})


def _no_end(about: ItemSheet) -> str:
    name = about.row.name
    if about.row.is_life_long:
        return f"{name} goes on for as long as the patient lives."
    return f"{name} ends by itself with its last window."


def _words(end: End, ending: Ending) -> str:
    """Return which parts were confirmed, in the row's words, and why."""
    confirmed = [end.parts[one] for one in sorted(ending.parts) if one < len(end.parts)]
    return "\n".join(
        [*confirmed, *([ending.why.strip()] if ending.why.strip() else [])]
    )


def _keep_end(
    uow: Unit, by: Person, about: ItemSheet, row: PlanRow, words: str
) -> None:
    ended = replace(
        row,
        ended_at=uow.now,
        ended_by=by.clinician_id,
        ended_how=CONFIRMED,
        ended_why=words,
        generation=row.generation + 1,
    )
    uow.plans.keep_rows([ended])
    codes = {"row": about.row.id, "how": CONFIRMED}
    uow.audit(about.plan.workspace_id, "row ended", ended.id, codes)


def _row_of(uow: Unit, about: ItemSheet) -> PlanRow:
    return planned_rows(uow, [about.plan])[about.plan.id].row(about.row.id)


def _of_row(uow: Unit, about: ItemSheet) -> list[Item]:
    """Return every item of the row in this plan, locked."""
    items = uow.items.of_plans([about.plan.id])
    ids = [one.id for one in items if one.row_id == about.row.id]
    return uow.items.items_to_change(ids)


def _still_to_come(uow: Unit, about: ItemSheet) -> list[Item]:
    return [one for one in _of_row(uow, about) if one.state in WAITING]


def _not_needed(uow: Unit, by: Person, item: Item) -> Item:
    ended = replace(
        item,
        state=State.NOT_NEEDED,
        why=Why.ENDED,
        hold=None,
        look_again_on=None,
        missed_on=None,
        quiet_until=None,
    )
    return keep(uow, by, item, ended, ENDED)


def _as_it_was(uow: Unit, by: Person, item: Item, why: str) -> Item | None:
    """Return an item that ended with its row as it was before; None for any other."""
    change = uow.items.last_change(item.id)
    if change is None or change.event != ENDED:
        return None
    restored = replace(
        item.as_before(change),
        note=why.strip(),
        changed_by=by.clinician_id,
        changed_at=uow.now,
        generation=item.generation + 1,
    )
    uow.items.take_back(restored, change, at=uow.now)
    return restored


def _next_look(uow: Unit, about: ItemSheet, again: Span) -> Item:
    """Return the next look, with the margins that the row's own window has."""
    numbers = [one.number for one in _of_row(uow, about)]
    number = max([FIXED_FROM - 1, *numbers]) + 1
    return Item(
        id=item_id(about.plan.id, about.row.id, number),
        workspace_id=about.item.workspace_id,
        case_id=about.item.case_id,
        plan_id=about.plan.id,
        row_id=about.row.id,
        number=number,
        site_id=about.item.site_id,
        doer_id=about.item.doer_id,
        window=_around(about, again.after(about.today)),
        state=State.UPCOMING,
        changed_at=uow.now,
        fixed=True,
    )


def _around(about: ItemSheet, day: date) -> Window:
    window = about.item.window
    before = min(window.target - window.earliest, day - about.today)
    return Window(day - before, day, day + (window.latest - window.target))
