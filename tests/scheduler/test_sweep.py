"""What stands twice in Slack is found within the hour, and one of the two goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.actions.reminding import DOUBLED
from bot.sender import _metadata
from sandbox.things import Post
from scheduler.ports import Seen
from scheduler.sweep import Sweeper, surplus
from storage.notices import NewNotice
from storage.said import places_since
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office, break_row

ids = st.sampled_from(["a", "b", "c"])
times = st.sampled_from(["1.1", "2.2", "3.3"])


@given(st.lists(st.builds(Seen, ids, times)), st.dictionaries(ids, times))
def test_only_what_is_not_on_record_is_too_much(
    seen: list[Seen], recorded: dict[str, str]
) -> None:
    extra = surplus(seen, recorded)

    for one in seen:
        on_record = recorded.get(one.notice_id)
        assert (one in extra) == (on_record is not None and on_record != one.ts)


def say_again(office: Office, notice_id: str, thread: str | None = None) -> str:
    """Post what a network delivers late; return the message's time."""
    told = office.new_client().chat_postMessage(
        channel=office.look(notice_id).channel_id or "",
        thread_ts=thread,
        text="again",
        metadata=_metadata(notice_id),
    )
    return str(told["ts"])


def sweep(office: Office) -> int:
    """Sweep once, without a pause."""
    return Sweeper(office.delivery).sweep(pause=lambda _seconds: False)


def times_of(office: Office, new: NewNotice) -> list[str]:
    """Return where a notice stands."""
    return [post.ts for post in office.posts_of(new.id)]


def test_the_one_that_is_not_on_record_is_deleted_and_the_administrators_told(
    office: Office,
) -> None:
    posted, other = office.post(), office.tell("rivera")
    office.run()
    say_again(office, posted.id)
    say_again(office, other.id)

    found = sweep(office)
    office.run()

    assert found == 2
    for one in (posted, other):
        assert times_of(office, one) == [office.look(one.id).sent_ts]
    told = office.notices(view=DOUBLED)
    assert {one.payload["notice"] for one in told} == {posted.id, other.id}
    admins = {one.recipient_id for one in told}
    with office.store.read() as reading:
        known = reading.people.administrators(office.world.workspace_id)
    assert admins == {one.id for one in known}
    assert {one.state for one in told} == {"sent"}


def test_it_is_audited_once_and_counted_however_often_it_is_seen(
    office: Office,
) -> None:
    posted = office.post()
    office.run()
    say_again(office, posted.id)
    refusal = office.slack.faults.refuse("chat.delete", "cant_delete_message")

    counts = [sweep(office), sweep(office), sweep(office)]

    assert counts == [1, 1, 0]
    assert refusal.hits == 1
    assert times_of(office, posted) == [office.look(posted.id).sent_ts]
    with office.store.read() as reading:
        lines = reading.connection.execute(
            text("SELECT count(*) FROM audit WHERE event = 'notice doubled'")
        )
        assert lines.scalar_one() == 1


def test_it_is_found_in_a_thread(office: Office) -> None:
    office.refer()
    office.run()
    card = office.notices(view="card")[0]
    line = next(
        one
        for one in office.notices(state="sent")
        if one.root_id and not one.recipient_id
    )
    say_again(office, line.id, thread=card.sent_ts)

    found = sweep(office)

    assert found == 1
    assert [one.ts for one in office.posts_of(line.id)] == [line.sent_ts]


def test_the_elder_goes_where_the_younger_is_on_record(office: Office) -> None:
    """What is updated and answered is the one on record."""
    posted = office.post()
    office.run()
    elder = times_of(office, posted)[0]
    younger = say_again(office, posted.id)
    break_row(office.store, "UPDATE notice SET sent_ts = :ts", ts=younger)

    sweep(office)

    assert times_of(office, posted) == [younger]
    assert elder != younger


def test_what_people_answered_below_stays(office: Office) -> None:
    """The administrators are told all the same."""
    posted = office.post()
    office.run()
    again = say_again(office, posted.id)
    chen = office.people["chen"]
    message = next(one for one in chen.channel(office.channel) if one.ts == again)
    chen.reply(message, "Is this the right one?")

    found = sweep(office)

    assert found == 1
    assert again in times_of(office, posted)
    assert office.notices(view=DOUBLED)


@ON_SQLITE
def test_what_is_not_settled_yet_is_left_to_those_who_settle_it(
    office: Office,
) -> None:
    posted = office.post()
    office.run()
    say_again(office, posted.id)
    break_row(office.store, "UPDATE notice SET state = 'unknown'")

    assert sweep(office) == 0
    assert len(times_of(office, posted)) == 2


@ON_SQLITE
def test_other_peoples_messages_and_notices_of_another_baton_are_left_alone(
    office: Office,
) -> None:
    office.post()
    office.run()
    office.people["chen"].post(office.channel, "hello")
    office.new_client().chat_postMessage(
        channel=office.channel.id, text="strange", metadata=_metadata("f" * 32)
    )
    before = all_posts(office)

    assert sweep(office) == 0
    assert all_posts(office) == before


def all_posts(office: Office) -> list[Post]:
    """Return every message in the office's channel."""
    return list(office.slack.world.posts(office.channel.id))


@ON_SQLITE
def test_a_conversation_that_cannot_be_read_keeps_no_other_from_it(
    office: Office,
) -> None:
    other = office.slack.channel("other", private=True)
    first, second = office.post("first"), office.post("second", other)
    office.run()
    say_again(office, first.id)
    say_again(office, second.id)
    office.slack.faults.limit("conversations.history", 1)

    counts = sorted([sweep(office), sweep(office)])

    assert counts == [1, 1]
    assert [len(times_of(office, one)) for one in (first, second)] == [1, 1]


@ON_SQLITE
def test_it_ends_early_when_told(office: Office) -> None:
    for number in range(3):
        channel = office.slack.channel(f"c{number}", private=True)
        office.post(f"n{number}", channel)
    office.run()
    office.slack.record.clear()

    Sweeper(office.delivery).sweep(pause=lambda _seconds: True)

    assert len(office.calls("conversations.history")) == 1


@ON_SQLITE
def test_only_where_something_was_said_lately_is_looked(office: Office) -> None:
    office.post()
    office.run()
    now = datetime.now(UTC)
    with office.store.read() as reading:
        lately = places_since(reading.connection, now - timedelta(hours=24))
        later = places_since(reading.connection, now + timedelta(hours=1))

    assert lately == [(office.channel.id, None)]
    assert later == []
