"""Slack's Sender: direct messages that the bot sends first, and the pictures in them."""

import asyncio
from collections.abc import Iterable
from functools import partial

import structlog

from bot.sender import Delivered, Recipient, RetryLater, Undeliverable
from bot.slack_api import Refused, SlackApi
from cards.card import Card, Picture
from cards.slack import Block, Images, say
from cards.slack_words import not_here, unreachable
from storage import named, uploads
from storage.database import Database, Unit
from storage.files import FileStore
from storage.tables import Platform

log = structlog.get_logger()
NOT_READY = 2.0
"""Seconds that Slack's look at a new file usually takes; until then a card with it is `invalid_blocks` (seen)."""
AT_ONCE = 50
GONE = ("file_not_found", "file_deleted")
QUIETLY = {"unfurl_links": False, "unfurl_media": False}


class Pictures:
    """Stored pictures, each brought into a workspace once and remembered."""

    def __init__(self, api: SlackApi, files: FileStore, database: Database) -> None:
        self._api, self._files, self._database = api, files, database
        self._lock = asyncio.Lock()

    async def known(self, team: str, pictures: Iterable[Picture]) -> Images:
        """Slack's ids of those of these pictures that it already has."""
        digests = {picture.digest for picture in pictures}
        if not digests:
            return {}
        return await self._database.run(lambda u: uploads.known(u, Platform.SLACK, team, digests))

    async def bring(self, team: str, pictures: Iterable[Picture]) -> Images:
        """Slack's ids of these pictures; what it does not have yet is uploaded."""
        wanted = list(pictures)
        have = dict(await self.known(team, wanted))
        if have.keys() >= {picture.digest for picture in wanted}:
            return have
        async with self._lock:
            have = dict(await self.known(team, wanted))
            for picture in wanted:
                if picture.digest not in have:
                    have[picture.digest] = await self._upload(team, picture)
        return have

    async def take_back(self) -> int:
        """Delete in Slack what no row of ours names any more, such as the picture of a post that was none; how many."""
        left = await self._database.run(lambda u: named.left_behind(u, Platform.SLACK, AT_ONCE))
        for each in left:
            try:
                await self._api.call("files.delete", {"file": each.external_id})
            except Refused as no:
                if no.code not in GONE:
                    log.error("slack: a file that is not needed any more cannot be deleted", why=no.code)
            except RetryLater:
                return 0  # the next round finds it again
            await self._database.run(partial(named.taken_away, upload_id=each.id or 0))
        return len(left)

    async def whole(self, picture: Picture) -> str:
        """Upload the whole file for somebody to save; not shared with anybody yet."""
        data = await asyncio.to_thread(self._files.get, picture.digest)
        return await self._api.upload(_name(picture, data), data, picture.alt)

    async def _upload(self, team: str, picture: Picture) -> str:
        data = await asyncio.to_thread(self._files.get, picture.digest)
        if data[8:12] == b"WEBP":  # an image block takes PNG, JPEG and GIF only
            data = await asyncio.to_thread(self._files.get, picture.thumb)
        file = await self._api.upload(_name(picture, data), data, picture.alt)
        await self._api.call("files.completeUploadExternal", {"files": [{"id": file}]})
        await self._database.run(partial(_keep, team, picture.digest, file))
        return file


def _keep(team: str, digest: str, file: str, u: Unit) -> None:
    uploads.keep(u, Platform.SLACK, team, digest, file)


def _name(picture: Picture, data: bytes) -> str:
    """A file name whose ending is true, so that it opens once it is saved."""
    ending = {b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}.get(data[:4], "jpg")
    stem = (picture.name or "picture").rpartition(".")[0] or picture.name or "picture"
    return f"{stem[:80]}.{ending}"


class SlackSender:
    """Delivers cards into the private chat with the bot."""

    def __init__(self, api: SlackApi, pictures: Pictures) -> None:
        self._api, self._pictures = api, pictures
        self._chats: dict[str, str] = {}
        self._waited: set[str] = set()

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        """Deliver a new message; with `attach`, also the card's pictures as whole files to save."""
        try:
            team = to.team or await self._api.team()
            user = to.user or await self._find(to.email)
            known = user in self._chats
            channel = await self.chat(user)
            try:
                return await self._new(team, channel, card, attach)
            except Refused as no:
                if not known or no.code != "channel_not_found":
                    raise
            del self._chats[user]  # the chat that was remembered is no more: they may have another
            return await self._new(team, await self.chat(user), card, attach)
        except Refused as no:
            raise Undeliverable(unreachable(no.code)) from None

    async def _new(self, team: str, channel: str, card: Card, attach: bool) -> Delivered:
        if attach:
            await self._attach(channel, card)
        ref = await self._put("chat.postMessage", team, card, {"channel": channel, **QUIETLY})
        return Delivered(team, channel, ref)

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """Show `card` in the place of a delivered message."""
        try:
            await self._put("chat.update", at.team, card, {"channel": at.channel, "ts": at.ref})
        except Refused as no:
            raise Undeliverable(unreachable(no.code)) from None

    async def take_back(self) -> int:
        """Delete in Slack the pictures that are not needed any more."""
        return await self._pictures.take_back()

    async def chat(self, user: str) -> str:
        """The channel of the private chat with this user; opened once."""
        if user not in self._chats:
            opened = await self._api.call("conversations.open", {"users": user})
            self._chats[user] = str(opened["channel"]["id"])
        return self._chats[user]

    async def _find(self, email: str) -> str:
        if not email:
            raise Undeliverable(not_here())
        try:
            return str((await self._api.ask("users.lookupByEmail", email=email))["user"]["id"])
        except Refused as no:
            if no.code == "users_not_found":
                raise Undeliverable(not_here()) from None
            raise

    async def _put(self, method: str, team: str, card: Card, where: Block) -> str:
        """Post or update. A picture that Slack is still looking at is waited for once, then said in words."""
        images = await self._images(team, card)
        try:
            posted = await self._api.call(method, {**where, **say(card, images)})
        except Refused as no:
            if no.code != "invalid_blocks" or not images:
                raise
            waiting = "|".join((where["channel"], *sorted(images)))
            if waiting not in self._waited:
                self._waited.add(waiting)
                raise RetryLater("a picture is not ready", NOT_READY) from None
            self._waited.discard(waiting)
            posted = await self._api.call(method, {**where, **say(card, {})})
        return str(posted["ts"])

    async def _images(self, team: str, card: Card) -> Images:
        pictures = list(card.pictures())
        if not pictures:
            return {}
        try:
            return await self._pictures.bring(team, pictures)
        except (FileNotFoundError, Refused):
            return await self._pictures.known(team, pictures)  # the others are said in words

    async def _attach(self, channel: str, card: Card) -> None:
        """The files come before the card, so that a second try repeats them rather than the card."""
        try:
            files = [await self._pictures.whole(picture) for picture in card.pictures()]
        except FileNotFoundError:
            return
        except Refused as no:
            log.error("slack: a file to publish cannot be uploaded, the card goes without", why=no.code)
            return
        if files:
            shared = [{"id": file} for file in files]
            await self._api.call("files.completeUploadExternal", {"files": shared, "channel_id": channel})
