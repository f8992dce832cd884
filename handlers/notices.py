"""What a notice of the outbox says, built from the rows as they are when it is sent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from cards import entry as entry_cards
from cards import report_notice as report_cards
from cards import told as cards
from cards.action import Verb
from cards.card import Card
from cards.words import Calendar
from handlers import (
    chase,
    clock,
    cover,
    cover_said,
    effects,
    entry,
    guidance,
    letters,
    packs,
    policy_import,
    reading,
    reading_news,
    reading_round,
    report_case,
    report_desk,
    undelivered,
    view,
)
from handlers.owed import CARD, HELD, MISSING, NEWS, REMINDER, SENT_AGAIN, WORK
from handlers.rules import entry as entry_rules
from handlers.rules import rights
from handlers.rules.rights import Allowed
from storage import audit, outbox, people
from storage.database import Unit
from storage.notices import Cases, viewers
from storage.tables import Case, Outbox, Outcome, State, Viewer

UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True)
class Built:
    """A notice's card, of which version of its subject it is, and whether whole files go along."""

    card: Card
    version: int
    attach: bool = False


TOLD = {entry.YOURS: entry_cards.yours, effects.NEW: entry_cards.new, effects.DEPUTY: entry_cards.deputy}
"""What is told of an entry at a moment, by whom."""
ABOUT_ENTRIES = {entry.CARD, entry.ENDED, clock.ESCALATED, *TOLD}
TIMED = {chase.REMINDED, chase.RAISED, HELD, REMINDER, WORK}
"""What comes at a time of its own, and not as the answer to somebody."""
LATE = timedelta(hours=1)
CHASED = (chase.REMINDED, chase.RAISED, chase.ASKED_TOO)
OF_DELIVERY = {undelivered.BURIED, undelivered.DOOR, letters.LETTER}
OTHERWISE = ABOUT_ENTRIES | OF_DELIVERY | report_cards.LINES.keys() | {
    policy_import.GUIDANCE, reading_round.NEWS, reading_round.CALL, *cover.CARDS,
}
"""What is not about a request."""


class UnknownCard(LookupError):
    """No card of this version's: a newer one runs beside it, and knows."""


class Batch:
    """Notices of one trust that are built together: what they are about, and whom they go to, is read once."""

    def __init__(self, u: Unit, owed: Collection[Outbox]) -> None:
        self._unit = u
        self.viewers = viewers(u, {notice.person_id for notice in owed})
        self._cases = Cases(u, (subject(notice) for notice in owed if notice.card not in OTHERWISE))

    def build(self, notice: Outbox) -> Built | None:
        """What this recipient is to see now; None: nothing any more. What was to come long before says so."""
        built, at = self._build(notice), self._unit.at
        if built is None or notice.message_id is not None or notice.card not in TIMED or at - notice.due_at < LATE:
            return built
        return replace(built, card=cards.late(built.card, Calendar(self._unit.zone, at).say(notice.due_at)))

    def _build(self, notice: Outbox) -> Built | None:
        viewer = self.viewers.get(notice.person_id)
        if notice.card in OF_DELIVERY:
            return _about_delivery(self._unit, notice, viewer) if viewer else None
        if notice.card in report_cards.LINES:
            return _about_report(self._unit, notice, viewer) if viewer and notice.message_id is None else None
        if notice.card in ABOUT_ENTRIES:
            return _about_entry(self._unit, notice, viewer) if viewer else None
        if notice.card == policy_import.GUIDANCE:
            given = guidance.card_for(self._unit, notice.subject_id.partition("-")[2], viewer) if viewer else None
            return Built(given, 0) if given else None
        if notice.card in (reading_round.NEWS, reading_round.CALL):
            return _about_reading(self._unit, notice, viewer) if viewer else None
        if notice.card in cover.CARDS:
            shown = cover_said.notice(self._unit, notice.card, notice.subject_id, viewer) if viewer else None
            return Built(shown, 0) if shown else None
        return self._about_request(notice, viewer)

    def _about_request(self, notice: Outbox, viewer: Viewer | None) -> Built | None:
        if notice.card not in KNOWN:
            raise UnknownCard(notice.card)
        case = self._cases.get(subject(notice))
        if case is None or viewer is None:
            return None
        if notice.card == UNDELIVERED:
            return Built(_undelivered(self._unit, case, viewer, notice), case.request.version)
        if notice.card == NEWS and notice.message_id is not None:
            return None  # news stays as it was told; the card beside it shows how things stand
        if notice.card in CHASED:
            card = chase.card(self._unit, case, viewer, notice.card, notice.subject_id)
        else:
            card = BUILDERS[notice.card](self._unit, case, viewer)
        if card is None and notice.message_id is not None:
            settled = notice.card in CHASED and rights.involved(viewer, case)
            card = (cards.settled if settled else cards.gone)(view.view(self._unit, case, viewer))
        return Built(card, case.request.version, _attaches(notice, case)) if card else None


def kept_as(notice: Outbox) -> str:
    """What its delivered copy is: the card of what was held back is a card like any other."""
    return CARD if notice.card == HELD else notice.card


def subject(notice: Outbox) -> str:
    """The request, or the entry, that it is about."""
    return notice.subject_id.partition(":")[0]


def _attaches(notice: Outbox, case: Case) -> bool:
    """Whether the recipient gets the whole files as well: who publishes does, once."""
    if kept_as(notice) != CARD or notice.message_id is not None or case.request.state != State.APPROVED:
        return False
    return any(p.owner_id == notice.person_id and not p.live_at for p in case.publications)


def bury(u: Unit, notice: Outbox, mail: bool = False) -> None:
    """A notice that will never arrive is on the record, and the asker and administrators are told.

    A lost copy is forgotten, and sent once more where it waits for its reader. `mail`: the recipient is written to,
    whatever it is about. Of what concerns a report nothing else is told to anybody, nor on the record.
    """
    if notice.message_id is not None:
        outbox.forget_message(u, notice.message_id)
        _send_once_more(u, notice)
        return
    if notice.card == letters.LETTER:
        return  # it may be about a report
    if mail:
        letters.owe(u, notice.person_id)
    if notice.card in report_cards.LINES:
        report_desk.undelivered(u, notice.subject_id, notice.person_id)
        return
    audit.append(u, "undeliverable", None, subject(notice), card=notice.card)
    if notice.card in OF_DELIVERY:
        return
    undelivered.tell(u)
    if notice.card in OTHERWISE:
        return
    case = view.fresh(u, subject(notice))
    if case is None or notice.card == UNDELIVERED or notice.person_id == case.request.asker_id:
        return
    outbox.show(u, case.request.asker_id, UNDELIVERED, f"{case.request.id}:{notice.person_id}")


def _about_delivery(u: Unit, notice: Outbox, viewer: Viewer) -> Built | None:
    """What could not be delivered, for administrators; or a letter to anybody."""
    if notice.card == letters.LETTER:
        card = letters.written(u, notice.subject_id, viewer)
    else:
        card = undelivered.card(u, notice, viewer)
    return Built(card, 0) if card else None


def _send_once_more(u: Unit, notice: Outbox) -> None:
    """In the place of a copy that is no more: only to those who are to do something with it."""
    case = view.fresh(u, subject(notice)) if notice.card == CARD else None
    viewer = viewers(u, {notice.person_id}).get(notice.person_id)
    if case is None or viewer is None:
        return
    publishes = any(p.owner_id == viewer.id and not p.live_at for p in case.publications)
    decides = case.request.state == State.SUBMITTED and rights.decides(viewer, case)
    if decides or (case.request.state == State.APPROVED and publishes):
        outbox.show(u, notice.person_id, CARD, case.request.id)


def _about_entry(u: Unit, notice: Outbox, viewer: Viewer) -> Built | None:
    """An entry's card, or what became of it; a message of the moment stays as it was told."""
    found = entry.held(u, subject(notice))
    if found is None or (notice.card in (*TOLD, entry.ENDED) and notice.message_id is not None):
        return None
    if not isinstance(entry_rules.may(viewer, Verb.ENTRY, found.entry, found.tasks, packs.current(u).keepers), Allowed):
        return None
    version = found.entry.version
    if notice.card == entry.ENDED:
        return Built(entry_cards.ended(entry.seen(u, found, viewer)), version)
    if tell := TOLD.get(notice.card):
        by = int(notice.subject_id.partition(":")[2])
        return Built(tell(entry.seen(u, found, viewer), people.people(u, {by})[by].name), version)
    late = notice.card == clock.ESCALATED and notice.message_id is None
    return Built(clock.escalated(u, found, viewer) if late else entry.card_for(u, found, viewer), version)


def _about_reading(u: Unit, notice: Outbox, viewer: Viewer) -> Built | None:
    """A new version, or all that they have to read; an earlier copy shows what has become of it."""
    again = notice.message_id is not None
    if notice.card == reading_round.NEWS:
        card = reading_news.notice(u, notice.subject_id, viewer, again)
    else:
        card = reading.called(u, viewer, again)
    return Built(card, 0) if card else None


def _about_report(u: Unit, notice: Outbox, viewer: Viewer) -> Built | None:
    """That there is something, if it is still for them; what it is, is only in the confidential view."""
    if not report_case.due_still(u, viewer, notice.card, notice.subject_id):
        return None
    return Built(report_cards.item(notice.subject_id, 0, report_cards.LINES[notice.card]), 0)


def _held(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    """The card of somebody who was not at work when it came to them, if it still waits for them."""
    decides = case.request.state == State.SUBMITTED and rights.decides(viewer, case)
    pending = any(p.owner_id == viewer.id and not p.live_at for p in case.publications)
    works = any(rights.has_task(viewer, task) for task in case.tasks)
    left = decides or (case.request.state == State.APPROVED and (pending or works))
    return view.card_for(u, case, viewer) if left else None


def _sent_again(u: Unit, case: Case, viewer: Viewer) -> Card:
    """In the place of a decider's older copy, while the newer one has the buttons."""
    if case.request.state != State.SUBMITTED or not rights.decides(viewer, case):
        return view.card_for(u, case, viewer)
    return cards.sent_again(view.view(u, case, viewer))


def _news(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    last = case.decisions[-1].outcome if case.decisions else None
    state = case.request.state
    if state in (State.DRAFT, State.WITHDRAWN) or (state == State.SUBMITTED and last != Outcome.TAKEN_BACK):
        return None
    concerned = rights.involved(viewer, case) or case.request.state == State.LAPSED
    return cards.news(view.view(u, case, viewer)) if concerned else None


def _reminder(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    pending = any(p.owner_id == viewer.id and not p.live_at for p in case.publications)
    if case.request.state != State.APPROVED or not pending:
        return None
    return cards.reminder(view.view(u, case, viewer))


def _work(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    seen = view.view(u, case, viewer)
    return cards.work(seen) if seen.work is not None else None


def _missing(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    shown = view.view(u, case, viewer)
    if case.request.state == State.APPROVED:
        return cards.missing_worker(shown)
    return None if case.request.state == State.SUBMITTED and shown.deciders else cards.missing_decider(shown)


def _undelivered(u: Unit, case: Case, viewer: Viewer, notice: Outbox) -> Card:
    number = int(notice.subject_id.partition(":")[2])
    person = people.people(u, {number})[number]
    return cards.undelivered(view.view(u, case, viewer), person)


BUILDERS: dict[str, Callable[[Unit, Case, Viewer], Card | None]] = {
    CARD: view.card_for, HELD: _held, SENT_AGAIN: _sent_again, NEWS: _news, REMINDER: _reminder, WORK: _work,
    MISSING: _missing,
}
KNOWN = OTHERWISE | BUILDERS.keys() | {UNDELIVERED, *CHASED}
"""Every card that a notice can name."""
