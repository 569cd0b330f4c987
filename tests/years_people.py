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
from bot.actions.item_doers import reassign
from bot.actions.item_ends import Ending, end_row, let_go_on
from bot.actions.item_undo import undo
from bot.actions.items import do, elsewhere, hold, put_off, reopen, take_up, waive
from bot.refusals import Refusal
from care.item import Why
from care.knowledge.protocol import Hold
from storage.actors import Person
from storage.item_records import item_id
from storage.unit import Store
from tests.years_model import DAY, Patient, Plan, Thing
from tests.years_staff import Staff

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
        kind = kind or self.one_of(PROBABLY)
        before = copy(one)
        if getattr(self, "_" + kind.replace(" ", "_"))(one, self._who(one)):
            self.done[kind] += 1
            if kind == "do and undo":
                one.put_back(before)

    def one_of(self, kinds: Mapping[str, int]) -> str:
        """Choose what happens, each as often as it says."""
        return self.chance.choices(list(kinds), list(kinds.values()))[0]

    def _who(self, one: Thing) -> str:
        """Return somebody of the site of a check, whether they are there or not."""
        here = [p.id for p in self.staff.people if p.at_center == one.at_center]
        return self.chance.choice(here)

    def _id(self, one: Thing) -> str:
        return item_id(one.plan, one.row.id, one.number)

    def _plan_of(self, one: Thing) -> Plan:
        return self.patients[one.patient].plan_of(one)

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
            self._plan_of(one).end(one.row.id)
            return True
        months = self.chance.randint(1, 6)
        if not self.act(let_go_on, "chen", **words, months=months):
            return False
        one.state, one.until, one.admitted = "done", None, False
        self._find_next_look(one)
        return True

    def _find_next_look(self, one: Thing) -> None:
        """Take in the next look, whose window somebody chose."""
        plan = self._plan_of(one)
        with self.store.read() as reading:
            found = reading.items.of_plans([plan.id])
        for item in found:
            key = item.row_id, item.number
            if item.row_id == one.row.id and key not in plan.things:
                window = item.window
                plan.things[key] = Thing(
                    one.patient, plan.id, one.row, item.number, window.earliest,
                    window.latest, self.today(), at_center=False, fixed=True,
                    doer=item.doer_id and item.doer_id.split("-")[1],
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
        day0 = self._plan_of(one).day0
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
        patient = self.patients[one.patient]
        # What a relapse has ended leaves the plan again at once.
        ended = one.row.id in patient.plan_of(one).ended
        one.state, one.since = "off" if ended else "to do", self.today()
        patient.follow(one)
        return True

    def _reassign(self, one: Thing, who: str) -> bool:
        doer = self._who(one)
        words = {"doer_id": self.persons[doer].clinician_id}
        if not self.act(reassign, who, item_ids=[self._id(one)], **words):
            return False
        one.doer = doer
        return True
