"""`baton doctor`: lines or JSON, and an exit code that a machine can go by."""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.cli import app
from storage.sealing import new_key
from storage.tables import audit
from tests.bot.doctoring import BY, Installation, open_installation, the, unwell
from tests.conftest import BOTH, T0
from tests.scheduler.office import break_row
from tests.world import World, new_case

LINE = re.compile(r"(ok  |warn|fail)  [^:]+: .+")
OPENED = "all 1 data keys open: 1 by 'demo'"


@pytest.fixture
def installation(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> Iterator[Installation]:
    """Return a Baton that is set up and whose links were probed."""
    with open_installation(tmp_path, new_sqlite(), at=T0) as opened:
        opened.examine(probe=True)
        yield opened


@pytest.fixture
def environment(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Return the settings as an operator has them, in a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    told = installation.settings
    assert told.slack_app_token is not None
    return {
        "SLACK_BOT_TOKEN": told.slack_bot_token.get_secret_value(),
        "SLACK_APP_TOKEN": told.slack_app_token.get_secret_value(),
        "SLACK_API_URL": told.slack_api_url,
        "BATON_DATABASE_URL": told.baton_database_url,
        "BATON_KEYS": told.baton_keys.get_secret_value(),
    }


def run(environment: dict[str, str], *options: str) -> Result:
    """Run the command as an operator does."""
    return CliRunner().invoke(app, ["doctor", *options], env=environment)


def test_the_command_ends_with_0_and_a_line_each_when_nothing_failed(
    installation: Installation, environment: dict[str, str]
) -> None:
    told = run(environment)

    lines = told.stdout.splitlines()
    assert told.exit_code == 0, told.output
    assert len(lines) == len(installation.examine())
    assert all(LINE.fullmatch(one) for one in lines)


def test_a_warning_is_no_failure(
    installation: Installation, environment: dict[str, str]
) -> None:
    installation.slack.deactivate(installation.cast.brooks)

    told = run(environment)

    assert told.exit_code == 0
    assert "warn  lakeside and university, people: Sam Brooks" in told.stdout


def test_the_command_ends_with_1_when_something_failed(
    installation: Installation, environment: dict[str, str]
) -> None:
    installation.cast.lakeside.remove_bot()

    told = run(environment)

    assert told.exit_code == 1
    [line] = [one for one in told.stdout.splitlines() if one.startswith("fail")]
    assert line.endswith("invite Baton with /invite")


def test_the_command_ends_with_2_and_one_line_when_it_cannot_run(
    environment: dict[str, str], tmp_path: Path
) -> None:
    program = "import sys; from bot.cli import main; sys.argv = ['baton', 'doctor'];"
    wanting = {name: value for name, value in environment.items() if "KEYS" not in name}

    told = subprocess.run(  # noqa: S603 - this interpreter, with a text of our own
        [sys.executable, "-c", f"{program} main()"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **wanting},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 2
    assert told.stderr == "baton: BATON_KEYS is not set (see .env.example)\n"


def test_machines_read_the_same_as_json(
    installation: Installation, environment: dict[str, str]
) -> None:
    installation.cast.lakeside.archive()

    told = run(environment, "--json")

    read = json.loads(told.stdout)
    assert told.exit_code == 1
    assert read["healthy"] is False
    assert set(read["checks"][0]) == {"level", "what", "found", "remedy"}
    wrong = [one["what"] for one in read["checks"] if one["level"] == "fail"]
    assert wrong == ["lakeside and university, channel"]


def test_a_probe_is_made_only_when_it_is_asked_for(
    installation: Installation, environment: dict[str, str]
) -> None:
    installation.slack.record.clear()

    without = run(environment)
    before = installation.slack.record.calls("chat.postMessage")
    asked = run(environment, "--probe")

    assert (without.exit_code, asked.exit_code) == (0, 0)
    assert before == []
    assert len(installation.slack.record.calls("chat.delete")) == 4
    with installation.around().store.read() as reading:
        actors = reading.connection.execute(
            select(audit.c.actor).where(audit.c.event == "link probed")
        ).scalars()
        assert set(actors) == {str(BY), f"operator:{getpass.getuser()}"}


@pytest.fixture(params=BOTH)
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Return a Baton that keeps one case, on SQLite, then on PostgreSQL."""
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    with open_installation(tmp_path, make(), at=T0) as opened:
        opened.examine(probe=True)
        add_case(opened)
        yield opened


def add_case(installation: Installation) -> None:
    """Keep a case of the oncologist's."""
    store, chen = installation.around().store, installation.cast.chen
    with store.read() as reading:
        person = reading.people.person(chen.team, chen.id)
        [link] = (
            [one for one in reading.people.links() if one.practice_id == person.site_id]
            if person
            else []
        )
    assert person is not None
    world = World(
        workspace_id=link.workspace_id,
        practice_id=link.practice_id,
        center_id=link.center_id,
        link_id=link.id,
        channel_id=link.channel_id,
        oncologist=person,
        practice_coordinator=person,
        first_specialist=person,
        second_specialist=person,
        center_coordinator=person,
        administrator=person,
    )
    with store.act(person) as uow:
        new_case(uow, world)


def keys_of(installation: Installation) -> str:
    """Return BATON_KEYS as they are set."""
    return installation.settings.baton_keys.get_secret_value()


def test_keys_that_open_are_counted_by_what_wraps_them(sealed: Installation) -> None:
    keys = the(sealed.examine(), "keys")

    assert (keys.level.value, keys.found) == ("ok", OPENED)


def test_a_key_that_wraps_nothing_is_named(sealed: Installation) -> None:
    both = f"{keys_of(sealed)},{new_key('older')}"

    keys = the(sealed.examine(baton_keys=both), "keys")

    assert keys.level.value == "ok"
    assert "'older' is needed for nothing but old backups" in keys.found


def test_a_first_key_that_wraps_nothing_yet_is_not_called_idle(
    sealed: Installation,
) -> None:
    both = f"{new_key('next')},{keys_of(sealed)}"

    assert the(sealed.examine(baton_keys=both), "keys").found == OPENED


def test_a_key_that_was_removed_too_early_fails_and_is_named(
    sealed: Installation,
) -> None:
    findings = sealed.examine(baton_keys=new_key("k2"))

    assert unwell(findings) == [("fail", "keys")]
    keys = the(findings, "keys")
    assert keys.found == "1 data keys need 'demo', which is not in BATON_KEYS"
    assert "Put it back" in keys.remedy


def test_another_key_of_the_same_name_fails(sealed: Installation) -> None:
    keys = the(sealed.examine(baton_keys=new_key("demo")), "keys")

    assert keys.level.value == "fail"
    assert "do not open, though 'demo' is in BATON_KEYS" in keys.found


def test_a_shredded_key_is_a_warning_and_the_chain_stays_intact(
    sealed: Installation,
) -> None:
    break_row(sealed.around().store, "DELETE FROM data_key")

    findings = sealed.examine()

    [shredded, rest] = [one for one in findings if one.what == "keys"]
    assert shredded.level.value == "warn"
    assert shredded.found.startswith("1 cases have no data key")
    assert rest.level.value == "ok"
    assert the(findings, "audit chain").level.value == "ok"
