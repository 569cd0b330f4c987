"""Journeys at different stages, played by the people of the demo before you come."""

from __future__ import annotations

from datetime import timedelta

from bot.actions.entries import Entry
from bot.actions.journeying import record_milestone
from bot.demo.cases import Players
from bot.demo.following import record_done
from bot.demo.handing import play_handoffs, play_return
from bot.demo.preparing import play_preparing
from care.cases import AgeBand, CaseSummary, LenalidomideRefractory
from care.matching import How
from care.milestone import Contact, Product, Result, Step
from care.referral import Event, Kind
from sandbox import Person
from scheduler.calendars import local_day

WEEK_1, MONTH_1 = 6, 28
"""How many days ago these two were infused."""
YES = LenalidomideRefractory.YES


def play_journeys(players: Players) -> None:
    """Play three journeys: before apheresis; home in month 1; home-bound in week 1."""
    _before_apheresis(players)
    _home(players)
    _home_bound(players)
    players.traveller.settle()


def _before_apheresis(players: Players) -> None:
    cast = players.cast
    before = _take_evaluation(
        players,
        cast.chen,
        "Refractory to lenalidomide after two lines. Please evaluate for CAR T.",
        CaseSummary(AgeBand.FROM_60, 2, YES, 1),
    )
    _to_slot(players, before, ended=20)
    _record(players, cast.ruiz, before, Step.APHERESIS, Result.PLANNED, ahead=6)
    play_preparing(players, before)


def _home(players: Players) -> None:
    cast = players.cast
    home = _take_evaluation(
        players,
        cast.chen,
        "Refractory after three lines. Please evaluate for CAR T.",
        CaseSummary(AgeBand.FROM_70, 3, YES, 1),
    )
    _to_slot(players, home, ended=110)
    _to_infusion(players, home, infused=MONTH_1)
    record_done(players, cast.ruiz, _case_of(players, home), {"peak-alc"})
    _record(players, cast.ruiz, home, Step.DISCHARGE, Result.HAPPENED, ahead=-14)
    play_return(players, home)


def _home_bound(players: Players) -> None:
    cast = players.cast
    after = _take_evaluation(
        players,
        cast.chen,
        "Second relapse. Please evaluate for CAR T.",
        CaseSummary(AgeBand.FROM_50, 3, YES, 1),
    )
    _to_slot(players, after, ended=80)
    _to_infusion(players, after, infused=WEEK_1)
    play_handoffs(players, after)
    _record(players, cast.ruiz, after, Step.DISCHARGE, Result.PLANNED, ahead=5)


def _case_of(players: Players, referral: str) -> str:
    with players.baton.store.read() as reading:
        return reading.cases.referral(referral).case_id


def _take_evaluation(
    players: Players, who: Person, question: str, summary: CaseSummary
) -> str:
    # Nobody watches: what these say is said in one go, when all is recorded.
    referral = players.ask(
        who,
        question,
        summary,
        kind=Kind.EVALUATION,
        matched=How.BY_RECORD,
        settle=False,
    )
    players.move(
        players.cast.rivera, referral, Event.TAKE, settle=False, matched=How.BY_PHONE
    )
    return referral


def _to_slot(players: Players, referral: str, *, ended: int) -> None:
    """Record the steps up to the slot, which was assigned so many days ago."""
    ruiz, rivera = players.cast.ruiz, players.cast.rivera
    told = (
        (ruiz, Step.CONTACT, Result.HAPPENED, 30),
        (ruiz, Step.CONSULT, Result.HAPPENED, 21),
        (rivera, Step.DECISION, Result.CANDIDATE, 21),
        (ruiz, Step.AUTHORIZATION, Result.SUBMITTED, 19),
        (ruiz, Step.AUTHORIZATION, Result.GRANTED, 6),
        (ruiz, Step.SLOT, Result.HAPPENED, 0),
    )
    for who, step, result, before in told:
        _record(players, who, referral, step, result, ahead=-ended - before)


def _to_infusion(players: Players, referral: str, *, infused: int) -> None:
    """Record the steps up to the infusion, which was given so many days ago."""
    told = (
        (Step.APHERESIS, Result.HAPPENED, 50),
        (Step.BRIDGING, Result.STARTED, 45),
        (Step.BRIDGING, Result.STOPPED, 18),
        (Step.RELEASE, Result.IN_SPECIFICATION, 14),
        (Step.LYMPHODEPLETION, Result.HAPPENED, 5),
        (Step.INFUSION, Result.HAPPENED, 0),
    )
    for step, result, before in told:
        days = -infused - before
        _record(players, players.cast.ruiz, referral, step, result, ahead=days)


def _record(
    players: Players,
    who: Person,
    referral: str,
    step: Step,
    result: Result,
    *,
    ahead: int,
) -> None:
    with players.baton.store.read() as reading:
        case = reading.cases.referral(referral).case_id
        course = reading.courses.of_cases([case])[-1]
        link = reading.people.link(course.link_id)
        today = local_day(reading.people.site(link.center_id), reading.now)
    entry = Entry(
        step=step,
        result=result,
        day=today + timedelta(days=ahead),
        product=Product.CARVYKTI,
        contact=Contact.CENTER,
        note="none" if step is Step.DECISION else "",
        same_patient=True,
    )
    action = record_milestone
    players.do(who, action, settle=False, course_id=course.id, entry=entry)
