"""The look-ups that run often find their rows by an index, also in full tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, insert

from care.handoff import TO_DO
from care.journey import CourseKind, Phase
from care.people import Member, Role
from care.referral import State
from storage.boards import Sought, Whose
from storage.database import Database
from storage.due import Doing
from storage.said import places_since
from storage.sealing import Keyring
from storage.tables import (
    bridging,
    case,
    clinician,
    course,
    cover,
    data_key,
    handoff,
    handoff_action,
    identity,
    item,
    link,
    milestone,
    notice,
    plan,
    protocol,
    ready_item,
    referral,
    reminder,
    responsibility,
    site,
    task,
)
from storage.unit import Store, Unit
from tests.conftest import T0
from tests.storage.together import watched
from tests.world import OPERATOR, World, build_world

CHANNEL = "C7"
L0 = datetime(2030, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MANY = 4000
BY_PARTIAL = " USING INDEX ix_(reminder_due|notice_pending|notice_unsettled)"
"""SQLite calls it a scan too when it reads the whole of a small partial index."""
KEYRING = Keyring({"k": bytes(32)})

COORDINATOR = Member("p7", "site7", Role.COORDINATOR)
SPECIALIST = Member("p8", "site8", Role.SPECIALIST)


def board(unit: Unit, member: Member) -> object:
    """Look up a page of the board of a member."""
    whose = Whose(member, whole_site=member is COORDINATOR)
    return unit.boards.patients(whose, Sought(), start=0, most=20)


LOOK_UPS: dict[str, tuple[str, Callable[[Unit], object]]] = {
    "due reminders": (
        "reminder",
        lambda unit: unit.reminders.take_due(T0, lease_now=L0),
    ),
    "the next due reminder": (
        "reminder",
        lambda unit: unit.reminders.next_due(),
    ),
    "reminders of a subject": ("reminder", lambda unit: unit.reminders.of("s7")),
    "pending notices": (
        "notice",
        lambda unit: unit.notices.claim(
            most=20, owner="me", now=L0, lease=SECOND, gap=SECOND
        ),
    ),
    "unknown notices": (
        "notice",
        lambda unit: unit.notices.claim_unknown(
            now=L0, quiet=SECOND, lease=SECOND, owner="me"
        ),
    ),
    "a notice by its message": (
        "notice",
        lambda unit: unit.notices.root_at(CHANNEL, "1.7"),
    ),
    "a notice by its id": ("notice", lambda unit: unit.notices.notice("n7")),
    "a notice by its subject": (
        "notice",
        lambda unit: unit.notices.roots_of(["s7"], "status_card"),
    ),
    "where something was said lately": (
        "notice",
        lambda unit: places_since(unit.connection, L0),
    ),
    "an identity": (
        "identity",
        lambda unit: unit.people.person("T0LAKESIDE", "U0CHEN"),
    ),
    "the identity of a clinician": (
        "identity",
        lambda unit: unit.people.identity_of("clinician-chen"),
    ),
    "referrals of a site": (
        "referral",
        lambda unit: unit.cases.referrals_at("site7", [State.REQUESTED]),
    ),
    "referrals of a case": (
        "referral",
        lambda unit: unit.cases.referrals_of("c7"),
    ),
    "courses of a case": ("course", lambda unit: unit.courses.of_cases(["c7"])),
    "a course to change": (
        "course",
        lambda unit: unit.courses.course_to_change("k8"),
    ),
    "milestones of a course": (
        "milestone",
        lambda unit: unit.courses.milestones(["k7"]),
    ),
    "corrected milestones too": (
        "milestone",
        lambda unit: unit.courses.milestones(["k7"], corrected=True),
    ),
    "the next place in a course": (
        "milestone",
        lambda unit: unit.courses.next_position("k7"),
    ),
    "tasks of a case": ("task", lambda unit: unit.courses.tasks(case_ids=["c7"])),
    "tasks of a doer": ("task", lambda unit: unit.courses.tasks(doer_id="p7")),
    "a case's referrals, held": (
        "referral",
        lambda unit: unit.cases.hold_referrals("c7"),
    ),
    "handoffs of a case": ("handoff", lambda unit: unit.handoffs.of(["c7"])),
    "handoffs that wait with somebody": (
        "handoff",
        lambda unit: unit.handoffs.owed_with(["clinician-chen"]),
    ),
    "actions of somebody": (
        "handoff_action",
        lambda unit: unit.handoffs.to_do("nobody", TO_DO),
    ),
    "what nobody took on of what somebody offered": (
        "handoff",
        lambda unit: unit.handoffs.refused_of("p7"),
    ),
    "courses of those for whom somebody is responsible": (
        "course",
        lambda unit: unit.courses.of_responsible("p7", CourseKind.CAR_T, [Phase.SLOT]),
    ),
    "bridging that waits": (
        "bridging",
        lambda unit: unit.bridging.waiting_at("site7"),
    ),
    "barriers of somebody": (
        "ready_item",
        lambda unit: unit.readiness.barriers_of("p7"),
    ),
    "referrals on a coordinator's board": (
        "referral",
        lambda unit: board(unit, COORDINATOR),
    ),
    "items on a coordinator's board": (
        "item",
        lambda unit: board(unit, COORDINATOR),
    ),
    "plans on a coordinator's board": (
        "plan",
        lambda unit: board(unit, COORDINATOR),
    ),
    "referrals on a specialist's board": (
        "referral",
        lambda unit: board(unit, SPECIALIST),
    ),
    "cases on a specialist's board": (
        "case",
        lambda unit: board(unit, SPECIALIST),
    ),
    "what is next of some patients": (
        "item",
        lambda unit: unit.boards.next_items(
            Whose(COORDINATOR, whole_site=True), ["c7", "c8"]
        ),
    ),
    "what is due of somebody": (
        "item",
        lambda unit: unit.due.of(Doing(SPECIALIST), until=T0.date()),
    ),
    "what is due at a site": (
        "item",
        lambda unit: unit.due.of(Doing(COORDINATOR, whole_site=True), until=T0.date()),
    ),
    "who was responsible": (
        "responsibility",
        lambda unit: unit.responsibility.of(["c7"]),
    ),
    "covers that stand": ("cover", lambda unit: unit.covers.standing(["p7", "p8"])),
    "covers of somebody": ("cover", lambda unit: unit.covers.of("p7")),
    "covers of a site": ("cover", lambda unit: unit.covers.at_site("site7")),
    "a case by its code": (
        "case",
        lambda unit: unit.cases.case_by_code("MM-7K3Q9"),
    ),
}


@pytest.fixture
def full_store(database: Database, clock: Any) -> Store:
    """Return a store whose tables hold as much as after years."""
    store = Store(database, KEYRING, clock)
    world = build_world(store)
    with store.act(OPERATOR) as unit:
        _fill(unit, world)
        unit.audit(world.workspace_id, "filled", "tables")
    engine = create_engine(
        database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        # Where PostgreSQL does so by itself, SQLite plans by its own rules of thumb.
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")
    return store


def test_every_frequent_look_up_goes_by_an_index(full_store: Store) -> None:
    store = full_store

    scanned = {
        name: scans
        for name, (table, look_up) in LOOK_UPS.items()
        if (scans := _scans(store, look_up, table))
    }

    assert scanned == {}


def test_a_look_up_without_an_index_would_be_seen(full_store: Store) -> None:
    store = full_store

    scans = _scans(store, lambda unit: unit.notices.troubled(), "notice")

    assert len(scans) == 1


def _scans(store: Store, look_up: Callable[[Unit], object], table: str) -> list[str]:
    """Run a look-up; return where the plans of its statements read all of `table`."""
    with watched(store.database) as seen, store.act(OPERATOR) as unit:
        look_up(unit)
    plans = _plans(store, [one for one in seen if table in one[0]])
    assert plans
    whole = re.compile(rf"Seq Scan on \"?{table}\b.*|^SCAN {table}\b(?!{BY_PARTIAL}).*")
    return [
        found[0] for plan in plans for line in plan if (found := whole.search(line))
    ]


def _plans(store: Store, statements: list[tuple[str, Any]]) -> list[list[str]]:
    explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
    engine = create_engine(store.database.url, poolclass=NullPool)
    with engine.connect() as connection:
        return [
            [
                str(row[-1])
                for row in connection.exec_driver_sql(explain + statement, parameters)
            ]
            for statement, parameters in statements
        ]


def _fill(unit: Unit, world: World) -> None:
    numbers = range(MANY)
    common = {"workspace_id": world.workspace_id}
    chen, rivera = world.oncologist.clinician_id, world.first_specialist.clinician_id
    rows: dict[Any, list[dict[str, Any]]] = {
        site: [_a_site(n) | common for n in numbers],
        clinician: [
            {
                "id": f"p{n}",
                "site_id": f"site{n}",
                "key": "k",
                "name": "N",
                "role": "fellow",
                "active": 1,
            }
            for n in numbers
        ],
        identity: [
            {
                "id": f"i{n}",
                "team_id": "T0LAKESIDE",
                "user_id": f"U{n}",
                "clinician_id": f"p{n}",
                "confirmed_by": "tests",
            }
            for n in numbers
        ],
        link: [
            {
                "id": f"l{n}",
                "practice_id": f"site{n}",
                "center_id": f"site{(n + 1) % MANY}",
                "channel_id": f"C{n}",
                "active": 1,
            }
            | common
            for n in numbers
        ],
        data_key: [
            {"owner": f"c{n}", "wrapping_key": "k", "wrapped": b""} for n in numbers
        ],
        case: [
            {
                "id": f"c{n}",
                "code": f"MM-{n:05}",
                "practice_id": f"site{n}",
                "responsible_id": chen,
                "responsible_since": T0,
                "summary": b"",
                "created_at": T0,
            }
            | common
            for n in numbers
        ],
    }
    for table, filled in rows.items():
        unit.connection.execute(insert(table), filled)
    _fill_what_moves(unit, common, chen, rivera)


def _fill_what_moves(
    unit: Unit, common: dict[str, str], chen: str, rivera: str
) -> None:
    """Most of it is done; one in a hundred still waits."""
    numbers = range(MANY)
    referrals = [
        {
            "id": f"r{n}",
            "case_id": f"c{n}",
            "link_id": f"l{n}",
            "kind": "advice",
            "urgency": "routine",
            "state": "answered",
            "referrer_id": chen,
            "asked_id": rivera,
            "passed_by": [],
            "question": b"",
            "requested_at": T0,
            "round_started_at": T0,
            "generation": 1,
        }
        | common
        for n in numbers
        if n != 7
    ]
    reminders = [
        {
            "id": f"m{n}",
            "subject": f"s{n}",
            "generation": 1,
            "kind": "k",
            "step": "s",
            "due_at": T0 + timedelta(days=n),
            "state": "waiting" if n % 100 == 0 else "cancelled",
            "attempts": 0,
        }
        | common
        for n in numbers
    ]
    notices = [
        {
            "id": f"n{n}",
            "conversation": f"C{n}",
            "way": "post",
            "view": "status_card",
            "subject": f"s{n}",
            "payload": {},
            "state": "pending" if n % 100 == 0 else "sent",
            "sent_ts": f"1.{n}",
            "channel_id": f"C{n}",
            "written_at": T0,
            "token": 0,
            "attempts": 0,
        }
        | common
        for n in range(5 * MANY)
    ]
    covers = [
        {
            "id": f"v{n}",
            "site_id": f"site{n}",
            "covered_id": f"p{n}",
            "cover_id": f"p{(n + 1) % MANY}",
            "asked_by": f"p{n}",
            "state": "declined",
            "starts_at": T0,
            "ends_at": T0 + timedelta(hours=1),
            "asked_at": T0,
            "generation": 1,
        }
        | common
        for n in numbers
    ]
    for table, filled in (
        (cover, covers),
        (referral, referrals),
        (reminder, reminders),
        (notice, notices),
        *_of_journeys(common),
    ):
        unit.connection.execute(insert(table), filled)
    _fill_handoffs(unit, common, chen, rivera)


def _fill_handoffs(unit: Unit, common: dict[str, str], chen: str, rivera: str) -> None:
    """Most of it is over; those of two people still wait."""
    numbers = range(MANY)
    handoffs = [
        {
            "id": f"h{n}",
            "case_id": f"c{n}",
            "referral_id": "r8",
            "direction": "return",
            "state": "declined",
            "sender_id": f"p{n}",
            "receiver_id": rivera,
            "offered_by": chen,
            "passed_by": [],
            "body": b"",
            "offered_at": T0,
            "round_started_at": T0,
            "ended_at": T0,
            "generation": 1,
        }
        | common
        for n in numbers
    ]
    actions = [
        {
            "id": f"a{n}",
            "handoff_id": f"h{n}",
            "position": 1,
            "text": b"",
            "doer_id": f"p{n}",
            "due_day": "2026-11-30",
            "state": "accepted",
            "generation": 1,
        }
        for n in numbers
    ]
    tenures = [
        {
            "case_id": f"c{n}",
            "seq": 1,
            "clinician_id": chen,
            "since": T0,
            "how": "case created",
        }
        for n in numbers
    ]
    for table, filled in (
        (handoff, handoffs),
        (handoff_action, actions),
        (responsibility, tenures),
    ):
        unit.connection.execute(insert(table), filled)


def _of_journeys(common: dict[str, str]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """A course a case with some milestones, one of them corrected, and a task."""
    cases = [n for n in range(MANY) if n != 7]
    courses = [
        {
            "id": f"k{n}",
            "case_id": f"c{n}",
            "link_id": f"l{n}",
            "referral_id": f"r{n}",
            "kind": "CAR T",
            "phase": "consult",
            "waits_on": "center",
            "since": T0,
            "generation": 1,
            "started_at": T0,
        }
        | common
        for n in cases
    ]
    milestones = [
        {
            "id": f"m{n}/{place}",
            "case_id": f"c{n}",
            "course_id": f"k{n}",
            "position": place,
            "step": "consult",
            "result": "happened",
            "day": "2026-11-24",
            "recorded_at": T0,
            "ended_at": T0 if place == 1 else None,
            "ended_why": b"" if place == 1 else None,
        }
        for n in cases
        for place in range(4)
    ]
    tasks = [
        {
            "id": f"t{n}",
            "case_id": f"c{n}",
            "referral_id": f"r{n}",
            "kind": "registry report",
            "doer_id": f"p{n}",
            "due_at": T0,
            "generation": 1,
            "made_at": T0,
        }
        | common
        for n in cases
    ]
    return [
        (course, courses),
        (milestone, milestones),
        (task, tasks),
        *_of_plans(common, cases),
    ]


def _of_plans(
    common: dict[str, str], cases: list[int]
) -> list[tuple[Any, list[dict[str, Any]]]]:
    """A plan a case with some items, a request for bridging and an item to see to."""
    protocols = [
        {
            "id": "protocol",
            "center_id": "site-university",
            "number": 1,
            "based_on": "tests",
            "rows": [],
            "made_at": T0,
        }
        | common
    ]
    plans = [
        {
            "id": f"plan{n}",
            "case_id": f"c{n}",
            "course_id": f"k{n}",
            "referral_id": f"r{n}",
            "protocol_id": "protocol",
            "product": "another product",
            "day0": "2026-11-01",
            "conditions": [],
            "made_at": T0,
            "kept_to": "2027-11-01",
            "generation": 1,
        }
        | common
        for n in cases
    ]
    items = [
        {
            "id": f"x{n}/{place}",
            "case_id": f"c{n}",
            "plan_id": f"plan{n}",
            "row_id": "cbc",
            "number": place,
            "site_id": f"site{n}",
            "doer_id": f"p{n}",
            "earliest": "2026-11-01",
            "target": "2026-11-11",
            "latest": "2026-11-21",
            "fixed": False,
            "state": "missed" if place else "upcoming",
            "changed_at": T0,
            "generation": 1,
        }
        | common
        for n in cases
        for place in range(3)
    ]
    requests = [
        {
            "id": f"b{n}",
            "case_id": f"c{n}",
            "course_id": f"k{n}",
            "referral_id": f"r{n}",
            "state": "withdrawn",
            "requested_by": f"p{n}",
            "requested_at": T0,
            "body": b"",
            "last_day": "2026-11-30",
            "since": T0,
            "generation": 1,
        }
        | common
        for n in cases
    ]
    ready = [
        {
            "id": f"y{n}",
            "case_id": f"c{n}",
            "course_id": f"k{n}",
            "item": "lodging",
            "state": "done",
            "changed_by": f"p{n}",
            "changed_at": T0,
            "generation": 1,
        }
        | common
        for n in cases
    ]
    return [
        (protocol, protocols),
        (plan, plans),
        (item, items),
        (bridging, requests),
        (ready_item, ready),
    ]


def _a_site(number: int) -> dict[str, Any]:
    return {
        "id": f"site{number}",
        "key": f"k{number}",
        "kind": "practice",
        "name": "A site",
        "phone_24h": "+1 555 0100",
        "zone": "America/Chicago",
        "opens": "08:00",
        "closes": "17:00",
        "days": [0],
        "responsible_roles": [],
    }
