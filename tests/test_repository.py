"""What a good repository has: reasons, pins, a licence, and no trace of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tools.diagrams import ROOMS, ROOT

LOCKED = re.compile(
    r"^(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>\S+)", re.MULTILINE
)

# Each begins with a class of one letter, so that this file does not match itself.
OF_A_MACHINE = (
    r"(?<![\w./-])/(?:[w]ork|[r]oot|[h]ome|[U]sers)/",
    r"\b[f]iles\.pythonhosted\b|\b[p]ypi\.org\b|\b[a]rtifactory\b",
    r"--(?:extra-)?[i]ndex-url\s+http|\b[r]egistry\.npmjs\b",
)


def read(path: Path) -> str:
    """Return a file's text."""
    return path.read_text(encoding="utf-8")


@cache
def project() -> Mapping[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads(read(ROOT / "pyproject.toml"))


@cache
def committed() -> tuple[Path, ...]:
    """Return the text files that are, or are about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607 - git of the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git tree, so nobody knows what is committed")
    paths = (ROOT / one for one in listed.stdout.splitlines())
    return tuple(one for one in paths if one.is_file() and one.suffix != ".png")


def test_every_dependency_says_why_it_is_here() -> None:
    lines = read(ROOT / "pyproject.toml").splitlines()
    wanted = _dependencies()

    reasons = {
        found["name"]: found["why"]
        for line in lines
        if (found := re.match(r'\s+"(?P<name>[^"]+)",\s+# (?P<why>\S+ .+)$', line))
    }

    assert [one for one in wanted if one not in reasons] == []


def test_every_dependency_is_pinned_in_the_lock_file_with_hashes() -> None:
    lock = read(ROOT / "requirements.lock")
    pinned = {found["name"] for found in LOCKED.finditer(lock)}

    names = {re.split(r"[\[<>=!~;]", one)[0].lower() for one in _dependencies()}

    assert names - pinned == set()
    assert _pins_without_hash(lock) == []


def test_a_pin_without_a_hash_would_be_seen() -> None:
    lock = "one==1.0 \\\n    --hash=sha256:00\ntwo==2.0\n"

    assert _pins_without_hash(lock) == ["two"]


def test_the_changelog_names_this_version() -> None:
    version = project()["project"]["version"]

    heads = re.findall(r"^## \[([^]]+)\]", read(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert heads[0] in {version, "Unreleased"}
    assert version in heads


def test_the_licence_is_the_one_that_the_package_names() -> None:
    text = read(ROOT / "LICENSE")

    assert project()["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize("pattern", OF_A_MACHINE, ids=["path", "package host", "index"])
def test_no_committed_file_names_a_machine_or_a_registry(pattern: str) -> None:
    """What is committed works anywhere, so it names no place of ours."""
    places = re.compile(pattern)

    naming = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:60]}"
        for path in committed()
        for number, line in enumerate(_lines_of(path), start=1)
        if places.search(line)
    ]

    assert naming == []


def test_a_path_of_a_machine_would_be_seen() -> None:
    machine = "/".join(("", "home", "somebody", "baton"))
    pattern = re.compile(OF_A_MACHINE[0])

    seen = [
        bool(pattern.search(f"in {one}")) for one in (machine, "/opt/baton", "bot/")
    ]

    assert seen == [True, False, False]


def test_every_module_says_what_it_is_for() -> None:
    """Each module of the rooms and of the tools begins with a docstring."""
    modules = [p for room in (*ROOMS, "tools") for p in (ROOT / room).rglob("*.py")]

    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if ast.get_docstring(ast.parse(read(path))) is None
    ]

    assert len(modules) > len(ROOMS)
    assert silent == []


def test_the_parts_of_the_ci_run_are_those_of_make_check() -> None:
    """CI reads its parts from the Makefile, so it can do nothing less."""
    told = re.findall(r"sed -n '(s/.+?/p)' Makefile", read(ROOT / ".ci" / "run"))

    parts = subprocess.run(  # noqa: S603 - the expression is our own
        ["sed", "-n", told[0], "Makefile"],  # noqa: S607 - sed of the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert {"lint", "types", "contracts", "test"} <= set(parts)


def _dependencies() -> list[str]:
    told = project()["project"]
    optional = told["optional-dependencies"].values()
    return [*told["dependencies"], *(one for group in optional for one in group)]


def _pins_without_hash(lock: str) -> list[str]:
    pins = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    found = [(LOCKED.match(one), one) for one in pins]
    return [name["name"] for name, pin in found if name and "--hash=sha256:" not in pin]


def _lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
