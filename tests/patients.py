"""Patients with plans that tests and benchmarks keep, directly through storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from care.item import State, Why
from care.journey import CourseKind, Party, Phase
from care.knowledge.protocol import Hold, Kind, ProtocolRow, Seat, Topic, WhoDoes
from care.knowledge.protocols import as_kept
from care.knowledge.statements import Mark
from care.knowledge.timing import Days
from care.milestone import Product
from care.people import Member, Role, SiteKind
from care.plan import Window
from care.referral import Kind as Asked
from care.referral import State as Stands
from care.spans import Span
from storage.actors import Person
from storage.courses import Course
from storage.item_records import Item, item_id
from storage.plans import Plan
from storage.records import Case, Referral
from storage.signing import Protocol
from storage.unit import Unit
from tests.conftest import T0
from tests.world import OFFICE_HOURS, World, new_case, new_referral

TODAY = T0.date()
DAY = timedelta(days=1)
NAMES = {"cbc": "CBC", "igg": "IgG", "cd4": "CD4", "response": "Response"}
"""Rows of the small protocol of these patients, each with its name in lists."""


def a_row(id_: str, name: str, **changes: Any) -> ProtocolRow:
    """Return a row of a protocol that says nothing clinical, changed as asked."""
    at = WhoDoes(**dict.fromkeys(("orders", "draws", "reviews", "acts"), Seat.PRACTICE))
    days = (Span.parse(f"{number} days") for number in (25, 30, 35))
    new = ProtocolRow(
        id=id_,
        ref="C01",
        name=name,
        topic=Topic.COUNTS,
        kind=Kind.CHECK,
        statement=f"{name} is looked at.",
        sources=("S1",),
        mark=Mark.SOURCE,
        last_checked=TODAY,
        checked_by=None,
        window=Days(**dict(zip(("earliest", "target", "latest"), days, strict=True))),
        who=at,
    )
    return new.model_copy(update=changes)


@dataclass(frozen=True)
class Due:
    """One item to keep: its row, state, and its window in days from today."""

    row: str
    state: State
    opens: int = 0
    closes: int = 7
    changes: tuple[tuple[str, Any], ...] = ()


def missed(row: str = "cbc", since: int = 1, **changes: Any) -> Due:
    """Return an item whose window closed so many days ago."""
    return Due(row, State.MISSED, -since - 10, -since, tuple(changes.items()))


def is_open(row: str = "cbc", closes: int = 5, **changes: Any) -> Due:
    """Return an item whose window is open for so many days more."""
    return Due(row, State.OPEN, -2, closes, tuple(changes.items()))


def upcoming(row: str = "cbc", opens: int = 20, **changes: Any) -> Due:
    """Return an item whose window opens in so many days."""
    return Due(row, State.UPCOMING, opens, opens + 7, tuple(changes.items()))


def held(row: str = "cbc", again: int = 9) -> Due:
    """Return an item that is held until so many days from now."""
    on = ("look_again_on", TODAY + again * DAY)
    return Due(row, State.HELD, -2, 5, (("hold", Hold.IVIG), on))


def over(row: str = "cbc") -> Due:
    """Return an item that nobody needs any more."""
    return Due(row, State.NOT_NEEDED, -2, 5, (("why", Why.ENDED),))


@dataclass(frozen=True)
class Patient:
    """What was kept of one patient."""

    case: Case
    referral: Referral
    course: Course | None = None
    plan: Plan | None = None
    items: tuple[Item, ...] = ()


def a_protocol(unit: Unit, world: World, **changes: Any) -> Protocol:
    """Return the small protocol of a center, kept if it is not there yet."""
    if (kept := unit.signing.newest(world.center_id)) is not None:
        return kept
    rows = [a_row(id_, name) for id_, name in NAMES.items()]
    new = Protocol(
        id=unit.new_id(),
        workspace_id=world.workspace_id,
        center_id=world.center_id,
        number=1,
        based_on="tests",
        rows=as_kept(rows),
        made_by=None,
        made_at=unit.now,
    )
    new = replace(new, **changes)
    unit.signing.add_protocol(new)
    unit.audit(new.workspace_id, "protocol made", new.id)
    return new


def asked_about(unit: Unit, world: World, **changes: Any) -> Patient:
    """Keep a patient of whom a question was asked; `case` changes the case."""
    case = new_case(unit, world, **changes.pop("case", {}))
    return Patient(case, new_referral(unit, world, case, **changes))


def on_the_way(
    unit: Unit, world: World, phase: Phase = Phase.SLOT, **changes: Any
) -> Patient:
    """Keep a patient whose journey waits; `case` and `referral` change these."""
    taken = {
        "kind": Asked.EVALUATION,
        "state": Stands.ACCEPTED,
        "taker_id": world.first_specialist.clinician_id,
    } | changes.pop("referral", {})
    there = asked_about(unit, world, case=changes.pop("case", {}), **taken)
    new = Course(
        id=unit.new_id(),
        workspace_id=there.case.workspace_id,
        case_id=there.case.id,
        link_id=there.referral.link_id,
        referral_id=there.referral.id,
        kind=CourseKind.CAR_T,
        lead_id=world.center_coordinator.clinician_id,
        phase=phase,
        day0=None,
        waits_on=Party.CENTER,
        since=unit.now,
        ask_at=None,
        generation=1,
        started_at=unit.now,
        ended_at=unit.now if phase is Phase.ENDED else None,
    )
    new = replace(new, **changes)
    unit.courses.add(new)
    unit.audit(new.workspace_id, "course begun", new.id)
    return replace(there, course=new)


def at_home(
    unit: Unit,
    world: World,
    protocol: Protocol,
    due: Sequence[Due] = (),
    **changes: Any,
) -> Patient:
    """Keep a patient after CAR T whose plan has these items."""
    day0 = changes.pop("day0", TODAY - 30 * DAY)
    product = changes.pop("product", Product.CARVYKTI)
    phase = changes.pop("phase", Phase.HOME)
    site_id = changes.pop("site_id", world.practice_id)
    there = on_the_way(unit, world, phase, day0=day0, **changes)
    assert there.course
    plan = Plan(
        id=unit.new_id(),
        workspace_id=there.case.workspace_id,
        case_id=there.case.id,
        course_id=there.course.id,
        referral_id=there.referral.id,
        protocol_id=protocol.id,
        product=product,
        day0=day0,
        conditions=frozenset(),
        confirmed_by=None,
        confirmed_at=None,
        made_at=unit.now,
        kept_to=TODAY + 400 * DAY,
        ended_at=None,
        ended_why=None,
        generation=1,
    )
    unit.plans.add(plan)
    items = [_item(unit, plan, site_id, *each) for each in enumerate(due)]
    unit.items.add(items)
    unit.audit(plan.workspace_id, "plan made", plan.id)
    return replace(there, plan=plan, items=tuple(items))


def _item(unit: Unit, plan: Plan, site_id: str, number: int, due: Due) -> Item:
    opens, closes = TODAY + due.opens * DAY, TODAY + due.closes * DAY
    new = Item(
        id=item_id(plan.id, due.row, number),
        workspace_id=plan.workspace_id,
        case_id=plan.case_id,
        plan_id=plan.id,
        row_id=due.row,
        number=number,
        site_id=site_id,
        doer_id=None,
        window=Window(opens, opens + (closes - opens) // 2, closes),
        state=due.state,
        changed_at=unit.now,
        missed_on=closes + DAY if due.state is State.MISSED else None,
    )
    return replace(new, **dict(due.changes))


def a_colleague(unit: Unit, site_id: str, key: str, role: Role, name: str) -> Person:
    """Keep one more person of a site, known to Slack, and return them."""
    row = {
        "id": f"clinician-{key}",
        "site_id": site_id,
        "key": key,
        "name": name,
        "role": role,
        "duty_order": None,
        "active": 1,
    }
    unit.people.put("clinician", row)
    team = f"T0{site_id.removeprefix('site-').upper()}"
    unit.people.put(
        "identity",
        {
            "id": f"identity-{key}",
            "team_id": team,
            "user_id": f"U0{key.upper()}",
            "clinician_id": row["id"],
            "confirmed_by": "tests",
            "dm_channel": None,
        },
    )
    return Person(f"clinician-{key}", site_id, role, name, team, f"U0{key.upper()}")


def another_practice(
    unit: Unit, world: World, key: str, workspace_id: str | None = None
) -> World:
    """Keep one more practice with an oncologist and a coordinator, linked to a center.

    Returns the world as seen from it. In another workspace it has its own center.
    """
    workspace = workspace_id or world.workspace_id
    here, there = f"site-{key}", world.center_id
    _put_site(unit, workspace, key, SiteKind.PRACTICE, f"{key.capitalize()} Oncology")
    people = {"center": world.center_coordinator, "specialist": world.first_specialist}
    if workspace_id:
        there = f"site-{key}-center"
        name = f"{key.capitalize()} Center"
        _put_site(unit, workspace, f"{key}-center", SiteKind.CENTER, name)
        for which, role in (
            ("center", Role.COORDINATOR),
            ("specialist", Role.SPECIALIST),
        ):
            people[which] = a_colleague(unit, there, f"{key}-{which}", role, name)
    link = {"id": f"link-{key}", "workspace_id": workspace, "practice_id": here}
    more = {"center_id": there, "channel_id": f"C0{key.upper()}", "active": 1}
    unit.people.put("link", link | more)
    return replace(
        world,
        workspace_id=workspace,
        practice_id=here,
        center_id=there,
        link_id=f"link-{key}",
        oncologist=a_colleague(
            unit, here, f"{key}-oncologist", Role.ONCOLOGIST, f"Dr {key.capitalize()}"
        ),
        practice_coordinator=a_colleague(
            unit, here, f"{key}-coordinator", Role.COORDINATOR, "Kim Ortega"
        ),
        center_coordinator=people["center"],
        first_specialist=people["specialist"],
    )


def member_of(one: Person, role: Role) -> Member:
    """Return somebody as if they had another role."""
    return replace(one.member, role=role)


def _put_site(
    unit: Unit, workspace_id: str, key: str, kind: SiteKind, name: str
) -> None:
    unit.people.put(
        "site",
        {
            "id": f"site-{key}",
            "workspace_id": workspace_id,
            "key": key,
            "kind": kind,
            "name": name,
            "phone_24h": "+1 555 0100",
            "zone": "America/New_York",
            "country": "US",
            "region": None,
            "responsible_roles": [Role.ONCOLOGIST, Role.SPECIALIST],
            **OFFICE_HOURS,
        },
    )
