"""What teachers write when something worries them, and what only sounds like it."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.action import Verb
from handlers.rules import worries
from handlers.rules.words import understand

SENTENCES = """
report: a parent is slagging off Mr Jones on facebook
report: someones set up a fake account of the head
report: a y11 just tried to follow me on insta what do i do
report: a pupil sent me a friend request
report: got a friend request from a year 9 kid
report: report
report: i want to report something
report: id like to report a post
report: need to report a colleague
report: how do i report a post
report: I'd like to make a complaint about a post on facebook
report: someone posted something horrible about me
report: a mum is being really abusive about us on the school page
report: theres a nasty comment about mrs patel on our fb
report: a student messaged me on snapchat
report: one of my students dm'd me
report: a kid from y8 added me on snap
report: an ex pupil has followed me on instagram
report: my colleague put a picture of a pupil on her own insta
report: mr lund wrote something racist on twitter
report: theres a group chat where kids share nudes
report: a pupil showed me a nude of another pupil
report: someone is impersonating the school on tiktok
report: kids have made a tiktok account mocking teachers
report: im being bullied by a colleague on whatsapp
report: I am getting harassed online
report: parents are spreading false rumours about us in a whatsapp group
report: someone's pretending to be our school on facebook
report: there's a hate page about the head
report: someone put a video of a fight at our school online
report: a troll keeps sending threatening messages to staff
report: a pupil wont stop messaging me
report: a parent wrote something lovely about us on facebook
report: a colleague was naming and shaming parents on fb
report: our twitter got hacked
post: can i post this on facebook? Brilliant anti-bullying week assembly by 8B
post: well done to our anti-bullying ambassadors, so proud of you
post: What a brilliant workshop about online abuse with the police today!
post: can I post our weather report on facebook
post: Post: weather report from our Y5 geographers
post: for facebook: the police talked to Y9 about sexting and fake news. Well done for great questions
post: so proud of our year 11s, what a brilliant play about bullying
post: please tweet: Report evening is on Thursday
post: can i put this on insta? Year 9 followed me round the museum and asked great questions
post: well done to the students who sent me their best paintings today
other: report cards go home on friday, remind parents
other: Report evening is on Thursday
other: the local paper wants to report on our fair
other: a reporter rang about the fire
other: can we have a facebook page for the pta
other: new instagram for the drama club
other: which accounts do we have
other: can i use the logo on a poster against bullying
other: i write a blog about teaching that says i work here
other: can i take pictures on my own phone
other: year 7 asked me to add them to the school newsletter
other: am i allowed to wear trainers
other: can the public comment on our page
other: who runs the facebook page
other: a parent asked me for a reference
other: can i mention a parent in a post
"""
MEANT = {"report": {Verb.REPORT}, "post": {Verb.ASK, Verb.COMPOSE}}
CASES = [tuple(line.split(": ", 1)) for line in SENTENCES.strip().splitlines()]


@pytest.mark.parametrize(("meant", "said"), CASES)
def test_a_worry_is_told_from_a_post_and_from_a_permission(meant: str, said: str) -> None:
    found = understand(said, with_files=False).verb
    assert found in MEANT[meant] if meant in MEANT else found not in {Verb.REPORT, Verb.ASK}


@pytest.mark.parametrize(("meant", "said"), [case for case in CASES if case[0] != "other"])
def test_a_picture_that_is_sent_along_makes_no_post_of_a_worry(meant: str, said: str) -> None:
    assert (understand(said, with_files=True).verb == Verb.REPORT) == (meant == "report")


@pytest.mark.parametrize("said", [s for _, s in CASES if "nude" in s])
def test_imagery_is_recognised(said: str) -> None:
    assert worries.has_imagery(said)


@pytest.mark.parametrize(
    "said", ["a y11 just tried to follow me on insta what do i do", "a pupil sent me a friend request",
             "one of my students dm'd me", "an ex pupil has followed me on instagram"])
def test_contact_is_recognised(said: str) -> None:
    assert worries.makes_contact(said)


@given(st.text(max_size=300))
def test_any_words_are_understood(said: str) -> None:
    assert understand(said, with_files=False).verb in Verb


@pytest.mark.parametrize("row", ["-" * 60, "_-" * 60])
def test_a_row_of_dashes_comes_to_an_end(row: str) -> None:
    """Where a dash could be read in two ways, this took longer than anybody lives; `bench words` has the others."""
    assert understand(f"can we have a new {row} for the drama club", with_files=False).verb in Verb
