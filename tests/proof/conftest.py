"""A stage on which the histories of all tests are played."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.stage import Stage, open_stage


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """Return a database in memory that each history begins with empty."""
    with open_stage() as opened:
        yield opened
