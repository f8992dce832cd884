"""Where each table, key and element of a TOML text begins. tomllib reads the values, and keeps no lines."""

import re
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str | int, ...]
TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}(?!\")|'{3}.*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{}=,.\n])
    |(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL | re.VERBOSE,
)


class Token(NamedTuple):
    """A word or mark, and the line that it begins on. `mark` is "" for a word."""

    mark: str
    word: str
    line: int


def lines(text: str) -> dict[Path, int]:
    """The line of every path in a text that tomllib could read. The elements of an array count from 0."""
    return _Reader(text).read()


class _Reader:
    """Goes once through the tokens. It checks nothing: tomllib has."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.mark == "[":
                table = self._header()
            elif token.mark:
                self.at += 1
            else:
                self._pair(table)
        return self.found

    def _header(self) -> Path:
        line = self.tokens[self.at].line
        doubled = self._take("[") and self._take("[")
        names = self._names("]")
        while self._take("]"):
            pass
        table = self._opened(names, doubled)
        for depth in range(1, len(table) + 1):
            self.found.setdefault(table[:depth], line)
        return table

    def _opened(self, names: list[str], doubled: bool) -> Path:
        """The path that a header opens: an array of tables goes by the number of its latest one."""
        path: Path = ()
        for i, name in enumerate(names):
            path = (*path, name)
            if doubled and i == len(names) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _pair(self, table: Path) -> None:
        """A key and its value, at the top or in an inline table."""
        line = self.tokens[self.at].line
        path = table
        for name in self._names("="):
            path = (*path, name)
            self.found.setdefault(path, line)
        self._take("=")
        self._value(path)

    def _names(self, end: str) -> list[str]:
        """The parts of a dotted key."""
        found = []
        while self.at < len(self.tokens) and self.tokens[self.at].mark != end:
            token = self.tokens[self.at]
            found += [] if token.mark else [token.word]
            self.at += 1
        return found

    def _value(self, path: Path) -> None:
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            while self.at < len(self.tokens) and self.tokens[self.at].mark in ("", "."):
                self.at += 1

    def _array(self, path: Path) -> None:
        count = 0
        while self.at < len(self.tokens) and not self._take("]"):
            if self._take("\n") or self._take(","):
                continue
            self.found[(*path, count)] = self.tokens[self.at].line
            self._value((*path, count))
            count += 1

    def _inline_table(self, path: Path) -> None:
        while self.at < len(self.tokens) and not self._take("}"):
            if not (self._take("\n") or self._take(",")):
                self._pair(path)

    def _take(self, mark: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at].mark == mark
        self.at += taken
        return taken


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for match in TOKEN.finditer(text):
        word = match[0]
        if match.lastgroup == "mark":
            yield Token(word, "", line)
        elif match.lastgroup == "text":
            yield Token("", word.strip(word[0]), line)
        elif match.lastgroup == "bare":
            yield Token("", word, line)
        line += word.count("\n")
