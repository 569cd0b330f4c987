"""Things done at the same moment, and statements that are watched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from storage.database import Database

Result = TypeVar("Result")


def together(*calls: Callable[[], Result]) -> list[Result]:
    """Make all `calls` at the same moment, each in a thread; return their results."""
    gate = threading.Barrier(len(calls))

    def begin(call: Callable[[], Result]) -> Result:
        gate.wait(timeout=20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [
            one.result(timeout=60) for one in [pool.submit(begin, c) for c in calls]
        ]


@contextmanager
def watched(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect every statement that reaches the database, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        _many: object,
    ) -> None:
        seen.append((statement, parameters))

    engines = (database._writer, database._reader)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
