"""The doctor: looks at everything that Baton stands on, and says what to do."""

from bot.doctor.examining import examine
from bot.doctor.findings import Finding, Level, as_json, as_line, is_healthy
from bot.doctor.surroundings import Surroundings
from bot.doctor.workspace import granted_scopes

__all__ = [
    "Finding",
    "Level",
    "Surroundings",
    "as_json",
    "as_line",
    "examine",
    "granted_scopes",
    "is_healthy",
]
