"""Turns a notice into what is said, from what is kept at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from bot.actions import concern_telling
from bot.actions.asking_for_news import NEWS, TASK_ASKED
from bot.actions.duty import GAP
from bot.actions.handoff_prompts import KIND as OWED
from bot.actions.reminding import (
    ABOUT_DELIVERY,
    DOUBLED,
    INSTEAD,
    STUCK,
)
from bot.actions.setting_up import PINNED
from bot.actions.telling import OF_THE_LIVING
from bot.actions.weekly import KIND as WEEKLY
from bot.concerns import ConcernTold, concern_told
from bot.cover_rendering import OF_COVERS
from bot.digest_rendering import OF_DIGESTS
from bot.digests import DIGEST
from bot.handoff_pictures import picture_with
from bot.handoff_sheets import make_handoff_sheet
from bot.item_rendering import LINES_OF_ITEMS, OF_ITEMS
from bot.lookups import long_unanswered
from bot.paper_rendering import OF_PAPERS
from bot.plan_rendering import OF_PLANS
from bot.rendering_before import BEFORE
from bot.sheets import CARD, Sheet, make_sheets
from bot.signing_rendering import OF_SIGNING
from bot.trouble_rendering import OF_TROUBLE
from bot.views import card, concern, duty, handoff, journey, messages
from bot.views.kit import Block
from care.duty import Gap
from care.handoff_clock import Step as HandoffStep
from care.ipass import Direction
from care.referral import Event
from care.response import Step
from care.stalled import Look
from scheduler.ports import Message, Unneeded
from storage.courses import Recorded
from storage.errors import NotFound
from storage.records import Clinician, Notice, Reply, Way
from storage.unit import Reading

ABOUT_CENTER = frozenset({GAP, WEEKLY})

NO_PART = Unneeded("no part", tell_instead=True)
GONE = Unneeded("the subject is gone")
DIED = Unneeded("the patient has died")


class Rendering:
    """Renders every notice that Baton writes."""

    def __call__(self, *, reading: Reading, notice: Notice) -> Message | Unneeded:
        """Return what is said, or why it is not needed any more.

        The recipient's part is read again here: whoever lost it is not told.
        """
        if notice.view == PINNED:
            return self._pinned(reading, notice)
        if (render := _OF_NO_REFERRAL.get(notice.view)) is not None:
            return render(reading, notice)
        return _about_referral(reading, notice)

    def _pinned(self, reading: Reading, notice: Notice) -> Message | Unneeded:
        try:
            link = reading.people.link(notice.subject)
        except NotFound:
            return GONE
        center = reading.people.site(link.center_id)
        practice = reading.people.site(link.practice_id)
        blocks = messages.pinned(link, center, practice)
        return Message("Start a referral or ask a specialist", blocks)


def _about_referral(reading: Reading, notice: Notice) -> Message | Unneeded:
    try:
        referral = reading.cases.referral(notice.subject)
    except NotFound:
        return GONE
    sheet = make_sheets(reading, [referral])[0]
    recipient = _recipient(reading, notice)
    if notice.recipient_id is not None and not _may_read(sheet, recipient):
        return NO_PART
    new = notice.way is Way.POST
    if new and sheet.has_died and notice.view in OF_THE_LIVING:
        return DIED
    if notice.view in concern_telling.ABOUT_CONCERN:
        told = concern_told(reading, notice, sheet, recipient)
        return Message(concern.text(sheet), CONCERN_VIEWS[notice.view](told))
    blocks = _VIEWS[notice.view](reading, notice, _occasion(reading, notice, sheet))
    picture = picture_with(reading, notice, sheet)
    return Message(card.card_text(sheet), blocks, picture)


Render = Callable[[Reading, Notice, messages.Occasion], list[Block]]


def _brought_up(
    _reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    if notice.payload["generation"] != about.sheet.referral.generation:
        return messages.was_brought_up(about)
    step = Step(notice.payload["step"])
    return messages.brought_up(about, step, _was_due(notice))


def _what_is_it(
    reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    reply = reading.cases.reply(notice.payload["reply"])
    again = bool(notice.payload.get("again"))
    return messages.what_is_it(about, reply, again=again, was_due=_was_due(notice))


def _handoff(reading: Reading, notice: Notice, about: messages.Occasion) -> list[Block]:
    told = notice.payload
    shown = make_handoff_sheet(reading, reading.handoffs.handoff(told["handoff"]))
    reader = about.recipient
    match notice.view:
        case "handoff":
            whole, short = handoff.handoff_blocks, handoff.thread_blocks
            return whole(shown, reader.member) if reader else short(shown)
        case "handoff line":
            return handoff.line(shown, told.get("move", ""))
        case "handoff moved":
            return handoff.moved(shown, told.get("move", ""), reader)
        case "handoff action":
            only = told.get("action")
            return handoff.actions(shown, reader, only, _was_due(notice))
    if told["generation"] != shown.handoff.generation:
        return handoff.was_brought_up(shown)
    step = HandoffStep(told["step"])
    return handoff.brought_up(shown, step, reader, _was_due(notice))


def _handoff_owed(
    _reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    direction = Direction(notice.payload["direction"])
    return [
        *handoff.owed(about.sheet, direction),
        *messages.late(_was_due(notice)),
    ]


HANDOFF_VIEWS = (
    "handoff",
    "handoff line",
    "handoff moved",
    "handoff action",
    "handoff brought up",
)


def _milestone(
    view: Callable[[messages.Occasion, Recorded, Recorded | None], list[Block]],
) -> Render:
    def render(
        reading: Reading, notice: Notice, about: messages.Occasion
    ) -> list[Block]:
        one = reading.courses.milestone(notice.payload["milestone"])
        instead_of = notice.payload.get("instead of")
        old = reading.courses.milestone(instead_of) if instead_of else None
        return view(about, one, old)

    return render


def _news_asked(
    _reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    course = about.sheet.course
    generation = notice.payload["generation"]
    overtaken = course is None or course.generation != generation
    look = Look(notice.payload["look"])
    blocks = journey.news_asked(about, look, overtaken=overtaken)
    return [*blocks, *messages.late(_was_due(notice))]


def _task_asked(
    reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    open_tasks = reading.courses.tasks(case_ids=[about.sheet.case.id])
    task = reading.courses.task(notice.payload["task"])
    done = task.id not in {one.id for one in open_tasks}
    return journey.task_asked(about.sheet, task, done=done)


_VIEWS: Mapping[str, Render] = {
    **dict.fromkeys(HANDOFF_VIEWS, _handoff),
    OWED: _handoff_owed,
    CARD: lambda _reading, _notice, about: card.card_blocks(about.sheet),
    "question": lambda _reading, _notice, about: messages.question(about.sheet),
    "line": lambda _reading, _notice, about: messages.line(about),
    "asked": lambda _reading, _notice, about: messages.asked(about),
    "requested": lambda _reading, _notice, about: messages.requested(about),
    "moved": lambda _reading, _notice, about: messages.moved(about),
    "brought up": _brought_up,
    "what is it": _what_is_it,
    "milestone line": _milestone(journey.milestone_line),
    "milestone told": _milestone(journey.milestone_told),
    NEWS: _news_asked,
    TASK_ASKED: _task_asked,
    **BEFORE,
    **LINES_OF_ITEMS,
    **OF_PLANS,
}
"""The view of each notice about a referral."""


CONCERN_VIEWS: Mapping[str, Callable[[ConcernTold], list[Block]]] = {
    concern_telling.TO_CENTER: concern.to_center,
    concern_telling.TO_SENDER: concern.to_sender,
    concern_telling.ACKNOWLEDGED: concern.acknowledged,
    concern_telling.LINE: concern.line,
}
"""The view of each notice about an urgent concern."""


def _occasion(reading: Reading, notice: Notice, sheet: Sheet) -> messages.Occasion:
    told = notice.payload
    by = _clinician(reading, told.get("by"))
    return messages.Occasion(
        sheet=sheet,
        recipient=_recipient(reading, notice),
        event=Event(told["event"]) if "event" in told else None,
        by=by,
        replies=_replies(reading, notice),
        outcome=told.get("outcome", ""),
    )


def _replies(reading: Reading, notice: Notice) -> list[Reply]:
    ids = notice.payload.get("replies", [])
    found = reading.cases.replies(ids) if ids else []
    return sorted(found, key=lambda one: ids.index(one.id))


def _recipient(reading: Reading, notice: Notice) -> Clinician | None:
    return _clinician(reading, notice.recipient_id)


def _clinician(reading: Reading, clinician_id: str | None) -> Clinician | None:
    if clinician_id is None:
        return None
    return reading.people.clinicians([clinician_id]).get(clinician_id)


def _may_read(sheet: Sheet, recipient: Clinician | None) -> bool:
    if recipient is None or not recipient.active:
        return False
    return bool(sheet.parts_of(recipient.member))


def _was_due(notice: Notice) -> datetime | None:
    told = notice.payload.get("was_due")
    return datetime.fromisoformat(told) if told else None


def _days(notice: Notice) -> tuple[date, date]:
    starts, ends = (notice.payload[name] for name in ("starts", "ends"))
    return date.fromisoformat(starts), date.fromisoformat(ends)


def _about_center(reading: Reading, notice: Notice) -> Message | Unneeded:
    center = reading.people.site(notice.subject)
    recipient = _recipient(reading, notice)
    if recipient is None or not recipient.active or recipient.site_id != center.id:
        return Unneeded("no part")
    if notice.view == GAP:
        gap = Gap(*_days(notice))
        return Message("Duty has a gap", duty.gap_blocks(center, gap))
    found = long_unanswered(reading, center)
    mine = [one for one in found if one.parts_of(recipient.member)]
    if not mine:
        return Unneeded("answered meanwhile")
    return Message("What is long unanswered", duty.weekly_blocks(mine))


def _about_delivery(reading: Reading, notice: Notice) -> Message | Unneeded:
    told = _recipient(reading, notice)
    if notice.recipient_id is not None and (told is None or not told.active):
        return Unneeded("no part")
    if notice.view == STUCK:
        blocks = messages.reminder_stuck(str(notice.payload["kind"]))
        return Message("A reminder needs a look", blocks)
    about = reading.notices.notice(str(notice.payload["notice"]))
    if about is None:
        return GONE
    recipient = _clinician(reading, about.recipient_id)
    to = recipient.name if recipient else f"the channel {about.conversation}"
    sheet = _sheet_of(reading, notice)
    if notice.view == INSTEAD:
        return _told_instead(sheet, to)
    subject = sheet.case.code if sheet else _what(reading, about)
    if notice.view == DOUBLED:
        return Message("A message stood twice", messages.stood_twice(subject, to))
    blocks = messages.delivery_failed(subject, to, about.reason or "no reason given")
    return Message("A message could not be delivered", blocks)


def _told_instead(sheet: Sheet | None, to: str) -> Message | Unneeded:
    if sheet is None:
        return GONE
    return Message(card.card_text(sheet), messages.told_instead(sheet, to))


def _what(reading: Reading, notice: Notice) -> str:
    if notice.view == DIGEST:
        return "what is due this week"
    try:
        reading.covers.cover(notice.subject)
    except NotFound:
        return "a link"
    return "a cover"


_OF_NO_REFERRAL: Mapping[str, Callable[[Reading, Notice], Message | Unneeded]] = {
    **dict.fromkeys(ABOUT_DELIVERY, _about_delivery),
    **dict.fromkeys(ABOUT_CENTER, _about_center),
    **OF_COVERS,
    **OF_DIGESTS,
    **OF_ITEMS,
    **OF_PAPERS,
    **OF_SIGNING,
    **OF_TROUBLE,
}
"""The view of each notice whose subject is something else."""


def _sheet_of(reading: Reading, notice: Notice) -> Sheet | None:
    try:
        return make_sheets(reading, [reading.cases.referral(notice.subject)])[0]
    except NotFound:
        return None
