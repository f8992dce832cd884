"""The calendar's file: what is read, what is refused and why, what an import changes, and when people are at work."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers import hours, packs, terms, trust
from handlers.rules.hours import next_working
from handlers.rules.spreadsheet import BadFile
from handlers.rules.terms import Closed, compare, parse
from storage import audit, imports
from storage.database import Database, Stale, Unit
from tests.shell import Shell

TODAY, AT = date(2026, 11, 5), datetime(2026, 11, 5, 9, tzinfo=UTC)
HEAD = "school,from,to,what\n"
HIGH, PRIMARY = "Oakfield High", "Oakfield Primary"
EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "terms.csv"


def read(rows: str, head: str = HEAD) -> list[Closed]:
    return parse((head + rows).encode(), [HIGH, PRIMARY], TODAY)


def test_rows() -> None:
    rows = ",26/10/2026,30/10/2026,Half term\noakfield HIGH,2027-01-04,,INSET day\nTrust,28/12/2026,,Office\n"
    assert read(rows) == [
        Closed(date(2026, 10, 26), date(2026, 10, 30), "", "Half term"),
        Closed(date(2027, 1, 4), date(2027, 1, 4), HIGH, "INSET day"),
        Closed(date(2026, 12, 28), date(2026, 12, 28), "trust", "Office"),
    ]
    assert read("26/10/2026,Half term\n", "Start date;Holiday\n".replace(";", ","))[0].last_day == date(2026, 10, 26)


@pytest.mark.parametrize(("rows", "said"), [
    (",30/10/2026,26/10/2026,Half term\n", ["2: the last day is before the first day"]),
    ("Elsewhere,26/10/2026,,X\n",
     ["2: no school is called “Elsewhere”; leave it empty for every school, or write “trust”"]),
    (",26/10/2026,,\n,,,X\n", ["2: it does not say what it is, such as half term", "3: the first day is missing"]),
    (",31/02/2027,x,X\n", ["2: from: there is no such day as “31/02/2027”",
                           "2: to: “x” is not a day that I can read; write 2026-09-01 or 01/09/2026"]),
    (",26/10/2062,,X\n", ["2: from: 2062 cannot be the year"]),
    (",26/10/0026,,X\n", ["2: from: “26/10/0026” is not a day that I can read; write 2026-09-01 or 01/09/2026"]),
    (",26/07/2027,01/09/2028,Summer\n", ["2: it is closed for 404 days; is one of the years wrong?"]),
    (f",26/10/2026,,{'x' * 76}\n", ["2: what it is has more than 75 characters"]),
    (f"{HIGH},26/10/2026,30/10/2026,Half term\n,26/10/2026,,X\n{HIGH},30/10/2026,,INSET day\n",
     [f"4: overlaps line 2, for {HIGH}: Half term"]),
    (",01/02/2027,20/02/2027,A\n,10/02/2027,,B\n,19/02/2027,22/02/2027,C\n,22/02/2027,,D\n",
     ["3: overlaps line 2, for every school: A", "4: overlaps line 2, for every school: A",
      "5: overlaps line 4, for every school: C"]),
    ("a,b,c,d,e\n", ["2: there are more cells than columns; a cell with a comma in it needs quotation marks"]),
    ("", ["0: The file has a heading, but no row below it."]),
])
def test_what_is_refused(rows: str, said: list[str]) -> None:
    with pytest.raises(BadFile) as bad:
        read(rows)
    assert [f"{each.line}: {each.reason}" for each in bad.value.problems] == said


@pytest.mark.parametrize("data", [b"", b"school\nx\n", b"from,to,what,extra\n", b"PK\x03\x04", b"\xff\xfe\x00"])
def test_no_calendar_at_all(data: bytes) -> None:
    with pytest.raises(BadFile):
        parse(data, [], TODAY)


def test_what_a_file_changes() -> None:
    """Other days for the same holiday take its place; what is over, and what the file does not speak of, stays."""
    over, half, summer = read(",26/10/2026,30/10/2026,A\n,15/02/2027,19/02/2027,B\n,26/07/2027,01/09/2027,C\n")
    longer, same = read(",15/02/2027,26/02/2027,B\n,26/07/2027,01/09/2027,C\n")
    plan = compare([over, half, summer], [longer, same], TODAY)
    assert (plan.new, plan.replaced, plan.missing, plan.same) == ((longer,), (half,), (), 1)
    assert compare([summer], [half], TODAY).missing == (summer,)
    assert compare([half], [half], TODAY).empty


@pytest.fixture
def trusted(url: str) -> Iterator[Database]:
    """The trust lt2 with two schools."""

    def write(u: Unit) -> None:
        trust.add(u, packs.bundled("lt2"), "Oakfield Learning Trust", "Europe/London", AT)
        for name in (HIGH, PRIMARY):
            imports.add_school(u, name)

    database = Database(url)
    database.run_now(write)
    yield database
    database.close()


def on(u: Unit) -> Unit:
    u.act_for(trust.bound(u)[0][0], AT)
    return u


def test_an_import_counts_at_once_and_for_whom_it_says(trusted: Database) -> None:
    file = f"{HEAD},26/10/2026,,X\n{HIGH},05/11/2026,06/11/2026,INSET\n,09/11/2026,,Y\ntrust,10/11/2026,,Z\n".encode()

    def work(u: Unit) -> list[int]:
        on(u)
        before = {place: next_working(hours.of(u, place), AT) for place in (None, 1, 2)}
        assert set(before.values()) == {AT}
        terms.apply(u, file, terms.plan(u, file))
        assert terms.plan(u, file).empty and terms.plan(u, file).same == 4
        later = AT.replace(day=9)
        found = [next_working(hours.of(u, place), when).day for when in (AT, later) for place in (1, 2, None)]
        terms.apply(u, other := f"{HEAD},10/11/2026,,Z\n".encode(), terms.plan(u, other), remove_missing=True)
        return [*found, next_working(hours.of(u, 1), AT).day, len(terms.coming(u))]

    assert trusted.run_now(work) == [11, 5, 5, 11, 11, 9, 5, 10]
    assert trusted.run_now(lambda u: next_working(hours.of(on(u), 2), AT.replace(day=10)).day) == 11
    assert trusted.run_now(lambda u: audit.verify(on(u))) is None


def test_a_calendar_that_was_changed_meanwhile(trusted: Database) -> None:
    file = f"{HEAD},09/11/2026,,X\n".encode()
    shown = trusted.run_now(lambda u: terms.plan(on(u), file))
    trusted.run_now(lambda u: terms.apply(on(u), file, shown))
    with pytest.raises(Stale):
        trusted.run_now(lambda u: terms.apply(on(u), file, shown))


def test_the_command(shell: Shell) -> None:
    shell.good("db", "upgrade")
    shell.good("trust", "add", "lt2")
    assert "no school is called “Oakfield High”" in shell.bad("terms", "import", str(EXAMPLE), "--yes")
    assert "There are no term dates yet" in shell.good("terms", "list")
    shell.good("staff", "import", str(EXAMPLE.with_name("staff.csv")), "--yes")
    assert "Nothing was changed" in shell.bad("terms", "import", str(EXAMPLE), typed="n\n")
    shown = shell.good("terms", "import", str(EXAMPLE), "--yes")
    assert "New (9):" in shown and "Mon 21/12/2026 to 01/01/2027, every school: Christmas" in shown
    assert "Nothing to change" in shell.good("terms", "import", str(EXAMPLE))
    assert "cannot be read" in shell.bad("terms", "import", "nowhere.csv")
    known = shell.good("terms", "list")
    assert "the whole trust: bank holiday" in known
    assert "the record is whole" in shell.good("audit", "verify")
