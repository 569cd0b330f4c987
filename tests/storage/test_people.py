"""Who works where, and who they are in Slack."""

from __future__ import annotations

from datetime import time

import pytest

from care.people import Role, SiteKind
from care.referral import Side, State
from storage.errors import NotFound
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, new_case, new_referral


def change(store: Store, world: World, table: str, **row: object) -> bool:
    """Change one row of the setup."""
    with store.act(OPERATOR) as unit:
        changed = unit.people.put(table, row)
        unit.audit(world.workspace_id, "setup.applied", str(row["id"]))
    return changed


def test_a_slack_identity_is_the_person_it_was_confirmed_for(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        for person in world.people:
            assert reading.people.person(person.team_id, person.user_id) == person


def test_the_user_id_alone_is_nobody(store: Store, world: World) -> None:
    chen, rivera = world.oncologist, world.first_specialist

    with store.read() as reading:
        assert reading.people.person(rivera.team_id, chen.user_id) is None
        assert reading.people.person("", chen.user_id) is None
        assert reading.people.person(chen.team_id, "U0NOBODY") is None


def test_somebody_who_left_is_nobody_and_stays_known_by_name(
    store: Store, world: World
) -> None:
    chen = world.oncologist
    change(store, world, "clinician", id=chen.clinician_id, active=0)

    with store.read() as reading:
        assert reading.people.person(chen.team_id, chen.user_id) is None
        assert reading.people.clinician(chen.clinician_id).name == "Dr Chen"
        assert [one.name for one in reading.people.staff(world.practice_id)] == [
            "Amy Brooks"
        ]
        everybody = reading.people.staff(world.practice_id, inactive=True)
        assert len(everybody) == 2


def test_a_site_comes_back_with_its_hours_days_and_roles(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        practice = reading.people.site(world.practice_id)
        names = [one.name for one in reading.people.sites(world.workspace_id)]

        assert reading.people.sites("T0NOWHERE") == []
    assert names == ["Lakeside Oncology", "University Center"]
    assert (practice.kind, practice.zone) == (SiteKind.PRACTICE, "America/Chicago")
    assert (practice.opens, practice.closes) == (time(8), time(17))
    assert practice.days == (0, 1, 2, 3, 4)
    assert practice.responsible_roles == (Role.ONCOLOGIST, Role.SPECIALIST)


def test_staff_come_in_the_order_of_duty_and_then_by_name(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        staff = reading.people.staff(world.center_id)
        specialists = reading.people.staff(world.center_id, Role.SPECIALIST)
        by_id = reading.people.clinicians([one.id for one in specialists])

    assert [one.key for one in staff] == ["rivera", "osei", "noor", "sam"]
    assert [one.key for one in specialists] == ["rivera", "osei"]
    assert {one.key for one in by_id.values()} == {"rivera", "osei"}


def test_a_member_is_the_person_as_the_rules_see_them(
    store: Store, world: World
) -> None:
    with store.read() as reading:
        found = reading.people.clinician(world.first_specialist.clinician_id)

    assert found.member == world.first_specialist.member


def test_administrators_are_those_of_the_workspace(store: Store, world: World) -> None:
    with store.read() as reading:
        found = reading.people.administrators(world.workspace_id)
        assert [one.key for one in found] == ["sam"]
        assert reading.people.administrators("T0NOWHERE") == []


def test_the_workspace_is_known(store: Store, world: World) -> None:
    with store.read() as reading:
        [workspace] = reading.people.workspaces()

    assert (workspace.id, workspace.bot_user_id) == (world.workspace_id, "U0BATON")


def test_the_link_is_found_by_its_id_and_its_sites(store: Store, world: World) -> None:
    with store.read() as reading:
        link = reading.people.link(world.link_id)
        assert (link.practice_id, link.center_id) == (
            world.practice_id,
            world.center_id,
        )
        assert reading.people.links() == [link]
        for site_id in (world.practice_id, world.center_id):
            assert reading.people.links(site_id=site_id) == [link]
        assert reading.people.links(site_id="elsewhere") == []


def test_a_link_that_ended_is_found_by_its_id_alone(store: Store, world: World) -> None:
    change(store, world, "link", id=world.link_id, active=0)

    with store.read() as reading:
        assert reading.people.links() == []
        assert not reading.people.link(world.link_id).active


def test_what_is_not_there_is_said_to_be_not_there(store: Store, world: World) -> None:
    with store.read() as reading:
        people = reading.people
        for look_up in (people.site, people.clinician, people.link):
            with pytest.raises(NotFound):
                look_up("nothing")
        assert people.identity_of("nobody") is None
        assert people.identities(["nobody"]) == {}
        assert people.clinicians([]) == {}


def test_setup_that_is_applied_again_changes_nothing_and_says_so(
    store: Store, world: World
) -> None:
    site = {"id": world.practice_id, "name": "Lakeside Oncology", "opens": "08:00"}

    assert change(store, world, "site", **site) is False
    assert change(store, world, "site", **site | {"opens": "07:30"}) is True
    assert change(store, world, "site", **site | {"opens": "07:30"}) is False

    with store.read() as reading:
        assert reading.people.site(world.practice_id).opens == time(7, 30)


def test_a_retired_link_and_clinician_are_inactive(store: Store, world: World) -> None:
    with store.act(OPERATOR) as unit:
        unit.people.retire("link", world.link_id)
        unit.people.retire("clinician", world.second_specialist.clinician_id)
        unit.audit(world.workspace_id, "setup.applied", world.link_id)

    with store.read() as reading:
        assert reading.people.links() == []
        retired = reading.people.clinician(world.second_specialist.clinician_id)
        assert not retired.active
        specialists = reading.people.staff(world.center_id, Role.SPECIALIST)
    assert [one.id for one in specialists] == [world.first_specialist.clinician_id]


def test_other_identities_of_a_clinician_are_forgotten(
    store: Store, world: World
) -> None:
    chen, rivera = world.oncologist, world.first_specialist
    change(
        store,
        world,
        "identity",
        id="identity-chen-2",
        team_id="T0OTHER",
        user_id="U0CHEN2",
        clinician_id=chen.clinician_id,
        confirmed_by="tests",
    )

    with store.act(OPERATOR) as unit:
        told = [
            unit.people.drop_identities(chen.clinician_id, besides="identity-chen-2")
            for _ in range(2)
        ]
        unit.audit(world.workspace_id, "setup.applied", chen.clinician_id)

    assert told == [["identity-chen"], []]
    with store.read() as reading:
        assert reading.people.person(chen.team_id, chen.user_id) is None
        found = reading.people.person("T0OTHER", "U0CHEN2")
        assert found is not None
        assert found.clinician_id == chen.clinician_id
        assert reading.people.person(rivera.team_id, rivera.user_id) == rivera


def test_somebody_with_two_identities_is_always_told_under_the_same(
    store: Store, world: World
) -> None:
    chen = world.oncologist
    change(
        store,
        world,
        "identity",
        id="identity-a-first",
        team_id="T0OTHER",
        user_id="U0CHEN2",
        clinician_id=chen.clinician_id,
        confirmed_by="tests",
    )

    with store.read() as reading:
        one = reading.people.identity_of(chen.clinician_id)
        several = reading.people.identities([chen.clinician_id])

    assert one is not None
    assert several == {chen.clinician_id: one}


WAITING: dict[str, dict[str, object]] = {
    "requested": {"state": State.REQUESTED, "waiting_on": Side.CENTER},
    "taken": {"state": State.ACCEPTED, "taker_id": "clinician-osei"},
    "answered": {"state": State.ANSWERED, "waiting_on": None, "answered_at": T0},
    "closed": {
        "state": State.CLOSED,
        "previous": State.ANSWERED,
        "waiting_on": None,
        "ended_at": T0,
    },
}
"""What a referral is -> its columns; everywhere Dr Rivera was asked."""


@pytest.mark.parametrize(
    ("stands", "busy"),
    [
        ("requested", {"chen", "rivera"}),
        ("taken", {"chen", "osei"}),
        ("answered", {"chen"}),
        ("closed", set()),
    ],
)
def test_a_case_waits_for_its_practice_until_closed_and_for_who_is_to_answer(
    store: Store, world: World, stands: str, busy: set[str]
) -> None:
    with store.act(OPERATOR) as unit:
        case = new_case(unit, world)
        new_referral(unit, world, case, **WAITING[stands])

    with store.read() as reading:
        found = {
            person.clinician_id: reading.people.open_work(person.clinician_id)
            for person in world.people
        }

    waits = {one.removeprefix("clinician-") for one, codes in found.items() if codes}
    assert waits == busy
    assert all(codes in ([], [case.code]) for codes in found.values())


def test_a_case_waits_for_its_responsible_clinician_and_its_referrer(
    store: Store, world: World
) -> None:
    coordinator = world.practice_coordinator.clinician_id
    with store.act(OPERATOR) as unit:
        case = new_case(unit, world)
        for _ in range(2):
            new_referral(unit, world, case, referrer_id=coordinator)

    with store.read() as reading:
        for one in (coordinator, world.oncologist.clinician_id):
            assert reading.people.open_work(one) == [case.code]
