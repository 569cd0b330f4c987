"""What people do with handoffs in these tests, in their own words."""

from __future__ import annotations

from collections.abc import Mapping

from care.ipass import RETURN_FIELDS
from sandbox import Message, Modal, Person
from tests.beside import Beside
from tests.bot.acting import (
    BY_PHONE,
    EVALUATION,
    SAME_PATIENT,
    Thread,
    ask,
    opened_form,
    opened_page,
    submit,
)

RIVERA = "Dr Ana Rivera, University Center"
OKAFOR = "Dr Ben Okafor, University Center"
CHEN = "Dr Mei Chen, Lakeside Oncology"
SEVERITY = "Stable, needs watching"
SUMMARY = "Triple-class exposed, fit for CAR T; bridging under way."
CONTINGENCY = "If fever: emergency department, then call the center."
SENTENCE = "Fever or new confusion; I call the center at any hour."
QUESTION = "What would make you call, and whom?"
VISIT = "The first visit at the practice is booked"
BOOKED = {VISIT: "Yes, it is booked", SAME_PATIENT: BY_PHONE}
"""What a practice says when it accepts a return."""
WHOM = "Who is to be responsible"
ACTION = "Check counts twice a week"
DAY = "2026-11-30"
"""A Monday after the tests begin."""
PAGES_OF_RETURN = 5


def under_way(beside: Beside) -> Thread:
    """Return an evaluation that Dr Rivera has taken; Dr Chen is responsible."""
    thread = ask(beside, kind=EVALUATION)
    thread.take(beside.cast.rivera)
    return thread


def at_center(beside: Beside) -> Thread:
    """Return a case of which Dr Rivera at the center is responsible."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, RIVERA, action="none")
    say_back(thread, cast.rivera)
    return thread


def open_offer(thread: Thread, who: Person) -> Modal:
    """Open the form of an offer by the card's button."""
    who.click("Hand off", thread.card)
    return opened_form(thread.beside, who)


def offer(
    thread: Thread, who: Person, to: str, *, action: str = ACTION, doer: str = ""
) -> None:
    """Offer the responsibility with one line of action, page by page."""
    form = fill_offer(thread, who, to, action=action, doer=doer)
    after = form.submit()
    assert after is None, after.errors or after.text
    thread.beside.settle()


def fill_offer(
    thread: Thread, who: Person, to: str, *, action: str = ACTION, doer: str = ""
) -> Modal:
    """Fill every page of an offer, and leave the last one open."""
    form = open_offer(thread, who)
    form.fill({WHOM: to, "Illness severity": SEVERITY, "Patient summary": SUMMARY})
    while form.submit_label == "Next":
        form = turn(form)
        form.fill(answers_on(form))
    form.fill(last_page(action, doer or to))
    return form


def turn(form: Modal) -> Modal:
    """Submit a page that is right, and return the next one."""
    following = form.submit()
    assert following is not None, form.text
    assert not following.errors, following.errors
    return following


def answers_on(form: Modal) -> dict[str, str]:
    """Return what is said in each field of a return that stands on a page."""
    labels = [one.label for one in RETURN_FIELDS]
    told = {label: told_of(label) for label in labels} | {SAME_PATIENT: BY_PHONE}
    return {label: text for label, text in told.items() if label in form.labels}


def told_of(label: str) -> str:
    """Return what the sender says in a field of a return."""
    return f"{label}: as told on the ward"


def last_page(action: str, doer: str) -> dict[str, str]:
    """Return what is written on the page of the actions."""
    told = {"Action 1": action, "Situation awareness and contingency": CONTINGENCY}
    return told if action == "none" else told | {"By whom": doer, "By when": DAY}


def line_label(doer: str, action: str = ACTION) -> str:
    """Return the label of the first action in the read-back."""
    return f"1. {action} ({doer.split(',', maxsplit=1)[0]}, by Mon 30 Nov)"


def open_read_back(thread: Thread, who: Person, label: str = "Read back") -> Modal:
    """Open the read-back of the last handoff that somebody was told of."""
    offered = [one for one in thread.told(who) if label in one.buttons]
    who.click(label, offered[-1])
    return opened_form(thread.beside, who)


def say_back(
    thread: Thread, who: Person, more: Mapping[str, str] | None = None
) -> None:
    """Read the last handoff back, from its direct message, and accept it."""
    form = open_read_back(thread, who)
    form.fill({QUESTION: SENTENCE, **(more or {})})
    after = form.submit()
    assert after is None, after.errors or after.text
    thread.beside.settle()


def write(
    thread: Thread, who: Person, label: str, words: Mapping[str, str]
) -> Modal | None:
    """Press a button of the last message that has it, and submit the form."""
    form = open_read_back(thread, who, label)
    form.fill(dict(words))
    after = form.submit()
    thread.beside.settle()
    return after


def press_told(thread: Thread, who: Person, label: str) -> None:
    """Press a button of the last direct message that shows it."""
    shown = [one for one in thread.told(who) if label in one.buttons]
    who.click(label, shown[-1])
    thread.beside.settle()


def last_told(thread: Thread, who: Person) -> Message:
    """Return the last direct message about the case."""
    return thread.told(who)[-1]


def responsible(thread: Thread) -> str:
    """Return who is responsible, as the card says."""
    return thread.card.rendered.split("Responsible now: ")[1].splitlines()[0]


KNOWN = {
    "Illness severity, as you understand it": "Ill",
    "Situation awareness and contingency": CONTINGENCY,
}
"""What whoever took over writes down, where nobody has handed over to them."""


def take_over(thread: Thread, who: Person, why: str) -> None:
    """Take a case over in an emergency, from the page of its handoff."""
    who.click("Hand off", thread.card)
    opened_page(thread.beside, who, "Take over").click("Take over in an emergency")
    form = opened_page(thread.beside, who, "You are responsible for")
    form.fill({"Why it cannot wait": why})
    submit(thread.beside, form)
