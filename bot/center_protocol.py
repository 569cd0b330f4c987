"""A center's protocol as it stands now, and which of its rows are signed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import (
    as_kept,
    digest_of,
    from_kept,
    newest_version,
    packaged_rows,
)
from care.signing import Count, Limit, Signed, Standing, count, stand
from scheduler.calendars import local_day
from storage.records import Site
from storage.signing import Protocol, Signature
from storage.unit import Reading, Unit

NAMESPACE = uuid.UUID("0c1b7f3e-52a3-5d0c-8b53-9a1d6a0f4e21")


def the_protocol(reading: Reading, center: Site) -> Protocol:
    """Return the newest version of a center's protocol.

    Where it has none yet it is the newest packaged one, as its number 1. Whoever
    writes keeps that, so that a plan can be pinned to it; whoever reads is shown
    the same, with the id that it will have.
    """
    if isinstance(reading, Unit):
        return _kept(reading, center)
    return reading.signing.newest(center.id) or _first(reading, center)


def _kept(uow: Unit, center: Site) -> Protocol:
    found = uow.signing.newest(center.id)
    if found is not None:
        return found
    uow.signing.hold(center.id)
    # Somebody else may have made it while this waited.
    found = uow.signing.newest(center.id)
    if found is None:
        found = _first(uow, center)
        uow.signing.add_protocol(found)
        codes = {"number": "1", "based_on": found.based_on}
        uow.audit(center.workspace_id, "protocol begun", found.id, codes)
    return found


def _first(reading: Reading, center: Site) -> Protocol:
    version = newest_version()
    return Protocol(
        id=uuid.uuid5(NAMESPACE, f"{center.id}/1/{version}").hex,
        workspace_id=center.workspace_id,
        center_id=center.id,
        number=1,
        based_on=version,
        rows=as_kept(packaged_rows(version)),
        made_by=None,
        made_at=reading.now,
    )


@dataclass(frozen=True)
class KeptRows:
    """The rows of a version as they are read, and the hash of what each says."""

    rows: tuple[ProtocolRow, ...]

    @cached_property
    def by_id(self) -> Mapping[str, ProtocolRow]:
        """The rows by their ids, in their order."""
        return {one.id: one for one in self.rows}

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """What each row says, by its id."""
        return {one.id: digest_of(one) for one in self.rows}


def kept_rows(protocol: Protocol) -> KeptRows:
    """Return the rows of a version, which a process reads once."""
    if protocol.id not in _ROWS:
        _ROWS[protocol.id] = KeptRows(from_kept(protocol.rows))
    return _ROWS[protocol.id]


def protocol_rows(protocol: Protocol) -> Mapping[str, ProtocolRow]:
    """Return the rows of a kept protocol by their ids, in its order."""
    return kept_rows(protocol).by_id


_ROWS: dict[str, KeptRows] = {}
"""A version is never changed once it is kept: whoever changes a row keeps another."""


def packaged_of(protocol: Protocol) -> dict[str, ProtocolRow]:
    """Return the rows with which a center's protocol began, by their ids."""
    return {one.id: one for one in packaged_rows(protocol.based_on)}


def signatures_of(
    reading: Reading, protocol: Protocol, digests: Mapping[str, str]
) -> dict[str, Signature]:
    """Return who signed rows of a version as they read there, by the rows' ids.

    `digests` are the hashes of what they say there, by the same ids.
    Where a row was changed and signed anew, the text before stays signed for plans
    that are pinned to it: what they go by changes when they are moved, not before.
    """
    signed = {
        text: one
        for text, one in reading.signing.signed_texts(protocol.center_id).items()
        # What was replaced before this version was made says nothing of it.
        if one.ended_at is None or one.ended_at >= protocol.made_at
    }
    return {text[0]: signed[text] for text in digests.items() if text in signed}


@dataclass(frozen=True)
class StandingRow:
    """A row of a protocol and how it stands with the center."""

    row: ProtocolRow
    standing: Standing
    signature: Signature | None

    @property
    def key(self) -> str:
        """Under which it is signed."""
        return self.row.id

    @property
    def choice(self) -> str | None:
        """Among which rows the center chooses."""
        return self.row.choice


@dataclass(frozen=True)
class StandingProtocol:
    """A version of a protocol with how each row stands today."""

    center: Site
    protocol: Protocol
    rows: Sequence[StandingRow]

    @cached_property
    def count(self) -> Count:
        """How many rows are signed."""
        return count(self.rows)

    @property
    def signed(self) -> list[ProtocolRow]:
        """The rows that are planned: those that are signed, stale or not."""
        return [one.row for one in self.rows if one.standing.counts]


def standing_protocol(
    reading: Reading, center: Site, protocol: Protocol | None = None
) -> StandingProtocol:
    """Return a version of a center's protocol, the newest unless one is named."""
    protocol = protocol or the_protocol(reading, center)
    kept = kept_rows(protocol)
    standing = reading.signing.standing(center.id)
    signatures = {**standing, **signatures_of(reading, protocol, kept.digests)}
    limit = limit_of(reading, center)
    rows = [
        StandingRow(
            one,
            stand(
                kept.digests[one.id],
                signed_of(signatures.get(one.id), center),
                limit,
            ),
            signatures.get(one.id),
        )
        for one in kept.rows
    ]
    return StandingProtocol(center, protocol, rows)


def limit_of(reading: Reading, center: Site) -> Limit:
    """Return when this center's signatures look stale, seen from now."""
    return Limit(center.stale_after_days, local_day(center, reading.now))


def signed_of(signature: Signature | None, center: Site) -> Signed | None:
    """Return a signature as the rules see it."""
    if signature is None:
        return None
    return Signed(signature.digest, local_day(center, signature.signed_at))
