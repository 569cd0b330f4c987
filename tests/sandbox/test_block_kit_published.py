"""Our tables agree with what Slack publishes and with slack_sdk's models."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox.block_kit import problems, view_problems
from sandbox.block_kit.blocks import (
    BLOCKS,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
)
from sandbox.block_kit.elements import ELEMENTS
from sandbox.block_kit.objects import CONFIRM, DISPATCH, LINK_OPTION, RICH_OPTION
from sandbox.block_kit.rich_text import BODIES, PARTS
from sandbox.block_kit.rules import Kinds, Record
from sandbox.block_kit.views import VIEW
from tests.sandbox import block_kit_strategies as drawn
from tests.sandbox.block_kit_parts import Json

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "slack"

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="Slack's published data are not at ../shared/slack"
)


def drawing(examples: int) -> settings:
    """Draw so many examples, without a limit of time for each."""
    big = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, suppress_health_check=big)


# --- the published types --------------------------------------------------------


@cache
def _definitions() -> dict[str, Any]:
    read = json.loads((PUBLISHED / "block-kit.schema.json").read_text())
    definitions: dict[str, Any] = read["definitions"]
    return definitions


def _variants(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Follow a union of Slack's types down to the objects that it is made of."""
    definition = _definitions()[name]
    if "anyOf" not in definition:
        yield name, definition
    for one in definition.get("anyOf", ()):
        if "$ref" in one:
            yield from _variants(one["$ref"].rsplit("/", 1)[1])
        else:
            yield name, one


def _types(name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for _, shape in _variants(name):
        found.setdefault(shape["properties"]["type"]["const"], []).append(shape)
    return found


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(
        {"$ref": f"#/definitions/{name}", "definitions": _definitions()}
    )


def _is_published(block: object) -> bool:
    return bool(_validator("KnownBlock").is_valid(block))


def _records() -> list[tuple[str, str, Record]]:
    unions = [
        ("KnownBlock", BLOCKS),
        ("SectionBlockAccessory", ELEMENTS),
        ("InputBlockElement", ELEMENTS),
        ("RichTextBlockElement", BODIES),
        ("RichTextElement", PARTS),
    ]
    return [
        (union, kind, kinds.records[kind])
        for union, kinds in unions
        for kind in _types(union)
        if kind in kinds.records
    ]


# Fields that Slack's reference pages know and its published types do not.
UNPUBLISHED = {"rich_text_list": {"offset"}}


def test_every_record_has_the_fields_that_slack_publishes() -> None:
    """No field of ours is unknown to Slack, and none of Slack's is missing."""
    wrong = {}
    for union, kind, record in _records():
        ours = {*record.must, *record.may, "type"} - UNPUBLISHED.get(kind, set())
        theirs = {name for one in _types(union)[kind] for name in one["properties"]}
        if ours != theirs:
            wrong[kind] = ours ^ theirs

    assert len(_records()) > 40
    assert wrong == {}


def test_every_record_requires_what_slack_requires() -> None:
    """What all variants of a type require, the record requires, and no more."""
    wrong = {}
    for union, kind, record in _records():
        required = [set(one["required"]) - {"type"} for one in _types(union)[kind]]
        if set(record.must) != set.intersection(*required):
            wrong[kind] = set(record.must)

    assert wrong == {}


@pytest.mark.parametrize(
    ("union", "ours"),
    [
        ("SectionBlockAccessory", IN_SECTION),
        ("ActionsBlockElement", IN_ACTIONS),
        ("InputBlockElement", IN_INPUT),
        ("ContextBlockElement", IN_CONTEXT),
        ("RichTextBlockElement", BODIES),
        ("RichTextElement", PARTS),
    ],
)
def test_each_block_holds_the_elements_that_slack_puts_there(
    union: str, ours: Kinds
) -> None:
    assert set(ours.records) == set(_types(union))


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("ConfirmationDialog", CONFIRM),
        ("DispatchActionConfig", DISPATCH),
        ("PlainTextOption", LINK_OPTION),
        ("ModalView", VIEW.records["modal"]),
        ("HomeView", VIEW.records["home"]),
    ],
)
def test_each_object_has_the_fields_that_slack_publishes(
    name: str, record: Record
) -> None:
    theirs = set(_definitions()[name]["properties"]) - {"type"}

    assert {*record.must, *record.may} == theirs


def _limit(*path: str) -> int:
    found = json.loads((PUBLISHED / "limits.json").read_text())
    for step in path:
        found = found[step]
    return int(found)


def _rule(record: Record, *path: str) -> Any:
    found: Any = record
    for step in path:
        fields = {**found.must, **found.may}
        found = fields[step]
        if isinstance(found, Kinds):
            found = next(iter(found.records.values()))
    return found


@pytest.mark.parametrize(
    ("record", "path", "limit"),
    [
        (ELEMENTS.records["button"], ["text", "text"], "button.text.max_length"),
        (ELEMENTS.records["button"], ["value"], "button.value.max_length"),
        (ELEMENTS.records["button"], ["url"], "button.url.max_length"),
        (ELEMENTS.records["button"], ["action_id"], "action_id.max_length"),
        (ELEMENTS.records["overflow"], ["options"], "overflow.options.max_items"),
        (ELEMENTS.records["checkboxes"], ["options"], "checkboxes.options.max_items"),
        (
            ELEMENTS.records["radio_buttons"],
            ["options"],
            "radio_buttons.options.max_items",
        ),
        (ELEMENTS.records["static_select"], ["options"], "select.options.max_items"),
        (
            ELEMENTS.records["static_select"],
            ["option_groups"],
            "select.option_groups.max_items",
        ),
        (
            ELEMENTS.records["static_select"],
            ["placeholder", "text"],
            "select.placeholder.max_length",
        ),
        (ELEMENTS.records["file_input"], ["max_files"], "file_input.max_files.max"),
        (
            ELEMENTS.records["plain_text_input"],
            ["max_length"],
            "plain_text_input.max_length.max",
        ),
        (CONFIRM, ["title", "text"], "confirmation.title.max_length"),
        (CONFIRM, ["text", "text"], "confirmation.text.max_length"),
        (CONFIRM, ["deny", "text"], "confirmation.deny.max_length"),
        (RICH_OPTION, ["text", "text"], "option.text.max_length"),
        (RICH_OPTION, ["value"], "option.value.max_length"),
        (RICH_OPTION, ["description", "text"], "option.description.max_length"),
        (LINK_OPTION, ["url"], "option.url.max_length"),
        (BLOCKS.records["section"], ["text", "text"], "section.text.max_length"),
        (BLOCKS.records["section"], ["fields"], "section.fields.max_items"),
        (BLOCKS.records["section"], ["block_id"], "block_id.max_length"),
        (BLOCKS.records["actions"], ["elements"], "actions.elements.max_items"),
        (BLOCKS.records["context"], ["elements"], "context.elements.max_items"),
        (BLOCKS.records["header"], ["text", "text"], "header.text.max_length"),
        (BLOCKS.records["input"], ["label", "text"], "input.label.max_length"),
        (BLOCKS.records["input"], ["hint", "text"], "input.hint.max_length"),
        (BLOCKS.records["image"], ["alt_text"], "image.alt_text.max_length"),
        (BLOCKS.records["image"], ["image_url"], "image.image_url.max_length"),
        (BLOCKS.records["markdown"], ["text"], "markdown.text.max_length"),
        (VIEW.records["modal"], ["blocks"], "view.blocks.max_items"),
        (VIEW.records["modal"], ["title", "text"], "view.title.max_length"),
        (VIEW.records["modal"], ["submit", "text"], "view.submit.max_length"),
        (VIEW.records["modal"], ["close", "text"], "view.close.max_length"),
        (
            VIEW.records["modal"],
            ["private_metadata"],
            "view.private_metadata.max_length",
        ),
        (VIEW.records["modal"], ["callback_id"], "view.callback_id.max_length"),
    ],
)
def test_each_limit_is_slacks(record: Record, path: list[str], limit: str) -> None:
    assert _rule(record, *path).most == _limit(*limit.split("."))


# --- blocks drawn at random -----------------------------------------------------


@drawing(150)
@given(block=drawn.BLOCKS)
def test_a_right_block_passes_ours_slacks_types_and_slack_sdk(block: Json) -> None:
    """Three judges that know nothing of each other take the same block."""
    ours = problems([block], surface="message")
    model = Block.parse(copy.deepcopy(block))

    assert ours == []
    assert _is_published(block)
    assert model is not None
    assert model.to_dict() == block


@drawing(150)
@given(view=drawn.modals())
def test_a_right_modal_passes_ours_slacks_types_and_slack_sdk(view: Json) -> None:
    ours = view_problems(view)
    model = View(**copy.deepcopy(view))

    assert ours == []
    assert _validator("ModalView").is_valid(view)
    assert model.to_dict() == view


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the path of every field of every object inside a block."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*at, name)
            yield from _places(item, (*at, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, (*at, number))


@st.composite
def _damaged(draw: st.DrawFn) -> Json:
    """Draw a right block and spoil one field: drop, rename or replace it."""
    block: Json = copy.deepcopy(draw(drawn.BLOCKS))
    *path, name = draw(st.sampled_from(list(_places(block))))
    holder: Any = block
    for step in path:
        holder = holder[step]
    given = holder.pop(name)
    how = draw(st.sampled_from(["drop", "rename", "replace"]))
    if how == "rename":
        holder[f"{name}_"] = given
    if how == "replace":
        holder[name] = draw(st.sampled_from([None, 7, True, "no such", [], {}, [{}]]))
    return block


@drawing(400)
@given(block=_damaged())
def test_what_slacks_types_refuse_we_refuse(block: Json) -> None:
    """Whatever single field is spoiled, we are never milder than Slack's types."""
    ours = problems([block], surface="message")

    assert ours or _is_published(block)
