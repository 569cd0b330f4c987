"""The names of the fields in the forms of handoffs, which views and actions share."""

from __future__ import annotations

RECEIVER = "receiver"
SENTENCE = "sentence"
"""What would make you call, and whom?"""
VISIT = "visit_booked"
BOOKED = "yes"
NOT_BOOKED = "no"
WHY = "why"
PROPOSAL = "proposal"
POINT = "point"
WHOLE = "understanding"
"""The point that is corrected where it is no line of action."""
CORRECTION = "correction"
DOER = "doer"
"""Who does an action that nobody took on."""
MINUTES_AGO = "minutes_ago"
AGO = (0, 15, 30, 60, 120, 240)
"""Minutes since a call, as the form offers them."""


def action_fields(number: int) -> tuple[str, str, str]:
    """Return the names of the fields of one line of action: what, by whom, when."""
    return f"action_{number}", f"doer_{number}", f"due_{number}"


def line_fields(action_id: str) -> tuple[str, str]:
    """Return the names of the fields for one action: the answer, and its words."""
    return f"line_{action_id}", f"words_{action_id}"
