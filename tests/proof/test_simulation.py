"""Promises of delivery under any weather, on a slice of the seeds of `make proof`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.proof.facts import (
    Arrived,
    Called,
    Closed,
    Fact,
    Frozen,
    Handled,
    Killed,
    Late,
    TimedOut,
    TurnedAway,
    Written,
)
from tests.proof.log import ROOT
from tests.proof.points import Point
from tests.proof.simulation import cli, play, play_many
from tests.proof.stage import Stage
from tests.proof.weather import STORMS

SLICE = range(80)
"""A few seconds; `make proof` plays thousands."""


def test_nothing_is_lost_doubled_early_or_out_of_turn_in_any_weather(
    stage: Stage,
) -> None:
    """The whole promise; and everything that can befall a process did."""
    facts: Counter[type[Fact]] = Counter()
    points: Counter[str] = Counter()
    broken = []
    for outcome in play_many(stage, SLICE):
        broken += [f"seed {outcome.seed}: {one}" for one in outcome.violations]
        facts.update(type(one) for one in outcome.history.facts)
        points.update(
            one.point
            for one in outcome.history.facts
            if isinstance(one, Killed | Frozen)
        )

    assert broken == []
    assert set(points) == {point.value for point in Point}
    seen = (Written, Called, Arrived, Handled, Closed, Late, TurnedAway, TimedOut)
    assert [kind.__name__ for kind in seen if not facts[kind]] == []


@pytest.mark.parametrize("storm", sorted(STORMS))
def test_the_promise_holds_in_each_storm(stage: Stage, storm: str) -> None:
    outcomes = play_many(stage, range(5), storm)

    assert [o.seed for o in outcomes if o.violations] == []


def test_a_seed_is_played_the_same_each_time(stage: Stage) -> None:
    first = play(stage, 11)
    play(stage, 12)

    assert play(stage, 11).history.facts == first.history.facts


def test_a_seed_is_played_the_same_in_another_process() -> None:
    """Whatever order that process keeps its sets in."""

    def replay(hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "tests.proof.simulation", "--seed", "11"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    told = replay("1")

    assert replay("2") == told
    assert len(told.splitlines()) > 5


def test_a_run_says_what_it_was_run_on_and_what_befell_whom(
    stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "proof.jsonl"

    told = CliRunner().invoke(cli, ["--count", "3", "--first", "5", "--log", str(path)])

    assert told.exit_code == 0, told.output
    assert "3 histories, 0 broken" in told.output
    head, *rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert head.keys() == {"proof", "commit", "python", "sqlite"}
    assert [row["seed"] for row in rows] == [5, 6, 7]
    again = play(stage, 6).as_row()
    assert rows[1] == {"proof": "simulation", **again}
    assert again["notices"] >= again["arrived"] > 0


def test_a_run_that_left_out_a_point_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.proof.simulation.WHOLE", 1)

    told = CliRunner().invoke(cli, ["--count", "1"])

    assert told.exit_code == 1
    assert "1 histories, 0 broken" in told.output
    assert "nothing befell anybody before Slack is read" in told.output
