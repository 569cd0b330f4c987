"""Puts a setup into effect: asks Slack about its channels and people, then acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.actions.done import Done
from bot.actions.leaving import accounts_leaving
from bot.actions.setting_up import Channel, set_up
from bot.refusals import SetupRefused
from bot.setup_file import PersonEntry, SetupFile, SlackIdentity
from storage.actors import Operator
from storage.records import Workspace
from storage.unit import Store


def install(
    *,
    store: Store,
    client: WebClient,
    workspace: Workspace,
    setup: SetupFile,
    account: str,
) -> Done:
    """Check a setup against Slack and keep it. Raises `SetupRefused`.

    Whoever stands there without a team is of the team that Slack names.
    """
    setup = _with_teams(client, setup)
    channels = _read_channels(client, setup)
    with store.read() as reading:
        accounts = accounts_leaving(reading, workspace.id, setup)
    gone = read_gone(client, accounts)
    by = Operator(account)
    with store.act(by) as uow:
        return set_up(
            uow=uow,
            by=by,
            workspace=workspace,
            setup=setup,
            channels=channels,
            gone=gone,
        )


def hurried(client: WebClient, *, seconds: int) -> WebClient:
    """Return the same client, but one that waits no longer than `seconds`."""
    return WebClient(
        token=client.token,
        base_url=client.base_url,
        timeout=seconds,
        ssl=client.ssl,
        proxy=client.proxy,
        retry_handlers=[],
    )


def read_channel(client: WebClient, channel_id: str) -> Channel:
    """Return a channel as Slack describes it. Raises `SetupRefused`."""
    try:
        told = client.conversations_info(channel=channel_id)["channel"]
    except SlackApiError as error:
        reason = error.response.get("error")
        raise SetupRefused(
            f"{channel_id}: Slack answers {reason}. Is the id right, and was Baton"
            " invited to the channel?"
        ) from error
    except (SlackClientError, OSError) as error:
        raise SetupRefused(_no_answer(channel_id)) from error
    return Channel(
        id=channel_id,
        is_private=bool(told.get("is_private")),
        has_bot=bool(told.get("is_member")),
    )


def read_team(client: WebClient, user_id: str) -> str | None:
    """Return the team of somebody's account, where Slack names it.

    Raises `SetupRefused` for an account that is not there, is deactivated or is a
    bot's.
    """
    return _usable(client, user_id).get("team_id") or None


def read_gone(client: WebClient, accounts: Mapping[str, str]) -> frozenset[str]:
    """Return whose Slack account is deactivated or not there, of clinician -> user.

    Raises `SetupRefused` where Slack does not answer.
    """
    return frozenset(one for one, user in accounts.items() if _is_gone(client, user))


def _is_gone(client: WebClient, user_id: str) -> bool:
    try:
        return bool(_account(client, user_id).get("deleted"))
    except SlackApiError as error:
        reason: object = error.response.get("error")
        return reason == "user_not_found"


def _usable(client: WebClient, user_id: str) -> dict[str, Any]:
    try:
        told = _account(client, user_id)
    except SlackApiError as error:
        reason = error.response.get("error")
        raise SetupRefused(f"Slack answers {reason} for {user_id}") from error
    if told.get("deleted"):
        raise SetupRefused(f"the Slack account {user_id} is deactivated")
    if told.get("is_bot"):
        raise SetupRefused(f"{user_id} is a bot")
    return told


def _account(client: WebClient, user_id: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = client.users_info(user=user_id)["user"]
    except SlackApiError:
        raise
    except (SlackClientError, OSError) as error:
        raise SetupRefused(_no_answer(user_id)) from error
    return told


def _no_answer(id_: str) -> str:
    return f"{id_}: Slack does not answer just now. Nothing was changed; try again."


def _read_channels(client: WebClient, setup: SetupFile) -> Mapping[str, Channel]:
    return {link.channel: read_channel(client, link.channel) for link in setup.links}


def _with_teams(client: WebClient, setup: SetupFile) -> SetupFile:
    troubles: list[str] = []

    def placed(person: PersonEntry) -> PersonEntry:
        try:
            return _with_team(person, _usable(client, person.slack.user))
        except SetupRefused as refusal:
            troubles.append(f"{person.key}: {refusal.sentence}")
            return person

    people = {one.key: tuple(placed(p) for p in one.people) for one in setup.sites}
    if troubles:
        raise SetupRefused("\n".join(troubles))
    return setup.with_people(people)


def _with_team(person: PersonEntry, told: Mapping[str, Any]) -> PersonEntry:
    """Return a person in the team that Slack names. Raises `SetupRefused`."""
    user, team = person.slack.user, person.slack.team
    named = told.get("team_id")
    if team is None:
        slack = SlackIdentity(user=user, team=named or None)
        return person.model_copy(update={"slack": slack})
    # In an organisation of several workspaces an account is of each of them.
    wider = told.get("enterprise_user") or {}
    teams = {named, wider.get("enterprise_id"), *wider.get("teams", ())} - {None, ""}
    if teams and team not in teams:
        raise SetupRefused(f"{user} is of team {named or 'unknown'}, not of {team}")
    return person
