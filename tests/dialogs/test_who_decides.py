"""Whom each step comes to, whoever asks: by hand from the trusts' policies. Nobody ever decides on their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cards.action import Verb
from handlers import packs, routing
from handlers.event import Event
from handlers.rules import packfile
from handlers.rules.permission import PermissionContent
from handlers.rules.post import PostContent
from handlers.turn import Turn
from storage import asks, people, register
from storage.database import Unit
from storage.tables import Platform
from tests.trusts import staff, writer
from tests.world import World, opened

TABLE = """
lt2      teacher           post             headteacher
lt2      teacher           account          headteacher ceo
lt2      teacher           device           headteacher itservices ceo
lt2      teacher           advice           mensah headteacher
lt2      headteacher       post             ceo
lt2      headteacher       account          ceo
lt2      headteacher       site             ceo
lt2      headteacher       device           ceo
lt2      headteacher       media_enquiry    ceo
lt2      headteacher       brand            ceo
lt2      headteacher       declaration      ceo
lt2      ceo               post             chair
lt2      ceo               account          chair
lt2      ceo               media_enquiry    chair
lt2      ceo               device           itservices chair
lt2      ceo               open_comments    chair
lt2      reed              post             ceo
lt2      reed              spokesperson     ceo
lt2      reed              device           ceo
lt2      itservices        device           ceo
lt2      itservices        account          ceo
lt2      lund              post             headteacher
lt2      seniorleader      post             headteacher
lt2      deputy            account          headteacher ceo

archway  teacher           post             lund
archway  teacher           account          headteacher seniorleader
archway  lund              post             headteacher seniorleader
archway  lund              person_mention   headteacher seniorleader
archway  headteacher       post             lund
archway  headteacher       account          executive ceo
archway  headteacher       site             executive ceo
archway  headteacher       media_enquiry    executive ceo
archway  headteacher       advice           ceo
archway  headteacher       brand            ceo
archway  seniorleader      account          headteacher
archway  seniorleader      spokesperson     headteacher
archway  ceo               post             lund chair
archway  ceo               account          chair
archway  reed              account          executive ceo
archway  executive         account          ceo
archway  executive         media_enquiry    ceo

att      teacher           post             authoriseduser
att      teacher           brand            ceo
att      teacher           media_enquiry    headteacher
att      authoriseduser    post             headteacher
att      authoriseduser    account          headteacher
att      headteacher       post             authoriseduser ceo
att      headteacher       account          authoriseduser ceo
att      headteacher       brand            ceo
att      headteacher       device           ceo
att      ceo               brand            chair
att      ceo               account          authorisedcentral chair
att      ceo               media_enquiry    chair
att      reed              account          authorisedcentral ceo
att      reed              device           ceo
att      authorisedcentral account          ceo

tlt      teacher           post             mensah seniorleader
tlt      teacher           account          seniorleader / headteacher deputy assistant businessdirector
tlt      teacher           media_enquiry    mensah seniorleader / headteacher+businessdirector
tlt      lund              declaration      seniorleader
tlt      headteacher       post             businessdirector
tlt      headteacher       account          seniorleader / businessdirector
tlt      headteacher       media_enquiry    businessdirector
tlt      headteacher       declaration      businessdirector
tlt      headteacher       device           businessdirector
tlt      businessdirector  post             chair
tlt      businessdirector  account          chair
tlt      businessdirector  media_enquiry    chair
tlt      seniorleader      post             headteacher
tlt      seniorleader      account          deputy assistant / headteacher businessdirector
tlt      seniorleader      media_enquiry    headteacher+businessdirector
tlt      deputy            media_enquiry    headteacher+businessdirector
tlt      deputy            account          seniorleader / headteacher assistant businessdirector
tlt      reed              account          businessdirector
tlt      reed              advice           businessdirector
"""
ROWS = [(row[0], row[1], row[2], " ".join(row[3:])) for line in TABLE.splitlines() if (row := line.split())]


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[World]:
    """A trust made from a pack alone, with nobody in front of it."""
    data = packs.bundled(request.param)
    async with opened(tmp_path, url, Platform.CONSOLE, writer(data), staff(packfile.read(data))) as standing:
        yield standing


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("world", ["lt2", "archway", "att", "tlt"], indirect=True)
async def test_whom_it_comes_to(world: World) -> None:
    trust = (await world.unit(packs.current)).name
    rows = [row[1:] for row in ROWS if row[0] == trust]
    assert len(rows) >= 15
    for who, kind, expected in rows:
        asker = (await world.person("okafor" if who == "teacher" else who)).id or 0
        found = await world.unit(lambda u, asker=asker, kind=kind: way(u, asker, kind))  # type: ignore[misc]
        assert [set(step.replace("+", " ").split()) for step in expected.split(" / ")] == [
            set(step.replace("+", " ").split()) for step in found.split(" / ")
        ], (trust, who, kind, found)
        assert expected.count("+") == found.count("+"), (trust, who, kind)


def way(u: Unit, asker: int, kind: str) -> str:
    """Every step's deciders, without the asker: by the first part of their e-mail, as the table has them."""
    viewer = people.viewer(u, asker)
    assert viewer is not None
    t = Turn(u, Event("key", u.at, Verb.COMPOSE, arg=kind), viewer)
    account = register.accounts(u)[0].id or 0
    content = PostContent(accounts=(account,)) if t.kind.publishes else PermissionContent(
        accounts=(account,) if kind == "person_mention" else ())
    stages = routing.way(t, content)
    assert routing.reaches(t, stages)
    return " / ".join(
        ("+" if stage.together else " ").join(dict.fromkeys(
            person.email.partition("@")[0]
            for ask in stage.asks
            for person in asks.holders(u, *routing.whom(ask)) if person.id != asker
        ))
        for stage in stages
    )
