"""Approve, pressed on a card in Teams: token checked, decision recorded, new card answered. Beside a handler that only
checks the token, and beside the SDK's own adapter, which checks the token and decides nothing."""

import json
import uuid
from datetime import UTC, datetime

from bench.figures import Beside, tell_slowest
from bench.ground import Ground, database_url, ground
from bench.load import Run, post_all, request
from bench.process import server
from cards.action import Action, Verb
from storage.tables import Platform
from tests.fakes.teams import APP, PASSWORD, TENANT, FakeMicrosoft, _public
from tests.fakes.teams_chat import BOT

ASKER, APPROVER = "29:okafor", "29:patel"
OBJECT = str(uuid.uuid5(uuid.NAMESPACE_DNS, APPROVER))


async def measure(engine: str, rounds: int, scale: float) -> None:
    """All three, in turn."""
    ours: list[Run] = []
    checks: list[Run] = []
    stock: list[Run] = []
    microsoft = FakeMicrosoft(lambda: datetime.now(UTC))
    await microsoft.start()
    config = {
        "app": APP, "password": PASSWORD, "openid": microsoft.openid, "login": microsoft.login,
        "key": json.dumps(_public("key-1", ["msteams"])),
    }
    try:
        with database_url(engine) as url, ground(url, Platform.TEAMS, TENANT) as made:
            made.link("okafor", ASKER, {})
            made.link("patel", OBJECT, {})
            async with (
                server("teams", database=url, **config) as door,
                server("token_check", **config) as check,
                server("cloud_adapter", **config) as adapter,
            ):
                await post_all(door, _presses(made, microsoft, 50), b"AdaptiveCard")
                await post_all(check, _calls(microsoft, 50), b"statusCode")
                await post_all(adapter, _calls(microsoft, 8), b"statusCode")
                for _ in range(rounds):
                    made.forget()
                    checks.append(await post_all(check, _calls(microsoft, int(1500 * scale)), b"statusCode"))
                    ours.append(await post_all(door, _presses(made, microsoft, int(300 * scale)), b"Approved by you"))
                    stock.append(await post_all(adapter, _calls(microsoft, int(80 * scale)), b"statusCode"))
    finally:
        await microsoft.stop()
    name, rate = f"teams card action, {engine}", [each.rate for each in ours]
    Beside(rate, [each.rate for each in checks]).tell(f"{name}, beside a token check", "requests/s")
    Beside(rate, [each.rate for each in stock]).tell(f"{name}, beside CloudAdapter", "requests/s")
    tell_slowest(f"{name}, 99th percentile", ours)


def _presses(made: Ground, microsoft: FakeMicrosoft, number: int) -> list[bytes]:
    """Approve, on as many waiting posts."""
    sent = made.submit([ASKER] * number)
    return [_press(microsoft, Action(Verb.APPROVE, each.id, each.version)) for each in sent]


def _calls(microsoft: FakeMicrosoft, number: int) -> list[bytes]:
    """As many activities of the same kind and size."""
    return [_press(microsoft, Action(Verb.APPROVE, "22222222", 1)) for _ in range(number)]


def _press(microsoft: FakeMicrosoft, action: Action) -> bytes:
    value = {"type": "Action.Execute", "verb": "canipost", "title": "Approve", "data": {"do": action.pack()}}
    activity = {
        "type": "invoke", "name": "adaptiveCard/action", "id": f"f:{uuid.uuid4()}", "channelId": "msteams",
        "timestamp": "2026-11-05T09:00:00Z", "serviceUrl": microsoft.service_url, "replyToId": "1700000000001",
        "recipient": {"id": BOT, "name": "Can I Post"}, "locale": "en-GB",
        "from": {"id": APPROVER, "name": "Mrs Patel", "aadObjectId": OBJECT},
        "conversation": {"id": "a:patel", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}}, "value": {"action": value, "trigger": "manual"},
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {microsoft.signed()}"}
    return request("/api/messages", json.dumps(activity).encode(), headers)
