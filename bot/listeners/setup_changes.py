"""What a form of the setup changes: a new setup, checked as a setup file is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.refusals import BadFields
from bot.setup_file import LinkEntry, PersonEntry, SetupFile, SiteEntry
from bot.setup_reading import KeptSetup, setup_id
from bot.views.ids import Field
from bot.views.setup_journey import AWAITED, days_field
from care.patient_time import PhiMode
from care.people import SiteKind

AGREED_BY = "Who agreed? Without that only named windows are shown."
AGREED_ON = "On which day?"


@dataclass(frozen=True)
class Entered:
    """What a form says, field by field; texts without spaces around them."""

    values: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """Return what a field says; None where it is empty."""
        return next(iter(self.values.get(name, ())), None)

    def several(self, name: Field) -> list[str]:
        """Return everything that was chosen in a field, in the order of choosing."""
        return list(self.values.get(name, ()))


@dataclass(frozen=True)
class Account:
    """A Slack account that was chosen, and the team that Slack names for it."""

    user: str
    team: str


@dataclass(frozen=True)
class Changed:
    """A setup that was changed in one place."""

    setup: SetupFile
    subject: str
    """The id of the site, the person or the link that was changed."""
    site_id: str = ""
    """Of the site whose page is shown then; empty for the overview."""


def read_entered(view: Mapping[str, Any]) -> Entered:
    """Return what was entered in a form of the setup."""
    state = (view.get("state") or {}).get("values") or {}
    return Entered(
        {
            name: tuple(_said(element))
            for name, elements in state.items()
            for element in elements.values()
        }
    )


def change_site(kept: KeptSetup, site: SiteEntry, entered: Entered) -> Changed:
    """Return the setup with a site's own data changed. Raises `BadFields`."""
    told = _told(kept, site)
    told["sites"][-1] |= _site_told(entered)
    return Changed(_checked(told, Field.SITE_NAME), *[kept.id_of(site)] * 2)


def add_site(kept: KeptSetup, entered: Entered, account: Account) -> Changed:
    """Return the setup with a new site and its first person. Raises `BadFields`.

    A site that comes back under its name is the same site as before.
    """
    told, about = _told(kept), _site_told(entered)
    kind = SiteKind(entered.one(Field.SITE_KIND) or "")
    came_back = kept.former_sites.get((about["name"], kind))
    key = came_back or _free_key(about["name"], kept.taken, "site")
    person = _new_person(kept, key, entered, account)
    told["sites"].append({"key": key, "kind": kind, "people": [person], **about})
    site_id = setup_id(kept.workspace_id, key)
    return Changed(_checked(told, Field.SITE_NAME), site_id, site_id)


def change_duty(kept: KeptSetup, site: SiteEntry, entered: Entered) -> Changed:
    """Return the setup with a center's duty changed. Raises `BadFields`."""
    starts, order = entered.one(Field.ROTA_STARTS), entered.several(Field.ROTA_ORDER)
    told = _told(kept, site)
    told["sites"][-1] |= {
        "duty": entered.several(Field.DUTY),
        "rota": {"starts": starts, "order": order} if starts or order else None,
        "answer": {
            "urgent_hours": entered.one(Field.URGENT_HOURS),
            "advice_days": entered.one(Field.ADVICE_DAYS),
            "evaluation_days": entered.one(Field.EVALUATION_DAYS),
        },
        "concern_opt_in": bool(entered.several(Field.CONCERNS)),
        # A form that was open before there was this field leaves it as it is.
        "stale_after_days": entered.one(Field.STALE_AFTER) or site.stale_after_days,
    }
    return Changed(_checked(told, Field.DUTY), *[kept.id_of(site)] * 2)


def change_journey(kept: KeptSetup, site: SiteEntry, entered: Entered) -> Changed:
    """Return the setup with a center's days without news changed.

    Raises `BadFields`.
    """
    told = _told(kept, site)
    written = {one.value: entered.one(days_field(one)) for one in AWAITED}
    told["sites"][-1]["journey_days"] = {
        phase: days for phase, days in written.items() if days
    }
    return Changed(_checked(told, days_field(AWAITED[0])), *[kept.id_of(site)] * 2)


def change_person(
    kept: KeptSetup,
    site: SiteEntry,
    person: PersonEntry,
    entered: Entered,
    account: Account,
) -> Changed:
    """Return the setup with a person changed. Raises `BadFields`."""
    told = _told(kept, site)
    told["sites"][-1]["people"][site.people.index(person)] |= _person_told(
        entered, account
    )
    setup = _checked(told, Field.PERSON_NAME)
    return Changed(setup, kept.id_of(site, person), kept.id_of(site))


def add_person(
    kept: KeptSetup, site: SiteEntry, entered: Entered, account: Account
) -> Changed:
    """Return the setup with a new person at a site. Raises `BadFields`.

    Whoever comes back with the same account is the same person as before.
    """
    told, new = _told(kept, site), _new_person(kept, site.key, entered, account)
    told["sites"][-1]["people"].append(new)
    setup = _checked(told, Field.PERSON_NAME)
    subject = setup_id(kept.workspace_id, site.key, new["key"])
    return Changed(setup, subject, kept.id_of(site))


def change_link(kept: KeptSetup, link: LinkEntry, entered: Entered) -> Changed:
    """Return the setup with a link changed. Raises `BadFields`."""
    told, at = _told(kept), kept.setup.links.index(link)
    told["links"][at] = _link_told(kept, entered)
    _refuse_twice(told)
    return Changed(_checked(told, Field.CENTER), kept.link_id(link))


def add_link(kept: KeptSetup, entered: Entered) -> Changed:
    """Return the setup with a new link. Raises `BadFields`."""
    told, new = _told(kept), _link_told(kept, entered)
    told["links"].append(new)
    _refuse_twice(told)
    setup = _checked(told, Field.CENTER)
    subject = setup_id(kept.workspace_id, "link", new["practice"], new["center"])
    return Changed(setup, subject)


def remove_site(kept: KeptSetup, site: SiteEntry) -> Changed:
    """Return the setup without a site. Raises `BadFields` while it has a link."""
    if any(site.key in (one.practice, one.center) for one in kept.setup.links):
        raise BadFields({Field.SITE_NAME: "Remove the links of this site first."})
    told = _told(kept, site)
    del told["sites"][-1]
    return Changed(_checked(told, Field.SITE_NAME), kept.id_of(site))


def remove_person(kept: KeptSetup, site: SiteEntry, person: PersonEntry) -> Changed:
    """Return the setup without a person, who has duty no more. Raises `BadFields`."""
    told = _told(kept, site)
    changed = told["sites"][-1]
    del changed["people"][site.people.index(person)]
    changed["duty"] = [one for one in site.duty if one != person.key]
    if site.rota:
        order = [one for one in site.rota.order if one != person.key]
        changed["rota"] = {**changed["rota"], "order": order} if order else None
    setup = _checked(told, Field.PERSON_NAME)
    return Changed(setup, kept.id_of(site, person), kept.id_of(site))


def remove_link(kept: KeptSetup, link: LinkEntry) -> Changed:
    """Return the setup without a link. Raises `BadFields` for the only one."""
    told = _told(kept)
    del told["links"][kept.setup.links.index(link)]
    return Changed(_checked(told, Field.CHANNEL), kept.link_id(link))


def change_privacy(kept: KeptSetup, entered: Entered) -> Changed:
    """Return the setup with another agreement. Raises `BadFields`.

    Named windows need nobody's word, so whoever gave it is not kept with them.
    """
    mode = PhiMode(entered.one(Field.PHI_MODE) or PhiMode.NONE)
    agreed = ((Field.AGREED_BY, AGREED_BY), (Field.AGREED_ON, AGREED_ON))
    told: dict[str, Any] = {"mode": mode}
    if mode is not PhiMode.NONE:
        unsaid = {field.value: why for field, why in agreed if not entered.one(field)}
        if unsaid:
            raise BadFields(unsaid)
        told |= {field.value: entered.one(field) for field, _ in agreed}
    setup = _checked(_told(kept) | {"privacy": told}, Field.PHI_MODE)
    return Changed(setup, kept.workspace_id)


def _told(kept: KeptSetup, site: SiteEntry | None = None) -> dict[str, Any]:
    """Return the kept setup as a file tells it; the site to be changed is the last.

    The others stay as they are, so that they are not checked again: looking up all
    time zones takes longer for each of them than anything else here.
    """
    others: list[Any] = [one for one in kept.setup.sites if one != site]
    changing = [site.model_dump(mode="json")] if site else []
    links = [one.model_dump() for one in kept.setup.links]
    privacy = kept.setup.privacy
    return {"sites": others + changing, "links": links, "privacy": privacy}


def _site_told(entered: Entered) -> dict[str, Any]:
    country, region = entered.one(Field.COUNTRY), entered.one(Field.REGION)
    return {
        "name": entered.one(Field.SITE_NAME) or "",
        "phone_24h": entered.one(Field.PHONE) or "",
        "zone": entered.one(Field.ZONE) or "",
        "opens": entered.one(Field.OPENS),
        "closes": entered.one(Field.CLOSES),
        "days": entered.several(Field.WEEKDAYS),
        "country": country.upper() if country else None,
        "region": region.upper() if region else None,
        "responsible_roles": entered.several(Field.RESPONSIBLE_ROLES),
    }


def _person_told(entered: Entered, account: Account) -> dict[str, Any]:
    return {
        "name": entered.one(Field.PERSON_NAME) or "",
        "role": entered.one(Field.ROLE),
        "signs": bool(entered.several(Field.SIGNS)),
        "slack": {"user": account.user, "team": account.team},
    }


def _new_person(
    kept: KeptSetup, site_key: str, entered: Entered, account: Account
) -> dict[str, Any]:
    told = _person_told(entered, account)
    surname = told["name"].rpartition(" ")[2]
    free = _free_key(surname, kept.taken.get(site_key, ()), "person")
    came_back = kept.former.get((site_key, account.team, account.user))
    return {"key": came_back or free, **told}


def _link_told(kept: KeptSetup, entered: Entered) -> dict[str, Any]:
    practice = kept.site(entered.one(Field.PRACTICE) or "")
    center = kept.site(entered.one(Field.CENTER) or "")
    if practice is None or center is None:
        raise BadFields({Field.CENTER: "Choose two sites that are in the setup."})
    channel = entered.one(Field.CHANNEL)
    return {"practice": practice.key, "center": center.key, "channel": channel}


def _refuse_twice(told: Mapping[str, Any]) -> None:
    pairs = [(one["practice"], one["center"]) for one in told["links"]]
    if len(set(pairs)) < len(pairs):
        raise BadFields({Field.CENTER: "These two are linked already."})


def _free_key(name: str | None, taken: Collection[str], otherwise: str) -> str:
    """Return a short name that nothing else has had: what went keeps its own."""
    letters = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore")
    word = re.sub(r"[^a-z0-9]+", "-", letters.decode().lower()).strip("-")[:30]
    stem = word.strip("-") or otherwise
    later = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (stem, *later) if one not in taken)


def _checked(told: Mapping[str, Any], otherwise: str) -> SetupFile:
    """Return a setup that may be one. Raises `BadFields`, a sentence a field."""
    try:
        return SetupFile.model_validate(told)
    except ValidationError as error:
        sentences: dict[str, str] = {}
        for one in error.errors():
            place, sentence = _explained(one, otherwise)
            sentences.setdefault(place, sentence)
        raise BadFields(sentences) from error


SENTENCES: Mapping[str, tuple[Field, str]] = {
    "people/name": (Field.PERSON_NAME, "A name has 2 to 80 characters."),
    "people/role": (Field.ROLE, "Choose a role."),
    "people/slack": (Field.ACCOUNT, "Choose a Slack account."),
    "people": (Field.PERSON_NAME, "A site needs at least one person."),
    "kind": (Field.SITE_KIND, "Choose practice or center."),
    "name": (Field.SITE_NAME, "A name has 2 to 80 characters."),
    "phone_24h": (Field.PHONE, "A phone number has 3 to 40 characters."),
    "zone": (Field.ZONE, "Write an IANA zone, such as America/Chicago."),
    "opens": (Field.OPENS, "Choose when the site opens."),
    "closes": (Field.CLOSES, "Choose when the site closes."),
    "rota/starts": (Field.ROTA_STARTS, "Choose the Monday on which the rota begins."),
    "rota/order": (Field.ROTA_ORDER, "Choose who stands in the rota, in their order."),
    "answer/urgent_hours": (Field.URGENT_HOURS, "More than 0 and at most 72 hours."),
    "answer/advice_days": (Field.ADVICE_DAYS, "1 to 20 working days."),
    "answer/evaluation_days": (Field.EVALUATION_DAYS, "1 to 20 working days."),
    "stale_after_days": (Field.STALE_AFTER, "30 to 730 days."),
    "privacy/agreed_by": (Field.AGREED_BY, "A name has 2 to 80 characters."),
    "privacy/agreed_on": (Field.AGREED_ON, AGREED_ON),
    "sites": (Field.SITE_NAME, "A setup needs a practice and a center."),
    "links": (Field.CHANNEL, "A setup needs at least one link."),
    "links/channel": (Field.CHANNEL, "Choose a channel."),
}
"""Where in a setup -> the field that says it, and what it may say."""

RULES: Sequence[tuple[str, Field, str]] = (
    ("is no Monday", Field.ROTA_STARTS, "A rota begins on a Monday."),
    ("no IANA zone", Field.ZONE, ""),
    ("closes: must be later", Field.CLOSES, "A site closes later than it opens."),
    ("days: a site must be open", Field.WEEKDAYS, "A site is open on some day."),
    ("rota names nobody", Field.ROTA_ORDER, "Only who takes duty stands in the rota."),
    ("no region", Field.REGION, ""),
    ("no holidays", Field.COUNTRY, ""),
    (
        "slack identities",
        Field.ACCOUNT,
        "Somebody else in the setup has this Slack account.",
    ),
    ("links: channel", Field.CHANNEL, "Another link has this channel."),
    ("`duty` must name", Field.DUTY, "A linked center needs somebody who takes duty."),
    (
        "duty is of specialists",
        Field.DUTY,
        "Only specialists and leads take duty: change that first.",
    ),
    (
        "of a center sign",
        Field.SIGNS,
        "Only specialists and leads sign: take the right away, or change the role.",
    ),
    (
        "a coordinator or a lead",
        Field.ROLE,
        "A linked center keeps a coordinator or a lead: name another one first.",
    ),
    (
        "an administrator must",
        Field.ROLE,
        "Somebody must stay administrator: name another one first.",
    ),
)
"""What a broken rule says -> its field and, where it is not clear enough, our words."""


def _explained(error: ErrorDetails, otherwise: str) -> tuple[str, str]:
    said = error["msg"].removeprefix("Value error, ")
    for words, place, sentence in RULES:
        if words in said:
            return place, sentence or as_sentence(said)
    path = [one for one in error["loc"] if isinstance(one, str)]
    within = path[1:] if path[:1] == ["sites"] and path[1:] else path
    for length in (2, 1):
        if found := SENTENCES.get("/".join(within[:length])):
            return found
    return otherwise, as_sentence(said)


def as_sentence(said: str) -> str:
    """Return what was said with a capital letter and a full stop."""
    return f"{said[:1].upper()}{said[1:]}".rstrip(".") + "."


def _said(element: Mapping[str, Any]) -> Sequence[str]:
    several = element.get("selected_options")
    if several is not None:
        return [str(one["value"]) for one in several]
    option = (element.get("selected_option") or {}).get("value")
    names = ("value", "selected_user", "selected_conversation")
    times = ("selected_date", "selected_time")
    found = [option, *(element.get(name) for name in (*names, *times))]
    return [str(one).strip() for one in found if one is not None and str(one).strip()]
