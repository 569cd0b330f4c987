"""Who is told of which check on which morning: never too late, and not too often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.digest import (
    A_WEEK_AT_MOST,
    EVERY_MORNING,
    Due,
    Line,
    Reader,
    Rhythm,
    Section,
    Told,
    WorkingWeek,
    comes,
    has_digest_on,
    lines_for,
    monday_of,
    morning_on,
    next_morning,
    rhythm_of,
)
from care.item import State
from care.knowledge.telling import LEADS_AFTER, MissTold
from care.people import Role

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 30)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + n * DAY for n in range(1, 5))
SUNDAY = MONDAY + 6 * DAY
THANKSGIVING = date(2026, 11, 26)
CHICAGO = "America/Chicago"
US = frozenset(holidays.country_holidays("US", years=range(2026, 2030)))
BAVARIA = frozenset(
    holidays.country_holidays("DE", subdiv="BY", years=range(2026, 2030))
)
OFFICE = WorkingWeek(closed=US)

AMY = Reader("amy", "practice", Rhythm.DAILY, OFFICE)
CHEN = Reader("chen", "practice", Rhythm.NEEDED, OFFICE)
RIVERA = Reader("rivera", "center", Rhythm.DUTY, OFFICE)
VOGT = Reader("vogt", "center", Rhythm.WEEKLY, OFFICE, leads=True)
LEAD_HERE = Reader("lead", "practice", Rhythm.WEEKLY, OFFICE, leads=True)


def a_check(
    earliest: date = MONDAY, ends_on: date | None = None, **changes: object
) -> Due:
    """Return an open check of Amy's, changed as asked."""
    due = Due(
        id="cbc",
        patient="mm",
        state=State.OPEN,
        earliest=earliest,
        ends_on=ends_on or earliest + 27 * DAY,
        doer_id="amy",
        coordinator_id="amy",
        responsible_id="chen",
        sites=frozenset({"practice", "center"}),
        site_week=OFFICE,
    )
    return replace(due, **changes)  # type: ignore[arg-type] # fields by name


def missed_since(day: date, **changes: object) -> Due:
    """Return a check of Dr Chen's whose window closed the day before."""
    told = {"doer_id": "chen", "missed_on": day, "state": State.MISSED} | changes
    return a_check(day - 20 * DAY, day - DAY, **told)


def mornings(
    reader: Reader, dues: Sequence[Due], first: date, last: date
) -> dict[date, tuple[Line, ...]]:
    """Live through some days, each digest knowing what the week's earlier ones said."""
    said: dict[date, tuple[Line, ...]] = {}
    for n in range((last - first).days + 1):
        day = first + n * DAY
        earlier = [said[one] for one in said if one >= monday_of(day)]
        told = Told.of(
            (
                [line.due.id for line in lines if line.section is not Section.MISSED],
                [
                    line.due.patient
                    for line in lines
                    if line.section is not Section.MISSED
                ],
            )
            for lines in earlier
        )
        said[day] = lines_for(reader, day, [_as_of(one, day) for one in dues], told)
    return {day: lines for day, lines in said.items() if lines}


def _as_of(one: Due, day: date) -> Due:
    """Return a check as the clock has moved it by a day, if nobody does it."""
    if day < one.earliest:
        return replace(one, state=State.UPCOMING)
    over = day > one.ends_on
    if over:
        return replace(one, state=State.MISSED, missed_on=one.ends_on + DAY)
    return replace(one, state=State.OPEN)


# What is due


def test_an_open_check_is_told_on_the_first_morning_of_each_week_and_on_the_last() -> (
    None
):
    check = a_check(MONDAY, MONDAY + 16 * DAY)

    told = mornings(AMY, [check], MONDAY, check.ends_on)

    weeks = [MONDAY, MONDAY + 7 * DAY, MONDAY + 14 * DAY]
    assert [*told] == [*weeks, check.ends_on]
    assert [lines[0].section for lines in told.values()] == [Section.WEEK] * 3 + [
        Section.LAST_DAY
    ]


def test_what_opens_in_the_week_is_told_on_its_first_morning() -> None:
    check = a_check(THURSDAY)

    assert [*mornings(AMY, [check], MONDAY, SUNDAY)] == [MONDAY]


def test_what_begins_next_week_is_not_told_of_yet() -> None:
    check = a_check(MONDAY + 7 * DAY)

    assert not mornings(AMY, [check], MONDAY, SUNDAY)


def test_dates_of_a_weekend_are_told_on_the_working_day_before() -> None:
    check = a_check(FRIDAY + DAY, SUNDAY)

    told = mornings(AMY, [check], TUESDAY, SUNDAY)

    assert [*told] == [TUESDAY, FRIDAY]
    assert told[FRIDAY][0].section is Section.LAST_DAY


def test_dates_of_a_holiday_are_told_on_the_working_day_before() -> None:
    check = a_check(THANKSGIVING, THANKSGIVING)

    told = mornings(AMY, [check], THANKSGIVING - DAY, THANKSGIVING)

    assert [*told] == [THANKSGIVING - DAY]
    assert told[THANKSGIVING - DAY][0].section is Section.LAST_DAY


def test_a_holiday_of_next_monday_belongs_to_this_weeks_last_morning() -> None:
    labor_day = date(2027, 9, 6)
    friday = labor_day - 3 * DAY
    check = a_check(labor_day, labor_day)

    told = mornings(AMY, [check], friday, labor_day)

    assert [*told] == [friday]


def test_in_the_first_month_each_morning_tells_of_what_is_open() -> None:
    check = a_check(TUESDAY, FRIDAY, daily_until=FRIDAY)

    told = mornings(AMY, [check], MONDAY, FRIDAY)

    assert [*told] == [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY]


def test_a_check_is_in_the_digest_of_its_doer_alone() -> None:
    check = a_check(MONDAY, TUESDAY, doer_id="chen")

    assert lines_for(CHEN, TUESDAY, [check])
    for other in (AMY, RIVERA, VOGT, LEAD_HERE):
        assert not lines_for(other, TUESDAY, [check])


@pytest.mark.parametrize(
    "state", [State.DONE, State.DONE_LATE, State.HELD, State.NOT_NEEDED]
)
def test_what_is_over_or_held_is_in_no_digest(state: State) -> None:
    check = a_check(MONDAY, TUESDAY, state=state)

    for day in (MONDAY, TUESDAY, FRIDAY):
        assert not lines_for(AMY, day, [check])


def test_what_was_put_off_is_quiet_until_then_and_told_that_morning() -> None:
    check = a_check(MONDAY, FRIDAY + 7 * DAY, quiet_until=THURSDAY)

    told = mornings(AMY, [check], MONDAY, SUNDAY)

    assert [*told] == [THURSDAY]


def test_what_was_put_off_to_a_weekend_is_told_after_it() -> None:
    check = a_check(MONDAY, FRIDAY + 7 * DAY, quiet_until=SUNDAY)

    told = mornings(AMY, [check], TUESDAY, SUNDAY + DAY)

    assert [*told] == [SUNDAY + DAY]


def test_what_was_put_off_over_the_last_morning_is_told_all_the_same() -> None:
    check = a_check(MONDAY, SUNDAY, quiet_until=SUNDAY)

    told = mornings(AMY, [check], TUESDAY, SUNDAY)

    assert [*told] == [FRIDAY]


def test_somebody_who_works_two_days_has_their_last_day_on_the_second() -> None:
    """The window closes on Friday; but Wednesday is their last morning in it."""
    reader = replace(AMY, week=WorkingWeek(frozenset({1, 2})))
    check = a_check(MONDAY, FRIDAY)

    told = mornings(reader, [check], MONDAY, FRIDAY)

    assert {day: lines[0].section for day, lines in told.items()} == {
        TUESDAY: Section.WEEK,
        WEDNESDAY: Section.LAST_DAY,
    }


# What was missed


def test_what_was_missed_is_told_five_mornings_then_weekly_then_no_more() -> None:
    check = missed_since(TUESDAY)

    told = mornings(AMY, [check], TUESDAY, TUESDAY + 40 * DAY)

    five = [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, MONDAY + 7 * DAY]
    assert [*told] == [*five, MONDAY + 14 * DAY]
    assert all(lines[0].section is Section.MISSED for lines in told.values())


@pytest.mark.parametrize("reader", [AMY, CHEN])
def test_what_was_missed_stands_with_its_doer_and_with_the_coordinator(
    reader: Reader,
) -> None:
    check = missed_since(TUESDAY, responsible_id="rivera")

    assert lines_for(reader, TUESDAY, [check])


def test_another_coordinator_is_not_told_of_it_too() -> None:
    other = replace(AMY, id="other")

    assert not lines_for(other, TUESDAY, [missed_since(TUESDAY)])


def test_the_responsible_clinician_hears_three_working_days_after() -> None:
    check = missed_since(FRIDAY, doer_id="amy", coordinator_id="amy")

    told = mornings(CHEN, [check], FRIDAY, FRIDAY + 10 * DAY)

    third = MONDAY + 8 * DAY
    assert [*told] == [third, MONDAY + 14 * DAY][: len(told)]
    assert next(iter(told)) == third


@pytest.mark.parametrize(
    ("after", "first"),
    [(0, SUNDAY - DAY), (1, MONDAY + 7 * DAY), (2, MONDAY + 8 * DAY)],
)
def test_where_the_center_set_it_faster_the_responsible_one_hears_sooner(
    after: int, first: date
) -> None:
    """Missed since a Saturday on which Dr Chen works, and the site does not."""
    reader = replace(CHEN, week=WorkingWeek(frozenset({0, 1, 2, 3, 5})))
    since = SUNDAY - DAY
    check = missed_since(since, doer_id="amy", miss_told=MissTold(responsible=after))

    told = mornings(reader, [check], since, since + 21 * DAY)

    assert next(iter(told)) == first
    assert all(check.since_missed(one) <= LEADS_AFTER for one in told)


def test_whoever_was_away_alone_hears_on_their_first_morning_back() -> None:
    check = missed_since(MONDAY, doer_id="amy")
    back = MONDAY + 16 * DAY
    gone = frozenset(MONDAY + n * DAY for n in range(16))
    days = [MONDAY + n * DAY for n in range(16, 30)]

    def told(reader: Reader) -> list[date]:
        return [one for one in days if lines_for(reader, one, [check])]

    assert told(replace(CHEN, away=gone)) == [back]
    assert told(CHEN) == []


def test_where_the_center_set_it_faster_the_leads_list_it_sooner() -> None:
    check = missed_since(WEDNESDAY, miss_told=MissTold(responsible=1, leads=2))

    told = mornings(VOGT, [check], WEDNESDAY, WEDNESDAY + 14 * DAY)

    assert [*told] == [MONDAY + 7 * DAY, MONDAY + 14 * DAY]


def test_setting_it_faster_takes_no_morning_from_the_doer() -> None:
    usual, faster = (
        missed_since(TUESDAY, miss_told=told)
        for told in (MissTold(), MissTold(responsible=0, leads=0))
    )
    last = TUESDAY + 40 * DAY

    assert [*mornings(AMY, [faster], TUESDAY, last)] == [
        *mornings(AMY, [usual], TUESDAY, last)
    ]


def test_the_leads_of_both_sites_hear_weekly_after_ten_working_days() -> None:
    check = missed_since(MONDAY)

    center = mornings(VOGT, [check], MONDAY, MONDAY + 28 * DAY)
    practice = mornings(LEAD_HERE, [check], MONDAY, MONDAY + 28 * DAY)

    third_monday = MONDAY + 14 * DAY
    assert [*center] == [*practice]
    assert [*center] == [third_monday, third_monday + 7 * DAY, third_monday + 14 * DAY]
    assert center[third_monday][0].section is Section.LONG_MISSED


def test_the_lead_of_another_site_hears_nothing() -> None:
    elsewhere = replace(VOGT, site_id="elsewhere")

    assert not mornings(elsewhere, [missed_since(MONDAY)], MONDAY, MONDAY + 40 * DAY)


def test_whoever_works_on_fridays_hears_of_it_though_it_is_weekly_by_then() -> None:
    reader = replace(CHEN, week=WorkingWeek(frozenset({4})))
    check = missed_since(FRIDAY + DAY)

    told = mornings(reader, [check], FRIDAY + DAY, FRIDAY + 21 * DAY)

    assert [*told] == [FRIDAY + 7 * DAY, FRIDAY + 14 * DAY]


def test_what_nobody_has_noted_as_missed_yet_is_told_as_missed() -> None:
    """The bot was down when the window closed."""
    check = a_check(MONDAY, TUESDAY)

    lines = lines_for(AMY, WEDNESDAY, [check])

    assert [one.section for one in lines] == [Section.MISSED]


# Who has a digest, and when


@pytest.mark.parametrize(
    ("role", "rhythm"),
    [
        (Role.COORDINATOR, Rhythm.DAILY),
        (Role.ONCOLOGIST, Rhythm.NEEDED),
        (Role.ADVANCED_PRACTICE, Rhythm.NEEDED),
        (Role.FELLOW, Rhythm.NEEDED),
        (Role.PHARMACIST, Rhythm.NEEDED),
        (Role.SPECIALIST, Rhythm.DUTY),
        (Role.LEAD, Rhythm.WEEKLY),
        (Role.ADMINISTRATOR, Rhythm.WEEKLY),
    ],
)
def test_each_role_has_its_rhythm(role: Role, rhythm: Rhythm) -> None:
    assert rhythm_of(role) is rhythm


def test_a_coordinators_first_of_the_week_comes_though_nothing_is_due() -> None:
    assert comes(AMY, MONDAY, lines=0, waiting=0)
    assert not comes(AMY, TUESDAY, lines=0, waiting=0)


def test_where_monday_is_a_holiday_the_first_is_on_tuesday() -> None:
    labor_day = date(2027, 9, 6)

    assert not has_digest_on(AMY, labor_day)
    assert comes(AMY, labor_day + DAY, lines=0, waiting=0)


def test_an_oncologist_has_one_when_something_waits() -> None:
    assert comes(CHEN, TUESDAY, lines=0, waiting=1)
    assert comes(CHEN, TUESDAY, lines=1, waiting=0)
    assert not comes(CHEN, MONDAY, lines=0, waiting=0)


def test_a_specialist_has_one_on_days_of_duty() -> None:
    on_duty = replace(RIVERA, on_duty=True)
    check = a_check(MONDAY, doer_id="rivera")

    assert lines_for(on_duty, WEDNESDAY, [check])
    assert not lines_for(RIVERA, WEDNESDAY, [check])
    assert comes(on_duty, WEDNESDAY, lines=0, waiting=1)
    assert not comes(RIVERA, WEDNESDAY, lines=0, waiting=1)


def test_what_cannot_wait_for_duty_does_not_wait() -> None:
    check = a_check(MONDAY, WEDNESDAY, doer_id="rivera")

    lines = lines_for(RIVERA, WEDNESDAY, [check])

    assert [one.section for one in lines] == [Section.LAST_DAY]


def test_nobody_is_told_anything_on_a_day_on_which_they_do_not_work() -> None:
    check = a_check(MONDAY, SUNDAY)

    assert not lines_for(AMY, SUNDAY, [check])
    assert not lines_for(AMY, THANKSGIVING, [check])


def test_what_was_missed_comes_first_then_the_last_day_then_the_week() -> None:
    dues = [
        a_check(MONDAY, id="week", patient="a"),
        a_check(MONDAY - 9 * DAY, TUESDAY, id="last", patient="b"),
        missed_since(TUESDAY, id="missed", patient="c"),
    ]

    lines = lines_for(AMY, TUESDAY, dues)

    assert [one.due.id for one in lines] == ["missed", "last", "week"]


# Properties

weeks = st.builds(
    WorkingWeek,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from([frozenset(), US, BAVARIA]),
)
days = st.dates(date(2026, 6, 1), date(2029, 6, 1)) | st.sampled_from(
    [date(2028, 2, 28), date(2028, 2, 29), date(2026, 12, 24), date(2027, 12, 31)]
)
rhythms = st.sampled_from(list(Rhythm))


@st.composite
def checks_of_one_patient(draw: st.DrawFn) -> list[Due]:
    first = draw(days)
    spans = draw(
        st.lists(
            st.tuples(st.integers(0, 20), st.integers(0, 30)), min_size=1, max_size=5
        )
    )
    return [
        a_check(
            first + start * DAY, first + (start + length) * DAY, id=str(n), doer_id="me"
        )
        for n, (start, length) in enumerate(spans)
    ]


def span_of(dues: Sequence[Due]) -> tuple[date, date]:
    """Return from a fortnight before some checks to when all are over."""
    first = min(one.earliest for one in dues) - 14 * DAY
    return first, max(one.ends_on for one in dues)


@settings(max_examples=60)
@given(checks_of_one_patient(), weeks, rhythms)
def test_each_due_check_is_told_before_its_window_closes(
    dues: list[Due], week: WorkingWeek, rhythm: Rhythm
) -> None:
    reader = Reader("me", "practice", rhythm, week)

    said = mornings(reader, dues, *span_of(dues))

    for one in dues:
        told = [
            day
            for day, lines in said.items()
            if one.id in {line.due.id for line in lines} and day <= one.ends_on
        ]
        assert told, one


@settings(max_examples=60)
@given(checks_of_one_patient(), weeks, rhythms)
def test_after_the_first_month_a_patient_is_told_of_twice_a_week_at_most(
    dues: list[Due], week: WorkingWeek, rhythm: Rhythm
) -> None:
    reader = Reader("me", "practice", rhythm, week)

    said = mornings(reader, dues, *span_of(dues))

    due = [
        day
        for day, lines in said.items()
        if any(line.section in {Section.WEEK, Section.LAST_DAY} for line in lines)
    ]
    counted = Counter(monday_of(day) for day in due)
    assert max(counted.values(), default=0) <= A_WEEK_AT_MOST


@settings(max_examples=60)
@given(
    day=days,
    length=st.integers(0, 60),
    week=weeks,
    site_week=weeks,
    rhythm=rhythms,
    miss_told=st.builds(MissTold, responsible=st.integers(0, 3)),
)
def test_what_was_missed_is_told_to_doer_coordinator_and_responsible_one(
    *,
    day: date,
    length: int,
    week: WorkingWeek,
    site_week: WorkingWeek,
    rhythm: Rhythm,
    miss_told: MissTold,
) -> None:
    """Each at least once, whenever they work; and not before it was missed."""
    check = replace(
        a_check(day, day + length * DAY, site_week=site_week),
        doer_id="doer",
        coordinator_id="coordinator",
        responsible_id="responsible",
        miss_told=miss_told,
    )
    first, last = check.ends_on + DAY, check.ends_on + 60 * DAY

    for who in ("doer", "coordinator", "responsible"):
        reader = Reader(who, "practice", rhythm, week)
        told = mornings(reader, [check], first, last)

        assert told, who
        if who == "responsible":
            assert check.since_missed(next(iter(told))) >= miss_told.responsible
        later = [*told][1:]
        assert all(check.since_missed(one) <= LEADS_AFTER for one in later)
        beyond = [one for one in later if check.since_missed(one) > EVERY_MORNING]
        assert all(week.begins_week(one) for one in beyond)


@settings(max_examples=50)
@given(checks_of_one_patient(), weeks, rhythms, days)
def test_the_same_morning_says_the_same_in_any_order(
    dues: list[Due], week: WorkingWeek, rhythm: Rhythm, day: date
) -> None:
    reader = Reader("me", "practice", rhythm, week)
    now = [_as_of(one, day) for one in dues]

    assert lines_for(reader, day, now) == lines_for(reader, day, now[::-1])


ZONES = (
    CHICAGO,
    "America/New_York",
    "America/St_Johns",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Havana",
)
instants = st.integers(0, 22 * 365 * 24 * 60).map(
    lambda minutes: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
times = st.times(time(0), time(23, 59)).map(
    lambda t: t.replace(second=0, microsecond=0)
)


@settings(max_examples=100)
@given(instants, times, st.sampled_from(ZONES), weeks)
def test_a_morning_comes_once_on_each_working_date_and_on_no_other(
    start: datetime, at: time, zone: str, week: WorkingWeek
) -> None:
    found = [next_morning(at, zone, week, after=start)]
    for _ in range(12):
        found.append(next_morning(at, zone, week, after=found[-1].at))

    dates = [one.day for one in found]
    between = range((dates[-1] - dates[0]).days + 1)
    span = [dates[0] + n * DAY for n in between]
    wanted = [d for d in span if week.works(d) and morning_on(d, at, zone)]
    assert found[0].at > start
    assert dates == wanted
    for one in found:
        assert one.at.astimezone(ZoneInfo(zone)).date() == one.day


@settings(max_examples=100)
@given(instants, times, st.sampled_from(ZONES))
def test_nine_stays_nine_whatever_the_clock_does(
    start: datetime, at: time, zone: str
) -> None:
    """But where the clock skips it: then it is the moment of the change."""
    every_day = WorkingWeek(frozenset(range(7)))

    found = next_morning(at, zone, every_day, after=start)

    local = found.at.astimezone(ZoneInfo(zone))
    shown = local.time().replace(microsecond=0)
    wished = datetime.combine(found.day, at, ZoneInfo(zone))
    exists = wished.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == at
    assert shown == at if exists else shown > at


@pytest.mark.parametrize(
    ("night", "at", "shown"),
    [
        (date(2027, 3, 14), time(8), "08:00"),
        (date(2027, 3, 14), time(2, 30), "03:00"),
        (date(2026, 11, 1), time(8), "08:00"),
        (date(2026, 11, 1), time(1, 30), "01:30"),
    ],
)
def test_nights_on_which_the_clock_changes(night: date, at: time, shown: str) -> None:
    week = WorkingWeek(frozenset(range(7)))
    before = datetime.combine(night - DAY, time(12), ZoneInfo(CHICAGO))

    first = next_morning(at, CHICAGO, week, after=before)
    second = next_morning(at, CHICAGO, week, after=first.at)

    assert first.day == night
    assert f"{first.at.astimezone(ZoneInfo(CHICAGO)):%H:%M}" == shown
    assert second.day == night + DAY


def test_a_date_that_a_zone_left_out_has_no_morning() -> None:
    assert morning_on(date(2011, 12, 30), time(8), "Pacific/Apia") is None


@pytest.mark.parametrize("days_of", [frozenset(), frozenset({7})])
def test_a_week_without_working_days_is_refused(days_of: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="working week"):
        WorkingWeek(days_of)


def test_a_calendar_of_holidays_alone_leaves_nobody_without_mornings() -> None:
    """It is wrong: whoever reads it is told rather than forgotten."""
    closed = frozenset(MONDAY + n * DAY for n in range(200))
    week = WorkingWeek(frozenset(range(7)), closed)

    assert week.next_after(MONDAY) > MONDAY
