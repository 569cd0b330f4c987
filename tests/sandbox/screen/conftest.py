"""A screen of the sandbox, and browser windows in which people stand before it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from sandbox import Person, Sandbox
from sandbox.screen import Extra, dismount, mount
from tests.sandbox.conftest import Stage

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 5000


@dataclass
class Host:
    """What the host of the screen does beside the workspace."""

    done: list[str] = field(default_factory=list)

    def travel(self) -> str:
        """Pretend that an hour has passed."""
        self.done.append("travel")
        return "It is an hour later"

    def rest(self) -> None:
        """Do something that needs no words."""
        self.done.append("rest")


@dataclass(frozen=True)
class Desk:
    """One window: the page, and what stands where in it."""

    page: Page

    @property
    def place(self) -> Locator:
        """The channel, the messages with the app, or its Home tab."""
        return self.page.locator(".place")

    @property
    def thread(self) -> Locator:
        """The thread at the side."""
        return self.page.locator(".thread.pane")

    @property
    def side(self) -> Locator:
        """The sidebar."""
        return self.page.locator(".side")

    @property
    def modal(self) -> Locator:
        """The modal on top."""
        return self.page.get_by_role("dialog")

    @property
    def composer(self) -> Locator:
        """Where one types into the place."""
        return self.place.locator("textarea[data-say]")

    def say(self, words: str) -> None:
        """Type and press Enter."""
        self.composer.fill(words)
        self.composer.press("Enter")

    def message(self, words: str) -> Locator:
        """The message in the place that has some words."""
        return self.place.get_by_role("article").filter(has_text=words)


Open = Callable[..., Desk]


@pytest.fixture
def host() -> Host:
    """The host of the screen."""
    return Host()


@pytest.fixture
def address(slack: Sandbox, stage: Stage, host: Host) -> Iterator[str]:
    """Where the screen is."""
    extras = [Extra("+1 hour", host.travel, "Time passes"), Extra("Rest", host.rest)]
    yield mount(slack, title="Errand sandbox", extras=extras)
    dismount(slack)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        opened = chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def open_as(address: str, browser: Browser) -> Iterator[Open]:
    """Opens a window as somebody; each is a browser of its own. An error in a page
    fails the test.
    """
    errors: list[str] = []
    contexts = []

    def open_window(person: Person, at: str = "", *, size: object = DESK) -> Desk:
        context = browser.new_context(viewport=size)  # type: ignore[arg-type]  # a ViewportSize is a dictionary
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/as/{person.id}{f'?at={at}' if at else ''}")
        page.wait_for_selector("html[data-ready]")
        return Desk(page)

    yield open_window
    for context in contexts:
        context.close()
    assert errors == []
