"""Whether Slack would take one call of a bot, and whether the call tells too much.

Four judges look at the same call: Slack's published types (where their folder is
present), `sandbox.block_kit`, the models of slack_sdk, and rules of our own for what
other people's apps could read: metadata, button values, `private_metadata`.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox import block_kit

PUBLISHED = (
    Path(__file__).resolve().parents[2] / "shared" / "slack" / "block-kit.schema.json"
)

MESSAGES = ("chat.postMessage", "chat.update", "chat.postEphemeral")
VIEW_TYPE = {
    "views.open": "modal",
    "views.update": None,
    "views.push": "modal",
    "views.publish": "home",
}
_ENCODED = ("blocks", "view", "metadata")
_ANY_BLOCK = {"type": "divider"}
_RESPONSES = {"update": "view", "push": "view", "errors": "errors", "clear": None}

# An opaque value is one token of an alphabet without spaces, and no date.
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=-]{0,63}")
_A_DATE = re.compile(r"(?<!\d)(19|20)\d\d[-.](0\d|1[0-2])[-.][0-3]\d(?!\d)")


def sent_problems(method: str, arguments: Mapping[str, object]) -> list[str]:
    """Say what is wrong with one outgoing call; [] if nothing is.

    `method` is a Web API method that carries text, blocks or a view, or "ack" for
    the payload that answers an envelope. Blocks, view and metadata may be objects or
    their JSON, as they travel. Each sentence begins with a JSON pointer into the
    arguments. A method that carries none of these raises ValueError.
    """
    try:
        call = {name: _decoded(name, given) for name, given in arguments.items()}
    except json.JSONDecodeError as error:
        return [f": no JSON: {error}"]
    return list(_call_problems(method, call))


def _decoded(name: str, given: object) -> Any:
    return json.loads(given) if name in _ENCODED and isinstance(given, str) else given


def _call_problems(method: str, call: Mapping[str, Any]) -> Iterator[str]:
    if method in MESSAGES:
        yield from _message_problems(call)
    elif method in VIEW_TYPE:
        yield from _view_call_problems(call, expected=VIEW_TYPE[method])
    elif method == "ack":
        yield from _ack_problems(call)
    else:
        raise ValueError(f"{method} sends neither message nor view")


# --- messages, views and acks ---------------------------------------------------


def _message_problems(call: Mapping[str, Any]) -> Iterator[str]:
    text = call.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "/text: must be present and not empty, for notifications and readers"
    if call.get("blocks") is not None:
        yield from _blocks_problems(call["blocks"], "/blocks", surface="message")
    if call.get("metadata") is not None:
        yield from _metadata_problems(call["metadata"])


def _view_call_problems(
    call: Mapping[str, Any], *, expected: str | None
) -> Iterator[str]:
    view = call.get("view")
    if not isinstance(view, dict):
        yield "/view: must provide an object"
        return
    if expected is not None and view.get("type") != expected:
        yield f"/view/type: must be {expected}"
    yield from _view_problems(view)


def _ack_problems(call: Mapping[str, Any]) -> Iterator[str]:
    if "response_action" in call:
        yield from _response_problems(call)
    elif "text" in call or "blocks" in call:
        yield from _message_problems(call)
    elif not {"options", "option_groups"} & call.keys() and call:
        yield f": an ack knows no {', '.join(sorted(call))}"


def _response_problems(call: Mapping[str, Any]) -> Iterator[str]:
    action = call["response_action"]
    if action not in _RESPONSES:
        yield f"/response_action: unsupported: {action}"
    elif _RESPONSES[action] == "view":
        yield from _view_call_problems(call, expected="modal")
    elif _RESPONSES[action] == "errors":
        yield from _errors_problems(call.get("errors"))


def _errors_problems(errors: object) -> Iterator[str]:
    if not isinstance(errors, dict) or not errors:
        yield "/errors: must name at least one block"
        return
    for block_id, says in errors.items():
        if not isinstance(says, str) or not says.strip():
            yield f"/errors/{block_id}: must be more than 0 characters"


# --- blocks and views before the four judges ------------------------------------


def _blocks_problems(
    blocks: Any, at: str, *, surface: block_kit.Surface
) -> Iterator[str]:
    yield from (at + said for said in block_kit.problems(blocks, surface=surface))
    if isinstance(blocks, list):
        yield from _each_block(blocks, at)


def _view_problems(view: dict[str, Any]) -> Iterator[str]:
    yield from ("/view" + said for said in block_kit.view_problems(view))
    shell = {**view, "blocks": [_ANY_BLOCK]}
    yield from ("/view" + said for said in _shell_problems(_frozen(shell)))
    if isinstance(view.get("blocks"), list):
        yield from _each_block(view["blocks"], "/view/blocks")
    yield from _hidden_problems(view)


def _each_block(blocks: list[Any], at: str) -> Iterator[str]:
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        yield from (here + said for said in _block_problems(_frozen(block)))
        yield from _told_problems(block, here)


def _frozen(value: object) -> str:
    return json.dumps(value, sort_keys=True)


@lru_cache(maxsize=8192)
def _block_problems(written: str) -> tuple[str, ...]:
    """Ask Slack's types and slack_sdk about one block, once for each text of it."""
    block = json.loads(written)
    if not isinstance(block, dict):
        return (": must provide an object",)
    published = _unpublished(str(block.get("type")), block)
    return (*published, *_model_problems(block))


@lru_cache(maxsize=2048)
def _shell_problems(written: str) -> tuple[str, ...]:
    """Ask the same of a view with one block that stands for all of its own."""
    shell = json.loads(written)
    return (*_unpublished(str(shell.get("type")), shell), *_view_model_problems(shell))


# --- Slack's published types ----------------------------------------------------


@cache
def _published_types() -> dict[str, Draft7Validator]:
    """Compile one validator for each type of block and view that Slack publishes.

    Asking the one type that a block says it is gives an error about that block,
    where Slack's union of all types would list twenty.
    """
    if not PUBLISHED.is_file():
        return {}
    definitions = json.loads(PUBLISHED.read_text())["definitions"]
    names = [
        one["$ref"].rsplit("/", 1)[1] for one in definitions["KnownBlock"]["anyOf"]
    ]
    return {
        _type_of(definitions[name]): Draft7Validator(
            {"$ref": f"#/definitions/{name}", "definitions": definitions}
        )
        for name in (*names, "ModalView", "HomeView")
    }


def _type_of(definition: dict[str, Any]) -> str:
    shape = definition.get("anyOf", [definition])[0]
    return str(shape["properties"]["type"]["const"])


def _unpublished(kind: str, value: dict[str, Any]) -> Iterator[str]:
    types = _published_types()
    if not types:
        return
    if kind not in types:
        yield f"/type: Slack publishes no type {kind}"
    elif not _fits(kind, _frozen(_shape(value))):
        error = best_match(types[kind].iter_errors(value))
        assert error is not None, "what has no shape of Slack's has an error"
        pointer = "".join(f"/{step}" for step in error.absolute_path)
        yield f"{pointer}: Slack's types say: {error.message[:300]}"


@lru_cache(maxsize=8192)
def _fits(kind: str, shape: str) -> bool:
    """Tell whether a shape is one that Slack publishes, once for each shape."""
    return bool(_published_types()[kind].is_valid(json.loads(shape)))


def _shape(value: Any) -> Any:
    """Put one word for whatever people read: the published types do not look at it.

    They limit no length and match no pattern, so that only words of their own count.
    """
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    if isinstance(value, str) and value not in _published_words():
        return "any other word"
    return value


@cache
def _published_words() -> frozenset[str]:
    definitions = json.loads(PUBLISHED.read_text())["definitions"]
    return frozenset(_words_of(definitions))


def _words_of(schema: Any) -> Iterator[str]:
    """Yield every string that a schema tells from others."""
    if isinstance(schema, dict):
        told = (*schema.get("enum", ()), schema.get("const"))
        yield from (one for one in told if isinstance(one, str))
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            yield from _words_of(one)


# --- the models of slack_sdk ----------------------------------------------------


def _model_problems(block: dict[str, Any]) -> Iterator[str]:
    try:
        model = Block.parse(copy.deepcopy(block))
        if model is None:
            yield "/type: slack_sdk knows no such block"
        else:
            model.to_dict()  # validates what is nested, as validate_json does not
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        # Its models raise the latter two where a key is missing or of another type.
        yield f": slack_sdk says: {error}"


def _view_model_problems(shell: dict[str, Any]) -> Iterator[str]:
    try:
        View(**copy.deepcopy(shell)).validate_json()
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        yield f": slack_sdk says: {error}"


# --- what other apps and people could read --------------------------------------


def _metadata_problems(metadata: Any) -> Iterator[str]:
    if not isinstance(metadata, dict) or set(metadata) != {
        "event_type",
        "event_payload",
    }:
        yield "/metadata: must be event_type and event_payload, and nothing else"
        return
    if not isinstance(metadata["event_payload"], dict):
        yield "/metadata/event_payload: must provide an object"
    for name, value in metadata.items():
        yield from _open_leaves(value, f"/metadata/{name}")


def _hidden_problems(view: Mapping[str, Any]) -> Iterator[str]:
    for name in ("private_metadata", "callback_id", "external_id"):
        yield from _value_problems(view.get(name), f"/view/{name}")


def _told_problems(value: object, at: str) -> Iterator[str]:
    """Walk a block: values that are not opaque, images that say nothing."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _told_problems(item, f"{at}/{number}")
    elif isinstance(value, dict):
        yield from _object_problems(value, at)
        for name, item in value.items():
            yield from _told_problems(item, f"{at}/{name}")


def _object_problems(value: dict[str, Any], at: str) -> Iterator[str]:
    if value.get("type") == "button":
        yield from _value_problems(value.get("value"), f"{at}/value")
    if value.get("type") == "overflow":
        for number, option in enumerate(value.get("options") or []):
            if isinstance(option, dict):
                pointer = f"{at}/options/{number}/value"
                yield from _value_problems(option.get("value"), pointer)
    if value.get("type") == "image" and not str(value.get("alt_text") or "").strip():
        yield f"{at}/alt_text: must describe the image to who does not see it"


def _value_problems(value: Any, at: str) -> Iterator[str]:
    if value is None or value == "":
        return
    try:
        leaves = json.loads(value)
    except (TypeError, json.JSONDecodeError):
        leaves = value
    yield from _open_leaves(leaves, at)


def _open_leaves(value: object, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _open_leaves(name, at)
            yield from _open_leaves(item, f"{at}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _open_leaves(item, f"{at}/{number}")
    elif not _is_opaque(value):
        yield f"{at}: must be an opaque id, not {value!r}"


def _is_opaque(value: object) -> bool:
    if value is None or isinstance(value, bool | int):
        return True
    if not isinstance(value, str):
        return False
    return bool(_TOKEN.fullmatch(value)) and not _A_DATE.search(value)
