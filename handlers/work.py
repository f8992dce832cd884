"""The work that an approval brings: a mailbox to make, a checklist to go through. Done, it lets the rest follow."""

from cards import decision as forms
from cards import permission as cards
from cards.action import Verb
from handlers import effects, view
from handlers.answer import Answer, Note, Open
from handlers.owed import NEWS
from handlers.request import show
from handlers.rules import permission as rules
from handlers.rules import rights
from handlers.rules.pack import Work
from handlers.rules.permission import PermissionContent
from handlers.turn import Turn
from storage import audit, outbox, request, tasks
from storage.tables import State, Task


def done(t: Turn) -> Answer:
    """It is done: noted with its checklist. The form comes up first, where there is something to fill in."""
    pair = _mine(t)
    if pair is None:
        return Note(cards.no_work())
    task, work = pair
    content, _ = rules.read(t.event.fields, work.questions, (), ())
    wrong = rules.unanswered(content, work.questions, t.unit.today, ())
    if wrong:
        asked = any(name.startswith("q_") for name in t.event.fields)
        errors = {name: cards.error(why) for name, why in wrong.items()} if asked else {}
        return _form(t, work, content, errors)
    answers = {q.id: effects.worded(work.questions, content, q.id) for q in work.questions}
    tasks.finish(t.unit, task.id or 0, t.viewer.id, answers)
    audit.append(t.unit, Verb.DONE, t.viewer.id, t.request.id, work=work.id)
    return _rest(t)


def _rest(t: Turn) -> Answer:
    """The request is done once all its work is; the asker hears."""
    case = request.case(t.unit, t.request)
    if all(task.done_at for task in case.tasks):
        effects.settle(t, case)
        request.change(t.unit, t.request, state=State.DONE)
        if t.request.asker_id != t.viewer.id:
            outbox.send(t.unit, t.request.asker_id, NEWS, t.request.id)
    else:
        request.change(t.unit, t.request)
    outbox.replace(t.unit, t.request.id)
    return show(t)


def _mine(t: Turn) -> tuple[Task, Work] | None:
    """The work that is meant (by the action's argument), else the first that waits for this person."""
    defined = {work.id: work for work in t.kind.work}
    waiting = [task for task in t.case.tasks if rights.has_task(t.viewer, task) and task.what in defined]
    wanted = [task for task in waiting if task.what == t.event.arg] or waiting
    return (wanted[0], defined[wanted[0].what]) if wanted else None


def _form(t: Turn, work: Work, content: PermissionContent, errors: dict[str, str]) -> Answer:
    seen = view.view(t.unit, t.case, t.viewer)
    return Open(forms.work_form(seen, view.work_said(work), content.row(), errors))
