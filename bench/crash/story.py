"""What people do with one request, act by act, each repeated until it is taken; and the journal of it all."""

import asyncio
import io
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from PIL import Image

from bench.crash.people import Gone, Lost
from bench.crash.served import Unanswered
from bench.crash.town import HEADS, Town
from cards.action import Verb

PATIENCE = 150.0
"""Seconds that somebody waits for a card before the request counts as stuck."""
PERSISTENCE = 60
"""So often a press is repeated; a second apart."""
CONFIRMED: dict[str, Any] = {
    "confirm_unidentified": True, "confirm_camera": True, "confirm_copyright": True, "permission": ["nobody"],
}
NOTE = {"note": "Please say which class it was."}
WAYS: dict[str, int] = {
    "published": 5, "declined": 2, "changed": 2, "edited": 2, "withdrawn": 2, "taken back": 2, "raced": 3, "doubled": 2,
}
"""How a request may go, and how often it does; besides, it may be "left" undecided."""


@dataclass
class Story:
    """One request. `acts`: what was done, in order; `open`: an act of which nobody knows yet whether it is done."""

    token: str
    way: str
    asker: str
    site: str
    acts: list[Verb] = field(default_factory=list)
    open: Verb | None = None
    problem: str = ""
    over: bool = False
    files: Sequence[tuple[str, bytes]] = ()

    @property
    def words(self) -> str:
        """What is to be posted."""
        return f"Brilliant science fair {self.token} today, well done to all of 8B!"


@dataclass
class Journal:
    """Everything that was done, and how it was taken."""

    stories: list[Story] = field(default_factory=list)
    acknowledged: int = 0
    """Acts whose person was told that they are done."""
    repeated: int = 0
    """Acts that had to be repeated by their person."""
    found_done: int = 0
    """Acts of which nobody was told, and which then turned out to be done."""


class Telling:
    """Tells stories, each person doing one thing at a time."""

    def __init__(self, town: Town, seed: int, ways: Mapping[str, int] = WAYS) -> None:
        self.town, self.journal, self.ways = town, Journal(), dict(ways)
        self.random = random.Random(seed)
        self._busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._numbers = count(1)
        self.closing = False
        self.pictures = 0.0
        """How many of the requests have a picture, each its own."""

    async def keep_telling(self, at_once: int) -> None:
        """So many at once, until `closing`; those that are begun are told to their end."""
        await asyncio.gather(*(self._one_after_another() for _ in range(at_once)))

    async def tell_some(self, number: int, at_once: int) -> None:
        """Exactly so many."""
        left = iter(range(number))

        async def some() -> None:
            for _ in left:
                await self.tell(self.new())

        await asyncio.gather(*(some() for _ in range(at_once)))

    async def _one_after_another(self) -> None:
        while not self.closing:
            await self.tell(self.new())

    def new(self) -> Story:
        """A story that is not told yet."""
        way = self.random.choices(list(self.ways), list(self.ways.values()))[0]
        site, asker = self.random.choice(("facebook", "x")), self.random.choice(self.town.askers)
        files = [("fair.png", self._picture())] if self.random.random() < self.pictures else []
        story = Story(f"Q{next(self._numbers):05d}", way, asker, site, files=files)
        self.journal.stories.append(story)
        return story

    async def tell(self, story: Story) -> None:
        """All of it; what goes wrong is its `problem`."""
        try:
            await self._tell(story)
            story.over = True
        except (Gone, Unanswered, TimeoutError, AssertionError) as error:
            story.problem = f"{type(error).__name__}: {error}"

    async def _tell(self, story: Story) -> None:
        head = self.random.choice(HEADS)
        publisher = {"facebook": "lund", "x": "costa"}[story.site]
        live = {f"address_{self._account(story.site)}": f"https://{story.site}.example/{story.token}"}
        await self._ask(story)
        await self._do(story, Verb.SAVE, story.asker, "Check and send", **CONFIRMED)
        match story.way:
            case "published":
                await self._do(story, Verb.APPROVE, head, "Approve")
                await self._do(story, Verb.PUBLISH, publisher, "It's live", **live)
            case "declined":
                await self._do(story, Verb.REFUSE, head, "Decline", **NOTE)
            case "changed":
                await self._do(story, Verb.REQUEST_CHANGES, head, "Ask for changes", **NOTE)
                await self._do(story, Verb.SAVE, story.asker, "Edit", text=f"{story.words} That was 8B.", **CONFIRMED)
                await self._do(story, Verb.APPROVE, head, "Approve")
            case "edited":
                await self._do(story, Verb.SAVE, story.asker, "Edit", text=f"{story.words} Again!", **CONFIRMED)
                await self._do(story, Verb.APPROVE, head, "Approve")
                await self._do(story, Verb.PUBLISH, publisher, "It's live", **live)
            case "withdrawn":
                await self._do(story, Verb.WITHDRAW, story.asker, "Withdraw")
            case "taken back":
                await self._do(story, Verb.APPROVE, head, "Approve")
                await self._do(story, Verb.TAKE_BACK, head, "Take it back")
                await self._do(story, Verb.REFUSE, head, "Decline", **NOTE)
            case "raced":
                await self._race(story)
            case "doubled":
                await self._do(story, Verb.APPROVE, head, "Approve", times=3)

    def _picture(self) -> bytes:
        out = io.BytesIO()
        Image.frombytes("RGB", (160, 120), self.random.randbytes(160 * 120 * 3)).save(out, "PNG")
        return out.getvalue()

    def _account(self, site: str) -> int:
        return {"facebook": 1, "x": 2}[site]

    async def _ask(self, story: Story) -> None:
        async with self._busy[story.asker]:
            story.open = Verb.ASK
            asked = f"can I post this on {story.site}? {story.words}"
            while not await self._asked(story, asked):
                await asyncio.sleep(self.random.uniform(0.5, 2.0))

    async def _asked(self, story: Story, words: str) -> bool:
        """Whether it was taken, or is found to be there."""
        if await asyncio.to_thread(self.town.done, story.token, Verb.ASK, 0):
            self._taken(story, Verb.ASK, told=False)
            return True
        try:
            await self.town.on[story.asker].ask(story.asker, words, story.files)
        except Unanswered:
            self.journal.repeated += 1
            return False
        self._taken(story, Verb.ASK, told=True)
        return True

    async def _do(
        self, story: Story, verb: Verb, who: str, label: str, times: int = 1, **fields: Any
    ) -> None:
        """One act: the person waits for the card, presses, fills in what comes up; again until it is taken."""
        await self._seen(story, who, label)
        async with self._busy[who]:
            story.open = verb
            await self._insisting(story, verb, who, label, times, fields)

    async def _insisting(
        self, story: Story, verb: Verb, who: str, label: str, times: int, fields: dict[str, Any]
    ) -> None:
        """Until it is taken, or is found to be done already: what was not answered may have been."""
        people, form = self.town.on[who], None
        for _ in range(PERSISTENCE):
            try:
                form = form or await people.press_on(who, story.token, label, times)
                if fields:
                    await people.fill_in(who, form, **fields)
                return self._taken(story, verb, told=True)
            except Unanswered as error:
                form = None if isinstance(error, Lost) else form
                self.journal.repeated += 1
            except Gone:
                form = None
            await asyncio.sleep(self.random.uniform(0.2, 1.5))
            if story.open is None:
                return None  # the other head was first
            if await asyncio.to_thread(self.town.done, story.token, verb, story.acts.count(verb)):
                return self._taken(story, verb, told=False)
        raise Unanswered(f"{label}, {PERSISTENCE} times")

    async def _race(self, story: Story) -> None:
        """Both heads press at the same moment: one of them is the one who decided."""
        for who in HEADS:
            await self._seen(story, who, "Approve")
        async with self._busy[HEADS[0]], self._busy[HEADS[1]]:
            story.open = Verb.APPROVE
            await asyncio.gather(*(self._insisting(story, Verb.APPROVE, who, "Approve", 1, {}) for who in HEADS))

    async def _seen(self, story: Story, who: str, label: str) -> None:
        until = time.monotonic() + PATIENCE
        while not self.town.on[who].has(who, story.token, label):
            if time.monotonic() > until:
                raise TimeoutError(f"{who} never saw “{label}”")
            await asyncio.sleep(0.1)

    def _taken(self, story: Story, verb: Verb, told: bool) -> None:
        """It is done, and whoever did it was told so; or it was found to be."""
        if story.open is None:
            return  # the other head told of it already
        story.acts.append(verb)
        story.open = None
        self.journal.acknowledged += told
        self.journal.found_done += not told
