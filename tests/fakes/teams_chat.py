"""Teams as a person has it: signed activities over HTTP to the real door, and the chat that the fake keeps."""

import json
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import aiohttp

from bot.teams_activity import place_of, read
from handlers.event import Place
from tests.chat import Screen, Seen, SeenForm
from tests.fakes.teams import APP, CARD, TENANT, Chat, FakeMicrosoft, judge

BOT = f"28:{APP}"
BLANK = "no"


@dataclass
class Client:
    """One person's Teams: their ids, the notes that were shown in passing, and the card whose form is open."""

    name: str
    email: str
    chat: Chat
    notes: list[str] = field(default_factory=list)
    dialog: dict[str, Any] | None = None
    """The open window's card."""
    in_channel: bool = False
    """Whether the open window belongs to a message of a channel."""

    @property
    def user(self) -> str:
        """The channel's id of the person."""
        return f"29:{self.name}"

    @property
    def object_id(self) -> str:
        """Entra's."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name))


class TeamsChat:
    """`bot` is the door's address; `drain` lets delivery send all that is due. People come in by `join`."""

    def __init__(
        self, microsoft: FakeMicrosoft, session: aiohttp.ClientSession, bot: str, drain: Callable[[], Awaitable[None]],
        emails: Mapping[str, str] | None = None,
    ) -> None:
        self.microsoft, self._session, self._bot, self._drain = microsoft, session, bot, drain
        self._emails = emails or {}
        self._people: dict[str, Client] = {}
        self.statuses: list[int] = []

    def person(self, name: str) -> Client:
        """Their Teams, with the bot's chat in it."""
        if name not in self._people:
            email = self._emails.get(name, f"{name}@oakfield.example")
            chat = self.microsoft.chats.setdefault(f"a:{name}", Chat(f"a:{name}"))
            self._people[name] = client = Client(name, email, chat)
            self.microsoft.members[client.user] = {
                "id": client.user, "aadObjectId": client.object_id, "email": email, "userPrincipalName": email,
                "tenantId": TENANT, "userRole": "user",
            }
        return self._people[name]

    async def join(self, name: str) -> None:
        """Add the app: Teams says so in two activities."""
        client = self.person(name)
        await self._post(client, {"type": "installationUpdate", "action": "add"})
        added = [{"id": BOT}, {"id": client.user, "aadObjectId": client.object_id}]
        await self._post(client, {"type": "conversationUpdate", "membersAdded": added})
        await self._drain()

    def place(self, name: str) -> Place:
        """Where the bot is to write to them, as it reads it from what Teams posts."""
        told = self.activity(self.person(name), {"type": "installationUpdate", "action": "add"})
        return place_of(read(json.dumps(told).encode()))

    async def say(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write, with files as Teams pastes them into a message."""
        client = self.person(who)
        attachments: list[dict[str, Any]] = [{"contentType": "text/html", "content": f"<div>{text}</div>"}]
        for name, data in files:
            kept = self.microsoft.put_file(data)
            address = f"{self.microsoft.service_url}v3/attachments/{kept}/views/original"
            attachments.append({"contentType": "image/*", "contentUrl": address, "name": name})
        self.microsoft._numbers += 1
        message = f"1700000000{self.microsoft._numbers:03}"
        client.chat.messages[message] = {"type": "message", "text": text, "from": "person"}
        await self._post(client, {
            "type": "message", "id": message, "text": text, "textFormat": "plain", "attachments": attachments,
        })
        await self._drain()

    async def press(self, who: str, label: str, message: int = -1) -> None:
        """Press a button; one that asks once more is pressed twice."""
        client = self.person(who)
        name, action = self._button(client, label, message)
        if action["type"] == "Action.Submit":
            await self._dialog(client, name, "task/fetch", action["data"])
        else:
            await self._pressed(client, name, action["data"])
        await self._drain()

    async def fill(self, who: str, **fields: str | list[str] | bool) -> None:
        """Fill in the open form, and send it."""
        client = self.person(who)
        found = ("", client.dialog) if client.dialog else _open_form(client.chat)
        assert found is not None, "no form is open"
        name, content = found
        data = {each["id"]: each.get("value", "") for each in inputs(content)}
        for field_id, value in fields.items():
            data |= _typed(field_id, value, data)
        submit = next(each for each in executes(content) if each["data"].get("ids") is not None)
        sent = {**{key: value for key, value in data.items() if value}, **submit["data"]}
        if client.dialog:
            await self._dialog(client, name, "task/submit", sent)
        else:
            await self._pressed(client, name, sent)
        await self._drain()

    async def leave(self, who: str, label: str) -> None:
        """Press the form's other button; a window has a cross instead."""
        client = self.person(who)
        if client.dialog:
            client.dialog = None
            return
        await self.press(who, label)

    async def press_as(self, who: str, other: str, label: str) -> None:
        """Press a button of a card that was forwarded."""
        name, action = self._button(self.person(other), label, -1)
        await self._pressed(self.person(who), name, action["data"], shown=False)
        await self._drain()

    async def press_made_up(self, who: str, packed: str) -> None:
        """Press a button that no card has."""
        client = self.person(who)
        await self._pressed(client, next(reversed(client.chat.messages), "1700000000000"), {"do": packed}, shown=False)
        await self._drain()

    async def screen(self, who: str) -> Screen:
        """What they see now."""
        client = self.person(who)
        found = ("", client.dialog) if client.dialog else _open_form(client.chat)
        messages = [seen(each) for each in client.chat.messages.values() if each.get("from") != "person"]
        return Screen(messages, _seen_form(found[1]) if found else None, list(client.notes))

    def activity(self, client: Client, more: Mapping[str, Any]) -> dict[str, Any]:
        """What Teams posts on a person's behalf."""
        return {
            "id": f"f:{uuid.uuid4()}", "timestamp": "2026-11-05T09:00:00Z", "channelId": "msteams",
            "serviceUrl": self.microsoft.service_url, "recipient": {"id": BOT, "name": "Can I Post"},
            "from": {"id": client.user, "name": client.name, "aadObjectId": client.object_id},
            "conversation": {"id": client.chat.id, "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}}, "locale": "en-GB", **more,
        }

    def _button(self, client: Client, label: str, message: int) -> tuple[str, dict[str, Any]]:
        shown = [(name, each) for name, each in client.chat.messages.items() if each.get("from") != "person"]
        for name, activity in reversed(shown) if message == -1 else [shown[message]]:
            for content in cards(activity):
                for action in executes(content):
                    if label in (action["title"], action.get("asked by")):
                        return name, action
        raise AssertionError(f"{client.name} sees no button {label!r}")

    async def _pressed(self, client: Client, name: str, data: Mapping[str, Any], shown: bool = True) -> None:
        value = {
            "action": {"type": "Action.Execute", "verb": "canipost", "title": "", "data": dict(data)},
            "trigger": "manual",
        }
        answer = await self._post(
            client, {"type": "invoke", "name": "adaptiveCard/action", "replyToId": name, "value": value}
        )
        if answer["type"] == CARD:
            judge(answer["value"])
            if shown:
                attachments = [{"contentType": CARD, "content": answer["value"]}]
                client.chat.messages[name] = {**client.chat.messages[name], "attachments": attachments}
            else:
                client.notes.append("\n".join(texts(answer["value"])))
        elif isinstance(answer["value"], str):
            client.notes.append(answer["value"])
        else:
            client.notes.append(answer["value"]["message"])

    async def report_message(self, who: str, content: str) -> None:
        """“Report this” on a colleague's message in a channel, where the bot is not."""
        client = self.person(who)
        client.in_channel = True
        body = {"body": {"contentType": "html", "content": content}}
        await self.on_message(client, "fetchTask", {"messagePayload": body, "commandContext": "message"})
        client.in_channel = client.dialog is not None

    async def on_message(self, client: Client, what: str, value: Mapping[str, Any]) -> None:
        """What Teams posts from there: the window of a message's command, and what was filled in."""
        place = {"id": "19:staff@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
        self._shown(client, await self._post(client, {
            "type": "invoke", "name": f"composeExtension/{what}", "conversation": place,
            "value": {"commandId": "report_message", **value},
        }))

    async def _dialog(self, client: Client, name: str, what: str, data: Mapping[str, Any]) -> None:
        """Open a window, or send what was filled in there; nothing of it is ever in the chat."""
        if client.in_channel:
            await self.on_message(client, "submitAction", {"data": data})
            client.in_channel = client.dialog is not None
            return
        told = {"type": "invoke", "name": what, "replyToId": name, "value": {"data": data}}
        self._shown(client, await self._post(client, told))

    def _shown(self, client: Client, answer: Any) -> None:
        task = answer["task"]
        if task["type"] == "continue":
            client.dialog = task["value"]["card"]["content"]
            judge(client.dialog)
            return
        client.dialog = None
        client.notes.append(task["value"])

    async def _post(self, client: Client, more: Mapping[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.microsoft.signed()}"}
        async with self._session.post(self._bot, json=self.activity(client, more), headers=headers) as response:
            self.statuses.append(response.status)
            assert response.status < 500, await response.text()
            text = await response.text()
            return json.loads(text) if text else None


def cards(activity: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cards of a message."""
    return [each["content"] for each in activity.get("attachments", ()) if each["contentType"] == CARD]


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a card, in the order in which it is read; the fallback of a button is none."""
    if isinstance(node, list):
        for each in node:
            yield from parts(each)
    elif isinstance(node, dict):
        yield node
        for name, value in node.items():
            if name not in ("fallback", "data"):
                yield from parts(value)


def texts(card: Any) -> list[str]:
    """A card's words, a paragraph each; what an Action.ShowCard hides is left out."""
    found = []
    hidden = {id(each) for action in parts(card) if action.get("type") == "Action.ShowCard"
              for each in parts(action["card"])}
    for part in parts(card):
        kind = part.get("type")
        if id(part) in hidden:
            continue
        if kind == "RichTextBlock":
            found.append("".join(run["text"] for run in part["inlines"]))
        elif kind in ("Input.Toggle", "Input.Choice"):
            found.append(part["title"])
        elif str(kind).startswith("Input.") and part.get("label"):
            found.append(part["label"])
    return found


def executes(card: Any) -> Iterator[dict[str, Any]]:
    """The presses of a card; behind a question, under the label that asks it too."""
    for part in parts(card):
        if part.get("type") in ("Action.Execute", "Action.Submit"):
            yield part
        elif part.get("type") == "Action.ShowCard":
            for each in parts(part["card"]):
                if each.get("type") == "Action.Execute":
                    yield {**each, "asked by": part["title"]}


def inputs(card: Any) -> list[dict[str, Any]]:
    """The inputs of a card."""
    return [part for part in parts(card) if str(part.get("type")).startswith("Input.") and "id" in part]


def seen(activity: Mapping[str, Any]) -> Seen:
    """A message as its reader sees it."""
    told, buttons, pictures = [str(activity.get("text", ""))], [], 0
    for each in activity.get("attachments", ()):
        if each["contentType"] != CARD:
            told.append(str(each.get("name", "")))
            continue
        told += texts(each["content"])
        behind = [id(inner) for part in parts(each["content"]) if part.get("type") == "Action.ShowCard"
                  for inner in parts(part["card"])]
        for part in parts(each["content"]):
            if str(part.get("type")).startswith("Action.") and id(part) not in behind:
                buttons.append(part["title"])
            pictures += part.get("type") == "Image"
    return Seen("\n".join(each for each in told if each), tuple(buttons), pictures)


def _open_form(chat: Chat) -> tuple[str, dict[str, Any]] | None:
    for name, activity in reversed(chat.messages.items()):
        for content in cards(activity):
            if any(each["data"].get("ids") is not None for each in executes(content)):
                return name, content
    return None


def _seen_form(card: Any) -> SeenForm:
    values: dict[str, str | list[str]] = {}
    for each in inputs(card):
        kind, _, name = each["id"].partition(":")
        value = each.get("value", "")
        if kind == "c":
            values[name] = [unquote(one) for one in value.split(",") if one]
        elif kind == "y":
            values[name] = "" if value == BLANK else value
        elif kind == "h":
            values[name] = f"{values[name]}T{value}" if value else values[name]
        else:
            values[name] = value
    errors = {
        part["id"].removeprefix("error."): "".join(run["text"] for run in part["inlines"])
        for part in parts(card) if str(part.get("id", "")).startswith("error.")
    }
    return SeenForm(texts(card)[0], values, errors, "\n".join(texts(card)))


def _typed(field_id: str, value: str | list[str] | bool, data: Mapping[str, Any]) -> dict[str, str]:
    """What Teams would send for a field that somebody filled in."""
    if f"c:{field_id}" in data:
        chosen = value if isinstance(value, list) else [str(value)]
        return {f"c:{field_id}": ",".join(quote(each, safe=" ") for each in chosen)}
    if f"y:{field_id}" in data:
        return {f"y:{field_id}": "yes" if value and value != BLANK else BLANK}
    if f"d:{field_id}" in data:
        day, _, hour = str(value).partition("T")
        return {f"d:{field_id}": day, f"h:{field_id}": hour}
    assert f"t:{field_id}" in data, f"the form has no field {field_id}: {sorted(data)}"
    return {f"t:{field_id}": str(value)}
