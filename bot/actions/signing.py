"""People with the right read clinical knowledge and sign it for their center.

A signature is of the text that its signer saw: what reads otherwise by then is not
signed. Each signature is kept, also when another takes its place or it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.actions.done import Done
from bot.actions.plan_again import grow_later
from bot.actions.signature_clock import begin_looking
from bot.knowledge import Knowledge, Known, has_right, knowledge_of
from bot.refusals import NotForYou, Overtaken, Refusal
from care.knowledge.protocol import ProtocolRow
from scheduler.calendars import local_day
from storage.actors import Person
from storage.errors import NotFound
from storage.records import Site
from storage.signing import Signature
from storage.unit import Unit

DISAGREE = "These rows disagree: choose one of them, beside the others."
CHANGED = (
    "Nothing was signed: “{name}” reads otherwise since you opened the page. Read it"
    " again."
)
WITHDRAWN = "That signature stands no more: somebody was faster."


@dataclass(frozen=True)
class Seen:
    """A row as its signer saw it."""

    key: str
    digest: str


def sign(*, uow: Unit, by: Person, center_id: str, rows: Sequence[Seen]) -> Done:
    """Sign rows as they were read; signing one that others disagree with chooses it.

    Raises `NotForYou` without the right, and `Overtaken`, having signed none, where
    one of them reads otherwise by now.
    """
    center = center_to_sign_for(uow, by, center_id)
    knowledge = knowledge_of(uow, center, by)
    read = [_as_seen(knowledge, one) for one in rows]
    _refuse_disagreeing(read)
    fresh = [one for one in read if not _is_signed_today(uow, center, one)]
    _end(uow, center, by, _replaced(uow, center, fresh))
    for one in fresh:
        _sign(uow, center, by, one)
    if fresh:
        begin_looking(uow, center)
    if any(isinstance(one.row, ProtocolRow) for one in fresh):
        grow_later(uow, center)
    return Done("signed" if fresh else "signed already", str(len(rows)))


def withdraw(*, uow: Unit, by: Person, center_id: str, signature_id: str) -> Done:
    """Withdraw a signature of one's center. What is planned already goes on.

    Raises `NotForYou` without the right, `Overtaken` where it stands no more.
    """
    center = center_to_sign_for(uow, by, center_id)
    standing = uow.signing.standing(center.id).values()
    found = [one for one in standing if one.id == signature_id]
    if not found:
        raise Overtaken(WITHDRAWN)
    _end(uow, center, by, found)
    return Done("withdrawn", signature_id)


def center_to_sign_for(uow: Unit, by: Person, center_id: str) -> Site:
    """Return a center, held, for which somebody may sign. Raises `NotForYou`."""
    try:
        center = uow.people.site(center_id)
    except NotFound as error:
        raise NotForYou(_only(uow, center_id)) from error
    if not has_right(uow, by, center):
        raise NotForYou(_only(uow, center_id))
    uow.signing.hold(center.id)
    return center


def _only(uow: Unit, center_id: str) -> str:
    staff = uow.people.staff(center_id)
    names = ", ".join(one.name for one in staff if one.signs) or "nobody yet"
    return (
        "Clinical knowledge is signed by those to whom the setup gives the right:"
        f" {names}."
    )


def _as_seen(knowledge: Knowledge, seen: Seen) -> Known:
    found = knowledge.row(seen.key)
    if found is None or found.digest != seen.digest:
        name = getattr(found.row, "name", found.row.statement) if found else "A row"
        raise Overtaken(CHANGED.format(name=name))
    return found


def _refuse_disagreeing(rows: Iterable[Known]) -> None:
    choices = [one.choice for one in rows if one.choice]
    if len(set(choices)) < len(choices):
        raise Refusal(DISAGREE)


def _is_signed_today(uow: Unit, center: Site, one: Known) -> bool:
    """Tell whether this text was signed today: two who sign at once sign it once."""
    if one.signature is None or one.signature.digest != one.digest:
        return False
    today = local_day(center, uow.now)
    return local_day(center, one.signature.signed_at) == today


def _replaced(uow: Unit, center: Site, fresh: Iterable[Known]) -> list[Signature]:
    keys = {one.key for one in fresh}
    choices = {one.choice for one in fresh if one.choice}
    standing = uow.signing.standing(center.id).values()
    return [one for one in standing if one.row_id in keys or one.choice in choices]


def _end(uow: Unit, center: Site, by: Person, found: Sequence[Signature]) -> None:
    if not found:
        return
    uow.signing.end([one.id for one in found], by=by.clinician_id, at=uow.now)
    for one in found:
        codes = {"row": one.row_id, "center": center.id}
        uow.audit(center.workspace_id, "signature ended", one.id, codes)


def _sign(uow: Unit, center: Site, by: Person, one: Known) -> None:
    new = Signature(
        id=uow.new_id(),
        center_id=center.id,
        row_id=one.key,
        digest=one.digest,
        choice=one.choice,
        signed_by=by.clinician_id,
        signed_at=uow.now,
    )
    uow.signing.sign(new)
    codes = {"row": one.key, "digest": one.digest, "center": center.id}
    uow.audit(center.workspace_id, "row signed", new.id, codes)
