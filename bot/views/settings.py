"""What a person sets for themselves: when their morning list comes."""

from __future__ import annotations

from typing import Any

from bot.digests import DigestSettings
from bot.views import kit
from bot.views.ids import VALUE, Act, Field, Form, FormData
from care.digest import KEPT_ON, Rhythm

TITLE = "Settings"
ON, OFF = "on", "off"
DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
RHYTHM = {
    Rhythm.DAILY: "It comes on each of your working days on which something is due,"
    " and on the first one of each week even if nothing is.",
    Rhythm.NEEDED: "It comes on a working day on which something of yours waits, and"
    " with the week's list on the first one.",
    Rhythm.DUTY: "It comes on your days of duty; on others only with what cannot wait"
    " for the next.",
    Rhythm.WEEKLY: "It comes on your first working day of each week.",
}
KEPT = (
    "Yours is always on: what anybody at your site has missed stands in it, so that"
    " nothing is overlooked. When it comes is yours to choose."
)
WHEN_OFF = "When it is off, you are told of last days alone, one by one."


def settings_button() -> kit.Element:
    """Return the button that opens the settings."""
    return kit.button(TITLE, Act.SETTINGS)


def settings_form(data: FormData, mine: DigestSettings) -> dict[str, Any]:
    """Return the form of what somebody sets for themselves."""
    return kit.modal(
        TITLE,
        [
            kit.section(f"*Morning list*\n{RHYTHM[mine.rhythm]}\n{_next(mine)}"),
            _wanted(mine),
            _time(mine),
            _days(mine),
            _zone(mine),
        ],
        callback_id=Form.DIGEST,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
        external_id=data.intent,
    )


def _next(mine: DigestSettings) -> str:
    if mine.next is None:
        return "It is off now."
    return f"The next can come {kit.moment(mine.next.at)}."


def _wanted(mine: DigestSettings) -> kit.Block:
    if mine.role in KEPT_ON:
        return kit.context(KEPT)
    options = [kit.option("On", ON), kit.option("Off", OFF)]
    radio = kit.radio(VALUE, options, initial=ON if mine.choice.wanted else OFF)
    return kit.field("Is it sent to you?", Field.WANTED, radio, hint=WHEN_OFF)


def _time(mine: DigestSettings) -> kit.Block:
    at = f"{mine.mornings.at:%H:%M}"
    element = {"type": "timepicker", "action_id": VALUE, "initial_time": at}
    return kit.field("Time", Field.AT, element)


def _days(mine: DigestSettings) -> kit.Block:
    options = [kit.option(name, str(day)) for day, name in enumerate(DAYS)]
    element: kit.Element = {
        "type": "checkboxes",
        "action_id": VALUE,
        "options": options,
        "initial_options": [options[day] for day in sorted(mine.mornings.week.days)],
    }
    hint = "Public holidays of your site are left out; their dates come before them."
    return kit.field("Your working days", Field.WEEKDAYS, element, hint=hint)


def _zone(mine: DigestSettings) -> kit.Block:
    element = kit.line_input(VALUE, initial=mine.mornings.zone, most=64)
    hint = f"An IANA zone; that of {mine.site.name} is {mine.site.zone}."
    return kit.field("Time zone", Field.ZONE, element, hint=hint)
