"""Nobody sees or moves a case they have no part in; words never say what exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.actions.done import Done, perform
from bot.actions.drafting import keep_draft, my_draft
from bot.actions.matching import MATCHED, match_patient
from bot.actions.moving import OUTCOME, PATIENT_TOLD, TEXT, Words, move_referral
from bot.actions.replying import sort_reply
from bot.actions.starting import Request, my_cases, start_referral
from bot.lookups import case_sheets, my_list, referral_sheet
from bot.refusals import BadFields, CannotStart, NoPart, NotForYou
from care.cases import CaseSummary
from care.people import Role, SiteKind
from care.referral import Event, Kind, State, Urgency
from storage.actors import Person
from storage.records import Life, Referral, ReplyKind
from storage.unit import Store, Unit
from tests.world import OPERATOR, QUESTION, World, new_case, new_referral, new_reply

pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

CENTER_MOVES = {
    Event.TAKE,
    Event.PASS_ON,
    Event.ASK_INFORMATION,
    Event.ANSWER,
    Event.DECLINE,
    Event.GIVE_BACK,
    Event.ASK_AGAIN,
    Event.REOPEN,
}
PRACTICE_MOVES = {
    Event.GIVE_INFORMATION,
    Event.WITHDRAW,
    Event.ASK_AGAIN,
    Event.ASK_EVALUATION,
    Event.CLOSE,
    Event.REOPEN,
}
MAY: Mapping[str, set[Event]] = {
    "oncologist": PRACTICE_MOVES | {Event.CONFIRM},
    "practice_coordinator": PRACTICE_MOVES,
    "first_specialist": CENTER_MOVES,
    "second_specialist": CENTER_MOVES,
    "center_coordinator": {
        Event.PASS_ON,
        Event.ASK_INFORMATION,
        Event.ASK_AGAIN,
        Event.REOPEN,
    },
}
"""What each part may do, written out by hand and not read from the table."""

WITHOUT_PART = (
    "administrator",
    "colleague",
    "elsewhere",
    "coordinator elsewhere",
    "fellow",
    "pharmacist",
)
STANDS: Mapping[Event, State] = {
    Event.GIVE_BACK: State.ACCEPTED,
    Event.ASK_AGAIN: State.ANSWERED,
    Event.ASK_EVALUATION: State.ANSWERED,
    Event.CLOSE: State.ANSWERED,
    Event.REOPEN: State.CLOSED,
    Event.LAPSE: State.ANSWERED,
}
"""Where the referral stands when a move is tried: requested if it is not here."""

WORDS = Words(
    {
        TEXT: "Some words.",
        "instead": "Others.",
        OUTCOME: "advice followed",
        PATIENT_TOLD: "by the practice",
        MATCHED: "by phone",
    }
)


@dataclass(frozen=True)
class Cast:
    """A case with everybody who could want to see it."""

    store: Store
    world: World
    others: Mapping[str, Person]

    def person(self, name: str) -> Person:
        """Return somebody by the name of the tables above."""
        found = self.others.get(name) or getattr(self.world, name)
        assert isinstance(found, Person)
        return found

    def referral(self, state: State, kind: Kind = Kind.ADVICE) -> Referral:
        """Keep a referral of a new case that stands in a state."""
        with self.store.act(OPERATOR) as uow:
            case = new_case(uow, self.world)
            stands = _as(state, uow, self.world)
            new = new_referral(uow, self.world, case, kind=kind, **stands)
            new_reply(uow, new)
            return new

    def act(self, action: Callable[..., Done], by: Person, **words: Any) -> Done:
        """Run an action as a listener would."""
        return perform(self.store, action, by=by, key=f"test:{id(words)}", **words)


@pytest.fixture
def cast(store: Store, world: World) -> Cast:
    """Return the world with people who have no part."""
    with store.act(OPERATOR) as uow:
        _add_practice(uow, world)
        others = {
            "colleague": _add(uow, world.practice_id, "colleague", Role.ONCOLOGIST),
            "elsewhere": _add(uow, "site-prairie", "elsewhere", Role.ONCOLOGIST),
            "coordinator elsewhere": _add(
                uow, "site-prairie", "away", Role.COORDINATOR
            ),
            "fellow": _add(uow, world.center_id, "fellow", Role.FELLOW),
            "pharmacist": _add(uow, world.center_id, "pharmacist", Role.PHARMACIST),
        }
        uow.audit(world.workspace_id, "set up", world.workspace_id)
    return Cast(store, world, others)


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("name", [*MAY, *WITHOUT_PART])
def test_each_move_is_for_those_with_the_right_part(
    cast: Cast, name: str, event: Event
) -> None:
    by = cast.person(name)
    before = cast.referral(STANDS.get(event, State.REQUESTED))

    def move() -> Done:
        return cast.act(
            move_referral, by, referral_id=before.id, event=event, words=WORDS
        )

    if event in MAY.get(name, set()):
        assert move() == Done(event, before.id)
        return
    refusal = NoPart if name in WITHOUT_PART else NotForYou
    with pytest.raises(refusal):
        move()
    with cast.store.read() as reading:
        assert reading.cases.referral(before.id) == before
        assert reading.notices.unsettled() == 0


@pytest.mark.parametrize("name", [*MAY, *WITHOUT_PART])
def test_the_same_patient_is_recorded_by_the_practice(cast: Cast, name: str) -> None:
    by, before = cast.person(name), cast.referral(State.REQUESTED, Kind.EVALUATION)

    def record() -> Done:
        fields = {MATCHED: "by phone"}
        return cast.act(match_patient, by, referral_id=before.id, fields=fields)

    if name in {"oncologist", "practice_coordinator"}:
        assert record() == Done("matched", before.id)
        return
    with pytest.raises(NoPart if name in WITHOUT_PART else NotForYou):
        record()
    with cast.store.read() as reading:
        assert reading.matching.of([before.id]) == []


@pytest.mark.parametrize("name", WITHOUT_PART)
def test_a_refused_move_reads_like_one_on_nothing(cast: Cast, name: str) -> None:
    by, there = cast.person(name), cast.referral(State.REQUESTED).id

    said = []
    for referral_id in (there, "0" * 32, ""):
        with pytest.raises(NoPart) as refused:
            cast.act(move_referral, by, referral_id=referral_id, event=Event.TAKE)
        said.append(refused.value.sentence)

    assert set(said) == {"There is no such case that you have a part in."}


@pytest.mark.parametrize("name", WITHOUT_PART)
def test_a_case_is_not_looked_up_without_a_part(cast: Cast, name: str) -> None:
    by, there = cast.person(name), cast.referral(State.REQUESTED)

    with cast.store.read() as reading:
        code = reading.cases.case(there.case_id).code
        with pytest.raises(NoPart):
            case_sheets(reading, by, code)
        with pytest.raises(NoPart):
            referral_sheet(reading, by, there.id)
        mine = my_list(reading, by)

    assert not mine.waiting
    assert not mine.elsewhere


@pytest.mark.parametrize("name", list(MAY))
def test_everybody_with_a_part_sees_the_case(cast: Cast, name: str) -> None:
    by, there = cast.person(name), cast.referral(State.REQUESTED)

    with cast.store.read() as reading:
        code = reading.cases.case(there.case_id).code
        shown = case_sheets(reading, by, code)

    assert [one.referral.id for one in shown] == [there.id]


@pytest.mark.parametrize(
    "name",
    ["first_specialist", "center_coordinator", "administrator", "fellow", "elsewhere"],
)
def test_only_the_practice_of_a_link_starts_over_it(cast: Cast, name: str) -> None:
    request = Request(
        link_id=cast.world.link_id,
        kind=Kind.ADVICE,
        urgency=Urgency.ROUTINE,
        question=QUESTION,
        summary=CaseSummary(),
    )

    for link_id in (cast.world.link_id, "no such link"):
        with pytest.raises(CannotStart) as refused:
            cast.act(
                start_referral,
                cast.person(name),
                request=replace(request, link_id=link_id),
            )
        assert refused.value.sentence == "A referral cannot be started from here."


def test_a_case_of_another_practice_is_not_referred(cast: Cast) -> None:
    with cast.store.act(OPERATOR) as uow:
        away = cast.person("elsewhere")
        theirs = new_case(
            uow,
            cast.world,
            practice_id="site-prairie",
            responsible_id=away.clinician_id,
        )
    request = Request(
        cast.world.link_id, Kind.ADVICE, Urgency.ROUTINE, QUESTION, case_id=theirs.id
    )

    with pytest.raises(NoPart):
        cast.act(start_referral, cast.world.oncologist, request=request)


@pytest.mark.parametrize("name", [*MAY, *WITHOUT_PART])
def test_only_its_author_says_what_a_reply_is(cast: Cast, name: str) -> None:
    there = cast.referral(State.REQUESTED)
    with cast.store.act(OPERATOR) as uow:
        mine = new_reply(uow, there)
    by = cast.person(name)

    if by.clinician_id == mine.author_id:
        cast.act(sort_reply, by, reply_id=mine.id, kind=ReplyKind.COMMENT)
        return
    with pytest.raises(NoPart):
        cast.act(sort_reply, by, reply_id=mine.id, kind=ReplyKind.COMMENT)
    with cast.store.read() as reading:
        assert reading.cases.reply(mine.id).kind is ReplyKind.UNSORTED


def test_a_case_of_a_colleague_is_not_referred_without_a_part(cast: Cast) -> None:
    theirs = cast.referral(State.REQUESTED).case_id
    request = Request(
        cast.world.link_id, Kind.ADVICE, Urgency.ROUTINE, QUESTION, case_id=theirs
    )

    with pytest.raises(NoPart):
        cast.act(start_referral, cast.person("colleague"), request=request)


def test_a_patient_who_has_died_is_not_referred_again(cast: Cast) -> None:
    chen, died = cast.world.oncologist, cast.referral(State.REQUESTED).case_id
    with cast.store.act(OPERATOR) as uow:
        uow.cases.change_life(died, Life.DIED)
        uow.audit(cast.world.workspace_id, "patient died", died)
    request = Request(
        cast.world.link_id, Kind.ADVICE, Urgency.ROUTINE, QUESTION, case_id=died
    )

    with pytest.raises(BadFields) as refused:
        cast.act(start_referral, chen, request=request)

    assert "has died" in refused.value.sentences["case"]
    with cast.store.read() as reading:
        assert my_cases(reading, chen) == []


def test_a_draft_that_names_staff_of_the_other_site_is_kept(cast: Cast) -> None:
    chen = cast.world.oncologist
    written = {"question": "Mr Rivera and Ms Haddad saw the patient."}

    done = cast.act(keep_draft, chen, form="move", subject="", values=written)
    other = {"question": "Mr Whitfield saw Ms Abernathy."}
    refused = cast.act(keep_draft, chen, form="other", subject="", values=other)

    assert (done.what, refused.what) == ("kept", "not kept")


def test_a_draft_is_its_authors_alone(cast: Cast) -> None:
    chen, amy = cast.world.oncologist, cast.world.practice_coordinator
    cast.act(
        keep_draft, chen, form="referral", subject="", values={"question": QUESTION}
    )

    with cast.store.read() as reading:
        assert my_draft(reading, chen, "referral", "") == {"question": QUESTION}
        assert my_draft(reading, amy, "referral", "") == {}


def _as(state: State, uow: Unit, world: World) -> dict[str, Any]:
    taken = {"taker_id": world.first_specialist.clinician_id, "responded_at": uow.now}
    answered = taken | {"answered_at": uow.now, "waiting_on": None}
    told: dict[State, dict[str, Any]] = {
        State.REQUESTED: {},
        State.ACCEPTED: taken,
        State.ANSWERED: answered,
        State.CLOSED: answered
        | {
            "previous": State.ANSWERED,
            "ended_at": uow.now,
            "outcome": "advice followed",
        },
    }
    return {"state": state} | told[state]


def _add_practice(uow: Unit, world: World) -> None:
    site = {
        "id": "site-prairie",
        "workspace_id": world.workspace_id,
        "key": "prairie",
        "kind": SiteKind.PRACTICE,
        "name": "Prairie Cancer Care",
        "phone_24h": "+1 555 0101",
        "zone": "America/Chicago",
        "opens": "08:00",
        "closes": "17:00",
        "days": [0, 1, 2, 3, 4],
        "country": "US",
        "region": None,
        "responsible_roles": [Role.ONCOLOGIST],
    }
    uow.people.put("site", site)


def _add(uow: Unit, site_id: str, key: str, role: Role) -> Person:
    new = Person(
        f"clinician-{key}",
        site_id,
        role,
        f"Dr {key.title()}",
        "T0",
        f"U0{key.upper()}",
    )
    row = {
        "id": new.clinician_id,
        "site_id": site_id,
        "key": key,
        "name": new.name,
        "role": role,
        "duty_order": None,
        "active": 1,
    }
    uow.people.put("clinician", row)
    uow.people.put(
        "identity",
        {
            "id": f"identity-{key}",
            "team_id": new.team_id,
            "user_id": new.user_id,
            "clinician_id": new.clinician_id,
            "confirmed_by": str(OPERATOR),
        },
    )
    return new
