"""Forms of the journey: a step, its correction, and what a course waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.sheets import Sheet
from bot.views import journey_words as say
from bot.views import kit, words
from bot.views.ids import VALUE, Act, Field, Form, FormData
from care.cases import one_line
from care.journey import CourseKind
from care.milestone import (
    AHEAD,
    LINES,
    RESULTS,
    Ask,
    Contact,
    FirstCall,
    Place,
    Product,
    Result,
    Step,
    asks,
    reasons,
)
from care.patient_time import PatientTime
from care.stalled import ASK_AGAIN_IN
from storage.courses import Recorded

TAKEN_AWAY = "taken away"
"""The choice in a correction by which a step was not taken at all."""
YES = "yes"
FAR = 9999
LINE = 300
"""Characters of a line that is asked for beside others."""


@dataclass(frozen=True)
class Recording:
    """What somebody may record of a course, and what they have chosen so far."""

    sheet: Sheet
    choices: Mapping[Step, Sequence[Result]]
    step: Step
    result: Result
    values: Mapping[str, str]
    """What was written before, field by field."""
    not_mine: Step | None = None
    """The step that was asked for, where somebody else records it."""

    @property
    def time(self) -> PatientTime:
        """How the patient's days are asked for."""
        return self.sheet.time


def result_field(step: Step) -> str:
    """Return the block in which a step's result is chosen."""
    return f"{Field.RESULT}_{step.name.lower()}"


def milestone_form(data: FormData, this: Recording) -> dict[str, Any]:
    """Return the form that records a step; it asks for no more than the step needs."""
    return kit.modal(
        "Record a step",
        [
            kit.context(kit.escape(_case(this.sheet)), *_not_mine(this)),
            _step(this),
            *_results(this),
            *_asked(this),
        ],
        callback_id=Form.MILESTONE,
        metadata=data.dump(),
        submit="Record",
        close="Cancel",
        external_id=data.intent,
    )


def correction_form(
    data: FormData,
    this: Recording,
    old: Recorded,
    changes: Sequence[kit.Block] = (),
) -> dict[str, Any]:
    """Return the form that corrects a step, or takes it away.

    `changes` is what it would change beside the journey, which is shown first.
    """
    told = say.recorded(old.milestone.step, old.milestone.result)
    day = this.time.now(old.milestone.day)
    return kit.modal(
        "Correct a step",
        [
            *changes,
            kit.context(f"Recorded: {told} · {day}. What was recorded stays kept."),
            _result(this, this.choices[this.step], correcting=True),
            *_asked(this),
            kit.field("Why is it corrected?", Field.WHY, _text(this, Field.WHY, 300)),
        ],
        callback_id=Form.CORRECTION,
        metadata=data.dump(),
        submit="Correct",
        close="Cancel",
        external_id=data.intent,
    )


def waiting_form(data: FormData, sheet: Sheet) -> dict[str, Any]:
    """Return the form that says who a course waits for, and when to ask again."""
    parties = [kit.option(words.begun(text), one) for one, text in say.PARTY.items()]
    days = [kit.option(f"In {n} days", str(n)) for n in ASK_AGAIN_IN]
    course = sheet.course
    initial = course.waits_on if course else None
    return kit.modal(
        "Waiting for",
        [
            kit.context(kit.escape(_case(sheet))),
            kit.field(
                "Whom does it wait for?",
                Field.PARTY,
                kit.radio(VALUE, parties, initial=initial),
            ),
            kit.field(
                "Ask again", Field.AGAIN_IN, kit.select(VALUE, days, initial="7")
            ),
        ],
        callback_id=Form.AWAIT,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
        external_id=data.intent,
    )


def _case(sheet: Sheet) -> str:
    line = one_line(sheet.case.summary)
    return f"{sheet.case.code} · {line}" if line else sheet.case.code


def _not_mine(this: Recording) -> list[str]:
    """Say who records what somebody asked for, rather than only offer another step."""
    if this.not_mine is None:
        return []
    who = this.sheet.course_waits_for
    step = words.begun(say.STEP[this.not_mine])
    said = f"{step} is not yours to record: it waits for {kit.escape(who.name)}."
    return [f"{said} You can record these."]


def _step(this: Recording) -> kit.Block:
    options = [kit.option(words.begun(say.STEP[one]), one) for one in this.choices]
    element = kit.select(Act.CHOOSE_STEP, options, initial=this.step)
    return kit.field("Step", Field.STEP, element, dispatch=True)


def _results(this: Recording) -> list[kit.Block]:
    """Return the choice of a result, where there is something to choose."""
    results = this.choices[this.step]
    several = len(results) > 1 or len(RESULTS[this.step]) > 1
    return [_result(this, results, correcting=False)] if several else []


def _result(
    this: Recording, results: Sequence[Result], *, correcting: bool
) -> kit.Block:
    options = [
        kit.option(words.begun(say.result_of(this.step, one)), one) for one in results
    ]
    if correcting:
        options.append(kit.option("It was not so: take it away", TAKEN_AWAY))
    taken_away = this.values.get(result_field(this.step)) == TAKEN_AWAY
    initial = TAKEN_AWAY if taken_away else this.result
    element = kit.radio(Act.CHOOSE_STEP, options, initial=initial)
    label = words.begun(say.STEP[this.step])
    return kit.field(label, result_field(this.step), element, dispatch=True)


def _asked(this: Recording) -> list[kit.Block]:
    if this.values.get(result_field(this.step)) == TAKEN_AWAY:
        return []
    makers = {
        Ask.DAY: _day,
        Ask.REASON: _reason,
        Ask.PLACE: _place,
        Ask.CONTACT: _contact,
        Ask.FIRST_CALL: _first_call,
        Ask.UNTIL: _until,
        Ask.PRODUCT: _product,
        Ask.THERAPY: _therapy,
        Ask.MEANWHILE: _meanwhile,
        Ask.NOTE: _note,
        Ask.WHAT_HAPPENED: _line(Field.WHAT_HAPPENED),
        Ask.WHAT_CHANGED: _line(Field.WHAT_CHANGED),
        Ask.WHO_DOES: _line(Field.WHO_DOES),
        Ask.SAME_PATIENT: _same_patient,
    }
    return [makers[one](this) for one in asks(this.step, this.result)]


def _day(this: Recording) -> kit.Block:
    ahead = this.result in AHEAD
    if this.time.asks_dates:
        default = None if ahead else this.time.today
        initial = _date(this.values.get(Field.DAY)) or default
        return kit.field("Day", Field.DAY, kit.date_picker(VALUE, initial=initial))
    name, label = (
        (Field.DAYS_AHEAD, "In how many days?")
        if ahead
        else (Field.DAYS_AGO, "How many days ago? (0 is today)")
    )
    number = _number(this.values.get(name))
    initial_days = 0 if number is None and not ahead else number
    element = kit.number_input(VALUE, initial=initial_days, most=FAR)
    return kit.field(label, name, element)


def _until(this: Recording) -> kit.Block:
    granted = this.step is Step.AUTHORIZATION
    label = "Granted until" if granted else "Look again"
    if this.time.asks_dates:
        element = kit.date_picker(VALUE, initial=_date(this.values.get(Field.UNTIL)))
        return kit.field(label, Field.UNTIL, element, optional=True)
    number = _number(this.values.get(Field.UNTIL_AHEAD))
    element = kit.number_input(VALUE, initial=number, most=FAR)
    label = f"{label}: in how many days?"
    past = number is None and this.values.get(Field.UNTIL)
    hint = "It is over. Left blank, it stays as it was recorded." if past else None
    return kit.field(label, Field.UNTIL_AHEAD, element, hint=hint, optional=True)


def _reason(this: Recording) -> kit.Block:
    options = [kit.option(words.begun(one), one) for one in reasons(this.step)]
    return _choice(this, "Reason", Field.REASON, options)


def _place(this: Recording) -> kit.Block:
    options = [kit.option(words.begun(one), one) for one in Place]
    return _choice(this, "Where", Field.PLACE, options)


def _contact(this: Recording) -> kit.Block:
    options = [kit.option(words.begun(one), one) for one in Contact]
    return _choice(this, "Who reached out", Field.CONTACT, options)


def _first_call(this: Recording) -> kit.Block:
    options = [kit.option(words.begun(one), one) for one in FirstCall]
    return _choice(this, "First call while in hospital", Field.FIRST_CALL, options)


def _product(this: Recording) -> kit.Block:
    options = [kit.option(one[0].upper() + one[1:], one) for one in Product]
    return _choice(this, "Product", Field.PRODUCT, options)


def _therapy(this: Recording) -> kit.Block:
    kinds = (CourseKind.BISPECIFIC, CourseKind.OTHER)
    options = [kit.option(words.begun(one), one) for one in kinds]
    return _choice(this, "Which therapy", Field.THERAPY, options)


def _choice(
    this: Recording, label: str, name: Field, options: Sequence[kit.Element]
) -> kit.Block:
    element = kit.select(VALUE, options, initial=this.values.get(name))
    return kit.field(label, name, element)


def _meanwhile(this: Recording) -> kit.Block:
    hint = "The practice reads this. “None” is an answer."
    element = _text(this, Field.MEANWHILE, 1000)
    return kit.field("What not to give meanwhile", Field.MEANWHILE, element, hint=hint)


def _note(this: Recording) -> kit.Block:
    hint = "No names, dates or record numbers."
    element = _text(this, Field.NOTE, 1000)
    return kit.field("Note", Field.NOTE, element, hint=hint, optional=True)


def _line(name: Field) -> Callable[[Recording], kit.Block]:
    """Return what makes the field of one of the lines that are asked for."""

    def make(this: Recording) -> kit.Block:
        element = _text(this, name, LINE)
        return kit.field(f"{LINES[Ask(name)]}?", name, element)

    return make


def _same_patient(this: Recording) -> kit.Block:
    text = f"Yes, {this.sheet.case.code} is this patient in our own record"
    element = kit.checkbox(VALUE, text)
    hint = one_line(this.sheet.case.summary) or None
    return kit.field("Same patient?", Field.SAME_PATIENT, element, hint=hint)


def _text(this: Recording, name: Field, most: int) -> kit.Element:
    return kit.text_input(VALUE, initial=this.values.get(name), most=most)


def _number(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() else None


def _date(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
