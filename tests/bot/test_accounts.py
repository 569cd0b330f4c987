"""A Slack account that is closed: others act for whoever has it, until it is open."""

from __future__ import annotations

from datetime import date

import pytest

from bot.handoff_sheets import stand_ins_of
from care.duty import Absence
from storage.actors import Operator
from tests.beside import Beside
from tests.bot.acting import ask

pytestmark = pytest.mark.story

TODAY = date.fromisoformat("2026-11-24")


def clinician_of(beside: Beside, user_id: str) -> str:
    """Return the id of whoever has a Slack account."""
    team = beside.slack.host.id
    with beside.baton.store.read() as reading:
        found = reading.people.person(team, user_id)
    assert found is not None
    return found.clinician_id


def stand_ins(beside: Beside, user_id: str) -> set[str]:
    """Return the names of those who act for somebody now."""
    id_ = clinician_of(beside, user_id)
    with beside.baton.store.read() as reading:
        ids = stand_ins_of(reading, reading.people.clinician(id_))
        return {one.name for one in reading.people.clinicians(ids).values()}


def absences(beside: Beside, user_id: str) -> int:
    """Return for how many stretches somebody is away from today on."""
    id_ = clinician_of(beside, user_id)
    with beside.baton.store.read() as reading:
        site = reading.people.site(reading.people.clinician(id_).site_id)
        found = reading.duty.absences(site.id, from_day=TODAY)
    return len([one for one in found if one.clinician_id == id_])


def test_for_a_closed_account_others_act_as_soon_as_slack_says_so(
    beside: Beside,
) -> None:
    rivera = beside.cast.rivera

    before = stand_ins(beside, rivera.id)
    beside.slack.deactivate(rivera)
    beside.slack.until(lambda: stand_ins(beside, rivera.id))
    during = stand_ins(beside, rivera.id)
    beside.slack.reactivate(rivera)
    beside.slack.until(lambda: not stand_ins(beside, rivera.id))

    assert before == set()
    assert during == {"Ana Ruiz"}


def test_a_closed_account_is_asked_nothing_and_noted_once(beside: Beside) -> None:
    """Slack tells of every change of a profile, not only of this one."""
    cast = beside.cast
    beside.slack.deactivate(cast.rivera)
    beside.slack.until(lambda: absences(beside, cast.rivera.id) == 1)

    beside.slack.set_zone(cast.rivera, "Europe/Paris")
    beside.slack.set_zone(cast.okafor, "Europe/Paris")
    thread = ask(beside)

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert absences(beside, cast.rivera.id) == 1
    assert absences(beside, cast.okafor.id) == 0


def test_a_leave_of_ones_own_outlasts_the_closed_account(beside: Beside) -> None:
    okafor = beside.cast.okafor
    id_ = clinician_of(beside, okafor.id)
    with beside.baton.store.act(Operator("tests")) as uow:
        uow.duty.add_absence("absence-1", Absence(id_, TODAY, TODAY))
        uow.audit(beside.slack.host.id, "away", id_)

    beside.slack.deactivate(okafor)
    beside.slack.until(lambda: absences(beside, okafor.id) == 2)
    beside.slack.reactivate(okafor)
    beside.slack.until(lambda: absences(beside, okafor.id) == 1)

    assert stand_ins(beside, okafor.id) == {"Ana Ruiz"}
