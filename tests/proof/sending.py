"""The bot's own client and sender, with only the socket replaced."""

from __future__ import annotations

from bot.app import new_client
from bot.sender import SlackSender
from bot.settings import Settings
from storage.sealing import new_key
from tests.proof.slack import HTTP, Slack


def settings(key: str | None = None) -> Settings:
    """Return settings that reach nothing outside."""
    return Settings(
        _env_file=None,
        slack_bot_token="xoxb-proof",
        slack_app_token="xapp-proof",
        slack_api_url="http://slack.invalid/api/",
        baton_keys=key or new_key("proof"),
    )


def new_sender(slack: Slack) -> SlackSender:
    """Return a sender whose requests end in a Slack in memory."""
    client = new_client(settings(), timeout=int(HTTP))
    client._perform_urllib_http_request_internal = (  # type: ignore[method-assign]
        slack.carry  # type: ignore[assignment]
    )
    return SlackSender(client)
