"""Composition objects: texts, confirmations, options and their groups."""

import re

from sandbox.block_kit.rules import Flag, Kinds, ListOf, OneOf, Record, Rule, Words

TEXT_MOST = 3000
ID_MOST = 255
URL_MOST = 3000

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)

ID = Words(ID_MOST)
URL = Words(URL_MOST, form=lambda url: bool(_SCHEME.fullmatch(url)), says="invalid url")
STYLE = OneOf(("primary", "danger"))
REFERENCE = Words()
"""The id of a user, a channel or a file, whose form Slack does not promise."""


def plain(most: int) -> Kinds:
    """A text object that only `plain_text` may be."""
    return Kinds({"plain_text": Record({"text": Words(most)}, {"emoji": Flag()})})


def text(most: int = TEXT_MOST) -> Kinds:
    """A text object that may be `plain_text` or `mrkdwn`."""
    mrkdwn = Record({"text": Words(most)}, {"verbatim": Flag()})
    return Kinds({**plain(most).records, "mrkdwn": mrkdwn})


def option(words: Kinds, **more: Rule) -> Record:
    """One thing to choose. Its description may be written as its text may."""
    return Record(
        must={"text": words, "value": Words(150)},
        may={"description": words, **more},
    )


PLAIN_OPTION = option(plain(75))
RICH_OPTION = option(text(75))
LINK_OPTION = option(plain(75), url=URL)

OPTION_GROUP = Record(
    must={"label": plain(75), "options": ListOf(PLAIN_OPTION, most=100)},
)

CONFIRM = Record(
    must={"text": text(300)},
    may={"title": plain(100), "confirm": plain(30), "deny": plain(30), "style": STYLE},
)

DISPATCH = Record(
    may={
        "trigger_actions_on": ListOf(
            OneOf(("on_enter_pressed", "on_character_entered")), most=2
        )
    },
)
