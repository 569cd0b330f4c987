"""Histories of the engine, drawn from seeds.

`python -m tests.proof.simulation --seed 7` replays one history and prints it whole;
`--count 3000` runs many and prints the seeds of those that are broken.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from tests.proof.clockwork import Clockwork, Strand, seeded
from tests.proof.engine import Engine, new_store
from tests.proof.facts import (
    Arrived,
    Frozen,
    History,
    Killed,
    Late,
    TimedOut,
    Written,
    as_row,
)
from tests.proof.history import Violation, check
from tests.proof.log import Log
from tests.proof.people import DAY, People
from tests.proof.points import AROUND, Point
from tests.proof.slack import Slack
from tests.proof.stage import Stage, open_stage
from tests.proof.virtual import CareClock, broken_database
from tests.proof.weather import CALM, SHARP, STORMS, Weather, draw, draw_stop

SEAMS = frozenset(point for three in AROUND.values() for point in three)
"""Where the database may be away."""

WHOLE = 500
"""Histories in which every point must have been hit."""
LONGEST_STORM = 200.0
"""Seconds for which the weather stays bad after the last act."""
REST = 3600.0
"""Seconds after which whatever is not said by then is lost."""


@dataclass(frozen=True)
class Outcome:
    """One history and what is wrong with it."""

    seed: int
    weather: Weather
    history: History
    violations: list[Violation]
    steps: int

    def as_row(self) -> dict[str, Any]:
        """Return it as one line of a log."""
        facts = self.history
        return {
            "seed": self.seed,
            "steps": self.steps,
            "notices": facts.count(Written),
            "arrived": len({a.notice for a in facts.facts if isinstance(a, Arrived)}),
            "late": facts.count(Late),
            "timed_out": facts.count(TimedOut),
            "kills": _points(facts, Killed),
            "freezes": _points(facts, Frozen),
            "violations": [str(one) for one in self.violations],
        }


def _points(history: History, kind: type[Killed | Frozen]) -> dict[str, int]:
    every = [one.point for one in history.facts if isinstance(one, kind)]
    return dict(sorted(Counter(every).items()))


@dataclass(eq=False)
class Director:
    """Plays one history: starts everybody, and decides what befalls them."""

    stage: Stage
    seed: int
    storm: str | None = None
    """Which weather; drawn from the seed where none is named."""
    acts: int = 6
    processes: int = 3
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        rng = seeded(self.seed)
        self.weather = self._now = STORMS[self.storm] if self.storm else draw(rng)
        self.clock = Clockwork(rng, self._fate, self._timed_out)
        self.care = CareClock(self.clock)
        self.slack = Slack(
            self.clock,
            self.history,
            self.weather,
            self.care.seconds,
            self._disturb,
        )
        self.engine = Engine(
            clock=self.clock,
            care=self.care,
            slack=self.slack,
            store=new_store(self.stage.database, self.stage.keyring, self.care),
            database=self.stage.database,
            history=self.history,
        )
        self.people = People(self.engine, self.care, self.acts)

    def play(self) -> Outcome:
        """Play the history to its rest, and judge it."""
        self.stage.clear()
        self.stage.database.begin(self.clock, self.history)
        for _ in range(self.processes):
            self.engine.start_process()
        self.people.start()
        try:
            self.clock.run_until(lambda: self.people.is_over)
            self._let_it_rage()
            self._let_it_rest()
        finally:
            self.clock.end_all()
        return Outcome(
            self.seed,
            self.weather,
            self.history,
            check(self.history),
            self.clock.steps,
        )

    def _let_it_rage(self) -> None:
        """Go on for a while after the last act: what was begun needs its troubles."""
        end = self.clock.now + self.clock.rng.uniform(0.0, LONGEST_STORM)
        self.clock.run_until(lambda: self.clock.now > end or self._is_at_rest())

    def _let_it_rest(self) -> None:
        """Let the weather clear, everything come due, and all of it be said."""
        self._now = self.slack.weather = CALM
        self.care.travelled += 2 * DAY
        most = self.clock.now + REST
        self.clock.run_until(lambda: self.clock.now > most or self._is_at_rest())

    def _is_at_rest(self) -> bool:
        # Not asked at every step: it costs more than the step itself.
        if self.clock.steps % 8 or self.clock.has_events:
            return False
        return self.engine.is_idle()

    # What befalls a process that has come to a point

    def _fate(self, strand: Strand) -> bool:
        rng, weather = self.clock.rng, self._now
        if weather.is_calm or strand.point is None:
            return True
        if rng.random() < weather.kill:
            self._kill(strand, strand.point)
            return False
        if rng.random() < (SHARP if strand.point is weather.sharp else weather.freeze):
            self._stop(strand, strand.point)
            return False
        if strand.point in SEAMS and rng.random() < weather.database:
            self._disturb()
            strand.error = broken_database()
        return True

    def _kill(self, strand: Strand, point: Point) -> None:
        self.history.note(Killed(self.clock.now, strand.name, point))
        self._disturb()
        self.clock.end(strand)
        self._start_again(strand)

    def _stop(self, strand: Strand, point: Point) -> None:
        seconds = draw_stop(self.clock.rng)
        self.history.note(Frozen(self.clock.now, strand.name, point, seconds))
        self._disturb()
        strand.wakes_at, strand.hindered = self.clock.now + seconds, True

    def _timed_out(self, strand: Strand) -> None:
        self.history.note(TimedOut(self.clock.now, strand.name, strand.point or ""))
        self._disturb()
        self._start_again(strand)

    def _start_again(self, strand: Strand) -> None:
        again = (
            self.people.start if strand.name == "people" else self.engine.start_process
        )
        self.clock.after(self.clock.rng.uniform(0.5, 20.0), again)

    def _disturb(self) -> None:
        self.engine.disturb()


def play(stage: Stage, seed: int, storm: str | None = None) -> Outcome:
    """Play the history of a seed."""
    return Director(stage, seed, storm).play()


def play_many(
    stage: Stage, seeds: Iterable[int], storm: str | None = None
) -> Iterator[Outcome]:
    """Play the histories of several seeds."""
    for seed in seeds:
        yield play(stage, seed, storm)


@dataclass(frozen=True)
class Run:
    """Which histories are played."""

    seeds: range
    storm: str | None
    log: Path | None
    until_broken: bool


def main(
    *,
    seed: Annotated[int | None, typer.Option(help="replay one, whole")] = None,
    first: Annotated[int, typer.Option(help="the first seed of many")] = 0,
    count: Annotated[int, typer.Option(help="how many")] = 100,
    storm: Annotated[str | None, typer.Option(help="one weather for all")] = None,
    log: Annotated[Path | None, typer.Option(help="a file of JSON lines")] = None,
    until_broken: Annotated[bool, typer.Option(help="stop at the first")] = False,
) -> None:
    """Play histories; the exit code says whether all held."""
    with open_stage() as stage:
        if seed is not None:
            sys.exit(_replay(play(stage, seed, storm)))
        run = Run(range(first, first + count), storm, log, until_broken)
        sys.exit(_run(stage, run))


def _replay(outcome: Outcome) -> int:
    for fact in outcome.history.facts:
        typer.echo(json.dumps(as_row(fact)))
    for one in outcome.violations:
        typer.echo(f"broken: {one}")
    return bool(outcome.violations)


def _run(stage: Stage, run: Run) -> int:
    began, broken, number = time.process_time(), 0, 0
    points: Counter[str] = Counter()
    with Log(run.log, "simulation") as log:
        for outcome in play_many(stage, run.seeds, run.storm):
            number += 1
            row = outcome.as_row()
            log.add(row)
            points.update(row["kills"])
            points.update(row["freezes"])
            if outcome.violations:
                broken += 1
                told = "; ".join(str(one) for one in outcome.violations)
                typer.echo(f"seed {outcome.seed}: {told}")
                if run.until_broken:
                    break
    spent = time.process_time() - began
    typer.echo(f"{number} histories, {broken} broken, {number / spent:.0f} a second")
    missed = sorted({*Point} - {*points}) if number >= WHOLE and not run.storm else []
    for point in missed:
        typer.echo(f"nothing befell anybody {point}")
    return bool(broken or missed)


cli = typer.Typer(add_completion=False)
cli.command()(main)

if __name__ == "__main__":
    cli()
