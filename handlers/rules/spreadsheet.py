"""A spreadsheet's CSV as people really save it: read whole, or refused with the line and the reason. And written."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_CHARACTERS = 1000
DELIMITERS = (",", ";", "\t")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls files begin."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A cell that begins like this is reckoned out by a spreadsheet instead of shown."""
INVISIBLE = {"Cc", "Cs"}
"""Control characters and halves of characters."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where. Line 0: the file as a whole."""

    line: int
    reason: str


class BadFile(ValueError):
    """The file cannot be imported: every problem that was found, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda each: each.line)
        super().__init__("\n".join(f"line {each.line}: {each.reason}" for each in self.problems))


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name, the other names it goes by, and whether a file may do without it."""

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is not empty: its first line in the file, and its cells by column."""

    number: int
    cells: Mapping[str, str]


def read(
    data: bytes, columns: Sequence[Column], longest: int = MOST_CHARACTERS
) -> tuple[list[Line], list[Problem]]:
    """The rows of a CSV file, and what is wrong with its shape. BadFile where no row can be told from another."""
    text = decoded(data)
    known = {_key(name): column for column in columns for name in (column.name, *column.synonyms)}
    rows = _rows(text, known)
    first = next(rows, None)
    if first is None:
        raise BadFile([Problem(0, f"The file is empty. Its first line names the columns: {_names(columns)}.")])
    headers = _headers(first, known, columns)
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, cells in rows:
        if len(lines) == MOST_ROWS:
            raise BadFile([Problem(number, f"There are more than {MOST_ROWS:,} rows. Please split the file.")])
        if reason := _misshapen(cells, headers, longest):
            problems.append(Problem(number, reason))
        else:
            lines.append(Line(number, dict(zip(headers, cells, strict=False))))
    if not lines and not problems:
        raise BadFile([Problem(0, "The file has a heading, but no row below it.")])
    return lines, problems


def write(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV file that Excel opens and `read` reads: its mark says that it is UTF-8, and no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_shown(clean(row[name])) for name in columns] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 as its mark says, else UTF-8, else what Excel writes on Windows."""
    if len(data) > MOST_BYTES:
        raise BadFile([Problem(0, f"The file is larger than {MOST_BYTES // 1_000_000} MB.")])
    if data.startswith(WORKBOOKS):
        raise BadFile([Problem(0, "This is an Excel workbook. In Excel: File, Save As, “CSV UTF-8”.")])
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadFile([Problem(0, "This is not a text file that I can read. In Excel: File, Save As, “CSV UTF-8”.")])


def day(cell: str) -> date | None:
    """A day as 2026-09-01 or 01/09/2026, None where there is none; ValueError, with the reason, for anything else."""
    if not cell:
        return None
    parts = cell.split("-") if "-" in cell else cell.split("/")[::-1]
    if len(parts) == 3 and len(parts[0]) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        try:
            found = date(*map(int, parts))
        except ValueError:
            raise ValueError(f"there is no such day as “{cell}”") from None
        if 1900 <= found.year <= 2200:
            return found
    raise ValueError(f"“{cell}” is not a day that I can read; write 2026-09-01 or 01/09/2026")


def tidy(cell: str) -> str:
    """A cell's words without what nobody sees: spaces around and doubled, and another spelling of the same letter."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


def clean(text: str) -> str:
    """A text as a cell that `read` takes: on one line, tidy, and nothing invisible in it."""
    seen = (c for c in text if c.isspace() or unicodedata.category(c) not in INVISIBLE)
    return tidy("".join(seen))


def _shown(cell: str) -> str:
    """The cell, with an apostrophe in front of what a spreadsheet would take for a formula."""
    return f"'{cell}" if _like_formula(cell) else cell


def _meant(cell: str) -> str:
    """The cell without the apostrophe that `_shown` put there."""
    return cell[1:] if cell.startswith("'") and _like_formula(cell) else cell


def _like_formula(cell: str) -> bool:
    # Apostrophes that were there before get one more, so that taking one away gives what was written.
    return cell.lstrip("'").startswith(FORMULA)


def _rows(text: str, known: Mapping[str, Column]) -> Iterator[tuple[int, list[str]]]:
    """Every row with a word in it, tidied, with the number of its first line."""
    head, skipped = _first_line(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(head, known), strict=True)
    begun = 1
    try:
        for cells in reader:
            tidied = [_meant(tidy(cell)) for cell in cells]
            if any(tidied) and begun > skipped:
                yield begun, tidied
            begun = reader.line_num + 1
    except csv.Error as error:
        reason = f"The quotation marks are not closed, or stand inside a cell, from here on ({error})."
        raise BadFile([Problem(begun, reason)]) from None


def _first_line(text: str) -> tuple[str, int]:
    """The heading, and how many lines before it are Excel's own hint ("sep=;")."""
    lines = text.split("\n", 2)
    if lines[0].strip().strip('"').lower().startswith("sep="):
        return (lines[1] if len(lines) > 1 else ""), 1
    return next((line for line in text.splitlines() if line.strip()), ""), 0


def _delimiter(head: str, known: Mapping[str, Column]) -> str:
    """The one that finds the most columns; a heading of one column needs none."""
    return max(DELIMITERS, key=lambda each: sum(_key(cell.strip('" ')) in known for cell in head.split(each)))


def _headers(first: tuple[int, list[str]], known: Mapping[str, Column], columns: Sequence[Column]) -> list[str]:
    """The columns' own names, in the file's order."""
    number, cells = first
    while cells and not cells[-1]:
        cells.pop()
    headers = [known[_key(cell)].name if _key(cell) in known else "" for cell in cells]
    reasons = [
        f"I do not know the column “{cell}”. Please take it out: the columns are {_names(columns)}."
        for cell, header in zip(cells, headers, strict=True)
        if not header
    ]
    twice = [name for name in dict.fromkeys(headers) if name and headers.count(name) > 1]
    missing = [each.name for each in columns if each.required and each.name not in headers]
    reasons += [f"The column “{name}” is there twice." for name in twice]
    reasons += [f"The column “{name}” is missing." for name in missing]
    if reasons:
        raise BadFile([Problem(number, reason) for reason in reasons])
    return headers


def _misshapen(cells: list[str], headers: list[str], longest: int) -> str:
    """Why this row cannot be read, or nothing."""
    if any(cells[len(headers) :]):
        return "there are more cells than columns; a cell with a comma in it needs quotation marks"
    for cell in cells:
        if len(cell) > longest:
            return f"a cell has more than {longest:,} characters"
        if any(unicodedata.category(character) in INVISIBLE for character in cell):
            return "there is an invisible control character in it; please type the row anew"
    cells += [""] * (len(headers) - len(cells))
    return ""


def _key(header: str) -> str:
    """“E-Mail ” and “email” are one column, “First_Day” and “first day” too."""
    return "".join(character for character in header.casefold() if character.isalnum())


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(each.name for each in columns)
