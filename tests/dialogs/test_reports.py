"""Something that worries somebody: sealed, routed round its subject, followed to the end; and the ways into it."""

from pathlib import Path

import pytest

from cards import teams_words
from storage.tables import Platform, ReportState
from tests.chat import Chat
from tests.dialogs.play import FAIR, form, one_engine, one_platform
from tests.dialogs.reporting import NARRATIVE, does, ends, items, reads, report, stored, told, write
from tests.fakes.console_chat import ConsoleChat
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams_chat import TeamsChat
from tests.world import World

slack_alone = pytest.mark.parametrize("world", [Platform.SLACK], indirect=True)
teams_alone = pytest.mark.parametrize("world", [Platform.TEAMS], indirect=True)


async def test_from_what_was_seen_to_how_it_ends(world: World) -> None:
    chat = world.chat
    await write(chat, "okafor", about=["staff"], whom="Mr Lund")
    assert "Mrs Patel (headteacher)" in (await form(chat, "okafor")).text
    await chat.fill("okafor")
    assert "It is with Mrs Patel (headteacher) now" in await told(chat, "okafor")
    head = await chat.screen("patel")
    assert "You have a confidential item" in head.words
    assert NARRATIVE not in head.words
    await chat.press("patel", "Open")
    assert (await form(chat, "patel")).title == "Confidential"
    assert NARRATIVE not in await told(chat, "patel")
    await chat.fill("patel", step=["ask"], words="Was it still there this morning?")
    assert "question on something you sent" in await told(chat, "okafor")
    await chat.press("okafor", "Open")
    await chat.fill("okafor", words="Yes, at eight.")
    await does(chat, "patel", "close", words="It is gone, thank you.", reason="Spoken to; deleted.")
    assert "It is gone, thank you." in await reads(chat, "okafor")
    await ends(world, ReportState.CLOSED)


async def test_it_goes_round_the_head_and_the_ceo(world: World) -> None:
    chat = world.chat
    await write(chat, "okafor", about=["staff"], whom="Mrs Patel, Dr Amin")
    assert "Mrs Grant (Chair of the Trust)" in (await form(chat, "okafor")).text
    await chat.fill("okafor")
    assert await items(chat, "grant") == 1
    for who in ("patel", "amin", "reid", "webb"):
        assert "onfidential" not in (await chat.screen(who)).words


@one_engine
async def test_plain_words_and_what_is_said_before_the_form(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "someones set up a fake account of the head")
    card = (await chat.screen("okafor")).last
    assert "I am not watched round the clock" in card.text
    assert "I cannot promise that it is anonymous" in card.text
    assert card.buttons == ("Write the report", "Not now")
    await chat.press("okafor", "Write the report")
    assert "Words first." in await whole(chat, "okafor")


async def whole(chat: Chat, who: str) -> str:
    """All that the open form says, hints included."""
    if isinstance(chat, SlackChat):
        return str(chat.slack.windows[chat.slack.user(who)])
    return (await form(chat, who)).text


@one_engine
async def test_a_picture_that_is_sent_along_is_neither_kept_nor_made_a_post(world: World, tmp_path: Path) -> None:
    chat = world.chat
    for words in ("a parent is slagging off Mr Jones on facebook", "a pupil showed me a nude of another pupil"):
        await chat.say("okafor", words, [FAIR])
        card = (await chat.screen("okafor")).last
        assert "Report something" in card.text and "kept nothing of it" in card.text
        assert not card.pictures
    assert not [each for each in (tmp_path / "files").rglob("*") if each.is_file()]
    await chat.say("okafor", "can i post this on facebook? Our anti-bullying week", [FAIR])
    assert (await chat.screen("okafor")).last.pictures


@one_engine
async def test_help_and_waiting_lead_there(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "hello")
    await chat.press("okafor", "Report something")
    assert "concern" in (await form(chat, "okafor")).values


@one_engine
@one_platform
async def test_the_way_in_of_the_console(world: World) -> None:
    assert isinstance(world.chat, ConsoleChat)
    await world.chat.ask("okafor", "report")
    assert "concern" in (await form(world.chat, "okafor")).values


@one_engine
@slack_alone
async def test_the_ways_in_of_slack(world: World) -> None:
    chat = world.chat
    assert isinstance(chat, SlackChat)
    await chat.command("okafor", "a fake account of the head", "/report")
    assert (await form(chat, "okafor")).values["what"] == "a fake account of the head"
    chat.close("okafor")
    await chat.command("okafor", "report")
    assert (await form(chat, "okafor")).values["what"] == ""
    chat.close("okafor")
    await chat.compose("okafor", "report")
    assert "concern" in (await form(chat, "okafor")).values
    chat.close("okafor")
    await chat.ask_about("okafor", "Mr Lund is a fool", [FAIR], "report_message")
    assert (await form(chat, "okafor")).values["what"] == "Mr Lund is a fool"
    await chat.fill("okafor", concern=["colleague"], about=["staff"], whom="Mr Lund", risk=["no"], named=["yes"])
    await chat.fill("okafor")
    assert len(await stored(world)) == 1
    assert not [call for call in chat.slack.calls if "files.info" in str(call)]


@one_engine
@slack_alone
async def test_the_home_says_that_there_is_something_and_nothing_of_it(world: World) -> None:
    chat = world.chat
    assert isinstance(chat, SlackChat)
    before = await chat.home("lund")
    await report(chat, about=["staff"], whom="Mr Lund")
    for who in ("okafor", "patel"):
        seen = await chat.home(who)
        assert "Confidential item" in seen.text
        assert not [word for word in (NARRATIVE, "Lund", "colleague breaks", "x.example") if word in seen.text]
    assert await chat.home("lund") == before
    await chat.press_home("patel", "Open")
    assert "Confidential" in (await chat.screen("patel")).words


@one_engine
@teams_alone
async def test_the_way_in_of_teams_leaves_nothing_in_the_chat(world: World) -> None:
    chat = world.chat
    assert isinstance(chat, TeamsChat)
    await chat.say("okafor", "report")
    await chat.press("okafor", "Write the report")
    assert "concern" in (await form(chat, "okafor")).values
    await report(chat)
    await does(chat, "patel", "ask", words=f"Which {NARRATIVE}?")
    await chat.press("okafor", "Open")
    await chat.fill("okafor", words=f"The {NARRATIVE}.")
    await does(chat, "patel", "close", words=f"No {NARRATIVE} any more.", reason=NARRATIVE)
    await chat.press("okafor", "Open")
    kept = [str(message) for who in world.staff for message in chat.person(who).chat.messages.values()]
    assert NARRATIVE not in "".join(kept)
    assert not [status for status in chat.statuses if status >= 400]


@one_engine
@teams_alone
async def test_a_message_of_a_channel_is_reported_in_teams(world: World) -> None:
    """Only its presser sees the window, and the bot goes on writing to them in private."""
    chat = world.chat
    assert isinstance(chat, TeamsChat)
    words = "<p>Mr Lund is a&nbsp;<b>fool</b></p>"
    await chat.report_message("stranger", words)
    assert (await chat.screen("stranger")).notes == [teams_words.ONLY_PRIVATE]
    await chat.report_message("okafor", words)
    assert (await form(chat, "okafor")).values["what"] == "Mr Lund is a fool"
    await chat.fill("okafor", concern=["colleague"], about=["unknown"], risk=["no"], named=["no"])
    await chat.fill("okafor")
    assert "It is with Mrs Patel" in await told(chat, "okafor")
    assert "Mr Lund is a fool" in await reads(chat, "patel")
    await chat.fill("patel", step=["acknowledge"])
    assert "What you sent has been read" in await told(chat, "okafor")


@one_engine
@teams_alone
@pytest.mark.parametrize("value", [
    None, [], {}, {"commandId": "x"}, {"commandId": "report_message"},
    {"commandId": "report_message", "messagePayload": {"body": {"content": 7}}},
])
@pytest.mark.parametrize("name", ["composeExtension/fetchTask", "composeExtension/submitAction"])
async def test_a_message_of_teams_that_nobody_reported(world: World, name: str, value: object) -> None:
    chat = world.chat
    assert isinstance(chat, TeamsChat)
    await chat.say("okafor", "help")
    await chat._post(chat.person("okafor"), {"type": "invoke", "name": name, "value": value})
    assert chat.statuses[-1] == 400


@one_engine
@teams_alone
@pytest.mark.parametrize("value", [
    None, [], {}, {"data": None}, {"data": {"do": 7}}, {"data": {"do": "read_report|x"}},
    {"data": {"do": "send_report|A|1|", "ids": ["t:what"] * 61}}, {"data": {"do": "read_report|A|1|", "ids": {"a": 1}}},
    {"data": {"do": "help||0|"}}, {"data": {"do": "read_report|A|1|"}},
])
@pytest.mark.parametrize("name", ["task/fetch", "task/submit"])
async def test_a_window_of_teams_that_nobody_opened(world: World, name: str, value: object) -> None:
    chat = world.chat
    assert isinstance(chat, TeamsChat)
    for who in ("okafor", "stranger"):
        await chat._post(chat.person(who), {"type": "invoke", "name": name, "replyToId": "1", "value": value})
        assert chat.statuses[-1] in (200, 400)
