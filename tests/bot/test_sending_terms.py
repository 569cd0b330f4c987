"""What the sending process is told is what its keeper was told."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sending_terms import Terms, read_terms
from bot.settings import Settings
from care.patient_time import PhiMode
from scheduler.delivery import Timings
from scheduler.pulse import Pulse
from storage.sealing import new_key

TOLD = {
    "slack_bot_token": "xoxb-1",
    "slack_app_token": "xapp-1",
    "slack_signing_secret": "signed",
    "slack_api_url": "https://slack.example/api/",
    "baton_database_url": "sqlite:///somewhere.sqlite",
    "baton_keys": new_key("k1"),
    "baton_phi_mode": "days",
    "baton_log": "json",
}
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1))


def test_every_setting_arrives_with_its_secrets() -> None:
    settings = Settings.model_validate(TOLD)

    read = read_terms(Terms(settings).as_line()).settings

    assert read == settings
    assert read.baton_keys.get_secret_value() == TOLD["baton_keys"]
    assert read.baton_phi_mode is PhiMode.DAYS


def test_what_was_told_counts_for_more_than_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Terms(Settings.model_validate(TOLD)).as_line()

    for name, value in TOLD.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("SLACK_API_URL", "https://other.example/api/")
    monkeypatch.setenv("BATON_PHI_MODE", "none")

    assert read_terms(line) == Terms(Settings.model_validate(TOLD))


def test_what_is_not_set_stays_unset() -> None:
    settings = Settings.model_validate(TOLD | {"slack_signing_secret": None})

    assert read_terms(Terms(settings).as_line()).settings.slack_signing_secret is None


@given(st.builds(Timings, lease=spans, http=spans, gap=spans), st.builds(Pulse))
def test_timings_and_pulse_arrive_as_they_were(timings: Timings, pulse: Pulse) -> None:
    terms = Terms(Settings.model_validate(TOLD), timings, pulse)

    read = read_terms(terms.as_line().encode())

    assert read == terms
    for field in fields(Timings):
        there = getattr(read.timings, field.name)
        assert type(there) is type(getattr(timings, field.name))


def test_it_is_one_line_that_fits_into_a_pipe() -> None:
    line = Terms(Settings.model_validate(TOLD)).as_line()

    assert "\n" not in line
    assert len(line) < 4096
