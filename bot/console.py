"""The console: the same events and answers in a browser, on this machine, for trying the bot and for showing it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import page
from bot.demo import sample_picture
from bot.door import broke, through
from bot.exhibits import previews
from bot.intake import taker, with_taken
from bot.loopback import HEADERS, guarded
from bot.posted import Posted, read
from bot.roster import roster
from bot.transcript import TEAM, ConsoleSender, Line, News, Transcript
from cards import html
from cards.action import Action, BadAction, Verb
from cards.card import Picture
from cards.console import NO_SUCH_PICTURE, NOTHING_SAID, WRONG_SHAPE
from handlers.answer import Answer, Coming, Home, Note, Open, Replace, Show, Silence, Unknown
from handlers.dispatch import Desk
from handlers.event import Event, Place
from handlers.report_evidence import As
from storage.database import Database
from storage.files import FileStore
from storage.tables import Platform

PERSON = r"{person:[^/@\s]{1,64}@[^/@\s]{1,190}}"
DIGEST = "{digest:[0-9a-f]{64}}"
KEY = r"^[0-9a-fA-F-]{36}$"
REF = r"^(\d{13}-[0-9a-f]{8})?$"
STILL_THERE = 15
"""Seconds between signs of life on the stream of news."""
AT_ONCE = 50
"""How many missed lines go out with one write."""
Shape = TypeVar("Shape", bound=BaseModel)
SIGNATURES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"GI": "image/gif", b"RI": "image/webp"}


class Pressed(BaseModel):
    """A button of a card, as the page sends it. `message` is the card's place, empty where there was none."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=KEY)
    action: str = Field(max_length=200)
    message: str = Field(default="", pattern=REF)


class Asked(BaseModel):
    """One of the buttons below the chat."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=KEY)
    verb: Literal["compose", "menu", "register", "report", "mine", "waiting", "help"]


class ConsoleDoor:
    """Serves the page and takes what people do on it. A user of this platform is the person's e-mail address."""

    def __init__(
        self, desk: Desk, files: FileStore, database: Database, clock: Callable[[], datetime],
    ) -> None:
        self.desk, self.files, self.database, self.clock = desk, files, database, clock
        self.transcript = Transcript(clock)
        self.sender = ConsoleSender(self.transcript)

    def routes(self) -> list[web.RouteDef]:
        """What the console serves. Everything is for this machine's own browser only."""
        people = f"/console/people/{PERSON}"
        return [
            web.get("/", guarded(self.page)),
            web.get("/console/static/{name}", guarded(self.static)),
            web.get("/console/sample.png", guarded(self.sample)),
            web.get("/console/events", guarded(self.events)),
            web.get(f"{people}/pictures/{DIGEST}", guarded(self.picture)),
            web.post(f"{people}/say", guarded(self.say)),
            web.post(f"{people}/ask", guarded(self.ask)),
            web.post(f"{people}/press", guarded(self.press)),
            web.post(f"{people}/form", guarded(self.form)),
        ]

    async def hang_up(self, _app: web.Application) -> None:
        """Let the open pages go; for the application's `on_shutdown`, which else waits for them."""
        self.transcript.end()

    async def page(self, _request: web.Request) -> web.Response:
        """The one page."""
        trust, people = await self.database.run(lambda u: roster(u, self.clock()))
        return web.Response(text=page.render(trust, people), content_type="text/html")

    async def static(self, request: web.Request) -> web.Response:
        """What the page is made of."""
        asset = page.ASSETS.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(body=asset.data, content_type=asset.media_type, charset="utf-8")

    async def sample(self, _request: web.Request) -> web.Response:
        """A picture to try things with."""
        return web.Response(body=await asyncio.to_thread(sample_picture), content_type="image/png")

    async def picture(self, request: web.Request) -> web.Response:
        """A picture, whole, for those who were shown it."""
        digest = request.match_info["digest"]
        if not self.transcript.was_shown(_person(request), digest):
            raise web.HTTPNotFound(text=NO_SUCH_PICTURE)
        try:
            data = await asyncio.to_thread(self.files.get, digest)
        except FileNotFoundError:
            raise web.HTTPNotFound(text=NO_SUCH_PICTURE) from None
        return web.Response(body=data, content_type=SIGNATURES.get(data[:2], "application/octet-stream"))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens in every chat, from `since` on: first what the page missed, then each thing at once."""
        since = request.headers.get("Last-Event-ID") or request.query.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 20):
            raise web.HTTPBadRequest(text=WRONG_SHAPE)
        stream = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await stream.prepare(request)
        news, missed, seq = self.transcript.listen(), self.transcript.since(int(since)), self.transcript.seq
        try:
            for first in range(0, len(missed), AT_ONCE):
                await stream.write(b"".join(_told(line, numbered=False) for line in missed[first : first + AT_ONCE]))
            await stream.write(f"id: {seq}\nevent: ready\ndata: {{}}\n\n".encode())
            await _follow(stream, news)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self.transcript.leave(news)
        return stream

    async def say(self, request: web.Request) -> web.Response:
        """Words and pictures, written to the bot."""
        person, posted = _person(request), await read(request)
        key, text = posted.pop("key"), posted.pop("text")
        _no_more(posted)
        if not text.strip() and not posted.files:
            raise web.HTTPBadRequest(text=NOTHING_SAID)
        said = self._event(_checked(key), Action(Verb.SAY), Place(Platform.CONSOLE, TEAM, person, person))
        event = await self._with_files(replace(said, text=text), posted)
        shown = [Picture(each.digest, each.thumb, each.name, each.name) for each in event.files]
        self.transcript.said(person, text, shown)
        return await self._through(event)

    async def ask(self, request: web.Request) -> web.Response:
        """One of the buttons below the chat."""
        person, asked = _person(request), await _json(request, Asked)
        place = Place(Platform.CONSOLE, TEAM, person, person)
        return await self._through(self._event(asked.key, Action(Verb(asked.verb)), place))

    async def press(self, request: web.Request) -> web.Response:
        """A button of a card."""
        person, pressed = _person(request), await _json(request, Pressed)
        return await self._through(self._pressed(person, pressed))

    async def form(self, request: web.Request) -> web.Response:
        """A form's answers."""
        person, posted = _person(request), await read(request)
        head = {name: posted.pop(name) for name in ("key", "action", "message")}
        try:
            event = self._pressed(person, Pressed.model_validate(head))
            fields = html.answers(posted.fields)
        except (ValidationError, html.BadAnswers):
            raise web.HTTPBadRequest(text=WRONG_SHAPE) from None
        return await self._through(await self._with_files(replace(event, fields=fields), posted))

    async def _with_files(self, event: Event, posted: Posted) -> Event:
        """The event with its files, kept where the desk lets us, and else dropped."""
        if not posted.files:
            return event
        gate = await self.desk.gate(event)
        if gate.takes == As.NOTHING:
            return gate.event
        return with_taken(gate.event, await posted.taken(taker(self.files, gate)))

    def _pressed(self, person: str, pressed: Pressed) -> Event:
        try:
            action = Action.unpack(pressed.action)
        except BadAction:
            raise web.HTTPBadRequest(text=WRONG_SHAPE) from None
        return self._event(pressed.key, action, Place(Platform.CONSOLE, TEAM, person, person, pressed.message))

    def _event(self, key: str, action: Action, place: Place) -> Event:
        return Event(
            key=f"console:{key.lower()}", at=self.clock(), verb=action.verb, place=place, subject=action.subject,
            version=action.version, arg=action.arg,
        )

    async def _through(self, event: Event) -> web.Response:
        """Hand the event in, and show the answer."""
        assert event.place is not None
        person = event.place.user

        async def email() -> str:
            return person

        try:
            answer = await through(self.desk, event, email)
        except Exception:  # noqa: BLE001  a fault of ours is told with a code, and logged
            answer = broke(event)
        return web.json_response(await self._show(person, answer, event.place.message))

    async def _show(self, person: str, answer: Answer, message: str) -> dict[str, str]:
        """Into the chat with it; only an opened form goes back to the page that asked."""
        match answer:
            case Open(form, exhibits):
                return {"form": self.transcript.form(person, form, await previews(self.files, exhibits))}
            case Show(card) | Home(card):
                self.transcript.card(person, card)
            case Replace(card, note):
                self.transcript.card(person, card, message)
                if note:
                    self.transcript.note(person, note)
            case Note(text):
                self.transcript.note(person, text)
            case Coming() | Silence() | Unknown():
                pass
        return {}


async def _follow(stream: web.StreamResponse, news: News) -> None:
    """Tell what happens, and now and then that the line still stands."""
    while True:
        try:
            line = await asyncio.wait_for(news.get(), STILL_THERE)
        except TimeoutError:
            await stream.write(b": still there\n\n")
            continue
        if line is None:
            return
        await stream.write(_told(line, numbered=True))


def _told(line: Line, numbered: bool) -> bytes:
    """One line as the browser's EventSource reads it.

    Missed lines come in the order of the chat, not of what happened, so they carry no number to go on from.
    """
    told = {"person": line.person, "ref": line.ref, "kind": line.kind, "html": line.html, "summary": line.summary}
    number = f"id: {line.seq}\n" if numbered else ""
    return f"{number}data: {json.dumps(told)}\n\n".encode()


def _person(request: web.Request) -> str:
    return request.match_info["person"].lower()


def _checked(key: str) -> str:
    try:
        return Asked(key=key, verb="help").key
    except ValidationError:
        raise web.HTTPBadRequest(text=WRONG_SHAPE) from None


def _no_more(posted: Posted) -> None:
    if posted.fields:
        raise web.HTTPBadRequest(text=WRONG_SHAPE)


async def _json(request: web.Request, shape: type[Shape]) -> Shape:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text=WRONG_SHAPE)
    try:
        return shape.model_validate_json(await request.read())
    except ValidationError:
        raise web.HTTPBadRequest(text=WRONG_SHAPE) from None
