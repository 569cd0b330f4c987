"""Pages and forms of the setup, with the most and the worst that can stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.setup_file import (
    LinkEntry,
    PersonEntry,
    PrivacyEntry,
    SetupFile,
    SiteEntry,
    SlackIdentity,
)
from bot.setup_reading import KeptSetup
from bot.views import setup, setup_forms, setup_privacy
from bot.views.ids import Carried, FormData
from care.people import Role, SiteKind
from tests.slack_contract import sent_problems

DATA = FormData("a" * 32, subject="b" * 32, version="c" * 32)
NASTY = "&<!channel>*_~`" * 6
NAMES = {
    "plain": "Dr Mei Chen",
    "markup": NASTY[:80],
    "long": "W" * 80,
    "right-to-left": "ד״ר מאיה כהן",
    "picture": "🧬" * 80,
}


def kept_with(name: str, *, people: int = 3, practices: int = 1) -> KeptSetup:
    """Return a setup in which everything bears one name."""
    center = site("center", SiteKind.CENTER, name, people)
    others = [site(f"p-{n}", SiteKind.PRACTICE, name, 1) for n in range(practices)]
    links = tuple(
        LinkEntry(practice=one.key, center="center", channel=f"C{n:06}")
        for n, one in enumerate(others)
    )
    agreed = {"mode": "baa", "agreed_by": name, "agreed_on": "2026-11-23"}
    told = SetupFile(
        sites=(center, *others),
        links=links,
        privacy=PrivacyEntry.model_validate(agreed),
    )
    return KeptSetup("T0HOST", told, "c" * 32, {}, {}, {})


def site(key: str, kind: SiteKind, name: str, people: int) -> SiteEntry:
    """Return a site that is open every day; every person of a center has duty."""
    staff = tuple(
        PersonEntry(
            key=f"{key}-{n}",
            name=name,
            role=_role(kind, n),
            slack=SlackIdentity(user=f"U{key[-3:].replace('-', '').upper()}{n:04}"),
        )
        for n in range(people)
    )
    keys = tuple(one.key for one in staff)
    return SiteEntry.model_validate(
        {
            "key": key,
            "kind": kind,
            "name": name,
            "phone_24h": NASTY[:40],
            "zone": "America/Argentina/ComodRivadavia",
            "country": "US",
            "region": "WI",
            "responsible_roles": tuple(Role),
            "duty": keys if kind is SiteKind.CENTER else (),
            "rota": {"starts": "2026-11-23", "order": keys}
            if kind is SiteKind.CENTER
            else None,
            "people": staff,
        }
    )


def _role(kind: SiteKind, number: int) -> Role:
    if kind is SiteKind.CENTER:
        return Role.LEAD
    return Role.ADVANCED_PRACTICE if number else Role.ADMINISTRATOR


def views(kept: KeptSetup) -> Iterator[dict[str, Any]]:
    """Return every page and form, of what is there and of what is new."""
    first = kept.setup.sites[0]
    yield setup.overview(kept, DATA, NASTY * 100)
    yield setup.site_page(kept, first, DATA, NASTY * 100)
    for chosen in (first, None):
        yield setup_forms.site_form(kept, chosen, DATA)
    yield setup_forms.duty_form(kept, first, DATA)
    for person in (first.people[0], None):
        yield setup_forms.person_form(kept, first, person, DATA)
    for link in (kept.setup.links[0], None):
        yield setup_forms.link_form(kept, link, DATA)
    yield setup_privacy.privacy_form(kept, DATA)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_slack_takes_every_page_whatever_things_are_called(name: str) -> None:
    """By its published rules, its limits, and our own of what may be read."""
    kept = kept_with(name)

    problems = [
        said
        for view in views(kept)
        for said in sent_problems("views.open", opened(view))
    ]

    assert problems == []


def test_slack_takes_the_largest_setup_and_the_page_says_how_many_more() -> None:
    kept = kept_with("W" * 80, people=120, practices=90)
    overview = setup.overview(kept, DATA)
    page = setup.site_page(kept, kept.setup.sites[0], DATA)

    problems = [
        said
        for view in views(kept)
        for said in sent_problems("views.open", opened(view))
    ]

    assert problems == []
    assert "And 51 more" in str(overview)
    assert "And 50 more" in str(overview)
    assert "And 40 more" in str(page)


def test_a_center_of_which_nobody_answers_yet_can_still_be_looked_at() -> None:
    """Slack takes no list without an entry."""
    kept = kept_with("Dr Mei Chen")
    center = kept.setup.sites[0]
    coordinator = center.people[0].model_copy(update={"role": Role.COORDINATOR})
    nobody = center.model_copy(update={"people": (coordinator,), "duty": ()})

    form = setup_forms.duty_form(kept, nobody, DATA)

    assert sent_problems("views.open", opened(form)) == []


def test_nothing_that_somebody_is_called_mentions_anybody() -> None:
    kept = kept_with("<!channel> <@U1>")

    shown = str(list(texts(list(views(kept)))))

    assert "<!channel>" not in shown
    assert "<@U1>" not in shown
    assert "&lt;!channel&gt;" in shown


def test_what_a_button_carries_is_an_id_and_no_key() -> None:
    kept = kept_with("Dr Mei Chen")

    carried = {
        Carried.load(one["value"]).subject
        for view in views(kept)
        for one in buttons(view)
        if "value" in one
    }

    known = {kept.id_of(one) for one in kept.setup.sites}
    assert known < carried
    assert all(len(one) == 32 for one in carried)


def test_removing_is_asked_once_and_nothing_else_is() -> None:
    kept = kept_with("Dr Mei Chen")

    asking = {
        one["text"]["text"]: "confirm" in one
        for view in views(kept)
        for one in buttons(view)
    }

    assert {label for label, asks in asking.items() if asks} == {"Remove"}


def opened(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the call that opens a view."""
    return {"trigger_id": "1.2.3", "view": view}


def buttons(value: object) -> Iterator[dict[str, Any]]:
    """Return every button in a view."""
    if isinstance(value, dict):
        if value.get("type") == "button":
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from buttons(one)


def texts(value: object) -> Iterator[str]:
    """Return every text with Slack's markup in a view."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from texts(one)
