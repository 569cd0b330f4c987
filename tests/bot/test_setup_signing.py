"""Administrators say in Slack who signs clinical knowledge, and when it looks stale."""

from __future__ import annotations

import pytest

from sandbox import Modal
from tests.beside import Beside
from tests.bot.test_setup_in_slack import at_site, go, kept, saved

pytestmark = pytest.mark.story

KNOWLEDGE = "Clinical knowledge"
BOX = "May read and sign it for the center"
STALE = "Signed rows look stale after … days"


def form_of(beside: Beside, name: str) -> Modal:
    """Open the form of somebody at the center."""
    at_site(beside, "University Center")
    return go(beside, beside.cast.lee, "Change", near=f"{name},")


def test_the_right_to_sign_is_given_in_slack(beside: Beside) -> None:
    form = form_of(beside, "Dr Ben Okafor")
    form.fill({KNOWLEDGE: [BOX]})

    page = saved(beside, form)

    assert "Dr Ben Okafor, specialist, takes duty, signs" in page.text
    people = {one.key: one for site in kept(beside).sites for one in site.people}
    assert [key for key, one in people.items() if one.signs] == ["rivera", "okafor"]


def test_the_right_to_sign_is_taken_away_in_slack(beside: Beside) -> None:
    form = form_of(beside, "Dr Ana Rivera")
    assert BOX in str(form.value(KNOWLEDGE))
    form.fill({KNOWLEDGE: []})

    page = saved(beside, form)

    assert ", signs" not in page.text


def test_a_coordinator_cannot_be_given_it_and_the_form_says_why(
    beside: Beside,
) -> None:
    form = form_of(beside, "Ana Ruiz")
    form.fill({KNOWLEDGE: [BOX]})

    after = form.submit()

    assert after is not None
    assert after.errors == {
        KNOWLEDGE: "Only specialists and leads sign: take the right away, or change"
        " the role."
    }


def test_at_a_practice_nobody_is_asked_about_it(beside: Beside) -> None:
    at_site(beside, "Lakeside Oncology")

    form = go(beside, beside.cast.lee, "Change", near="Dr Mei Chen,")

    assert KNOWLEDGE not in form.labels


def test_a_center_says_when_signed_rows_look_stale(beside: Beside) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Duty and answer times")
    form.fill({STALE: 20})
    refused = form.submit()
    assert refused is not None
    assert refused.errors == {STALE: "30 to 730 days."}
    form.fill({STALE: 90})

    page = saved(beside, form)

    assert "Signed rows look stale after 90 days" in page.text
