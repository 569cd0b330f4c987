"""Who is told what and when while a handoff waits, and whom it is offered to next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import opened_form, opened_page, submit
from tests.bot.conftest import Start
from tests.bot.handing import (
    ACTION,
    BOOKED,
    CHEN,
    KNOWN,
    OKAFOR,
    QUESTION,
    RIVERA,
    SENTENCE,
    at_center,
    last_told,
    line_label,
    offer,
    press_told,
    responsible,
    say_back,
    take_over,
    under_way,
    write,
)
from tests.bot.telling import CENTRAL, EASTERN, Told, told_until, watches
from tests.conftest import T0

pytestmark = pytest.mark.story

NAMES = {"chen": "Dr Mei Chen", "rivera": "Dr Ana Rivera", "okafor": "Dr Ben Okafor"}
BROOKS, RUIZ = "Sam Brooks", "Ana Ruiz"
FRIDAY = datetime(2027, 1, 15, 15, 0, tzinfo=CENTRAL).astimezone(UTC)
"""Two hours before the practice closes; Monday is Martin Luther King Jr. Day."""
HOUR = timedelta(hours=1)
RIVERAS = "it waits for a read-back from Dr Ana Rivera."
NewSqlite = Callable[..., str]
YOURS, CHENS = (
    "it waits for a read-back from you.",
    "it waits for a read-back from Dr Mei Chen.",
)


def eastern(text: str) -> datetime:
    """Return the instant of a time at the center."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


def pass_time(beside: Beside, until: datetime, word: str = "read-back") -> list[Told]:
    """Let time pass, and return what everybody was told of handoffs meanwhile."""
    told = told_until(beside, until, watches(beside))
    return [one for one in told if word in one.what]


def go_away(beside: Beside, who: Person, first: date, last: date) -> None:
    """Say that somebody is away, without a cover."""
    who.command("/baton away")
    form = opened_form(beside, who)
    form.fill({"First day away": first.isoformat(), "Last day away": last.isoformat()})
    submit(beside, form)


def test_nobody_accepts_a_return_over_a_holiday_weekend(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """Offered on Friday at 15:00 by the practice's clock, which is the one that counts.

    Nothing is said on the weekend nor on the holiday. Each step comes once; after the
    limit, each working morning. The center stays responsible.
    """
    friday = start(new_sqlite(), at=FRIDAY)
    thread = at_center(friday)
    offer(thread, friday.cast.rivera, CHEN, action="none")

    told = pass_time(friday, eastern("2027-01-21 12:00"))

    still, still_hers = (
        "it still waits for a read-back from you.",
        "it still waits for a read-back from Dr Mei Chen.",
    )
    assert told == [
        Told("Tue 10:30", NAMES["chen"], YOURS),
        Told("Tue 15:00", NAMES["chen"], YOURS),
        Told("Tue 15:00", BROOKS, CHENS),
        Told("Tue 16:00", RUIZ, CHENS),
        Told("Wed 08:00", NAMES["chen"], still),
        Told("Wed 08:00", BROOKS, still_hers),
        Told("Wed 09:00", RUIZ, still_hers),
        Told("Thu 08:00", NAMES["chen"], still),
        Told("Thu 08:00", BROOKS, still_hers),
        Told("Thu 09:00", RUIZ, still_hers),
    ]
    assert responsible(thread) == "Dr Ana Rivera, University Center"


def test_what_is_accepted_is_brought_up_no_more(beside: Beside) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, action="none")
    say_back(thread, cast.rivera)

    told = pass_time(beside, T0 + 10 * 24 * HOUR)

    assert told == []


def test_at_a_center_the_next_on_duty_is_offered_what_was_not_accepted_in_time(
    beside: Beside,
) -> None:
    """T0 is Tuesday, 10:00 at the center: the limit is Wednesday at 10:00."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)

    told = pass_time(beside, eastern("2026-11-25 14:00"))
    beside.set_clock(eastern("2026-11-25 14:30"))

    assert told == [
        Told("Tue 14:30", NAMES["rivera"], YOURS),
        Told("Wed 09:00", BROOKS, RIVERAS),
        Told("Wed 10:00", NAMES["rivera"], YOURS),
        Told("Wed 10:00", RUIZ, RIVERAS),
    ]
    assert "Offered to Dr Ben Okafor" in thread.card.rendered
    assert ACTION in last_told(thread, cast.okafor).rendered
    assert (
        "Not accepted by Dr Ana Rivera in time" in last_told(thread, cast.chen).rendered
    )
    assert not [one for one in thread.told(cast.rivera) if "Read back" in one.buttons]
    say_back(thread, cast.okafor, {line_label(OKAFOR): "I take it"})
    assert responsible(thread) == "Dr Ben Okafor, University Center"


def test_where_nobody_is_left_on_duty_it_stays_brought_up(beside: Beside) -> None:
    """Thursday is Thanksgiving: the second round ends on Friday."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)

    pass_time(beside, eastern("2026-12-01 12:00"))
    told = pass_time(beside, eastern("2026-12-02 12:00"))

    assert "Offered to Dr Ben Okafor" in thread.card.rendered
    assert {one.who for one in told} == {NAMES["okafor"], BROOKS, RUIZ}
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"


def test_an_emergency_takeover_moves_at_once_and_is_read_back_within_a_day(
    beside: Beside,
) -> None:
    thread, cast = at_center(beside), beside.cast
    why = "Seizure at the local hospital."

    take_over(thread, cast.chen, why)

    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert "took over in an emergency" in thread.card.rendered
    assert f"> {why}" in last_told(thread, cast.rivera).rendered
    assert "took over" in last_told(thread, cast.ruiz).rendered
    told = pass_time(beside, T0 + 25 * HOUR)
    assert Told("Tue 21:00", NAMES["chen"], YOURS) in told
    assert Told("Wed 09:00", NAMES["chen"], YOURS) in told
    assert Told("Wed 10:00", RUIZ, CHENS) in told
    say_back(thread, cast.chen, KNOWN)
    assert "took over in an emergency" not in thread.card.rendered
    assert f"> {SENTENCE}" in last_told(thread, cast.rivera).rendered


def test_a_takeover_of_what_is_offered_keeps_the_offer_to_be_read_back(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)

    take_over(thread, cast.okafor, "He is in our emergency department.")

    assert responsible(thread) == "Dr Ben Okafor, University Center"
    assert ACTION in last_told(thread, cast.okafor).rendered
    assert not [one for one in thread.told(cast.rivera) if "Read back" in one.buttons]
    say_back(thread, cast.okafor, {line_label(OKAFOR): "I take it"})
    assert responsible(thread) == "Dr Ben Okafor, University Center"


def test_a_call_that_nobody_confirms_is_brought_up_after_a_working_day(
    beside: Beside,
) -> None:
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA)
    write(thread, cast.rivera, "Done by phone", {QUESTION: SENTENCE})

    told = pass_time(beside, T0 + 25 * HOUR, "a yes or no")

    assert (
        Told("Wed 09:00", NAMES["chen"], "it waits for a yes or no from you.") in told
    )
    assert {one.who for one in told} == {NAMES["chen"], BROOKS, RUIZ}
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"


def test_for_somebody_away_without_cover_the_coordinator_offers_on_their_behalf(
    on_both: Beside,
) -> None:
    thread, cast = at_center(on_both), on_both.cast
    cast.ruiz.click("Hand off", thread.card)
    assert not opened_page(on_both, cast.ruiz, "is responsible for").submit_label
    go_away(on_both, cast.rivera, T0.date(), T0.date() + timedelta(days=3))

    offer(thread, cast.ruiz, CHEN, action="none")

    card = thread.card.rendered
    assert "Offered to Dr Mei Chen by Ana Ruiz on behalf of Dr Ana Rivera" in card
    assert responsible(thread) == "Dr Ana Rivera, University Center"
    assert "on your behalf" in last_told(thread, cast.rivera).rendered
    say_back(thread, cast.chen, BOOKED)
    assert responsible(thread) == "Dr Mei Chen, Lakeside Oncology"
    assert "has said" in last_told(thread, cast.ruiz).rendered


@pytest.mark.again
def test_an_action_is_brought_up_when_it_is_due_until_it_is_done(
    beside: Beside,
) -> None:
    """Due on Monday 30 November, by a coordinator who has taken it on herself."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, doer="Ana Ruiz, University Center")
    press_told(thread, cast.ruiz, "I take it")
    say_back(thread, cast.rivera)

    told = pass_time(beside, eastern("2026-12-01 12:00"), "to do")

    assert [one for one in told if one.who == RUIZ] == [
        Told("Mon 08:00", RUIZ, "it: from the handoff, to do"),
        Told("Tue 08:00", RUIZ, "it: from the handoff, to do"),
    ]
    press_told(thread, cast.ruiz, "Done")
    assert pass_time(beside, eastern("2026-12-20 12:00"), "to do") == []
    press_told(thread, cast.ruiz, "Undo")
    assert "Done" in last_told(thread, cast.ruiz).buttons
