"""Proves for a link that what Baton says there is found again, or that it is not.

It says a root and a reply as every notice is said, looks for both as unknown notices
are looked for, and takes both away.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from slack_sdk.web import SlackResponse

from bot.actions.verifying import record_probe
from bot.doctor.asking import NoAnswer, ask
from bot.doctor.findings import Finding, doubt, trouble, well
from bot.doctor.links import UNVERIFIED, LinkFacts
from bot.doctor.surroundings import Surroundings
from bot.views import kit
from scheduler.ports import (
    Found,
    Message,
    Outcome,
    Place,
    Sent,
    Sighting,
    Slower,
    Unclear,
    Unreadable,
)
from storage.actors import Operator

LOOK_BACK = timedelta(minutes=1)
TEXT = "Baton checks that it can read what it writes here. This message goes away."
PROBE_AGAIN = "Mend that, and run `baton doctor --probe` again"


class NotVerified(Exception):
    """What was said could not be found again."""


def probe_link(
    around: Surroundings, facts: LinkFacts, by: Operator
) -> Iterator[Finding]:
    """Probe one link, record what it showed, and tell."""
    what, channel_id = f"{facts.name}, verified", facts.link.channel_id
    probe = Probe(around, channel_id)
    try:
        why = probe.run()
    finally:
        left = probe.clean_up()
    with around.store.act(by) as uow:
        link_id = facts.link.id
        record_probe(
            uow=uow, by=by, link_id=link_id, channel_id=channel_id, trouble=why
        )
    if why is None:
        yield well(what, "what Baton says here is found again")
    else:
        yield trouble(what, f"not verified: {why}", f"{UNVERIFIED}. {PROBE_AGAIN}")
    yield from (_left(what, ts, reason) for ts, reason in left)


@dataclass
class Probe:
    """One probe of one channel, and what of it stands in Slack."""

    around: Surroundings
    channel_id: str
    standing: list[str] = field(default_factory=list)
    """The time stamps of its messages, oldest first."""

    def run(self) -> str | None:
        """Say, look, and return why the channel is not verified, or None."""
        try:
            root = self._say_and_find(Place(self.channel_id))
            self._say_and_find(Place(self.channel_id, root))
        except NotVerified as why:
            return str(why)
        return None

    def clean_up(self) -> list[tuple[str, str]]:
        """Take away what stands, newest first; return what could not be, and why."""
        told = [(ts, self._delete(ts)) for ts in reversed(self.standing)]
        return [(ts, str(why)) for ts, why in told if isinstance(why, NoAnswer)]

    def _say_and_find(self, place: Place) -> str:
        """Say one message and find it again. Raises `NotVerified`."""
        id_, began = uuid.uuid4().hex, self.around.host_now()
        message = Message(TEXT, [kit.section(TEXT)])
        outcome = self.around.sender.post(place, message, id_)
        if isinstance(outcome, Sent):
            self.standing.append(outcome.ts)
            began = _instant(outcome.ts)
        elif not isinstance(outcome, Unclear):
            raise NotVerified(_why_not_said(outcome))
        found = self._look(place, id_, began - LOOK_BACK)
        if not isinstance(outcome, Sent):
            self.standing.append(found.ts)
        return found.ts

    def _look(self, place: Place, id_: str, since: datetime) -> Found:
        """Look until it shows, as long as delivery would. Raises `NotVerified`."""
        sighting: Sighting | None = None
        for seconds in self.around.patience:
            time.sleep(seconds)
            sighting = self.around.sender.find(place, id_, since)
            if isinstance(sighting, Found):
                return sighting
        where = "its thread" if place.ts else "the channel"
        if isinstance(sighting, Unreadable):
            raise NotVerified(f"{where} could not be read ({sighting.reason})")
        raise NotVerified(f"what was said is not seen in the history of {where}")

    def _delete(self, ts: str) -> SlackResponse | NoAnswer:
        client, channel_id = self.around.client, self.channel_id
        return ask(lambda: client.chat_delete(channel=channel_id, ts=ts))


def _instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _why_not_said(outcome: Outcome) -> str:
    if isinstance(outcome, Slower):
        return f"Slack asks to wait {outcome.seconds:.0f} s before anything is said"
    return f"nothing could be said ({getattr(outcome, 'reason', 'no reason given')})"


def _left(what: str, ts: str, reason: str) -> Finding:
    found = f"the message of the probe at {ts} could not be taken away: {reason}"
    return doubt(what, found, "Delete it by hand")
