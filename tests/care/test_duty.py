"""Who is on duty: the one named, the rota's, else the least recently asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.duty import Absence, Candidate, Gap, Roster, Rota, Swap

T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
"""A Tuesday."""
MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PEOPLE = "abcdef"
days_around = st.dates(TODAY - 60 * DAY, TODAY + 60 * DAY)


def candidate(id_: str, order: int, asked_hours_ago: float | None = None) -> Candidate:
    """Return somebody who takes duty, asked so many hours before T0 or never."""
    ago = asked_hours_ago
    return Candidate(id_, order, None if ago is None else T0 - ago * HOUR)


def away(id_: str, starts: date, ends: date, cover: str | None = None) -> Absence:
    """Return an absence, with a cover if one is named."""
    return Absence(id_, starts, ends, cover)


def asked(
    *candidates: Candidate,
    named: str | None = None,
    without: Collection[str] = (),
    absences: tuple[Absence, ...] = (),
) -> str | None:
    """Return the id of who is asked today, where there is no rota."""
    found = Roster(candidates, absences).on_duty(TODAY, named=named, without=without)
    return found.id if found else None


A, B, C = candidate("a", 1), candidate("b", 2), candidate("c", 3)
ROTA = Roster((A, B, C), rota=Rota(MONDAY, ("a", "b")))
"""a has this week, b the next; c takes duty but does not stand in the rota."""


def of_rota(day: date, *absences: Absence, swaps: tuple[Swap, ...] = ()) -> str | None:
    """Return the id of who is asked on a day by the rota."""
    rota = Rota(MONDAY, ("a", "b"), swaps)
    found = Roster((A, B, C), absences, rota).on_duty(day)
    return found.id if found else None


@st.composite
def candidates(draw: st.DrawFn) -> tuple[Candidate, ...]:
    """Any specialists, each with an id and a place of their own."""
    ids = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    hours = st.none() | st.integers(0, 3)
    return tuple(candidate(id_, order, draw(hours)) for order, id_ in enumerate(ids))


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    """Anybody away, with any cover, the absent one too."""
    starts = draw(days_around)
    return Absence(
        clinician_id=draw(st.sampled_from(PEOPLE)),
        starts=starts,
        ends=starts + draw(st.integers(0, 30)) * DAY,
        cover_id=draw(st.none() | st.sampled_from(PEOPLE)),
    )


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    """Any rota, of people who may take no duty any more, with some swaps."""
    swaps = st.builds(
        lambda who, starts, days: Swap(who, starts, starts + days * DAY),
        st.sampled_from(PEOPLE),
        days_around,
        st.integers(0, 9),
    )
    order = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5)
    return Rota(
        starts=MONDAY + draw(st.integers(-9, 9)) * 7 * DAY,
        order=tuple(draw(order)),
        swaps=tuple(draw(st.lists(swaps, max_size=3))),
    )


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Any duty of a center, with a rota or without."""
    return Roster(
        candidates=draw(candidates()),
        absences=tuple(draw(st.lists(absences(), max_size=5))),
        rota=draw(st.none() | rotas()),
    )


def is_away(roster: Roster, id_: str, day: date) -> bool:
    """Tell whether somebody is away on a day, by going through all absences."""
    mine = [one for one in roster.absences if one.clinician_id == id_]
    return any(one.starts <= day <= one.ends for one in mine)


def test_the_least_recently_asked_is_asked() -> None:
    assert asked(candidate("a", 1, 1), candidate("b", 2, 5)) == "b"


def test_somebody_who_was_never_asked_comes_first() -> None:
    assert asked(candidate("a", 1, 9999), candidate("b", 2)) == "b"


def test_ties_go_by_the_order_of_the_setup() -> None:
    assert asked(candidate("b", 2), candidate("a", 1)) == "a"
    assert asked(candidate("b", 2, 3), candidate("a", 1, 3)) == "a"


def test_a_named_specialist_is_asked_whoever_is_next() -> None:
    assert asked(A, candidate("b", 2, 0), named="b") == "b"


def test_a_named_specialist_is_asked_whoever_has_the_week() -> None:
    found = ROTA.on_duty(TODAY, named="c")

    assert found == C


def test_a_named_specialist_who_takes_no_duty_gives_way_to_the_next() -> None:
    assert asked(A, named="somebody") == "a"


def test_who_passed_it_on_is_not_asked_again_even_when_named() -> None:
    assert asked(A, B, without=["a"]) == "b"
    assert asked(A, B, named="a", without=["a"]) == "b"


def test_nobody_is_asked_where_nobody_is_left() -> None:
    assert asked() is None
    assert asked(A, named="a", without=["a"]) is None
    assert asked(A, absences=(away("a", TODAY, TODAY),)) is None


def test_somebody_away_is_not_asked_though_they_would_be_next() -> None:
    assert asked(A, B, absences=(away("a", TODAY, TODAY),)) == "b"


@pytest.mark.parametrize(
    ("starts", "ends", "who"),
    [
        (TODAY - DAY, TODAY, "b"),
        (TODAY, TODAY + DAY, "b"),
        (TODAY - 3 * DAY, TODAY - DAY, "a"),
        (TODAY + DAY, TODAY + 3 * DAY, "a"),
    ],
)
def test_both_ends_of_an_absence_belong_to_it(
    starts: date, ends: date, who: str
) -> None:
    assert asked(A, B, absences=(away("a", starts, ends),)) == who


def test_the_cover_of_a_named_specialist_is_asked_instead() -> None:
    absence = away("a", TODAY, TODAY, cover="c")

    assert asked(A, B, C, named="a", absences=(absence,)) == "c"


def test_a_named_specialist_away_without_a_cover_gives_way_to_whoever_is_next() -> None:
    assert asked(A, B, named="a", absences=(away("a", TODAY, TODAY),)) == "b"


def test_the_cover_of_a_cover_who_is_away_too_is_asked() -> None:
    absences = (away("a", TODAY, TODAY, "b"), away("b", TODAY, TODAY, "c"))

    assert asked(A, B, C, named="a", absences=absences) == "c"


@pytest.mark.parametrize("first", ["named", "unnamed"])
def test_a_cover_who_was_named_counts_though_they_are_away_twice(first: str) -> None:
    named = away("a", TODAY, TODAY, cover="c")
    unnamed = away("a", TODAY - DAY, TODAY + DAY)
    both = (named, unnamed) if first == "named" else (unnamed, named)

    assert asked(A, B, C, named="a", absences=both) == "c"


def test_of_two_named_covers_whoever_was_to_begin_first_counts() -> None:
    early = away("a", TODAY - 2 * DAY, TODAY, cover="c")
    late = away("a", TODAY - DAY, TODAY, cover="b")

    assert asked(A, B, C, named="a", absences=(late, early)) == "c"
    assert asked(A, B, C, named="a", absences=(early, late)) == "c"


def test_two_who_cover_each_other_and_are_both_away_give_way_to_the_next() -> None:
    absences = (away("a", TODAY, TODAY, "b"), away("b", TODAY, TODAY, "a"))

    assert asked(A, B, C, named="a", absences=absences) == "c"


@pytest.mark.parametrize(
    ("day", "who"),
    [
        (MONDAY, "a"),
        (MONDAY + 6 * DAY, "a"),
        (MONDAY + 7 * DAY, "b"),
        (MONDAY + 13 * DAY, "b"),
        (MONDAY + 14 * DAY, "a"),
        (MONDAY - DAY, "b"),
        (MONDAY + 52 * 7 * DAY, "a"),
    ],
)
def test_the_rota_gives_each_a_week_in_turn_from_monday_to_sunday(
    day: date, who: str
) -> None:
    assert of_rota(day) == who


def test_the_rota_counts_however_recently_its_person_was_asked() -> None:
    busy = replace(A, last_asked_at=T0)

    found = Roster((busy, B), rota=Rota(MONDAY, ("a", "b"))).on_duty(TODAY)

    assert found == busy


def test_a_swap_takes_its_days_and_no_others() -> None:
    swap = Swap("c", TODAY, TODAY + DAY)

    taken = [of_rota(MONDAY + n * DAY, swaps=(swap,)) for n in range(5)]

    assert taken == ["a", "c", "c", "a", "a"]


def test_of_two_swaps_of_one_day_the_later_counts() -> None:
    swaps = (Swap("b", TODAY, TODAY), Swap("c", TODAY, TODAY))

    assert of_rota(TODAY, swaps=swaps) == "c"
    assert of_rota(TODAY, swaps=swaps[::-1]) == "b"


def test_whoever_took_days_and_is_away_then_is_covered_like_anybody() -> None:
    swap = Swap("b", TODAY, TODAY)

    assert of_rota(TODAY, away("b", TODAY, TODAY, "c"), swaps=(swap,)) == "c"


def test_the_cover_has_the_week_of_somebody_who_is_away() -> None:
    assert of_rota(TODAY, away("a", TODAY, TODAY, "c")) == "c"


def test_a_week_that_nobody_covers_goes_to_the_least_recently_asked() -> None:
    roster = replace(
        ROTA,
        candidates=(A, replace(B, last_asked_at=T0), C),
        absences=(away("a", TODAY, TODAY),),
    )

    assert roster.on_duty(TODAY) == C


def test_a_rota_person_who_takes_duty_no_more_gives_way_to_the_next() -> None:
    found = replace(ROTA, candidates=(B, C)).on_duty(TODAY)

    assert found == B


def test_whoever_has_the_week_and_passed_it_on_is_not_asked_again() -> None:
    assert ROTA.on_duty(TODAY, without=["a"]) == B


def test_a_rota_starts_on_a_monday_and_names_somebody() -> None:
    with pytest.raises(ValueError, match="Monday"):
        Rota(TODAY, ("a",))
    with pytest.raises(ValueError, match="somebody"):
        Rota(MONDAY, ())


def test_a_duty_lasts_to_the_end_of_its_week() -> None:
    assert ROTA.until(TODAY) == MONDAY + 6 * DAY


def test_a_duty_ends_where_somebody_else_took_the_days() -> None:
    swap = Swap("c", TODAY + 2 * DAY, TODAY + 3 * DAY)
    roster = replace(ROTA, rota=Rota(MONDAY, ("a", "b"), (swap,)))

    assert roster.until(TODAY) == TODAY + DAY
    assert roster.until(TODAY + 2 * DAY) == TODAY + 3 * DAY


def test_a_cover_has_duty_until_the_other_is_back() -> None:
    roster = replace(ROTA, absences=(away("a", MONDAY, TODAY, "c"),))

    assert roster.until(TODAY) == TODAY


def test_a_duty_without_end_is_told_two_weeks_ahead() -> None:
    alone = replace(ROTA, rota=Rota(MONDAY, ("a",)))

    assert alone.until(TODAY) == TODAY + 14 * DAY


def test_without_a_rota_nothing_says_until_when() -> None:
    assert replace(ROTA, rota=None).until(TODAY) is None


WEEK = [MONDAY + n * DAY for n in range(5)]


def test_a_rota_week_with_somebody_away_and_no_cover_is_a_gap() -> None:
    roster = replace(ROTA, absences=(away("a", WEEK[1], WEEK[3]),))

    assert roster.gaps(WEEK) == (Gap(WEEK[1], WEEK[3]),)


def test_a_cover_or_a_swap_closes_a_gap() -> None:
    covered = replace(ROTA, absences=(away("a", WEEK[1], WEEK[3], "c"),))
    rota = Rota(MONDAY, ("a", "b"), (Swap("c", WEEK[2], WEEK[2]),))
    swapped = replace(ROTA, rota=rota, absences=(away("a", WEEK[1], WEEK[3]),))

    assert covered.gaps(WEEK) == ()
    assert swapped.gaps(WEEK) == (Gap(WEEK[1], WEEK[1]), Gap(WEEK[3], WEEK[3]))


def test_a_cover_who_is_away_too_leaves_the_gap_open() -> None:
    both = (away("a", WEEK[1], WEEK[3], "c"), away("c", WEEK[3], WEEK[4]))

    assert replace(ROTA, absences=both).gaps(WEEK) == (Gap(WEEK[3], WEEK[3]),)


def test_without_a_rota_only_the_absence_of_all_is_a_gap() -> None:
    duty = Roster((A, B), (away("a", WEEK[0], WEEK[2]),))
    both = replace(duty, absences=(*duty.absences, away("b", WEEK[2], WEEK[4])))

    assert duty.gaps(WEEK) == ()
    assert both.gaps(WEEK) == (Gap(WEEK[2], WEEK[2]),)


def test_a_gap_of_two_weeks_is_two_gaps() -> None:
    roster = Roster((A,), (away("a", WEEK[3], WEEK[1] + 7 * DAY),))
    two_weeks = [*WEEK, *(day + 7 * DAY for day in WEEK)]

    assert roster.gaps(two_weeks) == (
        Gap(WEEK[3], WEEK[4]),
        Gap(WEEK[0] + 7 * DAY, WEEK[1] + 7 * DAY),
    )


@given(candidates(), st.sets(st.sampled_from(PEOPLE)), st.integers())
def test_the_choice_is_the_same_in_whatever_order_they_are_listed(
    listed: tuple[Candidate, ...], without: set[str], seed: int
) -> None:
    shuffled = list(listed)
    Random(seed).shuffle(shuffled)  # noqa: S311 - no secret, an order for a test

    found = Roster(tuple(shuffled)).on_duty(TODAY, without=without)

    assert found == Roster(listed).on_duty(TODAY, without=without)


@given(candidates(), st.sets(st.sampled_from(PEOPLE)))
def test_nobody_who_is_left_waited_longer_than_who_is_asked(
    listed: tuple[Candidate, ...], without: set[str]
) -> None:
    found = Roster(listed).on_duty(TODAY, without=without)

    left = [one for one in listed if one.id not in without]
    assert (found is None) == (left == [])
    for one in left:
        assert found is not None
        if one.last_asked_at is None:
            assert found.last_asked_at is None
        elif found.last_asked_at is not None:
            assert found.last_asked_at <= one.last_asked_at


@given(
    rosters(),
    days_around,
    st.none() | st.sampled_from(PEOPLE),
    st.sets(st.sampled_from(PEOPLE)),
)
def test_whoever_is_asked_takes_duty_is_there_and_did_not_pass_it_on(
    roster: Roster, day: date, named: str | None, without: set[str]
) -> None:
    found = roster.on_duty(day, named=named, without=without)

    left = [
        one
        for one in roster.candidates
        if one.id not in without and not is_away(roster, one.id, day)
    ]
    assert (found in left) if left else (found is None)


@given(rosters(), days_around, st.sampled_from(PEOPLE))
def test_a_named_request_is_honoured_whenever_the_named_one_is_there(
    roster: Roster, day: date, named: str
) -> None:
    found = roster.on_duty(day, named=named)

    there = named in {one.id for one in roster.candidates}
    if there and not is_away(roster, named, day):
        assert found is not None
        assert found.id == named


@given(rosters(), days_around)
def test_a_duty_is_the_same_persons_on_every_day_until_it_ends(
    roster: Roster, day: date
) -> None:
    last = roster.until(day)

    if last is None:
        assert roster.rota is None
        return
    assert day <= last <= day + 14 * DAY
    asked_until = {roster.on_duty(day + n * DAY) for n in range((last - day).days + 1)}
    assert len(asked_until) == 1
    if None not in asked_until and last < day + 14 * DAY:
        assert roster.on_duty(last + DAY) not in asked_until


@given(rosters(), days_around, st.integers(0, 30))
def test_each_day_is_in_exactly_one_gap_or_has_its_person_as_planned(
    roster: Roster, first: date, count: int
) -> None:
    days = [first + n * DAY for n in range(count)]

    gaps = roster.gaps(days)

    in_gaps = [day for gap in gaps for day in days if gap.starts <= day <= gap.ends]
    assert len(in_gaps) == len(set(in_gaps))
    assert in_gaps == [day for day in days if roster.gaps([day])]
    for gap in gaps:
        assert gap.starts.isocalendar()[:2] == gap.ends.isocalendar()[:2]


@given(rosters(), days_around)
def test_a_day_without_anybody_at_all_is_a_gap(roster: Roster, day: date) -> None:
    if roster.on_duty(day) is None:
        assert roster.gaps([day]) == (Gap(day, day),)


@given(st.integers(2, 6), st.integers(1, 30))
def test_duty_goes_round_so_that_nobody_is_asked_twice_more_than_another(
    people: int, requests: int
) -> None:
    duty = {str(n): candidate(str(n), n) for n in range(people)}
    times = dict.fromkeys(duty, 0)

    for number in range(requests):
        found = Roster(tuple(duty.values())).on_duty(TODAY)
        assert found is not None
        times[found.id] += 1
        at = T0 + number * HOUR
        duty[found.id] = Candidate(found.id, found.order, at)

    assert max(times.values()) - min(times.values()) <= 1
