"""From claimed notices to cards with an address: what delivery sends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.sender import MAIL, Delivered, Recipient
from cards.card import Card
from handlers import letters, undelivered
from handlers.notices import Batch, UnknownCard
from storage import outbox
from storage.database import Unit
from storage.notices import reach
from storage.tables import Identity, Message, Outbox, Platform

log = structlog.get_logger()


@dataclass(slots=True)
class Job:
    """A claimed notice, ready to send; without a card it is needless, or there is a `problem`.

    `way`: the platform, or e-mail. `until`: so long it is this replica's. `later`: why it is put off.
    """

    notice: Outbox
    card: Card | None = None
    version: int = 0
    way: str = ""
    to: Recipient | None = None
    at: Delivered | None = None
    attach: bool = False
    problem: str = ""
    later: str = ""
    until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.notice.leased_until or datetime.max.replace(tzinfo=UTC)


def jobs(u: Unit, owed: Sequence[Outbox], ways: Collection[str], shut: Collection[str] = ()) -> list[Job]:
    """These notices of the unit's trust, built and addressed to where people are.

    `ways`: the doors there are; `shut`: those of them that take nothing.
    """
    addresses = _Addresses(u, owed, [each for each in ways if each != MAIL], shut)
    batch = Batch(u, owed)
    return [_job(batch, addresses, notice) for notice in owed]


def _job(batch: Batch, addresses: "_Addresses", notice: Outbox) -> Job:
    try:
        built = batch.build(notice)
    except UnknownCard:
        return Job(notice, later="not known to this version")  # a newer one runs beside it, and knows
    except SQLAlchemyError:
        raise  # the unit cannot go on
    except Exception as error:
        log.exception("a notice cannot be built", card=notice.card)  # it must not stop everybody else's
        return Job(notice, problem=type(error).__name__)
    if built is None:
        return Job(notice)
    email = batch.viewers[notice.person_id].person.email
    if notice.card == letters.LETTER:
        return Job(notice, built.card, way=MAIL, to=Recipient("", "", email, {}))
    if notice.message_id is None:
        way, to = addresses.of(notice.person_id, email)
        if notice.card == undelivered.DOOR and notice.subject_id == undelivered.about_door(way):
            return Job(notice, later="not through the very door that it is about")
        return Job(notice, built.card, built.version, way, to, attach=built.attach)
    copy = addresses.copies.get(notice.message_id)
    if copy is None:
        return Job(notice)
    at = Delivered(copy.team, copy.channel, copy.ref)
    return Job(notice, built.card, built.version, copy.platform, addresses.at(copy, email), at)


class _Addresses:
    """Where the people of a batch can be reached, and where the copies lie that are to be replaced."""

    def __init__(self, u: Unit, owed: Sequence[Outbox], doors: Sequence[str], shut: Collection[str]) -> None:
        self._doors, self._shut = doors, shut
        self._identities: Mapping[int, Sequence[Identity]] = reach(u, {notice.person_id for notice in owed})
        self.copies = outbox.messages(u, {n.message_id for n in owed if n.message_id is not None})

    def of(self, person_id: int, email: str) -> tuple[str, Recipient]:
        """The way they last used, rather one that is not shut; else a door where their e-mail address may be known."""
        theirs = [each for each in self._identities.get(person_id, ()) if each.platform in self._doors]
        if theirs:
            identity = min(theirs, key=lambda each: each.platform in self._shut)
            return Platform(identity.platform), _recipient(identity, email)
        return next(iter(self._doors), ""), Recipient("", "", email, {})

    def at(self, copy: Message, email: str) -> Recipient:
        """The person on the platform where the copy lies."""
        for identity in self._identities.get(copy.person_id, ()):
            if identity.platform == copy.platform:
                return replace(_recipient(identity, email), team=copy.team)
        return Recipient(copy.team, "", email, {})


def _recipient(identity: Identity, email: str) -> Recipient:
    return Recipient(identity.team, identity.user, email, identity.reference)
