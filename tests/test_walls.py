"""The walls between the rooms, seen in the syntax tree: who imports whom, and what only one room may touch."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "cards", "handlers", "manifest", "policies", "storage")

OURS = {
    "bot": {"bot", "handlers", "cards", "storage"},
    "handlers": {"handlers", "cards", "storage"},
    "handlers/rules": {"handlers.rules", "cards.action", "storage.tables"},
    "cards": {"cards", "storage.tables"},
    "storage": {"storage"},
    "policies": set(),
    "manifest": set(),
}
"""What of ours each room may import."""
THEIRS = {
    "slack_bolt": r"bot/slack\w*\.py|cards/slack\w*\.py",
    "slack_sdk": r"bot/slack\w*\.py|cards/slack\w*\.py",
    "botbuilder": r"bot/teams\w*\.py",
    "botframework": r"bot/teams\w*\.py",
    "aiohttp": r"bot/.*",
    "yarl": r"bot/.*",
    "apscheduler": r"bot/.*",
    "typer": r"bot/(__main__|commands/\w+)\.py",
    "pydantic_settings": r"bot/settings\.py",
    "sqlalchemy": r"storage/.*",
    "sqlmodel": r"storage/.*",
    "alembic": r"storage/.*",
    "psycopg": r"storage/.*",
    "socket": r"bot/.*",
    "requests": r"-",
    "urllib.request": r"-",
    "http.client": r"-",
    "unittest": r"-",
}
"""Whose library it is: the files that may import it."""
SPEAKING_OF_SQL = {"sqlalchemy.engine.make_url", "sqlalchemy.exc"}
"""What bot/ may know of the database: how its address is written, and that it does not answer."""
IMPURE = {
    "asyncio",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
CLOCK = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime", "sleep"},
}
ENVIRONMENT = {"environ", "environb", "getenv", "putenv"}
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)\s|DROP\s|PRAGMA\s)"
)


def of_rooms() -> list[Path]:
    return sorted(
        file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "versions" not in file.relative_to(ROOT).parts
    )


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import by its full name, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{each.name}") for each in node.names)


def within(name: str, allowed: set[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed)


def breaches(place: str, source: str) -> Iterator[str]:
    """Every wall that a file at `place` goes through."""
    tree = ast.parse(source)
    room = "handlers/rules" if place.startswith("handlers/rules/") else place.split("/", maxsplit=1)[0]
    for line, name in imports(tree):
        top = name.split(".")[0]
        if name.startswith("."):
            yield f"{place}:{line} imports {name} by a relative name"
        elif top in ROOMS and not within(name, OURS[room]):
            yield f"{place}:{line} imports {name}, but {room} may only import {sorted(OURS[room])}"
        elif room == "handlers/rules" and top in IMPURE:
            yield f"{place}:{line} imports {name}, but rules are pure"
        elif not (room == "bot" and within(name, SPEAKING_OF_SQL)):
            for library, where in THEIRS.items():
                if within(name, {library}) and not re.fullmatch(where, place):
                    yield f"{place}:{line} imports {name}, which belongs to {where}"
    for node in ast.walk(tree):
        yield from (f"{place}:{getattr(node, 'lineno', 0)} {what}" for what in touches(node, place, room))


def touches(node: ast.AST, place: str, room: str) -> Iterator[str]:
    """The environment, the clock, SQL or a file, where they are not to be touched."""
    if isinstance(node, ast.ImportFrom) and node.module == "os" and ENVIRONMENT & {each.name for each in node.names}:
        yield "imports the environment"
    if isinstance(node, ast.ImportFrom) and node.module == "time" and room != "bot":
        yield "imports the clock"
    if isinstance(node, ast.Attribute):
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if owner == "os" and node.attr in ENVIRONMENT and place != "bot/settings.py":
            yield f"reads os.{node.attr}: only bot/settings.py does"
        if room != "bot" and node.attr in CLOCK.get(owner, set()):
            yield f"looks at the clock ({owner}.{node.attr}): time arrives as Event.at"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and room != "storage" and SQL.match(node.value):
        yield "speaks SQL: storage/ does"
    if room == "handlers/rules":
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            yield "awaits, but rules are pure"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"open", "input", "print"}:
            yield "opens or prints, but rules are pure"


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def unannotated(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    every += [each for each in (function.args.vararg, function.args.kwarg) if each]
    missing = [each.arg for each in every if each.annotation is None and each.arg not in {"self", "cls"}]
    return missing + ([] if function.returns else ["return"])


def test_nobody_goes_through_a_wall() -> None:
    files = of_rooms()
    seen = sum(len(list(imports(ast.parse(file.read_text("utf-8"))))) for file in files)
    found = [each for file in files for each in breaches(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))]
    assert found == []
    assert len(files) > 50
    assert seen > 400, "the test has lost sight of the rooms"
    assert {file.relative_to(ROOT).parts[0] for file in files} == set(ROOMS)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("storage/post.py", "from handlers import post"),
        ("storage/post.py", "import cards.card"),
        ("cards/post.py", "from storage.people import viewer"),
        ("cards/post.py", "from storage import people"),
        ("cards/post.py", "from handlers.event import Event"),
        ("handlers/post.py", "from bot.sender import Sender"),
        ("handlers/post.py", "def f():\n    import bot.delivery"),
        ("handlers/rules/post.py", "from storage.database import Unit"),
        ("handlers/rules/post.py", "from storage import tables, people"),
        ("handlers/rules/post.py", "from handlers.event import Event"),
        ("handlers/rules/post.py", "from cards.post import waiting"),
        ("handlers/rules/post.py", "import random"),
        ("handlers/rules/post.py", "async def f(): pass"),
        ("handlers/rules/post.py", "open('x')"),
        ("bot/delivery.py", "from slack_sdk import WebClient"),
        ("bot/app.py", "import slack_bolt.async_app"),
        ("bot/slack.py", "from botbuilder.core import TurnContext"),
        ("cards/teams.py", "import botbuilder.schema"),
        ("handlers/post.py", "import aiohttp"),
        ("storage/post.py", "from apscheduler.schedulers.asyncio import AsyncIOScheduler"),
        ("handlers/post.py", "from sqlalchemy import select"),
        ("bot/app.py", "from sqlmodel import Session"),
        ("bot/app.py", "from sqlalchemy import text"),
        ("bot/app.py", "import urllib.request"),
        ("bot/app.py", "import os\nos.environ['X']"),
        ("bot/app.py", "from os import getenv"),
        ("handlers/post.py", "import os\nos.getenv('X')"),
        ("handlers/post.py", "from datetime import datetime\ndatetime.now()"),
        ("handlers/rules/post.py", "import datetime\ndatetime.date.today()"),
        ("storage/post.py", "import time\ntime.time()"),
        ("cards/post.py", "from time import time"),
        ("handlers/post.py", "x = 'SELECT * FROM person'"),
        ("cards/post.py", "from . import card"),
        ("bot/app.py", "from unittest.mock import patch"),
    ],
)
def test_the_walls_hold(place: str, source: str) -> None:
    assert list(breaches(place, source))


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("bot/settings.py", "import os\nfrom sqlalchemy.engine import make_url\nos.environ['X']"),
        ("bot/slack_event.py", "import slack_bolt\nimport aiohttp"),
        ("bot/teams.py", "from botbuilder.core import BotAdapter"),
        ("bot/jobs.py", "from datetime import datetime\ndatetime.now()"),
        ("handlers/rules/post.py", "from storage.tables import Person\nfrom cards.action import Verb"),
        ("storage/post.py", "from sqlalchemy import text\ntext('SELECT 1')"),
        ("handlers/post.py", "x = 'Select one of these'\nu.today"),
    ],
)
def test_the_doors_in_the_walls_are_open(place: str, source: str) -> None:
    assert list(breaches(place, source)) == []


def test_every_function_is_annotated() -> None:
    every = [(file, each) for file in of_rooms() for each in functions(ast.parse(file.read_text("utf-8")))]
    assert len(every) > 300
    bare = [
        f"{file.relative_to(ROOT)}:{each.lineno} {each.name}: {unannotated(each)}"
        for file, each in every
        if unannotated(each)
    ]
    assert bare == []


def test_functions_and_files_are_short() -> None:
    """Median at most 8 lines, nine of ten at most 25, none over 50; files 400, nine of ten at most 250."""
    files = {file: file.read_text("utf-8") for file in of_rooms()}
    lengths = {
        f"{file.relative_to(ROOT)}:{each.lineno} {each.name}": length(each)
        for file, source in files.items()
        for each in functions(ast.parse(source))
    }
    lines = {str(file.relative_to(ROOT)): source.count("\n") for file, source in files.items()}
    assert {name: count for name, count in lengths.items() if count > 50} == {}
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert statistics.median(lengths.values()) <= 8
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 25
    assert statistics.quantiles(lines.values(), n=10)[-1] <= 250


def test_no_test_module_is_empty() -> None:
    modules = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(modules) > 10
    empty = [
        str(file.relative_to(ROOT))
        for file in modules
        if not any(each.name.startswith("test_") for each in functions(ast.parse(file.read_text("utf-8"))))
        and "TestCase" not in file.read_text("utf-8")
    ]
    assert empty == []


def test_no_test_stands_where_pytest_does_not_look() -> None:
    strays = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "tests").rglob("*.py")
        if not file.name.startswith("test_")
        and any(each.name.startswith("test_") for each in functions(ast.parse(file.read_text("utf-8"))))
    ]
    assert strays == []


def test_no_folder_of_the_tests_is_empty() -> None:
    """A test that globs a folder that moved would stay green."""
    folders = [each for each in (ROOT / "tests").rglob("*") if each.is_dir() and each.name != "__pycache__"]
    assert folders
    empty = [
        str(each.relative_to(ROOT))
        for each in folders
        if not any(file.stat().st_size for file in each.iterdir() if file.is_file())
    ]
    assert empty == []


def test_nothing_is_mocked() -> None:
    """Real servers on loopback stand in for Slack and Teams; see tests/fakes."""
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    assert len(files) > 10
    mocked = [
        str(file.relative_to(ROOT))
        for file in files
        for _, name in imports(ast.parse(file.read_text("utf-8")))
        if within(name, {"unittest", "mock", "pytest_mock", "respx", "responses", "aioresponses"})
    ]
    assert mocked == []


def test_every_room_s_files_go_by_the_feature_s_word() -> None:
    """No place for things without a name."""
    nameless = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "base", "core"}
    assert [str(file.relative_to(ROOT)) for file in of_rooms() if file.stem in nameless] == []
