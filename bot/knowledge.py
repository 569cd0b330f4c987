"""Clinical knowledge as a center has signed it: protocol, red flags, durations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from bot.center_protocol import (
    kept_rows,
    limit_of,
    signatures_of,
    signed_of,
    the_protocol,
)
from care.knowledge.benchmarks import Benchmark, Benchmarks, load_benchmarks
from care.knowledge.protocol import ProtocolRow, Topic
from care.knowledge.protocols import digest_of
from care.knowledge.reading import packaged_sources
from care.knowledge.red_flags import RedFlag, RedFlags, load_red_flags
from care.knowledge.statements import Source, Statement
from care.people import SiteKind
from care.signing import Count, Limit, Standing, count, may_sign, stand
from storage.actors import Person
from storage.records import Clinician, Site
from storage.signing import Protocol, Signature
from storage.unit import Reading

FLAGS = "red flags"
DURATIONS = "published durations"
TOPICS: tuple[str, ...] = (*(one.value for one in Topic), FLAGS, DURATIONS)
"""What the lists are of, in their order."""

Row = TypeVar("Row", bound=Statement)


def key_of(row: Statement) -> str:
    """Return the key under which a center signs a row.

    Ids are unique within a list alone; no id of a protocol's row has a colon.
    """
    match row:
        case RedFlag():
            return f"flag:{row.id}"
        case Benchmark():
            return f"time:{row.id}"
        case _:
            return row.id


@dataclass(frozen=True)
class Known:
    """One row as it stands with a center."""

    row: Statement
    standing: Standing
    signature: Signature | None
    signer: Clinician | None
    """Who signed it as it read then; they may have left since."""
    sources: Sequence[Source]

    @property
    def key(self) -> str:
        """Under which it is signed."""
        return key_of(self.row)

    @cached_property
    def digest(self) -> str:
        """The hash of what it says."""
        return digest_of(self.row)

    @property
    def choice(self) -> str | None:
        """Among which rows the center chooses."""
        return self.row.choice if isinstance(self.row, ProtocolRow) else None

    @property
    def topic(self) -> str:
        """In which list it stands."""
        match self.row:
            case ProtocolRow():
                return self.row.topic.value
            case RedFlag():
                return FLAGS
            case _:
                return DURATIONS


@dataclass(frozen=True)
class Knowledge:
    """All rows of a center, in the order in which they are read."""

    center: Site
    protocol: Protocol
    rows: Sequence[Known]
    limit: Limit
    may_sign: bool = False
    """Whether the reader may."""
    centers: Sequence[Site] = ()
    """Those whose knowledge the reader may see."""

    @property
    def count(self) -> Count:
        """How much of the protocol is signed; the other lists schedule nothing."""
        return count(one for one in self.rows if isinstance(one.row, ProtocolRow))

    def of(self, topic: str) -> list[Known]:
        """Return the rows of a list; of what disagrees, one beside the other."""
        rows = [one for one in self.rows if one.topic == topic]
        places = [one.choice or one.key for one in rows]
        return sorted(rows, key=lambda one: places.index(one.choice or one.key))

    def choices(self, choice: str) -> list[Known]:
        """Return the rows that disagree over something."""
        return [one for one in self.rows if one.choice == choice]

    def is_disputed(self, one: Known) -> bool:
        """Tell whether others say something else about the same."""
        return one.choice is not None and len(self.choices(one.choice)) > 1

    def row(self, key: str) -> Known | None:
        """Return the row that is signed under a key."""
        return next((one for one in self.rows if one.key == key), None)

    def to_sign(self, rows: Iterable[Known]) -> list[Known]:
        """Return those of some rows that can be signed together by their reader.

        Rows that disagree are chosen one by one, with the others beside them.
        """
        waiting = {Standing.UNSIGNED, Standing.CHANGED, Standing.STALE}
        return [
            one for one in rows if one.standing in waiting and not self.is_disputed(one)
        ]


def knowledge_of(reading: Reading, center: Site, by: Person | None = None) -> Knowledge:
    """Return everything that a center signs, as one reader sees it."""
    protocol = the_protocol(reading, center)
    kept = kept_rows(protocol)
    rows: list[Statement] = [
        *_by_topic(kept.rows),
        *load_red_flags().rows,
        *load_benchmarks().rows,
    ]
    return Knowledge(
        center=center,
        protocol=protocol,
        rows=_standing(reading, center, rows, digests=kept.digests),
        limit=limit_of(reading, center),
        may_sign=by is not None and has_right(reading, by, center),
        centers=centers_of(reading, by) if by else (),
    )


def knowledge_of_row(
    reading: Reading, center: Site, protocol: Protocol, row: ProtocolRow
) -> tuple[Knowledge, Known]:
    """Return one row of a protocol as it stands, with what disagrees with it there."""
    others = [
        one
        for one in kept_rows(protocol).rows
        if row.choice is not None and one.choice == row.choice and one.id != row.id
    ]
    digests = {one.id: digest_of(one) for one in (row, *others)}
    signatures = signatures_of(reading, protocol, digests)
    rows = _standing(reading, center, [row, *others], signatures, digests=digests)
    known = Knowledge(center, protocol, rows, limit_of(reading, center))
    return known, rows[0]


def has_right(reading: Reading, by: Person, center: Site) -> bool:
    """Tell whether somebody may sign for a center, as the setup says now."""
    return has_right_now(reading.people.clinician(by.clinician_id), center)


def has_right_now(person: Clinician, center: Site) -> bool:
    """Tell whether somebody, as they are now, may sign for a center."""
    able = may_sign(signs=person.signs, role=person.role, kind=center.kind)
    return able and person.active and person.site_id == center.id


def centers_of(reading: Reading, by: Person) -> list[Site]:
    """Return the centers that somebody works at or with."""
    mine = reading.people.site(by.site_id)
    if mine.kind is SiteKind.CENTER:
        return [mine]
    links = reading.people.links(site_id=mine.id)
    ids = dict.fromkeys(one.center_id for one in links)
    centers = [reading.people.site(one) for one in ids]
    return sorted(centers, key=lambda one: one.name)


def fingerprint(rows: Iterable[Known]) -> str:
    """Return a hash of rows as somebody saw them: their keys and what they say."""
    said = "\n".join(f"{one.key} {one.digest}" for one in rows)
    return hashlib.sha256(said.encode()).hexdigest()


def center_flags(reading: Reading, center: Site) -> RedFlags:
    """Return the red flags, each with who of a center signed it."""
    flags = load_red_flags()
    return RedFlags(_checked(reading, center, flags.rows), flags.sources)


def center_benchmarks(reading: Reading, center: Site) -> Benchmarks:
    """Return the published durations, each with who of a center signed it."""
    found = load_benchmarks()
    return Benchmarks(_checked(reading, center, found.rows), found.sources)


def _checked(reading: Reading, center: Site, rows: Sequence[Row]) -> tuple[Row, ...]:
    known = _standing(reading, center, rows)
    said = {one.key: _checked_by(one, center) for one in known}
    return tuple(
        one.model_copy(update={"checked_by": said[key_of(one)]}) for one in rows
    )


def _checked_by(one: Known, center: Site) -> str | None:
    if one.signature is None or one.signer is None or not one.standing.counts:
        return None
    signed = signed_of(one.signature, center)
    day = f"{signed.on.day} {signed.on:%b %Y}" if signed else ""
    stale = one.standing is Standing.STALE
    again = f" (over {center.stale_after_days} days ago)" if stale else ""
    return f"{one.signer.name}, {day}{again}"


def _standing(
    reading: Reading,
    center: Site,
    rows: Sequence[Statement],
    signatures: Mapping[str, Signature] | None = None,
    *,
    digests: Mapping[str, str] | None = None,
) -> list[Known]:
    """Return how rows stand; `digests` are those that are known, by the rows' keys."""
    signatures = signatures or reading.signing.standing(center.id)
    signers = reading.people.clinicians({s.signed_by for s in signatures.values()})
    limit, sources = limit_of(reading, center), packaged_sources()
    found = []
    for row in rows:
        key = key_of(row)
        one, said = signatures.get(key), (digests or {}).get(key) or digest_of(row)
        found.append(
            Known(
                row=row,
                standing=stand(said, signed_of(one, center), limit),
                signature=one,
                signer=signers.get(one.signed_by) if one else None,
                sources=[sources[key] for key in row.sources if key in sources],
            )
        )
    return found


def _by_topic(rows: Iterable[ProtocolRow]) -> list[ProtocolRow]:
    order = list(Topic)
    return sorted(rows, key=lambda one: order.index(one.topic))
