"""What people do with handoffs in these tests, in their own words."""

from __future__ import annotations

from collections.abc import Mapping

from care.ipass import RETURN_FIELDS
from sandbox import Modal, Person
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask, opened_form

SEVERITY = "Stable, needs watching"
SUMMARY = "Triple-class exposed, fit for CAR T; bridging under way."
CONTINGENCY = "If fever: emergency department, then call the center."
SENTENCE = "Fever or new confusion; I call the center at any hour."
ACTION = "Check counts twice a week"
DAY = "2026-11-30"
"""A Monday after the tests begin."""


def under_way(beside: Beside) -> Thread:
    """Return an evaluation that Dr Rivera has taken; Dr Chen is responsible."""
    thread = ask(beside, kind=EVALUATION)
    thread.press(beside.cast.rivera, "Take it")
    return thread


def open_offer(thread: Thread, who: Person) -> Modal:
    """Open the form of an offer by the card's button."""
    who.click("Hand off", thread.card)
    return opened_form(thread.beside, who)


def offer(
    thread: Thread,
    who: Person,
    to: str,
    *,
    action: str = ACTION,
    doer: str = "",
) -> None:
    """Offer the responsibility with one line of action, page by page."""
    form = open_offer(thread, who)
    form.fill({"Who is to be responsible": to})
    form.fill({"Illness severity": SEVERITY, "Patient summary": SUMMARY})
    while form.submit_label == "Next":
        following = form.submit()
        assert following is not None, form.text
        assert not following.errors, following.errors
        form = following
        form.fill(answers_on(form))
    form.fill(last_page(action, doer or to))
    after = form.submit()
    assert after is None, after.errors or after.text
    thread.beside.settle()


def answers_on(form: Modal) -> dict[str, str]:
    """Return a word for each field of a return that stands on a page."""
    labels = {one.label for one in RETURN_FIELDS}
    return {label: f"{label}: as told" for label in form.labels if label in labels}


def last_page(action: str, doer: str) -> dict[str, str]:
    """Return what is written on the page of the actions."""
    told = {"Action 1": action, "Situation awareness and contingency": CONTINGENCY}
    return told if action == "none" else told | {"By whom": doer, "By when": DAY}


def returned(beside: Beside) -> Thread:
    """Return a case of which Dr Rivera at the center is responsible."""
    thread, cast = under_way(beside), beside.cast
    offer(thread, cast.chen, "Dr Ana Rivera, University Center", action="none")
    say_back(thread, cast.rivera)
    return thread


def say_back(
    thread: Thread, who: Person, more: Mapping[str, str] | None = None
) -> None:
    """Read the last handoff back, from its direct message, and accept it."""
    form = open_read_back(thread, who)
    form.fill({"What would make you call, and whom?": SENTENCE} | dict(more or {}))
    after = form.submit()
    assert after is None, after.errors or after.text
    thread.beside.settle()


def open_read_back(thread: Thread, who: Person) -> Modal:
    """Open the read-back of the last handoff that somebody was told of."""
    offered = [one for one in thread.told(who) if "Read back" in one.buttons]
    who.click("Read back", offered[-1])
    return opened_form(thread.beside, who)
