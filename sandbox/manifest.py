"""What an app's manifest allows it: scopes, events, commands, shortcuts, Home."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as the manifest names it; `place` is where people find it."""

    name: str
    callback_id: str
    place: Literal["global", "message"]


@dataclass(frozen=True)
class Manifest:
    """An app, as Slack knows it after the manifest was uploaded."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str] = frozenset()
    commands: Mapping[str, str] = field(default_factory=dict)
    shortcuts: tuple[Shortcut, ...] = ()
    interactive: bool = False
    home: bool = False
    accepts_messages: bool = False

    @classmethod
    def of(cls, source: Path | Mapping[str, Any]) -> "Manifest":
        """The manifest in a YAML or JSON file, or in its parsed content."""
        body = _parse(source) if isinstance(source, Path) else source
        features, settings = body.get("features", {}), body.get("settings", {})
        home = features.get("app_home", {})
        name = body["display_information"]["name"]
        return cls(
            name=name,
            bot_name=features.get("bot_user", {}).get("display_name", name),
            scopes=frozenset(body["oauth_config"]["scopes"]["bot"]),
            events=frozenset(_inside(settings, "event_subscriptions", "bot_events")),
            commands=_commands(features),
            shortcuts=tuple(_shortcuts(features)),
            interactive=bool(_inside(settings, "interactivity", "is_enabled")),
            home=home.get("home_tab_enabled", False),
            accepts_messages=home.get("messages_tab_enabled", False)
            and not home.get("messages_tab_read_only_enabled", False),
        )


def _parse(path: Path) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return parsed


def _inside(settings: Mapping[str, Any], part: str, name: str) -> Any:
    return settings.get(part, {}).get(name, ())


def _commands(features: Mapping[str, Any]) -> dict[str, str]:
    listed = features.get("slash_commands", [])
    return {each["command"]: each.get("description", "") for each in listed}


def _shortcuts(features: Mapping[str, Any]) -> list[Shortcut]:
    return [
        Shortcut(
            name=each["name"],
            callback_id=each["callback_id"],
            place=cast("Literal['global', 'message']", each["type"]),
        )
        for each in features.get("shortcuts", [])
    ]
