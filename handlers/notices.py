"""What a notice of the outbox says, built from the rows as they are when it is sent."""

from collections.abc import Callable

from cards import request as cards
from cards.card import Card
from handlers import view
from handlers.request import CARD, MISSING, NEWS, REMINDER
from handlers.rules import rights
from storage import audit, outbox, people
from storage.database import Unit
from storage.tables import Case, Outbox, Outcome, State, Viewer

UNDELIVERED = "undelivered"


def build(u: Unit, notice: Outbox) -> tuple[Card, int, bool] | None:
    """The card for this recipient now, its subject's version, whether whole files go along; None: not needed now."""
    subject, _, rest = notice.subject_id.partition(":")
    case = view.fresh(u, subject)
    viewer = people.viewer(u, notice.person_id)
    if case is None or viewer is None:
        return None
    if notice.card == UNDELIVERED:
        return _undelivered(u, case, viewer, rest), case.request.version, False
    if notice.card == NEWS and notice.message_id is not None:
        return None  # news stays as it was told; the card beside it shows how things stand
    card = BUILDERS[notice.card](u, case, viewer)
    if card is None and notice.message_id is not None:
        card = cards.gone(case)
    return (card, case.request.version, _attaches(notice, case)) if card else None


def _attaches(notice: Outbox, case: Case) -> bool:
    """Whether the recipient gets the whole files as well: who publishes does, once."""
    if notice.card != CARD or notice.message_id is not None or case.request.state != State.APPROVED:
        return False
    return any(p.owner_id == notice.person_id and not p.live_at for p in case.publications)


def bury(u: Unit, notice: Outbox) -> None:
    """A notice that will never arrive is on the record, and the asker is told; a lost copy is just forgotten."""
    if notice.message_id is not None:
        outbox.forget_message(u, notice.message_id)
        return
    audit.append(u, "undeliverable", None, notice.subject_id.partition(":")[0], card=notice.card)
    case = view.fresh(u, notice.subject_id.partition(":")[0])
    if case is None or notice.card == UNDELIVERED or notice.person_id == case.request.asker_id:
        return
    outbox.show(u, case.request.asker_id, UNDELIVERED, f"{case.request.id}:{notice.person_id}")


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


def _missing(u: Unit, case: Case, viewer: Viewer) -> Card | None:
    return cards.missing_decider(view.view(u, case, viewer))


def _undelivered(u: Unit, case: Case, viewer: Viewer, person_id: str) -> Card:
    person = people.people(u, {int(person_id)})[int(person_id)]
    return cards.undelivered(view.view(u, case, viewer), person)


BUILDERS: dict[str, Callable[[Unit, Case, Viewer], Card | None]] = {
    CARD: view.card_for, NEWS: _news, REMINDER: _reminder, MISSING: _missing,
}
