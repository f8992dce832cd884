"""Files of a report: given where they may be, refused where the law wants it, opened by its readers alone."""

import re
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import update

from cards.action import Action, Verb
from storage import evidence
from storage import report as reports
from storage.tables import Platform, ReportState, State
from tests.dialogs.play import FAIR, form, one_engine, one_platform, stands
from tests.dialogs.reporting import (
    SAID,
    attach,
    goes_on,
    items,
    reads,
    reads_own,
    report,
    screenshot,
    stored,
    told,
    write,
)
from tests.fakes.console_chat import ConsoleChat
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams_chat import TeamsChat
from tests.world import ADDRESS, World

pytestmark = one_engine
MARK = "quaggamire"
LINK = re.compile(rf"{re.escape(ADDRESS)}(/evidence/[A-Za-z0-9_=-]+)")


SHOT = ("lund post.png", screenshot(MARK))
PDF = ("letter.pdf", b"%PDF-1.7\n" + MARK.encode() + b"\n%%EOF")


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


async def exhibits(world: World) -> list[evidence.Exhibit]:
    (found,) = [each for each in await stored(world) if each.state != ReportState.WITHDRAWN]
    return await world.unit(lambda u: evidence.of_report(u, found.id))


async def window(world: World, who: str) -> str:
    """All that the open window is made of, addresses and pictures too."""
    chat = world.chat
    if isinstance(chat, SlackChat):
        return repr(chat.slack.windows[chat.slack.user(who)])
    if isinstance(chat, ConsoleChat):
        return "".join(f"{each.attributes} {each.words()}" for each in chat.forms[who].root.all())
    assert isinstance(chat, TeamsChat)
    return repr(chat.person(who).dialog)


def fetched(world: World) -> list[str]:
    """What the bot has fetched of the platform's files."""
    chat = world.chat
    if isinstance(chat, SlackChat):
        return chat.slack.downloads
    if isinstance(chat, TeamsChat):
        return [path for _, path, _ in chat.microsoft.seen if "/v3/attachments/" in path]
    return []


async def saved(world: World, path: str) -> bytes | None:
    """What a browser gets that follows a link and presses; looking at the page first changes nothing."""
    chat = world.chat
    root = chat._bot if isinstance(chat, TeamsChat) else chat.url  # type: ignore[attr-defined]
    root = root.removesuffix("/api/messages").removesuffix("/slack/events")
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(root + path) as page:
                assert page.status == 200 and "lund" not in await page.text()
                assert page.headers["Cache-Control"] == "no-store"
        async with session.post(root + path) as answer:
            if answer.status == 404:
                assert "has been used" in await answer.text()
                return None
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.content_type == "application/octet-stream"
            return await answer.read()


async def test_a_screenshot_goes_along_and_its_reader_opens_it(world: World) -> None:
    """Small in the window where the platform keeps nothing of it; whole, once, by a link; each time is noted."""
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT, PDF)
    await goes_on(world, "okafor")
    assert len((await form(chat, "okafor")).values["keep"]) == 2
    await chat.fill("okafor")
    assert "Thank you. It is with" in await told(chat, "okafor")
    assert "letter.pdf (PDF" in await reads(chat, "patel")
    await chat.fill("patel", step=["files"])
    shown, whole = await form(chat, "patel"), await window(world, "patel")
    first, _ = await exhibits(world)
    assert first.digest in shown.text and first.media_type == "image/png" and first.size == len(SHOT[1])
    assert ("data:image/jpeg;base64" in whole) == (world.platform != Platform.SLACK)
    assert ("Slack would keep a copy" in shown.text) == (world.platform == Platform.SLACK)
    links = list(dict.fromkeys(LINK.findall(whole)))
    assert len(links) == 2
    assert await saved(world, links[0]) == SHOT[1]
    assert await saved(world, links[0]) is None
    await world.later(minutes=11)
    assert await saved(world, links[1]) is None
    await chat.fill("patel")
    history = (await form(chat, "patel")).text
    assert "looked at “lund post.png" in history and "saved a copy of “lund post.png" in history
    assert "letter" not in await told(chat, "patel") + await told(chat, "okafor")


async def test_imagery_takes_no_file_in_whatever_order(world: World, tmp_path: Path) -> None:
    """Added first and the kind chosen afterwards; the window for files still open; asked for by a made-up press."""
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT)
    await goes_on(world, "okafor")
    assert len(kept(tmp_path)) == 1
    await chat.fill("okafor", next=["change"])
    await chat.fill("okafor", concern=["images"])
    review = await form(chat, "okafor")
    assert "I have deleted the file that you had added" in review.text and "The law forbids it" in review.text
    assert "keep" not in review.values
    assert kept(tmp_path) == [] and await exhibits(world) == []
    await chat.fill("okafor", next=["change"])
    await chat.fill("okafor", concern=["content"])
    await chat.fill("okafor", next=["files"])
    (own,), before = await stored(world), len(fetched(world))
    await world.unit(lambda u: reports.change(u, own, concern="images"))
    await attach(world, "okafor", SHOT)
    assert "the law forbids that it is copied" in (await chat.screen("okafor")).words
    assert kept(tmp_path) == [] and await exhibits(world) == [] and len(fetched(world)) == before
    await chat.press_made_up("okafor", Action(Verb.ADD_EVIDENCE, own.id, own.version + 1).pack())
    assert "Add files" not in (await window(world, "okafor") if (await chat.screen("okafor")).form else "")


@one_platform
async def test_words_about_imagery_refuse_files_whatever_kind_was_chosen(world: World) -> None:
    await write(world.chat, "okafor", what="Somebody sent round nudes of a pupil.")
    await world.chat.fill("okafor")
    assert "screenshot" not in await told(world.chat, "okafor")
    (own,) = await stored(world)
    await world.chat.press_made_up("okafor", Action(Verb.ADD_EVIDENCE, own.id, own.version).pack())
    assert not await exhibits(world)


async def test_a_picture_without_a_word_is_made_a_report_in_one_press(world: World, tmp_path: Path) -> None:
    """The draft of a post and all its bytes are gone before anything else is asked."""
    chat = world.chat
    await chat.say("okafor", "", [FAIR])
    card = (await chat.screen("okafor")).last
    assert card.pictures and "It is no post: report it" in card.buttons
    assert len(kept(tmp_path)) == 2
    await chat.press("okafor", "It is no post: report it")
    assert kept(tmp_path) == []
    assert "I have deleted the picture" in (await form(chat, "okafor")).text
    assert not any(message.pictures for message in (await chat.screen("okafor")).messages)
    await stands(world, State.WITHDRAWN)
    if isinstance(chat, SlackChat):  # which has been given a copy, to show it
        assert len(chat.slack.files) == 2
        await world.later(minutes=5)
        assert [file.name for file in chat.slack.files.values()] == [FAIR[0]], "what she gave herself is hers"
    await chat.fill("okafor", **SAID)
    await chat.fill("okafor")
    assert await items(chat, "patel") == 1


async def test_what_is_no_file_for_a_report_is_answered_and_nothing_else_is_lost(world: World, tmp_path: Path) -> None:
    bad = (("photo.jpg", b"MZ\x90 a program"), ("empty.png", b""), ("../x\u202egnp.zip", b"PK\x03\x04\x14\0\0\0"))
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT, *bad)
    said = (await chat.screen("okafor")).words
    assert "photo.jpg is, whatever its name says, neither a picture nor a PDF" in said
    assert "xgnp.zip holds other files" in said and ".." not in said.replace("…", "")
    assert world.platform == Platform.SLACK or "empty.png is empty" in said
    assert len(kept(tmp_path)) == 1
    await goes_on(world, "okafor")
    if world.platform != Platform.TEAMS:
        await chat.fill("okafor")
    await chat.fill("okafor")
    assert SAID["what"] in await reads(chat, "patel")


async def test_its_reporter_adds_a_file_later(world: World) -> None:
    chat = world.chat
    await report(chat)
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["ask"], words="Have you a screenshot?")
    await reads_own(chat, "okafor")
    await chat.fill("okafor", more=True)
    await attach(world, "okafor", SHOT)
    assert "whoever looks after it" in await told(chat, "okafor")
    assert "Ms Okafor: added “lund post.png" in await reads(chat, "patel")
    assert await items(chat, "patel") == 2


@one_platform
async def test_taken_out_again_or_thrown_away_nothing_is_left(world: World, tmp_path: Path) -> None:
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT, PDF)
    first, second = await exhibits(world)
    await chat.fill("okafor", keep=[second.id], next=["files"])
    assert [each.id for each in await exhibits(world)] == [second.id] and len(kept(tmp_path)) == 1
    await attach(world, "okafor", PDF)
    assert len(await exhibits(world)) == 1, "the same file once more is the same file"
    await chat.fill("okafor", next=["drop"])
    assert kept(tmp_path) == []
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT)
    assert len(kept(tmp_path)) == 1
    await world.later(hours=13)
    assert kept(tmp_path) == []
    assert await world.unit(lambda u: evidence.get(u, first.id)) is None


@one_platform
async def test_a_link_is_its_readers_alone(world: World) -> None:
    """Who may not read the report any more saves nothing with a link that was made before; nor does a made-up one."""
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT)
    await chat.fill("okafor")
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["files"])
    (link,) = set(LINK.findall(await window(world, "patel")))
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["hand"], words="Please take it.", to="doyle@oakfield.example")
    assert await saved(world, link) is None
    assert await saved(world, "/evidence/" + "A" * 120) is None
    await chat.press("doyle", "Open")
    await chat.fill("doyle", step=["files"])
    (link,) = set(LINK.findall(await window(world, "doyle")))
    assert await saved(world, link) == SHOT[1]


@one_platform
async def test_one_that_turns_out_to_be_imagery_is_shut_for_everybody(world: World) -> None:
    """Nothing more is added, shown or handed out, by a link that was made before either; the bytes stay, sealed."""
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT)
    await chat.fill("okafor")
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["files"])
    (link,) = set(LINK.findall(await window(world, "patel")))
    await chat.fill("patel")
    await chat.fill("patel", step=["shut"])
    assert "they speak with the police" in await told(chat, "patel")
    assert await saved(world, link) is None
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["files"])
    assert "These files are shut" in await told(chat, "patel")
    await reads_own(chat, "okafor")
    assert "more" not in (await form(chat, "okafor")).values
    assert len(await exhibits(world)) == 1


@one_platform
async def test_a_file_that_was_altered_is_said_to_be(world: World, tmp_path: Path) -> None:
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT, PDF)
    await chat.fill("okafor")
    first, second = await exhibits(world)
    (tmp_path / "files" / first.pieces[0][:2] / first.pieces[0]).write_bytes(b"altered")
    sealed = update(evidence.EVIDENCE).where(evidence.EVIDENCE.c.id == second.id).values(sealed="altered")
    await world.unit(lambda u: u.connection.execute(sealed))
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["files"])
    shown = await window(world, "patel")
    assert "cannot be opened any more, because it was altered" in shown and "data:image" not in shown
    (link,) = set(LINK.findall(shown))
    async with aiohttp.ClientSession() as session, session.post(chat.url + link) as answer:  # type: ignore[attr-defined]
        assert answer.status == 410 and "was altered" in await answer.text()


@one_platform
async def test_too_many_are_left_out_and_said(world: World, tmp_path: Path) -> None:
    chat = world.chat
    await write(chat, "okafor")
    shots = [(f"{number}.png", screenshot(str(number))) for number in range(10)]
    await attach(world, "okafor", *shots[:4])
    await attach(world, "okafor", *shots[4:8])
    await attach(world, "okafor", *shots[8:])
    assert "8.png is one too many" in (await form(chat, "okafor")).errors["files"]
    assert len(await exhibits(world)) == 8 == len(kept(tmp_path))


@one_platform
async def test_nobody_adds_to_or_opens_the_files_of_others(world: World, tmp_path: Path) -> None:
    chat = world.chat
    await write(chat, "okafor")
    await attach(world, "okafor", SHOT)
    await chat.fill("okafor")
    (own,), there = await stored(world), kept(tmp_path)
    for who in ("lund", "webb", "reid"):
        for subject in (own.id, "A" * 16):
            await chat.press_made_up(who, Action(Verb.ADD_EVIDENCE, subject, own.version).pack())
            assert (await chat.screen(who)).form is None
        assert (await told(chat, who)).count("I find nothing here that you could open.") == 2
    assert kept(tmp_path) == there


async def test_without_an_address_only_what_can_be_shown_is_taken(world: World, tmp_path: Path) -> None:
    """In Slack nothing, since a picture there would be a file of Slack's; elsewhere pictures, and no document."""
    world.bot.desk.address = None
    chat = world.chat
    await write(chat, "okafor")
    if world.platform == Platform.SLACK:
        assert "Add a screenshot" not in await window(world, "okafor")
        (own,) = await stored(world)
        await chat.press_made_up("okafor", Action(Verb.ADD_EVIDENCE, own.id, own.version).pack())
        assert (await form(chat, "okafor")).title == "Who reads it"
        return
    await attach(world, "okafor", SHOT, PDF)
    assert "letter.pdf is a document, and I could show it to nobody here" in (await chat.screen("okafor")).words
    await goes_on(world, "okafor")
    if world.platform == Platform.CONSOLE:
        await chat.fill("okafor")
    await chat.fill("okafor")
    assert len(kept(tmp_path)) == 1
    await chat.press("patel", "Open")
    await chat.fill("patel", step=["files"])
    whole = await window(world, "patel")
    assert "data:image/jpeg;base64" in whole and "/evidence/" not in whole


@pytest.mark.parametrize("world", [Platform.SLACK], indirect=True)
async def test_the_files_of_a_message_that_is_reported_are_not_fetched(world: World, tmp_path: Path) -> None:
    chat = world.chat
    assert isinstance(chat, SlackChat)
    await chat.ask_about("okafor", "Look what he wrote", [FAIR], shortcut="report_message")
    shown = await form(chat, "okafor")
    assert "I have not taken what you sent along" in shown.text and shown.values["what"] == "Look what he wrote"
    assert fetched(world) == [] and kept(tmp_path) == []


@one_platform
async def test_a_post_is_still_a_post_while_a_report_waits_for_files(world: World, tmp_path: Path) -> None:
    """Who asks whether they can post something is understood; a picture alone, an hour later, is no evidence either."""
    chat = world.chat
    await write(chat, "okafor")
    await chat.fill("okafor", next=["files"])
    await chat.say("okafor", "can I post this on facebook? The fair!", [FAIR])
    assert (await chat.screen("okafor")).last.pictures and not await exhibits(world)
    await chat.say("okafor", "this is what he wrote", [SHOT])
    assert [each.name for each in await exhibits(world)] == [SHOT[0]]
    assert "One file is sealed. What you wrote is not sent yet." in (await chat.screen("okafor")).last.text
    await chat.press("okafor", "Go on")
    await chat.fill("okafor")
    assert "this is what he wrote" in await reads(chat, "patel")
    before = kept(tmp_path)
    await chat.say("okafor", "", [PDF])
    assert len(await exhibits(world)) == 1 and kept(tmp_path) == before
