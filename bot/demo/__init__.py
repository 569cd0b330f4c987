"""The demo: Baton beside a sandbox of Slack, on one machine, with people to be."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.app import Baton, build, check_installation, new_client
from bot.demo.beginning import Beginning
from bot.demo.cases import DAYS_BEFORE, Players, play_cases
from bot.demo.cast import HOST, Cast, gather, setup_for
from bot.demo.following import play_followed, sign_protocol
from bot.demo.journeys import play_journeys
from bot.demo.shown import HINT, ShownMode, Switch
from bot.demo.travel import JUMPS, DemoClock, Traveller
from bot.installing import install
from bot.settings import Settings
from sandbox import Sandbox
from sandbox import Settings as SandboxSettings
from scheduler.delivery import Timings
from storage.clock import CareClock
from storage.sealing import new_key

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
BRISK = Timings(gap=timedelta(milliseconds=1))
"""The sandbox sets no pace, so nothing needs to be waited for."""
TOUR = "tour.json"
A_YEAR = timedelta(days=365)
TURN = 0.0005
"""Seconds after which a thread gives another its turn, while cases are played."""


@dataclass(frozen=True)
class Running:
    """A demo that runs."""

    slack: Sandbox
    baton: Baton
    cast: Cast
    clock: DemoClock
    folder: Path
    mode: ShownMode
    address: str = ""
    playing: threading.Thread | None = None
    """What still plays the journeys of a new demo, while its screen shows already."""

    def wait_until_played(self) -> None:
        """Wait until everything of a new demo has happened."""
        if self.playing is not None:
            self.playing.join()

    def stop(self) -> None:
        """End Baton, then the sandbox."""
        self.wait_until_played()
        self.baton.stop()
        self.slack.close()


Show = Callable[[Running, int], str]
"""Puts a screen on what runs, at a port (0: any that is free); returns its address."""


def start_demo(
    folder: Path,
    *,
    port: int = 0,
    fresh: bool = False,
    cases: bool = True,
    show: Show | None = None,
) -> Running:
    """Start the sandbox and Baton beside it; goes on where it was, unless `fresh`.

    With `cases` a new demo begins with some, played up to the present; the journeys,
    which all happen today, are played while the screen shows already. The sandbox
    itself takes the port after that of the screen, and keeps it, so that links hold.
    """
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    is_new = not (folder / "slack.sqlite").exists()
    folder.mkdir(parents=True, exist_ok=True)
    begins = -DAYS_BEFORE if is_new and cases else timedelta()
    clock = DemoClock(folder / "clock.json", begins_ahead=begins)
    store = folder / "slack.sqlite"
    slack = open_sandbox(store, port=port + 1 if port else 0, clock=clock)
    cast = gather(slack)
    mode = ShownMode(folder / "shown.txt")
    baton = _prepare(slack, cast, folder, clock, mode)
    baton.start()
    slack.wait_for_app()
    Traveller(baton, clock).settle()
    players = Players(baton, cast, clock)
    if is_new and cases:
        with _fine_turns():
            sign_protocol(players)
            play_followed(players)
            play_cases(players)
    if is_new:
        _read_everything(slack)
    running = Running(slack, baton, cast, clock, folder, mode)
    _begin_tour(running, later=is_new and cases)
    running = replace(running, address=(show or show_screen)(running, port))
    if not (is_new and cases):
        return running
    playing = threading.Thread(
        target=_play_journeys, args=(running, players), name="journeys", daemon=True
    )
    playing.start()
    return replace(running, playing=playing)


def _begin_tour(running: Running, *, later: bool) -> None:
    """Begin the tour, or keep when it began; `later` while much still happens.

    One that was to begin later and never did, since the demo was ended, begins now.
    """
    now = running.clock.now
    far = now() + A_YEAR
    beginning = Beginning(running.folder / TOUR, lambda: far if later else now())
    if not later and beginning.at > now():
        beginning.renew()


def _play_journeys(running: Running, players: Players) -> None:
    with _fine_turns():
        play_journeys(players)
    _read_everything(running.slack)
    Beginning(running.folder / TOUR, running.clock.now).renew()


def open_sandbox(
    store: Path | None, *, port: int = 0, clock: CareClock | None = None
) -> Sandbox:
    """Open a workspace of one's own with Baton installed.

    With a care clock, messages are stamped by it, so that they travel with it.
    """
    settings = SandboxSettings(rate_limits=False)
    if clock is not None:
        now = clock.now
        settings = SandboxSettings(rate_limits=False, clock=lambda: now().timestamp())
    return Sandbox(
        manifest=MANIFEST, store=store, port=port, settings=settings, host_name=HOST
    )


def settings_for(slack: Sandbox, folder: Path) -> Settings:
    """Return settings for a bot beside a sandbox, its key kept in `folder`."""
    key_file = folder / "key"
    if not key_file.exists():
        key_file.write_text(new_key("demo"), encoding="utf-8")
        key_file.chmod(0o600)
    return Settings(
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        baton_database_url=f"sqlite:///{folder / 'baton.sqlite'}",
        baton_keys=SecretStr(key_file.read_text(encoding="utf-8")),
    )


def _prepare(
    slack: Sandbox, cast: Cast, folder: Path, clock: DemoClock, mode: ShownMode
) -> Baton:
    settings = settings_for(slack, folder)
    # What is shown changes while it runs, so it is no setting here.
    baton = build(settings, clock=clock, timings=BRISK, phi_mode=mode)
    with baton.store.read() as reading:
        if reading.people.workspaces():
            return baton  # What was changed with `/baton setup` stays.
    install(
        store=baton.store,
        client=new_client(settings, timeout=10),
        workspace=check_installation(settings).workspace,
        # The tour is told of whom it asks, however often somebody takes it.
        setup=setup_for(cast, always_on_duty="rivera", with_colleague=True),
        account="demo",
    )
    return baton


@contextmanager
def _fine_turns() -> Iterator[None]:
    """Let threads take turns sooner than Python does by itself.

    Each small step of the database gives up its turn, and beside a busy thread
    would wait 5 ms for the next: a third of the time of a first start.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _read_everything(slack: Sandbox) -> None:
    # What happened before somebody came is not new to anybody.
    for person in slack.people:
        for place in slack.world.conversations_of(person.id):
            person.mark_read(place.id)


def show_screen(running: Running, port: int) -> str:
    """Show the demo in browsers, with the tour and the buttons of time travel."""
    # NiceGUI is heavy to import, and only a demo with a browser needs it.
    from bot.demo.tour import Story, make_tour
    from sandbox.screen import Extra, mount

    clock = running.clock
    traveller = Traveller(running.baton, clock)
    beginning = Beginning(running.folder / TOUR, clock.now)
    story = Story(running.baton.store, running.cast, beginning)
    extras = [
        Extra(jump.label, partial(traveller.jump, jump), jump.hint) for jump in JUMPS
    ]
    switch = Switch(running.baton, running.mode, traveller)
    extras.append(Extra(switch.label, switch.press, HINT))
    address = mount(
        running.slack,
        title="Baton on a sandbox",
        extras=extras,
        tour=make_tour(story),
        restart_tour=beginning.renew,
        port=port,
    )
    return f"{address}/as/{running.cast.chen.id}"
