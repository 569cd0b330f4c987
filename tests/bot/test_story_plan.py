"""The plan as people see it: it begins with the infusion, and both sites read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.planned_rows import planned_rows
from care.knowledge.protocol import Topic
from sandbox import Modal, Person
from storage.tables import plan as plan_table
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page, submit
from tests.bot.after_infusion import sign_packaged
from tests.bot.handing import (
    BOOKED,
    CHEN,
    at_center,
    last_told,
    offer,
    open_read_back,
    responsible,
    say_back,
)
from tests.bot.journeying import SAME, Travel, under_way

pytestmark = pytest.mark.story

CARVYKTI = "Carvykti (cilta-cel)"
INFUSED = {"Product": CARVYKTI, SAME: "yes"}
DAY = timedelta(days=1)


def infused(beside: Beside, *, signed: bool = True) -> Travel:
    """Return a journey whose infusion is recorded today."""
    if signed:
        sign_packaged(beside.baton.store, "University Center")
    travel = under_way(beside)
    travel.record(beside.cast.ruiz, "Infusion", "Given", INFUSED)
    return travel


def _cases(beside: Beside) -> list[str]:
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(select(plan_table.c.case_id))
        return [row.case_id for row in rows]


def plan_of(travel: Travel, who: Person) -> Modal:
    """Open the plan by its command."""
    while who.modal:
        who.modal.close()
    who.command(f"/baton plan {travel.thread.code}")
    return travel.shown(who, lambda page: page.title == "Plan" and bool(page.buttons))


def test_both_sites_read_the_plan_with_the_next_visit_first(beside: Beside) -> None:
    travel = infused(beside)

    for who in (beside.cast.chen, beside.cast.rivera):
        page = plan_of(travel, who)

        assert "rows signed" not in page.text
        assert "Next: " in page.text
        assert "Not yet confirmed: which conditions apply" in page.text
        assert "Month-3 visit" in page.text
        assert "Running precautions" not in page.text
    page.click("Whole plan")
    opened_page(beside, beside.cast.rivera, "Months").click("Later")
    assert "Month-18" in opened_page(beside, beside.cast.rivera, "Earlier").text


def test_what_runs_stands_on_a_page_of_its_own_with_what_ends_it(
    beside: Beside,
) -> None:
    travel, rivera = infused(beside), beside.cast.rivera
    page = plan_of(travel, rivera)
    [label] = [one for one in page.buttons if one.startswith("Precautions (")]

    page.click(label)

    running = opened_page(beside, rivera, "Ends when")
    assert running.title == "Running precautions"
    assert label == f"Precautions ({running.text.lower().count('look again')})"


def test_what_is_not_signed_stands_in_the_first_line(beside: Beside) -> None:
    travel = infused(beside, signed=False)

    page = plan_of(travel, beside.cast.chen)

    assert "0 of " in page.text
    assert "are not scheduled" in page.text
    assert "Nothing is due that the center has signed." in page.text


def test_the_conditions_are_confirmed_from_the_message_that_asks(
    beside: Beside,
) -> None:
    travel, chen = infused(beside), beside.cast.chen
    asked = [
        one for one in travel.thread.told(chen) if "Confirm conditions" in one.buttons
    ]
    chen.click("Confirm conditions", asked[-1])
    form = opened_form(beside, chen)
    form.fill({"Hepatitis B: HBsAg, anti-HBc or DNA positive": "Applies"})

    submit(beside, form)

    page = plan_of(travel, chen)
    assert "Conditions: hepatitis B" in page.text
    assert "Confirmed by Dr Mei Chen" in page.text
    again = [
        one for one in travel.thread.told(chen) if "were confirmed" in one.rendered
    ]
    assert again


def test_another_day_0_is_shown_before_it_is_kept_and_told_in_the_thread(
    beside: Beside,
) -> None:
    travel, rivera = infused(beside), beside.cast.rivera
    travel.page(rivera).click("Correct", near="\nInfusion")
    form = travel.shown(rivera, lambda one: one.submit_label == "Correct")
    form.fill(
        {
            "How many days ago? (0 is today)": "3",
            "Why is it corrected?": "A slip.",
            SAME: f"Yes, {travel.thread.code} is this patient in our own record",
        }
    )

    shown = form.submit()

    assert shown is not None
    assert not shown.errors
    assert "What this changes" in shown.text
    assert "checks move to other windows" in shown.text
    submit(beside, shown)
    line = next(one for one in travel.thread.lines if "counts from" in one)
    assert line.startswith("Dr Ana Rivera changed what the plan counts from:")


def test_a_picture_of_the_plan_says_its_words(beside: Beside) -> None:
    travel, chen = infused(beside), beside.cast.chen

    plan_of(travel, chen).click("Picture")

    page = travel.shown(chen, lambda one: "image" in str(one.view))
    assert "the plan after CAR T" in str(page.view.blocks)


def test_what_holds_is_shown_with_its_source_and_who_signed(beside: Beside) -> None:
    travel, chen = infused(beside), beside.cast.chen

    plan_of(travel, chen).click("What holds")

    page = opened_page(beside, chen, "Signed by")
    assert "Proposed by Baton, not in the source" in page.text


def test_who_has_no_part_reads_no_plan(beside: Beside) -> None:
    travel, lee = infused(beside), beside.cast.lee

    lee.command(f"/baton plan {travel.thread.code}")

    opened_page(beside, lee, "no such case that you have a part in")


def test_the_return_shows_the_plan_and_who_does_it_is_agreed(beside: Beside) -> None:
    sign_packaged(beside.baton.store, "University Center")
    thread, cast = at_center(beside), beside.cast
    travel = Travel(beside, thread)
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)
    travel.record(cast.ruiz, "Discharge from center care", "Happened")
    offer(thread, cast.rivera, CHEN, action="none")

    offered = last_told(thread, cast.chen).rendered
    assert "Plan after CAR T" in offered
    assert "checks with Sam Brooks; first: month-1" in offered
    label = next(
        one for one in open_read_back(thread, cast.chen).labels if "Plan, counts" in one
    )
    cast.chen.modal.close()  # type: ignore[union-attr]
    say_back(thread, cast.chen, BOOKED | {label: "Dr Mei Chen, oncologist"})

    assert responsible(thread).startswith("Dr Mei Chen")
    with beside.baton.store.read() as reading:
        plan = reading.plans.of_cases(_cases(beside))[0]
        rows = planned_rows(reading, [plan])[plan.id]
        there = reading.items.of_plans([plan.id])
        chen = next(
            one
            for one in reading.people.clinicians(
                {i.doer_id for i in there if i.doer_id}
            ).values()
            if one.name == "Dr Mei Chen"
        )
    counts = [i for i in there if rows.pinned[i.row_id].topic is Topic.COUNTS]
    assert counts
    assert {i.doer_id for i in counts} == {chen.id}
