"""Administrators change the setup in Slack, by hand: what they see and what follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from typer.testing import CliRunner

from bot.app import check_installation, new_client
from bot.cli import app
from bot.demo.cast import setup_for
from bot.installing import install
from bot.refusals import SetupRefused
from bot.setup_file import SetupFile
from bot.setup_reading import kept_setup
from sandbox import Channel, Modal, NotOnScreen, Person
from storage.tables import audit, identity
from tests.beside import Beside
from tests.bot.acting import ask, opened_page, pinned
from tests.bot.journeying import under_way

pytestmark = pytest.mark.story

ONLY = "Only administrators see and change the setup: Kim Lee."
OVERTAKEN = "Somebody else changed the setup meanwhile"


def opened(beside: Beside, who: Person | None = None) -> Modal:
    """Type `/baton setup` and wait for the overview."""
    who = who or beside.cast.lee
    who.command("/baton setup")
    return opened_page(beside, who, "Links")


def go(beside: Beside, who: Person, label: str, *, near: str = "") -> Modal:
    """Press a button of a page and wait for the page that it brings."""
    page = who.modal
    assert page
    before = page.view.hash
    # What is meant begins its block: of two neighbours, the lower one sees both.
    page.click(label, near=f"\n{near}" if near else "")

    def turned() -> Modal | None:
        modal = who.modal
        return modal if modal and modal.view.hash != before else None

    return beside.slack.until(turned)


def at_site(beside: Beside, name: str, who: Person | None = None) -> Modal:
    """Open the page of a site."""
    who = who or beside.cast.lee
    opened(beside, who)
    return go(beside, who, "Change", near=f"{name} (")


def new_link(beside: Beside, channel: Channel, **others: str) -> Modal:
    """Open the form of a new link and fill it."""
    opened(beside)
    form = go(beside, beside.cast.lee, "Add a link")
    form.fill(
        {
            "Practice": "Hill Oncology",
            "Center": "University Center",
            "Private channel": channel,
        }
        | others
    )
    return form


def add_practice(beside: Beside, who: Person, name: str = "Hill Oncology") -> Modal:
    """Fill the form of a new practice and save it."""
    opened(beside)
    form = go(beside, beside.cast.lee, "Add a site")
    form.fill(
        {
            "What it is": "Practice",
            "Name of the site": name,
            "Phone, answered day and night": "+1 555 0177",
            "Time zone": "America/Chicago",
            "Name of the person": "Dr Ada Hill",
            "Role": "Oncologist",
            "Slack account": who,
        }
    )
    return saved(beside, form)


def saved(beside: Beside, form: Modal) -> Modal:
    """Submit a form that is right; return the page that shows what was saved."""
    page = form.submit()
    assert page
    assert not page.errors
    assert "Saved." in page.text
    beside.settle()
    return page


def kept(beside: Beside) -> SetupFile:
    """Return the setup that is in effect."""
    with beside.baton.store.read() as reading:
        (workspace,) = reading.people.workspaces()
        return kept_setup(reading, workspace.id)


def test_the_overview_names_sites_and_links(on_both: Beside) -> None:
    page = opened(on_both)

    assert page.title == "Setup"
    assert not page.submit_label
    for name in ("Lakeside Oncology", "Prairie Cancer Care", "University Center"):
        assert name in page.text
    assert "#lakeside-university" in page.text
    assert "2 people" in page.text


def test_the_form_opens_before_anything_is_read(beside: Beside) -> None:
    beside.slack.record.clear()

    opened(beside)

    methods = [one.method for one in beside.slack.record.calls()]
    assert methods[0] == "views.open"
    assert set(methods) == {"views.open", "views.update"}


def test_the_page_of_a_site_says_all_that_its_file_says(beside: Beside) -> None:
    text = at_site(beside, "University Center").text

    assert "A center. Day and night: +1 555 0199" in text
    assert "Open 08:00 to 17:00 (America/New_York): Mon, Tue, Wed, Thu, Fri" in text
    assert "Public holidays: US NY" in text
    assert "May be responsible: oncologist, specialist" in text
    assert "Duty in turn: Dr Ana Rivera, Dr Ben Okafor" in text
    assert "Urgent within 4 h" in text
    assert "Dr Ana Rivera, specialist, takes duty" in text
    assert "Kim Lee, administrator" in text


def test_a_changed_phone_line_is_pinned_anew(on_both: Beside) -> None:
    """What stands in the channels is the line that is answered now."""
    cast = on_both.cast
    at_site(on_both, "University Center")
    form = go(on_both, cast.lee, "Change the site")
    assert form.value("Phone, answered day and night") == "+1 555 0199"

    form.fill({"Phone, answered day and night": "+1 555 0123"})
    page = saved(on_both, form)

    assert "Day and night: +1 555 0123" in page.text
    for channel in (cast.lakeside, cast.prairie):
        assert "+1 555 0123" in pinned(cast.lee, channel).rendered
        assert "0199" not in pinned(cast.lee, channel).rendered
        assert len([one for one in cast.lee.channel(channel) if one.by_bot]) == 1


def test_undo_is_changing_it_back(beside: Beside) -> None:
    before = kept(beside)
    for phone in ("+1 555 0123", "+1 555 0199"):
        at_site(beside, "University Center")
        form = go(beside, beside.cast.lee, "Change the site")
        form.fill({"Phone, answered day and night": phone})
        saved(beside, form)

    assert kept(beside) == before


def test_a_new_specialist_is_put_on_duty_and_asked(on_both: Beside) -> None:
    cast = on_both.cast
    osei = on_both.slack.person("Dr Efua Osei")
    cast.lakeside.add(osei)
    at_site(on_both, "University Center")
    form = go(on_both, cast.lee, "Add a person")
    form.fill({"Name of the person": "Dr Efua Osei", "Role": "Specialist"})
    form.fill({"Slack account": osei})

    page = saved(on_both, form)
    duty = go(on_both, cast.lee, "Duty and answer times")
    duty.fill({"Who takes duty": ["Dr Efua Osei", "Dr Ben Okafor"]})
    after = saved(on_both, duty)
    thread = ask(on_both)

    assert "Dr Efua Osei, specialist" in page.text
    assert "Duty in turn: Dr Efua Osei, Dr Ben Okafor" in after.text
    assert thread.told(osei)
    assert not thread.told(cast.rivera)


def test_a_rota_is_named_by_its_monday(beside: Beside) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Duty and answer times")
    form.fill(
        {
            "Rota begins on": "2026-11-23",
            "Order of the rota": ["Dr Ben Okafor", "Dr Ana Rivera"],
            "Urgent: hours to an answer": "1.5",
            "A question: working days to an answer": 3,
        }
    )

    page = saved(beside, form)

    rota = "a week each from Mon 23 Nov 2026: Dr Ben Okafor, Dr Ana Rivera"
    assert rota in page.text
    assert "Urgent within 1.5 h" in page.text
    assert "A question within 3 days" in page.text
    assert "until Sun 29 Nov" in beside.cast.rivera.command("/baton duty").rendered


def test_a_center_says_whether_it_is_told_of_urgent_concerns_in_slack(
    on_both: Beside,
) -> None:
    box = "Tell whoever is on duty in Slack too"
    before = at_site(on_both, "University Center").text

    form = go(on_both, on_both.cast.lee, "Duty and answer times")
    chosen = form.value("Urgent concerns")
    form.fill({"Urgent concerns": []})
    left = saved(on_both, form).text
    form = go(on_both, on_both.cast.lee, "Duty and answer times")
    form.fill({"Urgent concerns": [box]})
    after = saved(on_both, form).text

    assert "Urgent concerns: by phone, and told in Slack too" in before
    assert box in str(chosen)
    assert "Urgent concerns: by phone only" in left
    assert "Urgent concerns: by phone, and told in Slack too" in after


def test_a_guest_of_another_team_is_known_by_that_team(beside: Beside) -> None:
    """Who acts is team and user, so the team is the one that Slack names."""
    slack, cast = beside.slack, beside.cast
    guest = slack.person("Dr Otis Reed", team=slack.team("Prairie Cancer Care"))
    cast.prairie.add(guest)
    at_site(beside, "Prairie Cancer Care")
    form = go(beside, cast.lee, "Add a person")
    form.fill({"Name of the person": "Dr Otis Reed", "Role": "Oncologist"})
    form.fill({"Slack account": guest})

    saved(beside, form)
    thread = ask(beside, guest, channel=cast.prairie)

    site = next(one for one in kept(beside).sites if one.key == "prairie")
    reed = next(one for one in site.people if one.key == "reed")
    assert (reed.slack.user, reed.slack.team) == (guest.id, guest.team)
    assert thread.told(guest)


def test_a_new_practice_is_linked_and_its_channel_says_what_it_is_for(
    on_both: Beside,
) -> None:
    slack, cast = on_both.slack, on_both.cast
    hill = slack.person("Dr Ada Hill")
    channel = slack.channel("hill-university", private=True, members=[hill, cast.lee])

    add_practice(on_both, hill)
    page = saved(on_both, new_link(on_both, channel))
    message = pinned(hill, channel)

    assert "Hill Oncology and University Center" in page.text
    assert "Hill Oncology and University Center" in message.rendered
    assert "+1 555 0199" in message.rendered
    assert ask(on_both, hill, channel=channel).told(hill)


def test_a_public_channel_is_refused_at_its_field(beside: Beside) -> None:
    hill = beside.slack.person("Dr Ada Hill")
    public = beside.slack.channel("general", members=[hill, beside.cast.lee])
    add_practice(beside, hill)
    form = new_link(beside, public)

    form.submit()

    assert "is a public channel" in form.errors["Private channel"]
    assert form.value("Practice") == "Hill Oncology"
    assert len(kept(beside).links) == 2


def test_a_channel_without_baton_is_refused_at_its_field(beside: Beside) -> None:
    hill = beside.slack.person("Dr Ada Hill")
    channel = beside.slack.channel("quiet", private=True, members=[hill], bot=False)
    add_practice(beside, hill)
    form = new_link(beside, channel)

    form.submit()

    assert "was Baton invited to the channel?" in form.errors["Private channel"]


def test_a_link_with_open_cases_stays_and_they_are_named(on_both: Beside) -> None:
    cast = on_both.cast
    first, second = ask(on_both), ask(on_both)
    opened(on_both)
    go(on_both, cast.lee, "Change", near="Lakeside Oncology and")

    page = go(on_both, cast.lee, "Remove")

    codes = ", ".join(sorted((first.code, second.code)))
    assert f"have open cases in this channel: {codes}." in page.text
    assert len(kept(on_both).links) == 2


def test_a_link_that_owes_nothing_is_removed(beside: Beside) -> None:
    cast = beside.cast
    opened(beside)
    go(beside, cast.lee, "Change", near="Lakeside Oncology and")

    page = go(beside, cast.lee, "Remove")

    assert "Lakeside Oncology and" not in page.text
    assert [one.practice for one in kept(beside).links] == ["prairie"]


def test_an_open_case_keeps_its_link_from_another_channel(beside: Beside) -> None:
    """The thread would stay behind, where nobody is told of it any more."""
    cast = beside.cast
    thread = ask(beside)
    other = beside.slack.channel("other", private=True, members=[cast.lee])
    opened(beside)
    form = go(beside, cast.lee, "Change", near="Lakeside Oncology and")
    form.fill({"Private channel": other})

    form.submit()

    assert thread.code in form.errors["Private channel"]
    assert form.value("Private channel") == other.id


def test_the_setup_file_refuses_the_same_with_the_same_codes(beside: Beside) -> None:
    thread = ask(beside)
    told = setup_for(beside.cast)
    fewer = told.model_copy(update={"links": told.links[1:]})

    with pytest.raises(
        SetupRefused, match=f"open cases in this channel: {thread.code}"
    ):
        reinstall(beside, fewer)


def test_a_case_that_is_answered_still_holds_its_link(beside: Beside) -> None:
    """Nobody knows yet what came of it, and the referrer is asked over the link."""
    thread = ask(beside)
    thread.press(beside.cast.rivera, "Take it")
    thread.write(beside.cast.rivera, "Answer", {"Your answer": "CAR T first."})
    told = setup_for(beside.cast)

    with pytest.raises(SetupRefused, match=thread.code):
        reinstall(beside, told.model_copy(update={"links": told.links[1:]}))


def test_a_closed_case_holds_nothing(beside: Beside) -> None:
    thread = ask(beside)
    thread.press(beside.cast.chen, "Withdraw")
    told = setup_for(beside.cast)

    reinstall(beside, told.model_copy(update={"links": told.links[1:]}))

    assert [one.practice for one in kept(beside).links] == ["prairie"]


def test_removing_asks_once_and_is_not_done_where_it_is_denied(beside: Beside) -> None:
    before = kept(beside)
    at_site(beside, "Lakeside Oncology")
    form = go(beside, beside.cast.lee, "Change", near="Sam Brooks")

    form.click("Remove", confirm=False)

    assert kept(beside) == before


def test_whoever_is_removed_can_do_nothing_and_has_no_duty(beside: Beside) -> None:
    cast = beside.cast
    at_site(beside, "University Center")
    go(beside, cast.lee, "Change", near="Dr Ana Rivera")

    page = go(beside, cast.lee, "Remove")

    assert "Duty in turn: Dr Ben Okafor" in page.text
    assert "Dr Ana Rivera" not in page.text
    assert "does not know you" in cast.rivera.command("/baton").text


def test_whoever_comes_back_is_the_same_person(beside: Beside) -> None:
    cast = beside.cast
    at_site(beside, "Lakeside Oncology")
    go(beside, cast.lee, "Change", near="Sam Brooks")
    go(beside, cast.lee, "Remove")
    form = go(beside, cast.lee, "Add a person")
    form.fill({"Name of the person": "Sam Brooks-Lind", "Role": "Coordinator"})
    form.fill({"Slack account": cast.brooks})

    saved(beside, form)

    people = next(one for one in kept(beside).sites if one.key == "lakeside").people
    assert {one.key: one.name for one in people}["brooks"] == "Sam Brooks-Lind"


def test_somebody_new_never_gets_the_key_of_who_left(beside: Beside) -> None:
    """A key stands for a person's history, so a namesake gets one of their own."""
    cast = beside.cast
    at_site(beside, "Lakeside Oncology")
    go(beside, cast.lee, "Change", near="Sam Brooks")
    go(beside, cast.lee, "Remove")
    form = go(beside, cast.lee, "Add a person")
    form.fill({"Name of the person": "Jo Brooks", "Role": "Coordinator"})
    form.fill({"Slack account": beside.slack.person("Jo Brooks")})

    saved(beside, form)

    people = next(one for one in kept(beside).sites if one.key == "lakeside").people
    assert {one.key for one in people} == {"chen", "brooks-2"}


def test_the_last_administrator_stays(beside: Beside) -> None:
    cast = beside.cast
    at_site(beside, "University Center")
    form = go(beside, cast.lee, "Change", near="Kim Lee")
    form.fill({"Role": "Coordinator"})

    form.submit()
    said = form.errors["Role"]
    page = go(beside, cast.lee, "Remove")

    assert said == "Somebody must stay administrator: name another one first."
    assert said in page.text
    assert "University Center" in opened(beside).text


def test_a_linked_center_keeps_somebody_on_duty(beside: Beside) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Duty and answer times")
    form.fill({"Who takes duty": None})

    form.submit()

    said = form.errors["Who takes duty"]
    assert said == "A linked center needs somebody who takes duty."


def test_a_center_sets_after_how_many_days_it_is_asked_for_news(
    beside: Beside,
) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Days without news")
    form.fill({"Contact with the patient": "3", "Apheresis slot": "14"})

    page = saved(beside, form)
    travel = under_way(beside)
    beside.move_clock(timedelta(days=5))

    days = "contact with the patient 3, apheresis slot 14, every other step 7"
    assert days in page.text
    assert "Is there news?" in travel.thread.told(beside.cast.ruiz)[-1].rendered


SITE = "Change the site"
DUTY = "Duty and answer times"
WRONG: list[tuple[str, str, Any, str]] = [
    (SITE, "Name of the site", "X", "A name has 2 to 80 characters."),
    (SITE, "Phone, answered day and night", "1", "A phone number has 3 to 40"),
    (SITE, "Time zone", "Chicago", "'Chicago' is no IANA zone"),
    (SITE, "Closes", "07:00", "A site closes later than it opens."),
    (SITE, "Open on", None, "A site is open on some day."),
    (SITE, "Country of public holidays", "QQ", "No holidays are known for country"),
    (SITE, "Region of public holidays", "ZZ", "No region 'ZZ' is known in US."),
    (DUTY, "Rota begins on", "2026-11-23", "Choose who stands in the rota"),
    (DUTY, "Order of the rota", ["Dr Ana Rivera"], "Choose the Monday on which"),
    (DUTY, "Urgent: hours to an answer", "73", "More than 0 and at most 72 hours."),
    (DUTY, "A question: working days to an answer", "0", "1 to 20 working days."),
    (DUTY, "An evaluation: working days to an answer", "21", "1 to 20 working"),
]


@pytest.mark.parametrize(("button", "label", "value", "said"), WRONG)
def test_what_cannot_be_is_said_at_its_field_and_the_rest_stays(
    beside: Beside, button: str, label: str, value: object, said: str
) -> None:
    before = kept(beside)
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, button)
    form.fill({label: value})

    form.submit()

    places = {"Rota begins on": "Order of the rota"} | {
        "Order of the rota": "Rota begins on"
    }
    errors = form.errors
    assert list(errors) == [places.get(label, label)]
    assert said in next(iter(errors.values()))
    assert kept(beside) == before


def test_only_who_answers_can_be_chosen_for_duty(beside: Beside) -> None:
    at_site(beside, "University Center")

    form = go(beside, beside.cast.lee, DUTY)

    for label in ("Who takes duty", "Order of the rota"):
        with pytest.raises(NotOnScreen):
            form.fill({label: ["Ana Ruiz"]})


def test_a_rota_holds_only_who_takes_duty_and_begins_on_a_monday(
    beside: Beside,
) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, DUTY)
    form.fill({"Rota begins on": "2026-11-24", "Order of the rota": ["Dr Ana Rivera"]})
    form.fill({"Who takes duty": ["Dr Ben Okafor"]})

    form.submit()
    first = dict(form.errors)
    form.fill({"Rota begins on": "2026-11-23"})
    form.submit()

    assert first == {"Rota begins on": "A rota begins on a Monday."}
    assert form.errors == {
        "Order of the rota": "Only who takes duty stands in the rota."
    }


def gone(beside: Beside) -> Person:
    """Return somebody whose account was deactivated."""
    person = beside.slack.person("Dr Gone")
    beside.slack.deactivate(person)
    return person


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda beside: beside.cast.rivera, "Somebody else in the setup has this"),
        (gone, "is deactivated."),
    ],
    ids=["taken", "deactivated"],
)
def test_an_account_that_cannot_be_is_said_at_its_field(
    beside: Beside, spoil: Callable[[Beside], Person], said: str
) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Add a person")
    form.fill({"Name of the person": "Dr Efua Osei", "Role": "Specialist"})
    form.fill({"Slack account": spoil(beside)})

    form.submit()

    assert said in form.errors["Slack account"]
    assert form.value("Name of the person") == "Dr Efua Osei"


def test_slack_is_asked_only_about_what_changed(beside: Beside) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Change", near="Dr Ana Rivera")
    form.fill({"Name of the person": "Dr Ana Rivera-Soto"})
    beside.slack.record.clear()

    saved(beside, form)

    asked = {one.method for one in beside.slack.record.calls()}
    assert not asked & {"users.info", "conversations.info"}


def test_a_submission_waits_no_longer_for_slack_than_it_may(beside: Beside) -> None:
    """Where Slack is slow the form stays, in time, and says so."""
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Add a person")
    form.fill({"Name of the person": "Dr Efua Osei", "Role": "Specialist"})
    form.fill({"Slack account": beside.slack.person("Dr Efua Osei")})
    beside.slack.faults.slow("users.info", 4)
    began = time.monotonic()

    form.submit()

    assert time.monotonic() - began < 2.5
    assert "Slack does not answer just now" in form.errors["Slack account"]


def test_a_site_leaves_when_its_links_are_gone(beside: Beside) -> None:
    cast = beside.cast
    at_site(beside, "Lakeside Oncology")
    linked = go(beside, cast.lee, "Remove").text
    go(beside, cast.lee, "Change", near="Lakeside Oncology and")
    go(beside, cast.lee, "Remove")
    go(beside, cast.lee, "Change", near="Lakeside Oncology (")

    page = go(beside, cast.lee, "Remove")

    assert "Remove the links of this site first." in linked
    assert "Lakeside Oncology" not in page.text
    assert {one.key for one in kept(beside).sites} == {"prairie", "university"}
    assert "does not know you" in cast.chen.command("/baton").text


def test_two_sites_are_linked_once(beside: Beside) -> None:
    cast = beside.cast
    other = beside.slack.channel("other", private=True, members=[cast.lee])
    form = new_link(beside, other, Practice="Lakeside Oncology")

    form.submit()

    assert form.errors == {"Center": "These two are linked already."}


@pytest.mark.parametrize("name", ["ruiz", "rivera", "chen"])
def test_everybody_else_reads_that_only_administrators_can(
    beside: Beside, name: str
) -> None:
    who: Person = getattr(beside.cast, name)

    who.command("/baton setup")
    page = opened_page(beside, who, "Only administrators")

    assert page.text == ONLY
    assert not page.buttons


def test_a_stranger_reads_where_the_first_setup_comes_from(beside: Beside) -> None:
    stranger = beside.slack.person("Dr Who")

    stranger.command("/baton setup")
    page = opened_page(beside, stranger, "does not know you")

    assert "the first setup comes from a file" in page.text
    assert "Lakeside" not in page.text


def test_who_is_administrator_no_more_can_save_nothing(beside: Beside) -> None:
    """The role is read again in the moment of saving, not when the form opened."""
    cast = beside.cast
    at_site(beside, "University Center")
    form = go(beside, cast.lee, "Change the site")
    told = setup_for(cast).model_dump()
    roles = {one["key"]: one for one in told["sites"][2]["people"]}
    roles["lee"]["role"], roles["ruiz"]["role"] = "coordinator", "administrator"
    reinstall(beside, SetupFile.model_validate(told))
    form.fill({"Phone, answered day and night": "+1 555 0123"})

    form.submit()

    said = "Only administrators see and change the setup: Ana Ruiz."
    assert form.errors == {"Name of the site": said}
    assert "0123" not in str(kept(beside))


def reinstall(beside: Beside, setup: SetupFile) -> None:
    """Put another setup file into effect."""
    install(
        store=beside.baton.store,
        client=new_client(beside.settings, timeout=10),
        workspace=check_installation(beside.settings).workspace,
        setup=setup,
        account="tests",
    )


def two_administrators(beside: Beside) -> tuple[Person, Person]:
    """Make the coordinator a second administrator, beside whom a lead is told."""
    cast = beside.cast
    told = setup_for(cast).model_dump()
    ruiz = next(p for p in told["sites"][2]["people"] if p["key"] == "ruiz")
    okafor = next(p for p in told["sites"][2]["people"] if p["key"] == "okafor")
    ruiz["role"], okafor["role"] = "administrator", "lead"
    reinstall(beside, SetupFile.model_validate(told))
    return cast.lee, cast.ruiz


def test_of_two_administrators_at_the_same_moment_the_second_is_told(
    on_both: Beside,
) -> None:
    phones = {"+1 555 0001", "+1 555 0002"}
    forms: list[Modal] = []
    for who, phone in zip(two_administrators(on_both), sorted(phones), strict=True):
        at_site(on_both, "University Center", who)
        forms.append(go(on_both, who, "Change the site"))
        forms[-1].fill({"Phone, answered day and night": phone})

    on_both.slack.together(*(form.submit for form in forms))
    on_both.settle()

    told = [form.errors.get("Name of the site", "") for form in forms]
    (loser,) = [at for at, said in enumerate(told) if said.startswith(OVERTAKEN)]
    assert not told[1 - loser]
    entered = forms[loser].value("Phone, answered day and night")
    stands = next(
        one.phone_24h for one in kept(on_both).sites if one.key == "university"
    )
    assert {entered, stands} == phones


def test_a_page_that_is_out_of_date_removes_nothing(beside: Beside) -> None:
    lee, ruiz = two_administrators(beside)
    at_site(beside, "Lakeside Oncology", lee)
    go(beside, lee, "Change", near="Sam Brooks")
    at_site(beside, "University Center", ruiz)
    form = go(beside, ruiz, "Change the site")
    form.fill({"Phone, answered day and night": "+1 555 0123"})
    saved(beside, form)

    page = go(beside, lee, "Remove")

    assert OVERTAKEN in page.text
    assert "brooks" in str(kept(beside))


@pytest.mark.parametrize("apart", [0.0, 0.4], ids=["at-once", "later"])
def test_a_submission_twice_is_one_person(on_both: Beside, apart: float) -> None:
    osei = on_both.slack.person("Dr Efua Osei")
    at_site(on_both, "University Center")
    form = go(on_both, on_both.cast.lee, "Add a person")
    form.fill({"Name of the person": "Dr Efua Osei", "Role": "Specialist"})
    form.fill({"Slack account": osei})
    on_both.add_replica()
    on_both.slack.faults.duplicate("interactive/view_submission", apart=apart)

    saved(on_both, form)
    time.sleep(apart)
    sent = on_both.slack.record.envelopes
    on_both.slack.until(lambda: len(on_both.slack.record.acks()) >= len(sent()))

    people = [p.name for s in kept(on_both).sites for p in s.people]
    assert people.count("Dr Efua Osei") == 1
    assert "" not in (on_both.cast.lee.modal or form).errors


def test_each_change_stands_in_the_audit_chain_with_ids_alone(beside: Beside) -> None:
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Change the site")
    form.fill({"Phone, answered day and night": "+1 555 0123"})
    saved(beside, form)

    with beside.baton.store.read() as reading:
        query = select(audit).order_by(audit.c.seq.desc()).limit(3)
        changed, put, row = reading.connection.execute(query).all()
        lee = reading.people.person(beside.cast.lee.team, beside.cast.lee.id)
        site = next(
            one
            for one in reading.people.sites(changed.workspace_id)
            if one.key == "university"
        )

    assert lee
    assert (changed.event, changed.subject) == ("setup changed in Slack", site.id)
    assert (row.event, row.subject, row.codes) == (
        "setup site",
        site.id,
        {"kind": "center"},
    )
    assert changed.actor == put.actor == f"clinician:{lee.clinician_id}"
    assert put.codes == {"changed": "1"}
    assert changed.detail is None


def test_who_confirmed_an_identity_stays_written_down(beside: Beside) -> None:
    """An administrator who changes a phone line confirms nobody's account."""
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Change the site")
    form.fill({"Phone, answered day and night": "+1 555 0123"})
    saved(beside, form)

    with beside.baton.store.read() as reading:
        confirmed = reading.connection.execute(select(identity.c.confirmed_by))
        assert set(confirmed.scalars()) == {"operator:tests"}


def test_back_leads_to_where_one_came_from(beside: Beside) -> None:
    lee = beside.cast.lee
    at_site(beside, "University Center")
    go(beside, lee, "Change", near="Dr Ana Rivera")

    site = go(beside, lee, "Back")
    overview = go(beside, lee, "Back")

    assert "Duty in turn" not in overview.text
    assert "University Center" in site.text
    with pytest.raises(NotOnScreen):
        overview.click("Back")


def test_another_form_never_holds_what_was_typed_in_the_last(beside: Beside) -> None:
    lee = beside.cast.lee
    at_site(beside, "University Center")
    form = go(beside, lee, "Change", near="Dr Ana Rivera")
    form.fill({"Name of the person": "Dr Typo"})
    go(beside, lee, "Back")

    other = go(beside, lee, "Change", near="Dr Ben Okafor")

    assert other.value("Name of the person") == "Dr Ben Okafor"


def test_the_command_line_prints_what_is_in_effect(
    beside: Beside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What it prints is a setup file, with what was changed in Slack."""
    at_site(beside, "University Center")
    form = go(beside, beside.cast.lee, "Change the site")
    form.fill({"Phone, answered day and night": "+1 555 0123"})
    saved(beside, form)
    monkeypatch.chdir(tmp_path)
    keys = beside.settings.baton_keys.get_secret_value()
    monkeypatch.setenv("BATON_KEYS", keys)
    monkeypatch.setenv("BATON_DATABASE_URL", beside.settings.baton_database_url)

    printed = CliRunner().invoke(app, ["setup", "--show"])

    assert printed.exit_code == 0, printed.output
    assert SetupFile.model_validate(yaml.safe_load(printed.output)) == kept(beside)
    assert "+1 555 0123" in printed.output
