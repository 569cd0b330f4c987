"""The sites, the people and the protocol of the years that are simulated."""

from __future__ import annotations

from typing import Any

from care.knowledge.protocol import Condition, ProtocolRow
from care.people import Role
from storage.actors import Person
from storage.unit import Store
from tests.bot.importing import a_row
from tests.world import OPERATOR, World
from tests.years_model import Row
from tests.years_staff import Colleague

MORE = (
    ("bea", "Bea Novak", Role.COORDINATOR, "site-lakeside"),
    ("lew", "Lew Otto", Role.LEAD, "site-university"),
    ("nia", "Nia Field", Role.COORDINATOR, "site-university"),
)
COLLEAGUES = (
    Colleague("amy", at_center=False, role="coordinator"),
    Colleague("bea", at_center=False, role="coordinator"),
    Colleague("chen", at_center=False, role="oncologist"),
    Colleague("rivera", at_center=True, role="specialist"),
    Colleague("osei", at_center=True, role="specialist"),
    Colleague("lew", at_center=True, role="lead"),
    Colleague("nia", at_center=True, role="coordinator"),
    Colleague("noor", at_center=True, role="coordinator"),
)
"""In the order of duty, then of their names, as lists have them."""


def protocol_row(row: Row, ref: int) -> ProtocolRow:
    """Return a row of the model as Baton keeps it."""
    spans = [span(one) for one in row.first]
    changes: dict[str, Any] = {
        "window": dict(zip(("earliest", "target", "latest"), spans, strict=True)),
        "again": [
            {"every": span(every), "until": span(until) if until else None}
            for every, until in row.again
        ],
        "also": [span(one) for one in row.also],
        "until_relapse": row.response,
        "topic": "registry" if row.report else "counts",
    }
    if row.hbv:
        changes["applies_when"] = Condition.HBV.value
    if row.runs:
        parts = ["6 months have passed", "CD4 above 200"]
        changes["kind"] = "running precaution"
        changes["ends"] = {"how": "all of", "parts": parts}
    elif row.again and row.again[-1][1] is None:
        how = "life-long" if row.life_long else "none in the source"
        changes["ends"] = {"how": how}
    if row.at_center or row.follows:
        seat = "center" if row.at_center else "whoever is responsible"
        changes["who"] = dict.fromkeys(("orders", "draws", "reviews", "acts"), seat)
    return a_row(row.id, f"P{ref:02}", **changes)


def span(length: tuple[int, str]) -> str:
    """Return a length as a protocol writes it."""
    count, unit = length
    return f"{count} {unit}{'' if count == 1 else 's'}"


def add_people(store: Store, world: World) -> dict[str, Person]:
    """Add colleagues to both sites."""
    found = {}
    with store.act(OPERATOR) as uow:
        for key, name, role, site_id in MORE:
            team, user = f"T-{site_id}", f"U0{key.upper()}"
            clinician = {
                "id": f"clinician-{key}",
                "site_id": site_id,
                "key": key,
                "name": name,
                "role": role,
                "duty_order": None,
                "active": 1,
            }
            identity = {
                "id": f"identity-{key}",
                "team_id": team,
                "user_id": user,
                "clinician_id": clinician["id"],
                "confirmed_by": str(OPERATOR),
                "dm_channel": None,
            }
            uow.people.put("clinician", clinician)
            uow.people.put("identity", identity)
            found[key] = Person(f"clinician-{key}", site_id, role, name, team, user)
        uow.audit(world.workspace_id, "people added", "tests")
    return found
