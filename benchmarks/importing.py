"""How long one patient of an import holds the database, on SQLite and PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import typer

from benchmarks.places import KINDS, fresh_store, log_nothing
from benchmarks.tables import SPREAD, show, spread
from bot.actions.importing import import_patient
from care.knowledge.protocols import newest_version, packaged_rows
from storage.unit import Store
from tests.bot.importing import BY, home, keep_protocol, prepared, write_file
from tests.world import build_world

SLICE = 0.05
"""Seconds for which a bulk job may hold the database."""


def measure(store: Store, folder: Path, patients: int, apart: int = 11) -> list[float]:
    """Return the seconds of each patient's transaction, all rows being signed.

    Their infusions are so many days apart, for twelve years at the most.
    """
    rows = packaged_rows(newest_version())
    one_of_each = {row.choice or row.id: row for row in rows}.values()
    keep_protocol(store, build_world(store), rows, signed=one_of_each)
    days = (20 + apart * n % 4400 for n in range(patients))
    lines = (home(f"S-{n:04}", day) for n, day in enumerate(days))
    found = prepared(store, write_file(folder, *lines))
    took = []
    for one in found.fresh:
        began = time.perf_counter()
        with store.act(BY) as uow:
            import_patient(uow=uow, by=BY, link_id=found.link.id, patient=one)
        took.append(time.perf_counter() - began)
    return took


def main(patients: int = 200) -> None:
    """Import patients into fresh databases, and print how long each one took."""
    log_nothing()
    rows = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder, fresh_store(kind) as store:
            took = measure(store, Path(folder), patients)
        over = sum(one > SLICE for one in took)
        rows.append([kind, *spread(took), str(over)])
    show(f"Import of {patients} patients", ["", *SPREAD, "over 50 ms"], rows)


if __name__ == "__main__":
    typer.run(main)
