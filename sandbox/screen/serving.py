"""Serves screens: one small server a process, since NiceGUI has one application."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.person import Person
from sandbox.sandbox import Sandbox
from sandbox.screen.chrome import Extra
from sandbox.screen.places import Look, first_place
from sandbox.screen.tour import Tour
from sandbox.screen.window import Window

HERE = Path(__file__).parent
START_SECONDS = 20
RECONNECT_SECONDS = 20.0
LOOK_SECONDS = 0.15


@dataclass
class Screen:
    """One sandbox, as it is shown: its key in addresses, and its open windows."""

    slack: Sandbox
    key: str
    title: str
    extras: Sequence[Extra]
    tour: Tour | None
    windows: list[Window] = field(default_factory=list)
    end: Callable[[], None] = lambda: None
    looking: bool = False
    look_again: bool = False
    _task: asyncio.Future[None] | None = None

    def people(self) -> list[Person]:
        """Everybody that one can be."""
        return self.slack.people

    def person(self, person_id: str) -> Person | None:
        """Somebody by their id."""
        return next((each for each in self.people() if each.id == person_id), None)

    def wake(self) -> None:
        """Something changed: every window shows it, and the tour looks at it."""
        for window in self.windows:
            window.wake()
        if self.tour and not self.looking:
            self.looking = True
            self._task = asyncio.ensure_future(self._look_at_tour(self.tour))
        self.look_again = True

    def close(self) -> None:
        """Tell every window that this is over."""
        self.tour = None
        for window in self.windows:
            window.end()

    async def _look_at_tour(self, tour: Tour) -> None:
        # Changes come in bursts; one look after the last of a burst is enough.
        while self.look_again:
            self.look_again = False
            await asyncio.sleep(LOOK_SECONDS)
            if await asyncio.to_thread(tour.look):
                for window in self.windows:
                    window.wake()
        self.looking = False


class House:
    """All screens of this process and the server that they share."""

    def __init__(self, port: int) -> None:
        self._screens: dict[str, Screen] = {}
        self._listening = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._ready = threading.Event()
        self._server = uvicorn.Server(self._config())
        self._thread = threading.Thread(target=self._run, name="screens", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError("the screen's server did not start")

    def add(
        self, slack: Sandbox, title: str, extras: Sequence[Extra], tour: Tour | None
    ) -> str:
        """Show a sandbox; the address of its screen."""
        key = self._free_key(slack.host.domain)
        screen = Screen(slack, key, title, tuple(extras), tour)
        screen.end = slack.subscribe(lambda _: self._wake(screen))
        self._screens[key] = screen
        self._wake(screen)
        return f"{self.url}/{key}"

    def drop(self, slack: Sandbox) -> None:
        """Show it no longer."""
        for screen in [each for each in self._screens.values() if each.slack is slack]:
            screen.end()
            del self._screens[screen.key]
            self._loop.call_soon_threadsafe(screen.close)

    def _free_key(self, wanted: str) -> str:
        number = 1
        key = wanted
        while key in self._screens:
            number += 1
            key = f"{wanted}-{number}"
        return key

    def _wake(self, screen: Screen) -> None:
        # Called in the feed's own thread; windows live in the server's loop.
        self._loop.call_soon_threadsafe(screen.wake)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._listening])

    def _config(self) -> uvicorn.Config:
        host = FastAPI(openapi_url=None)
        self._add_pages()
        app.on_startup(self._ready.set)
        ui.run_with(
            host,
            title="Sandbox",
            language="en-US",
            tailwind=False,
            reconnect_timeout=RECONNECT_SECONDS,
            show_welcome_message=False,
        )
        return uvicorn.Config(
            host,
            ws="websockets-sansio",
            loop="asyncio",
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    def _add_pages(self) -> None:
        head = _head()

        @ui.page("/{key}/as/{person_id}", response_timeout=10)
        def window(
            key: str, person_id: str, at: str = "", thread: str = ""
        ) -> Response | None:
            screen = self._screens.get(key)
            person = screen.person(person_id) if screen else None
            if screen is None or person is None:
                return RedirectResponse(f"/{key}" if screen else "/")
            ui.add_head_html(head)
            ui.page_title(f"{person.name} - {screen.title}")
            _open(screen, person, at=at, thread=thread)
            return None

        @app.get("/{key}")
        def start(key: str) -> Response:
            screen = self._screens.get(key)
            people = screen.people() if screen else []
            if not people:
                return Response("Nobody is here.", status_code=404)
            return RedirectResponse(f"/{key}/as/{people[0].id}")

        @app.get("/")
        def first(_: Request) -> Response:
            if not self._screens:
                return Response("No sandbox is shown here.", status_code=404)
            return RedirectResponse(f"/{next(iter(self._screens))}")


def _open(screen: Screen, person: Person, *, at: str, thread: str) -> None:
    look = Look(at or first_place(person))
    if at:
        look.thread, look.stage = thread, "thread" if thread else "place"
    window = Window(
        person,
        look,
        people=screen.people,
        extras=screen.extras,
        tour=screen.tour,
        base=f"/{screen.key}",
        title=screen.title,
    )
    screen.windows.append(window)
    ui.context.client.on_delete(lambda: screen.windows.remove(window))


def _head() -> str:
    look = (HERE / "look.css").read_text(encoding="utf-8")
    hands = (HERE / "hands.js").read_text(encoding="utf-8")
    return f"<style>{look}</style><script>{hands}</script>"
