"""Compares what Baton tells, and what it keeps, with what should be told and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from care.digest import Section
from storage.item_records import Item
from tests.years_model import DAY, Patient, Thing
from tests.years_staff import Staff

DUE = frozenset({Section.LAST_DAY.value, Section.WEEK.value})
AHEAD = 17
"""Days that a week's digest may look ahead, over the holidays that follow it."""
HEARD_BY = 8
"""Days after a window closed by which somebody must have heard of it."""
AT_MOST = 2
"""Mornings of a week on which a patient is told of, after the first month."""
KEEPERS = ("lead", "coordinator")
"""Who hears in the place of somebody who is away alone, in this order."""
SAID = {"done late": "done"}


@dataclass
class Checker:
    """Collects everything that is not as it should be."""

    patients: Mapping[str, Patient]
    staff: Staff
    works: Callable[[date], bool]
    things: dict[str, Thing] = field(default_factory=dict)
    """By the ids of their items, as far as these are kept."""
    up: set[date] = field(default_factory=set)
    """Days on whose mornings Baton ran."""
    told: set[tuple[str, str, date]] = field(default_factory=set)
    mornings: dict[tuple[str, str, date], dict[date, set[str]]] = field(
        default_factory=dict
    )
    """Who was told of whom in which week: what was due, morning by morning."""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def digest(self, who: str, day: date, lines: list[tuple[str, str]]) -> None:
        """Look at a digest in the moment in which it is written."""
        self.counts["digests"] += 1
        for item_id, section in lines:
            self._told(who, day, item_id, section)
            if section in DUE:
                self._count_morning(who, day, self.things[item_id])

    def last_day(self, who: str, day: date, item_id: str) -> None:
        """Look at the message of a last day, which holds all of the patient's.

        But what a digest has told on the same morning is left out of it.
        """
        self.counts["last days"] += 1
        first = self.things[item_id]
        for id_, one in self.things.items():
            said = (who, id_, day) in self.told and id_ != item_id
            same = one.patient == first.patient and one.state == "to do" and not said
            if same and self._last_morning(one) == day and self._doer(one, day) == who:
                self._told(who, day, id_, Section.LAST_DAY.value)

    def day_is_over(self, today: date) -> None:
        """Look for what nobody was told of in time; `today` is the day that begins."""
        for patient in self.patients.values():
            if patient.life != "living":
                continue
            for one in patient.things:
                if one.state == "to do":
                    self._closed(one, today)
                    self._missed(one, today)

    def kept(self, patient: Patient, items: list[Item], today: date) -> None:
        """Look whether everything that is due is kept, and stands as it should."""
        self.counts["looks"] += 1
        for plan in patient.plans:
            found = {(i.row_id, i.number): i for i in items if i.plan_id == plan.id}
            for key, one in plan.things.items():
                near = one.earliest <= today + timedelta(days=300)
                wanted = patient.life == "living" and one.row.id not in plan.ended
                if key not in found and near and wanted:
                    self._wrong("is lost", one, today)
            for key, item in found.items():
                self._stands(patient, plan.things.get(key), item, today)

    def _stands(
        self, patient: Patient, expected: Thing | None, item: Item, today: date
    ) -> None:
        if expected is None:
            which = f"{patient.case_id[:6]} {item.row_id} {item.number}"
            self.wrong.append(f"{today} {which} is too many")
            return
        stands = SAID.get(item.state, item.state)
        in_time = expected.stands(today)
        if patient.life == "living" and stands != in_time:
            self._wrong(f"stands {item.state}, not {in_time}", expected, today)

    def came_of_due(self, today: date) -> Counter[str]:
        """Return of everything that came due how much was told, and how it stands."""
        found: Counter[str] = Counter()
        for patient in self.patients.values():
            ended = patient.life != "living"
            until = min(patient.silent, today)
            for one in patient.things:
                if one.earliest > until:
                    continue
                stands = one.stands(today)
                if ended and one.state in {"to do", "held"}:
                    stands = patient.life
                found["due"] += 1
                found["due: told of"] += bool(one.told or one.told_missed)
                found[f"due: {stands}"] += 1
        return found

    def _told(self, who: str, day: date, item_id: str, section: str) -> None:
        one = self.things[item_id]
        patient = self.patients[one.patient]
        if one.state != "to do" or patient.life != "living":
            self._wrong(f"told to {who}, {patient.life} ({section})", one, day)
        if (who, item_id, day) in self.told:
            self._wrong(f"told twice to {who}", one, day)
        self.told.add((who, item_id, day))
        self.counts[section] += 1
        if section in DUE:
            self._told_as_due(who, day, one)
        else:
            self._told_as_missed(who, day, one, section)

    def _told_as_due(self, who: str, day: date, one: Thing) -> None:
        one.told.append(day)
        if who != self._doer(one, day):
            self._wrong(f"told to {who}, not to {self._doer(one, day)}", one, day)
        if not one.earliest - AHEAD * DAY <= day <= one.ends:
            self._wrong(f"told to {who} out of its time", one, day)

    def _told_as_missed(self, who: str, day: date, one: Thing, section: str) -> None:
        one.told_missed.append((day, who))
        if day <= one.ends:
            self._wrong(f"told to {who} as missed", one, day)
        colleague = self.staff.of(who)
        here = colleague.at_center == one.at_center
        may = {self._doer(one, day), self._answers(one, day)}
        coordinates = here and who in self._coordinators(one, day)
        leads = colleague.role == "lead" and section == Section.LONG_MISSED.value
        if who not in may and not coordinates and not leads:
            self._wrong(f"told to {who}, who has no part in it", one, day)

    def _count_morning(self, who: str, day: date, one: Thing) -> None:
        """Look that nobody is told of a patient too often after the first month."""
        plan = self.patients[one.patient].plan_of(one)
        monday = day - timedelta(days=day.weekday())
        week = self.mornings.setdefault((who, one.patient, monday), {})
        before = {name for on, names in week.items() if on < day for name in names}
        name = f"{one.row.id} {one.number}"
        week.setdefault(day, set()).add(name)
        is_new = name not in before
        if len(week) > AT_MOST and not is_new and day > plan.day0 + 31 * DAY:
            self._wrong(f"told to {who} a third time in a week", one, day)

    def _closed(self, one: Thing, today: date) -> None:
        """Look whether somebody was told before a window closed yesterday."""
        if one.ends != today - DAY:
            return
        begins = max(one.earliest, one.since)
        self.counts["closed"] += 1
        mornings = self._mornings(one, max(one.earliest, one.since + DAY), one.ends)
        heard = any(on >= begins - 7 * DAY for on in one.told)
        # Whoever was told nothing before hears on the last morning, if Baton runs.
        if mornings and mornings[-1] in self.up and not heard:
            self._wrong("nobody was told before its window closed", one, today)

    def _missed(self, one: Thing, today: date) -> None:
        """Look whether what was missed was heard of."""
        begins = max(one.ends + DAY, one.since)
        if today != begins + HEARD_BY * DAY:
            return
        self.counts["missed"] += 1
        mornings = self._mornings(one, begins + DAY, today - DAY)
        heard = any(on >= begins for on, _ in one.told_missed)
        if self.up & set(mornings) and not heard:
            self._wrong("nobody was told that it was missed", one, today)

    def _mornings(self, one: Thing, first: date, last: date) -> list[date]:
        """Return the mornings on which its doer would read of it."""
        days = [first + n * DAY for n in range((last - first).days + 1)]
        able = [day for day in days if self.works(day)]
        return [day for day in able if self._is_there(self._doer(one, day), day)]

    def _is_there(self, who: str, day: date) -> bool:
        return not self.staff.leave(who, day)[0]

    def _doer(self, one: Thing, day: date) -> str:
        return self.staff.doer(one, self.patients[one.patient].responsible, day)

    def _answers(self, one: Thing, day: date) -> str:
        """Return who hears as the responsible clinician: they, or who stands in.

        For whoever is away alone their site's lead hears, or a coordinator there.
        """
        responsible = self.patients[one.patient].responsible
        at_center = self.staff.of(responsible).at_center
        here = [p for p in self.staff.people if p.at_center == at_center]
        keepers = [p.id for role in KEEPERS for p in here if p.role == role]
        there = [who for who in keepers if self._is_there(who, day)]
        found = self.staff.there_for(responsible, day)
        return found or next(iter(there), responsible)

    def _coordinators(self, one: Thing, day: date) -> set[str | None]:
        """Return the coordinators of a check's site, and who stands in for them."""
        all_of_them = [
            p.id
            for p in self.staff.people
            if p.role == "coordinator" and p.at_center == one.at_center
        ]
        return {*all_of_them, *(self.staff.there_for(p, day) for p in all_of_them)}

    def _last_morning(self, one: Thing) -> date:
        day = one.ends
        while not self.works(day):
            day -= DAY
        return day

    def _wrong(self, what: str, one: Thing, day: date) -> None:
        which = f"{one.patient[:6]} {one.row.id} {one.number}"
        window = f"{one.earliest} to {one.ends}, {one.state} since {one.since}"
        self.wrong.append(f"{day} {which} ({window}) {what}")
