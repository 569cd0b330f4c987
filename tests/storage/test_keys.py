"""A survey of the data keys: each is tried, and none is kept open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage.clock import TravellingClock
from storage.errors import KeyMissing
from storage.keys import KeySurvey, require_keys, survey_keys
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.world import World, new_case

OLD, NEW, IDLE = new_key("old"), new_key("new"), new_key("idle")


def with_keys(store: Store, *keys: str) -> Store:
    """Return the same database under other keys of BATON_KEYS."""
    return Store(store.database, Keyring.parse(",".join(keys)), TravellingClock())


def survey(store: Store, *keys: str) -> KeySurvey:
    """Try every data key with these keys of BATON_KEYS."""
    with store.read() as reading:
        return survey_keys(reading.connection, Keyring.parse(",".join(keys)))


def keep_cases(store: Store, world: World, count: int, *keys: str) -> list[str]:
    """Keep some cases under these keys; return their ids."""
    with with_keys(store, *keys).act(world.oncologist) as unit:
        return [new_case(unit, world).id for _ in range(count)]


def test_nothing_kept_is_nothing_to_open(store: Store, world: World) -> None:
    found = survey(store, OLD)

    assert (found.count, dict(found.wrapped_by), dict(found.unopened)) == (0, {}, {})
    assert found.not_needed == ()


def test_data_keys_are_counted_by_the_key_that_wraps_them(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 2, OLD)
    keep_cases(store, world, 3, NEW, OLD)

    found = survey(store, NEW, OLD)

    assert found.count == 5
    assert found.wrapped_by == {"old": 2, "new": 3}
    assert not found.unopened


def test_only_a_key_behind_the_first_that_wraps_nothing_is_not_needed(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 1, OLD)

    assert survey(store, NEW, OLD, IDLE).not_needed == ("idle",)
    assert survey(store, NEW, OLD).not_needed == ()


def test_after_a_rotation_the_old_key_is_not_needed(store: Store, world: World) -> None:
    keep_cases(store, world, 2, OLD)
    with with_keys(store, NEW, OLD).act(world.oncologist) as unit:
        unit.vault.rewrap()
        unit.audit(world.workspace_id, "keys rotated", world.workspace_id)

    found = survey(store, NEW, OLD)

    assert found.wrapped_by == {"new": 2}
    assert found.not_needed == ("old",)


def test_what_no_key_opens_is_counted_by_the_key_that_should(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 2, OLD)
    keep_cases(store, world, 1, NEW)

    gone = survey(store, NEW)
    another_of_that_name = survey(store, NEW, new_key("old"))

    assert gone.unopened == another_of_that_name.unopened == {"old": 2}


def test_a_case_whose_key_was_destroyed_is_counted(store: Store, world: World) -> None:
    [forgotten, _kept] = keep_cases(store, world, 2, OLD)
    with with_keys(store, OLD).act(world.oncologist) as unit:
        unit.vault.shred([forgotten])
        unit.audit(world.workspace_id, "case forgotten", forgotten)

    found = survey(store, OLD)

    assert (found.count, found.cases_without_key) == (1, 1)
    assert not found.unopened


@contextmanager
def required(store: Store, *keys: str) -> Iterator[None]:
    """Require these keys of BATON_KEYS on entering."""
    with store.read() as reading:
        require_keys(reading.connection, Keyring.parse(",".join(keys)))
    yield


def test_any_key_will_do_while_nothing_is_kept(store: Store, world: World) -> None:
    with required(store, IDLE):
        assert survey(store, IDLE).count == 0


def test_keys_that_open_what_is_kept_will_do_in_any_order(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 2, OLD)
    keep_cases(store, world, 1, NEW, OLD)

    with required(store, OLD, NEW), required(store, IDLE, NEW, OLD):
        assert survey(store, OLD, NEW).count == 3


def test_a_key_that_is_lacking_is_named_with_what_it_wraps(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 2, OLD)
    keep_cases(store, world, 1, NEW)

    with pytest.raises(KeyMissing) as missing, required(store, NEW):
        pass

    assert "'old' (2)" in str(missing.value)
    assert "'new'" not in str(missing.value)
    assert "\n" not in str(missing.value)


def test_another_key_under_an_old_name_opens_nothing(
    store: Store, world: World
) -> None:
    keep_cases(store, world, 1, OLD)

    with (
        pytest.raises(KeyMissing, match="has the name of an earlier one"),
        required(store, new_key("old")),
    ):
        pass
