"""The state of a workspace: every thing by kind and key, and a feed of its changes."""

import secrets
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.store import Store
from sandbox.things import KINDS, Conversation, Post, Screen, Thing, User, View

T = TypeVar("T", bound=Thing)
ALPHABET = string.ascii_uppercase + string.digits
MICROSECONDS = 1_000_000


@dataclass
class World:
    """All things of one workspace. Safe for threads: `lock` guards every read that
    must agree with another, and `changed` is notified after each change.
    """

    clock: Callable[[], float]
    store: Store | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    version: int = 0

    def __post_init__(self) -> None:
        """Start empty, or from the store."""
        self.changed = threading.Condition(self.lock)
        self.listeners: list[Callable[[Thing], None]] = []
        # By kind: each inner dictionary holds things of the kind that is its key.
        self._things: dict[Any, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._posts: dict[str, dict[str, Post]] = {}
        self._replies: dict[str, dict[str, Post]] = {}
        self._last_ts = 0
        for thing in self.store.load() if self.store else ():
            self._remember(thing)

    def put(self, thing: Thing) -> None:
        """Keep a thing in place of the one with its key, and tell of it."""
        with self.lock:
            self._remember(thing)
            if self.store:
                self.store.save(thing)
            self._tell(thing)

    def drop(self, thing: Thing) -> None:
        """Forget a thing, and tell of it."""
        with self.lock:
            self._things[type(thing)].pop(thing.key, None)
            if isinstance(thing, Post):
                self._posts[thing.channel].pop(thing.ts, None)
                self._replies.get(_root(thing), {}).pop(thing.ts, None)
            if self.store:
                self.store.forget(thing)
            self._tell(thing)

    def get(self, kind: type[T], key: str) -> T | None:
        """The thing of that kind with that key, or None."""
        found: T | None = self._things[kind].get(key)
        return found

    def need(self, kind: type[T], key: str) -> T:
        """The thing that is known to exist. Raises KeyError."""
        found: T = self._things[kind][key]
        return found

    def all(self, kind: type[T]) -> list[T]:
        """Every thing of a kind, oldest first."""
        with self.lock:
            return list(self._things[kind].values())

    def posts(self, channel: str) -> list[Post]:
        """Every message of a conversation, replies and private ones too, in order."""
        with self.lock:
            return list(self._posts.get(channel, {}).values())

    def thread(self, channel: str, root: str) -> list[Post]:
        """A thread: its root, if it still stands, and the replies."""
        with self.lock:
            first = self.get(Post, f"{channel}/{root}")
            replies = list(self._replies.get(f"{channel}/{root}", {}).values())
            return [first, *replies] if first else replies

    def screen(self, user: str) -> Screen:
        """What a person has open."""
        return self.get(Screen, user) or Screen(user)

    def modals(self, user: str) -> list[View]:
        """A person's open modals, the top one last."""
        with self.lock:
            return [self.need(View, each) for each in self.screen(user).modals]

    def im(self, user: str) -> Conversation | None:
        """The direct messages of a person with the bot, once they were opened."""
        found = (each for each in self.all(Conversation) if each.im_with == user)
        return next(found, None)

    def conversations_of(self, user: str) -> list[Conversation]:
        """The conversations that a person is in."""
        return [each for each in self.all(Conversation) if user in each.members]

    def share_a_channel(self, one: User, other: User) -> bool:
        """Whether two people can see each other: one team, or a channel of both."""
        if one.team == other.team:
            return True
        return any(
            {one.id, other.id} <= set(each.members) and not each.im_with
            for each in self.all(Conversation)
        )

    def new_id(self, prefix: str) -> str:
        """An id as Slack's look, used nowhere else."""
        return prefix + "0" + "".join(secrets.choice(ALPHABET) for _ in range(9))

    def new_ts(self) -> str:
        """Now as a message's time stamp: later than each one before."""
        with self.lock:
            now = int(self.clock() * MICROSECONDS)
            self._last_ts = max(now, self._last_ts + 1)
            return _as_ts(self._last_ts)

    def announce(self) -> None:
        """Wake those who wait, though no kept thing changed."""
        with self.lock:
            self.version += 1
            self.changed.notify_all()

    def _remember(self, thing: Thing) -> None:
        self._things[type(thing)][thing.key] = thing
        if isinstance(thing, Post):
            self._posts.setdefault(thing.channel, {})[thing.ts] = thing
            if thing.is_reply:
                self._replies.setdefault(_root(thing), {})[thing.ts] = thing
            self._last_ts = max(self._last_ts, int(thing.ts.replace(".", "")))

    def _tell(self, thing: Thing) -> None:
        self.announce()
        for listener in self.listeners:
            listener(thing)


def _root(reply: Post) -> str:
    return f"{reply.channel}/{reply.thread_ts}"


def _as_ts(microseconds: int) -> str:
    return f"{microseconds // MICROSECONDS}.{microseconds % MICROSECONDS:06d}"
