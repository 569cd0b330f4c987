"""One process is kept at work, whatever becomes of those before it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler.supervising import CannotSend, Patience, SendingProcess
from tests.scheduler.processes import wait_for

ODD = "tests.scheduler.odd_process"
QUICK = Patience(first=0.05, longest=0.2)


@contextmanager
def kept(how: str, file: Path, patience: Patience = QUICK) -> Iterator[SendingProcess]:
    """Keep an odd process at work until the end of the block."""
    process = SendingProcess(ODD, f"{how}: {file}", patience=patience)
    process.start()
    try:
        yield process
    finally:
        process.stop(10)


def pids(file: Path) -> list[int]:
    """Return the ids of the processes that there were."""
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def is_gone(pid: int) -> bool:
    """Tell whether a process is not there any more."""
    return not Path(f"/proc/{pid}").exists()


def test_what_cannot_start_says_why_in_its_own_words(tmp_path: Path) -> None:
    process = SendingProcess(ODD, f"refuses: {tmp_path / 'log'}")

    with pytest.raises(CannotSend, match=r"^the sky is falling$"):
        process.start()

    process.stop(1)
    assert len(pids(tmp_path / "log")) == 1


def test_what_dies_before_it_is_ready_is_not_started_again_and_again(
    tmp_path: Path,
) -> None:
    process = SendingProcess(ODD, f"dies: {tmp_path / 'log'}")

    with pytest.raises(CannotSend, match=r"^the sending ended \(SIGKILL\)$"):
        process.start()

    process.stop(1)
    assert len(pids(tmp_path / "log")) == 1


def test_what_dies_at_work_is_replaced(tmp_path: Path) -> None:
    with kept("dies later", tmp_path / "log"):
        wait_for(lambda: len(pids(tmp_path / "log")) >= 3)

    there_were = pids(tmp_path / "log")
    assert len(set(there_were)) == len(there_were)
    assert all(is_gone(pid) for pid in there_were)


def test_after_the_stop_no_other_is_started(tmp_path: Path) -> None:
    with kept("dies later", tmp_path / "log") as process:
        wait_for(lambda: len(pids(tmp_path / "log")) >= 2)
        process.stop(10)
    there_were = pids(tmp_path / "log")

    time.sleep(0.5)
    process.wake()

    assert pids(tmp_path / "log") == there_were


def test_what_it_completes_is_known_and_what_it_babbles_is_not(tmp_path: Path) -> None:
    with kept("chatters", tmp_path / "log") as process:
        wait_for(lambda: "sweep" in process.completed)
        completed = process.completed

    assert sorted(completed) == ["dispatch", "sweep"]
    assert is_gone(pids(tmp_path / "log")[0])


def test_what_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    with kept("is deaf", tmp_path / "log") as process:
        began = time.monotonic()
        process.stop(0.3)
        took = time.monotonic() - began

    assert 0.3 <= took < 3
    assert is_gone(pids(tmp_path / "log")[0])


def test_a_wake_never_waits_for_a_process_that_does_not_read(tmp_path: Path) -> None:
    """The pipe holds 64 thousand wake-ups; it needs one."""
    with kept("is deaf", tmp_path / "log") as process:
        began = time.monotonic()
        for _ in range(100_000):
            process.wake()
        took = time.monotonic() - began
        process.kill()

    assert took < 10


def test_no_pipe_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count is enough

    with kept("dies later", tmp_path / "log"):
        wait_for(lambda: len(pids(tmp_path / "log")) >= 3)

    after = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as above
    assert after <= before


def test_each_that_dies_early_is_waited_for_longer_up_to_a_limit() -> None:
    patience = Patience(first=0.1, longest=30)
    waits = [patience.wait_after(ended) for ended in range(1, 40)]

    assert waits[0] == 0.1
    assert all(later in (2 * one, 30) for one, later in pairwise(waits))
    assert waits[-1] == 30


def test_a_healthy_minute_makes_up_for_those_before() -> None:
    patience = Patience()

    assert patience.count(7, lived=59.9) == 8
    assert patience.count(7, lived=60.0) == 1
    assert patience.wait_after(patience.count(99, lived=3600)) == patience.first


def test_what_the_machine_cannot_start_now_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without memory or process ids for a moment, nobody would send any more."""
    with kept("dies later", tmp_path / "log") as process:
        with monkeypatch.context() as broken:
            broken.setattr(process, "_command", [str(tmp_path / "no such program")])
            time.sleep(1)
        there_were = pids(tmp_path / "log")
        wait_for(lambda: len(pids(tmp_path / "log")) > len(there_were))


def test_what_cannot_even_be_started_first_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = SendingProcess(ODD, f"dies: {tmp_path / 'log'}")
    monkeypatch.setattr(process, "_command", [str(tmp_path / "no such program")])

    with pytest.raises(CannotSend, match=r"\(FileNotFoundError\)$"):
        process.start()

    process.stop(1)
