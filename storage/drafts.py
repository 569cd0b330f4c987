"""Drafts: what was submitted and could not be carried out, sealed, for a day."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    delete,
    insert,
    select,
)

from storage.records import Draft, columns_of
from storage.tables import draft
from storage.vault import Vault


class Drafts:
    """What people submitted and could not be carried out, kept for a day."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, new: Draft) -> None:
        """Keep a draft in place of an older one of the same person and form."""
        self._drop(_same_form(new.author_id, new.form, new.subject))
        sealed = self._vault.new_key(new.id).seal(
            json.dumps(new.values), f"draft.body/{new.id}"
        )
        row = columns_of(new, without=("values",)) | {"body": sealed}
        self._connection.execute(insert(draft).values(**row))

    def find(
        self, author_id: str, form: str, subject: str, *, now: datetime
    ) -> Draft | None:
        """Return a person's draft of a form, while it is kept."""
        row = self._connection.execute(
            select(draft).where(
                _same_form(author_id, form, subject), draft.c.kept_until > now
            )
        ).first()
        if row is None:
            return None
        body = self._vault.key(row.id).open(row.body, f"draft.body/{row.id}")
        values = dict(row._mapping)
        del values["body"]
        return Draft(**values, values=json.loads(body))

    def drop(self, author_id: str, form: str, subject: str) -> None:
        """Forget a draft that was carried out, its key with it."""
        self._drop(_same_form(author_id, form, subject))

    def drop_old(self, now: datetime) -> int:
        """Forget drafts whose time is over; return how many."""
        return self._drop(draft.c.kept_until <= now)

    def _drop(self, wanted: Any) -> int:
        ids = self._connection.execute(select(draft.c.id).where(wanted)).scalars().all()
        if ids:
            self._connection.execute(delete(draft).where(draft.c.id.in_(ids)))
            self._vault.shred(ids)
        return len(ids)


def _same_form(author_id: str, form: str, subject: str) -> Any:
    return and_(
        draft.c.author_id == author_id,
        draft.c.form == form,
        draft.c.subject == subject,
    )
