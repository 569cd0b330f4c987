"""Moving a referral: take, ask back, answer, decline, close, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.actions.clocks import replan
from bot.actions.courses import follow_move
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.matching import match_by_move
from bot.actions.planning_again import plan_preparing_again
from bot.actions.telling import Telling
from bot.refusals import BadFields, NobodyOnDuty, NoPart, NotForYou, Overtaken
from bot.sheets import Sheet, make_sheets
from bot.transfers import check_here
from care.duty import Candidate
from care.people import CENTER_SIDE, Part
from care.referral import (
    ENDED,
    OUTCOMES,
    RESPONSES,
    Event,
    IllegalMove,
    NotYours,
    Outcome,
    PatientTold,
    State,
    advance,
)
from care.response import OUTCOME_DAYS, OUTCOME_WAITS, goes_on
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.records import Clinician, Referral, Reply, ReplyKind
from storage.unit import Unit

TEXT = "text"
INSTEAD = "instead"
OUTCOME = "outcome"
PATIENT_TOLD = "patient_told"
ASK_AGAIN_IN = "ask_again_in"


@dataclass(frozen=True)
class Words:
    """What was written in the form of a move, field by field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    seen_asked: str = ""
    """Who was asked when the button was shown, where that matters."""
    reply_id: str | None = None
    """The plain reply which this move makes of itself, where there is one."""


WRITTEN: Mapping[Event, Mapping[str, ReplyKind]] = {
    Event.ASK_INFORMATION: {TEXT: ReplyKind.QUESTION},
    Event.GIVE_INFORMATION: {TEXT: ReplyKind.INFORMATION},
    Event.ANSWER: {TEXT: ReplyKind.ANSWER},
    Event.ASK_AGAIN: {TEXT: ReplyKind.QUESTION},
    Event.DECLINE: {TEXT: ReplyKind.DECLINE, INSTEAD: ReplyKind.INSTEAD},
}
"""Which moves ask for words, and what kind of reply each field becomes."""


def move_referral(
    *, uow: Unit, by: Person, referral_id: str, event: Event, words: Words | None = None
) -> Done:
    """Move a referral and tell those whom it concerns.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    sheet = _sheet_to_move(uow, by, referral_id)
    step = _Step(uow, by, sheet, event, words or Words())
    step.check_words()
    moved = step.moved()
    uow.cases.keep_referral(moved)
    replies = step.keep_words()
    codes = {"from": sheet.referral.state, "to": moved.state}
    uow.audit(moved.workspace_id, f"referral {event}", moved.id, codes)
    replan(uow, moved)
    after = make_sheets(uow, [moved])[0]
    follow_move(uow, after, event)
    if event is Event.REOPEN and after.course is not None:
        plan_preparing_again(uow, after)
    step.tell(moved, replies)
    uow.drafts.drop(by.clinician_id, event, referral_id)
    return Done(event, moved.id)


def _whose_sentence(who: Collection[Part]) -> str:
    if set(who) <= CENTER_SIDE:
        coordinators = Part.CENTER_COORDINATOR in who
        return (
            "Only the center can do that."
            if coordinators
            else "Only a specialist at the center can do that."
        )
    if Part.PRACTICE_COORDINATOR in who:
        return "Only the practice can do that."
    return "Only whoever asked or is responsible for the patient can do that."


def overtaken_sentence(sheet: Sheet) -> str:
    """Say how a referral stands now, to somebody who wanted to do something else."""
    who = sheet.taker or sheet.asked
    code = sheet.case.code
    stands = {
        State.REQUESTED: f"{code} waits to be taken.",
        State.ACCEPTED: f"{who.name} has taken {code}.",
        State.ANSWERED: f"{who.name} has answered {code}.",
        State.DECLINED: f"{code} was declined.",
        State.WITHDRAWN: f"{code} was withdrawn.",
        State.CLOSED: f"{code} is closed.",
    }[sheet.referral.state]
    return f"That was not saved: {stands}"


def _sheet_to_move(uow: Unit, by: Person, referral_id: str) -> Sheet:
    try:
        sheet = make_sheets(uow, [uow.cases.referral_to_move(referral_id)])[0]
    except NotFound as error:
        raise NoPart from error
    if not sheet.parts_of(by.member):
        raise NoPart
    check_here(sheet)
    return sheet


ANSWERS = frozenset({Event.ANSWER, Event.CONFIRM})


class Told(StrEnum):
    """Who is told of a move by direct message."""

    REFERRER = "referrer"
    ASKED = "asked"
    PRACTICE = "practice"
    CENTER = "center"
    BOTH = "both"


TOLD: Mapping[Event, Told] = {
    Event.TAKE: Told.REFERRER,
    Event.GIVE_BACK: Told.ASKED,
    Event.PASS_ON: Told.ASKED,
    Event.ASK_INFORMATION: Told.PRACTICE,
    Event.GIVE_INFORMATION: Told.CENTER,
    Event.ANSWER: Told.PRACTICE,
    Event.ASK_AGAIN: Told.CENTER,
    Event.DECLINE: Told.PRACTICE,
    Event.WITHDRAW: Told.CENTER,
    Event.ASK_EVALUATION: Told.CENTER,
    Event.CLOSE: Told.CENTER,
    Event.REOPEN: Told.BOTH,
    Event.CONFIRM: Told.CENTER,
}
"""Who is told of each move by direct message, beside the card and the thread."""


@dataclass(frozen=True)
class _Step:
    """One move that somebody is making, in one transaction."""

    uow: Unit
    by: Person
    sheet: Sheet
    event: Event
    words: Words

    def check_words(self) -> None:
        """Refuse empty fields, and identifiers in them."""
        if self.words.reply_id is not None:
            return
        wanted = {
            name: self.words.fields.get(name, "")
            for name in WRITTEN.get(self.event, {})
        }
        empty = [name for name, text in wanted.items() if not text.strip()]
        if empty:
            raise BadFields(dict.fromkeys(empty, "Write a sentence here."))
        sites = (self.sheet.practice.id, self.sheet.center.id)
        refuse_identifiers(wanted, staff_names(self.uow.people, *sites))

    def moved(self) -> Referral:
        """Return the referral after the move, by the rule in care."""
        before = self.sheet.referral
        parts = self.sheet.parts_of(self.by.member)
        try:
            progress = advance(before.progress, self.event, parts)
        except IllegalMove as error:
            raise Overtaken(overtaken_sentence(self.sheet)) from error
        except NotYours as error:
            raise NotForYou(_whose_sentence(error.who)) from error
        match_by_move(self.uow, self.by, self.sheet, self.event, self.words.fields)
        return self._with_people(self._with_times(before.moved_to(progress)))

    def keep_words(self) -> list[str]:
        """Keep what was written, or sort the plain reply in which it was; the ids."""
        kinds = WRITTEN.get(self.event, {})
        if self.event is Event.CONFIRM:
            confirmed = self._confirmed().id
            self.uow.cases.sort_reply(confirmed, ReplyKind.ANSWER)
            self.uow.reminders.cancel(confirmed, before=2)
            return [confirmed]
        if self.words.reply_id is not None:
            for kind in kinds.values():
                self.uow.cases.sort_reply(self.words.reply_id, kind)
            return [self.words.reply_id]
        return [
            self._add_reply(kind, self.words.fields[name].strip())
            for name, kind in kinds.items()
        ]

    def tell(self, moved: Referral, replies: list[str]) -> None:
        """Change the card, add a line to the thread, tell those concerned."""
        sheet = make_sheets(self.uow, [moved])[0]
        payload = {
            "event": self.event.value,
            "by": self.by.clinician_id,
            "replies": replies,
            "outcome": moved.outcome or "",
        }
        telling = Telling(self.uow, sheet, self.uow.new_id(), payload)
        telling.change_card()
        telling.refresh()
        telling.say("line")
        told = self._concerned(sheet)
        others = [one for one in told if one.id != self.by.clinician_id]
        telling.tell(others, "asked" if self.event is Event.PASS_ON else "moved")

    def _with_times(self, after: Referral) -> Referral:
        before, now = self.sheet.referral, self.uow.now
        responded = now if self.event in RESPONSES else None
        same_round = goes_on(before.progress, after.progress, self.sheet.round)
        return replace(
            after,
            generation=before.generation + 1,
            round_started_at=before.round_started_at if same_round else now,
            paused_until=None,
            responded_at=before.responded_at or responded,
            answered_at=now if self.event in ANSWERS else before.answered_at,
            ended_at=now if after.state in ENDED else None,
        )

    def _with_people(self, after: Referral) -> Referral:
        match self.event:
            case Event.PASS_ON:
                return self._passed_on(after)
            case Event.CONFIRM:
                return replace(after, taker_id=self._confirmed().author_id)
            case _:
                return replace(after, **self._changes(after))

    def _changes(self, after: Referral) -> dict[str, Any]:
        """Return what else a move changes, column by column."""
        taker_id = after.taker_id or self.by.clinician_id
        is_anew = after.state is State.REQUESTED
        changes: dict[str, Any] = {}
        match self.event:
            case Event.TAKE:
                changes = {"taker_id": taker_id}
            case Event.ANSWER:
                days = self._outcome_days()
                changes = {"taker_id": taker_id, "outcome_days": days}
            case Event.GIVE_BACK:
                changes = {"taker_id": None, "asked_id": self._next_on_duty(after)}
            case Event.ASK_EVALUATION | Event.ASK_AGAIN if is_anew:
                # Whoever answered knows the case: they are asked first.
                asked_id = after.taker_id or after.asked_id
                changes = {"taker_id": None, "asked_id": asked_id}
            case Event.CLOSE:
                told = self._patient_told()
                changes = {"outcome": self._outcome(), "patient_told": told}
            case Event.REOPEN:
                changes = {"outcome": None, "patient_told": None}
        return changes

    def _passed_on(self, after: Referral) -> Referral:
        if self.words.seen_asked not in {"", after.asked_id}:
            # The button was pressed for somebody whom another has passed by already.
            raise Overtaken(overtaken_sentence(self.sheet))
        passed_by = (*after.passed_by, after.asked_id)
        chosen = self._on_duty(without=passed_by)
        if chosen is None:
            raise NobodyOnDuty(
                "Nobody else at your center takes duty now. You can take it, or"
                " decline it and say what instead."
            )
        return replace(after, asked_id=chosen.id, passed_by=passed_by)

    def _next_on_duty(self, after: Referral) -> str:
        """Return who is asked now: whoever gives it back only if nobody is left."""
        chosen = self._on_duty(without={self.by.clinician_id})
        return chosen.id if chosen else after.asked_id

    def _on_duty(self, *, without: Collection[str]) -> Candidate | None:
        today = local_day(self.sheet.center, self.uow.now)
        roster = self.uow.duty.roster(self.sheet.center, from_day=today)
        return roster.on_duty(today, without=without)

    def _outcome(self) -> Outcome:
        try:
            return OUTCOMES[OUTCOMES.index(self.words.fields.get(OUTCOME, ""))]
        except ValueError as error:
            raise BadFields({OUTCOME: "Choose what came of it."}) from error

    def _outcome_days(self) -> int:
        told = self.words.fields.get(ASK_AGAIN_IN, "")
        return int(told) if told in map(str, OUTCOME_WAITS) else OUTCOME_DAYS

    def _patient_told(self) -> PatientTold:
        try:
            return PatientTold(self.words.fields.get(PATIENT_TOLD, ""))
        except ValueError as error:
            sentence = "Choose whether the patient was told."
            raise BadFields({PATIENT_TOLD: sentence}) from error

    def _confirmed(self) -> Reply:
        """Return the newest plain reply of the center, which the referrer accepts."""
        found = [
            one
            for one in self.uow.cases.replies_of(self.sheet.referral.id)
            if one.message_ts is not None and self._is_of_center(one)
        ]
        if not found:
            raise Overtaken("Nobody at the center has replied in the thread yet.")
        return found[-1]

    def _is_of_center(self, reply: Reply) -> bool:
        author = self.uow.people.clinician(reply.author_id)
        return author.site_id == self.sheet.center.id

    def _add_reply(self, kind: ReplyKind, text: str) -> str:
        reply = Reply(
            id=self.uow.new_id(),
            referral_id=self.sheet.referral.id,
            author_id=self.by.clinician_id,
            kind=kind,
            text=text,
            withheld=None,
            message_ts=None,
            written_at=self.uow.now,
        )
        self.uow.cases.add_reply(reply, self.sheet.case.id)
        return reply.id

    def _concerned(self, sheet: Sheet) -> list[Clinician]:
        turn = sheet.taker or self.sheet.taker or sheet.asked
        first_call = sheet.people[sheet.first_call.clinician_id]
        practice = [sheet.referrer, sheet.responsible, first_call]
        return {
            Told.REFERRER: [sheet.referrer],
            Told.ASKED: [sheet.asked],
            Told.PRACTICE: practice,
            Told.CENTER: [turn],
            Told.BOTH: [*practice, turn],
        }[TOLD[self.event]]
