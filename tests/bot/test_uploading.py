"""Pictures come into Slack without anybody seeing them, and pages show them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.pictures.swimlane import Mark, Swimlane, describe, draw
from bot.uploading import FILE_NAME, REMEMBERED_SECONDS, Uploads, show_on_page, upload
from bot.views.kit import Block, plain
from sandbox import Modal, Person, Sandbox, views
from sandbox.things import File, User
from scheduler.ports import Picture

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
NO_PAUSES = (0.0, 0.0)
WAY = Swimlane("Way", ("Center",), (Mark("Center", "Consult", "", "now"),))
PICTURE = Picture(draw(WAY), describe(WAY), "The way so far")
VIEWS_UPDATE = "views.update"


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    """Return a workspace with Baton's own manifest."""
    with Sandbox(MANIFEST) as opened:
        yield opened


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    """Return the bot's client, which repeats nothing."""
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def reader(slack: Sandbox) -> Person:
    """Return somebody with an open page that says that it is being fetched."""
    person = slack.person("Dr Chen")
    user = slack.world.need(User, person.id)
    views.open_modal(slack._workspace, user, page(None))
    return person


def page(block: Block | None) -> dict[str, Any]:
    """Return a page, made around what shows the picture."""
    said = {"type": "section", "text": plain("Below is how far it is.")}
    blocks = [said, block] if block else [said]
    return {"type": "modal", "title": plain("Timeline"), "blocks": blocks}


def read(reader: Person) -> Modal:
    """Return the page as it is now."""
    assert reader.modal
    return reader.modal


def test_an_upload_is_kept_and_shown_to_nobody(
    slack: Sandbox, client: WebClient
) -> None:
    file_id = upload(client, PICTURE)

    file = slack.world.need(File, file_id)
    assert (file.bytes, file.alt, file.name) == (PICTURE.png, PICTURE.alt, FILE_NAME)
    assert file.shared_in == ()


def test_a_long_description_fits_the_file_and_is_whole_in_the_block(
    slack: Sandbox, client: WebClient
) -> None:
    file_id = upload(client, Picture(PICTURE.png, "word " * 390, "Way"))

    assert 900 < len(slack.world.need(File, file_id).alt) <= 1000


def test_a_page_shows_the_picture(
    slack: Sandbox, client: WebClient, reader: Person
) -> None:
    show_on_page(client, PICTURE, page, view_id=read(reader).view_id)

    [seen] = read(reader).pictures
    assert (seen.content, seen.alt) == (PICTURE.png, PICTURE.alt)
    assert seen.title == PICTURE.title
    assert len(slack.world.all(File)) == 1


def test_the_words_stand_there_before_the_picture_does(
    slack: Sandbox, client: WebClient, reader: Person
) -> None:
    """Whoever waits has something to read, and keeps it if nothing else comes."""
    view_id = read(reader).view_id
    slack.faults.fail("upload", times=None)

    show_on_page(client, PICTURE, page, view_id=view_id)

    assert read(reader).pictures == ()
    assert "Now: Consult (Center)." in read(reader).text


def test_a_picture_that_is_too_new_is_shown_when_it_can_be(
    slack: Sandbox, client: WebClient, reader: Person
) -> None:
    unready = slack.faults.unready(times=2)

    show_on_page(client, PICTURE, page, pauses=NO_PAUSES, view_id=read(reader).view_id)

    assert unready.hits == 2
    assert len(read(reader).pictures) == 1
    assert len(slack.world.all(File)) == 1


def test_a_page_does_not_wait_for_a_picture_for_ever(
    slack: Sandbox, client: WebClient, reader: Person
) -> None:
    slack.faults.unready(times=None)

    show_on_page(client, PICTURE, page, pauses=NO_PAUSES, view_id=read(reader).view_id)

    assert len(slack.record.calls(VIEWS_UPDATE)) == 1 + len(NO_PAUSES) + 1
    assert read(reader).pictures == ()
    assert "Now: Consult (Center)." in read(reader).text


def test_a_page_that_was_closed_is_left_alone(
    slack: Sandbox, client: WebClient, reader: Person
) -> None:
    open_page = read(reader)
    open_page.close()

    show_on_page(client, PICTURE, page, view_id=open_page.view_id)

    assert reader.modal is None
    assert slack.world.all(File) == []


def test_a_picture_is_uploaded_once_in_two_minutes(
    slack: Sandbox, client: WebClient
) -> None:
    now = [0.0]
    uploads = Uploads(client, monotonic=lambda: now[0])

    first = uploads.file_of(PICTURE)
    now[0] = REMEMBERED_SECONDS - 1
    again = uploads.file_of(PICTURE)
    now[0] = REMEMBERED_SECONDS + 1
    later = uploads.file_of(PICTURE)

    assert first == again != later
    assert len(slack.world.all(File)) == 2


def test_the_same_image_with_other_words_is_another_file(client: WebClient) -> None:
    """The words are part of the file, for who does not see."""
    uploads = Uploads(client)

    one = uploads.file_of(PICTURE)
    other = uploads.file_of(Picture(PICTURE.png, "Other words", PICTURE.title))

    assert one != other


def test_what_failed_is_not_remembered(slack: Sandbox, client: WebClient) -> None:
    uploads = Uploads(client)
    slack.faults.refuse("files.completeUploadExternal", "internal_error")

    with pytest.raises(SlackApiError):
        uploads.file_of(PICTURE)

    assert slack.world.need(File, uploads.file_of(PICTURE)).title


@contextmanager
def listening(answer: bytes) -> Iterator[tuple[str, list[str]]]:
    """Serve one answer to everything; yield the address and the paths asked for."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - as its base names it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base names it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


ELSEWHERE = b'{"ok": true, "file_id": "F0000000A", "upload_url": "URL", "files": []}'


def test_the_bytes_go_through_the_proxy_of_the_client() -> None:
    """A hospital may let nothing out but through its proxy."""
    there = ELSEWHERE.replace(b"URL", b"http://files.slack.invalid/upload/v1/x")
    with listening(there) as (url, asked):
        client = WebClient(token="xoxb-1", base_url=f"{url}/api/", proxy=url)

        upload(client, PICTURE)

    assert "http://files.slack.invalid/upload/v1/x" in asked


@pytest.mark.parametrize("address", ["file:///etc/hostname", "", "ftp://a.b/c"])
def test_bytes_are_sent_to_the_web_only(address: str) -> None:
    with listening(ELSEWHERE.replace(b"URL", address.encode())) as (url, asked):
        client = WebClient(token="xoxb-1", base_url=f"{url}/api/")

        with pytest.raises(SlackRequestError):
            upload(client, PICTURE)

    assert len(asked) == 1
