"""The forms of bridging: what the center asks for, what the practice proposes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.sheets import Sheet
from bot.views import kit
from bot.views.ids import VALUE, Field, Form, FormData
from care.bridging import LABELS, Answer
from care.cases import one_line

TITLE = "Bridging"
LAST_DAY = "Last day before lymphodepletion"
MOST = 800
FAR = 365

_HINTS: Mapping[Answer, str] = {
    Answer.REGIMEN: "What the practice is asked to give, and how often.",
    Answer.AVOID: "“None” is an answer; blank is not.",
    Answer.LABS: "Which, how often, and to whom results are sent.",
    Answer.CALL: "Roles or names of staff. The center's 24-hour line stands below it.",
}


def request_form(
    data: FormData, sheet: Sheet, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the center's form: five things, none of them blank."""
    regimen, avoid, labs, call = (_text(one, values) for one in Answer)
    return kit.modal(
        TITLE,
        [
            kit.section(_case(sheet)),
            regimen,
            avoid,
            _last_day(sheet, values),
            labs,
            call,
            kit.context(
                f"{kit.escape(sheet.practice.name)} accepts it or proposes something"
                " else. Responsibility stays where it is."
            ),
        ],
        callback_id=Form.BRIDGING,
        metadata=data.dump(),
        submit="Ask",
        close="Cancel",
        external_id=data.intent,
    )


def counter_form(
    data: FormData, sheet: Sheet, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the practice's form: what it proposes instead."""
    element = kit.text_input(VALUE, initial=values.get(Field.COUNTER), most=MOST)
    hint = "The center reads it and asks again. No names, dates or record numbers."
    return kit.modal(
        TITLE,
        [
            kit.section(_case(sheet)),
            kit.field("What you propose, and why", Field.COUNTER, element, hint=hint),
        ],
        callback_id=Form.BRIDGING_COUNTER,
        metadata=data.dump(),
        submit="Propose",
        close="Cancel",
        external_id=data.intent,
    )


def _case(sheet: Sheet) -> str:
    summary = one_line(sheet.case.summary) or "Nothing recorded yet."
    return f"*{sheet.case.code}*\n{kit.escape(summary)}"


def _text(one: Answer, values: Mapping[str, str]) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(one), most=MOST)
    return kit.field(LABELS[one], one.value, element, hint=_HINTS[one])


def _last_day(sheet: Sheet, values: Mapping[str, str]) -> kit.Block:
    if sheet.time.asks_dates:
        written = values.get(Field.LAST_DAY)
        initial = date.fromisoformat(written) if written else None
        picker = kit.date_picker(VALUE, initial=initial)
        return kit.field(LAST_DAY, Field.LAST_DAY, picker)
    written = values.get(Field.LAST_DAY_AHEAD, "")
    number = kit.number_input(
        VALUE, initial=int(written) if written.isdecimal() else None, most=FAR
    )
    hint = "Counted from today at the center. No dose is given after it."
    label = f"{LAST_DAY}: in how many days?"
    return kit.field(label, Field.LAST_DAY_AHEAD, number, hint=hint)
