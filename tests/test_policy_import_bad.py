"""A file that is no policy, or a hostile one, is refused with a reason: never a traceback, never a flood."""

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

import pytest
from pypdf import PdfWriter

from cards import policy_import as cards
from handlers.rules.policy.document import Unreadable, read
from tests.papers import NUMBERS, WRITERS, pdf, pdf_of, word


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    writer.encrypt(user_password=password, owner_password="another", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def said_to_unpack_to(size: int) -> bytes:
    """A zip file whose directory says that of its only part."""
    made = bytearray(zipped(word__document_xml=b"0" * 1_000_000))
    directory = made.index(b"PK\x01\x02")
    made[directory + 24 : directory + 28] = size.to_bytes(4, "little")
    return bytes(made)


def entities() -> bytes:
    """A Word document whose words would multiply to gigabytes."""
    lines = "".join(f'<!ENTITY e{each} "{f"&e{each - 1};" * 10}">' for each in range(1, 10))
    bad = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "word">{lines}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return rewritten(lambda body: re.sub(rb"^<\?xml[^>]*\?>", bad.encode(), body).replace(b"Our promise", b"&e9;&f;"))


def rewritten(change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as before, zipfile.ZipFile(out, "w") as after:
        for each in before.namelist():
            content = before.read(each)
            after.writestr(each, change(content) if each == "word/document.xml" else content)
    return out.getvalue()


DIRECTORY = b"PK\1\2\x14\3\x14\0"
OLD = b"\xd0\xcf\x11\xe0" + b"\0" * 600
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "spaces": (lambda: b" \n\n\t\f ", "empty"),
    "only pages": (lambda: b"Page 1 of 1\n", "empty"),
    "a locked PDF": (lambda: locked("secret"), "encrypted"),
    "a scan": (lambda: pdf_of(["0 0 100 100 re f"] * 3), "scan"),
    "half a PDF": (lambda: pdf()[:700], "broken"),
    "no PDF after all": (lambda: b"%PDF-1.7\n" + b"\x9f" * 500, "broken"),
    "too many pages": (lambda: pdf_of(["BT ET"] * 501), "long"),
    "an old Word file": (lambda: OLD, "old"),
    "a locked Word file": (lambda: OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "rich text": (lambda: rb"{\rtf1 hello}", "old"),
    "a spreadsheet": (lambda: zipped(xl__workbook_xml=b"<x/>"), "other"),
    "half a zip": (lambda: word()[:3000], "broken"),
    "no Word inside": (lambda: zipped(word__document_xml=b"<x/>"), "broken"),
    "a zip bomb": (lambda: said_to_unpack_to(200_000_000), "bomb"),
    "a zip bomb that hides it": (lambda: said_to_unpack_to(10), "broken"),
    "a locked zip": (lambda: word().replace(DIRECTORY + b"\0", DIRECTORY + b"\1"), "encrypted"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture"),
    "bytes": (lambda: bytes(range(256)) * 9, "other"),
    "a page of nothing": (lambda: b"<html><body></body></html>", "empty"),
    "a page without end": (lambda: b"<html>" + b"<div>" * 20_000 + b"x", "broken"),
    "headings alone": (lambda: b"# One\n\n# Two\n", "empty"),
    "far too much": (lambda: b"Be kind. " * 2_300_000, "long"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_refused_with_the_reason(case: str) -> None:
    make, reason = BAD[case]
    with pytest.raises(Unreadable) as caught:
        read("policy.txt", make())
    assert caught.value.reason == reason
    assert cards.unreadable(reason).endswith(".")


def test_every_reason_and_note_has_its_sentence() -> None:
    assert {reason for _, reason in BAD.values()} == set(cards.UNREADABLE)


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    assert tuple(each.number for each in read("x.pdf", locked("")).clauses) == NUMBERS


def test_entities_are_neither_fetched_nor_multiplied() -> None:
    try:
        found = read("x.docx", entities()).text
    except Unreadable:
        return
    assert "root:" not in found and len(found) < 2000


def test_four_hundred_pages_are_read() -> None:
    line = "BT /F1 10 Tf 1 0 0 1 60 {} Tm ({}) Tj ET"
    words = "Be kind to all {} of them, wherever you may be."
    pages = [f"{line.format(700, f'{each}. Part')}\n{line.format(670, words.format(each))}" for each in range(1, 401)]
    found = read("x.pdf", pdf_of(pages))
    assert len(found.clauses) == 400 and found.clauses[-1].text.startswith("Be kind to all 400")


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_was_damaged_is_read_or_refused(name: str) -> None:
    chance, whole = Random(name), WRITERS[name]()
    for _ in range(25):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = damaged[: chance.randint(1, len(damaged))] if chance.random() < 0.3 else damaged
        try:
            found = read(name, bytes(cut))
        except Unreadable as error:
            assert error.reason in cards.UNREADABLE
        else:
            assert all(found.text[each.start : each.end] == each.text for each in found.clauses)


def test_what_nobody_sees_is_not_stored() -> None:
    found = read("x.txt", f"1. Care\n\nBe \u202ekind\x1b[31m.\n\n2. End\n\n{'Rest. ' * 20}".encode())
    assert found.clauses[0].text == "Be kind[31m."
