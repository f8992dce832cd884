"""A trust's policy as data: who decides what, what is asked, in which clause. Trusts differ here, never in code."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]
ASKERS = {"central"}
"""What an asker can be, besides the holder of a role."""


class Part(BaseModel):
    """A part of a pack: nothing unknown in it, and never altered."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RoleName(Part):
    """What the trust calls a role, and whether one holds it for the whole trust."""

    title: Words
    trust_wide: bool = False


class Rule(Part):
    """Who decides where it applies: the first rule of a route that fits is the one.

    `asker`: a role that the asker holds, or "central" for central staff. `account`: whose account it is for.
    """

    asker: str | None = None
    account: Literal["trust", "school"] | None = None
    ask: Name
    clause: Words


class Confirmation(Part):
    """A box that the asker ticks before it is sent. `short`: the same in a few words, for a list of them."""

    id: Name
    text: Words
    short: Words
    clause: Words


class Permission(Part):
    """One way in which the people who can be recognised have agreed. `people` False: there are none."""

    id: Name
    text: Words
    people: bool = True


class CheckRule(Part):
    """Something the policy asks of every post. `find` names how the bot looks for a breach; without, people look."""

    id: Name
    text: Words
    clause: Words
    find: Literal["full_name", "contact", "link", "alt_text", "everyone"] | None = None


class Clocks(Part):
    """How long things may take."""

    expire_days: int = Field(ge=1, le=365)
    publish_days: int = Field(ge=1, le=365)
    remind_publish_hours: int = Field(ge=1, le=24 * 14)


class Kind(Part):
    """One kind of request."""

    title: Words
    clause: Words
    publish_clause: Words
    route: tuple[Rule, ...] = Field(min_length=1)
    confirmations: tuple[Confirmation, ...] = ()
    permission_clause: Words
    permissions: tuple[Permission, ...] = Field(min_length=1)
    checks: tuple[CheckRule, ...] = ()
    clocks: Clocks


class Pack(Part):
    """A trust's rules. `version` is its policy's own."""

    name: Name
    title: Words
    policy: Words
    version: Words
    administrator: Name
    roles: dict[Name, RoleName]
    kinds: dict[Name, Kind]

    @model_validator(mode="after")
    def _names_known_roles(self) -> "Pack":
        for kind, rules in self.kinds.items():
            for rule in rules.route:
                for role in {rule.ask, rule.asker or rule.ask} - ASKERS:
                    if role not in self.roles:
                        raise ValueError(f"kinds.{kind}.route names the role {role!r}, which [roles] does not")
        if self.administrator not in self.roles:
            raise ValueError(f"administrator names the role {self.administrator!r}, which [roles] does not")
        return self

    def role_title(self, role: str) -> str:
        """What this trust calls a role."""
        return self.roles[role].title if role in self.roles else role.replace("_", " ")
