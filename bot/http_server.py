"""A small threaded HTTP server that finishes what it has taken before it ends."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from bot.settings import split_address

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

TURN = 0.5
"""Seconds for which the server's loop waits before it looks whether to end."""
BODY_BYTES = 4_000_000
"""More than any payload of Slack's."""


class AddressRefused(Exception):
    """The address cannot be listened on; the message says why."""


class HttpServer:
    """Serves one WSGI application from its own threads."""

    def __init__(
        self, application: WSGIApplication, address: str, *, threads: int, name: str
    ) -> None:
        """Bind the address; nobody is answered before `start`.

        Raises `AddressRefused`.
        """
        host, port = split_address(address)
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        try:
            server = create_server(
                application,
                map=self._sockets,  # type: ignore[arg-type] # of dispatchers, whatever the stubs say
                host=host,
                port=port,
                threads=threads,
                ident=None,
                max_request_body_size=BODY_BYTES,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            # What it had opened by then it leaves open.
            self._close_all()
            raise AddressRefused(f"{address}: {error.strerror or error}") from error
        if not isinstance(server, BaseWSGIServer):
            self._close_all()
            raise AddressRefused(f"{address}: names several addresses; give one")
        self._server = server
        listening: socket.socket = server.socket  # type: ignore[assignment] # bound
        self._bound = listening.getsockname()[:2]
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, as HOST:PORT."""
        host, port = self._bound
        return f"{host}:{port}"

    def _close_all(self) -> None:
        wasyncore.close_all(self._sockets)  # type: ignore[arg-type] # dispatchers, again

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Tell whether it takes requests."""
        return self._thread.is_alive() and not self._ending.is_set()

    def stop(self, within: float = 10.0) -> None:
        """Take no more, and let what was taken be answered, as long as `within`."""
        self._ending.set()
        end = time.monotonic() + within
        if self._thread.is_alive():
            self._thread.join(within)
        self._server.task_dispatcher.shutdown(
            timeout=max(0, int(end - time.monotonic()))
        )
        wasyncore.close_all(self._sockets)  # type: ignore[arg-type] # as above

    def _serve(self) -> None:
        while not self._ending.is_set():
            self._turn()
        # The listening socket alone: its trigger still wakes the loop for answers.
        wasyncore.dispatcher.close(self._server)
        while any(_is_busy(one) for one in [*self._sockets.values()]):
            self._turn()

    def _turn(self) -> None:
        wasyncore.loop(timeout=TURN, use_poll=True, map=self._sockets, count=1)  # type: ignore[arg-type] # as above


def _is_busy(one: object) -> bool:
    """Tell whether a connection has a request to answer, or an answer to give."""
    return isinstance(one, HTTPChannel) and bool(one.requests or one.total_outbufs_len)
