"""“Who is away?”, on every platform: who decides for the asker, and no more; to whoever keeps the staff list, all."""

from cards.action import Action, Verb
from storage import cover
from tests.dialogs.play import form, one_engine, refusals
from tests.dialogs.test_cover import set_now, words
from tests.world import World

NOBODY = "Nobody who decides something for you is down as away today."


async def asks(world: World, who: str, said: str) -> str:
    """What somebody is told."""
    notes = len((await world.chat.screen(who)).notes)
    await world.chat.say(who, said)
    screen = await world.chat.screen(who)
    return "\n".join([*(message.text for message in screen.messages[-1:]), *screen.notes[notes:]])


@one_engine
async def test_who_is_away(world: World) -> None:
    """A teacher hears of her head; not of a colleague, a plan, another school; nor whether there is anything."""
    chat = world.chat
    assert NOBODY in await asks(world, "okafor", "who is away?")
    for who, said in (("patel", "sick until friday"), ("lund", "away until friday"), ("reid", "away 9-13 november")):
        await chat.say(who, said)
        await chat.press(who, "Right")
    assert len({row.away for row in await set_now(world)}) == 3
    told = await asks(world, "okafor", "Who's away today?")
    assert "Mrs Patel is away until Monday 9 November. Mr Reid stands in as headteacher of Oakfield High." in told
    assert "Lund" not in told
    assert "Reid is" not in told, "a plan is no absence"
    assert "sick" not in told
    assert "Mr Reid stands in" in await asks(world, "okafor", "who's standing in for Mrs Patel?")
    for name in ("Mr Lund", "Ms Costa", "Mr Hale"):
        assert f"I have nothing to tell you about {name} being away today." in await asks(
            world, "okafor", f"is {name} in today?")
    assert "of other days I cannot tell you" in await asks(world, "okafor", "is Mrs Patel in tomorrow?")
    assert "nobody of that name" in await asks(world, "okafor", "is Mrs Nobody in?")
    assert "You are away until Monday 9 November" in await asks(world, "patel", "who is away")
    assert NOBODY in await asks(world, "hale", "who is away"), "at another school"
    await chat.say("okafor", "who stands in for me?")
    await chat.press("okafor", "Who is away")
    assert "Mrs Patel is away until" in (await chat.screen("okafor")).last.text
    assert await refusals(world) == []


@one_engine
async def test_whoever_keeps_the_list_sees_all_and_ends_it(world: World) -> None:
    chat = world.chat
    await chat.say("webb", "help")
    await chat.press("webb", "Who is away")
    assert "Nobody is down as away, today or later." in await words(world, "webb")
    for who, said in (("patel", "away until friday"), ("reid", "away 9-13 november")):
        await chat.say(who, said)
        await chat.press(who, "Right")
    shown = await asks(world, "webb", "who is away")
    assert "Mrs Patel is away from Thursday 5 to Friday 6 November" in shown
    assert "Mr Reid stands in as headteacher of Oakfield High." in shown
    assert "Mr Reid is away from Monday 9 to Friday 13 November" in shown
    assert "Mr Lund is not down as away" in await asks(world, "webb", "is Mr Lund in tomorrow")
    assert "Mr Reid is away from Monday 9" in await asks(world, "webb", "is Mr Reid in")
    await chat.press("webb", "Open")
    await chat.press("webb", "Not away after all")
    (left,) = {row.away for row in await set_now(world)}
    shown = await asks(world, "webb", "who is away")
    assert "Mrs Patel" in shown
    assert "Mr Reid is away" not in shown
    await chat.press("webb", "Somebody is away")
    assert set((await form(chat, "webb")).values) == {"person", "first", "last"}
    await chat.press_made_up("hale", Action(Verb.COVERS, f"cover-{left}").pack())
    assert "Only Mrs Patel, or whoever looks after the staff list" in await words(world, "hale")
    await chat.press_made_up("okafor", Action(Verb.COVERS, "cover-00000000").pack())
    assert await refusals(world) == ["hale", "okafor"]
    await chat.press_made_up("webb", Action(Verb.COVERS, arg="all 99").pack())
    assert await world.unit(lambda u: len(cover.of(u, left))) == len(await set_now(world))
