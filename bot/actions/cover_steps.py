"""One step of a cover: its state, its reminders, its cards, and who is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.actions.telling import Aside, Telling, renew
from bot.covers import CoverSheet, make_cover_sheets
from bot.sheets import make_sheets
from care.cover import (
    KEEPING,
    UNSETTLED,
    Event,
    Line,
    Seat,
    State,
    advance,
    due_event,
)
from scheduler.calendars import next_opening_after
from storage.covers import KeptCover
from storage.errors import NotFound
from storage.records import Clinician, Life
from storage.reminders import Due
from storage.unit import Unit

KIND = "cover"
"""The kind of reminder that starts and ends covers, and brings them up."""

ASKED, LINE, TOLD, MOVED = "cover asked", "cover line", "cover told", "cover moved"
ASKING = frozenset({ASKED, LINE, TOLD})
"""Views that ask for something, so that they must not outlive it."""

GRACE = timedelta(minutes=30)
"""How long a cover that was asked for at once may take to say yes or no."""

MOST_CARDS = 100
"""Cards that are changed when a cover starts, ends or is acknowledged."""


@dataclass(frozen=True)
class Told:
    """What goes with a step: who made it, and the line that was left."""

    by_id: str = ""
    left: Line | None = None
    line: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def take_step(
    uow: Unit,
    before: KeptCover,
    event: Event,
    seats: Collection[Seat],
    told: Told | None = None,
) -> KeptCover:
    """Move a cover by the rule in care, and tell those concerned.

    Raises `IllegalMove` or `NotYours`.
    """
    told = told or Told()
    state = advance(before.cover.state, event, seats)
    after = _with_times(uow.now, before, state, told)
    uow.covers.keep(after)
    codes = {"from": before.cover.state, "to": state}
    uow.audit(after.workspace_id, f"cover {event}", after.id, codes)
    renew(uow, uow.notices.posts_of(after.id, ASKING), _occasion(after))
    _tell_of(uow, after, event, told)
    return after


def note_time(
    uow: Unit, kept: KeptCover, more: Mapping[str, str] | None = None
) -> KeptCover:
    """Note what has come with time: that it starts, that it ends, that it lapses."""
    while (event := due_event(kept.cover, uow.now)) is not None:
        kept = take_step(uow, kept, event, {Seat.BATON}, Told(more=more or {}))
    return kept


def let_rest(uow: Unit, kept: KeptCover) -> KeptCover:
    """Close what is over of a patient who has died: nobody leaves a line for that.

    What still runs goes on till its end, so that a death recorded in error ends none.
    """
    if kept.cover.state in UNSETTLED and is_silent(uow, kept):
        return take_step(uow, kept, Event.LET_REST, {Seat.BATON}, Told(left=Line.DIED))
    return kept


def settle(uow: Unit, before: KeptCover, after: KeptCover) -> None:
    """Plan what comes next, and bring the cards up to date that say another thing."""
    plan(uow, after)
    if _looks_on_cards(before) != _looks_on_cards(after):
        cover = after.cover
        change_cards(uow, cover.covered_id, cover.case_id, occasion=_occasion(after))


def change_cards(
    uow: Unit, covered_id: str, case_id: str | None = None, *, occasion: str
) -> None:
    """Bring the cards of somebody's cases up to date, each once for an occasion."""
    ids = uow.covers.referrals_of(covered_id, case_id, limit=MOST_CARDS)
    for sheet in make_sheets(uow, uow.cases.referrals(ids)):
        Telling(uow, sheet, f"{occasion}:{sheet.referral.id}").change_card()


def plan(uow: Unit, kept: KeptCover) -> None:
    """Plan the reminders of the cover's generation; older ones are cancelled."""
    uow.reminders.plan(kept.workspace_id, kept.id, kept.generation, _planned(uow, kept))


def tell(
    uow: Unit,
    kept: KeptCover,
    people: Iterable[Clinician],
    view: str,
    *,
    occasion: str,
    payload: Mapping[str, str] | None = None,
) -> None:
    """Tell each of these people by direct message, each once."""
    whom = list({one.id: one for one in people}.values())
    Aside(
        view=view,
        workspace_id=kept.workspace_id,
        subject=kept.id,
        cause=occasion,
        payload=dict(payload or {}),
    ).tell(uow, whom)


def ask_for_cover(uow: Unit, kept: KeptCover, *, occasion: str) -> None:
    """Ask the colleague, and tell whoever is covered where another asked."""
    sheet = make_cover_sheets(uow, [kept])[0]
    tell(uow, kept, [sheet.by], ASKED, occasion=occasion)
    if sheet.asked_by.id != sheet.covered.id:
        payload = {"event": "asked", "by": kept.asked_by}
        tell(uow, kept, [sheet.covered], MOVED, occasion=occasion, payload=payload)


def ask_for_what_is_due(
    uow: Unit, kept: KeptCover, *, occasion: str, more: Mapping[str, str]
) -> None:
    """Bring up what a cover waits for now."""
    sheet = make_cover_sheets(uow, [kept])[0]
    match kept.cover.state:
        case State.ASKED:
            tell(uow, kept, [sheet.by], ASKED, occasion=occasion, payload=more)
            payload = {"event": "not taken yet", **more}
            asking = [sheet.covered, sheet.asked_by]
            tell(uow, kept, asking, MOVED, occasion=occasion, payload=payload)
        case State.ENDED:
            tell(uow, kept, [sheet.by], LINE, occasion=occasion, payload=more)
        case State.TOLD:
            whom = for_covered(uow, sheet)
            tell(uow, kept, whom, TOLD, occasion=occasion, payload=more)


def for_covered(uow: Unit, sheet: CoverSheet) -> list[Clinician]:
    """Return the covered clinician, or the site's keepers once they have left."""
    if sheet.covered.active:
        return [sheet.covered]
    return uow.people.staff(sheet.site.id, *KEEPING)


def is_silent(uow: Unit, kept: KeptCover) -> bool:
    """Tell whether a cover is of one patient alone, who has died: it asks nobody."""
    case_id = kept.cover.case_id
    return case_id is not None and uow.cases.case(case_id).life is Life.DIED


def keepers_of(uow: Unit, cover_id: str) -> list[Clinician]:
    """Return who sees to a cover that somebody could not be told of."""
    try:
        kept = uow.covers.cover(cover_id)
    except NotFound:
        return []
    covered = make_cover_sheets(uow, [kept])[0].covered
    return [covered, *uow.people.staff(kept.site_id, *KEEPING)]


def _with_times(
    now: datetime, before: KeptCover, state: State, told: Told
) -> KeptCover:
    has_ended = state in {State.ENDED, State.TOLD, State.CLOSED}
    ended_now = has_ended and before.ended_at is None
    cover = replace(before.cover, state=state)
    if ended_now and cover.starts_at < now < cover.ends_at:
        # Ended by hand: until when is said everywhere, and is true so.
        cover = replace(cover, ends_at=now)
    is_told = state in {State.TOLD, State.CLOSED} and before.told is None
    return replace(
        before,
        cover=cover,
        generation=before.generation + 1,
        ended_at=now if ended_now else before.ended_at,
        told=(told.left or Line.NONE) if is_told else before.told,
        line=told.line if is_told else before.line,
        told_at=now if is_told else before.told_at,
        closed_at=now if state is State.CLOSED else before.closed_at,
    )


def _tell_of(uow: Unit, kept: KeptCover, event: Event, told: Told) -> None:
    silent = is_silent(uow, kept)
    if silent and not told.by_id:
        return
    sheet = make_cover_sheets(uow, [kept])[0]
    occasion = _occasion(kept)
    payload = {"event": event.value, "by": told.by_id, **told.more}
    whom = [one for one in _concerned(uow, sheet, event) if one.id != told.by_id]
    tell(uow, kept, whom, MOVED, occasion=occasion, payload=payload)
    if event in {Event.END, Event.LEAVE_LINE, Event.GO} and not silent:
        ask_for_what_is_due(uow, kept, occasion=occasion, more=told.more)


def _concerned(uow: Unit, sheet: CoverSheet, event: Event) -> list[Clinician]:
    """Return who is told that something happened, beside whom it asks."""
    covered = for_covered(uow, sheet)
    match event:
        case Event.TAKE | Event.DECLINE | Event.LAPSE:
            return [*covered, sheet.asked_by]
        case Event.WITHDRAW:
            return [sheet.by, *covered]
        case Event.START | Event.ACKNOWLEDGE:
            return [sheet.by]
        case Event.END:
            return covered
        case Event.GO if sheet.cover.state is State.WITHDRAWN:
            return [*covered, sheet.asked_by]
        case _:
            return []


def _planned(uow: Unit, kept: KeptCover) -> list[Due]:
    cover = kept.cover
    match cover.state:
        case State.ASKED:
            wait = max(cover.starts_at, cover.asked_at + GRACE)
            again = [Due(KIND, "not taken yet", wait)] if wait < cover.ends_at else []
            return [*again, Due(KIND, "lapse", cover.ends_at)]
        case State.TAKEN:
            return [Due(KIND, "start", cover.starts_at)]
        case State.RUNNING:
            return [Due(KIND, "end", cover.ends_at)]
        case State.ENDED | State.TOLD:
            at = next_opening_after(uow.people.site(kept.site_id), uow.now)
            # There are many mornings in one generation: each is a step of its own.
            return [Due(KIND, f"morning {at:%Y-%m-%d}", at)]
        case _:
            return []


def _looks_on_cards(kept: KeptCover) -> tuple[Any, ...]:
    """Return what of a cover a card says, so that it changes with it alone."""
    state = kept.cover.state
    is_over = state in {State.ENDED, State.TOLD}
    return state is State.RUNNING, is_over, kept.cover.ends_at


def _occasion(kept: KeptCover) -> str:
    return f"{kept.id}:{kept.generation}"
