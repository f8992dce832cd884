"""A fake Slack: the Web API methods that the bot calls, over HTTP on loopback, with the state that people would see.

It refuses what Slack refuses. `fail` makes a method's next answers go wrong.
"""

import asyncio
import json
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from aiohttp import WSMsgType, web

from tests.fakes.slack_blocks import Invalid, check_message, check_view

Values = dict[str, Any]
FORM_ONLY = {"users.info", "users.lookupByEmail", "files.info", "files.getUploadURLExternal"}
"""Reading methods take no JSON: Slack overlooks it."""


class Refusal(Exception):
    """`{"ok": false, "error": code}`."""


@dataclass
class Message:
    """A message in a channel. `only_for`: ephemeral, seen by this user alone."""

    channel: str
    ts: str
    text: str
    blocks: list[Values]
    only_for: str = ""
    url: str = ""
    edits: int = 0


@dataclass
class File:
    """A file in the workspace. `shared`: the channels it was shared to."""

    id: str
    name: str
    data: bytes = b""
    complete: bool = False
    ready: bool = True
    shared: list[str] = field(default_factory=list)


@dataclass
class Failure:
    """How a call goes wrong: a status (with headers), Slack's error code, or no answer for `hang` seconds.

    `body`: what somebody else answers in Slack's place, with 200. `drop`: the connection breaks.
    """

    status: int = 200
    error: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    body: str = ""
    drop: bool = False


class FakeSlack:
    """One workspace with one bot. `async with FakeSlack() as slack: …`."""

    def __init__(self, check: bool = True) -> None:
        self.token, self.app_token = "xoxb-fake-token", "xapp-fake-token"
        self.signing_secret = "fake-signing-secret-0123456789ab"
        self.team, self.bot = "T0FAKE0001", "U0BOT00001"
        self.check = check
        self.users: dict[str, Values] = {}
        self.channels: dict[str, str] = {}
        self.messages: list[Message] = []
        self.files: dict[str, File] = {}
        self.windows: dict[str, list[Values]] = defaultdict(list)
        self.homes: dict[str, Values] = {}
        self.calls: list[tuple[str, Values]] = []
        self.tokens_seen: list[str] = []
        self.slow_files = False
        self.downloads: list[str] = []
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._triggers: dict[str, tuple[str, float]] = {}
        self._number = 0
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: asyncio.Queue[Values] = asyncio.Queue()
        self._runner: web.AppRunner | None = None
        self.root = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64_000_000)
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_get("/files/{id}/{name}", self._download)
        app.router.add_get("/elsewhere/{id}", self._redirect)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.root = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self.sockets:
            await socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"{self.root}/api/"

    # What a test arranges

    def join(self, email: str, **facts: Any) -> str:
        """A new member of the workspace; `facts` as in users.info. Returns the user's id."""
        user = self._id("U")
        self.users[user] = {
            "id": user, "team_id": self.team, "deleted": False, "is_bot": False, "is_restricted": False,
            "is_ultra_restricted": False, "is_email_confirmed": True, "profile": {"email": email}, **facts,
        }
        return user

    def user(self, who: str) -> str:
        """The id of the member whose e-mail address begins with `who`."""
        return next(id_ for id_, user in self.users.items() if user["profile"]["email"].split("@")[0] == who)

    def chat(self, user: str) -> str:
        """The private chat of the bot with this user."""
        for channel, other in self.channels.items():
            if other == user:
                return channel
        channel = self._id("D")
        self.channels[channel] = user
        return channel

    def give(self, name: str, data: bytes) -> Values:
        """A file that somebody sends: its file object."""
        file = File(self._id("F"), name, data, complete=True)
        self.files[file.id] = file
        return self._file(file)

    def trigger(self, user: str) -> str:
        """A trigger_id; it lives three seconds."""
        trigger = f"{self._next()}.{secrets.token_hex(8)}"
        self._triggers[trigger] = (user, time.monotonic() + 3)
        return trigger

    def fail(self, method: str, *failures: Failure) -> None:
        """The next calls of this method go wrong in these ways, one after the other."""
        self._failures[method].extend(failures)

    def respond_url(self, message: Message) -> str:
        """A response_url for an ephemeral message."""
        message.url = message.url or f"{self.root}/respond/{self._id('R')}"
        return message.url

    def keep(self, channel: str, text: str, blocks: list[Values], only_for: str = "") -> Message:
        """Put a message of the bot there."""
        message = Message(channel, f"1700000000.{self._next():06d}", text, blocks, only_for)
        self.messages.append(message)
        return message

    def shown(self, view: Values) -> Values:
        """A view as Slack keeps it: with an id and a hash."""
        if self.check:
            check_view(view, self._usable)
        return {"id": self._id("V"), "hash": str(self._next()), **view}

    def called(self, method: str) -> list[Values]:
        """The arguments of each call of this method."""
        return [values for name, values in self.calls if name == method]

    async def push(self, envelope: Values) -> Values:
        """Send an envelope through the socket, and wait for its acknowledgement."""
        await self.sockets[-1].send_str(json.dumps(envelope))
        return await asyncio.wait_for(self.acks.get(), 5)

    # The Web API

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.tokens_seen.append(request.headers.get("Authorization", ""))
        is_json = request.content_type == "application/json"
        values: Values = await request.json() if is_json else dict(await request.post())
        self.calls.append((method, values))
        if self._failures[method]:
            failure = self._failures[method].popleft()
            await asyncio.sleep(failure.hang)
            if failure.drop and request.transport is not None:
                request.transport.abort()
            if failure.body:
                return web.Response(text=failure.body, content_type="text/html")
            if failure.status != 200:
                return web.Response(status=failure.status, headers=failure.headers, text="trouble")
            return web.json_response({"ok": False, "error": failure.error})
        try:
            answer = await self._answer(method, values, request.headers.get("Authorization", ""), is_json)
        except Refusal as no:
            return web.json_response({"ok": False, "error": str(no)})
        except Invalid as no:
            found = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": [f"[ERROR] {no}"]}}
            return web.json_response(found)
        except KeyError as error:
            return web.json_response({"ok": False, "error": "invalid_arguments", "missing": str(error)})
        return web.json_response({"ok": True, **answer})

    async def _answer(self, method: str, values: Values, authorization: str, is_json: bool) -> Values:
        wanted = self.app_token if method == "apps.connections.open" else self.token
        if authorization != f"Bearer {wanted}":
            raise Refusal("invalid_auth" if authorization else "not_authed")
        if is_json and method in FORM_ONLY:
            values = {}
        serve = METHODS.get(method)
        if serve is None:
            raise Refusal("unknown_method")
        return await serve(self, values)

    async def _auth_test(self, _values: Values) -> Values:
        return {"team_id": self.team, "user_id": self.bot, "bot_id": "B0BOT00001"}

    async def _post(self, values: Values) -> Values:
        channel = self._channel(values["channel"])
        text, blocks = self._content(values)
        message = self.keep(channel, text, blocks)
        return {"channel": channel, "ts": message.ts}

    async def _ephemeral(self, values: Values) -> Values:
        channel = self._channel(values["channel"])
        if self.channels[channel] != values["user"]:
            raise Refusal("user_not_in_channel")
        text, blocks = self._content(values)
        return {"message_ts": self.keep(channel, text, blocks, only_for=values["user"]).ts}

    async def _update(self, values: Values) -> Values:
        channel = self._channel(values["channel"])
        for message in self.messages:
            if message.channel == channel and message.ts == values["ts"] and not message.only_for:
                message.text, message.blocks = self._content(values)
                message.edits += 1
                return {"channel": channel, "ts": message.ts}
        raise Refusal("message_not_found")

    async def _open_chat(self, values: Values) -> Values:
        user = self.users.get(values["users"])
        if user is None:
            raise Refusal("user_not_found")
        if user["deleted"]:
            raise Refusal("user_disabled")
        return {"channel": {"id": self.chat(user["id"])}}

    async def _user_info(self, values: Values) -> Values:
        if values["user"] not in self.users:
            raise Refusal("user_not_found")
        return {"user": self.users[values["user"]]}

    async def _by_email(self, values: Values) -> Values:
        for user in self.users.values():
            if user["profile"].get("email") == values["email"] and not user["deleted"]:
                return {"user": user}
        raise Refusal("users_not_found")

    async def _view_open(self, values: Values) -> Values:
        view = self.shown(values["view"])
        self.windows[self._triggered(values)] = [view]
        return {"view": view}

    async def _view_push(self, values: Values) -> Values:
        view = self.shown(values["view"])
        stack = self.windows[self._triggered(values)]
        if len(stack) >= 3:
            raise Refusal("push_limit_reached")
        stack.append(view)
        return {"view": view}

    async def _view_update(self, values: Values) -> Values:
        for stack in self.windows.values():
            for i, old in enumerate(stack):
                if old["id"] == values["view_id"]:
                    stack[i] = {**self.shown(values["view"]), "id": old["id"]}
                    return {"view": stack[i]}
        raise Refusal("not_found")

    async def _publish(self, values: Values) -> Values:
        if values["user_id"] not in self.users:
            raise Refusal("user_not_found")
        self.homes[values["user_id"]] = self.shown(values["view"])
        return {"view": self.homes[values["user_id"]]}

    async def _file_info(self, values: Values) -> Values:
        file = self.files.get(values["file"])
        if file is None:
            raise Refusal("file_not_found")
        return {"file": self._file(file)}

    async def _upload_url(self, values: Values) -> Values:
        if not values["filename"] or int(values["length"]) < 1:
            raise Refusal("invalid_arguments")
        file = File(self._id("F"), values["filename"], ready=not self.slow_files)
        self.files[file.id] = file
        return {"upload_url": f"{self.root}/upload/{file.id}", "file_id": file.id}

    async def _complete(self, values: Values) -> Values:
        for part in values["files"]:
            file = self.files.get(part["id"])
            if file is None or not file.data:
                raise Refusal("file_not_found")
            file.complete = True
            if "channel_id" in values:
                file.shared.append(self._channel(values["channel_id"]))
        return {"files": values["files"]}

    async def _delete(self, values: Values) -> Values:
        if self.files.pop(values["file"], None) is None:
            raise Refusal("file_not_found")
        return {}

    async def _connections(self, _values: Values) -> Values:
        return {"url": f"{self.root.replace('http', 'ws')}/socket"}

    # Beside the Web API

    async def _upload(self, request: web.Request) -> web.Response:
        self.files[request.match_info["id"]].data = await request.read()
        return web.Response(text="OK")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.downloads.append(request.match_info["id"])
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=self.files[request.match_info["id"]].data, content_type="application/octet-stream")

    async def _redirect(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{self.root}/files/{request.match_info['id']}/moved")

    async def _respond(self, request: web.Request) -> web.Response:
        values = await request.json()
        old = next((m for m in self.messages if m.url.endswith(request.path)), None)
        if old is None:
            return web.Response(status=404)
        text, blocks = self._content(values)
        if values.get("replace_original"):
            old.text, old.blocks, old.edits = text, blocks, old.edits + 1
        else:
            self.keep(old.channel, text, blocks, only_for=old.only_for)
        return web.Response(text="ok")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self.acks.put_nowait(json.loads(message.data))
        return socket

    # Small things

    def _content(self, values: Values) -> tuple[str, list[Values]]:
        text, blocks = values.get("text", ""), values.get("blocks", [])
        if not text and not blocks:
            raise Refusal("no_text")
        if self.check and blocks:
            check_message(blocks, self._usable)
        return text, blocks

    def _channel(self, channel: str) -> str:
        if channel not in self.channels:
            raise Refusal("channel_not_found")
        return channel

    def _triggered(self, values: Values) -> str:
        user, until = self._triggers.get(values["trigger_id"], ("", 0.0))
        if not user:
            raise Refusal("invalid_trigger_id")
        if time.monotonic() > until:
            raise Refusal("expired_trigger_id")
        del self._triggers[values["trigger_id"]]
        return user

    def _usable(self, id_: str) -> bool:
        file = self.files.get(id_)
        return file is not None and file.complete and file.ready

    def _file(self, file: File) -> Values:
        url = f"{self.root}/files/{file.id}/{quote(file.name, safe='')}"
        return {"id": file.id, "name": file.name, "size": len(file.data), "url_private_download": url}

    def _id(self, letter: str) -> str:
        return f"{letter}0{self._next():08d}"

    def _next(self) -> int:
        self._number += 1
        return self._number


METHODS: dict[str, Callable[[FakeSlack, Values], Awaitable[Values]]] = {
    "auth.test": FakeSlack._auth_test,
    "chat.postMessage": FakeSlack._post,
    "chat.postEphemeral": FakeSlack._ephemeral,
    "chat.update": FakeSlack._update,
    "conversations.open": FakeSlack._open_chat,
    "users.info": FakeSlack._user_info,
    "users.lookupByEmail": FakeSlack._by_email,
    "views.open": FakeSlack._view_open,
    "views.push": FakeSlack._view_push,
    "views.update": FakeSlack._view_update,
    "views.publish": FakeSlack._publish,
    "files.info": FakeSlack._file_info,
    "files.getUploadURLExternal": FakeSlack._upload_url,
    "files.delete": FakeSlack._delete,
    "files.completeUploadExternal": FakeSlack._complete,
    "apps.connections.open": FakeSlack._connections,
}
