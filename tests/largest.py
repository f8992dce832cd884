"""The cards and forms of permissions, decisions, work and registers, as large as packs and people can make them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from cards import away as away_cards
from cards import cover, decision, entry, leaving, listing, oversight, passing, permission, request, told, undelivered
from cards.action import Action, Verb
from cards.card import Button, Card, Form, Item
from cards.permission import Kind, Question, Work
from cards.post import Asked, Confirmation
from cards.view import View
from cards.words import Calendar
from storage.tables import (
    Ask,
    Book,
    Case,
    Decision,
    Entry,
    Outcome,
    Person,
    Request,
    Revision,
    School,
    State,
    Task,
    Trust,
)

AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
TODAY = AT.date()
LABEL = "Which of all the things that one could ask here is meant by this question?"
LONG = "The whole of what somebody had to say about it, sentence after sentence, as staff do. "
NASTY = "<!channel> <@U1> *bold* [a](b) <at>all</at> & @everyone \x00 🎉 שלום"
TYPES = ("line", "text", "choice", "choices", "day", "person", "line")
FEW = tuple((f"few{n}", f"{n} {LABEL}"[:75]) for n in range(10))
MANY = tuple((f"many{n}", f"{n} {LABEL}"[:75]) for n in range(100))
ACCOUNTS = tuple((str(n), f"Account number {n} of the school with the longest name, on Facebook") for n in range(300))


def _question(number: int, of_type: str) -> Question:
    options = (FEW if number else MANY) if of_type in ("choice", "choices") else ()
    name = f"question_of_forty_letters_number_{number:07}"
    return Question(name, LABEL[:75], of_type, (LONG * 2)[:150], number % 2 == 0, options)


QUESTIONS = tuple(_question(n, each) for n, each in enumerate(("choices", "account", "text", "choice", *TYPES * 3)))
CONFIRMATIONS = tuple(
    Confirmation(f"confirmation_{n}", (LONG * 6)[:400], LABEL[:75], "Appendix C, section 3 (2)") for n in range(10)
)
WORK = Work("mailbox", LABEL[:75], (LONG * 6)[:400], "4.4", tuple(q for q in QUESTIONS if q.type != "account")[:20])
KIND = Kind(
    name="account", title=LABEL[:75], clause="4.1", effect="account", about=(LONG * 4)[:300], first=(LONG * 4)[:300],
    never="", silent=False, questions=QUESTIONS, confirmations=CONFIRMATIONS,
    replies=tuple((f"reply{n}", f"{n} {LABEL}"[:75], n == 0) for n in range(10)), conditions=True, training=True,
    work=(WORK,),
)
PEOPLE = {
    n: Person(id=n, trust_id=1, name=f"Mrs Featherstonehaugh-Cholmondeley the {n}th", email=f"p{n}@oakfield.example")
    for n in range(1, 30)
}
NAMES = {"2": PEOPLE[2].name, "99": ACCOUNTS[99][1]}


def said(question: Question) -> list[str]:
    """As much as the form takes."""
    values = {
        "line": (LONG * 2)[:150], "text": f"{NASTY} {LONG * 40}"[:3000], "day": "2026-12-24", "person": "2",
        "account": "99",
    }
    if question.type in values:
        return [values[question.type]]
    chosen = [value for value, _label in question.options]
    return chosen if question.type == "choices" else chosen[-1:]


def content(questions: tuple[Question, ...] = QUESTIONS) -> dict[str, Any]:
    """Every question answered, half of the boxes ticked."""
    return {
        "answers": {q.id: said(q) for q in questions}, "confirmed": [c.id for c in CONFIRMATIONS[::2]],
        "accounts": [99], "staff": [2], "words": (LONG * 40)[:3000],
    }


NOTHING: dict[str, Any] = {"accounts": [], "staff": [], "answers": {}, "confirmed": [], "words": ""}


def a_case(state: State, outcome: Outcome, reply: str) -> Case:
    """Two steps of six people each, of whom one has answered; long conditions; six tasks."""
    asked = Request(
        id="ABCDEFGHIJKL", trust_id=1, kind=KIND.name, state=state, version=999, revision=99, pack_version="x",
        asker_id=1, editor_id=1, created_at=AT, submitted_at=AT,
    )
    asks = [
        Ask(request_id=asked.id, number=n, trust_id=1, step=n // 6, role=f"role{n}", clause="7.3.5", open=True)
        for n in range(12)
    ]
    asks[0].answered_by = 3
    wording = {"trust_id": 1, "request_id": asked.id, "by_id": 1, "at": AT, "digest": "d"}
    decided = Decision(
        trust_id=1, request_id=asked.id, revision=99, decider_id=3, at=AT, outcome=outcome, note=(LONG * 30)[:2000],
        conditions=f"{NASTY} {LONG * 30}"[:2000], reply=reply, version=1,
    )
    tasks = [Task(id=n, trust_id=1, what="mailbox", request_id=asked.id, role=f"role{n}", since=AT) for n in range(6)]
    trust = Trust(id=1, name="Trust", pack="x", pack_version="x", zone="Europe/London", created_at=AT)
    school = School(id=1, trust_id=1, name="Saint Somebody's Church of England Voluntary Aided School")
    return Case(
        request=asked, revision=Revision(**wording, number=99, content=content()), trust=trust, asker=PEOPLE[1],
        school=school, accounts=[], asks=asks, holders={n: [PEOPLE[n + 3], PEOPLE[n + 12]] for n in range(12)},
        decisions=[decided], tasks=tasks, workers={n: [PEOPLE[n + 3]] for n in range(6)},
        seen=Revision(**wording, number=98, content=NOTHING), people=PEOPLE,
    )


def a_view(
    state: State = State.SUBMITTED, viewer: int = 2, verbs: frozenset[Verb] = frozenset(), *,
    outcome: Outcome = Outcome.APPROVED, reply: str = "", work: bool = False, among: int = 0,
    done_by: int | None = None, why_now: str = "",
) -> View:
    """The case as somebody sees it."""
    case = a_case(state, outcome, reply)
    case.request.nudge_at, case.request.why_now = AT, why_now
    case.tasks[0].done_by = done_by
    return View(
        case=case, viewer_id=viewer, verbs=verbs, kind=KIND, asked=Asked((), (), ""),
        checks=(), calendar=Calendar(ZoneInfo("Europe/London"), AT), names=NAMES, work=WORK if work else None,
        roles={f"role{n}": f"{LABEL[:60]} {n}" for n in range(12)}, publish_clause="", administrators=(PEOPLE[5],),
        among=((KIND.name, KIND.title),) * among, unapproved=(LABEL[:75], "5"),
    )


def an_entry(book: Book) -> Entry:
    """Everything that a register can keep of it."""
    return Entry(
        id=99_999_999_999, trust_id=1, book=book, platform="facebook", name=LONG, purpose=(LONG * 40)[:3000],
        audience=LONG, settings=(LONG * 12)[:1000], credentials=LONG, owner_id=1, version=999,
        address="https://x.example/" + "a" * 480, website="https://x.example/" + "b" * 480, kind="account",
        conditions=(LONG * 30)[:2000], facts={f"{n} {LABEL}"[:75]: LONG * 10 for n in range(20)},
        until=date(2027, 1, 1), review_on=date(2027, 1, 1),
    )


def seen(book: Book, left: bool = False, is_owner: bool = True) -> entry.View:
    """The entry as somebody sees it who may do everything with it."""
    verbs = frozenset({Verb.DELETED, Verb.KEEP, Verb.USED, Verb.HAND_OVER, Verb.CHANGE_ENTRY, Verb.CLOSE_ENTRY})
    tasks = tuple(
        Task(id=n, trust_id=1, what=what, entry_id=1, since=AT) for n, what in enumerate(("review", "delete", "leaver"))
    )
    last_day = TODAY if left else None
    return entry.View(
        an_entry(book), PEOPLE[1].name, PEOPLE[2].name, "The Trust", verbs, tasks, is_owner, TODAY, last_day, 9999,
        "9.9", "7.2",
    )


def a_page(book: Book) -> listing.Page:
    """A page of a long register, with a question behind it."""
    lines, standing = [(an_entry(book), PEOPLE[1].name)] * 8, [(LABEL[:75], "5")] * 20
    return listing.Page(book, "facebook", False, lines, 8, 100, True, False, "Saint Somebody's", standing, False, True)


def at_home() -> Card:
    """Six requests that wait, and six of one's own."""
    line = Item((LONG * 3)[:140], f"{PEOPLE[1].name}, since Thu 5 Nov", Button("Open", Action(Verb.OPEN, "ABC", 1)))
    return oversight.home(PEOPLE[1].name, oversight.waiting([line] * 6, "1.a"), oversight.mine([line] * 6, "1.a"))


def away(own: bool = False, over: bool = False) -> cover.Plan:
    """Somebody of a long name is away in several roles, with a stand-in for each but one."""
    posts = [cover.Post(f"{LABEL} of {LABEL}", PEOPLE[n % 3 + 2].name if n else "") for n in range(4)]
    first, last = date(2026, 11, 30), date(2027, 1, 27)
    arg = f"12345678 {first} {last} {','.join(['12345678'] * 6)}"
    return cover.Plan(PEOPLE[1].name, own, first, last, first, tuple(posts), 1234, arg, "cover-00000000", over,
                      ((first, last),) * 3)


def gone(own: bool = False, subject: str = "") -> away_cards.Gone:
    """The same, for whoever asks."""
    plan = away(own)
    return away_cards.Gone(plan.who, own, plan.first, plan.last, plan.today, plan.posts, subject)


def handed_over(number: int = 999, last_day: date | None = TODAY) -> leaving.HandOver:
    """Much of everything, and all that can be in the way; or nothing."""
    many = tuple(f"{LABEL} {n}" for n in range(min(number, 40)))
    stay = tuple((why, number) for why in passing.HINDRANCES) if number else ()
    return leaving.HandOver(
        PEOPLE[1].name, PEOPLE[2].name, TODAY, number, number, many, many, many, stay, many[:4], last_day, "12345678",
        "12345678 12345678 0123456789ab",
    )


EVERYBODY = " or ".join(person.name for person in PEOPLE.values())
DECIDES = frozenset({Verb.APPROVE, Verb.GRANT, Verb.TRAIN, Verb.CHANGES, Verb.DECLINE, Verb.REPLY})
DRAFTS, MEANT = frozenset({Verb.SEND, Verb.EDIT, Verb.DISCARD}), frozenset({Verb.MEANT, Verb.DISCARD})
WITHDRAWS = frozenset({Verb.EDIT, Verb.WITHDRAW})
WHY = (LONG * 9)[: decision.MOST_WHY]
MENU = [(f"kind{n}", f"{n} {LABEL}"[:75], n > 9) for n in range(40)]
CARDS: dict[str, Callable[[], Card]] = {
    "invitation": lambda: permission.invitation(KIND, EVERYBODY, KIND.name),
    "ruled out": lambda: permission.ruled_out(KIND.title, (LONG * 6)[:400], KIND.clause, PEOPLE[1].name),
    "which": lambda: request.card(a_view(State.DRAFT, 1, MEANT, among=5)),
    "draft": lambda: request.card(a_view(State.DRAFT, 1, DRAFTS)),
    "to decide": lambda: request.card(a_view(verbs=DECIDES)),
    "to decide now": lambda: request.card(a_view(verbs=DECIDES, why_now=WHY)),
    "waits": lambda: request.card(a_view(viewer=1, verbs=WITHDRAWS)),
    "waits for the morning": lambda: request.card(a_view(viewer=1, verbs=WITHDRAWS | {Verb.HURRY})),
    "late": lambda: told.late(told.undecided(a_view()), "Thu 5 Nov 09:00"),
    "to work": lambda: request.card(a_view(State.APPROVED, verbs=frozenset({Verb.DONE}), work=True)),
    "approved": lambda: request.card(a_view(State.APPROVED, 1, WITHDRAWS)),
    "training": lambda: request.card(a_view(State.TRAINING, 1, WITHDRAWS, outcome=Outcome.TRAINING)),
    "answered": lambda: request.card(a_view(State.APPROVED, 1, reply="reply0")),
    "news": lambda: told.news(a_view(State.APPROVED, 1)),
    "news of an answer": lambda: told.news(a_view(State.APPROVED, 1, reply="reply0")),
    "work to do": lambda: told.work(a_view(State.APPROVED, work=True)),
    "gone": lambda: told.gone(a_view(State.APPROVED)),
    "done by you": lambda: told.gone(a_view(State.APPROVED, done_by=2)),
    "sent again": lambda: told.sent_again(a_view()),
    "undelivered": lambda: told.undelivered(a_view(), PEOPLE[4]),
    "undecided": lambda: told.undecided(a_view()),
    "buried": lambda: undelivered.buried("outbox-2026-11-05", 999, [(PEOPLE[1].name, (LONG * 9)[:500])] * 12, 99),
    "nothing buried": lambda: undelivered.buried("outbox-2026-11-05", 0, (), 0),
    "shut": lambda: undelivered.shut("slack", LONG[:200], "Thu 5 Nov 09:00"),
    "opened": lambda: undelivered.opened("teams"),
    "raised": lambda: told.raised(a_view(), EVERYBODY, decides=True),
    "asked as well": lambda: told.asked_too(a_view(viewer=1), EVERYBODY),
    "settled": lambda: told.settled(a_view(State.APPROVED)),
    "no decider": lambda: told.missing_decider(a_view()),
    "entry again": lambda: entry.reminder(seen(Book.ACCOUNT), True),
    "entry yours": lambda: entry.yours(seen(Book.ACCOUNT), PEOPLE[3].name),
    "entry given": lambda: entry.yours(seen(Book.ACCOUNT, is_owner=False), PEOPLE[3].name),
    "entry left": lambda: entry.card(seen(Book.DEVICE, left=True)),
    "entry new": lambda: entry.new(seen(Book.ACCOUNT), PEOPLE[3].name),
    "entry deputy": lambda: entry.deputy(seen(Book.ACCOUNT), PEOPLE[3].name),
    "entry ended": lambda: entry.ended(seen(Book.PERMISSION)),
    "away, is it right": lambda: cover.proposal(away(own=True), EVERYBODY),
    "away": lambda: cover.standing(away(), EVERYBODY),
    "away, over": lambda: cover.standing(away(over=True), EVERYBODY),
    "standing in": lambda: cover.asked_to(away(), PEOPLE[2].name),
    "nobody stands in": lambda: cover.missing(away()),
    "away, but when": lambda: cover.unclear(PEOPLE[1].name, "long", "12345678"),
    "who stands in": lambda: cover.overview([away(own=True)] * 2, [(PEOPLE[1].name, LABEL)] * 3, "1"),
    "who is away": lambda: away_cards.page([gone(own=n == 0) for n in range(15)], False, "", "all 15", False),
    "who is away, to administrators": lambda: away_cards.page(
        [gone(subject="cover-00000000") for _ in range(15)], True, "", "all 15"),
    "nobody is away": lambda: away_cards.page((), False),
    "one is not away": lambda: away_cards.page((), False, PEOPLE[1].name),
    "somebody leaves": lambda: leaving.who_follows(PEOPLE[1].name, "12345678", True),
    "somebody leaves nothing": lambda: leaving.who_follows(PEOPLE[1].name, "12345678", False),
    "what a leaver leaves": lambda: leaving.proposal(handed_over()),
    "a leaver's is handed over": lambda: leaving.done(handed_over()),
    "nothing to hand over": lambda: leaving.proposal(handed_over(0, last_day=None)),
    "menu": lambda: oversight.menu(MENU),
    "home": at_home,
    "help": lambda: oversight.help_card(oversight.hello(PEOPLE[1].name)),
}
for a_book in Book:
    CARDS[f"entry of {a_book}"] = lambda book=a_book: entry.card(seen(book))  # type: ignore[misc]
    CARDS[f"whole entry of {a_book}"] = lambda book=a_book: entry.card(seen(book), whole=True)  # type: ignore[misc]
    CARDS[f"register of {a_book}"] = lambda book=a_book: listing.page(a_page(book))  # type: ignore[misc]

EVERY = {f"q_{q.id}": "Please answer this." for q in QUESTIONS} | {
    f"confirm_{c.id}": "Please tick it." for c in CONFIRMATIONS
}


def of_permission(errors: dict[str, str], filled: bool = True) -> Form:
    """The form of a request, filled in or empty."""
    if not filled:
        return permission.form(KIND, "", 0, 0, NOTHING, {}, ACCOUNTS, "Europe/London", errors)
    return permission.form(KIND, "ABCDEFGHIJKL", 99, 999, content(), NAMES, ACCOUNTS, "Europe/London", errors)


def of_work() -> Form:
    """A long checklist, filled in, and all of it wrong."""
    return decision.work_form(a_view(work=True), WORK, {"answers": {q.id: said(q) for q in WORK.questions}}, EVERY)


def of_cover() -> Form:
    """Somebody else, other days, for several roles; all of it wrong."""
    options = [(str(n), f"{n} {LABEL}"[:75]) for n in range(100)]
    wrong = {"first": cover.problem("missing"), "last": cover.problem("long"),
             "stand_in_0": cover.problem("away", PEOPLE[1].name)}
    action = Action(Verb.COVER, "cover-00000000", arg="12345678")
    days = {"first": "2026-11-30", "last": "2027-01-27"}
    return cover.form(PEOPLE[1].name, days, [(LABEL * 2, options, "7")] * 4, "Europe/London", wrong, action)


NO_NOTE = {"note": decision.note_needed(Verb.REQUEST_CHANGES)}
FORMS: dict[str, Callable[[], Form]] = {
    "permission": lambda: of_permission({}),
    "permission, wrong": lambda: of_permission(EVERY),
    "permission, empty": lambda: of_permission({}, filled=False),
    "changes": lambda: decision.note_form(a_view(), Verb.REQUEST_CHANGES, NO_NOTE),
    "refuse": lambda: decision.note_form(a_view(), Verb.REFUSE, {}, (LONG * 30)[:2000]),
    "conditions": lambda: decision.conditions_form(a_view(), {"conditions": decision.conditions_needed()}),
    "training": lambda: decision.training_form(a_view(), {}),
    "hurry": lambda: decision.hurry_form(a_view(viewer=1), {"why": decision.why_needed()}),
    "reply": lambda: decision.reply_form(a_view(), "reply0", (LONG * 30)[:2000], {"reply": decision.choose_reply()}),
    "work": of_work,
    "cover": of_cover,
    "to somebody else": lambda: passing.form(a_view(), [(str(n), LABEL) for n in range(100)], (LONG * 9)[:500], {
        "to": passing.CHOOSE}),
    "leaving": lambda: leaving.form({"leaver": LONG * 9, "to": "Somebody"}, {
        "leaver": leaving.problem("several"), "to": leaving.problem("yourself", others=EVERYBODY)}),
    "hand over": lambda: entry.hand_over_form(an_entry(Book.ACCOUNT), "Somebody", {"owner": "Nobody."}),
}
for a_book in Book:
    wrong = {"purpose": "This is too long."}
    FORMS[f"change of {a_book}"] = partial(entry.change_form, an_entry(a_book), PEOPLE[1].name, wrong, {})
