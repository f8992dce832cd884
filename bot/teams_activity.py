"""What Microsoft posts, read and judged, and as an Event. Nothing here trusts a shape."""

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.settings import is_loopback
from cards.action import Action, BadAction, Verb
from cards.teams import VERB
from cards.teams_form import BadFields, submitted
from handlers.event import Event, Picture, Place
from storage.tables import Platform

Id = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")]
Maybe = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
Tenant = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")]
Word = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=60_000)]
CHANNEL = "msteams"
EMULATOR = "emulator"
TAGS = re.compile(r"<[^<>]{0,2000}>")
COMMANDS = {
    "post": Verb.COMPOSE, "menu": Verb.MENU, "accounts": Verb.REGISTER, "mine": Verb.MINE, "waiting": Verb.WAITING,
    "help": Verb.HELP, "report": Verb.SAY, "ask": Verb.SAY,
}
"""What the commands of the manifest mean; what opens a window or a form by its button is said."""


ON_MESSAGES = {"report_message": Verb.REPORT}
"""What can be done with somebody's message, wherever it stands."""


class Malformed(ValueError):
    """An activity that Teams would not send."""


class Part(BaseModel):
    """A piece of an activity: what the bot does not need is not read."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class User(Part):
    """Somebody in a conversation: the channel's id, and Entra's where it is told."""

    id: Id
    object_id: Maybe | None = Field(default=None, alias="aadObjectId")


class Conversation(Part):
    """Where something was said."""

    id: Id
    kind: Word | None = Field(default=None, alias="conversationType")
    tenant: Tenant | None = Field(default=None, alias="tenantId")


class TenantInfo(Part):
    """An organisation in Microsoft 365."""

    id: Tenant | None = None


class ChannelData(Part):
    """What Teams adds."""

    tenant: TenantInfo | None = None


class Attachment(Part):
    """A file, a picture, or a copy of the words in HTML."""

    content_type: Word | None = Field(default=None, alias="contentType")
    content_url: Long | None = Field(default=None, alias="contentUrl")
    content: Any = None
    name: Long | None = None


class Wire(Part):
    """An activity as it came over the wire."""

    type: Word
    id: Maybe | None = None
    name: Word | None = None
    action: Word | None = None
    text: Long | None = None
    text_format: Word | None = Field(default=None, alias="textFormat")
    delivery_mode: Word | None = Field(default=None, alias="deliveryMode")
    reply_to: Maybe | None = Field(default=None, alias="replyToId")
    channel: Word = Field(alias="channelId")
    service_url: Annotated[str, StringConstraints(min_length=8, max_length=500)] = Field(alias="serviceUrl")
    sender: User = Field(alias="from")
    bot: User = Field(alias="recipient")
    conversation: Conversation
    channel_data: ChannelData | None = Field(default=None, alias="channelData")
    value: Any = None
    attachments: list[Attachment] | None = Field(default=None, max_length=50)
    entities: list[Any] | None = Field(default=None, max_length=100)
    members_added: list[User] | None = Field(default=None, alias="membersAdded", max_length=200)

    @property
    def tenant(self) -> str:
        """The tenant both places agree on; Malformed where they do not, or where there is none."""
        data = self.channel_data
        known = {self.conversation.tenant, data.tenant.id if data and data.tenant else None} - {None, ""}
        if self.channel == EMULATOR and not known:
            return EMULATOR
        if len(known) != 1:
            raise Malformed("no one tenant")
        return str(known.pop())

    @property
    def has_press(self) -> bool:
        """Whether a message is in truth a button of an older Teams; other apps' values mean nothing here."""
        return not self.text or (isinstance(self.value, Mapping) and "do" in self.value)

    @property
    def private(self) -> bool:
        """Whether nobody but the sender and the bot reads this conversation."""
        return self.conversation.kind == "personal" or (self.conversation.kind is None and self.channel == EMULATOR)


def read(raw: bytes) -> Wire:
    """The activity in a body; Malformed for anything else."""
    try:
        wire = Wire.model_validate_json(raw)
    except ValidationError as error:
        raise Malformed(", ".join(".".join(map(str, each["loc"])) for each in error.errors()[:3])) from None
    if not wire.service_url.startswith(("https://", "http://")):
        raise Malformed("serviceUrl")
    if wire.type in {"message", "invoke"} and not wire.id:
        raise Malformed("id")
    return wire


def is_local(url: str) -> bool:
    """Whether an address is of this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def place_of(wire: Wire, user: User | None = None) -> Place:
    """Where and by whom something was said; in the private chat, with all that is needed to write there later."""
    user = user or wire.sender
    return Place(
        platform=Platform.TEAMS, team=wire.tenant, user=user.object_id or user.id,
        channel=wire.conversation.id, message=wire.reply_to or "",
        reference={
            "service_url": wire.service_url, "conversation": wire.conversation.id, "user": user.id,
            "bot": wire.bot.id, "tenant": wire.tenant,
        } if wire.private else {},
    )


def key_of(wire: Wire, *more: str) -> str:
    """One activity, and what was pressed in it, whatever the length of Microsoft's ids."""
    told = "\n".join((wire.conversation.id, wire.id or "", *more))
    return f"teams:{wire.tenant}:{hashlib.sha256(told.encode()).hexdigest()}"


def said(wire: Wire, at: datetime, files: tuple[Picture, ...] = (), problems: tuple[str, ...] = ()) -> Event:
    """A message: a command, or words whose meaning the bot finds out."""
    text = words_of(wire)
    word, _, rest = text.partition(" ") if " " in text else text.partition("\n")
    verb, told = Verb.SAY, text
    if text.lower() in COMMANDS and not (files and text.lower() == "post"):
        verb = COMMANDS[text.lower()]
        told = text if verb == Verb.SAY else ""
    elif word.lower() == "post":
        verb, told = Verb.ASK, rest.strip()
    return Event(
        key=key_of(wire), at=at, verb=verb, place=place_of(wire), text=told, files=files, problems=problems
    )


def pressed(wire: Wire, at: datetime, data: object) -> Event:
    """A button, or a filled form; Malformed for a payload that no card of ours carries."""
    if not isinstance(data, Mapping):
        raise Malformed("data")
    try:
        action, fields = Action.unpack(data.get("do")), submitted(data)
    except (BadAction, BadFields):
        raise Malformed("data") from None
    return Event(
        key=key_of(wire, str(data["do"])), at=at, verb=action.verb, place=place_of(wire), subject=action.subject,
        version=action.version, arg=action.arg, fields=fields,
    )


def about_message(wire: Wire, at: datetime) -> Event:
    """“Report this” on somebody's message: its words, and nothing else of it; Malformed for another command."""
    value = wire.value if isinstance(wire.value, Mapping) else {}
    match value:
        case {"commandId": str(command), "messagePayload": {"body": {"content": str(said_)}}} if command in ON_MESSAGES:
            text = " ".join(html.unescape(TAGS.sub(" ", said_)).replace("\x00", "").split())
            return Event(key=key_of(wire, command), at=at, verb=ON_MESSAGES[command], place=place_of(wire), text=text)
    raise Malformed("value")


def card_data(value: object) -> object:
    """What the pressed button carried, out of an `adaptiveCard/action`'s value; Malformed for another's."""
    action = value.get("action") if isinstance(value, Mapping) else None
    if not isinstance(action, Mapping) or action.get("type") != "Action.Execute" or action.get("verb") != VERB:
        raise Malformed("value")
    return action.get("data")


def hello(wire: Wire, at: datetime) -> Event | None:
    """Somebody opened the bot. Teams says so twice, in two kinds of activity: one hello a day is enough."""
    people = [wire.sender, *(wire.members_added or ())]
    person = next((each for each in people if each.id != wire.bot.id and not each.id.startswith("28:")), None)
    if person is None:
        return None
    key = f"teams:{wire.tenant}:{hashlib.sha256(f'hello {wire.conversation.id} {at:%Y-%m-%d}'.encode()).hexdigest()}"
    return Event(key=key, at=at, verb=Verb.HELLO, place=place_of(wire, person))


def words_of(wire: Wire) -> str:
    """A message's text without markup and without the mention of the bot."""
    text = wire.text or ""
    for entity in wire.entities or ():
        match entity:
            case {"type": "mention", "text": str(name), "mentioned": {"id": who}} if name and who == wire.bot.id:
                text = text.replace(name, " ", 1)
    if wire.text_format in ("xml", "html"):
        text = html.unescape(TAGS.sub("", text))
    return text.replace("&nbsp;", " ").replace("\xa0", " ").replace("\x00", "").replace("\r\n", "\n").strip()
