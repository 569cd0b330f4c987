"""Months of patients through the real scheduler; and a checker that sees what is wrong.

`make proof` lets 200 patients live for fifteen years.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.actions import digesting, item_clock
from bot.actions.done import perform
from bot.actions.duty import Days, go_away
from scheduler.ports import Handlers
from storage.clock import TravellingClock
from storage.records import Reminder
from storage.tables import item
from storage.unit import Store, Unit
from tests.world import OPERATOR
from tests.years import Came, slices
from tests.years_model import DAY, ROW, windows
from tests.years_simulation import Years, simulate

SEED = 20270104
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@pytest.fixture
def years(store: Store, clock: TravellingClock) -> Years:
    """Return a world with a patient three weeks after the infusion, and nobody acts."""
    quiet = Years(store, clock, random.Random(SEED), acts=False)  # noqa: S311 - chance that can be repeated
    quiet.add_patient("S-01", 21)
    return quiet


@pytest.mark.timeout(300)
def test_months_pass_and_everything_due_was_told_once(tmp_path: Path) -> None:
    done = simulate(tmp_path, patients=4, days=50, oldest=200, seed=SEED)

    assert done.checker.wrong == []
    counts = done.checker.counts
    assert min(counts["closed"], counts["last day"], counts["this week"]) > 0
    assert done.people.done["do"] > 5


def handled_by(years: Years, kind: str, instead: Any) -> None:
    """Let another handler see to a kind of reminder."""
    handlers: Handlers = {**years.due.handlers, kind: instead}
    years.due = replace(years.due, handlers=handlers)


def settled(*, uow: Unit, by: object, reminder: Reminder) -> str:
    """Handle a reminder by doing nothing."""
    uow.audit(reminder.workspace_id, "nothing done", reminder.subject)
    return "nothing"


@ON_SQLITE
def test_where_nobody_acts_everything_is_told_and_then_missed(years: Years) -> None:
    years.run(20)

    assert years.checker.wrong == []
    assert years.checker.counts["closed"] > 2
    assert years.checker.counts["missed"] > 0


@ON_SQLITE
def test_the_checker_sees_that_nobody_is_told(years: Years) -> None:
    handled_by(years, digesting.KIND, settled)
    handled_by(years, item_clock.KIND, settled)

    years.run(25)

    wrong = "\n".join(years.checker.wrong)
    assert "nobody was told before its window closed" in wrong
    assert "nobody was told that it was missed" in wrong
    assert "stands upcoming, not missed" in wrong
    assert ": no reminder" in wrong


@ON_SQLITE
def test_the_checker_sees_who_is_told_of_what_is_done(years: Years) -> None:
    for one in years.patients.values():
        for thing in one.things:
            thing.state = "done"

    years.run(6)

    assert any("told to amy, living" in one for one in years.checker.wrong)


@ON_SQLITE
def test_the_checker_sees_who_is_told_after_a_death(years: Years) -> None:
    next(iter(years.patients.values())).died = True

    years.run(6)

    assert any("told to amy, died" in one for one in years.checker.wrong)


@ON_SQLITE
def test_the_checker_sees_that_somebody_else_is_told(years: Years) -> None:
    with years.store.act(OPERATOR) as uow:
        uow.connection.execute(update(item).values(doer_id="clinician-chen"))
        uow.audit(years.world.workspace_id, "given", "tests")

    years.run(6)

    assert any("told to chen, not to amy" in one for one in years.checker.wrong)


@ON_SQLITE
@pytest.mark.parametrize("known", [True, False])
def test_who_stands_in_for_the_responsible_clinician_hears(
    years: Years, *, known: bool
) -> None:
    """They hear of what the center missed; nobody else of the practice does."""
    by = years.people.persons["chen"]
    days = Days(years.today, years.today + 30 * DAY)
    cover_id = years.people.persons["amy"].clinician_id
    perform(years.store, go_away, by=by, key="away", days=days, cover_id=cover_id)
    if known:
        years.staff.away.append(("chen", days.starts, days.ends, "amy"))
    years.add_patient("S-02", 104)

    years.run(14)

    told = any("told to amy, who has no part" in one for one in years.checker.wrong)
    assert told is not known


@ON_SQLITE
def test_what_fell_due_while_baton_was_down_is_looked_at_once_it_is_up(
    years: Years,
) -> None:
    years.run(2)
    years.down_until = years.today + 9 * DAY

    years.run(5)

    assert years.checker.wrong == []
    assert years.checker.counts["closed"] > 0


@ON_SQLITE
def test_what_a_relapse_ended_is_not_needed_though_it_is_opened_again(
    years: Years,
) -> None:
    (patient,) = years.patients.values()
    years.run(5)
    response = patient.plan.things["response", 0]
    years.people.with_a_check(response, "do")
    years.lives.happens("relapse", patient)

    years.people.with_a_check(response, "reopen")
    years.run(10)

    assert years.people.done == {"do": 1, "relapse": 1, "reopen": 1}
    assert years.checker.wrong == []


@ON_SQLITE
@pytest.mark.parametrize(
    "kinds",
    [
        ["takeover", "takeover", "takeover"],
        ["handoff", "handoff", "handoff", "handoff"],
        ["hospice"],
        pytest.param(["hospice by mistake"], marks=pytest.mark.again),
        ["new therapy"],
        pytest.param(["admission", "discharge"], marks=pytest.mark.again),
        pytest.param(
            ["close an account", "close an account", "open an account"],
            marks=pytest.mark.again,
        ),
    ],
)
def test_whatever_happens_the_right_ones_are_told(
    years: Years, kinds: Sequence[str]
) -> None:
    (patient,) = years.patients.values()
    for kind in kinds:
        years.run(2)
        years.lives.happens(kind, patient)

    years.run(12)

    assert set(years.people.done) == set(kinds)
    assert sum(years.people.done.values()) > 0
    assert years.checker.wrong == []


@pytest.mark.again
@ON_SQLITE
def test_after_a_second_infusion_what_is_life_long_goes_on_once(years: Years) -> None:
    years.add_patient("S-02", 320)
    again = list(years.patients.values())[-1]
    years.run(2)

    years.lives.happens("second", again)
    years.index(again)
    years.run(16)

    first, second = again.plans
    assert {row_id for row_id, _ in second.things} >= {"counts", "registry"}
    assert "yearly" not in {row_id for row_id, _ in second.things}
    assert {one.row.id for one in first.waiting()} == {"yearly"}
    assert years.checker.wrong == []


@ON_SQLITE
def test_the_checker_sees_who_is_told_in_hospice(years: Years) -> None:
    next(iter(years.patients.values())).in_hospice = True

    years.run(6)

    assert any("told to amy, hospice" in one for one in years.checker.wrong)


@ON_SQLITE
def test_the_checker_sees_what_is_lost_and_what_is_too_many(years: Years) -> None:
    patient = next(iter(years.patients.values()))
    lost = patient.plan.things["igg", 0]
    patient.plan.things["igg", 99] = replace(lost, number=99)
    del patient.plan.things["response", 0]

    years.look_at_all()

    wrong = "\n".join(years.checker.wrong)
    assert "igg 99" in wrong
    assert "is lost" in wrong
    assert "response 0 is too many" in wrong


@ON_SQLITE
def test_the_checker_sees_what_is_told_twice(years: Years) -> None:
    years.run(5)
    who, item_id, day = next(iter(years.checker.told))

    years.checker.digest(who, day, [(item_id, "this week")])

    assert any(f"told twice to {who}" in one for one in years.checker.wrong)


def test_the_model_counts_in_days_and_in_months() -> None:
    day0 = date(2024, 1, 31)

    weekly = list(windows(ROW["counts"], day0))
    yearly = list(windows(ROW["yearly"], day0))

    assert weekly[1] == (1, day0 + 12 * DAY, day0 + 16 * DAY)
    assert [(one[1].isoformat(), one[2].isoformat()) for one in yearly[:2]] == [
        ("2024-12-31", "2025-02-28"),
        ("2025-12-31", "2026-02-28"),
    ]


def test_a_proof_is_cut_into_slices_of_its_seed() -> None:
    parts = slices(patients=45, years=2, oldest=30, seed=7)

    assert [(one.seed, one.patients) for one in parts] == [(7, 20), (8, 20), (9, 5)]
    assert {one.days for one in parts} == {730}


def test_what_came_of_the_slices_is_counted_together() -> None:
    came = Came(7, "abc", patients=40, years=15, slices=2)

    came.add(7, Counter(digests=3), [])
    came.add(8, Counter(digests=4), ["it was lost"])

    lines = list(came.lines())
    assert lines[0] == "seed 7, commit abc: 40 patients, 15 years, 2 of 2 slices"
    assert lines[1:] == ["  digests: 7", "WRONG seed 8: it was lost", "1 wrong, 0 s"]


@pytest.mark.again
@pytest.mark.timeout(120)
def test_the_command_says_what_it_proved_and_keeps_it(tmp_path: Path) -> None:
    kept = tmp_path / "proof.json"
    words = ("--patients", "21", "--years", "0.01", "--seed", "7", "--processes", "2")
    run = [sys.executable, "-m", "tests.years", *words, "--summary", str(kept)]

    done = subprocess.run(run, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words

    assert done.returncode == 0, done.stderr
    assert "2 of 2 slices" in done.stdout
    assert "0 wrong" in done.stdout
    summary = json.loads(kept.read_text())
    assert (summary["seed"], summary["ended"], summary["wrong"]) == (7, 2, [])
