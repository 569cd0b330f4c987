"""Looks at each link: its channel, the people in it, its pinned message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.actions.setting_up import PINNED
from bot.doctor.asking import Accounts, NoAnswer, ask, members_of
from bot.doctor.findings import Finding, doubt, trouble, well
from care.people import Role
from storage.notices import notice_id
from storage.records import Clinician, Identity, Link, Notice, Site, Verified
from storage.unit import Reading

AGAIN = "Run this again in a minute"
INVITE = "See that the channel is there, and invite Baton with /invite"
PIN_AGAIN = "Run `baton notices` for the reason; mend it and pin the message by hand"
PROBE = "Run `baton doctor --probe`"
UNVERIFIED = (
    "Until it is, a message whose fate is unknown here is a person's task and is"
    " never sent again"
)


@dataclass(frozen=True)
class LinkFacts:
    """What is kept of a link: read at once, since Slack takes its time."""

    link: Link
    practice: Site
    center: Site
    staff: tuple[tuple[Clinician, Identity | None], ...]
    pinned: Notice | None
    pin: Notice | None
    """The notice by which that message was to be pinned."""

    @property
    def name(self) -> str:
        """How its findings are called."""
        return f"{self.practice.key} and {self.center.key}"


def read_links(reading: Reading, workspace_id: str) -> list[LinkFacts]:
    """Return what is kept of the active links of a workspace, by their names."""
    links = reading.people.links()
    here = (one for one in links if one.workspace_id == workspace_id)
    return sorted((_facts(reading, one) for one in here), key=lambda one: one.name)


def look_at_link(accounts: Accounts, facts: LinkFacts) -> Iterator[Finding]:
    """Tell how it stands with one link."""
    client = accounts.client
    channel = look_at_channel(client, facts)
    yield from channel
    if any(one.remedy == INVITE for one in channel):
        return  # Nothing more can be seen from outside.
    yield from look_at_people(accounts, facts)
    yield look_at_pinned(client, facts)


def look_at_channel(client: WebClient, facts: LinkFacts) -> list[Finding]:
    """Tell whether the channel is there, private, in use, and Baton in it."""
    what, channel_id = f"{facts.name}, channel", facts.link.channel_id
    told = ask(lambda: client.conversations_info(channel=channel_id))
    if isinstance(told, NoAnswer):
        remedy = AGAIN if told.is_passing else INVITE
        return [trouble(what, f"{channel_id}: {told}", remedy)]
    body = told["channel"]
    wrong = list(_wrong_with_channel(body))
    if wrong:
        return [trouble(what, f"{channel_id} {is_so}", do) for is_so, do in wrong]
    shared = "shared" if body.get("is_ext_shared") else "not shared"
    found = f"{channel_id} is private, {shared} with other workspaces; Baton is in it"
    return [well(what, found)]


def look_at_people(accounts: Accounts, facts: LinkFacts) -> Iterator[Finding]:
    """Tell who of both sites has no account that works, or is not in the channel."""
    what = f"{facts.name}, people"
    inside = members_of(accounts.client, facts.link.channel_id)
    if isinstance(inside, NoAnswer):
        yield doubt(what, f"could not be looked at: {inside}", AGAIN)
        return
    wrong = [
        doubt(what, f"{who.name} {is_so}", do)
        for who, identity in facts.staff
        for is_so, do in _wrong_with_person(accounts, who, identity, inside)
    ]
    yield from wrong
    if not wrong:
        yield well(what, f"all {len(facts.staff)} have accounts that work here")


def look_at_pinned(client: WebClient, facts: LinkFacts) -> Finding:
    """Tell whether the pinned message stands."""
    what, pinned = f"{facts.name}, pinned message", facts.pinned
    if pinned is None or pinned.sent_ts is None:
        state = f"is {pinned.state}" if pinned else "was never written"
        remedy = "Start `baton run`, which posts it" if pinned else "Run `baton setup`"
        return doubt(what, state, remedy)
    ts = pinned.sent_ts
    told = ask(
        lambda: client.conversations_history(
            channel=facts.link.channel_id, oldest=ts, latest=ts, inclusive=True, limit=1
        )
    )
    if isinstance(told, NoAnswer):
        return doubt(what, f"could not be looked at: {told}", AGAIN)
    if not any(one.get("ts") == ts for one in told.get("messages") or []):
        return doubt(what, "was deleted in Slack", "Tell people of `/baton` instead")
    if facts.pin is None or facts.pin.state != "sent":
        state = facts.pin.state if facts.pin else "never asked for"
        return doubt(what, f"stands, and pinning it is {state}", PIN_AGAIN)
    return well(what, "stands")


def look_at_verified(facts: LinkFacts) -> Finding:
    """Tell what the last probe has shown."""
    what, link = f"{facts.name}, verified", facts.link
    if link.known_as is None or link.verified_at is None:
        return doubt(what, "this channel was never probed", PROBE)
    day = link.verified_at.date().isoformat()
    if link.known_as is Verified.NO:
        return trouble(what, f"not verified, on {day}", f"{UNVERIFIED}. {PROBE}")
    return well(what, f"what Baton says here is found again, as of {day}")


def _facts(reading: Reading, link: Link) -> LinkFacts:
    sites = (link.practice_id, link.center_id)
    staff = [one for site in sites for one in reading.people.staff(site)]
    identities = reading.people.identities(one.id for one in staff)
    pinned = notice_id(link.id, PINNED, link.channel_id)
    pin = notice_id(link.id, "pin", link.channel_id)
    return LinkFacts(
        link=link,
        practice=reading.people.site(link.practice_id),
        center=reading.people.site(link.center_id),
        staff=tuple((one, identities.get(one.id)) for one in staff),
        pinned=reading.notices.notice(pinned),
        pin=reading.notices.notice(pin),
    )


def _wrong_with_channel(body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if body.get("is_archived"):
        yield "is archived", "Unarchive it, or name another channel in the setup file"
    if not body.get("is_private"):
        yield "is public: everybody can read it", "Make it private"
    if not body.get("is_member"):
        yield "does not have Baton in it", INVITE


def _wrong_with_person(
    accounts: Accounts,
    who: Clinician,
    identity: Identity | None,
    inside: frozenset[str],
) -> Iterator[tuple[str, str]]:
    if identity is None:
        yield "has no Slack account in the setup", "Name it, and run `baton setup`"
        return
    told = accounts.of(identity.user_id)
    if isinstance(told, NoAnswer):
        remedy = AGAIN if told.is_passing else "Correct it in the setup file"
        yield f"({identity.user_id}): {told}", remedy
    elif told["user"].get("deleted"):
        yield "has a deactivated Slack account", "Take them out of the setup file"
    elif identity.user_id not in inside and who.role is not Role.ADMINISTRATOR:
        # An administrator looks after the installation and reads no case.
        yield "is not in the channel", "Invite them, or take them out of the setup"
