"""Files that the tests upload."""

import base64
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk import WebClient

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
"""One dot."""

Json = dict[str, Any]


def base64_of(content: bytes) -> str:
    """Bytes as the world keeps them."""
    return base64.b64encode(content).decode()


def send(url: str, content: bytes) -> str:
    """The second step of an upload."""
    request = Request(url, data=content, method="POST")  # noqa: S310 - the sandbox's own
    with urlopen(request) as answer:  # noqa: S310 - the sandbox's own
        body: bytes = answer.read()
    return body.decode()


def upload(client: WebClient, content: bytes = PNG, name: str = "dot.png") -> Json:
    """All three steps, to nobody; the file as Slack tells of it."""
    begun = client.files_getUploadURLExternal(filename=name, length=len(content))
    send(str(begun["upload_url"]), content)
    ended = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
    file: Json = ended["files"][0]
    return file


def image(slack_file: Json, alt: str = "A dot", title: str = "Dot") -> Json:
    """A block that shows a file."""
    return {
        "type": "image",
        "slack_file": slack_file,
        "alt_text": alt,
        "title": {"type": "plain_text", "text": title},
    }
