"""Puts a setup into effect: sites, people, identities, links, pinned messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.actions.covering import let_leave
from bot.actions.digesting import plan_digests
from bot.actions.done import Done
from bot.actions.duty import plan_check
from bot.actions.leaving import check_leaving, leaving
from bot.actions.showing import keep_agreement
from bot.actions.signature_clock import begin_looking
from bot.actions.weekly import plan_list
from bot.refusals import NotForYou, Overtaken, SetupRefused
from bot.setup_file import (
    LinkEntry,
    PersonEntry,
    PrivacyEntry,
    SetupFile,
    SiteEntry,
)
from bot.setup_reading import (
    hold_setup,
    links_with_threads,
    setup_id,
    setup_version,
)
from care.people import SiteKind
from care.referral import OPEN, State
from storage.actors import Operator, Person
from storage.notices import NewNotice, notice_id
from storage.records import Link, Way, Workspace
from storage.unit import Reading, Unit

NOT_PLACED = OPEN | {State.ANSWERED}
"""States in which a link still owes a patient something."""

KINDS: Mapping[str, str] = {
    "workspace": "workspace",
    "site": "site",
    "clinician": "person",
    "identity": "identity",
    "link": "link",
}
"""A table of the setup -> what the audit chain calls a row of it."""

AUDITED: Mapping[str, tuple[str, ...]] = {
    "workspace": (),
    "site": ("kind",),
    "clinician": ("site_id", "role", "signs"),
    "identity": ("clinician_id", "team_id", "user_id"),
    "link": ("practice_id", "center_id", "channel_id"),
}
"""What the audit chain says of a row that changed: ids and codes, no names."""

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
    by: Operator | Person,
    workspace: Workspace,
    setup: SetupFile,
    channels: Mapping[str, Channel],
    gone: Collection[str] = (),
) -> Done:
    """Make the kept setup what `setup` says; the same setup twice changes nothing.

    People and links that it names no more become inactive; they are never
    deleted. `channels` is what Slack says of each link's channel; only a link that
    stands in its channel already needs none. `gone` are clinicians whose Slack
    account is deactivated. Raises `SetupRefused` for a channel that is public,
    without the bot or with the threads of another link, for a link that goes while
    cases are open, for somebody who goes while a case waits for them, and for an
    agreement of a day that is still to come.
    """
    hold_setup(uow, workspace.id)
    _check_links(uow, workspace.id, setup, channels)
    check_leaving(uow, workspace.id, setup, gone)
    writing = _Writing(uow, by, workspace.id)
    writing.workspace(workspace)
    writing.privacy(setup.privacy)
    for site in setup.sites:
        writing.site(site)
    writing.retire_people(setup)
    writing.retire_links(setup)
    for link in setup.links:
        writing.link(link)
    writing.renew_pinned()
    writing.plan_center_days()
    plan_digests(uow, workspace.id)
    codes = {"changed": str(writing.changed)}
    uow.audit(workspace.id, "set up", workspace.id, codes)
    return Done("set up" if writing.changed else "unchanged", workspace.id)


def change_setup(
    *,
    uow: Unit,
    by: Person,
    seen: str,
    subject: str,
    setup: SetupFile,
    channels: Mapping[str, Channel],
    gone: Collection[str] = (),
) -> Done:
    """Put a setup into effect that an administrator has changed in one place.

    `seen` is the version that was changed, `subject` the id of what was; the
    subject of what is returned is the version since then. Raises `NotForYou`,
    `Overtaken` where the kept setup is another by now, and `SetupRefused` as
    `set_up` does.
    """
    workspace = administered_workspace(uow, by)
    hold_setup(uow, workspace.id)
    if setup_version(uow, workspace.id) != seen:
        raise Overtaken(
            "Somebody else changed the setup meanwhile, and yours was not saved."
            " Open `/baton setup` again to see how it stands now."
        )
    done = set_up(
        uow=uow,
        by=by,
        workspace=workspace,
        setup=setup,
        channels=channels,
        gone=gone,
    )
    uow.audit(workspace.id, "setup changed in Slack", subject or workspace.id)
    return Done(done.what, setup_version(uow, workspace.id))


def administered_workspace(reading: Reading, by: Person) -> Workspace:
    """Return the workspace that `by` looks after. Raises `NotForYou`."""
    workspace_id = reading.people.site(by.site_id).workspace_id
    administrators = reading.people.administrators(workspace_id)
    if by.clinician_id not in {one.id for one in administrators}:
        names = ", ".join(one.name for one in administrators) or "nobody yet"
        raise NotForYou(f"Only administrators see and change the setup: {names}.")
    found = {one.id: one for one in reading.people.workspaces()}
    return found[workspace_id]


def _check_links(
    uow: Unit, workspace_id: str, setup: SetupFile, channels: Mapping[str, Channel]
) -> None:
    kept = {
        one.id: one for one in uow.people.links() if one.workspace_id == workspace_id
    }
    named = {_link_id(workspace_id, one): one.channel for one in setup.links}
    owners = links_with_threads(uow, workspace_id)
    for link_id, channel in named.items():
        stays = link_id in kept and kept[link_id].channel_id == channel
        if not stays or channel in channels:
            _check_channel(channel, channels)
        if owners.get(channel, link_id) != link_id:
            raise SetupRefused(
                f"{channel} is or was the channel of another link, and its threads"
                " are of other patients. Make a new private channel."
            )
    for one in kept.values():
        if named.get(one.id) != one.channel_id:
            _check_nothing_open(uow, one)


def _check_nothing_open(uow: Unit, link: Link) -> None:
    """Refuse to leave a link, or its channel, while cases are open there."""
    at_practice = uow.cases.referrals_at(link.practice_id, NOT_PLACED)
    cases = {one.case_id for one in at_practice if one.link_id == link.id}
    if cases:
        codes = ", ".join(sorted(one.code for one in uow.cases.cases(cases).values()))
        practice = uow.people.site(link.practice_id).name
        center = uow.people.site(link.center_id).name
        raise SetupRefused(
            f"{practice} and {center} have open cases in this channel: {codes}."
            " Close or withdraw each first, and see who cares for the patient."
        )


def _check_channel(channel_id: str, channels: Mapping[str, Channel]) -> None:
    channel = channels.get(channel_id)
    if channel is None:
        raise SetupRefused(f"Slack was not asked about {channel_id}.")
    if not channel.is_private:
        raise SetupRefused(
            f"{channel.id} is a public channel: everybody in the workspace could read"
            " it. Make it private, or name a private one."
        )
    if not channel.has_bot:
        raise SetupRefused(f"Baton is not in {channel.id}: invite it with /invite.")


def _link_id(workspace_id: str, link: LinkEntry) -> str:
    return setup_id(workspace_id, "link", link.practice, link.center)


@dataclass
class _Writing:
    uow: Unit
    by: Operator | Person
    workspace_id: str
    changed: int = 0
    resaid: set[str] = field(default_factory=set)
    """Sites whose name or phone changed, so that what is pinned is true no more."""

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

    def privacy(self, privacy: PrivacyEntry) -> None:
        if keep_agreement(self.uow, self.workspace_id, privacy):
            codes = {"mode": privacy.mode.value, "agreed_on": str(privacy.agreed_on)}
            self._note("setup privacy", self.workspace_id, codes)

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
            "urgent_minutes": round(site.answer.urgent_hours * 60),
            "advice_days": site.answer.advice_days,
            "evaluation_days": site.answer.evaluation_days,
            "concern_opt_in": int(site.concern_opt_in),
            "stale_after_days": site.stale_after_days,
            "journey_days": {one.value: n for one, n in site.journey_days.items()},
            "rota_starts": site.rota.starts.isoformat() if site.rota else None,
            "rota_order": self._rota_order(site),
        }
        self._note_resaid(site_id, site)
        self._put("site", row)
        for person in site.people:
            self._person(site, person)

    def retire_people(self, setup: SetupFile) -> None:
        gone = leaving(self.uow, self.workspace_id, setup)
        for one in gone.values():
            self._retire("clinician", one.id)
        let_leave(self.uow, gone)

    def link(self, link: LinkEntry) -> None:
        link_id = _link_id(self.workspace_id, link)
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
        """Let go of links that are no more, and of channels that links leave.

        Before any is written: a channel is of one active link at a time.
        """
        named = {_link_id(self.workspace_id, one): one.channel for one in setup.links}
        for link in self.uow.people.links():
            if link.workspace_id != self.workspace_id:
                continue
            if link.id not in named:
                self._retire("link", link.id)
            elif named[link.id] != link.channel_id:
                self.uow.people.retire("link", link.id)

    def renew_pinned(self) -> None:
        """Say anew what is pinned in the channels of sites that read differently."""
        for link in self.uow.people.links():
            if self.resaid & {link.practice_id, link.center_id}:
                self._renew_pinned(link)

    def plan_center_days(self) -> None:
        """Plan each center's first daily check, weekly list and look at signatures."""
        for site in self.uow.people.sites(self.workspace_id):
            if site.kind is not SiteKind.CENTER:
                continue
            if not self.uow.reminders.of(site.id):
                plan_check(self.uow, site, generation=1)
                plan_list(self.uow, site, generation=1)
            begin_looking(self.uow, site)

    def _rota_order(self, site: SiteEntry) -> list[str]:
        order = site.rota.order if site.rota else ()
        return [setup_id(self.workspace_id, site.key, one) for one in order]

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
            "signs": int(person.signs),
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
        for dropped in self.uow.people.drop_identities(clinician_id, besides=row["id"]):
            self._note("setup retired", dropped, {"what": "identity"})
        known = self.uow.people.identity_of(clinician_id)
        if known is None or known.id != row["id"]:
            # Who confirmed an identity stays whoever confirmed it first.
            self._put("identity", row)

    def _pin_message(self, link_id: str, channel_id: str) -> None:
        """Post and pin the message of a link, once for each channel."""
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

    def _note_resaid(self, site_id: str, site: SiteEntry) -> None:
        known = {one.id: one for one in self.uow.people.sites(self.workspace_id)}
        was = known.get(site_id)
        if was and (was.name, was.phone_24h) != (site.name, site.phone_24h):
            self.resaid.add(site_id)

    def _renew_pinned(self, link: Link) -> None:
        new = NewNotice(
            id=notice_id(self.uow.new_id(), "pinned update", link.channel_id),
            workspace_id=self.workspace_id,
            conversation=link.channel_id,
            way=Way.UPDATE,
            view=PINNED,
            subject=link.id,
            payload={},
            root_id=notice_id(link.id, PINNED, link.channel_id),
        )
        self.uow.notices.write([new], at=self.uow.now)

    def _retire(self, table: str, id_: str) -> None:
        self.uow.people.retire(table, id_)
        self._note("setup retired", id_, {"what": KINDS[table]})

    def _put(self, table: str, row: Mapping[str, Any]) -> None:
        if self.uow.people.put(table, row):
            codes = {name: str(row[name]) for name in AUDITED[table]}
            self._note(f"setup {KINDS[table]}", row["id"], codes)

    def _note(self, event: str, id_: str, codes: Mapping[str, str]) -> None:
        self.uow.audit(self.workspace_id, event, id_, codes)
        self.changed += 1
