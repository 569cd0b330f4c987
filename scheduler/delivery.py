"""Notices reach Slack once each: claim, check, say, settle.

The claim is committed before anything is said, so that a process that dies
leaves a trace; the lease is checked right before, so that a process that slept
says nothing; only the holder of the claim's token settles it. What may have
been said and may not is left for `scheduler.reconcile` to look up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from scheduler.lease_timer import NoTimer, Timer
from scheduler.ports import (
    PICTURE,
    Message,
    NotSent,
    Outcome,
    Place,
    Refused,
    Renderer,
    Sender,
    Sent,
    Slower,
    Teller,
    Unclear,
    Unneeded,
)
from storage.actors import System
from storage.records import Identity, Notice, Way
from storage.unit import Delivering, Reading, Store

log = structlog.get_logger()


@dataclass(frozen=True)
class Timings:
    """How long delivery holds, waits and looks (see docs/decisions)."""

    lease: timedelta = timedelta(seconds=30)
    http: timedelta = timedelta(seconds=10)
    margin: timedelta = timedelta(seconds=5)
    settle: timedelta = timedelta(seconds=15)
    gap: timedelta = timedelta(seconds=1)
    """From Slack's answer to the next message of the same conversation."""
    first_wait: timedelta = timedelta(seconds=4)
    """After a first try that came to nothing; doubles with each."""
    longest_wait: timedelta = timedelta(minutes=5)
    show_tries: int = 4
    """Tries after which a notice that cannot be shown is a person's task."""
    picture_tries: int = 4
    """Tries after which a picture that cannot be shown is told in words: a minute."""
    give_up_after: int = 12
    """Looks after which an outcome that stays unclear becomes a person's task."""

    @property
    def quiet(self) -> timedelta:
        """After a lease's end, how long until what was sent must be visible."""
        return self.http + self.settle

    @property
    def spare(self) -> timedelta:
        """How long after the claim a call may begin, so that it ends in time."""
        return self.lease - self.http - self.margin

    @property
    def to_the_end(self) -> float:
        """Seconds from the last moment at which a call may begin to its very end.

        Half of the margin is for a call that takes as long as it may, the other
        half lies before the lease's end.
        """
        return (self.http + self.margin / 2).total_seconds()

    def wait_after(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries that came to nothing."""
        return min(
            self.first_wait * (1 << min(max(tries - 1, 0), 10)), self.longest_wait
        )


@dataclass(frozen=True)
class Delivery:
    """Sends what is pending."""

    store: Store
    renderer: Renderer
    sender: Sender
    teller: Teller
    owner: str
    timings: Timings = field(default_factory=Timings)
    monotonic: Callable[[], float] = time.monotonic
    timer: Timer = field(default_factory=NoTimer)

    def claim(self, most: int) -> list[tuple[Notice, float]]:
        """Claim up to `most` notices, each with the moment its lease is safe until.

        The moment is of the monotonic clock and counts from before the claim was
        sent to the database, so that no delay on the way lengthens it.
        """
        began = self.monotonic()
        with self.store.deliver() as books:
            held = books.notices.claim(
                most=most,
                owner=self.owner,
                now=books.lease_now,
                lease=self.timings.lease,
                gap=self.timings.gap,
            )
        spare = self.timings.spare.total_seconds()
        return [(one, began + spare) for one in held]

    def deliver(self, held: Notice, safe_until: float) -> None:
        """Say one claimed notice and settle it."""
        with self.store.read() as reading:
            said = self._render(held, reading)
            place = self.place_of(held, reading)
        if isinstance(said, NotSent):
            self._put_off_or_fail(held, said)
        elif isinstance(said, Unneeded):
            self.skip(held, said)
        elif isinstance(place, Unneeded):
            self.skip(held, place)
        elif isinstance(place, Refused):
            self.fail(held, place.reason)
        else:
            self._say(held, said, place, safe_until)

    def deliver_pending(self, most: int = 8) -> int:
        """Claim and deliver one batch in this thread; return how many."""
        batch = self.claim(most)
        for held, safe_until in batch:
            self.deliver(held, safe_until)
        return len(batch)

    def place_of(
        self, held: Notice, reading: Reading
    ) -> Place | Identity | Unneeded | Refused:
        """Return where a notice is said, or with whom a conversation is to be opened.

        What belongs to a thread that never came to be is not needed: whoever is
        told of the thread's failure is told of all of it.
        """
        if held.recipient_id is not None and held.way is Way.POST:
            return _direct(reading.people.identity_of(held.recipient_id))
        if held.root_id is None:
            return Place(held.conversation)
        root = reading.notices.notice(held.root_id)
        if root is None or root.channel_id is None:
            return Unneeded("no thread")
        return Place(root.channel_id, root.sent_ts)

    def opened(self, place: Place | Identity) -> Place | Outcome:
        """Return the place itself, or the conversation that is opened for it."""
        if isinstance(place, Place):
            return place
        channel = self.sender.open_dm(place)
        if not isinstance(channel, str):
            return channel
        with self.store.deliver() as books:
            books.people.keep_dm(place.id, channel)
        return Place(channel)

    def settle(self, held: Notice, outcome: Outcome, place: Place | None) -> None:
        """Record what became of a held notice, and let its conversation go on."""
        log.info(
            "notice.settled",
            notice=held.id,
            view=held.view,
            outcome=type(outcome).__name__,
            reason=getattr(outcome, "reason", None),
        )
        if isinstance(outcome, Refused):
            self.fail(held, outcome.reason)
            return
        with self.store.deliver() as books:
            if not self._record(books, held, outcome, place):
                log.warning("notice.fenced", notice=held.id, token=held.token)

    def skip(self, held: Notice, unneeded: Unneeded) -> None:
        """Record that a held notice is not needed, and tell somebody else if asked."""
        with self.store.act(System(f"notice:{held.id}")) as uow:
            skipped = uow.notices.settle_skipped(held, unneeded.reason)
            uow.notices.free_pace(held.conversation, held=held)
            # Where a message stands already, its change is no news to pass on.
            news = unneeded.tell_instead and held.way is Way.POST
            if skipped and news:
                self.teller.notice_unneeded(uow=uow, by=uow.by, notice=held)

    def fail(self, held: Notice, reason: str) -> None:
        """Record that Slack refuses a held notice, and tell a person, once."""
        with self.store.act(System(f"notice:{held.id}")) as uow:
            failed = uow.notices.settle_failed(held, reason)
            uow.notices.free_pace(held.conversation, held=held)
            if failed:
                uow.audit(held.workspace_id, "notice failed", held.id, {"why": reason})
                self.teller.notice_failed(uow=uow, by=uow.by, notice=held)

    def _render(self, held: Notice, reading: Reading) -> Message | Unneeded | NotSent:
        try:
            return self.renderer(reading=reading, notice=held)
        except Exception:
            # A process edge: one view that cannot be made must neither stop its
            # sender nor be taken for something that may have been sent.
            log.exception("notice.cannot_be_shown", notice=held.id, view=held.view)
            return NotSent("cannot be shown")

    def _put_off_or_fail(self, held: Notice, why: NotSent) -> None:
        # Tries that failed for another reason, such as a 429, do not count.
        again = held.reason == why.reason
        if again and held.attempts >= self.timings.show_tries:
            self.fail(held, why.reason)
        else:
            self.settle(held, why, None)

    def _say(
        self,
        held: Notice,
        said: Message,
        to: Place | Identity,
        safe_until: float,
    ) -> None:
        place = self.opened(to)
        # An upload takes its time, so it is done before the lease is looked at.
        whole = self._with_picture(held, said)
        if not isinstance(place, Place):
            self.settle(held, place, None)
        elif not isinstance(whole, Message):
            self.settle(held, whole, place)
        else:
            outcome = self._say_in_time(held, whole, place, safe_until)
            if self._was_stored_and_is_gone(held, to, outcome):
                outcome = self._forget_conversation(held)
            self.settle(held, self._with_link(held, outcome, place), place)

    def _say_in_time(
        self, held: Notice, said: Message, place: Place, safe_until: float
    ) -> Outcome:
        if self.monotonic() < safe_until:
            with self.timer.until(safe_until + self.timings.to_the_end):
                # Only a look that comes after the timer is set is guarded by it;
                # the one before spares a process that is late from being ended.
                if self.monotonic() < safe_until:
                    return self._call(held, said, place)
        return NotSent("the lease ran out before it was said")

    def _with_link(self, held: Notice, outcome: Outcome, place: Place) -> Outcome:
        begins_thread = held.way is Way.POST and place.ts is None
        if isinstance(outcome, Sent) and begins_thread:
            return Sent(outcome.ts, self.sender.link_to(place.channel_id, outcome.ts))
        return outcome

    def _with_picture(self, held: Notice, said: Message) -> Message | Outcome:
        if said.picture is None or held.way is Way.PIN:
            return said
        again = (held.reason or "").startswith(PICTURE)
        if again and held.attempts > self.timings.picture_tries:
            log.warning("notice.picture_in_words", notice=held.id, reason=held.reason)
            return self.sender.in_words(said)
        return self.sender.attach(said)

    def _was_stored_and_is_gone(
        self, held: Notice, to: Place | Identity, outcome: Outcome
    ) -> bool:
        gone = isinstance(outcome, Refused) and outcome.conversation_gone
        return gone and held.recipient_id is not None and isinstance(to, Place)

    def _forget_conversation(self, held: Notice) -> Outcome:
        """Forget where somebody was told things: it is opened anew on the next try."""
        if held.way is not Way.POST:
            return Refused("the message was in a conversation that is gone")
        with self.store.deliver() as books:
            identity = books.people.identity_of(held.recipient_id or "")
            if identity is not None:
                books.people.keep_dm(identity.id, None)
        return NotSent("the conversation is gone and is opened anew")

    def _call(self, held: Notice, said: Message, place: Place) -> Outcome:
        match held.way:
            case Way.POST:
                return self.sender.post(place, said, held.id)
            case Way.UPDATE:
                return self.sender.update(place, said, held.id)
            case Way.PIN:
                return self.sender.pin(place)

    def _record(
        self, books: Delivering, held: Notice, outcome: Outcome, place: Place | None
    ) -> bool:
        now, notices = books.lease_now, books.notices
        next_at = now + self.timings.gap
        match outcome:
            case Sent(ts=ts, permalink=permalink) if place is not None:
                done = notices.settle_sent(
                    held, channel_id=place.channel_id, ts=ts, permalink=permalink
                )
            case Slower(seconds=seconds):
                next_at = max(next_at, now + timedelta(seconds=seconds))
                done = notices.give_back(held, not_before=next_at, reason="slower")
            case Unclear(reason=reason) if held.way is Way.POST:
                look_at = now + self.timings.quiet
                done = notices.settle_unknown(held, look_at=look_at, reason=reason)
            case _:
                wait = self.timings.wait_after(held.attempts)
                if isinstance(outcome, Unclear):
                    # Repeating it does no harm, but not before what is under way
                    # has landed: the older text would then stand there last.
                    wait = max(wait, self.timings.quiet)
                reason = getattr(outcome, "reason", "not sent")
                done = notices.give_back(held, not_before=now + wait, reason=reason)
        notices.free_pace(held.conversation, held=held, next_at=next_at)
        return done


def _direct(identity: Identity | None) -> Place | Identity | Refused:
    if identity is None:
        return Refused("no Slack account is set up for this person")
    return Place(identity.dm_channel) if identity.dm_channel else identity
