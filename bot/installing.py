"""Puts a setup file into effect: asks Slack about its channels, then acts."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.actions.done import Done
from bot.actions.setting_up import Channel, set_up
from bot.refusals import SetupRefused
from bot.setup_file import SetupFile
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
    """Check a setup against Slack and keep it. Raises `SetupRefused`."""
    _check_people(client, setup)
    channels = _read_channels(client, setup)
    by = Operator(account)
    with store.act(by) as uow:
        return set_up(
            uow=uow, by=by, workspace=workspace, setup=setup, channels=channels
        )


def _read_channels(client: WebClient, setup: SetupFile) -> Mapping[str, Channel]:
    return {link.channel: _read_channel(client, link.channel) for link in setup.links}


def _read_channel(client: WebClient, channel_id: str) -> Channel:
    try:
        told = client.conversations_info(channel=channel_id)["channel"]
    except SlackApiError as error:
        reason = error.response.get("error")
        raise SetupRefused(
            f"{channel_id}: Slack answers {reason}. Is the id right, and was Baton"
            " invited to the channel?"
        ) from error
    return Channel(
        id=channel_id,
        is_private=bool(told.get("is_private")),
        has_bot=bool(told.get("is_member")),
    )


def _check_people(client: WebClient, setup: SetupFile) -> None:
    troubles = [
        trouble
        for site in setup.sites
        for person in site.people
        if (trouble := _trouble_with(client, person.key, person.slack.user))
    ]
    if troubles:
        raise SetupRefused("\n".join(troubles))


def _trouble_with(client: WebClient, key: str, user_id: str) -> str | None:
    try:
        told = client.users_info(user=user_id)["user"]
    except SlackApiError as error:
        return f"{key}: Slack answers {error.response.get('error')} for {user_id}"
    if told.get("deleted"):
        return f"{key}: the Slack account {user_id} is deactivated"
    return f"{key}: {user_id} is a bot" if told.get("is_bot") else None
