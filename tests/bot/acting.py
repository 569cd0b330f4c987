"""What people do with Baton in these tests, in their own words."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox import Channel, Message, Modal, Person
from tests.beside import Beside

QUESTION = "Refractory after 2 lines: CAR T now, or a bispecific first?"
ABOUT = {
    "Age band": "60-69",
    "Lines of therapy so far": "2",
    "Refractory to lenalidomide": "Yes",
    "ECOG": "1",
}
ADVICE, EVALUATION = "Ask a specialist", "Refer for CAR T evaluation"
SAME_PATIENT = "Same patient?"
BY_PHONE, NOT_YET = "Matched by phone", "Not yet"
MORNINGS = tuple(f"{day}." for day in calendar.day_name)
CODE = re.compile(r"MM-[0-9A-Z]{5}")


def is_digest(message: Message) -> bool:
    """Tell whether a message is somebody's morning list, which repeats what waits."""
    return message.rendered.startswith(MORNINGS)


def pinned(who: Person, channel: Channel) -> Message:
    """Return the pinned message of a link's channel."""
    return next(one for one in who.channel(channel) if one.pinned)


def opened_form(beside: Beside, who: Person) -> Modal:
    """Wait until a form stands before somebody, filled and ready to submit."""

    def filled() -> Modal | None:
        modal = who.modal
        return modal if modal and modal.submit_label else None

    return beside.slack.until(filled)


def opened_page(beside: Beside, who: Person, words: str) -> Modal:
    """Wait until a page with these words stands before somebody."""

    def shown() -> Modal | None:
        modal = who.modal
        return modal if modal and words in modal.text else None

    return beside.slack.until(shown)


def submit(beside: Beside, form: Modal) -> None:
    """Submit a form that is right, and wait for what follows."""
    after = form.submit()
    assert after is None, after.errors or after.text
    beside.settle()


@dataclass(frozen=True)
class Thread:
    """One referral as people see it: its card, its thread, what they are told."""

    beside: Beside
    channel: Channel
    ts: str

    @property
    def eyes(self) -> Person:
        """Somebody who is in every channel and presses nothing."""
        return self.beside.cast.lee

    @property
    def card(self) -> Message:
        """The status card as it is now."""
        posts = self.eyes.channel(self.channel)
        return next(one for one in posts if one.ts == self.ts)

    @property
    def code(self) -> str:
        """The case code on the card."""
        found = CODE.search(self.card.rendered)
        assert found
        return found[0]

    @property
    def lines(self) -> list[str]:
        """What is read in the thread below the card."""
        return [one.rendered for one in self.eyes.thread(self.card)[1:]]

    def told(self, who: Person) -> list[Message]:
        """Return what somebody was told of this case, but in a morning list."""
        told = [one for one in who.dm() if self.code in one.rendered]
        return [one for one in told if not is_digest(one)]

    def press(self, who: Person, label: str) -> None:
        """Press a button of the card, and wait for what follows."""
        who.click(label, self.card)
        self.beside.settle()

    def press_last(self, who: Person, label: str) -> None:
        """Press a button of the last direct message about the case."""
        who.click(label, self.told(who)[-1])
        self.beside.settle()

    def write(self, who: Person, label: str, words: Mapping[str, str]) -> None:
        """Press a button of the card, fill the form that opens, and submit it."""
        who.click(label, self.card)
        form = opened_form(self.beside, who)
        form.fill(dict(words))
        submit(self.beside, form)

    def take(self, who: Person, how: str = BY_PHONE) -> None:
        """Take an evaluation by the card: code and patient match."""
        self.write(who, "Take it", {SAME_PATIENT: how})

    def reply(self, who: Person, text: str) -> Message:
        """Write plainly in the thread, and wait for the question what it is."""
        before = len(who.dm())
        who.reply(self.card, text)
        self.beside.slack.until(lambda: len(who.dm()) > before)
        self.beside.settle()
        return who.dm()[-1]


def ask(
    beside: Beside,
    who: Person | None = None,
    *,
    channel: Channel | None = None,
    kind: str = ADVICE,
    question: str = QUESTION,
    fields: Mapping[str, str] | None = None,
    matched: str = BY_PHONE,
    by: Callable[[Person, Channel], object] | None = None,
) -> Thread:
    """Send a referral by the pinned button, or by another way, and return it."""
    who, channel = who or beside.cast.chen, channel or beside.cast.lakeside
    (by or press_pinned)(who, channel)
    form = opened_form(beside, who)
    form.fill(ABOUT if fields is None else dict(fields))
    form.fill({"Your question": question, "What do you ask for?": kind})
    if kind == EVALUATION:
        beside.slack.until(lambda: SAME_PATIENT in form.labels)
        form.fill({SAME_PATIENT: matched})
    submit(beside, form)
    return newest(beside, channel)


def newest(beside: Beside, channel: Channel) -> Thread:
    """Return the referral whose card was posted last in a channel."""
    cards = [one for one in beside.cast.lee.channel(channel) if one.by_bot]
    return Thread(beside, channel, cards[-1].ts)


def press_pinned(who: Person, channel: Channel) -> None:
    """Open the form by the pinned button."""
    who.click("Ask a specialist", pinned(who, channel))
