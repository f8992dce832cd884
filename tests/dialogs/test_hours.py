"""Out of hours nothing pings: at night, in half term, on bank holidays. What cannot wait says why, and then it does."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot import jobs
from cards.action import Verb
from handlers import packs
from storage.request import REQUEST
from storage.tables import State
from tests.dialogs.play import (
    WORDS,
    ask_and_send,
    button,
    closed,
    copies,
    in_school_hours,
    one_engine,
    one_platform,
    stands,
    tell_address,
    the_request,
)
from tests.dialogs.test_chased import STILL, recorded, told, waits
from tests.dialogs.test_kinds import answers, start
from tests.world import World

HALF_TERM = "Oakfield High,09/11/2026,13/11/2026,Half term\n"


async def moves_to(world: World, day: int, hour: int, month: int = 11) -> None:
    """It is this time, in 2026."""
    world.clock.now = datetime(2026, month, day, hour, tzinfo=UTC)
    await world.later(minutes=1)


async def new(world: World, who: str) -> int:
    return len((await world.chat.screen(who)).messages)


@one_engine
async def test_half_term(world: World) -> None:
    """Asked on the Sunday before: it is looked at a week on, unless it cannot wait; and then the decider hears why."""
    chat = world.chat
    await in_school_hours(world)
    await closed(world, HALF_TERM)
    await moves_to(world, 8, 14)
    await ask_and_send(chat)
    card = (await chat.screen("okafor")).last
    assert "Oakfield High is closed until Mon 16 Nov 08:00. Mrs Patel (headteacher) hears of it then." in card.text
    assert await new(world, "patel") == 0
    await chat.say("patel", "what waits for me?")
    assert "Ms Okafor" in (await chat.screen("patel")).last.text, "it stands in the list at once"
    await moves_to(world, 11, 10)
    assert await waits(world) == set() and await recorded(world) == []
    await chat.press("okafor", "It cannot wait")
    await chat.fill("okafor", why=" ")
    assert (await chat.screen("okafor")).form is not None
    await chat.fill("okafor", why="The paper prints tonight.")
    assert await waits(world) == {"patel"}
    shown = copies(await chat.screen("patel"))[-1].text
    assert "Ms Okafor says why it cannot wait: “The paper prints tonight.”" in shown
    assert "It cannot wait" not in (await chat.screen("okafor")).last.buttons
    await world.later(hours=10)
    assert await told(world, STILL) == {"patel": 1}, "from then on every hour counts"
    await chat.press("patel", "Approve")
    assert "Mrs Patel approved it" in (await chat.screen("okafor")).words, "an answer comes at any hour"
    await moves_to(world, 16, 8)
    assert len(copies(await chat.screen("patel"))) == 1, "it came once"
    await stands(world, State.APPROVED)


@one_engine
async def test_the_morning_after(world: World) -> None:
    """Asked at nine in the evening: the card comes at eight, and to publish it, too; what is settled comes no more."""
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 5, 21)
    await ask_and_send(chat)
    assert "closed until Fri 6 Nov 08:00" in (await chat.screen("okafor")).last.text
    assert await new(world, "patel") == 0
    await moves_to(world, 6, 8)
    assert await waits(world) == {"patel"}
    assert "comes late" not in (await chat.screen("patel")).words
    assert "Mrs Patel (headteacher) has it now" in copies(await chat.screen("okafor"))[-1].text
    assert "It cannot wait" not in (await chat.screen("okafor")).last.buttons
    await moves_to(world, 6, 18)
    await chat.press("patel", "Approve")
    assert await new(world, "lund") == 0
    await chat.press("patel", "Take it back")
    await moves_to(world, 9, 8)
    assert await new(world, "lund") == 0, "what was taken back over the weekend pinged nobody"
    await chat.press("patel", "Approve")
    await tell_address(chat)
    await stands(world, State.PUBLISHED)


@one_engine
async def test_bank_holidays_and_central_staff(world: World) -> None:
    """In half term the CEO is at work and the school is not; on a bank holiday nobody is."""
    chat = world.chat
    await in_school_hours(world)
    await closed(world, HALF_TERM + ",21/12/2026,01/01/2027,Christmas\n")
    await moves_to(world, 10, 10)
    await ask_and_send(chat, "patel")  # a headteacher's own goes to the CEO
    assert await waits(world) == {"amin"}
    await chat.press("amin", "Approve")
    await moves_to(world, 22, 10, 12)
    await ask_and_send(chat, "patel", words="A Christmas tree")
    assert await waits(world) == {"amin"}
    await chat.press("amin", "Approve")
    await moves_to(world, 25, 10, 12)
    await ask_and_send(chat, "patel", words="Another Christmas tree")
    assert "Oakfield Learning Trust is closed until Tue 29 Dec 08:00" in (await chat.screen("patel")).last.text
    assert await waits(world) == set()


@one_engine
@one_platform
async def test_one_is_at_work_and_another_is_not(world: World) -> None:
    """Either can decide: the CEO has it in half term, and the headteacher the week after, unless it is decided."""
    chat = world.chat
    await in_school_hours(world)
    await closed(world, HALF_TERM)
    await moves_to(world, 11, 10)
    account = (await world.unit(packs.current)).kinds["account"]
    for _ in range(2):
        await start(chat, "account")
        await chat.fill("okafor", **await answers(world, account))
    assert await waits(world) == {"amin"} and await new(world, "patel") == 0
    assert "It cannot wait" not in (await chat.screen("okafor")).last.buttons
    await chat.press("amin", "Approve")
    await moves_to(world, 12, 11)
    assert await told(world, STILL) == {"amin": 1}
    await moves_to(world, 16, 8)
    assert await waits(world) == {"amin", "patel"} and await told(world, STILL) == {"amin": 2, "patel": 1}


@one_engine
async def test_what_the_pack_calls_urgent_goes_out_at_night(world: World) -> None:
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 7, 22)
    await chat.say("okafor", "the local paper rang about the fire")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_who="The Herald", q_what="Was anybody hurt?")
    assert await waits(world) == {"patel"}
    await world.later(minutes=61)
    assert await told(world, STILL) == {"patel": 1}
    await world.later(minutes=61)
    await world.later(minutes=61)
    assert await waits(world) == {"patel", "amin"}


@one_engine
async def test_a_time_to_go_live_makes_it_urgent_by_itself(world: World) -> None:
    """At seven in the morning nobody would have decided; at eleven there is time from eight o'clock on."""
    await in_school_hours(world)
    await moves_to(world, 5, 21)
    await ask_and_send(world.chat, go_live="2026-11-06T11:00")
    assert await waits(world) == set()
    await ask_and_send(world.chat, go_live="2026-11-06T07:00", words="The bus is late")
    assert await waits(world) == {"patel"}


@one_engine
@one_platform
async def test_the_sample_trust_never_sleeps(world: World) -> None:
    """Its pack says so: one tries the bot on a Sunday night, too."""
    await moves_to(world, 8, 3)
    await ask_and_send(world.chat)
    assert await waits(world) == {"patel"}


@one_engine
async def test_withdrawn_before_anybody_heard(world: World) -> None:
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 5, 21)
    await ask_and_send(chat)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Better words")
    await chat.press("okafor", "Withdraw")
    await moves_to(world, 6, 9)
    assert await new(world, "patel") == 0
    await ask_and_send(chat)
    await moves_to(world, 6, 21)
    assert len(copies(await chat.screen("patel"))) == 1


@one_engine
async def test_changed_at_night_it_comes_once(world: World) -> None:
    """And whoever opens it themselves before does not get it again."""
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 5, 21)
    await ask_and_send(chat)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text=f"{WORDS} More.")
    await chat.say("patel", "what waits for me?")
    await chat.press("patel", "Open")
    before = await new(world, "patel")
    await moves_to(world, 6, 9)
    assert await new(world, "patel") == before


@one_engine
async def test_who_may_say_that_it_cannot_wait(world: World) -> None:
    """Its asker, once, and not when it has come."""
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 5, 21)
    await ask_and_send(chat)
    hurry = await button(world, Verb.HURRY)
    await chat.press_made_up("hale", hurry)
    await chat.press_made_up("patel", hurry)
    assert (await the_request(world)).why_now == ""
    world.clock.now = datetime(2026, 11, 6, 8, 0, tzinfo=UTC)  # before the clock has looked
    await chat.press_made_up("okafor", hurry)
    assert (await chat.screen("okafor")).form is None
    assert (await the_request(world)).why_now == "" and await waits(world) == {"patel"}


@one_engine
@one_platform
async def test_what_cannot_be_done_holds_up_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that are due the clock cannot read one; the other is reminded of, and in parts of one at a time."""
    monkeypatch.setattr(jobs, "BATCH", 1)
    await in_school_hours(world)
    await ask_and_send(world.chat)
    first = await the_request(world)
    await ask_and_send(world.chat, words="The Christmas fair")
    broken = update(REQUEST).where(REQUEST.c.id == first.id).values(pack_version="0" * 64)
    await world.unit(lambda u: u.connection.execute(broken))
    world.clock.forward(days=1)
    await jobs.look_after(world.bot.desk, world.clock)
    await jobs.look_after(world.bot.desk, world.clock)
    assert await recorded(world) == ["remind"]


@one_engine
async def test_what_comes_late_says_so(world: World) -> None:
    """The bot did not run from the night until eleven: the card comes once, and so does the reminder, both late."""
    chat = world.chat
    await in_school_hours(world)
    await moves_to(world, 4, 21)
    await ask_and_send(chat)
    await moves_to(world, 5, 11)
    assert await waits(world) == {"patel"}
    assert "This was to come on Thu 5 Nov 08:00. I could not send it then, so it comes late." in (
        await chat.screen("patel")).words
    due = (await the_request(world)).nudge_at
    assert due is not None
    world.clock.now = due.replace(hour=16)
    await asyncio.gather(*(jobs.look_after(world.bot.desk, world.clock) for _ in range(3)))
    await world.drain()
    late = [m.text for m in (await chat.screen("patel")).messages if STILL in m.text]
    assert len(late) == 1 and "This was to come on Fri 6 Nov 11:0" in late[0]
    assert await recorded(world) == ["remind"]
    await stands(world, State.SUBMITTED)
