"""The tables: each column is classified, and the rows that cannot be are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, Table, insert, update
from sqlalchemy.exc import IntegrityError

from care.referral import State
from storage.columns import Instant
from storage.tables import (
    DELIVERY,
    HOUSEKEEPING,
    identity,
    link,
    metadata,
    notice,
    referral,
    reminder,
)
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, new_case, new_referral

COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]
SEALED = {
    "case.summary",
    "referral.question",
    "reply.text",
    "draft.body",
    "audit.detail",
    "milestone.note",
    "milestone.ended_why",
    "ready_item.note",
    "bridging.body",
    "bridging.counter",
    "handoff.body",
    "handoff.reason",
    "handoff.synthesis",
    "handoff.correction",
    "handoff_action.text",
    "handoff_action.answer",
    "cover.note",
    "cover.line",
    "plan_row.ended_why",
    "item.note",
    "item.value",
    "item_change.texts",
}
KEYS_AND_HASHES = {"data_key.wrapped", "audit.hash", "audit_head.hash"}
FREE_TEXT = {"question", "summary", "text", "body", "detail", "comment", "note"}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_whether_it_is_kept_plain_or_sealed(
    column: Column[Any],
) -> None:
    assert column.info.get("kept") in {"plain", "sealed"}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_what_is_sealed_is_bytes_and_what_is_free_text_is_sealed(
    column: Column[Any],
) -> None:
    sealed = column.info["kept"] == "sealed"

    assert sealed == (str(column) in SEALED)
    if sealed:
        assert isinstance(column.type, LargeBinary)
    elif str(column) not in KEYS_AND_HASHES:
        assert not isinstance(column.type, LargeBinary)
        assert column.name not in FREE_TEXT


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_column_of_the_lease_clock_is_an_instant_and_is_named_so(
    column: Column[Any],
) -> None:
    if column.name.startswith("lease_"):
        assert isinstance(column.type, Instant)


def test_what_delivery_and_housekeeping_may_write_are_tables() -> None:
    assert metadata.tables.keys() >= DELIVERY | HOUSEKEEPING


def test_what_the_audit_chain_must_hold_is_no_housekeeping() -> None:
    must = {"case", "referral", "reply", "clinician", "identity", "link", "site"}
    must |= {"concern"}

    assert not must & HOUSEKEEPING
    assert not {"case", "referral", "reply", "audit", "data_key"} & DELIVERY


@pytest.mark.parametrize(
    "wrong",
    [
        {"waiting_on": None},
        {"state": State.ANSWERED},
        {"state": State.CLOSED, "waiting_on": None},
        {"state": State.CLOSED, "waiting_on": None, "ended_at": T0},
        {"ended_at": T0},
        {"previous": State.REQUESTED},
        {"case_id": "nobody's"},
    ],
    ids=str,
)
def test_a_referral_that_cannot_be_is_refused_by_the_database(
    store: Store, world: World, wrong: dict[str, Any]
) -> None:
    with store.act(world.oncologist) as unit:
        there = new_referral(unit, world, new_case(unit, world))

    with pytest.raises(IntegrityError), store.act(world.oncologist) as unit:
        unit.connection.execute(
            update(referral).where(referral.c.id == there.id).values(**wrong)
        )

    with store.read() as reading:
        assert reading.cases.referral(there.id) == there


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (notice, {"way": "shout"}),
        (notice, {"state": "lost"}),
        (notice, {"state": "sent"}),
        (notice, {"workspace_id": "T0NOWHERE"}),
        (reminder, {"state": "forgotten"}),
        (reminder, {"state": "settled"}),
        (reminder, {"settled_at": T0}),
        (reminder, {"due_at": None}),
    ],
    ids=str,
)
def test_a_notice_or_reminder_that_cannot_be_is_refused_by_the_database(
    store: Store, world: World, table: Table, wrong: dict[str, Any]
) -> None:
    row = {
        notice: {
            "id": "n1",
            "workspace_id": world.workspace_id,
            "conversation": world.channel_id,
            "way": "post",
            "view": "card",
            "subject": "s1",
            "payload": {},
            "state": "pending",
            "written_at": T0,
            "token": 0,
            "attempts": 0,
        },
        reminder: {
            "id": "r1",
            "workspace_id": world.workspace_id,
            "subject": "s1",
            "generation": 1,
            "kind": "k",
            "step": "s",
            "due_at": T0,
            "state": "waiting",
            "attempts": 0,
        },
    }[table]
    with store.act(OPERATOR) as unit:
        unit.connection.execute(insert(table).values(**row))

    other = row | {"id": "other", "subject": "s2"}
    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(insert(table).values(**other | wrong))


def test_one_slack_identity_is_one_person(store: Store, world: World) -> None:
    taken = {
        "id": "identity-second",
        "team_id": world.oncologist.team_id,
        "user_id": world.oncologist.user_id,
        "clinician_id": world.first_specialist.clinician_id,
        "confirmed_by": str(OPERATOR),
    }

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(insert(identity).values(**taken))


def test_one_channel_of_a_workspace_is_one_link(store: Store, world: World) -> None:
    second = {
        "id": "link-second",
        "workspace_id": world.workspace_id,
        "practice_id": world.center_id,
        "center_id": world.practice_id,
        "channel_id": world.channel_id,
        "active": 1,
    }

    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(insert(link).values(**second))


def test_a_reminder_of_one_generation_kind_and_step_is_one_row(
    store: Store, world: World
) -> None:
    same = {
        "workspace_id": world.workspace_id,
        "subject": "s1",
        "generation": 1,
        "kind": "k",
        "step": "s",
        "state": "waiting",
        "attempts": 0,
    }

    rows = [
        {"id": f"r{number}", "due_at": T0 + timedelta(days=number)} | same
        for number in range(2)
    ]
    with pytest.raises(IntegrityError), store.act(OPERATOR) as unit:
        unit.connection.execute(insert(reminder), rows)
