"""Whom a request waits for, step by step."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from storage import cover, people
from storage.database import Unit
from storage.moment import Moment
from storage.statements import alter, shaped
from storage.tables import Absence, Ask, Person

ASK = Ask.__table__  # type: ignore[attr-defined]
_MINE = (ASK.c.trust_id == bindparam("trust"), ASK.c.request_id == bindparam("request"))
OF = select(ASK).where(*_MINE).order_by(ASK.c.number)
ADD = insert(ASK)
FORGET = delete(ASK).where(*_MINE)
CLOSE = update(ASK).where(*_MINE, ASK.c.open).values(open=False)
OPEN = (
    update(ASK)
    .where(
        *_MINE, ASK.c.step == bindparam("which"),
        or_(ASK.c.answered_by.is_(None), ASK.c.answered_by == bindparam("whose")),
    )
    .values(open=True, answered_by=None, since=bindparam("now", type_=Moment()))
)
RESET = update(ASK).where(*_MINE).values(open=False, answered_by=None)
ANSWER = (
    update(ASK)
    .where(*_MINE, ASK.c.number == bindparam("which"))
    .values(open=False, answered_by=bindparam("person"))
)
PASS_ON = (
    update(ASK)
    .where(*_MINE, ASK.c.number == bindparam("which"))
    .values(person_id=bindparam("person"), passed_by_id=bindparam("by"), passed_at=bindparam("now", type_=Moment()),
            passed_note=bindparam("words"))
)


def of(u: Unit, request_id: str) -> list[Ask]:
    """Every ask of the request, in the order of its steps."""
    return u.all(OF, Ask, request=request_id)


def add(u: Unit, request_id: str, rows: Sequence[Mapping[str, Any]]) -> list[Ask]:
    """The way of a new request: rows of step, role, school_id, person_id, together, clause, open, since."""
    u.insert(ADD, _full(request_id, rows))
    return shaped_rows(request_id, rows)


def ask_too(u: Unit, asks: Sequence[Ask], role: str, school_id: int | None) -> Ask:
    """Whoever holds this role can answer for the open step of these asks as well, from now on."""
    beside = next(ask for ask in asks if ask.open)
    row = {
        "request_id": beside.request_id, "number": max(ask.number for ask in asks) + 1, "step": beside.step,
        "role": role, "school_id": school_id, "person_id": None, "together": False, "clause": beside.clause,
        "open": True, "since": u.at, "answered_by": None, "passed_note": "",
    }
    u.insert(ADD, [row])
    return shaped(Ask, {**row, "trust_id": u.trust}.items())


def shaped_rows(request_id: str, rows: Sequence[Mapping[str, Any]]) -> list[Ask]:
    """Such rows as they would be read."""
    return [shaped(Ask, row.items()) for row in _full(request_id, rows)]


def _full(request_id: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    unanswered = {"answered_by": None, "passed_note": ""}
    return [{"request_id": request_id, "number": n, **unanswered, **row} for n, row in enumerate(rows)]


def same(there: Sequence[Ask], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these rows go the way that is there; what was passed on to somebody stays with them."""
    return len(there) == len(rows) and all(_same(ask, row) for ask, row in zip(there, rows, strict=True))


def _same(ask: Ask, row: Mapping[str, Any]) -> bool:
    names = ("step", "role", "together", "clause") + (() if ask.passed_at else ("school_id", "person_id"))
    return all(getattr(ask, name) == row[name] for name in names)


def replace(u: Unit, request_id: str, rows: Sequence[Mapping[str, Any]]) -> list[Ask]:
    """From now on it goes this way."""
    u.change(FORGET, {"request": request_id})
    return add(u, request_id, rows)


def answer(u: Unit, asks: Sequence[Ask], person_id: int) -> None:
    """This person answered these asks of one request."""
    for ask in asks:
        alter(ask, {"open": False, "answered_by": person_id})
        u.later(ANSWER, {"request": ask.request_id, "which": ask.number, "person": person_id})


def pass_on(u: Unit, ask: Ask, person_id: int, by_id: int | None, note: str = "") -> None:
    """It is for this person from now on, by name, in the same role; `by_id`: who passed it on."""
    alter(ask, {"person_id": person_id, "passed_by_id": by_id, "passed_at": u.at, "passed_note": note})
    u.later(PASS_ON, {
        "request": ask.request_id, "which": ask.number, "person": person_id, "by": by_id, "now": u.at, "words": note})


def close(u: Unit, asks: Sequence[Ask]) -> None:
    """The request with these asks waits for nobody any more."""
    waiting = [ask for ask in asks if ask.open]
    for ask in waiting:
        alter(ask, {"open": False})
    if waiting:
        u.later(CLOSE, {"request": waiting[0].request_id})


def open_step(u: Unit, asks: Sequence[Ask], step: int, whose: int | None = None) -> None:
    """It waits for what of this step nobody has answered, and for what this person has, anew."""
    opened = [ask for ask in asks if ask.step == step and ask.answered_by in (None, whose)]
    for ask in opened:
        alter(ask, {"open": True, "answered_by": None, "since": u.at})
    if opened:
        u.change(OPEN, {"request": opened[0].request_id, "which": step, "whose": whose, "now": u.at})


def restart(u: Unit, asks: Sequence[Ask], opened: bool) -> None:
    """Nobody has answered any step; where `opened`, it waits for the first one."""
    begun = [ask for ask in asks if ask.open or ask.answered_by]
    if any(ask.step or ask.answered_by or not opened for ask in begun):
        for ask in begun:
            alter(ask, {"open": False, "answered_by": None})
        u.change(RESET, {"request": begun[0].request_id})
    if opened:
        open_step(u, asks, 0)


def holders(u: Unit, role: str, school_id: int | None, person_id: int | None) -> list[Person]:
    """Who could answer such an ask today, and stands in for nobody."""
    return asked(u, role, school_id, person_id)[0]


def asked(
    u: Unit, role: str, school_id: int | None, person_id: int | None
) -> tuple[list[Person], list[Absence]]:
    """Whom such an ask is for today, and which of them are away."""
    if person_id is None:
        return cover.holding(u, role, school_id)
    found = people.if_serving(u, person_id)
    return found, [each for person in found for each in cover.by_name(u, person)]
