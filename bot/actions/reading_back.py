"""The read-back: by it, and by nothing less, responsibility is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.handoff_clocks import replan_action
from bot.actions.handoff_steps import (
    check_receiver,
    handoff_to_move,
    settle,
    step_of,
    tell,
)
from bot.actions.matching import (
    MATCHED,
    how_missing,
    match_return,
    require_matched_return,
)
from bot.actions.plan_doers import agree_on_doers, give_to_doers
from bot.actions.transferring import told_of_transfer
from bot.handoff_fields import SENTENCE, VISIT, line_fields
from bot.handoff_sheets import HandoffSheet
from bot.refusals import BadFields, Overtaken
from care.handoff import ANSWERS, TO_DO, Event, Line, State
from care.ipass import KNOWN, SEVERITY
from storage.actors import Person
from storage.handoff_records import HandoffAction
from storage.records import Clinician
from storage.unit import Unit

FORM = "read back"
"""The name of the form's draft; its subject is the handoff."""


@dataclass(frozen=True)
class Answer:
    """What the receiver says to one line of action."""

    line: Line | None
    text: str = ""
    """How it is changed, or why it is refused."""


@dataclass(frozen=True)
class ReadBack:
    """What a receiver says back."""

    sentence: str
    severity: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By the ids of the actions."""
    visit_booked: bool = False
    matched: str = ""
    """How code and patient were matched, before a return."""
    doers: Mapping[str, str] = field(default_factory=dict)
    """Who does the checks of the plan: clinicians' ids by the fields of the form."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What they know of the patient, where nobody had told them."""
    seen: int | None = None
    """The generation of the handoff that their form showed."""


def open_lines(about: HandoffSheet) -> list[HandoffAction]:
    """Return the actions that nobody has answered yet."""
    return [one for one in about.actions if one.state is Line.PROPOSED]


def read_back(*, uow: Unit, by: Person, handoff_id: str, said: ReadBack) -> Done:
    """Say a handoff back and so accept it: responsibility is the receiver's now.

    Raises `NoPart`, `NotForYou`, `Overtaken`, `NotMatched` or `BadFields`; nothing is
    kept then.
    """
    about = handoff_to_move(uow, by, handoff_id)
    step = step_of(about, Event.READ_BACK, by)
    check_receiver(uow, about.receiver)
    _check_seen(about, said)
    _check(uow, about, said)
    if about.asks_for_match:
        match_return(uow, by, about, {MATCHED: said.matched})
        require_matched_return(uow, about)
    answered = answer_lines(uow, about, said.answers)
    agree_on_doers(uow, about, said.doers)
    synthesis = {SENTENCE: said.sentence.strip(), SEVERITY: said.severity.strip()}
    after = settle(
        uow,
        about,
        step,
        by=by.clinician_id,
        event=Event.READ_BACK,
        words={"synthesis": synthesis, **_known(about, said)},
    )
    give_to_doers(uow, after.case_id)
    telling = tell(
        uow,
        after,
        by=by.clinician_id,
        move=Event.READ_BACK,
        to=[*givers(about), *(told_of_transfer(uow, about) if step.how else [])],
    )
    telling.tell(doers(about, answered), "handoff action")
    uow.drafts.drop(by.clinician_id, FORM, handoff_id)
    return Done(Event.READ_BACK, handoff_id)


def _known(about: HandoffSheet, said: ReadBack) -> dict[str, dict[str, str]]:
    """Return what an offer would have told, as its own words are kept."""
    if not about.asks_what_is_known:
        return {}
    told = {code: said.known.get(code, "").strip() for code in KNOWN}
    return {"body": {SEVERITY: said.severity.strip(), **told}}


def answer_lines(
    uow: Unit, about: HandoffSheet, answers: Mapping[str, Answer]
) -> list[HandoffAction]:
    """Keep what is said to each open line, and remind of those taken on."""
    changed = [
        replace(
            one,
            state=answers[one.id].line or Line.ACCEPTED,
            answer=answers[one.id].text.strip() or None,
            generation=one.generation + 1,
        )
        for one in open_lines(about)
    ]
    for one in changed:
        uow.handoffs.keep_action(one)
        replan_action(uow, about.handoff.workspace_id, one)
    return changed


def givers(about: HandoffSheet) -> list[Clinician]:
    """Return who handed over: the sender, and who offered it on their behalf."""
    return [about.sender, about.people[about.handoff.offered_by]]


def doers(about: HandoffSheet, lines: Sequence[HandoffAction]) -> list[Clinician]:
    """Return who has taken something on."""
    ids = dict.fromkeys(one.doer_id for one in lines if one.state in TO_DO)
    return [about.people[id_] for id_ in ids]


def _check_seen(about: HandoffSheet, said: ReadBack) -> None:
    """Refuse a read-back of what was corrected after the form was opened."""
    corrected = about.handoff.state is State.CORRECTED
    if corrected and said.seen not in {None, about.handoff.generation}:
        raise Overtaken(
            f"That was not saved: {about.sender.name} corrected a point after you"
            " opened this. What you wrote is kept: close this and read back again."
        )


def _check(uow: Unit, about: HandoffSheet, said: ReadBack) -> None:
    wrong: dict[str, str] = {}
    if not said.sentence.strip():
        wrong[SENTENCE] = "Say it in a sentence of your own."
    if about.handoff.state is not State.CORRECTED and not said.severity.strip():
        wrong[SEVERITY] = "Say how ill the patient is, as you understand it."
    if about.asks_what_is_known:
        missing = [one for one in KNOWN if not said.known.get(one, "").strip()]
        wrong |= dict.fromkeys(missing, "Write something here, or “none”.")
    if about.asks_for_visit and not said.visit_booked:
        wrong[VISIT] = (
            "Book the first visit at your practice, then accept. Until then"
            f" {about.sender.name} is responsible."
        )
    if about.asks_for_match:
        wrong |= how_missing({MATCHED: said.matched})
    for one in open_lines(about):
        wrong |= _trouble(one, said.answers.get(one.id, Answer(None)))
    if wrong:
        raise BadFields(wrong)
    _refuse_identifiers(uow, about, said)


def _trouble(one: HandoffAction, answer: Answer) -> dict[str, str]:
    choice, words = line_fields(one.id)
    if answer.line not in ANSWERS:
        return {choice: "Choose one."}
    if answer.line is not Line.ACCEPTED and not answer.text.strip():
        return {words: "Say how it is changed, or why not you."}
    return {}


def _refuse_identifiers(uow: Unit, about: HandoffSheet, said: ReadBack) -> None:
    texts = {SENTENCE: said.sentence, SEVERITY: said.severity, **said.known}
    texts |= {line_fields(id_)[1]: answer.text for id_, answer in said.answers.items()}
    refuse_identifiers(texts, staff_names(uow.people, *about.site_ids))
