"""Promises of the Slack in memory: what it answers, to the bot's own sender."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from scheduler.ports import (
    Absent,
    Found,
    Message,
    Outcome,
    Place,
    Refused,
    Sent,
    Sighting,
    Slower,
    Unclear,
)
from tests.proof.clockwork import Clockwork, seeded
from tests.proof.facts import Arrived, Called, History, Late, TurnedAway
from tests.proof.sending import new_sender
from tests.proof.slack import BEFORE, FAULTS, HTTP, Fault, Slack
from tests.proof.virtual import EPOCH
from tests.proof.weather import CALM, Weather

T = TypeVar("T")
HERE = Place("C0ONE")
"""A channel."""
EXPECTED: dict[Fault, type[Outcome]] = {
    Fault.NO_CONNECTION: Unclear,
    Fault.CUT_BEFORE: Unclear,
    Fault.SILENT_BEFORE: Unclear,
    Fault.BUSY: Slower,
    Fault.BROKEN_BEFORE: Unclear,
    Fault.CUT_AFTER: Unclear,
    Fault.SILENT_AFTER: Unclear,
    Fault.BROKEN_AFTER: Unclear,
    Fault.UNSURE: Unclear,
    Fault.SLOW: Unclear,
}
"""What the bot's sender makes of each."""


class Desk:
    """Somebody who calls a Slack in memory, in a strand of their own."""

    def __init__(self, weather: Weather = CALM) -> None:
        self.clock = Clockwork(seeded(1))
        self.history = History()
        self.slack = Slack(
            self.clock, self.history, weather, lambda: self.clock.now, lambda: None
        )
        self.sender = new_sender(self.slack)

    def post(self, notice: str = "n1", place: Place = HERE) -> Outcome:
        """Post a message and return what came of it."""
        return self.run(lambda: self.sender.post(place, Message(notice, []), notice))

    def find(self, notice: str = "n1", place: Place = HERE) -> Sighting:
        """Look for a message."""
        since = EPOCH - timedelta(hours=1)
        return self.run(lambda: self.sender.find(place, notice, since))

    def run(self, call: Callable[[], T]) -> T:
        """Run one call to its end."""
        answers: list[T] = []
        self.clock.start("caller", lambda: answers.append(call()))
        self.clock.run_until(lambda: bool(answers))
        return answers[0]

    def arrivals(self) -> list[str]:
        """Return what arrived."""
        return [one.notice for one in self.history.facts if isinstance(one, Arrived)]


def test_what_is_said_arrives_and_is_found() -> None:
    desk = Desk()

    said = desk.post()

    assert isinstance(said, Sent)
    link = desk.sender.link_to(HERE.channel_id, said.ts)
    assert desk.find() == Found(said.ts, link)
    assert isinstance(desk.find("n2"), Absent)
    assert desk.arrivals() == ["n1"]
    assert desk.history.count(Called) == 1


def test_history_has_pages_and_no_replies() -> None:
    desk = Desk()
    root = desk.post("root")
    assert isinstance(root, Sent)
    thread = Place(HERE.channel_id, root.ts)
    desk.post("reply", thread)
    for number in range(5):
        desk.post(f"n{number}")

    assert isinstance(desk.find("n4"), Found)
    assert isinstance(desk.find("reply"), Absent)
    assert isinstance(desk.find("reply", thread), Found)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_for_whether_it_arrived(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    monkeypatch.setattr(desk.slack, "_fault", lambda _notice: fault)

    outcome = desk.post()

    assert type(outcome) is EXPECTED[fault]
    arrived_at_once = fault not in BEFORE and fault is not Fault.SLOW
    assert desk.arrivals() == (["n1"] if arrived_at_once else [])


def test_what_is_slow_arrives_just_after_it_was_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    monkeypatch.setattr(desk.slack, "_fault", lambda _notice: Fault.SLOW)

    desk.post()
    given_up = desk.clock.now
    desk.clock.run_until(lambda: not desk.clock.has_events)

    (arrived,) = [one for one in desk.history.facts if isinstance(one, Arrived)]
    assert given_up <= arrived.at <= arrived.called_at + HTTP + 5.1
    assert desk.history.count(Late) == 0


def test_what_is_late_is_counted_before_it_arrives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(Weather(late=1.0))
    monkeypatch.setattr(desk.slack, "_fault", lambda _notice: Fault.SLOW)

    desk.post()
    counted = desk.history.count(Late)
    desk.clock.run_until(lambda: not desk.clock.has_events)

    (arrived,) = [one for one in desk.history.facts if isinstance(one, Arrived)]
    assert counted == 1
    assert arrived.at > arrived.called_at + HTTP + 10.0


def test_what_is_refused_does_not_arrive() -> None:
    desk = Desk(Weather(refusals=1.0))

    assert isinstance(desk.post(), Refused)
    assert desk.history.count(TurnedAway) == 1
    assert desk.arrivals() == []


def test_a_message_cannot_be_found_until_it_is_seen() -> None:
    desk = Desk(Weather(slow_history=10.0))
    desk.post()

    at_once = desk.find()
    desk.run(lambda: desk.clock.pause(10.0))

    assert isinstance(at_once, Absent)
    assert isinstance(desk.find(), Found)
