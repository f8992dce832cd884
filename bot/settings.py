"""The settings: read once, from the environment, by nobody else. What is wrong is named at once, with its remedy."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.mail_server import MailServer, is_sender, server_at
from storage.vault import BadKey, Vault

PREFIX = "CANIPOST_"
DEFAULT_DATABASE = "sqlite:///canipost.db"
SLACK_API = "https://slack.com/api/"
SAMPLE = re.compile(r"your|sample|example|change.?me|placeholder|xxxx|\.\.\.|…|^<.*>$|^(.)\1+$", re.IGNORECASE)
BOT_TOKEN = re.compile(r"xoxb-[0-9A-Za-z-]{10,}")
APP_TOKEN = re.compile(r"xapp-[0-9A-Za-z-]{10,}")
SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")

NEEDED = {
    "slack_bot_token": "Slack needs it: the xoxb- token under OAuth & Permissions in the Slack app's settings.",
    "teams_app_id": "Teams needs it: the app registration's application (client) id.",
    "teams_app_password": "Teams needs it: a client secret of the app registration.",
    "smtp_url": "E-mail needs it: where to hand it in, such as smtp://user:password@host:587.",
    "mail_from": "E-mail needs it: the address that it comes from.",
    "teams_tenant_id": "Teams needs it: the directory (tenant) id of the trust.",
}
SLACK = {"slack_bot_token", "slack_signing_secret", "slack_app_token"}
TEAMS = {"teams_app_id", "teams_app_password", "teams_tenant_id"}
MAIL = {"smtp_url", "mail_from"}
EMULATOR = "emulator"
"""In an app id's place: Microsoft's Bot Framework Emulator on this machine, which signs nothing."""


class SettingsError(Exception):
    """The settings will not do. `problems`: one sentence each, with its remedy, and without any secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """All there is to set; each name has the prefix CANIPOST_ in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)

    # It may hold a password, so it is not shown.
    database_url: str = Field(default=DEFAULT_DATABASE, repr=False)
    host: str = "127.0.0.1"
    port: int = 3978
    files_url: str | None = None
    public_url: str | None = None
    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API
    teams_app_id: str | None = None
    teams_app_password: SecretStr | None = None
    teams_tenant_id: str | None = None
    report_keys: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None

    @property
    def mail(self) -> MailServer | None:
        """Where mail is handed in; None: nobody is written to."""
        return server_at(self.smtp_url.get_secret_value(), is_loopback) if self.smtp_url else None

    @property
    def vault(self) -> Vault | None:
        """What seals the reports; None where no key is set, and no report is taken."""
        return Vault(_keys(self.report_keys)) if self.report_keys else None

    @property
    def slack(self) -> bool:
        """Whether the Slack door is configured."""
        return self.slack_bot_token is not None

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is listened to over a socket, because no signing secret guards an address."""
        return self.slack_app_token is not None and self.slack_signing_secret is None

    @property
    def teams(self) -> bool:
        """Whether the Teams door is configured."""
        return self.teams_app_id is not None

    @property
    def emulated(self) -> bool:
        """Whether Teams is the Emulator on this machine: there is no app id, and whoever calls is believed."""
        return self.teams_app_id == EMULATOR and is_loopback(self.host)

    @property
    def files_folder(self) -> Path:
        """Where pictures are kept: as set, else beside the SQLite file, else in the working folder."""
        if self.files_url:
            return Path(self.files_url.removeprefix("file://"))
        database = make_url(self.database_url)
        if database.get_backend_name() == "sqlite" and database.database:
            return Path(database.database).parent / "canipost-files"
        return Path("canipost-files")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str, info: ValidationInfo) -> str:
        remedy = "Use sqlite:///canipost.db, or postgresql://user:password@host/database."
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise _wrong(info, f"is not a database's address. {remedy}") from None
        if url.drivername not in {"sqlite", "postgresql"}:
            raise _wrong(info, f"names a database that is not supported. {remedy}")
        if url.database in {None, "", ":memory:"}:
            raise _wrong(info, f"names no database. {remedy}")
        return value

    @field_validator("host")
    @classmethod
    def _host(cls, value: str, info: ValidationInfo) -> str:
        if "://" in value or "/" in value or " " in value:
            raise _wrong(info, "is not a host. Give a name or an address, such as 127.0.0.1 or 0.0.0.0.")
        return value

    @field_validator("port", mode="before")
    @classmethod
    def _port(cls, value: object, info: ValidationInfo) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
            raise _wrong(info, "is not a port. Give a number from 1 to 65535, such as 3978.")
        return int(text)

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: object, info: ValidationInfo) -> object:
        """Set to nothing is a mistake; a mistake in a secret must not become a default.

        Of the validators that come before, the last one written runs first.
        """
        if isinstance(value, str) and not value.strip():
            raise _wrong(info, "is set, but empty. Give it a value, or unset it.")
        if isinstance(value, str) and "\0" in value:
            raise _wrong(info, "contains a NUL character. Copy it again.")
        return value.strip() if isinstance(value, str) else value

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", "teams_app_password")
    @classmethod
    def _no_sample(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and SAMPLE.search(value.get_secret_value()):
            raise _wrong(info, "is a sample. Put the real value from the app's own settings in its place.")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        remedy = "is no bot token. It begins with xoxb- and stands under OAuth & Permissions in the app's settings."
        return _fits(BOT_TOKEN, value, info, remedy)

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        remedy = (
            "is no app-level token. It begins with xapp-, has the scope connections:write, "
            "and stands under Basic Information in the Slack app's settings."
        )
        return _fits(APP_TOKEN, value, info, remedy)

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        remedy = (
            "is no signing secret. It has 32 characters, 0-9 and a-f, "
            "and stands under Basic Information in the Slack app's settings."
        )
        return _fits(SIGNING_SECRET, value, info, remedy)

    @field_validator("slack_api_url")
    @classmethod
    def _api(cls, value: str, info: ValidationInfo) -> str:
        if not _safe(value):
            remedy = f"is not safe to send a token to. Use https (Slack's own is {SLACK_API}), or a loopback address."
            raise _wrong(info, remedy)
        return value.rstrip("/") + "/"

    @field_validator("teams_app_id", "teams_tenant_id")
    @classmethod
    def _guid(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or (value == EMULATOR and info.field_name == "teams_app_id"):
            return value
        try:
            guid = UUID(value)
        except ValueError:
            guid = None
        if guid is None or str(guid) != value.lower() or len(set(guid.hex)) < 3:
            where = "the app registration's overview in Microsoft Entra"
            raise _wrong(info, f"is no id. It looks like 8-4-4-4-12 characters, 0-9 and a-f, and stands on {where}.")
        return str(guid)

    @field_validator("teams_app_password")
    @classmethod
    def _password(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise _wrong(info, "is too short. Copy the client secret's value (not its id) from the app registration.")
        return value

    @field_validator("report_keys")
    @classmethod
    def _report_keys(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        try:
            return value if value is None or Vault(_keys(value)) else None
        except BadKey:
            remedy = "is no key, or one of several (with commas between) is none. Make one with: canipost keys new"
            raise _wrong(info, remedy) from None

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        try:
            return value if value is None or server_at(value.get_secret_value(), is_loopback) else None
        except ValueError:
            remedy = "is no mail server. Use smtp://user:password@host:587 (with STARTTLS), or smtps://… for port 465."
            raise _wrong(info, remedy) from None

    @field_validator("mail_from")
    @classmethod
    def _mail_from(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not is_sender(value):
            raise _wrong(info, "is no address. Give one such as Can I Post <canipost@trust.example.org>.")
        return value

    @field_validator("files_url")
    @classmethod
    def _files(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and "://" in value and not value.startswith("file:///"):
            raise _wrong(info, "is no folder. Give a path, such as /var/lib/canipost/files.")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if not _safe(value) or set(value) & set("?#@"):
            raise _wrong(info, "is no address for people's browsers. Give one such as https://canipost.example.org.")
        return value.rstrip("/")

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, given: dict[str, object], handler: ModelWrapValidatorHandler["Settings"]) -> "Settings":
        """A door that is half configured would stay shut without anybody noticing, so it is an error too."""
        problems = half_open({name: value for name, value in given.items() if value is not None})
        try:
            settings = handler(given)
        except ValidationError as error:
            problems = [*_sentences(error), *problems]
        if problems:
            raise PydanticCustomError("settings", "{problems}", {"problems": "\n".join(problems)})
        return settings


def _keys(value: SecretStr) -> list[str]:
    return [key.strip() for key in value.get_secret_value().split(",")]


def half_open(given: Mapping[str, object]) -> list[str]:
    """What is missing of a door of which some settings are given."""
    problems = []
    slack, teams = given.keys() & SLACK, given.keys() & TEAMS
    if slack and "slack_bot_token" not in slack:
        problems.append(_missing("slack_bot_token"))
    if slack == {"slack_bot_token"}:
        problems.append(
            f"{PREFIX}SLACK_SIGNING_SECRET or {PREFIX}SLACK_APP_TOKEN is missing. Slack needs one of them: the signing "
            "secret to be reached over HTTP, or the xapp- token for Socket Mode."
        )
    problems += [_missing(name) for name in sorted(MAIL - given.keys()) if given.keys() & MAIL]
    if str(given.get("teams_app_id")).strip() == EMULATOR:
        return problems + _emulator(given)
    if teams:
        problems += [_missing(name) for name in sorted(TEAMS - teams)]
    return problems


def _emulator(given: Mapping[str, object]) -> list[str]:
    """What is wrong with having no app id: nobody's calls are checked then, so nobody else may be able to call."""
    needless = sorted(given.keys() & TEAMS - {"teams_app_id"})
    problems = [f"{_name(name)} is needless: the Emulator checks nothing. Unset it." for name in needless]
    if not is_loopback(str(given.get("host", "127.0.0.1")).strip()):
        problems.append(
            f"{PREFIX}TEAMS_APP_ID is “{EMULATOR}”, so anybody who can reach the bot could say to be anybody. "
            f"Set {PREFIX}HOST to 127.0.0.1, or give the app registration's application (client) id."
        )
    return problems


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine is meant."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _safe(url: str) -> bool:
    """Whether a token may be sent there: encrypted, or not leaving this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        )
    except ValueError:
        return False


def load() -> Settings:
    """The settings of this process's environment; SettingsError names everything that is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from None


def _sentences(error: ValidationError) -> list[str]:
    sentences: list[str] = []
    for each in error.errors(include_url=False, include_input=False):
        if each["type"] in {"setting", "settings"}:
            sentences += each["msg"].split("\n")
        else:
            sentences.append(f"{_name(str(each['loc'][-1]))} is wrong: {each['msg']}.")
    return sentences


def _fits(pattern: re.Pattern[str], value: SecretStr | None, info: ValidationInfo, remedy: str) -> SecretStr | None:
    if value is not None and not pattern.fullmatch(value.get_secret_value()):
        raise _wrong(info, remedy)
    return value


def _wrong(info: ValidationInfo, remedy: str) -> PydanticCustomError:
    # The sentence goes in as a value: a brace in it would else be read as a template.
    return PydanticCustomError("setting", "{sentence}", {"sentence": f"{_name(info.field_name or '')} {remedy}"})


def _missing(field: str) -> str:
    return f"{_name(field)} is missing. {NEEDED[field]}"


def _name(field: str) -> str:
    return PREFIX + field.upper()
