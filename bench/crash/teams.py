"""People on Teams, and the Microsoft that they are at."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bench.crash.people import BROKE, ECHO, NOT_TAKEN, SHOWS, TOKEN, Gone, echoed, insist, nothing
from bench.crash.served import Fleet, Unanswered
from tests.fakes.teams import CARD, FakeMicrosoft
from tests.fakes.teams_chat import Client, TeamsChat, _typed, cards, executes, inputs, texts


class Microsoft(FakeMicrosoft):
    """A Microsoft that finds a request's messages at once."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.about: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.in_vain = 0

    async def _update(self, request: web.Request) -> web.Response:
        chat, name = self.chats.get(request.match_info["chat"]), request.match_info["message"]
        before = chat.messages[name].get("attachments") if chat and name in chat.messages else None
        answer = await super()._update(request)
        self.in_vain += bool(chat and answer.status == 200 and chat.messages[name].get("attachments") == before)
        return answer

    async def _send(self, request: web.Request) -> web.Response:
        answer = await super()._send(request)
        chat, name = request.match_info["chat"], f"1700000000{self._numbers:03}"
        if answer.status == 201:
            for token in set(TOKEN.findall(json.dumps(self.chats[chat].messages[name]))):
                self.about[chat, token].append(name)
        return answer


class TeamsPeople(TeamsChat):
    """People on Teams."""

    def __init__(self, microsoft: Microsoft, fleet: Fleet) -> None:
        super().__init__(microsoft, fleet.session, "", nothing)
        self._fleet, self._fake = fleet, microsoft
        self._answers: dict[str, list[Any]] = {}

    async def _post(self, client: Client, more: Mapping[str, Any]) -> Any:
        body = json.dumps(self.activity(client, more)).encode()
        headers = {"Authorization": f"Bearer {self._fake.signed()}", "Content-Type": "application/json"}
        if more["type"] == "message":
            often = echoed if len(body) % ECHO == 0 else insist
            _, text = await often(lambda: self._fleet.post("/api/messages", body, headers))
        else:
            _, text = await self._fleet.post("/api/messages", body, headers)
        answer = json.loads(text) if text else None
        if client.name in self._answers:
            self._answers[client.name].append(answer)
        return answer

    async def ask(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        told = self._told(who)
        await self.say(who, text, files)
        if self._told(who) > told:
            raise Unanswered("message")

    def _told(self, who: str) -> int:
        """How often this person was told that something broke."""
        return sum(BROKE in str(each.get("text")) for each in self.person(who).chat.messages.values())

    def has(self, who: str, token: str, label: str) -> bool:
        return self._card(who, token, label) is not None

    def _card(self, who: str, token: str, label: str) -> tuple[str, dict[str, Any]] | None:
        chat = self.person(who).chat
        for name in reversed(self._fake.about[chat.id, token]):
            for content in cards(chat.messages[name]):
                if not _is_form(content) and label in (labels := _labels(content)):
                    return name, labels[label]
        return None

    async def press_on(self, who: str, token: str, label: str, times: int = 1) -> object:
        found = self._card(who, token, label)
        if found is None:
            raise Gone(label)
        client, (name, action) = self.person(who), found
        client.notes.clear()
        self._answers[who] = []
        data = {**action["data"]}
        taken = await asyncio.gather(
            *(self._pressed(client, name, data) for _ in range(times)), return_exceptions=True)
        problems = [each for each in taken if isinstance(each, BaseException)]
        if len(problems) == times or BROKE in " ".join(client.notes):
            raise Unanswered(label)
        if not any(map(_was_taken, self._answers.pop(who))):
            raise Gone(label)
        return name

    async def fill_in(self, who: str, form: object, **fields: Any) -> None:
        client, name = self.person(who), str(form)
        content = next((each for each in cards(client.chat.messages[name]) if _is_form(each)), None)
        if content is None:
            raise Gone("form")
        data = {each["id"]: each.get("value", "") for each in inputs(content)}
        shows = {each.removeprefix("t:"): SHOWS for each in data if each.startswith("t:alt_")}
        for field_id, value in {**shows, **fields}.items():
            data |= _typed(field_id, value, data)
        submit = next(each for each in executes(content) if each["data"].get("ids") is not None)
        client.notes.clear()
        await self._pressed(client, name, {**{key: value for key, value in data.items() if value}, **submit["data"]})
        if BROKE in " ".join(client.notes):
            raise Unanswered("form")
        if any(_is_form(each) for each in cards(client.chat.messages[name])):
            raise Gone(" ".join(texts(cards(client.chat.messages[name])[0]))[:200])


def _labels(content: Any) -> dict[str, dict[str, Any]]:
    """A card's presses by what is written on them; behind a question, by what asks it."""
    return {action.get("asked by", action["title"]): action for action in executes(content)}


def _was_taken(answer: Any) -> bool:
    """Whether a press did something, or brought a form: else a notice stands above the card, or there is no card."""
    shown = answer["value"] if answer and answer["type"] == CARD else None
    return shown is not None and not any(each in " ".join(texts(shown)) for each in NOT_TAKEN)


def _is_form(content: Any) -> bool:
    return any(each["data"].get("ids") is not None for each in executes(content))
