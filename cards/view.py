"""A case as one viewer may see it: what every card about a request is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cards import behalf, permission, post
from cards.action import Action, Verb
from cards.permission import Kind
from cards.words import Calendar, cut, listed
from storage.tables import Ask, Case, Decision, Person, State


@dataclass(frozen=True)
class View:
    """A case as one viewer may see it. `verbs`: what they may do with it now. `roles`: what the trust calls each role.

    `names`: the people and accounts of its answers, by number. `work`: the task that waits for this viewer.
    `among`: (kind, title) of all that a draft's words may mean, until its asker says which.
    """

    case: Case
    viewer_id: int
    verbs: frozenset[Verb]
    kind: Kind
    asked: post.Asked
    checks: tuple[post.CheckSeen, ...]
    calendar: Calendar
    roles: Mapping[str, str]
    names: Mapping[str, str]
    work: permission.Work | None
    publish_clause: str
    among: tuple[tuple[str, str], ...]
    administrators: tuple[Person, ...]
    unapproved: tuple[str, str] = ("", "")
    """The platform that a new account would be on where nobody has approved that yet, and the clause."""

    @cached_property
    def waited_for(self) -> list[Ask]:
        """What of the present step is not answered yet."""
        return [ask for ask in self.case.present if ask.answered_by is None]

    @cached_property
    def deciders(self) -> str:
        """Who decides, by name, without whoever asks; nothing where a step cannot be taken."""
        asked = [name for ask in self.waited_for if (name := self._of(ask))]
        together = any(ask.together for ask in self.waited_for)
        if together:
            return listed(dict.fromkeys(asked)) if len(asked) == len(self.waited_for) else ""
        return listed(dict.fromkeys(name for each in asked for name in each.split(" or ")), "or")

    @property
    def role(self) -> str:
        """What those who decide are called."""
        titles = list(dict.fromkeys(self.roles.get(ask.role, ask.role) for ask in self.waited_for))
        if self.is_asker:
            titles = [title.replace("the asker's", "your") for title in titles]
        return listed(titles, "and" if any(ask.together for ask in self.waited_for) else "or")

    @property
    def clause(self) -> str:
        """By which clause they decide."""
        asks = self.case.present
        return asks[0].clause if asks else self.kind.clause

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

    @property
    def conditions(self) -> list[str]:
        """What was agreed with the approval of this wording."""
        if self.case.request.state not in (State.APPROVED, State.DONE, State.SUBMITTED):
            return []
        return [d.conditions for d in self.case.standing if d.conditions]

    @cached_property
    def title(self) -> str:
        """What it is, in a few words."""
        if self.kind.publishes:
            return post.title(self.kind.title, self.case.accounts)
        said = permission.headline(self.kind, self.case.revision.content, self.names)
        if self.among:
            return cut(f"You asked: {said}", 70)
        return cut(f"{self.kind.title}: {said}" if said else self.kind.title, 70)

    @property
    def words(self) -> str:
        """The words of it, for a line in a list."""
        return str(self.case.revision.content["text"]) if self.kind.publishes else ""

    def by(self, decision: Decision) -> str:
        """Who decided, from where the reader stands."""
        return "you" if decision.decider_id == self.viewer_id else self.case.people[decision.decider_id].name

    def behalf(self, decision: Decision) -> str:
        """For whom it was decided, where somebody stood in; it follows what was decided, and when."""
        return behalf.of(self.case, decision, self.viewer_id)

    @property
    def away(self) -> str:
        """Who of those for whom it waits is away, and who stands in, as sentences."""
        return behalf.away(self.case, self.waited_for, self.viewer_id)

    def to(self, verb: Verb) -> Action:
        """What a button on this case carries. An edit goes by the wording, everything else by the version."""
        request = self.case.request
        return Action(verb, request.id, request.revision if verb in (Verb.EDIT, Verb.SAVE) else request.version)

    def _of(self, ask: Ask) -> str:
        own = self.case.own
        return " or ".join([person.name for person in self.case.could(ask) if person.id not in own])
