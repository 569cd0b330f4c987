"""Saves what an administrator changes in the setup: forms, and what is removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.actions.leaving import accounts_leaving
from bot.actions.setting_up import Channel, administered_workspace, change_setup
from bot.desk import Desk
from bot.installing import hurried, read_channel, read_gone, read_team
from bot.listeners import setup_changes as changes
from bot.listeners.incoming import of
from bot.listeners.opening import View, intent_of
from bot.listeners.setup_changes import Account, Changed, Entered, read_entered
from bot.refusals import BadFields, NotForYou, Refusal, SetupRefused, Stranger
from bot.setup_file import SetupFile
from bot.setup_reading import KeptSetup, read_kept
from bot.views import forms, setup
from bot.views.ids import Act, Carried, Field, Form, FormData
from bot.views.setup_journey import AWAITED, days_field
from storage.actors import Person

log = structlog.get_logger()

Body = dict[str, Any]
One = TypeVar("One")
SECONDS = 2
"""How long Slack may take to answer while somebody waits for a submission."""

NOT_KNOWN = (
    "Baton does not know you. Administrators whom the setup names change it here; the"
    " first setup comes from a file, at the command line: `baton setup FILE`."
)


def register(app: App, desk: Desk) -> None:
    """Listen to what is submitted and to what is removed."""
    for form, change in CHANGES.items():
        app.view(form.value)(_submitter(desk, form, change))
    for act, remove in REMOVALS.items():
        app.action(act.value)(_remover(desk, remove))


def administrator(desk: Desk, context: BoltContext) -> Person:
    """Return who acts, an administrator. Raises `NotForYou` for anybody else."""
    came = of(context)
    try:
        by = desk.who(came.team_id, came.user_id)
    except Stranger as stranger:
        raise NotForYou(NOT_KNOWN) from stranger
    with desk.read() as reading:
        administered_workspace(reading, by)
    return by


def kept_by(desk: Desk, by: Person) -> KeptSetup:
    """Return the setup that `by` looks after. Raises `SetupRefused`."""
    with desk.read() as reading:
        return read_kept(reading, reading.people.site(by.site_id).workspace_id)


def pressed(body: Body) -> str:
    """Return the id that the pressed button carries, empty where it carries none."""
    return Carried.load(body["actions"][0].get("value") or "{}").subject


def found(one: One | None) -> One:
    """Return what was looked for in the setup. Raises `SetupRefused` for None."""
    if one is None:
        raise SetupRefused(
            "That is not in the setup any more. Open `/baton setup` again."
        )
    return one


Change = Callable[[WebClient, KeptSetup, str, Entered], Changed]


def _change_site(
    client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Changed:
    if subject:
        return changes.change_site(kept, found(kept.site(subject)), entered)
    return changes.add_site(kept, entered, _account(client, kept, "", entered))


def _change_duty(
    _client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Changed:
    return changes.change_duty(kept, found(kept.site(subject)), entered)


def _change_journey(
    _client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Changed:
    return changes.change_journey(kept, found(kept.site(subject)), entered)


def _change_person(
    client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Changed:
    account = _account(client, kept, subject, entered)
    if site := kept.site(subject):
        return changes.add_person(kept, site, entered, account)
    at = found(kept.person(subject))
    return changes.change_person(kept, *at, entered, account)


def _change_link(
    _client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Changed:
    if not subject:
        return changes.add_link(kept, entered)
    return changes.change_link(kept, found(kept.link(subject)), entered)


def _change_privacy(
    _client: WebClient, kept: KeptSetup, _subject: str, entered: Entered
) -> Changed:
    return changes.change_privacy(kept, entered)


CHANGES: Mapping[Form, Change] = {
    Form.SETUP_SITE: _change_site,
    Form.SETUP_DUTY: _change_duty,
    Form.SETUP_JOURNEY: _change_journey,
    Form.SETUP_PERSON: _change_person,
    Form.SETUP_LINK: _change_link,
    Form.SETUP_PRIVACY: _change_privacy,
}

WHOLE: Mapping[Form, str] = {
    Form.SETUP_SITE: Field.SITE_NAME,
    Form.SETUP_DUTY: Field.DUTY,
    Form.SETUP_JOURNEY: days_field(AWAITED[0]),
    Form.SETUP_PERSON: Field.PERSON_NAME,
    Form.SETUP_LINK: Field.CHANNEL,
    Form.SETUP_PRIVACY: Field.PHI_MODE,
}
"""The field at which stands what is wrong with a form as a whole."""

Remove = Callable[[KeptSetup, str], Changed]

REMOVALS: Mapping[Act, Remove] = {
    Act.SETUP_REMOVE_SITE: lambda kept, subject: changes.remove_site(
        kept, found(kept.site(subject))
    ),
    Act.SETUP_REMOVE_PERSON: lambda kept, subject: changes.remove_person(
        kept, *found(kept.person(subject))
    ),
    Act.SETUP_REMOVE_LINK: lambda kept, subject: changes.remove_link(
        kept, found(kept.link(subject))
    ),
}


def _submitter(desk: Desk, form: Form, change: Change) -> Callable[..., None]:
    def submit(ack: Ack, context: BoltContext, view: View, client: WebClient) -> None:
        data, entered = FormData.load(view["private_metadata"]), read_entered(view)
        quick = hurried(client, seconds=SECONDS)
        saving = _Saving(desk, context, quick, data.version)
        try:
            page = saving.save(lambda kept: change(quick, kept, data.subject, entered))
        except BadFields as refusal:
            errors = _placed(refusal.sentences, entered, WHOLE[form])
            ack(response_action="errors", errors=errors)
        except Refusal as refusal:
            ack(response_action="errors", errors={WHOLE[form]: refusal.sentence})
        else:
            ack(response_action="update", view=page)

    return submit


def _remover(desk: Desk, remove: Remove) -> Callable[..., None]:
    def press(ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        data = FormData.load(body["view"]["private_metadata"])
        quick = hurried(client, seconds=SECONDS)
        saving = _Saving(desk, context, quick, data.version)
        try:
            page = saving.save(lambda kept: remove(kept, pressed(body)))
        except Refusal as refusal:
            page = saving.refused(refusal)
        ack()
        _show(quick, body["view"]["id"], page)

    return press


class _Saving:
    """One change of the setup, from what was seen to what is shown then."""

    def __init__(
        self, desk: Desk, context: BoltContext, client: WebClient, seen: str
    ) -> None:
        self._desk = desk
        self._context = context
        self._client = client
        self._seen = seen

    def save(self, change: Callable[[KeptSetup], Changed]) -> View:
        """Save a change and return the page that shows it. Raises a `Refusal`."""
        by = administrator(self._desk, self._context)
        kept = kept_by(self._desk, by)
        # What was changed meanwhile, and what comes in again, the action answers.
        is_current = kept.version == self._seen
        changed = change(kept) if is_current else Changed(kept.setup, "")
        done = self._desk.perform(
            change_setup,
            by=by,
            key=of(self._context).key,
            seen=self._seen,
            subject=changed.subject,
            setup=changed.setup,
            channels=_new_channels(self._client, kept.setup, changed.setup),
            gone=self._gone(kept, changed.setup),
        )
        now = replace(kept, setup=changed.setup, version=done.subject)
        return self._page(now, changed.site_id, "Saved.")

    def refused(self, refusal: Refusal) -> View:
        """Return the setup as it stands, and why it was not changed."""
        try:
            by = administrator(self._desk, self._context)
            return self._page(kept_by(self._desk, by), "", refusal.sentence)
        except Refusal as stronger:
            return forms.notice(setup.TITLE, stronger.sentence)

    def _gone(self, kept: KeptSetup, changed: SetupFile) -> frozenset[str]:
        with self._desk.read() as reading:
            accounts = accounts_leaving(reading, kept.workspace_id, changed)
        return read_gone(self._client, accounts)

    def _page(self, kept: KeptSetup, site_id: str, said: str) -> View:
        data = FormData(intent_of(self._context), subject=site_id, version=kept.version)
        if site := kept.site(site_id):
            return setup.site_page(kept, site, data, said)
        return setup.overview(kept, data, said)


def _new_channels(
    client: WebClient, kept: SetupFile, changed: SetupFile
) -> dict[str, Channel]:
    """Ask Slack about the channels of links that were not there."""
    new = [one.channel for one in changed.links if one not in kept.links]
    return {channel: read_channel(client, channel) for channel in new}


def _account(
    client: WebClient, kept: KeptSetup, subject: str, entered: Entered
) -> Account:
    """Return the account that was chosen; Slack is asked only about another one."""
    user = entered.one(Field.ACCOUNT)
    if user is None:
        raise BadFields({Field.ACCOUNT: "Choose a Slack account."})
    known = kept.person(subject)
    if known and known[1].slack.user == user:
        return Account(user, known[1].slack.team or kept.workspace_id)
    try:
        return Account(user, read_team(client, user) or kept.workspace_id)
    except SetupRefused as refusal:
        sentence = changes.as_sentence(refusal.sentence)
        raise BadFields({Field.ACCOUNT: sentence}) from refusal


def _placed(
    sentences: Mapping[str, str], entered: Entered, otherwise: str
) -> dict[str, str]:
    """Return each sentence at its field, or at `otherwise` where it has none."""
    placed: dict[str, str] = {}
    for name, sentence in sentences.items():
        field = name if name in entered.values else otherwise
        placed[field] = f"{placed.get(field, '')} {sentence}".strip()
    return placed


def _show(client: WebClient, view_id: str, page: View) -> None:
    try:
        client.views_update(view_id=view_id, view=page)
    except (SlackClientError, OSError) as error:
        log.info("setup.not_shown", error=type(error).__name__)
