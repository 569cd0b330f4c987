"""A center changes its protocol: each change is a number, none before it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.actions import protocol_changing as changing
from bot.actions.done import Done
from bot.center_protocol import packaged_of, standing_protocol, the_protocol
from bot.protocol_command import NotUsed, use_file
from bot.protocol_file import read_protocol
from bot.refusals import BadFields, NotForYou, Overtaken, Refusal
from bot.views.row_words import cited
from care.knowledge.own_reach import reach_of
from care.knowledge.own_rows import Wording, wording_of
from care.knowledge.protocol import Condition, Kind, ProtocolRow, Seat, Topic
from care.knowledge.protocols import from_kept, newest_version, packaged_rows
from care.knowledge.telling import MissTold
from care.signing import Standing
from storage.actors import Person
from storage.clock import TravellingClock
from storage.signing import Protocol
from storage.unit import Store
from tests.bot.after_infusion import use_protocol
from tests.bot.planning_store import CBC, IGG
from tests.bot.signing_store import Signing, signing
from tests.storage.together import together
from tests.world import OPERATOR, World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
ROWS = packaged_rows(newest_version())
TAPER = Wording(
    name="Steroid taper",
    statement="The steroid is tapered and its end confirmed",
    seat=Seat.CENTER.value,
    topic=Topic.FIRST_WEEKS.value,
    kind=Kind.CHECK.value,
    target="14 days",
)


@pytest.fixture
def at(store: Store, clock: TravellingClock, world: World) -> Signing:
    """Return a center with the packaged protocol, of which nothing is signed."""
    return signing(store, clock, world, rows=ROWS)


def newest(at: Signing) -> Protocol:
    """Return the center's protocol as it is now."""
    with at.one.store.read() as reading:
        return the_protocol(reading, at.center)


def rows(at: Signing) -> dict[str, ProtocolRow]:
    """Return the rows of the center's protocol."""
    return {one.id: one for one in from_kept(newest(at).rows)}


def do(
    at: Signing, action: Callable[..., Done], by: Person | None = None, **words: Any
) -> Done:
    """Let somebody change the protocol that they see."""
    seen = {"center_id": at.center.id, "protocol_id": newest(at).id}
    return at.one.act(action, by or at.one.specialist, **(seen | words))


def reworded(at: Signing, key: str, **changes: str) -> dict[str, Any]:
    """Return what the form of a row says, changed so."""
    wording = replace(wording_of(rows(at)[key]), **changes)
    return {"row_id": key, "wording": wording}


def test_a_changed_row_makes_the_next_number_and_is_unsigned(at: Signing) -> None:
    at.sign("cbc", "daily-monitoring")
    before = newest(at)

    done = do(at, changing.change_row, **reworded(at, "cbc", statement="Ours"))

    now = newest(at)
    assert (done.subject, now.number) == (now.id, before.number + 1)
    assert now.made_by == at.one.specialist.clinician_id
    assert rows(at)["cbc"].own
    assert rows(at)["cbc"].statement == "Ours"
    assert at.row("cbc").standing is Standing.CHANGED
    assert at.row("daily-monitoring").standing is Standing.SIGNED
    with at.one.store.read() as reading:
        assert reading.signing.protocol(before.id) == before


def test_a_running_plan_stays_on_its_number(at: Signing) -> None:
    at.sign("cbc")
    plan = at.one.infuse()

    do(at, changing.change_row, **reworded(at, "cbc", statement="Ours"))

    assert at.one.plan.protocol_id == plan.protocol_id != newest(at).id
    with at.one.store.read() as reading:
        pinned = reading.signing.protocol(plan.protocol_id)
        assert standing_protocol(reading, at.center, pinned).count.signed == 1


@ON_SQLITE
def test_saved_as_it_was_nothing_changes(at: Signing) -> None:
    before = newest(at)

    done = do(at, changing.change_row, **reworded(at, "cbc"))

    assert done.what == "unchanged"
    assert newest(at) == before


@ON_SQLITE
def test_a_row_of_its_own_is_added_left_out_and_never_numbered_again(
    at: Signing,
) -> None:
    do(at, changing.add_row, wording=TAPER)
    assert rows(at)["c01-steroid-taper"].own
    assert at.row("c01-steroid-taper").standing is Standing.UNSIGNED

    do(at, changing.leave_out, row_id="c01-steroid-taper")
    do(at, changing.add_row, wording=TAPER)

    assert "c01-steroid-taper" not in rows(at)
    assert rows(at)["c02-steroid-taper"].ref == "C02"


@ON_SQLITE
def test_what_was_left_out_or_changed_is_taken_again_as_packaged(at: Signing) -> None:
    at.sign("cbc")
    do(at, changing.change_row, **reworded(at, "cbc", name="Blood"))
    do(at, changing.leave_out, row_id="daily-monitoring")
    assert "daily-monitoring" not in rows(at)

    for key in ("cbc", "daily-monitoring"):
        do(at, changing.take_packaged, row_id=key)

    assert {one.id: one for one in ROWS} == rows(at)
    # It reads again as it was signed.
    assert at.row("cbc").standing is Standing.SIGNED
    assert do(at, changing.take_packaged, row_id="cbc").what == "unchanged"


@ON_SQLITE
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(at: Signing) -> None:
    before = newest(at)

    for wording, field in (
        (replace(TAPER, target="soon"), "target"),
        (replace(TAPER, statement="Call John Smith, MRN 12345678"), "statement"),
    ):
        with pytest.raises(BadFields) as told:
            do(at, changing.add_row, wording=wording)
        assert told.value.sentences.keys() == {field}

    assert newest(at) == before


@ON_SQLITE
@pytest.mark.parametrize("who", ["center_coordinator", "oncologist", "administrator"])
def test_without_the_right_nobody_changes_anything(at: Signing, who: str) -> None:
    by = getattr(at.one.world, who)

    for action, words in (
        (changing.add_row, {"wording": TAPER}),
        (changing.change_row, reworded(at, "cbc", name="Blood")),
        (changing.leave_out, {"row_id": "cbc"}),
        (changing.take_packaged, {"row_id": "cbc"}),
    ):
        with pytest.raises(NotForYou):
            do(at, action, by, **words)

    assert newest(at).number == 1


@ON_SQLITE
def test_a_protocol_keeps_one_row(
    store: Store, clock: TravellingClock, world: World
) -> None:
    at = signing(store, clock, world, rows=[CBC])

    with pytest.raises(Refusal, match="at least one row"):
        do(at, changing.leave_out, row_id="cbc")


def test_of_two_at_once_the_second_sees_the_first_s_change(at: Signing) -> None:
    first, second = at.one.world.first_specialist, at.one.world.second_specialist
    seen = {"center_id": at.center.id, "protocol_id": newest(at).id}

    def drop(by: Person, key: str) -> str:
        try:
            return at.one.act(changing.leave_out, by, row_id=key, **seen).what
        except Overtaken:
            return "overtaken"

    done = together(
        lambda: drop(first, "cbc"), lambda: drop(second, "daily-monitoring")
    )

    assert sorted(done) == ["changed", "overtaken"]
    assert newest(at).number == 2
    assert len(rows(at)) == len(ROWS) - 1


@ON_SQLITE
def test_who_and_for_whom_is_changed_and_the_row_unsigned(at: Signing) -> None:
    at.sign("cbc")
    faster = replace(reach_of(rows(at)["cbc"]), responsible="1", applies_when="HBV")

    done = do(at, changing.change_reach, row_id="cbc", reach=faster)
    again = do(at, changing.change_reach, row_id="cbc", reach=faster)

    assert (done.what, again.what) == ("changed", "unchanged")
    assert newest(at).number == 2
    assert rows(at)["cbc"].miss_told == MissTold(responsible=1)
    assert rows(at)["cbc"].applies_when is Condition.HBV
    assert at.row("cbc").standing is Standing.CHANGED


@ON_SQLITE
def test_slower_than_usual_and_by_whoever_may_not_is_refused(at: Signing) -> None:
    slower = replace(reach_of(rows(at)["cbc"]), responsible="7")
    words: dict[str, Any] = {"row_id": "cbc", "reach": slower}

    with pytest.raises(BadFields) as told:
        do(at, changing.change_reach, **words)
    with pytest.raises(NotForYou):
        do(at, changing.change_reach, at.one.world.practice_coordinator, **words)

    assert "never slower" in told.value.sentences["responsible"]
    assert newest(at).number == 1


@ON_SQLITE
def test_what_is_not_there_any_more_is_not_changed(at: Signing) -> None:
    words = reworded(at, "cbc", name="Blood")
    do(at, changing.leave_out, row_id="cbc")

    with pytest.raises(Overtaken):
        do(at, changing.change_row, **words)
    with pytest.raises(Overtaken):
        do(at, changing.take_packaged, row_id="nothing")


FILE = """
- id: cbc
  ref: P10
  name: Blood counts
  statement: As we do it
  topic: counts
  kind: check
  window: {earliest: 20 days, target: 30 days, latest: 40 days}
  who: practice
  proposed: [window, who]
  sources: [S5]
  mark: F
  last_checked: 2026-11-23
  checked_by: null
"""


def used(at: Signing, path: Path, key: str, center: str = "university") -> list[str]:
    """Let the command use a file."""
    read = read_protocol(path)
    return list(use_file(at.one.store, OPERATOR, read, center, key=key))


@ON_SQLITE
def test_a_file_becomes_the_protocol_and_what_it_changed_is_the_center_s(
    at: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(FILE)

    said = used(at, path, "one")

    (row,) = rows(at).values()
    assert (row.own, row.proposed) == (True, ())
    assert said[0] == "University Center: protocol 2, 1 rows, 1 its own"
    assert "0 of 1 rows signed; 1 is not scheduled" in said[1]
    assert newest(at).made_by is None
    assert "the same as protocol 2" in used(at, path, "two")[0]
    assert newest(at).number == 2


@ON_SQLITE
def test_a_file_for_no_center_or_with_a_patient_in_it_is_not_used(
    at: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(FILE)
    with pytest.raises(NotUsed, match="centers of the setup: university"):
        used(at, path, "one", "elsewhere")
    path.write_text(FILE.replace("As we do it", "MRN 12345678, born 3 May 1961"))
    with pytest.raises(NotUsed, match="cbc: "):
        used(at, path, "two")

    assert newest(at).number == 1


@ON_SQLITE
def test_the_packaged_rows_are_those_that_the_center_began_with(at: Signing) -> None:
    at.one.write(lambda unit: use_protocol(unit, at.one.world, [CBC, IGG]))

    assert packaged_of(newest(at)).keys() == {one.id for one in ROWS}


@ON_SQLITE
def test_a_plan_shows_a_changed_row_as_the_center_s(at: Signing) -> None:
    assert not cited(rows(at)["cbc"]).startswith("The center's own words")

    do(at, changing.change_row, **reworded(at, "cbc", statement="Ours"))

    assert cited(rows(at)["cbc"]).startswith("The center's own words, after ")
