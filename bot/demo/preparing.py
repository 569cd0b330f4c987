"""What comes before the infusion, in the demo: a ready list, a request for bridging."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.actions.bridging import Wanted, request_bridging
from bot.actions.readying import DAY, NOTE, PERSON, Change, change_item
from bot.demo.cases import Players
from care.bridging import Answer
from care.readiness import Event, Item
from scheduler.calendars import local_day

SEEN_TO = (Item.CAREGIVER, Item.TEACHING, Item.SEROLOGIES, Item.RECORDS)
ASKED: Mapping[str, str] = {
    Answer.REGIMEN: "Dexamethasone each week, as it is given now.",
    Answer.AVOID: "Nothing new without a call to us first.",
    Answer.LABS: "A blood count each week, to Ana Ruiz.",
    Answer.CALL: "The specialist on duty.",
}


def play_preparing(players: Players, referral: str) -> None:
    """See to half of a ready list, leave a barrier, and ask for bridging."""
    with players.baton.store.read() as reading:
        case = reading.cases.referral(referral).case_id
        course = reading.courses.of_cases([case])[-1]
        link = reading.people.link(course.link_id)
        today = local_day(reading.people.site(link.center_id), reading.now)
    for item in SEEN_TO:
        _change(players, course.id, Change(item, Event.DO))
    _leave_barrier(players, course.id, today + timedelta(days=3))
    players.do(
        players.cast.rivera,
        request_bridging,
        settle=False,
        course_id=course.id,
        wanted=Wanted(ASKED, today + timedelta(days=24)),
    )


def _leave_barrier(players: Players, course_id: str, day: date) -> None:
    fields = {
        NOTE: "No room near the center yet.",
        PERSON: players.actor(players.cast.brooks).clinician_id,
        DAY: day.isoformat(),
    }
    _change(players, course_id, Change(Item.LODGING, Event.BLOCK, fields))


def _change(players: Players, course_id: str, wanted: Change) -> None:
    players.do(
        players.cast.ruiz,
        change_item,
        settle=False,
        course_id=course_id,
        wanted=wanted,
    )
