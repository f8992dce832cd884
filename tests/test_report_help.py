"""Whom to ring, where a site is asked, and what whoever handles a report is reminded of."""

from typing import Any

import pytest

from cards import report as cards
from cards.report_guided import ELSE, Asking, facts, rule
from cards.report_prompts import ACCUSED, LOW_LEVEL, PRAISE, PROPORTION, prompts
from cards.report_sites import NATIONAL, SITES, site_at
from handlers import packs
from handlers.rules import packfile
from handlers.rules.contacts import numbers
from handlers.rules.packfile import BadPack
from handlers.rules.report import within

LT2 = packs.bundled("lt2")
CONTACTS = b"""
[[contacts]]
name = "Children's services"
number = "01234 567890"
when = "weekdays 9 to 5"

[[contacts]]
name = "Duty lead"
number = "07700 900123"
school = "Meadow School"
"""


def test_a_packs_own_numbers_stand_first_and_a_schools_before_the_trusts() -> None:
    pack = packfile.read(LT2 + CONTACTS)
    assert [name for name, _, _ in numbers(pack, " meadow school")] == ["Duty lead", "Children's services"]
    assert [name for name, _, _ in numbers(pack, "Brook School")] == ["Children's services"]
    assert numbers(packfile.read(LT2), "Meadow School") == []
    said = cards.danger(cards.Help(["Mrs Osei"], numbers(pack, "Brook School"))).text
    assert said.startswith("If a child is in danger, ring 999 or your safeguarding lead, Mrs Osei, now.")
    assert "not watched round the clock" in said
    assert "Children's services: 01234 567890 (weekdays 9 to 5)" in said


@pytest.mark.parametrize(("number", "works"), [
    ("0808 800 5000", True), ("+44 (0)1234 567890 ext. 12", True), ("999", True), ("dsl@meadow.example", True),
    ("https://meadow.example/help", True), ("http://meadow.example", False), ("ask at the office", False), ("-", False),
])
def test_a_number_that_nobody_could_ring_is_found(number: str, works: bool) -> None:
    data = LT2 + f'\n[[contacts]]\nname = "Somebody"\nnumber = "{number}"\n'.encode()
    if works:
        assert packfile.read(data).contacts[0].number == number
        return
    with pytest.raises(BadPack, match=r"contacts\[1\]\.number: .* is no telephone number"):
        packfile.read(data)


def test_the_same_contact_twice_is_found() -> None:
    again = b'[[contacts]]\nname = "duty  Lead"\nnumber = "999"\nschool = "Meadow school"\n'
    with pytest.raises(BadPack, match="is there already"):
        packfile.read(LT2 + CONTACTS + again)


def test_where_somebody_is_at_risk_it_is_to_be_read_sooner() -> None:
    concerns = {each.id: each for each in packfile.read(LT2).reports}
    assert within(concerns["colleague"], {"risk": "no"}) == 24
    assert within(concerns["colleague"], {"risk": "yes"}) == 1
    assert within(concerns["images"], {"risk": "no"}) == 1


@pytest.mark.parametrize(("where", "name"), [
    ("https://www.facebook.com/fake/1", "Facebook"), ("m.facebook.com/x", "Facebook"), ("instagram", "Instagram"),
    ("https://x.com/a", "X"), ("HTTPS://Twitter.com/a", "X"), ("https://youtu.be/1?x=y", "YouTube"),
    ("https://en.wikipedia.org/wiki/Oakfield", "Wikipedia"), ("on TikTok, I think", "TikTok"),
    ("https://box.com/a", None), ("https://notfacebook.com/", None), ("https://facebook.com.evil.example/", None),
    ("", None), ("//", None), ("our WhatsApp group", "WhatsApp"),
])
def test_which_site_an_address_is_of(where: str, name: str | None) -> None:
    found = site_at(where)
    assert (found.name if found else None) == name


def test_every_site_has_a_page_of_its_own_to_be_asked_at() -> None:
    assert len(SITES) > 10
    assert all(site.ask.startswith("https://") for site in SITES)
    assert all(number.startswith(("0", "https://")) for _, number, _ in NATIONAL)


@pytest.mark.parametrize(("what", "said"), [
    ("A fake account of the head", "pretending"), ("They pretend to be us", "pretending"), ("Racist comments", "hate"),
    ("He threatens her", "threats"), ("A video of my lesson", "consent"), ("Our logo on it", "belongs"),
    ("They call her names", "bullying"),
])
def test_which_rule_it_may_break(what: str, said: str) -> None:
    assert said in rule(what)
    assert rule("") == ELSE


def test_the_facts_for_a_site_leave_out_what_is_not_known() -> None:
    said = facts(Asking("Mrs Patel", "", "LT2", "", None, "", "5 Nov 2026", "Rude", "a confidential record"))
    assert said.splitlines()[1:4] == [
        "Address: (please give it here)", "Seen: before 5 Nov 2026",
        "To the best of our knowledge it breaks your rule against bullying and harassment.",
    ]


@pytest.mark.parametrize(("words", "staff", "said"), [
    ({"about": "nobody"}, False, [PRAISE]),
    ({"about": "nobody"}, True, [PROPORTION, ACCUSED, LOW_LEVEL]),
    ({"about": "parent"}, False, [PROPORTION]),
    ({"about": "parent"}, True, [PROPORTION, ACCUSED, LOW_LEVEL]),
    ({"about": "pupil", "by": "staff"}, False, [PROPORTION, ACCUSED, LOW_LEVEL]),
    ({"about": "staff"}, False, [PROPORTION, ACCUSED, LOW_LEVEL]),
    ({"about": "unknown"}, False, [PROPORTION, ACCUSED, LOW_LEVEL]),
])
def test_reminders_fit_whom_it_is_about(words: dict[str, Any], staff: bool, said: list[str]) -> None:
    assert prompts(words, staff) == said
    assert not [word for word in ("sanction", "dismiss", "disciplin", "warning") if word in " ".join(said)]
