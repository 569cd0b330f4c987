"""Settings: the sample names them all, and each mistake is one clear line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import (
    BadSettings,
    Settings,
    StorageSettings,
    read_settings,
    read_storage_settings,
)
from care.patient_time import PhiMode
from storage.sealing import new_key

SAMPLE = Path(__file__).parents[2] / ".env.example"
ENTRY = re.compile(r"^# (?P<says>.+)\n(?P<name>[A-Z_]+)=(?P<value>.*)$", re.MULTILINE)
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "BATON_KEYS": new_key("k1"),
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder, with no settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def put(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    """Put good settings into the environment, changed as asked; None leaves out."""
    for name, value in (GOOD | changes).items():
        if value is not None:
            monkeypatch.setenv(name, value)


def test_the_sample_names_every_setting_with_its_description_and_default() -> None:
    entries = {one["name"]: one for one in ENTRY.finditer(SAMPLE.read_text())}

    assert list(entries) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        told = entries[name.upper()]
        assert told["says"] == field.description
        default = "" if field.is_required() else str(field.default or "")
        assert told["value"] == default


def test_the_sample_holds_no_secret() -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "BATON_KEYS"):
        assert f"\n{name}=\n" in SAMPLE.read_text()


def test_good_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch)

    settings = read_settings()

    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.baton_phi_mode is PhiMode.NONE


def test_settings_are_read_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(f"{name}={value}" for name, value in GOOD.items())
    Path(".env").write_text(text + "\nBATON_LOG=json\nUNKNOWN=1\n")

    assert read_settings().baton_log == "json"


def test_the_filled_sample_is_accepted() -> None:
    text = SAMPLE.read_text()
    for name, value in GOOD.items():
        text = text.replace(f"{name}=\n", f"{name}={value}\n")
    Path(".env").write_text(text)

    assert read_settings().slack_signing_secret is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", None, "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "xapp-1", "SLACK_BOT_TOKEN must begin with xoxb-"),
        ("SLACK_APP_TOKEN", None, "SLACK_APP_TOKEN is not set"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN must begin with xapp-"),
        ("BATON_KEYS", None, "BATON_KEYS is not set"),
        ("BATON_KEYS", "k1", "BATON_KEYS "),
        ("BATON_KEYS", "k1:short", "BATON_KEYS "),
        ("BATON_DATABASE_URL", "nonsense", "BATON_DATABASE_URL is no database address"),
        ("BATON_DATABASE_URL", "mysql://h/n", "BATON_DATABASE_URL must begin with"),
        ("BATON_PHI_MODE", "all", "BATON_PHI_MODE "),
        ("BATON_LOG", "loud", "BATON_LOG "),
    ],
)
def test_each_wrong_setting_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, says: str
) -> None:
    put(monkeypatch, **{name: value})

    with pytest.raises(BadSettings) as refused:
        read_settings()

    (line,) = str(refused.value).splitlines()
    assert line.startswith(says)
    assert line.endswith("(see .env.example)")


def test_several_mistakes_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, SLACK_BOT_TOKEN="1", BATON_LOG="loud")

    with pytest.raises(BadSettings) as refused:
        read_settings()

    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "BATON_KEYS"])
def test_a_mistake_does_not_repeat_the_secret(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(monkeypatch, **{name: "Quinacridone"})

    with pytest.raises(BadSettings) as refused:
        read_settings()

    assert "Quinacridone" not in str(refused.value)


def test_secrets_do_not_show_when_settings_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(monkeypatch, SLACK_SIGNING_SECRET="Quinacridone")

    shown = repr(read_settings())

    for secret in ("xoxb-1", "xapp-1", GOOD["BATON_KEYS"], "Quinacridone"):
        assert secret not in shown


def test_the_database_commands_need_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_KEYS", GOOD["BATON_KEYS"])

    settings = read_storage_settings()

    assert settings.baton_database_url == "sqlite:///.baton/baton.sqlite"


def test_both_sorts_of_settings_agree() -> None:
    for name, field in StorageSettings.model_fields.items():
        assert field.default == Settings.model_fields[name].default


def test_the_database_commands_name_their_mistakes_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BATON_KEYS", "short")

    with pytest.raises(BadSettings, match=r"^BATON_KEYS .*see \.env\.example"):
        read_storage_settings()
