"""Keeps a world in one SQLite file, so that a demo goes on after a restart."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from sandbox.things import KINDS, Post, Thing

TABLE = """
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
)
"""


class Store:
    """A file of things by kind and key. Its callers hold the world's lock."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, check_same_thread=False)
        self._file.isolation_level = None
        self._file.execute("PRAGMA journal_mode = WAL")
        # What is written must survive the end of this process; a power cut may take
        # the last messages of a sandbox, which is worth a commit of microseconds.
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(TABLE)

    def save(self, thing: Thing) -> None:
        """Write a thing down. What only one person saw is not kept, as in Slack."""
        if isinstance(thing, Post) and thing.only_for:
            return
        body = {each.name: getattr(thing, each.name) for each in fields(thing)}
        self._file.execute(
            "INSERT INTO thing (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (type(thing).__name__, thing.key, json.dumps(body)),
        )

    def forget(self, thing: Thing) -> None:
        """Remove a thing."""
        self._file.execute(
            "DELETE FROM thing WHERE kind = ? AND key = ?",
            (type(thing).__name__, thing.key),
        )

    def load(self) -> Iterator[Thing]:
        """Everything that was written, in the order in which it came to be."""
        kinds = {kind.__name__: kind for kind in KINDS}
        rows = self._file.execute("SELECT kind, body FROM thing ORDER BY rowid")
        for name, body in rows:
            yield _revive(kinds[name], json.loads(body))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _revive(kind: type[Thing], body: dict[str, object]) -> Thing:
    """JSON has no tuples: the fields that are tuples become so again."""
    for each in fields(kind):
        value = body.get(each.name)
        if isinstance(value, list) and str(each.type).startswith("tuple"):
            body[each.name] = tuple(value)
    return kind(**body)  # type: ignore[arg-type]  # the body was written from `kind`
