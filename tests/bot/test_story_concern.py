"""An urgent concern: the phone first, then the chain until somebody calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.setup_file import SetupFile
from care.knowledge.red_flags import load_red_flags
from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask, opened_page
from tests.bot.concerning import (
    CALLING,
    TELL,
    TO_APHERESIS,
    TO_INFUSION,
    Raised,
    open_concern,
    open_page,
    raise_it,
    take_steps,
)
from tests.bot.conftest import Start
from tests.bot.journeying import SAME, Travel, under_way
from tests.bot.places import MONDAY, center_with, lead_of
from tests.conftest import BOTH

pytestmark = pytest.mark.story

SATURDAY_NIGHT = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
"""03:00 at the center and 01:00 at the practice: nobody works."""
NOT_YET = "Nobody has acknowledged yet. Call +1 555 0199"
AGO = "How many days ago? (0 is today)"
CANDIDATE = {
    "Product": "Carvykti (cilta-cel)",
    "What not to give meanwhile": "none",
}
SHEET = "Emergency sheet"
NewDatabase = Callable[..., str]
OPTED_IN: dict[str, Any] = {
    "concern_opt_in": True,
    "rota": {"starts": MONDAY, "order": ["rivera"]},
}
"""Rivera has duty in every week; Okafor takes duty too, and comes next."""


@pytest.fixture(params=BOTH)
def night(request: pytest.FixtureRequest, start: Start) -> Beside:
    """Return a Baton at night, its center with a lead and opted in."""
    make: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return start(make(), at=SATURDAY_NIGHT, setup=center_with(**OPTED_IN))


@pytest.fixture
def opted_in(start: Start, new_sqlite: NewDatabase) -> Beside:
    """Return a Baton on a Tuesday, its center with a lead and opted in."""
    return start(new_sqlite(), setup=center_with(**OPTED_IN))


def collected(beside: Beside) -> Thread:
    """Return a case whose cells were collected."""
    thread = ask(beside, kind=EVALUATION)
    take_steps(beside, thread, TO_APHERESIS)
    return thread


def chain(beside: Beside) -> list[Person]:
    """Return who is told, step by step."""
    cast = beside.cast
    return [cast.rivera, cast.okafor, lead_of(beside.slack), cast.ruiz]


def test_nobody_answers_through_the_whole_chain_and_again(night: Beside) -> None:
    """Each step comes once, ten minutes after the last; the sender hears of each."""
    raised = raise_it(night, collected(night))
    people = chain(night)

    counted = []
    for _ in range(6):
        counted.append([len(raised.asked(one)) for one in people])
        raised.pass_minutes(10)

    assert counted == [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 1, 1],
        [2, 1, 1, 1],
        [2, 2, 1, 1],
    ]
    told = raised.told_sender()
    assert len(told) == 7
    assert "Nobody has acknowledged" not in told[0]
    assert all(NOT_YET in one for one in told[1:])
    assert "Told: Dr Ben Okafor, University Center" in told[1]
    assert "Told: Ana Ruiz" in told[3]
    assert "Told: Dr Ana Rivera" in told[4]
    assert raised.line == (
        "Dr Mei Chen raised an urgent concern. University Center is told."
    )


def test_between_the_steps_nothing_is_said(opted_in: Beside) -> None:
    raised = raise_it(opted_in, collected(opted_in))

    raised.pass_minutes(9)
    before = [len(raised.asked(one)) for one in chain(opted_in)]
    raised.pass_minutes(1)

    assert before == [1, 0, 0, 0]
    assert len(raised.asked(opted_in.cast.okafor)) == 1


def test_the_one_on_duty_is_told_who_asks_and_which_number_to_call(
    opted_in: Beside,
) -> None:
    thread = collected(opted_in)

    raised = raise_it(opted_in, thread)

    [asked] = raised.asked(opted_in.cast.rivera)
    assert asked.text == f"{thread.code}: urgent concern"
    assert (
        f"Dr Mei Chen, Lakeside Oncology, has an urgent concern about {thread.code}"
        " and asks you to call: +1 555 0100"
    ) in asked.rendered.replace("*", "")
    assert asked.buttons == (CALLING, "Open thread")


def test_acknowledged_by_the_second_ends_the_chain_and_tells_everyone(
    night: Beside,
) -> None:
    raised = raise_it(night, collected(night))
    cast = night.cast
    raised.pass_minutes(10)

    raised.press(cast.okafor, CALLING)
    at_once = cast.chen.dm()[-1].rendered
    raised.pass_minutes(60)

    assert "Dr Ben Okafor is calling you now." in at_once
    assert "No call within minutes? Call +1 555 0199" in at_once
    assert cast.chen.dm()[-1].rendered == at_once
    assert raised.told_sender() == []
    assert not any(raised.asked(one) for one in chain(night))
    first = cast.rivera.dm()[-1].rendered
    assert "Dr Ben Okafor is calling Dr Mei Chen." in first
    assert "you are calling Dr Mei Chen. Call +1 555 0100" in (
        cast.okafor.dm()[-1].rendered
    )
    assert raised.line == (
        "Dr Mei Chen raised an urgent concern. Dr Ben Okafor acknowledged."
    )
    assert raised.thread.told(lead_of(night.slack)) == []


def test_withdrawn_ends_the_chain_without_a_message_more(night: Beside) -> None:
    raised = raise_it(night, collected(night))
    cast = night.cast
    raised.pass_minutes(10)
    before = len(cast.chen.dm())

    raised.press(cast.chen, "Withdraw")
    raised.pass_minutes(30)

    assert len(cast.chen.dm()) == before
    assert raised.told_sender() == []
    for one in (cast.rivera, cast.okafor, cast.chen):
        assert "Dr Mei Chen withdrew the urgent concern." in one.dm()[-1].rendered
    assert not any(raised.asked(one) for one in chain(night))
    assert raised.line == "Dr Mei Chen raised an urgent concern. It has ended."


def test_of_two_who_acknowledge_at_the_same_moment_one_is_told_who_was_faster(
    night: Beside,
) -> None:
    raised = raise_it(night, collected(night))
    cast = night.cast
    raised.pass_minutes(10)
    messages = {one.id: raised.asked(one)[0] for one in (cast.rivera, cast.okafor)}

    night.slack.together(
        lambda: cast.rivera.click(CALLING, messages[cast.rivera.id]),
        lambda: cast.okafor.click(CALLING, messages[cast.okafor.id]),
    )
    night.settle()

    said = [one.rendered for one in (*cast.rivera.private, *cast.okafor.private)]
    [refused] = [one for one in said if "was faster" in one]
    slower = cast.rivera if cast.rivera.private else cast.okafor
    faster = cast.okafor if slower is cast.rivera else cast.rivera
    assert refused.startswith(f"{faster.name} was faster and is calling about")
    calling = [one for one in cast.chen.dm() if "is calling you now" in one.rendered]
    assert len(calling) == 1
    assert faster.name in calling[0].rendered


def test_a_click_that_comes_in_twice_raises_one_concern(opted_in: Beside) -> None:
    thread = collected(opted_in)
    opted_in.slack.faults.duplicate("interactive/block_actions", times=None)

    raised = raise_it(opted_in, thread)
    raised.pass_minutes(10)

    assert [len(raised.asked(one)) for one in chain(opted_in)] == [1, 1, 0, 0]
    assert len(raised.told_sender()) == 2
    assert "urgent concern" in raised.line


def test_two_of_the_practice_at_once_raise_one(opted_in: Beside) -> None:
    thread, cast = collected(opted_in), opted_in.cast
    pages = [open_concern(opted_in, thread, one) for one in (cast.chen, cast.brooks)]

    opted_in.slack.together(lambda: pages[0].click(TELL), lambda: pages[1].click(TELL))
    opted_in.settle()

    asked = [one for one in cast.rivera.dm() if CALLING in one.buttons]
    assert len(asked) == 1
    opted_in.slack.until(
        lambda: any(
            "has raised an urgent concern" in page.text
            for one in (cast.chen, cast.brooks)
            for page in one.modals
        )
    )


def test_a_death_ends_the_chain_and_says_no_more(opted_in: Beside) -> None:
    raised = raise_it(opted_in, collected(opted_in))
    cast = opted_in.cast
    raised.thread.take(cast.rivera)
    Travel(opted_in, raised.thread).record(cast.chen, "Death", fields={SAME: "yes"})

    raised.pass_minutes(20)

    assert not any(raised.asked(one) for one in chain(opted_in))
    assert raised.told_sender() == []
    asked = [one for one in cast.rivera.dm() if one.text.endswith("urgent concern")]
    assert "the urgent concern has ended." in asked[0].rendered
    assert raised.line == "Dr Mei Chen raised an urgent concern. It has ended."


def test_where_the_one_on_duty_cannot_be_reached_the_next_is_told_at_once(
    opted_in: Beside,
) -> None:
    """Slack takes no message for Rivera: nobody waits ten minutes for it."""
    thread, cast = collected(opted_in), opted_in.cast
    opted_in.slack.faults.refuse(
        "chat.postMessage", "channel_not_found", channel=dm_of(cast.rivera)
    )
    opted_in.slack.faults.refuse("conversations.open", "user_disabled")

    raised = raise_it(opted_in, thread)
    opted_in.slack.until(lambda: raised.asked(cast.okafor))
    opted_in.settle()
    counted = [len(raised.asked(one)) for one in chain(opted_in)]
    raised.pass_minutes(10)

    assert counted == [0, 1, 0, 0]
    assert [len(raised.asked(one)) for one in chain(opted_in)] == [0, 1, 1, 0]
    assert any(
        "could not be delivered to Dr Ana Rivera" in one.rendered
        for one in cast.ruiz.dm()
    )


def dm_of(who: Person) -> str:
    """Return the conversation in which somebody is told things."""
    return who.dm()[-1].channel


def test_where_nobody_can_be_reached_each_step_keeps_its_ten_minutes(
    opted_in: Beside,
) -> None:
    """Slack takes nothing for anybody of the center: once round, and no faster."""
    thread = collected(opted_in)
    faults, rivera = opted_in.slack.faults, opted_in.cast.rivera
    faults.refuse(
        "chat.postMessage",
        "user_disabled",
        channel=dm_of(rivera),
        times=None,
    )
    faults.refuse("conversations.open", "user_disabled", times=None)

    raised = raise_it(opted_in, thread)
    opted_in.slack.until(lambda: len(raised.told_sender()) == 4)
    raised.pass_minutes(9)
    before = len(raised.told_sender())
    raised.pass_minutes(1)

    assert before == 4
    assert len(raised.told_sender()) == 5


def test_two_tickers_tell_each_step_once(opted_in: Beside) -> None:
    opted_in.add_replica()
    raised = raise_it(opted_in, collected(opted_in))

    opted_in.clock.move(timedelta(minutes=10))
    opted_in.slack.together(
        opted_in.baton.reminders.handle_all, opted_in.replicas[0].reminders.handle_all
    )
    opted_in.settle()

    assert [len(raised.asked(one)) for one in chain(opted_in)] == [1, 1, 0, 0]
    assert len(raised.told_sender()) == 2


def test_a_step_that_comes_late_says_so_and_the_next_waits_its_time(
    opted_in: Beside,
) -> None:
    """Baton was down for half an hour: one step is told, not three at once."""
    raised = raise_it(opted_in, collected(opted_in))

    raised.pass_time(timedelta(minutes=35))
    late = [len(raised.asked(one)) for one in chain(opted_in)]
    raised.pass_minutes(9)
    waited = [len(raised.asked(one)) for one in chain(opted_in)]
    raised.pass_minutes(1)

    assert late == waited == [1, 1, 0, 0]
    assert "Late: was due" in raised.asked(opted_in.cast.okafor)[0].rendered
    assert "Late" not in raised.asked(lead_of(opted_in.slack))[0].rendered


def test_it_can_be_raised_again_after_it_was_acknowledged(opted_in: Beside) -> None:
    thread, cast = collected(opted_in), opted_in.cast
    first = raise_it(opted_in, thread)
    first.press(cast.rivera, CALLING)
    cast.chen.modal.close(all_at_once=True)  # type: ignore[union-attr] # it stands

    again = raise_it(opted_in, thread)

    assert len(again.asked(cast.rivera)) == 1
    assert "you are calling Dr Mei Chen" in cast.rivera.dm()[-2].rendered


def test_a_center_that_did_not_opt_in_is_reached_by_phone_only(
    start: Start, new_sqlite: NewDatabase
) -> None:
    beside = start(new_sqlite(), setup=center_with(concern_opt_in=False))
    thread = collected(beside)

    page = open_concern(beside, thread, beside.cast.chen)

    assert page.text.startswith("*Call first: +1 555 0199*")
    assert "University Center takes urgent concerns by phone only." in page.text
    assert TELL not in page.buttons


def test_a_center_that_opts_out_meanwhile_refuses_and_gives_its_number(
    opted_in: Beside,
) -> None:
    thread, cast = collected(opted_in), opted_in.cast
    page = open_concern(opted_in, thread, cast.chen)
    opted_in.set_up(center_with(concern_opt_in=False)(opted_in.slack, cast))

    page.click(TELL)
    opened_page(opted_in, cast.chen, "by phone only. Call +1 555 0199")

    assert not [one for one in cast.rivera.dm() if CALLING in one.buttons]


def test_the_page_shows_the_list_in_its_order_with_where_it_was_read(
    opted_in: Beside,
) -> None:
    page = open_concern(opted_in, collected(opted_in), opted_in.cast.chen)

    flags = load_red_flags()
    places = [page.text.index(one.statement) for one in flags.rows]
    assert places == sorted(places)
    assert page.text.index("Call first") < places[0]
    signed = page.text.index("Not yet signed by your center. Sources read 23 Nov 2026.")
    assert page.text.index(TELL) < places[0]
    assert places[-1] < signed
    for key in flags.cited:
        assert flags.sources[key].citation in page.text
    assert page.buttons == [TELL, SHEET]
    assert page.fields == []


def test_before_apheresis_there_is_neither_button_nor_page(opted_in: Beside) -> None:
    thread, cast = ask(opted_in, kind=EVALUATION), opted_in.cast
    take_steps(opted_in, thread, TO_APHERESIS[:2])

    cast.chen.click("Show the case", thread.card)
    page = opened_page(opted_in, cast.chen, "Responsible now")

    assert "Urgent concern" not in page.buttons
    assert "Emergency sheet" not in page.buttons


def test_once_apheresis_is_recorded_the_card_has_the_button(beside: Beside) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "0"})
    travel.record(cast.rivera, "Decision", "Candidate", CANDIDATE)
    before = travel.card.buttons

    travel.record(cast.ruiz, "Apheresis", "Happened")
    cast.chen.click("Urgent concern", travel.card)
    page = opened_page(beside, cast.chen, "Call first")

    assert "Urgent concern" not in before
    assert page.title == "Urgent concern"


def test_the_center_reads_the_list_and_cannot_raise(opted_in: Beside) -> None:
    page = open_concern(opted_in, collected(opted_in), opted_in.cast.rivera)

    assert load_red_flags().rows[0].statement in page.text
    assert page.buttons == [SHEET]
    assert "Lakeside Oncology can have University Center told" in page.text


def test_the_page_shows_how_it_stands_and_acknowledges_there(
    opted_in: Beside,
) -> None:
    thread, cast = collected(opted_in), opted_in.cast
    raised = raise_it(opted_in, thread)
    mine = cast.chen.modal
    assert mine
    assert mine.buttons == ["Withdraw", SHEET]
    assert "Do not wait: call" in mine.text

    page = open_concern(opted_in, thread, lead_of(opted_in.slack))
    page.click(CALLING)
    opted_in.settle()

    assert "Dr Lena Vogt is calling you now." in cast.chen.dm()[-1].rendered
    assert not raised.asked(cast.rivera)


def test_nobody_but_the_sender_withdraws(opted_in: Beside) -> None:
    thread, cast = collected(opted_in), opted_in.cast
    raise_it(opted_in, thread)

    page = open_concern(opted_in, thread, cast.brooks)

    assert page.buttons == [SHEET]


def test_whoever_is_away_is_passed_over(opted_in: Beside) -> None:
    cast = opted_in.cast
    thread = collected(opted_in)
    cast.okafor.command("/baton away")
    form = opted_in.slack.until(
        lambda: cast.okafor.modal if cast.okafor.modal.submit_label else None  # type: ignore[union-attr]
    )
    form.fill({"First day away": "2026-11-24", "Last day away": "2026-11-24"})
    assert form.submit() is None
    raised = raise_it(opted_in, thread)

    raised.pass_minutes(20)

    assert [len(raised.asked(one)) for one in chain(opted_in)] == [1, 0, 1, 1]


def test_when_the_sender_has_left_the_responsible_clinician_is_told(
    opted_in: Beside,
) -> None:
    """Brooks raises it and is taken out of the setup: Chen hears of the next step."""
    thread, cast = collected(opted_in), opted_in.cast
    raise_it(opted_in, thread, cast.brooks)
    told = setup_without_brooks(opted_in)
    opted_in.set_up(told)

    left = Raised(opted_in, thread, cast.chen)
    left.pass_time(timedelta(minutes=10))

    assert NOT_YET in cast.chen.dm()[-1].rendered
    left.press(cast.chen, "Withdraw")
    assert "withdrew" in cast.rivera.dm()[-1].rendered


def setup_without_brooks(beside: Beside) -> SetupFile:
    """Return the setup, in which the practice's coordinator has left."""
    told = center_with(**OPTED_IN)(beside.slack, beside.cast)
    people = {
        one.key: tuple(each for each in one.people if each.key != "brooks")
        for one in told.sites
    }
    return told.with_people(people)


def test_the_emergency_sheet_carries_product_list_and_phone_and_no_patient(
    opted_in: Beside,
) -> None:
    thread = ask(opted_in, kind=EVALUATION)
    take_steps(opted_in, thread, TO_INFUSION)

    page = open_page(opted_in, thread, opted_in.cast.chen, "Emergency sheet")

    assert "Product: Carvykti (cilta-cel), given" in page.text
    assert "Call +1 555 0199\nUniversity Center, day and night" in page.text
    assert "Name, written by hand: ____" in page.text
    for row in load_red_flags().rows:
        assert row.statement in page.text
    for told in (thread.code, "Chen", "Lakeside", "20 Nov", "2026-11-20"):
        assert told not in page.text
    assert "Not yet signed by your center" in page.text


def test_before_infusion_the_sheet_says_that_nothing_was_given(
    opted_in: Beside,
) -> None:
    page = open_page(
        opted_in, collected(opted_in), opted_in.cast.chen, "Emergency sheet"
    )

    assert "cells collected, not given yet" in page.text
