"""Short messages about a request: what happened, what is late, what could not be delivered."""

from dataclasses import replace

from cards import behalf, permission, post
from cards.action import Verb
from cards.card import Button, Card, Element, Facts, Text
from cards.next import next_, where
from cards.request import heading
from cards.view import View
from cards.words import cut
from storage.tables import Person, State


def gone(view: View) -> Card:
    """What is left on the copy of somebody whom it no longer concerns."""
    if any(task.done_by == view.viewer_id for task in view.case.tasks):
        thanks = Text("You have done this, thank you. It no longer needs you.", "quiet")
        return Card(view.title, "done", f"{view.title}: done", (thanks,))
    nothing = "Nothing is to be published." if view.kind.publishes else "Nothing is to be done."
    rest = "It is live." if view.case.request.state == State.PUBLISHED else nothing
    return Card(view.title, "closed", f"{view.title}: closed", (Text(f"This no longer needs you. {rest}", "quiet"),))


def sent_again(view: View) -> Card:
    """What is left on a decider's older copy of what was sent again."""
    told = Text(f"{view.case.asker.name} has sent this again, and it waits for you in a newer card.", "quiet")
    return Card(view.title, "sent again", f"{view.title}: sent again", (told,), (_open(view),))


def news(view: View) -> Card:
    """A short message that something happened, for whom it concerns."""
    line = _line(view)
    decision = view.decision
    elements: list[Element] = [] if decision and decision.reply else [Text(line)]
    if view.kind.publishes and (links := post.addresses(view.case)):
        elements.append(Facts(links))
    if decision and decision.reply:
        elements += permission.replied(view.kind, decision.reply, decision.note, view.by(decision))
    elements += [Text(f"Agreed: {each}", "strong") for each in view.conditions]
    if view.kind.silent and view.case.request.state in (State.APPROVED, State.DECLINED):
        elements.append(Text(f"{permission.SILENT} anything about this; the record says so.", "quiet"))
    if words := cut(view.words, 120):
        elements.append(Text(f"“{words}”", "quiet"))
    return Card(view.title, heading(view), f"{view.title}: {line}", tuple(elements), (_open(view),))


def _line(view: View) -> str:
    decision = view.decision
    by, note = (behalf.by(view.case, decision), decision.note) if decision else ("", "")
    state = State(view.case.request.state)
    if decision and decision.reply and state == State.APPROVED:
        return f"{by} answered."
    follows = f"{view.owners} publishes it." if view.kind.publishes else next_(view) if state == State.APPROVED else ""
    approved = f"{by} approved it. {follows}"
    taken = f"{by} took the decision back; it waits for a decision again."
    back = f"{by} asks for changes: {note}"
    if view.kind.effect == "answer":
        back = f"{by} asks: {note}"
        taken = f"{by} took the answer back: please do not use it. It waits for an answer again."
    return {
        State.SUBMITTED: taken,
        State.TRAINING: f"{by} asks for training first: {note}",
        State.APPROVED: approved,
        State.CHANGES: back,
        State.DECLINED: f"{by} declined it: {note}",
        State.PUBLISHED: "It is live.",
        State.DONE: "It is done, and can be used.",
        State.EXPIRED: next_(view) if state == State.EXPIRED else "",
        State.LAPSED: next_(view) if state == State.LAPSED else "",
    }.get(state, f"It is {state}.")


def reminder(view: View) -> Card:
    """It was approved a while ago and is not live yet."""
    return Card(view.title, "not live yet", f"{view.title}: approved, but not live yet", (
        Text(f"{view.case.asker.name}'s post was approved and waits for you to publish it."),
    ), (_open(view, "primary"),))


def undecided(view: View) -> Card:
    """For whoever is asked and has not answered."""
    return Card(view.title, "waiting for you", f"{view.title}: still waiting for you", (
        Text(f"{view.case.asker.name} asks, and has been waiting since {_since(view)}."),
        Text("Nothing happens before you answer.", "quiet"),
    ), (_open(view, "primary"),))


def raised(view: View, others: str, decides: bool) -> Card:
    """For whoever is above those who have not answered: can decide as well (the card follows), or is only told."""
    title = view.kind.title
    waited = f"{view.case.asker.name} asks, and has been waiting for {others or 'an answer'} since {_since(view)}."
    if view.away:
        waited = f"{waited} {view.away}"
    so = "You can decide it as well now; it is below." if decides else "All of them have to agree. Please remind them."
    return Card(title, "not decided yet", f"{title}: not decided yet", (Text(waited), Text(so)))


def asked_too(view: View, names: str) -> Card:
    """For the asker: somebody else can decide as well from now on."""
    return Card(view.title, heading(view), f"{view.title}: it waits for {names} as well now", (
        Text(f"It waits for {names} as well now."),
    ), (_open(view),))


def late(card: Card, when: str) -> Card:
    """The same, where it should have come long before: the bot did not run, or nothing could be sent."""
    sorry = Text(f"This was to come on {when}. I could not send it then, so it comes late.", "quiet")
    return replace(card, elements=(*card.elements, sorry))


def settled(view: View) -> Card:
    """What becomes of a reminder once somebody has decided."""
    told = Text("This does not wait for you any more.", "quiet")
    return Card(view.title, heading(view), f"{view.title}: {heading(view)}", (told,), (_open(view),))


def _since(view: View) -> str:
    asked = [ask.since for ask in view.waited_for if ask.since is not None]
    return view.calendar.say(min(asked, default=view.case.request.created_at))


def work(view: View) -> Card:
    """Something that an approval brought is not done yet."""
    title = view.work.title if view.work else view.title
    return Card(title, "not done yet", f"{title}: not done yet", (
        Text(f"{view.title} was approved for {view.case.asker.name} and waits for you."),
        *((Text(view.work.text),) if view.work else ()),
    ), (_open(view, "primary"),))


def undelivered(view: View, person: Person) -> Card:
    """Somebody who should have had a card cannot be reached."""
    return Card(view.title, "not delivered", f"{view.title}: I could not reach {person.name}", (
        Text(f"I could not reach {person.name}, who has not opened Can I Post yet or has left the chat.", "warning"),
        Text("It waits in their list all the same; please tell them.", "quiet"),
    ), (_open(view),))


def missing_decider(view: View) -> Card:
    """For the administrator: a role that nobody holds keeps a request from being sent, or decided."""
    if view.waited_for and all(ask.passed_at for ask in view.waited_for):
        return _passed_to_nobody(view)
    lacks = f"{where(view)} has no {view.role} on the staff list"
    waits = view.case.request.state == State.SUBMITTED
    so = "what waits there cannot be decided" if waits else "a request cannot be sent to anyone"
    return Card("Staff list", "a role is missing", lacks, (
        Text(f"{lacks}, so {so}."),
        Text("Add the role to the staff list and import it again.", "quiet"),
    ))


def _passed_to_nobody(view: View) -> Card:
    """It was handed to somebody by name, who is not there any more."""
    gone = f"{view.title} was handed to somebody who is not on the staff list any more, so nobody can decide it."
    number = view.case.request.id
    return Card("Staff list", "nobody decides", gone, (
        Text(gone),
        Text(f"Hand it to somebody else: canipost reassign {number} --to their e-mail address.", "quiet"),
    ))


def missing_worker(view: View) -> Card | None:
    """For the administrator: a role that nobody holds keeps work of an approval from being done; None: none does."""
    lacking = [task for task in view.case.tasks if task.id in view.case.workers and not view.case.workers[task.id]]
    if view.case.request.state != State.APPROVED or not lacking:
        return None
    school = view.case.school if lacking[0].school_id is not None else None
    place = school.name if school else view.case.trust.name
    lacks = f"{place} has no {view.roles.get(lacking[0].role, lacking[0].role)} on the staff list"
    return Card("Staff list", "a role is missing", lacks, (
        Text(f"{lacks}, so nobody can do what was approved: {view.title}."),
        Text("Add the role to the staff list and import it again.", "quiet"),
    ))


def _open(view: View, style: str = "plain") -> Button:
    return Button("Open", view.to(Verb.OPEN), style)  # type: ignore[arg-type]
