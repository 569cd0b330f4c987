"""Looks at what of a patient's time is shown, and whether that was agreed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.findings import Finding, doubt, trouble, well
from care.patient_time import PhiMode
from storage.records import Agreement
from storage.unit import Reading

WHAT = "patient time"
RECORD = (
    "Record who agreed, under `privacy` in the setup file or in `/baton setup`, or set"
    " BATON_PHI_MODE={agreed}"
)


def look_at_patient_time(reading: Reading) -> Iterator[Finding]:
    """Compare the mode of the settings with what each workspace has agreed to."""
    most, workspaces = reading.phi_most, reading.people.workspaces()
    if not workspaces and most is not PhiMode.NONE:
        found = f"BATON_PHI_MODE is {most}, and nothing is set up yet"
        yield doubt(WHAT, found, RECORD.format(agreed=PhiMode.NONE))
    elif not workspaces:
        yield well(WHAT, f"{most}: named windows only")
    for one in workspaces:
        yield _compare(most, reading.people.agreement(one.id))


def _compare(most: PhiMode, agreed: Agreement) -> Finding:
    if most.exceeds(agreed.mode):
        found = f"BATON_PHI_MODE is {most}, the setup agrees to {agreed.mode} alone"
        return trouble(WHAT, found, RECORD.format(agreed=agreed.mode))
    if agreed.mode is PhiMode.NONE:
        return well(WHAT, f"{most}: named windows only")
    return well(WHAT, f"{most}; {agreed.mode} agreed by {agreed.by} on {agreed.on}")
