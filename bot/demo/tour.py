"""The tour through Baton's story; its steps tick themselves off from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.beginning import Beginning
from bot.demo.cast import Cast
from bot.digests import digest_notice_id
from bot.sheets import CARD
from care.item import State as ItemState
from care.referral import ENDED, State
from sandbox import Person
from sandbox.screen.tour import TourStep
from storage.records import Clinician, Referral, Reply, ReplyKind
from storage.unit import Reading, Store

DM = "dm"
DONE = frozenset({ItemState.DONE, ItemState.DONE_LATE})
A_WEEK = timedelta(days=6)
"""How far the care clock must have gone for the step of the week."""


@dataclass(frozen=True)
class Told:
    """One referral with what was written about it."""

    referral: Referral
    replies: Sequence[Reply]

    def has(self, *kinds: ReplyKind) -> bool:
        """Tell whether something of one of these kinds was written."""
        return any(one.kind in kinds for one in self.replies)


@dataclass(frozen=True)
class Story:
    """What has happened since the tour began, read from Baton's own store."""

    store: Store
    cast: Cast
    beginning: Beginning

    def asked(self) -> bool:
        """Dr Chen has asked the center."""
        return self._any(lambda _: True)

    def taken(self) -> bool:
        """Somebody has taken it, or has answered at once."""
        return self._any(
            lambda one: bool(one.referral.taker_id or one.referral.responded_at)
        )

    def information_asked(self) -> bool:
        """Something was asked back."""
        return self._any(lambda one: one.has(ReplyKind.QUESTION))

    def information_given(self) -> bool:
        """The practice has given what was asked for."""
        return self._any(lambda one: one.has(ReplyKind.INFORMATION))

    def answered(self) -> bool:
        """A specialist has answered."""
        return self._any(lambda one: one.has(ReplyKind.ANSWER))

    def closed(self) -> bool:
        """Dr Chen has said what came of it, or it has ended otherwise."""
        return self._any(lambda one: one.referral.state in ENDED)

    def recorded(self) -> bool:
        """Somebody has recorded a step of a journey."""
        since = self.beginning.at
        with self.store.read() as reading:
            courses = reading.courses.of_cases(self._cases(reading))
            told = reading.courses.milestones([one.id for one in courses])
            return any(one.recorded_at > since for one in told)

    def read_back(self) -> bool:
        """Dr Chen has read a handoff back."""
        since = self.beginning.at
        with self.store.read() as reading:
            me = self._clinician(reading, self.cast.chen)
            return any(
                one.receiver_id == me.id and one.read_back_at > since
                for handoffs in reading.handoffs.of(self._cases(reading)).values()
                for one in handoffs
                if one.read_back_at is not None
            )

    def digest_came(self) -> bool:
        """The practice's coordinator was sent a morning digest."""
        since = self.beginning.at
        with self.store.read() as reading:
            me = self._clinician(reading, self.cast.brooks)
            last = reading.now.date()
            days = [last - timedelta(days=n) for n in range((last - since.date()).days)]
            ids = [digest_notice_id(me.id, one) for one in (*days, since.date())]
            return any(
                one.sent_ts is not None and one.written_at > since
                for one in reading.notices.notices(ids)
            )

    def ticked(self) -> bool:
        """The practice's coordinator has said of a check that it is done."""
        since = self.beginning.at
        with self.store.read() as reading:
            me = self._clinician(reading, self.cast.brooks)
            return any(
                one.changed_by == me.id and one.changed_at > since
                for one in reading.items.of_cases(self._cases(reading), DONE)
            )

    def week_passed(self) -> bool:
        """Care time has gone on by a week."""
        with self.store.read() as reading:
            return reading.now - self.beginning.at >= A_WEEK

    def guest_acted(self) -> bool:
        """Dr Patel has referred, or has given information, by buttons."""
        since = self.beginning.at
        with self.store.read() as reading:
            me = self._clinician(reading, self.cast.patel)
            return any(
                (
                    one.referral.referrer_id == me.id
                    and one.referral.requested_at > since
                )
                or any(
                    reply.author_id == me.id and reply.written_at > since
                    for reply in one.replies
                )
                for one in _told_at(reading, me)
            )

    def thread(self) -> str:
        """Return the time stamp of the thread of the newest referral, or ""."""
        since = self.beginning.at
        with self.store.read() as reading:
            mine = self._mine(reading, since)
            newest = max(mine, key=lambda one: one.referral.requested_at, default=None)
            if newest is None:
                return ""
            cards = reading.notices.roots_of([newest.referral.id], CARD)
            card = cards.get(newest.referral.id)
            return (card.sent_ts if card else None) or ""

    def _any(self, holds: Callable[[Told], bool]) -> bool:
        since = self.beginning.at
        with self.store.read() as reading:
            return any(holds(one) for one in self._mine(reading, since))

    def _cases(self, reading: Reading) -> set[str]:
        me = self._clinician(reading, self.cast.chen)
        return {one.referral.case_id for one in _told_at(reading, me)}

    def _mine(self, reading: Reading, since: datetime) -> list[Told]:
        me = self._clinician(reading, self.cast.chen)
        return [
            one
            for one in _told_at(reading, me)
            if one.referral.referrer_id == me.id and one.referral.requested_at > since
        ]

    def _clinician(self, reading: Reading, who: Person) -> Clinician:
        found = reading.people.person(who.team, who.id)
        if found is None:
            raise LookupError(f"{who.name} is not in the demo's setup")
        return reading.people.clinician(found.clinician_id)


def _told_at(reading: Reading, who: Clinician) -> list[Told]:
    referrals = reading.cases.referrals_at(who.site_id, list(State))
    return [Told(one, reading.cases.replies_of(one.id)) for one in referrals]


def make_tour(story: Story) -> list[TourStep]:
    """Return the steps of the tour, in the order in which they tell the story best."""
    cast = story.cast
    chen, brooks, patel = cast.chen.id, cast.brooks.id, cast.patel.id
    rivera, ruiz = cast.rivera.id, cast.ruiz.id
    lakeside, prairie = cast.lakeside.id, cast.prairie.id
    return [
        TourStep(
            "Ask the center",
            "You are Dr Chen, an oncologist in the community. Go to Baton's message"
            " under *1 pinned*, press *Ask a specialist*, write a question and send it."
            " Baton gives the patient a code.",
            chen,
            lakeside,
            story.asked,
        ),
        TourStep(
            "Take it",
            "You are Dr Rivera, the specialist on duty. Baton wrote to you. Read the"
            " question and press *Take it*: now everybody sees who has it.",
            rivera,
            DM,
            story.taken,
        ),
        TourStep(
            "Ask for information",
            "Something is missing. On the card press *Ask for information*. Now it"
            " waits for the practice, and Baton reminds them instead of you.",
            rivera,
            lakeside,
            story.information_asked,
            story.thread,
        ),
        TourStep(
            "Give information",
            "You are Sam Brooks, the practice's coordinator. On the card press *Give"
            " information* and write what was asked for.",
            brooks,
            lakeside,
            story.information_given,
            story.thread,
        ),
        TourStep(
            "Answer in your own words",
            "Just reply in the thread, as you would anywhere. Baton then asks you under"
            " *Direct messages* what your reply is: press *Answer*.",
            rivera,
            lakeside,
            story.answered,
            story.thread,
        ),
        TourStep(
            "Close the loop",
            "Baton brought you the answer. Press *Close the loop* and say what came of"
            " it, so that the center learns it too.",
            chen,
            DM,
            story.closed,
        ),
        TourStep(
            "Record a step",
            "You are Ana Ruiz, the center's coordinator. On the card whose next step is"
            " apheresis press *Record apheresis*. *Journey*, then *Timeline*, shows the"
            " way so far.",
            ruiz,
            lakeside,
            story.recorded,
        ),
        TourStep(
            "Read a handoff back",
            "Dr Rivera hands a patient back to you. In the offer press *Read back*, say"
            " what would make you call, and send. Only from then on are you"
            " responsible.",
            chen,
            DM,
            story.read_back,
        ),
        TourStep(
            "Read what is due",
            "You are Sam Brooks. Press *Next morning* at the top: at 08:00 one message"
            " says what is due after CAR T, for which patient, and what nobody has"
            " recorded yet.",
            brooks,
            DM,
            story.digest_came,
        ),
        TourStep(
            "Tick a visit",
            "At the month-1 visit press *All done*, or *All but …* and choose what is"
            " left. The message then says what has been done since.",
            brooks,
            DM,
            story.ticked,
        ),
        TourStep(
            "Let a week pass",
            "Press *+1 week* at the top. Dr Patel owes the center information on"
            " another patient: Baton reminds her, and later the center's coordinator."
            " You need to keep no list.",
            patel,
            DM,
            story.week_passed,
        ),
        TourStep(
            "Do it with buttons only",
            "As a guest Dr Patel has no command and no Home. On the card press *Give"
            " information*; *My list* is on the pinned message.",
            patel,
            prairie,
            story.guest_acted,
        ),
    ]
