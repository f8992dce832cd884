"""The registers in chat: looked up by everybody, changed by owners and keepers; what an approval puts on them."""

import asyncio
from typing import Any

from cards.action import Action, Verb
from storage import audit, imports, register
from storage.tables import Book, Entry, State
from tests.chat import Chat
from tests.dialogs.play import (
    FACEBOOK,
    TRUSTS,
    WORDS,
    X,
    account,
    approved,
    ask_and_send,
    form,
    leaves,
    one_engine,
    one_platform,
    refusals,
    stands,
    tell_address,
)
from tests.world import World

DRAMA = "https://instagram.example/drama"
ACCOUNT: dict[str, Any] = {
    "q_platform": "instagram", "q_name": "Oakfield Drama", "q_purpose": "Rehearsals and first nights",
    "q_audience": "Parents", "q_owner": "", "q_deputy": "", "confirm_read": True, "confirm_profile": True,
    "confirm_contact": True, "confirm_terms": True,
}
CHECKLIST = {"q_terms": ["met"], "q_privacy": "In the UK, with nobody else", "q_safeguards": "Comments are off"}


async def entry(world: World, name: str) -> Entry:
    """What the register has under this name."""
    (found,) = [e for e in await world.unit(register.every) if e.name == name]
    return found


async def open_entry(world: World, who: str, name: str) -> None:
    """The card of the entry of this name."""
    found = await entry(world, name)
    await world.chat.press_made_up(who, Action(Verb.ENTRY, f"entry-{found.id}").pack())


async def account_form(chat: Chat, who: str) -> None:
    """The form of a new account, as one comes to it from the register."""
    await chat.say(who, "which accounts are there")
    await chat.press(who, "Ask for a new account")
    await chat.press(who, "Fill it in")


async def new_account(world: World, **answers: Any) -> None:
    """Ms Okafor asks for an account, and Mrs Patel approves it, with conditions."""
    chat = world.chat
    await account_form(chat, "okafor")
    await chat.fill("okafor", **{**ACCOUNT, **answers})
    await chat.press("patel", "With conditions")
    await chat.fill("patel", conditions="No pupils' faces.")


# looking up


async def test_is_there_a_school_tiktok(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", "is there a school tiktok")
    card = (await chat.screen("okafor")).last
    assert "No, there is no TikTok account. TikTok is not on the list of approved sites." in card.text
    lines = card.text.splitlines()
    order = [next(n for n, line in enumerate(lines) if name in line) for name in (FACEBOOK, X, TRUSTS)]
    assert order == sorted(order), "the own school first, then the trust"
    assert "Mr Lund" in card.text and "Ms Costa" in card.text
    await chat.press("okafor", "Ask to approve the site")
    assert "New platform" in (await chat.screen("okafor")).words
    await chat.press("okafor", "Fill it in")
    assert (await form(chat, "okafor")).values["q_name"] == "TikTok"


@one_engine
async def test_what_there_is(world: World) -> None:
    chat = world.chat
    for words, said in (
        ("who runs the facebook", "Mr Lund"), ("which accounts are there", "Oakfield High on X"),
        ("is there a school linkedin?", "Oakfield High is not on LinkedIn. Here is who is:"),
        ("which sites are approved", "Approved by the policy itself: Facebook (5) and LinkedIn (5)."),
        ("is tiktok approved?", "No, TikTok is not on the list of approved sites."),
        ("is facebook approved?", "Yes, Facebook is approved."),
        ("my devices", "You have no device on the register."),
        ("my permissions", "You have no permission on the register."),
    ):
        await chat.say("okafor", words)
        assert said in (await chat.screen("okafor")).last.text, words
    await chat.say("okafor", "who runs the facebook")
    last = (await chat.screen("okafor")).last
    assert "Yes, Oakfield High is on Facebook." in last.text and X not in last.text
    assert last.text.index(FACEBOOK) < last.text.index("Oakfield Primary on Facebook")
    await leaves(world, "lund")
    await chat.say("okafor", "who runs the facebook")
    assert "nobody at present" in (await chat.screen("okafor")).last.text


@one_engine
async def test_a_long_register_is_paged_and_complete(world: World) -> None:
    chat = world.chat
    owner = await world.person("hale")

    def write(u: Any) -> None:
        for n in range(15):
            register.add(u, {
                "platform": "YouTube", "name": f"Channel {n:02}", "owner_id": owner.id, "school_id": owner.school_id,
            })

    await world.unit(write)
    await chat.say("hale", "which accounts are there")
    seen = [(await chat.screen("hale")).last.text]
    assert "1 to 8 of 19" in seen[0] and "Oakfield Primary on Facebook" in seen[0] and TRUSTS not in seen[0]
    for _ in range(2):
        await chat.press("hale", "Show more")
        seen.append((await chat.screen("hale")).last.text)
    assert "17 to 19 of 19" in seen[-1]
    assert "Show more" not in (await chat.screen("hale")).last.buttons
    every = "\n".join(seen)
    assert all(every.count(name) == 1 for name in (FACEBOOK, X, TRUSTS, *(f"Channel {n:02}" for n in range(15))))


@one_engine
async def test_devices_and_permissions_are_none_of_others_business(world: World) -> None:
    chat = world.chat
    person = await world.person("costa")
    number = await world.unit(lambda u: register.add(u, {
        "book": Book.DEVICE, "name": "Secret Pixel", "owner_id": person.id, "school_id": person.school_id,
    }))
    for words in ("my devices", "which devices are registered", "registered devices", "my permissions"):
        await chat.say("okafor", words)
        last = (await chat.screen("okafor")).last
        assert "Secret" not in last.text and "no " in last.text and "of 1" not in last.text, words
    for verb in (Verb.ENTRY, Verb.CHANGE_ENTRY, Verb.CLOSE_ENTRY, Verb.DELETED, Verb.HAND_OVER):
        await chat.press_made_up("okafor", Action(verb, f"entry-{number}", 1).pack())
    assert "Secret" not in (await chat.screen("okafor")).words
    assert "I find nothing on the register that you could see under this." in (await chat.screen("okafor")).words
    assert len(await refusals(world)) == 5
    await chat.say("costa", "my devices")
    assert "Secret Pixel" in (await chat.screen("costa")).last.text
    await chat.say("patel", "my devices")
    assert "Secret Pixel" not in (await chat.screen("patel")).last.text
    await chat.say("patel", "registered devices")
    assert "Secret Pixel" in (await chat.screen("patel")).last.text, "a headteacher keeps the school's register"


async def test_what_somebody_made_up(world: World) -> None:
    chat = world.chat
    args = ("account 99999999 x", "device -1 mine", "nonsense", f"account 0 {'z' * 80}", "site 5 tiktok", "")
    for arg in args:
        await chat.press_made_up("okafor", Action(Verb.REGISTER, arg=arg).pack())
    shown = (await chat.screen("okafor")).words
    assert "zzz" not in shown and "No, TikTok is not on the list of approved sites." in shown
    for verb in (Verb.ENTRY, Verb.KEEP, Verb.SAVE_ENTRY, Verb.HAND_OVER):
        for subject in ("entry-99999999999", "entry-0", "entry-", "nothing", ""):
            await chat.press_made_up("okafor", Action(verb, subject, 1, "whole").pack())
    for verb in (Verb.REVIEW, Verb.LEAVE, Verb.NUDGE):
        await chat.press_made_up("okafor", Action(verb, "entry-1", 1).pack())
    assert (await entry(world, FACEBOOK)).version == 1


# an entry's card


async def test_the_owner_changes_it_and_others_only_read(world: World) -> None:
    chat = world.chat
    await open_entry(world, "okafor", FACEBOOK)
    card = (await chat.screen("okafor")).last
    assert "Mr Lund" in card.text and "on the register" in card.text and card.buttons == ("More",)
    await open_entry(world, "lund", FACEBOOK)
    assert (await chat.screen("lund")).last.buttons == ("Hand over", "Change", "Close it", "More")
    assert "https://oakfield.example/social" not in (await chat.screen("lund")).last.text
    await chat.press("lund", "More")
    assert "https://oakfield.example/social" in (await chat.screen("lund")).words
    await chat.press("lund", "Change")
    await chat.fill("lund", purpose="News from school", address="nonsense", credentials="Password: Sesame!1",
                    deputy="nobody at all")
    shown = await form(chat, "lund")
    assert set(shown.errors) == {"address", "credentials", "deputy"}
    assert shown.values["purpose"] == "News from school" and shown.values["deputy"] == "nobody at all"
    await chat.fill("lund", address="https://facebook.example/oak", credentials="Mr Lund and the office",
                    deputy="Mr Hale")
    found = await entry(world, FACEBOOK)
    assert (found.purpose, found.address) == ("News from school", "https://facebook.example/oak")
    assert found.deputy_id == (await world.person("hale")).id
    assert "News from school" in (await chat.screen("lund")).words
    assert "Mr Lund named you as deputy of Oakfield High on Facebook." in (await chat.screen("hale")).words
    for verb in (Verb.CHANGE_ENTRY, Verb.SAVE_ENTRY, Verb.HAND_OVER, Verb.CLOSE_ENTRY, Verb.KEEP):
        await chat.press_made_up("okafor", Action(verb, f"entry-{found.id}", found.version).pack())
    assert "You can look at it" in (await chat.screen("okafor")).words
    assert await refusals(world) == ["okafor"] * 5
    assert (await entry(world, FACEBOOK)).version == found.version
    await chat.press_made_up("okafor", Action(Verb.ENTRY, "entry-999").pack())
    await chat.press_made_up("okafor", Action(Verb.KEEP, "entry-x").pack())
    assert await world.unit(audit.verify) is None


@one_engine
async def test_what_two_change_at_once_is_not_lost(world: World) -> None:
    chat = world.chat
    for who in ("lund", "patel"):
        await open_entry(world, who, FACEBOOK)
        await chat.press(who, "Change")
    await asyncio.gather(chat.fill("lund", purpose="News"), chat.fill("patel", purpose="Open evenings"))
    late = [who for who in ("lund", "patel") if (await chat.screen(who)).form]
    assert len(late) == 1, "one of the two looks again"
    shown = await form(chat, late[0])
    mine = {"lund": "News", "patel": "Open evenings"}
    other = mine["patel" if late == ["lund"] else "lund"]
    assert shown.values["purpose"] == mine[late[0]] and other in shown.errors["purpose"]
    assert (await entry(world, FACEBOOK)).purpose == other
    await chat.fill(late[0])
    assert (await entry(world, FACEBOOK)).purpose == mine[late[0]]


@one_engine
async def test_a_stale_press_changes_nothing(world: World) -> None:
    chat = world.chat
    await open_entry(world, "patel", FACEBOOK)
    await open_entry(world, "lund", FACEBOOK)
    await chat.press("lund", "Change")
    await chat.fill("lund", purpose="News")
    await chat.press("patel", "Close it")
    assert not (await entry(world, FACEBOOK)).closed
    assert "nothing was done" in (await chat.screen("patel")).words
    await chat.press("patel", "Close it")
    assert (await entry(world, FACEBOOK)).closed
    await chat.press("lund", "Change")
    assert (await chat.screen("lund")).form is None
    assert "closed" in (await chat.screen("lund")).last.text
    await chat.say("okafor", "who runs the facebook")
    assert FACEBOOK not in (await chat.screen("okafor")).last.text


async def test_handed_over_with_what_is_to_be_published(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await open_entry(world, "lund", FACEBOOK)
    await chat.press("lund", "Hand over")
    await chat.fill("lund", owner="Mr Lund")
    assert "owner" in (await form(chat, "lund")).errors
    await chat.fill("lund", owner="costa@oakfield.example")
    found = await entry(world, FACEBOOK)
    assert found.owner_id == (await world.person("costa")).id and found.review_on is not None
    new = await chat.screen("costa")
    assert "Mr Lund handed Oakfield High on Facebook over to you." in new.words
    assert any(WORDS in m.text and "It's live" in m.buttons for m in new.messages)
    old = await chat.screen("lund")
    assert all("It's live" not in m.buttons for m in old.messages) and WORDS not in old.words
    assert "Ms Costa publishes it" in (await chat.screen("okafor")).words
    await tell_address(chat, "costa")
    await stands(world, State.PUBLISHED)


@one_engine
async def test_a_keeper_hands_over_and_both_hear(world: World) -> None:
    chat = world.chat
    await open_entry(world, "patel", FACEBOOK)
    await chat.press("patel", "Hand over")
    await chat.fill("patel", owner="Ms Costa")
    assert "Mrs Patel handed Oakfield High on Facebook over to Ms Costa" in (await chat.screen("lund")).words
    assert "over to you" in (await chat.screen("costa")).words


@one_engine
async def test_a_stale_hand_over_says_who_runs_it_now(world: World) -> None:
    chat = world.chat
    for who in ("lund", "patel"):
        await open_entry(world, who, FACEBOOK)
        await chat.press(who, "Hand over")
    await chat.fill("lund", owner="Ms Costa")
    await chat.fill("patel", owner="Ms Okafor")
    shown = await form(chat, "patel")
    assert "Meanwhile Ms Costa runs it" in shown.errors["owner"] and shown.values["owner"] == "Ms Okafor"
    await chat.fill("patel")
    assert (await entry(world, FACEBOOK)).owner_id == (await world.person("okafor")).id


@one_engine
async def test_once_it_is_closed_what_was_approved_for_it_lapses(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await open_entry(world, "lund", FACEBOOK)
    await chat.press("lund", "Close it")
    await stands(world, State.LAPSED)
    assert "The account was closed first, so the approval has lapsed." in (await chat.screen("okafor")).words
    assert all("It's live" not in m.buttons for m in (await chat.screen("lund")).messages)


@one_engine
async def test_closed_in_one_place_it_is_published_in_the_other(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat, accounts=[await account(world, FACEBOOK), await account(world, X)])
    await chat.press("patel", "Approve")
    await open_entry(world, "lund", FACEBOOK)
    await chat.press("lund", "Close it")
    await stands(world, State.APPROVED)
    await tell_address(chat, "costa")
    await stands(world, State.PUBLISHED)


@one_engine
@one_platform
async def test_closed_while_it_waits_it_cannot_be_approved(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await open_entry(world, "lund", FACEBOOK)
    await chat.press("lund", "Close it")
    await chat.press("patel", "Approve")
    assert "Oakfield High on Facebook is closed" in (await chat.screen("patel")).words
    await stands(world, State.SUBMITTED)


# what an approval brings


async def test_an_account_is_used_once_it_is_set_up(world: World) -> None:
    chat = world.chat
    await new_account(world, q_owner="Ms Costa", q_deputy="Mr Hale")
    found = await entry(world, "Oakfield Drama")
    assert (found.platform, found.pending, found.purpose) == ("Instagram", True, "Rehearsals and first nights")
    assert found.conditions == "No pupils' faces." and found.review_on is not None
    assert found.owner_id == (await world.person("costa")).id
    await chat.say("okafor", "is there a school instagram")
    assert "being set up" in (await chat.screen("okafor")).last.text
    await chat.say("okafor", f"can I post this on instagram? {WORDS}")
    assert "Oakfield Drama" not in (await chat.screen("okafor")).last.text, "not yet"
    await chat.press("okafor", "Discard")
    assert "named you to run it" not in (await chat.screen("costa")).words

    await chat.press("singh", "Done")
    assert not (await entry(world, "Oakfield Drama")).pending
    told = "Ms Okafor asked for Instagram: Oakfield Drama, and named you to run it"
    assert told in (await chat.screen("costa")).words
    await ask_and_send(chat, site="instagram")
    assert "Agreed for Oakfield Drama: No pupils' faces." in (await chat.screen("patel")).last.text
    await chat.press("patel", "Approve")
    task = next(m for m in (await chat.screen("costa")).messages if "It's live" in m.buttons)
    assert "Agreed for Oakfield Drama: No pupils' faces." in task.text


async def test_a_site_that_is_not_approved_yet(world: World) -> None:
    """The asker is told, and can ask for it; who decides sees it too. A note, not a block."""
    chat = world.chat
    await account_form(chat, "okafor")
    await chat.fill("okafor", **ACCOUNT)
    said = "Instagram is not on the list of approved sites. It needs approval first."
    card = next(m for m in reversed((await chat.screen("okafor")).messages) if "New account" in m.text)
    assert said in card.text and "Ask to approve the site" in card.buttons
    assert said in (await chat.screen("patel")).last.text
    assert "Ask to approve the site" not in (await chat.screen("patel")).last.buttons
    await chat.press("okafor", "Ask to approve the site")
    await chat.press("okafor", "Fill it in")
    assert (await form(chat, "okafor")).values["q_name"] == "Instagram"
    await chat.fill("okafor", q_purpose="The drama club")
    await chat.press("amin", "Approve")
    await chat.say("okafor", "is instagram approved?")
    assert "No, Instagram is not" in (await chat.screen("okafor")).last.text, "not before due diligence"
    await chat.press("singh", "Done")
    await chat.fill("singh", **CHECKLIST)
    found = await entry(world, "Instagram")
    assert found.book == Book.SITE and not found.pending and found.school_id is None
    assert "In the UK, with nobody else" in found.facts.values()
    await chat.say("okafor", "is instagram approved?")
    assert "Yes, Instagram is approved." in (await chat.screen("okafor")).last.text
    await chat.say("patel", "waiting")
    await chat.press("patel", "Open")
    assert said not in (await chat.screen("patel")).last.text


@one_engine
@one_platform
async def test_the_named_owner_leaves_before_it_is_approved(world: World) -> None:
    chat = world.chat
    for deputy, owner in (("Mr Hale", "hale"), ("", "okafor")):
        await account_form(chat, "okafor")
        await chat.fill("okafor", **{**ACCOUNT, "q_name": f"Drama {owner}", "q_owner": "Ms Costa", "q_deputy": deputy})
        await leaves(world, "costa")
        await chat.press("patel", "Approve")
        found = await entry(world, f"Drama {owner}")
        assert (found.owner_id, found.deputy_id) == ((await world.person(owner)).id, None)
        await back(world, "costa")
    assert await world.unit(audit.verify) is None


@one_engine
@one_platform
async def test_the_owner_leaves_while_it_is_set_up(world: World) -> None:
    chat = world.chat
    await new_account(world, q_owner="Ms Costa")
    await leaves(world, "costa")
    await world.later(minutes=10)
    assert "Ms Costa is not on the staff list any more." in (await chat.screen("patel")).words
    await chat.press("singh", "Done")
    await chat.press("patel", "Hand over")
    await chat.fill("patel", owner="Ms Okafor")
    found = await entry(world, "Oakfield Drama")
    assert found.owner_id == (await world.person("okafor")).id and not found.pending


async def back(world: World, who: str) -> None:
    """They are on the list again."""
    person = await world.person(who)
    values = {"name": person.name, "school_id": person.school_id, "first_day": None, "last_day": None}
    await world.unit(lambda u: imports.change_person(u, person.id or 0, values))


@one_engine
async def test_taken_back_and_approved_again_it_is_one_account(world: World) -> None:
    chat = world.chat
    await new_account(world)
    await chat.press("patel", "Take it back")
    assert (await entry(world, "Oakfield Drama")).closed
    await chat.press("patel", "Approve")
    found = await entry(world, "Oakfield Drama")
    assert not found.closed and found.conditions == ""
    await stands(world, State.APPROVED)


@one_engine
@one_platform
async def test_nobody_there_to_set_it_up(world: World) -> None:
    """Whoever looks after the staff list hears at once, and again."""
    chat = world.chat
    await leaves(world, "singh")
    await new_account(world)
    said = "Oakfield Learning Trust has no IT Services Manager on the staff list"
    assert (await chat.screen("webb")).words.count(said) == 1
    await world.later(days=7, minutes=1)
    assert (await chat.screen("webb")).words.count(said) == 2
    await back(world, "singh")
    await chat.say("singh", "waiting")
    await chat.press("singh", "Open")
    await chat.press("singh", "Done")
    assert not (await entry(world, "Oakfield Drama")).pending


@one_engine
@one_platform
async def test_two_ask_for_the_same_account(world: World) -> None:
    chat = world.chat
    for who in ("okafor", "costa"):
        await account_form(chat, who)
        await chat.fill(who, **ACCOUNT)
    for number in (0, 1):
        await chat.press("patel", "Approve", number)
    assert (await entry(world, "Oakfield Drama")).owner_id == (await world.person("okafor")).id
    assert await world.unit(audit.verify) is None

