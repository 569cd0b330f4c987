"""What administrators read when Baton itself needs a look, and when it is over."""

from __future__ import annotations

from datetime import datetime

from bot.views import kit
from scheduler.auditing import Trouble

WORDS = {
    Trouble.REMINDERS: ("reminder is", "reminders are", "due and not handled"),
    Trouble.NOTICES: ("message waits", "messages wait", "to be sent for too long"),
    Trouble.LEASES: (
        "message was",
        "messages were",
        "being sent and nobody has looked whether it arrived",
    ),
    Trouble.FAILED: ("message was", "messages were", "refused by Slack for good"),
}
DO = {
    Trouble.REMINDERS: "They are handled late rather than never.",
    Trouble.NOTICES: "They are sent late rather than never.",
    Trouble.LEASES: "They are looked up in Slack before anything is sent again.",
    Trouble.FAILED: "`baton notices` says which. Each was told to a person.",
    Trouble.TICK: "Restart this process if it does not come back by itself.",
    Trouble.SOCKET: "What people click there is not taken in. Slack tries again.",
}
LOOK = "Look at the log, `/readyz` and `baton doctor`. Told once, until it is over."


def trouble_began(
    trouble: Trouble, *, count: int, since: datetime, what: str
) -> list[kit.Block]:
    """Tell what does not go as it should, since when, and what to do."""
    said = f"*Baton needs a look.* {_what(trouble, count, what)}."
    return [
        kit.section(f"{said} Since {kit.moment(since)}."),
        kit.context(f"{DO[trouble]} {LOOK}"),
    ]


def trouble_over(
    trouble: Trouble, *, count: int, since: datetime, until: datetime, what: str
) -> list[kit.Block]:
    """Tell that it is over, so that it can be read without what was told before."""
    when = f"From {kit.moment(since)} to {kit.moment(until)}"
    return [
        kit.section(f"*This is over.* {when}: {_what(trouble, count, what)}."),
        kit.context("Nothing is to be done. The log says more."),
    ]


def _what(trouble: Trouble, count: int, what: str) -> str:
    if trouble is Trouble.TICK:
        return f"A process does not complete its work ({kit.escape(what)})"
    if trouble is Trouble.SOCKET:
        return "A process has no connection to Slack"
    one, more, rest = WORDS[trouble]
    return f"{count} {one if count == 1 else more} {rest}"
