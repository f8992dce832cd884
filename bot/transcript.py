"""What everybody in the console sees: each person's chat, kept in memory, and told at once to every open page."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from bot.sender import Delivered, Recipient, Undeliverable
from cards import html
from cards.card import Card, Form, Picture

TEAM = "demo"
MOST_LINES = 400
"""A person's; the oldest go first. A card that went comes back when it is replaced."""
MOST_UNREAD = 1000
"""News that an open page may lag behind before it has to connect again."""
Kind = Literal["card", "said", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message in one person's chat. `ref` sorts by time; `seq` counts what happened in all chats."""

    person: str
    ref: str
    kind: Kind
    html: str
    summary: str
    seq: int


News = asyncio.Queue[Line | None]


class Transcript:
    """Every person's chat. A line put under a known `ref` takes that line's place."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lines: defaultdict[str, dict[str, Line]] = defaultdict(dict)
        self._shown: defaultdict[str, set[str]] = defaultdict(set)
        self._attached: set[str] = set()
        self._listeners: set[News] = set()
        self._last = 0
        self.seq = 0

    def card(self, person: str, card: Card, ref: str = "", attach: bool = False) -> str:
        """Show a card, in the place of `ref` where one is given; returns where it lies."""
        self._show(person, card.pictures())
        ref = ref or self._ref()
        if attach:
            self._attached.add(ref)
        return self._put(person, ref, "card", html.card(card, pictures_at(person), ref in self._attached), card.summary)

    def note(self, person: str, text: str) -> None:
        """Show a sentence."""
        self._put(person, self._ref(), "note", html.note(text), text)

    def said(self, person: str, text: str, pictures: list[Picture]) -> None:
        """Show somebody's own words."""
        self._show(person, pictures)
        self._put(person, self._ref(), "said", html.said(text, pictures, pictures_at(person)), "")

    def form(self, person: str, form: Form, previews: Mapping[str, bytes]) -> str:
        """A form's HTML. It is not kept: a form is open or it is not."""
        self._show(person, form.pictures())
        return html.form(form, pictures_at(person), previews)

    def was_shown(self, person: str, digest: str) -> bool:
        """Whether this person was ever shown this file here."""
        return digest in self._shown[person]

    def since(self, seq: int) -> list[Line]:
        """Every line that came or changed after `seq`, the oldest message first."""
        every = (line for lines in self._lines.values() for line in lines.values() if line.seq > seq)
        return sorted(every, key=lambda line: line.ref)

    def listen(self) -> News:
        """A queue of what happens from now on; None in it means: no more."""
        news: News = asyncio.Queue(MOST_UNREAD)
        self._listeners.add(news)
        return news

    def leave(self, news: News) -> None:
        """Nobody listens to this queue any more."""
        self._listeners.discard(news)

    def end(self) -> None:
        """Let every open page go."""
        for news in list(self._listeners):
            self._drop(news)

    def _put(self, person: str, ref: str, kind: Kind, markup: str, summary: str) -> str:
        self.seq = max(self.seq + 1, self._now())
        line = Line(person, ref, kind, markup, summary, self.seq)
        lines = self._lines[person]
        lines[ref] = line
        if len(lines) > MOST_LINES:
            del lines[min(lines)]
        for news in list(self._listeners):
            self._tell(news, line)
        return ref

    def _tell(self, news: News, line: Line) -> None:
        try:
            news.put_nowait(line)
        except asyncio.QueueFull:
            self._drop(news)

    def _drop(self, news: News) -> None:
        """The page connects again and catches up from where it was."""
        self._listeners.discard(news)
        while news.full():
            news.get_nowait()
        news.put_nowait(None)

    def _show(self, person: str, pictures: Iterable[Picture]) -> None:
        for picture in pictures:
            self._shown[person] |= {picture.digest, picture.thumb}

    def _ref(self) -> str:
        """A new place, later than every other: also after a restart, and where the clock stands still."""
        self._last = max(self._last + 1, self._now())
        return f"{self._last:013d}-{secrets.token_hex(4)}"

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)


class ConsoleSender:
    """The console's way to speak first: into the person's chat."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        """Show it in the person's chat."""
        person = (to.user or to.email).lower()
        if not person:
            raise Undeliverable("there is no e-mail address for this person on the staff list")
        return Delivered(TEAM, person, self._transcript.card(person, card, attach=attach))

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """Show it in the place of the old one; after a restart, that is where it lay."""
        self._transcript.card(at.channel, card, at.ref)


def pictures_at(person: str) -> str:
    """What comes before a digest in the address of a picture that this person was shown."""
    return f"/console/people/{quote(person)}/pictures/"
