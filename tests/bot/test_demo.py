"""The demo: cases at their stages, time travel, the tour, and going on later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo import Running, start_demo
from bot.demo.beginning import Beginning
from bot.demo.tour import Story, make_tour
from bot.demo.travel import JUMPS, DemoClock, Traveller, next_working_morning
from care.referral import Side, State
from sandbox.screen import TourStep
from storage.records import Referral
from tests.beside import Beside
from tests.bot.acting import Thread, ask, opened_form, pinned, submit
from tests.bot.handing import BOOKED

pytestmark = pytest.mark.story

HOUR, MORNING, WEEK, MONTH = JUMPS
GENEROUS = 60
"""Seconds within which a demo is ready even on a machine that does much else."""

Begin = Callable[..., Running]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start demos without a browser, one after another in one folder.

    The one before is ended first, and the last with the test.
    """
    running: list[Running] = []

    def end() -> None:
        while running:
            acting_on(running.pop()).stop()

    def start(**more: Any) -> Running:
        end()
        new = start_demo(tmp_path / "demo", show=lambda *_: "nowhere", **more)
        running.append(new)
        new.wait_until_played()
        return new

    yield start
    end()


def acting_on(running: Running) -> Beside:
    """Return a demo in the form in which tests act on it."""
    return Beside(
        running.slack,
        running.cast,
        running.baton,
        running.clock,
        running.baton.settings,
    )


def referrals(running: Running) -> list[Referral]:
    """Return every referral, oldest first."""
    with running.baton.store.read() as reading:
        [center] = [
            one
            for one in reading.people.sites(reading.people.workspaces()[0].id)
            if one.key == "university"
        ]
        found = reading.cases.referrals_at(center.id, list(State))
    return sorted(found, key=lambda one: one.requested_at)


def seen(running: Running) -> dict[str, list[str]]:
    """Return what each person reads, place by place."""
    return {
        person.name: sorted(
            one.rendered
            for place in [*(person.channel(c) for c in person.channels), person.dm()]
            for message in place
            for one in person.thread(message)
        )
        for person in running.slack.people
    }


def story_of(running: Running) -> Story:
    """Return the story that the tour of a demo goes by."""
    beginning = Beginning(running.folder / "tour.json", running.clock.now)
    return Story(running.baton.store, running.cast, beginning)


def ticks(steps: list[TourStep]) -> list[bool]:
    """Return which steps are done."""
    return [one.done() for one in steps]


def test_a_fresh_demo_shows_cases_and_journeys_at_their_stages(begin: Begin) -> None:
    began = datetime.now(UTC)

    running = begin()

    assert datetime.now(UTC) - began < timedelta(seconds=GENEROUS)
    assert [(one.state, one.waiting_on) for one in referrals(running)] == [
        *[(State.CLOSED, None)] * 3,
        (State.ANSWERED, None),
        (State.REQUESTED, Side.PRACTICE),
        (State.REQUESTED, Side.CENTER),
        *[(State.ACCEPTED, Side.CENTER)] * 3,
    ]
    cast = running.cast
    told = [one.rendered for one in cast.brooks.dm()]
    assert any("asks you to see to lodging and transport by" in one for one in told)
    for button in ("Accept", "Read back"):
        asked = [one.buttons for one in cast.chen.dm() if button in one.buttons]
        assert len(asked) == 1
    lakeside = [one.rendered for one in cast.chen.channel(cast.lakeside)]
    prairie = [one.rendered for one in cast.patel.channel(cast.prairie)]
    assert "Loop closed: advice followed" in lakeside[1]
    assert "what came of it?" in lakeside[2]
    assert "Waiting for Prairie Cancer Care" in prairie[1]
    assert "Waiting for University Center · answer by" in prairie[2]


@pytest.mark.again
def test_the_cases_happened_in_the_days_before_and_nothing_of_them_is_unread(
    begin: Begin,
) -> None:
    running = begin()

    chen, lakeside = running.cast.chen, running.cast.lakeside
    first, last = chen.channel(lakeside)[1], running.cast.patel.dm()[-1]
    now = running.clock.now().timestamp()
    assert timedelta(days=5) - timedelta(seconds=now - float(first.ts)) < timedelta(
        minutes=GENEROUS
    )
    assert timedelta(seconds=now - float(last.ts)) < timedelta(hours=2)
    assert running.clock.total < timedelta(minutes=1)
    for person in running.slack.people:
        assert [person.unread(one.id) for one in person.channels] == [
            0 for _ in person.channels
        ]
    assert not [m for m in chen.dm() if "Late" in m.rendered]


def test_a_demo_without_cases_begins_with_the_pinned_messages_alone(
    begin: Begin,
) -> None:
    running = begin(cases=False)

    assert referrals(running) == []
    running.slack.until(lambda: pinned(running.cast.chen, running.cast.lakeside))
    assert abs(running.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_demo_goes_on_with_the_same_threads_where_it_was(begin: Begin) -> None:
    first = begin(cases=False)
    thread = ask(acting_on(first))
    Traveller(first.baton, first.clock).jump(WEEK)
    before, ahead = seen(first), first.clock.total

    again = begin(cases=False)
    acting_on(again).settle()

    assert again.clock.total == ahead > timedelta(days=6)
    assert seen(again) == before
    kept = Thread(acting_on(again), again.cast.lakeside, thread.ts)
    kept.press(again.cast.rivera, "Take it")
    assert "Taken by: @Dr Ana Rivera" in kept.card.rendered


def test_a_fresh_start_forgets_what_was(begin: Begin, tmp_path: Path) -> None:
    first = begin(cases=False)
    ask(acting_on(first))

    fresh = begin(cases=False, fresh=True)

    assert referrals(fresh) == []
    assert fresh.slack.bot_token != first.slack.bot_token


def test_time_travel_moves_the_care_clock_and_not_the_lease_clock(
    begin: Begin,
) -> None:
    running = begin(cases=False)
    traveller = Traveller(running.baton, running.clock)

    said = traveller.jump(WEEK)

    real = datetime.now(UTC)
    with running.baton.store.deliver() as books:
        lease_now = books.lease_now
    with running.baton.store.read() as reading:
        care_now = reading.now
    assert abs(lease_now - real) < timedelta(minutes=1)
    assert abs(care_now - real - timedelta(weeks=1)) < timedelta(minutes=1)
    assert said.endswith("at the center")
    message = running.cast.chen.post(running.cast.lakeside, "a week later")
    assert float(message.ts) >= care_now.timestamp()


@pytest.mark.again
def test_what_falls_due_on_the_way_is_brought_up_in_its_time(begin: Begin) -> None:
    """In a month several are reminded, each as it is due and none of them late."""
    running = begin()
    traveller = Traveller(running.baton, running.clock)
    told = {one.id: len(one.dm()) for one in running.slack.people}

    traveller.jump(WEEK)
    patel = running.cast.patel.dm()[told[running.cast.patel.id] :]
    traveller.jump(MONTH)

    assert "waits for information from you" in patel[0].rendered
    since = {one.name: one.dm()[told[one.id] :] for one in running.slack.people}
    assert since["Dr Ana Rivera"]
    assert any("What came of" in one.rendered for one in since["Dr Mei Chen"])
    for messages in since.values():
        assert not [one for one in messages if "Late: was due" in one.rendered]
    assert len({one.ts[:7] for one in patel}) > 1


def test_a_demo_that_is_stopped_takes_nothing_in_any_more(tmp_path: Path) -> None:
    running = start_demo(tmp_path / "demo", show=lambda *_: "nowhere", cases=False)

    running.stop()

    assert running.slack.connections == 0
    assert not [one for one in threading.enumerate() if one.name == "dispatcher"]


def test_nothing_goes_back_in_time(begin: Begin) -> None:
    running = begin(cases=False)
    traveller = Traveller(running.baton, running.clock)
    before = running.clock.total

    traveller.go_to(running.clock.now() - timedelta(hours=1))

    assert running.clock.total == before


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-23T13:30", "2026-11-23T14:00"),
        ("2026-11-23T14:00", "2026-11-24T14:00"),
        ("2026-11-25T20:00", "2026-11-27T14:00"),
        ("2026-11-27T20:00", "2026-11-30T14:00"),
        ("2026-11-28T04:00", "2026-11-30T14:00"),
        ("2026-03-06T20:00", "2026-03-09T13:00"),
        ("2026-10-30T20:00", "2026-11-02T14:00"),
        ("2026-12-31T20:00", "2027-01-04T14:00"),
    ],
    ids=[
        "same day",
        "at eight",
        "thanksgiving",
        "friday",
        "friday night",
        "spring",
        "autumn",
        "new year",
    ],
)
def test_the_next_morning_is_eight_at_the_practice_on_a_day_on_which_it_works(
    now: str, morning: str
) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert next_working_morning(instant).isoformat() == f"{morning}:00+00:00"


def test_the_clock_remembers_how_far_it_has_gone(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    clock.move(timedelta(hours=3))

    again = DemoClock(tmp_path / "clock.json", begins_ahead=timedelta(days=9))

    assert again.total == timedelta(hours=3)
    assert abs(again.now() - clock.now()) < timedelta(seconds=5)


def test_the_tour_is_played_and_each_step_ticks_itself_in_turn(begin: Begin) -> None:
    running = begin()
    beside, cast = acting_on(running), running.cast
    steps = make_tour(story_of(running))
    acts = tour_acts(running, beside)
    assert ticks(steps) == [False] * len(steps)

    for place, act in enumerate(acts):
        act()
        beside.settle()
        wanted = [n <= place for n in range(len(steps))]
        assert ticks(steps) == wanted, steps[place].title

    assert len(acts) == len(steps)
    assert cast.patel.private == []


def tour_acts(running: Running, beside: Beside) -> list[Callable[[], object]]:
    """Return what one does in each step of the tour, as its words say."""
    cast = running.cast
    played: list[Thread] = []
    traveller = Traveller(running.baton, running.clock)

    def thread() -> Thread:
        return played[0]

    def answer() -> None:
        asked = thread().reply(cast.rivera, "CAR T first, if a slot comes soon.")
        cast.rivera.click("Answer", asked)

    def all_done() -> None:
        *_, digest = (one for one in cast.brooks.dm() if "All done" in one.buttons)
        cast.brooks.click("All done", digest)

    def give_as_guest() -> None:
        card = cast.patel.channel(cast.prairie)[1]
        cast.patel.click("Give information", card)
        form = opened_form(beside, cast.patel)
        form.fill({"What was asked for": "Standard risk; a caregiver at home."})
        submit(beside, form)

    return [
        lambda: played.append(ask(beside)),
        lambda: thread().press_last(cast.rivera, "Take it"),
        lambda: thread().write(
            cast.rivera,
            "Ask for information",
            {"What do you need to know?": "Which cytogenetics?"},
        ),
        lambda: thread().write(
            cast.brooks, "Give information", {"What was asked for": "Standard."}
        ),
        answer,
        lambda: close_from_message(beside, thread()),
        lambda: record_apheresis(beside),
        lambda: read_back(beside),
        lambda: traveller.jump(MORNING),
        all_done,
        lambda: traveller.jump(WEEK),
        give_as_guest,
    ]


def record_apheresis(beside: Beside) -> None:
    """Record the next step of the first journey by its card, as the tour says."""
    ruiz, lakeside = beside.cast.ruiz, beside.cast.lakeside
    [card] = [m for m in ruiz.channel(lakeside) if "Record apheresis" in m.buttons]
    ruiz.click("Record apheresis", card)
    form = opened_form(beside, ruiz)
    form.fill({"Apheresis": "Happened"})
    submit(beside, form)


def read_back(beside: Beside) -> None:
    """Read the offered return back by the direct message, as the tour says."""
    chen = beside.cast.chen
    [offer] = [one for one in chen.dm() if "Read back" in one.buttons]
    chen.click("Read back", offer)
    form = opened_form(beside, chen)
    form.fill({"What would make you call, and whom?": "Fever; I call the center."})
    form.fill(BOOKED)
    submit(beside, form)


def close_from_message(beside: Beside, thread: Thread) -> None:
    """Close the loop by the button of the direct message, as the tour says."""
    chen = beside.cast.chen
    chen.click("Close the loop", thread.told(chen)[-1])
    form = opened_form(beside, chen)
    form.fill(
        {
            "What came of it?": "Advice followed",
            "Was the patient told?": "By the practice",
        }
    )
    submit(beside, form)


def test_an_answer_at_once_ticks_taking_it_too(begin: Begin) -> None:
    running = begin(cases=False)
    story, cast = story_of(running), running.cast
    thread = ask(acting_on(running))

    asked = thread.reply(cast.rivera, "CAR T first.")
    cast.rivera.click("Answer", asked)
    acting_on(running).settle()

    assert (story.taken(), story.answered()) == (True, True)
    assert not story.information_asked()
    assert not story.closed()


def test_a_guest_who_refers_has_done_it_with_buttons_too(begin: Begin) -> None:
    running = begin(cases=False)
    story, cast = story_of(running), running.cast
    assert not story.guest_acted()

    ask(acting_on(running), cast.patel, channel=cast.prairie)

    assert story.guest_acted()
    assert not story.asked()


def test_a_tour_that_begins_again_forgets_what_was_done_before(begin: Begin) -> None:
    running = begin(cases=False)
    story = story_of(running)
    thread = ask(acting_on(running))
    assert story.asked()
    assert story.thread() == thread.ts

    story.beginning.renew()

    assert not story.asked()
    assert story.thread() == ""


def test_a_tour_that_began_goes_on_after_a_restart(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    first = Beginning(tmp_path / "tour.json", lambda: noon)

    later = Beginning(tmp_path / "tour.json", lambda: noon + timedelta(days=1))

    assert later.at == first.at == noon


def test_a_tour_that_was_to_begin_later_and_never_did_begins_at_the_next_start(
    begin: Begin,
) -> None:
    """As after a demo that was ended while its journeys were still played."""
    first = begin(cases=False)
    soon = first.clock.now() + timedelta(days=365)
    Beginning(first.folder / "tour.json", lambda: soon).renew()

    again = begin(cases=False)

    assert story_of(again).beginning.at <= again.clock.now()


def test_each_step_leads_to_somebody_in_a_place_where_they_are(begin: Begin) -> None:
    running = begin(cases=False)
    people = {one.id: one for one in running.slack.people}

    for step in make_tour(story_of(running)):
        inside = [one.id for one in people[step.be].channels]
        assert step.at in ("dm", *inside), step.title
        assert len(step.text) < 220, "a step is read at a glance"


def test_the_tour_asks_dr_rivera_however_often_it_is_taken(begin: Begin) -> None:
    running = begin(cases=False)

    for _ in range(2):
        thread = ask(acting_on(running))
        assert "On duty: @Dr Ana Rivera" in thread.card.rendered
