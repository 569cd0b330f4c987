"""How Slack reaches Baton: over a socket that Baton opens, or over signed HTTP."""

from __future__ import annotations

from typing import Protocol

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.http_server import HttpServer
from bot.settings import Settings

PATH = "/slack/events"
DRAIN = 10.0
"""Seconds that what came in may take to its answer once Baton is told to stop."""


class Door(Protocol):
    """Where what people do comes in."""

    def open(self) -> None:
        """Begin to take in."""
        ...

    def close(self) -> None:
        """Take nothing more in, and finish what came in."""
        ...

    def is_open(self) -> bool:
        """Tell whether Slack can reach it now."""
        ...


class SocketDoor:
    """Socket Mode: Baton calls Slack, and needs no address of its own."""

    def __init__(self, app: App, settings: Settings, *, concurrency: int) -> None:
        token = settings.slack_app_token
        self.handler = SocketModeHandler(
            app,
            token.get_secret_value() if token else None,
            web_client=app.client,
            concurrency=concurrency,
        )

    def open(self) -> None:
        """Connect to Slack."""
        self.handler.connect()  # type: ignore[no-untyped-call] # Bolt ships no type

    def close(self) -> None:
        """Disconnect, and finish what came in."""
        try:
            self.handler.close()  # type: ignore[no-untyped-call] # Bolt ships no type
        finally:
            # The client's close can raise where the other side closes just then.
            self.handler.client.message_workers.shutdown()

    def is_open(self) -> bool:
        """Tell whether the socket is connected."""
        return bool(self.handler.client.is_connected())


class HttpDoor:
    """Signed HTTP: Slack calls Baton, through whatever ends TLS before it."""

    def __init__(self, app: App, settings: Settings, *, concurrency: int) -> None:
        """Bind the address. Raises `AddressRefused`."""
        self.server = HttpServer(
            SlackRequestHandler(app, path=PATH),
            settings.baton_http_address,
            threads=concurrency,
            name="http",
        )

    def open(self) -> None:
        """Begin to answer."""
        self.server.start()

    def close(self) -> None:
        """Take no more requests, and answer those that came in."""
        self.server.stop(DRAIN)

    def is_open(self) -> bool:
        """Tell whether requests are taken."""
        return self.server.is_alive()
