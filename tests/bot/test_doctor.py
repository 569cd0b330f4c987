"""The doctor: one line a check, and for each trouble what to do."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from alembic import command

from bot.actions.duty import Days, go_away
from bot.app import build
from bot.doctor import Level, Surroundings, as_line, is_healthy
from bot.doctor.clock import Span, compare
from bot.doctor.zones import look_at_zone_data, look_at_zones
from storage.database import Database
from storage.records import Site
from storage.schema import _config, current_revision
from storage.unit import Store
from tests.bot.doctoring import Installation, open_installation, the, unwell
from tests.conftest import T0
from tests.scheduler.office import break_row

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
"""For what the database has no say in."""
NOT_LOOKED_AT = [("warn", "links"), ("warn", "duty")]


@pytest.fixture
def installation(
    new_database: Callable[..., str], tmp_path: Path
) -> Iterator[Installation]:
    """Return a Baton that is set up and whose links were probed."""
    with open_installation(tmp_path, new_database(), at=T0) as opened:
        opened.examine(probe=True)
        yield opened


@pytest.fixture
def keep_zone_path() -> Iterator[None]:
    """Put back where zones are looked for."""
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)


def test_a_sound_installation_has_a_line_for_each_check_and_every_one_is_ok(
    installation: Installation,
) -> None:
    findings = installation.examine()

    assert unwell(findings) == []
    looked_at = list(dict.fromkeys(one.what for one in findings))
    on_postgres = ["clock of the database"] * ("postgres" in the_url(installation))
    assert looked_at == [
        "settings",
        "Slack token",
        "scopes",
        "Socket Mode",
        "database",
        "schema",
        "keys",
        "audit chain",
        "patient time",
        "clock of Slack",
        *on_postgres,
        "zone data",
        "zones",
        *(f"lakeside and university, {one}" for one in PARTS),
        *(f"prairie and university, {one}" for one in PARTS),
        "duty of university",
        "lakeside and university, verified",
        "prairie and university, verified",
    ]


PARTS = ("channel", "people", "pinned message")


def the_url(installation: Installation) -> str:
    """Return where the installation's database is."""
    return installation.settings.baton_database_url


def test_without_a_probe_nothing_is_written_anywhere(
    installation: Installation,
) -> None:
    before = chains(installation)
    installation.slack.record.clear()

    installation.examine()

    assert chains(installation) == before
    said = [
        one.method for one in installation.slack.record.calls() if "chat." in one.method
    ]
    assert said == []


def chains(installation: Installation) -> str:
    """Return what the doctor says of the audit chain."""
    return the(installation.examine(), "audit chain").found


@ON_SQLITE
def test_no_secret_is_told(installation: Installation) -> None:
    lines = "\n".join(as_line(one) for one in installation.examine())

    told = installation.settings
    assert told.slack_app_token is not None
    for secret in (told.slack_bot_token, told.slack_app_token, told.baton_keys):
        assert secret.get_secret_value() not in lines
        assert secret.get_secret_value()[-12:] not in lines


@ON_SQLITE
def test_a_wrong_token_fails_and_what_needs_it_is_left_out(
    installation: Installation,
) -> None:
    findings = installation.examine(slack_bot_token="xoxb-of-yesterday")

    token = the(findings, "Slack token")
    assert (token.level, token.found) == (
        Level.FAIL,
        "SLACK_BOT_TOKEN: Slack answers invalid_auth",
    )
    assert "OAuth & Permissions" in token.remedy
    assert ("warn", "scopes") in unwell(findings)
    assert ("warn", "links") in unwell(findings)
    assert the(findings, "database").level is Level.OK


@ON_SQLITE
def test_a_slack_that_does_not_answer_is_no_wrong_token(
    installation: Installation,
) -> None:
    installation.slack.faults.cut("*", times=None)

    findings = installation.examine()

    for what in ("Slack token", "Socket Mode"):
        assert the(findings, what).level is Level.FAIL
        assert "SLACK_API_URL" in the(findings, what).remedy
    assert ("warn", "clock of Slack") in unwell(findings)


@ON_SQLITE
def test_a_page_of_something_else_is_told_as_such_and_not_repeated(
    installation: Installation,
) -> None:
    installation.slack.faults.fail("auth.test", times=None)

    token = the(installation.examine(), "Slack token")

    assert token.found == "SLACK_BOT_TOKEN: what answers is not Slack"


@ON_SQLITE
def test_a_wrong_app_token_fails(installation: Installation) -> None:
    findings = installation.examine(slack_app_token="xapp-of-yesterday")

    assert unwell(findings) == [("fail", "Socket Mode")]
    assert "connections:write" in the(findings, "Socket Mode").remedy


def test_a_missing_scope_fails_and_is_named(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> None:
    with open_installation(
        tmp_path, new_sqlite(), at=T0, without="groups:history"
    ) as installation:
        findings = installation.examine()

    scopes = the(findings, "scopes")
    assert (scopes.level, scopes.found) == (Level.FAIL, "not granted: groups:history")
    assert "Reinstall" in scopes.remedy


def test_a_scope_too_many_is_a_warning(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> None:
    with open_installation(
        tmp_path, new_sqlite(), at=T0, more="files:read"
    ) as installation:
        findings = installation.examine()

    scopes = the(findings, "scopes")
    assert scopes.level is Level.WARN
    assert scopes.found == "granted and not needed: files:read"
    assert is_healthy(findings)


@ON_SQLITE
def test_a_database_that_is_not_there_fails_and_is_not_made(
    installation: Installation, tmp_path: Path
) -> None:
    wrong = tmp_path / "typo.sqlite"

    findings = installation.examine(baton_database_url=f"sqlite:///{wrong}")

    assert "there is nothing at" in the(findings, "database").found
    assert unwell(findings) == [("fail", "database"), *NOT_LOOKED_AT]
    assert not wrong.exists()


@ON_SQLITE
def test_a_server_that_is_away_fails_without_its_password(
    installation: Installation,
) -> None:
    url = "postgresql+psycopg://baton:hunter2@127.0.0.1:1/baton"

    findings = installation.examine(baton_database_url=url)

    database = the(findings, "database")
    assert database.level is Level.FAIL
    assert "127.0.0.1" in database.found
    assert "hunter2" not in as_line(database)
    assert unwell(findings)[1:] == NOT_LOOKED_AT


def test_an_older_schema_fails_and_is_left_as_it_is(installation: Installation) -> None:
    database = Database(the_url(installation))
    with database.change_schema() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")

    findings = installation.examine()

    schema = the(findings, "schema")
    assert schema.found.startswith("stands at 0002, and this version needs ")
    assert "backup" in schema.remedy
    assert unwell(findings) == [("fail", "schema"), *NOT_LOOKED_AT]
    with database.read() as connection:
        assert current_revision(connection) == "0002"
    database.close()


def test_an_empty_database_is_told_from_an_old_one(
    installation: Installation, new_database: Callable[..., str]
) -> None:
    url = new_database(empty=True)
    database = Database(url)
    database.check()
    database.close()

    findings = installation.examine(baton_database_url=url)

    assert the(findings, "schema").found == "the database is empty"
    assert "baton setup" in the(findings, "schema").remedy


@ON_SQLITE
def test_a_newer_schema_asks_for_the_newer_baton(installation: Installation) -> None:
    break_row(a_store(installation), "UPDATE alembic_version SET version_num = '9999'")

    schema = the(installation.examine(), "schema")

    assert schema.level is Level.FAIL
    assert "newer Baton" in schema.remedy


@ON_SQLITE
def test_a_database_that_nothing_is_set_up_in_is_a_warning(
    installation: Installation, new_database: Callable[..., str]
) -> None:
    findings = installation.examine(baton_database_url=new_database())

    assert unwell(findings) == [("warn", "links")]
    assert the(findings, "links").found == "nothing is set up yet"


@ON_SQLITE
def test_a_token_of_another_workspace_than_the_database_fails(
    installation: Installation,
) -> None:
    break_row(a_store(installation), "UPDATE workspace SET id = 'T0OLD'")

    found = the(installation.examine(), "links")

    assert found.level is Level.FAIL
    assert "T0OLD" in found.found
    assert installation.slack.host.id in found.found


def a_store(installation: Installation, **settings: str) -> Store:
    """Return a store on the installation's database."""
    return installation.around(**settings).store


def test_a_chain_that_was_tampered_with_fails(installation: Installation) -> None:
    break_row(a_store(installation), "UPDATE audit SET actor = 'nobody' WHERE seq = 2")

    findings = installation.examine()

    assert unwell(findings) == [("fail", "audit chain")]
    assert "entry 2" in the(findings, "audit chain").found


SKEWS = [
    (-90, "fail", "ahead"),
    (-10, "warn", "ahead"),
    (10, "warn", "behind"),
    (90, "fail", "behind"),
]


@pytest.mark.parametrize(("seconds", "level", "side"), SKEWS)
def test_a_clock_that_differs_from_slacks_is_told(
    new_sqlite: Callable[..., str],
    tmp_path: Path,
    seconds: float,
    level: str,
    side: str,
) -> None:
    def slack_now() -> float:
        return time.time() + seconds

    with open_installation(
        tmp_path, new_sqlite(), at=T0, clock=slack_now
    ) as installation:
        installation.examine(probe=True)
        findings = installation.examine()

    assert unwell(findings) == [(level, "clock of Slack")]
    assert side in the(findings, "clock of Slack").found
    assert "NTP" in the(findings, "clock of Slack").remedy


def span(first: float, last: float) -> Span:
    """Return a span of some seconds after T0."""
    return Span(T0 + timedelta(seconds=first), T0 + timedelta(seconds=last))


@pytest.mark.parametrize(
    ("here", "there", "ahead"),
    [
        (span(0, 5), span(1, 2), 0),
        (span(0, 5), span(5, 9), 0),
        (span(10, 15), span(1, 2), 8),
        (span(1, 2), span(10, 15), -8),
    ],
)
def test_a_clock_is_ahead_by_no_more_than_is_certain(
    here: Span, there: Span, ahead: float
) -> None:
    assert here.ahead_of(there) == timedelta(seconds=ahead)


@pytest.mark.parametrize(
    ("ahead", "level"),
    [(2, "ok"), (2.1, "warn"), (-2.1, "warn"), (30, "warn"), (30.1, "fail")],
)
def test_a_clock_is_doubtful_above_two_seconds_and_wrong_above_thirty(
    ahead: float, level: str
) -> None:
    found = compare("clock", span(ahead, ahead), span(0, 0))

    assert found.level.value == level


@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
@pytest.mark.postgres
@pytest.mark.parametrize(("seconds", "level"), [(40, "fail"), (-5, "warn")])
def test_a_clock_that_differs_from_the_databases_is_told(
    installation: Installation, seconds: float, level: str
) -> None:
    off = timedelta(seconds=seconds)

    def shift(around: Surroundings) -> Surroundings:
        true = around.host_now
        return replace(around, host_now=lambda: true() + off)

    findings = installation.examine(change=shift)

    both = [(level, "clock of Slack"), (level, "clock of the database")]
    assert unwell(findings) == both


@ON_SQLITE
def test_a_slow_answer_is_no_skew(installation: Installation) -> None:
    installation.slack.faults.slow("auth.test", 2.5)

    findings = installation.examine()

    assert unwell(findings) == []


@ON_SQLITE
def test_an_unknown_zone_fails_and_names_the_site(installation: Installation) -> None:
    broken = "UPDATE site SET zone = 'Mars/Olympus' WHERE key = 'prairie'"
    break_row(a_store(installation), broken)

    findings = installation.examine()

    assert unwell(findings) == [("fail", "zones")]
    assert "Prairie Cancer Care" in the(findings, "zones").found


def test_the_hosts_own_zone_data_are_a_warning(
    keep_zone_path: None, tmp_path: Path
) -> None:
    zoneinfo.reset_tzpath([str(tmp_path)])

    found = look_at_zone_data()

    assert found.level is Level.WARN
    assert str(tmp_path) in found.found


@ON_SQLITE
def test_the_host_has_no_say_in_zones_once_baton_looked(
    installation: Installation, keep_zone_path: None, tmp_path: Path
) -> None:
    zoneinfo.reset_tzpath([str(tmp_path)])

    found = the(installation.examine(), "zone data")

    assert (found.level, zoneinfo.TZPATH) == (Level.OK, ())


@ON_SQLITE
def test_the_host_has_no_say_in_zones_once_baton_is_built(
    installation: Installation, keep_zone_path: None, tmp_path: Path
) -> None:
    zoneinfo.reset_tzpath([str(tmp_path)])

    baton = build(installation.settings, clock=installation.clock)

    baton.socket.close()  # type: ignore[no-untyped-call] # Bolt ships no type
    baton.store.database.close()
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../etc/passwd", ""])
def test_whatever_stands_there_for_a_zone_is_told_and_not_raised(zone: str) -> None:
    site = SimpleNamespace(zone=zone, name="Somewhere")

    [found] = look_at_zones([cast("Site", site)])

    assert found.level is Level.FAIL


@ON_SQLITE
def test_a_center_with_nobody_on_duty_fails(installation: Installation) -> None:
    be_away(installation, "rivera", "okafor")

    findings = installation.examine()

    assert unwell(findings) == [("fail", "duty of university")]
    assert (
        "nobody is on duty on 2026-11-24" in the(findings, "duty of university").found
    )


@ON_SQLITE
def test_a_rota_whose_person_is_away_without_a_cover_is_a_warning(
    installation: Installation,
) -> None:
    [rivera] = be_away(installation, "rivera")
    store = a_store(installation)
    rota = "UPDATE site SET rota_starts = '2026-11-23', rota_order = :who"
    break_row(store, f"{rota} WHERE key = 'university'", who=f'["{rivera}"]')

    findings = installation.examine()

    assert unwell(findings) == [("warn", "duty of university")]
    assert "Dr Ben Okafor is asked" in the(findings, "duty of university").found


def be_away(installation: Installation, *keys: str) -> list[str]:
    """Let people of the center be away today; return their ids."""
    store = a_store(installation)
    days = Days(date(2026, 11, 24), date(2026, 11, 25))
    gone = []
    for key in keys:
        who = getattr(installation.cast, key)
        with store.read() as reading:
            person = reading.people.person(who.team, who.id)
        assert person is not None
        with store.act(person) as uow:
            go_away(uow=uow, by=person, days=days, cover_id=None)
        gone.append(person.clinician_id)
    return gone
