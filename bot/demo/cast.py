"""The people of the demo, their channels, and the setup that names them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.setup_file import SetupFile
from sandbox import Channel, Person, Sandbox

HOST = "University Center"
PRACTICE = "Lakeside Oncology"
GUESTS = "Prairie Cancer Care"
A_MONDAY = "2026-01-05"
AGREED = {
    "mode": "days",
    "agreed_by": "Robin Shaw, privacy officer",
    "agreed_on": "2024-01-08",
}
"""Nobody's patient is here, so the demo may show its days."""
COUNTRY, STATE = "US", "WI"
"""Whose public holidays the first practice keeps."""
CENTRAL, EASTERN = "America/Chicago", "America/New_York"


@dataclass(frozen=True)
class Cast:
    """The people of the demo and the channels of their links."""

    chen: Person
    novak: Person
    brooks: Person
    patel: Person
    rivera: Person
    okafor: Person
    ruiz: Person
    lee: Person
    lakeside: Channel
    prairie: Channel


def gather(slack: Sandbox) -> Cast:
    """Make the people and channels, or find them where they are already."""
    away = slack.team(GUESTS)
    chen = slack.person("Dr Mei Chen", tz=CENTRAL, title=f"Oncologist, {PRACTICE}")
    novak = slack.person("Dr Eva Novak", tz=CENTRAL, title=f"Oncologist, {PRACTICE}")
    brooks = slack.person("Sam Brooks", tz=CENTRAL, title=f"Coordinator, {PRACTICE}")
    patel = slack.person(
        "Dr Nina Patel", team=away, tz=CENTRAL, title=f"Oncologist, {GUESTS}"
    )
    rivera = slack.person("Dr Ana Rivera", tz=EASTERN, title=f"Specialist, {HOST}")
    okafor = slack.person("Dr Ben Okafor", tz=EASTERN, title=f"Specialist, {HOST}")
    ruiz = slack.person("Ana Ruiz", tz=EASTERN, title=f"Coordinator, {HOST}")
    lee = slack.person("Kim Lee", tz=EASTERN, title="Administrator")
    center = [rivera, okafor, ruiz, lee]
    return Cast(
        chen=chen,
        novak=novak,
        brooks=brooks,
        patel=patel,
        rivera=rivera,
        okafor=okafor,
        ruiz=ruiz,
        lee=lee,
        lakeside=slack.channel(
            "lakeside-university",
            private=True,
            members=[chen, novak, brooks, *center],
        ),
        prairie=slack.channel(
            "prairie-university",
            private=True,
            members=[patel, *center],
            shared_with=[away],
        ),
    )


def setup_for(
    cast: Cast, *, always_on_duty: str | None = None, with_colleague: bool = False
) -> SetupFile:
    """Return the setup of the demo, as an administrator would write it.

    Specialists are asked in turn, unless one of them (a key) is always on duty.
    """
    rota = {"starts": A_MONDAY, "order": [always_on_duty]} if always_on_duty else None
    # Somebody who can cover for Dr Chen.
    novak = _person("novak", "oncologist", cast.novak)
    colleague = [novak] if with_colleague else []
    lakeside = _site("lakeside", PRACTICE, CENTRAL, STATE) | {
        "kind": "practice",
        "people": [
            _person("chen", "oncologist", cast.chen),
            *colleague,
            _person("brooks", "coordinator", cast.brooks),
        ],
    }
    prairie = _site("prairie", GUESTS, CENTRAL, "IA") | {
        "kind": "practice",
        "people": [_person("patel", "oncologist", cast.patel)],
    }
    university = _site("university", HOST, EASTERN, "NY") | {
        "kind": "center",
        "duty": ["rivera", "okafor"],
        "rota": rota,
        "concern_opt_in": True,
        "people": [
            _person("rivera", "specialist", cast.rivera) | {"signs": True},
            _person("okafor", "specialist", cast.okafor),
            _person("ruiz", "coordinator", cast.ruiz),
            _person("lee", "administrator", cast.lee),
        ],
    }
    links = [
        {"practice": "lakeside", "center": "university", "channel": cast.lakeside.id},
        {"practice": "prairie", "center": "university", "channel": cast.prairie.id},
    ]
    return SetupFile.model_validate(
        {"sites": [lakeside, prairie, university], "links": links, "privacy": AGREED}
    )


def _site(key: str, name: str, zone: str, region: str) -> dict[str, object]:
    return {
        "key": key,
        "name": name,
        "zone": zone,
        "country": COUNTRY,
        "region": region,
        "phone_24h": "+1 555 0199" if name == HOST else "+1 555 0100",
    }


def _person(key: str, role: str, who: Person) -> dict[str, object]:
    slack = {"user": who.id, "team": who.team}
    return {"key": key, "name": who.name, "role": role, "slack": slack}
