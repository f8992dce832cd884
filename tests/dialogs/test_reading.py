"""A new version is announced, read and confirmed; and again when it changes, or each year."""

from datetime import date, timedelta

import pytest

from cards import reading as cards
from cards.action import Action, Verb
from handlers import packs, reading_who
from storage import audit
from storage.tables import Platform, State
from tests.dialogs.asking_policy import SAMPLE, import_policy
from tests.dialogs.play import form, one_engine, the_request
from tests.dialogs.reading import boxes, confirm, given, last, own, read_through, seen, unread
from tests.dialogs.test_kinds import answers
from tests.fakes.slack_chat import SlackChat
from tests.world import World

ALONE, BREAKS = b"Keep your own social media out of working time", b"Use your own social media in breaks only"
JOKES = b"- No jokes, cartoons, gossip or chain letters.\n"
GROUPS = b"\n## 9. Groups\n\nEvery group has two members of staff in it.\n"
SECOND = SAMPLE.replace(ALONE, BREAKS).replace(JOKES, b"") + GROUPS


@pytest.fixture
async def told(world: World) -> World:
    """The sample trust, whose first policy was just imported."""
    await import_policy(world)
    return world


@one_engine
async def test_read_and_confirmed(told: World) -> None:
    chat = told.chat
    news = (await chat.screen("okafor")).last
    assert "Social Media Policy, version 1" in news.text and "first version that I have" in news.text
    assert "by 19 Nov 2026" in news.text and "Code of Conduct" in news.text
    assert await read_through(told, "okafor") > 1
    assert "page 1 of" not in await last(told, "okafor"), "pages take each other's place"
    await chat.press("okafor", "I have read it")
    ticks = await boxes(told, "okafor")
    assert len(ticks) == 2
    await chat.fill("okafor", **dict.fromkeys(ticks, False))
    assert set((await form(chat, "okafor")).errors) == {min(ticks)} and not await given(told, "okafor")
    await chat.fill("okafor", **ticks)
    assert "You have confirmed on 5 Nov 2026" in await seen(told, "okafor")
    done = await given(told, "okafor")
    assert [(each.document, each.version, bool(each.digest), each.year) for each in done] == [
        ("", "1", True, 0), ("Code of Conduct", "", False, 0)]
    assert not await own(told, "okafor") and len(await own(told, "hale")) == 2
    first = next(m for m in (await chat.screen("okafor")).messages if "first version that I have" in m.text)
    assert "You have confirmed" in first.text and cards.READ not in first.buttons
    await chat.say("okafor", "waiting")
    assert "Nothing waits for you." in await last(told, "okafor")
    for verb in (Verb.READ, Verb.CONFIRM_READ):
        await chat.press_made_up("okafor", Action(verb, cards.subject(int(min(ticks)[5:]))).pack())
        assert cards.ALREADY in await seen(told, "okafor")
    assert len(await given(told, "okafor")) == 2
    await chat.press_as("okafor", "hale", cards.READ)
    assert cards.NOT_YOURS in await seen(told, "okafor")
    assert await told.unit(audit.verify) is None


@one_engine
async def test_an_account_waits_until_its_asker_has_read(told: World) -> None:
    chat = told.chat
    await chat.say("hale", "new Instagram for the drama club")
    await chat.press("hale", "Fill it in")
    kind = (await told.unit(packs.current)).kinds["account"]
    await chat.fill("hale", **await answers(told, kind))
    held = (await chat.screen("hale")).words
    assert "Before this can be sent" in held and "(5)" in held
    assert (await the_request(told)).state == State.DRAFT
    await confirm(told, "hale")
    assert cards.now_send() in await seen(told, "hale")
    await chat.press("hale", "Send")
    assert (await the_request(told)).state == State.SUBMITTED


@one_engine
async def test_a_new_version(told: World) -> None:
    chat = told.chat
    await confirm(told, "okafor")
    old = (await own(told, "hale"))[0]
    await import_policy(told, SECOND, "2", date(2026, 12, 10))
    news = (await chat.screen("okafor")).last
    assert "holds from 10 Dec 2026" in news.text and "This changes since version 1" in news.text
    assert "Every group has two members of staff in it." in news.text and "breaks only" in news.text
    assert "No longer there" in news.text and "by 10 Dec 2026" in news.text
    assert "It comes sooner than usual, because: It is the first" in news.text, "the reason is shown"
    await chat.press("okafor", "See all changes in full")
    assert "changes 1 to" in await last(told, "okafor")
    assert [each.version for each in await own(told, "hale") if not each.document] == ["2"]
    await chat.press_made_up("hale", Action(Verb.READ, cards.subject(old.id or 0)).pack())
    assert cards.REPLACED in await seen(told, "hale")
    assert "version 2" in await seen(told, "hale")
    assert not await unread(told, "okafor"), "what holds today is enough"
    told.clock.forward(days=36)
    assert await unread(told, "okafor") == [""]
    await confirm(told, "okafor")
    assert not await unread(told, "okafor")
    assert [each.version for each in await given(told, "okafor") if not each.document] == ["1", "2"]
    await import_policy(told, SAMPLE, "3", date(2027, 1, 31))
    assert not await own(told, "okafor"), "these words are confirmed already"
    assert [each.version for each in await own(told, "hale") if not each.document] == ["3"]


@one_engine
async def test_each_year_and_questions(told: World) -> None:
    """Another pack: yearly, with a question and another document; who has confirmed is asked once more."""
    await confirm(told, "okafor")
    text = packs.bundled("lt2").decode().replace(
        "\n[reading]\n", '\n[reading]\nyearly = "09-01"\ncheck = [{ question = "Who says yes to a post?", options = '
        '["Nobody", "The headteacher"], right = 2, look = "The headteacher sees it first.", clause = "7.3.5" }]\n')
    await told.unit(lambda u: packs.adopt(u, text.encode()))
    await told.later(days=1)
    assert {(each.document, each.year) for each in await own(told, "okafor")} == {("", 2026), ("Code of Conduct", 2026)}
    await read_through(told, "okafor")
    await told.chat.press("okafor", "I have read it")
    ticks = await boxes(told, "okafor")
    await told.chat.fill("okafor", **ticks, answer_0=["1"])
    wrong = (await form(told.chat, "okafor")).errors["answer_0"]
    assert "The headteacher sees it first. (7.3.5)" in wrong and "has seen the post and said yes." in wrong
    assert len(await given(told, "okafor")) == 2, "nothing is kept of it"
    await told.chat.fill("okafor", answer_0=["2"])
    assert (await given(told, "okafor"))[2].answers == {"0": "2"}
    told.clock.now += timedelta(days=363)
    await told.later(days=1)
    assert {each.year for each in await own(told, "okafor")} == {2027}
    assert {each.year for each in await own(told, "hale")} == {2027}, "what was left of last year is not asked twice"
    await told.unit(lambda u: packs.adopt(u, packs.bundled("att").replace(b'"att"', b'"lt2"')))
    await told.later(days=3)
    assert {each.document for each in await own(told, "okafor")} == set(), "this pack asks for no Code of Conduct"
    written = (await told.unit(reading_who.export)).data.decode("utf-8-sig")
    assert written.count("okafor@oakfield.example") == 4 and "06/11/2026" in written
    assert written.count("hale@oakfield.example") == 1, "what nobody has to do any more is no line"


@one_engine
@pytest.mark.parametrize("world", [Platform.SLACK], indirect=True)
async def test_from_the_home_tab_in_one_window(told: World) -> None:
    chat = told.chat
    assert isinstance(chat, SlackChat)
    home = await chat.home("hale")
    assert "Social Media Policy, version 1" in home.text and cards.READ in home.buttons
    await chat.press_home("hale", cards.READ)
    assert "page 1 of 3" in await last(told, "hale")
    await chat.press("hale", "Next page")
    await chat.press("hale", "Next page")
    await chat.press("hale", "I have read it")
    await chat.fill("hale", **await boxes(told, "hale"))
    assert cards.now_send() in await seen(told, "hale") and not await own(told, "hale")
    assert cards.READ not in (await chat.home("hale")).buttons
