"""Starting a referral: the question, the case, who is asked, who is told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions.clocks import replan
from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_names
from bot.actions.matching import MATCHED, keep_match, read_first
from bot.actions.telling import Telling
from bot.handoff_sheets import may_be_responsible
from bot.refusals import BadFields, CannotStart, NobodyOnDuty, NoPart, Overtaken
from bot.sheets import make_sheets
from care.cases import CaseSummary
from care.matching import How
from care.people import MAY_REFER, Role
from care.referral import Kind, Side, State, Urgency
from care.response import OUTCOME_DAYS
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.records import Case, Life, Link, Referral
from storage.unit import Reading, Unit

QUESTION = "question"
CASE = "case"
RESPONSIBLE = "responsible"
CASE_FORM = "referral"


@dataclass(frozen=True)
class Request:
    """What a referral form says."""

    link_id: str
    kind: Kind
    urgency: Urgency
    question: str
    case_id: str | None = None
    """One of my cases; None makes a new one from `summary`."""
    summary: CaseSummary | None = None
    named_id: str | None = None
    responsible_id: str | None = None
    matched: str = ""
    """Of an evaluation: how code and patient were matched, or not yet."""


def start_referral(*, uow: Unit, by: Person, request: Request) -> Done:
    """Start a referral and tell the one who is asked.

    Raises `CannotStart`, `NobodyOnDuty`, `NoPart` or `BadFields`; nothing is
    kept then.
    """
    link = _link_of(uow, by, request.link_id)
    _check_question(uow, link, request.question)
    how = _how_matched(request)
    asked_id = _choose_asked(uow, link, request.named_id)
    case = _case_for(uow, by, link, request)
    referral = _new_referral(uow, by, request, case=case, asked_id=asked_id)
    uow.cases.add_referral(referral)
    codes = {"kind": referral.kind, "urgency": referral.urgency, "case": case.id}
    uow.audit(referral.workspace_id, "referral requested", referral.id, codes)
    replan(uow, referral)
    if how is not None:
        keep_match(uow, by, make_sheets(uow, [referral])[0], how)
    _tell_of_start(uow, referral)
    uow.drafts.drop(by.clinician_id, CASE_FORM, "")
    return Done("requested", referral.id)


def may_start(by: Person, link: Link) -> bool:
    """Tell whether somebody may refer over a link."""
    return by.role in MAY_REFER and by.site_id == link.practice_id and link.active


def my_cases(reading: Reading, by: Person, *, case_id: str | None = None) -> list[Case]:
    """Return the cases that I have a part in and may refer again, newest first.

    A coordinator has a part in all of the practice's cases. `case_id` looks for one.
    """
    if by.role not in MAY_REFER:
        return []
    of = None if by.role is Role.COORDINATOR else by.clinician_id
    return reading.cases.cases_at(by.site_id, of=of, case_id=case_id)


def _link_of(uow: Unit, by: Person, link_id: str) -> Link:
    try:
        link = uow.people.link(link_id)
    except NotFound as error:
        raise CannotStart from error
    if not may_start(by, link):
        raise CannotStart
    return link


def _check_question(uow: Unit, link: Link, question: str) -> None:
    if not question.strip():
        raise BadFields({QUESTION: "Write your question, in a sentence or two."})
    staff = staff_names(uow.people, link.practice_id, link.center_id)
    refuse_identifiers({QUESTION: question}, staff)


def _how_matched(request: Request) -> How | None:
    """Return how code and patient were matched; None for advice, or not yet."""
    evaluation = request.kind is Kind.EVALUATION
    return read_first({MATCHED: request.matched}) if evaluation else None


def _choose_asked(uow: Unit, link: Link, named_id: str | None) -> str:
    center = uow.people.site(link.center_id)
    today = local_day(center, uow.now)
    chosen = uow.duty.roster(center, from_day=today).on_duty(today, named=named_id)
    if chosen is None:
        raise NobodyOnDuty(
            f"Nobody at {center.name} takes duty now. Please phone {center.phone_24h}."
            " What you wrote is still here."
        )
    return chosen.id


def _case_for(uow: Unit, by: Person, link: Link, request: Request) -> Case:
    if request.case_id is not None:
        return _known_case(uow, by, request.case_id)
    case = Case(
        id=uow.new_id(),
        workspace_id=link.workspace_id,
        code=_free_code(uow),
        practice_id=link.practice_id,
        responsible_id=_responsible_for(uow, by, request),
        responsible_since=uow.now,
        summary=request.summary or CaseSummary(),
        created_at=uow.now,
    )
    uow.cases.add(case)
    codes = {"responsible": case.responsible_id}
    uow.audit(case.workspace_id, "case created", case.id, codes)
    return case


def _known_case(uow: Unit, by: Person, case_id: str) -> Case:
    try:
        # Meanwhile the patient may move to another practice, which refers from then on.
        uow.cases.case_to_move(case_id)
    except NotFound as error:
        raise NoPart from error
    found = my_cases(uow, by, case_id=case_id)
    if not found:
        raise NoPart
    if found[0].life is Life.DIED:
        raise BadFields(
            {CASE: f"It is recorded that the patient of {found[0].code} has died."}
        )
    return found[0]


def _responsible_for(uow: Unit, by: Person, request: Request) -> str:
    allowed = {one.id for one in may_be_responsible(uow, by.site_id)}
    wanted = request.responsible_id or by.clinician_id
    if wanted not in allowed:
        sentence = "Choose who is responsible for this patient at your practice."
        raise BadFields({RESPONSIBLE: sentence})
    return wanted


def _free_code(uow: Unit) -> str:
    code = uow.cases.free_code(uow.random_bytes)
    if code is None:
        raise Overtaken("No case code was free. Please send it again.")
    return code


def _new_referral(
    uow: Unit, by: Person, request: Request, *, case: Case, asked_id: str
) -> Referral:
    return Referral(
        id=uow.new_id(),
        workspace_id=case.workspace_id,
        case_id=case.id,
        link_id=request.link_id,
        kind=request.kind,
        urgency=request.urgency,
        state=State.REQUESTED,
        previous=None,
        waiting_on=Side.CENTER,
        referrer_id=by.clinician_id,
        asked_id=asked_id,
        taker_id=None,
        passed_by=(),
        question=request.question.strip(),
        requested_at=uow.now,
        round_started_at=uow.now,
        paused_until=None,
        responded_at=None,
        answered_at=None,
        ended_at=None,
        outcome=None,
        outcome_days=OUTCOME_DAYS,
        patient_told=None,
        generation=1,
    )


def _tell_of_start(uow: Unit, referral: Referral) -> None:
    sheet = make_sheets(uow, [referral])[0]
    telling = Telling(uow, sheet, referral.id)
    telling.open_thread()
    telling.say("question")
    telling.tell([sheet.asked], "asked")
    matched = sheet.matches or referral.kind is not Kind.EVALUATION
    practice = [sheet.referrer, sheet.responsible]
    telling.tell(practice, "requested" if matched else "to match")
