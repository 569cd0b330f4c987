"""Nobody is lost to a case because the setup names them no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.actions.reminding import FAILURE, INSTEAD, STUCK
from bot.demo.cast import setup_for
from bot.refusals import SetupRefused
from bot.rendering import Rendering
from bot.setup_file import SetupFile
from scheduler.ports import Unneeded
from storage.actors import Operator
from storage.records import Notice, Way
from storage.tables import clinician
from tests.beside import Beside
from tests.bot.acting import ask
from tests.conftest import T0

Told = dict[str, Any]
Edit = Callable[[Told], None]


def site(told: Told, key: str) -> Told:
    """Return the entry of a site."""
    found: Told = next(one for one in told["sites"] if one["key"] == key)
    return found


def take(told: Told, site_key: str, key: str) -> Told:
    """Take somebody out of a site and return their entry."""
    at = site(told, site_key)
    found: Told = next(one for one in at["people"] if one["key"] == key)
    at["people"].remove(found)
    at["duty"] = [one for one in at["duty"] if one != key]
    return found


def without(site_key: str, key: str) -> Edit:
    """Return an edit that names somebody no more."""

    def edit(told: Told) -> None:
        take(told, site_key, key)

    return edit


def moved_to_prairie(told: Told) -> None:
    """Let the oncologist work at another practice, with the same account."""
    site(told, "prairie")["people"].append(take(told, "lakeside", "chen"))


def renamed(told: Told) -> None:
    """Give the oncologist another key."""
    site(told, "lakeside")["people"].append(
        take(told, "lakeside", "chen") | {"key": "mei-chen"}
    )


def set_up(beside: Beside, edit: Edit) -> None:
    """Set the demo up again, edited."""
    told = setup_for(beside.cast).model_dump(mode="json")
    edit(told)
    beside.set_up(SetupFile.model_validate(told))
    beside.settle()


def active(beside: Beside, key: str) -> bool:
    """Tell whether anybody of a key is active."""
    with beside.baton.store.read() as reading:
        query = clinician.select().where(clinician.c.key == key)
        rows = reading.connection.execute(query).all()
    return any(row.active for row in rows)


@pytest.mark.parametrize("edit", [without("lakeside", "chen"), moved_to_prairie])
def test_whoever_a_patient_relies_on_cannot_leave_and_the_case_is_named(
    on_both: Beside, edit: Edit
) -> None:
    thread = ask(on_both)

    with pytest.raises(SetupRefused) as refused:
        set_up(on_both, edit)

    assert thread.code in refused.value.sentence
    assert "Dr Mei Chen cannot leave" in refused.value.sentence
    assert active(on_both, "chen")


def test_another_key_is_another_person_so_it_waits_too(beside: Beside) -> None:
    ask(beside)

    with pytest.raises(SetupRefused, match="change their key"):
        set_up(beside, renamed)


def test_whoever_was_asked_leaves_once_somebody_else_has_taken_it(
    beside: Beside,
) -> None:
    thread, cast = ask(beside), beside.cast

    with pytest.raises(SetupRefused, match=thread.code):
        set_up(beside, without("university", "rivera"))
    thread.press(cast.okafor, "Take it")
    set_up(beside, without("university", "rivera"))

    assert not active(beside, "rivera")


def test_whoever_took_it_leaves_once_it_is_answered(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.press(cast.okafor, "Take it")

    with pytest.raises(SetupRefused, match="Dr Ben Okafor"):
        set_up(beside, without("university", "okafor"))
    thread.write(cast.okafor, "Answer", {"Your answer": "CAR T first."})
    set_up(beside, without("university", "okafor"))

    assert not active(beside, "okafor")


def test_the_practice_owes_an_answered_case_until_it_is_closed(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    thread.write(cast.rivera, "Answer", {"Your answer": "CAR T first."})

    with pytest.raises(SetupRefused, match=thread.code):
        set_up(beside, without("lakeside", "chen"))


def test_an_account_that_is_deactivated_holds_nobody(on_both: Beside) -> None:
    """Somebody who has left the hospital must not hold up the setup."""
    ask(on_both)
    on_both.slack.deactivate(on_both.cast.chen)

    set_up(on_both, without("lakeside", "chen"))

    assert not active(on_both, "chen")


def test_only_the_one_whose_account_is_gone_may_leave(beside: Beside) -> None:
    thread, cast = ask(beside), beside.cast
    beside.slack.deactivate(cast.chen)

    def both(told: Told) -> None:
        take(told, "lakeside", "chen")
        take(told, "university", "rivera")

    with pytest.raises(SetupRefused) as refused:
        set_up(beside, both)

    assert "Dr Ana Rivera" in refused.value.sentence
    assert "Dr Mei Chen" not in refused.value.sentence
    assert thread.code in refused.value.sentence
    assert active(beside, "chen")


def test_whoever_nothing_waits_for_leaves(beside: Beside) -> None:
    ask(beside)

    set_up(beside, without("lakeside", "brooks"))

    assert not active(beside, "brooks")


@pytest.mark.parametrize("view", [FAILURE, INSTEAD, STUCK])
def test_whoever_left_is_told_of_no_failure(beside: Beside, view: str) -> None:
    by = Operator("tests")
    with beside.baton.store.read() as reading:
        workspace_id = reading.people.workspaces()[0].id
        lee = reading.people.administrators(workspace_id)[0]
    with beside.baton.store.act(by) as uow:
        uow.people.retire("clinician", lee.id)
        uow.audit(workspace_id, "setup applied", lee.id)
    notice = _about_delivery(workspace_id, lee.id, view)

    with beside.baton.store.read() as reading:
        said = Rendering()(reading=reading, notice=notice)

    assert said == Unneeded("no part")


def _about_delivery(workspace_id: str, recipient_id: str, view: str) -> Notice:
    return Notice(
        seq=1,
        id="n",
        workspace_id=workspace_id,
        conversation=recipient_id,
        recipient_id=recipient_id,
        way=Way.POST,
        view=view,
        subject="s",
        payload={"kind": "referral", "notice": "gone"},
        root_id=None,
        state="pending",
        reason=None,
        channel_id=None,
        sent_ts=None,
        permalink=None,
        written_at=T0,
        token=0,
        attempts=0,
        lease_until=None,
        lease_first_attempt_at=None,
    )
