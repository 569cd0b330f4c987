"""Fifteen years of 200 patients after CAR T: the proof that nothing due is lost.

`python -m tests.years --patients 200 --years 15 --processes 2` lives through them in
slices, each a practice and a center with twenty patients and a database of its own;
colleagues are shared inside a slice only. How far it is goes to the standard error.
The slice of a seed is played again by `--patients 20 --seed SEED`.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import typer

from tests.years_simulation import simulate

SLICE = 20
"""Patients who share two sites and their people."""
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Slice:
    """Some patients of the proof, who live beside the others."""

    seed: int
    patients: int
    days: int
    oldest: int


@dataclass
class Came:
    """What came of it so far."""

    seed: int
    commit: str
    patients: int
    years: float
    slices: int
    ended: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: int = 0

    def add(self, seed: int, counts: Counter[str], wrong: list[str]) -> None:
        """Take in what came of a slice."""
        self.ended += 1
        self.counts += counts
        self.wrong += [f"seed {seed}: {one}" for one in wrong]

    def lines(self) -> Iterator[str]:
        """Yield it as it is printed."""
        yield (
            f"seed {self.seed}, commit {self.commit}: {self.patients} patients,"
            f" {self.years} years, {self.ended} of {self.slices} slices"
        )
        yield from (f"  {name}: {n}" for name, n in sorted(self.counts.items()))
        yield from (f"WRONG {one}" for one in self.wrong)
        yield f"{len(self.wrong)} wrong, {self.seconds} s"


def slices(*, patients: int, years: float, oldest: int, seed: int) -> list[Slice]:
    """Return the slices of a proof; the first one has the seed of the whole."""
    starts = range(0, patients, SLICE)
    days = int(years * 365.25)
    return [
        Slice(seed + number, min(SLICE, patients - start), days, oldest)
        for number, start in enumerate(starts)
    ]


def play(one: Slice) -> tuple[int, Counter[str], list[str]]:
    """Let a slice live, in a database of its own.

    Returns its seed, what was counted, and what is wrong.
    """

    def tell(told: str) -> None:
        typer.echo(f"seed {one.seed}: {told}", err=True)

    with tempfile.TemporaryDirectory() as folder:
        done = simulate(Path(folder), **asdict(one), tell=tell)
    return one.seed, done.counted(), done.checker.wrong


def commit() -> str:
    """Return the commit that is proved; `+` where files differ from it."""
    git = ("git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=12")
    try:
        told = subprocess.run(git, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def prove(came: Came, parts: Sequence[Slice], processes: int) -> Iterator[Came]:
    """Let the slices live, so many at a time; yield what came of those that ended."""
    began = stopwatch.monotonic()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(play, one) for one in parts]):
            came.add(*done.result())
            came.seconds = round(stopwatch.monotonic() - began)
            yield came


def main(
    *,
    patients: int = 200,
    years: float = 15,
    oldest: int = 30,
    seed: int | None = None,
    processes: int = 1,
    summary: Path | None = None,
) -> None:
    """Simulate, and print the seed, what was counted, and everything that is wrong."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    parts = slices(patients=patients, years=years, oldest=oldest, seed=seed)
    came = Came(seed, commit(), patients, years, len(parts))
    for so_far in prove(came, parts, processes):
        told = f"{so_far.ended} of {so_far.slices} slices, {len(so_far.wrong)} wrong"
        typer.echo(f"{told}, {so_far.seconds} s", err=True)
        if summary is not None:
            # After each slice: what was proved is kept should the rest not end.
            summary.write_text(json.dumps(vars(so_far), indent=2) + "\n")
    typer.echo("\n".join(came.lines()))
    raise typer.Exit(1 if came.wrong else 0)


if __name__ == "__main__":
    typer.run(main)
