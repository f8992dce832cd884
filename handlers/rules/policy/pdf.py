"""A PDF into lines, with where and how large each is printed, and from there into blocks."""

import logging
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from handlers.rules.policy.blocks import Block
from handlers.rules.policy.layout import Line
from handlers.rules.policy.lines import from_lines
from handlers.rules.policy.reasons import Unreadable

MOST_PAGES = 500
FEWEST_LETTERS = 20
"""A page with fewer is a picture of one."""
STEP = 6
"""Points by which what is further in is told from what is not."""
APART = 1.35
"""So many times the usual distance between two lines is a gap."""


@dataclass(slots=True)
class Printed:
    """One line on a page: its words, its place from the bottom left in points, the size and weight of its letters."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    first: bool


def blocks(content: bytes) -> tuple[list[Block], list[str], list[str]]:
    """What the document holds, the noise left out, and what is to be said of it."""
    import struct
    import zlib

    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    # What it makes of a damaged file is said once, by Unreadable, and not line by line on the terminal.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable("long")
        printed = [_page(page) for page in reader.pages]
    except FileNotDecryptedError:
        raise Unreadable("encrypted") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OSError,
            RecursionError, NotImplementedError, OverflowError, struct.error, zlib.error):
        raise Unreadable("broken") from None
    empty = sum(sum(map(len, (each.text for each in page))) < FEWEST_LETTERS for page in printed)
    if empty == len(printed):
        raise Unreadable("scan")
    found, noise = from_lines(_lines([each for page in printed for each in page]))
    return found, noise, ["pictures"] if empty * 5 > len(printed) else []


def _page(page: Any) -> list[Printed]:
    """The lines of one page, in the order in which they are written."""
    lines: list[Printed] = []
    begins = True

    def take(text: str, matrix: list[float], place: list[float], font: Any, size: float) -> None:
        nonlocal begins
        for number, part in enumerate(text.split("\n")):
            begins = begins or number > 0
            if not part.strip() and (begins or not lines):
                continue
            if begins:
                # What is in the text's own measure becomes the page's.
                x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
                y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
                scale = abs(place[3] * matrix[3]) or abs(place[1] * matrix[1]) or 1.0
                heavy = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                lines.append(Printed(part, x, y, round(size * scale, 1), heavy, not lines))
                begins = False
            else:
                lines[-1].text += part
                heavy = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                lines[-1].bold = lines[-1].bold and (heavy or not part.strip())

    page.extract_text(visitor_text=take)
    return lines


def _same_page(printed: list[Printed], first: int) -> list[Printed]:
    end = first + 1
    while end < len(printed) and not printed[end].first:
        end += 1
    return printed[first:end]


def _lines(printed: list[Printed]) -> list[Line]:
    """Lines as the layout wants them: blank ones where there is a gap, titles where letters are larger or bold."""
    sizes: Counter[float] = Counter()
    steps: Counter[float] = Counter()
    for before, each in zip([None, *printed], printed, strict=False):
        sizes[each.size] += len(each.text)
        if before and not each.first and 0 < before.y - each.y < 60:
            steps[round(before.y - each.y, 0)] += 1
    body = sizes.most_common(1)[0][0]
    heavy = sum(len(each.text) for each in printed if each.bold) * 2 > sum(sizes.values())
    often = [each for each, times in steps.items() if times * 10 >= steps.total() and each >= body * 0.8]
    step = min([*often, body * 1.6])
    found: list[Line] = []
    last: Printed | None = None
    margin = 0.0
    for place, each in enumerate(printed):
        if each.first:
            margin = min(other.x for other in _same_page(printed, place))
        gap = bool(last) and not each.first and abs((last.y if last else 0) - each.y) > APART * step
        title = each.size >= body * 1.1 or (each.bold and not heavy)
        trailing = len(each.text) - len(each.text.rstrip())
        indent = round((each.x - margin) / STEP) * STEP
        found.append(Line(each.text.strip(), indent, int(gap), each.first, 1, trailing, each.size if title else 0))
        last = each
    return found
