"""What a policy is made of before it has clauses: headings, paragraphs, items and rows, and how their marks read."""

import re
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a block is, as far as the document says so itself."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(slots=True)
class Block:
    """One heading, paragraph, item or row: its words, and the mark that was printed before them.

    `number` is what the mark says ("4.6.3", "a", "App C"), or nothing for a bullet. `depth`: how deep an item is nested
    (0 is the outermost), or the level of a heading that the document calls one (1 is the highest; 0: not called one).
    `gap`: it stands apart from what came before. `lost`: a mark stood here, and the export lost it.
    """

    kind: Kind
    text: str
    mark: str = ""
    number: str = ""
    depth: int = 0
    gap: bool = False
    lost: bool = False
    sort: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before the words of a line: "3.3.1. ", "• ", "(a) ", "Appendix C: "."""

    printed: str
    number: str
    sort: str
    """What alike marks have in common: the bullet itself, "1", "1.1", "a", "App"."""


FURTHER_IN = 6
"""By so much, in letters or points, a list within a list stands further in, where the document does not measure it."""
BULLET = re.compile(r"(?:[•·▪■●○◦‣⁃∙\uf000-\uf0ff]|[-–*o§](?=\s))\s*(?=\S)")
NUMBER = re.compile(r"(?:§\s?)?(\d{1,2}(?:\.\d{1,2})*)(?:([.)])(?=\s|[A-Z])|(?=\s))\s*(?=\S)")
BRACKETED = re.compile(r"(?:\(([a-z]|[ivx]{1,5}|\d{1,2})\)|([a-z]|[ivx]{1,5})[.)](?=\s))\s*(?=\S)")
ANNEX = re.compile(r"(?:appendix|annexe?|schedule)\s+([A-Z]|\d{1,2}|[IVX]{1,5})\b\s*[:.–—-]?\s*", re.IGNORECASE)
MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b\s*(?:\d{4}|$|[,.])")
ENDS = (".", "!", "?", ":", ";", ")", "”", '"', "’")


ALONE = re.compile(r"[•·▪■●○◦‣⁃∙\uf000-\uf0ffo]|(?:§\s?)?\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)]|\([a-z]\)")
"""A mark that stands alone on a line."""


def plain(number: str) -> bool:
    """Whether a number is one of figures, such as 4 or 4.6.3."""
    return bool(number) and number.replace(".", "").isdecimal()


def mark_of(line: str) -> Mark | None:
    """The mark a line begins with."""
    if (found := ANNEX.match(line)) and _names(found.group(), line[found.end():]):
        return Mark(found.group(), f"App {found.group(1).upper()}", "App")
    if found := NUMBER.match(line):
        number = found.group(1)
        follows = line[found.end():]
        bare = not found.group(2) and "." not in number
        if bare and (not follows[:1].isupper() or MONTH.match(follows)):
            return None
        return Mark(found.group(), number, ".".join("1" for _ in number.split(".")))
    if found := BRACKETED.match(line):
        return Mark(found.group(), found.group(1) or found.group(2), "1" if (found.group(1) or "").isdigit() else "a")
    if found := BULLET.match(line):
        return Mark(found.group(), "", found.group()[0])
    return None


def _names(printed: str, rest: str) -> bool:
    """Whether words that begin with "Appendix B" are its heading, and no sentence about it."""
    return printed.rstrip()[-1:] in ":.–—-" or not rest or (len(rest) <= 90 and rest[-1:] not in ".;,")


def ended(text: str) -> bool:
    """Whether words can end a paragraph."""
    return text.rstrip().endswith(ENDS)


def goes_on(text: str) -> bool:
    """Whether words can only continue what came before."""
    first = text.lstrip("“\"'‘(")[:1]
    return first.islower()


def title_like(text: str) -> bool:
    """Whether a line without a number reads as a heading: short, begun with a capital, not ended as a sentence."""
    return (
        text[:1].isupper()
        and len(text) <= 80
        and len(text.split()) <= 8
        and not re.search(r"[.;:,](\s|$)|\s[–—]\s", text.replace(", ", " "))
        and not text.endswith((".", ",", ";", ":", "*"))
    )


def joined(before: str, after: str, words: frozenset[str]) -> str:
    """Two lines as one. A word broken by a hyphen is mended; a hyphen that is the word's own stays."""
    if before.endswith("/"):
        return before + after
    broken = re.search(r"([A-Za-z]+)-$", before)
    if not broken or not (rest := re.match(r"[a-z]+", after)):
        return f"{before} {after}"
    first, second = broken.group(1).lower(), rest.group()
    own = f"{first}-{second}" in words or first in OWN_HYPHEN or (first in words and second in words)
    return before + after if own and first + second not in words else before[:-1] + after


OWN_HYPHEN = frozenset({
    "all", "anti", "co", "cross", "cyber", "ever", "full", "half", "high", "ill", "in", "long", "low", "multi", "non",
    "off", "on", "out", "part", "post", "pre", "re", "self", "semi", "short", "up", "well",
})
"""What is commonly written with a hyphen after it."""


def unspaced(text: str) -> str:
    """Words with one space between them, and no signs that cannot be seen."""
    return " ".join(text.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "").split())


def marked(text: str, kind: Kind, level: int) -> Block:
    """Words as a block, the mark they begin with taken off. `level`: of a heading."""
    mark = mark_of(text)
    if mark is None or not (mark.number or mark.printed.strip() != "o"):
        return Block(kind, text, depth=level)
    if kind is Kind.PARAGRAPH and mark.sort != "App" and "." not in mark.number:
        kind = Kind.ITEM
    return Block(kind, text[len(mark.printed):].strip(), mark.printed.strip(), mark.number, level, sort=mark.sort)
