"""Somebody leaves: an administrator sees what waits for them by name, hands it over, and never sees what it says."""

from cards.action import Action, Verb
from storage import audit
from tests.dialogs.play import approved, form, one_engine, one_platform, refusals, staff_list
from tests.dialogs.test_away import asks
from tests.dialogs.test_chased import waits
from tests.dialogs.test_cover import set_now, words
from tests.world import World

COUNCIL = "May I like a post of the council's?"


async def advice(world: World, who: str = "okafor") -> None:
    """Something that is asked of somebody's line manager, by name."""
    await world.chat.say(who, "ask for advice")
    await world.chat.press(who, "Fill it in")
    await world.chat.fill(who, q_topic=["other"], q_what=COUNCIL)


@one_engine
async def test_a_leaver_hands_over_to_a_successor(world: World) -> None:
    """Mr Reid decides by name and stands in for Mrs Patel; Mrs Doyle has all of it in two presses."""
    chat = world.chat
    await advice(world)
    await chat.say("patel", "away until friday")
    await chat.press("patel", "Right")
    await chat.say("webb", "Mr Reid is leaving at the end of term")
    assert "Who takes over from Mr Reid?" in await words(world, "webb")
    await chat.press("webb", "Choose a successor")
    assert (await form(chat, "webb")).values["leaver"] == "Mr Reid"
    for to, problem in (
        ("mr reid", "one and the same"), ("Mrs Nobody", "nobody of that name"), ("Ms Webb", "Nobody hands over to"),
    ):
        await chat.fill("webb", to=to)
        assert problem in (await form(chat, "webb")).errors["to"]
    await chat.fill("webb", to="Mrs Doyle")
    shown = (await chat.screen("webb")).last.text
    for said in ("From Mr Reid to Mrs Doyle: is this right?", "Requests to decide", "Days away to stand in for",
                 "Mrs Patel from Thursday 5 to Friday 6 November", "as deputy headteacher of Oakfield High goes to"):
        assert said in shown
    assert await waits(world) == {"reid", "patel"}, "nothing is moved yet"
    await chat.press("webb", "Hand over")
    assert "Handed over from Mr Reid to Mrs Doyle" in await words(world, "webb")
    assert await waits(world) == {"doyle", "patel"}
    assert "You stand in for Mrs Patel" in await words(world, "doyle")
    assert "Handed to Mrs Doyle" in await words(world, "okafor")
    assert {row.stand_in_id for row in await set_now(world)} == {(await world.person("doyle")).id}
    assert COUNCIL not in await words(world, "webb")
    rows = await world.unit(lambda u: list(u.run(audit.AUDIT.select())))
    (done,) = [row for row in rows if row.verb == "hand_over_all"]
    people = [(await world.person(who)).id for who in ("webb", "reid", "doyle")]
    assert [done.actor_id, done.detail["leaver"], done.detail["to"]] == people
    assert await world.unit(audit.verify) is None
    assert "Nothing waits for Mr Reid by name" in await asks(world, "webb", "hand over from Mr Reid")


@one_engine
async def test_who_may_not_and_what_cannot_be(world: World) -> None:
    chat = world.chat
    lund, costa, webb = [(await world.person(who)).id for who in ("lund", "costa", "webb")]
    only = "Only Ms Webb can hand over all that waits for somebody who leaves."
    assert only in await asks(world, "patel", "Mr Lund is leaving")
    assert only in await asks(world, "patel", "I'm leaving at christmas")
    for packed in (Action(Verb.LEAVING), Action(Verb.HAND_ON, arg=f"{lund} {costa} 0123456789ab")):
        await chat.press_made_up("hale", packed.pack())
    assert await refusals(world) == ["patel", "hale", "hale"]
    await chat.say("webb", "help")
    await chat.press("webb", "Somebody is leaving")
    await chat.fill("webb", leaver="Ms Webb", to="Ms Costa")
    assert "Nobody but you looks after the staff list." in (await form(chat, "webb")).errors["to"]
    await staff_list(world, "Ms Costa,costa@oakfield.example,Oakfield High,,,2026-11-20\n"
                            "Mr Lund,lund@oakfield.example,Oakfield High,,,2026-12-18")
    assert "Ms Costa does not stay longer than Mr Lund." in await asks(
        world, "webb", "hand over from Mr Lund to Ms Costa")
    assert "nobody of that name" in await asks(world, "webb", "hand over everything from Mr Lund to Mrs Nobody")
    assert "From Mr Lund to Mr Singh: is this right?" in await asks(world, "webb", "hand over from Mr Lund to Mr Singh")
    assert "Oakfield High on Facebook" in (await chat.screen("webb")).last.text
    assert "Their last day is Friday 18 December." in (await chat.screen("webb")).last.text
    for wrong in (f"{lund} {lund} x", f"{lund} {webb} x", f"{lund} 99999999 x", "x y z", f"{lund} {costa}"):
        await chat.press_made_up("webb", Action(Verb.HAND_ON, arg=wrong).pack())
    rows = await world.unit(lambda u: list(u.run(audit.AUDIT.select())))
    assert not [row for row in rows if row.verb == "hand_over_all"]


@one_platform
async def test_what_changed_meanwhile_is_shown_anew(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.say("webb", "hand over from Mr Reid to Mrs Doyle")
    assert "nothing to hand over" in (await chat.screen("webb")).last.text
    await advice(world)
    await chat.say("webb", "hand over from Mr Reid to Mrs Doyle")
    await advice(world, "costa")
    await chat.press("webb", "Hand over")
    assert "Something changed meanwhile" in await words(world, "webb")
    assert await waits(world) == {"reid", "patel"}
    await chat.press("webb", "Hand over")
    assert await waits(world) == {"doyle", "patel"}
    await chat.say("webb", "hand over from Mr Lund to Mr Reid")
    await chat.press("webb", "Hand over")
    assert "It's live" in [b for m in (await chat.screen("reid")).messages for b in m.buttons]


@one_engine
@one_platform
async def test_where_the_successor_cannot_stand_in(world: World) -> None:
    """Mrs Patel does not stand in for herself: that nobody does then is said before, and told afterwards."""
    chat = world.chat
    await chat.say("patel", "away until friday")
    await chat.press("patel", "Right")
    await chat.say("webb", "hand over from Mr Reid to Mrs Patel")
    lacks = "Nobody stands in any more for Mrs Patel from Thursday 5 to Friday 6 November: Mrs Patel cannot."
    assert lacks in (await chat.screen("webb")).last.text
    await chat.press("webb", "Hand over")
    assert {row.stand_in_id for row in await set_now(world)} == {None}
    assert "nobody who may stand in is there" in await words(world, "webb")
