"""The one door inside: who asks, was it asked before, may they; then the verb's flow. One event, one transaction."""

import asyncio
from datetime import datetime
from functools import partial

from cards import behalf, refusals
from cards.action import Verb
from handlers import report_evidence, report_files, request, view
from handlers.answer import Answer, Note, Open, Replace, Silence, Unknown
from handlers.event import Event, Place
from handlers.owed import CARD
from handlers.report_evidence import Gate
from handlers.routes import CLOCK, ROUTES, Route
from handlers.rules import lifecycle, rights
from handlers.rules.lifecycle import runs_out_by
from handlers.rules.rights import Reason, Refused
from handlers.turn import Turn
from storage import audit, inbox, named, outbox, people
from storage.database import Database, Unit
from storage.evidence import Exhibit
from storage.files import FileStore
from storage.tables import Case, State, Viewer


class Desk:
    """Where every event is handed in. `files`: where it lets go of what no row names any more.

    `address`: where a browser reaches the bot's own pages; None where it reaches none.
    """

    def __init__(self, database: Database, files: FileStore | None = None, address: str | None = None) -> None:
        self.database, self.files, self.address = database, files, address

    async def dispatch(self, event: Event) -> Answer:
        """Act on the event, all of it or none, and say what is to be shown.

        Of a file that came with it and was not taken, and of one that it dropped, nothing is left afterwards.
        """
        gone = {piece for exhibit in event.exhibits for piece in exhibit.pieces}
        try:
            answer, dropped = await self.database.run(partial(_handled, event, self.address))
            gone |= dropped
        finally:
            await self._let_go(gone)
        return answer

    async def gate(self, event: Event) -> Gate:
        """What a door may do with the files of this event: asked before it fetches them."""
        return await self.database.run(partial(report_evidence.gate, event, self.address))

    async def hand_out(self, token: str, at: datetime) -> Exhibit | None:
        """The file of a report that a link is for; None where the link is spent, too old, or nobody's."""
        return await self.database.run(partial(report_files.hand_out, token, at))

    async def knows(self, place: Place) -> bool:
        """Whether this is somebody's user, so that their files are worth fetching."""
        return await self.database.run(partial(_knows, place))

    async def _let_go(self, digests: set[str]) -> None:
        if digests and self.files is not None:
            left = await self.database.run(partial(named.unnamed, digests=digests))
            await asyncio.to_thread(self.files.discard, left)


def _handled(event: Event, address: str | None, u: Unit) -> tuple[Answer, set[str]]:
    """The answer, and the files that a row named until then."""
    return handle(event, u, address), u.unnamed


def handle(event: Event, u: Unit, address: str | None = None) -> Answer:
    """One event in its unit."""
    if event.place is None:
        return _clock(u, event)
    viewer = _enter(u, event, event.place)
    if not isinstance(viewer, Viewer):
        return viewer
    route = ROUTES.get(event.verb)
    if route is None:
        return Note(refusals.unknown())
    if route.writes and not inbox.take(u, event.key, event.at):
        return _again(u, event, viewer)
    answer = _run(route, Turn(u, event, viewer, address=address))
    if route.writes and isinstance(answer, Open):
        inbox.release(u, event.key)
    return answer


def _knows(place: Place, u: Unit) -> bool:
    return people.linked(u, place.platform, place.team, place.user)


def _enter(u: Unit, event: Event, place: Place) -> Viewer | Answer:
    """Whose user it is. The first message links it to the staff list by the e-mail that the platform vouches for."""
    known = people.enter(u, place.platform, place.team, place.user, event.at)
    if known is not None:
        identity, viewer = known
        people.seen(u, identity, place.reference)
        return viewer or _stranger(u)
    if not event.email:
        return Unknown()
    trust = people.trust_for(u, place.platform, place.team)
    if trust is None:
        return Note(refusals.stranger(()))
    u.act_for(trust, event.at)
    person = people.by_email(u, event.email)
    viewer = people.viewer(u, person.id) if person and person.id else None
    if person is None or viewer is None:
        return _stranger(u)
    people.link(u, person, place.platform, place.team, place.user, place.reference)
    audit.append(u, "linked", viewer.id, platform=place.platform)
    return viewer


def _stranger(u: Unit) -> Answer:
    return Note(refusals.stranger([p.name for p in view.administrators(u)]))


def _run(route: Route, t: Turn) -> Answer:
    """Rights, then freshness, then the flow."""
    event = t.event
    if route.entry:
        return route.flow(t)
    if not event.subject:
        return Note(refusals.unknown()) if route.about else route.flow(t)
    if not route.about and event.verb != Verb.SAVE:
        return route.flow(t)
    case = _present(t.unit, event.subject, route.writes)
    if case is None:
        return Note(refusals.unseen())
    allowed = rights.may(t.viewer, event.verb, case)
    if isinstance(allowed, Refused):
        return _refuse(t, case, allowed.reason)
    t.about = case
    if not lifecycle.suits(event.verb, t.kind):
        return Note(refusals.unknown())
    if route.versioned and event.version not in rights.fresh_versions(t.viewer, event.verb, case):
        return Replace(view.card_for(t.unit, case, t.viewer), refusals.stale())
    return route.flow(t)


def _present(u: Unit, subject: str, writes: bool) -> Case | None:
    """The request as it stands at this moment: a press between its time and the clock's next look comes too late."""
    case = view.held(u, subject) if writes else view.fresh(u, subject)
    if case is None or case.request.due_at is None or case.request.due_at > u.at:
        return case
    request.run_out(u, case, runs_out_by(case.request.state, case.request.go_live_at))
    return view.fresh(u, subject)


def _refuse(t: Turn, case: Case, reason: Reason) -> Answer:
    """A kind no. What somebody tried on others' business is on the record; a late press shows how it stands."""
    case = view.as_seen(case, t.viewer)
    if reason == Reason.NOT_NOW:
        return Replace(view.card_for(t.unit, case, t.viewer), refusals.not_now(case, t.event.at, t.viewer.id))
    audit.append(t.unit, "refused", t.viewer.id, case.request.id, tried=t.event.verb, reason=reason)
    deciders = behalf.who_can(case)
    if reason == Reason.UNSEEN and _had_it(t, case):
        now = deciders if case.request.state == State.SUBMITTED else ""
        return Replace(view.card_for(t.unit, case, t.viewer), refusals.decides_now(now))
    said = {
        Reason.UNSEEN: refusals.unseen(),
        Reason.NOT_YOURS: refusals.only_asker(case),
        Reason.NOT_APPROVER: refusals.only_approver(deciders),
        Reason.OWN_POST: refusals.own_post(),
        Reason.NOT_OWNER: refusals.only_owner(case),
        Reason.NOT_DECIDER: refusals.only_last_decider(),
        Reason.NOT_WORKER: refusals.only_worker(
            [p.name for each in case.workers.values() for p in each]),
    }
    return Note(said.get(reason, refusals.unknown()))


def _had_it(t: Turn, case: Case) -> bool:
    """Whether its card was theirs once: then they know of it already."""
    return any(c.person_id == t.viewer.id and c.card == CARD for c in outbox.copies(t.unit, case.request.id))


def _again(u: Unit, event: Event, viewer: Viewer) -> Answer:
    """A repeat: nothing is done; who pressed sees how it stands."""
    case = view.fresh(u, event.subject) if event.subject else None
    if case is None or not rights.involved(viewer, case):
        return Silence()
    return Replace(view.card_for(u, case, viewer))


def _clock(u: Unit, event: Event) -> Answer:
    trust = next((each for each in people.trusts(u) if each.id == event.trust), None)
    if trust is None or event.verb not in CLOCK:
        return Silence()
    u.act_for(trust, event.at)
    return CLOCK[event.verb](u, event.subject)
