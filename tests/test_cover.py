"""Who may stand in, on which days, and what the words of an absence mean: the rules, and the commands."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.behalf import who_can
from cards.words import back, span
from handlers import packs
from handlers.rules import absence, packfile, rights
from handlers.rules import cover as rules
from handlers.rules.absence import Absent, Days
from handlers.rules.cover import decides, stand_ins, unfit
from handlers.rules.words import understand
from storage.tables import Absence, Case, Cover, Person, State, Viewer
from tests.shell import Shell
from tests.test_commands import EXAMPLES
from tests.test_rules import CEO, DEPUTY, HEAD, TEACHER, WORKER, ask, case, several

THURSDAY = date(2026, 11, 5)
WEEK = timedelta(days=7)


def on(number: int, month: int = 11, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("away until Monday", on(5), on(8)),
        ("away tomorrow until friday", on(6), on(6)),
        ("away until friday", on(5), on(6)),
        ("Away until next Friday, thanks", on(5), on(13)),
        ("I'm away 3 to 7 December", on(3, 12), on(7, 12)),
        ("away from 3/12 to 7/12", on(3, 12), on(7, 12)),
        ("away 9-13 november", on(9), on(13)),
        ("away - 12th to 14th November", on(12), on(14)),
        ("on leave next week", on(9), on(13)),
        ("off sick today", on(5), on(5)),
        ("off sick today, back on Monday", on(5), on(8)),
        ("I'll be out of office from Monday for a week", on(9), on(15)),
        ("I am away on the 12th", on(12), on(12)),
        ("away all week", on(5), on(6)),
        ("away 2026-11-09 to 2026-11-11", on(9), on(11)),
        ("away from 7 December to 3 December", on(7, 12), on(3, 12)),
        ("away 3 november", on(3), on(3)),
        ("away until Monday 9 November", on(5), on(8)),
        ("annual leave 10-12 Nov", on(10), on(12)),
        ("holiday 21 dec to 3 jan", on(21, 12), on(3, 1, 2027)),
        ("I'm away this afternoon", on(5), on(5)),
        ("away for the next 3 days", on(5), on(7)),
        ("I will be away Mon-Wed next week", on(9), on(11)),
        ("off next thursday and friday", on(12), on(13)),
        ("away on 4/1", on(4, 1, 2027), on(4, 1, 2027)),
    ],
)
def test_the_days_that_are_meant(said: str, first: date, last: date) -> None:
    meant = absence.absent(said)
    assert meant is not None
    assert absence.days(meant.when, THURSDAY) == Days(first, last)


@pytest.mark.parametrize("said", [
    "away", "I'm away from tomorrow",
    "away 31/12/9999 for 999 weeks", "away until 9999-12-31, back on Monday",
    "away 31/2", "off until the end of November", "sick", "away until fridya",
])
def test_days_that_are_not_clear_are_asked_for(said: str) -> None:
    meant = absence.absent(said)
    assert meant is not None
    assert absence.days(meant.when, THURSDAY) is None


@pytest.mark.parametrize("said", [
    "away match on friday: can I post this?", "the away team won 3 to 7", "out on facebook tomorrow", "off the record",
    "back to school post", "I am off to post this on Facebook", "a pupil is away and somebody posted about her",
    "back up", "holiday club on facebook", "leave a comment on friday's post",
])
def test_what_is_no_absence(said: str) -> None:
    assert absence.absent(said) is None
    assert absence.is_back(said) is None


def test_somebody_else() -> None:
    assert absence.absent("Mrs Patel is away until Friday") == Absent("mrs patel", "until friday")
    assert (absence.is_back("Mrs Patel is back"), absence.is_back("I'm back"), absence.is_back("back early")) == (
        "mrs patel", "", "")
    assert absence.asks_cover("who stands in for me?")
    assert understand("who stands in for me?", with_files=False)


@pytest.mark.parametrize(("first", "last", "problem"), [
    (5, 5, ""), (6, 5, "backwards"), (-9, -1, "past"), (-9, 5, ""), (5, 64, ""), (5, 65, "long"), (-9, 64, ""),
    (372, 373, "far"),
])
def test_days_that_cannot_be(first: int, last: int, problem: str) -> None:
    at = THURSDAY - timedelta(days=5)
    days = Days(at + timedelta(days=first), at + timedelta(days=last))
    assert absence.wrong(days, THURSDAY) == ("past" if problem == "past" else problem)


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_no_words_break_it(said: str, today: date) -> None:
    for words in (said, f"away {said}", f"away from {said}"):
        meant = absence.absent(words)
        if meant is not None:
            absence.days(meant.when, today)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 30))
def test_what_is_said_back_means_the_same_days(today: date, length: int) -> None:
    """The days as the card says them, written by hand, are the same days again."""
    last = today + timedelta(days=length)
    assert absence.days(span(today, last, today), today) == Days(today, last)
    assert back(last) > last
    assert back(last).weekday() < 5


EXPECTED = {
    "lt2": {"headteacher": ["deputy", "ceo"], "ceo": ["chair"], "chair": [], "senior_leader": ["headteacher"],
            "it_services": ["ceo"]},
    "archway": {"headteacher": ["senior_leader", "ceo"], "senior_leader": ["headteacher"], "ceo": ["chair"]},
    "att": {"headteacher": ["deputy", "ceo"], "authorised_user": ["headteacher"], "ceo": ["chair"]},
    "tlt": {"headteacher": ["deputy", "assistant", "business_director"], "business_director": ["chair"],
            "deputy": ["headteacher"], "assistant": ["headteacher"], "senior_leader": ["headteacher"]},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_role_that_decides_has_somebody_to_stand_in(name: str) -> None:
    pack = packfile.read(packs.bundled(name))
    for role, named in pack.roles.items():
        found = [each for each, _ in stand_ins(pack, (role, None if named.trust_wide else 1))]
        assert role not in found
        assert found or not decides(pack, role) or named.above is None, "nobody could stand in"
        if role in EXPECTED[name]:
            assert found == EXPECTED[name][role]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 9), st.integers(0, 5)), max_size=12))
def test_nobody_who_is_away_ever_stands_in_so_there_is_no_circle(wishes: list[tuple[int, int, int, int]]) -> None:
    rows: list[Cover] = []
    for who, stand_in, start, length in wishes:
        days = THURSDAY + timedelta(days=start), THURSDAY + timedelta(days=start + length)
        away = [row for row in rows if row.person_id == stand_in]
        own = rules.clash(days, [row for row in rows if row.person_id == who])
        if not own and not unfit(a_person(stand_in), who, days, away):
            rows.append(a_cover(who, stand_in, *days))
    for day in (THURSDAY + timedelta(days=n) for n in range(16)):
        there = {row.person_id: row.stand_in_id for row in rows if row.first_day <= day <= row.last_day}
        for who in there:
            met = [who]
            while (following := there.get(met[-1])) is not None:
                assert following not in met, "round in a circle"
                met.append(following)


def a_person(number: int, last_day: date | None = None) -> Person:
    return Person(id=number, trust_id=1, name=f"P{number}", email=f"p{number}@x.example", last_day=last_day)


def a_cover(who: int, stand_in: int, first: date, last: date) -> Cover:
    return Cover(trust_id=1, away="a", person_id=who, stand_in_id=stand_in, first_day=first, last_day=last,
                 at=None)  # type: ignore[arg-type]


def test_who_cannot_stand_in() -> None:
    days = (on(9), on(13))
    assert unfit(a_person(1), 1, days, []) == "yourself"
    assert unfit(a_person(2, on(12)), 1, days, []) == "leaves"
    assert unfit(a_person(2), 1, days, [a_cover(2, 3, on(13), on(20))]) == "away"
    assert unfit(a_person(2), 1, days, [a_cover(2, 3, on(14), on(20))]) == ""


# who decides meanwhile


def away(standing: Case, number: int, who: Viewer, stand_in: Viewer | None) -> Case:
    """Of those for whom this ask is, `who` is away."""
    standing.holders.setdefault(number, [who.person])
    standing.absences[number] = [Absence(who.person, stand_in.person if stand_in else None, on(6))]
    return standing


def decide(standing: Case, *viewers: Viewer) -> list[int]:
    return [v.id for v in viewers if rights.decides(v, standing)]


def test_both_decide() -> None:
    standing = away(case(State.SUBMITTED), 0, HEAD, DEPUTY)
    assert decide(standing, HEAD, DEPUTY, CEO, TEACHER) == [HEAD.id, DEPUTY.id]
    assert who_can(standing) == "P2 or P8, or P7 while P2 is away,"
    assert rights.passable(HEAD, standing)
    assert not rights.passable(DEPUTY, standing), "who only stands in hands nothing on"


def test_never_the_asker_or_the_last_editor_nor_for_them() -> None:
    for own in ("asker_id", "editor_id"):
        standing = away(case(State.SUBMITTED), 0, HEAD, DEPUTY)
        setattr(standing.request, own, DEPUTY.id)
        assert decide(standing, HEAD, DEPUTY) == [HEAD.id]
        setattr(standing.request, own, HEAD.id)
        assert decide(standing, HEAD, DEPUTY) == [], "nobody stands in for whoever asks"


def test_where_several_agree_together_nobody_is_two_of_them() -> None:
    standing = away(several(1), 1, CEO, WORKER)
    assert [each.number for each in rights.answerable(WORKER, standing)] == [2]
    assert not standing.covered(standing.asks[1])
    standing = away(away(several(1), 1, CEO, DEPUTY), 2, WORKER, DEPUTY)
    standing.holders = {1: [CEO.person], 2: [WORKER.person]}
    assert [each.number for each in rights.answerable(DEPUTY, standing)] == [1]
    standing.asks[1].answered_by = DEPUTY.id
    assert rights.answerable(DEPUTY, standing) == []


def test_nobody_agrees_for_somebody_as_themselves() -> None:
    standing = case(State.SUBMITTED)
    consent = ask(1, "named_person", None, 0)
    consent.person_id = HEAD.id
    standing.asks = [consent]
    standing.holders = {1: [HEAD.person]}
    away(standing, 1, HEAD, DEPUTY)
    assert decide(standing, HEAD, DEPUTY) == [HEAD.id]
    assert rights.passable(HEAD, standing) == []


# at the command line


@pytest.fixture
def trust(shell: Shell) -> Shell:
    """A shell whose database has the trust lt2, and its staff."""
    shell.good("db", "upgrade")
    shell.good("trust", "add", "lt2")
    shell.good("staff", "import", str(EXAMPLES / "staff.csv"), "--yes")
    return shell


PATEL, REID, AMIN, COSTA = (
    f"{each}@riverside-trust.example.org" for each in ("a.patel", "d.reid", "s.amin", "l.costa"))
FAR = (date.today() + 2 * WEEK, date.today() + 3 * WEEK)  # noqa: DTZ011 - as the command's own clock


def test_cover_at_the_command_line(trust: Shell) -> None:
    first, last = map(str, FAR)
    days = ("--from", first, "--until", last)
    assert trust.good("cover", "list") == "Nobody is down as away.\n"
    said = trust.good("cover", "set", PATEL, *days)
    assert "Mrs Asha Patel is away from" in said
    assert "(headteacher of Oakfield High): Mr Daniel Reid" in said
    assert "Nobody on the staff list has" in trust.bad("cover", "set", "x@y.org", *days)
    assert "before the first" in trust.bad("cover", "set", PATEL, "--from", last, "--until", first)
    assert "cannot read" in trust.bad("cover", "set", PATEL, "--from", "soon", "--until", last)
    assert "more than 60 days" in trust.bad("cover", "set", PATEL, "--from", first, "--until", str(FAR[1] + 9 * WEEK))
    assert "may stand in" in trust.bad("cover", "set", PATEL, *days, "--stand-in", COSTA)
    assert "Nothing is decided by Ms Lucia Costa" in trust.bad("cover", "set", COSTA, *days)
    trust.good("cover", "set", REID, *days)
    assert "Mr Daniel Reid is away on some of these days as well" in trust.bad(
        "cover", "set", PATEL, *days, "--stand-in", REID)
    trust.good("cover", "set", PATEL, *days, "--stand-in", AMIN)
    assert "(headteacher of Oakfield High): Dr Samira Amin" in trust.good("cover", "list")
    assert "Nobody stands in for Mrs Asha Patel" in trust.good("cover", "end", PATEL)
    assert "is not down as away" in trust.bad("cover", "end", PATEL)
    assert "no request of this id" in trust.bad("reassign", "NONE", "--to", REID)
    assert "the record is whole" in trust.good("audit", "verify")


def test_a_leaver_at_the_command_line(trust: Shell) -> None:
    trust.good("register", "import", str(EXAMPLES / "accounts.csv"), "--yes")
    lund = "e.lund@riverside-trust.example.org"
    assert "one and the same" in trust.bad("staff", "hand-over", lund, lund)
    assert "Nobody on the staff list has" in trust.bad("staff", "hand-over", lund, "x@y.org")
    assert "Nothing was changed" in trust.bad("staff", "hand-over", lund, COSTA, typed="n\n")
    shown = trust.good("staff", "hand-over", lund, COSTA, "--yes")
    assert "Accounts and sites to run (" in shown
    assert "Done." in shown
    assert "Nothing to hand over." in trust.good("staff", "hand-over", lund, COSTA)
    assert "the record is whole" in trust.good("audit", "verify")
