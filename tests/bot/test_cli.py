"""The `baton` command, as a real process beside a real sandbox."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo import MANIFEST
from bot.demo.cast import Cast, gather, setup_for
from bot.setup_file import EXAMPLE, SetupFile
from sandbox import Sandbox
from sandbox import Settings as SandboxSettings
from storage.sealing import new_key

Edit = Callable[[dict[str, Any]], object]


class Shell:
    """A folder with settings in which `baton` is run, and the sandbox beside it."""

    def __init__(self, folder: Path, manifest: Path | dict[str, Any]) -> None:
        patience = SandboxSettings(rate_limits=False)
        self.folder = folder
        self.slack = Sandbox(manifest=manifest, settings=patience)
        self.cast: Cast = gather(self.slack)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),  # the tree that is tested
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "BATON_DATABASE_URL": f"sqlite:///{folder / 'baton.sqlite'}",
            "BATON_KEYS": new_key("k1"),
            "BATON_HEALTH_ADDRESS": "off",  # one address, and many tests at once
        }

    def command(self, *words: str) -> list[str]:
        """Return the command line of `baton` with these words."""
        return [sys.executable, "-c", "from bot.cli import main; main()", *words]

    def run(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run `baton` to its end, with settings changed as asked."""
        return subprocess.run(  # noqa: S603 - our own command, our own words
            self.command(*words),
            cwd=self.folder,
            env=self.env | changes,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def setup_file(self, edit: Edit = lambda _told: None) -> str:
        """Write the demo's setup file, edited, and return its path."""
        told = setup_for(self.cast).model_dump(mode="json")
        edit(told)
        path = self.folder / "setup.yaml"
        path.write_text(yaml.safe_dump(told), encoding="utf-8")
        return str(path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database of this shell."""
        path = self.folder / "baton.sqlite"
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchall()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Return a folder in which `baton` runs beside a fresh sandbox."""
    made = Shell(tmp_path, MANIFEST)
    yield made
    made.slack.close()


def refused(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a command stopped."""
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("baton: ")
    return line


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack answers"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN: Slack answers"),
        ({"BATON_KEYS": ""}, "BATON_KEYS is not set"),
        ({"BATON_KEYS": "short"}, "BATON_KEYS "),
        (
            {"BATON_DATABASE_URL": "postgresql+psycopg://baton:pw@127.0.0.1:1/baton"},
            "BATON_DATABASE_URL: postgresql+psycopg://baton:***@127.0.0.1:1/baton",
        ),
        ({"BATON_DATABASE_URL": "sqlite:////proc/none/b.sqlite"}, "BATON_DATABASE_URL"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "SLACK_API_URL: "),
    ],
)
def test_run_stops_at_once_and_says_what_is_wrong(
    shell: Shell, changes: dict[str, str], says: str
) -> None:
    ended = shell.run("run", **changes)

    assert refused(ended).startswith(f"baton: {says}")


def test_run_stops_where_a_scope_was_not_granted(tmp_path: Path) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("pins:write")
    shell = Shell(tmp_path, manifest)

    ended = shell.run("run")
    shell.slack.close()

    assert "not granted: pins:write" in refused(ended)


def test_run_runs_until_it_is_told_to_stop(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())
    running = subprocess.Popen(  # noqa: S603 - our own command, our own words
        shell.command("run"),
        cwd=shell.folder,
        env=shell.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        shell.slack.wait_for_app(timeout=20)
        shell.slack.until(lambda: shell.cast.chen.channel(shell.cast.lakeside))
        answer = shell.cast.chen.command("/baton")
        running.send_signal(signal.SIGTERM)
        told, logged = running.communicate(timeout=20)
    finally:
        running.kill()

    assert "Nothing waits on you." in answer.rendered, logged
    assert running.returncode == 0
    assert "Baton is running." in told
    assert "baton.stopped" in logged
    assert "sending.started" in logged
    assert "sending.ended" not in logged


def test_run_stops_where_nothing_would_end_a_sender_in_time(shell: Shell) -> None:
    """A parent can hand an ignored signal down, as some starters do."""
    shell.run("setup", shell.setup_file())
    ignoring = (
        "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN);"
        "from bot.cli import main; main()"
    )

    ended = subprocess.run(  # noqa: S603 - our own command, our own words
        [sys.executable, "-c", ignoring, "run"],
        cwd=shell.folder,
        env=shell.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    said = ended.stderr.strip().splitlines()[-1]
    assert said.startswith("baton: SIGALRM is ignored, blocked or handled here")
    assert "Traceback" not in ended.stderr


def test_a_restore_is_noted_once_it_says_since_when(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())

    noted = shell.run("restored", "--since", "2026-01-05T03:00Z")
    vague = shell.run("restored", "--since", "2026-01-05T03:00")

    assert noted.stdout.startswith("noted: 2 messages that wait, and what was due")
    assert shell.rows("SELECT DISTINCT state FROM notice WHERE way = 'post'") == [
        ("unknown",)
    ]
    assert "names no time zone; end it with Z for UTC" in refused(vague)


def test_a_restore_is_refused_where_nothing_is_set_up(shell: Shell) -> None:
    ended = shell.run("restored", "--since", "2026-01-05T03:00Z")

    assert refused(ended) == "baton: nothing is set up in this database"


@pytest.mark.parametrize(
    ("mode", "agreed"), [("baa", "days"), ("days", "none")], ids=["partly", "not"]
)
def test_run_shows_no_more_than_was_agreed(
    shell: Shell, mode: str, agreed: str
) -> None:
    if agreed == "days":
        shell.run("setup", shell.setup_file())

    ended = shell.run("run", BATON_PHI_MODE=mode)

    line = refused(ended)
    told = f"BATON_PHI_MODE is {mode}, but the setup records an agreement to {agreed}"
    assert line.startswith(f"baton: {told} alone: record who agreed under `privacy`")
    assert line.endswith(f"or set BATON_PHI_MODE={agreed}")
    assert shell.slack.connections == 0


def test_what_was_agreed_is_shown_with_the_setup(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())

    shown = yaml.safe_load(shell.run("setup", "--show").stdout)

    assert shown["privacy"] == {
        "mode": "days",
        "agreed_by": "Robin Shaw, privacy officer",
        "agreed_on": "2024-01-08",
    }


def test_the_example_is_a_setup_file(shell: Shell) -> None:
    printed = shell.run("setup", "--example")

    assert printed.stdout == EXAMPLE
    assert len(SetupFile.model_validate(yaml.safe_load(printed.stdout)).links) == 1


def test_setup_twice_changes_nothing_and_posts_nothing_twice(shell: Shell) -> None:
    path = shell.setup_file()

    first = shell.run("setup", path)
    second = shell.run("setup", path)

    told = "3 sites, 2 links, 7 people; patient time: days\n"
    assert first.stdout == f"set up: {told}", first.stderr
    assert second.stdout == f"unchanged: {told}"
    assert shell.rows("SELECT count(*) FROM notice WHERE way = 'post'") == [(2,)]


@pytest.mark.again
def test_somebody_who_stands_there_no_more_becomes_inactive(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())

    def without_okafor(told: dict[str, Any]) -> None:
        told["sites"][2]["people"].pop(1)
        told["sites"][2]["duty"].remove("okafor")

    ended = shell.run("setup", shell.setup_file(without_okafor))

    assert ended.stdout.startswith("set up: ")
    assert shell.rows("SELECT key FROM clinician WHERE active = 0") == [("okafor",)]


def _wrong_zone(told: dict[str, Any]) -> None:
    told["sites"][0]["zone"] = "Mars/Olympus"


def _wrong_user(told: dict[str, Any]) -> None:
    told["sites"][0]["people"][0]["slack"]["user"] = "nobody"


def _unknown_user(told: dict[str, Any]) -> None:
    told["sites"][0]["people"][0]["slack"]["user"] = "U0000000001"


def _unknown_word(told: dict[str, Any]) -> None:
    told["sites"][1]["nickname"] = "P"


def _wrong_role(told: dict[str, Any]) -> None:
    told["sites"][2]["people"][0]["role"] = "wizard"


def _wrong_duty(told: dict[str, Any]) -> None:
    told["sites"][2]["duty"] = ["strange"]


def _no_duty(told: dict[str, Any]) -> None:
    told["sites"][2]["duty"] = []


def _wrong_link(told: dict[str, Any]) -> None:
    told["links"][0]["practice"] = "university"


def _wrong_region(told: dict[str, Any]) -> None:
    told["sites"][0]["region"] = "Atlantis"


def _unknown_channel(told: dict[str, Any]) -> None:
    told["links"][0]["channel"] = "C0000000001"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (_wrong_zone, "sites.0.zone: 'Mars/Olympus' is no IANA zone"),
        (_wrong_user, "sites.0.people.0.slack.user: "),
        (_unknown_word, "sites.1.nickname: "),
        (_wrong_role, "sites.2.people.0.role: "),
        (_wrong_duty, "sites.2: duty names nobody at university: strange"),
        (_no_duty, "the file: university: `duty` must name who is asked"),
        (_wrong_link, "the file: link: 'university' is no practice of this file"),
        (_wrong_region, "sites.0: no region 'Atlantis' is known in US"),
        (_unknown_user, "chen: Slack answers user_not_found for U0000000001"),
        (_unknown_channel, "C0000000001: Slack answers channel_not_found."),
    ],
)
def test_each_wrong_field_is_named(shell: Shell, edit: Edit, says: str) -> None:
    ended = shell.run("setup", shell.setup_file(edit))

    assert refused(ended).startswith(f"baton: {says}")


@pytest.mark.parametrize("text", [None, "sites: [", "links: 1\n", "just words\n"])
def test_what_is_no_setup_file_is_refused(shell: Shell, text: str | None) -> None:
    path = shell.folder / "other.yaml"
    if text is not None:
        path.write_text(text)

    ended = shell.run("setup", str(path))

    assert ended.returncode == 2
    assert ended.stderr.startswith("baton: ")
    assert "Traceback" not in ended.stderr


def test_a_public_channel_is_refused(shell: Shell) -> None:
    public = shell.slack.channel("town-square", members=[shell.cast.chen])

    ended = shell.run(
        "setup",
        shell.setup_file(lambda told: told["links"][0].update(channel=public.id)),
    )

    assert f"{public.id} is a public channel" in refused(ended)


def test_a_channel_without_the_bot_is_refused(shell: Shell) -> None:
    shell.cast.lakeside.remove_bot()

    ended = shell.run("setup", shell.setup_file())

    assert shell.cast.lakeside.id in refused(ended)
    assert "invite" in refused(ended)


def test_a_deactivated_account_is_refused(shell: Shell) -> None:
    shell.slack.deactivate(shell.cast.rivera)

    ended = shell.run("setup", shell.setup_file())

    assert "rivera: the Slack account" in refused(ended)


def test_an_intact_chain_is_verified_and_a_changed_one_is_not(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())

    intact = shell.run("audit", "verify")
    with closing(sqlite3.connect(shell.folder / "baton.sqlite")) as db, db:
        db.execute("UPDATE audit SET actor = 'operator:somebody else'")
    tampered = shell.run("audit", "verify")

    assert "22 entries, intact" in intact.stdout
    assert "does not hold" in refused(tampered)


@pytest.mark.again
def test_a_removed_entry_is_noticed(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())
    with closing(sqlite3.connect(shell.folder / "baton.sqlite")) as db, db:
        db.execute("DELETE FROM audit")

    assert "are gone" in refused(shell.run("audit", "verify"))


def test_keys_are_made_and_rotated(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())
    made = shell.run("keys", "new", "k2").stdout.strip()

    rotated = shell.run(
        "keys", "rotate", BATON_KEYS=f"{made},{shell.env['BATON_KEYS']}"
    )

    assert made.startswith("k2:")
    assert rotated.stdout == "0 data keys are wrapped by 'k2' now\n", rotated.stderr
    assert "23 entries, intact" in shell.run("audit", "verify").stdout


@pytest.mark.again
def test_notices_say_that_nothing_failed(shell: Shell) -> None:
    shell.run("setup", shell.setup_file())

    assert shell.run("notices").stdout == "Nothing failed, nothing is unknown.\n"


def test_without_words_the_command_shows_its_help(shell: Shell) -> None:
    told = shell.run()

    for word in ("run", "demo", "setup", "notices", "keys", "audit"):
        assert word in told.stdout + told.stderr
