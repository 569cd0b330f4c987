"""A board: patients a line each, what it is narrowed to on top, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.boards import Board, Patient
from bot.checks import Check
from bot.sheets import Sheet
from bot.views import journey_words, kit, words
from bot.views.card import standing
from bot.views.ids import Act, Carried, Form
from bot.views.next_move import next_move
from care.item import State
from care.journey import Phase
from care.milestone import Product
from storage.boards import Place, Sought
from storage.records import Life

TITLE = "Patients"
NAMED = 3
"""How many checks a line names before it says how many more there are."""
EVERY = "every"
"""The value of the entry that narrows nothing."""
NO_JOURNEY = "none"
MOST_CHOICES = 99
FILTERS = "board-filters"
"""The block of the filters: what is chosen there is read from the page itself."""

SAID: Mapping[Place, str] = {
    Place.NOT_RECORDED: "*Not yet recorded*",
    Place.OPEN: "Now",
    Place.AHEAD: "Next",
}


def patients_button() -> kit.Element:
    """Return the button that opens the board."""
    return kit.button(TITLE, Act.PATIENTS)


def board_modal(page: Board) -> dict[str, Any]:
    """Return a page of a board."""
    blocks = [kit.section(_count(page)), kit.actions(_filters(page), block_id=FILTERS)]
    blocks += [kit.section(line(one), accessory=_open(one)) for one in page.patients]
    if not page.total:
        blocks.append(kit.section(_nothing(page)))
    if buttons := _turns(page):
        blocks.append(kit.actions(buttons, block_id="board-pages"))
    return kit.modal(TITLE, blocks, callback_id=Form.READING)


def line(one: Patient) -> str:
    """Return a patient in one line: code, phase, what is next, and with whom."""
    sheet, code = one.sheet, f"*{one.sheet.case.code}*"
    if one.checks:
        return f"{code} · {_phase(sheet)} · {SAID[one.place]}: {_checks(one.checks)}"
    if sheet.case.life is Life.HOSPICE:
        return f"{code} · hospice · Nothing is asked."
    if sheet.course is not None and one.place is Place.QUIET:
        who = kit.escape(sheet.responsible.name)
        site = kit.escape(sheet.responsible_site.name)
        return f"{code} · {_phase(sheet)} · Nothing is planned, with {who} ({site})"
    if sheet.course is not None:
        return f"{code} · {next_move(sheet, sheet.course)}"
    first = standing(sheet).splitlines()[0]
    return f"{code} · {words.KIND[sheet.referral.kind]} · {first}"


def sought_in(values: Mapping[str, Any]) -> Sought:
    """Return what is chosen in the filters of a page, as Slack gives its state."""
    chosen = {
        act: value
        for act, told in values.get(FILTERS, {}).items()
        if (value := (told.get("selected_option") or {}).get("value"))
        not in {None, EVERY}
    }
    phase, product = chosen.get(Act.BOARD_PHASE), chosen.get(Act.BOARD_PRODUCT)
    return Sought(
        site_id=chosen.get(Act.BOARD_SITE),
        product=Product[product] if product else None,
        phase=Phase[phase] if phase and phase != NO_JOURNEY else None,
        no_journey=phase == NO_JOURNEY,
        person_id=chosen.get(Act.BOARD_PERSON),
    )


def _count(page: Board) -> str:
    if not page.total:
        return f"*{kit.escape(page.here.name)}*"
    whose = kit.escape(page.here.name) if page.whole_site else "Yours"
    patients = "1 patient" if page.total == 1 else f"{page.total} patients"
    last = page.first + len(page.patients) - 1
    shown = f" · {page.first} to {last}" if len(page.patients) < page.total else ""
    waits = f" · {page.not_recorded} not yet recorded" if page.not_recorded else ""
    return f"*{whose}* · {patients}{waits}{shown}"


def _nothing(page: Board) -> str:
    if page.sought != Sought():
        return "No patient is like this. Choose “All …” above to see more."
    if page.whole_site:
        return "No patients yet. They stand here from the first question about them."
    return "No patients of yours. Those you refer, take or answer for stand here."


def _filters(page: Board) -> list[kit.Element]:
    sought, others = page.sought, page.others
    phase = sought.phase.name if sought.phase else None
    sites = [(one.name, one.id) for one in others]
    phases = [("Question, no journey yet", NO_JOURNEY)]
    phases += [(words.begun(journey_words.awaited(one)), one.name) for one in Phase]
    products = [(words.begun(one.value), one.name) for one in Product]
    people = [(one.name, one.id) for one in page.people]
    made = [
        (Act.BOARD_SITE, "All sites", sites, sought.site_id),
        (Act.BOARD_PRODUCT, "All products", products, _name(sought.product)),
        (
            Act.BOARD_PHASE,
            "All phases",
            phases,
            NO_JOURNEY if sought.no_journey else phase,
        ),
        (Act.BOARD_PERSON, "All people", people, sought.person_id),
    ]
    return [_filter(*one) for one in made if len(one[2]) > 1]


def _filter(
    act: Act, every: str, choices: Sequence[tuple[str, str]], chosen: str | None
) -> kit.Element:
    options = [kit.option(every, EVERY)]
    options += [kit.option(label, value) for label, value in choices[:MOST_CHOICES]]
    return kit.select(act, options, placeholder=every, initial=chosen or EVERY)


def _turns(page: Board) -> list[kit.Element]:
    def turn(label: str, act: Act, number: int) -> kit.Element:
        return kit.button(label, act, value=Carried(page=str(number)).dump())

    earlier = [turn("Earlier", Act.BOARD_EARLIER, page.number - 1)]
    later = [turn("Next", Act.BOARD_NEXT, page.number + 1)]
    return [*(earlier if page.number else []), *(later if page.has_next else [])]


def _open(one: Patient) -> kit.Element:
    value = Carried(referral=one.sheet.referral.id).dump()
    return kit.button("Show the case", Act.OPEN_CASE, value=value)


def _phase(sheet: Sheet) -> str:
    if sheet.course is None:
        return words.KIND[sheet.referral.kind]
    return journey_words.awaited(sheet.course.phase)


def _checks(checks: Sequence[Check]) -> str:
    """Return checks by their names, with the window of the first, and with whom.

    Those that others do are counted alone, since they are not with whom is named.
    """
    first = checks[0]
    same = [one for one in checks if (one.doer, one.site) == (first.doer, first.site)]
    names = list(dict.fromkeys(one.row.name for one in same))[:NAMED]
    left = len({one.row.name for one in checks}) - len(names)
    more = f" (+{left})" if left > 0 else ""
    told = f"{kit.escape(words.listed(names))}{more}, {when(first)}"
    if first.item.state is State.HELD and first.item.hold:
        told = f"{told}, held ({first.item.hold})"
    who = kit.escape(first.doer.name) if first.doer else "nobody"
    return f"{told}, with {who} ({kit.escape(first.site.name)})"


def when(check: Check) -> str:
    """Return a check's window as far as its day may be said."""
    return check.time.now(check.item.window.target)


def _name(product: Product | None) -> str | None:
    return product.name if product else None


def _chosen(told: Mapping[str, Any]) -> str | None:
    value: str | None = (told.get("selected_option") or {}).get("value")
    return value
