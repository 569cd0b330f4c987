"""The table of settings says what `bot.settings` reads."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from tools.settings_table import tabulate_settings


def rows() -> dict[str, str]:
    """Return the default of each setting, as the table has it."""
    cells = [line.split(" | ") for line in tabulate_settings().splitlines()[2:]]
    return {one[0].removeprefix("| ").strip("`"): one[1].strip("`") for one in cells}


def test_every_setting_has_a_line() -> None:
    told = rows()

    assert list(told) == [name.upper() for name in Settings.model_fields]


def test_every_setting_says_what_it_is() -> None:
    undescribed = [
        name for name, one in Settings.model_fields.items() if not one.description
    ]

    assert undescribed == []


def test_what_must_be_set_is_what_baton_refuses_to_run_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The table's "must be set" is what an empty environment is refused for."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None)

    missing = {str(one["loc"][0]).upper() for one in refused.value.errors()}
    assert missing == {name for name, said in rows().items() if said == "must be set"}


def test_a_default_is_written_as_one_would_set_it() -> None:
    told = rows()

    assert told["BATON_PHI_MODE"] == "none"
    assert told["SLACK_API_URL"] == "https://slack.com/api/"
    assert told["SLACK_SIGNING_SECRET"] == "not set"
