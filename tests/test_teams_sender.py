"""What Teams brings and takes away: files in, cards and files out, and what becomes of what cannot be delivered."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.connector import Forbidden, permit
from bot.sender import Delivered, Recipient, RetryLater, Undeliverable
from cards import teams_words
from cards.action import Action, Verb
from cards.card import Button, Card, Picture, Post, Text
from tests.fakes.teams import TENANT
from tests.fakes.teams_chat import BOT
from tests.fakes.teams_world import World, opened

DO = Action(Verb.APPROVE, "r1", 2)
SHOWN = Card("Post", "approved", "Your post is approved", (Text("Well done"),), (Button("Approve", DO),))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The bot as it is registered."""
    async with opened(tmp_path) as each:
        yield each


def picture(size: int = 30) -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(out, "PNG")
    return out.getvalue()


async def test_pictures_are_taken_and_everything_else_is_named(world: World) -> None:
    files = [("fair.png", picture()), ("notes.txt", b"words"), ("big.png", bytes(11_000_000))]
    await world.chat.say("okafor", "this", files)
    event = world.desk.events[0]
    assert [each.name for each in event.files] == ["fair.png"]
    assert world.files.get(event.files[0].digest)
    assert [problem.split()[0] for problem in event.problems] == ["notes.txt", "big.png"]


async def test_at_most_four_pictures_are_taken(world: World) -> None:
    await world.chat.say("okafor", "this", [(f"{n}.png", picture(n + 10)) for n in range(6)])
    event = world.desk.events[0]
    assert (len(event.files), event.problems) == (4, (teams_words.TOO_MANY_FILES,))


async def test_strangers_files_are_not_fetched(world: World) -> None:
    world.desk.strangers = True
    await world.chat.say("okafor", "this", [("fair.png", picture())])
    assert not any("attachments" in path for _, path, _ in world.microsoft.seen)
    assert world.desk.events[0].problems == (teams_words.KNOWN_NOW,)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "https://evil.example/a.png", "file:///etc/passwd", "x",
     "https://sharepoint.com.evil.example/a", "http://trust.sharepoint.com/a", "https://a@trust.sharepoint.com/",
     "https://trust.sharepoint.com:8443/a", "https://evil.example\\.sharepoint.com/", "//sharepoint.com", "http://[::1/"],
)
async def test_no_other_address_is_fetched(world: World, url: str) -> None:
    with pytest.raises(Forbidden):
        permit(url, "https://smba.trafficmanager.net/emea/")
    info = {"contentType": "application/vnd.microsoft.teams.file.download.info", "content": {"downloadUrl": url}}
    await world.post(world.message(attachments=[{**info, "name": "fair.png"}]))
    assert world.desk.events[0].problems == (teams_words.FILE_ELSEWHERE.format(name="fair.png"),)


async def test_a_redirection_is_judged_like_an_address(world: World) -> None:
    away = world.microsoft.url("/away/http://169.254.169.254/latest")
    await world.post(world.message(attachments=[{"contentType": "image/png", "contentUrl": away}]))
    assert world.desk.events[0].problems == (teams_words.FILE_ELSEWHERE.format(name="picture"),)


def test_files_of_teams_may_be_fetched() -> None:
    permit("https://trust-my.sharepoint.com/personal/x/download.aspx?tempauth=1", "https://smba.trafficmanager.net/emea/")
    permit("https://smba.trafficmanager.net/emea/v3/attachments/1/views/original", "https://smba.trafficmanager.net/emea/")


def someone(world: World, **change: Any) -> Recipient:
    """Ms Okafor, as storage knows her."""
    person = world.chat.person("okafor")
    reference = {
        "service_url": world.microsoft.service_url, "conversation": person.chat.id, "user": person.user, "bot": BOT,
    }
    return Recipient(TENANT, person.object_id, "", {**reference, **change})


async def test_delivery_sends_and_replaces(world: World) -> None:
    to = someone(world)
    at = await world.door.sender.send(to, SHOWN)
    assert (at.team, at.channel) == (TENANT, "a:okafor")
    assert world.chat.person("okafor").chat.messages[at.ref]["summary"] == "Your post is approved"
    await world.door.sender.replace(at, to, replace(SHOWN, state="live"))
    assert [each.text for each in (await world.chat.screen("okafor")).messages] == ["Post · live\nWell done"]
    assert world.microsoft.calls["token"] == 1


@pytest.mark.parametrize(
    "reference", [{}, {"conversation": "a:1"}, {"service_url": "http://evil.example", "conversation": "a"}]
)
async def test_whoever_never_opened_the_bot_is_told_to_the_sender(world: World, reference: dict[str, str]) -> None:
    with pytest.raises(Undeliverable, match="open the app in Teams"):
        await world.door.sender.send(Recipient(TENANT, "u", "", reference), SHOWN)


@pytest.mark.parametrize(
    ("status", "after", "later"),
    [(429, "7", 7.0), (429, "soon", None), (412, "", None), (500, "", None), (502, "", None),
     (503, "9999999", 3600.0), (504, "", None)],
)
async def test_what_passes_is_tried_later(world: World, status: int, after: str, later: float | None) -> None:
    world.microsoft.fail(status, "activities", after=after)
    with pytest.raises(RetryLater) as caught:
        await world.door.sender.send(someone(world), SHOWN)
    assert caught.value.after == later
    await world.door.sender.send(someone(world), SHOWN)


@pytest.mark.parametrize(
    ("status", "code", "why"), [(403, "MessageWritesBlocked", "blocked"), (400, "BadSyntax", "BadSyntax")]
)
async def test_what_stays_is_undeliverable(world: World, status: int, code: str, why: str) -> None:
    world.microsoft.fail(status, "activities", code=code)
    with pytest.raises(Undeliverable, match=why):
        await world.door.sender.send(someone(world), SHOWN)


async def test_a_hanging_service_is_tried_later(world: World) -> None:
    world.microsoft.hanging.add("activities")
    with pytest.raises(RetryLater):
        await world.door.sender.send(someone(world), SHOWN)


async def test_a_lost_conversation_is_opened_again(world: World) -> None:
    at = await world.door.sender.send(someone(world, conversation="a:lost"), SHOWN)
    assert at.channel == "a:new-29:okafor"
    with pytest.raises(Undeliverable, match="no longer there"):
        await world.door.sender.replace(Delivered(TENANT, "a:okafor", "gone"), someone(world), SHOWN)


async def test_a_revoked_token_is_renewed_once(world: World) -> None:
    await world.door.sender.send(someone(world), SHOWN)
    world.microsoft.revoke()
    await world.door.sender.send(someone(world), SHOWN)
    assert world.microsoft.calls["token"] == 2
    world.microsoft.fail(401, "activities", times=2)
    with pytest.raises(RetryLater):
        await world.door.sender.send(someone(world), SHOWN)


async def test_the_token_is_renewed_before_it_runs_out(world: World) -> None:
    await asyncio.gather(*(world.door.sender.send(someone(world), SHOWN) for _ in range(8)))
    assert world.microsoft.calls["token"] == 1
    world.clock.now += timedelta(minutes=52)
    await world.door.sender.send(someone(world), SHOWN)
    await asyncio.sleep(0.05)
    assert world.microsoft.calls["token"] == 2


async def test_a_wrong_secret_is_no_loss(tmp_path: Path) -> None:
    async with opened(tmp_path, password="wrong") as world:
        with pytest.raises(RetryLater):
            await world.door.sender.send(someone(world), SHOWN)


async def offered(world: World) -> tuple[str, dict[str, Any]]:
    """A card with a whole picture to save was delivered; the question's message and its content."""
    data = picture(200)
    digest = world.files.put(data)
    shown = Post("Ms Okafor", "Hi", (Picture(digest, digest, "A volcano", "fair.png"),))
    await world.door.sender.send(someone(world), Card("Post", "approved", "Publish it", (shown,)), attach=True)
    messages = world.chat.person("okafor").chat.messages
    name = next(iter(messages))
    question = messages[name]["attachments"][0]
    assert (question["name"], question["content"]["sizeInBytes"]) == ("fair.png", len(data))
    return name, question["content"]


def consent(
    world: World, who: str, context: object, name: str, action: str = "accept", url: str = ""
) -> dict[str, Any]:
    """What Teams posts when somebody accepts or declines a file."""
    upload = {
        "uploadUrl": url or world.microsoft.url("/upload/fair"), "name": "fair.png",
        "contentUrl": "https://trust.sharepoint.com/fair.png", "uniqueId": "1", "fileType": "png",
    }
    value = {"type": "fileUpload", "action": action, "context": context, "uploadInfo": upload}
    return world.chat.activity(
        world.chat.person(who), {"type": "invoke", "name": "fileConsent/invoke", "value": value, "replyToId": name})


async def test_an_accepted_file_lands_in_the_onedrive(world: World) -> None:
    name, question = await offered(world)
    status, body = await world.post(consent(world, "okafor", question["acceptContext"], name))
    assert (status, body) == (200, {})
    assert world.microsoft.uploads["fair"] == picture(200)
    messages = world.chat.person("okafor").chat.messages
    assert name not in messages
    assert list(messages.values())[-1]["attachments"][0]["contentType"].endswith("file.info")


async def test_a_declined_file_is_let_go_kindly(world: World) -> None:
    name, question = await offered(world)
    await world.post(consent(world, "okafor", question["declineContext"], name, "decline"))
    assert world.microsoft.uploads == {}
    assert (await world.chat.screen("okafor")).last.text.startswith("All right")


async def test_a_file_goes_only_to_whom_it_was_offered_and_where_teams_keeps_files(world: World) -> None:
    name, question = await offered(world)
    context = question["acceptContext"]
    world.chat.person("hale")
    spoilt = [{**context, "digest": "0" * 64}, {**context, "seal": "ü"}, {}, None, "x", {**context, "name": 1}]
    for body in (consent(world, "hale", context, name), *(consent(world, "okafor", each, name) for each in spoilt),
                 consent(world, "okafor", context, name, url="https://evil.example/x")):
        assert (await world.post(body))[0] == 200
    assert world.microsoft.uploads == {}
    assert (await world.chat.screen("hale")).last.text == teams_words.FILE_NOT_YOURS


