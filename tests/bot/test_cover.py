"""A night's cover from asking to acknowledged, and what goes otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.demo.cast import setup_for
from care.cover import State
from sandbox import Person
from storage.tables import case, cover
from tests.beside import Beside
from tests.bot.acting import ask, opened_page
from tests.bot.conftest import Start
from tests.bot.covering import (
    CLOSING,
    WEEKEND,
    ask_cover,
    home_of,
    local,
    osei_of,
    press,
    the_cover,
    told,
    with_osei,
    write_line,
)
from tests.bot.telling import CENTRAL, Watch, told_until
from tests.conftest import BOTH

pytestmark = pytest.mark.story

LINE = "MM-7K3Q9 called with a fever at two, sent to the emergency department."
NewSqlite = Callable[..., str]


@pytest.fixture
def practice(start: Start, new_sqlite: NewSqlite) -> Beside:
    """Return a Baton whose practice has two oncologists, on SQLite."""
    return start(new_sqlite(), setup=with_osei)


@pytest.fixture(params=BOTH)
def on_both(request: pytest.FixtureRequest, start: Start) -> Beside:
    """Return the same on SQLite, then on PostgreSQL."""
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    return start(make(), setup=with_osei)


def night(beside: Beside) -> Person:
    """Have Dr Osei take Dr Chen's patients for tonight; return Dr Osei."""
    osei = osei_of(beside.slack)
    ask_cover(beside, beside.cast.chen, osei, starts=CLOSING)
    press(beside, osei, "Take it")
    return osei


def responsible(beside: Beside) -> set[tuple[str, object]]:
    """Return who is responsible for which case, and since when."""
    columns = (case.c.code, case.c.responsible_id, case.c.responsible_since)
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(select(*columns))
        return {(row.code, (row.responsible_id, row.responsible_since)) for row in rows}


def count(beside: Beside) -> int:
    """Return how many covers were ever asked for."""
    with beside.baton.store.read() as reading:
        found = reading.connection.execute(select(func.count()).select_from(cover))
        return int(found.scalar_one())


def test_a_night_is_covered_from_asking_to_acknowledged(on_both: Beside) -> None:
    """Responsibility stays where it is, and the card says who is first call."""
    thread, chen = ask(on_both), on_both.cast.chen
    before = responsible(on_both)
    assert "First call" not in thread.card.rendered

    osei = night(on_both)
    asked, taken = told(osei)[-1].rendered, told(chen)[-1].rendered
    assert "You have" not in asked
    assert "Taken by Dr Omar Osei." in asked
    assert "Dr Omar Osei has taken the cover: first call for all your patients" in taken
    assert "First call" not in thread.card.rendered

    on_both.set_clock(local(24, 17))
    assert "You took first call for all patients of Dr Mei Chen (1 case)" in (
        told(osei)[-1].rendered
    )
    card = thread.card.rendered
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in card
    assert "First call now: Dr Omar Osei (cover until" in card

    on_both.set_clock(local(25, 8))
    assert "you are first call again" in told(chen)[-1].rendered
    assert told(osei)[-1].buttons == ("Nothing happened", "Write a line")
    card = thread.card.rendered
    assert "First call now: Dr Mei Chen" in card
    assert "Cover by Dr Omar Osei until" in card
    assert "not acknowledged yet" in card

    press(on_both, osei, "Nothing happened")
    left = told(chen)[-1]
    assert "Nothing happened." in left.rendered
    assert left.buttons == ("Acknowledge",)
    assert "not acknowledged yet" in thread.card.rendered

    press(on_both, chen, "Acknowledge")
    assert "Dr Mei Chen has acknowledged your cover" in told(osei)[-1].rendered
    assert "First call" not in thread.card.rendered
    assert "not acknowledged" not in thread.card.rendered
    assert responsible(on_both) == before
    assert [one for one in told(chen) if "Acknowledge" in one.buttons] == []
    assert [one for one in told(osei) if "Nothing happened" in one.buttons] == []


def test_a_line_in_words_reaches_the_responsible_clinician(practice: Beside) -> None:
    chen, osei = practice.cast.chen, night(practice)
    practice.set_clock(local(25, 8))

    write_line(practice, osei, LINE)

    left = told(chen)[-1].rendered
    assert "What happened:" in left
    assert LINE in left
    assert the_cover(practice).line == LINE


def test_a_note_goes_with_the_question(practice: Beside) -> None:
    osei = osei_of(practice.slack)

    ask_cover(practice, practice.cast.chen, osei, note="One is on day 2 of fever.")

    asked = told(osei)[-1]
    assert (
        "Dr Mei Chen asks you to be first call for all their patients" in asked.rendered
    )
    assert "> One is on day 2 of fever." in asked.rendered
    assert "Responsibility for the patients does not move." in asked.rendered
    assert asked.buttons == ("Take it", "Decline")


def test_a_cover_that_begins_now_is_first_call_when_it_is_taken(
    practice: Beside,
) -> None:
    thread, osei = ask(practice), osei_of(practice.slack)
    ask_cover(practice, practice.cast.chen, osei)
    asked = thread.card.rendered

    press(practice, osei, "Take it")

    assert "First call" not in asked
    assert "First call now: Dr Omar Osei" in thread.card.rendered


def test_a_declined_cover_changes_nobodys_first_call(practice: Beside) -> None:
    thread, chen, osei = ask(practice), practice.cast.chen, osei_of(practice.slack)
    ask_cover(practice, chen, osei)

    press(practice, osei, "Decline")

    said = told(chen)[-1].rendered
    assert "Dr Omar Osei cannot be first call" in said
    assert "First call stays with you" in said
    assert "Declined by Dr Omar Osei." in told(osei)[-1].rendered
    assert told(osei)[-1].buttons == ()
    practice.set_clock(local(26, 8))
    assert "First call" not in thread.card.rendered


def test_what_was_taken_can_be_given_up_before_it_starts(practice: Beside) -> None:
    chen, osei = practice.cast.chen, night(practice)

    press(practice, osei, "I cannot after all")

    assert "Dr Omar Osei cannot be first call" in told(chen)[-1].rendered
    practice.set_clock(local(24, 18))
    assert "You took first call" not in told(osei)[-1].rendered


def test_what_is_not_taken_in_time_is_told_and_then_lapses(practice: Beside) -> None:
    chen, osei = practice.cast.chen, osei_of(practice.slack)
    ask_cover(practice, chen, osei, starts=CLOSING)

    practice.set_clock(local(24, 17))
    waiting = told(chen)[-1].rendered
    practice.set_clock(local(25, 8))

    assert "Dr Omar Osei has not taken the cover" in waiting
    assert "First call stays with you" in waiting
    assert "its time is over" in told(chen)[-1].rendered
    assert [one.buttons for one in told(osei)] == [(), ()]
    assert "Not taken in time." in told(osei)[-1].rendered


def test_nobody_leaves_a_line_over_a_long_weekend(on_both: Beside) -> None:
    """From Wednesday's closing to Monday: each working morning brings it up.

    Thursday is Thanksgiving. Both are named until it is acknowledged.
    """
    thread, chen, osei = ask(on_both), on_both.cast.chen, osei_of(on_both.slack)
    ask_cover(on_both, chen, osei, starts=CLOSING, ends=WEEKEND)
    press(on_both, osei, "Take it")
    watched = [Watch(chen, CENTRAL), Watch(osei, CENTRAL)]

    heard = told_until(on_both, local(3, 12, month=12), watched)

    covers = [one for one in heard if "cover" in one.what or "first call" in one.what]
    asked = [one.at for one in covers if "has ended" in one.what and "line" in one.what]
    assert asked == ["Mon 08:00", "Mon 08:00", "Tue 08:00", "Wed 08:00", "Thu 08:00"]
    assert [one.at for one in covers if "You took first call" in one.what] == [
        "Tue 17:00"
    ]
    assert "Cover by Dr Omar Osei until" in thread.card.rendered
    assert "First call now: Dr Mei Chen" in thread.card.rendered
    press(on_both, osei, "Nothing happened")
    press(on_both, chen, "Acknowledge")
    assert told_until(on_both, local(5, 12, month=12), watched[1:]) == []


def test_a_line_that_is_not_acknowledged_is_brought_up_each_working_morning(
    practice: Beside,
) -> None:
    chen, osei = practice.cast.chen, night(practice)
    practice.set_clock(local(25, 8))
    press(practice, osei, "Nothing happened")

    heard = told_until(practice, local(30, 9), [Watch(chen, CENTRAL)])

    assert [one.at for one in heard if "covered" in one.what] == [
        "Fri 08:00",
        "Mon 08:00",
    ]


def test_a_cover_ends_though_everything_was_down_until_long_after(
    on_both: Beside,
) -> None:
    """One look after a fortnight starts and ends it, and says that it is late."""
    thread, chen, osei = ask(on_both), on_both.cast.chen, night(on_both)

    on_both.set_clock(local(8, 12, month=12))

    assert the_cover(on_both).cover.state is State.ENDED
    assert "Late: was due" in told(osei)[-1].rendered
    assert "you are first call again" in told(chen)[-1].rendered
    assert "First call now: Dr Mei Chen" in thread.card.rendered


def test_a_case_page_says_who_is_first_call_before_anybody_noted_it(
    practice: Beside,
) -> None:
    """The instant decides, not when a reminder was handled."""
    thread, chen = ask(practice), practice.cast.chen
    night(practice)

    practice.clock.move(local(24, 23) - practice.clock.now())
    page = chen.command(f"/baton case {thread.code}").rendered
    practice.clock.move(local(25, 9) - practice.clock.now())
    after = chen.command(f"/baton case {thread.code}").rendered

    assert "Responsible now: Dr Mei Chen" in page
    assert "First call now: Dr Omar Osei (cover until" in page
    assert "First call now: Dr Mei Chen" in after


def test_the_cover_has_a_part_from_the_start_until_it_is_acknowledged(
    practice: Beside,
) -> None:
    thread, chen = ask(practice), practice.cast.chen
    osei = night(practice)

    def sees() -> bool:
        said = osei.command(f"/baton case {thread.code}").rendered
        return "There is no such case" not in said

    before = sees()
    practice.set_clock(local(24, 17))
    while_it_runs = sees()
    practice.set_clock(local(25, 8))
    until_acknowledged = sees()
    press(practice, osei, "Nothing happened")
    press(practice, chen, "Acknowledge")

    assert (before, while_it_runs, until_acknowledged) == (False, True, True)
    assert not sees()


def test_who_is_first_call_is_told_when_the_center_asks_back(
    practice: Beside,
) -> None:
    thread, osei = ask(practice), night(practice)
    practice.set_clock(local(24, 17))

    thread.write(
        practice.cast.rivera,
        "Ask for information",
        {"What do you need to know?": "Which cytogenetics?"},
    )

    asked = thread.told(osei)[-1]
    assert "Which cytogenetics?" in asked.rendered
    assert asked.buttons[0] == "Give information"


def test_a_cover_of_one_case_is_first_call_for_that_one(practice: Beside) -> None:
    beside, chen = practice, practice.cast.chen
    one, other = ask(beside), ask(beside)
    osei = osei_of(beside.slack)

    ask_cover(beside, chen, osei, case=labelled(one.code))
    assert f"first call for {one.code}, of Dr Mei Chen" in (told(osei)[-1].rendered)
    press(beside, osei, "Take it")

    assert "First call now: Dr Omar Osei" in one.card.rendered
    assert "First call" not in other.card.rendered


def labelled(code: str) -> str:
    """Return how a case stands in the form."""
    return f"{code} · 60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"[:75]


def test_coming_back_early_ends_the_cover_and_the_card_says_when(
    practice: Beside,
) -> None:
    thread, chen, osei = ask(practice), practice.cast.chen, night(practice)
    practice.set_clock(local(24, 20))

    home_of(practice, chen, "Running now.").click("End it now")
    practice.settle()

    assert "First call now: Dr Mei Chen" in thread.card.rendered
    assert told(osei)[-1].buttons == ("Nothing happened", "Write a line")
    assert the_cover(practice).cover.ends_at == local(24, 20)
    home_of(practice, chen, "Ended; waits for a line")


def test_the_cover_cannot_end_it_alone(practice: Beside) -> None:
    osei = night(practice)
    practice.set_clock(local(24, 20))

    home = home_of(practice, osei, "Running now.")

    assert "End it now" not in home.buttons


def test_home_lists_what_waits_for_a_line_and_for_an_acknowledgment(
    practice: Beside,
) -> None:
    chen, osei = practice.cast.chen, night(practice)
    practice.set_clock(local(25, 8))

    home_of(practice, osei, "Ended; waits for a line").click("Nothing happened")
    practice.settle()
    theirs = home_of(practice, chen, "Nothing happened. Not acknowledged yet.")
    theirs.click("Acknowledge")
    practice.settle()

    assert "Acknowledge" not in home_of(practice, chen, "Nothing waits on you.").buttons
    home_of(practice, osei, "Nothing waits on you.")


def test_a_coordinator_asks_on_behalf_and_both_are_told(practice: Beside) -> None:
    cast, osei = practice.cast, osei_of(practice.slack)

    ask_cover(practice, cast.brooks, osei, covered=cast.chen)
    asked = told(osei)[-1].rendered
    of_it = told(cast.chen)[-1].rendered
    press(practice, osei, "Take it")

    assert "Sam Brooks asks you to be first call for all patients of Dr Mei Chen" in (
        asked
    )
    assert "Sam Brooks has asked Dr Omar Osei to be first call" in of_it
    for who in (cast.chen, cast.brooks):
        assert "Dr Omar Osei has taken the cover" in told(who)[-1].rendered


def test_two_press_at_the_same_moment_and_one_wins(on_both: Beside) -> None:
    """The cover takes it while it is withdrawn; nothing is taken and withdrawn."""
    osei, brooks = osei_of(on_both.slack), on_both.cast.brooks
    chen = on_both.cast.chen
    ask_cover(on_both, chen, osei)
    on_both.add_replica()
    message = told(osei)[-1]
    home = home_of(on_both, brooks, "has not taken it yet")

    on_both.slack.together(
        lambda: osei.click("Decline", message), lambda: home.click("Withdraw")
    )
    on_both.settle()

    said = [one.rendered for one in told(chen)]
    declined = [one for one in said if "cannot be first call" in one]
    withdrawn = [one for one in said if "has withdrawn" in one]
    assert len(declined) + len(withdrawn) == 1
    if declined:
        page = opened_page(on_both, brooks, "That was not saved")
        assert "Dr Omar Osei declined it." in page.text
    else:
        assert "it was withdrawn" in osei.private[-1].rendered


@pytest.mark.parametrize("apart", [0.0, 0.4])
def test_a_form_that_is_sent_twice_asks_once(on_both: Beside, apart: float) -> None:
    osei = osei_of(on_both.slack)
    on_both.add_replica()
    on_both.slack.faults.duplicate("interactive/view_submission", apart=apart)

    ask_cover(on_both, on_both.cast.chen, osei)
    await_all(on_both)

    assert count(on_both) == 1
    assert len(told(osei)) == 1


def test_a_press_that_comes_twice_is_one_line_and_one_message(
    on_both: Beside,
) -> None:
    chen, osei = on_both.cast.chen, night(on_both)
    on_both.set_clock(local(25, 8))
    on_both.add_replica()
    on_both.slack.faults.duplicate("interactive/block_actions")

    press(on_both, osei, "Nothing happened")
    await_all(on_both)

    assert len([one for one in told(chen) if "covered" in one.rendered]) == 1
    assert not osei.private


def await_all(beside: Beside) -> None:
    """Wait until everything that came in was answered, and all is said."""
    record = beside.slack.record
    beside.slack.until(lambda: len(record.acks()) >= len(record.envelopes()))
    beside.settle()


def test_two_machines_end_it_once(on_both: Beside) -> None:
    osei = night(on_both)
    on_both.set_clock(local(24, 17))
    replica = on_both.add_replica()
    on_both.clock.move(timedelta(hours=15))

    on_both.slack.together(
        on_both.baton.reminders.handle_all, replica.reminders.handle_all
    )
    on_both.slack.until(lambda: the_cover(on_both).cover.state is State.ENDED)
    on_both.settle()

    ended = [one for one in told(osei) if "has ended" in one.rendered]
    assert len(ended) == 1


def test_a_press_after_the_end_counts_though_nobody_noted_the_end(
    practice: Beside,
) -> None:
    """A line is left in the minute before the reminder is handled."""
    osei = night(practice)
    practice.set_clock(local(25, 8))
    message = told(osei)[-1]
    with_line = the_cover(practice)

    osei.click("Nothing happened", message)
    practice.settle()
    osei.click("Nothing happened", message)
    practice.settle()

    assert with_line.cover.state is State.ENDED
    assert the_cover(practice).cover.state is State.TOLD
    assert "not acknowledged yet" in osei.private[-1].rendered


def test_a_cover_who_leaves_the_setup_while_it_runs_gives_first_call_back(
    on_both: Beside,
) -> None:
    """No line will come: the responsible clinician is told so, and acknowledges."""
    thread, chen = ask(on_both), on_both.cast.chen
    night(on_both)
    on_both.set_clock(local(24, 18))

    on_both.set_up(setup_for(on_both.cast))
    on_both.settle()

    left = told(chen)[-1]
    assert "They have left the site and leave no line" in left.rendered
    assert "First call now: Dr Mei Chen" in thread.card.rendered
    press(on_both, chen, "Acknowledge")
    assert "First call" not in thread.card.rendered
    on_both.set_clock(local(30, 9))
    assert "not acknowledged" not in thread.card.rendered


def test_a_cover_who_leaves_before_it_starts_is_told_to_who_asked(
    practice: Beside,
) -> None:
    chen = practice.cast.chen
    night(practice)

    practice.set_up(setup_for(practice.cast))
    practice.settle()

    said = told(chen)[-1].rendered
    assert "Dr Omar Osei has left the site, so the cover" in said
    assert "falls away" in said


def test_whoever_is_responsible_and_gone_is_acknowledged_for_by_the_coordinator(
    practice: Beside,
) -> None:
    """So that nothing waits for ever for somebody who cannot come back."""
    osei, brooks = osei_of(practice.slack), practice.cast.brooks
    chen = practice.cast.chen
    ask_cover(practice, osei, chen)
    press(practice, chen, "Take it")
    practice.set_up(setup_for(practice.cast))
    practice.set_clock(local(25, 8))

    press(practice, chen, "Nothing happened")
    press(practice, brooks, "Acknowledge")

    assert "Sam Brooks has acknowledged your cover" in told(chen)[-1].rendered


def test_a_cover_whose_account_is_deactivated_is_told_of_to_those_who_can_act(
    practice: Beside,
) -> None:
    chen, osei = practice.cast.chen, osei_of(practice.slack)
    # Slack has not said so yet: who is known to be gone is not asked at all.
    practice.slack.world.put(replace(osei.account, deleted=True))

    ask_cover(practice, chen, osei)
    practice.settle()

    for who in (chen, practice.cast.brooks):
        said = who.dm()[-1].rendered
        assert "A message about a cover could not be delivered to Dr Omar Osei" in said
