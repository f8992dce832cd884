"""A report that was altered where it is stored, or that its reader may not read any more: everything else goes on."""

from sqlalchemy import text, update

from cards.action import Action, Verb
from storage import outbox
from storage.report import REPORT, STEP
from tests.dialogs.play import form, one_engine, one_platform
from tests.dialogs.reporting import NARRATIVE, does, give, numbers, reading, reads, refused, report, stored, told
from tests.world import World

pytestmark = [one_engine, one_platform]


async def spoil(world: World, number: str) -> None:
    """Somebody with the database alters what is sealed."""
    change = update(REPORT).where(REPORT.c.id == number).values(sealed="x")
    await world.unit(lambda u: u.connection.execute(change))


async def test_one_that_was_altered_says_so_and_stops_nothing_else(world: World) -> None:
    chat = world.chat
    await report(chat, about=["staff"], whom="Mr Lund")
    await report(chat, "costa", what="Another one.")
    altered, whole = await stored(world)
    (number,) = await numbers(world, "patel")
    await spoil(world, altered.id)
    for each in (altered, whole):
        await world.unit(lambda u, each=each: outbox.send(u, number, "report_answer", each.id))  # type: ignore[misc]
    await world.later(hours=25)
    assert (await told(chat, "patel")).count("something new on a confidential item") == 2
    assert (await told(chat, "patel")).count("still waits for you") == 1
    for words in ("what waits for me", "mine"):
        await chat.say("patel", words)
    await chat.say("patel", "what waits for me")
    waits = (await chat.screen("patel")).last.text
    assert "cannot be opened" in waits
    assert "not looked into yet" in waits
    for who in ("patel", "okafor"):
        await chat.press_made_up(who, Action(Verb.READ_REPORT, altered.id, 1).pack())
        assert "Please tell Ms Webb that a report cannot be opened" in await told(chat, who)
    for verb in (Verb.READ_REPORT, Verb.ACT_ON_REPORT, Verb.ADD_TO_REPORT):
        await chat.press_made_up("lund", Action(verb, altered.id, 1).pack())
        assert await refused(chat, "lund")
        assert "altered" not in await told(chat, "lund")
    await chat.press_made_up("patel", Action(Verb.READ_REPORT, whole.id, 1).pack())
    assert "Another one." in (await form(chat, "patel")).text
    assert "is another report about the same address" not in (await form(chat, "patel")).text


async def test_a_step_that_was_altered_is_told_as_that(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "note", words="It was kept.")
    await does(chat, "patel", "note", words="It was altered.")
    last = text("SELECT max(id) FROM reportstep WHERE what = 'note'")

    await world.unit(lambda u: u.connection.execute(
        update(STEP).where(STEP.c.id == u.connection.execute(last).scalar()).values(sealed="x")))
    shown = await reads(chat, "patel")
    assert NARRATIVE in shown
    assert "“It was kept.”" in shown
    assert "It was altered." not in shown
    assert "noted (this cannot be opened any more: it was altered)" in shown


async def test_who_became_concerned_stands_on_the_list_no_more(world: World) -> None:
    """A reader whose place is under whom it is about, since this morning."""
    chat = world.chat
    await give(world, "doyle", "headteacher", "patel")
    await report(chat, about=["staff"], whom="Mr Lund")
    await does(chat, "doyle", "acknowledge")
    await give(world, "lund", "ceo")
    await give(world, "grant", "headteacher", "patel")
    await chat.press("doyle", "Open")
    assert await refused(chat, "doyle")
    assert not await reading(world) & await numbers(world, "patel", "doyle", "lund")
    await chat.say("doyle", "what waits for me")
    assert "Confidential" not in (await chat.screen("doyle")).last.text
    await world.later(days=1, minutes=5)
    shown = await reads(chat, "amin")
    assert "can read it no more, being involved or gone (Mrs Doyle)" in shown
    assert "Who may read this: Dr Amin (CEO, since" in shown
