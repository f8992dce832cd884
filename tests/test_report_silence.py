"""The person reported on sees nothing, and nobody who may not read a report finds a word of it anywhere."""

import asyncio
import base64
import io
import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select
from sqlmodel import SQLModel

from cards.action import Action, Verb
from handlers import packs
from storage.database import Unit
from storage.vault import Unreadable, Vault, new_key
from tests import silence, stories
from tests.dialogs import reporting
from tests.dialogs.play import FAIR, form, one_engine, one_platform
from tests.emptied import opened
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams_chat import TeamsChat
from tests.world import World

WORLDS, AT_ONCE = 200, 20


# Two worlds


@pytest.fixture
def worlds(tmp_path: Path, blank: bytes) -> Iterator[silence.Database]:
    path = tmp_path / "worlds.db"
    path.write_bytes(blank)
    with opened(f"sqlite:///{path}", silence.VAULT) as database:
        yield database


@pytest.mark.parametrize("first", range(0, WORLDS, AT_ONCE))
async def test_the_world_is_the_same_for_whom_it_is_about(worlds: silence.Database, first: int) -> None:
    taken = 0
    for number in range(first, first + AT_ONCE):
        here, there = await silence.both(worlds, stories.story(number))
        assert silence.difference(here, there) == "", f"story {number}"
        taken += here.taken
    assert taken >= AT_ONCE // 2, "too few of the stories have a report that somebody heard"


async def test_a_hand_over_is_the_same_for_administrators(worlds: silence.Database) -> None:
    """Whoever looks after the staff list tries every door, and hands on what waits for everybody."""
    handed = 0
    for number in range(4):
        here, there = await silence.both(worlds, stories.with_leavers(stories.story(number)))
        assert silence.difference(here, there) == "", f"story {number}"
        handed += here.taken and any("hand_over_all" in row for row in here.rows["audit"])
    assert handed >= 2, "too few of the stories have a report and something to hand on"


async def test_it_is_the_same_on_postgresql(server: Any) -> None:
    from tests.postgres import fresh_database  # it needs the server that this test starts

    with opened(fresh_database(server), silence.VAULT) as database:
        for number in range(3):
            here, there = await silence.both(database, stories.story(number))
            assert silence.difference(here, there) == "", f"story {number}"


async def test_what_somebody_does_see_is_found(worlds: silence.Database) -> None:
    """Watching everybody else instead: those who read the report, and whoever sent it."""
    found = 0
    for number in range(6):
        told = stories.story(number)
        others = tuple(each.number for each in told.staff if each.number not in told.watchers)
        here, there = await silence.both(worlds, replace(told, watchers=others))
        differs = silence.difference(here, there) != ""
        assert differs or not here.taken, f"story {number}: nobody noticed a report that was sent"
        found += differs
    assert found >= 3


def test_the_stories_are_of_many_kinds() -> None:
    told = [stories.story(number) for number in range(WORLDS)]
    assert {each.pack.name for each in told} == set(packs.names())
    assert min(Counter(each.pack.name for each in told).values()) > WORLDS / 10
    assert sum(len(each.subjects) == 2 for each in told) > 20
    assert sum(len(each.watchers) > len(each.subjects) for each in told) > WORLDS / 4
    held = {role for each in told for who in each.subjects for role, _ in each.staff[who].roles}
    assert {"headteacher", "ceo", "chair", "dsl", "administrator"} <= held
    assert sum("_attach" in repr(step.what) for each in told for step in each.steps if step.of_the) > WORLDS / 4


# No word in clear


MARKS = (
    "zebracrossing", "okapistripes", "quaggamire", "gnuherding", "tapirsnout", "dikdikhoof", "elandhorn", "koodoobell",
    "bongodrum", "nyalacoat", "topigrass", "oribijump", "chirubreath", "takinmoss", "sitatungareed", "gerenukneck",
    "pangolinscale", "aardwolfden",
)
"""A word for each field and step: what was typed there."""
NAME, BYTES = "bonteboknail", "lechweswamp"
"""The name of the file that goes along, and a word among its bytes."""
WHAT, WHERE, WHEN, WHOM, ASK, ANSWER, NOTE, REFER, REMOVE, GONE, HAND, RECUSE, CLOSE, REASON, DROPPED = MARKS[:15]
WRONG, SITE, THANKS = MARKS[15:]


async def everything_is_said(world: World) -> list[str]:
    """One report to its end, each field and step with a word of its own; what the private windows showed."""
    chat, windows = world.chat, list[str]()

    async def shown(who: str) -> None:
        window = await form(chat, who)
        windows.append(f"{window.text} {window.values} {window.errors}")

    async def acts(who: str, **said: Any) -> None:
        await chat.press(who, "Open")
        await shown(who)
        await chat.fill(who, **said)

    fields: dict[str, Any] = {
        "concern": ["colleague"], "what": f"It is about {WHAT}.", "where": f"https://{WHERE}.example/1",
        "when": f"Before {WHEN}", "about": ["staff"], "whom": WRONG, "risk": ["no"], "named": ["no"],
    }
    await chat.say("okafor", "i want to report something")
    await chat.press("okafor", "Write the report")
    await chat.fill("okafor", **{**fields, "what": DROPPED})
    await shown("okafor")
    await chat.fill("okafor", **{**fields, "about": ["pupil"], "whom": WHOM})
    await shown("okafor")
    await reporting.attach(world, "okafor", (f"{NAME}.png", reporting.screenshot(BYTES)))
    await reporting.goes_on(world, "okafor")
    await chat.fill("okafor")
    await acts("patel", step=["files"])
    await shown("patel")
    await acts("patel", step=["acknowledge"], words=NOTE)
    await acts("patel", step=["ask"], words=ASK)
    await acts("okafor", words=ANSWER)
    await acts("patel", step=["refer"], words=REFER)
    await acts("patel", step=["site"])
    await chat.fill("patel", words=SITE)
    await acts("patel", step=["thank"], words=THANKS, to="hale@oakfield.example")
    await chat.press("hale", "Open")
    await shown("hale")
    await chat.leave("hale", "Close")
    await acts("patel", step=["removal"], words=REMOVE, to="hale@oakfield.example")
    await acts("hale", done=["yes"], words=GONE)
    await acts("patel", step=["hand"], words=HAND, to="doyle@oakfield.example")
    await acts("doyle", step=["recuse"], words=RECUSE)
    await world.later(days=4)
    await acts("amin", step=["close"], words=CLOSE, reason=REASON)
    await chat.press("okafor", "Open")
    await shown("okafor")
    await chat.press("amin", "Open")
    await shown("amin")
    await chat.say("okafor", "my posts")
    await chat.say("amin", "what waits for me")
    return windows


async def test_no_word_of_a_report_is_anywhere_in_clear(world: World, tmp_path: Path) -> None:
    with logged() as log:
        windows = await everything_is_said(world)
    rows = "" if world.bot.database.is_sqlite else await world.unit(dump)
    sent = await received(world)
    private = "\n".join(windows)
    read = [mark for mark in MARKS if mark in private]
    assert NAME in private and BYTES not in private
    assert len(read) >= len(MARKS) - 2, f"not all was read: {sorted(set(MARKS) - set(read))}"
    found = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert rows or all(any(path.endswith(end) for path in found) for end in (".db", "-wal"))
    found |= {"the rows": rows.encode(), "the log": log.getvalue().encode(), "what was sent": sent.encode()}
    assert "Confidential item" in sent
    for where, data in found.items():
        for mark in (*MARKS, NAME, BYTES):
            for way, spelled in spellings(mark):
                assert spelled not in data.lower() if way == "as it is" else spelled not in data, (where, mark, way)


class Stuck(Vault):
    """Opens nothing that was sealed before, and fails in the middle of sealing."""

    def seal(self, words: Mapping[str, Any]) -> str:
        raise Unreadable


async def test_a_log_of_what_fails_has_no_word_of_a_report(world: World) -> None:
    """What was sealed does not open any more, and what is written then cannot be sealed: both say nothing of it."""
    with logged() as log:
        await everything_is_said(world)
        await reporting.report(world.chat, what=WHAT)
        await reporting.write(world.chat, "costa", what=NOTE)
        world.bot.database.vault = Stuck([new_key()])
        failing = (world.chat.press("amin", "Open"), world.chat.fill("costa", next=["change"]), world.later(days=2),
                   reporting.write(world.chat, "hale", what=HAND))
        for each in failing:
            await asyncio.gather(each, return_exceptions=True)
    assert "Unreadable" in log.getvalue()
    assert "a report opens with none of the keys" in log.getvalue()
    assert not any(mark in log.getvalue() for mark in MARKS)


@one_platform
async def test_a_report_that_does_not_open_stops_nothing_else(world: World) -> None:
    """The clock looks at reports first; whose account is to be looked at is still asked."""
    await reporting.report(world.chat)
    world.bot.database.vault = silence.VAULT
    before = len((await world.chat.screen("lund")).messages)
    await world.later(days=201)
    assert len((await world.chat.screen("lund")).messages) > before


async def test_the_administrator_of_the_bot_reads_nothing(world: World) -> None:
    await reporting.report(world.chat)
    (found,) = await reporting.stored(world)
    await world.chat.say("webb", "what waits for me")
    for verb in (Verb.READ_REPORT, Verb.ACT_ON_REPORT, Verb.ADD_TO_REPORT, Verb.SEND_REPORT):
        await world.chat.press_made_up("webb", Action(verb, found.id, found.version).pack())
    screen = await world.chat.screen("webb")
    assert screen.form is None and "Confidential" not in screen.words and reporting.NARRATIVE not in screen.words
    assert "I find nothing here that you could open." in screen.words


@one_engine
@pytest.mark.parametrize("said", ["a parent is slagging off Mr Jones on facebook", "somebody sent me nudes of a pupil"])
async def test_no_picture_that_comes_with_a_worry_is_kept(world: World, tmp_path: Path, said: str) -> None:
    await world.chat.say("okafor", said, [FAIR])
    assert "Report something" in (await world.chat.screen("okafor")).last.text
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def spellings(mark: str) -> Iterator[tuple[str, bytes]]:
    """How a word may stand in a file: as it is, in the other widths, in hexadecimal, in base64 wherever it begins."""
    yield "as it is", mark.encode()
    yield "utf-16", mark.encode("utf-16-le")
    yield "utf-16", mark.encode("utf-16-be")[:-1]
    yield "hex", mark.encode().hex().encode()
    for pad in range(3):
        whole = base64.b64encode(b"\0" * pad + mark.encode())
        middle = whole[-(-pad * 8 // 6) + (1 if pad else 0) : (pad + len(mark)) * 8 // 6]
        yield "base64", middle
        yield "base64", middle.translate(bytes.maketrans(b"+/", b"-_"))


def test_the_spellings_are_those_in_which_words_stand() -> None:
    for lead in ("", "a", "ab", "abc"):
        text = f"{lead}{WHAT} and more".encode()
        found = base64.b64encode(text)
        assert any(spelled in found for way, spelled in spellings(WHAT) if way == "base64"), lead


def dump(u: Unit) -> str:
    """Every column of every row of every table."""
    return "\n".join(
        f"{name} {tuple(row)!r}" for name, table in SQLModel.metadata.tables.items()
        for row in u.connection.execute(select(table))
    )


async def received(world: World) -> str:
    """Every message, notification and note that came to anybody, and every call that brought it; no private window."""
    everybody = [await world.chat.screen(who) for who in world.staff]
    said = [part for each in everybody for part in (*(m.text for m in each.messages), *each.notes)]
    if isinstance(world.chat, SlackChat):
        slack = world.chat.slack
        said += [json.dumps(call, default=str) for call in slack.calls if not _window(call)]
        said += [repr(message) for message in slack.messages] + [json.dumps(home) for home in slack.homes.values()]
    if isinstance(world.chat, TeamsChat):
        chats = world.chat.microsoft.chats.values()
        ours = (a for each in chats for a in each.messages.values() if a.get("from") != "person")
        said += [json.dumps(activity, default=str) for activity in ours]
    return "\n".join(said)


def _window(call: Sequence[Any]) -> bool:
    return str(call[0]) in ("views.open", "views.push", "views.update")


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged, as it is in service."""
    root, out = logging.getLogger(), io.StringIO()
    as_ours = next(h for h in root.handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter))
    handler = logging.StreamHandler(out)
    handler.setFormatter(as_ours.formatter)
    root.addHandler(handler)
    try:
        yield out
    finally:
        root.removeHandler(handler)
