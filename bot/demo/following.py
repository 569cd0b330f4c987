"""Patients after infusion, in the demo: a signed protocol, and two who came home long
before; what they are due goes its way while the days before you come pass.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.actions.conditions import confirm_conditions
from bot.actions.importing import import_patient
from bot.actions.items import do, hold
from bot.actions.signing import Seen, sign
from bot.center_protocol import protocol_rows, the_protocol
from bot.demo.cases import Players
from bot.import_patients import Patient
from bot.knowledge import Known, knowledge_of
from care.imported import nearest
from care.item import State
from care.knowledge.protocol import Hold, ProtocolRow
from care.milestone import Product
from care.plan import Occurrence
from sandbox import Person
from scheduler.calendars import local_day
from storage.item_records import Item
from storage.records import Link, Site
from storage.unit import Reading

CHOSEN = frozenset(
    {
        "proximity-2-weeks",
        "g-csf-below-500",
        "antiviral-1-year",
        "pjp-6-to-12-months",
        "levofloxacin",
        "igg-monthly",
        "ivig-below-400",
        "cd4-3-to-6-months",
        "pneumococcal-vaccine-6-months",
        "registry-15-years",
    }
)
"""Of rows that disagree, those that the demo's center goes by."""
LEFT = frozenset({"mould-azole", "patient-distress", "caregiver-distress"})
"""Rows that nobody has signed; nor any of two choices, on when vaccines start."""
MONTH_5, YEAR_2 = 157, 722
"""How many days ago these two were infused. A CBC has just been missed in month 5."""


def sign_protocol(players: Players) -> None:
    """Let the specialist who has the right sign the protocol, but for a few rows."""
    with players.baton.store.read() as reading:
        link = _link(players, reading)
        knowledge = knowledge_of(reading, reading.people.site(link.center_id))
    read = [one for one in knowledge.rows if _is_signed(one)]
    players.do(
        players.cast.rivera,
        sign,
        settle=False,
        center_id=link.center_id,
        rows=[Seen(one.key, one.digest) for one in read],
    )


def play_followed(players: Players) -> None:
    """Add a patient in month 5 and one in year 2, whose plans begin to run."""
    cast = players.cast
    month_5 = _add(players, "month 5", MONTH_5, {"cbc": 128, "igg-monthly": 127})
    _confirm(players, cast.chen, month_5)
    record_done(players, cast.brooks, month_5, ["neuropsychiatric"])
    waits = _open(players, month_5, ["influenza-vaccine"])
    players.do(
        cast.brooks,
        hold,
        settle=False,
        item_ids=[one.id for one in waits],
        reason=Hold.IVIG,
        until=_today(players) + timedelta(days=21),
    )
    year_2 = _add(players, "year 2", YEAR_2, {"new-malignancy": 360, "yearly-pet": 352})
    _confirm(players, cast.chen, year_2)
    record_done(players, cast.brooks, year_2, ["yearly-pet"])


def record_done(
    players: Players, who: Person, case_id: str, rows: Collection[str]
) -> None:
    """Record what is open of some rows as done today."""
    ids = [one.id for one in _open(players, case_id, rows)]
    players.do(who, do, settle=False, item_ids=ids)


def _confirm(players: Players, who: Person, case_id: str) -> None:
    """Confirm that no condition applies to a patient."""
    with players.baton.store.read() as reading:
        plan = reading.plans.of_cases([case_id])[-1]
    words = {"plan_id": plan.id, "conditions": ()}
    players.do(who, confirm_conditions, settle=False, **words)


def _is_signed(one: Known) -> bool:
    if not isinstance(one.row, ProtocolRow):
        return False
    return one.key in CHOSEN if one.choice else one.key not in LEFT


def _add(players: Players, key: str, ago: int, done: dict[str, int]) -> str:
    """Add a patient from before Baton, infused so many days before you come.

    `done` are checks that were done, by their rows and the day after infusion.
    """
    cast = players.cast
    with players.baton.store.read() as reading:
        link = _link(players, reading)
        center = reading.people.site(link.center_id)
        rows = protocol_rows(the_protocol(reading, center))
    day0 = _present(center) - timedelta(days=ago)
    patient = Patient(
        line=0,
        key=f"demo {key}",
        product=Product.CARVYKTI,
        responsible_id=players.actor(cast.chen).clinician_id,
        day0=day0,
        discharged=day0 + timedelta(days=12),
        returned=day0 + timedelta(days=16),
        done=tuple(_done_before(rows[row], day0, day) for row, day in done.items()),
    )
    words = {"link_id": link.id, "patient": patient}
    return players.do(cast.chen, import_patient, settle=False, **words).subject


def _done_before(row: ProtocolRow, day0: date, after: int) -> tuple[Occurrence, date]:
    """Return which of a row's checks was done so many days after infusion."""
    day = day0 + timedelta(days=after)
    found = nearest(row, day0, day)
    if found is None:
        raise LookupError(f"{row.id} has no check")
    return found, day


def _open(players: Players, case_id: str, rows: Collection[str]) -> Sequence[Item]:
    with players.baton.store.read() as reading:
        there = reading.items.of_cases([case_id], {State.OPEN})
    return [one for one in there if one.row_id in rows]


def _link(players: Players, reading: Reading) -> Link:
    practice = players.actor(players.cast.chen).site_id
    return reading.people.links(site_id=practice)[0]


def _today(players: Players) -> date:
    """Return the date at the center by the care clock."""
    with players.baton.store.read() as reading:
        link = _link(players, reading)
        return local_day(reading.people.site(link.center_id), reading.now)


def _present(center: Site) -> date:
    """Return the date at the center on which you come."""
    return local_day(center, datetime.now(UTC))
