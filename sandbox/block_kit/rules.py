"""The vocabulary of the tables: small rules that nest as Block Kit nests.

A rule is given a value and the path at which it stands, and yields what is wrong
with it. The sentences are those of Slack's own `response_metadata.messages` where
these are known.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Path = tuple[str | int, ...]
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Slack would refuse, and the path to it."""

    at: Path
    says: str

    def __str__(self) -> str:
        """Join the path into a JSON pointer; our keys hold neither `~` nor `/`."""
        return "".join(f"/{step}" for step in self.at) + f": {self.says}"


class Rule(Protocol):
    """What a value must be."""

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield what is wrong with the value that stands at this path."""
        ...


Together = Callable[[Fields, Path], Iterator[Problem]]
"""A rule about several fields of one object, asked only if each is right."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield a problem unless the value is a JSON boolean."""
        if not isinstance(value, bool):
            yield Problem(at, "must provide a boolean")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    least: int = 0
    most: int | None = None

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield a problem unless the value is a whole number within the bounds."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(at, "must provide an integer")
        elif value < self.least:
            yield Problem(at, f"must be more than {self.least - 1}")
        elif self.most is not None and value > self.most:
            yield Problem(at, f"must be less than {self.most + 1}")


@dataclass(frozen=True, slots=True)
class Words:
    """A string of so many characters, perhaps of a certain form."""

    most: int | None = None
    least: int = 1
    form: Callable[[str], bool] | None = None
    says: str = ""

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield a problem unless the value is a string of that length and form."""
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) < self.least:
            yield Problem(at, f"must be more than {self.least - 1} characters")
        elif self.most is not None and len(value) > self.most:
            yield Problem(at, f"must be less than {self.most + 1} characters")
        elif self.form is not None and not self.form(value):
            yield Problem(at, self.says)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few values."""

    values: tuple[str | int, ...]

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield a problem unless the value is one of those, of the same type."""
        if not any(value == v and type(value) is type(v) for v in self.values):
            yield Problem(at, "must be a valid enum value")


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of so many items that all follow one rule."""

    item: Rule
    most: int | None = None
    least: int = 1

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield what is wrong with the length of the list and with each item."""
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) < self.least:
            yield Problem(at, f"must provide at least {self.least} items")
        if self.most is not None and len(value) > self.most:
            yield Problem(at, f"no more than {self.most} items allowed")
        for number, item in enumerate(value):
            yield from self.item.check(item, (*at, number))


@dataclass(frozen=True, slots=True)
class Record:
    """An object with fields that it must have, fields that it may have, no others."""

    must: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)
    together: tuple[Together, ...] = ()

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield what is wrong with each field, else with the fields together."""
        if not isinstance(value, Mapping):
            yield Problem(at, "must provide an object")
            return
        found = [*self._missing(value, at), *self._wrong(value, at)]
        yield from found
        if not found:
            for rule in self.together:
                yield from rule(value, at)

    def _missing(self, value: Fields, at: Path) -> Iterator[Problem]:
        for name in self.must:
            if name not in value:
                yield Problem(at, f"missing required field: {name}")

    def _wrong(self, value: Fields, at: Path) -> Iterator[Problem]:
        for name, given in value.items():
            rule = self.must.get(name) or self.may.get(name)
            if rule is None:
                yield Problem(at, f"invalid additional property: {name}")
            else:
                yield from rule.check(given, (*at, name))


@dataclass(frozen=True, slots=True)
class Kinds:
    """An object whose `type` says which record it must be."""

    records: Mapping[str, Record]

    def check(self, value: object, at: Path) -> Iterator[Problem]:
        """Yield what is wrong with the type, else with the rest of the object."""
        if not isinstance(value, Mapping):
            yield Problem(at, "must provide an object")
        elif "type" not in value:
            yield Problem(at, "missing required field: type")
        elif value["type"] not in list(self.records):
            yield Problem((*at, "type"), f"unsupported type: {value['type']}")
        else:
            rest = {name: given for name, given in value.items() if name != "type"}
            yield from self.records[value["type"]].check(rest, at)

    def only(self, *names: str) -> "Kinds":
        """Give the same kinds, but only those of these names."""
        return Kinds({name: self.records[name] for name in names})
