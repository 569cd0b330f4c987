"""The doctor's line on what of a patient's time is shown, and who agreed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.demo.cast import setup_for
from bot.doctor import Finding, Level
from bot.doctor.privacy import look_at_patient_time
from bot.installing import install
from bot.setup_file import PrivacyEntry
from care.patient_time import PhiMode
from storage.unit import Store
from tests.bot.doctoring import Installation, open_installation, the
from tests.conftest import T0

RECORD = "Record who agreed, under `privacy` in the setup file or in `/baton setup`"


@pytest.fixture
def installation(
    new_sqlite: Callable[..., str], tmp_path: Path
) -> Iterator[Installation]:
    """Return a Baton whose setup agrees to days."""
    with open_installation(tmp_path, new_sqlite(), at=T0) as opened:
        yield opened


def line(installation: Installation, mode: PhiMode) -> Finding:
    """Return what the doctor says with a mode in the settings."""
    changed = {"baton_phi_mode": mode}
    installation.settings = installation.settings.model_copy(update=changed)
    return the(installation.examine(), "patient time")


def take_back(installation: Installation) -> None:
    """Set up anew without an agreement."""
    around = installation.around()
    agreed = setup_for(installation.cast)
    install(
        store=around.store,
        client=around.client,
        workspace=installation.workspace,
        setup=agreed.model_copy(update={"privacy": PrivacyEntry()}),
        account="tests",
    )


@pytest.mark.parametrize("mode", [PhiMode.NONE, PhiMode.DAYS])
def test_the_mode_in_use_is_said_with_who_agreed_and_when(
    installation: Installation, mode: PhiMode
) -> None:
    told = line(installation, mode)

    assert told.level is Level.OK
    assert told.found == (
        f"{mode}; days agreed by Robin Shaw, privacy officer on 2024-01-08"
    )


def test_more_than_was_agreed_is_a_failure_and_what_to_do_is_said(
    installation: Installation,
) -> None:
    told = line(installation, PhiMode.BAA)

    assert told.level is Level.FAIL
    assert told.found == "BATON_PHI_MODE is baa, the setup agrees to days alone"
    assert told.remedy == f"{RECORD}, or set BATON_PHI_MODE=days"


def test_named_windows_need_nobody(installation: Installation) -> None:
    take_back(installation)

    assert line(installation, PhiMode.NONE).found == "none: named windows only"
    assert line(installation, PhiMode.DAYS).level is Level.FAIL


@pytest.mark.parametrize(
    ("mode", "level"), [(PhiMode.NONE, Level.OK), (PhiMode.DAYS, Level.WARN)]
)
def test_before_the_first_setup_nothing_has_failed_yet(
    store: Store, mode: PhiMode, level: Level
) -> None:
    asked = Store(store.database, store.keyring, store.clock, lambda: mode)
    with asked.read() as reading:
        [told] = look_at_patient_time(reading)

    assert told.level is level
    assert bool(told.remedy) is (level is Level.WARN)
