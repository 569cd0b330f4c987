"""All that one window shows, as parts by region; pure, so it is drawn without one."""

from collections.abc import Sequence

from sandbox.person import Person
from sandbox.reading import Reader
from sandbox.screen import chrome, dialog_view
from sandbox.screen.chrome import Extra
from sandbox.screen.inspector import Inspection, inspector_button
from sandbox.screen.message_view import (
    Setting,
    draw_editor,
    draw_excerpt,
    draw_message,
)
from sandbox.screen.moments import day_of, day_words, now_words
from sandbox.screen.parts import Part
from sandbox.screen.places import DM, HOME, Look, conversation, is_host, messages_in
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.screen.tour import Tour
from sandbox.seen import Message
from sandbox.things import Post

Regions = dict[str, list[Part]]
TOGETHER = 300
NO_MESSAGES = "Sending messages to this app has been turned off."


def draw(person: Person, look: Look) -> Regions:
    """The regions of a window that change with the workspace."""
    regions = {
        "side": [Part("side", chrome.sidebar(person, look))],
        "head": [Part("head", chrome.place_head(person, look))],
        **_middle(person, look),
        **_thread(person, look),
        **_modal(person),
    }
    for pane in ("place", "thread", "modal"):
        regions[f"{pane}-notes"] = _notes(look, pane)
    return regions


def draw_top(me: Person, people: Sequence[Person], *, base: str, title: str) -> Regions:
    """Who I am, who else I can be."""
    chips = [Part(each.id, chrome.person_chip(me, each, base)) for each in people]
    return {"title": [Part("title", tag("span", title))], "people": chips}


def draw_extras(person: Person, extras: Sequence[Extra]) -> list[Part]:
    """The host's own buttons, with the workspace's clock."""
    if not extras:
        return []
    reader = person.stage.reader(person.id)
    clock = tag("span", now_words(reader), class_="clock", title=reader.user.tz)
    buttons = [
        tag(
            "button",
            extra.words,
            type="button",
            class_="button",
            title=extra.hint or None,
            data_act="extra",
            data_extra=place,
        )
        for place, extra in enumerate(extras)
    ]
    return [Part("clock", clock), Part("extras", joined(buttons))]


def draw_tools(tour: Tour | None, inspection: Inspection) -> list[Part]:
    """What the screen itself has beside the workspace."""
    hidden = tour is not None and tour.hidden
    back = tag(
        "button",
        "Show the tour",
        type="button",
        class_="button",
        data_act="show-tour",
    )
    shown = [back if hidden else NOTHING, inspector_button(inspection)]
    return [Part("tools", joined(shown))]


def _notes(look: Look, pane: str) -> list[Part]:
    return [
        Part(f"{number}", chrome.note(note, number))
        for number, note in enumerate(look.notes)
        if note.pane == pane
    ]


def _middle(person: Person, look: Look) -> Regions:
    if look.place == HOME:
        return {"pins": [], "list": _home(person), "foot": []}
    messages = messages_in(person, look.place)
    return {
        "pins": _pins(person, messages),
        "list": _messages(person, look, messages),
        "foot": _foot(person, look, "place"),
    }


def _home(person: Person) -> list[Part]:
    home = person.home
    if home is None:
        return [
            Part("empty", tag("p", "Nothing is published here yet.", class_="empty"))
        ]
    reader = person.stage.reader(person.id)
    return dialog_view.view_parts(reader, home.view, "home")


def _pins(person: Person, messages: Sequence[Message]) -> list[Part]:
    pinned = [each for each in messages if each.pinned]
    if not pinned:
        return []
    reader = person.stage.reader(person.id)
    listed = tag("ul", *(draw_excerpt(reader, each) for each in pinned))
    summary = tag("summary", f"{len(pinned)} pinned")
    return [Part("pins", tag("details", summary, listed, class_="pins"))]


def _messages(person: Person, look: Look, messages: Sequence[Message]) -> list[Part]:
    parts = []
    if len(messages) > look.shown:
        parts.append(Part("more", _more(len(messages) - look.shown)))
    elif not messages:
        parts.append(Part("empty", tag("p", _beginning(person, look), class_="empty")))
    return parts + _lines(person, messages[-look.shown :], look)


def _more(hidden: int) -> Safe:
    words = f"Show earlier messages ({hidden})"
    return tag("button", words, type="button", class_="button more", data_act="more")


def _beginning(person: Person, look: Look) -> str:
    channel = conversation(person, look.place)
    if look.place == DM:
        app = person.stage.workspace.bot.shown
        return f"This is the very beginning of your messages with {app}."
    if channel is None:
        return f"{person.name} is not in this channel."
    return f"This is the very beginning of #{channel.name}."


def _lines(
    person: Person,
    messages: Sequence[Message],
    look: Look,
    *,
    in_thread: bool = False,
) -> list[Part]:
    """Messages with a line wherever a new day begins."""
    reader, world = person.stage.reader(person.id), person.stage.workspace.world
    names = _shortcuts(person)
    parts: list[Part] = []
    found = [(each, world.get(Post, each.key)) for each in messages]
    shown = [(message, post) for message, post in found if post]
    before: tuple[Message, Post] | None = None
    for message, post in shown:
        new_day = not before or day_of(reader, before[1].ts) != day_of(reader, post.ts)
        if new_day and not in_thread:
            parts.append(_day(day_of(reader, post.ts), day_words(reader, post.ts)))
        grouped = bool(before) and not new_day and _belong(before, (message, post))
        own = post.user == person.id
        at = Setting(grouped, in_thread, shortcuts=names, own=own)
        parts.append(_line(reader, message, post, at, look))
        before = (message, post)
    return parts


def _line(
    reader: Reader, message: Message, post: Post, at: Setting, look: Look
) -> Part:
    if at.own and look.editing == message.key:
        # What is typed there must not be drawn anew.
        return Part(message.key, draw_editor(reader, message, post), "editing")
    return Part(message.key, draw_message(reader, message, post, at))


def _day(key: str, words: str) -> Part:
    return Part(f"day {key}", tag("div", tag("span", words), class_="day"), words)


def _belong(before: tuple[Message, Post] | None, now: tuple[Message, Post]) -> bool:
    if before is None:
        return False
    plain = not any(
        message.private or message.pinned or post.subtype
        for message, post in (before, now)
    )
    close = float(now[1].ts) - float(before[1].ts) < TOGETHER
    return plain and close and before[1].user == now[1].user


def _shortcuts(person: Person) -> list[str]:
    if not is_host(person):
        return []
    listed = person.stage.workspace.manifest.shortcuts
    return [each.name for each in listed if each.place == "message"]


def _foot(person: Person, look: Look, pane: str) -> list[Part]:
    place = conversation(person, look.place)
    closed = ""
    if look.place == DM and not person.stage.workspace.manifest.accepts_messages:
        closed = NO_MESSAGES if pane == "place" else ""
    elif place and place.archived:
        closed = "This channel is archived."
    elif place is None and look.place != DM:
        return []
    if closed:
        return [Part("closed", tag("p", closed, class_="closed"))]
    key = look.box if pane == "thread" else look.place
    markup = chrome.composer(person, look, pane=pane)
    return [Part(key, markup, (key, person.id))]


def _thread(person: Person, look: Look) -> Regions:
    place = conversation(person, look.place)
    if not look.thread or place is None:
        return {"thread-head": [], "thread-list": [], "thread-foot": []}
    root = _root(person, look)
    messages = person.thread(root) if root else []
    return {
        "thread-head": [Part("head", _thread_head(person, look))],
        "thread-list": _replies(person, look, messages),
        "thread-foot": _foot(person, look, "thread") if messages else [],
    }


def _root(person: Person, look: Look) -> Message | None:
    found = (each for each in messages_in(person, look.place) if each.ts == look.thread)
    return next(found, None)


def _thread_head(person: Person, look: Look) -> Safe:
    channel = conversation(person, look.place)
    where = f"#{channel.name}" if channel and channel.name else "Messages"
    back = tag("button", "Back", type="button", class_="back", data_act="back")
    words = tag(
        "div", tag("h2", "Thread"), tag("p", where, class_="about"), class_="words"
    )
    close = tag(
        "button",
        Safe('<span aria-hidden="true">&times;</span>'),
        type="button",
        class_="tool close",
        aria_label="Close the thread",
        data_act="back",
    )
    return joined([back, words, close])


def _replies(person: Person, look: Look, messages: Sequence[Message]) -> list[Part]:
    if not messages:
        return [Part("gone", tag("p", "This message is gone.", class_="empty"))]
    parts = _lines(person, messages, look, in_thread=True)
    count = len(messages) - 1
    if count:
        words = "1 reply" if count == 1 else f"{count} replies"
        parts.insert(1, Part("count", tag("div", tag("span", words), class_="day")))
    return parts


def _modal(person: Person) -> Regions:
    stack = person.modals
    if not stack:
        return {"modal-head": [], "modal-body": [], "modal-foot": []}
    top, reader = stack[-1], person.stage.reader(person.id)
    return {
        "modal-head": [Part(top.view_id, dialog_view.modal_head(top, len(stack)))],
        "modal-body": dialog_view.view_parts(reader, top.view, "modal"),
        "modal-foot": [Part(top.view_id, dialog_view.modal_foot(top))],
    }
