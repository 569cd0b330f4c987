"""The notices of what the auditor found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.actions.alarming import BEGAN, OVER
from bot.views.trouble import trouble_began, trouble_over
from scheduler.auditing import Trouble
from scheduler.ports import Message, Unneeded
from storage.errors import NotFound
from storage.overdue import Overdue
from storage.records import Notice
from storage.unit import Reading


def render_trouble(reading: Reading, notice: Notice) -> Message | Unneeded:
    """Return what an administrator is told now.

    That something began is not said once it is over: that it is over says it all.
    """
    if not _is_active(reading, notice.recipient_id):
        return Unneeded("no part")
    told = notice.payload
    trouble, what = Trouble(told["trouble"]), str(told["what"])
    count, since = int(told["count"]), datetime.fromisoformat(told["since"])
    if notice.view == BEGAN:
        if _is_over(reading, notice):
            return Unneeded("over meanwhile")
        blocks = trouble_began(trouble, count=count, since=since, what=what)
        return Message("Baton needs a look", blocks)
    until = datetime.fromisoformat(told["until"])
    blocks = trouble_over(trouble, count=count, since=since, until=until, what=what)
    return Message("This is over", blocks)


def _is_over(reading: Reading, notice: Notice) -> bool:
    over = Overdue(reading.connection).told([notice.subject], OVER)
    told = over.get(notice.subject)
    return told is not None and int(told["round"]) >= int(notice.payload["round"])


def _is_active(reading: Reading, clinician_id: str | None) -> bool:
    try:
        return reading.people.clinician(clinician_id or "").active
    except NotFound:
        return False


OF_TROUBLE: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    BEGAN: render_trouble,
    OVER: render_trouble,
}
