"""A notice with a picture: uploaded to nobody, then posted once, come what may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product

import pytest

from bot.rendering import Rendering
from bot.sender import SlackSender, outcome_of
from bot.uploading import FILE_NAME
from sandbox import Sandbox
from sandbox.faults import Effect, Fault, When
from sandbox.things import File
from scheduler.delivery import Delivery
from scheduler.ports import Message, NotSent, Picture, Refused, Unneeded
from scheduler.reconcile import Reconciler
from storage.notices import NewNotice
from storage.records import Notice, Way
from storage.unit import Reading, Store
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import SHORT, Office, open_office

URL, BYTES, DONE = (
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
)
POST, UPDATE = "chat.postMessage", "chat.update"
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of a way"
PICTURE = Picture(PNG, "Now: bridging. Next: infusion.", "The way so far")
EFFECTS: tuple[Effect, ...] = ("cut", "break")
WHENS: tuple[When, ...] = ("before", "after")
Break = Callable[[Sandbox], object]


@dataclass
class Illustrated:
    """Renders as Baton does, with a picture below; counts how often it was asked."""

    picture: Picture = PICTURE
    inner: Rendering = field(default_factory=Rendering)

    def __call__(self, *, reading: Reading, notice: Notice) -> Message | Unneeded:
        said = self.inner(reading=reading, notice=notice)
        if isinstance(said, Unneeded):
            return said
        return replace(said, picture=self.picture)


def illustrate(office: Office) -> Illustrated:
    """Let every notice of an office have a picture."""
    renderer = Illustrated()
    office.delivery = replace(office.delivery, renderer=renderer)
    office.reconciler = Reconciler(office.delivery)
    return renderer


@pytest.fixture
def pictured(office: Office) -> Office:
    """Return an office whose notices each have a picture."""
    illustrate(office)
    return office


def files(office: Office) -> list[File]:
    """Return every file that was ever begun."""
    return office.slack.world.all(File)


def seen_in_channel(office: Office) -> list[str]:
    """Return what an oncologist reads in the channel."""
    return [one.rendered for one in office.people["chen"].channel(office.channel)]


def the_message(office: Office, posted: NewNotice) -> tuple[Picture, ...]:
    """Return the pictures of the one message of a notice, as somebody sees them."""
    [post] = office.posts_of(posted.id)
    kept = office.look(posted.id)
    assert (kept.state, kept.sent_ts) == ("sent", post.ts)
    messages = office.people["chen"].channel(office.channel)
    [message] = [one for one in messages if one.ts == post.ts]
    return tuple(Picture(one.content, one.alt, one.title) for one in message.pictures)


@ON_SQLITE
def test_a_picture_stands_below_what_is_said(pictured: Office) -> None:
    posted = pictured.post()

    pictured.run()

    assert the_message(pictured, posted) == (PICTURE,)
    [post] = pictured.posts_of(posted.id)
    assert [one["type"] for one in post.blocks or []][-1] == "image"
    assert len(seen_in_channel(pictured)) == 1


@ON_SQLITE
def test_an_upload_names_no_channel_and_says_nothing_of_its_content(
    pictured: Office,
) -> None:
    """Whoever looks through the files of the workspace learns nothing from a name."""
    pictured.post()

    pictured.run()

    [began], [ended] = pictured.calls(URL), pictured.calls(DONE)
    [file] = files(pictured)
    assert began.arguments["filename"] == FILE_NAME
    assert began.arguments["alt_txt"] == PICTURE.alt
    assert set(ended.arguments) == {"files"}
    assert file.shared_in == ()
    assert file.bytes == PNG


STEPS = (URL, BYTES, DONE)
ACCIDENTS: dict[str, Fault] = {
    f"{effect} {method} {when}": Fault(effect, method, when=when)
    for effect, method, when in product(EFFECTS, STEPS, WHENS)
} | {
    f"{error} {method}": Fault("refuse", method, error=error)
    for error, method in product(("internal_error", "service_unavailable"), (URL, DONE))
}


@ON_SQLITE
@pytest.mark.parametrize("accident", ACCIDENTS)
def test_an_upload_that_fails_is_begun_again_and_posted_once(
    pictured: Office, accident: str
) -> None:
    posted = pictured.post()
    pictured.slack.faults.add(replace(ACCIDENTS[accident]))

    pictured.delivery.deliver_pending()
    first = pictured.look(posted.id)
    calls = len(pictured.calls(POST))
    pictured.run()

    assert (first.state, calls) == ("pending", 0)
    assert (first.reason or "").startswith("picture")
    assert the_message(pictured, posted) == (PICTURE,)
    assert len(pictured.calls(POST)) == 1


@ON_SQLITE
@pytest.mark.parametrize("method", [URL, DONE])
def test_a_limit_on_uploads_is_obeyed(pictured: Office, method: str) -> None:
    posted = pictured.post()
    pictured.slack.faults.limit(method, 1)

    pictured.run()

    limited, again = pictured.calls(method)
    assert (limited.status, again.status) == (429, 200)
    assert again.at - limited.at >= 1.0
    assert the_message(pictured, posted) == (PICTURE,)


@ON_SQLITE
@pytest.mark.parametrize(
    "error", ["file_uploads_disabled", "missing_scope", "something_new"]
)
def test_where_files_are_not_allowed_the_words_are_said(
    pictured: Office, error: str
) -> None:
    """A picture never costs the message that it belongs to."""
    posted = pictured.post()
    pictured.slack.faults.refuse(URL, error, times=None)

    pictured.run()

    assert the_message(pictured, posted) == ()
    assert PICTURE.alt in seen_in_channel(pictured)[0]
    assert len(pictured.calls(URL)) == 1
    assert pictured.told_of_failure() == []


@ON_SQLITE
def test_a_file_that_is_too_new_is_shown_a_moment_later(pictured: Office) -> None:
    """The same file is tried again: another one would be as new."""
    posted = pictured.post()
    unready = pictured.slack.faults.unready(times=2)

    pictured.run()

    assert unready.hits == 2
    assert len(pictured.calls(POST)) == 3
    assert len(files(pictured)) == 1
    assert the_message(pictured, posted) == (PICTURE,)


@ON_SQLITE
@pytest.mark.parametrize(
    "never",
    [
        lambda slack: slack.faults.unready(times=None),
        lambda slack: slack.faults.cut(BYTES, times=None),
    ],
    ids=["never ready", "no way to where files go"],
)
def test_a_picture_that_never_comes_to_be_shown_is_told_in_words(
    pictured: Office, never: Break
) -> None:
    posted = pictured.post()
    never(pictured.slack)

    pictured.run()

    kept = pictured.look(posted.id)
    assert the_message(pictured, posted) == ()
    assert PICTURE.alt in seen_in_channel(pictured)[0]
    assert kept.attempts == pictured.timings.picture_tries + 1
    assert pictured.told_of_failure() == []


@ON_SQLITE
def test_the_count_of_tries_outlives_the_process(pictured: Office) -> None:
    """Each try is made by another process, and the words are said all the same."""
    posted = pictured.post()
    pictured.slack.faults.unready(times=None)

    def another_process() -> bool:
        sender = SlackSender(pictured.new_client())
        pictured.delivery = replace(pictured.delivery, sender=sender)
        return pictured.unsettled() == 0

    pictured.turn_until(another_process)

    assert the_message(pictured, posted) == ()
    assert len(files(pictured)) == pictured.timings.picture_tries


@pytest.mark.parametrize(("when", "posts"), [("before", 2), ("after", 1)])
def test_after_a_lost_answer_the_message_is_looked_up_with_its_picture(
    pictured: Office, when: str, posts: int
) -> None:
    posted = pictured.post()
    if when == "before":
        pictured.slack.faults.cut(POST, when="before")
    else:
        pictured.slack.faults.cut(POST, when="after")

    pictured.delivery.deliver_pending()
    unclear = pictured.look(posted.id).state
    pictured.run()

    assert unclear == "unknown"
    assert the_message(pictured, posted) == (PICTURE,)
    assert len(pictured.calls(POST)) == posts
    assert len(files(pictured)) == 1


def test_two_processes_at_once_say_it_once(pictured: Office) -> None:
    posted = pictured.post()
    other = replace(pictured.new_delivery("another"), renderer=Illustrated())

    pictured.slack.together(pictured.delivery.deliver_pending, other.deliver_pending)
    pictured.run()

    assert the_message(pictured, posted) == (PICTURE,)


@ON_SQLITE
def test_an_upload_that_outlasts_the_lease_is_not_followed_by_a_post(
    store: Store,
) -> None:
    """Somebody else may have taken the notice over by then."""
    timings = replace(SHORT, lease=timedelta(seconds=1))
    with open_office(store, timings) as office:
        illustrate(office)
        posted = office.post()
        office.slack.faults.slow(BYTES, 0.9)

        office.delivery.deliver_pending()

        kept = office.look(posted.id)
        assert office.calls(POST) == []
        assert (kept.state, kept.reason) == (
            "pending",
            "the lease ran out before it was said",
        )
        office.run()
        assert the_message(office, posted) == (PICTURE,)


@ON_SQLITE
def test_a_message_is_changed_with_its_picture(pictured: Office) -> None:
    posted = pictured.post()
    pictured.run()
    later = Picture(PNG + b" further on", "Now: infusion.", "The way so far")
    pictured.delivery = replace(pictured.delivery, renderer=Illustrated(later))
    pictured.slack.faults.unready()
    pictured.slack.faults.cut(UPDATE, when="after")

    change(pictured, posted, "first")
    change(pictured, posted, "second")
    pictured.reconciler = Reconciler(pictured.delivery)
    pictured.run()

    assert the_message(pictured, posted) == (later,)
    assert len(seen_in_channel(pictured)) == 1


def change(office: Office, posted: NewNotice, occasion: str) -> None:
    """Write one change of a posted message."""
    new = replace(
        posted, id=f"{occasion:0>32}", way=Way.UPDATE, root_id=posted.id, payload={}
    )
    office.write(new)


@ON_SQLITE
def test_a_pin_uploads_nothing(pictured: Office) -> None:
    pinned = pictured.pin(pictured.post())

    pictured.run()

    assert pictured.look(pinned.id).state == "sent"
    assert len(files(pictured)) == 1


@ON_SQLITE
def test_a_picture_in_a_direct_message(pictured: Office) -> None:
    """The oncologist belongs to another workspace than the bot."""
    told = pictured.tell("chen")

    pictured.run()

    [message] = pictured.people["chen"].dm()
    assert pictured.look(told.id).state == "sent"
    assert [one.content for one in message.pictures] == [PNG]


def test_only_a_file_that_is_too_new_passes() -> None:
    fresh = "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"
    wrong = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text]"

    def told(message: str) -> dict[str, object]:
        metadata = {"messages": [message]}
        return {"error": "invalid_blocks", "response_metadata": metadata}

    assert outcome_of(told(fresh)) == NotSent("picture: not ready")
    assert isinstance(outcome_of(told(wrong)), Refused)
    assert isinstance(outcome_of({"error": "invalid_blocks"}), Refused)


@pytest.fixture
def plain_office(store: Store) -> Iterator[Delivery]:
    """Return the delivery of an office whose notices have no picture."""
    with open_office(store) as office:
        office.post()
        yield office.delivery
        assert office.calls(URL) == []


@ON_SQLITE
def test_without_a_picture_nothing_is_uploaded(plain_office: Delivery) -> None:
    assert plain_office.deliver_pending() == 1
