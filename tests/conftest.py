"""What every test can have: a database of either engine, and the whole bot on each platform."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from bot import logs
from storage import schema
from storage.database import Database
from storage.tables import Platform
from tests.chat import Chat
from tests.postgres import Server, lent_database, postgres_server
from tests.shell import Shell
from tests.world import World, opened

# How long an example takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile("canipost", deadline=None)
hypothesis.settings.load_profile("canipost")


@pytest.fixture(scope="session", autouse=True)
def logged() -> None:
    """Logs as they are in service; the pretty ones read source files while the loop waits."""
    logs.set_up()


@pytest.fixture(scope="session", autouse=True)
def steady() -> None:
    """The collector looks at what the tests make, and seldom: not at all that was loaded, at every thousand objects."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()  # bot.__main__ puts it off until it serves


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL, started once."""
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty, migrated SQLite file."""
    path = tmp_path_factory.mktemp("blank") / "blank.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database.engine)
    database.close()
    return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, blank: bytes) -> Iterator[str]:
    """The address of an empty, migrated database: each test runs on both engines."""
    if request.param == "postgresql":
        with lent_database(request.getfixturevalue("server")) as address:
            yield address
        return
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    yield f"sqlite:///{path}"


@pytest.fixture(params=list(Platform))
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """The whole bot, on each platform in turn."""
    async with asyncio.timeout(60), opened(tmp_path, url, request.param) as standing:
        yield standing


@pytest.fixture
def chat(world: World) -> Chat:
    """The people in front of it."""
    return world.chat


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A folder with its own database, and the command in it."""
    return Shell(tmp_path, monkeypatch, capsys)
