"""The protocol that a center goes by now."""

from __future__ import annotations

import uuid

from care.knowledge.protocols import as_kept, newest_version, packaged_rows
from storage.records import Site
from storage.signing import Protocol
from storage.unit import Reading, Unit

NAMESPACE = uuid.UUID("1f4f5a35-8a0e-5c40-9a55-5e1b7a2f4d02")


def the_protocol(reading: Reading, center: Site) -> Protocol:
    """Return a center's newest protocol; the first is the newest packaged version.

    Who writes keeps that first one as it is first needed.
    """
    kept = reading.signing.newest(center.id)
    if kept is not None:
        return kept
    version = newest_version()
    first = Protocol(
        id=uuid.uuid5(NAMESPACE, f"{center.id}/1").hex,
        workspace_id=center.workspace_id,
        center_id=center.id,
        number=1,
        based_on=version,
        rows=as_kept(packaged_rows(version)),
        made_by=None,
        made_at=reading.now,
    )
    if isinstance(reading, Unit):
        reading.signing.add_protocol(first)
        reading.audit(center.workspace_id, "protocol made", first.id)
    return first
