"""The judge of outgoing calls takes what Slack takes and tells what it does not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from tests import slack_contract
from tests.sandbox import block_kit_strategies as drawn
from tests.sandbox.block_kit_parts import (
    Json,
    actions,
    asked,
    button,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    typed,
)
from tests.slack_contract import sent_problems

AN_ID = str(UUID(int=7, version=4))
IMAGE = {"type": "image", "image_url": "https://center.example/c.png"}


def post(**more: Any) -> Json:
    return {"channel": "C1", "text": "A question waits for you", **more}


def metadata(**payload: Any) -> Json:
    return {"event_type": "notice", "event_payload": payload}


# --- messages -------------------------------------------------------------------


@pytest.mark.parametrize(
    "method", ["chat.postMessage", "chat.update", "chat.postEphemeral"]
)
def test_a_right_message_has_no_problems(method: str) -> None:
    call = post(
        blocks=[section(), actions(button(value=AN_ID, action_id="take"))],
        metadata=metadata(notice_id=AN_ID),
    )

    assert sent_problems(method, call) == []


def test_blocks_and_metadata_are_read_as_they_travel() -> None:
    """slack_sdk sends both as JSON in a form, and so are they judged."""
    right = post(blocks=json.dumps([section()]), metadata=json.dumps(metadata(n="a1")))
    wrong = post(blocks=json.dumps([{"type": "banner"}]))

    found = sent_problems("chat.postMessage", wrong)

    assert sent_problems("chat.postMessage", right) == []
    assert "/blocks/0/type: unsupported type: banner" in found


def test_json_that_is_none_is_told() -> None:
    found = sent_problems("chat.postMessage", post(blocks="[{"))

    assert len(found) == 1
    assert found[0].startswith(": no JSON:")


@pytest.mark.parametrize("text", [None, "", "  \n", 7])
def test_a_message_needs_words_for_its_notification(text: object) -> None:
    found = sent_problems("chat.postMessage", post(text=text, blocks=[section()]))

    assert found == [
        "/text: must be present and not empty, for notifications and readers"
    ]


def test_the_same_id_twice_is_told() -> None:
    blocks = [section(block_id="card"), section(block_id="card")]

    found = sent_problems("chat.update", post(blocks=blocks))

    assert found == ['/blocks/1/block_id: `block_id` "card" already exists']


def test_a_long_text_is_told_by_the_sandbox_and_by_slack_sdk() -> None:
    """Published types know no lengths; the other two judges do."""
    call = post(blocks=[section(text=mrkdwn("x" * 3001))])

    found = sent_problems("chat.postMessage", call)

    assert found == [
        "/blocks/0/text/text: must be less than 3001 characters",
        "/blocks/0: slack_sdk says: text attribute cannot exceed 3000 characters",
    ]


@pytest.mark.skipif(
    not slack_contract.PUBLISHED.is_file(),
    reason="Slack's published types are not at ../shared/slack",
)
def test_slacks_types_are_asked_too() -> None:
    """A description in mrkdwn is refused by Slack's published types alone."""
    radio = {
        "type": "radio_buttons",
        "options": [option(text=mrkdwn("a"), description=mrkdwn("b"))],
    }

    found = sent_problems("chat.postMessage", post(blocks=[actions(radio)]))

    assert len(found) == 1
    assert found[0].startswith("/blocks/0/elements/0")
    assert "Slack's types say" in found[0]


@pytest.fixture
def unpublished(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide the published types, and forget what was judged with them."""

    def forget() -> None:
        slack_contract._published_types.cache_clear()
        slack_contract._block_problems.cache_clear()

    monkeypatch.setattr(slack_contract, "PUBLISHED", Path("/no/such/file"))
    forget()
    yield
    forget()


@pytest.mark.usefixtures("unpublished")
def test_without_the_published_types_the_other_judges_go_on() -> None:
    call = post(blocks=[{"type": "banner"}])

    found = sent_problems("chat.postMessage", call)

    assert found == [
        "/blocks/0/type: unsupported type: banner",
        "/blocks/0/type: slack_sdk knows no such block",
    ]


@pytest.mark.parametrize("where", ["block", "accessory", "context"])
@pytest.mark.parametrize("alt_text", [None, "", " "])
def test_every_image_says_what_it_shows(where: str, alt_text: str | None) -> None:
    image = IMAGE if alt_text is None else {**IMAGE, "alt_text": alt_text}
    block, at = {
        "block": (image, "/blocks/0"),
        "accessory": (section(accessory=image), "/blocks/0/accessory"),
        "context": ({"type": "context", "elements": [image]}, "/blocks/0/elements/0"),
    }[where]

    found = sent_problems("chat.postMessage", post(blocks=[block]))

    assert f"{at}/alt_text: must describe the image to who does not see it" in found


def test_a_block_that_breaks_the_models_is_told_and_raises_nothing() -> None:
    blocks = [{"type": "actions", "elements": 3}, {"type": "header"}, None]

    found = sent_problems("chat.postMessage", post(blocks=blocks))

    assert "/blocks/0/elements: must provide an array" in found
    assert "/blocks/1: missing required field: text" in found
    assert "/blocks/2: must provide an object" in found


# --- what other apps could read -------------------------------------------------

OPAQUE = [
    AN_ID,
    AN_ID.replace("-", ""),
    "MM-7K3Q9",
    "r_42",
    "0",
    json.dumps({"referral": AN_ID, "step": 2, "again": False, "of": None}),
    json.dumps([AN_ID, "take"]),
]
TELLING = [
    "Jane Doe",
    "her light chains rose",
    "2026-03-01",
    "born.1961-10-31",
    "1999.12.30",
    "a|b",
    "José",
    "x" * 65,
    json.dumps({"why": "her light chains rose"}),
    json.dumps({"Jane Doe": 1}),
    json.dumps([["1961-07-30"]]),
    json.dumps({"ratio": 9.81}),
]


def places(value: str) -> dict[str, tuple[str, Json]]:
    """Put one value into each place that other people could read."""
    overflow = {"type": "overflow", "options": [option(value=value, text=plain())]}
    return {
        "button": ("views.update", {"view": modal(actions(button(value=value)))}),
        "overflow": ("chat.postMessage", post(blocks=[section(accessory=overflow)])),
        "private_metadata": (
            "views.open",
            {"view": modal(section(), private_metadata=value)},
        ),
        "callback_id": ("views.push", {"view": modal(section(), callback_id=value)}),
    }


@pytest.mark.parametrize("value", OPAQUE)
def test_an_opaque_id_may_stand_where_others_read(value: str) -> None:
    found = {name: sent_problems(*call) for name, call in places(value).items()}

    assert not any(found.values()), found


@pytest.mark.parametrize("value", TELLING)
def test_what_tells_of_a_patient_may_not_stand_where_others_read(value: str) -> None:
    """Sentences, names, dates and joined ids are told at each such place."""
    found = {name: sent_problems(*call) for name, call in places(value).items()}

    assert all(
        any("must be an opaque id" in said for said in told) for told in found.values()
    ), found


def test_the_place_of_a_telling_value_is_named() -> None:
    hidden = json.dumps({"ids": [AN_ID, "Jane Doe"]})
    view = modal(section(), private_metadata=hidden)

    found = sent_problems("views.open", {"view": view})

    assert found == [
        "/view/private_metadata/ids/1: must be an opaque id, not 'Jane Doe'"
    ]


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"event_type": "notice"},
        {**metadata(n=AN_ID), "entities": []},
        {"event_type": "notice", "event_payload": "a1"},
        {"event_type": "a notice", "event_payload": {}},
        metadata(question="her light chains rose"),
        metadata(nested={"day": ["2026-03-01"]}),
    ],
)
def test_metadata_is_of_slacks_shape_and_opaque(given: object) -> None:
    found = sent_problems("chat.postMessage", post(metadata=given))

    assert len(found) == 1
    assert found[0].startswith("/metadata")


# --- views ----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["views.open", "views.update", "views.push"])
def test_a_right_modal_has_no_problems(method: str) -> None:
    view = modal(asked(typed()), submit=plain("Send"), private_metadata=AN_ID)

    assert sent_problems(method, {"view": json.dumps(view)}) == []


def test_a_right_home_has_no_problems() -> None:
    home = {"type": "home", "blocks": [section()]}

    assert sent_problems("views.publish", {"user_id": "U1", "view": home}) == []


@pytest.mark.parametrize(
    ("method", "view", "says"),
    [
        ("views.open", None, "/view: must provide an object"),
        (
            "views.open",
            {"type": "home", "blocks": [section()]},
            "/view/type: must be modal",
        ),
        ("views.publish", modal(section()), "/view/type: must be home"),
        (
            "views.open",
            modal(asked(typed())),
            (
                "/view/blocks/0/input: must define `submit` to use an `input` "
                "block in modals"
            ),
        ),
        (
            "views.push",
            modal(section(), title=plain("x" * 25)),
            "/view: slack_sdk says: title must be between 1 and 24 characters",
        ),
        (
            "views.update",
            modal(section(), color="red"),
            "/view: invalid additional property: color",
        ),
    ],
)
def test_a_wrong_view_is_told(method: str, view: object, says: str) -> None:
    assert says in sent_problems(method, {"view": view})


# --- acks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"text": "Only you see this."},
        {"response_action": "clear"},
        {"response_action": "errors", "errors": {"question": "Please ask something"}},
        {"response_action": "update", "view": modal(section())},
        {"response_action": "push", "view": modal(section())},
        {"options": [option()]},
    ],
)
def test_a_right_ack_has_no_problems(payload: Json) -> None:
    assert sent_problems("ack", payload) == []


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"response_action": "shut"}, "/response_action: unsupported: shut"),
        ({"response_action": "errors"}, "/errors: must name at least one block"),
        (
            {"response_action": "errors", "errors": {"question": ""}},
            "/errors/question: must be more than 0 characters",
        ),
        ({"response_action": "update"}, "/view: must provide an object"),
        (
            {"response_action": "push", "view": modal()},
            "/view/blocks: must provide at least 1 items",
        ),
        (
            {"blocks": [section()]},
            "/text: must be present and not empty, for notifications and readers",
        ),
        ({"view": modal(section())}, ": an ack knows no view"),
    ],
)
def test_a_wrong_ack_is_told(payload: Json, says: str) -> None:
    assert says in sent_problems("ack", payload)


def test_a_method_that_carries_neither_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"users\.info sends neither"):
        sent_problems("users.info", {"user": "U1"})


# --- all judges, many calls -----------------------------------------------------


def _without_telling(found: list[str]) -> list[str]:
    # Drawn values are random text, so that they are not opaque is no surprise.
    return [said for said in found if "opaque" not in said and "describe" not in said]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(view=drawn.modals())
def test_the_judges_agree_on_modals_drawn_at_random(view: Json) -> None:
    found = sent_problems("views.open", {"view": view})

    assert _without_telling(found) == []


def test_a_block_seen_before_is_not_judged_by_the_slow_judges_again() -> None:
    slack_contract._block_problems.cache_clear()
    call = post(blocks=[section(), section(), section(expand=True)])

    for _ in range(100):
        sent_problems("chat.postMessage", call)

    seen = slack_contract._block_problems.cache_info()
    assert (seen.misses, seen.hits) == (2, 298)
