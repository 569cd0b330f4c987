"""The setup file: sites, links, people with their roles and Slack identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

import holidays
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.refusals import SetupRefused
from care.journey import Phase
from care.patient_time import PhiMode
from care.people import ANSWERING, RESPONSIBLE_BY_DEFAULT, Role, SiteKind
from care.working_time import WorkingHours

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=80)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOLD_OF_TROUBLE = frozenset({Role.COORDINATOR, Role.LEAD})
"""Roles of a center that hear of what nobody answers."""

EXAMPLE = """\
# Who works with whom. `baton setup FILE.yaml` reads it; run it again after a change.
sites:
  - key: lakeside
    kind: practice                  # practice or center
    name: Lakeside Oncology
    phone_24h: "+1 555 0100"        # the line that is answered day and night
    zone: America/Chicago           # an IANA time zone
    opens: "08:00"
    closes: "17:00"
    days: [mon, tue, wed, thu, fri]
    country: US                     # public holidays; leave out for none
    region: WI
    people:
      - key: chen
        name: Dr Mei Chen
        role: oncologist
        slack: {user: U0000000001, team: T0000000002}
      - key: brooks
        name: Sam Brooks
        role: coordinator
        slack: {user: U0000000002, team: T0000000002}
  - key: university
    kind: center
    name: University Center
    phone_24h: "+1 555 0199"
    zone: America/New_York
    country: US
    region: NY
    duty: [rivera, okafor]          # who is asked in turn
    # rota:                         # or a week each, from a Monday
    #   starts: 2026-11-23
    #   order: [rivera, okafor]
    answer:                         # in the center's working time
      urgent_hours: 4
      advice_days: 2
      evaluation_days: 1
    concern_opt_in: false           # true: urgent concerns are told in Slack too
    stale_after_days: 180           # until signed rows are to be read again
    # journey_days:                 # days without news, where 7 do not fit
    #   apheresis slot: 14
    people:
      - key: rivera
        name: Dr Ana Rivera
        role: specialist
        signs: true                 # may sign clinical knowledge for the center
        slack: {user: U0000000003}  # without a team: the workspace of the bot
      - key: okafor
        name: Dr Ben Okafor
        role: specialist
        slack: {user: U0000000004}
      - key: ruiz
        name: Ana Ruiz
        role: coordinator
        slack: {user: U0000000005}
      - key: admin
        name: Kim Lee
        role: administrator
        slack: {user: U0000000006}
links:
  - practice: lakeside
    center: university
    channel: C0000000001            # a private channel that Baton was invited to
# privacy:                          # beyond named windows such as "month-1": who agreed
#   mode: days                      # days (Day +29) or baa (dates)
#   agreed_by: Jo Bell, privacy officer
#   agreed_on: 2026-11-01
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlackIdentity(_Strict):
    """Who somebody is in Slack; without a team, of the bot's own workspace."""

    user: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")]
    team: Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]{2,20}$")] | None = (
        None
    )


class PersonEntry(_Strict):
    """One person at a site."""

    key: Key
    name: Name
    role: Role
    signs: bool = False
    slack: SlackIdentity


class AnswerEntry(_Strict):
    """How soon a center responds, in its own working time."""

    urgent_hours: float = Field(default=4, gt=0, le=72)
    advice_days: int = Field(default=2, ge=1, le=20)
    evaluation_days: int = Field(default=1, ge=1, le=20)


class RotaEntry(_Strict):
    """Who has duty, a week each, in turn from a Monday."""

    starts: date
    order: tuple[Key, ...] = Field(min_length=1)

    @field_validator("starts")
    @classmethod
    def _monday(cls, value: date) -> date:
        if value.weekday() != 0:
            raise ValueError(f"{value} is no Monday")
        return value


class SiteEntry(_Strict):
    """One practice or center."""

    key: Key
    kind: SiteKind
    name: Name
    phone_24h: Annotated[str, StringConstraints(min_length=3, max_length=40)]
    zone: str
    opens: time = time(8)
    closes: time = time(17)
    days: tuple[Weekday, ...] = WEEKDAYS[:5]
    country: str | None = None
    region: str | None = None
    responsible_roles: tuple[Role, ...] = tuple(sorted(RESPONSIBLE_BY_DEFAULT))
    duty: tuple[Key, ...] = ()
    rota: RotaEntry | None = None
    answer: AnswerEntry = AnswerEntry()
    concern_opt_in: bool = False
    stale_after_days: int = Field(default=180, ge=30, le=730)
    journey_days: dict[Phase, Annotated[int, Field(ge=1, le=180)]] = Field(
        default_factory=dict
    )
    people: tuple[PersonEntry, ...] = Field(min_length=1)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"'{value}' is no IANA zone, such as America/Chicago")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        WorkingHours(self.zone, self.opens, self.closes, self.weekdays)
        keys = [one.key for one in self.people]
        _require_unique(keys, f"{self.key}: people")
        unknown = [one for one in self.duty if one not in keys]
        if unknown:
            raise ValueError(f"duty names nobody at {self.key}: {', '.join(unknown)}")
        without_part = [
            one.key
            for one in self.people
            if one.key in self.duty and one.role not in ANSWERING
        ]
        if without_part:
            raise ValueError(
                f"duty is of specialists and leads, who answer: {self.key} cannot"
                f" name {', '.join(without_part)}"
            )
        off = (
            [one for one in self.rota.order if one not in self.duty]
            if self.rota
            else []
        )
        if off:
            raise ValueError(f"rota names nobody of `duty`: {', '.join(off)}")
        if self.concern_opt_in and self.kind is not SiteKind.CENTER:
            raise ValueError("concern_opt_in is for centers, which hear of concerns")
        self._check_signing()
        self._check_holidays()
        return self

    @property
    def weekdays(self) -> frozenset[int]:
        """The days on which the site is open, Monday as 0."""
        return frozenset(WEEKDAYS.index(day) for day in self.days)

    def _check_signing(self) -> None:
        """Require that whoever signs clinical knowledge may answer for a center."""
        at_center = self.kind is SiteKind.CENTER
        able = ANSWERING if at_center else frozenset[Role]()
        wrong = [one.key for one in self.people if one.signs and one.role not in able]
        if wrong:
            raise ValueError(
                f"only specialists and leads of a center sign: {self.key} cannot let"
                f" {', '.join(wrong)} sign"
            )

    def _check_holidays(self) -> None:
        if self.country is None:
            return
        known = holidays.list_supported_countries()
        if self.country not in known:
            raise ValueError(f"no holidays are known for country '{self.country}'")
        if self.region is not None and self.region not in known[self.country]:
            raise ValueError(f"no region '{self.region}' is known in {self.country}")


class LinkEntry(_Strict):
    """A practice and a center that work together, and their channel."""

    practice: Key
    center: Key
    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{2,20}$")]


class PrivacyEntry(_Strict):
    """What of a patient's time may be shown, and who agreed to more than windows."""

    mode: PhiMode = PhiMode.NONE
    agreed_by: Name | None = None
    agreed_on: date | None = None

    @model_validator(mode="after")
    def _agreed(self) -> Self:
        told = (self.agreed_by, self.agreed_on)
        if self.mode is not PhiMode.NONE and None in told:
            raise ValueError(f"'{self.mode}' needs agreed_by and agreed_on")
        if self.mode is PhiMode.NONE and told != (None, None):
            raise ValueError(
                "'none' needs nobody's word: leave out agreed_by and agreed_on"
            )
        return self


class SetupFile(_Strict):
    """All that an administrator says about a workspace."""

    sites: tuple[SiteEntry, ...] = Field(min_length=2)
    links: tuple[LinkEntry, ...] = Field(min_length=1)
    privacy: PrivacyEntry = PrivacyEntry()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        kinds = {one.key: one.kind for one in self.sites}
        _require_unique([one.key for one in self.sites], "sites")
        _require_unique([one.channel for one in self.links], "links: channel")
        self._require_own_identities()
        for link in self.links:
            if kinds.get(link.practice) is not SiteKind.PRACTICE:
                raise ValueError(f"link: '{link.practice}' is no practice of this file")
            if kinds.get(link.center) is not SiteKind.CENTER:
                raise ValueError(f"link: '{link.center}' is no center of this file")
        self._require_duty()
        self._require_told()
        return self

    def with_people(self, people: Mapping[str, tuple[PersonEntry, ...]]) -> SetupFile:
        """Return this setup with other people, by site's key. Raises `SetupRefused`."""
        sites = [
            one.model_copy(update={"people": people[one.key]}) for one in self.sites
        ]
        try:
            return SetupFile.model_validate(
                {"sites": sites, "links": self.links, "privacy": self.privacy}
            )
        except ValidationError as error:
            raise SetupRefused("\n".join(_lines(error))) from error

    def _require_own_identities(self) -> None:
        people = [p.slack for site in self.sites for p in site.people]
        anywhere = {one.user for one in people if one.team is None}
        # A user without a team may be in any: nobody else can have that user's id.
        named = [
            one.user if one.user in anywhere else f"{one.team}/{one.user}"
            for one in people
        ]
        _require_unique(named, "slack identities")

    def _require_duty(self) -> None:
        for site in self._linked_centers():
            if not site.duty:
                raise ValueError(f"{site.key}: `duty` must name who is asked")

    def _require_told(self) -> None:
        """Require somebody who hears of what is long unanswered or undelivered."""
        for site in self._linked_centers():
            if not any(one.role in TOLD_OF_TROUBLE for one in site.people):
                raise ValueError(
                    f"{site.key}: a coordinator or a lead must be named, who is told"
                    " of what nobody answers"
                )
        people = (one for site in self.sites for one in site.people)
        if not any(one.role is Role.ADMINISTRATOR for one in people):
            raise ValueError(
                "an administrator must be named, who is told of what fails"
            )

    def _linked_centers(self) -> list[SiteEntry]:
        linked = {link.center for link in self.links}
        return [site for site in self.sites if site.key in linked]


def read_setup(path: Path) -> SetupFile:
    """Read a setup file. Raises `SetupRefused`, a line for each thing to mend."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        return SetupFile.model_validate(told)
    except OSError as error:
        raise SetupRefused(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise SetupRefused(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        raise SetupRefused("\n".join(_lines(error))) from error


def _lines(error: ValidationError) -> Iterable[str]:
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"]) or "the file"
        yield f"{where}: {one['msg'].removeprefix('Value error, ')}"


def _require_unique(values: list[str], what: str) -> None:
    doubled = sorted({one for one in values if values.count(one) > 1})
    if doubled:
        raise ValueError(f"{what}: {', '.join(doubled)} stands there twice")
