"""`/baton protocol`: whoever may sign changes the center's protocol, others read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.center_protocol import the_protocol
from bot.cli import app
from care.knowledge.protocol import ProtocolRow, Seat
from care.knowledge.protocols import from_kept, newest_version
from care.knowledge.reading import packaged_sources, packaged_text
from care.knowledge.telling import MissTold
from care.milestone import Product
from sandbox import Modal, Person
from storage.actors import Operator
from tests.beside import Beside
from tests.bot.acting import opened_page
from tests.bot.test_knowledge import topic as knowledge_topic
from tests.bot.test_setup_in_slack import go

pytestmark = pytest.mark.story
DUE = "30 days"


def opened(beside: Beside, who: Person) -> Modal:
    """Type `/baton protocol` and wait for the topics."""
    who.command("/baton protocol")
    return opened_page(beside, who, "rows signed")


def rows(beside: Beside) -> tuple[int, dict[str, ProtocolRow]]:
    """Return the number of the center's protocol, and its rows."""
    with beside.baton.store.read() as reading:
        (workspace,) = reading.people.workspaces()
        sites = {one.key: one for one in reading.people.sites(workspace.id)}
        now = the_protocol(reading, sites["university"])
    return now.number, {one.id: one for one in from_kept(now.rows)}


def saved(beside: Beside, who: Person, form: Modal, words: str) -> Modal:
    """Submit a form that is right, and wait for the page that says so."""
    after = form.submit()
    assert after is None or not after.errors, after.errors
    return opened_page(beside, who, words)


def test_a_specialist_changes_adds_and_leaves_out_rows(beside: Beside) -> None:
    rivera = beside.cast.rivera
    opened(beside, rivera)
    go(beside, rivera, "Open", near="Counts")

    form = go(beside, rivera, "Change", near="CBC")
    assert form.value("Due") == DUE
    form.fill({"What it says": "CBC as our laboratory takes it", "Due": "soon"})
    refused = form.submit()
    assert refused is not None
    assert refused.errors == {"Due": "'soon' must be so many days, months or years."}
    form.fill({"Due": DUE})
    page = saved(beside, rivera, form, "Saved as protocol 2.")
    assert "Your center's own" in page.text
    assert "CBC as our laboratory takes it" in page.text

    form = go(beside, rivera, "Add a row")
    form.fill({"Name, as lists call it": "Ferritin", "What it says": "Ferritin"})
    form.fill({"Due": "21 days"})
    saved(beside, rivera, form, "Saved as protocol 3.")
    page = opened_page(beside, rivera, "Saved as protocol 3.")
    page.click("Leave out", near="Your center's own")
    beside.slack.until(lambda: "cbc" not in rows(beside)[1])

    number, now = rows(beside)
    assert number == 4
    assert "cbc" not in now
    assert now["c01-ferritin"].topic == "counts"


def test_who_does_a_row_and_for_whom_is_a_form_of_its_own(beside: Beside) -> None:
    rivera = beside.cast.rivera
    opened(beside, rivera)
    page = go(beside, rivera, "Open", near="Counts")

    # Below what a row rests on: of these, only CBC rests on this source first.
    page.click("Who and for whom", near=f"Source: {packaged_sources()['S77'].citation}")
    form = opened_page(beside, rivera, "Who orders it")
    assert form.value("When it applies") == "It always applies"
    assert "baton protocol use FILE" in form.text
    hears = "The responsible clinician hears of a miss after"
    listed = "The leads' weekly list has it after"
    form.fill({hears: "2", listed: "1"})
    refused = form.submit()
    assert refused is not None
    assert "never hear before the responsible" in refused.errors[hears]
    form.fill({hears: "1", listed: "5", "After which products": ["Abecma (ide-cel)"]})
    form.fill({"Who orders it": "The center"})
    page = saved(beside, rivera, form, "Saved as protocol 2.")

    cbc = rows(beside)[1]["cbc"]
    assert cbc.miss_told == MissTold(responsible=1, leads=5)
    assert cbc.products == (Product.ABECMA,)
    assert cbc.who.orders is Seat.CENTER
    assert "Only after Abecma (ide-cel)" in page.text
    assert "told the responsible clinician 1 working day after it" in page.text


def test_what_was_changed_is_taken_again_as_packaged(beside: Beside) -> None:
    rivera = beside.cast.rivera
    _, before = rows(beside)
    opened(beside, rivera)
    go(beside, rivera, "Open", near="Counts")
    form = go(beside, rivera, "Change", near="CBC")
    form.fill({"What it says": "Ours"})
    saved(beside, rivera, form, "Saved as protocol 2.")

    page = go(beside, rivera, "Take the packaged row")

    assert "Your center's own" not in page.text
    assert rows(beside) == (3, before)


def test_a_coordinator_reads_it_and_changes_nothing(beside: Beside) -> None:
    ruiz = beside.cast.ruiz
    opened(beside, ruiz)

    page = go(beside, ruiz, "Open", near="Counts")

    assert "Source: " in page.text
    assert not {"Change", "Leave out", "Add a row"} & set(page.buttons)


def test_it_is_reached_from_clinical_knowledge(beside: Beside) -> None:
    rivera = beside.cast.rivera
    knowledge_topic(beside, rivera, "Counts")
    page = go(beside, rivera, "All topics")

    page.click("The protocol")
    page = opened_page(beside, rivera, "begun with")

    assert "Every row reads as it is packaged" in page.text


def test_of_two_forms_the_second_says_that_it_was_overtaken(beside: Beside) -> None:
    rivera, okafor = beside.cast.rivera, beside.cast.okafor
    may_sign(beside, "okafor")
    forms = []
    for who in (rivera, okafor):
        opened(beside, who)
        go(beside, who, "Open", near="Counts")
        forms.append(go(beside, who, "Change", near="CBC"))
        forms[-1].fill({"What it says": f"As {who.name} does it"})
    saved(beside, rivera, forms[0], "Saved as protocol 2.")

    refused = forms[1].submit()

    assert refused is not None
    (said,) = refused.errors.values()
    assert "somebody else changed the protocol meanwhile" in said
    assert rows(beside)[1]["cbc"].statement == f"As {rivera.name} does it"


def test_a_file_is_used_at_the_command_line(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = tmp_path / "ours.yaml", rows(beside)[1]
    cbc = before["cbc"]
    text = packaged_text(f"protocols/{newest_version()}.yaml")
    file.write_text(text.replace(f"name: {cbc.name}\n", "name: Blood counts\n"))
    monkeypatch.setattr("bot.cli._open", lambda _settings: beside.baton.store)
    monkeypatch.setattr("bot.cli.read_storage_settings", lambda: None)

    words = ["protocol", "use", str(file), "--center", "university"]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 0, done.output
    said = f"University Center: protocol 2, {len(before)} rows, 1 its own"
    assert said in done.output
    assert rows(beside)[1]["cbc"].name == "Blood counts"


def may_sign(beside: Beside, key: str) -> None:
    """Give somebody the right to sign."""
    with beside.baton.store.act(Operator("tests")) as unit:
        (workspace,) = unit.people.workspaces()
        sites = {one.key: one for one in unit.people.sites(workspace.id)}
        staff = unit.people.staff(sites["university"].id)
        one = next(one for one in staff if one.key == key)
        unit.people.put("clinician", {"id": one.id, "signs": 1})
        unit.audit(workspace.id, "test", one.id)
