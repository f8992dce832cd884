"""What somebody has to do: work after an approval, reviews, a leaver's accounts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, bindparam, delete, insert, select, update

from storage.database import Stale, Unit
from storage.moment import Moment
from storage.tables import Task

TASK = Task.__table__  # type: ignore[attr-defined]
_OPEN = TASK.c.done_at.is_(None)
OF_REQUEST = (
    select(TASK)
    .where(TASK.c.trust_id == bindparam("trust"), TASK.c.request_id == bindparam("request"))
    .order_by(TASK.c.id)
)
OF_ENTRY = (
    select(TASK)
    .where(TASK.c.trust_id == bindparam("trust"), TASK.c.entry_id == bindparam("entry"))
    .order_by(TASK.c.id)
)
BY_ID = select(TASK).where(TASK.c.trust_id == bindparam("trust"), TASK.c.id == bindparam("id"))
OF_PERSON = (
    select(TASK)
    .where(TASK.c.trust_id == bindparam("trust"), TASK.c.person_id == bindparam("person"), _OPEN)
    .order_by(TASK.c.id)
)
HAND_ON = (
    update(TASK)
    .where(TASK.c.trust_id == bindparam("trust"), TASK.c.id == bindparam("which"), _OPEN)
    .values(person_id=bindparam("successor"))
)
ADD = insert(TASK)
FINISH = (
    update(TASK)
    .where(TASK.c.trust_id == bindparam("trust"), TASK.c.id == bindparam("which"), _OPEN)
    .values(
        done_at=bindparam("now", type_=Moment()), done_by=bindparam("person"), answers=bindparam("said", type_=JSON()),
        next_at=None,
    )
)
NEXT = (
    update(TASK)
    .where(
        TASK.c.trust_id == bindparam("trust"), TASK.c.id == bindparam("which"), _OPEN,
        TASK.c.next_at == bindparam("was", type_=Moment()),
    )
    .values(next_at=bindparam("later", type_=Moment()), role=bindparam("whom"), school_id=bindparam("place"))
)
DROP = delete(TASK).where(TASK.c.trust_id == bindparam("trust"), TASK.c.request_id == bindparam("request"), _OPEN)
DROP_OF_ENTRY = delete(TASK).where(TASK.c.trust_id == bindparam("trust"), TASK.c.entry_id == bindparam("entry"), _OPEN)
DROP_ONE = delete(TASK).where(TASK.c.trust_id == bindparam("trust"), TASK.c.id == bindparam("which"), _OPEN)
# The clock looks through every trust; each task is then dealt with in its own.
DUE = (
    select(TASK.c.trust_id, TASK.c.id, TASK.c.entry_id, TASK.c.request_id)
    .where(TASK.c.next_at <= bindparam("now", type_=Moment()), _OPEN)
    .order_by(TASK.c.next_at)
    .limit(bindparam("most"))
)


def get(u: Unit, task_id: int) -> Task | None:
    """One task."""
    return u.one(BY_ID, Task, id=task_id)


def of_request(u: Unit, request_id: str) -> list[Task]:
    """Everything that an approval brought to do, done or not."""
    return u.all(OF_REQUEST, Task, request=request_id)


def of_entry(u: Unit, entry_id: int) -> list[Task]:
    """Everything about an entry that was or is to be done."""
    return u.all(OF_ENTRY, Task, entry=entry_id)


def of_person(u: Unit, person_id: int) -> list[Task]:
    """Everything that this person, by name, still has to do."""
    return u.all(OF_PERSON, Task, person=person_id)


def hand_on(u: Unit, task_id: int, person_id: int) -> None:
    """Somebody else has it from now on."""
    u.change(HAND_ON, {"which": task_id, "successor": person_id})


def add(u: Unit, tasks: Sequence[Mapping[str, Any]]) -> None:
    """New tasks: what, request_id or entry_id, and role with school_id, or person_id; next_at where the clock looks."""
    empty: dict[str, Any] = {
        "request_id": None, "entry_id": None, "role": "", "school_id": None, "person_id": None, "next_at": None,
        "answers": {},
    }
    u.insert(ADD, [{**empty, "since": u.at, **task} for task in tasks])


def finish(u: Unit, task_id: int, person_id: int, answers: Mapping[str, Any]) -> bool:
    """It is done, and what was said to it; whether it was still to do."""
    return u.change(FINISH, {"which": task_id, "person": person_id, "now": u.at, "said": dict(answers)}) == 1


def pass_on(u: Unit, task: Task, next_at: datetime | None, role: str = "", school_id: int | None = None) -> None:
    """When the clock looks at it next, and who, besides, has it from now on; Stale where another clock came first."""
    whom, place = (role, school_id) if role else (task.role, task.school_id)
    values = {"which": task.id, "was": task.next_at, "later": next_at, "whom": whom, "place": place}
    if u.change(NEXT, values) != 1:
        raise Stale(task.id)


def drop(u: Unit, request_id: str) -> None:
    """Nothing is to be done for this request any more."""
    u.change(DROP, {"request": request_id})


def drop_one(u: Unit, task_id: int) -> None:
    """This is not to be done any more."""
    u.change(DROP_ONE, {"which": task_id})


def drop_of_entry(u: Unit, entry_id: int) -> None:
    """Nothing is to be done about this entry any more."""
    u.change(DROP_OF_ENTRY, {"entry": entry_id})


def due(u: Unit, now: datetime, most: int) -> list[Any]:
    """Tasks of any trust that the clock should look at: trust_id, id, entry_id, request_id."""
    return list(u.across(DUE, {"now": now, "most": most}))
