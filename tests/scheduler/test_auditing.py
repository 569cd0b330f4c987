"""From facts to findings: what lasts is told, what passes is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.auditing import (
    Facts,
    Limits,
    Symptom,
    Trouble,
    Watched,
    findings,
    follow,
    symptoms,
)
from storage.overdue import Line
from tests.conftest import T0

LIMITS = Limits()
MINUTE = 60.0
LATE = Line(3, "r1", T0)
WELL = Facts(now=T0, at=T0, ticks=dict.fromkeys(LIMITS.ticks, T0), away_since=T0)


def symptom(head: str = "r1", *, at_once: bool = False) -> Symptom:
    """Return a symptom of overdue reminders."""
    return Symptom(Trouble.REMINDERS, 3, head, T0, at_once)


def looked(*looks: tuple[float, Sequence[Symptom]]) -> list[bool]:
    """Return after each of some looks, at its minute, whether anything is a finding."""
    watched: Watched = {}
    found = []
    for minute, seen in looks:
        watched = follow(watched, seen, at=minute * MINUTE, limits=LIMITS)
        found.append(bool(findings(watched)))
    return found


def test_where_all_is_well_there_is_no_symptom() -> None:
    assert symptoms(WELL, LIMITS) == []


@pytest.mark.parametrize(
    ("facts", "trouble"),
    [
        (replace(WELL, reminders=LATE), Trouble.REMINDERS),
        (replace(WELL, notices=LATE), Trouble.NOTICES),
        (replace(WELL, leases=LATE), Trouble.LEASES),
        (replace(WELL, failed=LATE), Trouble.FAILED),
    ],
)
def test_each_line_that_is_too_long_is_a_symptom(
    facts: Facts, trouble: Trouble
) -> None:
    [seen] = symptoms(facts, LIMITS)

    assert (seen.trouble, seen.count, seen.head) == (trouble, 3, "r1")


def test_chores_that_do_not_complete_are_one_symptom_that_names_them() -> None:
    late = T0 - timedelta(seconds=61)
    ticks = {"reminders": T0, "reconcile": late, "delivery": late}

    [seen] = symptoms(replace(WELL, ticks=ticks), LIMITS)

    assert seen.trouble is Trouble.TICK
    assert (seen.head, seen.since) == ("delivery, reconcile", late)


def test_a_chore_that_may_rest_is_not_asked_about() -> None:
    ticks = {**WELL.ticks, "tidy": T0 - timedelta(days=1)}

    assert symptoms(replace(WELL, ticks=ticks), LIMITS) == []


def test_no_connection_for_long_is_a_symptom() -> None:
    away = T0 - timedelta(minutes=3)

    [seen] = symptoms(replace(WELL, away_since=away), LIMITS)

    assert seen.trouble is Trouble.SOCKET


def test_where_nothing_is_known_of_the_process_nothing_is_said_of_it() -> None:
    assert symptoms(Facts(now=T0), LIMITS) == []


def test_one_look_is_no_finding() -> None:
    assert looked((0, [symptom()]), (0.9, [symptom()])) == [False, False]


def test_the_same_row_at_the_head_for_a_minute_is_a_finding() -> None:
    assert looked((0, [symptom()]), (1, [symptom()])) == [False, True]


def test_a_line_that_is_worked_off_is_no_finding() -> None:
    """After an outage everything is late, and the head changes from look to look."""
    looks = [(n * 0.5, [symptom(f"r{n}")]) for n in range(20)]

    assert not any(looked(*looks))


def test_a_line_that_is_not_worked_off_in_a_quarter_of_an_hour_is_a_finding() -> None:
    looks = [(n * 0.5, [symptom(f"r{n}")]) for n in range(31)]

    assert looked(*looks)[-2:] == [False, True]


def test_what_cannot_pass_is_a_finding_at_once() -> None:
    assert looked((0, [symptom(at_once=True)])) == [True]


def test_a_finding_is_over_when_it_has_stayed_away() -> None:
    looks = [(0, [symptom()]), (1, [symptom()]), (2, []), (2.9, []), (3, [])]

    assert looked(*looks) == [False, True, True, True, False]


def test_a_finding_that_swings_around_its_limit_stays_one_finding() -> None:
    swinging = [(n, [symptom(f"r{n}")] if n % 2 else []) for n in range(2, 60)]

    assert all(looked((0, [symptom()]), (1, [symptom()]), *swinging)[1:])


def test_findings_do_not_hide_one_another() -> None:
    other = Symptom(Trouble.LEASES, 1, "n1", T0)
    watched: Watched = {}
    for minute in (0, 1):
        seen = [symptom(), other]
        watched = follow(watched, seen, at=minute * MINUTE, limits=LIMITS)

    found = {one.trouble for one in findings(watched)}

    assert found == {Trouble.REMINDERS, Trouble.LEASES}


HEADS = st.lists(st.sampled_from(["", "a", "b"]), min_size=1, max_size=80)


@given(HEADS)
def test_what_is_told_alternates_and_needs_what_was_seen(heads: list[str]) -> None:
    """At ten seconds a look: no finding without a minute of it, no end without two."""
    looks = [(n / 6, [symptom(h)] if h else []) for n, h in enumerate(heads)]

    found = looked(*looks)

    for n, stands in enumerate(found):
        before = found[n - 1] if n else False
        if stands and not before:
            assert len([h for h in heads[max(0, n - 6) : n + 1] if h]) > 1
            assert heads[n]
        if before and not stands:
            assert not any(heads[n - 11 : n + 1])
