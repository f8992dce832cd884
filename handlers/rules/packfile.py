"""A pack's file: read whole, or refused with every fault, its line and its key."""

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from handlers.rules import pack as shapes
from handlers.rules.pack import Pack
from handlers.rules.packcheck import Fault, faults
from handlers.rules.packlines import Path, lines

MOST_BYTES = 500_000
MOST_FAULTS = 300
"""Nobody reads more of them at once; the rest is told when these are mended."""
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Found:
    """A fault where it stands. `key` as one would say it, the first of a list being 1: kinds.account.route[1]."""

    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.reason}" if self.key else f"line {self.line}: {self.reason}"


class BadPack(ValueError):
    """This file is no pack that could work. `found` has every reason, in the order of the lines."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__("\n".join(map(str, found)))
        self.found = found


@lru_cache(maxsize=16)
def read(data: bytes) -> Pack:
    """The pack in a file's bytes; BadPack with all that is wrong with it. A pack is never altered, so it is kept."""
    if len(data) > MOST_BYTES:
        raise BadPack([Found(1, "", f"is too long for a pack: it takes {MOST_BYTES:,} bytes")])
    try:
        return _read(_decoded(data))
    except RecursionError:
        raise BadPack([Found(1, "", "is nested too deeply")]) from None


def _decoded(data: bytes) -> str:
    """Its text, with lines as tomllib counts them."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadPack([Found(line, "", "is no UTF-8 text")]) from None


def _read(text: str) -> Pack:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack([_syntax(text, str(error))]) from None
    except ValueError:  # a number of thousands of digits
        raise BadPack([Found(1, "", "is no TOML: a value in it cannot be read")]) from None
    try:
        pack = Pack.model_validate(raw)
    except ValidationError as error:
        raise _bad(text, raw, _shapes(error.errors()[:MOST_FAULTS])) from None
    if found := faults(pack):
        raise _bad(text, raw, found)
    return pack


def _bad(text: str, raw: dict[str, Any], found: list[Fault]) -> BadPack:
    where = lines(text)
    own = [fault for fault in found[:MOST_FAULTS] if not _elsewhere(raw, fault, found)]
    placed = {Found(_line(where, fault.path), written(fault.path), fault.reason) for fault in own}
    return BadPack(sorted(placed, key=lambda each: (each.line, each.key, each.reason)))


def _elsewhere(raw: dict[str, Any], fault: Fault, found: list[Fault]) -> bool:
    """Whether a kind has this fault only because the kind that it is `like` has it, or [clocks]."""
    kinds = raw.get("kinds")
    kind = kinds.get(fault.path[1]) if isinstance(kinds, dict) and len(fault.path) > 2 else None
    if fault.path[:1] != ("kinds",) or not isinstance(kind, dict):
        return False
    if fault.path[2] == "clocks" and len(fault.path) > 3 and fault.path[3] not in (kind.get("clocks") or fault.path):
        return Fault(fault.path[2:], fault.reason) in found
    if "like" not in kind or fault.path[2] in kind:
        return False
    return Fault(("kinds", kind["like"], *fault.path[2:]), fault.reason) in found


def _syntax(text: str, message: str) -> Found:
    match = AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    return Found(line, "", f"is no TOML: {AT_LINE.sub('', message).strip()}")


def _line(where: dict[Path, int], path: Path) -> int:
    """The line of the path, or of the nearest thing around it that has one."""
    while path and path not in where:
        path = path[:-1]
    return where.get(path, 1)


def written(path: Path) -> str:
    """A path as one would write it."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _shapes(errors: list[ErrorDetails]) -> list[Fault]:
    """Pydantic's errors, without a list that is called too short because what is in it is wrong."""
    inside = {each["loc"][:depth] for each in errors for depth in range(len(each["loc"]))}
    return [_fault(each) for each in errors if each["type"] != "too_short" or each["loc"] not in inside]


def _fault(error: ErrorDetails) -> Fault:
    context: dict[str, Any] = error.get("ctx", {})
    path: Path = tuple(part for part in (*error["loc"], *context.get("path", ())) if part != "[key]")
    said = {
        "missing": "is missing",
        "extra_forbidden": f"is not known here{_meant(path)}",
        "string_type": "has to be text, in quotation marks",
        "int_type": "has to be a whole number",
        "bool_type": "has to be true or false",
        "tuple_type": "has to be a list, in [square brackets]",
        "dict_type": "has to be a table",
        "model_type": "has to be a table",
        "string_too_short": "is empty",
        "too_short": "is empty",
        "too_long": f"has more than {context.get('max_length')} entries",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "literal_error": f"has to be one of: {context.get('expected')}",
        "string_pattern_mismatch": "is no name: small letters, digits and _ only, a letter first",
        "greater_than_equal": f"has to be {context.get('ge')} or more",
        "less_than_equal": f"has to be {context.get('le')} or less",
        "value_error": str(context.get("error", "")),
    }
    return Fault(path, said.get(error["type"], error["msg"]))


def _meant(path: Path) -> str:
    """A suggestion for a key that nobody knows."""
    known = {name for model in vars(shapes).values() if _is_part(model) for name in model.model_fields}
    near = difflib.get_close_matches(str(path[-1]), sorted(known), 1, 0.7)
    return f"; did you mean {near[0]}?" if near else ""


def _is_part(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)
