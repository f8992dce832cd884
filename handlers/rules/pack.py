"""A trust's policy as data: who decides what, what is asked, in which clause. Trusts differ here, never in code.

The shape alone stands here; `handlers.rules.packcheck` finds what is well-formed and yet cannot work.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from handlers.rules.packpart import Count, Flag, Label, Name, Part, Words
from handlers.rules.packtimes import Clocks, OpenHours

CENTRAL = "central"
"""What an asker can be, besides the holder of a role: one of the central staff, who belong to no school."""
RELATIONS = {
    "account_owner": "whoever runs the account",
    "line_manager": "the asker's line manager",
    "named_person": "the person it is about",
}
"""Who can be asked besides the holders of roles: by what they are to this request. In plain words."""
Effect = Literal["publish", "account", "site", "device", "grant", "answer"]
"""What an approval brings about: a post goes out, a register has an entry, a permission stands, an answer is given."""


class RoleName(Part):
    """What the trust calls a role, and whether one holds it for the whole trust.

    `above`: the role that manages it. `cover`: the roles that stand in for it, in this order.
    """

    title: Label
    trust_wide: Flag = False
    above: Name | None = None
    cover: tuple[Name, ...] = ()


class Step(Part):
    """One step of a route: any one of these, or all of these, decide. Roles, or RELATIONS."""

    any: tuple[Name, ...] = ()
    all: tuple[Name, ...] = ()
    clause: Label

    @model_validator(mode="after")
    def _one_of_both(self) -> "Step":
        if bool(self.any) == bool(self.all):
            raise ValueError("a step needs either any = [...] or all = [...]")
        return self

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody whom it asks."""
        return self.any or self.all


class Line(Part):
    """One line of a route: where it fits, its steps decide, one after the other.

    `asker`: any of these roles that the asker holds, "central", or "account_owner". `account`: whose it is for.
    `field`: field → the answers for which it is meant.
    """

    asker: tuple[Name, ...] = ()
    account: Literal["trust", "school"] | None = None
    field: dict[Name, tuple[Name, ...]] = {}  # noqa: RUF012  pydantic copies it
    steps: tuple[Step, ...] = Field(min_length=1, max_length=10)


class Option(Part):
    """One answer of a choice. `never`: why the policy rules it out, for an answer that cannot be sent."""

    id: Name
    text: Label
    never: Words | None = None


class Question(Part):
    """A field of a form. `person` is somebody of the staff list, `account` one of the register's.

    `every`: of choices, all have to be ticked, as of promises.
    """

    id: Name
    label: Label
    type: Literal["line", "text", "choice", "choices", "day", "person", "account"] = "line"
    hint: Annotated[str, Field(max_length=150)] = ""
    required: Flag = True
    every: Flag = False
    options: tuple[Option, ...] = Field(default=(), max_length=100)

    @model_validator(mode="after")
    def _options_for_choices(self) -> "Question":
        if bool(self.options) != (self.type in ("choice", "choices")):
            raise ValueError("options are for a choice, and a choice needs them")
        if self.every and self.type != "choices":
            raise ValueError("every is for choices, of which all have to be ticked")
        return self


class Confirmation(Part):
    """A box that the asker ticks before it is sent. `short`: the same in a few words, for a list of them."""

    id: Name
    text: Words
    short: Label
    clause: Label


class Permission(Part):
    """One way in which the people who can be recognised have agreed. `people` False: there are none."""

    id: Name
    text: Label
    people: Flag = True


class CheckRule(Part):
    """Something the policy asks of every post. `find` names how the bot looks for a breach; without, people look."""

    id: Name
    text: Words
    clause: Label
    find: Literal["full_name", "contact", "link", "alt_text", "everyone"] | None = None


class Work(Part):
    """What somebody has to do once it is approved: a role's holders, or "asker". Its questions are its checklist."""

    id: Name
    who: Name
    title: Label
    text: Words
    clause: Label
    questions: tuple[Question, ...] = Field(default=(), max_length=20)


class Reply(Part):
    """One way in which a question is answered. `words`: the answer is written out, to be used word for word."""

    id: Name
    text: Label
    words: Flag = False


class Kind(Part):
    """One kind of request: what is asked of it, who decides, what comes of it.

    `never`: the policy rules it out, and says this; then there is nobody to decide. `first`: said at once.
    `conditions`, `training`: the approver may set restrictions, or demand training before it holds. `urgent`: it goes
    out by night and in the holidays, too, and all hours count.
    """

    title: Label
    clause: Label
    effect: Effect = "grant"
    about: Annotated[str, Field(max_length=300)] = ""
    first: Annotated[str, Field(max_length=300)] = ""
    never: Words | None = None
    questions: tuple[Question, ...] = Field(default=(), max_length=20)
    confirmations: tuple[Confirmation, ...] = ()
    permission_clause: Label = "good practice"
    permissions: tuple[Permission, ...] = ()
    checks: tuple[CheckRule, ...] = ()
    route: tuple[Line, ...] = Field(default=(), max_length=40)
    publish_clause: Label = "good practice"
    conditions: Flag = False
    training: Flag = False
    replies: tuple[Reply, ...] = ()
    work: tuple[Work, ...] = ()
    clocks: Clocks | None = None
    urgent: Flag = False
    silent: Flag = False
    """The policy says nothing of it: made by `Pack.kind`, never written in a pack."""

    @property
    def publishes(self) -> bool:
        """Whether it is a post: words and pictures for accounts."""
        return self.effect == "publish"


class Site(Part):
    """A platform that stands approved by the policy itself."""

    name: Label
    clause: Label


class Review(Part):
    """How often a register's entries are looked at again, and who hears when nobody does."""

    every_months: Annotated[Count, Field(le=60)]
    remind_days: Count
    escalate_days: Count
    escalate_to: Name
    clause: Label


class Concern(Part):
    """A kind of report: who hears it. Who it is about never does; then it goes to whoever is above them.

    `within_hours`: so soon it is to be read; after three times as long somebody above hears, too.
    """

    id: Name
    title: Label
    text: Words
    clause: Label
    ask: tuple[Name, ...] = Field(min_length=1)
    urgent: Flag = False
    pictures: Flag = True
    within_hours: Annotated[Count, Field(le=24 * 30)] = 24


class Contact(Part):
    """Whom to ring where somebody is at risk. `school`: only for reports from the school of this name."""

    name: Label
    number: Label
    when: Annotated[str, Field(max_length=75)] = ""
    school: Annotated[str, Field(max_length=120)] = ""


class Duty(Part):
    """Something that the policy wants done again and again, by whom."""

    id: Name
    text: Words
    who: Name
    clause: Label
    every_months: Annotated[Count, Field(le=120)] | None = None


class Notice(Part):
    """How long before a new version of the policy holds staff are told of it."""

    months: Annotated[int, Strict(), Field(ge=0, le=12)] = 1
    clause: Label = "good practice"


class Paper(Part):
    """A document that everybody confirms besides the policy. Its text is imported, or it lies at `address`."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    address: Annotated[str, Field(max_length=300)] = ""
    clause: Label


class Asked(Part):
    """A question on the policy, put to whoever has read it. `right`: which of the options, the first being 1.

    `clause`: where the answer stands; `look`: what somebody is told who chose another.
    """

    question: Annotated[str, Field(min_length=1, max_length=150)]
    options: tuple[Label, ...] = Field(min_length=2, max_length=6)
    right: Count
    look: Words
    clause: Label


class Reading(Part):
    """What everybody reads and confirms, and how soon. `yearly`: the day from which it is confirmed anew each year.

    `holds`: kinds of request that go nowhere before the asker has confirmed. `sees`: the roles that see who has not:
    at their school, or everywhere where the role is held for the trust.
    """

    clause: Label = "good practice"
    days: Annotated[Count, Field(le=365)] = 14
    remind_days: Annotated[Count, Field(ge=7, le=90)] = 7
    yearly: Annotated[str, Field(max_length=5)] = ""
    sees: tuple[Name, ...] = ()
    holds: tuple[Name, ...] = ()
    documents: Annotated[tuple[Paper, ...], Field(max_length=10)] = ()
    check: Annotated[tuple[Asked, ...], Field(max_length=3)] = ()


class Silence(Part):
    """Who is asked where the policy does not say."""

    route: tuple[Line, ...] = Field(min_length=1)


class Pack(Part):
    """A trust's rules. `version` is its policy's own."""

    name: Name
    title: Label
    policy: Label
    version: Label
    administrator: Name
    roles: dict[Name, RoleName] = Field(min_length=1, max_length=60)
    keepers: tuple[Name, ...] = Field(min_length=1)
    """The roles that keep the registers, besides each entry's owner."""
    safeguarding: tuple[Name, ...] = ()
    """The roles that stand first, by name, where somebody reports something."""
    clocks: Clocks
    hours: OpenHours = OpenHours()
    silence: Silence
    review: Review | None = None
    sites: tuple[Site, ...] = ()
    kinds: dict[Name, Kind] = Field(min_length=1, max_length=60)
    reports: tuple[Concern, ...] = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=20)] = ()
    """Whom to ring where somebody is at risk, besides 999 and the safeguarding leads."""
    removal_days: Annotated[Count, Field(le=60)] = 2
    """How long somebody has who is asked to take something down, unless whoever asks says otherwise."""
    duties: tuple[Duty, ...] = ()
    notice: Notice = Notice()
    reading: Reading = Reading()

    @model_validator(mode="before")
    @classmethod
    def _take_over(cls, raw: Any) -> Any:
        """A kind that is `like` another has all that it does not say itself from there, and clocks from [clocks]."""
        kinds = raw.get("kinds") if isinstance(raw, dict) else None
        if not isinstance(kinds, dict):
            return raw
        whole = {name: _like(name, kinds, (name,)) for name in kinds}
        return {**raw, "kinds": {name: _timed(kind, raw.get("clocks")) for name, kind in whole.items()}}

    def role_title(self, role: str) -> str:
        """What this trust calls a role, or whom a relation means."""
        return self.roles[role].title if role in self.roles else RELATIONS.get(role, role.replace("_", " "))

    def clocks_of(self, kind: Kind) -> Clocks:
        """How long this kind may take."""
        return kind.clocks or self.clocks


def _like(name: str, kinds: dict[str, Any], seen: tuple[str, ...]) -> Any:
    kind = kinds[name]
    if not isinstance(kind, dict) or "like" not in kind:
        return kind
    model = kind["like"]
    if model in seen:
        raise PydanticCustomError("like", "goes round in a circle", {"path": ("kinds", name, "like")})
    if not isinstance(model, str) or not isinstance(kinds.get(model), dict):
        raise PydanticCustomError("like", "names no kind of this pack", {"path": ("kinds", name, "like")})
    own = {key: value for key, value in kind.items() if key != "like"}
    return {**_like(model, kinds, (*seen, model)), **own}


def _timed(kind: Any, usual: Any) -> Any:
    """The kind with those of the usual clocks that it does not set itself, if it sets any."""
    own = kind.get("clocks") if isinstance(kind, dict) else None
    return {**kind, "clocks": {**usual, **own}} if isinstance(own, dict) and isinstance(usual, dict) else kind
