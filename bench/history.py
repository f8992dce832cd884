"""Years of a trust: a few requests that went through the real flows, told again by the thousand with SQL alone.

What nobody has to wait for is so the same as what the bot would have written: wordings, asks, decisions, the record,
notices sent and where their copies lie, publications, work and what came into the registers.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlmodel import SQLModel

from storage.request import LETTERS

APART = 32
"""So many numbers each copy has for its messages, its notices and its links in the record."""
OF_REQUEST = ("request", "revision", "ask", "decision", "publication", "entry", "task", "message", "outbox", "audit")
"""What is told again of each."""
SUBJECT = {"request": "id", "message": "subject_id", "outbox": "subject_id", "audit": "subject_id"}
"""The column with the request's id, where that is not `request_id`."""
POINTED_AT = {"entry": "entry_id", "message": "message_id"}
"""Tables whose rows others point at, and how."""
PEOPLE = {"asker_id", "editor_id", "by_id", "decider_id", "answered_by", "person_id", "actor_id", "owner_id", "done_by"}
TIMES = {"created_at", "submitted_at", "decided_at", "at", "since", "live_at", "done_at", "due_at"}
YEARS, RECENT = timedelta(days=8 * 365), timedelta(days=20)
INDEXES = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    "postgresql": """SELECT 'INDEX', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
}
UNGUARDED = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-800000",
               "PRAGMA temp_store=MEMORY", "BEGIN IMMEDIATE"),
    "postgresql": ("SET session_replication_role = replica", "SET work_mem = '512MB'",
                   "SET maintenance_work_mem = '512MB'", "BEGIN"),
}
"""What is copied was checked once: to check it again costs half of the time."""
SETTLED = {"sqlite": ("PRAGMA wal_checkpoint(TRUNCATE)",), "postgresql": ("VACUUM ANALYZE",)}
"""PostgreSQL looks through its tables by itself. On SQLite nobody does, and its plans depend on the schema alone."""
Link = Any


@dataclass(frozen=True)
class Example:
    """A request that went through the flows, and how many of the copies go this way, of one."""

    id: str
    share: float


@dataclass(frozen=True)
class Cast:
    """Who asked and decided in the examples; in the copies, each of `others` does: asker, head, school, how often."""

    asker: int
    head: int
    others: Sequence[tuple[int, int, int, float]]


def tell(engine: Engine, trust: int, examples: Sequence[Example], cast: Cast, number: int) -> None:
    """Write so many requests more, from years ago until lately."""
    kind = engine.dialect.name
    with _link(engine) as link:
        for statement in UNGUARDED[kind]:
            link.execute(statement)
        later = link.execute(INDEXES[kind]).fetchall()
        for what, name, _ in later:
            link.execute(f"DROP {what} {name}")
        _lay_out(link, examples, cast, number)
        for name in OF_REQUEST:
            _examples(link, name)
        for name in OF_REQUEST:
            _again(link, name, cast)
        _pictures(link, trust, cast)
        for _, _, made in later:
            link.execute(made)
        for statement in _forth(kind, trust):
            link.execute(statement)
        link.execute("COMMIT")
        for statement in SETTLED[kind]:
            link.execute(statement)


@contextmanager
def _link(engine: Engine) -> Iterator[Link]:
    """The driver's own connection, each statement by itself."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as link:
            yield link
    else:
        url = engine.url.set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(url, autocommit=True) as link:
            yield link


def _lay_out(link: Link, examples: Sequence[Example], cast: Cast, number: int) -> None:
    """A table of what is to be told: which id each copy has, after which example, about whom, and when."""
    chance, now = Random(number), datetime.now(UTC)
    ids: set[str] = set()
    while len(ids) < number:
        ids.add("".join(chance.choices(LETTERS, k=8)))
    olds = chance.choices([e.id for e in examples], [e.share for e in examples], k=number)
    who = chance.choices(cast.others, [each[3] for each in cast.others], k=number)
    link.execute("CREATE TEMPORARY TABLE copy (n INTEGER PRIMARY KEY, new TEXT, old TEXT, asker INTEGER, head INTEGER,"
                 " school INTEGER, at " + ("TEXT" if isinstance(link, sqlite3.Connection) else "TIMESTAMPTZ") + ")")
    rows = (
        (n, new, old, asker, head, school,
         (now - RECENT - chance.random() * YEARS).strftime("%Y-%m-%d %H:%M:%S.%f"))
        for n, (new, old, (asker, head, school, _)) in enumerate(zip(sorted(ids), olds, who, strict=True))
    )
    if isinstance(link, sqlite3.Connection):
        link.executemany("INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        return
    with link.cursor().copy("COPY copy FROM STDIN") as into:
        for row in rows:
            into.write_row((*row[:6], f"{row[6]}+00"))


def _examples(link: Link, name: str) -> None:
    """The examples' rows of a table, each with its place among those of its request, and where copies' numbers begin.

    They are set down before anything is copied.
    """
    subject, key = SUBJECT.get(name, "request_id"), "number" if name == "ask" else "id"
    last = {"request": "0", "ask": "0", "audit": "max(id) + max(seq)"}.get(name, "max(id)")
    point = f"(SELECT {last} FROM {name} LIMIT 1)"
    link.execute(
        f"CREATE TEMPORARY TABLE seed_{name} AS SELECT x.*, {subject} AS told, {point} AS base,"
        f" row_number() OVER (PARTITION BY {subject} ORDER BY {key}) AS place"
        f" FROM {name} x WHERE {subject} IN (SELECT old FROM copy)"
    )
    link.execute(f"CREATE INDEX temp_{name} ON seed_{name} (told)")


def _again(link: Link, name: str, cast: Cast) -> None:
    """Every copy's rows of one table."""
    table = SQLModel.metadata.tables[name]
    made = {column.name: _cell(name, column.name, cast) for column in table.c}
    if name in ("revision", "decision", "publication", "task"):
        del made["id"]
    joins = "".join(
        f" LEFT JOIN seed_{other} p_{other} ON p_{other}.id = s.{column}"
        for other, column in POINTED_AT.items() if column in made
    )
    link.execute(
        f"INSERT INTO {name} ({', '.join(made)}) SELECT {', '.join(made.values())}"
        f" FROM copy c CROSS JOIN seed_{name} s{joins} WHERE s.told = c.old ORDER BY c.n"
    )


def _cell(table: str, column: str, cast: Cast) -> str:
    """What a copy has where its example has `s.column`."""
    if column == SUBJECT.get(table, "request_id"):
        return "c.new"
    if (table, column) == ("audit", "seq"):
        return f"s.base + c.n * {APART} + s.place"
    if (table, column) in (("message", "ref"), ("entry", "name")):
        return f"s.{column} || c.new"
    if (table, column) == ("entry", "closed"):
        return "c.n % 100 > 0"
    if (table, column) == ("outbox", "state"):
        return "CASE s.state WHEN 'waiting' THEN 'needless' ELSE s.state END"
    if column == "id":
        return f"s.base + c.n * {APART} + s.place"
    for other, pointer in POINTED_AT.items():
        if column == pointer:
            return f"p_{other}.base + c.n * {APART} + p_{other}.place"
    if column == "school_id":
        return "CASE WHEN s.school_id IS NOT NULL THEN c.school END"
    if column in PEOPLE:
        return f"CASE s.{column} WHEN {cast.asker} THEN c.asker WHEN {cast.head} THEN c.head ELSE s.{column} END"
    if column in TIMES:
        return f"CASE WHEN s.{column} IS NOT NULL THEN c.at END"
    return f"s.{column}"


def _pictures(link: Link, trust: int, cast: Cast) -> None:
    """One request of two had a picture, which Slack has too; and keys of what came in lately."""
    digest, thumb = "c.new || '{}'".format("0" * 56), "c.new || '{}'".format("1" * 56)
    half = "FROM copy c WHERE c.n % 2 = 0 ORDER BY c.n"
    link.execute(
        "INSERT INTO file (trust_id, digest, thumb, media_type, size, width, height, by_id, at)"
        f" SELECT {trust}, {digest}, {thumb}, 'image/png', 90000, 1600, 900, c.asker, c.at {half}")
    link.execute(
        "INSERT INTO upload (platform, team, digest, external_id, spare)"
        f" SELECT 'slack', 'T', {digest}, 'F' || c.new, false {half}")
    link.execute("INSERT INTO inbox (key, at) SELECT 'slack:' || c.new, c.at FROM copy c WHERE c.n % 100 = 0")


def _forth(kind: str, trust: int) -> Iterator[str]:
    """Where the record and the numbers go on."""
    yield (f"UPDATE audithead SET seq = (SELECT max(seq) FROM audit WHERE trust_id = {trust})"
           f" WHERE trust_id = {trust}")
    if kind == "postgresql":
        for name in ("entry", "message", "outbox", "audit"):
            yield f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
