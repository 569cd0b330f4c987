"""What Slack refuses is kept, said to a person once, and never tried for ever."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.actions.reminding import FAILURE
from bot.cli import app
from bot.sender import PASSING, REFUSALS
from storage.sealing import new_key
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office
from tests.world import OPERATOR

POST = "chat.postMessage"
KEEPERS = ["clinician-noor", "clinician-sam"]
"""The center's coordinator and the administrator, who hear of what failed."""


def test_out_of_the_channel_a_notice_fails_and_a_person_hears_why(
    office: Office,
) -> None:
    office.channel.remove_bot()
    posted = office.post()

    office.run()

    kept = office.look(posted.id)
    assert (kept.state, kept.sent_ts) == ("failed", None)
    assert kept.reason == REFUSALS["channel_not_found"]
    assert office.told_of_failure() == ["clinician-sam"]
    told = office.people["sam"].dm()[-1].rendered
    assert "could not be delivered" in told
    assert "Baton is not in it" in told


def test_in_an_archived_channel_direct_messages_still_go(office: Office) -> None:
    """A thread that never came to be takes its lines along, and nothing else."""
    office.channel.archive()
    office.refer()

    office.run()

    [card] = office.notices(view="card")
    assert (card.state, card.reason) == ("failed", REFUSALS["is_archived"])
    [question] = office.notices(view="question")
    assert (question.state, question.reason) == ("skipped", "no thread")
    [asked] = office.notices(view="asked")
    [requested] = office.notices(view="requested")
    assert (asked.state, requested.state) == ("sent", "sent")
    assert len(office.people["rivera"].dm()) == 1
    assert office.told_of_failure() == KEEPERS


@pytest.mark.parametrize("known", ["told before", "never told"])
def test_a_deactivated_person_is_not_told_and_somebody_hears_of_it(
    office: Office, known: str
) -> None:
    told_before = known == "told before"
    if told_before:
        office.refer(named=office.world.first_specialist)
        office.run()
        office.slack.faults.refuse(POST, "account_inactive", channel=_dm_of(office))
    office.slack.deactivate(office.people["rivera"])

    office.refer(named=office.world.first_specialist)
    office.run()

    asked = office.notices(view="asked")[-1]
    wanted = "account_inactive" if told_before else "user_disabled"
    assert (asked.state, asked.reason) == ("failed", REFUSALS[wanted])
    assert office.told_of_failure() == KEEPERS


def _dm_of(office: Office) -> str:
    with office.store.read() as reading:
        identity = reading.people.identity_of("clinician-rivera")
    assert identity is not None
    assert identity.dm_channel
    return identity.dm_channel


@ON_SQLITE
def test_each_error_that_stays_is_met_once_kept_and_told(office: Office) -> None:
    kept = {}
    for error in REFUSALS:
        posted = office.post(error)
        office.slack.faults.refuse(POST, error, channel=office.channel.id)
        office.run()
        one = office.look(posted.id)
        kept[error] = (one.state, one.reason, one.attempts)

    assert kept == {error: ("failed", why, 1) for error, why in REFUSALS.items()}
    assert office.told_of_failure() == ["clinician-sam"] * len(REFUSALS)
    told = [one.rendered for one in office.people["sam"].dm()]
    missing = [why for why in REFUSALS.values() if not any(why in one for one in told)]
    assert missing == []


@ON_SQLITE
def test_each_error_that_passes_is_met_again_and_the_notice_sent_once(
    office: Office,
) -> None:
    kept = {}
    for error in PASSING:
        posted = office.post(error)
        office.slack.faults.refuse(POST, error, times=2)
        office.run()
        one = office.look(posted.id)
        kept[error] = (one.state, one.attempts, len(office.posts_of(posted.id)))

    assert kept == dict.fromkeys(PASSING, ("sent", 3, 1))
    assert office.told_of_failure() == []


@ON_SQLITE
def test_an_error_that_nobody_has_heard_of_is_a_refusal_by_its_name(
    office: Office,
) -> None:
    posted = office.post()
    office.slack.faults.refuse(POST, "moon_in_wrong_phase", channel=office.channel.id)

    office.run()

    kept = office.look(posted.id)
    assert kept.state == "failed"
    assert kept.reason == "Slack refuses it (moon_in_wrong_phase)"


def test_a_failure_that_cannot_be_told_either_makes_no_loop(office: Office) -> None:
    """Everything is refused: the failures stand in the list, and that is all."""
    posted = office.post()
    office.slack.faults.refuse(POST, "token_revoked", times=None)

    office.run()
    office.turn()

    [about] = office.notices(view=FAILURE)
    assert (office.look(posted.id).state, about.state) == ("failed", "failed")
    assert len(office.calls()) == 2
    assert office.unsettled() == 0


def test_a_429_to_the_message_about_a_failure_delays_it_only(office: Office) -> None:
    office.channel.archive()
    office.post()
    office.slack.faults.limit(POST, 1)

    office.run()

    office_error, *told = office.calls()
    assert office_error.status == 429
    assert [call.answer.get("ok") for call in told].count(True) == 1
    assert len(office.people["sam"].dm()) == 1


@ON_SQLITE
def test_an_operator_sees_what_failed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.channel.archive()
    office.post()
    office.run()
    url = office.store.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    monkeypatch.setenv("BATON_KEYS", new_key("operator"))

    shown = CliRunner().invoke(app, ["notices"])

    assert shown.exit_code == 0, shown.output
    assert REFUSALS["is_archived"] in shown.output
    assert office.channel.id in shown.output


def test_a_person_without_a_slack_account_is_not_passed_over_in_silence(
    office: Office,
) -> None:
    """Whom setup has taken the account from is told nothing, and somebody hears."""
    office.refer(named=office.world.second_specialist)
    with office.store.act(OPERATOR) as uow:
        uow.people.drop_identities("clinician-osei", besides="none")
        uow.audit(office.world.workspace_id, "setup applied", "clinician-osei")

    office.run()

    [asked] = office.notices(view="asked")
    assert asked.state == "failed"
    assert "no Slack account" in (asked.reason or "")
    assert office.told_of_failure() == KEEPERS


def test_an_unreadable_history_leaves_it_unknown_and_is_told_once(
    office: Office,
) -> None:
    """Nothing is sent blindly: after so many looks it is a person's task."""
    posted = office.post()
    office.slack.faults.cut(POST, when="after", channel=office.channel.id)
    unreadable = office.slack.faults.refuse(
        "conversations.history", "missing_scope", times=None
    )

    office.turn_until(lambda: unreadable.hits >= 8)

    kept = office.look(posted.id)
    assert (kept.state, kept.reason) == ("unknown", "missing_scope")
    assert len(office.calls()) - len(office.people["sam"].dm()) == 1
    assert office.told_of_failure() == ["clinician-sam"]
    assert "missing_scope" in office.people["sam"].dm()[-1].rendered
    with office.store.read() as reading:
        assert [one.id for one in reading.notices.troubled()] == [posted.id]


def test_an_unknown_one_is_settled_once_history_can_be_read_again(
    office: Office,
) -> None:
    posted = office.post()
    office.slack.faults.cut(POST, when="after", channel=office.channel.id)
    broken = office.slack.faults.fail("conversations.history", times=5)
    office.turn_until(lambda: broken.hits == 5)

    office.run()

    assert office.look(posted.id).state == "sent"
    assert len(office.posts_of(posted.id)) == 1


def test_many_tries_before_do_not_keep_an_unknown_one_from_being_told(
    office: Office,
) -> None:
    """Looks are counted, not tries: an hour of outage before it changes nothing."""
    posted = office.post()
    office.slack.faults.refuse(
        POST, "service_unavailable", times=5, channel=office.channel.id
    )
    office.turn_until(lambda: office.look(posted.id).attempts == 5)
    office.slack.faults.cut(POST, when="after", channel=office.channel.id)
    office.slack.faults.refuse("conversations.history", "missing_scope", times=None)

    office.turn_until(lambda: bool(office.told_of_failure()))

    assert office.look(posted.id).state == "unknown"


def test_direct_messages_do_not_wait_for_a_thread_that_nobody_can_see(
    office: Office,
) -> None:
    """The one who is asked hears of it, though the card's outcome stays unknown."""
    office.slack.faults.cut(POST, when="after", channel=office.channel.id)
    office.slack.faults.refuse("conversations.history", "missing_scope", times=None)
    office.refer()

    office.turn_until(lambda: len(office.notices(view="asked", state="sent")) == 1)

    [card] = office.notices(view="card")
    [question] = office.notices(view="question")
    assert (card.state, question.state) == ("unknown", "pending")
    assert len(office.people["rivera"].dm()) == 1
