"""The frame of every request's card: what it is, where it stands, what happens next, and who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cards import post
from cards.action import Action, Verb
from cards.card import Button, Card, Element, Facts, Form, Item, Style, Text, TextField
from cards.words import clause, cut, listed, moment
from storage.tables import Case, Decision, Outcome, Person, Request, State

HERE = "Here it is, in our chat."
"""For doors that must say something at once: the card follows."""


@dataclass(frozen=True, slots=True)
class View:
    """A case as one viewer may see it. `verbs`: what they may do with it now."""

    case: Case
    viewer_id: int
    verbs: frozenset[Verb]
    asked: post.Asked
    checks: tuple[post.CheckSeen, ...]
    zone: ZoneInfo
    role: str
    clause: str
    publish_clause: str
    administrators: tuple[Person, ...]

    @property
    def deciders(self) -> str:
        """Who decides, by name, without whoever asks."""
        request = self.case.request
        names = [p.name for p in self.case.deciders if p.id not in (request.asker_id, request.editor_id)]
        return " or ".join(names)

    @property
    def owners(self) -> str:
        """Who publishes, by name."""
        return listed(dict.fromkeys(self.case.people[p.owner_id].name for p in self.case.publications))

    @property
    def is_asker(self) -> bool:
        """Whether the reader asked."""
        return self.viewer_id == self.case.request.asker_id

    @property
    def decision(self) -> Decision | None:
        """The last decision."""
        return self.case.decisions[-1] if self.case.decisions else None


def card(view: View) -> Card:
    """The request for this viewer, as it stands."""
    case, content = view.case, view.case.revision.content
    title = post.title(case.accounts)
    elements: list[Element] = []
    if not view.is_asker and case.request.state == State.SUBMITTED:
        elements.append(Text(f"{case.asker.name} asks: may this be published?", "strong"))
    elements += [*_news(view), post.preview(case)]
    live = post.live(case, view.zone)
    if live:
        elements.append(live)
    elif Verb.PUBLISH not in view.verbs:
        elements.append(post.facts(case, view.asked, view.zone))
    elements += _policy(view, content["confirmed"])
    if Verb.PUBLISH in view.verbs:
        elements += post.to_publish(case)
    elements.append(Text(_next(view), "quiet"))
    state = heading(view)
    return Card(title, state, f"{title}: {state}", tuple(e for e in elements if e), _buttons(view))


def _policy(view: View, confirmed: Sequence[str]) -> list[Element]:
    """What it trips over, and what the policy asks of it; whoever asked and has sent it needs the first only."""
    state = view.case.request.state
    if state not in (State.DRAFT, State.SUBMITTED):
        return []
    found = post.trips(view.checks)
    if view.is_asker and state == State.SUBMITTED:
        return found
    if not view.is_asker:
        found = [*post.changes(view.case, view.zone), *found]
    who = "you" if view.is_asker else view.case.asker.name
    asks = post.asks(view.checks, view.asked, confirmed, who)
    return [*found, Text("What the policy asks", "strong"), *asks] if asks else found


def heading(view: View) -> str:
    """The state in a few words, from where the reader stands."""
    request = view.case.request
    if request.state == State.SUBMITTED:
        return "waiting for you" if Verb.APPROVE in view.verbs else f"waiting for {view.deciders or 'nobody'}"
    if request.state == State.APPROVED and Verb.PUBLISH in view.verbs:
        return "approved, please publish"
    if request.state == State.WITHDRAWN and request.submitted_at is None:
        return "discarded"
    words = {State.DRAFT: "not sent yet", State.PUBLISHED: "live", State.WITHDRAWN: "withdrawn"}
    return words.get(State(request.state), str(request.state))


def _news(view: View) -> list[Element]:
    """What was decided, by whom, and why."""
    decision, request = view.decision, view.case.request
    if decision is None or request.state in (State.DRAFT, State.SUBMITTED, State.WITHDRAWN):
        return []
    by = "you" if decision.decider_id == view.viewer_id else view.case.people[decision.decider_id].name
    at = moment(decision.at, view.zone)
    said = {
        Outcome.APPROVED: Text(f"Approved by {by}, {at}.", "good"),
        Outcome.CHANGES: Text(f"Changes wanted by {by}, {at}:", "warning"),
        Outcome.DECLINED: Text(f"Declined by {by}, {at}:", "bad"),
        Outcome.TAKEN_BACK: Text(f"{by.capitalize() if by == 'you' else by} took the decision back, {at}.", "warning"),
    }[Outcome(decision.outcome)]
    return [said, Text(decision.note)] if decision.note else [said]


def _next(view: View) -> str:
    """What happens next, and who has it."""
    case, request = view.case, view.case.request
    if request.state == State.DRAFT:
        return _before_sending(view)
    if request.state == State.SUBMITTED:
        return _while_waiting(view)
    if request.state == State.CHANGES:
        return "Change it and send it again." if view.is_asker else f"{case.asker.name} has it now."
    if request.state == State.APPROVED:
        return _while_approved(view)
    if request.state == State.LAPSED:
        return _lapsed(view)
    return {
        State.PUBLISHED: "It is live, and the record stands.",
        State.DECLINED: "It will not be published. If things change, ask anew.",
        State.WITHDRAWN: "Nothing more will happen with it.",
        State.EXPIRED: _expired(view),
    }[State(request.state)]


def _before_sending(view: View) -> str:
    if not view.deciders:
        return nobody_decides(view)
    return f"It goes to {view.deciders} ({view.role}), who decides {clause(view.clause)}."


def nobody_decides(view: View) -> str:
    """Nobody holds the role that decides, so it cannot be sent; who can mend that."""
    where = view.case.school.name if view.case.school else view.case.trust.name
    who = listed(p.name for p in view.administrators) or "Whoever set up Can I Post"
    return (
        f"{where} has no {view.role} on the staff list who could decide, so I cannot send this to anyone. "
        f"I keep your draft. {who} looks after the list."
    )


def _while_waiting(view: View) -> str:
    if Verb.APPROVE in view.verbs:
        return f"Nothing is published before you decide {clause(view.clause)}."
    if not view.deciders:
        return nobody_decides(view)
    return f"{view.deciders} ({view.role}) has it now. I tell you here as soon as it is decided."


def _while_approved(view: View) -> str:
    at = view.case.request.go_live_at
    when = f"at {moment(at, view.zone)}" if at else "now"
    if Verb.PUBLISH in view.verbs:
        return f"Publish it {when}, exactly as it stands, then press “It's live” {clause(view.publish_clause)}."
    return f"{view.owners} publishes it {when} and says when it is live. If the words change, it needs approval again."


def _expired(view: View) -> str:
    if view.decision is not None and view.decision.outcome == Outcome.CHANGES:
        return "It was not changed and sent again in time, so it has expired. It was not approved."
    return "Nobody decided in time, so it has expired. It was not approved."


def _lapsed(view: View) -> str:
    approved = view.decision is not None and view.decision.outcome == Outcome.APPROVED
    if approved:
        return "It was not published in time, so the approval has lapsed. Please do not publish it any more."
    return "Nobody decided before its time, so it has lapsed. It was not approved."


def _buttons(view: View) -> tuple[Button, ...]:
    again = view.case.request.state in (State.LAPSED, State.EXPIRED)
    draft = view.case.request.state == State.DRAFT
    revise = "Ask again with a new time" if again else "Edit"
    offers: tuple[tuple[Verb, str, Style, str], ...] = (
        (Verb.APPROVE, "Approve", "primary", ""),
        (Verb.CHANGES, "Ask for changes", "plain", ""),
        (Verb.DECLINE, "Decline", "danger", ""),
        *(((Verb.SEND, "Send", "primary", ""),) if draft else ()),
        (Verb.LIVE, "It's live", "primary", ""),
        (Verb.EDIT, revise, "primary" if again or view.case.request.state == State.CHANGES else "plain", ""),
        (Verb.DISCARD, "Discard", "danger", "Discard this draft? Nobody else has seen it."),
        (Verb.WITHDRAW, "Withdraw", "danger", "Withdraw it? It will then not be published."),
        (Verb.TAKE_BACK, "Take it back", "plain", "Take your decision back? It then waits for a decision again."),
    )
    return tuple(
        Button(label, action(view.case, verb), style, confirm)
        for verb, label, style, confirm in offers
        if verb in view.verbs
    )


def action(case: Case, verb: Verb) -> Action:
    """What a button on this case carries. An edit goes by the wording, everything else by the version."""
    by_wording = verb in (Verb.EDIT, Verb.SAVE)
    return Action(verb, case.request.id, case.request.revision if by_wording else case.request.version)


def gone(case: Case) -> Card:
    """What is left on the copy of somebody whom it no longer concerns."""
    title = post.title(case.accounts)
    rest = "It is live." if case.request.state == State.PUBLISHED else "Nothing is to be published."
    return Card(title, "closed", f"{title}: closed", (Text(f"This no longer needs you. {rest}", "quiet"),))


def note_form(case: Case, verb: Verb, errors: dict[str, str], typed: str = "") -> Form:
    """The note that goes with a request for changes, or the reason for declining."""
    declining = verb == Verb.REFUSE
    label = "Why not?" if declining else "What should change?"
    hint = f"{case.asker.name} reads this."
    title, submit = ("Decline", "Decline") if declining else ("Ask for changes", "Send")
    text = TextField("note", label, typed, hint, lines=True, limit=2000)
    return Form(title, submit, action(case, verb), (text,), action(case, Verb.OPEN), errors)


def note_needed(verb: Verb) -> str:
    """The note is empty."""
    return "Please give the reason." if verb == Verb.REFUSE else "Please say what should change."


def news(view: View) -> Card:
    """A short message that something happened, for whom it concerns."""
    request, title = view.case.request, post.title(view.case.accounts)
    decision = view.decision
    by = view.case.people[decision.decider_id].name if decision else ""
    lines = {
        State.SUBMITTED: f"{by} took the decision back; it waits for a decision again.",
        State.APPROVED: f"{by} approved it. {view.owners} publishes it.",
        State.CHANGES: f"{by} asks for changes: {decision.note if decision else ''}",
        State.DECLINED: f"{by} declined it: {decision.note if decision else ''}",
        State.PUBLISHED: "It is live.",
        State.EXPIRED: _next(view) if request.state == State.EXPIRED else "",
        State.LAPSED: _next(view) if request.state == State.LAPSED else "",
    }
    line = lines.get(State(request.state), f"It is {request.state}.")
    links, words = post.addresses(view.case), cut(view.case.revision.content["text"], 120)
    facts: tuple[Element, ...] = (Facts(links),) if links else ()
    preview = (Text(f"“{words}”", "quiet"),) if words else ()
    return Card(title, heading(view), f"{title}: {line}", (Text(line), *facts, *preview), (
        Button("Open", action(view.case, Verb.OPEN)),
    ))


def reminder(view: View) -> Card:
    """It was approved a while ago and is not live yet."""
    title = post.title(view.case.accounts)
    return Card(title, "not live yet", f"{title}: approved, but not live yet", (
        Text(f"{view.case.asker.name}'s post was approved and waits for you to publish it."),
    ), (Button("Open", action(view.case, Verb.OPEN), "primary"),))


def undelivered(view: View, person: Person) -> Card:
    """Somebody who should have had a card cannot be reached."""
    title = post.title(view.case.accounts)
    return Card(title, "not delivered", f"{title}: I could not reach {person.name}", (
        Text(f"I could not reach {person.name}, who has not opened Can I Post yet or has left the chat.", "warning"),
        Text("It waits in their list all the same; please tell them.", "quiet"),
    ), (Button("Open", action(view.case, Verb.OPEN)),))


def missing_decider(view: View) -> Card:
    """For the administrator: a role that nobody holds keeps a post from being sent."""
    where = view.case.school.name if view.case.school else view.case.trust.name
    return Card("Staff list", "a role is missing", f"{where} has no {view.role} on the staff list", (
        Text(f"{where} has no {view.role} on the staff list, so a post cannot be sent to anyone."),
        Text("Add the role to the staff list and import it again.", "quiet"),
    ))


def line(request: Request, content_text: str, title: str, detail: str) -> Item:
    """A request as one line of a list."""
    label = cut(f"{title}: {content_text}" if content_text else title, 140)
    return Item(label, detail, Button("Open", Action(Verb.OPEN, request.id, request.version)))


def since(at: datetime, zone: ZoneInfo) -> str:
    """Since when it waits."""
    return f"since {moment(at, zone)}"
