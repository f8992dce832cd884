"""What people see of a permission and of a question, word for word on each platform, beside what they saw last time.

Where a change is meant: CANIPOST_RENEW=1 pytest tests/test_snapshots.py, and read the difference.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.tables import Platform
from tests.chat import Chat
from tests.dialogs.giving_up import given_up
from tests.world import World, opened

FOLDER = Path(__file__).parent / "snapshots"
ACCOUNT = {
    "q_platform": "Instagram", "q_name": "Oakfield Drama", "q_purpose": "Rehearsals and first nights, for parents",
    "q_audience": "Parents and carers", "q_deputy": "Mr Lund",
}
PAPER = {"q_who": "The Gazette", "q_what": "Was anybody hurt?"}
STEPS: tuple[tuple[str, str, object], ...] = (
    ("okafor", "say", "new instagram for the drama club"),
    ("okafor", "press", "Fill it in"),
    ("okafor", "fill", {**ACCOUNT, "q_deputy": "Nobody Known"}),
    ("okafor", "fill", ACCOUNT),
    ("patel", "look", ""),
    ("patel", "press", "With conditions"),
    ("patel", "fill", {"conditions": "No names; comments stay closed."}),
    ("okafor", "look", ""),
    ("singh", "look", ""),
    ("singh", "press", "Done"),
    ("okafor", "look", ""),
    ("hale", "say", "is there a school instagram"),
    ("hale", "press", "Open"),
    ("okafor", "say", "the local paper just rang about the fire"),
    ("okafor", "press", "Fill it in"),
    ("okafor", "fill", PAPER),
    ("patel", "look", ""),
    ("patel", "press", "Answer"),
    ("patel", "fill", {"reply": ["say"], "note": "Nobody was hurt. The school is open as usual."}),
    ("okafor", "look", ""),
    ("webb", "bury", "patel"),
    ("webb", "look", ""),
    ("webb", "press", "Try again"),
    ("patel", "say", "away today until friday"),
    ("patel", "press", "Right"),
    ("reid", "look", ""),
    ("okafor", "say", "new instagram for the choir"),
    ("okafor", "press", "Fill it in"),
    ("okafor", "fill", {**ACCOUNT, "q_name": "Oakfield Choir"}),
    ("reid", "look", ""),
    ("patel", "press", "To somebody else"),
    ("hale", "say", "menu"),
    ("hale", "say", "what can you do"),
)
"""Who does what: then what they see is written down."""


@pytest.fixture(params=list(Platform))
async def world(request: pytest.FixtureRequest, tmp_path: Path, blank: bytes) -> AsyncIterator[World]:
    """The whole bot on each platform; the engine changes no word."""
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    async with opened(tmp_path, f"sqlite:///{path}", request.param) as standing:
        yield standing


async def test_what_people_see(world: World) -> None:
    told = []
    for who, how, what in STEPS:
        if how == "bury":
            await given_up(world, str(what))
            continue
        await act(world.chat, who, how, what)
        did = {"say": f"says “{what}”", "press": f"presses {what}", "fill": "sends the form", "look": "looks"}[how]
        told.append("\n".join([f"## {who} {did}", "", await seen(world.chat, who)]))
    written = "\n\n".join(told) + "\n"
    file = FOLDER / f"{world.platform}.md"
    if os.environ.get("CANIPOST_RENEW"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


async def act(chat: Chat, who: str, how: str, what: object) -> None:
    """One step."""
    if how == "say":
        await chat.say(who, str(what))
    elif how == "press":
        await chat.press(who, str(what))
    elif isinstance(what, dict):
        form = (await chat.screen(who)).form
        assert form is not None, (await chat.screen(who)).words
        boxes = {name: True for name in form.values if name.startswith("confirm_")}
        await chat.fill(who, **boxes, **what)


async def seen(chat: Chat, who: str) -> str:
    """The open form, else the newest message with its buttons."""
    screen = await chat.screen(who)
    if screen.form is None:
        return "\n".join([screen.last.text, *(f"[{label}]" for label in screen.last.buttons)])
    answers = [f"{name}: {value}" for name, value in screen.form.values.items()]
    return "\n".join([screen.form.title, *answers, *(f"! {name}: {why}" for name, why in screen.form.errors.items())])
