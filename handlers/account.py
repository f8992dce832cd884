"""What an account's owner means for its posts: whoever runs it now publishes them; once it is closed, nobody does."""

from datetime import timedelta

from handlers import hours, owed, packs, view
from handlers.owed import NEWS, REMINDER
from handlers.rules.chase import heard
from handlers.rules.hours import later
from storage import audit, outbox, publications, request
from storage.database import Unit
from storage.tables import Entry, Request, State


def hand_on(u: Unit, account: Entry, person: int) -> None:
    """This person is to publish whatever waits on it; who was to before sees that it no longer needs them."""
    found, at_work = publications.waiting(u, account.id or 0), hours.of_person(u, person)
    publications.hand_on(u, account.id or 0, person)
    for post in found:
        audit.append(u, "publisher", None, post.id, account=account.id, person=person)
        outbox.replace(u, post.id)
        owed.show(u, post.id, person, heard(at_work, u.at, post.go_live_at or post.due_at or u.at))
        due = later(at_work, max(post.go_live_at or u.at, u.at), _patience(u, post))
        outbox.remind(u, person, REMINDER, post.id, due)


def close(u: Unit, account: Entry) -> None:
    """Nothing is to be published on it any more: approvals for it alone lapse, and whoever asked hears."""
    for post in publications.waiting(u, account.id or 0):
        publications.drop(u, account.id or 0, post.id)
        case = view.fresh(u, post.id)
        assert case is not None, "it was just read"
        left = [p for p in case.publications if not p.live_at]
        if not left:
            live = bool(case.publications)
            state = State.PUBLISHED if live else State.LAPSED
            digest = case.request.approved_digest if live else None
            request.change(u, case.request, state=state, approved_digest=digest, due_at=None)
        audit.append(u, "account_closed", None, post.id, account=account.id, state=case.request.state)
        outbox.replace(u, post.id)
        outbox.send(u, post.asker_id, NEWS, post.id)


def _patience(u: Unit, post: Request) -> timedelta:
    """How much time of work somebody has, before they are reminded."""
    pack = packs.of(u, post.pack_version)
    return timedelta(hours=pack.clocks_of(pack.kinds[post.kind]).remind_publish_hours)
