"""Somebody who calls the doctor: a sandbox, a database, and what was set up there.

No bot runs here. What it would have said is delivered once, so that the pinned
messages stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from bot.actions.reminding import TellOfTrouble
from bot.app import new_client, survey_surroundings
from bot.demo import MANIFEST, settings_for
from bot.demo.cast import HOST, Cast, gather, setup_for
from bot.doctor import Finding, Level, Surroundings, examine
from bot.installing import install
from bot.rendering import Rendering
from bot.sender import SlackSender
from bot.settings import Settings
from sandbox import Sandbox
from sandbox import Settings as SandboxSettings
from scheduler.delivery import Delivery, Timings
from storage.actors import Operator
from storage.clock import TravellingClock
from storage.records import Link, Workspace
from storage.unit import Store

BY = Operator("tests")
AT_ONCE = (0.0,)
"""One look, at once: the sandbox shows what was said without delay."""
LAKESIDE, PRAIRIE = "lakeside and university", "prairie and university"
Change = Callable[[Surroundings], Surroundings]


@dataclass
class Installation:
    """What the doctor is called to, and how it is broken before."""

    slack: Sandbox
    cast: Cast
    settings: Settings
    clock: TravellingClock
    workspace: Workspace
    stores: list[Store] = field(default_factory=list)

    def around(self, **settings: str) -> Surroundings:
        """Return what the doctor looks at, with some settings changed."""
        changed = {
            name: value if name.startswith("baton_database") else SecretStr(value)
            for name, value in settings.items()
        }
        around = survey_surroundings(
            self.settings.model_copy(update=changed), clock=self.clock
        )
        self.stores.append(around.store)
        return replace(around, patience=AT_ONCE)

    def examine(
        self,
        *,
        probe: bool = False,
        change: Change = lambda given: given,
        **settings: str,
    ) -> list[Finding]:
        """Return all that the doctor finds."""
        around = change(self.around(**settings))
        return list(examine(around, by=BY, probe=probe))

    def set_up(self) -> None:
        """Name sites, people and links, and say what Baton then has to say."""
        around = self.around()
        install(
            store=around.store,
            client=around.client,
            workspace=self.workspace,
            setup=setup_for(self.cast),
            account="tests",
        )
        self.deliver(around.store)

    def deliver(self, store: Store) -> None:
        """Deliver everything that is pending."""
        delivery = Delivery(
            store=store,
            renderer=Rendering(),
            sender=SlackSender(new_client(self.settings, timeout=10)),
            teller=TellOfTrouble(),
            owner="tests",
            timings=Timings(gap=timedelta()),
        )
        while delivery.deliver_pending():
            pass

    def links(self) -> dict[str, Link]:
        """Return the links as they are kept, by their channel."""
        with self.around().store.read() as reading:
            return {one.channel_id: one for one in reading.people.links()}

    def close(self) -> None:
        """Close every database, then the sandbox."""
        for one in self.stores:
            one.database.close()
        self.slack.close()


@contextmanager
def open_installation(
    folder: Path,
    url: str,
    *,
    at: datetime,
    without: str = "",
    more: str = "",
    **patience: Any,
) -> Iterator[Installation]:
    """Open a sandbox whose app lacks a scope, or has one more, and set Baton up."""
    settings = SandboxSettings(rate_limits=False, **patience)
    slack = Sandbox(_manifest(without, more), settings=settings, host_name=HOST)
    clock = TravellingClock()
    clock.stop_at(at)
    installation = Installation(
        slack=slack,
        cast=gather(slack),
        settings=settings_for(slack, folder).model_copy(
            update={"baton_database_url": url}
        ),
        clock=clock,
        workspace=Workspace(slack.host.id, HOST, slack.bot_user_id),
    )
    try:
        installation.set_up()
        yield installation
    finally:
        installation.close()


def of(findings: list[Finding], what: str) -> list[Finding]:
    """Return what was found of one thing."""
    return [one for one in findings if one.what == what]


def the(findings: list[Finding], what: str) -> Finding:
    """Return the one thing that was found of something."""
    [found] = of(findings, what)
    return found


def unwell(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return what is not ok, as level and what was looked at."""
    wrong = (one for one in findings if one.level is not Level.OK)
    return [(one.level.value, one.what) for one in wrong]


def _manifest(without: str, more: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    bot = told["oauth_config"]["scopes"]["bot"]
    granted = [one for one in (*bot, more) if one and one != without]
    told["oauth_config"]["scopes"]["bot"] = granted
    return told
