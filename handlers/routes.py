"""Which flow each verb of a person's, and of the clock's, comes to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cards import refusals
from cards.action import Verb
from handlers import (
    away,
    chase,
    clock,
    cover,
    cover_chat,
    cover_form,
    entry,
    guidance,
    leaving,
    listing,
    oversight,
    passing,
    permission,
    policy_ask,
    post,
    reading,
    reading_news,
    reading_round,
    reading_who,
    report,
    report_case,
    report_files,
    request,
    undelivered,
    work,
)
from handlers.answer import Answer, Note
from handlers.report_late import look_after
from handlers.report_steps import act
from handlers.turn import Turn
from storage.database import Unit


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
    Verb.HURRY: _decision(request.hurry),
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
    Verb.PASS_ON: Route(passing.ask_whom, about=True, writes=False, versioned=True),
    Verb.REASSIGN: _decision(passing.reassign),
    Verb.TAKE_BACK: _decision(request.take_back),
    Verb.LIVE: Route(post.ask_address, about=True, writes=False, versioned=True),
    Verb.PUBLISH: _decision(post.publish),
    Verb.ADDRESS: Route(post.ask_other_address, about=True, writes=False, versioned=True),
    Verb.CORRECT: _decision(post.correct),
    Verb.OPEN: Route(request.open_card, about=True),
    Verb.REPORT: Route(report.begin, writes=False),
    Verb.DRAFT_REPORT: _entry(report.draft),
    Verb.SEND_REPORT: _entry(report.send),
    Verb.DROP_REPORT: _entry(report.drop),
    Verb.READ_REPORT: _entry(report_case.read),
    Verb.ACT_ON_REPORT: _entry(act),
    Verb.ADD_TO_REPORT: _entry(report_case.add),
    Verb.ADD_EVIDENCE: _entry(report_files.add),
    Verb.REGISTER: Route(listing.look_up, writes=False),
    Verb.ENTRY: _entry(entry.open_card, writes=False),
    Verb.CHANGE_ENTRY: _entry(entry.change, writes=False),
    Verb.SAVE_ENTRY: _entry(entry.save),
    Verb.HAND_OVER: _entry(entry.hand_over),
    Verb.CLOSE_ENTRY: _entry(entry.close),
    Verb.KEEP: _entry(entry.keep),
    Verb.USED: _entry(entry.used),
    Verb.DELETED: _entry(entry.deleted),
    Verb.ASK_POLICY: Route(policy_ask.ask),
    Verb.HELPED: _entry(policy_ask.helped),
    Verb.SECTION: _entry(policy_ask.section, writes=False),
    Verb.ASK_PERSON: _entry(policy_ask.ask_person),
    Verb.GUIDE: _entry(guidance.give),
    Verb.KEEP_GUIDE: _entry(guidance.keep),
    Verb.DROP_GUIDE: _entry(guidance.drop),
    Verb.READ: _entry(reading.read, writes=False),
    Verb.CONFIRM_READ: _entry(reading.confirm),
    Verb.READ_CHANGES: _entry(reading_news.every_change, writes=False),
    Verb.READERS: Route(reading_who.readers, writes=False),
    Verb.AWAY: _entry(cover_form.form, writes=False),
    Verb.COVER: _entry(cover_form.put),
    Verb.BACK: _entry(cover_chat.back),
    Verb.COVERS: Route(away.covers, writes=False),
    Verb.LEAVING: _entry(leaving.form, writes=False),
    Verb.HAND_ON: _entry(leaving.hand_on),
    Verb.RESEND: _entry(undelivered.again),
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
    Verb.CHASE: chase.chase,
    Verb.LOOK_AT_COVER: cover.look,
    Verb.LATE_REPORT: look_after,
    Verb.CALL_READERS: reading_round.call,
}
