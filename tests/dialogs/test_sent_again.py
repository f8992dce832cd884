"""What administrators see of what could not be delivered, and that a press sends it again: on every platform."""

from storage import audit, outbox
from tests.chat import Chat
from tests.dialogs.giving_up import given_up
from tests.dialogs.play import ask_and_send, in_school_hours, one_engine, one_platform
from tests.world import World


@one_engine
async def test_an_administrator_sends_it_again(world: World, chat: Chat) -> None:
    await ask_and_send(chat)
    before = len((await chat.screen("patel")).messages)
    await given_up(world, "patel")
    card = (await chat.screen("webb")).last
    assert "1 message could not be delivered, to:" in card.text
    assert "Mrs Patel: They have left the chat." in card.text
    await given_up(world, "okafor")
    card = (await chat.screen("webb")).last
    assert "2 messages could not be delivered, to:" in card.text
    assert len([m for m in (await chat.screen("webb")).messages if "Deliveries" in m.text]) == 1
    await chat.press_as("hale", "webb", "Try again")
    assert len(await world.unit(outbox.buried)) == 2, "it is an administrator's to press"
    await chat.press("webb", "Try again")
    assert len((await chat.screen("patel")).messages) == before + 1
    assert "sent again" in (await chat.screen("webb")).last.text
    verbs = await world.unit(lambda u: [row.verb for row in u.run(audit.CHAIN)])
    assert {"undeliverable", "outbox_again", "refused"} <= set(verbs)


@one_engine
@one_platform
async def test_at_night_an_administrator_hears_of_it_in_the_morning(world: World, chat: Chat) -> None:
    await in_school_hours(world)
    await ask_and_send(chat)
    await world.later(hours=12)
    await given_up(world, "patel")
    assert (await chat.screen("webb")).messages == []
    await world.later(hours=12)
    assert "1 message could not be delivered, to:" in (await chat.screen("webb")).last.text
