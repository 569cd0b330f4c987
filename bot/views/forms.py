"""Forms: starting a referral, and the words that go with a move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.views import kit, words
from bot.views.ids import VALUE, Act, Field, Form, FormData
from bot.views.matching import practice_field
from care.cases import AgeBand, LenalidomideRefractory, one_line
from care.referral import OUTCOMES, Event, Kind, PatientTold, Urgency
from care.response import OUTCOME_DAYS, OUTCOME_WAITS
from storage.records import Case, Clinician, Link, Site

NEW_CASE = "new"
NOT_RECORDED = "none"
MOST_LINES = 15
MOST_ECOG = 4


@dataclass(frozen=True)
class Choices:
    """What somebody may choose from in the referral form."""

    links: Sequence[tuple[Link, Site]]
    """Each link with its center; the first is chosen unless another is."""
    specialists: Sequence[Clinician]
    cases: Sequence[Case]
    responsible: Sequence[Clinician]
    """Asked for where the referrer cannot be responsible; else empty."""
    limits: Mapping[Urgency, datetime]
    """By when the center answers, in the center's zone."""


def loading(title: str, data: FormData) -> dict[str, Any]:
    """Return what stands there while a form is being made."""
    return kit.modal(
        title,
        [kit.section("One moment: your cases and the center's people are fetched.")],
        callback_id=Form.READING,
        external_id=data.intent,
    )


def notice(title: str, sentence: str) -> dict[str, Any]:
    """Return a page that says one thing."""
    blocks = [kit.section(kit.escape(sentence))]
    return kit.modal(title, blocks, callback_id=Form.READING)


def referral_form(
    data: FormData, kind: Kind, choices: Choices, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the form of a referral; `values` are what was written before."""
    return kit.modal(
        "Ask the center",
        [
            kit.context(words.unwell(kit.escape(choices.links[0][1].phone_24h))),
            *_link(choices, values),
            _kind(kind),
            _urgency(choices.limits, values),
            _question(values),
            _case(choices.cases, values),
            *_about_case(choices, values),
            *_matched(kind, values),
            *_named(choices.specialists, values),
        ],
        callback_id=Form.REFERRAL,
        metadata=replace(data, link=choices.links[0][0].id).dump(),
        external_id=data.intent,
        submit="Send",
        close="Cancel",
    )


@dataclass(frozen=True)
class MoveForm:
    """The words of a move's form."""

    title: str
    label: str
    hint: str
    submit: str


MOVE_FORMS: Mapping[Event, MoveForm] = {
    Event.ASK_INFORMATION: MoveForm(
        "Ask for information",
        "What do you need to know?",
        "It goes to the thread and to the referrer, whose move it is then.",
        "Ask",
    ),
    Event.GIVE_INFORMATION: MoveForm(
        "Give information",
        "What was asked for",
        "It goes to the thread; the center's clock starts again.",
        "Send",
    ),
    Event.ANSWER: MoveForm(
        "Answer",
        "Your answer",
        "It goes to the thread and to the referrer.",
        "Answer",
    ),
    Event.ASK_AGAIN: MoveForm(
        "Ask again",
        "What is still open?",
        "It goes to the thread and to whoever answered.",
        "Ask",
    ),
    Event.DECLINE: MoveForm(
        "Decline",
        "Why not now",
        "The referrer reads this. It can be reopened.",
        "Decline",
    ),
    Event.CLOSE: MoveForm(
        "Close the loop", "What came of it?", "It can be reopened.", "Close it"
    ),
    Event.ASK_EVALUATION: MoveForm("CAR T evaluation", "", "", "Refer"),
}


def move_form(
    event: Event, data: FormData, values: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the form of a move; `values` are what was written before."""
    form = MOVE_FORMS[event]
    given = values or {}
    match event:
        case Event.CLOSE:
            blocks = [_outcome(form), _patient_told()]
        case Event.ASK_EVALUATION:
            blocks = [practice_field(given)]
        case _:
            blocks = [_text(form, given)]
    if event is Event.ANSWER:
        blocks.append(_ask_again_in())
    if event is Event.DECLINE:
        instead = kit.text_input(VALUE, initial=given.get(Field.INSTEAD))
        hint = "What the referrer can do now, or when to ask again."
        blocks.append(kit.field("What instead", Field.INSTEAD, instead, hint=hint))
    return kit.modal(
        form.title,
        blocks,
        callback_id=Form.MOVE,
        metadata=data.dump(),
        submit=form.submit,
        close="Cancel",
        external_id=data.intent,
    )


def _text(form: MoveForm, values: Mapping[str, str]) -> kit.Block:
    element = kit.text_input(VALUE, initial=values.get(Field.TEXT))
    return kit.field(form.label, Field.TEXT, element, hint=form.hint)


def _outcome(form: MoveForm) -> kit.Block:
    options = [kit.option(one.capitalize(), one) for one in OUTCOMES]
    element = kit.radio(VALUE, options)
    return kit.field(form.label, Field.OUTCOME, element, hint=form.hint)


def _patient_told() -> kit.Block:
    options = [kit.option(one.capitalize(), one) for one in PatientTold]
    element = kit.radio(VALUE, options)
    return kit.field("Was the patient told?", Field.PATIENT_TOLD, element)


def _ask_again_in() -> kit.Block:
    options = [kit.option(_weeks(days), str(days)) for days in OUTCOME_WAITS]
    element = kit.select(VALUE, options, initial=str(OUTCOME_DAYS))
    return kit.field("Ask the referrer what came of it", Field.ASK_AGAIN_IN, element)


def _weeks(days: int) -> str:
    weeks = days // 7
    return f"In {weeks} week{'s' if weeks > 1 else ''}"


def _link(choices: Choices, values: Mapping[str, str]) -> list[kit.Block]:
    if len(choices.links) < 2:  # noqa: PLR2004 - one link leaves nothing to choose
        return []
    options = [kit.option(center.name, link.id) for link, center in choices.links]
    chosen = values.get(Field.LINK, choices.links[0][0].id)
    element = kit.select(Act.CHOOSE, options, initial=chosen)
    return [kit.field("To which center", Field.LINK, element, dispatch=True)]


def _kind(kind: Kind) -> kit.Block:
    options = [
        kit.option("Ask a specialist", Kind.ADVICE),
        kit.option("Refer for CAR T evaluation", Kind.EVALUATION),
    ]
    element = kit.radio(Act.CHOOSE, options, initial=kind)
    return kit.field("What do you ask for?", Field.KIND, element, dispatch=True)


def _urgency(
    limits: Mapping[Urgency, datetime], values: Mapping[str, str]
) -> kit.Block:
    options = [kit.option(words.URGENCY[one].capitalize(), one) for one in Urgency]
    chosen = values.get(Field.URGENCY, Urgency.ROUTINE)
    element = kit.radio(VALUE, options, initial=chosen)
    return kit.field("Urgency", Field.URGENCY, element, hint=_limits(limits))


def _limits(limits: Mapping[Urgency, datetime]) -> str | None:
    told = [
        f"{words.URGENCY[one].capitalize()}: answer by {at:%a %H:%M}"
        for one, at in limits.items()
    ]
    return f"{'; '.join(told)}, center time." if told else None


def _question(values: Mapping[str, str]) -> kit.Block:
    element = kit.text_input(
        VALUE,
        initial=values.get(Field.QUESTION),
        placeholder="Refractory after 2 lines: CAR T now, or a bispecific first?",
    )
    hint = "No names, dates or record numbers: Baton gives the patient a code."
    return kit.field("Your question", Field.QUESTION, element, hint=hint)


def _case(cases: Sequence[Case], values: Mapping[str, str]) -> kit.Block:
    options = [kit.option("A new patient", NEW_CASE)]
    options += [kit.option(_case_label(one), one.id) for one in cases]
    chosen = values.get(Field.CASE, NEW_CASE)
    element = kit.select(Act.CHOOSE, options, initial=chosen)
    return kit.field("Patient", Field.CASE, element, dispatch=True)


def _case_label(case: Case) -> str:
    summary = one_line(case.summary)
    return f"{case.code} · {summary}" if summary else case.code


def _matched(kind: Kind, values: Mapping[str, str]) -> list[kit.Block]:
    if kind is not Kind.EVALUATION:
        return []
    new = values.get(Field.CASE, NEW_CASE) == NEW_CASE
    return [practice_field(values, new=new)]


def _about_case(choices: Choices, values: Mapping[str, str]) -> list[kit.Block]:
    known = {one.id: one for one in choices.cases}
    chosen = known.get(values.get(Field.CASE, NEW_CASE))
    if chosen is not None:
        line = one_line(chosen.summary) or "Nothing recorded yet."
        return [kit.context(f"{chosen.code}: {kit.escape(line)}")]
    return [
        _age_band(values),
        _lines(values),
        _refractory(values),
        _ecog(values),
        *_responsible(choices.responsible, values),
    ]


def _age_band(values: Mapping[str, str]) -> kit.Block:
    options = [kit.option(one, one) for one in AgeBand]
    return _choice("Age band", Field.AGE_BAND, options, values)


def _lines(values: Mapping[str, str]) -> kit.Block:
    options = [kit.option(str(n), str(n)) for n in range(MOST_LINES + 1)]
    return _choice("Lines of therapy so far", Field.LINES, options, values)


def _ecog(values: Mapping[str, str]) -> kit.Block:
    options = [kit.option(str(n), str(n)) for n in range(MOST_ECOG + 1)]
    return _choice("ECOG", Field.ECOG, options, values)


def _refractory(values: Mapping[str, str]) -> kit.Block:
    options = [kit.option(one.capitalize(), one) for one in LenalidomideRefractory]
    chosen = values.get(Field.REFRACTORY, LenalidomideRefractory.UNKNOWN)
    element = kit.radio(VALUE, options, initial=chosen)
    return kit.field("Refractory to lenalidomide", Field.REFRACTORY, element)


def _choice(
    label: str,
    name: Field,
    options: Sequence[kit.Element],
    values: Mapping[str, str],
) -> kit.Block:
    everything = [kit.option("Not recorded", NOT_RECORDED), *options]
    chosen = values.get(name, NOT_RECORDED)
    return kit.field(label, name, kit.select(VALUE, everything, initial=chosen))


def _responsible(
    people: Sequence[Clinician], values: Mapping[str, str]
) -> list[kit.Block]:
    if not people:
        return []
    options = [kit.option(one.name, one.id) for one in people]
    only = people[0].id if len(people) == 1 else None
    element = kit.select(VALUE, options, initial=values.get(Field.RESPONSIBLE, only))
    hint = "Who is responsible for this patient's myeloma care now."
    return [kit.field("Responsible now", Field.RESPONSIBLE, element, hint=hint)]


def _named(people: Sequence[Clinician], values: Mapping[str, str]) -> list[kit.Block]:
    if not people:
        return []
    options = [kit.option(one.name, one.id) for one in people]
    element = kit.select(
        VALUE,
        options,
        placeholder="Whoever is on duty",
        initial=values.get(Field.NAMED),
    )
    return [kit.field("A specialist by name", Field.NAMED, element, optional=True)]
