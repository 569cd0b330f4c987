"""Keeps what somebody submitted when it could not be carried out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.actions.done import Done
from bot.actions.guarding import identifier_in, staff_around
from storage.actors import Person
from storage.records import Draft
from storage.unit import Reading, Unit

KEPT_FOR = timedelta(hours=24)


def keep_draft(
    *, uow: Unit, by: Person, form: str, subject: str, values: Mapping[str, str]
) -> Done:
    """Keep what was written in a form, sealed, for 24 hours.

    Nothing is kept where an identifier is seen: it was refused, or will be.
    """
    staff = staff_around(uow.people, by.site_id)
    if any(identifier_in(text, staff) for text in values.values()):
        return Done("not kept")
    new = Draft(
        id=uow.new_id(),
        author_id=by.clinician_id,
        form=form,
        subject=subject,
        values=dict(values),
        kept_until=uow.now + KEPT_FOR,
    )
    uow.drafts.keep(new)
    return Done("kept", new.id)


def my_draft(reading: Reading, by: Person, form: str, subject: str) -> dict[str, str]:
    """Return what somebody's draft of a form says, or nothing."""
    found = reading.drafts.find(by.clinician_id, form, subject, now=reading.now)
    return found.values if found else {}
