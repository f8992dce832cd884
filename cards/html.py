"""Cards and forms as HTML for a browser, and a posted form back as neutral fields. Everything is escaped."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cards.card import Card, Check, Form, Picture

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]", re.IGNORECASE)
NAME = re.compile(r"(text|choice|confirm)\.([a-z][a-z0-9_]{0,79})")


class BadAnswers(ValueError):
    """What was posted is no form of ours."""


def card(shown: Card, pictures_at: str, attach: bool = False) -> str:
    """The card as one element. `pictures_at` is put before a picture's digest to make its address.

    With `attach`, its pictures can also be saved one by one.
    """
    return str(TEMPLATE.card(shown, pictures_at, attach))


def said(text: str, pictures: Sequence[Picture], pictures_at: str) -> str:
    """Somebody's own words and pictures."""
    return str(TEMPLATE.said(text, pictures, pictures_at))


def note(text: str) -> str:
    """A sentence for one person alone."""
    return str(TEMPLATE.note(text))


def form(shown: Form, pictures_at: str, previews: Mapping[str, bytes] | None = None) -> str:
    """The form as one element: values filled in, each error at its field. `previews`: small copies, as JPEG."""
    return str(TEMPLATE.form(shown, pictures_at, previews or {}))


def answers(posted: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """The neutral fields in what a browser posted of a form; BadAnswers for names that `form` never writes.

    A box or choice also posts an empty value, so that "nothing chosen" arrives as well.
    """
    fields: dict[str, str | list[str]] = {}
    for name, value in posted:
        match = NAME.fullmatch(name)
        if match is None:
            raise BadAnswers("no such field")
        kind, field = match.groups()
        if kind == "text":
            fields[field] = value
        elif kind == "confirm":
            fields[field] = "yes" if value == "yes" else fields.get(field, "")
        else:
            _choose(fields, field, value)
    return fields


def _choose(fields: dict[str, str | list[str]], field: str, value: str) -> None:
    chosen = fields.setdefault(field, [])
    if not isinstance(chosen, list):
        raise BadAnswers("one field, two kinds")
    if value:
        chosen.append(value)


def _kind(element: object) -> str:
    return type(element).__name__


def _address(url: str) -> str:
    """Only web addresses become links: `javascript:` and the like lead nowhere."""
    return url if re.match(r"https?://", url, re.IGNORECASE) else "about:blank"


def _linked(text: str) -> Markup:
    """The text with its web addresses as links that say where they lead."""
    parts, end = [], 0
    for match in LINK.finditer(text):
        url = match.group()
        link = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(url, url)
        parts += [escape(text[end : match.start()]), link]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _grouped(elements: Sequence[Any]) -> Iterator[tuple[bool, list[Any]]]:
    """Checks that follow each other stand in one list."""
    for checks, group in groupby(elements, lambda each: isinstance(each, Check)):
        yield checks, list(group)


def _homeless(shown: Form) -> list[tuple[str, str]]:
    """Errors of fields that the form does not show are said on top."""
    shown_ids = {getattr(each, "id", None) for each in shown.fields}
    return [(id_, error) for id_, error in shown.errors.items() if id_ not in shown_ids]


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _template() -> Any:
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    env.filters.update(kind=_kind, address=_address, linked=_linked, grouped=_grouped, homeless=_homeless)
    env.filters["base64"] = _base64
    return env.get_template("card.html").module


TEMPLATE = _template()
