"""Sandboxes that share the one server of screens."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.screen import TourStep, dismount, mount
from tests.sandbox.conftest import MANIFEST, Stage


def read(address: str) -> tuple[str, str]:
    """What is found at an address, and where it led."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - a loopback address
        return answer.read().decode(), answer.url


def test_an_address_leads_to_the_first_person(slack: Sandbox, stage: Stage) -> None:
    address = mount(slack, title="Errands <1>")

    page, url = read(address)

    assert url == f"{address}/as/{stage.ada.id}"
    assert "Dr Stone - Errands &lt;1&gt;" in page
    dismount(slack)


def test_a_person_who_is_not_there_leads_to_one_who_is(
    slack: Sandbox, stage: Stage
) -> None:
    address = mount(slack)

    _, url = read(f"{address}/as/U0NOBODY")

    assert url == f"{address}/as/{stage.ada.id}"
    dismount(slack)


def test_a_place_that_one_may_not_see_is_not_shown(
    slack: Sandbox, stage: Stage
) -> None:
    stage.ben.post(stage.inner, "for us alone")
    address = mount(slack)

    page, _ = read(f"{address}/as/{stage.cleo.id}?at={stage.inner.id}")

    assert "for us alone" not in page
    dismount(slack)


def test_two_sandboxes_are_shown_side_by_side(
    slack: Sandbox, stage: Stage, tmp_path: Path
) -> None:
    first = mount(slack, title="First")
    with Sandbox(MANIFEST, store=tmp_path / "other", host_name="Center") as other:
        other.person("Zoe Other")
        second = mount(other, title="Second")

        assert first != second
        assert "First" in read(first)[0]
        assert "Zoe Other" in read(second)[0]
        dismount(other)
    dismount(slack)


def test_what_is_dismounted_is_not_found_any_more(slack: Sandbox, stage: Stage) -> None:
    address = mount(slack)
    dismount(slack)

    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(address)


def test_a_sandbox_alone_is_shown_with_the_people_who_were_named() -> None:
    """`python -m sandbox --screen` says where, after what an app needs to connect."""
    command = [sys.executable, "-m", "sandbox", "--manifest", str(MANIFEST)]
    named = ["--person", "Ada Stone", "--person", "Ben Ito", "--screen"]
    with subprocess.Popen(  # noqa: S603 - this program itself
        [*command, *named], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline().strip() for _ in range(5)]
        told = dict(line.split("=", 1) for line in lines)
        page, _ = read(told["SCREEN"])
        running.terminate()

    assert told["SLACK_BOT_TOKEN"].startswith("xoxb-")
    assert "Ada Stone" in page
    assert "general" in page


def test_a_tour_that_is_passed_is_shown(slack: Sandbox, stage: Stage) -> None:
    step = TourStep("Say hello", "Say it.", stage.ada.id, "dm", lambda: False)
    address = mount(slack, tour=[step])

    page, _ = read(address)

    assert "Say hello" in page
    dismount(slack)


def test_a_sandbox_without_people_says_that_nobody_is_here(tmp_path: Path) -> None:
    with Sandbox(MANIFEST, host_name="Empty") as empty:
        address = mount(empty)

        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(address)
        dismount(empty)
