"""What a form of the setup makes of the kept setup, and who may put it into effect."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.actions.done import perform
from bot.actions.setting_up import Channel, change_setup, set_up
from bot.listeners import setup_changes as changes
from bot.listeners.setup_changes import Account, Changed, Entered
from bot.refusals import BadFields, NotForYou, Overtaken, Refusal
from bot.setup_file import EXAMPLE, Key, SetupFile
from bot.setup_reading import KeptSetup, hold_setup, read_kept
from bot.views.ids import Field
from storage.actors import Operator, Person
from storage.records import Workspace
from storage.unit import Store

HOST = Workspace("T0HOST", "University", "U0BATON")
EXAMPLE_SETUP = SetupFile.model_validate(yaml.safe_load(EXAMPLE))
NEW = Account("U0000000099", "T0HOST")
ADA: Mapping[str, tuple[str, ...]] = {
    Field.PERSON_NAME: ("Dr Ada Hill",),
    Field.ROLE: ("oncologist",),
    Field.ACCOUNT: (NEW.user,),
}
HILL: Mapping[str, tuple[str, ...]] = {
    **ADA,
    Field.SITE_KIND: ("practice",),
    Field.SITE_NAME: ("Hill Oncology",),
    Field.PHONE: ("+1 555 0177",),
    Field.ZONE: ("America/Chicago",),
    Field.OPENS: ("08:00",),
    Field.CLOSES: ("17:00",),
    Field.WEEKDAYS: ("mon",),
}
KEY: TypeAdapter[str] = TypeAdapter(Key)


@pytest.fixture
def set_up_store(store: Store) -> Store:
    """Return a store in which the example is in effect."""
    put(store, EXAMPLE_SETUP)
    return store


def put(store: Store, setup: SetupFile) -> None:
    """Put a setup into effect from the command line."""
    by = Operator("tests")
    with store.act(by) as uow:
        set_up(uow=uow, by=by, workspace=HOST, setup=setup, channels=fit(setup))


def fit(setup: SetupFile) -> dict[str, Channel]:
    """Return channels as they must be."""
    return {
        one.channel: Channel(one.channel, is_private=True, has_bot=True)
        for one in setup.links
    }


def kept(store: Store) -> KeptSetup:
    """Return what is in effect."""
    with store.read() as reading:
        return read_kept(reading, HOST.id)


def person(store: Store, user: str, team: str = HOST.id) -> Person:
    """Return somebody of the example by their Slack identity."""
    with store.read() as reading:
        found = reading.people.person(team, user)
    assert found
    return found


def administrator(store: Store) -> Person:
    """Return the administrator of the example."""
    return person(store, "U0000000006")


def change(
    store: Store, by: Person, seen: str, changed: Changed, key: str = "k"
) -> str:
    """Put a change into effect as a form does."""
    return perform(
        store,
        change_setup,
        by=by,
        key=key,
        seen=seen,
        subject=changed.subject,
        setup=changed.setup,
        channels=fit(changed.setup),
    ).what


def renamed(before: KeptSetup, name: str) -> Changed:
    """Return a change of the center's name."""
    told = before.setup.model_dump()
    told["sites"] = [
        one | ({"name": name} if one["key"] == "university" else {})
        for one in told["sites"]
    ]
    return Changed(SetupFile.model_validate(told), "")


@given(name=st.text(max_size=80), others=st.lists(st.text(max_size=80), max_size=5))
def test_any_name_gives_a_key_that_nothing_has(name: str, others: list[str]) -> None:
    taken: set[str] = set()
    for one in (*others, name, name):
        key = changes._free_key(one, taken, "person")

        assert KEY.validate_python(key) == key
        assert key not in taken
        taken.add(key)


@pytest.mark.parametrize(
    ("name", "key"),
    [("Öst-Berg", "ost-berg"), ("O'Neil", "o-neil"), ("李", "person"), ("", "person")],
)
def test_a_key_reads_like_the_name(name: str, key: str) -> None:
    assert changes._free_key(name, (), "person") == key


def test_a_site_that_comes_back_under_its_name_is_the_same_site(
    set_up_store: Store,
) -> None:
    """So that removing it can be undone, with its cases and its people."""
    entered = Entered(HILL)
    put(set_up_store, changes.add_site(kept(set_up_store), entered, NEW).setup)
    hill = kept(set_up_store).setup.sites[0]
    removed = changes.remove_site(kept(set_up_store), hill)
    put(set_up_store, removed.setup)

    again = changes.add_site(kept(set_up_store), entered, NEW)

    assert hill.name == "Hill Oncology"
    assert again.subject == removed.subject
    assert hill in again.setup.sites


def test_a_namesake_at_a_site_that_comes_back_is_somebody_new(
    set_up_store: Store,
) -> None:
    entered = Entered(HILL)
    put(set_up_store, changes.add_site(kept(set_up_store), entered, NEW).setup)
    hill = kept(set_up_store).setup.sites[0]
    put(set_up_store, changes.remove_site(kept(set_up_store), hill).setup)

    other = Account("U0000000098", HOST.id)
    again = changes.add_site(kept(set_up_store), entered, other)

    (staff,) = (one.people for one in again.setup.sites if one.key == hill.key)
    assert [one.key for one in staff] == ["hill-2"]


def test_several_things_that_are_wrong_are_each_said_at_their_field(
    set_up_store: Store,
) -> None:
    wrong: dict[str, Any] = {**HILL, Field.SITE_NAME: ("H",), Field.PHONE: ("1",)}
    wrong[Field.PERSON_NAME] = ()

    with pytest.raises(BadFields) as refused:
        changes.add_site(kept(set_up_store), Entered(wrong), NEW)

    fields = {Field.SITE_NAME, Field.PHONE, Field.PERSON_NAME}
    assert set(refused.value.sentences) == fields


def test_whoever_leaves_stands_in_no_rota(set_up_store: Store) -> None:
    before = kept(set_up_store)
    site = next(one for one in before.setup.sites if one.key == "university")
    entered = Entered(
        {
            Field.DUTY: ("rivera", "okafor"),
            Field.ROTA_STARTS: ("2026-11-23",),
            Field.ROTA_ORDER: ("okafor",),
            Field.URGENT_HOURS: ("4",),
            Field.ADVICE_DAYS: ("2",),
            Field.EVALUATION_DAYS: ("1",),
        }
    )
    put(set_up_store, changes.change_duty(before, site, entered).setup)
    after = kept(set_up_store)
    site = next(one for one in after.setup.sites if one.key == "university")
    okafor = next(one for one in site.people if one.key == "okafor")

    removed = changes.remove_person(after, site, okafor)

    (left,) = (one for one in removed.setup.sites if one.key == "university")
    assert site.rota
    assert left.rota is None
    assert left.duty == ("rivera",)


def test_the_only_link_stays(set_up_store: Store) -> None:
    before = kept(set_up_store)

    with pytest.raises(BadFields, match="A setup needs at least one link"):
        changes.remove_link(before, before.setup.links[0])


def test_an_administrator_puts_a_change_into_effect(set_up_store: Store) -> None:
    before = kept(set_up_store)

    done = change(
        set_up_store,
        administrator(set_up_store),
        before.version,
        renamed(before, "University Hospital"),
    )

    assert done == "set up"
    names = {one.name for one in kept(set_up_store).setup.sites}
    assert "University Hospital" in names


@pytest.mark.parametrize("user", ["U0000000003", "U0000000005"])
def test_nobody_else_puts_a_change_into_effect(set_up_store: Store, user: str) -> None:
    before = kept(set_up_store)
    changed = renamed(before, "University Hospital")

    with pytest.raises(NotForYou, match="Kim Lee"):
        change(set_up_store, person(set_up_store, user), before.version, changed)

    assert kept(set_up_store) == before


def test_a_change_of_what_is_no_more_is_refused(set_up_store: Store) -> None:
    before, lee = kept(set_up_store), administrator(set_up_store)
    change(set_up_store, lee, before.version, renamed(before, "One"), "first")

    with pytest.raises(Overtaken, match="Somebody else changed the setup meanwhile"):
        change(set_up_store, lee, before.version, renamed(before, "Two"), "second")

    assert "Two" not in str(kept(set_up_store).setup)


def test_whoever_changes_the_setup_waits_for_who_does_so_already(
    set_up_store: Store,
) -> None:
    """What was seen is compared with what the other has put into effect, not before."""
    before, lee = kept(set_up_store), administrator(set_up_store)
    told: list[str] = []

    def second() -> None:
        try:
            told.append(
                change(set_up_store, lee, before.version, renamed(before, "Two"))
            )
        except Refusal as refusal:
            told.append(type(refusal).__name__)

    waiting = threading.Thread(target=second)
    by, first = Operator("first"), renamed(before, "One").setup
    with set_up_store.act(by) as uow:
        hold_setup(uow, HOST.id)
        waiting.start()
        waiting.join(0.5)
        was_waiting = waiting.is_alive()
        set_up(uow=uow, by=by, workspace=HOST, setup=first, channels=fit(first))
    waiting.join(10)

    assert was_waiting
    assert told == ["Overtaken"]


def test_the_last_administrator_cannot_be_anything_else(set_up_store: Store) -> None:
    before = kept(set_up_store)
    at = before.person(administrator(set_up_store).clinician_id)
    assert at
    site, kim = at
    entered = Entered({Field.PERSON_NAME: (kim.name,), Field.ROLE: ("lead",)})
    account = Account(kim.slack.user, kim.slack.team or HOST.id)

    with pytest.raises(BadFields) as refused:
        changes.change_person(before, site, kim, entered, account)

    assert set(refused.value.sentences) == {Field.ROLE}
