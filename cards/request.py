"""The frame of every request's card: what it is, where it stands, what happens next, and who has it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cards import passing, permission, post
from cards.action import Action, Verb
from cards.card import Button, Card, Check, Element, Item, Style, Text
from cards.next import next_
from cards.policy_ask import UNNAMED
from cards.view import View
from cards.words import Calendar, cut
from storage.tables import Outcome, Request, State

HERE = "Here it is, in our chat."
"""For doors that must say something at once: the card follows."""

ADVICE = "advice"
"""The kind of request that only wants an answer from somebody who knows."""

DECIDES = {Verb.APPROVE, Verb.REPLY}
"""What whoever decides can do with it, of one sort or the other."""

PICTURES = "pictures"
"""What an edit carries whose form begins with the pictures."""


def card(view: View) -> Card:
    """The request for this viewer, as it stands."""
    if view.among:
        return _which(view)
    elements: list[Element] = []
    if not view.is_asker and view.case.request.state == State.SUBMITTED:
        elements.append(Text(_asks(view), "strong"))
        elements += [Text(view.away, "quiet")] if view.away and DECIDES & view.verbs else []
        if why := view.case.request.why_now:
            elements.append(Text(f"{view.case.asker.name} says why it cannot wait: “{cut(why, 300)}”", "warning"))
    elements += [*_news(view), *(_post(view) if view.kind.publishes else _permission(view))]
    elements += [*passing.passed(view), Text(next_(view), "quiet")]
    state = heading(view)
    return Card(view.title, state, f"{view.title}: {state}", tuple(elements), _buttons(view))


def _which(view: View) -> Card:
    """Before anything else: which of several things the words are about."""
    said = Text(view.case.revision.content["words"], "quiet")
    buttons = (
        *(Button(title, replace(view.to(Verb.MEANT), arg=kind)) for kind, title in view.among[:3]),
        Button("Something else", view.to(Verb.MENU)),
    )
    question = "Which of these is it?"
    return Card(view.title, heading(view), question, (Text(question, "strong"), said), buttons)


def _asks(view: View) -> str:
    asks = {"publish": "may this be published?", "answer": "what do you say?"}.get(view.kind.effect, "may I?")
    if any(ask.role == "named_person" for ask in view.waited_for):
        asks = "do you agree?"
    return f"{view.case.asker.name} asks: {asks}"


def _post(view: View) -> list[Element]:
    """The post as readers would see it, what is known of it, what the policy asks, and what to publish."""
    case = view.case
    found: list[Element] = [post.preview(case)]
    live = post.live(case, view.calendar)
    if live:
        found.append(live)
    elif Verb.PUBLISH not in view.verbs:
        found.append(post.facts(case, view.asked, view.calendar))
    found += post.agreed(case.accounts)
    found += _policy(view, case.revision.content["confirmed"])
    return [*found, *post.to_publish(case)] if Verb.PUBLISH in view.verbs else found


def _permission(view: View) -> list[Element]:
    """What was asked, what of it is confirmed, who has decided so far, and the work that it brings."""
    content, state = view.case.revision.content, view.case.request.state
    found: list[Element] = []
    if view.kind.never and state == State.DRAFT:
        return [Check(view.kind.never, view.kind.clause, "warning"), *permission.facts(view.kind, content, view.names)]
    if view.is_asker and view.kind.first and state in (State.DRAFT, State.SUBMITTED):
        found.append(Text(view.kind.first, "warning"))
    if view.is_asker and content.get("unnamed") and state in (State.DRAFT, State.SUBMITTED):
        found.append(Text(UNNAMED, "quiet"))
    if view.is_asker and view.kind.about and state == State.DRAFT:
        found.append(Text(view.kind.about))
    found += permission.facts(view.kind, content, view.names)
    if state in (State.DRAFT, State.SUBMITTED):
        if not view.is_asker:
            found += permission.changes(view.kind, view.case, view.names)
        who = "you" if view.is_asker else view.case.asker.name
        found += permission.confirmed(view.kind, content["confirmed"], who)
    if view.unapproved[0]:
        found.append(permission.unapproved(*view.unapproved, view.is_asker))
    if view.kind.silent:
        found.append(Text(f"{permission.SILENT} anything about this; the record says so.", "quiet"))
    found += _steps(view)
    if view.work is not None:
        found.append(Check(f"{view.work.title}: {view.work.text}", view.work.clause, "ask"))
    return found


def _steps(view: View) -> list[Element]:
    """Where it has several steps: who has answered."""
    answered = [ask for ask in view.case.asks if ask.answered_by is not None]
    if view.case.request.state != State.SUBMITTED or not answered:
        return []
    if view.kind.effect == "answer":
        return permission.suggested(view.kind, view.case, view.is_asker)
    done = dict.fromkeys((ask.answered_by, ask.clause) for ask in answered if ask.answered_by)
    whose = {d.decider_id: view.behalf(d) for d in view.case.standing}
    return [
        Check(f"Approved by {view.case.people[who].name}{whose.get(who, '')}", number, "good") for who, number in done
    ]


def _policy(view: View, confirmed: Sequence[str]) -> list[Element]:
    """What it trips over, and what the policy asks of it; whoever asked and has sent it needs the first only."""
    state = view.case.request.state
    if state not in (State.DRAFT, State.SUBMITTED):
        return []
    found = post.trips(view.checks, _mends(view))
    if view.is_asker and state == State.SUBMITTED:
        return found
    if not view.is_asker:
        found = [*post.changes(view.case, view.calendar), *found]
    who = "you" if view.is_asker else view.case.asker.name
    asks = post.asks(view.checks, view.asked, confirmed, who)
    return [*found, Text("What the policy asks", "strong"), *asks] if asks else found


def _mends(view: View) -> dict[str, Button]:
    """What one press can do about what the draft trips over, by the check."""
    if not any(check.what for check in view.checks):
        return {}
    several = {check.id for check in view.checks if len(check.what) > 1}
    mends = {}
    if Verb.TAKE_OUT in view.verbs:
        label = "Take the names out" if "full_name" in several else "Take the name out"
        mends["full_name"] = Button(label, view.to(Verb.TAKE_OUT))
    if Verb.EDIT in view.verbs:
        label = "Describe them" if "alt_text" in several else "Describe it"
        mends["alt_text"] = Button(label, replace(view.to(Verb.EDIT), arg=PICTURES))
    return mends


def heading(view: View) -> str:
    """The state in a few words, from where the reader stands."""
    request = view.case.request
    if request.state == State.SUBMITTED:
        yours = DECIDES & view.verbs
        return "waiting for you" if yours else f"waiting for {view.deciders or 'nobody'}"
    if request.state == State.APPROVED and Verb.PUBLISH in view.verbs:
        return "approved, please publish"
    if request.state == State.APPROVED and view.work is not None:
        return "approved, your turn"
    if request.state == State.DRAFT and view.kind.never:
        return "not allowed"
    if request.state == State.WITHDRAWN and request.submitted_at is None:
        return "discarded"
    words = {State.DRAFT: "not sent yet", State.PUBLISHED: "live", State.WITHDRAWN: "withdrawn"}
    if view.kind.effect == "answer":
        words |= {State.APPROVED: "answered", State.CHANGES: "asked back"}
    return words.get(State(request.state), str(request.state))


def _news(view: View) -> list[Element]:
    """What was decided, by whom, and why."""
    decision, request = view.decision, view.case.request
    if decision is None or request.state in (State.DRAFT, State.SUBMITTED, State.WITHDRAWN):
        return []
    by, at = view.by(decision), view.calendar.say(decision.at) + view.behalf(decision)
    if decision.reply:
        return permission.replied(view.kind, decision.reply, decision.note, f"{by.capitalize() if by == 'you' else by}")
    back = "Asked back by" if view.kind.effect == "answer" else "Changes asked for by"
    said = {
        Outcome.APPROVED: Text(f"Approved by {by}, {at}.", "good"),
        Outcome.CHANGES: Text(f"{back} {by}, {at}:", "warning"),
        Outcome.TRAINING: Text(f"Training first, asked for by {by}, {at}:", "warning"),
        Outcome.DECLINED: Text(f"Declined by {by}, {at}:", "bad"),
        Outcome.TAKEN_BACK: Text(f"{by.capitalize() if by == 'you' else by} took the decision back, {at}.", "warning"),
    }[Outcome(decision.outcome)]
    agreed = [Text(f"Agreed: {each}", "strong") for each in view.conditions]
    return [said, *([Text(decision.note)] if decision.note else []), *agreed]


def _buttons(view: View) -> tuple[Button, ...]:
    state = view.case.request.state
    again = state in (State.LAPSED, State.EXPIRED)
    revise = ("Ask again with a new time" if view.kind.publishes else "Ask again") if again else "Edit"
    rest = "It will then not be published." if view.kind.publishes else "What came of it ends with it."
    if first := _first_steps(view):
        return first
    guides = (Button("Keep as guidance", Action(Verb.GUIDE, view.case.request.id)),) if _advised(view) else ()
    offers: tuple[tuple[Verb, str, Style, str], ...] = (
        (Verb.REPLY, "Pass it on" if view.case.followed else "Answer", "primary", ""),
        (Verb.APPROVE, "Approve", "primary", ""),
        (Verb.GRANT, "With conditions", "plain", ""),
        (Verb.TRAIN, "Training first", "plain", ""),
        (Verb.CHANGES, view.kind.send_back, "plain", ""),
        *(((Verb.DECLINE, "Decline", "danger", ""),) if view.kind.effect != "answer" else ()),
        (Verb.PASS_ON, passing.LABEL, "plain", ""),
        (Verb.TRAINED, "I have had the training", "primary", ""),
        (Verb.DONE, "Done", "primary", ""),
        *(((Verb.SEND, _send(view), "primary", ""),) if state == State.DRAFT else ()),
        (Verb.LIVE, "It's live", "primary", ""),
        (Verb.ADDRESS, post.ANOTHER_ADDRESS, "plain", ""),
        (Verb.HURRY, "It cannot wait", "plain", ""),
        (Verb.EDIT, revise, "primary" if again or state == State.CHANGES else "plain", ""),
        (Verb.DISCARD, "Discard", "danger", "Discard this draft? Nobody else has seen it."),
        (Verb.WITHDRAW, "Withdraw", "danger", f"Withdraw it? {rest}"),
        (Verb.TAKE_BACK, "Take it back", "plain", "Take your decision back? It then waits for a decision again."),
    )
    fitting = [Button(label, view.to(verb), style, confirm) for verb, label, style, confirm in offers
               if verb in view.verbs]
    return (*fitting, *guides, *_no_post(view))


def _send(view: View) -> str:
    """What the button of a draft says: the form comes first where something is still to be confirmed."""
    open_ = {each.id for each in view.asked.confirmations} - set(view.case.revision.content["confirmed"])
    return "Check and send" if view.kind.publishes and open_ else "Send"


def _no_post(view: View) -> tuple[Button, ...]:
    """A picture that came without a word is taken for a post; who meant to report it says so in one press."""
    content = view.case.revision.content
    if Verb.DISCARD not in view.verbs or not view.kind.publishes or content["text"] or not content["pictures"]:
        return ()
    return (Button("It is no post: report it", Action(Verb.REPORT, view.case.request.id), private=True),)


def _advised(view: View) -> bool:
    """Whether the reader gave advice in words that others could do with, too."""
    mine = any(each.decider_id == view.viewer_id and each.reply and each.note for each in view.case.standing)
    return mine and view.kind.name == ADVICE and view.case.request.state == State.APPROVED


def _first_steps(view: View) -> tuple[Button, ...]:
    """What the asker can do with words of theirs that no form has gone round yet; nothing once one has."""
    if Verb.MEANT not in view.verbs or not view.case.revision.content.get("words"):
        return ()
    ask = Button("Ask for advice", replace(view.to(Verb.MEANT), arg="advice"))
    first = ask if view.kind.never else Button("Fill it in", view.to(Verb.EDIT), "primary")
    return (
        first, Button("Something else", view.to(Verb.MENU)),
        Button("Discard", view.to(Verb.DISCARD), "danger", "Discard this draft? Nobody else has seen it."),
    )


def line(request: Request, view: View, detail: str) -> Item:
    """A request as one line of a list."""
    label = cut(f"{view.title}: {view.words}" if view.words else view.title, 140)
    return Item(label, detail, Button("Open", Action(Verb.OPEN, request.id, request.version)))


def since(at: datetime, calendar: Calendar) -> str:
    """Since when it waits."""
    return f"since {calendar.say(at)}"
