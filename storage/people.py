"""Sites, clinicians, their Slack identities, and links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from care.handoff import OWED, TO_DO
from care.journey import Phase
from care.patient_time import PhiMode
from care.people import Role, SiteKind
from care.referral import OPEN, State
from storage.actors import Person
from storage.errors import NotFound
from storage.records import (
    Agreement,
    Clinician,
    Identity,
    Life,
    Link,
    Site,
    Verified,
    Workspace,
)
from storage.tables import (
    case,
    clinician,
    handoff,
    handoff_action,
    identity,
    link,
    referral,
    responsibility,
    site,
    workspace,
)

Found = TypeVar("Found")


class People:
    """Look-ups and writes of who works where and who they are in Slack."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def workspaces(self) -> list[Workspace]:
        """Return every workspace that was set up."""
        known = (workspace.c.id, workspace.c.name, workspace.c.bot_user_id)
        rows = self._connection.execute(select(*known).order_by(workspace.c.id))
        return [Workspace(**row._mapping) for row in rows]

    def agreement(self, workspace_id: str) -> Agreement:
        """Return what a workspace has agreed may be shown. Raises `NotFound`."""
        row = self._one(select(workspace).where(workspace.c.id == workspace_id))
        agreed_on = row.phi_agreed_on
        return Agreement(
            mode=PhiMode(row.phi_mode),
            by=row.phi_agreed_by,
            on=date.fromisoformat(agreed_on) if agreed_on else None,
        )

    def agreed_mode(self) -> PhiMode:
        """Return what every workspace has agreed to; `none` before there is one."""
        rows = self._connection.execute(select(workspace.c.phi_mode))
        modes = [PhiMode(mode) for mode in rows.scalars()]
        return min(modes, key=lambda one: one.rank, default=PhiMode.NONE)

    def person(self, team_id: str, user_id: str) -> Person | None:
        """Return the active clinician behind a Slack identity, if there is one."""
        found = self._connection.execute(
            select(clinician)
            .join(identity, identity.c.clinician_id == clinician.c.id)
            .where(
                identity.c.team_id == team_id,
                identity.c.user_id == user_id,
                clinician.c.active == 1,
            )
        ).first()
        if found is None:
            return None
        return Person(
            clinician_id=found.id,
            site_id=found.site_id,
            role=Role(found.role),
            name=found.name,
            team_id=team_id,
            user_id=user_id,
        )

    def site(self, site_id: str) -> Site:
        """Return one site. Raises `NotFound`."""
        return self.sites_by_id({site_id})[site_id]

    def sites_by_id(self, ids: Collection[str]) -> dict[str, Site]:
        """Return several sites, in one query. Raises `NotFound`."""
        rows = self._connection.execute(_SITES, {"ids": list(ids)})
        return _all_of(ids, {row.id: _site(row) for row in rows})

    def sites(self, workspace_id: str) -> list[Site]:
        """Return every site of a workspace, in the order of their names."""
        rows = self._connection.execute(
            select(site)
            .where(site.c.workspace_id == workspace_id)
            .order_by(site.c.name)
        )
        return [_site(row) for row in rows]

    def clinician(self, clinician_id: str) -> Clinician:
        """Return one clinician, active or not. Raises `NotFound`."""
        found = self.clinicians({clinician_id})
        return _all_of({clinician_id}, found)[clinician_id]

    def clinicians(self, ids: Iterable[str]) -> dict[str, Clinician]:
        """Return clinicians by id, in one query."""
        rows = self._connection.execute(_CLINICIANS, {"ids": list(set(ids))})
        return {row.id: _clinician(row) for row in rows}

    def staff(
        self, site_id: str, *roles: Role, inactive: bool = False
    ) -> list[Clinician]:
        """Return a site's people, active ones unless asked, in the setup's order."""
        wanted: list[ColumnElement[bool]] = [clinician.c.site_id == site_id]
        if roles:
            wanted.append(clinician.c.role.in_(roles))
        if not inactive:
            wanted.append(clinician.c.active == 1)
        order = (clinician.c.duty_order.nulls_last(), clinician.c.name)
        rows = self._connection.execute(
            select(clinician).where(*wanted).order_by(*order)
        )
        return [_clinician(row) for row in rows]

    def staff_of(
        self, site_ids: Collection[str], *roles: Role
    ) -> dict[str, list[Clinician]]:
        """Return the active people of several sites, each in order, in one query."""
        found: dict[str, list[Clinician]] = {one: [] for one in site_ids}
        wanted: list[ColumnElement[bool]] = [clinician.c.site_id.in_(set(site_ids))]
        if roles:
            wanted.append(clinician.c.role.in_(roles))
        rows = self._connection.execute(
            select(clinician)
            .where(*wanted, clinician.c.active == 1)
            .order_by(clinician.c.duty_order.nulls_last(), clinician.c.name)
        )
        for row in rows:
            found[row.site_id].append(_clinician(row))
        return found

    def administrators(self, workspace_id: str) -> list[Clinician]:
        """Return who looks after the installation."""
        rows = self._connection.execute(
            select(clinician)
            .join(site, site.c.id == clinician.c.site_id)
            .where(
                site.c.workspace_id == workspace_id,
                clinician.c.role == Role.ADMINISTRATOR,
                clinician.c.active == 1,
            )
        )
        return [_clinician(row) for row in rows]

    def identity_of(self, clinician_id: str) -> Identity | None:
        """Return the Slack identity under which a clinician is told things."""
        found = self._connection.execute(
            select(identity)
            .where(identity.c.clinician_id == clinician_id)
            .order_by(identity.c.id)
        ).first()
        return _identity(found) if found else None

    def identities(self, ids: Iterable[str]) -> dict[str, Identity]:
        """Return the identity of each of several clinicians, in one query."""
        rows = self._connection.execute(_IDENTITIES, {"ids": list(set(ids))})
        return {row.clinician_id: _identity(row) for row in rows}

    def keep_dm(self, identity_id: str, channel_id: str | None) -> None:
        """Remember, or forget, the conversation in which an identity is told things."""
        self._connection.execute(
            update(identity)
            .where(identity.c.id == identity_id)
            .values(dm_channel=channel_id)
        )

    def link(self, link_id: str) -> Link:
        """Return one link. Raises `NotFound`."""
        return self.links_by_id({link_id})[link_id]

    def links_by_id(self, ids: Collection[str]) -> dict[str, Link]:
        """Return several links, active or not, in one query. Raises `NotFound`."""
        rows = self._connection.execute(_LINKS, {"ids": list(ids)})
        return _all_of(ids, {row.id: _link(row) for row in rows})

    def links(self, *, site_id: str | None = None) -> list[Link]:
        """Return the active links, of one site or of all."""
        wanted: list[ColumnElement[bool]] = [link.c.active == 1]
        if site_id is not None:
            wanted.append(
                (link.c.practice_id == site_id) | (link.c.center_id == site_id)
            )
        rows = self._connection.execute(select(link).where(*wanted).order_by(link.c.id))
        return [_link(row) for row in rows]

    def is_unverifiable(self, channel_id: str) -> bool:
        """Tell whether the last probe of a channel could not find what it had said."""
        last = self._connection.execute(
            select(link.c.verified)
            .where(link.c.verified_channel == channel_id)
            .order_by(link.c.verified_at.desc())
        ).first()
        return last is not None and last.verified == Verified.NO

    def put(self, table_name: str, row: Mapping[str, Any]) -> bool:
        """Insert or update one row of the setup by its id; tell whether it changed."""
        table = _SETUP_TABLES[table_name]
        found = self._connection.execute(
            select(table).where(table.c.id == row["id"])
        ).first()
        if found is None:
            self._connection.execute(insert(table).values(**row))
            return True
        stored = found._mapping
        if all(stored[name] == value for name, value in row.items()):
            return False
        self._connection.execute(
            update(table).where(table.c.id == row["id"]).values(**row)
        )
        return True

    def retire(self, table_name: str, id_: str) -> None:
        """Make a clinician or a link inactive; what they did stays."""
        table = _SETUP_TABLES[table_name]
        self._connection.execute(
            update(table).where(table.c.id == id_).values(active=0)
        )

    def drop_identities(self, clinician_id: str, *, besides: str) -> list[str]:
        """Forget Slack identities of a clinician other than the one named.

        Returns the ids of those that were forgotten.
        """
        others = (identity.c.clinician_id == clinician_id) & (identity.c.id != besides)
        found = self._connection.execute(select(identity.c.id).where(others)).scalars()
        dropped = list(found)
        if dropped:
            self._connection.execute(delete(identity).where(others))
        return dropped

    def open_work(self, clinician_id: str) -> list[str]:
        """Return the codes of cases in which something still waits for a clinician.

        That is: who is responsible or referred until it is closed, and who took it
        or, before anybody did, was asked until it is answered; who is responsible
        by a handoff; and whom a handoff or an action from one still waits for.
        """
        asked = referral.c.taker_id.is_(None) & (referral.c.asked_id == clinician_id)
        at_center = referral.c.state.in_(OPEN) & (
            asked | (referral.c.taker_id == clinician_id)
        )
        at_practice = referral.c.state.in_(OPEN | {State.ANSWERED}) & (
            (referral.c.referrer_id == clinician_id)
            | (case.c.responsible_id == clinician_id)
        )
        query = (
            select(case.c.code)
            .join(referral, referral.c.case_id == case.c.id)
            .where(at_center | at_practice)
        )
        queries = (query, *_in_handoffs(clinician_id))
        found = [self._connection.execute(one).scalars() for one in queries]
        return sorted({code for codes in found for code in codes})

    def _one(self, query: Select[Any]) -> Row[Any]:
        found = self._connection.execute(query).first()
        if found is None:
            raise NotFound("there is no such row")
        return found


def _in_handoffs(clinician_id: str) -> tuple[Select[Any], ...]:
    """Return queries for the codes of cases that rely on somebody by a handoff."""
    codes = select(case.c.code)
    return (
        codes.join(handoff, handoff.c.case_id == case.c.id).where(
            (handoff.c.sender_id == clinician_id)
            | (handoff.c.receiver_id == clinician_id),
            handoff.c.state.in_(OWED),
        ),
        codes.join(handoff, handoff.c.case_id == case.c.id)
        .join(handoff_action, handoff_action.c.handoff_id == handoff.c.id)
        .where(
            handoff_action.c.doer_id == clinician_id,
            handoff_action.c.state.in_(TO_DO),
        ),
        codes.join(responsibility, responsibility.c.case_id == case.c.id).where(
            responsibility.c.clinician_id == clinician_id,
            responsibility.c.until.is_(None),
            responsibility.c.handoff_id.is_not(None),
            case.c.life != Life.DIED,
        ),
    )


def _all_of(ids: Collection[str], found: dict[str, Found]) -> dict[str, Found]:
    if missing := set(ids) - found.keys():
        raise NotFound(f"there is no {min(missing)}")
    return found


# Asked for with everything that is shown: put together once, and not each time.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_SITES = select(site).where(site.c.id.in_(_IDS))
_LINKS = select(link).where(link.c.id.in_(_IDS))
_CLINICIANS = select(clinician).where(clinician.c.id.in_(_IDS))
_IDENTITIES = (
    select(identity)
    .where(identity.c.clinician_id.in_(_IDS))
    .order_by(identity.c.id.desc())
)

_SETUP_TABLES = {
    table.name: table for table in (workspace, site, clinician, identity, link)
}


def _site(row: Row[Any]) -> Site:
    values = dict(row._mapping)
    return Site(
        **values
        | {
            "kind": SiteKind(row.kind),
            "opens": time.fromisoformat(row.opens),
            "closes": time.fromisoformat(row.closes),
            "days": tuple(row.days),
            "responsible_roles": tuple(Role(role) for role in row.responsible_roles),
            "rota_starts": (
                date.fromisoformat(row.rota_starts) if row.rota_starts else None
            ),
            "rota_order": tuple(row.rota_order or ()),
            "concern_opt_in": bool(row.concern_opt_in),
            "journey_days": {
                Phase(phase): days for phase, days in row.journey_days.items()
            },
        }
    )


def _clinician(row: Row[Any]) -> Clinician:
    return Clinician(
        id=row.id,
        site_id=row.site_id,
        key=row.key,
        name=row.name,
        role=Role(row.role),
        duty_order=row.duty_order,
        active=bool(row.active),
        signs=bool(row.signs),
    )


def _identity(row: Row[Any]) -> Identity:
    return Identity(row.id, row.team_id, row.user_id, row.clinician_id, row.dm_channel)


def _link(row: Row[Any]) -> Link:
    verified = Verified(row.verified) if row.verified else None
    changed = {"active": bool(row.active), "verified": verified}
    return Link(**dict(row._mapping) | changed)
