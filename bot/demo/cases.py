"""Cases at different stages, played by the people of the demo before you come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.actions.done import Done, perform
from bot.actions.moving import Words, move_referral
from bot.actions.starting import Request, start_referral
from bot.app import Baton
from bot.demo.cast import Cast
from bot.demo.travel import DemoClock, Traveller
from care.cases import AgeBand, CaseSummary, LenalidomideRefractory
from care.matching import How
from care.referral import Event, Kind, Outcome, PatientTold, Urgency
from sandbox import Person
from storage.actors import Person as Actor

DAYS_BEFORE = timedelta(days=5)
"""How long before the first start the first of these cases began."""

YES, NO = LenalidomideRefractory.YES, LenalidomideRefractory.NO


@dataclass
class Players:
    """The people of the demo, acting through Baton's own actions."""

    baton: Baton
    cast: Cast
    clock: DemoClock
    count: int = 0

    def ask(
        self,
        who: Person,
        question: str,
        summary: CaseSummary,
        *,
        kind: Kind = Kind.ADVICE,
        matched: str = "",
        settle: bool = True,
    ) -> str:
        """Start a routine referral and return its id."""
        by = self.actor(who)
        with self.baton.store.read() as reading:
            link = reading.people.links(site_id=by.site_id)[0]
        request = Request(
            link_id=link.id,
            kind=kind,
            urgency=Urgency.ROUTINE,
            question=question,
            summary=summary,
            matched=matched,
        )
        return self.do(who, start_referral, settle=settle, request=request).subject

    def move(
        self,
        who: Person,
        referral: str,
        event: Event,
        *,
        settle: bool = True,
        **fields: str,
    ) -> None:
        """Move a referral, with what is written in the form of the move."""
        words = Words(fields)
        self.do(
            who,
            move_referral,
            settle=settle,
            referral_id=referral,
            event=event,
            words=words,
        )

    def wait(self, **spell: float) -> None:
        """Let care time pass."""
        self.traveller.go_to(self.clock.now() + timedelta(**spell))

    def wait_until(self, **before: float) -> None:
        """Let care time pass until so long before the present."""
        self.traveller.go_to(datetime.now(UTC) - timedelta(**before))

    def do(
        self,
        who: Person,
        action: Callable[..., Done],
        *,
        settle: bool = True,
        **words: object,
    ) -> Done:
        """Do what an action does, as one of the people; wait for what it says."""
        self.count += 1
        key = f"demo:{self.count}"
        store = self.baton.store
        done = perform(store, action, by=self.actor(who), key=key, **words)
        if settle:
            self.traveller.settle()
        return done

    @property
    def traveller(self) -> Traveller:
        """What lets time pass."""
        return Traveller(self.baton, self.clock)

    def actor(self, who: Person) -> Actor:
        """Return one of the people as Baton knows them."""
        with self.baton.store.read() as reading:
            found = reading.people.person(who.team, who.id)
        if found is None:
            raise LookupError(f"{who.name} is not in the demo's setup")
        return found


def play_cases(players: Players) -> None:
    """Play four cases to where you find them, up to the present: closed; answered;
    waiting on a practice; waiting on the center.
    """
    _closed(players)
    players.wait(days=1)
    _answered(players)
    players.wait_until(hours=6)
    _waiting(players)
    players.wait_until(hours=1)
    _requested(players)
    players.wait_until(hours=0)


def _closed(players: Players) -> None:
    cast = players.cast
    case = players.ask(
        cast.chen,
        "Which records do you want to see before a first consult?",
        CaseSummary(AgeBand.FROM_50, 4, NO, 1),
    )
    players.wait(hours=2)
    text = "The last two clinic notes and the cytogenetics report will do."
    players.move(cast.rivera, case, Event.ANSWER, text=text)
    players.wait(hours=20)
    players.move(
        cast.chen,
        case,
        Event.CLOSE,
        outcome=Outcome.FOLLOWED,
        patient_told=PatientTold.BY_PRACTICE,
    )


def _answered(players: Players) -> None:
    cast = players.cast
    case = players.ask(
        cast.chen,
        "Second relapse this month. Would you see this patient before we go on?",
        CaseSummary(AgeBand.FROM_60, 2, YES, 1),
    )
    players.wait(hours=3)
    players.move(cast.okafor, case, Event.TAKE)
    players.wait(days=1)
    text = "Yes, please refer. We can offer a visit next week."
    players.move(cast.okafor, case, Event.ANSWER, text=text)


def _waiting(players: Players) -> None:
    cast = players.cast
    case = players.ask(
        cast.patel,
        "First relapse on maintenance. Please evaluate for CAR T.",
        CaseSummary(AgeBand.FROM_70, 1, YES, None),
        kind=Kind.EVALUATION,
        matched=How.BY_RECORD,
    )
    players.wait(hours=2)
    text = "Which cytogenetics are known, and is there a caregiver at home?"
    players.move(cast.rivera, case, Event.ASK_INFORMATION, text=text)


def _requested(players: Players) -> None:
    players.ask(
        players.cast.patel,
        "Third relapse, frail but independent. Is CAR T still worth a visit?",
        CaseSummary(AgeBand.FROM_70, 3, YES, 2),
    )
