"""The registers as a spreadsheet: all that they say, no formula, and what is read back is what was written."""

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import people as staff
from handlers import register as flow
from handlers import trust
from handlers.packs import bundled
from handlers.rules.register import compare
from handlers.rules.registerfile import NAMES, Names, cells, parse, row
from handlers.rules.spreadsheet import FORMULA, Column, clean, read, write
from storage import audit, imports, people, register
from storage.database import Database, Unit
from storage.tables import Book, Entry, Person

AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
ACCOUNTS = (EXAMPLES / "accounts.csv").read_text("utf-8")
WORDS = st.text(max_size=60) | st.text(alphabet="'=+-@\t\r\n \"x;,＝", max_size=8)


def table(data: bytes) -> list[dict[str, str]]:
    """As a spreadsheet program has it before it reckons anything out."""
    assert data.startswith(codecs.BOM_UTF8)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_what_is_written_is_read_back_and_no_cell_is_a_formula(rows: list[tuple[str, str]]) -> None:
    data = write(("a", "b"), [{"a": one, "b": other} for one, other in rows])
    shown = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not [cell for line in shown for cell in line if cell.startswith(FORMULA)]
    meant = [{"a": clean(one), "b": clean(other)} for one, other in rows]
    if any(cell for each in meant for cell in each.values()):
        lines, problems = read(data, (Column("a"), Column("b")))
        assert problems == []
        assert [dict(line.cells) for line in lines] == [each for each in meant if any(each.values())]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("@OakfieldHigh", "'@OakfieldHigh"), ("=1+1", "'=1+1"), ("+44", "'+44"), ("-", "'-"), ("\t=x", "'=x"),
        ("\r=x", "'=x"), ("＝x", "'＝x"), ("'@oak", "''@oak"), ("'tis", "'tis"), ("a=b", "a=b"), ("", ""),
        ('=HYPERLINK("https://x.example","y")', '\'=HYPERLINK("https://x.example","y")'), ("two\nlines", "two lines"),
        ("a\x07b\x00", "ab"), ("\ud800x", "x"),
    ],
)  # fmt: skip
def test_how_a_cell_is_written(text: str, cell: str) -> None:
    assert table(write(("a",), [{"a": text}]))[0]["a"] == cell


OWNERS = {
    1: Person(id=1, trust_id=1, name="Ö", email="a@b.org"), 2: Person(id=2, trust_id=1, name="=1", email="b@b.org"),
}  # fmt: skip
NAMED = Names({1: "Oakfield High", 2: "=Cmd"}, OWNERS)
ENTRIES = st.builds(
    Entry,
    trust_id=st.just(1), book=st.just(Book.ACCOUNT), platform=WORDS | st.sampled_from(["twitter", "facebook"]),
    name=WORDS, address=WORDS, school_id=st.sampled_from([None, 1, 2]), owner_id=st.sampled_from([1, 2]),
    deputy_id=st.sampled_from([None, 1, 2]), purpose=WORDS, audience=WORDS, settings=WORDS,
    credentials=WORDS | st.just("password: x"), website=WORDS, conditions=WORDS,
    facts=st.dictionaries(WORDS, WORDS, max_size=2), request_id=st.sampled_from([None, "r1"]), pending=st.booleans(),
    closed=st.booleans(), until=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    review_on=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)  # fmt: skip


def known_by(entry: Entry) -> tuple[str, str]:
    return clean(entry.platform), clean(entry.name)


@given(st.lists(ENTRIES, min_size=1, max_size=5, unique_by=known_by))
def test_accounts_of_whatever_words_are_imported_again_as_they_are(entries: list[Entry]) -> None:
    """Also where the owner has left, a text would be refused today, or two names differ in capitals only."""
    listed = [cells(entry, NAMED) for entry in entries]
    rows = [row(each, NAMED.schools_by_name) for each in listed]
    again = parse(write(NAMES, listed), NAMED.schools.values(), set(), listed)
    assert again == rows
    plan = compare(rows, again)
    assert plan.empty
    assert plan.missing == ()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with the example's staff and accounts, and an entry of every other register."""
    made = Database(url)
    made.run_now(fill)
    yield made
    made.close()


def fill(u: Unit) -> None:
    trust.add(u, bundled("lt2"), "", "Europe/London", AT)
    data = (EXAMPLES / "staff.csv").read_bytes()
    staff.apply(u, data, staff.plan(u, data))
    flow.apply(u, ACCOUNTS.encode(), flow.plan(u, ACCOUNTS.encode()))
    lund = next(each.id for each in imports.everybody(u) if each.name == "Mr Erik Lund")
    owned = {"owner_id": lund, "review_on": date(2027, 1, 31)}
    register.add(u, {**owned, "book": Book.SITE, "platform": "Padlet", "name": "Padlet", "facts": {"Ads": "no"}})
    register.add(u, {**owned, "book": Book.DEVICE, "name": "=cmd|' /C calc'!A0", "conditions": "Pictures only"})
    register.add(
        u, {**owned, "book": Book.PERMISSION, "kind": "spokesperson", "name": "Speaking", "until": date(2027, 7, 1)}
    )
    past = {"book": Book.ACCOUNT, "platform": "X", "name": "@past", "closed": True}
    register.add(u, {**owned, **past})


def enter(u: Unit) -> None:
    u.act_for(people.trusts(u)[0], AT)


def exported(database: Database, book: Book | None = None, closed: bool = False) -> bytes:
    def out(u: Unit) -> flow.Export:
        enter(u)
        return flow.export(u, book, closed)

    found = database.run_now(out)
    assert len(table(found.data)) == found.entries
    return found.data


def test_every_register_with_names_and_no_formula(database: Database) -> None:
    rows = table(exported(database))
    assert [each["register"] for each in rows] == ["account"] * 4 + ["device", "permission", "site"]
    assert list(rows[0]) == list(NAMES)
    oak, *_, device, permission, site = rows
    assert (oak["platform"], oak["name"], oak["school"]) == ("Facebook", "Oakfield High School", "Oakfield High")
    assert (oak["owner name"], oak["owner"]) == ("Mr Erik Lund", "e.lund@riverside-trust.example.org")
    assert (oak["deputy name"], oak["deputy"]) == ("Ms Ngozi Okafor", "n.okafor@riverside-trust.example.org")
    assert (oak["review date"], oak["state"], oak["until"]) == ("30/09/2027", "open", "")
    assert (device["name"], device["conditions"]) == ("'=cmd|' /C calc'!A0", "Pictures only")
    assert (permission["kind"], permission["until"], site["facts"]) == ("spokesperson", "01/07/2027", "Ads: no")
    assert rows[3]["name"] == "'@OakfieldHigh"


def test_one_register_and_what_is_closed(database: Database) -> None:
    assert [each["name"] for each in table(exported(database, Book.SITE))] == ["Padlet"]
    everything = table(exported(database, closed=True))
    assert [each["name"] for each in everything if each["state"] == "closed"] == ["'@past"]
    assert len(everything) == 8


@pytest.mark.parametrize("closed", [False, True])
def test_an_export_of_accounts_is_imported_again_unchanged(database: Database, closed: bool) -> None:
    data = exported(database, Book.ACCOUNT, closed)

    def plan(u: Unit) -> tuple[bool, int, int]:
        enter(u)
        found = flow.plan(u, data)
        return found.empty, found.same, len(found.missing)

    assert database.run_now(plan) == (True, 5 if closed else 4, 0)


def test_an_export_is_on_the_record_without_names(database: Database) -> None:
    exported(database, Book.ACCOUNT)
    exported(database, closed=True)

    def record(u: Unit) -> tuple[int | None, list[object]]:
        enter(u)
        rows = u.all(audit.CHAIN, audit.Audit)
        return audit.verify(u), [each.detail for each in rows if each.verb == "register_export"]

    assert database.run_now(record) == (
        None,
        [{"book": "account", "entries": 4, "closed": False}, {"book": "every", "entries": 8, "closed": True}],
    )


def test_an_empty_register_is_a_heading(database: Database) -> None:
    def none(u: Unit) -> bytes:
        u.act_for(people.trusts(u)[0], AT)
        for each in register.every(u):
            register.change(u, each, closed=True)
        return flow.export(u, None, False).data

    assert database.run_now(none) == codecs.BOM_UTF8 + (",".join(f'"{name}"' for name in NAMES) + "\r\n").encode()
