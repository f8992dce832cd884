"""The chat as people have it in Slack: signed requests to the bot, and what the fake Slack then shows."""

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp

from tests.chat import Screen, Seen, SeenForm
from tests.fakes.slack import FakeSlack, Message

Values = dict[str, Any]
ERROR = "error:"
LONDON = ZoneInfo("Europe/London")
REQUIRED = "Please complete this required field"


def signed(secret: str, body: bytes, at: int | None = None) -> dict[str, str]:
    """The headers with which Slack signs a request."""
    stamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class SlackChat:
    """Plays people on Slack. `url` is where the bot listens; `drain` delivers what the outbox owes."""

    def __init__(
        self, slack: FakeSlack, session: aiohttp.ClientSession, url: str, drain: Callable[[], Awaitable[object]],
        zone: ZoneInfo = LONDON,
    ) -> None:
        self.slack, self.url, self.drain, self.zone = slack, f"{url.rstrip('/')}/slack/events", drain, zone
        self._session = session
        self.errors: dict[str, dict[str, str]] = {}
        self.typed: dict[str, dict[str, Any]] = {}
        self._number = int(time.time() * 1000)

    # The Chat protocol

    async def say(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        user = self.slack.user(who)
        event: Values = {
            "type": "message", "channel_type": "im", "channel": self.slack.chat(user), "user": user,
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "ts": self._ts(),
        }
        if files:
            event |= {"subtype": "file_share", "files": [self.slack.give(name, data) for name, data in files]}
        await self.event(event)

    async def press(self, who: str, label: str, message: int = -1) -> None:
        user = self.slack.user(who)
        for container, blocks in self._pressable(user, message):
            if button := find_button(blocks, label):
                await self._press(user, container, button)
                return
        raise AssertionError(f"{who} sees no button “{label}”: {(await self.screen(who)).words}")

    async def fill(self, who: str, **fields: Any) -> None:
        user = self.slack.user(who)
        assert self.slack.windows[user], f"{who} has no form open"
        view = self.slack.windows[user][-1]
        typed = self.typed.setdefault(view["id"], {})
        typed.update(fields)
        values = {b["block_id"]: self._state(b, typed) for b in view["blocks"] if b["type"] == "input"}
        missing = {b["block_id"]: REQUIRED for b in view["blocks"] if b["type"] == "input" and self._lacks(b, values)}
        self.errors[view["id"]] = missing
        if not missing:
            await self._submit(user, view, values)

    async def leave(self, who: str, label: str) -> None:
        windows = self.slack.windows[self.slack.user(who)]
        assert windows.pop()["close"]["text"] == label

    async def press_as(self, who: str, other: str, label: str) -> None:
        user = self.slack.user(who)
        theirs = self.slack.chat(self.slack.user(other))
        for message in reversed([m for m in self.slack.messages if m.channel == theirs]):
            if button := find_button(message.blocks, label):
                copy = self.slack.keep(self.slack.chat(user), message.text, message.blocks)
                await self._press(user, self._container(copy), button)
                return
        raise AssertionError(f"{other} sees no button “{label}”")

    async def press_made_up(self, who: str, packed: str) -> None:
        user = self.slack.user(who)
        chat = self.slack.chat(user)
        mine = [m for m in self.slack.messages if m.channel == chat]
        message = mine[-1] if mine else self.slack.keep(chat, "A card", [])
        await self._press(user, self._container(message), {"type": "button", "action_id": "press0", "value": packed})

    async def screen(self, who: str) -> Screen:
        user = self.slack.user(who)
        screen = Screen()
        for message in self._messages(user):
            if message.only_for and not has_buttons(message.blocks):
                screen.notes.append(words(message.blocks) or message.text)
            else:
                screen.messages.append(seen(message.blocks, message.text))
        for view in self.slack.windows[user]:
            if view.get("callback_id") == "form":
                screen.form = self._form(view)
            elif has_buttons(view["blocks"]) or len(view["blocks"]) > 1:
                screen.messages.append(seen(view["blocks"]))
            else:
                screen.notes.append(words(view["blocks"]))
        return screen

    # What only Slack has

    async def home(self, who: str) -> Seen:
        """Open the App Home tab."""
        user = self.slack.user(who)
        await self.event({"type": "app_home_opened", "tab": "home", "user": user, "channel": self.slack.chat(user)})
        return seen(self.slack.homes[user]["blocks"])

    async def press_home(self, who: str, label: str) -> None:
        """Press a button in the App Home tab."""
        user = self.slack.user(who)
        view = self.slack.homes[user]
        button = find_button(view["blocks"], label)
        assert button, f"{who} has no “{label}” at home"
        await self._press(user, {"container": {"type": "view", "view_id": view["id"]}, "view": view}, button)

    async def command(self, who: str, text: str, command: str = "/canipost") -> None:
        """`/canipost text`, or another command, in the private chat."""
        user = self.slack.user(who)
        chat = self.slack.chat(user)
        message = self.slack.keep(chat, "", [], only_for=user)
        self.slack.messages.remove(message)
        answer = await self.form_post({
            "command": command, "text": text, "team_id": self.slack.team, "user_id": user, "channel_id": chat,
            "trigger_id": self.slack.trigger(user), "response_url": self.slack.respond_url(message),
        })
        if answer:
            assert answer["response_type"] == "ephemeral"
            message.text, message.blocks = self.slack._content(answer)
            self.slack.messages.append(message)
        await self.drain()

    async def compose(self, who: str, shortcut: str = "compose") -> None:
        """A global shortcut."""
        await self._shortcut(who, {"type": "shortcut", "callback_id": shortcut})

    async def ask_about(
        self, who: str, text: str, files: Sequence[tuple[str, bytes]] = (), shortcut: str = "ask"
    ) -> None:
        """The message shortcut “Can I post this?”, or another one, on somebody's message in a channel."""
        message = {"text": text, "files": [self.slack.give(name, data) for name, data in files]}
        where = {"channel": {"id": "C0CHANNEL1"}, "message": message}
        await self._shortcut(who, {"type": "message_action", "callback_id": shortcut, **where})

    def close(self, who: str) -> None:
        """Close every window."""
        self.slack.windows[self.slack.user(who)] = []

    # How Slack speaks to the bot

    async def event(self, event: Values, key: str = "") -> None:
        """An Events API request; it must be taken."""
        status, _ = await self.post(json.dumps(self.envelope(event, key)).encode(), "application/json")
        assert status == 200, status
        await self.drain()

    def envelope(self, event: Values, key: str = "") -> Values:
        """The Events API's frame round an event."""
        self._number += 1
        authorizations = [{"team_id": self.slack.team, "user_id": self.slack.bot, "is_bot": True}]
        return {
            "type": "event_callback", "team_id": self.slack.team, "event_id": key or f"Ev{self._number}",
            "event_time": int(time.time()), "event": event, "authorizations": authorizations,
        }

    async def interact(self, payload: Values) -> Values:
        """An interactive request; it must be taken, and what it answers is returned."""
        return await self.form_post({"payload": json.dumps(payload)})

    async def form_post(self, fields: Mapping[str, str]) -> Values:
        status, text = await self.post(urlencode(fields).encode(), "application/x-www-form-urlencoded")
        assert status == 200, (status, text)
        answer: Values = json.loads(text) if text else {}
        return answer

    async def post(self, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Any request: its status and text. Signed as Slack does unless `headers` are given."""
        sent = {"Content-Type": kind, **(signed(self.slack.signing_secret, body) if headers is None else headers)}
        async with self._session.post(self.url, data=body, headers=sent) as response:
            return response.status, await response.text()

    def pressing(self, user: str, container: Values, button: Values) -> Values:
        """The payload of a press."""
        press = {k: v for k, v in button.items() if k in ("type", "action_id", "value", "url")}
        return {
            "type": "block_actions", "team": {"id": self.slack.team}, "user": {"id": user, "team_id": self.slack.team},
            "trigger_id": self.slack.trigger(user), "actions": [{**press, "action_ts": self._ts()}], **container,
        }

    async def _press(self, user: str, container: Values, button: Values) -> None:
        await self.interact(self.pressing(user, container, button))
        await self.drain()

    async def _shortcut(self, who: str, payload: Values) -> None:
        user = self.slack.user(who)
        await self.interact({
            **payload, "team": {"id": self.slack.team}, "user": {"id": user, "team_id": self.slack.team},
            "trigger_id": self.slack.trigger(user), "action_ts": self._ts(),
        })
        await self.drain()

    async def _submit(self, user: str, view: Values, values: Values) -> None:
        answer = await self.interact({
            "type": "view_submission", "team": {"id": self.slack.team}, "trigger_id": self.slack.trigger(user),
            "user": {"id": user, "team_id": self.slack.team}, "view": {**view, "state": {"values": values}},
        })
        stack = self.slack.windows[user]
        match answer.get("response_action"):
            case None:
                stack.pop()
            case "clear":
                stack.clear()
            case "errors":
                inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
                assert answer["errors"], answer
                assert answer["errors"].keys() <= inputs, answer
                self.errors[view["id"]] = answer["errors"]
            case "update":
                stack[-1] = self.slack.shown(answer["view"])
        await self.drain()

    # What people see

    def _messages(self, user: str) -> list[Message]:
        chat = self.slack.chat(user)
        return [m for m in self.slack.messages if m.channel == chat and m.only_for in ("", user)]

    def _pressable(self, user: str, number: int) -> list[tuple[Values, list[Values]]]:
        """Every place with buttons before this user, the newest first."""
        messages = self._messages(user)
        if number >= 0:
            plain = [m for m in messages if not m.only_for or has_buttons(m.blocks)]
            return [(self._container(plain[number]), plain[number].blocks)]
        windows = [v for v in self.slack.windows[user] if v.get("callback_id") != "form"]
        return [
            *(({"container": {"type": "view", "view_id": v["id"]}, "view": v}, v["blocks"]) for v in reversed(windows)),
            *((self._container(m), m.blocks) for m in reversed(messages)),
        ]

    def _container(self, message: Message) -> Values:
        container: Values = {
            "type": "message", "channel_id": message.channel, "message_ts": message.ts,
            "is_ephemeral": bool(message.only_for),
        }
        return {
            "container": container, "channel": {"id": message.channel},
            "response_url": self.slack.respond_url(message),
        }

    def _form(self, view: Values) -> SeenForm:
        errors = dict(self.errors.get(view["id"], {}))
        typed = self.typed.get(view["id"], {})
        values: dict[str, str | list[str]] = {}
        for block in view["blocks"]:
            block_id = block.get("block_id", "")
            if block_id.startswith(ERROR):
                errors[block_id.removeprefix(ERROR)] = words([block])
            elif block["type"] == "input":
                values[block_id] = self._shown_value(block["element"], self._state(block, typed))
        said = words([block for block in view["blocks"] if block["type"] != "input"])
        return SeenForm(view["title"]["text"], values, errors, said)

    def _shown_value(self, element: Values, states: Values) -> str | list[str]:
        state = states[element["action_id"]]
        match element["type"]:
            case "plain_text_input":
                return state["value"] or ""
            case "datepicker":
                return state["selected_date"] or ""
            case "datetimepicker":
                at = state["selected_date_time"]
                return datetime.fromtimestamp(at, self.zone).strftime("%Y-%m-%dT%H:%M") if at else ""
            case "file_input":
                return [file["name"] for file in state["files"]]
        chosen = state.get("selected_options") or ([state["selected_option"]] if state.get("selected_option") else [])
        return [option["value"].removeprefix("=") for option in chosen]

    def _state(self, block: Values, typed: Mapping[str, Any]) -> Values:
        """The input's state: what was typed, else what it was drawn with."""
        element = block["element"]
        given = typed.get(block["block_id"])
        return {element["action_id"]: {"type": element["type"], **self._value(element, given)}}

    def _value(self, element: Values, given: Any) -> Values:
        match element["type"]:
            case "plain_text_input":
                text = element.get("initial_value") if given is None else str(given)
                return {"value": text or None}
            case "datepicker":
                return {"selected_date": (element.get("initial_date") if given is None else given) or None}
            case "datetimepicker":
                if given is None:
                    return {"selected_date_time": element.get("initial_date_time")}
                at = datetime.fromisoformat(given).replace(tzinfo=self.zone) if given else None
                return {"selected_date_time": int(at.timestamp()) if at else None}
            case "file_input":
                return {"files": [self.slack.give(name, data) for name, data in given or ()]}
            case "checkboxes" | "multi_static_select":
                drawn = element.get("initial_options", [])
                return {"selected_options": drawn if given is None else choose(element, given)}
        chosen = [element["initial_option"]] if "initial_option" in element else []
        found = chosen if given is None else choose(element, given)
        return {"selected_option": found[0] if found else None}

    def _lacks(self, block: Values, values: Values) -> bool:
        """Whether Slack itself would not let this form go."""
        state = values[block["block_id"]][block["element"]["action_id"]]
        if len(state.get("value") or "") > block["element"].get("max_length", 3000):
            return True
        filled = any(value for key, value in state.items() if key != "type")
        return not block.get("optional") and not filled

    def _ts(self) -> str:
        self._number += 1
        return f"{self._number // 1000}.{self._number % 1000:06d}"


def choose(element: Values, given: Any) -> list[Values]:
    """The options meant by a value, a label, several of them, or yes and no."""
    options = element.get("options") or [o for g in element["option_groups"] for o in g["options"]]
    if isinstance(given, bool):
        return list(options) if given else []
    wanted = [given] if isinstance(given, str) else list(given)
    found = [o for w in wanted if w for o in options if w in (o["value"].removeprefix("="), o["text"]["text"])]
    assert len(found) == len([w for w in wanted if w]), f"no option {wanted} among {options}"
    return found


def seen(blocks: Sequence[Values], text: str = "") -> Seen:
    """The message as its reader sees it."""
    labels = tuple(button["text"]["text"] for button in buttons(blocks))
    return Seen(words(blocks) or text, labels, sum(block["type"] == "image" for block in blocks))


def words(blocks: Any) -> str:
    """Every word in these blocks, in order, without buttons."""
    lines = []
    for block in blocks:
        if block["type"] == "rich_text":
            lines.append("".join(run["text"] for part in block["elements"] for run in part["elements"]))
        lines += [part["text"] for part in (block.get("text"), *block.get("fields", [])) if isinstance(part, dict)]
        if block["type"] == "context":
            lines += [element["text"] for element in block["elements"]]
        if block["type"] == "image":
            lines.append(block["alt_text"])
    return "\n".join(lines)


def buttons(blocks: Any) -> list[Values]:
    """Every button, in order."""
    found = [e for block in blocks for e in (*block.get("elements", []), block.get("accessory") or {})]
    return [element for element in found if element.get("type") == "button"]


def has_buttons(blocks: Any) -> bool:
    return bool(buttons(blocks))


def find_button(blocks: Any, label: str) -> Values | None:
    return next((button for button in buttons(blocks) if button["text"]["text"] == label), None)
