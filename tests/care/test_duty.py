"""Who is asked: the one who is named, else the one who was asked least recently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from care.duty import Candidate, choose

T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def candidate(id_: str, order: int, asked_hours_ago: float | None = None) -> Candidate:
    """Return somebody on duty, asked so many hours before T0 or never."""
    ago = asked_hours_ago
    return Candidate(id_, order, None if ago is None else T0 - ago * HOUR)


def chosen(candidates: list[Candidate], **how: object) -> str | None:
    """Return the id of who is asked."""
    found = choose(candidates, **how)  # type: ignore[arg-type] # named and without
    return found.id if found else None


@st.composite
def duties(draw: st.DrawFn) -> list[Candidate]:
    """Any specialists, each with an id and a place of their own."""
    ids = draw(st.lists(st.sampled_from("abcdef"), unique=True))
    hours = st.none() | st.integers(0, 3)
    return [candidate(id_, order, draw(hours)) for order, id_ in enumerate(ids)]


def test_the_least_recently_asked_is_asked() -> None:
    assert chosen([candidate("a", 1, 1), candidate("b", 2, 5)]) == "b"


def test_somebody_who_was_never_asked_comes_first() -> None:
    assert chosen([candidate("a", 1, 9999), candidate("b", 2)]) == "b"


def test_ties_go_by_the_order_of_the_setup() -> None:
    assert chosen([candidate("b", 2), candidate("a", 1)]) == "a"
    assert chosen([candidate("b", 2, 3), candidate("a", 1, 3)]) == "a"


def test_a_named_specialist_is_asked_whoever_is_next() -> None:
    both = [candidate("a", 1), candidate("b", 2, 0)]

    assert chosen(both, named="b") == "b"


def test_a_named_specialist_who_takes_no_duty_gives_way_to_the_next() -> None:
    assert chosen([candidate("a", 1)], named="somebody") == "a"


def test_who_passed_it_on_is_not_asked_again_even_when_named() -> None:
    both = [candidate("a", 1), candidate("b", 2)]

    assert chosen(both, without=["a"]) == "b"
    assert chosen(both, named="a", without=["a"]) == "b"


def test_nobody_is_asked_where_nobody_is_left() -> None:
    assert chosen([]) is None
    assert chosen([candidate("a", 1)], named="a", without=["a"]) is None


@given(duties(), st.sets(st.sampled_from("abcdef")), st.integers())
def test_the_choice_is_the_same_in_whatever_order_they_are_listed(
    candidates: list[Candidate], without: set[str], seed: int
) -> None:
    shuffled = list(candidates)
    Random(seed).shuffle(shuffled)  # noqa: S311 - no secret, an order for a test

    assert choose(shuffled, without=without) == choose(candidates, without=without)


@given(duties(), st.sets(st.sampled_from("abcdef")))
def test_nobody_who_is_left_waited_longer_than_who_is_asked(
    candidates: list[Candidate], without: set[str]
) -> None:
    found = choose(candidates, without=without)

    left = [one for one in candidates if one.id not in without]
    assert (found is None) == (left == [])
    for one in left:
        assert found is not None
        if one.last_asked_at is None:
            assert found.last_asked_at is None
        elif found.last_asked_at is not None:
            assert found.last_asked_at <= one.last_asked_at


@given(st.integers(2, 6), st.integers(1, 30))
def test_duty_goes_round_so_that_nobody_is_asked_twice_more_than_another(
    people: int, requests: int
) -> None:
    duty = {str(n): candidate(str(n), n) for n in range(people)}
    asked = dict.fromkeys(duty, 0)

    for number in range(requests):
        found = choose(list(duty.values()))
        assert found is not None
        asked[found.id] += 1
        at = T0 + number * HOUR
        duty[found.id] = Candidate(found.id, found.order, at)

    assert max(asked.values()) - min(asked.values()) <= 1
