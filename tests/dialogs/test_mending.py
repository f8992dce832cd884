"""What one press mends: a name in the draft, a picture without words, an edit that was not meant."""

from cards.action import Verb
from storage.tables import State
from tests.dialogs.play import (
    CONFIRMED,
    FAIR,
    WORDS,
    approved,
    button,
    described,
    form,
    one_engine,
    one_platform,
    stands,
    the_request,
)
from tests.world import World

NAMED = "Brilliant science fair today, well done Zoe Marsh and all of 8B!"


async def test_a_name_is_taken_out_with_one_press(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {NAMED}")
    draft = (await chat.screen("okafor")).last
    assert "“Zoe Marsh” looks like a full name" in draft.text
    await chat.press("okafor", "Take the name out")
    messages = (await chat.screen("okafor")).messages
    (draft,) = [message for message in messages if "Discard" in message.buttons]
    assert "Brilliant science fair today, well done all of 8B!" in draft.text and "Zoe Marsh" not in draft.text
    assert "Take the name out" not in draft.buttons
    await stands(world, State.DRAFT)
    assert (await the_request(world)).revision == 2

    await chat.press("okafor", "Edit")
    assert (await form(chat, "okafor")).values["text"] == "Brilliant science fair today, well done all of 8B!"
    await chat.fill("okafor", text=NAMED, **CONFIRMED)
    card = (await chat.screen("patel")).last
    assert NAMED in card.text and "Take the name out" not in card.buttons, "only the asker's draft has it"


@one_engine
@one_platform
async def test_what_was_taken_out_is_said(world: World) -> None:
    await world.chat.say("okafor", f"can I post this on facebook? {NAMED}")
    await world.chat.press("okafor", "Take the name out")
    assert "I took Zoe Marsh out. Please read it once more" in (await world.chat.screen("okafor")).words


@one_engine
async def test_two_presses_take_the_names_out_once(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "can I post this on facebook? Well done Zoe Marsh and Tom Hill!")
    assert "“Zoe Marsh” and “Tom Hill” look like full names." in (await chat.screen("okafor")).last.text
    old = await button(world, Verb.TAKE_OUT)
    await chat.press("okafor", "Take the names out")
    await chat.press_made_up("okafor", old)
    assert "Well done!" in (await chat.screen("okafor")).words
    assert (await the_request(world)).revision == 2
    await chat.press_made_up("okafor", await button(world, Verb.TAKE_OUT))
    assert "I see no full name in it any more" in (await chat.screen("okafor")).words
    await chat.press_made_up("patel", await button(world, Verb.TAKE_OUT))
    assert (await the_request(world)).revision == 2


async def test_a_picture_is_described(world: World) -> None:
    """The form begins with what is missing."""
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}", [FAIR])
    await chat.press("okafor", "Describe it")
    shown = await form(chat, "okafor")
    assert next(iter(shown.values)).startswith("alt_")
    assert shown.values["text"] == WORDS
    await chat.fill("okafor", **{**CONFIRMED, **await described(chat, "okafor")})
    card = (await chat.screen("okafor")).words
    assert "waiting for Mrs Patel" in card and "has no description yet" not in card
    await stands(world, State.SUBMITTED)


@one_engine
async def test_the_approved_words_are_kept(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await chat.press("okafor", "Edit")
    await chat.leave("okafor", "Keep the approved words")
    screen = await chat.screen("okafor")
    assert screen.form is None
    await stands(world, State.APPROVED)
    assert "It's live" in (await chat.screen("lund")).last.buttons
