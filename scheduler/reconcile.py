"""Looks in Slack for notices whose outcome nobody knows, before any is sent again.

Found: it was sent. Not found, and Slack was read to the end: it was not, and goes
out again. Not readable: it stays unknown, and after some tries a person is told;
it is never sent blindly. In a channel where the last probe did not find what it had
said, not finding proves nothing either: the notice is a person's task at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from scheduler.delivery import Delivery
from scheduler.ports import (
    Absent,
    Found,
    NotSent,
    Place,
    Refused,
    Sent,
    Sighting,
    Unneeded,
    Unreadable,
)
from storage.actors import System
from storage.records import Identity, Notice, Way

log = structlog.get_logger()

LOOK_BACK = timedelta(hours=1)
"""How far before the first attempt the search begins, for clocks that differ."""

NOT_VERIFIED = "in a channel that is not verified"
"""Ends the reason of an unknown notice that became a person's task at once."""


@dataclass(frozen=True)
class Reconciler:
    """Settles unknown notices."""

    delivery: Delivery

    def look_all(
        self, most: int = 100, *, unless: Callable[[], bool] = lambda: False
    ) -> int:
        """Look for every notice that is unknown now; return how many there were.

        Ends early where `unless` tells so.
        """
        for count in range(most):
            if unless() or not self.look_one():
                return count
        return most

    def look_one(self) -> bool:
        """Look for one unknown notice; False if there is none."""
        held = self._take()
        if held is None:
            return False
        if held.way is not Way.POST:
            self.delivery.settle(held, NotSent("repeated"), None)
            return True
        place = self._place_of(held)
        with self.delivery.store.read() as reading:
            doubtful = isinstance(place, Place) and reading.people.is_unverifiable(
                place.channel_id
            )
        if isinstance(place, Place):
            sighting = self._find(held, place)
            self._conclude(held, place, _doubted(sighting) if doubtful else sighting)
        elif isinstance(place, Unreadable):
            self._leave(held, place.reason)
        else:
            # No conversation was ever opened, so nothing can have been said in it.
            self.delivery.settle(held, NotSent("never begun"), None)
        return True

    def _place_of(
        self, held: Notice
    ) -> Place | Identity | Unneeded | Refused | Unreadable:
        """Return where to look, `Unreadable` while that is unknown, or anything else.

        What was never tried is unknown because a backup was put back, which may have
        forgotten the conversation, too.
        """
        with self.delivery.store.read() as reading:
            place = self.delivery.place_of(held, reading)
            root = reading.notices.notice(held.root_id or "")
        if isinstance(place, Unneeded) and root and root.state == "unknown":
            return Unreadable("its thread is looked for first")
        if isinstance(place, Identity) and not held.attempts:
            opened = self.delivery.opened(place)
            if isinstance(opened, Place | Refused):
                return opened
            return Unreadable("the conversation could not be opened")
        return place

    def _take(self) -> Notice | None:
        timings = self.delivery.timings
        with self.delivery.store.deliver() as books:
            return books.notices.claim_unknown(
                now=books.lease_now,
                quiet=timings.quiet,
                lease=timings.lease,
                owner=self.delivery.owner,
            )

    def _find(self, held: Notice, place: Place) -> Sighting:
        since = held.lease_first_attempt_at
        if since is None:
            return Absent()
        return self.delivery.sender.find(place, held.id, since - LOOK_BACK)

    def _conclude(self, held: Notice, place: Place, sighting: Sighting) -> None:
        log.info("notice.looked_for", notice=held.id, sighting=type(sighting).__name__)
        match sighting:
            case Found(ts=ts, permalink=permalink):
                self.delivery.settle(held, Sent(ts, permalink), place)
            case Absent():
                self.delivery.settle(held, NotSent("not in Slack"), place)
            case Unreadable(reason=reason):
                self._leave(held, reason)

    def _leave(self, held: Notice, reason: str) -> None:
        timings = self.delivery.timings
        # Every try and every look takes a token, so the rest of them were looks.
        looks = held.token - held.attempts
        with self.delivery.store.act(System(f"notice:{held.id}")) as uow:
            now = self.delivery.store.database.lease_now(uow.connection)
            left = uow.notices.settle_unknown(
                held, look_at=now + timings.wait_after(looks), reason=reason
            )
            if left and (looks % timings.give_up_after == 0 or _is_news(held, reason)):
                # Said once, since the notice of it has the same id each time; a
                # process that dies at the first such look leaves it to the next.
                codes = {"why": reason, "looks": str(looks)}
                uow.audit(held.workspace_id, "notice unknown", held.id, codes)
                self.delivery.teller.notice_failed(uow=uow, by=uow.by, notice=held)


def _doubted(sighting: Sighting) -> Sighting:
    """Return what a look is worth in a channel where a probe was not found."""
    if isinstance(sighting, Found):
        return sighting
    reason = sighting.reason if isinstance(sighting, Unreadable) else "not seen"
    return Unreadable(f"{reason}, {NOT_VERIFIED}")


def _is_news(held: Notice, reason: str) -> bool:
    """Tell whether this look is the first that knows of the channel's state."""
    known = (held.reason or "").endswith(NOT_VERIFIED)
    return reason.endswith(NOT_VERIFIED) and not known
