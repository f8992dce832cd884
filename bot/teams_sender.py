"""TeamsSender: how delivery speaks first in Teams."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from bot.connector import Connector, Refused, Spot
from bot.sender import Busy, Delivered, Recipient, RetryLater, Shut, Undeliverable
from bot.teams_activity import is_local
from bot.teams_files import Offers
from cards.card import Card, Picture
from cards.teams import CARD_TYPE, card, summary
from cards.teams_words import BLOCKED, GONE, NOT_OPENED, NOT_TAKEN
from storage.files import FileStore

PASSING = frozenset({0, 408, 412})
"""Worth another try, as is everything from 500: no answer, somebody else at the same time."""


class TeamsSender:
    """Sends to the conversations that people opened; their references come from checked activities only."""

    def __init__(self, connector: Connector, files: FileStore, offers: Offers) -> None:
        self._connector = connector
        self._files = files
        self._offers = offers

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        """Deliver a card. The questions about files go first: if one fails, nothing has to be taken back."""
        spot = _spot(to)
        if attach:
            for question in await self._offers.of(card, to.team, to.user):
                spot, _ = await self._sent(spot, to, {"type": "message", "attachments": [question]})
        message = card_message(card, await thumbs(self._files, card.pictures()))
        spot, ref = await self._sent(spot, to, message)
        return Delivered(to.team, spot.conversation, ref)

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """Show the card's present state where it lies."""
        spot = Spot(_spot(to).service_url, at.channel)
        message = card_message(card, await thumbs(self._files, card.pictures()))
        try:
            await self._connector.update(spot, at.ref, message)
        except Refused as refused:
            raise _told(refused) from None

    async def _sent(self, spot: Spot, to: Recipient, message: Mapping[str, Any]) -> tuple[Spot, str]:
        try:
            return spot, await self._connector.send(spot, message)
        except Refused as refused:
            if refused.status != 404:
                raise _told(refused) from None
        try:
            spot = await self._reopened(spot, to)
            return spot, await self._connector.send(spot, message)
        except Refused as refused:
            raise _told(refused) from None

    async def _reopened(self, spot: Spot, to: Recipient) -> Spot:
        """The same two people's conversation, which may have a new id."""
        bot, user = to.reference.get("bot"), to.reference.get("user")
        if not isinstance(bot, str) or not isinstance(user, str):
            raise Undeliverable(GONE)
        return Spot(spot.service_url, await self._connector.create(spot.service_url, bot, user, to.team))


def card_message(shown: Card, small: Mapping[str, bytes]) -> dict[str, Any]:
    """A message with a card, and what its notification says."""
    return {
        "type": "message", "summary": summary(shown.summary),
        "attachments": [{"contentType": CARD_TYPE, "content": card(shown, small)}],
    }


async def thumbs(files: FileStore, pictures: Iterable[Picture]) -> dict[str, bytes]:
    """The small copies that a card needs; one that is lost is left out."""
    wanted = [each.thumb for each in pictures]
    return await asyncio.to_thread(_read, files, wanted) if wanted else {}


def _read(files: FileStore, wanted: Iterable[str]) -> dict[str, bytes]:
    found = {}
    for digest in wanted:
        try:
            found[digest] = files.get(digest)
        except FileNotFoundError:
            continue
    return found


def _spot(to: Recipient) -> Spot:
    service_url, conversation = to.reference.get("service_url"), to.reference.get("conversation")
    if not isinstance(service_url, str) or not isinstance(conversation, str) or not conversation:
        raise Undeliverable(NOT_OPENED)
    if not service_url.startswith("https://") and not is_local(service_url):
        raise Undeliverable(NOT_OPENED)
    return Spot(service_url, conversation)


def _told(refused: Refused) -> RetryLater | Undeliverable:
    if refused.status == 429:
        return Busy(f"Teams: {refused}", refused.after)
    if refused.status == 401:
        return Shut(str(refused))
    if refused.status in PASSING or refused.status >= 500:
        return RetryLater(f"Teams: {refused}", refused.after)
    if refused.status == 403:
        return Undeliverable(BLOCKED)
    if refused.status == 404:
        return Undeliverable(GONE)
    return Undeliverable(NOT_TAKEN.format(code=str(refused)))
