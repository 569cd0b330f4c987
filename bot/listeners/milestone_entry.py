"""Reads what the form of a step says; days count from the day at the center."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.actions.entries import Entry
from bot.refusals import BadFields
from bot.views.ids import Field
from bot.views.milestone_forms import YES, result_field
from care.journey import CourseKind
from care.milestone import (
    LINES,
    RESULTS,
    Contact,
    FirstCall,
    Milestone,
    Place,
    Product,
    Reason,
    Result,
    Step,
)

COUNTED = frozenset({Field.DAYS_AGO, Field.DAYS_AHEAD, Field.UNTIL_AHEAD})
"""Fields whose number counts from the day on which it is written."""

Values = Mapping[str, str]
Choice = TypeVar("Choice", bound=StrEnum)


def read_entry(values: Values, step: Step, today: date) -> Entry:
    """Return what a form says; days are counted from `today` at the center."""
    return Entry(
        step=step,
        result=_result_of(values, step),
        day=_day(values, today),
        until=_until(values, today),
        reason=_one_of(Reason, values.get(Field.REASON)),
        product=_one_of(Product, values.get(Field.PRODUCT)),
        place=_one_of(Place, values.get(Field.PLACE)),
        contact=_one_of(Contact, values.get(Field.CONTACT)),
        first_call=_one_of(FirstCall, values.get(Field.FIRST_CALL)),
        therapy=_one_of(CourseKind, values.get(Field.THERAPY)),
        note=values.get(Field.MEANWHILE) or values.get(Field.NOTE, ""),
        lines={one: values.get(one, "") for one in LINES},
        same_patient=values.get(Field.SAME_PATIENT) == YES,
    )


def keep_past_until(entry: Entry, old: Milestone, today: date) -> Entry:
    """Keep until when something held, where its field could not show that it is over.

    Days are asked for ahead: a day behind can be left as it was, or put anew.
    """
    over = old.until is not None and old.until < today
    if entry.until is None and over and entry.result is old.result:
        return replace(entry, until=old.until)
    return entry


def at_fields(sentences: Mapping[str, str], values: Values) -> dict[str, str]:
    """Return each sentence at the field that stands in the form for it."""
    asked_in: Mapping[str, tuple[str, ...]] = {
        Field.DAY: (Field.DAYS_AGO, Field.DAYS_AHEAD),
        Field.UNTIL: (Field.UNTIL_AHEAD,),
    }
    return {
        next((one for one in asked_in.get(name, ()) if one in values), name): told
        for name, told in sentences.items()
    }


def step_of_result(values: Values) -> Step:
    """Return the step whose result is chosen in a form."""
    fields = {result_field(step): step for step in Step}
    return next(fields[name] for name in values if name in fields)


def to_open_with(draft: Values, step: str) -> Values:
    """Return what of a draft a form for `step` opens with: nothing of another's.

    Days are left out: they count from today, and the draft may be of yesterday.
    """
    if step and draft.get(Field.STEP, step) != step:
        return {}
    return {name: text for name, text in draft.items() if name not in COUNTED}


def _result_of(values: Values, step: Step) -> Result:
    if len(RESULTS[step]) == 1:
        return RESULTS[step][0]
    try:
        return Result(values.get(result_field(step), ""))
    except ValueError as error:
        raise BadFields({result_field(step): "Choose how it stands."}) from error


def _day(values: Values, today: date) -> date | None:
    if values.get(Field.DAY):
        return date.fromisoformat(values[Field.DAY])
    if values.get(Field.DAYS_AGO):
        return _in_days(today, -_count(values, Field.DAYS_AGO), Field.DAYS_AGO)
    if values.get(Field.DAYS_AHEAD):
        return _in_days(today, _count(values, Field.DAYS_AHEAD), Field.DAYS_AHEAD)
    return None


def _until(values: Values, today: date) -> date | None:
    if values.get(Field.UNTIL):
        return date.fromisoformat(values[Field.UNTIL])
    if values.get(Field.UNTIL_AHEAD):
        days = _count(values, Field.UNTIL_AHEAD)
        return _in_days(today, days, Field.UNTIL_AHEAD)
    return None


def _count(values: Values, name: Field) -> int:
    try:
        return int(values[name])
    except ValueError as error:
        raise BadFields({name: "Write a whole number of days."}) from error


def _in_days(today: date, days: int, name: Field) -> date:
    try:
        return today + timedelta(days=days)
    except OverflowError as error:
        raise BadFields({name: "That lies too far away."}) from error


def _one_of(kind: type[Choice], value: str | None) -> Choice | None:
    return kind(value) if value else None
