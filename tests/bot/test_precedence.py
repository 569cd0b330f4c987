"""Concerns and handoffs go first; the state of a card and a digest can wait."""

from __future__ import annotations

import pytest

from bot.actions.concern_telling import ABOUT_CONCERN
from bot.actions.precedence import URGENT, priority_of
from bot.digests import DIGEST
from bot.sheets import CARD
from storage.precedence import Priority
from storage.records import Way


@pytest.mark.parametrize("way", [Way.POST, Way.UPDATE])
@pytest.mark.parametrize("view", sorted(ABOUT_CONCERN | {"handoff", "handoff moved"}))
def test_a_concern_and_a_handoff_are_urgent(view: str, way: Way) -> None:
    assert priority_of(view, way) is Priority.URGENT


def test_a_digest_and_the_change_of_a_card_can_wait() -> None:
    assert priority_of(DIGEST, Way.POST) is Priority.LATER
    assert priority_of(CARD, Way.UPDATE) is Priority.LATER


def test_the_post_of_a_card_does_not_wait_since_its_thread_waits_for_it() -> None:
    assert priority_of(CARD, Way.POST) is Priority.ROUTINE


def test_no_urgent_view_is_one_that_nobody_writes() -> None:
    assert URGENT >= ABOUT_CONCERN
