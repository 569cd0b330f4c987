"""The tour: what it ticks, what it keeps, and how it is drawn."""

import logging
from dataclasses import dataclass, field

import pytest

from sandbox.screen.places import DM, Look
from sandbox.screen.tour import Tour, TourStep
from sandbox.screen.tour_view import draw_tour, progress
from tests.sandbox.conftest import Stage
from tests.sandbox.screen.test_tags import Parsed


@dataclass
class Story:
    """What has happened, as a host would know it."""

    happened: set[str] = field(default_factory=set)
    thread: str = ""
    restarts: int = 0

    def begin_again(self) -> None:
        """Nothing has happened yet."""
        self.happened.clear()
        self.restarts += 1


@pytest.fixture
def story() -> Story:
    """A story that has not begun."""
    return Story()


@pytest.fixture
def tour(stage: Stage, story: Story) -> Tour:
    """Ada asks in the shared channel, Ben answers her by message, Cleo thanks."""
    steps = [
        TourStep(
            name,
            f"You are the one who {name}s. Press *{name}*.",
            be.id,
            at,
            lambda name=name: name in story.happened,  # type: ignore[misc]  # the default binds the name
            lambda: story.thread,
        )
        for name, be, at in [
            ("ask", stage.ada, stage.shared.id),
            ("answer", stage.ben, DM),
            ("thank", stage.cleo, stage.shared.id),
        ]
    ]
    return Tour(steps, story.begin_again)


def drawn(stage: Stage, tour: Tour, look: Look | None = None) -> str:
    """The tour's markup as Ada sees it."""
    parts = draw_tour(stage.ada, look or Look(stage.shared.id), tour, "/center")
    return "".join(part.markup for part in parts)


def test_it_begins_with_the_first_step(tour: Tour) -> None:
    assert not tour.look()

    assert tour.present == 0
    assert progress(tour) == "1 of 3"


def test_what_was_done_is_ticked_and_the_next_is_present(
    tour: Tour, story: Story
) -> None:
    story.happened.add("ask")

    assert tour.look()
    assert [tour.is_done(n) for n in range(3)] == [True, False, False]
    assert progress(tour) == "2 of 3"


def test_a_later_step_can_be_done_first(tour: Tour, story: Story) -> None:
    story.happened.add("answer")
    tour.look()
    assert tour.present == 0

    story.happened.add("ask")
    tour.look()

    assert tour.present == 2


def test_a_tick_stays_though_it_was_undone(tour: Tour, story: Story) -> None:
    story.happened.add("ask")
    tour.look()
    story.happened.clear()

    assert not tour.look()
    assert tour.is_done(0)


def test_the_end_says_that_all_is_done(stage: Stage, tour: Tour, story: Story) -> None:
    story.happened |= {"ask", "answer", "thank"}
    tour.look()

    assert tour.present is None
    assert progress(tour) == "all 3 done"
    assert "That was the whole way" in drawn(stage, tour)


def test_starting_again_tells_the_host_and_takes_every_tick_away(
    tour: Tour, story: Story
) -> None:
    story.happened |= {"ask", "answer"}
    tour.look()

    tour.start_again()
    tour.look()

    assert story.restarts == 1
    assert tour.present == 0


def test_a_step_that_cannot_be_looked_at_stays_open_and_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> bool:
        raise RuntimeError("the host is away")

    tour = Tour([TourStep("ask", "Ask.", stage.ada.id, DM, broken)])
    with caplog.at_level(logging.ERROR):
        assert not tour.look()

    assert tour.present == 0
    assert "could not be looked at" in caplog.text


def test_the_present_step_is_open_and_the_others_are_titles(
    stage: Stage, tour: Tour, story: Story
) -> None:
    story.happened.add("ask")
    tour.look()

    shown = Parsed(drawn(stage, tour)).words

    assert "You are the one who answers." in shown
    assert "You are the one who asks." not in shown
    assert "ask, done" in shown
    assert "thank" in shown


def test_a_done_step_is_told_by_words_and_not_by_colour_alone(
    stage: Stage, tour: Tour, story: Story
) -> None:
    story.happened.add("ask")
    tour.look()

    assert "✓" in drawn(stage, tour)
    assert '<span class="spoken">, done</span>' in drawn(stage, tour)


def test_one_click_makes_one_the_person_of_the_step_in_its_place(
    stage: Stage, tour: Tour, story: Story
) -> None:
    story.happened.add("ask")
    story.thread = "1.2"
    tour.look()

    shown = drawn(stage, tour)

    assert f'href="/center/as/{stage.ben.id}?at=dm&amp;thread=1.2"' in shown
    assert "Be Ben Ito" in shown


def test_somebody_who_is_the_person_already_is_led_to_the_place(
    stage: Stage, tour: Tour
) -> None:
    elsewhere, there = Look(DM), Look(stage.shared.id)
    tour.look()

    assert "Take me there" in drawn(stage, tour, elsewhere)
    assert "You are in the right place" in drawn(stage, tour, there)


def test_a_step_in_a_thread_leads_into_the_thread(
    stage: Stage, tour: Tour, story: Story
) -> None:
    story.thread = "1.2"
    tour.look()

    outside = drawn(stage, tour, Look(stage.shared.id))
    inside = drawn(stage, tour, Look(stage.shared.id, thread="1.2"))

    assert 'data-thread="1.2"' in outside
    assert "You are in the right place" in inside


def test_words_of_a_step_show_what_to_press(stage: Stage, tour: Tour) -> None:
    assert "<strong>ask</strong>" in drawn(stage, tour)


def test_a_hidden_tour_and_no_tour_are_not_drawn(stage: Stage, tour: Tour) -> None:
    tour.hidden = True

    assert drawn(stage, tour) == ""
    assert draw_tour(stage.ada, Look(DM), None, "/x") == []
    assert draw_tour(stage.ada, Look(DM), Tour([]), "/x") == []


def test_the_bar_of_a_phone_says_where_one_is(stage: Stage, tour: Tour) -> None:
    tour.look()

    folded = drawn(stage, tour, Look(DM))
    unfolded = drawn(stage, tour, Look(DM, tour_open=True))

    assert "Tour, 1 of 3" in Parsed(folded).words
    assert 'aria-expanded="false"' in folded
    assert 'aria-expanded="true"' in unfolded
