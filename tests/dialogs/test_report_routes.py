"""Who hears a report: round whoever it is about, before it is sent and after."""

import pytest

from cards.action import Action, Verb
from storage.tables import ReportState
from tests.dialogs.play import form, leaves, one_engine, one_platform
from tests.dialogs.reporting import does, give, items, numbers, reading, report, stored, told, write
from tests.world import World

pytestmark = [one_engine, one_platform]


@pytest.mark.parametrize(("about", "whom", "hears"), [
    ("staff", "Mrs Patel", "amin"),  # the head
    ("staff", "the head", "amin"),
    ("staff", "patel@oakfield.example", "amin"),
    ("staff", "Dr Amin", "grant"),  # the CEO, who manages the head
    ("staff", "Mr Reid", "patel"),  # who stands in for the head
    ("staff", "Mrs Patel, Dr Amin", "grant"),
    ("staff", "Mr Lund and Ms Costa", "patel"),
    ("staff", "Mr Singh", "amin"),  # of no school
    ("staff", "Mr Hale", "amin"),  # of a school without a head
    ("staff", "Mr Lund, Mr Hale", "amin"),  # of two schools
    ("other", "Mrs Patel", "amin"),  # a fake account of hers, say
    ("unknown", "the headteacher", "amin"),
    ("parent", "Mr Smith", "patel"),
])
async def test_round_its_subject(world: World, about: str, whom: str, hears: str) -> None:
    await report(world.chat, "okafor", about=[about], whom=whom)
    assert await reading(world) == await numbers(world, hears)
    assert {who for who in world.staff if await items(world.chat, who)} == {hears}


async def test_the_subjects_school_decides(world: World) -> None:
    await give(world, "hale", "headteacher", "hale")
    await report(world.chat, "hale", about=["staff"], whom="Mr Lund")
    await report(world.chat, "webb", about=["staff"], whom="Ms Costa")
    assert await reading(world) == await numbers(world, "patel")


@pytest.mark.parametrize(("reporter", "hears"), [("patel", "amin"), ("amin", "grant"), ("webb", "amin")])
async def test_nobody_reads_their_own_and_central_staff_go_up(world: World, reporter: str, hears: str) -> None:
    await report(world.chat, reporter)
    assert await reading(world) == await numbers(world, hears)
    assert not await items(world.chat, reporter)


async def test_nobody_is_left(world: World) -> None:
    chat = world.chat
    await write(chat, "okafor", about=["staff"], whom="Mrs Grant")
    assert "designated officer" in await told(chat, "okafor")
    (kept,) = await stored(world)
    assert kept.state == ReportState.WITHDRAWN
    assert await world.unit(lambda u: u.vault.open(kept.sealed) if u.vault else None) == {}
    assert not [who for who in world.staff if await items(chat, who)]


async def test_whom_the_subject_manages_is_left_out(world: World) -> None:
    """By line, whatever the roles: Ms Costa, who runs what Mr Reid manages, cannot be handed it."""
    chat = world.chat
    await report(chat, "okafor", about=["staff"], whom="Mr Reid")
    await does(chat, "patel", "hand", words="Please look.", to="Ms Costa")
    assert (await form(chat, "patel")).errors == {"to": "It cannot go to them. Please choose somebody else."}


async def test_who_reads_it_changes_before_it_is_sent(world: World) -> None:
    """It goes to nobody who was not shown."""
    chat = world.chat
    await write(chat, "okafor")
    await leaves(world, "patel")
    await chat.fill("okafor")
    assert not await reading(world)
    assert "has changed" in (await form(chat, "okafor")).text
    assert "Dr Amin (CEO)" in (await form(chat, "okafor")).text
    await chat.fill("okafor")
    assert await reading(world) == await numbers(world, "amin")


async def test_it_is_changed_or_thrown_away_before_it_is_sent(world: World) -> None:
    chat = world.chat
    await write(chat, "okafor", what="Mrs Patel wrote something odd.")
    assert "You write of Mrs Patel" in (await form(chat, "okafor")).text
    await chat.fill("okafor", next=["change"])
    assert (await form(chat, "okafor")).values["what"] == "Mrs Patel wrote something odd."
    await chat.fill("okafor", about=["staff"], whom="Mrs Patel")
    assert "Dr Amin (CEO)" in (await form(chat, "okafor")).text
    await chat.fill("okafor", next=["drop"])
    assert "Nobody has read it" in await told(chat, "okafor")
    (kept,) = await stored(world)
    assert kept.state == ReportState.WITHDRAWN
    await chat.press_made_up("okafor", Action(Verb.SEND_REPORT, kept.id, kept.version).pack())
    assert not await reading(world)
