"""A chat as a person has it: say, press, fill, look. Each platform plays it for real; the dialogs know only this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Seen:
    """One message as its reader sees it now: all its words, in order, and its buttons' labels."""

    text: str
    buttons: tuple[str, ...] = ()
    pictures: int = 0


@dataclass(frozen=True)
class SeenForm:
    """The open form: its fields' present values and errors by field id; `text` is all that it says."""

    title: str
    values: Mapping[str, str | list[str]]
    errors: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class Screen:
    """All that one person sees: the chat with the bot, the open form, and what was said in passing (notes)."""

    messages: list[Seen] = field(default_factory=list)
    form: SeenForm | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Everything on the screen, for `in`."""
        form = [self.form.title, self.form.text, *self.form.errors.values()] if self.form else []
        return "\n".join([*(m.text for m in self.messages), *self.notes, *form])

    @property
    def last(self) -> Seen:
        """The newest message."""
        return self.messages[-1]


class Chat(Protocol):
    """One platform, real from the HTTP request to the HTTP call back. People are named by their e-mail's first part.

    After each call the outbox has been drained: what is due has arrived.
    """

    async def say(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write to the bot in the private chat, with files (name, content)."""
        ...

    async def press(self, who: str, label: str, message: int = -1) -> None:
        """Press the button `label` on the newest message that has it (or on message number `message`).

        An opened form becomes `screen(who).form`.
        """
        ...

    async def fill(self, who: str, **fields: str | list[str] | bool) -> None:
        """Fill in fields of the open form by id (others stay as they are) and send it."""
        ...

    async def leave(self, who: str, label: str) -> None:
        """Close the open form with its own button `label`, which leaves all as it is."""
        ...

    async def press_as(self, who: str, other: str, label: str) -> None:
        """Press a button of the newest such message of `other`, as if that card had been forwarded to `who`."""
        ...

    async def press_made_up(self, who: str, packed: str) -> None:
        """Press a button that carries a payload somebody made up."""
        ...

    async def screen(self, who: str) -> Screen:
        """What this person sees now."""
        ...
