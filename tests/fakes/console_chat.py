"""The chat as people have it in the console: what the page posts, and what the stream of news tells it to show."""

import io
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.demo import email as demo_email
from cards import html
from tests.chat import Screen, Seen, SeenForm
from tests.fakes.console_page import Part, buttons, controls, errors, lines, parse

READY = b"\nevent: ready\n"
"""What the stream says once all that the page missed has been told."""


@dataclass
class OpenForm:
    """The form before somebody, and the card that it came from."""

    root: Part
    message: str


class ConsoleChat:
    """Plays people in the console. `url` is where it listens; `drain` delivers what the outbox owes."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, drain: Callable[[], Awaitable[object]],
        email: Callable[[str], str] = demo_email,
    ) -> None:
        self._session = session
        self.url, self.drain, self.email = url.rstrip("/"), drain, email
        self.forms: dict[str, OpenForm] = {}
        self.troubles: dict[str, list[str]] = {}

    async def say(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write in the composer."""
        await self._answered(who, await self._post_form(who, "say", [("text", text)], files), "")

    async def ask(self, who: str, verb: str) -> None:
        """One of the buttons below the chat."""
        await self._answered(who, await self._post_json(who, "ask", {"key": str(uuid.uuid4()), "verb": verb}), "")

    async def press(self, who: str, label: str, message: int = -1) -> None:
        """Press a button; where it asks once more, the answer is yes."""
        ref, packed = await self._button(who, label, message)
        await self._press(who, packed, ref)

    async def fill(self, who: str, **fields: str | list[str] | bool) -> None:
        """Fill in the open form, and send it."""
        await self.fill_with(who, (), **fields)

    async def fill_with(
        self, who: str, files: Sequence[tuple[str, bytes]], **fields: str | list[str] | bool
    ) -> None:
        """The same with pictures added in the form."""
        assert who in self.forms, f"{who} has no form open"
        form = self.forms.pop(who)
        posted = controls(form.root)
        for name, value in fields.items():
            posted = _typed(posted, name, value)
        action = next(p.attributes["data-action"] for p in form.root.all() if p.tag == "form")
        head = [("action", action), ("message", form.message)]
        await self._answered(who, await self._post_form(who, "form", [*posted, *head], files), form.message)

    async def leave(self, who: str, label: str) -> None:
        closes = [part for part in self.forms.pop(who).root.all() if "data-close" in part.attributes]
        assert [part.words().strip() for part in closes] == [label]

    async def press_as(self, who: str, other: str, label: str) -> None:
        """Press a button of a card that somebody else got."""
        ref, packed = await self._button(other, label, -1)
        await self._press(who, packed, ref)

    async def press_made_up(self, who: str, packed: str) -> None:
        """Press a button that no card has."""
        mine = [line["ref"] for line in await self.lines(who) if line["kind"] == "card"]
        await self._press(who, packed, mine[-1] if mine else "")

    async def screen(self, who: str) -> Screen:
        """What they see now."""
        screen = Screen(notes=list(self.troubles.get(who, [])))
        for line in await self.lines(who):
            root = parse(line["html"])
            if line["kind"] == "note":
                screen.notes.append(lines(root.words()))
            elif line["kind"] == "card":
                shown = tuple(label for label, _ in buttons(root))
                pictures = sum(p.tag == "img" for p in root.all())
                screen.messages.append(Seen(lines(root.words(without=("button",))), shown, pictures))
        if who in self.forms:
            screen.form = _seen(self.forms[who].root)
        return screen

    async def lines(self, who: str) -> list[dict[str, str]]:
        """The person's chat as the page gets it when it is opened."""
        person, told = self.email(who).lower(), b""
        theirs = f'"person": {json.dumps(person)}'.encode()
        async with self._session.get(f"{self.url}/console/events?since=0") as stream:
            assert stream.status == 200, await stream.text()
            while READY not in told:
                more = await stream.content.readany()
                assert more, "the stream ended before all was told"
                told += more
        said = [json.loads(line.removeprefix(b"data: ")) for line in told[: told.index(READY)].split(b"\n")
                if line.startswith(b"data: ") and theirs in line]
        return [line for line in said if line["person"] == person]

    async def _button(self, who: str, label: str, message: int) -> tuple[str, str]:
        cards = [line for line in await self.lines(who) if line["kind"] == "card"]
        for line in reversed(cards) if message == -1 else [cards[message]]:
            for name, packed in buttons(parse(line["html"])):
                if name == label and packed:
                    return line["ref"], packed
        raise AssertionError(f"{who} sees no button “{label}”: {(await self.screen(who)).words}")

    async def _press(self, who: str, packed: str, ref: str) -> None:
        body = {"key": str(uuid.uuid4()), "action": packed, "message": ref}
        await self._answered(who, await self._post_json(who, "press", body), ref)

    async def _post_json(self, who: str, what: str, body: object) -> tuple[int, str]:
        return await self.post(who, what, json.dumps(body).encode(), {"Content-Type": "application/json"})

    async def _post_form(
        self, who: str, what: str, fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, bytes]]
    ) -> tuple[int, str]:
        form = aiohttp.FormData([("key", str(uuid.uuid4())), *fields], quote_fields=False, default_to_multipart=True)
        for name, data in files:
            form.add_field("files", io.BytesIO(data), filename=name, content_type="application/octet-stream")
        return await self.post(who, what, form, {})

    async def post(
        self, who: str, what: str, body: Any, headers: dict[str, str], own: bool = True
    ) -> tuple[int, str]:
        """Any post of the page, or of another site's (`own` False)."""
        address = f"{self.url}/console/people/{quote(self.email(who))}/{what}"
        marks = {"Origin": self.url, "X-Canipost-Console": "1"} if own else {}
        sent = {**marks, **headers}
        async with self._session.post(address, data=body, headers=sent) as response:
            return response.status, await response.text()

    async def _answered(self, who: str, answer: tuple[int, str], message: str) -> None:
        status, text = answer
        assert status < 500, text
        if status != 200:
            self.troubles.setdefault(who, []).append(text)
        elif form := json.loads(text).get("form"):
            self.forms[who] = OpenForm(parse(form), message)
        await self.drain()


def _typed(posted: list[tuple[str, str]], name: str, value: str | list[str] | bool) -> list[tuple[str, str]]:
    """What the browser posts once somebody has filled in a field."""
    kinds = {full.partition(".")[0] for full, _ in posted if full.partition(".")[2] == name}
    assert kinds, f"the form has no field {name}: {[full for full, _ in posted]}"
    full = f"{kinds.pop()}.{name}"
    rest = [(other, old) for other, old in posted if other != full]
    if isinstance(value, bool):
        return [*rest, (full, ""), *([(full, "yes")] if value else [])]
    if full.startswith("choice."):
        chosen = [value] if isinstance(value, str) else value
        return [*rest, (full, ""), *((full, each) for each in chosen)]
    assert isinstance(value, str)
    return [*rest, (full, value)]


def _seen(root: Part) -> SeenForm:
    title = next(p.words().strip() for p in root.all() if p.tag == "h2")
    return SeenForm(title, html.answers(controls(root)), errors(root), root.words())
