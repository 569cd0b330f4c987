"""The words in which a handoff's state and moves are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.handoff_sheets import HandoffSheet
from bot.views import kit
from care.handoff import Event, State, waits_for
from care.handoff_clock import TAKEOVER
from storage.handoff_records import Handoff
from storage.records import Clinician

People = Mapping[str, Clinician]

OFFER = "offer"


def standing(about: HandoffSheet) -> str:
    """Return how a handoff stands, in one or two sentences that stay true."""
    return SAID[about.handoff.state](about.handoff, about.people)


def _name(people: People, id_: str | None) -> str:
    found = people.get(id_ or "")
    return kit.escape(found.name) if found else "Somebody"


def _offered(one: Handoff, people: People) -> str:
    sender = _name(people, one.sender_id)
    behalf = ""
    if one.on_behalf:
        behalf = f" by {_name(people, one.offered_by)} on behalf of {sender}"
    at = kit.moment(one.offered_at)
    receiver = _name(people, one.receiver_id)
    return (
        f"Offered to {receiver}{behalf} {at}."
        f" {sender} is responsible until it is accepted."
    )


def _by_phone(one: Handoff, people: People) -> str:
    confirmer = _name(people, waits_for(one.offer))
    at = kit.moment(one.phoned_at or one.round_started_at)
    return (
        f"Done by phone {at}, as {_name(people, one.recorded_by)} says; {confirmer} has"
        f" to confirm it. {_name(people, one.sender_id)} is responsible until then."
    )


def _taken_over(one: Handoff, people: People) -> str:
    receiver = _name(people, one.receiver_id)
    at = one.round_started_at
    return (
        f"{receiver} took over in an emergency {kit.moment(at)} and is responsible."
        f" Read-back due by {kit.moment(at + TAKEOVER)}."
    )


def _accepted(one: Handoff, people: People) -> str:
    at = kit.moment(one.read_back_at or one.round_started_at)
    return f"Accepted by {_name(people, one.receiver_id)} {at}."


def _corrected(one: Handoff, people: People) -> str:
    sender, receiver = _name(people, one.sender_id), _name(people, one.receiver_id)
    return (
        f"{_accepted(one, people)} {sender} corrected a point, which {receiver} is to"
        " read back again."
    )


def _ended(what: str) -> Callable[[Handoff, People], str]:
    def said(one: Handoff, people: People) -> str:
        receiver = _name(people, one.receiver_id)
        at = kit.moment(one.ended_at or one.round_started_at)
        return what.format(receiver=receiver, at=at)

    return said


SAID: Mapping[State, Callable[[Handoff, People], str]] = {
    State.OFFERED: _offered,
    State.BY_PHONE: _by_phone,
    State.TAKEN_OVER: _taken_over,
    State.ACCEPTED: _accepted,
    State.CORRECTED: _corrected,
    State.DECLINED: _ended("Declined by {receiver} {at}."),
    State.WITHDRAWN: _ended("The offer to {receiver} was withdrawn {at}."),
    State.EXPIRED: _ended("Not accepted by {receiver} in time; ended {at}."),
}
"""How each state is said."""

MOVED: Mapping[str, str] = {
    OFFER: "{offered_by} offers {code} to {receiver} on your behalf.",
    Event.READ_BACK: "{receiver} has said {code} back and is responsible now.",
    Event.DECLINE: "{receiver} declined {code}. {sender} stays responsible.",
    Event.WITHDRAW: "The offer of {code} to you was withdrawn.",
    Event.PHONE: "{code} is said to be handed over by phone. Was it so?",
    Event.CONFIRM: "The call about {code} is confirmed. {receiver} is responsible now.",
    Event.DISPUTE: "The call about {code} was not so. {sender} stays responsible.",
    Event.CORRECT: "{sender} corrected a point of {code}. Please read it back again.",
    Event.TAKE_OVER: "{receiver} took over {code} in an emergency.",
}
"""A move as it is told by direct message."""

UP: Mapping[str, str] = {
    Event.READ_BACK: "Said back.",
    Event.CONFIRM: "The call is confirmed.",
    Event.DISPUTE: "The call was not so.",
}
"""What stands before the state in the thread's line about a move."""
