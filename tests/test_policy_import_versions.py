"""Versions of a policy: what changed between two, from when a new one may hold, which holds, and the command line."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards import policy_import as cards
from handlers import packs, policy_import
from handlers import trust as trusts
from handlers.policy_import import NotTaken, Version
from handlers.rules import packfile
from handlers.rules.policy import cite
from handlers.rules.policy.changes import What, changes
from handlers.rules.policy.document import Clause, read
from handlers.rules.policy.laws import cited
from handlers.rules.policy.version import earliest, too_soon
from storage import audit, policy
from storage.database import Database, Stale, Unit
from storage.tables import Trust
from tests.papers import POLICY, Part, pdf_of, text, word
from tests.shell import Shell
from tests.test_commands import trust as trust  # noqa: PLC0414


def clauses(*numbered: tuple[str, str]) -> list[Clause]:
    return [Clause(number, "", "", words, 0, len(words)) for number, words in numbered]


def told(old: Sequence[Clause], new: Sequence[Clause]) -> list[tuple[str, str, str]]:
    return [(each.what, each.before.number if each.before else "", each.after.number if each.after else "")
            for each in changes(old, new)]


OLD = clauses(("1", "Be kind to everybody who comes in."), ("2", "Ask before you post a picture of pupils."),
              ("3", "Go home at five."), ("4", "Keep the list of pages."))


@pytest.mark.parametrize(("new", "expected"), [
    (OLD, []),
    (OLD[:3], [("removed", "4", "")]),
    ([*OLD, *clauses(("5", "Sing on Fridays."))], [("added", "", "5")]),
    ([OLD[0], *clauses(("2", "Ask the head before you post a picture of pupils.")), *OLD[2:]], [("changed", "2", "2")]),
    (clauses(("1", OLD[0].text), ("1.1", OLD[1].text), ("2", OLD[2].text), ("3", OLD[3].text)),
     [("renumbered", "2", "1.1"), ("renumbered", "3", "2"), ("renumbered", "4", "3")]),
    ([OLD[0], OLD[1], *clauses(("3", "Sing on Fridays.")), OLD[3]], [("removed", "3", ""), ("added", "", "3")]),
    ([OLD[0], *clauses(("9", "Ask before you post any picture of pupils."))],
     [("changed", "2", "9"), ("removed", "3", ""), ("removed", "4", "")]),
    (clauses(*((each.number, each.text.replace(" ", "\n• ")) for each in OLD)), []),
])
def test_what_changed_is_told_clause_by_clause(new: Sequence[Clause], expected: list[tuple[str, str, str]]) -> None:
    assert Counter(told(OLD, new)) == Counter(expected)


SAID = st.lists(st.sampled_from(["ask", "be", "kind", "post", "page"]), min_size=1, max_size=5).map(" ".join)
CLAUSE = st.tuples(st.sampled_from("123456789"), SAID)
PAPER = st.lists(CLAUSE, max_size=8, unique_by=lambda each: each[0]).map(lambda each: clauses(*each))


@given(PAPER, PAPER)
@settings(max_examples=80, deadline=None)
def test_every_clause_is_told_of_once_or_is_as_it_was(old: list[Clause], new: list[Clause]) -> None:
    found = changes(old, new)
    before = [each.before for each in found if each.before]
    after = [each.after for each in found if each.after]
    assert len(set(before)) == len(before) and len(set(after)) == len(after)
    same = [each for each in old if each not in before]
    assert same == [each for each in old if each in new and each not in before]
    assert len(old) - len(before) == len(new) - len(after)
    for each in found:
        assert (each.before is None) == (each.what is What.ADDED)
        assert (each.after is None) == (each.what is What.REMOVED)
        if each.what is What.RENUMBERED and each.before and each.after:
            assert each.before.text == each.after.text and each.before.number != each.after.number
    back = Counter(each.what for each in changes(new, old))
    assert back[What.ADDED] - back[What.REMOVED] == sum(each.what is What.REMOVED for each in found) - sum(
        each.what is What.ADDED for each in found)


@given(PAPER)
@settings(max_examples=30, deadline=None)
def test_nothing_changed_in_what_is_the_same(paper: list[Clause]) -> None:
    assert changes(paper, paper) == []


@pytest.mark.parametrize(("today", "months", "day"), [
    (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 12, 5), 1, date(2027, 1, 5)),
    (date(2026, 5, 5), 0, date(2026, 5, 5)), (date(2026, 8, 31), 6, date(2027, 2, 28)),
])
def test_a_month_is_a_month(today: date, months: int, day: date) -> None:
    assert earliest(today, months) == day
    assert too_soon(day, today, months, first=False) is None


def test_the_first_version_announces_nothing() -> None:
    assert too_soon(date(2021, 4, 1), date(2026, 5, 5), 1, first=True) is None
    assert too_soon(date(2021, 4, 1), date(2026, 5, 5), 1, first=False) == date(2026, 6, 5)


def test_laws_that_are_gone_are_found_however_they_are_spaced() -> None:
    words = "Records fall under the data protection\n act 1998; see the DPA 2018, too."
    found = cited(words, policy_import.gone_laws(), date(2026, 5, 5))
    assert [law.name for law in found] == ["Data Protection Act 1998"]
    assert cited(words, policy_import.gone_laws(), date(2017, 5, 5)) == []
    assert cited("The Data Protection Act 2018 and the Equality Act 2010.", policy_import.gone_laws(), date.max) == []


@pytest.mark.parametrize(("label", "found"), [
    ("5, 7.1", ["5", "7.1"]), ("App. A, B 3, D", ["App. A", "App. B 3", "App. D"]), ("good practice", []),
    ("7.3.5", ["7.3.5"]),
])
def test_a_pack_s_clauses_one_by_one(label: str, found: list[str]) -> None:
    assert cite.split(label) == found


def test_a_clause_that_the_pack_cites_and_the_document_lacks_is_named() -> None:
    pack = packfile.read(packs.bundled("lt2"))
    cited_ = {each for label in cite.cited(pack.model_dump()) for each in cite.split(label)}
    everything = [f"§{each}" for each in cited_ - {"7.3.5", "8.2"}]
    assert sorted(cite.missing(pack, everything)) == ["7.3.5", "8.2"]
    assert cite.missing(pack, [*everything, "§7.3(5)", "§8.2 ¶1"]) == []


# --- stored ---------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def planted(database: Database) -> Trust:
    return database.run_now(lambda u: trusts.add(u, packs.bundled("lt2"), "", "Europe/London", NOON))


def imported(u: Unit, label: str, effective: date, parts: Sequence[Part] = POLICY, **more: Any) -> policy_import.Plan:
    plan = policy_import.plan(u, read("x.txt", text(parts)), Version(label, effective, **more))
    policy_import.apply(u, plan)
    return plan


def test_versions_follow_each_other_and_stay(database: Database, planted: Trust) -> None:
    later = (*POLICY[:4], ("clause", "1.2", "Whoever wants a new account must first:"), *POLICY[5:])

    def run(u: Unit) -> None:
        u.act_for(planted, NOON)
        first = imported(u, "2021-03", date(2021, 4, 1))
        assert first.before is None and not first.changes
        with pytest.raises(NotTaken, match="soon") as caught:
            imported(u, "2026-05", date(2026, 6, 1), later)
        assert caught.value.day == date(2026, 6, 5)
        second = imported(u, "2026-05", date(2026, 6, 1), later, reason="a new law")
        assert second.before and second.before.label == "2021-03"
        assert [(each.what, each.after and each.after.number) for each in second.changes] == [("changed", "§1.2")]
        imported(u, "1", date(2026, 5, 1), document="Code of Conduct")
        held = [policy.in_force(u, day) for day in (date(2020, 1, 1), date(2026, 5, 31), date(2026, 6, 1))]
        assert [each and each.label for each in held] == [None, "2021-03", "2026-05"]
        stored = policy_import.clauses(policy.text(u, first.digest))
        assert stored == first.document.clauses
        assert [each.label for each in policy.every(u)] == ["2021-03", "2026-05", "1"]
        assert audit.verify(u) is None

    database.run_now(run)


def test_a_version_is_never_altered(database: Database, planted: Trust) -> None:
    def run(u: Unit) -> None:
        u.act_for(planted, NOON)
        plan = imported(u, "2021-03", date(2021, 4, 1))
        assert policy_import.plan(u, plan.document, plan.version).there
        for parts, day, reason in ((POLICY[:5], date(2021, 4, 1), "label"), (POLICY, date(2021, 5, 1), "label")):
            with pytest.raises(NotTaken, match=reason):
                imported(u, "2021-03", day, parts)
        with pytest.raises(NotTaken, match="review"):
            policy_import.plan(u, plan.document, Version("2", date(2026, 9, 1), date(2026, 8, 1)))
        with pytest.raises(Stale):
            policy_import.apply(u, plan)

    database.run_now(run)


# --- the command line -------------------------------------------------------------------------------------------------


def test_a_policy_is_imported_listed_and_shown(trust: Shell, tmp_path: Path) -> None:
    (trust.folder / "policy.docx").write_bytes(word())
    days = ("--version", "2021-03", "--effective", "2021-04-01", "--review-due", "2023-09-01")
    words = ("policy", "import", "policy.docx", *days)
    assert "Nothing was changed" in trust.bad(*words, typed="n\n")
    assert cards.NONE.split(".", maxsplit=1)[0] in trust.good("policy", "list")
    said = trust.good(*words, typed="y\n")
    assert "§1.2.1  write down what it is for;" in said and "11 clauses under 4 headings" in said
    assert "is stored and holds since 1 Apr 2021" in said
    assert "in force" in trust.good("policy", "list")
    shown = trust.good("policy", "show", "--clause", "2")
    assert "§2(1)" in shown and "Before it goes out: look at every face in it;" in shown
    assert cards.ALREADY in trust.good(*words, "--yes")
    assert "There is no clause 9.9" in trust.bad("policy", "show", "--clause", "9.9")
    assert "There is no version 5" in trust.bad("policy", "show", "--version", "5")


def test_what_cannot_be_taken_in_is_said_kindly(trust: Shell) -> None:
    words = ("policy", "import", "policy.txt", "--yes", "--version", "1", "--effective")
    assert "cannot be read" in trust.bad(*words, "2026-09-01")
    (trust.folder / "policy.txt").write_bytes(pdf_of(["0 0 9 9 re f"]))
    assert cards.UNREADABLE["scan"] in trust.bad(*words, "2026-09-01")
    (trust.folder / "policy.txt").write_bytes(text())
    assert "there is no day" in trust.bad(*words, "1 May")
    assert "too long" in trust.bad(*words, "2026-09-01", "--reason", "x" * 501)
    trust.good(*words, "2021-04-01")
    (trust.folder / "policy.txt").write_bytes(text(POLICY[:-2]))
    again = ("policy", "import", "policy.txt", "--yes", "--version", "2", "--effective", "2021-05-01")
    assert "--reason" in trust.bad(*again)
    said = trust.good(*again, "--reason", "put right in haste")
    assert "removed App A" in said
    assert "urgent: put right in haste" in trust.good("policy", "list")
