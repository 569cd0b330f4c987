"""Whatever is typed into whichever form: an identifier is refused and kept nowhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select

from sandbox import Modal, Person
from storage.tables import draft, inbound, metadata
from tests.beside import Beside
from tests.bot import handing
from tests.bot.acting import opened_form, opened_page
from tests.bot.covering import (
    ask_cover,
    ask_form,
    local,
    osei_of,
    press,
    told,
    with_osei,
)
from tests.bot.journeying import under_way
from tests.bot.test_bridging import ASKED, COUNTER, ask_bridging, start_asking
from tests.bot.test_journey_stories import NOT_NOW, STAY, admitted
from tests.bot.test_ready_list import LODGING, NO_ROOM, ready_list, tap
from tests.bot.test_story_items import at_month_1

pytestmark = pytest.mark.story

AGO = "How many days ago? (0 is today)"
IDENTIFIERS = (
    "Call the daughter at 555-867-5309.",
    "The patient, Mrs Harriet Quimby, knows.",
    "Born 03/14/1958.",
)
TRACES = ("867-5309", "Quimby", "03/14/1958")
"""What must not be found anywhere after a refusal."""

MAY_CHANGE = {draft.name, inbound.name, "data_key"}
"""Where a refusal may leave something: never the text, as is looked for below."""

Opened = tuple[Modal, Mapping[str, str]]
Opener = Callable[[Beside], Opened]


def _travel_form(
    label: str, step: str, result: str, who: str, fields: Mapping[str, str]
) -> Opener:
    def opener(beside: Beside) -> Opened:
        travel = under_way(beside)
        if label == "after an admission":
            admitted(travel)
        person: Person = getattr(beside.cast, who)
        return travel.fill(person, step, result, fields), fields

    return opener


def _correction(beside: Beside) -> Opened:
    travel, cast = under_way(beside), beside.cast
    travel.record(cast.ruiz, "Consult", "Held", {AGO: "3"})
    form = travel.correction(cast.ruiz, "Consult", "Held", "Later.", {AGO: "1"})
    return form, {}


def _bridging(beside: Beside) -> Opened:
    travel = under_way(beside)
    form = start_asking(travel, beside.cast.rivera)
    form.fill(ASKED)
    return form, ASKED


def _counter(beside: Beside) -> Opened:
    travel, cast = under_way(beside), beside.cast
    ask_bridging(travel)
    cast.chen.click("Propose something else", travel.thread.told(cast.chen)[-1])
    form = opened_form(beside, cast.chen)
    form.fill(COUNTER)
    return form, COUNTER


def _barrier(beside: Beside) -> Opened:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.ruiz)
    tap(travel, cast.ruiz, "Barrier", LODGING)
    form = travel.shown(cast.ruiz, lambda one: "Who sees to it" in one.labels)
    form.fill(NO_ROOM)
    return form, NO_ROOM


def _not_needed(beside: Beside) -> Opened:
    travel, cast = under_way(beside), beside.cast
    ready_list(travel, cast.brooks)
    tap(travel, cast.brooks, "Not needed", "Interpreter")
    form = travel.shown(cast.brooks, lambda one: bool(one.submit_label))
    words = {"Why it is not needed": "Speaks English at home."}
    form.fill(words)
    return form, words


def _first_page(beside: Beside) -> Opened:
    thread, cast = handing.under_way(beside), beside.cast
    form = handing.open_offer(thread, cast.chen)
    words = {
        "Illness severity": handing.SEVERITY,
        "Patient summary": handing.SUMMARY,
    }
    form.fill({handing.WHOM: handing.RIVERA, **words})
    return form, words


def _page_of_return(number: int) -> Opener:
    def opener(beside: Beside) -> Opened:
        thread, cast = handing.at_center(beside), beside.cast
        form = handing.open_offer(thread, cast.rivera)
        form.fill({handing.WHOM: handing.CHEN})
        form.fill({"Illness severity": handing.SEVERITY, "Patient summary": "Fit."})
        for _ in range(number - 1):
            form = handing.turn(form)
            form.fill(handing.answers_on(form))
        return form, handing.answers_on(form)

    return opener


def _last_page(beside: Beside) -> Opened:
    thread, cast = handing.under_way(beside), beside.cast
    form = handing.fill_offer(thread, cast.chen, handing.RIVERA)
    return form, handing.last_page(handing.ACTION, handing.RIVERA)


def _read_back(beside: Beside) -> Opened:
    thread, cast = handing.under_way(beside), beside.cast
    handing.offer(thread, cast.chen, handing.RIVERA)
    form = handing.open_read_back(thread, cast.rivera)
    label = handing.line_label(handing.RIVERA)
    form.fill({handing.QUESTION: handing.SENTENCE, label: "Changed"})
    form.fill({"How it changes, or why not you": "Once a week."})
    return form, {"How it changes, or why not you": "Once a week."}


def _move(label: str, words: Mapping[str, str]) -> Opener:
    def opener(beside: Beside) -> Opened:
        thread, cast = handing.under_way(beside), beside.cast
        handing.offer(thread, cast.chen, handing.RIVERA, action="none")
        form = handing.open_read_back(thread, cast.rivera, label)
        form.fill(dict(words))
        return form, words

    return opener


def _correct_point(beside: Beside) -> Opened:
    thread, cast = handing.under_way(beside), beside.cast
    handing.offer(thread, cast.chen, handing.RIVERA, action="none")
    handing.say_back(thread, cast.rivera)
    form = handing.open_read_back(thread, cast.chen, "Correct a point")
    return form, {}


def _take_over(beside: Beside) -> Opened:
    thread, cast = handing.under_way(beside), beside.cast
    cast.rivera.click("Hand off", thread.card)
    page = opened_page(beside, cast.rivera, "Take over")
    page.click("Take over in an emergency")
    return opened_page(beside, cast.rivera, "You are responsible for"), {}


def _cover(beside: Beside) -> Opened:
    form = ask_form(beside, beside.cast.chen)
    form.fill({"Who covers": osei_of(beside.slack).name})
    return form, {}


def _cover_line(beside: Beside) -> Opened:
    osei = osei_of(beside.slack)
    ask_cover(beside, beside.cast.chen, osei)
    press(beside, osei, "Take it")
    beside.set_clock(local(25, 8))
    last = next(m for m in reversed(told(osei)) if "Write a line" in m.buttons)
    osei.click("Write a line", last)
    return opened_form(beside, osei), {}


def _check(button: str) -> Opener:
    """Return the opener of a form of one check, from the morning list."""

    def opener(beside: Beside) -> Opened:
        month_1 = at_month_1(beside)
        sam = month_1.sam
        sam.click("Each by itself", month_1.digest())
        opened_page(beside, sam, "CD4 count").click("More", near="Month-1 visit")
        opened_page(beside, sam, "Signed by").click(button)
        form = opened_form(beside, sam)
        form.fill(
            {label: value for label, value in CHECKS.items() if label in form.labels}
        )
        return form, {}

    return opener


CHECKS = {"What does it wait for?": "Another reason", "How many days ago?": "0"}


FORMS: Mapping[str, Opener] = {
    "not now": _travel_form("", "Decision", "Not now", "rivera", NOT_NOW),
    "not a candidate": _travel_form(
        "", "Decision", "No", "rivera", {"Reason": "Patient choice"}
    ),
    "an exit": _travel_form(
        "", "End of the journey", "", "rivera", {"Reason": "Rapid progression"}
    ),
    "left hospital": _travel_form(
        "after an admission", "Discharge from hospital", "", "rivera", STAY
    ),
    "a correction": _correction,
    "bridging": _bridging,
    "another bridging": _counter,
    "a barrier": _barrier,
    "not needed": _not_needed,
    "an offer's first page": _first_page,
    **{f"a return's page {one}": _page_of_return(one) for one in (1, 2, 3, 4)},
    "an offer's last page": _last_page,
    "a read-back": _read_back,
    "a decline": _move(
        "Decline",
        {"Why not": "Full.", "What do you propose instead?": "Dr Okafor."},
    ),
    "a phone call": _move("Done by phone", {handing.QUESTION: handing.SENTENCE}),
    "a corrected point": _correct_point,
    "a takeover": _take_over,
    "a cover": _cover,
    "a cover's line": _cover_line,
    "a check with its value": _check("With day or value"),
    "a check on hold": _check("Put on hold"),
    "a check put off": _check("Remind me later"),
}


def text_labels(form: Modal) -> list[str]:
    """Return the labels of every field of a form into which text is typed."""
    return [
        block["label"]["text"]
        for block in form.view.blocks
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    ]


@pytest.mark.parametrize("name", FORMS)
def test_an_identifier_is_refused_at_its_field_and_is_kept_nowhere(
    start: Callable[..., Beside],
    new_sqlite: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    beside = start(new_sqlite(), setup=with_osei)
    form, _ = FORMS[name](beside)
    labels = text_labels(form)
    assert labels
    before = everything_kept(beside)

    for label in labels:
        as_it_was = form.value(label)
        typed = IDENTIFIERS if label == labels[0] else IDENTIFIERS[:1]
        for identifier in typed:
            form.fill({label: identifier})
            form.submit()
            assert label in form.errors, (label, identifier, form.errors)
        form.fill({label: as_it_was or ""})

    beside.settle()
    assert everything_kept(beside) == before
    said = repr(drafts(beside)) + caplog.text + sent(beside)
    assert not [trace for trace in TRACES if trace in said]


def everything_kept(beside: Beside) -> dict[str, list[str]]:
    """Return all rows of all tables, but where a refusal may leave something."""
    with beside.baton.store.read() as reading:
        return {
            name: sorted(repr(row) for row in reading.connection.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in MAY_CHANGE
        }


def drafts(beside: Beside) -> list[Any]:
    """Return every draft, opened, and whatever else stands there unsealed."""
    with beside.baton.store.read() as reading:
        rows = reading.connection.execute(select(draft)).all()
        opened = [
            reading.vault.key(row.id).open(row.body, f"draft.body/{row.id}")
            for row in rows
        ]
        plain = reading.connection.execute(select(inbound)).all()
    assert isinstance(draft.c.body.type, LargeBinary)
    return [opened, plain]


def sent(beside: Beside) -> str:
    """Return all that Baton has said to Slack since the beginning."""
    return repr([one.arguments for one in beside.slack.record.calls()])
