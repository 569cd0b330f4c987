"""Refuses identifiers of patients before anything is kept or posted."""

from __future__ import annotations

from collections.abc import Mapping

from bot.refusals import BadFields
from care.privacy import explain, find_identifiers
from storage.people import People

TITLES = frozenset({"Dr", "Dr.", "Prof", "Prof.", "Mr", "Ms", "Mrs", "RN", "NP", "PA"})


def staff_names(people: People, *site_ids: str) -> frozenset[str]:
    """Return the surnames of those who work at some sites: they are no patients."""
    names = (one.name for site in site_ids for one in people.staff(site))
    return frozenset(word for name in names for word in name.split()[-1:]) - TITLES


def staff_around(people: People, site_id: str) -> frozenset[str]:
    """Return the surnames of those at a site, and at the sites it works with."""
    links = people.links(site_id=site_id)
    others = {id_ for one in links for id_ in (one.practice_id, one.center_id)}
    return staff_names(people, *{site_id, *others})


def refuse_identifiers(texts: Mapping[str, str], staff: frozenset[str]) -> None:
    """Raise `BadFields`, a sentence for each field that holds an identifier."""
    sentences = {
        field: sentence
        for field, text in texts.items()
        if (sentence := identifier_in(text, staff)) is not None
    }
    if sentences:
        raise BadFields(sentences)


def identifier_in(text: str, staff: frozenset[str]) -> str | None:
    """Return what is wrong with a text, or None where no identifier is seen."""
    found = find_identifiers(text, staff=staff)
    return explain(found, text) if found else None
