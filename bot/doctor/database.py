"""Looks at what is kept: the database, its schema, the keys, the audit chains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from bot.doctor.findings import Finding, doubt, trouble, well
from storage.audit import verify
from storage.database import Database
from storage.errors import DatabaseUnreachable, TamperedAudit
from storage.keys import KeySurvey, survey_keys
from storage.schema import current_revision, newest_revision
from storage.sealing import Keyring
from storage.unit import Reading

UNMADE = "Name the right one, or let `baton setup FILE` make it"
RESTORE = "Put it back into BATON_KEYS, or restore the keys of that time"


def look_at_database(database: Database) -> Finding:
    """Tell whether the database answers, and which it is."""
    where = database.url.render_as_string(hide_password=True)
    if database.is_sqlite and not _file_is_there(database):
        found = f"BATON_DATABASE_URL: there is nothing at {where}"
        return trouble("database", found, UNMADE)
    try:
        database.check()
    except DatabaseUnreachable as error:
        remedy = "See that it runs and that this host may connect"
        return trouble("database", str(error), remedy)
    return well("database", f"{_kind(database)} at {where} answers")


def look_at_schema(database: Database) -> Finding:
    """Tell whether the database stands at the newest revision."""
    with database.read() as connection:
        stands = current_revision(connection) or ""
    needed = newest_revision() or ""
    if stands == needed:
        return well("schema", f"stands at {stands}, the newest")
    if not stands:
        return trouble("schema", "the database is empty", UNMADE)
    found = f"stands at {stands}, and this version needs {needed}"
    if stands > needed:
        return trouble("schema", found, "Install the newer Baton that changed it")
    remedy = "Make a backup, stop every Baton, and start this version: it brings it up"
    return trouble("schema", found, remedy)


def look_at_keys(reading: Reading, keyring: Keyring) -> Iterator[Finding]:
    """Try every data key."""
    survey = survey_keys(reading.connection, keyring)
    for name, count in sorted(survey.unopened.items()):
        yield _unopened(name, count, keyring)
    if survey.cases_without_key:
        found = f"{survey.cases_without_key} cases have no data key and are unreadable"
        remedy = "If nobody had them forgotten, restore the database from a backup"
        yield doubt("keys", found, remedy)
    if not survey.unopened:
        yield well("keys", _all_open(survey, keyring))


def look_at_audit(reading: Reading) -> Iterator[Finding]:
    """Verify the audit chain of every workspace."""
    for one in reading.people.workspaces():
        try:
            count = verify(reading.connection, one.id)
        except TamperedAudit as error:
            remedy = "Keep the database as it is, and compare it with a backup"
            yield trouble("audit chain", f"{one.name}: {error}", remedy)
        else:
            yield well("audit chain", f"{one.name}: {count} entries, intact")


def _file_is_there(database: Database) -> bool:
    path = database.url.database
    return bool(path) and Path(str(path)).is_file()


def _kind(database: Database) -> str:
    if database.is_sqlite:
        return "SQLite"
    with database.read() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return f"PostgreSQL {version}"


def _unopened(name: str, count: int, keyring: Keyring) -> Finding:
    if name in keyring.names:
        found = f"{count} data keys do not open, though '{name}' is in BATON_KEYS"
        remedy = "Is it another key of the same name? Restore the key or the database"
        return trouble("keys", found, remedy)
    found = f"{count} data keys need '{name}', which is not in BATON_KEYS"
    return trouble("keys", found, RESTORE)


def _all_open(survey: KeySurvey, keyring: Keyring) -> str:
    if not survey.count:
        return f"no data key yet; '{keyring.current}' will wrap the first"
    wrapped_by = sorted(survey.wrapped_by.items())
    shares = ", ".join(f"{count} by '{name}'" for name, count in wrapped_by)
    told = f"all {survey.count} data keys open: {shares}"
    if not survey.not_needed:
        return told
    idle = ", ".join(f"'{one}'" for one in survey.not_needed)
    return f"{told}; of BATON_KEYS, {idle} is needed for nothing but old backups"
