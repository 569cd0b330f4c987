"""Sealing: what is sealed opens in its place, by its key, and nowhere else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import KeyMissing
from storage.sealing import (
    KEY_BYTES,
    BadKeys,
    DataKey,
    Keyring,
    Wrapped,
    new_key,
)

PLACE = "referral.question/r1"
KEY = DataKey(bytes(range(KEY_BYTES)))
GOOD = base64.b64encode(bytes(KEY_BYTES)).decode()


@given(st.text())
def test_what_is_sealed_opens_in_its_place(words: str) -> None:
    assert KEY.open(KEY.seal(words, PLACE), PLACE) == words


def test_sealing_the_same_words_twice_does_not_look_the_same() -> None:
    assert KEY.seal("words", PLACE) != KEY.seal("words", PLACE)


@given(st.text(min_size=8))
def test_sealed_bytes_do_not_hold_the_words(words: str) -> None:
    assert words.encode() not in KEY.seal(words, PLACE)


@pytest.mark.parametrize("place", ["referral.question/r2", "reply.text/r1", ""])
def test_what_is_sealed_does_not_open_in_another_row_or_column(place: str) -> None:
    sealed = KEY.seal("words", PLACE)

    with pytest.raises(KeyMissing):
        KEY.open(sealed, place)


def test_another_key_does_not_open_it() -> None:
    sealed = KEY.seal("words", PLACE)

    with pytest.raises(KeyMissing, match=PLACE):
        DataKey(DataKey.new()).open(sealed, PLACE)


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal("words", PLACE))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(KeyMissing):
        KEY.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_sealed_bytes_that_were_cut_off_do_not_open(length: int) -> None:
    cut = KEY.seal("words", PLACE)[:length]

    with pytest.raises(KeyMissing):
        KEY.open(cut, PLACE)


def test_the_first_key_wraps_and_every_key_unwraps() -> None:
    old, new = new_key("old"), new_key("new")
    raw = DataKey.new()
    wrapped_by_old = Keyring.parse(old).wrap(raw, "case1")

    both = Keyring.parse(f"{new},{old}")

    assert both.wrap(raw, "case1").wrapping_key == "new"
    assert both.unwrap(wrapped_by_old, "case1") == raw


def test_a_wrapped_key_does_not_hold_the_key_and_opens_for_its_owner_only() -> None:
    keyring = Keyring.parse(new_key("only"))
    raw = DataKey.new()

    wrapped = keyring.wrap(raw, "case1")

    assert raw not in wrapped.blob
    with pytest.raises(KeyMissing, match="data_key/case2"):
        keyring.unwrap(wrapped, "case2")


def test_a_key_that_is_gone_from_baton_keys_is_named() -> None:
    wrapped = Wrapped("last-year", b"anything")

    with pytest.raises(KeyMissing, match="'last-year' is not in BATON_KEYS: put it"):
        Keyring.parse(new_key("this-year")).unwrap(wrapped, "case1")


def test_an_entry_that_new_key_makes_is_read() -> None:
    keyring = Keyring.parse(f" {new_key('b')} , {new_key('a')} ,")

    assert keyring.current == "b"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "BATON_KEYS is empty: make one with `baton keys new`"),
        (" , ", "BATON_KEYS is empty: make one with `baton keys new`"),
        ("first:not base64!", "BATON_KEYS: 'first' is not base64"),
        ("first:abc", "BATON_KEYS: 'first' is not base64"),
        ("first:clé", "BATON_KEYS: 'first' is not base64"),
        (GOOD, "BATON_KEYS wants `name:base64 of 32 bytes`"),
        (f":{GOOD}", "BATON_KEYS wants `name:base64 of 32 bytes`"),
        ("first:", "BATON_KEYS wants `name:base64 of 32 bytes`"),
        ("first:c2hvcnQ=", "BATON_KEYS wants `name:base64 of 32 bytes`"),
        (f"a:{GOOD},b:c2hvcnQ=", "BATON_KEYS wants `name:base64 of 32 bytes`"),
        (f"a:{GOOD},b:{GOOD},a:{GOOD}", "BATON_KEYS names 'a' twice"),
    ],
)
def test_bad_keys_get_a_sentence_that_says_what_is_wrong(
    text: str, sentence: str
) -> None:
    with pytest.raises(BadKeys) as raised:
        Keyring.parse(text)

    assert str(raised.value).startswith(sentence)


def test_the_sentence_about_bad_keys_does_not_hold_a_key() -> None:
    secret = base64.b64encode(b"a secret of the wrong length").decode()

    with pytest.raises(BadKeys) as raised:
        Keyring.parse(f"first:{secret}")

    assert secret not in str(raised.value)
