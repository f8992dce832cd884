"""Pages of plain words, for a terminal and for docs/."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands under it, a line each. `plain`: paragraphs, where others are a list."""

    heading: str
    lines: tuple[str, ...]
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Something explained: a kind of request, or a side of the policy."""

    title: str
    parts: tuple[Part, ...]


def text(pages: Iterable[Page]) -> str:
    """For a terminal."""
    return "\n\n".join("\n".join(_text(page)) for page in pages)


def _text(page: Page) -> Iterable[str]:
    yield page.title
    for part in page.parts:
        if part.heading:
            yield f"  {part.heading}"
        indent = "  " if part.plain else "    - "
        yield from (f"{indent}{line}" for line in part.lines)


def markdown(pages: Iterable[Page], level: int = 2) -> str:
    """For a page of docs/."""
    return "\n\n".join("\n\n".join(_markdown(page, level)) for page in pages)


def _markdown(page: Page, level: int) -> Iterable[str]:
    yield f"{'#' * level} {page.title}"
    for part in page.parts:
        if part.heading:
            yield f"**{part.heading}**"
        lines = [_escaped(line) for line in part.lines]
        yield "\n\n".join(lines) if part.plain else "\n".join(f"- {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of markdown. A cell's lines are separated by line ends."""
    shown = [list(head), ["---"] * len(head), *([_cell(each) for each in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


def _cell(words: str) -> str:
    return "<br>".join(_escaped(words).split("\n")).replace("|", "\\|")


def _escaped(words: str) -> str:
    return words.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
