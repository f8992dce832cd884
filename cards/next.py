"""What happens next with a request, and who has it: the last line of its card."""

from cards.action import Verb
from cards.view import View
from cards.words import clause, listed
from storage.tables import Outcome, State


def next_(view: View) -> str:
    """What happens next, and who has it."""
    state = State(view.case.request.state)
    if state == State.CHANGES:
        again = "Add your answer" if view.kind.effect == "answer" else "Change it"
        return f"{again} and send it again." if view.is_asker else f"{view.case.asker.name} has it now."
    if state in BY_STATE:
        return BY_STATE[state](view)
    if not view.kind.publishes and state == State.DECLINED:
        return "It is not allowed. If things change, ask anew."
    return {
        State.PUBLISHED: "It is live. There is nothing more to do.",
        State.DECLINED: "It will not be published. If things change, ask anew.",
        State.WITHDRAWN: "Nothing more will happen with it.",
        State.DONE: "It is done. There is nothing more to do.",
    }[state]


def nobody_decides(view: View) -> str:
    """Nobody holds the role that decides, so it cannot be sent; who can mend that."""
    waits = view.case.request.state == State.SUBMITTED
    so = "so it has to wait" if waits else "so I cannot send this to anyone. I keep your draft"
    who = listed(p.name for p in view.administrators) or "Whoever set up Can I Post"
    return f"{where(view)} has no {view.role} on the staff list who could decide, {so}. {who} looks after the list."


def where(view: View) -> str:
    """Where somebody should hold the role that decides: a school, or the trust."""
    at_school = view.case.school and any(ask.school_id is not None for ask in view.waited_for)
    return view.case.school.name if view.case.school and at_school else view.case.trust.name


def _several(view: View) -> bool:
    """Whether several people decide together, and not one of several."""
    return any(ask.together for ask in view.waited_for) and " and " in view.deciders


def _decide(view: View) -> str:
    """What is done with it: a question is answered."""
    return "answer" if view.kind.effect == "answer" else "decide"


def _before_sending(view: View) -> str:
    if view.kind.never:
        return "If you think that this case is different, ask for advice."
    if not view.deciders:
        return nobody_decides(view)
    decides = _decide(view) if _several(view) else f"{_decide(view)}s"
    away = f" {view.away}" if view.away else ""
    return f"It goes to {view.deciders} ({view.role}), who {decides} {clause(view.clause)}.{away}{_afterwards(view)}"


def _afterwards(view: View) -> str:
    """The steps that come after this one."""
    if not view.case.followed:
        return ""
    later = [ask for ask in view.case.asks if ask.step > view.case.request.step]
    steps = [
        (" and " if asks[0].together else " or ").join(dict.fromkeys(view.roles.get(a.role, a.role) for a in asks))
        for step in sorted({ask.step for ask in later})
        if (asks := [ask for ask in later if ask.step == step])
    ]
    return f" After that: {', then '.join(steps)}." if steps else ""


def _while_waiting(view: View) -> str:
    if {Verb.APPROVE, Verb.REPLY} & view.verbs:
        what = "Nothing is published" if view.kind.publishes else "Nothing happens"
        return f"{what} before you {_decide(view)} {clause(view.clause)}.{_afterwards(view)}"
    if not view.deciders:
        return nobody_decides(view)
    if Verb.HURRY in view.verbs and view.case.request.nudge_at:
        hear = "hear" if " or " in view.deciders or _several(view) else "hears"
        until = view.calendar.say(view.case.request.nudge_at)
        return f"{where(view)} is closed until {until}. {view.deciders} ({view.role}) {hear} of it then."
    have, done = "have" if _several(view) else "has", "answered" if _decide(view) == "answer" else "decided"
    away = f" {view.away}" if view.away else ""
    passed = all(ask.passed_at for ask in view.waited_for)
    now = f"{view.deciders}{'' if passed else f' ({view.role})'} {have} it now.{away}"
    return f"{now} I tell you here as soon as it is {done}.{_afterwards(view)}"


def _in_training(view: View) -> str:
    if view.is_asker:
        return "Once you have had the training, say so here. Then it goes back for the decision."
    return f"{view.case.asker.name} says here when it is done; then it comes back to you."


def _while_approved(view: View) -> str:
    if not view.kind.publishes:
        return _while_worked(view)
    at = view.case.request.go_live_at
    when = f"on {view.calendar.say(at)}" if at else "now"
    if Verb.PUBLISH in view.verbs:
        return f"Publish it {when}, exactly as it stands, then press “It's live” {clause(view.publish_clause)}."
    return f"{view.owners} publishes it {when} and says when it is live. If the words change, it needs approval again."


def _while_worked(view: View) -> str:
    """Work that is left, by whom; else that it stands."""
    left = [task for task in view.case.tasks if task.done_at is None]
    if not left and view.kind.effect == "device" and view.is_asker:
        return "Write “my devices” here when you have used it. I ask the day after whether the pictures are deleted."
    if not left and view.conditions and view.is_asker:
        return "You may go ahead; keep to what was agreed."
    if not left:
        return "It stands, and is on record."
    if view.work is not None:
        return "Press Done once it is; then it can be used."
    titles = {work.id: work.title for work in view.kind.work}
    said = []
    for task in left:
        names = " or ".join(p.name for p in view.case.workers.get(task.id or 0, []))
        said.append(f"{names or view.roles.get(task.role, task.role)} ({titles.get(task.what, task.what)})")
    return f"Still to be done by {listed(said)}.{' I tell you here when you can use it.' if view.is_asker else ''}"


def _expired(view: View) -> str:
    outcome = view.decision.outcome if view.decision is not None else None
    if outcome == Outcome.CHANGES:
        return "It was not changed and sent again in time, so it has expired. It was not approved."
    if outcome == Outcome.TRAINING:
        return "The training was not confirmed in time, so it has expired. It was not approved."
    return "Nobody decided in time, so it has expired. It was not approved."


def _lapsed(view: View) -> str:
    if view.case.accounts and all(account.closed for account in view.case.accounts):
        return "The account was closed first, so the approval has lapsed. Please do not publish it any more."
    if view.decision is not None and view.decision.outcome == Outcome.APPROVED:
        return "It was not published in time, so the approval has lapsed. Please do not publish it any more."
    return "Nobody decided before its time, so it has lapsed. It was not approved."


BY_STATE = {
    State.DRAFT: _before_sending, State.SUBMITTED: _while_waiting, State.TRAINING: _in_training,
    State.APPROVED: _while_approved, State.EXPIRED: _expired, State.LAPSED: _lapsed,
}
