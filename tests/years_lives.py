"""What happens to patients and to colleagues while the years pass, by chance.

Everything is done by Baton's real actions, and to the model only where it was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.actions.accounts import NO_END, note_account
from bot.actions.asking_for_news import tick_task
from bot.actions.done import Done, perform
from bot.actions.duty import Days, come_back, go_away
from bot.actions.entries import Entry
from bot.actions.handing import offer_handoff
from bot.actions.journeying import correct_milestone, record_milestone
from bot.actions.matching import MATCHED
from bot.actions.moving import Words, move_referral
from bot.actions.reading_back import ReadBack, read_back
from bot.actions.starting import Request, start_referral
from bot.actions.taking_over import take_over
from bot.handed_plans import doer_field
from bot.handoff_fields import RECEIVER
from care.ipass import KNOWN, Direction, fields_of
from care.journey import CourseKind
from care.knowledge.protocol import Topic
from care.matching import How
from care.milestone import LINES, FirstCall, Place, Product, Result, Step
from care.referral import Event, Kind, Urgency
from storage.courses import Course
from tests.world import OPERATOR
from tests.years_model import DAY, Patient
from tests.years_people import People

OF_COLLEAGUES: Mapping[str, int] = {
    "go away": 150,
    "come back": 30,
    "close an account": 4,
    "open an account": 12,
    "tick a task": 20,
}
OF_PATIENTS: Mapping[str, int] = {
    "admission": 36,
    "discharge": 36,
    "relapse": 2,
    "new therapy": 2,
    "hospice": 1,
    "hospice by mistake": 4,
    "death": 1,
    "death by mistake": 4,
    "day 0": 12,
    "takeover": 16,
    "handoff": 24,
    "say back": 60,
    "second": 4,
}
"""How often each happens, of about 400 times."""
MAY_BE_RESPONSIBLE = ("chen", "rivera", "osei")
LINK = "link-lakeside-university"
AGREED = "bea"
"""Who does what the practice has to do, once a patient was handed back to it."""


@dataclass(frozen=True)
class Owed:
    """A handoff that somebody has still to say back."""

    handoff_id: str
    who: str
    said: ReadBack
    back: bool
    """Whether a practice receives the patient from the center."""


@dataclass
class Lives:
    """What happens to everybody, and what of it was a mistake."""

    people: People
    mistaken: list[tuple[date, str, str]] = field(default_factory=list)
    """Recorded of the wrong patient: when it is seen, of whom, which milestone."""
    owed: dict[str, Owed] = field(default_factory=dict)
    """The last handoff of each patient, where nobody has said it back."""

    def something(self) -> None:
        """Let something happen to a colleague or a patient, by chance."""
        kind = self.people.one_of({**OF_COLLEAGUES, **OF_PATIENTS})
        living = [p for p in self.people.patients.values() if p.life == "living"]
        if living:
            self.happens(kind, self.people.chance.choice(living))

    def happens(self, kind: str, patient: Patient) -> None:
        """Let something happen, to a patient where it is about one."""
        action = getattr(self, "_" + kind.replace(" ", "_").replace("0", "zero"))
        happened = action() if kind in OF_COLLEAGUES else action(patient)
        self.people.done[kind] += bool(happened)

    def mend_mistakes(self) -> None:
        """Take back what was recorded of the wrong patient, once it is seen."""
        for one in list(self.mistaken):
            seen, case_id, milestone = one
            if self.people.today() < seen:
                continue
            self.mistaken.remove(one)
            words = {"milestone_id": milestone, "why": "It was another patient."}
            if self.people.act(correct_milestone, "chen", **words, entry=None):
                patient = self.people.patients[case_id]
                today = self.people.today()
                patient.change_life(today, died=False, in_hospice=False)

    def _go_away(self) -> bool:
        people = self.people
        who = people.chance.choice([one.id for one in people.staff.people])
        mine = people.staff.of(who)
        here = [p.id for p in people.staff.people if p.at_center == mine.at_center]
        cover = people.chance.choice([None, *here])
        starts = people.today() + people.chance.randint(0, 10) * DAY
        ends = starts + people.chance.randint(0, 14) * DAY
        cover_id = people.persons[cover].clinician_id if cover else None
        days = Days(starts, ends)
        if cover == who or not people.act(go_away, who, days=days, cover_id=cover_id):
            return False
        people.staff.away.append((who, starts, ends, cover))
        return True

    def _come_back(self) -> bool:
        staff = self.people.staff
        who = self.people.chance.choice([one.id for one in staff.people])
        if not self.people.act(come_back, who):
            return False
        today = self.people.today()
        staff.away = [one for one in staff.away if one[0] != who or one[2] < today]
        return True

    def _close_an_account(self) -> bool:
        """Let somebody's Slack account be closed: nobody stands in for them."""
        who = self.people.chance.choice([one.id for one in self.people.staff.people])
        if not self._note_account(who, closed=True):
            return False
        self.people.staff.away.append((who, self.people.today(), NO_END, None))
        return True

    def _open_an_account(self) -> bool:
        staff = self.people.staff
        closed = [one for one in staff.away if one[2] == NO_END]
        if not closed or not self._note_account(closed[0][0], closed=False):
            return False
        staff.away.remove(closed[0])
        return True

    def _note_account(self, who: str, *, closed: bool) -> bool:
        one = self.people.persons[who]
        words = {"team_id": one.team_id, "user_id": one.user_id, "closed": closed}
        self.people.clicks += 1
        key = f"event:{self.people.clicks}"
        store = self.people.store
        done = perform(store, note_account, by=OPERATOR, key=key, **words)
        return done.what != "known"

    def _tick_a_task(self) -> bool:
        with self.people.store.read() as reading:
            open_ones = reading.courses.tasks(case_ids=list(self.people.patients))
        if not open_ones:
            return False
        task = self.people.chance.choice(open_ones)
        return self.people.act(tick_task, "noor", task_id=task.id) is not None

    def _admission(self, patient: Patient) -> bool:
        words = {"place": Place.LOCAL, "first_call": FirstCall.RESPONSIBLE}
        if not self._record(patient, Step.ADMISSION, **words):
            return False
        patient.admit(self.people.today())
        return True

    def _discharge(self, patient: Patient) -> bool:
        lines = dict.fromkeys(LINES, "none")
        if not patient.in_hospital:
            return False
        if not self._record(patient, Step.LEFT_HOSPITAL, lines=lines):
            return False
        patient.leave_hospital(self.people.today())
        return True

    def _relapse(self, patient: Patient) -> bool:
        if not self._record(patient, Step.RELAPSE):
            return False
        patient.relapse()
        return True

    def _new_therapy(self, patient: Patient) -> bool:
        """Begin another therapy, which ends what is about the response to CAR T."""
        if not self._record(patient, Step.NEW_THERAPY, therapy=CourseKind.BISPECIFIC):
            return False
        patient.relapse()
        return True

    def _hospice(self, patient: Patient, *, by_mistake: bool = False) -> bool:
        return self._end_life(patient, Step.HOSPICE, by_mistake=by_mistake)

    def _hospice_by_mistake(self, patient: Patient) -> bool:
        return self._hospice(patient, by_mistake=True)

    def _death(self, patient: Patient, *, by_mistake: bool = False) -> bool:
        return self._end_life(patient, Step.DEATH, by_mistake=by_mistake)

    def _death_by_mistake(self, patient: Patient) -> bool:
        return self._death(patient, by_mistake=True)

    def _end_life(self, patient: Patient, step: Step, *, by_mistake: bool) -> bool:
        done = self._record(patient, step, same_patient=True)
        if done is None:
            return False
        today, is_death = self.people.today(), step is Step.DEATH
        words = {"died": True} if is_death else {"in_hospice": True}
        patient.change_life(today, **words)
        if by_mistake:
            seen = today + self.people.chance.randint(0, 20) * DAY
            self.mistaken.append((seen, patient.case_id, done.subject))
        return True

    def _day_zero(self, patient: Patient) -> bool:
        """Correct the day of the infusion by some days."""
        moved = self.people.chance.choice([-9, -2, -1, 1, 3, 10])
        day0 = patient.plan.day0 + moved * DAY
        if day0 > min(self.people.today(), patient.plan.until):
            return False
        with self.people.store.read() as reading:
            steps = reading.courses.milestones([self._course(patient).id])
        old = next(one for one in steps if one.milestone.step is Step.INFUSION)
        entry = Entry(
            Step.INFUSION, Result.HAPPENED, day0, product=Product.CARVYKTI,
            same_patient=True,
        )  # fmt: skip
        words = {"milestone_id": old.milestone.id, "why": "A slip.", "entry": entry}
        if not self.people.act(correct_milestone, "rivera", **words):
            return False
        patient.plan.day0 = day0
        patient.reckon(self.people.today())
        return True

    def _takeover(self, patient: Patient) -> bool:
        """Take over in an emergency; what is owed for it is most often said back."""
        able = [one for one in MAY_BE_RESPONSIBLE if one != patient.responsible]
        who = self.people.chance.choice(able)
        words = {"referral_id": self._course(patient).referral_id}
        done = self.people.act(take_over, who, **words, why="Nobody answers.")
        if done is None:
            return False
        there = self.people.staff.of(who).at_center
        back = patient.at_center and not there
        patient.hand_to(who, at_center=there)
        known = dict.fromkeys(KNOWN, "none")
        said = ReadBack("Fever.", "Ill", known=known, doers=self._doers)
        self.owed[patient.case_id] = Owed(done.subject, who, said, back)
        if self.people.chance.random() < 0.8:
            self._say_back(patient)
        return True

    def _handoff(self, patient: Patient) -> bool:
        """Hand a patient over, or back; some offers are read back late, or never."""
        back = patient.at_center
        to = self.people.chance.choice(["chen"] if back else ["rivera", "osei"])
        values = self._offered(to, patient)
        words = {"referral_id": self._course(patient).referral_id, "values": values}
        done = self.people.act(offer_handoff, patient.responsible, **words)
        if done is None:
            return False
        said = ReadBack(
            "Fever.",
            "Stable",
            visit_booked=True,
            matched=How.BY_PHONE,
            doers=self._doers,
        )
        self.owed[patient.case_id] = Owed(done.subject, to, said, back)
        return self.people.chance.random() < 0.8 and self._say_back(patient)

    def _say_back(self, patient: Patient) -> bool:
        """Say back the last handoff of a patient, on the day or long afterwards."""
        owed = self.owed.pop(patient.case_id, None)
        if owed is None:
            return False
        words = {"handoff_id": owed.handoff_id, "said": owed.said}
        if not self.people.act(read_back, owed.who, **words):
            return False
        if owed.back:
            patient.agree_on(AGREED)
        patient.hand_to(owed.who, at_center=self.people.staff.of(owed.who).at_center)
        return True

    @property
    def _doers(self) -> dict[str, str]:
        """Who is to do what the practice has to do, as the form of a return says it."""
        return {doer_field(Topic.COUNTS): self.people.persons[AGREED].clinician_id}

    def _second(self, patient: Patient) -> bool:
        """Give CAR T once more, months after the first at the earliest."""
        today = self.people.today()
        if patient.in_hospital or today < patient.plan.day0 + 200 * DAY:
            return False
        request = Request(
            LINK, Kind.EVALUATION, Urgency.ROUTINE, "CAR T once more?",
            case_id=patient.case_id, matched=How.BY_PHONE.value,
        )  # fmt: skip
        asked = self.people.act(start_referral, "chen", request=request)
        if asked is None:
            return False
        words = {"event": Event.TAKE, "words": Words({MATCHED: How.BY_PHONE.value})}
        self._must(move_referral, referral_id=asked.subject, **words)
        course_id = self._course(patient).id
        for step in (Step.INFUSION, Step.DISCHARGE):
            entry = Entry(
                step, Result.HAPPENED, today, product=Product.CARVYKTI,
                same_patient=True,
            )  # fmt: skip
            self._must(record_milestone, course_id=course_id, entry=entry)
        with self.people.store.read() as reading:
            plan = reading.plans.of_course(course_id)
        assert plan is not None
        patient.begin_again(plan.id, today)
        return True

    def _must(self, action: Callable[..., Done], **words: Any) -> None:
        assert self.people.act(action, "rivera", **words) is not None, (
            self.people.refused
        )

    def _offered(self, to: str, patient: Patient) -> dict[str, str]:
        back = patient.at_center
        direction = Direction.RETURN if back else Direction.TO_CENTER
        told = {one.code: "none" for one in fields_of(direction)}
        told |= {RECEIVER: self.people.persons[to].clinician_id, "action_1": "none"}
        return told | ({MATCHED: How.BY_RECORD.value} if back else {})

    def _record(self, patient: Patient, step: Step, **more: Any) -> Done | None:
        entry = Entry(step, Result.HAPPENED, self.people.today(), **more)
        words = {"course_id": self._course(patient).id, "entry": entry}
        return self.people.act(record_milestone, "chen", **words)

    def _course(self, patient: Patient) -> Course:
        """Return the last CAR T of a patient."""
        with self.people.store.read() as reading:
            there = reading.courses.of_cases([patient.case_id])
        return [one for one in there if one.kind is CourseKind.CAR_T][-1]
