"""`baton import` as somebody at the command line sees it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bot
from bot.cli import app
from bot.demo import MANIFEST
from bot.import_command import ask_first, preview, summary
from bot.import_file import EXAMPLE, ImportRefused
from bot.importing import Outcome
from storage.unit import Store
from tests.bot.importing import add_first, home, keep_protocol, prepared, write_file
from tests.bot.test_cli import Shell
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


ROOT = str(Path(bot.__file__).parents[1])
"""Where the `baton` is that is tested, wherever another one is installed."""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Return a folder in which `baton` runs beside a fresh sandbox."""
    made = Shell(tmp_path, MANIFEST)
    yield made
    made.slack.close()


@ON_SQLITE
def test_what_would_happen_is_said_first(
    store: Store, world: World, tmp_path: Path
) -> None:
    keep_protocol(store, world)
    path = write_file(tmp_path, home("S-01", 30), home("S-02", 400))
    add_first(store, prepared(store, path), 1)

    said = list(preview(prepared(store, path)))

    assert said == [
        "2 patients in the file; 1 of them there already; 1 to be added",
        "Checks by the month in which they open, 1 in all:",
        "  2027-09  1",
        "Not signed by University Center, so not scheduled: 1 row: unsigned",
    ]


@ON_SQLITE
def test_nobody_who_cannot_be_asked_is_taken_to_agree(
    store: Store, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_protocol(store, world)
    found = prepared(store, write_file(tmp_path, home("S-01", 30)))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert not ask_first(found, dry_run=True, yes=True)
    assert ask_first(found, dry_run=False, yes=True)
    with pytest.raises(ImportRefused, match="add --yes"):
        ask_first(found, dry_run=False, yes=False)


def test_what_was_done_is_said_with_the_place_of_the_codes() -> None:
    said = summary(Outcome(added=1, there=36, codes=Path("p.codes.csv")))

    assert said == [
        "1 patient added, 36 there already",
        "Their case codes, for your own record: p.codes.csv",
    ]


def test_a_file_is_refused_and_one_that_was_killed_goes_on(shell: Shell) -> None:
    assert run(shell, "setup", shell.setup_file()).returncode == 0
    words = ("--link", "lakeside/university", "--yes")
    wrong = write_file(shell.folder, home("Miller", 30), home("S-02", -1))
    refused = run(shell, "import", str(wrong), *words)
    path = write_file(shell.folder, *(home(f"S-{n:02}", 30 + n) for n in range(40)))

    there = killed(shell, "import", str(path), *words, after=3)
    done = run(shell, "import", str(path), *words)

    assert refused.returncode == 2
    lines = refused.stderr.splitlines()
    assert lines[0].startswith("baton: row 2, key: a random study number")
    assert lines[1].startswith("row 3, infused: how many days ago")
    assert "Miller" not in refused.stderr
    assert 3 <= there < 40
    said = f"{40 - there} patients added, {there} there already"
    assert said in done.stdout, done.stderr
    assert shell.rows('SELECT count(*) FROM "case"') == [(40,)]
    assert shell.rows("SELECT count(*) FROM plan") == [(40,)]
    codes = (shell.folder / "patients.codes.csv").read_text(encoding="utf-8")
    assert len(codes.splitlines()) == 41


def killed(shell: Shell, *words: str, after: int) -> int:
    """Kill an import once so many patients are there; return how many are then."""
    count = 'SELECT count(*) FROM "case"'
    with subprocess.Popen(  # noqa: S603 - our own command, our own words
        shell.command(*words),
        cwd=shell.folder,
        env=shell.env | {"PYTHONPATH": ROOT},
        stdout=subprocess.DEVNULL,
    ) as importing:
        while shell.rows(count)[0][0] < after:
            assert importing.poll() is None
            time.sleep(0.005)
        importing.kill()
    there: int = shell.rows(count)[0][0]
    return there


def run(shell: Shell, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the `baton` that is tested."""
    return shell.run(*words, PYTHONPATH=ROOT)


def test_the_example_is_printed_and_no_file_is_no_traceback() -> None:
    runner = CliRunner()

    assert runner.invoke(app, ["import", "--example"]).stdout == EXAMPLE
    nothing = runner.invoke(app, ["import"])
    assert isinstance(nothing.exception, ImportRefused)
    assert "baton import --example" in nothing.exception.sentence
