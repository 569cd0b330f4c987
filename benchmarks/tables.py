"""Small tables of measurements on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

import typer


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    typer.echo(f"\n{title}")
    for line in lines:
        first, *rest = (
            one.rjust(width) if place else one.ljust(width)
            for place, (one, width) in enumerate(zip(line, widths, strict=True))
        )
        typer.echo("  ".join(["", first, *rest]))


def spread(seconds: Sequence[float]) -> list[str]:
    """Return the median, the 99th percentile and the longest, in milliseconds."""
    highest = max(seconds)
    p99 = quantiles(seconds, n=100)[98] if len(seconds) > 1 else highest
    return [
        f"{1000 * one:.1f}" for one in (median(seconds), min(p99, highest), highest)
    ]


SPREAD = ("median ms", "p99 ms", "max ms")
