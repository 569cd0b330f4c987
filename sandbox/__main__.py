"""Runs one sandbox alone: `python -m sandbox --manifest manifest.yml`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox import Sandbox

CHANNEL = "general"


def main(arguments: Sequence[str]) -> int:
    """Serve until somebody interrupts. Prints what an app needs to connect."""
    options = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Sandbox(
        options.manifest,
        store=options.store,
        port=options.port,
        request_url=options.request_url,
    ) as slack:
        _gather(slack, options.person)
        _tell(slack)
        if options.screen:
            _show(slack)
        stopped.wait()
    return 0


def _gather(slack: Sandbox, names: Sequence[str]) -> None:
    people = [slack.person(name) for name in names]
    if people:
        slack.channel(CHANNEL, members=people)


def _tell(slack: Sandbox) -> None:
    sys.stdout.write(
        f"SLACK_API_URL={slack.api_url}\n"
        f"SLACK_BOT_TOKEN={slack.bot_token}\n"
        f"SLACK_APP_TOKEN={slack.app_token}\n"
        f"SLACK_SIGNING_SECRET={slack.signing_secret}\n"
    )
    sys.stdout.flush()


def _show(slack: Sandbox) -> None:
    # What serves browsers is heavy, and only this needs it.
    from sandbox.screen import mount

    sys.stdout.write(f"SCREEN={mount(slack)}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    add = parser.add_argument
    add("--manifest", type=Path, default=Path("manifest.yml"), help="the app")
    add("--store", type=Path, help="a file that keeps the workspace over restarts")
    add("--port", type=int, default=0, help="of 127.0.0.1; 0: any that is free")
    add("--screen", action="store_true", help="show it in browsers, too")
    add("--person", action="append", default=[], help=f"to be, in #{CHANNEL}; repeat")
    add("--request-url", default="", help="post payloads there, instead of sockets")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
