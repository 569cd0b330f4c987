"""Pictures of what comes before the infusion: same patient, ready list, bridging."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sheets import Sheet
from bot.views import card, lists, matched, matching, messages
from bot.views.ids import FormData
from care.matching import How, Occasion
from care.referral import Event, Kind
from storage.matching import Match
from tests.conftest import T0

if TYPE_CHECKING:
    from tests.bot.pictures import Picture, Studio

INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"


def take_before(studio: Studio) -> Iterator[tuple[str, Picture]]:
    """Yield every view of what comes before the infusion, by name."""
    yield from _matching(studio)


def _matching(studio: Studio) -> Iterator[tuple[str, Picture]]:
    asked = studio.sheet
    evaluation = replace(asked, referral=replace(asked.referral, kind=Kind.EVALUATION))
    for name, sheet in (
        ("not yet", evaluation),
        ("by the practice", replace(evaluation, matches=[_match(asked, "oncologist")])),
    ):
        yield f"card, same patient {name}", post(card.card_blocks(sheet))
        about = messages.Occasion(sheet, sheet.referrer, by=sheet.referrer)
        yield f"requested, same patient {name}", post(messages.requested(about))
        blocks = lists.case_blocks([sheet], studio.world.oncologist.member)
        yield f"case, same patient {name}", post(blocks)
        data = FormData(INTENT, sheet.referral.id, Event.TAKE.name)
        view = matching.same_patient_form(sheet, data)
        yield f"same patient form, {name}", ("views.update", {"view": view})
        view = matching.take_form(sheet, data)
        yield f"take form, {name}", ("views.update", {"view": view})
        about = replace(about, recipient=sheet.asked)
        for how in How:
            told = matched.matched_told(about, how)
            yield f"same patient told, {name}, {how}", post(told)
            line = matched.matched_line(about, how)
            yield f"same patient line, {name}, {how}", post(line)


def _match(sheet: Sheet, whose: str) -> Match:
    who = {"oncologist": sheet.referrer, "first_specialist": sheet.asked}[whose]
    return Match(
        id=f"match-{whose}",
        case_id=sheet.case.id,
        link_id=sheet.link.id,
        site_id=who.site_id,
        occasion=Occasion.EVALUATION,
        subject=sheet.referral.id,
        how=How.BY_RECORD,
        clinician_id=who.id,
        at=T0,
    )


def post(blocks: list[dict[str, Any]]) -> Picture:
    """Return blocks as a message that is posted."""
    return "chat.postMessage", {"text": "MM-7K3Q9: question", "blocks": blocks}
