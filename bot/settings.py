"""Settings, from the environment and `.env`. What is wrong stops Baton at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from care.patient_time import PhiMode
from storage.sealing import BadKeys, Keyring

OFF = "off"
LAST_PORT = 65535


class LogStyle(StrEnum):
    """How the log is written."""

    CONSOLE = "console"
    JSON = "json"


class BadSettings(Exception):
    """The settings are not usable; the message has a line for each."""


def _starts_with(prefix: str, where: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix} ({where})")
        return secret

    return AfterValidator(check)


def _known_database(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        raise ValueError("is no database address") from error
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return url


def _readable_keys(secret: SecretStr) -> SecretStr:
    try:
        Keyring.parse(secret.get_secret_value())
    except BadKeys as error:
        raise ValueError(str(error).removeprefix("BATON_KEYS: ")) from error
    return secret


def split_address(address: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`. Raises ValueError."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > LAST_PORT:
        raise ValueError("must be HOST:PORT, such as 127.0.0.1:8086")
    return host.strip("[]"), int(port)


def _host_and_port(address: str) -> str:
    split_address(address)
    return address


def _host_and_port_or_off(address: str) -> str:
    return address if address == OFF else _host_and_port(address)


def _web_address(secret: SecretStr) -> SecretStr:
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must begin with https:// or http://")
    return secret


BotToken = Annotated[
    SecretStr, _starts_with("xoxb-", "OAuth & Permissions, after installing the app")
]
AppToken = Annotated[
    SecretStr, _starts_with("xapp-", "Basic Information, App-Level Tokens")
]
DatabaseUrl = Annotated[str, AfterValidator(_known_database)]
Keys = Annotated[SecretStr, AfterValidator(_readable_keys)]
Address = Annotated[str, AfterValidator(_host_and_port)]
AddressOrOff = Annotated[str, AfterValidator(_host_and_port_or_off)]
WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]


Secret = Literal["slack_app_token", "slack_signing_secret"]


class Settings(BaseSettings):
    """Everything that Baton is told from outside, but the setup file."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    slack_bot_token: BotToken = Field(
        description="The bot's token, from OAuth & Permissions of your Slack app."
    )
    slack_app_token: AppToken | None = Field(
        default=None,
        description="The app-level token with connections:write, for Socket Mode:"
        " `baton run` needs it.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="Needed only where Slack calls Baton over HTTP: `baton serve`.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        description="The Web API's address, for government Slack or a sandbox.",
    )
    baton_database_url: DatabaseUrl = Field(
        default="sqlite:///.baton/baton.sqlite",
        description="sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
    )
    baton_keys: Keys = Field(
        description="Keys that seal what is clinical, newest first: `baton keys new`."
    )
    baton_phi_mode: PhiMode = Field(
        default=PhiMode.NONE,
        description="none, days or baa: what of a patient's time Slack shows; more than"
        " none only after the setup names who agreed.",
    )
    baton_log: LogStyle = Field(
        default=LogStyle.CONSOLE, description="console or json."
    )
    baton_http_address: Address = Field(
        default="127.0.0.1:3000",
        description="HOST:PORT where `baton serve` takes Slack's signed requests.",
    )
    baton_health_address: AddressOrOff = Field(
        default="127.0.0.1:8086",
        description="HOST:PORT of /healthz, /readyz and /metrics, or off.",
    )
    baton_deadman_url: WebAddress | None = Field(
        default=None,
        description="Called each minute while all is well; what hears nothing alarms.",
    )


class StorageSettings(BaseSettings):
    """What the commands need that touch only the database."""

    model_config = Settings.model_config

    baton_database_url: DatabaseUrl = "sqlite:///.baton/baton.sqlite"
    baton_keys: Keys


def read_settings(*, needed: Secret | None = "slack_app_token") -> Settings:
    """Return the settings. Raises `BadSettings`, with a line for each mistake.

    `needed` is what Slack reaches Baton by: the app-level token of Socket Mode, the
    signing secret of HTTP, or nothing where nobody listens.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise BadSettings(_lines(error)) from error
    if needed is not None and getattr(settings, needed) is None:
        raise BadSettings(f"{needed.upper()} is not set (see .env.example)")
    return settings


def read_storage_settings() -> StorageSettings:
    """Return the settings of the database alone. Raises `BadSettings`."""
    try:
        return StorageSettings()
    except ValidationError as error:
        raise BadSettings(_lines(error)) from error


def _lines(error: ValidationError) -> str:
    lines = []
    for one in error.errors():
        name = str(one["loc"][0]).upper()
        missing = one["type"] == "missing"
        what = "is not set" if missing else one["msg"].removeprefix("Value error, ")
        lines.append(f"{name} {what} (see .env.example)")
    return "\n".join(lines)
