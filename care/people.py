"""Sites, the people who work there, and the part that each has in a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SiteKind(StrEnum):
    """The two kinds of site."""

    PRACTICE = "practice"
    CENTER = "center"


class Role(StrEnum):
    """What a person does at their site."""

    ONCOLOGIST = "oncologist"
    ADVANCED_PRACTICE = "advanced practice clinician"
    SPECIALIST = "specialist"
    FELLOW = "fellow"
    PHARMACIST = "pharmacist"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"


MAY_REFER = frozenset(
    {Role.ONCOLOGIST, Role.ADVANCED_PRACTICE, Role.COORDINATOR, Role.LEAD}
)
"""Roles that start a referral at a practice."""

RESPONSIBLE_BY_DEFAULT = frozenset({Role.ONCOLOGIST, Role.SPECIALIST})
"""Roles that may be responsible for a patient where a site says nothing else."""

ANSWERING = frozenset({Role.SPECIALIST, Role.LEAD})
"""Roles of an asked center that have a part in the case and answer."""


class Part(StrEnum):
    """Why somebody may see a case, and do something about it."""

    REFERRER = "referrer"
    RESPONSIBLE = "responsible"
    COVER = "cover"
    PRACTICE_COORDINATOR = "practice coordinator"
    ASKED = "specialist or lead of the asked center"
    CENTER_COORDINATOR = "center coordinator"
    CENTER_RESPONSIBLE = "responsible at the center"
    CENTER_COVER = "cover at the center"
    FORMER = "formerly responsible"
    PARTY = "party to a handoff"
    DOER = "named to do a check"
    BATON = "Baton itself"
    """Of no person: what happens because its time has come."""


PRACTICE_SIDE = frozenset(
    {Part.REFERRER, Part.RESPONSIBLE, Part.COVER, Part.PRACTICE_COORDINATOR}
)
CENTER_SIDE = frozenset(
    {
        Part.ASKED,
        Part.CENTER_COORDINATOR,
        Part.CENTER_RESPONSIBLE,
        Part.CENTER_COVER,
    }
)
NO_SIDE = frozenset({Part.FORMER, Part.PARTY, Part.DOER})
"""Parts of who was responsible, or was offered it, or does a check of the plan."""
ANY_PART = PRACTICE_SIDE | CENTER_SIDE | NO_SIDE


@dataclass(frozen=True)
class Member:
    """A person as the rules see them."""

    id: str
    site_id: str
    role: Role


@dataclass(frozen=True)
class Involved:
    """Who and where a referral concerns: what a part is derived from.

    Referrer and practice are None where the patient has moved to another practice: what
    is left to the people of the first one is what they were.
    """

    referrer_id: str | None
    responsible_id: str
    practice_id: str | None
    center_id: str
    formerly: frozenset[str] = frozenset()
    """Who was responsible at some time."""
    parties: frozenset[str] = frozenset()
    """Who offered a handoff or was offered one."""
    doers: frozenset[str] = frozenset()
    """Who is or was named to do a check of the case."""
    covers: frozenset[str] = frozenset()
    """Who covers the responsible clinician, or has and is not acknowledged yet."""


def parts_of(member: Member, involved: Involved) -> frozenset[Part]:
    """Return every part that `member` has, which is empty for anybody else."""
    at_practice = member.site_id == involved.practice_id
    at_center = member.site_id == involved.center_id
    coordinates = member.role is Role.COORDINATOR
    responsible = member.id == involved.responsible_id
    covers = member.id in involved.covers
    held = {
        Part.REFERRER: member.id == involved.referrer_id,
        # Nobody speaks for the practice by being responsible at the center.
        Part.RESPONSIBLE: responsible and not at_center,
        Part.CENTER_RESPONSIBLE: responsible and at_center,
        Part.FORMER: member.id in involved.formerly,
        Part.PARTY: member.id in involved.parties,
        # Whoever did checks for a practice that the patient has left does them no more.
        Part.DOER: member.id in involved.doers and (at_practice or at_center),
        Part.COVER: covers and not at_center,
        Part.CENTER_COVER: covers and at_center,
        Part.PRACTICE_COORDINATOR: at_practice and coordinates,
        Part.ASKED: at_center and member.role in ANSWERING,
        Part.CENTER_COORDINATOR: at_center and coordinates,
    }
    return frozenset(part for part, holds in held.items() if holds)
