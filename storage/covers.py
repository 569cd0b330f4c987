"""Covers: who is first call for a while, and the cases that it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from care.cover import ON, OVER, UNSETTLED, Cover, Line, State
from care.referral import OPEN
from care.referral import State as ReferralState
from storage.errors import NotFound
from storage.sealing import DataKey
from storage.tables import case, clinician, cover, referral
from storage.vault import Vault

_OF_COVER = tuple(one.name for one in fields(Cover))
_SHOWN_ON_A_CARD = (*OPEN, ReferralState.ANSWERED)


@dataclass(frozen=True)
class KeptCover:
    """A cover as it is kept: with who asked, what was written, and when it ended."""

    cover: Cover
    workspace_id: str
    site_id: str
    asked_by: str
    generation: int
    note: str | None = None
    told: Line | None = None
    """Which line was left, once one is."""
    line: str | None = None
    ended_at: datetime | None = None
    told_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def id(self) -> str:
        """The cover's id."""
        return self.cover.id

    @property
    def key_owner(self) -> str:
        """Whose data key seals what was written: the case's, or one of its own."""
        return self.cover.case_id or self.cover.id


class Covers:
    """Covers that were asked for, taken, run, and told of."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: KeptCover) -> None:
        """Keep a new cover; one of all cases gets a data key of its own."""
        if new.cover.case_id is None:
            self._vault.new_key(new.id)
        self._connection.execute(insert(cover).values(**self._row(new)))

    def keep(self, changed: KeptCover) -> None:
        """Write back a cover that was read by `cover_to_move`."""
        self._connection.execute(
            update(cover).where(cover.c.id == changed.id).values(**self._row(changed))
        )

    def cover(self, cover_id: str) -> KeptCover:
        """Return one cover. Raises `NotFound`."""
        return self._one(select(cover).where(cover.c.id == cover_id))

    def cover_to_move(self, cover_id: str) -> KeptCover:
        """Return one cover, locked until the transaction ends. Raises `NotFound`."""
        return self._one(select(cover).where(cover.c.id == cover_id).with_for_update())

    def standing(self, covered_ids: Collection[str]) -> list[Cover]:
        """Return the covers of some clinicians that run, will run, or are unsettled."""
        rows = self._connection.execute(
            select(*(cover.c[name] for name in _OF_COVER)).where(
                cover.c.covered_id.in_(set(covered_ids)),
                cover.c.state.in_([*ON, *UNSETTLED]),
            )
        )
        return [_cover(row) for row in rows]

    def covered_at(self, site_id: str) -> set[str]:
        """Return who of a site's people has a cover that stands, as `standing` has."""
        query = (
            select(cover.c.covered_id)
            .join(clinician, clinician.c.id == cover.c.covered_id)
            .where(
                clinician.c.site_id == site_id,
                clinician.c.active == 1,
                cover.c.state.in_([*ON, *UNSETTLED]),
            )
        )
        return set(self._connection.execute(query).scalars())

    def of(self, clinician_id: str) -> list[KeptCover]:
        """Return the covers that somebody asked for or gives, but those over."""
        return self._several(
            or_(cover.c.covered_id == clinician_id, cover.c.cover_id == clinician_id)
        )

    def at_site(self, site_id: str) -> list[KeptCover]:
        """Return a site's covers, but those over, the earliest first."""
        return self._several(cover.c.site_id == site_id)

    def cases_of(self, covered_id: str, case_id: str | None = None) -> int:
        """Return for how many cases somebody is responsible now; `case_id` is one."""
        mine = _concerned(covered_id, case_id)
        found = select(func.count()).select_from(case).where(mine)
        return self._connection.execute(found).scalar_one()

    def referrals_of(
        self, covered_id: str, case_id: str | None = None, *, limit: int
    ) -> list[str]:
        """Return the ids of the newest referrals of those cases that have a card."""
        query = (
            select(referral.c.id)
            .join(case, case.c.id == referral.c.case_id)
            .where(
                _concerned(covered_id, case_id), referral.c.state.in_(_SHOWN_ON_A_CARD)
            )
            .order_by(referral.c.requested_at.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def cases_led_by(self, clinician_id: str, *, limit: int = 99) -> list[str]:
        """Return the ids of the newest cases that somebody is responsible for."""
        query = (
            select(case.c.id)
            .where(case.c.responsible_id == clinician_id)
            .order_by(case.c.created_at.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def _one(self, query: Select[Any]) -> KeptCover:
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("there is no such cover")
        return self._open(row)

    def _several(self, wanted: ColumnElement[bool]) -> list[KeptCover]:
        rows = self._connection.execute(
            select(cover)
            .where(wanted, cover.c.state.not_in(list(OVER)))
            .order_by(cover.c.starts_at, cover.c.id)
        ).all()
        self._vault.open_all([row.case_id or row.id for row in rows])
        return [self._open(row) for row in rows]

    def _open(self, row: Row[Any]) -> KeptCover:
        key = self._vault.key(row.case_id or row.id)
        return KeptCover(
            cover=_cover(row),
            workspace_id=row.workspace_id,
            site_id=row.site_id,
            asked_by=row.asked_by,
            generation=row.generation,
            note=_opened(key, row.note, f"cover.note/{row.id}"),
            told=Line(row.told) if row.told else None,
            line=_opened(key, row.line, f"cover.line/{row.id}"),
            ended_at=row.ended_at,
            told_at=row.told_at,
            closed_at=row.closed_at,
        )

    def _row(self, one: KeptCover) -> dict[str, Any]:
        key = self._vault.key(one.key_owner)
        plain = {name: getattr(one.cover, name) for name in _OF_COVER}
        return plain | {
            "workspace_id": one.workspace_id,
            "site_id": one.site_id,
            "asked_by": one.asked_by,
            "generation": one.generation,
            "note": _sealed(key, one.note, f"cover.note/{one.id}"),
            "told": one.told,
            "line": _sealed(key, one.line, f"cover.line/{one.id}"),
            "ended_at": one.ended_at,
            "told_at": one.told_at,
            "closed_at": one.closed_at,
        }


def _concerned(covered_id: str, case_id: str | None) -> ColumnElement[bool]:
    mine = case.c.responsible_id == covered_id
    return mine if case_id is None else and_(mine, case.c.id == case_id)


def _cover(row: Row[Any]) -> Cover:
    values = {name: row._mapping[name] for name in _OF_COVER}
    return Cover(**values | {"state": State(row.state)})


def _sealed(key: DataKey, text: str | None, place: str) -> bytes | None:
    return None if text is None else key.seal(text, place)


def _opened(key: DataKey, sealed: bytes | None, place: str) -> str | None:
    return None if sealed is None else key.open(sealed, place)
