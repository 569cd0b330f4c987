"""Clinical knowledge in Slack: everybody reads it, whoever has the right signs it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.knowledge import Knowledge, knowledge_of
from care.knowledge.red_flags import load_red_flags
from care.signing import Standing
from sandbox import Modal, Person
from tests.beside import Beside
from tests.bot.acting import opened_page
from tests.bot.test_setup_in_slack import go
from tests.bot.test_story_plan import infused, plan_of

pytestmark = pytest.mark.story

LATER = datetime(2027, 6, 1, 15, tzinfo=UTC)


def opened(beside: Beside, who: Person) -> Modal:
    """Type `/baton knowledge` and wait for the topics."""
    who.command("/baton knowledge")
    return opened_page(beside, who, "rows signed")


def topic(beside: Beside, who: Person, name: str) -> Modal:
    """Open a topic."""
    opened(beside, who)
    return go(beside, who, "Read", near=name)


def known(beside: Beside) -> Knowledge:
    """Return what the center has signed."""
    with beside.baton.store.read() as reading:
        (workspace,) = reading.people.workspaces()
        sites = {one.key: one for one in reading.people.sites(workspace.id)}
        return knowledge_of(reading, sites["university"])


def signed(beside: Beside) -> list[str]:
    """Return the keys of the rows that are signed."""
    return [one.key for one in known(beside).rows if one.standing.counts]


def test_a_specialist_signs_the_page_that_was_read(beside: Beside) -> None:
    rivera = beside.cast.rivera
    page = topic(beside, rivera, "First weeks")
    shown = page.text
    label = next(one for one in page.buttons if one.startswith("Sign these"))

    after = go(beside, rivera, label)

    number = int(label.removeprefix("Sign these "))
    assert shown.count("Not yet signed by your center") >= number
    assert after.text.count("Signed by Dr Ana Rivera") == number
    assert len(signed(beside)) == number
    assert f"{number} of " in go(beside, rivera, "All topics").text


def test_one_row_is_signed_and_the_signature_withdrawn(beside: Beside) -> None:
    rivera = beside.cast.rivera
    topic(beside, rivera, "Counts")

    page = go(beside, rivera, "Sign", near="CBC")
    assert "Signed by Dr Ana Rivera" in page.text
    assert signed(beside) == ["cbc"]
    page = go(beside, rivera, "Withdraw", near="CBC")

    assert "Signed by" not in page.text
    assert signed(beside) == []


def test_a_coordinator_reads_and_cannot_sign(beside: Beside) -> None:
    page = topic(beside, beside.cast.ruiz, "Counts")

    assert "Source: " in page.text
    assert "Not yet signed by your center" in page.text
    assert not [one for one in page.buttons if "Sign" in one or one == "Choose"]


def test_where_sources_disagree_the_center_chooses_one(beside: Beside) -> None:
    rivera = beside.cast.rivera
    page = topic(beside, rivera, "Counts")
    assert "Other sources say something else" in page.text

    page = go(beside, rivera, "Choose", near="G-CSF, by risk")
    assert page.buttons.count("Choose this") == 3
    page.click("Choose this", near="\nG-CSF, ANC below 0.5")
    opened_page(beside, rivera, "Signed by Dr Ana Rivera")
    first = signed(beside)
    page = opened_page(beside, rivera, "Choose this")
    page.click("Choose this", near="\nG-CSF, ANC below 1.0")
    beside.slack.until(lambda: signed(beside) != first)

    assert len(first) == len(signed(beside)) == 1


def test_what_a_signer_has_not_read_is_not_signed(beside: Beside) -> None:
    """The page stood open while the protocol changed beneath it."""
    rivera, okafor = beside.cast.rivera, beside.cast.okafor
    page = topic(beside, rivera, "Counts")
    label = next(one for one in page.buttons if one.startswith("Sign these"))

    opened(beside, okafor)
    go(beside, rivera, label)
    page = opened(beside, okafor)

    assert re.search(r"[1-9]\d* of \d+ rows signed; \d+ are not scheduled", page.text)


def test_a_guest_reads_it_by_a_button_of_their_list(beside: Beside) -> None:
    patel = beside.cast.patel
    pinned = next(one for one in patel.channel(beside.cast.prairie) if one.pinned)
    patel.click("My list", pinned)
    page = opened_page(beside, patel, "Waiting on me")

    page.click("Clinical knowledge")
    page = opened_page(beside, patel, "University Center")

    assert "rows signed" in page.text
    assert "You may sign" not in page.text


def test_signed_red_flags_say_so_wherever_they_stand(beside: Beside) -> None:
    rivera = beside.cast.rivera
    topic(beside, rivera, "Red flags")
    flag = load_red_flags().rows[0]

    go(beside, rivera, "Sign", near=flag.statement[:30])

    assert signed(beside) == [f"flag:{flag.id}"]


def test_an_old_signature_looks_so_and_stops_nothing(beside: Beside) -> None:
    rivera = beside.cast.rivera
    topic(beside, rivera, "Counts")
    go(beside, rivera, "Sign", near="CBC")

    beside.set_clock(LATER)
    page = topic(beside, rivera, "Counts")

    assert "over 180 days ago, read it again" in page.text
    found = known(beside).row("cbc")
    assert found is not None
    assert found.standing is Standing.STALE
    assert found.standing.counts


def test_a_plan_grows_by_what_a_specialist_signs_in_slack(beside: Beside) -> None:
    rivera, travel = beside.cast.rivera, infused(beside, signed=False)
    before = plan_of(travel, rivera).text
    assert re.search(r"0 of \d+ rows signed; \d+ are not scheduled", before)
    assert "CBC with differential" not in before
    close(rivera)
    topic(beside, rivera, "Counts")

    go(beside, rivera, "Sign", near="CBC")
    beside.settle()

    after = plan_of(travel, rivera).text
    assert re.search(r"\b1 of \d+ rows signed", after)
    assert "CBC with differential" in after


def close(who: Person) -> None:
    """Close every page that stands before somebody."""
    while who.modal:
        who.modal.close()
