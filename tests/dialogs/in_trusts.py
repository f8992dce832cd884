"""A trust made from a pack alone, on every platform: asking for a permission there, and what stands behind it."""

from collections.abc import Sequence
from typing import Any

import pytest

from handlers import packs
from handlers.rules.kinds import kind_of
from storage import imports, register
from storage.tables import Entry, Platform
from tests.chat import Chat, Seen
from tests.dialogs.play import form, the_request
from tests.dialogs.test_kinds import answers
from tests.trusts import TEACHER
from tests.world import World

HEAD, CEO, IT, SENIOR, DIRECTOR = "headteacher", "ceo", "itservices", "seniorleader", "businessdirector"


def at(*trusts: str, on: Sequence[Platform] = tuple(Platform), engines: Sequence[str] = ("sqlite",)) -> Any:
    """In each of these trusts, on these platforms and engines."""
    params = [(platform, trust) for platform in on for trust in trusts]
    many = pytest.mark.parametrize("world", params, indirect=True, ids=[f"{p}-{t}" for p, t in params])
    over = pytest.mark.parametrize("url", engines, indirect=True)
    return lambda test: many(over(test))


async def ask(world: World, said: str, who: str = TEACHER, **fields: Any) -> None:
    """In plain words, with the form filled in as far as `fields` do not say otherwise."""
    chat = world.chat
    await chat.say(who, said)
    await chat.press(who, "Fill it in")
    kind = kind_of(await world.unit(packs.current), (await the_request(world)).kind)
    assert kind is not None
    known = await answers(world, kind)
    present = (await form(chat, who)).values
    await chat.fill(who, **{**{k: v for k, v in known.items() if not present.get(k)}, **fields})


async def last(chat: Chat, who: str) -> Seen:
    return (await chat.screen(who)).last


async def card(chat: Chat, who: str, words: str) -> Seen:
    """The newest message with these words."""
    found = [m for m in (await chat.screen(who)).messages if words in m.text]
    assert found, (await chat.screen(who)).words
    return found[-1]


async def entry(world: World) -> Entry:
    """What the only request brought into a register; the newest."""
    request = await the_request(world)
    return (await world.unit(lambda u: register.of_request(u, request.id)))[-1]


async def join(world: World, who: str, name: str) -> int:
    """One more on the staff list."""
    school = (await world.person(TEACHER)).school_id
    row = {"name": name, "email": f"{who}@oakfield.example", "school_id": school, "manager_id": None,
           "first_day": None, "last_day": None}
    return await world.unit(lambda u: imports.add_person(u, row))


async def leave(world: World, *who: str) -> None:
    """Yesterday was the last day of each of them."""
    for each in who:
        number = (await world.person(each)).id or 0
        await world.unit(lambda u, number=number: imports.end_people(u, [number]))  # type: ignore[misc]
