"""Rich text: a block of sections, lists, quotes and code, made of styled parts."""

from sandbox.block_kit.objects import ID, REFERENCE, URL
from sandbox.block_kit.rules import (
    Flag,
    Kinds,
    ListOf,
    OneOf,
    Record,
    Rule,
    Whole,
    Words,
)

_STYLE = Record(
    may={name: Flag() for name in ("bold", "italic", "strike", "code", "underline")}
)


def _part(may: dict[str, Rule] | None = None, **must: Rule) -> Record:
    return Record(must=must, may={"style": _STYLE, **(may or {})})


PARTS = Kinds(
    {
        "broadcast": _part(range=OneOf(("here", "channel", "everyone"))),
        "channel": _part(channel_id=REFERENCE),
        "color": _part(value=Words()),
        "date": _part(
            timestamp=Whole(),
            format=Words(),
            may={"fallback": Words(), "url": URL},
        ),
        "emoji": _part(name=Words(), may={"unicode": Words(), "url": URL}),
        "link": _part(url=URL, may={"text": Words(), "unsafe": Flag()}),
        "team": _part(team_id=REFERENCE),
        "text": _part(text=Words()),
        "user": _part(user_id=REFERENCE),
        "usergroup": _part(usergroup_id=REFERENCE),
    }
)

_BORDER = {"border": OneOf((0, 1))}
_SECTION = Record({"elements": ListOf(PARTS, least=0)})

BODIES = Kinds(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": Record(
            must={
                "elements": ListOf(Kinds({"rich_text_section": _SECTION}), least=0),
                "style": OneOf(("bullet", "ordered")),
            },
            may={"indent": Whole(), "offset": Whole(), **_BORDER},
        ),
        "rich_text_quote": Record({"elements": ListOf(PARTS, least=0)}, _BORDER),
        "rich_text_preformatted": Record(
            {"elements": ListOf(PARTS.only("text", "link"), least=0)}, _BORDER
        ),
    }
)

RICH_TEXT = Record({"elements": ListOf(BODIES)}, {"block_id": ID})
