"""What fell silent while a death or an end stood recorded is brought up again after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.asking_for_news import tick_task
from bot.actions.bridging import answer_bridging, request_bridging
from bot.actions.readying import Change, change_item
from bot.refusals import NotForYou, Overtaken
from care.bridging import Event as Move
from care.readiness import Event, Item
from sandbox import Message, Person
from storage.records import Life
from tests.beside import Beside
from tests.bot.acting import submit
from tests.bot.handing import RIVERA, offer
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.test_bridging import ask_bridging
from tests.bot.test_journey_parts import Cast, cast
from tests.bot.test_journey_stories import EXIT, TAKEN_AWAY
from tests.bot.test_preparing_permissions import ASKED, Place, place
from tests.bot.test_ready_list import FRIDAY, block, ready_list
from tests.world import OPERATOR

__all__ = ["cast", "place"]

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
TEN_DAYS = timedelta(days=10)
STILL = "still stands before a barrier"


def brought_up(travel: Travel, who: Person, words: str) -> list[Message]:
    """Return what somebody was told of the case with these words."""
    return [one for one in travel.thread.told(who) if words in one.rendered]


def take_away(travel: Travel, who: Person, step: str) -> None:
    """Take back the last recorded step, which was a slip."""
    travel.page(who).click("Correct", near=f"\n{step}")
    form = travel.shown(who, lambda one: one.submit_label == "Correct")
    form = travel.choose(who, form, step, TAKEN_AWAY)
    form.fill({"Why is it corrected?": "It was another patient."})
    submit(travel.beside, form)


def with_a_barrier(travel: Travel) -> None:
    """Set lodging before a barrier that Sam Brooks sees to."""
    cast = travel.beside.cast
    ready_list(travel, cast.ruiz)
    block(travel, cast.ruiz, FRIDAY)
    while cast.ruiz.modal:
        cast.ruiz.modal.close()


@pytest.mark.story
def test_a_death_that_was_a_slip_silences_nothing_for_good(on_both: Beside) -> None:
    travel, cast = under_way(on_both), on_both.cast
    with_a_barrier(travel)
    ask_bridging(travel)
    offer(travel.thread, cast.chen, RIVERA, action="none")
    travel.record(cast.ruiz, "Death", fields={SAME: "yes"})
    on_both.move_clock(TEN_DAYS)
    asked = "waits for you today"
    assert not brought_up(travel, cast.brooks, asked)
    assert not brought_up(travel, cast.rivera, "waits for a read-back from you")

    take_away(travel, cast.ruiz, "Death")
    on_both.move_clock(timedelta(days=5))

    assert brought_up(travel, cast.ruiz, STILL)
    waits = "the request for bridging waits for Lakeside Oncology's answer"
    assert brought_up(travel, cast.brooks, waits)
    assert brought_up(travel, cast.rivera, "waits for a read-back from you")


@pytest.mark.story
@pytest.mark.parametrize("end", ["Withdraw", "End of the journey"])
def test_an_evaluation_that_is_over_asks_nobody_until_it_goes_on(
    beside: Beside, end: str
) -> None:
    travel, cast = under_way(beside), beside.cast
    with_a_barrier(travel)
    ask_bridging(travel)
    if end == "Withdraw":
        travel.thread.press(cast.chen, end)
    else:
        travel.record(cast.rivera, end, fields=EXIT)
    before = {who.id: len(who.dm()) for who in beside.slack.people}
    beside.move_clock(TEN_DAYS)
    assert {who.id: len(who.dm()) for who in beside.slack.people} == before

    if end == "Withdraw":
        travel.thread.press(cast.chen, "Reopen")
    else:
        take_away(travel, cast.rivera, end)
    beside.move_clock(timedelta(days=5))

    assert brought_up(travel, cast.ruiz, STILL)
    assert brought_up(travel, cast.brooks, "the request for bridging waits for")


@ON_SQLITE
def test_after_a_death_nothing_is_prepared_in_any_course(place: Place) -> None:
    """Also where it was recorded in another course of the case, over another link."""
    request_id = place.asks()
    with place.store.act(OPERATOR) as uow:
        case_id = uow.cases.referral(place.referral_id).case_id
        uow.cases.change_life(case_id, Life.DIED)
        uow.audit(place.world.workspace_id, "patient died", case_id)
        (course,) = uow.courses.of_cases([case_id])
    wanted = Change(Item.RECORDS, Event.DO)

    for action, who, words in (
        (change_item, "center_coordinator", {"wanted": wanted}),
        (request_bridging, "first_specialist", {"wanted": ASKED}),
    ):
        with pytest.raises(Overtaken, match="a death is recorded"):
            place.act(action, who, course_id=course.id, **words)
    with pytest.raises(Overtaken, match="a death is recorded"):
        place.act(
            answer_bridging, "oncologist", request_id=request_id, event=Move.ACCEPT
        )


@ON_SQLITE
@pytest.mark.parametrize("name", ["oncologist", "practice_coordinator"])
def test_the_centers_task_is_not_ticked_off_by_the_practice(
    cast: Cast, name: str
) -> None:
    by = cast.person(name)

    with pytest.raises(NotForYou):
        cast.act(tick_task, by, task_id=cast.task.id)

    with cast.store.read() as reading:
        assert reading.courses.task(cast.task.id).done_at is None
    lead = cast.person("second_specialist")
    assert cast.act(tick_task, lead, task_id=cast.task.id).what == "ticked"
