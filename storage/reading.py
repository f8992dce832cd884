"""Who was asked to read which version of a document, who has confirmed it, and whom it still waits for."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, literal_column, select, update

from storage.database import Unit
from storage.people import PERSON, serving
from storage.policy import VERSION
from storage.tables import Confirmation, Person, Reading

READING = Reading.__table__  # type: ignore[attr-defined]
CONFIRMATION = Confirmation.__table__  # type: ignore[attr-defined]
OPEN: ColumnElement[bool] = literal_column("reading.ended = ''")
"""Written as the indexes of these say it; with a parameter they are passed by."""
OPEN_OR_DONE: ColumnElement[bool] = literal_column("reading.ended IN ('', 'confirmed')")
_OURS = READING.c.trust_id == bindparam("trust")
_THIS = (READING.c.document == bindparam("which"), READING.c.digest == bindparam("text"))
UNASKED = (
    select(PERSON)
    .where(PERSON.c.trust_id == bindparam("trust"), serving(PERSON), ~exists().where(
        READING.c.trust_id == PERSON.c.trust_id, READING.c.person_id == PERSON.c.id, *_THIS,
        READING.c.year == bindparam("round"), OPEN_OR_DONE,
    ))
    .order_by(PERSON.c.id)
)
ASK = insert(READING)
BY_ID = select(READING).where(_OURS, READING.c.id == bindparam("id"))
OPEN_FOR = (
    select(READING)
    .where(_OURS, READING.c.person_id == bindparam("person"), OPEN)
    .order_by(READING.c.due_on, READING.c.id)
)
ASKED_OF = (
    select(READING).where(_OURS, READING.c.person_id == bindparam("person"), *_THIS, OPEN_OR_DONE)
    .order_by(READING.c.year.desc(), READING.c.id.desc())
)
DOCUMENTS = select(READING.c.document).where(_OURS, OPEN).distinct()
# Bound names of an UPDATE must not be those of its columns.
REPLACE = (
    update(READING)
    .where(_OURS, OPEN, READING.c.document == bindparam("which"),
           (READING.c.digest != bindparam("text")) | (READING.c.year != bindparam("round")))
    .values(ended="replaced")
)
DROP = update(READING).where(_OURS, OPEN, READING.c.document == bindparam("which")).values(ended="dropped")
END = update(READING).where(_OURS, OPEN, READING.c.id == bindparam("row")).values(ended="confirmed")
CONFIRM = insert(CONFIRMATION)
CONFIRMED = (
    select(CONFIRMATION)
    .where(CONFIRMATION.c.trust_id == bindparam("trust"), CONFIRMATION.c.person_id == bindparam("person"))
    .order_by(CONFIRMATION.c.id)
)
EVERY_CONFIRMED = select(CONFIRMATION).where(CONFIRMATION.c.trust_id == bindparam("trust"))
_LATE = (_OURS, OPEN, READING.c.remind_on <= bindparam("today"))
TO_REMIND = (
    select(PERSON)
    .where(PERSON.c.trust_id == bindparam("trust"), serving(PERSON), PERSON.c.id.in_(
        select(READING.c.person_id).where(*_LATE).scalar_subquery()))
    .order_by(PERSON.c.id)
)
LATE = READING.alias("late")
REMINDED = (
    update(READING)
    .where(_OURS, OPEN, READING.c.person_id.in_(
        select(LATE.c.person_id)
        .where(LATE.c.trust_id == bindparam("trust"), literal_column("late.ended = ''"),
               LATE.c.remind_on <= bindparam("today"))
        .scalar_subquery()))
    .values(remind_on=bindparam("later"), reminded=READING.c.reminded + 1)
)
WAITING_FOR = (
    select(PERSON, READING)
    .join(READING, (READING.c.person_id == PERSON.c.id) & (READING.c.trust_id == PERSON.c.trust_id))
    .where(PERSON.c.trust_id == bindparam("trust"), serving(PERSON), OPEN)
    .order_by(PERSON.c.name, PERSON.c.id, READING.c.document)
)
EVERYBODY = (
    select(PERSON, READING)
    .join(READING, (READING.c.person_id == PERSON.c.id) & (READING.c.trust_id == PERSON.c.trust_id))
    .where(PERSON.c.trust_id == bindparam("trust"), serving(PERSON))
    .order_by(PERSON.c.name, PERSON.c.id, READING.c.document, READING.c.id)
)
COUNTED = (
    select(READING.c.document, READING.c.digest, READING.c.year, READING.c.ended, PERSON.c.school_id,
           func.count().label("people"))
    .join(PERSON, (READING.c.person_id == PERSON.c.id) & (READING.c.trust_id == PERSON.c.trust_id))
    .where(PERSON.c.trust_id == bindparam("trust"), serving(PERSON))
    .group_by(READING.c.document, READING.c.digest, READING.c.year, READING.c.ended, PERSON.c.school_id)
)
# The clock looks through every trust that has a document; each then asks its own people.
TRUSTS = select(VERSION.c.trust_id).distinct()


def trusts(u: Unit) -> list[int]:
    """Every trust that has imported a document."""
    return list(u.across(TRUSTS).scalars())


def unasked(u: Unit, document: str, digest: str, year: int) -> list[Person]:
    """Who is on the list today and neither has confirmed this nor is asked to."""
    return u.all(UNASKED, Person, which=document, text=digest, round=year, day=u.today)


def ask(u: Unit, rows: Sequence[Mapping[str, object]]) -> None:
    """New readings: person_id, document, digest, version, year, due_on, remind_on."""
    u.insert(ASK, [{"reminded": 0, "ended": "", **row, "at": u.at} for row in rows])


def replace(u: Unit, document: str, digest: str, year: int) -> None:
    """Whoever has not read an older version, or not in an earlier year, need not do so any more."""
    u.change(REPLACE, {"which": document, "text": digest, "round": year})


def drop(u: Unit, kept: Sequence[str]) -> None:
    """Nobody has to read any document besides these any more."""
    for document in sorted(set(u.run(DOCUMENTS).scalars()) - set(kept)):
        u.change(DROP, {"which": document})


def get(u: Unit, reading_id: int) -> Reading | None:
    """One reading."""
    return u.one(BY_ID, Reading, id=reading_id)


def open_for(u: Unit, person_id: int) -> list[Reading]:
    """What this person still has to read, what is due first."""
    return u.all(OPEN_FOR, Reading, person=person_id)


def asked_of(u: Unit, person_id: int, document: str, digest: str) -> Reading | None:
    """This version as this person has to read it, or has confirmed it, last."""
    return u.one(ASKED_OF, Reading, person=person_id, which=document, text=digest)


def confirm(u: Unit, reading: Reading, answers: Mapping[str, object]) -> bool:
    """They have read and understood it; whether that was still to be said."""
    if u.change(END, {"row": reading.id}) != 1:
        return False
    u.insert(CONFIRM, [{
        "person_id": reading.person_id, "document": reading.document, "digest": reading.digest,
        "version": reading.version, "year": reading.year, "at": u.at, "answers": dict(answers),
    }])
    return True


def confirmed_by(u: Unit, person_id: int) -> list[Confirmation]:
    """Everything that this person has confirmed, the oldest first."""
    return u.all(CONFIRMED, Confirmation, person=person_id)


def confirmed(u: Unit) -> list[Confirmation]:
    """Everything that anybody has confirmed."""
    return u.all(EVERY_CONFIRMED, Confirmation)


def to_remind(u: Unit, day: date) -> list[int]:
    """Whose reminder is due by this day: the numbers of people who are on the list."""
    return [each.id or 0 for each in u.all(TO_REMIND, Person, day=day, today=day)]


def reminded(u: Unit, day: date, later: date) -> None:
    """Those were reminded of all that they have to read; the next time is later."""
    u.change(REMINDED, {"today": day, "later": later})


def waiting_for(u: Unit) -> list[tuple[Person, Reading]]:
    """Who on the list has still something to read, and what, by name."""
    return [(who, what) for who, what in u.joined(WAITING_FOR, Person, Reading, day=u.today) if what]


def everybody(u: Unit) -> list[tuple[Person, Reading]]:
    """All that people who are on the list were ever asked to read, by name."""
    return [(who, what) for who, what in u.joined(EVERYBODY, Person, Reading, day=u.today) if what]


def counted(u: Unit) -> list[tuple[str, str, int, str, int | None, int]]:
    """How many people on the list: document, digest, year, how it ended, at which school, how many."""
    return [tuple(row) for row in u.run(COUNTED, {"day": u.today})]
