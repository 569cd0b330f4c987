"""Instants: aware, in UTC, and in order, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, make_url, select
from sqlalchemy.exc import StatementError

from storage.columns import Instant
from storage.database import Database
from storage.tables import inbound

SQLITE = make_url("sqlite://").get_dialect()()
POSTGRES = make_url("postgresql+psycopg://").get_dialect()()
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=14)), ZoneInfo("America/New_York")]
)
# A day away from both ends of the calendar, which no other zone can express.
instants = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - as above
    timezones=ZONES,
)


def as_text(instant: datetime) -> str:
    """Return what SQLite keeps of an instant."""
    kept = Instant().process_bind_param(instant, SQLITE)
    assert isinstance(kept, str)
    return kept


@given(instants, instants)
def test_the_order_of_the_text_is_the_order_of_the_instants(
    one: datetime, other: datetime
) -> None:
    # Python compares two times of one zone by the clock on the wall; in UTC it
    # compares the instants.
    first, second = one.astimezone(UTC), other.astimezone(UTC)

    assert (as_text(one) < as_text(other)) == (first < second)
    assert (as_text(one) == as_text(other)) == (first == second)


@given(instants)
def test_the_text_has_one_width_and_reads_back_as_the_same_instant_in_utc(
    instant: datetime,
) -> None:
    text = as_text(instant)

    read = Instant().process_result_value(text, SQLITE)

    assert len(text) == 27
    assert read == instant.astimezone(UTC)
    assert read.utcoffset() == timedelta()


@given(instants)
def test_postgres_is_given_the_instant_itself_in_utc(instant: datetime) -> None:
    bound = Instant().process_bind_param(instant, POSTGRES)

    assert bound == instant.astimezone(UTC)
    assert bound.utcoffset() == timedelta()


def test_an_instant_comes_back_in_utc_from_both_databases(database: Database) -> None:
    instant = datetime(2026, 3, 8, 2, 30, 0, 123456, tzinfo=ZoneInfo("Asia/Kathmandu"))

    with database.write(frozenset({"inbound"})) as connection:
        row = {"key": "k", "answer": {}, "claimed_at": instant}
        connection.execute(insert(inbound).values(**row))
    with database.read() as connection:
        read = connection.execute(select(inbound.c.claimed_at)).scalar_one()

    assert read == instant
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 24, 15, 0)  # noqa: DTZ001 - the point of this test

    with (
        database.write(frozenset({"inbound"})) as connection,
        pytest.raises(StatementError, match="an instant needs a time zone"),
    ):
        connection.execute(insert(inbound).values(key="k", answer={}, claimed_at=naive))

    with database.read() as connection:
        assert connection.execute(select(inbound)).all() == []


def test_instants_are_compared_by_the_database_as_they_are_by_python(
    database: Database,
) -> None:
    """Also across a second that ends in zeros and across zones."""
    base = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    earlier = base - timedelta(microseconds=1)
    later = (base + timedelta(microseconds=1)).astimezone(ZoneInfo("America/Chicago"))
    rows = [
        {"key": key, "answer": {}, "claimed_at": at}
        for key, at in (("later", later), ("base", base), ("earlier", earlier))
    ]

    with database.write(frozenset({"inbound"})) as connection:
        connection.execute(insert(inbound), rows)
    with database.read() as connection:
        ordered = connection.execute(
            select(inbound.c.key).order_by(inbound.c.claimed_at)
        ).scalars()
        due = connection.execute(
            select(inbound.c.key).where(inbound.c.claimed_at <= base)
        ).scalars()

        assert ordered.all() == ["earlier", "base", "later"]
        assert set(due) == {"earlier", "base"}


def test_no_instant_is_kept_as_none() -> None:
    for dialect in (SQLITE, POSTGRES):
        assert Instant().process_bind_param(None, dialect) is None
        assert Instant().process_result_value(None, dialect) is None
