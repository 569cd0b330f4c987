"""Images in blocks: which file an app's block shows, and whether Slack lets it."""

from collections.abc import Iterator
from typing import Any

from sandbox import payloads
from sandbox.errors import ApiError
from sandbox.things import File, Json
from sandbox.workspace import Workspace

SHOWN = "slack_file"
"""Also how a fault names a block that shows a file."""

BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def sort_of(content: bytes) -> str:
    """The media type of an image that Slack shows, or nothing."""
    found = (sort for start, sort in BEGINNINGS.items() if content.startswith(start))
    return next(found, "")


def find(workspace: Workspace, slack_file: Json) -> File | None:
    """The file that a block names, by its id or by one of its addresses."""
    if "id" in slack_file:
        return workspace.world.get(File, str(slack_file["id"]))
    for file in workspace.world.all(File):
        addresses = (
            payloads.url_private(workspace, file),
            payloads.permalink_of_file(workspace, file),
        )
        if slack_file.get("url") in addresses:
            return file
    return None


def address(workspace: Workspace, slack_file: Json) -> str:
    """Where a browser finds the file that a block names, or nothing."""
    file = find(workspace, slack_file)
    return payloads.url_private(workspace, file) if file else ""


def check(workspace: Workspace, blocks: object, *, root: str, error: str) -> None:
    """Raises ApiError, in Slack's words, for a file that cannot be shown (yet)."""
    found = [
        f"invalid slack file [json-pointer:{root}{path}/{SHOWN}]"
        for path, image in images(blocks)
        if SHOWN in image and not _is_ready(workspace, image[SHOWN])
    ]
    if found:
        told = [f"[ERROR] {each}" for each in found]
        raise ApiError(error, errors=found, response_metadata={"messages": told})


def images(part: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every image in blocks, with the pointer to it."""
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from images(each, f"{path}/{number}")
    elif isinstance(part, dict):
        if part.get("type") == "image":
            yield path, part
        for name, each in part.items():
            yield from images(each, f"{path}/{name}")


def _is_ready(workspace: Workspace, slack_file: Json) -> bool:
    file = find(workspace, slack_file)
    if file is None or not file.title or not sort_of(file.bytes):
        return False
    # Slack looks through a new file before a block may show it.
    return not workspace.faults.strike(SHOWN)
