"""At sending, the recipient's part and the subject are read again."""

from __future__ import annotations

import json

import pytest

from bot.actions.reminding import INSTEAD
from care.people import Role
from care.referral import Event
from storage.records import Way
from tests.scheduler.conftest import ON_SQLITE
from tests.scheduler.office import Office, break_row
from tests.world import OPERATOR, a_notice


def retire(office: Office, clinician_id: str) -> None:
    """Make somebody inactive, as a setup that names them no more does."""
    with office.store.act(OPERATOR) as uow:
        uow.people.retire("clinician", clinician_id)
        uow.audit(office.world.workspace_id, "setup applied", clinician_id)


def change(office: Office, clinician_id: str, **changes: object) -> None:
    """Change somebody's role or site, as a changed setup does."""
    with office.store.act(OPERATOR) as uow:
        uow.people.put("clinician", {"id": clinician_id, **changes})
        uow.audit(office.world.workspace_id, "setup applied", clinician_id)


@pytest.mark.parametrize("lost", ["left", "other role", "other site"])
def test_whoever_lost_their_part_is_not_told_and_the_responsible_one_is(
    office: Office, lost: str
) -> None:
    """Written for the specialist on duty; sent after they have no part any more."""
    office.refer(named=office.world.first_specialist)
    match lost:
        case "left":
            retire(office, "clinician-rivera")
        case "other role":
            change(office, "clinician-rivera", role=Role.ADMINISTRATOR)
        case _:
            break_row(
                office.store,
                "INSERT INTO site (id, workspace_id, key, kind, name, phone_24h, zone,"
                " opens, closes, days, responsible_roles)"
                " SELECT 'site-else', workspace_id, 'else', kind, 'Elsewhere',"
                " phone_24h, zone, opens, closes, days, responsible_roles"
                " FROM site WHERE id = 'site-lakeside'",
            )
            change(office, "clinician-rivera", site_id="site-else")

    office.run()

    [asked] = office.notices(view="asked")
    assert (asked.state, asked.reason) == ("skipped", "no part")
    assert office.people["rivera"].dm() == []
    assert office.told_instead() == ["clinician-chen"]
    [instead] = office.notices(view=INSTEAD)
    assert instead.state == "sent"
    assert "has no part" in office.people["chen"].dm()[-1].rendered
    assert office.told_of_failure() == []


def test_a_part_that_is_found_again_before_the_sending_is_told(
    office: Office,
) -> None:
    office.refer(named=office.world.first_specialist)
    retire(office, "clinician-rivera")
    change(office, "clinician-rivera", active=1)

    office.run()

    assert [one.state for one in office.notices(view="asked")] == ["sent"]
    assert len(office.people["rivera"].dm()) == 1


def test_what_is_about_nothing_any_more_is_not_said(office: Office) -> None:
    gone = a_notice(office.world, "gone", view="question", subject="no such referral")
    office.write(gone)

    office.run()

    kept = office.look(gone.id)
    assert (kept.state, kept.reason) == ("skipped", "the subject is gone")
    assert office.calls() == []


def test_a_message_that_stands_is_changed_no_more_for_who_lost_their_part(
    office: Office,
) -> None:
    """It was told already, so nobody is told instead."""
    referral = office.refer(named=office.world.first_specialist)
    office.run()
    retire(office, "clinician-rivera")

    office.move(office.world.second_specialist, referral, Event.TAKE)
    office.run()

    [asked] = office.notices(view="asked", way=Way.UPDATE)
    assert (asked.state, asked.reason) == ("skipped", "no part")
    assert office.told_instead() == []


@ON_SQLITE
def test_whoever_was_told_is_shown_what_became_of_it(office: Office) -> None:
    """The request of the one who was asked first ends when another takes it."""
    referral = office.refer(named=office.world.first_specialist)
    office.run()

    office.move(office.world.second_specialist, referral, Event.TAKE)
    office.run()

    [update] = office.notices(view="asked", way=Way.UPDATE)
    [told] = office.people["rivera"].dm()
    assert update.state == "sent"
    assert told.edited
    assert "Take it" not in told.buttons


UNSHOWABLE = {
    "a step that nobody knows": {"view": "brought up", "payload": {"step": "nonsense"}},
    "a view that nobody knows": {"view": "from the future", "payload": {}},
    "a reply that is not there": {"view": "what is it", "payload": {"reply": "gone"}},
}


@ON_SQLITE
@pytest.mark.parametrize("broken", UNSHOWABLE.values(), ids=UNSHOWABLE)
def test_what_cannot_be_shown_is_put_off_then_told_and_stops_nobody(
    office: Office, broken: dict[str, object]
) -> None:
    referral = office.refer()
    bad = a_notice(
        office.world,
        "bad",
        subject=referral,
        conversation="@clinician-rivera",
        recipient_id="clinician-rivera",
        **broken,
    )
    office.write(bad)
    behind = office.post("behind")

    office.run()

    kept = office.look(bad.id)
    assert (kept.state, kept.reason) == ("failed", "cannot be shown")
    assert kept.attempts == office.timings.show_tries
    assert office.told_of_failure() == ["clinician-noor", "clinician-sam"]
    assert office.look(behind.id).state == "sent"
    assert [one.state for one in office.notices(view="asked")] == ["sent"]
    assert len(office.people["rivera"].dm()) == 1


def test_what_can_be_shown_again_is_sent_late_rather_than_never(
    office: Office,
) -> None:
    """The row is mended between two tries."""
    referral = office.refer()
    bad = a_notice(
        office.world,
        "bad",
        view="brought up",
        subject=referral,
        payload={"step": "nonsense"},
        conversation="@clinician-rivera",
        recipient_id="clinician-rivera",
    )
    office.write(bad)
    office.turn_until(lambda: office.look(bad.id).attempts == 2)

    break_row(
        office.store,
        "UPDATE notice SET payload = :payload WHERE id = :id",
        payload=json.dumps({"step": "limit", "generation": 1}),
        id=bad.id,
    )
    office.run()

    assert office.look(bad.id).state == "sent"
    assert len(office.posts_of(bad.id)) == 1
    assert office.told_of_failure() == []


def test_a_line_in_a_thread_is_for_everybody_in_the_channel(office: Office) -> None:
    """It names no recipient, so no part is asked for."""
    office.refer(named=office.world.first_specialist)
    retire(office, "clinician-rivera")

    office.run()

    [card] = office.notices(view="card", way=Way.POST)
    [question] = office.notices(view="question")
    assert (card.state, question.state) == ("sent", "sent")
