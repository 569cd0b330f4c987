"""Who is told what and when while nobody answers, on the clock of each side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Person
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    EVALUATION,
    Thread,
    ask,
    opened_form,
    press_pinned,
)
from tests.bot.conftest import Start
from tests.bot.places import center_with, lead_of
from tests.bot.telling import CENTRAL, EASTERN, Told, told_until, watches

pytestmark = pytest.mark.story

URGENT = {**ABOUT, "Urgency": "Urgent"}
RIVERA, OKAFOR, RUIZ = "Dr Ana Rivera", "Dr Ben Okafor", "Ana Ruiz"
CHEN, BROOKS, VOGT = "Dr Mei Chen", "Sam Brooks", "Dr Lena Vogt"
NOT_YET = "it has not been answered yet."
FOR_RIVERA = f"It waits for @{RIVERA}."
NewSqlite = Callable[..., str]


def eastern(text: str) -> datetime:
    """Return the instant of a time at the center."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


def central(text: str) -> datetime:
    """Return the instant of a time at the practice."""
    return datetime.fromisoformat(text).replace(tzinfo=CENTRAL).astimezone(UTC)


FRIDAY = eastern("2027-01-15 16:30")
"""Half an hour before the center closes; Monday is Martin Luther King Jr. Day."""


@pytest.fixture
def friday(start: Start, new_sqlite: NewSqlite) -> Beside:
    """Return a Baton on a Friday afternoon, its center with a lead."""
    return start(new_sqlite(), at=FRIDAY, setup=center_with())


def pass_time(beside: Beside, until: datetime) -> list[Told]:
    """Let time pass, and return what everybody was told meanwhile."""
    return told_until(beside, until, watches(beside, lead_of(beside.slack)))


def ask_for_information(thread: Thread, who: Person) -> None:
    """Make it the practice's move."""
    words = {"What do you need to know?": "Which cytogenetics?"}
    thread.write(who, "Ask for information", words)


def test_nobody_answers_what_is_urgent_over_a_holiday_weekend(
    friday: Beside,
) -> None:
    """Asked on Friday at 16:30: half an hour of four is over when the center closes.

    Nothing is said on the weekend nor on the holiday. Each step comes once; after
    the last, each working morning.
    """
    thread = ask(friday, fields=URGENT)

    told = pass_time(friday, eastern("2027-01-21 08:00"))

    still_hers, still = "it still waits for you.", f"it still waits for @{RIVERA}."
    assert told == [
        Told("Tue 09:30", RIVERA, "it waits for you."),
        Told("Tue 11:30", RIVERA, f"{NOT_YET} It waits for you."),
        Told("Tue 11:30", RUIZ, f"{NOT_YET} {FOR_RIVERA}"),
        Told(
            "Tue 13:30",
            OKAFOR,
            f"{NOT_YET} You are next on duty; it waits for @{RIVERA}.",
        ),
        Told(
            "Tue 15:30",
            VOGT,
            f"it is urgent and has not been answered in twice the time. {FOR_RIVERA}",
        ),
        Told("Wed 08:00", RIVERA, still_hers),
        Told("Wed 08:00", RUIZ, still),
        Told("Thu 08:00", RIVERA, still_hers),
        Told("Thu 08:00", RUIZ, still),
    ]
    limit = int(eastern("2027-01-19 11:30").timestamp())
    assert f"answer by <!date^{limit}^" in str(thread.card.blocks)


def test_what_is_routine_reaches_the_lead_in_the_list_of_the_next_week(
    friday: Beside,
) -> None:
    """An evaluation is acknowledged within a working day: Tuesday at 16:30."""
    thread = ask(friday, kind=EVALUATION)

    told = pass_time(friday, eastern("2027-01-20 12:00"))
    mornings = pass_time(friday, eastern("2027-01-22 12:00"))
    monday = pass_time(friday, eastern("2027-01-25 08:00"))

    assert told == [
        Told("Tue 12:00", RIVERA, "it waits for you."),
        Told("Tue 16:30", RIVERA, f"{NOT_YET} It waits for you."),
        Told("Tue 16:30", RUIZ, f"{NOT_YET} {FOR_RIVERA}"),
        Told(
            "Wed 12:00",
            OKAFOR,
            f"{NOT_YET} You are next on duty; it waits for @{RIVERA}.",
        ),
    ]
    assert mornings == []
    assert VOGT not in {one.who for one in told}
    assert Told("Mon 08:00", RUIZ, f"it still waits for @{RIVERA}.") in monday
    assert Told("Mon 08:00", VOGT, "Not answered in twice the time") in monday
    listed = lead_of(friday.slack).dm()[-1]
    assert thread.code in listed.rendered
    assert listed.buttons == ("Show the case",)


def test_the_weekly_list_leaves_out_what_is_within_its_time_or_was_answered(
    friday: Beside,
) -> None:
    answered, late = ask(friday), ask(friday)
    pass_time(friday, eastern("2027-01-22 10:00"))
    answered.write(friday.cast.okafor, "Answer", {"Your answer": "CAR T first."})
    fresh = ask(friday)

    pass_time(friday, eastern("2027-01-25 08:00"))

    (listed,) = lead_of(friday.slack).dm()
    assert late.code in listed.rendered
    assert answered.code not in listed.rendered
    assert fresh.code not in listed.rendered


def test_the_clock_changes_sides_with_every_question_and_answer(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """From the day before Christmas Eve, on which only the practice is closed.

    It is closed on New Year's Eve too, so that its fourth working day is Monday
    the 4th of January. Its answer starts the center's clock anew; the center's
    answer stops it, and two weeks later the referrer is asked what came of it.
    """
    beside = start(new_sqlite(), at=eastern("2026-12-23 10:00"), setup=center_with())
    cast, thread = beside.cast, ask(beside)

    at_center = pass_time(beside, eastern("2026-12-23 12:00"))
    ask_for_information(thread, cast.rivera)
    at_practice = pass_time(beside, central("2027-01-04 12:00"))
    thread.write(cast.chen, "Give information", {"What was asked for": "Standard."})
    at_center_again = pass_time(beside, eastern("2027-01-05 15:00"))
    thread.write(cast.rivera, "Answer", {"Your answer": "CAR T first."})
    after_answer = pass_time(beside, eastern("2027-01-19 15:00"))

    assert at_center == []
    assert at_practice == [
        Told("Mon 11:00", CHEN, "it waits for information from you."),
        Told("Tue 11:00", BROOKS, f"it waits for information from @{CHEN}."),
        Told(
            "Mon 12:00",
            RUIZ,
            "Lakeside Oncology has not given the information on it."
            f" Please phone @{CHEN}.",
        ),
    ]
    assert at_center_again == [Told("Tue 13:00", RIVERA, "it waits for you.")]
    assert after_answer == [Told("Tue 14:00", CHEN, "What came of the answer on it?")]


def test_after_please_phone_the_coordinator_is_reminded_each_week(
    friday: Beside,
) -> None:
    thread = ask(friday)
    ask_for_information(thread, friday.cast.rivera)
    pass_time(friday, central("2027-01-22 15:30"))

    told = pass_time(friday, eastern("2027-02-01 08:00"))

    waits = f"it still waits for @{CHEN}."
    assert told == [
        Told("Mon 08:00", RUIZ, waits),
        Told("Mon 08:00", RUIZ, waits),
    ]


def test_a_practice_without_a_coordinator_is_reminded_by_its_referrer(
    friday: Beside,
) -> None:
    cast = friday.cast
    thread = ask(friday, cast.patel, channel=cast.prairie)
    ask_for_information(thread, cast.rivera)

    told = pass_time(friday, central("2027-01-20 17:00"))

    assert [(one.at, one.who) for one in told] == [
        ("Tue 15:30", "Dr Nina Patel"),
        ("Wed 15:30", "Dr Nina Patel"),
    ]


def test_each_center_sets_its_own_times_and_form_and_card_keep_them(
    start: Start, new_sqlite: NewSqlite
) -> None:
    answer = {"urgent_hours": 1, "advice_days": 3, "evaluation_days": 2}
    beside = start(new_sqlite(), at=FRIDAY, setup=center_with(answer=answer))

    press_pinned(beside.cast.chen, beside.cast.lakeside)
    form = opened_form(beside, beside.cast.chen)
    form.close()
    thread = ask(beside, fields=URGENT)
    told = pass_time(beside, eastern("2027-01-19 09:00"))

    assert "Patient unwell now?" in form_text(beside)
    assert (
        "Routine: answer by Thu 16:30; Urgent: answer by Tue 08:30, center time."
        in form_text(beside)
    )
    limit = int(eastern("2027-01-19 08:30").timestamp())
    assert f"answer by <!date^{limit}^" in str(thread.card.blocks)
    assert [(one.at, one.who) for one in told] == [
        ("Fri 17:00", RIVERA),
        ("Tue 08:30", RIVERA),
        ("Tue 08:30", RUIZ),
        ("Tue 09:00", OKAFOR),
    ]


def form_text(beside: Beside) -> str:
    """Return everything that stood in the last form that was filled."""
    filled = beside.slack.record.calls("views.update")
    return str([one.arguments["view"] for one in filled])


def test_whoever_is_away_is_not_told_as_the_next_on_duty(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """The lead takes duty here, after Okafor, who is away on the Tuesday."""
    beside = start(
        new_sqlite(),
        at=FRIDAY,
        setup=center_with(duty=["rivera", "okafor", "vogt"]),
    )
    thread = ask(beside, fields=URGENT)
    beside.cast.okafor.command("/baton away")
    form = opened_form(beside, beside.cast.okafor)
    form.fill({"First day away": "2027-01-19", "Last day away": "2027-01-19"})
    assert form.submit() is None

    told = pass_time(beside, eastern("2027-01-19 13:30"))

    assert told[-1].at == "Tue 13:30"
    assert told[-1].who == VOGT
    assert not thread.told(beside.cast.okafor)


@pytest.mark.again
def test_after_an_answer_no_step_is_told(friday: Beside) -> None:
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 11:30"))
    thread.write(friday.cast.okafor, "Answer", {"Your answer": "CAR T first."})

    told = pass_time(friday, eastern("2027-02-02 11:00"))

    assert told == []


def test_taking_it_after_the_limit_repeats_no_step_of_the_round(
    friday: Beside,
) -> None:
    """The promise stands, and what was told of it is not told again."""
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 11:30"))
    thread.press(friday.cast.rivera, "Take it")

    told = pass_time(friday, eastern("2027-01-19 17:00"))

    assert [(one.at, one.who) for one in told] == [
        ("Tue 13:30", OKAFOR),
        ("Tue 15:30", VOGT),
    ]


def test_a_plain_reply_rests_reminders_for_two_working_hours_and_is_asked_about(
    friday: Beside,
) -> None:
    """Written at 10:30, an hour before the limit; nobody chooses, so it runs on."""
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 10:30"))
    thread.reply(friday.cast.rivera, "Looking at this after clinic.")

    told = pass_time(friday, eastern("2027-01-19 13:30"))

    assert sorted(told, key=lambda one: (one.at, one.who, one.what)) == [
        Told("Tue 12:30", RUIZ, f"{NOT_YET} {FOR_RIVERA}"),
        Told(
            "Tue 12:30",
            RIVERA,
            "Still open: what is your reply on it? Reminders rest for two working"
            " hours meanwhile.",
        ),
        Told("Tue 12:30", RIVERA, f"{NOT_YET} It waits for you."),
        Told(
            "Tue 13:30",
            OKAFOR,
            f"{NOT_YET} You are next on duty; it waits for @{RIVERA}.",
        ),
    ]


def test_a_rest_counts_working_hours_alone(friday: Beside) -> None:
    """Written at Friday 16:45: a quarter of an hour, and the rest on Tuesday."""
    thread = ask(friday, fields=URGENT)
    friday.move_clock(timedelta(minutes=15))
    thread.reply(friday.cast.rivera, "Looking at this after clinic.")

    told = pass_time(friday, eastern("2027-01-19 09:45"))

    assert {one.at for one in told} == {"Tue 09:45"}
    assert "it waits for you." in {one.what for one in told}


def test_a_reply_after_the_limit_does_not_bring_the_limit_up_again(
    friday: Beside,
) -> None:
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 11:30"))
    thread.reply(friday.cast.rivera, "Looking at this now.")

    told = pass_time(friday, eastern("2027-01-19 15:00"))

    assert [(one.at, one.who) for one in told if "answered yet" in one.what] == [
        ("Tue 13:30", OKAFOR)
    ]


def test_reply_upon_reply_puts_nothing_off_for_ever(friday: Beside) -> None:
    """One each hour: the limit comes when the first rest is over."""
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 10:30"))
    thread.reply(friday.cast.rivera, "Looking at this.")
    pass_time(friday, eastern("2027-01-19 11:45"))
    thread.reply(friday.cast.rivera, "Still looking.")

    told = pass_time(friday, eastern("2027-01-19 12:30"))

    assert Told("Tue 12:30", RUIZ, f"{NOT_YET} {FOR_RIVERA}") in told


def test_a_reply_after_a_rest_that_is_over_rests_reminders_again(
    friday: Beside,
) -> None:
    thread = ask(friday)
    pass_time(friday, eastern("2027-01-19 09:00"))
    thread.reply(friday.cast.rivera, "Looking at this.")
    pass_time(friday, eastern("2027-01-20 16:00"))
    thread.reply(friday.cast.rivera, "I will write tomorrow.")

    told = pass_time(friday, eastern("2027-01-21 09:00"))

    limits = [one for one in told if one.what.startswith(NOT_YET)]
    assert {one.at for one in limits} == {"Thu 09:00"}
    assert {one.who for one in limits} == {RIVERA, RUIZ}


def test_a_reply_that_is_a_comment_lets_the_clock_run_on(friday: Beside) -> None:
    thread = ask(friday, fields=URGENT)
    pass_time(friday, eastern("2027-01-19 11:00"))
    asked = thread.reply(friday.cast.rivera, "Thank you, a good question.")
    friday.cast.rivera.click("Comment", asked)
    friday.settle()

    told = pass_time(friday, eastern("2027-01-19 12:00"))

    assert [(one.at, one.who) for one in told] == [
        ("Tue 11:30", RIVERA),
        ("Tue 11:30", RUIZ),
    ]
