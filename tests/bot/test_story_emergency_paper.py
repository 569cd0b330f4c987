"""Somebody asks for the emergency sheet to print, and it comes as a message."""

from __future__ import annotations

import io
from urllib.request import urlopen

import pytest
from PIL import Image

from bot.demo.cast import setup_for
from bot.setup_file import SetupFile
from bot.uploading import FILE_NAME
from sandbox import Message, Modal, Person
from sandbox.things import File
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask, opened_page
from tests.bot.concerning import TO_INFUSION, open_concern, take_steps

pytestmark = pytest.mark.story

SEND, SHEET, TEXT = (
    "Send me a page to print",
    "Emergency sheet",
    "Name, written by hand",
)
ON_ITS_WAY = "The page to print comes as a message from Baton to you."
TO_COPY = "Show the text to copy"


def given(beside: Beside) -> Thread:
    """Return a case after its infusion."""
    thread = ask(beside, kind=EVALUATION)
    take_steps(beside, thread, TO_INFUSION)
    return thread


def open_sheet(beside: Beside, thread: Thread, who: Person) -> Modal:
    """Open the sheet from the page of urgent concerns."""
    open_concern(beside, thread, who).click(SHEET)
    return opened_page(beside, who, TEXT)


def send(beside: Beside, who: Person, page: Modal) -> None:
    """Ask for the page to print, and wait until it stands."""
    page.click(SEND)
    opened_page(beside, who, ON_ITS_WAY)
    beside.settle()


def papers(who: Person) -> list[Message]:
    """Return the messages that brought somebody the page."""
    return [one for one in who.dm() if TO_COPY in one.buttons]


def test_the_page_comes_as_one_message_that_can_be_opened_and_printed(
    beside: Beside,
) -> None:
    thread, chen = given(beside), beside.cast.chen
    page = open_sheet(beside, thread, chen)

    send(beside, chen, page)

    [message] = papers(chen)
    [shown] = message.pictures
    image = Image.open(io.BytesIO(shown.content))
    assert (image.format, image.size) == ("PNG", (1654, 2200))
    assert message.text == f"{thread.code}: car t evaluation"
    assert thread.code in message.rendered
    for told in (thread.code, "Chen", "20 Nov", "2026-11-20"):
        assert told not in f"{shown.alt} {shown.title}"
    [file] = [one for one in beside.slack.world.all(File) if one.alt == shown.alt]
    assert (file.name, file.shared_in) == (FILE_NAME, ())
    address = (
        f"{beside.slack.url}/files-pri/{beside.slack.host.id}-{file.id}/{file.name}"
    )
    with urlopen(address) as served:  # noqa: S310 - the sandbox's own
        assert served.headers["Content-Type"] == "image/png"
        assert served.read() == shown.content


def test_pressed_twice_and_in_two_windows_it_comes_once(beside: Beside) -> None:
    """Slack hands in a click twice; an impatient person presses again."""
    thread, chen = given(beside), beside.cast.chen
    page = open_sheet(beside, thread, chen)
    beside.slack.faults.duplicate("interactive/block_actions")

    beside.slack.together(lambda: page.click(SEND), lambda: page.click(SEND))
    shown = opened_page(beside, chen, ON_ITS_WAY)
    beside.settle()

    assert len(papers(chen)) == 1
    assert SEND not in shown.buttons
    assert TEXT in shown.text


def test_where_no_file_can_come_the_words_say_so_and_the_text_stays(
    beside: Beside,
) -> None:
    thread, chen = given(beside), beside.cast.chen
    page = open_sheet(beside, thread, chen)
    forbidden = "file_uploads_disabled"
    beside.slack.faults.refuse("files.getUploadURLExternal", forbidden, times=None)

    send(beside, chen, page)
    page.close(all_at_once=True)

    [message] = papers(chen)
    assert message.pictures == ()
    assert "could not be brought into Slack as a file" in message.rendered
    chen.click(TO_COPY, message)
    copied = opened_page(beside, chen, TEXT)
    assert "Call +1 555 0199" in copied.text


def test_whoever_lost_their_part_meanwhile_gets_no_page(beside: Beside) -> None:
    """It waits while Slack is slow, and is looked at again before it is sent."""
    thread, brooks = given(beside), beside.cast.brooks
    page = open_sheet(beside, thread, brooks)
    limited = beside.slack.faults.limit("files.getUploadURLExternal", 1)

    page.click(SEND)
    beside.slack.until(lambda: limited.hits)
    beside.set_up(without_brooks(beside))
    beside.settle()

    assert papers(brooks) == []
    assert beside.slack.world.all(File) == []


def without_brooks(beside: Beside) -> SetupFile:
    """Return the setup, in which the practice's coordinator has left."""
    told = setup_for(beside.cast)
    people = {
        one.key: tuple(each for each in one.people if each.key != "brooks")
        for one in told.sites
    }
    return told.with_people(people)
