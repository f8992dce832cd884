"""What becomes of a report in its readers' hands: asked, handed on, taken down, passed on, closed, opened again."""

from storage.tables import ReportState
from tests.dialogs.play import form, one_engine
from tests.dialogs.reporting import (
    NARRATIVE,
    does,
    ends,
    give,
    items,
    numbers,
    reading,
    reads,
    refused,
    report,
    told,
)
from tests.world import World

pytestmark = one_engine


async def test_asked_and_answered_both_ways(world: World) -> None:
    chat = world.chat
    await report(chat)
    text = await reads(chat, "patel")
    assert "Who may read this: Mrs Patel (headteacher, since Thu 5 Nov 09:00)" in text
    assert "They are not to be named" in text
    await chat.fill("patel", step=["acknowledge"])
    await chat.fill("patel", step=["ask"], words="Was it still there?")
    assert "What you sent has been read" in await told(chat, "okafor")
    assert "question on something you sent" in await told(chat, "okafor")
    assert "Was it still there?" in await reads(chat, "okafor")
    await chat.fill("okafor", words="")
    await chat.fill("okafor", words="Yes, at eight.")
    assert "something new" in await told(chat, "patel")
    text = await reads(chat, "patel")
    assert "Ms Okafor: answers “Yes, at eight.”" in text
    assert text.count("Mrs Patel: read it\n") + text.endswith("read it") >= 1
    await chat.fill("patel", step=["refer"], words="Told the designated officer.")
    await chat.fill("patel", step=["note"], words="A low-level concern.")
    assert "Done, and noted below." in (await form(chat, "patel")).text
    await chat.fill("patel", step=["close"], words="Thank you.")
    errors = (await form(chat, "patel")).errors
    assert set(errors) == {"reason"} and errors["reason"].endswith("Please write it here.")
    assert (await form(chat, "patel")).values["words"] == "Thank you."
    await chat.fill("patel", reason="Deleted.")
    assert "Thank you." in await reads(chat, "okafor")
    await ends(world, ReportState.CLOSED)
    assert "designated officer" not in await told(chat, "okafor") + await reads(chat, "okafor")


async def test_closed_it_stays_readable_and_can_be_opened_again(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "close", words="Done.", reason="It is gone.")
    text = await reads(chat, "patel")
    assert NARRATIVE in text
    assert "closed" in text
    await chat.fill("patel", step=["reopen"], words="It is back.")
    await ends(world, ReportState.READ)
    assert "looked at once more" in await told(chat, "okafor")
    assert "It is back" not in await reads(chat, "okafor")
    await does(chat, "patel", "close", words="Gone again.", reason="It is gone.")
    await ends(world, ReportState.CLOSED)


async def test_handed_over_with_the_reason(world: World) -> None:
    chat = world.chat
    await report(chat, about=["staff"], whom="Mr Lund")
    for to in ("Mr Lund", "Ms Okafor", "Mrs Patel"):
        await does(chat, "patel", "hand", words="You know them better.", to=to)
        assert "cannot go to them" in (await form(chat, "patel")).errors["to"]
    await chat.fill("patel", to="Mr Nobody")
    assert "nobody of that name" in (await form(chat, "patel")).errors["to"]
    await chat.fill("patel", to="Mrs Doyle")
    assert "It is with Mrs Doyle now" in await told(chat, "patel")
    assert await reading(world) == await numbers(world, "doyle")
    text = await reads(chat, "doyle")
    assert "handed it over (Mrs Doyle) “You know them better.”" in text
    assert "Who may read this: Mrs Doyle (from Mrs Patel, since" in text
    await chat.press("patel", "Open")
    assert await refused(chat, "patel")


async def test_who_stands_in_for_the_subject_is_not_handed_it(world: World) -> None:
    chat = world.chat
    await report(chat, about=["staff"], whom="Mrs Patel")
    for to in ("Mr Reid", "Mrs Doyle", "Mrs Patel"):
        await does(chat, "amin", "hand", words="Please.", to=to)
        assert "cannot go to them" in (await form(chat, "amin")).errors["to"]
    await chat.fill("amin", to="Mrs Grant")
    assert await reading(world) == await numbers(world, "grant")


async def test_a_reader_who_is_concerned_passes_it_on_until_nobody_is_left(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "recuse")
    assert "you can no longer open it" in await told(chat, "patel")
    await chat.press("patel", "Open")
    assert await refused(chat, "patel")
    await does(chat, "amin", "recuse")
    assert "passed it on, being involved" in await reads(chat, "grant")
    await chat.fill("grant", step=["recuse"])
    assert "still with you" in await told(chat, "grant")
    assert NARRATIVE in await reads(chat, "grant")
    assert await reading(world) == await numbers(world, "grant")


async def test_a_colleague_takes_it_down_and_sees_nothing_of_the_report(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "removal", words="Please delete the post of Monday.", to="Ms Costa")
    await chat.leave("patel", "Close")
    assert "asked for something in confidence" in await told(chat, "costa")
    text = await reads(chat, "costa")
    assert "Mrs Patel asks you:" in text
    assert "delete the post of Monday" in text
    assert not [word for word in (NARRATIVE, "Okafor", "x.example", "colleague breaks") if word in text]
    await chat.leave("costa", "Close")
    await world.later(days=2, hours=1)
    assert await items(chat, "costa") == 2
    await chat.press("costa", "Open")
    await chat.fill("costa", done=["no"])
    assert (await form(chat, "costa")).errors == {"words": "Please write it here."}
    await chat.fill("costa", done=["no"], words="I cannot log in.")
    await chat.press("costa", "Open")
    assert await refused(chat, "costa")
    assert "has not taken it down “I cannot log in.”" in await reads(chat, "patel")
    await chat.fill("patel", step=["removal"], words="Try the new password.", to="Ms Costa")
    await chat.leave("patel", "Close")
    await chat.press("costa", "Open")
    await chat.fill("costa", done=["yes"])
    assert "Ms Costa: has taken it down" in await reads(chat, "patel")
    await world.later(days=3)
    assert await items(chat, "costa") == 3  # once it is down, nobody is reminded


async def test_it_concerns_its_reader_after_all(world: World) -> None:
    """Named by somebody else who reads it, their access ends at once, and so does whose place they have."""
    chat = world.chat
    await give(world, "doyle", "headteacher", "patel")
    await report(chat)
    assert await reading(world) == await numbers(world, "patel", "doyle")
    await chat.press("patel", "Open")
    await does(chat, "doyle", "concerns", words="It was her page.", to="Mrs Patel")
    await chat.fill("patel", step=["note"], words="I saw it.")
    assert await refused(chat, "patel")
    await chat.press("patel", "Open")
    assert await refused(chat, "patel")
    assert not await reading(world) & await numbers(world, "patel")
    await chat.say("patel", "what waits for me")
    assert "Confidential" not in (await chat.screen("patel")).last.text


async def test_it_concerns_whoever_manages_its_reader(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "concerns", words="He knew of it.", to="Dr Amin")
    assert "next in line" in await told(chat, "patel")
    assert await reading(world) == await numbers(world, "grant")
    assert "Staff whom it is about: Dr Amin" in await reads(chat, "grant")
    await chat.fill("grant", step=["concerns"], words="Me, too.", to="Mrs Grant")
    assert "nobody on the staff list may read it" in await told(chat, "grant")
    assert "ring your local authority's designated officer" in await told(chat, "okafor")


async def test_somebody_named_becomes_the_head(world: World) -> None:
    """The list of readers is not enough: what somebody is today counts."""
    chat = world.chat
    await report(chat, about=["staff"], whom="Mr Lund")
    await give(world, "lund", "ceo")
    await chat.press("patel", "Open")
    assert await refused(chat, "patel")  # he manages her now
    await world.later(days=1, hours=1)
    assert await reading(world) >= await numbers(world, "amin")  # the other of the two
    assert not await items(chat, "lund")


async def test_two_readers_and_an_old_window(world: World) -> None:
    chat = world.chat
    await give(world, "doyle", "headteacher", "patel")
    await report(chat)
    await chat.press("doyle", "Open")
    await does(chat, "patel", "close", words="Done.", reason="Gone.")
    await chat.fill("doyle", step=["close"], words="Done, too.", reason="Gone.")
    assert "nothing was changed" in await told(chat, "doyle")
    assert "Done, too" not in await reads(chat, "okafor")
    assert "Mrs Patel (headteacher, since Thu 5 Nov 09:00); Mrs Doyle (headteacher" in await reads(chat, "doyle")
