"""Setup in Slack: the overview and the page of a site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.setup_file import LinkEntry, PersonEntry, SiteEntry
from bot.setup_reading import KeptSetup
from bot.views import kit, setup_privacy
from bot.views.ids import Act, Carried, Form, FormData
from care.people import SiteKind
from care.stalled import NEUTRAL_DAYS

TITLE = "Setup"
MOST = 40
"""Sites, and links, on the overview: a view holds a hundred blocks."""
MOST_PEOPLE = 80
"""People on the page of their site."""


def overview(kept: KeptSetup, data: FormData, said: str = "") -> dict[str, Any]:
    """Return all sites and links; `said` stands on top."""
    sites, links = kept.setup.sites, kept.setup.links
    names = {one.key: one.name for one in sites}
    return kit.modal(
        TITLE,
        [
            *_said(said),
            kit.header("Sites"),
            *(_site_entry(kept, one) for one in sites[:MOST]),
            *_more(len(sites)),
            kit.actions([kit.button("Add a site", Act.SETUP_ADD_SITE)]),
            kit.header("Links"),
            *(_link_entry(kept, one, names) for one in links[:MOST]),
            *_more(len(links)),
            kit.actions([kit.button("Add a link", Act.SETUP_ADD_LINK)]),
            kit.header("Privacy"),
            setup_privacy.entry(kept),
            kit.context("Each change counts at once and is kept with your name."),
        ],
        callback_id=Form.READING,
        metadata=data.dump(),
    )


def site_page(
    kept: KeptSetup, site: SiteEntry, data: FormData, said: str = ""
) -> dict[str, Any]:
    """Return a site with its people; `said` stands on top."""
    people = site.people[:MOST_PEOPLE]
    return kit.modal(
        TITLE,
        [
            *_said(said),
            kit.header(site.name),
            kit.section(_about(site)),
            *([kit.section(_duty(site))] if site.kind is SiteKind.CENTER else []),
            kit.actions(_site_buttons(kept, site)),
            kit.header("People"),
            *(_person_entry(kept, site, one) for one in people),
            *_more(len(site.people), MOST_PEOPLE),
            kit.actions([_button("Add a person", Act.SETUP_ADD_PERSON, kept, site)]),
        ],
        callback_id=Form.READING,
        metadata=data.dump(),
    )


def back_button(kept: KeptSetup, *site: SiteEntry) -> kit.Element:
    """Return the way back to a site, or to the overview where none is named."""
    if not site:
        return kit.button("Back", Act.SETUP)
    return _button("Back", Act.SETUP_SITE, kept, *site)


def remove_button(act: Act, subject: str, title: str, text: str) -> kit.Element:
    """Return a button that removes something, and asks once before."""
    asked = kit.confirm(title, text, "Remove")
    return kit.button(
        "Remove", act, value=Carried(subject=subject).dump(), confirm=asked
    )


def _site_entry(kept: KeptSetup, site: SiteEntry) -> kit.Block:
    count = len(site.people)
    people = "1 person" if count == 1 else f"{count} people"
    text = (
        f"*{kit.escape(site.name)}* ({site.kind})\n"
        f"{kit.escape(site.phone_24h)}, day and night\n{people}"
    )
    return kit.section(text, accessory=_button("Change", Act.SETUP_SITE, kept, site))


def _link_entry(kept: KeptSetup, link: LinkEntry, names: dict[str, str]) -> kit.Block:
    practice, center = names[link.practice], names[link.center]
    text = f"*{kit.escape(practice)}* and *{kit.escape(center)}*\n<#{link.channel}>"
    value = Carried(subject=kept.link_id(link)).dump()
    button = kit.button("Change", Act.SETUP_CHANGE_LINK, value=value)
    return kit.section(text, accessory=button)


def _about(site: SiteEntry) -> str:
    days = ", ".join(one.capitalize() for one in site.days)
    roles = ", ".join(site.responsible_roles) or "nobody"
    where = " ".join(one for one in (site.country, site.region) if one)
    return "\n".join(
        (
            f"A {site.kind}. Day and night: {kit.escape(site.phone_24h)}",
            f"Open {site.opens:%H:%M} to {site.closes:%H:%M} ({site.zone}): {days}",
            f"Public holidays: {where or 'none'}",
            f"May be responsible: {roles}",
        )
    )


def _duty(site: SiteEntry) -> str:
    answer = site.answer
    return "\n".join(
        (
            f"*Duty* in turn: {_names(site, site.duty) or 'nobody yet'}",
            f"*Rota*: {_rota(site)}",
            "*Answers*, in working time:",
            f"Urgent within {answer.urgent_hours:g} h",
            f"A question within {_days(answer.advice_days)}",
            f"An evaluation within {_days(answer.evaluation_days)}",
            f"*Urgent concerns*: {_concerns(site)}",
            f"*Signed rows* look stale after {_days(site.stale_after_days)}",
            f"*Days without news*: {_journey_days(site)}",
        )
    )


def _concerns(site: SiteEntry) -> str:
    in_slack = "by phone, and told in Slack too"
    return in_slack if site.concern_opt_in else "by phone only"


def _journey_days(site: SiteEntry) -> str:
    own = [f"{phase} {days}" for phase, days in site.journey_days.items()]
    if not own:
        return f"{NEUTRAL_DAYS} at each step"
    return ", ".join([*own, f"every other step {NEUTRAL_DAYS}"])


def _rota(site: SiteEntry) -> str:
    if site.rota is None:
        return "none; the least recently asked is asked"
    starts = site.rota.starts
    first = f"{starts:%a} {starts.day} {starts:%b %Y}"
    return f"a week each from {first}: {_names(site, site.rota.order)}"


def _names(site: SiteEntry, keys: Sequence[str]) -> str:
    names = {one.key: one.name for one in site.people}
    return ", ".join(kit.escape(names[one]) for one in keys)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _site_buttons(kept: KeptSetup, site: SiteEntry) -> list[kit.Element]:
    duty = _button("Duty and answer times", Act.SETUP_CHANGE_DUTY, kept, site)
    news = _button("Days without news", Act.SETUP_CHANGE_JOURNEY, kept, site)
    remove = remove_button(
        Act.SETUP_REMOVE_SITE,
        kept.id_of(site),
        "Remove this site?",
        "Its people can do nothing in Baton then. What they did stays on record.",
    )
    return [
        _button("Change the site", Act.SETUP_CHANGE_SITE, kept, site),
        *([duty, news] if site.kind is SiteKind.CENTER else []),
        back_button(kept),
        remove,
    ]


def _person_entry(kept: KeptSetup, site: SiteEntry, one: PersonEntry) -> kit.Block:
    on_duty = ", takes duty" if one.key in site.duty else ""
    on_duty += ", signs" if one.signs else ""
    text = f"*{kit.escape(one.name)}*, {one.role}{on_duty}\n<@{one.slack.user}>"
    change = _button("Change", Act.SETUP_CHANGE_PERSON, kept, site, one)
    return kit.section(text, accessory=change)


def _button(
    label: str, act: Act, kept: KeptSetup, *entries: SiteEntry | PersonEntry
) -> kit.Element:
    value = Carried(subject=kept.id_of(*entries)).dump()
    return kit.button(label, act, value=value)


def _said(said: str) -> list[kit.Block]:
    return [kit.section(f"*{kit.escape_within(said, 2900)}*")] if said else []


def _more(count: int, most: int = MOST) -> list[kit.Block]:
    if count <= most:
        return []
    return [kit.context(f"And {count - most} more: `baton setup --show` has them all.")]
