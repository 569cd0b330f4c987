"""A picture on a screen: as an image, or in the words that describe it."""

from __future__ import annotations

from bot.views.kit import Block, escape_within, plain, section, shorten
from scheduler.ports import Picture

ALT = 2000
WORDS = 2900


def image(file_id: str, *, title: str, alt: str) -> Block:
    """Make the image of a file that Slack holds."""
    return {
        "type": "image",
        "slack_file": {"id": file_id},
        "alt_text": shorten(alt, ALT),
        "title": plain(title, ALT),
    }


def in_words(*, title: str, alt: str) -> Block:
    """Make what stands where the image cannot be shown."""
    return section(f"*{escape_within(title, 100)}*\n{escape_within(alt, WORDS - 100)}")


def instead_of(picture: Picture) -> Block:
    """Make what stands where a message's picture cannot be shown."""
    if picture.instead:
        return section(escape_within(picture.instead, WORDS))
    return in_words(title=picture.title, alt=picture.alt)
