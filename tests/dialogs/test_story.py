"""The whole story, as people live it, on every platform and both engines."""

from tests.chat import Chat
from tests.dialogs.play import ADDRESS, CONFIRMED, FAIR, WORDS, described
from tests.world import World


async def ask(chat: Chat, words: str = WORDS) -> None:
    """Ms Okafor asks for Facebook, with a picture."""
    await chat.say("okafor", f"can I post this on facebook? {words}", [FAIR])


async def test_from_the_question_to_the_live_post(world: World) -> None:
    chat = world.chat
    await ask(chat)
    draft = (await chat.screen("okafor")).last
    assert WORDS in draft.text and "Mrs Patel" in draft.text and "7.3.2" in draft.text and "not sent yet" in draft.text
    assert {"Check and send", "Edit", "Discard"} <= set(draft.buttons)
    assert WORDS not in (await chat.screen("patel")).words

    await chat.press("okafor", "Check and send")
    form = (await chat.screen("okafor")).form
    assert form is not None and form.values["text"] == WORDS
    await chat.fill("okafor", **CONFIRMED, **await described(chat, "okafor"))
    assert "waiting for Mrs Patel" in (await chat.screen("okafor")).words

    card = (await chat.screen("patel")).last
    assert WORDS in card.text and "Ms Okafor asks" in card.text and "waiting for you" in card.text
    assert {"Approve", "Ask for changes", "Decline"} <= set(card.buttons)
    assert card.pictures == 1
    await chat.press("patel", "Approve")
    assert "Approved by you" in (await chat.screen("patel")).words
    assert "Mrs Patel approved it. Mr Lund publishes it." in (await chat.screen("okafor")).words

    task = (await chat.screen("lund")).words
    assert WORDS in task and "A volcano of papier mâché" in task
    await chat.press("lund", "It's live")
    form = (await chat.screen("lund")).form
    assert form is not None
    await chat.fill("lund", **dict.fromkeys(form.values, ADDRESS))
    for who in ("okafor", "patel", "lund"):
        assert ADDRESS in (await chat.screen(who)).words, who
