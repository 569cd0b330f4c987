"""Every view of Baton, in every state, made of a small world that stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.lookups import DutyPage, MyList
from bot.sheets import Sheet, make_sheets
from bot.views import card, chart, duty, forms, lists, messages
from bot.views.ids import Field, FormData
from bot.views.trouble import trouble_began, trouble_over
from care.duty import Absence, Gap
from care.referral import (
    Event,
    IllegalMove,
    Kind,
    Progress,
    Side,
    State,
    Urgency,
    find_move,
)
from care.response import Step
from scheduler.auditing import Trouble
from storage.records import Clinician, Referral, Reply, ReplyKind
from storage.unit import Store
from tests.bot.cover_pictures import cover_pictures
from tests.bot.pictures_before import take_before
from tests.bot.pictures_of_boards import pictures_of_boards
from tests.bot.pictures_of_concerns import concern_pictures
from tests.bot.pictures_of_handoffs import pictures_of_handoffs
from tests.bot.pictures_of_items import pictures_of_items
from tests.bot.pictures_of_journeys import pictures_of_journeys
from tests.bot.pictures_of_plans import pictures_of_plans
from tests.bot.pictures_of_signing import pictures_of_signing
from tests.conftest import T0
from tests.world import OPERATOR, QUESTION, World, new_case, new_referral, new_reply

WORST = "&<>*_~`\n<!channel> <@U1> *bold* " * 94
"""3000 characters of what Slack would read as markup, mentions and entities."""
RTL = "\u202e\u05de\u05d9\u05d0\u05dc\u05d5\u05de\u05d4 \u0646\u0641\u0648\u064a\u202c "
LONGEST = ("W" * 60 + " <!here> & *Co*" + RTL)[:80]

Picture = tuple[str, dict[str, Any]]
"""A method of Slack's, and what it is called with."""


@dataclass(frozen=True)
class Words:
    """What people wrote and are called in a set of pictures."""

    question: str = QUESTION
    reply: str = "CAR T first, if a slot comes within six weeks."
    name: str = ""


READERS = {
    Step.NEXT_ON_DUTY: ("second_specialist", "requested, center"),
    Step.LEAD: ("center_coordinator", "requested, urgent"),
    Step.PRACTICE: ("oncologist", "requested, practice"),
    Step.PRACTICE_COORDINATOR: ("practice_coordinator", "requested, practice"),
    Step.PLEASE_PHONE: ("center_coordinator", "requested, practice"),
    Step.OUTCOME: ("oncologist", "answered"),
    Step.OUTCOME_AGAIN: ("oncologist", "answered"),
}
"""Who reads a step, and how the referral stands then; else the one on duty."""

ORDINARY = Words()
WORST_CASE = Words((WORST * 2)[:3000], (WORST * 2)[:3000], LONGEST)


@dataclass(frozen=True)
class Studio:
    """What pictures are taken of: one referral's sheet in each state."""

    world: World
    sheets: Mapping[str, Sheet]
    reply: Reply
    words: Words

    @property
    def sheet(self) -> Sheet:
        """The referral as it was asked."""
        return self.sheets["requested, center"]


def make_studio(store: Store, world: World, words: Words) -> Studio:
    """Keep a case with a referral and a reply, and return their sheets."""
    with store.act(OPERATOR) as uow:
        case = new_case(uow, world, id="case-1", code="MM-7K3Q9")
        asked = new_referral(uow, world, case, id="referral-1", question=words.question)
        reply = new_reply(
            uow, asked, id="reply-1", text=words.reply, message_ts="1800000000.000001"
        )
        sheet = make_sheets(uow, [asked])[0]
    sheet = _renamed(sheet, words.name) if words.name else sheet
    sheets = {
        name: replace(sheet, referral=referral)
        for name, referral in _states(asked, world)
    }
    return Studio(world, sheets, reply, words)


def take_pictures(studio: Studio) -> dict[str, Picture]:
    """Return every view by name."""
    told = dict(_cards(studio)) | dict(_messages(studio)) | dict(_moves(studio))
    told |= dict(_lists(studio)) | dict(_forms(studio))
    told |= dict(concern_pictures(studio.sheet, studio.world.oncologist.member))
    told |= dict(_duty(studio)) | dict(_charts(studio))
    words = (studio.words.question, studio.words.name)
    told |= dict(take_before(studio)) | dict(cover_pictures(studio))
    told |= dict(pictures_of_journeys(studio.sheet, studio.words.question))
    told |= dict(pictures_of_plans(studio.sheet, studio.words.question))
    told |= dict(pictures_of_boards(studio.sheet, studio.words.question))
    told |= dict(pictures_of_items(studio.world, studio.sheet, studio.words.question))
    told |= dict(
        pictures_of_signing(
            studio.sheet.center, studio.sheet.asked, studio.words.question
        )
    )
    return told | dict(pictures_of_handoffs(studio.sheet, *words))


def _states(asked: Referral, world: World) -> Iterator[tuple[str, Referral]]:
    taker = world.first_specialist.clinician_id
    later = T0 + timedelta(hours=1)
    yield "requested, center", asked
    yield "requested, practice", replace(asked, waiting_on=Side.PRACTICE)
    yield "requested, urgent", replace(asked, urgency=Urgency.URGENT)
    taken = replace(asked, state=State.ACCEPTED, taker_id=taker, responded_at=later)
    yield "accepted, center", taken
    yield "accepted, practice", replace(taken, waiting_on=Side.PRACTICE)
    yield "accepted, evaluation", replace(taken, kind=Kind.EVALUATION)
    answered = replace(taken, state=State.ANSWERED, waiting_on=None, answered_at=later)
    yield "answered", answered
    for state in (State.DECLINED, State.WITHDRAWN):
        yield (
            state.value,
            replace(
                asked,
                state=state,
                previous=State.REQUESTED,
                waiting_on=None,
                ended_at=later,
            ),
        )
    yield (
        "closed",
        replace(
            answered,
            state=State.CLOSED,
            previous=State.ANSWERED,
            ended_at=later,
            outcome="advice followed",
        ),
    )


def _renamed(sheet: Sheet, name: str) -> Sheet:
    people = {id_: replace(one, name=name) for id_, one in sheet.people.items()}
    return replace(
        sheet,
        people=people,
        practice=replace(sheet.practice, name=name),
        center=replace(sheet.center, name=name),
        responsible_site=replace(sheet.responsible_site, name=name),
    )


def _post(blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"text": "MM-7K3Q9: question", "blocks": blocks}


def _cards(studio: Studio) -> Iterator[tuple[str, Picture]]:
    for name, sheet in studio.sheets.items():
        yield f"card, {name}", _post(card.card_blocks(sheet))


def _about(
    studio: Studio, sheet: Sheet, whose: str = "oncologist", **more: Any
) -> messages.Occasion:
    somebody = getattr(studio.world, whose)
    recipient = Clinician(
        id=somebody.clinician_id,
        site_id=somebody.site_id,
        key=whose,
        name=studio.words.name or somebody.name,
        role=somebody.role,
        duty_order=None,
        active=True,
    )
    return messages.Occasion(sheet=sheet, recipient=recipient, **more)


def _messages(studio: Studio) -> Iterator[tuple[str, Picture]]:
    sheet, world = studio.sheet, studio.world
    specialist = _about(studio, sheet, "first_specialist")
    yield "pinned", _post(messages.pinned(sheet.link, sheet.center, sheet.practice))
    yield "question", _post(messages.question(sheet))
    yield "asked", _post(messages.asked(specialist))
    yield "requested", _post(messages.requested(_about(studio, sheet)))
    for step in messages.BROUGHT_UP:
        whose, stands = READERS.get(step, ("first_specialist", "requested, center"))
        about = _about(studio, studio.sheets[stands], whose)
        for late in (None, T0):
            said = f"brought up, {step}{', late' if late else ''}"
            yield said, _post(messages.brought_up(about, step, late))
    for whose, again in (("first_specialist", False), ("oncologist", True)):
        asked = messages.what_is_it(
            _about(studio, sheet, whose),
            studio.reply,
            again=again,
            was_due=T0 if again else None,
        )
        yield f"what is it, {whose}", _post(asked)
    name = studio.words.name or world.oncologist.name
    failed = messages.delivery_failed("MM-7K3Q9", name, "the channel is archived")
    yield "delivery failed", _post(failed)
    yield "stood twice", _post(messages.stood_twice("MM-7K3Q9", name))
    yield "told instead", _post(messages.told_instead(sheet, name))
    yield "reminder stuck", _post(messages.reminder_stuck("referral"))
    for one in Trouble:
        what = "delivery" if one is Trouble.TICK else ""
        began = trouble_began(one, count=2, since=T0, what=what)
        yield f"{one}, began", _post(began)
        over = trouble_over(one, count=1, since=T0, until=T0, what=what)
        yield f"{one}, over", _post(over)


def _after(studio: Studio, event: Event) -> Sheet:
    """Return the first sheet in which a referral may stand after a move."""
    for sheet in studio.sheets.values():
        try:
            row = find_move(Progress(Kind.ADVICE, sheet.referral.state), event)
        except IllegalMove:
            continue
        wanted = row.to or State.ANSWERED
        return next(
            one for one in studio.sheets.values() if one.referral.state is wanted
        )
    raise AssertionError(event)


def _moves(studio: Studio) -> Iterator[tuple[str, Picture]]:
    clinician = next(iter(studio.sheet.people.values()))
    written = (
        replace(studio.reply, message_ts=None),
        replace(studio.reply, id="reply-2", kind=ReplyKind.INSTEAD, message_ts=None),
    )
    for event in Event:
        sheet = _after(studio, event)
        for whose in ("oncologist", "first_specialist"):
            about = _about(
                studio,
                sheet,
                whose,
                event=event,
                by=clinician,
                replies=written,
                outcome="Advice followed",
            )
            yield f"moved, {event}, {whose}", _post(messages.moved(about))
        yield f"line, {event}", _post(messages.line(about))


def _lists(studio: Studio) -> Iterator[tuple[str, Picture]]:
    me = studio.world.first_specialist.member
    sheet = studio.sheet
    open_ones = tuple(
        replace(one, referral=replace(one.referral, id=f"referral-{number}"))
        for number, one in enumerate([*studio.sheets.values()] * 2)
    )
    full = MyList(open_ones, ((sheet, studio.reply),), open_ones)
    for name, mine in (("empty", MyList((), (), ())), ("full", full)):
        blocks = lists.my_list_blocks(mine, me, may_refer=True)
        yield f"list, {name}", _post(blocks)
        yield f"home, {name}", ("views.publish", {"view": lists.home(blocks)})
        page = lists.my_list_modal(blocks)
        yield f"list page, {name}", ("views.open", {"view": page})
    home = lists.stranger_home(studio.words.question[:500])
    yield "home, stranger", ("views.publish", {"view": home})
    for whose in ("oncologist", "first_specialist"):
        member = getattr(studio.world, whose).member
        yield f"case, {whose}", _post(lists.case_blocks(open_ones, member))
    replies = [
        replace(studio.reply, id=f"reply-{number}", kind=kind)
        for number, kind in enumerate(ReplyKind)
    ] * 5
    page = lists.case_modal([sheet], me, replies, sheet.people)
    yield "case page", ("views.open", {"view": page})
    yield "help", _post(lists.help_blocks())
    yield "help, unknown", _post(lists.help_blocks(studio.words.question))


def _forms(studio: Studio) -> Iterator[tuple[str, Picture]]:
    data = FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55")
    yield "loading", ("views.open", {"view": forms.loading("Ask the center", data)})
    said = forms.notice("Baton", studio.words.question[:2000])
    yield "notice", ("views.push", {"view": said})
    for name, choices, values in _choices(studio):
        for kind in Kind:
            view = forms.referral_form(data, kind, choices, values)
            yield f"referral form, {name}, {kind}", ("views.open", {"view": view})
    for event in forms.MOVE_FORMS:
        for name, draft in _drafts(studio):
            moving = FormData(data.intent, "referral-1", event.name)
            view = forms.move_form(event, moving, draft)
            yield f"move form, {event}, {name}", ("views.open", {"view": view})


def _duty(studio: Studio) -> Iterator[tuple[str, Picture]]:
    sheet, today = studio.sheet, T0.date()
    people = list(sheet.people.values())
    for name, page in _duty_pages(studio):
        blocks = duty.duty_blocks(page)
        yield f"duty, {name}", _post(blocks)
        yield f"duty page, {name}", ("views.open", {"view": duty.duty_modal(blocks)})
    data = FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55")
    for name, colleagues in (("alone", []), ("with colleagues", people)):
        view = duty.away_form(data, colleagues, today)
        yield f"away form, {name}", ("views.open", {"view": view})
    view = duty.take_days_form(data, today)
    yield "take days form", ("views.open", {"view": view})
    for name, last in (("a day", today), ("days", today + timedelta(days=2))):
        yield f"gap, {name}", _post(duty.gap_blocks(sheet.center, Gap(today, last)))
    many = [
        replace(sheet, referral=replace(sheet.referral, id=f"referral-{number}"))
        for number in range(12)
    ]
    yield "weekly list", _post(duty.weekly_blocks(many))


def _duty_pages(studio: Studio) -> Iterator[tuple[str, DutyPage]]:
    sheet, today = studio.sheet, T0.date()
    who, cover = sheet.asked, sheet.referrer
    away = Absence(who.id, today, today + timedelta(days=3), cover.id)
    nobody = DutyPage(
        center=sheet.center,
        on_duty=None,
        until=None,
        away=(),
        people=sheet.people,
        my_absence=None,
        may_be_away=False,
        may_take_days=False,
    )
    yield "nobody, seen from a practice", nobody
    yield "without a rota", replace(nobody, on_duty=who, may_be_away=True)
    yield (
        "with a rota and absences",
        replace(
            nobody,
            on_duty=cover,
            until=today,
            away=(away,) * 12,
            my_absence=away,
            may_be_away=True,
            may_take_days=True,
        ),
    )


def _charts(studio: Studio) -> Iterator[tuple[str, Picture]]:
    sheet = studio.sheets["answered"]
    answer = replace(studio.reply, kind=ReplyKind.ANSWER)
    withheld = replace(answer, id="reply-2", text=None, withheld="identifier")
    for name, replies in (("question", []), ("answers", [answer, withheld])):
        text = chart.chart_text(sheet, replies, sheet.people)
        yield f"chart, {name}", ("views.open", {"view": chart.chart_modal(text)})


def _drafts(studio: Studio) -> Iterator[tuple[str, dict[str, str]]]:
    yield "empty", {}
    yield "draft", {Field.TEXT: studio.words.reply, Field.INSTEAD: studio.words.reply}


def _choices(
    studio: Studio,
) -> Iterator[tuple[str, forms.Choices, dict[str, str]]]:
    sheet = studio.sheet
    people = list(sheet.people.values())
    limits: dict[Urgency, datetime] = dict.fromkeys(Urgency, T0)
    few = forms.Choices(
        links=[(sheet.link, sheet.center)],
        specialists=[],
        cases=[],
        responsible=[],
        limits=limits,
    )
    another = replace(sheet.link, id="link-2")
    many = forms.Choices(
        links=[(sheet.link, sheet.center), (another, sheet.center)],
        specialists=people,
        cases=[sheet.case],
        responsible=people,
        limits=limits,
    )
    yield "few", few, {}
    yield "many", many, {Field.QUESTION: studio.words.question}
    yield "my case", many, {Field.CASE: sheet.case.id, Field.LINK: another.id}
