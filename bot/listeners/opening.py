"""Opens forms at once, and fills them when what they show has been looked up.

The trigger of a command or click lives three seconds, so the form is opened
before anything is read; what it shows follows, and changes no state.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from slack_bolt import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.actions.drafting import my_draft
from bot.actions.starting import (
    CASE_FORM,
    may_start,
    my_cases,
)
from bot.desk import Desk
from bot.handoff_sheets import may_be_responsible
from bot.listeners.incoming import of
from bot.refusals import CannotStart, Refusal
from bot.views import forms
from bot.views.ids import Field, FormData
from care.people import ANSWERING
from care.referral import Kind, Urgency
from care.response import Round, limit
from scheduler.calendars import working_hours
from storage.actors import Person
from storage.records import Clinician, Link, Site
from storage.unit import Reading

log = structlog.get_logger()

NAMESPACE = uuid.UUID("8d5e44f4-6a53-5d0c-9d0a-3a6f0a0c7b55")
LOADING = "Ask the center"
SORRY = "That could not be fetched. Close this and try again; nothing was lost."

OPEN_ALREADY = frozenset({"exchanged_trigger_id", "duplicate_external_id"})
"""Slack's words for a form that the same click or command has opened before."""

View = dict[str, Any]


def intent_of(context: BoltContext) -> str:
    """Return the intent of a form: the same for what opens it, and its filling."""
    return uuid.uuid5(NAMESPACE, of(context).key).hex


def open_loading(
    client: WebClient, context: BoltContext, body: View, *, title: str = LOADING
) -> None:
    """Open the form or page that is filled by `fill`."""
    data = FormData(intent_of(context))
    open_page(client, body, forms.loading(title, data))


def open_page(client: WebClient, body: View, page: View) -> None:
    """Open a form or page; on top of the one that stands there, if one does.

    Slack holds three pages above one another: a fourth takes the place of the third.
    """
    here = body.get("view") or {}
    if _is_third(here):
        client.views_update(view_id=here["id"], view=page)
        return
    show = client.views_push if here.get("type") == "modal" else client.views_open
    try:
        show(trigger_id=body["trigger_id"], view=page)
    except SlackApiError as error:
        if error.response.get("error") not in OPEN_ALREADY:
            raise
        # What was clicked or typed came in twice, and its first coming opened it.
        log.info("form.open_already")


def place_of(context: BoltContext, body: View) -> dict[str, str]:
    """Return where `fill` finds what `open_page` has opened for a click."""
    here = body.get("view") or {}
    return (
        {"view_id": here["id"]}
        if _is_third(here)
        else {"external_id": intent_of(context)}
    )


def _is_third(view: View) -> bool:
    before = view.get("previous_view_id")
    return bool(before) and before != view.get("root_view_id")


def fill(
    client: WebClient, make: Callable[[], View | None], *, title: str, **where: str
) -> None:
    """Put what `make` returns into an open form; None leaves it as it is.

    `where` is the form's `external_id` or `view_id`. A refusal is shown in the
    form's place.
    """
    try:
        view = make()
    except Refusal as refusal:
        view = forms.notice(title, refusal.sentence)
    except Exception:
        # A process edge: nobody waits for this but a person before a form that
        # would stay empty.
        log.exception("form.not_filled")
        view = forms.notice(title, SORRY)
    if view is None:
        return
    try:
        client.views_update(view=view, **where)
    except SlackApiError as error:
        log.info("form.gone", error=error.response.get("error"))


def referral_form(
    desk: Desk,
    context: BoltContext,
    kind: Kind,
    values: Mapping[str, str],
    *,
    intent: str = "",
) -> View:
    """Return the referral form for whoever acts. Raises `CannotStart`."""
    came = of(context)
    by = desk.who(came.team_id, came.user_id)
    with desk.read() as reading:
        known = my_draft(reading, by, CASE_FORM, "") | dict(values)
        choices = _choices(reading, by, kind, known.get(Field.LINK, ""))
    data = FormData(intent or intent_of(context))
    return forms.referral_form(data, kind, choices, known)


def _choices(reading: Reading, by: Person, kind: Kind, link_id: str) -> forms.Choices:
    links = [
        one for one in reading.people.links(site_id=by.site_id) if may_start(by, one)
    ]
    links.sort(key=lambda one: one.id != link_id)
    if not links:
        raise CannotStart(
            "A referral starts at a practice, by an oncologist or a coordinator."
            " /baton help says what else there is."
        )
    centers = [(one, reading.people.site(one.center_id)) for one in links]
    responsible = may_be_responsible(reading, by.site_id)
    needs_choice = by.clinician_id not in {one.id for one in responsible}
    return forms.Choices(
        links=centers,
        specialists=_specialists(reading, links[0]),
        cases=my_cases(reading, by),
        responsible=responsible if needs_choice else (),
        limits=_limits(reading, kind, centers[0][1]),
    )


def _specialists(reading: Reading, link: Link) -> list[Clinician]:
    staff = reading.people.staff(link.center_id, *ANSWERING)
    return [one for one in staff if one.duty_order is not None]


def _limits(reading: Reading, kind: Kind, center: Site) -> dict[Urgency, datetime]:
    hours = working_hours(center, around=reading.now.date())
    zone = ZoneInfo(center.zone)
    rounds = {
        one: Round(one, reading.now, hours, hours, times=center.times)
        for one in Urgency
    }
    return {one: limit(kind, this).astimezone(zone) for one, this in rounds.items()}
