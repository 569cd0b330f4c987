"""How long until the demo can be used: a first start, and a later one."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import typer

from benchmarks.places import log_nothing
from benchmarks.tables import show
from bot.demo import start_demo


def measure(folder: Path) -> float:
    """Return the seconds from the start of a demo until its address is known."""
    began = time.monotonic()
    running = start_demo(folder)
    took = time.monotonic() - began
    running.stop()
    return took


def main() -> None:
    """Measure both starts, each with its screen, and print them."""
    log_nothing()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows = [
            [which, f"{measure(Path(folder) / 'demo'):.2f}"]
            for which in ("first start, with its cases", "later start")
        ]
    show("Demo ready", ["", "seconds"], rows)


if __name__ == "__main__":
    typer.run(main)
