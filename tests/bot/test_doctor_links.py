"""What the doctor sees of a link: its channel, its people, its pinned message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor import Finding, Level
from bot.doctor.asking import PAGE
from tests.bot.doctoring import (
    LAKESIDE,
    Installation,
    of,
    open_installation,
    the,
    unwell,
)
from tests.conftest import T0
from tests.scheduler.office import break_row

CHANNEL, PEOPLE = f"{LAKESIDE}, channel", f"{LAKESIDE}, people"
PINNED = f"{LAKESIDE}, pinned message"


@pytest.fixture
def installation(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> Iterator[Installation]:
    """Return a Baton that is set up and whose links were probed."""
    with open_installation(tmp_path, new_sqlite(), at=T0) as opened:
        opened.examine(probe=True)
        yield opened


def people(findings: list[Finding]) -> list[str]:
    """Return what is wrong with people of a link."""
    told = of(findings, PEOPLE)
    assert {one.level for one in told} == {Level.WARN}
    assert all(one.remedy for one in told)
    return [one.found for one in told]


def test_whether_a_channel_is_shared_is_told(installation: Installation) -> None:
    findings = installation.examine()

    assert " not shared with " in the(findings, CHANNEL).found
    assert ", shared with " in the(findings, "prairie and university, channel").found


def test_a_channel_that_baton_was_removed_from_fails_and_says_what_to_do(
    installation: Installation,
) -> None:
    """Nothing else of that link can be seen; the other link is looked at."""
    installation.cast.lakeside.remove_bot()

    findings = installation.examine()

    assert unwell(findings) == [("fail", CHANNEL)]
    channel = the(findings, CHANNEL)
    assert installation.cast.lakeside.id in channel.found
    assert "/invite" in channel.remedy
    assert of(findings, PEOPLE) == []
    assert the(findings, "prairie and university, pinned message").level is Level.OK


def test_an_archived_channel_fails(installation: Installation) -> None:
    installation.cast.lakeside.archive()

    findings = installation.examine()

    assert unwell(findings) == [("fail", CHANNEL)]
    assert "is archived" in the(findings, CHANNEL).found


def test_a_channel_that_became_public_fails_for_each_thing_that_is_wrong(
    installation: Installation,
) -> None:
    lakeside = installation.cast.lakeside
    installation.slack.world.put(replace(lakeside.conversation, private=False))
    lakeside.remove_bot()

    told = of(installation.examine(), CHANNEL)

    assert [one.level for one in told] == [Level.FAIL, Level.FAIL]
    assert "is public" in told[0].found
    assert "does not have Baton in it" in told[1].found


def test_who_is_not_in_the_channel_is_named(installation: Installation) -> None:
    installation.cast.lakeside.remove(installation.cast.okafor)

    findings = installation.examine()

    assert people(findings) == ["Dr Ben Okafor is not in the channel"]
    assert unwell(findings) == [("warn", PEOPLE)]


def test_an_administrator_need_not_be_in_the_channel(
    installation: Installation,
) -> None:
    installation.cast.lakeside.remove(installation.cast.lee)

    assert unwell(installation.examine()) == []


def test_a_deactivated_account_is_named(installation: Installation) -> None:
    installation.slack.deactivate(installation.cast.brooks)

    assert people(installation.examine()) == [
        "Sam Brooks has a deactivated Slack account"
    ]


def test_an_account_that_slack_does_not_know_is_named(
    installation: Installation,
) -> None:
    wrong = "UPDATE identity SET user_id = 'U0TYPO' WHERE user_id = :right"
    break_row(installation.around().store, wrong, right=installation.cast.chen.id)

    [told] = people(installation.examine())

    assert told == "Dr Mei Chen (U0TYPO): Slack answers user_not_found"


def test_somebody_without_an_account_in_the_setup_is_named(
    installation: Installation,
) -> None:
    gone = "DELETE FROM identity WHERE user_id = :who"
    break_row(installation.around().store, gone, who=installation.cast.chen.id)

    told = people(installation.examine())

    assert told == ["Dr Mei Chen has no Slack account in the setup"]


def test_somebody_in_several_links_is_asked_for_once(
    installation: Installation,
) -> None:
    installation.slack.record.clear()

    installation.examine()

    asked = [
        one.arguments["user"] for one in installation.slack.record.calls("users.info")
    ]
    assert len(asked) == len(set(asked)) == 7


def test_everybody_in_a_large_channel_is_seen(installation: Installation) -> None:
    """Those who are set up stand on the last page of the members."""
    lakeside = installation.cast.lakeside
    many = [
        installation.slack.person(f"Visitor {number}").id for number in range(PAGE + 5)
    ]
    members = (*many, *lakeside.members)
    installation.slack.world.put(replace(lakeside.conversation, members=members))

    findings = installation.examine()

    assert unwell(findings) == []
    asked = installation.slack.record.calls("conversations.members")
    pages = [one for one in asked if one.arguments["channel"] == lakeside.id]
    assert len(pages) >= 3


def test_members_that_cannot_be_read_are_a_warning_and_accuse_nobody(
    installation: Installation,
) -> None:
    installation.slack.faults.limit(
        "conversations.members", channel=installation.cast.lakeside.id
    )

    [told] = people(installation.examine())

    assert told == "could not be looked at: Slack answers ratelimited"


def test_a_channel_that_slack_has_no_time_for_need_not_be_invited_to(
    installation: Installation,
) -> None:
    installation.slack.faults.limit(
        "conversations.info", channel=installation.cast.lakeside.id
    )

    channel = the(installation.examine(), CHANNEL)

    assert channel.level is Level.FAIL
    assert "again in a minute" in channel.remedy


def test_a_pinned_message_that_was_deleted_is_a_warning(
    installation: Installation,
) -> None:
    lakeside = installation.cast.lakeside
    [ts] = [one.ts for one in lakeside.posts if one.blocks]
    installation.around().client.chat_delete(channel=lakeside.id, ts=ts)

    findings = installation.examine()

    assert unwell(findings) == [("warn", PINNED)]
    assert the(findings, PINNED).found == "was deleted in Slack"


def test_a_pinned_message_that_is_not_pinned_is_a_warning(
    installation: Installation,
) -> None:
    unsaid = (
        "UPDATE notice SET state = 'failed' WHERE way = 'pin' AND conversation = :c"
    )
    break_row(installation.around().store, unsaid, c=installation.cast.lakeside.id)

    findings = installation.examine()

    assert unwell(findings) == [("warn", PINNED)]
    assert the(findings, PINNED).found == "stands, and pinning it is failed"


def test_a_pinned_message_that_was_not_sent_yet_is_a_warning(
    installation: Installation,
) -> None:
    unsaid = (
        "UPDATE notice SET state = 'pending', sent_ts = NULL"
        " WHERE way = 'post' AND conversation = :c"
    )
    break_row(installation.around().store, unsaid, c=installation.cast.lakeside.id)

    pinned = the(installation.examine(), PINNED)

    assert (pinned.level, pinned.found) == (Level.WARN, "is pending")


def test_a_pinned_message_that_cannot_be_looked_for_is_a_warning(
    installation: Installation,
) -> None:
    installation.slack.faults.refuse(
        "conversations.history", "missing_scope", channel=installation.cast.lakeside.id
    )

    pinned = the(installation.examine(), PINNED)

    assert pinned.found == "could not be looked at: Slack answers missing_scope"


def test_a_link_that_the_setup_took_away_is_not_looked_at(
    installation: Installation,
) -> None:
    gone = "UPDATE link SET active = 0 WHERE channel_id = :c"
    break_row(installation.around().store, gone, c=installation.cast.lakeside.id)

    looked_at = {one.what for one in installation.examine()}

    assert not {one for one in looked_at if one.startswith(LAKESIDE)}
    assert "prairie and university, channel" in looked_at
