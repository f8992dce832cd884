"""Who is asked about, of whose absence an asker hears, who leaves and who can take over: the rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import away, leaving, packfile
from handlers.rules.away import Asked
from handlers.rules.leaving import Leaving
from handlers.rules.names import called
from storage.tables import Cover, Person, Role, Viewer

TODAY = date(2026, 11, 5)
DAY = timedelta(days=1)
PACK = packfile.read(packs.bundled("lt2"))
HIGH, PRIMARY = 1, 2


@pytest.mark.parametrize(("said", "who", "today"), [
    ("who is away", "", True), ("Who's off today?", "", True), ("is anybody away this week", "", False),
    ("who is away tomorrow?", "", False), ("who is standing in", "", True), ("absences", "", True),
    ("who's standing in for Mrs Patel today?", "mrs patel", True), ("is Mr. Lund in?", "mr lund", True),
    ("is Mrs Asha Patel back on Monday", "mrs asha patel", False), ("when is asha patel back", "asha patel", True),
    ("who covers for mr reid next week", "mr reid", False), ("is Mr O'Brien in school", "mr obrien", True),
])
def test_who_is_asked_about(said: str, who: str, today: bool) -> None:
    assert away.asked(said) == Asked(who, today)


@pytest.mark.parametrize("said", [
    "who is off limits", "is facebook down", "who is covering the match", "who is away on the trip to Paris",
    "who signs off a post?", "is there a school tiktok", "away until friday", "who has not read the policy",
    "who decides what goes on the website",
])
def test_what_asks_for_something_else(said: str) -> None:
    assert away.asked(said) is None


def test_a_thing_may_look_like_a_name() -> None:
    """It is then asked for on the staff list, where it is not."""
    printer, lund = away.asked("is the printer in school"), away.asked("is mr lund in school")
    assert printer and not printer.titled
    assert lund and lund.titled


@pytest.mark.parametrize(("said", "leaver", "to"), [
    ("Mrs Patel is leaving", "mrs patel", ""), ("Mrs Asha Patel is leaving us at christmas", "mrs asha patel", ""),
    ("Mr Hale has left", "mr hale", ""), ("hand over from Mr Lund to Ms Costa, please", "mr lund", "ms costa"),
    ("hand over everything from asha patel to daniel reid", "asha patel", "daniel reid"),
    ("I'm leaving at the end of term", "", ""), ("Mr Hale retires on Friday", "mr hale", ""),
])
def test_who_leaves(said: str, leaver: str, to: str) -> None:
    assert leaving.leaving(said) == Leaving(leaver, to)


@pytest.mark.parametrize("said", [
    "the school is leaving twitter", "a parent is leaving nasty comments", "hand over the drama insta to Mr Lund",
    "our year 11s are leaving today", "can I post this? Mrs Patel is leaving!", "leaving do for Mrs Patel on facebook",
])
def test_what_is_no_leaver(said: str) -> None:
    assert leaving.leaving(said) is None


@given(st.text(max_size=120))
def test_no_words_break_it(said: str) -> None:
    for words in (said, f"who is standing in for {said}", f"is mr {said} away", f"hand over from {said} to {said}"):
        away.asked(words)
        leaving.leaving(words)


def test_whom_somebody_means() -> None:
    asha, ann, brien = [
        Person(id=n, trust_id=1, name=name, email=f"p{n}@x.example")
        for n, name in enumerate(("Mrs Asha Patel", "Dr. Ann Patel", "Mr Sean O'Brien"))]
    everybody = [asha, ann, brien]
    assert called("mrs patel", everybody) == [asha]
    assert called("Dr Patel", everybody) == [ann]
    assert called("patel", everybody) == [asha, ann]
    assert called("mr obrien", everybody) == called("Mr O’Brien", everybody) == [brien]
    assert called("P1@x.example", everybody) == [ann]
    assert called("mrs  asha patel.", everybody) == [asha]
    assert called(" ", everybody) == called("the printer", everybody) == []


def absence(person: int, role: str, school: int | None, first: date = TODAY, last: date = TODAY) -> Cover:
    return Cover(trust_id=1, away="a", person_id=person, role=role, school_id=school, first_day=first, last_day=last)


def test_of_whose_absence_somebody_hears() -> None:
    """Whoever decides at their school, or for all, and their line manager; on the day itself."""
    hale = Viewer(Person(id=9, trust_id=1, name="Mr Hale", email="h@x.example", school_id=HIGH, manager_id=3))
    also = Viewer(hale.person, (Role(trust_id=1, person_id=9, role="senior_leader", school_id=PRIMARY),))
    head, other, ceo = absence(1, "headteacher", HIGH), absence(2, "headteacher", PRIMARY), absence(4, "ceo", None)
    manager, runs_account, own = absence(3, "", None), absence(5, "", None), absence(9, "", None)
    nothing = absence(6, "deputy", HIGH)
    gone = [absence(1, "ceo", None, day, day) for day in (TODAY - DAY, TODAY + DAY)]
    every = [head, other, ceo, manager, runs_account, own, nothing, *gone]
    assert away.told(PACK, hale, every, TODAY) == [head, ceo, manager, own]
    assert away.told(PACK, also, every, TODAY) == [head, other, ceo, manager, own]


@pytest.mark.parametrize(("first", "last", "leaves", "problem"), [
    (None, None, None, ""), (1, None, None, "not there"), (None, -1, None, "not there"), (None, 0, None, "leaves"),
    (None, 9, 10, "leaves"), (None, 10, 10, "leaves"), (None, 11, 10, ""), (None, 1, -9, ""), (None, 9, None, ""),
])
def test_who_can_take_over(first: int | None, last: int | None, leaves: int | None, problem: str) -> None:
    def on(days: int | None) -> date | None:
        return None if days is None else TODAY + days * DAY

    leaver = Person(id=1, trust_id=1, name="Mrs Patel", email="p@x.example", last_day=on(leaves))
    to = Person(id=2, trust_id=1, name="Mr Reid", email="r@x.example", first_day=on(first), last_day=on(last))
    assert leaving.unfit(leaver, to, TODAY) == problem
    assert leaving.unfit(leaver, leaver, TODAY) == "same"
