"""A policy is read from whatever file a trust has it in; what cannot be read is refused with a reason."""

import io
import re
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from cards import policy_import as cards
from handlers.rules.policy.document import Document, read
from handlers.rules.policy.numbering import figure
from tests.papers import NUMBERS, WRITERS, automatic, markdown, pdf, saved, text, word


def flat(words: str) -> str:
    return " ".join(re.findall(r"[a-z]+", words.lower()))


def labels(document: Document) -> list[str]:
    return [each.number for each in document.clauses]


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_clauses(name: str) -> None:
    found, plain = read(name, WRITERS[name]()), read("policy.txt", text())
    assert tuple(labels(found)) == NUMBERS
    assert [flat(each.text) for each in found.clauses] == [flat(each.text) for each in plain.clauses]
    assert [flat(each.stem) for each in found.clauses] == [flat(each.stem) for each in plain.clauses]
    assert all(found.text[each.start : each.end] == each.text for each in found.clauses)
    assert not found.notes


@pytest.mark.parametrize("name", ["policy.txt", "policy.doc", "policy", "policy.pdf"])
def test_the_content_decides_and_not_the_name(name: str) -> None:
    assert [tuple(labels(read(name, each()))) for each in (pdf, word, markdown)] == [NUMBERS] * 3


# --- Word -------------------------------------------------------------------------------------------------------


def changed(paragraph: Any, sort: str, words: str) -> None:
    """Words that somebody added or struck out, and nobody has accepted yet."""
    tag = "delText" if sort == "del" else "t"
    paragraph._p.append(parse_xml(
        f'<w:{sort} {nsdecls("w")} w:id="1" w:author="A"><w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r>'
        f"</w:{sort}>"))


def test_tracked_changes_count_as_accepted_and_are_mentioned() -> None:
    document = docx.Document()
    document.add_heading("1. Care", 1)
    paragraph = document.add_paragraph("Greet ")
    changed(paragraph, "del", "nobody")
    changed(paragraph, "ins", "everybody")
    paragraph.add_run(" who comes.")
    found = read("x.docx", saved(document))
    assert [each.text for each in found.clauses] == ["Greet everybody who comes."]
    assert [each.code for each in found.notes] == ["tracked"]


def test_two_paragraphs_whose_border_was_struck_out_are_one() -> None:
    document = docx.Document()
    document.add_heading("1. Care", 1)
    first = document.add_paragraph("Greet everybody")
    first._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="2" w:author="A"/></w:rPr>'))
    document.add_paragraph("and be kind.")
    assert [each.text for each in read("x.docx", saved(document)).clauses] == ["Greet everybody and be kind."]


COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def test_a_text_box_is_read_once_and_what_is_hidden_is_not() -> None:
    document = docx.Document()
    document.add_heading("1. Care", 1)
    box = "<w:{0}><w:txbxContent><w:p><w:r><w:t>Be kind.</w:t></w:r></w:p></w:txbxContent></w:{0}>"
    document.add_paragraph("Be fair.")._p.append(parse_xml(
        f'<w:r {nsdecls("w")} xmlns:mc="{COMPATIBLE}"><mc:AlternateContent><mc:Choice Requires="wps">'
        f'{box.format("drawing")}</mc:Choice><mc:Fallback>{box.format("pict")}</mc:Fallback></mc:AlternateContent></w:r>'))
    document.paragraphs[-1].add_run(" Be cruel.").font.hidden = True
    assert [each.text for each in read("x.docx", saved(document)).clauses] == ["Be fair.", "Be kind."]


def test_a_table_of_contents_is_left_out() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("1. Care\t2", "toc 1")
    document.add_heading("1. Care", 1)
    document.add_paragraph("Be kind.")
    document.element.body.insert(0, parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        "</w:sdtPr><w:sdtContent><w:p><w:r><w:t>Contents</w:t></w:r></w:p></w:sdtContent></w:sdt>"))
    found = read("x.docx", saved(document))
    assert labels(found) == ["§1"]
    assert found.noise == ("Contents", "1. Care 2")


def test_a_table_of_numbers_and_words_is_a_list_of_clauses() -> None:
    document = docx.Document()
    document.add_heading("1. Care", 1)
    table = document.add_table(2, 2)
    for row, cells in enumerate((("1.1", "Be kind."), ("1.2", "Be fair."))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    found = read("x.docx", saved(document))
    assert [(each.number, each.text) for each in found.clauses] == [("§1.1", "Be kind."), ("§1.2", "Be fair.")]


def test_word_s_numbers_are_counted_as_word_counts_them() -> None:
    document = docx.Document(io.BytesIO(word(())))
    numbering: Any = document.part.numbering_part.element
    numbering.append(parse_xml(
        f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'))
    for level, words in ((0, "Care"), (1, "Be kind."), (1, "Be fair."), (0, "End"), (1, "Stop.")):
        automatic(document.add_paragraph(words), level)
    later = document.add_paragraph("Afterwards")
    automatic(later, 0)
    later._p.pPr.numPr.numId.val = 78
    document.add_paragraph("Rest now.")
    assert labels(read("x.docx", saved(document))) == ["§1.1", "§1.2", "§2.1", "§5"]
    assert [figure(each, "lowerRoman") for each in (4, 9, 14)] == ["iv", "ix", "xiv"]
    assert [figure(each, "upperLetter") for each in (1, 26, 27)] == ["A", "Z", "AA"]


# --- a page, Markdown ---------------------------------------------------------------------------------------------


def test_only_what_a_page_shows_is_read() -> None:
    page = """<html><body><nav>Menu</nav><div hidden>Secret</div><h1>1. Care</h1><script>alert(1)</script>
    <div>Everybody does this:<ol><li>greet<ul><li>parents<li>pupils</ul><li>listen</ol>
    <p style="display: none">Not this.</p><p>Bold <b>wor</b>ds &amp; more.<br>Next.</div><footer>Foot</footer>"""
    found = read("page.html", page.encode())
    assert [(each.number, flat(each.text)) for each in found.clauses] == [
        ("§1 ¶1", "everybody does this"), ("§1(1)", "greet parents pupils"), ("§1(2)", "listen"),
        ("§1 ¶2", "bold words more next")]


def test_markdown_is_read_as_it_is_shown() -> None:
    table = "| A | B | C |\n|-|-|-|\n| x | y | z |\n"
    found = read("x.md", f"# 1. Care\n\nBe *very* kind to [us](https://example.org).\n\n{table}".encode())
    assert [each.text for each in found.clauses] == ["Be very kind to us.", "A | B | C", "x | y | z"]
    assert found.clauses[2].stem == "A | B | C"


# --- what is said of it --------------------------------------------------------------------------------------------


def test_notes_say_what_to_look_at() -> None:
    found = read("x.txt", b"1. Care\n\n1.1 Be kind.\n\n1.1 Be fair.\n\n1.4 Be quick.\n\n1.5 " + b"Long words. " * 90)
    said = {each.code: each.where for each in found.notes}
    assert said == {"twice": ("§1.1",), "missing": ("§1.2", "§1.3"), "lengthy": ("§1.5",)}
    assert all(cards.note(code, where).endswith(".") for code, where in said.items())
