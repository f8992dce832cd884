"""What the clock brings up: yearly reviews, pictures to delete, permissions that end, what a leaver leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import jobs
from handlers import packs, sites
from handlers import register as registers
from handlers.rules import packfile
from storage import audit, imports, register, tasks
from storage.tables import Book, Entry, Platform, State
from tests.chat import Seen
from tests.dialogs.play import (
    FACEBOOK,
    TRUSTS,
    WORDS,
    approved,
    ask_and_send,
    form,
    leaves,
    no_longer_head,
    one_engine,
    one_platform,
    refusals,
    staff_list,
    stands,
    tell_address,
)
from tests.dialogs.test_kinds import answers, start
from tests.trusts import COLLEAGUE, OWNER, TEACHER, staff, who_holds, writer
from tests.world import World, opened

STILL = "Is it still needed, as it stands?"
SILENT = "was asked and has not answered."
GONE = "Are the pictures on a school device, and deleted from this one?"


async def entry(world: World, name: str) -> Entry:
    """What the register has under this name."""
    (found,) = [e for e in await world.unit(register.every) if name in e.name]
    return found


async def due(world: World, name: str = FACEBOOK, **changes: Any) -> None:
    """Its review is due tomorrow, and tomorrow comes."""
    found = await entry(world, name)
    on = world.clock.now.date() + timedelta(days=1)
    await world.unit(lambda u: register.change(u, found, **{"review_on": on, **changes}))
    await world.later(days=1)


async def asked(world: World, who: str, words: str) -> list[Seen]:
    """Their messages that say this."""
    return [m for m in (await world.chat.screen(who)).messages if words in m.text]


async def last_day(world: World, who: str, days: int = 0) -> None:
    """So many days from now is their last."""
    person = await world.person(who)
    on = world.clock.now.date() + timedelta(days=days)
    values = {"name": person.name, "school_id": person.school_id, "first_day": None, "last_day": on}
    await world.unit(lambda u: imports.change_person(u, person.id or 0, values))


async def deputy(world: World, name: str, who: str) -> None:
    """They stand in for its owner."""
    found, person = await entry(world, name), await world.person(who)
    await world.unit(lambda u: register.change(u, found, deputy_id=person.id))


async def to_do(world: World, name: str) -> list[str]:
    """What is still to be done about it."""
    found = await entry(world, name)
    return [t.what for t in await world.unit(lambda u: tasks.of_entry(u, found.id or 0)) if t.done_at is None]


async def verbs(world: World) -> list[str]:
    """What the record has, in order."""
    assert await world.unit(audit.verify) is None
    rows = await world.unit(lambda u: list(u.run(select(audit.AUDIT).order_by(audit.AUDIT.c.id))))
    return [row.verb for row in rows]


# reviews


async def test_the_owner_keeps_it(world: World) -> None:
    chat = world.chat
    await due(world)
    (card,) = await asked(world, "lund", STILL)
    assert card.buttons[0] == "Still needed" and {"Hand over", "Close it"} <= set(card.buttons)
    await chat.say("lund", "waiting")
    assert FACEBOOK in (await chat.screen("lund")).last.text
    await world.later(minutes=10)
    assert len(await asked(world, "lund", STILL)) == 1, "nothing is asked twice"
    await chat.press("lund", "Still needed")
    assert (await entry(world, FACEBOOK)).review_on == world.clock.now.date() + timedelta(days=365)
    assert await asked(world, "lund", STILL) == [] and await asked(world, "lund", "Next review")
    await world.later(days=60)
    assert await asked(world, "patel", SILENT) == []
    await world.later(days=305)
    assert len(await asked(world, "lund", STILL)) >= 1
    assert "keep" in await verbs(world)


@one_engine
async def test_silence_reminds_and_then_comes_to_the_headteacher(world: World) -> None:
    chat = world.chat
    await due(world)
    for _ in range(14):
        await world.later(days=1)
    assert len(await asked(world, "lund", STILL)) == 2, "reminded after two weeks"
    assert await asked(world, "patel", SILENT) == []
    for _ in range(14):
        await world.later(days=1)
    (told,) = await asked(world, "patel", "Mr Lund was asked and has not answered.")
    assert {"Still needed", "Hand over", "Close it"} <= set(told.buttons)
    assert await asked(world, "lund", SILENT) == []
    await chat.press("patel", "Close it")
    assert (await entry(world, FACEBOOK)).closed and await to_do(world, FACEBOOK) == []
    assert all("Still needed" not in m.buttons for m in (await chat.screen("lund")).messages)
    seen = len((await chat.screen("patel")).messages)
    await world.later(days=30)
    assert len((await chat.screen("patel")).messages) == seen, "closing ends it"
    assert {"review_due", "escalated", "close_entry"} <= set(await verbs(world))


@one_engine
@one_platform
async def test_a_trust_account_comes_to_the_ceo(world: World) -> None:
    await due(world, TRUSTS)
    await world.later(days=28)
    await world.later(minutes=10)
    assert await asked(world, "amin", "Ms Webb was asked and has not answered.")


@one_engine
@one_platform
async def test_the_headteachers_own_account_comes_to_the_ceo(world: World) -> None:
    head = await world.person("patel")
    await due(world, owner_id=head.id)
    await world.later(days=28)
    await world.later(minutes=10)
    assert await asked(world, "amin", "Mrs Patel was asked and has not answered.")
    assert await asked(world, "patel", SILENT) == []


@one_engine
@one_platform
async def test_no_headteacher_no_ceo_it_goes_up_to_somebody(world: World) -> None:
    for who in ("patel", "amin"):
        await leaves(world, who)
    await due(world)
    await world.later(days=28)
    await world.later(minutes=10)
    assert await asked(world, "grant", "Mr Lund was asked and has not answered.")


@one_engine
async def test_handing_over_answers_the_review(world: World) -> None:
    chat = world.chat
    await due(world)
    await chat.press("lund", "Hand over")
    await chat.fill("lund", owner="Ms Costa")
    assert await to_do(world, FACEBOOK) == []
    assert await asked(world, "lund", STILL) == [] and await asked(world, "costa", STILL) == []


@one_engine
@one_platform
async def test_only_who_is_asked_answers(world: World) -> None:
    chat = world.chat
    await due(world)
    await chat.press_as("okafor", "lund", "Still needed")
    await chat.press_as("hale", "lund", "Close it")
    assert await refusals(world) == ["okafor", "hale"]
    assert await to_do(world, FACEBOOK) == ["review"]


# devices


async def a_device(world: World, use_on: str = "") -> None:
    """Ms Okafor may use her own phone."""
    chat = world.chat
    await chat.say("okafor", "own phone for the trip photos")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_name="my Pixel 8", q_purpose="The trip", q_use_on=use_on, confirm_delete=True)
    await chat.press("patel", "Approve")


@one_engine
async def test_the_day_after_a_device_was_used(world: World) -> None:
    chat = world.chat
    await a_device(world, "2026-11-12")
    await world.later(days=6)
    assert await asked(world, "okafor", GONE) == []
    await chat.say("okafor", "my devices")
    await chat.press("okafor", "Open")
    assert "I used it today" in (await chat.screen("okafor")).last.buttons
    await world.later(days=2)
    (card,) = await asked(world, "okafor", GONE)
    assert "7.2" in card.text and card.buttons[0] == "Yes, all deleted"
    await chat.press("okafor", "Yes, all deleted")
    assert await asked(world, "okafor", GONE) == [] and await to_do(world, "Pixel") == []
    await chat.press("okafor", "I used it today")
    assert "On 14 Nov 2026 I ask you if they are on a school device" in (await chat.screen("okafor")).words
    await world.later(days=1)
    assert await asked(world, "okafor", GONE)
    await chat.press("okafor", "Yes, all deleted")
    assert (await verbs(world)).count("deleted") == 2


@one_engine
async def test_whoever_says_nothing_is_asked_again_and_then_somebody_hears(world: World) -> None:
    chat = world.chat
    await a_device(world, "2026-11-05")
    await world.later(days=1)
    assert len(await asked(world, "okafor", GONE)) == 1
    await world.later(days=3)
    assert len(await asked(world, "okafor", GONE)) == 2
    assert await asked(world, "patel", SILENT) == []
    await world.later(days=3)
    (told,) = await asked(world, "patel", "Ms Okafor was asked and has not answered.")
    assert "Yes, all deleted" not in told.buttons and "No longer used" in told.buttons
    await chat.press("okafor", "Yes, all deleted")
    assert await to_do(world, "Pixel") == []
    assert await asked(world, "patel", GONE) == []


# permissions


@one_engine
async def test_a_permission_ends_on_its_day(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "use of the logo")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_what="The summer fair's posters", q_until="2026-11-20")
    await chat.press("patel", "Approve")
    await chat.say("okafor", "my permissions")
    assert "The summer fair's posters" in (await chat.screen("okafor")).last.text
    await world.later(days=15)
    assert not (await entry(world, "fair")).closed, "the day itself counts"
    await world.later(days=1)
    assert (await entry(world, "fair")).closed
    told = await asked(world, "okafor", "This permission was for the time until 20 Nov 2026, which is over.")
    assert len(told) == 1 and "Ask again" in told[0].buttons
    await world.later(days=1)
    assert len(await asked(world, "okafor", "which is over")) == 1
    await chat.press("okafor", "Ask again")
    assert "Use of the logo or name" in (await chat.screen("okafor")).last.text
    assert "ended" in await verbs(world)


# leavers


async def test_a_leavers_account_comes_to_the_headteacher(world: World) -> None:
    chat = world.chat
    await last_day(world, "lund", 2)
    await world.later(days=1)
    assert await asked(world, "patel", "leaves today") == []
    await world.later(days=1)
    (card,) = await asked(world, "patel", "Mr Lund leaves today. Who answers for it from now on, or is it closed?")
    assert card.buttons[:1] == ("Hand over",)
    await world.later(minutes=10)
    await world.later(days=1)
    assert len(await asked(world, "patel", "Who answers for it from now on")) == 1
    await chat.say("patel", "waiting")
    assert FACEBOOK in (await chat.screen("patel")).last.text
    await chat.press("patel", "Hand over")
    await chat.fill("patel", owner="Mr Lund")
    assert "owner" in (await form(chat, "patel")).errors
    await chat.fill("patel", owner="Ms Costa")
    assert (await entry(world, FACEBOOK)).owner_id == (await world.person("costa")).id
    assert await to_do(world, FACEBOOK) == []
    assert "Mrs Patel handed Oakfield High on Facebook over to you." in (await chat.screen("costa")).words
    assert "owner_leaves" in await verbs(world)


@one_engine
async def test_the_deputy_publishes_what_the_leaver_was_to(world: World) -> None:
    chat = world.chat
    await deputy(world, FACEBOOK, "costa")
    await approved(chat)
    await leaves(world, "lund")
    await world.later(minutes=10)
    task = next(m for m in (await chat.screen("costa")).messages if "It's live" in m.buttons)
    assert WORDS in task.text
    assert await asked(world, "costa", "Mr Lund is not on the staff list any more.")
    await tell_address(chat, "costa")
    await stands(world, State.PUBLISHED)
    await ask_and_send(chat, words="And the photos of it are here.")
    await chat.press("patel", "Approve")
    assert any("And the photos" in m.text and "It's live" in m.buttons for m in (await chat.screen("costa")).messages)
    await chat.press("costa", "Hand over")
    assert (await form(chat, "costa")).values["owner"] == "Ms Costa"
    await chat.fill("costa")
    assert (await entry(world, FACEBOOK)).deputy_id is None


@one_engine
async def test_without_a_deputy_what_waits_goes_to_the_new_owner(world: World) -> None:
    chat, found = world.chat, await entry(world, FACEBOOK)
    await world.unit(lambda u: register.change(u, found, deputy_id=None))
    await approved(chat)
    await leaves(world, "lund")
    await world.later(minutes=10)
    assert await asked(world, "patel", "One approved post waits to be published on it.")
    await chat.press("patel", "Hand over")
    await chat.fill("patel", owner="Ms Costa")
    assert any(WORDS in m.text and "It's live" in m.buttons for m in (await chat.screen("costa")).messages)


@one_engine
@one_platform
async def test_a_leaver_without_a_headteacher_comes_to_somebody_all_the_same(world: World) -> None:
    await no_longer_head(world, "patel")
    await leaves(world, "lund")
    await world.later(minutes=10)
    assert await asked(world, "amin", "Mr Lund is not on the staff list any more.")
    for who in ("amin", "grant"):
        await leaves(world, who)
    await world.later(days=7)
    await world.later(minutes=10)
    assert await asked(world, "webb", "Mr Lund is not on the staff list any more.")


@one_engine
@one_platform
async def test_the_headteacher_leaves_with_an_account(world: World) -> None:
    head = await world.person("patel")
    found = await entry(world, FACEBOOK)
    await world.unit(lambda u: register.change(u, found, owner_id=head.id))
    await last_day(world, "patel")
    await world.later(minutes=10)
    assert await asked(world, "amin", "Mrs Patel leaves today.")
    assert await asked(world, "patel", "Mrs Patel leaves today.") == []


@one_engine
@one_platform
async def test_somebody_stays_after_all(world: World) -> None:
    await last_day(world, "lund")
    await world.later(minutes=10)
    assert await to_do(world, FACEBOOK) == ["leaver"]
    await last_day(world, "lund", 300)
    await world.later(days=7)
    await world.later(minutes=10)
    assert await to_do(world, FACEBOOK) == []
    assert await asked(world, "patel", "leaves today") == []


@one_engine
async def test_a_leavers_devices_and_permissions_end(world: World) -> None:
    chat = world.chat
    await a_device(world)
    await chat.say("okafor", "use of the logo")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_what="Posters")
    await chat.press("patel", "Approve")
    await last_day(world, "okafor")
    await world.later(minutes=10)
    assert not (await entry(world, "Pixel")).closed, "today they are still here"
    await world.later(days=1)
    assert (await entry(world, "Pixel")).closed and (await entry(world, "Posters")).closed
    assert (await verbs(world)).count("left") == 2


@one_engine
@one_platform
async def test_a_leaver_who_never_said_that_the_pictures_are_gone(world: World) -> None:
    chat = world.chat
    await a_device(world, "2026-11-05")
    await world.later(days=1)
    await leaves(world, "okafor")
    await world.later(minutes=10)
    assert await asked(world, "patel", "They have not said that the pictures are deleted from it.")
    await chat.press("patel", "No longer used")
    assert (await entry(world, "Pixel")).closed and await to_do(world, "Pixel") == []


@one_engine
@one_platform
async def test_taken_off_the_list_by_the_import(world: World) -> None:
    await staff_list(world, "Mr Lund,lund@oakfield.example,Oakfield High,,,2026-11-06\n")
    await world.later(days=1)
    assert await asked(world, "patel", "Mr Lund leaves today.")


@one_engine
@one_platform
async def test_an_owner_from_a_file_publishes_what_waits(world: World) -> None:
    chat = world.chat
    await approved(chat)
    rows = f"platform,name,school,owner\nfacebook,{FACEBOOK},Oakfield High,hale@oakfield.example\n".encode()
    await world.unit(lambda u: registers.apply(u, rows, registers.plan(u, rows)))
    await world.drain()
    assert any(WORDS in m.text and "It's live" in m.buttons for m in (await chat.screen("hale")).messages)
    assert all("It's live" not in m.buttons for m in (await chat.screen("lund")).messages)


@one_engine
@one_platform
async def test_a_site_needs_somebody_too(world: World) -> None:
    chat, person = world.chat, await world.person("okafor")
    await world.unit(lambda u: register.add(u, {
        "book": Book.SITE, "name": "Seesaw", "platform": "Seesaw", "owner_id": person.id,
    }))
    await leaves(world, "okafor")
    await world.later(minutes=10)
    assert await asked(world, "amin", "Ms Okafor is not on the staff list any more.")
    await chat.press("amin", "Hand over")
    await chat.fill("amin", owner="Mr Singh")
    assert (await entry(world, "Seesaw")).owner_id == (await world.person("singh")).id


async def test_two_clocks_at_once_ask_once(world: World) -> None:
    await due(world)
    await leaves(world, "costa")
    found = await entry(world, "Oakfield High on X")
    world.clock.forward(days=14)
    await asyncio.gather(*(jobs.look_after(world.bot.desk, world.clock) for _ in range(4)))
    await world.drain()
    assert len(await asked(world, "lund", STILL)) == 2
    assert await to_do(world, found.name) == ["leaver"]
    assert len(await asked(world, "patel", "Ms Costa is not on the staff list any more.")) == 1


# every trust's own way


@pytest.fixture
async def trusts(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone."""
    data = packs.bundled(request.param)
    async with opened(tmp_path, url, Platform.CONSOLE, writer(data), staff(packfile.read(data))) as standing:
        yield standing


@one_engine
@pytest.mark.parametrize("trusts", packs.names(), indirect=True)
async def test_in_every_trust_somebody_looks_after_it(trusts: World) -> None:
    """Silence comes to the pack's role, a leaver's account as well; at the trust itself, to whoever is above."""
    chat, name = trusts.chat, "Meadow School on Facebook"
    await due(trusts, name)
    (card,) = await asked(trusts, OWNER, STILL)
    review = (await trusts.unit(packs.current)).review
    assert review is not None and review.clause in card.text
    await trusts.later(days=review.escalate_days)
    above = who_holds(review.escalate_to)
    assert await asked(trusts, above, SILENT)
    await chat.press(OWNER, "Still needed")
    assert await asked(trusts, above, STILL) == []
    await due(trusts, name, school_id=None)
    await leaves(trusts, OWNER)
    await trusts.later(minutes=10)
    await trusts.later(days=2)  # not on a Saturday
    assert await asked(trusts, above, "Who answers for it from now on") == []
    found = [who for who in trusts.staff if await asked(trusts, who, "Who answers for it from now on")]
    assert len(found) == 1
    await chat.press(found[0], "Hand over")
    await chat.fill(found[0], owner="Mr Hale")
    assert "over to you" in (await chat.screen(COLLEAGUE)).words


@one_engine
@pytest.mark.parametrize("trusts", packs.names(), indirect=True)
async def test_in_every_trust_a_site_is_approved_first(trusts: World) -> None:
    """By the policy's own clause, to the asker and to whoever decides; not where the policy approves it itself."""
    chat, pack = trusts.chat, await trusts.unit(packs.current)
    number = await trusts.unit(sites.clause)
    assert number == (pack.kinds["site"].clause if "site" in pack.kinds else pack.sites[0].clause)
    for platform, name in (("snapchat", "Drama"), *((site.name, "Chess") for site in pack.sites[:1])):
        await start(chat, "account")
        given = await answers(trusts, pack.kinds["account"])
        await chat.fill(TEACHER, **{**given, "q_platform": platform, "q_name": name})
        await chat.say(TEACHER, "mine")
        await chat.press(TEACHER, "Open")
        said = "is not on the list of approved sites. It needs approval first."
        assert (said in (await chat.screen(TEACHER)).last.text) == (platform == "snapchat"), name
        assert platform != "snapchat" or number in (await chat.screen(TEACHER)).last.text
