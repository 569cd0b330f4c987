"""The whole story, by the people of the workspace that installed Baton."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox import Channel, Person
from tests.beside import Beside
from tests.bot.acting import (
    ABOUT,
    ADVICE,
    EVALUATION,
    QUESTION,
    ask,
    newest,
    opened_form,
    pinned,
    press_pinned,
    submit,
)

pytestmark = pytest.mark.story


def by_shortcut(name: str) -> Callable[[Person, Channel], object]:
    return lambda who, _channel: who.shortcut(name)


def by_command(typed: str) -> Callable[[Person, Channel], object]:
    return lambda who, channel: who.command(typed, channel)


def by_pinned(label: str) -> Callable[[Person, Channel], object]:
    return lambda who, channel: who.click(label, pinned(who, channel))


WAYS = [
    pytest.param(by_command("/baton refer"), EVALUATION, id="command-refer"),
    pytest.param(by_command("/baton ask"), ADVICE, id="command-ask"),
    pytest.param(by_shortcut("Start a referral"), EVALUATION, id="shortcut-refer"),
    pytest.param(by_shortcut("Ask a specialist"), ADVICE, id="shortcut-ask"),
    pytest.param(by_pinned("Start a referral"), EVALUATION, id="pinned-refer"),
    pytest.param(by_pinned("Ask a specialist"), ADVICE, id="pinned-ask"),
]


def test_setup_pins_a_message_that_says_what_the_channel_is_for(
    on_both: Beside,
) -> None:
    cast = on_both.cast

    messages = cast.chen.channel(cast.lakeside)

    assert [one.pinned for one in messages] == [True]
    assert "Lakeside Oncology and University Center" in messages[0].rendered
    assert "Patient unwell now?" in messages[0].rendered
    assert messages[0].buttons == ("Start a referral", "Ask a specialist", "My list")


@pytest.mark.parametrize(("open_it", "kind"), WAYS)
def test_every_way_opens_the_form_at_once_and_fills_it_then(
    beside: Beside, open_it: Callable[[Person, Channel], object], kind: str
) -> None:
    chen, lakeside = beside.cast.chen, beside.cast.lakeside

    open_it(chen, lakeside)
    form = opened_form(beside, chen)

    opened = beside.slack.record.calls("views.open")[0]
    assert "One moment" in str(opened.arguments["view"])
    assert form.value("What do you ask for?") == kind
    assert "Patient unwell now?" in form.text
    assert "center time" in form.text


@pytest.mark.parametrize(("open_it", "kind"), WAYS)
def test_every_way_sends_what_the_form_says(
    beside: Beside, open_it: Callable[[Person, Channel], object], kind: str
) -> None:
    thread = ask(beside, kind=kind, by=open_it)

    shown = "CAR T evaluation" if kind == EVALUATION else "Question to a specialist"
    assert f"{thread.code} · {shown} · routine" in thread.card.rendered


def test_what_is_typed_behind_the_command_stands_in_the_form(beside: Beside) -> None:
    chen = beside.cast.chen

    chen.command(f"/baton ask {QUESTION}", beside.cast.lakeside)
    form = opened_form(beside, chen)

    assert form.value("Your question") == QUESTION


def test_a_referral_stands_as_a_card_with_its_question_in_the_thread(
    on_both: Beside,
) -> None:
    """The card says whose move it is, who is responsible, and what would help."""
    about = {name: value for name, value in ABOUT.items() if name != "ECOG"}

    thread = ask(on_both, kind=EVALUATION, fields=about)

    card = thread.card
    assert "Waiting for University Center · answer by" in card.rendered
    assert "On duty: @Dr Ana Rivera" in card.rendered
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in card.rendered
    assert "60-69 · 2 prior lines · lenalidomide-refractory" in card.rendered
    assert "Would help: ECOG" in card.rendered
    assert card.buttons[:2] == ("Take it", "Ask for information")
    assert QUESTION not in card.rendered
    assert thread.lines == [f"Dr Mei Chen asks:\n> {QUESTION}"]


def test_the_one_on_duty_and_the_referrer_are_told_by_direct_message(
    on_both: Beside,
) -> None:
    cast = on_both.cast

    thread = ask(on_both)

    (asked,) = thread.told(cast.rivera)
    assert "Dr Mei Chen (Lakeside Oncology) asks about" in asked.rendered
    assert QUESTION in asked.rendered
    assert asked.buttons == ("Take it", "Pass to next", "Open thread", "Show the case")
    (told,) = thread.told(cast.chen)
    assert f"{thread.code} went to University Center" in told.rendered
    assert "Responsible now: Dr Mei Chen" in told.rendered
    assert told.buttons == ("Open thread", "My list")
    assert not thread.told(cast.okafor)


def test_the_link_in_a_direct_message_leads_to_the_thread(beside: Beside) -> None:
    thread = ask(beside)

    (told,) = thread.told(beside.cast.chen)

    link = next(
        element["url"]
        for block in told.blocks
        for element in block.get("elements", [])
        if element.get("url")
    )
    assert thread.channel.id in link
    assert thread.ts.replace(".", "") in link


def test_choosing_one_of_my_cases_changes_the_form_and_keeps_what_was_typed(
    on_both: Beside,
) -> None:
    chen = on_both.cast.chen
    first = ask(on_both)
    press_pinned(chen, on_both.cast.lakeside)
    form = opened_form(on_both, chen)
    assert "Age band" in form.labels

    form.fill({"Your question": "And the bridging?"})
    mine = f"{first.code} · 60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"
    form.fill({"Patient": mine})
    on_both.slack.until(lambda: "Age band" not in form.labels)
    kept = form.value("Your question")
    submit(on_both, form)

    second = newest(on_both, on_both.cast.lakeside)
    assert kept == "And the bridging?"
    assert second.code == first.code
    assert second.ts != first.ts
    assert second.lines == ["Dr Mei Chen asks:\n> And the bridging?"]


def test_choosing_a_new_patient_again_brings_the_fields_back(beside: Beside) -> None:
    chen = beside.cast.chen
    first = ask(beside)
    press_pinned(chen, beside.cast.lakeside)
    form = opened_form(beside, chen)
    mine = f"{first.code} · 60-69 · 2 prior lines · lenalidomide-refractory · ECOG 1"

    form.fill({"Your question": "And the bridging?", "Patient": mine})
    beside.slack.until(lambda: "Age band" not in form.labels)
    form.fill({"Patient": "A new patient"})
    beside.slack.until(lambda: "Age band" in form.labels)
    form.fill(ABOUT)
    submit(beside, form)

    second = newest(beside, beside.cast.lakeside)
    assert second.code != first.code
    assert "And the bridging?" in second.lines[0]


def test_a_coordinator_files_for_an_oncologist_who_is_told_too(
    on_both: Beside,
) -> None:
    cast = on_both.cast

    press_pinned(cast.brooks, cast.lakeside)
    form = opened_form(on_both, cast.brooks)
    assert form.value("Responsible now") == "Dr Mei Chen"
    form.fill({**ABOUT, "Your question": QUESTION})
    submit(on_both, form)

    thread = newest(on_both, cast.lakeside)
    assert "Responsible now: Dr Mei Chen, Lakeside Oncology" in thread.card.rendered
    assert thread.lines[0].startswith("Sam Brooks asks:")
    assert "went to University Center" in thread.told(cast.brooks)[0].rendered
    assert "went to University Center" in thread.told(cast.chen)[0].rendered


def test_an_oncologist_is_not_asked_who_is_responsible(beside: Beside) -> None:
    chen = beside.cast.chen

    press_pinned(chen, beside.cast.lakeside)
    form = opened_form(beside, chen)

    assert "Responsible now" not in form.labels


def test_a_specialist_by_name_is_asked_instead_of_the_one_on_duty(
    beside: Beside,
) -> None:
    cast = beside.cast

    thread = ask(beside, fields={**ABOUT, "A specialist by name": "Dr Ben Okafor"})

    assert "On duty: @Dr Ben Okafor" in thread.card.rendered
    assert thread.told(cast.okafor)
    assert not thread.told(cast.rivera)


def test_whoever_was_asked_least_recently_is_asked_next(beside: Beside) -> None:
    first = ask(beside)
    beside.clock.move(timedelta(minutes=1))

    second = ask(beside)

    assert "On duty: @Dr Ana Rivera" in first.card.rendered
    assert "On duty: @Dr Ben Okafor" in second.card.rendered


def test_an_identifier_is_refused_at_its_field_and_the_text_stays(
    on_both: Beside,
) -> None:
    """After the correction the same form sends; nothing was posted before."""
    chen, lakeside = on_both.cast.chen, on_both.cast.lakeside
    bad = "Mr John Smith, born 03/04/1956, MRN 12345678: CAR T now?"
    press_pinned(chen, lakeside)
    form = opened_form(on_both, chen)
    form.fill({**ABOUT, "Your question": bad})

    again = form.submit()

    assert again is not None
    assert again.errors.keys() == {"Your question"}
    assert again.value("Your question") == bad
    assert len(chen.channel(lakeside)) == 1
    again.fill({"Your question": QUESTION})
    submit(on_both, again)
    assert QUESTION in newest(on_both, lakeside).lines[0]


def test_an_empty_question_is_refused_at_its_field(beside: Beside) -> None:
    chen = beside.cast.chen
    press_pinned(chen, beside.cast.lakeside)
    form = opened_form(beside, chen)
    form.fill({**ABOUT, "Your question": "   \n "})

    again = form.submit()

    assert again is not None
    assert again.errors == {
        "Your question": "Write your question, in a sentence or two."
    }
