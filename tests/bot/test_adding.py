"""Adding one patient who has had CAR T, by the form at their practice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.actions.adding import Told, add_patient
from bot.actions.done import Done, perform
from bot.lookups import case_sheets
from bot.refusals import BadFields, CannotStart
from care.journey import Phase
from care.milestone import Product
from sandbox import Modal
from storage.actors import Person
from storage.unit import Store
from tests.beside import Beside
from tests.bot.acting import CODE, opened_form, opened_page, pinned
from tests.bot.importing import keep_protocol
from tests.bot.test_importing import counts
from tests.world import World

TODAY = date(2026, 11, 24)
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


def told(world: World) -> Told:
    """Return what a practice says of a patient who is back for twenty days."""
    return Told(
        link_id=world.link_id,
        product=Product.ABECMA,
        infused=TODAY - timedelta(days=50),
        returned=TODAY - timedelta(days=20),
        responsible_id=world.oncologist.clinician_id,
    )


def add(store: Store, by: Person, this: Told, key: str = "intent:1") -> Done:
    """Add a patient."""
    return perform(store, add_patient, by=by, key=key, told=this)


def test_a_coordinator_adds_a_patient(store: Store, world: World) -> None:
    keep_protocol(store, world)

    done = add(store, world.practice_coordinator, told(world))

    with store.read() as reading:
        code = reading.cases.case(done.subject).code
        (sheet,) = case_sheets(reading, world.practice_coordinator, code)
        plan = reading.plans.of_cases([done.subject])[0]
        items = reading.items.of_plans([plan.id])
        dms = reading.notices.posts_of(sheet.referral.id, ["plan conditions"])
    assert sheet.courses[0].phase is Phase.HOME
    assert plan.product is Product.ABECMA
    assert items
    # Of one patient it is asked at once, and nothing else is said.
    assert [one.recipient_id for one in dms] == [world.oncologist.clinician_id]
    assert counts(store)["notice"] == 1


def test_the_same_form_twice_is_one_patient(store: Store, world: World) -> None:
    keep_protocol(store, world)

    first = add(store, world.oncologist, told(world))
    second = add(store, world.oncologist, told(world))
    other = add(store, world.oncologist, told(world), key="intent:2")

    assert first == second
    assert other.subject != first.subject
    assert counts(store)["case"] == 2


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"product": None}, "product"),
        ({"infused": None}, "infused"),
        ({"infused": TODAY + timedelta(days=1)}, "infused"),
        ({"infused": date(1990, 1, 1)}, "infused"),
        ({"returned": None}, "returned"),
        ({"returned": TODAY - timedelta(days=51)}, "returned"),
        ({"responsible_id": "clinician-rivera"}, "responsible"),
        ({"responsible_id": ""}, "responsible"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    store: Store, world: World, changes: dict[str, object], field: str
) -> None:
    keep_protocol(store, world)
    before = counts(store)

    with pytest.raises(BadFields) as refused:
        add(store, world.oncologist, replace(told(world), **changes))  # type: ignore[arg-type] # fields by name

    assert set(refused.value.sentences) == {field}
    assert counts(store) == before


@ON_SQLITE
def test_only_the_practice_of_the_link_adds(store: Store, world: World) -> None:
    keep_protocol(store, world)

    for by in (world.first_specialist, world.center_coordinator, world.administrator):
        with pytest.raises(CannotStart):
            add(store, by, told(world))
    with pytest.raises(CannotStart):
        add(store, world.oncologist, replace(told(world), link_id="none"))


def fill(form: Modal, infused: str, returned: str) -> None:
    """Fill the form of a patient of Dr Chen's."""
    form.fill(
        {
            "Product": "Carvykti (cilta-cel)",
            "Infused: how many days ago?": infused,
            "Back at the practice: how many days ago?": returned,
            "Responsible now": "Dr Mei Chen",
        }
    )


@pytest.mark.story
def test_a_patient_is_added_from_my_list_and_the_code_is_shown(
    beside: Beside,
) -> None:
    cast = beside.cast
    cast.brooks.click("My list", pinned(cast.brooks, cast.lakeside))
    page = opened_page(beside, cast.brooks, "Waiting on me")
    page.click("Add a patient who has had CAR T")
    form = opened_form(beside, cast.brooks)
    fill(form, "40", "45")

    wrong = form.submit()
    assert wrong is not None
    assert "Nobody is back before the infusion." in str(wrong.errors)
    fill(form, "40", "12")
    after = form.submit()

    assert after is not None
    code = CODE.search(after.text)
    assert code is not None
    beside.settle()
    shown = cast.brooks.command(f"/baton case {code[0]}").rendered
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in shown
    assert "[Plan]  [Journey]" in shown
    asked = [one.rendered for one in cast.chen.dm() if code[0] in one.rendered]
    assert len(asked) == 1
    in_channel = [one.rendered for one in cast.chen.channel(cast.lakeside)]
    assert not any(code[0] in one for one in in_channel)
