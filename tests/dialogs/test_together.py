"""Several steps in chat, where several decide together: at the same moment, in their turn, and with training first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot import demo
from cards.action import Action, Verb
from handlers.packs import adopt
from storage import register
from storage.database import Unit
from storage.tables import Outcome, Platform, State, Trust
from tests.dialogs.play import one_engine, outcomes, stands, the_request
from tests.lives import PACK
from tests.world import World, opened


@pytest.fixture(params=list(Platform))
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """The sample trust, where a new account goes the steps of tests/packs/steps.toml; on each platform in turn."""
    async with opened(tmp_path, url, request.param, write) as standing:
        yield standing


def write(u: Unit, at: datetime) -> Trust:
    trust = demo.write(u, at)
    adopt(u, PACK.replace(b"kinds.account", b"kinds.old_account").replace(b"kinds.venture", b"kinds.account"))
    return trust


async def ask(world: World) -> None:
    """Ms Okafor asks: Mr Reid, then Mrs Patel and Dr Amin, then Mrs Grant or Ms Webb."""
    chat = world.chat
    await chat.say("okafor", "new Instagram for the drama club")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_platform="Instagram", q_name="Drama club", q_purpose="Rehearsals")


async def asked(world: World) -> set[str]:
    """Whose card waits for them."""
    screens = {who: await world.chat.screen(who) for who in world.staff}
    return {who for who, screen in screens.items() if any("Approve" in m.buttons for m in screen.messages)}


async def test_two_who_decide_together_press_at_the_same_moment(world: World) -> None:
    chat = world.chat
    await ask(world)
    assert await asked(world) == {"reid"}
    await chat.press("reid", "Approve")
    assert await asked(world) == {"patel", "amin"}
    assert "waiting for Mrs Patel and Dr Amin" in (await chat.screen("okafor")).words
    await asyncio.gather(chat.press("patel", "Approve"), chat.press("amin", "Approve"))
    assert await outcomes(world) == [Outcome.APPROVED] * 3
    assert await asked(world) == {"grant", "webb"}
    await asyncio.gather(chat.press("grant", "Approve"), chat.press("webb", "Approve"))
    assert await outcomes(world) == [Outcome.APPROVED] * 4
    assert await asked(world) == set()
    await stands(world, State.APPROVED)
    key = (await the_request(world)).id
    (entry,) = await world.unit(lambda u: register.of_request(u, key))
    assert entry.pending
    await chat.press("webb", "Done")
    await chat.fill("webb", q_mailbox="drama@oakfield.example")
    await chat.press("okafor", "Done")
    await stands(world, State.DONE)


@one_engine
async def test_one_of_two_alone_decides_nothing(world: World) -> None:
    chat = world.chat
    await ask(world)
    await chat.press("reid", "Approve")
    await chat.press("patel", "Approve")
    assert await asked(world) == {"amin"}
    assert "waiting for Dr Amin" in (await chat.screen("okafor")).words
    request = await the_request(world)
    again = Action(Verb.APPROVE, request.id, request.version).pack()
    await chat.press_made_up("patel", again)
    await chat.press_made_up("reid", again)
    assert await outcomes(world) == [Outcome.APPROVED] * 2
    await stands(world, State.SUBMITTED)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", q_purpose="Rehearsals and shows")
    assert await asked(world) == {"reid"}, "other words are decided anew, from the first step"


@one_engine
async def test_training_holds_it_and_colleagues_answers_stand(world: World) -> None:
    chat = world.chat
    await ask(world)
    await chat.press("reid", "Approve")
    await chat.press("patel", "With conditions")
    await chat.fill("patel", conditions="Only this term.")
    await chat.press("amin", "Training first")
    await chat.fill("amin", note="Safeguarding online")
    assert await asked(world) == set()
    await stands(world, State.TRAINING)
    await chat.press("okafor", "I have had the training")
    assert await asked(world) == {"amin"}
    await chat.press("amin", "Approve")
    await chat.press("grant", "Approve")
    await stands(world, State.APPROVED)
    assert "Only this term." in (await chat.screen("okafor")).words
    await chat.press("grant", "Take it back")
    await stands(world, State.SUBMITTED)
    assert await asked(world) == {"grant", "webb"}
    await chat.press("webb", "Approve")
    key = (await the_request(world)).id
    entries = await world.unit(lambda u: register.of_request(u, key))
    assert [(entry.conditions, entry.closed) for entry in entries] == [("Only this term.", False)]
