"""The process that sends, held once between its last look at a lease and the socket.

It writes its id into the file `HOLD_POST` names, and goes on when a file of that name
with `.go` behind it stands. `WITHOUT_TIMER` leaves the kernel's timer out, to show
what it is good for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from bot import sending_process
from bot.sender import SlackSender
from scheduler.lease_timer import LeaseTimer
from scheduler.ports import Message, Outcome, Place

Post = Callable[[SlackSender, Place, Message, str], Outcome]


def main() -> None:
    """Send as the product does, but for what the environment asks for."""
    SlackSender.post = _held(SlackSender.post, Path(os.environ["HOLD_POST"]))  # type: ignore[assignment,method-assign] # in this process alone
    if os.environ.get("WITHOUT_TIMER"):
        no_alarm = LeaseTimer(lambda _seconds: None)
        sending_process.take_alarm = lambda: no_alarm  # type: ignore[attr-defined] # as above
    sending_process.main()


def _held(post: Post, reached: Path) -> Post:
    def hold_and_post(
        sender: SlackSender, place: Place, message: Message, notice_id: str
    ) -> Outcome:
        if not reached.exists():
            reached.write_text(str(os.getpid()), encoding="utf-8")
            while not reached.with_suffix(".go").exists():
                time.sleep(0.01)
        return post(sender, place, message, notice_id)

    return hold_and_post


if __name__ == "__main__":
    main()
