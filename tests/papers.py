"""One short policy, in our own words, written as every kind of file that a trust may have its policy in."""

import textwrap
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from handlers.rules.policy.layout import width

Part = tuple[str, str, str]
"""What it is (title, section, clause, plain, item, numbered), its number, and its words."""

DEPUTY = (
    "Every account has somebody who looks after it and a deputy who steps in during holidays and illness, so that no "
    "parent waits longer than two working days for a reply to a plain question."
)
LIST = (
    "A picture of a pupil is used only where a parent has agreed to that use, and the office keeps the list of those "
    "who have. Look at the list on the day, not from memory."
)
POLICY: tuple[Part, ...] = (
    ("title", "", "Our promise"),
    ("plain", "", "Everybody who works for Brookfield Trust keeps to these pages, wherever they are."),
    ("section", "1", "Accounts"),
    ("clause", "1.1", DEPUTY),
    ("clause", "1.2", "Before a new account begins, whoever wants it must:"),
    ("sub", "1.2.1", "write down what it is for;"),
    ("sub", "1.2.2", "agree that with the head."),
    ("section", "2", "Pictures"),
    ("plain", "", LIST),
    ("plain", "", "Before it goes out:"),
    ("item", "", "look at every face in it;"),
    ("item", "", "look at what hangs on the wall behind."),
    ("plain", "", "Old pictures are taken down when somebody asks."),
    ("annex", "A", "Words that we use"),
    ("plain", "", "A page means whatever the school runs and the public can see."),
)
NUMBERS = ("Intro", "§1.1", "§1.2", "§1.2.1", "§1.2.2", "§2 ¶1", "§2 ¶2", "§2(1)", "§2(2)", "§2 ¶3", "App A")


def text(parts: Sequence[Part] = POLICY) -> bytes:
    """Plain text, each paragraph wrapped, a blank line between them."""
    return "\n\n".join("\n".join(textwrap.wrap(printed(part), 78)) for part in parts).encode()


def printed(part: Part) -> str:
    """A part as it reads on paper."""
    sort, number, words = part
    return {"item": f"• {words}", "annex": f"Appendix {number}: {words}"}.get(sort, f"{number} {words}".strip())


def html(parts: Sequence[Part] = POLICY) -> bytes:
    """A page, with a menu that is not part of it."""
    lines = ["<!doctype html><html><head><title>x</title><style>p{}</style></head><body><nav>Home</nav>"]
    for sort, number, words in parts:
        tag = {"title": "h2", "section": "h2", "annex": "h2", "item": "li"}.get(sort, "p")
        shown = words if sort == "item" else printed((sort, number, words))
        lines.append(f"<ul><li>{shown}</li></ul>" if tag == "li" else f"<{tag}>{shown}</{tag}>")
    return "".join(lines).replace("</ul><ul>", "").encode()


def markdown(parts: Sequence[Part] = POLICY) -> bytes:
    """Markdown, with emphasis that is no word of it."""
    found = []
    for sort, number, words in parts:
        before = {"title": "## ", "section": "## ", "annex": "## ", "item": "- "}.get(sort, "")
        shown = words if sort == "item" else printed((sort, number, words))
        found.append(before + shown.replace("pupil", "**pupil**"))
    return "\n\n".join(found).replace(";\n\n- ", ";\n- ").encode()


LEVELS = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{shape}"/></w:lvl>'
    for level, shape in enumerate(("%1.", "%1.%2", "%1.%2.%3"))
)


def word(parts: Sequence[Part] = POLICY) -> bytes:
    """A Word document in which no number of a section or clause is written: Word counts them."""
    document = docx.Document()
    numbering: Any = document.part.numbering_part.element
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{LEVELS}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    document.sections[0].header.paragraphs[0].text = "Brookfield Trust policy"
    for sort, number, words in parts:
        if sort in {"title", "section", "annex"}:
            added = document.add_heading(f"Appendix {number}: {words}" if sort == "annex" else words, 1)
        else:
            added = document.add_paragraph(words, "List Bullet" if sort == "item" else None)
        if sort in {"section", "clause", "sub"}:
            automatic(added, number.count("."))
    return saved(document)


def automatic(paragraph: Any, level: int) -> None:
    """A paragraph that Word counts."""
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(
        f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'))


def saved(document: Any) -> bytes:
    """A Word document's bytes."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(parts: Sequence[Part] = POLICY, lines_a_page: int = 9) -> bytes:
    """Pages with a running header and a page number each; a gap between paragraphs, headings in larger letters."""
    flow: list[tuple[str, int, int]] = []
    for part in parts:
        size = 14 if part[0] in {"title", "section", "annex"} else 10
        for number, line in enumerate(_wrapped(printed(part))):
            flow.append((line, size, 24 if number == 0 else 12))
    pages = [flow[first : first + lines_a_page] for first in range(0, len(flow), lines_a_page)]
    return pdf_of([_page(page, number, len(pages)) for number, page in enumerate(pages, 1)])


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for each in words.split(" "):
        longer = f"{lines[-1]} {each}".strip()
        if width(longer) > 42_000:
            lines.append(each)
        else:
            lines[-1] = longer
    return lines


def _page(lines: Sequence[tuple[str, int, int]], number: int, pages: int) -> str:
    at = 740
    shown = [_put("Brookfield Trust policy", 9, 800), _put(f"Page {number} of {pages}", 9, 30)]
    for line, size, step in lines:
        at -= step
        shown.append(_put(line, size, at))
    return "\n".join(shown)


def _put(line: str, size: int, at: int) -> str:
    escaped = line.replace("•", "\\225").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf 1 0 0 1 60 {at} Tm ({escaped}) Tj ET"


def pdf_of(pages: Sequence[str]) -> bytes:
    """A PDF with these pages, each in a PDF's own language."""
    kids = " ".join(f"{4 + 2 * each} 0 R" for each in range(len(pages)))
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>")
        bodies.append(f"<< /Length {len(page)} >>\nstream\n{page}\nendstream")
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


WRITERS = {"policy.txt": text, "policy.html": html, "policy.md": markdown, "policy.docx": word, "policy.pdf": pdf}
