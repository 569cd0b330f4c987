"""What comes of an answer: asked about, told, not known, reopened, put in the chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Modal, Person
from storage.records import Referral
from tests.beside import Beside
from tests.bot.acting import (
    EVALUATION,
    QUESTION,
    Thread,
    ask,
    opened_form,
    opened_page,
    pinned,
)
from tests.bot.conftest import Start
from tests.bot.telling import EASTERN, Told, told_until, watches

pytestmark = pytest.mark.story

ANSWER = "CAR T first, if a slot comes within six weeks."
ANSWERED = {"Your answer": ANSWER}
FOLLOWED = {
    "What came of it?": "Advice followed",
    "Was the patient told?": "By the practice",
}
CHEN = "Dr Mei Chen"
DAY = timedelta(days=1)
THAT = "That answers it"
NewSqlite = Callable[..., str]


def answered(beside: Beside, words: Mapping[str, str] = ANSWERED) -> Thread:
    """Return a question that Rivera has answered at T0."""
    thread = ask(beside)
    thread.write(beside.cast.rivera, "Answer", words)
    return thread


def pass_days(beside: Beside, days: float) -> list[Told]:
    """Let days pass, and return what everybody was told meanwhile."""
    return told_until(beside, beside.clock.now() + days * DAY, watches(beside))


def kept(beside: Beside, thread: Thread) -> Referral:
    """Return the referral as it is kept."""
    with beside.baton.store.read() as reading:
        root = reading.notices.root_at(thread.channel.id, thread.ts)
        assert root
        return reading.cases.referral(root.subject)


def chart(beside: Beside, thread: Thread, who: Person) -> str:
    """Return what *Copy for the chart* shows of a case, from its page."""
    who.click("Show the case", thread.card)
    page = opened_page(beside, who, thread.code)
    page.click("Copy for the chart")
    copied = opened_page(beside, who, "Select and copy.")
    assert copied.title == "Copy for the chart"
    return copied.text


def test_the_referrer_is_asked_twice_and_then_it_is_closed_outcome_not_known(
    on_both: Beside,
) -> None:
    """After two, four and six weeks, each at the hour of the answer."""
    thread = answered(on_both)

    first = pass_days(on_both, 14)
    asked = thread.told(on_both.cast.chen)[-1]
    second = pass_days(on_both, 14)
    before = thread.card.rendered
    third = pass_days(on_both, 14)

    assert first == [Told("Tue 09:00", CHEN, "What came of the answer on it?")]
    assert asked.buttons[0] == "Close the loop"
    assert second == [
        Told(
            "Tue 09:00",
            CHEN,
            "Once more: what came of the answer on it? After this it is closed, its"
            " outcome not known.",
        )
    ]
    assert "Answered by Dr Ana Rivera" in before
    assert third == [
        Told(
            "Tue 09:00",
            CHEN,
            "it was closed: outcome not known. It can be reopened.",
        )
    ]
    assert "Loop closed: outcome not known" in thread.card.rendered
    assert thread.lines[-1] == (
        "Closed: outcome not known. Nobody said what came of it."
    )


@pytest.mark.again
def test_what_lapsed_is_counted_as_not_known_and_nothing_follows(
    beside: Beside,
) -> None:
    thread = answered(beside)
    pass_days(beside, 42)

    after = pass_days(beside, 30)

    referral = kept(beside, thread)
    assert (referral.state, referral.outcome) == ("closed", "outcome not known")
    assert referral.patient_told is None
    assert referral.ended_at is not None
    assert after == []


@pytest.mark.again
def test_what_lapsed_is_reopened_and_asked_about_anew(beside: Beside) -> None:
    thread = answered(beside)
    pass_days(beside, 42)

    thread.press(beside.cast.chen, "Reopen")

    assert "Answered by Dr Ana Rivera" in thread.card.rendered
    assert kept(beside, thread).outcome is None
    again = pass_days(beside, 14)
    assert [(one.who, one.what) for one in again] == [
        (CHEN, "What came of the answer on it?")
    ]


def test_the_question_what_came_of_it_is_answered_from_the_message(
    on_both: Beside,
) -> None:
    thread, chen = answered(on_both), on_both.cast.chen
    pass_days(on_both, 14)
    message = thread.told(chen)[-1]

    chen.click("Close the loop", message)
    form = opened_form(on_both, chen)
    form.fill(FOLLOWED)
    assert form.submit() is None
    on_both.settle()

    assert "Loop closed: advice followed" in thread.card.rendered
    assert pass_days(on_both, 60) == []
    stale = next(one for one in chen.dm() if one.ts == message.ts)
    assert "Close the loop" not in stale.buttons


@pytest.mark.again
def test_whoever_answers_chooses_when_the_referrer_is_asked(beside: Beside) -> None:
    """Two weeks unless they say otherwise; here four."""
    rivera = beside.cast.rivera
    thread = ask(beside)
    rivera.click("Answer", thread.card)
    form = opened_form(beside, rivera)
    usual = form.value("Ask the referrer what came of it")
    form.fill({**ANSWERED, "Ask the referrer what came of it": "In 4 weeks"})
    assert form.submit() is None
    beside.settle()

    early = pass_days(beside, 27.9)
    first = pass_days(beside, 0.1)
    second = pass_days(beside, 28)
    third = pass_days(beside, 28)

    assert usual == "In 2 weeks"
    assert early == []
    assert [len(one) for one in (first, second, third)] == [1, 1, 1]
    assert "Loop closed: outcome not known" in thread.card.rendered


@pytest.mark.again
def test_an_answer_that_is_added_starts_the_two_weeks_anew(beside: Beside) -> None:
    thread = answered(beside)
    pass_days(beside, 10)
    thread.write(beside.cast.rivera, "Answer", {"Your answer": "And bridge first."})

    told = pass_days(beside, 14)

    assert [one.what for one in told] == ["What came of the answer on it?"]
    assert beside.clock.now() == datetime(2026, 12, 18, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("By the practice", "by the practice"),
        ("By the center", "by the center"),
        ("Not yet", "not yet"),
        ("Not needed", "not needed"),
    ],
)
def test_closing_says_whether_the_patient_was_told_and_by_whom(
    beside: Beside, said: str, known: str
) -> None:
    thread = answered(beside)

    closed = {**FOLLOWED, "Was the patient told?": said}
    thread.write(beside.cast.chen, "Close the loop", closed)

    assert kept(beside, thread).patient_told == known
    assert "Loop closed: advice followed" in thread.card.rendered


def test_closing_without_saying_it_is_refused_at_the_field(beside: Beside) -> None:
    thread, chen = answered(beside), beside.cast.chen
    chen.click("Close the loop", thread.card)
    form = opened_form(beside, chen)
    form.fill({"What came of it?": "Advice followed"})

    again = form.submit()

    assert again is not None
    assert again.errors.keys() == {"Was the patient told?"}
    assert "Answered by Dr Ana Rivera" in thread.card.rendered


def test_reopening_forgets_what_was_said_at_the_close(beside: Beside) -> None:
    thread = answered(beside)
    thread.write(beside.cast.chen, "Close the loop", FOLLOWED)

    thread.press(beside.cast.chen, "Reopen")

    referral = kept(beside, thread)
    assert (referral.outcome, referral.patient_told) == (None, None)


def test_an_evaluation_that_is_under_way_is_closed_with_the_same_questions(
    beside: Beside,
) -> None:
    thread, cast = ask(beside, kind=EVALUATION), beside.cast
    thread.take(cast.rivera)

    closed = {
        "What came of it?": "Evaluation under way",
        "Was the patient told?": "By the center",
    }
    thread.write(cast.chen, "Close the loop", closed)

    assert "Loop closed: evaluation under way" in thread.card.rendered
    assert kept(beside, thread).patient_told == "by the center"


def test_the_referrer_takes_a_reply_as_the_answer(on_both: Beside) -> None:
    """The card offers it only once somebody at the center has replied."""
    thread, cast = ask(on_both), on_both.cast
    before = thread.card.buttons
    asked = thread.reply(cast.rivera, ANSWER)

    thread.press(cast.chen, THAT)

    assert THAT not in before
    assert "Answered by Dr Ana Rivera" in thread.card.rendered
    assert thread.lines[-1] == "Dr Mei Chen took the reply as the answer."
    told = thread.told(cast.rivera)[-1].rendered
    assert f"Dr Mei Chen took your reply on {thread.code} as the answer." in told
    settled = next(one for one in cast.rivera.dm() if one.ts == asked.ts)
    assert f"Your reply on {thread.code} counts as: answer." in settled.rendered
    assert "Comment" not in settled.buttons


def test_nobody_is_asked_again_about_a_reply_that_was_taken_as_the_answer(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.reply(cast.rivera, ANSWER)
    thread.press(cast.chen, THAT)

    told = pass_days(beside, 14)

    assert told == [Told("Tue 09:00", CHEN, "What came of the answer on it?")]


def test_of_several_replies_the_newest_is_taken_and_its_author_answered(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.reply(cast.rivera, "Let me ask Ben.")
    beside.move_clock(timedelta(minutes=1))
    thread.reply(cast.okafor, ANSWER)

    thread.press(cast.chen, THAT)

    assert "Answered by Dr Ben Okafor" in thread.card.rendered
    copied = chart(beside, thread, cast.chen)
    assert ANSWER in copied
    assert "Let me ask Ben." not in copied


@pytest.mark.parametrize("who", ["rivera", "ruiz", "brooks"])
def test_only_the_one_who_asked_or_is_responsible_says_that_answers_it(
    beside: Beside, who: str
) -> None:
    thread, person = ask(beside), getattr(beside.cast, who)
    thread.reply(beside.cast.rivera, ANSWER)

    thread.press(person, THAT)

    said = "Only whoever asked or is responsible for the patient can do that."
    assert person.private[-1].rendered == said
    assert "Waiting for University Center" in thread.card.rendered


def test_a_plain_reply_alone_is_no_answer_however_long_it_stands(
    beside: Beside,
) -> None:
    thread = ask(beside)
    thread.reply(beside.cast.rivera, ANSWER)

    pass_days(beside, 10)

    assert kept(beside, thread).answered_at is None
    assert "Waiting for University Center" in thread.card.rendered
    assert THAT in thread.card.buttons


def test_the_case_offers_that_answers_it_only_once_somebody_has_replied(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    before = case_buttons(thread, cast.chen)
    thread.reply(cast.rivera, ANSWER)

    after = case_buttons(thread, cast.chen)

    assert THAT not in before
    assert THAT in after


def case_buttons(thread: Thread, who: Person) -> tuple[str, ...]:
    """Return the buttons of a case that somebody looks at by the command."""
    answer = who.command(f"/baton case {thread.code}").message
    assert answer
    return answer.buttons


def test_the_chart_gets_question_answer_author_time_and_the_caveat(
    on_both: Beside,
) -> None:
    """Each time in its author's zone; T0 is 09:00 at the practice."""
    thread, cast = ask(on_both), on_both.cast
    on_both.move_clock(timedelta(hours=2))
    thread.write(cast.rivera, "Answer", ANSWERED)

    copied = chart(on_both, thread, cast.chen)

    assert (
        "\n".join(
            [
                f"Question to a specialist, {thread.code}",
                "Facts given: 60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1",
                "",
                "Question (Dr Mei Chen, Lakeside Oncology, 2026-11-24 09:00 CST):",
                QUESTION,
                "",
                "Answer (Dr Ana Rivera, University Center, 2026-11-24 12:00 EST):",
                ANSWER,
                "",
                "On the facts given; patient not examined.",
            ]
        )
        in copied
    )


def test_the_chart_holds_every_answer_and_neither_questions_nor_comments(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(
        cast.rivera,
        "Ask for information",
        {"What do you need to know?": "Which cytogenetics?"},
    )
    thread.write(cast.chen, "Give information", {"What was asked for": "Standard."})
    thread.write(cast.rivera, "Answer", ANSWERED)
    beside.move_clock(timedelta(minutes=5))
    thread.write(cast.okafor, "Answer", {"Your answer": "I agree, and bridge."})

    copied = chart(beside, thread, cast.rivera)

    assert copied.index(ANSWER) < copied.index("I agree, and bridge.")
    assert "Dr Ben Okafor, University Center" in copied
    assert "Which cytogenetics?" not in copied
    assert "Standard." not in copied


def test_before_an_answer_the_chart_gets_the_question_alone(beside: Beside) -> None:
    thread = ask(beside)
    thread.reply(beside.cast.rivera, "Looking at this after clinic.")

    copied = chart(beside, thread, beside.cast.chen)

    assert QUESTION in copied
    assert "Answer (" not in copied
    assert "Looking at this" not in copied


def test_a_guest_copies_for_the_chart_by_buttons_alone(beside: Beside) -> None:
    cast = beside.cast
    thread = ask(beside, cast.patel, channel=cast.prairie)
    thread.write(cast.rivera, "Answer", ANSWERED)

    copied = chart(beside, thread, cast.patel)

    assert "Dr Nina Patel, Prairie Cancer Care" in copied
    assert ANSWER in copied


def test_what_somebody_wrote_is_copied_as_they_wrote_it(beside: Beside) -> None:
    """Signs that Slack would read as markup stay signs."""
    thread = ask(beside)
    odd = "ANC <0.5 & *no* G-CSF > day 5?"
    thread.write(beside.cast.rivera, "Answer", {"Your answer": odd})

    assert odd in chart(beside, thread, beside.cast.chen)


def test_a_reply_that_holds_an_identifier_is_not_in_the_chart(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast
    asked = thread.reply(cast.rivera, "I saw MRN 12345678: CAR T first.")
    cast.rivera.click("Answer", asked)
    beside.settle()

    copied = chart(beside, thread, cast.chen)

    assert "12345678" not in copied
    assert "(not kept here; see the thread)" in copied


def test_asked_over_a_change_of_clocks_two_weeks_are_fourteen_days(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """Clocks go on in New York on the 14th of March 2027."""
    at = datetime(2027, 3, 8, 10, 0, tzinfo=EASTERN)
    beside = start(new_sqlite(), at=at.astimezone(UTC))
    answered(beside)

    told = pass_days(beside, 15)

    assert [(one.at, one.who) for one in told] == [("Mon 10:00", CHEN)]


def test_the_form_of_a_question_says_where_to_turn_when_it_cannot_wait(
    beside: Beside,
) -> None:
    chen = beside.cast.chen
    chen.click("Ask a specialist", pinned(chen, beside.cast.lakeside))

    form: Modal = opened_form(beside, chen)

    assert (
        "Patient unwell now? Do not use this form: emergency department, or"
        " +1 555 0199 (24 hours)." in form.text
    )
