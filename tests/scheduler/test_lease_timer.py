"""The kernel's timer runs to the earliest lease under which something is being said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.delivery import Timings
from scheduler.lease_timer import SOONEST, LeaseTimer, NoTimer, seconds_left
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import SHORT, Office

ROOT = Path(__file__).parents[2]
moments = st.floats(min_value=0, max_value=1e9)


@given(st.lists(moments, min_size=1), moments)
def test_it_runs_to_the_earliest_and_is_never_disarmed_while_there_is_one(
    deadlines: list[float], now: float
) -> None:
    seconds = seconds_left(deadlines, now)

    assert seconds > 0
    assert seconds == max(min(deadlines) - now, SOONEST)


@given(moments)
def test_without_a_lease_it_is_disarmed(now: float) -> None:
    assert seconds_left([], now) == 0


def test_it_is_set_anew_as_leases_come_and_go() -> None:
    armed: list[float] = []
    timer = LeaseTimer(armed.append, monotonic=lambda: 100.0)

    with timer.until(130.0):
        with timer.until(110.0):
            pass
        with timer.until(150.0):
            pass

    assert armed == [30.0, 10.0, 30.0, 30.0, 30.0, 0.0]


def test_two_of_the_same_deadline_are_two() -> None:
    armed: list[float] = []
    timer = LeaseTimer(armed.append, monotonic=lambda: 0.0)

    with timer.until(5.0), timer.until(5.0):
        pass

    assert armed == [5.0, 5.0, 5.0, 0.0]


def test_what_raises_gives_its_deadline_back() -> None:
    armed: list[float] = []
    timer = LeaseTimer(armed.append, monotonic=lambda: 0.0)

    with pytest.raises(ZeroDivisionError), timer.until(5.0):
        _ = 1 / 0

    assert armed[-1] == 0.0


def test_from_many_threads_it_ends_disarmed_and_never_runs_past_the_earliest() -> None:
    armed: list[float] = []
    timer = LeaseTimer(armed.append, monotonic=lambda: 0.0)
    start = threading.Barrier(8)

    def hold(number: int) -> None:
        start.wait()
        with timer.until(1.0):
            for step in range(200):
                with timer.until(2.0 + number + step):
                    pass

    threads = [threading.Thread(target=hold, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert armed[-1] == 0.0
    assert max(armed) == 1.0


def test_a_call_may_take_its_whole_time_and_ends_before_the_lease() -> None:
    for timings in (Timings(), SHORT):
        latest = timings.spare.total_seconds() + timings.to_the_end

        assert timings.to_the_end > timings.http.total_seconds()
        assert latest < timings.lease.total_seconds()


@ON_SQLITE
def test_only_what_is_said_is_guarded(office: Office) -> None:
    """Neither the address of a message nor the books, which may take longer."""
    began: list[tuple[float, str]] = []
    timer = LeaseTimer(lambda seconds: began.append((seconds, _last(office))))
    office.delivery = replace(office.delivery, timer=timer)
    office.post()

    office.run()

    assert [(seconds > 0, method) for seconds, method in began] == [
        (True, "nothing"),
        (False, "chat.postMessage"),
    ]
    assert office.calls("chat.getPermalink")


def _last(office: Office) -> str:
    calls = [one for one in office.calls("") if one.method.startswith("chat")]
    return calls[-1].method if calls else "nothing"


@ON_SQLITE
def test_what_is_late_before_the_timer_is_set_is_not_ended_but_put_off(
    office: Office,
) -> None:
    armed: list[float] = []
    office.delivery = replace(office.delivery, timer=LeaseTimer(armed.append))
    posted = office.post()
    [(held, _)] = office.delivery.claim(1)

    office.delivery.deliver(held, time.monotonic() - 1)

    assert armed == []
    assert office.look(posted.id).state == "pending"


@ON_SQLITE
def test_a_sleep_while_the_timer_is_set_says_nothing(office: Office) -> None:
    """The lease runs out between the first look and the second."""
    posted = office.post()
    [(held, safe_until)] = office.delivery.claim(1)
    times = iter([safe_until - 1, safe_until + 1])
    sleepy = replace(office.delivery, monotonic=lambda: next(times), timer=NoTimer())

    sleepy.deliver(held, safe_until)

    assert office.calls() == []
    assert office.look(posted.id).reason == "the lease ran out before it was said"


PROGRAM = """
import signal, sys, time
from scheduler.lease_timer import take_alarm
{before}
timer = take_alarm()
print("taken", flush=True)
with timer.until(time.monotonic() + {seconds}):
    {during}
print("through", flush=True)
"""


def run(before: str = "", during: str = "pass", seconds: float = 60) -> tuple[int, str]:
    """Run a program under the real timer; return its status and what it said."""
    program = PROGRAM.format(before=before, during=during, seconds=seconds)
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr.strip()[-300:]


def test_the_kernel_ends_a_process_that_is_still_at_it() -> None:
    status, said = run(during="time.sleep(20)", seconds=0.2)

    assert status == -signal.SIGALRM
    assert said == "taken\n"


def test_the_kernel_ends_it_though_it_never_comes_up_for_air() -> None:
    """No code of Python's runs while one C function does."""
    status, _ = run(during="sum(range(10**12))", seconds=0.2)

    assert status == -signal.SIGALRM


def test_whoever_is_through_in_time_lives_on() -> None:
    status, said = run(during="pass", seconds=0.2)

    assert (status, said) == (0, "taken\nthrough\n")


@pytest.mark.parametrize(
    "before",
    [
        "signal.signal(signal.SIGALRM, signal.SIG_IGN)",
        "signal.signal(signal.SIGALRM, lambda *_: None)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])",
    ],
    ids=["ignored", "handled", "blocked"],
)
def test_a_signal_that_would_end_nothing_is_not_relied_on(before: str) -> None:
    status, said = run(before=before)

    assert status == 1
    assert "AlarmTaken: SIGALRM is ignored, blocked or handled here" in said


def test_a_process_that_stands_still_is_ended_as_it_wakes() -> None:
    """The timer runs on meanwhile, and not one line of the program runs after it."""
    wait = "print('in', flush=True); sys.stdin.readline(); print('said', flush=True)"
    program = PROGRAM.format(before="", during=wait, seconds=1.5)
    sleeper = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert sleeper.stdout
    assert [sleeper.stdout.readline() for _ in range(2)] == [b"taken\n", b"in\n"]
    sleeper.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED)
    time.sleep(1.6)
    assert sleeper.stdin
    sleeper.stdin.write(b"go on\n")
    sleeper.stdin.flush()

    sleeper.send_signal(signal.SIGCONT)
    said, _ = sleeper.communicate(timeout=10)

    assert said == b""
    assert sleeper.returncode == -signal.SIGALRM


def test_where_there_is_no_timer_nothing_is_guarded() -> None:
    with NoTimer().until(time.monotonic() - 1):
        through = True

    assert through
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert timedelta() < Timings().spare
