"""Files in Teams: the pictures that people attach, and whole pictures given to people for publishing.

Teams lets a bot put a file into somebody's OneDrive only after they accepted it. What they accept carries a
signature of ours, so that nobody can ask for a picture that was not offered to them.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog

from bot.connector import Connector, Forbidden, Refused, TooLarge
from bot.intake import Take, Taken, too_large
from bot.teams_activity import Attachment, Wire
from cards.card import Card
from cards.card import Picture as CardPicture
from cards.teams_words import FILE_ELSEWHERE, FILE_LOST, SAVE_FILE, TOO_MANY_FILES
from handlers.rules.pictures import MOST_BYTES
from storage.files import FileStore

log = structlog.get_logger()
MOST_FILES = 4
DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
NOT_IN_NAMES = re.compile(r'[\x00-\x1f"*:<>?/\\|#%]')
KINDS = {b"\xff\xd8\xff": ".jpg", b"\x89PN": ".png", b"GIF": ".gif", b"RIF": ".webp"}


class NotOffered(Exception):
    """A consent that this bot did not ask this person for."""


def attached(wire: Wire) -> list[Attachment]:
    """The files of a message; the copy of its words in HTML, which Teams adds, is none."""
    return [each for each in wire.attachments or () if _address(each)]


async def receive(wire: Wire, connector: Connector, take: Take) -> list[Taken]:
    """What became of each file of a message; and a sentence where there were too many."""
    given = attached(wire)
    taken = list[Taken]()
    for each in given[:MOST_FILES]:
        name = (each.name or "picture").replace("\x00", "")[:100]
        try:
            data = await connector.download(_address(each), wire.service_url, MOST_BYTES)
            taken.append(await take(name, data))
        except TooLarge:
            taken.append(too_large(name))
        except Forbidden:
            taken.append(FILE_ELSEWHERE.format(name=name))
        except (Refused, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("a Teams file could not be fetched", reason=type(error).__name__)
            taken.append(FILE_LOST.format(name=name))
    if len(given) > MOST_FILES:
        taken.append(TOO_MANY_FILES)
    return taken


def _address(each: Attachment) -> str:
    """Where the file lies: OneDrive for what was attached, the service itself for what was pasted."""
    if each.content_type == DOWNLOAD and isinstance(each.content, Mapping):
        url = each.content.get("downloadUrl")
        return url if isinstance(url, str) else ""
    if (each.content_type or "").startswith("image/"):
        return each.content_url or ""
    return ""


class Offers:
    """Asks people whether they want a file, and knows its own questions again."""

    def __init__(self, files: FileStore, secret: str) -> None:
        self._files = files
        self._secret = (secret or secrets.token_hex()).encode()

    async def of(self, card: Card, tenant: str, user: str) -> Sequence[dict[str, Any]]:
        """A question for each picture of a card, as attachments."""
        pictures = {each.digest: each for each in card.pictures()}
        asked = []
        for number, picture in enumerate(pictures.values(), 1):
            try:
                data = await asyncio.to_thread(self._files.get, picture.digest)
            except FileNotFoundError:
                log.error("a picture to give away is not in the file store", digest=picture.digest)
                continue
            asked.append(self._question(picture, file_name(picture, data, number), len(data), tenant, user))
        return asked

    def _question(self, picture: CardPicture, name: str, size: int, tenant: str, user: str) -> dict[str, Any]:
        context = {"digest": picture.digest, "name": name, "seal": self._seal(tenant, user, picture.digest, name)}
        return {
            "contentType": CONSENT, "name": name,
            "content": {
                "description": SAVE_FILE, "sizeInBytes": size, "acceptContext": context, "declineContext": context,
            },
        }

    def offered(self, context: object, tenant: str, user: str) -> tuple[str, str]:
        """The digest and name of a file that was offered to this user; NotOffered for anything else."""
        if not isinstance(context, Mapping):
            raise NotOffered
        digest, name, seal = (context.get(part) for part in ("digest", "name", "seal"))
        if not isinstance(digest, str) or not isinstance(name, str) or not isinstance(seal, str):
            raise NotOffered
        right = self._seal(tenant, user, digest, name)
        if not hmac.compare_digest(right.encode(), seal.encode("utf-8", "replace")):
            raise NotOffered
        return digest, name

    async def give(self, digest: str, url: str, service_url: str, connector: Connector) -> None:
        """Put the whole file where its new owner allowed. Raises what the connector raises, or FileNotFoundError."""
        data = await asyncio.to_thread(self._files.get, digest)
        await connector.upload(url, service_url, data)

    def _seal(self, *parts: str) -> str:
        told = "\n".join(("file consent", *parts)).encode("utf-8", "replace")
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()


def info(upload: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The card of a file that is now in somebody's OneDrive."""
    return {
        "contentType": INFO, "contentUrl": str(upload.get("contentUrl") or ""), "name": name,
        "content": {"uniqueId": str(upload.get("uniqueId") or ""), "fileType": str(upload.get("fileType") or "")},
    }


def file_name(picture: CardPicture, data: bytes, number: int) -> str:
    """A name that OneDrive takes, with the ending of what the file is."""
    name = NOT_IN_NAMES.sub("-", picture.name).strip(" .")[:100] or f"picture-{number}"
    ending = next((kind for start, kind in KINDS.items() if data.startswith(start)), "")
    return name if re.search(r"\.[A-Za-z]{3,4}$", name) else name + ending
