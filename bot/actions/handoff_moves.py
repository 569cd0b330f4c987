"""Moves of a handoff beside the read-back: decline, withdraw, phone, correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

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
    how_missing,
    match_return,
    require_matched_return,
)
from bot.actions.reading_back import (
    Answer,
    answer_lines,
    doers,
    givers,
    open_lines,
)
from bot.actions.transferring import told_of_transfer
from bot.handoff_fields import (
    AGO,
    BOOKED,
    CORRECTION,
    MINUTES_AGO,
    POINT,
    PROPOSAL,
    SENTENCE,
    VISIT,
    WHOLE,
    WHY,
)
from bot.handoff_sheets import HandoffSheet
from bot.refusals import BadFields, NotForYou, Overtaken
from care.handoff import Event, Line
from care.ipass import SEVERITY
from storage.actors import Person
from storage.handoff_records import HandoffAction
from storage.records import Clinician
from storage.unit import Unit

FIELDS: Mapping[Event, tuple[str, ...]] = {
    Event.DECLINE: (WHY, PROPOSAL),
    Event.PHONE: (SENTENCE,),
    Event.CORRECT: (CORRECTION,),
}
"""The fields in which words are written, each of them required."""

MATCHED_BY = frozenset({Event.PHONE, Event.CONFIRM})
"""Moves with which a site says that a return is about the same patient."""
ABOUT_A_CALL = frozenset({Event.CONFIRM, Event.DISPUTE})
"""Moves that say yes or no to a call, and to no other one."""
MOVES = frozenset({*FIELDS, Event.CONFIRM, Event.DISPUTE, Event.WITHDRAW})
"""What is moved here. A read-back and a takeover have actions of their own."""


@dataclass(frozen=True)
class Written:
    """What was written in the form of a move, field by field."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field, blank where it was not there."""
        return self.fields.get(name, "").strip()


def move_handoff(
    *,
    uow: Unit,
    by: Person,
    handoff_id: str,
    event: Event,
    written: Written,
    seen: int | None = None,
) -> Done:
    """Move a handoff and tell those whom it concerns.

    `seen` is the generation that was shown: a yes or no is to that alone. Raises
    `NoPart`, `NotForYou`, `Overtaken`, `NotMatched` or `BadFields`; nothing is kept
    then.
    """
    about = handoff_to_move(uow, by, handoff_id)
    if event not in MOVES:
        raise NotForYou("That is not done in this way.")
    step = step_of(about, event, by)
    if event in ABOUT_A_CALL and seen not in {None, about.handoff.generation}:
        raise Overtaken(
            f"That was not saved: {about.sheet.case.code} was changed after this"
            " message. The newer one asks about the call as it stands now."
        )
    _check_words(uow, about, event, written)
    if event in MATCHED_BY and about.asks_for_match:
        match_return(uow, by, about, written.fields)
    if event is Event.CONFIRM:
        check_receiver(uow, about.receiver)
        if about.asks_for_match:
            require_matched_return(uow, about)
    after = settle(
        uow,
        about,
        step,
        by=by.clinician_id,
        event=event,
        words=_words(event, written),
        phoned_at=uow.now - _ago(written) if event is Event.PHONE else None,
    )
    taken_on = _change_lines(uow, about, event, written)
    to = _concerned(about, event)
    to += told_of_transfer(uow, about) if step.how else []
    telling = tell(uow, after, by=by.clinician_id, move=event, to=to)
    telling.tell(doers(about, taken_on), "handoff action")
    uow.drafts.drop(by.clinician_id, event, handoff_id)
    return Done(event, handoff_id)


def _check_words(
    uow: Unit, about: HandoffSheet, event: Event, written: Written
) -> None:
    texts = {name: written.get(name) for name in FIELDS.get(event, ())}
    wrong = {name: "Write a sentence here." for name in texts if not texts[name]}
    if event is Event.CORRECT and written.get(POINT) not in _points(about):
        wrong[POINT] = "Choose which point you correct."
    booked = written.get(VISIT) == BOOKED
    if event is Event.PHONE and about.asks_for_visit and not booked:
        wrong[VISIT] = (
            "The first visit at the practice is booked before it is accepted."
        )
    if event in MATCHED_BY and about.asks_for_match:
        wrong |= how_missing(written.fields)
    if wrong:
        raise BadFields(wrong)
    refuse_identifiers(texts, staff_names(uow.people, *about.site_ids))


def _words(event: Event, written: Written) -> dict[str, dict[str, str]]:
    """Return what is kept of the words, by the column that seals it."""
    match event:
        case Event.DECLINE:
            told = {WHY: written.get(WHY), PROPOSAL: written.get(PROPOSAL)}
            return {"reason": told}
        case Event.PHONE:
            said = {SENTENCE: written.get(SENTENCE), SEVERITY: ""}
            return {"synthesis": said}
        case Event.CORRECT:
            point = {POINT: written.get(POINT), CORRECTION: written.get(CORRECTION)}
            return {"correction": point}
        case _:
            return {}


def _change_lines(
    uow: Unit, about: HandoffSheet, event: Event, written: Written
) -> list[HandoffAction]:
    """Change the lines of action; return those that were taken on."""
    if event is Event.CONFIRM:
        # What was agreed on the phone was agreed as a whole.
        agreed = {one.id: Answer(Line.ACCEPTED) for one in open_lines(about)}
        return answer_lines(uow, about, agreed)
    if event is Event.CORRECT:
        _reopen_line(uow, about, written)
    return []


def _reopen_line(uow: Unit, about: HandoffSheet, written: Written) -> None:
    """Put a line that was corrected before the receiver again, in the new words."""
    for one in about.actions:
        if one.id == written.get(POINT):
            again = replace(
                one,
                text=written.get(CORRECTION),
                answer=None,
                state=Line.PROPOSED,
                generation=one.generation + 1,
            )
            uow.handoffs.keep_action(again)
            replan_action(uow, about.handoff.workspace_id, again)


def _points(about: HandoffSheet) -> set[str]:
    return {WHOLE} | {one.id for one in about.actions if one.state is not Line.DONE}


def _concerned(about: HandoffSheet, event: Event) -> list[Clinician]:
    match event:
        case Event.DECLINE:
            return givers(about)
        case Event.WITHDRAW | Event.CORRECT:
            return [about.receiver]
        case _:
            return [*givers(about), about.receiver]


def _ago(written: Written) -> timedelta:
    told = written.get(MINUTES_AGO)
    return timedelta(minutes=int(told) if told in map(str, AGO) else 0)
