"""The morning digest: what is due and with whom, and what else waits, five of each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.checks import Check
from bot.digests import DigestPage
from bot.views import kit
from bot.views.due import due_button
from bot.views.handoff import code
from bot.views.handoff_words import standing
from bot.views.ids import Act
from bot.views.item_lines import check_text, visit_lines, visit_text
from bot.views.messages import late
from bot.views.settings import settings_button
from care.digest import Section
from care.item import State
from care.people import Role
from care.plan import Window
from care.visits import visits
from storage.records import Clinician

SHOWN = 5
MOST = 11
"""Blocks of one section, so that a message has at most 50 of them."""
TITLES = {
    Section.MISSED: "Not yet recorded",
    Section.LONG_MISSED: "Still not recorded",
    Section.LAST_DAY: "Last day",
    Section.WEEK: "This week",
}
SAID = {
    State.DONE: "done",
    State.DONE_LATE: "done",
    State.HELD: "held",
    State.NOT_NEEDED: "not needed",
}
"""How something stands that was on the list in the morning."""


def digest_blocks(page: DigestPage) -> list[kit.Block]:
    """Return a digest as it stands now."""
    blocks = [kit.section(f"*{page.day:%A}.* {_counts(page)}")]
    blocks += late(page.was_due)
    blocks += _visits(page, Section.MISSED)
    blocks += _long_missed(page)
    blocks += _visits(page, Section.LAST_DAY)
    blocks += _visits(page, Section.WEEK)
    blocks += _waiting(page)
    if page.over:
        blocks.append(kit.context(_since_then(page.over)))
    return [*blocks, kit.actions(_buttons(), block_id="digest")]


def _buttons() -> list[kit.Element]:
    return [
        kit.button("My list", Act.MY_LIST),
        due_button(),
        settings_button(),
    ]


def _counts(page: DigestPage) -> str:
    """Return in one line how much there is."""
    open_now = [one for s in (Section.LAST_DAY, Section.WEEK) for one in page.of(s)]
    missed = [*page.of(Section.MISSED), *page.of(Section.LONG_MISSED)]
    patients = {one.item.case_id for one in (*open_now, *missed)}
    waiting = page.mine.count
    counts = (
        _so_many(len(patients), "patient"),
        _so_many(len(visits_of(open_now)), "visit"),
        f"{len(missed)} not yet recorded" if missed else "",
        f"{waiting} waiting for you" if waiting else "",
    )
    said = ", ".join(one for one in counts if one)
    return f"{said}." if said else _nothing(page)


def _nothing(page: DigestPage) -> str:
    if page.over:
        return "All of it is seen to."
    return "Nothing is due this week, and nothing waits for you."


def _so_many(count: int, noun: str) -> str:
    if not count:
        return ""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _visits(page: DigestPage, section: Section) -> list[kit.Block]:
    """Return a section of a digest: its first visits, each with its buttons."""
    found = visits_of(page.of(section))
    if not found:
        return []
    blocks = [kit.section(f"*{TITLES[section]}*")]
    shown = 0
    for one in found[:SHOWN]:
        lines = _lines(page.reader, one)
        if len(blocks) + len(lines) > MOST:
            break
        blocks += lines
        shown += 1
    more = len(found) - shown
    return [*blocks, kit.context(f"And {more} more.")] if more else blocks


def _lines(reader: Clinician, visit: Sequence[Check]) -> list[kit.Block]:
    """Return a visit with its buttons; what is others' to do as text alone."""
    doer = visit[0].doer
    if doer is not None and doer.id == reader.id:
        return visit_lines(visit)
    if reader.role is Role.COORDINATOR and visit[0].site.id == reader.site_id:
        return visit_lines(visit, doer=True)
    return [kit.section(_named(visit))]


def _long_missed(page: DigestPage) -> list[kit.Block]:
    """Return what only leads are told: text alone, since it is others' to do."""
    found = visits_of(page.of(Section.LONG_MISSED))
    if not found:
        return []
    lines = [_named(one) for one in found[:SHOWN]]
    more = [f"And {len(found) - SHOWN} more."] if len(found) > SHOWN else []
    return kit.paragraphs([f"*{TITLES[Section.LONG_MISSED]}*", *lines, *more])


def _named(visit: Sequence[Check]) -> str:
    """Return a visit and with whom and where it is, in one line."""
    told = (
        visit_text(visit, doer=True)
        if len(visit) > 1
        else check_text(visit[0], doer=True)
    )
    return f"{told} ({kit.escape(visit[0].site.name)})"


def _waiting(page: DigestPage) -> list[kit.Block]:
    """Return what else waits for the reader; all of it stands in their list."""
    mine = page.mine
    lines = [f"{code(one)} {standing(one)}" for one in mine.handoffs]
    lines += [
        f"{code(about)} {kit.escape_within(one.text, 200)}" for about, one in mine.to_do
    ]
    lines += [f"*{sheet.case.code}* what is your reply?" for sheet, _ in mine.to_sort]
    if not lines:
        return []
    more = [f"And {len(lines) - SHOWN} more."] if len(lines) > SHOWN else []
    shown = ["*Waiting for you*, this morning", *lines[:SHOWN], *more]
    return kit.paragraphs(shown)


def _since_then(over: Sequence[Check]) -> str:
    said = [
        f"{one.case.code} {kit.escape(one.row.name)}: {_stands(one)}"
        for one in over[:SHOWN]
    ]
    more = f" and {len(over) - SHOWN} more" if len(over) > SHOWN else ""
    return "Since this morning: " + "; ".join(said) + more


def _stands(check: Check) -> str:
    return SAID.get(check.item.state, "with somebody else now")


def _whose(check: Check) -> str:
    """Return what is told apart: one line is of one patient, site and doer."""
    doer = check.doer.id if check.doer else ""
    return f"{check.item.case_id}/{check.site.id}/{doer}"


def visits_of(checks: Sequence[Check]) -> list[tuple[Check, ...]]:
    """Return checks of one patient that one person can do on one day, together."""
    found = visits(
        checks,
        site=_whose,
        window=lambda one: Window(
            one.item.window.earliest, one.item.window.target, one.item.ends_on
        ),
    )
    return [one.members for one in found]
