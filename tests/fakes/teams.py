"""A fake of Microsoft, over HTTP: the OpenID keys, the login, the Connector of Teams, OneDrive.

It is as strict as the real one where that is known: a wrong or missing token is 401, a card that breaks the schema
or is too large is 400 or 413, a file's address takes no token.
"""

import asyncio
import base64
import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jsonschema_rs import Draft7Validator

from bot.tokens import ISSUER, SCOPE

SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "adaptive-card.1.5.0.json"
CARD = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 100_000
TENANT = "0f3c2d3e-5b7c-4c6f-9a51-0e6b2a1d8c11"
APP = "4b8a2c39-6a6e-47d4-8a92-bc3c2e61f7aa"
PASSWORD = "a secret of the test's own 1!"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key of Microsoft's, or of somebody else's, by name; made once a run, because that is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def card_schema() -> Any:
    """The judge of cards, or None where the schemas are absent."""
    if not SCHEMA.exists():
        return None
    return Draft7Validator(json.loads(SCHEMA.read_text()))


def judge(card: Any) -> None:
    """Refuse what Teams would not show; an AssertionError says why."""
    assert card["type"] == "AdaptiveCard"
    assert card["version"] == "1.5"
    assert "msteams" not in card
    assert len(json.dumps(card, ensure_ascii=False).encode()) <= MOST_BYTES, "too large"
    schema = card_schema()
    if schema is not None:
        assert schema.is_valid(card), [(each.instance_path, each.message[:200]) for each in schema.iter_errors(card)]


@dataclass
class Failure:
    """What the next calls to matching addresses get."""

    times: int
    status: int
    path: str = ""
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    drop: bool = False


@dataclass
class Chat:
    """One conversation as it looks now: message id → activity, in order."""

    id: str
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)


class FakeMicrosoft:
    """Start and stop in pairs. `chats` is what people see; `calls` counts what was asked."""

    def __init__(self, clock: Callable[[], datetime], app_id: str = APP, password: str = PASSWORD) -> None:
        self.clock, self.app_id, self.password = clock, app_id, password
        self.keys: dict[str, list[str]] = {"key-1": ["msteams"]}
        self.chats: dict[str, Chat] = {}
        self.members: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.calls: Counter[str] = Counter()
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.failures: list[Failure] = []
        self.hanging: set[str] = set()
        self.token_lasts = 3600
        self._tokens: set[str] = set()
        self._numbers = 0
        self._let_go = asyncio.Event()
        self._server = TestServer(self._app())

    async def start(self) -> None:
        """Begin to answer."""
        await self._server.start_server()

    async def stop(self) -> None:
        """End; whoever hangs is let go."""
        self._let_go.set()
        await self._server.close()

    def url(self, path: str = "/") -> str:
        """An address here."""
        return str(self._server.make_url(path))

    @property
    def service_url(self) -> str:
        """What activities carry as serviceUrl."""
        return self.url("/emea/")

    @property
    def openid(self) -> str:
        """Where the keys begin."""
        return self.url("/openid")

    @property
    def login(self) -> str:
        """Where tokens are given out."""
        return self.url("/login")

    def fail(self, status: int, path: str = "", times: int = 1, code: str = "", after: str = "") -> None:
        """The next `times` calls to addresses that contain `path` fail."""
        self.failures.append(Failure(times, status, path, code, {"Retry-After": after} if after else {}))

    def revoke(self) -> None:
        """No token given out so far is taken any more."""
        self._tokens.clear()

    def put_file(self, data: bytes) -> str:
        """A file in somebody's OneDrive or in a message; its name in addresses."""
        name = uuid.uuid4().hex
        self.files[name] = data
        return name

    def signed(
        self, claims: dict[str, Any] | None = None, *, kid: str | None = "key-1", signer: str = "", alg: str = "RS256",
        headers: dict[str, Any] | None = None, leave_out: str = "",
    ) -> str:
        """The token of a call to the bot; the arguments spoil it."""
        now = int(self.clock().timestamp())
        told: dict[str, Any] = {
            "iss": ISSUER, "aud": self.app_id, "exp": now + 3600, "nbf": now - 60, "serviceurl": self.service_url,
            **(claims or {}),
        }
        told.pop(leave_out, None)
        head = {**({"kid": kid} if kid is not None else {}), **(headers or {})}
        key: Any = private_key(signer or kid or "key-1")
        if alg == "none":
            key = None
        elif alg.startswith("HS"):
            key = "x" * 64
        return jwt.encode(told, key, algorithm=alg, headers=head)

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate], client_max_size=20_000_000)
        add = app.router.add_route
        add("GET", "/openid", self._openid)
        add("GET", "/keys", self._keys)
        add("POST", "/login/{tenant}/oauth2/v2.0/token", self._token)
        add("POST", "/emea/v3/conversations", self._create)
        add("POST", "/emea/v3/conversations/{chat}/activities", self._send)
        add("PUT", "/emea/v3/conversations/{chat}/activities/{message}", self._update)
        add("DELETE", "/emea/v3/conversations/{chat}/activities/{message}", self._delete)
        add("GET", "/emea/v3/conversations/{chat}/members/{member}", self._member)
        add("GET", "/emea/v3/attachments/{file}/views/original", self._attachment)
        add("GET", "/away/{where:.*}", self._away)
        add("PUT", "/upload/{file}", self._upload)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.seen.append((request.method, request.path, dict(request.headers)))
        if any(each in request.path for each in self.hanging):
            await self._let_go.wait()
        for failure in self.failures:
            if failure.times and failure.path in request.path:
                failure.times -= 1
                if failure.drop and request.transport is not None:
                    request.transport.abort()
                if failure.body:
                    return web.Response(text=failure.body, content_type="text/html")
                body = {"error": {"code": failure.code, "message": "as asked"}}
                return web.json_response(body, status=failure.status, headers=failure.headers)
        if "/v3/" in request.path:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer" or token not in self._tokens:
                return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        response: web.StreamResponse = await handler(request)
        return response

    async def _openid(self, request: web.Request) -> web.Response:
        self.calls["openid"] += 1
        return web.json_response({"issuer": ISSUER, "jwks_uri": self.url("/keys")})

    async def _keys(self, request: web.Request) -> web.Response:
        self.calls["keys"] += 1
        return web.json_response({"keys": [_public(kid, told) for kid, told in self.keys.items()]})

    async def _token(self, request: web.Request) -> web.Response:
        self.calls["token"] += 1
        form = await request.post()
        asked = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"), form.get("scope"))
        if asked != ("client_credentials", self.app_id, self.password, SCOPE):
            return web.json_response({"error": "invalid_client"}, status=401)
        token = f"{request.match_info['tenant']}.{uuid.uuid4().hex}"
        self._tokens.add(token)
        return web.json_response({"token_type": "Bearer", "expires_in": self.token_lasts, "access_token": token})

    async def _create(self, request: web.Request) -> web.Response:
        self.calls["create"] += 1
        wanted = await request.json()
        chat = f"a:new-{wanted['members'][0]['id']}"
        self.chats.setdefault(chat, Chat(chat))
        return web.json_response({"id": chat}, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        self.calls["send"] += 1
        chat = self.chats.get(request.match_info["chat"])
        activity = await request.json()
        problem = _problem(activity) if chat else web.json_response({"error": {"code": "NotFound"}}, status=404)
        if problem is not None:
            return problem
        assert chat is not None
        self._numbers += 1
        name = f"1700000000{self._numbers:03}"
        chat.messages[name] = activity
        return web.json_response({"id": name}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        self.calls["update"] += 1
        chat, name = self.chats.get(request.match_info["chat"]), request.match_info["message"]
        if chat is None or name not in chat.messages:
            return web.json_response({"error": {"code": "ActivityNotFoundInConversation"}}, status=404)
        activity = await request.json()
        problem = _problem(activity)
        if problem is not None:
            return problem
        chat.messages[name] = activity
        return web.json_response({"id": name})

    async def _delete(self, request: web.Request) -> web.Response:
        chat, name = self.chats.get(request.match_info["chat"]), request.match_info["message"]
        if chat is None or chat.messages.pop(name, None) is None:
            return web.json_response({"error": {"code": "NotFound"}}, status=404)
        return web.Response()

    async def _member(self, request: web.Request) -> web.Response:
        self.calls["member"] += 1
        member = self.members.get(request.match_info["member"])
        if member is None:
            return web.json_response({"error": {"code": "MemberNotFoundInConversation"}}, status=404)
        return web.json_response(member)

    async def _attachment(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["file"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def _away(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.match_info["where"]})

    async def _upload(self, request: web.Request) -> web.Response:
        data = await request.read()
        if request.headers.get("Content-Range") != f"bytes 0-{len(data) - 1}/{len(data)}":
            return web.Response(status=400)
        if request.headers.get("Authorization"):
            return web.Response(status=400)
        self.uploads[request.match_info["file"]] = data
        return web.json_response({}, status=201)


def _problem(activity: dict[str, Any]) -> web.Response | None:
    if len(json.dumps(activity, ensure_ascii=False).encode()) > MOST_BYTES:
        return web.json_response({"error": {"code": "MessageSizeTooBig"}}, status=413)
    for each in activity.get("attachments", ()):
        if each["contentType"] != CARD:
            continue
        try:
            judge(each["content"])
        except (AssertionError, KeyError) as error:
            return web.json_response({"error": {"code": "BadSyntax", "message": str(error)}}, status=400)
    return None


def _public(kid: str, endorsements: list[str]) -> dict[str, Any]:
    numbers = private_key(kid).public_key().public_numbers()

    def number(value: int) -> str:
        return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).rstrip(b"=").decode()

    return {
        "kty": "RSA", "use": "sig", "kid": kid, "x5t": kid, "n": number(numbers.n), "e": number(numbers.e),
        "endorsements": endorsements,
    }
