"""A probe proves that what Baton says in a link is found again, or that it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.doctor import Finding, Level, Surroundings, is_healthy
from bot.sender import EVENT_TYPE, SlackSender
from scheduler.ports import Place, Sighting
from storage.audit import verify
from storage.records import Verified
from storage.tables import audit
from tests.bot.doctoring import (
    LAKESIDE,
    PRAIRIE,
    Installation,
    of,
    open_installation,
    the,
    unwell,
)
from tests.conftest import T0
from tests.scheduler.office import break_row

VERIFIED = f"{LAKESIDE}, verified"
HISTORY, REPLIES = "conversations.history", "conversations.replies"


@pytest.fixture
def installation(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> Iterator[Installation]:
    """Return a Baton that is set up, and whose links nobody has probed."""
    with open_installation(tmp_path, new_sqlite(), at=T0) as opened:
        yield opened


def known(installation: Installation) -> dict[str, Verified | None]:
    """Return what is kept of each link's channel."""
    names = {
        installation.cast.lakeside.id: "lakeside",
        installation.cast.prairie.id: "prairie",
    }
    return {
        names.get(channel, channel): link.known_as
        for channel, link in installation.links().items()
    }


def probed(installation: Installation) -> Finding:
    """Probe every link, and return what was shown of the lakeside's."""
    return of(installation.examine(probe=True), VERIFIED)[0]


def test_a_link_that_nobody_probed_is_a_warning(installation: Installation) -> None:
    findings = installation.examine()

    assert unwell(findings) == [("warn", VERIFIED), ("warn", f"{PRAIRIE}, verified")]
    assert "--probe" in the(findings, VERIFIED).remedy
    assert known(installation) == {"lakeside": None, "prairie": None}


def test_a_probe_that_is_found_verifies_the_link_and_leaves_nothing_behind(
    new_database: Callable[..., str], tmp_path: Path
) -> None:
    with open_installation(tmp_path, new_database(), at=T0) as installation:
        lakeside = installation.cast.lakeside
        before = lakeside.posts

        findings = installation.examine(probe=True)

        assert unwell(findings) == []
        assert lakeside.posts == before
        assert known(installation) == {
            "lakeside": Verified.YES,
            "prairie": Verified.YES,
        }
        assert installation.links()[lakeside.id].verified_at == T0
        assert "2026-11-24" in the(installation.examine(), VERIFIED).found


def test_what_a_probe_says_is_neutral_and_carries_an_opaque_id(
    installation: Installation,
) -> None:
    installation.slack.record.clear()

    installation.examine(probe=True)

    said = [
        one.arguments for one in installation.slack.record.calls("chat.postMessage")
    ]
    assert len(said) == 4
    assert len({one["text"] for one in said}) == 1
    for one in said:
        carried = one["metadata"]
        assert EVENT_TYPE in str(carried)
    assert [bool(one.get("thread_ts")) for one in said] == [False, True] * 2


def test_each_probe_is_an_audited_act_of_the_operator(
    installation: Installation,
) -> None:
    installation.slack.faults.refuse(
        REPLIES, "missing_scope", channel=installation.cast.prairie.id
    )

    installation.examine(probe=True)

    with installation.around().store.read() as reading:
        query = select(audit).where(audit.c.event == "link probed").order_by("seq")
        rows = reading.connection.execute(query).all()
        assert verify(reading.connection, installation.workspace.id) >= len(rows)
    assert [row.actor for row in rows] == ["operator:tests"] * 2
    lakeside, prairie = (row.codes for row in rows)
    assert lakeside["verified"] == "yes"
    assert prairie["verified"] == "no"
    assert "missing_scope" in prairie["why"]


@pytest.mark.parametrize(
    ("method", "where"), [(HISTORY, "the channel"), (REPLIES, "its thread")]
)
def test_a_link_that_cannot_be_read_fails_and_is_kept_as_not_verified(
    installation: Installation, method: str, where: str
) -> None:
    """History and threads are read by different methods: both must work."""
    lakeside = installation.cast.lakeside
    installation.slack.faults.refuse(
        method, "missing_scope", channel=lakeside.id, times=None
    )
    before = lakeside.posts

    found = probed(installation)

    assert found.level is Level.FAIL
    assert found.found == f"not verified: {where} could not be read (missing_scope)"
    assert "never sent again" in found.remedy
    assert known(installation) == {"lakeside": Verified.NO, "prairie": Verified.YES}
    assert lakeside.posts == before


def test_what_is_kept_as_not_verified_fails_until_a_probe_shows_otherwise(
    installation: Installation,
) -> None:
    installation.slack.faults.refuse(HISTORY, "missing_scope", times=None)
    installation.examine(probe=True)
    installation.slack.faults.clear()

    later = installation.examine()
    mended = installation.examine(probe=True)

    assert the(later, VERIFIED).level is Level.FAIL
    assert the(later, VERIFIED).found == "not verified, on 2026-11-24"
    assert is_healthy(mended)
    assert is_healthy(installation.examine())


def test_a_message_that_does_not_show_is_not_verified(
    installation: Installation,
) -> None:
    installation.slack.faults.hide(installation.cast.lakeside.id, 600)

    found = probed(installation)

    assert found.level is Level.FAIL
    assert "is not seen in the history of the channel" in found.found


def test_a_message_that_shows_late_is_waited_for(installation: Installation) -> None:
    installation.slack.faults.hide(installation.cast.lakeside.id, 0.3)

    findings = installation.examine(
        probe=True, change=lambda given: replace(given, patience=(0.0, 0.2, 0.4))
    )

    assert the(findings, VERIFIED).level is Level.OK


def test_a_lost_answer_is_found_again_as_any_notice_is(
    installation: Installation,
) -> None:
    """Slack took the root in, and the answer was lost: it is found and taken away."""
    lakeside = installation.cast.lakeside
    installation.slack.faults.cut("chat.postMessage", when="after", channel=lakeside.id)
    before = lakeside.posts

    found = probed(installation)

    assert found.level is Level.OK
    assert lakeside.posts == before


def test_where_nothing_can_be_said_the_link_is_not_verified(
    installation: Installation,
) -> None:
    installation.cast.lakeside.archive()

    found = probed(installation)

    assert found.level is Level.FAIL
    assert "the channel is archived" in found.found
    assert known(installation)["lakeside"] is Verified.NO


def test_slack_asking_to_wait_is_told_in_its_own_words(
    installation: Installation,
) -> None:
    installation.slack.faults.limit(
        "chat.postMessage", 30, channel=installation.cast.lakeside.id
    )

    assert "asks to wait 30 s" in probed(installation).found


def test_what_cannot_be_taken_away_is_told(installation: Installation) -> None:
    lakeside = installation.cast.lakeside
    installation.slack.faults.refuse(
        "chat.delete", "cant_delete_message", channel=lakeside.id, times=None
    )

    verified, *left = of(installation.examine(probe=True), VERIFIED)

    assert verified.level is Level.OK
    assert [one.level for one in left] == [Level.WARN, Level.WARN]
    standing = {one.ts for one in lakeside.posts if "goes away" in one.text}
    assert len(standing) == 2
    for ts in standing:
        assert any(ts in one.found for one in left)


class Interrupted(SlackSender):
    """A sender whose user presses Ctrl-C while it looks."""

    def find(self, place: Place, notice_id: str, since: datetime) -> Sighting:
        """Be interrupted."""
        del place, notice_id, since
        raise KeyboardInterrupt


def test_a_probe_that_is_interrupted_takes_away_what_it_said(
    installation: Installation,
) -> None:
    lakeside = installation.cast.lakeside
    before = lakeside.posts

    def interrupt(given: Surroundings) -> Surroundings:
        return replace(given, sender=Interrupted(given.client))

    with pytest.raises(KeyboardInterrupt):
        installation.examine(probe=True, change=interrupt)

    assert len(installation.slack.record.calls("chat.delete")) == 1
    assert lakeside.posts == before
    assert known(installation)["lakeside"] is None


def test_a_link_that_moved_to_another_channel_is_not_verified_there(
    installation: Installation,
) -> None:
    installation.examine(probe=True)
    cast = installation.cast
    other = installation.slack.channel(
        "elsewhere", private=True, members=[cast.chen, cast.rivera]
    )
    moved = "UPDATE link SET channel_id = :new WHERE channel_id = :old"
    break_row(installation.around().store, moved, new=other.id, old=cast.lakeside.id)

    found = the(installation.examine(), VERIFIED)

    assert (found.level, found.found) == (
        Level.WARN,
        "this channel was never probed",
    )
