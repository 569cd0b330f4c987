"""The named points at which a process is ended or stopped, in every kind of proof.

The simulation and the test with real processes use the same names, so that their
logs can be added up; a point that was never hit fails the run.
"""

from __future__ import annotations

from enum import StrEnum


class Point(StrEnum):
    """Where a process stands: always between two calls over a seam."""

    BEFORE_CLAIM = "before the claim"
    IN_CLAIM = "in the claim's transaction"
    AFTER_CLAIM = "after the claim"
    AFTER_READING = "after the check, before the call"
    BEFORE_POST = "before the post"
    AFTER_POST = "after the post and before the answer"
    AFTER_ANSWER = "after the answer and before the commit"
    IN_SETTLING = "in the settling transaction"
    AFTER_SETTLING = "after the commit"
    BEFORE_TAKING = "before an unknown one is taken"
    IN_TAKING = "in the taking transaction"
    AFTER_TAKING = "after an unknown one is taken"
    BEFORE_LOOK = "before Slack is read"
    AFTER_LOOK = "after Slack was read and before the commit"
    IN_CONCLUDING = "in the concluding transaction"
    AFTER_CONCLUDING = "after the conclusion"
    BEFORE_REMINDER = "before a reminder is taken"
    IN_REMINDER = "in the reminder's transaction"
    AFTER_REMINDER = "after the reminder"
    BEFORE_ACT = "before a person's act"
    IN_ACT = "in the act's transaction"
    AFTER_ACT = "after the act, before its answer"


ASKED = (
    Point.BEFORE_CLAIM,
    Point.AFTER_CLAIM,
    Point.BEFORE_POST,
    Point.AFTER_POST,
    Point.AFTER_ANSWER,
)
"""Those that a real process can be ended at from outside, too."""


class Doing(StrEnum):
    """What a process is at, which names the points around its transactions."""

    CLAIM = "claim"
    DELIVER = "deliver"
    LOOK = "look"
    CONCLUDE = "conclude"
    REMIND = "remind"
    ACT = "act"


AROUND: dict[Doing, tuple[Point, Point, Point]] = {
    Doing.CLAIM: (Point.BEFORE_CLAIM, Point.IN_CLAIM, Point.AFTER_CLAIM),
    Doing.DELIVER: (Point.AFTER_ANSWER, Point.IN_SETTLING, Point.AFTER_SETTLING),
    Doing.LOOK: (Point.BEFORE_TAKING, Point.IN_TAKING, Point.AFTER_TAKING),
    Doing.CONCLUDE: (Point.AFTER_LOOK, Point.IN_CONCLUDING, Point.AFTER_CONCLUDING),
    Doing.REMIND: (Point.BEFORE_REMINDER, Point.IN_REMINDER, Point.AFTER_REMINDER),
    Doing.ACT: (Point.BEFORE_ACT, Point.IN_ACT, Point.AFTER_ACT),
}
"""Before a transaction, in it before the commit, and after the commit."""
