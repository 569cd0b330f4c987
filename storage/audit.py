"""One audit chain a workspace: each entry's hash covers the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from storage.errors import NotFound, TamperedAudit
from storage.tables import audit, audit_head

GENESIS = bytes(32)


@dataclass(frozen=True)
class Entry:
    """What is added to the chain: ids and codes, at most one sealed detail."""

    at: datetime
    actor: str
    event: str
    subject: str
    codes: Mapping[str, str]
    detail: bytes | None = None


def begin_chain(connection: Connection, workspace_id: str) -> None:
    """Write the head of a new workspace's chain."""
    connection.execute(
        insert(audit_head).values(workspace_id=workspace_id, seq=0, hash=GENESIS)
    )


def append(connection: Connection, workspace_id: str, entries: Sequence[Entry]) -> None:
    """Add `entries`; holds the head's lock until the transaction ends.

    Called as the last statements before the commit, so that the lock is short.
    """
    head = connection.execute(
        select(audit_head.c.seq, audit_head.c.hash)
        .where(audit_head.c.workspace_id == workspace_id)
        .with_for_update()
    ).one_or_none()
    if head is None:
        raise NotFound(f"{workspace_id} was never set up: it has no audit chain")
    seq, last = head.seq, head.hash
    rows: list[dict[str, Any]] = []
    for entry in entries:
        seq += 1
        last = link_hash(last, workspace_id, seq, entry)
        rows.append(_as_row(workspace_id, seq, entry, last))
    connection.execute(insert(audit), rows)
    connection.execute(
        update(audit_head)
        .where(audit_head.c.workspace_id == workspace_id)
        .values(seq=seq, hash=last)
    )


def verify(connection: Connection, workspace_id: str) -> int:
    """Return the number of entries of an intact chain. Raises `TamperedAudit`.

    Needs no key: the hash covers the sealed bytes, so a chain stays verifiable
    after a case's key was shredded.
    """
    last, seq, head = GENESIS, 0, None
    with connection.execute(_head_and_entries(workspace_id)) as rows:
        for row in rows.yield_per(500):
            head = (row.head_seq, row.head_hash)
            if row.seq is None:  # a head without any entry
                break
            seq += 1
            last = link_hash(last, workspace_id, seq, _as_entry(row))
            if row.seq != seq or row.hash != last:
                raise TamperedAudit(f"entry {row.seq} of {workspace_id} does not hold")
    if head is None:
        raise TamperedAudit(f"{workspace_id}: the head of the chain is gone")
    if head != (seq, last):
        raise TamperedAudit(f"{workspace_id}: entries after {seq} are gone")
    return seq


def _head_and_entries(workspace_id: str) -> Select[Any]:
    # One statement sees one moment: a chain that grows meanwhile still holds.
    return (
        select(
            audit_head.c.seq.label("head_seq"),
            audit_head.c.hash.label("head_hash"),
            audit,
        )
        .outerjoin(audit, audit.c.workspace_id == audit_head.c.workspace_id)
        .where(audit_head.c.workspace_id == workspace_id)
        .order_by(audit.c.seq)
        .execution_options(stream_results=True)
    )


def link_hash(last: bytes, workspace_id: str, seq: int, entry: Entry) -> bytes:
    """Return the hash of one entry, given the hash of the one before it."""
    told = json.dumps(
        [
            workspace_id,
            seq,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.actor,
            entry.event,
            entry.subject,
            dict(entry.codes),
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    detail = b"" if entry.detail is None else b"\x01" + entry.detail
    return hashlib.sha256(last + told.encode() + b"\x00" + detail).digest()


def _as_entry(row: Row[Any]) -> Entry:
    return Entry(row.at, row.actor, row.event, row.subject, row.codes, row.detail)


def _as_row(workspace_id: str, seq: int, entry: Entry, digest: bytes) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "seq": seq,
        "at": entry.at,
        "actor": entry.actor,
        "event": entry.event,
        "subject": entry.subject,
        "codes": dict(entry.codes),
        "detail": entry.detail,
        "hash": digest,
    }
