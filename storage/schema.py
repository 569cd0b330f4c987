"""Brings a database to the schema of this version, and tells whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.errors import NewerDatabase
from storage.tables import metadata


def migrate(database: Database) -> None:
    """Bring the schema up to date; safe to run by several processes at once.

    What is up to date is left alone: a start waits for nobody who writes just then.
    Raises `NewerDatabase` where another version of Baton has gone further, and
    `DatabaseBusy`.
    """
    with database.read() as connection:
        if current_revision(connection) == newest_revision():
            return
    config = _config()
    with database.change_schema() as connection:
        _refuse_newer(current_revision(connection), ScriptDirectory.from_config(config))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(connection: Connection) -> str | None:
    """Return the revision that the database stands at, or None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    """Return the revision that this version needs; to know it, all are read once."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(connection: Connection) -> list[object]:
    """Return how the database differs from the tables of this version."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def make_revision(database: Database, message: str) -> None:
    """Write the next migration from what differs, for a developer to read."""
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def _refuse_newer(stands_at: str | None, scripts: ScriptDirectory) -> None:
    known = {one.revision for one in scripts.walk_revisions()}
    if stands_at is not None and stands_at not in known:
        raise NewerDatabase(
            f"BATON_DATABASE_URL: the database is at revision {stands_at}, which this"
            " version of Baton does not know: run the newer version that made it"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config
