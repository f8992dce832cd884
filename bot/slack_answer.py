"""Answers as Slack shows them: each surface has its own way, and some answers travel in the response itself."""

import asyncio
from typing import Any

import structlog

from bot.sender import RetryLater
from bot.slack_api import Refused, SlackApi
from bot.slack_event import Heard, Surface
from bot.slack_sender import QUIETLY, Pictures, SlackSender
from cards.card import Card, Form
from cards.slack import Block, Images, home, home_note, note, note_window, say, window
from cards.slack_form import field_errors, modal
from cards.slack_words import too_slow, write_form
from handlers.answer import Answer, Coming, Home, Note, Open, Replace, Show

log = structlog.get_logger()
PATIENCE = 2.5
"""Seconds: Slack waits three for our response."""
CLOSE = {"response_action": "clear"}
OPENS = frozenset({Surface.SHORTCUT, Surface.HOME_BUTTON})
"""Surfaces without a place of their own: what is said there opens a window."""


class Answers:
    """Shows answers. What is returned is the body of the response to Slack; empty where nothing is in it."""

    def __init__(self, api: SlackApi, pictures: Pictures, sender: SlackSender) -> None:
        self._api, self._pictures, self._sender = api, pictures, sender

    async def give(self, heard: Heard, answer: Answer) -> Block:
        """Show the answer. A failed call is logged: what was decided stands, and the outbox shows it as well."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._give(heard, answer)
        except (Refused, RetryLater, TimeoutError) as error:
            why = str(error) or "too slow"
            log.warning("slack: answer not shown", why=why, surface=heard.surface.name, answer=type(answer).__name__)
            return {}

    async def sorry(self, heard: Heard, said: Note) -> Block:
        """A fault of ours. A form that was sent stays open, with everything that was typed into it."""
        field = next(iter(heard.event.fields), "")
        if heard.surface is Surface.FORM and field:
            return {"response_action": "errors", "errors": {field: said.text}}
        return await self.give(heard, said)

    async def _give(self, heard: Heard, answer: Answer) -> Block:
        match answer:
            case Open():
                return await self._open(heard, answer.form)
            case Home() if heard.surface in {Surface.HOME, Surface.HOME_BUTTON}:
                return await self._publish(heard, home(answer.card, await self._images(heard, answer.card)))
            case Show() | Home():
                return await self._show(heard, answer.card)
            case Replace():
                return await self._replace(heard, answer.card, answer.note)
            case Note():
                return await self._note(heard, answer.text)
            case Coming():
                return await self._coming(heard, answer.note)
        return CLOSE if heard.surface is Surface.FORM else {}

    async def _images(self, heard: Heard, shown: Card | Form) -> Images:
        """What Slack has already; a new picture would not be ready within the three seconds."""
        return await self._pictures.known(heard.place.team, shown.pictures())

    async def _open(self, heard: Heard, form: Form) -> Block:
        images = await self._images(heard, form)
        if heard.surface is Surface.FORM:
            return self._form_again(heard, form, images)
        if not heard.trigger:
            return await self._note(heard, write_form())
        message = heard.place.message if heard.surface is Surface.CARD else ""
        channel = heard.place.channel if message else ""
        try:
            await self._window(heard, modal(form, images, channel, message), modal(form, {}, channel, message))
        except (Refused, RetryLater):
            log.warning("slack: form not opened", surface=heard.surface.name)
            return await self._note(heard, too_slow())
        return {}

    def _form_again(self, heard: Heard, form: Form, images: Images) -> Block:
        """Errors at the fields of the open modal where Slack can put them there, else the modal drawn anew."""
        errors = field_errors(form, heard.shape)
        if errors is not None:
            return {"response_action": "errors", "errors": errors}
        view = modal(form, images, heard.place.channel, heard.place.message)
        return {"response_action": "update", "view": view}

    async def _show(self, heard: Heard, card: Card) -> Block:
        images = await self._images(heard, card)
        match heard.surface:
            case Surface.COMMAND:
                return {"response_type": "ephemeral", **say(card, images)}
            case Surface.FORM:
                return {"response_action": "update", "view": window(card, images)}
            case Surface.PASSING_CARD:
                return await self._respond(heard, say(card, images), replace=False)
            case Surface.CHAT | Surface.CARD:
                return await self._post(await self._chat(heard), say(card, images))
            case Surface.HOME:
                return await self._publish(heard, home(card, images))
        return await self._window(heard, window(card, images), window(card, {}))

    async def _replace(self, heard: Heard, card: Card, said: str) -> Block:
        place, images = heard.place, await self._images(heard, card)
        match heard.surface:
            case Surface.CARD:
                await self._update(heard, say(card, images))
                return await self._note(heard, said) if said else {}
            case Surface.PASSING_CARD:
                await self._respond(heard, say(card, images), replace=True)
                return await self._note(heard, said) if said else {}
            case Surface.FORM:
                if place.message:
                    await self._update(heard, say(card, images))
                return {"response_action": "update", "view": note_window(said)} if said else CLOSE
            case Surface.WINDOW | Surface.SHORTCUT | Surface.HOME_BUTTON:
                return await self._window(heard, window(card, images, said), window(card, {}, said))
        return await self._show(heard, card)

    async def _note(self, heard: Heard, text: str) -> Block:
        match heard.surface:
            case Surface.COMMAND:
                return {"response_type": "ephemeral", **note(text)}
            case Surface.FORM:
                return {"response_action": "update", "view": note_window(text)}
            case Surface.PASSING_CARD:
                return await self._respond(heard, note(text), replace=False)
            case Surface.CHAT:
                return await self._post(heard.place.channel, note(text))
            case Surface.HOME:
                return await self._publish(heard, home_note(text))
            case Surface.CARD:
                place = heard.place
                return await self._call("chat.postEphemeral", channel=place.channel, user=place.user, **note(text))
            case Surface.WINDOW:
                return await self._call("views.push", trigger_id=heard.trigger, view=note_window(text))
        return await self._call("views.open", trigger_id=heard.trigger, view=note_window(text))

    async def _coming(self, heard: Heard, said: str) -> Block:
        """The card arrives in the chat; who is elsewhere is told so."""
        if heard.surface is Surface.FORM:
            return CLOSE
        if heard.surface is Surface.WINDOW:
            return await self._window(heard, note_window(said), note_window(said))
        if heard.surface is Surface.PASSING_CARD:
            return await self._respond(heard, note(said), replace=True)
        if heard.surface is Surface.COMMAND or heard.surface in OPENS:
            return await self._note(heard, said)
        return {}

    async def _window(self, heard: Heard, view: Block, wordy: Block) -> Block:
        """Show a modal, in the open one's place where there is one; `wordy` if Slack will not take its pictures."""
        if heard.surface is Surface.WINDOW:
            method, where = "views.update", {"view_id": heard.view}
        else:
            method, where = "views.open", {"trigger_id": heard.trigger}
        try:
            return await self._call(method, **where, view=view)
        except Refused as no:
            if no.code not in {"invalid_blocks", "invalid_arguments"} or view == wordy:
                raise
        return await self._call(method, **where, view=wordy)

    async def _update(self, heard: Heard, message: Block) -> None:
        """Best effort: the outbox replaces the card as well."""
        place = heard.place
        try:
            await self._call("chat.update", channel=place.channel, ts=place.message, **message)
        except (Refused, RetryLater) as error:
            log.warning("slack: card not replaced", why=str(error))

    async def _chat(self, heard: Heard) -> str:
        """The private chat: a card may have been pressed elsewhere, and what it shows is the presser's alone."""
        channel = heard.place.channel
        return channel if channel.startswith("D") else await self._sender.chat(heard.place.user)

    async def _post(self, channel: str, message: Block) -> Block:
        return await self._call("chat.postMessage", channel=channel, **QUIETLY, **message)

    async def _publish(self, heard: Heard, view: Block) -> Block:
        return await self._call("views.publish", user_id=heard.place.user, view=view)

    async def _respond(self, heard: Heard, message: Block, replace: bool) -> Block:
        kind = {"response_type": "ephemeral", "replace_original": replace}
        await self._api.respond(heard.response_url, {**kind, **message})
        return {}

    async def _call(self, method: str, **values: Any) -> Block:
        await self._api.call(method, values)
        return {}
