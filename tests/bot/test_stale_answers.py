"""Nobody accepts what they have not read: answers to what was changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.actions.bridging import answer_bridging, request_bridging
from bot.actions.reading_back import ReadBack, read_back
from bot.handoff_fields import CORRECTION, POINT, WHOLE
from bot.refusals import NotForYou, Overtaken
from care.bridging import Answer
from care.bridging import Event as Move
from care.bridging import State as Bridging
from care.handoff import Event, State
from tests.beside import Beside
from tests.bot.acting import opened_form
from tests.bot.handing import QUESTION, RIVERA, SENTENCE, offer, open_read_back, write
from tests.bot.handing import under_way as case_under_way
from tests.bot.journeying import under_way
from tests.bot.test_bridging import ask_bridging, kept, page
from tests.bot.test_handoff_actions import Ward, ward
from tests.bot.test_preparing_permissions import ASKED, Place, place

__all__ = ["place", "ward"]

SAID = "Fever or new confusion; I call the center."
FORGED = [Event.READ_BACK, Event.TAKE_OVER, Event.EXPIRE, Event.GIVE_WAY]
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("event", FORGED)
def test_responsibility_is_not_moved_by_the_form_of_another_move(
    ward: Ward, event: Event
) -> None:
    """Not even where a form came in that says so: nothing would be said back."""
    handoff_id = ward.offer()

    with pytest.raises(NotForYou):
        ward.move(handoff_id, ward.world.first_specialist, event)

    assert ward.responsible == ward.world.oncologist.clinician_id
    assert ward.handoff(handoff_id).state is State.OFFERED


@ON_SQLITE
def test_a_correction_is_not_accepted_by_a_form_from_before_it(ward: Ward) -> None:
    handoff_id = ward.offer()
    ward.say_back(handoff_id)
    before = ward.handoff(handoff_id).generation
    words = {CORRECTION: "Cefepime caused seizures.", POINT: WHOLE}
    ward.move(handoff_id, ward.world.oncologist, Event.CORRECT, **words)
    said = ReadBack(SAID, seen=before)

    with pytest.raises(Overtaken, match="Dr Chen corrected a point after you opened"):
        ward.act(
            read_back, ward.world.first_specialist, handoff_id=handoff_id, said=said
        )

    assert ward.handoff(handoff_id).state is State.CORRECTED
    now = replace(said, seen=ward.handoff(handoff_id).generation)
    ward.act(read_back, ward.world.first_specialist, handoff_id=handoff_id, said=now)
    assert ward.handoff(handoff_id).state is State.ACCEPTED


@ON_SQLITE
@pytest.mark.parametrize("event", [Move.ACCEPT, Move.COUNTER])
def test_a_request_that_was_changed_is_not_answered_unread(
    place: Place, event: Move
) -> None:
    request_id = place.asks()
    other = replace(ASKED, body={one.value: "other" for one in Answer}, seen=1)
    place.act(
        request_bridging, "second_specialist", course_id=place.course_id, wanted=other
    )
    words = {"request_id": request_id, "event": event, "text": "Without daratumumab."}

    with pytest.raises(Overtaken, match="changed meanwhile"):
        place.act(answer_bridging, "oncologist", **words, seen=1)

    with place.store.read() as reading:
        assert reading.bridging.request(request_id).state is Bridging.REQUESTED
    assert place.act(answer_bridging, "oncologist", **words, seen=2).what == event


@pytest.mark.story
def test_a_page_of_a_request_that_was_changed_accepts_nothing(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    stale = page(travel, cast.chen, "waits for Lakeside")
    page(travel, cast.okafor, "waits for Lakeside").click("Change it")
    form = opened_form(beside, cast.okafor)
    form.fill({"Regimen": "Dexamethasone alone."})
    assert form.submit() is None or not form.errors
    beside.settle()

    stale.click("Accept")
    beside.settle()

    (request,) = kept(travel)
    assert request.state is Bridging.REQUESTED
    assert "changed meanwhile" in beside.slack.transcript()


@pytest.mark.story
def test_a_read_back_that_was_open_during_a_second_correction_is_refused(
    beside: Beside,
) -> None:
    thread, cast = case_under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, action="none")
    form = open_read_back(thread, cast.rivera)
    form.fill({QUESTION: SENTENCE})
    assert form.submit() is None
    beside.settle()
    write(thread, cast.chen, "Correct a point", {"What it should be": "No cefepime."})
    form = open_read_back(thread, cast.rivera, "Read back again")
    write(thread, cast.chen, "Correct a point", {"What it should be": "Cefepime: 1 g."})

    form.fill({QUESTION: SENTENCE})
    form.submit()

    assert "corrected a point after you opened this" in form.errors[QUESTION]
    told = thread.told(cast.rivera)[-1]
    assert "Cefepime: 1 g." in told.rendered
    assert "Read back again" in told.buttons
