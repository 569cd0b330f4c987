"""The ready list: one tap for done, barriers with a person and a day, reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from care.readiness import Item, State
from sandbox import Modal, Person
from storage.readiness import ReadyItem
from tests.beside import Beside
from tests.bot.acting import opened_page
from tests.bot.journeying import Travel, under_way

pytestmark = pytest.mark.story

THURSDAY = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)
MONDAY = date(2026, 11, 30)
NO_ROOM = {
    "What stands in the way": "No room near the center yet.",
    "Who sees to it": "Sam Brooks",
}
LODGING = "Lodging and transport"


def ready_list(travel: Travel, who: Person) -> Modal:
    """Open the ready list from the journey's page."""
    travel.page(who).click("Ready list")
    return opened_page(travel.beside, who, "Ready: ")


def shown(travel: Travel, who: Person, words: str) -> Modal:
    """Wait until the list says so."""
    return opened_page(travel.beside, who, words)


def tap(travel: Travel, who: Person, label: str, item: str) -> None:
    """Press a button or an entry of an item's menu in the open list."""
    modal = who.modal
    assert modal
    modal.click(label, near=item)
    travel.beside.settle()


def block(
    travel: Travel, who: Person, day: date, item: str = LODGING, **more: str
) -> Modal | None:
    """Set an item of the open list before a barrier; what is left of the form."""
    tap(travel, who, "Barrier", item)
    form = travel.shown(who, lambda one: "Who sees to it" in one.labels)
    form.fill({**NO_ROOM, "By which day": day.isoformat(), **more})
    after = form.submit()
    travel.beside.settle()
    return after


def kept(travel: Travel, item: Item = Item.LODGING) -> ReadyItem:
    """Return how an item is kept."""
    with travel.beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(travel.thread.code)
        assert case
        courses = reading.courses.of_cases([case.id])
        found = reading.readiness.of_courses([one.id for one in courses])
    return next(one for one in found if one.standing.item is item)


def test_an_item_is_done_by_one_tap_and_the_line_counts_it(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast
    page = ready_list(travel, cast.brooks)
    assert "Ready: 0 of 8" in page.text

    tap(travel, cast.brooks, "Done", "Records received")
    page = shown(travel, cast.brooks, "Ready: 1 of 8")

    assert "Done · Sam Brooks" in page.text
    assert kept(travel, Item.RECORDS).standing.state is State.DONE
    assert "Ready: 1 of 8" in travel.page(cast.ruiz).text


def test_what_is_done_can_be_undone(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    tap(travel, cast.ruiz, "Done", "Serologies")
    shown(travel, cast.ruiz, "Ready: 1 of 8")

    tap(travel, cast.ruiz, "Undo", "Serologies")

    shown(travel, cast.ruiz, "Ready: 0 of 8")
    assert kept(travel, Item.SEROLOGIES).standing.state is State.OPEN


def test_a_barrier_has_a_person_and_a_day_and_the_person_is_told(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    ready_list(travel, cast.ruiz)

    page = block(travel, cast.ruiz, FRIDAY)

    assert page is not None
    assert "Ready: 0 of 8 · barrier: lodging (Sam Brooks, this week)" in page.text
    assert "Barrier: Sam Brooks, by Fri 27 Nov" in page.text
    told = travel.thread.told(cast.brooks)[-1]
    assert "Ana Ruiz asks you to see to lodging and transport by Fri 27 Nov." in (
        told.rendered
    )
    assert "> No room near the center yet." in told.rendered
    assert told.buttons[0] == "Done"
    line = "Ready: 0 of 8 · barrier: lodging (Sam Brooks, this week)"
    journey = travel.page(cast.rivera)
    assert line in journey.text
    journey.click("Show the case")
    assert line in opened_page(on_both, cast.rivera, "CAR T evaluation").text


def test_a_barrier_is_lifted_from_the_message_which_then_says_so(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, FRIDAY)

    cast.brooks.click("Done", travel.thread.told(cast.brooks)[-1])
    beside.settle()

    after = travel.thread.told(cast.brooks)[-1]
    assert "lodging and transport: done." in after.rendered
    assert "Done" not in after.buttons
    assert kept(travel).standing.state is State.DONE


def test_what_is_not_needed_says_why(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.brooks)

    tap(travel, cast.brooks, "Not needed", "Interpreter")
    form = travel.shown(cast.brooks, lambda one: bool(one.submit_label))
    form.fill({"Why it is not needed": "Speaks English at home."})
    page = form.submit()

    assert page is not None
    assert "Ready: 1 of 8" in page.text
    assert "> Speaks English at home." in page.text


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"What stands in the way": " "}, "What stands in the way"),
        (
            {"What stands in the way": "Daughter Jane Miller, 555-867-5309"},
            "What stands in the way",
        ),
        ({"By which day": "2026-11-23"}, "By which day"),
        ({"By which day": "2036-11-23"}, "By which day"),
    ],
)
def test_a_barrier_that_says_too_little_or_too_much_stays_in_its_form(
    beside: Beside, written: dict[str, str], field: str
) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)

    form = block(travel, cast.ruiz, FRIDAY, **written)

    assert form is not None
    assert list(form.errors) == [field]
    assert not travel.thread.told(cast.brooks)


def test_those_who_do_not_keep_the_list_read_it_and_change_nothing(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast

    page = ready_list(travel, cast.chen)

    assert LODGING in page.text
    assert "Done" not in page.buttons


def test_two_at_once_lift_and_change_it_and_one_is_told_who_was_faster(
    on_both: Beside,
) -> None:
    travel, cast = under_way(on_both), on_both.cast
    forms = []
    for who in (cast.ruiz, cast.brooks):
        ready_list(travel, who)
        tap(travel, who, "Barrier", LODGING)
        form = travel.shown(who, lambda one: "Who sees to it" in one.labels)
        form.fill({**NO_ROOM, "By which day": FRIDAY.isoformat()})
        forms.append(form)

    left = on_both.slack.together(*(one.submit for one in forms))

    refused = [one for one in left if one is not None and one.errors]
    assert len(refused) == 1
    assert "has set lodging to barrier" in next(iter(refused[0].errors.values()))
    assert kept(travel).generation == 1


def test_a_tap_that_comes_in_twice_counts_once(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.brooks)
    beside.slack.faults.duplicate("interactive/block_actions")

    tap(travel, cast.brooks, "Done", "Line access")
    shown(travel, cast.brooks, "Ready: 1 of 8")

    assert kept(travel, Item.LINE).generation == 1


def test_two_who_tap_done_are_both_served_and_it_is_done_once(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    pages = [ready_list(travel, who) for who in (cast.ruiz, cast.brooks)]

    for page in pages:
        page.click("Done", near="Line access")
    beside.settle()

    assert kept(travel, Item.LINE).generation == 1
    opened_page(beside, cast.brooks, "Ana Ruiz has set line access to done")


def test_the_person_hears_of_it_in_their_morning_and_then_the_coordinator(
    on_both: Beside,
) -> None:
    """Thursday is Thanksgiving: the morning of a barrier is that of a working day."""
    travel, cast = under_way(on_both), on_both.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, THURSDAY, **{"Who sees to it": "Dr Ana Rivera"})
    before = len(travel.thread.told(cast.rivera))

    on_both.set_clock(datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    assert len(travel.thread.told(cast.rivera)) == before
    on_both.set_clock(datetime(2026, 11, 27, 14, 0, tzinfo=UTC))

    on_both.slack.until(lambda: len(travel.thread.told(cast.rivera)) == before + 1)
    told = travel.thread.told(cast.rivera)
    assert "lodging and transport waits for you today." in told[-1].rendered
    on_both.set_clock(datetime(2026, 11, 30, 14, 0, tzinfo=UTC))
    still = "lodging and transport still stands before a barrier"
    on_both.slack.until(
        lambda: any(still in one.rendered for one in travel.thread.told(cast.ruiz))
    )
    assert len(travel.thread.told(cast.rivera)) == before + 1


def test_nobody_is_reminded_of_what_was_done(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, FRIDAY)
    cast.brooks.click("Done", travel.thread.told(cast.brooks)[-1])
    beside.settle()

    beside.move_clock(timedelta(days=6))

    said = [one.rendered for one in travel.thread.told(cast.brooks)]
    assert not [one for one in said if "waits for you today" in one]


def test_another_day_plans_its_reminders_anew(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, FRIDAY)
    block(travel, cast.ruiz, MONDAY)

    beside.set_clock(datetime(2026, 11, 28, 15, 0, tzinfo=UTC))
    said = [one.rendered for one in travel.thread.told(cast.brooks)]
    assert not [one for one in said if "waits for you today" in one]
    beside.set_clock(datetime(2026, 11, 30, 15, 0, tzinfo=UTC))

    def said_today() -> int:
        told = travel.thread.told(cast.brooks)
        return sum("waits for you today" in one.rendered for one in told)

    beside.slack.until(lambda: said_today() == 1)


def test_the_week_of_a_barrier_is_that_of_the_center(beside: Beside) -> None:
    """On a Sunday evening at the center it is Monday in UTC, and not yet there."""
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, MONDAY)
    while cast.ruiz.modal:
        cast.ruiz.modal.close()

    beside.set_clock(datetime(2026, 11, 30, 2, tzinfo=UTC))

    assert "(Sam Brooks, next week)" in travel.page(cast.rivera).text
