"""Teams' activities as events for the desk, and its answers as Teams shows them.

Here and in `teams_sdk.py` the Bot Framework SDK's handler and adapter are subclassed, and nowhere else: its support
has ended, so that another SDK can take its place in these two files.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.schema import Activity, Attachment, ChannelAccount, InvokeResponse

from bot.connector import Connector, Forbidden, Refused, Spot
from bot.door import Broke, broke, through
from bot.exhibits import previews
from bot.intake import taker, with_taken
from bot.teams_activity import EMULATOR, Malformed, Wire, about_message, card_data, hello, place_of, pressed, said
from bot.teams_files import NotOffered, Offers, attached, info, receive
from bot.teams_sdk import INVOKED, WIRE
from bot.teams_sender import thumbs
from cards import teams_words
from cards.action import Verb
from cards.card import Card, Form
from cards.teams import CARD_TYPE, MESSAGE_TYPE, card, summary
from cards.teams import said as said_card
from cards.teams_form import form
from handlers.answer import Answer, Coming, Home, Note, Open, Replace, Show, Silence
from handlers.dispatch import Desk
from handlers.event import Event
from handlers.report_evidence import As
from handlers.rules.words import is_report
from storage.evidence import Exhibit
from storage.files import FileStore

log = structlog.get_logger()
DIALOGS = {"task/fetch", "task/submit"}
ON_MESSAGE = {"composeExtension/fetchTask", "composeExtension/submitAction"}
"""A window of Teams that is to be opened, and one that was sent."""


class Turns(ActivityHandler):  # type: ignore[misc]
    """What becomes of each kind of activity: an event for the desk, and its answer shown."""

    def __init__(self, desk: Desk, files: FileStore, connector: Connector, offers: Offers,
                 clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._files = files
        self._connector = connector
        self._offers = offers
        self._clock = clock

    async def on_message_activity(self, context: TurnContext) -> None:
        """Words, files, or a button of an older Teams."""
        wire: Wire = context.turn_state[WIRE]
        if wire.private:
            await self._reply(context, *await self._told(wire))
        else:
            await self._say(context, teams_words.ONLY_PRIVATE)

    async def _told(self, wire: Wire) -> tuple[Event, Answer]:
        if wire.value is not None and wire.has_press:
            event = pressed(wire, self._clock(), wire.value)
            return event, await self._ask(event, wire)
        event = said(wire, self._clock())
        try:
            event = await self._with_files(wire, event)
        except Exception:  # noqa: BLE001 - logged with its code by broke
            return event, broke(event)
        return event, await self._ask(event, wire)

    async def on_invoke_activity(self, context: TurnContext) -> None:
        """A button, or the answer to "may I put this file into your OneDrive?"."""
        wire: Wire = context.turn_state[WIRE]
        context.turn_state[INVOKED] = await self._invoked(context, wire)

    async def on_installation_update_add(self, context: TurnContext) -> None:
        """Somebody added the bot."""
        await self._greet(context)

    async def on_members_added_activity(self, members_added: list[ChannelAccount], context: TurnContext) -> None:
        """Somebody opened the chat with the bot for the first time."""
        await self._greet(context)

    async def _greet(self, context: TurnContext) -> None:
        wire: Wire = context.turn_state[WIRE]
        event = hello(wire, self._clock()) if wire.private else None
        if event is not None:
            await self._reply(context, event, await self._ask(event, wire))

    async def _with_files(self, wire: Wire, event: Event) -> Event:
        if not attached(wire):
            return event
        if not await self._desk.knows(place_of(wire)):
            worry = event.verb == Verb.SAY and is_report(event.text)
            return event if worry else said(wire, event.at, problems=(teams_words.KNOWN_NOW,))
        gate = await self._desk.gate(event)
        if gate.takes == As.NOTHING:
            return gate.event
        taken = await receive(wire, self._connector, taker(self._files, gate))
        told = with_taken(gate.event, taken)
        return said(wire, event.at, told.files, told.problems) if gate.takes == As.PICTURE else told

    async def _ask(self, event: Event, wire: Wire) -> Answer:
        async def email() -> str:
            return await self._email(event, wire)

        try:
            return await through(self._desk, event, email)
        except Exception:  # noqa: BLE001 - logged with its code by broke
            return broke(event)

    async def _email(self, event: Event, wire: Wire) -> str:
        """The address that the tenant vouches for; none for a guest, whose address another tenant gave.

        In the Emulator people say themselves who they are: their user id there is their address.
        """
        if wire.channel == EMULATOR:
            return wire.sender.id
        user = str(event.place.reference.get("user", wire.sender.id)) if event.place else wire.sender.id
        try:
            member = await self._connector.member(Spot(wire.service_url, wire.conversation.id), user)
        except Refused as refused:
            if refused.status != 404:
                raise
            return ""  # Teams does not know them (any more)
        upn = str(member.get("userPrincipalName") or "")
        home = str(member.get("tenantId") or wire.tenant)
        if "#ext#" in upn.lower() or home != wire.tenant or member.get("userRole") in ("guest", "anonymous"):
            return ""
        return str(member.get("email") or upn)

    async def _invoked(self, context: TurnContext, wire: Wire) -> InvokeResponse:
        if wire.name == "fileConsent/invoke":
            await self._consented(context, wire)
            return InvokeResponse(status=200, body={})
        if wire.name in DIALOGS:
            return await self._in_dialog(wire)
        if wire.name in ON_MESSAGE:
            return await self._on_message(wire)
        if wire.name != "adaptiveCard/action":
            return InvokeResponse(status=501)
        data = card_data(wire.value)
        if not wire.private:
            return _message(teams_words.ONLY_PRIVATE)
        event = pressed(wire, self._clock(), data)
        return await self._answered(context, event, await self._ask(event, wire))

    async def _in_dialog(self, wire: Wire) -> InvokeResponse:
        """A window that was opened, or sent: what it shows leaves nothing in the chat."""
        if not wire.private:
            return _said_there(teams_words.ONLY_PRIVATE)
        event = pressed(wire, self._clock(), wire.value.get("data") if isinstance(wire.value, Mapping) else None)
        return await self._window(await self._ask(event, wire))

    async def _on_message(self, wire: Wire) -> InvokeResponse:
        """“Report this” on somebody's message, and what is sent from its window, which only its presser sees.

        The message may stand where others read: who is not known yet is asked to write in private first.
        """
        if not await self._desk.knows(place_of(wire)):
            return _said_there(teams_words.ONLY_PRIVATE)
        data = wire.value.get("data") if isinstance(wire.value, Mapping) else None
        first = wire.name == "composeExtension/fetchTask"
        event = about_message(wire, self._clock()) if first else pressed(wire, self._clock(), data)
        return await self._window(await self._ask(event, wire))

    async def _window(self, answer: Answer) -> InvokeResponse:
        match answer:
            case Open(form, exhibits):
                content = {"contentType": CARD_TYPE, "content": await self._form(form, exhibits)}
                shown = {"title": form.title, "card": content, "width": "medium"}
                return InvokeResponse(status=200, body={"task": {"type": "continue", "value": shown}})
            case Note(text):
                return _said_there(text)
        return _said_there(teams_words.ALREADY)

    async def _answered(self, context: TurnContext, event: Event, answer: Answer) -> InvokeResponse:
        """The answer in the pressed card's place, or said under it. A form that is done does not stay."""
        match answer:
            case Open(form) if form.private:
                return _message(teams_words.PRIVATE)
            case Open(form):
                return _in_place(await self._form(form))
            case Replace(shown, note):
                return _in_place(await self._card(shown, note))
            case Show(shown) | Home(shown):
                sent = await self._send(context, await self._card_message(shown))
                return _message(teams_words.BELOW if sent else teams_words.NOT_DELIVERED)
            case Note(text):
                return _message(text)
            case Coming(text) if text:
                return _in_place(said_card(text)) if event.fields else _message(text)
        return _in_place(said_card(teams_words.ALREADY)) if event.fields else _message(teams_words.ALREADY)

    async def _reply(self, context: TurnContext, event: Event, answer: Answer) -> None:
        match answer:
            case Open(form) if form.private:
                await self._say(context, teams_words.PRIVATE)
            case Open(form):
                await self._send(context, _attached(await self._form(form), form.title))
            case Replace(shown, note):
                await self._replace(context, event, shown)
                if note:
                    await self._say(context, note)
            case Show(shown) | Home(shown):
                await self._send(context, await self._card_message(shown))
            case Broke(text):
                if not await self._say(context, text):
                    context.turn_state[INVOKED] = InvokeResponse(status=500)
            case Note(text):
                await self._say(context, text)
            case Coming() | Silence():
                pass

    async def _replace(self, context: TurnContext, event: Event, shown: Card) -> None:
        message = await self._card_message(shown)
        if not event.place or not event.place.message:
            await self._send(context, message)
            return
        message.id = event.place.message
        try:
            await context.update_activity(message)
        except Refused as refused:
            log.warning("a Teams card could not be replaced", reason=str(refused))
            message.id = None
            await self._send(context, message)

    async def _consented(self, context: TurnContext, wire: Wire) -> None:
        value = wire.value if isinstance(wire.value, Mapping) else {}
        place, action, upload = place_of(wire), value.get("action"), value.get("uploadInfo")
        if action not in ("accept", "decline"):
            raise Malformed("action")
        try:
            digest, name = self._offers.offered(value.get("context"), place.team, place.user)
        except NotOffered:
            log.warning("a file was asked for that was not offered")
            await self._say(context, teams_words.FILE_NOT_YOURS)
            return
        if action == "decline":
            await self._say(context, teams_words.FILE_DECLINED.format(name=name))
            return
        if not isinstance(upload, Mapping) or not isinstance(upload.get("uploadUrl"), str):
            raise Malformed("uploadInfo")
        await self._give(context, wire, upload, digest, name)

    async def _give(self, context: TurnContext, wire: Wire, upload: Mapping[str, Any], digest: str, name: str) -> None:
        try:
            if not await self._desk.knows(place_of(wire)):
                await self._say(context, teams_words.FILE_NOT_YOURS)
                return
            await self._offers.give(digest, upload["uploadUrl"], wire.service_url, self._connector)
        except (Refused, Forbidden, FileNotFoundError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("a file could not be put into a OneDrive", reason=type(error).__name__)
            await self._say(context, teams_words.FILE_FAILED.format(name=name))
            return
        given = info(upload, name)
        await self._send(context, Activity(type="message", attachments=[Attachment(
            content_type=given["contentType"], content_url=given["contentUrl"], name=name, content=given["content"],
        )]))
        if wire.reply_to:
            try:
                await context.delete_activity(wire.reply_to)
            except Refused as refused:
                log.info("a file's question stays in the chat", reason=str(refused))

    async def _say(self, context: TurnContext, text: str) -> bool:
        return await self._send(context, Activity(type="message", text=text, text_format="plain"))

    async def _send(self, context: TurnContext, message: Activity) -> bool:
        """What is said in passing is not owed: where it cannot be sent, the log says so."""
        try:
            await context.send_activity(message)
        except Refused as refused:
            log.warning("an answer in Teams could not be sent", reason=str(refused))
            return False
        return True

    async def _card(self, shown: Card, note: str = "") -> dict[str, Any]:
        return card(shown, await thumbs(self._files, shown.pictures()), note)

    async def _form(self, asked: Form, exhibits: Sequence[Exhibit] = ()) -> dict[str, Any]:
        small = {**await thumbs(self._files, asked.pictures()), **await previews(self._files, exhibits)}
        return form(asked, small)

    async def _card_message(self, shown: Card) -> Activity:
        return _attached(await self._card(shown), shown.summary)


def _attached(content: Mapping[str, Any], told: str) -> Activity:
    return Activity(
        type="message", summary=summary(told), attachments=[Attachment(content_type=CARD_TYPE, content=content)]
    )


def _in_place(content: Mapping[str, Any]) -> InvokeResponse:
    return InvokeResponse(status=200, body={"statusCode": 200, "type": CARD_TYPE, "value": content})


def _said_there(text: str) -> InvokeResponse:
    """A sentence in the open window, which one then closes."""
    return InvokeResponse(status=200, body={"task": {"type": "message", "value": text}})


def _message(text: str) -> InvokeResponse:
    return InvokeResponse(status=200, body={"statusCode": 200, "type": MESSAGE_TYPE, "value": text})
