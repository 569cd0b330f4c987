"""In a browser: the tour, the inspector, and small things that hands do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from sandbox import Sandbox, Settings
from sandbox.screen import Extra, TourStep, dismount, mount
from tests.sandbox.conftest import MANIFEST, Stage
from tests.sandbox.errand import Errands
from tests.sandbox.screen.conftest import PHONE, Desk, Host, Open

pytestmark = pytest.mark.browser


def said(stage: Stage, words: str) -> bool:
    """Whether somebody said this in the shared channel."""
    return any(words in each.text for each in stage.ben.channel(stage.shared))


@pytest.fixture
def address(slack: Sandbox, stage: Stage, host: Host) -> Iterator[str]:
    """Where the screen is, with a tour of three steps."""
    steps = [
        TourStep(
            "Say hello",
            "You are Ada. Say *hello*.",
            stage.ada.id,
            stage.shared.id,
            lambda: said(stage, "hello"),
        ),
        TourStep(
            "Greet her",
            "You are Ben. Say *welcome* in the thread.",
            stage.ben.id,
            stage.shared.id,
            lambda: any(
                "welcome" in each.text
                for root in stage.ben.channel(stage.shared)
                for each in stage.ben.thread(root)
            ),
            lambda: stage.ben.channel(stage.shared)[0].ts,
        ),
        TourStep("Go home", "Done.", stage.ada.id, "dm", lambda: False),
    ]
    extras = [Extra("+1 hour", host.travel)]
    yield mount(slack, extras=extras, tour=steps, restart_tour=host.rest)
    dismount(slack)


def test_the_tour_ticks_itself_leads_on_and_survives_a_reload(
    stage: Stage, host: Host, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)
    tour = desk.page.get_by_role("complementary", name="Tour")
    present = tour.locator("[aria-current=step]")
    expect(present).to_contain_text("Say hello")

    desk.say("hello")
    expect(present).to_contain_text("Greet her")
    expect(tour).to_contain_text("2 of 3")
    tour.get_by_role("link", name="Be Ben Ito").click()

    expect(desk.page.locator(".chip[aria-current]")).to_contain_text("Ben Ito")
    reply = desk.thread.get_by_label("Reply...")
    reply.fill("welcome")
    reply.press("Enter")
    expect(present).to_contain_text("Go home")
    desk.page.reload()
    expect(tour).to_contain_text("3 of 3")

    tour.get_by_role("button", name="Hide the tour").click()
    expect(tour).to_be_hidden()
    desk.page.reload()
    expect(tour).to_be_hidden()
    desk.page.get_by_role("button", name="Show the tour").click()
    tour.get_by_role("button", name="Start again").click()
    expect(desk.page.locator("html[data-busy]")).to_have_count(0)
    assert host.done == ["rest"]


def test_on_a_phone_the_tour_is_a_bar_that_opens(stage: Stage, open_as: Open) -> None:
    phone = open_as(stage.ada, stage.shared.id, size=PHONE)
    bar = phone.page.get_by_role("button", name="Tour, 1 of 3")
    text = phone.page.get_by_text("You are Ada.")
    expect(bar).to_contain_text("Say hello")
    expect(text).to_be_hidden()

    bar.click()

    expect(text).to_be_visible()
    expect(phone.composer).to_be_visible()
    widest = phone.page.evaluate(
        "Math.max(...[...document.querySelectorAll('.tour *')]"
        ".map(each => each.getBoundingClientRect().right))"
    )
    assert widest <= PHONE["width"]


def test_the_inspector_lists_filters_shows_and_stays_open(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)
    inspector = desk.page.get_by_role("region", name="Inspector")
    expect(inspector).to_be_hidden()

    desk.page.get_by_role("button", name="Inspector").click()
    desk.say("/errand help")
    line = inspector.get_by_role("button", name="slash_commands /errand")
    expect(line).to_contain_text("Dr Stone")
    line.click()
    expect(inspector.locator("pre")).to_contain_text('"command": "/errand"')
    expect(inspector.locator("pre")).not_to_contain_text("xoxb-")

    words = inspector.get_by_label("Filter by words")
    words.press_sequentially("auth.test")
    expect(line).to_have_count(0)
    expect(words).to_have_value("auth.test")
    desk.page.get_by_role("link", name="Ben Ito").click()
    expect(desk.page.locator(".chip[aria-current]")).to_contain_text("Ben Ito")
    expect(inspector).to_be_visible()

    inspector.get_by_role("button", name="Pause").click()
    count = inspector.locator(".line").count()
    app.client.auth_test()
    desk.page.wait_for_timeout(700)
    expect(inspector.locator(".line")).to_have_count(count)
    inspector.get_by_role("button", name="Go on").click()
    expect(inspector.locator(".line")).not_to_have_count(count)


def test_ones_own_message_is_changed_and_deleted_by_hand(
    stage: Stage, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)
    desk.say("milk")

    def pick(words: str) -> None:
        desk.message("milk").hover()
        desk.message("milk").get_by_label("More on this message").first.click()
        desk.page.get_by_role("menuitem", name=words).click()

    pick("Edit")
    field = desk.page.get_by_label("Change your message")
    expect(field).to_be_focused()
    field.press_sequentially(", please")
    stage.ben.post(stage.shared, "meanwhile")
    expect(desk.message("meanwhile")).to_be_visible()
    expect(field).to_have_value("milk, please")
    field.press("Enter")
    expect(desk.message("milk, please")).to_contain_text("(edited)")

    pick("Edit")
    field.press("Escape")
    expect(field).to_have_count(0)
    pick("Delete")
    desk.modal.get_by_role("button", name="Delete").click()
    expect(desk.message("milk")).to_have_count(0)
    expect(desk.message("meanwhile")).to_be_visible()


def test_links_and_pins_lead_to_messages_in_the_same_window(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    place = stage.inner.id
    posted = app.client.chat_postMessage(channel=place, text="the root")
    app.client.pins_add(channel=place, timestamp=str(posted["ts"]))
    for number in range(90):
        stage.ben.post(stage.inner, f"line {number:03}")
    link = app.client.chat_getPermalink(channel=place, message_ts=str(posted["ts"]))
    row = {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "open",
                "text": {"type": "plain_text", "text": "Open thread"},
                "url": link["permalink"],
            }
        ],
    }
    app.client.chat_postMessage(channel=stage.shared.id, text="x", blocks=[row])
    desk = open_as(stage.ada, stage.shared.id)

    desk.place.get_by_role("link", name="Open thread").click()
    expect(desk.thread.get_by_text("the root")).to_be_visible()
    expect(desk.page).to_have_url(re.compile(f"at={place}&thread={posted['ts']}"))
    assert len(desk.page.context.pages) == 1

    expect(desk.message("the root")).to_have_count(0)
    desk.place.get_by_text("1 pinned").click()
    desk.place.locator(".pins").get_by_role("button", name="the root").click()
    expect(desk.message("the root")).to_be_in_viewport()


def test_the_clock_goes_on_and_a_window_says_when_its_sandbox_is_gone(
    open_as: Open, address: str
) -> None:
    """The clock of this workspace is moved by nobody's click."""
    now = [1_800_000_000.0]
    settings = Settings(clock=lambda: now[0])
    with Sandbox(MANIFEST, settings=settings, host_name="Elsewhere") as other:
        zoe = other.person("Zoe Other", tz="Etc/UTC")
        where = mount(other, extras=[Extra("Rest", lambda: None)])
        page = open_as(zoe).page
        page.goto(f"{where}/as/{zoe.id}")
        page.wait_for_selector("html[data-ready]")
        desk = Desk(page)
        expect(page.locator(".clock")).to_contain_text("8:00 AM")

        now[0] += 60
        expect(page.locator(".clock")).to_contain_text("8:01 AM")
        dismount(other)

        expect(page.get_by_role("alert")).to_contain_text("not shown any more")
        desk.composer.fill("anybody?")
        desk.composer.press("Enter")
        expect(page.locator("html[data-busy]")).to_have_count(0)
        assert zoe.dm() == []
