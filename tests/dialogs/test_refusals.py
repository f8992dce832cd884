"""Every no: who may not, comes too late, is unknown, and where nobody can decide. Each is kind, and changes nothing."""

import asyncio
from datetime import timedelta

import pytest

from cards.action import Action, Verb
from storage import outbox, register
from storage.tables import Outcome, Platform, State
from tests.dialogs.play import (
    FACEBOOK,
    TRUSTS,
    WORDS,
    account,
    approved,
    ask_and_send,
    button,
    copies,
    every_request,
    form,
    leaves,
    make_head,
    no_longer_head,
    one_engine,
    one_platform,
    outcomes,
    refusals,
    send,
    staff_list,
    stands,
    tell_address,
    the_request,
)
from tests.world import World

NOT_FOUND = "I cannot find that, or it is not for you. Nothing was changed."


async def test_pressed_twice_at_once_is_one_decision(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await asyncio.gather(chat.press("patel", "Approve"), chat.press("patel", "Approve"))
    assert await outcomes(world) == [Outcome.APPROVED]
    assert "Approved by you" in (await chat.screen("patel")).words
    assert sum("It's live" in m.buttons for m in (await chat.screen("lund")).messages) == 1
    await stands(world, State.APPROVED)


async def test_two_approvers_at_once_are_one_decision(world: World) -> None:
    chat = world.chat
    await make_head(world, "reid", "patel")
    await ask_and_send(chat)
    assert "waiting for Mrs Patel or Mr Reid" in (await chat.screen("okafor")).words
    await asyncio.gather(chat.press("patel", "Approve"), chat.press("reid", "Approve"))
    assert await outcomes(world) == [Outcome.APPROVED]
    for who in ("patel", "reid"):
        cards = copies(await chat.screen(who))
        assert cards and all("Approved by" in m.text and "Approve" not in m.buttons for m in cards), who
    await stands(world, State.APPROVED)


async def test_an_old_card_changes_nothing(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    old = await button(world, Verb.APPROVE)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Other words.")
    await chat.press_made_up("patel", old)
    assert "This changed since you saw it, so I did nothing yet" in (await chat.screen("patel")).words
    assert await outcomes(world) == []

    await chat.press("patel", "Approve")
    await chat.press_made_up("patel", old)
    assert "Already approved by you, today 09:00" in (await chat.screen("patel")).words
    assert await outcomes(world) == [Outcome.APPROVED]
    await stands(world, State.APPROVED)


@one_engine
async def test_a_note_form_that_was_open_too_long(world: World) -> None:
    """The form was opened before the asker changed the words: it must not decide on what its reader never saw."""
    chat = world.chat
    await ask_and_send(chat)
    await chat.press("patel", "Ask for changes")
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Other words.")
    if (await chat.screen("patel")).form:  # on Teams the card's new state has taken its place
        await chat.fill("patel", note="Shorter, please.")
    assert await outcomes(world) == []
    await stands(world, State.SUBMITTED)


async def test_a_forwarded_card_decides_nothing(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    for who, why in (
        ("okafor", "This is your own post, and nobody approves their own"),
        ("lund", NOT_FOUND),
        ("reid", NOT_FOUND),
        ("amin", NOT_FOUND),
    ):
        await chat.press_as(who, "patel", "Approve")
        assert any(why in note for note in (await chat.screen(who)).notes), who
    await chat.press("patel", "Approve")
    await chat.press_as("lund", "patel", "Take it back")
    await chat.press_as("reid", "lund", "It's live")
    await chat.press_as("okafor", "lund", "It's live")
    assert any("Only Mr Lund, who runs the account" in note for note in (await chat.screen("okafor")).notes)
    await chat.press_as("patel", "okafor", "Withdraw")
    assert any("Only Ms Okafor, who asked" in note for note in (await chat.screen("patel")).notes)
    assert await refusals(world) == ["okafor", "lund", "reid", "amin", "lund", "reid", "okafor", "patel"]
    assert await outcomes(world) == [Outcome.APPROVED]
    await stands(world, State.APPROVED)


@one_engine
async def test_a_press_after_it_was_withdrawn(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    old = await button(world, Verb.APPROVE)
    await chat.press("okafor", "Withdraw")
    await chat.press_made_up("patel", old)
    assert "It is withdrawn by Ms Okafor. Nothing was changed." in (await chat.screen("patel")).words
    assert await outcomes(world) == []
    await stands(world, State.WITHDRAWN)


MADE_UP = (
    "approve|{id}|{version}", "approve|{id}|{version}||", "approve|{id}|-1|", "approve|{id}|٣|", "no such verb|{id}|1|",
    "expire|{id}|{version}|", "lapse|{id}|{version}|", "publish|{id}|{version}|", "take_back|{id}|{version}|",
    "save|{id}|1|", "save|{other}|1|", "send|{id}|{version}|", "withdraw|{id}|{version}|", "discard|{id}|{version}|",
    "approve|{other}|1|", "approve||1|", "edit||0|", "open|{other}|1|", "open|\x00|1|", "mine||0|1.\x00",
    "mine||0|99999999999999999.x", "waiting||0|{id}", "compose||0|nowhere", "ask||0|", "say||0|", "hello||0|",
    "home||0|", "request_changes|{id}|{version}|", "refuse|{id}|{version}|", "", "{{}}", "|" * 400, "approve",
)


async def test_made_up_payloads_do_nothing(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    request = await the_request(world)
    for made_up in MADE_UP:
        packed = made_up.format(id=request.id, version=request.version, other="2345BCDF")
        for who in ("costa", "patel"):
            await chat.press_made_up(who, packed)
    assert await the_request(world) == request
    assert await outcomes(world) == []
    assert copies(await chat.screen("costa")) == []
    assert "That did not work" not in (await chat.screen("costa")).words + (await chat.screen("patel")).words
    await stands(world, State.SUBMITTED)


@one_engine
@one_platform
async def test_nobody_opens_a_draft_or_what_became_of_it(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}")
    for press in ("", "Discard"):
        if press:
            await chat.press("okafor", press)
        request = await the_request(world)
        for who in ("patel", "lund", "webb"):
            await chat.press_made_up(who, Action(Verb.OPEN, request.id, request.version).pack())
            assert NOT_FOUND in (await chat.screen(who)).notes, who
            assert WORDS not in (await chat.screen(who)).words, who


async def test_a_school_without_headteacher(world: World) -> None:
    chat = world.chat
    await chat.say("hale", f"can I post this on facebook? {WORDS}")
    assert "Oakfield Primary has no headteacher on the staff list" in (await chat.screen("hale")).last.text
    await send(chat, "hale")
    words = (await chat.screen("hale")).words
    assert "I cannot send this to anyone" in words and "I keep your draft" in words and "Ms Webb" in words
    assert "Oakfield Primary has no headteacher on the staff list" in (await chat.screen("webb")).words
    assert WORDS not in (await chat.screen("webb")).words
    await stands(world, State.DRAFT)

    await make_head(world, "reid", "hale")
    await chat.press("hale", "Send")
    assert "waiting for Mr Reid" in (await chat.screen("hale")).words
    assert WORDS in (await chat.screen("reid")).words
    await stands(world, State.SUBMITTED)


@one_engine
@one_platform
async def test_an_approved_post_stands_where_an_edit_could_go_to_nobody(world: World) -> None:
    chat = world.chat
    await approved(chat)
    await leaves(world, "patel")
    await chat.press("okafor", "Edit")
    await chat.fill("okafor", text="Other words.")
    assert "I cannot send this to anyone" in (await chat.screen("okafor")).words
    await stands(world, State.APPROVED)


@one_engine
async def test_two_accounts_with_different_deciders(world: World) -> None:
    chat = world.chat
    both = [await account(world, FACEBOOK), await account(world, TRUSTS)]
    await ask_and_send(chat, accounts=both)
    open_ = await form(chat, "okafor")
    why = open_.errors["accounts"]
    assert "Different people decide these: Mrs Patel for Oakfield High on Facebook and Dr Amin" in why
    assert sorted(open_.values["accounts"]) == sorted(both) and open_.values["text"] == WORDS
    await chat.fill("okafor", accounts=both[:1])
    await stands(world, State.SUBMITTED)


@one_engine
@one_platform
async def test_an_account_that_nobody_runs_any_more(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}")
    for owner_and_deputy in ("lund", "costa"):
        await leaves(world, owner_and_deputy)
    await send(chat)
    why = (await form(chat, "okafor")).errors["accounts"]
    assert "Nobody on the staff list runs Oakfield High on Facebook at present. Ms Webb" in why
    await stands(world, State.DRAFT)


@one_engine
@one_platform
async def test_an_account_that_was_closed(world: World) -> None:
    chat = world.chat
    await chat.say("okafor", f"can I post this on facebook? {WORDS}")
    number = int(await account(world, FACEBOOK))
    await world.unit(lambda u: register.change(u, register.by_ids(u, [number])[0], closed=True))
    await chat.press("okafor", "Check and send")
    assert "accounts" in (await form(chat, "okafor")).errors
    await stands(world, State.DRAFT)


@pytest.mark.parametrize("world", [Platform.CONSOLE], indirect=True)
@pytest.mark.parametrize("verb", ["Withdraw", "Edit"])
async def test_decided_while_the_asker_moves(world: World, verb: str) -> None:
    """Whichever comes first holds; an approval is never of words that its approver did not see."""
    chat = world.chat
    await ask_and_send(chat)
    if verb == "Edit":
        await chat.press("okafor", "Edit")
        await asyncio.gather(chat.fill("okafor", text="Other words."), chat.press("patel", "Approve"))
    else:
        await asyncio.gather(chat.press("okafor", "Withdraw"), chat.press("patel", "Approve"))
    request = await the_request(world)
    assert request.state in (State.SUBMITTED, State.WITHDRAWN, State.APPROVED)
    assert (request.approved_digest is None) == (request.state != State.APPROVED)
    lund = await chat.screen("lund")
    assert any("It's live" in m.buttons for m in lund.messages) == (request.state == State.APPROVED)
    assert len(await outcomes(world)) <= 1
    await stands(world, State(request.state))


@one_engine
async def test_a_stranger_gets_a_polite_answer_and_nothing_else(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    before = await the_request(world)
    await chat.say("stranger", f"can I post this on facebook? {WORDS}", [("fair.png", b"a picture")])
    await chat.say("stranger", "waiting")
    await chat.press_made_up("stranger", await button(world, Verb.APPROVE))
    screen = await chat.screen("stranger")
    answers = [*screen.notes, *(m.text for m in screen.messages if m.text != "A card")]
    assert len(answers) >= 3
    assert all("I don't know you yet" in answer and "Ms Webb" in answer for answer in answers)
    assert await every_request(world) == [before]


@one_engine
async def test_somebody_whose_last_day_has_passed(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await leaves(world, "patel")
    await chat.press("patel", "Approve")
    assert "I don't know you yet" in (await chat.screen("patel")).words
    assert await outcomes(world) == []
    await stands(world, State.SUBMITTED)
    await leaves(world, "okafor")
    await chat.say("okafor", "mine")
    assert "I don't know you yet" in (await chat.screen("okafor")).words


@one_engine
@one_platform
async def test_somebody_who_is_headteacher_no_longer(world: World) -> None:
    chat = world.chat
    await ask_and_send(chat)
    await no_longer_head(world, "patel")
    await make_head(world, "reid", "patel")
    await chat.press("patel", "Approve")
    screen = await chat.screen("patel")
    assert "This no longer waits for you: Mr Reid has it now. Nothing was changed." in screen.words
    assert WORDS not in screen.words, "nor is it theirs to read any more"
    assert await outcomes(world) == []
    assert await refusals(world) == ["patel"]
    await stands(world, State.SUBMITTED)
    await chat.say("reid", "waiting")
    await chat.press("reid", "Open")
    await chat.press("reid", "Approve")
    await stands(world, State.APPROVED)


HEAD = "Mrs Patel,patel@oakfield.example,Oakfield High,headteacher,,\n"


@one_platform
async def test_what_waits_when_the_last_headteacher_goes(world: World) -> None:
    """The administrator hears once; the asker's card says so; the next headteacher gets all of it."""
    chat = world.chat
    await chat.say("webb", "help")
    for words in (WORDS, f"{WORDS} Again!"):
        await ask_and_send(chat, words=words)
    await staff_list(world, HEAD)
    missing = "Oakfield High has no headteacher on the staff list, so what waits there cannot be decided."
    assert missing not in (await chat.screen("webb")).words, "nothing changed"

    await staff_list(world, HEAD.replace("headteacher", ""))
    assert (await chat.screen("webb")).words.count(missing) == 1
    asker = copies(await chat.screen("okafor"))[0].text
    assert "waiting for nobody" in asker and "so it has to wait. Ms Webb looks after the list." in asker
    assert "This no longer needs you" in (await chat.screen("patel")).words
    assert WORDS not in (await chat.screen("patel")).words
    assert len(await every_request(world)) == 2

    await staff_list(world, "Mr Reid,reid@oakfield.example,Oakfield High,headteacher,,\n")
    assert "waiting for Mr Reid" in copies(await chat.screen("okafor"))[0].text
    assert sum("Approve" in message.buttons for message in (await chat.screen("reid")).messages) == 2
    await chat.press("reid", "Approve")
    assert await outcomes(world) == [Outcome.APPROVED]


@one_engine
@one_platform
async def test_a_headteacher_hands_over(world: World) -> None:
    chat = world.chat
    await chat.say("webb", "help")
    await ask_and_send(chat)
    await staff_list(world, HEAD.replace("headteacher", "") + HEAD.replace("Mrs Patel,patel", "Mr Reid,reid"))
    assert "a role is missing" not in (await chat.screen("webb")).words
    assert "waiting for you" in (await chat.screen("reid")).last.text
    assert "This no longer needs you" in (await chat.screen("patel")).words


@one_engine
async def test_an_owner_whose_task_is_gone(world: World) -> None:
    chat = world.chat
    await approved(chat)
    old = await button(world, Verb.LIVE)
    await chat.press("okafor", "Edit")
    await chat.fill("okafor")
    await chat.press_made_up("lund", old)
    assert "This no longer waits for you: Mrs Patel has it now." in (await chat.screen("lund")).words
    await stands(world, State.SUBMITTED)


@one_engine
@one_platform
@pytest.mark.parametrize("verb", [Verb.WITHDRAW, Verb.EDIT, Verb.TAKE_BACK])
async def test_what_is_live_stays(world: World, verb: Verb) -> None:
    chat = world.chat
    await approved(chat)
    await tell_address(chat)
    who = "patel" if verb == Verb.TAKE_BACK else "okafor"
    await chat.press_made_up(who, await button(world, verb))
    screen = await chat.screen(who)
    assert screen.form is None
    assert any("Nothing was changed" in note for note in screen.notes)
    await stands(world, State.PUBLISHED)


@one_engine
@one_platform
async def test_nothing_is_left_in_the_outbox(world: World) -> None:
    """After a whole story with refusals, all that was owed has arrived."""
    chat = world.chat
    await approved(chat)
    await tell_address(chat)
    await world.later(days=15)
    assert await world.unit(outbox.buried) == []
    waiting = await world.unit(lambda u: u.run(outbox.OUTBOX.select().where(outbox.OUTBOX.c.state == "waiting")).all())
    assert [row for row in waiting if row.due_at < world.clock.now - timedelta(minutes=1)] == []
