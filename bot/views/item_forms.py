"""The forms about checks: each asks no more than what is done needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.checks import Check
from bot.items import CheckPage
from bot.views import item_lines, item_words, kit, words
from bot.views.ids import VALUE, Field, Form, FormData, FormOf
from bot.views.knowledge import row_text
from care.item import Why
from care.knowledge.protocol import Ends, Hold
from care.patient_time import PatientTime
from storage.records import Clinician

NOBODY = "nobody"
"""Chosen where whoever coordinates is to do it."""
GROUP = 10
"""Boxes that Slack shows together."""
FAR = 366
MOST = 300
MONTHS = (1, 2, 3, 6, 12)

_TITLES: Mapping[FormOf, tuple[str, str]] = {
    FormOf.DO: ("Record", "Record"),
    FormOf.HOLD: ("Put on hold", "Put on hold"),
    FormOf.WAIVE: ("Not needed", "Record"),
    FormOf.ELSEWHERE: ("Done elsewhere", "Record"),
    FormOf.PUT_OFF: ("Remind me later", "Remind me then"),
    FormOf.REOPEN: ("Open again", "Open again"),
    FormOf.GIVE: ("Give it to somebody", "Give it"),
    FormOf.END: ("It ends", "It ends"),
    FormOf.GOES_ON: ("It goes on", "It goes on"),
    FormOf.AFTER_ALL: ("Let it go on", "Let it go on"),
    FormOf.ALL_BUT: ("All but …", "Record"),
}
_WHY: Mapping[Why, str] = {
    Why.NOT_INDICATED: "Not indicated for this patient",
    Why.PATIENT_DECLINED: "The patient declined",
    Why.OTHER: "Another reason",
}


@dataclass(frozen=True)
class Asked:
    """What a form about some checks is made from."""

    of: FormOf
    checks: Sequence[Check]
    page: CheckPage | None = None
    """Of one check alone: what it rests on."""
    staff: Sequence[Clinician] = ()
    """Who works at its site."""

    @property
    def time(self) -> PatientTime:
        """How the patient's days are said and asked."""
        return self.checks[0].time


def item_form(
    data: FormData, asked: Asked, values: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a form about one check or several, perhaps with what was written."""
    title, submit = _TITLES[asked.of]
    many = len(asked.checks) > 1
    lines = item_lines.visit_text if many else _one
    return kit.modal(
        title,
        [
            kit.section(lines(asked.checks)),
            *_cited(asked),
            *_fields(asked, values or {}),
        ],
        callback_id=Form.ITEM,
        metadata=data.dump(),
        submit=submit,
        close="Cancel",
        external_id=data.intent,
    )


def items_field(group: int) -> str:
    """Return the block of a group of checks that are ticked."""
    return f"{Field.ITEMS}_{group}"


def _one(checks: Sequence[Check]) -> str:
    return item_lines.check_text(checks[0])


def _cited(asked: Asked) -> list[kit.Block]:
    """Return the row as it was read, the same whatever is recorded."""
    if asked.page is None or asked.of not in {
        FormOf.DO,
        FormOf.END,
        FormOf.GOES_ON,
        FormOf.WAIVE,
    }:
        return []
    return row_text(asked.page.known, asked.page.row)


def _fields(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    return _MAKE[asked.of](asked, values)


def _done_fields(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    return [_day(asked.time, values), *_value(asked, values)]


def _hold_fields(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    return [
        _hold(asked, values),
        _until(asked.time, values, "When do you look at it again?"),
        _text("More about it", values, optional=True),
    ]


def _put_off_fields(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    hint = "Needed where it is later than the window."
    return [
        _until(asked.time, values, "Remind me"),
        _text("Why", values, optional=True, hint=hint),
    ]


def _day(time: PatientTime, values: Mapping[str, str]) -> kit.Block:
    if time.asks_dates:
        initial = _date(values.get(Field.DAY)) or time.today
        return kit.field(
            "On which day?", Field.DAY, kit.date_picker(VALUE, initial=initial)
        )
    written = values.get(Field.DAYS_AGO, "")
    number = kit.number_input(
        VALUE, initial=int(written) if written.isdecimal() else 0, most=3650
    )
    hint = "0 is today, at the center."
    return kit.field("How many days ago?", Field.DAYS_AGO, number, hint=hint)


def _value(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    row = asked.checks[0].row
    label = ", ".join(one.value for one in row.answers) or "What was found"
    line = kit.line_input(VALUE, initial=values.get(Field.ITEM_VALUE), most=200)
    hint = "Kept sealed. Nobody is told of it, and nothing depends on it."
    return [kit.field(label, Field.ITEM_VALUE, line, hint=hint, optional=True)]


def _hold(asked: Asked, values: Mapping[str, str]) -> kit.Block:
    """Return what it can wait for, first what its row foresees."""
    foreseen = asked.checks[0].row.holds if len(asked.checks) == 1 else ()
    reasons = [*foreseen, *(one for one in Hold if one not in foreseen)]
    options = [
        kit.option(words.begun(item_words.HELD[one]), one.name) for one in reasons
    ]
    menu = kit.select(VALUE, options, initial=values.get(Field.REASON))
    return kit.field("What does it wait for?", Field.REASON, menu)


def _why(values: Mapping[str, str]) -> kit.Block:
    options = [kit.option(text, one.name) for one, text in _WHY.items()]
    menu = kit.radio(VALUE, options, initial=values.get(Field.REASON))
    return kit.field("Why is it not needed?", Field.REASON, menu)


def _until(time: PatientTime, values: Mapping[str, str], label: str) -> kit.Block:
    tomorrow = time.today + timedelta(days=1)
    if time.asks_dates:
        initial = _date(values.get(Field.ITEM_UNTIL)) or tomorrow
        picker = kit.date_picker(VALUE, initial=initial)
        return kit.field(label, Field.ITEM_UNTIL, picker)
    written = values.get(Field.ITEM_UNTIL_AHEAD, "")
    number = kit.number_input(
        VALUE, initial=int(written) if written.isdecimal() else 7, least=1, most=FAR
    )
    hint = "In how many days, from today at the center."
    return kit.field(label, Field.ITEM_UNTIL_AHEAD, number, hint=hint)


def _text(
    label: str,
    values: Mapping[str, str],
    *,
    optional: bool = False,
    hint: str = "No names, dates or record numbers.",
) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(Field.TEXT), most=MOST)
    return kit.field(label, Field.TEXT, element, hint=hint, optional=optional)


def _give(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    options = [kit.option("Whoever coordinates there", NOBODY)]
    options += [kit.option(one.name, one.id) for one in asked.staff]
    menu = kit.select(VALUE, options, initial=values.get(Field.PERSON))
    name = asked.checks[0].row.name
    box = kit.checkbox(VALUE, f"And each {name} that is still to come")
    return [
        kit.field("To whom?", Field.PERSON, menu),
        kit.field("How many", Field.ITEM_WHOLE_ROW, box, optional=True),
    ]


def _end(asked: Asked, values: Mapping[str, str]) -> list[kit.Block]:
    """Return the parts of an end, each to be confirmed by somebody, and why."""
    ends = asked.checks[0].row.ends
    if ends is None or not ends.parts:
        return [_text("The source names no end. Why does it end?", values)]
    every = ends.how is Ends.ALL
    options = [kit.option(one, str(n)) for n, one in enumerate(ends.parts)]
    lines = [f"{n}. {kit.escape(one)}" for n, one in enumerate(ends.parts, 1)]
    label = "You confirm each of these" if every else "You confirm at least one"
    return [
        kit.section("\n".join(lines)),
        kit.field(
            label, Field.ITEM_PARTS, _boxes(options, ticked=False), optional=True
        ),
        _text("More about it", values, optional=True),
    ]


def _months(values: Mapping[str, str]) -> kit.Block:
    options = [
        kit.option("In a month" if n == 1 else f"In {n} months", str(n)) for n in MONTHS
    ]
    menu = kit.select(VALUE, options, initial=values.get(Field.ITEM_MONTHS))
    return kit.field("Look at it again", Field.ITEM_MONTHS, menu)


def _ticks(asked: Asked) -> list[kit.Block]:
    """Return a box a check, all ticked: what was not done is unticked."""
    plain = [one for one in asked.checks if not item_words.runs(one.row)]
    groups = [plain[n : n + GROUP] for n in range(0, len(plain), GROUP)]
    return [
        kit.field(
            "What was done?" if not n else "And",
            items_field(n),
            _boxes([kit.option(c.row.name, c.item.id) for c in group], ticked=True),
            optional=True,
        )
        for n, group in enumerate(groups)
    ]


def _boxes(options: Sequence[kit.Element], *, ticked: bool) -> kit.Element:
    made: kit.Element = {
        "type": "checkboxes",
        "action_id": VALUE,
        "options": list(options[:GROUP]),
    }
    return made | ({"initial_options": list(options[:GROUP])} if ticked else {})


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


_MAKE: Mapping[FormOf, Callable[[Asked, Mapping[str, str]], list[kit.Block]]] = {
    FormOf.DO: _done_fields,
    FormOf.HOLD: _hold_fields,
    FormOf.WAIVE: lambda _, v: [_why(v), _text("More about it", v, optional=True)],
    FormOf.ELSEWHERE: lambda _, v: [_text("Where, in a few words", v, optional=True)],
    FormOf.PUT_OFF: _put_off_fields,
    FormOf.REOPEN: lambda _, v: [_text("Why", v)],
    FormOf.GIVE: _give,
    FormOf.END: _end,
    FormOf.GOES_ON: lambda _, v: [_months(v)],
    FormOf.AFTER_ALL: lambda _, v: [_text("Why", v)],
    FormOf.ALL_BUT: lambda a, _: _ticks(a),
}
"""The fields of each form."""
