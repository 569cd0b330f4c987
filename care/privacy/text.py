"""A text as the rules read it: as written, lowered and plain, and word by word."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"\b[^\W\d_]+")
_LOOK_BACK = 24
# Phones and word processors turn dashes and apostrophes into typographic ones.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019", "'"),
    }
)


@dataclass(frozen=True)
class Text:
    """A text in its readings; a place in one is the same place in the others.

    `words` maps each lowered word to where it starts. Rules that begin with a word look
    only there, so that reading stays fast however many rules there are.
    """

    raw: str
    lowered: str
    words: dict[str, list[int]]

    def match_at(
        self, words: Collection[str], pattern: re.Pattern[str]
    ) -> Iterator[re.Match[str]]:
        """Yield where a pattern over the lowered text begins with one of the words."""
        for start in self.starts_of(words):
            match = pattern.match(self.lowered, start)
            if match:
                yield match

    def starts_of(self, words: Collection[str]) -> list[int]:
        """Return where these words start, in the order they stand."""
        found = self.words.keys() & words
        return sorted(start for word in found for start in self.words[word])

    def before(self, place: int) -> str:
        """Return the few lowered letters before a place."""
        return self.lowered[max(0, place - _LOOK_BACK) : place]


def read_text(raw: str) -> Text:
    """Read a text once for all rules."""
    lowered = _lower(raw)
    words: dict[str, list[int]] = {}
    for match in _WORD.finditer(lowered):
        words.setdefault(match[0], []).append(match.start())
    return Text(raw, lowered, words)


def _lower(raw: str) -> str:
    """Lower and plain a text, moving nothing: a few letters grow when lowered."""
    lowered = raw.lower().translate(_PLAIN)
    if len(lowered) == len(raw):
        return lowered
    letters = (letter.lower() for letter in raw)
    return "".join(low if len(low) == 1 else " " for low in letters).translate(_PLAIN)
