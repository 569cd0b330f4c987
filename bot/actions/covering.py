"""Covers: asking a colleague to be first call for a while, and every answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.cover_steps import (
    Told,
    ask_for_cover,
    note_time,
    plan,
    settle,
    take_step,
)
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.covers import CoverSheet, make_cover_sheets, may_ask, may_cover
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken
from care.cover import Cover, Event, IllegalMove, Line, NotYours, Seat, State
from scheduler.calendars import local_day
from storage.actors import Person
from storage.covers import KeptCover
from storage.errors import NotFound
from storage.records import Site
from storage.unit import Unit

COVERED, COVER, CASE = "covered", "cover", "case"
STARTS, ENDS, NOTE, LINE = "cover_starts", "cover_ends", "note", "line"
ASK_FORM, LINE_FORM = "cover", "cover_line"
LONGEST = timedelta(days=366)

STANDS = {
    State.ASKED: "{by} has not taken it yet.",
    State.TAKEN: "{by} has taken it.",
    State.DECLINED: "{by} declined it.",
    State.WITHDRAWN: "it was withdrawn.",
    State.LAPSED: "its time went by before {by} took it.",
    State.RUNNING: "it runs.",
    State.ENDED: "it has ended, and {by} has not left a line yet.",
    State.TOLD: "{by} has left a line, and it is not acknowledged yet.",
    State.CLOSED: "it was acknowledged.",
}
"""How a cover stands, for somebody who wanted to do something else."""


@dataclass(frozen=True)
class Wish:
    """What the form of asking for cover says."""

    covered_id: str
    cover_id: str
    ends_at: datetime
    starts_at: datetime | None = None
    """None begins at once."""
    case_id: str | None = None
    """None is for all cases."""
    note: str = ""


def ask_cover(*, uow: Unit, by: Person, wish: Wish) -> Done:
    """Ask a colleague to be first call for a while. Raises `BadFields`, `NotForYou`."""
    site = uow.people.site(by.site_id)
    _check_people(uow, by, site, wish)
    starts_at = max(wish.starts_at or uow.now, uow.now)
    _check_times(starts_at, wish.ends_at)
    _check_away(uow, site, wish, starts_at)
    _check_case(uow, wish)
    refuse_identifiers({NOTE: wish.note}, staff_names(uow.people, site.id))
    asked = _new_cover(uow, by, site, wish, starts_at)
    uow.covers.add(asked)
    codes = {"cover": wish.cover_id, "covered": wish.covered_id}
    uow.audit(site.workspace_id, "cover asked", asked.id, codes)
    _send(uow, by, asked)
    uow.drafts.drop(by.clinician_id, ASK_FORM, "")
    return Done("asked", asked.id)


def move_cover(
    *, uow: Unit, by: Person, cover_id: str, event: Event, line: str | None = None
) -> Done:
    """Take, decline, withdraw or end a cover, leave its line, or acknowledge it.

    `line` is what happened; None says that nothing did. Raises `NoPart`,
    `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    kept = _cover_to_move(uow, cover_id)
    seats = _seats(uow, by, kept)
    if line is not None:
        _check_line(uow, kept, line)
    noted = note_time(uow, kept)
    left = Line.NOTHING if line is None else Line.WRITTEN
    told = Told(by.clinician_id, left, line.strip() if line else None)
    try:
        moved = take_step(uow, noted, event, seats, told)
    except IllegalMove as error:
        raise Overtaken(_stands(uow, noted)) from error
    except NotYours as error:
        raise NotForYou(_whose(make_cover_sheets(uow, [kept])[0], error)) from error
    settle(uow, kept, note_time(uow, moved))
    uow.drafts.drop(by.clinician_id, LINE_FORM, cover_id)
    return Done(event.value, cover_id)


def let_leave(uow: Unit, clinician_ids: Iterable[str]) -> None:
    """Settle the covers of people who leave: nobody waits for them any more."""
    for one in clinician_ids:
        for there in uow.covers.of(one):
            if there.cover.cover_id == one and there.cover.state is not State.TOLD:
                kept = uow.covers.cover_to_move(there.id)
                noted = note_time(uow, kept)
                if noted.cover.state is not State.LAPSED:
                    noted = take_step(uow, noted, Event.GO, {Seat.BATON})
                settle(uow, kept, noted)


def _send(uow: Unit, by: Person, asked: KeptCover) -> None:
    """Ask the colleague; whoever asks themselves for another's cover takes it."""
    if asked.cover.cover_id != by.clinician_id:
        ask_for_cover(uow, asked, occasion=asked.id)
        plan(uow, asked)
        return
    told = Told(by.clinician_id)
    taken = take_step(uow, asked, Event.TAKE, {Seat.COVER}, told)
    settle(uow, asked, note_time(uow, taken))


def _new_cover(
    uow: Unit, by: Person, site: Site, wish: Wish, starts_at: datetime
) -> KeptCover:
    return KeptCover(
        cover=Cover(
            id=uow.new_id(),
            covered_id=wish.covered_id,
            cover_id=wish.cover_id,
            case_id=wish.case_id,
            starts_at=starts_at,
            ends_at=wish.ends_at,
            asked_at=uow.now,
        ),
        workspace_id=site.workspace_id,
        site_id=site.id,
        asked_by=by.clinician_id,
        generation=1,
        note=wish.note.strip() or None,
    )


def _check_people(uow: Unit, by: Person, site: Site, wish: Wish) -> None:
    allowed = {one.id for one in may_ask(uow, by)}
    if not allowed:
        raise NotForYou(
            "Cover is asked for by who may be responsible for patients, or by the"
            " lead and the coordinators of the site."
        )
    if wish.covered_id not in allowed:
        raise BadFields({COVERED: "Choose who of your site is to be covered."})
    covering = {one.id for one in may_cover(uow, site)} - {wish.covered_id}
    if wish.cover_id not in covering:
        raise BadFields({COVER: "Choose a colleague of your site who can cover."})


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise BadFields({ENDS: "That is not after the start."})
    if ends_at - starts_at > LONGEST:
        raise BadFields({ENDS: "A year at the most; ask again then."})


def _check_away(uow: Unit, site: Site, wish: Wish, starts_at: datetime) -> None:
    first, last = local_day(site, starts_at), local_day(site, wish.ends_at)
    for one in uow.duty.absences(site.id, from_day=first):
        if one.clinician_id == wish.cover_id and one.starts <= last:
            raise BadFields({COVER: "They are away then. Choose somebody else."})


def _check_case(uow: Unit, wish: Wish) -> None:
    if wish.case_id is None:
        return
    try:
        case = uow.cases.case(wish.case_id)
    except NotFound:
        case = None
    if case is None or case.responsible_id != wish.covered_id:
        raise BadFields({CASE: "Choose a case of whoever is to be covered."})


def _check_line(uow: Unit, kept: KeptCover, line: str) -> None:
    if not line.strip():
        raise BadFields({LINE: "Write a line, or press *Nothing happened*."})
    refuse_identifiers({LINE: line}, staff_names(uow.people, kept.site_id))


def _cover_to_move(uow: Unit, cover_id: str) -> KeptCover:
    try:
        return uow.covers.cover_to_move(cover_id)
    except NotFound as error:
        raise NoPart("There is no such cover that you have a part in.") from error


def _seats(uow: Unit, by: Person, kept: KeptCover) -> frozenset[Seat]:
    seats = make_cover_sheets(uow, [kept])[0].seats_of(by.member)
    if not seats:
        raise NoPart("There is no such cover that you have a part in.")
    return seats


def _stands(uow: Unit, kept: KeptCover) -> str:
    sheet = make_cover_sheets(uow, [kept])[0]
    stands = STANDS[kept.cover.state].format(by=sheet.by.name)
    return f"That was not saved: {stands}"


def _whose(sheet: CoverSheet, error: NotYours) -> str:
    if error.event is Event.END:
        return f"Only {sheet.covered.name}, the lead or a coordinator can end it."
    if Seat.COVER in error.who:
        return f"Only {sheet.by.name} can do that."
    if Seat.KEEPER in error.who:
        return f"Only {sheet.covered.name}, the lead or a coordinator can do that."
    return f"Only {sheet.covered.name} can do that."
