"""A new post, sent as a form in Slack: signature, parse, one transaction, answer; beside bolt, which acknowledges."""

import hashlib
import json
from itertools import count
from urllib.parse import urlencode

from bench.figures import Beside, tell_slowest
from bench.ground import ANSWERS, Ground, database_url, ground
from bench.load import Run, post_all, request
from bench.process import server
from cards.action import Action, Verb
from cards.slack_form import Carried
from storage.tables import Platform
from tests.fakes.slack_chat import signed

SECRET = hashlib.md5(b"canipost bench", usedforsecurity=False).hexdigest()
TEAM, USER = "T0BENCH001", "U0OKAFOR01"
NUMBERS = count(1)


async def measure(engine: str, rounds: int, scale: float) -> None:
    """Both, in turn."""
    ours: list[Run] = []
    bare: list[Run] = []
    with database_url(engine) as url, ground(url, Platform.SLACK, TEAM) as made:
        made.link("okafor", USER, {})
        async with (
            server("slack_api") as api,
            server("slack", database=url, secret=SECRET, api=f"http://127.0.0.1:{api}/api/") as door,
            server("bolt", secret=SECRET) as bolt,
        ):
            await post_all(door, _submissions(made, 50), b"clear")
            await post_all(bolt, _submissions(made, 50), b"")
            for _ in range(rounds):
                made.forget()
                bare.append(await post_all(bolt, _submissions(made, int(1500 * scale)), b""))
                ours.append(await post_all(door, _submissions(made, int(400 * scale)), b"clear"))
    name = f"slack submission, {engine}"
    Beside([each.rate for each in ours], [each.rate for each in bare]).tell(name, "requests/s")
    tell_slowest(f"{name}, 99th percentile", ours)


def _submissions(made: Ground, number: int) -> list[bytes]:
    """Signed requests, each a form of its own."""
    values = {
        "text": {"text||0": {"type": "plain_text_input", "value": ANSWERS["text"]}},
        "accounts": {"choice||0": {"type": "checkboxes", "selected_options": [_chosen(str(made.account))]}},
        "permission": {"choice||0": {"type": "radio_buttons", "selected_option": _chosen("nobody")}},
        "people": {"text||0": {"type": "plain_text_input", "value": None}},
        "go_live": {"when|Europe/London|0": {"type": "datetimepicker", "selected_date_time": None}},
        "pictures": {"pictures||0": {"type": "file_input", "files": []}},
        **{
            name: {"confirm||0": {"type": "checkboxes", "selected_options": [_chosen("yes")]}}
            for name in ANSWERS if name.startswith("confirm_")
        },
    }
    view: dict[str, object] = {
        "type": "modal", "callback_id": "form", "private_metadata": Carried(Action(Verb.SAVE)).pack(),
        "state": {"values": values}, "title": {"type": "plain_text", "text": "Can I post this?"}, "blocks": [],
    }
    return [_submission(view, f"V0{next(NUMBERS):08d}") for _ in range(number)]


def _submission(view: dict[str, object], id_: str) -> bytes:
    payload = {
        "type": "view_submission", "team": {"id": TEAM}, "user": {"id": USER, "team_id": TEAM},
        "trigger_id": f"1.{id_}", "view": {**view, "id": id_, "hash": "1"},
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", **signed(SECRET, body)}
    return request("/slack/events", body, headers)


def _chosen(value: str) -> dict[str, object]:
    return {"text": {"type": "plain_text", "text": value}, "value": f"={value}"}
