"""Same patient: who recorded at which site that code and patient match, and how."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint

from storage.columns import Instant, plain
from storage.tables.core import CODE, ID, identifier, metadata, refer_to

matching = Table(
    "matching",
    metadata,
    identifier(),
    refer_to("case_id", "case"),
    refer_to("link_id", "link"),
    refer_to("site_id", "site"),
    plain("occasion", CODE),
    # The referral or the handoff before whose acceptance it is recorded.
    plain("subject", ID),
    plain("how", CODE),
    refer_to("clinician_id", "clinician"),
    plain("at", Instant),
    UniqueConstraint("case_id", "link_id", "site_id", "occasion", "subject"),
    CheckConstraint("how IN ('by phone', 'by record')", name="how"),
    Index(None, "subject"),
)
