"""Each trust's own way, played to its end on every platform: whom each step comes to, and what comes of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers import packs
from handlers.rules import packfile
from handlers.rules.kinds import kind_of
from handlers.rules.pack import Kind, Pack, Question
from storage import register
from storage.tables import Book, Entry, Platform, State
from tests.chat import Chat
from tests.dialogs.play import form, the_request
from tests.trusts import COLLEAGUE, MANAGER, OWNER, TEACHER, staff, who_holds, writer
from tests.world import World, opened

Steps = tuple[set[str], ...]
HEAD, CEO, IT, SENIOR, DIRECTOR = "headteacher", "ceo", "itservices", "seniorleader", "businessdirector"
BOTH, LEAD = {HEAD, CEO}, {HEAD, "deputy", "assistant", DIRECTOR}
EXPECTED: dict[str, dict[str, Steps | None]] = {
    "lt2": {
        "post": ({HEAD},), "reminder": ({HEAD},), "account": (BOTH,), "site": (BOTH,), "spokesperson": ({HEAD},),
        "media_enquiry": ({HEAD},), "brand": ({HEAD},), "device": ({HEAD, IT, CEO},), "person_mention": ({COLLEAGUE},),
        "profile_exception": (BOTH,), "advice": ({MANAGER, HEAD},), "open_comments": ({HEAD},),
        "declaration": ({HEAD},),
    },
    "archway": {
        "post": ({OWNER},), "reminder": ({OWNER},), "account": ({HEAD, SENIOR},), "site": ({HEAD, SENIOR},),
        "spokesperson": ({HEAD, SENIOR},), "media_enquiry": ({HEAD, SENIOR},), "person_mention": ({OWNER},),
        "open_comments": ({HEAD, SENIOR},), "advice": ({MANAGER, HEAD},), "brand": ({HEAD},), "device": ({HEAD},),
    },
    "att": {
        "post": ({"authoriseduser"},), "reminder": None, "account": ({"authoriseduser"},), "person_mention": None,
        "brand": ({CEO},), "media_enquiry": ({HEAD},), "site": ({HEAD},),
    },
    "tlt": {
        "post": ({MANAGER, SENIOR},), "reminder": ({MANAGER, SENIOR},), "account": ({SENIOR}, LEAD), "site": (LEAD,),
        "spokesperson": ({HEAD},), "media_enquiry": ({MANAGER, SENIOR}, {HEAD, DIRECTOR}),
        "person_mention": ({COLLEAGUE},), "advice": ({MANAGER, SENIOR},), "declaration": ({MANAGER, SENIOR},),
        "brand": None, "open_comments": None, "device": ({HEAD},),
    },
}
"""Whom each step comes to when a teacher asks, by hand from the policies; None: ruled out. Also silent kinds."""
TOGETHER = {("tlt", "media_enquiry", 1)}
SAID = {
    "account": "new Instagram for the drama club", "media_enquiry": "the local paper rang", "brand": "use of the logo",
    "device": "own phone for the trip photos", "person_mention": "may I mention a colleague",
    "reminder": "put this reminder out to parents", "site": "can we use Snapchat",
    "spokesperson": "may I speak on behalf of the school at a panel", "advice": "I need some advice",
    "profile_exception": "can my own phone number be on the profile", "open_comments": "can the comments be open",
    "declaration": "i have a blog that says i work here",
}
CASES = [(trust, kind) for trust, kinds in EXPECTED.items() for kind in kinds]


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone, on each platform in turn."""
    platform, name = request.param
    data = packs.bundled(name)
    pack = packfile.read(data)
    async with opened(tmp_path, url, platform, writer(data), staff(pack)) as standing:
        yield standing


def test_every_kind_that_a_policy_knows_is_played() -> None:
    for name, kinds in EXPECTED.items():
        assert set(packfile.read(packs.bundled(name)).kinds) <= set(kinds)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("world", "kind"),
    [((platform, trust), kind) for platform in Platform for trust, kind in CASES],
    indirect=["world"], ids=[f"{p}-{t}-{k}" for p in Platform for t, k in CASES],
)
async def test_to_its_end(world: World, kind: str) -> None:
    chat, rules = world.chat, await world.unit(packs.current)
    what = kind_of(rules, kind)
    assert what is not None
    expected = EXPECTED[rules.name][kind]
    await start(chat, kind)
    if expected is None:
        assert what.never and what.never in (await chat.screen(TEACHER)).words
        return
    await chat.fill(TEACHER, **await answers(world, what))
    assert (await the_request(world)).state == State.SUBMITTED, (await chat.screen(TEACHER)).words
    for number, step in enumerate(expected):
        assert await asked(world, rules) == step
        deciders = sorted(step) if (rules.name, kind, number) in TOGETHER else sorted(step)[:1]
        for who in deciders:
            await decide(chat, who, what)
    await finish(world, what)
    assert (await the_request(world)).state == ended(what)
    await its_effect(world, what)


async def start(chat: Chat, kind: str) -> None:
    """Ask in plain words, and press on to the form, where there is one."""
    if kind == "post":
        await chat.say(TEACHER, "can I post this on facebook? Well done to all of 8B!")
        await chat.press(TEACHER, "Check and send")
        return
    await chat.say(TEACHER, SAID[kind])
    last = (await chat.screen(TEACHER)).last
    if "Fill it in" in last.buttons:
        await chat.press(TEACHER, "Fill it in")


async def answers(world: World, kind: Kind) -> dict[str, Any]:
    """Something fitting for every question of the form, and every box."""
    boxes: dict[str, Any] = {f"confirm_{c.id}": True for c in kind.confirmations}
    if kind.publishes:
        account = await world.unit(lambda u: register.accounts(u)[0].id)
        nobody = next(p.id for p in kind.permissions if not p.people)
        words = {"text": "Well done to all of 8B!", "accounts": [str(account)], "permission": [nobody]}
        return {**boxes, **words}
    return {**boxes, **{f"q_{q.id}": await answer(world, q) for q in kind.questions}}


async def answer(world: World, question: Question) -> Any:
    """Something that a teacher could answer."""
    allowed = [option.id for option in question.options if not option.never]
    if question.type == "account":
        return [str(await world.unit(lambda u: register.accounts(u)[0].id))]
    if question.type == "day":
        return (world.clock.now + timedelta(days=30)).date().isoformat()
    wanted = {"platform": "Instagram", "name": "Drama club", "website": "https://meadow.example/groups",
              "address": "https://instagram.example/drama"}
    return {
        "choice": allowed[:1], "choices": allowed, "person": f"{COLLEAGUE}@oakfield.example",
    }.get(question.type, wanted.get(question.id, "What the drama club does this term"))


async def asked(world: World, rules: Pack) -> set[str]:
    """Everybody whose newest card waits for them."""
    found = set()
    for who in staff(rules):
        messages = (await world.chat.screen(who)).messages
        if any("waiting for you" in message.text for message in messages):
            found.add(who)
    return found


async def decide(chat: Chat, who: str, kind: Kind) -> None:
    """Say yes: approve, or answer; whoever comes before those who answer passes it on, with a suggestion."""
    if kind.effect != "answer":
        await chat.press(who, "Approve")
        return
    passes_on = any("Pass it on" in message.buttons for message in (await chat.screen(who)).messages)
    await chat.press(who, "Pass it on" if passes_on else "Answer")
    await chat.fill(who, reply=[kind.replies[0].id], note="These words, and no others.")


async def finish(world: World, kind: Kind) -> None:
    """What is left to do once it is approved."""
    chat = world.chat
    if kind.publishes:
        await chat.press(OWNER, "It's live")
        fields = (await form(chat, OWNER)).values
        await chat.fill(OWNER, **dict.fromkeys(fields, "https://facebook.example/meadow/1"))
    for work in kind.work:
        who = TEACHER if work.who == "asker" else who_holds(work.who)
        await chat.press(who, "Done")
        if work.questions:
            await chat.fill(who, **{f"q_{q.id}": await answer(world, q) for q in work.questions})


def ended(kind: Kind) -> State:
    """How it ends."""
    return State.PUBLISHED if kind.publishes else State.DONE if kind.work else State.APPROVED


async def its_effect(world: World, kind: Kind) -> None:
    """The register has it, or the asker has the answer."""
    request = await the_request(world)
    entries: list[Entry] = await world.unit(lambda u: register.of_request(u, request.id))
    books = {"account": Book.ACCOUNT, "site": Book.SITE, "device": Book.DEVICE, "grant": Book.PERMISSION}
    if kind.effect in books:
        (entry,) = entries
        assert entry.book == books[kind.effect] and not entry.pending and not entry.closed
    else:
        assert entries == []
    if kind.effect == "answer" and kind.replies[0].words:
        assert "These words, and no others." in (await world.chat.screen(TEACHER)).words
