"""What Slack sends, as an Event and the place for its answer: a pure translation that decides nothing."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from cards.action import Action, Verb
from cards.slack import plain
from cards.slack_form import BadForm, Carried, answers, attached
from handlers.event import Event, Place
from storage.tables import Platform

ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
KEY = 200
"""Letters that the inbox keeps of a key."""
COMMANDS = {
    "": Verb.HELP, "help": Verb.HELP, "menu": Verb.MENU, "accounts": Verb.REGISTER, "mine": Verb.MINE,
    "waiting": Verb.WAITING, "report": Verb.REPORT,
}
OWN_COMMANDS = {"/report": Verb.REPORT, "/ask-policy": Verb.ASK_POLICY}
"""The commands that mean one thing, whatever follows them."""
SHORTCUTS = {
    "compose": Verb.COMPOSE, "menu": Verb.MENU, "report": Verb.REPORT, "ask_policy": Verb.ASK_POLICY,
}
ON_MESSAGES = {"ask": Verb.ASK, "report_message": Verb.REPORT}
UNCLEAR = "post"
"""What follows `/canipost` is the words of a post where nothing else is meant by it."""
Payload = Mapping[str, Any]


class Malformed(ValueError):
    """A payload of a shape that Slack does not send."""


class Surface(Enum):
    """Where somebody spoke or pressed, which says how they can be answered."""

    CHAT = auto()  # a message in the private chat
    HOME = auto()  # the Home tab was opened
    COMMAND = auto()
    SHORTCUT = auto()
    CARD = auto()  # a button on a message
    PASSING_CARD = auto()  # a button on an ephemeral message
    WINDOW = auto()  # a button in a modal
    HOME_BUTTON = auto()
    FORM = auto()  # a modal was sent

    @property
    def waits(self) -> bool:
        """Whether somebody sits before it and waits; else Slack sends it again when it failed."""
        return self not in {Surface.CHAT, Surface.HOME}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and what its answer needs. `files`: Slack's file objects, not fetched yet."""

    event: Event
    place: Place
    surface: Surface
    enterprise: str = ""
    trigger: str = ""
    response_url: str = ""
    view: str = ""
    shape: str = ""
    files: tuple[Payload, ...] = ()


def hear(body: Payload, at: datetime) -> Heard | None:
    """What the payload says to us; None for what is not for us.

    Malformed where it is no payload of Slack's, BadAction where it carries no action of ours.
    """
    kind = body.get("type", "command" if "command" in body else None)
    read = READ.get(kind) if isinstance(kind, str) else None
    if read is None:
        return None
    try:
        return read(body, at)
    except (KeyError, TypeError, AttributeError, IndexError, BadForm, UnicodeError) as error:
        raise Malformed(type(error).__name__) from None


def _id(value: object) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise Malformed("id")
    return value


def _optional(value: object) -> str:
    return "" if value in (None, "") else _id(value)


def _key(team: str, *parts: str) -> str:
    key = ":".join(("slack", team, *parts))
    return key if len(key) <= KEY else f"slack:{team}:{hashlib.sha256(key.encode()).hexdigest()}"


def _events(body: Payload, at: datetime) -> Heard | None:
    event = body["event"]
    reads = {"message": _message, "app_home_opened": _home_opened}
    read = reads.get(event["type"]) if isinstance(event["type"], str) else None
    return read(body, event, at) if read else None


def _message(body: Payload, event: Payload, at: datetime) -> Heard | None:
    ours = event.get("channel_type") == "im" and event.get("subtype") in (None, "file_share")
    if not ours or event.get("bot_id") or event.get("hidden") or not event.get("user"):
        return None
    team = _id(body["team_id"])
    place = Place(Platform.SLACK, team, _id(event["user"]), _id(event["channel"]))
    text = plain(_words(event.get("text")), event.get("blocks"))
    said = Event(_key(team, _id(body["event_id"])), at, Verb.SAY, place, text=text)
    return Heard(said, place, Surface.CHAT, _optional(body.get("enterprise_id")), files=_files(event))


def _home_opened(body: Payload, event: Payload, at: datetime) -> Heard | None:
    if event.get("tab") != "home":
        return None
    team = _id(body["team_id"])
    place = Place(Platform.SLACK, team, _id(event["user"]))
    opened = Event(_key(team, _id(body["event_id"])), at, Verb.HOME, place)
    return Heard(opened, place, Surface.HOME, _optional(body.get("enterprise_id")))


def _command(body: Payload, at: datetime) -> Heard:
    team, trigger = _id(body["team_id"]), _id(body["trigger_id"])
    place = Place(Platform.SLACK, team, _id(body["user_id"]), _optional(body.get("channel_id")))
    text = plain(_words(body.get("text"))).strip()
    key, verb = _key(team, trigger), COMMANDS.get(text.lower())
    told = ""
    own = OWN_COMMANDS.get(str(body.get("command")))
    if own is not None:
        verb, told = own, text
    said = Event(key, at, verb, place, text=told) if verb else Event(key, at, Verb.SAY, place, arg=UNCLEAR, text=text)
    return Heard(said, place, Surface.COMMAND, _optional(body.get("enterprise_id")), trigger, _url(body))


def _shortcut(body: Payload, at: datetime) -> Heard | None:
    verb = SHORTCUTS.get(str(body.get("callback_id")))
    if verb is None:
        return None
    place, trigger = _presser(body), _id(body["trigger_id"])
    asked = Event(_key(place.team, trigger), at, verb, place)
    return Heard(asked, place, Surface.SHORTCUT, _enterprise(body), trigger)


def _message_shortcut(body: Payload, at: datetime) -> Heard | None:
    verb = ON_MESSAGES.get(str(body.get("callback_id")))
    if verb is None:
        return None
    place, trigger, message = _presser(body), _id(body["trigger_id"]), body["message"]
    text = plain(_words(message.get("text")), message.get("blocks"))
    asked = Event(_key(place.team, trigger), at, verb, place, text=text)
    return Heard(asked, place, Surface.SHORTCUT, _enterprise(body), trigger, _url(body), files=_files(message))


def _press(body: Payload, at: datetime) -> Heard | None:
    press, container = body["actions"][0], body["container"]
    if press.get("type") != "button" or (press.get("url") and not press.get("value")):
        return None
    channel, message = _optional(container.get("channel_id")), _optional(container.get("message_ts"))
    surface, view = _pressed_on(body, container)
    if surface is Surface.WINDOW:
        channel = message = ""
    place = _presser(body, channel, message)
    action = Action.unpack(press.get("value"))
    key = _key(place.team, place.user, _id(press["action_ts"]), action.pack())
    asked = Event(key, at, action.verb, place, action.subject, action.version, action.arg)
    return Heard(asked, place, surface, _enterprise(body), _id(body["trigger_id"]), _url(body), view)


def _pressed_on(body: Payload, container: Payload) -> tuple[Surface, str]:
    if container.get("type") == "view":
        home = body["view"].get("type") == "home"
        return (Surface.HOME_BUTTON if home else Surface.WINDOW), _id(body["view"]["id"])
    return (Surface.PASSING_CARD if container.get("is_ephemeral") else Surface.CARD), ""


def _submission(body: Payload, at: datetime) -> Heard | None:
    view = body["view"]
    if view.get("callback_id") != "form":
        return None
    carried, values = Carried.unpack(view.get("private_metadata")), view["state"]["values"]
    place = _presser(body, _optional(carried.channel), _optional(carried.message))
    state = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    key = _key(place.team, _id(view["id"]), _optional(view.get("hash")), state)
    action = carried.action
    sent = Event(
        key, at, action.verb, place, action.subject, action.version, action.arg, fields=answers(values),
    )
    return Heard(
        sent, place, Surface.FORM, _enterprise(body), _optional(body.get("trigger_id")), view=_id(view["id"]),
        shape=carried.shape, files=tuple(attached(values)),
    )


READ: dict[str, Callable[[Payload, datetime], Heard | None]] = {
    "event_callback": _events, "command": _command, "shortcut": _shortcut, "message_action": _message_shortcut,
    "block_actions": _press, "view_submission": _submission,
}


def greeting(heard: Heard) -> Event:
    """A hello that links whoever speaks for the first time, before their pictures are fetched."""
    event = heard.event
    return Event(_key(heard.place.team, "hello", event.key), event.at, Verb.HELLO, heard.place)


def made_up(body: Payload, at: datetime) -> Heard:
    """A press or form whose payload is none of ours, as far as it takes to tell its presser so."""
    try:
        pressed = body.get("type") == "block_actions"
        container = body["container"] if pressed else {}
        surface, view = _pressed_on(body, container) if pressed else (Surface.FORM, _id(body["view"]["id"]))
        place = _presser(body, _optional(container.get("channel_id")), _optional(container.get("message_ts")))
    except (KeyError, TypeError, AttributeError) as error:
        raise Malformed(type(error).__name__) from None
    event = Event("", at, Verb.HELP, place)
    return Heard(event, place, surface, "", _optional(body.get("trigger_id")), _url(body), view)


def _presser(body: Payload, channel: str = "", message: str = "") -> Place:
    """Who pressed. An organisation's app has no `team`; the user's own stands for it."""
    team = (body.get("team") or {}).get("id") or body["user"].get("team_id")
    return Place(Platform.SLACK, _id(team), _id(body["user"]["id"]), channel, message)


def _enterprise(body: Payload) -> str:
    return _optional((body.get("enterprise") or {}).get("id"))


def _url(body: Payload) -> str:
    url = body.get("response_url")
    return url if isinstance(url, str) else ""


def _words(text: object) -> str:
    if text is not None and not isinstance(text, str):
        raise Malformed("text")
    return text or ""


def _files(message: Payload) -> tuple[Payload, ...]:
    return tuple(file for file in message.get("files") or () if isinstance(file, dict))
