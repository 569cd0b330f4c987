"""A bot beside a sandbox: real Bolt, real slack_sdk, real Socket Mode."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.logs import set_up_logs
from bot.settings import LogStyle
from tests.beside import Beside, start_beside
from tests.conftest import BOTH, T0

Start = Callable[..., Beside]


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Log as a running Baton does; the root logger is put back afterwards.

    Without this, structlog would render each failure with every local variable,
    which takes seconds and is not what runs.
    """
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    set_up_logs(LogStyle.JSON)
    root.handlers.extend(handlers)
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a Baton beside a sandbox, at T0 unless `at` says when; it is stopped."""
    started: list[Beside] = []

    def begin(database_url: str, **more: Any) -> Beside:
        more.setdefault("at", T0)
        begun = start_beside(tmp_path, database_url=database_url, **more)
        started.append(begun)
        return begun

    yield begin
    for one in started:
        one.stop()


@pytest.fixture
def beside(start: Start, new_sqlite: Callable[..., str]) -> Beside:
    """Return a fresh Baton on SQLite beside a fresh sandbox."""
    return start(new_sqlite())


@pytest.fixture(params=BOTH)
def on_both(request: pytest.FixtureRequest, start: Start) -> Beside:
    """Return a fresh Baton beside a fresh sandbox, on SQLite, then on PostgreSQL."""
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    return start(make())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch by which golden files are written anew."""
    parser.addoption("--regenerate-golden", action="store_true", default=False)


ON_POSTGRES_TOO = frozenset(
    {
        "test_at_once",
        "test_boards",
        "test_duplicates",
        "test_handoff_twice",
        "test_hospital_at_once",
        "test_importing",
        "test_journey_together",
        "test_journey_twice",
        "test_many_cases",
        "test_older_databases",
        "test_plan_together",
        "test_transfer",
    }
)
"""Where the database itself decides: these are always played on both."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is played on PostgreSQL only where everything is asked for."""
    for item in items:
        here = item.path.parent == Path(__file__).parent
        again = here and item.get_closest_marker("postgres")
        if again and item.path.stem not in ON_POSTGRES_TOO:
            item.add_marker(pytest.mark.again)
