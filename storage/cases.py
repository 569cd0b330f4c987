"""Cases, their referrals, and what was written about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from care.cases import CaseSummary, as_dict, from_dict, new_case_code
from care.referral import Kind, Side, State, Urgency
from storage.errors import NotFound
from storage.records import Case, Life, Referral, Reply, ReplyKind, columns_of
from storage.responsibility import Responsibility
from storage.sealing import DataKey
from storage.tables import case, link, referral, reply
from storage.vault import Vault

SLICE = 500
"""How many ids stand in one query, well below what SQLite takes."""


class Cases:
    """Cases, their referrals and what was written about them."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, new: Case) -> None:
        """Keep a new case, its summary sealed by a data key of its own."""
        key = self._vault.new_key(new.id)
        row = columns_of(new) | {"summary": _seal_summary(key, new.id, new.summary)}
        self._connection.execute(insert(case).values(**row))
        Responsibility(self._connection).begin(new)

    def case_to_move(self, case_id: str) -> Case:
        """Return one case, locked until the transaction ends. Raises `NotFound`."""
        query = select(case).where(case.c.id == case_id).with_for_update()
        found = self._open_cases(self._connection.execute(query).all())
        if not found:
            raise NotFound("there is no such case")
        return found[0]

    def case(self, case_id: str) -> Case:
        """Return one case, opened. Raises `NotFound`."""
        return self.cases([case_id])[case_id]

    def cases(self, ids: Collection[str]) -> dict[str, Case]:
        """Return several cases by id, opened, in two queries. Raises `NotFound`."""
        rows = self._connection.execute(select(case).where(case.c.id.in_(set(ids))))
        opened = {one.id: one for one in self._open_cases(rows.all())}
        if missing := set(ids) - opened.keys():
            raise NotFound(f"there is no case {min(missing)}")
        return opened

    def case_by_code(self, code: str) -> Case | None:
        """Return the case with a code; the caller checks the actor's part in it."""
        row = self._connection.execute(select(case).where(case.c.code == code)).first()
        return self._open_cases([row])[0] if row else None

    def code_is_taken(self, code: str) -> bool:
        """Tell whether a case code is in use."""
        found = self._connection.execute(select(case.c.id).where(case.c.code == code))
        return found.first() is not None

    def free_code(self, draw: Callable[[int], bytes]) -> str | None:
        """Return a new case code that no case has; None after twenty that had one.

        `draw` gives so many random bytes.
        """
        drawn = (new_case_code(draw(8)) for _ in range(20))
        return next((one for one in drawn if not self.code_is_taken(one)), None)

    def codes(self, ids: Collection[str]) -> dict[str, str]:
        """Return the codes of those of some cases that are there, by id."""
        wanted, found = sorted(set(ids)), dict[str, str]()
        for start in range(0, len(wanted), SLICE):
            part = wanted[start : start + SLICE]
            rows = self._connection.execute(
                select(case.c.id, case.c.code).where(case.c.id.in_(part))
            )
            found |= {row.id: row.code for row in rows}
        return found

    def change_life(self, case_id: str, life: Life) -> None:
        """Keep whether the patient lives, and whether checks still help."""
        self._connection.execute(
            update(case).where(case.c.id == case_id).values(life=life)
        )

    def change_practice(self, case_id: str, practice_id: str) -> None:
        """Keep that a patient has moved to another practice.

        The caller holds the case's row, and moves what goes along.
        """
        self._connection.execute(
            update(case).where(case.c.id == case_id).values(practice_id=practice_id)
        )

    def add_referral(self, new: Referral) -> None:
        """Keep a new referral, its question sealed by its case's key."""
        question = self._vault.key(new.case_id).seal(new.question, _question(new.id))
        row = columns_of(new) | {"question": question}
        self._connection.execute(insert(referral).values(**row))

    def keep_referral(self, changed: Referral) -> None:
        """Write back a referral that was read by `referral_to_move`."""
        row = columns_of(changed)
        del row["question"]
        self._connection.execute(
            update(referral).where(referral.c.id == changed.id).values(**row)
        )

    def referral(self, referral_id: str) -> Referral:
        """Return one referral. Raises `NotFound`."""
        return self._one_referral(select(referral).where(referral.c.id == referral_id))

    def referrals(self, ids: Collection[str]) -> list[Referral]:
        """Return several referrals by id, opened, in two queries."""
        return self._referrals(select(referral).where(referral.c.id.in_(set(ids))))

    def referral_to_move(self, referral_id: str) -> Referral:
        """Return one referral, locked until the transaction ends. Raises `NotFound`."""
        return self._one_referral(
            select(referral).where(referral.c.id == referral_id).with_for_update()
        )

    def hold_referrals(self, case_id: str) -> None:
        """Lock a case's referrals until the transaction ends, in a fixed order.

        Whatever changes a referral and a course locks the referral first.
        """
        self._connection.execute(
            select(referral.c.id)
            .where(referral.c.case_id == case_id)
            .order_by(referral.c.id)
            .with_for_update()
        ).all()

    def referrals_of(self, case_id: str) -> list[Referral]:
        """Return a case's referrals, newest first."""
        return self._referrals(
            select(referral)
            .where(referral.c.case_id == case_id)
            .order_by(referral.c.requested_at.desc())
        )

    def referrals_at(self, site_id: str, states: Collection[State]) -> list[Referral]:
        """Return a site's referrals in some states, those waiting longest first."""
        at_site = or_(link.c.practice_id == site_id, link.c.center_id == site_id)
        return self._referrals(
            select(referral)
            .join(link, link.c.id == referral.c.link_id)
            .where(at_site, referral.c.state.in_(list(states)))
            .order_by(referral.c.round_started_at, referral.c.id)
        )

    def cases_at(
        self,
        practice_id: str,
        *,
        of: str | None = None,
        case_id: str | None = None,
        limit: int = 99,
    ) -> list[Case]:
        """Return a practice's newest cases, of patients who live.

        `of` leaves those for which a clinician is responsible or which they
        referred; `case_id` leaves that one, also after a death.
        """
        wanted = case.c.practice_id == practice_id
        if case_id is not None:
            wanted = and_(wanted, case.c.id == case_id)
        else:
            wanted = and_(wanted, case.c.life != Life.DIED)
        if of is not None:
            referred = exists().where(
                referral.c.case_id == case.c.id, referral.c.referrer_id == of
            )
            wanted = and_(wanted, or_(case.c.responsible_id == of, referred))
        rows = self._connection.execute(
            select(case).where(wanted).order_by(case.c.created_at.desc()).limit(limit)
        )
        return self._open_cases(rows.all())

    def add_reply(self, new: Reply, case_id: str) -> None:
        """Keep what somebody wrote, its text sealed by the case's key."""
        row = columns_of(new)
        if new.text is not None:
            row["text"] = self._vault.key(case_id).seal(new.text, _reply(new.id))
        self._connection.execute(insert(reply).values(**row))

    def reply(self, reply_id: str) -> Reply:
        """Return one reply, opened. Raises `NotFound`."""
        return self._one_reply(reply.c.id == reply_id)

    def replies(self, ids: Collection[str]) -> list[Reply]:
        """Return several replies, opened, oldest first."""
        return self._replies(reply.c.id.in_(set(ids)))

    def reply_at(self, referral_id: str, message_ts: str) -> Reply | None:
        """Return the reply that stands at a message of a thread, if it is kept."""
        there = and_(
            reply.c.referral_id == referral_id, reply.c.message_ts == message_ts
        )
        try:
            return self._one_reply(there)
        except NotFound:
            return None

    def sort_reply(self, reply_id: str, kind: ReplyKind) -> None:
        """Record what a reply is, as its author says."""
        self._connection.execute(
            update(reply).where(reply.c.id == reply_id).values(kind=kind)
        )

    def reword(
        self, reply_id: str, case_id: str, *, text: str | None, withheld: str | None
    ) -> None:
        """Seal the new wording of a reply, or leave it without one."""
        sealed = None
        if text is not None:
            sealed = self._vault.key(case_id).seal(text, _reply(reply_id))
        self._connection.execute(
            update(reply)
            .where(reply.c.id == reply_id)
            .values(text=sealed, withheld=withheld)
        )

    def unsorted_replies(self, author_id: str) -> list[Reply]:
        """Return replies whose author has not said what they are."""
        return self._replies(
            and_(reply.c.author_id == author_id, reply.c.kind == ReplyKind.UNSORTED)
        )

    def replies_of(self, referral_id: str) -> list[Reply]:
        """Return what was written about a referral, oldest first."""
        return self._replies(reply.c.referral_id == referral_id)

    def _open_cases(self, rows: Collection[Row[Any]]) -> list[Case]:
        self._vault.open_all([row.id for row in rows])
        return [
            Case(
                **dict(row._mapping)
                | {"summary": self._open_summary(row), "life": Life(row.life)}
            )
            for row in rows
        ]

    def _open_summary(self, row: Row[Any]) -> CaseSummary:
        told = self._vault.key(row.id).open(row.summary, f"case.summary/{row.id}")
        return from_dict(json.loads(told))

    def _one_referral(self, query: Select[Any]) -> Referral:
        found = self._referrals(query)
        if not found:
            raise NotFound("there is no such referral")
        return found[0]

    def _referrals(self, query: Select[Any]) -> list[Referral]:
        rows = self._connection.execute(query).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open_referral(row) for row in rows]

    def _open_referral(self, row: Row[Any]) -> Referral:
        key = self._vault.key(row.case_id)
        return Referral(
            **dict(row._mapping)
            | {
                "kind": Kind(row.kind),
                "urgency": Urgency(row.urgency),
                "state": State(row.state),
                "previous": State(row.previous) if row.previous else None,
                "waiting_on": Side(row.waiting_on) if row.waiting_on else None,
                "passed_by": tuple(row.passed_by),
                "question": key.open(row.question, _question(row.id)),
            }
        )

    def _one_reply(self, wanted: Any) -> Reply:
        found = self._replies(wanted)
        if not found:
            raise NotFound("there is no such reply")
        return found[0]

    def _replies(self, wanted: Any) -> list[Reply]:
        rows = self._connection.execute(
            select(reply, referral.c.case_id)
            .join(referral, referral.c.id == reply.c.referral_id)
            .where(wanted)
            .order_by(reply.c.written_at, reply.c.id)
        ).all()
        self._vault.open_all([row.case_id for row in rows])
        return [self._open_reply(row) for row in rows]

    def _open_reply(self, row: Row[Any]) -> Reply:
        values = dict(row._mapping)
        key = self._vault.key(values.pop("case_id"))
        text = None if row.text is None else key.open(row.text, _reply(row.id))
        return Reply(**values | {"kind": ReplyKind(row.kind), "text": text})


def _seal_summary(key: DataKey, case_id: str, summary: CaseSummary) -> bytes:
    told: Mapping[str, object] = as_dict(summary)
    return key.seal(json.dumps(told), f"case.summary/{case_id}")


def _question(referral_id: str) -> str:
    return f"referral.question/{referral_id}"


def _reply(reply_id: str) -> str:
    return f"reply.text/{reply_id}"
