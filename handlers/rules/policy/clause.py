"""A policy's document: its text, and its clauses, each a verbatim span of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, as people cite it."""

    number: str
    """As printed or recovered: "§4.6.3", "§7.3(5)", "§2 ¶2", "App C §3(2)", "Intro ¶3"."""
    heading: str
    """The headings it stands under, outermost first, joined by " › "."""
    stem: str
    """The words that introduce its list ("Staff shall not:"), or nothing."""
    text: str
    start: int
    end: int
    """`document.text[start:end] == text`."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever imports a document should look at: a code, whose sentence stands in cards/, and where."""

    code: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A policy as it is stored and quoted."""

    text: str
    clauses: tuple[Clause, ...]
    noise: tuple[str, ...] = ()
    """What was left out: page numbers, running headers, contents, bookmarks."""
    notes: tuple[Note, ...] = ()
