"""What a workspace agreed to: kept whole, and never exceeded by what is shown."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from care.patient_time import PhiMode
from storage.errors import NotFound
from storage.records import Agreement
from storage.unit import Store
from tests.world import OPERATOR, World, add_workspace

NONE, DAYS, BAA = PhiMode.NONE, PhiMode.DAYS, PhiMode.BAA


def agree(
    store: Store,
    workspace_id: str,
    mode: str,
    by: str | None = "Robin Shaw",
    on: str | None = "2026-11-02",
) -> None:
    """Keep an agreement."""
    row = {
        "id": workspace_id,
        "phi_mode": mode,
        "phi_agreed_by": by,
        "phi_agreed_on": on,
    }
    with store.act(OPERATOR) as unit:
        unit.people.put("workspace", row)
        unit.audit(workspace_id, "setup privacy", workspace_id, {"mode": mode})


def showing(store: Store, most: PhiMode) -> Store:
    """Return the store as a process has it whose settings name a mode."""
    return Store(store.database, store.keyring, store.clock, lambda: most)


def shown(store: Store, most: PhiMode) -> PhiMode:
    """Return what is shown where the settings let so much be shown."""
    with showing(store, most).read() as reading:
        return reading.phi_mode


def test_nobody_has_agreed_to_anything_to_begin_with(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        assert reading.people.agreement(world.workspace_id) == Agreement()
    assert shown(store, BAA) is NONE


def test_an_agreement_comes_back_as_it_was_kept(store: Store, world: World) -> None:
    agree(store, world.workspace_id, "baa")

    with store.read() as reading:
        found = reading.people.agreement(world.workspace_id)
    assert found == Agreement(BAA, "Robin Shaw", date(2026, 11, 2))


def test_an_unknown_workspace_has_none(store: Store) -> None:
    with store.read() as reading, pytest.raises(NotFound):
        reading.people.agreement("T0NOBODY")


@pytest.mark.parametrize(
    ("mode", "by", "on"),
    [
        ("days", None, "2026-11-02"),
        ("baa", "Robin Shaw", None),
        ("none", "Robin Shaw", "2026-11-02"),
        ("all", "Robin Shaw", "2026-11-02"),
    ],
)
def test_the_database_keeps_no_agreement_that_nobody_gave(
    store: Store, world: World, mode: str, by: str | None, on: str | None
) -> None:
    with pytest.raises(IntegrityError):
        agree(store, world.workspace_id, mode, by, on)


@pytest.mark.parametrize("most", PhiMode)
@pytest.mark.parametrize("agreed", [DAYS, BAA])
def test_what_is_shown_exceeds_neither_settings_nor_agreement(
    store: Store, world: World, most: PhiMode, agreed: PhiMode
) -> None:
    agree(store, world.workspace_id, agreed)

    in_use = shown(store, most)

    assert not in_use.exceeds(most)
    assert not in_use.exceeds(agreed)
    assert in_use in (most, agreed)


def test_of_two_workspaces_the_more_careful_one_counts(
    store: Store, world: World
) -> None:
    agree(store, world.workspace_id, "baa")

    add_workspace(store, "T0OTHER")

    assert shown(store, BAA) is NONE


def test_before_anything_is_set_up_nothing_is_shown(store: Store) -> None:
    assert shown(store, BAA) is NONE


def test_a_lowered_agreement_counts_within_the_transaction_that_lowers_it(
    store: Store, world: World
) -> None:
    agree(store, world.workspace_id, "days")
    nobody = {"phi_mode": "none", "phi_agreed_by": None, "phi_agreed_on": None}

    with showing(store, DAYS).act(OPERATOR) as unit:
        before = unit.phi_mode
        unit.people.put("workspace", {"id": world.workspace_id} | nobody)
        after = unit.phi_mode
        unit.audit(world.workspace_id, "setup privacy", world.workspace_id)

    assert (before, after) == (DAYS, NONE)
