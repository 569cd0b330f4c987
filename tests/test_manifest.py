"""The manifest asks Slack for what the code uses, and for nothing else."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.app import NEEDED_SCOPES
from bot.desk import Desk
from bot.listeners import register
from bot.views.ids import COMMAND, Shortcut
from bot.views.lists import HELP
from storage.unit import Store

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "../shared/slack/manifest.schema.2.0.0.json"

SCOPES_OF_METHODS: Mapping[str, frozenset[str]] = {
    "apps.connections.open": frozenset(),  # the app-level token's own permission
    "auth.test": frozenset(),
    "chat.delete": frozenset({"chat:write"}),
    "chat.getPermalink": frozenset(),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": frozenset({"groups:history", "im:history"}),
    # Of a public channel too, so that setup can say why it refuses one.
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.members": frozenset({"channels:read", "groups:read"}),
    "conversations.open": frozenset({"im:write"}),
    "conversations.replies": frozenset({"groups:history"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "pins.add": frozenset({"pins:write"}),
    "users.info": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
"""What Slack demands of each method in the conversations where Baton calls it."""

SCOPES_OF_EVENTS: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "message.groups": frozenset({"groups:history"}),
    "user_change": frozenset({"users:read"}),
}
"""What Slack demands before it sends an event."""


@dataclass
class Registered:
    """What the listeners ask to hear, but for those that answer anything else."""

    commands: set[str] = field(default_factory=set)
    shortcuts: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    clicks: bool = False


class ListeningApp(App):
    """A Bolt app that also notes what is registered with it."""

    def __init__(self) -> None:
        self.registered = Registered()
        nobody = AuthorizeResult(enterprise_id=None, team_id=None)
        super().__init__(
            client=WebClient(),
            authorize=lambda: nobody,
            signing_secret="none",
        )

    def command(self, command: Any, *args: Any, **kwargs: Any) -> Any:
        _note(self.registered.commands, command)
        return super().command(command, *args, **kwargs)

    def shortcut(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        _note(self.registered.shortcuts, constraints)
        return super().shortcut(constraints, *args, **kwargs)

    def event(self, event: Any, *args: Any, **kwargs: Any) -> Any:
        _note(self.registered.events, event)
        return super().event(event, *args, **kwargs)

    def action(self, constraints: Any, *args: Any, **kwargs: Any) -> Any:
        self.registered.clicks = True
        return super().action(constraints, *args, **kwargs)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Return the manifest as it would be uploaded."""
    told = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    return told


@pytest.fixture
def registered(store: Store) -> Registered:
    """Return what the listeners register with a real Bolt app."""
    app = ListeningApp()
    register(app, Desk(store))
    return app.registered


on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


def test_slack_would_take_the_manifest(manifest: dict[str, Any]) -> None:
    """The manifest is valid against the schema that Slack publishes."""
    if not SCHEMA.exists():
        pytest.skip("Slack's published schema is not beside this project")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    errors = Draft7Validator(schema).iter_errors(manifest)

    assert [f"{one.json_path}: {one.message}" for one in errors] == []


def test_the_published_schema_refuses_a_wrong_manifest(
    manifest: dict[str, Any],
) -> None:
    """The check above can fail: a name beyond Slack's limit is refused."""
    if not SCHEMA.exists():
        pytest.skip("Slack's published schema is not beside this project")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    wrong = manifest | {"display_information": {"name": "B" * 36}}

    errors = list(Draft7Validator(schema).iter_errors(wrong))

    assert [list(one.path) for one in errors] == [["display_information", "name"]]


@on_sqlite
def test_commands_of_manifest_and_code_are_the_same(
    manifest: dict[str, Any], registered: Registered
) -> None:
    """Every command that Slack offers is answered, and the reverse."""
    offered = {one["command"] for one in manifest["features"]["slash_commands"]}

    assert offered == registered.commands == {COMMAND}


@on_sqlite
def test_shortcuts_of_manifest_and_code_are_the_same(
    manifest: dict[str, Any], registered: Registered
) -> None:
    """Every shortcut that Slack offers is answered, and the reverse."""
    shortcuts = manifest["features"]["shortcuts"]

    offered = {one["callback_id"] for one in shortcuts if one["type"] == "global"}

    assert len(offered) == len(shortcuts)
    assert offered == registered.shortcuts == {one.value for one in Shortcut}


@on_sqlite
def test_events_of_manifest_and_code_are_the_same(
    manifest: dict[str, Any], registered: Registered
) -> None:
    """Every event that Slack sends is heard, and the reverse."""
    subscribed = _events_of(manifest)

    kinds = {one.partition(".")[0] for one in subscribed}

    assert kinds == registered.events


@on_sqlite
def test_what_the_code_needs_is_switched_on(
    manifest: dict[str, Any], registered: Registered
) -> None:
    """Buttons, Home, direct messages and Socket Mode are on."""
    settings, home = manifest["settings"], manifest["features"]["app_home"]

    switches = {
        "interactivity": settings["interactivity"]["is_enabled"],
        "socket mode": settings["socket_mode_enabled"],
        "home": home["home_tab_enabled"],
        "messages": home["messages_tab_enabled"],
    }

    assert registered.clicks
    assert [name for name, on in switches.items() if on is not True] == []


def test_nobody_writes_to_baton_where_baton_does_not_listen(
    manifest: dict[str, Any],
) -> None:
    """The direct messages with Baton are read-only unless it hears what is said."""
    home = manifest["features"]["app_home"]

    hears = "message.im" in _events_of(manifest)

    assert home["messages_tab_read_only_enabled"] is not hears


def test_the_hint_of_the_command_is_what_help_explains(
    manifest: dict[str, Any],
) -> None:
    """Each verb that Slack hints at while typing is explained by `help`."""
    (command,) = manifest["features"]["slash_commands"]

    verbs = re.findall(r"[\[|]\s*([a-z]+)", command["usage_hint"])

    assert verbs
    assert [one for one in verbs if f"`{COMMAND} {one}" not in HELP] == []


def test_every_called_method_stands_in_the_table_of_scopes() -> None:
    """A newly called Web API method fails here until its scopes are written down."""
    called = methods_called(ROOT / "bot")

    assert called == set(SCOPES_OF_METHODS)


def test_every_subscribed_event_stands_in_the_table_of_scopes(
    manifest: dict[str, Any],
) -> None:
    """A newly subscribed event fails here until its scopes are written down."""
    assert _events_of(manifest) == set(SCOPES_OF_EVENTS)


def test_every_scope_that_the_code_needs_is_asked_for(
    manifest: dict[str, Any],
) -> None:
    """No call, command or event would meet `missing_scope`."""
    asked = set(manifest["oauth_config"]["scopes"]["bot"])

    assert scopes_needed(manifest) - asked == set()


def test_no_scope_is_asked_for_that_the_code_does_not_need(
    manifest: dict[str, Any],
) -> None:
    """An administrator grants nothing that Baton does not use."""
    asked = set(manifest["oauth_config"]["scopes"]["bot"])

    assert asked - scopes_needed(manifest) == set()


def test_the_scopes_checked_at_start_are_those_of_the_manifest(
    manifest: dict[str, Any],
) -> None:
    """What Baton demands before it runs is what the manifest asks for, each once."""
    asked = manifest["oauth_config"]["scopes"]["bot"]

    assert sorted(NEEDED_SCOPES) == asked


def test_a_called_method_is_found_however_it_is_called(tmp_path: Path) -> None:
    """Calls, and methods that are passed on to be called later, are all found."""
    source = "def f(client):\n    show = client.views_push\n    client.pins_add()\n"
    (tmp_path / "one.py").write_text(source, encoding="utf-8")

    called = methods_called(tmp_path)

    assert called == {"views.push", "pins.add"}


def scopes_needed(manifest: Mapping[str, Any]) -> set[str]:
    """Return the scopes of every call, of every event, and of commands."""
    methods = methods_called(ROOT / "bot")
    by_call = {scope for one in methods for scope in SCOPES_OF_METHODS[one]}
    by_event = {
        scope for one in _events_of(manifest) for scope in SCOPES_OF_EVENTS[one]
    }
    return by_call | by_event | {"commands"}


def methods_called(folder: Path) -> set[str]:
    """Return the Web API methods that the modules below `folder` name."""
    known = _api_methods()
    return {
        known[node.attr]
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in known
    }


def _api_methods() -> dict[str, str]:
    """Return Slack's name of each method of slack_sdk's client, from its source."""
    (client,) = ast.parse(inspect.getsource(WebClient)).body
    assert isinstance(client, ast.ClassDef)
    return {
        function.name: name
        for function in client.body
        if isinstance(function, ast.FunctionDef)
        for name in _api_names(function)
    }


def _api_names(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "api_call":
            assert isinstance(node, ast.Call)
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value)


def _events_of(manifest: Mapping[str, Any]) -> set[str]:
    return set(manifest["settings"]["event_subscriptions"]["bot_events"])


def _note(kept: set[str], asked: Callable[..., Any] | str | re.Pattern[str]) -> None:
    if isinstance(asked, re.Pattern):
        # What answers anything unknown asks Slack for nothing.
        assert asked.pattern == ".*"
    else:
        assert isinstance(asked, str)
        kept.add(asked)
