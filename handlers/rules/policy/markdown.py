"""Markdown into blocks: the words as they are read, without the signs that dress them."""

from collections.abc import Sequence
from typing import Any

from handlers.rules.policy.blocks import FURTHER_IN, Block, Kind, marked, unspaced
from handlers.rules.policy.docx import as_row

BREAKS = {"softbreak", "hardbreak"}


def blocks(text: str) -> tuple[list[Block], list[str], list[str]]:
    """What a Markdown text holds. HTML in it counts as words."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    reader = _Reader()
    for place, token in enumerate(tokens):
        reader.take(token, tokens[place - 1] if place else token)
    return reader.found, [], []


class _Reader:
    """Goes through the tokens of a text."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.lists: list[str] = []
        self.mark = ""
        self.cells: list[list[str]] | None = None

    def take(self, token: Any, before: Any) -> None:
        """One token."""
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(token.type)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
        elif token.type == "list_item_open":
            self.mark = f"{token.info}{token.markup}" if token.info else "•"
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close" and self.cells:
            self.found.extend(as_row([[each] for row in self.cells for each in row]))
            self.cells = None
        elif token.type == "inline":
            self._words(unspaced(_plain(token.children or ())), before)
        elif token.type in {"code_block", "fence"} and (words := unspaced(token.content)):
            self.found.append(marked(words, Kind.PARAGRAPH, 0))

    def _words(self, words: str, before: Any) -> None:
        if self.cells is not None:
            self.cells.append([words])
        elif not words:
            return
        elif before.type == "heading_open":
            self.found.append(marked(words, Kind.HEADING, int(before.tag[1])))
        elif self.mark:
            self._item(words)
        else:
            self.found.append(marked(words, Kind.PARAGRAPH, 0))

    def _item(self, words: str) -> None:
        mark, self.mark = self.mark, ""
        block = Block(Kind.ITEM, words, "•") if mark == "•" else marked(f"{mark} {words}", Kind.PARAGRAPH, 0)
        block.indent = (len(self.lists) - 1) * FURTHER_IN
        self.found.append(block)


def _plain(tokens: Sequence[Any]) -> str:
    return "".join(" " if each.type in BREAKS else each.content for each in tokens)
