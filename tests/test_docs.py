"""Docs that cannot lie: what they name is there, and what is there they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bot.cli import app
from bot.demo import open_sandbox
from bot.demo.cast import gather
from tools.diagrams import ROOT
from tools.write_docs import PARTS, docs, parts_in, stale_docs

README = ROOT / "README.md"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
PNG = b"\x89PNG\r\n\x1a\n"
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGE_LINES = 60
FEWEST_WORDS = 5


def read(path: Path) -> str:
    """Return a file's text."""
    return path.read_text(encoding="utf-8")


def test_what_is_derived_from_the_code_is_up_to_date() -> None:
    """Tables and diagrams; `python -m tools.write_docs` brings them up to date."""
    assert stale_docs() == []


def test_every_derived_part_stands_somewhere_once() -> None:
    found = [name for path in docs() for name in parts_in(read(path))]

    assert sorted(found) == sorted(PARTS)


def test_every_make_command_of_the_docs_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))

    named = {one for path in docs() for one in _made_in(read(path))}

    assert {"demo", "test", "run"} <= named
    assert named - targets == set()


def test_the_readme_begins_with_two_commands() -> None:
    """A newcomer reads `make demo` and `make test` before any other command."""
    first = FENCE.findall(read(README))[0]

    commands = re.findall(r"^(\w.*?)\s+#", first, re.MULTILINE)

    assert commands == ["make demo", "make test"]


def test_every_baton_command_of_the_docs_is_one() -> None:
    named = {one for path in docs() for one in _commands_in(read(path))}

    assert named - set(_commands_of_baton()) == set()


def test_operating_explains_every_baton_command() -> None:
    page = read(ROOT / "docs" / "operating.md")

    unexplained = [one for one in _commands_of_baton() if f"`{one}" not in page]

    assert unexplained == []


@pytest.mark.parametrize("path", docs(), ids=lambda one: str(one.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    """Files and headings of our own are there; other addresses are https."""
    broken = [
        found["target"]
        for found in LINK.finditer(FENCE.sub("", read(path)))
        if not _leads_somewhere(path, found["target"])
    ]

    assert broken == []


def test_a_link_to_a_missing_heading_would_be_seen() -> None:
    assert _leads_somewhere(README, "docs/operating.md#keys")
    assert not _leads_somewhere(README, "docs/operating.md#kees")
    assert not _leads_somewhere(README, "docs/no-such-page.md")
    assert not _leads_somewhere(README, "http://example.com")


def test_every_picture_has_words_for_those_who_do_not_see_it() -> None:
    pictures = [one["words"] for path in docs() for one in PICTURE.finditer(read(path))]

    assert pictures
    assert [one for one in pictures if len(one.split()) < FEWEST_WORDS] == []


def test_every_picture_is_there() -> None:
    pictures = [
        path.parent / one["target"]
        for path in docs()
        for one in PICTURE.finditer(read(path))
    ]

    assert [one for one in pictures if not one.is_file()] == []
    assert [one for one in pictures if one.read_bytes()[:8] != PNG] == []


def test_the_readme_introduces_everybody_in_the_demo() -> None:
    slack = open_sandbox(None)
    try:
        people = gather(slack)
        names = [
            one.name for one in vars(people).values() if one.id.startswith(("U", "W"))
        ]
    finally:
        slack.close()

    assert names
    assert [one for one in names if one not in read(README)] == []


def decisions() -> list[Path]:
    """Return the pages of decisions."""
    return sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("path", decisions(), ids=lambda one: one.stem)
def test_a_decision_is_one_page_that_says_when_it_applies_and_how_to_check(
    path: Path,
) -> None:
    text = read(path)
    number = path.name[:4]

    applies = re.findall(r"^- applies: (now|later)$", text, re.MULTILINE)
    checks = re.findall(r"^- check: `([^`]+)`", text, re.MULTILINE)

    assert text.startswith(f"# {number} ")
    assert len(text.splitlines()) <= PAGE_LINES
    assert (len(applies), len(checks)) == (1, 1)
    assert [one for one in _paths_in(checks[0]) if not (ROOT / one).exists()] == []


def test_the_list_of_decisions_is_complete() -> None:
    listed = re.findall(
        r"^\| (\d{4}) \| \[(.+)\]\((.+)\) \| (now|later) \|$",
        read(ROOT / "docs" / "decisions" / "README.md"),
        re.MULTILINE,
    )

    there = [
        (one.name[:4], _title(one), one.name, _applies(one)) for one in decisions()
    ]

    assert listed == there


def _made_in(text: str) -> Iterator[str]:
    for line in [*re.findall(r"`([^`\n]+)`", text), *_fenced_lines(text)]:
        if found := re.match(r"make ([a-z]+)\b", line):
            yield found[1]


def _fenced_lines(text: str) -> list[str]:
    return [line for block in FENCE.findall(text) for line in block.splitlines()]


def _commands_in(text: str) -> Iterator[str]:
    groups = {one.split()[1] for one in _commands_of_baton() if one.count(" ") > 1}
    quoted = re.findall(r"`([^`\n]+)`", text)
    for line in [*quoted, *_fenced_lines(text)]:
        found = re.match(r"(?:\.venv/bin/)?baton ([a-z]+)(?: ([a-z-]+))?", line)
        if found:
            name, more = found[1], found[2]
            yield f"baton {name} {more}" if name in groups else f"baton {name}"


def _commands_of_baton() -> list[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return list(_commands_below(group, "baton"))


def _commands_below(group: TyperGroup, name: str) -> Iterator[str]:
    for below, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands_below(command, f"{name} {below}")
        else:
            yield f"{name} {below}"


def _leads_somewhere(page: Path, target: str) -> bool:
    if "://" in target:
        return target.startswith("https://")
    name, _, heading = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    if not there.exists():
        return False
    return not heading or heading in _headings(there)


def _headings(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", read(page)), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in heads
    }


def _paths_in(command: str) -> list[str]:
    return [one for one in command.split() if one.startswith(("tests/", "docs/"))]


def _title(page: Path) -> str:
    return read(page).splitlines()[0].split(" ", 2)[2]


def _applies(page: Path) -> str:
    (told,) = re.findall(r"^- applies: (\w+)$", read(page), re.MULTILINE)
    return str(told)
