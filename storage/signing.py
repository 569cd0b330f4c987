"""Protocols of centers, and who signed which row of the packaged knowledge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.errors import NotFound
from storage.records import columns_of
from storage.tables import protocol, signature, site


@dataclass(frozen=True)
class Protocol:
    """One version of a center's protocol: the whole text of every row."""

    id: str
    workspace_id: str
    center_id: str
    number: int
    based_on: str
    """The packaged version that it began with."""
    rows: list[dict[str, Any]]
    made_by: str | None
    made_at: datetime


@dataclass(frozen=True)
class Signature:
    """Somebody of a center signed a row as it read then."""

    id: str
    center_id: str
    row_id: str
    digest: str
    choice: str | None
    """Among rows that disagree, what was chosen with it."""
    signed_by: str
    signed_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


class Signing:
    """Protocols and signatures. The center's site must be locked by whoever writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, center_id: str) -> None:
        """Let nobody else change a center's protocol or signatures before the commit.

        Its key stays free, so that what others insert beneath it does not wait.
        """
        self._connection.execute(
            select(site.c.id)
            .where(site.c.id == center_id)
            .with_for_update(key_share=True)
        )

    def add_protocol(self, new: Protocol) -> None:
        """Keep a new version of a center's protocol; an old one is never changed."""
        self._connection.execute(insert(protocol).values(**columns_of(new)))

    def protocol(self, protocol_id: str) -> Protocol:
        """Return one version. Raises `NotFound`."""
        return self.protocols([protocol_id])[protocol_id]

    def protocols(self, ids: Collection[str]) -> dict[str, Protocol]:
        """Return several versions by their ids. Raises `NotFound`."""
        query = select(protocol).where(protocol.c.id.in_(set(ids)))
        rows = self._connection.execute(query).all()
        found = {row.id: Protocol(**row._mapping) for row in rows}
        if set(ids) - found.keys():
            raise NotFound("there is no such protocol")
        return found

    def before(self, one: Protocol) -> list[Protocol]:
        """Return the versions of a center's protocol before one, oldest first."""
        rows = self._connection.execute(
            select(protocol)
            .where(
                protocol.c.center_id == one.center_id, protocol.c.number < one.number
            )
            .order_by(protocol.c.number)
        )
        return [Protocol(**row._mapping) for row in rows]

    def newest(self, center_id: str) -> Protocol | None:
        """Return a center's newest version, if it has one of its own."""
        newest = (
            select(func.max(protocol.c.number))
            .where(protocol.c.center_id == center_id)
            .scalar_subquery()
        )
        row = self._connection.execute(
            select(protocol).where(
                protocol.c.center_id == center_id, protocol.c.number == newest
            )
        ).first()
        return Protocol(**row._mapping) if row else None

    def sign(self, new: Signature) -> None:
        """Keep a signature; what stands for its row or choice must have ended."""
        self._connection.execute(insert(signature).values(**columns_of(new)))

    def end(self, signature_ids: Collection[str], *, by: str, at: datetime) -> None:
        """Let signatures stand no more; who signed what when stays kept."""
        self._connection.execute(
            update(signature)
            .where(signature.c.id.in_(set(signature_ids)))
            .values(ended_by=by, ended_at=at)
        )

    def standing(self, center_id: str) -> Mapping[str, Signature]:
        """Return a center's signatures that stand, by the ids of their rows."""
        rows = self._connection.execute(
            select(signature).where(
                signature.c.center_id == center_id, signature.c.ended_at.is_(None)
            )
        )
        return {row.row_id: Signature(**row._mapping) for row in rows}

    def signed_texts(self, center_id: str) -> Mapping[tuple[str, str], Signature]:
        """Return the signatures that hold, by row and by the text that was signed.

        Whoever signs a row that reads otherwise now ends the signature of how it read
        before, for plans that begin; those that are pinned to the text go on by it. A
        row whose signature was withdrawn, or was given up for another of its choice,
        holds in no text.
        """
        newest_first = (
            select(signature)
            .where(signature.c.center_id == center_id)
            .order_by(
                signature.c.signed_at.desc(),
                # Of two of one moment the one that stands is the newer.
                signature.c.ended_at.is_not(None),
                signature.c.id,
            )
        )
        found: dict[tuple[str, str], Signature] = {}
        goes_on_from: dict[str, datetime] = {}
        for row in self._connection.execute(newest_first):
            one = Signature(**row._mapping)
            replaced = one.ended_at == goes_on_from.get(one.row_id)
            if one.ended_at is None or replaced:
                goes_on_from[one.row_id] = one.signed_at
                found.setdefault((one.row_id, one.digest), one)
        return found

    def history(self, center_id: str, row_id: str) -> list[Signature]:
        """Return every signature of a row at a center, newest first."""
        rows = self._connection.execute(
            select(signature)
            .where(signature.c.center_id == center_id, signature.c.row_id == row_id)
            .order_by(signature.c.signed_at.desc(), signature.c.id)
        )
        return [Signature(**row._mapping) for row in rows]
