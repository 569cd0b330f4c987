"""The notice of a morning digest, from what is kept at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.digests import DIGEST, digest_page
from bot.views.digest import digest_blocks
from scheduler.ports import Message, Unneeded
from storage.errors import NotFound
from storage.records import Notice, Way
from storage.unit import Reading


def render_digest(reading: Reading, notice: Notice) -> Message | Unneeded:
    """Return what a digest says now; one of which nothing is left is not sent."""
    try:
        reader = reading.people.clinician(notice.subject)
    except NotFound:
        return Unneeded("the subject is gone")
    if not reader.active:
        return Unneeded("no part")
    page = digest_page(reading, notice, reader)
    if notice.way is Way.POST and page.is_empty and not page.always:
        return Unneeded("done meanwhile")
    return Message("Your morning list", digest_blocks(page))


OF_DIGESTS: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    DIGEST: render_digest
}
