"""A text that PostgreSQL would not keep is kept by neither database."""

from __future__ import annotations

import pytest
from sqlalchemy import String
from sqlalchemy.exc import StatementError

from storage.columns import Text
from storage.errors import TooLong
from storage.tables import metadata
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR

LONGEST = "k" * 200


def test_what_fits_is_kept_and_one_character_more_is_refused(store: Store) -> None:
    with store.act(OPERATOR) as uow:
        assert uow.inbound.claim(LONGEST, at=T0) is None

    with pytest.raises(StatementError) as refused, store.act(OPERATOR) as uow:
        uow.inbound.claim(f"{LONGEST}s", at=T0)

    assert isinstance(refused.value.orig, TooLong)
    # Whatever it is, it stands in no log.
    assert "kkk" not in str(refused.value)


def test_what_nothing_is_as_long_as_can_be_looked_for(store: Store) -> None:
    with store.read() as reading:
        assert reading.notices.notice("n" * 5000) is None


def test_every_text_that_has_a_length_is_held_to_it() -> None:
    kinds = [
        column.type for table in metadata.tables.values() for column in table.columns
    ]

    assert [kind for kind in kinds if isinstance(kind, String)] == []
    assert sum(isinstance(kind, Text) for kind in kinds) > 100
