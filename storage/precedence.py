"""Which of many conversations that wait goes first: none waits for ever.

An urgent notice overtakes what was written before it, up to a number of notices;
so a notice is overtaken by no more than that many newer ones for each step of
its priority. No clock has a say in it.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import ColumnElement, FromClause, literal_column


class Priority(IntEnum):
    """How soon a notice goes among those of other conversations."""

    URGENT = 0
    ROUTINE = 1
    LATER = 2


OVERTAKEN_BY = 10_000
"""How many newer notices one goes behind, for each step that it is less urgent.

More than a backlog of hours holds; said in a quarter of an hour at ten a second.
"""


def rank(notices: FromClause) -> ColumnElement[int]:
    """Return by what notices are ordered: the lower, the sooner."""
    steps = notices.c.priority * literal_column(str(OVERTAKEN_BY))
    ordered: ColumnElement[int] = notices.c.seq + steps
    return ordered
