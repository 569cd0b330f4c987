"""Setup in Slack: what of a patient's time is shown, and who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.setup_file import PrivacyEntry
from bot.setup_reading import KeptSetup
from bot.views import kit
from bot.views.ids import VALUE, Act, Field, Form, FormData
from care.patient_time import PhiMode


@dataclass(frozen=True)
class Named:
    """What a mode is called, what it shows, and whose word it needs."""

    name: str
    shows: str
    needs: str


MODES: Mapping[PhiMode, Named] = {
    PhiMode.NONE: Named(
        "Named windows",
        "such as “month-1” or “this week”; no days and no dates",
        "Nobody needs to agree to it. It still is *reduced identifiers*, and not a"
        " certified de-identification.",
    ),
    PhiMode.DAYS: Named(
        "Days",
        "such as “Day +29” or “in 9 days”; no dates",
        "Your privacy officer has to agree first.",
    ),
    PhiMode.BAA: Named(
        "Dates",
        "such as “12 Nov 2026”",
        "A business associate agreement with Slack has to stand first.",
    ),
}


def entry(kept: KeptSetup) -> kit.Block:
    """Return what the overview says of the agreement, and of what is in use."""
    lines = [_recorded(kept.setup.privacy)]
    if kept.phi_mode is not kept.setup.privacy.mode:
        in_use = MODES[kept.phi_mode].name.lower()
        lines.append(f"In use: {in_use}. BATON_PHI_MODE is `{kept.phi_most}`.")
    button = kit.button("Change", Act.SETUP_CHANGE_PRIVACY)
    return kit.section("\n".join(lines), accessory=button)


def privacy_form(kept: KeptSetup, data: FormData) -> dict[str, Any]:
    """Return the form in which an agreement is recorded, or taken back."""
    privacy = kept.setup.privacy
    return kit.modal(
        "Privacy",
        [
            kit.field("Of a patient's time Slack may show", *_choice(privacy.mode)),
            *(kit.context(f"*{one.name}*: {one.needs}") for one in MODES.values()),
            *_agreed(privacy),
            kit.context(
                f"BATON_PHI_MODE is `{kept.phi_most}` on the machine that runs Baton."
                " What shows less of the two counts, at once: cards, and what Baton has"
                " said of a patient's days, are said anew."
            ),
            kit.actions([kit.button("Back", Act.SETUP)]),
        ],
        callback_id=Form.SETUP_PRIVACY,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def _recorded(privacy: PrivacyEntry) -> str:
    name = MODES[privacy.mode].name
    if privacy.agreed_by is None or privacy.agreed_on is None:
        return f"*{name}* (reduced identifiers)\n{MODES[privacy.mode].shows}"
    day = privacy.agreed_on
    when = f"{day.day} {day:%b %Y}"
    return f"*{name}*, agreed by {kit.escape(privacy.agreed_by)} on {when}"


def _choice(chosen: PhiMode) -> tuple[Field, kit.Element]:
    options = [
        kit.option(named.name, mode.value, description=named.shows)
        for mode, named in MODES.items()
    ]
    return Field.PHI_MODE, kit.radio(VALUE, options, initial=chosen.value)


def _agreed(privacy: PrivacyEntry) -> list[kit.Block]:
    who = kit.text_input(VALUE, initial=privacy.agreed_by, most=80)
    when = kit.date_picker(VALUE, initial=privacy.agreed_on)
    return [
        kit.field(
            "Who agreed",
            Field.AGREED_BY,
            who | {"multiline": False},
            hint="Name and office. Leave empty for named windows.",
            optional=True,
        ),
        kit.field("Agreed on", Field.AGREED_ON, when, optional=True),
    ]
