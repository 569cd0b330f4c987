"""Says things in Slack: each call once, within a hard timeout, its outcome named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.uploading import Uploads, is_fresh
from bot.views.pictured import image, instead_of
from scheduler.ports import (
    PICTURE,
    Absent,
    Found,
    Message,
    NotSent,
    Outcome,
    Place,
    Refused,
    Seen,
    Sent,
    Sighting,
    Slower,
    Unclear,
    Unreadable,
)
from storage.records import Identity

log = structlog.get_logger()

EVENT_TYPE = "baton_notice"
PAGE = 200
MOST_PAGES = 50
HTTP_SERVER_ERROR = 500
HTTP_TOO_MANY = 429

REFUSALS: Mapping[str, str] = {
    "channel_not_found": "the channel is gone, or Baton is not in it",
    "not_in_channel": "Baton is not in the channel; invite it",
    "is_archived": "the channel is archived",
    "account_inactive": "Baton's token belongs to a removed app or person",
    "user_disabled": "the person's Slack account is deactivated",
    "user_not_found": "Slack does not know this person",
    "user_not_visible": "Baton may not see this person",
    "cannot_dm_bot": "this is a bot, not a person",
    "not_authed": "Baton's token is missing",
    "invalid_auth": "Baton's token is not valid",
    "token_revoked": "Baton's token was revoked",
    "token_expired": "Baton's token has expired",
    "missing_scope": "Baton was not given the permission for this",
    "no_permission": "Baton was not given the permission for this",
    "restricted_action": "an administrator does not allow posting here",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_locked": "the thread is locked",
    "org_login_required": "the workspace is being moved",
    "ekm_access_denied": "the workspace's key does not allow posting now",
    "team_access_not_granted": "Baton was not granted this workspace",
    "file_uploads_disabled": "the workspace does not allow files",
    "file_uploads_except_images_disabled": "the workspace does not allow files",
    "file_type_not_allowed": "the workspace does not allow pictures",
    "file_upload_size_restricted": "the workspace does not allow a file of this size",
    "msg_too_long": "the message is too long",
    "invalid_blocks": "Slack does not take this message",
    "invalid_arguments": "Slack does not take this message",
    "no_text": "the message is empty",
    "message_not_found": "the message was deleted",
    "cant_update_message": "the message belongs to somebody else",
    "edit_window_closed": "the workspace does not allow editing any more",
    "thread_not_found": "the thread was deleted",
    "messages_tab_disabled": "direct messages to Baton are switched off",
}
"""Errors that stay until somebody does something, and what that person reads."""

PASSING = frozenset(
    {"service_unavailable", "team_added_to_org", "accesslimited", "request_timeout"}
)
"""Errors by which Slack says that it has done nothing, and that pass."""

UNCLEAR = frozenset({"internal_error", "fatal_error"})
"""Errors after which, by Slack's own words, some of it may have been done."""

GONE = "channel_not_found"

ALREADY_SO = frozenset({"already_pinned"})

CODE = re.compile(r"[a-z0-9_.:-]{1,80}")
"""What Slack's error codes are made of."""


class TooMuch(Exception):
    """A conversation has more pages than are read at once."""


class SlackSender:
    """Sends notices with the bot's token."""

    def __init__(self, client: WebClient) -> None:
        if client.retry_handlers:
            # A post that is repeated by the client after a lost answer is the
            # doubled reminder that this whole design is there to prevent.
            raise ValueError("the sender's client must have no retry handlers")
        self._client = client
        self._uploads = Uploads(client)

    def open_dm(self, identity: Identity) -> str | Outcome:
        """Return the id of the conversation with somebody; safe to repeat."""
        opened: list[str] = []

        def open_it() -> Sent:
            answer = self._client.conversations_open(users=identity.user_id)
            opened.append(_at(answer, "channel", "id"))
            return Sent(opened[0])

        outcome = _call(open_it, repeatable=True)
        return opened[0] if isinstance(outcome, Sent) else outcome

    def attach(self, message: Message) -> Message | Outcome:
        """Return the message with its picture among its blocks; safe to repeat."""
        picture = message.picture
        if picture is None:
            return message
        files: list[str] = []

        def upload_it() -> Sent:
            files.append(self._uploads.file_of(picture))
            return Sent("")

        outcome = _call(upload_it, repeatable=True)
        if isinstance(outcome, Sent):
            block = image(files[0], title=picture.title, alt=picture.alt)
            return replace(message, blocks=[*message.blocks, block], picture=None)
        if isinstance(outcome, Refused):
            # A workspace may forbid files. What is to be said is said all the same.
            log.warning("picture.refused", reason=outcome.reason)
            return self.in_words(message)
        return _of_picture(outcome)

    def in_words(self, message: Message) -> Message:
        """Return the message with its picture told in words."""
        picture = message.picture
        if picture is None:
            return message
        block = instead_of(picture)
        return replace(message, blocks=[*message.blocks, block], picture=None)

    def post(self, place: Place, message: Message, notice_id: str) -> Outcome:
        """Post a message that carries the notice's id."""

        def post_it() -> Sent:
            answer = self._client.chat_postMessage(
                channel=place.channel_id,
                thread_ts=place.ts,
                text=message.text,
                blocks=message.blocks,
                metadata=_metadata(notice_id),
                unfurl_links=False,
                unfurl_media=False,
            )
            return Sent(_at(answer, "ts"))

        return _call(post_it, repeatable=False)

    def update(self, place: Place, message: Message, notice_id: str) -> Outcome:
        """Change a message; safe to repeat."""

        def update_it() -> Sent:
            answer = self._client.chat_update(
                channel=place.channel_id,
                ts=place.ts or "",
                text=message.text,
                blocks=message.blocks,
            )
            return Sent(_at(answer, "ts"))

        del notice_id  # The message keeps the id of the notice that posted it.
        return _call(update_it, repeatable=False)

    def pin(self, place: Place) -> Outcome:
        """Pin a message; safe to repeat."""

        def pin_it() -> Sent:
            self._client.pins_add(channel=place.channel_id, timestamp=place.ts or "")
            return Sent(place.ts or "")

        return _call(pin_it, repeatable=True)

    def link_to(self, channel_id: str, ts: str) -> str | None:
        """Return a message's address; without one, others have no link to it."""
        try:
            answer = self._client.chat_getPermalink(channel=channel_id, message_ts=ts)
        except (SlackClientError, OSError, HTTPException):
            # Without it, messages about this thread have no link: no more than that.
            return None
        return _at(answer, "permalink")

    def find(self, place: Place, notice_id: str, since: datetime) -> Sighting:
        """Look for a notice's id in a conversation or thread since an instant."""
        try:
            for page in self._pages(place, since):
                for one in _ours(page):
                    if one.notice_id == notice_id:
                        return Found(one.ts, self.link_to(place.channel_id, one.ts))
        except (SlackClientError, OSError, HTTPException, TooMuch) as error:
            return Unreadable(_reason(error))
        return Absent()

    def seen(self, place: Place, since: datetime) -> list[Seen] | Unreadable:
        """Return every message of ours in a conversation or thread since then."""
        try:
            pages = list(self._pages(place, since))
        except (SlackClientError, OSError, HTTPException, TooMuch) as error:
            return Unreadable(_reason(error))
        # A thread shows its root with each page, however old it is.
        every = [one for page in pages for one in _ours(page)]
        return [one for one in every if float(one.ts) >= since.timestamp()]

    def delete(self, place: Place) -> Outcome:
        """Delete a message of ours; safe to repeat."""

        def delete_it() -> Sent:
            self._client.chat_delete(channel=place.channel_id, ts=place.ts or "")
            return Sent(place.ts or "")

        return _call(delete_it, repeatable=True)

    def _pages(
        self, place: Place, since: datetime
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Read a conversation or thread to its end. Raises `TooMuch`."""
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = self._read(place, since, cursor)
            yield page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
        raise TooMuch

    def _read(self, place: Place, since: datetime, cursor: str | None) -> SlackResponse:
        words: dict[str, Any] = {
            "channel": place.channel_id,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "cursor": cursor,
            "include_all_metadata": True,
        }
        if place.ts is None:
            return self._client.conversations_history(**words)
        return self._client.conversations_replies(ts=place.ts, **words)


def _call(do: Callable[[], Sent], *, repeatable: bool) -> Outcome:
    """Run one call and name its outcome; `repeatable` ones are never unclear."""
    try:
        return do()
    except SlackApiError as error:
        outcome = outcome_of(error.response)
    except (SlackClientError, OSError, HTTPException) as error:
        outcome = Unclear(_reason(error))
    if repeatable and isinstance(outcome, Unclear):
        return NotSent(outcome.reason)
    return outcome


def _of_picture(outcome: Outcome) -> Outcome:
    """Return what became of an upload so that it is known for one."""
    if isinstance(outcome, NotSent):
        return NotSent(f"{PICTURE}: {outcome.reason}")
    return outcome


def outcome_of(response: SlackResponse | Mapping[str, Any]) -> Outcome:
    """Return what Slack's refusal means for the notice."""
    status = getattr(response, "status_code", 200)
    error = _code_of(response)
    if status == HTTP_TOO_MANY or error in {"ratelimited", "rate_limited"}:
        return Slower(_retry_after(response))
    if error in ALREADY_SO:
        return Sent("")
    fresh = error == "invalid_blocks" and is_fresh(response)
    if error in REFUSALS and not fresh:
        return Refused(REFUSALS[error], conversation_gone=error == GONE)
    if error in PASSING or fresh:
        return NotSent(f"{PICTURE}: not ready" if fresh else error)
    if error in UNCLEAR or status >= HTTP_SERVER_ERROR or not error:
        return Unclear(error or f"HTTP {status} without an answer")
    return Refused(f"Slack refuses it ({error})")


def _code_of(response: SlackResponse | Mapping[str, Any]) -> str:
    """Return Slack's error code, or nothing where the answer was not Slack's own."""
    error = str(response.get("error") or "")
    # The client puts the first words of a page into this field when a proxy or a
    # broken server answers with one; that is no answer, and no text to keep.
    return error if CODE.fullmatch(error) else ""


def _retry_after(response: SlackResponse | Mapping[str, Any]) -> float:
    headers = getattr(response, "headers", {})
    told = {str(name).lower(): value for name, value in headers.items()}
    try:
        return max(1.0, float(told.get("retry-after", 1)))
    except (TypeError, ValueError):
        return 1.0


def _metadata(notice_id: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"id": notice_id}}


def _ours(messages: Iterable[Mapping[str, Any]]) -> Iterator[Seen]:
    for message in messages:
        metadata = message.get("metadata") or {}
        notice_id = (metadata.get("event_payload") or {}).get("id")
        if notice_id and metadata.get("event_type") == EVENT_TYPE:
            ts, replies = str(message["ts"]), message.get("reply_count")
            yield Seen(str(notice_id), ts, has_replies=bool(replies))


def _at(answer: SlackResponse, *path: str) -> str:
    found: Any = answer
    for name in path:
        found = found[name]
    return str(found)


def _reason(error: Exception) -> str:
    if isinstance(error, TooMuch):
        return "there was too much to read"
    if isinstance(error, SlackApiError):
        return _code_of(error.response) or "no answer"
    return type(error).__name__
