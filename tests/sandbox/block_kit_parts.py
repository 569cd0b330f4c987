"""The smallest right parts of Block Kit, from which its tests are built."""

from typing import Any, Literal

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*Text*") -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Take it"), **more}


def option(value: str = "a", **more: Any) -> Json:
    return {"text": plain(value), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def asked(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Question"), "element": element, **more}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def rich(*parts: Json) -> Json:
    body = {"type": "rich_text_section", "elements": list(parts)}
    return {"type": "rich_text", "elements": [body]}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Form"), "blocks": list(blocks), **more}


def named(cases: list[Any]) -> dict[str, Any]:
    """Give `parametrize` its cases, each named by its first member."""
    return {"argvalues": [c[1:] for c in cases], "ids": [c[0] for c in cases]}
