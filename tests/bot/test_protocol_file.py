"""`baton protocol check FILE` names file, row and field, or says what is otherwise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import app
from bot.protocol_file import ProtocolRefused, check_lines, read_protocol
from care.knowledge.protocols import newest_version, packaged_rows
from care.knowledge.reading import packaged_text
from tests.care.planned import ROWS
from tools.diagrams import ROOT

VERSION = newest_version()
Rows = list[dict[str, Any]]
Edit = Callable[[Rows], object]


def nothing(_: Rows) -> None:
    """Change nothing."""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Edit], Path]:
    """Return what writes a center's file: the packaged rows with a change."""

    def _write(edit: Edit) -> Path:
        rows = yaml.safe_load(packaged_text(f"protocols/{VERSION}.yaml"))
        edit(rows)
        path = tmp_path / "ours.yaml"
        path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        return path

    return _write


def wrong(path: Path) -> list[str]:
    """Return what is said of a file that is no protocol, a line each."""
    with pytest.raises(ProtocolRefused) as caught:
        read_protocol(path)
    return str(caught.value).splitlines()


def said(path: Path) -> list[str]:
    """Return what is said of a whole file."""
    return list(check_lines(read_protocol(path), path.name))


def row_of(rows: Rows, row_id: str) -> dict[str, Any]:
    """Return one of the rows."""
    [found] = [one for one in rows if one["id"] == row_id]
    return found


def own_row(rows: Rows) -> None:
    """Add a row of the center's own."""
    added = dict(row_of(rows, "cbc"), id="dexa", ref="C01", name="Bone density")
    added |= {"statement": "Bone density each year", "sources": ["S0"], "own": True}
    rows.append(added)


# Whole files


def test_the_packaged_rows_as_a_file_are_the_same(write: Callable[..., Path]) -> None:
    assert said(write(nothing)) == [
        f"ours.yaml: {len(ROWS)} rows, nothing wrong; the same as {VERSION}"
    ]


def test_differences_are_counted_and_named(write: Callable[..., Path]) -> None:
    def edit(rows: Rows) -> None:
        own_row(rows)
        rows.remove(row_of(rows, "platelets"))
        row_of(rows, "cbc")["name"] = "Blood count"

    counts = f"beside {VERSION}: 1 added, 1 dropped, 1 changed"
    assert said(write(edit)) == [
        f"ours.yaml: {len(ROWS)} rows, nothing wrong; {counts}",
        "  added    dexa",
        "  dropped  platelets",
        "  changed  cbc: name",
    ]


def test_a_changed_statement_that_still_cites_its_source_is_pointed_out(
    write: Callable[..., Path],
) -> None:
    def edit(rows: Rows) -> None:
        row_of(rows, "cbc")["statement"] = "CBC each week"

    [line] = [one for one in said(write(edit)) if "look at" in one]

    assert line == (
        "  look at  cbc: statement changed, and shown as what S77 says; `own: true`"
        " says that it is the center's"
    )


def test_a_changed_statement_of_the_centers_own_is_nothing_to_look_at(
    write: Callable[..., Path],
) -> None:
    def edit(rows: Rows) -> None:
        row_of(rows, "cbc").update(statement="CBC each week", own=True)

    assert not [one for one in said(write(edit)) if "look at" in one]


def test_a_new_row_is_the_centers_own(write: Callable[..., Path]) -> None:
    def edit(rows: Rows) -> None:
        own_row(rows)
        del rows[-1]["own"]

    assert said(write(edit))[1:] == [
        "  added    dexa",
        "  look at  dexa: `own: true` says that it is the center's",
    ]


def test_what_baton_proposed_is_changed_freely(write: Callable[..., Path]) -> None:
    def edit(rows: Rows) -> None:
        row_of(rows, "cbc")["window"]["latest"] = "33 days"

    assert said(write(edit))[1:] == ["  changed  cbc: window"]


def test_a_position_that_stands_alone_is_pointed_out(
    write: Callable[..., Path],
) -> None:
    def edit(rows: Rows) -> None:
        rows.remove(row_of(rows, "levofloxacin-high-risk"))

    assert said(write(edit))[-1] == (
        "  look at  choice antibacterial: one row has it, nothing disagrees"
    )


def test_a_file_gives_the_rows_that_it_holds(write: Callable[..., Path]) -> None:
    assert read_protocol(write(nothing)) == packaged_rows(VERSION)


# Files that cannot be


def test_everything_that_is_wrong_is_named_by_file_row_and_field(
    write: Callable[..., Path],
) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["window"]["latest"] = "2 weeks"
        rows[0]["mark"] = "M"
        rows[1]["sources"] = ["S19", "S999"]
        rows[2]["id"] = rows[1]["id"]
        del rows[3]["topic"]

    no_span = "Value error, '2 weeks' must be so many days, months or years"
    assert wrong(write(edit)) == [
        "ours.yaml: row 1 (daily-monitoring), mark: Input should be 'F' or 'F2'",
        f"ours.yaml: row 1 (daily-monitoring), window.latest: {no_span}",
        "ours.yaml: row 2 (monitoring), sources: no such source: S999",
        "ours.yaml: row 3 (monitoring), id: stands there twice",
        "ours.yaml: row 4 (proximity-3-weeks), topic: Field required",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "ours.yaml: is not YAML: "),
        ("rows: []", "ours.yaml: must be a list of rows"),
        ("", "ours.yaml: must be a list of rows"),
        ("- a word", "ours.yaml: row 1: "),
        ("- {id: 3, sources: S1}", "ours.yaml: row 1 (3), id: "),
    ],
)
def test_a_file_that_is_no_list_of_rows_says_so(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(text, encoding="utf-8")

    assert wrong(path)[0].startswith(says)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    [line] = wrong(tmp_path / "none.yaml")

    assert line.endswith("none.yaml: cannot be read: No such file or directory")


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_bytes(b"\xff\xfe\x00")

    assert wrong(path) == ["ours.yaml: is no text in UTF-8"]


# The command


def test_the_command_prints_what_is_otherwise(write: Callable[..., Path]) -> None:
    ended = CliRunner().invoke(app, ["protocol", "check", str(write(own_row))])

    assert ended.exit_code == 0, ended.output
    assert ended.stdout.splitlines()[1] == "  added    dexa"


def test_the_command_refuses_a_file_that_is_wrong(write: Callable[..., Path]) -> None:
    path = write(lambda rows: rows[0].update(score=3))

    ended = CliRunner().invoke(app, ["protocol", "check", str(path)])

    assert isinstance(ended.exception, ProtocolRefused)
    assert "row 1 (daily-monitoring), score" in str(ended.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("protocol", "check", "none.yaml"), "baton: none.yaml: cannot be read"),
        (
            ("plan", "preview", "--product", "x", "--day0", "x", "--zone", "UTC"),
            "baton: --product x: must be one of carvykti",
        ),
    ],
)
def test_what_was_typed_wrong_is_a_line_and_not_a_traceback(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command, our own words
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith(said)
    assert "Traceback" not in ended.stderr
