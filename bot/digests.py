"""What a person's morning digest is made of, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.checks import Check, StandIns, checks_and_stand_ins
from bot.lookups import Asked, asked_of
from bot.mornings import Mornings, Subscriber, subscriber
from care.digest import (
    WAITS,
    Due,
    Line,
    Morning,
    Reader,
    Rhythm,
    Section,
    Told,
    WorkingWeek,
    comes,
    lines_for,
    monday_of,
    rhythm_of,
)
from care.duty import Absence
from care.item import State
from care.knowledge.protocol import Topic
from care.people import Role
from care.spans import Span
from scheduler.calendars import local_day, working_hours
from storage.actors import Person
from storage.digests import DigestChoice
from storage.item_records import Item
from storage.notices import notice_id
from storage.records import Clinician, Life, Notice, Site
from storage.unit import Reading

DIGEST = "digest"
"""The view of a morning digest, and the kind of reminder that sends it."""
SUFFIX = "/digest"
"""Makes somebody's digest a subject of its own."""
FIRST_MONTH = Span.parse("1 month")
LOOKED_AHEAD = timedelta(days=21)
"""How far ahead a week's digest can speak: over Sunday and the holidays after it."""
LOOKED_BACK = timedelta(days=60)
"""What was missed before that has been told to all but leads, who have it weekly."""


@dataclass(frozen=True)
class Chosen:
    """What one digest says, and what it was chosen from."""

    reader: Reader
    day: date
    lines: tuple[Line, ...]
    mine: Asked

    @property
    def waiting(self) -> int:
        """How much else waits for the reader."""
        return self.mine.count

    @property
    def comes(self) -> bool:
        """Whether it is sent at all."""
        return comes(self.reader, self.day, lines=len(self.lines), waiting=self.waiting)

    @property
    def payload(self) -> dict[str, object]:
        """What a notice carries of it: opaque ids alone."""
        due = [one.due for one in self.lines if one.section in DUE_SECTIONS]
        return {
            "day": self.day.isoformat(),
            "always": not (self.lines or self.waiting),
            "due": [one.id for one in due],
            "patients": sorted({one.patient for one in due}),
            "lines": [[one.due.id, one.section.value] for one in self.lines],
        }


DUE_SECTIONS = frozenset({Section.LAST_DAY, Section.WEEK})


def digest_notice_id(clinician_id: str, day: date) -> str:
    """Return the id of somebody's digest of a date: there is one, whoever writes."""
    return notice_id(f"{clinician_id}/{day.isoformat()}", DIGEST, clinician_id)


@dataclass(frozen=True)
class DigestSettings:
    """What somebody sees of their own settings."""

    choice: DigestChoice
    mornings: Mornings
    site: Site
    role: Role
    next: Morning | None
    """When it can come next; None where it is off."""

    @property
    def rhythm(self) -> Rhythm:
        """How often their digest comes."""
        return rhythm_of(self.role)


def digest_settings(reading: Reading, by: Person) -> DigestSettings:
    """Return what somebody sees of their own settings."""
    mine = subscriber(reading, reading.people.clinician(by.clinician_id))
    mornings = mine.mornings(reading.now.date())
    ahead = mornings.next(reading.now) if mine.wants else None
    return DigestSettings(mine.choice, mornings, mine.site, by.role, ahead)


def absences_near(reading: Reading, whose: Subscriber, day: date) -> list[Absence]:
    """Return who of somebody's site is away, as far as a digest of a day asks."""
    since = day - LOOKED_BACK
    return reading.duty.absences_at([whose.site.id], from_day=since)


def choose(
    reading: Reading, whose: Subscriber, *, day: date, absences: Sequence[Absence]
) -> Chosen:
    """Return what somebody's digest of a day says, by what `absences_near` found."""
    one = whose.one
    reader = _reader(reading, whose, day, absences)
    stood_in_for = _stood_in_for(reading, whose, absences)
    items, led = _items_near(reading, reader, day, stood_in_for)
    lines: tuple[Line, ...] = ()
    if items:
        dues = _dues(reading, items, led, one.site_id)
        lines = lines_for(reader, day, dues, _told(reading, one.id, day))
    return Chosen(reader, day, lines, my_waiting(reading, one))


def answering_for(
    reading: Reading, checks: Sequence[Check], known: StandIns
) -> dict[str, str]:
    """Return who hears of each check as responsible: they, or their cover now.

    In the place of whoever is away without a cover their site's lead hears, or a
    coordinator there; they themselves hear when they are back. `known` is of the
    checks' sites.
    """
    people = reading.people.clinicians({one.case.responsible_id for one in checks})
    there = known.at({one.site_id for one in people.values()})
    if there is None:
        sites = reading.people.sites_by_id({one.site_id for one in people.values()})
        there = StandIns.of(reading, sites, people.keys())
    found: dict[str, str] = {}
    for one in checks:
        asked = people[one.case.responsible_id]
        words = {"case_id": one.case.id, "site_id": asked.site_id}
        answers = there.instead_of(asked, **words) or there.keeper_of(asked.site_id)
        found[one.item.id] = (answers or asked).id
    return found


def _stood_in_for(
    reading: Reading, whose: Subscriber, absences: Sequence[Absence]
) -> set[str]:
    """Return those of a reader's site for whom the reader may stand in now.

    Also where somebody else is the cover: that one may be away in their turn.
    """
    day = local_day(whose.site, reading.now)
    away = {each.clinician_id for each in absences if each.holds(day)}
    return (away | reading.covers.covered_at(whose.site.id)) - {whose.one.id}


def still_theirs(check: Check, reader: Clinician, answering_id: str) -> bool:
    """Tell whether a check still belongs in a reader's digest, at sending."""
    if check.item.state not in WAITS:
        return False
    responsible = {check.case.responsible_id, answering_id}
    mine = reader.id in responsible | {check.doer and check.doer.id}
    keeps = reader.role is Role.COORDINATOR and check.site.id == reader.site_id
    return mine or keeps or reader.role is Role.LEAD


def says_last_day(reading: Reading, doer: Clinician, item_id: str) -> bool:
    """Tell whether somebody's digests say of a check that it has its last day today.

    Where they do, or have told of it twice this week, a message of its own would tell
    the same person twice.
    """
    whose = subscriber(reading, doer)
    day = whose.mornings(reading.now.date()).today(reading.now)
    sent = reading.notices.notice(digest_notice_id(doer.id, day))
    if sent is not None:
        told = {id_ for id_, _ in sent.payload["lines"]}
        return item_id in told or item_id in _told(reading, doer.id, day).items
    planned = reading.reminders.of(doer.id + SUFFIX)
    return any(one.state == "waiting" and one.step == str(day) for one in planned)


def my_waiting(reading: Reading, one: Clinician) -> Asked:
    """Return what else waits for somebody."""
    return asked_of(reading, one.member)


def _reader(
    reading: Reading, whose: Subscriber, day: date, absences: Sequence[Absence]
) -> Reader:
    one = whose.one
    rhythm = rhythm_of(one.role)
    return Reader(
        id=one.id,
        site_id=one.site_id,
        rhythm=rhythm,
        week=whose.mornings(day).week,
        on_duty=rhythm is Rhythm.DUTY and _has_duty(reading, whose, day),
        leads=one.role is Role.LEAD,
        away=_away_alone(one, day, absences),
    )


def _away_alone(
    one: Clinician, day: date, absences: Sequence[Absence]
) -> frozenset[date]:
    """Return the days of late on which nobody stood in for somebody who was away."""
    since = day - LOOKED_BACK
    days = (since + timedelta(days=n) for n in range(LOOKED_BACK.days))
    mine = [each for each in absences if each.clinician_id == one.id]
    alone = [each for each in mine if each.cover_id is None]
    return frozenset(d for d in days if any(each.holds(d) for each in alone))


def _has_duty(reading: Reading, whose: Subscriber, day: date) -> bool:
    if not whose.site.has_rota:
        # Duty goes round with each question, and is everybody's each day.
        return whose.one.duty_order is not None
    found = reading.duty.roster(whose.site, from_day=day).on_duty(day)
    return found is not None and found.id == whose.one.id


def _items_near(
    reading: Reading, reader: Reader, day: date, stood_in_for: Collection[str]
) -> tuple[list[Item], set[str]]:
    """Return what may be told of about now; and what is told of to leads alone."""
    near = reading.items.near(
        reader.id,
        reader.site_id,
        until=day + LOOKED_AHEAD,
        since=day - LOOKED_BACK,
        instead_of=stood_in_for,
    )
    weekly = reader.leads and reader.week.begins_week(day)
    missed = reading.items.missed_over_links(reader.site_id) if weekly else []
    items = {item.id: item for item in [*near, *missed]}
    return list(items.values()), {item.id for item in missed}


def _dues(
    reading: Reading, items: Sequence[Item], led: Collection[str], site_id: str
) -> list[Due]:
    """Return checks as the rule sees them."""
    checks, there = checks_and_stand_ins(reading, items)
    sites = {one.site.id: one.site for one in checks}
    staff = {one: there.staff_of(one, Role.COORDINATOR) for one in sites}
    answering = answering_for(reading, checks, there)
    today = reading.now.date()
    weeks = {one.id: _week_of(one, around=today) for one in sites.values()}
    return [
        _due(
            one,
            there.first(staff[one.site.id], one.item),
            answering[one.item.id],
            weeks[one.site.id],
            frozenset({site_id}) if one.item.id in led else frozenset(),
        )
        for one in checks
    ]


def _week_of(site: Site, *, around: date) -> WorkingWeek:
    hours = working_hours(site, around=around)
    return WorkingWeek(hours.days, hours.closed)


def _due(
    check: Check,
    coordinator: Clinician | None,
    responsible_id: str,
    week: WorkingWeek,
    sites: frozenset[str],
) -> Due:
    item = check.item
    return Due(
        id=item.id,
        patient=item.case_id,
        state=item.state,
        earliest=item.window.earliest,
        ends_on=item.ends_on,
        doer_id=check.doer.id if check.doer else None,
        coordinator_id=coordinator.id if coordinator else None,
        responsible_id=responsible_id,
        sites=sites,
        miss_told=check.row.miss_told,
        site_week=week,
        missed_on=item.missed_on,
        quiet_until=item.quiet_until,
        # What was put off is not brought up each morning meanwhile.
        daily_until=None if item.quiet_until else FIRST_MONTH.after(check.plan.day0),
    )


def _told(reading: Reading, clinician_id: str, day: date) -> Told:
    """Return what the earlier digests of this week told somebody."""
    days = range((day - monday_of(day)).days)
    earlier = [monday_of(day) + timedelta(days=n) for n in days]
    ids = [digest_notice_id(clinician_id, one) for one in earlier]
    found = reading.notices.notices(ids) if ids else []
    return Told.of((one.payload["due"], one.payload["patients"]) for one in found)


@dataclass(frozen=True)
class Entry:
    """One check as a digest shows it now."""

    check: Check
    section: Section


@dataclass(frozen=True)
class DigestPage:
    """A digest as it is said at this moment."""

    reader: Clinician
    day: date
    entries: tuple[Entry, ...]
    """What is still to do; what has to be done first comes first."""
    over: tuple[Check, ...]
    """What was on it and is not theirs to do any more."""
    mine: Asked
    always: bool
    """Whether it comes though nothing is due."""
    was_due: datetime | None = None

    def of(self, section: Section) -> list[Check]:
        """Return what stands in a section."""
        return [one.check for one in self.entries if one.section is section]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it."""
        return not self.entries and not self.mine.count


def digest_page(reading: Reading, notice: Notice, reader: Clinician) -> DigestPage:
    """Return what a digest's notice says now; each of its checks is read again."""
    told = {id_: Section(section) for id_, section in notice.payload["lines"]}
    ids = reading.items.there(told)
    checks, answering = _living(reading, reading.items.items(ids)) if ids else ([], {})
    waits = [one for one in checks if still_theirs(one, reader, answering[one.item.id])]
    was_due = notice.payload.get("was_due")
    return DigestPage(
        reader=reader,
        day=date.fromisoformat(notice.payload["day"]),
        entries=tuple(Entry(one, _section(one, told[one.item.id])) for one in waits),
        over=tuple(one for one in checks if one not in waits),
        mine=my_waiting(reading, reader),
        always=bool(notice.payload.get("always")),
        was_due=datetime.fromisoformat(was_due) if was_due else None,
    )


def _living(
    reading: Reading, items: Sequence[Item]
) -> tuple[list[Check], dict[str, str]]:
    """Return checks of the living in their order, and who hears of each."""
    found, there = checks_and_stand_ins(reading, items)
    # Of who has died, or is in hospice, nothing more is said here.
    living = [one for one in found if one.case.life is Life.LIVING]
    checks = sorted(living, key=_in_order)
    return checks, answering_for(reading, checks, there)


def _in_order(check: Check) -> tuple[date, str, int, str]:
    """Order by the windows, and inside a patient's visit as lists do."""
    topic = list(Topic).index(check.row.topic)
    return check.item.ends_on, check.case.code, topic, check.row.name


def _section(check: Check, was: Section) -> Section:
    """Return where a check stands now: its window may have closed since."""
    missed = check.item.state is State.MISSED
    return Section.MISSED if missed and was in DUE_SECTIONS else was
