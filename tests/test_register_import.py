"""The register's file: what is read, what is refused and why, and what an import changes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import people as staff
from handlers import register as flow
from handlers import trust
from handlers.rules.register import Entry, compare, parse
from handlers.rules.spreadsheet import BadFile
from storage import audit, people, register, schema
from storage.database import Database, Stale, Unit
from tests.postgres import Server, fresh_database, postgres_server

HEAD = "platform,name,address,school,owner\n"
SCHOOLS = ("Oakfield High", "Oakfield Primary")
SERVING = ("e.lund@b.org", "l.costa@b.org")
AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def read(text: str) -> list[Entry]:
    return parse(text.encode(), SCHOOLS, SERVING)


def refused(text: str) -> list[str]:
    with pytest.raises(BadFile) as bad:
        read(text)
    return [f"{each.line}: {each.reason}" for each in bad.value.problems]


def test_a_whole_row() -> None:
    row = "facebook,Oakfield High School,www.facebook.com/oakfield,oakfield high,E.Lund@b.org\n"
    address = "https://www.facebook.com/oakfield"
    assert read(HEAD + row) == [Entry("Facebook", "Oakfield High School", address, "Oakfield High", "e.lund@b.org")]


@pytest.mark.parametrize(
    "heading",
    ["platform,name,school,owner", "Platform;Account name;School or trust;Owner's e-mail", "SITE,PAGE,ACADEMY,E-MAIL"],
)
def test_headings_people_write(heading: str) -> None:
    row = "X,@oak,trust,e.lund@b.org".replace(",", ";" if ";" in heading else ",")
    assert read(f"{heading}\n{row}\n") == [Entry("X", "@oak", "", None, "e.lund@b.org")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("twitter", "X"),
        ("x (Twitter)", "X"),
        ("TIKTOK", "TikTok"),
        ("Newsletter", "Newsletter"),
        ("youtube", "YouTube"),
    ],
)
def test_platforms_are_spelt_one_way(written: str, kept: str) -> None:
    assert read(f"{HEAD}{written},A,,trust,e.lund@b.org\n")[0].platform == kept


BAD_ROWS = {
    "no platform": (",A,,trust,e.lund@b.org", "the platform is missing"),
    "no name": ("X,,,trust,e.lund@b.org", "the name is missing"),
    "no owner": ("X,A,,trust,", "the owner is missing"),
    "unknown owner": ("X,A,,trust,z@b.org", "the owner z@b.org is not on the staff list today"),
    "owner by name": ("X,A,,trust,Erik Lund", "the owner erik lund is not on the staff list today"),
    "unknown school": ("X,A,,Oakfeild,e.lund@b.org", "there is no school called “Oakfeild”"),
    "script address": ("X,A,javascript:alert(1),trust,e.lund@b.org", "is not a web address"),
    "file address": ("X,A,file:///etc/passwd,trust,e.lund@b.org", "is not a web address"),
    "address with a password": ("X,A,https://u:p@x.com/a,trust,e.lund@b.org", "is not a web address"),
    "address with a space": ("X,A,https://x.com/a b,trust,e.lund@b.org", "is not a web address"),
    "address with markup": ("X,A,https://x.com/<b>,trust,e.lund@b.org", "is not a web address"),
    "broken address": ("X,A,https://[::1,trust,e.lund@b.org", "is not a web address"),
    "no host": ("X,A,https://,trust,e.lund@b.org", "is not a web address"),
    "one word": ("X,A,oakfield,trust,e.lund@b.org", "is not a web address"),
    "a port": ("X,A,https://x.com:99999/,trust,e.lund@b.org", "is not a web address"),
    "long name": (f"X,{'A' * 101},,trust,e.lund@b.org", "the name has over 100 characters"),
    "long platform": (f"{'X' * 41},A,,trust,e.lund@b.org", "the platform has over 40 characters"),
    "long address": (f"X,A,https://x.com/{'a' * 500},trust,e.lund@b.org", "the address has over 500 characters"),
    "too many cells": ("X,A,,trust,e.lund@b.org,x", "more cells than columns"),
    "control character": ("X,A\x1b[2J,,trust,e.lund@b.org", "invisible control character"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named_with_its_line_and_the_reason(case: str) -> None:
    row, reason = BAD_ROWS[case]
    [problem] = refused(f"{HEAD}{row}\n")
    assert problem.startswith("2: ")
    assert reason in problem


def test_the_same_account_twice() -> None:
    rows = "X,@Oak,,trust,e.lund@b.org\nTwitter,@oak,,trust,e.lund@b.org\nFacebook,@oak,,trust,e.lund@b.org\n"
    assert refused(HEAD + rows) == ["3: X “@oak” is on line 2 already"]


def test_every_problem_at_once() -> None:
    assert [each.split(":")[0] for each in refused(f"{HEAD},,,nowhere,\nX,A,x,trust,z\n")] == ["2"] * 4 + ["3"] * 2


@given(st.binary(max_size=300))
def test_no_file_whatever_breaks_it(data: bytes) -> None:
    with pytest.raises(BadFile):
        parse(data, SCHOOLS, SERVING)


@given(st.lists(st.lists(st.text(max_size=20), min_size=5, max_size=5), min_size=1, max_size=4))
def test_no_rows_whatever_break_it(rows: list[list[str]]) -> None:
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    with pytest.raises(BadFile):
        parse((HEAD + quoted).encode("utf-8", "replace"), SCHOOLS, SERVING)


def test_what_is_compared() -> None:
    kept, closed = Entry("X", "@Oak", "", None, "e@b.org"), Entry("X", "@old", "", None, "e@b.org", closed=True)
    gone, new = Entry("X", "@gone", "", None, "e@b.org"), Entry("TikTok", "@new", "", None, "e@b.org")
    filed = [Entry("X", "@OAK", "", None, "e@b.org"), Entry("X", "@old", "", None, "e@b.org"), new]
    plan = compare([kept, closed, gone], filed)
    assert (plan.new, plan.missing, plan.same) == ((new,), (gone,), 1)
    assert [each.after.name for each in plan.changed] == ["@old"]
    assert compare([kept, closed], filed[:1]).empty


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with the example's staff."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'c.db'}")
        schema.upgrade(made.engine)
    else:
        made = Database(fresh_database(request.getfixturevalue("server")))

    def fill(u: Unit) -> None:
        trust.add(u, "lt2", "", "Europe/London", AT)
        data = (EXAMPLES / "staff.csv").read_bytes()
        staff.apply(u, data, staff.plan(u, data))

    made.run_now(fill)
    yield made
    made.close()


def enter(u: Unit) -> None:
    u.act_for(people.trusts(u)[0], AT)


def into(u: Unit, text: str, remove_missing: bool = False) -> None:
    enter(u)
    flow.apply(u, text.encode(), flow.plan(u, text.encode()), remove_missing)


def opened(u: Unit) -> dict[str, tuple[str | None, str]]:
    enter(u)
    schools, accounts = people.schools(u), register.accounts(u)
    owners = people.people(u, {each.owner_id for each in accounts})
    return {
        f"{each.platform} {each.name}": (
            schools[each.school_id].name if each.school_id else None, owners[each.owner_id].name
        )
        for each in accounts
    }  # fmt: skip


EXAMPLE = (EXAMPLES / "accounts.csv").read_text("utf-8")
LUND, COSTA = "e.lund@riverside-trust.example.org", "l.costa@riverside-trust.example.org"


def test_the_example_in_the_docs_and_the_next_one(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    accounts = database.run_now(opened)
    assert len(accounts) == len(EXAMPLE.strip().splitlines()) - 1
    assert accounts["Facebook Oakfield High School"] == ("Oakfield High", "Mr Erik Lund")
    assert accounts["LinkedIn Riverside Trust"] == (None, "Mr Theo Banks")
    later = EXAMPLE.replace(LUND, COSTA)
    database.run_now(lambda u: into(u, later))
    assert database.run_now(opened)["Facebook Oakfield High School"] == ("Oakfield High", "Ms Lucia Costa")

    def again(u: Unit) -> bool:
        enter(u)
        return flow.plan(u, later.encode()).empty

    assert database.run_now(again)


def test_no_account_missing_is_closed_unless_told_and_it_opens_again(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))
    fewer = "".join(line for line in EXAMPLE.splitlines(keepends=True) if "LinkedIn" not in line)
    database.run_now(lambda u: into(u, fewer))
    assert "LinkedIn Riverside Trust" in database.run_now(opened)
    database.run_now(lambda u: into(u, fewer, remove_missing=True))
    assert "LinkedIn Riverside Trust" not in database.run_now(opened)
    database.run_now(lambda u: into(u, EXAMPLE))
    assert "LinkedIn Riverside Trust" in database.run_now(opened)


def test_a_bad_row_imports_nothing(database: Database) -> None:
    with pytest.raises(BadFile):
        database.run_now(lambda u: into(u, EXAMPLE + "X,A,,trust,gone@b.org\n"))
    assert database.run_now(opened) == {}


def test_the_register_changed_after_it_was_shown(database: Database) -> None:
    def late(u: Unit) -> None:
        enter(u)
        shown = flow.plan(u, EXAMPLE.encode())
        flow.apply(u, EXAMPLE.encode(), shown)
        flow.apply(u, EXAMPLE.encode(), shown)

    with pytest.raises(Stale):
        database.run_now(late)
    assert database.run_now(opened) == {}


def test_it_is_on_the_record(database: Database) -> None:
    database.run_now(lambda u: into(u, EXAMPLE))

    def record(u: Unit) -> tuple[int | None, str, object]:
        enter(u)
        last = u.all(audit.CHAIN, audit.Audit)[-1]
        return audit.verify(u), last.verb, last.detail

    assert database.run_now(record) == (None, "register_import", {"new": 4, "changed": 0, "closed": 0})
