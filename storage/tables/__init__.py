"""Every table. A column says whether it is kept plain or sealed.

A time whose name begins with `lease_` is of the lease clock; every other one is
of the care clock. No column is compared with both.
"""

from storage.tables.bridging import bridging
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
from storage.tables.matching import matching
from storage.tables.plans import (
    digest_choice,
    item,
    item_change,
    plan,
    plan_row,
    protocol,
    signature,
)
from storage.tables.readiness import ready_item
from storage.tables.restorations import restoration

__all__ = [
    "DELIVERY",
    "HOUSEKEEPING",
    "absence",
    "audit",
    "audit_head",
    "bridging",
    "case",
    "clinician",
    "concern",
    "course",
    "cover",
    "data_key",
    "digest_choice",
    "draft",
    "handoff",
    "handoff_action",
    "identity",
    "inbound",
    "item",
    "item_change",
    "link",
    "matching",
    "metadata",
    "milestone",
    "notice",
    "pace",
    "plan",
    "plan_row",
    "protocol",
    "ready_item",
    "referral",
    "reminder",
    "reply",
    "responsibility",
    "restoration",
    "signature",
    "site",
    "swap",
    "task",
    "workspace",
]
