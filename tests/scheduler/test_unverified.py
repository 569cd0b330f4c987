"""Where a link cannot be verified, what is unknown is a person's task, never sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.actions.verifying import record_probe
from sandbox.faults import When
from scheduler.reconcile import NOT_VERIFIED
from storage.audit import verify
from storage.records import Notice
from storage.tables import audit
from tests.scheduler.office import Office
from tests.world import OPERATOR

POST, HISTORY = "chat.postMessage", "conversations.history"


def show(office: Office, trouble: str | None, channel_id: str = "") -> None:
    """Keep what a probe of the link's channel has shown."""
    with office.store.act(OPERATOR) as uow:
        record_probe(
            uow=uow,
            by=OPERATOR,
            link_id=office.world.link_id,
            channel_id=channel_id or office.channel.id,
            trouble=trouble,
        )


def lose_answer(office: Office, when: When = "after") -> Notice:
    """Post in the link's channel so that nobody knows whether Slack has it."""
    posted = office.post()
    office.slack.faults.cut(POST, when=when, channel=office.channel.id)
    office.delivery.deliver_pending()
    kept = office.look(posted.id)
    assert kept.state == "unknown"
    return kept


def look(office: Office, times: int) -> None:
    """Look for the unknown notice so many times, each as soon as it is due."""
    for _ in range(times):
        office.slack.until(lambda: office.reconciler.look_one() or None)


def test_an_unreadable_one_is_a_persons_task_at_the_first_look(office: Office) -> None:
    show(office, "the channel could not be read")
    unknown = lose_answer(office)
    office.slack.faults.refuse(HISTORY, "missing_scope", times=None)

    look(office, 1)

    assert office.told_of_failure() == ["clinician-sam"]
    kept = office.look(unknown.id)
    assert (kept.state, kept.reason) == ("unknown", f"missing_scope, {NOT_VERIFIED}")
    assert kept.token - kept.attempts == 1


def test_it_is_told_once_however_often_it_is_looked_for(office: Office) -> None:
    show(office, "the channel could not be read")
    unknown = lose_answer(office)
    office.slack.faults.refuse(HISTORY, "missing_scope", times=None)

    look(office, 8)
    office.delivery.deliver_pending(99)

    assert office.told_of_failure() == ["clinician-sam"]
    assert len(office.people["sam"].dm()) == 1
    assert office.look(unknown.id).state == "unknown"
    # The first look, and from then on as often as of any other channel.
    assert audited(office, "notice unknown") == 1 + 8 // office.timings.give_up_after


def audited(office: Office, event: str) -> int:
    """Return how many audit lines there are of an event."""
    with office.store.read() as reading:
        query = select(func.count()).where(audit.c.event == event)
        return reading.connection.execute(query).scalar_one()


def test_of_any_other_channel_a_person_hears_after_as_many_looks_as_ever(
    office: Office,
) -> None:
    show(office, "the channel could not be read", channel_id="C0ANOTHER")
    lose_answer(office)
    office.slack.faults.refuse(HISTORY, "missing_scope", times=None)

    look(office, office.timings.give_up_after - 1)
    before = office.told_of_failure()
    look(office, 1)

    assert before == []
    assert office.told_of_failure() == ["clinician-sam"]


@pytest.mark.parametrize("trouble", [None, "never probed"])
def test_where_reading_is_not_known_to_fail_what_is_absent_is_sent_again(
    office: Office, trouble: str | None
) -> None:
    if trouble is None:
        show(office, None)
    unknown = lose_answer(office, when="before")

    office.run()

    assert office.look(unknown.id).state == "sent"
    assert len(office.posts_of(unknown.id)) == 1


def test_not_seeing_it_in_a_channel_that_is_not_verified_sends_nothing_again(
    office: Office,
) -> None:
    """It may stand there unseen, as the probe did: a second one would be a double."""
    show(office, "what was said is not seen in the history of the channel")
    unknown = lose_answer(office)
    office.slack.faults.hide(office.channel.id, 600)

    look(office, 4)

    assert len(office.posts_of(unknown.id)) == 1
    kept = office.look(unknown.id)
    assert (kept.state, kept.reason) == ("unknown", f"not seen, {NOT_VERIFIED}")
    assert office.told_of_failure() == ["clinician-sam"]


def test_what_is_seen_is_sent_wherever_it_is_seen(office: Office) -> None:
    show(office, "the channel could not be read")
    unknown = lose_answer(office)

    office.run()

    assert office.look(unknown.id).state == "sent"
    assert office.told_of_failure() == []


def test_once_a_probe_verifies_the_channel_what_is_absent_is_sent(
    office: Office,
) -> None:
    show(office, "the channel could not be read")
    unknown = lose_answer(office, when="before")
    look(office, 2)
    waiting = office.look(unknown.id).state

    show(office, None)
    office.turn_until(lambda: office.look(unknown.id).state == "sent")

    assert waiting == "unknown"
    assert len(office.posts_of(unknown.id)) == 1


def test_a_channel_that_turns_out_unverifiable_later_is_told_of_then(
    office: Office,
) -> None:
    lose_answer(office)
    office.slack.faults.refuse(HISTORY, "missing_scope", times=None)
    look(office, 1)
    before = office.told_of_failure()

    show(office, "the channel could not be read")
    look(office, 1)

    assert (before, office.told_of_failure()) == ([], ["clinician-sam"])


def test_direct_messages_are_not_of_the_link(office: Office) -> None:
    """One who is told privately hears it again, if it was not said."""
    show(office, "the channel could not be read")
    told = office.tell("rivera")
    office.slack.faults.cut(POST, when="before")

    office.run()

    assert office.look(told.id).state == "sent"
    assert len(office.people["rivera"].dm()) == 1


def test_the_chain_holds_after_every_probe_and_look(office: Office) -> None:
    show(office, None)
    show(office, "the channel could not be read")
    lose_answer(office)
    office.slack.faults.refuse(HISTORY, "missing_scope", times=None)
    look(office, 2)

    with office.store.read() as reading:
        count = verify(reading.connection, office.world.workspace_id)

    assert count >= 4
