"""Statements that were compiled, kept for every engine that speaks the same SQL.

SQLAlchemy keeps them an engine, so that the door for writing and the one for reading
would each compile what the other has, and a third of its time would go there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Compiled, Engine
from sqlalchemy.util import LRUCache

MOST = 2000
"""More statements than Baton has, with what is optional in them."""

Key = tuple[Any, ...]


class CompiledStatements(LRUCache[Key, Compiled]):
    """What SQLAlchemy asks for by a dialect's object is kept by what it speaks.

    All dialects are made alike, by `storage.database`.
    """

    __slots__ = ()

    def get(self, key: Key, default: Any = None) -> Any:
        """Return a statement as any engine of this dialect compiled it."""
        return super().get(_spoken(key), default)

    def __getitem__(self, key: Key) -> Compiled:
        """Return a statement as any engine of this dialect compiled it."""
        return super().__getitem__(_spoken(key))

    def __setitem__(self, key: Key, compiled: Compiled) -> None:
        """Keep a statement for every engine of this dialect."""
        super().__setitem__(_spoken(key), compiled)


def share_compiled(engine: Engine) -> None:
    """Let an engine use what others of its kind compiled."""
    engine.update_execution_options(compiled_cache=_STATEMENTS)


def _spoken(key: Key) -> Key:
    dialect, *statement = key
    version = dialect.server_version_info
    return (dialect.name, dialect.driver, version, *statement)


_STATEMENTS = CompiledStatements(MOST)
"""A statement reads the same for as long as the process runs."""
