"""Which backups were put back: what was said since is not on record."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table

from storage.columns import Instant, plain
from storage.tables.core import identifier, metadata, refer_to

restoration = Table(
    "restoration",
    metadata,
    identifier(),
    refer_to("workspace_id", "workspace"),
    # What was committed until then is known to be there.
    plain("since", Instant),
    plain("restored_at", Instant),
    CheckConstraint("since <= restored_at", name="order"),
    Index(None, "workspace_id", "restored_at"),
)
