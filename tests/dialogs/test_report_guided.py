"""What a reader does in a window of its own: take it down by a day, ask the site, say thanks, close two at once."""

from tests.dialogs.play import form, one_engine, one_platform
from tests.dialogs.reporting import NARRATIVE, does, items, reads, report, steps, stored, told
from tests.world import World

pytestmark = one_engine


async def test_taken_down_by_a_day_that_its_reader_chooses(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "acknowledge")
    await chat.fill("patel", step=["removal"])
    asked = await form(chat, "patel")
    assert asked.title == "Ask to take it down"
    assert asked.values["by"] == "2026-11-07"
    assert "https://x.example/lund/1" in asked.values["words"]
    await chat.fill("patel", to="Mr Nobody", by="2026-11-04")
    assert {*(await form(chat, "patel")).errors} == {"to", "by"}
    await chat.fill("patel", to="Ms Costa", by="2026-11-10")
    await chat.leave("patel", "Close")
    text = await reads(chat, "costa")
    assert "by the end of 10 Nov 2026" in text
    assert not [word for word in (NARRATIVE, "Okafor", "colleague breaks") if word in text]
    await chat.leave("costa", "Close")
    await world.later(days=5, minutes=1)
    assert (await told(chat, "costa")).count("to be done today") == 1
    before = await told(chat, "patel")
    await world.later(hours=15)
    await world.later(days=2)
    assert (await told(chat, "patel")).count("has not been done by its day") == 1
    assert "not been done" not in before + await told(chat, "costa") + await told(chat, "okafor")
    await chat.press("costa", "Open")
    await chat.fill("costa", done=["yes"])
    assert "has not taken it down by the day (Ms Costa)" in await reads(chat, "patel")


async def test_the_site_is_asked_with_all_that_it_wants_to_know(world: World) -> None:
    chat = world.chat
    where = "https://www.facebook.com/fake.head/1"
    await report(chat, what=f"A fake account of the head, {NARRATIVE}.", where=where, when="Monday at eight")
    await does(chat, "patel", "site")
    asked = await form(chat, "patel")
    facts = str(asked.values["words"])
    assert facts.splitlines() == [
        "Please take this down.", f"Address: {where}", "On: Facebook", "Seen: Monday at eight",
        "To the best of our knowledge it breaks your rule against pretending to be somebody else.",
        "Asked by: Mrs Patel, headteacher, Oakfield High", "What we have kept: a confidential record of 5 Nov 2026.",
    ]
    for said in ("https://www.facebook.com/help/reportlinks", "0344 381 4772", "https://reportharmfulcontent.com"):
        assert said in asked.text
    await chat.fill("patel")
    assert "Mrs Patel: asked the site “Please take this down." in (await form(chat, "patel")).text


async def test_a_colleague_is_thanked_and_hears_nothing_of_the_report(world: World) -> None:
    chat = world.chat
    await report(chat, concern=["content"], about=["nobody"], what=f"Ms Costa wrote so kindly, {NARRATIVE}.")
    assert "thank whoever wrote it" in await reads(chat, "patel")
    await chat.fill("patel", step=["thank"])
    assert "Thank you for your kind words" in str((await form(chat, "patel")).values["words"])
    await chat.fill("patel", to="Ms Costa", words="Your words did us good.")
    await chat.leave("patel", "Close")
    assert "a few kind words for you" in await told(chat, "costa")
    text = await reads(chat, "costa")
    assert "Mrs Patel thanks you:" in text
    assert "Your words did us good." in text
    assert not [word for word in (NARRATIVE, "Okafor", "x.example") if word in text]
    await chat.fill("costa")
    assert "nothing is asked of you" in await told(chat, "costa")
    assert "thanked the author (Ms Costa)" in await reads(chat, "patel")


@one_platform
async def test_two_about_the_same_address_are_closed_together_and_both_are_told(world: World) -> None:
    chat = world.chat
    await report(chat, "okafor")
    await report(chat, "costa", what="The same thing again.")
    await does(chat, "patel", "other")
    assert NARRATIVE in (await form(chat, "patel")).text
    assert (await steps(world)).count("read") == 2
    await chat.fill("patel", step=["join"], words="Thank you, it is gone.", reason="Deleted.")
    assert "everybody who reported it is told" in await told(chat, "patel")
    for who, other in (("okafor", "Costa"), ("costa", "Okafor")):
        text = await reads(chat, who)
        assert "Thank you, it is gone." in text
        assert other not in text + await told(chat, who)
    assert {each.state for each in await stored(world)} == {"closed"}


@one_platform
async def test_nothing_is_told_together_to_somebody_whom_one_of_them_concerns(world: World) -> None:
    """Mr Lund reported the address himself, and somebody else reported him."""
    chat = world.chat
    await report(chat, "lund")
    await report(chat, "okafor", about=["staff"], whom="Mr Lund")
    await does(chat, "patel", "join", words="We talked to him.", reason="Talked.")
    assert "the other" not in (await told(chat, "patel")).casefold()
    assert "We talked to him." in await reads(chat, "okafor")
    assert sorted(each.state for each in await stored(world)) == ["closed", "sent"]
    assert await items(chat, "lund") == 0
