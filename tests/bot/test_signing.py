"""Signing on both stores: what was read is signed, once, and plans grow by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.protocol_changing import change_row
from bot.actions.signing import Seen, withdraw
from bot.center_protocol import standing_protocol
from bot.knowledge import center_benchmarks, center_flags
from bot.refusals import NotForYou, Overtaken, Refusal
from bot.views import red_flags
from care.knowledge.own_rows import wording_of
from care.knowledge.protocol import ProtocolRow
from care.knowledge.red_flags import RedFlags, load_red_flags
from care.signing import Standing
from storage.clock import TravellingClock
from storage.unit import Store
from tests.bot.after_infusion import DAY0, ROWS
from tests.bot.planning_store import a_row
from tests.bot.signing_store import Signing, signing
from tests.conftest import T0
from tests.storage.together import together
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
CHOICES = [a_row(f"igg-{one}", f"IgG {one}", choice="igg-how") for one in ("a", "b")]


@pytest.fixture
def at(store: Store, clock: TravellingClock, world: World) -> Signing:
    """Return a center that has signed nothing."""
    return signing(store, clock, world, rows=[*ROWS, *CHOICES])


def test_what_is_signed_counts_and_says_by_whom(at: Signing) -> None:
    done = at.sign("cbc", "igg")

    row = at.row("cbc")
    assert (done.what, done.subject) == ("signed", "2")
    assert row.standing is Standing.SIGNED
    assert row.signer is not None
    assert row.signer.name == "Dr Rivera"
    # The two that disagree count as one.
    assert str(at.known().count) == "2 of 13 rows signed; 11 are not scheduled"
    assert at.audited("row signed") == 2


@ON_SQLITE
@pytest.mark.parametrize(
    "who", ["center_coordinator", "oncologist", "administrator", "practice_coordinator"]
)
def test_without_the_right_nobody_signs_and_hears_who_does(
    at: Signing, who: str
) -> None:
    by = getattr(at.one.world, who)

    with pytest.raises(NotForYou, match=r"Dr Rivera, Dr Osei|Dr Osei, Dr Rivera"):
        at.sign("cbc", by=by)

    assert at.known().count.signed == 0
    assert not at.known(by).may_sign


@ON_SQLITE
def test_the_right_ends_as_soon_as_the_setup_takes_it(at: Signing) -> None:
    seen = at.seen("cbc")
    at.one.write(
        lambda unit: unit.people.put(
            "clinician", {"id": "clinician-rivera", "signs": 0}
        )
    )

    with pytest.raises(NotForYou):
        at.sign(rows=seen)


def test_a_row_that_reads_otherwise_since_is_not_signed(at: Signing) -> None:
    """Neither is anything else of that page: it is read again as a whole."""
    seen = at.seen("cbc", "igg")
    change(at, "igg")

    with pytest.raises(Overtaken, match="reads otherwise"):
        at.sign(rows=seen)
    with pytest.raises(Overtaken):
        at.sign(rows=[Seen("gone", "0")])

    assert at.known().count.signed == 0


def test_of_what_disagrees_the_last_chosen_stands_alone(at: Signing) -> None:
    with pytest.raises(Refusal, match="disagree"):
        at.sign("igg-a", "igg-b")

    at.sign("igg-a")
    at.sign("igg-b", by=at.one.world.second_specialist)

    assert at.row("igg-a").standing is Standing.UNSIGNED
    assert at.row("igg-b").standing is Standing.SIGNED
    with at.one.store.read() as reading:
        (before,) = reading.signing.history(at.center.id, "igg-a")
    assert before.ended_by == at.one.world.second_specialist.clinician_id


def test_two_who_sign_at_once_sign_once(at: Signing) -> None:
    first, second = at.one.world.first_specialist, at.one.world.second_specialist
    seen = at.seen("cbc")

    done = together(
        lambda: at.sign(by=first, rows=seen), lambda: at.sign(by=second, rows=seen)
    )

    assert sorted(one.what for one in done) == ["signed", "signed already"]
    assert at.audited("row signed") == 1


def test_two_who_choose_at_once_leave_one_choice(at: Signing) -> None:
    first, second = at.one.world.first_specialist, at.one.world.second_specialist
    one, other = at.seen("igg-a"), at.seen("igg-b")

    together(
        lambda: at.sign(by=first, rows=one), lambda: at.sign(by=second, rows=other)
    )

    standing = [at.row(key).standing for key in ("igg-a", "igg-b")]
    assert sorted(standing) == [Standing.SIGNED, Standing.UNSIGNED]


@ON_SQLITE
def test_what_was_signed_long_ago_is_stale_counts_and_can_be_signed_anew(
    at: Signing,
) -> None:
    at.sign("cbc")
    at.one.clock.move(timedelta(days=181))

    assert at.row("cbc").standing is Standing.STALE
    assert at.known().count.signed == 1
    at.sign("cbc")

    assert at.row("cbc").standing is Standing.SIGNED


@ON_SQLITE
def test_a_signature_is_withdrawn_once(at: Signing) -> None:
    at.sign("cbc")
    signature = at.row("cbc").signature
    assert signature is not None
    words = {"center_id": at.center.id, "signature_id": signature.id}

    at.one.act(withdraw, at.one.world.second_specialist, **words)

    assert at.row("cbc").standing is Standing.UNSIGNED
    with pytest.raises(Overtaken):
        at.one.act(withdraw, at.one.specialist, **words)


def test_a_running_plan_grows_by_what_is_signed_later(at: Signing) -> None:
    at.one.infuse()
    assert at.one.rows() == set()

    at.sign("cbc", "registry")
    at.one.pass_to(DAY0 + timedelta(days=2))

    assert at.one.rows() == {"cbc", "registry"}


@ON_SQLITE
def test_a_plan_goes_on_by_its_own_text_when_the_next_is_signed(at: Signing) -> None:
    """The series of a running plan does not end because a newer text was signed."""
    at.sign("cancer")
    plan = at.one.infuse()
    change(at, "cancer")
    at.sign("cancer")

    at.one.pass_to(DAY0 + timedelta(days=740))

    later = [one.number for one in at.one.items() if one.row_id == "cancer"]
    assert max(later) >= 2
    with at.one.store.read() as reading:
        pinned = reading.signing.protocol(plan.protocol_id)
        assert standing_protocol(reading, at.center, pinned).count.signed == 1


@ON_SQLITE
def test_withdrawn_it_counts_for_no_plan(at: Signing) -> None:
    at.sign("cancer")
    plan = at.one.infuse()
    change(at, "cancer")
    at.sign("cancer")
    signature = at.row("cancer").signature
    assert signature is not None

    words = {"center_id": at.center.id, "signature_id": signature.id}
    at.one.act(withdraw, at.one.specialist, **words)

    with at.one.store.read() as reading:
        pinned = reading.signing.protocol(plan.protocol_id)
        assert standing_protocol(reading, at.center, pinned).count.signed == 0


@ON_SQLITE
def test_red_flags_and_durations_are_signed_by_the_same_mechanism(at: Signing) -> None:
    flag = load_red_flags().rows[0]
    with at.one.store.read() as reading:
        duration = center_benchmarks(reading, at.center).rows[0]

    at.sign(f"flag:{flag.id}", f"time:{duration.id}")

    with at.one.store.read() as reading:
        flags = center_flags(reading, at.center).rows
        durations = center_benchmarks(reading, at.center).rows
    said = [one.checked_by for one in (*flags, *durations) if one.checked_by]
    assert said == ["Dr Rivera, 24 Nov 2026"] * 2
    page = red_flags.signed(RedFlags(flags, load_red_flags().sources), T0.date())
    assert page.startswith("Checked by Dr Rivera, 24 Nov 2026. Other rows not yet")
    # They schedule nothing, so they are not counted with the protocol.
    assert at.known().count.signed == 0


def change(at: Signing, key: str) -> None:
    """Change what a row says."""
    known = at.known()
    row = at.row(key).row
    assert isinstance(row, ProtocolRow)
    at.one.act(
        change_row,
        at.one.world.second_specialist,
        center_id=at.center.id,
        protocol_id=known.protocol.id,
        row_id=key,
        wording=replace(wording_of(row), statement=f"{row.statement}, as we do it"),
    )
