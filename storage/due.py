"""What is due at a site of cases that somebody has a part in, to be sorted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from care.item import State
from care.people import ANSWERING, Member, Role
from care.plan import Window
from storage.records import Life
from storage.tables import (
    case,
    clinician,
    handoff,
    item,
    link,
    plan,
    referral,
    responsibility,
)


@dataclass(frozen=True)
class DueItem:
    """One item that is due, as far as visits are made of it."""

    id: str
    case_id: str
    state: State
    window: Window
    """It ends later where the item was put off beyond its window."""


@dataclass(frozen=True)
class Doing:
    """Which of a site's items are somebody's to do."""

    member: Member
    whole_site: bool = False
    """Whether it is all of them, as for a coordinator."""
    staff: Collection[str] | None = None
    """Who works there, if nobody coordinates: what names nobody is then done by
    whoever of them is responsible for the patient."""
    catches_rest: bool = False
    """Whether they do what names nobody where none of `staff` is responsible."""


class DueItems:
    """Look-ups of what is due; nothing is written here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, doing: Doing, *, until: date) -> Sequence[DueItem]:
        """Return what is missed or open, and what opens by a day, in one query.

        Nothing is due of who has died or is in hospice.
        """
        due = or_(
            item.c.state.in_([State.MISSED, State.OPEN]),
            and_(item.c.state == State.UPCOMING, item.c.earliest <= until.isoformat()),
        )
        rows = self._connection.execute(
            select(
                item.c.id,
                item.c.case_id,
                item.c.state,
                item.c.earliest,
                item.c.target,
                item.c.latest,
                item.c.extended_to,
            )
            .join(plan, plan.c.id == item.c.plan_id)
            .join(case, case.c.id == item.c.case_id)
            .join(referral, referral.c.id == plan.c.referral_id)
            .join(link, link.c.id == referral.c.link_id)
            .where(
                item.c.site_id == doing.member.site_id,
                case.c.life == Life.LIVING,
                due,
                _theirs(doing),
                _with_part(doing.member),
            )
            .order_by(item.c.latest, item.c.case_id, item.c.row_id, item.c.id)
        )
        return [
            DueItem(row.id, row.case_id, State(row.state), _window(*row[3:]))
            for row in rows
        ]


def _theirs(doing: Doing) -> ColumnElement[bool]:
    me = doing.member.id
    named = item.c.doer_id == me
    if doing.whole_site:
        return item.c.site_id == doing.member.site_id
    if doing.staff is None:
        return named
    there = exists().where(clinician.c.id == item.c.doer_id, clinician.c.active == 1)
    answers = case.c.responsible_id == me
    if doing.catches_rest:
        answers = or_(answers, case.c.responsible_id.not_in(doing.staff))
    return or_(named, and_(~there, answers))


def _with_part(me: Member) -> ColumnElement[bool]:
    """Return whether somebody has a part in the referral of an item's plan."""
    formerly = exists().where(
        responsibility.c.case_id == item.c.case_id,
        responsibility.c.clinician_id == me.id,
    )
    parties = (handoff.c.sender_id, handoff.c.receiver_id, handoff.c.offered_by)
    party = exists().where(
        handoff.c.case_id == item.c.case_id, or_(*(one == me.id for one in parties))
    )
    parts = [referral.c.referrer_id == me.id, case.c.responsible_id == me.id]
    if me.role is Role.COORDINATOR:
        parts.append(link.c.practice_id == me.site_id)
    if me.role is Role.COORDINATOR or me.role in ANSWERING:
        parts.append(link.c.center_id == me.site_id)
    return or_(*parts, formerly, party)


def _window(earliest: str, target: str, latest: str, extended: str | None) -> Window:
    last = max(latest, extended or latest)
    return Window(*(date.fromisoformat(one) for one in (earliest, target, last)))
