"""What a morning list looks like: in each mode, at its fullest, and in few queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.actions.digesting import Wish, choose_digest
from bot.actions.done import perform
from bot.digests import (
    Chosen,
    DigestPage,
    absences_near,
    choose,
    digest_notice_id,
    digest_page,
    digest_settings,
)
from bot.mornings import subscriber
from bot.views.digest import SHOWN, digest_blocks
from bot.views.ids import Act, FormData
from bot.views.settings import settings_form
from care.digest import Section
from care.item import State
from care.patient_time import PhiMode
from care.people import Role
from storage.actors import Person
from storage.clock import TravellingClock
from storage.item_records import Item
from storage.notices import NewNotice
from storage.records import Way
from storage.unit import Reading, Store
from tests.bot.planning_store import Planned, planned
from tests.slack_contract import sent_problems
from tests.storage.together import watched
from tests.world import OPERATOR, World

SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
MONDAY = date(2026, 11, 30)
MANY = 9


@pytest.fixture
def patient(store: Store, clock: TravellingClock, world: World) -> Planned:
    """Return a patient on the Monday of their month-1 checks."""
    return on_monday(planned(store, clock, world))


def on_monday(patient: Planned) -> Planned:
    patient.pass_to(MONDAY, hour=14)
    return patient


def chosen_for(reading: Reading, who: Person) -> Chosen:
    """Return what somebody's digest of Monday says."""
    whose = subscriber(reading, reading.people.clinician(who.clinician_id))
    absences = absences_near(reading, whose, MONDAY)
    return choose(reading, whose, day=MONDAY, absences=absences)


def page_of(patient: Planned, who: Person, **told: object) -> DigestPage:
    """Return somebody's digest of Monday, as its notice would say it."""
    with patient.store.act(OPERATOR) as unit:
        one = unit.people.clinician(who.clinician_id)
        chosen = chosen_for(unit, who)
        id_ = digest_notice_id(one.id, MONDAY)
        new = NewNotice(
            id=id_,
            workspace_id=patient.world.workspace_id,
            conversation=f"@{one.id}",
            way=Way.POST,
            view="digest",
            subject=one.id,
            payload=chosen.payload | told,
            recipient_id=one.id,
        )
        unit.notices.write([new], at=unit.now)
        kept = unit.notices.notice(id_)
        assert kept
        unit.audit(patient.world.workspace_id, "digest", one.id)
        return digest_page(unit, kept, one)


def in_mode(page: DigestPage, mode: PhiMode) -> DigestPage:
    """Return a digest as it is where this may be shown of a patient's time."""
    entries = tuple(
        replace(
            one,
            check=replace(one.check, time=replace(one.check.time, mode=mode)),
        )
        for one in page.entries
    )
    return replace(page, entries=entries)


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    """Return what is read, a line for each block."""

    def of(block: dict[str, Any]) -> Iterator[str]:
        if "text" in block:
            yield block["text"]["text"]
        for one in block.get("elements", []):
            label = one["text"]
            yield f"[{label['text']}]" if isinstance(label, dict) else label

    return [" ".join(of(one)) for one in blocks]


@SQLITE
@pytest.mark.parametrize(
    ("mode", "when", "last"),
    [
        (PhiMode.NONE, "month-1", "next week"),
        (PhiMode.DAYS, "Day +25 to +35", "Day +35"),
        (PhiMode.BAA, "27 Nov 2026 to 7 Dec 2026", "Mon 7 Dec"),
    ],
)
def test_a_morning_list_in_each_mode(
    patient: Planned, mode: PhiMode, when: str, last: str
) -> None:
    page = in_mode(page_of(patient, patient.world.practice_coordinator), mode)

    code = page.entries[0].check.case.code
    closes = f"window closes {last}"
    assert texts(digest_blocks(page)) == [
        "*Monday.* 1 patient, 1 visit.",
        "*This week*",
        f"*{code}*  Month-1 visit: CBC, IgG, Response · {closes}",
        "[All done] [All but …] [Each by itself]",
        f"*{code}*  HSV prophylaxis · {when} · {closes}",
        f"*{code}*  PJP prophylaxis · {when} · {closes}",
        "[My list] [Due] [Settings]",
    ]


@SQLITE
def test_with_many_patients_it_shows_five_and_says_how_many_more(
    patient: Planned,
) -> None:
    for _ in range(MANY - 1):
        on_monday(planned(patient.store, patient.clock, patient.world))

    page = page_of(patient, patient.world.practice_coordinator)

    blocks = digest_blocks(page)
    said = texts(blocks)
    assert said[0] == f"*Monday.* {MANY} patients, {MANY} visits."
    more = [one for one in said if one.startswith("And ")]
    shown = len([one for one in said if "visit:" in one])
    assert 1 <= shown <= SHOWN
    assert more == [f"And {MANY - shown} more."]


@SQLITE
def test_the_fullest_list_is_taken_by_slack(patient: Planned) -> None:
    """Every section full, with as much else that waits."""
    for _ in range(MANY - 1):
        on_monday(planned(patient.store, patient.clock, patient.world))
    page = page_of(patient, patient.world.practice_coordinator)
    week = page.entries
    full = replace(
        page,
        entries=tuple(
            replace(one, section=section) for section in Section for one in week
        ),
        over=tuple(one.check for one in week),
        was_due=datetime.combine(MONDAY, time(14), UTC),
    )

    blocks = digest_blocks(full)

    assert len(blocks) <= 50
    message = {"channel": "D1", "text": "Your morning list", "blocks": blocks}
    assert not sent_problems("chat.postMessage", message)


@SQLITE
def test_how_many_queries_it_takes_does_not_depend_on_how_many_patients(
    patient: Planned,
) -> None:
    one = queries_of(patient)
    for _ in range(MANY - 1):
        on_monday(planned(patient.store, patient.clock, patient.world))

    many = queries_of(patient)

    # Each patient here has a version of the protocol of their own, which is one query.
    versions = MANY - 1
    assert many - one <= versions


def queries_of(patient: Planned) -> int:
    def look(reading: Reading) -> None:
        chosen = chosen_for(reading, patient.world.practice_coordinator)
        assert chosen.lines

    with watched(patient.store.database) as seen, patient.store.read() as reading:
        look(reading)
    return len(seen)


@SQLITE
def test_what_is_others_to_do_has_no_buttons_for_who_is_responsible(
    patient: Planned,
) -> None:
    missed = [missed_item(patient, row) for row in ("cbc", "igg")]

    page = page_of(patient, patient.world.oncologist)

    said = texts(digest_blocks(page))
    assert [one.check.item.id for one in page.entries] == [one.id for one in missed]
    assert said[1] == "*Not yet recorded*"
    assert (
        "CBC, IgG · not yet recorded · with Amy Brooks (Lakeside Oncology)" in said[2]
    )
    assert not [one for one in said if "[All done]" in one or "[Done]" in one]


def missed_item(patient: Planned, row: str) -> Item:
    """Let a check be one whose window closed on the Friday before the last."""
    item = patient.item(row)
    closed = date(2026, 11, 20)
    window = replace(item.window, earliest=closed, target=closed, latest=closed)
    missed_on = date(2026, 11, 21)
    new = replace(item, window=window, state=State.MISSED, missed_on=missed_on)
    return patient.kept(new)


@SQLITE
def test_what_was_seen_to_since_is_said_in_one_line(patient: Planned) -> None:
    page = page_of(patient, patient.world.practice_coordinator)
    code = page.entries[0].check.case.code
    over = [replace(one.check.item, state=State.DONE) for one in page.entries[:2]]
    checks = [replace(page.entries[n].check, item=one) for n, one in enumerate(over)]

    after = replace(page, entries=(), over=tuple(checks))

    said = texts(digest_blocks(after))
    assert said[0] == "*Monday.* All of it is seen to."
    names = [one.row.name for one in checks]
    told = "; ".join(f"{code} {name}: done" for name in names)
    assert said[1] == f"Since this morning: {told}"


# Settings


@SQLITE
def test_a_coordinator_reads_why_theirs_is_always_on(patient: Planned) -> None:
    view = form_of(patient, patient.world.practice_coordinator)

    said = texts(view["blocks"])
    assert any("Yours is always on" in one for one in said)
    assert "wanted" not in {one.get("block_id") for one in view["blocks"]}
    assert not sent_problems("views.open", {"trigger_id": "1", "view": view})


@SQLITE
def test_somebody_else_can_switch_it_off_and_sees_when_it_comes(
    patient: Planned,
) -> None:
    chen = patient.world.oncologist
    before = form_of(patient, chen)
    off = Wish(wanted=False, at=time(7), days=(0, 2), zone="America/Denver")
    perform(patient.store, choose_digest, by=chen, key="off", wish=off)

    after = form_of(patient, chen)

    assert "The next can come <!date^" in texts(before["blocks"])[0]
    assert "It is off now." in texts(after["blocks"])[0]
    fields = {one["block_id"]: one["element"] for one in after["blocks"][1:]}
    assert fields["wanted"]["initial_option"]["value"] == "off"
    assert fields["at"]["initial_time"] == "07:00"
    assert fields["zone"]["initial_value"] == "America/Denver"
    ticked = [one["value"] for one in fields["weekdays"]["initial_options"]]
    assert ticked == ["0", "2"]
    assert not sent_problems("views.open", {"trigger_id": "1", "view": after})


@SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_how_often_theirs_comes(patient: Planned, role: Role) -> None:
    person = replace(patient.world.oncologist, role=role)

    said = texts(form_of(patient, person)["blocks"])[0]

    assert said.startswith("*Morning list*\nIt comes on ")


def form_of(patient: Planned, who: Person) -> dict[str, Any]:
    with patient.store.read() as reading:
        mine = digest_settings(reading, who)
    return settings_form(FormData("8d5e44f46a535d0c9d0a3a6f0a0c7b55"), mine)


@SQLITE
def test_every_list_leads_to_the_settings(patient: Planned) -> None:
    blocks = digest_blocks(page_of(patient, patient.world.practice_coordinator))

    acts = [one["action_id"] for one in blocks[-1]["elements"]]

    assert acts == [Act.MY_LIST, Act.DUE, Act.SETTINGS]
