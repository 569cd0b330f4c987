"""A small world for tests: a practice, a center, their people, and what they ask.

Everything is written through the one door, as an operator's setup would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from itertools import count
from typing import Any

from care.cases import AgeBand, CaseSummary, LenalidomideRefractory, new_case_code
from care.people import Role, SiteKind
from care.referral import Kind, Side, State, Urgency
from care.response import OUTCOME_DAYS
from care.working_time import WorkingHours
from storage.actors import Operator, Person
from storage.notices import NewNotice, notice_id
from storage.records import Case, Referral, Reply, ReplyKind, Way
from storage.unit import Store, Unit

OPERATOR = Operator("tests")
QUESTION = "Refractory after two lines: CAR T now or a bispecific first?"
SUMMARY = CaseSummary(
    age_band=AgeBand.FROM_60,
    lines=2,
    lenalidomide_refractory=LenalidomideRefractory.YES,
    ecog=1,
)
OFFICE_HOURS = {"opens": "08:00", "closes": "17:00", "days": [0, 1, 2, 3, 4]}


@dataclass(frozen=True)
class Somebody:
    """One person of the world, as the setup names them."""

    key: str
    name: str
    role: Role
    duty_order: int | None = None


PRACTICE_STAFF = (
    Somebody("chen", "Dr Chen", Role.ONCOLOGIST),
    Somebody("amy", "Amy Brooks", Role.COORDINATOR),
)
CENTER_STAFF = (
    Somebody("rivera", "Dr Rivera", Role.SPECIALIST, 1),
    Somebody("osei", "Dr Osei", Role.SPECIALIST, 2),
    Somebody("noor", "Noor Haddad", Role.COORDINATOR),
    Somebody("sam", "Sam Lindqvist", Role.ADMINISTRATOR),
)


def _default_identities() -> dict[str, tuple[str, str]]:
    here = {one.key: ("T0LAKESIDE", f"U0{one.key.upper()}") for one in PRACTICE_STAFF}
    there = {one.key: ("T0UNIVERSITY", f"U0{one.key.upper()}") for one in CENTER_STAFF}
    return here | there


@dataclass(frozen=True)
class InSlack:
    """Where the world stands in Slack; a test with a sandbox gives its own ids."""

    workspace: str = "T0UNIVERSITY"
    bot_user: str = "U0BATON"
    channel: str = "C0MYELOMA"
    identities: Mapping[str, tuple[str, str]] = field(
        default_factory=_default_identities
    )
    """Person's key -> (team, user)."""


@dataclass(frozen=True)
class World:
    """The ids of what was set up, and its people as actors."""

    workspace_id: str
    practice_id: str
    center_id: str
    link_id: str
    channel_id: str
    oncologist: Person
    practice_coordinator: Person
    first_specialist: Person
    second_specialist: Person
    center_coordinator: Person
    administrator: Person

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, the practice's people first."""
        return (
            self.oncologist,
            self.practice_coordinator,
            self.first_specialist,
            self.second_specialist,
            self.center_coordinator,
            self.administrator,
        )


def build_world(store: Store, slack: InSlack | None = None) -> World:
    """Set up Lakeside Oncology, University Center, their people and their link."""
    slack = slack or InSlack()
    with store.act(OPERATOR) as unit:
        _put_places(unit, slack)
        people = {
            one.key: _put_person(unit, site_id, one, slack.identities[one.key])
            for site_id, staff in (
                ("site-lakeside", PRACTICE_STAFF),
                ("site-university", CENTER_STAFF),
            )
            for one in staff
        }
        unit.audit(slack.workspace, "setup.applied", slack.workspace)
    return World(
        workspace_id=slack.workspace,
        practice_id="site-lakeside",
        center_id="site-university",
        link_id="link-lakeside-university",
        channel_id=slack.channel,
        oncologist=people["chen"],
        practice_coordinator=people["amy"],
        first_specialist=people["rivera"],
        second_specialist=people["osei"],
        center_coordinator=people["noor"],
        administrator=people["sam"],
    )


def add_workspace(store: Store, workspace_id: str) -> None:
    """Add another workspace, with nothing in it but its audit chain."""
    with store.act(OPERATOR) as unit:
        _put_workspace(unit, workspace_id, "U0BATON")
        unit.audit(workspace_id, "setup.applied", workspace_id)


def hours_of(zone: str) -> WorkingHours:
    """Return the office hours of the world's sites, in a zone."""
    return WorkingHours(zone, time(8), time(17), frozenset(range(5)))


def new_case(unit: Unit, world: World, **changes: Any) -> Case:
    """Keep a case of the oncologist's, changed as asked, and return it."""
    new = Case(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        code=new_case_code(unit.random_bytes(8)),
        practice_id=world.practice_id,
        responsible_id=world.oncologist.clinician_id,
        responsible_since=unit.now,
        summary=SUMMARY,
        created_at=unit.now,
    )
    new = replace(new, **changes)
    unit.cases.add(new)
    unit.audit(new.workspace_id, "case.opened", new.id)
    return new


def new_referral(unit: Unit, world: World, case: Case, **changes: Any) -> Referral:
    """Keep a request for advice about a case, changed as asked, and return it."""
    new = Referral(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        case_id=case.id,
        link_id=world.link_id,
        kind=Kind.ADVICE,
        urgency=Urgency.ROUTINE,
        state=State.REQUESTED,
        previous=None,
        waiting_on=Side.CENTER,
        referrer_id=world.oncologist.clinician_id,
        asked_id=world.first_specialist.clinician_id,
        taker_id=None,
        passed_by=(),
        question=QUESTION,
        requested_at=unit.now,
        round_started_at=unit.now,
        paused_until=None,
        responded_at=None,
        answered_at=None,
        ended_at=None,
        outcome=None,
        outcome_days=OUTCOME_DAYS,
        patient_told=None,
        generation=1,
    )
    new = replace(new, **changes)
    unit.cases.add_referral(new)
    unit.audit(new.workspace_id, "referral.requested", new.id)
    return new


_messages = count(1)


def new_reply(unit: Unit, referral: Referral, **changes: Any) -> Reply:
    """Keep a plain reply of the asked specialist, changed as asked, and return it."""
    new = Reply(
        id=unit.new_id(),
        referral_id=referral.id,
        author_id=referral.asked_id,
        kind=ReplyKind.UNSORTED,
        text="CAR T first, if the slot is within six weeks.",
        withheld=None,
        message_ts=f"1800000000.{next(_messages):06}",
        written_at=unit.now,
    )
    new = replace(new, **changes)
    unit.cases.add_reply(new, referral.case_id)
    unit.audit(referral.workspace_id, "reply.kept", new.id)
    return new


def a_notice(world: World, occasion: str, **changes: Any) -> NewNotice:
    """Return a post in the link's channel on an occasion, changed as asked."""
    new = NewNotice(
        id="",
        workspace_id=world.workspace_id,
        conversation=world.channel_id,
        way=Way.POST,
        view="status_card",
        subject=occasion,
        payload={},
    )
    new = replace(new, **changes)
    return replace(new, id=new.id or notice_id(occasion, new.view, new.conversation))


def _put_places(unit: Unit, slack: InSlack) -> None:
    _put_workspace(unit, slack.workspace, slack.bot_user)
    practice = _a_site("lakeside", SiteKind.PRACTICE, "Lakeside Oncology")
    center = _a_site("university", SiteKind.CENTER, "University Center")
    unit.people.put(
        "site",
        practice | {"workspace_id": slack.workspace, "zone": "America/Chicago"},
    )
    unit.people.put(
        "site",
        center | {"workspace_id": slack.workspace, "zone": "America/New_York"},
    )
    unit.people.put(
        "link",
        {
            "id": "link-lakeside-university",
            "workspace_id": slack.workspace,
            "practice_id": practice["id"],
            "center_id": center["id"],
            "channel_id": slack.channel,
            "active": 1,
        },
    )


def _put_workspace(unit: Unit, workspace_id: str, bot_user_id: str) -> None:
    unit.people.put(
        "workspace",
        {"id": workspace_id, "name": "University", "bot_user_id": bot_user_id},
    )
    unit.begin_chain(workspace_id)


def _a_site(key: str, kind: SiteKind, name: str) -> dict[str, Any]:
    return {
        "id": f"site-{key}",
        "key": key,
        "kind": kind,
        "name": name,
        "phone_24h": "+1 555 0100",
        "country": "US",
        "region": None,
        "responsible_roles": [Role.ONCOLOGIST, Role.SPECIALIST],
        **OFFICE_HOURS,
    }


def _put_person(
    unit: Unit, site_id: str, one: Somebody, identity: tuple[str, str]
) -> Person:
    team_id, user_id = identity
    unit.people.put(
        "clinician",
        {
            "id": f"clinician-{one.key}",
            "site_id": site_id,
            "key": one.key,
            "name": one.name,
            "role": one.role,
            "duty_order": one.duty_order,
            "active": 1,
        },
    )
    unit.people.put(
        "identity",
        {
            "id": f"identity-{one.key}",
            "team_id": team_id,
            "user_id": user_id,
            "clinician_id": f"clinician-{one.key}",
            "confirmed_by": str(OPERATOR),
            "dm_channel": None,
        },
    )
    return Person(
        clinician_id=f"clinician-{one.key}",
        site_id=site_id,
        role=one.role,
        name=one.name,
        team_id=team_id,
        user_id=user_id,
    )
