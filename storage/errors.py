"""What can go wrong in storage. One base; the message says what to do."""

from __future__ import annotations


class StorageError(Exception):
    """Something that was to be kept or read could not be."""


class SideDoor(StorageError):
    """A table was written outside the unit of work of an action."""


class NothingAudited(StorageError):
    """An action changed what is kept and left no audit line."""


class DatabaseUnreachable(StorageError):
    """The database does not answer: see BATON_DATABASE_URL."""


class DatabaseBusy(StorageError):
    """Somebody else holds the database for longer than anything of ours takes."""


class DatabaseMoved(StorageError):
    """The file was carried to PostgreSQL, and is closed for good."""


class CannotMove(StorageError):
    """The file cannot be carried over as things stand; nothing was changed."""


class NewerDatabase(StorageError):
    """The database is of a newer version of Baton: run that one."""


class KeyMissing(StorageError):
    """No key of BATON_KEYS opens this: was a key removed before its rotation?"""


class TamperedAudit(StorageError):
    """The audit chain does not hold from this entry on."""


class TooLong(StorageError):
    """A text is longer than its column: a form lets nobody write so much."""


class NotFound(StorageError):
    """There is no such row."""
