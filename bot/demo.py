"""The demo: Baton beside a sandbox of Slack, on one machine, with people to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.app import Baton, build, check_installation, new_client
from bot.installing import install
from bot.settings import Settings
from bot.setup_file import SetupFile
from sandbox import Channel, Person, Sandbox
from sandbox import Settings as SandboxSettings
from scheduler.delivery import Timings
from storage.clock import TravellingClock
from storage.sealing import new_key

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
HOST = "University Center"
PRACTICE = "Lakeside Oncology"
GUESTS = "Prairie Cancer Care"
CENTRAL, EASTERN = "America/Chicago", "America/New_York"


@dataclass(frozen=True)
class Running:
    """A demo that runs."""

    address: str
    slack: Sandbox
    baton: Baton
    clock: TravellingClock

    def stop(self) -> None:
        """End Baton, then the sandbox."""
        self.baton.stop()
        self.slack.close()


@dataclass(frozen=True)
class Cast:
    """The people of the demo and the channels of their links."""

    chen: Person
    brooks: Person
    patel: Person
    rivera: Person
    okafor: Person
    ruiz: Person
    lee: Person
    lakeside: Channel
    prairie: Channel


def start_demo(
    folder: Path,
    *,
    port: int = 0,
    fresh: bool = False,
    show: Callable[[Sandbox, int], str] | None = None,
) -> Running:
    """Start the sandbox and Baton beside it; goes on where it was, unless `fresh`.

    `show` puts a screen on the sandbox at a port and returns its address. The
    sandbox itself takes the port after it, and keeps it, so that links hold.
    """
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    slack = open_sandbox(folder / "slack.sqlite", port=port + 1 if port else 0)
    cast = gather(slack)
    clock = TravellingClock()
    settings = settings_for(slack, folder)
    baton = build(settings, clock=clock, timings=Timings())
    install(
        store=baton.store,
        client=new_client(settings, timeout=10),
        workspace=check_installation(settings).workspace,
        setup=setup_for(cast),
        account="demo",
    )
    baton.start()
    slack.wait_for_app()
    address = (show or _show_screen)(slack, port)
    return Running(address, slack, baton, clock)


def open_sandbox(store: Path | None, *, port: int = 0) -> Sandbox:
    """Open a workspace of one's own with Baton installed."""
    return Sandbox(
        manifest=MANIFEST,
        store=store,
        port=port,
        settings=SandboxSettings(rate_limits=False),
        host_name=HOST,
    )


def gather(slack: Sandbox) -> Cast:
    """Make the people and channels, or find them where they are already."""
    away = slack.team(GUESTS)
    chen = slack.person("Dr Mei Chen", tz=CENTRAL, title=f"Oncologist, {PRACTICE}")
    brooks = slack.person("Sam Brooks", tz=CENTRAL, title=f"Coordinator, {PRACTICE}")
    patel = slack.person(
        "Dr Nina Patel", team=away, tz=CENTRAL, title=f"Oncologist, {GUESTS}"
    )
    rivera = slack.person("Dr Ana Rivera", tz=EASTERN, title=f"Specialist, {HOST}")
    okafor = slack.person("Dr Ben Okafor", tz=EASTERN, title=f"Specialist, {HOST}")
    ruiz = slack.person("Ana Ruiz", tz=EASTERN, title=f"Coordinator, {HOST}")
    lee = slack.person("Kim Lee", tz=EASTERN, title="Administrator")
    center = [rivera, okafor, ruiz, lee]
    return Cast(
        chen=chen,
        brooks=brooks,
        patel=patel,
        rivera=rivera,
        okafor=okafor,
        ruiz=ruiz,
        lee=lee,
        lakeside=slack.channel(
            "lakeside-university", private=True, members=[chen, brooks, *center]
        ),
        prairie=slack.channel(
            "prairie-university",
            private=True,
            members=[patel, *center],
            shared_with=[away],
        ),
    )


def setup_for(cast: Cast) -> SetupFile:
    """Return the setup of the demo, as an administrator would write it."""
    lakeside = _site("lakeside", PRACTICE, CENTRAL, "WI") | {
        "kind": "practice",
        "people": [
            _person("chen", "oncologist", cast.chen),
            _person("brooks", "coordinator", cast.brooks),
        ],
    }
    prairie = _site("prairie", GUESTS, CENTRAL, "IA") | {
        "kind": "practice",
        "people": [_person("patel", "oncologist", cast.patel)],
    }
    university = _site("university", HOST, EASTERN, "NY") | {
        "kind": "center",
        "duty": ["rivera", "okafor"],
        "people": [
            _person("rivera", "specialist", cast.rivera),
            _person("okafor", "specialist", cast.okafor),
            _person("ruiz", "coordinator", cast.ruiz),
            _person("lee", "administrator", cast.lee),
        ],
    }
    links = [
        {"practice": "lakeside", "center": "university", "channel": cast.lakeside.id},
        {"practice": "prairie", "center": "university", "channel": cast.prairie.id},
    ]
    return SetupFile.model_validate(
        {"sites": [lakeside, prairie, university], "links": links}
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


def _site(key: str, name: str, zone: str, region: str) -> dict[str, object]:
    return {
        "key": key,
        "name": name,
        "zone": zone,
        "country": "US",
        "region": region,
        "phone_24h": "+1 555 0199" if name == HOST else "+1 555 0100",
    }


def _person(key: str, role: str, who: Person) -> dict[str, object]:
    slack = {"user": who.id, "team": who.team}
    return {"key": key, "name": who.name, "role": role, "slack": slack}


def _show_screen(slack: Sandbox, port: int) -> str:
    # NiceGUI is heavy to import, and only a demo with a browser needs it.
    from sandbox.screen import mount

    return mount(slack, title="Baton on a sandbox", port=port)
