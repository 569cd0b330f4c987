"""Each working day a center's signatures are looked at.

Whoever signed is asked once, two weeks before the signature looks stale. While
somebody has had lymphodepletion or CAR T and rows are unsigned, the lead and the
coordinators of both sites are told every working day: what is unsigned is not planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.actions.duty import keepers
from bot.actions.telling import Aside
from bot.center_protocol import standing_protocol
from bot.knowledge import Known, has_right_now, knowledge_of
from care.journey import INFUSED, Phase
from care.people import Role
from scheduler.calendars import local_day, next_opening_after
from storage.actors import Actor
from storage.records import Clinician, Reminder, Site
from storage.reminders import Due
from storage.unit import Reading, Unit

KIND = "signatures"
"""The kind of reminder that looks at a center's signatures, each working day."""
STALE_SOON = "signatures to renew"
UNSIGNED = "rows unsigned"
ABOUT_SIGNING = frozenset({STALE_SOON, UNSIGNED})
"""Views of what is told of signatures."""
SUFFIX = "/signatures"
"""Makes a center's signatures a subject of their own."""
GIVEN = INFUSED | {Phase.INFUSION}
"""Phases of a course in which lymphodepletion, or more, has happened."""

Batch = tuple[str, str]
"""What one message is about: who signed, and on which day at the center (ISO)."""


def look_at_signatures(*, uow: Unit, by: Actor, reminder: Reminder) -> str:
    """Ask and tell what is due of a center's signatures, and look again."""
    center = uow.people.site(reminder.subject.removesuffix(SUFFIX))
    asked = _ask_signers(uow, center)
    told = _tell_unsigned(uow, center)
    plan_look(uow, center, generation=reminder.generation + 1)
    codes = {"asked": str(asked), "told": str(told), "by": str(by)}
    uow.audit(center.workspace_id, "signatures looked at", center.id, codes)
    return "told" if asked or told else "nothing to tell"


def plan_look(uow: Unit, center: Site, *, generation: int) -> None:
    """Plan the next look: the opening of the next working day at the center."""
    due = Due(KIND, "daily", next_opening_after(center, uow.now))
    uow.reminders.plan(center.workspace_id, center.id + SUFFIX, generation, [due])


def begin_looking(uow: Unit, center: Site) -> None:
    """Plan the first look, where none is planned."""
    earlier = uow.reminders.of(center.id + SUFFIX)
    if any(one.state == "waiting" for one in earlier):
        return
    generation = max((one.generation for one in earlier), default=0) + 1
    plan_look(uow, center, generation=generation)


def to_renew(reading: Reading, center: Site) -> Mapping[Batch, list[Known]]:
    """Return what looks stale soon, or does, by who signed it and on which day."""
    knowledge = knowledge_of(reading, center)
    found: dict[Batch, list[Known]] = {}
    for one in knowledge.rows:
        if one.signature is None or not one.standing.counts:
            continue
        day = local_day(center, one.signature.signed_at)
        if knowledge.limit.asks_on(day):
            batch = (one.signature.signed_by, day.isoformat())
            found.setdefault(batch, []).append(one)
    return found


def patients_given(reading: Reading, center: Site) -> int:
    """Return how many living patients of a center have had lymphodepletion."""
    courses = reading.courses.under_way_at(center.id, GIVEN)
    return len({one.case_id for one in courses})


def _ask_signers(uow: Unit, center: Site) -> int:
    batches = to_renew(uow, center)
    for signer_id, day in batches:
        # The cause is the same each day, so each is asked once.
        Aside(
            view=STALE_SOON,
            workspace_id=center.workspace_id,
            subject=center.id,
            cause=f"{center.id}/{day}/{center.stale_after_days}/{signer_id}",
            payload={"signer": signer_id, "day": day},
        ).tell(uow, _whom_to_ask(uow, center, signer_id))
    return len(batches)


def _whom_to_ask(uow: Unit, center: Site, signer_id: str) -> Sequence[Clinician]:
    """Return who signed, or who else may where they are not there any more."""
    able = [one for one in uow.people.staff(center.id) if has_right_now(one, center)]
    signer = [one for one in able if one.id == signer_id]
    return signer or able or uow.people.staff(center.id, Role.LEAD)


def _tell_unsigned(uow: Unit, center: Site) -> int:
    courses = uow.courses.under_way_at(center.id, GIVEN)
    if not courses or not standing_protocol(uow, center).count.unsigned:
        return 0
    day = local_day(center, uow.now).isoformat()
    people = _concerned(uow, center, {one.link_id for one in courses})
    Aside(
        view=UNSIGNED,
        workspace_id=center.workspace_id,
        subject=center.id,
        cause=f"{center.id}/unsigned/{day}",
        payload={},
    ).tell(uow, people)
    return len(people)


def _concerned(uow: Unit, center: Site, link_ids: set[str]) -> list[Clinician]:
    """Return the lead and the coordinators of both sites."""
    practices = {uow.people.link(one).practice_id for one in link_ids}
    there = [
        one
        for practice in sorted(practices)
        for one in uow.people.staff(practice, Role.COORDINATOR)
    ]
    return [*keepers(uow, center), *there]
