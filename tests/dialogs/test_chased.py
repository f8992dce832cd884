"""Nobody decides: they are reminded, at work, then whoever is above them is asked as well; nothing is ever lost so."""

import asyncio

from bot import jobs
from storage import audit
from storage.tables import Outcome, State
from tests.dialogs.play import (
    ask_and_send,
    in_school_hours,
    leaves,
    one_engine,
    one_platform,
    outcomes,
    stands,
    the_request,
)
from tests.dialogs.test_together import write as several
from tests.world import World

STILL, AS_WELL = "asks, and has been waiting since", "You can decide it as well now"


async def told(world: World, words: str) -> dict[str, int]:
    """Who has messages that say this, and how many."""
    screens = {who: await world.chat.screen(who) for who in world.staff}
    found = {who: sum(words in m.text for m in screen.messages) for who, screen in screens.items()}
    return {who: number for who, number in found.items() if number}


async def waits(world: World) -> set[str]:
    """Whose card has the buttons to decide."""
    screens = {who: await world.chat.screen(who) for who in world.staff}
    return {who for who, screen in screens.items()
            if any({"Approve", "Answer"} & set(m.buttons) for m in screen.messages)}


async def recorded(world: World) -> list[str]:
    """What the clock did, as the record has it."""
    rows = await world.unit(lambda u: list(u.run(audit.AUDIT.select())))
    return [row.verb for row in rows if row.verb in ("remind", "escalate", "expire")]


@one_engine
async def test_reminded_twice_then_asked_further_up(world: World) -> None:
    """Asked on a Thursday at nine: reminded on Friday and on Monday, a school day later each, and raised on Tuesday."""
    chat = world.chat
    await in_school_hours(world)
    await ask_and_send(chat)
    await world.later(hours=23)
    assert await told(world, STILL) == {}
    await world.later(hours=2)
    assert await told(world, STILL) == {"patel": 1}
    await world.later(days=2)  # Sunday
    assert await told(world, STILL) == {"patel": 1}
    await world.later(days=1)
    assert await told(world, STILL) == {"patel": 2}
    assert await waits(world) == {"patel"}
    await world.later(days=1)
    assert await waits(world) == {"patel", "amin"}
    assert await told(world, AS_WELL) == {"amin": 1}
    assert "has been waiting for Mrs Patel since Thu 5 Nov" in (await chat.screen("amin")).words
    assert await told(world, "It waits for Dr Amin as well now.") == {"okafor": 1}
    assert "Mrs Patel or Dr Amin (headteacher or CEO) has it now" in (await chat.screen("okafor")).words
    await world.later(days=2)
    await chat.press("patel", "Decline")
    await chat.fill("patel", note="Not this year.")
    assert await waits(world) == set()
    assert await told(world, STILL) == await told(world, AS_WELL) == {}
    assert await told(world, "This does not wait for you any more.") == {"patel": 2, "amin": 1}
    assert "Declined by Mrs Patel" in (await chat.screen("amin")).words
    await world.later(days=3)
    assert await recorded(world) == ["remind", "remind", "escalate"]
    assert await outcomes(world) == [Outcome.DECLINED]
    await stands(world, State.DECLINED)


@one_engine
async def test_to_whom_the_pack_says(world: World) -> None:
    """The deputy is asked, and not the CEO; who is named and there is nobody: the next one above."""
    await in_school_hours(world, escalate_hours="19", escalate_to='"deputy"')
    await ask_and_send(world.chat)
    for _ in range(5):
        await world.later(days=1)
    assert await waits(world) == {"patel", "reid"}
    await world.chat.press("reid", "Approve")
    await leaves(world, "reid")
    await ask_and_send(world.chat, words="And the Christmas fair?")
    for _ in range(5):
        await world.later(days=1)
    assert await waits(world) == {"patel", "amin"}


@one_engine
@one_platform
async def test_a_question_too_goes_to_somebody_who_was_not_asked(world: World) -> None:
    """The line manager and the headteacher are; so it is the CEO. Nobody answers: it expires, and is not approved."""
    chat = world.chat
    await in_school_hours(world)
    await chat.say("okafor", "ask for advice")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_topic=["other"], q_what="May I like a post of the council's?")
    assert await waits(world) == {"reid", "patel"}
    await world.later(days=1)
    assert await told(world, STILL) == {"reid": 1, "patel": 1}
    await world.later(days=3, hours=1)
    await world.later(days=1)
    assert await waits(world) == {"reid", "patel", "amin"}
    assert "waiting for Mr Reid or Mrs Patel since" in (await chat.screen("amin")).words
    await world.later(days=5)
    assert await recorded(world) == ["remind", "remind", "escalate"]
    await world.later(days=5)
    assert await recorded(world) == ["remind", "remind", "escalate", "expire"]
    await stands(world, State.EXPIRED)


@one_engine
async def test_nothing_comes_after_a_decision(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "Ask for changes")
    await chat.fill("patel", note="Please say more.")
    assert (await the_request(world)).nudge_at is None
    for _ in range(5):
        await world.later(days=1)
    assert await recorded(world) == []
    assert await told(world, STILL) == {}


@one_platform
async def test_several_clocks_remind_once(world: World) -> None:
    """Also where a clock is put back in between: it only waits again."""
    await in_school_hours(world)
    await ask_and_send(world.chat)
    for hours in (24, 73, -48, 49, 24):
        world.clock.forward(hours=hours)
        await asyncio.gather(*(jobs.look_after(world.bot.desk, world.clock) for _ in range(4)))
    await world.drain()
    assert await recorded(world) == ["remind", "remind", "escalate"]
    await stands(world, State.SUBMITTED)
    assert await told(world, AS_WELL) == {"amin": 1}


@one_engine
@one_platform
async def test_who_agrees_together_is_not_replaced(world: World) -> None:
    """Where all of several have to agree, whoever is above only hears of it."""
    chat = world.chat
    await world.unit(lambda u: several(u, u.at))
    await chat.say("okafor", "new Instagram for the drama club")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_platform="Instagram", q_name="Drama club", q_purpose="Rehearsals")
    await chat.press("reid", "Approve")
    await world.later(days=1)
    await chat.press("patel", "Approve")
    for _ in range(4):
        await world.later(days=1)
    assert await told(world, STILL) == {"amin": 1}
    assert await waits(world) == {"amin"}
    assert await told(world, "All of them have to agree.") == {"grant": 1}


@one_engine
async def test_a_time_to_go_live_comes_first(world: World) -> None:
    """At half past ten, asked at nine: reminded after three quarters of an hour, again after half of the rest."""
    chat = world.chat
    await in_school_hours(world)
    await ask_and_send(chat, go_live="2026-11-05T10:30")
    await world.later(minutes=46)
    assert await told(world, STILL) == {"patel": 1}
    await world.later(minutes=25)
    assert await told(world, STILL) == {"patel": 2}
    await world.later(minutes=12)
    assert await waits(world) == {"patel", "amin"}
    await world.later(minutes=12)
    await stands(world, State.LAPSED)
    assert await recorded(world) == ["remind", "remind", "escalate"]
