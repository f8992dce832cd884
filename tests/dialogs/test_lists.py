"""Mine and Waiting, whole at any length; the help; and what a busy person has before them."""

import re
from datetime import timedelta

from storage import audit, people
from storage import request as requests
from storage.database import Unit
from storage.tables import State
from tests.dialogs.play import FACEBOOK, WORDS, account, approved, ask_and_send, one_engine, one_platform
from tests.ways import to_head
from tests.world import World

THINGS = (
    "Ask to post something", "Ask for something else", "Ask what the policy says", "What I asked for",
    "What waits for me", "Report something", "Look up accounts",
)
NUMBER = re.compile(r"Post number (\d+)\b")


async def twenty(world: World) -> None:
    """Twenty requests by Ms Okafor, waiting for Mrs Patel. Some came at the same moment."""
    asker, head = await world.person("okafor"), await world.person("patel")
    number = int(await account(world, FACEBOOK))

    def write(u: Unit) -> None:
        start = u.at - timedelta(days=1)
        for i in range(20):
            u.at = start + timedelta(minutes=i // 3)
            content = {"text": f"Post number {i}.", "accounts": [number], "pictures": [], "go_live": None,
                       "people": "", "permission": "nobody", "confirmed": []}
            requests.create(
                u, "post", people.trust(u).pack_version, asker.id or 0, content, f"{i:064}",
                to_head(head.school_id, u.at), state=State.SUBMITTED, submitted_at=u.at, school_id=head.school_id)

    await world.unit(write)


async def pages(world: World, who: str, words: str) -> list[int]:
    """The posts' numbers in the order in which the list's pages show them, to the last page."""
    chat, found = world.chat, []
    await chat.say(who, words)
    for _ in range(10):
        page = (await chat.screen(who)).last
        found += [int(number) for number in NUMBER.findall(page.text)]
        if "Show more" not in page.buttons:
            return found
        await chat.press(who, "Show more")
    raise AssertionError("the list does not end")


async def test_both_lists_are_whole_at_twenty(world: World) -> None:
    await twenty(world)
    mine, waiting = await pages(world, "okafor", "mine"), await pages(world, "patel", "waiting")
    assert sorted(mine) == sorted(waiting) == list(range(20))
    assert [number // 3 for number in waiting] == sorted(number // 3 for number in range(20)), "the oldest comes first"
    assert [number // 3 for number in mine] == sorted((number // 3 for number in range(20)), reverse=True)
    assert await pages(world, "lund", "waiting") == await pages(world, "lund", "mine") == []
    assert await pages(world, "reid", "what waits for me") == []


@one_engine
async def test_a_line_opens_its_card(world: World) -> None:
    chat = world.chat
    await twenty(world)
    await chat.say("patel", "waiting")
    await chat.press("patel", "Open")
    card = (await chat.screen("patel")).last
    assert "Ms Okafor asks" in card.text and {"Approve", "Ask for changes", "Decline"} <= set(card.buttons)
    await chat.press("patel", "Approve")
    assert len(await pages(world, "patel", "waiting")) == 19
    assert len(await pages(world, "lund", "waiting")) == 1


@one_engine
async def test_what_waits_is_whatever_somebody_has_to_do(world: World) -> None:
    """To decide for the headteacher, to revise for the asker, to publish for the owner; and then nothing."""
    chat = world.chat

    async def waits(who: str) -> bool:
        await chat.say(who, "waiting")
        return WORDS in (await chat.screen(who)).last.text

    await ask_and_send(chat)
    assert [await waits(who) for who in ("okafor", "patel", "lund")] == [False, True, False]
    await chat.press("patel", "Ask for changes")
    await chat.fill("patel", note="Shorter.")
    assert [await waits(who) for who in ("okafor", "patel", "lund")] == [True, False, False]
    await chat.press("okafor", "Edit")
    await chat.fill("okafor")
    await chat.press("patel", "Approve")
    assert [await waits(who) for who in ("okafor", "patel", "lund")] == [False, False, True]
    assert "Nothing waits for you" in (await chat.screen("patel")).last.text
    assert await world.unit(audit.verify) is None


@one_engine
@one_platform
async def test_what_expired_waits_for_nobody(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await world.later(days=8)
    await chat.say("lund", "waiting")
    assert "Nothing waits for you" in (await chat.screen("lund")).last.text
    await chat.say("okafor", "mine")
    assert "lapsed" in (await chat.screen("okafor")).last.text


@one_engine
async def test_nonsense_gets_what_one_can_do(world: World) -> None:
    chat = world.chat
    for words in ("asdf qwer", "?", "what is the meaning of life", "🙂", "<@U123> `rm -rf`", "help"):
        await chat.say("okafor", words)
        card = (await chat.screen("okafor")).last
        assert card.buttons == THINGS, words
    await chat.press("okafor", "What waits for me")
    assert "Nothing waits for you" in (await chat.screen("okafor")).last.text
    await chat.press("okafor", "What I asked for")
    assert "You have not asked for anything yet" in (await chat.screen("okafor")).last.text
    await chat.press("okafor", "Ask to post something")
    form = (await chat.screen("okafor")).form
    assert form is not None and form.title == "Can I post this?"


@one_engine
async def test_where_the_policy_is_silent_and_there_is_no_head_the_ceo_is_asked(world: World) -> None:
    """Oakfield Primary has no headteacher, and LT2 says nothing of open comments."""
    chat = world.chat
    await chat.say("hale", "can the comments be open")
    await chat.press("hale", "Fill it in")
    await chat.fill("hale", q_what="On our Facebook page, for a week.")
    assert "waiting for you" in (await chat.screen("amin")).words
