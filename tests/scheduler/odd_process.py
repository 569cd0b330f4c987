"""A process that does what it is told in its first line, for tests of its keeper."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """Be as odd as the first line says: `HOW: FILE`."""
    word, _, rest = sys.stdin.readline().strip().partition(": ")
    before = Path(rest).read_text(encoding="utf-8") if Path(rest).exists() else ""
    Path(rest).write_text(before + f"{os.getpid()}\n", encoding="utf-8")
    match word:
        case "refuses":
            _say("refused the sky is falling")
            raise SystemExit(2)
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "dies later":
            _say("ready")
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        case "chatters":
            _say("ready\ncompleted dispatch\n\xff what is this\ncompleted sweep")
            sys.stdin.read()
        case "is deaf":
            _say("ready")
            time.sleep(60)
    raise SystemExit(0)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its keeper reads it


if __name__ == "__main__":
    main()
