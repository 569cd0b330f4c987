"""The table of settings, made from `bot.settings.Settings`."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from bot.settings import Settings
from tools.diagrams import tabulate


def tabulate_settings() -> str:
    """Return each setting with its default and what it is for."""
    fields = Settings.model_fields.items()
    rows = [
        (f"`{name.upper()}`", _default(one), one.description or "")
        for name, one in fields
    ]
    return tabulate(("setting", "default", "what it is"), rows)


def _default(one: FieldInfo) -> str:
    if one.is_required():
        return "must be set"
    return "not set" if one.default is None else f"`{_plain(one.default)}`"


def _plain(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)
