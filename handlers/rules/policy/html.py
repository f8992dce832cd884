"""A web page into blocks: what is shown and read, without menus, scripts and what is hidden."""

from collections.abc import Iterator
from typing import Any

from handlers.rules.policy.blocks import FURTHER_IN, Block, Kind, marked, unspaced
from handlers.rules.policy.docx import as_row
from handlers.rules.policy.numbering import figure
from handlers.rules.policy.reasons import Unreadable

UNREAD = {"script", "style", "nav", "header", "footer", "aside", "noscript", "template", "head", "title", "form",
          "button", "select", "svg", "iframe", "object", "img", "dialog"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {"p", "div", "section", "article", "main", "body", "html", "blockquote", "pre", "li", "ol", "ul", "table",
          "dl", "dt", "dd", "figure", "figcaption", "details", "summary", "address", "center", "hr", *HEADINGS}
FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
DEEPEST = 100


def blocks(text: str) -> tuple[list[Block], list[str], list[str]]:
    """What a page holds."""
    from lxml import etree, html

    try:
        # The parser fetches nothing; `huge_tree` stays off, so that depth and length are bounded.
        root = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Unreadable("empty") from None
    return list(_Page().blocks(root, 0)), [], []


class _Page:
    """Goes through a page."""

    def blocks(self, element: Any, depth: int) -> Iterator[Block]:
        """The blocks in an element, in order; words between them are paragraphs."""
        if depth > DEEPEST:
            raise Unreadable("broken")
        loose = [element.text or ""]
        for each in element:
            if not isinstance(each.tag, str) or each.tag in UNREAD or _hidden(each):
                pass
            elif each.tag in BLOCKS or each.find(".//p") is not None or each.find(".//table") is not None:
                yield from _paragraph(loose)
                loose = []
                yield from self._block(each, depth + 1)
            else:
                loose.append(_words(each))
            loose.append(each.tail or "")
        yield from _paragraph(loose)

    def _block(self, element: Any, depth: int) -> Iterator[Block]:
        if element.tag in HEADINGS:
            if words := unspaced(_words(element)):
                yield marked(words, Kind.HEADING, HEADINGS[element.tag])
        elif element.tag in {"ol", "ul"}:
            yield from self._list(element, depth)
        elif element.tag == "table":
            yield from self._table(element, depth)
        else:
            yield from self.blocks(element, depth)

    def _list(self, element: Any, depth: int) -> Iterator[Block]:
        count = _int(element.get("start"), 1) - 1
        nested = sum(each.tag in {"ol", "ul"} for each in element.iterancestors())
        for item in element.iterchildren("li"):
            count = _int(item.get("value"), count + 1) if element.tag == "ol" else 0
            inner = list(self.blocks(item, depth + 1))
            if inner and inner[0].kind is Kind.PARAGRAPH and not inner[0].number:
                sort = FORMATS.get(element.get("type", ""), "decimal")
                inner[0] = _item(inner[0].text, figure(count, sort) if count else "", nested)
            yield from inner

    def _table(self, element: Any, depth: int) -> Iterator[Block]:
        for row in element.iter("tr"):
            cells = [list(self.blocks(cell, depth + 1)) for cell in row.iterchildren("td", "th")]
            cells = [cell for cell in cells if cell]
            if len(cells) == 1:
                yield from cells[0]
            elif cells:
                yield from as_row([[f"{each.mark} {each.text}".strip() for each in cell] for cell in cells])


def _item(words: str, number: str, nested: int) -> Block:
    if not number:
        return Block(Kind.ITEM, words, "•", indent=nested * FURTHER_IN)
    block = marked(f"{number}. {words}", Kind.PARAGRAPH, 0)
    block.indent = nested * FURTHER_IN
    return block


def _paragraph(loose: list[str]) -> Iterator[Block]:
    if words := unspaced("".join(loose)):
        yield marked(words, Kind.PARAGRAPH, 0)


def _words(element: Any) -> str:
    """The words of something within a line."""
    if element.tag == "br":
        return " "
    parts = [element.text or ""]
    for each in element:
        if isinstance(each.tag, str) and each.tag not in UNREAD and not _hidden(each):
            parts.append(_words(each))
        parts.append(each.tail or "")
    return "".join(parts)


def _hidden(element: Any) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return element.get("hidden") is not None or element.get("aria-hidden") == "true" or "display:none" in style


def _int(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 5 else otherwise
