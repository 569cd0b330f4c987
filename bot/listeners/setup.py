"""`/baton setup`: administrators walk through the setup, page by page in one view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.desk import Desk
from bot.listeners import setup_saving
from bot.listeners.opening import View, fill, intent_of
from bot.listeners.setup_saving import administrator, found, kept_by, pressed
from bot.refusals import SetupRefused
from bot.setup_file import SiteEntry
from bot.setup_reading import KeptSetup
from bot.views import setup, setup_forms, setup_journey, setup_privacy
from bot.views.ids import Act, FormData
from care.people import SiteKind

Body = dict[str, Any]


def register(app: App, desk: Desk) -> None:
    """Listen to the pages and forms of the setup."""
    for act, make in PAGES.items():
        app.action(act.value)(ack=_ack_only, lazy=[_filler(desk, make)])
    setup_saving.register(app, desk)


def setup_page(desk: Desk, context: BoltContext) -> View:
    """Return the overview. Raises `NotForYou`, `SetupRefused`."""
    return _made(desk, context, _overview, subject="")


def _made(desk: Desk, context: BoltContext, make: Make, *, subject: str) -> View:
    kept = kept_by(desk, administrator(desk, context))
    intent = intent_of(context)
    return make(kept, FormData(intent, subject=subject, version=kept.version))


Make = Callable[[KeptSetup, FormData], View]


def _overview(kept: KeptSetup, data: FormData) -> View:
    return setup.overview(kept, data)


def _site_page(kept: KeptSetup, data: FormData) -> View:
    return setup.site_page(kept, _site(kept, data.subject), data)


def _site_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.site_form(kept, _site(kept, data.subject), data)


def _new_site_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.site_form(kept, None, data)


def _duty_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.duty_form(kept, _site(kept, data.subject), data)


def _person_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.person_form(kept, *found(kept.person(data.subject)), data)


def _new_person_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.person_form(kept, _site(kept, data.subject), None, data)


def _link_form(kept: KeptSetup, data: FormData) -> View:
    return setup_forms.link_form(kept, found(kept.link(data.subject)), data)


def _journey_form(kept: KeptSetup, data: FormData) -> View:
    return setup_journey.journey_form(kept, _site(kept, data.subject), data)


def _privacy_form(kept: KeptSetup, data: FormData) -> View:
    return setup_privacy.privacy_form(kept, data)


def _new_link_form(kept: KeptSetup, data: FormData) -> View:
    if {one.kind for one in kept.setup.sites} != set(SiteKind):
        raise SetupRefused("A link needs a practice and a center: add the site first.")
    return setup_forms.link_form(kept, None, data)


PAGES: Mapping[Act, Make] = {
    Act.SETUP: _overview,
    Act.SETUP_SITE: _site_page,
    Act.SETUP_CHANGE_SITE: _site_form,
    Act.SETUP_ADD_SITE: _new_site_form,
    Act.SETUP_CHANGE_DUTY: _duty_form,
    Act.SETUP_CHANGE_JOURNEY: _journey_form,
    Act.SETUP_CHANGE_PERSON: _person_form,
    Act.SETUP_ADD_PERSON: _new_person_form,
    Act.SETUP_CHANGE_LINK: _link_form,
    Act.SETUP_ADD_LINK: _new_link_form,
    Act.SETUP_CHANGE_PRIVACY: _privacy_form,
}
"""Which page each button brings."""


def _filler(desk: Desk, make: Make) -> Callable[..., None]:
    def fill_page(client: WebClient, context: BoltContext, body: Body) -> None:
        fill(
            client,
            lambda: _made(desk, context, make, subject=pressed(body)),
            title=setup.TITLE,
            view_id=body["view"]["id"],
        )

    return fill_page


def _site(kept: KeptSetup, site_id: str) -> SiteEntry:
    return found(kept.site(site_id))


def _ack_only(ack: Ack) -> None:
    ack()
