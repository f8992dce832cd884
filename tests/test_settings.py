"""Settings: what is refused, and that everything wrong is said at once, with its remedy and without the secret."""

import os
from pathlib import Path

import pytest

from bot.mail_server import MailServer
from bot.settings import SLACK_API, SettingsError, load

BOT = "xoxb-12345678-abcdefGHIJKL"
APP = "xapp-1-A0123-4567-abcdef0123"
SIGNING = "8f742231b10e8888abcd99f35d2a6a4e"
GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
PASSWORD = "q8Q~tUv_not.a.real-one-8765"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("CANIPOST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> "Given":
    return Given(monkeypatch)


class Given:
    def __init__(self, environment: pytest.MonkeyPatch) -> None:
        self.environment = environment

    def __call__(self, **settings: str) -> None:
        for name, value in settings.items():
            self.environment.setenv(f"CANIPOST_{name}", value)

    def problems(self, **settings: str) -> list[str]:
        self(**settings)
        with pytest.raises(SettingsError) as refused:
            load()
        secrets = [value for name, value in settings.items() if name.endswith(("TOKEN", "SECRET", "PASSWORD"))]
        assert all(value not in str(refused.value) for value in secrets if len(value) > 9)
        return refused.value.problems


def test_nothing_set_is_the_default() -> None:
    settings = load()
    assert settings.database_url == "sqlite:///canipost.db"
    assert (settings.host, settings.port, settings.slack_api_url) == ("127.0.0.1", 3978, SLACK_API)
    assert not settings.slack
    assert not settings.teams
    assert settings.files_folder == Path("canipost-files")


def test_every_door_open(given: Given) -> None:
    given(SLACK_BOT_TOKEN=BOT, SLACK_SIGNING_SECRET=SIGNING, SLACK_APP_TOKEN=APP)
    given(TEAMS_APP_ID=GUID.upper(), TEAMS_APP_PASSWORD=PASSWORD, TEAMS_TENANT_ID=GUID)
    given(DATABASE_URL="postgresql://bot:geheim@db/canipost", SLACK_API_URL="http://127.0.0.1:9/api", PORT=" 80 ")
    settings = load()
    assert settings.slack
    assert settings.teams
    assert not settings.socket_mode
    assert settings.teams_app_id == GUID
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"
    assert settings.port == 80
    shown = repr(settings) + str(settings)
    assert not any(secret in shown for secret in (BOT, SIGNING, APP, PASSWORD, "geheim"))


def test_socket_mode_when_only_an_app_token_is_given(given: Given) -> None:
    given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP)
    assert load().socket_mode


@pytest.mark.parametrize(
    ("url", "files", "folder"),
    [
        ("sqlite:////var/lib/canipost/c.db", None, "/var/lib/canipost/canipost-files"),
        ("sqlite:///data/c.db", None, "data/canipost-files"),
        ("postgresql://h/d", None, "canipost-files"),
        ("sqlite:///c.db", "/srv/files", "/srv/files"),
        ("sqlite:///c.db", "file:///srv/files", "/srv/files"),
    ],
)
def test_where_pictures_are_kept(given: Given, url: str, files: str | None, folder: str) -> None:
    given(DATABASE_URL=url)
    if files:
        given(FILES_URL=files)
    assert load().files_folder == Path(folder)


BAD = [
    ("DATABASE_URL", ["mysql://h/d", "canipost.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://h",
                      "postgresql+asyncpg://h/d", "postgresql://h:notaport/d", "sqlite+aiosqlite:///c.db"]),
    ("HOST", ["http://127.0.0.1", "a b", "127.0.0.1/x"]),
    ("PORT", ["0x50", "eighty", "-1", "65536", "99999999999", "٣٩٧٨", "3978.5"]),
    ("SLACK_API_URL", ["http://slack.com/api/", "ftp://127.0.0.1/", "slack.com", "https://",
                       "http://127.0.0.1.evil.test/", "http://[::1", "http://localhost@evil.test/"]),
    ("FILES_URL", ["s3://bucket/x", "https://h/x", "file://host/x"]),
    ("PUBLIC_URL", ["canipost.example.org", "http://canipost.example.org", "https://", "https://u:p@h/", "https://h/?a=b",
                    "javascript:alert(1)"]),
    ("SLACK_BOT_TOKEN", ["xoxb-", "xoxp-12345678-abcdefGHIJKL", "xoxb-your-token-here", "xoxb-xxxxxxxxxxxx",
                         "xoxb-1234567 abcdefgh", "changeme"]),
    ("SLACK_APP_TOKEN", ["xapp-", BOT, "xapp-1-example-123456"]),
    ("SLACK_SIGNING_SECRET", [SIGNING[:-1], SIGNING + "0", SIGNING.upper(), "g" * 32, "0" * 32, "your-signing-secret"]),
    ("TEAMS_APP_ID", ["1234", GUID.replace("-", ""), "{" + GUID + "}", "00000000-0000-0000-0000-000000000000"]),
    ("TEAMS_TENANT_ID", ["common", "contoso.onmicrosoft.com", "11111111-1111-1111-1111-111111111111"]),
    ("TEAMS_APP_PASSWORD", ["short", "<your client secret>", "****************"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD for value in values])
def test_malformed(given: Given, name: str, value: str) -> None:
    problems = given.problems(**{name: value})
    assert len([each for each in problems if each.startswith(f"CANIPOST_{name} ") and "is missing" not in each]) == 1


@pytest.mark.parametrize("name", [name for name, _ in BAD])
@pytest.mark.parametrize("value", ["", "  "])
def test_set_but_empty(given: Given, name: str, value: str) -> None:
    assert f"CANIPOST_{name} is set, but empty. Give it a value, or unset it." in given.problems(**{name: value})


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, ["SLACK_SIGNING_SECRET or CANIPOST_SLACK_APP_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": SIGNING}, ["SLACK_BOT_TOKEN"]),
        ({"SMTP_URL": "smtp://mail.example"}, ["MAIL_FROM"]), ({"MAIL_FROM": "a@b.example"}, ["SMTP_URL"]),
        ({"SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN"]),
        ({"TEAMS_APP_ID": GUID}, ["TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"]),
        ({"TEAMS_APP_PASSWORD": PASSWORD}, ["TEAMS_APP_ID", "TEAMS_TENANT_ID"]),
        ({"TEAMS_TENANT_ID": GUID}, ["TEAMS_APP_ID", "TEAMS_APP_PASSWORD"]),
        ({"TEAMS_TENANT_ID": GUID, "TEAMS_APP_ID": GUID}, ["TEAMS_APP_PASSWORD"]),
    ],
)
def test_a_half_configured_door(given: Given, settings: dict[str, str], missing: list[str]) -> None:
    problems = given.problems(**settings)
    assert [each.split(" is missing")[0] for each in problems] == [f"CANIPOST_{name}" for name in missing]


def test_mail_is_off_unless_it_is_whole_and_right(given: Given) -> None:
    assert load().mail is None
    given(SMTP_URL="smtp://bot:gehe%40im@mail.example", MAIL_FROM="Can I Post <canipost@oakfield.example>")
    assert load().mail == MailServer("mail.example", 587, "starttls", "bot", "gehe@im")
    assert "gehe" not in repr(load())
    problems = given.problems(SMTP_URL="bot:geheim-geheim@mail.example", MAIL_FROM="nobody")
    assert [each.split(" ")[0] for each in problems] == ["CANIPOST_SMTP_URL", "CANIPOST_MAIL_FROM"]
    assert "geheim" not in str(problems)


def test_everything_at_once(given: Given) -> None:
    problems = given.problems(PORT="x", DATABASE_URL="{x}", SLACK_BOT_TOKEN="xoxp-{0}-%s", TEAMS_APP_ID=GUID)
    assert [each.split(" ")[0].removeprefix("CANIPOST_") for each in problems] == [
        "DATABASE_URL", "PORT", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID",
    ]  # fmt: skip
    assert all(each.endswith(".") and "\n" not in each for each in problems)


@pytest.mark.parametrize("host", [None, "127.0.0.1", "::1", "localhost"])
def test_the_emulator_on_this_machine(given: Given, host: str | None) -> None:
    given(TEAMS_APP_ID=" emulator ", **({"HOST": host} if host else {}))
    settings = load()
    assert (settings.teams, settings.emulated) == (True, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "canipost.example.org", "127.0.0.1.evil.test"])
def test_no_emulator_where_others_could_call(given: Given, host: str) -> None:
    (problem,) = given.problems(TEAMS_APP_ID="emulator", HOST=host)
    assert problem.startswith("CANIPOST_TEAMS_APP_ID is “emulator”")
    assert "Set CANIPOST_HOST to 127.0.0.1" in problem


def test_the_emulator_has_no_password(given: Given) -> None:
    problems = given.problems(TEAMS_APP_ID="emulator", TEAMS_APP_PASSWORD=PASSWORD, TEAMS_TENANT_ID=GUID)
    names = [each.split(" is needless")[0] for each in problems]
    assert names == ["CANIPOST_TEAMS_APP_PASSWORD", "CANIPOST_TEAMS_TENANT_ID"]
    assert "CANIPOST_TEAMS_TENANT_ID is no id" in given.problems(TEAMS_TENANT_ID="emulator")[0]
