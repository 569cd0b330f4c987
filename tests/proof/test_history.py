"""Promises of the checker: each rule finds the history that breaks it, and no other."""

from __future__ import annotations

import json

import pytest

from tests.proof.facts import (
    FACTS,
    Arrived,
    Called,
    Closed,
    Disturbed,
    Fact,
    Frozen,
    Handled,
    History,
    Late,
    Planned,
    TurnedAway,
    Written,
    as_row,
    from_row,
)
from tests.proof.history import Broken, Limits, check, names

HERE = "C0ONE"


def arrived(at: float, notice: str, **more: object) -> Arrived:
    """Return an arrival that was asked for when it arrived."""
    words: dict[str, object] = {"called_at": at, "care_at": at} | more
    return Arrived(at, notice, HERE, **words)  # type: ignore[arg-type] # as given


def written(at: float, notice: str, **more: object) -> Written:
    """Return what must be said in the one conversation."""
    return Written(at, notice, HERE, **more)  # type: ignore[arg-type] # as given


def change(at: float, notice: str) -> Written:
    """Return a change of the message `a`."""
    return written(at, notice, way="update", root="a")


def found(*facts: Fact) -> list[tuple[Broken, str]]:
    """Return what is wrong with a history, and with what."""
    return [(one.broken, one.of) for one in check(History(list(facts)))]


def test_what_was_said_once_and_in_order_is_right() -> None:
    assert (
        found(
            written(1, "a"),
            written(1, "b", root="a"),
            Called(2, HERE, "a"),
            arrived(2, "a"),
            Called(3, HERE, "b"),
            arrived(3, "b"),
        )
        == []
    )


def test_what_was_committed_and_never_said_is_lost() -> None:
    assert found(written(1, "a")) == [(Broken.LOST, "a")]


def test_what_nobody_committed_is_invented() -> None:
    assert found(arrived(1, "a")) == [(Broken.INVENTED, "a")]


def test_a_second_arrival_is_a_double() -> None:
    facts = [written(1, "a"), arrived(2, "a"), arrived(9, "a")]

    assert found(*facts) == [(Broken.DOUBLED, "a")]


def test_a_double_is_granted_only_for_what_the_injector_delivered_late() -> None:
    facts = [written(1, "a"), arrived(2, "a"), arrived(9, "a")]

    assert found(Late(2, "a"), *facts) == []
    assert found(Late(2, "b"), *facts) == [(Broken.DOUBLED, "a")]
    assert found(Late(2, "a"), *facts, arrived(10, "a")) == [(Broken.DOUBLED, "a")]


def test_a_pin_or_a_change_may_be_repeated() -> None:
    facts = [written(1, "a"), arrived(2, "a"), change(3, "b")]
    twice = [arrived(at, "b", way="update", shows=1) for at in (4, 5)]

    assert found(*facts, *twice) == []


def test_a_reminder_that_is_never_handled_is_lost() -> None:
    assert found(Planned(1, "r", "s", 1, 5)) == [(Broken.LOST_REMINDER, "r")]


def test_a_reminder_is_handled_once_and_not_before_it_is_due() -> None:
    plan = Planned(1, "r", "s", 1, 5)

    assert found(plan, Handled(6, "r", 5)) == []
    assert found(plan, Handled(6, "r", 4.9)) == [(Broken.EARLY, "r")]
    assert found(plan, Handled(6, "r", 6), Handled(7, "r", 7)) == [
        (Broken.HANDLED_TWICE, "r")
    ]


def test_what_was_planned_anew_or_done_is_not_handled_any_more() -> None:
    plan, done = Planned(1, "r", "s", 1, 5), Closed(2, "s", 2)
    anew = [Planned(2, "q", "s", 2, 5), Handled(6, "q", 6)]

    assert found(plan, done) == []
    assert found(plan, *anew) == []
    assert found(plan, Handled(2, "r", 6), done) == []
    assert found(plan, done, Handled(2, "r", 6)) == [(Broken.AFTER_DONE, "r")]
    assert found(plan, *anew, Handled(6, "r", 6)) == [(Broken.AFTER_DONE, "r")]


def test_a_message_comes_not_before_its_reminder_was_due() -> None:
    new = written(1, "a", subject="s", due=10.0)

    assert found(new, arrived(2, "a", care_at=10.0)) == []
    assert found(new, arrived(2, "a", care_at=9.0)) == [(Broken.EARLY, "a")]


def test_nothing_is_asked_for_when_it_was_done_longer_than_a_lease_ago() -> None:
    facts = [Planned(0, "r", "s", 1, 0), Handled(0, "r", 0)]
    new, done = written(1, "a", subject="s"), Closed(5, "s", 2)

    assert found(*facts, new, done, arrived(34, "a")) == []
    assert found(*facts, new, done, arrived(36, "a")) == [(Broken.AFTER_DONE, "a")]
    assert found(*facts, new, done, arrived(90, "a", called_at=30)) == []


def test_what_was_undone_meanwhile_may_be_said() -> None:
    undone = Planned(20, "q", "s", 3, 20)
    facts = [written(1, "a", subject="s"), Closed(5, "s", 2), undone]

    assert found(*facts, Handled(21, "q", 21), arrived(50, "a")) == []


def test_what_was_done_before_it_was_said_need_not_be_said() -> None:
    assert found(written(1, "a", subject="s"), Closed(5, "s", 2)) == []
    assert found(written(1, "a", subject="s"), Closed(5, "t", 2)) == [
        (Broken.LOST, "a")
    ]


def test_a_reply_comes_not_before_its_root() -> None:
    facts = [written(1, "a"), written(1, "b", root="a"), Disturbed(1, "a")]

    assert found(*facts, arrived(2, "a"), arrived(3, "b")) == []
    assert found(*facts, arrived(2, "b"), arrived(3, "a")) == [
        (Broken.BEFORE_ROOT, "b")
    ]


def test_what_was_written_first_is_said_first_unless_it_was_disturbed() -> None:
    facts = [written(1, "a"), written(2, "b"), arrived(3, "b"), arrived(4, "a")]

    assert found(*facts) == [(Broken.OUT_OF_ORDER, "a")]
    assert found(Disturbed(1, "a"), *facts) == []
    assert found(Disturbed(1, "b"), *facts) == [(Broken.OUT_OF_ORDER, "a")]


def test_what_belongs_to_a_disturbed_root_may_come_later() -> None:
    root, reply, other = written(1, "a"), written(1, "b", root="a"), written(2, "c")
    come = [arrived(3, "c"), arrived(4, "a"), arrived(5, "b")]

    assert found(Disturbed(1, "a"), root, reply, other, *come) == []
    assert names(check(History([root, reply, other, *come]))) == {"OUT_OF_ORDER": 2}


def test_the_last_change_shows_all_that_was_written() -> None:
    facts = [written(1, "a"), arrived(2, "a"), change(3, "b"), change(3, "c")]
    old = arrived(6, "b", way="update", shows=1)
    new = arrived(5, "c", way="update", shows=2)

    assert found(*facts, new) == []
    assert found(*facts, Disturbed(4, "b"), new, old) == [(Broken.STALE, "b")]
    assert found(*facts, Disturbed(4, "b"), Late(4, "b"), new, old) == []
    assert found(*facts, arrived(5, "b", way="update", shows=2)) == []


def test_a_change_that_no_later_one_shows_is_lost() -> None:
    facts = [written(1, "a"), arrived(2, "a"), change(3, "b"), change(3, "c")]

    assert (Broken.LOST, "c") in found(*facts, arrived(4, "b", way="update", shows=1))


@pytest.mark.parametrize(
    ("calls", "broken"),
    [
        ((0.0, 1.0, 2.0), 0),
        ((0.0, 0.0, 1.0), 0),
        ((0.0, 0.0, 0.9), 1),
        ((0.0, 0.0, 0.0), 1),
        ((0.0, 0.6, 1.2, 1.8), 1),
    ],
)
def test_a_conversation_takes_two_at_once_and_one_a_second(
    calls: tuple[float, ...], broken: int
) -> None:
    history = History([Called(at, HERE, "a") for at in calls])

    assert names(check(history)) == ({"TOO_FAST": broken} if broken else {})


def test_other_conversations_have_buckets_of_their_own() -> None:
    calls = [Called(0.0, f"C{number}", "a") for number in range(5)]

    assert check(History(list(calls)), Limits(burst=1)) == []


def test_what_slack_refuses_is_no_loss_where_a_person_is_told() -> None:
    facts = [written(1, "a"), written(1, "b", root="a"), TurnedAway(2, "a")]
    telling = Written(3, "t", "C0OPERATORS", tells_of="a")

    assert found(*facts, telling, arrived(4, "t")) == []
    assert found(*facts) == [(Broken.NOT_TOLD, "a")]


def test_of_what_was_done_after_a_refusal_nobody_need_be_told() -> None:
    refused = [written(1, "a", subject="s"), TurnedAway(2, "a")]

    assert found(*refused) == [(Broken.NOT_TOLD, "a")]
    assert found(*refused, Closed(3, "s", 2)) == []
    assert found(*refused, arrived(3, "a")) == []


def test_a_violation_says_what_is_wrong_with_what() -> None:
    (one,) = check(History([written(1, "a")]))

    assert str(one) == "a committed and never said at 1.000"


def test_every_fact_comes_back_from_its_line_in_a_log() -> None:
    facts = [written(1, "a"), arrived(2, "a", shows=3), Frozen(1, "p", "here", 2.5)]

    lines = [json.dumps(as_row(one)) for one in facts]

    assert [from_row(json.loads(line)) for line in lines] == facts
    assert set(FACTS) == {one.__name__ for one in Fact.__subclasses__()}
