"""Covers as actions: who may do what, what never moves, and what is written."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.actions.cover_steps import KIND, MOST_CARDS, plan, take_step
from bot.actions.covering import Wish, ask_cover, move_cover
from bot.actions.done import Done, perform
from bot.actions.reminding import HANDLERS, TellOfTrouble
from bot.covers import cover_sheet, my_covers
from bot.lookups import case_sheets, my_list
from bot.refusals import BadFields, NoPart, NotForYou, Overtaken, Refusal
from bot.sheets import make_sheets
from care.cover import Event, Line, Seat, State
from care.people import Role
from scheduler.reminders import DueReminders
from storage.actors import Person
from storage.clock import TravellingClock
from storage.covers import KeptCover
from storage.records import Case, Life, Way
from storage.tables import audit, case, notice
from storage.unit import Store
from tests.conftest import T0
from tests.world import OPERATOR, World, new_case, new_referral

on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT = T0 + 15 * HOUR
LINE = "One called with a fever, seen in the emergency department."
STATES: Mapping[State, tuple[Event, ...]] = {
    State.ASKED: (),
    State.TAKEN: (Event.TAKE,),
    State.RUNNING: (Event.TAKE, Event.START),
    State.ENDED: (Event.TAKE, Event.START, Event.END),
    State.TOLD: (Event.TAKE, Event.START, Event.END, Event.LEAVE_LINE),
    State.DECLINED: (Event.DECLINE,),
    State.CLOSED: (
        Event.TAKE,
        Event.START,
        Event.END,
        Event.LEAVE_LINE,
        Event.ACKNOWLEDGE,
    ),
}
"""By which steps each state is reached."""

MAY: Mapping[str, set[tuple[State, Event]]] = {
    "covered": {
        (State.ASKED, Event.WITHDRAW),
        (State.TAKEN, Event.WITHDRAW),
        (State.RUNNING, Event.END),
        (State.TOLD, Event.ACKNOWLEDGE),
    },
    "cover": {
        (State.ASKED, Event.TAKE),
        (State.ASKED, Event.DECLINE),
        (State.TAKEN, Event.DECLINE),
        (State.ENDED, Event.LEAVE_LINE),
    },
    "keeper": {
        (State.ASKED, Event.WITHDRAW),
        (State.TAKEN, Event.WITHDRAW),
        (State.RUNNING, Event.END),
    },
}
"""What each may do in which state, written out by hand."""

_keys = count()


@dataclass(frozen=True)
class Office:
    """A center where Dr Rivera leads two cases, and everybody around."""

    store: Store
    world: World
    clock: TravellingClock
    cases: tuple[Case, ...]

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody by what they are to the cover."""
        return {
            "covered": self.world.first_specialist,
            "cover": self.world.second_specialist,
            "keeper": self.world.center_coordinator,
            "administrator": self.world.administrator,
            "elsewhere": self.world.practice_coordinator,
        }

    def ask(self, by: str = "covered", **changes: Any) -> str:
        """Ask Dr Osei for the night, or as changed; return the cover's id."""
        return self.act(ask_cover, by, wish=self.wish(**changes)).subject

    def wish(self, **changes: Any) -> Wish:
        """Return what the form says, or as changed."""
        wish = Wish(
            covered_id=self.world.first_specialist.clinician_id,
            cover_id=self.world.second_specialist.clinician_id,
            starts_at=T0 + HOUR,
            ends_at=NIGHT,
        )
        return replace(wish, **changes)

    def act(self, action: Any, by: str, **words: Any) -> Done:
        """Run an action as a listener would."""
        person = self.people[by]
        return perform(self.store, action, by=person, key=f"k{next(_keys)}", **words)

    def move(self, by: str, id_: str, event: Event, line: str | None = None) -> Done:
        """Move a cover."""
        return self.act(move_cover, by, cover_id=id_, event=event, line=line)

    def bring_to(self, state: State) -> str:
        """Return a cover that stands in a state, at an instant that allows it."""
        self.clock.stop_at(T0)
        id_ = self.ask()
        for event in STATES[state]:
            with self.store.act(OPERATOR) as uow:
                kept = uow.covers.cover_to_move(id_)
                take_step(uow, kept, event, frozenset(Seat))
        self.clock.stop_at(
            {
                State.ASKED: T0,
                State.TAKEN: T0,
                State.DECLINED: T0,
                State.RUNNING: T0 + 2 * HOUR,
            }.get(state, NIGHT)
        )
        return id_

    def kept(self, id_: str) -> KeptCover:
        """Return a cover as it is kept."""
        with self.store.read() as reading:
            return reading.covers.cover(id_)

    def responsible(self) -> set[tuple[Any, ...]]:
        """Return who is responsible for each case, and since when."""
        columns = (case.c.id, case.c.responsible_id, case.c.responsible_since)
        with self.store.read() as reading:
            return {tuple(row) for row in reading.connection.execute(select(*columns))}

    def change_life(self, life: Life) -> None:
        """Record whether the first patient lives."""
        with self.store.act(OPERATOR) as uow:
            uow.cases.change_life(self.cases[0].id, life)
            uow.audit(self.world.workspace_id, f"patient {life}", self.cases[0].id)

    def waiting(self, id_: str) -> list[str]:
        """Return the states of a cover's reminders."""
        with self.store.read() as reading:
            return [one.state for one in reading.reminders.of(id_)]

    def tick(self) -> None:
        """Handle what is due."""
        DueReminders(self.store, HANDLERS, TellOfTrouble()).handle_all()

    def told(self, view: str, whose: str) -> list[dict[str, Any]]:
        """Return what somebody is to be told, by the payload of each notice."""
        query = select(notice.c.payload).where(
            notice.c.view == view,
            notice.c.recipient_id == self.people[whose].clinician_id,
            notice.c.way == Way.POST,
        )
        with self.store.read() as reading:
            return list(reading.connection.execute(query).scalars())


@pytest.fixture
def office(store: Store, world: World, clock: TravellingClock) -> Office:
    """Return the center with two cases of Dr Rivera's, each with a referral."""
    rivera = world.first_specialist.clinician_id
    with store.act(OPERATOR) as uow:
        cases = tuple(new_case(uow, world, responsible_id=rivera) for _ in range(2))
        for one in cases:
            new_referral(uow, world, one)
    return Office(store, world, clock, cases)


MOVES = [one for one in Event if one not in {Event.LAPSE, Event.START, Event.GO}]


@on_sqlite
@pytest.mark.parametrize("state", list(STATES))
@pytest.mark.parametrize("name", [*MAY, "administrator", "elsewhere"])
def test_each_move_is_for_those_with_the_right_seat(
    office: Office, name: str, state: State
) -> None:
    id_ = office.bring_to(state)
    before = office.kept(id_)

    for event in MOVES:
        if (state, event) in MAY.get(name, set()):
            continue
        refusals = (NotForYou, Overtaken) if name in MAY else NoPart
        with pytest.raises(refusals):
            office.move(name, id_, event)
    assert office.kept(id_) == before


@on_sqlite
@pytest.mark.parametrize(
    ("name", "state", "event"),
    [(name, *one) for name, those in MAY.items() for one in sorted(those)],
)
def test_what_somebody_may_do_is_done(
    office: Office, name: str, state: State, event: Event
) -> None:
    id_ = office.bring_to(state)

    done = office.move(name, id_, event)

    assert done == Done(event.value, id_)
    assert office.kept(id_).cover.state is not state


@on_sqlite
def test_a_cover_that_is_not_there_reads_like_one_of_others(office: Office) -> None:
    id_ = office.ask()

    said = set()
    for wanted in (id_, "0" * 32, ""):
        with pytest.raises(NoPart) as refused:
            office.move("elsewhere", wanted, Event.TAKE)
        said.add(refused.value.sentence)

    assert said == {"There is no such cover that you have a part in."}


def test_no_walk_moves_responsibility_and_every_cover_ends(office: Office) -> None:
    """Random people do random things, while time passes with machines up or down."""
    dice = random.Random(7)  # noqa: S311 - a walk that can be repeated
    before, ids = office.responsible(), [office.ask() for _ in range(3)]
    ids.append(office.ask(case_id=office.cases[0].id))
    done = 0

    for _ in range(120):
        name = dice.choice([*office.people])
        try:
            office.move(
                name, dice.choice(ids), dice.choice(MOVES), dice.choice([None, LINE])
            )
            done += 1
        except Refusal:
            pass
        if dice.random() < 0.3:
            office.clock.move(timedelta(minutes=dice.randrange(90)))
        if dice.random() < 0.3:
            office.tick()
        assert_one_is_first_call(office)
        assert office.responsible() == before
    office.clock.move(20 * HOUR)
    office.tick()

    assert done > len(ids)
    live = {State.ASKED, State.TAKEN, State.RUNNING}
    assert not live & {office.kept(one).cover.state for one in ids}


def assert_one_is_first_call(office: Office) -> None:
    """Each case has one: who is responsible, or a cover that runs."""
    with office.store.read() as reading:
        for one in office.cases:
            (sheet,) = make_sheets(reading, reading.cases.referrals_of(one.id))
            running = {c.cover_id for c in sheet.covers if c.runs(reading.now)}
            expected = running or {sheet.responsible.id}
            assert sheet.first_call.clinician_id in expected


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"cover_id": "clinician-rivera"}, "cover", "Choose a colleague of your site"),
        ({"cover_id": "clinician-noor"}, "cover", "Choose a colleague of your site"),
        ({"cover_id": "clinician-chen"}, "cover", "Choose a colleague of your site"),
        ({"cover_id": ""}, "cover", "Choose a colleague of your site"),
        ({"covered_id": "clinician-osei"}, "covered", "Choose who of your site"),
        ({"ends_at": T0}, "cover_ends", "That is not after the start."),
        ({"ends_at": T0 + HOUR}, "cover_ends", "That is not after the start."),
        ({"ends_at": T0 + 9000 * HOUR}, "cover_ends", "A year at the most"),
        ({"case_id": "nobody's"}, "case", "Choose a case of whoever is to be covered."),
        ({"note": "MRN 12345678 has a fever."}, "note", ""),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_is_refused_at_its_field(
    office: Office, changes: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(BadFields) as refused:
        office.ask(**changes)

    assert list(refused.value.sentences) == [field]
    assert said in refused.value.sentences[field]
    with office.store.read() as reading:
        assert reading.covers.at_site(office.world.center_id) == []


@on_sqlite
def test_a_case_that_somebody_else_is_responsible_for_is_not_covered(
    office: Office,
) -> None:
    with office.store.act(OPERATOR) as uow:
        theirs = new_case(uow, office.world)

    with pytest.raises(BadFields, match="Choose a case of whoever"):
        office.ask(case_id=theirs.id)


@on_sqlite
def test_who_may_not_be_responsible_and_keeps_nothing_asks_for_nobody(
    office: Office,
) -> None:
    with pytest.raises(NotForYou):
        office.ask("administrator")


@on_sqlite
def test_a_start_that_has_gone_by_means_now(office: Office) -> None:
    """The form stood open for a while."""
    office.clock.move(2 * HOUR)

    id_ = office.ask()

    assert office.kept(id_).cover.starts_at == T0 + 2 * HOUR


@on_sqlite
def test_a_lead_who_covers_a_colleague_asks_nobody_twice(office: Office) -> None:
    """Whoever asks for another's cover and names themselves has taken it."""
    with office.store.act(OPERATOR) as uow:
        row = {"id": office.world.second_specialist.clinician_id, "role": Role.LEAD}
        uow.people.put("clinician", row)
        uow.audit(office.world.workspace_id, "set up", "test")

    id_ = office.ask("cover", starts_at=None)

    assert office.kept(id_).cover.state is State.RUNNING
    assert [one["event"] for one in office.told("cover moved", "covered")] == ["take"]
    assert office.told("cover asked", "cover") == []


@on_sqlite
@pytest.mark.parametrize("line", ["", "  ", "Born 03/04/1956, MRN 12345678."])
def test_a_line_that_says_nothing_or_too_much_is_refused(
    office: Office, line: str
) -> None:
    id_ = office.bring_to(State.ENDED)

    with pytest.raises(BadFields) as refused:
        office.move("cover", id_, Event.LEAVE_LINE, line)

    assert list(refused.value.sentences) == ["line"]
    assert office.kept(id_).told is None


@on_sqlite
def test_a_line_is_kept_as_it_was_said(office: Office) -> None:
    written, nothing = office.bring_to(State.ENDED), office.bring_to(State.ENDED)

    office.move("cover", written, Event.LEAVE_LINE, f" {LINE} ")
    office.move("cover", nothing, Event.LEAVE_LINE)

    assert (office.kept(written).told, office.kept(written).line) == (
        Line.WRITTEN,
        LINE,
    )
    assert (office.kept(nothing).told, office.kept(nothing).line) == (
        Line.NOTHING,
        None,
    )


def test_a_line_left_before_anybody_noted_the_end_counts(office: Office) -> None:
    """The end is noted in the same transaction, and both are told."""
    id_ = office.bring_to(State.RUNNING)
    office.clock.stop_at(NIGHT)

    office.move("cover", id_, Event.LEAVE_LINE)

    assert office.kept(id_).cover.state is State.TOLD
    assert office.kept(id_).ended_at == NIGHT
    assert len(office.told("cover told", "covered")) == 1


@on_sqlite
def test_what_is_taken_after_its_end_says_so(office: Office) -> None:
    id_ = office.ask()
    office.clock.stop_at(NIGHT)

    with pytest.raises(Overtaken, match="its time went by before Dr Osei took it"):
        office.move("cover", id_, Event.TAKE)

    assert office.kept(id_).cover.state is State.ASKED
    office.tick()
    assert office.kept(id_).cover.state is State.LAPSED


@on_sqlite
def test_cards_are_written_at_the_start_at_the_end_and_when_acknowledged(
    office: Office,
) -> None:
    """One notice for each card of the cases concerned, and none for other moves."""
    steps: dict[str, int] = {}

    def cards() -> int:
        query = select(func.count()).where(notice.c.view == "card")
        with office.store.read() as reading:
            return int(reading.connection.execute(query).scalar_one())

    id_ = office.ask()
    office.move("cover", id_, Event.TAKE)
    steps["taken"] = cards()
    office.clock.stop_at(T0 + HOUR)
    office.tick()
    steps["running"] = cards()
    office.clock.stop_at(NIGHT)
    office.tick()
    steps["ended"] = cards()
    office.move("cover", id_, Event.LEAVE_LINE)
    steps["told"] = cards()
    office.move("covered", id_, Event.ACKNOWLEDGE)
    steps["closed"] = cards()

    assert steps == {"taken": 0, "running": 2, "ended": 4, "told": 4, "closed": 6}


@on_sqlite
def test_a_cover_of_one_case_changes_the_cards_of_that_case_alone(
    office: Office,
) -> None:
    id_ = office.ask(case_id=office.cases[0].id, starts_at=None)

    office.move("cover", id_, Event.TAKE)

    with office.store.read() as reading:
        (concerned,) = reading.cases.referrals_of(office.cases[0].id)
        query = select(notice.c.subject).where(notice.c.view == "card")
        changed = list(reading.connection.execute(query).scalars())
    assert changed == [concerned.id]


@on_sqlite
def test_the_cards_of_somebody_with_very_many_cases_are_bounded(
    office: Office,
) -> None:
    with office.store.act(OPERATOR) as uow:
        for _ in range(MOST_CARDS):
            new_referral(uow, office.world, office.cases[0])
    id_ = office.ask(starts_at=None)

    office.move("cover", id_, Event.TAKE)

    with office.store.read() as reading:
        query = select(func.count()).where(notice.c.view == "card")
        assert reading.connection.execute(query).scalar_one() == MOST_CARDS


def test_a_reminder_that_comes_twice_or_too_late_does_nothing(office: Office) -> None:
    id_ = office.ask()
    with office.store.read() as reading:
        planned = [one for one in reading.reminders.of(id_) if one.kind == KIND]
    office.move("cover", id_, Event.TAKE)
    office.clock.stop_at(NIGHT)

    with office.store.act(OPERATOR) as uow:
        outcomes = {
            HANDLERS[KIND](uow=uow, by=OPERATOR, reminder=one) for one in planned
        }
        uow.audit(office.world.workspace_id, "test", id_)

    assert outcomes == {"overtaken"}
    assert office.kept(id_).cover.state is State.TAKEN


@on_sqlite
def test_what_is_over_is_brought_up_no_more(office: Office) -> None:
    withdrawn = office.ask()
    office.move("keeper", withdrawn, Event.WITHDRAW)
    declined = office.ask()
    office.move("cover", declined, Event.DECLINE)
    closed = office.ask(starts_at=None)
    office.move("cover", closed, Event.TAKE)
    office.clock.stop_at(NIGHT)
    office.tick()
    office.move("cover", closed, Event.LEAVE_LINE)
    office.move("covered", closed, Event.ACKNOWLEDGE)
    asked = [office.told(view, "cover") for view in ("cover asked", "cover line")]

    office.clock.move(200 * HOUR)
    office.tick()

    again = [office.told(view, "cover") for view in ("cover asked", "cover line")]
    assert again == asked
    with office.store.read() as reading:
        for id_ in (withdrawn, declined, closed):
            states = {one.state for one in reading.reminders.of(id_)}
            assert "waiting" not in states


@on_sqlite
@pytest.mark.parametrize("state", [State.RUNNING, State.ENDED, State.TOLD])
def test_a_cover_of_one_patient_who_has_died_is_closed_without_a_word(
    office: Office, state: State
) -> None:
    """At its end, or on the next morning where that has come; it may be a slip."""
    id_ = bring_one_case_to(office, state)
    office.change_life(Life.DIED)
    asked = len(office.told("cover line", "cover"))
    before = office.kept(id_).cover.state

    office.clock.stop_at(T0 + 4 * DAY)
    office.tick()
    office.tick()

    assert (before, office.kept(id_).cover.state) == (state, State.CLOSED)
    assert len(office.told("cover line", "cover")) == asked
    assert [one for one in office.waiting(id_) if one == "waiting"] == []


def test_a_death_that_is_taken_back_before_the_end_leaves_the_cover(
    office: Office,
) -> None:
    id_ = bring_one_case_to(office, State.RUNNING)

    office.change_life(Life.DIED)
    office.tick()
    office.change_life(Life.LIVING)
    office.tick()

    assert office.kept(id_).cover.state is State.RUNNING


def bring_one_case_to(office: Office, state: State) -> str:
    """Bring a cover of the first case alone to a state."""
    office.clock.stop_at(T0)
    id_ = office.ask(case_id=office.cases[0].id)
    for event in STATES[state]:
        with office.store.act(OPERATOR) as uow:
            kept = uow.covers.cover_to_move(id_)
            plan(uow, take_step(uow, kept, event, frozenset(Seat)))
    return id_


def test_every_step_is_audited_without_words(office: Office) -> None:
    id_ = office.ask(note="A note.")
    office.move("cover", id_, Event.TAKE)
    office.clock.stop_at(NIGHT)
    office.tick()
    office.move("cover", id_, Event.LEAVE_LINE, LINE)
    office.move("covered", id_, Event.ACKNOWLEDGE)

    with office.store.read() as reading:
        query = select(audit).where(audit.c.subject == id_).order_by(audit.c.seq)
        rows = reading.connection.execute(query).all()

    assert [row.event for row in rows] == [
        "cover asked",
        "cover take",
        "cover start",
        "cover end",
        "cover leave a line",
        "cover acknowledge",
    ]
    assert all("note" not in str(row.codes) for row in rows)
    assert all(LINE not in str(row.codes) for row in rows)


@on_sqlite
def test_the_lists_show_a_cover_to_those_with_a_seat_and_to_nobody_else(
    office: Office,
) -> None:
    id_ = office.bring_to(State.RUNNING)

    with office.store.read() as reading:
        seen = {
            name: [one.kept.id for one in my_covers(reading, person)]
            for name, person in office.people.items()
        }
        waits = {
            name: cover_sheet(reading, id_).waits_for(person.member)
            for name, person in office.people.items()
        }

    assert seen == {
        "covered": [id_],
        "cover": [id_],
        "keeper": [id_],
        "administrator": [],
        "elsewhere": [],
    }
    assert not any(waits.values())


@on_sqlite
def test_a_fellow_sees_the_cases_while_they_cover_and_not_before_or_after(
    office: Office,
) -> None:
    with office.store.act(OPERATOR) as uow:
        row = {"id": office.world.second_specialist.clinician_id, "role": Role.FELLOW}
        uow.people.put("clinician", row)
        uow.audit(office.world.workspace_id, "set up", "test")
    fellow = replace(office.world.second_specialist, role=Role.FELLOW)
    code, seen = office.cases[0].code, []

    def look() -> bool:
        with office.store.read() as reading:
            try:
                return bool(case_sheets(reading, fellow, code))
            except NoPart:
                return False

    id_ = office.ask()
    seen.append(look())
    office.move("cover", id_, Event.TAKE)
    seen.append(look())
    office.clock.stop_at(T0 + HOUR)
    seen.append(look())
    office.clock.stop_at(NIGHT)
    seen.append(look())
    office.tick()
    office.move("cover", id_, Event.LEAVE_LINE)
    seen.append(look())
    office.move("covered", id_, Event.ACKNOWLEDGE)
    seen.append(look())

    assert seen == [False, False, True, True, True, False]
    with office.store.read() as reading:
        assert my_list(reading, fellow).elsewhere == ()
