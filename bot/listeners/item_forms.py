"""The forms about checks: made for who opens them, and read when they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from slack_bolt import Ack, BoltContext

from bot.actions import item_ends, item_steps
from bot.actions import items as acts
from bot.actions.done import Done
from bot.actions.drafting import my_draft
from bot.actions.item_doers import reassign
from bot.desk import Desk
from bot.items import check_page, said_of, visit_page
from bot.listeners.forms import SubmittedForm, read_values
from bot.listeners.incoming import of
from bot.listeners.opening import View
from bot.refusals import BadFields, NotForYou
from bot.views import item_forms, items
from bot.views.ids import Field, FormData, FormOf
from care.item import Why
from care.knowledge.protocol import Hold
from storage.actors import Person
from storage.unit import Reading

Values = Mapping[str, str]
DECIDED = frozenset({FormOf.END, FormOf.GOES_ON, FormOf.AFTER_ALL})
"""What only a clinician of the patient decides."""


def item_page(
    reading: Reading,
    by: Person,
    item_ids: Sequence[str],
    said: str = "",
    *,
    told_nobody: bool = False,
) -> View:
    """Return the page of one check, or of several. Raises `NoPart`."""
    if len(item_ids) == 1:
        page = check_page(reading, by, item_ids[0])
        return items.check_modal(page, said, told_nobody=told_nobody)
    return items.visit_modal(visit_page(reading, by, item_ids), said)


def form_of(
    reading: Reading, by: Person, of_: FormOf, item_ids: Sequence[str], intent: str
) -> View:
    """Return a form about some checks. Raises `NoPart` or `NotForYou`."""
    about = visit_page(reading, by, item_ids)
    page = check_page(reading, by, item_ids[0]) if len(item_ids) == 1 else None
    if of_ in DECIDED and (page is None or not page.may_decide):
        raise NotForYou(
            "Whether it goes on or ends is for a clinician of this patient to say."
        )
    data = FormData(
        intent,
        event=of_.name,
        subject=draft_subject(item_ids),
        items=tuple(item_ids),
        version=str(about.version),
    )
    asked = item_forms.Asked(
        of=of_,
        checks=about.checks,
        page=page,
        staff=reading.people.staff(about.checks[0].site.id),
    )
    values = my_draft(reading, by, of_.name, data.subject)
    return item_forms.item_form(data, asked, values)


def draft_subject(item_ids: Sequence[str]) -> str:
    """Return under what a form about some checks is kept for its author."""
    if len(item_ids) == 1:
        return item_ids[0]
    return hashlib.sha256("\n".join(item_ids).encode()).hexdigest()


def submitter(desk: Desk) -> Callable[..., None]:
    """Make the listener to whatever form about checks is sent."""

    def submit(ack: Ack, context: BoltContext, view: View) -> None:
        data = FormData.load(view["private_metadata"])
        values = read_values(view)
        done: list[Done] = []

        def send(by: Person, key: str) -> None:
            try:
                done.append(_perform(desk, by, key, data, values))
            except BadFields as error:
                raise BadFields(_at_fields(error.sentences, values)) from error

        form = SubmittedForm(desk, data.event, data.subject, next(iter(values)), values)
        form.submit(
            ack,
            context,
            send,
            view,
            then=lambda: _after(desk, context, data, values, done[0]),
        )

    return submit


def _after(
    desk: Desk, context: BoltContext, data: FormData, values: Values, done: Done
) -> View:
    """Return the page that stands there when a form was sent."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    shown = data.items
    with_value = bool(values.get(Field.ITEM_VALUE, "").strip())
    with desk.read() as reading:
        said = (
            ""
            if with_value
            else said_of(reading, by, shown, what=done.what, done=done.subject)
        )
        return item_page(reading, by, shown, said, told_nobody=with_value)


def _perform(desk: Desk, by: Person, key: str, data: FormData, values: Values) -> Done:
    shown = data.items
    act, words = _ACTS[FormOf[data.event]]
    sent = _Sent(desk, by, shown, values)
    return desk.perform(act, by=by, key=key, **words(sent) | _about(act, data, shown))


def _about(
    act: Callable[..., Done], data: FormData, shown: Sequence[str]
) -> dict[str, Any]:
    """Return which items a form is about, and what it had shown of them."""
    seen = int(data.version)
    if act is item_ends.go_on_after_all:
        return {"item_id": shown[0]}
    if act in {item_ends.end_row, item_ends.let_go_on}:
        return {"item_id": shown[0], "seen": seen}
    if FormOf[data.event] is FormOf.ALL_BUT:
        return {}
    return {"item_ids": shown, "seen": seen}


@dataclass(frozen=True)
class _Sent:
    """What was written in a form about some checks."""

    desk: Desk
    by: Person
    shown: Sequence[str]
    values: Values

    @property
    def text(self) -> str:
        return self.values.get(Field.TEXT, "")

    @property
    def day(self) -> date:
        """On which day it was done: that chosen, or so many days ago."""
        told = self.values.get(Field.DAY)
        if told:
            return date.fromisoformat(told)
        ago = self.values.get(Field.DAYS_AGO) or "0"
        return self._today() - timedelta(days=int(ago))

    @property
    def until(self) -> date | None:
        """Up to which day it waits: that chosen, or in so many days."""
        told = self.values.get(Field.ITEM_UNTIL)
        ahead = self.values.get(Field.ITEM_UNTIL_AHEAD, "")
        if told:
            return date.fromisoformat(told)
        if not ahead.isdecimal():
            return None
        return self._today() + timedelta(days=int(ahead))

    @property
    def ticked(self) -> list[str]:
        """The checks that stayed ticked. Raises `BadFields` for none."""
        groups = sorted(n for n in self.values if n.startswith(f"{Field.ITEMS}_"))
        found = [one for name in groups for one in _split(self.values[name])]
        if not found:
            raise BadFields({groups[0]: "Tick what was done, or close this form."})
        return found

    @property
    def parts(self) -> frozenset[int]:
        """Which parts of an end were confirmed."""
        ticked = _split(self.values.get(Field.ITEM_PARTS, ""))
        return frozenset(int(one) for one in ticked)

    @property
    def months(self) -> int | None:
        told = self.values.get(Field.ITEM_MONTHS, "")
        return int(told) if told.isdecimal() else None

    @property
    def person(self) -> str | None:
        told = self.values.get(Field.PERSON, "")
        return None if told == item_forms.NOBODY else told

    def code(self, of_: type[StrEnum]) -> Any:
        """Return the reason that was chosen; None for none."""
        return of_.__members__.get(self.values.get(Field.REASON, ""))

    def _today(self) -> date:
        with self.desk.read() as reading:
            return visit_page(reading, self.by, self.shown).sheet.time.today


_ACTS: Mapping[
    FormOf, tuple[Callable[..., Done], Callable[[_Sent], dict[str, Any]]]
] = {
    FormOf.DO: (
        acts.do,
        lambda s: {"done_on": s.day, "value": s.values.get(Field.ITEM_VALUE, "")},
    ),
    FormOf.ALL_BUT: (acts.do, lambda s: {"item_ids": s.ticked}),
    FormOf.HOLD: (
        acts.hold,
        lambda s: {"reason": s.code(Hold), "until": s.until, "text": s.text},
    ),
    FormOf.WAIVE: (acts.waive, lambda s: {"why": s.code(Why), "text": s.text}),
    FormOf.ELSEWHERE: (acts.elsewhere, lambda s: {"text": s.text}),
    FormOf.PUT_OFF: (acts.put_off, lambda s: {"until": s.until, "text": s.text}),
    FormOf.REOPEN: (acts.reopen, lambda s: {"text": s.text}),
    FormOf.GIVE: (
        reassign,
        lambda s: {
            "doer_id": s.person,
            "whole_row": bool(s.values.get(Field.ITEM_WHOLE_ROW)),
        },
    ),
    FormOf.END: (
        item_ends.end_row,
        lambda s: {"ending": item_ends.Ending(s.parts, s.text)},
    ),
    FormOf.GOES_ON: (item_ends.let_go_on, lambda s: {"months": s.months}),
    FormOf.AFTER_ALL: (item_ends.go_on_after_all, lambda s: {"why": s.text}),
}
"""What each form does, and with which of its words."""


def _split(text: str) -> list[str]:
    return [one for one in text.split(",") if one]


_FIELDS: Mapping[str, tuple[str, ...]] = {
    item_steps.DAY: (Field.DAY, Field.DAYS_AGO),
    item_steps.UNTIL: (Field.ITEM_UNTIL, Field.ITEM_UNTIL_AHEAD),
    item_steps.TEXT: (Field.TEXT,),
    item_steps.VALUE: (Field.ITEM_VALUE,),
    item_steps.REASON: (Field.REASON,),
    item_steps.WHO: (Field.PERSON,),
    item_ends.PARTS: (Field.ITEM_PARTS,),
    item_ends.MONTHS: (Field.ITEM_MONTHS,),
}
"""In which of a form's blocks each thing stands that can be wrong."""


def _at_fields(sentences: Values, values: Values) -> dict[str, str]:
    return {
        next((one for one in _FIELDS.get(name, ()) if one in values), name): told
        for name, told in sentences.items()
    }
