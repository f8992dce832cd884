"""Somebody is away: who stands in, from when to when, as everybody sees it on every platform."""


import asyncio
from datetime import date

import pytest

from bot import jobs
from cards.action import Action, Verb
from handlers import handing_over, packs, passing, report_desk, view
from storage import audit, cover, outbox
from storage.database import Stale, Unit
from storage.tables import Cover, Outcome, State
from tests.dialogs.play import (
    approved,
    ask_and_send,
    form,
    in_school_hours,
    one_engine,
    one_platform,
    outcomes,
    refusals,
    staff_list,
    stands,
    the_request,
)
from tests.dialogs.test_chased import waits
from tests.world import World


async def words(world: World, who: str) -> str:
    """All that somebody sees."""
    return (await world.chat.screen(who)).words


async def set_now(world: World) -> list[Cover]:
    """What is set and not over."""
    return await world.unit(cover.every)


@one_engine
async def test_away_until_friday(world: World) -> None:
    """Thursday at nine. Nothing holds before it is right; then both decide; on Monday it is Mrs Patel's alone."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.say("patel", "away tomorrow until friday")
    await chat.say("patel", "away today until friday")
    asked = await words(world, "patel")
    assert "Mr Reid decides for you on Friday 6 November." in asked
    assert "Mr Reid decides for you from Thursday 5 to Friday 6 November." in asked
    assert "One request waiting now goes there as well." in asked
    assert "You are back on Monday 9 November." in asked
    assert await waits(world) == {"patel"}
    await chat.press("patel", "Right")
    assert await waits(world) == {"patel", "reid"}
    told = await words(world, "reid")
    assert "What Mrs Patel, as headteacher of Oakfield High, is asked to decide comes to you as well" in told
    assert "Reports never go to whoever stands in." in told
    assert "You stand in for Mrs Patel, who is away until Monday 9 November." in told
    now = await words(world, "okafor")
    assert "Mrs Patel is away until Monday 9 November; Mr Reid can decide as well." in now
    await chat.say("reid", "waiting")
    assert "Ms Okafor, since Thu 5 Nov" in (await chat.screen("reid")).last.text
    await chat.press("reid", "Approve")
    await stands(world, State.APPROVED)
    assert "for Mrs Patel, who is away until Monday 9 November." in await words(world, "okafor")
    assert "for you, who are away until Monday 9 November." in await words(world, "patel")
    await ask_and_send(chat, words="And the next fair is in June.")
    assert await waits(world) == {"patel", "reid"}
    await world.later(days=4)
    assert await waits(world) == {"patel"}
    assert "This no longer needs you." in await words(world, "reid")
    assert "This is over: what Mrs Patel is asked no longer comes to you." in await words(world, "reid")
    assert await set_now(world) == []
    assert await outcomes(world) == [Outcome.APPROVED]


@one_engine
async def test_somebody_else_other_days_and_back(world: World) -> None:
    """From Monday on, by the form; it begins at work on Monday, and ends with “I'm back”."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.say("patel", "I'm away 9 to 13 November")
    await chat.press("patel", "Someone else")
    shown = await form(chat, "patel")
    assert (shown.values["first"], shown.values["last"]) == ("2026-11-09", "2026-11-13")
    await chat.fill("patel", last="2026-11-06")
    assert (await form(chat, "patel")).errors == {"last": "The last day is before the first one."}
    amin = str((await world.person("amin")).id)
    await chat.fill("patel", last="2026-11-12", stand_in_0=amin)
    assert "Dr Amin decides for you from Monday 9 to Thursday 12 November." in await words(world, "patel")
    assert await waits(world) == {"patel"}
    await world.later(days=4)
    assert await waits(world) == {"patel", "amin"}
    await chat.say("patel", "I'm back")
    assert await waits(world) == {"patel"}
    assert "Welcome back." in await words(world, "patel")
    assert await set_now(world) == []


@one_engine
async def test_handed_to_somebody_else(world: World) -> None:
    """Mrs Patel hands it to Mr Reid: it is his alone, she sees how it goes, and both names are on the card."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "To somebody else")
    await chat.fill("patel", note="You were at the fair.")
    assert set((await form(chat, "patel")).errors) == {"to"}
    reid = str((await world.person("reid")).id)
    await chat.fill("patel", to=reid, note="You were at the fair.")
    assert await waits(world) == {"reid"}
    for who in ("patel", "reid", "okafor"):
        seen = await words(world, who)
        assert "Handed to Mr Reid by Mrs Patel, Thu 5 Nov 09:00. “You were at the fair.”" in seen
    assert "waiting for Mr Reid" in await words(world, "okafor")
    await chat.press("reid", "Approve")
    assert "Approved by Mr Reid" in await words(world, "patel")
    await stands(world, State.APPROVED)


@one_engine
async def test_whoever_stands_in_asks_themselves(world: World) -> None:
    """Mrs Patel is away and Mr Reid, who stands in, asks: it goes to the CEO as well at once. Nobody approves alone."""
    chat = world.chat
    await chat.say("patel", "off sick today")
    await chat.press("patel", "Right")
    await ask_and_send(chat, "reid")
    assert await waits(world) == {"patel", "amin"}
    assert "It waits for Dr Amin as well now." in await words(world, "reid")
    await ask_and_send(chat, words="Another one.")
    assert await waits(world) == {"patel", "amin", "reid"}
    await chat.say("reid", "off sick today")
    await chat.press("reid", "Right")
    assert "nobody who may stand in is there" in await words(world, "patel")
    assert "nobody who may stand in is there" in await words(world, "webb")
    assert await waits(world) == {"patel", "amin"}


@one_engine
async def test_an_administrator_says_it_for_somebody(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await chat.say("webb", "Mrs Patel is away until Friday")
    assert "Mr Reid decides for Mrs Patel from Thursday 5 to Friday 6 November." in await words(world, "webb")
    await chat.press("webb", "Right")
    assert await waits(world) == {"patel", "reid"}
    assert "Mr Reid decides for you from Thursday 5 to Friday 6 November." in await words(world, "patel")
    await chat.say("patel", "who stands in for me?")
    assert "You are away from Thursday 5 to Friday 6 November." in await words(world, "patel")
    await chat.press("webb", "Someone else")
    amin = str((await world.person("amin")).id)
    await chat.fill("webb", stand_in_0=amin)
    assert await waits(world) == {"patel", "amin"}
    assert "This is over: what Mrs Patel is asked no longer comes to you." in await words(world, "reid")
    await chat.say("webb", "Mrs Patel is back")
    assert await waits(world) == {"patel"}
    assert "Nobody stands in any more." in await words(world, "patel")
    await chat.say("webb", "who stands in for me")
    await chat.press("webb", "Somebody else is away")
    await chat.fill("webb", person="Mrs Nobody", first="2026-11-05", last="2026-11-06")
    assert "nobody of that name" in (await form(chat, "webb")).errors["person"]
    await chat.fill("webb", person="mrs patel", first="2026-11-05", last="2026-11-06")
    assert "Mr Reid decides for Mrs Patel from Thursday 5" in (await chat.screen("webb")).last.text
    await chat.say("hale", "Mrs Patel is away until Friday")
    assert "Only Mrs Patel, or whoever looks after the staff list, can say that." in await words(world, "hale")
    assert await refusals(world) == ["hale"]
    assert await set_now(world) == []


@one_engine
async def test_what_cannot_be(world: World) -> None:
    """Each is named, and nothing is half done."""
    chat = world.chat
    patel, reid, amin = [(await world.person(who)).id for who in ("patel", "reid", "amin")]
    for said, named in (
        ("away from 9 december to 3 december", "The last day is before the first one."),
        ("away 1 october 2026", "These days are over already."),
        ("away from 1 december until 1 june", "Nobody stands in for more than 60 days."),
        ("away from 1/1/2030 to 2/1/2030", "That is more than a year ahead."),
        ("I'm away from tomorrow", "From when to when are you away?"),
    ):
        await chat.say("patel", said)
        assert named in (await chat.screen("patel")).last.text
        assert "Choose the days" in (await chat.screen("patel")).last.buttons
    await chat.say("okafor", "away until friday")
    assert "Nothing waits for your decision here" in await words(world, "okafor")
    await chat.say("webb", "Mrs Nobody is away until friday")
    assert "I find nobody of that name" in await words(world, "webb")
    await chat.say("patel", "I'm back")
    assert "You are not down as away" in await words(world, "patel")
    for packed in (
        Action(Verb.COVER, arg=f"{patel} 2026-11-05 2026-11-06 {reid},{reid}").pack(),
        Action(Verb.AWAY, arg=f"{patel}").pack(), Action(Verb.BACK, "cover-00000000").pack(),
        Action(Verb.COVER, arg="999 2026-11-05 2026-11-06 1").pack(), Action(Verb.COVER, arg="x y z").pack(),
        Action(Verb.COVER, "cover-", arg="1 2 3").pack(), Action(Verb.BACK, "nonsense").pack(),
    ):
        await chat.press_made_up("hale", packed)
    assert set(await refusals(world)) == {"hale"}
    for wrong in (f"{patel},{reid}", "1,2", "999999,0", f"{reid}", "x,y"):
        await chat.press_made_up("patel", Action(
            Verb.COVER, arg=f"{patel} 2026-11-05 2026-11-06 {wrong}").pack())
    found = await set_now(world)
    assert {row.stand_in_id for row in found} <= {reid}, "not one whom the policy names"
    await chat.say("patel", "I'm back")
    await chat.say("reid", "away until friday")
    await chat.press("reid", "Right")
    await chat.say("patel", "away until friday")
    assert "Dr Amin decides for you" in (await chat.screen("patel")).last.text
    await chat.press_made_up("patel", Action(
        Verb.COVER, arg=f"{patel} 2026-11-05 2026-11-06 {reid},{reid}").pack())
    assert "Mr Reid is away on some of these days as well" in await words(world, "patel")
    assert {row.person_id for row in await set_now(world)} == {reid}
    await chat.press("patel", "Right")
    await chat.say("patel", "away 6 to 9 november")
    assert "This takes the place of the absence from Thursday 5 to Friday 6 November." in (
        await chat.screen("patel")).last.text
    await chat.press("patel", "Right")
    days = {(row.first_day, row.last_day) for row in await set_now(world) if row.person_id == patel}
    assert days == {(date(2026, 11, 6), date(2026, 11, 9))}
    assert amin in {row.stand_in_id for row in await set_now(world)}


@one_engine
async def test_reports_go_round_whoever_stands_in(world: World) -> None:
    """A successor who stands in for Mrs Patel is left out of a report about her; her CEO is not, though he does too."""
    patel, amin, singh = [await world.person(who) for who in ("patel", "amin", "singh")]
    days = (date(2026, 11, 5), date(2026, 11, 6))

    def left_out(u: Unit) -> set[int]:
        return report_desk.beside_them(u, packs.current(u), {patel.id or 0})

    for stand_in, barred in ((amin, False), (singh, True)):
        assert stand_in.id not in await world.unit(left_out)
        rows = [{"role": "headteacher", "school_id": patel.school_id, "stand_in_id": stand_in.id}]
        away = await world.unit(lambda u, rows=rows: cover.add(u, patel.id or 0, days, rows, None, u.at))
        assert (stand_in.id in await world.unit(left_out)) == barred
        await world.unit(lambda u, away=away: cover.over(u, away))


@one_engine
@one_platform
async def test_all_of_a_leavers_goes_to_a_successor(world: World) -> None:
    """What is asked by name, accounts with what waits on them, and absences; shown first, and done whole."""
    chat = world.chat
    await approved(chat)
    await chat.say("okafor", "ask for advice")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_topic=["other"], q_what="May I like a post of the council's?")
    await chat.say("patel", "away until friday")
    await chat.press("patel", "Right")
    reid, lund, doyle = [await world.person(who) for who in ("reid", "lund", "doyle")]
    for leaver in (reid, lund):
        shown = await world.unit(lambda u, leaver=leaver: handing_over.plan(u, leaver, doyle))
        await world.unit(lambda u, leaver=leaver, shown=shown: handing_over.apply(u, leaver, doyle, shown))
        again = await world.unit(lambda u, leaver=leaver: handing_over.plan(u, leaver, doyle))
        assert again.empty
        with pytest.raises(Stale):
            await world.unit(lambda u, leaver=leaver, shown=shown: handing_over.apply(u, leaver, doyle, shown))
    await world.drain()
    seen = await words(world, "doyle")
    assert "Handed to Mrs Doyle" in seen
    assert "You stand in for Mrs Patel" in seen
    assert "It's live" in [b for m in (await chat.screen("doyle")).messages for b in m.buttons]
    assert await waits(world) == {"patel", "doyle"}
    assert {row.stand_in_id for row in await set_now(world)} == {doyle.id}
    assert "Handed to Mrs Doyle" in await words(world, "okafor")
    assert "waiting for Mrs Doyle or Mrs Patel" in await words(world, "okafor")
    assert await world.unit(audit.verify) is None


@one_engine
@one_platform
async def test_who_stands_in_leaves_first(world: World) -> None:
    """The staff list says so: the administrator hears, and on the day after, what waits goes further up."""
    chat = world.chat
    await chat.say("patel", "away until friday")
    await chat.press("patel", "Right")
    await ask_and_send(chat)
    await staff_list(world, "Mr Reid,reid@oakfield.example,Oakfield High,deputy,,2026-11-05")
    assert "Mrs Patel (headteacher of Oakfield High) is away from Thursday 5 to Friday 6 November" in (
        await words(world, "webb"))
    assert await waits(world) == {"patel", "reid"}
    await world.later(days=1)
    assert await waits(world) >= {"patel", "amin"}
    assert "Mrs Patel is away until Monday 9 November." in await words(world, "okafor")


@one_platform
async def test_several_clocks_begin_and_end_it_once(world: World) -> None:
    """Late as well: a weekend's outage later it begins, is over, and the record has each once."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.say("patel", "away 6 to 9 november")
    await chat.press("patel", "Right")
    for days in (1, 4):
        world.clock.forward(days=days)
        await asyncio.gather(*(jobs.look_after(world.bot.desk, world.clock) for _ in range(4)))
        await world.drain()
    rows = await world.unit(lambda u: list(u.run(audit.AUDIT.select())))
    verbs = [row.verb for row in rows if row.verb.startswith("cover")]
    assert verbs == ["cover", "cover_in_force", "cover_ends"]
    reid = (await world.person("reid")).id
    owed = await world.unit(lambda u: list(u.run(outbox.OUTBOX.select())))
    assert [row.card for row in owed if row.person_id == reid and row.message_id is None].count("request") == 1
    assert "reid" not in await waits(world)


@one_engine
@one_platform
async def test_an_administrator_hands_a_request_on_unseen(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    number = (await the_request(world)).id
    who = {name: await world.person(name) for name in ("okafor", "patel", "reid", "amin", "webb")}

    for name, problem in (("okafor", "own"), ("patel", "asked"), ("reid", ""), ("webb", "not named"), ("amin", "")):
        assert await world.unit(lambda u, name=name: passing.hindrance(u, view.fresh(u, number), who[name])) == problem

    def hand(u: Unit) -> None:
        case = view.held(u, number)
        assert case is not None
        passing.pass_on(u, case, passing.left(case), who["reid"], None)

    await world.unit(hand)
    await world.drain()
    assert await waits(world) == {"reid"}
    assert "Handed to Mr Reid, Thu 5 Nov 09:00." in await words(world, "okafor")
    assert "This no longer needs you." in await words(world, "patel")
    await chat.press("reid", "Ask for changes")
    await chat.fill("reid", note="Please say where.")
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Well done at the fair on Thursday!")
    assert await waits(world) == {"reid"}, "what was handed on stays with them"


@one_engine
async def test_nobody_is_disturbed_at_night(world: World) -> None:
    """Said in the small hours: it holds at once, and whoever stands in hears when they are at work."""
    chat = world.chat
    await in_school_hours(world)
    await ask_and_send(chat)
    await world.later(hours=18)
    await chat.say("patel", "off sick today")
    await chat.press("patel", "Right")
    assert (await chat.screen("reid")).messages == []
    assert (await chat.screen("okafor")).messages
    assert [row.stand_in_id for row in await set_now(world)] == [(await world.person("reid")).id] * 2
    await world.later(hours=6)
    assert "You stand in for Mrs Patel" in (await chat.screen("reid")).messages[0].text
    assert await waits(world) == {"patel", "reid"}
