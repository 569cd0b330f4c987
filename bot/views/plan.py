"""The plan after CAR T as a page: the next visit first, then the whole in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.checks import Check
from bot.plans import Entry, PlanPage
from bot.views import kit, words
from bot.views.ids import Act, Carried, Form
from bot.views.item_lines import check_line, visit_lines
from bot.views.item_words import upon
from bot.views.row_words import end_words, row_lines
from care.item import State
from care.knowledge.protocol import Kind
from care.plan_table import Period, by_scale

TITLE = "Plan"
SHOWN = 5
"""How many of a list stand on the page before it says how many more there are."""
MOST = 40
"""Of precautions, on a page of their own; a plan has far fewer."""
THEN = 3
"""How many visits after the next one stand on the page; the whole plan has the rest."""
PERIODS = 12
"""Of the whole plan, how many times after Day 0 stand on one page."""
ENDED: Mapping[str, str] = {
    "no infusion": "The infusion was taken back, so this plan rests.",
    "second CAR T": "A later CAR T has a plan of its own.",
}
_TOLD: Mapping[State | None, str] = {
    State.MISSED: "not yet recorded",
    State.OPEN: "open",
    State.HELD: "held",
    State.DONE: "done",
    State.DONE_LATE: "done",
    State.NOT_NEEDED: "not needed",
    State.UPCOMING: "to come",
    None: "to come",
}


def plan_modal(page: PlanPage) -> dict[str, Any]:
    """Return the plan: what is not signed, the next visit, then all else in short."""
    return kit.modal(
        TITLE,
        [
            kit.header(page.sheet.case.code),
            *_first_line(page),
            *_ended(page),
            *_lost(page),
            *_conditions(page),
            *_next_visit(page),
            *_listed("Not yet recorded", page, page.missed),
            *_listed("On hold", page, page.held),
            *_listed("Precautions to look at", page, page.running_now),
            *_later_visits(page),
            kit.actions(_buttons(page), block_id="plan"),
            *_changes(page),
        ],
        callback_id=Form.READING,
    )


def signed_line(page: PlanPage) -> str:
    """Return how much of the protocol is signed; "" where all of it is."""
    return str(page.signed) if page.signed.unsigned else ""


def table_modal(page: PlanPage, number: int) -> dict[str, Any]:
    """Return one page of the whole plan by weeks, months and years."""
    every = page.table
    last = max(0, (len(every) - 1) // PERIODS)
    number = min(max(number, 0), last)
    here = every[number * PERIODS : (number + 1) * PERIODS]
    blocks = [
        block
        for scale, members in by_scale(here)
        for block in (
            kit.section(f"*{scale.capitalize()}*"),
            *kit.paragraphs([_period(one) for one in members]),
        )
    ]
    turning = [
        (label, act, to)
        for label, act, to in (
            ("Earlier", Act.PLAN_EARLIER, number - 1),
            ("Later", Act.PLAN_LATER, number + 1),
        )
        if 0 <= to <= last
    ]
    buttons = [_button(page, label, act, str(to)) for label, act, to in turning]
    nothing = [] if every else [kit.section("Nothing is scheduled.")]
    row = [kit.actions(buttons, block_id="pages")] if buttons else []
    first = [kit.section(line)] if (line := signed_line(page)) else []
    return _page(page, "Whole plan", [*first, *nothing, *blocks, *row])


def list_modal(page: PlanPage, kind: Kind) -> dict[str, Any]:
    """Return what holds without being due, each row with what it rests on."""
    found = page.listed(kind)
    titles = {Kind.STANDING: "What holds", Kind.AT_EACH_VISIT: "At each visit"}
    nothing = kit.section("Your center has signed no such row.")
    rows = [kit.section(row_lines(page, one)) for one in found[:90]]
    return _page(page, titles[kind], rows or [nothing])


def precautions_modal(page: PlanPage) -> dict[str, Any]:
    """Return the precautions that run: since when, and what ends each."""
    blocks: list[kit.Block] = []
    for one in page.running[:MOST]:
        again = upon(one.time, one.item.look_again_on or one.item.window.target)
        since = one.time.lasting(page.plan.day0)
        told = f"Since {since}, look again {again}" if since else f"Look again {again}"
        ends = end_words(one.row)
        blocks += [
            check_line(one, coded=False),
            kit.context(kit.escape(f"{told}. {ends}")),
        ]
    nothing = kit.section("No precaution runs that your center has signed.")
    more = _more(len(page.running), shown=MOST)
    return _page(page, "Running precautions", [*(blocks or [nothing]), *more])


def _first_line(page: PlanPage) -> list[kit.Block]:
    line = signed_line(page)
    return [kit.section(f"*{line}*")] if line else []


def _ended(page: PlanPage) -> list[kit.Block]:
    if page.sheet.has_died:
        return [kit.section("The patient has died. Nothing is asked any more.")]
    if page.plan.ended_why is None:
        return []
    return [kit.section(ENDED.get(page.plan.ended_why, "This plan has ended."))]


def _lost(page: PlanPage) -> list[kit.Block]:
    if page.lost is None:
        return []
    value = Carried(referral=page.sheet.referral.id, subject=page.lost.id).dump()
    found = kit.button("Found again", Act.TICK_TASK, value=value)
    text = "Lost to follow-up: the practice's checks wait until the patient is found."
    return [kit.section(text, accessory=found)]


def _conditions(page: PlanPage) -> list[kit.Block]:
    plan = page.plan
    if not _runs(page):
        return []
    if plan.confirmed_at is None:
        text = (
            "Not yet confirmed: which conditions apply to this patient. Checks that"
            " need one are not scheduled until a clinician says so."
        )
        wanted = page.is_clinical and page.may_change
        button = [_confirm(page, primary=True)] if wanted else []
        row = [kit.actions(button, block_id="conditions")] if button else []
        return [kit.section(text), *row]
    who = page.people.get(plan.confirmed_by or "")
    apply = "; ".join(sorted(plan.conditions)) or "none"
    by = f" Confirmed by {who.name}." if who else ""
    return [kit.context(kit.escape(f"Conditions: {apply}.{by}"))]


def _next_visit(page: PlanPage) -> list[kit.Block]:
    if not _runs(page):
        return []
    if not page.visits:
        return [kit.section("Nothing is due that the center has signed.")]
    visit = page.visits[0]
    site = kit.escape(visit.members[0].site.name)
    doers = dict.fromkeys(one.doer.name for one in visit.members if one.doer)
    who = f", with {kit.escape(', '.join(doers))}" if doers else ""
    heading = kit.section(f"*Next: {visit.name(page.plan.day0)}*\n{site}{who}")
    return [heading, *visit_lines(visit.members, coded=False)]


def _listed(title: str, page: PlanPage, checks: Sequence[Check]) -> list[kit.Block]:
    if not checks or not _runs(page):
        return []
    lines = [check_line(one, doer=True) for one in checks[:SHOWN]]
    return [kit.section(f"*{title}*"), *lines, *_more(len(checks))]


def _later_visits(page: PlanPage) -> list[kit.Block]:
    later = page.visits[1:]
    if not later or not _runs(page):
        return []
    lines = []
    for one in later[:THEN]:
        names = " · ".join(check.row.name for check in one.members)
        site = one.members[0].site.name
        lines.append(f"{words.begun(one.name(page.plan.day0))}, {site}: {names}")
    text = "\n".join(kit.escape(one) for one in lines)
    more = _more(len(later), shown=THEN)
    return [kit.section(f"*Then*\n{text}"), *more]


def _page_of_today(page: PlanPage) -> int:
    """Return the page of the whole plan on which what comes next stands."""
    past = [
        one
        for one in page.table
        if all(e.window.latest < page.today for e in one.things)
    ]
    return len(past) // PERIODS


def _period(one: Period[Entry]) -> str:
    """Return one time of the plan in a line: what is how."""
    by_word: dict[str, list[str]] = {}
    for entry in one.things:
        by_word.setdefault(_TOLD[entry.state], []).append(entry.row.name)
    told = [
        " · ".join(dict.fromkeys(names)) + (f" ({word})" if word != "to come" else "")
        for word, names in by_word.items()
    ]
    return f"*{words.begun(one.name)}*  {kit.escape('; '.join(told))}"


def _buttons(page: PlanPage) -> list[kit.Element]:
    whole = _button(page, "Whole plan", Act.PLAN_TABLE, str(_page_of_today(page)))
    count = len(page.running)
    running = _button(page, f"Precautions ({count})", Act.PLAN_PRECAUTIONS)
    return [
        *([whole] if page.table else []),
        *([running] if count and _runs(page) else []),
        _button(page, "At each visit", Act.PLAN_AT_VISITS),
        _button(page, "What holds", Act.PLAN_STANDING),
        _button(page, "Picture", Act.PLAN_PICTURE),
    ]


def _changes(page: PlanPage) -> list[kit.Block]:
    if not page.may_change or not _runs(page):
        return []
    buttons = [_confirm(page)] if page.plan.confirmed_at and page.is_clinical else []
    if page.newer is not None and page.is_clinical:
        label = f"Move to protocol {page.newer}"
        buttons.append(_button(page, label, Act.PLAN_PROTOCOL))
    if page.lost is None:
        buttons.append(_button(page, "Lost to follow-up", Act.PLAN_LOST))
    return [kit.actions(buttons, block_id="plan changes")] if buttons else []


def _confirm(page: PlanPage, *, primary: bool = False) -> kit.Element:
    value = Carried(subject=page.plan.id).dump()
    return kit.button(
        "Confirm conditions", Act.PLAN_CONDITIONS, value=value, primary=primary
    )


def _button(page: PlanPage, label: str, act: Act, number: str = "") -> kit.Element:
    value = Carried(subject=page.plan.id, page=number).dump()
    return kit.button(label, act, value=value)


def _page(page: PlanPage, title: str, blocks: Sequence[kit.Block]) -> dict[str, Any]:
    return kit.modal(
        title,
        [kit.header(page.sheet.case.code), *blocks],
        callback_id=Form.READING,
    )


def _runs(page: PlanPage) -> bool:
    return page.plan.ended_at is None and not page.sheet.has_died


def _more(count: int, *, shown: int = SHOWN) -> list[kit.Block]:
    more = count - shown
    return [kit.context(f"And {more} more.")] if more > 0 else []
