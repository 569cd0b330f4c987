"""What a person reads: messages and views as plain text, in their zone and by name."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.things import Conversation, Json, User
from sandbox.world import World

SPECIAL = re.compile(r"<([^<>]+)>")
STYLES = re.compile(r"(?<!\w)([*_~`])(?=\S)(.+?)(?<=\S)\1(?!\w)")
TOKEN = re.compile(r"\{(\w+)\}")
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
NAMES = {"USLACKBOT": "Slackbot"}
NOON = 12
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Reader:
    """Somebody who reads: whose zone and whose names; `address` is where the image of
    a block's file is fetched, or nothing.
    """

    world: World
    user: User
    address: Callable[[Json], str] = lambda _: ""

    def text(self, mrkdwn: str) -> str:
        """Slack's markup as it is read: names, dates in the zone, no signs of style."""
        parts = SPECIAL.split(mrkdwn)
        read = [
            self._special(part) if place % 2 else html.unescape(_unstyled(part))
            for place, part in enumerate(parts)
        ]
        return "".join(read)

    def blocks(self, blocks: list[Json]) -> str:
        """Blocks from top to bottom, one or more lines each."""
        lines = (self.block(block) for block in blocks)
        return "\n".join(line for line in lines if line)

    def block(self, block: Json) -> str:
        """One block."""
        read = READERS.get(block["type"])
        return read(self, block) if read else ""

    def object(self, text: Json | None) -> str:
        """A text object."""
        if not text:
            return ""
        if text["type"] == "mrkdwn":
            return self.text(text["text"])
        return str(text["text"])

    def name(self, user: str) -> str:
        """What somebody is called."""
        found = self.world.get(User, user)
        return found.shown if found else NAMES.get(user, user)

    def _special(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        if target.startswith("!date^"):
            return self._date(target, label)
        if target.startswith("@"):
            return f"@{self.name(target[1:])}"
        if target.startswith("#"):
            found = self.world.get(Conversation, target[1:])
            return f"#{found.name if found else label}"
        if target.startswith("!"):
            return label or f"@{target[1:]}"
        return label or target

    def _date(self, target: str, fallback: str) -> str:
        try:
            _, seconds, pattern = target.split("^")[:3]
            when = datetime.fromtimestamp(int(seconds), ZoneInfo(self.user.tz))
        except ValueError:
            return fallback
        now = datetime.fromtimestamp(self.world.clock(), when.tzinfo)
        return TOKEN.sub(lambda match: _dated(match[1], when, now), pattern)

    def section(self, block: Json) -> str:
        """A section: its text, its fields, what stands beside it."""
        beside = self.element(block["accessory"]) if "accessory" in block else ""
        parts = [self.object(block.get("text")), beside]
        fields = [self.object(field) for field in block.get("fields", [])]
        return "\n".join(
            part for part in (" ".join(filter(None, parts)), *fields) if part
        )

    def row(self, block: Json) -> str:
        """Context or actions: what stands in one row."""
        parts = (self.element(each) for each in block["elements"])
        return "  ".join(part for part in parts if part)

    def element(self, element: Json) -> str:
        """Something in a row: text, a picture's description, a button, a menu."""
        kind = element["type"]
        if kind in ("mrkdwn", "plain_text"):
            return self.object(element)
        if kind == "image":
            return str(element["alt_text"])
        if kind == "button":
            return f"[{self.object(element['text'])}]"
        if kind == "overflow":
            listed = ", ".join(self.object(each["text"]) for each in element["options"])
            return f"[...: {listed}]"
        return f"[{self.object(element.get('placeholder')) or kind}]"

    def input(self, block: Json) -> str:
        """The label and the hint of an input."""
        parts = (self.object(block["label"]), self.object(block.get("hint")))
        return "\n".join(part for part in parts if part)

    def rich(self, block: Json) -> str:
        """Rich text: sections, lists, quotes."""
        return "\n".join(_lines(self, block["elements"]))

    def inline(self, element: Json) -> str:
        """A piece of rich text."""
        kind = element["type"]
        if kind == "user":
            return f"@{self.name(element['user_id'])}"
        if kind == "date":
            target = f"!date^{element['timestamp']}^{element['format']}"
            return self._date(target, element.get("fallback", ""))
        if kind == "emoji":
            return f":{element['name']}:"
        return str(element.get("text") or element.get("url") or "")


def _lines(reader: Reader, elements: list[Json]) -> Iterator[str]:
    for each in elements:
        if each["type"] == "rich_text_list":
            yield from (f"- {line}" for line in _lines(reader, each["elements"]))
        else:
            yield "".join(reader.inline(piece) for piece in each["elements"])


READERS: dict[str, Callable[[Reader, Json], str]] = {
    "header": lambda reader, block: reader.object(block["text"]),
    "section": Reader.section,
    "context": Reader.row,
    "actions": Reader.row,
    "input": Reader.input,
    "rich_text": Reader.rich,
    "image": lambda _, block: str(block["alt_text"]),
    "markdown": lambda reader, block: reader.text(block["text"]),
    "divider": lambda _, __: "---",
}


def _unstyled(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, STYLES.sub(r"\2", text)
    return text


def _dated(token: str, when: datetime, now: datetime) -> str:
    base, pretty = token.removesuffix("_pretty"), token.endswith("_pretty")
    word = _near(when, now)
    if pretty and word:
        return word
    month, day = when.strftime("%B"), f"{when.day}{ORDINALS.get(when.day, 'th')}"
    hour = when.hour % NOON or NOON
    half = "AM" if when.hour < NOON else "PM"
    forms: dict[str, Any] = {
        "date_num": when.strftime("%Y-%m-%d"),
        "date_slash": when.strftime("%m/%d/%Y"),
        "date": f"{month} {day}, {when.year}",
        "date_short": f"{when:%b} {when.day}, {when.year}",
        "date_long": f"{when:%A}, {month} {day}, {when.year}",
        "time": f"{hour}:{when:%M} {half}",
        "time_secs": f"{hour}:{when:%M:%S} {half}",
        "day_divider": f"{when:%A}, {month} {day}",
        "ago": _ago((now - when).total_seconds()),
    }
    return str(forms.get(base, "{" + token + "}"))


def _near(when: datetime, now: datetime) -> str:
    words = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return words.get((when.date() - now.date()) // timedelta(days=1), "")


def _ago(seconds: float) -> str:
    size, unit = abs(seconds), "second"
    for span, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if size >= span:
            size, unit = size / span, name
            break
    count = int(size)
    amount = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{amount} ago" if seconds >= 0 else f"in {amount}"
