"""Asks Slack one thing; whatever goes wrong is a reason, never an exception."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

CODE = re.compile(r"[a-z0-9_.:-]{1,80}")
"""What Slack's error codes are made of; anything else is a page of something else."""
LIMITED = "ratelimited"
MOST_PAGES = 50
PAGE = 200


@dataclass(frozen=True)
class NoAnswer:
    """Slack refuses, or nothing of Slack answers."""

    reason: str
    by_slack: bool

    def __str__(self) -> str:
        """Return it as the end of a sentence."""
        return f"Slack answers {self.reason}" if self.by_slack else self.reason

    @property
    def is_passing(self) -> bool:
        """Whether asking again in a minute may be all that is needed."""
        return not self.by_slack or self.reason == LIMITED


def ask(call: Callable[[], SlackResponse]) -> SlackResponse | NoAnswer:
    """Return what Slack answers to a call, or why there is no answer."""
    try:
        return call()
    except SlackApiError as error:
        code = str(error.response.get("error") or "")
        if CODE.fullmatch(code):
            return NoAnswer(code, by_slack=True)
        return NoAnswer("what answers is not Slack", by_slack=False)
    except (SlackClientError, OSError, HTTPException) as error:
        return NoAnswer(f"no answer ({type(error).__name__})", by_slack=False)


@dataclass(frozen=True)
class Accounts:
    """What Slack says of people, each asked for once: a center has many links."""

    client: WebClient
    known: dict[str, SlackResponse | NoAnswer] = field(default_factory=dict)

    def of(self, user_id: str) -> SlackResponse | NoAnswer:
        """Return what Slack says of one person."""
        if user_id not in self.known:
            self.known[user_id] = ask(lambda: self.client.users_info(user=user_id))
        return self.known[user_id]


def members_of(client: WebClient, channel_id: str) -> frozenset[str] | NoAnswer:
    """Return the user ids of everybody in a channel."""
    found: set[str] = set()
    for page in _pages(client, channel_id):
        if isinstance(page, NoAnswer):
            return page
        found.update(str(one) for one in page.get("members") or [])
    return frozenset(found)


def _pages(client: WebClient, channel_id: str) -> Iterator[SlackResponse | NoAnswer]:
    words: dict[str, Any] = {"channel": channel_id, "limit": PAGE}
    for _ in range(MOST_PAGES):
        page = ask(lambda: client.conversations_members(**words))
        yield page
        if isinstance(page, NoAnswer):
            return
        words["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
        if not words["cursor"]:
            return
    yield NoAnswer("there were too many members to read", by_slack=False)
