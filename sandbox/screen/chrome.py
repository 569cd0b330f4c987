"""What frames the messages: who I am, the sidebar, the heads, where one types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.person import Person
from sandbox.screen.elements import menu
from sandbox.screen.faces import avatar, count, team_name
from sandbox.screen.places import DM, HOME, Look, Note, conversation, is_host, is_there
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.things import Conversation, ReadMark, Team
from sandbox.world import World

LOCK = Safe(
    '<svg class="sign" viewBox="0 0 16 16" aria-hidden="true"><path d="M4.5 7V5a3.5 3.5'
    ' 0 0 1 7 0v2M3.5 7h9v6.5h-9z" fill="none" stroke="currentColor"'
    ' stroke-width="1.4" stroke-linejoin="round"/></svg>'
)
HASH = Safe('<span class="sign" aria-hidden="true">#</span>')
BOLT = Safe(
    '<svg class="sign" viewBox="0 0 16 16" aria-hidden="true"><path d="M9 1 3 9h4l-1 6'
    ' 6-8H8z" fill="none" stroke="currentColor" stroke-width="1.3"'
    ' stroke-linejoin="round"/></svg>'
)


@dataclass(frozen=True)
class Extra:
    """A button of the host's own, beside the workspace. The text that `act` returns is
    shown for a moment; it may take its time. A label that changes, as a switch's does,
    is asked for whenever it is shown, and must not take its time.
    """

    label: str | Callable[[], str]
    act: Callable[[], str | None]
    hint: str = ""

    @property
    def words(self) -> str:
        """What stands on it now."""
        return self.label if isinstance(self.label, str) else self.label()


def person_chip(me: Person, other: Person, base: str) -> Safe:
    """Another self: one click, and the window is theirs."""
    world, account = me.stage.workspace.world, other.account
    guest = not is_host(other)
    team = team_name(world, account)
    parts = [account.title, team]
    if account.deleted:
        parts.append("deactivated")
    mark = (
        joined([" ", tag("span", "guest", class_="guest-mark")]) if guest else NOTHING
    )
    words = [
        tag("span", other.name, mark, class_="name"),
        tag("span", " · ".join(filter(None, parts)), class_="about"),
    ]
    return tag(
        "a",
        avatar(account),
        tag("span", *words, class_="words"),
        count(unread_of(other)) if other.id != me.id else NOTHING,
        href=f"{base}/as/{other.id}",
        aria_current="true" if other.id == me.id else None,
        class_="chip",
        title=", ".join(filter(None, [other.name, *parts])),
    )


def unread_of(person: Person) -> int:
    """How many messages somebody has not read, wherever they are."""
    inside = person.stage.workspace.world.conversations_of(person.id)
    return sum(unread_in(person, each) for each in inside)


def unread_in(person: Person, place: Conversation) -> int:
    """How many messages of others a place has that somebody has not read; what stands
    only in threads does not count, as in Slack.
    """
    world = person.stage.workspace.world
    mark = world.get(ReadMark, f"{person.id}/{place.id}")
    since = mark.ts if mark else "0"
    return sum(
        post.ts > since
        and post.user != person.id
        and post.in_channel
        and post.only_for in ("", person.id)
        for post in world.posts(place.id)
    )


def sidebar(person: Person, look: Look) -> Safe:
    """Channels, messages with the app, its Home tab."""
    rows = [_channel_row(person, each.conversation, look) for each in person.channels]
    app = person.stage.workspace.bot
    im = conversation(person, DM)
    unread = unread_in(person, im) if im else 0
    direct = _row(DM, joined([avatar(app), app.shown]), look, unread)
    parts = [_rows("Channels", rows), _rows("Direct messages", [direct])]
    if is_there(person, HOME):
        home = _row(HOME, joined([avatar(app), f"{app.shown} Home"]), look, 0)
        parts.append(_rows("Apps", [home]))
    return joined(parts)


def _rows(title: str, rows: Sequence[Safe]) -> Safe:
    listed = tag("ul", *(tag("li", row) for row in rows))
    return tag("section", tag("h2", title), listed)


def _channel_row(person: Person, channel: Conversation, look: Look) -> Safe:
    words = [_sign(channel), tag("span", channel.name, class_="name"), _shared(channel)]
    return _row(channel.id, joined(words), look, unread_in(person, channel))


def _row(place: str, content: Safe, look: Look, unread: int) -> Safe:
    return tag(
        "button",
        content,
        count(unread),
        type="button",
        class_="row unread" if unread else "row",
        aria_current="page" if look.place == place else None,
        data_act="place",
        data_place=place,
    )


def _sign(channel: Conversation) -> Safe:
    if not channel.private:
        return HASH
    return joined([LOCK, tag("span", "private ", class_="spoken")])


def _shared(channel: Conversation) -> Safe:
    return tag("span", "shared", class_="shared") if channel.shared_with else NOTHING


def place_head(person: Person, look: Look) -> Safe:
    """The name of the place, who is in it, and the way back on a phone."""
    back = tag("button", "Back", type="button", class_="back", data_act="back")
    if look.place in (DM, HOME):
        return joined([back, _app_head(person, look)])
    channel = conversation(person, look.place)
    if channel is None:
        return joined([back, tag("h1", "Nothing here")])
    name = tag("h1", _sign(channel), channel.name, _shared(channel))
    about = tag("p", _about(person.stage.workspace.world, channel), class_="about")
    return joined([back, tag("div", name, about, class_="words")])


def _about(world: World, channel: Conversation) -> str:
    number = len(channel.members)
    parts = [f"{number} members" if number != 1 else "1 member"]
    teams = [world.need(Team, each).name for each in channel.shared_with]
    if teams:
        parts.append(f"with {', '.join(teams)}")
    if channel.archived:
        parts.append("archived")
    return " · ".join(parts)


def _app_head(person: Person, look: Look) -> Safe:
    app = person.stage.workspace.bot
    name = tag("h1", avatar(app), app.shown, tag("span", "APP", class_="badge"))
    places = [(HOME, "Home"), (DM, "Messages")]
    tabs = [
        tag(
            "button",
            words,
            type="button",
            data_act="place",
            data_place=place,
            aria_current="page" if look.place == place else None,
        )
        for place, words in places
        if is_there(person, place)
    ]
    about = tag("nav", *tabs, class_="tabs", aria_label="Pages of the app")
    return tag("div", name, about, class_="words")


def composer(person: Person, look: Look, *, pane: str) -> Safe:
    """Where one types: Enter sends, Shift and Enter make a line."""
    where = _where(person, look, pane)
    box = look.box if pane == "thread" else look.place
    field = tag(
        "textarea",
        look.drafts.get(box, ""),
        rows=1,
        placeholder=where,
        aria_label=where,
        data_say=pane,
        data_box=box,
    )
    send = tag("button", "Send", type="button", class_="button send", data_act="send")
    more = _lightning(person) if pane == "place" else NOTHING
    tools = tag("div", more, tag("span", class_="grow"), send, class_="row")
    return tag("div", field, tools, class_="composer")


def _where(person: Person, look: Look, pane: str) -> str:
    if pane == "thread":
        return "Reply..."
    channel = conversation(person, look.place)
    if channel is None or channel.im_with:
        return f"Message {person.stage.workspace.bot.shown}"
    return f"Message #{channel.name}"


def _lightning(person: Person) -> Safe:
    """Shortcuts and commands of the app, which guests do not have."""
    if not is_host(person):
        return NOTHING
    manifest = person.stage.workspace.manifest
    names = [each.name for each in manifest.shortcuts if each.place == "global"]
    items = [_item(name, "", act="shortcut", name=name) for name in names]
    items += [
        _item(command, about, act="type", insert=f"{command} ")
        for command, about in manifest.commands.items()
    ]
    return menu("Shortcuts", BOLT, joined(items), data_up=True) if items else NOTHING


def _item(words: str, about: str, **data: str) -> Safe:
    attributes = {f"data_{name}": value for name, value in data.items()}
    small = tag("small", about) if about else NOTHING
    return tag(
        "button",
        words,
        small,
        type="button",
        role="menuitem",
        class_="item",
        **attributes,
    )


def note(said: Note, number: int) -> Safe:
    """A refusal, as Slackbot would say it."""
    dismiss = tag(
        "button",
        "Dismiss",
        type="button",
        class_="tool",
        data_act="dismiss",
        data_note=number,
    )
    eye = tag("p", "Only visible to you", class_="notes")
    words = tag("p", said.words)
    return tag(
        "div",
        eye,
        tag("strong", "Slackbot"),
        words,
        dismiss,
        class_="note",
        role="alert",
    )
