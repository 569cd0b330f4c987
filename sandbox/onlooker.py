"""What a person sees: channels, threads, private messages, modals, the Home tab."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.channel import Channel
from sandbox.errors import NotOnScreen
from sandbox.seen import HomeTab, Message, Modal, Stage, home_tab, see, top_modal
from sandbox.things import Conversation, Post, ReadMark, User


@dataclass(frozen=True)
class Onlooker:
    """Somebody's account, and what is on their screen."""

    stage: Stage
    id: str

    @property
    def account(self) -> User:
        """The account as it is now."""
        return self.stage.workspace.world.need(User, self.id)

    @property
    def name(self) -> str:
        """The name that others read."""
        return self.account.shown

    @property
    def team(self) -> str:
        """The id of the person's own team."""
        return self.account.team

    @property
    def channels(self) -> list[Channel]:
        """The channels that the person is in, without direct messages."""
        world = self.stage.workspace.world
        inside = world.conversations_of(self.id)
        return [Channel(self.stage, each.id) for each in inside if not each.im_with]

    def channel(self, channel: Channel | str) -> list[Message]:
        """A channel's messages, oldest first, without what stands only in threads."""
        return self._read(self._inside(channel).id, lambda post: post.in_channel)

    def dm(self) -> list[Message]:
        """The direct messages with the bot, oldest first, without thread replies."""
        im = self.stage.workspace.world.im(self.id)
        return self._read(im.id, lambda post: post.in_channel) if im else []

    def thread(self, message: Message) -> list[Message]:
        """A message with the replies in its thread, oldest first."""
        self._inside(message.channel)
        root = message.thread_ts or message.ts
        return self._read(
            message.channel, lambda post: root in (post.ts, post.thread_ts)
        )

    @property
    def private(self) -> list[Message]:
        """What only this person saw: answers to commands, ephemerals; newest last."""
        world = self.stage.workspace.world
        posts = [
            post
            for place in world.all(Conversation)
            for post in world.posts(place.id)
            if post.only_for == self.id
        ]
        posts.sort(key=lambda post: post.ts)
        return [see(self.stage, self.id, post) for post in posts]

    @property
    def modal(self) -> Modal | None:
        """The modal on top of the screen."""
        return top_modal(self.stage, self.id)

    @property
    def modals(self) -> list[Modal]:
        """All open modals, the top one last."""
        stack = self.stage.workspace.world.screen(self.id).modals
        return [Modal(self.stage, self.id, each) for each in stack]

    @property
    def home(self) -> HomeTab | None:
        """The app's Home tab, once it was published."""
        return home_tab(self.stage, self.id)

    def unread(self, channel: Channel | str) -> int:
        """How many messages of others came since the person last read."""
        conversation = self._inside(channel)
        world = self.stage.workspace.world
        mark = world.get(ReadMark, f"{self.id}/{conversation.id}")
        since = mark.ts if mark else "0"
        return sum(
            post.ts > since and post.user != self.id and post.only_for in ("", self.id)
            for post in world.posts(conversation.id)
        )

    def mark_read(self, channel: Channel | str) -> None:
        """Everything in a conversation counts as read."""
        conversation = self._inside(channel)
        world = self.stage.workspace.world
        posts = world.posts(conversation.id)
        if posts:
            world.put(ReadMark(self.id, conversation.id, posts[-1].ts))

    def _inside(self, channel: Channel | str) -> Conversation:
        wanted = channel if isinstance(channel, str) else channel.id
        found = self.stage.workspace.world.get(Conversation, wanted)
        if found is None or self.id not in found.members:
            raise NotOnScreen(f"{self.name} is not in this conversation")
        return found

    def _read(self, channel: str, wanted: Callable[[Post], bool]) -> list[Message]:
        return [
            see(self.stage, self.id, post)
            for post in self.stage.workspace.world.posts(channel)
            if wanted(post) and post.only_for in ("", self.id)
        ]
