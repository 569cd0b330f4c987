"""The demo's patients after infusion: how each stands, and the morning after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.center_protocol import standing_protocol
from bot.demo import Running, start_demo
from bot.demo.following import MONTH_5, YEAR_2
from bot.demo.journeys import MONTH_1, WEEK_1
from bot.demo.travel import JUMPS, Traveller
from care.item import State
from scheduler.calendars import local_day
from storage.item_records import Item
from storage.plans import Plan
from storage.records import Case
from tests.beside import Beside

pytestmark = pytest.mark.story

_, MORNING, _, _ = JUMPS


@dataclass(frozen=True)
class Followed:
    """One patient after infusion."""

    plan: Plan
    case: Case
    items: list[Item]

    def rows(self, state: State) -> set[str]:
        """Return the rows of which a check stands so."""
        return {one.row_id for one in self.items if one.state is state}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a demo in which nobody has done anything yet; none of these tests does.

    The last one lets time pass, and acts.
    """
    folder = tmp_path_factory.mktemp("demo") / "demo"
    started = start_demo(folder, show=lambda *_: "nowhere")
    started.wait_until_played()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def patients(running: Running) -> dict[int, Followed]:
    """Return the patients of the demo by how many days ago they were infused."""
    with running.baton.store.read() as reading:
        [center] = [
            one
            for one in reading.people.sites(reading.people.workspaces()[0].id)
            if one.key == "university"
        ]
        today = local_day(center, datetime.now(UTC))
        return {
            (today - one.day0).days: Followed(
                one,
                reading.cases.case(one.case_id),
                reading.items.of_plans([one.id]),
            )
            for one in reading.plans.running_at(center.id, after="", most=9)
        }


def test_four_patients_are_in_week_1_month_1_month_5_and_year_2(
    patients: dict[int, Followed],
) -> None:
    assert set(patients) == {WEEK_1, MONTH_1, MONTH_5, YEAR_2}
    assert WEEK_1 <= 7
    assert 25 <= MONTH_1 <= 30
    assert 5 * 30 < MONTH_5 < 6 * 30
    assert 365 < YEAR_2 <= 2 * 365


def test_the_protocol_is_signed_save_a_few_rows(
    running: Running, patients: dict[int, Followed]
) -> None:
    with running.baton.store.read() as reading:
        protocol = reading.signing.protocol(patients[WEEK_1].plan.protocol_id)
        center = reading.people.site(protocol.center_id)
        count = standing_protocol(reading, center, protocol).count
        signers = {
            one.signed_by for one in reading.signing.standing(center.id).values()
        }
        rivera = reading.people.person(running.cast.rivera.team, running.cast.rivera.id)

    assert 0 < count.unsigned < 8 < count.signed
    assert str(count).endswith("are not scheduled")
    assert rivera is not None
    assert signers == {rivera.clinician_id}


def test_in_month_5_one_check_is_missed_one_held_and_some_done(
    patients: dict[int, Followed],
) -> None:
    there = patients[MONTH_5]

    assert there.rows(State.MISSED) == {"cbc"}
    assert there.rows(State.HELD) == {"influenza-vaccine"}
    assert there.rows(State.DONE) >= {"igg-monthly", "neuropsychiatric"}
    assert "igg-monthly" in there.rows(State.OPEN)


def test_in_year_2_what_comes_yearly_is_done_in_part(
    patients: dict[int, Followed],
) -> None:
    there = patients[YEAR_2]

    assert there.rows(State.DONE) == {"yearly-pet", "new-malignancy"}
    assert there.rows(State.OPEN) >= {"yearly-marrow", "new-malignancy", "cbc"}
    assert there.rows(State.MISSED) == set()


def test_in_month_1_the_patient_was_handed_back_and_in_week_1_not_yet(
    running: Running, patients: dict[int, Followed]
) -> None:
    home, bound = patients[MONTH_1], patients[WEEK_1]

    with running.baton.store.read() as reading:
        at = {
            one.case.id: reading.people.clinician(one.case.responsible_id).name
            for one in (home, bound)
        }
    assert at == {home.case.id: "Dr Mei Chen", bound.case.id: "Dr Ana Rivera"}
    assert home.rows(State.OPEN) >= {"cbc", "igg-monthly", "first-response"}
    assert home.rows(State.DONE) == {"peak-alc"}
    assert bound.rows(State.OPEN) <= {"peak-alc"}


def test_the_next_morning_brings_the_digest_which_changes_when_a_visit_is_done(
    running: Running, patients: dict[int, Followed]
) -> None:
    beside = Beside(
        running.slack,
        running.cast,
        running.baton,
        running.clock,
        running.baton.settings,
    )
    brooks = running.cast.brooks
    before = len(brooks.dm())

    Traveller(running.baton, running.clock).jump(MORNING)

    [digest] = [one for one in brooks.dm()[before:] if "My list" in one.buttons]
    home, month_5 = patients[MONTH_1].case.code, patients[MONTH_5].case.code
    missed = f"{month_5}  CBC with differential · "
    # On which day of a week this runs decides what else stands there.
    assert home in digest.rendered
    assert missed in digest.rendered
    assert "Since this morning" not in digest.rendered

    brooks.click("All done", digest)
    beside.settle()

    [after] = [one for one in brooks.dm() if one.ts == digest.ts]
    assert "Since this morning: " in after.rendered
    assert ": done" in after.rendered
    assert missed in after.rendered


def test_the_days_before_had_their_digests_too(running: Running) -> None:
    """Some working day lies in the five days before, whatever day it is."""
    mornings = [one for one in running.cast.brooks.dm() if "My list" in one.buttons]

    assert mornings
    first = datetime.fromtimestamp(float(mornings[0].ts), UTC)
    assert datetime.now(UTC) - first < timedelta(days=6)
