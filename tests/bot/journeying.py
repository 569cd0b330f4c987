"""What people do with a journey in these tests, in their own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox import Channel, Message, Modal, Person
from tests.beside import Beside
from tests.bot.acting import EVALUATION, Thread, ask, submit

SAME = "Same patient?"


def under_way(
    beside: Beside, who: Person | None = None, channel: Channel | None = None
) -> Travel:
    """Refer for an evaluation, have it taken, and return the journey that begins."""
    thread = ask(beside, who, channel=channel, kind=EVALUATION)
    thread.take(beside.cast.rivera)
    return Travel(beside, thread)


@dataclass(frozen=True)
class Travel:
    """One journey as people see it."""

    beside: Beside
    thread: Thread

    @property
    def card(self) -> Message:
        """The status card as it is now."""
        return self.thread.card

    def form(self, who: Person, label: str = "Journey") -> Modal:
        """Open a form from a button of the card, or of the journey's page."""
        if label in self.card.buttons:
            who.click(label, self.card)
        else:
            self.page(who).click(label)
        return self.shown(who, lambda form: bool(form.submit_label))

    def page(self, who: Person) -> Modal:
        """Open the journey's page."""
        while who.modal:
            who.modal.close()
        who.click("Journey", self.card)
        return self.shown(
            who, lambda page: "Next:" in page.text or "ended" in page.text
        )

    def shown(self, who: Person, wanted: Callable[[Modal], bool]) -> Modal:
        """Wait until a page or form stands there as it is wanted."""

        def find() -> Modal | None:
            modal = who.modal
            return modal if modal and wanted(modal) else None

        return self.beside.slack.until(find)

    def choose(self, who: Person, form: Modal, label: str, value: str) -> Modal:
        """Choose what changes the form, and wait until it has changed."""
        if form.value(label) == value:
            return form
        before = form.view.hash
        form.fill({label: value})
        return self.shown(who, lambda one: one.view.hash != before)

    def record(
        self,
        who: Person,
        step: str,
        result: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Record a step, whichever way leads there."""
        form = self.fill(who, step, result, fields)
        submit(self.beside, form)
        while who.modal:
            who.modal.close()

    def fill(
        self,
        who: Person,
        step: str,
        result: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> Modal:
        """Fill the form that records a step, and leave it open."""
        form = self.form(who, "Record another step")
        form = self.choose(who, form, "Step", step)
        if result:
            self.shown(who, lambda one: step in one.labels)
            form = self.choose(who, form, step, result)
        if fields:
            self.shown(who, lambda one: set(fields) <= set(one.labels))
            form.fill({**fields, **self._confirmed(fields)})
        return form

    def correct(
        self,
        who: Person,
        step: str,
        result: str,
        why: str = "It was not so.",
        fields: Mapping[str, str] | None = None,
        *,
        near: str = "",
    ) -> None:
        """Correct a step that stands on the journey's page, or on its line `near`."""
        form = self.correction(who, step, result, why, fields, near=near)
        submit(self.beside, form)
        while who.modal:
            who.modal.close()

    def correction(
        self,
        who: Person,
        step: str,
        result: str,
        why: str,
        fields: Mapping[str, str] | None = None,
        *,
        near: str = "",
    ) -> Modal:
        """Fill the form that corrects a step, and leave it open."""
        # A line begins with its step; the one above it is near as well.
        self.page(who).click("Correct", near=f"\n{near or step}")
        form = self.shown(who, lambda one: one.submit_label == "Correct")
        form = self.choose(who, form, step, result)
        form.fill({"Why is it corrected?": why, **(fields or {})})
        return form

    def _confirmed(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """Return the words of the box in which somebody says that it is the patient."""
        if SAME not in fields:
            return {}
        return {SAME: f"Yes, {self.thread.code} is this patient in our own record"}
