"""What people do with items: done, drawn, held, not needed, put off, opened again.

Each takes one item or several of one list, all of them or none. Where somebody was
faster with one of several, *done* does the others and says so by name, since what the
reader wanted holds of that one already; nothing else is ever done in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.actions.done import Done
from bot.actions.item_steps import (
    REASON,
    TEXT,
    VALUE,
    changed_meanwhile,
    check_day,
    check_texts,
    check_until,
    finish,
    fit_in,
    follow_series,
    hold_plans,
    hold_series,
    items_to_move,
    moved,
    refuse_confirmed,
)
from bot.actions.item_telling import say_to_center
from bot.items import ItemSheet
from bot.refusals import BadFields, NotThisWay, Overtaken
from care.item import Event, State, Why
from care.knowledge.protocol import Hold
from storage.actors import Person
from storage.item_records import Item
from storage.unit import Unit

TO_DO = frozenset({State.UPCOMING, State.OPEN, State.MISSED})
WAIVED_FOR = (Why.NOT_INDICATED, Why.PATIENT_DECLINED, Why.OTHER)
"""Reasons for which a person says that a check is not needed."""
MOST = 200
"""Characters of a value, which is what a lab or a note says, and no more."""


def do(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    done_on: date | None = None,
    value: str = "",
    seen: int | None = None,
) -> Done:
    """Record that items were done, on a day at the center, today if none is named.

    Of several, one that somebody else has ended or held meanwhile stays as it is: the
    answer names those that were done. Raises `NoPart`, `NotForYou`, `NotThisWay`,
    `Overtaken` or `BadFields`; nothing is kept then.
    """
    hold_series(uow, item_ids)
    there = items_to_move(uow, by, item_ids, seen=seen)
    _refuse_running(there)
    able = TO_DO | {State.HELD} if len(there) == 1 else TO_DO
    here = [one for one in there if one.item.state in able]
    if not here:
        raise Overtaken(" ".join(changed_meanwhile(uow, one) for one in there))
    _check_value(uow, here, value)
    done = [_done(uow, by, one, done_on, value) for one in here]
    finish(uow, done)
    follow_series(uow, here)
    return _of("done", done)


def draw(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    drawn_on: date | None = None,
    seen: int | None = None,
) -> Done:
    """Record that blood was drawn; the item waits for its result as before.

    Raises as `do` does.
    """
    changed = []
    for one in items_to_move(uow, by, item_ids, seen=seen):
        day = drawn_on or one.today
        check_day(one, day)
        drawn: dict[str, Any] = {"drawn_on": day, "drawn_by": by.clinician_id}
        changed.append(moved(uow, by, one, Event.DRAW, **drawn))
    finish(uow, changed)
    return _of("drawn", changed)


def hold(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    reason: Hold | None,
    until: date | None,
    text: str = "",
    seen: int | None = None,
) -> Done:
    """Let items wait for something, and say when somebody looks at them again.

    Raises as `do` does: there is no hold without a day.
    """
    there = items_to_move(uow, by, item_ids, seen=seen)
    if reason is None:
        raise BadFields({REASON: "Choose what it waits for."})
    _check_text(uow, there, text, needed=reason is Hold.OTHER)
    words = {"hold": reason, "until": check_until(there[0], until)}
    note = text.strip() or None
    changed = [moved(uow, by, o, Event.HOLD, words=words, note=note) for o in there]
    finish(uow, changed)
    return _of("held", changed)


def waive(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    why: Why | None,
    text: str = "",
    seen: int | None = None,
) -> Done:
    """Record that items are not needed, which is for a clinician to judge.

    What is no clinical check, such as a report, anybody of the case may leave out.
    Raises as `do` does.
    """
    there = items_to_move(uow, by, item_ids, seen=seen)
    if why not in WAIVED_FOR:
        raise BadFields({REASON: "Choose why it is not needed."})
    _check_text(uow, there, text, needed=why is Why.OTHER)
    told: dict[str, Any] = {"why": why, "note": text.strip() or None}
    changed = [moved(uow, by, one, Event.WAIVE, **told) for one in there]
    finish(uow, changed)
    return _of("not needed", changed)


def elsewhere(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    text: str = "",
    seen: int | None = None,
) -> Done:
    """Record that somebody else has done what was due. Raises as `do` does."""
    there = items_to_move(uow, by, item_ids, seen=seen)
    _refuse_running(there)
    _check_text(uow, there, text, needed=False)
    told: dict[str, Any] = {"why": Why.DONE_ELSEWHERE, "note": text.strip() or None}
    changed = [moved(uow, by, one, Event.ELSEWHERE, **told) for one in there]
    finish(uow, changed)
    return _of("done elsewhere", changed)


def put_off(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    until: date | None,
    text: str = "",
    seen: int | None = None,
) -> Done:
    """Let items be brought up again on a later day.

    Within their windows that is a tap; beyond, it takes a reason and they stay open
    up to that day. Raises as `do` does.
    """
    there = items_to_move(uow, by, item_ids, seen=seen)
    day = check_until(there[0], until)
    beyond = any(day > one.item.ends_on for one in there)
    _check_text(uow, there, text, needed=beyond)
    note: dict[str, Any] = {"note": text.strip()} if text.strip() else {}
    words = {"until": day}
    changed = [moved(uow, by, o, Event.PUT_OFF, words=words, **note) for o in there]
    finish(uow, changed)
    return _of("put off", changed)


def take_up(
    *, uow: Unit, by: Person, item_ids: Sequence[str], seen: int | None = None
) -> Done:
    """Take items up again that were held. Raises as `do` does."""
    there = items_to_move(uow, by, item_ids, seen=seen)
    changed = [moved(uow, by, one, Event.TAKE_UP) for one in there]
    finish(uow, changed)
    return _of("taken up", changed)


def reopen(
    *,
    uow: Unit,
    by: Person,
    item_ids: Sequence[str],
    text: str,
    seen: int | None = None,
) -> Done:
    """Open items again that were done, or not needed, with a reason.

    What was recorded with them stays with the change. Raises as `do` does.
    """
    hold_plans(uow, item_ids)
    there = items_to_move(uow, by, item_ids, seen=seen)
    _check_text(uow, there, text, needed=True)
    refuse_confirmed(uow, there)
    bare = dict.fromkeys(("done_by", "why", "value", "drawn_on", "drawn_by"))
    changed = [
        moved(uow, by, one, Event.REOPEN, note=text.strip(), **bare) for one in there
    ]
    finish(uow, changed)
    fit_in(uow, there)
    return _of("opened again", changed)


def tell_center(*, uow: Unit, by: Person, item_id: str) -> Done:
    """Ask who is on duty at the center to look at the result of an item.

    What is posted names the patient's code and nobody's result. Raises `NoPart`,
    `NobodyOnDuty`, or `Overtaken` where nothing is recorded.
    """
    (about,) = items_to_move(uow, by, [item_id])
    if about.item.done_on is None and about.item.drawn_on is None:
        raise Overtaken(f"No result of {about.row.name} is recorded.")
    found = say_to_center(uow, about.sheet, about.item, by=by.clinician_id)
    item = about.item
    uow.audit(item.workspace_id, "result shown", item.id, {"to": found.id})
    return Done("told", item.id)


def _done(
    uow: Unit, by: Person, about: ItemSheet, done_on: date | None, value: str
) -> Item:
    day = done_on or about.today
    check_day(about, day)
    told: dict[str, Any] = {
        "done_by": by.clinician_id,
        "value": value.strip() or about.item.value,
    }
    return moved(uow, by, about, Event.DO, words={"done_on": day}, **told)


def _check_value(uow: Unit, there: Sequence[ItemSheet], value: str) -> None:
    if not value.strip():
        return
    if len(there) > 1:
        raise BadFields({VALUE: "A value belongs to one check: record that one alone."})
    if len(value) > MOST:
        raise BadFields({VALUE: f"Write at most {MOST} characters."})
    check_texts(uow, there[0].sheet, {VALUE: value})


def _check_text(
    uow: Unit, there: Sequence[ItemSheet], text: str, *, needed: bool
) -> None:
    if needed and not text.strip():
        raise BadFields({TEXT: "Say why, in a few words."})
    check_texts(uow, there[0].sheet, {TEXT: text})


def _refuse_running(there: Sequence[ItemSheet]) -> None:
    for one in there:
        if one.runs:
            raise NotThisWay(
                f"{one.row.name} runs until somebody ends it. Look at it by itself:"
                " it goes on, or it ends."
            )


def _of(what: str, changed: Sequence[Item]) -> Done:
    """Return what was done, with the ids of the items that it was done with."""
    return Done(what, " ".join(one.id for one in changed))
