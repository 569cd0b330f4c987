"""A channel, as a test or a demo handles it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sandbox import places
from sandbox.seen import Stage
from sandbox.things import Conversation, Post, User


class HasId(Protocol):
    """Whatever stands for an account: a person, the account itself."""

    @property
    def id(self) -> str:
        """The account's id."""
        ...


@dataclass(frozen=True)
class Channel:
    """A channel by its id; its properties tell how it is now."""

    stage: Stage
    id: str

    @property
    def conversation(self) -> Conversation:
        """The channel itself."""
        return self.stage.workspace.world.need(Conversation, self.id)

    @property
    def name(self) -> str:
        """The channel's name."""
        return self.conversation.name

    @property
    def members(self) -> Sequence[str]:
        """The ids of who is in it, the bot too."""
        return self.conversation.members

    @property
    def posts(self) -> list[Post]:
        """Everything in it, as it is kept: replies and private messages too."""
        return self.stage.workspace.world.posts(self.id)

    def add(self, person: HasId) -> None:
        """Let somebody in."""
        places.join(self.stage.workspace, self.conversation, self._user(person))

    def remove(self, person: HasId) -> None:
        """Put somebody out."""
        places.leave(self.stage.workspace, self.conversation, self._user(person))

    def add_bot(self) -> None:
        """Invite the bot."""
        self.add(self.stage.workspace.bot)

    def remove_bot(self) -> None:
        """Put the bot out."""
        self.remove(self.stage.workspace.bot)

    def archive(self) -> None:
        """Archive it: nobody can post there any more."""
        places.archive(self.stage.workspace, self.conversation, on=True)

    def unarchive(self) -> None:
        """Bring it back."""
        places.archive(self.stage.workspace, self.conversation, on=False)

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.stage.workspace.world.put(replace(self.conversation, name=name))

    def _user(self, person: HasId) -> User:
        return self.stage.workspace.world.need(User, person.id)
