"""The rules, as tables of cases: who decides, who may what, what is meant, what trips over the policy."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cards.action import Verb
from handlers import packs
from handlers.rules import checks, kinds, lifecycle, packcheck, packfile, rights
from handlers.rules.chase import UNHEARD
from handlers.rules.pack import Kind, Pack
from handlers.rules.post import (
    PICTURES_LIMIT,
    TEXT_LIMIT,
    Missing,
    PostContent,
    PostPicture,
    missing,
    plain,
    read,
    too_long_for,
)
from handlers.rules.rights import Reason, Refused
from handlers.rules.route import Ask as Asked
from handlers.rules.route import Facts, Stage, asker_is, stages
from handlers.rules.words import asking, is_thanks, understand
from storage.tables import (
    Ask,
    Book,
    Case,
    Decision,
    Entry,
    Outcome,
    Person,
    Publication,
    Request,
    Revision,
    Role,
    State,
    Task,
    Trust,
    Viewer,
)

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PACK = packfile.read(packs.bundled("lt2"))
KIND = PACK.kinds["post"]
HIGH, PRIMARY = 1, 2
settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True, database=None)
settings.load_profile("quick")


def person(number: int, school: int | None, *roles: tuple[str, int | None]) -> Viewer:
    held = tuple(Role(trust_id=1, person_id=number, role=role, school_id=at) for role, at in roles)
    return Viewer(
        Person(id=number, trust_id=1, name=f"P{number}", email=f"p{number}@x.example", school_id=school), held
    )


TEACHER = person(1, HIGH)
HEAD = person(2, HIGH, ("headteacher", HIGH))
CENTRAL = person(3, None)
CEO = person(4, None, ("ceo", None))
CHAIR = person(5, None, ("chair", None))
OWNER = person(6, HIGH)
DEPUTY = person(7, HIGH, ("deputy", HIGH))
BOTH = person(8, HIGH, ("headteacher", HIGH), ("ceo", None))
OTHER_HEAD = person(9, PRIMARY, ("headteacher", PRIMARY))
WORKER = person(10, None, ("it_services", None))
EVERYBODY = (TEACHER, HEAD, CENTRAL, CEO, CHAIR, OWNER, DEPUTY, BOTH, OTHER_HEAD, WORKER)


def account(number: int, school: int | None, platform: str = "facebook") -> Entry:
    return Entry(id=number, trust_id=1, platform=platform, name=f"A{number}", school_id=school, owner_id=OWNER.id)


# who decides


@pytest.mark.parametrize(
    ("asker", "school", "role", "at"),
    [
        (TEACHER, HIGH, "headteacher", HIGH),
        (TEACHER, PRIMARY, "headteacher", PRIMARY),
        (TEACHER, None, "ceo", None),
        (DEPUTY, HIGH, "headteacher", HIGH),
        (HEAD, HIGH, "ceo", None),
        (HEAD, PRIMARY, "ceo", None),
        (HEAD, None, "ceo", None),
        (OTHER_HEAD, HIGH, "ceo", None),
        (CENTRAL, HIGH, "ceo", None),
        (CENTRAL, None, "ceo", None),
        (CEO, HIGH, "chair", None),
        (CEO, None, "chair", None),
        (BOTH, HIGH, "chair", None),
        (CHAIR, None, "ceo", None),
    ],
)
def test_who_decides(asker: Viewer, school: int | None, role: str, at: int | None) -> None:
    assert way(asker, school) == (Stage((Asked(role, at),), False, CLAUSES[role]),)


CLAUSES = {"headteacher": "7.3.5", "ceo": "1.4", "chair": "1.3"}


def way(asker: Viewer, school: int | None, kind: Kind = KIND) -> tuple[Stage, ...]:
    """The steps of what this person asks for, there."""
    roles = {role.role for role in asker.roles}
    is_ = asker_is(roles, asker.person.school_id is None, asker is OWNER)
    return stages(PACK, kind, Facts(is_, school, related={"account_owner": (OWNER.id,)}))


def test_accounts_that_different_people_decide_are_seen() -> None:
    assert len({way(TEACHER, HIGH), way(TEACHER, HIGH)}) == 1
    assert len({way(TEACHER, HIGH), way(TEACHER, PRIMARY)}) == 2
    assert len({way(TEACHER, HIGH), way(TEACHER, None)}) == 2
    assert len({way(HEAD, HIGH), way(HEAD, None)}) == 1


def test_nobody_is_routed_to_a_role_of_their_own() -> None:
    for asker in EVERYBODY:
        for school in (HIGH, PRIMARY, None):
            (stage,) = way(asker, school)
            assert not any(asker.holds(ask.role, ask.school_id) for ask in stage.asks)


@pytest.mark.parametrize("name", packs.names())
def test_in_every_pack_each_step_comes_to_somebody_else(name: str) -> None:
    """Whatever one role the asker holds: an any-of step asks another role too, an all-of step none of their own."""
    pack, seen = packfile.read(packs.bundled(name)), 0
    central = [(role, None) for role, named in pack.roles.items() if named.trust_wide]
    local = [(role, HIGH) for role, named in pack.roles.items() if not named.trust_wide]
    askers: list[tuple[str, int | None]] = [("", HIGH), ("", None), *central, *local]
    every = [(kind_name, kind) for kind_name, kind in pack.kinds.items() if not kind.never]
    for (_name, kind), (role, own), owner, place in product(every, askers, (True, False), (HIGH, None)):
        for answers in _answers(kind):
            related = {"account_owner": (1 if owner else 2,), "line_manager": (3,), "named_person": (4,)}
            held = asker_is({role} - {""}, own is None, owner)
            found = stages(pack, kind, Facts(held, place, answers, related))
            assert found, (_name, role, answers)
            for stage in found:
                theirs = [(ask.role, ask.school_id) == (role, own) or ask.person_id == 1 for ask in stage.asks]
                assert not (any(theirs) if stage.together else all(theirs)), (_name, role, place, stage)
                seen += 1
    assert seen > 100


def _answers(kind: Kind) -> list[dict[str, tuple[str, ...]]]:
    """Every way to answer what the route looks at."""
    fields = sorted({field for line in kind.route for field in line.field})
    options = {q.id: [o.id for o in q.options] for q in kind.questions}
    return [dict(zip(fields, ((each,) for each in chosen), strict=True))
            for chosen in product(*(options[f] for f in fields))]


# who may what


def case(state: State, decider: int | None = None, live: bool = False, published: bool = True) -> Case:
    """Ms P1's, for the headteacher of HIGH."""
    request = Request(
        id="AAAA2222",
        trust_id=1,
        kind="post",
        state=state,
        pack_version="1",
        asker_id=TEACHER.id,
        editor_id=TEACHER.id,
        created_at=AT,
        version=3,
        submitted_at=None if state == State.DRAFT else AT,
    )
    revision = Revision(
        trust_id=1, request_id=request.id, number=1, by_id=1, at=AT, content=PostContent().row(), digest="d"
    )
    decisions = (
        []
        if decider is None
        else [
            Decision(
                trust_id=1,
                request_id=request.id,
                version=2,
                revision=1,
                decider_id=decider,
                as_role="headteacher",
                outcome=Outcome.APPROVED,
                digest="d",
                at=AT,
            )
        ]
    )
    has_task = published and state in (State.APPROVED, State.PUBLISHED)
    publications = (
        [Publication(trust_id=1, request_id=request.id, account_id=1, owner_id=OWNER.id, live_at=AT if live else None)]
        if has_task
        else []
    )
    return Case(
        request=request,
        revision=revision,
        trust=Trust(id=1, pack="lt2", pack_version="1", name="T", created_at=AT),
        asker=TEACHER.person,
        school=None,
        accounts=[account(1, HIGH)],
        asks=[ask(0, "headteacher", HIGH)],
        holders={0: [HEAD.person, BOTH.person]},
        decisions=decisions,
        publications=publications,
        tasks=[Task(id=1, trust_id=1, what="mailbox", request_id=request.id, role="it_services", since=AT)],
    )


def ask(number: int, role: str, school: int | None, step: int = 0, together: bool = False) -> Ask:
    return Ask(trust_id=1, request_id="AAAA2222", number=number, step=step, role=role, school_id=school,
               together=together, clause="1", since=AT)


def several(step: int = 0) -> Case:
    """First the headteacher; then the CEO and IT Services together."""
    standing = case(State.SUBMITTED)
    standing.request.step = step
    standing.tasks = []
    standing.asks += [ask(1, "ceo", None, 1, True), ask(2, "it_services", None, 1, True)]
    standing.holders = {1: [CEO.person, BOTH.person], 2: [WORKER.person]} if step else standing.holders
    return standing


def test_whom_it_never_came_to_does_not_see_it() -> None:
    """A draft that was sent once, and goes another way now, waits for nobody yet."""
    standing = several(1)
    standing.asks[1].since = standing.asks[2].since = None
    standing.request.state, standing.holders = State.EXPIRED, {}
    assert rights.may(CEO, Verb.OPEN, standing) == rights.may(WORKER, Verb.OPEN, standing) == Refused(Reason.UNSEEN)
    assert not isinstance(rights.may(HEAD, Verb.OPEN, standing), Refused)


def approves(standing: Case, *viewers: Viewer) -> set[int]:
    return {v.id for v in viewers if not isinstance(rights.may(v, Verb.APPROVE, standing), Refused)}


def test_a_later_step_decides_only_when_it_is_reached() -> None:
    assert approves(several(0), *EVERYBODY) == {HEAD.id, BOTH.id}
    assert isinstance(rights.may(CEO, Verb.OPEN, several(0)), Refused), "it is not theirs to see yet"
    assert approves(several(1), *EVERYBODY) == {CEO.id, BOTH.id, WORKER.id}
    assert rights.may(HEAD, Verb.APPROVE, several(1)) == Refused(Reason.NOT_APPROVER)
    assert not isinstance(rights.may(HEAD, Verb.OPEN, several(1)), Refused), "who decided can still look"


def test_of_an_all_of_nobody_answers_twice_and_nobody_for_another() -> None:
    standing = several(1)
    standing.asks[1].answered_by = CEO.id
    assert approves(standing, *EVERYBODY) == {WORKER.id}
    assert rights.may(CEO, Verb.APPROVE, standing) == Refused(Reason.NOT_NOW)
    assert rights.may(BOTH, Verb.REFUSE, standing) == Refused(Reason.NOT_NOW)
    assert [each.role for each in rights.answerable(WORKER, standing)] == ["it_services"]
    assert rights.answerable(HEAD, standing) == rights.answerable(TEACHER, standing) == []


def test_a_card_is_fresh_while_only_others_approved_beside() -> None:
    """Two decide together on the same wording: each may press on the card that both got."""
    standing = several(1)
    standing.request.version = 5
    beside = Decision(trust_id=1, request_id="AAAA2222", version=4, revision=1, decider_id=CEO.id, as_role="ceo",
                      outcome=Outcome.APPROVED, step=1, digest="d", at=AT)
    standing.decisions, standing.asks[1].answered_by = [beside], CEO.id
    assert rights.fresh_versions(WORKER, Verb.APPROVE, standing) == {4, 5}
    assert rights.fresh_versions(WORKER, Verb.REFUSE, standing) == {4, 5}
    assert rights.fresh_versions(WORKER, Verb.REPLY, standing) == {5}, "what the colleague answered counts"
    assert rights.fresh_versions(TEACHER, Verb.WITHDRAW, standing) == {5}
    assert rights.fresh_versions(HEAD, Verb.APPROVE, standing) == {5}
    for other in ({"step": 0}, {"revision": 2}, {"outcome": Outcome.TAKEN_BACK}, {"version": 3}):
        standing.decisions = [beside.model_copy(update=other)]
        assert rights.fresh_versions(WORKER, Verb.APPROVE, standing) == {5}, other


def test_a_person_who_is_asked_by_name_decides_and_nobody_else() -> None:
    standing = case(State.SUBMITTED)
    standing.asks = [ask(0, "named_person", None)]
    assert approves(standing, *EVERYBODY) == set(), "an ask that nobody is in is nobody's"
    standing.asks[0].person_id = OWNER.id
    assert approves(standing, *EVERYBODY) == {OWNER.id}
    standing.asks[0].person_id = TEACHER.id
    assert approves(standing, *EVERYBODY) == set()


def test_work_that_is_begun_or_done_holds_the_approval() -> None:
    standing = case(State.APPROVED, HEAD.id, published=False)
    assert not isinstance(rights.may(HEAD, Verb.TAKE_BACK, standing), Refused)
    standing.tasks[0].done_at = AT
    assert rights.may(HEAD, Verb.TAKE_BACK, standing) == Refused(Reason.NOT_DECIDER)
    assert rights.may(WORKER, Verb.DONE, standing) == Refused(Reason.UNSEEN)


MAY = {
    Verb.SEND: TEACHER, Verb.SAVE: TEACHER, Verb.EDIT: TEACHER, Verb.WITHDRAW: TEACHER, Verb.DISCARD: TEACHER,
    Verb.TAKE_OUT: TEACHER, Verb.HURRY: TEACHER,
    Verb.APPROVE: HEAD, Verb.CHANGES: HEAD, Verb.DECLINE: HEAD, Verb.REQUEST_CHANGES: HEAD, Verb.REFUSE: HEAD,
    Verb.TAKE_BACK: HEAD, Verb.LIVE: OWNER, Verb.PUBLISH: OWNER,
    Verb.ADDRESS: OWNER, Verb.CORRECT: OWNER, Verb.GRANT: HEAD, Verb.REPLY: HEAD, Verb.TRAIN: HEAD,
    Verb.TRAINED: TEACHER, Verb.DONE: WORKER, Verb.PASS_ON: HEAD, Verb.REASSIGN: HEAD,
}  # fmt: skip


@pytest.mark.parametrize("verb", MAY)
@pytest.mark.parametrize("state", State)
def test_each_verb_is_for_one_of_them_in_its_states(verb: Verb, state: State) -> None:
    standing = case(state, HEAD.id)
    standing.request.nudges = UNHEARD if verb == Verb.HURRY else 0
    start = lifecycle.BY_VERB[lifecycle.OPENS.get(verb, verb)].start
    holders = {HEAD.id, BOTH.id} if MAY[verb] is HEAD and verb != Verb.TAKE_BACK else {MAY[verb].id}
    for viewer in EVERYBODY:
        allowed = not isinstance(rights.may(viewer, verb, standing), Refused)
        assert allowed == (state in start and viewer.id in holders), viewer.person.name


def test_every_move_of_the_table_was_asked_about() -> None:
    asked = {lifecycle.OPENS.get(verb, verb) for verb in MAY}
    assert asked == {move.verb for move in lifecycle.MOVES if move.by != lifecycle.By.CLOCK}


@pytest.mark.parametrize(
    ("viewer", "verb", "standing", "reason"),
    [
        (TEACHER, Verb.APPROVE, case(State.SUBMITTED), Reason.OWN_POST),
        (TEACHER, Verb.TAKE_BACK, case(State.APPROVED, HEAD.id), Reason.OWN_POST),
        (OWNER, Verb.APPROVE, case(State.APPROVED, HEAD.id), Reason.NOT_APPROVER),
        (HEAD, Verb.WITHDRAW, case(State.SUBMITTED), Reason.NOT_YOURS),
        (TEACHER, Verb.HURRY, case(State.SUBMITTED), Reason.NOT_NOW),
        (HEAD, Verb.PUBLISH, case(State.APPROVED, HEAD.id), Reason.NOT_OWNER),
        (BOTH, Verb.TAKE_BACK, case(State.APPROVED, HEAD.id), Reason.NOT_DECIDER),
        (HEAD, Verb.TAKE_BACK, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_DECIDER),
        (HEAD, Verb.APPROVE, case(State.APPROVED, HEAD.id), Reason.NOT_NOW),
        (HEAD, Verb.APPROVE, case(State.DRAFT), Reason.UNSEEN),
        (TEACHER, Verb.WITHDRAW, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_NOW),
        (TEACHER, Verb.SAVE, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_NOW),
        (TEACHER, Verb.SAVE, case(State.APPROVED, HEAD.id, published=False), Reason.NOT_NOW),
        (TEACHER, Verb.DONE, case(State.APPROVED, HEAD.id), Reason.NOT_WORKER),
        (HEAD, Verb.TRAINED, case(State.TRAINING, HEAD.id), Reason.NOT_YOURS),
        (TEACHER, Verb.TRAINED, case(State.SUBMITTED), Reason.NOT_NOW),
        (HEAD, Verb.APPROVE, case(State.TRAINING, HEAD.id), Reason.NOT_NOW),
        (OWNER, Verb.PUBLISH, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_NOW),
        (DEPUTY, Verb.OPEN, case(State.SUBMITTED), Reason.UNSEEN),
        (OWNER, Verb.OPEN, case(State.SUBMITTED), Reason.UNSEEN),
        (OTHER_HEAD, Verb.APPROVE, case(State.SUBMITTED), Reason.UNSEEN),
        (HEAD, Verb.EXPIRE, case(State.SUBMITTED), Reason.UNKNOWN),
        (HEAD, Verb.HELP, case(State.SUBMITTED), Reason.UNKNOWN),
    ],
)
def test_why_not(viewer: Viewer, verb: Verb, standing: Case, reason: Reason) -> None:
    assert rights.may(viewer, verb, standing) == Refused(reason)


def test_whoever_edited_last_decides_nothing() -> None:
    standing = case(State.SUBMITTED)
    standing.request.editor_id = HEAD.id
    assert rights.may(HEAD, Verb.APPROVE, standing) == Refused(Reason.OWN_POST)


# what is meant


@pytest.mark.parametrize(
    ("said", "text", "sites"),
    [
        ("Can I post this? Brilliant fair!", "Brilliant fair!", ()),
        ("can i post this on facebook? Brilliant fair!", "Brilliant fair!", ("facebook",)),
        ("ok to put this on FB? Fair", "Fair", ("facebook",)),
        ("Hi! Could we share this on Insta and Twitter please? Fair", "Fair", ("instagram", "x")),
        ("is it okay to tweet this: Fair", "Fair", ()),
        ("may I publish the following?\nFair\nand more", "Fair\nand more", ()),
        ("post: Fair", "Fair", ()),
        ("Am I allowed to share this? 8B won 3:1!", "8B won 3:1!", ()),
    ],
)
def test_a_question_with_a_post_behind_it(said: str, text: str, sites: tuple[str, ...]) -> None:
    meant = understand(said, False)
    assert (meant.verb, meant.text, meant.sites) == (Verb.ASK, text, sites)


@pytest.mark.parametrize(
    ("said", "with_files", "verb"),
    [
        ("mine", False, Verb.MINE),
        ("  My posts! ", False, Verb.MINE),
        ("what's waiting?", False, Verb.WAITING),
        ("inbox", False, Verb.WAITING),
        ("can I post this?", False, Verb.COMPOSE),
        ("can I post this?", True, Verb.ASK),
        ("post", False, Verb.COMPOSE),
        ("show me what waits for me", False, Verb.WAITING),
        ("hello", False, Verb.HELLO),
        ("Hi there, what can you do?", False, Verb.HELLO),
        ("help", False, Verb.HELLO),
        ("who are you", False, Verb.HELLO),
        ("ok", False, Verb.HELLO),
        ("help", True, Verb.ASK),
        ("help me write a post", False, Verb.COMPOSE),
        ("", False, Verb.HELP),
        ("", True, Verb.ASK),
        ("Look at our fair", True, Verb.ASK),
        ("mine", True, Verb.ASK),
        ("We can post this tomorrow", False, Verb.HELP),
        ("I posted it already, was that ok?", False, Verb.HELP),
        ("\0\u202e🌋", False, Verb.HELP),
        ("postman pat visited", False, Verb.HELP),
    ],
)
def test_what_is_meant(said: str, with_files: bool, verb: Verb) -> None:
    assert understand(said, with_files).verb == verb


@pytest.mark.parametrize(
    ("said", "only"),
    [("Thanks! x", True), ("👍🏽", True), (" ", False), ("ok thank you so much", True), ("Cheers", True), ("", False),
     ("thank you Mrs Patel", False),
     ("Thanks, can I post this?", False)],
)
def test_thanks_are_no_request(said: str, only: bool) -> None:
    assert is_thanks(said) == only


@given(st.text(max_size=300), st.booleans())
def test_anything_at_all_means_something(said: str, with_files: bool) -> None:
    meant = understand(said, with_files)
    simple = (Verb.ASK, Verb.COMPOSE, Verb.HELP, Verb.HELLO, Verb.MINE, Verb.WAITING, Verb.MENU)
    assert meant.verb in (*simple, Verb.REQUEST, Verb.REGISTER)
    assert meant.verb != Verb.ASK or meant.text or with_files
    assert bool(meant.kinds) == (meant.verb == Verb.REQUEST)
    assert {*meant.kinds} <= {*kinds.KINDS, "post"}
    assert meant.verb != Verb.REGISTER or meant.book in {*Book}


@given(st.text(alphabet="abcdefg xyz!", min_size=1, max_size=80).filter(lambda text: bool(text.strip(" !"))))
def test_the_words_behind_the_question_are_kept_to_the_letter(words: str) -> None:
    meant = asking(f"can I post this? {words}")
    assert meant is not None
    assert meant.text == words.strip() or meant.text == words.lstrip("! ").strip()


# what trips over the policy


def found(text: str, *undescribed: str) -> dict[str, tuple[str, ...]]:
    draft = checks.Draft(text, undescribed, {"Oakfield High School", "Ms Anna Okafor"})
    return {rule.id: what for rule, what in zip(KIND.checks, checks.run(draft, KIND), strict=True) if what}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Well done to Maya Singh!", {"pupil_named": ("Maya Singh",)}),
        ("Congratulations Maya Singh and Tom O'Neill", {"pupil_named": ("Maya Singh", "Tom O'Neill")}),
        ("Well done to all of 8B!", {}),
        ("Thank you Mrs Patel", {}),
        ("Thanks to Oakfield High School", {}),
        ("Well done to the Science Club", {}),
        ("Chess Club won the cup, and Year 9 Parents Evening is on Monday", {}),
        ("World Book Day: Year 7, Harry Potter and a Science Fair", {}),
        ("Write to maya@home.example", {"contact": ("maya@home.example",)}),
        ("Ring 07700 900123 now", {"contact": ("07700 900123",)}),
        ("Ring +44 7700 900123", {"contact": ("+44 7700 900123",)}),
        ("She lives at SW1A 1AA", {"contact": ("SW1A 1AA",)}),
        ("We raised 12,000 pounds in 2026", {}),
        ("See https://charity.example/fair", {"links": ("https://charity.example/fair",)}),
        ("See (www.charity.example).", {"links": ("www.charity.example",)}),
        ("Hello @everyone", {"everyone": ("@everyone",)}),
        ("<!channel> look", {"everyone": ("<!channel",)}),
    ],
)
def test_what_a_draft_trips_over(text: str, what: dict[str, tuple[str, ...]]) -> None:
    assert found(text) == what


def test_a_picture_without_words_is_seen() -> None:
    assert found("Fair", "a.png") == {"alt_text": ("a.png",)}


@given(st.text(max_size=400))
def test_no_text_stops_the_checks(text: str) -> None:
    for found in checks.run(checks.Draft(text), KIND):
        assert all(what in text for what in found)


# what a form's answers become


def complete(**changes: Any) -> PostContent:
    content = PostContent(
        text="Fair", accounts=(1,), permission="nobody", confirmed=tuple(c.id for c in KIND.confirmations)
    )
    return content.model_copy(update=changes)


PICTURE = PostPicture(digest="a" * 64, thumb="b" * 64, name="fair.png", alt="A volcano")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, {}),
        ({"text": ""}, {"text": Missing.NOTHING}),
        ({"text": "", "pictures": (PICTURE,)}, {}),
        ({"text": "x" * TEXT_LIMIT}, {}),
        ({"text": "x" * (TEXT_LIMIT + 1)}, {"text": Missing.TOO_LONG}),
        ({"accounts": ()}, {"accounts": Missing.EMPTY}),
        ({"go_live": AT}, {"go_live": Missing.PAST}),
        ({"go_live": AT + timedelta(minutes=1)}, {}),
        ({"permission": ""}, {"permission": Missing.EMPTY}),
        ({"permission": "forms"}, {"people": Missing.WHO}),
        ({"permission": "forms", "people": "8B"}, {}),
        ({"confirmed": ("camera", "copyright")}, {"confirm_unidentified": Missing.NOT_CONFIRMED}),
        ({"pictures": (PICTURE.model_copy(update={"alt": ""}),)}, {PICTURE.field: Missing.NO_ALT}),
        ({"pictures": (PICTURE,) * (PICTURES_LIMIT + 1)}, {"drop": Missing.TOO_MANY}),
    ],
)
def test_what_is_missing(changes: dict[str, Any], why: dict[str, str]) -> None:
    assert missing(complete(**changes), KIND, AT) == why


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("", None),
        ("2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-07-20T09:30", datetime(2026, 7, 20, 8, 30, tzinfo=UTC)),
        ("2026-10-25T01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-11-20T09:30+00:00", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_in_the_trusts_zone(typed: str, moment: datetime | None) -> None:
    answers = read({"go_live": typed}, complete(), {1}, KIND, LONDON)
    assert (answers.content.go_live, answers.problems) == (moment, {})


@pytest.mark.parametrize("typed", [
    "tomorrow", "2026-02-30T09:00", "0001-01-01T00:00+23:59", "0001-01-01T00:00Z", "9" * 50, "\0",
])
def test_what_is_no_time_is_said(typed: str) -> None:
    assert read({"go_live": typed}, complete(), {1}, KIND, LONDON).problems == {"go_live": Missing.NO_DATE}


JUNK = st.one_of(st.text(max_size=20), st.lists(st.text(max_size=8), max_size=3), st.integers(), st.none())


@given(
    st.dictionaries(
        st.sampled_from(
            ["text", "accounts", "go_live", "people", "permission", "drop", PICTURE.field, "confirm_camera", "x"]
        ),
        JUNK,
    )
)
def test_no_answers_break_the_form(fields: dict[str, Any]) -> None:
    answers = read(fields, complete(pictures=(PICTURE,)), {1, 2}, KIND, LONDON)
    assert set(answers.content.accounts) <= {1, 2}
    assert answers.content.permission in {"", *(p.id for p in KIND.permissions)}
    missing(answers.content, KIND, AT)
    assert PostContent.model_validate(answers.content.row()) == answers.content


@given(st.text(max_size=200))
def test_plain_words_are_plain(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert "\0" not in once
    once.encode()


def test_plain_keeps_what_people_write() -> None:
    assert plain("  Zoë 👩‍🔬 \r\n שלום\tمرحبا\n") == "Zoë 👩‍🔬 \n שלום\tمرحبا"
    assert plain("a\0b\x1bc\x85d\ud800e") == "abcde"


def test_the_digest_does_not_hang_on_the_order_of_accounts() -> None:
    digests = {complete(accounts=order).digest() for order in permutations((1, 2, 3))}
    assert len(digests) == 1


@given(
    st.sampled_from(["text", "people", "permission", "accounts", "go_live", "pictures"]),
    st.text(min_size=1, max_size=20),
)
def test_every_change_of_what_is_approved_changes_the_digest(name: str, value: str) -> None:
    changed = {"accounts": (1, 2), "go_live": AT, "pictures": (PICTURE.model_copy(update={"alt": value}),)}.get(
        name, f"!{value}"
    )
    assert complete(**{name: changed}).digest() != complete().digest()


@given(st.permutations([1, 2, 3, 4]), st.sets(st.integers(1, 4)))
def test_the_digest_is_that_of_the_stored_row(order: list[int], chosen: set[int]) -> None:
    content = complete(accounts=tuple(n for n in order if n in chosen), go_live=AT, pictures=(PICTURE,))
    assert PostContent.model_validate(content.row()).digest() == content.digest()


@pytest.mark.parametrize(
    ("length", "platforms", "said"),
    [
        (280, ["x"], None),
        (281, ["x"], ("x", 280)),
        (281, ["facebook"], None),
        (301, ["Facebook", "Bluesky"], ("Bluesky", 300)),
    ],
)
def test_each_site_has_its_limit(length: int, platforms: list[str], said: tuple[str, int] | None) -> None:
    assert too_long_for(complete(text="x" * length), platforms) == said


# packs


def refusal(pack: dict[str, Any]) -> str:
    """What is said against it: its shape first, then whether it can work."""
    try:
        found = packcheck.faults(Pack.model_validate(pack))
    except ValidationError as error:
        return str(error)
    return "\n".join(f"{fault.path} {fault.reason}" for fault in found)


def raw() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parents[1] / "policies" / "lt2.toml").read_text("utf-8"))


def test_every_pack_is_sound() -> None:
    assert packs.names()
    for name in packs.names():
        assert packfile.read(packs.bundled(name)).name == name


@pytest.mark.parametrize("name", ["", "../lt2", "LT2", "none"])
def test_there_is_no_such_pack(name: str) -> None:
    with pytest.raises(packs.NoSuchPack):
        packs.bundled(name)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("kinds", "post", "route", 0, "steps", 0, "any"), ["king"], "king"),
        (("kinds", "post", "route", 0, "asker"), ["king"], "king"),
        (("administrator",), "king", "administrator"),
        (("kinds", "post", "route"), [], "route"),
        (("kinds", "post", "permissions"), [], "permissions"),
        (("clocks", "expire_days"), 0, "expire_days"),
        (("clocks", "expire_days"), "soon", "expire_days"),
        (("kinds", "post", "checks", 0, "find"), "magic", "find"),
        (("kinds", "post", "confirmations", 0, "id"), "Not A Name", "id"),
        (("kinds", "post", "confirmations", 0, "text"), "", "text"),
        (("kinds", "post", "route", 3, "account"), "both", "account"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_a_pack_with_a_mistake_is_refused_and_the_mistake_named(
    path: tuple[Any, ...], value: object, said: str
) -> None:
    pack = raw()
    place: Any = pack
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(pack)


@pytest.mark.parametrize("missing_key", ["name", "version", "policy", "roles", "kinds", "administrator"])
def test_a_pack_must_be_whole(missing_key: str) -> None:
    pack = raw()
    del pack[missing_key]
    with pytest.raises(ValidationError, match=missing_key):
        Pack.model_validate(pack)


# the table of moves


def test_the_diagram_shows_every_move() -> None:
    lines = lifecycle.diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> draft: ask"]
    assert len(lines) == 2 + sum(len(move.start) for move in lifecycle.MOVES)


def test_every_state_is_reached_and_only_the_last_ones_are_left_by_nothing() -> None:
    ends = {move.end for move in lifecycle.MOVES} | {State.DRAFT}
    assert ends == set(State)
    assert set(State) - {s for move in lifecycle.MOVES for s in move.start if s != move.end} == {
        State.PUBLISHED, State.WITHDRAWN, State.DONE,
    }


def test_only_a_person_approves() -> None:
    approving = {move.verb for move in lifecycle.MOVES if move.end == State.APPROVED}
    assert approving == {Verb.APPROVE, Verb.GRANT, Verb.REPLY}
    assert {lifecycle.BY_VERB[verb].by for verb in approving} == {lifecycle.By.DECIDER}
    ends = {State.PUBLISHED, State.DONE}
    assert all(move.start <= {State.APPROVED, move.end} for move in lifecycle.MOVES if move.end in ends)


@pytest.mark.parametrize(
    ("first", "last", "serves"),
    [
        (None, None, True),
        ("2026-11-05", None, True),
        ("2026-11-06", None, False),
        (None, "2026-11-05", True),
        (None, "2026-11-04", False),
    ],
)
def test_the_first_and_the_last_day_count(first: str | None, last: str | None, serves: bool) -> None:
    days = [date.fromisoformat(each) if each else None for each in (first, last)]
    somebody = Person(id=1, trust_id=1, name="A", email="a", first_day=days[0], last_day=days[1])
    assert rights.serves(somebody, AT.date()) == serves


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Great day, well done Zoe Marsh and all of 8B!", "Great day, well done all of 8B!"),
        ("Well done to all of 8B and Zoe Marsh!", "Well done to all of 8B!"),
        ("Congratulations to Zoe Marsh!", "Congratulations!"),
        ("Well done, Zoe Marsh", "Well done"),
        ("Well done Zoe Marsh 🎉", "Well done 🎉"),
        ("Well done Zoe Marsh, Tom Hill and Ann O’Neill.", "Well done."),
        ("Well done to 8B, Zoe Marsh and Tom Hill!", "Well done to 8B!"),
        ("Well done to Zoe Marsh, who won the cup!", "Well done to one of our pupils, who won the cup!"),
        ("We are so proud of Zoe Marsh.", "We are so proud of one of our pupils."),
        ("Zoe Marsh won. Well done Zoe Marsh!", "One of our pupils won. Well done!"),
        ("Thank you Zoe Marsh for the cakes", "Thank you one of our pupils for the cakes"),
        ("Well done to Zoe Marsh’s team", "Well done to one of our pupils’ team"),
        ("Well done to Zoe Marsh (8B)", "Well done to one of our pupils (8B)"),
        ("Well done Zoe Marshall and Zoe Marsh", "Well done"),
        ("Last Friday Zoe Marsh has won the cup!", "Last Friday one of our pupils has won the cup!"),
        ("Zoe Marsh and Tom Hill came first", "One of our pupils came first"),
        ("Year 9's Zoe Marsh played the piano", "Year 9's pupil played the piano"),
        ("Our pupil Zoe Marsh spoke, and so did Tom Hill (8B)", "Our pupil spoke, and so did one of our pupils (8B)"),
    ],
)
def test_a_name_is_taken_out_and_the_rest_reads_on(text: str, left: str) -> None:
    names = checks.full_names(text, set())
    assert names
    assert checks.without(text, names, "one of our pupils") == left
    assert checks.full_names(left, set()) == ()


@given(st.text("ZzMm ae,.!&’\n", max_size=30), st.sampled_from(["Zoe Marsh", "Mae Ze", "Z’Z Mm"]))
def test_whatever_stands_around_a_name_it_is_gone(around: str, name: str) -> None:
    text = f"{around} {name}, {around}. Well done {name} and {name}!"
    assert name not in checks.without(text, [name, f"{name}’s"], "one of our pupils")


@pytest.mark.parametrize("around", [" ", "\n", " and "])
def test_a_name_is_taken_out_however_much_lies_before_it(around: str) -> None:
    text = checks.without(f"x{around * 600}Zoe Marsh.", ["Zoe Marsh"], "one of our pupils")
    assert "Zoe Marsh" not in text
