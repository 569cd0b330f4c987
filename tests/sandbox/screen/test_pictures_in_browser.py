"""A picture in a message, as a browser shows it."""

import struct
import zlib

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from tests.sandbox.conftest import Stage
from tests.sandbox.files import image, upload
from tests.sandbox.screen.conftest import Open

pytestmark = pytest.mark.browser

WIDE, HIGH = 1080, 1800
PHONE = {"width": 375, "height": 740}


@pytest.fixture
def tall_png() -> bytes:
    """A grey picture as wide as three phones, and higher."""
    rows = b"".join(b"\0" + b"\x80" * WIDE for _ in range(HIGH))
    header = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", _sum(name, body))
        for name, body in parts
    )


def _sum(name: bytes, body: bytes) -> int:
    return zlib.crc32(name + body)


def test_a_picture_fits_a_phone_and_has_its_words(
    client: WebClient, stage: Stage, open_as: Open, tall_png: bytes
) -> None:
    block = image({"id": upload(client, tall_png)["id"]}, alt="How far it is")
    client.chat_postMessage(channel=stage.inner.id, text="Way", blocks=[block])

    phone = open_as(stage.ada, stage.inner.id, size=PHONE)
    shown = phone.place.get_by_role("img", name="How far it is")

    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    phone.page.wait_for_function(
        "image => image.complete && image.naturalWidth === 1080",
        arg=shown.element_handle(),
    )
    box = shown.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] / box["width"] == pytest.approx(HIGH / WIDE, rel=0.02)
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_a_click_on_a_picture_shows_it_whole(
    client: WebClient, stage: Stage, open_as: Open, tall_png: bytes
) -> None:
    file = upload(client, tall_png)
    client.chat_postMessage(
        channel=stage.inner.id, text="Way", blocks=[image({"id": file["id"]})]
    )
    desk = open_as(stage.ada, stage.inner.id)

    with desk.page.expect_popup() as opened:
        desk.place.get_by_role("img", name="A dot").click()

    expect(opened.value).to_have_url(file["url_private"])
