"""What should be told to whom, reckoned apart from Baton's own code.

The calendar, the windows, whose check it is and what a change means are written here
once more, as plainly as can be, so that a slip in the one is seen by the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
GRACE = 7
"""Days for which what was taken up again stays open."""
AHEAD, A_WEEK = 14, 7
"""Days ahead that wait for the end of a stay in hospital, and for how long."""
HORIZON = 20
"""Years after Day 0 for which windows are reckoned."""

Length = tuple[int, str]


@dataclass(frozen=True)
class Row:
    """A row of the protocol, in numbers alone."""

    id: str
    first: tuple[Length, Length, Length]
    again: tuple[tuple[Length, Length | None], ...] = ()
    also: tuple[Length, ...] = ()
    at_center: bool = False
    hbv: bool = False
    response: bool = False
    """A relapse ends it."""
    runs: bool = False
    """A running precaution."""
    report: bool = False
    """Nobody comes for it, so that it goes on while the patient is in hospital."""
    life_long: bool = False
    follows: bool = False
    """It is done where somebody is responsible."""


ROWS = (
    Row("counts", ((5, "day"), (7, "day"), (9, "day")),
        (((7, "day"), (56, "day")),)),
    Row("igg", ((25, "day"), (30, "day"), (35, "day")),
        (((1, "month"), (12, "month")),), follows=True),
    Row("response", ((25, "day"), (30, "day"), (35, "day")),
        (((3, "month"), (24, "month")),), response=True),
    Row("vaccines", ((170, "day"), (180, "day"), (190, "day")),
        also=((8, "month"), (12, "month"))),
    Row("hbv", ((25, "day"), (30, "day"), (40, "day")),
        (((3, "month"), (18, "month")),), hbv=True),
    Row("pjp", ((5, "month"), (6, "month"), (7, "month")), runs=True),
    Row("registry", ((90, "day"), (100, "day"), (110, "day")),
        (((1, "year"), None),), at_center=True, report=True),
    Row("yearly", ((11, "month"), (12, "month"), (13, "month")),
        (((1, "year"), None),), at_center=True, life_long=True),
)  # fmt: skip
ROW = {one.id: one for one in ROWS}


def later(day: date, length: Length, times: int = 1) -> date:
    """Return the day so many lengths after a day; a month lacking it ends earlier."""
    count, unit = length[0] * times, length[1]
    if unit == "day":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    for last in range(day.day, 0, -1):
        try:
            return date(months // 12, months % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


def windows(row: Row, day0: date) -> Iterator[tuple[int, date, date]]:
    """Yield number, first and last day of everything that a row makes due."""
    earliest, target, latest = (later(day0, one) for one in row.first)
    targets = [target, *(later(day0, one) for one in row.also)]
    for every, until in row.again:
        start, times = targets[-1], 1
        ends = later(day0, until) if until else date(day0.year + HORIZON, 1, 1)
        while (found := later(start, every, times)) <= ends:
            targets.append(found)
            times += 1
    for number, one in enumerate(targets):
        yield number, one - (target - earliest), one + (latest - target)


@dataclass
class Thing:
    """One check as it should stand."""

    patient: str
    plan: str
    row: Row
    number: int
    earliest: date
    latest: date
    since: date
    """From which day it has been to do without a break."""
    at_center: bool
    """Where it is done."""
    state: str = "to do"
    """`to do`, `done`, `held` or `off`."""
    until: date | None = None
    """Held: the day on which it is looked at again."""
    admitted: bool = False
    extended: date | None = None
    doer: str | None = None
    fixed: bool = False
    told: list[date] = field(default_factory=list)
    told_missed: list[tuple[date, str]] = field(default_factory=list)

    @property
    def ends(self) -> date:
        """The last day in time."""
        return max(self.latest, self.extended or self.latest)

    def stands(self, today: date) -> str:
        """Return the state as Baton calls it, done late or not left aside."""
        if self.state != "to do":
            return {"off": "not needed"}.get(self.state, self.state)
        if today < self.earliest:
            return "upcoming"
        return "open" if today <= self.ends else "missed"

    def is_up(self, today: date) -> bool:
        """Tell whether the day has come on which it is looked at again."""
        return self.until is not None and self.until <= today

    def take_up(self, today: date) -> None:
        """Let it be to do again after a hold, for some days at least."""
        self.state, self.until, self.admitted, self.since = "to do", None, False, today
        if self.ends < today + GRACE * DAY:
            self.extended = today + GRACE * DAY

    def count_from(self, earliest: date, latest: date, today: date) -> None:
        """Take another window; what is missed by both has been told already."""
        moved = (self.earliest, self.latest) != (earliest, latest)
        was_missed = self.stands(today) == "missed"
        self.earliest, self.latest = earliest, latest
        if moved and not (was_missed and self.stands(today) == "missed"):
            self.since = today

    def put_back(self, before: Thing) -> None:
        """Let it stand as it stood before; what was told was told."""
        told, missed = self.told, self.told_missed
        self.__dict__ |= copy(before).__dict__ | {"told": told, "told_missed": missed}


@dataclass
class Plan:
    """What is to be done after one infusion."""

    id: str
    day0: date
    hbv: bool
    until: date
    """The last day that Day 0 can turn out to be."""
    left_out: frozenset[str] = frozenset()
    """Rows that go on where they were made before."""
    ended: set[str] = field(default_factory=set)
    agreed: dict[str, str] = field(default_factory=dict)
    """Who does a row at the practice, as it was agreed when they were handed back."""
    things: dict[tuple[str, int], Thing] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """Return the rows of which something becomes due."""
        out = self.ended | self.left_out
        return [one for one in ROWS if one.id not in out and (self.hbv or not one.hbv)]

    def waiting(self) -> list[Thing]:
        """Return what somebody still has to see to."""
        return [one for one in self.things.values() if one.state in {"to do", "held"}]

    def end(self, row_id: str) -> None:
        """Let everything that waits of a row be over."""
        self.ended.add(row_id)
        for one in self.waiting():
            if one.row.id == row_id:
                one.state, one.until = "off", None


@dataclass
class Patient:
    """One patient with everything that should be done for them."""

    case_id: str
    plans: list[Plan]
    """After each CAR T, the last one last."""
    responsible: str = "chen"
    at_center: bool = False
    """Whether the center is responsible."""
    died: bool = False
    in_hospice: bool = False
    silent: date = date.max
    """Since when nothing is asked of them."""
    in_hospital: bool = False
    looked: date = date.min
    """The last day on which time was looked at."""

    @property
    def plan(self) -> Plan:
        """The plan after the last infusion."""
        return self.plans[-1]

    @property
    def things(self) -> list[Thing]:
        """Everything of every plan."""
        return [one for plan in self.plans for one in plan.things.values()]

    def plan_of(self, one: Thing) -> Plan:
        """Return the plan of something."""
        return next(plan for plan in self.plans if plan.id == one.plan)

    def waiting(self) -> list[Thing]:
        """Return what somebody still has to see to."""
        return [one for plan in self.plans for one in plan.waiting()]

    @property
    def life(self) -> str:
        """How they live, as lists say it."""
        if self.died:
            return "died"
        return "hospice" if self.in_hospice else "living"

    def change_life(
        self,
        today: date,
        *,
        died: bool | None = None,
        in_hospice: bool | None = None,
    ) -> None:
        """Let nothing be asked any more, or all of it again that time has reached."""
        was = self.life
        self.died = self.died if died is None else died
        self.in_hospice = self.in_hospice if in_hospice is None else in_hospice
        if was == "living" != self.life:
            self.silent = today
        elif was != "living" == self.life:
            for one in self.waiting():
                if one.ends >= self.silent:
                    one.since = today
            self.silent = date.max
            self.look_again(today)

    def hand_to(self, who: str, *, at_center: bool) -> None:
        """Let somebody be responsible, and do there what is done where they are."""
        self.responsible, self.at_center = who, at_center
        for one in self.waiting():
            self.follow(one)

    def follow(self, one: Thing) -> None:
        """Let a check be done where it is done now; who was named there does it."""
        if one.row.follows and one.at_center != self.at_center:
            agreed = self.plan_of(one).agreed
            one.at_center = self.at_center
            one.doer = None if self.at_center else agreed.get(one.row.id)

    def agree_on(self, who: str) -> None:
        """Let somebody do what the practice has to do, where nobody was named."""
        for one in self.plan.waiting():
            if not one.row.at_center:
                self.plan.agreed[one.row.id] = who
        for one in self.waiting():
            if not one.at_center:
                one.doer = one.doer or self.plan_of(one).agreed.get(one.row.id)

    def begin_again(self, plan_id: str, today: date) -> None:
        """Make a plan after another infusion; what is life-long goes on once."""
        goes_on = {one.id for one in ROWS if one.life_long} - self.plan.ended
        for row in ROWS:
            if not row.life_long:
                self.plan.end(row.id)
        new = Plan(plan_id, today, False, today, left_out=frozenset(goes_on))  # noqa: FBT003 - nobody has confirmed it
        self.plans.append(new)
        self.reckon(today)

    def reckon(self, today: date) -> None:
        """Count every window from Day 0, as it is known today."""
        things = self.plan.things
        for row in self.plan.rows:
            for number, earliest, latest in windows(row, self.plan.day0):
                there = things.get((row.id, number))
                if there is None and latest >= today:
                    new = self._new(row, number, (earliest, latest), today)
                    things[row.id, number] = new
                elif there is not None and not there.fixed:
                    there.count_from(earliest, latest, today)

    def _new(
        self, row: Row, number: int, window: tuple[date, date], today: date
    ) -> Thing:
        there = self.at_center if row.follows else row.at_center
        new = Thing(self.case_id, self.plan.id, row, number, *window, today, there)
        new.doer = None if there else self.plan.agreed.get(row.id)
        return new

    def relapse(self) -> None:
        """Let what is about the response alone be over."""
        for row in ROWS:
            if row.response:
                self.plan.end(row.id)

    def admit(self, today: date) -> None:
        """Let wait what the patient would come for before the next look."""
        self.in_hospital = True
        self._wait(today, [one for one in self.waiting() if one.state == "to do"])

    def _wait(self, today: date, able: list[Thing]) -> None:
        """Let wait for a week what comes near, else what comes next, and what waits."""
        up = [one for one in self.waiting() if one.admitted]
        ahead = [one for one in able if not one.row.report]
        reach = today + AHEAD * DAY
        if not up:
            reach = max([reach, *sorted(one.earliest for one in ahead)[:1]])
        for one in up:
            if one.until is not None and one.until <= today:
                one.until = today + A_WEEK * DAY
        for one in ahead:
            if one.earliest <= reach:
                one.state, one.until, one.admitted = "held", today + A_WEEK * DAY, True

    def leave_hospital(self, today: date) -> None:
        """Let go on what waited for that."""
        self.in_hospital = False
        for one in self.waiting():
            if one.admitted:
                one.take_up(today)

    def look_again(self, today: date) -> None:
        """Let be to do again what was held up to today; in hospital it waits on."""
        if self.life != "living":
            return
        looked, self.looked = self.looked, today
        if self.in_hospital:
            fresh = [o for o in self.waiting() if o.state == "to do"]
            fresh = [o for o in fresh if o.earliest > looked]
            opens = [o for o in fresh if o.earliest <= today and not o.row.report]
            if opens or any(o.admitted and o.is_up(today) for o in self.waiting()):
                self._wait(today, fresh)
        for one in self.waiting():
            if one.state == "held" and one.is_up(today):
                one.take_up(today)
