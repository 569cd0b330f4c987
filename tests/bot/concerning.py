"""Urgent concerns as people act on them in these tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from care.course import stand
from care.journey import CourseKind
from care.milestone import Milestone, Product, Result, Step
from sandbox import Message, Modal, Person
from storage.courses import Course, Recorded
from storage.unit import Unit
from tests.beside import Beside
from tests.bot.acting import Thread, opened_page
from tests.world import OPERATOR

MINUTES = timedelta(minutes=1)
CALLING = "I am calling you now"
TELL = "Tell the on-duty now"
DAY = date(2026, 11, 20)
TO_APHERESIS = (
    (Step.CONSULT, Result.HAPPENED),
    (Step.DECISION, Result.CANDIDATE),
    (Step.APHERESIS, Result.HAPPENED),
)
TO_INFUSION = (*TO_APHERESIS, (Step.INFUSION, Result.HAPPENED))


def take_steps(
    beside: Beside, thread: Thread, steps: tuple[tuple[Step, Result], ...]
) -> None:
    """Record that a case's course has taken these steps, as its center would."""
    with beside.baton.store.act(OPERATOR) as uow:
        case = uow.cases.case_by_code(thread.code)
        assert case
        begin_course(uow, case.id, steps)
        uow.audit(case.workspace_id, "milestone recorded", case.id)


def begin_course(
    uow: Unit, case_id: str, steps: tuple[tuple[Step, Result], ...]
) -> None:
    """Keep a course of a case with its milestones."""
    referral = uow.cases.referrals_of(case_id)[0]
    milestones = [
        Milestone(
            id=uow.new_id(),
            step=step,
            result=result,
            day=DAY,
            product=Product.CARVYKTI if step is Step.DECISION else None,
        )
        for step, result in steps
    ]
    journey = stand(milestones)
    course = Course(
        id=uow.new_id(),
        workspace_id=referral.workspace_id,
        case_id=case_id,
        link_id=referral.link_id,
        referral_id=referral.id,
        kind=CourseKind.CAR_T,
        lead_id=None,
        phase=journey.phase,
        day0=journey.day0,
        waits_on=journey.party,
        since=uow.now,
        ask_at=None,
        generation=1,
        started_at=uow.now,
        ended_at=None,
    )
    uow.courses.add(course)
    for position, one in enumerate(milestones, start=1):
        uow.courses.record(
            Recorded(one, course.id, case_id, position, None, None, uow.now)
        )


def open_page(beside: Beside, thread: Thread, who: Person, label: str) -> Modal:
    """Open a page from the case page, and wait until it stands there."""
    who.click("Show the case", thread.card)
    opened_page(beside, who, "Responsible now").click(label)
    words = {"Urgent concern": "Call first", "Emergency sheet": "Name, written by hand"}
    return opened_page(beside, who, words[label])


def open_concern(beside: Beside, thread: Thread, who: Person) -> Modal:
    """Open the page of urgent concerns from the case page."""
    return open_page(beside, thread, who, "Urgent concern")


@dataclass(frozen=True)
class Raised:
    """A concern that somebody has raised, as those concerned see it."""

    beside: Beside
    thread: Thread
    sender: Person

    def pass_minutes(self, minutes: int) -> None:
        """Let time pass, minute by minute, as the ticker does."""
        for _ in range(minutes):
            self.pass_time(MINUTES)

    def pass_time(self, by: timedelta) -> None:
        """Let time pass at once, as when nobody ticked meanwhile."""
        self.beside.move_clock(by)
        # The ticker may have taken what is due, and not be done with it yet.
        self.beside.slack.until(self._nothing_is_due)
        self.beside.settle()

    def asked(self, who: Person) -> list[Message]:
        """Return the messages that ask somebody to call."""
        return [one for one in who.dm() if CALLING in one.buttons]

    def told_sender(self) -> list[str]:
        """Return what the sender was told while it is open, step by step."""
        return [one.rendered for one in self.sender.dm() if "Withdraw" in one.buttons]

    @property
    def line(self) -> str:
        """The line in the thread."""
        [found] = [one for one in self.thread.lines if "urgent concern" in one]
        return found

    def _nothing_is_due(self) -> bool:
        with self.beside.baton.store.read() as reading:
            due = reading.reminders.next_due()
        return due is None or due > self.beside.clock.now()

    def press(self, who: Person, label: str) -> None:
        """Press a button of the last message that has it."""
        last = [one for one in who.dm() if label in one.buttons][-1]
        who.click(label, last)
        self.beside.settle()


def raise_it(beside: Beside, thread: Thread, who: Person | None = None) -> Raised:
    """Raise an urgent concern from the page, and wait for what follows."""
    who = who or beside.cast.chen
    page = open_concern(beside, thread, who)
    page.click(TELL)
    beside.settle()
    beside.slack.until(lambda: who.modal and "is told" in who.modal.text)
    return Raised(beside, thread, who)
