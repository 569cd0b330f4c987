"""A check as a page: what it is, where that was read, what became of it, what next.

The same is shown whatever was recorded: no colour, order or word goes by a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.checks import Check
from bot.items import CheckPage, Past, VisitPage
from bot.views import item_lines, item_words, kit
from bot.views.card import mention
from bot.views.footing import footing
from bot.views.ids import Act, Form, FormOf, Shown
from bot.views.knowledge import row_text
from bot.views.messages import Occasion, late
from care.item import DUE, WAITING, Event, State, Why
from care.knowledge.protocol import Ends
from storage.records import Clinician

TITLE = "Check"
VISIT = "Visit"
PAST_SHOWN = 4
NOBODY_TOLD = "Recorded. Nobody was told."


def form_id(of: FormOf) -> str:
    """Return the action id of the button that opens a form."""
    return f"{Act.ITEM_FORM}:{of.name}"


def check_modal(
    page: CheckPage, said: str = "", *, told_nobody: bool = False
) -> dict[str, Any]:
    """Return the page of one check, below what was just done with it."""
    blocks = [
        *([kit.section(f"*{kit.escape(said)}*")] if said else []),
        *(_after_value(page) if told_nobody else []),
        kit.section(item_lines.check_text(page.check, doer=True)),
        *row_text(page.known, page.row),
        *_recorded(page),
        *_ended(page),
        *_history(page.past),
        *_moves(page),
    ]
    shown = Shown((page.check.item.id,)).dump()
    return kit.modal(TITLE, blocks, callback_id=Form.READING, metadata=shown)


def visit_modal(page: VisitPage, said: str = "") -> dict[str, Any]:
    """Return the checks of a visit, each with its menu."""
    to_do = [one for one in page.checks if one.item.state in WAITING]
    buttons = _visit_buttons(to_do)
    if page.undoable:
        value = Shown(tuple(page.undoable)).dump()
        buttons.append(kit.button("Undo", Act.ITEM_UNDO, value=value))
    plain = [one for one in page.checks if not item_words.runs(one.row)]
    blocks = [
        *([kit.section(f"*{kit.escape(said)}*")] if said else []),
        kit.section(item_lines.visit_text(plain or page.checks, doer=True)),
        *(item_lines.check_line(one) for one in page.checks),
        *([kit.actions(buttons)] if buttons else []),
    ]
    shown = Shown(tuple(one.item.id for one in page.checks)).dump()
    return kit.modal(VISIT, blocks, callback_id=Form.READING, metadata=shown)


def _visit_buttons(to_do: Sequence[Check]) -> list[kit.Element]:
    """Return what can be done with all that is still to do; precautions only wait."""
    plain = [one for one in to_do if not item_words.runs(one.row)]
    done, waits = (
        Shown(tuple(one.item.id for one in some)).dump() for some in (plain, to_do)
    )
    found: list[kit.Element] = []
    if plain:
        found.append(kit.button("All done", Act.ITEM_DONE, value=done))
        found.append(kit.button("All but …", Act.ITEM_ALL_BUT, value=done))
    if all(one.item.state in DUE for one in to_do) and to_do:
        found.append(_form_button("Remind me later", FormOf.PUT_OFF, waits))
    if all(one.item.state is not State.HELD for one in to_do) and to_do:
        found.append(_form_button("Put on hold", FormOf.HOLD, waits))
    return found


def last_day(
    about: Occasion, lines: Sequence[kit.Block], was_due: Any = None
) -> list[kit.Block]:
    """Return the one message about what has its last day, as it stands now."""
    code = f"*{about.sheet.case.code}*"
    if not lines:
        return [kit.section(f"{code}: all of it is seen to.")]
    return [
        kit.section(f"{code}: the last day to record this in its window."),
        *lines,
        *late(was_due),
        footing(about.sheet),
    ]


def result_line(about: Occasion, to: Clinician) -> list[kit.Block]:
    """Return the line that asks the center to look at a result; never the result."""
    who = kit.escape(about.by.name) if about.by else "Somebody"
    return [
        kit.section(
            f"{mention(about.sheet, to)}: {who} asks you to look at a result of"
            f" {about.sheet.case.code}. See your record."
        )
    ]


def undo_blocks(said: str, item_ids: Sequence[str]) -> list[kit.Block]:
    """Return what a click did, as only who clicked sees it, with the way back."""
    value = Shown(tuple(item_ids)).dump()
    button = kit.button("Undo", Act.ITEM_UNDO, value=value)
    return [kit.section(kit.escape(said), accessory=button)]


def _after_value(page: CheckPage) -> list[kit.Block]:
    """Return what follows a value: nobody was told, and how somebody is."""
    center = page.sheet.center
    if page.by.site_id == center.id:
        return [kit.section(NOBODY_TOLD)]
    value = Shown((page.check.item.id,)).dump()
    name, number = kit.escape(center.name), kit.phone(center.phone_24h)
    return [
        kit.section(f"{NOBODY_TOLD} Call {name}: {number}"),
        kit.actions([kit.button("Tell the center", Act.ITEM_TELL_CENTER, value=value)]),
    ]


def _recorded(page: CheckPage) -> list[kit.Block]:
    """Return what was recorded with it: words, whatever they are."""
    item = page.check.item
    told = [("Recorded", item.value), ("Note", item.note)]
    lines = [f"{label}: {kit.escape_within(text, 600)}" for label, text in told if text]
    if item.drawn_on and item.done_on is None:
        lines.append(f"Drawn {item_words.upon(page.check.time, item.drawn_on)}")
    return [kit.section("\n".join(lines))] if lines else []


def _ended(page: CheckPage) -> list[kit.Block]:
    if not page.has_ended:
        return []
    why = page.goes.ended_why
    told = f"\n{kit.quote(why)}" if why else ""
    return [kit.section(f"{kit.escape(page.check.row.name)} has ended.{told}")]


def _history(past: Sequence[Past]) -> list[kit.Block]:
    shown = [_past(one) for one in past[:PAST_SHOWN]]
    more = len(past) - PAST_SHOWN
    lines = [*shown, *([f"and {more} more"] if more > 0 else [])]
    return [kit.context("\n".join(lines))] if lines else []


def _past(one: Past) -> str:
    who = kit.escape(one.by.name) if one.by else "Baton"
    did = item_words.EVENTS.get(one.change.event, one.change.event)
    return f"{who}: {did}, {kit.moment(one.change.at)}"


def _moves(page: CheckPage) -> list[kit.Block]:
    shown = Shown((page.check.item.id,)).dump()
    buttons = _running(page, shown) if page.about.runs else _plain(page, shown)
    if page.can_undo:
        buttons.append(kit.button("Undo", Act.ITEM_UNDO, value=shown))
    more = _more(page, shown)
    if not buttons and not more:
        return [kit.context("Nothing is asked of you here.")]
    return [kit.actions([*buttons, *more])]


def _plain(page: CheckPage, shown: str) -> list[kit.Element]:
    """Return what can be done with a check, the next move first."""
    found: list[kit.Element] = []
    if page.may(Event.DO):
        verb = item_words.verb(page.check.row)
        found.append(kit.button(verb, Act.ITEM_DONE, value=shown, primary=True))
        found.append(_form_button("With day or value", FormOf.DO, shown))
    if page.may(Event.DRAW) and item_words.is_lab(page.check.row):
        found.append(kit.button("Drawn", Act.ITEM_DRAWN, value=shown))
    return [*found, *_waits(page, shown)]


def _running(page: CheckPage, shown: str) -> list[kit.Element]:
    """Return what can be done with a precaution: it goes on, or it ends."""
    found: list[kit.Element] = []
    if page.may(Event.DO) and page.may_decide:
        found.append(_form_button("It goes on", FormOf.GOES_ON, shown))
    return [*found, *_waits(page, shown)]


def _waits(page: CheckPage, shown: str) -> list[kit.Element]:
    found: list[kit.Element] = []
    if page.may(Event.PUT_OFF):
        found.append(_form_button("Remind me later", FormOf.PUT_OFF, shown))
    if page.may(Event.TAKE_UP):
        found.append(kit.button("Take up again", Act.ITEM_TAKE_UP, value=shown))
    if page.may(Event.HOLD):
        found.append(_form_button("Put on hold", FormOf.HOLD, shown))
    if page.may(Event.REOPEN) and page.check.item.why is not Why.ENDED:
        found.append(_form_button("Open again", FormOf.REOPEN, shown))
    return found


def _more(page: CheckPage, shown: str) -> list[kit.Element]:
    """Return the menu of what is seldom done."""
    entries: list[tuple[str, FormOf]] = []
    if page.may(Event.ELSEWHERE) and not page.about.runs:
        entries.append(("Done elsewhere", FormOf.ELSEWHERE))
    if page.may(Event.WAIVE) and not page.about.runs:
        entries.append(("Not needed", FormOf.WAIVE))
    if page.may(Event.DO):
        entries.append(("Give it to somebody", FormOf.GIVE))
    if page.may_decide and not page.sheet.has_died:
        entries += _ends(page)
    if not entries:
        return []
    ids = Shown.load(shown).items
    return [
        kit.overflow(
            Act.ITEM_MORE,
            [(label, Shown(ids, of.name).dump()) for label, of in entries],
        )
    ]


def _ends(page: CheckPage) -> list[tuple[str, FormOf]]:
    ends = page.check.row.ends
    if ends is None or ends.how is Ends.LIFE_LONG:
        return []
    if page.has_ended:
        return [("Let it go on after all", FormOf.AFTER_ALL)]
    over = page.check.item.state is State.NOT_NEEDED
    return [] if over else [("It ends", FormOf.END)]


def _form_button(label: str, of: FormOf, shown: str) -> kit.Element:
    return kit.button(label, form_id(of), value=shown)
