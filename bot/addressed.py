"""From claimed notices to cards with an address: what delivery sends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.sender import Delivered, Recipient
from cards.card import Card
from handlers.notices import Batch
from storage import outbox
from storage.database import Unit
from storage.notices import reach
from storage.tables import Identity, Message, Outbox, Platform

log = structlog.get_logger()


@dataclass(slots=True)
class Job:
    """A claimed notice, ready to send; without a card it is needless, or there is a `problem`."""

    notice: Outbox
    card: Card | None = None
    version: int = 0
    platform: Platform | None = None
    to: Recipient | None = None
    at: Delivered | None = None
    attach: bool = False
    problem: str = ""


def jobs(u: Unit, owed: Sequence[Outbox], open_: Collection[Platform]) -> list[Job]:
    """These notices of the unit's trust, built and addressed to where people are; `open_` are the doors there are."""
    addresses = _Addresses(u, owed, open_)
    batch = Batch(u, owed)
    return [_job(batch, addresses, notice) for notice in owed]


def _job(batch: Batch, addresses: "_Addresses", notice: Outbox) -> Job:
    try:
        built = batch.build(notice)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        # A newer version's card, say, while replicas are changed: it must not stop everybody else's.
        log.exception("a notice cannot be built", card=notice.card)
        return Job(notice, problem=type(error).__name__)
    if built is None:
        return Job(notice)
    email = batch.viewers[notice.person_id].person.email
    if notice.message_id is None:
        platform, to = addresses.of(notice.person_id, email)
        return Job(notice, built.card, built.version, platform, to, attach=built.attach)
    copy = addresses.copies.get(notice.message_id)
    if copy is None:
        return Job(notice)
    at = Delivered(copy.team, copy.channel, copy.ref)
    return Job(notice, built.card, built.version, copy.platform, addresses.at(copy, email), at)


class _Addresses:
    """Where the people of a batch can be reached, and where the copies lie that are to be replaced."""

    def __init__(self, u: Unit, owed: Sequence[Outbox], open_: Collection[Platform]) -> None:
        self._open = open_
        self._identities: Mapping[int, Sequence[Identity]] = reach(u, {notice.person_id for notice in owed})
        self.copies = outbox.messages(u, {n.message_id for n in owed if n.message_id is not None})

    def of(self, person_id: int, email: str) -> tuple[Platform | None, Recipient]:
        """The way they last used; else some door that is open, where their e-mail address may be known."""
        for identity in self._identities.get(person_id, ()):
            if identity.platform in self._open:
                return Platform(identity.platform), _recipient(identity, email)
        return next(iter(self._open), None), Recipient("", "", email, {})

    def at(self, copy: Message, email: str) -> Recipient:
        """The person on the platform where the copy lies."""
        for identity in self._identities.get(copy.person_id, ()):
            if identity.platform == copy.platform:
                return replace(_recipient(identity, email), team=copy.team)
        return Recipient(copy.team, "", email, {})


def _recipient(identity: Identity, email: str) -> Recipient:
    return Recipient(identity.team, identity.user, email, identity.reference)
