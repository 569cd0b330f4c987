"""The diagrams of the docs say what the code does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import CheckConstraint, Table

from care import concern, cover
from care.handoff import TABLE as HANDOFF
from care.referral import ENDED, TABLE, Move, Progress, State, advance
from storage.notices import NewNotice, Notices
from storage.records import Notice, Reminder, Way
from storage.reminders import Due, NextDue, Reminders
from storage.tables import notice, reminder
from storage.unit import Store, Unit
from tests.world import OPERATOR, World, a_notice
from tools.diagrams import (
    NOTICE,
    REMINDER,
    START,
    Change,
    draw_changes,
    draw_concern,
    draw_cover,
    draw_handoff,
    draw_referral,
    draw_rooms,
    imports_between_rooms,
    tabulate,
    tabulate_cover,
    tabulate_handoff,
    tabulate_referral,
)

LATER = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ARROW = re.compile(r"^ +(?P<state>\S+) --> (?P<to>\S+): (?P<labels>.+)$", re.MULTILINE)

on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


def arrows(diagram: str) -> set[tuple[str, str, str]]:
    """Return the arrows of a state diagram: from, to, and what makes it so."""
    return {
        (found["state"], found["to"], label)
        for found in ARROW.finditer(diagram)
        for label in found["labels"].split("<br/>")
    }


def test_every_row_of_the_referrals_table_is_an_arrow() -> None:
    drawn = arrows(draw_referral())

    missing = [
        row
        for row in TABLE
        if row.to
        and not any(
            (state, to) == (row.state, row.to) and label.startswith(row.event)
            for state, to, label in drawn
        )
    ]

    assert missing == []


def test_every_arrow_of_the_referral_can_be_walked() -> None:
    """Each arrow is a move that the rule makes, for some kind and some history."""
    drawn = arrows(draw_referral()) - {(START, State.REQUESTED.value, "ask")}

    walked = {
        (row.state.value, _after(row, previous), label)
        for row in TABLE
        for previous in State
        for state, _, label in drawn
        if state == row.state and label in _labels(row)
        if row.state not in ENDED or _ends_in(previous, row.state)
    }

    assert drawn == walked


def test_the_table_of_moves_has_a_line_for_each_row_of_the_rule() -> None:
    lines = tabulate_referral().splitlines()

    assert len(lines) == len(TABLE) + 2


def test_every_row_of_the_covers_table_is_an_arrow_and_the_reverse() -> None:
    drawn = arrows(draw_cover()) - {(START, cover.State.ASKED.value, "ask")}

    rows = {(one.state.value, one.to.value, one.event.value) for one in cover.TABLE}

    assert drawn == rows
    assert len(tabulate_cover().splitlines()) == len(rows) + 2


@pytest.mark.parametrize(
    ("table", "changes"), [(notice, NOTICE), (reminder, REMINDER)], ids=str
)
def test_the_states_that_are_drawn_are_those_of_the_database(
    table: Table, changes: Sequence[Change]
) -> None:
    drawn = {one.to for one in changes} | {one.state for one in changes} - {START}

    assert drawn == _states_of(table)


@on_sqlite
@pytest.mark.parametrize("state", ["pending", "sending", "unknown"])
def test_a_notice_changes_as_it_is_drawn(
    store: Store, world: World, state: str
) -> None:
    """Whatever is tried in a state leads where the diagram says, or nowhere."""
    drawn = {one.method: one.to for one in NOTICE if one.state == state}

    became = {
        method: _try_with_notice(store, world, (state, method)) for method in ON_NOTICES
    }

    assert became == {method: drawn.get(method, state) for method in ON_NOTICES}


@on_sqlite
@pytest.mark.parametrize("end", ["sent", "skipped", "failed"])
def test_the_end_of_a_notice_is_its_end(store: Store, world: World, end: str) -> None:
    """Nothing leads out of a final state."""
    became = {_try_with_notice(store, world, (end, method)) for method in ON_NOTICES}

    assert became == {end}


@on_sqlite
@pytest.mark.parametrize("state", ["waiting", "settled", "cancelled"])
def test_a_reminder_changes_as_it_is_drawn(
    store: Store, world: World, state: str
) -> None:
    """Whatever is tried in a state leads where the diagram says, or nowhere."""
    drawn = {one.method: one.to for one in REMINDER if one.state == state}

    became = {
        method: _try_with_reminder(store, world, (state, method))
        for method in ON_REMINDERS
    }

    assert became == {method: drawn.get(method, state) for method in ON_REMINDERS}


def test_every_drawn_method_is_tried() -> None:
    assert {one.method for one in NOTICE} == ON_NOTICES.keys()
    assert {one.method for one in REMINDER} == ON_REMINDERS.keys()


def test_no_method_that_changes_a_notice_is_left_out() -> None:
    """A new method that changes states has a name of this kind, and must be drawn."""
    changing = re.compile(r"^(claim|settle|give|skip|fail|cancel|plan|put)_?")
    named = [*vars(Notices), *vars(Reminders)]

    undrawn = {one for one in named if changing.match(one)} - {
        one.method for one in (*NOTICE, *REMINDER)
    }

    assert undrawn == set()


def test_a_drawing_shows_where_rows_begin_and_end() -> None:
    changes = [Change("make", START, "open"), Change("end", "open", "over")]

    drawn = draw_changes(changes)

    assert drawn.splitlines() == [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> open: make",
        "    open --> over: end",
        "    over --> [*]",
        "```",
    ]


def test_the_rooms_import_one_another_one_way() -> None:
    """The drawn imports are the allowed ones, and only the demo knows the sandbox."""
    order = ("bot", "scheduler", "storage", "care")

    found = imports_between_rooms()

    allowed = {(a, b) for i, a in enumerate(order) for b in order[i + 1 :]}
    assert found.keys() - allowed == {("bot", "sandbox")}
    assert found["bot", "sandbox"] == ["bot.demo"]
    assert "bot -->|bot.demo alone| sandbox" in draw_rooms()


def test_a_table_is_written_as_markdown() -> None:
    assert tabulate(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def _after(row: Move, previous: State) -> str:
    before = Progress(min(row.kinds), row.state, None, previous)
    return advance(before, row.event, sorted(row.who)).state.value


def _labels(row: Move) -> set[str]:
    """Return what may stand at the arrow of a row: of one kind, it says of which."""
    kinds = {f"{row.event} ({kind} only)" for kind in row.kinds}
    return kinds if len(row.kinds) == 1 else {row.event.value}


def _ends_in(state: State, end: State) -> bool:
    return any(one.state is state and one.to is end for one in TABLE)


def _states_of(table: Table) -> set[str]:
    (check,) = (
        one
        for one in table.constraints
        if isinstance(one, CheckConstraint) and str(one.sqltext).startswith("state IN")
    )
    return set(re.findall(r"'([a-z]+)'", str(check.sqltext)))


def _claim(notices: Notices) -> list[Notice]:
    return notices.claim(most=1, owner="me", now=LATER, lease=HOUR, gap=HOUR)


def _sent(notices: Notices, held: Notice) -> None:
    notices.settle_sent(held, channel_id="C1", ts="1.1", permalink=None)


def _again(notices: Notices, held: Notice) -> None:
    assert notices.claim_unknown(
        now=LATER + 9 * HOUR, quiet=HOUR, lease=HOUR, owner="me"
    ) or held.state not in {"sending", "unknown"}


TryNotice = Callable[[Notices, Notice], object]

ON_NOTICES: Mapping[str, TryNotice] = {
    "write": lambda notices, held: notices.write([_newer(held)], at=LATER),
    "claim": lambda notices, _held: _claim(notices),
    "claim_unknown": _again,
    "skip_pending": lambda notices, held: notices.skip_pending(
        [held.subject], reason="the patient has died"
    ),
    "settle_sent": _sent,
    "settle_skipped": lambda notices, held: notices.settle_skipped(held, "no part"),
    "settle_failed": lambda notices, held: notices.settle_failed(held, "archived"),
    "settle_unknown": lambda notices, held: notices.settle_unknown(
        held, look_at=LATER, reason="timeout"
    ),
    "give_back": lambda notices, held: notices.give_back(
        held, not_before=LATER, reason="slower"
    ),
}
"""Every method that changes a notice, tried on one."""

INTO: Mapping[str, Sequence[str]] = {
    "pending": (),
    "sending": ("claim",),
    "unknown": ("claim", "settle_unknown"),
    "sent": ("claim", "settle_sent"),
    "skipped": ("claim", "settle_skipped"),
    "failed": ("claim", "settle_failed"),
}
"""How a notice comes into each state."""


def _try_with_notice(store: Store, world: World, what: tuple[str, str]) -> str:
    """Return the state of a notice after a method was tried on it in a state."""
    state, method = what
    new = a_notice(
        world,
        f"{state} {method}",
        # Of what has not been said, only what would be posted is left unsaid.
        way=Way.POST if method == "skip_pending" else Way.UPDATE,
        conversation=f"{state} {method}",
        root_id=f"{state} {method}",
    )
    with store.act(OPERATOR) as unit:
        unit.notices.write([new], at=unit.now)
        for step in INTO[state]:
            ON_NOTICES[step](unit.notices, _look(unit, new.id))
        assert _look(unit, new.id).state == state
        ON_NOTICES[method](unit.notices, _look(unit, new.id))
        became = _look(unit, new.id).state
        _put_aside(unit)
    return became


def _look(unit: Unit, notice_id: str) -> Notice:
    found = unit.notices.notice(notice_id)
    assert found is not None
    return found


def _put_aside(unit: Unit) -> None:
    """Settle what was tried, so that the next try does not meet it."""
    while held := unit.notices.claim(
        most=9, owner="me", now=LATER + 99 * HOUR, lease=HOUR, gap=HOUR
    ):
        for one in held:
            unit.notices.settle_skipped(one, "tried")
    while one_held := unit.notices.claim_unknown(
        now=LATER + 999 * HOUR, quiet=HOUR, lease=HOUR, owner="me"
    ):
        unit.notices.settle_skipped(one_held, "tried")


def _newer(held: Notice) -> NewNotice:
    return NewNotice(
        id=f"{held.id} newer",
        workspace_id=held.workspace_id,
        conversation=held.conversation,
        way=held.way,
        view=held.view,
        subject=held.subject,
        payload={},
        root_id=held.root_id,
    )


TryReminder = Callable[[Unit, Reminder], object]

ON_REMINDERS: Mapping[str, TryReminder] = {
    "plan": lambda unit, one: unit.reminders.plan(one.workspace_id, one.subject, 2, ()),
    "plan_next": lambda unit, one: unit.reminders.plan_next(
        one.workspace_id, [NextDue(one.subject, 2, None)], at=unit.now
    ),
    "cancel": lambda unit, one: unit.reminders.cancel(one.subject, before=2),
    "put_off": lambda unit, one: unit.reminders.put_off(one, HOUR, lease_now=LATER),
    "settle": lambda unit, one: unit.reminders.settle(one.id, "told", at=unit.now),
}
"""Every method that changes a reminder, tried on one."""


def _try_with_reminder(store: Store, world: World, what: tuple[str, str]) -> str:
    """Return the state of a reminder after a method was tried on it in a state."""
    state, method = what
    subject = f"{state} {method}"
    into = {"waiting": (), "settled": ("settle",), "cancelled": ("cancel",)}[state]
    with store.act(OPERATOR) as unit:
        due = [Due("referral", "limit", unit.now)]
        unit.reminders.plan(world.workspace_id, subject, 1, due)
        for step in (*into, method):
            (one,) = unit.reminders.of(subject)
            ON_REMINDERS[step](unit, one)
        (after,) = unit.reminders.of(subject)
    return after.state


def test_every_row_of_the_handoffs_table_is_an_arrow_and_a_line() -> None:
    rows = {
        (row.state.replace(" ", "_"), row.to.replace(" ", "_"), row.event.value)
        for row in HANDOFF
    }
    begins = {(START, "offered", "offer"), (START, "taken_over", "take over")}

    assert arrows(draw_handoff()) == rows | begins
    assert len(tabulate_handoff().splitlines()) == len(HANDOFF) + 2


def test_the_arrows_of_the_concern_are_the_rows_of_its_table() -> None:
    rows = {
        (row.state.value, row.to.value, f"{row.event} ({row.who})")
        for row in concern.TABLE
    }

    assert arrows(draw_concern()) == rows | {(START, "open", "raise")}
