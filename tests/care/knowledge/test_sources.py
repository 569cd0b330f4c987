"""What the keys of sources stand for."""

from __future__ import annotations

from typing import Any, cast

import pytest

from care.knowledge.reading import (
    SOURCES,
    packaged_sources,
    packaged_text,
    read_sources,
)


def test_the_packaged_sources_are_those_of_the_file() -> None:
    assert packaged_sources() == read_sources(packaged_text(SOURCES))


def test_they_are_read_once_and_nobody_changes_them() -> None:
    found = packaged_sources()

    with pytest.raises(TypeError):
        cast("dict[str, Any]", found)["S1"] = None

    assert packaged_sources() is found
