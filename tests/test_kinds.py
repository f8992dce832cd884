"""What teachers write, and what the bot takes it for: typed in haste, without capitals, with slips."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.action import Verb
from handlers import packs
from handlers.rules import heard, packfile, permission
from handlers.rules.kinds import KINDS, kind_of
from handlers.rules.post import Missing
from handlers.rules.words import understand
from storage.tables import Person

SENTENCES = """
account: new Instagram for the drama club
account: can we have an instagram for the drama club
account: facebook group for my GCSE class
account: start a class blog
account: whatsapp group for y11
account: hi, quick one: whatsapp group for y11?
account: can i set up a twitter for the maths department pls
account: pls can we get a tiktok
account: we'd like to start a youtube channel for science experiments
account: new instgram for the drama club
account: can we have a facbook group for parents
account: I want to create a facebook page for the PTA
account: thinking of setting up an insta for the art dept, is that ok
account: Could the PE department have its own X account please?
account: how do i start a facebook page for year 7
account: is there a way to set up a facebook page for the choir
account: what do I need to start a Facebook group
account: the head wants a social media account for the new sixth form
account: year 6 blog for residential
account: drama club insta for the show, can i make one
account: Can we make a Facebook page for the school farm?
account: opening a LinkedIn page for alumni
account: morning! would it be possible to have a bluesky account for the library
account: brand new instagram for the netball team
account: i'd like to launch a podcast for sixth form
account: The school newspaper wants an Instagram
account: radio club would love a youtube channel
account: can our department go on tiktok
account: Need a twitter account for the ski trip
account: a facebok page for the nursery please
account: could we have a closed group for parents of the orchestra
account: class blog for 4B please
account: could the librarian also have a threads account
account: we want our own channel on youtube
account: Is it possible for the science dept to get a twitter
account: we are thinking about having a instagram account for the food tech dept
account: create a group for my tutor set on whatsapp
account: need permission for a new youtube channel

media_enquiry: the local paper rang
media_enquiry: A lady from Radio Kent phoned reception wanting to talk to someone about the flood
media_enquiry: The Echo would like a statement from us
media_enquiry: can the head do an interview with the BBC?
media_enquiry: the local paper just rang about the fire
media_enquiry: local papper rang about the bus crash
media_enquiry: A journalist has asked me for a comment
media_enquiry: a reporter emailed me about the exam results
media_enquiry: BBC on the phone about the strike what do i say
media_enquiry: someone from the Gazette is asking about the fire
media_enquiry: ive been contacted by a reporter
media_enquiry: Hi, had a call from the Echo this morning about the new uniform
media_enquiry: press are outside the gates
media_enquiry: radio station would like to interview one of our pupils
media_enquiry: the paper wants a quote on our ofsted
media_enquiry: ITV want to film here on friday
media_enquiry: been asked for a comment on the closure
media_enquiry: a blogger messaged me asking about the trust
media_enquiry: reportr turned up at reception
media_enquiry: Daily Mail called. help!
media_enquiry: media enquiry
media_enquiry: there's a man from the newspaper ringing every hour
media_enquiry: local tv contacted us about the flood
media_enquiry: a journalst wants to talk about a pupil

brand: use of the logo
brand: can I use the logo
brand: can i use the school logo on our leavers hoodies
brand: may we put the trust logo on the programme
brand: loggo for the concert poster ok?
brand: someone wants to use our crest in a book
brand: who can give me the letterhead for a leaflet
brand: A company asked to use the school's name in an advert
brand: is it ok to use the school badge on mugs
brand: do we have permission to use the logo on t-shirts
brand: the pta want the school branding for a banner

device: own phone for the trip photos
device: can i use my phone to take pictures on the trip
device: ok to take photos on my own phone
device: i left the school camera at home, can i film on my mobile
device: using my personal ipad for video
device: can i post photos from my own phone
device: my iphone for sports day pics?
device: can I use my own camra at sports day
device: want to use a drone, its my own device, for the field day film
device: can we take pics on our phones at the museum
device: may i use my GoPro to film the ski trip
device: personal phone for photos, allowed?
device: can we film the assembly on a mobile
device: I forgot the school ipad, is my phone ok for pictures

person_mention: may I mention a colleague
person_mention: Can I write about Mrs Smith's retirement on twitter
person_mention: can we use the childrens first names in the newsletter post
person_mention: can I name a pupil
person_mention: can i mention mr hale in the post
person_mention: can I tag Miss Jones
person_mention: I'd like to write about a colleague who is retiring
person_mention: is it ok to post about a parent who helped
person_mention: can I post a photo of a colleague
person_mention: may i quote a student
person_mention: can we name the pupils who won
person_mention: can i post a picture with the staff in it
person_mention: mention a collegue in a tweet

reminder: put this reminder out to parents
reminder: pls put this reminder out to parents: trip money is due friday
reminder: can you remind parents about the inset day
reminder: reminder to parents: no school on Monday
reminder: can we let parents know the gates open late tomorrow
reminder: remind year 6 parents about swimming kit
reminder: can i post a reminder to parents about lates
reminder: tell parents its non uniform on friday
reminder: please send a reminder to families about photos day
reminder: remindr to parents about the book fair
reminder: message for parents: school closed due to snow

site: can we use Snapchat
site: do i need permission to set up a class dojo
site: is zoom ok to use with parents
site: what about using reddit with sixth formers
site: can we use snapchat with the sixth form
site: are we allowed to use whatsapp with parents
site: can i use padlet with my class
site: I'd like to try kahoot
site: want to use an app called Yoto with year 2
site: is it ok to use canva
site: use discord for the chess club?
site: sign up to class dojo
site: new app for homework
site: can i join bluesky for work
site: could we use threads instead of twitter
site: may I use a website for quizzes
site: can we use tictok

spokesperson: may I speak on behalf of the school at a panel
spokesperson: can i speak for the school on a podcast
spokesperson: i've been invited to represent the trust at a conference online
spokesperson: can I answer on behalf of the school on facebook
spokesperson: who can be spokesperson for the academy
spokesperson: May I write on behalf of the trust in a forum
spokesperson: could i talk for the school in a webinar

declaration: i have a blog that says i work here
declaration: my blog says i'm a teacher here
declaration: I've been offered money to write about an app
declaration: someone wants to pay me for a blog
declaration: conflict of interest
declaration: I need to declare something
declaration: i run a youtube channel about gaming in my spare time
declaration: my own podcast mentions the school
declaration: i blog about teaching
declaration: i may have a conflct of interest
declaration: got offered a sponsored post on my insta

open_comments: can the comments be open
open_comments: can we open comments on the facebook page
open_comments: allow comments on our posts?
open_comments: turn on comments for the choir page
open_comments: please turn the comments on for the fundraiser
open_comments: let parents comment on our page
open_comments: can people comment on our insta
open_comments: switch on coments on facebook

profile_exception: can my own phone number be on the profile
profile_exception: can i put my email on the drama page
profile_exception: my own number on the facebook page for trips
profile_exception: is it ok if the profile has my mobile
profile_exception: Put my personal email address in the bio of our account
open_comments: can I have comments switched on for the fundraiser post

advice: I need some advice
advice: parents are asking about the fire on facebook, can i reply
advice: i need advise about a tweet
advice: is this confidential?
advice: not sure if this is copyright
advice: is it ok to be friends with ex pupils
report: a y11 just tried to follow me on insta what do i do
advice: am i allowed to wear trainers
advice: is that allowed
advice: would it be alright to reply to a parent online
advice: can I get advice about a photo of a colleague
advice: is this song copyrighted

post: can I post this? Brilliant fair!
post: hi, quick one: can i post this on fb? Well done 8B
post: can I post this? The BBC reporter called our science fair brilliant
post: Can I post this on Facebook? Our new logo was designed by Year 9!
post: pls can i post this: a journalist visited our newspaper club
post: ok to put this on the facebook page: reminder that it's world book day
post: Please can you post this on Insta: new instagram for our drama club!
post: can we tweet this: who runs the fastest mile?
post: may I share this? We use our own phones in science today
post: can i post something about the science fair
post: can we put something on facebook about our new logo
post: I'd like to post about the concert on facebook
post: let's share a photo of the play on insta
post: can this go on facebook: well done to the netball team
post: for the facebook page please: Brilliant day at the farm, well done everyone
post: can someone put this on twitter? well done year 10
post: post: Well done 8B
post: Would it be ok to share this on fb? Great day
post: want to put some pictures of sports day on the school facebook
post: write a post about open evening
post: could you stick this on the insta please
post: Brilliant science fair today, well done to all of 8B!
post: so proud of our year 11s today, amazing results from all of them
post: can we post on facebook about the whatsapp scam
post: am I allowed to post this: the mayor spoke on behalf of the town
post: i want to share this: my blog of the week goes to Sam
post: Could this be posted on twitter? Great result for the U14s
post: Here's a post for instagram: lovely day at the zoo
post: open evening photos - can I post them on insta?
post: please share on the facebook page: Bake sale Friday!

look-up: is there a school tiktok
look-up: hand over the drama insta to Mr Lund
look-up: close our tiktok
look-up: which staff run the facebook page
mine: where is my request
mine: what's happening with my post
mine: has my request been approved
look-up: do we have a facebook page?
look-up: who runs the twitter
look-up: who looks after the instagram for drama
look-up: which accounts do we have
look-up: what apps are approved
look-up: list of approved sites
look-up: accounts
look-up: show me our accounts
look-up: my permissions
look-up: my devices
look-up: is tiktok allowed?
look-up: is there already an insta for the PE dept?
look-up: whos in charge of our facebook group
look-up: does the trust have linkedin
look-up: are there any whatsapp groups
look-up: which platforms can I use
look-up: have we got a youtube chanel

hello: hello
hello: hi
help: thanks x
hello: ok
hello: what can you do
help: the printer is broken again
help: I like the new canteen
help: who is the headteacher
help: cover for period 3 please
help: remind me tomorrow
help: exam papers need collecting
help: my phone is broken
help: the comments on that post were nasty
help: We can post this tomorrow
help: I posted it already, was that ok?
help: postman pat visited
help: the tv in the hall needs fixing by friday
help: the name of the new teacher
help: make me an admin of the facebook page
help: Great, thanks for your help with the facebook page
help: the media club needs cameras
help: I need the media suite booked
help: new laptop please
help: I reported it to the office
help: the remainder of the week is fine
help: the piper played at assembly

brand or post: I want to post a picture with the school logo on it
declaration or account: can i start my own blog about hiking
account or post: put this on the new facebook page
media_enquiry or brand: the newspaper wants our logo
brand or account: new instagram with the school logo
device or brand: take pictures of the logo with my phone
"""


def table() -> list[tuple[str, str]]:
    rows = [line.partition(": ") for line in SENTENCES.strip().splitlines() if line]
    return [(said, expected) for expected, _, said in rows]


def taken_for(said: str) -> str:
    """In the words of the table."""
    meant = understand(said, False)
    if meant.verb == Verb.REQUEST:
        return " or ".join(meant.kinds)
    said_otherwise = {Verb.ASK: "post", Verb.COMPOSE: "post", Verb.REGISTER: "look-up"}
    return said_otherwise.get(meant.verb, str(meant.verb))


def test_there_are_enough_of_them() -> None:
    assert len(table()) >= 150


@pytest.mark.parametrize(("said", "expected"), table())
def test_what_a_teacher_means(said: str, expected: str) -> None:
    assert taken_for(said) == expected


CHANGES: dict[str, Callable[[str], str]] = {
    "shouted": str.upper, "small": str.lower, "capital": str.capitalize, "eager": "{}!!".format,
    "blanks": "  {}  ".format, "greeted": "hi there, {}".format,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_however_it_is_written(change: Callable[[str], str]) -> None:
    """Capitals, blanks and greetings change nothing."""
    for said, expected in table():
        if not expected.startswith(("help", "hello", "post")):
            assert taken_for(change(said)) == expected, said


EMPTY = {Missing.EMPTY_ANSWER, Missing.NOT_CONFIRMED}
STAFF = [Person(id=n, trust_id=1, name=name, email=f"p{n}@x.example") for n, name in enumerate(
    ("Mr Hale", "Mr Peter Hale", "Ms Jones", "Zoë", "Dr (Ann) + Lee*"), 1)]


@pytest.mark.parametrize("name", packs.names())
def test_what_is_filled_in_from_words_can_stay(name: str) -> None:
    """Whatever the words, nothing that they fill in is wrong: only answers and ticks are missing."""
    pack = packfile.read(packs.bundled(name))
    for kind in [*pack.kinds, *KINDS]:
        rules = kind_of(pack, kind)
        assert rules is not None
        for said, _ in [*table(), ("for " + "x" * 5000, ""), ("mr hale and miss jones for zoë", "")]:
            begun = permission.begun(said, heard.place(said), rules, STAFF)
            wrong = permission.missing(begun, rules, date(2026, 11, 5), ())
            assert set(wrong.values()) <= EMPTY, (kind, said, wrong)
            assert all(0 < len(given[0]) <= 3000 for given in begun.answers.values())


@pytest.mark.parametrize(("said", "name", "platform"), [
    ("new Instagram for the drama club", "Drama club", "Instagram"),
    ("can we have a facbook group for parents", "Parents", "Facebook"),
    ("whatsapp group for y11", "Y11", "WhatsApp"),
    ("pls can we get a tiktok", "", "TikTok"),
    ("a twitter for the maths department please, it is for revision", "Maths department", "X"),
    ("start a class blog", "", ""),
])
def test_a_new_account_s_name_and_platform(said: str, name: str, platform: str) -> None:
    kind = kind_of(packfile.read(packs.bundled("lt2")), "account")
    assert kind is not None
    begun = permission.begun(said, heard.place(said), kind, ())
    assert (begun.said("name"), begun.said("platform"), begun.said("purpose")) == (name, platform, said)


@given(st.text(max_size=400))
def test_anything_at_all_is_taken_for_something(said: str) -> None:
    assert len(heard.kinds(said)) <= 12
    understand(said, False)


@pytest.mark.parametrize("said", ["a " * 2000, "instagram " * 400, "can i " * 700, "the paper " * 300, "!" * 4000])
def test_long_words_take_no_time(said: str) -> None:
    understand(said, False)
