"""Words in the chat, the help, and the two lists: what I asked for, what waits for me."""

from datetime import UTC, datetime

from cards import listing as listing_cards
from cards import oversight as cards
from cards import post as post_cards
from cards import report_notice as report_cards
from cards import request as frame
from cards.action import Verb
from cards.card import Button, Card, Item
from cards.words import Calendar
from handlers import (
    away,
    cover_chat,
    leaving,
    listing,
    permission,
    policy_ask,
    post,
    reading,
    reading_who,
    report,
    report_desk,
    view,
)
from handlers.answer import Answer, Home, Note, Show, Silence
from handlers.rules import cover as rules
from handlers.rules import kinds, rights
from handlers.rules.words import is_thanks, understand
from handlers.turn import POST, Turn
from storage import report as reports
from storage import request as requests
from storage.tables import Book, ReportState, Request
from storage.waiting import Waiting
from storage.waiting import waiting as waiting_for

PAGE = 6
SHORT = 120
"""Letters: whatever is longer is about more than who is away."""
CONFIDENTIAL, MOST_CONFIDENTIAL = 12, 200
"""How many confidential items a list shows, the unread ones first, and among how many it looks for them."""
START = (datetime(1970, 1, 1, tzinfo=UTC), "")
END = (datetime(9999, 1, 1, tzinfo=UTC), "")


def say(t: Turn) -> Answer:
    """Plain words: what is meant. Where that is not clear: a post, if `arg` says so, else what the bot can do."""
    if (answer := _heard(t)) is not None:
        return answer
    if is_thanks(t.event.text) and not t.event.files:
        return Note(cards.WELCOME)
    meant = understand(t.event.text, bool(t.event.files or t.event.problems))
    if (said := policy_ask.instead(t, meant)) is not None:
        return said
    if meant.verb == Verb.ASK:
        return post.draft(t, meant.text, meant.sites)
    if meant.verb == Verb.COMPOSE:
        return Show(post_cards.invitation(" ".join(meant.sites)))
    if meant.verb == Verb.REPORT:
        return report.invite(t)
    own = kinds.called(t.pack, t.event.text) if meant.verb in (Verb.REQUEST, Verb.HELP) else ()
    if meant.kinds or own:
        return permission.ask(t, (*own, *meant.kinds))
    if meant.verb == Verb.REGISTER:
        return Show(listing.meant(t, Book(meant.book), meant.sites))
    flows = {Verb.MINE: mine, Verb.WAITING: waiting, Verb.MENU: menu, Verb.READERS: reading_who.readers,
             Verb.HELLO: help_}
    return flows.get(meant.verb, post.ask if t.event.arg == POST else _unclear)(t)


def _heard(t: Turn) -> Answer | None:
    """What is said about who is away or leaves, in words that are about nothing else."""
    if len(t.event.text) > SHORT or t.event.files or t.event.problems:
        return None
    answers = (heard(t) for heard in (cover_chat.heard, away.heard, leaving.heard))
    return next((answer for answer in answers if answer is not None), None)


def help_(t: Turn) -> Answer:
    """What one can do."""
    return Show(_help(t, cards.hello(t.viewer.person.name)))


def _unclear(t: Turn) -> Answer:
    """The same, for words that mean nothing to the bot."""
    return Show(_help(t, cards.UNCLEAR)) if t.event.text else help_(t)


def _help(t: Turn, first: str) -> Card:
    decides = any(rules.decides(t.pack, role.role) for role in t.viewer.roles)
    return cards.help_card(first, _own(t), decides)


def menu(t: Turn) -> Answer:
    """Every permission that one can ask for: those of the policy, then those on which it is silent.

    On a draft: what its words may mean as well, posts included.
    """
    case = view.fresh(t.unit, t.event.subject) if t.event.subject else None
    draft = case.request.id if case and isinstance(rights.may(t.viewer, Verb.MEANT, case), rights.Allowed) else ""
    names = [*t.pack.kinds, *(name for name in kinds.KINDS if name not in t.pack.kinds)]
    offered = [name for name in names if name != POST or draft]
    known = [(name, kind) for name in offered if (kind := kinds.kind_of(t.pack, name))]
    listed = [(name, kind.title, kind.silent) for name, kind in known]
    return Show(cards.menu(listed, draft, t.event.version))


def hello(t: Turn) -> Answer:
    """A welcome for who is new; a platform may say several times that somebody came."""
    return help_(t) if t.event.email else Silence()


def mine(t: Turn) -> Answer:
    """What the actor asked for, a page at a time, newest first."""
    return Show(_mine(t, t.event.arg))


def waiting(t: Turn) -> Answer:
    """What waits for the actor, a page at a time, oldest first."""
    return Show(_waiting(t, t.event.arg))


def home(t: Turn) -> Answer:
    """Both lists' first pages and the three things."""
    return Home(cards.home(t.viewer.person.name, _waiting(t, ""), _mine(t, ""), _own(t)))


def _own(t: Turn) -> tuple[Button, ...]:
    """The buttons of what not everybody can."""
    return (*reading_who.button(t.unit, t.viewer), *leaving.buttons(t))


def _mine(t: Turn, arg: str) -> Card:
    found = requests.mine(t.unit, t.viewer.id, _point(arg, END), PAGE + 1)
    items = [*([] if arg else _reported(t)), *(_item(t, request, "") for request in found[:PAGE])]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return cards.mine(items, _cursor(last.created_at, last.id) if last else "")


def _waiting(t: Turn, arg: str) -> Card:
    found = waiting_for(t.unit, t.viewer, _point(arg, START), PAGE + 1)
    items = [*([] if arg else _first(t)), *(_waits(t, each) for each in found[:PAGE])]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return cards.waiting(items, _cursor(last.since, last.id) if last else "")


def _first(t: Turn) -> list[Item]:
    """What stands before all requests: what waits in confidence, and what is to be read."""
    return [*_confidential(t), *reading.items(t.unit, t.viewer)]


def _confidential(t: Turn) -> list[Item]:
    """What waits to be read in confidence: that it is there, and nothing of it."""
    if t.unit.vault is None:
        return []
    found = [(each, report_desk.opened(t.unit, each))
             for each in reports.to_read(t.unit, t.viewer.id, MOST_CONFIDENTIAL)]
    theirs = [(each, case) for each, case in found if case is None or report_desk.may_read(t.unit, case, t.viewer)]
    theirs.sort(key=lambda each: each[0].state != ReportState.SENT)
    states = [(each.id, report_cards.handling(each.state) if case else report_cards.ALTERED) for each, case in theirs]
    return [report_cards.line(number, report_cards.ITEM, said) for number, said in states[:CONFIDENTIAL]]


def _reported(t: Turn) -> list[Item]:
    """What the actor reported: how it stands, and nothing of it."""
    found = reports.mine(t.unit, t.viewer.id, PAGE)
    return [report_cards.line(each.id, report_cards.ITEM, report_cards.state(each.state)) for each in found]


def _waits(t: Turn, each: Waiting) -> Item:
    since = frame.since(each.since, Calendar(t.unit.zone, t.event.at))
    if each.request is not None:
        return _item(t, each.request, since)
    assert each.entry is not None, "what waits is a request or an entry"
    return listing_cards.waits(each.entry, since)


def _item(t: Turn, request: Request, since: str) -> Item:
    case = requests.case(t.unit, request)
    assert rights.involved(t.viewer, case), "a list showed what its reader may not see"
    seen = view.view(t.unit, case, t.viewer)
    return frame.line(request, seen, f"{seen.case.asker.name}, {since}" if since else frame.heading(seen))


def _cursor(at: datetime, request_id: str) -> str:
    """Where the next page begins: the last item's time in microseconds, and its id."""
    micros = round((at - START[0]).total_seconds() * 1_000_000)
    return f"{micros}.{request_id}"


def _point(arg: str, first: tuple[datetime, str]) -> tuple[datetime, str]:
    """The point of a cursor; the list's beginning for none, or one that nobody wrote."""
    micros, _, request_id = arg.partition(".")
    if not micros.isascii() or not micros.isdigit() or len(micros) > 17:
        return first
    return datetime.fromtimestamp(int(micros) / 1_000_000, UTC), request_id


