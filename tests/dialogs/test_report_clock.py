"""What time does to a report: late, orphaned, swept."""

from storage.tables import ReportState
from tests.dialogs.play import form, leaves, one_engine, one_platform
from tests.dialogs.reporting import NARRATIVE, does, give, items, numbers, reading, reads, report, stored, told, write
from tests.world import World

pytestmark = one_engine


async def test_a_reader_leaves_and_the_next_in_line_hears(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "acknowledge")
    await leaves(world, "patel")
    await world.later(days=1, minutes=5)
    assert await reading(world) >= await numbers(world, "amin")
    assert NARRATIVE in await reads(chat, "amin")


async def test_late_it_is_told_again_and_then_to_somebody_above(world: World) -> None:
    chat = world.chat
    await report(chat)
    await world.later(hours=25)
    assert "still waits for you" in await told(chat, "patel")
    assert not await items(chat, "amin")
    await world.later(hours=25)
    await world.later(hours=25)
    assert await items(chat, "patel") == 4
    assert await items(chat, "amin") == 1
    assert NARRATIVE in await reads(chat, "amin")
    await chat.fill("amin", step=["acknowledge"])
    await world.later(days=3)
    assert await items(chat, "patel") == 4


@one_platform
async def test_one_that_nobody_goes_on_with_is_told_again_until_it_is_closed(world: World) -> None:
    chat = world.chat
    await report(chat)
    await does(chat, "patel", "acknowledge")
    for _ in range(15):
        await world.later(days=1, minutes=1)
    assert (await told(chat, "patel")).count("nothing has happened") == 2
    await does(chat, "patel", "close", words="Done.", reason="Done.")
    await world.later(days=9)
    assert (await told(chat, "patel")).count("nothing has happened") == 2


async def test_what_is_urgent_is_late_sooner(world: World) -> None:
    chat = world.chat
    await give(world, "costa", "dsl", "patel")
    await report(chat, concern=["images"], where="")
    await world.later(hours=1, minutes=1)
    assert await items(chat, "costa") == 2
    await world.later(hours=1, minutes=1)
    await world.later(hours=1, minutes=1)
    assert await items(chat, "patel") == 1


@one_platform
async def test_somebody_is_at_risk(world: World) -> None:
    """On a Sunday night in the holidays as well: whom to ring stands first, and it is told again after an hour."""
    chat = world.chat
    world.clock.forward(days=52, hours=13)
    await write(chat, "okafor", risk=["yes"])
    review = (await form(chat, "okafor")).text
    assert review.index("ring 999") < review.index("Who reads this")
    assert "0808 800 5000" in review
    await chat.fill("okafor")
    assert await items(chat, "patel") == 1
    shown = await reads(chat, "patel")
    assert shown.index("ring 999") < shown.index(NARRATIVE)
    await world.later(hours=1, minutes=1)
    assert await items(chat, "patel") == 2


async def test_a_draft_is_swept(world: World) -> None:
    await write(world.chat, "okafor")
    await world.later(hours=13)
    (kept,) = await stored(world)
    assert kept.state == ReportState.WITHDRAWN
    assert await world.unit(lambda u: u.vault.open(kept.sealed) if u.vault else None) == {}
    await world.chat.fill("okafor")
    assert "nothing of it is left" in await told(world.chat, "okafor")


async def test_nobody_is_left_later(world: World) -> None:
    chat = world.chat
    await report(chat)
    for who in ("patel", "amin", "grant"):
        await leaves(world, who)
    await world.later(days=1, minutes=5)
    await world.later(days=1, minutes=5)
    assert (await told(chat, "okafor")).count("designated officer") == 1
    await give(world, "doyle", "headteacher", "okafor")
    await world.later(days=1, minutes=5)
    assert await reading(world) >= await numbers(world, "doyle")
