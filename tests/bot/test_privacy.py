"""What of a patient's time is shown: who agreed, what counts, what is said anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from bot.actions.done import perform
from bot.actions.showing import show_anew
from bot.app import CannotRun
from bot.demo.cast import AGREED, Cast, setup_for
from bot.refusals import SetupRefused
from bot.setup_file import PrivacyEntry, SetupFile
from bot.sheets import make_sheets
from care.patient_time import PatientTime, PhiMode
from care.referral import State
from sandbox import Modal, Sandbox
from storage.actors import Operator
from storage.records import Agreement
from storage.tables import audit
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask
from tests.bot.journeying import under_way
from tests.bot.test_journey import INFUSED
from tests.bot.test_setup_in_slack import go, kept, opened, saved

pytestmark = pytest.mark.story

NONE, DAYS, BAA = PhiMode.NONE, PhiMode.DAYS, PhiMode.BAA
NOTHING = PrivacyEntry()
DATES = PrivacyEntry(
    mode=BAA, agreed_by="Robin Shaw", agreed_on=date.fromisoformat("2026-11-02")
)
MAY_SHOW = "Of a patient's time Slack may show"

Start = Callable[..., Beside]


@pytest.fixture
def in_days(start: Start, new_sqlite: Callable[..., str]) -> Beside:
    """Return a Baton whose settings and whose setup agree to days."""
    return start(new_sqlite(), phi_mode=DAYS)


def agreed_to(privacy: PrivacyEntry) -> Callable[[Sandbox, Cast], SetupFile]:
    """Return how the demo is set up with another agreement."""
    return lambda _slack, cast: with_privacy(cast, privacy)


def with_privacy(cast: Cast, privacy: PrivacyEntry) -> SetupFile:
    """Return the demo's setup with another agreement."""
    return setup_for(cast).model_copy(update={"privacy": privacy})


def shown(beside: Beside) -> PhiMode:
    """Return what of a patient's time is shown now."""
    with beside.baton.store.read() as reading:
        return reading.phi_mode


def said_anew(beside: Beside) -> list[str]:
    """Return which messages were said anew, by their time stamps."""
    beside.settle()
    return [one.arguments["ts"] for one in beside.slack.record.calls("chat.update")]


def privacy_form(beside: Beside, near: str = "Days, agreed by") -> Modal:
    """Open the form of the agreement."""
    opened(beside)
    return go(beside, beside.cast.lee, "Change", near=near)


def lines_of(beside: Beside, event: str) -> list[dict[str, Any]]:
    """Return the codes of the audit lines of an event."""
    query = select(audit.c.codes).where(audit.c.event == event).order_by(audit.c.seq)
    with beside.baton.store.read() as reading:
        return list(reading.connection.execute(query).scalars())


@pytest.mark.parametrize(
    ("mode", "agreed", "in_use"),
    [
        (NONE, PrivacyEntry.model_validate(AGREED), NONE),
        (DAYS, PrivacyEntry.model_validate(AGREED), DAYS),
        (DAYS, DATES, DAYS),
        (BAA, DATES, BAA),
    ],
)
def test_the_lesser_of_settings_and_agreement_is_shown(
    start: Start,
    new_sqlite: Callable[..., str],
    mode: PhiMode,
    agreed: PrivacyEntry,
    in_use: PhiMode,
) -> None:
    beside = start(new_sqlite(), phi_mode=mode, setup=agreed_to(agreed))

    assert shown(beside) is in_use


@pytest.mark.parametrize(("mode", "agreed"), [(DAYS, NOTHING), (BAA, None)])
def test_nothing_starts_that_would_show_more_than_was_agreed(
    on_both: Beside, mode: PhiMode, agreed: PrivacyEntry | None
) -> None:
    """Not even for a moment: Slack is not asked for a connection."""
    if agreed is not None:
        on_both.set_up(with_privacy(on_both.cast, agreed))
    on_both.settings = on_both.settings.model_copy(update={"baton_phi_mode": mode})
    on_both.slack.record.clear()

    with pytest.raises(CannotRun, match=f"BATON_PHI_MODE is {mode}, but the setup"):
        on_both.add_replica()

    assert on_both.slack.connections == 1


def test_a_patients_days_are_counted_at_the_center(in_days: Beside) -> None:
    """At five in the morning, UTC, it is yesterday still in New York."""
    thread = ask(in_days)
    in_days.set_clock(in_days.clock.now().replace(day=26, hour=4, minute=30))

    with in_days.baton.store.read() as reading:
        center = reading.people.links()[0].center_id
        found = reading.cases.referrals_at(center, [State.REQUESTED])
        [sheet] = make_sheets(reading, found)

    assert sheet.time == PatientTime(DAYS, date.fromisoformat("2026-11-25"), None)
    assert thread.code == sheet.case.code


def test_what_was_agreed_is_kept_audited_and_shown_again(on_both: Beside) -> None:
    done = on_both.set_up(with_privacy(on_both.cast, DATES))
    again = on_both.set_up(with_privacy(on_both.cast, DATES))

    assert (done.what, again.what) == ("set up", "unchanged")
    assert kept(on_both).privacy == DATES
    with on_both.baton.store.read() as reading:
        [workspace] = reading.people.workspaces()
        agreement = reading.people.agreement(workspace.id)
    assert agreement == Agreement(BAA, "Robin Shaw", DATES.agreed_on)
    assert lines_of(on_both, "setup privacy")[1:] == [
        {"mode": "baa", "agreed_on": "2026-11-02"}
    ]


def test_a_file_that_names_nobody_takes_the_agreement_back(in_days: Beside) -> None:
    """As with people and links: what a file does not name is there no more."""
    in_days.set_up(with_privacy(in_days.cast, NOTHING))

    assert kept(in_days).privacy == NOTHING
    assert shown(in_days) is NONE


def test_an_agreement_of_a_day_to_come_is_refused(in_days: Beside) -> None:
    later = DATES.model_copy(update={"agreed_on": date.fromisoformat("2026-11-26")})
    before = kept(in_days)

    with pytest.raises(SetupRefused, match="2026-11-26 is still to come"):
        in_days.set_up(with_privacy(in_days.cast, later))

    assert kept(in_days) == before


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"mode": "days"}, "'days' needs agreed_by and agreed_on"),
        (AGREED | {"agreed_by": None}, "'days' needs agreed_by and agreed_on"),
        (AGREED | {"agreed_on": None}, "'days' needs agreed_by and agreed_on"),
        (AGREED | {"mode": "none"}, "'none' needs nobody's word"),
        (AGREED | {"mode": "all"}, "Input should be 'none', 'days' or 'baa'"),
    ],
)
def test_more_than_named_windows_needs_somebodys_word(
    told: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        PrivacyEntry.model_validate(told)


def test_the_overview_says_what_was_agreed_and_what_is_in_use(
    on_both: Beside,
) -> None:
    text = opened(on_both).text

    assert "Days, agreed by Robin Shaw, privacy officer on 8 Jan 2024" in text
    assert "In use: named windows. BATON_PHI_MODE is none." in text


def test_each_mode_says_what_it_shows_and_even_none_is_reduced_identifiers(
    in_days: Beside,
) -> None:
    form = privacy_form(in_days)

    choice = next(one for one in form.view.blocks if one["block_id"] == "phi_mode")
    beside_it = [one["description"]["text"] for one in choice["element"]["options"]]
    text = "\n".join((*beside_it, form.text))
    for words in (
        "“month-1” or “this week”; no days and no dates",
        "“Day +29” or “in 9 days”; no dates",
        "“12 Nov 2026”",
        "It still is reduced identifiers, and not a certified de-identification.",
        "Your privacy officer has to agree first.",
        "A business associate agreement with Slack has to stand first.",
        "BATON_PHI_MODE is days on the machine that runs Baton.",
    ):
        assert words in text


def test_taking_the_agreement_back_lowers_what_is_shown_at_once(
    in_days: Beside,
) -> None:
    thread = ask(in_days)
    form = privacy_form(in_days)
    assert form.value(MAY_SHOW) == "Days"
    in_days.slack.record.clear()

    form.fill({MAY_SHOW: "Named windows"})
    page = saved(in_days, form)

    assert shown(in_days) is NONE
    assert kept(in_days).privacy == NOTHING
    assert "Named windows (reduced identifiers)" in page.text
    assert thread.ts in said_anew(in_days)


def test_an_agreement_is_recorded_in_slack_with_who_and_when(on_both: Beside) -> None:
    form = privacy_form(on_both)

    form.fill(
        {
            MAY_SHOW: "Dates",
            "Who agreed": "Robin Shaw",
            "Agreed on": "2026-11-02",
        }
    )
    page = saved(on_both, form)

    assert kept(on_both).privacy == DATES
    assert "Dates, agreed by Robin Shaw on 2 Nov 2026" in page.text
    assert shown(on_both) is NONE
    assert lines_of(on_both, "setup changed in Slack") == [{}]


def test_without_a_name_and_a_day_nothing_is_agreed(on_both: Beside) -> None:
    on_both.set_up(with_privacy(on_both.cast, NOTHING))
    form = privacy_form(on_both, "Named windows")
    assert form.value(MAY_SHOW) == "Named windows"

    form.fill({MAY_SHOW: "Days"})
    form.submit()

    assert "Who agreed?" in form.errors["Who agreed"]
    assert form.errors["Agreed on"] == "On which day?"
    assert kept(on_both).privacy == NOTHING


def test_a_day_to_come_is_refused_and_the_form_stays(beside: Beside) -> None:
    form = privacy_form(beside)

    form.fill({"Agreed on": "2027-01-04"})
    form.submit()

    assert "2027-01-04 is still to come" in form.errors[MAY_SHOW]
    assert form.value("Agreed on") == "2027-01-04"


def test_what_somebody_else_agreed_meanwhile_is_not_written_over(
    beside: Beside,
) -> None:
    form = privacy_form(beside)
    beside.set_up(with_privacy(beside.cast, DATES))

    form.fill({MAY_SHOW: "Named windows"})
    form.submit()

    assert "changed the setup meanwhile" in form.errors[MAY_SHOW]
    assert kept(beside).privacy == DATES


def test_another_change_of_the_setup_leaves_the_agreement(in_days: Beside) -> None:
    before = kept(in_days).privacy
    opened(in_days)
    go(in_days, in_days.cast.lee, "Change", near="University Center (")
    form = go(in_days, in_days.cast.lee, "Change the site")

    form.fill({"Phone, answered day and night": "+1 555 0123"})
    saved(in_days, form)

    assert kept(in_days).privacy == before
    assert shown(in_days) is DAYS


def test_only_what_still_stands_is_said_anew(on_both: Beside) -> None:
    """Each card once, and not the card of what has ended."""
    cast = on_both.cast
    waits, other = ask(on_both), ask(on_both, cast.patel, channel=cast.prairie)
    ended = ask(on_both, kind=EVALUATION)
    ended.press(cast.chen, "Withdraw")
    on_both.slack.record.clear()

    done = perform(on_both.baton.store, show_anew, by=Operator("tests"), key="shown:1")
    again = perform(on_both.baton.store, show_anew, by=Operator("tests"), key="shown:1")
    on_both.baton.ticker.wake()

    assert done == again
    assert done.subject == "2"
    anew = said_anew(on_both)
    assert [anew.count(one.ts) for one in (waits, other, ended)] == [1, 1, 0]
    assert lines_of(on_both, "shown anew") == [
        {"mode": "none", "cards": "2", "by": "operator:tests"}
    ]


def test_what_asks_somebody_is_said_anew_with_its_card(in_days: Beside) -> None:
    thread: Thread = ask(in_days)
    [asked] = thread.told(in_days.cast.rivera)
    in_days.slack.record.clear()

    in_days.set_up(with_privacy(in_days.cast, NOTHING))

    assert not {thread.ts, asked.ts} - set(said_anew(in_days))
    [still] = thread.told(in_days.cast.rivera)
    assert still.rendered == asked.rendered


def test_no_day_is_left_on_what_stands_once_the_agreement_is_taken_back(
    in_days: Beside,
) -> None:
    """The card, the line in the thread and the message all named the day."""
    travel, cast = under_way(in_days), in_days.cast
    travel.record(cast.ruiz, "Infusion", "Given", INFUSED)

    def read() -> list[str]:
        told = [one.rendered for one in travel.thread.told(cast.chen)]
        return [travel.card.rendered, *travel.thread.lines, *told]

    before = read()
    in_days.set_up(with_privacy(cast, NOTHING))
    in_days.settle()
    after = read()
    in_days.set_up(setup_for(cast))
    in_days.settle()

    assert len([one for one in before if "Day 0" in one]) >= 3
    assert not [one for one in after if "Day" in one]
    assert len(after) == len(before)
    assert read() == before
