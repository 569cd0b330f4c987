"""The words for kinds, moves and states, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from care.referral import Event, Kind, Urgency

KIND: Mapping[Kind, str] = {
    Kind.ADVICE: "Question to a specialist",
    Kind.EVALUATION: "CAR T evaluation",
}

URGENCY: Mapping[Urgency, str] = {
    Urgency.ROUTINE: "routine",
    Urgency.URGENT: "urgent",
}

MOVE: Mapping[Event, str] = {
    Event.TAKE: "Take it",
    Event.GIVE_BACK: "Give it back",
    Event.PASS_ON: "Pass to next",
    Event.ASK_INFORMATION: "Ask for information",
    Event.GIVE_INFORMATION: "Give information",
    Event.ANSWER: "Answer",
    Event.ASK_AGAIN: "Ask again",
    Event.DECLINE: "Decline",
    Event.WITHDRAW: "Withdraw",
    Event.ASK_EVALUATION: "Refer for CAR T evaluation",
    Event.CLOSE: "Close the loop",
    Event.REOPEN: "Reopen",
    Event.CONFIRM: "That answers it",
}
"""A move as the verb on a button."""

DONE: Mapping[Event, str] = {
    Event.TAKE: "{by} took this.",
    Event.GIVE_BACK: "{by} gave this back. It waits for {asked}.",
    Event.PASS_ON: "{by} passed this on. It waits for {asked}.",
    Event.ASK_INFORMATION: "{by} asked for information. It waits for {practice}.",
    Event.GIVE_INFORMATION: "{by} gave information. It waits for {center}.",
    Event.ANSWER: "{by} answered.",
    Event.ASK_AGAIN: "{by} asked again. It waits for {center}.",
    Event.DECLINE: "{by} declined this.",
    Event.WITHDRAW: "{by} withdrew this.",
    Event.ASK_EVALUATION: "{by} referred for CAR T evaluation. It waits for {asked}.",
    Event.CLOSE: "{by} closed this: {outcome}.",
    Event.REOPEN: "{by} reopened this.",
    Event.CONFIRM: "{by} took the reply as the answer.",
    Event.LAPSE: "Closed: outcome not known. Nobody said what came of it.",
    Event.MOVE_ON: "Closed: the patient moved to another practice.",
}
"""A move as a line in the thread, in the past tense, with the name."""

TOLD: Mapping[Event, str] = {
    Event.TAKE: "{by} took {code}.",
    Event.GIVE_BACK: "{by} gave {code} back. It waits for you.",
    Event.PASS_ON: "{by} passed {code} on to you.",
    Event.ASK_INFORMATION: "{by} needs information on {code}.",
    Event.GIVE_INFORMATION: "{by} gave the information on {code}.",
    Event.ANSWER: "{by} answered on {code}.",
    Event.ASK_AGAIN: "{by} asked again about {code}.",
    Event.DECLINE: "{by} declined {code}.",
    Event.WITHDRAW: "{by} withdrew {code}.",
    Event.ASK_EVALUATION: "{by} refers {code} for CAR T evaluation now.",
    Event.CLOSE: "{by} closed {code}: {outcome}.",
    Event.REOPEN: "{by} reopened {code}.",
    Event.CONFIRM: "{by} took your reply on {code} as the answer.",
    Event.LAPSE: "{code} was closed: outcome not known. It can be reopened.",
    Event.MOVE_ON: "{code} was closed: the patient moved to another practice.",
}
"""A move as it is told by direct message."""


def unwell(phone: str) -> str:
    """Return the line that stands wherever something could be asked."""
    return (
        "Patient unwell now? Do not use this form: emergency department, or"
        f" {phone} (24 hours)."
    )


def begun(text: str) -> str:
    """Return words as they begin a line: CD4 stays CD4."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Return names one after another; those with commas of their own by semicolons."""
    return ("; " if any("," in one for one in names) else ", ").join(names)
