"""Cases, referrals, replies and drafts: sealed, each by the key of its case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from care.cases import CaseSummary
from care.referral import Event, Kind, Side, State, Urgency, advance
from storage.audit import verify
from storage.clock import TravellingClock
from storage.database import Database
from storage.errors import KeyMissing, NotFound
from storage.records import Draft, Life, ReplyKind
from storage.sealing import Keyring, new_key
from storage.tables import case, data_key, draft, metadata, referral, reply
from storage.unit import Store
from tests.conftest import T0
from tests.world import (
    OPERATOR,
    QUESTION,
    World,
    new_case,
    new_referral,
    new_reply,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def snapshot(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, as it is kept."""
    with store.read() as reading:
        return {
            name: [
                tuple(row)
                for row in reading.connection.execute(
                    select(table).order_by(*table.primary_key)
                )
            ]
            for name, table in metadata.tables.items()
        }


def test_what_is_kept_comes_back_as_it_was(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        asked = new_referral(
            unit,
            world,
            case,
            kind=Kind.EVALUATION,
            urgency=Urgency.URGENT,
            question="Größe 170 cm, 1q+ · t(4;14) ✓",
            passed_by=("clinician-osei", "clinician-rivera"),
            paused_until=T0 + HOUR,
        )
        said = new_reply(unit, asked, kind=ReplyKind.ANSWER)

    with store.read() as reading:
        cases = reading.cases
        assert cases.case(case.id) == case
        assert cases.case_by_code(case.code) == case
        assert cases.referral(asked.id) == asked
        assert cases.referrals_of(case.id) == [asked]
        assert cases.reply(said.id) == said
        assert cases.replies_of(asked.id) == [said]


def test_a_case_that_records_nothing_is_kept_too(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        empty = new_case(unit, world, summary=CaseSummary())

    with store.read() as reading:
        assert reading.cases.case(empty.id).summary == CaseSummary()


def test_what_is_not_there_is_said_to_be_not_there(store: Store, world: World) -> None:
    with store.read() as reading:
        for look_up in (
            lambda: reading.cases.case("nothing"),
            lambda: reading.cases.referral("nothing"),
            lambda: reading.cases.reply("nothing"),
        ):
            with pytest.raises(NotFound):
                look_up()
        assert reading.cases.case_by_code("MM-7K3Q9") is None
        assert reading.cases.reply_at("nothing", "1.1") is None
        assert not reading.cases.code_is_taken("MM-7K3Q9")
    with store.act(OPERATOR) as unit, pytest.raises(NotFound):
        unit.cases.referral_to_move("nothing")


def test_a_code_that_is_in_use_is_taken(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        there = new_case(unit, world)

    with store.read() as reading:
        assert reading.cases.code_is_taken(there.code)


def test_a_move_is_written_back_and_leaves_the_question_sealed_as_it_was(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        asked = new_referral(unit, world, new_case(unit, world))
    sealed = snapshot(store)["referral"][0]

    with store.act(world.first_specialist) as unit:
        held = unit.cases.referral_to_move(asked.id)
        parts = {"specialist or lead of the asked center"}
        moved = held.moved_to(advance(held.progress, Event.TAKE, parts))  # type: ignore[arg-type] # a part is its text
        moved = replace(moved, taker_id="clinician-rivera", generation=2)
        unit.cases.keep_referral(moved)
        unit.audit(world.workspace_id, "referral.taken", asked.id)

    after = snapshot(store)["referral"][0]
    position = list(referral.columns.keys()).index("question")
    assert after[position] == sealed[position]
    with store.read() as reading:
        kept = reading.cases.referral(asked.id)
    assert kept == moved
    assert (kept.state, kept.waiting_on) == (State.ACCEPTED, Side.CENTER)
    assert kept.question == QUESTION


def test_a_site_sees_the_referrals_of_its_links_longest_waiting_first(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        case = new_case(unit, world)
        late = new_referral(unit, world, case, round_started_at=T0 + HOUR)
        early = new_referral(unit, world, case, round_started_at=T0 - HOUR)
        new_referral(unit, world, case, state=State.ANSWERED, waiting_on=None)

    with store.read() as reading:
        for site_id in (world.practice_id, world.center_id):
            found = reading.cases.referrals_at(site_id, [State.REQUESTED])
            assert [one.id for one in found] == [early.id, late.id]
        assert reading.cases.referrals_at("site-elsewhere", list(State)) == []
        assert reading.cases.referrals_at(world.center_id, []) == []


def test_a_practice_sees_its_newest_cases(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        cases = [new_case(unit, world, created_at=T0 + n * HOUR) for n in range(4)]

    with store.read() as reading:
        found = reading.cases.cases_at(world.practice_id, limit=3)
        assert found == cases[:0:-1]
        assert reading.cases.cases_at(world.center_id, limit=3) == []


def test_a_practices_cases_can_be_those_of_one_clinician_or_one_alone(
    store: Store, world: World
) -> None:
    amy = world.practice_coordinator.clinician_id
    with store.act(world.oncologist) as unit:
        responsible = new_case(unit, world, responsible_id=amy)
        referred = new_case(unit, world, created_at=T0 + HOUR)
        new_referral(unit, world, referred, referrer_id=amy)
        new_case(unit, world)

    with store.read() as reading:
        at = world.practice_id
        assert reading.cases.cases_at(at, of=amy) == [referred, responsible]
        alone = reading.cases.cases_at(at, of=amy, case_id=responsible.id)
        assert alone == [responsible]
        assert reading.cases.cases_at(world.center_id, of=amy) == []


def test_whoever_has_died_is_looked_for_by_id_alone(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        died, lives = new_case(unit, world), new_case(unit, world)
        unit.cases.change_life(died.id, Life.DIED)

    with store.read() as reading:
        at = world.practice_id
        assert [one.id for one in reading.cases.cases_at(at)] == [lives.id]
        assert [one.id for one in reading.cases.cases_at(at, case_id=died.id)] == [
            died.id
        ]


def test_several_cases_are_opened_in_two_statements(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        ids = [new_case(unit, world).id for _ in range(3)]

    with store.read() as reading:
        assert reading.cases.cases(ids).keys() == set(ids)
        with pytest.raises(NotFound, match="there is no case nothing"):
            reading.cases.cases([*ids, "nothing"])


def test_a_reply_is_found_by_its_message_and_sorted_by_its_author(
    store: Store, world: World
) -> None:
    with store.act(world.first_specialist) as unit:
        asked = new_referral(unit, world, new_case(unit, world))
        said = new_reply(unit, asked, message_ts="1.1")
        withheld = new_reply(
            unit,
            asked,
            text=None,
            withheld="identifier",
            message_ts=None,
            written_at=T0 + HOUR,
        )
        author = world.first_specialist.clinician_id
        assert unit.cases.unsorted_replies(author) == [said, withheld]
        unit.cases.sort_reply(said.id, ReplyKind.ANSWER)

    with store.read() as reading:
        assert reading.cases.reply_at(asked.id, "1.1") == replace(
            said, kind=ReplyKind.ANSWER
        )
        assert reading.cases.unsorted_replies(author) == [withheld]
        several = reading.cases.replies([withheld.id, said.id, "nothing"])
        assert [one.id for one in several] == [said.id, withheld.id]
        assert reading.cases.unsorted_replies(world.oncologist.clinician_id) == []


def test_every_case_has_a_data_key_of_its_own(store: Store, world: World) -> None:
    with store.act(world.oncologist) as unit:
        one, other = new_case(unit, world), new_case(unit, world)
        first, second = unit.vault.key(one.id), unit.vault.key(other.id)

    sealed = first.seal("words", "place")
    with pytest.raises(KeyMissing):
        second.open(sealed, "place")
    assert {row[0] for row in snapshot(store)["data_key"]} == {one.id, other.id}


@pytest.mark.parametrize(
    "moved", ["another referral", "another column", "another case"]
)
def test_sealed_text_that_was_moved_does_not_open(
    store: Store, world: World, moved: str
) -> None:
    with store.act(world.oncologist) as unit:
        own = new_case(unit, world)
        one = new_referral(unit, world, own)
        other = new_referral(unit, world, own)
        said = new_reply(unit, one)
        foreign = new_referral(unit, world, new_case(unit, world))
    with store.act(OPERATOR) as unit:
        source = {
            "another referral": select(referral.c.question).where(
                referral.c.id == other.id
            ),
            "another column": select(reply.c.text).where(reply.c.id == said.id),
            "another case": select(referral.c.question).where(
                referral.c.id == foreign.id
            ),
        }[moved]
        sealed = unit.connection.execute(source).scalar_one()
        unit.connection.execute(
            update(referral).where(referral.c.id == one.id).values(question=sealed)
        )
        unit.audit(world.workspace_id, "moved", one.id)

    with (
        store.read() as reading,
        pytest.raises(KeyMissing, match=f"referral.question/{one.id}"),
    ):
        reading.cases.referral(one.id)


def test_a_data_key_that_was_moved_to_another_case_does_not_open(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        one, other = new_case(unit, world), new_case(unit, world)
    with store.act(OPERATOR) as unit:
        wrapped = unit.connection.execute(
            select(data_key.c.wrapped).where(data_key.c.owner == other.id)
        ).scalar_one()
        unit.connection.execute(
            update(data_key).where(data_key.c.owner == one.id).values(wrapped=wrapped)
        )

    with store.read() as reading, pytest.raises(KeyMissing, match=one.id):
        reading.cases.case(one.id)


def test_rotation_wraps_key_rows_again_and_touches_nothing_else(
    database: Database, store: Store, world: World, clock: TravellingClock
) -> None:
    old, new = new_key("old"), new_key("new")
    before_rotation = Store(database, Keyring.parse(old), clock)
    with before_rotation.act(world.oncologist) as unit:
        asked = new_referral(unit, world, new_case(unit, world))
        new_case(unit, world)
    before = snapshot(store)

    rotating = Store(database, Keyring.parse(f"{new},{old}"), clock)
    with rotating.act(OPERATOR) as unit:
        assert unit.vault.rewrap() == 2
    with rotating.act(OPERATOR) as unit:
        assert unit.vault.rewrap() == 0

    after = snapshot(store)
    assert {name for name in after if after[name] != before[name]} == {"data_key"}
    assert {row[1] for row in after["data_key"]} == {"new"}
    rotated = Store(database, Keyring.parse(new), clock)
    with rotated.read() as reading:
        assert reading.cases.referral(asked.id) == asked
    with before_rotation.read() as reading, pytest.raises(KeyMissing, match="'new'"):
        reading.cases.referral(asked.id)


def test_shredding_one_key_makes_that_case_unreadable_and_no_other(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        shredded, kept = new_case(unit, world), new_case(unit, world)
        lost = new_referral(unit, world, shredded)
        said = new_reply(unit, lost)
    with store.act(OPERATOR) as unit:
        unit.vault.shred([shredded.id])
        unit.audit(world.workspace_id, "case.shredded", shredded.id)
        with pytest.raises(KeyMissing, match="was shredded"):
            unit.cases.case(shredded.id)

    with store.read() as reading:
        assert reading.cases.case(kept.id) == kept
        for look_up in (
            lambda: reading.cases.case(shredded.id),
            lambda: reading.cases.referral(lost.id),
            lambda: reading.cases.reply(said.id),
        ):
            with pytest.raises(KeyMissing, match="was shredded"):
                look_up()
        assert verify(reading.connection, world.workspace_id) == 6


def a_draft(world: World, **changes: Any) -> Draft:
    """Return a draft of the oncologist's, changed as asked."""
    new = Draft(
        id="draft1",
        author_id=world.oncologist.clinician_id,
        form="ask",
        subject="r1",
        values={"question": QUESTION, "lines": 2, "none": None},
        kept_until=T0 + DAY,
    )
    return replace(new, **changes)


def test_a_draft_is_kept_for_its_person_form_and_subject(
    store: Store, world: World
) -> None:
    kept = a_draft(world)
    with store.act(world.oncologist) as unit:
        unit.drafts.keep(kept)

    with store.read() as reading:
        find = reading.drafts.find
        assert find(kept.author_id, "ask", "r1", now=T0) == kept
        assert find(kept.author_id, "ask", "r2", now=T0) is None
        assert find(kept.author_id, "answer", "r1", now=T0) is None
        other = world.first_specialist.clinician_id
        assert find(other, "ask", "r1", now=T0) is None


def test_a_newer_draft_takes_the_place_of_the_older_with_its_key(
    store: Store, world: World
) -> None:
    older, newer = a_draft(world), a_draft(world, id="draft2", values={"lines": 3})
    with store.act(world.oncologist) as unit:
        unit.drafts.keep(older)

    with store.act(world.oncologist) as unit:
        unit.drafts.keep(newer)

    with store.read() as reading:
        found = reading.drafts.find(newer.author_id, "ask", "r1", now=T0)
    assert found == newer
    assert [row[0] for row in snapshot(store)["data_key"]] == ["draft2"]


def test_the_same_draft_can_be_kept_again(store: Store, world: World) -> None:
    again = a_draft(world, values={"lines": 3})
    for one in (a_draft(world), again):
        with store.act(world.oncologist) as unit:
            unit.drafts.keep(one)

    with store.read() as reading:
        assert reading.drafts.find(again.author_id, "ask", "r1", now=T0) == again


def test_a_draft_whose_time_is_over_is_not_found_and_is_dropped_with_its_key(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        unit.drafts.keep(a_draft(world))
        unit.drafts.keep(
            a_draft(world, id="d2", form="answer", kept_until=T0 + 2 * DAY)
        )

    with store.read() as reading:
        author = world.oncologist.clinician_id
        assert reading.drafts.find(author, "ask", "r1", now=T0 + DAY) is None
    with store.act(OPERATOR) as unit:
        assert unit.drafts.drop_old(T0 + DAY) == 1

    after = snapshot(store)
    assert [row[0] for row in after["draft"]] == ["d2"]
    assert [row[0] for row in after["data_key"]] == ["d2"]


def test_a_draft_that_was_carried_out_is_forgotten_with_its_key(
    store: Store, world: World
) -> None:
    with store.act(world.oncologist) as unit:
        unit.drafts.keep(a_draft(world))

    with store.act(world.oncologist) as unit:
        unit.drafts.drop(world.oncologist.clinician_id, "ask", "r1")
        unit.drafts.drop(world.oncologist.clinician_id, "ask", "r1")

    after = snapshot(store)
    assert after["draft"] == after["data_key"] == []


@pytest.mark.parametrize("column", [case.c.summary, referral.c.question, draft.c.body])
def test_a_sealed_column_does_not_hold_what_it_seals(
    store: Store, world: World, column: Any
) -> None:
    with store.act(world.oncologist) as unit:
        new_referral(unit, world, new_case(unit, world))
        unit.drafts.keep(a_draft(world))

    with store.read() as reading:
        held = reading.connection.execute(select(column)).scalar_one()

    long_words = [word for word in QUESTION.split() if len(word) > 4]
    for word in (*long_words, "age_band", "lines"):
        assert word.encode() not in held
