"""A Word document into blocks: automatic numbers recovered, tracked changes as if they were accepted."""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from handlers.rules.policy.blocks import Block, Kind, marked, unspaced
from handlers.rules.policy.numbering import Numbering, qualified
from handlers.rules.policy.reasons import Unreadable

LARGEST = 100_000_000
MOST_PARTS = 5000
GONE = {qualified(each) for each in ("del", "moveFrom", "instrText", "delText", "txbxContent", "footnoteReference")}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
GONE.add(FALLBACK)
CHANGED = {qualified(each) for each in ("ins", "del", "moveFrom", "moveTo")}
SPACE = {qualified("tab"), qualified("br"), qualified("cr")}
PARAGRAPH, TABLE, ROW, CELL = (qualified(each) for each in ("p", "tbl", "tr", "tc"))
HOLDERS = {qualified(each) for each in ("sdt", "sdtContent", "customXml", "smartTag")}


def unpacked(content: bytes) -> list[str]:
    """The names of a zip file's parts; Unreadable where it is broken, or unpacks to more than any document has."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _bounded(parts)
            # Read bit by bit, so that what says less than it unpacks to is found out before somebody reads it whole.
            if archive.testzip():
                raise Unreadable("broken")
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError, zlib.error):
        raise Unreadable("broken") from None
    return [each.filename for each in parts]


def _bounded(parts: list[ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > LARGEST:
        raise Unreadable("bomb")
    if any(each.flag_bits & 1 for each in parts):
        raise Unreadable("encrypted")
    if any(each.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for each in parts):
        raise Unreadable("broken")


def blocks(content: bytes) -> tuple[list[Block], list[str], list[str]]:
    """What the document holds, the noise left out, and what is to be said of it."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    try:
        document = Document(BytesIO(content))
        body: Any = document.element.body
        reader = _Reader(document)
    except (OpcError, XMLSyntaxError, BadZipFile, KeyError, ValueError, AttributeError, EOFError, OSError):
        # An entity that is to be fetched or to multiply ends here as well: the parser takes none.
        raise Unreadable("broken") from None
    found = list(reader.blocks(body))
    said = ["tracked"] if any(True for _ in body.iter(*CHANGED)) else []
    said += ["footnotes"] if next(body.iter(qualified("footnoteReference")), None) is not None else []
    return found, reader.noise, said


class _Reader:
    """Goes through a document's body."""

    def __init__(self, document: Any) -> None:
        self.numbering = Numbering(document)
        self.noise: list[str] = []
        self.carried = ""
        """Words of a paragraph whose end was deleted: they belong to the next."""

    def blocks(self, holder: Any) -> Iterator[Block]:
        for each in holder:
            if each.tag == PARAGRAPH:
                if block := self._paragraph(each):
                    yield block
                for box in each.iter(qualified("txbxContent")):
                    # Older programs find the same box again, as a picture of it.
                    if next(box.iterancestors(FALLBACK), None) is None:
                        yield from self.blocks(box)
            elif each.tag == TABLE:
                yield from self._table(each)
            elif each.tag in HOLDERS:
                yield from self._held(each)

    def _held(self, holder: Any) -> Iterator[Block]:
        gallery = holder.find(f".//{qualified('docPartGallery')}")
        if gallery is not None and "contents" in gallery.get(qualified("val"), "").lower():
            self.noise += filter(None, (unspaced(_words(each)) for each in holder.iter(PARAGRAPH)))
            return
        yield from self.blocks(holder)

    def _paragraph(self, paragraph: Any) -> Block | None:
        words = unspaced(self.carried + _words(paragraph))
        self.carried = ""
        style = self.numbering.style(paragraph)
        if paragraph.find(f"{qualified('pPr')}/{qualified('rPr')}/{qualified('del')}") is not None:
            self.carried = words and f"{words} "
            return None
        if not words:
            return None
        if style.name.startswith("toc"):
            self.noise.append(words)
            return None
        return self._block(paragraph, words, style.level)

    def _block(self, paragraph: Any, words: str, level: int) -> Block:
        automatic = self.numbering.next(paragraph)
        kind = Kind.HEADING if level else Kind.PARAGRAPH
        if automatic is None:
            return marked(words, kind, level)
        printed, indent = automatic
        if printed == "•":
            return Block(kind if level else Kind.ITEM, words, "" if level else "•", depth=level, indent=indent)
        block = marked(f"{printed} {words}", kind, level)
        block.indent = indent
        return block

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [[list(self.blocks(cell)) for cell in row.iter(CELL)] for row in table.iter(ROW)]
        for row in rows:
            cells = [cell for cell in row if cell]
            if len(cells) == 1:
                yield from cells[0]
            elif cells:
                yield from as_row([[_whole(each) for each in cell] for cell in cells])


def as_row(cells: list[list[str]]) -> Iterator[Block]:
    """A table's row as one block; where its first cell is a clause's number, the others are the clause's words."""
    first = " ".join(cells[0])
    rest = [" ".join(cell) for cell in cells[1:]]
    if len(rest) == 1 and len(first) <= 12 and (block := marked(f"{first} {rest[0]}", Kind.PARAGRAPH, 0)).number:
        yield block
        return
    yield Block(Kind.ROW, " | ".join([first, *rest]))


def _whole(block: Block) -> str:
    return f"{block.mark} {block.text}".strip()


def _words(paragraph: Any) -> str:
    """The words of a paragraph with all changes accepted."""
    found: list[str] = []
    _gather(paragraph, found)
    return "".join(found)


def _gather(element: Any, found: list[str]) -> None:
    for each in element:
        if each.tag in GONE or each.find(f"{qualified('rPr')}/{qualified('vanish')}") is not None:
            continue
        if each.tag == qualified("t"):
            found.append(each.text or "")
        elif each.tag in SPACE:
            found.append(" ")
        elif each.tag == qualified("noBreakHyphen"):
            found.append("-")
        elif each.tag != qualified("pPr"):
            _gather(each, found)
