"""What comes in counts once, however often and at whatever moment it comes."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from storage.actors import System
from storage.database import Database
from storage.unit import Store
from tests.conftest import T0
from tests.storage.together import together
from tests.world import OPERATOR, World, new_case

BY = System("inbound")
KEY = "view/intent-1"


def take(store: Store, key: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Do what an action does: claim, answer, keep; or give the answer of the first."""
    with store.act(BY) as unit:
        before = unit.inbound.claim(key, at=unit.now)
        if before is not None:
            return before
        unit.inbound.keep(key, answer)
        return answer


def claim_and_fail(store: Store, claimed: threading.Event) -> None:
    """Claim a key and, a moment later, raise."""
    with store.act(BY) as unit:
        unit.inbound.claim(KEY, at=unit.now)
        claimed.set()
        # Long enough for another to stand at the door.
        threading.Event().wait(0.3)
        raise KeyError("the permission was not there")


def test_the_second_coming_gets_the_answer_of_the_first(store: Store) -> None:
    first = take(store, KEY, {"referral": "r1"})

    second = take(store, KEY, {"referral": "r2"})

    assert first == second == {"referral": "r1"}


def test_a_key_that_comes_first_is_claimed(store: Store) -> None:
    with store.act(BY) as unit:
        assert unit.inbound.claim(KEY, at=unit.now) is None
        assert unit.inbound.claim("another", at=unit.now) is None


def test_within_one_action_a_second_claim_finds_the_first(store: Store) -> None:
    with store.act(BY) as unit:
        unit.inbound.claim(KEY, at=unit.now)
        unit.inbound.keep(KEY, {"said": "yes"})

        assert unit.inbound.claim(KEY, at=unit.now) == {"said": "yes"}


@pytest.mark.parametrize("count", [2, 5])
def test_of_those_that_come_at_the_same_moment_one_claims_and_all_answer_alike(
    store: Store, count: int
) -> None:
    calls = [lambda n=n: take(store, KEY, {"taken_by": n}) for n in range(count)]

    answers = together(*calls)

    assert len({str(one) for one in answers}) == 1
    assert answers[0]["taken_by"] in range(count)


def test_two_processes_that_take_the_same_key_do_the_work_once(
    store: Store, world: World
) -> None:
    second = Database(store.database.url.render_as_string(hide_password=False))
    stores = (store, Store(second, store.keyring, store.clock))

    def open_case(chosen: Store, key: str) -> str:
        with chosen.act(world.oncologist) as unit:
            before = unit.inbound.claim(key, at=unit.now)
            if before is not None:
                return str(before["case"])
            opened = new_case(unit, world).id
            unit.inbound.keep(key, {"case": opened})
            return opened

    for number in range(10):
        key = f"click/{number}"
        one, other = together(
            *[lambda chosen=s, key=key: open_case(chosen, key) for s in stores]
        )
        assert one == other
    second.close()

    with store.read() as reading:
        assert len(reading.cases.cases_at(world.practice_id, limit=99)) == 10


def test_a_claim_that_is_rolled_back_is_free(store: Store) -> None:
    with pytest.raises(KeyError):
        claim_and_fail(store, threading.Event())

    assert take(store, KEY, {"referral": "r1"}) == {"referral": "r1"}


def test_whoever_waits_for_a_claim_that_is_rolled_back_gets_it(store: Store) -> None:
    claimed = threading.Event()

    def fail() -> str:
        with pytest.raises(KeyError):
            claim_and_fail(store, claimed)
        return "failed"

    def follow() -> str:
        claimed.wait(timeout=20)
        return str(take(store, KEY, {"by": "follower"})["by"])

    assert together(fail, follow) == ["failed", "follower"]


def test_old_keys_are_forgotten_and_younger_ones_stay(store: Store) -> None:
    with store.act(OPERATOR) as unit:
        for days in range(4):
            unit.inbound.claim(f"event/{days}", at=T0 - timedelta(days=days))

    with store.act(OPERATOR) as unit:
        dropped = unit.inbound.drop_before(T0 - timedelta(days=1))

    assert dropped == 2
    with store.act(OPERATOR) as unit:
        assert unit.inbound.claim("event/1", at=T0) == {}
        assert unit.inbound.claim("event/2", at=T0) is None


def test_what_was_kept_comes_back_as_it_was(store: Store) -> None:
    answer = {"view": None, "ids": ["r1", "r2"], "text": "déjà · vu", "late": True}

    take(store, KEY, answer)

    assert take(store, KEY, {}) == answer
