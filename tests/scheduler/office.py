"""A post office for tests: a real database, a real sandbox, and what carries between.

Nothing ticks here: a test turns the crank itself, so that it can look in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from slack_sdk import WebClient
from sqlalchemy import create_engine, text

from bot.actions.done import perform
from bot.actions.moving import Words, move_referral
from bot.actions.reminding import FAILURE, INSTEAD, STUCK, TellOfTrouble
from bot.actions.setting_up import PINNED
from bot.actions.starting import Request, start_referral
from bot.rendering import Rendering
from bot.sender import SlackSender
from care.referral import Event, Kind, Urgency
from sandbox import Channel, Person, Sandbox
from sandbox import Settings as SandboxSettings
from sandbox.record import ApiCall
from sandbox.things import Conversation, Post
from scheduler.delivery import Delivery, Timings
from scheduler.reconcile import Reconciler
from storage.actors import Person as Actor
from storage.notices import NewNotice
from storage.records import Notice, Way
from storage.unit import Store
from tests.world import (
    CENTER_STAFF,
    OPERATOR,
    PRACTICE_STAFF,
    QUESTION,
    SUMMARY,
    InSlack,
    World,
    a_notice,
    build_world,
)

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
MS = timedelta(milliseconds=1)
SHORT = Timings(
    lease=timedelta(seconds=5),
    http=100 * MS,
    margin=100 * MS,
    settle=100 * MS,
    gap=0 * MS,
    first_wait=20 * MS,
    longest_wait=100 * MS,
    give_up_after=3,
)
"""As the real ones, but short; `quiet` is a fifth of a second."""


@dataclass
class Office:
    """A sandbox, a store, the world in both, and a delivery between them."""

    slack: Sandbox
    store: Store
    world: World
    channel: Channel
    people: dict[str, Person]
    timings: Timings = SHORT
    http_seconds: int = 5
    delivery: Delivery = field(init=False)
    reconciler: Reconciler = field(init=False)

    def __post_init__(self) -> None:
        self.delivery = self.new_delivery("office")
        self.reconciler = Reconciler(self.delivery)

    def new_delivery(self, owner: str) -> Delivery:
        """Return a delivery on the same store, as another process has it."""
        return Delivery(
            store=self.store,
            renderer=Rendering(),
            sender=SlackSender(self.new_client()),
            teller=TellOfTrouble(),
            owner=owner,
            timings=self.timings,
        )

    def new_client(self) -> WebClient:
        """Return a client of the bot's, as the bot itself makes it."""
        return WebClient(
            token=self.slack.bot_token,
            base_url=self.slack.api_url,
            timeout=self.http_seconds,
            retry_handlers=[],
        )

    # What there is to say

    def write(self, *new: NewNotice) -> None:
        """Write notices in an action of its own."""
        with self.store.act(OPERATOR) as uow:
            uow.notices.write(new, at=uow.now)

    def post(self, occasion: str = "one", channel: Channel | None = None) -> NewNotice:
        """Write one post in a channel, and return it."""
        new = a_notice(
            self.world,
            occasion,
            view=PINNED,
            subject=self.world.link_id,
            conversation=(channel or self.channel).id,
        )
        self.write(new)
        return new

    def pin(self, posted: NewNotice, occasion: str = "pin") -> NewNotice:
        """Write the pin of a post, and return it."""
        new = a_notice(
            self.world,
            occasion,
            view=PINNED,
            subject=self.world.link_id,
            conversation=posted.conversation,
            way=Way.PIN,
            root_id=posted.id,
        )
        self.write(new)
        return new

    def tell(self, key: str, occasion: str = "one") -> NewNotice:
        """Write one direct message to somebody, by their key, and return it."""
        new = a_notice(
            self.world,
            occasion,
            view=STUCK,
            payload={"kind": "test"},
            conversation=f"@clinician-{key}",
            recipient_id=f"clinician-{key}",
        )
        self.write(new)
        return new

    def refer(self, named: Actor | None = None) -> str:
        """Start a referral as the oncologist; return its id."""
        request = Request(
            link_id=self.world.link_id,
            kind=Kind.ADVICE,
            urgency=Urgency.ROUTINE,
            question=QUESTION,
            summary=SUMMARY,
            named_id=named.clinician_id if named else None,
        )
        done = perform(
            self.store,
            start_referral,
            by=self.world.oncologist,
            key=f"start {time.monotonic_ns()}",
            request=request,
        )
        return done.subject

    def move(self, by: Actor, referral_id: str, event: Event, said: str = "") -> None:
        """Move a referral as somebody, with what they wrote."""
        perform(
            self.store,
            move_referral,
            by=by,
            key=f"move {time.monotonic_ns()}",
            referral_id=referral_id,
            event=event,
            words=Words({"text": said} if said else {}),
        )

    # Turning the crank

    def turn(self) -> int:
        """Deliver what is pending and look for what is unknown, once each."""
        return self.delivery.deliver_pending(99) + self.reconciler.look_all()

    def run(self, timeout: float = 20) -> None:
        """Turn until nothing waits, is under way or unknown."""
        self.turn_until(lambda: self.unsettled() == 0, timeout=timeout)

    def turn_until(self, holds: Callable[[], bool], timeout: float = 20) -> None:
        """Turn until something holds."""
        end = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < end, self.overview()
            if not self.turn():
                time.sleep(0.01)

    # Looking

    def unsettled(self) -> int:
        """Return how many notices are not settled."""
        with self.store.read() as reading:
            return reading.notices.unsettled()

    def look(self, notice_id: str) -> Notice:
        """Return one notice as it is kept."""
        with self.store.read() as reading:
            found = reading.notices.notice(notice_id)
        assert found is not None
        return found

    def notices(self, **wanted: str) -> list[Notice]:
        """Return every notice, oldest first, of a `view`, `state` or `conversation`."""
        with self.store.read() as reading:
            ids = reading.connection.execute(
                text("SELECT id FROM notice ORDER BY seq")
            ).scalars()
            rows = [reading.notices.notice(one) for one in list(ids)]
        return [
            row
            for row in rows
            if row and all(getattr(row, name) == one for name, one in wanted.items())
        ]

    def told_of_failure(self) -> list[str]:
        """Return who is told of failures, by clinician, in the order of writing."""
        return [one.recipient_id or "" for one in self.notices(view=FAILURE)]

    def told_instead(self) -> list[str]:
        """Return who is told instead of somebody without a part."""
        return [one.recipient_id or "" for one in self.notices(view=INSTEAD)]

    def posts_of(self, notice_id: str) -> list[Post]:
        """Return every message in Slack that carries a notice's id."""
        return [
            post
            for place in self.slack.world.all(Conversation)
            for post in self.slack.world.posts(place.id)
            if ((post.metadata or {}).get("event_payload") or {}).get("id") == notice_id
        ]

    def calls(self, method: str = "chat.postMessage") -> list[ApiCall]:
        """Return what was called in Slack, in the order of arrival."""
        return sorted(self.slack.record.calls(method), key=lambda call: call.at)

    def overview(self) -> str:
        """Return the state of every notice, for a failing test."""
        return "\n".join(
            f"{one.state} {one.view} {one.conversation} {one.reason} {one.attempts}"
            for one in self.notices()
        )


@contextmanager
def open_office(
    store: Store, timings: Timings = SHORT, http_seconds: int = 5
) -> Iterator[Office]:
    """Open a sandbox with the world's people in it, and an office beside it."""
    settings = SandboxSettings(rate_limits=False)
    with Sandbox(MANIFEST, settings=settings, host_name="University") as slack:
        away = slack.team("Lakeside")
        people = {one.key: slack.person(one.name, team=away) for one in PRACTICE_STAFF}
        people |= {one.key: slack.person(one.name) for one in CENTER_STAFF}
        channel = slack.channel(
            "lakeside-university",
            private=True,
            members=list(people.values()),
            shared_with=[away],
        )
        identities = {key: (who.team, who.id) for key, who in people.items()}
        place = InSlack(slack.host.id, slack.bot_user_id, channel.id, identities)
        world = build_world(store, place)
        yield Office(slack, store, world, channel, people, timings, http_seconds)


def break_row(store: Store, statement: str, **words: object) -> None:
    """Change rows behind Baton's back, as an accident would."""
    engine = create_engine(store.database.url)
    with engine.begin() as connection:
        connection.execute(text(statement), words)
    engine.dispose()
