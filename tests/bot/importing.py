"""A center's small protocol, and files of patients from before Baton."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.actions.importing import import_patient
from bot.importing import Prepared, prepare
from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import as_kept, digest_of
from storage.actors import Operator
from storage.signing import Protocol, Signature
from storage.unit import Store, Unit
from tests.world import OPERATOR, World

BY = Operator("kim")
LINK = "lakeside/university"
HEAD = "key,infused,product,practice,responsible,discharged,returned,conditions,done"

PRACTICE = dict.fromkeys(("orders", "draws", "reviews", "acts"), "practice")
CENTER = PRACTICE | {"draws": "center"}


def a_row(id_: str, ref: str, **changes: Any) -> ProtocolRow:
    """Return a row of a protocol: a check, once, about a month after Day 0."""
    told: dict[str, Any] = {
        "id": id_,
        "ref": ref,
        "name": id_.replace("-", " "),
        "topic": "counts",
        "kind": "check",
        "statement": "As a test says.",
        "sources": ["S1"],
        "mark": "F",
        "last_checked": "2026-11-01",
        "checked_by": None,
        "window": {"earliest": "25 days", "target": "30 days", "latest": "35 days"},
        "who": PRACTICE,
    }
    return ProtocolRow.model_validate(told | changes)


ROWS = (
    a_row(
        "counts",
        "P01",
        window={"earliest": "5 days", "target": "7 days", "latest": "9 days"},
        again=[{"every": "7 days", "until": "70 days"}],
    ),
    a_row("month-one", "P02", topic="response", until_relapse=True),
    a_row(
        "yearly",
        "P03",
        window={"earliest": "11 months", "target": "12 months", "latest": "13 months"},
        again=[{"every": "1 year"}],
        ends={"how": "life-long"},
        who=CENTER,
    ),
    a_row(
        "hbv-dna", "P04", applies_when="hepatitis B: HBsAg, anti-HBc or DNA positive"
    ),
    a_row("for-abecma", "P05", products=["Abecma (ide-cel)"]),
    a_row("unsigned", "P06"),
    a_row("visit-list", "P07", kind="at each visit", window=None),
)
SIGNED = tuple(one for one in ROWS if one.id != "unsigned")


def keep_protocol(
    store: Store,
    world: World,
    rows: Sequence[ProtocolRow] = ROWS,
    *,
    signed: Iterable[ProtocolRow] = SIGNED,
) -> Protocol:
    """Keep the center's protocol, of which all but one row are signed."""
    with store.act(OPERATOR) as uow:
        new = Protocol(
            id=uow.new_id(),
            workspace_id=world.workspace_id,
            center_id=world.center_id,
            number=1,
            based_on="2026-11",
            rows=as_kept(rows),
            made_by=None,
            made_at=uow.now,
        )
        uow.signing.add_protocol(new)
        for row in signed:
            uow.signing.sign(_signature(uow, world, row))
        uow.audit(world.workspace_id, "protocol made", new.id)
    return new


def _signature(uow: Unit, world: World, row: ProtocolRow) -> Signature:
    return Signature(
        id=uow.new_id(),
        center_id=world.center_id,
        row_id=row.id,
        digest=digest_of(row),
        choice=row.choice,
        signed_by=world.first_specialist.clinician_id,
        signed_at=uow.now,
    )


def write_file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """Write a file of patients, a line each, and return its path."""
    path = folder / "patients.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def home(key: str, days: int, *, conditions: str = "none", done: str = "") -> str:
    """Return the line of a patient who is back at the practice."""
    back = max(days - 20, 0)
    cells = (key, days, "carvykti", "lakeside", "chen", back, back, conditions, done)
    return ",".join(map(str, cells))


def prepared(store: Store, path: Path, **more: Any) -> Prepared:
    """Read a file for the world's link."""
    with store.read() as reading:
        return prepare(reading, path, LINK, **more)


def add_first(store: Store, found: Prepared, count: int) -> None:
    """Add the first patients of a file, as an import does that is killed then."""
    for one in found.fresh[:count]:
        with store.act(BY) as uow:
            import_patient(uow=uow, by=BY, link_id=found.link.id, patient=one)
