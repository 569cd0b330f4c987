"""A button on the card is pressed by both sites, and only one records its step."""

from __future__ import annotations

import pytest

from tests.beside import Beside
from tests.bot.journeying import under_way

REACHED = {"Who reached out": "The center"}

pytestmark = pytest.mark.story


def test_who_presses_a_step_that_somebody_else_records_reads_who_does(
    beside: Beside,
) -> None:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Contact with the patient", "Reached", REACHED)

    theirs = travel.form(cast.chen, "Record consult")
    mine = travel.form(cast.ruiz, "Record consult")

    assert "is not yours to record: it waits for Ana Ruiz." in theirs.text
    assert "is not yours to record" not in mine.text
