"""What does the policy say? The clause, quoted; or that it does not say; a person instead; guidance for everybody."""

from datetime import date

import pytest

from cards import policy_ask as cards
from cards.action import Action, Verb
from handlers import policies
from storage import question as questions
from storage.tables import Question, State
from tests.dialogs.asking_policy import SAMPLE, import_policy
from tests.dialogs.play import every_request, form, one_engine, one_platform, the_request
from tests.world import World

ASKED = "who has to sign off a post before it goes live?"
SIGNED = "The headteacher has seen the post and said yes."
UNSAID = "what colour is the minibus?"


@pytest.fixture
async def asking(world: World) -> World:
    """The sample trust, with its policy."""
    await import_policy(world)
    return world


async def kept(world: World) -> list[Question]:
    return await world.unit(lambda u: u.all(questions.QUESTION.select(), Question))


@one_engine
async def test_the_clause_is_quoted(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", ASKED)
    shown = (await chat.screen("okafor")).last
    assert SIGNED in shown.text and "§7.3(5)" in shown.text
    assert "version 1, in force since 1 Sep 2026" in shown.text
    assert {"Yes", "No", "More from this section"} <= set(shown.buttons)
    await chat.press("okafor", "More from this section")
    section = (await chat.screen("okafor")).last.text
    assert SIGNED in section and "Reminders to parents go through the headteacher." in section
    await chat.press("okafor", "Yes")
    assert cards.THANKS in (await chat.screen("okafor")).words
    assert not await every_request(asking), "asking is not requesting"


@one_engine
async def test_every_quotation_stands_in_the_document(asking: World) -> None:
    for said in (ASKED, "ask can I use the logo", "ask is my own facebook ok at lunch", "ask politics?"):
        await asking.chat.say("hale", said)
    standing = await asking.unit(policies.in_force)
    assert standing is not None
    text = SAMPLE.decode()
    found = [number for each in await kept(asking) for number in each.found]
    assert len(found) >= 4
    assert all(clause.text in text for clause in standing.clauses(found))


@one_engine
async def test_it_does_not_say(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", UNSAID)
    shown = (await chat.screen("okafor")).last
    assert "does not say" in shown.text and "§" not in shown.text
    assert "Mr Reid or Mrs Patel" in shown.text
    await chat.press("okafor", "Ask Mr Reid or Mrs Patel")
    await chat.press("okafor", "Fill it in")
    assert (await form(chat, "okafor")).values["q_what"] == UNSAID
    await chat.fill("okafor", q_topic=["other"])
    assert (await the_request(asking)).state == State.SUBMITTED
    assert "Ms Okafor asks" in (await chat.screen("patel")).words


@one_engine
async def test_unnamed(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", UNSAID)
    await chat.press("okafor", "Ask without my name")
    assert cards.UNNAMED in (await chat.screen("okafor")).words
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_topic=["other"])
    await chat.say("patel", "waiting")
    assert UNSAID in (await chat.screen("patel")).words
    await chat.press("patel", "Answer")
    await chat.fill("patel", reply=["advice"], note="It is blue.")
    await chat.press_made_up("patel", Action(Verb.WITHDRAW, (await the_request(asking)).id, 3).pack())
    assert "Okafor" not in (await chat.screen("patel")).words and "A colleague" in (await chat.screen("patel")).words
    assert "It is blue." in (await chat.screen("okafor")).words


@one_engine
async def test_guidance(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", UNSAID)
    await chat.press("okafor", "Ask Mr Reid or Mrs Patel")
    await chat.press("okafor", "Fill it in")
    await chat.fill("okafor", q_topic=["other"])
    await chat.press("patel", "Answer")
    await chat.fill("patel", reply=["advice"], note="Blue, and it stands behind the gym.")
    await chat.press("patel", "Keep as guidance")
    assert (await form(chat, "patel")).values["question"] == UNSAID
    await chat.fill("patel", question="")
    assert (await form(chat, "patel")).errors.keys() == {"question"}
    await chat.fill("patel", question="How do I use the logo on a mug?", answer="Ask me.", clause=["none"])
    await chat.say("hale", "ask how do i use the logo on a mug")
    shown = (await chat.screen("hale")).last.text
    assert "Ask me." in shown and "Guidance by Mrs Patel" in shown and "Not part of the policy" in shown
    more = SAMPLE + b"\n## 9. New\n\nTell the office which minibus it was.\n"
    await import_policy(asking, more, "2", date(2026, 11, 1))
    await chat.say("hale", "ask how do i use the logo on a mug")
    assert "The policy has changed since" in (await chat.screen("hale")).last.text
    assert "Is your guidance still right?" in (await chat.screen("patel")).words
    await chat.press("patel", "Still right")
    await chat.say("hale", "ask how do i use the logo on a mug")
    shown = (await chat.screen("hale")).last.text
    assert "Ask me." in shown and "changed since" not in shown
    await chat.press("patel", "Withdraw it")
    await chat.say("hale", "ask how do i use the logo on a mug")
    assert "Ask me." not in (await chat.screen("hale")).last.text


@one_engine
async def test_something_to_report_and_something_to_ask_for(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", "is it ok to use the school logo on a mug?")
    shown = (await chat.screen("okafor")).last
    assert "The trust's logo, name and slogan" in shown.text and "Ask for permission" in shown.buttons
    await chat.say("okafor", "a y11 just tried to follow me on insta what do i do")
    assert "Tell the Designated Safeguarding Lead" in (await chat.screen("okafor")).last.buttons


@one_platform
async def test_a_form_and_what_cannot_be_asked(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", "ask")
    await chat.press("okafor", "Ask a question")
    await chat.fill("okafor", question="x" * 1200)
    assert (await form(chat, "okafor")).errors
    await chat.fill("okafor", question=" ")
    assert (await form(chat, "okafor")).errors
    await chat.fill("okafor", question=ASKED)
    assert SIGNED in (await chat.screen("okafor")).words


@one_platform
async def test_only_the_asker_presses_what_is_below(asking: World) -> None:
    chat = asking.chat
    await chat.say("okafor", ASKED)
    (asked,) = await kept(asking)
    for verb in (Verb.HELPED, Verb.SECTION, Verb.ASK_PERSON):
        await chat.press_made_up("hale", Action(verb, asked.id).pack())
        assert (await chat.screen("hale")).notes[-1] == cards.GONE
    for verb in (Verb.GUIDE, Verb.KEEP_GUIDE, Verb.DROP_GUIDE):
        await chat.press_made_up("hale", Action(verb, asked.id).pack())
    assert not await every_request(asking)


@one_platform
async def test_without_a_document_the_bot_says_so(world: World) -> None:
    await world.chat.say("okafor", "ask who signs off a post")
    assert "Ms Webb can have it imported" in (await world.chat.screen("okafor")).words


@one_platform
async def test_past_its_review(world: World) -> None:
    await import_policy(world, review=date(2026, 10, 1))
    await world.chat.say("okafor", ASKED)
    assert "was due for review on 1 Oct 2026" in (await world.chat.screen("okafor")).last.text
    await world.chat.say("okafor", "ask do you google candidates for jobs?")
    assert "UK GDPR" in (await world.chat.screen("okafor")).words
