"""What else waits on somebody, as entries of their list, and how an action is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.handoff_fields import DOER
from bot.my_work import MyWork
from bot.sheets import Sheet
from bot.views import kit
from bot.views.handoff import OWED, due_text
from bot.views.ids import VALUE, Act, Carried, Form, FormData
from care.bridging import State
from care.ipass import Direction
from care.readiness import NAMED
from storage.bridging import Bridging
from storage.courses import Task
from storage.handoff_records import HandoffAction
from storage.readiness import ReadyItem
from storage.records import Clinician, Site

GIVE = "Give it to somebody"
WORDS = 300
"""Characters of what somebody wrote, in a list."""


def work_entries(work: MyWork, *, most: int) -> list[kit.Block]:
    """Return what else waits on somebody, each kind with `most` entries."""
    kinds: Sequence[tuple[Sequence[Any], Iterator[kit.Block], str]] = (
        (work.owed, (_owed(*one) for one in work.owed), "handoffs to offer"),
        (work.bridging, (_bridging(*one) for one in work.bridging), "of bridging"),
        (work.refused, (_refused(*one) for one in work.refused), "from handoffs"),
        (work.barriers, (_barrier(*one) for one in work.barriers), "barriers"),
        (work.tasks, (_task(*one) for one in work.tasks), "to do"),
    )
    blocks: list[kit.Block] = []
    for every, entries, named in kinds:
        blocks += _first(entries, most)
        if len(every) > most:
            blocks.append(kit.context(f"And {len(every) - most} more {named}."))
    return blocks


def give_form(
    data: FormData,
    sheet: Sheet,
    one: HandoffAction,
    people: Sequence[Clinician],
    sites: dict[str, Site],
) -> dict[str, Any]:
    """Return the form that gives an action to somebody."""
    options = [
        kit.option(f"{person.name}, {sites[person.site_id].name}", person.id)
        for person in people
    ]
    return kit.modal(
        "Give it on",
        [
            kit.section(f"*{sheet.case.code}*: nobody has this yet."),
            *kit.quotes(one.wording, before=f"By {due_text(one)}:"),
            *kit.quotes(one.answer or "", before="Not taken on:"),
            kit.field("Who does it", DOER, kit.select(VALUE, options)),
        ],
        callback_id=Form.ACTION_GIVE,
        metadata=data.dump(),
        submit="Give it",
        close="Cancel",
        external_id=data.intent,
    )


def _first(entries: Iterable[kit.Block], most: int) -> list[kit.Block]:
    return [block for block, _ in zip(entries, range(most), strict=False)]


def _owed(sheet: Sheet, direction: Direction) -> kit.Block:
    value = Carried(referral=sheet.referral.id).dump()
    why = OWED[direction].format(center=kit.escape(sheet.center.name))
    return _entry(sheet, why, kit.button("Hand off", Act.HAND_OFF, value=value))


def _bridging(sheet: Sheet, request: Bridging) -> kit.Block:
    version = str(request.generation)
    value = Carried(sheet.referral.id, subject=request.id, version=version).dump()
    asks = f"{kit.escape(sheet.center.name)} asks you for bridging."
    if request.state is State.COUNTERED:
        asks = f"{kit.escape(sheet.practice.name)} proposes another bridging."
    return _entry(sheet, asks, kit.button("Read it", Act.BRIDGING, value=value))


def _refused(sheet: Sheet, one: HandoffAction) -> kit.Block:
    value = Carried(subject=one.id).dump()
    why = kit.escape_within(one.answer or "", WORDS)
    told = (
        f"nobody has this yet, by {due_text(one)}:\n{kit.quote(one.text, WORDS)}\n"
        f"Not taken on: {why}"
    )
    return _entry(sheet, told, kit.button(GIVE, Act.ACTION_GIVE, value=value))


def _barrier(sheet: Sheet, item: ReadyItem) -> kit.Block:
    value = Carried(referral=sheet.referral.id).dump()
    stands = item.standing
    day = f", by {stands.day:%a} {stands.day.day} {stands.day:%b}" if stands.day else ""
    note = f"\n{kit.quote(item.note, WORDS)}" if item.note else ""
    told = f"barrier: {NAMED[stands.item].lower()}{day}{note}"
    return _entry(sheet, told, kit.button("Ready list", Act.READY_LIST, value=value))


def _task(sheet: Sheet, task: Task) -> kit.Block:
    value = Carried(referral=sheet.referral.id, subject=task.id).dump()
    due = kit.moment(task.due_at, "{date_short_pretty}")
    told = f"to do: {kit.escape(task.kind)}, by {due}"
    return _entry(sheet, told, kit.button("Done", Act.TICK_TASK, value=value))


def _entry(sheet: Sheet, told: str, button: kit.Element) -> kit.Block:
    return kit.section(f"*{sheet.case.code}*: {told}", accessory=button)
