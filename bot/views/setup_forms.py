"""Setup in Slack: the forms of a site, its duty, a person and a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.setup_file import WEEKDAYS, AnswerEntry, LinkEntry, PersonEntry, SiteEntry
from bot.setup_reading import KeptSetup
from bot.views import kit
from bot.views.ids import VALUE, Act, Field, Form, FormData
from bot.views.setup import back_button, remove_button
from care.people import ANSWERING, RESPONSIBLE_BY_DEFAULT, Role, SiteKind

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

TOLD = "told"
"""What the box of urgent concerns says when it is ticked."""

SIGNS = "signs"
"""What the box of the right to sign says when it is ticked."""


def site_form(
    kept: KeptSetup, site: SiteEntry | None, data: FormData
) -> dict[str, Any]:
    """Return the form of a site; of a new one, with its first person, for None."""
    first = (_kind(), *_about(site), kit.header("Its first person"), *_person(None))
    blocks = _about(site) if site else first
    back = back_button(kept, *([site] if site else []))
    return _form(
        "Change the site" if site else "Add a site",
        [*blocks, kit.actions([back])],
        Form.SETUP_SITE,
        data,
    )


def duty_form(kept: KeptSetup, site: SiteEntry, data: FormData) -> dict[str, Any]:
    """Return the form of a center's duty, rota and answer times."""
    return _form(
        "Duty and answer times",
        [
            *_duty(site),
            *_answer(site.answer),
            _concerns(site),
            _stale_after(site),
            kit.actions([back_button(kept, site)]),
        ],
        Form.SETUP_DUTY,
        data,
    )


def person_form(
    kept: KeptSetup, site: SiteEntry, person: PersonEntry | None, data: FormData
) -> dict[str, Any]:
    """Return the form of a person; of a new one for None."""
    buttons = [back_button(kept, site)]
    if person:
        remove = remove_button(
            Act.SETUP_REMOVE_PERSON,
            kept.id_of(site, person),
            "Remove this person?",
            "They can do nothing in Baton then. What they did stays on record.",
        )
        buttons.append(remove)
    where = kit.context(f"At {kit.escape(site.name)}.")
    return _form(
        "Change a person" if person else "Add a person",
        [where, *_person(person), *_signs(site, person), kit.actions(buttons)],
        Form.SETUP_PERSON,
        data,
    )


def link_form(
    kept: KeptSetup, link: LinkEntry | None, data: FormData
) -> dict[str, Any]:
    """Return the form of a link; of a new one for None."""
    buttons = [back_button(kept)]
    if link:
        remove = remove_button(
            Act.SETUP_REMOVE_LINK,
            kept.link_id(link),
            "Remove this link?",
            "Nothing can be asked over it then. Its open cases must be placed first.",
        )
        buttons.append(remove)
    return _form(
        "Change a link" if link else "Add a link",
        [
            _site_choice(kept, SiteKind.PRACTICE, link.practice if link else None),
            _site_choice(kept, SiteKind.CENTER, link.center if link else None),
            _channel(link.channel if link else None),
            kit.actions(buttons),
        ],
        Form.SETUP_LINK,
        data,
    )


def _form(
    title: str, blocks: Sequence[kit.Block], form: Form, data: FormData
) -> dict[str, Any]:
    return kit.modal(
        title,
        blocks,
        callback_id=form,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def _kind() -> kit.Block:
    options = [kit.option(one.capitalize(), one) for one in SiteKind]
    return kit.field("What it is", Field.SITE_KIND, kit.radio(VALUE, options))


def _about(site: SiteEntry | None) -> list[kit.Block]:
    days = site.days if site else WEEKDAYS[:5]
    roles = site.responsible_roles if site else sorted(RESPONSIBLE_BY_DEFAULT)
    return [
        _line("Name of the site", Field.SITE_NAME, site.name if site else None),
        _line(
            "Phone, answered day and night",
            Field.PHONE,
            site.phone_24h if site else None,
            hint="It stands wherever something could be asked.",
        ),
        _line(
            "Time zone",
            Field.ZONE,
            site.zone if site else None,
            hint="An IANA zone, such as America/Chicago.",
        ),
        _time("Opens", Field.OPENS, f"{site.opens:%H:%M}" if site else "08:00"),
        _time("Closes", Field.CLOSES, f"{site.closes:%H:%M}" if site else "17:00"),
        _boxes("Open on", Field.WEEKDAYS, [(DAYS[d], d) for d in WEEKDAYS], days),
        _line(
            "Country of public holidays",
            Field.COUNTRY,
            site.country if site else None,
            hint="Two letters, such as US. Empty for none.",
            optional=True,
        ),
        _line(
            "Region of public holidays",
            Field.REGION,
            site.region if site else None,
            hint="Such as WI.",
            optional=True,
        ),
        _boxes(
            "Roles that may be responsible for a patient",
            Field.RESPONSIBLE_ROLES,
            [(one.capitalize(), one) for one in Role],
            roles,
        ),
    ]


def _duty(site: SiteEntry) -> list[kit.Block]:
    starts = kit.date_picker(VALUE, initial=site.rota.starts if site.rota else None)
    return [
        _people(
            site,
            "Who takes duty",
            Field.DUTY,
            site.duty,
            hint="Asked in the order in which you choose them.",
        ),
        kit.field(
            "Rota begins on",
            Field.ROTA_STARTS,
            starts,
            hint="A Monday. Empty where whoever was asked longest ago is asked.",
            optional=True,
        ),
        _people(
            site,
            "Order of the rota",
            Field.ROTA_ORDER,
            site.rota.order if site.rota else (),
            hint="A week each, from that Monday.",
        ),
    ]


def _answer(answer: AnswerEntry) -> list[kit.Block]:
    return [
        _number(
            "Urgent: hours to an answer",
            Field.URGENT_HOURS,
            f"{answer.urgent_hours:g}",
            decimal=True,
        ),
        _number(
            "A question: working days to an answer",
            Field.ADVICE_DAYS,
            str(answer.advice_days),
        ),
        _number(
            "An evaluation: working days to an answer",
            Field.EVALUATION_DAYS,
            str(answer.evaluation_days),
        ),
    ]


def _concerns(site: SiteEntry) -> kit.Block:
    block = _boxes(
        "Urgent concerns",
        Field.CONCERNS,
        [("Tell whoever is on duty in Slack too", TOLD)],
        [TOLD] if site.concern_opt_in else [],
    )
    hint = "Empty: by phone only. Slack can be silent at night; the phone comes first."
    return block | {"hint": kit.plain(hint)}


def _stale_after(site: SiteEntry) -> kit.Block:
    block = _number(
        "Signed rows look stale after … days",
        Field.STALE_AFTER,
        str(site.stale_after_days),
    )
    hint = "Of clinical knowledge. Whoever signed is asked before; it stops nothing."
    return block | {"hint": kit.plain(hint)}


def _signs(site: SiteEntry, person: PersonEntry | None) -> list[kit.Block]:
    """Return the right to sign, where somebody can have it."""
    if site.kind is not SiteKind.CENTER:
        return []
    block = _boxes(
        "Clinical knowledge",
        Field.SIGNS,
        [("May read and sign it for the center", SIGNS)],
        [SIGNS] if person and person.signs else [],
    )
    return [block | {"hint": kit.plain("For specialists and leads.")}]


def _person(person: PersonEntry | None) -> list[kit.Block]:
    account: kit.Element = {"type": "users_select", "action_id": VALUE}
    if person:
        account["initial_user"] = person.slack.user
    roles = [kit.option(one.capitalize(), one) for one in Role]
    role = kit.select(VALUE, roles, initial=person.role if person else None)
    return [
        _line("Name of the person", Field.PERSON_NAME, person.name if person else None),
        kit.field("Role", Field.ROLE, role),
        kit.field(
            "Slack account",
            Field.ACCOUNT,
            account,
            hint="Whoever uses this account acts as this person. You confirm it.",
        ),
    ]


def _site_choice(kept: KeptSetup, kind: SiteKind, chosen: str | None) -> kit.Block:
    sites = [one for one in kept.setup.sites if one.kind is kind]
    options = [kit.option(one.name, kept.id_of(one)) for one in sites]
    initial = next((kept.id_of(one) for one in sites if one.key == chosen), None)
    field = Field.PRACTICE if kind is SiteKind.PRACTICE else Field.CENTER
    element = kit.select(VALUE, options, initial=initial)
    return kit.field(kind.capitalize(), field, element)


def _channel(chosen: str | None) -> kit.Block:
    element: kit.Element = {
        "type": "conversations_select",
        "action_id": VALUE,
        "filter": {"include": ["private"]},
    }
    if chosen:
        element["initial_conversation"] = chosen
    return kit.field(
        "Private channel",
        Field.CHANNEL,
        element,
        hint="A channel of its own for this link. Invite Baton there first.",
    )


def _line(
    label: str,
    name: Field,
    initial: str | None,
    *,
    hint: str | None = None,
    optional: bool = False,
) -> kit.Block:
    element = kit.text_input(VALUE, initial=initial, most=80) | {"multiline": False}
    return kit.field(label, name, element, hint=hint, optional=optional)


def _time(label: str, name: Field, initial: str) -> kit.Block:
    element = {"type": "timepicker", "action_id": VALUE, "initial_time": initial}
    return kit.field(label, name, element)


def _number(
    label: str, name: Field, initial: str, *, decimal: bool = False
) -> kit.Block:
    element = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": decimal,
        "initial_value": initial,
    }
    return kit.field(label, name, element)


def _boxes(
    label: str,
    name: Field,
    choices: Iterable[tuple[str, str]],
    chosen: Sequence[str],
) -> kit.Block:
    options = [kit.option(text, value) for text, value in choices]
    element: kit.Element = {
        "type": "checkboxes",
        "action_id": VALUE,
        "options": options,
    }
    # Nothing chosen is something that can be meant, and Slack takes no empty list.
    if ticked := [one for one in options if one["value"] in chosen]:
        element["initial_options"] = ticked
    return kit.field(label, name, element, optional=True)


def _people(
    site: SiteEntry, label: str, name: Field, chosen: Sequence[str], *, hint: str
) -> kit.Block:
    # Others would be refused when it is saved; but Slack takes no empty list.
    able = [one for one in site.people if one.role in ANSWERING] or list(site.people)
    options = {one.key: kit.option(one.name, one.key) for one in able[:100]}
    element: kit.Element = {
        "type": "multi_static_select",
        "action_id": VALUE,
        "options": list(options.values()),
        "placeholder": kit.plain("Choose, in their order", 150),
    }
    if ticked := [options[one] for one in chosen if one in options]:
        element["initial_options"] = ticked
    return kit.field(label, name, element, hint=hint, optional=True)
