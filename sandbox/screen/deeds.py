"""What a person does in one window: where they go, and what they do there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sandbox.errors import Failed, NotOnScreen, Refused
from sandbox.person import Person
from sandbox.screen import acting
from sandbox.screen.beside import Beside, Browser
from sandbox.screen.chrome import Extra
from sandbox.screen.places import (
    DM,
    HOME,
    Look,
    Note,
    is_there,
    messages_in,
)
from sandbox.screen.tour import Tour
from sandbox.things import Json, Post, View

Data = Mapping[str, str]


NOT_INSIDE = "You are not in the channel to which this leads."
DELETE: Json = {
    "title": {"type": "plain_text", "text": "Delete this message?"},
    "text": {"type": "plain_text", "text": "It cannot be brought back."},
    "confirm": {"type": "plain_text", "text": "Delete"},
    "deny": {"type": "plain_text", "text": "Cancel"},
    "style": "danger",
}


class Deeds:
    """Carries out what is done in a window. What waits for the app runs in a thread, so
    the server's loop never stands still. `asking` is the question that the app asks
    back before something is done.
    """

    def __init__(
        self,
        me: Person,
        look: Look,
        browser: Browser,
        *,
        extras: Sequence[Extra] = (),
        tour: Tour | None = None,
    ) -> None:
        self.me, self.look = me, look
        self.asking: Json | None = None
        self.beside = Beside(me, look, browser, extras=extras, tour=tour)
        self._browser = browser
        self._asked: dict[str, str] = {}
        self._offered: dict[str, list[Json]] = {}
        self._seen: dict[str, list[Json]] = {}
        # Entering and submitting keep their order, whichever takes longer.
        self._in_order = asyncio.Lock()

    async def do(self, data: Data) -> None:
        """Do what a browser tells; a refusal is noted where its person looks."""
        try:
            await ACTS[data["act"]](self, data)
        except Refused as refused:
            self._note(data, refused)

    def remember(self) -> None:
        """Keep what is shown now: what the person saw counts, also when the app
        replaces it before the click arrives.
        """
        shown = messages_in(self.me, self.look.place)
        if self.look.thread:
            roots = [each for each in shown if each.ts == self.look.thread]
            shown = [*shown, *(each for root in roots for each in self.me.thread(root))]
        self._seen = {each.key: each.blocks for each in shown}

    def _note(self, data: Data, refused: Refused) -> None:
        act, words = data["act"], data.get("value", "")
        said_already = isinstance(refused, Failed) and act in ("say", "submit")
        too_late = isinstance(refused, NotOnScreen) and act == "enter"
        # Slackbot, or the modal itself, has said the first; the second is a letter that
        # arrives after its form was closed.
        if said_already or too_late:
            return
        self.look.notes.append(Note(refused.text, self._pane(data)))
        if act == "say":
            self.look.drafts[data["box"]] = words
            self._browser.run("restore", data["box"], words)

    def _pane(self, data: Data) -> str:
        if self.me.modal:
            return "modal"
        in_thread = data.get("say") == "thread" or self.look.stage == "thread"
        return "thread" if in_thread and self.look.thread else "place"

    async def go(self, data: Data) -> None:
        """Go to a place; the app hears when somebody looks at its Home tab."""
        self.look.go(data["place"])
        self._browser.run("address", self.look.query)
        if self.look.place == HOME:
            self._browser.refresh()
            await asyncio.to_thread(self.me.open_home)

    async def visit(self, data: Data) -> None:
        """Go where a link leads: a place, and perhaps a thread there."""
        await asyncio.to_thread(acting.close, self.me, all_at_once=True)
        im = self.me.stage.workspace.world.im(self.me.id)
        place = DM if im and data["place"] == im.id else data["place"]
        if not is_there(self.me, place):
            raise Refused(NOT_INSIDE)
        await self.go({"place": place})
        if data["thread"]:
            await self.open_thread(data)

    async def jump(self, data: Data) -> None:
        """Bring a message into sight, however long ago it was written."""
        self.look.shown = max(
            self.look.shown, len(messages_in(self.me, self.look.place))
        )
        self._browser.refresh()
        self._browser.run("jump", data["key"])

    async def open_thread(self, data: Data) -> None:
        """Open the thread of a message."""
        self.look.thread, self.look.stage = data["thread"], "thread"
        self._browser.run("address", self.look.query)

    async def go_back(self, _: Data) -> None:
        """Close the thread, or on a phone go back to the list."""
        self.look.stage = "place" if self.look.thread else "list"
        self.look.thread = ""
        self._browser.run("address", self.look.query)

    async def note_width(self, data: Data) -> None:
        """Know whether one page is shown at a time."""
        self.look.narrow = bool(data["value"])

    async def show_more(self, _: Data) -> None:
        """Show earlier messages, too."""
        self.look.shown += self.look.shown

    async def keep_draft(self, data: Data) -> None:
        """Keep what was typed but not sent."""
        self.look.drafts[data["box"]] = data["value"]

    async def dismiss(self, data: Data) -> None:
        """Take a note away."""
        place = int(data["note"])
        self.look.notes[place : place + 1] = []

    async def say(self, data: Data) -> None:
        """Send what was typed."""
        self.look.drafts.pop(data["box"], None)
        place, _, thread = data["box"].partition("/")
        words = data["value"].strip()
        await asyncio.to_thread(acting.say, self.me, place, thread, words)

    async def edit(self, data: Data) -> None:
        """Begin to change one's own message, or leave it as it is."""
        self.look.editing = data.get("key", "")

    async def save(self, data: Data) -> None:
        """Keep the message as it was changed; without words it stays as it was."""
        words = data["value"].strip()
        self.look.editing = ""
        if words:
            await asyncio.to_thread(acting.rewrite, self.me, data["key"], words)

    async def delete(self, data: Data) -> None:
        """Take one's own message back, once that was asked."""
        if "confirmed" not in data:
            self.asking, self._asked = DELETE, {**data, "confirmed": "yes"}
            return
        await asyncio.to_thread(acting.delete, self.me, data["key"])

    async def use(self, data: Data) -> None:
        """Press something, once the app's question back was answered."""
        blocks = self._blocks_of(data)
        element = acting.find_element(blocks, data)
        if "confirm" in element and "confirmed" not in data:
            self.asking, self._asked = element["confirm"], {**data, "confirmed": "yes"}
            return
        await asyncio.to_thread(acting.use, self.me, blocks, data)

    async def confirm(self, _: Data) -> None:
        """Answer yes."""
        asked, self.asking = self._asked, None
        self._browser.refresh()
        await ACTS[asked["act"]](self, asked)

    async def deny(self, _: Data) -> None:
        """Answer no: nothing happens."""
        self.asking = None

    async def enter(self, data: Data) -> None:
        """Enter something."""
        async with self._in_order:
            blocks = self._blocks_of(data)
            await asyncio.to_thread(acting.enter, self.me, blocks, data)

    async def suggest(self, data: Data) -> None:
        """Offer what the app suggests for what was typed."""
        offered = await asyncio.to_thread(acting.suggest, self.me, data)
        self._offered = {_place(data): offered}
        words = [each["text"]["text"] for each in offered]
        self._browser.run("offer", data["field"], words)

    async def pick(self, data: Data) -> None:
        """Take one of what was offered."""
        offered = self._offered.get(_place(data), [])
        await asyncio.to_thread(acting.pick, self.me, data, offered)

    async def unpick(self, data: Data) -> None:
        """Take it back."""
        await asyncio.to_thread(acting.unpick, self.me, data)

    async def submit(self, _: Data) -> None:
        """Submit the modal on top, after all that was entered before."""
        self.look.drop_notes("modal")
        async with self._in_order:
            await asyncio.to_thread(acting.submit, self.me)

    async def close(self, _: Data) -> None:
        """Close the modal on top."""
        self.look.drop_notes("modal")
        await asyncio.to_thread(acting.close, self.me, all_at_once=False)

    async def close_all(self, _: Data) -> None:
        """Close every modal."""
        self.look.drop_notes("modal")
        await asyncio.to_thread(acting.close, self.me, all_at_once=True)

    async def use_shortcut(self, data: Data) -> None:
        """Use a shortcut, on a message or anywhere."""
        await asyncio.to_thread(acting.use_shortcut, self.me, data)

    def _blocks_of(self, data: Data) -> list[Json]:
        world = self.me.stage.workspace.world
        if data["surface"] != "message":
            view = world.get(View, data["key"])
            return view.blocks if view else []
        post = world.get(Post, data["key"])
        return self._seen.get(data["key"]) or (post.blocks if post else None) or []


def _place(data: Data) -> str:
    return "/".join(data[name] for name in ("key", "block", "action"))


ACTS: dict[str, Callable[[Deeds, Data], Awaitable[None]]] = {
    "place": Deeds.go,
    "thread": Deeds.open_thread,
    "back": Deeds.go_back,
    "narrow": Deeds.note_width,
    "more": Deeds.show_more,
    "draft": Deeds.keep_draft,
    "dismiss": Deeds.dismiss,
    "say": Deeds.say,
    "use": Deeds.use,
    "confirm": Deeds.confirm,
    "deny": Deeds.deny,
    "enter": Deeds.enter,
    "suggest": Deeds.suggest,
    "pick": Deeds.pick,
    "unpick": Deeds.unpick,
    "submit": Deeds.submit,
    "close": Deeds.close,
    "close-all": Deeds.close_all,
    "shortcut": Deeds.use_shortcut,
    "visit": Deeds.visit,
    "jump": Deeds.jump,
    "edit": Deeds.edit,
    "save": Deeds.save,
    "delete": Deeds.delete,
    "extra": lambda deeds, data: deeds.beside.use_extra(data),
    "hide-tour": lambda deeds, data: deeds.beside.hide_tour(data),
    "show-tour": lambda deeds, data: deeds.beside.show_tour(data),
    "fold-tour": lambda deeds, data: deeds.beside.fold_tour(data),
    "restart-tour": lambda deeds, data: deeds.beside.restart_tour(data),
    "inspect": lambda deeds, data: deeds.beside.inspect(data),
    "pause": lambda deeds, data: deeds.beside.pause(data),
    "filter": lambda deeds, data: deeds.beside.filter(data),
    "choose-line": lambda deeds, data: deeds.beside.choose_line(data),
}
