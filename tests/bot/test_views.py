"""What every view looks like, and that Slack takes it whatever people wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.views.benchmarks import LEAD
from care.patient_time import PhiMode
from storage.clock import TravellingClock
from storage.database import Database
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.bot.pictures import (
    ORDINARY,
    WORST_CASE,
    Picture,
    Words,
    make_studio,
    take_pictures,
)
from tests.conftest import T0
from tests.slack_contract import sent_problems
from tests.world import build_world

GOLDEN = Path(__file__).parent / "golden"
MENTION = re.compile(r"<([^>|^]*)(\^[^>|]*)?(\|[^>]*)?>")
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATE = re.compile(rf"\b\d{{1,2}} ({MONTHS})\b|\b\d{{4}}-\d\d-\d\d\b|\b20[23]\d\b")
COUNTED = re.compile(r"\bDay (0|[+-]\d)")
READ = re.compile(r"Sources read \d{1,2} [A-Z][a-z]{2} \d{4}")
"""When somebody read the sources of a row: no day of any patient."""
OURS = re.compile(r"<@U0[A-Z]+>|<!date\^\d+\^[^>]+>|<tel:\+?\d+\|[^>]+>")
"""What stands in angle brackets by our own hand: staff, moments, phone numbers."""


def pictures_of(url: str, words: Words) -> dict[str, Picture]:
    """Take every picture with these words."""
    clock = TravellingClock()
    clock.stop_at(T0)
    database = Database(url)
    store = Store(database, Keyring.parse(new_key("first")), clock)
    taken = take_pictures(make_studio(store, build_world(store), words))
    database.close()
    return taken


@pytest.fixture
def ordinary(new_sqlite: Callable[..., str]) -> dict[str, Picture]:
    """Return every picture with ordinary words."""
    return pictures_of(new_sqlite(), ORDINARY)


@pytest.fixture
def worst(new_sqlite: Callable[..., str]) -> dict[str, Picture]:
    """Return every picture with the worst words and the longest names."""
    return pictures_of(new_sqlite(), WORST_CASE)


def leaves(value: object, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a view with its key."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    else:
        yield key, value


def written(pictures: dict[str, Picture]) -> Iterator[str]:
    """Yield pictures as text, a line for each block, to be read in a difference."""
    for name, (method, sent) in pictures.items():
        shell = {key: one for key, one in sent.items() if key != "blocks"}
        view = sent.get("view", {})
        if view:
            shell["view"] = {key: view[key] for key in view if key != "blocks"}
        yield f"== {name}: {method} {json.dumps(shell, ensure_ascii=False)}"
        for block in sent.get("blocks") or view["blocks"]:
            yield json.dumps(block, ensure_ascii=False)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a view."""
    if isinstance(value, dict):
        yield value
    items = value.values() if isinstance(value, dict) else value
    if isinstance(items, list) or isinstance(value, dict):
        for item in items:  # type: ignore[attr-defined] # a list or the values
            yield from objects(item)


def test_each_view_looks_as_it_did(
    ordinary: dict[str, Picture], request: pytest.FixtureRequest
) -> None:
    """`pytest tests/bot --regenerate-golden` writes it anew; read the difference."""
    path = GOLDEN / "views.txt"
    now = "\n".join(written(ordinary)) + "\n"
    if request.config.getoption("--regenerate-golden", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")

    before = path.read_text(encoding="utf-8")

    assert now.splitlines() == before.splitlines()


@pytest.mark.parametrize("words", ["ordinary", "worst"])
def test_slack_takes_every_view(words: str, request: pytest.FixtureRequest) -> None:
    pictures: dict[str, Picture] = request.getfixturevalue(words)

    refused = {
        name: found
        for name, (method, sent) in pictures.items()
        if (found := sent_problems(method, sent))
    }

    assert refused == {}


def test_nothing_that_people_write_can_mention_anybody(
    worst: dict[str, Picture],
) -> None:
    for name, (_, sent) in worst.items():
        marked = [
            one["text"]
            for one in objects(sent)
            if one.get("type") == "mrkdwn" and isinstance(one.get("text"), str)
        ]
        for text in marked:
            left = OURS.sub("", text)
            assert not MENTION.search(left), (name, MENTION.search(left))


def test_no_entity_is_cut_apart(worst: dict[str, Picture]) -> None:
    for name, (_, sent) in worst.items():
        for one in objects(sent):
            if one.get("type") == "mrkdwn":
                stray = re.sub(r"&(amp|lt|gt);", "", str(one["text"]))
                assert "&" not in stray, name


def test_ids_are_unique_in_each_view(worst: dict[str, Picture]) -> None:
    for name, (_, sent) in worst.items():
        blocks = sent.get("blocks") or sent["view"]["blocks"]
        ids = [one["block_id"] for one in blocks if "block_id" in one]
        assert len(ids) == len(set(ids)), name
        for block in blocks:
            acts = [e["action_id"] for e in objects(block) if "action_id" in e]
            assert len(acts) == len(set(acts)), name


def test_a_handoff_leaves_room_for_its_picture(worst: dict[str, Picture]) -> None:
    """Slack takes fifty blocks in a message, and the timeline is one of them."""
    counted = {
        name: len(sent["blocks"])
        for name, (_, sent) in worst.items()
        if name.startswith(("handoff, ", "handoff line, "))
    }

    assert counted
    assert max(counted.values()) < 50, counted


def test_at_most_one_button_of_a_row_is_primary(ordinary: dict[str, Picture]) -> None:
    for name, (_, sent) in ordinary.items():
        for block in sent.get("blocks") or sent["view"]["blocks"]:
            primary = [one for one in objects(block) if one.get("style") == "primary"]
            assert len(primary) <= 1, name


def test_no_screen_shouts_or_uses_words_that_the_house_avoids(
    ordinary: dict[str, Picture],
) -> None:
    avoided = re.compile(r"!(?![dc<])|\b(owner|transfer|overdue|waived|at risk)\b")
    for name, (_, sent) in ordinary.items():
        for key, value in leaves(sent):
            if key == "text":
                shown = re.sub(r"<[^>]*>", "", str(value))
                assert not avoided.search(shown), (name, shown)


def shown_in(pictures: dict[str, Picture], mode: PhiMode) -> str:
    """Return all that stands in the views of a mode, but moments of Baton's own."""
    told = [
        str(value)
        for name, (_, sent) in pictures.items()
        if name.endswith(f", in {mode}")
        for _key, value in leaves(sent)
        # The year of a publication is no day of anybody.
        if not str(value).startswith(LEAD) and not READ.fullmatch(str(value))
    ]
    return "\n".join(re.sub(r"<!date\^[^>]+>", "", one) for one in told)


def test_without_an_agreement_no_day_of_a_patient_is_shown(
    ordinary: dict[str, Picture],
) -> None:
    """No date and no Day +N in `none`, no date in `days`; both stand in the others."""
    none, days, baa = (shown_in(ordinary, mode) for mode in PhiMode)

    assert not DATE.search(none), DATE.search(none)
    assert not COUNTED.search(none), COUNTED.search(none)
    assert not DATE.search(days), DATE.search(days)
    assert COUNTED.search(days)
    assert DATE.search(baa)


def test_no_button_carries_anything_but_ids(worst: dict[str, Picture]) -> None:
    for name, (_, sent) in worst.items():
        for key, value in leaves(sent):
            if key in {"value", "private_metadata"} and value:
                assert "MM-7K3Q9" not in value, name
                assert "channel" not in value, name
