"""Packs while they are used: changed under open requests, refused, and a trust that has nothing but its pack."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cards.action import Action, Verb
from handlers import packs
from handlers.rules import packfile
from handlers.rules.pack import Pack
from storage import audit, people, register
from storage.database import Unit
from storage.tables import Platform, State, Trust
from tests.dialogs.play import every_request, form, stands, the_request
from tests.shell import Shell
from tests.trusts import TEACHER, staff, writer
from tests.world import World, opened

ROOT = Path(__file__).parents[2]
FIFTH = ROOT / "tests" / "packs" / "fifth.toml"
HEAD, CEO, IT = "headteacher", "ceo", "itservices"
STAFF = """name,e-mail,school,roles
Ms Ada Reef,reef@oakfield.example,Pier School,
Mr Finn Shore,shore@oakfield.example,Pier School,Warden
Mrs Gale Wind,wind@oakfield.example,Pier School,Dean
Dr Ira Tide,tide@oakfield.example,trust,Rector
Mr Joe Board,board@oakfield.example,trust,chair of the board
Ms Kay Site,site@oakfield.example,trust,web team
Mr Lee Desk,desk@oakfield.example,trust,office
"""
ACCOUNTS = """platform,name,school,owner
Facebook,Pier School on Facebook,Pier School,reef@oakfield.example
"""


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """The trust of lt2, on each platform."""
    data = packs.bundled("lt2")
    async with opened(tmp_path, url, request.param, writer(data), staff(packfile.read(data))) as standing:
        yield standing


one_engine = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
everywhere = pytest.mark.parametrize("world", [Platform.SLACK, Platform.CONSOLE], indirect=True)
console = pytest.mark.parametrize("world", [Platform.CONSOLE], indirect=True)


def changed(*changes: tuple[str, str]) -> bytes:
    """The pack of lt2 with these changes."""
    text = packs.bundled("lt2").decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def without(kind: str) -> bytes:
    """The pack of lt2 without a kind."""
    text = packs.bundled("lt2").decode()
    start = text.index(f"[kinds.{kind}]")
    end = min(at for mark in ("\n[kinds.", "\n# ---") if (at := after(text, mark, kind, start)) > 0)
    return (text[:start] + text[end + 1 :]).encode()


def after(text: str, mark: str, kind: str, start: int) -> int:
    """Where the next part begins that is not this kind's."""
    at = text.find(mark, start)
    while at > 0 and text.startswith(f"\n[kinds.{kind}.", at):
        at = text.find(mark, at + 1)
    return at


STRICTER = changed(
    ('version = "2021-03"', 'version = "2027-01"'),
    ('{ steps = [{ any = ["headteacher"], clause = "8.1" }] }', '{ steps = [{ any = ["ceo"], clause = "9.9" }] }'),
    ('label = "What will you use, and where?"', 'label = "Which logo, and on what?"'),
)


async def adopt(world: World, data: bytes) -> Pack:
    return await world.unit(lambda u: packs.adopt(u, data))


async def ask_for_logo(world: World, words: str) -> None:
    await world.chat.say(TEACHER, words)
    await world.chat.press(TEACHER, "Fill it in")
    await world.chat.fill(TEACHER)


@one_engine
@everywhere
async def test_what_is_open_keeps_the_rules_it_was_asked_under(world: World) -> None:
    chat = world.chat
    await ask_for_logo(world, "can I use the logo on mugs")
    before = await the_request(world)
    assert (await adopt(world, STRICTER)).version == "2027-01"
    await chat.press(TEACHER, "Edit")
    await chat.fill(TEACHER, q_what="The logo, on forty mugs.")
    shown = (await chat.screen(HEAD)).last
    assert "What will you use, and where" in shown.text and "forty mugs" in shown.text
    assert "waiting for you" in shown.text
    await chat.press(HEAD, "Approve")
    request = await the_request(world)
    assert (request.state, request.pack_version) == (State.APPROVED, before.pack_version)
    assert "waiting for you" not in (await chat.screen(CEO)).words


@one_engine
@everywhere
async def test_what_is_new_goes_by_the_new_rules(world: World) -> None:
    chat = world.chat
    await adopt(world, STRICTER)
    await ask_for_logo(world, "can I use the logo on mugs")
    assert "Which logo, and on what?" in (await chat.screen(TEACHER)).last.text
    assert "(9.9)" in (await chat.screen(CEO)).last.text
    assert "waiting for you" not in (await chat.screen(HEAD)).words
    await chat.press(CEO, "Approve")
    await stands(world, State.APPROVED)
    rows = await world.unit(lambda u: [row.verb for row in u.run(audit.AUDIT.select())])
    assert "pack_adopt" in rows


@one_engine
@everywhere
async def test_a_form_that_is_open_while_the_rules_change(world: World) -> None:
    """A draft keeps its rules; a form from the menu is asked anew, by those of today, with nothing lost."""
    chat = world.chat
    await chat.press_made_up(TEACHER, Action(Verb.REQUEST, arg="brand").pack())
    await chat.press(TEACHER, "Fill it in")
    stricter = changed(
        ('[[kinds.brand.questions]]\nid = "until"',
         '[[kinds.brand.questions]]\nid = "size"\nlabel = "How large?"\n\n[[kinds.brand.questions]]\nid = "until"'),
    )
    await adopt(world, stricter)
    await chat.fill(TEACHER, q_what="The logo, on mugs.")
    open_ = await form(chat, TEACHER)
    assert open_.errors.keys() == {"q_size"} and open_.values["q_what"] == "The logo, on mugs."
    await chat.fill(TEACHER, q_size="Small")
    await stands(world, State.SUBMITTED)


@one_engine
@everywhere
async def test_a_kind_that_the_new_rules_lack(world: World) -> None:
    """What was asked ends well; from now on the policy is silent on it."""
    chat = world.chat
    await chat.say(TEACHER, "own phone for the trip photos")
    await chat.press(TEACHER, "Fill it in")
    await chat.fill(TEACHER, q_name="My phone", confirm_delete=True, q_use_on="2026-11-10")
    await adopt(world, without("device"))
    assert "device" not in (await world.unit(packs.current)).kinds
    await chat.press(HEAD, "With conditions")
    await chat.fill(HEAD, conditions="This trip only.")
    await stands(world, State.APPROVED)
    request = await the_request(world)
    (entry,) = await world.unit(lambda u: register.of_request(u, request.id))
    assert (entry.book, entry.conditions) == ("device", "This trip only.")
    await chat.say(TEACHER, "my devices")
    await chat.press(TEACHER, "Open")
    assert "This trip only." in (await chat.screen(TEACHER)).last.text
    await world.later(days=8)
    await chat.say(TEACHER, "can I use my own camera on the trip")
    assert "The policy does not say anything about this" in (await chat.screen(TEACHER)).last.text
    await chat.press(TEACHER, "Fill it in")
    await chat.fill(TEACHER)
    assert [each.state for each in await every_request(world)] == [State.APPROVED, State.SUBMITTED]


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "broken": (lambda: changed(('any = ["headteacher"], clause = "8.1"', 'any = ["wizard"], clause = "1"')), "wizard"),
    "another trust's": (lambda: packs.bundled("att"), "another"),
    "renamed": (lambda: changed(('name = "lt2"', 'name = "lt3"')), "another"),
    "no text": (lambda: b"\xff\xfe\x00", ""),
    "nothing": (lambda: b"", ""),
}


@one_engine
@console
@pytest.mark.parametrize("which", BAD)
async def test_a_pack_that_is_refused_changes_nothing(
    world: World, shell: Shell, url: str, tmp_path: Path, which: str
) -> None:
    data, why = BAD[which]
    before = await world.unit(lambda u: people.trust(u).pack_version)
    with pytest.raises((packfile.BadPack, packs.OthersPack)):
        await adopt(world, data())
    (tmp_path / "new.toml").write_bytes(data())
    said = shell.bad("trust", "adopt", str(tmp_path / "new.toml"), DATABASE_URL=url)
    assert "Nothing was changed." in said and why in said and "Traceback" not in said
    assert await world.unit(lambda u: people.trust(u).pack_version) == before


@one_engine
@console
async def test_adopted_beside_the_running_bot(world: World, shell: Shell, url: str, tmp_path: Path) -> None:
    """Another process adopts it; who asks next is asked by it."""
    await ask_for_logo(world, "can I use the logo on mugs")
    (tmp_path / "new.toml").write_bytes(STRICTER)
    code, said = await canipost(url, "trust", "adopt", str(tmp_path / "new.toml"))
    assert (code, "goes by 2027-01 from now on" in said) == (0, True), said
    await ask_for_logo(world, "can I use the logo on hats")
    first, second = await every_request(world)
    assert first.pack_version != second.pack_version
    assert "Which logo, and on what?" in (await world.chat.screen(CEO)).last.text
    assert "cannot be read" in shell.bad("trust", "adopt", str(tmp_path / "no.toml"), DATABASE_URL=url)


# a fifth trust


async def canipost(url: str, *words: str) -> tuple[int, str]:
    """The command line, in a process of its own."""
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "CANIPOST_DATABASE_URL": url},
    )
    said, _ = await made.communicate()
    return made.returncode or 0, said.decode()


@pytest.fixture
async def harbour(request: pytest.FixtureRequest, shell: Shell, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """The fifth trust, taken on by its pack and two lists."""
    (tmp_path / "staff.csv").write_text(STAFF, "utf-8")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, "utf-8")
    for words in (
        ("trust", "add", str(FIFTH)), ("staff", "import", str(tmp_path / "staff.csv"), "--yes"),
        ("register", "import", str(tmp_path / "accounts.csv"), "--yes"),
    ):
        shell.good(*words, DATABASE_URL=url)

    def there(u: Unit, _at: datetime) -> Trust:
        (trust,) = people.trusts(u)
        return trust

    who = ("reef", "shore", "wind", "tide", "board", "site", "desk")
    async with opened(tmp_path, url, request.param, there, who) as standing:
        yield standing


fifth = pytest.mark.parametrize("harbour", [Platform.CONSOLE], indirect=True)


@one_engine
@fifth
async def test_a_kind_that_only_the_fifth_trust_has(harbour: World) -> None:
    chat = harbour.chat
    await chat.say("reef", "can I fly a drone over the harbour on sports day?")
    assert "Drone flight" in (await chat.screen("reef")).last.text
    await chat.press("reef", "Fill it in")
    assert (await form(chat, "reef")).values["q_what"] == "can I fly a drone over the harbour on sports day?"
    await chat.fill("reef", q_where=["town"], q_until="2026-12-01", confirm_insured=True)
    assert "over the town (6.4)" in (await form(chat, "reef")).errors["q_where"]
    await chat.fill("reef", q_where=["harbour"])
    assert "After that: Warden and Rector" in (await chat.screen("reef")).last.text
    await chat.press("wind", "Approve")
    await chat.press("tide", "With conditions")
    await chat.fill("tide", conditions="Not above the ferry.")
    await stands(harbour, State.SUBMITTED)
    await chat.press("shore", "Approve")
    await stands(harbour, State.APPROVED)
    await chat.say("reef", "my permissions")
    await chat.press("reef", "Open")
    assert "Not above the ferry." in (await chat.screen("reef")).last.text


@one_engine
@fifth
async def test_a_channel_of_the_fifth_trust(harbour: World) -> None:
    chat = harbour.chat
    await chat.say("reef", "new instagram for the sailing club")
    await chat.press("reef", "Fill it in")
    values = (await form(chat, "reef")).values
    assert (values["q_platform"], values["q_name"]) == ("Instagram", "Sailing club")
    await chat.fill("reef")
    await chat.press("shore", "Approve")
    await chat.press("site", "Done")
    await chat.fill("site", q_website="https://pier.example/online")
    await stands(harbour, State.DONE)
    await chat.say("wind", "is there a school instagram")
    assert "Yes, Pier School is on Instagram." in (await chat.screen("wind")).last.text
    await chat.say("reef", "the local paper rang")
    assert "The policy does not say anything about this" in (await chat.screen("reef")).last.text
    assert "Shore" in (await chat.screen("reef")).last.text


@one_engine
@fifth
async def test_an_own_kind_that_is_gone(harbour: World) -> None:
    """Nobody's form is lost silently, and what was asked under it ends as it was begun."""
    chat = harbour.chat
    await chat.say("reef", "can I fly a drone over the fields?")
    await chat.press("reef", "Fill it in")
    await chat.fill("reef", q_where=["fields"], q_until="2026-12-01", confirm_insured=True)
    await chat.press_made_up("reef", Action(Verb.REQUEST, arg="drone").pack())
    await chat.press("reef", "Fill it in")
    text = FIFTH.read_text("utf-8")
    await adopt(harbour, text[: text.index("[kinds.drone]")].encode())
    await chat.fill("reef", q_where=["fields"], q_until="2026-12-01", confirm_insured=True, q_what="Sports day")
    assert "The policy has changed" in (await chat.screen("reef")).words
    await chat.press_made_up("reef", Action(Verb.REQUEST, arg="drone").pack())
    assert len(await every_request(harbour)) == 1
    await chat.press("shore", "Training first")
    await chat.fill("shore", note="The pilot's day.")
    await chat.press("reef", "I have had the training")
    await chat.press("shore", "Approve")
    await stands(harbour, State.APPROVED)


def test_the_fifth_pack_names_no_role_of_the_others() -> None:
    theirs: set[Any] = set().union(*(packfile.read(packs.bundled(name)).roles for name in packs.names()))
    assert not theirs & set(packfile.read(FIFTH.read_bytes()).roles)
