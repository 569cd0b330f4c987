"""Looks at the Slack side: the token, what it is granted, the app-level token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.doctor.asking import NoAnswer, ask
from bot.doctor.clock import Span
from bot.doctor.findings import Finding, doubt, trouble, well
from bot.doctor.surroundings import Surroundings

REACH = "See that this host reaches SLACK_API_URL, and run this again"
COPY_ANEW = "Copy it anew from OAuth & Permissions of your Slack app"
MAKE_APP_LEVEL = (
    "Make one with connections:write under Basic Information, App-Level Tokens"
)
REINSTALL = "Reinstall the app from manifest.yml"


@dataclass(frozen=True)
class Introduced:
    """What Slack says of our token, and when it said so by each clock."""

    workspace_id: str
    workspace: str
    bot_user_id: str
    bot: str
    scopes: frozenset[str]
    here: Span
    """By the host's clock, the time in which the answer was made."""
    there: Span | None
    """By Slack's clock; None where the answer has no readable date."""


def introduce(around: Surroundings) -> Introduced | NoAnswer:
    """Ask Slack who we are."""
    began = around.host_now()
    told = ask(around.client.auth_test)
    ended = around.host_now()
    if isinstance(told, NoAnswer):
        return told
    return Introduced(
        workspace_id=str(told["team_id"]),
        workspace=str(told["team"]),
        bot_user_id=str(told["user_id"]),
        bot=str(told["user"]),
        scopes=granted_scopes(told.headers),
        here=Span(began, ended),
        there=_date_of(told),
    )


def granted_scopes(headers: Mapping[str, str]) -> frozenset[str]:
    """Return the scopes that Slack names beside an answer."""
    told = _header(headers, "x-oauth-scopes")
    return frozenset(filter(None, (one.strip() for one in told.split(","))))


def look_at_token(who: Introduced | NoAnswer) -> Finding:
    """Tell whether the bot's token is good, and whose it is."""
    if isinstance(who, Introduced):
        found = f"{who.bot} ({who.bot_user_id}) in {who.workspace} ({who.workspace_id})"
        return well("Slack token", found)
    remedy = COPY_ANEW if who.by_slack else REACH
    return trouble("Slack token", f"SLACK_BOT_TOKEN: {who}", remedy)


def look_at_scopes(who: Introduced, needed: frozenset[str]) -> Iterator[Finding]:
    """Compare what is granted with what is needed."""
    missing, more = needed - who.scopes, who.scopes - needed
    if missing:
        yield trouble("scopes", f"not granted: {_listed(missing)}", REINSTALL)
    if more:
        found = f"granted and not needed: {_listed(more)}"
        yield doubt("scopes", found, f"Take them out of the app. {REINSTALL}")
    if not missing and not more:
        yield well("scopes", f"the {len(needed)} that are needed, and no others")


def look_at_app_token(client: WebClient, app_token: str) -> Finding:
    """Ask Slack for an address of Socket Mode, and leave it unused."""
    told = ask(lambda: client.apps_connections_open(app_token=app_token))
    if not isinstance(told, NoAnswer):
        return well("Socket Mode", "Slack gives an address for the app's connection")
    remedy = MAKE_APP_LEVEL if told.by_slack else REACH
    return trouble("Socket Mode", f"SLACK_APP_TOKEN: {told}", remedy)


def _date_of(told: SlackResponse) -> Span | None:
    try:
        second: datetime = parsedate_to_datetime(_header(told.headers, "date"))
    except ValueError:
        return None
    if second.tzinfo is None:
        return None
    # The header names whole seconds: the answer was made within this one.
    return Span(second, second + timedelta(seconds=1))


def _header(headers: Mapping[str, str], wanted: str) -> str:
    named = {name.lower(): value for name, value in headers.items()}
    return str(named.get(wanted, ""))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
