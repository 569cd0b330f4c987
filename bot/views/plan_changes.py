"""What changes a plan: conditions, another Day 0, another protocol; shown before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.plans import PlanPage
from bot.sheets import Sheet
from bot.views import kit
from bot.views.footing import footing
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from care.knowledge.protocol import Condition, ProtocolRow
from care.knowledge.protocols import Difference, Differences

SHOWN = 5
"""How many names are given before it says how many more there are."""

GROUPS: Mapping[str, tuple[str, str]] = {
    "moved": ("check moves to another window", "checks move to other windows"),
    "open again": ("check is to do again", "checks are to do again"),
    "missed": ("check is over by it", "checks are over by it"),
    "outside": (
        "done check now lies outside its window",
        "done checks now lie outside their windows",
    ),
    "left": ("check leaves the plan", "checks leave the plan"),
}
"""What a change does to checks, for one and for several."""


def conditions_asked(sheet: Sheet, plan_id: str, *, confirmed: bool) -> list[kit.Block]:
    """Return the message that asks which conditions apply to a patient."""
    code = kit.escape(sheet.case.code)
    if confirmed:
        return [kit.section(f"The conditions of *{code}*'s plan were confirmed.")]
    value = Carried(subject=plan_id).dump()
    return [
        kit.section(
            f"The plan of *{code}* after CAR T has begun. Some checks are only for"
            " patients with a condition, such as hepatitis B. Which apply?"
        ),
        footing(
            sheet,
            kit.button(
                "Confirm conditions", Act.PLAN_CONDITIONS, value=value, primary=True
            ),
            case=False,
        ),
    ]


def conditions_form(data: FormData, page: PlanPage) -> dict[str, Any]:
    """Return the form in which a clinician says which conditions apply."""
    boxes = [
        kit.field(
            kit.shorten(one.value[:1].upper() + one.value[1:], 150),
            condition_field(one),
            kit.checkbox(VALUE, "Applies", ticked=one in page.plan.conditions),
            optional=True,
            hint=_needed_for(page, one) or None,
        )
        for one in Condition
    ]
    return kit.modal(
        "Conditions",
        [
            kit.header(page.sheet.case.code),
            kit.section(
                "Tick what applies to this patient. What is not ticked is taken as"
                " not applying; it can be changed here at any time."
            ),
            *boxes,
        ],
        callback_id=Form.PLAN_CONDITIONS,
        metadata=data.dump(),
        submit="Confirm",
        close="Cancel",
        external_id=data.intent,
    )


def condition_field(one: Condition) -> str:
    """Return the block in which a condition is ticked."""
    return f"{Field.CONDITION}_{one.name.lower()}"


def difference_blocks(fits: Mapping[str, Sequence[str]]) -> list[kit.Block]:
    """Return what a change would do, before it is kept: how many checks, and which."""
    lines = []
    for group, names in fits.items():
        if not names:
            continue
        one, several = GROUPS[group]
        each = list(dict.fromkeys(names))
        told = " · ".join(each[:SHOWN])
        more = f" and {len(each) - SHOWN} more" if len(each) > SHOWN else ""
        words = one if len(names) == 1 else several
        lines.append(f"{len(names)} {words}: {told}{more}")
    nothing = ["No check that is kept changes."]
    text = "\n".join(kit.escape(one) for one in lines or nothing)
    return [kit.section(f"*What this changes*\n{text}")]


def changed_line(who: str, counts: Mapping[str, int]) -> list[kit.Block]:
    """Return the line in the thread that says what a change did to the plan."""
    told = [
        f"{count} {GROUPS[group][0 if count == 1 else 1]}"
        for group, count in counts.items()
        if count and group in GROUPS
    ]
    said = "; ".join(told) or "no check changed"
    return [
        kit.section(kit.escape(f"{who} changed what the plan counts from: {said}."))
    ]


def protocol_form(
    data: FormData,
    page: PlanPage,
    found: Differences,
    fits: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return the page that shows what a newer protocol changes, and moves the plan."""
    groups = (
        ("New", found.added),
        ("No longer there", found.dropped),
        ("Changed", found.changed),
    )
    lines = [
        f"{heading}: {', '.join(_named(one) for one in some)}"
        for heading, some in groups
        if some
    ]
    return kit.modal(
        "Newer protocol",
        [
            kit.header(page.sheet.case.code),
            kit.section(
                f"This plan would go by protocol {page.newer} of your center. The one"
                " that it goes by now stays kept."
            ),
            *kit.paragraphs([kit.escape(one) for one in lines or ["Nothing differs."]]),
            *difference_blocks(fits),
        ],
        callback_id=Form.PLAN_PROTOCOL,
        metadata=data.dump(),
        submit="Move the plan",
        close="Cancel",
        external_id=data.intent,
    )


def lost_form(data: FormData, page: PlanPage) -> dict[str, Any]:
    """Return the form that says that a patient comes to the practice no more."""
    return kit.modal(
        "Lost to follow-up",
        [
            kit.header(page.sheet.case.code),
            kit.section(
                "The practice's checks wait here, and the center's coordinator is asked"
                " once a month whether the patient was found. A patient who goes to"
                " another practice with a name is handed over: on the case's page,"
                " Patient moves to another practice."
            ),
            kit.field(
                "What do you know?", Field.WHY, kit.line_input(VALUE), optional=False
            ),
        ],
        callback_id=Form.PLAN_LOST,
        metadata=data.dump(),
        submit="Lost to follow-up",
        close="Cancel",
        external_id=data.intent,
    )


def outside_form(data: FormData, page: PlanPage) -> dict[str, Any]:
    """Return the form that names who has a patient at a practice without Baton."""
    center = kit.escape(page.sheet.center.name)
    return kit.modal(
        "To another practice",
        [
            kit.header(page.sheet.case.code),
            kit.section(
                f"{kit.escape(page.sheet.responsible.name)}, {center}, stays"
                " responsible here: Baton names nobody who cannot read a handoff back."
                " The practice's checks wait; the center's go on, and its coordinator"
                " is asked for news once a month."
            ),
            kit.field("Practice", Field.PRACTICE, kit.line_input(VALUE)),
            kit.field(
                "Clinician who has the patient there",
                Field.PERSON_NAME,
                kit.line_input(VALUE),
                hint="Nobody known? Choose lost to follow-up instead.",
            ),
            kit.field(
                "What were they told by phone?", Field.TEXT, kit.line_input(VALUE)
            ),
        ],
        callback_id=Form.PLAN_OUTSIDE,
        metadata=data.dump(),
        submit="Record",
        close="Cancel",
        external_id=data.intent,
    )


def _needed_for(page: PlanPage, one: Condition) -> str:
    rows = [row for row in page.rows.pinned.values() if row.applies_when is one]
    names = ", ".join(row.name for row in rows[:SHOWN])
    return f"For: {names}" if names else ""


def _named(one: Difference) -> str:
    row: ProtocolRow | None = one.new or one.old
    name = row.name if row else one.id
    return f"{name} ({', '.join(one.fields)})" if one.fields else name
