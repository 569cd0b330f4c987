"""HTTP mode: payloads are posted to the app's own address, signed as Slack signs."""

import asyncio
import hashlib
import hmac
import http.client
import json
from urllib.parse import urlencode, urlsplit

from sandbox.delivery import DISPATCH, TIMEOUT, Answer, Envelope
from sandbox.record import Acked, Sent
from sandbox.things import Json
from sandbox.workspace import Workspace

SUCCESS = range(200, 300)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HTTP_REASONS = {"timeout": "http_timeout"}


class RequestUrl:
    """Carries envelopes to one address."""

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = urlsplit(url)

    async def carry(self, envelope: Envelope, *, other_than: str = "") -> Answer:  # noqa: ARG002 - one address has no other connection
        """Post the payload and wait for the answer. Never raises."""
        self._note_sent(envelope)
        try:
            return await asyncio.to_thread(self._post, envelope)
        except TimeoutError:
            return Answer({}, TIMEOUT)
        except (OSError, http.client.HTTPException):
            return Answer({}, DISPATCH)

    def _post(self, envelope: Envelope) -> Answer:
        content_type, body = _written(envelope)
        connection = http.client.HTTPConnection(
            self._url.netloc, timeout=self._workspace.settings.ack_seconds
        )
        try:
            headers = self._headers(envelope, content_type, body)
            connection.request("POST", self._url.path or "/", body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8")
        finally:
            connection.close()
        no_retry = response.getheader("x-slack-no-retry") == "1"
        return self._understood(envelope, response.status, text, retry=not no_retry)

    def _headers(self, envelope: Envelope, content_type: str, body: str) -> Json:
        stamp = str(int(self._workspace.settings.clock()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self._workspace.meta.signing_secret, stamp, body),
        }
        if envelope.attempt:
            reason = HTTP_REASONS.get(envelope.reason, envelope.reason)
            headers["X-Slack-Retry-Num"] = str(envelope.attempt)
            headers["X-Slack-Retry-Reason"] = reason
        return headers

    def _understood(
        self, envelope: Envelope, status: int, text: str, *, retry: bool
    ) -> Answer:
        if status not in SUCCESS:
            return Answer({}, "http_error", retry)
        payload = _parsed(text)
        now = self._workspace.settings.clock()
        self._workspace.record.add(Acked(now, envelope.id, payload, "http"))
        return Answer(payload)

    def _note_sent(self, envelope: Envelope) -> None:
        self._workspace.record.add(
            Sent(
                at=self._workspace.settings.clock(),
                envelope_id=envelope.id,
                kind=envelope.kind,
                payload=envelope.payload,
                connection="http",
                attempt=envelope.attempt,
                reason=envelope.reason,
            )
        )


def sign(secret: str, stamp: str, body: str) -> str:
    """Slack's signature (v0) of a request."""
    base = f"v0:{stamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _written(envelope: Envelope) -> tuple[str, str]:
    """The content type and the body: events in JSON, the rest as forms."""
    if envelope.kind == "events_api":
        return JSON, json.dumps(envelope.payload)
    if envelope.kind == "slash_commands":
        return FORM, urlencode(envelope.payload)
    return FORM, urlencode({"payload": json.dumps(envelope.payload)})


def _parsed(text: str) -> Json:
    """What the app answered: JSON, plain words to show, or nothing."""
    if not text:
        return {}
    try:
        parsed = json.loads(text)
    except ValueError:
        return {"text": text}
    return parsed if isinstance(parsed, dict) else {}
