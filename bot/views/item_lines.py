"""A check or a visit as a line of a list, with what can be done there and then.

Digest, boards and plan page show these. A line says what is due and how it stands;
nothing about it depends on a recorded value.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.checks import Check
from bot.views import item_words, kit, words
from bot.views.ids import Act, Shown
from care.item import State

MOST = 24
"""Names of checks on one line, of which a visit has far fewer."""
EACH = "Each by itself"
DO, LOOK, HOLD, MORE = "DO", "LOOK", "HOLD", "MORE"
TOMORROW, NEXT_WEEK = "TOMORROW", "NEXT_WEEK"
"""What the entries of a line's menu say, as a code."""
_TO_DO = frozenset({State.UPCOMING, State.OPEN, State.MISSED, State.HELD})


def check_line(check: Check, *, doer: bool = False, coded: bool = True) -> kit.Block:
    """Return one check as a single block, with all that can be done behind its menu.

    `doer` says with whom it is, where the reader is somebody else. Where one tap is
    to be enough, use `visit_lines([check])`, which takes a row of buttons more.
    """
    menu = kit.overflow(Act.ITEM_MORE, _entries(check))
    text = check_text(check, doer=doer, coded=coded)
    return kit.section(text, accessory=menu)


def visit_lines(
    visit: Sequence[Check], *, doer: bool = False, coded: bool = True
) -> list[kit.Block]:
    """Return the checks of one visit with their buttons; one check has its own.

    *All done* carries exactly the checks that are named. A precaution that runs is
    never just done, so it stands below, with a menu of its own. `coded` says whether
    the case code leads each line; on a patient's own pages it stands above.
    """
    plain = [one for one in visit if not item_words.runs(one.row)]
    running = [one for one in visit if item_words.runs(one.row)]
    lines = _plain_lines(plain, doer=doer, coded=coded) if plain else []
    below = (check_line(one, doer=doer, coded=coded) for one in running)
    return [*lines, *below]


def check_text(check: Check, *, doer: bool = False, coded: bool = True) -> str:
    """Return a check in one line: code, name, window, how it stands, with whom."""
    told = [check.row.name, item_words.window(check), item_words.standing(check)]
    with_whom = [f"with {check.doer.name}"] if doer and check.doer else []
    return _line(check, [*told, *with_whom], coded=coded)


def visit_text(
    visit: Sequence[Check], *, doer: bool = False, coded: bool = True
) -> str:
    """Return a visit in one line: code, "Month-1 visit", its checks by name."""
    names = words.listed([one.row.name for one in visit[:MOST]])
    more = f" and {len(visit) - MOST} more" if len(visit) > MOST else ""
    what = f"{item_words.visit_name(visit)}: {names}{more}"
    told = [what, *_standings(visit)]
    doers = {one.doer.name for one in visit if one.doer}
    with_whom = [f"with {', '.join(sorted(doers))}"] if doer and doers else []
    return _line(visit[0], [*told, *with_whom], coded=coded)


def _standings(visit: Sequence[Check]) -> list[str]:
    """Return how a visit stands: what was missed by name, where it is not all of it."""
    missed = [one for one in visit if one.item.state is State.MISSED]
    rest = [one for one in visit if one.item.state is not State.MISSED] or missed
    told = item_words.standing(min(rest, key=lambda one: one.item.ends_on))
    if not missed or rest == missed:
        return [told]
    names = words.listed([one.row.name for one in missed])
    return [f"{item_words.standing(missed[0])}: {names}", told]


def _plain_lines(
    checks: Sequence[Check], *, doer: bool, coded: bool
) -> list[kit.Block]:
    shown = Shown(tuple(one.item.id for one in checks)).dump()
    if len(checks) == 1:
        text = check_text(checks[0], doer=doer, coded=coded)
        does = kit.button(item_words.verb(checks[0].row), Act.ITEM_DONE, value=shown)
        buttons = [does] if checks[0].item.state in _TO_DO else []
    else:
        text = visit_text(checks, doer=doer, coded=coded)
        buttons = [
            kit.button("All done", Act.ITEM_DONE, value=shown),
            kit.button("All but …", Act.ITEM_ALL_BUT, value=shown),
        ]
    label = EACH if len(checks) > 1 else "More"
    page = kit.button(label, Act.ITEM_PAGE, value=shown)
    return [kit.section(text), kit.actions([*buttons, page])]


def _entries(check: Check) -> list[tuple[str, str]]:
    item = check.item
    entries: list[tuple[str, str]] = []
    if item.state in _TO_DO:
        does = LOOK if item_words.runs(check.row) else DO
        entries.append((item_words.verb(check.row), does))
    if item.state is State.OPEN:
        left = (item.ends_on - check.today).days
        entries += [("Remind me tomorrow", TOMORROW)] if left >= 1 else []
        to_monday = 7 - check.today.weekday()
        entries += [("Remind me next week", NEXT_WEEK)] if left >= to_monday else []
    if item.state in _TO_DO - {State.HELD}:
        entries.append(("Put on hold", HOLD))
    entries.append(("More", MORE))
    return [(label, Shown((item.id,), code).dump()) for label, code in entries]


def _line(check: Check, told: Sequence[str], *, coded: bool) -> str:
    said = " · ".join(kit.escape(one) for one in told if one)
    return f"*{check.case.code}*  {said}" if coded else said
