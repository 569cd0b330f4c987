"""How many rows and bytes a patient takes, by table and index, on both databases."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from sqlalchemy import Connection, create_engine, text

from benchmarks.importing import measure
from benchmarks.places import KINDS, fresh_store, log_nothing
from benchmarks.tables import show
from storage.tables import metadata
from storage.unit import Store

PATIENTS = 1000
SETTLE = {"sqlite": ("VACUUM",), "postgresql": ("VACUUM FULL", "ANALYZE")}
"""What brings every table and index to the size that its rows need."""

_SQLITE = """
    SELECT m.tbl_name AS owner, s.name AS part, sum(s.pgsize) AS bytes
    FROM dbstat s JOIN sqlite_schema m ON m.name = s.name GROUP BY 1, 2"""
_POSTGRESQL = """
    SELECT relname AS owner, relname AS part,
        pg_table_size(relid) AS bytes FROM pg_stat_user_tables
    UNION ALL
    SELECT relname, indexrelname, pg_relation_size(indexrelid)
    FROM pg_stat_user_indexes"""


@dataclass(frozen=True)
class Size:
    """What one table takes: its rows, and the bytes of table and indexes."""

    rows: int
    table: int
    indexes: int


@dataclass(frozen=True)
class Sizes:
    """What every table takes, and the index that finds what is due."""

    tables: Mapping[str, Size]
    due_index: int

    @property
    def bytes(self) -> int:
        """Return the bytes of all tables and indexes."""
        return sum(one.table + one.indexes for one in self.tables.values())


def sizes_of(store: Store) -> Sizes:
    """Return what each table takes, once the database is as small as it can be."""
    engine = create_engine(store.database.url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in SETTLE[connection.dialect.name]:
                connection.exec_driver_sql(statement)
            return _read(connection)
    finally:
        engine.dispose()


def _read(connection: Connection) -> Sizes:
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    found = connection.execute(text(query)).all()
    parts = {(row.owner, row.part): int(row.bytes) for row in found}
    tables = {}
    for name in metadata.tables:
        count = connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"')  # noqa: S608 - our own tables
        indexes = sum(
            size for (owner, part), size in parts.items() if owner == name != part
        )
        tables[name] = Size(count.scalar_one(), parts[name, name], indexes)
    return Sizes(tables, parts["reminder", "ix_reminder_due"])


def imported(kind: str, patients: int) -> tuple[Sizes, Sizes]:
    """Return what a site takes before its patients are imported, and with them."""
    with tempfile.TemporaryDirectory() as folder, fresh_store(kind) as store:
        measure(store, Path(folder), 1)
        before = sizes_of(store)
    with tempfile.TemporaryDirectory() as folder, fresh_store(kind) as store:
        measure(store, Path(folder), patients)
        return before, sizes_of(store)


def main(patients: int = PATIENTS) -> None:
    """Import patients by the real code, and print what each of them takes."""
    log_nothing()
    for kind in KINDS:
        before, after = imported(kind, patients)
        rows = [
            [
                name,
                f"{one.rows / patients:.1f}",
                f"{one.table / patients:.0f}",
                f"{one.indexes / patients:.0f}",
            ]
            for name, one in after.tables.items()
            if one.rows >= patients
        ]
        rows.append(
            ["one patient", "", f"{(after.bytes - before.bytes) / patients:.0f}", ""]
        )
        rows.append(
            ["index of what is due", "", "", f"{after.due_index / patients:.0f}"]
        )
        head = ["a patient", "rows", "bytes", "bytes of indexes"]
        show(f"{kind}: {patients} patients imported", head, rows)


if __name__ == "__main__":
    typer.run(main)
