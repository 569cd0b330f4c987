"""Promises of the proof itself: a part of the protocol that is missing is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.mutating import PatchFailed, apply, catch, copy_of_tree, patches

PATCHES = patches()
SOON = 150
"""Histories, in the storm that a patch names, by which it must be caught."""


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """Return a copy of the tree that may be patched."""
    with copy_of_tree() as copied:
        yield copied


ALWAYS = frozenset(
    {"mark-before-post", "no-kernel-timer", "no-settling-time", "no-token-check"}
)
"""The parts that keep a notice from being lost or doubled; the others now and then."""


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(one, marks=() if one.stem in ALWAYS else pytest.mark.again)
        for one in PATCHES
    ],
    ids=lambda one: one.stem,
)
def test_a_mutant_is_caught(patch: Path, tree: Path) -> None:
    caught = catch(patch, tree, soonest=True, most=SOON)

    assert caught.seed is not None, caught.told


def test_the_parts_that_the_protocol_stands_on_are_each_taken_out() -> None:
    assert {one.stem for one in PATCHES} >= {
        "default-retries",
        "due-equals-now",
        "key-without-generation",
        "mark-before-post",
        "no-kernel-timer",
        "no-settling-time",
        "no-token-check",
        "one-clock",
    }


def test_a_patch_that_does_not_apply_any_more_fails(tree: Path, tmp_path: Path) -> None:
    good = next(one for one in PATCHES if one.stem == "due-equals-now")
    stale = tmp_path / "stale.patch"
    stale.write_text(good.read_text("utf-8").replace("due_at", "due_on"), "utf-8")

    with pytest.raises(PatchFailed, match=r"stale\.patch does not apply"):
        apply(stale, tree)


def test_the_copy_is_whole_again_after_a_mutant(tree: Path) -> None:
    path = "storage/reminders.py"
    before = (tree / path).read_text("utf-8")
    patch = next(one for one in PATCHES if one.stem == "due-equals-now")

    apply(patch, tree)
    mutated = (tree / path).read_text("utf-8")
    apply(patch, tree, undo=True)

    assert mutated != before
    assert (tree / path).read_text("utf-8") == before
