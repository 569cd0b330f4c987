"""The packaged lists of words by which names are told from other words."""

from functools import cache
from importlib import resources


@cache
def given_names() -> frozenset[str]:
    """Return common given names, lowered."""
    return _read_words("given_names.txt")


@cache
def not_names() -> frozenset[str]:
    """Return words, lowered, that stand where a name might and are none."""
    return _read_words("not_names.txt")


def _read_words(file_name: str) -> frozenset[str]:
    text = (resources.files("care.privacy") / file_name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
