"""Every word for how a cover stands, and for what happened to it."""

from __future__ import annotations

from collections.abc import Mapping

from care.cover import Event, Line, State

STANDS: Mapping[State, str] = {
    State.ASKED: "Asked; {by} has not taken it yet.",
    State.TAKEN: "Taken by {by}.",
    State.DECLINED: "Declined by {by}.",
    State.WITHDRAWN: "Withdrawn.",
    State.LAPSED: "Not taken in time.",
    State.RUNNING: "Running now.",
    State.ENDED: "Ended; waits for a line from {by}.",
    State.TOLD: "Not acknowledged yet.",
    State.CLOSED: "Ended and acknowledged.",
}

LEFT: Mapping[Line, str] = {
    Line.NOTHING: "Nothing happened.",
    Line.WRITTEN: "A line was left.",
    Line.NONE: "{by} has left the site.",
    Line.DIED: "The patient has died.",
}

SAID: Mapping[str, str] = {
    "asked": "{actor} has asked {by} to be first call for {whose}, {span}. You are"
    " told when they have said yes or no.",
    "not taken yet": "{by} has not taken the cover of {whose} yet ({span})."
    " First call stays with {with_whom}.",
    Event.TAKE: "{by} has taken the cover: first call for {whose}, {span}.",
    Event.DECLINE: "{by} cannot be first call for {whose}, {span}. First call stays"
    " with {with_whom}.",
    Event.WITHDRAW: "{actor} has withdrawn the cover of {whose} by {by}, {span}."
    " First call stays with {with_whom}.",
    Event.LAPSE: "{by} has not taken the cover of {whose}, and its time is over"
    " ({span}). First call stayed with {with_whom}.",
    Event.START: "You took first call for {whose}, until {until}. Responsible"
    " stays {covered}.",
    Event.END: "The cover by {by} has ended: {first} first call again for {whose}."
    " {by} is asked for a line.",
    Event.ACKNOWLEDGE: "{actor} has acknowledged your cover, {span}.",
    Event.GO: "{by} has left the site, so the cover of {whose} falls away ({span})."
    " First call stays with {with_whom}.",
}
"""What is told of each thing that happens."""

ASK_ANOTHER = frozenset({"not taken yet", Event.DECLINE, Event.LAPSE, Event.GO})
"""After which whoever asked can ask somebody else."""
