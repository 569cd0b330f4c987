"""Takes one part of the protocol out, and shows that the simulation notices.

`python -m tests.proof.mutating` prints the seed that catches each mutant. A patch
that no longer applies is an error: the proof must follow the code that it is about.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from tests.proof.log import ROOT, Log

PATCHES = Path(__file__).parent / "mutants"
ROOMS = ("bot", "care", "sandbox", "scheduler", "storage", "tests", "manifest.yml")
MOST = 1000
"""Histories in which a mutant must be caught."""
SEED = re.compile(r"^seed (?P<seed>\d+): (?P<told>.*)$", re.MULTILINE)


STORM = re.compile(r"^Storm: (?P<storm>.+)$", re.MULTILINE)


class PatchFailed(Exception):
    """A patch does not apply to the tree any more."""


@dataclass(frozen=True)
class Caught:
    """A mutant, the seed of the first history that it breaks, and what is wrong."""

    mutant: str
    seed: int | None
    told: str


def patches() -> list[Path]:
    """Return the patches, by name."""
    return sorted(PATCHES.glob("*.patch"))


@contextmanager
def copy_of_tree(root: Path = ROOT) -> Iterator[Path]:
    """Make a copy that may be patched; nothing is ever changed in the tree itself."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for room in ROOMS:
            source = root / room
            if source.is_dir():
                unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(source, Path(folder, room), ignore=unwanted)
            else:
                shutil.copy(source, Path(folder, room))
        yield Path(folder)


def apply(patch: Path, tree: Path, *, undo: bool = False) -> None:
    """Apply a patch to a copy, or take it back. Raises `PatchFailed`."""
    back = ["--reverse"] if undo else []
    done = subprocess.run(  # noqa: S603 - of this tree
        ["git", "apply", *back, str(patch)],  # noqa: S607
        cwd=tree,
        env=_environment(tree) | {"GIT_CEILING_DIRECTORIES": str(tree.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PatchFailed(f"{patch.name} does not apply:\n{done.stderr}")


def storm_of(patch: Path) -> str:
    """Return the weather that a patch names as the one that brings it out soonest."""
    found = STORM.search(patch.read_text(encoding="utf-8"))
    if found is None:
        raise PatchFailed(f"{patch.name} names no storm in its first lines")
    return found["storm"]


def catch(patch: Path, tree: Path, *, soonest: bool, most: int = MOST) -> Caught:
    """Play histories of a mutant until one is broken: in its own storm, or in any.

    The seeds begin at nought, so that the same code is always caught by the same.
    """
    storm = storm_of(patch) if soonest else None
    apply(patch, tree)
    try:
        told = _play(tree, storm, most)
    finally:
        apply(patch, tree, undo=True)
    found = SEED.search(told)
    if found is None:
        return Caught(patch.stem, None, told.strip()[-2000:])
    return Caught(patch.stem, int(found["seed"]), found["told"])


def _play(tree: Path, storm: str | None, most: int) -> str:
    done = subprocess.run(  # noqa: S603 - of this tree
        [
            sys.executable,
            "-m",
            "tests.proof.simulation",
            f"--count={most}",
            "--until-broken",
            *([f"--storm={storm}"] if storm else []),
        ],
        cwd=tree,
        env=_environment(tree),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _environment(tree: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tree),
        # Files are changed and changed back within a second, so none is kept.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def main(
    *,
    log: Annotated[Path | None, typer.Option(help="a file of JSON lines")] = None,
    most: Annotated[int, typer.Option(help="histories for each")] = MOST,
    mixed: Annotated[bool, typer.Option(help="in any weather")] = False,
    only: Annotated[str, typer.Option(help="a part of its name")] = "",
) -> None:
    """Catch every mutant; the exit code says whether all were."""
    missed = 0
    with copy_of_tree() as tree, Log(log, "mutants") as lines:
        for patch in [one for one in patches() if only in one.stem]:
            caught = catch(patch, tree, soonest=not mixed, most=most)
            lines.add(asdict(caught))
            missed += caught.seed is None
            said = "NOT CAUGHT" if caught.seed is None else f"seed {caught.seed}"
            typer.echo(f"{caught.mutant}: {said}: {caught.told}")
    sys.exit(bool(missed))


cli = typer.Typer(add_completion=False)
cli.command()(main)

if __name__ == "__main__":
    cli()
