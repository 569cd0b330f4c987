"""A practice with two oncologists, and what they do about cover in these tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.demo.cast import CENTRAL, Cast, setup_for
from bot.setup_file import SetupFile
from sandbox import HomeTab, Message, Modal, Person, Sandbox
from storage.covers import KeptCover
from tests.beside import Beside
from tests.bot.acting import opened_form, submit

LOCAL = ZoneInfo(CENTRAL)
MORNING = "Wed 25 Nov 08:00, the morning"
WEEKEND = "Mon 30 Nov 08:00, after the weekend"
CLOSING = "Tue 24 Nov 17:00, at closing"
OTHER = "Another time"
ALL = "All patients"

SetUp = Callable[[Sandbox, Cast], SetupFile]


def osei_of(slack: Sandbox) -> Person:
    """Return the second oncologist of the practice."""
    return slack.person("Dr Omar Osei", tz=CENTRAL, title="Oncologist")


def with_osei(slack: Sandbox, cast: Cast) -> SetupFile:
    """Return a setup like the demo's, with a colleague of Dr Chen's."""
    osei = osei_of(slack)
    cast.lakeside.add(osei)
    told = setup_for(cast).model_dump(mode="json", exclude_none=True)
    practice = next(one for one in told["sites"] if one["key"] == "lakeside")
    account = {"user": osei.id, "team": osei.team}
    practice["people"].append(
        {"key": "osei", "name": osei.name, "role": "oncologist", "slack": account}
    )
    return SetupFile.model_validate(told)


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 11) -> datetime:
    """Return an instant of the practice's clock in the autumn of the tests."""
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL).astimezone(UTC)


def ask_form(beside: Beside, who: Person) -> Modal:
    """Open the form of asking for cover by the command."""
    who.command("/baton cover")
    return opened_form(beside, who)


def ask_cover(
    beside: Beside,
    who: Person,
    cover: Person,
    *,
    starts: str = "Now",
    ends: str = MORNING,
    note: str = "",
    case: str = ALL,
    covered: Person | None = None,
) -> None:
    """Ask a colleague to be first call, and wait for what follows."""
    form = ask_form(beside, who)
    form.fill({"Who covers": cover.name, "From": starts, "Until": ends})
    form.fill({"Note": note, "For": case})
    if covered:
        form.fill({"Who is covered": covered.name})
    submit(beside, form)


def home_of(beside: Beside, who: Person, words: str) -> HomeTab:
    """Open somebody's Home, and wait until it says these words."""
    who.open_home()

    def shown() -> HomeTab | None:
        home = who.home
        return home if home and words in home.text else None

    return beside.slack.until(shown)


def told(who: Person) -> list[Message]:
    """Return what somebody was told of covers by direct message."""
    words = ("first call", "cover", "covered")
    return [one for one in who.dm() if any(word in one.rendered for word in words)]


def press(beside: Beside, who: Person, label: str) -> None:
    """Press a button of the last direct message about a cover, and wait."""
    message = next(one for one in reversed(told(who)) if label in one.buttons)
    who.click(label, message)
    beside.settle()


def write_line(beside: Beside, who: Person, line: str) -> None:
    """Leave a line in its form."""
    message = next(one for one in reversed(told(who)) if "Write a line" in one.buttons)
    who.click("Write a line", message)
    form = opened_form(beside, who)
    form.fill({"What happened": line})
    submit(beside, form)


def the_cover(beside: Beside) -> KeptCover:
    """Return the one cover that is kept and not over."""
    with beside.baton.store.read() as reading:
        (site,) = (
            one
            for one in reading.people.sites(beside.slack.host.id)
            if one.key == "lakeside"
        )
        (found,) = reading.covers.at_site(site.id)
    return found
