"""Whatever a policy says: every clause is a part of its text, no word is lost, and the kind of file does not matter."""

import re
import textwrap
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.rules.policy.document import Document, Unreadable, read
from tests.papers import Part, html, markdown, printed, text


def of(words_: str) -> Document:
    return read("policy.txt", words_.encode())


def words(said: str) -> list[str]:
    return re.findall(r"[^\W_]+", said)


WORD = st.sampled_from(["staff", "pupil", "head", "never", "always", "post", "page", "ask", "word", "self-made"])
SENTENCE = st.lists(WORD, min_size=2, max_size=40).map(lambda each: " ".join(each).capitalize() + ".")
SORT = st.sampled_from(["plain", "item", "clause"])


@st.composite
def papers(draw: st.DrawFn) -> list[Part]:
    """Sections with paragraphs, items and numbered clauses in any order."""
    parts: list[Part] = []
    for section in range(1, draw(st.integers(1, 4)) + 1):
        parts.append(("section", f"{section}.", draw(WORD).capitalize()))
        clause = 0
        for sort in draw(st.lists(SORT, min_size=1, max_size=6)):
            clause += sort == "clause"
            parts.append((sort, f"{section}.{clause}" if sort == "clause" else "", draw(SENTENCE)))
    return parts


def holds_together(document: Document) -> None:
    """Each clause is a part of the text, none twice, in order; what is in none is a heading, a mark or a space."""
    at, left = 0, []
    for each in document.clauses:
        assert document.text[each.start : each.end] == each.text.strip() != ""
        assert each.start >= at
        left.append(document.text[at : each.start])
        at = each.end
    assert not words(document.text[at:]) or document.text[at:].strip()
    assert len({each.number for each in document.clauses}) == len(document.clauses)
    titles = words(" ".join(each.heading for each in document.clauses))
    marks = re.findall(r"\d+|o|App\w+|[A-Z]", "".join(left))
    assert not Counter(words("".join(left))) - Counter(titles) - Counter(marks)


@given(papers(), st.sampled_from(["\n\n", "\n \n"]), st.integers(60, 110))
@settings(max_examples=60, deadline=None)
def test_no_word_is_lost(parts: list[Part], gap: str, columns: int) -> None:
    paper = gap.join("\n".join(textwrap.wrap(printed(each), columns)) for each in parts)
    document = of(paper)
    holds_together(document)
    assert words(document.text.replace("-", "")) == words(paper.replace("-\n", "").replace("-", "")), document.noise
    assert not document.noise


@given(papers())
@settings(max_examples=25, deadline=None)
def test_a_page_and_markdown_say_the_same_as_the_text(parts: list[Part]) -> None:
    plain = [(each.number, words(each.text), words(each.stem)) for each in read("x.txt", text(parts)).clauses]
    for written in (html(parts), markdown(parts)):
        found = read("x", written)
        holds_together(found)
        assert [(each.number, words(each.text), words(each.stem)) for each in found.clauses] == plain


@given(st.text(alphabet="aA1. \n\t•-o(:)§b2,;\f", max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read_or_refused(said: str) -> None:
    try:
        document = of(said)
    except Unreadable:
        return
    for each in document.clauses:
        assert document.text[each.start : each.end] == each.text
