"""Each fault of Slack and Teams, over HTTP, and its right end: what passes arrives later, what stays is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot import slack_api
from bot.mail import MailSender
from bot.mail_server import MailServer
from bot.sender import MAIL
from handlers.notices import UNDELIVERED
from handlers.request import CARD
from storage import doors, outbox, people
from storage import request as requests
from storage.database import Unit
from storage.tables import Outbox, Platform
from tests.dialogs.play import ask_and_send
from tests.fakes.mail import FakeMail, trusting
from tests.fakes.slack import Failure as Slack
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams import Failure as Teams
from tests.fakes.teams_chat import TeamsChat
from tests.world import World, opened

PAGE = "<html><body>Your school's filter has blocked this page.</body></html>"
SEND = "/activities"
PASSES = {
    Platform.SLACK: [
        Slack(status=429, headers={"Retry-After": "7"}), Slack(status=429), Slack(status=500), Slack(status=503),
        Slack(error="ratelimited"), Slack(error="internal_error"), Slack(body=PAGE), Slack(body='{"ok": tr'),
        Slack(drop=True), Slack(hang=0.5),
    ],
    Platform.TEAMS: [
        Teams(1, 429, SEND, headers={"Retry-After": "7"}), Teams(1, 429, SEND), Teams(1, 412, SEND),
        Teams(1, 500, SEND), Teams(1, 502, SEND, code="ServiceError"), Teams(1, 503, SEND), Teams(1, 504, SEND),
        Teams(1, 401, SEND), Teams(1, 200, SEND, body=PAGE), Teams(1, 200, SEND, body='{"id": "1'),
        Teams(1, 200, SEND, drop=True),
    ],
}
ENDS = {
    Platform.SLACK: [
        Slack(error=code) for code in ("user_not_found", "user_disabled", "channel_not_found", "msg_too_long",
                                       "is_archived", "restricted_action", "something_new")
    ],
    Platform.TEAMS: [
        Teams(1, 403, SEND, code="BotNotInConversationRoster"), Teams(1, 403, SEND, code="MessageWritesBlocked"),
        Teams(9, 404, "/v3/conversations", code="ConversationNotFound"), Teams(1, 400, SEND, code="BadSyntax"),
        Teams(1, 413, SEND, code="MessageSizeTooBig"),
    ],
}


@pytest.fixture(params=[Platform.SLACK, Platform.TEAMS])
async def world(
    request: pytest.FixtureRequest, tmp_path: Path, blank: bytes, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The whole bot on each platform, which waits for an answer but a moment."""
    monkeypatch.setattr(slack_api, "TIMEOUT", aiohttp.ClientTimeout(total=0.25))
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    async with asyncio.timeout(60), opened(tmp_path, f"sqlite:///{path}", request.param) as standing:
        yield standing


async def draft(world: World) -> str:
    """Ms Okafor's draft: a card that she may have any number of times."""
    await world.chat.say("okafor", "can I post this on facebook? Fair today")
    asker = await world.person("okafor")
    found = await world.unit(lambda u: requests.mine(u, asker.id or 0, (u.at, "zzzzzzzz"), 1))
    return found[0].id


async def owe(world: World, who: str, subject: str, card: str = CARD) -> None:
    person = await world.person(who)
    await world.unit(lambda u: outbox.send(u, person.id or 0, card, subject))


async def last(world: World) -> Outbox:
    def newest(u: Unit) -> Outbox:
        row = u.connection.execute(outbox.OUTBOX.select().order_by(outbox.OUTBOX.c.id.desc())).first()
        assert row is not None
        return Outbox(**row._mapping)

    return await world.unit(newest)


def fail(world: World, fault: Slack | Teams, method: str = "chat.postMessage") -> None:
    if isinstance(world.chat, SlackChat):
        assert isinstance(fault, Slack)
        world.chat.slack.fail(method, fault)
    else:
        assert isinstance(world.chat, TeamsChat)
        assert isinstance(fault, Teams)
        world.chat.microsoft.failures.append(fault)


async def shown(world: World, who: str) -> int:
    return len((await world.chat.screen(who)).messages)


async def test_what_passes_is_sent_later_and_once(world: World) -> None:
    key = await draft(world)
    for number, fault in enumerate(PASSES[world.platform]):
        seen = await shown(world, "okafor")
        await owe(world, "okafor", key)
        fail(world, fault)
        await world.drain()
        row = await last(world)
        if getattr(fault, "status", 0) != 401:  # another token is fetched, and it goes at once
            assert (row.state, await shown(world, "okafor")) == ("waiting", seen), fault
            assert row.problem
            assert (row.due_at - world.clock.now).total_seconds() > (6.9 if number == 0 else 0), fault
            world.clock.forward(seconds=8)
            await world.drain()
        assert ((await last(world)).state, await shown(world, "okafor")) == ("sent", seen + 1), fault


async def test_what_stays_is_given_up_and_an_administrator_told(world: World) -> None:
    key = await draft(world)
    for number, fault in enumerate(ENDS[world.platform], 1):
        seen = await shown(world, "okafor")
        await owe(world, "okafor", key)
        fail(world, fault)
        if isinstance(fault, Slack) and fault.error == "channel_not_found":
            fail(world, fault)  # the chat is opened anew once
        await world.drain()
        if isinstance(fault, Teams):
            fault.times = 0
        await world.drain()
        buried = await world.unit(outbox.buried)
        assert (len(buried), await shown(world, "okafor")) == (number, seen), fault
    card = (await world.chat.screen("webb")).last
    assert f"{number} messages could not be delivered" in card.text
    assert "Ms Okafor: " in card.text
    await world.chat.press("webb", "Try again")
    assert await world.unit(outbox.buried) == []
    assert await shown(world, "okafor") == seen + number
    assert "sent again" in (await world.chat.screen("webb")).last.text
    await world.chat.press_made_up("webb", "resend|outbox-0000-00-00|0|")
    await world.chat.press_made_up("hale", f"resend|outbox-{world.clock.now.date()}|0|")


async def test_a_card_that_is_no_more_is_sent_anew_where_it_waits(world: World) -> None:
    await ask_and_send(world.chat)
    asker = await world.person("okafor")
    (found,) = await world.unit(lambda u: requests.mine(u, asker.id or 0, (u.at, "zzzzzzzz"), 1))
    gone: list[Slack | Teams | None] = [None]
    if world.platform == Platform.SLACK:
        gone += [Slack(error=code) for code in ("message_not_found", "cant_update_message", "edit_window_closed")]
    for fault in gone:
        if fault is None:
            forget(world)
        else:
            world.chat.slack.fail("chat.update", fault, fault)  # type: ignore[attr-defined]
        seen = await shown(world, "patel")
        await world.unit(lambda u: outbox.replace(u, found.id))
        await world.drain()
        assert await shown(world, "patel") == seen + 1, fault
        assert "Approve" in (await world.chat.screen("patel")).last.buttons
    assert await world.unit(outbox.buried) == []
    await world.chat.press("patel", "Approve")
    assert "approved" in (await world.chat.screen("patel")).last.text.lower()


def forget(world: World) -> None:
    """Every message of the bot's is deleted, as a retention policy does."""
    if isinstance(world.chat, SlackChat):
        world.chat.slack.messages.clear()
    elif isinstance(world.chat, TeamsChat):
        for chat in world.chat.microsoft.chats.values():
            chat.messages.clear()


async def test_who_cannot_be_reached_in_chat_has_a_letter(world: World) -> None:
    key, hale = await draft(world), await world.person("hale")

    def leave(u: Unit) -> None:
        u.connection.execute(people.IDENTITY.delete().where(people.IDENTITY.c.person_id == hale.id))

    await world.unit(leave)
    if isinstance(world.chat, SlackChat):
        world.chat.slack.users[world.chat.slack.user("hale")]["deleted"] = True
    async with letters(world) as mail:
        for _ in range(3):
            await owe(world, "hale", f"{key}:{hale.id}", UNDELIVERED)
            await world.drain()
        mail.refuses["rcpt"] = "451 later"
        world.clock.forward(hours=13)
        await owe(world, "hale", f"{key}:{hale.id}", UNDELIVERED)
        await world.drain()
        assert len(mail.letters) == 1
        mail.refuses.clear()
        world.clock.forward(seconds=3)
        await world.drain()
    assert [each["To"] for each in mail.letters] == ["hale@oakfield.example"] * 2
    assert [each["Subject"] for each in mail.letters] == ["Something waits for you in Can I Post"] * 2


@asynccontextmanager
async def letters(world: World) -> AsyncIterator[FakeMail]:
    """A mail server, and the bot with it."""
    async with FakeMail("starttls") as mail:
        server = MailServer("localhost", mail.port, "starttls")
        world.bot.senders[MAIL] = MailSender(server, "canipost@oakfield.example", world.clock, trusting())
        yield mail


async def test_a_revoked_token_makes_everything_wait(world: World) -> None:
    async with letters(world) as mail:
        await _everything_waits(world)
    (letter,) = mail.letters
    door = {Platform.SLACK: "Slack", Platform.TEAMS: "Microsoft Teams"}[world.platform]
    assert letter["To"] == "webb@oakfield.example"
    assert letter["Subject"] == f"Can I Post cannot write to anybody in {door}"


async def _everything_waits(world: World) -> None:
    key = await draft(world)
    before, seen = await calls(world), await shown(world, "okafor")
    await revoke(world)
    for _ in range(3):
        await owe(world, "okafor", key)
    await owe(world, "hale", key)
    for _ in range(120):
        await world.drain()
        world.clock.forward(minutes=1)
    assert await calls(world) - before < 150, "the door is tried every five minutes, not each time"
    assert await world.unit(outbox.buried) == []
    assert set(await world.bot.database.run(doors.shut)) == {world.platform}
    (waits,) = [(why, number) for why, number, _ in await world.unit(outbox.held) if why.startswith(world.platform)]
    assert waits[1] >= 1
    await mend(world)
    world.clock.forward(minutes=6)
    await world.drain()
    await world.drain()
    assert await shown(world, "okafor") == seen + 3
    assert await world.bot.database.run(doors.shut) == {}
    world.clock.forward(minutes=2)
    await world.drain()
    assert await shown(world, "webb") == 0, "that it was shut is no news once it is open"


async def calls(world: World) -> int:
    if isinstance(world.chat, SlackChat):
        return len(world.chat.slack.calls)
    assert isinstance(world.chat, TeamsChat)
    return len(world.chat.microsoft.seen)


async def revoke(world: World) -> None:
    """Slack takes the token no more; Microsoft gives none for the secret, which ran out."""
    if isinstance(world.chat, SlackChat):
        world.chat.slack.token += "-another"
    elif isinstance(world.chat, TeamsChat):
        world.chat.microsoft.password += "!"
        world.chat.microsoft.revoke()


async def mend(world: World) -> None:
    if isinstance(world.chat, SlackChat):
        world.chat.slack.token = world.chat.slack.token.removesuffix("-another")
    elif isinstance(world.chat, TeamsChat):
        world.chat.microsoft.password = world.chat.microsoft.password.removesuffix("!")
