"""Every way in leads to every permission: a command's words, a shortcut, the Home tab, a menu, plain words."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from storage import register
from storage.database import Unit
from storage.people import IDENTITY
from storage.tables import Platform, State
from tests.dialogs.play import the_request
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams_chat import TeamsChat
from tests.world import World, opened

ACCOUNT = {
    "q_platform": "Instagram", "q_name": "Oakfield Drama", "q_purpose": "Rehearsals and first nights",
    "q_audience": "Parents", "q_owner": "Ms Okafor", "q_deputy": "Mr Lund",
}


@pytest.fixture
async def slack(tmp_path: Path, url: str) -> AsyncIterator[World]:
    async with opened(tmp_path, url, Platform.SLACK) as standing:
        yield standing


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path, blank: bytes) -> str:
    """What a door does is the same on every engine."""
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    return f"sqlite:///{path}"


async def test_slacks_command_takes_plain_words_to_the_form_in_two_presses(slack: World) -> None:
    chat = slack.chat
    assert isinstance(chat, SlackChat)
    await chat.command("okafor", "new instagram for the drama club")
    assert "Fill it in" in (await chat.screen("okafor")).last.buttons
    await send_account(slack)


@pytest.mark.parametrize(("text", "says"), [
    ("accounts", "Oakfield High on Facebook"), ("menu", "Use of the logo or name"), ("", "I take posts"),
    ("is there a school tiktok", "TikTok"), ("the local paper rang", "Media enquiry"), ("mine", "You have not asked"),
])
async def test_slacks_command_answers_the_presser_alone(slack: World, text: str, says: str) -> None:
    chat = slack.chat
    assert isinstance(chat, SlackChat)
    await chat.command("okafor", text)
    assert says in (await chat.screen("okafor")).last.text
    assert (await chat.screen("patel")).messages == []


async def test_what_else_follows_slacks_command_are_the_words_of_a_post(slack: World) -> None:
    chat = slack.chat
    assert isinstance(chat, SlackChat)
    await chat.command("okafor", "Brilliant science fair today, well done to all of 8B!")
    assert (await the_request(slack)).kind == "post"


async def test_slacks_shortcut_opens_the_menu_and_the_form_in_its_place(slack: World) -> None:
    chat = slack.chat
    assert isinstance(chat, SlackChat)
    await chat.compose("okafor", "menu")
    await first_of_the_menu(slack)


async def test_slacks_home_tab_leads_to_the_menu(slack: World) -> None:
    chat = slack.chat
    assert isinstance(chat, SlackChat)
    home = await chat.home("okafor")
    assert {"Ask to post something", "Ask for something else", "Look up accounts"} <= set(home.buttons)
    await chat.press_home("okafor", "Ask for something else")
    await first_of_the_menu(slack)


async def test_the_word_menu_leads_to_the_form_everywhere(tmp_path: Path, url: str, platform: Platform) -> None:
    async with opened(tmp_path, url, platform) as world:
        await world.chat.say("okafor", "menu")
        assert "New account" in (await world.chat.screen("okafor")).last.text
        await first_of_the_menu(world)


async def test_the_word_accounts_shows_them_everywhere(tmp_path: Path, url: str, platform: Platform) -> None:
    async with opened(tmp_path, url, platform) as world:
        await world.chat.say("okafor", "accounts")
        shown = (await world.chat.screen("okafor")).last
        assert "Oakfield High on Facebook" in shown.text
        assert "Ask for a new account" in shown.buttons


@pytest.fixture(params=list(Platform))
def platform(request: pytest.FixtureRequest) -> Platform:
    found: Platform = request.param
    return found


async def first_of_the_menu(world: World) -> None:
    """From the menu to the form of what stands first in it."""
    await world.chat.press("okafor", "Ask")
    await world.chat.press("okafor", "Fill it in")
    form = (await world.chat.screen("okafor")).form
    assert form is not None
    assert form.title == "Can I post this?", "a reminder is published like a post"


async def test_who_adds_the_app_in_teams_is_known_as_every_world_begins_with_them(tmp_path: Path, url: str) -> None:
    async with opened(tmp_path, url, Platform.TEAMS) as world:
        chat = world.chat
        assert isinstance(chat, TeamsChat)
        columns = [column for column in IDENTITY.c if column.name not in ("id", "seen_at")]

        def known(u: Unit) -> set[str]:
            return {repr(tuple(row)) for row in u.run(select(*columns))}

        before = await world.unit(known)
        assert len(before) == len(world.staff)
        await world.unit(lambda u: u.run(delete(IDENTITY)))
        for who in world.staff:
            await chat.join(who)
            assert len((await chat.screen(who)).messages) == 1
        assert await world.unit(known) == before


async def send_account(world: World) -> None:
    """From the invitation to the head's card."""
    chat = world.chat
    await chat.press("okafor", "Fill it in")
    form = (await chat.screen("okafor")).form
    assert form is not None
    boxes = {name: True for name in form.values if name.startswith("confirm_")}
    await chat.fill("okafor", **{name: said for name, said in ACCOUNT.items() if name in form.values}, **boxes)
    assert (await chat.screen("okafor")).form is None, (await chat.screen("okafor")).words
    request = await the_request(world)
    assert (request.kind, request.state) == ("account", State.SUBMITTED)
    assert "may I?" in (await chat.screen("patel")).last.text
    assert len(await world.unit(register.accounts)) == 4, "nothing is made before the decision"
