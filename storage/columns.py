"""How a column is made, so that each says whether it is kept plain or sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import DateTime, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import Column, SchemaItem
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.errors import TooLong

Kept = Literal["plain", "sealed"]


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant.

    PostgreSQL keeps a timestamp with time zone. SQLite, which has no such type,
    keeps text of fixed width, so that comparing the text compares the instants.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database at hand."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(
            DateTime(timezone=True) if native else String(27)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times, which no reader could place."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return utc
        # Not strftime, which writes years before 1000 in fewer digits.
        return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - what a driver gives
        """Give the instant in UTC, whatever the session's zone."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


class Text(TypeDecorator[str]):
    """Text of so many characters at most; a longer one is refused before it is kept.

    PostgreSQL would refuse it too, and SQLite would keep it: so what is too long is
    found wherever Baton is tried.
    """

    impl = String
    cache_ok = True

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(most)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:  # noqa: ARG002 - a longer text may be looked for: there is none
        """Compare with a text of any length, as both databases do."""
        return String()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the same for each
        """Refuse what is too long, without repeating it: it may be anything."""
        if value is not None and len(value) > self.most:
            raise TooLong(f"{len(value)} characters, where {self.most} may be kept")
        return value


def plain(
    name: str,
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    *more: SchemaItem,
    null: bool = False,
    **options: Any,
) -> Column[Any]:
    """Make a column that anybody with the database may read: ids, states, times."""
    return Column(name, kind, *more, nullable=null, info={"kept": "plain"}, **options)


def sealed(name: str, *, null: bool = False) -> Column[bytes]:
    """Make a column of text that only the data key of its owner opens."""
    return Column(name, LargeBinary, nullable=null, info={"kept": "sealed"})
