"""Every table. A column says whether it is kept plain or sealed.

A time whose name begins with `lease_` is of the lease clock; every other one is
of the care clock. No column is compared with both.
"""

from storage.tables.concerns import concern
from storage.tables.core import (
    DELIVERY,
    HOUSEKEEPING,
    absence,
    audit,
    audit_head,
    case,
    clinician,
    data_key,
    draft,
    identity,
    inbound,
    link,
    metadata,
    notice,
    pace,
    referral,
    reminder,
    reply,
    site,
    swap,
    workspace,
)
from storage.tables.courses import course, milestone, task
from storage.tables.covers import cover
from storage.tables.handoffs import handoff, handoff_action, responsibility

__all__ = [
    "DELIVERY",
    "HOUSEKEEPING",
    "absence",
    "audit",
    "audit_head",
    "case",
    "clinician",
    "concern",
    "course",
    "cover",
    "data_key",
    "draft",
    "handoff",
    "handoff_action",
    "identity",
    "inbound",
    "link",
    "metadata",
    "milestone",
    "notice",
    "pace",
    "referral",
    "reminder",
    "reply",
    "responsibility",
    "site",
    "swap",
    "task",
    "workspace",
]
