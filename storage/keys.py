"""A look at the data keys: whether each opens, and by which key of BATON_KEYS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.errors import KeyMissing
from storage.sealing import Keyring, Wrapped
from storage.tables import case, data_key
from storage.vault import Vault


@dataclass(frozen=True)
class KeySurvey:
    """What was found when every data key was tried."""

    wrapped_by: Mapping[str, int]
    """The name of a wrapping key -> how many data keys it wraps, opened or not."""
    unopened: Mapping[str, int]
    """The name of a wrapping key -> how many data keys it should open and does not."""
    not_needed: tuple[str, ...]
    """Keys of BATON_KEYS, besides the first, that wrap nothing any more."""
    cases_without_key: int
    """Cases that nobody can read: their data key was destroyed, or is lost."""

    @property
    def count(self) -> int:
        """How many data keys there are."""
        return sum(self.wrapped_by.values())


def survey_keys(connection: Connection, keyring: Keyring) -> KeySurvey:
    """Try every data key. What is opened is kept nowhere."""
    wrapped_by: Counter[str] = Counter()
    unopened: Counter[str] = Counter()
    rows = connection.execute(
        select(data_key).execution_options(stream_results=True, yield_per=500)
    )
    for row in rows:
        wrapped_by[row.wrapping_key] += 1
        try:
            keyring.unwrap(Wrapped(row.wrapping_key, row.wrapped), row.owner)
        except KeyMissing:
            unopened[row.wrapping_key] += 1
    return KeySurvey(
        wrapped_by=wrapped_by,
        unopened=unopened,
        not_needed=tuple(one for one in keyring.names[1:] if one not in wrapped_by),
        cases_without_key=_cases_without_key(connection),
    )


def require_keys(connection: Connection, keyring: Keyring) -> None:
    """Raise `KeyMissing` unless the keyring opens what each wrapping key has wrapped.

    One data key of each is tried, so that this is quick however many there are.
    """
    wrapped = connection.execute(
        select(
            data_key.c.wrapping_key,
            func.count().label("count"),
            func.min(data_key.c.owner).label("one"),
        ).group_by(data_key.c.wrapping_key)
    ).all()
    lacking = [one for one in wrapped if one.wrapping_key not in keyring.names]
    if lacking:
        told = ", ".join(f"'{one.wrapping_key}' ({one.count})" for one in lacking)
        raise KeyMissing(
            f"BATON_KEYS: data keys are wrapped by keys that are not in it: {told}."
            " Put them back"
        )
    try:
        Vault(connection, keyring).open_all([one.one for one in wrapped])
    except KeyMissing as error:
        raise KeyMissing(
            f"BATON_KEYS: a key has the name of an earlier one and is another: {error}"
        ) from error


def _cases_without_key(connection: Connection) -> int:
    return connection.execute(
        select(func.count())
        .select_from(case)
        .outerjoin(data_key, data_key.c.owner == case.c.id)
        .where(data_key.c.owner.is_(None))
    ).scalar_one()
