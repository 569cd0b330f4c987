"""What `baton import` says and asks at the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import typer

from bot.import_file import ImportRefused
from bot.importing import Outcome, Prepared, carry_out, prepare
from storage.actors import Operator
from storage.unit import Store

SHOWN = 5
"""How many rows are named before it is said how many more there are."""


def show(
    store: Store, file: Path, link: str, *, counted_from: date | None = None
) -> Prepared:
    """Read a file, and say what an import of it would do. Raises `ImportRefused`."""
    with store.read() as reading:
        prepared = prepare(reading, file, link, counted_from=counted_from)
    for line in preview(prepared):
        typer.echo(line)
    return prepared


def preview(prepared: Prepared) -> Iterator[str]:
    """Yield what an import would do, line by line; no day of any patient."""
    fresh, everybody = len(prepared.fresh), len(prepared.patients)
    there = f"{everybody - fresh} of them there already"
    yield f"{_patients(everybody)} in the file; {there}; {fresh} to be added"
    if not fresh:
        return
    months = prepared.months
    yield f"Checks by the month in which they open, {sum(months.values())} in all:"
    for month, count in months.items():
        yield f"  {month:%Y-%m}  {count}"
    if prepared.unsigned:
        yield _unsigned(prepared)


def _unsigned(prepared: Prepared) -> str:
    names = [one.name for one in prepared.unsigned]
    more = f" (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return (
        f"Not signed by {prepared.center.name}, so not scheduled:"
        f" {_count(len(names), 'row')}: {', '.join(names[:SHOWN])}{more}"
    )


def ask_first(prepared: Prepared, *, dry_run: bool, yes: bool) -> bool:
    """Tell whether to go on: not in a dry run, and not against somebody's no."""
    if dry_run:
        typer.echo("Nothing was kept: this was a dry run.")
        return False
    if yes:
        return True
    if not sys.stdin.isatty():
        raise ImportRefused("nobody can be asked here: add --yes, or --dry-run first")
    return typer.confirm(f"Add {_patients(len(prepared.fresh))}?")


def run_import(store: Store, by: Operator, prepared: Prepared, file: Path) -> None:
    """Add the patients with a bar that shows how far it is, and say what was done."""
    with typer.progressbar(length=len(prepared.fresh), label="Importing") as bar:
        outcome = carry_out(store, by, prepared, file, tick=lambda: bar.update(1))
    for line in summary(outcome):
        typer.echo(line)


def summary(outcome: Outcome) -> list[str]:
    """Return what an import did."""
    return [
        f"{_patients(outcome.added)} added, {outcome.there} there already",
        f"Their case codes, for your own record: {outcome.codes}",
    ]


def _patients(count: int) -> str:
    return _count(count, "patient")


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
