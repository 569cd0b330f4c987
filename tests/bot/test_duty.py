"""Who is on duty and until when, being away with a cover, days taken, gaps told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox import Modal, Person, Refused
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    ask,
    opened_form,
    opened_page,
    pinned,
    submit,
)
from tests.bot.conftest import Start
from tests.bot.places import center_with, lead_of, with_rota

pytestmark = pytest.mark.story

TODAY = date(2026, 11, 24)
"""A Tuesday, two days before Thanksgiving."""
DAY = timedelta(days=1)
FIRST, LAST, COVER = "First day away", "Last day away", "Cover"
GAP = "Nobody has duty at University Center"
EASTERN = ZoneInfo("America/New_York")
NewSqlite = Callable[..., str]


@pytest.fixture
def on_rota(start: Start, new_sqlite: NewSqlite) -> Beside:
    """Return a Baton whose center has a rota: Rivera this week, then Okafor."""
    return start(new_sqlite(), setup=with_rota("rivera", "okafor"))


def away_form(beside: Beside, who: Person) -> Modal:
    """Open the form of being away by the command."""
    who.command("/baton away")
    return opened_form(beside, who)


def go_away(
    beside: Beside, who: Person, first: date, last: date, cover: Person | None = None
) -> None:
    """Say that somebody is away, and wait for what follows."""
    form = away_form(beside, who)
    form.fill({FIRST: first.isoformat(), LAST: last.isoformat()})
    if cover:
        form.fill({COVER: cover.name})
    submit(beside, form)


def press_in_duty(beside: Beside, who: Person, label: str) -> None:
    """Press a button below what `/baton duty` answers."""
    answer = who.command("/baton duty").message
    assert answer
    who.click(label, answer)
    beside.settle()


def take_days(beside: Beside, who: Person, first: date, last: date) -> None:
    """Take days of the rota, from what `/baton duty` answers."""
    press_in_duty(beside, who, "Take days of duty")
    form = opened_form(beside, who)
    form.fill({"First day": first.isoformat(), "Last day": last.isoformat()})
    submit(beside, form)


def duty_as_seen_by(who: Person) -> str:
    """Return what somebody reads after `/baton duty`."""
    return who.command("/baton duty").rendered


def told_of_gaps(who: Person) -> list[str]:
    """Return what somebody was told of gaps in duty, each as its days."""
    told = [one.rendered for one in who.dm() if GAP in one.rendered]
    return [one.split(GAP)[1].split(". ")[0].strip() for one in told]


def morning(day: date) -> datetime:
    """Return when the center opens on a day."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=EASTERN).astimezone(UTC)


def test_without_a_rota_duty_says_who_is_asked_next_and_why(on_both: Beside) -> None:
    cast = on_both.cast
    before = duty_as_seen_by(cast.rivera)

    ask(on_both)

    after = duty_as_seen_by(cast.rivera)
    assert "Duty at University Center" in before
    assert "Next to be asked: Dr Ana Rivera, the least recently asked." in before
    assert "Next to be asked: Dr Ben Okafor, the least recently asked." in after
    assert "Day and night: +1 555 0199" in after


def test_with_a_rota_duty_says_who_has_it_and_until_when(on_rota: Beside) -> None:
    said = duty_as_seen_by(on_rota.cast.ruiz)

    assert "Dr Ana Rivera, until Sun 29 Nov." in said


def test_the_week_of_the_rota_decides_who_is_asked(on_rota: Beside) -> None:
    """However often somebody was asked this week; on Monday it is the next."""
    first, second = ask(on_rota), ask(on_rota)
    on_rota.set_clock(morning(TODAY + 6 * DAY))

    third = ask(on_rota)

    for one in (first, second):
        assert "On duty: @Dr Ana Rivera" in one.card.rendered
    assert "On duty: @Dr Ben Okafor" in third.card.rendered
    assert "Dr Ben Okafor, until Sun 6 Dec." in duty_as_seen_by(on_rota.cast.chen)


def test_the_practice_sees_the_duty_of_its_center_without_its_absences(
    on_rota: Beside,
) -> None:
    cast = on_rota.cast
    go_away(on_rota, cast.okafor, TODAY, TODAY)

    reply = cast.chen.command("/baton duty")

    assert "Dr Ana Rivera, until Sun 29 Nov." in reply.rendered
    assert "Away" not in reply.rendered
    assert reply.message
    assert reply.message.buttons == ("Ask for cover",)


def test_a_guest_sees_duty_by_buttons_alone(on_rota: Beside) -> None:
    patel, prairie = on_rota.cast.patel, on_rota.cast.prairie
    with pytest.raises(Refused):
        patel.command("/baton duty", prairie)

    patel.click("My list", pinned(patel, prairie))
    page = opened_page(on_rota, patel, "Waiting on me")
    page.click("Duty")
    page = opened_page(on_rota, patel, "Duty at University Center")

    assert page.title == "Duty"
    assert "Dr Ana Rivera, until Sun 29 Nov." in page.text


def test_somebody_away_is_not_asked_and_duty_says_who_is_away(
    on_both: Beside,
) -> None:
    cast = on_both.cast

    go_away(on_both, cast.rivera, TODAY, TODAY + 3 * DAY)

    thread = ask(on_both)
    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert not thread.told(cast.rivera)
    said = duty_as_seen_by(cast.ruiz)
    assert "Dr Ana Rivera: Tue 24 Nov to Fri 27 Nov" in said
    assert "Next to be asked: Dr Ben Okafor" in said


def test_the_cover_of_whoever_has_the_week_is_asked(on_rota: Beside) -> None:
    cast = on_rota.cast

    go_away(on_rota, cast.rivera, TODAY, TODAY + DAY, cast.okafor)

    thread = ask(on_rota)
    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    said = duty_as_seen_by(cast.rivera)
    assert "Dr Ben Okafor, until Wed 25 Nov." in said
    assert "Dr Ana Rivera: Tue 24 Nov to Wed 25 Nov, cover Dr Ben Okafor" in said


def test_after_the_last_day_away_somebody_is_asked_again(on_rota: Beside) -> None:
    cast = on_rota.cast
    go_away(on_rota, cast.rivera, TODAY, TODAY, cast.okafor)

    on_rota.set_clock(morning(TODAY + DAY))

    assert "On duty: @Dr Ana Rivera" in ask(on_rota).card.rendered


def test_coming_back_early_puts_me_on_duty_again(on_rota: Beside) -> None:
    cast = on_rota.cast
    go_away(on_rota, cast.rivera, TODAY, TODAY + 2 * DAY, cast.okafor)

    press_in_duty(on_rota, cast.rivera, "I am back")

    assert cast.rivera.private[-1].rendered == "Welcome back. You are asked again."
    assert "On duty: @Dr Ana Rivera" in ask(on_rota).card.rendered
    assert "Away" not in duty_as_seen_by(cast.ruiz)


def test_only_somebody_who_is_or_will_be_away_is_offered_to_be_back(
    on_rota: Beside,
) -> None:
    cast = on_rota.cast
    go_away(on_rota, cast.rivera, TODAY + 9 * DAY, TODAY + 9 * DAY, cast.okafor)

    hers = cast.rivera.command("/baton duty").message
    his = cast.okafor.command("/baton duty").message

    assert hers
    assert hers.buttons == (
        "I am back",
        "I will be away",
        "Take days of duty",
        "Ask for cover",
    )
    assert his
    assert his.buttons == ("I will be away", "Take days of duty", "Ask for cover")


def test_a_named_specialist_who_is_away_gives_way_to_the_cover(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """Not to the one of the week, since the named one chose who stands in."""
    beside = start(
        new_sqlite(),
        setup=center_with(
            duty=["rivera", "okafor", "vogt"],
            rota={"starts": "2026-11-23", "order": ["rivera"]},
        ),
    )
    go_away(beside, beside.cast.okafor, TODAY, TODAY, lead_of(beside.slack))

    thread = ask(beside, fields={**ABOUT, "A specialist by name": "Dr Ben Okafor"})

    assert "On duty: @Dr Lena Vogt" in thread.card.rendered
    assert thread.told(lead_of(beside.slack))
    assert not thread.told(beside.cast.okafor)


def test_a_named_specialist_who_is_there_is_asked_in_anothers_week(
    on_rota: Beside,
) -> None:
    thread = ask(on_rota, fields={**ABOUT, "A specialist by name": "Dr Ben Okafor"})

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered


def test_passing_it_on_never_reaches_somebody_who_is_away(beside: Beside) -> None:
    cast = beside.cast
    go_away(beside, cast.okafor, TODAY, TODAY)
    thread = ask(beside)

    cast.rivera.click("Pass to next", thread.told(cast.rivera)[-1])
    beside.settle()

    assert "Nobody else at your center takes duty" in cast.rivera.private[-1].rendered
    assert not thread.told(cast.okafor)


def test_when_everybody_is_away_the_form_says_to_phone_and_keeps_what_was_written(
    beside: Beside,
) -> None:
    cast = beside.cast
    for who in (cast.rivera, cast.okafor):
        go_away(beside, who, TODAY, TODAY)
    cast.chen.click("Ask a specialist", pinned(cast.chen, cast.lakeside))
    form = opened_form(beside, cast.chen)
    form.fill({**ABOUT, "Your question": "CAR T now, or later?"})

    again = form.submit()

    assert again is not None
    assert "Please phone +1 555 0199" in again.errors["Your question"]
    assert again.value("Your question") == "CAR T now, or later?"


def test_the_form_of_being_away_offers_those_who_take_duty_as_cover(
    beside: Beside,
) -> None:
    """A coordinator has no duty, so any colleague may stand in there."""
    cast = beside.cast

    hers = away_form(beside, cast.rivera)
    coordinators = away_form(beside, cast.ruiz)

    assert options_of(hers, COVER) == ["Dr Ben Okafor"]
    assert options_of(coordinators, COVER) == [
        "Dr Ana Rivera",
        "Dr Ben Okafor",
        "Kim Lee",
    ]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (TODAY + DAY, TODAY, "The last day comes before the first."),
        (TODAY - 3 * DAY, TODAY - DAY, "These days are over already."),
        (TODAY, TODAY + 367 * DAY, "A year at the most; say it again then."),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    beside: Beside, first: date, last: date, said: str
) -> None:
    form = away_form(beside, beside.cast.rivera)
    form.fill({FIRST: first.isoformat(), LAST: last.isoformat()})

    again = form.submit()

    assert again is not None
    assert again.errors == {LAST: said}
    assert "On duty: @Dr Ana Rivera" in ask(beside).card.rendered


def test_a_cover_who_is_away_on_one_of_the_days_is_refused(beside: Beside) -> None:
    cast = beside.cast
    go_away(beside, cast.okafor, TODAY + 2 * DAY, TODAY + 4 * DAY)
    form = away_form(beside, cast.rivera)
    form.fill({FIRST: TODAY.isoformat(), LAST: (TODAY + 2 * DAY).isoformat()})
    form.fill({COVER: "Dr Ben Okafor"})

    again = form.submit()

    assert again is not None
    assert again.errors == {COVER: "Your cover is away then. Choose somebody else."}


def test_an_absence_that_is_sent_twice_is_kept_once(beside: Beside) -> None:
    cast = beside.cast
    beside.slack.faults.duplicate("interactive/view_submission")

    go_away(beside, cast.rivera, TODAY, TODAY + DAY)

    assert duty_as_seen_by(cast.ruiz).count("Dr Ana Rivera: Tue 24 Nov") == 1


def test_taking_days_of_the_rota_makes_them_mine_and_no_others(
    on_rota: Beside,
) -> None:
    cast = on_rota.cast

    take_days(on_rota, cast.okafor, TODAY + DAY, TODAY + DAY)

    today = ask(on_rota).card.rendered
    on_rota.set_clock(morning(TODAY + DAY))
    taken = ask(on_rota).card.rendered
    said = duty_as_seen_by(cast.rivera)
    on_rota.set_clock(morning(TODAY + 3 * DAY))
    after = ask(on_rota).card.rendered
    assert "On duty: @Dr Ana Rivera" in today
    assert "On duty: @Dr Ben Okafor" in taken
    assert "Dr Ben Okafor, until Wed 25 Nov." in said
    assert "On duty: @Dr Ana Rivera" in after


def test_days_are_taken_by_those_who_take_duty_and_only_of_a_rota(
    on_rota: Beside,
) -> None:
    coordinator = on_rota.cast.ruiz.command("/baton duty").message

    assert coordinator
    assert coordinator.buttons == ("I will be away", "Ask for cover")


def test_without_a_rota_there_are_no_days_to_take(beside: Beside) -> None:
    answer = beside.cast.rivera.command("/baton duty").message

    assert answer
    assert answer.buttons == ("I will be away", "Ask for cover")


def test_a_button_that_outlived_the_rota_says_why_it_does_nothing(
    start: Start, new_sqlite: NewSqlite
) -> None:
    beside = start(new_sqlite(), setup=with_rota("rivera", "okafor"))
    okafor = beside.cast.okafor
    press_in_duty(beside, okafor, "Take days of duty")
    form = opened_form(beside, okafor)
    beside.set_up(center_with()(beside.slack, beside.cast))

    again = form.submit()

    assert again is not None
    assert again.errors == {
        "First day": "Days of a rota are taken by those who stand in it."
    }


def test_somebody_who_left_has_no_duty_though_the_rota_names_them(
    start: Start, new_sqlite: NewSqlite
) -> None:
    beside = start(new_sqlite(), setup=with_rota("rivera", "okafor"))
    left = with_rota("okafor")(beside.slack, beside.cast)
    told = left.model_dump(mode="json", exclude_none=True)
    for site in told["sites"]:
        site["duty"] = [one for one in site["duty"] if one != "rivera"]
        site["people"] = [one for one in site["people"] if one["key"] != "rivera"]
    beside.set_up(type(left).model_validate(told))

    thread = ask(beside)

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert not thread.told(beside.cast.rivera)


def test_a_gap_ahead_is_told_three_days_before_once_to_lead_and_coordinators(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """Okafor's week is the next; he is away on its Thursday and Friday.

    Thursday is the 3rd of December, so it is told on Monday the 30th, when the
    center opens, and not again on the days after.
    """
    beside = start(new_sqlite(), setup=with_rota("rivera", "okafor"))
    cast, lead = beside.cast, lead_of(beside.slack)
    gap_starts, gap_ends = date(2026, 12, 3), date(2026, 12, 4)
    go_away(beside, cast.okafor, gap_starts, gap_ends)
    seen = {}

    for day in (TODAY, *(TODAY + n * DAY for n in range(1, 13))):
        beside.set_clock(max(beside.clock.now(), morning(day)))
        seen[day] = told_of_gaps(lead)

    expected = ["from Thu 3 Dec to Fri 4 Dec"]
    for day, told in seen.items():
        assert told == ([] if day < date(2026, 11, 30) else expected), day
    assert told_of_gaps(cast.ruiz) == expected
    for who in (cast.rivera, cast.okafor, cast.lee, cast.chen):
        assert told_of_gaps(who) == []


def test_a_gap_behind_a_weekend_is_told_before_it_not_at_its_eve(
    start: Start, new_sqlite: NewSqlite
) -> None:
    """Three days before a Tuesday is a Saturday, when nobody looks."""
    beside = start(new_sqlite(), setup=with_rota("rivera", "okafor"))
    tuesday = date(2026, 12, 1)
    go_away(beside, beside.cast.okafor, tuesday, tuesday)

    beside.set_clock(morning(date(2026, 11, 25)))
    early = told_of_gaps(beside.cast.ruiz)
    beside.set_clock(morning(date(2026, 11, 27)))

    assert early == []
    assert told_of_gaps(beside.cast.ruiz) == ["on Tue 1 Dec"]


def test_a_gap_that_begins_at_once_is_told_at_once(on_rota: Beside) -> None:
    cast = on_rota.cast

    go_away(on_rota, cast.rivera, TODAY, TODAY + 3 * DAY)

    assert told_of_gaps(cast.ruiz) == ["from Tue 24 Nov to Fri 27 Nov"]


def test_a_gap_on_a_holiday_or_weekend_alone_is_no_gap(on_rota: Beside) -> None:
    cast = on_rota.cast
    thanksgiving = date(2026, 11, 26)

    go_away(on_rota, cast.rivera, thanksgiving, thanksgiving)
    go_away(on_rota, cast.rivera, date(2026, 11, 28), date(2026, 11, 29))
    on_rota.set_clock(morning(TODAY + DAY))

    assert told_of_gaps(cast.ruiz) == []


@pytest.mark.parametrize("mended_by", ["cover", "swap"])
def test_a_gap_that_is_mended_before_it_is_near_is_not_told(
    start: Start, new_sqlite: NewSqlite, mended_by: str
) -> None:
    beside = start(new_sqlite(), setup=with_rota("rivera", "okafor"))
    cast, away_on = beside.cast, date(2026, 12, 3)
    cover = cast.rivera if mended_by == "cover" else None
    go_away(beside, cast.okafor, away_on, away_on, cover)
    if mended_by == "swap":
        take_days(beside, cast.rivera, away_on, away_on)

    for day in range(28, 35):
        beside.set_clock(morning(date(2026, 11, 1) + (day - 1) * DAY))

    assert told_of_gaps(cast.ruiz) == []


def test_without_a_rota_a_gap_is_when_all_are_away(beside: Beside) -> None:
    cast = beside.cast

    go_away(beside, cast.rivera, TODAY, TODAY + DAY)
    one_away = told_of_gaps(cast.ruiz)
    go_away(beside, cast.okafor, TODAY + DAY, TODAY + DAY)

    assert one_away == []
    assert told_of_gaps(cast.ruiz) == ["on Wed 25 Nov"]


def options_of(form: Modal, label: str) -> list[str]:
    """Return what a select of a form offers, in words."""
    for block in form.view.body["blocks"]:
        if block["type"] == "input" and block["label"]["text"] == label:
            return [one["text"]["text"] for one in block["element"]["options"]]
    return []
