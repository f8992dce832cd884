"""What administrators install: valid, least, and telling of exactly what the bot serves."""

import io
import json
import re
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft4Validator, validator_for
from PIL import Image

from bot import about, slack_event, teams_activity
from bot.manifests import BadAddress, slack_manifest, teams_package
from cards.action import Verb
from tests.schemas import schema

ROOT = Path(__file__).parents[1]
URL = "https://canipost.example.org"
APP = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
AT = datetime(2026, 11, 5, 12, tzinfo=UTC)

SCOPES = {
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.open": {"im:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "users.info": {"users:read", "users:read.email"},  # the second: else the profile comes without the e-mail
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
"""What each method of Slack's Web API needs of the bot's token."""
EVENT_SCOPES: dict[str, set[str]] = {"app_home_opened": set(), "message.im": {"im:history"}}
METHOD = re.compile(
    r"[\"']((?:admin|api|apps|assistant|auth|bookmarks|bots|canvases|chat|conversations|dialog|dnd|emoji|files|migration|oauth"
    r"|pins|reactions|reminders|search|stars|team|tooling|usergroups|users|views|workflows)\.[A-Za-z.]+)[\"']"
)


@pytest.fixture
def slack() -> Any:
    return json.loads(slack_manifest(URL))


@pytest.fixture
def teams() -> Any:
    with zipfile.ZipFile(io.BytesIO(teams_package(APP, "canipost.example.org"))) as package:
        return json.loads(package.read("manifest.json"))


@pytest.mark.parametrize("name", ["manifest.schema.1.0.0.json", "manifest.schema.2.0.0.json"])
def test_slack_is_valid(slack: Any, name: str) -> None:
    judge = validator_for(schema(name))
    judge.validate(slack)
    assert not judge.is_valid({**slack, "features": {"slash_commands": [{"command": 1}]}})


def test_teams_is_valid(teams: Any) -> None:
    judge = Draft4Validator(schema("MicrosoftTeams.v1.25.schema.json"))
    judge.validate(teams)
    assert not judge.is_valid({**teams, "bots": [{"botId": "x"}]})


def test_teams_says_what_its_schema_does_not_check(teams: Any) -> None:
    assert teams["manifestVersion"] == "1.25"
    assert teams["$schema"].endswith("/v1.25/MicrosoftTeams.schema.json")
    assert teams["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert teams["id"] == teams["bots"][0]["botId"] == APP
    assert teams["bots"][0]["scopes"] == ["personal"]
    assert teams["bots"][0]["supportsFiles"] is True
    assert teams["validDomains"] == ["canipost.example.org"]
    assert "{" not in "".join(_strings(teams))


def test_teams_addresses_are_pages_that_the_bot_serves(teams: Any) -> None:
    addresses = {name: url for name, url in teams["developer"].items() if name.endswith("Url")}
    served = {f"https://canipost.example.org{route.path}" for route in about.routes()}
    assert len(addresses) == 3
    assert set(addresses.values()) == served


def test_slack_scopes_are_the_least_that_its_methods_and_events_need(slack: Any) -> None:
    called = {method for file in (ROOT / "bot").glob("slack*.py") for method in METHOD.findall(file.read_text("utf-8"))}
    assert len(called) >= 8
    assert called <= SCOPES.keys(), "say in SCOPES what the new method needs"
    events = slack["settings"]["event_subscriptions"]["bot_events"]
    needed = {"commands"}.union(*(SCOPES[method] for method in called), *(EVENT_SCOPES[event] for event in events))
    assert slack["oauth_config"]["scopes"] == {"bot": sorted(needed)}


def test_slack_shortcuts_and_command_are_served(slack: Any) -> None:
    shortcuts = slack["features"]["shortcuts"]
    kinds = {"global": "shortcut", "message": "message_action"}
    heard = {
        each["callback_id"]: _heard({**_pressed(), "type": kinds[each["type"]], "callback_id": each["callback_id"]})
        for each in shortcuts
    }
    assert heard == {
        "compose": Verb.COMPOSE, "menu": Verb.MENU, "ask": Verb.ASK, "report": Verb.REPORT,
        "report_message": Verb.REPORT, "ask_policy": Verb.ASK_POLICY,
    }
    assert "Can I post this?" in [each["name"] for each in shortcuts if each["type"] == "message"]
    command, policy, report = slack["features"]["slash_commands"]
    said = {"command": command["command"], "team_id": "T0123456", "user_id": "U0123456", "trigger_id": "1.2.a"}
    words = set(command["usage_hint"].strip("[]").split(" | ")[1:])
    assert words == slack_event.COMMANDS.keys() - {""}
    assert {_heard({**said, "text": word}) for word in words} == {slack_event.COMMANDS[word] for word in words}
    assert _heard({**said, "text": "Fair today!"}) is Verb.SAY
    assert _heard({**said, "text": "new instagram for the drama club"}) is Verb.SAY
    assert _heard({**said, "command": report["command"], "text": "a fake account"}) is Verb.REPORT
    assert _heard({**said, "command": policy["command"], "text": "who signs off a post"}) is Verb.ASK_POLICY


def test_slack_events_are_served(slack: Any) -> None:
    events = {
        "app_home_opened": {"type": "app_home_opened", "tab": "home", "user": "U0123456"},
        "message.im": {"type": "message", "channel_type": "im", "channel": "D0123456", "user": "U0123456"},
    }
    assert slack["settings"]["event_subscriptions"]["bot_events"] == sorted(events)
    envelope = {"type": "event_callback", "team_id": "T0123456", "event_id": "Ev0123456"}
    assert {_heard({**envelope, "event": event}) for event in events.values()} == {Verb.HOME, Verb.SAY}
    assert slack["features"]["app_home"]["home_tab_enabled"]
    assert slack["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_slack_addresses_are_the_one_served(slack: Any) -> None:
    addresses = [each for each in _strings(slack) if each.startswith("https://")]
    assert set(addresses) == {f"{URL}/slack/events"}
    assert len(addresses) == 5
    assert slack["settings"]["socket_mode_enabled"] is False
    assert slack["settings"]["interactivity"]["is_enabled"] is True
    assert "{" not in "".join(_strings(slack))


def test_teams_commands_are_served(teams: Any) -> None:
    [commands] = teams["bots"][0]["commandLists"]
    titles = {each["title"] for each in commands["commands"]}
    assert titles == teams_activity.COMMANDS.keys()
    assert {"post", "menu", "accounts", "mine", "waiting", "report", "help"} <= titles
    assert len(commands["commands"]) <= 10
    assert all(len(each["title"]) <= 32 and len(each["description"]) <= 128 for each in commands["commands"])


def test_teams_message_actions_are_served(teams: Any) -> None:
    [extension] = teams["composeExtensions"]
    assert extension["botId"] == APP
    assert {each["id"] for each in extension["commands"]} == teams_activity.ON_MESSAGES.keys()
    assert all(each["fetchTask"] and each["context"] == ["message"] for each in extension["commands"])


def test_teams_package_is_whole_and_always_the_same() -> None:
    package = teams_package(APP.upper(), "CanIPost.example.org")
    assert package == teams_package(APP, "canipost.example.org")
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        color = Image.open(io.BytesIO(archive.read("color.png")))
        outline = Image.open(io.BytesIO(archive.read("outline.png")))
    assert (color.size, outline.size) == ((192, 192), (32, 32))
    assert (color.format, outline.format) == ("PNG", "PNG")
    seen = {pixel for pixel in outline.convert("RGBA").get_flattened_data() if pixel[3]}
    assert seen
    assert {pixel[:3] for pixel in seen} == {(255, 255, 255)}
    assert outline.getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "url",
    ["", "canipost.example.org", "http://canipost.example.org", "https://localhost", "https://127.0.0.1",
     "https://a b.example.org",
     "https://canipost.example.org:8443", "https://u:p@canipost.example.org", "https://canipost.example.org/?x=1",
     "https://canipost.example.org:x", "https://[::1", "https://{url}.example.org"],
)  # fmt: skip
def test_slack_refuses_an_address_it_could_not_reach(url: str) -> None:
    with pytest.raises(BadAddress):
        slack_manifest(url)


def test_slack_keeps_a_path_before_the_bot() -> None:
    assert f"{URL}/bot/slack/events" in slack_manifest(f" {URL}/bot/ ")


@pytest.mark.parametrize(
    ("app", "domain"),
    [("", "canipost.example.org"), ("x", "canipost.example.org"), (APP, ""), (APP, URL), (APP, "localhost"),
     (APP, "127.0.0.1"), (APP, "canipost.example.org/x"), (APP, "*.example.org"), (APP, "a.example.org:443")],
)  # fmt: skip
def test_teams_refuses(app: str, domain: str) -> None:
    with pytest.raises(BadAddress):
        teams_package(app, domain)


def _pressed() -> dict[str, Any]:
    return {
        "team": {"id": "T0123456"}, "user": {"id": "U0123456"}, "trigger_id": "1.2.a", "channel": {"id": "C0123456"},
        "response_url": "https://hooks.slack.com/x", "message": {"text": "Fair today!"}, "action_ts": "1.2",
    }  # fmt: skip


def _heard(body: dict[str, Any]) -> Verb:
    heard = slack_event.hear(body, AT)
    assert heard is not None
    return heard.event.verb


def _strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [each for value in part.values() for each in _strings(value)]
    if isinstance(part, list):
        return [each for value in part for each in _strings(value)]
    return [part] if isinstance(part, str) else []
