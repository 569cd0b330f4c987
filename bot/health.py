"""Three pages for machines: whether it lives, whether it is ready, and its numbers.

They are answered from memory: a database that hangs makes no page hang, and whoever
asks often costs nothing. No case, no code and no person stands on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PLAIN = "text/plain; charset=utf-8"
NUMBERS = "text/plain; version=1.0.0; charset=utf-8"


@dataclass(frozen=True)
class Look:
    """One thing that was looked at: a line of a page."""

    says: str
    good: bool = True

    def line(self) -> str:
        """Return the line."""
        return f"{'ok' if self.good else 'FAIL'} {self.says}\n"


Page = Callable[[], Sequence[Look]]


@dataclass(frozen=True)
class HealthPages:
    """Answers GET and HEAD of `/healthz`, `/readyz` and `/metrics`."""

    alive: Page
    ready: Page
    numbers: Callable[[], bytes]

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        status, kind, body = self._answer(
            environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        )
        start_response(
            f"{status.value} {status.phrase}",
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
            ],
        )
        return [body]

    def _answer(self, method: str, path: str) -> tuple[HTTPStatus, str, bytes]:
        if method not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, PLAIN, b"GET or HEAD\n"
        match path:
            case "/healthz":
                return _page(self.alive())
            case "/readyz":
                return _page(self.ready())
            case "/metrics":
                return HTTPStatus.OK, NUMBERS, self.numbers()
        return HTTPStatus.NOT_FOUND, PLAIN, b"/healthz, /readyz or /metrics\n"


def _page(looks: Sequence[Look]) -> tuple[HTTPStatus, str, bytes]:
    good = all(one.good for one in looks)
    status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
    return status, PLAIN, "".join(one.line() for one in looks).encode()
