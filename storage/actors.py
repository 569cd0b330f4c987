"""Who does something now."""

from __future__ import annotations

from dataclasses import dataclass

from care.people import Member, Role


@dataclass(frozen=True)
class Person:
    """A clinician acting through one Slack identity."""

    clinician_id: str
    site_id: str
    role: Role
    name: str
    team_id: str
    user_id: str

    @property
    def member(self) -> Member:
        """The person as the rules see them."""
        return Member(self.clinician_id, self.site_id, self.role)

    def __str__(self) -> str:
        """Return the name under which the audit chain knows them."""
        return f"clinician:{self.clinician_id}"


@dataclass(frozen=True)
class Operator:
    """Somebody at the command line, by the account of the machine."""

    account: str

    def __str__(self) -> str:
        """Return the name under which the audit chain knows them."""
        return f"operator:{self.account}"


@dataclass(frozen=True)
class System:
    """Baton itself, and on which occasion: a reminder, a notice."""

    occasion: str

    def __str__(self) -> str:
        """Return the name under which the audit chain knows it."""
        return f"system:{self.occasion}"


Actor = Person | Operator | System
