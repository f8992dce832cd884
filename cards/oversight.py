"""What the bot can do, and the two lists."""

from collections.abc import Sequence

from cards.action import Action, Verb
from cards.card import Button, Card, Divider, Element, Item, Text

CAN = "I take posts and other requests to whoever decides, and say what the policy says."
UNCLEAR = "I did not understand that. Nothing was sent to anybody."
WELCOME = "You are welcome."
AWAY = "When you are away, write “away until Friday”, say, and I ask who stands in."
WHO = "“Who is away?” tells you who of those who decide is not there, and who stands in."


def hello(name: str) -> str:
    """A greeting, and what the bot is for."""
    return f"Hello {name}. {CAN}"


def help_card(first: str, own: Sequence[Button] = (), decides: bool = False) -> Card:
    """`first`, and what one can do. `own`: what not everybody can; `decides`: whether things wait for them."""
    return Card("Can I Post", "", first, (
        Text(first),
        Text("Write “Can I post this?” with the words and pictures, or say what else you would like, such as “new "
             "Instagram for the drama club”, or ask something, such as “can I follow a parent back?”. Or press a "
             "button.", "quiet"),
        Text(f"{WHO} {AWAY}" if decides else WHO, "quiet"),
    ), (*three(), *own))


def three() -> tuple[Button, ...]:
    """The buttons of what one can do."""
    return (
        Button("Ask to post something", Action(Verb.COMPOSE), "primary"),
        Button("Ask for something else", Action(Verb.MENU)),
        Button("Ask what the policy says", Action(Verb.ASK_POLICY)),
        Button("What I asked for", Action(Verb.MINE)),
        Button("What waits for me", Action(Verb.WAITING)),
        Button("Report something", Action(Verb.REPORT), private=True),
        Button("Look up accounts", Action(Verb.REGISTER)),
    )


def menu(kinds: Sequence[tuple[str, str, bool]], subject: str = "", version: int = 0) -> Card:
    """Everything that one can ask for: (kind, title, whether the policy is silent on it).

    `subject`: a draft, whose words are kept with whatever is chosen.
    """
    verb = Verb.MEANT if subject else Verb.REQUEST
    items = tuple(
        Item(title, "the policy does not say" if silent else "", Button("Ask", Action(verb, subject, version, name)))
        for name, title, silent in kinds
    )
    return Card("Ask for something else", "", "What you can ask for", items)


def mine(items: Sequence[Item], more: str) -> Card:
    """What the reader asked for, newest first. `more`: where the next page begins."""
    return _page("What I asked for", Verb.MINE, items, more, "You have not asked for anything yet.")


def waiting(items: Sequence[Item], more: str) -> Card:
    """What waits for the reader, oldest first."""
    return _page("What waits for me", Verb.WAITING, items, more, "Nothing waits for you.")


def _page(title: str, verb: Verb, items: Sequence[Item], more: str, empty: str) -> Card:
    shown = f"{len(items)} shown" if more else ""
    if not items:
        return Card(title, "", empty, (Text(empty),), three()[:1])
    buttons = (Button("Show more", Action(verb, arg=more)),) if more else ()
    return Card(title, shown, title, tuple(items), buttons)


def home(name: str, wait: Card, asked: Card, own: Sequence[Button] = ()) -> Card:
    """One page with everything: what waits, what was asked for, what can be done; `own`: what not everybody can."""
    elements: list[Element] = [Text("What waits for me", "strong"), *wait.elements, Divider()]
    elements += [Text("What I asked for", "strong"), *asked.elements]
    return Card("Can I Post", name, "Can I Post", tuple(elements), (*three(), *own))
