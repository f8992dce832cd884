"""A policy's text becomes clauses that are numbered as people cite them, whatever the export did to it."""

import re
from collections import Counter

import pytest

from handlers.rules.policy.blocks import joined, mark_of
from handlers.rules.policy.document import Document, read
from tests.papers import POLICY, printed

LONG = "and this goes on for so long that nobody could take the line for a heading or for a wrapped one of a page, " * 2


def of(text: str) -> Document:
    return read("policy.txt", text.encode())


def numbers(text: str) -> list[str]:
    return [each.number for each in of(text).clauses]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


LOST_NUMBERS = """2. Care~

 Greet whoever comes in.~

 Never do these:~

2.2.1. shout at a guest;~

2.2.2. whisper.~
  Ask the office where you are unsure.~

3. End~

 Stop at five.~

 Go home then.~
""".replace("~", " ")
LOST_BULLETS = """Why we do this~

For the good of all.~

Appendix A: What counts~

 Be on time for every lesson, and for~

every meeting with parents.~

 Bring a pen.~
 Appendix B: More~

1 Doors~

 Close them.~
""".replace("~", " ")
CASES = {
    "printed numbers, each paragraph a line": (
        f"1\tCare\n1.1\tBe kind {LONG}.\n1.2\tBe kind to:\n· pupils\n· one another\n1.3\tBe quick.\n2\tEnd\n2.1\tStop.",
        ["§1.1", "§1.2", "§1.3", "§2.1"],
    ),
    "a list under a heading is counted through": (
        "1. Care\n\nStaff do this:\n\n- greet people\n- listen\n\nThey never do that:\n\n- shout\n\nThey may ask.",
        ["§1 ¶1", "§1(1)", "§1(2)", "§1 ¶2", "§1(3)", "§1 ¶3"],
    ),
    "a section's only paragraph is the section": ("3. Quiet hours\n\nNobody posts at night.", ["§3"]),
    "numbers that the export lost": (
        LOST_NUMBERS,
        ["§2.1", "§2.2", "§2.2.1", "§2.2.2", "§2.3", "§3.1", "§3.2"],
    ),
    "paragraphs are not numbered where nothing says that they were": (
        "2. Care\n\nGreet whoever comes in.\n\nSay goodbye.\n\n2.1 Doors\n\nClose them.\n",
        ["§2 ¶1", "§2 ¶2", "§2.1"],
    ),
    "bullets that the export lost, and appendices": (
        LOST_BULLETS,
        ["Intro", "App A(1)", "App A(2)", "App B §1(1)"],
    ),
    "a numbered list in a section": (
        "7. Posts\n\nThese are the steps:\n\n1. Write it.\n2. Show it.\n3. Wait.\n\n8. Rules\n\nBe fair.",
        ["§7 ¶1", "§7(1)", "§7(2)", "§7(3)", "§8"],
    ),
    "a numbered list before the first section": (
        "Aims\n\nWe are:\n1. open\n2. fair\n\n1. Scope\n\nThis is for everybody.\n\n2. Care\n\nBe kind.",
        ["Intro ¶1", "Intro(1)", "Intro(2)", "§1", "§2"],
    ),
    "letters": (
        "4. Care\n\n4.1 Never do this:\n\n(a) shout;\n\n(b) run.\n\n4.2 Walk.",
        ["§4.1", "§4.1(a)", "§4.1(b)", "§4.2"],
    ),
    "two clauses with one number": ("1. Care\n\n1.1 Be kind.\n\n1.1 Be fair.\n", ["§1.1", "§1.1 [2]"]),
    "a list within a list stays with its item": (
        "1. Care\n\nDo this:\n\n• greet:\n\no parents\n\no pupils\n\n• listen\n\n• rest",
        ["§1 ¶1", "§1(1)", "§1(2)", "§1(3)"],
    ),
    "a list within a list that only stands further in": (
        "1. Care\n\nDo this:\n\n• greet:\n  • parents\n  • pupils\n• listen", ["§1 ¶1", "§1(1)", "§1(2)"],
    ),
    "what an item announces is its own": (
        "1. Care\n\nDo this:\n\n• say these words:\n\nWelcome to our school.\n\n• listen\n\n2. End\n\nStop.",
        ["§1 ¶1", "§1(1)", "§1(2)", "§2"],
    ),
    "marks that stand alone on their lines": (
        "1. Care\n\nDo this:\n\n•\nlisten\n\n•\nrest", ["§1 ¶1", "§1(1)", "§1(2)"],
    ),
    "a document without numbers goes by its headings": (
        "Being kind\n\nGreet people.\n\nAt night\n\nSleep well.\n\nDo not post.",
        ["Being kind", "At night ¶1", "At night ¶2"],
    ),
    "a sentence about an appendix is no appendix": (
        "1. Care\n\nAppendix B says how.\n\nAppendix B: How\n\nWith patience.", ["§1", "App B"],
    ),
    "a day is no number": ("1. Care\n\nThis holds from\n1 September 2026 for all.\n\n2. End\n\nStop.", ["§1", "§2"]),
    "a table of contents is left out": (
        "Contents\n1. Care\t3\n2. End ..... 4\n\n1. Care\n\nBe kind.\n\n2. End\n\nStop.", ["§1", "§2"],
    ),
    "one without page numbers as well": (
        "Table of Contents\n1. Care\n2. End\n\n1. Care\n\nBe kind.\n\n2. End\n\nStop.", ["§1", "§2"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_numbers_are_those_that_people_cite(case: str) -> None:
    text, expected = CASES[case]
    assert numbers(text) == expected


def test_a_list_that_a_page_broke_goes_on_where_it_stood() -> None:
    text = f"""1. Care

Staff do all of this, {LONG}:

- Greet whoever comes in, {LONG}.
- Never speak badly of:
 - our own pupils and their families
 - other schools

- parents
- Keep the door closed at all times, {LONG}.
- Rest
"""
    document = of(text)
    assert [each.number for each in document.clauses] == ["§1 ¶1", "§1(1)", "§1(2)", "§1(3)", "§1(4)"]
    assert words(document.clauses[2].text)[-1] == "parents"


def test_an_item_knows_its_stem_and_a_clause_its_headings() -> None:
    text = "1. Care\n\n1.1 Doors\n\nIt is a big house. Everybody does this:\n\n- close the door;\n- knock."
    (opening, first, second) = of(text).clauses
    assert (first.stem, first.text, second.stem) == ("Everybody does this:", "close the door;", "Everybody does this:")
    assert first.heading == "1 Care › 1.1 Doors"
    assert not opening.stem


def test_a_row_knows_its_columns() -> None:
    text = "1. Who\n\nName\tRole\tDay\nAda Lovelace\tHead\tMonday\nAlan Turing\tDeputy\tFriday"
    rows = of(text).clauses
    assert [each.stem for each in rows] == ["", "Name | Role | Day", "Name | Role | Day"]
    assert rows[2].text == "Alan Turing | Deputy | Friday"


EACH_PAGE = ("Be kind to everybody.", "Say what you mean.", "Ask when in doubt.", "Go home at five.")


def test_pages_leave_no_trace() -> None:
    page = "Brookfield policy\n{0}. Part {0}\n{1}\nPage {0} of 4\n"
    document = of("\f".join(page.format(number, words) for number, words in enumerate(EACH_PAGE, 1)))
    assert [each.number for each in document.clauses] == ["§1", "§2", "§3", "§4"]
    assert Counter(document.noise)["Brookfield policy"] == 4 and "Page 3 of 4" in document.noise
    assert "Brookfield" not in document.text


@pytest.mark.parametrize(("first", "second", "whole"), [
    ("a photo-", "graph", "a photograph"), ("it is self-", "monitoring", "it is self-monitoring"),
    ("Head/", "CEO", "Head/CEO"), ("well, co-", "operate", "well, co-operate"), ("the end", "of it", "the end of it"),
    ("nine -", "ten", "nine - ten"),
])
def test_words_that_a_line_s_end_broke_are_whole_again(first: str, second: str, whole: str) -> None:
    assert joined(first, second, frozenset({"photograph", "the"})) == whole


@pytest.mark.parametrize("line", ["o’clock tea", "12 pupils came", "2026 was good", "e.g. this one", "-ed is an ending",
                                  "1 May", "3 September 2026 is the day"])
def test_not_every_line_that_looks_like_it_has_a_mark(line: str) -> None:
    assert mark_of(line) is None


def test_the_example_is_as_long_as_it_says() -> None:
    assert len(of("\n\n".join(map(printed, POLICY))).clauses) == 11
