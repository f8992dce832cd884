"""Turn: one event in its unit, with who sent it and what it is about. What every flow gets."""

from dataclasses import dataclass

from cards.action import Verb
from handlers import packs
from handlers.event import Event
from handlers.rules import kinds
from handlers.rules.pack import Kind, Pack
from storage.database import Unit
from storage.tables import Case, Request, Viewer

POST = "post"
NAMES_KIND = frozenset({Verb.COMPOSE, Verb.REQUEST, Verb.SAVE})
"""The verbs whose `arg` begins with a kind. With another verb it would make a post of a new account's draft."""


@dataclass(slots=True)
class Turn:
    """What a flow works with. `about` is there for verbs about a request, once rights are checked.

    `asked`: the kind that somebody's words named, where no button did. `address`: where the bot's own pages are; None
    where a browser reaches none.
    """

    unit: Unit
    event: Event
    viewer: Viewer
    about: Case | None = None
    asked: str = ""
    address: str | None = None

    @property
    def case(self) -> Case:
        """The request that the event is about."""
        assert self.about is not None, "a verb without a request asked for its case"
        return self.about

    @property
    def request(self) -> Request:
        """The request that the event is about."""
        return self.case.request

    @property
    def pack(self) -> Pack:
        """The rules: those that the request was made under, else today's."""
        return packs.of(self.unit, self.request.pack_version) if self.about else packs.current(self.unit)

    @property
    def kind_name(self) -> str:
        """Which kind of request it is: the request's, else what was asked for, else a post."""
        if self.about:
            return self.about.request.kind
        wanted = self.asked or (self.event.arg.partition(" ")[0] if self.event.verb in NAMES_KIND else "")
        return wanted if kinds.kind_of(self.pack, wanted) else POST

    @property
    def kind_gone(self) -> bool:
        """Whether a form or button is about a kind that the rules do not have, or have no more."""
        named = "" if self.about or self.event.verb == Verb.COMPOSE else self.event.arg.partition(" ")[0]
        return bool(named) and kinds.kind_of(self.pack, named) is None

    @property
    def kind(self) -> Kind:
        """The rules of that kind."""
        found = kinds.kind_of(self.pack, self.kind_name)
        assert found is not None, "every pack has posts"
        return found
