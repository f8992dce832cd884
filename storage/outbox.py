"""Notices owed and messages delivered. A notice names a card, a subject and a person; it is built when it is sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)

from storage.database import Unit
from storage.moment import Moment
from storage.statements import of_trust, prepared, shaped
from storage.tables import Message, Outbox, Platform

OUTBOX = Outbox.__table__  # type: ignore[attr-defined]
MESSAGE = Message.__table__  # type: ignore[attr-defined]
EARLIER = OUTBOX.alias("earlier")
WAITING: ColumnElement[str] = literal_column("'waiting'")
BURIED_STATE: ColumnElement[str] = literal_column("'buried'")
"""Written into the SQL: with a parameter SQLite would pass by the indexes of what waits, and read every notice."""
LOCK = text("SELECT pg_advisory_xact_lock(7105), set_config('enable_bitmapscan', 'off', true)")
"""On PostgreSQL one replica claims at a time, so that nobody's notices overtake each other.

A bitmap gives no order: for the first hundred of thousands that fall due together, all would be read and sorted.
"""

SEND = insert(OUTBOX)
_OF_SUBJECT = (MESSAGE.c.trust_id == bindparam("trust"), MESSAGE.c.subject_id == bindparam("subject"))
_QUEUED = exists().where(
    OUTBOX.c.message_id == MESSAGE.c.id, OUTBOX.c.state == WAITING, OUTBOX.c.leased_until.is_(None)
)
_COLUMNS = ("trust_id", "person_id", "card", "subject_id", "message_id", "state", "since", "due_at", "attempts",
            "holds", "problem")


def _again(card: ColumnElement[str]) -> Select[Any]:
    """A notice for each delivered copy, with this card."""
    now = bindparam("now", type_=Moment())
    return select(
        MESSAGE.c.trust_id, MESSAGE.c.person_id, card, MESSAGE.c.subject_id, MESSAGE.c.id, literal("waiting"), now, now,
        literal(0), false(), literal(""),
    )


REPLACE = insert(OUTBOX).from_select(_COLUMNS, _again(MESSAGE.c.card).where(*_OF_SUBJECT, ~_QUEUED))
_SHOWN_INSTEAD = bindparam("instead", type_=OUTBOX.c.card.type)
OUTDATE = insert(OUTBOX).from_select(
    _COLUMNS,
    _again(_SHOWN_INSTEAD)
    .where(*_OF_SUBJECT, MESSAGE.c.person_id == bindparam("person"), MESSAGE.c.card == bindparam("shown")),
)
HAS = select(MESSAGE.c.id).where(
    *_OF_SUBJECT, MESSAGE.c.person_id == bindparam("person"), MESSAGE.c.card == bindparam("card")
)
QUEUED_FOR = select(OUTBOX.c.id).where(
    OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.person_id == bindparam("person"), OUTBOX.c.state == WAITING,
    OUTBOX.c.subject_id == bindparam("subject"), OUTBOX.c.card == bindparam("card"), OUTBOX.c.message_id.is_(None),
)
NEEDLESS = (
    update(OUTBOX)
    .where(
        OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.person_id == bindparam("person"),
        OUTBOX.c.subject_id == bindparam("subject"), OUTBOX.c.card == bindparam("which"), OUTBOX.c.state == WAITING,
    )
    .values(state="needless")
)
HAS_OR_QUEUED = HAS.union_all(QUEUED_FOR)
AT = select(MESSAGE).where(
    MESSAGE.c.trust_id == bindparam("trust"), MESSAGE.c.platform == bindparam("platform"),
    MESSAGE.c.channel == bindparam("channel"), MESSAGE.c.ref == bindparam("ref"),
)
KEEP_MESSAGE = insert(MESSAGE)
BY_IDS = select(MESSAGE).where(
    of_trust(MESSAGE), MESSAGE.c.id.in_(bindparam("ids", expanding=True))
)
COPIES = select(MESSAGE).where(*_OF_SUBJECT)

# The pump serves every trust, so these belong to none; each notice is then built within its own.
_NOW = bindparam("now", type_=Moment())
_FREE = or_(OUTBOX.c.leased_until.is_(None), OUTBOX.c.leased_until <= _NOW)
_HELD_BACK = exists().where(
    EARLIER.c.person_id == OUTBOX.c.person_id, EARLIER.c.id < OUTBOX.c.id,
    EARLIER.c.state == WAITING,
    or_(EARLIER.c.leased_until > _NOW, EARLIER.c.holds),
)
CLAIM = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(
        select(OUTBOX.c.id)
        .where(OUTBOX.c.state == WAITING, OUTBOX.c.due_at <= _NOW, _FREE, ~_HELD_BACK)
        .order_by(OUTBOX.c.due_at, OUTBOX.c.id)
        .limit(bindparam("most"))
        .scalar_subquery()
    ))
    .values(leased_until=bindparam("until", type_=Moment()), lease=bindparam("owner"))
    .returning(*OUTBOX.c)
)
OVER = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("notices", expanding=True)), OUTBOX.c.lease == bindparam("owner"))
    .values(state=bindparam("to"), problem="", leased_until=null(), lease=null())
)
SETTLE = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("notice"), OUTBOX.c.lease == bindparam("owner"))
    .values(
        state=bindparam("to"), problem=bindparam("why"), due_at=bindparam("due", type_=Moment()),
        attempts=bindparam("tries"), holds=bindparam("behind"), leased_until=null(), lease=null(),
    )
)
RELEASE = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("notices", expanding=True)), OUTBOX.c.lease == bindparam("owner"))
    .values(leased_until=null(), lease=null())
)
RENEW = (
    update(OUTBOX)
    .where(
        OUTBOX.c.id.in_(bindparam("notices", expanding=True)), OUTBOX.c.lease == bindparam("owner"),
        OUTBOX.c.state == WAITING,
    )
    .values(leased_until=bindparam("until", type_=Moment()))
)
_FAR = bindparam("far", type_=Moment())
HEAL_DUE = (
    update(OUTBOX)
    .where(OUTBOX.c.state == WAITING, OUTBOX.c.due_at > _FAR, or_(OUTBOX.c.attempts > 0, OUTBOX.c.holds))
    .values(due_at=_NOW)
)
HEAL_LEASES = (
    update(OUTBOX)
    .where(OUTBOX.c.state == WAITING, OUTBOX.c.leased_until > _FAR)
    .values(leased_until=null(), lease=null())
)
SUBJECTS = select(MESSAGE.c.subject_id).distinct().where(
    MESSAGE.c.trust_id == bindparam("trust"), MESSAGE.c.platform == bindparam("platform")
)
DROP_REPLACEMENTS = delete(OUTBOX).where(
    OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.message_id == bindparam("id")
)
DROP_MESSAGE = delete(MESSAGE).where(MESSAGE.c.trust_id == bindparam("trust"), MESSAGE.c.id == bindparam("id"))
BURIED = (
    select(OUTBOX)
    .where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.state == BURIED_STATE)
    .order_by(OUTBOX.c.id)
)
BURIED_ON = (
    select(OUTBOX)
    .where(
        OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.state == BURIED_STATE,
        OUTBOX.c.due_at >= bindparam("begin", type_=Moment()), OUTBOX.c.due_at < bindparam("end", type_=Moment()),
    )
    .order_by(OUTBOX.c.id)
)
AGAIN = (
    update(OUTBOX)
    .where(
        OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.state == BURIED_STATE,
        OUTBOX.c.id.in_(bindparam("notices", expanding=True)),
    )
    .values(state="waiting", since=_NOW, due_at=_NOW, attempts=0, holds=false(), problem="")
    .returning(OUTBOX.c.id)
)
HELD = (
    select(OUTBOX.c.problem, func.count().label("number"), func.min(OUTBOX.c.since).label("since"))
    .where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.state == WAITING, OUTBOX.c.problem != literal_column("''"))
    .group_by(OUTBOX.c.problem)
    .order_by(OUTBOX.c.problem)
)


class _Closing:
    """One trust's new messages of a unit, written in one statement just before it commits."""

    def __init__(self, u: Unit) -> None:
        self.unit, self.trust = u, u.trust
        self.rows: list[dict[str, object]] = []

    def __call__(self) -> None:
        acting, self.unit.trust = self.unit.trust, self.trust
        self.unit.insert(SEND, self.rows)
        self.unit.trust = acting


def _sending(u: Unit) -> list[dict[str, object]]:
    """The new messages that this unit owes so far."""
    name = f"outbox of {u.trust}"
    closing = u.closing.get(name)
    if not isinstance(closing, _Closing):
        closing = u.closing[name] = _Closing(u)
    return closing.rows


def send(u: Unit, person_id: int, card: str, subject: str, due_at: datetime | None = None) -> None:
    """Owe this person a new message."""
    due = due_at or u.at
    _sending(u).append({"person_id": person_id, "card": card, "subject_id": subject, "since": due, "due_at": due})
    u.owes = True


def remind(u: Unit, person_id: int, card: str, subject: str, due_at: datetime) -> None:
    """Owe one reminder, at `due_at`: an earlier one that still waits is no longer needed."""
    u.change(NEEDLESS, {"person": person_id, "which": card, "subject": subject})
    send(u, person_id, card, subject, due_at)


def spare(u: Unit, person_id: int, card: str, subject: str) -> None:
    """What of this waits for its time is not to be sent to them any more."""
    if subject not in u.begun:
        u.later(NEEDLESS, {"person": person_id, "which": card, "subject": subject})


def show(u: Unit, person_id: int, card: str, subject: str, due_at: datetime | None = None) -> None:
    """Owe it to a person who has no copy yet; who has one gets that replaced (`replace`)."""
    owed = {(row["person_id"], row["card"], row["subject_id"]) for row in _sending(u)}
    values = {"person": person_id, "card": card, "subject": subject}
    if (person_id, card, subject) in owed or (subject not in u.begun and u.run(HAS_OR_QUEUED, values).first()):
        return
    send(u, person_id, card, subject, due_at)


def replace(u: Unit, subject: str) -> None:
    """Every delivered copy of what concerns `subject` is to show its present state."""
    if subject not in u.begun:
        u.later(REPLACE, {"subject": subject, "now": u.at})
    u.owes = True


def outdate(u: Unit, person_id: int, card: str, subject: str, instead: str) -> None:
    """This person's copies so far are to show `instead`, until they are replaced again: a newer copy follows."""
    if subject not in u.begun:
        u.later(OUTDATE, {"person": person_id, "shown": card, "subject": subject, "instead": instead, "now": u.at})


def adopt(u: Unit, person_id: int, platform: Platform, place: tuple[str, str, str], card: str, subject: str) -> None:
    """A message (team, channel, ref) that an answer turned into a card is from now on a copy like any other."""
    team, channel, ref = place
    if u.run(AT, {"platform": platform, "channel": channel, "ref": ref}).first() is None:
        u.begun.discard(subject)
        u.insert(KEEP_MESSAGE, [{
            "person_id": person_id, "platform": platform, "team": team, "channel": channel, "ref": ref,
            "card": card, "subject_id": subject, "at": u.at,
        }])


def copies(u: Unit, subject: str) -> list[Message]:
    """Every delivered copy of what concerns `subject`."""
    return u.all(COPIES, Message, subject=subject)


def messages(u: Unit, ids: Collection[int]) -> dict[int, Message]:
    """These delivered copies by their number."""
    return {row.id: row for row in u.all(BY_IDS, Message, ids=ids) if row.id is not None} if ids else {}


def forget_message(u: Unit, message_id: int) -> None:
    """A copy that was deleted where it lay, and whatever was to replace it."""
    u.change(DROP_REPLACEMENTS, {"id": message_id})
    u.change(DROP_MESSAGE, {"id": message_id})


def others_wait(u: Unit) -> bool:
    """Whether whoever else would claim waits until a unit that did is over."""
    return u.dialect.name == "postgresql"


def claim(u: Unit, owner: str, now: datetime, lease: timedelta, most: int) -> list[Outbox]:
    """Take up to `most` due notices of any trust for `owner`, oldest first; a lease that ran out is free again."""
    if others_wait(u):
        u.across(LOCK)
    ready = prepared(CLAIM, u.dialect)
    assert ready is not None
    rows = u.driver.query(ready, {"now": now, "most": most, "until": now + lease, "owner": owner})
    claimed = (shaped(Outbox, zip(ready.keys, cells, strict=True)) for cells in rows)
    return sorted(claimed, key=lambda notice: notice.id or 0)


def over(u: Unit, owner: str, to: str, ids: Collection[int]) -> None:
    """These claimed notices are `to`, sent or needless; nothing else is to be said of them."""
    if ids:
        u.across(OVER, {"owner": owner, "to": to, "notices": ids})


def settle(u: Unit, owner: str, outcomes: Sequence[Mapping[str, object]]) -> None:
    """What became of claimed notices: dicts of notice, to, why, due, tries, behind. Lost leases change nothing."""
    _each(u, SETTLE, [{**each, "owner": owner} for each in outcomes])


def keep_messages(u: Unit, rows: Sequence[Mapping[str, object]]) -> None:
    """Remember where messages lie now; each row names its trust."""
    _each(u, KEEP_MESSAGE, rows)


def _each(u: Unit, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        ready = prepared(statement, u.dialect, rows[0])
        assert ready is not None
        u.driver.change(ready, rows)


def refresh(u: Unit, platform: Platform) -> None:
    """Every delivered copy on this platform is to be shown again: it lay in memory only."""
    for subject in list(u.run(SUBJECTS, {"platform": platform}).scalars()):
        replace(u, subject)


def buried(u: Unit) -> list[Outbox]:
    """What could not be delivered."""
    return u.all(BURIED, Outbox)


def buried_between(u: Unit, begin: datetime, end: datetime) -> list[Outbox]:
    """What was given up in this time, and has not been tried again."""
    return u.all(BURIED_ON, Outbox, begin=begin, end=end)


def try_again(u: Unit, ids: Collection[int]) -> int:
    """Those of these notices that were buried are due now, as if for the first time; how many."""
    if not ids:
        return 0
    u.owes = True
    return len(u.run(AGAIN, {"notices": sorted(ids), "now": u.at}).all())


def held(u: Unit) -> list[tuple[str, int, datetime]]:
    """What still waits after a failure: the reason, how many, and since when the oldest."""
    return [(row.problem, row.number, row.since) for row in u.run(HELD)]


def release(u: Unit, owner: str, ids: Collection[int]) -> None:
    """These claimed notices are anybody's again, as they were."""
    if ids:
        u.across(RELEASE, {"owner": owner, "notices": sorted(ids)})


def renew(u: Unit, owner: str, ids: Collection[int], until: datetime) -> None:
    """These claimed notices stay `owner`'s until then."""
    if ids:
        u.across(RENEW, {"owner": owner, "notices": sorted(ids), "until": until})


def heal(u: Unit, now: datetime, furthest: timedelta) -> None:
    """After the clock was put back: nothing that was tried waits longer than `furthest`, nor does a lease last so."""
    for statement in (HEAL_DUE, HEAL_LEASES):
        u.across(statement, {"now": now, "far": now + furthest})
