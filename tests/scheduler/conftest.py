"""Delivery and time, on real databases and beside a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from storage.unit import Store
from tests.scheduler.office import Office, open_office

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""For what the database has no say in."""


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    """Return an office with short timings."""
    with open_office(store) as opened:
        yield opened


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Log in plain lines: drawing a traceback takes longer than most tests here."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ]
    )
    yield
    structlog.reset_defaults()
