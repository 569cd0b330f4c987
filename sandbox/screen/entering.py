"""What a browser says was entered, as `state.values` has it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import forms
from sandbox.errors import NotOnScreen
from sandbox.screen.rich_words import rich_text_of
from sandbox.things import Json, User

BY_ID = ("users_select", "conversations_select", "channels_select")


def entered(
    data: Mapping[str, str], element: Json, user: User, offered: Sequence[Json] = ()
) -> Any:
    """The value in the browser's words: a text in `value`, or several in `values`.
    Options are told by their place among the element's own, or among those that the
    app suggested (`offered`). Raises NotOnScreen for one that is not there.
    """
    kind = element["type"]
    several = [str(each) for each in json.loads(data.get("values") or "[]")]
    one = data.get("value", "")
    if kind.endswith(BY_ID):
        return several if kind.startswith("multi_") else one or None
    if kind in PICKED:
        return PICKED[kind](one, user) if one else None
    options = offered or forms.options(element)
    if kind == "radio_buttons":
        several, one = [], (several or [""])[0]
    if kind == "checkboxes" or kind.startswith("multi_"):
        return [_option(options, each) for each in several]
    return _option(options, one) if one else None


def _option(options: Sequence[Json], place: str) -> Json:
    if not place.isdecimal() or int(place) >= len(options):
        raise NotOnScreen("This option is not offered any more")
    return options[int(place)]


def _instant(local: str, user: User) -> int:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(user.tz))
    return int(moment.timestamp())


PICKED: dict[str, Callable[[str, User], Any]] = {
    **dict.fromkeys((*forms.TEXTS, "datepicker"), lambda text, _: text),
    "timepicker": lambda text, _: text[:5],
    "datetimepicker": _instant,
    "rich_text_input": lambda text, _: rich_text_of(text),
}
