"""A Slack workspace of one's own: for trying an app, and for its tests."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sandbox.channel import Channel, HasId
from sandbox.events import person_changed
from sandbox.faults import Faults
from sandbox.founding import add_channel, add_person, add_team
from sandbox.interactions import Interactions
from sandbox.manifest import Manifest
from sandbox.person import Person
from sandbox.record import Record
from sandbox.seen import Stage
from sandbox.server import Server
from sandbox.sockets import Reason
from sandbox.store import Store
from sandbox.things import Conversation, Team, Thing, User
from sandbox.transcript import transcript
from sandbox.waiting import do_together, subscribe, wait_until
from sandbox.workspace import Settings, Workspace
from sandbox.world import World

R = TypeVar("R")


class Sandbox:
    """One workspace, served on this machine from creation until `close`.

    `manifest` is the app's manifest, a file or its parsed content; `store` a file that
    keeps the world over restarts; `settings` how patient this Slack is. With
    `request_url` payloads are posted there, signed, instead of over sockets.
    """

    def __init__(
        self,
        manifest: Path | dict[str, Any],
        *,
        store: Path | None = None,
        port: int = 0,
        settings: Settings | None = None,
        host_name: str = "Host",
        request_url: str = "",
    ) -> None:
        settings = settings or Settings()
        self._store = Store(store) if store else None
        world = World(settings.clock, self._store)
        self._workspace = Workspace(
            Manifest.of(manifest),
            world,
            settings,
            host_name=host_name,
        )
        self._stage = Stage(self._workspace, Interactions(self._workspace))
        self._server = Server(self._workspace, port=port, request_url=request_url)
        self._server.start()
        self._subscriptions: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Stop serving and let go of the store."""
        for end in list(self._subscriptions):
            end()
        self._server.stop()
        if self._store:
            self._store.close()

    # Addresses and names

    @property
    def url(self) -> str:
        """The server's address."""
        return self._workspace.url

    @property
    def api_url(self) -> str:
        """The base of the Web API, as clients take it."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self._workspace.meta.bot_token

    @property
    def app_token(self) -> str:
        """The app-level token, for Socket Mode."""
        return self._workspace.meta.app_token

    @property
    def signing_secret(self) -> str:
        """The secret with which requests to the app's own URL are signed."""
        return self._workspace.meta.signing_secret

    @property
    def app_id(self) -> str:
        """The app's id."""
        return self._workspace.meta.app_id

    @property
    def bot_user_id(self) -> str:
        """The bot user's id."""
        return self._workspace.meta.bot

    @property
    def host(self) -> Team:
        """The team that installed the app."""
        return self._workspace.host

    @property
    def world(self) -> World:
        """Everything that there is, for screens and inspectors."""
        return self._workspace.world

    @property
    def faults(self) -> Faults:
        """What goes wrong, when a test says so."""
        return self._workspace.faults

    @property
    def record(self) -> Record:
        """What went over the wire."""
        return self._workspace.record

    @property
    def changed(self) -> threading.Condition:
        """Notified after each change."""
        return self._workspace.world.changed

    # Who and where

    def team(self, name: str) -> Team:
        """Another team, by its name; the same one when it is there already."""
        return add_team(self._workspace, name)

    def person(
        self,
        name: str,
        *,
        team: Team | None = None,
        tz: str = "America/New_York",
        display: str = "",
        title: str = "",
        email: str = "",
    ) -> Person:
        """Somebody of a team (None: the host), the same one when already there."""
        user = add_person(
            self._workspace,
            name,
            team=team or self.host,
            profile={"tz": tz, "display": display, "title": title, "email": email},
        )
        return Person(self._stage, user.id)

    def channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: Iterable[HasId] = (),
        shared_with: Iterable[Team] = (),
        bot: bool = True,
    ) -> Channel:
        """A channel by its name, the same one when it is there already."""
        new = add_channel(
            self._workspace,
            name,
            private=private,
            members=[each.id for each in members],
            shared_with=[each.id for each in shared_with],
            bot=bot,
        )
        return Channel(self._stage, new.id)

    @property
    def people(self) -> list[Person]:
        """Everybody but the bot."""
        users = self.world.all(User)
        return [Person(self._stage, each.id) for each in users if not each.bot_id]

    @property
    def channels(self) -> list[Channel]:
        """Every channel, without direct messages."""
        listed = self.world.all(Conversation)
        return [Channel(self._stage, each.id) for each in listed if not each.im_with]

    def deactivate(self, person: Person) -> None:
        """Close somebody's account."""
        self._change(person, deleted=True)

    def reactivate(self, person: Person) -> None:
        """Open it again."""
        self._change(person, deleted=False)

    def set_zone(self, person: Person, tz: str) -> None:
        """Somebody travels: their zone is another IANA zone now."""
        self._change(person, tz=tz)

    def _change(self, person: Person, **changes: Any) -> None:
        stamp = int(self._workspace.settings.clock())
        changed = replace(person.account, updated=stamp, **changes)
        self.world.put(changed)
        person_changed(self._workspace, changed)

    # The app's sockets

    @property
    def connections(self) -> int:
        """How many sockets the app has open."""
        return len(self._server.sockets.connections)

    def wait_for_app(self, connections: int = 1, *, timeout: float = 10) -> None:
        """Wait until the app has that many sockets open."""
        self.until(lambda: self.connections >= connections, timeout=timeout)

    def disconnect_sockets(self, reason: Reason = "refresh_requested") -> None:
        """Tell the app that its sockets end; with `refresh_requested` they do."""
        self._server.disconnect(reason)

    def drop_sockets(self, *, politely: bool = False) -> None:
        """End the app's sockets: with a reset, or politely with a close frame."""
        self._server.drop(politely=politely)

    # Waiting

    def until(self, predicate: Callable[[], R | None], *, timeout: float = 5) -> R:
        """Wait until something holds, and return what the predicate returned. Raises
        AssertionError with what everybody sees when it does not come to hold.
        """
        return wait_until(
            self.world, predicate, timeout=timeout, explain=self.transcript
        )

    def together(self, *acts: Callable[[], Any]) -> list[Any]:
        """Do things at the same moment, each in a thread of its own; what they
        returned, in order. Raises the first exception, after all have ended.
        """
        return do_together(acts)

    def transcript(self) -> str:
        """What everybody sees, as text."""
        return transcript(self._stage, self.people)

    def subscribe(self, callback: Callable[[Thing], None]) -> Callable[[], None]:
        """Call back with each thing that changed, in a thread that serves only this.
        Returns what ends the subscription.
        """
        end = subscribe(self.world, callback)
        self._subscriptions.append(end)
        return end
