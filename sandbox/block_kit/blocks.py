"""Blocks: which there are, what stands in them, and where Slack shows them."""

from sandbox.block_kit.elements import (
    ALT_TEXT,
    ELEMENTS,
    IMAGE_FIELDS,
    IMAGE_RULES,
)
from sandbox.block_kit.objects import ID, plain, text
from sandbox.block_kit.rich_text import RICH_TEXT
from sandbox.block_kit.rules import (
    Flag,
    Kinds,
    ListOf,
    Record,
    Rule,
    Words,
)
from sandbox.block_kit.together import either

MARKDOWN_MOST = 12_000
"""Characters of all markdown blocks of one message together."""

_SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
)
_CHOICES = ("radio_buttons", "checkboxes", "datepicker", "timepicker", *_SELECTS)
_PRESSED = ("button", "workflow_button", "overflow")
_TYPED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
)

IN_SECTION = ELEMENTS.only("image", *_PRESSED, *_CHOICES)
IN_ACTIONS = ELEMENTS.only(*_PRESSED, *_CHOICES, "datetimepicker", "rich_text_input")
IN_INPUT = ELEMENTS.only(*_CHOICES, *_TYPED, "datetimepicker")
IN_CONTEXT = Kinds({**ELEMENTS.only("image").records, **text().records})

_NAMED: dict[str, Rule] = {"block_id": ID}

BLOCKS = Kinds(
    {
        "section": Record(
            may={
                **_NAMED,
                "text": text(3000),
                "fields": ListOf(text(2000), most=10),
                "accessory": IN_SECTION,
                "expand": Flag(),
            },
            together=(either("text", "fields"),),
        ),
        "header": Record({"text": plain(150)}, _NAMED),
        "divider": Record(may=_NAMED),
        "context": Record({"elements": ListOf(IN_CONTEXT, most=10)}, _NAMED),
        "actions": Record({"elements": ListOf(IN_ACTIONS, most=25)}, _NAMED),
        "input": Record(
            must={"label": plain(2000), "element": IN_INPUT},
            may={
                **_NAMED,
                "hint": plain(2000),
                "optional": Flag(),
                "dispatch_action": Flag(),
            },
        ),
        "image": Record(
            must={"alt_text": ALT_TEXT},
            may={**_NAMED, **IMAGE_FIELDS, "title": plain(2000)},
            together=IMAGE_RULES,
        ),
        "rich_text": RICH_TEXT,
        "markdown": Record({"text": Words(MARKDOWN_MOST)}, _NAMED),
    }
)

_EVERYWHERE = (
    "section",
    "header",
    "divider",
    "context",
    "actions",
    "input",
    "image",
    "rich_text",
)

SURFACES: dict[str, ListOf] = {
    # A message may do without blocks; a view may not.
    "message": ListOf(BLOCKS.only(*_EVERYWHERE, "markdown"), most=50, least=0),
    "modal": ListOf(BLOCKS.only(*_EVERYWHERE), most=100),
    "home": ListOf(BLOCKS.only(*_EVERYWHERE), most=100),
}
