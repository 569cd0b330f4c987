"""What can be recorded of each step, and what each result asks for."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.milestone import (
    AHEAD,
    DECISION_REASONS,
    EXIT_REASONS,
    LINES,
    MOVE_REASONS,
    REQUIRED,
    RESULTS,
    Ask,
    Reason,
    Result,
    Step,
    asks,
    join_lines,
    reasons,
    split_lines,
)

RECORDED = [(step, result) for step in Step for result in RESULTS[step]]
MOST_CHOICES = 9
"""Slack shows ten radio buttons at most, and a correction needs one of them."""


def test_every_step_can_be_recorded_and_every_result_is_one_of_a_step() -> None:
    assert set(RESULTS) == set(Step)
    assert {result for _, result in RECORDED} == set(Result)


@pytest.mark.parametrize("step", list(Step))
def test_the_results_of_a_step_fit_into_one_choice(step: Step) -> None:
    results = RESULTS[step]

    assert 1 <= len(results) <= MOST_CHOICES
    assert len(set(results)) == len(results)


@pytest.mark.parametrize(("step", "result"), RECORDED)
def test_each_result_asks_for_its_day_first_and_for_nothing_twice(
    step: Step, result: Result
) -> None:
    asked = asks(step, result)

    assert asked[0] is Ask.DAY
    assert len(set(asked)) == len(asked)


def test_what_is_moved_says_why() -> None:
    moved = [asks(step, result) for step, result in RECORDED if result is Result.MOVED]

    assert moved
    assert all(Ask.REASON in asked for asked in moved)


def test_what_only_lies_ahead_asks_for_no_more_than_day_and_reason() -> None:
    ahead = [asks(step, result) for step, result in RECORDED if result in AHEAD]

    assert {one for asked in ahead for one in asked} == {Ask.DAY, Ask.REASON}


def test_the_patient_is_compared_before_what_harms_most_if_it_is_anothers() -> None:
    compared = {
        (step, result)
        for step, result in RECORDED
        if Ask.SAME_PATIENT in asks(step, result)
    }

    assert compared == {
        (Step.SLOT, Result.HAPPENED),
        (Step.INFUSION, Result.HAPPENED),
        (Step.DEATH, Result.HAPPENED),
    }


def test_everybody_who_decides_says_what_not_to_give_meanwhile() -> None:
    for result in (Result.CANDIDATE, Result.NOT_NOW):
        assert Ask.MEANWHILE in asks(Step.DECISION, result)
    assert Ask.MEANWHILE in REQUIRED


def test_a_discharge_from_hospital_asks_for_three_lines_that_must_be_said() -> None:
    asked = asks(Step.LEFT_HOSPITAL, Result.HAPPENED)

    assert asked == (Ask.DAY, Ask.WHAT_HAPPENED, Ask.WHAT_CHANGED, Ask.WHO_DOES)
    assert set(asked) <= REQUIRED


def test_an_admission_says_where_and_who_is_called_first() -> None:
    asked = asks(Step.ADMISSION, Result.HAPPENED)

    assert asked == (Ask.DAY, Ask.PLACE, Ask.FIRST_CALL)
    assert set(asked) <= REQUIRED


def test_one_text_at_most_is_kept_as_the_note() -> None:
    """Lines are joined; a note and lines in one form would overwrite each other."""
    for step, result in RECORDED:
        texts = {Ask.NOTE, Ask.MEANWHILE} & set(asks(step, result))
        lines = LINES.keys() & set(asks(step, result))
        assert len(texts) + bool(lines) <= 1, (step, result)


@pytest.mark.parametrize(
    ("step", "offered"),
    [
        (Step.EXIT, EXIT_REASONS),
        (Step.DECISION, DECISION_REASONS),
        (Step.APHERESIS, MOVE_REASONS),
        (Step.SLOT, MOVE_REASONS),
    ],
)
def test_each_step_offers_its_own_reasons(
    step: Step, offered: tuple[Reason, ...]
) -> None:
    assert reasons(step) == offered


def test_every_reason_is_offered_somewhere_and_other_everywhere() -> None:
    lists = [reasons(step) for step in Step]

    assert {one for some in lists for one in some} == set(Reason)
    assert all(some[-1] is Reason.OTHER for some in lists)


LINE_TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)


@given(texts=st.fixed_dictionaries(dict.fromkeys(LINES, LINE_TEXTS)))
def test_lines_come_back_as_they_were_written_but_for_blanks(
    texts: dict[Ask, str],
) -> None:
    """Whatever is written in one never appears in another."""
    note = join_lines(texts)

    assert len(note.split("\n")) == len(LINES)
    expected = {one: " ".join(text.split()) for one, text in texts.items()}
    assert split_lines(note) == expected


def test_a_line_that_looks_like_anothers_label_stays_where_it_was_written() -> None:
    texts = {
        Ask.WHAT_HAPPENED: "Fever.\nWho does what: nobody",
        Ask.WHAT_CHANGED: "nothing",
        Ask.WHO_DOES: "Counts weekly: the practice",
    }

    found = split_lines(join_lines(texts))

    assert found[Ask.WHAT_HAPPENED] == "Fever. Who does what: nobody"
    assert found[Ask.WHO_DOES] == "Counts weekly: the practice"


def test_a_note_without_lines_gives_none() -> None:
    for note in ("", "Weekly counts.", "What happens: a b c"):
        assert not any(split_lines(note).values())


def test_a_result_of_the_past_is_not_ahead() -> None:
    taken = {result for _, result in RECORDED} - AHEAD

    assert Result.HAPPENED in taken
    for step, result in product((Step.APHERESIS, Step.INFUSION), AHEAD):
        assert result in RESULTS[step]
