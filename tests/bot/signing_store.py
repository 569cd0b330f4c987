"""A center with people who sign, a patient before CAR T, and what is told to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.actions.done import Done
from bot.actions.signing import Seen, sign
from bot.knowledge import Knowledge, Known, knowledge_of
from bot.rendering import Rendering
from care.knowledge.protocol import ProtocolRow
from care.people import Role
from scheduler.ports import Message, Unneeded
from storage.actors import Person
from storage.clock import TravellingClock
from storage.records import Notice, Site
from storage.tables import audit, notice
from storage.unit import Store, Unit
from tests.bot.after_infusion import ROWS, Followed, followed
from tests.world import World


@dataclass(frozen=True)
class Signing:
    """What people do with a center's knowledge, on a store."""

    one: Followed

    @property
    def center(self) -> Site:
        """The center as it is set up now."""
        with self.one.store.read() as reading:
            return reading.people.site(self.one.world.center_id)

    def known(self, by: Person | None = None) -> Knowledge:
        """Return the center's knowledge as it stands."""
        with self.one.store.read() as reading:
            return knowledge_of(reading, self.center, by)

    def row(self, key: str) -> Known:
        """Return one row as it stands."""
        found = self.known().row(key)
        assert found is not None, key
        return found

    def seen(self, *keys: str) -> list[Seen]:
        """Return rows as somebody sees them now."""
        return [Seen(one, self.row(one).digest) for one in keys]

    def sign(self, *keys: str, by: Person | None = None, **words: Any) -> Done:
        """Let somebody read rows and sign them."""
        return self.one.act(
            sign,
            by or self.one.specialist,
            **({"center_id": self.center.id, "rows": self.seen(*keys)} | words),
        )

    def told(self, view: str) -> list[Notice]:
        """Return the notices of a kind, oldest first."""
        with self.one.store.read() as reading:
            rows = reading.connection.execute(
                select(notice.c.id).where(notice.c.view == view).order_by(notice.c.seq)
            ).scalars()
            found = [reading.notices.notice(one) for one in rows.all()]
        return [one for one in found if one is not None]

    def says(self, one: Notice) -> Message | Unneeded:
        """Return what a notice says, rendered now."""
        with self.one.store.read() as reading:
            return Rendering()(reading=reading, notice=one)

    def audited(self, event: str) -> int:
        """Return how often something stands in the audit chain."""
        with self.one.store.read() as reading:
            rows = reading.connection.execute(
                select(audit.c.seq).where(audit.c.event == event)
            )
            return len(rows.all())


def signing(
    store: Store,
    clock: TravellingClock,
    world: World,
    *,
    rows: Sequence[ProtocolRow] = ROWS,
) -> Signing:
    """Give both specialists the right, and the center a lead; nothing is signed."""
    unsigned = [one.id for one in rows]
    one = followed(store, clock, world, rows=rows, unsigned=unsigned)
    one.write(lambda unit: _set_up(unit, world))
    return Signing(one)


def _set_up(unit: Unit, world: World) -> None:
    for key, name, role, signs in (
        ("rivera", "Dr Rivera", Role.SPECIALIST, 1),
        ("osei", "Dr Osei", Role.SPECIALIST, 1),
        ("lead", "Dr Lund", Role.LEAD, 0),
    ):
        row = {
            "id": f"clinician-{key}",
            "site_id": world.center_id,
            "key": key,
            "name": name,
            "role": role,
            "duty_order": None,
            "active": 1,
            "signs": signs,
        }
        unit.people.put("clinician", row)
    lead = {
        "id": "identity-lead",
        "team_id": "T0UNIVERSITY",
        "user_id": "U0LEAD",
        "clinician_id": "clinician-lead",
        "confirmed_by": "operator:tests",
        "dm_channel": None,
    }
    unit.people.put("identity", lead)
