"""Questions about the policy, how their answers did, and the guidance beside it."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.database import Stale, Unit
from storage.moment import Moment
from storage.request import LETTERS
from storage.statements import alter, shaped
from storage.tables import Guidance, Question, Tally

QUESTION = Question.__table__  # type: ignore[attr-defined]
TALLY = Tally.__table__  # type: ignore[attr-defined]
GUIDANCE = Guidance.__table__  # type: ignore[attr-defined]
KEPT = timedelta(days=1)
"""How long a question is kept: its buttons work so long."""

ASK = insert(QUESTION)
BY_ID = select(QUESTION).where(
    QUESTION.c.trust_id == bindparam("trust"), QUESTION.c.id == bindparam("id"),
    QUESTION.c.person_id == bindparam("by"),
)
JUDGE = (
    update(QUESTION)
    .where(QUESTION.c.trust_id == bindparam("trust"), QUESTION.c.id == bindparam("which"), QUESTION.c.judged == "")
    .values(judged=bindparam("word"))
)
FORGET = delete(QUESTION).where(QUESTION.c.at < bindparam("before", type_=Moment()))
NEW_TALLY = insert(TALLY)
COUNT = (
    update(TALLY)
    .where(TALLY.c.trust_id == bindparam("trust"), TALLY.c.on == bindparam("day"), TALLY.c.topic == bindparam("what"))
    .values(
        asked=TALLY.c.asked + bindparam("more"), silent=TALLY.c.silent + bindparam("unsaid"),
        yes=TALLY.c.yes + bindparam("good"), no=TALLY.c.no + bindparam("bad"),
    )
)
TALLIES = (
    select(
        TALLY.c.topic, func.sum(TALLY.c.asked), func.sum(TALLY.c.silent), func.sum(TALLY.c.yes), func.sum(TALLY.c.no),
    )
    .where(TALLY.c.trust_id == bindparam("trust"), TALLY.c.on >= bindparam("since"))
    .group_by(TALLY.c.topic)
    .order_by(func.sum(TALLY.c.asked).desc(), TALLY.c.topic)
)
PUBLISH = insert(GUIDANCE)
OF_REQUEST = select(GUIDANCE).where(
    GUIDANCE.c.trust_id == bindparam("trust"), GUIDANCE.c.request_id == bindparam("request"))
LIVE = (
    select(GUIDANCE)
    .where(GUIDANCE.c.trust_id == bindparam("trust"), GUIDANCE.c.withdrawn.is_(False))
    .order_by(GUIDANCE.c.at.desc(), GUIDANCE.c.id.desc())
)
CHANGEABLE = ("author_id", "question", "answer", "clause", "topic", "document", "at", "withdrawn", "version")
CHANGE = (
    update(GUIDANCE)
    .where(
        GUIDANCE.c.trust_id == bindparam("trust"), GUIDANCE.c.id == bindparam("which"),
        GUIDANCE.c.version == bindparam("was"))
    .values({name: bindparam(f"new_{name}") for name in CHANGEABLE})
)


def ask(u: Unit, person_id: int, words: str, topic: str, found: Sequence[str], document: str) -> Question:
    """Keep a question with what was found, for as long as `KEPT`, and count it."""
    row = {
        "id": "".join(secrets.choice(LETTERS) for _ in range(8)), "trust_id": u.trust, "person_id": person_id,
        "at": u.at, "words": words, "topic": topic, "found": list(found), "document": document, "judged": "",
    }
    u.insert(ASK, [row])
    count(u, topic, more=1, unsaid=0 if found else 1)
    return shaped(Question, row.items())


def own(u: Unit, question_id: str, person_id: int) -> Question | None:
    """What this person asked, as long as it is kept."""
    return u.one(BY_ID, Question, id=question_id, by=person_id) if question_id else None


def judge(u: Unit, question: Question, helped: bool) -> None:
    """What its asker says of the answer; the first word counts."""
    if u.change(JUDGE, {"which": question.id, "word": "yes" if helped else "no"}) == 1:
        count(u, question.topic, good=int(helped), bad=int(not helped))


def forget(u: Unit, before: datetime) -> None:
    """Drop what was asked before."""
    u.across(FORGET, {"before": before})


def count(u: Unit, topic: str, *, more: int = 0, unsaid: int = 0, good: int = 0, bad: int = 0) -> None:
    """Add to the figures of today."""
    change = {"more": more, "unsaid": unsaid, "good": good, "bad": bad}
    if u.change(COUNT, {"day": u.today, "what": topic, **change}) == 0:
        row = {"on": u.today, "topic": topic, "asked": more, "silent": unsaid, "yes": good, "no": bad}
        u.insert(NEW_TALLY, [row])


def tallies(u: Unit, since: date) -> list[tuple[str, int, int, int, int]]:
    """Each topic since that day: how often asked, how often the policy was silent, and helped: yes and no."""
    found = (tuple(row) for row in u.run(TALLIES, {"since": since}))
    return [(topic, int(asked), int(silent), int(yes), int(no)) for topic, asked, silent, yes, no in found]


def guidance_of(u: Unit, request_id: str) -> Guidance | None:
    """The guidance that an answer became."""
    return u.one(OF_REQUEST, Guidance, request=request_id)


def guidance(u: Unit) -> list[Guidance]:
    """All that stands, the newest first."""
    return u.all(LIVE, Guidance)


def publish(u: Unit, request_id: str, **facts: object) -> None:
    """New guidance, from the answer to a request."""
    u.insert(PUBLISH, [{"request_id": request_id, "at": u.at, "withdrawn": False, "version": 1, **facts}])


def change(u: Unit, given: Guidance, **changes: object) -> None:
    """Write guidance anew; Stale where somebody else came first."""
    was = given.version
    alter(given, {**changes, "version": was + 1})
    new = {f"new_{name}": getattr(given, name) for name in CHANGEABLE}
    if u.change(CHANGE, {"which": given.id, "was": was, **new}) != 1:
        raise Stale(given.id)
