"""What people do in the dialogs, and the rows that stand behind what they see."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot import demo
from bot.demo import email, sample_picture
from cards.action import Action, Verb
from handlers import packs, terms
from handlers import people as staff
from storage import audit, imports, people
from storage import request as requests
from storage.register import ENTRY
from storage.tables import Decision, Entry, Outcome, Platform, Request, State
from tests.chat import Chat, Screen, Seen, SeenForm
from tests.world import World

FAIR = ("fair.png", sample_picture())
WORDS = "Brilliant science fair today, well done to all of 8B!"
CONFIRMED: dict[str, Any] = {
    "confirm_unidentified": True, "confirm_camera": True, "confirm_copyright": True, "permission": ["nobody"],
}
ADDRESS = "https://facebook.example/oakfieldhigh/1"
FACEBOOK, X = "Oakfield High on Facebook", "Oakfield High on X"
TRUSTS = "Oakfield Learning Trust on LinkedIn"

one_engine = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""Every platform, on SQLite alone: for what no engine can change."""
one_platform = pytest.mark.parametrize("world", [Platform.CONSOLE], indirect=True)
"""For what no platform can change."""


async def form(chat: Chat, who: str) -> SeenForm:
    """The form that is open before them."""
    found = (await chat.screen(who)).form
    assert found is not None, f"{who} has no form open: {(await chat.screen(who)).words}"
    return found


async def described(chat: Chat, who: str) -> dict[str, str]:
    """Words for every picture that the open form asks about."""
    fields = (await form(chat, who)).values
    return {field: "A volcano of papier mâché" for field in fields if field.startswith("alt_")}


async def send(chat: Chat, who: str = "okafor", **fields: Any) -> None:
    """Press Check and send on the draft, and fill in all that is asked."""
    await chat.press(who, "Check and send")
    await chat.fill(who, **{**CONFIRMED, **await described(chat, who), **fields})


async def ask_and_send(
    chat: Chat, who: str = "okafor", site: str = "facebook", words: str = WORDS, **fields: Any
) -> None:
    """Ask in the chat, without pictures, and send it on."""
    await chat.say(who, f"can I post this on {site}? {words}")
    await send(chat, who, **fields)


async def approved(chat: Chat, decider: str = "patel", **fields: Any) -> None:
    """Asked, sent and approved."""
    await ask_and_send(chat, **fields)
    await chat.press(decider, "Approve")


async def tell_address(chat: Chat, who: str = "lund", address: str = ADDRESS) -> None:
    """It's live, there."""
    await chat.press(who, "It's live")
    await chat.fill(who, **dict.fromkeys((await form(chat, who)).values, address))


def copies(screen: Screen, words: str = WORDS) -> list[Seen]:
    """The request's whole cards on a screen, which show the post itself; lists and news only quote it."""
    return [message for message in screen.messages if words in message.text.splitlines()]


async def every_request(world: World) -> list[Request]:
    """All there are, the oldest first."""
    found = await world.unit(lambda u: u.all(select(requests.REQUEST), Request))
    return sorted(found, key=lambda each: each.created_at)


async def the_request(world: World) -> Request:
    """The only one there is."""
    (found,) = await every_request(world)
    return found


async def stands(world: World, state: State) -> None:
    """The only request is in this state, and the record is whole."""
    assert (await the_request(world)).state == state
    assert await world.unit(audit.verify) is None


async def outcomes(world: World) -> list[Outcome]:
    """What was decided, in order."""
    found = await world.unit(lambda u: u.all(select(requests.DECISION).order_by(requests.DECISION.c.id), Decision))
    return [Outcome(each.outcome) for each in found]


async def button(world: World, verb: Verb) -> str:
    """What a button on the present card carries; kept, it is what an old card carries later."""
    request = await the_request(world)
    by_wording = verb in (Verb.EDIT, Verb.SAVE)
    return Action(verb, request.id, request.revision if by_wording else request.version).pack()


async def account(world: World, name: str) -> str:
    """The form's value for an account."""
    found = await world.unit(lambda u: u.all(select(ENTRY).where(ENTRY.c.name == name), Entry))
    return str(found[0].id)


async def leaves(world: World, who: str) -> None:
    """Yesterday was their last day."""
    person = await world.person(who)
    await world.unit(lambda u: imports.end_people(u, [person.id or 0]))


async def make_head(world: World, who: str, colleague: str) -> None:
    """From now on a headteacher at the colleague's school."""
    person, school = await world.person(who), (await world.person(colleague)).school_id
    row = {"person_id": person.id, "role": "headteacher", "school_id": school}
    await world.unit(lambda u: imports.add_roles(u, [row]))


async def no_longer_head(world: World, who: str) -> None:
    """Still on the list, but headteacher until yesterday."""
    person = await world.person(who)

    def end(u: Any) -> None:
        found = people.viewer(u, person.id or 0)
        assert found is not None
        imports.end_roles(u, [role.id or 0 for role in found.roles])

    await world.unit(end)


async def in_school_hours(world: World, more: str = "", **clocks: str) -> None:
    """From now on the sample trust goes by its policy's own pack, in which school closes at five; with `more`.

    `clocks`: what [clocks] says instead, such as expire_days="3".
    """
    begin, usual, rest = re.split(r"(?s)(?<=\[clocks\]\n)(.*?\n)(?=\n)", packs.bundled(demo.PACK).decode(), maxsplit=1)
    kept = [line for line in usual.splitlines() if line.partition(" ")[0] not in clocks]
    text = begin + "\n".join([*kept, *(f"{key} = {value}" for key, value in clocks.items()), rest])
    await world.unit(lambda u: packs.adopt(u, f"{text}\n{more}".encode()))


async def closed(world: World, rows: str) -> None:
    """The trust's calendar is imported with these rows."""
    data = f"school,from,to,what\n{rows}".encode()
    await world.unit(lambda u: terms.apply(u, data, terms.plan(u, data)))


async def staff_list(world: World, rows: str) -> None:
    """The staff list is imported with these rows; everybody else stays as they are."""
    data = f"name,e-mail,school,roles,first day,last day\n{rows}".encode()
    await world.unit(lambda u: staff.apply(u, data, staff.plan(u, data)))
    await world.drain()


async def refusals(world: World) -> list[str]:
    """Who was refused, by their e-mail's first part, as the record has it."""
    refused = select(audit.AUDIT).where(audit.AUDIT.c.verb == "refused").order_by(audit.AUDIT.c.seq)
    rows = await world.unit(lambda u: list(u.run(refused)))
    names = await world.unit(lambda u: people.people(u, {row.actor_id for row in rows}))
    return [names[row.actor_id].email.removesuffix(email("")) for row in rows]
