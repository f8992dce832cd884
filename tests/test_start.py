"""What a start does not wait for: libraries, readers of files and commands that the bot needs seldom or never."""

import json
import subprocess
import sys
from importlib.util import find_spec

from bench.process import environment

DOORS = """
import bot.__main__, bot.app, bot.slack, bot.teams_door, bot.tokens, bot.mail, json, sys
from storage.schema import SQLModel
built = [each.__name__ for each in SQLModel.__subclasses__() if each.__pydantic_complete__]
print(json.dumps([list(sys.modules), built]))
"""
NEEDED = {"aiohttp.web", "slack_bolt.async_app", "botbuilder.core", "handlers.routes", "storage.tables.request"}
COMMANDS = {"bot.commands.ground", "bot.commands.serve"}
SELDOM = {
    "alembic", "docx", "jinja2", "lxml", "pypdf", "psycopg", "bot.commands.every", "bot.console", "bot.demo",
    "handlers.policy_asked", "handlers.rules.people", "handlers.rules.policy.document", "handlers.rules.registerfile",
}
"""An upgrade, a policy that is read in, PostgreSQL, the demo and every other command: each loads what it needs."""


def test_what_serves_does_not_wait_for_what_it_seldom_needs() -> None:
    """Nor for validators of rows, which validate nothing."""
    done = subprocess.run([sys.executable, "-c", DOORS], env=environment(), capture_output=True, text=True, check=True)
    loaded, validators = map(set, json.loads(done.stdout))
    assert loaded >= NEEDED
    assert not loaded & SELDOM
    assert {each for each in loaded if each.startswith("bot.commands.")} == COMMANDS
    assert not validators
    assert all(find_spec(each) for each in SELDOM), "what is gone need not be named here"
