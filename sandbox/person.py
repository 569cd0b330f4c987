"""A person: reads what they would see, and does what they could do."""

from dataclasses import dataclass, replace
from typing import Any

from sandbox import choosing, events, forms, messages
from sandbox.channel import Channel
from sandbox.choosing import Control
from sandbox.errors import NotOnScreen, Refused
from sandbox.onlooker import Onlooker
from sandbox.places import ensure_im
from sandbox.seen import Message, Reply, see
from sandbox.things import Conversation, Post, User, View

DEACTIVATED = "This account is deactivated (account_inactive)"


@dataclass(frozen=True)
class Person(Onlooker):
    """Somebody with an account. Every act raises Refused where Slack would refuse, and
    Failed where the app did not answer. Safe to use from several threads.
    """

    def command(self, typed: str, channel: Channel | str = "") -> Reply:
        """Type a slash command, in a channel or in the messages with the bot."""
        user = self._awake()
        where = self._inside(channel) if channel else self._im()
        post = self.stage.interactions.command(user, typed, where)
        message = see(self.stage, self.id, post) if post else None
        return Reply(message, self.modal)

    def shortcut(self, name: str, message: Message | None = None) -> None:
        """Use a shortcut by its name, on a message or anywhere."""
        post = self._live(message) if message else None
        self.stage.interactions.shortcut(self._awake(), name, post)

    def click(
        self,
        label: str,
        message: Message,
        *,
        near: str = "",
        confirm: bool = True,
    ) -> None:
        """Click a button, or an option of a menu, by its words. What the person saw
        counts: a button that was replaced a moment ago can still be clicked. Of equal
        ones `near` chooses. `confirm=False` says no where the app asks back.
        """
        user, post = self._awake(), self._live(message)
        control = self._find(message, post, label, near)
        if "confirm" in control.element and not confirm:
            return
        self.stage.interactions.use_message(
            user, post, control.block_id, control.element, control.chosen
        )

    def choose(self, label: str, value: Any, message: Message) -> None:
        """Choose in a menu, a date picker or the like on a message."""
        user, post = self._awake(), self._live(message)
        field = choosing.find_field(forms.fields(post.blocks or []), label)
        chosen = choosing.value_for(self.stage.workspace.world, field, value)
        body = {forms.STATE[field.kind][0]: chosen}
        self.stage.interactions.use_message(
            user, post, field.block_id, field.element, body
        )

    def post(self, channel: Channel | str, text: str) -> Message:
        """Say something in a channel. `@name` mentions whoever is called so."""
        return self._say(self._inside(channel), text)

    def post_dm(self, text: str) -> Message:
        """Say something to the bot alone."""
        if not self.stage.workspace.manifest.accepts_messages:
            raise Refused("Sending messages to this app has been turned off.")
        return self._say(self._im(), text)

    def reply(self, message: Message, text: str, *, broadcast: bool = False) -> Message:
        """Say something in a message's thread, and with `broadcast` in its channel."""
        root = message.thread_ts or message.ts
        place = self._inside(message.channel)
        return self._say(place, text, thread_ts=root, broadcast=broadcast)

    def edit(self, message: Message, text: str) -> Message:
        """Change what the person said before."""
        self._awake()
        post = self._own(message)
        new = messages.rewrite(self.stage.workspace, post, self._mentions(text))
        return see(self.stage, self.id, new)

    def delete(self, message: Message) -> None:
        """Take back what the person said before."""
        self._awake()
        messages.remove(self.stage.workspace, self._own(message))

    def react(self, message: Message, name: str) -> None:
        """Put an emoji on a message."""
        user, post = self._awake(), self._live(message)
        people = [*post.reactions.get(name, []), user.id]
        workspace = self.stage.workspace
        workspace.world.put(replace(post, reactions={**post.reactions, name: people}))
        item = {"type": "message", "channel": post.channel, "ts": post.ts}
        about = {"reaction": name, "item": item, "item_user": post.user}
        kind = {"type": "reaction_added"}
        events.marked(workspace, post, user.id, kind | about)

    def open_home(self) -> None:
        """Look at the app's Home tab; the app is told, and may publish it anew."""
        user, workspace = self._awake(), self.stage.workspace
        if not (workspace.manifest.home and workspace.is_member(user)):
            raise Refused("This app has no Home tab here")
        home = workspace.world.get(View, workspace.world.screen(self.id).home)
        events.home_opened(workspace, user, self._im().id, home)

    def home_click(self, label: str, *, near: str = "", confirm: bool = True) -> None:
        """Click something on the Home tab."""
        self._awake()
        if self.home is None:
            raise NotOnScreen("The Home tab is empty")
        self.home.click(label, near=near, confirm=confirm)

    def leave(self, channel: Channel | str) -> None:
        """Leave a channel."""
        Channel(self.stage, self._inside(channel).id).remove(self)

    def _awake(self) -> User:
        user = self.account
        if user.deleted:
            raise Refused(DEACTIVATED)
        return user

    def _im(self) -> Conversation:
        return ensure_im(self.stage.workspace, self.account)

    def _live(self, message: Message) -> Post:
        self._inside(message.channel)
        found = self.stage.workspace.world.get(Post, message.key)
        if found is None or found.only_for not in ("", self.id):
            raise NotOnScreen("This message was deleted")
        return found

    def _own(self, message: Message) -> Post:
        post = self._live(message)
        if post.user != self.id:
            raise Refused("Only its author can change a message")
        return post

    def _find(self, message: Message, post: Post, label: str, near: str) -> Control:
        reader = self.stage.reader(self.id)
        now = choosing.controls(reader, post.blocks or [])
        try:
            return choosing.find_control(now, label, near=near)
        except NotOnScreen:
            before = choosing.controls(reader, message.blocks)
            if label not in [each.label for each in before]:
                raise
            return choosing.find_control(before, label, near=near)

    def _say(
        self,
        place: Conversation,
        text: str,
        *,
        thread_ts: str = "",
        broadcast: bool = False,
    ) -> Message:
        user = self._awake()
        if place.archived:
            raise Refused("This channel is archived")
        post = messages.post_as_person(
            self.stage.workspace,
            place,
            user,
            self._mentions(text),
            thread_ts=thread_ts,
            broadcast=broadcast,
        )
        return see(self.stage, self.id, post)

    def _mentions(self, text: str) -> str:
        people = self.stage.workspace.world.all(User)
        for user in sorted(people, key=lambda each: -len(each.shown)):
            text = text.replace(f"@{user.shown}", f"<@{user.id}>")
        return text
