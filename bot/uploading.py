"""Brings pictures into Slack: an upload publishes nothing, a message or page does.

Slack takes a file in three steps. Completed without a channel it belongs to Baton
alone, until a block shows it; so an upload may be repeated, and one that was for
nothing is seen by nobody. Slack looks through a new file for a moment before a block
may show it. Until then it refuses the block, and the same file has to be tried again:
a new one would begin that moment anew.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from bot.views.kit import Block, shorten
from bot.views.pictured import image, in_words
from scheduler.ports import Picture

log = structlog.get_logger()

FILE_NAME = "picture.png"
"""Says nothing of what is in it, since a file's name is found by search."""

ALT_OF_FILE = 1000
REMEMBERED_SECONDS = 120.0
MOST_REMEMBERED = 64
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Before each further try to show a picture on a page that somebody waits for."""

FRESH = "invalid slack file"
"""How Slack refuses a block whose file it does not know, or not yet."""

View = dict[str, Any]


def upload(client: WebClient, picture: Picture) -> str:
    """Upload a picture that nobody sees yet, and return its file's id.

    Safe to repeat. Raises what the client raises, and OSError.
    """
    told = client.files_getUploadURLExternal(
        filename=FILE_NAME,
        length=len(picture.png),
        alt_txt=shorten(picture.alt, ALT_OF_FILE),
    )
    file_id = str(told["file_id"])
    _send(client, str(told["upload_url"]), picture.png)
    client.files_completeUploadExternal(files=[{"id": file_id}])
    return file_id


def is_fresh(response: Mapping[str, Any] | Any) -> bool:
    """Tell whether Slack refused a block because its file is too new to be shown."""
    told = (response.get("response_metadata") or {}).get("messages") or []
    return any(FRESH in str(one) for one in [*told, *(response.get("errors") or [])])


class Uploads:
    """Uploads pictures, and knows for two minutes which it has uploaded."""

    def __init__(
        self, client: WebClient, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[bytes, tuple[str, float]] = {}

    def file_of(self, picture: Picture) -> str:
        """Return the file of a picture, uploaded now or a moment ago.

        Raises what `upload` raises. Two threads at once may upload it twice, which
        nobody sees.
        """
        key = hashlib.sha256(picture.png + picture.alt.encode()).digest()
        with self._lock:
            self._forget_old()
            known = self._known.get(key)
        if known:
            return known[0]
        file_id = upload(self._client, picture)
        with self._lock:
            self._known[key] = (file_id, self._monotonic())
        return file_id

    def _forget_old(self) -> None:
        since = self._monotonic() - REMEMBERED_SECONDS
        young = [(key, one) for key, one in self._known.items() if one[1] > since]
        self._known = dict(young[-MOST_REMEMBERED:])


def show_on_page(
    client: WebClient,
    picture: Picture,
    page: Callable[[Block], View],
    *,
    pauses: tuple[float, ...] = PAUSES,
    **where: str,
) -> None:
    """Show a page that is open with a picture: in words at once, then as an image.

    `page` makes the page around the block it is given; `where` is the page's
    `external_id` or `view_id`. Where the image cannot be shown the words stay.
    """
    words = in_words(title=picture.title, alt=picture.alt)
    try:
        told = client.views_update(view=page(words), **where)
        # The page may not repeat its external id, and would not be found by it.
        here = {"view_id": str(told["view"]["id"])}
        block = image(upload(client, picture), title=picture.title, alt=picture.alt)
        _show(client, page(block), pauses, here)
    except SlackApiError as error:
        log.info("picture.not_on_page", error=error.response.get("error"))
    except (SlackClientError, OSError) as error:
        log.info("picture.not_on_page", error=type(error).__name__)


def _show(
    client: WebClient, view: View, pauses: tuple[float, ...], where: dict[str, str]
) -> None:
    for pause in pauses:
        try:
            client.views_update(view=view, **where)
        except SlackApiError as error:
            if not is_fresh(error.response):
                raise
            time.sleep(pause)
        else:
            return
    client.views_update(view=view, **where)


def _send(client: WebClient, url: str, content: bytes) -> None:
    """Send the bytes where Slack said, once, as the client would: its own is private.

    Raises OSError, of which urllib's errors are a sort, and SlackRequestError.
    """
    if not url.startswith(("https://", "http://")):
        raise SlackRequestError("Slack gave no address to upload to")
    proxies = {"http": client.proxy, "https": client.proxy} if client.proxy else {}
    opener = build_opener(ProxyHandler(proxies), HTTPSHandler(context=client.ssl))
    request = Request(url, data=content, method="POST")  # noqa: S310 - looked at above
    with opener.open(request, timeout=client.timeout) as answer:
        answer.read()
