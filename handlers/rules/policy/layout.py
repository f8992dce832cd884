"""Lines that belong together, joined to paragraphs again, from how wide they are and how they begin and end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.rules.policy.blocks import FURTHER_IN, Block, Kind, Mark, ended, goes_on, joined, mark_of

WIDE = 160
"""Longer lines than this are paragraphs: no page is that wide."""
SPACES = re.compile(r"[ \t\u00a0]+")
POINTS_BACK = re.compile(r"(?:\S+\s+){0,5}(?:this|these|those|it|they)\b", re.IGNORECASE)
"""How a sentence begins that goes on with what was just said."""
WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'|‘’", 222), (" ,./:;I!ft[]", 278), ("r()-`", 333), ("ckvsxyz", 500), ("“”", 355),
        ("FTZ", 611), ("ABEKPSVXY&", 667), ("CDHNRUw", 722), ("GOQ", 778), ("mM", 833), ("W—@", 960),
    )
    for letter in letters
}
"""How wide letters are in the usual fonts, in thousandths of their size; the others are 556."""


@dataclass(slots=True)
class Line:
    """One printed line: its words, how far in it stands, how many blank lines came before, whether a page began."""

    text: str
    indent: int
    blanks: int
    page: bool
    cells: int = 1
    trailing: int = 0
    """How many spaces stood after it."""
    title: float = 0
    """The size of its letters where they are a heading's; 0: they are not."""


def width(text: str) -> int:
    """How wide words are in print."""
    return sum(WIDTHS.get(letter, 556) for letter in text)


def each_a_paragraph(text: str) -> bool:
    """Whether an export gave each paragraph one line."""
    return sum(len(each) for each in text.split("\n") if len(each) > WIDE) > 0.3 * len(text)


class Layout:
    """How the lines of a text were broken: each a paragraph, wrapped, or wrapped and doubly spaced."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.whole = each_a_paragraph("\n".join(each.text for each in lines))
        self.double = not self.whole and self._doubled()
        self.flush = sum(not each.indent for each in lines) * 2 >= len(lines)
        """Lines begin at the margin, so that one that does not has lost its mark."""
        self.width = max((width(each.text) for each in lines if each.cells == 1), default=0) or 1
        self.crowded = not self.whole and not self.double and self._crowded()

    def blocks(self, words: frozenset[str]) -> list[Block]:
        """Lines that belong together, joined."""
        found: list[Block] = []
        last: Line | None = None
        for line in self.lines:
            mark = mark_of(line.text)
            if found and last and not self._begins(found[-1], last, line, mark):
                found[-1].text = joined(found[-1].text, SPACES.sub(" ", line.text), words)
            else:
                found.append(self._block(line, mark))
            last = line
        return found

    def _doubled(self) -> bool:
        """Whether blank lines stand between the lines of a paragraph, too: some begin in the middle of a sentence."""
        middle = [
            each for before, each in zip(self.lines, self.lines[1:], strict=False)
            if each.blanks and not ended(before.text) and goes_on(each.text) and not mark_of(each.text)
        ]
        spaced = sum(each.blanks >= 1 for each in self.lines)
        return spaced > 0.8 * len(self.lines) and len(middle) > 0.02 * len(self.lines)

    def _crowded(self) -> bool:
        """Whether nothing stands between two paragraphs: where one surely ends, there is no gap more often than one."""
        gaps = [
            bool(each.blanks) for before, each in zip(self.lines, self.lines[1:], strict=False)
            if ended(before.text) and not goes_on(each.text) and not mark_of(each.text)
            and not each.title and not before.title and self._room(before, each) < 0.85
        ]
        return gaps.count(False) > gaps.count(True)

    def _block(self, line: Line, mark: Mark | None) -> Block:
        gap = self._apart(line)
        if line.cells > 1 and not mark:
            return Block(Kind.ROW, SPACES.sub(" ", line.text.replace("\t", " | ")), gap=gap)
        text = SPACES.sub(" ", line.text[len(mark.printed):] if mark else line.text)
        if mark:
            own = mark.sort == "App" or "." in mark.number
            kind = Kind.HEADING if line.title else Kind.PARAGRAPH if own else Kind.ITEM
            return Block(
                kind, text, mark.printed.strip(), mark.number, gap=gap,
                sort=mark.sort, indent=line.indent * FURTHER_IN if self.whole else line.indent,
            )
        if self._lost(line):
            return Block(Kind.ITEM, text, gap=gap, lost=True)
        return Block(Kind.HEADING if line.title else Kind.PARAGRAPH, text, gap=gap)

    def _lost(self, line: Line) -> bool:
        """Whether a mark stood before a line, of which the export left the space after it."""
        return line.indent == 1 and self.flush and not self.whole

    def _apart(self, line: Line) -> bool:
        return line.blanks > (1 if self.double else 0)

    def _begins(self, block: Block, last: Line, line: Line, mark: Mark | None) -> bool:
        """Whether a line begins something new."""
        if self.whole or line.cells > 1 or last.cells > 1 or line.title != last.title:
            return True
        if line.title and not mark:
            return self._apart(line) or line.page
        if mark:
            return self._marked(block, last, line, mark)
        if self._lost(line) or line.indent + FURTHER_IN <= block.indent:
            return True
        if goes_on(line.text) or block.text.endswith(","):
            return False
        return self._apart(line) or ((self.double or self.crowded or line.page) and self._stops(block, last, line))

    def _marked(self, block: Block, last: Line, line: Line, mark: Mark) -> bool:
        """Whether a mark is one, and no number that a wrapped line happens to begin with."""
        if not mark.number or self._apart(line) or ended(last.text) or width(last.text) < 0.7 * self.width:
            return True
        if block.number.isdecimal() and mark.number == str(int(block.number) + 1):
            return True
        return not goes_on(line.text[len(mark.printed):]) and width(line.text) < 0.7 * self.width

    def _stops(self, block: Block, last: Line, line: Line) -> bool:
        """Whether a line ended before the margin: the next word would have had room."""
        room = self._room(last, line)
        inner = block.kind is Kind.ITEM
        if not ended(last.text):
            return room < (0.85 if inner else 0.95)
        if room < (0.93 if inner else 0.96):
            return True
        return last.trailing > 1 and not POINTS_BACK.match(line.text)

    def _room(self, last: Line, line: Line) -> float:
        """How wide a line would have been with the next line's first word, as a share of the widest."""
        return (width(last.text) + width(" ") + width(line.text.split()[0])) / self.width
