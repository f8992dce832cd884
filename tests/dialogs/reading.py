"""What people do when they read the policy: open it, turn its pages, tick what they have read."""

from cards import reading as cards
from handlers import reading_round
from storage import reading as readings
from storage.tables import Confirmation, Reading
from tests.dialogs.play import form
from tests.world import World


async def seen(world: World, who_: str) -> str:
    return (await world.chat.screen(who_)).words


async def last(world: World, who_: str) -> str:
    return (await world.chat.screen(who_)).last.text


async def own(world: World, who_: str) -> list[Reading]:
    """What they have to read."""
    person = await world.person(who_)
    return await world.unit(lambda u: readings.open_for(u, person.id or 0))


async def given(world: World, who_: str) -> list[Confirmation]:
    person = await world.person(who_)
    return await world.unit(lambda u: readings.confirmed_by(u, person.id or 0))


async def read_through(world: World, who_: str) -> int:
    """Open it and turn every page; how many there were."""
    await world.chat.press(who_, cards.READ)
    pages = 1
    while "Next page" in (await world.chat.screen(who_)).last.buttons:
        await world.chat.press(who_, "Next page")
        pages += 1
    return pages


async def unread(world: World, who_: str) -> list[str]:
    """The documents without which they cannot ask for an account."""
    person = await world.person(who_)
    found = await world.unit(lambda u: reading_round.missing(u, "account", person.id or 0))
    return [each.document for each in found]


async def boxes(world: World, who_: str) -> dict[str, bool]:
    """Every box of the open form, ticked."""
    return {name: True for name in (await form(world.chat, who_)).values if name.startswith("read_")}


async def confirm(world: World, who_: str) -> None:
    """Read all of it and confirm all that can be confirmed."""
    await read_through(world, who_)
    await world.chat.press(who_, "I have read it")
    await world.chat.fill(who_, **await boxes(world, who_))
