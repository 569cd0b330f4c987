"""How long a board takes for a coordinator with a thousand patients, read to blocks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import typer

from benchmarks.places import KINDS, fresh_store, log_nothing
from benchmarks.tables import SPREAD, show, spread
from bot.boards import board
from bot.views.boards import board_modal
from care.journey import Phase
from care.milestone import Product
from storage.actors import Person
from storage.boards import Sought
from storage.clock import TravellingClock
from storage.unit import Store
from tests.conftest import T0
from tests.patients import (
    NAMES,
    Due,
    a_protocol,
    another_practice,
    at_home,
    is_open,
    missed,
    on_the_way,
    over,
    upcoming,
)
from tests.world import OPERATOR, World, build_world

PRACTICES = 8
SLICE = 50
"""How many patients are kept in one transaction."""
TIMES = 30


def fill(store: Store, count: int) -> World:
    """Keep a center with `count` patients of several practices, most with a plan."""
    world = build_world(store)
    with store.act(OPERATOR) as unit:
        protocol = a_protocol(unit, world)
        worlds = [world] + [
            another_practice(unit, world, f"p{number}") for number in range(PRACTICES)
        ]
        unit.audit(world.workspace_id, "setup.applied", world.workspace_id)
    for start in range(0, count, SLICE):
        with store.act(OPERATOR) as unit:
            for number in range(start, min(start + SLICE, count)):
                here = worlds[number % len(worlds)]
                since: dict[str, Any] = {
                    "since": T0 - timedelta(hours=number),
                    "case": {"code": f"MM-{number:05}"},
                }
                if number % 10 == 0:
                    on_the_way(unit, here, _waiting(number), **since)
                else:
                    due = list(_items(number))
                    more = {"site_id": here.practice_id} | since
                    at_home(unit, here, protocol, due, **more)
    return world


def _waiting(number: int) -> Phase:
    phases = list(Phase)[: list(Phase).index(Phase.RETURN)]
    return phases[number // 10 % len(phases)]


def _items(number: int) -> Iterator[Due]:
    """Yield a hundred items: half are over, one patient in twenty missed some."""
    rows = list(NAMES)
    yield from (over(rows[n % len(rows)]) for n in range(50))
    if number % 20 == 1:
        yield from (missed(rows[n], since=1 + number % 30) for n in range(2))
    if number % 3 == 1:
        yield from (is_open(rows[n], closes=number % 28) for n in range(4))
    yield from (
        upcoming(rows[n % len(rows)], opens=5 + number % 90 + n // 4 * 30)
        for n in range(44)
    )


def times(store: Store, by: Person, ask: dict[str, Any]) -> tuple[list[float], int]:
    """Return how long it took each time, and how many blocks there were."""
    taken, blocks = [], 0
    for _ in range(TIMES):
        began = time.perf_counter()
        with store.read() as reading:
            view = board_modal(board(reading, by, **ask))
        json.dumps(view)
        taken.append(time.perf_counter() - began)
        blocks = max(blocks, len(view["blocks"]))
    return taken, blocks


def measure(kind: str, count: int) -> list[list[str]]:
    """Return the rows of one database."""
    clock = TravellingClock()
    clock.stop_at(T0)
    with fresh_store(kind, clock) as store:
        world = fill(store, count)
        asked: dict[str, dict[str, Any]] = {
            "first page": {},
            "last page": {"number": (count - 1) // 20},
            "a practice": {"sought": Sought(site_id=world.practice_id)},
            "a product": {"sought": Sought(product=Product.CARVYKTI)},
            "a phase": {"sought": Sought(phase=Phase.HOME)},
        }
        rows = []
        for name, ask in asked.items():
            taken, blocks = times(store, world.center_coordinator, ask)
            rows.append([f"{kind}, coordinator, {name}", *spread(taken), str(blocks)])
        taken, blocks = times(store, world.first_specialist, {})
        rows.append([f"{kind}, specialist", *spread(taken), str(blocks)])
    return rows


def main(count: int = 1000) -> None:
    """Measure a center's board with `count` patients and print the times."""
    log_nothing()
    rows = [row for kind in KINDS for row in measure(kind, count)]
    show(f"A board of {count} patients", ["", *SPREAD, "blocks"], rows)


if __name__ == "__main__":
    typer.run(main)
