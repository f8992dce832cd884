"""Every kind of report of the four trusts, about nobody, a teacher, the head or whoever is at the top, to its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers import packs
from handlers.rules import packfile
from storage import audit
from storage.tables import Platform, ReportState
from tests.dialogs.play import form
from tests.dialogs.reporting import NARRATIVE, SAID, does, items, reads, stored, told
from tests.trusts import COLLEAGUE, TEACHER, staff, who_holds, writer
from tests.world import World, opened

HEAD, CEO, CHAIR, DSL, SENIOR, DIRECTOR = (
    "headteacher", "ceo", "chair", "dsl", "senior_leader", "business_director")
UP = (CEO, CHAIR)
EXPECTED: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "lt2": {
        "images": (DSL, DSL, *UP), "colleague": (HEAD, HEAD, *UP), "gross": (HEAD, HEAD, *UP),
        "content": (HEAD, HEAD, *UP), "disparaging": (HEAD, HEAD, *UP), "harassed": (HEAD, HEAD, *UP),
        "pupil_contact": (DSL, DSL, *UP),
    },
    "archway": {
        "images": (DSL, DSL, *UP), "colleague": (SENIOR, SENIOR, *UP), "content": (SENIOR, SENIOR, *UP),
        "harassed": (SENIOR, SENIOR, *UP), "pupil_contact": (DSL, DSL, *UP),
    },
    "att": {
        "images": (DSL, DSL, *UP), "colleague": (HEAD, HEAD, *UP), "content": (HEAD, HEAD, *UP),
        "harassed": (HEAD, HEAD, *UP), "pupil_contact": (DSL, DSL, *UP),
    },
    "tlt": {
        "images": (DSL, DSL, DIRECTOR, CHAIR), "colleague": (HEAD, HEAD, DIRECTOR, CHAIR),
        "content": (HEAD, HEAD, DIRECTOR, CHAIR), "harassed": (HEAD, HEAD, DIRECTOR, CHAIR),
        "pupil_contact": (DSL, DSL, DIRECTOR, CHAIR), "group": (SENIOR, SENIOR, DIRECTOR, CHAIR),
        "encyclopaedia": (SENIOR, SENIOR, DIRECTOR, CHAIR),
    },
}
"""Who hears it when it is about nobody, a teacher, the head, and whoever manages the heads: by hand."""
ABOUT = ("nobody", COLLEAGUE, HEAD, "top")
PLAYED = [
    *((platform, name, COLLEAGUE) for platform in Platform for name in EXPECTED),
    *((Platform.CONSOLE, name, about) for name in EXPECTED for about in ABOUT if about != COLLEAGUE),
]
"""Every category on every platform; whom it goes round, which no platform can change, on one."""


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone, on each platform in turn."""
    platform, name = request.param
    data = packs.bundled(name)
    async with opened(tmp_path, url, platform, writer(data), staff(packfile.read(data))) as standing:
        yield standing


def test_every_kind_of_every_pack_is_played() -> None:
    for name, kinds in EXPECTED.items():
        assert {each.id for each in packfile.read(packs.bundled(name)).reports} == set(kinds)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("world", "column"), [((platform, name), ABOUT.index(about)) for platform, name, about in PLAYED],
    indirect=["world"], ids=["-".join(each) for each in PLAYED],
)
async def test_to_its_end(world: World, column: int) -> None:
    rules = await world.unit(packs.current)
    top = DIRECTOR if rules.name == "tlt" else CEO
    about = (None, COLLEAGUE, HEAD, who_holds(top))[column]
    had = {who: await items(world.chat, who) for who in world.staff}
    for kind, expected in EXPECTED[rules.name].items():
        await played(world, kind, about, who_holds(expected[column]), rules.role_title(expected[column]), had)
    found = await stored(world)
    assert {each.state for each in found} == {ReportState.CLOSED}
    assert await world.unit(audit.verify) is None
    everybody = [await told(world.chat, who) for who in world.staff]
    assert NARRATIVE not in "".join(everybody)


async def played(
    world: World, kind: str, about: str | None, reader: str, role: str, had: dict[str, int]
) -> None:
    """One report, from the first word to the last. `had`: how many notices each of them has seen so far."""
    chat = world.chat
    whom = {"about": ["staff"], "whom": (await world.person(about)).name} if about else {"about": ["nobody"]}
    await chat.say(TEACHER, "i want to report something")
    await chat.press(TEACHER, "Write the report")
    await chat.fill(TEACHER, **{**SAID, **whom, "concern": [kind], "where": ""})
    review = await form(chat, TEACHER)
    name = (await world.person(reader)).name
    assert f"Who reads this: {name} ({role})." in review.text
    assert ("the law forbids it" in review.text.lower()) == (kind == "images")
    await chat.fill(TEACHER)
    now = {who: await items(chat, who) for who in world.staff}
    assert {who for who in world.staff if now[who] > had[who]} == {reader}
    text = await reads(chat, reader)
    assert NARRATIVE in text
    assert f"{name} ({role}, since" in text
    await chat.fill(reader, step=["acknowledge"])
    await chat.fill(reader, step=["close"], words=f"Done with {kind}.", reason="Looked at; talked to them.")
    text = await reads(chat, TEACHER)
    assert f"Done with {kind}." in text
    assert "talked to them" not in text
    await chat.fill(TEACHER)
    had |= {**now, **{who: await items(chat, who) for who in (TEACHER, reader)}}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "world", [(p, n) for p in Platform for n in EXPECTED], indirect=True,
    ids=[f"{p}-{n}" for p in Platform for n in EXPECTED],
)
async def test_a_pupil_makes_contact(world: World) -> None:
    """The short way, with what this trust's policy says to do at once; where it says nothing, that is said."""
    chat, rules = world.chat, await world.unit(packs.current)
    concern = next(each for each in rules.reports if each.id == "pupil_contact")
    assert ("policy says nothing" in concern.text) == (rules.name == "lt2")
    await chat.say(TEACHER, "a y11 just tried to follow me on insta what do i do")
    card = (await chat.screen(TEACHER)).last
    assert concern.text in card.text
    await chat.press(TEACHER, "Write the report")
    asked = await form(chat, TEACHER)
    assert concern.text in asked.text
    assert not {"concern", "about", "when"} & asked.values.keys()
    await chat.fill(TEACHER, what="A Year 11 asked to follow me.", risk=["no"], named=["yes"])
    assert "Mx Dsl (Designated Safeguarding Lead)" in (await form(chat, TEACHER)).text
    await chat.fill(TEACHER)
    assert "A Year 11 asked" in await reads(chat, DSL)
    await chat.leave(DSL, "Close")
    await does(chat, DSL, "close", words="Thank you for declining it.", reason="Spoke to the pupil.")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("world", [(p, "att") for p in Platform], indirect=True, ids=list(Platform))
async def test_imagery_takes_words_only_and_says_what_the_law_wants_first(world: World) -> None:
    chat = world.chat
    await chat.say(TEACHER, "a pupil showed me a nude of another pupil")
    card = (await chat.screen(TEACHER)).last.text
    assert card.index("look at nothing") < card.index("ring 999") < card.index("Write it in the form")
    await chat.press(TEACHER, "Write the report")
    asked = await form(chat, TEACHER)
    assert asked.values["concern"] == ["images"]
    assert asked.text.index("look at nothing") < asked.text.index("ring 999")
    assert "may ask you for more" not in asked.text
    await chat.fill(TEACHER, what="On his phone.", about=["pupil"], risk=["yes"], named=["yes"])
    await chat.fill(TEACHER)
    assert "look at nothing" in await reads(chat, DSL)
