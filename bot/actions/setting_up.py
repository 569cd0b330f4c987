"""Puts a setup file into effect: sites, people, identities, links, pinned messages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.actions.done import Done
from bot.refusals import SetupRefused
from bot.setup_file import LinkEntry, PersonEntry, SetupFile, SiteEntry
from storage.actors import Operator
from storage.notices import NewNotice, notice_id
from storage.records import Way, Workspace
from storage.unit import Unit

NAMESPACE = uuid.UUID("0d1f5a36-4a0e-5a53-b0f4-2f6f6e0c5b77")
PINNED = "pinned"
"""The view of the pinned message of a link's channel."""


@dataclass(frozen=True)
class Channel:
    """A link's channel, as Slack describes it."""

    id: str
    is_private: bool
    has_bot: bool


def set_up(
    *,
    uow: Unit,
    by: Operator,
    workspace: Workspace,
    setup: SetupFile,
    channels: Mapping[str, Channel],
) -> Done:
    """Make the kept setup what the file says; the same file twice changes nothing.

    People and links that the file names no more become inactive; they are never
    deleted. Raises `SetupRefused` for a channel that is public or without the bot.
    """
    for link in setup.links:
        _check_channel(channels[link.channel])
    writing = _Writing(uow, by, workspace.id)
    writing.workspace(workspace)
    for site in setup.sites:
        writing.site(site)
    writing.retire_people(setup)
    for link in setup.links:
        writing.link(link)
    writing.retire_links(setup)
    codes = {"changed": str(writing.changed)}
    uow.audit(workspace.id, "set up", workspace.id, codes)
    return Done("set up" if writing.changed else "unchanged", workspace.id)


def setup_id(workspace_id: str, *path: str) -> str:
    """Return the id that something of the setup has, from its keys."""
    return uuid.uuid5(NAMESPACE, "\x1f".join((workspace_id, *path))).hex


def _check_channel(channel: Channel) -> None:
    if not channel.is_private:
        raise SetupRefused(
            f"{channel.id} is a public channel: everybody in the workspace could read"
            " it. Make it private, or name a private one."
        )
    if not channel.has_bot:
        raise SetupRefused(f"Baton is not in {channel.id}: invite it with /invite.")


@dataclass
class _Writing:
    uow: Unit
    by: Operator
    workspace_id: str
    changed: int = 0

    def workspace(self, workspace: Workspace) -> None:
        known = {one.id for one in self.uow.people.workspaces()}
        row = {
            "id": workspace.id,
            "name": workspace.name,
            "bot_user_id": workspace.bot_user_id,
        }
        self._put("workspace", row)
        if workspace.id not in known:
            self.uow.begin_chain(workspace.id)

    def site(self, site: SiteEntry) -> None:
        site_id = setup_id(self.workspace_id, site.key)
        row = {
            "id": site_id,
            "workspace_id": self.workspace_id,
            "key": site.key,
            "kind": site.kind.value,
            "name": site.name,
            "phone_24h": site.phone_24h,
            "zone": site.zone,
            "opens": site.opens.strftime("%H:%M"),
            "closes": site.closes.strftime("%H:%M"),
            "days": sorted(site.weekdays),
            "country": site.country,
            "region": site.region,
            "responsible_roles": [role.value for role in site.responsible_roles],
        }
        self._put("site", row)
        for person in site.people:
            self._person(site, person)

    def retire_people(self, setup: SetupFile) -> None:
        named = {
            setup_id(self.workspace_id, site.key, one.key)
            for site in setup.sites
            for one in site.people
        }
        for site in self.uow.people.sites(self.workspace_id):
            for one in self.uow.people.staff(site.id):
                if one.id not in named:
                    self._retire("clinician", one.id)

    def link(self, link: LinkEntry) -> None:
        link_id = setup_id(self.workspace_id, "link", link.practice, link.center)
        row = {
            "id": link_id,
            "workspace_id": self.workspace_id,
            "practice_id": setup_id(self.workspace_id, link.practice),
            "center_id": setup_id(self.workspace_id, link.center),
            "channel_id": link.channel,
            "active": 1,
        }
        self._put("link", row)
        self._pin_message(link_id, link.channel)

    def retire_links(self, setup: SetupFile) -> None:
        named = {
            setup_id(self.workspace_id, "link", one.practice, one.center)
            for one in setup.links
        }
        for link in self.uow.people.links():
            if link.workspace_id == self.workspace_id and link.id not in named:
                self._retire("link", link.id)

    def _person(self, site: SiteEntry, person: PersonEntry) -> None:
        clinician_id = setup_id(self.workspace_id, site.key, person.key)
        on_duty = person.key in site.duty
        row = {
            "id": clinician_id,
            "site_id": setup_id(self.workspace_id, site.key),
            "key": person.key,
            "name": person.name,
            "role": person.role.value,
            "duty_order": site.duty.index(person.key) if on_duty else None,
            "active": 1,
        }
        self._put("clinician", row)
        self._identity(clinician_id, person)

    def _identity(self, clinician_id: str, person: PersonEntry) -> None:
        team_id = person.slack.team or self.workspace_id
        row = {
            "id": setup_id(self.workspace_id, "slack", team_id, person.slack.user),
            "team_id": team_id,
            "user_id": person.slack.user,
            "clinician_id": clinician_id,
            "confirmed_by": str(self.by),
        }
        self.uow.people.drop_identities(clinician_id, besides=row["id"])
        self._put("identity", row)

    def _pin_message(self, link_id: str, channel_id: str) -> None:
        posted = notice_id(link_id, PINNED, channel_id)
        pinned = notice_id(link_id, "pin", channel_id)
        shared: dict[str, Any] = {
            "workspace_id": self.workspace_id,
            "conversation": channel_id,
            "view": PINNED,
            "subject": link_id,
            "payload": {},
        }
        self.uow.notices.write(
            [
                NewNotice(id=posted, way=Way.POST, **shared),
                NewNotice(id=pinned, way=Way.PIN, root_id=posted, **shared),
            ],
            at=self.uow.now,
        )

    def _retire(self, table: str, id_: str) -> None:
        self.uow.people.retire(table, id_)
        self.changed += 1

    def _put(self, table: str, row: Mapping[str, Any]) -> None:
        self.changed += self.uow.people.put(table, row)
