"""Compares what the sandbox says with the shapes that Slack publishes.

Slack's samples are blanked: what they tell is which keys there are, and of which
JSON type each is. A few keys of Slack's that the samples lack are listed here, each
with the reason why the sandbox sends it nevertheless.
"""

import json
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
SAMPLES = Path(__file__).parents[2].parent / "shared" / "slack" / "samples"
# Slack documents these, though the blanked samples do not show them.
DOCUMENTED = {
    "context_team_id",  # of events in shared channels
    "context_enterprise_id",
    "permalink",
    "channel_id",  # of pin events
    "user_team",  # of messages in shared channels
    "source_team",
    "thread_ts",
    "parent_user_id",
    "subtype",
    "user",
    "team",
    "app_id",
    "bot_profile",
    "reactions",
    "metadata",
    "hash",
    "state",
    "api_app_id",
    "channel_type",
    "client_msg_id",
    "edited",
    "root",
    "ts",
    "blocks",  # of views, which the samples leave out of interactions
}
# Below these keys the content is the app's own, or empty in the samples.
OPAQUE = {
    "blocks",
    "attachments",
    "files",
    "event_payload",
    "state",
    "values",
    "elements",
    "selected_option",
    "root",
    "icons",
    "icon",
}


def sample(path: str) -> Json:
    """One of Slack's samples; skips the test where they are not at hand."""
    file = SAMPLES / f"{path}.json"
    if not file.exists():
        pytest.skip("Slack's published samples are not beside the project")
    content: Json = json.loads(file.read_text(encoding="utf-8"))
    return content


def departures(said: Any, published: Any, path: str = "") -> list[str]:
    """Where something departs from a sample: keys it lacks, types that differ."""
    if said is None:
        return []
    if isinstance(said, dict) and isinstance(published, dict):
        return _of_objects(said, published, path)
    if isinstance(said, list) and isinstance(published, list):
        if not published:
            return []
        return [
            each
            for place, item in enumerate(said)
            for each in departures(item, published[0], f"{path}/{place}")
        ]
    if _type(said) != _type(published):
        return [f"{path}: {_type(said)}, Slack's is {_type(published)}"]
    return []


def _of_objects(said: Json, published: Json, path: str) -> list[str]:
    found: list[str] = []
    for key, value in said.items():
        here = f"{path}/{key}"
        if key not in published:
            if key not in DOCUMENTED and published:
                found.append(f"{here}: not in Slack's sample")
        elif key not in OPAQUE:
            found.extend(departures(value, published[key], here))
    return found


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    for kind, name in ((str, "text"), (list, "list"), (dict, "object")):
        if isinstance(value, kind):
            return name
    return "null"
