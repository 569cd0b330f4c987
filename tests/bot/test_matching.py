"""Same patient: both sites say so before an evaluation is taken."""

from __future__ import annotations

import pytest

from bot.actions.matching import keep_match, require_matched
from bot.refusals import NotMatched
from bot.sheets import make_sheets
from care.matching import How, Occasion
from sandbox import Person
from storage.matching import Match
from storage.unit import Store
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    EVALUATION,
    NOT_YET,
    QUESTION,
    SAME_PATIENT,
    Thread,
    ask,
    opened_form,
    opened_page,
    pinned,
    submit,
)
from tests.world import OPERATOR, World, new_case, new_referral

pytestmark = pytest.mark.story

UNDER_WAY = "Next: contact with the patient, with Ana Ruiz"
WAITS = "Same patient: not yet recorded by Lakeside Oncology"
REFUSED = (
    "Not yet: Lakeside Oncology has not recorded that code and patient match. Please"
    " phone"
)


def recorded(beside: Beside, thread: Thread) -> list[Match]:
    with beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(thread.code)
        assert case
        (referral,) = reading.cases.referrals_of(case.id)
        return reading.matching.of([referral.id])


def record(thread: Thread, who: Person, how: str = "Matched by record") -> None:
    """Record at the practice that it is the same patient, by the card."""
    thread.write(who, "Same patient", {SAME_PATIENT: how})


def test_both_sites_say_so_before_an_evaluation_is_under_way(on_both: Beside) -> None:
    thread, cast = ask(on_both, kind=EVALUATION, matched=NOT_YET), on_both.cast
    assert WAITS in thread.card.rendered

    record(thread, cast.brooks)
    assert WAITS not in thread.card.rendered
    assert "Same patient" not in thread.card.buttons
    thread.take(cast.rivera)

    assert UNDER_WAY in thread.card.rendered
    kept = {(one.site_id, one.how) for one in recorded(on_both, thread)}
    assert {how for _, how in kept} == {How.BY_RECORD, How.BY_PHONE}
    assert len(kept) == 2


def test_the_case_says_who_recorded_it_at_each_site(beside: Beside) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast
    thread.take(cast.rivera, "Matched by record")

    said = cast.ruiz.command(f"/baton case {thread.code}").rendered

    assert "Lakeside Oncology by phone, Dr Mei Chen" in said
    assert "University Center by record, Dr Ana Rivera" in said


def test_it_is_not_taken_while_the_practice_has_said_not_yet(on_both: Beside) -> None:
    """The sentence names the site and its phone; nothing is kept."""
    thread, cast = ask(on_both, kind=EVALUATION, matched=NOT_YET), on_both.cast

    cast.rivera.click("Take it", thread.card)
    page = opened_page(on_both, cast.rivera, REFUSED)

    assert "(24 hours); they press Same patient on the card." in page.text
    assert not page.submit_label
    assert "Waiting for University Center" in thread.card.rendered
    assert recorded(on_both, thread) == []


def test_the_form_shows_the_case_line_and_what_the_practice_said(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast

    cast.rivera.click("Take it", thread.card)
    form = opened_form(beside, cast.rivera)

    assert thread.code in form.text
    assert "60-69 · 2 prior lines" in form.text
    assert "Lakeside Oncology by phone, Dr Mei Chen" in form.text
    assert "University Center not yet recorded" in form.text


def test_it_is_not_taken_without_saying_how(beside: Beside) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast
    cast.rivera.click("Take it", thread.card)
    form = opened_form(beside, cast.rivera)

    again = form.submit()

    assert again is not None
    assert SAME_PATIENT in again.errors
    assert "Waiting for University Center" in thread.card.rendered


def test_a_referral_for_evaluation_is_not_sent_without_saying_whether(
    beside: Beside,
) -> None:
    chen, lakeside = beside.cast.chen, beside.cast.lakeside
    chen.click("Start a referral", pinned(chen, lakeside))
    form = opened_form(beside, chen)
    form.fill({**ABOUT, "Your question": QUESTION})

    again = form.submit()

    assert again is not None
    assert SAME_PATIENT in again.errors
    assert len(chen.channel(lakeside)) == 1


def test_a_question_to_a_specialist_is_taken_without_it(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    assert "Same patient" not in thread.card.rendered

    thread.press(cast.rivera, "Take it")

    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered
    assert recorded(beside, thread) == []


def test_the_practice_is_asked_by_direct_message_which_then_says_it_is_done(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, kind=EVALUATION, matched=NOT_YET), beside.cast
    told = thread.told(cast.chen)[-1]
    assert WAITS in told.rendered

    cast.chen.click("Same patient", told)
    form = opened_form(beside, cast.chen)
    form.fill({SAME_PATIENT: "Matched by phone"})
    submit(beside, form)

    after = thread.told(cast.chen)[-1]
    assert after.ts == told.ts
    assert "Same patient" not in after.rendered
    assert thread.lines[-1] == (
        "Dr Mei Chen recorded the same patient: matched by phone."
    )
    center = thread.told(cast.rivera)[-1]
    assert "the same patient, matched by phone." in center.rendered
    assert center.buttons[0] == "Take it"


def test_an_evaluation_is_taken_from_the_message_that_it_can_be(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, kind=EVALUATION, matched=NOT_YET), beside.cast
    record(thread, cast.chen)

    cast.rivera.click("Take it", thread.told(cast.rivera)[-1])
    form = opened_form(beside, cast.rivera)
    form.fill({SAME_PATIENT: "Matched by record"})
    submit(beside, form)

    assert "Taken by: @Dr Ana Rivera" in thread.card.rendered
    assert "Take it" not in thread.told(cast.rivera)[-1].buttons


@pytest.mark.parametrize("how", ["Matched by phone", NOT_YET])
def test_an_advice_that_becomes_an_evaluation_asks_too(
    beside: Beside, how: str
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", {"Your answer": "Yes, please refer."})

    thread.write(cast.chen, "Refer for CAR T evaluation", {SAME_PATIENT: how})

    assert (WAITS in thread.card.rendered) == (how == NOT_YET)
    if how == NOT_YET:
        record(thread, cast.chen)
    thread.take(cast.rivera)
    assert UNDER_WAY in thread.card.rendered


def test_the_center_cannot_record_it_for_the_practice(beside: Beside) -> None:
    thread, cast = ask(beside, kind=EVALUATION, matched=NOT_YET), beside.cast

    for who in (cast.rivera, cast.ruiz):
        who.click("Same patient", thread.card)
        page = opened_page(beside, who, "This is for Lakeside Oncology.")
        page.close()

    assert recorded(beside, thread) == []


def test_two_take_it_at_the_same_moment_and_one_is_told_who_did(
    on_both: Beside,
) -> None:
    thread, cast = ask(on_both, kind=EVALUATION), on_both.cast
    forms = []
    for who in (cast.rivera, cast.okafor):
        who.click("Take it", thread.card)
        forms.append(opened_form(on_both, who))
        forms[-1].fill({SAME_PATIENT: "Matched by phone"})

    left = on_both.slack.together(*(one.submit for one in forms))
    on_both.settle()

    refused = [one for one in left if one is not None]
    assert len(refused) == 1
    assert "has taken" in refused[0].errors[SAME_PATIENT]
    assert len(recorded(on_both, thread)) == 2


def test_two_at_the_practice_record_it_at_the_same_moment_and_it_stands_once(
    on_both: Beside,
) -> None:
    thread = ask(on_both, kind=EVALUATION, matched=NOT_YET)
    cast, forms = on_both.cast, []
    for who in (cast.chen, cast.brooks):
        who.click("Same patient", thread.card)
        forms.append(opened_form(on_both, who))
        forms[-1].fill({SAME_PATIENT: "Matched by phone"})

    left = on_both.slack.together(*(one.submit for one in forms))
    on_both.settle()

    assert left == [None, None]
    assert len(recorded(on_both, thread)) == 1
    said = [one for one in thread.lines if "recorded the same patient" in one]
    assert len(said) == 1


@pytest.mark.parametrize("label", ["Take it", "Same patient"])
def test_what_comes_in_twice_counts_once(beside: Beside, label: str) -> None:
    matched = "Matched by phone" if label == "Take it" else NOT_YET
    thread, cast = ask(beside, kind=EVALUATION, matched=matched), beside.cast
    who = cast.rivera if label == "Take it" else cast.chen
    for sent in ("block_actions", "view_submission"):
        beside.slack.faults.duplicate(f"interactive/{sent}")

    thread.write(who, label, {SAME_PATIENT: "Matched by phone"})

    said = [
        one
        for one in thread.lines
        if "recorded the same patient" in one or "took this" in one
    ]
    assert len(said) == 1


def test_an_evaluation_that_was_answered_and_is_asked_again_is_taken_with_it(
    on_both: Beside,
) -> None:
    """No way leads around it: not through an answer either."""
    thread, cast = ask(on_both, kind=EVALUATION, matched=NOT_YET), on_both.cast
    thread.write(cast.okafor, "Answer", {"Your answer": "Not before next month."})
    assert "Same patient" not in thread.card.buttons

    thread.write(cast.chen, "Ask again", {"What is still open?": "It is time now."})

    assert "Waiting for University Center" in thread.card.rendered
    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert WAITS in thread.card.rendered
    assert thread.told(cast.okafor)[-1].buttons[:2] == ("Take it", "Answer")
    cast.okafor.click("Take it", thread.told(cast.okafor)[-1])
    opened_page(on_both, cast.okafor, REFUSED).close()
    record(thread, cast.brooks)
    thread.take(cast.okafor)
    assert UNDER_WAY in thread.card.rendered


def test_taking_it_anew_goes_on_with_the_course_that_is_under_way(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast
    thread.take(cast.rivera)
    page = cast.rivera.command(f"/baton case {thread.code}").message
    assert page
    cast.rivera.click("Answer", page)
    form = opened_form(beside, cast.rivera)
    form.fill({"Your answer": "Yes, she can have it."})
    submit(beside, form)
    thread.write(cast.chen, "Ask again", {"What is still open?": "And when?"})

    thread.take(cast.rivera, "Matched by record")

    assert UNDER_WAY in thread.card.rendered
    with beside.baton.store.read() as reading:
        case = reading.cases.case_by_code(thread.code)
        assert case
        assert len(reading.courses.of_cases([case.id])) == 1


def test_an_action_of_another_occasion_asks_for_both_sites(
    store: Store, world: World
) -> None:
    """What a return needs: neither the evaluation's records nor one site's do."""
    with store.act(OPERATOR) as uow:
        case = new_case(uow, world)
        sheet = make_sheets(uow, [new_referral(uow, world, case)])[0]
        for by in (world.oncologist, world.first_specialist):
            keep_match(uow, by, sheet, How.BY_PHONE)
        returning = {"occasion": Occasion.RETURN, "subject": "handoff-1"}

        with pytest.raises(NotMatched, match="Lakeside Oncology"):
            require_matched(uow, sheet, Occasion.RETURN, "handoff-1")
        keep_match(uow, world.oncologist, sheet, How.BY_PHONE, **returning)  # type: ignore[arg-type] # a mapping of both
        with pytest.raises(NotMatched, match="University Center"):
            require_matched(uow, sheet, Occasion.RETURN, "handoff-1")
        keep_match(uow, world.first_specialist, sheet, How.BY_RECORD, **returning)  # type: ignore[arg-type] # a mapping of both

        require_matched(uow, sheet, Occasion.RETURN, "handoff-1")
        require_matched(uow, sheet, Occasion.EVALUATION, sheet.referral.id)
