"""The chore of morning digests: one a person and date, planned on for ever."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.actions import digesting
from bot.actions.digesting import (
    KEEP_SUFFIX,
    Wish,
    choose_digest,
    plan_digests,
    renew_digests,
)
from bot.actions.done import perform
from bot.actions.item_clock import LAST_DAY
from bot.actions.items import do
from bot.actions.reminding import FAILURE, HANDLERS, TellOfTrouble
from bot.checks import checks_and_stand_ins
from bot.digests import DIGEST, SUFFIX, answering_for, digest_notice_id
from bot.refusals import BadFields
from bot.rendering import Rendering
from care.duty import Absence
from care.item import State
from care.knowledge.telling import MissTold
from care.people import Role, SiteKind
from scheduler.ports import Message, Unneeded
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.clock import TravellingClock
from storage.records import Life, Notice, Reminder, Way
from storage.tables import notice
from storage.unit import Store
from tests.bot.planning_store import ROWS, Planned, planned
from tests.conftest import BOTH
from tests.storage.together import together, watched
from tests.world import OPERATOR, World, new_case, new_referral, new_reply

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
EACH = pytest.mark.parametrize("new_database", BOTH, indirect=True)
DAY = timedelta(days=1)
CHICAGO, NEW_YORK = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 30)
OPENS, LAST, OVER = date(2026, 11, 27), date(2026, 12, 7), date(2026, 12, 8)
HOLIDAYS = {date(2026, 11, 26), date(2026, 12, 25)}
OFFICE_DAYS = (0, 1, 2, 3, 4)


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient whose month-1 checks open on Friday, 27 November.

    Everybody's digests are planned, on the Tuesday before.
    """
    clock.stop_at(datetime.combine(TUESDAY, time(15), UTC))
    patient = planned(store, clock, world)
    plan(patient)
    return patient


def plan(patient: Planned) -> None:
    """Plan everybody's digests, as a setup does."""
    with patient.store.act(OPERATOR) as unit:
        plan_digests(unit, patient.world.workspace_id)
        unit.audit(patient.world.workspace_id, "set up", "test")


def go(
    patient: Planned, day: date, at: str = "09:30", zone: ZoneInfo = CHICAGO
) -> None:
    """Live through the days to a time on a practice's clock, a day after the other."""
    then = datetime.combine(day, time.fromisoformat(at), zone)
    while (due := next_due(patient)) is not None and due <= then:
        patient.clock.stop_at(due)
        patient.handle()
    patient.clock.stop_at(then)


def wake_at(patient: Planned, day: date, at: str) -> None:
    """Let the bot wake up at a time on a practice's clock, after having slept."""
    patient.clock.stop_at(datetime.combine(day, time.fromisoformat(at), CHICAGO))
    patient.handle()


def next_due(patient: Planned) -> datetime | None:
    with patient.store.read() as reading:
        return reading.reminders.next_due()


def digests(patient: Planned, who: Person) -> list[Notice]:
    """Return somebody's digests, oldest first."""
    with patient.store.read() as reading:
        return reading.notices.posts_of(who.clinician_id, {DIGEST})


def mornings(patient: Planned, who: Person) -> list[str]:
    """Return the dates of somebody's digests, each with what it lists."""
    return [
        f"{one.payload['day']} {len(one.payload['lines'])}"
        for one in digests(patient, who)
    ]


def planned_for(patient: Planned, who: Person) -> list[Reminder]:
    """Return the digests of somebody that are planned."""
    with patient.store.read() as reading:
        all_of_it = reading.reminders.of(who.clinician_id + SUFFIX)
    return [one for one in all_of_it if one.state == "waiting"]


def shown(patient: Planned, notice: Notice) -> str:
    """Return what a digest says now, or why it is not sent."""
    with patient.store.read() as reading:
        said = Rendering()(reading=reading, notice=notice)
    return said.reason if isinstance(said, Unneeded) else text_of(said)


def text_of(message: Message) -> str:
    parts = []
    for block in message.blocks:
        parts += [one.get("text", "") for one in block.get("elements", [])]
        parts.append(block.get("text", {}).get("text", ""))
    return "\n".join(one for one in parts if isinstance(one, str))


def wish(patient: Planned, who: Person, *, key: str = "a wish", **changes: Any) -> None:
    """Let somebody choose their digest in the form."""
    usual = Wish(wanted=True, at=time(8), days=OFFICE_DAYS, zone="America/Chicago")
    perform(
        patient.store,
        choose_digest,
        by=who,
        key=key,
        wish=replace(usual, **changes),
    )


def give(patient: Planned, who: Person | None, *rows: str) -> None:
    """Let checks be somebody's to do."""
    for row in rows:
        item = patient.item(row)
        doer_id = who.clinician_id if who else None
        patient.kept(replace(item, doer_id=doer_id))


def turn(patient: Planned, clinician_id: str, table: str, **columns: Any) -> None:
    """Change a row of the setup."""
    with patient.store.act(OPERATOR) as unit:
        unit.people.put(table, {"id": clinician_id, **columns})
        unit.audit(patient.world.workspace_id, "setup.applied", clinician_id)


def away(patient: Planned, who: Person, first: date, last: date, cover: str) -> None:
    """Let somebody be away on some days."""
    with patient.store.act(OPERATOR) as unit:
        new = Absence(who.clinician_id, first, last, cover or None)
        unit.duty.add_absence(unit.new_id(), new)
        unit.audit(patient.world.workspace_id, "away", who.clinician_id)


# Who has one, and what is on it


@EACH
def test_a_coordinator_reads_of_the_week_on_its_first_morning_and_on_the_last_day(
    patient: Planned,
) -> None:
    """The window is from 27 November to 7 December; the first month ends on the 2nd.

    Until then each morning tells of what is open. On the 8th it is missed.
    """
    go(patient, OVER)

    amy = patient.world.practice_coordinator
    assert [one.payload["day"] for one in digests(patient, amy)] == [
        "2026-11-25",
        "2026-11-27",
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
        "2026-12-07",
        "2026-12-08",
    ]


@EACH
def test_a_check_stands_in_its_doers_digest_alone(patient: Planned) -> None:
    world = patient.world
    give(patient, world.oncologist, "cbc", "igg", "response", "pjp", "hsv")

    go(patient, MONDAY)

    assert mornings(patient, world.oncologist)
    assert mornings(patient, world.practice_coordinator) == ["2026-11-30 0"]


@SQLITE
def test_the_first_morning_of_a_coordinators_week_says_that_nothing_is_due(
    patient: Planned,
) -> None:
    give(patient, patient.world.oncologist, "cbc", "igg", "response", "pjp", "hsv")
    go(patient, MONDAY)

    [told] = digests(patient, patient.world.practice_coordinator)

    said = shown(patient, told)
    assert "*Monday.* Nothing is due this week, and nothing waits for you." in said


@SQLITE
def test_whoever_has_nothing_is_not_written_to(patient: Planned) -> None:
    go(patient, OVER)

    world = patient.world
    assert not mornings(patient, world.oncologist)
    assert not mornings(patient, world.administrator)


@SQLITE
def test_the_first_line_counts_and_the_sections_follow(patient: Planned) -> None:
    go(patient, MONDAY)
    told = digests(patient, patient.world.practice_coordinator)[-1]

    said = shown(patient, told)

    assert said.startswith("*Monday.* 1 patient, 1 visit")
    assert "*This week*" in said
    assert "CBC, IgG, Response" in said


@SQLITE
def test_what_was_missed_is_told_to_its_doer_and_to_the_coordinator_with_whom(
    patient: Planned,
) -> None:
    give(patient, patient.world.oncologist, "cbc")
    go(patient, OVER)

    mine = shown(patient, digests(patient, patient.world.oncologist)[-1])
    theirs = shown(patient, digests(patient, patient.world.practice_coordinator)[-1])

    assert "*Not yet recorded*" in mine
    assert "with Dr Chen" not in mine
    assert "with Dr Chen" in theirs


@SQLITE
def test_the_responsible_clinician_hears_on_the_third_working_day(
    patient: Planned,
) -> None:
    """The window closes on Monday; they hear on Thursday, and not before."""
    go(patient, OVER + DAY)
    before = mornings(patient, patient.world.oncologist)

    go(patient, OVER + 2 * DAY)

    assert not before
    assert len(mornings(patient, patient.world.oncologist)) == 1


@SQLITE
def test_what_the_center_set_faster_is_told_the_responsible_one_sooner(
    store: Store, clock: TravellingClock, world: World
) -> None:
    """The window closes on Monday; of these rows they hear on Tuesday already."""
    clock.stop_at(datetime.combine(TUESDAY, time(15), UTC))
    told = MissTold(responsible=1, leads=2)
    rows = [one.model_copy(update={"told": told}) for one in ROWS]
    patient = planned(store, clock, world, rows=rows)
    plan(patient)
    lead = lead_at(patient, patient.world.practice_id, "lena")
    plan(patient)

    go(patient, OVER)
    go(patient, OVER + 6 * DAY)

    world = patient.world
    assert digests(patient, world.oncologist)[0].payload["day"] == str(OVER)
    assert [one.payload["day"] for one in digests(patient, lead)] == ["2026-12-14"]


@SQLITE
def test_leads_of_both_sites_read_weekly_of_what_stays_unrecorded(
    patient: Planned,
) -> None:
    here = lead_at(patient, patient.world.practice_id, "lena")
    there = lead_at(patient, patient.world.center_id, "vogt")
    plan(patient)

    go(patient, date(2026, 12, 29))

    for lead in (here, there):
        told = digests(patient, lead)
        assert [one.payload["day"] for one in told] == ["2026-12-28"]
        assert "Still not recorded" in shown(patient, told[0])


def lead_at(patient: Planned, site_id: str, key: str) -> Person:
    """Let a site have a lead."""
    columns = {
        "site_id": site_id,
        "key": key,
        "name": f"Dr {key.title()}",
        "role": Role.LEAD,
        "duty_order": None,
        "active": 1,
    }
    turn(patient, f"clinician-{key}", "clinician", **columns)
    name = str(columns["name"])
    return Person(f"clinician-{key}", site_id, Role.LEAD, name, "T1", f"U{key}")


@SQLITE
def test_a_reply_that_nobody_sorted_waits_in_its_authors_list(
    patient: Planned,
) -> None:
    world = patient.world
    with patient.store.act(OPERATOR) as unit:
        case = new_case(unit, world)
        new_reply(unit, new_referral(unit, world, case))

    go(patient, TUESDAY + DAY)

    said = shown(patient, digests(patient, world.first_specialist)[-1])
    assert said.startswith("*Wednesday.* 1 waiting for you.")
    assert f"*{case.code}* what is your reply?" in said


@SQLITE
def test_an_open_referral_alone_makes_no_list(patient: Planned) -> None:
    """Its own reminders bring it up: a list of each morning would be noise."""
    world = patient.world
    with patient.store.act(OPERATOR) as unit:
        new_referral(unit, world, new_case(unit, world))

    go(patient, TUESDAY + DAY)

    assert not digests(patient, world.first_specialist)


# Twice is once


@EACH
def test_handled_twice_it_is_sent_once(patient: Planned) -> None:
    amy = patient.world.practice_coordinator
    [reminder] = planned_for(patient, amy)
    patient.clock.stop_at(reminder.due_at)

    for _ in range(2):
        with patient.store.act(OPERATOR) as unit:
            digesting.send_digest(uow=unit, by=OPERATOR, reminder=reminder)

    assert len(digests(patient, amy)) == 1
    assert len([one for one in planned_for(patient, amy) if one != reminder]) == 1


@EACH
def test_two_bots_send_one(patient: Planned) -> None:
    amy = patient.world.practice_coordinator
    [reminder] = planned_for(patient, amy)
    patient.clock.stop_at(reminder.due_at)

    def handle() -> None:
        due = DueReminders(patient.store, HANDLERS, TellOfTrouble())
        while due.handle_one():
            pass

    together(handle, handle)

    assert len(digests(patient, amy)) == 1
    assert len(planned_for(patient, amy)) == 1


@EACH
def test_planning_twice_plans_once(patient: Planned) -> None:
    before = {one.clinician_id: planned_for(patient, one) for one in people(patient)}

    plan(patient)

    after = {one.clinician_id: planned_for(patient, one) for one in people(patient)}
    assert before == after
    assert all(len(one) == 1 for one in after.values())


def people(patient: Planned) -> tuple[Person, ...]:
    return patient.world.people


# Late


@SQLITE
def test_a_digest_that_is_late_is_sent_the_same_day_and_says_so(
    patient: Planned,
) -> None:
    wake_at(patient, TUESDAY + DAY, "13:00")

    [told] = digests(patient, patient.world.practice_coordinator)

    assert "Late: was due" in shown(patient, told)


@SQLITE
def test_one_of_a_day_that_is_over_is_not_sent_after_it(patient: Planned) -> None:
    """The bot slept from Tuesday to Tuesday at 13:00: one digest, of today."""
    wake_at(patient, MONDAY + DAY, "13:00")

    told = digests(patient, patient.world.practice_coordinator)

    assert [one.payload["day"] for one in told] == ["2026-12-01"]
    assert len(planned_for(patient, patient.world.practice_coordinator)) == 1


@SQLITE
def test_on_a_day_off_nothing_is_made_up_for(patient: Planned) -> None:
    """On Thanksgiving and at weekends nobody is written to."""
    wake_at(patient, date(2026, 11, 28), "13:00")

    assert not digests(patient, patient.world.practice_coordinator)
    [ahead] = planned_for(patient, patient.world.practice_coordinator)
    assert ahead.step == MONDAY.isoformat()


@SQLITE
def test_eight_stays_eight_over_the_night_on_which_the_clock_changes(
    patient: Planned,
) -> None:
    go(patient, date(2027, 3, 16))

    told = digests(patient, patient.world.practice_coordinator)

    days = [date.fromisoformat(one.payload["day"]) for one in told]
    assert len(days) == len(set(days))
    late = [one for one in told if "was_due" in one.payload]
    assert not late
    assert {one.written_at.astimezone(CHICAGO).hour for one in told} == {8}


# What a person sets


@EACH
def test_time_days_and_zone_are_a_persons_own(patient: Planned) -> None:
    amy = patient.world.practice_coordinator

    wish(patient, amy, at=time(6, 30), days=(2, 4), zone="America/Denver")

    [ahead] = planned_for(patient, amy)
    local = ahead.due_at.astimezone(ZoneInfo("America/Denver"))
    assert f"{local:%a %H:%M}" == "Wed 06:30"


@EACH
def test_a_changed_time_does_not_send_a_second_one_on_one_date(
    patient: Planned,
) -> None:
    amy = patient.world.practice_coordinator
    go(patient, TUESDAY + DAY, "09:00")
    wish(patient, amy, at=time(11))

    go(patient, TUESDAY + DAY, "12:00")

    assert [one.payload["day"] for one in digests(patient, amy)] == ["2026-11-25"]
    assert planned_for(patient, amy)


@EACH
def test_a_changed_zone_sends_one_on_each_date_at_the_most(patient: Planned) -> None:
    amy = patient.world.practice_coordinator
    go(patient, TUESDAY + DAY, "09:00")
    wish(patient, amy, key="east", zone="Asia/Tokyo")
    go(patient, date(2026, 12, 1), "20:00")
    wish(patient, amy, key="west", zone="Pacific/Honolulu")
    go(patient, OVER)

    days = [one.payload["day"] for one in digests(patient, amy)]

    assert len(days) == len(set(days))
    assert days == sorted(days)


@SQLITE
def test_who_moves_east_before_their_morning_has_that_days_list_at_once(
    patient: Planned,
) -> None:
    """In Chicago it is a Wednesday's 07:00, and in Lagos 14:00 already."""
    amy, wednesday = patient.world.practice_coordinator, TUESDAY + DAY
    give(patient, amy, "cbc")
    go(patient, wednesday, "07:00")
    before = digests(patient, amy)

    wish(patient, amy, key="east", zone="Africa/Lagos")
    wish(patient, amy, key="east, and later", zone="Africa/Lagos", at=time(9))
    go(patient, wednesday, "07:30")

    told = digests(patient, amy)[len(before) :]
    assert [one.payload["day"] for one in told] == [wednesday.isoformat()]
    assert "was_due" not in told[0].payload
    go(patient, wednesday, "23:00")
    assert len(digests(patient, amy)) == len(before) + 1


@SQLITE
@pytest.mark.parametrize("seed", range(4))
def test_whoever_travels_has_one_list_on_each_working_day_and_never_two(
    patient: Planned, seed: int
) -> None:
    """East and west at random: each date whose 08:00 they lived to see has one."""
    amy, dice = patient.world.practice_coordinator, random.Random(seed)  # noqa: S311
    give(patient, amy, "cbc")
    zone, lived = CHICAGO, set[date]()
    for n in range(30):
        arrived, left = patient.clock.now(), dice.randrange(1, 40)
        until = arrived + timedelta(hours=left)
        day = until.astimezone(zone)
        go(patient, day.date(), f"{day:%H:%M}", zone)
        lived |= mornings_lived(zone, arrived, patient.clock.now())
        zone = ZoneInfo(dice.choice(AROUND_THE_WORLD))
        wish(patient, amy, key=f"move {n}", zone=zone.key, days=tuple(range(7)))
        patient.handle()

    with patient.store.read() as reading:
        ours = reading.reminders.of(amy.clinician_id + SUFFIX)
    looked = {one.step for one in ours if one.outcome in {"told", "nothing to tell"}}
    days = [one.payload["day"] for one in digests(patient, amy)]
    assert len(lived) > 20
    assert len(days) == len(set(days))
    wanted = {one for one in lived if one > TUESDAY + DAY} - HOLIDAYS
    assert {str(one) for one in wanted} <= looked


AROUND_THE_WORLD = (
    *("Pacific/Honolulu", "America/Chicago", "America/New_York", "Europe/Berlin"),
    *("Asia/Kolkata", "Asia/Tokyo", "Pacific/Auckland"),
)


def mornings_lived(zone: ZoneInfo, since: datetime, until: datetime) -> set[date]:
    """Return the dates on which somebody was in a zone at 08:00, or came after it."""
    first = since.astimezone(zone).date()
    days = (first + n * DAY for n in range(4))
    eights = {day: datetime.combine(day, time(8), zone) for day in days}
    seen = {day for day, eight in eights.items() if since <= eight <= until}
    return seen | ({first} if eights[first] <= since else set())


@EACH
def test_off_and_on_again(patient: Planned) -> None:
    chen = patient.world.oncologist
    give(patient, chen, "cbc")

    wish(patient, chen, key="off", wanted=False)
    off = planned_for(patient, chen)
    go(patient, MONDAY)
    silent = digests(patient, chen)
    wish(patient, chen, key="on")
    go(patient, MONDAY + DAY)

    assert not off
    assert not silent
    assert [one.payload["day"] for one in digests(patient, chen)] == ["2026-12-01"]


@SQLITE
def test_whose_digest_is_off_hears_of_the_last_day_by_a_message_of_its_own(
    patient: Planned,
) -> None:
    chen = patient.world.oncologist
    give(patient, chen, "cbc")
    wish(patient, chen, wanted=False)

    go(patient, LAST)

    assert [one.recipient_id for one in last_days(patient)] == [chen.clinician_id]


@SQLITE
def test_whose_digest_says_the_last_day_has_no_message_of_its_own(
    patient: Planned,
) -> None:
    go(patient, LAST)

    assert not last_days(patient)
    told = digests(patient, patient.world.practice_coordinator)[-1]
    assert told.payload["day"] == LAST.isoformat()
    assert "*Last day*" in shown(patient, told)


def last_days(patient: Planned) -> list[Notice]:
    with patient.store.read() as reading:
        return reading.notices.posts_of(patient.plan.referral_id, {LAST_DAY})


@SQLITE
def test_a_coordinators_cannot_be_off(patient: Planned) -> None:
    amy = patient.world.practice_coordinator

    with pytest.raises(BadFields, match="cannot be switched off"):
        wish(patient, amy, wanted=False)

    assert planned_for(patient, amy)


@SQLITE
@pytest.mark.parametrize(
    ("changes", "words"),
    [({"days": ()}, "at least one day"), ({"zone": "Chicago"}, "no time zone")],
)
def test_what_cannot_be_is_refused(
    patient: Planned, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadFields, match=words):
        wish(patient, patient.world.oncologist, **changes)


@SQLITE
def test_the_same_submission_twice_is_kept_once(patient: Planned) -> None:
    chen = patient.world.oncologist

    wish(patient, chen, at=time(7))
    wish(patient, chen, at=time(7))

    with patient.store.read() as reading:
        assert reading.digests.choice(chen.clinician_id).generation == 1


# People who come, go, and are away


@EACH
def test_whoever_comes_new_is_found_by_the_daily_chore(patient: Planned) -> None:
    lena = lead_at(patient, patient.world.practice_id, "lena")
    before = planned_for(patient, lena)

    go(patient, TUESDAY + DAY)

    assert not before
    assert len(planned_for(patient, lena)) == 1
    with patient.store.read() as reading:
        kept = reading.reminders.of(patient.world.practice_id + KEEP_SUFFIX)
    assert len([one for one in kept if one.state == "waiting"]) == 1


@EACH
def test_whoever_left_has_none_and_their_checks_are_the_coordinators(
    patient: Planned,
) -> None:
    chen = patient.world.oncologist
    give(patient, chen, "cbc")
    with patient.store.act(OPERATOR) as unit:
        unit.people.retire("clinician", chen.clinician_id)
        unit.audit(patient.world.workspace_id, "left", chen.clinician_id)

    go(patient, MONDAY)

    assert not digests(patient, chen)
    assert not planned_for(patient, chen)
    last = digests(patient, patient.world.practice_coordinator)[-1]
    assert patient.ids("cbc") in dict(last.payload["lines"])


@EACH
def test_the_cover_of_somebody_away_reads_of_their_checks(patient: Planned) -> None:
    world = patient.world
    lena = lead_at(patient, world.practice_id, "lena")
    plan(patient)
    give(patient, world.oncologist, "cbc")
    away(patient, world.oncologist, MONDAY, MONDAY + 4 * DAY, lena.clinician_id)

    go(patient, MONDAY)

    days = [one.payload["day"] for one in digests(patient, world.oncologist)]
    assert MONDAY.isoformat() not in days
    [told] = digests(patient, lena)
    assert [*dict(told.payload["lines"])] == [patient.ids("cbc")]


@EACH
def test_of_what_was_missed_the_cover_of_whoever_is_responsible_reads(
    patient: Planned,
) -> None:
    world = patient.world
    lena = lead_at(patient, world.practice_id, "lena")
    plan(patient)
    away(patient, world.oncologist, OVER, OVER + 14 * DAY, lena.clinician_id)

    go(patient, OVER + 3 * DAY)

    told = digests(patient, lena)[-1]
    assert patient.ids("cbc") in dict(told.payload["lines"])
    assert "CBC" in shown(patient, told)


@SQLITE
def test_in_the_place_of_whoever_is_away_alone_the_lead_hears_and_they_on_return(
    patient: Planned,
) -> None:
    """The window closes on Monday; Dr Chen is away from Tuesday to the next Tuesday."""
    world = patient.world
    lena = lead_at(patient, world.practice_id, "lena")
    plan(patient)
    back = OVER + 8 * DAY
    away(patient, world.oncologist, OVER, back - DAY, "")

    go(patient, OVER + DAY)
    assert not digests(patient, lena)
    go(patient, OVER + 2 * DAY)
    [told] = digests(patient, lena)
    assert patient.ids("cbc") in dict(told.payload["lines"])
    assert "*Not yet recorded*" in shown(patient, told)
    assert not digests(patient, world.oncologist)

    go(patient, back)
    [mine] = digests(patient, world.oncologist)
    assert mine.payload["day"] == back.isoformat()
    assert patient.ids("cbc") in dict(mine.payload["lines"])
    go(patient, back + DAY)
    assert len(digests(patient, world.oncologist)) == 1


@SQLITE
def test_where_the_lead_is_away_too_a_coordinator_hears(patient: Planned) -> None:
    world = patient.world
    lena = lead_at(patient, world.practice_id, "lena")
    for who in (world.oncologist, lena):
        away(patient, who, MONDAY, OVER + 8 * DAY, "")
    go(patient, OVER + 2 * DAY)

    with patient.store.read() as reading:
        checks, there = checks_and_stand_ins(reading, [patient.item()])
        (heard,) = answering_for(reading, checks, there).values()

    assert heard == world.practice_coordinator.clinician_id


@SQLITE
def test_whoever_comes_to_coordinate_has_a_list_though_they_had_none_before(
    patient: Planned,
) -> None:
    chen = patient.world.oncologist
    wish(patient, chen, wanted=False)
    turn(patient, chen.clinician_id, "clinician", role=Role.COORDINATOR)

    go(patient, MONDAY)

    assert MONDAY.isoformat() in {d.payload["day"] for d in digests(patient, chen)}


@EACH
def test_of_somebody_away_without_a_cover_the_coordinator_reads(
    patient: Planned,
) -> None:
    world = patient.world
    give(patient, world.oncologist, "cbc")
    away(patient, world.oncologist, MONDAY, MONDAY + 4 * DAY, "")

    go(patient, MONDAY)

    told = digests(patient, world.practice_coordinator)[-1]
    assert patient.ids("cbc") in dict(told.payload["lines"])


@SQLITE
def test_where_a_list_does_not_arrive_the_coordinator_of_the_site_is_told(
    patient: Planned,
) -> None:
    chen = patient.world.oncologist
    give(patient, chen, "cbc")
    go(patient, MONDAY)
    failed = digests(patient, chen)[-1]

    with patient.store.act(OPERATOR) as unit:
        TellOfTrouble().notice_failed(uow=unit, by=OPERATOR, notice=failed)
        unit.audit(patient.world.workspace_id, "failed", failed.id)

    with patient.store.read() as reading:
        told = reading.notices.posts_of(chen.clinician_id, {FAILURE})
    assert {one.recipient_id for one in told} == {"clinician-amy", "clinician-sam"}
    assert "A message about what is due this week" in shown(patient, told[0])


# What changes meanwhile


@SQLITE
def test_a_tap_asks_no_more_of_the_database_where_the_workspace_has_many_sites(
    patient: Planned,
) -> None:
    def renewed() -> int:
        with patient.store.act(OPERATOR) as unit:
            with watched(patient.store.database) as seen:
                renew_digests(unit, [patient.ids("cbc")], occasion="a tap")
            unit.audit(patient.plan.workspace_id, "seen", patient.plan.id)
        return len(seen)

    few = renewed()
    like = {
        "workspace_id": patient.plan.workspace_id,
        "phone_24h": "+1 555 0101",
        "zone": CHICAGO.key,
        "opens": "08:00",
        "closes": "17:00",
        "days": list(OFFICE_DAYS),
        "country": "US",
        "region": None,
        "responsible_roles": [Role.ONCOLOGIST],
    }
    with patient.store.act(OPERATOR) as unit:
        for number in range(20):
            key = f"practice-{number}"
            told = {"id": key, "key": key, "name": key, "kind": SiteKind.PRACTICE}
            unit.people.put("site", like | told)
        unit.audit(patient.plan.workspace_id, "grown", patient.plan.id)

    assert renewed() == few


@SQLITE
@pytest.mark.parametrize("life", [Life.DIED, Life.HOSPICE])
def test_of_who_has_died_or_is_in_hospice_nothing_is_told(
    patient: Planned, life: Life
) -> None:
    with patient.store.act(OPERATOR) as unit:
        unit.cases.change_life(patient.plan.case_id, life)
        unit.audit(patient.plan.workspace_id, "case life", patient.plan.case_id)

    go(patient, MONDAY)

    told = digests(patient, patient.world.practice_coordinator)
    assert [len(one.payload["lines"]) for one in told] == [0]


@SQLITE
def test_what_is_done_before_it_is_sent_is_left_out(patient: Planned) -> None:
    go(patient, MONDAY + DAY)
    told = digests(patient, patient.world.practice_coordinator)[0]
    for row in ("cbc", "igg", "response", "pjp", "hsv"):
        finish(patient, row)

    assert shown(patient, told) == "done meanwhile"


def finish(patient: Planned, row: str) -> None:
    """Record a check as done today."""
    item = patient.item(row)
    today = patient.clock.now().date()
    done = replace(item, state=State.DONE, done_on=today, done_by="clinician-amy")
    patient.kept(done)


@EACH
def test_a_tap_brings_every_digest_up_to_date_that_names_the_check(
    patient: Planned,
) -> None:
    world = patient.world
    go(patient, MONDAY)
    ids = [patient.ids("cbc"), patient.ids("igg"), patient.ids("response")]

    perform(patient.store, do, by=world.practice_coordinator, key="tap", item_ids=ids)

    id_ = digest_notice_id(world.practice_coordinator.clinician_id, MONDAY)
    [renewed] = updates_of(patient, id_)
    said = shown(patient, renewed)
    assert "Since this morning: " in said
    assert "CBC: done" in said
    assert "CBC, IgG" not in said


def updates_of(patient: Planned, root_id: str) -> list[Notice]:
    with patient.store.read() as reading:
        every = reading.notices.notices(all_notice_ids(patient))
    return [one for one in every if one.root_id == root_id and one.way is Way.UPDATE]


def all_notice_ids(patient: Planned) -> list[str]:
    with patient.store.read() as reading:
        return list(reading.connection.execute(select(notice.c.id)).scalars())


@SQLITE
def test_of_who_has_died_nothing_is_left_on_the_lists_of_the_week(
    patient: Planned,
) -> None:
    amy = patient.world.practice_coordinator
    go(patient, MONDAY)
    with patient.store.act(OPERATOR) as unit:
        unit.cases.change_life(patient.plan.case_id, Life.DIED)
        digesting.renew_digests_of(unit, patient.plan.case_id, occasion="a death")
        unit.audit(patient.plan.workspace_id, "case life", patient.plan.case_id)

    [renewed] = updates_of(patient, digest_notice_id(amy.clinician_id, MONDAY))

    with patient.store.read() as reading:
        code = reading.cases.case(patient.plan.case_id).code
    assert code not in shown(patient, renewed)


@SQLITE
def test_an_empty_change_renews_nothing(patient: Planned) -> None:
    with patient.store.act(OPERATOR) as unit:
        renew_digests(unit, [], occasion="nothing")
        unit.audit(patient.world.workspace_id, "nothing", "test")

    assert not all_notice_ids(patient)
