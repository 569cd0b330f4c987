"""One workspace with the app installed: everything that its parts share."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.manifest import Manifest
from sandbox.record import Record
from sandbox.response_urls import ResponseUrls
from sandbox.things import Meta, Team, User
from sandbox.triggers import Triggers
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.delivery import Delivery


@dataclass(frozen=True)
class Settings:
    """How this Slack behaves. Times are in seconds; the defaults are Slack's, but for
    `retry_delays`, which are minutes in Slack.
    """

    trigger_seconds: float = 3.0
    ack_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 1.0, 5.0)
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    rate_limits: bool = True
    record_cap: int = 10_000
    clock: Callable[[], float] = time.time


class Workspace:
    """The world with what is around it. What is only declared here
    is set when its server starts."""

    delivery: "Delivery"
    open_socket_url: Callable[[], str]
    url: str

    def __init__(
        self,
        manifest: Manifest,
        world: World,
        settings: Settings,
        *,
        host_name: str = "Host",
    ) -> None:
        self.manifest = manifest
        self.world = world
        self.settings = settings
        self.record = Record(settings.record_cap)
        self.faults = Faults()
        self.limits = Limits(settings.clock, enabled=settings.rate_limits)
        self.triggers = Triggers(settings.clock, settings.trigger_seconds)
        self.response_urls = ResponseUrls(
            settings.clock,
            seconds=settings.response_url_seconds,
            uses=settings.response_url_uses,
        )
        self.meta = world.get(Meta, "meta") or found(world, manifest, host_name)

    @property
    def host(self) -> Team:
        """The team that installed the app."""
        return self.world.need(Team, self.meta.host)

    @property
    def bot(self) -> User:
        """The app's bot user."""
        return self.world.need(User, self.meta.bot)

    def is_member(self, user: User) -> bool:
        """Whether somebody belongs to the team that installed the app."""
        return user.team == self.meta.host


def found(world: World, manifest: Manifest, host_name: str) -> Meta:
    """Make the host team, install the app in it, and hand out its tokens."""
    host = Team(world.new_id("T"), host_name, host_name.lower().replace(" ", "-"))
    bot = User(
        id=world.new_id("U"),
        team=host.id,
        handle=manifest.bot_name.lower().replace(" ", "_"),
        real_name=manifest.bot_name,
        display=manifest.bot_name,
        bot_id=world.new_id("B"),
        updated=int(world.clock()),
    )
    meta = Meta(
        host=host.id,
        bot=bot.id,
        app_id=world.new_id("A"),
        bot_token=f"xoxb-{secrets.token_hex(24)}",
        app_token=f"xapp-1-{secrets.token_hex(24)}",
        signing_secret=secrets.token_hex(16),
    )
    for thing in (host, bot, meta):
        world.put(thing)
    return meta
