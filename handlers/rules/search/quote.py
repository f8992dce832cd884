"""What of a clause is quoted: the whole, or of a long one the sentences that come nearest to the question."""

import re
from collections.abc import Sequence

from handlers.rules.search.topics import spelt_whole
from handlers.rules.search.words import Words, stem

LONGEST = 900
"""Characters that a quotation may have."""
ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][”’\"')\]])\s+|\n+")


def quotation(text: str, words: Sequence[str], known: Words) -> str:
    """A verbatim span of the text, of at most 900 characters, that begins and ends where sentences do."""
    if len(text) <= LONGEST:
        return text
    asked = {stem(word) for word in words}
    spans = sentences(text)
    near = [len(asked & {stem(word) for word in known.meant(spelt_whole(text[a:b]))}) for a, b in spans]
    best, most = spans[0], -1
    for first in range(len(spans)):
        last = first
        while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= LONGEST:
            last += 1
        score = sum(near[first : last + 1])
        if score > most:
            best, most = (spans[first][0], spans[last][1]), score
    return text[best[0] : best[1]]


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends; one that is too long is parted between words."""
    spans, at = [], 0
    for end in [*ENDS.finditer(text), None]:
        stop = end.start() if end else len(text)
        spans.extend(parted(text, at, stop))
        at = end.end() if end else stop
    return spans or [(0, min(len(text), LONGEST))]


def parted(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """A sentence, or the pieces of one that is too long to quote."""
    out = []
    while stop - start > LONGEST:
        cut = text.rfind(" ", start, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        out.append((start, cut))
        start = cut + 1 if text[cut : cut + 1] == " " else cut
    return [*out, (start, stop)] if stop > start else out
