"""Same patient: what the card says of it, and the forms that ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.handoff_sheets import HandoffSheet
from bot.sheets import Sheet
from bot.views import kit
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from care.cases import one_line
from care.matching import NOT_YET, How
from care.referral import OPEN, Event, Kind, State
from storage.matching import Match
from storage.records import Clinician, Site

TITLE = "Same patient"
QUESTION = "Same patient?"
ABOUT = "Code and patient are matched with the center outside Slack."


def take_act(sheet: Sheet, event: Event, otherwise: str) -> str:
    """Return the action id of a move: taking an evaluation asks for the patient."""
    asks = event is Event.TAKE and sheet.referral.kind is Kind.EVALUATION
    return Act.TAKE_EVALUATION if asks else otherwise


def waits_for_match(sheet: Sheet) -> bool:
    """Tell whether an evaluation waits for the practice to record the match."""
    referral = sheet.referral
    waits = referral.kind is Kind.EVALUATION and referral.state is State.REQUESTED
    return (
        waits
        and not sheet.has_died
        and _match_of(sheet.matches, sheet.practice) is None
    )


def match_lines(sheet: Sheet) -> list[kit.Block]:
    """Return what the card says while the practice has not recorded it."""
    if not waits_for_match(sheet):
        return []
    practice = kit.escape(sheet.practice.name)
    return [kit.context(f"Same patient: not yet recorded by {practice}")]


def match_buttons(sheet: Sheet) -> list[kit.Element]:
    """Return the practice's button, while it has not recorded it."""
    if not waits_for_match(sheet):
        return []
    value = Carried(referral=sheet.referral.id).dump()
    return [kit.button(TITLE, Act.SAME_PATIENT, value=value)]


def matched_by(sheet: Sheet) -> list[str]:
    """Return what each site recorded, a line each, for those with a part."""
    if sheet.referral.kind is not Kind.EVALUATION:
        return []
    if sheet.referral.state not in OPEN and not sheet.matches:
        return []
    sites = (sheet.practice, sheet.center)
    told = [_said(site, sheet.matches, sheet.people) for site in sites]
    return [f"Same patient: {'; '.join(told)}"]


def return_matched(about: HandoffSheet) -> list[str]:
    """Return what each site recorded before a return, where it is asked for."""
    if not about.asks_for_match and not about.matches:
        return []
    sites = (about.sender_site, about.receiver_site)
    told = [_said(one, about.matches, about.people) for one in sites]
    return [f"Same patient: {'; '.join(told)}"]


def return_field(other: Site, values: Mapping[str, str] | None = None) -> kit.Block:
    """Return the question to somebody at one site of a return about the other."""
    radio = kit.radio(VALUE, _options(), initial=(values or {}).get(Field.MATCHED))
    return kit.field(QUESTION, Field.MATCHED, radio, hint=_hint(other))


def practice_field(
    values: Mapping[str, str] | None = None, *, new: bool = False
) -> kit.Block:
    """Return the question to whoever refers; a new patient has no code yet."""
    options = [
        kit.option("Matched by phone", How.BY_PHONE),
        kit.option("Matched by record sent", How.BY_RECORD),
        kit.option("Not yet", NOT_YET),
    ]
    radio = kit.radio(VALUE, options, initial=(values or {}).get(Field.MATCHED))
    later = " You get the code when this is sent; then press Same patient."
    hint = (
        f"{ABOUT} The center takes the evaluation only when both have said"
        f" so.{later if new else ''}"
    )
    return kit.field(QUESTION, Field.MATCHED, radio, hint=hint)


def same_patient_form(sheet: Sheet, data: FormData) -> dict[str, Any]:
    """Return the practice's form: the case line is repeated, and how is asked."""
    return _form(sheet, data, sheet.center, "Record", Form.SAME_PATIENT)


def take_form(sheet: Sheet, data: FormData) -> dict[str, Any]:
    """Return the center's form of taking an evaluation."""
    return _form(sheet, data, sheet.practice, "Take it", Form.MOVE)


def _form(
    sheet: Sheet, data: FormData, other: Site, submit: str, form: Form
) -> dict[str, Any]:
    summary = one_line(sheet.case.summary) or "Nothing recorded yet."
    radio = kit.radio(VALUE, _options())
    return kit.modal(
        TITLE,
        [
            kit.section(f"*{sheet.case.code}*\n{kit.escape(summary)}"),
            kit.context(*matched_by(sheet)),
            kit.field(QUESTION, Field.MATCHED, radio, hint=_hint(other)),
        ],
        callback_id=form,
        metadata=data.dump(),
        submit=submit,
        close="Cancel",
        external_id=data.intent,
    )


def _options() -> list[kit.Element]:
    return [
        kit.option("Matched by phone", How.BY_PHONE),
        kit.option("Matched by record", How.BY_RECORD),
    ]


def _hint(other: Site) -> str:
    return (
        f"With {other.name}, outside Slack. Never here: no names, dates of birth or"
        " record numbers."
    )


def _match_of(matches: Sequence[Match], site: Site) -> Match | None:
    found = [one for one in matches if one.site_id == site.id]
    return found[-1] if found else None


def _said(site: Site, matches: Sequence[Match], people: Mapping[str, Clinician]) -> str:
    match = _match_of(matches, site)
    name = kit.escape(site.name)
    if match is None:
        return f"{name} not yet recorded"
    who = people.get(match.clinician_id)
    by = kit.escape(who.name) if who else "Somebody"
    return f"{name} {match.how}, {by} {kit.moment(match.at)}"
