"""Words in the chat, the help, and the two lists: what I asked for, what waits for me."""

from datetime import UTC, datetime

from cards import oversight as cards
from cards import post as post_cards
from cards import request as frame
from cards.action import Verb
from cards.card import Card, Item
from handlers import post, view
from handlers.answer import Answer, Home, Show, Silence
from handlers.rules import rights
from handlers.rules.words import understand
from handlers.turn import Turn
from storage import request as requests
from storage.tables import Request

PAGE = 6
START = (datetime(1970, 1, 1, tzinfo=UTC), "")
END = (datetime(9999, 1, 1, tzinfo=UTC), "")


def say(t: Turn) -> Answer:
    """Plain words: what is meant, or, where that is not clear, what the bot can do."""
    meant = understand(t.event.text, bool(t.event.files or t.event.problems))
    if meant.verb == Verb.ASK:
        return post.ask(t)
    if meant.verb == Verb.COMPOSE:
        return Show(post_cards.invitation(" ".join(meant.sites)))
    flows = {Verb.MINE: mine, Verb.WAITING: waiting}
    return flows.get(meant.verb, help_)(t)


def help_(t: Turn) -> Answer:
    """The three things one can do."""
    return Show(cards.help_card(t.viewer.person.name))


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
    return Home(cards.home(t.viewer.person.name, _waiting(t, ""), _mine(t, "")))


def _mine(t: Turn, arg: str) -> Card:
    found = requests.mine(t.unit, t.viewer.id, _point(arg, END), PAGE + 1)
    items = [_item(t, request, "") for request in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return cards.mine(items, _cursor(last.created_at, last.id) if last else "")


def _waiting(t: Turn, arg: str) -> Card:
    found = requests.waiting(t.unit, t.viewer, _point(arg, START), PAGE + 1)
    items = [_item(t, request, frame.since(since, t.unit.zone)) for since, request in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return cards.waiting(items, _cursor(last[0], last[1].id) if last else "")


def _item(t: Turn, request: Request, since: str) -> Item:
    case = requests.case(t.unit, request)
    detail = f"{case.asker.name}, {since}" if since else frame.heading(view.view(t.unit, case, t.viewer))
    assert rights.involved(t.viewer, case), "a list showed what its reader may not see"
    return frame.line(request, case.revision.content["text"], post_cards.title(case.accounts), detail)


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


