"""A third site for tests: another practice of the same center, and a move to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from bot.actions.done import Done, perform
from bot.actions.handing import offer_handoff
from bot.actions.handoff_moves import Written, move_handoff
from bot.actions.matching import MATCHED
from bot.actions.reading_back import Answer, ReadBack, read_back
from bot.handoff_fields import RECEIVER, action_fields
from bot.sheets import Sheet, make_sheets
from care.handoff import Event, Line
from care.ipass import CONTINGENCY, SEVERITY, SUMMARY
from care.matching import How
from care.people import Role, SiteKind
from storage.actors import Person
from storage.handoff_records import Handoff
from storage.records import Case, Referral
from storage.unit import Store, Unit
from tests.world import OFFICE_HOURS, OPERATOR, World

PRAIRIE, PRAIRIE_LINK = "site-prairie", "link-prairie-university"
PRAIRIE_CHANNEL = "C0PRAIRIE"
HILLSIDE, HILLSIDE_LINK = "site-hillside", "link-lakeside-hillside"
PRAIRIE_HILLSIDE = "link-prairie-hillside"
SAID = "Fever or new confusion; I call the center."
_keys = count()


@dataclass(frozen=True)
class Prairie:
    """The people of the practice to which patients move."""

    patel: Person
    jo: Person


def add_prairie(store: Store, world: World, *, linked: bool = True) -> Prairie:
    """Set up Prairie Cancer Care with its people, and its link to the center."""
    with store.act(OPERATOR) as unit:
        unit.people.put("site", _site(world))
        if linked:
            unit.people.put("link", _link(world))
        patel = _person(unit, "patel", "Dr Patel", Role.ONCOLOGIST)
        jo = _person(unit, "jo", "Jo Marsh", Role.COORDINATOR)
        unit.audit(world.workspace_id, "setup applied", PRAIRIE)
    return Prairie(patel, jo)


def ask_hillside(store: Store, world: World, asked: Referral) -> Referral:
    """Set up a second center, which is asked about the same patient; return that."""
    site = _site(world) | {
        "id": HILLSIDE,
        "key": "hillside",
        "name": "Hillside Myeloma",
    }
    link = _link(world) | {"id": HILLSIDE_LINK, "practice_id": world.practice_id}
    there = replace(asked, id="asked-hillside", link_id=HILLSIDE_LINK)
    with store.act(OPERATOR) as unit:
        unit.people.put("site", site | {"kind": SiteKind.CENTER})
        unit.people.put(
            "link", link | {"center_id": HILLSIDE, "channel_id": "C0HILLSIDE"}
        )
        unit.cases.add_referral(there)
        unit.audit(world.workspace_id, "setup applied", HILLSIDE)
    return there


def link_hillside(store: Store, world: World) -> None:
    """Link the second center with Prairie Cancer Care, too."""
    link = _link(world) | {"id": PRAIRIE_HILLSIDE, "center_id": HILLSIDE}
    with store.act(OPERATOR) as unit:
        unit.people.put("link", link | {"channel_id": "C0PRAIRIEHILL"})
        unit.audit(world.workspace_id, "setup applied", HILLSIDE)


@dataclass(frozen=True)
class Move:
    """One case whose patient moves, and what people do about it."""

    store: Store
    world: World
    there: Prairie
    referral: Referral
    """Of the practice that the patient leaves."""

    def act(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action as a listener would."""
        return perform(self.store, action, by=by, key=f"move:{next(_keys)}", **words)

    def offer(
        self,
        by: Person | None = None,
        *,
        link_id: str = PRAIRIE_LINK,
        values: Mapping[str, str] | None = None,
    ) -> str:
        """Offer the case to Dr Patel, and return the handoff's id."""
        done = self.act(
            offer_handoff,
            by or self.world.oncologist,
            referral_id=self.referral.id,
            values=told(self.there.patel) | dict(values or {}),
            link_id=link_id,
        )
        return done.subject

    def say_back(self, handoff_id: str, by: Person | None = None, **more: Any) -> Done:
        """Let Dr Patel say it back, taking on every line."""
        with self.store.read() as reading:
            lines = reading.handoffs.actions(reading.handoffs.handoff(handoff_id))
        answers = {one.id: Answer(Line.ACCEPTED) for one in lines}
        words: dict[str, Any] = {"answers": answers, "visit_booked": True}
        words |= {"matched": How.BY_PHONE} | more
        said = replace(ReadBack(SAID, "Stable"), **words)
        by = by or self.there.patel
        return self.act(read_back, by, handoff_id=handoff_id, said=said)

    def step(self, handoff_id: str, by: Person, event: Event, **fields: str) -> Done:
        """Make another move of the handoff."""
        words = {"handoff_id": handoff_id, "event": event, "written": Written(fields)}
        return self.act(move_handoff, by, **words)

    def go(self) -> None:
        """Let the patient move: offered, and said back."""
        self.say_back(self.offer())

    @property
    def case(self) -> Case:
        """The case as it is kept now."""
        with self.store.read() as reading:
            return reading.cases.case(self.referral.case_id)

    @property
    def handoffs(self) -> list[Handoff]:
        """Every handoff of the case, oldest first."""
        with self.store.read() as reading:
            return reading.handoffs.of([self.referral.case_id])[self.referral.case_id]

    @property
    def old(self) -> Sheet:
        """The referral of the first practice as it is shown now."""
        with self.store.read() as reading:
            found = reading.cases.referral(self.referral.id)
            return make_sheets(reading, [found])[0]

    @property
    def new(self) -> Sheet:
        """The referral over the link of the next practice, as it is shown now."""
        with self.store.read() as reading:
            there = reading.cases.referrals_of(self.referral.case_id)
            (found,) = [one for one in there if one.link_id == PRAIRIE_LINK]
            return make_sheets(reading, [found])[0]


def told(receiver: Person) -> dict[str, str]:
    """Return what the sender writes in every field of a move to another practice."""
    return {
        RECEIVER: receiver.clinician_id,
        SEVERITY: "Stable",
        SUMMARY: "Home after CAR T; moves to be near family.",
        CONTINGENCY: "none",
        action_fields(1)[0]: "none",
        MATCHED: How.BY_PHONE,
    }


def _site(world: World) -> dict[str, Any]:
    return {
        "id": PRAIRIE,
        "workspace_id": world.workspace_id,
        "key": "prairie",
        "kind": SiteKind.PRACTICE,
        "name": "Prairie Cancer Care",
        "phone_24h": "+1 555 0107",
        "zone": "America/Denver",
        "country": "US",
        "region": None,
        "responsible_roles": [Role.ONCOLOGIST],
        **OFFICE_HOURS,
    }


def _link(world: World) -> dict[str, Any]:
    return {
        "id": PRAIRIE_LINK,
        "workspace_id": world.workspace_id,
        "practice_id": PRAIRIE,
        "center_id": world.center_id,
        "channel_id": PRAIRIE_CHANNEL,
        "active": 1,
    }


def _person(unit: Unit, key: str, name: str, role: Role) -> Person:
    clinician = {
        "id": f"clinician-{key}",
        "site_id": PRAIRIE,
        "key": key,
        "name": name,
        "role": role,
        "duty_order": None,
        "active": 1,
    }
    unit.people.put("clinician", clinician)
    identity = {
        "id": f"identity-{key}",
        "team_id": "T0PRAIRIE",
        "user_id": f"U0{key.upper()}",
        "clinician_id": clinician["id"],
        "confirmed_by": "tests",
        "dm_channel": None,
    }
    unit.people.put("identity", identity)
    return Person(
        clinician_id=f"clinician-{key}",
        site_id=PRAIRIE,
        role=role,
        name=name,
        team_id="T0PRAIRIE",
        user_id=f"U0{key.upper()}",
    )
