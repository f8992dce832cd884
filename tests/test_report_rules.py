"""Who hears a report: never whoever it is about, nobody in their place, nobody whom they manage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import packfile
from handlers.rules.pack import Pack
from handlers.rules.report import Held, above, desk, managed

PACKS = [packfile.read(packs.bundled(name)) for name in packs.names()]
SCHOOL = 1


def holding(pack: Pack, roles: dict[int, set[str]]) -> dict[int, list[Held]]:
    return {who: [(role, None if pack.roles[role].trust_wide else SCHOOL) for role in sorted(held)]
            for who, held in roles.items()}


def asked(
    pack: Pack, concern: str, about: dict[int, set[str]], staff: dict[int, set[str]]
) -> tuple[str, set[int]] | None:
    """Role and people who hear it."""
    def holders(role: str, _place: int | None) -> list[int]:
        return [who for who, roles in staff.items() if role in roles]
    kind = next(each for each in pack.reports if each.id == concern)
    found = desk(pack, kind, SCHOOL, holding(pack, about), holders)
    return (found.role, set(found.people)) if found else None


@pytest.mark.parametrize(
    ("about", "hears"),
    [
        ({}, "headteacher"),  # a parent, or somebody unknown
        ({1: set()}, "headteacher"),
        ({2: {"headteacher"}}, "ceo"),
        ({3: {"deputy"}}, "headteacher"),
        ({4: {"ceo"}}, "chair"),
        ({2: {"headteacher"}, 4: {"ceo"}}, "chair"),
    ],
)
def test_round_its_subject(about: dict[int, set[str]], hears: str) -> None:
    staff = {1: set(), 2: {"headteacher"}, 3: {"deputy"}, 4: {"ceo"}, 5: {"chair"}, 6: {"it_services"}}
    pack = next(p for p in PACKS if p.name == "lt2")
    found = asked(pack, "colleague", about, staff)
    assert found is not None and found[0] == hears


@given(st.data())
@settings(max_examples=400)
def test_nobody_hears_of_themselves_of_whom_they_stand_in_for_or_of_who_manages_them(data: st.DataObject) -> None:
    pack = data.draw(st.sampled_from(PACKS))
    roles = st.sets(st.sampled_from(sorted(pack.roles)), max_size=2)
    staff = {who: data.draw(roles) for who in range(1, 9)}
    subjects = data.draw(st.sets(st.sampled_from(sorted(staff)), max_size=2))
    concern = data.draw(st.sampled_from([c.id for c in pack.reports]))
    found = asked(pack, concern, {who: staff[who] for who in subjects}, staff)
    if found is None:
        return
    _role, people = found
    assert people and not people & subjects
    for subject in subjects:
        for held in staff[subject]:
            standing_in = {who for who in staff if staff[who] & set(pack.roles[held].cover)}
            below = {who for who in staff if any(held in above(pack, r) for r in staff[who])}
            assert not people & (standing_in | below)


def test_there_is_always_somebody_while_the_top_is_not_concerned() -> None:
    for pack in PACKS:
        staff = {number: {role} for number, role in enumerate(pack.roles, 1)}
        for concern in pack.reports:
            for who, roles in staff.items():
                (role,) = roles
                if above(pack, role):
                    assert asked(pack, concern.id, {who: roles}, staff), (pack.name, concern.id, role)


def test_whom_somebody_manages() -> None:
    managers = {1: None, 2: 1, 3: 2, 4: 2, 5: 1, 6: 7, 7: 6}
    assert managed(managers, {2}) == {3, 4}
    assert managed(managers, {1}) == {2, 3, 4, 5}
    assert managed(managers, {6}) == {7}  # round in a circle
    assert managed(managers, {3}) == set()
