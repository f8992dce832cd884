"""Word's automatic numbers, which stand nowhere in the text: counted as Word counts them when it prints."""

import re
from dataclasses import dataclass
from typing import Any

from handlers.rules.policy.blocks import FURTHER_IN

SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
DEEPEST = 9
LONGEST_CHAIN = 20
"""Styles may be based on each other in a circle."""


def qualified(name: str) -> str:
    """An element's or attribute's full name."""
    return SPACE + name


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph's style: its name, and the level of heading that it makes (0: none)."""

    name: str
    level: int


@dataclass(slots=True)
class _Level:
    start: int
    sort: str
    text: str
    indent: int
    """How far in it stands, in points."""


class Numbering:
    """The lists and styles of one document, and how far each list has counted."""

    def __init__(self, document: Any) -> None:
        styles = document.styles.element.iter(qualified("style"))
        self.styles = {each.get(qualified("styleId")): each for each in styles}
        self.normal = next((key for key, each in self.styles.items() if _is_normal(each)), "")
        self.abstract: dict[str, Any] = {}
        self.lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        self.abstract = {_value(each, "abstractNumId"): each for each in root.iter(qualified("abstractNum"))}
        for each in root.iter(qualified("num")):
            self._list(each)

    def _list(self, number: Any) -> None:
        inner = number.find(qualified("abstractNumId"))
        key = _value(inner, "val") if inner is not None else ""
        levels = _levels(self.abstract.get(key))
        for override in number.iter(qualified("lvlOverride")):
            level = _int(_value(override, "ilvl"))
            levels |= _levels(override)
            start = override.find(qualified("startOverride"))
            if start is not None and level in levels:
                levels[level].start = _int(_value(start, "val"))
                # A list that starts again counts by itself.
                key = f"{key}/{_value(number, 'numId')}"
        self.lists[_value(number, "numId")] = (key, levels)

    def style(self, paragraph: Any) -> Style:
        """The name of its style, in small letters, and the level of heading that it is."""
        chain = self._chain(paragraph)
        name = _value(chain[0].find(qualified("name")), "val").lower() if chain else ""
        for each in [paragraph.find(qualified("pPr")), *(style.find(qualified("pPr")) for style in chain)]:
            outline = each.find(qualified("outlineLvl")) if each is not None else None
            if outline is not None and _int(_value(outline, "val")) < DEEPEST:
                return Style(name, _int(_value(outline, "val")) + 1)
        heading = re.fullmatch(r"heading (\d)", name)
        return Style(name, int(heading.group(1)) if heading else 1 if name == "title" else 0)

    def next(self, paragraph: Any) -> tuple[str, int] | None:
        """The mark that Word prints before this paragraph, and how far in it stands; None: it prints none.

        "•" is whatever bullet.
        """
        number, level = self._assigned(paragraph)
        if number not in self.lists:
            return None
        key, levels = self.lists[number]
        if level not in levels:
            return None
        counts = self.counts.setdefault(key, {})
        for each in range(level):
            counts.setdefault(each, levels[each].start if each in levels else 1)
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        own = _indent(paragraph.find(qualified("pPr")))
        indent = levels[level].indent if own is None else own
        if levels[level].sort in {"bullet", "none"}:
            return ("•", indent) if levels[level].sort == "bullet" else None
        printed = re.sub(r"%([1-9])", lambda found: self._figure(counts, levels, int(found.group(1)) - 1),
                         levels[level].text).strip()
        return (printed, indent) if printed else None

    def _figure(self, counts: dict[int, int], levels: dict[int, _Level], level: int) -> str:
        return figure(counts.get(level, 1), levels[level].sort if level in levels else "decimal")

    def _assigned(self, paragraph: Any) -> tuple[str, int]:
        """Which list a paragraph belongs to, and at which level: its own word before its style's."""
        number, level = "", -1
        for holder in [paragraph, *self._chain(paragraph)]:
            found = holder.find(f"{qualified('pPr')}/{qualified('numPr')}")
            if found is None:
                continue
            ids, depth = found.find(qualified("numId")), found.find(qualified("ilvl"))
            if depth is not None and level < 0:
                level = _int(_value(depth, "val"))
            if ids is not None and not number:
                number = _value(ids, "val")
                level = self._of_style(number, holder) if level < 0 else level
        return number, max(level, 0)

    def _of_style(self, number: str, style: Any) -> int:
        """The level that names this style as its own."""
        key = self.lists[number][0].split("/")[0] if number in self.lists else ""
        for each in self.abstract[key].iter(qualified("lvl")) if key in self.abstract else ():
            own = each.find(qualified("pStyle"))
            if own is not None and _value(own, "val") == style.get(qualified("styleId")):
                return _int(_value(each, "ilvl"))
        return 0

    def _chain(self, paragraph: Any) -> list[Any]:
        """A paragraph's style, and those that it is based on."""
        own = paragraph.find(f"{qualified('pPr')}/{qualified('pStyle')}")
        name = _value(own, "val") if own is not None else self.normal
        found: list[Any] = []
        while name in self.styles and len(found) < LONGEST_CHAIN:
            found.append(self.styles[name])
            name = _value(found[-1].find(qualified("basedOn")), "val")
        return found


def figure(number: int, sort: str) -> str:
    """A number as a list of this sort prints it."""
    if sort in {"lowerLetter", "upperLetter"} and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if sort == "upperLetter" else letters
    if sort in {"lowerRoman", "upperRoman"} and 0 < number < 400:
        return roman(number).upper() if sort == "upperRoman" else roman(number)
    return "" if sort == "none" else str(number)


def roman(number: int) -> str:
    """A number in small Roman figures."""
    found = ""
    for value, letters in ROMAN:
        found += letters * (number // value)
        number %= value
    return found


def _is_normal(style: Any) -> bool:
    return _value(style, "default") == "1" and _value(style, "type") == "paragraph"


def _levels(holder: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for each in holder.iter(qualified("lvl")) if holder is not None else ():
        start, sort, text = (each.find(qualified(name)) for name in ("start", "numFmt", "lvlText"))
        level, measured = _int(_value(each, "ilvl")), _indent(each.find(qualified("pPr")))
        levels[level] = _Level(
            _int(_value(start, "val") or "1"), _value(sort, "val") or "decimal", _value(text, "val"),
            level * FURTHER_IN if measured is None else measured)
    return levels


def _indent(properties: Any) -> int | None:
    """How far in something stands, in points; None where it does not say."""
    found = properties.find(qualified("ind")) if properties is not None else None
    written = (_value(found, "left") or _value(found, "start")) if found is not None else ""
    return _int(written) // 20 if written else None


def _value(element: Any, name: str) -> str:
    return "" if element is None else element.get(qualified(name), "")


def _int(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 6 else 0
