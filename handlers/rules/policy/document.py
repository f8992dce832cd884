"""A policy's document is read from a file of any of the kinds that trusts have."""

import re
from collections import Counter

from handlers.rules.policy import docx, html, lines, markdown, pdf
from handlers.rules.policy.blocks import Block
from handlers.rules.policy.clause import Clause, Document, Note
from handlers.rules.policy.reasons import Unreadable
from handlers.rules.policy.tree import Tree

__all__ = ["Clause", "Document", "Note", "Unreadable", "read"]

MOST_BYTES = 20_000_000
MOST_LETTERS = 2_000_000
LONGEST = 900
"""A clause that is longer is quoted in part."""
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF")
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""What nobody sees, no database holds, or turns the writing round."""
MARKDOWN = re.compile(r"^#{1,6}[ \t]+\S|^\S.*\n(?:=+|-{3,})[ \t]*$|^\|[-:| ]+\|[ \t]*$|\]\(https?:", re.MULTILINE)
LIKELY = re.compile(r"\*\*\w|^[-*+] ", re.MULTILINE)
"""What makes Markdown of a file that is called so."""
HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|div|p|h[1-6]|article)\b",
                  re.IGNORECASE | re.DOTALL)


def read(name: str, content: bytes) -> Document:
    """The document in a file. Its content decides what it is; its name only tells Markdown from plain text.

    Unreadable, with the reason, where it is none.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("long")
    try:
        found, noise, said = _blocks(name.lower(), content)
    except RecursionError:
        raise Unreadable("broken") from None
    for each in found:
        each.text = UNSEEN.sub("", each.text).strip()
    found = [each for each in found if each.text]
    if sum(len(each.text) for each in found) > MOST_LETTERS:
        raise Unreadable("long")
    if not found:
        raise Unreadable("empty")
    return document(found, noise, said)


def _blocks(name: str, content: bytes) -> tuple[list[Block], list[str], list[str]]:
    if not content.strip():
        raise Unreadable("empty")
    if b"%PDF-" in content[:1024]:
        return pdf.blocks(content)
    if content.startswith(b"PK"):
        parts = docx.unpacked(content)
        if "word/document.xml" not in parts:
            raise Unreadable("other")
        return docx.blocks(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # Old Word files, and new ones with a password, lie in this container.
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old")
    if content.startswith(PICTURES):
        raise Unreadable("picture")
    if content.startswith(b"{\\rtf"):
        raise Unreadable("old")
    text = _decoded(content)
    if HTML.match(text):
        return html.blocks(text)
    if MARKDOWN.search(text) or (name.endswith((".md", ".markdown")) and LIKELY.search(text) and "\t" not in text):
        return markdown.blocks(text)
    return lines.blocks(text)


def _decoded(content: bytes) -> str:
    """The text of a file; Unreadable where it is none."""
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1252") if b"\0" not in content else ()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(ord(each) < 32 and each not in "\t\n\r\f\v" for each in text)
        if odd * 100 <= len(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable("other")


def document(found: list[Block], noise: list[str], said: list[str]) -> Document:
    """Blocks as the text that is stored, and the clauses in it."""
    parts, spans, at = [], [], 0
    for block in found:
        before = f"{block.mark} " if block.mark else ""
        spans.append((at + len(before), at + len(before) + len(block.text)))
        parts.append(before + block.text)
        at += len(parts[-1]) + 1
    text = "\n".join(parts)
    tree = Tree(found)
    seen: Counter[str] = Counter()
    clauses = []
    for draft in tree.drafts:
        seen[draft.number] += 1
        number = draft.number if seen[draft.number] == 1 else f"{draft.number} [{seen[draft.number]}]"
        start, end = spans[draft.first][0], spans[draft.last][1]
        stem = _stem(found[draft.stem].text) if draft.stem >= 0 else ""
        clauses.append(Clause(number, draft.heading, stem, text[start:end], start, end))
    if not clauses:
        raise Unreadable("empty")
    notes = [Note(each) for each in said] + _notes(tree, clauses, seen)
    return Document(text, tuple(clauses), tuple(noise), tuple(notes))


def _stem(text: str) -> str:
    """The sentence that introduces a list: the last of its paragraph."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z“‘\"'(])", text)[-1]


def _notes(tree: Tree, clauses: list[Clause], seen: Counter[str]) -> list[Note]:
    """What whoever imports it should look at."""
    found = (
        Note("twice", tuple(number for number, times in seen.items() if times > 1)),
        Note("missing", tuple(_missing(list(seen)))),
        Note("lengthy", tuple(each.number for each in clauses if len(each.text) > LONGEST)),
    )
    alone = [Note("recovered")] if tree.recovered else [Note("numberless")] if tree.numberless else []
    return alone + [each for each in found if each.where]


def _missing(numbers: list[str]) -> list[str]:
    """Numbers that are not there although a later one of their section is."""
    last: dict[str, int] = {}
    found: list[str] = []
    for number in numbers:
        match = re.fullmatch(r"(.*§\d+(?:\.\d+)*\.)(\d+)", number)
        if match:
            head, count = match.group(1), int(match.group(2))
            found += [f"{head}{each}" for each in range(last.get(head, 0) + 1, count)][:20]
            last[head] = max(count, last.get(head, 0))
    return [each for each in found if not any(other.startswith(each) for other in numbers)]
