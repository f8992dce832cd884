"""What people do with reports in the dialogs, and the rows behind what they see."""

import io
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select

from storage import audit, imports
from storage.report import READER, REPORT, STEP
from storage.tables import Audit, Platform, Reader, Report, ReportState, ReportStep
from tests.chat import Chat
from tests.dialogs.play import form
from tests.fakes.console_chat import ConsoleChat
from tests.fakes.slack_chat import SlackChat
from tests.world import World

NARRATIVE = "zebracrossing"
SAID: dict[str, Any] = {
    "concern": ["colleague"], "what": f"There was {NARRATIVE} about a parent.", "where": "https://x.example/lund/1",
    "about": ["unknown"], "risk": ["no"], "named": ["no"],
}


async def write(chat: Chat, who: str, **said: Any) -> None:
    """Written in the form, up to where it says who reads it."""
    await chat.say(who, "i want to report something")
    await chat.press(who, "Write the report")
    await chat.fill(who, **{**SAID, **said})


async def report(chat: Chat, who: str = "okafor", **said: Any) -> None:
    """Written, and sent."""
    await write(chat, who, **said)
    await chat.fill(who)


async def reads(chat: Chat, who: str) -> str:
    """Open the newest notice; what the private window says."""
    await chat.press(who, "Open")
    shown = await form(chat, who)
    return "\n".join([shown.title, shown.text, *(v for v in shown.values.values() if isinstance(v, str))])


async def does(chat: Chat, who: str, step: str, **fields: Any) -> None:
    """Open it, and do something with it."""
    await chat.press(who, "Open")
    await chat.fill(who, step=[step], **fields)


async def items(chat: Chat, who: str) -> int:
    """How many notices of something confidential lie in their chat."""
    return sum("Confidential item" in message.text for message in (await chat.screen(who)).messages)


async def reads_own(chat: Chat, who: str) -> str:
    """Their own report, from the list."""
    await chat.say(who, "mine")
    return await reads(chat, who)


async def told(chat: Chat, who: str) -> str:
    """All that stands in their chat, besides an open window."""
    screen = await chat.screen(who)
    return "\n".join([*(message.text for message in screen.messages), *screen.notes])


async def refused(chat: Chat, who: str) -> bool:
    """Whether the last they were told is that there is nothing here for them."""
    return "I find nothing here that you could open." in await told(chat, who)


async def stored(world: World) -> list[Report]:
    """All there are, the oldest first."""
    found = await world.unit(lambda u: u.all(select(REPORT), Report))
    return sorted(found, key=lambda each: each.created_at)


async def steps(world: World) -> list[str]:
    """What happened with any of them, in order."""
    found = await world.unit(lambda u: u.all(select(STEP).order_by(STEP.c.id), ReportStep))
    return [each.what for each in found]


async def sent(world: World) -> Report:
    """The only one that was sent."""
    (found,) = [each for each in await stored(world) if each.sent_at]
    return found


async def reading(world: World) -> set[int]:
    """Who stands on the list of readers, by number."""
    rows = await world.unit(lambda u: u.all(select(READER), Reader))
    return {row.person_id for row in rows if row.ended_at is None}


async def ends(world: World, state: ReportState) -> None:
    """The only one is in this state; the trust's record is whole, and says nothing of it."""
    there = await sent(world)
    assert there.state == state
    assert await world.unit(audit.verify) is None
    recorded = await world.unit(lambda u: u.all(select(audit.AUDIT), Audit))
    assert not [row for row in recorded if "report" in row.verb or there.id in f"{row.subject_id} {row.detail}"]


async def give(world: World, who: str, role: str, school: str = "") -> None:
    """From now on they hold a role, at the school of a colleague or for the trust."""
    place = (await world.person(school)).school_id if school else None
    row = {"person_id": (await world.person(who)).id, "role": role, "school_id": place}
    await world.unit(lambda u: imports.add_roles(u, [row]))


async def numbers(world: World, *who: str) -> set[int | None]:
    """These people."""
    return {(await world.person(each)).id for each in who}


def screenshot(mark: str, size: tuple[int, int] = (90, 60)) -> bytes:
    """A picture with words in its metadata."""
    out, info = io.BytesIO(), PngInfo()
    info.add_text("Comment", mark)
    Image.new("RGB", size, "teal").save(out, "PNG", pnginfo=info)
    return out.getvalue()


async def attach(world: World, who: str, *files: tuple[str, bytes], text: str = "") -> None:
    """From the window that says who reads it, or one's own report: files, in the nearest way that the platform has."""
    chat = world.chat
    if (await form(chat, who)).title != "Add files":
        await chat.fill(who, next=["files"])
    if isinstance(chat, SlackChat):
        await chat.fill(who, files=list(files))  # type: ignore[arg-type]
    elif isinstance(chat, ConsoleChat):
        await chat.fill_with(who, files)
    else:
        await chat.leave(who, "Close")
        await chat.say(who, text, files)


async def goes_on(world: World, who: str) -> None:
    """Back in the window that says who reads it, where files came in the chat."""
    if world.platform == Platform.TEAMS:
        await world.chat.press(who, "Go on")
