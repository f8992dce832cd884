"""The Slack door at its edges: real slack-bolt over HTTP, a fake Slack behind it, a desk that says what it is told."""

import asyncio
import hashlib
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from bot.sender import Delivered, Recipient, RetryLater, Shut, Undeliverable
from bot.slack import SlackDoor
from cards.action import Action, Verb
from cards.card import Button, Card, Form, Picture, PicturesField, Post, Text, TextField, WhenField
from handlers.answer import Answer, Coming, Home, Note, Open, Replace, Show, Silence, Unknown
from handlers.dispatch import Desk
from handlers.event import Event, Place
from handlers.report_evidence import As, Gate
from handlers.rules.pictures import MOST_BYTES
from storage.database import Database
from storage.files import FileStore
from storage.tables import Platform
from tests.databases import hurried
from tests.fakes.slack import Failure, FakeSlack
from tests.fakes.slack_chat import SlackChat, signed

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
CARD = Card("Post for Facebook", "not sent yet", "Post: not sent yet", (Text("Hello"),), (
    Button("Send", Action(Verb.SEND, "abc", 1), "primary"),
    Button("Edit", Action(Verb.EDIT, "abc", 1)),
    Button("Look", url="https://example.org"),
))
DONE = Card("Post for Facebook", "approved", "Post: approved", (Text("Approved by you."),))
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def form(**errors: str) -> Form:
    fields = (
        TextField("text", "The words", "As typed"), WhenField("when", "When?", "Europe/London"),
        PicturesField("pictures", "Pictures"),
    )
    return Form("Can I post this?", "Send", Action(Verb.SAVE, "abc", 1), fields, errors=errors)


class Reception(Desk):
    """A desk that knows whom it was told, answers each verb as it was told, and notes every event."""

    def __init__(self) -> None:
        self.answers: dict[Verb, Answer | Callable[[Event], Answer]] = {}
        self.events: list[Event] = []
        self.linked: set[str] = set()
        self.keys: set[str] = set()

    async def knows(self, place: Place) -> bool:
        return place.user in self.linked

    async def gate(self, event: Event) -> Gate:
        return Gate(event, As.PICTURE)

    async def dispatch(self, event: Event) -> Answer:
        assert event.place is not None
        if event.place.user not in self.linked:
            if not event.email:
                return Unknown()
            if "@oakfield" not in event.email:
                return Note("I don't know you yet.")
            self.linked.add(event.place.user)
        if event.key in self.keys:
            return Silence()
        self.keys.add(event.key)
        self.events.append(event)
        answer = self.answers.get(event.verb, Silence())
        return answer(event) if callable(answer) else answer

    @property
    def last(self) -> Event:
        return self.events[-1]


@dataclass
class World:
    slack: FakeSlack
    desk: Reception
    door: SlackDoor
    chat: SlackChat
    files: FileStore
    database: Database
    user: str


async def nothing() -> None:
    """There is no outbox here."""


def a_door(slack: FakeSlack, desk: Desk, files: FileStore, database: Database, **settings: str) -> SlackDoor:
    given = {"bot_token": slack.token, "signing_secret": slack.signing_secret, "app_token": "", "api_url": slack.url}
    return SlackDoor(**{**given, **settings}, desk=desk, files=files, database=database, clock=lambda: NOW)


@pytest.fixture
def database(tmp_path: Path, blank: bytes) -> Iterator[Database]:
    path = tmp_path / "slack.db"
    path.write_bytes(blank)
    database = hurried(Database(f"sqlite:///{path}"))
    yield database
    database.close()


@pytest.fixture
async def world(tmp_path: Path, database: Database) -> AsyncIterator[World]:
    files, desk = FileStore(tmp_path / "files"), Reception()
    async with FakeSlack() as slack, aiohttp.ClientSession() as session:
        door = a_door(slack, desk, files, database)
        app = web.Application()
        app.add_routes(door.routes())
        await door.start()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        chat = SlackChat(slack, session, f"http://{host}:{port}", nothing)
        user = slack.join("okafor@oakfield.example")
        yield World(slack, desk, door, chat, files, database, user)
        await runner.cleanup()
        await door.stop()


def a_picture(size: int = 40, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "green").save(out, kind)
    return out.getvalue()


# Who may knock


async def test_a_true_signature_is_let_in_and_a_forged_one_is_not(world: World) -> None:
    body = json.dumps(world.chat.envelope({"type": "app_home_opened", "tab": "home", "user": world.user})).encode()
    assert (await world.chat.post(body, JSON))[0] == 200
    assert (await world.chat.post(body, JSON, signed("another secret", body)))[0] == 401
    assert (await world.chat.post(body + b" ", JSON, signed(world.slack.signing_secret, body)))[0] == 401
    assert len(world.desk.events) == 1


@pytest.mark.parametrize("age", [-301, -86_400, 400])
async def test_only_five_minutes_old(world: World, age: int) -> None:
    body = b"{}"
    headers = signed(world.slack.signing_secret, body, int(time.time()) + age)
    assert (await world.chat.post(body, JSON, headers))[0] == 401


@pytest.mark.parametrize("headers", [
    {}, {"X-Slack-Signature": "v0=" + "0" * 64}, {"X-Slack-Request-Timestamp": "1700000000"},
    {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Request-Timestamp": "9" * 5000, "X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Request-Timestamp": "١٧٠٠", "X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=ünïcode"},
    {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": ""},
])
@pytest.mark.parametrize("body", [
    b"{}", b"\xff\xfe", b"[1]", b"payload=%5B", b"ssl_check=1&x=%ff", b'{"a": "ssl_check=1"}',
])
async def test_bad_headers_are_never_an_error_of_ours(world: World, headers: dict[str, str], body: bytes) -> None:
    status, _ = await world.chat.post(body, JSON, headers)
    assert status in (400, 401) or body.startswith(b"ssl_check=1")
    assert status < 500


NEVER_SENT: list[object] = [
    [], 7, "x", None, {"type": "event_callback"}, {"type": "event_callback", "event": []},
    {"type": "event_callback", "event": {"type": ["message"]}},
    {"type": "event_callback", "team_id": "T1", "authorizations": ["x"], "event": {"type": "message"}},
    {"type": "event_callback", "team_id": 5, "event_id": "E1", "event": {
        "type": "message", "channel_type": "im", "user": "U1", "channel": "D1"}},
    {"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": {
        "type": "message", "channel_type": "im", "user": {"id": 1}, "channel": "D1", "text": ["x"]}},
    {"type": "event_callback", "team_id": "T1", "event_id": "E1\x00", "event": {
        "type": "app_home_opened", "tab": "home", "user": "U1"}},
    {"type": "block_actions"}, {"type": "block_actions", "actions": [], "container": {}},
    {"type": "block_actions", "actions": [7], "container": {}, "user": {"id": "U1"}, "team": {"id": "T1"}},
    {"type": "block_actions", "actions": [{"type": "button", "action_id": "x", "value": "open|a|1|"}],
     "container": {"type": "view"}, "user": {"id": "U1"}, "team": {"id": "T1"}, "view": None},
    {"type": "view_submission", "view": {"callback_id": "form"}}, {"type": "view_submission", "view": []},
    {"type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"}, "view": {
        "id": "V1", "callback_id": "form", "private_metadata": '["save|a|1|","","",""]', "state": {"values": 7}}},
    {"type": "shortcut", "callback_id": "compose"}, {"type": "message_action", "callback_id": "ask", "user": "U1"},
    {"type": ["event_callback"]}, {"type": {}}, {"team": 5, "type": "x"}, {"user": 5, "event": 7},
    *({"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": event} for event in (7, 1.5, True)),
]


@pytest.mark.parametrize("body", NEVER_SENT, ids=range(len(NEVER_SENT)))
async def test_signed_json_of_the_wrong_shape(world: World, body: object) -> None:
    text = json.dumps(body)
    for data, kind in ((text.encode(), JSON), (urlencode({"payload": text}).encode(), FORM)):
        status, _ = await world.chat.post(data, kind)
        assert status in (200, 400)
    assert world.desk.events == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"not json", b'{"a":', b"payload=%7B", b"[" * 100_000])
@pytest.mark.parametrize("kind", [JSON, FORM])
async def test_signed_bytes_of_the_wrong_shape(world: World, body: bytes, kind: str) -> None:
    status, _ = await world.chat.post(body, kind)
    assert status in (200, 400)
    assert world.desk.events == []


async def test_a_body_over_a_megabyte(world: World) -> None:
    status, _ = await world.chat.post(b'{"x": "' + b"y" * 1_000_100 + b'"}', JSON)
    assert status == 413


async def test_slack_checks_that_we_are_there(world: World) -> None:
    status, text = await world.chat.post(b'{"type":"url_verification","challenge":"abc"}', JSON)
    assert (status, json.loads(text)) == (200, {"challenge": "abc"})
    assert (await world.chat.post(b"ssl_check=1&token=x", FORM, {}))[0] == 200


async def test_no_request_costs_a_call(world: World) -> None:
    world.desk.linked.add(world.user)
    await world.chat.say("okafor", "hello")
    await world.chat.say("okafor", "hello again")
    assert len(world.slack.called("auth.test")) <= 1  # the start's own


# What people say


async def test_a_message_becomes_an_event(world: World) -> None:
    await world.chat.say("okafor", "Tom & Jerry <3 <!channel>\x00 שלום 🎉")
    event, place = world.desk.last, world.desk.last.place
    assert (event.verb, event.text, event.at) == (Verb.SAY, "Tom & Jerry <3 <!channel> שלום 🎉", NOW)
    assert place == Place(Platform.SLACK, world.slack.team, world.user, world.slack.chat(world.user))
    assert event.key.startswith(f"slack:{world.slack.team}:Ev")
    assert event.email == "okafor@oakfield.example"


@pytest.mark.parametrize("extra", [
    {"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "message_deleted"}, {"channel_type": "channel"},
    {"hidden": True}, {"subtype": "bot_message"}, {"user": None},
])
async def test_messages_that_are_not_for_us(world: World, extra: dict[str, object]) -> None:
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": world.user, "text": "x", **extra}
    await world.chat.event(event)
    assert world.desk.events == []


async def test_the_same_request_twice(world: World) -> None:
    body = json.dumps(world.chat.envelope({
        "type": "message", "channel_type": "im", "channel": "D1", "user": world.user, "text": "x",
    })).encode()
    headers = signed(world.slack.signing_secret, body)
    assert [(await world.chat.post(body, JSON, headers))[0] for _ in range(2)] == [200, 200]
    assert len(world.desk.events) == 1


@pytest.mark.parametrize(("text", "verb", "words"), [
    ("", Verb.HELP, ""), (" help ", Verb.HELP, ""), ("Mine", Verb.MINE, ""), ("waiting", Verb.WAITING, ""),
    ("menu", Verb.MENU, ""), ("Accounts", Verb.REGISTER, ""),
    ("can I post this? &amp; that", Verb.SAY, "can I post this? & that"), ("mine craft", Verb.SAY, "mine craft"),
])
async def test_the_command(world: World, text: str, verb: Verb, words: str) -> None:
    await world.chat.command("okafor", text)
    assert (world.desk.last.verb, world.desk.last.text) == (verb, words)


@pytest.mark.parametrize("facts", [
    {"deleted": True}, {"is_bot": True}, {"is_restricted": True}, {"is_ultra_restricted": True},
    {"is_stranger": True}, {"team_id": "T0OTHER"}, {"is_email_confirmed": False}, {"profile": {}},
])
async def test_slack_vouches_for_full_members_only(world: World, facts: dict[str, object]) -> None:
    world.slack.users[world.user].update(facts)
    await a_message(world, files=[])
    assert world.desk.events == []
    assert world.desk.linked == set()
    assert world.slack.messages[-1].text == "I don't know you yet."


@pytest.mark.parametrize(("theirs", "vouched"), [("E0HOME", True), ("E0OTHER", False), ("", False)])
async def test_an_organisation_vouches_for_its_own(world: World, theirs: str, vouched: bool) -> None:
    """Its app's payloads name no workspace but the user's own, which proves nothing."""
    world.slack.users[world.user]["enterprise_user"] = {"enterprise_id": theirs} if theirs else None
    button = {"type": "button", "value": "mine||0|"}
    pressed = world.chat.pressing(world.user, {"container": {"type": "message"}}, button)
    await world.chat.interact({**pressed, "team": None, "enterprise": {"id": "E0HOME"}})
    assert bool(world.desk.linked) == vouched


# Files


async def test_pictures_are_fetched_and_kept(world: World) -> None:
    await world.chat.say("okafor", "this?", [("fair.jpg", a_picture()), ("b.png", a_picture(30, "PNG"))])
    first, second = world.desk.last.files
    assert (first.name, first.media_type, second.media_type) == ("fair.jpg", "image/jpeg", "image/png")
    assert (await asyncio.to_thread(world.files.get, first.digest))[:2] == b"\xff\xd8"
    assert world.desk.last.problems == ()
    assert [e.verb for e in world.desk.events] == [Verb.HELLO, Verb.SAY]


async def test_bad_files_are_named(world: World) -> None:
    good = [(f"{n}.jpg", a_picture()) for n in range(4)]
    await world.chat.say("okafor", "this?", [("x.txt", b"no picture"), ("huge.jpg", b"\xff" * 40_000_000), *good])
    assert len(world.desk.last.files) == 2
    no_picture, large, too_many = world.desk.last.problems
    assert "x.txt is not a picture" in no_picture
    assert "huge.jpg is larger than 10 MB" in large
    assert "first 4" in too_many


async def test_a_file_that_lies_about_its_size(world: World) -> None:
    world.desk.linked.add(world.user)
    file = {**world.slack.give("big.jpg", b"\xff" * (MOST_BYTES + 1)), "size": 5}
    await a_message(world, files=[file])
    assert "larger" in world.desk.last.problems[0]


@pytest.mark.parametrize("url", [
    "https://evil.example/x.jpg", "http://files.slack.com/x.jpg", "https://slack.com.evil.example/x",
    "//x", "", "http://[", 7, "https://evil.example/?https://files.slack.com/", "https://files.slack.com:8443/x", "file:///etc/passwd",
])
async def test_the_token_goes_to_slack_only(world: World, url: object) -> None:
    world.desk.linked.add(world.user)
    await a_message(world, files=[{"id": "F1", "name": "x.jpg", "url_private_download": url}])
    assert world.desk.last.files == ()
    assert "could not fetch x.jpg" in world.desk.last.problems[0]


async def test_no_redirect_is_followed(world: World) -> None:
    world.desk.linked.add(world.user)
    file = world.slack.give("x.jpg", a_picture())
    await a_message(world, files=[{**file, "url_private_download": f"{world.slack.root}/elsewhere/{file['id']}"}])
    assert world.desk.last.files == ()
    assert "could not fetch" in world.desk.last.problems[0]


async def test_a_file_from_another_organisation(world: World) -> None:
    world.desk.linked.add(world.user)
    file = world.slack.give("x.jpg", a_picture())
    await a_message(world, files=[{"id": file["id"], "name": "x.jpg", "file_access": "check_file_info"}])
    assert len(world.desk.last.files) == 1
    await a_message(world, files=[{"id": "F404", "name": "y.jpg", "file_access": "check_file_info"}])
    assert "could not fetch y.jpg" in world.desk.last.problems[0]


async def test_nothing_is_fetched_for_strangers(world: World) -> None:
    world.slack.join("parent@elsewhere.example")
    await world.chat.say("parent", "this?", [("fair.jpg", a_picture())])
    assert world.desk.events == []
    assert not await asyncio.to_thread(lambda: list(world.files.root.glob("*/*")))
    assert (await world.chat.screen("parent")).last.text == "I don't know you yet."


async def a_message(world: World, files: list[dict[str, Any]]) -> None:
    await world.chat.event({
        "type": "message", "channel_type": "im", "channel": world.slack.chat(world.user), "user": world.user,
        "text": "this?", "subtype": "file_share", "files": files,
    })


# Answers, surface by surface


async def test_answers_in_the_chat(world: World) -> None:
    world.desk.answers = {Verb.SAY: Show(CARD)}
    await world.chat.say("okafor", "hello")
    screen = await world.chat.screen("okafor")
    assert screen.last.text.startswith("Post for Facebook · not sent yet")
    assert screen.last.buttons == ("Send", "Edit", "Look")
    world.desk.answers = {Verb.SAY: Note("One sentence.")}
    await world.chat.say("okafor", "hello")
    assert (await world.chat.screen("okafor")).last.text == "One sentence."
    world.desk.answers = {Verb.SAY: Coming("On its way.")}
    await world.chat.say("okafor", "hello")
    assert len((await world.chat.screen("okafor")).messages) == 2
    world.desk.answers = {Verb.SAY: Open(form())}
    await world.chat.say("okafor", "hello")
    assert "I need a press" in (await world.chat.screen("okafor")).last.text


async def with_card(world: World, **answers: Answer) -> None:
    """The person has CARD before them; verbs are answered so."""
    world.desk.linked.add(world.user)
    world.desk.answers = {Verb.SAY: Show(CARD), **{Verb(name): answer for name, answer in answers.items()}}
    await world.chat.say("okafor", "hello")


async def test_a_pressed_card_is_replaced(world: World) -> None:
    await with_card(world, send=Replace(DONE, "Already approved."))
    await world.chat.press("okafor", "Send")
    event = world.desk.last
    assert (event.verb, event.subject, event.version) == (Verb.SEND, "abc", 1)
    assert event.place
    assert event.place.message == world.slack.messages[0].ts
    screen = await world.chat.screen("okafor")
    assert len(screen.messages) == 1
    assert screen.last.text.startswith("Post for Facebook · approved")
    assert screen.notes == ["Already approved."]


async def test_a_replacement_that_fails_is_left_to_the_outbox(world: World) -> None:
    await with_card(world, send=Replace(DONE, "Done."))
    world.slack.fail("chat.update", Failure(error="cant_update_message"))
    await world.chat.press("okafor", "Send")
    assert (await world.chat.screen("okafor")).notes == ["Done."]


async def test_other_answers_to_a_press(world: World) -> None:
    await with_card(world, send=Note("Only Mrs Patel can."))
    await world.chat.press("okafor", "Send")
    assert (await world.chat.screen("okafor")).notes == ["Only Mrs Patel can."]
    world.desk.answers[Verb.SEND] = Show(DONE)
    await world.chat.press("okafor", "Send")
    assert len((await world.chat.screen("okafor")).messages) == 2
    world.desk.answers[Verb.SEND] = Coming("Later.")
    await world.chat.press("okafor", "Send")
    assert len((await world.chat.screen("okafor")).messages) == 2


async def test_a_button_with_an_address_asks_nothing(world: World) -> None:
    await with_card(world)
    await world.chat.press("okafor", "Look")
    assert [event.verb for event in world.desk.events] == [Verb.SAY]


@pytest.mark.parametrize("packed", [
    "", "nonsense", "approve|x", "fly|abc|1|", "approve|abc|-1|", "approve|abc|1||", "approve|abc|9999999999|",
    "x" * 1999,
])
async def test_a_made_up_button(world: World, packed: str) -> None:
    await with_card(world)
    await world.chat.press_made_up("okafor", packed)
    assert [event.verb for event in world.desk.events] == [Verb.SAY]
    assert "I changed nothing" in (await world.chat.screen("okafor")).notes[-1]


async def test_a_forwarded_card(world: World) -> None:
    await with_card(world, send=Note("Only Ms Okafor can."))
    hale = world.slack.join("hale@oakfield.example")
    await world.chat.press_as("hale", "okafor", "Send")
    assert world.desk.last.place
    assert world.desk.last.place.user == hale
    assert (await world.chat.screen("hale")).notes == ["Only Ms Okafor can."]


async def test_a_form_with_errors_and_then_without(world: World) -> None:
    await with_card(world, edit=Open(form()), save=Open(form(text="Too long.")))
    await world.chat.press("okafor", "Edit")
    await world.chat.fill("okafor", text="New words", when="2026-07-01T09:30")
    screen = await world.chat.screen("okafor")
    assert screen.form
    assert screen.form.errors == {"text": "Too long."}
    assert screen.form.values["text"] == "New words"
    assert world.desk.last.fields == {"text": "New words", "when": "2026-07-01T09:30"}
    world.desk.answers[Verb.SAVE] = Replace(DONE)
    await world.chat.fill("okafor", text="Better words", pictures=[("fair.jpg", a_picture())])
    assert world.desk.last.fields["text"] == "Better words"
    assert len(world.desk.last.files) == 1
    screen = await world.chat.screen("okafor")
    assert screen.form is None
    assert screen.last.text.startswith("Post for Facebook · approved")


async def test_errors_that_no_field_can_carry_draw_the_form_anew(world: World) -> None:
    await with_card(world, edit=Open(form()), save=Open(form(nowhere="Nobody holds the role.", text="Too long.")))
    await world.chat.press("okafor", "Edit")
    await world.chat.fill("okafor", text="New words")
    screen = await world.chat.screen("okafor")
    assert screen.form
    assert {k: v.strip("⚠ ") for k, v in screen.form.errors.items()} == {
        "nowhere": "Nobody holds the role.", "text": "Too long."}
    assert screen.form.values["text"] == "As typed"


async def test_the_same_form_sent_twice_has_one_key(world: World) -> None:
    await with_card(world, edit=Open(form()), save=Open(form(text="Once more.")))
    await world.chat.press("okafor", "Edit")
    for words in ("one", "two"):
        await world.chat.fill("okafor", text=words)
    saved = [event.key for event in world.desk.events if event.verb is Verb.SAVE]
    assert len(set(saved)) == 2
    world.desk.keys.discard(saved[0])
    await world.chat.fill("okafor", text="one")
    assert world.desk.last.key == saved[0]


@pytest.mark.parametrize(("answer", "notes"), [
    (Note("It goes to Mrs Patel."), ["It goes to Mrs Patel."]), (Replace(DONE, "Done."), ["Done."]),
    (Coming("Sent."), []), (Silence(), []),
])
async def test_what_a_sent_form_leaves(world: World, answer: Answer, notes: list[str]) -> None:
    await with_card(world, edit=Open(form()), save=answer)
    await world.chat.press("okafor", "Edit")
    await world.chat.fill("okafor", text="x")
    screen = await world.chat.screen("okafor")
    assert screen.form is None
    assert screen.notes == notes


async def test_a_form_that_does_not_open(world: World) -> None:
    await with_card(world, edit=Open(form()))
    world.slack.fail("views.open", Failure(error="expired_trigger_id"))
    await world.chat.press("okafor", "Edit")
    screen = await world.chat.screen("okafor")
    assert screen.form is None
    assert "did not open in time" in screen.notes[0]


async def test_answers_to_the_command(world: World) -> None:
    world.desk.answers = {Verb.HELP: Show(CARD), Verb.MINE: Note("Nothing."), Verb.SAY: Coming("It is in our chat."),
                          Verb.SEND: Replace(DONE, "Sent."), Verb.EDIT: Open(form())}
    await world.chat.command("okafor", "help")
    await world.chat.command("okafor", "mine")
    await world.chat.command("okafor", "can I post this?")
    screen = await world.chat.screen("okafor")
    assert screen.last.buttons == ("Send", "Edit", "Look")
    assert screen.notes == ["Nothing.", "It is in our chat."]
    await world.chat.press("okafor", "Edit")
    assert (await world.chat.screen("okafor")).form
    await world.chat.press("okafor", "Send")
    screen = await world.chat.screen("okafor")
    assert not any("not sent yet" in m.text for m in screen.messages)
    assert any("approved" in n for n in screen.notes)
    assert screen.notes[-1] == "Sent."


async def test_shortcuts(world: World) -> None:
    world.desk.answers = {Verb.COMPOSE: Open(form()), Verb.ASK: Coming("It is in our chat.")}
    await world.chat.compose("okafor")
    assert (await world.chat.screen("okafor")).form
    world.chat.close("okafor")
    await world.chat.ask_about("okafor", "Fair &amp; fun", [("fair.jpg", a_picture())])
    assert (world.desk.last.verb, world.desk.last.text, len(world.desk.last.files)) == (Verb.ASK, "Fair & fun", 1)
    assert (await world.chat.screen("okafor")).notes == ["It is in our chat."]


async def test_the_home_tab(world: World) -> None:
    world.desk.answers = {Verb.HOME: Home(CARD), Verb.SEND: Replace(DONE, "Sent."), Verb.EDIT: Show(CARD)}
    home = await world.chat.home("okafor")
    assert home.buttons == ("Send", "Edit", "Look")
    await world.chat.press_home("okafor", "Send")
    screen = await world.chat.screen("okafor")
    assert "Sent." in screen.last.text
    assert "approved" in screen.last.text
    await world.chat.press_home("okafor", "Edit")
    assert (await world.chat.screen("okafor")).last.buttons == ("Send", "Edit", "Look")
    await world.chat.press("okafor", "Send")
    assert "approved" in (await world.chat.screen("okafor")).last.text
    world.desk.answers[Verb.HOME] = Note("I don't know you yet.")
    assert (await world.chat.home("okafor")).text == "I don't know you yet."


async def test_a_window_answers_in_its_place(world: World) -> None:
    world.desk.answers = {Verb.HOME: Home(CARD), Verb.EDIT: Show(CARD), Verb.SEND: Note("Not now.")}
    await world.chat.home("okafor")
    await world.chat.press_home("okafor", "Edit")
    await world.chat.press("okafor", "Send")
    assert (await world.chat.screen("okafor")).notes == ["Not now."]
    world.slack.windows[world.user].pop()
    world.desk.answers[Verb.EDIT] = Open(form())
    await world.chat.press("okafor", "Edit")
    assert (await world.chat.screen("okafor")).form
    assert len(world.slack.windows[world.user]) == 1


# When something breaks


def broken(_event: Event) -> Answer:
    raise RuntimeError("the disk is full")


async def test_a_failed_event_is_sent_again_by_slack(world: World) -> None:
    world.desk.linked.add(world.user)
    world.desk.answers = {Verb.SAY: broken}
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": world.user, "text": "x"}
    body = json.dumps(world.chat.envelope(event)).encode()
    assert (await world.chat.post(body, JSON))[0] == 500


async def test_a_failed_press_is_said(world: World) -> None:
    await with_card(world, edit=Open(form()))
    world.desk.answers |= {Verb.SEND: broken, Verb.MINE: broken}
    await world.chat.press("okafor", "Send")
    await world.chat.command("okafor", "mine")
    notes = (await world.chat.screen("okafor")).notes
    assert len(notes) == 2
    assert all("nothing was changed" in note for note in notes)


async def test_a_form_that_failed_stays_open_with_all_that_was_typed(world: World) -> None:
    await with_card(world, edit=Open(form()))
    world.desk.answers |= {Verb.SAVE: broken}
    await world.chat.press("okafor", "Edit")
    await world.chat.fill("okafor", text="A volcano")
    left = (await world.chat.screen("okafor")).form
    assert left is not None and left.values["text"] == "A volcano"
    assert "nothing was changed" in " ".join(left.errors.values())
    world.desk.answers[Verb.SAVE] = Silence()
    await world.chat.fill("okafor")
    assert (await world.chat.screen("okafor")).form is None


async def test_slack_that_does_not_answer_breaks_nothing(world: World) -> None:
    await with_card(world, send=Note("Hello."))
    world.slack.fail("chat.postEphemeral", Failure(status=500), Failure(status=429, headers={"Retry-After": "3"}))
    for _ in range(3):
        await world.chat.press("okafor", "Send")
    assert (await world.chat.screen("okafor")).notes == ["Hello."]


async def test_slack_that_hangs_keeps_nobody_waiting(world: World) -> None:
    await with_card(world, edit=Open(form()))
    world.slack.fail("views.open", Failure(hang=4))
    began = time.monotonic()
    await world.chat.press("okafor", "Edit")
    assert time.monotonic() - began < 3


# The sender


def to(world: World, **facts: str) -> Recipient:
    return replace(Recipient(world.slack.team, world.user, "", {}), **facts)  # type: ignore[arg-type]


async def with_picture(world: World, data: bytes = b"") -> Card:
    digest = await asyncio.to_thread(world.files.put, data or a_picture())
    thumb = await asyncio.to_thread(world.files.put, a_picture(20))
    post = Post("Facebook", "Well done", (Picture(digest, thumb, "Pupils round a volcano", "fair.jpg"),))
    return Card("Post", "waiting", "Post: waiting <!here>", (post,))


async def test_a_card_is_delivered_and_replaced(world: World) -> None:
    sender = world.door.sender
    at = await sender.send(to(world), CARD)
    assert at == Delivered(world.slack.team, world.slack.chat(world.user), world.slack.messages[0].ts)
    await sender.replace(at, to(world), DONE)
    screen = await world.chat.screen("okafor")
    assert len(screen.messages) == 1
    assert "approved" in screen.last.text
    await sender.send(to(world), CARD)
    assert len(world.slack.called("conversations.open")) == 1
    posted = world.slack.called("chat.postMessage")[0]
    assert posted["unfurl_links"] is False
    assert posted["unfurl_media"] is False
    assert set(world.slack.tokens_seen) == {f"Bearer {world.slack.token}"}


async def test_people_are_found_by_email(world: World) -> None:
    at = await world.door.sender.send(to(world, team="", user="", email="okafor@oakfield.example"), CARD)
    assert (at.team, at.channel) == (world.slack.team, world.slack.chat(world.user))
    for email in ("nobody@oakfield.example", ""):
        with pytest.raises(Undeliverable, match="not in the Slack workspace"):
            await world.door.sender.send(to(world, user="", email=email), CARD)


async def test_a_picture_is_brought_once(world: World) -> None:
    card = await with_picture(world)
    await world.door.sender.send(to(world), card)
    await world.door.sender.send(to(world), card)
    assert len(world.slack.called("files.getUploadURLExternal")) == 1
    assert [message.pictures for message in (await world.chat.screen("okafor")).messages] == [1, 1]
    assert world.slack.messages[0].text == "Post: waiting &lt;!here&gt;"
    (file,) = world.slack.files.values()
    assert file.shared == []
    assert file.name == "fair.jpg"
    world.desk.linked.add(world.user)
    world.desk.answers = {Verb.SAY: Show(card)}
    await world.chat.say("okafor", "hello")
    assert (await world.chat.screen("okafor")).last.pictures == 1


async def test_webp_is_shown_by_its_small_copy(world: World) -> None:
    await world.door.sender.send(to(world), await with_picture(world, a_picture(40, "WEBP")))
    (file,) = world.slack.files.values()
    assert file.data[:2] == b"\xff\xd8"
    assert file.name.endswith(".jpg")


async def test_the_accounts_owner_gets_whole_files(world: World) -> None:
    data = a_picture(64)
    await world.door.sender.send(to(world), await with_picture(world, data), attach=True)
    shared = [file for file in world.slack.files.values() if file.shared]
    assert [(file.shared, file.data) for file in shared] == [([world.slack.chat(world.user)], data)]


async def test_a_picture_that_slack_is_still_looking_at(world: World) -> None:
    world.slack.slow_files = True
    card = await with_picture(world)
    with pytest.raises(RetryLater) as wait:
        await world.door.sender.send(to(world), card)
    assert wait.value.after == 2
    await world.door.sender.send(to(world), card)
    screen = await world.chat.screen("okafor")
    assert len(screen.messages) == 1
    assert "Picture: Pupils round a volcano" in screen.last.text


async def test_a_picture_that_is_gone_is_said_in_words(world: World) -> None:
    post = Post("Facebook", "Well done", (Picture("a" * 64, "b" * 64, "A volcano"),))
    await world.door.sender.send(to(world), Card("Post", "", "Post", (post,)), attach=True)
    assert "A volcano" in (await world.chat.screen("okafor")).last.text


@pytest.mark.parametrize(("failure", "after"), [
    (Failure(status=429, headers={"Retry-After": "7"}), 7.0), (Failure(status=429), None),
    (Failure(status=429, headers={"Retry-After": "soon"}), None), (Failure(status=500), None),
    (Failure(status=429, headers={"Retry-After": "9999999"}), 3600.0), (Failure(status=429, headers={
        "Retry-After": "Thu, 05 Nov 2026 09:00:30 GMT", "Date": "Thu, 05 Nov 2026 09:00:00 GMT"}), 30.0),
    (Failure(status=503), None), (Failure(error="ratelimited"), None), (Failure(error="internal_error"), None),
])
async def test_failures_that_pass(world: World, failure: Failure, after: float | None) -> None:
    world.slack.fail("chat.postMessage", failure)
    with pytest.raises(RetryLater) as wait:
        await world.door.sender.send(to(world), CARD)
    assert wait.value.after == after
    await world.door.sender.send(to(world), CARD)


@pytest.mark.parametrize("code", ["channel_not_found", "messages_tab_disabled", "msg_too_long", "invalid_blocks"])
async def test_failures_that_stay(world: World, code: str) -> None:
    world.slack.fail("chat.postMessage", Failure(error=code))
    with pytest.raises(Undeliverable, match=code):
        await world.door.sender.send(to(world), CARD)


async def test_who_is_gone_cannot_be_reached(world: World) -> None:
    world.slack.users[world.user]["deleted"] = True
    with pytest.raises(Undeliverable, match="user_disabled"):
        await world.door.sender.send(to(world), CARD)
    with pytest.raises(Undeliverable, match="user_not_found"):
        await world.door.sender.send(to(world, user="U404"), CARD)
    nowhere = Delivered(world.slack.team, world.slack.chat(world.user), "1.1")
    with pytest.raises(Undeliverable, match="message_not_found"):
        await world.door.sender.replace(nowhere, to(world), CARD)


async def test_a_slack_that_is_away(world: World) -> None:
    await world.slack.__aexit__()
    with pytest.raises(RetryLater):
        await world.door.sender.send(to(world), CARD)


async def test_a_wrong_token_does_not_stop_the_start(world: World, caplog: pytest.LogCaptureFixture) -> None:
    door = a_door(world.slack, world.desk, world.files, world.database, bot_token="xoxb-wrong")
    await door.start()
    assert door._reaching
    await door._reaching
    assert [each.levelname for each in caplog.records if "CANIPOST_SLACK_BOT_TOKEN" in each.getMessage()] == ["ERROR"]
    with pytest.raises(Shut, match="invalid_auth"):
        await door.sender.send(to(world), CARD)
    await door.stop()


@pytest.mark.parametrize("way", [{}, {"signing_secret": "", "app_token": "xapp-1"}], ids=["http", "socket"])
async def test_a_start_does_not_wait_for_a_slack_that_is_silent(world: World, way: dict[str, str]) -> None:
    """Its own time-out is ten seconds; for the socket it asks again and again."""
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    api = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/api/"
    door = a_door(world.slack, world.desk, world.files, world.database, api_url=api, **way)
    async with asyncio.timeout(5):
        await door.start()
        await door.stop()
    silent.close()


# Socket Mode


async def test_socket_mode(world: World) -> None:
    slack, chat = world.slack, world.chat
    door = a_door(slack, world.desk, world.files, world.database, signing_secret="", app_token=slack.app_token)
    assert door.routes() == []
    world.desk.linked.add(world.user)
    world.desk.answers = {Verb.SAY: Show(CARD), Verb.MINE: Note("Nothing waits.")}
    message = {"type": "message", "channel_type": "im", "channel": slack.chat(world.user), "user": world.user}
    command = {
        "command": "/canipost", "text": "mine", "team_id": slack.team, "user_id": world.user,
        "trigger_id": slack.trigger(world.user),
    }
    malformed = {"type": "event_callback", "event": []}
    await door.start()
    assert door._reaching
    await door._reaching
    try:
        ack = await slack.push({"type": "events_api", "envelope_id": "1", "payload": chat.envelope(message)})
        assert ack == {"envelope_id": "1"}
        assert (await chat.screen("okafor")).last.buttons == ("Send", "Edit", "Look")
        ack = await slack.push({"type": "slash_commands", "envelope_id": "2", "payload": command})
        assert ack["payload"]["text"] == "Nothing waits."
        await slack.sockets[-1].send_str(json.dumps({"type": "events_api", "envelope_id": "3", "payload": malformed}))
        ack = await slack.push({"type": "events_api", "envelope_id": "4", "payload": chat.envelope(message)})
        assert ack == {"envelope_id": "4"}
    finally:
        await door.stop()


def test_the_digest_of_a_key_is_stable() -> None:
    """A key that is too long for the inbox is kept by its digest."""
    from bot.slack_event import KEY, _key

    long = _key("T1", "x" * 300)
    assert len(long) <= KEY
    assert long.endswith(hashlib.sha256(("slack:T1:" + "x" * 300).encode()).hexdigest())
