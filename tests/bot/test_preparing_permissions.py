"""Nobody prepares a case they have no part in, and what is refused keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.actions.bridging import Wanted, answer_bridging, request_bridging
from bot.actions.courses import begin_course
from bot.actions.done import Done, perform
from bot.actions.readying import Change, change_item
from bot.preparing import bridging_page, ready_page
from bot.refusals import NoPart, NotForYou, Overtaken
from bot.sheets import make_sheets
from care.bridging import Answer
from care.bridging import Event as Move
from care.journey import Party, Phase
from care.readiness import Event, Item
from care.referral import Kind, State
from storage.actors import Person
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, new_case, new_referral

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

EVERYBODY = (
    "oncologist",
    "practice_coordinator",
    "first_specialist",
    "second_specialist",
    "center_coordinator",
    "administrator",
)
KEEPERS = set(EVERYBODY) - {"oncologist", "administrator"}
SPECIALISTS = {"first_specialist", "second_specialist"}
ASKED = Wanted({one.value: "none" for one in Answer}, (T0 + timedelta(days=9)).date())


@dataclass(frozen=True)
class Place:
    """A course under way, and its world."""

    store: Store
    world: World
    course_id: str
    referral_id: str

    def act(self, action: Callable[..., Done], who: str, **words: object) -> Done:
        """Run an action as a listener would."""
        by: Person = getattr(self.world, who)
        key = f"{who}:{id(words)}"
        return perform(self.store, action, by=by, key=key, **words)

    def asks(self) -> str:
        """Ask for bridging, and return the id of the request."""
        done = self.act(
            request_bridging, "first_specialist", course_id=self.course_id, wanted=ASKED
        )
        return done.subject


@pytest.fixture
def place(store: Store, world: World) -> Place:
    """Return a course that has just begun."""
    with store.act(OPERATOR) as uow:
        referral = new_referral(
            uow,
            world,
            new_case(uow, world),
            kind=Kind.EVALUATION,
            state=State.ACCEPTED,
            taker_id=world.first_specialist.clinician_id,
        )
        begin_course(uow, make_sheets(uow, [referral])[0])
        (course,) = uow.courses.of_cases([referral.case_id])
    return Place(store, world, course.id, referral.id)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_ready_list_is_changed_by_those_who_keep_it(place: Place, who: str) -> None:
    words = {
        "course_id": place.course_id,
        "wanted": Change(Item.RECORDS, Event.DO),
    }

    if who in KEEPERS:
        assert place.act(change_item, who, **words).what == Event.DO
        return
    with pytest.raises(NoPart if who == "administrator" else NotForYou):
        place.act(change_item, who, **words)
    with place.store.read() as reading:
        assert reading.readiness.of_courses([place.course_id]) == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_bridging_is_asked_for_by_the_centers_specialists(
    place: Place, who: str
) -> None:
    words = {"course_id": place.course_id, "wanted": ASKED}

    if who in SPECIALISTS:
        assert place.act(request_bridging, who, **words).what == "bridging asked"
        return
    with pytest.raises(NoPart if who == "administrator" else NotForYou):
        place.act(request_bridging, who, **words)
    with place.store.read() as reading:
        assert reading.bridging.of_courses([place.course_id]) == []
        assert reading.notices.unsettled() == 0


@pytest.mark.parametrize("event", [Move.ACCEPT, Move.COUNTER, Move.WITHDRAW])
@pytest.mark.parametrize("who", EVERYBODY)
def test_a_request_is_answered_by_the_practice_and_withdrawn_by_the_center(
    place: Place, who: str, event: Move
) -> None:
    request_id = place.asks()
    of_center = SPECIALISTS | {"center_coordinator"}
    may = of_center if event is Move.WITHDRAW else {"oncologist"}
    words = {"request_id": request_id, "event": event, "text": "Another way."}

    if who in may:
        assert place.act(answer_bridging, who, **words).what == event
        return
    with pytest.raises(NoPart if who == "administrator" else NotForYou):
        place.act(answer_bridging, who, **words)
    with place.store.read() as reading:
        assert reading.bridging.request(request_id).generation == 1


def test_what_is_not_there_reads_like_what_one_has_no_part_in(place: Place) -> None:
    done = Change(Item.LINE, Event.DO)
    tries: list[tuple[Callable[..., Done], dict[str, object]]] = [
        (change_item, {"course_id": "nowhere", "wanted": done}),
        (request_bridging, {"course_id": "nowhere", "wanted": ASKED}),
        (answer_bridging, {"request_id": "nowhere", "event": Move.ACCEPT}),
    ]

    for action, words in tries:
        with pytest.raises(NoPart, match="no such case"):
            raise _said(place, action, words)


def _said(
    place: Place, action: Callable[..., Done], words: dict[str, object]
) -> Exception:
    try:
        place.act(action, "oncologist", **words)
    except NoPart as refused:
        return NoPart(refused.sentence)
    return AssertionError("it was done")


def test_pages_are_not_shown_without_a_part(place: Place) -> None:
    outsider = place.world.administrator

    for look in (ready_page, bridging_page):
        with place.store.read() as reading, pytest.raises(NoPart):
            look(reading, outsider, place.referral_id)


def test_a_course_that_has_ended_is_prepared_no_more(place: Place) -> None:
    with place.store.act(OPERATOR) as uow:
        course = uow.courses.course_to_change(place.course_id)
        uow.courses.keep(
            replace(course, phase=Phase.ENDED, waits_on=Party.NOBODY, ended_at=uow.now)
        )
        uow.audit(course.workspace_id, "course ended", course.id)
    wanted = Change(Item.LINE, Event.DO)

    with pytest.raises(Overtaken, match="has ended"):
        place.act(
            change_item,
            "center_coordinator",
            course_id=place.course_id,
            wanted=wanted,
        )
    with pytest.raises(Overtaken, match="no bridging can be asked for"):
        place.asks()
