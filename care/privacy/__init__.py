"""The identifier guard: what in a text would point at one patient.

This is the first tier, rules alone: shapes of dates and numbers, words that announce
an identifier, and given names. It asks nobody and forgets what it read. It does not
find every name, and it does not look for the names of hospitals and towns, which a
referral needs; a text that passes has *reduced identifiers*, and is not anonymous.
"""

from care.privacy.finding import Finding, Kind, explain
from care.privacy.guard import find_identifiers

__all__ = ["Finding", "Kind", "explain", "find_identifiers"]
