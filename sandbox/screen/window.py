"""One browser window as one person: it shows the scene, and carries out what is done."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import Client, events, ui

from sandbox.errors import Failed, NotOnScreen, Refused
from sandbox.person import Person
from sandbox.screen import acting, scene
from sandbox.screen.chrome import Extra
from sandbox.screen.dialog_view import confirm_dialog
from sandbox.screen.frame import Frame
from sandbox.screen.parts import Part
from sandbox.screen.places import HOME, Look, Note, is_there, messages_in
from sandbox.screen.tags import tag
from sandbox.seen import Message
from sandbox.things import Json, Post, View

Data = Mapping[str, str]
SOON = 0.04
TOAST_SECONDS = 6.0


class Window:
    """A window of one browser. Everything in it runs in the server's loop; what waits
    for the app runs in threads.
    """

    def __init__(
        self,
        me: Person,
        look: Look,
        *,
        people: Callable[[], Sequence[Person]],
        extras: Sequence[Extra],
        base: str,
        title: str,
    ) -> None:
        self.me, self.look = me, look
        self._people, self._extras = people, extras
        self._base, self._title = base, title
        self._client: Client = ui.context.client
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.TimerHandle | None = None
        self._asking: tuple[Json, dict[str, str]] | None = None
        self._toasts: list[str] = []
        self._offered: dict[str, list[Json]] = {}
        self._blocks: dict[str, list[Json]] = {}
        # Entering and submitting keep their order, whichever takes longer.
        self._in_order = asyncio.Lock()
        self.frame = Frame(self._on_deed)
        self.refresh()

    # What is shown

    def wake(self) -> None:
        """Something changed: show it in a moment, with whatever else changes now."""
        if self._soon is None and not self._client.is_deleted:
            self._soon = self._loop.call_later(SOON, self._refresh_now)

    def refresh(self) -> None:
        """Show everything as it is now."""
        if not is_there(self.me, self.look.place):
            self.look.go(acting.first_place(self.me))
        regions = scene.draw(self.me, self.look)
        people = self._people()
        regions |= scene.draw_top(self.me, people, base=self._base, title=self._title)
        regions["extras"] = scene.draw_extras(self.me, self._extras)
        regions["confirm"] = self._confirm()
        regions["toasts"] = [
            Part(f"{place} {words}", tag("p", words))
            for place, words in enumerate(self._toasts)
        ]
        self.frame.show(regions, look=self.look, modal=self._top_id())
        self._remember()
        self._read()

    def _refresh_now(self) -> None:
        self._soon = None
        if not self._client.is_deleted:
            self.refresh()

    def _confirm(self) -> list[Part]:
        if self._asking is None:
            return []
        return [Part("confirm", confirm_dialog(self._asking[0]))]

    def _top_id(self) -> str:
        modal = self.me.modal
        return modal.view_id if modal else ""

    def _remember(self) -> None:
        # What the person saw counts, also when it is replaced before the click arrives.
        shown: list[Message] = messages_in(self.me, self.look.place)
        if self.look.thread:
            roots = [each for each in shown if each.ts == self.look.thread]
            shown = [*shown, *(each for root in roots for each in self.me.thread(root))]
        self._blocks = {each.key: each.blocks for each in shown}

    def _read(self) -> None:
        place = acting.conversation(self.me, self.look.place)
        if place and self.look.sees_place and self.me.unread(place.id):
            self.me.mark_read(place.id)

    # What is done

    async def _on_deed(self, event: events.GenericEventArguments) -> None:
        data = {str(name): str(value) for name, value in event.args.items()}
        act = ACTS.get(data.get("act", ""))
        if act is None:
            return
        try:
            await act(self, data)
        except Refused as refused:
            self._refuse(data, refused)
        finally:
            self._finish(data)

    def _finish(self, data: Data) -> None:
        if self._client.is_deleted:
            return
        if data["act"] not in ("draft", "enter"):
            self.refresh()
        self._run("done", data.get("number", ""))

    def _refuse(self, data: Data, refused: Refused) -> None:
        act, words = data["act"], data.get("value", "")
        if act == "say" and isinstance(refused, Failed):
            return  # Slackbot has said so in the conversation already.
        if act == "submit" and isinstance(refused, Failed):
            return  # It stands in the modal.
        if act == "enter" and isinstance(refused, NotOnScreen):
            return  # A letter that arrives after its form was closed.
        self.look.notes.append(Note(refused.text, self._pane(data)))
        if act == "say":
            self.look.drafts[data["box"]] = words
            self._run("restore", data["box"], words)

    def _pane(self, data: Data) -> str:
        if self.me.modal:
            return "modal"
        if data.get("say") == "thread" or self.look.stage == "thread":
            return "thread" if self.look.thread else "place"
        return "place"

    def _run(self, function: str, *arguments: object) -> None:
        listed = ", ".join(json.dumps(each) for each in arguments)
        self._client.run_javascript(f"sandboxHands.{function}({listed})")

    async def _go(self, data: Data) -> None:
        self.look.go(data["place"])
        if self.look.place == HOME:
            await asyncio.to_thread(self.me.open_home)
        self._keep_address()

    async def _open_thread(self, data: Data) -> None:
        self.look.thread, self.look.stage = data["thread"], "thread"
        self._keep_address()

    async def _back(self, _: Data) -> None:
        if self.look.thread:
            self.look.thread, self.look.stage = "", "place"
        else:
            self.look.stage = "list"
        self._keep_address()

    def _keep_address(self) -> None:
        thread = f"&thread={self.look.thread}" if self.look.thread else ""
        address = f"{self._base}/as/{self.me.id}?at={self.look.place}{thread}"
        ui.navigate.history.replace(address)

    async def _narrow(self, data: Data) -> None:
        self.look.narrow = bool(data["value"])

    async def _more(self, _: Data) -> None:
        self.look.shown += self.look.shown

    async def _keep_draft(self, data: Data) -> None:
        self.look.drafts[data["box"]] = data["value"]

    async def _dismiss(self, data: Data) -> None:
        del self.look.notes[int(data["number"])]

    async def _say(self, data: Data) -> None:
        self.look.drafts.pop(data["box"], None)
        thread = self.look.thread if data["say"] == "thread" else ""
        words = data["value"].strip()
        await asyncio.to_thread(acting.say, self.me, self.look.place, thread, words)

    async def _use(self, data: Data) -> None:
        blocks = self._blocks_of(data)
        element = acting.find_element(blocks, data)
        if "confirm" in element and "confirmed" not in data:
            self._asking = (element["confirm"], {**data, "confirmed": "true"})
            return
        await asyncio.to_thread(acting.use, self.me, blocks, data)

    async def _enter(self, data: Data) -> None:
        async with self._in_order:
            blocks = self._blocks_of(data)
            await asyncio.to_thread(acting.enter, self.me, blocks, data)

    def _blocks_of(self, data: Data) -> list[Json]:
        world = self.me.stage.workspace.world
        if data["surface"] == "message":
            post = world.get(Post, data["key"])
            return self._blocks.get(data["key"]) or (post and post.blocks) or []
        view = world.get(View, data["key"])
        return view.blocks if view else []

    async def _suggest(self, data: Data) -> None:
        offered = await asyncio.to_thread(acting.suggest, self.me, data)
        self._offered[data["field"]] = offered
        self._run("offer", data["field"], [each["text"]["text"] for each in offered])

    async def _pick(self, data: Data) -> None:
        offered = self._offered.get(data["field"], [])
        await asyncio.to_thread(acting.pick, self.me, data, offered)

    async def _unpick(self, data: Data) -> None:
        await asyncio.to_thread(acting.unpick, self.me, data)

    async def _submit(self, _: Data) -> None:
        async with self._in_order:
            self._drop_notes("modal")
            await asyncio.to_thread(acting.submit, self.me)

    async def _close(self, _: Data) -> None:
        self._drop_notes("modal")
        await asyncio.to_thread(acting.close, self.me, all_at_once=False)

    async def _close_all(self, _: Data) -> None:
        self._drop_notes("modal")
        await asyncio.to_thread(acting.close, self.me, all_at_once=True)

    def _drop_notes(self, pane: str) -> None:
        self.look.notes = [each for each in self.look.notes if each.pane != pane]

    async def _use_shortcut(self, data: Data) -> None:
        await asyncio.to_thread(acting.use_shortcut, self.me, data)

    async def _confirm_it(self, _: Data) -> None:
        if self._asking is None:
            return
        _, data = self._asking
        self._asking = None
        self.refresh()
        await self._use(data)

    async def _deny(self, _: Data) -> None:
        self._asking = None

    async def _extra(self, data: Data) -> None:
        extra = self._extras[int(data["extra"])]
        said = await asyncio.to_thread(extra.act)
        if said:
            self._toasts.append(said)
            self._loop.call_later(TOAST_SECONDS, self._drop_toast)

    def _drop_toast(self) -> None:
        self._toasts.pop(0)
        self._refresh_now()


Act = Callable[[Window, Any], Awaitable[None]]
ACTS: dict[str, Act] = {
    "place": Window._go,
    "thread": Window._open_thread,
    "back": Window._back,
    "narrow": Window._narrow,
    "more": Window._more,
    "draft": Window._keep_draft,
    "dismiss": Window._dismiss,
    "say": Window._say,
    "use": Window._use,
    "enter": Window._enter,
    "suggest": Window._suggest,
    "pick": Window._pick,
    "unpick": Window._unpick,
    "submit": Window._submit,
    "close": Window._close,
    "close-all": Window._close_all,
    "shortcut": Window._use_shortcut,
    "confirm": Window._confirm_it,
    "deny": Window._deny,
    "extra": Window._extra,
}
