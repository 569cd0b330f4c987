"""The log of a proof: lines of JSON, from which its page is written."""

from __future__ import annotations

import json
import platform
import sqlite3
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

ROOT = Path(__file__).parents[2]


class Log:
    """Appends to a file, or to nothing; the first line says what was run on what."""

    def __init__(self, path: Path | None, proof: str) -> None:
        self._path, self._proof = path, proof
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Open the file and say what is run."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")
            self.add(
                {
                    "commit": commit(),
                    "python": platform.python_version(),
                    "sqlite": sqlite3.sqlite_version,
                }
            )
        return self

    def add(self, row: dict[str, Any]) -> None:
        """Append one line."""
        if self._file is not None:
            self._file.write(json.dumps({"proof": self._proof, **row}) + "\n")
            self._file.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def commit() -> str:
    """Return the commit that is proven, marked where the tree differs from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "unknown"
