"""Praise, floods, what nobody should send, and what lists show."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cards.action import Action, Verb
from storage.tables import ReportState
from tests.dialogs.play import form, one_engine, one_platform
from tests.dialogs.reporting import NARRATIVE, does, ends, reads, reads_own, refused, report, sent, stored, told, write
from tests.world import World

pytestmark = one_engine


async def test_praise_ends_with_thanks(world: World) -> None:
    chat = world.chat
    await report(chat, concern=["content"], about=["nobody"], what="A parent wrote how kind the office is.")
    await does(chat, "patel", "thank", words="Rang them.")
    await chat.fill("patel", step=["close"], words="Lovely, thank you for telling me.", reason="Thanked.")
    assert "Lovely, thank you" in await reads(chat, "okafor")


async def test_the_same_twice_by_two_people(world: World) -> None:
    chat = world.chat
    await report(chat, "okafor")
    await report(chat, "costa", where="http://www.X.example/lund/1/", what="The same thing again.")
    text = await reads(chat, "patel")
    assert "There is another report about the same address" in text
    await chat.fill("patel", step=["close"], words="Thank you, Ms Costa.", reason="Gone.")
    assert "Thank you, Ms Costa." in await reads(chat, "costa")
    own = await told(chat, "okafor")
    assert "closed" not in own
    assert "Costa" not in own + await reads_own(chat, "okafor")


async def test_a_flood_is_limited_kindly(world: World) -> None:
    chat = world.chat
    for _ in range(10):
        await report(chat)
    await report(chat)
    assert "in person about any more" in await told(chat, "okafor")
    assert len([each for each in await stored(world) if each.sent_at]) == 10
    await world.later(hours=25)
    await report(chat)
    assert len([each for each in await stored(world) if each.sent_at]) == 11


@one_platform
@pytest.mark.parametrize(("fields", "error"), [
    ({"about": ["staff"], "whom": "Mr Nobody"}, "I do not find Mr Nobody"),
    ({"about": ["staff"], "whom": "Mr"}, "Several people"),
    ({"what": "\x00 \x07"}, "say what you have seen"),
])
async def test_what_cannot_stay_is_said_at_its_field(world: World, fields: dict[str, Any], error: str) -> None:
    chat = world.chat
    await write(chat, "okafor", **fields)
    assert error in " ".join((await form(chat, "okafor")).errors.values())
    assert not await stored(world)


async def test_hostile_words_are_only_words(world: World) -> None:
    chat = world.chat
    nasty = "<script>*bold*</script> [x](https://evil.example) <!channel> \u202e \x00" + "ü" * 1500
    await report(chat, what=nasty, where="javascript:alert(1)", when="'; DROP TABLE report; --")
    text = await reads(chat, "patel")
    assert "ü" * 1000 in text
    assert "DROP TABLE" in text
    assert not await refused(chat, "patel")


async def test_no_link_is_ever_opened(world: World) -> None:
    """Neither to look at it, nor for a preview: of a word in the chat, in a report, or in what is asked of others."""
    chat, fetched = world.chat, list[str]()

    async def fetch(request: web.Request) -> web.Response:
        fetched.append(request.path)
        return web.Response(text="Here I am.")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fetch)
    async with TestServer(app) as server:
        where = str(server.make_url("/fake.png"))
        await chat.say("okafor", f"somebody set up a fake account of the head {where}")
        await report(chat, where=where, what=f"It is here: {where}")
        assert where in await reads(chat, "patel")
        await chat.fill("patel", step=["site"])
        assert where in str((await form(chat, "patel")).values["words"])
        await chat.fill("patel")
        await chat.fill("patel", step=["removal"], words=f"Please: {where}", to="Ms Costa")
        assert where in await reads(chat, "costa")
        await world.later(days=2)
    assert fetched == []


async def test_a_long_story_fits_into_every_window(world: World) -> None:
    """All of it can be read, a window at a time."""
    chat = world.chat
    await report(chat, what="😀" * 1400, whom="😀" * 140)
    for number in range(9):
        await does(chat, "patel", "note", words=f"Note {number}. " + "ü" * 1900)
    text = await reads(chat, "patel")
    assert "Note 8." in text
    assert "Note 0." not in text
    seen = text
    for _ in range(12):
        if "More happened before this" not in text:
            break
        await chat.fill("patel", step=["earlier"])
        text = (await form(chat, "patel")).text
        seen += text
    assert not [number for number in range(9) if f"Note {number}." not in seen]
    await chat.fill("patel", step=["close"], words="Done.", reason="All said.")
    await ends(world, ReportState.CLOSED)


@pytest.mark.parametrize("verb", [
    Verb.READ_REPORT, Verb.ACT_ON_REPORT, Verb.ADD_TO_REPORT, Verb.SEND_REPORT, Verb.DROP_REPORT,
])
async def test_others_reports_and_made_up_ones_look_the_same(world: World, verb: Verb) -> None:
    chat = world.chat
    await report(chat, about=["staff"], whom="Mr Lund")
    made, there = "A" * 16, await sent(world)
    for who in ("lund", "webb", "reid"):
        await chat.press_made_up(who, Action(verb, "B" * 16).pack())
        before = await told(chat, who)
        await chat.press_made_up(who, Action(verb, made).pack())
        first = (await told(chat, who)).removeprefix(before).strip()
        before = await told(chat, who)
        await chat.press_made_up(who, Action(verb, there.id, there.version).pack())
        assert (await told(chat, who)).removeprefix(before).strip() == first
        assert (await chat.screen(who)).form is None
    await ends(world, ReportState.SENT)


@one_platform
@pytest.mark.parametrize("verb", [each for each in Verb if "report" in each])
async def test_without_a_key_it_is_said_kindly(world: World, verb: Verb) -> None:
    chat = world.chat
    await report(chat)
    there = await sent(world)
    world.bot.database.vault = None
    await chat.press_made_up("okafor", Action(verb, there.id, there.version).pack())
    await chat.say("okafor", "i want to report something")
    assert "no key to seal them with" in await told(chat, "okafor")
    assert "quote" not in await told(chat, "okafor")
    for words in ("mine", "what waits for me"):
        await chat.say("patel", words)



async def test_lists_say_that_it_is_there_and_nothing_of_it(world: World) -> None:
    chat = world.chat
    await report(chat, about=["staff"], whom="Mr Lund")
    for who, words in (("okafor", "mine"), ("patel", "what waits for me")):
        await chat.say(who, words)
        last = (await chat.screen(who)).last
        assert "Confidential item" in last.text
        assert not [word for word in (NARRATIVE, "Lund", "colleague", "x.example") if word in last.text]
    for who in ("lund", "reid", "webb", "amin"):
        for words in ("mine", "what waits for me", "help"):
            await chat.say(who, words)
        assert "Confidential item" not in await told(chat, who)
    assert NARRATIVE not in "".join([await told(chat, who) for who in world.staff])
    assert NARRATIVE in await reads(chat, "patel")
