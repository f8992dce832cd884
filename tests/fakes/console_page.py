"""The console's HTML as somebody reads it: words, buttons, pictures, and a form's fields."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

VOID = {"img", "input", "hr", "br"}
LINES = {
    "p", "li", "h1", "h2", "h3", "div", "dt", "dd", "pre", "label", "legend", "ul", "figure", "del", "ins", "strong",
}


@dataclass
class Part:
    """An element, with its words where it holds nothing else."""

    tag: str
    attributes: dict[str, str]
    inside: list["Part | str"] = field(default_factory=list)

    def all(self) -> list["Part"]:
        """This element and all in it, in the order of reading."""
        return [self, *(each for inner in self.inside if isinstance(inner, Part) for each in inner.all())]

    def words(self, without: Sequence[str] = ()) -> str:
        """What is read, a line each block; elements of the tags `without` are left out."""
        if self.tag in without:
            return ""
        told = "".join(each if isinstance(each, str) else each.words(without) for each in self.inside)
        told = told if self.tag in ("pre", "p", "textarea") else told.strip("\n")
        return f"\n{told}\n" if self.tag in LINES else told

    def has(self, name: str) -> bool:
        """Whether it is of this class."""
        return name in self.attributes.get("class", "").split()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Part("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = Part(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(part)
        if tag not in VOID:
            self.open.append(part)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


@lru_cache(400)
def parse(markup: str) -> Part:
    """The elements of some HTML; it must be well-formed. A card is looked at many times, and read once."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == [reader.root], "something was not closed"
    return reader.root


def lines(text: str) -> str:
    """Without empty lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def buttons(root: Part) -> list[tuple[str, str]]:
    """Every button of a card: its label and what it carries."""
    return [(p.words().strip(), p.attributes.get("data-action", "")) for p in root.all() if p.has("button") and (
        "data-action" in p.attributes or p.tag == "a")]


def controls(form: Part) -> list[tuple[str, str]]:
    """What a browser would post of a form as it stands."""
    found = []
    for part in form.all():
        name, kind = part.attributes.get("name"), part.attributes.get("type")
        if name is None or kind == "file" or (kind in ("checkbox", "radio") and "checked" not in part.attributes):
            continue
        value = part.words().removeprefix("\n") if part.tag == "textarea" else part.attributes.get("value", "")
        found.append((name, value))
    return found


def errors(form: Part) -> dict[str, str]:
    """What is wrong, by field id."""
    wrong = [p for p in form.all() if p.has("error")]
    return {p.attributes.get("id", "error-").removeprefix("error-"): p.words().strip() for p in wrong}
