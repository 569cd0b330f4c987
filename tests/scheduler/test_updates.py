"""A card shows what holds now: the newest update goes out, and none is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.setting_up import PINNED
from bot.sender import REFUSALS
from care.referral import Event
from sandbox.record import ApiCall
from sandbox.things import Pin
from storage.records import Way
from storage.unit import Store
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import SHORT, Office, open_office
from tests.world import a_notice

UPDATE = "chat.update"
ANSWER = "CAR T first, if there is a slot within six weeks."


def the_card(office: Office) -> str:
    """Return what the status card shows."""
    [card] = office.notices(view="card", way=Way.POST)
    [shown] = [
        one
        for one in office.people["chen"].channel(office.channel)
        if one.ts == card.sent_ts
    ]
    return shown.rendered


def card_updates(office: Office) -> list[ApiCall]:
    """Return the changes of messages in the channel, as Slack was asked for them."""
    return [
        call
        for call in office.calls(UPDATE)
        if call.arguments["channel"] == office.channel.id
    ]


def test_of_several_moves_the_card_is_changed_once(office: Office) -> None:
    referral = office.refer()
    office.run()

    office.move(office.world.first_specialist, referral, Event.TAKE)
    office.move(office.world.first_specialist, referral, Event.ANSWER, ANSWER)
    office.run()

    assert len(card_updates(office)) == 1
    reasons = [one.reason for one in office.notices(view="card", way=Way.UPDATE)]
    assert reasons == ["superseded", None]
    assert "Answered" in the_card(office)


def test_an_update_that_is_written_while_one_is_being_sent_is_not_lost(
    office: Office,
) -> None:
    referral = office.refer()
    office.run()
    office.move(office.world.first_specialist, referral, Event.TAKE)
    slow = office.slack.faults.slow(UPDATE, 0.4, channel=office.channel.id)
    sending = threading.Thread(target=office.turn)
    sending.start()
    office.slack.until(lambda: slow.hits == 1)

    office.move(office.world.first_specialist, referral, Event.ANSWER, ANSWER)
    sending.join()
    office.run()

    updates = office.notices(view="card", way=Way.UPDATE)
    assert [one.state for one in updates] == ["sent", "sent"]
    assert "Answered" in the_card(office)


@pytest.fixture
def slow_office(store: Store) -> Iterator[Office]:
    """Return an office whose client waits a second for an answer, as it says."""
    timings = replace(SHORT, http=timedelta(seconds=1))
    with open_office(store, timings, http_seconds=1) as opened:
        yield opened


@ON_SQLITE
def test_an_older_text_that_lands_late_is_not_the_last_word(
    slow_office: Office,
) -> None:
    """Slack takes in the first update after the second: the first is repeated then."""
    office = slow_office
    referral = office.refer()
    office.run()
    office.move(office.world.first_specialist, referral, Event.TAKE)
    office.slack.faults.slow(UPDATE, 1.4, channel=office.channel.id)
    office.turn()
    [first] = office.notices(view="card", way=Way.UPDATE, state="pending")

    office.move(office.world.first_specialist, referral, Event.ANSWER, ANSWER)
    office.run()

    assert office.look(first.id).attempts == 2
    assert len(card_updates(office)) == 3
    assert "Answered" in the_card(office)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_update_with_an_unclear_answer_is_repeated(
    office: Office, when: str
) -> None:
    referral = office.refer()
    office.run()
    office.move(office.world.first_specialist, referral, Event.TAKE)
    if when == "before":
        office.slack.faults.cut(UPDATE, when="before", channel=office.channel.id)
    else:
        office.slack.faults.cut(UPDATE, when="after", channel=office.channel.id)

    office.run()

    [update] = office.notices(view="card", way=Way.UPDATE)
    assert (update.state, update.attempts) == ("sent", 2)
    assert "taken" in the_card(office).lower()
    assert len(office.posts_of(office.notices(view="card")[0].id)) == 1


def test_an_update_waits_for_the_card_that_it_changes(office: Office) -> None:
    referral = office.refer()
    office.move(office.world.first_specialist, referral, Event.TAKE)
    office.slack.faults.cut("chat.postMessage", channel=office.channel.id)

    office.run()

    methods = [
        call.method
        for call in office.slack.record.calls()
        if call.arguments.get("channel") == office.channel.id
        and call.method in ("chat.postMessage", UPDATE)
        and call.status == 200
    ]
    assert methods[0] == "chat.postMessage"
    assert UPDATE in methods
    assert "taken" in the_card(office).lower()


def test_the_card_of_a_deleted_message_fails_and_is_told(office: Office) -> None:
    referral = office.refer()
    office.run()
    [card] = office.notices(view="card")
    client = office.new_client()
    client.chat_delete(channel=office.channel.id, ts=card.sent_ts or "")

    office.move(office.world.first_specialist, referral, Event.TAKE)
    office.run()

    [update] = office.notices(view="card", way=Way.UPDATE)
    [refused] = card_updates(office)
    assert update.state == "failed"
    assert update.reason == REFUSALS[refused.answer["error"]]
    assert "clinician-noor" in office.told_of_failure()


def test_a_pin_twice_is_one_pin(office: Office) -> None:
    posted = office.post()
    first, again = office.pin(posted, "pin"), office.pin(posted, "pin again")

    office.run()

    assert [office.look(one.id).state for one in (first, again)] == ["sent", "sent"]
    assert len(office.slack.world.all(Pin)) == 1
    assert len(office.calls("pins.add")) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_pin_with_a_lost_answer_is_repeated(office: Office, when: str) -> None:
    posted = office.post()
    pin = office.pin(posted)
    if when == "before":
        office.slack.faults.fail("pins.add", when="before")
    else:
        office.slack.faults.fail("pins.add", when="after")

    office.run()

    assert office.look(pin.id).state == "sent"
    assert len(office.slack.world.all(Pin)) == 1


def test_a_pin_of_what_was_never_posted_is_not_needed(office: Office) -> None:
    office.channel.archive()
    posted = office.post()
    pin = office.pin(posted)

    office.run()

    assert office.look(posted.id).state == "failed"
    assert (office.look(pin.id).state, office.look(pin.id).reason) == (
        "skipped",
        "no thread",
    )


def test_a_sender_that_died_over_an_update_leaves_it_to_be_repeated(
    office: Office,
) -> None:
    """What is safe to repeat is not looked for in Slack's history."""
    posted = office.post()
    office.run()
    update = a_notice(
        office.world,
        "change",
        view=PINNED,
        subject=office.world.link_id,
        way=Way.UPDATE,
        root_id=posted.id,
    )
    office.write(update)
    dying = replace(SHORT, lease=timedelta(milliseconds=50))
    replace(office.delivery, timings=dying).claim(1)

    office.run()

    assert office.look(update.id).state == "sent"
    assert office.calls("conversations.history") == []
