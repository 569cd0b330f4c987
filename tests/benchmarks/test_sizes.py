"""What the page on scale says of a patient is what the code of today takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.due import measure as handle
from benchmarks.importing import measure as import_patients
from benchmarks.places import fresh_store
from benchmarks.sizes import Sizes, sizes_of
from tools.scale import PATIENT

PATIENTS = 20
"""Few, and as far apart as the thousand that were measured."""
APART = 220
NEAR = 0.15


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sizes, Sizes]:
    """What a site takes with one patient, and with twenty more."""
    found = []
    for count in (1, PATIENTS + 1):
        with fresh_store("SQLite") as store:
            import_patients(store, tmp_path_factory.mktemp("file"), count, APART)
            found.append(sizes_of(store))
    return found[0], found[1]


def test_a_patient_has_as_many_reminders_as_the_page_says(
    sizes: tuple[Sizes, Sizes],
) -> None:
    waiting = sizes[1].tables["reminder"].rows / (PATIENTS + 1)

    assert waiting == pytest.approx(PATIENT.waiting, rel=NEAR)


def test_a_patient_takes_as_many_bytes_as_the_page_says(
    sizes: tuple[Sizes, Sizes],
) -> None:
    """Of a small file, what the schema itself takes is left out."""
    before, after = sizes

    assert (after.bytes - before.bytes) / PATIENTS == pytest.approx(
        PATIENT.sqlite, rel=NEAR
    )


def test_sizes_are_of_the_whole_file(tmp_path: Path) -> None:
    """Nothing that takes room is left out but SQLite's schema and Alembic's table."""
    with fresh_store("SQLite") as store:
        import_patients(store, tmp_path, 1)
        found = sizes_of(store)
        with store.database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    assert 0.85 < found.bytes / (pages * 4096) < 1


def test_a_week_of_due_reminders_is_handled_and_counted() -> None:
    done = handle("SQLite", patients=4, days=7)

    names = [row[0] for row in done.rows()]
    counts = [int(row[1]) for row in done.rows()]

    assert {"item", "digest"} < set(names)
    assert names[-1] == "all"
    assert counts[-1] == sum(counts[:-1])
    assert counts[-1] > counts[0] > 0
