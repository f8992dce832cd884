"""Reading the policy: in which hours, until when, for which year, page by page, seen by whom; and how many at once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import demo
from handlers import packs, policy_import
from handlers.policy_import import Version
from handlers.rules import packfile
from handlers.rules import reading as rules
from handlers.rules.pack import Asked as Question
from handlers.rules.policy.document import Clause, read
from storage import imports, outbox
from storage import reading as readings
from storage.database import Database, Unit
from storage.tables import Person, Role, Viewer
from tests.dialogs.asking_policy import SAMPLE
from tests.shell import Shell

LONDON, PACIFIC = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")
THURSDAY = date(2026, 11, 5)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MOMENTS = st.integers(0, 3_500_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
ZONES = st.sampled_from([LONDON, PACIFIC, ZoneInfo("America/New_York"), ZoneInfo("UTC")])


# when


@pytest.mark.parametrize(("yearly", "day", "year"), [
    ("", date(2026, 11, 5), 0), ("09-01", date(2026, 8, 31), 2025), ("09-01", date(2026, 9, 1), 2026),
    ("01-01", date(2026, 1, 1), 2026), ("12-31", date(2026, 12, 30), 2025),
])
def test_for_which_year(yearly: str, day: date, year: int) -> None:
    assert rules.year_of(yearly, day) == year


@pytest.mark.parametrize(("first", "asked", "today", "holds", "due"), [
    (None, date(2026, 11, 5), date(2026, 11, 5), date(2026, 9, 1), date(2026, 11, 19)),  # everybody
    (date(2020, 9, 1), date(2026, 11, 5), date(2026, 11, 5), date(2026, 9, 1), date(2026, 11, 19)),
    (None, date(2026, 11, 5), date(2026, 11, 5), date(2026, 12, 10), date(2026, 12, 10)),  # not before it holds
    (date(2026, 11, 7), date(2026, 9, 1), date(2026, 11, 9), date(2026, 9, 1), date(2026, 11, 21)),  # from a Saturday
    (date(2026, 10, 1), date(2026, 9, 1), date(2026, 11, 9), date(2026, 9, 1), date(2026, 11, 23)),  # listed late
    (date(2026, 11, 1), date(2026, 9, 1), date(2026, 11, 9), date(2026, 9, 1), date(2026, 11, 23)),
])
def test_until_when(first: date | None, asked: date, today: date, holds: date, due: date) -> None:
    assert rules.due(first, asked, today, 14, holds) == due


@given(st.none() | DAYS, DAYS, DAYS, st.integers(1, 365), DAYS)
def test_there_is_always_time(first: date | None, asked: date, today: date, days: int, holds: date) -> None:
    due = rules.due(first, asked, today, days, holds)
    assert due >= holds and due >= today + timedelta(days=min(days, rules.FAIR))


def test_the_year_counts_from_its_first_day() -> None:
    assert rules.since("09-01", date(2026, 11, 5), date(2024, 1, 1)) == date(2026, 9, 1)
    assert rules.since("09-01", date(2026, 11, 5), date(2026, 10, 1)) == date(2026, 10, 1)
    assert rules.since("", date(2026, 11, 5), date(2024, 1, 1)) == date(2024, 1, 1)


# who sees


def test_who_sees_whom() -> None:
    pack = packfile.read(packs.bundled("lt2"))

    def sight(*roles: tuple[str, int | None]) -> rules.Sight:
        held = tuple(Role(trust_id=1, person_id=1, role=role, school_id=school) for role, school in roles)
        return rules.sight(pack, Viewer(Person(id=1, trust_id=1, name="P", email="p@x.example"), held))

    assert not sight() and not sight(("deputy", 1), ("it_services", None))
    head = sight(("headteacher", 1), ("headteacher", 2))
    assert [head.has(school) for school in (1, 2, 3, None)] == [True, True, False, False]
    assert all(sight(("hr_head", None)).has(school) for school in (1, None))


# the text


PARTS = read("policy.md", SAMPLE).clauses


@given(st.lists(st.sampled_from(PARTS), max_size=60))
def test_every_clause_is_on_one_page(parts: list[Clause]) -> None:
    found = rules.pages(parts)
    assert [each for page in found for each in page] == parts
    for page in found:
        assert 0 < len(page) <= rules.PAGE_CLAUSES
        assert len(page) == 1 or sum(len(each.text) + len(each.stem) for each in page) <= rules.PAGE_LETTERS


@given(st.text("ab c", max_size=80), st.text("ab c", max_size=80), st.integers(20, 60))
def test_what_differs_is_shown(before: str, after: str, most: int) -> None:
    for said, whole in zip(rules.differing(before, after, most), (before, after), strict=True):
        assert len(said) <= most
        assert set(said.replace("…", " ").split()) <= {*whole.split()} | {said.replace("…", " ").split()[-1:][0]
                                                                         if said.endswith("…") else ""}


def test_the_difference_is_not_cut_off() -> None:
    same = "One may use it here and there, as everybody knows, " * 20
    before, after = rules.differing(f"{same}at noon.", f"{same}at midnight.", 100)
    assert before.endswith("at noon.") and after.endswith("at midnight.") and before.startswith("… ")


def test_a_short_clause_is_shown_to_whoever_chose_another_answer() -> None:
    found = rules.said_there(PARTS, "7.3.5", 240)
    assert found is not None and found.number == "§7.3(5)"
    assert rules.said_there(PARTS, "7.3", 240) is None and rules.said_there(PARTS, "good practice", 240) is None
    assert rules.said_there(PARTS, "7.3.5", 10) is None


@pytest.mark.parametrize(("given_", "wrong"), [
    ({}, [0, 1]), ({0: ["2"], 1: ["1"]}, []), ({0: ["1"], 1: ["1"]}, [0]), ({0: ["2", "1"], 1: ["x"]}, [0, 1]),
])
def test_right_and_wrong(given_: dict[int, list[str]], wrong: list[int]) -> None:
    check = [Question(question="?", options=("a", "b"), right=right, look="!", clause="1") for right in (2, 1)]
    assert rules.not_right(check, given_) == wrong


# many people


def test_all_of_a_large_trust_is_asked(tmp_path: Path, blank: bytes) -> None:
    """Three documents' rows and every notice in one unit; the second version, too."""
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    database = Database(f"sqlite:///{path}")
    at = datetime(2026, 11, 5, 9, tzinfo=UTC)

    def people(u: Unit) -> None:
        demo.write(u, at)
        for n in range(490):
            imports.add_person(u, {"name": f"P{n}", "email": f"p{n}@x.example", "school_id": None, "manager_id": None,
                                   "first_day": None, "last_day": date(2026, 11, 4) if n == 0 else None})

    def take(label: str, text: bytes, document: str = "") -> Any:
        def within(u: Unit) -> None:
            demo.write(u, at)
            version = Version(label, date(2026, 9, 1), None, "At once.", document)
            policy_import.apply(u, policy_import.plan(u, read("policy.md", text), version))
        return within

    def owed(u: Unit) -> tuple[int, int]:
        demo.write(u, at)
        notices = u.connection.execute(outbox.OUTBOX.select()).all()
        return len(readings.waiting_for(u)), len(notices)

    database.run_now(people)
    database.run_now(take("1", SAMPLE))
    assert database.run_now(owed) == (2 * 500, 500)
    database.run_now(take("2", SAMPLE + b"\n## 9. Groups\n\nTwo members of staff.\n"))
    assert database.run_now(owed) == (2 * 500, 2 * 500), "the older version has not to be read any more"
    database.run_now(take("1", SAMPLE, "Code of conduct"))
    assert database.run_now(owed) == (2 * 500, 3 * 500), "there is a text of it now"
    database.close()


# the command line


def test_the_spreadsheet(shell: Shell) -> None:
    (shell.folder / "policy.md").write_bytes(SAMPLE)
    (shell.folder / "staff.csv").write_text(
        "name,e-mail,school,roles\nMs Okafor,okafor@x.example,Meadow,\n=Mr Lund,lund@x.example,,ceo\n")
    shell.good("db", "upgrade")
    shell.good("trust", "add", "lt2")
    shell.good("staff", "import", "staff.csv", "--yes")
    said = shell.good("policy", "import", "policy.md", "--version", "1", "--effective", "2026-09-01", "--yes")
    assert "2 people on the staff list hear of it" in said
    assert "Wrote out.csv (4 lines)" in shell.good("policy", "readers", "out.csv")
    written = (shell.folder / "out.csv").read_text("utf-8-sig")
    assert '"Ms Okafor","okafor@x.example","Meadow","Social Media Policy","1"' in written and '"=' not in written
    assert "is there already" in shell.bad("policy", "readers", "out.csv")
    assert shell.good("policy", "readers", "--trust", "lt2").count("Code of Conduct") == 2
    assert "--trust lt2" in shell.bad("policy", "readers", "--pack", "att")
