"""The staff list's file: what is read, what is refused and why, and what an import changes."""

import codecs
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import people as flow
from handlers import trust
from handlers.packs import bundled
from handlers.rules import packfile
from handlers.rules.people import Held, Staff, compare, parse
from handlers.rules.spreadsheet import MOST_BYTES, BadFile
from storage import audit, imports, people
from storage.database import Database, Stale, Unit

ROLES = packfile.read(bundled("lt2")).roles
HEAD = "name,e-mail,school,roles,first day,last day\n"
SCHOOL = "Oakfield High"
AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "staff.csv"


def read(text: str, schools: tuple[str, ...] = (), listed: Collection[Staff] = ()) -> list[Staff]:
    return parse(text.encode(), ROLES, schools, listed)


def refused(data: bytes | str, schools: tuple[str, ...] = (), listed: Collection[Staff] = ()) -> list[str]:
    with pytest.raises(BadFile) as bad:
        parse(data if isinstance(data, bytes) else data.encode(), ROLES, schools, listed)
    return [f"{each.line}: {each.reason}" for each in bad.value.problems]


def test_a_whole_row() -> None:
    roles = "Headteacher; deputy@Oakfield Primary|CEO"
    row = f"Asha Patel, Asha.Patel@Oakfield.Example.org ,Oakfield High,{roles},2026-09-01,31/08/2027\n"
    other = "Ben Reid,ben@oakfield.example.org,Oakfield Primary,,,\n"
    [asha, ben] = read(HEAD + row + other)
    held = {Held("headteacher", "Oakfield High"), Held("deputy", "Oakfield Primary"), Held("ceo", None)}
    assert asha == Staff(
        "Asha Patel",
        "asha.patel@oakfield.example.org",
        "Oakfield High",
        frozenset(held),
        date(2026, 9, 1),
        date(2027, 8, 31),
    )
    assert ben == Staff("Ben Reid", "ben@oakfield.example.org", "Oakfield Primary")


@pytest.mark.parametrize(
    "heading",
    ["name,e-mail,school", "Name,Email,School", "NAME,E-Mail Address,ACADEMY", "Full name,mail,site",
     " name , e_mail , school ", '"name","email","school"', "\n\nname,email,school", "name,email,school,,,"],
)  # fmt: skip
def test_headings_people_write(heading: str) -> None:
    assert read(f"{heading}\nA,a@b.org,Oakfield High\n") == [Staff("A", "a@b.org", SCHOOL)]


@pytest.mark.parametrize("order", ["school,name,email", "email,school,name"])
def test_columns_in_any_order(order: str) -> None:
    cells = {"name": "A", "email": "a@b.org", "school": SCHOOL}
    assert read(f"{order}\n{','.join(cells[name] for name in order.split(','))}\n") == [Staff("A", "a@b.org", SCHOOL)]


TEXT = "name;e-mail;school;roles\r\nZoë O’Brien;zoe@b.org;St Anne’s;headteacher\r\n"
ZOE = [Staff("Zoë O’Brien", "zoe@b.org", "St Anne’s", frozenset({Held("headteacher", "St Anne’s")}))]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.replace(";", "\t").encode("utf-16"),
        ("sep=;\r\n" + TEXT).encode("cp1252"),
        TEXT.replace(";", ",").replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        (TEXT + "\r\n;;;\r\n  ; ;;\r\n").encode(),
        TEXT.replace("ë", "e\u0308").encode(),
        TEXT.replace("Zoë O", "Zoë\u00a0 O").encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "cp1252",
        "utf-16",
        "utf-16 tabs",
        "sep",
        "commas",
        "old mac",
        "empty rows",
        "decomposed",
        "nbsp",
    ],
)
def test_encodings_and_separators_that_excel_writes(data: bytes) -> None:
    assert parse(data, ROLES, (), ()) == ZOE


@pytest.mark.parametrize("word", ["", "trust", "Trust", "central", "Central staff", "the trust"])
def test_central_staff(word: str) -> None:
    assert read(f"name,email,school,roles\nA,a@b.org,{word},CEO\n") == [
        Staff("A", "a@b.org", None, frozenset({Held("ceo", None)}))
    ]


@pytest.mark.parametrize(
    ("cell", "held"),
    [
        ("headteacher", {Held("headteacher", SCHOOL)}),
        ("Headteacher ; ", {Held("headteacher", SCHOOL)}),
        ("headteacher@oakfield high", {Held("headteacher", SCHOOL)}),
        ("headteacher @ Old School", {Held("headteacher", "Old School")}),
        ("it services manager", {Held("it_services", None)}),
        ("IT_Services", {Held("it_services", None)}),
        ("deputy headteacher|senior or middle leader", {Held("deputy", SCHOOL), Held("senior_leader", SCHOOL)}),
        ('"headteacher, ceo"', {Held("headteacher", SCHOOL), Held("ceo", None)}),
        ("ceo@trust", {Held("ceo", None)}),
        ("ceo;ceo", {Held("ceo", None)}),
    ],
)
def test_roles(cell: str, held: set[Held]) -> None:
    [row] = read(f"name,email,school,roles\nA,a@b.org,{SCHOOL},{cell}\n", ("Old School",))
    assert row.roles == held


@pytest.mark.parametrize("cell", ["2026-09-01", "01/09/2026", "1/9/2026", "2026-9-1"])
def test_days(cell: str) -> None:
    assert read(HEAD + f"A,a@b.org,S,,{cell},\n")[0].first_day == date(2026, 9, 1)


A = "A,a@b.org,Oakfield High,,,\n"
BAD_ROWS = {
    "no name": (",a@b.org,S,,,", "2: the name is missing"),
    "no e-mail": ("A,,S,,,", "2: the e-mail is missing"),
    "no at": ("A,a.b.org,S,,,", "is not an e-mail address"),
    "no dot": ("A,a@b,S,,,", "is not an e-mail address"),
    "two at": ("A,a@b@c.org,S,,,", "is not an e-mail address"),
    "space in it": ("A,a b@c.org,S,,,", "is not an e-mail address"),
    "two addresses": ('A,"a@b.org;c@d.org",S,,,', "is not an e-mail address"),
    "with its name": ("A,A <a@b.org>,S,,,", "is not an e-mail address"),
    "long e-mail": (f"A,{'a' * 65}@b.org,S,,,", "is not an e-mail address"),
    "unknown role": (
        "A,a@b.org,S,wizard,,",
        "I do not know the role “wizard”. The roles are administrator, ceo, chair",
    ),
    "role without school": ("A,a@b.org,,headteacher,,", "write at which: headteacher@Name of the school"),
    "role elsewhere": ("A,a@b.org,S,headteacher@Nowhere,,", "no row is of a school called “Nowhere”"),
    "at, but where": ("A,a@b.org,S,headteacher@,,", "no row is of a school called “”"),
    "trust-wide at a school": ("A,a@b.org,S,ceo@S,,", "ceo is a role for the whole trust; write it without “@S”"),
    "end before start": ("A,a@b.org,S,,2026-09-01,2026-08-31", "the last day is before the first day"),
    "american day": ("A,a@b.org,S,,09/31/2026,", "first day: there is no such day as “09/31/2026”"),
    "no such day": ("A,a@b.org,S,,,2026-02-30", "last day: there is no such day"),
    "two-digit year": ("A,a@b.org,S,,01/09/26,", "not a day that I can read"),
    "excel's number": ("A,a@b.org,S,,46266,", "not a day that I can read"),
    "words for a day": ("A,a@b.org,S,,September,", "not a day that I can read"),
    "year 0": ("A,a@b.org,S,,0000-01-01,", "there is no such day"),
    "year 999": ("A,a@b.org,S,,0999-01-01,", "not a day that I can read"),
    "other digits": ("A,a@b.org,S,,٢٠٢٦-٠٩-٠١,", "not a day that I can read"),
    "too many cells": ("A,a@b.org,S,headteacher,deputy,,,x", "more cells than columns"),
    "control character": ("A\x07,a@b.org,S,,,", "invisible control character"),
    "long name": (f"{'A' * 101},a@b.org,S,,,", "the name has more than 100 characters"),
    "long school": (f"A,a@b.org,{'S' * 101},,,", "the school has more than 100 characters"),
    "very long cell": (f"{'A' * 1001},a@b.org,S,,,", "a cell has more than 1,000 characters"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named_with_its_line_and_the_reason(case: str) -> None:
    row, reason = BAD_ROWS[case]
    [problem] = refused(HEAD + row + "\n")
    assert reason in problem
    assert problem.startswith("2: ")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "The file is empty"),
        (" \n\n", "The file is empty"),
        (HEAD, "no row below it"),
        ("name,school\nA,S\n", "1: The column “e-mail” is missing."),
        ("name,email,email,school\nA,a@b.org,a@b.org,S\n", "1: The column “e-mail” is there twice."),
        ("name,email,school,phone\nA,a@b.org,S,1\n", "1: I do not know the column “phone”"),
        ("A,a@b.org,S\n", "I do not know the column “A”"),
        (HEAD + '"A,a@b.org,S\n', "quotation marks"),
        (HEAD + '"A"x,a@b.org,S\n', "quotation marks"),
        (b"PK\x03\x04" + b"\0" * 100, "This is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "This is an Excel workbook"),
        (b"\xff\xfe\0", "not a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        (HEAD.encode() + b"A\0,a@b.org,S\n", "not a text file"),
        (b"\x81\x8d\x8f", "not a text file"),
        (b"a" * (MOST_BYTES + 1), "larger than 5 MB"),
        (HEAD.encode() + b"".join(b"A,a%d@b.org,S,,,\n" % n for n in range(20_001)), "more than 20,000 rows"),
    ],
)
def test_a_file_that_is_none(data: bytes | str, reason: str) -> None:
    assert any(reason in problem for problem in refused(data))


def test_the_same_person_twice() -> None:
    assert refused(HEAD + A + "\n" + A.replace("a@b", "A@B")) == [
        "4: a@b.org is on line 2 already; give every person one row"
    ]


def test_every_problem_is_named_at_its_line_even_after_a_cell_of_several_lines() -> None:
    problems = refused(HEAD + '"A\nB",a@b.org,S,,,\n,b@b.org,S,wizard,,\nC,c,S,,x,y\n')
    assert [problem.split(":")[0] for problem in problems] == ["4", "4", "5", "5", "5"]


MANAGED = "name,email,school,line manager\n"
CIRCLE = "A,a@b.org,S,b@b.org\nB,b@b.org,S,c@b.org\nC,c@b.org,S,a@b.org\n"


@pytest.mark.parametrize("heading", ["manager", "Line manager", "reports to", "Manager's e-mail"])
def test_a_manager_is_in_the_file_in_any_order_or_on_the_list(heading: str) -> None:
    rows = "A,a@b.org,S, B@b.org \nB,b@b.org,S,c@b.org\nD,d@b.org,S,\n"
    found = read(f"name,email,school,{heading}\n{rows}", listed=[Staff("C", "c@b.org", "S")])
    assert [each.manager for each in found] == ["b@b.org", "c@b.org", ""]


@pytest.mark.parametrize(
    ("rows", "listed", "problems"),
    [
        ("A,a@b.org,S,x@b.org\n", (), ["2: the manager x@b.org is not in this file or on the staff list"]),
        ("A,a@b.org,S,Mr Reid\n", (), ["2: the manager mr reid is not in this file or on the staff list"]),
        ("A,a@b.org,S,A@B.org\n", (), ["2: this is their own manager"]),
        ("A,a@b.org,S,b@b.org\nB,b@b.org,S,a@b.org\n", (), ["2: the line managers go", "3: the line managers go"]),
        (CIRCLE + "D,d@b.org,S,a@b.org\n", (), [f"{n}: the line managers go round in a circle" for n in (2, 3, 4)]),
        (
            "A,a@b.org,S,b@b.org\n",
            (Staff("B", "b@b.org", None, manager="a@b.org"),),
            ["2: the line managers go round in a circle: a@b.org → b@b.org → a@b.org"],
        ),
    ],
    ids=["unknown", "by name", "own", "of two", "of three", "through the list"],
)
def test_a_manager_that_cannot_be(rows: str, listed: tuple[Staff, ...], problems: list[str]) -> None:
    found = refused(MANAGED + rows, listed=listed)
    assert len(found) == len(problems)
    assert all(each.startswith(start) for each, start in zip(found, problems, strict=True)), found


def test_a_circle_is_undone_and_a_file_without_managers_leaves_them() -> None:
    listed = [Staff("A", "a@b.org", "S", manager="b@b.org"), Staff("B", "b@b.org", "S")]
    swapped = read(MANAGED + "A,a@b.org,S,\nB,b@b.org,S,a@b.org\n", listed=listed)
    assert [each.manager for each in swapped] == ["", "a@b.org"]
    assert read("name,email,school\nA,a@b.org,S\nB,b@b.org,S\n", listed=listed) == listed


def test_a_long_chain_of_managers_is_looked_through_at_once() -> None:
    rows = "".join(f"P,p{n}@b.org,S,p{n + 1}@b.org\n" for n in range(19_998))
    assert len(read(MANAGED + rows + "P,p19998@b.org,S,\n")) == 19_999
    assert len(refused(MANAGED + rows + "P,p19998@b.org,S,p0@b.org\n")) == 19_999


@given(st.lists(st.integers(-1, 7), min_size=1, max_size=8))
def test_managers_are_refused_exactly_where_somebody_would_manage_themselves(above: list[int]) -> None:
    def own(person: int) -> bool:
        one = person
        for _ in above:
            one = above[one] if 0 <= one < len(above) else -1
            if one == person:
                return True
        return False

    rows = "".join(
        f"P,p{n}@b.org,S,{f'p{boss}@b.org' if 0 <= boss < len(above) else ''}\n" for n, boss in enumerate(above)
    )
    wrong = [n + 2 for n in range(len(above)) if own(n)]
    if wrong:
        assert [int(each.split(":")[0]) for each in refused(MANAGED + rows)] == wrong
    else:
        assert len(read(MANAGED + rows)) == len(above)


@given(st.binary(max_size=300))
def test_no_file_whatever_breaks_it(data: bytes) -> None:
    try:
        parse(data, ROLES, (), ())
    except BadFile as error:
        assert error.problems


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=7), max_size=6))
def test_no_rows_whatever_break_it(rows: list[list[str]]) -> None:
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    try:
        staff = parse((HEAD + quoted).encode("utf-8", "replace"), ROLES, (), ())
    except BadFile as error:
        assert error.problems
    else:
        assert all("@" in each.email for each in staff)


def test_what_is_compared() -> None:
    today = date(2026, 11, 5)
    kept, left, gone = (
        Staff("K", "k@b.org", SCHOOL),
        Staff("L", "l@b.org", None, last_day=date(2026, 11, 4)),
        Staff("G", "g@b.org", None),
    )
    renamed, new = Staff("K2", "k@b.org", "New School"), Staff("N", "n@b.org", None)
    plan = compare([kept, left, gone], [renamed, new], [SCHOOL], today)
    assert (plan.schools, plan.new, plan.missing, plan.same) == (("New School",), (new,), (gone,), 0)
    assert [(each.before, each.after) for each in plan.changed] == [(kept, renamed)]
    assert compare([kept], [kept], [SCHOOL], today).empty


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with the trust that is imported into."""
    made = Database(url)
    made.run_now(lambda u: trust.add(u, bundled("lt2"), "", "Europe/London", AT))
    yield made
    made.close()


def into(u: Unit, text: str, remove_missing: bool = False) -> None:
    enter(u)
    flow.apply(u, text.encode(), flow.plan(u, text.encode()), remove_missing)


def enter(u: Unit) -> None:
    u.act_for(people.trusts(u)[0], AT)


def holders(database: Database, role: str, school: str | None) -> list[str]:
    def look(u: Unit) -> list[str]:
        enter(u)
        numbers = {each.name: number for number, each in people.schools(u).items()}
        return [person.name for person in people.holders(u, role, numbers[school] if school else None)]

    return database.run_now(look)


FIRST = HEAD + (
    "Asha Patel,asha@b.org,Oakfield High,headteacher,,\n"
    "Ben Reid,ben@b.org,Oakfield High,deputy;headteacher@Oakfield Primary,,\n"
    "Dina Amin,dina@b.org,trust,CEO,2020-01-01,\n"
    "Eve Old,eve@b.org,Oakfield Primary,,2020-01-01,2020-12-31\n"
)


def test_an_import_from_nothing_and_the_next_one(database: Database) -> None:
    database.run_now(lambda u: into(u, FIRST))
    assert holders(database, "headteacher", "Oakfield High") == ["Asha Patel"]
    assert holders(database, "headteacher", "Oakfield Primary") == ["Ben Reid"]
    assert holders(database, "ceo", None) == ["Dina Amin"]
    later = (
        FIRST.replace("Oakfield High,headteacher", "Oakfield High,")
        .replace("deputy;", "headteacher;")
        .replace("Dina Amin", "Dina A. Amin")
    )
    database.run_now(lambda u: into(u, later))
    assert holders(database, "headteacher", "Oakfield High") == ["Ben Reid"]
    assert holders(database, "deputy", "Oakfield High") == []
    assert holders(database, "ceo", None) == ["Dina A. Amin"]

    def again(u: Unit) -> bool:
        enter(u)
        return flow.plan(u, later.encode()).empty and not flow.plan(u, later.encode()).missing

    assert database.run_now(again)


def test_managers_are_set_whoever_comes_first_and_changed(database: Database) -> None:
    def managers(u: Unit) -> dict[str, str | None]:
        enter(u)
        names = {each.id: each.name for each in imports.everybody(u)}
        return {each.name: names.get(each.manager_id) for each in imports.everybody(u)}

    first = MANAGED + "A,a@b.org,S,b@b.org\nB,b@b.org,S,\n"
    database.run_now(lambda u: into(u, first))
    assert database.run_now(managers) == {"A": "B", "B": None}
    later = MANAGED + "A,a@b.org,S,\nB,b@b.org,S,c@b.org\nC,c@b.org,S,a@b.org\n"
    database.run_now(lambda u: into(u, later))
    assert database.run_now(managers) == {"A": None, "B": "C", "C": "A"}
    database.run_now(lambda u: into(u, "name,email,school\nA,a@b.org,S\nB2,b@b.org,S\n"))
    assert database.run_now(managers) == {"A": None, "B2": "C", "C": "A"}

    def again(u: Unit) -> bool:
        enter(u)
        return flow.plan(u, later.replace("\nB,", "\nB2,").encode()).empty

    assert database.run_now(again)


def test_nobody_missing_is_touched_unless_told(database: Database) -> None:
    database.run_now(lambda u: into(u, FIRST))
    without = "".join(line for line in FIRST.splitlines(keepends=True) if "asha" not in line)

    def missing(u: Unit) -> list[str]:
        enter(u)
        return [each.name for each in flow.plan(u, without.encode()).missing]

    assert database.run_now(missing) == ["Asha Patel"]
    database.run_now(lambda u: into(u, without))
    assert holders(database, "headteacher", "Oakfield High") == ["Asha Patel"]
    database.run_now(lambda u: into(u, without, remove_missing=True))
    assert holders(database, "headteacher", "Oakfield High") == []
    assert database.run_now(missing) == []
    database.run_now(lambda u: into(u, FIRST))
    assert holders(database, "headteacher", "Oakfield High") == ["Asha Patel"]


def test_a_bad_row_imports_nothing(database: Database) -> None:
    with pytest.raises(BadFile):
        database.run_now(lambda u: into(u, FIRST + "X,x,S,wizard,,\n"))
    assert database.run_now(count) == (0, 1)


def test_the_list_changed_after_it_was_shown(database: Database) -> None:
    def shown(u: Unit) -> object:
        enter(u)
        return flow.plan(u, FIRST.encode())

    def late(u: Unit) -> None:
        enter(u)
        flow.apply(u, FIRST.encode(), before)  # type: ignore[arg-type]

    before = database.run_now(shown)
    database.run_now(lambda u: into(u, HEAD + A))
    with pytest.raises(Stale):
        database.run_now(late)
    assert database.run_now(count) == (1, 2)


def test_it_is_on_the_record_with_counts_and_without_names(database: Database) -> None:
    database.run_now(lambda u: into(u, FIRST))

    def record(u: Unit) -> tuple[int | None, str]:
        enter(u)
        rows = u.all(audit.CHAIN, audit.Audit)
        return audit.verify(u), f"{rows[-1].verb} {rows[-1].detail}"

    broken, said = database.run_now(record)
    assert broken is None
    assert said.startswith("staff_import")
    assert "'new': 4" in said
    assert "Asha" not in said


def test_the_example_in_the_docs_is_imported_whole(database: Database) -> None:
    text = EXAMPLE.read_text("utf-8")
    database.run_now(lambda u: into(u, text))
    assert database.run_now(count)[0] == len(text.strip().splitlines()) - 1


def count(u: Unit) -> tuple[int, int]:
    """How many people, and how many entries on the record."""
    enter(u)
    return len(imports.everybody(u)), len(u.all(audit.CHAIN, audit.Audit))
