"""Same patient: recording that code and patient match, and asking for it.

Both sites record it before an evaluation is taken, and again before a return is
accepted. `keep_match` and `require_matched` are for every action that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions.done import Done
from bot.actions.telling import Telling
from bot.handoff_sheets import HandoffSheet
from bot.refusals import BadFields, NoPart, NotForYou, NotMatched, Overtaken
from bot.sheets import Sheet, make_sheets
from care.matching import NOT_YET, How, Occasion, sites_missing
from care.people import PRACTICE_SIDE
from care.referral import OPEN, Event, Kind
from storage.actors import Person
from storage.errors import NotFound
from storage.matching import Match
from storage.records import Site
from storage.unit import Unit

MATCHED = "matched"
"""The field of a form that asks how, and the notice that tells of it."""

CHOOSE = "Choose how code and patient were matched with the other site."

_PRESSED: Mapping[Occasion, str] = {
    Occasion.EVALUATION: "Same patient on the card",
    Occasion.RETURN: "Done by phone on the handoff",
}
"""Where a site records it that has not."""


def match_patient(
    *, uow: Unit, by: Person, referral_id: str, fields: Mapping[str, str]
) -> Done:
    """Record at the practice that code and patient match, and tell the center.

    Raises `NoPart`, `NotForYou`, `Overtaken` or `BadFields`; nothing is kept then.
    """
    sheet = _sheet_to_match(uow, by, referral_id)
    if sheet.referral.kind is not Kind.EVALUATION or sheet.referral.state not in OPEN:
        raise Overtaken(f"{sheet.case.code} is no open evaluation any more.")
    how = read_how(fields)
    earlier = {(one.site_id, one.how) for one in sheet.matches}
    if (by.site_id, how) not in earlier:
        keep_match(uow, by, sheet, how)
        _tell(uow, by, referral_id, how)
    return Done(MATCHED, referral_id)


def match_by_move(
    uow: Unit, by: Person, sheet: Sheet, event: Event, fields: Mapping[str, str]
) -> None:
    """Keep what a move says of the same patient; refuse one that comes too early.

    An evaluation is taken when both sites have recorded it, the center by taking it.
    """
    evaluation = sheet.referral.kind is Kind.EVALUATION
    if event is Event.TAKE and evaluation:
        subject = sheet.referral.id
        require_matched(uow, sheet, Occasion.EVALUATION, subject, sheet.practice)
        keep_match(uow, by, sheet, read_how(fields))
    elif event is Event.ASK_EVALUATION and (how := read_first(fields)):
        keep_match(uow, by, sheet, how)


def keep_match(
    uow: Unit,
    by: Person,
    sheet: Sheet,
    how: How,
    *,
    occasion: Occasion = Occasion.EVALUATION,
    subject: str = "",
) -> None:
    """Keep what somebody's site recorded about a subject, the referral if none is.

    The subject must be locked: it is what makes two people come one after another.
    """
    new = Match(
        id=uow.new_id(),
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        site_id=by.site_id,
        occasion=occasion,
        subject=subject or sheet.referral.id,
        how=how,
        clinician_id=by.clinician_id,
        at=uow.now,
    )
    uow.matching.keep(new)
    codes = {"how": how, "occasion": occasion, "site": by.site_id}
    uow.audit(sheet.case.workspace_id, "same patient", new.subject, codes)


def require_matched(
    uow: Unit, sheet: Sheet, occasion: Occasion, subject: str, *sites: Site
) -> None:
    """Raise `NotMatched` while one of the sites, else of both, has recorded nothing."""
    wanted = {one.id: one for one in sites or (sheet.practice, sheet.center)}
    found = uow.matching.of([subject])
    recorded = {one.site_id for one in found if one.occasion is occasion}
    missing = sites_missing(recorded, *wanted)
    if missing:
        raise NotMatched(not_matched_sentence(wanted[missing[0]], occasion))


def match_return(
    uow: Unit, by: Person, about: HandoffSheet, fields: Mapping[str, str]
) -> None:
    """Keep what somebody's site says of the same patient before a return is accepted.

    The handoff's case must be held. Raises `BadFields`.
    """
    subject, how = about.handoff.id, read_how(fields)
    keep_match(uow, by, about.sheet, how, occasion=Occasion.RETURN, subject=subject)


def require_matched_return(uow: Unit, about: HandoffSheet) -> None:
    """Raise `NotMatched` while a site of a return has recorded nothing."""
    sites = (about.sender_site, about.receiver_site)
    require_matched(uow, about.sheet, Occasion.RETURN, about.handoff.id, *sites)


def how_missing(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be said at the field where nobody has chosen how."""
    return {} if fields.get(MATCHED) in set(How) else {MATCHED: CHOOSE}


def not_matched_sentence(site: Site, occasion: Occasion = Occasion.EVALUATION) -> str:
    """Say what must come first, and whom to call."""
    return (
        f"Not yet: {site.name} has not recorded that code and patient match. Please"
        f" phone {site.phone_24h} (24 hours); they press {_PRESSED[occasion]}."
    )


def read_how(fields: Mapping[str, str]) -> How:
    """Return how it was matched, as a form says. Raises `BadFields`."""
    try:
        return How(fields.get(MATCHED, ""))
    except ValueError as error:
        raise BadFields({MATCHED: CHOOSE}) from error


def read_first(fields: Mapping[str, str]) -> How | None:
    """Return how, or None where whoever refers says: not yet. Raises `BadFields`."""
    return None if fields.get(MATCHED) == NOT_YET else read_how(fields)


def _sheet_to_match(uow: Unit, by: Person, referral_id: str) -> Sheet:
    try:
        sheet = make_sheets(uow, [uow.cases.referral_to_move(referral_id)])[0]
    except NotFound as error:
        raise NoPart from error
    parts = sheet.parts_of(by.member)
    if not parts:
        raise NoPart
    if by.site_id != sheet.practice.id or not parts & PRACTICE_SIDE:
        raise NotForYou(
            f"This is for {sheet.practice.name}. The center says it in Take it."
        )
    return sheet


def _tell(uow: Unit, by: Person, referral_id: str, how: How) -> None:
    sheet = make_sheets(uow, [uow.cases.referral(referral_id)])[0]
    payload = {"by": by.clinician_id, "how": how.value}
    telling = Telling(uow, sheet, uow.new_id(), payload)
    telling.change_card()
    telling.refresh()
    telling.say("same patient line")
    telling.tell([sheet.taker or sheet.asked], "same patient")
