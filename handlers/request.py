"""The life of a request, whatever its kind: decided, taken back, withdrawn, run out of time. Who hears of it."""

from datetime import datetime, timedelta

from cards import decision as forms
from cards import post as post_cards
from cards import request as cards
from cards.action import Verb
from cards.card import Form
from cards.view import View
from handlers import effects, hours, view
from handlers.answer import Answer, Coming, Open, Replace, Silence
from handlers.asking import again, ask_step, first_look
from handlers.owed import CARD, HELD, NEWS, REMINDER, hand, tell_missing
from handlers.rules import chase, rights
from handlers.rules.hours import always, days_later, later
from handlers.rules.lifecycle import BY_VERB
from handlers.rules.post import chosen_in, plain, typed
from handlers.turn import Turn
from storage import asks, audit, outbox, request, tasks
from storage.database import Unit
from storage.tables import Case, Outcome, State


def show(t: Turn, note: str = "") -> Answer:
    """The request as it stands after this turn, in the place of the pressed card."""
    return Replace(view.card_for(t.unit, request.afresh(t.unit, t.case), t.viewer), note)


def open_card(t: Turn) -> Answer:
    """Its card, anew, in the chat; where the pressed card is one already, that is shown as it stands."""
    place = t.event.place
    copies = outbox.copies(t.unit, t.request.id)
    if place and any(c.ref == place.message and c.channel == place.channel and c.card == CARD for c in copies):
        return show(t)
    outbox.spare(t.unit, t.viewer.id, HELD, t.request.id)
    outbox.send(t.unit, t.viewer.id, CARD, t.request.id)
    return Coming(cards.HERE)


def approve(t: Turn) -> Answer:
    """It may be done, exactly as it stands; with the last step, what follows from it begins."""
    return _approve(t)


def grant(t: Turn) -> Answer:
    """Approve, with conditions; the form comes up where there are none yet."""
    conditions = _words(t, "conditions")
    if not conditions:
        errors = {"conditions": forms.conditions_needed()} if "conditions" in t.event.fields else {}
        return Open(forms.conditions_form(_seen(t), errors))
    return _approve(t, conditions=conditions)


def reply(t: Turn) -> Answer:
    """The answer to a question, word for word; the form comes up first, with what others have said to it.

    Before the last step it is a suggestion, and can be left out.
    """
    chosen, words = next(iter(chosen_in(t.event.fields, "reply")), ""), _words(t, "note")
    with_words = {each.id: each.text if each.words else "" for each in t.kind.replies}
    if t.case.followed:
        with_words[forms.ONWARDS] = ""
    errors = {}
    if chosen not in with_words:
        errors["reply"] = forms.choose_reply()
    elif with_words[chosen] and not words:
        errors["note"] = forms.words_needed(with_words[chosen])
    if not errors:
        return _approve(t, note=words, reply_=chosen)
    if not t.event.fields:
        said = [d for d in t.case.standing if d.reply]
        chosen, words = (said[-1].reply, said[-1].note) if said else ("", "")
        return Open(forms.reply_form(_seen(t), chosen, words, {}))
    return Open(forms.reply_form(_seen(t), chosen, words, errors))


def ask_note(t: Turn) -> Answer:
    """The form for the note or the reason that goes with a decision."""
    verb = Verb.REFUSE if t.event.verb == Verb.DECLINE else Verb.REQUEST_CHANGES
    return Open(_note_form(t, verb, {}))


def request_changes(t: Turn) -> Answer:
    """Back to the asker, with what should change."""
    return _decide_with_note(t, Outcome.CHANGES)


def refuse(t: Turn) -> Answer:
    """It is not allowed, and why."""
    return _decide_with_note(t, Outcome.DECLINED)


def train(t: Turn) -> Answer:
    """Training first: nothing is approved before the asker has had it, and the approver has decided then."""
    words = _words(t, "note")
    if not words:
        errors = {"note": forms.note_needed(Verb.TRAIN)} if "note" in t.event.fields else {}
        return Open(forms.training_form(_seen(t), errors))
    return _decide_with_note(t, Outcome.TRAINING)


def trained(t: Turn) -> Answer:
    """The asker has had the training: it waits for the decision again."""
    asks.open_step(t.unit, t.case.asks, t.request.step)
    request.change(t.unit, t.request, state=State.SUBMITTED, **again(t, t.request.step))
    ask_step(t)
    return _moved(t)


def take_back(t: Turn) -> Answer:
    """The approver's undo, until it is live or worked on: it waits for theirs again, and colleagues' answers stand."""
    _record(t, Outcome.TAKEN_BACK)
    undo(t)
    asks.open_step(t.unit, t.case.asks, t.request.step, whose=t.viewer.id)
    request.change(t.unit, t.request, state=State.SUBMITTED, approved_digest=None, decided_at=t.event.at,
                   **again(t, t.request.step))
    _tell_asker(t)
    return _moved(t)


def hurry(t: Turn) -> Answer:
    """It cannot wait until those who decide are at work: they hear of it now, and why, and all hours count.

    The form for the reason comes up first.
    """
    if t.request.nudge_at is None or t.request.nudge_at <= t.event.at:
        return show(t, forms.heard_already())
    why = _words(t, "why")[: forms.MOST_WHY]
    if not why:
        errors = {"why": forms.why_needed()} if "why" in t.event.fields else {}
        return Open(forms.hurry_form(_seen(t), errors))
    looks = first_look(t, t.case.present, t.request.school_id, t.request.due_at or t.event.at, urgent=True)
    request.change(t.unit, t.request, why_now=why, **looks)
    ask_step(t)
    return _moved(t)


def withdraw(t: Turn) -> Answer:
    """The asker's own end to it. Whoever had it sees that nothing is to be done."""
    undo(t)
    asks.close(t.unit, t.case.asks)
    request.change(t.unit, t.request, state=State.WITHDRAWN, approved_digest=None, due_at=None)
    return _moved(t)


def undo(t: Turn) -> None:
    """What an approval brought is taken back: nobody is to publish or do anything any more."""
    request.unassign(t.unit, t.request)
    t.case.publications = [p for p in t.case.publications if p.live_at]
    if t.case.tasks:
        tasks.drop(t.unit, t.request.id)
        t.case.tasks = [task for task in t.case.tasks if task.done_at]
    effects.take_off(t)


def run_out(u: Unit, case: Case, verb: Verb) -> Answer:
    """The clock's move: nobody decided, or nobody published. Silence never approves."""
    if case.request.state not in BY_VERB[verb].start or case.request.due_at is None or case.request.due_at > u.at:
        return Silence()
    before = case.request.state
    audit.append(u, verb, None, case.request.id, was=before)
    tell = {case.request.asker_id, *(p.owner_id for p in case.publications)}
    request.unassign(u, case.request)
    asks.close(u, case.asks)
    request.change(u, case.request, state=BY_VERB[verb].end, approved_digest=None, due_at=None)
    outbox.replace(u, case.request.id)
    for person in sorted(tell):
        outbox.send(u, person, NEWS, case.request.id, u.at if hours.urgent(u, case) else hours.ping_person(u, person))
    return Silence()


def run_out_by(verb: Verb, u: Unit, subject: str) -> Answer:
    """The same for the request of this id."""
    case = view.fresh(u, subject)
    return run_out(u, case, verb) if case else Silence()


def _approve(t: Turn, conditions: str = "", note: str = "", reply_: str = "") -> Answer:
    """One answer to the present step: with it the step may be over, and with the last step it is approved."""
    if t.kind.publishes and (closed := [a.name for a in t.case.accounts if a.closed]):
        return show(t, post_cards.closed_since(closed))
    mine = rights.answerable(t.viewer, t.case)
    _record(t, Outcome.APPROVED, note, reply_, conditions)
    asks.answer(t.unit, mine, t.viewer.id)
    left = [ask for ask in t.case.present if ask.answered_by is None]
    if left and mine[0].together:
        request.change(t.unit, t.request, decided_at=t.event.at)
        return _moved(t)
    asks.close(t.unit, t.case.asks)
    if any(ask.step > t.request.step for ask in t.case.asks):
        return _next_step(t)
    return _approved(t, "\n".join(d.conditions for d in t.case.standing if d.conditions))


def _next_step(t: Turn) -> Answer:
    """On to whoever decides next."""
    asks.open_step(t.unit, t.case.asks, t.request.step + 1)
    step = t.request.step + 1
    request.change(t.unit, t.request, step=step, decided_at=t.event.at, **again(t, step))
    ask_step(t)
    if _waits_for_nobody(request.afresh(t.unit, t.case)):
        tell_missing(t.unit, t.request.id)
    return _moved(t)


def _waits_for_nobody(case: Case) -> bool:
    """Whether the present step cannot be taken: by nobody, or, where all of it is wanted, not as a whole."""
    asked = [any(p.id not in case.own for p in case.could(ask)) for ask in case.present]
    return not (all(asked) if case.present and case.present[0].together else any(asked))


def _approved(t: Turn, conditions: str) -> Answer:
    """Nobody else has to decide: its effect, and who hears of it."""
    publishes = t.kind.publishes
    live_by = max(t.request.go_live_at or t.event.at, t.event.at)
    at_work, days = hours.of(t.unit, t.request.school_id), t.pack.clocks_of(t.kind).publish_days
    due = days_later(at_work, live_by, days) if publishes else None
    request.change(t.unit, t.request, state=State.APPROVED, decided_at=t.event.at, due_at=due,
                   approved_digest=t.case.revision.digest)
    effects.apply(t, conditions)
    if t.case.tasks:
        t.about = request.afresh(t.unit, t.case)
    # Only what was decided before can have an earlier reminder that still waits.
    remind = outbox.remind if len(t.case.decisions) > 1 else outbox.send
    for owner in {p.owner_id for p in t.case.publications}:
        if owner not in (t.request.asker_id, t.viewer.id):
            _pass_on(t, owner)
        remind(t.unit, owner, REMINDER, t.request.id, _remind_at(t, owner))
    for worker in sorted({p.id for people in t.case.workers.values() for p in people if p.id is not None}):
        if worker not in (t.request.asker_id, t.viewer.id):
            _pass_on(t, worker)
    if not all(t.case.workers.values()):
        tell_missing(t.unit, t.request.id)
    _tell_asker(t)
    return _moved(t)


def _pass_on(t: Turn, person: int) -> None:
    """What is approved comes to whoever publishes it or has the work: when they are at work, or before it goes live."""
    at_work = always(t.unit.zone) if hours.urgent(t.unit, t.case) else hours.of_person(t.unit, person)
    until = t.request.go_live_at or t.request.due_at or datetime.max.replace(tzinfo=t.event.at.tzinfo)
    hand(t.unit, t.request.id, person, chase.heard(at_work, t.event.at, max(until, t.event.at)))


def _remind_at(t: Turn, owner: int) -> datetime:
    work = timedelta(hours=t.pack.clocks_of(t.kind).remind_publish_hours)
    return later(hours.of_person(t.unit, owner), max(t.request.go_live_at or t.event.at, t.event.at), work)


def _decide_with_note(t: Turn, outcome: Outcome) -> Answer:
    note = _words(t, "note")
    if not note:
        return Open(_note_form(t, t.event.verb, {"note": forms.note_needed(t.event.verb)}))
    _record(t, outcome, note)
    asks.close(t.unit, t.case.asks)
    at_work = hours.of(t.unit, t.request.school_id)
    expiry = days_later(at_work, t.event.at, t.pack.clocks_of(t.kind).expire_days)
    request.change(
        t.unit, t.request, state=BY_VERB[t.event.verb].end, decided_at=t.event.at, approved_digest=None,
        due_at=None if outcome == Outcome.DECLINED else expiry,
    )
    _tell_asker(t)
    return _moved(t)


def _record(t: Turn, outcome: Outcome, note: str = "", reply_: str = "", conditions: str = "") -> None:
    """The decision, bound to the wording's digest, and its entry in the record. Before the version moves on."""
    mine = rights.answerable(t.viewer, t.case) or t.case.present
    role = mine[0].role if mine else ""
    absence = t.case.absence(mine[0], t.viewer.id) if mine else None
    t.case.decisions.append(request.decide(
        t.unit, t.case, t.viewer.id, role, outcome, note, reply_, conditions, absence.person.id if absence else None))


def _tell_asker(t: Turn) -> None:
    if t.request.asker_id != t.viewer.id:
        outbox.send(t.unit, t.request.asker_id, NEWS, t.request.id)


def _moved(t: Turn) -> Answer:
    """Record the move, have every copy show it, and answer with the card."""
    facts = {"state": t.request.state, "revision": t.request.revision, "digest": t.case.revision.digest}
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, **facts)
    outbox.replace(t.unit, t.request.id)
    return show(t)


def _words(t: Turn, field: str) -> str:
    return plain(typed(t.event.fields, field))[:2000]


def _seen(t: Turn) -> View:
    return view.view(t.unit, t.case, t.viewer)


def _note_form(t: Turn, verb: Verb, errors: dict[str, str]) -> Form:
    return forms.note_form(_seen(t), verb, errors, _words(t, "note"))
