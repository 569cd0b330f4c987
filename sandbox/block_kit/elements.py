"""Block elements: what a person presses, chooses or fills in, and images."""

import re
from datetime import date

from sandbox.block_kit.objects import (
    CONFIRM,
    DISPATCH,
    ID,
    LINK_OPTION,
    OPTION_GROUP,
    PLAIN_OPTION,
    REFERENCE,
    RICH_OPTION,
    STYLE,
    URL,
    plain,
)
from sandbox.block_kit.rich_text import RICH_TEXT
from sandbox.block_kit.rules import (
    Flag,
    Kinds,
    ListOf,
    OneOf,
    Record,
    Rule,
    Together,
    Whole,
    Words,
)
from sandbox.block_kit.together import (
    either,
    in_order,
    initial_fit,
    initial_is_listed,
    not_both,
    number_fits,
    options_differ,
)

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_date(given: str) -> bool:
    if not _DATE.fullmatch(given):
        return False
    try:
        date.fromisoformat(given)
    except ValueError:
        return False
    return True


DATE = Words(form=_is_date, says="must be a date as YYYY-MM-DD")
TIME = Words(
    form=lambda given: bool(_TIME.fullmatch(given)), says="must be a time as HH:mm"
)
NUMBER = Words(
    form=lambda given: bool(_NUMBER.fullmatch(given)), says="must be a number"
)

# The fields that many elements share.
_ACTION: dict[str, Rule] = {"action_id": ID}
_CONFIRMED: dict[str, Rule] = {**_ACTION, "confirm": CONFIRM}
_CHOSEN: dict[str, Rule] = {**_CONFIRMED, "focus_on_load": Flag()}
_PICKED: dict[str, Rule] = {**_CHOSEN, "placeholder": plain(150)}
_TYPED: dict[str, Rule] = {
    **_ACTION,
    "focus_on_load": Flag(),
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH,
}
_SEVERAL: dict[str, Rule] = {"max_selected_items": Whole(1)}
_OPTIONS: dict[str, Rule] = {
    "options": ListOf(PLAIN_OPTION, most=100),
    "option_groups": ListOf(OPTION_GROUP, most=100),
}
_SEARCHED: dict[str, Rule] = {"min_query_length": Whole()}
_ANSWERED: dict[str, Rule] = {"response_url_enabled": Flag()}
_CONVERSATION: dict[str, Rule] = {
    "default_to_current_conversation": Flag(),
    "filter": Record(
        may={
            "include": ListOf(OneOf(("im", "mpim", "private", "public"))),
            "exclude_bot_users": Flag(),
            "exclude_external_shared_channels": Flag(),
        },
        together=(
            either(
                "include",
                "exclude_bot_users",
                "exclude_external_shared_channels",
                at_type=False,
            ),
        ),
    ),
}
_ONE_OPTION: dict[str, Rule] = {"initial_option": PLAIN_OPTION}
_MANY_OPTIONS: dict[str, Rule] = {"initial_options": ListOf(PLAIN_OPTION, most=100)}
_IDS = ListOf(REFERENCE, least=0)

_FROM_OPTIONS: tuple[Together, ...] = (options_differ, initial_is_listed)
_FROM_EITHER: tuple[Together, ...] = (
    either("options", "option_groups"),
    not_both("options", "option_groups"),
    *_FROM_OPTIONS,
)

_FILE_ID = re.compile(r"[F][A-Z0-9]{8,}", re.ASCII)
FILE_ID = Words(
    form=lambda given: bool(_FILE_ID.fullmatch(given)),
    says="input must match regex pattern: ^[F][A-Z0-9]{8,}$",
)
SLACK_FILE = Record(
    may={"id": FILE_ID, "url": URL},
    together=(either("id", "url", at_type=False), not_both("id", "url")),
)
IMAGE_FIELDS: dict[str, Rule] = {"image_url": URL, "slack_file": SLACK_FILE}
IMAGE_RULES: tuple[Together, ...] = (
    either("image_url", "slack_file"),
    not_both("image_url", "slack_file"),
)
ALT_TEXT = Words(2000)

ELEMENTS = Kinds(
    {
        "image": Record({"alt_text": ALT_TEXT}, IMAGE_FIELDS, IMAGE_RULES),
        "button": Record(
            must={"text": plain(75)},
            may={
                **_CONFIRMED,
                "value": Words(2000),
                "url": URL,
                "style": STYLE,
                "accessibility_label": Words(75),
            },
        ),
        "workflow_button": Record(
            must={
                "text": plain(75),
                "workflow": Record(
                    {
                        "trigger": Record(
                            {"url": URL},
                            {
                                "customizable_input_parameters": ListOf(
                                    Record({"name": Words(), "value": Words()})
                                )
                            },
                        )
                    }
                ),
            },
            may={**_CONFIRMED, "style": STYLE, "accessibility_label": Words(75)},
        ),
        "overflow": Record(
            must={"options": ListOf(LINK_OPTION, most=5)},
            may=_CONFIRMED,
            together=(options_differ,),
        ),
        "radio_buttons": Record(
            must={"options": ListOf(RICH_OPTION, most=10)},
            may={**_CHOSEN, "initial_option": RICH_OPTION},
            together=_FROM_OPTIONS,
        ),
        "checkboxes": Record(
            must={"options": ListOf(RICH_OPTION, most=10)},
            may={**_CHOSEN, "initial_options": ListOf(RICH_OPTION, most=10)},
            together=_FROM_OPTIONS,
        ),
        "static_select": Record(
            may={**_PICKED, **_OPTIONS, **_ONE_OPTION},
            together=_FROM_EITHER,
        ),
        "multi_static_select": Record(
            may={**_PICKED, **_SEVERAL, **_OPTIONS, **_MANY_OPTIONS},
            together=(*_FROM_EITHER, initial_fit("initial_options")),
        ),
        "external_select": Record(may={**_PICKED, **_SEARCHED, **_ONE_OPTION}),
        "multi_external_select": Record(
            may={**_PICKED, **_SEVERAL, **_SEARCHED, **_MANY_OPTIONS},
            together=(initial_fit("initial_options"),),
        ),
        "users_select": Record(may={**_PICKED, "initial_user": REFERENCE}),
        "multi_users_select": Record(
            may={**_PICKED, **_SEVERAL, "initial_users": _IDS},
            together=(initial_fit("initial_users"),),
        ),
        "conversations_select": Record(
            may={
                **_PICKED,
                **_CONVERSATION,
                **_ANSWERED,
                "initial_conversation": REFERENCE,
            },
        ),
        "multi_conversations_select": Record(
            may={
                **_PICKED,
                **_SEVERAL,
                **_CONVERSATION,
                "initial_conversations": _IDS,
            },
            together=(initial_fit("initial_conversations"),),
        ),
        "channels_select": Record(
            may={**_PICKED, **_ANSWERED, "initial_channel": REFERENCE},
        ),
        "multi_channels_select": Record(
            may={**_PICKED, **_SEVERAL, "initial_channels": _IDS},
            together=(initial_fit("initial_channels"),),
        ),
        "datepicker": Record(may={**_PICKED, "initial_date": DATE}),
        "timepicker": Record(
            may={**_PICKED, "initial_time": TIME, "timezone": Words()},
        ),
        "datetimepicker": Record(
            # Slack wants a Unix time of ten digits, in seconds.
            may={**_CHOSEN, "initial_date_time": Whole(1_000_000_000, 9_999_999_999)},
        ),
        "plain_text_input": Record(
            may={
                **_TYPED,
                "initial_value": Words(3000, least=0),
                "multiline": Flag(),
                "min_length": Whole(0, 3000),
                "max_length": Whole(1, 3000),
            },
            together=(in_order("min_length", "max_length"),),
        ),
        "number_input": Record(
            must={"is_decimal_allowed": Flag()},
            may={
                **_TYPED,
                "initial_value": NUMBER,
                "min_value": NUMBER,
                "max_value": NUMBER,
            },
            together=(number_fits,),
        ),
        "email_text_input": Record(may={**_TYPED, "initial_value": Words(least=0)}),
        "url_text_input": Record(may={**_TYPED, "initial_value": Words(least=0)}),
        "rich_text_input": Record(
            may={
                **_TYPED,
                "initial_value": Kinds({"rich_text": RICH_TEXT}),
                "min_lines": Whole(1),
                "max_lines": Whole(1),
            },
            together=(in_order("min_lines", "max_lines"),),
        ),
        "file_input": Record(
            may={
                **_ACTION,
                "filetypes": ListOf(Words()),
                "max_files": Whole(1, 10),
            },
        ),
    }
)
