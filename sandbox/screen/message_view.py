"""A message as a person sees it in a channel or in a thread."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.reading import Reader
from sandbox.screen.blocks import draw_blocks
from sandbox.screen.elements import DOTS, menu
from sandbox.screen.faces import avatar, badge, from_elsewhere
from sandbox.screen.moments import time_tag
from sandbox.screen.mrkdwn import mrkdwn
from sandbox.screen.pen import Pen
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.seen import Message
from sandbox.things import File, Post, User

MOVES = ("_join", "_leave")
SYSTEM = "Slackbot"
MENTION = re.compile(r"<@(\w+)>")


@dataclass(frozen=True)
class Setting:
    """Where a message stands: right after another of its author (`grouped`), in a
    thread, with the names of the shortcuts that its reader has on it; `own` says that
    its reader wrote it.
    """

    grouped: bool = False
    in_thread: bool = False
    shortcuts: Sequence[str] = ()
    own: bool = False


def draw_message(reader: Reader, message: Message, post: Post, at: Setting) -> Safe:
    """One message with all that belongs to it."""
    if post.subtype.endswith(MOVES):
        said = joined([mrkdwn(reader, post.text), " ", time_tag(reader, post.ts)])
        return tag("p", said, class_="moved")
    author = reader.world.get(User, post.user)
    marks = [
        ("private", message.private),
        ("grouped", at.grouped),
        ("pinned", message.pinned),
    ]
    return tag(
        "article",
        _notes(message),
        tag("div", avatar(author), time_tag(reader, post.ts), class_="margin"),
        tag(
            "div",
            _head(reader, author, post),
            _body(reader, message, post, at),
            class_="body",
        ),
        _tools(message, at),
        class_=" ".join(["message", *(name for name, on in marks if on)]),
        tabindex=-1,
        data_message=message.key,
        aria_label=f"{message.author}, {reader.text(message.text)[:80]}",
    )


def draw_excerpt(reader: Reader, message: Message) -> Safe:
    """A pinned message in the list of pins: who, when, and how it begins."""
    first = message.rendered.strip().split("\n")[0][:140]
    head = joined([tag("strong", message.author), " ", time_tag(reader, message.ts)])
    words = [tag("span", head), tag("span", first, class_="excerpt")]
    jump = tag("button", *words, type="button", data_act="jump", data_key=message.key)
    return tag("li", jump)


def draw_editor(reader: Reader, message: Message, post: Post) -> Safe:
    """One's own message while it is being changed."""
    author = reader.world.get(User, post.user)
    field = tag(
        "textarea",
        as_typed(reader, post.text),
        rows=1,
        aria_label="Change your message",
        data_edit=message.key,
        data_first=True,
    )
    buttons = [
        tag("button", "Cancel", type="button", class_="button", data_act="edit"),
        tag(
            "button",
            "Save",
            type="button",
            class_="button primary",
            data_act="save",
            data_key=message.key,
        ),
    ]
    row = tag("div", tag("span", class_="grow"), *buttons, class_="row")
    box = tag("div", field, row, class_="composer editor")
    margin = tag("div", avatar(author), class_="margin")
    return tag("article", margin, tag("div", box, class_="body"), class_="message")


def as_typed(reader: Reader, text: str) -> str:
    """What somebody wrote, as they would type it: people by name, no entities."""
    named = MENTION.sub(lambda found: f"@{reader.name(found[1])}", text)
    return html.unescape(named)


def _notes(message: Message) -> Safe:
    said = [
        ("Only visible to you", message.private),
        ("Pinned", message.pinned),
        ("Replied to a thread", message.subtype == "thread_broadcast"),
    ]
    shown = [tag("span", words) for words, on in said if on]
    return tag("p", *shown, class_="notes") if shown else NOTHING


def _head(reader: Reader, author: User | None, post: Post) -> Safe:
    if author is None:
        name = tag("strong", SYSTEM, class_="author")
        return tag("header", name, time_tag(reader, post.ts))
    elsewhere = from_elsewhere(reader.world, author, reader.user)
    name = tag("strong", author.shown, class_="author")
    return tag("header", name, badge(author), elsewhere, time_tag(reader, post.ts))


def _body(reader: Reader, message: Message, post: Post, at: Setting) -> Safe:
    pane = "thread" if at.in_thread else "place"
    pen = Pen(reader, "message", message.key, pane=pane)
    blocks = message.blocks
    content = draw_blocks(pen, blocks) if blocks else mrkdwn(reader, message.text)
    edited = tag("span", "(edited)", class_="edited") if message.edited else NOTHING
    replies = NOTHING if at.in_thread else _replies(message)
    files = joined(_file(reader, each) for each in post.files)
    content = tag("div", content, class_="content")
    return joined([content, edited, files, _reactions(reader, message), replies])


def _file(reader: Reader, file_id: str) -> Safe:
    found = reader.world.get(File, file_id)
    return tag("p", found.title or found.name, class_="file") if found else NOTHING


def _reactions(reader: Reader, message: Message) -> Safe:
    chips = [
        tag(
            "span", f":{name}: {len(people)}", title=", ".join(map(reader.name, people))
        )
        for name, people in message.reactions.items()
        if people
    ]
    return tag("p", *chips, class_="reactions") if chips else NOTHING


def _replies(message: Message) -> Safe:
    if not message.replies:
        return NOTHING
    words = "1 reply" if message.replies == 1 else f"{message.replies} replies"
    return _opener(message, words, "replies")


def _opener(message: Message, words: str, style: str) -> Safe:
    root = message.thread_ts or message.ts
    return tag(
        "button",
        words,
        type="button",
        class_=style,
        data_act="thread",
        data_thread=root,
    )


def _tools(message: Message, at: Setting) -> Safe:
    if message.private or message.subtype == "tombstone":
        return NOTHING
    reply = NOTHING if at.in_thread else _opener(message, "Reply in thread", "tool")
    return tag("div", reply, _menu(message, at), class_="tools")


def _menu(message: Message, at: Setting) -> Safe:
    own = [_item(message, words, words.lower()) for words in ("Edit", "Delete")]
    items = own if at.own else []
    items += [_item(message, name, "shortcut", data_name=name) for name in at.shortcuts]
    if not items:
        return NOTHING
    label = "More on this message" if at.own else "Shortcuts on this message"
    return menu(label, DOTS, joined(items))


def _item(message: Message, words: str, act: str, **data: str) -> Safe:
    return tag(
        "button",
        words,
        type="button",
        role="menuitem",
        class_="item",
        data_act=act,
        data_key=message.key,
        **data,
    )
