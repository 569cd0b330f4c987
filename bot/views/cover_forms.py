"""The forms of cover: asking a colleague, and leaving a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.covers import CoverSheet
from bot.views import kit
from bot.views.cover import STAYS
from bot.views.ids import VALUE, Act, Field, Form, FormData
from care.cases import one_line
from storage.records import Case, Clinician

NOW, OTHER, ALL = "now", "other", "all"
TITLE = "Ask for cover"


@dataclass(frozen=True)
class CoverChoices:
    """What somebody may choose from; instants are in the site's own zone."""

    covered: Sequence[Clinician]
    """For whom one may ask; the first is chosen unless another is."""
    covering: Sequence[Clinician]
    starts: Sequence[tuple[str, datetime]]
    ends: Sequence[tuple[str, datetime]]
    """Each with what it is called, such as *the morning*."""
    cases: Sequence[Case]
    """Of whoever is chosen to be covered."""


def ask_form(
    data: FormData, choices: CoverChoices, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the form of asking for cover; `values` are what was chosen before."""
    return kit.modal(
        TITLE,
        [
            *_covered(choices.covered, values),
            _people("Who covers", Field.COVER, choices.covering, values),
            *_starts(choices, values),
            *_ends(choices, values),
            _cases(choices.cases, values),
            _note(values),
            kit.context(f"They are asked, and first call until then. {STAYS}"),
        ],
        callback_id=Form.COVER,
        metadata=data.dump(),
        submit="Ask",
        close="Cancel",
        external_id=data.intent,
    )


def line_form(
    data: FormData, sheet: CoverSheet | None, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the form of leaving a line."""
    whose = kit.escape(sheet.covered.name) if sheet else "the responsible clinician"
    element = kit.text_input(
        VALUE,
        initial=values.get(Field.LINE),
        placeholder="Who called about what, what was done, what is still open",
    )
    hint = "No names, dates or record numbers: the case code says which patient."
    return kit.modal(
        "Leave a line",
        [
            kit.section(f"For {whose}, who acknowledges it."),
            kit.field("What happened", Field.LINE, element, hint=hint),
        ],
        callback_id=Form.COVER_LINE,
        metadata=data.dump(),
        submit="Leave it",
        close="Cancel",
        external_id=data.intent,
    )


def _covered(people: Sequence[Clinician], values: Mapping[str, str]) -> list[kit.Block]:
    if len(people) == 1:
        return []
    options = [kit.option(one.name, one.id) for one in people]
    chosen = values.get(Field.COVERED, people[0].id)
    element = kit.select(Act.COVER_CHOOSE, options, initial=chosen)
    return [kit.field("Who is covered", Field.COVERED, element, dispatch=True)]


def _people(
    label: str, name: Field, people: Sequence[Clinician], values: Mapping[str, str]
) -> kit.Block:
    options = [kit.option(one.name, one.id) for one in people]
    element = kit.select(VALUE, options, initial=values.get(name))
    return kit.field(label, name, element)


def _starts(choices: CoverChoices, values: Mapping[str, str]) -> list[kit.Block]:
    options = [kit.option("Now", NOW), *_instants(choices.starts)]
    options.append(kit.option("Another time", OTHER))
    return _when("From", (Field.COVER_STARTS, Field.COVER_STARTS_AT), options, values)


def _ends(choices: CoverChoices, values: Mapping[str, str]) -> list[kit.Block]:
    options = [*_instants(choices.ends), kit.option("Another time", OTHER)]
    return _when("Until", (Field.COVER_ENDS, Field.COVER_ENDS_AT), options, values)


def _when(
    label: str,
    names: tuple[Field, Field],
    options: Sequence[kit.Element],
    values: Mapping[str, str],
) -> list[kit.Block]:
    """Return a choice of instants, with a picker where another one is wanted."""
    first, other = names
    known = {one["value"] for one in options}
    chosen = values.get(first) if values.get(first) in known else options[0]["value"]
    element = kit.radio(Act.COVER_CHOOSE, options, initial=chosen)
    blocks = [kit.field(label, first, element, dispatch=True)]
    if chosen == OTHER:
        picked = values.get(other)
        picker: kit.Element = {"type": "datetimepicker", "action_id": VALUE}
        picker |= {"initial_date_time": int(picked)} if picked else {}
        blocks.append(kit.field(f"{label}: day and time", other, picker))
    return blocks


def _instants(those: Sequence[tuple[str, datetime]]) -> list[kit.Element]:
    return [
        kit.option(f"{at:%a} {at.day} {at:%b %H:%M}{name}", str(int(at.timestamp())))
        for name, at in those
    ]


def _cases(cases: Sequence[Case], values: Mapping[str, str]) -> kit.Block:
    options = [kit.option("All patients", ALL)]
    options += [kit.option(_case_label(one), one.id) for one in cases]
    element = kit.select(VALUE, options, initial=values.get(Field.CASE, ALL))
    return kit.field("For", Field.CASE, element)


def _case_label(case: Case) -> str:
    summary = one_line(case.summary)
    return f"{case.code} · {summary}" if summary else case.code


def _note(values: Mapping[str, str]) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(Field.NOTE))
    hint = "What to know for these hours. No names, dates or record numbers."
    return kit.field("Note", Field.NOTE, element, hint=hint, optional=True)
