"""Lines of text, however an export broke them: what is printed on every page left out, the rest into blocks."""

import re
from collections import Counter

from handlers.rules.policy.blocks import ALONE, Block, mark_of
from handlers.rules.policy.layout import Layout, Line, each_a_paragraph

BOOKMARK = re.compile(r"\[bookmark: [^\]\n]*\]")
PAGE = re.compile(r"(?:page\s+)?[-–]?\s*\d{1,3}\s*[-–]?(?:\s*(?:of|/)\s*\d{1,3})?", re.IGNORECASE)
NAMED_PAGE = re.compile(
    r"[^.;:]*\b(?:policy|policies|guidance|guidelines|procedures?|protocol|code of conduct|handbook)\b[^.;:]*?"
    r"(?:\s\|?\s*(?:page\s+)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?)", re.IGNORECASE)
"""A document's name and a page's number."""
CONTENTS = re.compile(r"(?:table of )?contents(?: page)?:?", re.IGNORECASE)
ENTRY = re.compile(r".*?\S(?:\t+|\s*\.{2,}\s*|\s{3,}|\s*…\s*)\d{1,3}")
LETTER = 3
"""How wide a letter is, where points are measured."""
EDGE = 3
"""So near to where a page begins or ends stands what is printed on each."""


def blocks(text: str) -> tuple[list[Block], list[str], list[str]]:
    """What a text holds, and the noise that was left out: page numbers, running headers, contents, bookmarks."""
    noise = BOOKMARK.findall(text)
    bare = BOOKMARK.sub("", text)
    found, more = from_lines(_lines(bare, each_a_paragraph(bare)))
    return found, noise + more, []


def from_lines(lines: list[Line]) -> tuple[list[Block], list[str]]:
    """What the lines hold, and the noise among them."""
    noise: list[str] = []
    lines = _with_marks(_without_contents(_without_pages(lines, noise), noise))
    if not lines:
        return [], noise
    words = frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(each.text for each in lines).lower()))
    return Layout(lines).blocks(words), noise


def _lines(text: str, whole: bool) -> list[Line]:
    found: list[Line] = []
    blanks, page = 0, True
    for raw in text.split("\n"):
        page = page or "\f" in raw
        line = raw.replace("\f", "")
        if not line.strip():
            blanks += 1
            continue
        # The first line of a page comes with one space before it, and without the blank line of the others.
        spaces = len(line) - len(line.lstrip())
        begins = not whole and (page or blanks == 0) and spaces in {1, 2} and (spaces == 1 or not mark_of(line.strip()))
        indent = spaces - begins
        if indent > 1 and not whole:
            indent *= LETTER
        trailing = len(line) - len(line.rstrip())
        found.append(Line(line.strip(), indent, blanks, page or begins, len(line.strip().split("\t")), trailing))
        blanks, page = 0, False
    return found


def _without_pages(lines: list[Line], noise: list[str]) -> list[Line]:
    """Without page numbers and what is printed on every page."""
    edges = _edges(lines)
    shapes = [re.sub(r"\d+(?=\D*$)", "#", each.text) for each in lines]
    alike = Counter((shape, edge) for shape, edge in zip(shapes, edges, strict=True) if edge)
    pages = sum(each.page for each in lines)
    kept: list[Line] = []
    skipped = False
    for place, line in enumerate(lines):
        after = lines[place + 1].blanks if place + 1 < len(lines) else 9
        alone = line.blanks >= 2 or after >= 2 or edges[place]
        often = pages > 1 and alike[shapes[place], edges[place]] >= max(2, pages // 2)
        running = often and line.text[-1] not in ".;:,"
        numbered = PAGE.fullmatch(line.text) or (place and NAMED_PAGE.fullmatch(line.text))
        if len(line.text) < 120 and (running or (alone and numbered)):
            noise.append(line.text)
            skipped = True
            continue
        if skipped:
            line.page = True
        skipped = False
        kept.append(line)
    return kept


def _edges(lines: list[Line]) -> list[int]:
    """Where on its page a line stands: 1 is the first, -1 the last; 0 where neither edge is near."""
    begins = [place for place, line in enumerate(lines) if line.page]
    found = [0] * len(lines)
    for first, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        for step in range(min(EDGE, end - first)):
            found[end - 1 - step] = -1 - step
        for step in range(min(EDGE, end - first)):
            found[first + step] = 1 + step
    return found


def _without_contents(lines: list[Line], noise: list[str]) -> list[Line]:
    """Without the table of contents: what follows its title and ends with a page's number, or comes again below."""
    left = Counter(each.text for each in lines)
    kept: list[Line] = []
    inside = False
    for each in lines:
        left[each.text] -= 1
        inside = bool(CONTENTS.fullmatch(each.text)) or (inside and bool(ENTRY.fullmatch(each.text) or left[each.text]))
        if inside:
            noise.append(each.text)
        else:
            kept.append(each)
    return kept


def _with_marks(lines: list[Line]) -> list[Line]:
    """A bullet or number that stands alone on its line, before the words it belongs to."""
    kept: list[Line] = []
    for each in lines:
        if kept and ALONE.fullmatch(kept[-1].text) and each.cells == 1:
            before = kept.pop()
            each.text, each.blanks, each.page = f"{before.text} {each.text}", before.blanks, before.page
        kept.append(each)
    return kept
