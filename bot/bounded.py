"""Connections whose bytes the network does not deliver after we have given up.

What was written to a socket is the kernel's to deliver, and it goes on trying for
many minutes, also when the program has long closed the socket or is gone. A message
that arrives after its notice was looked for and sent again stands twice. So the
kernel is told to give up when we do, and to throw away what is left.
"""

from __future__ import annotations

import socket
import ssl
import struct
from typing import Any

CLOSE_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER for no time: what is unsent is dropped, and the other side is told."""


class BoundedContext(ssl.SSLContext):
    """Wraps sockets of which the kernel lets go as soon as we do.

    The context is what the Slack client lets one choose of its connections, with a
    proxy or without. Nothing of a request is sent before the socket is wrapped.
    """

    seconds: float

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> Any:
        """Bound the socket, then wrap it."""
        bound(sock, self.seconds)
        return super().wrap_socket(sock, *args, **kwargs)


def bounded_context(seconds: float) -> BoundedContext:
    """Return a context that checks certificates as the default one does."""
    context = BoundedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.seconds = seconds
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    return context


def bound(sock: socket.socket, seconds: float) -> None:
    """Let the kernel give up on what it could not deliver within `seconds`."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
    # Only Linux has it.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        patience = int(seconds * 1000)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)
