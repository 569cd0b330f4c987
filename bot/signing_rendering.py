"""Renders what is told of a center's signatures, from how they stand at sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.actions.signature_clock import (
    STALE_SOON,
    UNSIGNED,
    patients_given,
    to_renew,
)
from bot.center_protocol import standing_protocol
from bot.knowledge import has_right_now
from bot.views import signing
from scheduler.ports import Message, Unneeded
from storage.errors import NotFound
from storage.records import Clinician, Notice, Site
from storage.unit import Reading

NO_PART = Unneeded("no part")
SIGNED = Unneeded("signed meanwhile")


def _stale_soon(reading: Reading, notice: Notice) -> Message | Unneeded:
    center, recipient = _places(reading, notice)
    if recipient is None or recipient.site_id != center.id:
        return NO_PART
    told = notice.payload
    rows = to_renew(reading, center).get((told["signer"], told["day"]))
    if not rows:
        return SIGNED
    mine = told["signer"] == recipient.id
    signer = reading.people.clinician(told["signer"])
    return Message(
        "Signatures to renew",
        signing.to_renew_blocks(center, rows, None if mine else signer),
    )


def _unsigned(reading: Reading, notice: Notice) -> Message | Unneeded:
    center, recipient = _places(reading, notice)
    if recipient is None or not _works_with(reading, recipient, center):
        return NO_PART
    count = standing_protocol(reading, center).count
    patients = patients_given(reading, center)
    if not count.unsigned or not patients:
        return SIGNED
    signs = has_right_now(recipient, center)
    blocks = signing.unsigned_blocks(center, count, patients, signs=signs)
    return Message("Rows of the protocol are not signed", blocks)


def _places(reading: Reading, notice: Notice) -> tuple[Site, Clinician | None]:
    center = reading.people.site(notice.subject)
    try:
        recipient = reading.people.clinician(notice.recipient_id or "")
    except NotFound:
        return center, None
    return center, recipient if recipient.active else None


def _works_with(reading: Reading, one: Clinician, center: Site) -> bool:
    if one.site_id == center.id:
        return True
    links = reading.people.links(site_id=one.site_id)
    return any(link.center_id == center.id for link in links)


OF_SIGNING: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    STALE_SOON: _stale_soon,
    UNSIGNED: _unsigned,
}
"""The view of each notice about signatures."""
