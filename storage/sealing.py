"""Envelope sealing: each case or draft has its own data key, wrapped by ours.

AES-256-GCM throughout. What is sealed is bound to the column and row that it
stands in, so a value copied elsewhere does not open there.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyMissing

KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_NAME = 40


class BadKeys(ValueError):
    """BATON_KEYS is not a list of `name:base64 of 32 bytes`."""


@dataclass(frozen=True)
class Wrapped:
    """A data key as it is stored: wrapped, and the name of what wraps it."""

    wrapping_key: str
    blob: bytes


class Keyring:
    """The keys of BATON_KEYS: the first wraps, all of them unwrap."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise BadKeys("BATON_KEYS is empty: make one with `baton keys new`")
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self.current = next(iter(keys))
        self.names = tuple(keys)

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Read `name:base64[,name:base64]`, newest first. Raises `BadKeys`."""
        keys: dict[str, bytes] = {}
        for part in filter(str.strip, text.split(",")):
            name, key = _parse_one(part)
            if name in keys:
                raise BadKeys(f"BATON_KEYS names '{name}' twice: give each its own")
            keys[name] = key
        return cls(keys)

    def wrap(self, data_key: bytes, owner: str) -> Wrapped:
        """Wrap a data key for `owner` with the newest key."""
        aead = self._keys[self.current]
        return Wrapped(self.current, _seal(aead, data_key, f"data_key/{owner}"))

    def unwrap(self, wrapped: Wrapped, owner: str) -> bytes:
        """Return the data key of `owner`. Raises `KeyMissing`."""
        aead = self._keys.get(wrapped.wrapping_key)
        if aead is None:
            raise KeyMissing(
                f"the key '{wrapped.wrapping_key}' is not in BATON_KEYS: put it back"
            )
        return _open(aead, wrapped.blob, f"data_key/{owner}")


class DataKey:
    """The key of one case or draft."""

    def __init__(self, raw: bytes) -> None:
        self._aead = AESGCM(raw)

    @staticmethod
    def new() -> bytes:
        """Return a fresh random key."""
        return os.urandom(KEY_BYTES)

    def seal(self, text: str, place: str) -> bytes:
        """Seal `text` for `place`, which names column and row."""
        return _seal(self._aead, text.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """Return what was sealed for `place`. Raises `KeyMissing`."""
        return _open(self._aead, sealed, place).decode()


def new_key(name: str) -> str:
    """Return a fresh entry for BATON_KEYS."""
    return f"{name}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _parse_one(part: str) -> tuple[str, bytes]:
    name, colon, encoded = part.strip().partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:  # also what base64 raises for letters beyond ASCII
        raise BadKeys(f"BATON_KEYS: '{name}' is not base64") from error
    named = bool(name and colon) and len(name) <= LONGEST_NAME
    if not named or len(key) != KEY_BYTES:
        raise BadKeys(
            "BATON_KEYS wants `name:base64 of 32 bytes`: make one with `baton keys new`"
        )
    return name, key


def _seal(aead: AESGCM, data: bytes, place: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + aead.encrypt(nonce, data, place.encode())


def _open(aead: AESGCM, sealed: bytes, place: str) -> bytes:
    try:
        return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce
        raise KeyMissing(f"no key of BATON_KEYS opens {place}") from error
