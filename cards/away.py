"""What people read who ask who is away: of those who decide for them; whoever looks after the staff list, of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cards import leaving
from cards.action import Action, Verb
from cards.card import Button, Card, Element, Item, Text
from cards.cover import WHO_IS_AWAY, Post
from cards.words import back, listed, span, weekday

ONLY = "I only tell of those who decide something for you, as far as it was entered here. For others, ask the office."
NOT_ANOTHER_DAY = "That is how it is today; of other days I cannot tell you."


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who is away, as far as the reader may hear of it. `subject`: what opens it, where they may change it."""

    who: str
    own: bool
    first: date
    last: date
    today: date
    posts: tuple[Post, ...]
    subject: str = ""


def page(gone: Sequence[Gone], keeper: bool, of: str = "", more: str = "", today: bool = True) -> Card:
    """Everybody who is away, or one of them (`of`). `keeper`: looks after the staff list, and sees all that is set.

    `more`: where the next page begins. `today`: that is the day that was asked about.
    """
    elements: list[Element] = [_line(each) for each in gone]
    if not gone:
        elements.append(Text(_nobody(keeper, of)))
    if not keeper:
        elements.append(Text(ONLY if today else f"{NOT_ANOTHER_DAY} {ONLY}", "quiet"))
    buttons = [Button("Show more", Action(Verb.COVERS, arg=more))] if more else []
    if keeper:
        buttons += [Button("Somebody is away", Action(Verb.AWAY)), leaving.ASK]
    return Card(WHO_IS_AWAY, f"{len(gone)} shown" if more else "", WHO_IS_AWAY, tuple(elements), tuple(buttons))


def _line(gone: Gone) -> Element:
    who = "You are" if gone.own else f"{gone.who} is"
    if gone.subject:
        days = span(gone.first, gone.last, gone.today)
        return Item(f"{who} away {days}", _stands(gone), Button("Open", Action(Verb.COVERS, gone.subject)))
    return Text(f"{who} away until {weekday(back(gone.last), gone.today)}. {_stands(gone)}")


def _stands(gone: Gone) -> str:
    """Who stands in, and in what; what is asked by name goes without saying beside a role."""
    whom: dict[str, list[str]] = {}
    for post in [post for post in gone.posts if post.what] or gone.posts:
        whom.setdefault(post.stand_in, []).append(post.what)
    said = [f"{name or 'nobody'} stands in{_as(whats)}" for name, whats in whom.items()]
    sentence = "; ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _as(whats: Sequence[str]) -> str:
    named = [what for what in whats if what]
    return f" as {listed(named)}" if named else ""


def _nobody(keeper: bool, of: str) -> str:
    if keeper:
        return f"{of or 'Nobody'} is {'not ' if of else ''}down as away, today or later."
    if of:
        return f"I have nothing to tell you about {of} being away today."
    return "Nobody who decides something for you is down as away today."
