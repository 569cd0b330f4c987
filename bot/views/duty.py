"""Duty: who is asked and until when, who is away, and what is long unanswered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.lookups import DutyPage
from bot.sheets import Sheet
from bot.views import kit
from bot.views.card import heading, standing
from bot.views.cover import STAYS, ask_row
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from care.duty import Absence, Gap
from storage.records import Clinician, Site

SHOWN = 10


def duty_blocks(page: DutyPage) -> list[kit.Block]:
    """Return who is on duty and until when, and who is away."""
    name = kit.escape(page.center.name)
    blocks = [kit.section(f"*Duty at {name}*\n{_who(page)}")]
    away = [_away_line(one, page.people) for one in page.away[:SHOWN]]
    if away:
        blocks.append(kit.section("*Away*\n" + "\n".join(away)))
    blocks.append(kit.context(f"Day and night: {kit.escape(page.center.phone_24h)}"))
    buttons = _buttons(page)
    row = f"duty-{page.center.id}"
    return [*blocks, kit.actions(buttons, block_id=row)] if buttons else blocks


def duty_modal(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    """Return duty as a page, for those who have no command."""
    return kit.modal("Duty", blocks, callback_id=Form.READING)


def away_form(
    data: FormData,
    colleagues: Sequence[Clinician],
    today: date,
    *,
    may_cover: bool = False,
) -> dict[str, Any]:
    """Return the form in which somebody says that they are away.

    Where they may ask for cover of hours rather than days, it leads there.
    """
    options = [kit.option(one.name, one.id) for one in colleagues]
    cover = kit.select(VALUE, options, placeholder="Nobody in particular")
    blocks = [
        _day("First day away", Field.STARTS, today),
        _day("Last day away", Field.ENDS, today),
    ]
    if options:
        hint = "Asked in your place. Responsibility does not move."
        blocks.append(kit.field("Cover", Field.COVER, cover, hint=hint, optional=True))
    if may_cover:
        blocks += ask_row()
    return kit.modal(
        "Away",
        blocks,
        callback_id=Form.AWAY,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
        external_id=data.intent,
    )


def take_days_form(data: FormData, today: date) -> dict[str, Any]:
    """Return the form in which somebody takes days of the rota."""
    blocks = [
        _day("First day", Field.STARTS, today),
        _day("Last day", Field.ENDS, today),
        kit.context("These days are yours instead of whoever stands in the rota."),
    ]
    return kit.modal(
        "Take days of duty",
        blocks,
        callback_id=Form.TAKE_DAYS,
        metadata=data.dump(),
        submit="Take them",
        close="Cancel",
        external_id=data.intent,
    )


def gap_blocks(center: Site, gap: Gap) -> list[kit.Block]:
    """Tell that nobody has duty on some days."""
    first, last = _day_text(gap.starts), _day_text(gap.ends)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return [
        kit.section(
            f"Nobody has duty at {kit.escape(center.name)} {when}."
            " Somebody can take the day, or whoever is away can name a cover:"
            " `/baton duty`."
        )
    ]


def leave_told(away: Clinician, days: tuple[date, date] | None) -> list[kit.Block]:
    """Tell a colleague that they were named for a leave, or that it is over."""
    name = kit.escape(away.name)
    said = f"{name} is back, and first call again."
    if days:
        first, last = map(_day_text, days)
        when = f"on {first}" if first == last else f"from {first} to {last}"
        said = (
            f"{name} is away {when} and has named you: you are first call for all"
            f" patients of {name} then. {STAYS}"
        )
    buttons = [kit.button("My list", Act.MY_LIST), kit.button("Duty", Act.DUTY)]
    return [kit.section(said), kit.actions(buttons, block_id="leave")]


def weekly_blocks(sheets: Sequence[Sheet]) -> list[kit.Block]:
    """Return what is long unanswered and not urgent."""
    blocks = [kit.header("Not answered in twice the time")]
    for one in sheets[:SHOWN]:
        value = Carried(referral=one.referral.id).dump()
        button = kit.button("Show the case", Act.OPEN_CASE, value=value)
        text = f"*{heading(one)}*\n{standing(one)}"
        blocks.append(kit.section(text, accessory=button))
    if len(sheets) > SHOWN:
        blocks.append(kit.context(f"And {len(sheets) - SHOWN} more."))
    return blocks


def _who(page: DutyPage) -> str:
    if page.on_duty is None:
        return "Nobody has duty now. Please phone."
    name = kit.escape(page.on_duty.name)
    if page.until is None:
        return f"Next to be asked: {name}, the least recently asked."
    return f"{name}, until {_day_text(page.until)}."


def _away_line(absence: Absence, people: Mapping[str, Clinician]) -> str:
    name = kit.escape(people[absence.clinician_id].name)
    cover = people.get(absence.cover_id or "")
    days = f"{_day_text(absence.starts)} to {_day_text(absence.ends)}"
    return f"{name}: {days}" + (f", cover {kit.escape(cover.name)}" if cover else "")


def _buttons(page: DutyPage) -> list[kit.Element]:
    buttons = []
    if page.my_absence is not None:
        buttons.append(kit.button("I am back", Act.BACK))
    if page.may_be_away:
        buttons.append(kit.button("I will be away", Act.AWAY))
    if page.may_take_days:
        buttons.append(kit.button("Take days of duty", Act.TAKE_DAYS))
    return buttons


def _day(label: str, name: Field, initial: date) -> kit.Block:
    return kit.field(label, name, kit.date_picker(VALUE, initial=initial))


def _day_text(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
