"""Rules about several fields of one object, asked once each field is right."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sandbox.block_kit.rules import Fields, Path, Problem, Together


def either(*names: str, at_type: bool = True) -> Together:
    """Ask for at least one of these fields; Slack points at the object's type."""
    listed = " or ".join(f"`{name}`" for name in names)

    def rule(value: Fields, at: Path) -> Iterator[Problem]:
        if not any(name in value for name in names):
            where = (*at, "type") if at_type else at
            yield Problem(where, f"must define either {listed}")

    return rule


def not_both(one: str, other: str) -> Together:
    """Refuse the second of two fields that exclude each other."""

    def rule(value: Fields, at: Path) -> Iterator[Problem]:
        if one in value and other in value:
            yield Problem((*at, other), f"must not be defined together with `{one}`")

    return rule


def in_order(low: str, high: str) -> Together:
    """Refuse a lower bound that is above the upper one, where both are given."""

    def rule(value: Fields, at: Path) -> Iterator[Problem]:
        if low in value and high in value and value[low] > value[high]:
            yield Problem((*at, low), f"must not be more than `{high}`")

    return rule


def repeated(name: str, found: Iterable[tuple[Path, object]]) -> Iterator[Problem]:
    """Yield a problem for each value that was found before at another place."""
    seen: set[object] = set()
    for at, value in found:
        if value in seen:
            yield Problem((*at, name), f'`{name}` "{value}" already exists')
        seen.add(value)


def _listed(element: Fields) -> Iterator[tuple[Path, Fields]]:
    for number, option in enumerate(element.get("options", ())):
        yield ("options", number), option
    for place, group in enumerate(element.get("option_groups", ())):
        for number, option in enumerate(group["options"]):
            yield ("option_groups", place, "options", number), option


def _initial(element: Fields) -> Iterator[tuple[Path, Fields]]:
    if "initial_option" in element:
        yield ("initial_option",), element["initial_option"]
    for number, option in enumerate(element.get("initial_options", ())):
        yield ("initial_options", number), option


def options_differ(element: Fields, at: Path) -> Iterator[Problem]:
    """Refuse an option whose value another option of the element has."""
    found = (((*at, *place), o["value"]) for place, o in _listed(element))
    yield from repeated("value", found)


def initial_is_listed(element: Fields, at: Path) -> Iterator[Problem]:
    """Refuse an initial option that is not among the options."""
    listed = [option for _, option in _listed(element)]
    for place, option in _initial(element):
        if option not in listed:
            yield Problem((*at, *place), "must exactly match one of the options")


def initial_fit(name: str) -> Together:
    """Refuse more initial choices than may be chosen."""

    def rule(element: Fields, at: Path) -> Iterator[Problem]:
        most = element.get("max_selected_items")
        if most is not None and len(element.get(name, ())) > most:
            yield Problem((*at, name), f"no more than {most} items allowed")

    return rule


def number_fits(element: Fields, at: Path) -> Iterator[Problem]:
    """Refuse fractions where none are allowed, and numbers out of their bounds."""
    given: dict[str, Any] = {
        name: Decimal(element[name])
        for name in ("min_value", "initial_value", "max_value")
        if name in element
    }
    for name, number in given.items():
        if number % 1 and not element["is_decimal_allowed"]:
            yield Problem((*at, name), "must be a whole number")
    for low, high in (
        ("min_value", "max_value"),
        ("min_value", "initial_value"),
        ("initial_value", "max_value"),
    ):
        yield from in_order(low, high)(given, at)
