"""A center changes its protocol: each change makes the next number of it.

An earlier number is never changed: running plans stay on theirs. What reads otherwise
than what was signed is unsigned again, and what the center wrote is said to be its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.actions.done import Done
from bot.actions.guarding import refuse_identifiers, staff_around
from bot.actions.signature_clock import begin_looking
from bot.actions.signing import center_to_sign_for
from bot.center_protocol import packaged_of, the_protocol
from bot.refusals import BadFields, Overtaken, Refusal
from care.knowledge.own_reach import Reach, reached
from care.knowledge.own_rows import (
    BadWording,
    Wording,
    all_as_own,
    as_own,
    reworded,
    written,
)
from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import as_kept, differences, from_kept
from scheduler.calendars import local_day
from storage.actors import Actor, Person
from storage.records import Site
from storage.signing import Protocol
from storage.unit import Unit

OVERTAKEN = (
    "Nothing was changed: somebody else changed the protocol meanwhile. It is shown as"
    " it is now; change it again."
)
LAST = "Nothing was changed: a protocol has at least one row."
TEXTS = ("name", "statement", "thresholds", "parts")
"""Fields of a form in which people write as they like."""


def change_row(
    *,
    uow: Unit,
    by: Person,
    center_id: str,
    protocol_id: str,
    row_id: str,
    wording: Wording,
) -> Done:
    """Change a row of the protocol that somebody saw; it is unsigned then.

    Raises `NotForYou` without the right, `Overtaken` where the protocol is not what
    they saw, `BadFields` where it is no row.
    """
    center, seen = _seen(uow, by, center_id, protocol_id)
    _guard(uow, center, wording)
    rows = _changed(seen, row_id, lambda old: reworded(old, wording))
    if rows is None:
        return Done("unchanged", seen.id)
    return _keep(uow, by, center, seen, rows, how="row changed")


def change_reach(
    *,
    uow: Unit,
    by: Person,
    center_id: str,
    protocol_id: str,
    row_id: str,
    reach: Reach,
) -> Done:
    """Change for whom a row is, who does it, and how soon a miss is told.

    It is unsigned then. Raises what `change_row` does.
    """
    center, seen = _seen(uow, by, center_id, protocol_id)
    rows = _changed(seen, row_id, lambda old: reached(old, reach))
    if rows is None:
        return Done("unchanged", seen.id)
    return _keep(uow, by, center, seen, rows, how="row given otherwise")


def add_row(
    *, uow: Unit, by: Person, center_id: str, protocol_id: str, wording: Wording
) -> Done:
    """Add a row of the center's own. Raises what `change_row` does."""
    center, seen = _seen(uow, by, center_id, protocol_id)
    _guard(uow, center, wording)
    used = {str(row["ref"]) for one in _all(uow, seen) for row in one.rows}
    try:
        new = written(wording, used, local_day(center, uow.now))
    except BadWording as bad:
        raise BadFields(bad.sentences) from bad
    rows = [*from_kept(seen.rows), new]
    return _keep(uow, by, center, seen, rows, how="row added")


def leave_out(
    *, uow: Unit, by: Person, center_id: str, protocol_id: str, row_id: str
) -> Done:
    """Leave a row out of the protocol. Raises `NotForYou` or `Overtaken`."""
    center, seen = _seen(uow, by, center_id, protocol_id)
    dropped = _row(seen, row_id)
    rows = [one for one in from_kept(seen.rows) if one.id != dropped.id]
    if not rows:
        raise Refusal(LAST)
    return _keep(uow, by, center, seen, rows, how="row left out")


def take_packaged(
    *, uow: Unit, by: Person, center_id: str, protocol_id: str, row_id: str
) -> Done:
    """Take a row as it is packaged again. Raises `NotForYou` or `Overtaken`."""
    center, seen = _seen(uow, by, center_id, protocol_id)
    packaged = packaged_of(seen).get(row_id)
    if packaged is None:
        raise Overtaken(OVERTAKEN)
    old = list(from_kept(seen.rows))
    rows = [packaged if one.id == row_id else one for one in old]
    if packaged not in rows:
        rows.append(packaged)
    if rows == old:
        return Done("unchanged", seen.id)
    return _keep(uow, by, center, seen, rows, how="row taken again")


def use_protocol(
    *, uow: Unit, by: Actor, center_id: str, rows: Sequence[ProtocolRow]
) -> Done:
    """Make the rows of a file the center's protocol; what it changed is its own."""
    center = uow.people.site(center_id)
    uow.signing.hold(center.id)
    seen = the_protocol(uow, center)
    new = all_as_own(rows, packaged_of(seen).values())
    texts = {one.id: "\n".join(_texts_of(one)) for one in new if one.own}
    refuse_identifiers(texts, staff_around(uow.people, center.id))
    if not differences(from_kept(seen.rows), new):
        return Done("unchanged", seen.id)
    return _keep(uow, by, center, seen, new, how="file used")


def _seen(
    uow: Unit, by: Person, center_id: str, protocol_id: str
) -> tuple[Site, Protocol]:
    center = center_to_sign_for(uow, by, center_id)
    newest = the_protocol(uow, center)
    if newest.id != protocol_id:
        raise Overtaken(OVERTAKEN)
    return center, newest


def _row(protocol: Protocol, row_id: str) -> ProtocolRow:
    found = [one for one in from_kept(protocol.rows) if one.id == row_id]
    if not found:
        raise Overtaken(OVERTAKEN)
    return found[0]


def _changed(
    seen: Protocol, row_id: str, change: Callable[[ProtocolRow], ProtocolRow]
) -> list[ProtocolRow] | None:
    """Return the rows with one of them changed; None where it reads as before."""
    old = _row(seen, row_id)
    try:
        changed = change(old)
    except BadWording as bad:
        raise BadFields(bad.sentences) from bad
    if changed == old:
        return None
    new = as_own(changed, packaged_of(seen).get(row_id))
    return [new if one.id == row_id else one for one in from_kept(seen.rows)]


def _all(uow: Unit, newest: Protocol) -> list[Protocol]:
    return [*uow.signing.before(newest), newest]


def _guard(uow: Unit, center: Site, wording: Wording) -> None:
    texts = {name: str(getattr(wording, name)) for name in TEXTS}
    refuse_identifiers(texts, staff_around(uow.people, center.id))


def _texts_of(row: ProtocolRow) -> list[str]:
    parts = row.ends.parts if row.ends else ()
    return [row.name, row.statement, row.thresholds or "", *parts]


def _keep(
    uow: Unit,
    by: Actor,
    center: Site,
    seen: Protocol,
    rows: Iterable[ProtocolRow],
    *,
    how: str,
) -> Done:
    new = Protocol(
        id=uow.new_id(),
        workspace_id=center.workspace_id,
        center_id=center.id,
        number=seen.number + 1,
        based_on=seen.based_on,
        rows=as_kept(rows),
        made_by=by.clinician_id if isinstance(by, Person) else None,
        made_at=uow.now,
    )
    uow.signing.add_protocol(new)
    found = differences(from_kept(seen.rows), from_kept(new.rows))
    touched = [one.id for one in (*found.added, *found.dropped, *found.changed)]
    codes = {"number": str(new.number), "how": how, "rows": " ".join(touched)}
    uow.audit(center.workspace_id, "protocol changed", new.id, codes)
    begin_looking(uow, center)
    return Done("changed", new.id)
