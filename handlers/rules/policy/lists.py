"""Which numbers belong to a list in the text and not to the document, how deep an item stands, and lost numbers."""

from collections.abc import Sequence

from handlers.rules.policy.blocks import Block, Kind, plain, title_like

SLACK = 3
"""By so little do marks of one list stand apart, in letters or points."""


class Lists:
    """The lists of a document, as far as one has read it."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.top = 0
        """The last number of the highest level."""
        self.titles: set[int] = set()
        """Which blocks are headings."""
        self._depths: list[tuple[str, int]] = []
        self._inside = -1
        """The last item with a plain number."""

    def close(self) -> None:
        """No list is open."""
        self._depths = []

    def begin_anew(self) -> None:
        """An appendix counts from one again."""
        self.top = 0
        self.close()

    def depth(self, block: Block) -> int:
        """How deep an item stands: a mark not seen in this list, or one further in, opens a list within the list."""
        sort = block.sort or block.mark
        while self._depths and self._depths[-1][1] > block.indent + SLACK:
            self._depths.pop()
        alike = [
            place for place, (each, indent) in enumerate(self._depths)
            if each == sort and abs(indent - block.indent) <= SLACK
        ]
        if alike:
            del self._depths[alike[-1] + 1 :]
        else:
            self._depths.append((sort, block.indent))
        return len(self._depths) - 1

    def holds(self, place: int, block: Block) -> bool:
        """Whether a block with a plain number ("4") is an item of a list in the text.

        So it is where a stem opens it, or where it counts again what the document has counted already.
        """
        if block.kind is not Kind.ITEM or not plain(block.number) or "." in block.number:
            return False
        number = int(block.number)
        if self._goes_on(place, number) if number > 1 else self._opens(place):
            self._inside = place
            return True
        return False

    def _goes_on(self, place: int, number: int) -> bool:
        """Whether the item before it has the number before."""
        if self._inside < 0 or self.blocks[self._inside].number != str(number - 1):
            return False
        if number == self.top + 1 and self._heads(place, number):
            return False
        between = range(self._inside + 1, place)
        if self.top >= number:
            return not any(each in self.titles for each in between)
        return all(self.blocks[each].kind is Kind.ITEM for each in between)

    def _heads(self, place: int, number: int) -> bool:
        """Whether it reads as the next section's heading: no item of the same list comes after it."""
        after = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        return after is not None and after.number != str(number + 1) and title_like(self.blocks[place].text)

    def _opens(self, place: int) -> bool:
        """Whether a list begins with it."""
        before = place - 1
        if before < 0:
            return False
        if before not in self.titles and self.blocks[before].text.endswith(":"):
            return True
        after = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        return self.top >= 1 and after is not None and after.kind is Kind.ITEM and after.number == "2"


def numbering_lost(blocks: Sequence[Block]) -> bool:
    """Whether the export lost the numbers of a section's paragraphs while those of their items are printed.

    So it is where 4.6.1 is printed, no 4.6 is, and the sixth paragraph under 4 comes before it; and nothing speaks
    against it.
    """
    printed = {each.number for each in blocks}
    section, count, proofs = "", 0, set()
    for each in blocks:
        levels = each.number.split(".") if plain(each.number) else []
        if len(levels) == 1:
            section, count = each.number, 0
        elif len(levels) > 2 and levels[0] == section and ".".join(levels[:2]) not in printed:
            proofs.add(count == int(levels[1]))
        elif not each.number and (each.kind is Kind.PARAGRAPH or each.lost):
            count += 1
    return proofs == {True}
