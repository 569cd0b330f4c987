"""The demo's switch between days and named windows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot.demo import Running, show_screen, start_demo
from bot.demo.cast import setup_for
from bot.demo.shown import NOT_AGREED, SAID, ShownMode, Switch
from bot.demo.travel import Traveller
from bot.setup_file import PrivacyEntry
from care.patient_time import PhiMode
from sandbox.screen import dismount
from tests.beside import Beside
from tests.bot.acting import ask
from tests.sandbox.screen.conftest import ARGUMENTS, DESK

NONE, DAYS = PhiMode.NONE, PhiMode.DAYS

Begin = Callable[..., Running]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start a demo, or start it again after it was ended; the last one too."""
    running: list[Running] = []

    def end() -> None:
        while running:
            acting_on(running.pop()).stop()

    def start(**more: Any) -> Running:
        end()
        more.setdefault("show", lambda *_: "nowhere")
        running.append(start_demo(tmp_path / "demo", cases=False, **more))
        return running[0]

    yield start
    end()


@pytest.fixture
def page() -> Iterator[Page]:
    """Return a window of the machine's own Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        opened = chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield opened.new_context(viewport=DESK).new_page()  # type: ignore[arg-type]  # a ViewportSize is a dictionary
        opened.close()


def acting_on(running: Running) -> Beside:
    """Return a demo in the form in which tests act on it."""
    baton = running.baton
    return Beside(running.slack, running.cast, baton, running.clock, baton.settings)


def switch_of(running: Running) -> Switch:
    """Return the switch of a demo."""
    traveller = Traveller(running.baton, running.clock)
    return Switch(running.baton, running.mode, traveller)


def shown(running: Running) -> PhiMode:
    """Return what of a patient's time is shown now."""
    with running.baton.store.read() as reading:
        return reading.phi_mode


def updated(running: Running) -> list[str]:
    """Return the time stamps of the messages that were brought up to date."""
    calls = running.slack.record.calls("chat.update")
    return [one.arguments["ts"] for one in calls]


@pytest.mark.story
def test_a_demo_shows_days_until_somebody_wants_to_see_what_none_hides(
    begin: Begin,
) -> None:
    running = begin()
    thread, switch = ask(acting_on(running)), switch_of(running)
    before = (shown(running), switch.label())
    running.slack.record.clear()

    said = switch.press()

    assert before == (DAYS, "Show what “none” hides")
    assert (shown(running), switch.label()) == (NONE, "Show days again")
    assert said == SAID[NONE]
    assert updated(running).count(thread.ts) == 1


@pytest.mark.story
def test_pressing_again_shows_days_again(begin: Begin) -> None:
    running = begin()
    thread, switch = ask(acting_on(running)), switch_of(running)
    running.slack.record.clear()

    said = [switch.press(), switch.press()]

    assert said == [SAID[NONE], SAID[DAYS]]
    assert shown(running) is DAYS
    assert updated(running).count(thread.ts) == 2


@pytest.mark.story
def test_a_demo_that_goes_on_shows_what_it_showed(begin: Begin) -> None:
    switch_of(begin()).press()

    again = begin()

    assert shown(again) is NONE
    assert switch_of(again).label() == "Show days again"


@pytest.mark.story
def test_the_switch_says_why_days_stay_hidden_without_an_agreement(
    begin: Begin,
) -> None:
    """Whoever took it back in the setup meant it."""
    running = begin()
    told = setup_for(running.cast, with_colleague=True).model_copy(
        update={"privacy": PrivacyEntry()}
    )
    acting_on(running).set_up(told)
    switch = switch_of(running)

    said = [switch.press(), switch.press()]

    assert said == [SAID[NONE], NOT_AGREED]
    assert shown(running) is NONE


def test_what_is_shown_is_remembered(tmp_path: Path) -> None:
    mode = ShownMode(tmp_path / "shown.txt")
    flipped = [mode.flip(), mode.flip(), mode.flip()]

    assert flipped == [NONE, DAYS, NONE]
    assert ShownMode(tmp_path / "shown.txt")() is NONE


@pytest.mark.browser
def test_in_a_browser_the_switch_turns_round(begin: Begin, page: Page) -> None:
    running = begin(show=show_screen)
    thread = ask(acting_on(running))
    page.goto(running.address)
    page.wait_for_selector("html[data-ready]")
    running.slack.record.clear()

    page.get_by_role("button", name="Show what “none” hides").click()

    expect(page.get_by_role("status")).to_contain_text(SAID[NONE])
    expect(page.get_by_role("button", name="Show days again")).to_be_visible()
    assert shown(running) is NONE
    assert thread.ts in updated(running)
    page.get_by_role("button", name="Show days again").click()
    expect(page.get_by_role("button", name="Show what “none” hides")).to_be_visible()
    assert shown(running) is DAYS
    dismount(running.slack)
