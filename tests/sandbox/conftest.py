"""A workspace of two teams, one shared channel, and the tiny app."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_sdk import WebClient

from sandbox import Channel, Person, Sandbox, Settings
from tests.sandbox.errand import Errands, running

MANIFEST = Path(__file__).with_name("manifest.yml")


@dataclass(frozen=True)
class Stage:
    """Ada and Ben of the host team, Cleo of another, all in the shared channel."""

    ada: Person
    ben: Person
    cleo: Person
    shared: Channel
    inner: Channel


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    """A sandbox that loses patience after most of a second."""
    settings = Settings(ack_seconds=0.8, retry_delays=(0.0, 0.05, 0.05))
    with Sandbox(MANIFEST, settings=settings, host_name="Center") as sandbox:
        yield sandbox


@pytest.fixture
def stage(slack: Sandbox) -> Stage:
    """The people and the channels."""
    lakeside = slack.team("Lakeside")
    ada = slack.person("Ada Stone", display="Dr Stone", tz="America/Chicago")
    ben = slack.person("Ben Ito")
    cleo = slack.person("Cleo Marsh", team=lakeside, tz="Europe/Berlin")
    everybody = [ada, ben, cleo]
    shared = slack.channel(
        "lakeside-center", private=True, members=everybody, shared_with=[lakeside]
    )
    inner = slack.channel("inner", members=[ada, ben])
    return Stage(ada, ben, cleo, shared, inner)


@pytest.fixture
def app(slack: Sandbox, stage: Stage) -> Iterator[Errands]:
    """The tiny app, connected."""
    with running(slack) as errands:
        yield errands


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    """The bot's own client, which sends each call once."""
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
