"""What the process that sends is told by the one that keeps it: one line of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from pydantic import SecretStr, TypeAdapter

from bot.settings import Settings
from scheduler.delivery import Timings
from scheduler.pulse import Pulse

_TIMINGS = TypeAdapter(Timings)
_PULSE = TypeAdapter(Pulse)


@dataclass(frozen=True)
class Terms:
    """The settings, and how fast everything goes."""

    settings: Settings
    timings: Timings = field(default_factory=Timings)
    pulse: Pulse = field(default_factory=Pulse)

    def as_line(self) -> str:
        """Return them as one line, with the secrets: it goes through a pipe alone."""
        told = {name: _open(value) for name, value in self.settings}
        return json.dumps(
            {
                "settings": told,
                "timings": _TIMINGS.dump_python(self.timings, mode="json"),
                "pulse": _PULSE.dump_python(self.pulse, mode="json"),
            }
        )


def read_terms(line: str | bytes) -> Terms:
    """Return the terms of a line."""
    told = json.loads(line)
    return Terms(
        Settings(**told["settings"]),
        _TIMINGS.validate_python(told["timings"]),
        _PULSE.validate_python(told["pulse"]),
    )


def _open(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
