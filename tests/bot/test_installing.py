"""A setup is checked against Slack, kept row by row, and each row is audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from bot.demo.cast import setup_for
from bot.installing import _with_team
from bot.refusals import SetupRefused
from bot.setup_file import PersonEntry, SetupFile
from bot.setup_reading import kept_setup
from care.people import Role
from sandbox import Channel
from storage.tables import audit, identity, link
from tests.beside import Beside
from tests.bot.acting import ask

Told = dict[str, Any]
Edit = Callable[[Told], object]


def set_up(beside: Beside, edit: Edit) -> None:
    """Set the demo up again, edited."""
    told = setup_for(beside.cast).model_dump(mode="json")
    edit(told)
    beside.set_up(SetupFile.model_validate(told))
    beside.settle()


def kept(beside: Beside) -> SetupFile:
    """Return the setup that is in effect."""
    with beside.baton.store.read() as reading:
        return kept_setup(reading, reading.people.workspaces()[0].id)


def site(told: Told, key: str) -> Told:
    """Return the entry of a site."""
    found: Told = next(one for one in told["sites"] if one["key"] == key)
    return found


def new_channel(beside: Beside, name: str) -> Channel:
    """Return a private channel of the center and of every practice, with Baton."""
    cast = beside.cast
    everybody = [cast.chen, cast.brooks, cast.rivera, cast.okafor, cast.ruiz, cast.lee]
    return beside.slack.channel(name, private=True, members=everybody)


def lines_since(beside: Beside, seq: int) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return the audit lines after one: event, subject, codes."""
    query = select(audit).where(audit.c.seq > seq).order_by(audit.c.seq)
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(query).all()
    return [(row.event, row.subject, row.codes) for row in rows]


def last_line(beside: Beside) -> int:
    """Return the number of the newest audit line."""
    query = select(audit.c.seq).order_by(audit.c.seq.desc())
    with beside.baton.store.read() as reading:
        return int(reading.connection.execute(query).scalars().first() or 0)


def test_whoever_has_no_team_in_the_file_is_of_the_team_that_slack_names(
    beside: Beside,
) -> None:
    """A guest of another team would never be recognized as one of the host's."""
    patel = beside.cast.patel

    def unsaid(told: Told) -> None:
        site(told, "prairie")["people"][0]["slack"] = {"user": patel.id}

    set_up(beside, unsaid)

    with beside.baton.store.read() as reading:
        query = select(identity.c.team_id).where(identity.c.user_id == patel.id)
        teams = reading.connection.execute(query).scalars().all()
    assert teams == [patel.team]


def test_a_team_that_slack_does_not_name_is_refused(beside: Beside) -> None:
    before, patel = kept(beside), beside.cast.patel

    def wrong(told: Told) -> None:
        slack = {"user": patel.id, "team": beside.cast.chen.team}
        site(told, "prairie")["people"][0]["slack"] = slack

    with pytest.raises(SetupRefused) as refused:
        set_up(beside, wrong)

    wanted = (
        f"patel: {patel.id} is of team {patel.team}, not of {beside.cast.chen.team}"
    )
    assert refused.value.sentence == wanted
    assert kept(beside) == before


ENTERPRISE = {
    "team_id": "T0ONE",
    "enterprise_user": {"enterprise_id": "E0ALL", "teams": ["T0ONE", "T0TWO"]},
}


def somebody(team: str | None) -> PersonEntry:
    """Return an entry of the file."""
    slack = {"user": "U0CHEN", "team": team}
    return PersonEntry.model_validate(
        {"key": "chen", "name": "Dr Chen", "role": Role.ONCOLOGIST, "slack": slack}
    )


@pytest.mark.parametrize("team", ["T0ONE", "T0TWO", "E0ALL"])
def test_in_an_organisation_any_of_its_workspaces_may_be_named(team: str) -> None:
    assert _with_team(somebody(team), ENTERPRISE) == somebody(team)


@pytest.mark.parametrize("told", [{}, {"team_id": ""}])
def test_where_slack_names_no_team_the_file_is_believed(told: Told) -> None:
    assert _with_team(somebody("T0ONE"), told) == somebody("T0ONE")
    assert _with_team(somebody(None), told) == somebody(None)


def test_one_person_twice_is_found_when_slack_names_the_team(beside: Beside) -> None:
    chen = beside.cast.chen

    def twice(told: Told) -> None:
        first, second = site(told, "lakeside")["people"]
        first["slack"], second["slack"] = {"user": chen.id}, {"user": chen.id}

    with pytest.raises(ValueError, match="stands there twice"):
        set_up(beside, twice)


def test_a_site_that_never_referred_gets_another_key(on_both: Beside) -> None:
    def rename(told: Told) -> None:
        site(told, "lakeside")["key"] = "lakeside-oncology"
        told["links"][0]["practice"] = "lakeside-oncology"

    set_up(on_both, rename)

    assert {one.key for one in kept(on_both).sites} == {
        "lakeside-oncology",
        "prairie",
        "university",
    }
    thread = ask(on_both)
    assert "Lakeside Oncology" in thread.card.rendered


def test_links_without_cases_exchange_their_channels(on_both: Beside) -> None:
    first, second = new_channel(on_both, "one"), new_channel(on_both, "two")

    def in_order(*channels: Channel) -> Edit:
        def edit(told: Told) -> None:
            for entry, channel in zip(told["links"], channels, strict=True):
                entry["channel"] = channel.id

        return edit

    set_up(on_both, in_order(first, second))
    set_up(on_both, in_order(second, first))

    found = {one.practice: one.channel for one in kept(on_both).links}
    assert found == {"lakeside": second.id, "prairie": first.id}
    said = [one.rendered for one in on_both.cast.chen.channel(second) if one.pinned]
    assert any("Lakeside Oncology" in one for one in said)


def test_a_channel_with_threads_stays_of_its_own_patients(on_both: Beside) -> None:
    thread = ask(on_both)
    thread.press(on_both.cast.chen, "Withdraw")
    other = new_channel(on_both, "other")

    def give_away(told: Told) -> None:
        told["links"][1]["channel"] = told["links"][0]["channel"]
        told["links"][0]["channel"] = other.id

    with pytest.raises(SetupRefused, match="threads are of other patients"):
        set_up(on_both, give_away)


def test_a_channel_of_a_former_link_with_threads_is_not_given_to_another(
    beside: Beside,
) -> None:
    ask(beside).press(beside.cast.chen, "Withdraw")
    channel = beside.cast.lakeside.id
    set_up(beside, lambda told: told["links"].pop(0))

    def reuse(told: Told) -> None:
        told["links"].pop(0)
        told["links"][0]["channel"] = channel

    with pytest.raises(SetupRefused, match="threads are of other patients"):
        set_up(beside, reuse)


def test_a_link_that_moves_is_not_noted_as_retired(beside: Beside) -> None:
    other, before = new_channel(beside, "other"), last_line(beside)

    set_up(beside, lambda told: told["links"][0].update(channel=other.id))

    (moved, done) = lines_since(beside, before)
    with beside.baton.store.read() as reading:
        (kept_link,) = (
            one for one in reading.people.links() if one.channel_id == other.id
        )
    assert moved[:2] == ("setup link", kept_link.id)
    assert moved[2]["channel_id"] == other.id
    assert done[2] == {"changed": "1"}


def test_each_row_that_changed_has_its_line_with_ids_and_codes_alone(
    beside: Beside,
) -> None:
    before = last_line(beside)

    def promote(told: Told) -> None:
        site(told, "university")["people"][1]["role"] = "lead"
        site(told, "lakeside")["people"].pop(1)

    set_up(beside, promote)

    lines = lines_since(beside, before)
    assert [event for event, _, _ in lines] == [
        "setup person",
        "setup retired",
        "set up",
    ]
    assert lines[0][2]["role"] == "lead"
    assert lines[1][2] == {"what": "person"}
    assert "Okafor" not in str(lines)
    assert "Brooks" not in str(lines)


def test_accounts_that_are_exchanged_are_noted_one_by_one(beside: Beside) -> None:
    before = last_line(beside)

    def exchange(told: Told) -> None:
        first, second = site(told, "university")["people"][:2]
        first["slack"], second["slack"] = second["slack"], first["slack"]

    set_up(beside, exchange)

    lines = lines_since(beside, before)
    noted = {codes["user_id"] for event, _, codes in lines if event == "setup identity"}
    assert noted == {beside.cast.rivera.id, beside.cast.okafor.id}


def test_the_same_setup_again_notes_no_row(beside: Beside) -> None:
    before = last_line(beside)

    set_up(beside, lambda _told: None)

    (only,) = lines_since(beside, before)
    assert (only[0], only[2]) == ("set up", {"changed": "0"})


def test_a_former_links_row_stays_beside_the_new_one(beside: Beside) -> None:
    def rename(told: Told) -> None:
        site(told, "lakeside")["key"] = "lakeside-oncology"
        told["links"][0]["practice"] = "lakeside-oncology"

    set_up(beside, rename)

    query = select(link.c.active).where(link.c.channel_id == beside.cast.lakeside.id)
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(query).scalars().all()
    assert sorted(rows) == [0, 1]
