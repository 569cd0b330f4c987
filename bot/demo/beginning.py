"""When the tour of a demo began."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path


class Beginning:
    """When the tour began, by the care clock, kept in a file over restarts."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file, self._now = file, now
        self._lock = threading.Lock()
        if not file.exists():
            self.renew()

    @property
    def at(self) -> datetime:
        """The instant, aware UTC."""
        with self._lock:
            return datetime.fromisoformat(json.loads(self._file.read_text())["began"])

    def renew(self) -> None:
        """The tour begins now."""
        written = self._file.with_suffix(".new")
        with self._lock:
            written.write_text(json.dumps({"began": self._now().isoformat()}))
            # Whoever reads it meanwhile finds the old one or the new one, whole.
            written.replace(self._file)
