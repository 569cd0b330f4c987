"""Ill-behaved people, who act by Baton's real actions and by chance.

They are late or away, click twice, undo, put off, hold, forget, and give their work to
others. What an action did is done to the model as well; what was refused is not.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.actions.done import Done, perform
from bot.actions.duty import Days, come_back, go_away
from bot.actions.entries import Entry
from bot.actions.item_doers import reassign
from bot.actions.item_ends import Ending, end_row, let_go_on
from bot.actions.item_undo import undo
from bot.actions.items import do, elsewhere, hold, put_off, reopen, take_up, waive
from bot.actions.journeying import correct_milestone, record_milestone
from bot.refusals import Refusal
from care.item import Why
from care.knowledge.protocol import Hold
from care.milestone import FirstCall, Place, Product, Result, Step
from storage.actors import Person
from storage.item_records import item_id
from storage.unit import Store
from tests.years_model import DAY, Patient, Staff, Thing

PROBABLY: Mapping[str, int] = {
    "do": 60,
    "do twice": 6,
    "do and undo": 5,
    "do late": 6,
    "put off": 8,
    "hold": 6,
    "take up": 6,
    "waive": 3,
    "elsewhere": 3,
    "reopen": 3,
    "reassign": 6,
}
"""How often each is done with a check, of about a hundred times."""
SELDOM: Mapping[str, int] = {
    "go away": 60,
    "come back": 10,
    "admission": 12,
    "discharge": 12,
    "relapse": 4,
    "death": 1,
    "death by mistake": 2,
    "day 0": 6,
}
"""How often each happens to a person or a patient, of about a hundred times."""


@dataclass
class People:
    """Everybody who acts, and what they did so far."""

    store: Store
    chance: random.Random
    persons: Mapping[str, Person]
    staff: Staff
    patients: dict[str, Patient]
    today: Callable[[], date]
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    mistaken: list[tuple[date, str, str]] = field(default_factory=list)
    """Deaths recorded of the wrong patient: when it is seen, and which milestone."""
    clicks: int = 0

    def act(self, action: Callable[..., Done], by: str, **words: Any) -> Done | None:
        """Do something as somebody; None where it was refused."""
        self.clicks += 1
        key = f"click:{self.clicks}"
        try:
            return perform(self.store, action, by=self.persons[by], key=key, **words)
        except Refusal as refusal:
            self.refused[f"{action.__name__}: {type(refusal).__name__}"] += 1
            return None

    def with_a_check(self, one: Thing, kind: str = "") -> None:
        """Do something with one check, by chance."""
        kind = kind or self._one_of(PROBABLY)
        before = copy(one)
        if getattr(self, "_" + kind.replace(" ", "_"))(one, self._who(one)):
            self.done[kind] += 1
            if kind == "do and undo":
                one.put_back(before)

    def with_somebody(self) -> None:
        """Do something with a person or a patient, by chance."""
        kind = self._one_of(SELDOM)
        if kind in {"go away", "come back"}:
            happened = getattr(self, "_" + kind.replace(" ", "_"))()
        else:
            living = [p for p in self.patients.values() if p.life == "living"]
            name = "_" + kind.replace(" ", "_").replace("0", "zero")
            happened = bool(living) and getattr(self, name)(self.chance.choice(living))
        self.done[kind] += bool(happened)

    def mend_mistakes(self) -> None:
        """Take back what was recorded of the wrong patient, once it is seen."""
        for seen, case_id, milestone in list(self.mistaken):
            if self.today() >= seen:
                self.mistaken.remove((seen, case_id, milestone))
                words: dict[str, Any] = {
                    "why": "It was another patient.",
                    "entry": None,
                }
                words["milestone_id"] = milestone
                if self.act(correct_milestone, "chen", **words):
                    self._live_again(self.patients[case_id])

    def _live_again(self, patient: Patient) -> None:
        patient.life = "living"
        for one in patient.waiting():
            if one.ends >= patient.died:
                one.since = self.today()

    def _one_of(self, kinds: Mapping[str, int]) -> str:
        return self.chance.choices(list(kinds), list(kinds.values()))[0]

    def _who(self, one: Thing) -> str:
        """Return somebody of the site of a check, whether they are there or not."""
        here = [p.id for p in self.staff.people if p.at_center == one.row.at_center]
        return self.chance.choice(here)

    def _id(self, one: Thing) -> str:
        plan = self.patients[one.patient].plan_id
        return item_id(plan, one.row.id, one.number)

    def _do(self, one: Thing, who: str) -> bool:
        if one.row.runs:
            return self._look_at(one)
        if not self.act(do, who, item_ids=[self._id(one)]):
            return False
        one.state, one.until, one.admitted = "done", None, False
        return True

    def _look_at(self, one: Thing) -> bool:
        """Look at a running precaution: it ends, or goes on for some months."""
        words: dict[str, Any] = {"item_id": self._id(one)}
        if self.chance.random() < 0.3:
            ending = Ending(frozenset({0, 1}), "")
            if not self.act(end_row, "chen", **words, ending=ending):
                return False
            self.patients[one.patient].end(one.row.id)
            return True
        months = self.chance.randint(1, 6)
        if not self.act(let_go_on, "chen", **words, months=months):
            return False
        one.state, one.until, one.admitted = "done", None, False
        self._find_next_look(one)
        return True

    def _find_next_look(self, one: Thing) -> None:
        """Take in the next look, whose window somebody chose."""
        patient = self.patients[one.patient]
        with self.store.read() as reading:
            found = reading.items.of_plans([patient.plan_id])
        for item in found:
            key = item.row_id, item.number
            if item.row_id == one.row.id and key not in patient.things:
                window = item.window
                patient.things[key] = Thing(
                    one.patient, one.row, item.number, window.earliest, window.latest,
                    self.today(), doer=item.doer_id and item.doer_id.split("-")[1],
                    fixed=True,
                )  # fmt: skip

    def _do_twice(self, one: Thing, who: str) -> bool:
        """Click twice, and let a colleague click at the same moment."""
        if not self._do(one, who):
            return False
        self.clicks -= 1
        self.act(do, who, item_ids=[self._id(one)])
        assert self.act(do, self._who(one), item_ids=[self._id(one)]) is None
        return True

    def _do_and_undo(self, one: Thing, who: str) -> bool:
        if one.row.runs or not self._do(one, who):
            return False
        return self.act(undo, who, item_ids=[self._id(one)]) is not None

    def _do_late(self, one: Thing, who: str) -> bool:
        """Record it weeks after it was done."""
        day0 = self.patients[one.patient].day0
        day = max(self.today() - self.chance.randint(1, 30) * DAY, day0)
        if one.row.runs or not self.act(do, who, item_ids=[self._id(one)], done_on=day):
            return False
        one.state, one.until, one.admitted = "done", None, False
        return True

    def _put_off(self, one: Thing, who: str) -> bool:
        until = self.today() + self.chance.randint(1, 20) * DAY
        words = {"until": until, "text": "The lab is closed that week."}
        if not self.act(put_off, who, item_ids=[self._id(one)], **words):
            return False
        if one.ends < self.today():
            one.since = self.today()
        one.extended = until
        return True

    def _hold(self, one: Thing, who: str) -> bool:
        until = self.today() + self.chance.randint(2, 60) * DAY
        words = {"reason": Hold.IVIG, "until": until}
        if not self.act(hold, who, item_ids=[self._id(one)], **words):
            return False
        one.state, one.until, one.admitted = "held", until, False
        return True

    def _take_up(self, one: Thing, who: str) -> bool:
        if not self.act(take_up, who, item_ids=[self._id(one)]):
            return False
        one.take_up(self.today())
        return True

    def _waive(self, one: Thing, who: str) -> bool:
        words = {"why": Why.NOT_INDICATED}
        if not self.act(waive, who, item_ids=[self._id(one)], **words):
            return False
        one.state, one.until, one.admitted = "off", None, False
        return True

    def _elsewhere(self, one: Thing, who: str) -> bool:
        if not self.act(elsewhere, who, item_ids=[self._id(one)]):
            return False
        one.state, one.until, one.admitted = "off", None, False
        return True

    def _reopen(self, one: Thing, who: str) -> bool:
        words = {"text": "The tube was lost."}
        if not self.act(reopen, who, item_ids=[self._id(one)], **words):
            return False
        one.state, one.since = "to do", self.today()
        return True

    def _reassign(self, one: Thing, who: str) -> bool:
        doer = self._who(one)
        words = {"doer_id": self.persons[doer].clinician_id}
        if not self.act(reassign, who, item_ids=[self._id(one)], **words):
            return False
        one.doer = doer
        return True

    def _go_away(self) -> bool:
        who = self.chance.choice([one.id for one in self.staff.people])
        mine = self.staff.of(who)
        cover = self.chance.choice(
            [None, *(p.id for p in self.staff.people if p.at_center == mine.at_center)]
        )
        starts = self.today() + self.chance.randint(0, 10) * DAY
        ends = starts + self.chance.randint(0, 14) * DAY
        cover_id = self.persons[cover].clinician_id if cover else None
        days = Days(starts, ends)
        if cover == who or not self.act(go_away, who, days=days, cover_id=cover_id):
            return False
        self.staff.away.append((who, starts, ends, cover))
        return True

    def _come_back(self) -> bool:
        who = self.chance.choice([one.id for one in self.staff.people])
        if not self.act(come_back, who):
            return False
        self.staff.away = [
            one for one in self.staff.away if one[0] != who or one[2] < self.today()
        ]
        return True

    def _admission(self, patient: Patient) -> bool:
        words = {"place": Place.LOCAL, "first_call": FirstCall.RESPONSIBLE}
        if not self._record(patient, Step.ADMISSION, **words):
            return False
        patient.admit(self.today())
        return True

    def _discharge(self, patient: Patient) -> bool:
        if not patient.in_hospital:
            return False
        lines = dict.fromkeys(
            ("what happened", "what changed", "who does what"), "none"
        )
        if not self._record(patient, Step.LEFT_HOSPITAL, lines=lines):
            return False
        patient.leave_hospital(self.today())
        return True

    def _relapse(self, patient: Patient) -> bool:
        if not self._record(patient, Step.RELAPSE):
            return False
        patient.relapse()
        return True

    def _death(self, patient: Patient) -> bool:
        if not self._record(patient, Step.DEATH, same_patient=True):
            return False
        patient.life = "died"
        return True

    def _death_by_mistake(self, patient: Patient) -> bool:
        done = self._record(patient, Step.DEATH, same_patient=True)
        if done is None:
            return False
        patient.life, patient.died = "died", self.today()
        seen = self.today() + self.chance.randint(0, 20) * DAY
        self.mistaken.append((seen, patient.case_id, done.subject))
        return True

    def _day_zero(self, patient: Patient) -> bool:
        """Correct the day of the infusion by some days."""
        day0 = patient.day0 + self.chance.choice([-9, -2, -1, 1, 3, 10]) * DAY
        if day0 > min(self.today(), patient.came - 20 * DAY):
            return False
        with self.store.read() as reading:
            course = reading.courses.of_cases([patient.case_id])[0]
            steps = reading.courses.milestones([course.id])
        old = next(one for one in steps if one.milestone.step is Step.INFUSION)
        entry = Entry(
            Step.INFUSION, Result.HAPPENED, day0, product=Product.CARVYKTI,
            same_patient=True,
        )  # fmt: skip
        words = {"milestone_id": old.milestone.id, "why": "A slip.", "entry": entry}
        if not self.act(correct_milestone, "rivera", **words):
            return False
        patient.day0 = day0
        patient.reckon(self.today())
        return True

    def _record(self, patient: Patient, step: Step, **more: Any) -> Done | None:
        with self.store.read() as reading:
            course = reading.courses.of_cases([patient.case_id])[0]
        entry = Entry(step, Result.HAPPENED, self.today(), **more)
        return self.act(record_milestone, "chen", course_id=course.id, entry=entry)
