"""Looks once an hour for what stands twice in Slack, and takes the surplus away.

Delivery doubles a notice only in a few named windows (see docs/decisions). Whatever
went through one of them is found here: a message with a notice's id that is not the
one on record.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from scheduler.delivery import Delivery
from scheduler.ports import Place, Seen, Sent, Unreadable
from storage.actors import System
from storage.records import Notice
from storage.said import places_since

log = structlog.get_logger()

LOOKED_AT = timedelta(hours=24)
PAUSE = 1.5
"""Seconds from one conversation to the next: Slack allows fifty a minute, and some of
them are for notices whose fate is unknown."""


def surplus(seen: Iterable[Seen], recorded: Mapping[str, str]) -> list[Seen]:
    """Return the messages that are not those on record for their notices.

    The one on record is where people answered and what is updated later, so it stays
    even where it is the younger. What is not on record as sent is left alone.
    """
    return [one for one in seen if recorded.get(one.notice_id, one.ts) != one.ts]


@dataclass(frozen=True)
class Sweeper:
    """Deletes what was said twice, and says so."""

    delivery: Delivery

    def sweep(self, *, pause: Callable[[float], object] = time.sleep) -> int:
        """Look through the last day of each conversation; return how much was found.

        Ends early where `pause`, which waits so many seconds, returns something true.
        """
        store = self.delivery.store
        with store.read() as reading:
            since = store.database.lease_now(reading.connection) - LOOKED_AT
            places = places_since(reading.connection, since)
        found = 0
        for channel, thread in places:
            found += self._look(Place(channel, thread), since)
            if pause(PAUSE):
                break
        return found

    def _look(self, place: Place, since: datetime) -> int:
        seen = self.delivery.sender.seen(place, since)
        if isinstance(seen, Unreadable):
            log.info("sweep.unreadable", channel=place.channel_id, reason=seen.reason)
            return 0
        with self.delivery.store.read() as reading:
            known = reading.notices.notices({one.notice_id for one in seen})
        ours = {one.id: one for one in known if one.state == "sent" and one.sent_ts}
        recorded = {one.id: one.sent_ts or "" for one in ours.values()}
        extra = surplus(seen, recorded)
        for one in extra:
            self._remove(ours[one.notice_id], one, place)
        return len(extra)

    def _remove(self, notice: Notice, one: Seen, place: Place) -> None:
        # Told first: a process that dies after that deletes it in the next hour.
        self._tell_once(notice, one)
        if one.has_replies:
            # What people wrote below it would hang on a message that is gone.
            return
        gone = self.delivery.sender.delete(Place(place.channel_id, one.ts))
        if not isinstance(gone, Sent):
            reason = getattr(gone, "reason", "slower")
            log.warning("notice.double_stays", notice=notice.id, reason=reason)

    def _tell_once(self, notice: Notice, one: Seen) -> None:
        with self.delivery.store.act(System("sweep")) as uow:
            key = f"doubled:{notice.id}:{one.ts}"
            if uow.inbound.claim(key, at=uow.now) is not None:
                return
            log.error("notice.doubled", notice=notice.id, ts=one.ts)
            codes = {"ts": one.ts, "stays": str(one.has_replies).lower()}
            uow.audit(notice.workspace_id, "notice doubled", notice.id, codes)
            self.delivery.teller.notice_doubled(uow=uow, by=uow.by, notice=notice)
