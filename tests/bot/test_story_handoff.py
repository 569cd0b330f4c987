"""The story of a handoff: offered, read back, corrected; and who is responsible."""

from __future__ import annotations

import pytest

from tests.beside import Beside
from tests.bot.handing import (
    ACTION,
    CONTINGENCY,
    SENTENCE,
    SEVERITY,
    SUMMARY,
    offer,
    say_back,
    under_way,
)

pytestmark = pytest.mark.story

RIVERA = "Dr Ana Rivera, University Center"
CHEN = "Dr Mei Chen, Lakeside Oncology"


def test_an_offer_shows_its_five_parts_and_who_is_responsible_meanwhile(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast

    offer(thread, cast.chen, RIVERA)

    card = thread.card.rendered
    assert "Offered to Dr Ana Rivera" in card
    assert "Dr Mei Chen is responsible until it is accepted." in card
    assert "Responsible now: Dr Mei Chen" in card
    told = thread.told(cast.rivera)[-1]
    for words in (SEVERITY, SUMMARY, ACTION, CONTINGENCY, "To be said back by"):
        assert words in told.rendered
        assert words in thread.lines[-1]
    assert "+1 555 0199 (University Center, 24 hours)" in told.rendered.splitlines()[0]
    assert told.buttons[:3] == ("Read back", "Done by phone", "Decline")


def test_the_read_back_moves_responsibility_and_shows_the_sender_what_was_said(
    on_both: Beside,
) -> None:
    thread, cast = under_way(on_both), on_both.cast
    offer(thread, cast.chen, RIVERA)

    say_back(
        thread,
        cast.rivera,
        {f"1. {ACTION} (Dr Ana Rivera, by Mon 30 Nov)": "I take it"},
    )

    assert "Responsible now: Dr Ana Rivera, University Center" in thread.card.rendered
    assert "Offered" not in thread.card.rendered
    told = thread.told(cast.chen)[-1]
    assert "Dr Ana Rivera has said" in told.rendered
    assert f"> {SENTENCE}" in told.rendered
    assert "Correct a point" in told.buttons
    assert "Said back. Accepted by Dr Ana Rivera" in thread.lines[-1]
