"""Headings, paragraphs and items into numbered clauses, each the words of one block or of several in a row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.rules.policy.blocks import Block, Kind, goes_on, plain, title_like
from handlers.rules.policy.lists import Lists, numbering_lost

LONGEST_HEADING = 200
SENTENCE = re.compile(r"\b(?:must|shall|should|may|will|is|are|has|have|can|cannot)\b", re.IGNORECASE)
"""What a heading without a question mark does not say."""


@dataclass(slots=True)
class Section:
    """What clauses are counted in: "§4.6", "App C §3", "Intro"."""

    label: str
    number: str = ""
    paragraphs: int = 0
    items: int = 0
    taken: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Draft:
    """A clause being made: its first and last block, and where its number comes from.

    `ending` follows the section's label ("(3)", " ¶2"); a section's only paragraph has none.
    """

    section: Section
    ending: str
    first: int
    last: int
    heading: str
    stem: int = -1
    """The block that introduces its list; -1: none does."""
    numbered: bool = False

    @property
    def number(self) -> str:
        """The clause's number."""
        alone = self.ending.startswith(" ¶") and self.section.paragraphs == 1 and not self.section.items
        return self.section.label if alone else self.section.label + self.ending


class Tree:
    """Goes through the blocks once, and drafts a clause for each that is none of another's."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.recovered = numbering_lost(blocks)
        self.lists = Lists(blocks)
        self.styled = any(each.kind is Kind.HEADING for each in blocks)
        self.numberless = not any(each.number.startswith("App") or plain(each.number) for each in blocks)
        self.headings: list[tuple[int, str]] = []
        self.section = Section("Intro")
        self.appendix = ""
        self.drafts: list[Draft] = []
        self.open: Draft | None = None
        """The last clause under the heading that holds; None: there is none yet."""
        self.within: Draft | None = None
        """The clause with its own number in which all this stands; None: there is none."""
        self.stem = -1
        for place in range(len(blocks)):
            self._place(place)

    def _place(self, place: int) -> None:
        block = self.blocks[place]
        if block.kind is not Kind.ITEM:
            self.lists.close()
        if block.number.startswith("App") or (plain(block.number) and not self.lists.holds(place, block)):
            self._numbered(place, block)
        elif self._is_title(place, block):
            self._headed(place, block)
        elif block.kind is Kind.ITEM and not (block.lost and self.recovered):
            self._item(place, block)
        else:
            self._paragraph(place)

    def _is_title(self, place: int, block: Block) -> bool:
        """Whether a block is a heading: where the document says so, or, if it never does, where it reads like one."""
        if block.kind is Kind.HEADING:
            return len(block.text) <= LONGEST_HEADING
        guess = not self.styled and block.kind is Kind.PARAGRAPH and title_like(block.text)
        if not guess or place + 1 >= len(self.blocks):
            return False
        if place and self.open and self.open.last == place - 1 and self.blocks[place - 1].text.endswith((":", ",")):
            return False
        after = self.blocks[place + 1]
        return not goes_on(after.text) or after.kind is Kind.ITEM

    def _headed(self, place: int, block: Block) -> None:
        """A heading without a number: what follows stands under it, and is counted on."""
        level = block.depth or 7
        top = self.headings[0][0] if self.headings else 7
        if self.numberless or (block.depth and self.section.label != "Intro" and level <= top):
            self.section = Section(block.text[:60].rstrip(" :"))
            self.appendix = ""
        self._under(level, block.text)
        self.lists.titles.add(place)

    def _under(self, level: int, words: str) -> None:
        self.headings = [each for each in self.headings if each[0] < level]
        self.headings.append((level, words))
        self.stem, self.open, self.within = -1, None, None
        self.lists.close()

    def _numbered(self, place: int, block: Block) -> None:
        """A section, an appendix, or a clause with its own number."""
        annex = block.number.startswith("App")
        if annex:
            self.appendix = block.number
            self.lists.begin_anew()
        label = block.number if annex else f"{self.appendix} §{block.number}".strip()
        if not annex and "." not in block.number:
            self.lists.top = int(block.number)
        if annex or self._is_section(place, block):
            said = block.number.replace("App", "Appendix")
            level = block.depth or (1 if annex else block.number.count(".") + 1 + bool(self.appendix))
            self._under(level, f"{said} {block.text}".strip())
            self.lists.titles.add(place)
            self.section = Section(label, "" if annex else block.number)
            return
        self._clause(place, label)

    def _is_section(self, place: int, block: Block) -> bool:
        """Whether a numbered block is a heading: no sentence, and something stands under it that is not its list."""
        if block.kind is Kind.HEADING:
            return len(block.text) <= LONGEST_HEADING
        said = len(block.text) > 120 or re.search(r"[.;](\s|$)", block.text)
        if said or place + 1 >= len(self.blocks) or (SENTENCE.search(block.text) and block.text[-1:] != "?"):
            return False
        after = self.blocks[place + 1]
        if plain(after.number) and not self.lists.holds(place + 1, after):
            return after.number.startswith(f"{block.number}.")
        return block.text[-1:] != ":" or after.kind is not Kind.ITEM or after.lost

    def _clause(self, place: int, label: str) -> None:
        """A paragraph with its own number; bullets under it are its words."""
        parent = self.drafts[-1] if self.drafts else None
        while parent and not label.startswith(f"{parent.section.label}."):
            parent = self._draft_of(parent.stem)
        stem = parent.first if parent and parent.numbered and self._opens(parent.first) else -1
        section = Section(label, paragraphs=1)
        self.within = self._draft(section, "", place, stem)
        self.within.numbered = True
        self.stem = place if self._opens(place) else -1

    def _draft_of(self, block: int) -> Draft | None:
        return next((each for each in reversed(self.drafts) if block >= 0 and each.first == block), None)

    def _opens(self, place: int) -> bool:
        """Whether a block's words introduce a list."""
        if self.blocks[place].text.endswith(":"):
            return True
        after = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        return after is not None and after.kind is Kind.ITEM and goes_on(after.text)

    def _item(self, place: int, block: Block) -> None:
        """An item: a clause of its own under a heading; the words of the clause it stands in otherwise."""
        depth = self.lists.depth(block)
        if self.open and self._belongs(block, depth):
            self.open.last = place
            return
        section = self._inner()
        section.items += 1
        ending = f"({block.number or section.items})"
        if ending in section.taken:
            ending = f"({section.items})"
        section.taken.add(ending)
        self._draft(section, ending, place, self.stem)

    def _belongs(self, block: Block, depth: int) -> bool:
        """Whether an item is of the clause before it: a bullet under one with its own number, or one within an item."""
        assert self.open is not None
        if self.open.numbered:
            return not block.number
        return self.open.ending.startswith("(") and (depth > 0 or self._broken_off(block))

    def _inner(self) -> Section:
        """What is counted in here: the clause with its own number in which this stands, or the section."""
        return self.within.section if self.within else self.section

    def _broken_off(self, block: Block) -> bool:
        """Whether a list within an item was broken by a page, and goes on with its depth lost.

        It stands apart, or follows one that does; and it is a fragment as those of that list were, no longer than they.
        """
        if not self.open or block.text.endswith("."):
            return False
        inner = [each for each in self.blocks[self.open.first + 1 : self.open.last + 1] if each.kind is Kind.ITEM]
        if not inner or inner[0].indent <= block.indent or inner[0].mark != block.mark:
            return False
        resumed = inner[-1].indent == block.indent
        return (block.gap or resumed) and len(block.text) <= max(len(each.text) for each in inner)

    def _paragraph(self, place: int) -> None:
        """A paragraph without a number, or one whose number the export lost."""
        if self.open and self.open.ending.startswith("(") and self._announced(place):
            self.open.last = place
            return
        if self.recovered and plain(self.section.number) and "." not in self.section.number:
            self.section.paragraphs += 1
            self._clause(place, f"{self.section.label}.{self.section.paragraphs}")
            return
        section = self._inner()
        section.paragraphs += 1
        self._draft(section, f" ¶{section.paragraphs}", place, self._header(place))
        self.stem = place if self._opens(place) else -1

    def _header(self, place: int) -> int:
        """The row that names a table's columns, for one below it; -1: there is none."""
        first = place
        while self.blocks[first].kind is Kind.ROW and first and self.blocks[first - 1].kind is Kind.ROW:
            first -= 1
        columns = self.blocks[first].text.split(" | ")
        names = len(columns) > 2 and all(len(each) <= 40 and each[-1:] != "." for each in columns)
        return first if first < place and names else -1

    def _announced(self, place: int) -> bool:
        """Whether a paragraph between two items is what the first of them announced."""
        assert self.open is not None
        item = self.blocks[self.open.first]
        if not item.text.endswith(":"):
            return False
        after = next((each for each in self.blocks[place + 1 : place + 4] if each.kind is not Kind.PARAGRAPH), None)
        return after is not None and after.kind is Kind.ITEM and bool(after.number) == bool(item.number)

    def _draft(self, section: Section, ending: str, first: int, stem: int) -> Draft:
        """A clause that begins at a block."""
        heading = " › ".join(words for _, words in self.headings)
        self.open = Draft(section, ending, first, first, heading, stem)
        self.drafts.append(self.open)
        return self.open
