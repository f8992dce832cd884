"""Turn: one event in its unit, with who sent it and what it is about. What every flow gets."""

from dataclasses import dataclass

from handlers import packs
from handlers.event import Event
from handlers.rules.pack import Kind, Pack
from storage.database import Unit
from storage.tables import Case, Request, Viewer


@dataclass(slots=True)
class Turn:
    """What a flow works with. `case` is there for verbs about a request, once rights are checked."""

    unit: Unit
    event: Event
    viewer: Viewer
    about: Case | None = None

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
        """The rules of the trust."""
        return packs.load(self.unit.pack)

    @property
    def kind(self) -> Kind:
        """The rules of the request's kind; a new request is a post."""
        return self.pack.kinds[self.about.request.kind if self.about else "post"]
