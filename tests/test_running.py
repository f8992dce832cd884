"""The guide to running it on a server, and its examples, say what is there."""

import re
from pathlib import Path

from typer.main import get_command

from bot.about import PAGES
from bot.commands.every import app
from bot.settings import PREFIX, Settings

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "examples"


def test_the_web_server_passes_on_what_is_for_everybody_and_nothing_else() -> None:
    passed = set(re.findall(r"location (?:= )?(/\S*)\s*{[^}]*proxy_pass", (EXAMPLES / "nginx.conf").read_text()))
    assert passed == {*PAGES, "/slack/events", "/api/messages", "/evidence/"}


def test_each_setting_of_the_example_is_one() -> None:
    named = re.findall(rf"^#?({PREFIX}\w+)=", (EXAMPLES / "canipost.env").read_text(), re.MULTILINE)
    assert len(named) > 8
    assert {name.removeprefix(PREFIX).lower() for name in named} <= Settings.model_fields.keys()


def test_each_command_of_the_guide_is_one() -> None:
    text = "".join(each.read_text() for each in (DOCS / "running.md", *EXAMPLES.glob("*.service")))
    run = re.findall(r"(?:sudo -u canipost|bin/)\s*canipost (\w+)(?: (\w+))?", text)
    assert len(run) > 6
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for command, below in run:
        assert command in commands
        assert not below or below in getattr(commands[command], "commands", {below}), f"{command} {below}"


def test_each_file_that_the_guide_names_is_there() -> None:
    named = re.findall(r"\]\(([\w./-]+)\)", (DOCS / "running.md").read_text())
    assert len(named) > 6
    assert all((DOCS / name).exists() for name in named)
