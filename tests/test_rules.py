"""The rules, as tables of cases: who decides, who may what, what is meant, what trips over the policy."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cards.action import Verb
from handlers import packs
from handlers.rules import checks, lifecycle, rights
from handlers.rules.pack import Pack
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
from handlers.rules.route import Step, step_for, steps_for
from handlers.rules.words import asking, understand
from storage.tables import (
    Account,
    Case,
    Decision,
    Outcome,
    Person,
    Publication,
    Request,
    Revision,
    Role,
    State,
    Trust,
    Viewer,
)

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PACK = packs.load("lt2")
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
EVERYBODY = (TEACHER, HEAD, CENTRAL, CEO, CHAIR, OWNER, DEPUTY, BOTH, OTHER_HEAD)


def account(number: int, school: int | None, platform: str = "facebook") -> Account:
    return Account(id=number, trust_id=1, platform=platform, name=f"A{number}", school_id=school, owner_id=OWNER.id)


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
    step = step_for(PACK, KIND, asker, account(1, school))
    assert step is not None
    assert (step.role, step.school_id) == (role, at)
    assert step.clause


def test_before_an_account_is_chosen_the_askers_own_school_counts() -> None:
    assert step_for(PACK, KIND, TEACHER, None) == Step("headteacher", HIGH, "7.3.5")
    assert step_for(PACK, KIND, CENTRAL, None) == Step("ceo", None, "1.4")


def test_accounts_that_different_people_decide_are_seen() -> None:
    assert len(steps_for(PACK, KIND, TEACHER, [account(1, HIGH), account(2, HIGH)])) == 1
    assert len(steps_for(PACK, KIND, TEACHER, [account(1, HIGH), account(2, PRIMARY)])) == 2
    assert len(steps_for(PACK, KIND, TEACHER, [account(1, HIGH), account(3, None)])) == 2
    assert len(steps_for(PACK, KIND, HEAD, [account(1, HIGH), account(3, None)])) == 1


def test_nobody_is_routed_to_a_role_of_their_own() -> None:
    for asker in EVERYBODY:
        for school in (HIGH, PRIMARY, None):
            step = step_for(PACK, KIND, asker, account(1, school))
            assert step is None or not asker.holds(step.role, step.school_id)


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
        ask_role="headteacher",
        ask_school_id=HIGH,
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
        trust=Trust(id=1, pack="lt2", name="T", created_at=AT),
        asker=TEACHER.person,
        school=None,
        accounts=[account(1, HIGH)],
        deciders=[HEAD.person, BOTH.person],
        decisions=decisions,
        publications=publications,
    )


MAY = {
    Verb.SEND: TEACHER, Verb.SAVE: TEACHER, Verb.EDIT: TEACHER, Verb.WITHDRAW: TEACHER, Verb.DISCARD: TEACHER,
    Verb.APPROVE: HEAD, Verb.CHANGES: HEAD, Verb.DECLINE: HEAD, Verb.REQUEST_CHANGES: HEAD, Verb.REFUSE: HEAD,
    Verb.TAKE_BACK: HEAD, Verb.LIVE: OWNER, Verb.PUBLISH: OWNER,
}  # fmt: skip


@pytest.mark.parametrize("verb", MAY)
@pytest.mark.parametrize("state", State)
def test_each_verb_is_for_one_of_them_in_its_states(verb: Verb, state: State) -> None:
    standing = case(state, HEAD.id)
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
        (HEAD, Verb.PUBLISH, case(State.APPROVED, HEAD.id), Reason.NOT_OWNER),
        (BOTH, Verb.TAKE_BACK, case(State.APPROVED, HEAD.id), Reason.NOT_DECIDER),
        (HEAD, Verb.TAKE_BACK, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_DECIDER),
        (HEAD, Verb.APPROVE, case(State.APPROVED, HEAD.id), Reason.NOT_NOW),
        (HEAD, Verb.APPROVE, case(State.DRAFT), Reason.UNSEEN),
        (TEACHER, Verb.WITHDRAW, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_NOW),
        (TEACHER, Verb.SAVE, case(State.APPROVED, HEAD.id, live=True), Reason.NOT_NOW),
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
        ("hello", False, Verb.HELP),
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


@given(st.text(max_size=300), st.booleans())
def test_anything_at_all_means_something(said: str, with_files: bool) -> None:
    meant = understand(said, with_files)
    assert meant.verb in (Verb.ASK, Verb.COMPOSE, Verb.HELP, Verb.MINE, Verb.WAITING)
    assert meant.verb != Verb.ASK or meant.text or with_files


@given(st.text(alphabet="abcdefg xyz!", min_size=1, max_size=80).filter(lambda text: bool(text.strip(" !"))))
def test_the_words_behind_the_question_are_kept_to_the_letter(words: str) -> None:
    meant = asking(f"can I post this? {words}")
    assert meant is not None
    assert meant.text == words.strip() or meant.text == words.lstrip("! ").strip()


# what trips over the policy


def found(text: str, *pictures: PostPicture) -> dict[str, tuple[str, ...]]:
    known = {"Oakfield High School", "Ms Anna Okafor"}
    return {
        each.rule.id: each.what
        for each in checks.run(PostContent(text=text, pictures=pictures), KIND, known)
        if each.what
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Well done to Maya Singh!", {"pupil_named": ("Maya Singh",)}),
        ("Congratulations Maya Singh and Tom O'Neill", {"pupil_named": ("Maya Singh", "Tom O'Neill")}),
        ("Well done to all of 8B!", {}),
        ("Thank you Mrs Patel", {}),
        ("Thanks to Oakfield High School", {}),
        ("Well done to the Science Club", {}),
        ("Write to maya@home.example", {"contact": ("maya@home.example",)}),
        ("Ring 07700 900123 now", {"contact": ("07700 900123",)}),
        ("Ring +44 7700 900123", {"contact": ("+44 7700 900123",)}),
        ("She lives at SW1A 1AA", {"contact": ("SW1A 1AA",)}),
        ("We raised 12,000 pounds in 2026", {}),
        ("See https://charity.example/fair", {"links": ("https://charity.example/fair",)}),
        ("See www.charity.example", {"links": ("www.charity.example",)}),
        ("Hello @everyone", {"everyone": ("@everyone",)}),
        ("<!channel> look", {"everyone": ("<!channel",)}),
    ],
)
def test_what_a_draft_trips_over(text: str, what: dict[str, tuple[str, ...]]) -> None:
    assert found(text) == what


def test_a_picture_without_words_is_seen() -> None:
    bare, told = (
        PostPicture(digest=c * 64, thumb="t", name=f"{c}.png", alt=alt) for c, alt in (("a", ""), ("b", "A volcano"))
    )
    assert found("Fair", bare, told) == {"alt_text": ("a.png",)}


@given(st.text(max_size=400))
def test_no_text_stops_the_checks(text: str) -> None:
    for each in checks.run(PostContent(text=text), KIND, ()):
        assert all(what in text for what in each.what)


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


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30T09:00", "0001-01-01T00:00+23:59", "9" * 50, "\0"])
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


def raw() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parents[1] / "policies" / "lt2.toml").read_text("utf-8"))


def test_every_pack_is_sound() -> None:
    assert packs.names()
    for name in packs.names():
        assert packs.load(name).name == name


@pytest.mark.parametrize("name", ["", "../lt2", "LT2", "none"])
def test_there_is_no_such_pack(name: str) -> None:
    with pytest.raises(packs.NoSuchPack):
        packs.load(name)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("kinds", "post", "route", 0, "ask"), "king", "king"),
        (("kinds", "post", "route", 0, "asker"), "king", "king"),
        (("administrator",), "king", "administrator"),
        (("kinds", "post", "route"), [], "route"),
        (("kinds", "post", "permissions"), [], "permissions"),
        (("kinds", "post", "clocks", "expire_days"), 0, "expire_days"),
        (("kinds", "post", "clocks", "expire_days"), "soon", "expire_days"),
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
    with pytest.raises(ValidationError) as told:
        Pack.model_validate(pack)
    assert said in str(told.value)


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
    assert set(State) - {s for move in lifecycle.MOVES for s in move.start} == {State.PUBLISHED, State.WITHDRAWN}


def test_only_a_person_approves() -> None:
    approving = {move.verb for move in lifecycle.MOVES if move.end == State.APPROVED}
    assert approving == {Verb.APPROVE}
    assert all(move.start <= {State.APPROVED} for move in lifecycle.MOVES if move.end == State.PUBLISHED)


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
