"""The data keys of cases and drafts, each wrapped by the keys of BATON_KEYS."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    Connection,
    delete,
    insert,
    select,
    update,
)

from storage.errors import KeyMissing
from storage.sealing import DataKey, Keyring, Wrapped
from storage.tables import data_key


class Vault:
    """The data keys of cases and drafts, opened as they are needed."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring
        self._opened: dict[str, DataKey] = {}

    def new_key(self, owner: str) -> DataKey:
        """Make and keep a data key for `owner`."""
        raw = DataKey.new()
        wrapped = self._keyring.wrap(raw, owner)
        self._connection.execute(
            insert(data_key).values(
                owner=owner, wrapping_key=wrapped.wrapping_key, wrapped=wrapped.blob
            )
        )
        self._opened[owner] = DataKey(raw)
        return self._opened[owner]

    def key(self, owner: str) -> DataKey:
        """Return the data key of `owner`. Raises `KeyMissing`."""
        self.open_all([owner])
        if owner not in self._opened:
            raise KeyMissing(f"the data key of {owner} was shredded")
        return self._opened[owner]

    def open_all(self, owners: Collection[str]) -> None:
        """Open the data keys of several owners in one query."""
        wanted = set(owners) - self._opened.keys()
        if not wanted:
            return
        rows = self._connection.execute(
            select(data_key).where(data_key.c.owner.in_(wanted))
        )
        for row in rows:
            wrapped = Wrapped(row.wrapping_key, row.wrapped)
            self._opened[row.owner] = DataKey(self._keyring.unwrap(wrapped, row.owner))

    def shred(self, owners: Collection[str]) -> None:
        """Destroy data keys: what they sealed can never be opened again."""
        for owner in owners:
            self._opened.pop(owner, None)
        self._connection.execute(
            delete(data_key).where(data_key.c.owner.in_(list(owners)))
        )

    def rewrap(self) -> int:
        """Wrap every data key by the newest key; return how many were changed."""
        current = self._keyring.current
        rows = self._connection.execute(
            select(data_key).where(data_key.c.wrapping_key != current)
        ).all()
        for row in rows:
            raw = self._keyring.unwrap(
                Wrapped(row.wrapping_key, row.wrapped), row.owner
            )
            wrapped = self._keyring.wrap(raw, row.owner)
            self._connection.execute(
                update(data_key)
                .where(data_key.c.owner == row.owner)
                .values(wrapping_key=wrapped.wrapping_key, wrapped=wrapped.blob)
            )
        return len(rows)
