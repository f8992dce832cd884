"""People on Slack, and the workspace that they are in."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.crash.people import BROKE, ECHO, SHOWS, TOKEN, Gone, Lost, echoed, insist, nothing
from bench.crash.served import Fleet, Unanswered
from tests.fakes.slack import FakeSlack, Message, Values
from tests.fakes.slack_chat import SlackChat, find_button, signed, words


class Workspace(FakeSlack):
    """A Slack that finds a request's messages at once, and counts what was shown in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.about: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self.first: dict[tuple[str, str], object] = {}

    @property
    def in_vain(self) -> int:
        """How often a message was replaced by what it showed already."""
        shows, found = dict(self.first), 0
        for values in self.called("chat.update"):
            at = values["channel"], values["ts"]
            found += shows.get(at) == values["blocks"]
            shows[at] = values["blocks"]
        return found

    def keep(self, channel: str, text: str, blocks: list[Values], only_for: str = "") -> Message:
        message = super().keep(channel, text, blocks, only_for)
        self.first[channel, message.ts] = blocks
        if not only_for:
            for token in set(TOKEN.findall(json.dumps(blocks))):
                self.about[channel, token].append(message)
        return message


class SlackPeople(SlackChat):
    """People on Slack."""

    slack: Workspace

    def __init__(self, slack: Workspace, fleet: Fleet) -> None:
        super().__init__(slack, fleet.session, "", nothing)
        self._fleet = fleet

    async def post(self, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        sent = {"Content-Type": kind, **signed(self.slack.signing_secret, body)}
        return await self._fleet.post("/slack/events", body, sent)

    async def event(self, event: Values, key: str = "") -> None:
        body = json.dumps(self.envelope(event, key)).encode()
        await (echoed if self._number % ECHO == 0 else insist)(lambda: self.post(body, "application/json"))

    async def ask(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        await self.say(who, text, files)

    def has(self, who: str, token: str, label: str) -> bool:
        return self._card(who, token, label) is not None

    def _card(self, who: str, token: str, label: str) -> tuple[Message, Values] | None:
        for message in reversed(self.slack.about[self.slack.chat(self.slack.user(who)), token]):
            if button := find_button(message.blocks, label):
                return message, button
        return None

    async def press_on(self, who: str, token: str, label: str, times: int = 1) -> object:
        found = self._card(who, token, label)
        if found is None:
            raise Gone(label)
        user = self.slack.user(who)
        self.slack.windows[user].clear()
        told, noted = self._told(user), self._noted(user)
        payload = self.pressing(user, self._container(found[0]), found[1])
        taken = await asyncio.gather(*(self.interact(payload) for _ in range(times)), return_exceptions=True)
        if all(isinstance(each, BaseException) for each in taken) or self._told(user) > told:
            raise Unanswered(label)
        if self._noted(user) > noted or (not self.slack.windows[user] and find_button(found[0].blocks, label)):
            raise Gone(label)  # they are told why not, or shown the same card again
        return self.slack.windows[user][-1] if self.slack.windows[user] else None

    def _noted(self, user: str) -> int:
        """How often something was said to this person in passing."""
        return sum(m.only_for == user for m in self.slack.messages)

    def _told(self, user: str) -> int:
        """How often this person was told that something broke."""
        mine = (m for m in self.slack.messages if m.only_for == user)
        return sum(BROKE in words(m.blocks) for m in mine)

    async def fill_in(self, who: str, form: object, **fields: Any) -> None:
        user = self.slack.user(who)
        if form is None or not self.slack.windows[user]:
            raise Gone("form")
        blocks = [block.get("block_id", "") for block in self.slack.windows[user][-1]["blocks"]]
        await self.fill(who, **{each: SHOWS for each in blocks if each.startswith("alt_")}, **fields)
        left = self.slack.windows[user]
        if left and BROKE in " ".join(self.errors.get(left[-1]["id"], {}).values()):
            raise Unanswered("form")
        if left and BROKE in words(left[-1]["blocks"]):
            raise Lost("form")
        if left:
            raise Gone(str(self.errors.get(left[-1]["id"]) or words(left[-1]["blocks"])))
