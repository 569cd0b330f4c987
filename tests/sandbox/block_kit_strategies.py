"""Blocks that are right, drawn at random, written without a look at the tables.

Each strategy follows Slack's reference pages. What only some of the judges know,
such as a `mrkdwn` description of an option, is left out: these are the blocks that
all of them must take.
"""

from typing import Any

from hypothesis import strategies as st

from tests.sandbox.block_kit_parts import Json

Some = st.SearchStrategy[Json]
Several = st.SearchStrategy[list[Json]]

_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])


def words(most: int) -> st.SearchStrategy[str]:
    """Draw short texts, and now and then one of the greatest length."""
    short = st.text(_LETTERS, min_size=1, max_size=min(most, 12))
    return short | st.just("x" * most)


def thing(kind: str, must: dict[str, Any], may: dict[str, Any] | None = None) -> Some:
    """Draw an object of this type with its fields, each optional one or not."""
    fixed: dict[str, Any] = {"type": st.just(kind), **must}
    return st.fixed_dictionaries(fixed, optional=may or {})


def plain(most: int) -> Some:
    return thing("plain_text", {"text": words(most)}, {"emoji": st.booleans()})


def text(most: int) -> Some:
    mrkdwn = thing("mrkdwn", {"text": words(most)}, {"verbatim": st.booleans()})
    return plain(most) | mrkdwn


def _options(
    shown: Some, *, most: int, start: int = 0
) -> st.SearchStrategy[list[Json]]:
    """Draw options whose values differ, since the shown texts may not."""

    def numbered(drawn: list[Json]) -> list[Json]:
        return [{**one, "value": f"v{start + n}"} for n, one in enumerate(drawn)]

    one = st.fixed_dictionaries({"text": shown}, optional={"description": plain(75)})
    return st.lists(one, min_size=1, max_size=most).map(numbered)


def _choosing(element: Some, initial: str) -> Some:
    """Add an initial choice that is one of the options, or none."""

    def chosen(drawn: Json) -> Some:
        listed = drawn.get("options") or drawn["option_groups"][0]["options"]
        one = st.sampled_from(listed)
        first = one if initial == "initial_option" else one.map(lambda o: [o])
        return st.just(drawn) | first.map(lambda given: {**drawn, initial: given})

    return element.flatmap(chosen)


@st.composite
def _grouped(draw: st.DrawFn) -> list[Json]:
    groups = []
    for number in range(draw(st.integers(1, 3))):
        listed = draw(_options(plain(75), most=2, start=10 * number))
        groups.append({"label": draw(plain(75)), "options": listed})
    return groups


_ID = {"action_id": st.uuids().map(str)}
_CONFIRM = {
    "confirm": st.fixed_dictionaries(
        {
            "title": plain(100),
            "text": plain(300),
            "confirm": plain(30),
            "deny": plain(30),
        },
        optional={"style": st.sampled_from(["primary", "danger"])},
    )
}
_HINT = {"placeholder": plain(150)}
_DISPATCH = {
    "dispatch_action_config": st.fixed_dictionaries(
        {
            "trigger_actions_on": st.sampled_from(
                [["on_enter_pressed"], ["on_character_entered", "on_enter_pressed"]]
            )
        }
    )
}
_PICK = {**_ID, **_CONFIRM, **_HINT}
_TYPE = {**_ID, **_HINT, **_DISPATCH}
_URL = {"url": st.just("https://center.example/a?b=c")}
_STYLE = {"style": st.sampled_from(["primary", "danger"])}
_U = st.from_regex(r"U[A-Z0-9]{8}", fullmatch=True)
_C = st.from_regex(r"C[A-Z0-9]{8}", fullmatch=True)
_FILTER = {
    "filter": st.fixed_dictionaries(
        {"include": st.sampled_from([["im"], ["private", "public"]])},
        optional={"exclude_bot_users": st.booleans()},
    )
}
_UP_TO = {"max_selected_items": st.integers(3, 9)}


def _several(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(values, min_size=1, max_size=3, unique=True)


IMAGE = thing(
    "image",
    {
        "alt_text": words(2000),
        "image_url": st.just("https://center.example/curve.png"),
    },
)
BUTTON = thing(
    "button",
    {"text": plain(75)},
    {**_ID, **_CONFIRM, **_URL, **_STYLE, "value": words(2000)},
)
OVERFLOW = thing(
    "overflow", {"options": _options(plain(75), most=5)}, {**_ID, **_CONFIRM}
)
RADIO = _choosing(
    thing("radio_buttons", {"options": _options(text(75), most=10)}, _ID),
    "initial_option",
)
CHECKBOXES = _choosing(
    thing("checkboxes", {"options": _options(text(75), most=10)}, _ID),
    "initial_options",
)


def _static(kind: str, initial: str, more: dict[str, Any]) -> Some:
    options = thing(kind, {"options": _options(plain(75), most=12)}, {**_PICK, **more})
    groups = thing(kind, {"option_groups": _grouped()}, {**_PICK, **more})
    return _choosing(options | groups, initial)


SELECTS = st.one_of(
    _static("static_select", "initial_option", {}),
    _static("multi_static_select", "initial_options", _UP_TO),
    thing("external_select", {}, {**_PICK, "min_query_length": st.integers(0, 9)}),
    thing("multi_external_select", {}, {**_PICK, **_UP_TO}),
    thing("users_select", {}, {**_PICK, "initial_user": _U}),
    thing("multi_users_select", {}, {**_PICK, **_UP_TO, "initial_users": _several(_U)}),
    thing("conversations_select", {}, {**_PICK, **_FILTER, "initial_conversation": _C}),
    thing(
        "multi_conversations_select",
        {},
        {**_PICK, **_FILTER, **_UP_TO, "initial_conversations": _several(_C)},
    ),
    thing("channels_select", {}, {**_PICK, "initial_channel": _C}),
    thing(
        "multi_channels_select",
        {},
        {**_PICK, **_UP_TO, "initial_channels": _several(_C)},
    ),
)
DATE = thing("datepicker", {}, {**_PICK, "initial_date": st.dates().map(str)})
TIME = thing(
    "timepicker",
    {},
    {
        **_PICK,
        "initial_time": st.times().map(lambda t: t.strftime("%H:%M")),
        "timezone": st.just("America/Chicago"),
    },
)
INSTANT = thing(
    "datetimepicker",
    {},
    {**_ID, **_CONFIRM, "initial_date_time": st.integers(10**9, 10**10 - 1)},
)


@st.composite
def _number(draw: st.DrawFn) -> Json:
    low, given, high = sorted(draw(st.tuples(*[st.integers(-99, 99)] * 3)))
    bounds = {
        "min_value": str(low),
        "initial_value": str(given),
        "max_value": str(high),
    }
    kept = draw(st.sets(st.sampled_from(sorted(bounds))))
    shell = draw(thing("number_input", {"is_decimal_allowed": st.booleans()}, _TYPE))
    return {**shell, **{name: bounds[name] for name in kept}}


_RICH_STYLE = {
    "style": st.dictionaries(
        st.sampled_from(["bold", "italic", "strike", "code"]),
        st.booleans(),
        min_size=1,
    )
}
TEXT_PART = thing("text", {"text": words(40)}, _RICH_STYLE)
LINK_PART = thing("link", _URL, {**_RICH_STYLE, "text": words(40)})
PARTS = st.one_of(
    TEXT_PART,
    LINK_PART,
    thing("broadcast", {"range": st.sampled_from(["here", "channel", "everyone"])}),
    thing("channel", {"channel_id": _C}, _RICH_STYLE),
    thing("color", {"value": st.just("#3366cc")}),
    thing(
        "date",
        {
            "timestamp": st.integers(0, 2 * 10**9),
            "format": st.just("{date_short_pretty}"),
        },
        {**_URL, "fallback": words(20)},
    ),
    thing("emoji", {"name": st.just("wave")}),
    thing("team", {"team_id": st.just("T0123ABCD")}, _RICH_STYLE),
    thing("user", {"user_id": _U}, _RICH_STYLE),
    thing("usergroup", {"usergroup_id": st.just("S0123ABCD")}, _RICH_STYLE),
)


def _of(parts: Some) -> dict[str, Any]:
    return {"elements": st.lists(parts, max_size=3)}


_BORDER = {"border": st.sampled_from([0, 1])}
RICH_SECTION = thing("rich_text_section", _of(PARTS))
BODIES = st.one_of(
    RICH_SECTION,
    thing(
        "rich_text_list",
        {**_of(RICH_SECTION), "style": st.sampled_from(["bullet", "ordered"])},
        {**_BORDER, "indent": st.integers(0, 4)},
    ),
    thing("rich_text_quote", _of(PARTS)),
    thing("rich_text_preformatted", _of(TEXT_PART | LINK_PART), _BORDER),
)
_BODIES = {"elements": st.lists(BODIES, min_size=1, max_size=3)}

PRESSED = BUTTON | OVERFLOW
CHOICES = RADIO | CHECKBOXES | SELECTS | DATE | TIME
TYPED = st.one_of(
    thing(
        "plain_text_input",
        {},
        {
            **_TYPE,
            "initial_value": words(3000),
            "multiline": st.booleans(),
            "min_length": st.integers(0, 9),
            "max_length": st.integers(9, 3000),
        },
    ),
    _number(),
    thing("email_text_input", {}, {**_TYPE, "initial_value": st.just("a@b.example")}),
    thing("url_text_input", {}, {**_TYPE, "initial_value": st.just("https://b.c")}),
    thing(
        "rich_text_input", {}, {**_TYPE, "initial_value": thing("rich_text", _BODIES)}
    ),
    thing(
        "file_input",
        {},
        {
            **_ID,
            "filetypes": st.just(["pdf", "png"]),
            "max_files": st.integers(1, 10),
        },
    ),
)

# A random id makes block ids differ without a look at the other blocks.
_NAMED = {"block_id": st.uuids().map(str)}


def _distinct_ids(elements: list[Json]) -> bool:
    ids = [one["action_id"] for one in elements if "action_id" in one]
    return len(ids) == len(set(ids))


SECTION = thing(
    "section",
    {"text": text(3000)},
    {
        **_NAMED,
        "fields": st.lists(text(2000), min_size=1, max_size=10),
        "accessory": PRESSED | CHOICES | IMAGE,
        "expand": st.booleans(),
    },
)
_PRESSABLE = st.lists(PRESSED | CHOICES | INSTANT, min_size=1, max_size=4)
ACTIONS = thing("actions", {"elements": _PRESSABLE.filter(_distinct_ids)}, _NAMED)
CONTEXT = thing(
    "context",
    {"elements": st.lists(text(3000) | IMAGE, min_size=1, max_size=10)},
    _NAMED,
)
INPUT = thing(
    "input",
    {"label": plain(2000), "element": CHOICES | INSTANT | TYPED},
    {
        **_NAMED,
        "hint": plain(2000),
        "optional": st.booleans(),
        "dispatch_action": st.booleans(),
    },
)
IMAGE_BLOCK = thing(
    "image",
    {
        "alt_text": words(2000),
        "image_url": st.just("https://center.example/curve.png"),
    },
    {**_NAMED, "title": plain(2000)},
)
RICH_TEXT = thing("rich_text", _BODIES, _NAMED)
HEADER = thing("header", {"text": plain(150)}, _NAMED)
DIVIDER = thing("divider", {}, _NAMED)
MARKDOWN = thing("markdown", {"text": words(400)}, _NAMED)

VIEW_BLOCKS = st.one_of(
    SECTION, ACTIONS, CONTEXT, INPUT, IMAGE_BLOCK, RICH_TEXT, HEADER, DIVIDER
)
BLOCKS = VIEW_BLOCKS | MARKDOWN


@st.composite
def modals(draw: st.DrawFn) -> Json:
    """Draw a modal, with a submit so that it may ask."""
    shell = draw(
        thing(
            "modal",
            {"title": plain(24), "submit": plain(24)},
            {
                "close": plain(24),
                "private_metadata": words(3000),
                "callback_id": words(255),
                "clear_on_close": st.booleans(),
                "notify_on_close": st.booleans(),
            },
        )
    )
    return {**shell, "blocks": draw(st.lists(VIEW_BLOCKS, min_size=1, max_size=4))}
