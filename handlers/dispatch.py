"""The one door inside: who asks, was it asked before, may they; then the verb's flow. One event, one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cards import refusals
from cards.action import Verb
from handlers import clock, entry, listing, oversight, permission, post, report, report_case, request, view, work
from handlers.answer import Answer, Note, Open, Replace, Silence, Unknown
from handlers.event import Event, Place
from handlers.report_late import look_after
from handlers.report_steps import act
from handlers.rules import lifecycle, rights
from handlers.rules.lifecycle import runs_out_by
from handlers.rules.rights import Reason, Refused
from handlers.turn import Turn
from storage import audit, inbox, outbox, people
from storage.database import Database, Unit
from storage.tables import Case, State, Viewer


@dataclass(frozen=True, slots=True)
class Route:
    """A verb's flow. `about`: needs a request; `writes`: repeats do not act again; `versioned`: stale presses stop.

    `entry`: its subject is an entry of a register, and `handlers.entry` asks for the rights.
    """

    flow: Callable[[Turn], Answer]
    about: bool = False
    writes: bool = True
    versioned: bool = False
    entry: bool = False


def _decision(flow: Callable[[Turn], Answer]) -> Route:
    return Route(flow, about=True, versioned=True)


def _wording(of_post: Callable[[Turn], Answer], of_permission: Callable[[Turn], Answer]) -> Callable[[Turn], Answer]:
    """A post has a form of its own; every other permission has the pack's questions."""
    def flow(t: Turn) -> Answer:
        if t.kind_gone:
            return Note(refusals.kind_gone())
        return (of_post if t.kind.publishes and not t.kind.never else of_permission)(t)
    return flow


def _entry(flow: Callable[[Turn], Answer], writes: bool = True) -> Route:
    """A verb about an entry of a register, which has rights of its own."""
    return Route(flow, writes=writes, entry=True)


ROUTES: dict[Verb, Route] = {
    Verb.SAY: Route(oversight.say),
    Verb.REQUEST: Route(permission.invite, writes=False),
    Verb.MENU: Route(oversight.menu, writes=False),
    Verb.MEANT: _decision(permission.choose),
    Verb.ASK: Route(post.ask),
    Verb.COMPOSE: Route(_wording(post.compose, permission.compose), writes=False),
    Verb.EDIT: Route(_wording(post.edit, permission.edit), about=True, writes=False),
    Verb.SEND: _decision(_wording(post.send, permission.send)),
    Verb.SAVE: Route(_wording(post.save, permission.save)),
    Verb.TAKE_OUT: _decision(post.take_out),
    Verb.DISCARD: _decision(request.withdraw),
    Verb.WITHDRAW: _decision(request.withdraw),
    Verb.APPROVE: _decision(request.approve),
    Verb.CHANGES: Route(request.ask_note, about=True, writes=False, versioned=True),
    Verb.REQUEST_CHANGES: _decision(request.request_changes),
    Verb.DECLINE: Route(request.ask_note, about=True, writes=False, versioned=True),
    Verb.REFUSE: _decision(request.refuse),
    Verb.GRANT: _decision(request.grant),
    Verb.REPLY: _decision(request.reply),
    Verb.TRAIN: _decision(request.train),
    Verb.TRAINED: _decision(request.trained),
    Verb.DONE: _decision(work.done),
    Verb.TAKE_BACK: _decision(request.take_back),
    Verb.LIVE: Route(post.ask_address, about=True, writes=False, versioned=True),
    Verb.PUBLISH: _decision(post.publish),
    Verb.OPEN: Route(request.open_card, about=True),
    Verb.REPORT: Route(report.begin, writes=False),
    Verb.DRAFT_REPORT: _entry(report.draft),
    Verb.SEND_REPORT: _entry(report.send),
    Verb.DROP_REPORT: _entry(report.drop),
    Verb.READ_REPORT: _entry(report_case.read),
    Verb.ACT_ON_REPORT: _entry(act),
    Verb.ADD_TO_REPORT: _entry(report_case.add),
    Verb.REGISTER: Route(listing.look_up, writes=False),
    Verb.ENTRY: _entry(entry.open_card, writes=False),
    Verb.CHANGE_ENTRY: _entry(entry.change, writes=False),
    Verb.SAVE_ENTRY: _entry(entry.save),
    Verb.HAND_OVER: _entry(entry.hand_over),
    Verb.CLOSE_ENTRY: _entry(entry.close),
    Verb.KEEP: _entry(entry.keep),
    Verb.USED: _entry(entry.used),
    Verb.DELETED: _entry(entry.deleted),
    Verb.MINE: Route(oversight.mine, writes=False),
    Verb.WAITING: Route(oversight.waiting, writes=False),
    Verb.HOME: Route(oversight.home, writes=False),
    Verb.HELP: Route(oversight.help_, writes=False),
    Verb.HELLO: Route(oversight.hello, writes=False),
}
CLOCK: dict[Verb, Callable[[Unit, str], Answer]] = {
    Verb.EXPIRE: partial(request.run_out_by, Verb.EXPIRE),
    Verb.LAPSE: partial(request.run_out_by, Verb.LAPSE),
    Verb.REVIEW: clock.review,
    Verb.LEAVE: clock.leave,
    Verb.NUDGE: clock.nudge,
    Verb.LATE_REPORT: look_after,
}


class Desk:
    """Where every event is handed in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def dispatch(self, event: Event) -> Answer:
        """Act on the event, all of it or none, and say what is to be shown."""
        return await self.database.run(partial(handle, event))

    async def knows(self, place: Place) -> bool:
        """Whether this is somebody's user, so that their files are worth fetching."""
        return await self.database.run(partial(_knows, place))


def handle(event: Event, u: Unit) -> Answer:
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
    answer = _run(route, Turn(u, event, viewer))
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
    if reason == Reason.NOT_NOW:
        return Replace(view.card_for(t.unit, case, t.viewer), refusals.not_now(case, t.event.at))
    audit.append(t.unit, "refused", t.viewer.id, case.request.id, tried=t.event.verb, reason=reason)
    asking = (case.request.asker_id, case.request.editor_id)
    deciders = [p.name for p in case.deciders if p.id not in asking]
    if reason == Reason.UNSEEN and _had_it(t, case):
        now = deciders if case.request.state == State.SUBMITTED else ()
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
    return any(c.person_id == t.viewer.id and c.card == request.CARD for c in outbox.copies(t.unit, case.request.id))


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
