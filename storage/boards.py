"""Boards: which patients stand on somebody's page, in order, in one statement.

Only ids leave the database here, and only of a page: what stands on it is read in full
by those who show it. Whose patients they are is a condition of each statement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    union,
)

from care.item import State as ItemState
from care.journey import CourseKind, Phase
from care.milestone import Product
from care.people import ANSWERING, Member
from care.referral import OPEN, State
from storage.records import Life
from storage.tables import case as kept_case
from storage.tables import course, item, link, milestone, plan, referral

LIVE = frozenset({*OPEN, State.ANSWERED})
"""States of a referral of which somebody may still want to know."""

RESTING = frozenset({Phase.HOME, Phase.NOT_NOW, Phase.THERAPY, Phase.ENDED})
"""Phases of a course in which its next move is not awaited now."""


class Place(IntEnum):
    """Where a patient stands on a board, from its top."""

    NOT_RECORDED = 0
    """A window has closed, and nobody has said that it was done."""
    OPEN = 1
    """A window is open; the one that closes first comes first."""
    MOVE = 2
    """No window is open, and the journey waits for a move; the longest first."""
    AHEAD = 3
    """The next window is still to come; the earliest first."""
    QUIET = 4
    """Nothing is planned, or nothing is asked any more, as in hospice."""


@dataclass(frozen=True)
class Whose:
    """Whose board it is: a member's own patients, or those of their whole site."""

    member: Member
    whole_site: bool


@dataclass(frozen=True)
class Sought:
    """What a board is narrowed to; None leaves it as wide as it is."""

    site_id: str | None = None
    """The site at the other end of the link."""
    product: Product | None = None
    phase: Phase | None = None
    no_journey: bool = False
    """Only patients of whom a question was asked, and no journey has begun."""
    person_id: str | None = None
    """Who is responsible, referred, took it, or drives its steps."""


@dataclass(frozen=True)
class Stood:
    """One patient on a board, by the ids of what is read in full."""

    case_id: str
    referral_id: str
    place: Place


@dataclass(frozen=True)
class BoardRows:
    """One page of a board, how many patients there are, and of how many one waits."""

    rows: Sequence[Stood]
    total: int
    not_recorded: int


class Boards:
    """Look-ups of boards; nothing is written here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def patients(
        self, whose: Whose, sought: Sought, *, start: int, most: int
    ) -> BoardRows:
        """Return `most` patients of a board from `start` on."""
        placed = _placed(_chosen(whose), sought)
        rows = self._connection.execute(_page(placed, start, most)).all()
        if not rows:
            return BoardRows((), 0, 0)
        return BoardRows([_stood(row) for row in rows], rows[0].total, rows[0].missed)

    def next_items(self, whose: Whose, case_ids: Collection[str]) -> list[str]:
        """Return the ids of what is next of some patients, in one query.

        That is what was missed and what is open, and of each plan what comes next.
        """
        now = item.c.state.in_([ItemState.MISSED, ItemState.OPEN])
        upcoming = _first(item.c.plan_id, ItemState.UPCOMING, "earliest")
        held = _first(item.c.plan_id, ItemState.HELD, "look_again_on")
        comes = (item.c.state == ItemState.UPCOMING) & (item.c.earliest == upcoming)
        again = (item.c.state == ItemState.HELD) & (item.c.look_again_on == held)
        rows = self._connection.execute(
            select(item.c.id)
            .join(plan, plan.c.id == item.c.plan_id)
            .join(course, course.c.id == plan.c.course_id)
            .where(
                plan.c.case_id.in_(set(case_ids)),
                course.c.link_id.in_(_links(whose.member)),
                now | comes | again,
            )
        )
        return list(rows.scalars())


def _links(member: Member) -> Select[tuple[str]]:
    """Return the ids of the links of somebody's site."""
    return select(link.c.id).where(_at(member.site_id))


def _at(site_id: str) -> ColumnElement[bool]:
    return or_(link.c.practice_id == site_id, link.c.center_id == site_id)


def _mine(whose: Whose) -> ColumnElement[bool]:
    """Return whether a referral, beside its link, stands on somebody's board.

    Each is one in which they have a part: by their site, or by themselves.
    """
    me = whose.member
    if whose.whole_site:
        return _at(me.site_id)
    found = [
        select(referral.c.id)
        .join(kept_case, kept_case.c.id == referral.c.case_id)
        .where(kept_case.c.responsible_id == me.id),
        select(referral.c.id).where(referral.c.referrer_id == me.id),
    ]
    if me.role in ANSWERING:
        of_center = select(referral.c.id).join(link, link.c.id == referral.c.link_id)
        took = referral.c.taker_id == me.id
        found.append(of_center.where(link.c.center_id == me.site_id, took))
    # Each by an index of its own, which one condition over all would not be.
    every = union(*found).subquery()
    return referral.c.id.in_(select(every.c.id))


def _chosen(whose: Whose) -> CTE:
    """Return one referral of each patient: that of the journey, else the newest."""
    is_car_t = course.c.kind == CourseKind.CAR_T
    goes_on = and_(course.c.id.is_not(None), course.c.ended_at.is_(None))
    first = case((goes_on, 0), (course.c.id.is_(None), 1), else_=2)
    number = func.row_number().over(
        partition_by=referral.c.case_id,
        order_by=(
            first,
            course.c.started_at.desc(),
            referral.c.requested_at.desc(),
            referral.c.id,
        ),
    )
    firsts = {
        "missed": _first_of_case(whose, ItemState.MISSED, "latest"),
        "closes": _first_of_case(whose, ItemState.OPEN, "latest"),
        "upcoming": _first_of_case(whose, ItemState.UPCOMING, "earliest"),
        "held": _first_of_case(whose, ItemState.HELD, "look_again_on"),
    }
    every = (
        select(
            referral.c.id.label("referral_id"),
            referral.c.case_id,
            referral.c.referrer_id,
            referral.c.taker_id,
            kept_case.c.code,
            kept_case.c.life,
            kept_case.c.responsible_id,
            link.c.practice_id,
            link.c.center_id,
            course.c.id.label("course_id"),
            course.c.phase,
            course.c.lead_id,
            func.coalesce(course.c.since, referral.c.round_started_at).label("since"),
            number.label("number"),
            *(one.label(name) for name, one in firsts.items()),
        )
        .select_from(referral)
        .join(link, link.c.id == referral.c.link_id)
        .join(kept_case, kept_case.c.id == referral.c.case_id)
        .outerjoin(course, and_(course.c.referral_id == referral.c.id, is_car_t))
        .where(
            _mine(whose),
            or_(referral.c.state.in_(LIVE), goes_on),
            kept_case.c.life != Life.DIED,
        )
        .subquery()
    )
    return select(every).where(every.c.number == 1).cte("one")


def _first_of_case(whose: Whose, state: ItemState, day: str) -> ScalarSelect[str]:
    """Return the first day in this column of a patient's plans at one's own links."""
    kept_course = course.alias()
    return (
        select(func.min(_first(plan.c.id, state, day)))
        .join(kept_course, kept_course.c.id == plan.c.course_id)
        .where(plan.c.case_id == referral.c.case_id)
        .where(kept_course.c.link_id.in_(_links(whose.member)))
        .scalar_subquery()
    )


def _first(
    plan_id: ColumnElement[str], state: ItemState, day: str
) -> ScalarSelect[str | None]:
    """Return the first day in this column of the items of a plan that are in a state.

    What was put off beyond its window counts as if that window ended later.
    """
    other = item.alias()
    found: ColumnElement[str] = other.c[day]
    if state is ItemState.OPEN:
        later = other.c.extended_to > other.c.latest
        found = case((later, other.c.extended_to), else_=other.c.latest)
    return (
        select(func.min(found))
        .where(other.c.plan_id == plan_id, other.c.state == state)
        .scalar_subquery()
    )


def _placed(one: CTE, sought: Sought) -> CTE:
    """Return each patient that is sought with their place and its day."""
    ahead = case(
        (one.c.held.is_(None), one.c.upcoming),
        (one.c.upcoming.is_(None), one.c.held),
        (one.c.held < one.c.upcoming, one.c.held),
        else_=one.c.upcoming,
    )
    rests = one.c.phase.in_(RESTING)
    place = case(
        (one.c.life == Life.HOSPICE, Place.QUIET.value),
        (one.c.missed.is_not(None), Place.NOT_RECORDED.value),
        (one.c.closes.is_not(None), Place.OPEN.value),
        (or_(one.c.phase.is_(None), ~rests), Place.MOVE.value),
        (ahead.is_not(None), Place.AHEAD.value),
        else_=Place.QUIET.value,
    )
    return (
        select(one, ahead.label("ahead"), place.label("place"))
        .where(*_wanted(one, sought))
        .cte("placed")
    )


def _wanted(one: CTE, sought: Sought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.site_id is not None:
        sites = (one.c.practice_id, one.c.center_id)
        wanted.append(or_(*(site == sought.site_id for site in sites)))
    if sought.person_id is not None:
        people = (
            one.c.responsible_id,
            one.c.referrer_id,
            one.c.taker_id,
            one.c.lead_id,
        )
        wanted.append(or_(*(person == sought.person_id for person in people)))
    if sought.phase is not None:
        wanted.append(one.c.phase == sought.phase)
    if sought.no_journey:
        wanted.append(one.c.course_id.is_(None))
    if sought.product is not None:
        wanted.append(_product(one) == sought.product)
    return wanted


def _product(one: CTE) -> ColumnElement[str | None]:
    """Return the product of a course: of its plan, or as it was last recorded."""
    planned = (
        select(plan.c.product)
        .where(plan.c.course_id == one.c.course_id)
        .scalar_subquery()
    )
    last = (
        select(milestone.c.product)
        .where(
            milestone.c.course_id == one.c.course_id,
            milestone.c.ended_at.is_(None),
            milestone.c.product.is_not(None),
        )
        .order_by(milestone.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(planned, last)


def _page(placed: CTE, start: int, most: int) -> Select[Any]:
    day = case(
        (placed.c.place == Place.NOT_RECORDED.value, placed.c.missed),
        (placed.c.place == Place.OPEN.value, placed.c.closes),
        (placed.c.place == Place.AHEAD.value, placed.c.ahead),
        else_="",
    )
    waits = case((placed.c.place == Place.NOT_RECORDED.value, 1), else_=0)
    return (
        select(
            placed.c.case_id,
            placed.c.referral_id,
            placed.c.place,
            func.count().over().label("total"),
            func.sum(waits).over().label("missed"),
        )
        # By the code at last, so that a page is the same however often it is asked.
        .order_by(placed.c.place, day, placed.c.since, placed.c.code)
        .offset(start)
        .limit(most)
    )


def _stood(row: Row[Any]) -> Stood:
    return Stood(row.case_id, row.referral_id, Place(row.place))
