"""Reads the kept setup back as a setup file, so that it can be shown and changed."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError
from sqlalchemy import Select, exists, select

from bot.refusals import SetupRefused
from bot.setup_file import (
    WEEKDAYS,
    LinkEntry,
    PersonEntry,
    SetupFile,
    SiteEntry,
)
from care.patient_time import PhiMode
from care.people import SiteKind
from storage.records import Clinician, Identity, Link, Site
from storage.tables import clinician, identity, link, referral, site, workspace
from storage.unit import Reading, Unit

NAMESPACE = uuid.UUID("0d1f5a36-4a0e-5a53-b0f4-2f6f6e0c5b77")
NOTHING_YET = (
    "Nothing is set up yet. The first setup comes from a file, at the command line:"
    " `baton setup FILE`."
)


def setup_id(workspace_id: str, *path: str) -> str:
    """Return the id that something of the setup has, from its keys."""
    return uuid.uuid5(NAMESPACE, "\x1f".join((workspace_id, *path))).hex


@dataclass(frozen=True)
class KeptSetup:
    """What a workspace's setup is now, and what stands in the way of changing it."""

    workspace_id: str
    setup: SetupFile
    version: str
    """Changes with anything of the setup: who changes it says what they saw."""
    taken: Mapping[str, frozenset[str]]
    """Site's key -> keys of its people, of those who left too."""
    former: Mapping[tuple[str, str, str], str]
    """(site's key, team, user) -> key of somebody who left and had that identity."""
    former_sites: Mapping[tuple[str, SiteKind], str]
    """(name, kind) -> key of a site that left."""
    phi_most: PhiMode = PhiMode.NONE
    """What the settings let be shown of a patient's time, whatever was agreed."""

    @property
    def phi_mode(self) -> PhiMode:
        """What is shown of a patient's time: the lesser of settings and agreement."""
        return self.phi_most.lesser(self.setup.privacy.mode)

    def site(self, site_id: str) -> SiteEntry | None:
        """Return the site with an id."""
        return next((s for s in self.setup.sites if self.id_of(s) == site_id), None)

    def person(self, person_id: str) -> tuple[SiteEntry, PersonEntry] | None:
        """Return the person with an id, and their site."""
        everybody = ((s, p) for s in self.setup.sites for p in s.people)
        return next((at for at in everybody if self.id_of(*at) == person_id), None)

    def link(self, link_id: str) -> LinkEntry | None:
        """Return the link with an id."""
        found = (one for one in self.setup.links if self.link_id(one) == link_id)
        return next(found, None)

    def id_of(self, *entries: SiteEntry | PersonEntry) -> str:
        """Return the id of a site, or of a site's person."""
        return setup_id(self.workspace_id, *(one.key for one in entries))

    def link_id(self, one: LinkEntry) -> str:
        """Return the id of a link."""
        return setup_id(self.workspace_id, "link", one.practice, one.center)


def kept_setup(reading: Reading, workspace_id: str) -> SetupFile:
    """Return the setup that is in effect, as a file would say it.

    Raises `SetupRefused` where nothing is set up yet, or where what is kept would
    be no setup any more (a zone that was dropped, for one).
    """
    links = _links(reading, workspace_id)
    told = {
        "sites": _site_entries(reading, workspace_id, links),
        "links": [one for _, one in sorted(_link_entries(reading, links))],
        "privacy": _privacy_entry(reading, workspace_id),
    }
    if not told["sites"]:
        raise SetupRefused(NOTHING_YET)
    try:
        return SetupFile.model_validate(told)
    except ValidationError as error:
        raise SetupRefused(f"What is kept is no setup: {error}") from error


def read_kept(reading: Reading, workspace_id: str) -> KeptSetup:
    """Return the setup with what is needed to change it. Raises `SetupRefused`."""
    setup = kept_setup(reading, workspace_id)
    return KeptSetup(
        workspace_id=workspace_id,
        setup=setup,
        version=setup_version(reading, workspace_id),
        taken=_taken(reading, workspace_id),
        former=_former(reading, workspace_id),
        former_sites=_former_sites(reading, workspace_id, setup),
        phi_most=reading.phi_most,
    )


def setup_version(reading: Reading, workspace_id: str) -> str:
    """Return a digest of everything that the setup has put into rows."""
    told = [
        [list(row) for row in reading.connection.execute(query)]
        for query in _rows_of(workspace_id)
    ]
    written = json.dumps(told, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def hold_setup(uow: Unit, workspace_id: str) -> None:
    """Wait until nobody else changes this setup, and let nobody before the commit."""
    # Its key stays free, so that what others insert beneath it does not wait.
    uow.connection.execute(
        select(workspace.c.id)
        .where(workspace.c.id == workspace_id)
        .with_for_update(key_share=True)
    )


def links_with_threads(reading: Reading, workspace_id: str) -> dict[str, str]:
    """Return channel -> link, of links that are or were, and have had a referral."""
    rows = reading.connection.execute(
        select(link.c.channel_id, link.c.id).where(
            link.c.workspace_id == workspace_id,
            exists().where(referral.c.link_id == link.c.id),
        )
    )
    return {row.channel_id: row.id for row in rows}


def write_setup(setup: SetupFile) -> str:
    """Return a setup as the text of a setup file."""
    told = setup.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True)


def _site_entries(
    reading: Reading, workspace_id: str, links: Collection[Link]
) -> list[dict[str, Any]]:
    linked = {at for one in links for at in (one.practice_id, one.center_id)}
    staffed = [
        (one, reading.people.staff(one.id))
        for one in reading.people.sites(workspace_id)
    ]
    # A site that a setup names no more has neither people nor links left.
    here = [(one, staff) for one, staff in staffed if staff or one.id in linked]
    ids = [person.id for _, staff in here for person in staff]
    identities = reading.people.identities(ids)
    return [_site_entry(one, staff, identities) for one, staff in here]


def _site_entry(
    one: Site, staff: list[Clinician], identities: Mapping[str, Identity]
) -> dict[str, Any]:
    keys = {person.id: person.key for person in staff}
    order = [keys[id_] for id_ in one.rota_order if id_ in keys]
    rota = {"starts": one.rota_starts, "order": order}
    return {
        "key": one.key,
        "kind": one.kind,
        "name": one.name,
        "phone_24h": one.phone_24h,
        "zone": one.zone,
        "opens": one.opens,
        "closes": one.closes,
        "days": [WEEKDAYS[day] for day in one.days],
        "country": one.country,
        "region": one.region,
        "responsible_roles": one.responsible_roles,
        "duty": [person.key for person in staff if person.duty_order is not None],
        "rota": rota if one.rota_starts and order else None,
        "answer": {
            "urgent_hours": one.urgent_minutes / 60,
            "advice_days": one.advice_days,
            "evaluation_days": one.evaluation_days,
        },
        "concern_opt_in": one.concern_opt_in,
        "stale_after_days": one.stale_after_days,
        "journey_days": dict(one.journey_days),
        "people": [_person_entry(p, identities.get(p.id)) for p in staff],
    }


def _person_entry(person: Clinician, known: Identity | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "key": person.key,
        "name": person.name,
        "role": person.role,
        "signs": person.signs,
    }
    slack = {"user": known.user_id, "team": known.team_id} if known else None
    return entry | {"slack": slack}


def _privacy_entry(reading: Reading, workspace_id: str) -> dict[str, Any]:
    if workspace_id not in {one.id for one in reading.people.workspaces()}:
        return {}
    agreed = reading.people.agreement(workspace_id)
    return {"mode": agreed.mode, "agreed_by": agreed.by, "agreed_on": agreed.on}


def _links(reading: Reading, workspace_id: str) -> list[Link]:
    return [one for one in reading.people.links() if one.workspace_id == workspace_id]


def _link_entries(
    reading: Reading, links: Collection[Link]
) -> list[tuple[tuple[str, str], dict[str, str]]]:
    entries = []
    for one in links:
        practice = reading.people.site(one.practice_id).key
        center = reading.people.site(one.center_id).key
        entry = {"practice": practice, "center": center, "channel": one.channel_id}
        entries.append(((practice, center), entry))
    return entries


def _taken(reading: Reading, workspace_id: str) -> dict[str, frozenset[str]]:
    return {
        one.key: frozenset(p.key for p in reading.people.staff(one.id, inactive=True))
        for one in reading.people.sites(workspace_id)
    }


def _former(reading: Reading, workspace_id: str) -> dict[tuple[str, str, str], str]:
    query = (
        select(site.c.key, identity.c.team_id, identity.c.user_id, clinician.c.key)
        .join(clinician, clinician.c.site_id == site.c.id)
        .join(identity, identity.c.clinician_id == clinician.c.id)
        .where(site.c.workspace_id == workspace_id, clinician.c.active == 0)
    )
    rows = reading.connection.execute(query)
    return {(at, team, user): key for at, team, user, key in rows}


def _former_sites(
    reading: Reading, workspace_id: str, setup: SetupFile
) -> dict[tuple[str, SiteKind], str]:
    here = {one.key for one in setup.sites}
    sites = reading.people.sites(workspace_id)
    return {(one.name, one.kind): one.key for one in sites if one.key not in here}


def _rows_of(workspace_id: str) -> list[Select[Any]]:
    """Return the queries of all that a setup writes, each in a fixed order."""
    here = site.c.workspace_id == workspace_id
    people = select(clinician).join(site, site.c.id == clinician.c.site_id).where(here)
    known = (
        select(identity.c.id, identity.c.clinician_id)
        .join(clinician, clinician.c.id == identity.c.clinician_id)
        .join(site, site.c.id == clinician.c.site_id)
        .where(here)
    )
    agreed = (
        workspace.c.phi_mode,
        workspace.c.phi_agreed_by,
        workspace.c.phi_agreed_on,
    )
    return [
        select(site).where(here).order_by(site.c.id),
        people.order_by(clinician.c.id),
        known.order_by(identity.c.id),
        select(link.c.id, link.c.channel_id, link.c.active)
        .where(link.c.workspace_id == workspace_id)
        .order_by(link.c.id),
        select(*agreed).where(workspace.c.id == workspace_id),
    ]
