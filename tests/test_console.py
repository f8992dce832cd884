"""The console's door: what becomes an event, what is shown to whom, and who is turned away."""

import asyncio
import io
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.demo import EXAMPLE, email, sample_picture, write
from bot.loopback import NotLoopback, loopback_only
from bot.sender import Delivered, Recipient, Undeliverable
from cards.action import Action, Verb
from cards.card import Button, Card, Form, Picture, Post, Text, TextField
from cards.console import NOTHING_SAID, TOO_MANY_PICTURES
from handlers.answer import Coming, Note, Open, Replace, Show, Unknown
from handlers.event import Place
from handlers.rules.pictures import MOST_BYTES
from storage.tables import Platform
from tests.fakes.console_world import NOW, ConsoleWorld, console_world

ACTION = Action(Verb.OPEN, "ABCDEFGH", 3, "x")
CARD = Card("Post", "not sent yet", "Your post", (Text("Hello"),), (Button("Open", ACTION),))
OKAFOR = Recipient("demo", "", email("okafor"), {})


@pytest.fixture
async def world(tmp_path: Path, blank: bytes) -> AsyncIterator[ConsoleWorld]:
    async with console_world(tmp_path, blank) as each:
        yield each


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "PNG")
    return out.getvalue()


async def get(url: str, **headers: str) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.read(), response.headers


async def test_the_page_has_everybody_of_the_trust_and_a_strict_policy(world: ConsoleWorld) -> None:
    status, data, headers = await get(world.url)
    text = data.decode()
    assert status == 200
    assert all(name in text for name in ("Ms Okafor", "Mrs Patel", "Dr Amin", "Oakfield Learning Trust"))
    assert "Headteacher · Oakfield High" in text
    assert "Runs Facebook · Oakfield High" in text
    assert "Administrator, runs LinkedIn<" in text
    assert "style=" not in text
    assert "<script>" not in text
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_all_that_the_page_loads_is_there(world: ConsoleWorld) -> None:
    names = ["main.js", "composer.js", "dialogs.js", "pictures.js", "post.js", "console.css", "icon.svg"]
    for name in names:
        status, text, headers = await get(f"{world.url}/console/static/{name}")
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert text
    assert (await get(f"{world.url}/console/static/console.html"))[0] == 404
    assert (await get(f"{world.url}/console/static/..%2f__init__.py"))[0] == 404
    status, _, headers = await get(f"{world.url}/console/sample.png")
    assert (status, headers["Content-Type"]) == (200, "image/png")


async def test_words_and_pictures_become_one_event(world: ConsoleWorld) -> None:
    world.desk.answer = Show(CARD)
    await world.chat.say("okafor", EXAMPLE, [("fair.png", png())])
    (event,) = world.desk.events
    assert (event.verb, event.text, event.at) == (Verb.SAY, EXAMPLE, NOW)
    assert event.place == Place(Platform.CONSOLE, "demo", email("okafor"), email("okafor"))
    assert event.key.startswith("console:")
    assert [(f.name, f.media_type, f.width) for f in event.files] == [("fair.png", "image/png", 30)]
    assert [line["kind"] for line in await world.chat.lines("okafor")] == ["said", "card"]
    assert not await world.chat.lines("patel")


async def test_a_press_says_where_and_what(world: ConsoleWorld) -> None:
    at = await world.door.sender.send(OKAFOR, CARD)
    world.desk.answer = Replace(Card("Post", "sent", ""), "It is sent.")
    await world.chat.press("okafor", "Open")
    (event,) = world.desk.events
    assert (event.verb, event.subject, event.version, event.arg) == (Verb.OPEN, "ABCDEFGH", 3, "x")
    assert event.place is not None
    assert (event.place.channel, event.place.message) == (email("okafor"), at.ref)
    screen = await world.chat.screen("okafor")
    assert [m.text for m in screen.messages] == ["Post\nsent"]
    assert screen.notes == ["It is sent."]


@pytest.mark.parametrize("verb", ["compose", "mine", "waiting", "help"])
async def test_the_buttons_below_the_chat(world: ConsoleWorld, verb: str) -> None:
    await world.chat.ask("okafor", verb)
    assert world.desk.events[0].verb == Verb(verb)


async def test_a_form_with_errors_keeps_what_was_typed(world: ConsoleWorld) -> None:
    fields = (TextField("text", "Words", "Hello"), TextField("note", "Note"))
    world.desk.answer = Open(Form("Ask", "Send", Action(Verb.SAVE, "ABC", 1), fields))
    await world.chat.ask("okafor", "compose")
    wrong = (TextField("text", "Words", "Too long"), TextField("note", "Note"))
    errors = {"text": "Shorter, please."}
    world.desk.answer = Open(Form("Ask", "Send", Action(Verb.SAVE, "ABC", 1), wrong, errors=errors))
    await world.chat.fill_with("okafor", [("a.png", png())], text="Too long")
    event = world.desk.events[-1]
    assert (event.verb, event.subject, event.fields) == (Verb.SAVE, "ABC", {"text": "Too long", "note": ""})
    assert len(event.files) == 1
    form = (await world.chat.screen("okafor")).form
    assert form is not None
    assert form.values == {"text": "Too long", "note": ""}
    assert form.errors == {"text": "Shorter, please."}
    world.desk.answer = Coming("It is on its way.")
    await world.chat.fill("okafor", text="Short")
    assert (await world.chat.screen("okafor")).form is None


async def test_the_same_press_twice_has_the_same_key(world: ConsoleWorld) -> None:
    body = json.dumps({"key": str(uuid.uuid4()), "action": ACTION.pack(), "message": ""}).encode()
    for _ in range(2):
        assert (await world.chat.post("okafor", "press", body, {"Content-Type": "application/json"}))[0] == 200
    assert len({event.key for event in world.desk.events}) == 1


async def test_who_asks_is_the_address(world: ConsoleWorld) -> None:
    world.desk.answer = Unknown()
    await world.chat.say("Stranger", "hello")
    assert [event.email for event in world.desk.events] == ["", email("stranger")]


async def test_a_fault_of_ours_is_told_with_a_code(world: ConsoleWorld) -> None:
    world.desk.answer = RuntimeError("no")
    await world.chat.say("okafor", "hello")
    assert "nothing was changed" in (await world.chat.screen("okafor")).notes[0]


async def test_what_is_said_is_shown_as_text(world: ConsoleWorld) -> None:
    world.desk.answer = Note("<b>no</b>")
    await world.chat.say("okafor", "<script>alert(1)</script>", [("<img>.png", png())])
    said, note = await world.chat.lines("okafor")
    assert "<script>" not in said["html"]
    assert "<b>" not in note["html"]
    assert (await world.chat.screen("okafor")).notes == ["<b>no</b>"]


async def test_pictures_that_cannot_be_taken_are_told(world: ConsoleWorld) -> None:
    big = b"\xff\xd8" * 20_000_000
    assert len(big) > MOST_BYTES
    many = [(f"{n}.png", png()) for n in range(5)]
    await world.chat.say("okafor", "look", many)
    assert len(world.desk.events[0].files) == 4
    assert world.desk.events[0].problems == (TOO_MANY_PICTURES,)
    await world.chat.say("okafor", "look", [("big.jpg", big), ("no.png", b"no picture")])
    event = world.desk.events[1]
    assert event.files == ()
    assert event.problems[0] == "big.jpg is larger than 10 MB. Please send a smaller copy."
    assert "no.png is not a picture" in event.problems[1]


async def test_a_picture_is_there_whole_for_those_who_were_shown_it(world: ConsoleWorld) -> None:
    digest = await asyncio.to_thread(world.files.put, sample_picture())
    card = Card("Post", "", "", (Post("Oakfield", "", (Picture(digest, "0" * 64, "A fair", "fair.png"),)),))
    path = f"{world.url}/console/people/{{}}/pictures/{digest}"
    assert (await get(path.format(email("okafor"))))[0] == 404
    await world.door.sender.send(OKAFOR, card, attach=True)
    status, text, headers = await get(path.format(email("okafor")))
    assert (status, text, headers["Content-Type"]) == (200, sample_picture(), "image/png")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await get(path.format(email("patel"))))[0] == 404
    assert (await get(path.format(email("okafor")).replace(digest, "0" * 64)))[0] == 404
    assert "Save fair.png" in (await world.chat.screen("okafor")).words


async def test_news_arrive_at_once_and_only_what_was_missed_comes_again(world: ConsoleWorld) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/console/events?since=0") as stream:
        assert await _until(stream, READY) == []
        first = await world.door.sender.send(OKAFOR, CARD)
        (line,) = await _until(stream, "data: ")
        assert json.loads(line)["ref"] == first.ref
        await world.door.sender.replace(first, OKAFOR, Card("Post", "approved", ""))
        (line,) = await _until(stream, "data: ")
        assert (json.loads(line)["ref"], "approved" in line) == (first.ref, True)
    seq = str(world.door.transcript.seq)
    await world.door.sender.send(OKAFOR, Card("Second", "", ""))
    address, last = f"{world.url}/console/events?since=0", {"Last-Event-ID": seq}
    async with aiohttp.ClientSession() as session, session.get(address, headers=last) as stream:
        missed = await _until(stream, READY)
    assert ["Second" in line for line in missed] == [True]


READY = "data: {}"


async def _until(stream: aiohttp.ClientResponse, mark: str) -> list[str]:
    """The data of the stream up to a line that begins with `mark`."""
    found = []
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 10)).decode().rstrip()
        if line.startswith("data: ") and line != READY:
            found.append(line.removeprefix("data: "))
        if line.startswith(mark):
            return found


async def test_after_a_restart_a_replaced_card_lies_where_it_lay(world: ConsoleWorld) -> None:
    late = await world.door.sender.send(OKAFOR, Card("Late", "", ""))
    early = Delivered("demo", email("okafor"), "1000000000000-00000000")
    await world.door.sender.replace(early, OKAFOR, Card("Early", "", ""))
    assert [line["ref"] for line in await world.chat.lines("okafor")] == [early.ref, late.ref]


async def test_nobody_to_send_to(world: ConsoleWorld) -> None:
    with pytest.raises(Undeliverable):
        await world.door.sender.send(Recipient("demo", "", "", {}), CARD)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "[::2]", "10.0.0.1", ""])
async def test_other_names_for_this_machine_are_refused(world: ConsoleWorld, host: str) -> None:
    for path in ("/", "/console/events", "/console/sample.png"):
        assert (await get(world.url + path, Host=host))[0] in (400, 403)
    status, _ = await world.chat.post("okafor", "say", b"", {"Host": host, "Origin": f"http://{host}"})
    assert status in (400, 403)


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "http://evil.example", "X-Canipost-Console": "1"}, {"X-Canipost-Console": "1"},
    {"Origin": "null", "X-Canipost-Console": "1"}, {"Origin": "http://localhost:1", "X-Canipost-Console": "1"},
])
async def test_posts_of_other_sites_are_refused(world: ConsoleWorld, headers: dict[str, str]) -> None:
    body = json.dumps({"key": str(uuid.uuid4()), "verb": "mine"}).encode()
    sent = {"Content-Type": "application/json", **headers}
    for what in ("say", "ask", "press", "form"):
        status, _ = await world.chat.post("okafor", what, body, sent, own=False)
        assert status == 403
    own = {"Content-Type": "application/json", "Origin": world.url}
    assert (await world.chat.post("okafor", "ask", body, own, own=False))[0] == 403
    assert world.desk.events == []


KEY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"{", b"\xff\xfe", b"1", b'"x"', b"{}", b'{"key": 1}', b"[" * 10_000,
    json.dumps({"key": "no", "action": ACTION.pack()}).encode(),
    json.dumps({"key": KEY, "action": 7}).encode(), json.dumps({"key": KEY, "action": "approve"}).encode(),
    json.dumps({"key": KEY, "action": "rm|x|1|"}).encode(), json.dumps({"key": KEY, "action": "open|x|²|"}).encode(),
    json.dumps({"key": KEY, "action": ACTION.pack(), "message": "../x"}).encode(),
    json.dumps({"key": KEY, "action": ACTION.pack(), "user": email("patel")}).encode(),
    json.dumps({"key": KEY, "verb": "approve"}).encode(), json.dumps({"key": KEY, "verb": ["mine"]}).encode(),
])
async def test_json_of_the_wrong_shape_is_refused(world: ConsoleWorld, body: bytes) -> None:
    for what in ("press", "ask"):
        status, text = await world.chat.post("okafor", what, body, {"Content-Type": "application/json"})
        assert status == 400
        assert "Traceback" not in text
    assert (await world.chat.post("okafor", "press", body, {"Content-Type": "text/plain"}))[0] == 415
    assert world.desk.events == []


PART = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


def multipart(*parts: tuple[str, str]) -> bytes:
    return ("".join(f"--B\r\n{PART.format(*part)}" for part in parts) + "--B--\r\n").encode()


@pytest.mark.parametrize("body", [
    b"", b"--B", b"--B\r\n\r\n--B--", b"nothing of the kind", b"--B\r\n" + b"x" * 9000,
    multipart(("key", "no"), ("text", "x")), multipart(("text", "x")),
    multipart(("key", KEY), ("text", "x"), ("more", "y")), multipart(("key", KEY), ("text", "  ")),
    multipart(*[("key", KEY)] * 200),
    multipart(("key", KEY), ("text", "x")).replace(b"x\r\n--B--", b"\xff\r\n--B--"),
    (b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n'
     b"Content-Encoding: gzip\r\n\r\nxx\r\n--B--\r\n"),
    b"--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C--\r\n--B--\r\n",
])
async def test_forms_of_the_wrong_shape_are_refused(world: ConsoleWorld, body: bytes) -> None:
    for what in ("say", "form"):
        status, text = await world.chat.post("okafor", what, body, {"Content-Type": "multipart/form-data; boundary=B"})
        assert status == 400
        assert "Traceback" not in text
    for kind in ("text/plain", "application/json", "multipart/mixed; boundary=B"):
        assert (await world.chat.post("okafor", "say", body, {"Content-Type": kind}))[0] == 415
    assert (await world.chat.post("okafor", "say", body, {"Content-Type": "multipart/form-data"}))[0] == 400
    assert world.desk.events == []


async def test_far_too_many_words_are_answered(world: ConsoleWorld) -> None:
    await world.chat.say("okafor", "x" * 300_000)
    assert (await world.chat.screen("okafor")).notes == ["That is more than I can take at once. Please send less."]


async def test_nothing_said_is_nothing_done(world: ConsoleWorld) -> None:
    await world.chat.say("okafor", " \n ")
    assert (await world.chat.screen("okafor")).notes == [NOTHING_SAID]
    assert world.desk.events == []


@pytest.mark.parametrize("person", ["nobody", "a@b@c", "a b@c", "x" * 300 + "@y", "..%2f@x"])
async def test_people_without_an_address_are_nowhere(world: ConsoleWorld, person: str) -> None:
    async with aiohttp.ClientSession() as session:
        marks = {"Origin": world.url, "X-Canipost-Console": "1"}
        async with session.post(f"{world.url}/console/people/{person}/ask", json={}, headers=marks) as response:
            assert response.status in (400, 404)


@pytest.mark.parametrize("since", ["x", "-1", "²", "9" * 50])
async def test_a_made_up_place_in_the_stream_is_refused(world: ConsoleWorld, since: str) -> None:
    assert (await get(f"{world.url}/console/events?since={since}"))[0] == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "school.example", "", "127.0.0.1.evil.example"])
def test_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(NotLoopback, match="stays on this machine"):
        loopback_only(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_is_fine(host: str) -> None:
    assert loopback_only(host) == host


async def test_the_sample_trust_is_written_once(world: ConsoleWorld) -> None:
    before = await get(world.url)
    await world.door.database.run(lambda u: write(u, NOW))
    assert (await get(world.url))[1] == before[1]


async def test_an_open_page_does_not_keep_the_console_from_stopping(tmp_path: Path, blank: bytes) -> None:
    async with aiohttp.ClientSession() as session:
        async with console_world(tmp_path, blank) as world:
            stream = await session.get(f"{world.url}/console/events")
            await _until(stream, READY)
            stopping = asyncio.get_running_loop().time()
        with suppress(aiohttp.ClientError):
            await stream.read()
        assert asyncio.get_running_loop().time() - stopping < 5
