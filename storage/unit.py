"""The unit of work: one transaction in which an action changes what is kept."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from care.patient_time import PhiMode
from storage.actors import Actor
from storage.audit import Entry, append, begin_chain
from storage.boards import Boards
from storage.bridging import Bridgings
from storage.cases import Cases
from storage.clock import CareClock
from storage.concerns import Concerns
from storage.courses import Courses
from storage.covers import Covers
from storage.database import WRITTEN, Database
from storage.digests import Digests
from storage.drafts import Drafts
from storage.due import DueItems
from storage.duty import Duty
from storage.errors import NothingAudited
from storage.handoffs import Handoffs
from storage.inbound import Inbound
from storage.items import Items
from storage.matching import Matching
from storage.notices import Notices
from storage.people import People
from storage.plans import Plans
from storage.readiness import Readiness
from storage.reminders import Reminders
from storage.responsibility import Responsibility
from storage.restorations import Restorations
from storage.sealing import Keyring
from storage.signing import Signing
from storage.tables import DELIVERY, HOUSEKEEPING, metadata
from storage.vault import Vault

ALL_TABLES = frozenset(metadata.tables)


class Reading:
    """What can be looked up, at one moment of the care clock."""

    def __init__(
        self,
        connection: Connection,
        keyring: Keyring,
        now: datetime,
        phi_most: PhiMode = PhiMode.NONE,
    ) -> None:
        vault = Vault(connection, keyring)
        self.connection = connection
        self.now = now
        self.phi_most = phi_most
        """What the settings let be shown of a patient's time, whatever was agreed."""
        self.vault = vault
        self.people = People(connection)
        self.duty = Duty(connection)
        self.cases = Cases(connection, vault)
        self.courses = Courses(connection, vault)
        self.concerns = Concerns(connection)
        self.matching = Matching(connection)
        self.readiness = Readiness(connection, vault)
        self.bridging = Bridgings(connection, vault)
        self.plans = Plans(connection, vault)
        self.items = Items(connection, vault)
        self.signing = Signing(connection)
        self.boards = Boards(connection)
        self.due = DueItems(connection)
        self.digests = Digests(connection)
        self.handoffs = Handoffs(connection, vault)
        self.responsibility = Responsibility(connection)
        self.covers = Covers(connection, vault)
        self.drafts = Drafts(connection, vault)
        self.reminders = Reminders(connection)
        self.notices = Notices(connection)

    @property
    def phi_mode(self) -> PhiMode:
        """What is shown of a patient's time: the lesser of settings and agreement.

        It is read each time, so that it is lowered as soon as an agreement is.
        """
        if self.phi_most is PhiMode.NONE:
            return PhiMode.NONE
        return self.phi_most.lesser(self.people.agreed_mode())


class Unit(Reading):
    """What an action changes. All of it is committed, or none."""

    def __init__(
        self,
        connection: Connection,
        keyring: Keyring,
        now: datetime,
        by: Actor,
        phi_most: PhiMode = PhiMode.NONE,
    ) -> None:
        super().__init__(connection, keyring, now, phi_most)
        self.by = by
        self.inbound = Inbound(connection)
        self.restorations = Restorations(connection)
        self._entries: dict[str, list[Entry]] = {}

    def new_id(self) -> str:
        """Return a random id."""
        return uuid.uuid4().hex

    def random_bytes(self, count: int) -> bytes:
        """Return bytes that nobody can guess."""
        return secrets.token_bytes(count)

    def begin_chain(self, workspace_id: str) -> None:
        """Begin the audit chain of a new workspace."""
        begin_chain(self.connection, workspace_id)

    def audit(
        self,
        workspace_id: str,
        event: str,
        subject: str,
        codes: Mapping[str, str] | None = None,
        *,
        detail: bytes | None = None,
    ) -> None:
        """Note what is done: ids and codes, at most one detail that is sealed."""
        entry = Entry(self.now, str(self.by), event, subject, codes or {}, detail)
        self._entries.setdefault(workspace_id, []).append(entry)

    def finish(self) -> None:
        """Tell of new notices, then write the audit lines, last before the commit."""
        written = self.connection.info[WRITTEN] - HOUSEKEEPING
        if written and not self._entries:
            raise NothingAudited(f"written without an audit line: {sorted(written)}")
        self.notices.announce()
        for workspace_id in sorted(self._entries):
            append(self.connection, workspace_id, self._entries[workspace_id])


def named_windows_only() -> PhiMode:
    """Show nothing of a patient's time but named windows, as long as nobody says."""
    return PhiMode.NONE


@dataclass(frozen=True)
class Store:
    """A database with the keys that open it and the clock that it goes by."""

    database: Database
    keyring: Keyring
    clock: CareClock
    phi_mode: Callable[[], PhiMode] = named_windows_only
    """What the settings let be shown of a patient's time."""

    @contextmanager
    def act(self, by: Actor) -> Iterator[Unit]:
        """Open the unit of work of one action; this is the only way to write."""
        with self.database.write(ALL_TABLES) as connection:
            now, most = self.clock.now(), self.phi_mode()
            unit = Unit(connection, self.keyring, now, by, most)
            yield unit
            unit.finish()

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open what can be looked up. Nothing can be written here."""
        with self.database.read() as connection:
            now, most = self.clock.now(), self.phi_mode()
            yield Reading(connection, self.keyring, now, most)

    @contextmanager
    def deliver(self) -> Iterator[Delivering]:
        """Open the books of delivery: notices and pace, and nothing else."""
        with self.database.write(DELIVERY) as connection:
            yield Delivering(
                notices=Notices(connection),
                people=People(connection),
                lease_now=self.database.lease_now(connection),
            )


@dataclass(frozen=True)
class Delivering:
    """What a sender may read and write, at one moment of the lease clock."""

    notices: Notices
    people: People
    lease_now: datetime
