"""The one place that wires: settings in, a bot that can be started and stopped out."""

from __future__ import annotations

import logging
import os
import socket
import time
import zoneinfo
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.bounded import bounded_context
from bot.desk import Desk
from bot.doctor import Surroundings, granted_scopes
from bot.doors import Door, HttpDoor, SocketDoor
from bot.http_server import AddressRefused
from bot.listeners import register
from bot.metrics import Metrics, TimedApp
from bot.rendering import Rendering
from bot.sender import SlackSender
from bot.sending_terms import Terms
from bot.settings import Settings
from care.patient_time import PhiMode
from scheduler.delivery import Delivery, Timings
from scheduler.lease_timer import NoTimer, Timer
from scheduler.reminders import DueReminders
from scheduler.sending import Sending
from scheduler.supervising import CannotSend, SendingProcess
from scheduler.ticker import DRAIN_SECONDS, Pulse, Ticker
from storage.clock import CareClock, RealClock
from storage.database import Database
from storage.errors import DatabaseUnreachable, StorageError
from storage.keys import require_keys
from storage.records import Workspace
from storage.schema import migrate
from storage.sealing import Keyring
from storage.unit import Store, named_windows_only

log = structlog.get_logger()

SENDING = "bot.sending_process"
"""The module that is run as a process of its own, where sending is apart."""
CLOSING_SECONDS = 1.0
"""What is left of the time for stopping once everything in flight has ended."""
LISTENERS = 16
"""Threads for what comes in; an ack never waits for a sender."""

NEEDED_SCOPES = frozenset(
    {
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "pins:write",
        "users:read",
    }
)
"""What the bot must be granted: the same list as in manifest.yml."""


PhiModeNow = Callable[[], PhiMode]
"""What the settings let be shown of a patient's time now; only a demo changes it."""


class CannotRun(Exception):
    """Baton cannot run like this; the message says what to do."""


@dataclass(frozen=True)
class Installed:
    """What Slack says about the token that we were given."""

    workspace: Workspace
    bot_id: str


@dataclass
class Baton:
    """A bot, built and not yet started."""

    settings: Settings
    store: Store
    app: App
    ticker: Ticker
    door: Door
    delivery: Delivery
    reminders: DueReminders
    forms: ThreadPoolExecutor
    """The threads that fill forms after an ack."""
    metrics: Metrics
    apart: SendingProcess | None = None
    """The process that does the sending, where that is one of its own."""

    @property
    def socket(self) -> SocketModeHandler:
        """The socket, where there is one."""
        if not isinstance(self.door, SocketDoor):
            raise CannotRun("this Baton is reached over HTTP")
        return self.door.handler

    def start(self) -> None:
        """Let Slack in and begin to tick. Raises `CannotRun`."""
        self.door.open()
        try:
            self.ticker.start()
        except CannotSend as error:
            raise CannotRun(str(error)) from error
        log.info("baton.started", database=self.store.database.url.get_backend_name())

    def stop(self) -> None:
        """Stop taking anything in, finish what came in and is being sent, and close."""
        until = time.monotonic() + DRAIN_SECONDS - CLOSING_SECONDS
        try:
            self.door.close()
        finally:
            self.forms.shutdown()
            self.ticker.stop(max(until - time.monotonic(), 0))
            self.store.database.close()
            log.info("baton.stopped")

    def kill_sending(self) -> None:
        """End the process that does the sending now, if it is one of its own."""
        if self.apart is not None:
            self.apart.kill()


def use_pinned_zones() -> None:
    """Take every time zone from the pinned package, and none from the host."""
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def open_store(
    database_url: str,
    keys: str,
    clock: CareClock | None = None,
    *,
    phi_mode: PhiModeNow = named_windows_only,
) -> Store:
    """Open and migrate the database; `phi_mode` is what the settings let be shown.

    Raises `DatabaseUnreachable`, `NewerDatabase`, `BadKeys`, and `KeyMissing` where
    the keys do not open what is kept.
    """
    keyring = Keyring.parse(keys)
    try:
        database = Database(database_url)
    except OSError as error:
        # The folder of a SQLite file could not be made.
        raise DatabaseUnreachable(
            f"BATON_DATABASE_URL: {error.filename}: {error.strerror}"
        ) from error
    database.check()
    try:
        migrate(database)
        with database.read() as connection:
            require_keys(connection, keyring)
    except StorageError:
        database.close()
        raise
    return Store(database, keyring, clock or RealClock(), phi_mode)


def open_store_again(settings: Settings) -> Store:
    """Open what `open_store` has migrated and looked at, in another process.

    Raises `DatabaseUnreachable` and `BadKeys`.
    """
    keyring = Keyring.parse(settings.baton_keys.get_secret_value())
    database = Database(settings.baton_database_url)
    database.check()
    mode = settings.baton_phi_mode
    return Store(database, keyring, RealClock(), lambda: mode)


def new_client(
    settings: Settings, *, timeout: int, with_token: bool = True
) -> WebClient:
    """Make a client that repeats nothing by itself."""
    token = settings.slack_bot_token.get_secret_value()
    return WebClient(
        token=token if with_token else None,
        base_url=settings.slack_api_url,
        timeout=timeout,
        retry_handlers=[],
    )


def check_installation(settings: Settings) -> Installed:
    """Ask Slack who we are and what we may do. Raises `CannotRun`."""
    client = new_client(settings, timeout=10)
    try:
        told = client.auth_test()
    except SlackApiError as error:
        reason = error.response.get("error")
        raise CannotRun(f"SLACK_BOT_TOKEN: Slack answers {reason}") from error
    except (SlackClientError, OSError) as error:
        raise CannotRun(
            f"SLACK_API_URL: {settings.slack_api_url} does not answer"
        ) from error
    _check_scopes(told.headers)
    _check_app_token(settings, client)
    workspace = Workspace(told["team_id"], told["team"], told["user_id"])
    return Installed(workspace, told["bot_id"])


def require_agreement(store: Store, mode: PhiMode) -> None:
    """Raise `CannotRun` where more is to be shown than the setup says was agreed.

    What is shown would be the lesser of the two anyway; but nobody should think that
    it is more.
    """
    with store.read() as reading:
        agreed = reading.people.agreed_mode()
    if mode.exceeds(agreed):
        store.database.close()
        raise CannotRun(
            f"BATON_PHI_MODE is {mode}, but the setup records an agreement to {agreed}"
            " alone: record who agreed under `privacy` in the setup file (`baton setup"
            f" FILE`), or set BATON_PHI_MODE={agreed}"
        )


def build(
    settings: Settings,
    *,
    clock: CareClock | None = None,
    timings: Timings | None = None,
    pulse: Pulse | None = None,
    phi_mode: PhiModeNow | None = None,
    over_http: bool = False,
    apart: str | None = None,
) -> Baton:
    """Build everything from settings. Nothing runs before `start`.

    With `over_http` Slack calls Baton, else Baton opens a socket. With `apart`, such as
    `SENDING`, a process that runs this module does the sending; it goes by the settings
    and the host's clock alone.
    Raises `CannotRun` or an error of storage, each with one clear line.
    """
    use_pinned_zones()
    installed = check_installation(settings)
    keys = settings.baton_keys.get_secret_value()
    store = open_store(
        settings.baton_database_url,
        keys,
        clock,
        phi_mode=phi_mode or (lambda: settings.baton_phi_mode),
    )
    require_agreement(store, settings.baton_phi_mode)
    timings = timings or Timings()
    pulse = pulse or Pulse()
    delivery = new_delivery(settings, store, timings)
    terms = Terms(settings, timings, pulse)
    process = SendingProcess(apart, terms.as_line()) if apart else None
    sending = process or Sending(delivery, pulse)
    metrics = Metrics()
    reminders = DueReminders(store, HANDLERS, delivery.teller, handled=metrics.reminded)
    ticker = Ticker(store=store, reminders=reminders, sending=sending, pulse=pulse)
    forms = ThreadPoolExecutor(LISTENERS, thread_name_prefix="form")
    desk = Desk(store, ticker.wake)
    app = build_app(settings, installed, desk, forms, metrics=metrics)
    made = HttpDoor if over_http else SocketDoor
    try:
        door = made(app, settings, concurrency=LISTENERS)
    except AddressRefused as error:
        store.database.close()
        raise CannotRun(f"BATON_HTTP_ADDRESS: {error}") from error
    return Baton(
        settings,
        store,
        app,
        ticker,
        door,
        delivery,
        reminders,
        forms,
        metrics,
        process,
    )


def new_delivery(
    settings: Settings, store: Store, timings: Timings, timer: Timer | None = None
) -> Delivery:
    """Make what sends; with a timer where the kernel may end this process."""
    timeout = int(timings.http.total_seconds()) or 1
    client = new_client(settings, timeout=timeout)
    # Not the client of the listeners, which Bolt copies, as no context can be.
    client.ssl = bounded_context(timeout)
    return Delivery(
        store=store,
        renderer=Rendering(),
        sender=SlackSender(client),
        teller=TellOfTrouble(),
        owner=f"{socket.gethostname()[:20]}:{os.getpid()}",
        timings=timings,
        timer=timer or NoTimer(),
    )


def build_app(
    settings: Settings,
    installed: Installed,
    desk: Desk,
    forms: ThreadPoolExecutor,
    *,
    metrics: Metrics,
) -> App:
    """Build the Bolt app with all listeners; forms are filled in the threads given."""
    result = AuthorizeResult(
        enterprise_id=None,
        team_id=installed.workspace.id,
        bot_token=settings.slack_bot_token.get_secret_value(),
        bot_id=installed.bot_id,
        bot_user_id=installed.workspace.bot_user_id,
    )
    secret = settings.slack_signing_secret
    app = TimedApp(
        # Not named, it would look through every module for who called it.
        name="baton",
        metrics=metrics,
        client=new_client(settings, timeout=10, with_token=False),
        authorize=lambda: result,
        signing_secret=secret.get_secret_value() if secret else None,
        process_before_response=True,
        logger=logging.getLogger("slack_bolt.baton"),
        listener_executor=forms,
    )
    register(app, desk)
    return app


def survey_surroundings(
    settings: Settings, *, clock: CareClock | None = None
) -> Surroundings:
    """Return what the doctor looks at. The database is neither made nor migrated."""
    use_pinned_zones()
    keyring = Keyring.parse(settings.baton_keys.get_secret_value())
    database = Database(settings.baton_database_url)
    client = new_client(settings, timeout=10)
    return Surroundings(
        settings=settings,
        client=client,
        sender=SlackSender(client),
        store=Store(
            database,
            keyring,
            clock or RealClock(),
            lambda: settings.baton_phi_mode,
        ),
        needed_scopes=NEEDED_SCOPES,
    )


def _check_scopes(headers: dict[str, str]) -> None:
    missing = sorted(NEEDED_SCOPES - granted_scopes(headers))
    if missing:
        raise CannotRun(
            f"SLACK_BOT_TOKEN: not granted: {', '.join(missing)}. Reinstall the app"
            " from manifest.yml."
        )


def _check_app_token(settings: Settings, client: WebClient) -> None:
    token = settings.slack_app_token
    if token is None:
        return
    try:
        client.apps_connections_open(app_token=token.get_secret_value())
    except SlackApiError as error:
        reason = error.response.get("error")
        raise CannotRun(f"SLACK_APP_TOKEN: Slack answers {reason}") from error
