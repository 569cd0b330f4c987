"""The story for guests of a shared channel: no command, no Home, every button."""

from __future__ import annotations

import pytest

from sandbox import Refused
from tests.beside import Beside
from tests.bot.acting import (
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

pytestmark = pytest.mark.story

ANSWER = "CAR T first, if a slot comes within six weeks."
CLOSED_IN_PART = {
    "What came of it?": "Advice followed in part",
    "Was the patient told?": "Not yet",
}


def ask_as_guest(beside: Beside, kind: str = EVALUATION) -> Thread:
    cast = beside.cast
    return ask(beside, cast.patel, channel=cast.prairie, kind=kind)


def test_slack_itself_gives_guests_neither_command_nor_shortcut_nor_home(
    beside: Beside,
) -> None:
    patel, prairie = beside.cast.patel, beside.cast.prairie

    for act in (
        lambda: patel.command("/baton refer", prairie),
        lambda: patel.shortcut("Start a referral"),
        patel.open_home,
    ):
        with pytest.raises(Refused):
            act()


def test_a_guest_refers_by_the_pinned_button(on_both: Beside) -> None:
    cast = on_both.cast

    thread = ask_as_guest(on_both)

    assert "Waiting for University Center · answer by" in thread.card.rendered
    assert "Responsible now: Dr Nina Patel, Prairie Cancer Care" in thread.card.rendered
    assert thread.lines == [f"Dr Nina Patel asks:\n> {QUESTION}"]
    assert "went to University Center" in thread.told(cast.patel)[0].rendered
    assert "Dr Nina Patel (Prairie Cancer Care) asks" in (
        thread.told(cast.rivera)[0].rendered
    )


def test_a_guests_referral_stands_in_no_other_channel(beside: Beside) -> None:
    cast = beside.cast

    thread = ask_as_guest(beside)

    assert not any(thread.code in m.rendered for m in cast.chen.channel(cast.lakeside))


def test_a_guest_starts_a_question_too(beside: Beside) -> None:
    cast = beside.cast

    cast.patel.click("Ask a specialist", pinned(cast.patel, cast.prairie))
    form = opened_form(beside, cast.patel)

    assert form.value("What do you ask for?") == "Ask a specialist"


def test_a_guest_gives_information_and_closes_the_loop(on_both: Beside) -> None:
    cast = on_both.cast
    thread = ask_as_guest(on_both, kind="Ask a specialist")
    thread.write(
        cast.rivera,
        "Ask for information",
        {"What do you need to know?": "Which cytogenetics?"},
    )

    thread.write(cast.patel, "Give information", {"What was asked for": "Standard."})
    thread.write(cast.rivera, "Answer", {"Your answer": ANSWER})
    thread.write(cast.patel, "Close the loop", CLOSED_IN_PART)

    assert "Loop closed: advice followed in part" in thread.card.rendered
    assert ANSWER in str([one.rendered for one in thread.told(cast.patel)])


def test_a_guests_plain_reply_is_asked_about_by_direct_message(
    on_both: Beside,
) -> None:
    """The event of a guest's message names the guest's own team."""
    cast = on_both.cast
    thread = ask_as_guest(on_both)
    thread.write(
        cast.rivera,
        "Ask for information",
        {"What do you need to know?": "Which cytogenetics?"},
    )

    asked = thread.reply(cast.patel, "Standard risk by FISH.")
    cast.patel.click("What was asked for", asked)
    on_both.settle()

    assert "Waiting for University Center" in thread.card.rendered
    assert "Standard risk by FISH." in thread.told(cast.rivera)[-1].rendered


@pytest.mark.parametrize("where", ["pinned", "direct message"])
def test_my_list_opens_by_buttons(beside: Beside, where: str) -> None:
    cast = beside.cast
    thread = ask_as_guest(beside)
    message = (
        pinned(cast.patel, cast.prairie)
        if where == "pinned"
        else thread.told(cast.patel)[0]
    )

    cast.patel.click("My list", message)
    page = opened_page(beside, cast.patel, "Also open")

    assert "Nothing waits on you." in page.text
    assert thread.code in page.text


def test_a_guest_starts_a_referral_from_my_list(beside: Beside) -> None:
    cast = beside.cast
    cast.patel.click("My list", pinned(cast.patel, cast.prairie))
    page = opened_page(beside, cast.patel, "Nothing waits on you.")

    page.click("Start a referral")
    form = opened_form(beside, cast.patel)
    form.fill({"Your question": QUESTION, SAME_PATIENT: NOT_YET})
    submit(beside, form)

    assert len(cast.patel.channel(cast.prairie)) == 2


def test_a_guest_opens_the_case_by_a_button(beside: Beside) -> None:
    thread = ask_as_guest(beside)

    beside.cast.patel.click("Show the case", thread.card)
    page = opened_page(beside, beside.cast.patel, thread.code)

    assert QUESTION in page.text


def test_a_refusal_reaches_a_guest_privately(beside: Beside) -> None:
    thread, cast = ask_as_guest(beside), beside.cast

    cast.patel.click("Take it", thread.card)

    opened_page(beside, cast.patel, "Only a specialist at the center can do that.")
    assert "Taken by" not in thread.card.rendered
